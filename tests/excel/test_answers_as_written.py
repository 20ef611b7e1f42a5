"""Answers of questionnaires as tenants write them: codes, days, words and units, read right or asked for."""

import datetime
import re

import openpyxl
import pytest
from books import GAS, NAME, STEAM, questionnaire

from planner.case.read import read_case
from planner.errors import CaseError
from planner.excel.cells import CellError
from planner.excel.days import day_of
from planner.excel.importer import import_case
from planner.excel.industry import industry
from planner.excel.opened import Cell

CODES = {
    "10.51": "10.51", "C10.5": "10.5", "C 10.51": "10.51", "1051": "10.51", 1051: "10.51", "NACE 10.51": "10.51",
    "10": "10", 10.51: "10.51", "NACE Rev. 2: C.10.51": "10.51", "11.0": "11.0", "35.30": "35.30", "0111": "01.11",
}  # fmt: skip
NO_CODES = {
    10.5: "may have lost a zero",
    1.1: "may have lost a zero",
    "DA15.51": "has no group 15.5",
    "15.51": "has no group 15.5",
    "D15.11": "not in section D",
    "105": "did you mean",
    "04": "no division 04",
    "dairy": "expected one code of NACE Rev. 2",
    "10.51; 10.52": "expected one code of NACE Rev. 2",
}


def cell_of(code):
    return Cell(5, 2, "text" if isinstance(code, str) else "number", code)


@pytest.mark.parametrize("code", CODES)
def test_codes_of_industries_as_tenants_write_them(code):
    assert industry(cell_of(code)) == CODES[code]


@pytest.mark.parametrize("code", NO_CODES)
def test_codes_of_older_editions_and_lost_zeros_are_faults(code):
    with pytest.raises(CellError, match=NO_CODES[code]):
        industry(cell_of(code))


def test_the_code_of_a_questionnaire_reaches_the_case(tmp_path, park):
    answers = NAME | {"Land needed, built or paved": 1, "Industry code (NACE)": "C 10.51"}
    import_case(questionnaire(tmp_path / "x.xlsx", answers, []), [], park)
    assert read_case(park).plants["dairy"].nace == "10.51"


#: Cells of the form, and what the import makes of them: fields that are asked for, or words of the fault.
ODD = {
    "not known yet": ({"D18": "tbd", "B8": "?", "J18": "n/a"}, {"area", "sinks.steam.rate",
                      "sinks.steam.supplied_today_by.natural gas"}),
    "a choice alone": ({"A19": "over"}, set()),
    "unknown to the park": ({"I18": "LPG"}, {"sinks.steam.supplied_today_by.LPG"}),
    "nobody's name": ({"B4": "?"}, "the name of the plant is needed"),
    "a partner": ({"B4": "cement works"}, "is a partner outside the park"),
    "no direction": ({"A18": None}, 'is blank in a line that says "steam"; say need or over'),
    "no name of what": ({"B18": None}, 'is blank in a line that says "need"; name what it is'),
    "error": ({"D18": "#DIV/0!"}, "an error of the spreadsheet"),
    "range": ({"D18": "2-4"}, "columns low and high"),
    "clock": ({"B10": "24/7"}, "expected one number, as in 12.5"),
    "basis in other words": ({"H18": "bill"}, "expected one of metered"),
    "another language": ({"A17": "Richtung"}, "the row with the names of the columns of the streams is missing"),
}  # fmt: skip


@pytest.mark.parametrize("what", ODD)
def test_odd_answers_are_asked_for_or_told(tmp_path, park, what):
    cells, expected = ODD[what]
    answers = NAME | {"Land needed, built or paved": 2, "Hours in operation a year": 6000}
    path = questionnaire(tmp_path / "x.xlsx", answers, [STEAM | GAS])
    book = openpyxl.load_workbook(path)
    for cell, value in cells.items():
        book["questionnaire"][cell] = value
    book.save(path)
    if isinstance(expected, set):
        found = {one.field.removeprefix("plants.dairy.") for one in import_case(path, [], park).questions}
        assert found == expected
    else:
        with pytest.raises(CaseError, match=expected) as caught:
            import_case(path, [], park)
        assert len(caught.value.faults) == 1


def test_a_questionnaire_is_known_by_its_questions(tmp_path, park):
    path = questionnaire(tmp_path / "x.xlsx", NAME | {"Land needed, built or paved": 2}, [])
    book = openpyxl.load_workbook(path)
    book["questionnaire"].title = "Fragebogen (2)"
    book.save(path)
    import_case(path, [], park)
    assert read_case(park).plants["dairy"].area.value == 2


HUSKS = {"direction": "over", "what": "husks", "kind": "material", "amount": 5, "today": "feed", "today amount": 0,
         "today unit": "EUR/t"}  # fmt: skip
AREA = {"Land needed, built or paved": 2}
DAYS_250 = {"Days in operation a year": 250}


def test_weeks_days_and_hours_of_a_bakery(tmp_path, park):
    """One shift, 2000 h: 10 t/week is 10 x 365/7 = 521.4 t/yr; 5 t/d is 5 x 83.3 = 416.7, on 250 days 1250 t/yr."""
    hours = {"Hours in operation a year": 2000}
    lines = [HUSKS | {"unit": "t/d"}, HUSKS | {"what": "bread waste", "amount": 10, "unit": "t/week"}]
    for answers, husks, asked in ((hours, 5 * 2000 / 24, True), (hours | DAYS_250, 1250, False)):
        file = tmp_path / str(asked) / "bakery.xlsx"
        file.parent.mkdir()
        done = import_case(questionnaire(file, NAME | AREA | answers, lines), [], park)
        questions = {one.field: one for one in done.questions}
        assert ("plants.dairy.days" in questions) == asked
        plant = read_case(park).plants["dairy"]
        yearly = {name: one.rate.value * plant.hours.value for name, one in plant.sources.items()}
        assert yearly == pytest.approx({"husks": husks, "bread waste": 10 * 365 / 7})
        if asked:
            assert str(questions["plants.dairy.days"]) == (
                "plants.dairy.days: How many days a year is it in operation? By the day: husks. Expected: days, as in "
                "250 d/yr. Ask: dairy; until then: 83.33 d/yr, its hours by days of 24 h "
                '(bakery.xlsx, sheet "questionnaire", cell B11)'
            )


@pytest.mark.parametrize("answers", [{"Hours in operation a year": 8400}, {}, {"Hours in operation a year": "8000"}])
def test_days_are_not_asked_of_a_plant_that_runs_all_year(tmp_path, park, answers):
    lines = [HUSKS | {"unit": "t/d"}]
    done = import_case(questionnaire(tmp_path / "bakery.xlsx", NAME | AREA | answers, lines), [], park)
    assert "plants.dairy.days" not in {one.field for one in done.questions}


def test_a_product_without_a_name_bars_no_plan(tmp_path, park):
    hours = {"Hours in operation a year": 6000}
    made = NAME | AREA | hours | {"Product made in a year": (1200, "t/yr")}
    done = import_case(questionnaire(tmp_path / "x.xlsx", made, []), [], park)
    assert [(one.field, one.bars) for one in done.questions] == [("plants.dairy.product.name", False)]
    assert 'until then: it is called "product"' in str(done.questions[0])
    assert read_case(park).plants["dairy"].product.name == "product"
    done = import_case(questionnaire(tmp_path / "y.xlsx", NAME | {"Main product": "cheese"}, []), [], park)
    assert done.questions == []
    assert read_case(park).plants["dairy"].product.name == "cheese"
    import_case(tmp_path / "x.xlsx", [], park)  # the name that the case has stays
    assert read_case(park).plants["dairy"].product.name == "cheese"


@pytest.mark.parametrize(("unit", "right"), [("t/h", False), ("kW", True), ("GJ/d", True), ("MWh/yr", True)])
def test_power_is_an_energy(tmp_path, park, unit, right):
    line = {"direction": "need", "what": "grid power", "kind": "power", "amount": 5, "unit": unit}
    book = questionnaire(tmp_path / "x.xlsx", NAME | AREA, [line])
    if right:
        assert import_case(book, [], park).name
        return
    with pytest.raises(CaseError, match="found t for power; expected MWh/yr") as caught:
        import_case(book, [], park)
    assert "cell E18" in str(caught.value)


#: What stands for the day -> day, or words of the fault.
DAYS = {
    "13.04.2026": "2026-04-13",
    "3.4.2026": "2026-04-03",
    "13/04/2026": "2026-04-13",
    "04/13/2026": "2026-04-13",
    "3 April 2026": "2026-04-03",
    "April 3rd, 2026": "2026-04-03",
    "2026-04-03": "2026-04-03",
    datetime.datetime(2026, 4, 3): "2026-04-03",
    "04/03/2026": "which may be 2026-03-04 or 2026-04-03",
    "4/3/26": "write it as year-month-day",
    "last week": "write it as year-month-day",
    46115: "found 46115",
    "31.12.2999": "a day to come",
    datetime.datetime(2999, 1, 1): "a day to come",
    "31.02.2026": "which is no day",
    "1.1.1900": "long ago",
}


@pytest.mark.parametrize("written", DAYS)
def test_days_as_tenants_write_them(written):
    kind = "date" if isinstance(written, datetime.datetime) else "number" if isinstance(written, int) else "text"
    cell, expected = Cell(14, 2, kind, written), DAYS[written]
    if re.fullmatch(r"\d{4}-\d\d-\d\d", expected):
        assert day_of(cell) == expected
        return
    with pytest.raises(CellError, match=expected):
        day_of(cell)


def test_a_day_that_is_none_is_told_in_its_cell(tmp_path, park):
    with pytest.raises(CaseError, match='found "last week"; write it as') as caught:
        import_case(questionnaire(tmp_path / "x.xlsx", NAME | AREA | {"Filled in on": "last week"}, []), [], park)
    assert "cell B15" in str(caught.value)


def test_capitals_do_not_make_another_resource(tmp_path, park):
    import_case(questionnaire(tmp_path / "x.xlsx", NAME | AREA, [STEAM | GAS | {"what": "Steam"}]), [], park)
    assert list(read_case(park).plants["dairy"].sinks) == ["steam"]
