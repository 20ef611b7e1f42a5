"""Contents of outlets from the flows in a model's values: a linear system for each component and state.

    content[i] weight_i make[i] - kept_i sum of content[n] weight_n (what arrives from outlet n at an inlet of i)
        = kept_i (load that comes from sources of given content and from supplies) + picked_i - less_i

where that is below 0 the outlet holds nothing.

Whatever a search says of contents and loads, these are the ones that its flows have.
"""

from typing import Any

import numpy as np
import pyomo.environ as pyo
from pyomo.repn import generate_standard_repn

from .instance import Instance
from .mixing import amount_of

#: An outlet that gives less than this, as a share of the most it can give, is idle: any content is as good.
IDLE = 1e-9
#: Contents, scaled to about 1, are never so large.
LARGEST = 1e9
#: Constant, coefficients and places of the variables of a linear expression.
Linear = tuple[float, np.ndarray, np.ndarray]


def settle(m: pyo.ConcreteModel) -> None:
    """Write the contents and loads that follow from the flows into the values of a model."""
    Settled(m).write()


class Settled:
    """The linear systems of a model, with its switches as they are when it is made."""

    def __init__(self, m: pyo.ConcreteModel) -> None:
        d: Instance = m.instance
        self.m = m
        self.variables: list[Any] = []
        self._place: dict[int, int] = {}
        outlets: dict[str, list[str]] = {}
        for i, k in m.OUTLETS:
            outlets.setdefault(k, []).append(i)
        self._systems = [_System(self, members, k, t) for t in d.states for k, members in outlets.items()]

    def write(self) -> None:
        """Write the contents and loads that follow from the flows into the values of the model."""
        x = np.array([float(v.value or 0.0) for v in self.variables])
        for system in self._systems:
            system.write(x)

    def place(self, variable: Any) -> int:
        """Place of a variable among those that are read."""
        if id(variable) not in self._place:
            self._place[id(variable)] = len(self.variables)
            self.variables.append(variable)
        return self._place[id(variable)]


class _System:
    """One component in one state: contents of all outlets at once."""

    def __init__(self, whole: Settled, outlets: list[str], k: str, t: str) -> None:
        m = self.m = whole.m
        x = m.instance.mixing
        self.outlets = outlets
        number = {i: n for n, i in enumerate(outlets)}
        self.content = [m.content[i, k, t] for i in outlets]
        self.range = [(x.outlets[i].lowest.get(k, 0.0), x.outlets[i].highest[k]) for i in outlets]
        self.weight = np.array([x.weights[i][k] for i in outlets])
        self.idle = np.array([IDLE * max(1.0, _room(m, i, t)) for i in outlets])
        #: (load, outlet, place of its amount) of every way out
        self.ways = [
            (m.borne[(*way, k, t)], number[i], whole.place(amount_of(m, way, t)))
            for i in outlets
            for way in (*m.ways[i], *m.arrivals[i])
        ]
        bearer = {id(load): (n, place) for load, n, place in self.ways}
        self.made = [_linear(whole, m.make[i, t]) for i in outlets]
        self.given: list[Linear] = []
        #: outlet -> what sources of given content hold more than comes in, and whether they do
        self.short = {n: (m.short[i, k, t], m.empty[i, k, t]) for n, i in enumerate(outlets) if (i, k, t) in m.short}
        apart = {id(short) for short, _ in self.short.values()}
        taken: list[tuple[int, int, int, float]] = []
        for n, i in enumerate(outlets):
            form = generate_standard_repn(m.taken_in[i, k, t], quadratic=False)
            terms = list(zip(form.linear_coefs, form.linear_vars, strict=True))
            taken += [(n, *bearer[id(v)], float(c)) for c, v in terms if id(v) in bearer]
            rest = [(c, v) for c, v in terms if id(v) not in bearer and id(v) not in apart]
            self.given.append(_of_terms(whole, float(form.constant), rest))
        #: taker, giver, amount that is taken, share of its load that is kept
        self.takers, self.givers, self.places = (np.array([row[c] for row in taken], dtype=int) for c in range(3))
        self.kept = np.array([row[3] for row in taken]) * self.weight[self.givers]

    def write(self, x: np.ndarray) -> None:
        """Write contents and loads at the values of ``Settled.variables``."""
        contents = self._contents(x)
        for variable, value in zip(self.content, contents.tolist(), strict=True):
            variable.set_value(value, skip_validation=True)
        for load, n, place in self.ways:
            load.set_value(float(self.weight[n] * contents[n] * x[place]), skip_validation=True)

    def _contents(self, x: np.ndarray) -> np.ndarray:
        made = np.array([_worth(line, x) for line in self.made])
        right = np.array([_worth(line, x) for line in self.given])
        matrix = np.diag(self.weight * made)
        np.subtract.at(matrix, (self.takers, self.givers), self.kept * x[self.places])
        for n in np.flatnonzero(made <= self.idle):
            matrix[n, :] = 0.0
            matrix[n, n] = 1.0
            low, high = self.range[n]
            value = self.content[n].value
            right[n] = high if value is None else min(high, max(low, float(value)))
        return self._not_below_zero(matrix, right)

    def _not_below_zero(self, matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Contents; 0 where more is taken off than comes in, with what is short written into the model."""
        rows, loads, empty = matrix.copy(), right.copy(), set[int]()
        found = _solved(rows, loads)
        while below := {n for n in self.short if found[n] < 0.0} - empty:
            empty |= below
            for n in below:
                rows[n, :], rows[n, n], loads[n] = 0.0, 1.0, 0.0
            found = _solved(rows, loads)
        for n, (short, switch) in self.short.items():
            missing = float(matrix[n] @ found - right[n]) if n in empty else 0.0
            short.set_value(max(0.0, missing), skip_validation=True)
            switch.set_value(int(n in empty), skip_validation=True)
        return found


def _solved(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    try:
        found = np.linalg.solve(matrix, right)
    except np.linalg.LinAlgError:
        found = np.full(len(right), np.inf)
    if not np.all(np.abs(found) < LARGEST):  # what only goes round in a ring has any content
        found = np.linalg.lstsq(matrix, right, rcond=None)[0]
    return np.asarray(found)


def _linear(whole: Settled, expression: Any) -> Linear:
    form = generate_standard_repn(expression, quadratic=False)
    return _of_terms(whole, float(form.constant), list(zip(form.linear_coefs, form.linear_vars, strict=True)))


def _of_terms(whole: Settled, constant: float, terms: list[tuple[Any, Any]]) -> Linear:
    coefficients = np.array([float(c) for c, _ in terms])
    return constant, coefficients, np.array([whole.place(v) for _, v in terms], dtype=int)


def _worth(line: Linear, x: np.ndarray) -> float:
    constant, coefficients, places = line
    return constant + float(coefficients @ x[places])


def _room(m: pyo.ConcreteModel, i: str, t: str) -> float:
    return max((float(amount_of(m, way, t).ub or 0.0) for way in m.ways[i]), default=1.0)


def excess(m: pyo.ConcreteModel) -> float:
    """Largest violation of a row of the model that loads or contents are in, in its values."""
    return max((_violation(row) for row in loaded_rows(m)), default=0.0)


def loaded_rows(m: pyo.ConcreteModel) -> list[pyo.Constraint]:
    """Rows that hold loads or contents other than those that define them, as they are active now."""
    names = (
        "least_load", "most_load", "highest_in_mixture", "lowest_in_mixture", "highest_outside", "lowest_outside",
        "fits_alone", "fits_alone_below", "fits_other", "fits_other_below", "held", "limit", "limit_with_price",
        "softened", "highest_leaving", "lowest_leaving",
    )  # fmt: skip
    components = (m.find_component(name) for name in names)  # the last three are of the diagnosis alone
    return [row for component in components if component is not None for row in component.values() if row.active]


def _violation(row: pyo.Constraint) -> float:
    body = float(pyo.value(row.body))
    over = body - float(pyo.value(row.upper)) if row.upper is not None else 0.0
    under = float(pyo.value(row.lower)) - body if row.lower is not None else 0.0
    return max(0.0, over, under)
