"""Amounts by the day and by the week of a plant that does not run all year."""

import json
import shutil
from pathlib import Path

import pytest
import yaml
from case_texts import changed, write

from planner.case import daily
from planner.case.closure import yearly_amount
from planner.case.read import read_case
from planner.cli.run import main
from planner.errors import CaseError

SHIPPED = Path(__file__).parents[2] / "cases"


def of_mill(tmp_path, written, hours="hours: 2000 h/yr"):
    """The case with the rate of steam of its mill as written, and the amount of that in a year [t]."""
    case = read_case(write(tmp_path, changed(("rate: 25 t/h", f"rate: {written}"), ("hours: 7600 h/yr", hours))))
    mill = case.plants["mill"]
    return case, yearly_amount(case, mill, mill.sinks["steam"])


@pytest.mark.parametrize("hours", ["hours: 2000 h/yr", "hours: 8760", "hours: 2000\n    days: 250"])
@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("10 t/week", 10 * 365 / 7),  # 521.43 t, in as many hours as there are
        ("10000 kg/week", 10 * 365 / 7),
        ("{value: 10 t/week, low: 5, high: 20}", 10 * 365 / 7),
        ("10 t/month", 120),
        ("10 t/yr", 10),
    ],
)
def test_weeks_and_months_are_of_the_calendar(tmp_path, written, amount, hours):
    assert of_mill(tmp_path, written, hours)[1] == pytest.approx(amount, rel=1e-12)


def test_days_are_those_of_the_plant(tmp_path):
    # 2000 h are 83.33 days of 24 h: 5 t/d make 416.67 t; one shift on 250 days: 1250 t.
    assert of_mill(tmp_path, "5 t/d")[1] == pytest.approx(5 * 2000 / 24)
    assert of_mill(tmp_path, "5 t/d", "hours: 2000\n    days: 250")[1] == pytest.approx(1250)


def test_a_week_in_which_nothing_says_how_long_something_runs_has_168_hours(tmp_path):
    # A pipe of 6720 t/week carries 6720 / 168 = 40 t/h.
    text = changed(("size: DN 200, capacity: 40 t/h", "size: DN 200, capacity: 6720 t/week"))
    assert read_case(write(tmp_path, text)).links["steam pipe"].sizes[1].capacity.value == pytest.approx(40)


def test_sizes_of_archetypes_by_the_week_are_of_the_calendar(tmp_path):
    """1400 hl/week is 73,000 hl/yr, whatever the hours; by the day of 2000 h it is 1400 x 83.33 = 116,667."""
    for size, expected in (("1400 hl/week", 73_000), ("1400 hl/d", 1400 * 2000 / 24)):
        text = "case: x\ncurrency: EUR\nprice_year: 2025\neconomics: {discount_rate: 5 %, lifetime: {pipe: 20 yr}}\n"
        text += "resources:\n  fresh water: {price: 1 EUR/m3}\n  power: {price: 90 EUR/MWh}\n"
        text += "  natural gas: {price: 40 EUR/MWh}\n"
        text += f"plants:\n  b: {{archetype: {{name: brewery, size: {size}}}, hours: 2000}}\n"
        (tmp_path / "case.yaml").write_text(text)
        case = read_case(tmp_path, sited=False)
        assert case.plants["b"].product.output.value == pytest.approx(expected)


@pytest.mark.parametrize(
    ("written", "hours", "note"),
    [
        ("5 t/d", "hours: 2000 h/yr", "mill: `days` is not stated, so amounts by the day (sinks.steam.rate 5 t/d) "
         "count for 83.33 d/yr, its 2000 h/yr by days of 24 h"),
        ("{value: 5, unit: t per day}", "stops: 6760 h/yr", "sinks.steam.rate 5 t per day) count for 83.33 d/yr"),
        ("5 t/d", "hours: 2000 h/yr\n    days: 250", None),
        ("5 t/d", "hours: 8400 h/yr", None),
        ("5 t/week", "hours: 2000 h/yr", None),
    ],
)  # fmt: skip
def test_the_days_taken_are_told(tmp_path, written, hours, note):
    case, _ = of_mill(tmp_path, written, hours)
    notes = list(daily.told(case))
    assert (note is None) == (not notes)
    assert note is None or note in notes[0]


def test_hours_that_may_be_those_of_a_day_are_told(tmp_path):
    case, _ = of_mill(tmp_path, "5 t/h", "hours: 24")
    assert list(daily.told(case)) == [
        "mill: operates 24 h/yr as stated; if hours a day are meant, write `hours: 24 h/d`"
    ]


def test_check_tells_the_days_taken(tmp_path, capsys):
    """0.25 t/h on 4000 h is 6 t/d on 166.7 days of 24 h: the same case, and a note."""
    folder = shutil.copytree(SHIPPED / "tiny", tmp_path / "tiny")
    file = folder / "case.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count("value: 0.25 t/h") == 1
    assert main(["check", str(folder), "--json"]) == 0
    assert "by the day" not in capsys.readouterr().out
    file.write_text(text.replace("value: 0.25 t/h", "value: 6 t/d"), encoding="utf-8")
    assert main(["check", str(folder), "--json"]) == 0
    notes = json.loads(capsys.readouterr().out)["notes"]
    assert [one for one in notes if "6 t/d) count for 166.7 d/yr, its 4000 h/yr" in one]


def test_a_rate_of_a_period_by_the_week_is_refused(tmp_path):
    text = changed(("rate: 25 t/h", "rate: {periods: {winter: 30 t/week, summer: 10 t/h}}"))
    tree = yaml.safe_load(text)
    tree["periods"] = {"winter": {"hours": 4380}, "summer": {"hours": 4380}}
    with pytest.raises(CaseError, match="found a rate in t/week; state the rate of a period per hour or per day"):
        read_case(write(tmp_path, yaml.safe_dump(tree, sort_keys=False)))
