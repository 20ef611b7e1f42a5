"""Solve every published case the project claims and compare: ``python -m benchmarks.published [--only WORD]``.

Prints a table ``case  published  computed  gap  seconds  ok`` and ends with exit code 1 if any is missed. With
``--bounds`` it prints the bound of the linear relaxation and the seconds instead, with and without star inequalities.
"""

import argparse
import sys
import time
from dataclasses import dataclass

from benchmarks.geography import CASES, Case, Way, ways
from benchmarks.network import NETWORKS, least_cost
from benchmarks.siting import PROBLEMS, Problem
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

    @property
    def ok(self) -> bool:
        """True where the published optimum is met and proven."""
        return (
            abs(self.computed - self.published) <= self.tolerance * max(1.0, abs(self.published)) and self.gap <= 1e-6
        )


def solve(problem: Problem | Case | Way) -> Outcome:
    """Solve a problem with the default settings."""
    start = time.perf_counter()
    if not isinstance(problem, Problem):
        computed, gap = problem.solve()
        seconds = time.perf_counter() - start
        return Outcome(problem.name, problem.optimum, computed, gap, seconds, problem.tolerance)
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
    known: list[Problem | Case | Way] = [*PROBLEMS, *NETWORKS, *CASES, *ways()]
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
            f"{outcome.seconds:8.1f}  {'yes' if outcome.ok else 'NO'}",
            flush=True,
        )
    return 0 if all(outcome.ok for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
