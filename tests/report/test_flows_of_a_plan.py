"""What flows before and after: one builder, nothing left out, the same sums on both sides."""

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.report.plan_flows import BOUGHT, LOST, OTHER, diagrams_of, pairs_of
from planner.report.sankey import NARROW, sankey
from planner.results.plan import Plan

#: kind, unit, and what a unit holds.
RESOURCES = {
    "heavy oil": ("material", "m3", {"MWh": 10.0}),
    "steam": ("heat", "t", {"MWh": 0.7}),
    "flue gas CO2": ("gas", "t", {"t": 1.0}),
    "biomethane": ("gas", "Nm3", {}),
    "town water": ("water", "m3", {"m3": 1.0}),
}


def case() -> Any:
    def resource(kind: str, unit: str, holds: dict[str, float]) -> Any:
        return SimpleNamespace(
            kind=kind, unit=unit, content=holds.get, enthalpy=holds.get("MWh") if kind == "material" else None
        )

    return SimpleNamespace(case="park", resources={name: resource(*about) for name, about in RESOURCES.items()})


def bought(by: str, resource: str, amount: float) -> dict[str, Any]:
    return {"by": by, "resource": resource, "unit": RESOURCES[resource][1], "amount_per_yr": amount}


def given_to(giver: str, taker: str, resource: str, amount: float, lost: float | None = 0.0) -> dict[str, Any]:
    unit = RESOURCES[resource][1]
    return {
        "from": giver,
        "to": taker,
        "resource": resource,
        "unit": unit,
        "flow_per_yr": amount,
        "lost_per_yr": lost,
        "own": False,
    }


def plan_of(**tables: list[dict[str, Any]]) -> Plan:
    return Plan({name: pd.DataFrame(rows) for name, rows in tables.items()}, {}, {}, {})


def oil_gives_way_to_steam() -> Plan:
    # 500 m3 of oil x 10 MWh before; after 100 m3, and 6,000 t of steam, of which 300 t are lost, x 0.7 MWh
    return plan_of(
        baseline_purchases=[bought("mill", "heavy oil", 500.0)],
        purchases=[bought("mill", "heavy oil", 100.0)],
        exchanges=[
            given_to("smelter", "mill", "steam", 6_000.0, lost=300.0),
            given_to("smelter", "mill", "flue gas CO2", 40.0, lost=float("nan")),
            given_to("smelter", "mill", "biomethane", 7_000.0),
        ],
        discharges=[bought("mill", "flue gas CO2", 5.0) | {"route": "stack"}],
    )


def test_a_fuel_is_energy_whatever_it_is_counted_in():
    energy = next(pair for pair in pairs_of(oil_gives_way_to_steam(), case()) if pair.name == "energy")
    assert energy.flows["baseline"] == {(BOUGHT, "heavy oil", "mill"): pytest.approx(5_000)}
    assert energy.flows["plan"] == {
        (BOUGHT, "heavy oil", "mill"): pytest.approx(1_000),
        ("smelter", "steam", "mill"): pytest.approx(5_700 * 0.7),
        ("smelter", "steam", LOST): pytest.approx(300 * 0.7),
    }


def test_a_gas_counted_by_weight_is_a_material():
    pairs = {pair.name: pair for pair in pairs_of(oil_gives_way_to_steam(), case())}
    assert set(pairs["material"].flows["plan"]) == {
        ("smelter", "flue gas CO2", "mill"),
        ("mill", "flue gas CO2", "stack"),
    }


def test_what_fits_nowhere_has_a_diagram_in_its_own_unit():
    (other,) = (pair for pair in pairs_of(oil_gives_way_to_steam(), case()) if pair.name == OTHER)
    assert other.unit == "Nm3"
    assert other.flows == {"baseline": {}, "plan": {("smelter", "biomethane", "mill"): 7_000.0}}


def test_both_runs_are_on_one_scale_and_in_the_same_colours():
    energy = pairs_of(oil_gives_way_to_steam(), case())[0]
    before, after = (energy.diagram(run, "x") for run in ("baseline", "plan"))
    assert before.whole == after.whole == pytest.approx(1_000 + 6_000 * 0.7)  # the larger of both: 5,200, not 5,000
    assert before.palette == after.palette == ("heavy oil", "steam")


def test_a_run_without_flows_has_no_diagram_of_its_own():
    titles = [one.title for one in diagrams_of(oil_gives_way_to_steam(), case())]
    assert "other after, Nm3 a year" in titles
    assert "other before, Nm3 a year" not in titles


def test_nothing_flows_nothing_is_drawn():
    assert pairs_of(plan_of(), case()) == []
    assert pairs_of(plan_of(), None) == []


@given(st.lists(st.tuples(st.sampled_from(sorted(RESOURCES)), st.sampled_from("ab"), st.floats(0.0, 1e6)), max_size=12))
def test_every_flow_that_is_there_is_on_a_diagram(rows):
    exchanges = [given_to("a", to, name, amount, lost=0.1 * amount) for name, to, amount in rows]
    pairs = pairs_of(plan_of(exchanges=exchanges), case())
    shown = {key[1] for pair in pairs for key in pair.flows["plan"]}
    assert shown == {name for name, _, amount in rows if amount > 0.0}
    for pair in pairs:
        data = pair.diagram("plan", "x")
        assert sum(x for *_, x in data.supplied) == pytest.approx(sum(x for *_, x in data.used))


def test_a_diagram_for_a_phone_has_the_same_flows():
    data = pairs_of(oil_gives_way_to_steam(), case())[0].diagram("plan", "energy")
    wide, narrow = sankey(data), sankey(data, NARROW)
    assert 'viewBox="0 0 372 ' in narrow
    for told in ("smelter to steam: 4,200 MWh", "steam to mill: 3,990 MWh"):
        assert told in wide
        assert told in narrow
    assert wide.count("<path") == narrow.count("<path")
