"""What the start of ``models.start`` brings: ``python -m benchmarks.start [NAME ...] [--limit S] [--gap G]``.

Each park is planned with the start and without, one after the other, one thread, same seed: seconds until the gap is
reached, processor seconds, and the best plan at the limit. "rule" says whether the start is on by default. Parks: the
case cases/greenfield, published quadratic assignments, and random parks ("plants x plots x exchanges, seed").
"""

import argparse
import math
import random
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Literal

from benchmarks.siting import TOTALS, assignment
from models.instance import ExchangeData, Instance, OptionData, PairData, PlaceData, SinkData, SourceData, UnitData

ROOT = Path(__file__).resolve().parent.parent
Effects = dict[str, dict[tuple[str, ...], dict[str, float]]]


def greenfield() -> Instance:
    """The case cases/greenfield."""
    from planner.assemble.assemble import assemble
    from planner.case.read import read_case
    from planner.geography.measure import measure

    case = read_case(ROOT / "cases" / "greenfield")
    return assemble(case, measure(case)).instance


def park(plants: int, plots: int, exchanges: int, seed: int) -> Instance:
    """Random park: plots on a square of 4 km, each plant with two outgoing and two incoming streams, two pipe sizes."""
    r = random.Random(seed)
    where = {f"plot {p}": (r.uniform(0, 4), r.uniform(0, 4)) for p in range(plots)}
    land = {p: r.uniform(3, 8) for p in where}
    units = {f"plant {k}": UnitData("plant", optional=r.random() < 0.25, area=r.uniform(1, 5)) for k in range(plants)}
    admissible = {k: tuple(p for p in where if land[p] >= unit.area) for k, unit in units.items()}
    effects: Effects = {family: {} for family in ("sited", "built", "link", "flow", "discharged", "supplied")}
    for k, unit in units.items():
        for p in admissible[k]:
            margin = 40.0 if unit.optional else 0.0
            effects["sited"][k, p] = {"cost": unit.area * r.uniform(1, 3), "margin": margin}
    sources, sinks = {}, {}
    for k in units:
        for n in range(2):
            sources[f"{k} / out {n}"] = SourceData(k, {"year": r.uniform(5, 30)})
            sinks[f"{k} / in {n}"] = SinkData(k, {"year": r.uniform(5, 30)})
            effects["discharged"][f"{k} / out {n}", "year"] = {"cost": r.uniform(0.5, 2)}
            effects["supplied"][f"{k} / in {n}", "year"] = {"cost": r.uniform(1, 5)}
    found: dict[str, ExchangeData] = {}
    while len(found) < exchanges:
        i, j = r.choice(list(sources)), r.choice(list(sinks))
        giver, taker = sources[i].unit, sinks[j].unit
        if giver != taker and f"{i} > {j}" not in found:
            pairs = {(p, q): math.dist(where[p], where[q]) for p in admissible[giver] for q in admissible[taker]}
            most = min(sources[i].amount["year"], sinks[j].amount["year"])
            options = _pipes(r, f"{i} > {j}", {pair: km for pair, km in pairs.items() if km > 0}, most, effects)
            found[f"{i} > {j}"] = ExchangeData(i, j, 1.0, own=False, options=options)
    totals: dict[str, dict[str, float]]
    totals = {total: {} for total in TOTALS} | {"total_annual_cost": {"cost": 1.0}, "margin": {"margin": 1.0}}
    return Instance(
        units=units,
        places={p: PlaceData(area) for p, area in land.items()},
        admissible=admissible,
        sources=sources,
        sinks=sinks,
        exchanges=found,
        accounts={"cost": "money/yr", "margin": "money/yr"},
        effects=effects,
        totals=totals,
    )


def _pipes(
    r: random.Random, e: str, km: Mapping[tuple[str, str], float], most: float, effects: Effects
) -> dict[str, OptionData]:
    options = {}
    for order, (s, share, dear) in enumerate((("small", 0.5, 0.7), ("large", 1.0, 1.0))):
        options[s] = OptionData({"year": share * most}, {pair: PairData() for pair in km}, order=order)
        effects["built"][e, s] = {"cost": 2.0 * dear}
        effects["flow"][e, s, "year"] = {"cost": 0.1}
        each = r.uniform(4, 9) * dear
        effects["link"] |= {(e, s, *pair): {"cost": each * length} for pair, length in km.items()}
    return options


PARKS: Mapping[str, Callable[[], Instance]] = {
    "greenfield": greenfield,
    **{name: partial(assignment, f"{name}.qap") for name in ("chr15a", "scr12", "esc16i", "nug12")},
    "12x16x34,1": lambda: park(12, 16, 34, 1),
    "14x18x40,5": lambda: park(14, 18, 40, 5),
    "16x20x45,3": lambda: park(16, 20, 45, 3),
    "16x20x45,4": lambda: park(16, 20, 45, 4),
}


def measure(instance: Instance, start: Literal["off", "search"], gap: float, limit: float) -> str:
    """Plan a park; seconds to the gap, processor seconds, plan, gap and seconds of the start as one text."""
    from models import run
    from models.solution import NoSolution

    clock, cpu = time.perf_counter(), time.process_time()
    try:
        plan = run.plan(instance, gap=gap, time_limit=limit, start=start).plan
    except NoSolution as end:
        return f"{start:7} {end.reason}"
    seconds = f"{time.perf_counter() - clock:6.1f}" if plan.gap <= gap else f"> {limit:4.0f}"
    facts = plan.facts
    first = f"  start {facts['start_objective']:.2f} in {facts['start_s']:.1f} s" if "start_objective" in facts else ""
    used = time.process_time() - cpu
    return f"{start:7} {seconds} s, {used:6.1f} s cpu, {plan.stages[0].objective:12.2f}, gap {plan.gap:.4f}{first}"


def main(arguments: list[str] | None = None) -> int:
    """Print the measurements; return the exit code."""
    from models.start import free_pairs, worth

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("names", nargs="*", choices=[*PARKS, []], help="parks; all by default")
    parser.add_argument("--gap", type=float, default=0.01)
    parser.add_argument("--limit", type=float, default=60.0, help="time limit [s]")
    options = parser.parse_args(arguments)
    for name in options.names or PARKS:
        instance = PARKS[name]()
        by_rule = "rule: on" if worth(instance) else "rule: off"
        print(f"{name}  ({free_pairs(instance)} pairs, {by_rule})", flush=True)
        for start in ("off", "search"):
            print(f"    {measure(instance, start, options.gap, options.limit)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
