"""The tiny park, solved by hand: the arithmetic of cases/tiny/README.md as numbers."""

from pathlib import Path

import pytest

import planner

CASE = Path(__file__).resolve().parents[2] / "cases" / "tiny"

# Capital recovery factor at 5 % over 20 years: 0.05 / (1 - 1.05^-20) = 0.0802426.
CRF = 0.05 / (1 - 1.05**-20)

# Siting (smelter, mill, greenhouse) -> land [EUR/yr], pipe to the mill [m], way to the greenhouse [m].
# Land: 5 % x 4 ha x price: A 20,000, B 30,000, C 20,000, D 10,000. Access points at 100, 400, 800 and 1600 m.
SITINGS = {
    ("A", "B", "C"): (70_000, 300, 700),
    ("A", "B", "D"): (60_000, 300, 1500),
    ("A", "C", "B"): (70_000, 700, 300),
    ("A", "C", "D"): (50_000, 700, 1500),
    ("A", "D", "B"): (60_000, 1500, 300),
    ("A", "D", "C"): (50_000, 1500, 700),
    ("B", "C", "D"): (60_000, 400, 1200),
    ("B", "D", "C"): (60_000, 1200, 400),
}


def cost_by_hand(land: float, to_mill: float, to_greenhouse: float) -> float:
    # Steam to the mill: DN 150 at 500 EUR/m against 48,000 t x 32 EUR/t = 1,536,000 of gas: always built.
    mill = to_mill * 500 * CRF
    # Steam to the greenhouse: DN 100 at 300 EUR/m against 1,000 t x 32 EUR/t of gas: built below 1,329 m.
    greenhouse = min(to_greenhouse * 300 * CRF, 1_000 * 32)
    # Slag: 2,000 t x (4 milling + 3 loading + 0.2 EUR/t/km) and 3,000 t of landfill at 20 EUR/t.
    slag = 2_000 * (4 + 3 + 0.2 * to_greenhouse / 1000) + 3_000 * 20
    # Process water: pipe of at least 400 m costs 9,629 a year and saves 10,000 m3 x (0.5 + 0.3) = 8,000: never built.
    water = 10_000 * 0.5 + 20_000 * 0.3
    return land + mill + greenhouse + slag + water


@pytest.fixture(scope="module")
def plan():
    return planner.solve(CASE)


def indicator(plan, name):
    return plan.indicators.set_index("indicator").loc[name]


def built(plan):
    return set(plan.exchanges["exchange"])


def test_hand_costs_have_one_best_siting():
    costs = {siting: cost_by_hand(*numbers) for siting, numbers in SITINGS.items()}
    assert min(costs, key=costs.__getitem__) == ("A", "B", "C")
    # 70,000 + 12,036.39 + 16,850.94 + 74,280 + 11,000
    assert costs["A", "B", "C"] == pytest.approx(184_167.33, abs=0.01)
    # 60,000 + 12,036.39 + 32,000 + 74,600 + 11,000: the second best
    assert sorted(costs.values())[1] == pytest.approx(189_636.39, abs=0.01)


def test_tiny_is_optimal_and_audited(plan):
    assert plan.header["solver"]["status"] == "optimal"
    assert plan.audit["passed"]


def test_tiny_stands_as_by_hand(plan):
    plots = dict(zip(plan.siting["unit"], plan.siting["plot"], strict=True))
    assert plots == {"smelter": "A", "mill": "B", "greenhouse": "C"}


def test_tiny_builds_the_links_that_pay(plan):
    assert built(plan) == {
        "smelter > mill: steam",
        "smelter > greenhouse: steam",
        "smelter > greenhouse: slag -> lime",
    }
    rows = plan.exchanges.set_index("exchange")
    # 300 m x 500 EUR/m; 700 m x 300 EUR/m; trucks need no investment.
    assert rows.loc["smelter > mill: steam", "capex"] == pytest.approx(150_000)
    assert rows.loc["smelter > greenhouse: steam", "capex"] == pytest.approx(210_000)
    assert rows.loc["smelter > mill: steam", "flow_per_yr"] == pytest.approx(48_000)
    assert rows.loc["smelter > greenhouse: steam", "flow_per_yr"] == pytest.approx(1_000)
    # 1,000 t of lime at 0.5 t of lime per t of slag.
    assert rows.loc["smelter > greenhouse: slag -> lime", "flow_per_yr"] == pytest.approx(2_000)


def test_tiny_costs_as_by_hand(plan):
    tac = indicator(plan, "total_annual_cost")
    # Land 50,000 (A, C, D) + gas 49,000 t x 32 + landfill 5,000 x 20 + lime 1,000 x 40 + water 5,000 + sewer 6,000.
    assert tac["baseline"] == pytest.approx(50_000 + 1_568_000 + 100_000 + 40_000 + 11_000)
    assert tac["plan"] == pytest.approx(184_167.33, abs=0.01)
    assert tac["reduction"] == pytest.approx(1_769_000 - 184_167.33, abs=0.01)
    # Links 360,000 + land 4 ha x (100,000 + 150,000 + 100,000).
    assert indicator(plan, "investment")["plan"] == pytest.approx(360_000 + 1_400_000)


def test_tiny_emits_and_wastes_as_by_hand(plan):
    co2e = indicator(plan, "co2e")
    # Gas 49,000 t x 0.8 MWh/t x 0.2 t/MWh = 7,840; lime 1,000 t x 1 t/t.
    assert co2e["baseline"] == pytest.approx(7_840 + 1_000)
    # Trucks: 2,000 t x 0.7 km x 0.0001 t/t/km.
    assert co2e["plan"] == pytest.approx(0.14)
    waste = indicator(plan, "waste")
    assert (waste["baseline"], waste["plan"]) == (pytest.approx(5_000), pytest.approx(3_000))
    assert indicator(plan, "waste_reused")["plan"] == pytest.approx(2_000)
    water = indicator(plan, "fresh_water")
    assert (water["baseline"], water["plan"]) == (pytest.approx(10_000), pytest.approx(10_000))


def test_goal_water_lays_the_water_pipe_at_least_cost():
    plan = planner.solve(CASE, objective="water")
    assert indicator(plan, "fresh_water")["plan"] == pytest.approx(0, abs=0.02)
    assert "mill > greenhouse: process water -> fresh water" in built(plan)
    # 184,167.33 - 11,000 + sewer 10,000 m3 x 0.3 + 400 m x 300 EUR/m x 0.0802426 = 185,796.44.
    assert indicator(plan, "total_annual_cost")["plan"] == pytest.approx(185_796.44, abs=0.1)


@pytest.mark.parametrize("siting", SITINGS, ids="".join)
def test_every_siting_costs_what_it_costs_by_hand(siting, tmp_path):
    folder = tmp_path / "tiny"
    folder.mkdir()
    for file in CASE.glob("*.geojson"):
        (folder / file.name).write_bytes(file.read_bytes())
    text = (CASE / "case.yaml").read_text(encoding="utf-8")
    for plant, plot in zip(("smelter", "mill", "greenhouse"), siting, strict=True):
        text = text.replace(f"  {plant}:\n    area", f"  {plant}:\n    plot: {plot}\n    area")
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    plan = planner.solve(folder)
    assert set(plan.siting["plot"]) == set(siting)
    assert indicator(plan, "total_annual_cost")["plan"] == pytest.approx(cost_by_hand(*SITINGS[siting]), abs=0.01)
    # The pipe to the greenhouse pays below 32,000 / (300 x 0.0802426) = 1,329 m.
    assert ("smelter > greenhouse: steam" in built(plan)) == (SITINGS[siting][2] < 1_329)
