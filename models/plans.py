"""Plans of a park whose outlets mix: from contents given, from relaxed solutions, from points drawn at random.

Contents given leave a linear model with all its whole numbers free. The whole numbers of a relaxed solution are kept
while flows and contents are improved (``slp``). Where that leads to nothing better, whole numbers but those of who
stands where are let go and may be broken: what is left is a smooth problem with few local optima, found from contents
that are guessed, and from flows and contents drawn at random. Whole numbers follow near each of the best (``around``),
then flows and contents again. Contents and loads of every plan are those that its flows have (``contents``).
"""

import math
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import pyomo.environ as pyo

from . import around, contents, products, slp
from . import solve as bridge
from .mixing import amount_of
from .solution import NoSolution
from .solve import Options, Result, asked, relative_gap
from .values import Values, holds, restore, snapshot

#: Points from guessed contents are many, and worth no more than two prices of a violation each.
GUESSED = slp.Rule(penalties=(1.0, 100.0))
#: Points drawn at random need not be found to the last digit.
ROUGH = replace(GUESSED, gain=1e-5, steps=40)
#: Seconds that a plan without anything shared may take, though time be up [s].
LEAST = 2.0


@dataclass(frozen=True)
class Rule:
    """How long to look.

    Attributes
    ----------
    rounds
        Most rounds of refinement.
    patience, closing
        It ends where so many rounds leave more than this share of the gap.
    levels, anew
        Shares of their ranges at which contents are guessed, where a relaxed solution leads to nothing better, and in
        the first of so many rounds.
    scattered, proposals
        Points drawn at random in a round; how many of what they lead to are made plans of.
    gain
        Least share of the goal that a plan gains for its contents to be booked anew.
    close
        Plans are looked for near those that are worse than the best by less than this share.
    alike
        Goals that differ by a smaller share are of the same point.
    split
        Most contents divided in a round.
    near
        Contents are divided whose error is at least this share of the largest.
    inside
        Where in a piece it is cut at the soonest, as a share of it.
    solves
        Most linear programs of a tightening.
    nodes
        Most nodes of the tree of one mixed-integer program.
    share, few
        Share of what is left of a time limit for one mixed-integer program, and for work on plans.
    feasible
        Largest violation of a row in a plan that is offered as a start.
    laws
        Power laws are worth a global solve where SCIP is installed and nobody asked for HiGHS alone.
    """

    rounds: int = 25
    patience: int = 6
    closing: float = 0.9
    levels: tuple[float, ...] = (0.02, 0.1, 0.3, 0.6, 0.9)
    anew: int = 4
    scattered: int = 60
    proposals: int = 3
    gain: float = 1e-6
    close: float = 0.05
    alike: float = 1e-4
    split: int = 6
    near: float = 0.3
    inside: float = 0.2
    solves: int = 400
    nodes: int = 5_000
    share: float = 0.5
    few: float = 0.2
    feasible: float = 1e-6
    laws: bool = True


class Plans:
    """The best plan so far, and how to come by a better one.

    Attributes
    ----------
    best, plan, plan_from
        Goal of the best plan, the values of all variables in it, and what it came from.
    bound
        Bound of the goal, written by whoever knows one.
    """

    def __init__(self, m: pyo.ConcreteModel, options: Options, rule: Rule) -> None:
        self.m, self.options, self.rule = m, options, rule
        self.begun = time.perf_counter()
        self.end = math.inf if options.time_limit is None else self.begun + options.time_limit
        self.best, self.plan, self.bound = math.inf, snapshot(m), -math.inf
        self.plan_from = ""
        self.nodes = 0
        self.interrupted = False
        self.drawn = random.Random(options.seed)
        #: goals of points with broken whole numbers that were made plans of
        self.tried: list[float] = []
        #: who stands where, facilities apart
        self.sites = [v for (k, _), v in m.sited.items() if k not in m.FACILITIES]

    def done(self) -> bool:
        """Whether to stop: plan and bound meet, time is up, or somebody asks."""
        self.interrupted = self.interrupted or asked(self.options.interrupt)
        closed = math.isfinite(self.best) and relative_gap(self.best, self.bound) <= self.options.gap
        return closed or self.interrupted or time.perf_counter() >= self.end

    def offered(self) -> None:
        """Take the values of the model as a plan, if they are one."""
        contents.settle(self.m)
        if contents.excess(self.m) <= self.rule.feasible:
            self.take(_goal(self.m), "a plan known before")

    def take(self, goal: float, source: str) -> None:
        """Take the values of the model for the best plan, if they are better."""
        if goal < self.best:
            self.best, self.plan, self.plan_from = goal, snapshot(self.m), source

    def improved(self, source: str, *, anew: bool = False) -> None:
        """Plan from the whole numbers in the values of the model; ``anew``: and from guessed contents in any case."""
        left = replace(self.options, time_limit=self.left(1.0))
        values, before = snapshot(self.m), self.best
        goal = slp.improve(self.m, left)
        if goal is not None:
            self.take(goal, source)
        if anew or not self.gained(before):
            self.opened(values, source)

    def gained(self, before: float) -> bool:
        """Whether the best plan is better than a goal by more than nothing."""
        return math.isfinite(self.best) and self.best < before - self.rule.gain * abs(self.best)

    def opened(self, values: Values, source: str) -> None:
        """Plans from guessed contents: whole numbers but those of sites let go."""
        left = replace(self.options, time_limit=self.left(self.rule.few))

        def starts() -> Iterator[tuple[float, Values]]:
            for level in self.rule.levels:
                if self.done():
                    return
                restore(values)
                goal = slp.improve(self.m, left, GUESSED, kept=self.sites, level=partial(float, level))
                if goal is not None:
                    yield goal, snapshot(self.m)

        self._proposed(starts(), source)

    def scattered(self) -> None:
        """Plans from flows and contents drawn at random: whole numbers but those of sites let go."""
        end = math.inf if math.isinf(self.end) else time.perf_counter() + (self.left(self.rule.few) or 0.0)
        values = self.plan

        def starts() -> Iterator[tuple[float, Values]]:
            for _ in range(self.rule.scattered):
                if time.perf_counter() >= end or asked(self.options.interrupt):
                    return
                restore(values)
                for way in self.m.WAYS:
                    drawn = self.m.largest[way] * self.drawn.random()
                    amount_of(self.m, way[:3], way[3]).set_value(drawn, skip_validation=True)
                left = replace(self.options, time_limit=self.left(self.rule.few))
                goal = slp.improve(self.m, left, ROUGH, kept=self.sites, level=self.drawn.random)
                if goal is not None:
                    yield goal, snapshot(self.m)

        self._proposed(starts(), "a point drawn at random")

    def _proposed(self, starts: Iterator[tuple[float, Values]], source: str) -> None:
        """Plans near the best of some points whose whole numbers are broken."""
        known: list[tuple[float, Values]] = []
        for goal, values in starts:
            if all(abs(goal - other) > self.rule.alike * abs(goal) for other in (*self.tried, *(g for g, _ in known))):
                known.append((goal, values))
        known.sort(key=lambda found: found[0])
        for goal, values in known[: self.rule.proposals]:
            if goal >= self.best or self.done():
                break
            self.tried.append(goal)
            restore(values)
            left = replace(self.options, time_limit=self.left(self.rule.few))
            if around.propose(self.m, left, around.Rule()) is None:
                continue
            found = slp.improve(self.m, left)
            if found is not None:
                self._near(found, source)

    def _near(self, goal: float, source: str) -> None:
        """Take the plan in the values of the model, or a better one near it if it is worth looking there."""
        before = self.best
        self.take(goal, source)
        if goal < before + self.rule.close * abs(goal) and not self.done():
            found, plan = around.Around(self.m, self.options, self.left).search(goal, snapshot(self.m))
            restore(plan)
            self.take(found, f"a plan near {source}")

    def left(self, share: float) -> float | None:
        """Share of what is left of the time limit [s]; None without one."""
        return None if math.isinf(self.end) else max(0.0, share * (self.end - time.perf_counter()))

    def _book(self) -> None:
        """Book the contents that the values of the model hold."""
        products.unbound(self.m)
        for i, k, t in self.m.booked:
            low, high = self.m.content[i, k, t].bounds
            self.m.booked[i, k, t] = min(high, max(low, self.m.content[i, k, t].value))

    def booked(self, source: str) -> None:
        """Plan with contents given as they are booked, all whole numbers free."""
        if self.done():
            return
        products.switch(self.m, "fixed")
        try:
            result = self.solved(max(self.options.gap, 1e-4))
        except NoSolution as end:
            if end.reason == "unbounded":
                raise
            self.interrupted = self.interrupted or end.reason == "interrupted"
            return
        finally:
            products.switch(self.m, "relaxed")
        self.nodes += result.nodes
        self.interrupted = self.interrupted or result.interrupted
        contents.settle(self.m)
        goal = slp.improve(self.m, replace(self.options, time_limit=self.left(1.0)))
        if goal is not None:
            self.take(goal, source)

    def unshared(self) -> None:
        """Plan in which nothing new is shared and no own measure taken: what there is where nothing else is found."""
        switches = [(switch, switch.value) for switch in (self.m.shared, self.m.measures)]
        for switch, _ in switches:
            switch.set_value(0)
        products.unbound(self.m)
        least = max(LEAST, self.left(self.rule.few) or 0.0)
        left = replace(self.options, time_limit=None if math.isinf(self.end) else least)
        if self.interrupted:  # somebody waits, and would rather have this plan than none
            left = replace(left, time_limit=LEAST, interrupt=None)
        try:
            bridge.solve(self.m, replace(left, gap=1e-4, node_limit=self.rule.nodes, start=False, progress=None))
            alone = slp.improve(self.m, left)
        except NoSolution:
            return
        finally:
            for switch, value in switches:
                switch.set_value(value)
        if alone is None or not holds(
            self.m, self.rule.feasible
        ):  # it need not be a plan: a rule may ask for something shared
            return
        goal = slp.improve(self.m, left)
        if goal is not None:
            self.take(goal, "nothing shared")

    def again(self) -> None:
        """Plan with the contents of the best plan booked."""
        restore(self.plan)
        self._book()
        self.booked("contents of the plan before")

    def solved(self, gap: float) -> Result:
        """Solve the model as it stands, within the limits of one mixed-integer program."""
        nodes = self.rule.nodes
        if self.options.node_limit is not None:
            nodes = max(1, min(nodes, self.options.node_limit - self.nodes))
        left = self.left(self.rule.share)
        options = replace(self.options, gap=gap, time_limit=left, node_limit=nodes, start=False, progress=None)
        return bridge.solve(self.m, options)


def _goal(m: pyo.ConcreteModel) -> float:
    return float(pyo.value(next(m.component_data_objects(pyo.Objective, active=True))))
