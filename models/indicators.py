"""Indicators: accounts and totals, the named expressions that every reported figure comes from.

    account[a] = sum over families F and their indices x of w_t effect_F(x, a) F[x]              I1, a definition
    total[n]   = sum_a weight(n, a) account[a]                                                   I2, a definition

w_t is the weight of the state t where the index has one, else 1. Money is in units of ``Instance.money_scale``.
"""

from collections.abc import Mapping
from typing import Any

import pyomo.environ as pyo
from pyomo.core.expr import LinearExpression

from .families import FAMILIES
from .instance import Instance

Families = Mapping[str, Mapping[tuple[str, ...], Any]]
Booked = Mapping[tuple[str, ...], Mapping[str, float]]
Terms = dict[str, tuple[list[float], list[Any]]]
#: Families whose index ends in a state.
BY_STATE = (
    "flow",
    "pair_flow",
    "supplied",
    "discharged",
    "sold",
    "activity",
    "arrived",
    "through",
    "run",
    "let_out",
    "charged",
    "drawn",
    "recovered",
    "medium",
    "credited",
)


def add(m: pyo.ConcreteModel, d: Instance) -> None:
    """Accounts and totals; after everything that carries effects."""
    #: family -> index -> variable, in the words of the instance
    m.families = _families(m, d)
    terms: Terms = {a: ([], []) for a in d.accounts}
    for family, effects in d.effects.items():
        _gather(terms, d, family, effects, m.families)
    m.ACCOUNTS = pyo.Set(initialize=list(d.accounts))
    m.account = pyo.Expression(
        m.ACCOUNTS, initialize={a: _sum(coefs, variables) for a, (coefs, variables) in terms.items()}
    )
    m.TOTALS = pyo.Set(initialize=list(d.totals))
    m.total = pyo.Expression(
        m.TOTALS, rule=lambda m, n: pyo.quicksum(weight * m.account[a] for a, weight in d.totals[n].items())
    )


def _families(m: pyo.ConcreteModel, d: Instance) -> Families:
    booked = {index[0] for index in d.effects.get("sited", {})}
    return {
        "sited": {**m.sited, **{index: v for index, v in m.standing.items() if index[0] in booked}},
        "ground": dict(m.ground),
        "built": dict(m.built),
        "link": m.runs,
        "flow": dict(m.flow),
        "pair_flow": m.carries,
        "supplied": dict(m.supplied),
        "discharged": dict(m.discharged),
        "sold": dict(m.sold),
        "opened": dict(m.opened),
        "capacity": dict(m.capacity),
        "activity": dict(m.activity),
        "rated_in": {(k,): v for k, v in m.rated_in.items()},
        "rated_out": {(k,): v for k, v in m.rated_out.items()},
        "charged": dict(m.charged),
        "drawn": dict(m.drawn),
        "between": {(k, str(n)): v for (k, n), v in m.between.items()},
        "medium": dict(m.medium),
        "recovered": dict(m.recovered),
        "duty": {(c,): v for c, v in m.duty.items()},
        "rated": {(n,): v for n, v in m.rated.items()},
        "expanded": {(name,): v for name, v in m.expanded.items()},
        "arrived": dict(m.arrived),
        "laid": dict(m.laid),
        "sized": dict(m.sized),
        "through": m.through,
        "fitted": dict(m.fitted),
        "working": {(n,): v for n, v in m.working.items()},
        "dug": {(a,): v for a, v in m.dug.items()},
        "path": dict(m.path),
        "detour": dict(m.detour),
        "credited": dict(m.credited),
        "run": dict(m.run),
        "share": {(o,): v for o, v in m.share.items()},
        "let_out": m.let_out,
        "beyond": {(k,): v for k, v in m.beyond.items()},
    }


def parts(member: Any) -> list[Any]:
    """Variables whose sum is a member of a family: itself, or its parts."""
    return member if isinstance(member, list) else [member]


def _gather(terms: Terms, d: Instance, family: str, effects: Booked, families: Families) -> None:
    if family not in FAMILIES:
        raise ValueError(f"effects of an unknown family {family!r}; known: {', '.join(FAMILIES)}")
    variables = families[family]
    for index, booked in effects.items():
        if index not in variables:
            raise ValueError(f"effects of {family} {index}, which is no variable of the model")
        weight = d.states[index[-1]].weight if family in BY_STATE else 1.0
        for account, effect in booked.items():
            if account not in terms:
                raise ValueError(f"effect of {family} {index} on an unknown account {account!r}")
            if effect:
                for variable in parts(variables[index]):
                    terms[account][0].append(weight * effect)
                    terms[account][1].append(variable)


def _sum(coefs: list[float], variables: list[Any]) -> Any:
    if not coefs:
        return 0.0
    return LinearExpression(constant=0, linear_coefs=coefs, linear_vars=variables)
