"""Published siting problems as instances of the park model.

Quadratic assignment: plants are the facilities of the published problem, plots its locations, every flow a forced
exchange whose link costs flow x distance. Facility location and p-median: optional shared facilities at fixed sites
that feed customers outside the park. ``benchmarks/data/siting/README.md`` names the sources and the traps of each file.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

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

DATA = Path(__file__).parent / "data" / "siting"
Booked = dict[tuple[str, ...], dict[str, float]]
TOTALS = ("total_annual_cost", "co2e", "waste", "fresh_water", "investment", "margin", "shadow_carbon")


@dataclass(frozen=True)
class Problem:
    """A published problem.

    Attributes
    ----------
    name
        Its name in the literature.
    optimum
        Its published optimum.
    instance
        Makes its instance.
    alone
        Everybody can do without exchanges, so that there is a baseline besides the plan.
    """

    name: str
    optimum: float
    instance: Callable[[], Instance]
    alone: bool = True


def numbers(name: str) -> list[float]:
    """Read all numbers of a data file."""
    return [float(word) for word in (DATA / name).read_text(encoding="ascii").split()]


def assignment(name: str) -> Instance:
    """Read a quadratic assignment problem: n, optimum (and best known), then two n x n matrices."""
    values = numbers(name)
    n = int(values[0])
    matrices = np.array(values[-2 * n * n :]).reshape(2, n, n)
    sparse = min(range(2), key=lambda k: np.count_nonzero(matrices[k]))
    return assignment_instance(matrices[sparse], matrices[1 - sparse])


def assignment_instance(flow: np.ndarray, distance: np.ndarray) -> Instance:
    """Minimise sum flow[i, j] distance[pos(i), pos(j)]; plants without any flow need no plot of their own."""
    n = len(flow)
    plants = [i for i in range(n) if flow[i].any() or flow[:, i].any()]
    plots = tuple(f"plot {p}" for p in range(n))
    exchanges, sources, sinks = {}, {}, {}
    effects: Booked = {}
    for i in plants:
        for j in plants:
            if j <= i or not (flow[i, j] or flow[j, i]):
                continue
            e = f"{i} > {j}"
            sources[f"{i} / {j}"] = SourceData(f"plant {i}", {"year": 0.0}, on_demand=True)
            sinks[f"{j} / {i}"] = SinkData(f"plant {j}", {"year": 0.0})
            pairs = {(plots[p], plots[q]): PairData() for p in range(n) for q in range(n) if p != q}
            option = OptionData({"year": 0.0}, pairs)
            exchanges[e] = ExchangeData(
                f"{i} / {j}", f"{j} / {i}", 1.0, own=False, options={"link": option}, forced=True
            )
            for p in range(n):
                for q in range(n):
                    cost = flow[i, j] * distance[p, q] + flow[j, i] * distance[q, p]
                    if p != q and cost:
                        effects[e, "link", plots[p], plots[q]] = {"cost": float(cost)}
    return Instance(
        units={f"plant {i}": UnitData("plant") for i in plants},
        places={plot: PlaceData() for plot in plots},
        admissible={f"plant {i}": plots for i in plants},
        sources=sources,
        sinks=sinks,
        exchanges=exchanges,
        accounts={"cost": "flow x distance"},
        effects={"link": effects},
        totals=totals(),
    )


def location(name: str, *, capacitated: bool, whole: bool) -> Instance:
    """Read a facility location problem: m n, capacity and fixed cost a site, demands, a row of costs a site."""
    values = iter(numbers(name))
    m, n = int(next(values)), int(next(values))
    sites = [(next(values), next(values)) for _ in range(m)]
    demand = [next(values) for _ in range(n)]
    cost = np.array([[next(values) for _ in range(n)] for _ in range(m)])
    capacity = [size if capacitated else sum(demand) for size, _ in sites]
    return location_instance(capacity, [fixed for _, fixed in sites], demand, cost, whole=whole)


def location_instance(
    capacity: list[float],
    fixed: list[float],
    demand: list[float],
    cost: np.ndarray,
    *,
    whole: bool,
    most: int | None = None,
) -> Instance:
    """Open sites (at most ``most``) and feed every customer; ``cost[i, j]`` is that of all of j's demand from i."""
    sites = {f"site {i}": i for i in range(len(capacity))}
    customers = {f"customer {j}": j for j in range(len(demand))}
    exchanges = {}
    flow_effects: Booked = {}
    opened: Booked = {}
    for site, i in sites.items():
        opened[site, "size"] = {"cost": float(fixed[i])}
        for customer, j in customers.items():
            e = f"{site} > {customer}"
            most_flow = min(capacity[i], demand[j])
            option = OptionData({"year": most_flow}, {(site, customer): PairData()})
            exchanges[e] = ExchangeData(f"{site} / out", f"{customer} / in", 1.0, own=False, options={"link": option})
            flow_effects[e, "link", "year"] = {"cost": float(cost[i, j]) / demand[j]}
    alone = float(sum(fixed) + cost.max(axis=0).sum())  # dearer than any plan: customers are served in all of them
    return Instance(
        units={**{s: UnitData("facility") for s in sites}, **{c: UnitData("partner") for c in customers}},
        places={name: PlaceData() for name in (*sites, *customers)},
        admissible={name: (name,) for name in (*sites, *customers)},
        sources={f"{s} / out": SourceData(s, {"year": 1.0}) for s in sites},
        sinks={
            f"{c} / in": SinkData(c, {"year": demand[j]}, suppliable=True, whole=whole) for c, j in customers.items()
        },
        exchanges=exchanges,
        facilities={s: FacilityData({"size": SegmentData(0.0, capacity[i])}, {"year": 1.0}) for s, i in sites.items()},
        at_most={} if most is None else {"sites": (tuple(sites), most)},
        accounts={"cost": "cost"},
        effects={
            "opened": opened,
            "flow": flow_effects,
            "supplied": {(f"{c} / in", "year"): {"cost": alone / demand[j]} for c, j in customers.items()},
        },
        totals=totals(),
    )


def median(name: str) -> Instance:
    """Read a p-median problem: n, edges, p; the edges (of a repeated one the last counts)."""
    values = numbers(name)
    n, edges, p = (int(x) for x in values[:3])
    rows = np.array(values[3:]).reshape(edges, 3)
    length = {tuple(sorted((int(a) - 1, int(b) - 1))): c for a, b, c in rows}
    ends = np.array(list(length))
    graph = csr_array((list(length.values()), (ends[:, 0], ends[:, 1])), shape=(n, n))
    distance = shortest_path(graph, directed=False)
    return location_instance([float(n)] * n, [0.0] * n, [1.0] * n, distance, whole=True, most=p)


def totals() -> Mapping[str, Mapping[str, float]]:
    """Totals of an instance that has one account, "cost"."""
    return {total: {"cost": 1.0} if total == "total_annual_cost" else {} for total in TOTALS}


PROBLEMS = (
    Problem("nug5", 50, lambda: assignment("nug5.dat")),
    Problem("esc8a", 2, lambda: assignment("esc8a.dat")),
    Problem("chr12a", 9552, lambda: assignment("chr12a.qap")),
    Problem("chr15a", 9896, lambda: assignment("chr15a.qap")),
    Problem("dre15", 306, lambda: assignment("dre15.qap")),
    Problem("scr12", 31410, lambda: assignment("scr12.qap")),
    Problem("esc16i", 14, lambda: assignment("esc16i.qap")),
    Problem("cap71", 932615.750, lambda: location("cap71.txt", capacitated=False, whole=False)),
    Problem("cap61", 932615.750, lambda: location("cap61.txt", capacitated=True, whole=False)),
    Problem("holmberg_p1", 8848, lambda: location("holmberg_p1.txt", capacitated=True, whole=True)),
    Problem("pmed1", 5819, lambda: median("pmed1.txt")),
)
