"""What a siting is worth, roughly and fast; for the local search of ``start``.

The proxy of a siting, in the unit of the goal:

    sum_k base_k + sited_kp  -  sum over groups of the gain of their exchanges  +  penalty x rules broken

base_k is what unit k's streams cost without any exchange. Exchanges that share a source or a sink form a group; its
gain is found greedily, the exchange with the largest gain of its own first, each with what the earlier ones left of its
source and sink and by the option that gains most. An amount x from i to j between p and q gains
x (price_i + ratio (1 - share_pq) price_j - cost of flow) - cost of the link, where price is the cost of discharge or of
conventional supply that it avoids. Streams of shared facilities have no such cost: theirs are the prices of their
balances (B1), (B2), (B4) in the relaxation, and their amounts those at the activity of the relaxation. States are added
up; own measures, limits and rules on sinks are left to (2).
"""

import random
from collections import defaultdict

import pyomo.environ as pyo

from .gains import Link, Streams, gain, links, most_by
from .instance import Instance, PlaceId, Unit
from .relaxation import Relaxation

Siting = dict[Unit, PlaceId | None]
Move = tuple[tuple[Unit, PlaceId | None], ...]  # units that move, each with its new place
#: Share of moves that take a unit off its place, where it need not settle.
LEAVING = 0.15


class Proxy:
    """A siting and what it costs, changed move by move."""

    def __init__(self, m: pyo.ConcreteModel, goal: str, relaxation: Relaxation) -> None:
        self.m, self.relaxation = m, relaxation
        self.d: Instance = m.instance
        self.streams = Streams(m, goal, relaxation)
        d = self.d
        self.units = [k for k, unit in d.units.items() if unit.kind != "measure"]
        self.may_leave = {k for k in self.units if _may_leave(d, k)}
        self.allowed = {k: _places(d, k) for k in self.units}
        self.movable = [k for k in self.units if len(self.allowed[k]) + (k in self.may_leave) > 1]
        self.cost_of = self._costs_of_places()
        self.links = links(d, self.streams)
        self._group()
        self._index_rules()
        self.penalty = self._penalty()
        self.siting: Siting = {}
        self.cost = 0.0

    def _costs_of_places(self) -> dict[tuple[Unit, PlaceId], float]:
        """Cost of a unit on a place, with what its streams cost without any exchange."""
        base: defaultdict[Unit, float] = defaultdict(float)
        streams = self.streams
        unit_of = {n: source.unit for n, source in self.d.sources.items()}
        unit_of |= {n: sink.unit for n, sink in self.d.sinks.items()}
        for n, unit in unit_of.items():
            if unit not in self.d.facilities:
                base[unit] += streams.amount[n] * streams.price[n]
        return {(k, p): base[k] + streams.coefficient("sited", (k, p)) for k in self.units for p in self.allowed[k]}

    def _group(self) -> None:
        """Groups of exchanges that share a source or a sink."""
        group: dict[str, int] = {}
        members: dict[int, list[Link]] = {}
        for n, link in enumerate(self.links):
            joined = {group[end] for end in (link.source, link.sink) if end in group}
            members[n] = [other for g in sorted(joined) for other in members.pop(g)] + [link]
            for other in members[n]:
                group[other.source] = group[other.sink] = n
        self.groups = list(members.values())
        self.units_of = [tuple(dict.fromkeys(k for x in g for k in (x.giver, x.taker))) for g in self.groups]
        self.groups_of: dict[Unit, list[int]] = {k: [] for k in self.units}
        for n, units in enumerate(self.units_of):
            for k in units:
                self.groups_of[k].append(n)
        self.known: list[dict[tuple[PlaceId | None, ...], float]] = [{} for _ in self.groups]

    def _index_rules(self) -> None:
        d = self.d
        rules = [(c, True) for c in d.conflicts] + [(c, False) for c in d.neighbours]
        self.rules = [(d.stands(c.unit), c.place, d.stands(c.other), frozenset(c.near), apart) for c, apart in rules]
        self.rules_of: dict[Unit, list[int]] = {k: [] for k in self.units}
        for n, (k, _, other, _, _) in enumerate(self.rules):
            for unit in {k, other}:
                self.rules_of[unit].append(n)
        self.optional = [k for k in self.units if d.units[k].kind == "plant" and d.units[k].optional]

    def _penalty(self) -> float:
        """More than any one move of a unit can gain."""
        stake: defaultdict[Unit, float] = defaultdict(float)
        for link in self.links:
            most = max((abs(reach.alone) for reach in link.reach.values()), default=0.0)
            stake[link.giver] += most
            stake[link.taker] += most
        spread = {k: max((abs(self.cost_of[k, p]) for p in self.allowed[k]), default=0.0) for k in self.units}
        return 1e-6 + 2.0 * max((stake[k] + spread[k] for k in self.units), default=0.0)

    def first(self) -> Siting:
        """Siting nearest to the relaxation: its largest values first, each where there is room."""
        value = {index: self.relaxation.value(v) for index, v in self.m.sited.items()}
        there = {k: sum(value[k, p] for p in self.d.admissible.get(k, ())) for k in self.units}
        siting: Siting = dict.fromkeys(self.units)
        room = {q: place.tenants for q, place in self.d.places.items()}
        land = {q: place.area for q, place in self.d.places.items()}
        settles = {k for k in self.units if k not in self.may_leave or there[k] > 0.5}
        fixed_first = sorted(
            ((k, p) for k in settles for p in self.allowed[k]),
            key=lambda x: (len(self.allowed[x[0]]) > 1, -value[x], x),
        )
        for must in (True, False):
            for k, p in fixed_first:
                fits = room[p] > 0 and self.d.units[k].area <= land[p] + 1e-9
                if (k in self.may_leave) != must and siting[k] is None and fits:
                    siting[k] = p
                    room[p] -= 1
                    land[p] -= self.d.units[k].area
        for k in self.units:
            if siting[k] is None and k not in self.may_leave and self.allowed[k]:
                siting[k] = self.allowed[k][0]
        return siting

    def place(self, siting: Siting) -> None:
        """Start from a siting."""
        self.siting = dict(siting)
        self.on: dict[PlaceId, set[Unit]] = {q: set() for q in self.d.places}
        for k, p in siting.items():
            if p is not None:
                self.on[p].add(k)
        self.cost = self._cost(self.units, list(self.d.places))

    def broken(self, siting: Siting) -> int:
        """Number of rules of siting that a siting breaks."""
        self.place(siting)
        return self._broken(self.units, list(self.d.places))

    def draw(self, r: random.Random) -> Move:
        """A move: two units change places, or one goes to a place, or off it, and pushes out who has no room there."""
        k = self.movable[int(r.random() * len(self.movable))]
        here = self.siting[k]
        if here is not None and k in self.may_leave and r.random() < LEAVING:
            return ((k, None),)
        places = self.allowed[k]
        p = places[int(r.random() * len(places))]
        if p == here:
            return ()
        if len(self.on[p]) < self.d.places[p].tenants:
            return ((k, p),)
        others = sorted(self.on[p])
        other = others[int(r.random() * len(others))]
        if here is not None and here in self.allowed[other]:
            return ((k, p), (other, here))
        if other in self.may_leave:
            return ((k, p), (other, None))
        away = self.allowed[other]
        return ((k, p), (other, away[int(r.random() * len(away))]))

    def change(self, move: Move) -> float:
        """What a move changes the cost by."""
        units = [k for k, _ in move]
        back = tuple((k, self.siting[k]) for k in units)
        places = [p for _, p in (*move, *back) if p is not None]
        before = self._cost(units, places)
        self._shift(move)
        after = self._cost(units, places)
        self._shift(back)
        return after - before

    def make(self, move: Move, change: float) -> None:
        """Make a move, whose change is known."""
        self._shift(move)
        self.cost += change

    def _shift(self, move: Move) -> None:
        for k, p in move:
            here = self.siting[k]
            if here is not None:
                self.on[here].discard(k)
            self.siting[k] = p
            if p is not None:
                self.on[p].add(k)

    def _cost(self, units: list[Unit], places: list[PlaceId]) -> float:
        """Part of the cost that depends on some units and places."""
        siting = self.siting
        cost = self.penalty * self._broken(units, places)
        groups: set[int] = set()
        for k in units:
            groups.update(self.groups_of[k])
            p = siting[k]
            if p is not None:
                cost += self.cost_of[k, p]
        for g in sorted(groups):
            key = tuple([siting[k] for k in self.units_of[g]])
            known = self.known[g].get(key)
            if known is None:
                known = self.known[g][key] = self._gain(g)
            cost -= known
        return cost

    def _broken(self, units: list[Unit], places: list[PlaceId]) -> int:
        d, siting, broken = self.d, self.siting, 0
        for q in set(places):
            on = self.on[q]
            broken += max(0, len(on) - d.places[q].tenants)
            if len(on) > 1 and sum(d.units[k].area for k in on) > d.places[q].area * (1 + 1e-9):
                broken += 1
        for n in {n for k in units for n in self.rules_of[k]}:
            k, p, other, near, apart = self.rules[n]
            if siting[k] == p and (siting[other] in near) == apart:
                broken += 1
        if d.tenants_at_least:
            broken += max(0, d.tenants_at_least - sum(siting[k] is not None for k in self.optional))
        for members, most in d.at_most.values():
            broken += max(0, sum(siting.get(k) is not None for k in members) - most)
        return broken

    def _gain(self, g: int) -> float:
        """Greedy gain of a group of exchanges."""
        siting, found, total = self.siting, [], 0.0
        for n, link in enumerate(self.groups[g]):
            p, q = siting[link.giver], siting[link.taker]
            if p is None or q is None:
                continue
            reach = link.reach.get((p, q))
            if reach is not None:
                found.append((not link.forced, -reach.alone, n, reach.ways))
            elif link.forced:
                total -= self.penalty
        found.sort()
        left: dict[str, float] = {}
        amount = self.streams.amount
        for optional, _, n, ways in found:
            link = self.groups[g][n]
            made = left.get(link.source, amount[link.source])
            needed = left.get(link.sink, amount[link.sink])
            best, way = max(((gain(way, made, needed, link.ratio), -n) for n, way in enumerate(ways)))
            if optional and best <= 0:
                continue
            total += best
            taken = most_by(ways[-way], made, needed, link.ratio)
            left[link.source] = made - taken
            left[link.sink] = max(0.0, needed - link.ratio * (taken * ways[-way].arriving - ways[-way].owed))
        return total


def _may_leave(d: Instance, k: Unit) -> bool:
    unit = d.units[k]
    if unit.kind == "facility":
        return not unit.forced
    return unit.optional and (d.tenants_fixed is None or k not in d.tenants_fixed)


def _places(d: Instance, k: Unit) -> tuple[PlaceId, ...]:
    """Places of a unit with room for the measures it must have; none for a plant that may not settle."""
    unit = d.units[k]
    if unit.optional and unit.kind == "plant" and d.tenants_fixed is not None and k not in d.tenants_fixed:
        return ()
    area = unit.area + sum(x.area for x in d.units.values() if x.host == k and x.forced)
    return tuple(p for p in d.admissible.get(k, ()) if area <= d.places[p].area * (1 + 1e-9))
