"""Places that the network touches: as good as an access of no length with a pipe that carries anything for nothing."""

from dataclasses import replace

import pytest
from network_oracle import least_cost
from random_networks import random_network, shortest

from models import solve as bridge
from models.instance import Instance
from models.network import BedData, PipeData
from models.park import build
from models.solution import NoSolution

ANYTHING = PipeData(1e3, existing=True)


def _cost(instance: Instance) -> float:
    try:
        return bridge.solve(build(instance)).objective
    except NoSolution:
        return float("inf")


def _accesses(d: Instance, p: str) -> list[str]:
    return [a for a, x in d.stretches.items() if p in (x.tail, x.head)]


def _with_gates(d: Instance, touched: set[str]) -> Instance:
    """The park with accesses of no length, in each of which every main has a pipe that costs nothing."""
    stretches = {
        a: replace(x, length=0.0, trench=False, max_pipes=None) if a in touched else x for a, x in d.stretches.items()
    }
    gate = BedData({"gate": ANYTHING})
    mains = {n: replace(x, beds={**x.beds, **dict.fromkeys(touched, gate)}) for n, x in d.mains.items()}
    effects = {
        family: {i: v for i, v in found.items() if not (family in ON_STRETCHES and set(i) & touched)}
        for family, found in d.effects.items()
    }
    found = replace(d, stretches=stretches, mains=mains, effects=effects, apart=())
    return replace(found, exchanges={e: _measured(found, x) for e, x in d.exchanges.items()})


ON_STRETCHES = {"laid", "sized", "through", "dug"}


def _measured(d: Instance, x):
    def pairs(option):
        far = {pq: shortest(d.stretches, *pq) for pq in option.pairs}
        return {
            pq: replace(pair, length=far[pq], owed_loss={t: v * far[pq] for t, v in option.owed_per_km.items()})
            for pq, pair in option.pairs.items()
        }

    return replace(x, options={s: replace(option, pairs=pairs(option)) for s, option in x.options.items()})


def _free(d: Instance, touched: set[str]) -> Instance:
    """The same, with nothing to be laid there."""
    stretches = {a: replace(x, free=a in touched) for a, x in d.stretches.items()}
    mains = {
        n: replace(x, beds={a: BedData({}) if a in touched else bed for a, bed in x.beds.items()})
        for n, x in d.mains.items()
    }
    return replace(d, stretches=stretches, mains=mains)


def _contracted(d: Instance, touched: set[str]) -> Instance:
    """The same, places of one access being nodes of the network."""
    nodes, gone = dict(d.nodes), set()
    for p in d.nodes:
        there = _accesses(d, p)
        if len(there) == 1 and there[0] in touched:
            ends = d.stretches[there[0]]
            nodes[p] = ends.head if ends.tail == p else ends.tail
            gone.add(there[0])
    return replace(
        d,
        nodes=nodes,
        junctions=frozenset(node for p, node in nodes.items() if node != p),
        stretches={a: x for a, x in d.stretches.items() if a not in gone},
        mains={n: replace(x, beds={a: b for a, b in x.beds.items() if a not in gone}) for n, x in d.mains.items()},
        paths={
            k: replace(x, stretches={a: w for a, w in x.stretches.items() if a not in gone}) for k, x in d.paths.items()
        },
    )


@pytest.mark.parametrize("block", range(4))
def test_nothing_laid_costs_what_a_pipe_for_nothing_costs(block):
    for seed in range(10 * block, 10 * block + 10):
        d = random_network(seed)
        touched = {_accesses(d, p)[-1] for k, p in enumerate(d.nodes) if k % 2 == 0 or seed % 3 == 0}
        gates = _with_gates(d, touched)
        least = least_cost(gates)
        free = _free(gates, touched)
        assert _cost(free) == pytest.approx(least, abs=1e-5), seed
        assert _cost(_contracted(free, touched)) == pytest.approx(least, abs=1e-5), seed


def test_places_meet_where_free_accesses_lead_to_one_node():
    d = random_network(0)
    p, q = list(d.nodes)[:2]
    a, b = _accesses(d, p)[0], _accesses(d, q)[0]
    assert not d.meet(p, q)
    ends = {a: (p, "n0"), b: (q, "n0")}
    stretches = {
        name: replace(x, tail=ends[name][0], head=ends[name][1], free=True) if name in ends else x
        for name, x in d.stretches.items()
    }
    assert replace(d, stretches=stretches).meet(p, q)
