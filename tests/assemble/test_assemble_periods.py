"""Streams, exchanges and facilities by period: hours, amounts, bounds, and the lines booked in each."""

import pytest

from planner.assemble.assemble import assemble, chronology_of
from planner.assemble.assembly import Assembly
from planner.assemble.lines import evidence_of, peak_account
from planner.assemble.streams import Flow, members_of, sinks_of, sources_of
from planner.case.case import Case
from planner.case.read import read_case
from planner.geography.measure import measure

CASE = """
case: Seasons
currency: EUR
price_year: 2025
economics: {discount_rate: 0, lifetime: {pipe: 10, gate: 10}}
geography: {distances: distances.csv}
periods:
  day: {hours: 1095, of: winter}
  night: {hours: 3285, of: winter}
  summer: {hours: 4380}
plots: {A: {area: 5}, B: {area: 5}, C: {area: 5}}
park_gate: {gas: {resource: gas, peak: {value: 20, periods: {summer: 5}}, peak_expansion: {cost: 100}, yearly: 90000}}
resources:
  gas: {kind: gas, unit: MWh, price: {value: 40, periods: {summer: 30}}, co2e: {use: {value: 0.2, periods: {day: 0.3}}}}
  heat: {kind: heat, unit: MWh, discharge: {route: cooler}, carried_by: [pipe]}
  cold: {kind: heat, unit: MWh, price: 90, discharge: {route: none}}
plants:
  works:
    plot: A
    hours: 4380
    sources: {heat: {rate: {value: 8, periods: {summer: 2}}, availability: {value: 0.5, periods: {day: 1}}}}
  homes:
    plot: B
    sinks:
      heat: {rate: {value: 6, periods: {summer: 1}}, supplied_today_by: {gas: 1}, max_exchanged_share: 80 %}
facilities:
  chiller:
    unit: MWh
    evens_out: true
    inputs: {heat: 1.5}
    outputs: {cold: 1}
    hours: {periods: {day: 1000, night: 0, summer: "50 %"}}
    availability: {value: 0.9, periods: {summer: 0.8}}
    peak_factor: 1.25
    min_activity: 0.5
    area: 1
    investment: [{capacity: 1, investment: 1000}, {capacity: 4, investment: 3000}]
links: {pipe: {kind: pipe, sizes: [{size: S, capacity: 5, investment: 10}, {size: L, capacity: 50, investment: 20}]}}
"""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    folder = tmp_path_factory.mktemp("case")

    (folder / "case.yaml").write_text(CASE, encoding="utf-8")
    (folder / "distances.csv").write_text("from,to,length_m\nA,B,1000\nA,C,500\nB,C,700\n", encoding="utf-8")
    return read_case(folder)


@pytest.fixture(scope="module")
def found(case: Case) -> Assembly:
    return assemble(case, measure(case))


def _numbers(flow: Flow, name: str) -> list[float]:
    return [getattr(slice_, name) for slice_ in flow.slices.values()]


def test_a_source_by_period(case: Case) -> None:
    """4,380 h are half of each period: 547.5, 1,642.5, 2,190 h; day 8 x 547.5, night and summer half of 8 and 2."""
    flow = sources_of(case, members_of(case))["works / heat"]
    assert _numbers(flow, "rate") == [8, 8, 2]
    assert _numbers(flow, "hours") == pytest.approx([547.5, 821.25, 1095])
    assert _numbers(flow, "amount") == pytest.approx([4380, 6570, 2190])
    assert flow.most == flow.amount == pytest.approx(13140)
    assert flow.rate == 8
    fields = [[e.field.removeprefix("plants.works.") for e in slice_.evidence] for slice_ in flow.slices.values()]
    assert fields[2] == ["sources.heat.rate.periods.summer", "hours", "sources.heat.availability"]
    assert fields[0] == ["sources.heat.rate", "hours"]


def test_a_facility_by_period(case: Case, found: Assembly) -> None:
    """Hours x availability / peak factor: 1,000 x 0.9 / 1.25 = 720, 0, 2,190 x 0.8 / 1.25 = 1,401.6 h."""
    data = found.instance.facilities["chiller"]
    assert list(data.hours.values()) == pytest.approx([720, 0, 1401.6])
    assert list(data.least.values()) == pytest.approx([0.5 * 900, 0, 0.5 * 1752])
    flow = sinks_of(case, members_of(case))["chiller / heat"]
    assert flow.amount == 1.5  # per unit of activity, in every period
    assert _numbers(flow, "most") == pytest.approx([1.5 * 4 * 720, 0, 1.5 * 4 * 1401.6])


def test_an_exchange_by_period(found: Assembly) -> None:
    """The most that leaves is what the source has in the shared hours, the sink takes there, and a small pipe carries.

    Shared are 547.5, 821.25 and 1,095 h. Day: min(4,380, 6 x 547.5 = 3,285, 5 x 547.5 = 2,737.5 by the small pipe).
    """
    exchange = found.instance.exchanges["works > homes: heat"]
    assert list(exchange.most.values()) == pytest.approx([4380, 6570, 2190])
    small, large = exchange.options["pipe / S"], exchange.options["pipe / L"]
    assert list(small.max_flow.values()) == pytest.approx([2737.5, 4106.25, 1095])
    assert list(large.max_flow.values()) == pytest.approx([3285, 4927.5, 1095])
    # of the demand 547.5 of 1,095 h fall into the shared ones, and 821.25 of 3,285
    assert exchange.shares == pytest.approx({"day": 0.5, "night": 0.25, "summer": 0.25})
    assert exchange.max_share == 1.0
    assert found.instance.sinks["homes / heat"].max_exchanged_share == 0.8
    facts = found.exchanges["works > homes: heat"]
    assert facts.shared_hours == pytest.approx(2463.75)
    assert facts.shared_by_state == pytest.approx({"day": 547.5, "night": 821.25, "summer": 1095})


def test_a_facility_that_runs_less_than_its_partner(found: Assembly) -> None:
    """The chiller runs 900 h of the day and works 547.5: its capacity works 547.5 / 1.25 = 438 h for that exchange."""
    exchange = found.instance.exchanges["works > chiller: heat"]
    assert exchange.sink_hours == pytest.approx({"day": 547.5 / 1.25, "summer": 1095 / 1.25})


def test_lines_are_booked_at_the_price_and_factor_of_their_period(found: Assembly) -> None:
    effects = found.instance.effects["supplied"]
    scale = found.instance.money_scale
    bought = {t: effects["homes / heat", t]["purchase"] * scale for t in found.instance.states}
    assert bought == pytest.approx({"day": 40, "night": 40, "summer": 30})
    emitted = {t: effects["homes / heat", t]["co2e_use"] for t in found.instance.states}
    assert emitted == pytest.approx({"day": 0.3, "night": 0.2, "summer": 0.2})
    fields = {
        line.index[1]: [e.field for e in line.evidence if ".price" in e.field]
        for line in found.lines
        if line.family == "supplied" and line.account == "purchase" and line.index[0] == "homes / heat"
    }
    assert fields == {
        "day": ["resources.gas.price"],
        "night": ["resources.gas.price"],
        "summer": ["resources.gas.price.periods.summer"],
    }


def test_a_peak_is_an_account_and_a_limit_of_each_period(case: Case, found: Assembly) -> None:
    """Bought in 1,095, 3,285 and 4,380 h: 1 / 1,095 and so on of peak per MWh; one expansion for all."""
    limits = {n: limit for n, limit in found.instance.limits.items() if n.startswith("gate_peak")}
    assert {name: limit.bound for name, limit in limits.items()} == {
        "gate_peak:gas in day": 20,
        "gate_peak:gas in night": 20,
        "gate_peak:gas in summer": 5,
    }
    first = peak_account(case, "gas", "day")
    assert [limit.expanded_with for limit in limits.values()] == [None, first, first]
    assert set(found.instance.effects["expanded"]) == {(first,)}
    effects = found.instance.effects["supplied"]
    assert effects["homes / heat", "night"]["gate_peak:gas in night"] == pytest.approx(1 / 3285)
    assert "gate_peak:gas in day" not in effects["homes / heat", "night"]
    assert effects["homes / heat", "night"]["gate_yearly:gas"] == 1
    assert "gate_yearly:gas" in found.instance.limits


def test_the_order_of_the_year(case: Case, found: Assembly) -> None:
    """Days of the winter, 4,380 / 24 = 182.5, rounded to 182; the summer is passed once."""
    year = found.instance.chronology
    assert year == chronology_of(case)
    assert year is not None
    assert year.groups == {"winter": ("day", "night"), "summer": ("summer",)}
    assert [(block.group, block.repeats) for block in year.blocks] == [("winter", 182), ("summer", 1)]
    assert {t: data.hours for t, data in found.instance.states.items()} == {"day": 1095, "night": 3285, "summer": 4380}
    assert {data.weight for data in found.instance.states.values()} == {1.0}


def test_hours_of_the_year_are_noted(found: Assembly) -> None:
    assert "hours stated for the year are spread evenly over the periods: plants.works.hours" in found.notes


def test_evidence_of_a_period(case: Case) -> None:
    price = case.resources["gas"].price
    assert price is not None
    assert evidence_of(price, "p", "summer").field == "p.periods.summer"
    assert evidence_of(price, "p", "summer").value == 30
    assert evidence_of(price, "p", "day").field == evidence_of(price, "p").field == "p"
