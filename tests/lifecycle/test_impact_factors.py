"""Factors of impact categories: units, years of money, the CSV tables and their faults."""

import pytest
from lca_park import CASE, FACTORS, MONEY, written

from planner.case.impact_numbers import impact_unit
from planner.case.read import read_case
from planner.errors import CaseError


def faults(tmp_path, **parts):
    with pytest.raises(CaseError) as error:
        read_case(written(tmp_path, **parts))
    return [(fault.file, fault.line, fault.column, fault.message) for fault in error.value.faults]


@pytest.mark.parametrize(
    ("unit", "magnitude", "substance"),
    [
        ("kg SO2e", "kg", "SO2e"),
        ("MJ", "MJ", ""),
        ("points", "1", "points"),
        ("m2 arable", "m2", "arable"),
        ("kg", "kg", ""),
    ],
)
def test_units_of_categories(unit, magnitude, substance):
    found = impact_unit(unit)
    assert (found.magnitude, found.substance) == (magnitude, substance)


def factor_of(tmp_path, unit, written_as):
    case = CASE.replace("acidification: {unit: kg SO2e, note: invented}", f"acidification: {{unit: {unit}}}")
    rows = f"category,resource,stage,factor,unit\nacidification,lime,supply,{written_as}\n"
    money = MONEY.splitlines()[0] + "\n" + MONEY.splitlines()[1] + "\n"
    case = case.replace("    building: {of: [link, trench]}\n", "")
    stated = read_case(written(tmp_path, case, rows, money)).impacts.categories["acidification"].resources["lime"]
    return stated.supply.value


@pytest.mark.parametrize(
    ("unit", "written_as", "expected"),
    [
        ("kg SO2e", "0.9,", 0.9),  # bare: kg SO2e/t
        ("kg SO2e", "0.9,g SO2e/kg", 0.9),
        ("kg SO2e", "0.9,kgSO2e/kg", 900),
        ("t SO2e", "900,kg SO2e per t", 0.9),
        ("points", "3,points/kg", 3000),
        ("MJ", "1,kWh/kg", 3600),
    ],
)
def test_factors_are_converted(tmp_path, unit, written_as, expected):
    assert factor_of(tmp_path, unit, written_as) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("written_as", "message"),
    [
        ("0.9,kg NOx/t", "names SO2e"),
        ("0.9,kg/t", "names SO2e"),
        ("0.9,kg SO2e/MWh", "expected (kg)/((t))"),
        ("0.9,kg SO2e", "expected one in kg SO2e/t"),
        ("0.9,MJ SO2e/t", "is energy / mass"),
        ("abc,kg SO2e/t", "expected a number"),
    ],
)
def test_a_wrong_unit_is_a_fault_with_its_row(tmp_path, written_as, message):
    rows = f"category,resource,stage,factor,unit\nacidification,lime,supply,{written_as}\n"
    found = faults(tmp_path, factors=rows)
    assert [(file, line) for file, line, _, _ in found] == [("impacts.csv", 2)]
    assert message.split("expected (")[0] in found[0][3]


def test_all_faults_of_a_table_at_once(tmp_path):
    rows = [
        "category,resource,link,facility,stage,factor,unit",
        "acidification,lime,,,burning,1,kg SO2e/t",  # no such stage
        "acidification,lime,truck,,supply,1,kg SO2e/t",  # two things
        "acidification,,,,supply,1,kg SO2e/t",  # none
        "acidification,lmie,,,supply,1,kg SO2e/t",  # no such resource
        "acidification,lime,,,supply,1,kg SO2e/t",
        "acidification,lime,,,supply,2,kg SO2e/t",  # twice
        "acidification,,truck,,construction,2,kg SO2e/m",  # a truck is not laid
        "climate change,lime,,,supply,2,kg CO2e/t",  # comes by itself
        "acidification,slag,,,discharge,,kg SO2e/t",  # blank
    ]
    found = faults(tmp_path, factors="\n".join(rows) + "\n")
    told = {line: message for file, line, _, message in found if file == "impacts.csv"}
    assert sorted(told) == [2, 3, 4, 5, 7, 8, 9, 10]
    assert told[2] == 'found "burning"; expected use, supply, discharge, treatment of a resource'
    assert 'did you mean "lime"' in told[5]
    assert told[7] == "is stated twice, first in impacts.csv:6"
    assert "not laid" in told[8]
    assert next(column for file, line, column, _ in found if line == 5 and file == "impacts.csv") == 2  # the name


def test_faults_of_input_output_factors(tmp_path):
    money = [
        "category,purchases,factor,unit,year",
        "acidification,building,2,g SO2e/EUR,1980",  # no price index
        "acidifcation,gas supply,2,g SO2e/EUR,2015",  # no such category
        "acidification,gas supply,2,g SO2e/USD,2015",  # no exchange rate
    ]
    found = faults(tmp_path, money="\n".join(money) + "\n")
    assert sorted(line for file, line, _, _ in found if file == "io.csv") == [2, 3, 4]


def test_money_counts_once(tmp_path):
    found = faults(
        tmp_path, case=CASE.replace("building: {of: [link, trench]}", "building: {of: [natural gas, pipes]}")
    )
    assert [message for *_, message in found if "belongs to gas supply already" in message]
    assert [message for *_, message in found if 'no such resource, head of money or investment "pipes"' in message]


def test_a_haul_by_tonnes_goes_by_the_mass_of_what_is_moved(tmp_path):
    case = CASE.replace("resources: {slag: {enthalpy: 0 MWh/t}}", "resources: {process water: {mass: 0.5 t/m3}}")
    rows = "category,link,stage,factor,unit\nacidification,water pipe,transport,4,kg SO2e/t/km\n"
    stated = read_case(written(tmp_path, case, rows)).impacts.categories["acidification"].links["water pipe"]
    assert stated.transport.value == pytest.approx(2.0)  # per m3 and km
    assert stated.transport.unit == "kg SO2e/(m3*km)"


def test_a_haul_by_tonnes_of_what_has_no_mass_is_a_fault(tmp_path):
    rows = FACTORS.splitlines()[0] + "\nacidification,,water pipe,,transport,4,kg SO2e/t/km,hand,C,assumption\n"
    assert "mass of what the link carries" in faults(tmp_path, factors=rows)[0][3]


def test_a_resolved_case_reads_back_the_same(tmp_path):
    case = read_case(written(tmp_path))
    (tmp_path / "again.yaml").write_text(case.resolved(), encoding="utf-8")
    assert read_case(tmp_path / "again.yaml") == case


def test_a_category_that_is_not_there_is_named(tmp_path):
    case = (written(tmp_path).parent / "case.yaml").read_text(encoding="utf-8")
    lines = [
        line for line in CASE.splitlines() if not line.startswith(("based_on", "economics", "resources", "plants"))
    ]
    own = (
        case.replace("economics:\n", "economics:\n  price_index: {2015: 80, 2025: 100}\n", 1) + "\n".join(lines) + "\n"
    )
    rows = "category,resource,stage,factor,unit\nacidifcation,lime,supply,1,kg SO2e/t\n"
    (tmp_path / "impacts.csv").write_text(rows, encoding="utf-8")
    (tmp_path / "case.yaml").write_text(own, encoding="utf-8")
    with pytest.raises(CaseError) as error:
        read_case(tmp_path)
    first = error.value.faults[0]
    assert (first.file, first.line, first.column) == ("impacts.csv", 2, 1)
    assert 'did you mean "acidification"' in first.message
