"""Goals: what the plan makes least.

    min  goal_value[g]                                          the goal g that is aimed at      (G1)
    goal_value[h] <= held_at[h]                                 h a goal held from an earlier stage (G2)
    min  sum_{k,p} elsewhere[k,p] sited[k,p]                    the baseline's last tie          (G3)

goal_value["cost"] = total annual cost - margin + shadow price of carbon; "co2e", "waste" and "fresh_water" are the
totals of that name. One objective is active at a time; (G2) is switched off unless :func:`hold` says otherwise.
elsewhere[k,p] is 1 for all places of k but the plan's: of baselines that are equal in every goal, the one that moves
fewest units is the easiest to compare with the plan, firm by firm.
"""

from collections.abc import Mapping
from typing import Any

import pyomo.environ as pyo

from .instance import Instance

GOALS = ("cost", "co2e", "waste", "fresh_water")


def add(m: pyo.ConcreteModel, d: Instance) -> None:
    """Objectives, one a goal, and the rows that hold a goal; least cost is active."""
    m.GOALS = pyo.Set(initialize=GOALS)
    m.goal_value = pyo.Expression(m.GOALS, rule=lambda m, g: _goal(m, g))
    m.held_at = pyo.Param(m.GOALS, mutable=True, initialize=0.0, doc="largest value of a goal held")

    @m.Objective(m.GOALS, sense=pyo.minimize, doc="G1")
    def goal(m, g):
        return m.goal_value[g]

    @m.Constraint(m.GOALS, doc="G2")
    def held(m, g):
        return m.goal_value[g] <= m.held_at[g]

    m.elsewhere = pyo.Param(m.SITINGS, mutable=True, initialize=0, doc="1 where k stands elsewhere than in the plan")

    @m.Objective(sense=pyo.minimize, doc="G3")
    def moves(m):
        return pyo.quicksum(m.elsewhere[k, p] * m.sited[k, p] for k, p in m.SITINGS)

    release(m)
    aim(m, "cost")


def _goal(m: pyo.ConcreteModel, g: str) -> Any:
    return cost(m) if g == "cost" else m.total[g] + 0.0


def cost(m: pyo.ConcreteModel) -> Any:
    """What the goal "cost" makes least, in the variables of a model."""
    return m.total["total_annual_cost"] - m.total["margin"] + m.total["shadow_carbon"]


def aim(m: pyo.ConcreteModel, goal: str) -> None:
    """Make one goal the objective."""
    if goal not in GOALS:
        raise ValueError(f"no such goal {goal!r}; known: {', '.join(GOALS)}")
    m.goal.deactivate()
    m.moves.deactivate()
    m.goal[goal].activate()


def stay(m: pyo.ConcreteModel, places: Mapping[str, str]) -> None:
    """Make the number of units that stand elsewhere than on ``places`` the objective."""
    for k, p in m.SITINGS:
        m.elsewhere[k, p] = int(k in places and places[k] != p)
    m.goal.deactivate()
    m.moves.activate()


def hold(m: pyo.ConcreteModel, goal: str, largest: float) -> None:
    """Keep a goal at or below a value while another is aimed at."""
    m.held_at[goal] = largest
    m.held[goal].activate()


def release(m: pyo.ConcreteModel) -> None:
    """Hold no goal."""
    m.held.deactivate()
