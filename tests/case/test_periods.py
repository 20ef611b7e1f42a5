"""Periods of a case: numbers that differ between them, what they make of a year, and every fault of them."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from planner.case.case import Case
from planner.case.closure import yearly_amount
from planner.case.marks import Marks
from planner.case.periods import facility_hours, may_differ, states_of, stream_hours, taken_in, tenant_hours
from planner.case.read import read_case
from planner.case.resolve import resolve
from planner.case.summary import summary
from planner.errors import CaseError

TEXT = """
case: Seasons
currency: EUR
price_year: 2025
economics: {discount_rate: 5 %}
geography: {distances: distances.csv}
periods:
  winter day: {hours: 1460, of: winter}
  winter night: {hours: 2920 h/yr, of: winter, note: lights off}
  summer: {hours: 50 %}
plots: {A: {area: 5}, B: {area: 5}}
resources:
  gas: {kind: gas, unit: MWh, price: {value: 40, year: 2025, source: invoice, periods: {summer: 0.03 EUR/kWh}}}
  heat: {kind: heat, unit: MWh, discharge: {route: cooler, cost: {value: 1, periods: {summer: 2}}}}
plants:
  works:
    plot: A
    hours: {periods: {winter day: 1000, winter night: "50 %", summer: 1500}}
    sources: {heat: {rate: {value: 10, periods: {summer: 120 MWh/d}}}}
  homes:
    plot: B
    stops: {value: 0, periods: {summer: "10 d/yr"}}
    sinks:
      heat: {rate: {periods: {winter day: 6, winter night: 3, summer: 0}}, supplied_today_by: {gas: 1.1}}
facilities:
  PV: {unit: MWh, outputs: {heat: 1}, area: 1, availability: {value: 0.1, periods: {summer: 30 %}},
       investment: [{capacity: 1, investment: 1000}]}
"""


#: 1,968 h of a plant.
HALVED = "hours: {periods: {winter day: 492, winter night: 984, summer: 492}}"


def written(folder: Path, text: str = TEXT) -> Path:
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    (folder / "distances.csv").write_text("from,to,length_m\nA,B,1000\n", encoding="utf-8")
    return folder


def faults(folder: Path, old: str, new: str, text: str = TEXT) -> str:
    """The faults of the case with a text changed."""
    assert old in text
    with pytest.raises(CaseError) as error:
        read_case(written(folder, text.replace(old, new)))
    return str(error.value)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return read_case(written(tmp_path))


def test_states(case: Case) -> None:
    """Of the winter, 4,380 h long, days of 24 h: 4,380 / 24 = 182.5, rounded to an even 182."""
    states = states_of(case)
    assert {t: (x.hours, x.group, x.repeats) for t, x in states.items()} == {
        "winter day": (1460.0, "winter", 182),
        "winter night": (2920.0, "winter", 182),
        "summer": (4380.0, "summer", 1),
    }
    assert sum(x.share for x in states.values()) == pytest.approx(1)


def test_numbers_of_a_period(case: Case) -> None:
    """Each is converted from its own unit; what is not named has the value."""
    price = case.resources["gas"].price
    assert price is not None
    assert [price.at(t) for t in case.periods] == pytest.approx([40, 40, 30])
    heat = case.resources["heat"].discharge
    assert heat is not None
    assert heat.cost is not None
    assert [heat.cost.at(t) for t in case.periods] == [1, 1, 2]
    assert [case.facilities["PV"].availability.at(t) for t in case.periods] == pytest.approx([0.1, 0.1, 0.3])


def test_a_value_left_out_is_the_mean_by_hours(case: Case) -> None:
    """(6 x 1,460 + 3 x 2,920 + 0 x 4,380) / 8,760 = 2."""
    assert case.plants["homes"].sinks["heat"].rate.value == pytest.approx(2)


def test_hours_of_a_year_are_the_sum_of_the_periods(case: Case) -> None:
    """Half of 2,920 h is 1,460: 1,000 + 1,460 + 1,500 = 3,960 h."""
    works, homes = case.plants["works"], case.plants["homes"]
    assert works.hours is not None
    assert works.hours.value == pytest.approx(3960)
    assert tenant_hours(case, works) == pytest.approx({"winter day": 1000, "winter night": 1460, "summer": 1500})
    assert tenant_hours(case, homes) == pytest.approx({"winter day": 1460, "winter night": 2920, "summer": 4140})
    assert stream_hours(case, works, works.sources["heat"]) == pytest.approx(tenant_hours(case, works))
    assert facility_hours(case, case.facilities["PV"]) == pytest.approx(
        {t: x.hours for t, x in states_of(case).items()}
    )


def test_a_rate_per_day_is_one_of_an_operating_day(case: Case) -> None:
    """120 MWh/d of a plant whose days have 24 operating hours are 5 MW."""
    assert case.plants["works"].sources["heat"].rate.at("summer") == pytest.approx(5)


def test_yearly_amounts_are_sums_over_the_periods(case: Case) -> None:
    """10 x (1,000 + 1,460) + 5 x 1,500 = 32,100 MWh; 6 x 1,460 + 3 x 2,920 = 17,520 MWh."""
    works, homes = case.plants["works"], case.plants["homes"]
    assert yearly_amount(case, works, works.sources["heat"]) == pytest.approx(32100)
    assert yearly_amount(case, homes, homes.sinks["heat"]) == pytest.approx(17520)


def test_the_case_as_it_was_read_reads_back_as_an_equal_one(case: Case, tmp_path: Path) -> None:
    again = tmp_path / "again"
    again.mkdir()
    text = case.resolved()
    assert read_case(written(again, text)) == case
    assert "periods: {winter day: 1000.0, winter night: 1460.0, summer: 1500.0}" in text


def test_check_tells_the_periods(case: Case) -> None:
    told = summary(case)
    assert "3 periods: winter day 1 460 h, winter night 2 920 h (winter, passed 182 times); summer 4 380 h" in told
    assert "what differs between them: " in told
    assert "plants.works.sources.heat.rate" in told
    assert "gives heat: 32 100 MWh/yr" in told


def test_a_variant_may_lay_periods_over_a_number(tmp_path: Path) -> None:
    text = TEXT.replace("rate: {value: 10, periods: {summer: 120 MWh/d}}", "rate: 10 MW")
    written(tmp_path, text)
    variant = {
        "based_on": "case.yaml",
        "plants": {"works": {"sources": {"heat": {"rate": {"periods": {"summer": 7}}}}}},
    }
    (tmp_path / "summer.yaml").write_text(yaml.safe_dump(variant), encoding="utf-8")
    rate = read_case(tmp_path / "summer.yaml").plants["works"].sources["heat"].rate
    assert (rate.value, rate.at("summer"), rate.at("winter day")) == pytest.approx((10, 7, 10))
    plain = {"based_on": "case.yaml", "plants": {"works": {"sources": {"heat": {"rate": 8}}}}}
    (tmp_path / "plain.yaml").write_text(yaml.safe_dump(plain), encoding="utf-8")
    assert read_case(tmp_path / "plain.yaml").plants["works"].sources["heat"].rate.periods == ()


def test_tables_have_columns_for_periods(tmp_path: Path) -> None:
    text: dict[str, Any] = yaml.safe_load(TEXT)
    text["tables"] = {"streams": "streams.csv", "prices": "prices.csv"}
    del text["resources"]["gas"]["price"]
    text["plants"]["works"]["sources"] = {}
    columns = "plant,direction,stream,rate,rate.periods.summer,rate.periods.winter day"
    (tmp_path / "streams.csv").write_text(f"{columns}\nworks,source,heat,10,5 MWh/h,\n", encoding="utf-8")
    (tmp_path / "prices.csv").write_text("resource,price,year,periods.summer\ngas,40,2025,30\n", encoding="utf-8")
    case = read_case(written(tmp_path, yaml.safe_dump(text, sort_keys=False)))
    rate, price = case.plants["works"].sources["heat"].rate, case.resources["gas"].price
    assert price is not None
    assert [rate.at(t) for t in case.periods] == [10, 10, 5]
    assert [price.at(t) for t in case.periods] == [40, 40, 30]


@given(
    st.lists(st.floats(0.01, 1.0), min_size=1, max_size=8),
    st.floats(0.0, 8760.0),
    st.lists(st.floats(0.0, 1.0), min_size=8, max_size=8),
)
def test_hours_are_spread_whole(sizes: list[float], hours: float, shares: list[float]) -> None:
    """Yearly hours are all of them in some period, no period has more than there are, stated ones stay as they are."""
    scale = 8760.0 / sum(sizes)
    lengths = {f"p{n}": scale * size for n, size in enumerate(sizes)}
    stated = {t: share * h for (t, h), share in zip(lengths.items(), shares, strict=False)}
    data: dict[str, Any] = yaml.safe_load(TEXT)
    data["periods"] = {t: {"hours": h} for t, h in lengths.items()}
    data["resources"] = {"heat": {"kind": "heat", "unit": "MWh"}}
    data["facilities"] = {}
    data["plants"] = {
        "even": {"plot": "A", "hours": hours},
        "stated": {"plot": "B", "hours": {"periods": stated}},
    }
    case, found = resolve(Case.model_validate(data), Marks("case.yaml"))
    assert not found
    even, each = (tenant_hours(case, case.plants[name]) for name in ("even", "stated"))
    assert sum(even.values()) == pytest.approx(hours)
    assert all(even[t] <= h * (1 + 1e-9) for t, h in lengths.items())
    assert each == pytest.approx(stated)
    again, found = resolve(case, Marks("case.yaml"))  # what is resolved stays as it is
    assert not found
    assert again == case


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("summer: {hours: 50 %}", "summer: {hours: 4000}", "periods: add up to 8380 h, 380 h less than the 8760 h"),
        ("summer: {hours: 50 %}", "summer: {hours: 60 %}", "periods: add up to 9636 h, 876 h more than the 8760 h"),
        ("summer: {hours: 50 %}", "summer: {hours: 4380}\n  never: {hours: 0}", "expected more than 0 h/yr"),
        ("{summer: 0.03 EUR/kWh}", "{sommer: 3}", 'no such period: "sommer"; did you mean "summer"?'),
        ("{summer: 0.03 EUR/kWh}", "{summer: 3 EUR/t}", "EUR/t is money / mass; expected EUR/MWh"),
        ("{summer: 0.03 EUR/kWh}", "{summer: cheap}", "expected a number"),
        ("{summer: 0.03 EUR/kWh}", "{}", "names no period"),
        ("periods: {summer: 0.03 EUR/kWh}", "periods: 3", "expected a mapping, {winter: 30 t/h, summer: 10 t/h}"),
        ("{summer: 120 MWh/d}", "{summer: 4000 MWh/yr}", "state the rate of a period per hour or per day"),
        ("{summer: 120 MWh/d}", "{summer: -5}", "expected at least 0 MWh/h"),
        ("{winter day: 1000,", "{winter day: 1500,", "found 1500 h/yr; winter day has 1460 h/yr"),
        ('summer: "10 d/yr"', "summer: 4400", "found 4400 h/yr; summer has 4380 h/yr"),
        ("winter night: 3, summer: 0}", "winter night: 3}", "says nothing of summer"),
        ("discount_rate: 5 %", "discount_rate: {value: 5 %, periods: {summer: 4 %}}", "may not differ by period"),
        ("{gas: 1.1}", "{gas: {value: 1.1, periods: {summer: 1}}}", "may not differ by period"),
        ("{capacity: 1,", "{capacity: {value: 1, periods: {summer: 2}},", "may not differ by period"),
        ("summer: 30 %}", "summer: 130 %}", "expected at most 1"),
    ],
)
def test_faults_of_periods(old: str, new: str, said: str, tmp_path: Path) -> None:
    told = faults(tmp_path, old, new)
    assert said in told, told


def test_periods_of_a_group_stand_together(tmp_path: Path) -> None:
    text = TEXT.replace("  summer: {hours: 50 %}\n", "")
    text = text.replace("  winter night:", "  summer: {hours: 50 %}\n  winter night:")
    assert "the periods of winter do not stand together; put them in a row" in faults(tmp_path, "case:", "case: ", text)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{hours: 50 %}", "{hours: 50 %, cycle: 12 h}", "repeats nothing; name the group of the period in `of`"),
        ("of: winter, note", "of: winter, cycle: 12 h, note", "found 12 h; winter day, of the same group, has 24 h"),
        ("{hours: 50 %}", "{hours: 50 %, of: summer}", "summer is the name of a period; give the group another"),
        ("{hours: 50 %}", "{hours: 50 %, of: hot, cycle: 5000 h}", "at most the 4380 h of hot"),
        ("{hours: 50 %}", "{hours: 50 %, of: hot, cycle: 2 t}", "expected h"),
    ],
)
def test_faults_of_cycles(old: str, new: str, said: str, tmp_path: Path) -> None:
    told = faults(tmp_path, old, new)
    assert said in told, told


def test_numbers_by_period_need_periods(tmp_path: Path) -> None:
    text = json.loads(json.dumps(yaml.safe_load(TEXT)))
    del text["periods"]
    with pytest.raises(CaseError, match="the case has no periods; name them in the section periods"):
        read_case(written(tmp_path, yaml.safe_dump(text)))


def test_a_stream_with_hours_of_its_own_must_say_when_its_plant_does(tmp_path: Path) -> None:
    told = faults(tmp_path, "{heat: {rate: {value: 10,", "{heat: {hours: 3000, rate: {value: 10,")
    assert "works does not run evenly over the periods; state these hours by period" in told


@pytest.mark.parametrize(
    ("path", "may"),
    [
        ("plants.a.sources.b.rate", True),
        ("partners.a.sinks.b.availability", True),
        ("plants.a.sources.b.sale.price", True),
        ("plants.a.sources.b.discharge.co2e", True),
        ("facilities.a.hours", True),
        ("facilities.a.stops", False),
        ("facilities.a.variable_cost", False),
        ("resources.a.co2e.supply", True),
        ("resources.a.displacement", False),
        ("park_gate.a.peak", True),
        ("park_gate.a.yearly", False),
        ("plants.a.area", False),
        ("plants.a.sources.b.peak_factor", False),
        ("periods.a.hours", False),
    ],
)
def test_what_may_differ(path: str, may: bool) -> None:  # noqa: FBT001
    assert may_differ(tuple(path.split("."))) is may


def test_no_periods_is_one_year(tmp_path: Path) -> None:
    text: dict[str, Any] = {**yaml.safe_load(TEXT), "periods": {}}
    text["resources"]["gas"]["price"] = 40
    text["resources"]["heat"]["discharge"]["cost"] = 1
    text["plants"]["works"] |= {"hours": 4000, "sources": {"heat": {"rate": 10}}}
    text["plants"]["homes"] = {"plot": "B", "sinks": {"heat": {"rate": 2, "supplied_today_by": {"gas": 1.1}}}}
    text["facilities"]["PV"]["availability"] = 0.1
    case = read_case(written(tmp_path, yaml.safe_dump(text)))
    assert list(states_of(case)) == ["year"]
    assert tenant_hours(case, case.plants["works"]) == {"year": 4000.0}
    assert "period" not in summary(case)


def hours_of(tmp_path: Path, stated: str) -> dict[str, float]:
    """Hours by period of a plant that states them so; 1460, 2920 and 4380 h are there."""
    old = '{periods: {winter day: 1000, winter night: "50 %", summer: 1500}}'
    assert old in TEXT
    case = read_case(written(tmp_path, TEXT.replace(old, stated)))
    assert case.plants["works"].hours is not None
    assert case.plants["works"].hours.value == pytest.approx(sum(tenant_hours(case, case.plants["works"]).values()))
    return tenant_hours(case, case.plants["works"])


@pytest.mark.parametrize(
    ("stated", "day", "night", "summer"),
    [
        # 7000 - 2000 = 5000 h in 5840 h of day and summer: 1250 and 3750
        ("{value: 7000, periods: {winter night: 2000}}", 1250, 2000, 3750),
        # all that the others hold
        ("{value: 7840, periods: {winter night: 2000}}", 1460, 2000, 4380),
        # nothing is left
        ("{value: 2000, periods: {winter night: 2000}}", 0, 2000, 0),
        # a share is one of each period that is not named, none is none
        ('{value: 90 %, periods: {winter night: "50 %"}}', 1314, 1460, 3942),
        ("{value: 0, periods: {winter night: 2000}}", 0, 2000, 0),
        ("{value: 5000, periods: {winter day: 1000, winter night: 2000, summer: 2000}}", 1000, 2000, 2000),
    ],
)
def test_hours_of_the_year_hold_beside_those_of_a_period(tmp_path, stated, day, night, summer) -> None:
    assert hours_of(tmp_path, stated) == pytest.approx({"winter day": day, "winter night": night, "summer": summer})


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("{value: 1500, periods: {winter night: 2000}}", "found 1500 h/yr for the year, and 2000 h/yr in winter night"),
        ("{value: 8000, periods: {winter night: 2000}}", "the rest, 6000 h/yr, does not fit into winter day, summer"),
        ("{value: 5000, periods: {winter day: 1000, winter night: 2000, summer: 1000}}", "found 5000 h/yr for the"),
    ],
)
def test_hours_of_the_year_that_cannot_hold_are_a_fault(tmp_path, stated, expected) -> None:
    old = '{periods: {winter day: 1000, winter night: "50 %", summer: 1500}}'
    assert expected in faults(tmp_path, old, stated)


def test_an_amount_of_the_year_holds_beside_the_rate_of_a_period(tmp_path) -> None:
    """5 MW in 1,500 h of summer leave 39,600 - 7,500 = 32,100 MWh for 2,460 h of winter: 13.049 MW."""
    text = TEXT.replace("{heat: {rate: {value: 10,", "{heat: {rate: {value: 39600 MWh/yr,")
    assert text != TEXT
    case = read_case(written(tmp_path, text))
    rate = case.plants["works"].sources["heat"].rate
    named = {t: number for t, number, _ in rate.periods}
    hours = tenant_hours(case, case.plants["works"])
    assert sum(named.get(t, rate.value) * h for t, h in hours.items()) == pytest.approx(39600)


def test_an_amount_of_the_year_below_that_of_a_period_is_a_fault(tmp_path) -> None:
    told = faults(tmp_path, "{heat: {rate: {value: 10,", "{heat: {rate: {value: 100 MWh/yr,")
    assert "found 100 MWh/yr for the year, and" in told
    assert "the value is that of all periods together" in told


def test_nothing_in_a_period_is_nothing_in_any_unit(tmp_path) -> None:
    """39,600 MWh a year and none in summer: all of it in the 2,460 h of winter, 16.1 MW."""
    text = TEXT.replace("{value: 10, periods: {summer: 120 MWh/d}}", "{value: 39600 MWh/yr, periods: {summer: 0}}")
    case = read_case(written(tmp_path, text))
    rate = case.plants["works"].sources["heat"].rate
    assert rate.at("summer") == 0.0
    assert rate.at("winter day") == pytest.approx(39600 / 2460)
    assert "state the rate of a period per hour" in faults(tmp_path, "summer: 120 MWh/d", "summer: 120 MWh/yr")


def test_bare_numbers_of_periods_in_the_unit_of_the_value_are_told(tmp_path) -> None:
    """70 EUR/GJ are 252 EUR/MWh; numbers that say their unit, or whose value is in the documented one, need no word."""
    text = TEXT.replace("value: 40, year: 2025, source: invoice, periods: {summer: 0.03 EUR/kWh}",
                        "value: 50 EUR/GJ, periods: {summer: 70, winter day: 0}")  # fmt: skip
    text = text.replace("periods: {summer: 120 MWh/d}", "periods: {summer: 0.5}")
    case = read_case(written(tmp_path, text))
    assert case.resources["gas"].price.at("summer") == pytest.approx(252.0)
    assert list(taken_in(case)) == [("resources.gas.price", "EUR/GJ")]
    said = text.replace("summer: 70", "summer: 70 EUR/GJ")
    assert list(taken_in(read_case(written(tmp_path, said)))) == []
    assert list(taken_in(read_case(written(tmp_path)))) == []


@pytest.mark.parametrize(
    ("stated", "owner", "expected"),
    [
        ("scope: own, owner: works, days: 41", HALVED, 0.5),
        ("scope: own, owner: works, days: 300", HALVED, 1.0),
        ("area: 1, days: 73", "", 0.2),
    ],
)  # fmt: skip
def test_days_alone_limit_the_hours_of_a_facility(tmp_path, stated, owner, expected) -> None:
    """41 days are 984 of the 1,968 h of its plant, 73 days 1,752 of 8,760 h: less of each period by the same share."""
    old = '    hours: {periods: {winter day: 1000, winter night: "50 %", summer: 1500}}'
    text = TEXT.replace(old, f"    {owner}").replace("area: 1, availability", f"{stated}, availability")
    case = read_case(written(tmp_path, text))
    whole = tenant_hours(case, case.plants["works"])
    hours = facility_hours(case, case.facilities["PV"])
    assert hours == pytest.approx({t: expected * h for t, h in whole.items()})


def test_a_rate_per_day_counts_the_days_of_a_facility(tmp_path) -> None:
    """24 MWh a day in 73 days of 24 h are 1 MW, and 1,752 MWh a year are, too."""
    for capacity in ("24 MWh/d", "1752 MWh/yr"):
        text = TEXT.replace("area: 1, availability", "area: 1, days: 73, availability")
        text = text.replace("capacity: 1, investment", f"capacity: {capacity}, investment")
        point = read_case(written(tmp_path, text)).facilities["PV"].curve()[0]
        assert point.capacity.value == pytest.approx(1.0)


def test_a_capacity_by_the_year_counts_the_hours_of_the_plant_whose_measure_it_is(tmp_path) -> None:
    """The measure runs as long as its works: as many MWh a year as these have hours are 1 MW."""
    old = '    hours: {periods: {winter day: 1000, winter night: "50 %", summer: 1500}}'
    text = TEXT.replace(old, f"    {HALVED}").replace("area: 1, availability", "scope: own, owner: works, availability")
    case = read_case(written(tmp_path, text))
    hours = sum(tenant_hours(case, case.plants["works"]).values())
    text = text.replace("capacity: 1, investment", f"capacity: {hours} MWh/yr, investment")
    assert read_case(written(tmp_path, text)).facilities["PV"].curve()[0].capacity.value == pytest.approx(1.0)
