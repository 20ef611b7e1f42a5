"""Four seasons and a heat store in the largest shipped case: what it holds, and that it can be planned."""

from pathlib import Path

import pytest

from planner.assemble.assemble import assemble
from planner.case.case import Case
from planner.case.periods import stream_amounts, tenant_hours
from planner.case.read import read_case
from planner.geography.measure import measure
from planner.pipeline import solve
from planner.report.heat import write_diagrams
from planner.report.heat_sources import PARK_FILE, heat_by_source

CASE = Path(__file__).parents[2] / "cases" / "greenfield" / "seasons.yaml"
SEASONS = ["winter", "spring", "summer", "autumn"]


@pytest.fixture(scope="module")
def case() -> Case:
    return read_case(CASE)


@pytest.fixture(scope="module")
def base() -> Case:
    return read_case(CASE.parent)


def test_holds_what_it_promises(case: Case, base: Case) -> None:
    assert list(case.periods) == SEASONS
    assert [name for name, f in case.facilities.items() if f.stores is not None] == ["heat pit"]
    assert set(case.facilities) - set(base.facilities) == {"heat pit"}
    assert {name for name, plant in case.plants.items() if plant.process_heat} == {"brewery", "dairy", "slaughterhouse"}
    assert {name for name, r in case.resources.items() if r.heat is not None} == {
        name for name, r in case.resources.items() if r.kind == "heat"
    }
    free = [name for name, plant in case.plants.items() if plant.plot is None]
    assert len(free) == 15  # siting is as free as in case.yaml


def test_hours_of_the_year_are_those_of_the_base(case: Case, base: Case) -> None:
    for kind in ("plants", "partners"):
        for name, tenant in getattr(base, kind).items():
            seasons = tenant_hours(case, getattr(case, kind)[name])
            assert sum(seasons.values()) == pytest.approx(sum(tenant_hours(base, tenant).values())), name


def test_amounts_of_the_year_are_those_of_the_base(case: Case, base: Case) -> None:
    """Those of the streams that both have; seasonal rates add up to them within a quarter of a per cent."""
    compared = 0
    for kind in ("plants", "partners"):
        for name, tenant in getattr(base, kind).items():
            for side in ("sources", "sinks"):
                here = getattr(getattr(case, kind)[name], side)
                for stream, stated in getattr(tenant, side).items():
                    if stream in here:
                        seasons = stream_amounts(case, getattr(case, kind)[name], here[stream])
                        whole = sum(stream_amounts(base, tenant, stated).values())
                        assert sum(seasons.values()) == pytest.approx(whole, rel=2.5e-3), (name, stream)
                        compared += 1
    assert compared > 90


def test_process_streams_need_the_heat_of_the_base(case: Case, base: Case) -> None:
    """Heat of cold streams over the year against steam (0.65 MWh/t) and hot water of case.yaml, within one per cent."""
    for name, plant in case.plants.items():
        if plant.process_heat is None:
            continue
        hours = tenant_hours(case, plant)
        chilled = ("cooling heat", "refrigeration heat")
        cold = [x for stream, x in plant.process_heat.streams.items() if stream not in chilled]
        needed = sum(x.load.at(t) * hours[t] for x in cold if x.load for t in SEASONS)
        stated = sum(
            sum(stream_amounts(base, base.plants[name], sink).values()) * base.resources[resource].content("MWh")
            for stream, sink in base.plants[name].sinks.items()
            if base.resources[resource := sink.resource or stream].kind == "heat"
        )
        assert needed == pytest.approx(stated, rel=0.01), name


def test_mean_prices_are_those_of_the_base(case: Case, base: Case) -> None:
    for name in ("power", "natural gas", "wood fuel"):
        here, there = case.resources[name].price, base.resources[name].price
        assert here is not None
        assert there is not None
        mean = sum(here.at(t) * case.periods[t].hours.value for t in SEASONS) / 8760
        assert mean == pytest.approx(there.value, rel=2.5e-3), name


def test_sizes_of_pipes_share_their_flows(case: Case) -> None:
    """The model is far smaller than one with a flow for each size, pair and season."""
    from models.park import build

    instance = assemble(case, measure(case)).instance
    assert instance.stores.keys() == {"heat pit"}
    model = build(instance)
    apart = sum(
        len(x.options[s].pairs) * len(SEASONS)
        for e, x in instance.exchanges.items()
        for s in x.options
        if len(x.options[s].pairs) > 1 and any(i[:2] == (e, s) for i in instance.effects["pair_flow"])
    )
    assert len(model.pair_flow) < apart / 3


@pytest.mark.deep
def test_a_plan_within_a_minute_shows_its_heat_by_season(case: Case, tmp_path: Path) -> None:
    plan = solve(case, gap=0.05, time_limit=50)
    assert plan.audit["passed"]
    found = heat_by_source(plan)
    for taker in case.partners.keys() & found.keys():
        sinks = plan.tables["supplies"].query("by == @taker and resource == 'hot water'")
        for season, rows in sinks.groupby("state"):
            total = sum(by.get(season, 0.0) for by in found[taker].values())
            assert total == pytest.approx(rows["demand_per_yr"].sum())
    flows = plan.tables["flows_by_period"].query("kind == 'exchange'").groupby("name")["amount_per_yr"].sum()
    yearly = plan.tables["exchanges"].groupby("exchange")["flow_per_yr"].sum()
    assert flows.to_dict() == pytest.approx(yearly.to_dict(), rel=1e-6, abs=1e-3)
    write_diagrams(plan, tmp_path / "heat")
    assert (tmp_path / "heat" / PARK_FILE).exists()
