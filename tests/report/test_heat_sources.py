"""Heat by source and period: what the diagram shows adds up to what the tables say."""

import pandas as pd
import pytest

from planner.case.read import read_case
from planner.pipeline import solve
from planner.report.heat import write_diagrams
from planner.report.heat_sources import BOUGHT, OWN, PARK_FILE, RECOVERED, heat_by_source

CASE = """
case: Two seasons
currency: EUR
price_year: 2025
economics: {discount_rate: 5 %, lifetime: {pipe: 20 yr, facility: 20 yr}}
periods:
  winter: {hours: 4380}
  summer: {hours: 4380}
plots: {A: {area: 5}, B: {area: 5}, C: {area: 5}}
geography: {distances: distances.csv}
resources:
  hot water: {kind: heat, unit: MWh, carried_by: [pipe], discharge: {route: stack, cost: 0}}
  steam: {kind: heat, unit: t, enthalpy: 0.65}
  fuel: {kind: gas, unit: MWh, price: 50}
links:
  pipe: {kind: pipe, sizes: [{size: one, capacity: 10 MW, investment: 1 EUR/m}]}
plants:
  works:
    plot: A
    area: 1
    sources: {waste heat: {resource: hot water, rate: 2 MW}}
    sinks: {steam: {rate: 1 t/h, supplied_today_by: {fuel: 0.7}}}
  "homes & pool":
    plot: B
    area: 1
    sinks:
      heat: {resource: hot water, rate: {periods: {winter: 4 MW, summer: 1 MW}}, supplied_today_by: {fuel: 1.1}}
facilities:
  pit:
    unit: MWh
    plot: C
    area: 1
    stores: {resource: hot water, rate_in: 2 MW, rate_out: 2 MW}
    investment: [{capacity: 1, investment: 1}, {capacity: 9000, investment: 900}]
"""
DISTANCES = "from,to,length_m\nA,B,100\nA,C,100\nB,C,100\n"


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("seasons")
    (folder / "case.yaml").write_text(CASE, encoding="utf-8")
    (folder / "distances.csv").write_text(DISTANCES, encoding="utf-8")
    return solve(read_case(folder))


def test_every_source_by_season(plan):
    # Winter: homes need 17,520 MWh; the works gives 8,760, the pit the 4,380 left over in summer, 4,380 are bought.
    # Summer: the works gives the 4,380 needed. Steam: 4,380 t a season x 0.65 = 2,847 MWh, bought.
    found = heat_by_source(plan)
    homes = {source: by for source, by in found["homes & pool"].items() if any(by.values())}
    assert homes["works"] == pytest.approx({"winter": 8760.0, "summer": 4380.0})
    assert homes["store pit"] == pytest.approx({"winter": 4380.0, "summer": 0.0}, abs=1e-6)
    assert homes[BOUGHT] == pytest.approx({"winter": 4380.0, "summer": 0.0}, abs=1e-6)
    assert found["works"][BOUGHT] == pytest.approx({"winter": 2847.0, "summer": 2847.0})
    assert "pit" not in found  # what a store takes it passes on
    assert not {OWN, RECOVERED} & homes.keys()


def test_sums_by_season_are_those_of_the_demands(plan):
    supplies = plan.tables["supplies"]
    needed: dict[str, float] = {}
    for row in supplies[supplies["by"].isin(["works", "homes & pool"])].to_dict("records"):
        per = {"steam": 0.65, "hot water": 1.0}[row["resource"]]
        needed[row["state"]] = needed.get(row["state"], 0.0) + per * row["demand_per_yr"]
    found = heat_by_source(plan)
    for season, amount in needed.items():
        assert sum(by[season] for of in found.values() for by in of.values()) == pytest.approx(amount)


def test_files_for_the_park_and_whoever_takes_heat(plan, tmp_path):
    write_diagrams(plan, tmp_path / "heat")
    names = {path.name for path in (tmp_path / "heat").iterdir()}
    assert names == {PARK_FILE, "homes _ pool heat by source.svg", "works heat by source.svg"}
    text = (tmp_path / "heat" / PARK_FILE).read_text(encoding="utf-8")
    assert "winter, from store pit: 4,380 MWh" in text
    assert "homes &amp; pool" in (tmp_path / "heat" / "homes _ pool heat by source.svg").read_text(encoding="utf-8")


def test_nothing_where_nobody_needs_heat(plan, tmp_path):
    import dataclasses

    cold = dataclasses.replace(plan, tables={**plan.tables, "supplies": pd.DataFrame()})
    write_diagrams(cold, tmp_path / "heat")
    assert not (tmp_path / "heat").exists()
