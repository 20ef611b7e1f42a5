"""A trunk network of the size of a regional CO2 project: ``python -m benchmarks.trunk [--seed N ...] [--gap G]``.

SYNTHETIC: 20 capture plants, 7 storage sites and 180 candidate corridors thrown by a seeded generator; only the size
and the form are those of the SimCCS cases (Middleton & Bielicki, Energy Policy 37 (2009) 1052-1060): a pipeline is
built by one of two cost trends, million USD a km = min(0.4317 + 0.1157 q, 0.7700 + 0.0783 q) with q in MtCO2/yr, times
a terrain weight (the file Linear.txt of SimCCS). Plants pay per tonne captured, storage sites to open and per tonne
injected, and a stated share of the CO2 must be stored, wherever it comes from.

Everything else is an assumption of this benchmark: plants of 0.3 to 4.5 MtCO2/yr, 90 % of it capturable, 30 to 70 USD a
tonne captured; sites of 3 to 20 MtCO2/yr (more where together they could not hold 1.3 times the target), 15 to 60
million USD to open, 4 to 10 USD a tonne injected; a capital charge of 10 % a year; terrain weights of 1 to 2; 75 % to
be stored.
"""

import argparse
import itertools
import math
import random
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from scipy.spatial import Delaunay

from benchmarks.network import YEAR, Effects, least_cost
from benchmarks.siting import totals
from models.instance import (
    ExchangeData,
    FacilityData,
    Instance,
    OptionData,
    PairData,
    PlaceData,
    SegmentData,
    SinkData,
    SourceData,
    UnitData,
)
from models.network import BedData, MainData, PipeData, StretchData
from models.rules import Limit
from models.solution import NoSolution

MAIN = "trunk: CO2"
#: Cost trend -> million USD a km at its foot, and per MtCO2/yr.
TRENDS: Mapping[str, tuple[float, float]] = {"small": (0.4317, 0.1157), "large": (0.7700, 0.0783)}
#: Share of an investment that is paid a year.
CHARGE = 0.10
#: Share of the capturable CO2 that must be stored.
TARGET = 0.75
#: Side of the region [km].
SIDE = 400.0
PLANTS, SITES, JUNCTIONS, EDGES = 20, 7, 60, 180


@dataclass(frozen=True)
class Region:
    """What the generator throws; amounts in MtCO2/yr, costs in million USD.

    Attributes
    ----------
    plants
        Name -> (amount capturable, cost a tonne captured).
    sites
        Name -> (amount it takes, cost to open it, cost a tonne injected).
    edges
        (end, end) -> (km, terrain weight); junctions are the ends that are neither plant nor site.
    """

    plants: Mapping[str, tuple[float, float]]
    sites: Mapping[str, tuple[float, float, float]]
    edges: Mapping[tuple[str, str], tuple[float, float]]


def region(seed: int) -> Region:
    """Throw a region: points in a square and the edges of their triangulation, the longest left out."""
    r = random.Random(seed)
    names = [f"plant {k}" for k in range(PLANTS)] + [f"site {k}" for k in range(SITES)]
    names += [f"junction {k}" for k in range(JUNCTIONS)]
    where = [(r.uniform(0, SIDE), r.uniform(0, SIDE)) for _ in names]
    found = {
        (min(a, b), max(a, b))
        for corners in Delaunay(where).simplices.tolist()
        for a, b in itertools.combinations(corners, 2)
    }
    kept = _thinned(sorted(found, key=lambda ab: -math.dist(where[ab[0]], where[ab[1]])), len(names))
    edges = {(names[a], names[b]): (math.dist(where[a], where[b]), r.uniform(1.0, 2.0)) for a, b in sorted(kept)}
    plants = {f"plant {k}": (0.9 * r.uniform(0.3, 4.5), r.uniform(30, 70)) for k in range(PLANTS)}
    raw = {f"site {k}": (r.uniform(3, 20), r.uniform(15, 60), r.uniform(4, 10)) for k in range(SITES)}
    wanted = TARGET * sum(amount for amount, _ in plants.values())
    scale = max(1.0, 1.3 * wanted / sum(room for room, _, _ in raw.values()))
    sites = {k: (room * scale, opening, injection) for k, (room, opening, injection) in raw.items()}
    return Region(plants, sites, edges)


def _thinned(edges: list[tuple[int, int]], nodes: int) -> list[tuple[int, int]]:
    """Leave out edges in their order, none whose loss would part the network, until ``EDGES`` are left."""
    kept = list(edges)
    for edge in edges:
        if len(kept) == EDGES:
            break
        rest = [other for other in kept if other != edge]
        if _joined(rest, nodes):
            kept = rest
    return kept


def _joined(edges: list[tuple[int, int]], nodes: int) -> bool:
    near: dict[int, list[int]] = {k: [] for k in range(nodes)}
    for a, b in edges:
        near[a].append(b)
        near[b].append(a)
    seen, ahead = {0}, [0]
    while ahead:
        for k in near[ahead.pop()]:
            if k not in seen:
                seen.add(k)
                ahead.append(k)
    return len(seen) == nodes


def trunk(seed: int) -> Instance:
    """One main with two cost trends a corridor; the amount vented is capped.

    Every exchange is forced: it is there once its site is open, and may carry nothing.
    """
    thrown = region(seed)
    total = sum(amount for amount, _ in thrown.plants.values())
    stretches = {f"{a} - {b}": StretchData(a, b, km, trench=False) for (a, b), (km, _) in thrown.edges.items()}
    pipes = {"small": PipeData(crossover(), sized=True), "large": PipeData(total, sized=True, low=crossover())}
    exchanges = {}
    for plant, (amount, _) in thrown.plants.items():
        for site, (room, _, _) in thrown.sites.items():
            e = f"{plant} > {site}"
            option = OptionData({YEAR: min(amount, room)}, {(f"at {plant}", f"at {site}"): PairData()}, main=MAIN)
            exchanges[e] = ExchangeData(
                f"{plant} / CO2", f"{site} / CO2", 1.0, own=False, options={"pipe": option}, forced=True
            )
    ends = (*thrown.plants, *thrown.sites)
    accesses = {f"access {k}": StretchData(f"at {k}", k, 0.0, trench=False) for k in ends}
    beds = {k: BedData(pipes) for k in stretches} | {k: BedData({"pipe": PipeData(total)}) for k in accesses}
    kinds = {**{k: UnitData("partner") for k in thrown.plants}, **{k: UnitData("facility") for k in thrown.sites}}
    return Instance(
        units=kinds,
        places={f"at {k}": PlaceData() for k in ends},
        admissible={k: (f"at {k}",) for k in ends},
        sources={f"{k} / CO2": SourceData(k, {YEAR: amount}) for k, (amount, _) in thrown.plants.items()},
        sinks={f"{k} / CO2": SinkData(k, {YEAR: 1.0}, suppliable=False) for k in thrown.sites},
        exchanges=exchanges,
        facilities={
            k: FacilityData({"wells": SegmentData(0.0, room)}, {YEAR: 1.0}) for k, (room, _, _) in thrown.sites.items()
        },
        accounts={"cost": "million USD/yr", "vented": "MtCO2/yr"},
        effects=_effects(thrown),
        totals=totals(),
        limits={"target": Limit({"vented": 1.0}, (1 - TARGET) * total, ceiling=total)},
        nodes={f"at {k}": f"at {k}" for k in ends},
        stretches={**stretches, **accesses},
        mains={MAIN: MainData("CO2", beds, {(e, "pipe"): {YEAR: 1.0} for e in exchanges})},
    )


def _effects(thrown: Region) -> Effects:
    """What pipes, capture, injection and sites cost, and what is vented."""
    effects: Effects = {family: {} for family in ("laid", "sized", "flow", "opened", "discharged")}
    for (a, b), (km, weight) in thrown.edges.items():
        for size, (foot, slope) in TRENDS.items():
            effects["laid"][MAIN, f"{a} - {b}", size] = {"cost": CHARGE * foot * km * weight}
            effects["sized"][MAIN, f"{a} - {b}", size] = {"cost": CHARGE * slope * km * weight}
    for plant, (_, capture) in thrown.plants.items():
        effects["discharged"][f"{plant} / CO2", YEAR] = {"vented": 1.0}
        for site, (_, _, injection) in thrown.sites.items():
            effects["flow"][f"{plant} > {site}", "pipe", YEAR] = {"cost": capture + injection}
    effects["opened"] = {(site, "wells"): {"cost": CHARGE * cost} for site, (_, cost, _) in thrown.sites.items()}
    return effects


def crossover() -> float:
    """Amount at which the two trends cost the same [MtCO2/yr]: (0.7700 - 0.4317) / (0.1157 - 0.0783) = 9.05."""
    (foot, slope), (high, flat) = TRENDS.values()
    return (high - foot) / (slope - flat)


def main(arguments: list[str] | None = None) -> int:
    """Solve trunk networks to a gap and print a line each; exit code 1 where one takes too long."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seed", type=int, nargs="*", default=[1, 2, 3], help="regions to throw")
    parser.add_argument("--gap", type=float, default=0.01)
    parser.add_argument("--limit", type=float, default=60.0, help="time limit [s]")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args(arguments)
    print(
        f"{'seed':>4} {'million USD/yr':>15} {'bound':>9} {'gap':>7} {'of pipes':>9} {'nodes':>7} {'seconds':>8}",
        flush=True,
    )
    reached = [_line(seed, options.gap, options.limit, options.threads) for seed in options.seed]
    return 0 if all(reached) else 1


def _line(seed: int, gap: float, limit: float, threads: int) -> bool:
    """Solve a region and print how; whether it reached the gap. "of pipes": the gap as a share of the pipes' cost."""
    instance = trunk(seed)
    try:
        model, result, seconds = least_cost(instance, gap=gap, time_limit=limit, threads=threads)
    except NoSolution as end:
        print(f"{seed:4d} {end.reason}", flush=True)
        return False
    pipes = sum(
        effect["cost"] * (model.families[family][index].value or 0.0)
        for family in ("laid", "sized")
        for index, effect in instance.effects[family].items()
    )
    print(
        f"{seed:4d} {result.objective:15.2f} {result.bound:9.2f} {result.gap:7.2%} "
        f"{(result.objective - result.bound) / pipes:9.1%} {result.nodes:7d} {seconds:8.1f}",
        flush=True,
    )
    return result.gap <= gap


if __name__ == "__main__":
    sys.exit(main())
