"""Plain data of a solved model: values, accounts and totals, money unscaled."""

import dataclasses
from collections.abc import Callable, Mapping

import pyomo.environ as pyo

from . import cascade, credits, equipment, power
from .indicators import parts
from .instance import Instance
from .links import by_option
from .mains import netted
from .solution import Solution, Stage, Status
from .solve import Progress, Result, relative_gap, status_of
from .tidy import tidy


class Money:
    """Which accounts, totals and goals are money, and so scaled."""

    def __init__(self, d: Instance) -> None:
        self.scale = d.money_scale
        self.accounts = {a for a, unit in d.accounts.items() if unit.split("/")[0] == "money"}
        self.totals = {n for n, weights in d.totals.items() if any(a in self.accounts for a in weights)}
        if d.money_scale != 1.0 and not self.accounts:
            raise ValueError('money is scaled, but no account has the unit "money" or "money/yr"')
        for n in self.totals:
            if not set(d.totals[n]) <= self.accounts:
                raise ValueError(f"total {n!r} adds money and something else")

    def of_account(self, account: str) -> float:
        """Currency units in one unit of an account; 1 where it is no money."""
        return self.scale if account in self.accounts else 1.0

    def of_total(self, total: str) -> float:
        """Currency units in one unit of a total; 1 where it is no money."""
        return self.scale if total in self.totals else 1.0

    def factor(self, goal: str) -> float:
        """Currency units in one unit of a goal; 1 where it is no money."""
        return self.scale if goal == "cost" else 1.0

    def told(self, progress: Callable[[Progress], None] | None, goal: str) -> Callable[[Progress], None] | None:
        """Progress in the unit of the goal."""
        factor = self.factor(goal)
        if progress is None or factor == 1.0:
            return progress

        def tell(seen: Progress) -> None:
            progress(dataclasses.replace(seen, incumbent=seen.incumbent * factor, bound=seen.bound * factor))

        return tell


def stage_of(goal: str, result: Result, money: Money, name: str | None = None) -> Stage:
    """How one solve ended, in the unit of its goal."""
    factor = money.factor(goal)
    return Stage(
        name or goal,
        result.objective * factor,
        result.bound * factor,
        result.gap,
        result.seconds,
        result.nodes,
        result.status,
    )


def read(
    model: pyo.ConcreteModel, money: Money, stages: list[Stage], last: Result, facts: Mapping[str, float]
) -> Solution:
    """Plain data of a solved model, its power laws worked out for the capacities that their chords led to."""
    credits.fill(model)
    cascade.settle(model)
    equipment.settle(model)
    more = power.charge(model) * money.factor("cost")
    stages = [_dearer(stage, more) if more and stage.goal.startswith("cost") else stage for stage in stages]
    values = {
        family: {index: value for index, v in members.items() if (value := sum(map(pyo.value, parts(v)))) > 1e-9}
        for family, members in model.families.items()
    }
    values["pair_flow"] = by_option(model, values)
    values["through"] = netted(model)
    values["beyond"] = {index: value * money.scale for index, value in values["beyond"].items()}
    accounts = {a: pyo.value(model.account[a]) * money.of_account(a) for a in model.ACCOUNTS}
    totals = {n: pyo.value(model.total[n]) * money.of_total(n) for n in model.TOTALS}
    optimal = all(stage.gap <= 1e-6 for stage in stages)
    return Solution(
        Status.OPTIMAL if optimal else Status.FEASIBLE,
        tidy(model.instance, values),
        accounts,
        totals,
        tuple(stages),
        last.interrupted,
        _summed(facts, last.facts),
        last.mixing,
    )


def _dearer(stage: Stage, more: float) -> Stage:
    objective = stage.objective + more
    gap = relative_gap(objective, stage.bound)
    return dataclasses.replace(stage, objective=objective, gap=gap, status=status_of(gap))


def _summed(before: Mapping[str, float], now: Mapping[str, float]) -> dict[str, float]:
    """Facts of several stages: seconds add up, sizes are those of the last."""
    return {
        **before,
        **{name: value + (before.get(name, 0.0) if name.endswith("_s") else 0.0) for name, value in now.items()},
    }
