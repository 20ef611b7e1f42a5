"""Archetypes from the case to the tables, the notes, the audit and the command line."""

import json
from pathlib import Path

import pandas as pd
import pytest
from archetype_cases import HEAD, RESOURCES, case_of, write

import planner
from planner.cli.run import main
from planner.pipeline import audit_folder

PLANTS = """\
  works: {archetype: "brewery, 200000 hl/yr", plot: P1}
  mill: {area: 1 ha, plot: P2, sinks: {power: {rate: 1 MW}}}
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("brewery")
    plan = planner.solve(case_of(folder, PLANTS))
    plan.save(folder / "out")
    return plan, folder / "out"


def test_basis_and_grade_reach_the_lines(run):
    plan, _ = run
    lines = plan.tables["lines"]
    lines = lines[(lines["run"] == "plan") & (lines["by"] == "works")]
    water = lines[lines["resource"] == "fresh water"].iloc[0]
    assert "archetype" in water["basis"]
    assert "archetype edie" in water["sources"]
    assert "plants.works.sinks.fresh water.rate" in water["fields"]
    gas = lines[lines["resource"] == "natural gas"]
    assert set(gas["grade"]) == {"C"}


def test_notes_count_them_and_say_what_rests_on_them(run):
    plan, _ = run
    notes = plan.header["notes"]
    counted = next(note for note in notes if "numbers in use" in note and "archetypes" in note)
    assert "works (brewery, 200,000 hl/yr)" in counted
    lines = plan.tables["lines"]
    theirs = lines["basis"].fillna("").str.contains("archetype")
    stated = {f for fields in lines["fields"].dropna() for f in fields.split("; ") if not f.startswith("geography.")}
    ours = {f for fields in lines[theirs]["fields"].dropna() for f in fields.split("; ") if ".works." in f}
    assert int(counted.split(" of the ")[0]) == len(ours)
    assert int(counted.split(" of the ")[1].split()[0]) <= len(stated)
    # water 129,000 + power 345,000 + gas 7,244.4 / 0.9 x 40 = 321,975 of the brewery; 876,000 of the mill and the land
    cost = lines[(lines["run"] == "plan") & (lines["unit"] == "EUR/yr")]
    rests = cost[cost["basis"].fillna("").str.contains("archetype")]["amount"].abs().sum()
    assert rests == pytest.approx(129_000 + 345_000 + 7244.44 / 0.9 * 40, rel=1e-4)
    share = f"{rests / cost['amount'].abs().sum():.0%} of the total annual cost"
    assert any(share in note for note in notes)


def test_the_run_audits_from_its_folder(run):
    plan, out = run
    assert plan.audit["passed"]
    assert audit_folder(out)["passed"]
    text = (out / "case" / "case.resolved.yaml").read_text(encoding="utf-8")
    assert "basis: archetype" in text
    assert 'filled: "brewery, 200000 hl/yr"' in text or "filled: brewery, 200000 hl/yr" in text
    notes = json.loads((out / "results.json").read_text(encoding="utf-8"))["notes"]
    assert any("archetypes" in note for note in notes)


def test_the_audit_sees_a_basis_that_is_not_that_of_the_case(run, tmp_path):
    import shutil

    _, out = run
    copy = tmp_path / "out"
    shutil.copytree(out, copy)
    file = copy / "tables" / "lines.csv"
    lines = pd.read_csv(file, dtype=str, keep_default_na=False)
    assert lines["basis"].str.contains("archetype").any()
    lines["basis"] = lines["basis"].str.replace("archetype", "metered")
    lines.to_csv(file, index=False)
    assert not audit_folder(copy)["passed"]


def called(capsys, *line: object) -> tuple[int, str, str]:
    code = main([str(part) for part in line])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_check_says_what_was_filled_in(tmp_path, capsys):
    write(tmp_path, f"{HEAD}{RESOURCES.replace('  power:', '  electricity:')}plants:\n{PLANTS.split(chr(10))[0]}\n")
    code, out, _ = called(capsys, "check", tmp_path)
    assert code == 0
    for text in (
        "works: brewery, 200 000 hl/yr; 14 numbers, 1 of grade A, 1 of B, 12 of C",
        "planner check --numbers lists them",
        "its power is electricity here",
        "no price is stated of malt (works)",
    ):
        assert text in out, text
    filled = ("takes fresh water: 86 000 m3/yr, 86 000 to 104 000, A, edie", "gives spent grain: 3 200 t/yr, B, boe")
    all_of_it = called(capsys, "check", tmp_path, "--numbers")[1]
    for text in filled:
        assert text in all_of_it, text
        assert text not in out, text
    found = json.loads(called(capsys, "check", tmp_path, "--json")[1])["archetypes"]
    works = found["plants"]["works"]
    water = next(number for number in works["numbers"] if number["field"] == "sinks.fresh water.rate")
    assert (water["value"], water["grade"], water["unit"]) == (pytest.approx(86_000), "A", "m3/yr")
    assert found["free"] == {"malt": ["works"]}


def test_check_says_what_is_the_plants_own_and_what_is_left_out(tmp_path, capsys):
    own = "    archetype: {name: brewery, size: 200000 hl/yr, without: [malt]}\n    sinks: {power: {rate: 1 MW}}\n"
    write(tmp_path, f"{HEAD}{RESOURCES}plants:\n  works:\n    plot: P1\n{own}")
    out = called(capsys, "check", tmp_path, "--numbers")[1]
    assert "as the plant itself says: power" in out
    assert "left out: malt" in out
    assert "takes power:" not in out


def test_a_case_without_archetypes_is_told_as_before(tmp_path, capsys):
    write(tmp_path, f"{HEAD}{RESOURCES}plants:\n{PLANTS.split(chr(10))[1]}\n")
    assert "archetype" not in called(capsys, "check", tmp_path)[1].replace("One archetype", "")
    assert "archetypes" not in json.loads(called(capsys, "check", tmp_path, "--json")[1])


def test_archetypes_are_listed(capsys):
    code, out, _ = called(capsys, "archetypes")
    assert code == 0
    assert "26 archetypes" in out
    assert "200,000 hl/yr of beer" in out
    found = json.loads(called(capsys, "archetypes", "--json")[1])
    assert found["brewery"]["nace"] == "11.05"
    assert sum(found["brewery"]["numbers"].values()) == 13


def test_an_archetype_is_shown_for_a_size(capsys):
    code, out, _ = called(capsys, "archetypes", "Data-Center", "--size", "10 MW")
    assert code == 0
    power = next(line for line in out.splitlines() if " power " in line).split()
    assert power[:6] == ["takes", "power", "114,000", "96,000", "136,000", "MWh/yr"]
    found = json.loads(called(capsys, "archetypes", "beet sugar", "--size", "5000 t/d", "--json")[1])
    # 5,000 t/d in a campaign of 110 days are 550,000 t; 140 kg/t of sugar
    assert found["for_size"]["value"] == pytest.approx(550_000)
    sugar = next(number for number in found["amounts"] if number["field"] == "product")
    assert sugar["amount"] == {"typical": pytest.approx(77_000), "unit": "t/yr"}
    assert found["sources"]["cpwsug"]["read"] is True


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (("brwery",), 'no such archetype "brwery"; did you mean "brewery"?'),
        (("brewery", "--size", "3 t/yr"), "--size: t/yr is mass / year; expected hl/yr"),
        (("brewery", "--size", "0"), "--size: found 0; expected more than 0 hl/yr"),
        (("brewery", "--size", "lots"), '--size: found "lots"; expected a number'),
        (("--size", "3 ha"), "--size is the size of one archetype"),
    ],
)
def test_what_cannot_be_shown(capsys, line, expected):
    code, out, err = called(capsys, "archetypes", *line)
    assert (code, out) == (2, "")
    assert expected in err


def test_the_library_is_not_read_for_cases_without_archetypes(monkeypatch):
    import planner.library.archetypes as module
    from planner.case.read import read_case

    def never():
        raise AssertionError("read")

    monkeypatch.setattr(module, "library", never)
    read_case(Path(__file__).parents[2] / "cases" / "tiny")
