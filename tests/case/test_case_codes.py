"""Codes of waste and industries, and synonyms: well formed, with what was meant."""

import pytest
from case_texts import BASE

from planner.case.codes import ewc_fault, nace_fault
from planner.case.read import read_case
from planner.errors import CaseError


@pytest.mark.parametrize("code", ["10 01 02", "10 01 04*", "01 01 01", "20 03 99"])
def test_codes_of_waste(code):
    assert ewc_fault(code) is None


@pytest.mark.parametrize(
    ("code", "meant"),
    [
        ("10-01-02", '"10 01 02"'),
        ("100102", '"10 01 02"'),
        ("10.01.02*", '"10 01 02*"'),
        ("EWC 10 01 02", '"10 01 02"'),
        ("10 01", None),
        ("21 01 02", None),
        ("ash", None),
    ],
)
def test_what_is_no_code_of_waste(code, meant):
    message = ewc_fault(code)
    assert message is not None
    assert (f"did you mean {meant}?" in message) == (meant is not None)


@pytest.mark.parametrize("code", ["23", "23.6", "23.62", "01.46", "99"])
def test_codes_of_industries(code):
    assert nace_fault(code) is None


@pytest.mark.parametrize(
    ("code", "meant"),
    [
        ("2362", '"23.62"'),
        ("C23.62", '"23.62"'),
        ("23,62", '"23.62"'),
        ("23.62.1", '"23.62"'),
        ("04.10", None),
        ("2", None),
    ],
)
def test_what_is_no_code_of_an_industry(code, meant):
    message = nace_fault(code)
    assert message is not None
    assert (f"did you mean {meant}?" in message) == (meant is not None)


def read(folder, *changes):
    text = BASE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    return read_case(folder)


ASH = "ash: {kind: material, unit: t,"


def test_a_case_states_them(tmp_path):
    case = read(
        tmp_path,
        (ASH, f'{ASH} waste_code: "10 01 02", synonyms: [PFA, Flugasche],'),
        ("    plot: P1", '    plot: P1\n    nace: "23.51"'),
    )
    assert case.resources["ash"].waste_code == "10 01 02"
    assert case.resources["ash"].synonyms == ("PFA", "Flugasche")
    assert case.plants["kiln"].nace == "23.51"
    again = tmp_path / "again"
    again.mkdir()
    (again / "case.yaml").write_text(case.resolved(), encoding="utf-8")
    assert read_case(again) == case


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ([(ASH, f"{ASH} waste_code: 10-01-02,")], "resources.ash.waste_code", 'did you mean "10 01 02"?'),
        ([(ASH, f"{ASH} synonyms: [PFA, pfa],")], "resources.ash.synonyms[2]", "stated twice"),
        ([("    plot: P1", "    plot: P1\n    nace: 23.62")], "plants.kiln.nace", "in quotes"),
        ([("    plot: P1", '    plot: P1\n    nace: "2362"')], "plants.kiln.nace", 'did you mean "23.62"?'),
    ],
)
def test_what_is_wrong_is_told_at_its_place(tmp_path, changes, field, words):
    with pytest.raises(CaseError) as raised:
        read(tmp_path, *changes)
    (fault,) = raised.value.faults
    assert fault.field == field
    assert words in fault.message
    assert fault.line > 1
