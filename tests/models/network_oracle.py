"""Least cost of a tiny park with mains and trenches, without any of the model's code.

Every siting is tried; ways of pipes of one exchange are picked from a list of all ways; the flow in a main is one
pool for each number of hours, written with the plainest big numbers.
"""

import itertools

from brute_force import INF, _Program
from random_networks import simple_ways
from toys import YEAR

from models.instance import Instance


def least_cost(d: Instance) -> float:
    """Least cost over all sitings; inf where nothing is feasible."""
    best = INF
    for siting in itertools.product(*([(k, p) for p in d.admissible[k]] for k in d.units)):
        place = dict(siting)
        if len(set(place.values())) == len(place):
            best = min(best, _sited(d, place))
    return best


def _sited(d: Instance, place) -> float:
    lp, cost, whole = _Program(), {}, set()

    def column(name, upper=INF, *, integer=False, effect=None):
        lp.column(name, upper)
        cost[name] = sum((effect or {}).values())
        if integer:
            whole.add(name)

    def effect(family, *index):
        return d.effects.get(family, {}).get(index)

    for j in d.sinks:
        column(("supplied", j), INF if d.sinks[j].suppliable else 0.0, effect=effect("supplied", j, YEAR))
    for a in d.stretches:
        column(("dug", a), 1.0, integer=True, effect=effect("dug", a))
    for n, main in d.mains.items():
        _main_columns(d, n, main, column, effect)
    ways = {}
    for e in d.exchanges:
        _exchange(lp, d, e, place, (column, effect, ways))
    _streams(lp, d, place, ways)
    for n, main in d.mains.items():
        _main_rows(lp, d, place, n, main, whole)
    _trench_rows(lp, d, ways, whole)
    return lp.least(cost, whole, {})


def _exchange(lp, d, e, place, into) -> None:
    column, effect, ways = into
    x = d.exchanges[e]
    pair = (place[d.sources[x.source].unit], place[d.sinks[x.sink].unit])
    for s, option in x.options.items():
        if pair not in option.pairs:
            continue
        column(("built", e, s), 1.0, integer=True, effect=effect("built", e, s))
        column(("flow", e, s), option.max_flow[YEAR], effect=effect("flow", e, s, YEAR))
        lp.row({("flow", e, s): 1.0, ("built", e, s): -option.max_flow[YEAR]}, -INF, 0.0)
        if option.main:
            column(("arrived", e, s), effect=effect("arrived", e, s, YEAR))
            lp.row({("arrived", e, s): 1.0, ("flow", e, s): -1.0}, -INF, 0.0)
        else:
            ways[e, s] = _way_columns(d, e, s, pair, column, effect)
    here = [s for s in x.options if ("built", e, s) in lp.names]
    lp.row({("built", e, s): 1.0 for s in here}, 0.0, 1.0)


def _main_columns(d, n, main, column, effect) -> None:
    for a, bed in main.beds.items():
        for z, pipe in bed.pipes.items():
            most = 1 if pipe.existing else bed.parallel
            column(("laid", n, a, z), most, integer=True, effect=effect("laid", n, a, z))
            column(("sized", n, a, z), effect=effect("sized", n, a, z))
        for c in {hours[YEAR] for hours in main.users.values()} | {"loss"}:
            for way, free in (("+", bed.forward), ("-", bed.backward)):
                column(("x", n, c, a, way), 1e3 if free else 0.0, effect=effect("through", n, a, way, YEAR))
    for z in {z for bed in main.beds.values() for z in bed.pipes}:
        column(("fitted", n, z), 1.0, integer=True, effect=effect("fitted", n, z))
    column(("working", n), 1.0, effect=effect("working", n))


def _way_columns(d, e, s, pair, column, effect):
    """Ways of a pipe of one exchange: column -> (stretches, length)."""
    found = {}
    path, option = d.paths[e, 0], d.exchanges[e].options[s]
    short = option.pairs[pair].length
    for k, way in enumerate(simple_ways(d.stretches, *pair)):
        length = sum(d.stretches[a].length for a, _ in way)
        if length > option.max_length + 1e-9 or (path.straight and length > short + 1e-9):
            continue
        priced = sum((effect("link", e, s, *pair) or {}).values())
        beyond = sum((effect("detour", e, s) or {}).values()) * (length - short)
        column(("way", e, s, k), 1.0, integer=True, effect={"cost": priced + beyond})
        found["way", e, s, k] = ({a for a, _ in way}, length)
    return found


def _streams(lp, d, place, ways) -> None:
    del place
    for (e, s), mine in ways.items():
        lp.row({("built", e, s): -1.0, **dict.fromkeys(mine, 1.0)}, 0.0, 0.0)
        option = d.exchanges[e].options[s]
        loss = option.owed_per_km.get(YEAR, 0.0)
        if loss:  # all of its length loses
            lp.row({("flow", e, s): 1.0, **{w: -loss * length for w, (_, length) in mine.items()}}, 0.0, INF)
    for i, x in d.sources.items():
        out = {name: 1.0 for name in lp.names if name[0] == "flow" and d.exchanges[name[1]].source == i}
        lp.row(out, -INF, x.amount[YEAR])
    for j, x in d.sinks.items():
        met = {("supplied", j): 1.0}
        for name in lp.names:
            if name[0] != "flow" or d.exchanges[name[1]].sink != j:
                continue
            _, e, s = name
            met["arrived" if d.exchanges[e].options[s].main else "flow", e, s] = 1.0
            loss = d.exchanges[e].options[s].owed_per_km.get(YEAR, 0.0)
            for w, (_, length) in ways.get((e, s), {}).items():
                met[w] = -loss * length
        lp.row(met, x.amount[YEAR], x.amount[YEAR])


def _main_rows(lp, d, place, n, main, whole) -> None:
    classes = [*{hours[YEAR] for hours in main.users.values()}, "loss"]
    users = [(e, s) for e, s in main.users if ("flow", e, s) in lp.names]
    ends = {
        e: (place[d.sources[d.exchanges[e].source].unit], place[d.sinks[d.exchanges[e].sink].unit]) for e, _ in users
    }
    _users(lp, d, (n, main), users, ends)
    for a in main.beds:
        _bed(lp, (n, main), a, classes, whole)
    nodes = {v for x in d.stretches.values() for v in (x.tail, x.head)} | set(d.nodes.values())
    for c, v in itertools.product(classes, nodes):
        balance, out = _at_node(d, (n, main), c, v)
        for e, s in users:
            _at_end(main, (e, s), (c, v, ends[e]), (balance, out))
        lp.row(balance, 0.0, 0.0)
        if v in d.nodes.values():
            lp.row(out, -INF, 0.0)


def _users(lp, d, which, users, ends) -> None:
    n, main = which
    owing = any(pipe.owed_loss for bed in main.beds.values() for pipe in bed.pipes.values())
    for e, s in users:
        lp.column(("fed", e, s), INF if owing else 0.0)
        lp.row({("fed", e, s): 1.0, ("arrived", e, s): 1.0, ("flow", e, s): -1.0}, -INF, 0.0)
        if owing:  # a tenth arrives
            lp.row({("fed", e, s): 1.0, ("arrived", e, s): -9.0}, -INF, 0.0)
        lp.row({("working", n): 1.0, ("built", e, s): -1.0}, 0.0, INF)
        for place in ends[e]:  # a pipe at both ends
            at = [a for a in main.beds if place in (d.stretches[a].tail, d.stretches[a].head)]
            pipes = {("laid", n, a, z): 1.0 for a in at for z in main.beds[a].pipes}
            lp.row({**pipes, ("built", e, s): -1.0}, 0.0, INF)


def _bed(lp, which, a, classes, whole) -> None:
    n, main = which
    bed = main.beds[a]
    new = [z for z, pipe in bed.pipes.items() if not pipe.existing]
    lp.row({("laid", n, a, z): 1.0 for z in new}, 0.0, bed.parallel)
    rate = {("x", n, c, a, way): 1.0 / (c if c != "loss" else main.hours[YEAR]) for c in classes for way in "+-"}
    for z, pipe in bed.pipes.items():
        rate["sized" if pipe.sized else "laid", n, a, z] = -1.0 if pipe.sized else -pipe.capacity
        lp.row({("sized", n, a, z): 1.0, ("laid", n, a, z): -pipe.capacity}, -INF, 0.0)
        lp.row({("sized", n, a, z): 1.0, ("laid", n, a, z): -pipe.low}, 0.0, INF)
        lp.row({("fitted", n, z): 1.0, ("laid", n, a, z): -1.0 / (1 if pipe.existing else bed.parallel)}, 0.0, INF)
    lp.row(rate, -INF, 0.0)
    if bed.share_lost:  # one direction
        lp.column(("onward", n, a), 1.0)
        whole.add(("onward", n, a))
        for c in classes:
            lp.row({("x", n, c, a, "+"): 1.0, ("onward", n, a): -1e3}, -INF, 0.0)
            lp.row({("x", n, c, a, "-"): 1.0, ("onward", n, a): 1e3}, -INF, 1e3)


def _at_node(d, which, c, v):
    """What comes to a node by pipes, less what goes and what they owe there; and what goes."""
    n, main = which
    balance, out = {}, {}
    for a, bed in main.beds.items():
        for end, leaving, coming in ((d.stretches[a].tail, "+", "-"), (d.stretches[a].head, "-", "+")):
            if end != v:
                continue
            balance["x", n, c, a, coming] = 1.0 - bed.share_lost
            balance["x", n, c, a, leaving] = -1.0
            out["x", n, c, a, leaving] = 1.0
            owing = {z: pipe.owed_loss[YEAR] for z, pipe in bed.pipes.items() if c == "loss" and pipe.owed_loss}
            balance.update({("laid", n, a, z): -0.5 * owed for z, owed in owing.items()})
    return balance, out


def _at_end(main, user, where, rows) -> None:
    """What an exchange puts in at a node, and takes out."""
    (e, s), (c, v, (p, q)), (balance, out) = user, where, rows
    mine = c == "loss" or main.users[e, s][YEAR] == c
    if p == v and mine:
        put = {("fed", e, s): 1.0} if c == "loss" else {("flow", e, s): 1.0, ("fed", e, s): -1.0}
        balance.update(put)
        out.update({name: -x for name, x in put.items()})
    if q == v and mine and c != "loss":
        balance["arrived", e, s] = -1.0


def _trench_rows(lp, d, ways, whole) -> None:
    for a, stretch in d.stretches.items():
        trenched = [n for n, main in d.mains.items() if main.in_trench]
        pipes = {name: 1.0 for name in lp.names if name[0] == "laid" and name[2] == a and name[1] in trenched}
        new = {name for name in pipes if not d.mains[name[1]].beds[a].pipes[name[3]].existing}
        lying = {w: 1.0 for mine in ways.values() for w, (over, _) in mine.items() if a in over}
        if stretch.trench:
            for name in [*new, *lying]:
                lp.row({name: 1.0, ("dug", a): -2.0}, -INF, 0.0)
        if stretch.max_pipes is not None:
            lp.row({**pipes, **lying}, -INF, stretch.max_pipes)
        for pair in d.apart:
            for resource in pair:
                lp.column(("there", resource, a), 1.0)
                whole.add(("there", resource, a))
                for name in [x for x in [*pipes, *lying] if _resource(d, x) == resource]:
                    lp.row({name: 1.0, ("there", resource, a): -2.0}, -INF, 0.0)
            lp.row({("there", resource, a): 1.0 for resource in pair}, 0.0, 1.0)


def _resource(d, name) -> str:
    return d.mains[name[1]].resource if name[0] == "laid" else d.paths[name[1], 0].resource
