"""A case based on another, in the schema and on the command line."""

import json
import re
import shutil
from pathlib import Path

import pytest
from variant_cases import CASES

from planner.case.case import Case
from planner.case.read import read_case
from planner.case.schema import schema_of_case
from planner.cli.run import main
from planner.pipeline import audit_folder


def test_the_schema_demands_nothing_of_a_variant():
    described = schema_of_case()
    parts = described["$defs"]
    variant, filled = described["if"]["anyOf"]  # what an archetype fills in need not be stated either
    assert variant == {"required": ["based_on"]}
    assert "archetype" in json.dumps(filled)
    assert described["then"] == {"$ref": "#/$defs/CaseInVariant"}
    assert described["else"] == {"$ref": "#/$defs/Case"}
    assert set(described["properties"]) == set(parts["CaseInVariant"]["properties"]) == set(Case.model_fields)
    # every section may be written in part, and deleted
    assert parts["Plant"]["properties"].keys() == parts["PlantInVariant"]["properties"].keys()
    assert not any("required" in part for name, part in parts.items() if name.endswith("InVariant"))
    plants = parts["CaseInVariant"]["properties"]["plants"]["anyOf"]
    assert plants[1] == {"type": "null"}
    assert plants[0]["additionalProperties"] == {"anyOf": [{"$ref": "#/$defs/PlantInVariant"}, {"type": "null"}]}
    # a number may be given in part
    assert "required" in parts["PerUnit"]["anyOf"][2]
    assert "required" in json.dumps(parts["Rate"]["anyOf"][2])
    assert "required" not in json.dumps([parts["PerUnitInVariant"], parts["RateInVariant"]])
    # what stands in a list is whole
    assert parts["CaseInVariant"]["properties"]["exchanges"]["anyOf"][0]["items"] == {"$ref": "#/$defs/Exchange"}
    names = re.findall(r'"#/\$defs/(\w+)"', json.dumps(described))
    assert set(names) <= set(parts)


@pytest.fixture
def tiny(tmp_path):
    folder = Path(shutil.copytree(CASES / "tiny", tmp_path / "tiny"))
    (folder / "dear.yaml").write_text(
        "based_on: case.yaml\ncase: Dear interest\neconomics: {discount_rate: 12 %}\n", encoding="utf-8"
    )
    return folder


def test_a_variant_is_solved_beside_its_base(tiny, capsys):
    """The run of the variant keeps the whole case, which can be audited after the case has gone."""
    assert main(["check", str(tiny / "dear.yaml")]) == 0
    assert main(["solve", str(tiny)]) == 0
    assert main(["solve", str(tiny / "dear.yaml")]) == 0
    assert "Dear interest" in capsys.readouterr().out
    dear, base = tiny / "out-dear", tiny / "out"
    resolved = (dear / "case" / "case.resolved.yaml").read_text(encoding="utf-8")
    assert "based_on" not in resolved
    assert "Dear interest" in resolved
    costs = [
        json.loads((out / "results.json").read_text(encoding="utf-8"))["indicators"]["total_annual_cost"]["plan"]
        for out in (base, dear)
    ]
    assert costs[0] < costs[1]
    (tiny / "case.yaml").unlink()
    (tiny / "dear.yaml").unlink()
    assert audit_folder(dear)["passed"]
    assert main(["compare", str(base), str(dear)]) == 0


def test_the_case_file_itself_has_the_folder_of_its_case(tiny):
    from planner.cli.solve import default_out

    assert default_out(tiny, tiny) == default_out(tiny / "case.yaml", tiny) == tiny / "out"
    assert default_out(tiny / "dear.yaml", tiny) == tiny / "out-dear"


def test_init_brings_the_variants_and_leaves_the_runs(tiny, tmp_path, monkeypatch):
    (tiny / "out").mkdir()
    (tiny / "out-dear").mkdir()
    monkeypatch.setattr("planner.cli.start.shipped_cases", lambda: {"tiny": tiny})
    assert main(["init", str(tmp_path / "park")]) == 0
    assert {path.name for path in (tmp_path / "park").iterdir()} == {
        path.name for path in tiny.iterdir() if not path.name.startswith("out")
    }
    assert read_case(tmp_path / "park" / "dear.yaml").case == "Dear interest"
