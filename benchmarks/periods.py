"""What each period of the year costs: ``python -m benchmarks.periods [--case FOLDER] [--counts N ...] [--gap G]``.

A case is told in 1, 2, 4 ... periods of even length: "uniform" (a year cut in slices that are alike), "different"
(prices and availability of streams by period), each without a store and with one. Processor seconds of assembling,
building and solving, and their ratio to one period of the same kind, measured side by side in one run. Where siting
is free, places are those of the plan of one period, so that the solve shows what periods cost and not what siting does;
``--siting`` leaves it free.
"""

import argparse
import gc
import math
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
COUNTS = (1, 2, 4, 8, 12, 24)
HOURS = 8760.0
VARIANT = "benchmark-periods.yaml"


@dataclass(frozen=True)
class Cost:
    """Processor seconds of the steps of one solve, and the size of its model.

    Attributes
    ----------
    assemble, build, solve
        Seconds: from the case that is read to the instance; Pyomo; hand-over and HiGHS.
    columns, objective, gap
        Of the model that was solved.
    """

    assemble: float
    build: float
    solve: float
    columns: int
    objective: float
    gap: float


def wave(n: int, count: int, swing: float) -> float:
    """Factor of a period that has a mean of 1 over the year: highest at its ends, as of a winter's heat."""
    return 1.0 + swing * math.cos(2.0 * math.pi * (n + 0.5) / count) if count > 1 else 1.0


def told_in(case: Any, count: int, *, different: bool, store: bool) -> dict[str, Any]:
    """A variant of a case in so many periods of even length.

    Parameters
    ----------
    case
        The case as it was read.
    count
        Number of periods.
    different
        Prices swing by a fifth around their yearly figure, availability of the streams of plants and partners between
        70 and 100 %; else all periods are alike.
    store
        With a store of the first resource of kind heat that a link carries.

    Returns
    -------
    dict
        What ``based_on: case.yaml`` is followed by.
    """
    names = [f"period {n + 1}" for n in range(count)]
    found: dict[str, Any] = {"periods": {name: {"hours": HOURS / count} for name in names}}
    if store:
        found["facilities"] = {"benchmark store": _store(case)}
    if not different:
        return found
    found["resources"] = {
        name: {"price": {"periods": {t: r.price.value * wave(n, count, 0.2) for n, t in enumerate(names)}}}
        for name, r in case.resources.items()
        if r.price is not None and r.price.value > 0
    }
    share = {t: 0.85 + 0.15 * (wave(n, count, 1.0) - 1.0) for n, t in enumerate(names)}
    for kind in ("plants", "partners"):
        found[kind] = {
            name: {
                side: {s: {"availability": {"periods": dict(share)}} for s in getattr(tenant, side)}
                for side in ("sources", "sinks")
                if getattr(tenant, side)
            }
            for name, tenant in getattr(case, kind).items()
        }
    return found


def _store(case: Any) -> dict[str, Any]:
    kept = next(name for name, r in case.resources.items() if r.kind == "heat" and r.carried_by)
    return {
        "stores": {"resource": kept, "rate_in": 5.0, "rate_out": 5.0, "loss": "3 %/month"},
        "investment": [{"capacity": 100.0, "investment": 1e5}, {"capacity": 5000.0, "investment": 1e6}],
        "area": "1 ha",
    }


def measured(folder: Path, gap: float, limit: float, places: Mapping[Any, float] | None) -> Cost:
    """Processor seconds of one case; ``places`` are held where they are given."""
    from models import goal as goals
    from models.park import build
    from models.run import best
    from models.solve import Options, solve
    from planner.assemble.assemble import assemble
    from planner.case.read import read_case
    from planner.geography.measure import measure

    case = read_case(folder)
    distances = measure(case)
    assembly, assembling = _timed(lambda: assemble(case, distances))
    instance = assembly.instance

    def aimed() -> Any:
        model = build(instance)
        goals.aim(model, "cost")
        return model

    model, building = _timed(aimed)
    if places is not None:
        for index, variable in model.sited.items():
            if index in places:
                variable.fix(places[index])
    options = Options(gap, limit)
    if places is None and any(len(x) > 1 for x in instance.admissible.values()):
        stage, solving = _timed(lambda: best(instance, "cost", gap=gap, time_limit=limit))
        return Cost(assembling, building, solving, 0, stage.objective, stage.gap)
    result, solving = _timed(lambda: solve(model, options))
    return Cost(
        assembling,
        building,
        solving,
        int(result.facts["columns"]),
        result.objective * instance.money_scale,
        result.gap,
    )


def sited(folder: Path, gap: float, limit: float) -> dict[Any, float] | None:
    """Where the plants of a case stand in its plan of one period; None where nothing is to be sited."""
    from models.run import plan
    from planner.assemble.assemble import assemble
    from planner.case.read import read_case
    from planner.geography.measure import measure

    case = read_case(folder)
    instance = assemble(case, measure(case)).instance
    if not any(len(places) > 1 for places in instance.admissible.values()):
        return None
    there = plan(instance, gap=gap, time_limit=limit).plan.values["sited"]
    return {(k, p): float((k, p) in there) for k, places in instance.admissible.items() for p in places}


def _timed(step: Callable[[], Any]) -> tuple[Any, float]:
    gc.collect()  # what the model before left behind is not this one's
    start = time.process_time()
    result = step()
    return result, time.process_time() - start


def main(arguments: list[str] | None = None) -> int:
    """Print the measurements; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--case", type=Path, default=ROOT / "cases" / "greenfield", help="folder of a case without periods"
    )
    parser.add_argument("--counts", type=int, nargs="+", default=list(COUNTS), help="numbers of periods; 1 comes first")
    parser.add_argument("--gap", type=float, default=0.01, help="gap to solve to")
    parser.add_argument("--limit", type=float, default=120.0, help="seconds of a solve at most")
    parser.add_argument("--siting", action="store_true", help="leave siting free in all of them")
    options = parser.parse_args(arguments)
    print(f"{'periods':34} {'columns':>9} {'assemble':>9} {'build':>9} {'solve':>9}   ratios to one period      gap")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "case"
        copytree(options.case, folder)
        _print_all(folder, options)
    return 0


def _print_all(folder: Path, options: Any) -> None:
    from planner.case.read import read_case

    case = read_case(folder)
    for store in (False, True):
        _write(folder, told_in(case, 1, different=False, store=store))
        places = None if options.siting else sited(folder / VARIANT, options.gap, options.limit)
        measured(folder / VARIANT, options.gap, options.limit, places)  # the first one imports
        first: Cost | None = None
        for different in (False, True):
            for count in sorted({1, *options.counts}):
                if count == 1 and different:
                    continue  # one period is the year
                _write(folder, told_in(case, count, different=different, store=store))
                cost = measured(folder / VARIANT, options.gap, options.limit, places)
                first = first or cost
                _print(count, (different, store), cost, first)


def _write(folder: Path, variant: Mapping[str, Any]) -> None:
    text = yaml.safe_dump({"based_on": "case.yaml", **variant}, sort_keys=False, allow_unicode=True)
    (folder / VARIANT).write_text(text, encoding="utf-8")


def _print(count: int, kind: tuple[bool, bool], cost: Cost, first: Cost) -> None:
    words = f"{count} {'different' if kind[0] else 'uniform'}{', with a store' if kind[1] else ''}"
    seconds = (cost.assemble, cost.build, cost.solve)
    ratios = [
        f"{a / max(b, 1e-9):6.1f}" for a, b in zip(seconds, (first.assemble, first.build, first.solve), strict=True)
    ]
    told = " ".join(f"{x:7.2f} s" for x in seconds)
    print(f"{words:34} {cost.columns or '':>9} {told}   {' '.join(ratios)}  {100 * cost.gap:7.2f} %", flush=True)


if __name__ == "__main__":
    sys.exit(main())
