"""What each strengthening of the mains is worth: ``python -m benchmarks.mains [NAME ...] [--limit S] [--gap G]``.

On street grids (``benchmarks.streets``, synthetic) named by segments and resources; "sited" where every plant may
stand on one of three plots. A line a formulation: with all strengthenings, without each of them, and without any;
bound of the linear relaxation and its seconds, best plan, bound, gap and seconds of the solve. ">" marks what a limit
ended.
"""

import argparse
import dataclasses
import sys
import time
from collections.abc import Mapping

from benchmarks.network import least_cost
from benchmarks.streets import Grid, streets
from models.instance import Instance
from models.mains import Strength
from models.park import build
from models.relaxation import Relaxation
from models.solution import NoSolution

GRIDS: Mapping[str, Grid] = {
    "30x2": Grid(4, 5, 30, 2),
    "30x2 sited": Grid(4, 5, 30, 2, choices=3),
    "90x3": Grid(7, 8, 90, 3),
    "200x5": Grid(10, 12, 200, 5),
}
SWITCHES = tuple(field.name for field in dataclasses.fields(Strength))
STRENGTHS: Mapping[str, Strength] = {
    "all": Strength(),
    **{f"no {name}": Strength(**{name: False}) for name in SWITCHES},
    "none": Strength(**dict.fromkeys(SWITCHES, False)),
}


def line(instance: Instance, strength: Strength, gap: float, limit: float, threads: int) -> str:
    """Solve an instance and its relaxation with a formulation; the figures as text."""
    start = time.perf_counter()
    bound = Relaxation(build(instance, strength=strength)).solve()
    relaxed = time.perf_counter() - start
    text = f"{bound:10.2f} {relaxed:7.1f}"
    try:
        _, result, seconds = least_cost(instance, strength, gap=gap, time_limit=limit, threads=threads)
    except NoSolution as end:
        return f"{text}  {end.reason}"
    mark = ">" if result.gap > gap else " "
    found = f"{result.objective:10.2f} {result.bound:10.2f} {result.gap:7.2%}"
    return f"{text} {found} {mark}{seconds:7.1f} {result.nodes:7d}"


def main(arguments: list[str] | None = None) -> int:
    """Print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("names", nargs="*", choices=[*GRIDS, []], help="grids; all by default")
    parser.add_argument("--gap", type=float, default=0.01)
    parser.add_argument("--limit", type=float, default=120.0, help="time limit of each solve [s]")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1, help="of the generator")
    options = parser.parse_args(arguments)
    print(
        f"{'grid':11} {'formulation':13} {'LP bound':>10} {'LP s':>7} {'plan':>10} {'bound':>10} {'gap':>7} "
        f"{'seconds':>8} {'nodes':>7}"
    )
    for name in options.names or GRIDS:
        instance = streets(GRIDS[name], options.seed)
        for label, strength in STRENGTHS.items():
            figures = line(instance, strength, options.gap, options.limit, options.threads)
            print(f"{name:11} {label:13} {figures}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
