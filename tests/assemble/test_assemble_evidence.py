"""Evidence behind lines, the scale of money, ranges of estimates, and speed."""

import time
from dataclasses import replace
from typing import Any

import pytest
from assemble_park import PIPE, STEAM, lines, made, places

from planner.assemble import assemble
from planner.assemble.assembly import Line
from planner.assemble.economics import annuity, investment_range
from planner.case.case import Case
from planner.geography.distances import Distances, Route


def graded(value: float, grade: str, source: str = "log") -> dict[str, Any]:
    return {"value": value, "grade": grade, "source": source, "basis": "metered"}


def worst(line: Line) -> str | None:
    grades = [e.grade for e in line.evidence if e.grade]
    return max(grades) if grades else None


def test_a_line_rests_on_every_number_behind_it_and_the_worst_grade_counts() -> None:
    """Gas bought for steam: rate A, recipe C, price B: C."""
    park = made(
        resources__gas__price=graded(40, "B"),
        plants__mill__sinks__steam={"rate": graded(20, "A"), "supplied_today_by": {"gas": graded(0.8, "C")}},
        plants__mill__hours=graded(7000, "A"),
    )
    line = lines(park, "purchase")[0]
    assert [e.field for e in line.evidence] == [
        "plants.mill.sinks.steam.rate",
        "plants.mill.hours",
        "plants.mill.sinks.steam.supplied_today_by.gas",
        "resources.gas.price",
    ]
    assert worst(line) == "C"
    assert line.evidence[3].source == "log"
    better = made(
        resources__gas__price=graded(40, "B"),
        plants__mill__sinks__steam={"rate": graded(20, "A"), "supplied_today_by": {"gas": graded(0.8, "A")}},
    )
    assert worst(lines(better, "purchase")[0]) == "B"


def test_entries_of_lists_are_counted_from_1_as_in_faults() -> None:
    """The second point of the curve, the first entry of exchanges."""
    points = [{"capacity": 1, "investment": 100}, {"capacity": 9, "investment": 500}]
    park = made(
        exchanges=[{"from": "smelter", "to": "mill", "max_share": 0.5, "treatment": {"cost": 1}}],
        facilities={"works": {"investment": points, "inputs": {"gas": 1}, "outputs": {"steam": 1}}},
    )
    fields = {e.field for line in park.lines for e in line.evidence}
    assert {f"facilities.works.investment[{n}].investment" for n in (1, 2)} <= fields
    assert "exchanges[1].treatment.cost" in fields
    assert not any(part.isdigit() for field in fields for part in field.split("."))


def test_defaults_of_the_planner_are_assumptions_without_grade() -> None:
    """Shared hours, the life of a connection, hours of a plant that states none."""
    park = made(
        exchanges=[{"from": "smelter", "to": "mill", "connection": {"at_sink": 10}}],
        resources__steam__co2e={"use": 0.1},
        plants__mill={"plot": "P2", "area": 1, "sinks": {"steam": {"rate": 20, "supplied_today_by": {"gas": 0.8}}}},
    )
    found = {
        e.field: e
        for line in park.lines
        for e in line.evidence
        if e.basis == "assumption" and e.field != "exchanges.paid_by"
    }
    assert found["exchanges.shared_hours"].value == 8000
    assert found["economics.lifetime.connection"].value == 20
    assert found["plants.mill.hours"].value == 8760
    assert all(e.grade is None for e in found.values())
    assert any("economics.lifetime.connection is not stated: taken as 20 years" in note for note in park.notes)


def test_stops_are_taken_from_the_year() -> None:
    park = made(
        plants__mill={"plot": "P2", "stops": 760, "sinks": {"steam": {"rate": 20, "supplied_today_by": {"gas": 1}}}}
    )
    assert park.exchanges[STEAM].shared_hours == 8000


def test_a_yearly_rate_does_not_rest_on_hours() -> None:
    park = made(
        plants__mill__sinks__steam={"rate": {"value": 20, "given": "140000 t/yr"}, "supplied_today_by": {"gas": 1}}
    )
    assert "plants.mill.hours" not in [e.field for e in lines(park, "purchase")[0].evidence]


def test_capital_names_the_interest_it_is_counted_with() -> None:
    """What tells annualised investment from running cost on the accounts that hold both."""
    park = made(
        economics__discount_rate=0.05,
        plots__P1={"price": 1, "rent": 1},
        exchanges=[{"from": "smelter", "to": "mill", "treatment": {"cost": 1, "investment": 1}}],
    )
    for account in ("land", "treatment"):
        rests = ["economics.discount_rate" in [e.field for e in line.evidence] for line in lines(park, account)]
        assert sorted(rests) == [False, True], account


def test_money_is_scaled_by_the_numbers_and_not_by_the_currency() -> None:
    """The same park in a currency 1000 times smaller gets a scale 1000 times larger, and the same coefficients."""
    sizes = [{"size": "DN 200", "capacity": 100, "investment": 400}]
    small = made(links__pipe__sizes=sizes)
    large = made(
        links__pipe__sizes=[{"size": "DN 200", "capacity": 100, "investment": 400_000}],
        resources__gas__price=40_000,
        resources__power__price=100_000,
    )
    assert large.instance.money_scale == pytest.approx(1000 * small.instance.money_scale)
    for park in (small, large):
        money = [
            abs(effect)
            for by_index in park.instance.effects.values()
            for by_account in by_index.values()
            for account, effect in by_account.items()
            if account in ("purchase", "investment_link", "link_capital")
        ]
        # 32 EUR a tonne to 600,000 EUR: 4.3 decades fit into the seven from 1e-3 to 1e4
        assert min(money) >= 1e-3
        assert max(money) <= 1e4


def test_annuity() -> None:
    """8 % over 20 years: 0.101852; without interest a 20th."""
    assert annuity(0.08, 20) == pytest.approx(0.1018522, abs=1e-7)
    assert annuity(0.0, 20) == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("stated", "expected"),
    [(5, (-0.5, 1.0)), (4, (-0.3, 0.5)), (3, (-0.2, 0.3)), (2, (-0.15, 0.2)), (1, (-0.1, 0.15)), (None, None)],
)
def test_range_of_an_estimate_by_its_class(stated: int | None, expected: tuple[float, float] | None) -> None:
    from assemble_park import park

    case = Case.model_validate(park(economics={"discount_rate": 0, "cost_class": stated}))
    assert investment_range(case) == expected


def test_a_stated_range_goes_before_any_class() -> None:
    from assemble_park import park

    case = Case.model_validate(park(economics={"discount_rate": 0, "cost_class": {"low": -0.25, "high": 0.4}}))
    assert investment_range(case) == (-0.25, 0.4)


def greenfield(count: int) -> tuple[Case, Distances]:
    """So many plants on as many plots, each giving to the next three, over three sizes of pipe."""
    names = [f"P{k}" for k in range(count)]
    resources: dict[str, Any] = {
        "power": {"kind": "power", "unit": "MWh", "price": 90, "co2e": {"supply": 0.2}},
    }
    plants: dict[str, Any] = {f"plant {k}": {"area": 1, "sources": {}, "sinks": {}} for k in range(count)}
    for k in range(count):
        name = f"stream {k}"
        resources[name] = {
            "kind": "heat",
            "unit": "MWh",
            "price": 30,
            "discharge": {"route": "river"},
            "carried_by": ["pipe"],
        }
        plants[f"plant {k}"]["sources"][name] = {"rate": 10}
        for step in (1, 2, 3):
            plants[f"plant {(k + step) % count}"]["sinks"][name] = {"rate": 5}
    sizes = [
        {"size": f"DN {n}", "capacity": 5.0 * n, "investment": 300.0 * n, "yearly_cost": 2, "loss": 20}
        for n in (1, 2, 3)
    ]
    raw = {
        "case": "speed",
        "currency": "EUR",
        "price_year": 2025,
        "economics": {"discount_rate": 0.08, "carbon_price": {"paid": 70, "paid_scopes": ["pumping", "use"]}},
        "plots": {name: {"price": 1e5} for name in names},
        "resources": resources,
        "plants": plants,
        "links": {"pipe": {"kind": "pipe", "sizes": sizes, "uses": {"power": 0.002}, "maintenance": 0.02}},
    }
    distances = places({name: 4.0 for name in names})
    ways = {(a, b): Route(500.0, 600.0) for a in names for b in names if a != b}
    return Case.model_validate(raw), replace(distances, routes={"corridors": ways})


def test_a_greenfield_takes_seconds() -> None:
    """12 plants on 12 plots: 36 exchanges x 3 sizes x 132 pairs = 14,256 pairs, with two payers."""
    case, distances = greenfield(12)
    start = time.process_time()
    park = assemble(case, distances)
    seconds = time.process_time() - start
    assert len(park.instance.exchanges) == 36
    assert sum(1 for _ in park.instance.pairs()) == 36 * 3 * 132
    assert seconds < 10, seconds
    # evidence is shared between the lines of an option, not made for each pair
    pumping = lines(park, "pumping", exchange="plant 0 > plant 1: stream 0")
    assert len({id(line.evidence) for line in pumping}) <= 6
    assert PIPE not in park.instance.exchanges["plant 0 > plant 1: stream 0"].options
