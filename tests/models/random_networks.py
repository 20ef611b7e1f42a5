"""Random tiny parks with mains and trenches, from a seed: streets, existing pipes, losses, limits, free plots."""

import random

from toys import YEAR, exchange, option, park, sink, source

from models.instance import Instance, PairData, PlaceData, UnitData
from models.network import BedData, MainData, PathData, PipeData, StretchData


class _Draw:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(f"networks {seed}")

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def whole(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def real(self, low: float, high: float) -> float:
        return round(self.random.uniform(low, high), 2)


def random_network(seed: int) -> Instance:
    """Two or three plants on three or four plots of a small street net; one or two resources, pipes and mains."""
    draw = _Draw(seed)
    nodes = [f"n{k}" for k in range(draw.whole(2, 3))]
    plots = [f"p{k}" for k in range(draw.whole(3, 4))]
    ends = [(nodes[k], nodes[k + 1]) for k in range(len(nodes) - 1)]
    if len(nodes) == 3 and draw.chance(0.6):
        ends.append((nodes[2], nodes[0]))
    ends += [(plot, draw.random.choice(nodes)) for plot in plots]
    if draw.chance(0.4):
        ends.append((plots[0], nodes[-1]))  # a second access
    stretches = {
        f"s{k}": StretchData(
            *(end if draw.chance(0.5) else end[::-1]),
            length=draw.real(0.1, 2.0),
            trench=draw.chance(0.8),
            max_pipes=draw.whole(1, 2) if draw.chance(0.2) else None,
        )
        for k, end in enumerate(ends)
    }
    return _park(draw, plots, stretches)


FAMILIES = (
    "flow", "supplied", "discharged", "link", "laid", "through", "dug", "detour", "fitted", "working", "sized",
    "arrived", "built",
)  # fmt: skip


def _park(draw: _Draw, plots, stretches) -> Instance:
    plants = ["giver", "taker", "other"][: draw.whole(2, 3)]
    fixed = draw.chance(0.5)
    order = draw.random.sample(plots, len(plants))
    admissible = {k: (order[n],) if fixed or draw.chance(0.4) else tuple(plots) for n, k in enumerate(plants)}
    parts: dict = {name: {} for name in ("sources", "sinks", "exchanges", "mains", "paths")}
    parts["effects"] = {family: {} for family in FAMILIES}
    for r in range(draw.whole(1, 2)):
        _resource(draw, f"r{r}", (plants, admissible, stretches), parts)
    _dig(draw, stretches, parts)
    return park(
        units={k: UnitData("plant") for k in plants},
        places={p: PlaceData() for p in plots},
        admissible=admissible,
        nodes={p: p for p in plots},
        stretches=stretches,
        apart=(("r0", "r1"),) if draw.chance(0.25) else (),
        **parts,
    )


def _resource(draw: _Draw, name: str, where, parts) -> None:
    """Streams of a resource, and what may carry it."""
    plants, _, stretches = where
    effects, sources, sinks = parts["effects"], parts["sources"], parts["sinks"]
    givers = plants[: draw.whole(1, len(plants) - 1)]
    takers = plants[len(givers) :]
    for k in givers:
        sources[f"{k} {name}"] = source(k, draw.real(4, 12), on_demand=draw.chance(0.5))
    for k in takers:
        sinks[f"{k} {name}"] = sink(k, draw.real(2, 10), suppliable=draw.chance(0.9))
        if sinks[f"{k} {name}"].suppliable:
            effects["supplied"][f"{k} {name}", YEAR] = {"cost": draw.real(3, 12)}
    main = _main(draw, f"main {name}", name, stretches, effects) if draw.chance(0.8) else None
    hours = {k: draw.random.choice([1.0, 1.0, 2.0]) for k in takers}
    users: dict = {}
    for g in givers:
        for k in takers:
            _exchange(draw, (g, k, name), (where, main, hours[k], users), parts)
    if main is not None and users:
        trench = draw.chance(0.85)
        parts["mains"][f"main {name}"] = MainData(name, main, users, {YEAR: 2.0}, in_trench=trench)
    elif main is not None:
        for family in ("laid", "through", "sized", "fitted", "working"):
            effects[family] = {i: v for i, v in effects[family].items() if i[0] != f"main {name}"}


def _exchange(draw: _Draw, what, known, parts) -> None:
    (g, k, name), ((_, admissible, stretches), main, hours, users) = what, known
    effects = parts["effects"]
    e = f"{g} > {k}: {name}"
    made, needed = parts["sources"][f"{g} {name}"].amount[YEAR], parts["sinks"][f"{k} {name}"].amount[YEAR]
    lossy = main is not None and any(bed.share_lost or _owes(bed) for bed in main.values())
    pairs = _pairs(draw, admissible[g], admissible[k], stretches)
    options: dict = {}
    if main is not None and pairs:
        options["main"] = option(made if lossy else min(made, needed), pairs, main=f"main {name}")
        users[e, "main"] = {YEAR: hours}
    if pairs and (main is None or draw.chance(0.4)):
        _dedicated(draw, (e, name, min(made, needed)), pairs, (options, parts["paths"], stretches, effects))
    if options:
        parts["exchanges"][e] = exchange(f"{g} {name}", f"{k} {name}", options)
    for s in options:
        effects["built"][e, s] = {"cost": draw.real(0, 3)}
        family = "arrived" if s == "main" and lossy else "flow"
        effects[family][e, s, YEAR] = {"cost": draw.real(-1, 1)}


def _dig(draw: _Draw, stretches, parts) -> None:
    """What trenches cost, wherever one may be dug."""
    for a, stretch in stretches.items():
        trenched = [x.beds[a] for x in parts["mains"].values() if x.in_trench and a in x.beds]
        used = any(not pipe.existing for bed in trenched for pipe in bed.pipes.values())
        if stretch.trench and (used or any(a in x.stretches for x in parts["paths"].values())):
            parts["effects"]["dug"][a,] = {"cost": draw.real(0, 6) * stretch.length}


def _owes(bed: BedData) -> bool:
    return any(pipe.owed_loss for pipe in bed.pipes.values())


def _main(draw: _Draw, n: str, resource: str, stretches, effects) -> dict[str, BedData]:
    sizes = {"small": (draw.real(2, 6), False), "large": (draw.real(6, 25), draw.chance(0.3))}
    if draw.chance(0.4):
        del sizes["small"]
    losses = (draw.real(0, 0.1) if draw.chance(0.3) else 0.0, draw.real(0, 0.1) if draw.chance(0.25) else 0.0)
    price = {z: draw.real(0.2, 4) for z in sizes}
    beds = {a: _bed(draw, sizes, stretch.length, losses) for a, stretch in stretches.items() if not draw.chance(0.05)}
    for a in beds:
        for z in sizes:
            effects["laid"][n, a, z] = {"cost": price[z] * stretches[a].length}
            if sizes[z][1]:
                effects["sized"][n, a, z] = {"cost": 0.1 * stretches[a].length}
        for way in "+-":
            effects["through"][n, a, way, YEAR] = {"cost": 0.05 * stretches[a].length}
    effects["fitted"] |= {(n, z): {"cost": draw.real(0, 2)} for z in sizes if draw.chance(0.3)}
    if draw.chance(0.3):
        effects["working"][n,] = {"cost": draw.real(0, 3)}
    return beds


def _bed(draw: _Draw, sizes, length: float, losses) -> BedData:
    owed, share = losses
    one_way = draw.random.choice([(True, True)] * 8 + [(True, False), (False, True)])
    pipes = {
        z: PipeData(c, sized, 1.0 if sized and draw.chance(0.5) else 0.0, {YEAR: owed * length} if owed else {})
        for z, (c, sized) in sizes.items()
    }
    if draw.chance(0.15):
        pipes["existing"] = PipeData(draw.real(1, 5), existing=True)
    return BedData(pipes, *one_way, share_lost=1 - (1 - share) ** length, parallel=draw.random.choice([1, 1, 1, 2]))


def _dedicated(draw: _Draw, what, pairs, into) -> None:
    (e, name, flow), (options, paths, stretches, effects) = what, into
    loss = draw.real(0, 0.1) if draw.chance(0.3) else 0.0
    owed = {YEAR: loss} if loss else {}
    kept = {
        pair: PairData(length=x.length, owed_loss={YEAR: loss * x.length} if loss else {}) for pair, x in pairs.items()
    }
    sizes = {"thin": draw.real(2, 5), "thick": 30.0}
    for order, (s, capacity) in enumerate(sizes.items()):
        longest = 3.0 if draw.chance(0.2) else float("inf")
        near = {pair: x for pair, x in kept.items() if x.length <= longest}
        if not near or (s == "thin" and draw.chance(0.4)):
            continue
        options[s] = option(
            min(flow, capacity), near, in_trench=True, order=order, owed_per_km=owed, max_length=longest
        )
        price = draw.real(0.2, 4)
        for pair, x in near.items():
            effects["link"][e, s, *pair] = {"cost": price * x.length}
        effects["detour"][e, s] = {"cost": price}
    if any(s in options for s in sizes):
        straight = draw.chance(0.3) and not owed
        if straight:
            effects["detour"] = {index: v for index, v in effects["detour"].items() if index[0] != e}
        paths[e, 0] = PathData(name, {a: (True, True) for a in stretches}, straight)


def _pairs(draw: _Draw, froms, tos, stretches) -> dict:
    """Pairs that the streets join, with the length of the shortest way that passes no plot."""
    return {
        (p, q): PairData(length=length)
        for p in froms
        for q in tos
        if p != q and (length := shortest(stretches, p, q)) is not None
    }


def shortest(stretches, p: str, q: str):
    """Length of the shortest way between two plots [km], by trying all."""
    lengths = [sum(stretches[a].length for a, _ in way) for way in simple_ways(stretches, p, q)]
    return min(lengths, default=None)


def simple_ways(stretches, p: str, q: str):
    """All ways between two plots that visit no node twice and pass no plot: lists of (stretch, direction)."""

    def go(node, seen, way):
        if node == q:
            yield way
            return
        if node.startswith("p") and node != p:
            return
        for a, stretch in stretches.items():
            for here, there, sign in ((stretch.tail, stretch.head, "+"), (stretch.head, stretch.tail, "-")):
                if here == node and there not in seen:
                    yield from go(there, seen | {there}, [*way, (a, sign)])

    yield from go(p, {p}, [])
