"""Values of the variables of a model, kept and written back."""

from typing import Any

import pyomo.environ as pyo

Values = list[tuple[Any, float | None]]


def snapshot(m: pyo.ConcreteModel) -> Values:
    """Values of all variables."""
    return [(v, v.value) for v in m.component_data_objects(pyo.Var)]


def restore(values: Values) -> None:
    """Write values back."""
    for variable, value in values:
        variable.set_value(value, skip_validation=True)


def holds(m: pyo.ConcreteModel, tolerance: float) -> bool:
    """Whether the values of a model keep all its rows, each to a share of it."""
    rows = m.component_data_objects(pyo.Constraint, active=True)
    return all(row.slack() >= -tolerance * (1.0 + abs(pyo.value(row.body))) for row in rows)
