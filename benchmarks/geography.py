"""Published problems that are solved through files: district heat as cases, shortest ways round obstacles.

The cases stand in ``benchmarks/data/network`` (topotherm_forced, topotherm_economic, dhnx); the README.md of each says
how it is restated and how the published figure follows from the results.
"""

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
import yaml

from benchmarks.network import DATA


@dataclass(frozen=True)
class Case:
    """A published problem as a case of the planner.

    Attributes
    ----------
    name
        Its folder.
    optimum, tolerance
        The published figure, and the relative difference within which its source calls it met.
    figure
        That figure from the indicators of a plan, which has a column for the baseline and one for the plan.
    """

    name: str
    optimum: float
    figure: Callable[[Any], float]
    tolerance: float = 1e-6

    def solve(self) -> tuple[float, float]:
        """The figure, and the gap of the plan: infinite where its audit fails, said on the error stream."""
        import planner

        plan = planner.solve(DATA / self.name)
        for check in plan.audit["checks"]:
            if not check["passed"]:
                print(f"{self.name}: audit, {check['check']}: {check['detail']}", file=sys.stderr)
        gap = float(plan.header["solver"]["gap"]) if plan.audit["passed"] else math.inf
        return self.figure(plan.indicators.set_index("indicator")), gap


@dataclass(frozen=True)
class Way:
    """A published shortest way round obstacles."""

    name: str
    optimum: float
    start: tuple[float, float]
    end: tuple[float, float]
    obstacles: tuple[shapely.Geometry, ...]
    tolerance: float = 1e-6

    def solve(self) -> tuple[float, float]:
        """Its length, and a gap of 0: the method is exact."""
        from planner.geography.straight import Obstacles, straight_ways

        ends = np.array([self.start, self.end], dtype=float)
        return straight_ways(ends, [(0, 1)], Obstacles(self.obstacles))[0, 1].length_m, 0.0


def ways() -> list[Way]:
    """The ten published ways; what lies outside the frame of the grid is an obstacle, too."""
    found = []
    for case in yaml.safe_load((DATA / "obstacle_routing.yaml").read_text(encoding="utf-8"))["cases"]:
        if "obstacles" in case:
            shapes = tuple(shapely.Polygon(ring) for ring in case["obstacles"])
            found.append(Way(f"way {case['id']}", case["length"], case["start"], case["end"], shapes))
            continue
        frame = shapely.box(-20, -20, 40, 30).difference(shapely.box(0, 0, 19, 10))
        cells = tuple(shapely.box(x, y, x + 1, y + 1) for x, y in case["blocked_cells"])
        found += [
            Way(f"way {case['id']} {k}", query["length"], query["start"], query["end"], (frame, *cells))
            for k, query in enumerate(case["queries"], 1)
        ]
    return found


def saved(indicators: Any) -> float:
    """Cost a year of the plan less that of the baseline."""
    return float(indicators.at["total_annual_cost", "plan"] - indicators.at["total_annual_cost", "baseline"])


def invested(indicators: Any) -> float:
    """Investment of the plan."""
    return float(indicators.at["investment", "plan"])


CASES = (
    Case("topotherm_forced", -990.8, saved, 0.01),
    Case("topotherm_economic", -1436.0, saved, 0.01),
    Case("dhnx", 73.173, invested),
)
