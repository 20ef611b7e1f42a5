"""A case based on another: what is merged, replaced and deleted, and where the faults stand."""

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml
from case_texts import BASE, changed, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.case.case import Case
from planner.case.read import read_case
from planner.case.rewrite import _Dumper  # noqa: PLC2701
from planner.case.schema import schema_of_case
from planner.case.yaml_reader import read_yaml
from planner.cli.run import main
from planner.errors import CaseError
from planner.pipeline import audit_folder

CASES = Path(__file__).parents[2] / "cases"


def variant(folder: Path, text: str, *, base: str = BASE, files: dict[str, str] | None = None) -> Case:
    """The case of a text that is laid over the base."""
    write(folder, base, {"v.yaml": f"based_on: case.yaml\n{text}", **(files or {})})
    return read_case(folder / "v.yaml")


def faults(folder: Path, text: str, **others: object) -> list[str]:
    """What is wrong with such a case."""
    with pytest.raises(CaseError) as error:
        variant(folder, text, **others)
    return [str(fault) for fault in error.value.faults]


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


# ------------------------------------------------------------------ what is laid over


def test_a_variant_that_says_nothing_is_its_base(tmp_path):
    case = variant(tmp_path, "")
    assert case == read_case(tmp_path)
    assert case.case == "Kiln, mill and garden"
    assert case.based_on is None


def test_mappings_are_merged_and_the_rest_is_kept(tmp_path):
    case = variant(tmp_path, "case: More land\nplants: {mill: {area: 5 ha}}\nresources: {gas: {price: 50}}\n")
    base = read_case(tmp_path)
    assert case.case == "More land"
    assert case.plants["mill"].area.value == 5
    assert case.plants["mill"].sinks == base.plants["mill"].sinks
    assert case.resources["gas"].price.value == 50
    assert case.resources["gas"].co2e == base.resources["gas"].co2e
    assert list(case.plants) == list(base.plants)
    # what was changed, put back, is the base again
    before, mill = case.resolved().split("\n  mill:")
    back = f"{before}\n  mill:{mill.replace('value: 5.0', 'value: 4.0', 1)}".replace("More land", base.case)
    assert back.replace("price: {value: 50.0", "price: {value: 38.0") == base.resolved()


def test_the_same_change_written_into_the_case_gives_the_same_case(tmp_path):
    text = "plants: {mill: {area: 5 ha, neighbours: ~}, garden: ~}\nrules: {separations: ~}\n"
    text += "parties: {city: {kind: municipality}}\n"
    laid = variant(tmp_path, text)
    written = changed(("    area: 4 ha", "    area: 5 ha"), ("    neighbours: [kiln]\n", ""))
    written = re.sub(r"  separations:\n.*\n", "", written)
    written = re.sub(r"  garden:\n.*?(?=facilities:)", "", written, flags=re.DOTALL)
    written = written.replace("holding: {kind: firm}", "holding: {kind: firm}\n  city: {kind: municipality}")
    (tmp_path / "case.yaml").write_text(written, encoding="utf-8")
    assert laid == read_case(tmp_path)


def test_lists_are_replaced_whole(tmp_path):
    text = "exchanges:\n  - {from: kiln, to: garden, stream: steam, into: hot steam, forbidden: true}\n"
    case = variant(
        tmp_path, f"{text}substitutions: []\nlinks: {{steam pipe: {{sizes: [{{size: DN 50, capacity: 3}}]}}}}"
    )
    assert [(exchange.to, exchange.forbidden) for exchange in case.exchanges] == [("garden", True)]
    assert case.substitutions == ()
    assert [size.size for size in case.links["steam pipe"].sizes] == ["DN 50"]
    assert case.links["steam pipe"].uses  # beside the list all is kept


def test_a_number_is_one_thing_however_it_is_written(tmp_path):
    """The base says 34 t/h (28 to 36, grade A) for steam and a bare 8 % for interest."""
    rate = "plants: {{kiln: {{sources: {{steam: {{rate: {}}}}}}}}}"
    whole = variant(tmp_path, rate.format("{value: 30 t/h}")).plants["kiln"].sources["steam"].rate
    assert (whole.value, whole.low, whole.grade) == (30, None, None)
    bare = variant(tmp_path, rate.format("30 t/h")).plants["kiln"].sources["steam"].rate
    assert bare.model_copy(update={"given": ""}) == whole
    part = variant(tmp_path, rate.format("{low: 20, grade: ~}")).plants["kiln"].sources["steam"].rate
    assert (part.value, part.low, part.high, part.grade, part.basis) == (34, 20, 36, None, "metered")
    interest = variant(tmp_path, "economics: {discount_rate: {low: 3 %, source: bank}}").economics.discount_rate
    assert (interest.value, interest.low, interest.source) == (0.08, 0.03, "bank")


def test_numbers_of_flat_sections(tmp_path):
    """The mill makes steam of gas with an efficiency, the garden of 0.8 MWh/t."""
    supply = "plants: {{{}: {{sinks: {{{}: {{supplied_today_by: {{gas: {}}}}}}}}}}}"
    amount = variant(tmp_path, supply.format("mill", "steam", "{value: 0.7 MWh/t, grade: B}")).plants["mill"]
    assert amount.sinks["steam"].supplied_today_by.inputs["gas"].value == 0.7
    assert amount.sinks["steam"].supplied_today_by.cost.value == 1.5
    better = variant(tmp_path, supply.format("mill", "steam", "{efficiency: {low: 80 %}}")).plants["mill"]
    gas = better.sinks["steam"].supplied_today_by.inputs["gas"]
    assert (gas.value, gas.high) == pytest.approx((0.65 / 0.9, 0.65 / 0.8))  # enthalpy over efficiency
    low = variant(tmp_path, supply.format("garden", "hot steam", "{low: 0.7}")).plants["garden"]
    assert low.sinks["hot steam"].supplied_today_by.inputs["gas"].low == 0.7
    turned = variant(tmp_path, supply.format("garden", "hot steam", "{efficiency: 90 %}")).plants["garden"]
    assert turned.sinks["hot steam"].supplied_today_by.inputs["gas"].value == pytest.approx(0.65 / 0.9)


def test_a_range_that_is_no_number_is_no_part_of_one(tmp_path):
    """A class of estimate may be a whole number or a section with low and high: the section takes its place."""
    base = changed(("  discount_rate", "  cost_class: 4\n  discount_rate"))
    assert variant(tmp_path, "", base=base).economics.cost_class == 4
    laid = variant(tmp_path, "economics: {cost_class: {low: -30 %, high: 50 %}}", base=base)
    assert laid.economics.cost_class.high.value == 0.5


def test_a_plant_called_value_is_no_number(tmp_path):
    base = BASE.replace("mill", "value")
    assert list(variant(tmp_path, "plants: {value: {hours: 7000}}", base=base).plants) == ["kiln", "value", "garden"]


def test_null_deletes(tmp_path):
    case = variant(tmp_path, "plants: {garden: ~, mill: {hours: }}\nrules: null\nfacilities: {saver: ~}")
    assert list(case.plants) == ["kiln", "mill"]
    assert case.plants["mill"].hours is None
    assert case.rules.separations == ()
    assert list(case.facilities) == ["boiler"]


def test_null_in_a_list_and_over_nothing_stays_what_it_is(tmp_path):
    base = changed(("price_year", "description:\nprice_year"))
    assert variant(tmp_path, "description: ~", base=base).description is None
    assert variant(tmp_path, "description: now there is one", base=base).description == "now there is one"


def test_a_section_the_base_does_not_have(tmp_path):
    text = "partners: {city: {at: {lon: 7.5, lat: 51.5}, sinks: {steam: {rate: 9 t/d, supplied_today_by: {gas: 1}}}}}\n"
    assert variant(tmp_path, text).partners["city"].sinks["steam"].rate.unit == "t/h"


def test_variants_of_variants(tmp_path):
    files = {"w.yaml": "based_on: v.yaml\ncase: W\nplants: {mill: {hours: 7100}, garden: {area: 3 ha}}\n"}
    base = changed(("    hours: 7600 h/yr", "    stops: 5 d/yr"))
    variant(tmp_path, "case: V\nplants: {mill: {hours: 7000, stops: ~}}", base=base, files=files)
    case = read_case(tmp_path / "w.yaml")
    assert (case.case, case.plants["mill"].hours.value, case.plants["mill"].stops) == ("W", 7100, None)
    assert case.plants["garden"].area.value == 3
    assert read_case(tmp_path / "v.yaml").plants["mill"].hours.value == 7000


def test_ten_bases_and_no_more(tmp_path):
    write(tmp_path)
    for number in range(1, 12):
        above = "case.yaml" if number == 1 else f"v{number - 1}.yaml"
        (tmp_path / f"v{number}.yaml").write_text(f"based_on: ./{above}\ncase: {number}\n", encoding="utf-8")
    assert read_case(tmp_path / "v10.yaml").case == "10"
    with pytest.raises(CaseError, match=r"v1\.yaml:1:11  based_on: more than 10 cases laid over one another"):
        read_case(tmp_path / "v11.yaml")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(["base", "tiny", "greenfield", "ulsan"]),
    share=st.sampled_from([0.0, 0.5, 1.0]),
    random=st.randoms(use_true_random=False),
)
def test_what_the_base_says_said_again_changes_nothing(tmp_path, name, share, random):
    """None of it, any half of it, all of it. A number is said again whole: without its range it would be another."""

    def some(tree):
        if not isinstance(tree, dict) or "value" in tree:
            return tree
        return {key: some(part) for key, part in tree.items() if random.random() < share}

    folder = tmp_path / name
    if not folder.exists():
        folder.mkdir()
        _ = write(folder) if name == "base" else shutil.copytree(CASES / name, folder, dirs_exist_ok=True)
    tree = {"based_on": "case.yaml"} | some(read_yaml(folder / "case.yaml", "case.yaml").tree)
    (folder / "v.yaml").write_text(yaml.dump(tree, Dumper=_Dumper, allow_unicode=True), encoding="utf-8")
    assert read_case(folder / "v.yaml") == read_case(folder)


# ------------------------------------------------------------------ tables

STREAMS = "plant,direction,stream,rate,rate.low\nkiln,source,ash,48 t/d,40\n"
TABLED = changed(("      ash: {rate: 48 t/d}\n", ""), ("plots:\n  P1", "tables: {streams: streams.csv}\nplots:\n  P1"))


def test_a_variant_is_laid_over_the_rows_of_a_table(tmp_path):
    files = {"streams.csv": STREAMS}
    case = variant(tmp_path, "plants: {kiln: {sources: {ash: {rate: {high: 60}}}}}", base=TABLED, files=files)
    ash = case.plants["kiln"].sources["ash"].rate
    assert (ash.value, ash.low, ash.high) == pytest.approx((2, 40 / 24, 2.5))
    gone = variant(tmp_path, "plants: {kiln: {sources: {ash: ~}}}\nsubstitutions: []", base=TABLED, files=files)
    assert list(gone.plants["kiln"].sources) == ["steam"]


def test_a_variant_may_name_other_tables(tmp_path):
    """The table of the base is then not even read."""
    text = "tables: {streams: more.csv, prices: prices.csv}\nresources: {gas: {price: ~}}"
    more = {"more.csv": STREAMS.replace("48", "72"), "prices.csv": "resource,price\ngas,44\n"}
    case = variant(tmp_path, text, base=TABLED, files=more)
    assert case.plants["kiln"].sources["ash"].rate.value == pytest.approx(3)
    assert case.resources["gas"].price.value == 44
    assert "based_on" not in case.resolved()
    assert "tables:" not in case.resolved()


def test_a_variant_may_do_without_a_table(tmp_path):
    text = "tables: {streams: ~}\nplants: {kiln: {sources: {ash: {rate: 24 t/d}}}}"
    assert variant(tmp_path, text, base=TABLED).plants["kiln"].sources["ash"].rate.value == 1
    assert variant(tmp_path, text.replace("{streams: ~}", "~"), base=TABLED).plants["kiln"].sources["ash"]


def test_sizes_of_a_table_give_way_to_those_of_another(tmp_path):
    start = BASE.index("    sizes:")
    base = BASE[:start] + "    sizes: pipes.csv\n" + BASE[BASE.index("  truck: {kind") :]
    files = {"pipes.csv": "size,capacity,investment\nDN 100,8 t/h,700\n", "wide.csv": "size,capacity\nDN 300,90\n"}
    case = variant(tmp_path, "links: {steam pipe: {sizes: wide.csv}}", base=base, files=files)
    assert [size.size for size in case.links["steam pipe"].sizes] == ["DN 300"]
    assert [size.size for size in read_case(tmp_path).links["steam pipe"].sizes] == ["DN 100"]


def test_a_table_that_repeats_what_a_file_says_is_a_fault(tmp_path):
    files = {"prices.csv": "resource,price\ngas,44\n"}
    found = faults(tmp_path, "tables: {prices: prices.csv}", files=files)
    line = line_of(BASE, "  gas: {kind")
    assert found == [f"prices.csv:2:1  resources.gas.price: is stated twice, first in case.yaml:{line}"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tables: {prices: ~}", r'v\.yaml:2:18  tables.prices: there is nothing to delete.*known: "streams"'),
        ("tables: {stream: ~}", r'v\.yaml:2:18  tables.stream: there is nothing to delete.*mean "streams"'),
        ("tables: x.csv", r"v\.yaml:2:9  tables: found .x\.csv.; expected a section"),
        ("tables: {prices: [x]}", r"v\.yaml:2:18  tables.prices: found a list"),
        ("tables: {price: x.csv}", r'v\.yaml:2:10  tables.price: no such field; did you mean "prices"'),
        ("tables: {prices: x.csv}", r'v\.yaml:2:18  tables.prices: no file "x\.csv" in the case folder'),
    ],
)
def test_faults_of_tables(tmp_path, text, words):
    found = faults(tmp_path, text, base=TABLED, files={"streams.csv": STREAMS})
    assert any(re.fullmatch(words + ".*", fault) for fault in found), found


# ------------------------------------------------------------------ faults and their places


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plants: {gardn: ~}", ["v.yaml:2:17  plants.gardn: there is nothing to delete in what this case is based on; "
                                'did you mean "garden"?']),
        ("plants: {mill: {area: ~, hors: ~}}", ['did you mean "hours"?']),
        ("plant: {garden: {hazard: ~}}", ["plant.garden.hazard: there is nothing to delete", 'mean "plants"?']),
        ("plants: {gardn: {hazard: ~}}", ["v.yaml:2:26  plants.gardn.hazard: there is", 'mean "garden"?']),
        ("economics: {caps: {co2e: ~}}", ["v.yaml:2:26  economics.caps.co2e: there is nothing to delete"]),
        ("economics: {discount_rate: {low: ~}}", ['discount_rate.low: there is nothing to delete', 'known: "value"']),
        ("economics: ~", ["v.yaml:2:12  economics: is missing: Interest"]),
        ("economics:\n  discount_rate: ~", ["v.yaml:3:18  economics.discount_rate: is missing"]),
        ("plants:\n  mill: {hours: many}", ["v.yaml:3:17  plants.mill.hours: found"]),
        ("plants:\n  mill: {hors: 3}", ['v.yaml:3:10  plants.mill.hors: no such field; did you mean "hours"?']),
        ("economics: {budget: {low: 3 MEUR}}", ["v.yaml:2:21  economics.budget: value is missing"]),
        ("economics: {discount_rate: {low: 9 %}}", ["v.yaml:2:34  economics.discount_rate.low: "]),
        ("economics: 3", ["v.yaml:2:12  economics: found 3; expected a section"]),
        ("exchanges: [{from: kiln, to: mil}]", ['v.yaml:2:30  exchanges[1].to: no such', 'did you mean "mill"?']),
        ("plants: {mill: {hours: 3}}\nplants: {}", ['v.yaml:3:1  plants: "plants" is written twice']),
        ("plants: &x {}", ["v.yaml:2:9  anchors (&name) are not read"]),
        ("<<: {}", ["v.yaml:2:1  merge keys (<<) are not read"]),
    ],
)  # fmt: skip
def test_faults_of_the_variant_stand_in_the_variant(tmp_path, text, expected):
    found = "\n".join(faults(tmp_path, text))
    for part in expected:
        assert part in found


def test_faults_of_the_base_stand_in_the_base(tmp_path):
    base = changed(("zone: heavy", "zone: hevy"), ("rate: 25 t/h", "rate: 25 MW"))
    found = faults(tmp_path, "plants: {mill: {hours: 7000, firm: holdin}}", base=base)
    assert [fault.split(" ")[0] for fault in found] == [
        f"case.yaml:{line_of(base, 'zone: hevy')}:11",
        f"case.yaml:{line_of(base, 'steam: {rate: 25')}:21",
        "v.yaml:2:36",
    ]


def test_a_fault_of_the_base_that_is_replaced_is_none(tmp_path):
    base = changed(("zone: heavy", "zone: hevy"), ("economics:\n  discount_rate: 8 %\n", "economics:\n"))
    case = variant(tmp_path, "plants: {mill: {zone: light}}\neconomics: {discount_rate: 5 %}", base=base)
    assert case.economics.discount_rate.value == 0.05
    with pytest.raises(CaseError):
        read_case(tmp_path)


def test_what_the_base_refers_to_and_the_variant_deletes(tmp_path):
    found = faults(tmp_path, "resources: {clay: ~}")
    assert all(fault.startswith("case.yaml:") for fault in found)
    assert any("no such resource" in fault for fault in found)


def test_form_of_the_base(tmp_path):
    found = faults(tmp_path, "case: V", base=BASE.replace("price_year: 2025", "price_year: 2025\nprice_year: 2026"))
    assert found == ['case.yaml:4:1  price_year: "price_year" is written twice, first in line 3']


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "is empty; expected the name of a case file"),
        ("''", "is empty"),
        ("7", "found 7; expected the name"),
        ("[case.yaml]", "found a list; expected the name"),
        ("cas.yaml", 'no file "cas.yaml" in the case folder; did you mean "case.yaml"?'),
        ("/etc/passwd", "is an absolute path; the files of a case lie in its folder"),
        ("../case.yaml", "leads out of the case folder"),
        ("..\\case.yaml", "leads out of the case folder"),
        ("~/case.yaml", "is an absolute path"),
        ("C:\\case.yaml", "is an absolute path"),
        ("sub/case.yaml", "lies in another folder"),
        ("sub", 'no file "sub" in the case folder'),
        ("link.yaml", "is a link out of the case folder"),
        ('"a\\0b"', "is no file name"),
        ("v.yaml", "goes in a circle: v.yaml is based on v.yaml"),
    ],
)
def test_names_that_are_no_base(tmp_path, name, words):
    folder = tmp_path / "park"
    (folder / "sub").mkdir(parents=True)
    write(folder)
    write(folder / "sub")
    write(tmp_path)
    (folder / "link.yaml").symlink_to(tmp_path / "case.yaml")
    (folder / "v.yaml").write_text(f"case: V\nbased_on: {name}\n", encoding="utf-8")
    with pytest.raises(CaseError) as error:
        read_case(folder / "v.yaml")
    (fault,) = error.value.faults
    assert (fault.file, fault.line, fault.field) == ("v.yaml", 2, "based_on")
    assert words in fault.message


def test_a_circle_is_named_whole(tmp_path):
    for name, base in {"a": "b", "b": "c", "c": "./b"}.items():
        (tmp_path / f"{name}.yaml").write_text(f"based_on: {base}.yaml\n", encoding="utf-8")
    with pytest.raises(CaseError, match=r"c\.yaml:1:11  .*: b\.yaml is based on c\.yaml is based on b\.yaml"):
        read_case(tmp_path / "a.yaml")


def test_based_on_is_nothing_for_a_case_made_of_plain_data(tmp_path):
    """It would be read and ignored."""
    with pytest.raises(ValueError, match="stands in case files only"):
        Case.model_validate(yaml.safe_load(BASE) | {"based_on": "case.yaml"})


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.sampled_from(["3 t/h", "mill", "value"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.text(max_size=3) | st.sampled_from(["value", "low", "mill", "rate"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=5000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), odd=ODD)
def test_whatever_is_laid_over_is_a_case_or_has_faults_in_its_files(tmp_path, data, odd):
    """Put something odd over any place of the base: never anything but a case or faults with their lines."""
    write(tmp_path)
    here, tree = yaml.safe_load(BASE), {}
    holder = tree
    while isinstance(here, dict):
        key = data.draw(st.sampled_from([*map(str, here), "based_on", "value"]))
        here = here.get(key)
        if not isinstance(here, dict) or data.draw(st.booleans()):
            holder[key] = odd
            break
        holder[key] = holder = {}
    text = yaml.safe_dump({"based_on": "case.yaml"} | tree, allow_unicode=True)
    (tmp_path / "v.yaml").write_text(text, encoding="utf-8")
    try:
        case = read_case(tmp_path / "v.yaml")
    except CaseError as error:
        found = error.faults
        assert found and all(fault.file in {"v.yaml", "case.yaml"} and fault.line for fault in found)  # noqa: PT017, PT018
    else:
        (tmp_path / "case.resolved.yaml").write_text(case.resolved(), encoding="utf-8")
        assert read_case(tmp_path / "case.resolved.yaml") == case


# ------------------------------------------------------------------ hash, schema, commands


def test_the_hash_covers_every_file(tmp_path):
    files = {"streams.csv": STREAMS}
    first = variant(tmp_path, "case: V", base=TABLED, files=files).sha256
    assert first != read_case(tmp_path).sha256
    hashes = {
        first,
        variant(tmp_path, "case: W", base=TABLED, files=files).sha256,
        variant(tmp_path, "case: V", base=TABLED + "# more\n", files=files).sha256,
        variant(tmp_path, "case: V", base=TABLED, files={"streams.csv": STREAMS + "\n"}).sha256,
    }
    assert len(hashes) == 4
    assert variant(tmp_path, "case: V", base=TABLED, files=files).sha256 == first


def test_the_schema_demands_nothing_of_a_variant():
    described = schema_of_case()
    parts = described["$defs"]
    assert described["if"] == {"required": ["based_on"]}
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
    assert "required" in parts["Rate"]["anyOf"][2]
    assert "required" not in parts["RateInVariant"]["anyOf"][2]
    # what stands in a list is whole
    assert parts["CaseInVariant"]["properties"]["exchanges"]["anyOf"][0]["items"] == {"$ref": "#/$defs/Exchange"}
    names = re.findall(r'"#/\$defs/(\w+)"', json.dumps(described))
    assert set(names) <= set(parts)


def test_after_merging_the_required_sections_are_demanded(tmp_path):
    (tmp_path / "case.yaml").write_text("case: Empty\n", encoding="utf-8")
    (tmp_path / "v.yaml").write_text("based_on: case.yaml\ncurrency: EUR\n", encoding="utf-8")
    with pytest.raises(CaseError) as error:
        read_case(tmp_path / "v.yaml")
    missing = {fault.field for fault in error.value.faults}
    assert missing == {"price_year", "economics", "resources", "plants"}


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
