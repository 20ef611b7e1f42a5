"""Profiles: read from files, reduced by the calendar or by day, and what numbers make of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.case.profiles import Reduction
from planner.case.read import read_case
from planner.errors import CaseError
from planner.profiles.calendar import names_of_days, parts_of_day, turns_of
from planner.profiles.typical import typical_days

HEAD = """
case: profiles
currency: EUR
price_year: 2024
economics: {discount_rate: 6 %, lifetime: {facility: 20}}
plots: {P: {area: 5}}
resources:
  power: {kind: power, unit: MWh, price: {profile: spot}}
plants:
  works: {plot: P, sinks: {power: {rate: {value: 10 MW, low: 8 MW, profile: load}}}}
facilities:
  roof: {scope: own, owner: works, unit: MWh, outputs: {power: 1}, capacity_factor: {profile: sun},
    investment: [{capacity: 1 MW, investment: 0.7 MEUR}]}
profiles:
  load: {file: year.csv}
  sun: {file: year.csv}
  spot: {file: year.csv}
"""
SEASONS = HEAD + "reduction: {calendar: season}\n"


def _columns(steps=8, days=365):
    """Load 1 but 2 in July, sun by day only, and a price that is the number of the step of the day less 2."""
    step = np.tile(np.arange(steps), days)
    day = np.repeat(np.arange(days), steps)
    july = (day >= 181) & (day < 212)
    return {"load": 1.0 + july, "sun": np.where((step >= 2) & (step < 6), 0.4, 0.0), "spot": step - 2.0}


def _case(folder, text=SEASONS, columns=None, times=None):
    columns = columns or _columns()
    names = list(columns) if times is None else ["time", *columns]
    rows = [
        ",".join(f"{x:g}" if isinstance(x, float) else str(x) for x in row)
        for row in zip(*columns.values(), strict=True)
    ]
    if times is not None:
        rows = [f"{t},{row}" for t, row in zip(times, rows, strict=True)]
    (folder / "year.csv").write_text("\n".join([",".join(names), *rows]) + "\n", encoding="utf-8")
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    return folder


def _faults(folder) -> list[str]:
    with pytest.raises(CaseError) as caught:
        read_case(folder)
    return [str(fault) for fault in caught.value.faults]


def test_seasons_are_means_and_winter_comes_back_in_december(tmp_path):
    """Summer has June to August, 92 days: 31 with a load of 2. Mean 123 / 92; price -2 ... 5, mean 1.5."""
    case = read_case(_case(tmp_path))
    assert {name: period.hours.value for name, period in case.periods.items()} == {
        "winter": 90 * 24, "spring": 92 * 24, "summer": 92 * 24, "autumn": 91 * 24}  # fmt: skip
    assert [(turn.of, turn.times) for turn in case.turns] == [
        ("days of winter", 59), ("days of spring", 92), ("days of summer", 92), ("days of autumn", 91),
        ("days of winter", 31)]  # fmt: skip
    rate = case.plants["works"].sinks["power"].rate
    assert rate.at("summer") == pytest.approx(10 * 123 / 92)
    assert rate.at("winter") == pytest.approx(10)
    assert rate.value == pytest.approx(10 * 396 / 365)
    assert rate.low == pytest.approx(8 * 396 / 365)
    assert case.resources["power"].price.at("spring") == pytest.approx(1.5)
    assert case.facilities["roof"].capacity_factor.at("autumn") == pytest.approx(0.2)


def test_day_and_night_of_months(tmp_path):
    """The sun shines from 6 to 18 h: 0.4 by day, 0 by night. Steps of the day 2 to 5 cost 0 to 3, mean 1.5."""
    case = read_case(_case(tmp_path, HEAD + "reduction: {calendar: month, daytime: [6, 18]}\n"))
    assert len(case.periods) == 24
    assert case.turns == ()
    july = case.periods["July day"]
    assert (july.hours.value, july.of) == (31 * 12, "July")
    factor, price = case.facilities["roof"].capacity_factor, case.resources["power"].price
    assert factor.at("July day") == pytest.approx(0.4)
    assert factor.at("July night") == 0.0
    assert price.at("July day") == pytest.approx(1.5)
    assert price.at("July night") == pytest.approx((-2 - 1 + 4 + 5) / 4)


def test_a_reduced_case_reads_back_as_the_same_case(tmp_path):
    case = read_case(_case(tmp_path))
    (tmp_path / "again.yaml").write_text(case.resolved(), encoding="utf-8")
    again = read_case(tmp_path / "again.yaml")
    assert again == case
    assert again.courses.keys() == case.courses.keys()


def test_a_profile_by_period_serves_several_numbers_without_a_file(tmp_path):
    text = (
        HEAD.split("profiles:")[0].replace("profile: load", "profile: tide").replace("profile: spot", "profile: tide")
    )
    text = text.replace("profile: sun", "profile: tide")
    text += "periods: {a: {hours: 25 %}, b: {hours: 75 %}}\nprofiles: {tide: {periods: {a: 1, b: 0.2}}}\n"
    (tmp_path / "case.yaml").write_text(text, encoding="utf-8")
    case = read_case(tmp_path)
    assert case.plants["works"].sinks["power"].rate.value == pytest.approx(10 * (0.25 + 0.75 * 0.2))
    assert case.facilities["roof"].capacity_factor.at("b") == 0.2


def test_hours_follow_a_profile_as_a_share(tmp_path):
    text = SEASONS.replace("{plot: P, ", "{plot: P, hours: {profile: sun}, ")
    case = read_case(_case(tmp_path, text))
    hours = case.plants["works"].hours
    assert hours.at("winter") == pytest.approx(0.2 * 90 * 24)
    assert hours.value == pytest.approx(0.2 * 8760)


def test_relative_to_the_peak_or_the_mean(tmp_path):
    text = SEASONS.replace("load: {file: year.csv}", "load: {file: year.csv, relative_to: peak}")
    assert read_case(_case(tmp_path, text)).profiles["load"].periods["winter"] == pytest.approx(0.5)
    text = SEASONS.replace("load: {file: year.csv}", "load: {file: year.csv, relative_to: mean}")
    assert read_case(_case(tmp_path, text)).plants["works"].sinks["power"].rate.value == pytest.approx(10)


def test_a_leap_year_loses_its_29_february(tmp_path):
    """That day alone has a load of 100."""
    columns = _columns(days=366)
    columns["load"] = np.ones(8 * 366)
    columns["load"][59 * 8 : 60 * 8] = 100.0
    case = read_case(_case(tmp_path, columns=columns))
    assert case.profiles["load"].periods["winter"] == 1.0
    assert case.courses["load"].leap


def test_a_coarser_file_is_repeated_in_the_steps_of_the_finer(tmp_path):
    (tmp_path / "days.csv").write_text("sun\n" + "0.1\n0.3\n" * 365, encoding="utf-8")
    text = SEASONS.replace("sun: {file: year.csv}", "sun: {file: days.csv}")
    case = read_case(_case(tmp_path, text))
    assert case.facilities["roof"].capacity_factor.at("spring") == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("calendar: season", "calendar: season, typical_days: 4"), "expected one of reduction.typical_days and"),
        (("reduction:", "turns: [{of: winter}]\nreduction:"), "turns: follow from the section reduction"),
        (("calendar: season", "calendar: season, daytime: [6]"), "is no pair; expected two numbers, as in [6, 20]"),
        (("calendar: season", "calendar: season, daytime: [6, 8, 9]"), "is no pair; expected two numbers"),
        (("calendar: season", "calendar: season, segments: 4"), "belongs to typical_days"),
        (("calendar: season", "calendar: season, daytime: [5, 18]"), "expected whole steps of 3 h"),
        (("calendar: season", "calendar: season, daytime: [6, 30]"), "that leave a night"),
        (("calendar: season", "typical_days: 4, peaks: [lod]"), 'no profile "lod" with a file; did you mean "load"?'),
        (("reduction: {calendar: season}", ""), "state the section reduction"),
        (("reduction:", "periods: {all: {hours: 8760}}\nreduction:"), "made by the section reduction"),
        (("profile: load", "profile: lode"), 'no such profile: "lode"; did you mean "load"?'),
        (("spot: {file: year.csv}", "spot: {file: years.csv}"), 'no file "years.csv" in the case folder'),
        (("spot: {file: year.csv}", "spot: {file: year.csv, column: prise}"), "year.csv has no column prise"),
        (("{profile: sun}", "{profile: load}"), "makes it 2 in year.csv, line 1450; expected at most 1"),
        (("profile: load", "profile: spot"), "the profile spot makes it -20 in year.csv, line 2; expected at least 0"),
        (("plot: P,", "plot: P, hours: {value: 4000, profile: sun},"), "hours follow a profile as a share"),
        (("discount_rate: 6 %", "discount_rate: {value: 6 %, profile: sun}"), "may not differ by period"),
        (("value: 10 MW, low", "value: 10 MW, periods: {winter: 1 MW}, low"), "do not follow its profile"),
        (("spot: {file: year.csv}", "spot: {}"), "has no numbers; state the file"),
        (("spot: {file: year.csv}", "spot: {column: x, periods: {winter: 1}}"), "belong to a file"),
        (("sun: {file: year.csv}", "sun: {file: year.csv}\n  tide: {periods: {winter: 1}}"), "says nothing of spring"),
    ],
)  # fmt: skip
def test_faults_of_the_case(tmp_path, change, told):
    faults = _faults(_case(tmp_path, SEASONS.replace(*change)))
    assert any(told in fault for fault in faults), faults


def test_every_cell_that_is_no_number_is_told_with_its_line(tmp_path):
    folder = _case(tmp_path)
    rows = (folder / "year.csv").read_text().splitlines()
    rows[3], rows[9] = "1,nan,1", '1,,"3 MW"'
    (folder / "year.csv").write_text("\n".join(rows))
    faults = _faults(folder)
    assert [fault.split("  ")[0] for fault in faults] == ["year.csv:4:2", "year.csv:10:2", "year.csv:10:3"]
    assert "expected a finite number" in faults[0]
    assert "is blank" in faults[1]
    assert "without unit" in faults[2]


@pytest.mark.parametrize("days", [0, 400])
def test_a_number_of_typical_days_out_of_range_is_one_fault(tmp_path, days):
    faults = _faults(_case(tmp_path, HEAD + f"reduction: {{typical_days: {days}}}\n"))
    assert [f"found {days}; expected" in fault for fault in faults] == [True]


def test_a_year_with_a_gap_or_a_short_one(tmp_path):
    columns = {name: values[:-1] for name, values in _columns().items()}
    assert "has 2919 rows" in _faults(_case(tmp_path, columns=columns))[0]
    times = [str(t) for t in np.datetime64("2023-01-01T00:00") + np.arange(2920) * np.timedelta64(3, "h")]
    assert len(_faults(_case(tmp_path, columns=columns, times=times[:-1]))) == 1  # its steps are as they should be
    short = _faults(_case(tmp_path, columns=columns, times=[*times[:700], *times[701:]]))
    assert "expected steps of 3:00:00" in short[0]
    read_case(_case(tmp_path, times=times))
    times[700] = "2023-03-29T13:00"
    assert "without summer time or gaps" in _faults(_case(tmp_path, times=times))[0]
    late = [t.replace("2023-", "2024-") if n else "2022-12-31T21:00" for n, t in enumerate(times)]
    assert any("expected 1 January 00:00" in fault for fault in _faults(_case(tmp_path, times=late)))


def test_where_tsam_is_missing_the_message_says_what_to_type(tmp_path, monkeypatch):
    monkeypatch.setattr("planner.profiles.reduce.installed", lambda: False)
    faults = _faults(_case(tmp_path, HEAD + "reduction: {typical_days: 4}\n"))
    assert any("pip install 'ecopark-planner[profiles]'" in fault for fault in faults)


def test_all_days_need_no_tsam(tmp_path, monkeypatch):
    monkeypatch.setattr("planner.profiles.reduce.installed", lambda: False)
    case = read_case(_case(tmp_path, HEAD + "reduction: {typical_days: 365}\n"))
    assert len(case.periods) == 2920
    assert len(case.turns) == 365


@settings(max_examples=6, deadline=None)
@given(
    st.integers(0, 10_000),
    st.integers(2, 9),
    st.sampled_from([None, 3]),
    st.sampled_from(["medoid", "mean", "distribution"]),
)
def test_typical_days_keep_means_and_stay_within_the_course(seed, number, segments, representation):
    pytest.importorskip("tsam")
    rng = np.random.default_rng(seed)
    courses = {
        "load": rng.uniform(0.2, 1.0, (365, 6)) ** 3,
        "sun": np.clip(rng.normal(0, 0.5, (365, 6)), 0, 1),
        "spot": rng.normal(50, 60, (365, 6)),
    }
    reduction = Reduction(
        typical_days=number, segments=segments, representation=representation, peaks=("load",), lows=("sun",)
    )
    found = typical_days(courses, reduction)
    assert typical_days(courses, reduction).of_day.tolist() == found.of_day.tolist()
    counts = np.bincount(found.of_day)
    for name, days in courses.items():
        total = sum(c * np.dot(v, h) for c, v, h in zip(counts, found.values[name], found.hours, strict=True))
        assert total / 8760 == pytest.approx(days.mean(), rel=1e-9, abs=1e-9)
        every = np.concatenate(found.values[name])
        assert days.min() <= every.min() + 1e-12
        assert every.max() <= days.max() + 1e-12
    if segments is None:
        assert max(v.max() for v in found.values["load"]) == pytest.approx(courses["load"].max())
    assert all(sum(hours) == pytest.approx(24) for hours in found.hours)


def test_the_calendar_has_a_year_of_days():
    assert len(names_of_days("month")) == 365
    assert list(turns_of(names_of_days("month")))[1] == ("February", 28)
    assert parts_of_day((6, 18), 4)["day"].tolist() == [False, True, True, False]
