"""The hand-made plan of two plants, whole or with parts of it replaced."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from two_plants_plan import HEADER, layers, tables

from planner.results.plan import Plan


@pytest.fixture
def make_plan() -> Callable[..., Plan]:
    """Return a maker of the hand-made plan; arguments replace its parts."""

    def make(*, passed: bool = True, geometry: bool = True, header: dict[str, Any] | None = None) -> Plan:
        detail = "" if passed else "mill receives 2 t too much"
        checks = [{"check": "mass balances", "passed": passed, "detail": detail}]
        return Plan(
            tables=tables(),
            layers=layers() if geometry else {},
            header=HEADER | (header or {}),
            audit={"passed": passed, "checks": checks},
        )

    return make


@pytest.fixture
def plan(make_plan: Callable[..., Plan]) -> Plan:
    return make_plan()


@pytest.fixture(scope="session")
def food_park() -> Plan:
    """The plan of the shipped case of five firms and the park company, to one per cent."""
    import planner

    return planner.solve(Path(__file__).resolve().parents[2] / "cases" / "food-park", gap=0.01)
