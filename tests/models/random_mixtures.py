"""Random tiny water networks: operations, a treatment unit, sources and sinks of given flow, one or two components."""

import random

from mixing_cases import Site
from toys import YEAR

from models.instance import Instance


def random_mixture(seed: int, *, components: int | None = None, dear: bool = True) -> Instance:
    """A network from a seed; integers and quarters throughout."""
    r = random.Random(seed)
    names = ["a", "b"][: components or r.randint(1, 2)]
    site = Site(names)
    n = len(names)
    for o in range(r.randint(1, 2)):
        most_in = [r.choice((0.0, 0.25, 0.5)) for _ in range(n)]
        most_out = [c + r.choice((0.25, 0.5)) for c in most_in]
        load = [float(r.randint(1, 4)) for _ in range(n)]
        flow = max(q / (b - a) for q, a, b in zip(load, most_in, most_out, strict=True)) * r.choice((1.0, 1.5))
        site.operation(f"o{o}", load, most_in, most_out, flow, supply=[0.0] * n)
        site.book("supplied", (f"o{o} in", YEAR), cost=float(r.randint(1, 3)), water=1.0)
        site.book("discharged", (f"o{o} out", YEAR), cost=r.choice((0.0, 1.0)))
        if r.random() < 0.4:
            site.book("let_out", (f"o{o} out", names[0], YEAR), cost=float(r.randint(1, 2)))
    if r.random() < 0.6:
        content = [r.choice((0.25, 0.5, 1.0)) for _ in range(n)]
        site.source("s", float(r.randint(2, 8)), content)
        site.book("discharged", ("s", YEAR), cost=r.choice((0.0, 2.0)))
    if r.random() < 0.7:
        removal = [r.choice((0.0, 0.5, 0.9)) for _ in range(n)]
        site.unit("t", removal, [None] * n, [1.0 - q for q in removal], 20.0, on_demand=r.random() < 0.3)
        site.book("activity", ("t", YEAR), cost=r.choice((0.25, 0.5)))
    limits = [r.choice((0.25, 0.5, 1.0)) for _ in range(n)]
    site.sink("d", float(r.randint(2, 8)), limits, supply=[0.0] * n)
    site.book("supplied", ("d", YEAR), cost=float(r.randint(1, 3)), water=1.0)
    for i in site.sources:
        for j in site.sinks:
            mine = site.outlets[i].inlets if i in site.outlets else ()
            if j not in mine and r.random() < 0.8:
                priced = {"built": {"cost": float(r.randint(1, 4))}} if dear and r.random() < 0.3 else {}
                carried = {"flow": {"cost": r.choice((0.25, 0.5))}} if r.random() < 0.3 else {}
                site.join(i, j, 40.0, **priced, **carried)
    return site.instance()
