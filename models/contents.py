"""Contents of outlets from the flows in a model's values: a linear system for each component and state.

    content[i] weight_i make[i] - kept_i sum of content[n] weight_n (what arrives from outlet n at an inlet of i)
        = kept_i (load that comes from sources of given content and from supplies) + picked_i

Whatever a search says of contents and loads, these are the ones that its flows have.
"""

import numpy as np
import pyomo.environ as pyo

from .instance import Instance
from .mixing import amount_of

#: An outlet that gives less than this, as a share of the most it can give, is idle: any content is as good.
IDLE = 1e-9


def settle(m: pyo.ConcreteModel) -> None:
    """Write the contents and loads that follow from the flows into the values of a model."""
    d: Instance = m.instance
    for t in d.states:
        for k in dict.fromkeys(k for _, k in m.OUTLETS):
            outlets = [i for i, c in m.OUTLETS if c == k]
            for i, content in zip(outlets, _contents(m, outlets, k, t), strict=True):
                _write(m, i, k, t, content)


def _contents(m: pyo.ConcreteModel, outlets: list[str], k: str, t: str) -> list[float]:
    d: Instance = m.instance
    assert d.mixing is not None
    number = {i: n for n, i in enumerate(outlets)}
    into: dict[str, list[str]] = {}
    for e, x in d.exchanges.items():
        into.setdefault(x.sink, []).append(e)
    matrix, right = np.zeros((len(outlets), len(outlets))), np.zeros(len(outlets))
    for i in outlets:
        for way in (*m.ways[i], *m.arrivals[i]):
            m.borne[(*way, k, t)].set_value(0.0, skip_validation=True)
    for i in outlets:
        n, data = number[i], d.mixing.outlets[i]
        weight = d.mixing.weights[i][k]
        made = max(0.0, float(pyo.value(m.make[i, t])))
        if made <= IDLE * max(1.0, _room(m, i, t)):
            matrix[n, n] = 1.0
            right[n] = _within(m, i, k, t, m.content[i, k, t].value)
            continue
        matrix[n, n] += weight * made
        right[n] = float(pyo.value(m.taken_in[i, k, t]))  # all loads of outlets are 0 here
        for j in data.inlets:
            for e in into.get(j, ()):
                giver = d.exchanges[e].source
                if giver in number:
                    matrix[n, number[giver]] -= data.kept[k] * d.mixing.weights[giver][k] * _arrived(m, e, t)
    found, *_ = np.linalg.lstsq(matrix, right, rcond=None)
    return [float(value) for value in found]


def _room(m: pyo.ConcreteModel, i: str, t: str) -> float:
    return max((float(amount_of(m, way, t).ub or 0.0) for way in m.ways[i]), default=1.0)


def _within(m: pyo.ConcreteModel, i: str, k: str, t: str, value: float | None) -> float:
    x = m.instance.mixing.outlets[i]
    low, high = x.lowest.get(k, 0.0), x.highest[k]
    return float(high if value is None else min(high, max(low, float(value))))


def _arrived(m: pyo.ConcreteModel, e: str, t: str) -> float:
    """What arrives by an exchange [unit of the source/yr]."""
    found = 0.0
    for s in m.instance.exchanges[e].options:
        found += float(m.flow[e, s, t].value or 0.0)
        found -= float(pyo.value(m.lost[e, s, t])) if (e, s) in m.LOSSY else 0.0
    return max(0.0, found)


def _write(m: pyo.ConcreteModel, i: str, k: str, t: str, content: float) -> None:
    weight = m.instance.mixing.weights[i][k]
    m.content[i, k, t].set_value(content, skip_validation=True)
    for way in (*m.ways[i], *m.arrivals[i]):
        amount = float(amount_of(m, way, t).value or 0.0)
        m.borne[(*way, k, t)].set_value(weight * content * amount, skip_validation=True)


def excess(m: pyo.ConcreteModel) -> float:
    """Largest violation of a row of the model that loads or contents are in, in its values."""
    return max((_violation(row) for row in loaded_rows(m)), default=0.0)


def loaded_rows(m: pyo.ConcreteModel) -> list[pyo.Constraint]:
    """Rows that hold loads or contents other than those that define them, as they are active now."""
    names = (
        "least_load", "most_load", "highest_in_mixture", "lowest_in_mixture", "highest_outside", "lowest_outside",
        "fits_alone", "fits_alone_below", "fits_other", "fits_other_below", "held", "limit", "limit_with_price",
    )  # fmt: skip
    return [row for name in names for row in getattr(m, name).values() if row.active]


def _violation(row: pyo.Constraint) -> float:
    body = float(pyo.value(row.body))
    over = body - float(pyo.value(row.upper)) if row.upper is not None else 0.0
    under = float(pyo.value(row.lower)) - body if row.lower is not None else 0.0
    return max(0.0, over, under)
