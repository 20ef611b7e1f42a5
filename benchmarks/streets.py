"""Street grids with mains, thrown by a seeded generator (synthetic), for measuring the formulation.

Several sources and sinks a resource, three standard sizes a main, trenches that the mains share, and a conventional
supply for whoever is not connected. Money in 1000 a year; lengths, prices and amounts are invented.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, shortest_path

from benchmarks.network import YEAR, Effects
from benchmarks.siting import Booked, totals
from models.instance import ExchangeData, Instance, OptionData, PairData, PlaceData, SinkData, SourceData, UnitData
from models.network import BedData, MainData, PipeData, StretchData

#: Standard size -> capacity [unit/h], price of the pipe [1000/km/yr].
SIZES: Mapping[str, tuple[float, float]] = {"DN 100": (8.0, 12.0), "DN 150": (20.0, 18.0), "DN 250": (60.0, 30.0)}
#: Price of a trench [1000/km/yr].
TRENCH = 25.0
#: Length of a block, and of the way from a plot to its crossing [km].
BLOCK, ACCESS = 0.25, 0.02
#: Most pipes in a trench.
MOST_PIPES = 4


@dataclass(frozen=True)
class Grid:
    """What is thrown.

    Attributes
    ----------
    rows, columns
        Crossings.
    segments
        Streets left; the others are dropped at random, none whose loss would part the grid.
    resources
        Mains.
    choices
        Plots on which each plant may stand; 1 for fixed sites.
    sources, sinks
        Of each resource.
    """

    rows: int
    columns: int
    segments: int
    resources: int
    choices: int = 1
    sources: int = 2
    sinks: int = 5


def streets(grid: Grid, seed: int = 1) -> Instance:
    """Throw an instance: plants of one stream each, on plots at crossings."""
    r = random.Random(seed)
    stretches = _streets(grid, r)
    crossings = sorted({end for stretch in stretches.values() for end in (stretch.tail, stretch.head)})
    givers = {f"source {k}.{n}": k for k in range(grid.resources) for n in range(grid.sources)}
    takers = {f"sink {k}.{n}": k for k in range(grid.resources) for n in range(grid.sinks)}
    units = [*givers, *takers]
    plots = dict(zip(units, r.choices(crossings, k=len(units)), strict=True))  # the plot of a unit is named after it
    allowed = {unit: (unit, *r.sample([p for p in plots if p != unit], grid.choices - 1)) for unit in units}
    length = _shortest(stretches, crossings)
    stretches |= {f"access {plot}": StretchData(f"at {plot}", spot, ACCESS) for plot, spot in plots.items()}
    sources = {f"{unit} / out": SourceData(unit, {YEAR: r.uniform(20, 40)}, on_demand=True) for unit in givers}
    sinks = {f"{unit} / in": SinkData(unit, {YEAR: r.uniform(3, 12)}) for unit in takers}
    exchanges = {}
    for giver, taker in ((i, j) for i, k in givers.items() for j, other in takers.items() if k == other):
        i, j = f"{giver} / out", f"{taker} / in"
        ends = [(p, q) for p in allowed[giver] for q in allowed[taker] if p != q]
        pairs = {(p, q): PairData(length=2 * ACCESS + length[plots[p], plots[q]]) for p, q in ends}
        most = min(sources[i].amount[YEAR], sinks[j].amount[YEAR])
        option = OptionData({YEAR: most}, pairs, main=f"main: {givers[giver]}")
        exchanges[f"{giver} > {taker}"] = ExchangeData(i, j, 1.0, own=False, options={"main": option})
    mains = {f"main: {k}": _main(k, stretches, exchanges, allowed) for k in range(grid.resources)}
    effects = _laid(stretches, mains)
    effects["flow"] = {(e, "main", YEAR): {"cost": 0.1} for e in exchanges}
    effects["supplied"] = {(j, YEAR): {"cost": r.uniform(4, 10)} for j in sinks}
    if grid.choices > 1:
        effects["sited"] = {(unit, p): {"cost": r.uniform(0, 5)} for unit in units for p in allowed[unit]}
    return Instance(
        units={unit: UnitData("plant") for unit in units},
        places={plot: PlaceData() for plot in plots},
        admissible=allowed,
        sources=sources,
        sinks=sinks,
        exchanges=exchanges,
        accounts={"cost": "1000/yr"},
        effects=effects,
        totals=totals(),
        nodes={plot: f"at {plot}" for plot in plots},
        stretches=stretches,
        mains=mains,
    )


def _streets(grid: Grid, r: random.Random) -> dict[str, StretchData]:
    """Streets of the grid, each direction of digitising thrown, too."""
    nodes = [(i, j) for i in range(grid.rows) for j in range(grid.columns)]
    number = {node: k for k, node in enumerate(nodes)}
    ends = [(number[i, j], number[i, j + 1]) for i, j in nodes if j + 1 < grid.columns]
    ends += [(number[i, j], number[i + 1, j]) for i, j in nodes if i + 1 < grid.rows]
    for dropped in r.sample(ends, len(ends)):
        if len(ends) == grid.segments:
            break
        rest = [way for way in ends if way != dropped]
        tails, heads = zip(*rest, strict=True)
        graph = csr_array((np.ones(len(rest)), (tails, heads)), shape=(len(nodes), len(nodes)))
        if connected_components(graph, directed=False)[0] == 1:
            ends = rest
    if len(ends) != grid.segments:
        raise ValueError(f"{grid} cannot be thrown: {len(ends)} streets")
    thrown = [(a, b) if r.random() < 0.5 else (b, a) for a, b in ends]
    return {
        f"{a} - {b}": StretchData(f"crossing {a}", f"crossing {b}", BLOCK * r.uniform(0.7, 1.3), max_pipes=MOST_PIPES)
        for a, b in thrown
    }


def _laid(stretches: Mapping[str, StretchData], mains: Mapping[str, MainData]) -> Effects:
    """What pipes and trenches cost."""
    laid: Booked = {
        (main, stretch, size): {"cost": price * stretches[stretch].length}
        for main, data in mains.items()
        for stretch in data.beds
        for size, (_, price) in SIZES.items()
    }
    dug: Booked = {(name,): {"cost": TRENCH * stretch.length} for name, stretch in stretches.items()}
    return {"laid": laid, "dug": dug}


def _shortest(stretches: Mapping[str, StretchData], crossings: list[str]) -> dict[tuple[str, str], float]:
    """Shortest ways between crossings [km]."""
    number = {crossing: k for k, crossing in enumerate(crossings)}
    tails = [number[stretch.tail] for stretch in stretches.values()]
    heads = [number[stretch.head] for stretch in stretches.values()]
    lengths = [stretch.length for stretch in stretches.values()]
    graph = csr_array((lengths, (tails, heads)), shape=(len(crossings), len(crossings)))
    ways = shortest_path(graph, directed=False)
    return {(a, b): float(ways[i, j]) for a, i in number.items() for b, j in number.items()}


def _main(
    k: int,
    stretches: Mapping[str, StretchData],
    exchanges: Mapping[str, ExchangeData],
    allowed: Mapping[str, tuple[str, ...]],
) -> MainData:
    """The main of a resource: every street, and the accesses of plots on which its users may stand."""
    users = {e: x for e, x in exchanges.items() if x.options["main"].main == f"main: {k}"}
    ends = {name.split(" / ")[0] for x in users.values() for name in (x.source, x.sink)}
    reached = {f"access {plot}" for unit in ends for plot in allowed[unit]}
    pipes = {size: PipeData(capacity) for size, (capacity, _) in SIZES.items()}
    beds = {name: BedData(pipes) for name in stretches if name in reached or not name.startswith("access")}
    return MainData(str(k), beds, {(e, "main"): {YEAR: 1.0} for e in users})
