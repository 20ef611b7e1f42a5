"""Bounds of the linear relaxation and seconds to the proven optimum, with and without star inequalities."""

import time
from collections.abc import Iterable

from benchmarks.siting import Problem
from models.run import plan, relaxation
from models.solution import NoSolution


def print_bounds(problems: Iterable[Problem], time_limit: float = 120.0) -> None:
    """Print a line a problem and a way to write the stars; a limit that ended a solve is marked ">"."""
    print(
        f"{'case':14} {'stars':6} {'optimum':>12} {'bound':>14} {'bound s':>8} {'solve s':>9} {'nodes':>7} {'gap':>8}"
    )
    for problem in problems:
        instance = problem.instance()
        for stars in ("off", "cuts", "all"):
            start = time.perf_counter()
            bound = relaxation(instance, stars=stars)
            bounded = time.perf_counter() - start
            start = time.perf_counter()
            try:
                stage = plan(instance, stars=stars, time_limit=time_limit).plan.stages[0]
                gap, nodes = f"{stage.gap:8.1e}", stage.nodes
            except NoSolution:
                gap, nodes = "    none", 0
            seconds = time.perf_counter() - start
            mark = ">" if seconds > time_limit else " "
            print(
                f"{problem.name:14} {stars:6} {problem.optimum:12.2f} {bound:14.3f} {bounded:8.1f} "
                f"{mark}{seconds:8.1f} {nodes:7d} {gap}",
                flush=True,
            )
