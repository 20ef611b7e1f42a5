"""Solve every published case the project claims and compare: ``python -m benchmarks.published [--only WORD]``.

Prints a table ``case  published  computed  gap  seconds  ok`` and ends with exit code 1 if any is missed. With
``--bounds`` it prints the bound of the linear relaxation and the seconds instead, with and without star inequalities.
"""

import argparse
import sys
import time
from dataclasses import dataclass

from benchmarks.geography import CASES, Case, Way, ways
from benchmarks.heat import HEAT, HeatCase
from benchmarks.network import NETWORKS, least_cost
from benchmarks.siting import PROBLEMS, Problem
from benchmarks.water import WATER, WaterCase
from models.run import plan

#: A published optimum is met if the relative difference is below this, where its source states no other.
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Outcome:
    """What a solve of a published problem gave."""

    name: str
    published: float
    computed: float
    gap: float
    seconds: float
    tolerance: float = TOLERANCE
    proven: bool = True

    @property
    def word(self) -> str:
        """Whether the published figure is met: "yes", "NO", or "open" for a plan with a gap around that figure.

        Only what is expected to be proven can be missed by its gap; a plan better than published by more than the
        tolerance, or a bound above it, is wrong in any case.
        """
        spare = self.tolerance * max(1.0, abs(self.published))
        if abs(self.computed - self.published) <= spare and self.gap <= 1e-6:
            return "yes"
        bound = self.computed - self.gap * abs(self.computed)
        inside = bound - spare <= self.published <= self.computed + spare
        return "open" if inside and not self.proven and self.gap < float("inf") else "NO"

    @property
    def ok(self) -> bool:
        """False where the published figure is missed."""
        return self.word != "NO"


def solve(problem: Problem | Case | Way | WaterCase | HeatCase) -> Outcome:
    """Solve a problem with the default settings."""
    start = time.perf_counter()
    if not isinstance(problem, Problem):
        computed, gap = problem.solve()
        seconds = time.perf_counter() - start
        proven = getattr(problem, "proven", True)
        return Outcome(problem.name, problem.optimum, computed, gap, seconds, problem.tolerance, proven)
    if problem.alone:
        found = plan(problem.instance(), "cost").plan
        computed, gap = found.objective, found.gap
    else:
        _, result, _ = least_cost(problem.instance())
        computed, gap = result.objective, result.gap
    return Outcome(problem.name, problem.optimum, computed, gap, time.perf_counter() - start)


def main(arguments: list[str] | None = None) -> int:
    """Print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--only", default="", help="solve only problems whose name holds this word")
    parser.add_argument("--bounds", action="store_true", help="print relaxation bounds with and without stars")
    options = parser.parse_args(arguments)
    known: list[Problem | Case | Way | WaterCase | HeatCase] = [*PROBLEMS, *NETWORKS, *CASES, *ways(), *WATER, *HEAT]
    problems = [problem for problem in known if options.only in problem.name]
    if not problems:
        print(f"no published case has '{options.only}' in its name", file=sys.stderr)
        return 2
    if options.bounds:
        from benchmarks.bounds import print_bounds

        print_bounds(problem for problem in problems if isinstance(problem, Problem) and problem.alone)
        return 0
    print(f"{'case':30} {'published':>14} {'computed':>14} {'gap':>9} {'seconds':>8}  ok", flush=True)
    outcomes = []
    for problem in problems:
        outcome = solve(problem)
        outcomes.append(outcome)
        print(
            f"{outcome.name:30} {outcome.published:14.3f} {outcome.computed:14.3f} {outcome.gap:9.1e} "
            f"{outcome.seconds:8.1f}  {outcome.word}",
            flush=True,
        )
    return 0 if all(outcome.ok for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
