"""What somebody who knows more than the model sees in a plan, and how a plan is changed for it and solved again."""

import math
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

import pyomo.environ as pyo

from .bilinear import solve
from .instance import ExchangeId, OptionId, State
from .network import MainId, StretchId
from .solution import NoSolution, Solution, Status
from .solve import Options, Result, asked, relative_gap
from .trim import trim
from .values import Values, snapshot

#: Most nodes of a search for a changed plan, and its gap: that of the plan may be wide, and most of it is held.
NODES, GAP = 500, 1e-4
#: Share of what is left of a time limit that one search may take.
SHARE = 0.5


@dataclass(frozen=True)
class Failing:
    """A pipe that fails in a loop of its main.

    Attributes
    ----------
    loop
        Stretches that close the loop, its own among them; its own alone where pipes of two sizes lie side by side.
    beside
        Of these, the stretches of the other way round: wider pipes there take flow off it.
    too_narrow
        A wider pipe may help; it does not where the flow takes a forbidden direction.
    """

    main: MainId
    stretch: StretchId
    loop: tuple[StretchId, ...]
    beside: tuple[StretchId, ...] = ()
    too_narrow: bool = True


@dataclass(frozen=True)
class Cold:
    """An exchange over a main that arrives too cold (of what cools: too warm) in a state.

    Attributes
    ----------
    factor
        Times what arrives now would arrive as it must, all others being as they are; infinite where no flow would.
    """

    main: MainId
    exchange: ExchangeId
    option: OptionId
    state: State
    factor: float = math.inf


@dataclass(frozen=True)
class Seen:
    """What a look at a plan says.

    Attributes
    ----------
    failing
        Pipes in loops that fail.
    unknown
        Mains of which that could not be told.
    cold
        Exchanges over mains that arrive too cold.
    circling
        Mains of which that could not be told.
    """

    failing: tuple[Failing, ...] = ()
    unknown: frozenset[MainId] = frozenset()
    cold: tuple[Cold, ...] = ()
    circling: frozenset[MainId] = frozenset()

    def fails(self) -> set[MainId]:
        """Mains with pipes that fail."""
        return {pipe.main for pipe in self.failing}

    def chills(self) -> set[MainId]:
        """Mains of which an exchange arrives too cold."""
        return {one.main for one in self.cold}

    def is_no_worse_than(self, other: "Seen") -> bool:
        """Whether nothing fails, arrives too cold or is unknown where it did not in another plan."""
        pipes = self.fails() <= other.fails() and self.unknown <= other.unknown
        return pipes and self.chills() <= other.chills() and self.circling <= other.circling


Look = Callable[[Solution], Seen]


@dataclass(frozen=True)
class Tried:
    """A plan that passes the look for one more main.

    Attributes
    ----------
    result
        With its objective, and the bound of the search for the plan before it.
    values
        Of the variables of its model.
    seen
        What a look at it says.
    """

    result: Result
    values: Values
    seen: Seen


@dataclass(frozen=True)
class Job:
    """A main to mend.

    Attributes
    ----------
    first
        The result of the plan that was found before.
    before
        What was seen in that plan.
    look
        Says what fails in the plan that the model holds now.
    options
        Of the search of each try.
    end
        When to have done, by the clock of ``time.perf_counter`` [s].
    """

    main: MainId
    first: Result
    before: Seen
    look: Callable[[], Seen]
    options: Options
    end: float

    def is_over(self) -> bool:
        """Whether its time is up, or somebody wants it to end."""
        return time.perf_counter() >= self.end or asked(self.options.interrupt)

    def solved(self, m: pyo.ConcreteModel, free: Collection[int]) -> Result | None:
        """Solve with only some whole numbers free (by id), in the time that is left; None where there is no plan."""
        return _solved_again(m, free, _within(self.options, self.end))

    def passed(self, m: pyo.ConcreteModel, found: Result, seen: Seen) -> Tried | None:
        """The plan that a model holds and in which the main works; None where something else is worse than before."""
        if not seen.is_no_worse_than(self.before):
            return None
        return Tried(_with_bound_of(self.first, found), snapshot(m), seen)


def _solved_again(m: pyo.ConcreteModel, free: Collection[int], options: Options) -> Result | None:
    """Solve with only some whole numbers free (by id), without what is then idle; None where there is no plan.

    What is built of a facility or a link may be of another size.
    """
    free = {*free, *choices(m)}
    whole = [v for v in m.component_data_objects(pyo.Var) if not (v.is_continuous() or v.fixed or id(v) in free)]
    for v in whole:
        v.fix(round(v.value or 0.0))
    try:
        found = solve(m, options)
    except NoSolution:
        return None
    finally:
        for v in whole:
            v.unfix()
    return trim(m, found, options)


def choices(m: pyo.ConcreteModel) -> set[int]:
    """Whole numbers, by id, of what is built, that do not say whether it is: lines of investment and sizes of links."""
    lines = {k for k, g in m.SEGMENTS if (m.opened[k, g].value or 0.0) > 0.5}
    found = {id(m.opened[k, g]) for k, g in m.SEGMENTS if k in lines}
    links = {e for e, s in m.OPTIONS if (m.built[e, s].value or 0.0) > 0.5}
    return found | {id(m.built[e, s]) for e, s in m.OPTIONS if e in links}


def _within(options: Options, end: float) -> Options:
    """Options of one search of several that end by a time."""
    left = None if math.isinf(end) else max(0.0, SHARE * (end - time.perf_counter()))
    nodes = NODES if options.node_limit is None else min(NODES, options.node_limit)
    return replace(options, gap=min(GAP, options.gap), time_limit=left, node_limit=nodes, progress=None, start=False)


def _with_bound_of(first: Result, found: Result) -> Result:
    """The first result with the objective of another plan; its bound holds for that, too."""
    bound = min(first.bound, found.objective)
    gap = relative_gap(found.objective, bound)
    status = Status.OPTIMAL if gap <= 1e-6 else Status.FEASIBLE
    interrupted = first.interrupted or found.interrupted
    return replace(first, objective=found.objective, bound=bound, gap=gap, status=status, interrupted=interrupted)
