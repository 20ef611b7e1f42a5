"""Three dairies by temperature: the published targets, and what a loop of warm water adds to them."""

from pathlib import Path

import pytest

from planner.case.read import read_case
from planner.pipeline import solve
from planner.results.heat import ALONE, MEDIA, POOLED

CASE = Path(__file__).parents[2] / "cases" / "dairy-site"
#: Hours a year, so that kW are MWh/yr / 5.
PER_KW = 5.0


def targets(plan):
    """(Of, how) -> row of the targets, in kW."""
    table = plan.tables["heat_targets"]
    return {
        (row["of"], row["how"] if isinstance(row["how"], str) else ""): {
            k: v / PER_KW for k, v in row.items() if k.endswith("_per_yr")
        }
        for row in table.to_dict("records")
    }


@pytest.fixture(scope="module")
def plan():
    found = solve(read_case(CASE))
    assert found.audit["passed"]
    return found


@pytest.mark.parametrize(
    ("of", "how", "hot", "cold"),
    [
        ("Casein", "", 221.77, 6191.51),
        ("D4", "", 10294.52, 4526.51),
        ("D5", "", 23284.84, 962.55),
        ("park", ALONE, 33801.13, 11680.57),
        ("park", MEDIA, 33801.13, 11680.57),
        ("park", POOLED, 32469.03, 10348.47),
    ],
)
def test_targets_are_the_published_ones(plan, of, how, hot, cold):
    """Reference targets of OpenPinch for this site [kW]."""
    row = targets(plan)[of, how]
    assert row["least_hot_mwh_per_yr"] == pytest.approx(hot, abs=0.01)
    assert row["least_cold_mwh_per_yr"] == pytest.approx(cold, abs=0.01)


def test_no_main_of_the_reference_delivers_anything(plan):
    """Fodor: 3.9 % pooled, 0 % by mains."""
    assert plan.exchanges.empty
    assert targets(plan)["park", ALONE]["hot_mwh_per_yr"] == pytest.approx(33801.13, abs=0.01)


def test_warm_water_delivers_part_of_it():
    """A loop of 60/40 degC saves up to 397 kW; the pipe loses 250 to 500 m x 40 W/m of it."""
    plan = solve(read_case(CASE / "warm-water.yaml"))
    assert plan.audit["passed"]
    found = targets(plan)
    least = found["park", MEDIA]["least_hot_mwh_per_yr"]
    assert least == pytest.approx(33404.03, abs=0.01)
    assert least < found["park", ALONE]["hot_mwh_per_yr"] < 33801.13 - 370
    assert plan.exchanges["exchange"].tolist() == ["Casein > D5: warm water"]
