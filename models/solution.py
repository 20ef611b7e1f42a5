"""What a solve gives back: plain data, no Pyomo inside."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

#: Fact of a plan that is its own baseline, since the search ended before it found a better one.
ALONE = "alone"


class Status(Enum):
    """How far a solve came."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    """Stopped by a gap or a limit; ``Solution.gap`` says how far from the bound."""


class NoSolution(RuntimeError):  # noqa: N818 - an answer, not a fault
    """The solver ended without a plan; ``reason`` says why.

    Attributes
    ----------
    reason
        "infeasible", "limit" (time or nodes ran out first), "interrupted" or "unbounded".
    bound
        What is known of the goal all the same; -inf where nothing is.
    """

    def __init__(self, reason: str, message: str = "", bound: float = -math.inf) -> None:
        super().__init__(message or reason)
        self.reason, self.bound = reason, bound


@dataclass(frozen=True)
class Stage:
    """One of the solves behind a solution.

    Attributes
    ----------
    goal
        "cost", "co2e", "waste", "fresh_water"; "cost after co2e" for the second stage of a lexicographic goal.
    objective, bound, gap
        In the unit of the goal (money unscaled); gap = |objective - bound| / max(|objective|, 1e-9).
    """

    goal: str
    objective: float
    bound: float
    gap: float
    seconds: float = 0.0
    nodes: int = 0
    status: Status = Status.OPTIMAL


@dataclass(frozen=True)
class Mend:
    """A main that was changed after the plan was found, so that its loops work (see ``models.mend``).

    Attributes
    ----------
    changed
        Stretch -> its pipes before and after: size -> how many.
    opened
        Loops in which pipes failed and that are loops no more, each by its stretches.
    cost
        What it adds to the goal "cost", money unscaled [money/yr].
    """

    main: str
    changed: Mapping[str, tuple[Mapping[str, int], Mapping[str, int]]]
    opened: tuple[tuple[str, ...], ...]
    cost: float


@dataclass(frozen=True)
class Warmed:
    """A main whose use was changed after the plan was found, since some arrived too cold (see ``models.warm``).

    Attributes
    ----------
    changed
        (Exchange, option, state) that arrived too cold, or was asked for more or none -> what arrives, before and after
        [unit/yr].
    cost
        What it adds to the goal "cost", money unscaled [money/yr].
    """

    main: str
    changed: Mapping[tuple[str, str, str], tuple[float, float]]
    cost: float


@dataclass(frozen=True)
class Solution:
    """Values of a solved park.

    Attributes
    ----------
    values
        Family of variables (see ``models.families.FAMILIES``) -> index -> value; values below 1e-9 are left out.
    accounts, totals
        Values of the model's own named expressions; money unscaled (multiplied with ``Instance.money_scale``).
    stages
        The solves behind it, in order.
    interrupted
        True where the user stopped it and this is the best so far.
    """

    status: Status
    values: Mapping[str, Mapping[tuple[str, ...], float]]
    accounts: Mapping[str, float]
    totals: Mapping[str, float]
    stages: tuple[Stage, ...]
    interrupted: bool = False
    facts: Mapping[str, float] = field(default_factory=dict)
    """Facts of the run: columns, rows, star rows, seconds of build, hand-over, solve and read-back."""
    mixing: Mapping[str, str] = field(default_factory=dict)
    """What streams hold: "kind" ("linear", "outlets at their maximum, exact", "relaxed and restricted" or
    "global (SCIP)"), "bound_from", "plan_from"; empty where the case speaks of no quality."""
    mends: tuple[Mend | Warmed, ...] = ()
    """Mains that were changed after the search, in order."""

    @property
    def objective(self) -> float:
        """Objective of the last stage."""
        return self.stages[-1].objective

    @property
    def bound(self) -> float:
        """Bound of the last stage."""
        return self.stages[-1].bound

    @property
    def gap(self) -> float:
        """Largest gap of any stage."""
        return max(stage.gap for stage in self.stages)

    def value(self, family: str, *index: str) -> float:
        """Value of a variable, 0.0 where it is not in the solution."""
        return self.values.get(family, {}).get(index, 0.0)
