"""The published three-plant water case: its four figures, and what pipes that cost something leave of them."""

from pathlib import Path
from typing import Any

import pytest

import planner

CASE = Path(__file__).parents[2] / "cases" / "olesen-polley"
HOURS = 8000
#: t/h, published to two decimals; recalled.
ALONE = {"plant A": 98.33, "plant B": 54.64, "plant C": 186.67}
TOGETHER = 314.36


@pytest.fixture(scope="module")
def plan() -> Any:
    return planner.solve(CASE)


def bought(plan: Any, table: str) -> dict[str, float]:
    rows = plan.tables[table].set_index("of")["bought_per_yr"]
    return {name: float(amount) / HOURS for name, amount in rows.items()}


def test_each_plant_alone_buys_the_published_fresh_water(plan: Any) -> None:
    found = bought(plan, "baseline_water_balances")
    for name, published in ALONE.items():
        assert found[name] == pytest.approx(published, abs=0.005)


def test_together_they_buy_the_published_fresh_water(plan: Any) -> None:
    assert bought(plan, "water_balances")["park"] == pytest.approx(TOGETHER, abs=0.005)
    assert plan.header["solver"]["gap"] <= 1e-6
    assert plan.audit["passed"]


def test_every_number_of_the_problem_is_said_to_be_recalled() -> None:
    case = planner.read_case(CASE)
    said = [
        value
        for plant in case.plants.values()
        for operation in plant.operations.values()
        for value in (*operation.load.values(), *operation.max_inlet.values(), *operation.max_outlet.values())
    ]
    assert len(said) == 45
    assert {(value.source, value.grade) for value in said} == {("op96", "C")}


@pytest.mark.slow
def test_three_pipes_are_enough_for_the_whole_saving() -> None:
    plan = planner.solve(CASE / "with-pipes.yaml", gap=0.01)
    assert plan.audit["passed"]
    assert bought(plan, "water_balances")["park"] == pytest.approx(TOGETHER, abs=0.005)
    between = plan.exchanges[~plan.exchanges["own"].astype(bool)]
    # 1.2 x (40,000 + 650 m x 256) + 2 x 1.2 x (40,000 + 650 m x 141) = 247,680 + 2 x 157,980
    assert len(between) == 3
    assert float(between["capex"].sum()) == pytest.approx(563_640)
