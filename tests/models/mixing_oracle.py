"""Least cost of a tiny mixing park by brute force: every content of a grid and every set of dear links, one LP each.

Nothing of the model's rows is used. With the contents of outlets given, all that is left is an LP of its own; the grid
holds only some contents, so that what is found is a plan: never below the optimum, and near it where the grid is fine.
"""

import itertools
import math

import numpy as np
from scipy.optimize import linprog
from toys import YEAR

from models.instance import Instance

FAMILY = {"flow": "flow", "drain": "discharged", "bought": "supplied", "run": "run", "activity": "activity"}


def least_cost(d: Instance, steps: int) -> float:
    """Least cost over contents in so many equal steps from lowest to highest, and over all sets of dear links."""
    x = d.mixing
    outlets = [(i, k) for i, data in x.outlets.items() for k in data.kept]
    levels = [np.linspace(x.outlets[i].lowest.get(k, 0.0), x.outlets[i].highest[k], steps + 1) for i, k in outlets]
    dear = [e for (e, _), booked in d.effects.get("built", {}).items() if booked.get("cost")]
    best = math.inf
    for values in itertools.product(*levels):
        for closed in itertools.chain.from_iterable(itertools.combinations(dear, n) for n in range(len(dear) + 1)):
            fixed = sum(d.effects["built"][e, "own"]["cost"] for e in dear if e not in closed)
            if fixed < best:
                best = min(best, fixed + _Flows(d, dict(zip(outlets, values, strict=True)), set(closed)).cost())
    return best


class _Flows:
    """The LP of flows with contents given."""

    def __init__(self, d: Instance, contents: dict, closed: set) -> None:
        self.d, self.contents = d, contents
        self.flows = [("flow", e) for e in d.exchanges if e not in closed]
        self.columns = [
            *self.flows,
            *(("drain", i) for i, s in d.sources.items() if s.dischargeable and not s.on_demand),
        ]
        self.columns += [("bought", j) for j, s in d.sinks.items() if s.suppliable]
        self.columns += [("run", o) for o in d.operations] + [("activity", k) for k in d.facilities]
        self.position = {c: n for n, c in enumerate(self.columns)}
        self.upper, self.most, self.equal, self.right = [], [], [], []

    def cost(self) -> float:
        self._balances()
        self._limits()
        self._loads()
        bounds = [(0.0, self._room(*c)) for c in self.columns]
        price = [self._price(*c) for c in self.columns]
        upper = np.array(self.upper) if self.upper else None
        found = linprog(price, upper, self.most or None, np.array(self.equal), self.right, bounds)
        return float(found.fun) if found.status == 0 else math.inf

    def _row(self, terms):
        found = np.zeros(len(self.columns))
        for column, value in terms:
            found[self.position[column]] += value
        return found

    def _around(self, name, end):
        found = [c for c in self.flows if getattr(self.d.exchanges[c[1]], end) == name]
        return found + [c for c in [("drain" if end == "source" else "bought", name)] if c in self.position]

    def _scale(self, stream):
        if stream.operation is not None:
            return ("run", stream.operation)
        return ("activity", stream.unit) if stream.unit in self.d.facilities else None

    def _held(self, column, k):
        kind, name = column
        if kind == "bought":
            return self.d.mixing.supplies[name][k]
        i = self.d.exchanges[name].source
        return self.contents[i, k] if (i, k) in self.contents else self.d.mixing.contents[i][k]

    def _balances(self):
        for streams, end in ((self.d.sources, "source"), (self.d.sinks, "sink")):
            for name, stream in streams.items():
                moving = self._scale(stream)
                terms = [(c, 1.0) for c in self._around(name, end)]
                terms += [(moving, -stream.amount[YEAR])] if moving else []
                demand = getattr(stream, "on_demand", False)
                (self.upper if demand else self.equal).append(self._row(terms))
                (self.most if demand else self.right).append(0.0 if moving else stream.amount[YEAR])

    def _limits(self):
        for j, limits in self.d.mixing.limits.items():
            for k, bound in limits.items():
                if bound.most < math.inf:
                    terms = [(c, self._held(c, k) - bound.most) for c in self._around(j, "sink")]
                    self.upper.append(self._row(terms))
                    self.most.append(0.0)

    def _loads(self):
        for i, data in self.d.mixing.outlets.items():
            source = self.d.sources[i]
            for k, kept in data.kept.items():
                terms = [(c, kept * self._held(c, k)) for j in data.inlets for c in self._around(j, "sink")]
                terms += [(self._scale(source), -self.contents[i, k] * source.amount[YEAR])]
                self.equal.append(self._row(terms))
                self.right.append(-data.picked.get(k, {}).get(YEAR, 0.0))

    def _price(self, kind, name):
        index = (name, "own", YEAR) if kind == "flow" else (name, YEAR)
        price = self.d.effects.get(FAMILY[kind], {}).get(index, {}).get("cost", 0.0)
        fees = self.d.effects.get("let_out", {}) if kind == "drain" else {}
        return price + sum(fee["cost"] * self.contents[i, k] for (i, k, _), fee in fees.items() if i == name)

    def _room(self, kind, name):
        if kind == "flow":
            return self.d.exchanges[name].options["own"].max_flow[YEAR]
        if kind == "run":
            return self.d.operations[name].most[YEAR]
        if kind == "activity":
            return max(s.high for s in self.d.facilities[name].segments.values())
        return None
