"""Losing partners: what is built stays, nothing is invested that own supply does not need, flows are sent anew.

    min  cost - sum_v sunk_v v                                  v built in the plan              (y1)
    v <= v in the plan, or in the baseline, or free             v a decision to build            (y2)
    capacity[k,g] = capacity in the plan opened[k,g]            k built in the plan              (y3)
    sized[n,a,z] = size in the plan laid[n,a,z]                 built in the plan                (y4)
    balance of i + stranded[i,t] = 0                            i a source of a plant or partner (y5)
    balance of j + unmet[j,t] = 0                               j a sink of a plant or partner   (y6)
    min  sum unmet[j,t] / need_jt + sum stranded[i,t] / made_it                                  (y7)
    sum unmet / need + sum stranded / made <= least of (y7)                                      (y8)

sunk_v is what v costs by its capital: that is paid whether v is in service or not, so that it must not be saved by
taking v out. What is built may rest. What the baseline builds may be built, at its price: it is how a plant supplies
itself. What needs no investment at all (a truck, an existing pipe) may be used. Everything else stays unbuilt.

Limits of the whole park do not bind: by how much they are exceeded is told. (y5) to (y8) are needed only where those
who stay cannot run otherwise: then as little as can be, by share of each stream, goes unmet, and only then cost is made
least. Forced exchanges and facilities give way with them.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyomo.environ as pyo

from . import bilinear
from . import goal as goals
from .alone import to_baseline, to_plan
from .indicators import parts
from .instance import Instance, SinkId, SourceId, State, Unit
from .operations import most
from .park import build
from .readback import Money, read, stage_of
from .solution import NoSolution, Solution, Status
from .solve import Options

#: Decisions to build, by family; those that may be larger than in the plan at their price come last.
BUILT = ("sited", "ground", "built", "link", "opened", "capacity", "rated_in", "rated_out", "laid", "sized", "fitted")
OF_WAYS = ("working", "dug", "path", "detour")
EXTENDED = ("duty", "rated", "expanded")
#: Families whose variables are amounts, not decisions of yes or no or pieces of one.
SIZES = ("ground", "capacity", "rated_in", "rated_out", "sized", "detour")
#: What is not open for needing no investment: there is a place, a facility, a trench or a way, or there is none.
CHOSEN = ("sited", "opened", "dug", "path")
#: Less than this share of a stream is nothing: more than what (y8) lets through by its rounding.
NOTHING = 1e-5

Effects = Mapping[str, Mapping[tuple[str, ...], float]]


@dataclass(frozen=True)
class After:
    """The park after some have left.

    Attributes
    ----------
    solution
        Values, as of a plan; totals hold capital only for what is in service: see ``sunk``.
    unmet, stranded
        (Sink or source, state) -> amount a year that nobody supplies, or that goes nowhere.
    exceeded
        Limit of the park -> by how much it is exceeded, in its own unit.
    proven
        Whether no cheaper way is left.
    """

    solution: Solution
    unmet: Mapping[tuple[SinkId, State], float] = field(default_factory=dict)
    stranded: Mapping[tuple[SourceId, State], float] = field(default_factory=dict)
    exceeded: Mapping[str, float] = field(default_factory=dict)
    proven: bool = True


@dataclass
class _Decision:
    """A variable that says what is built, its values in plan and baseline, and what a unit of it costs."""

    family: str
    index: tuple[str, ...]
    variable: Any
    plan: float = 0.0
    baseline: float = 0.0
    sunk: float = 0.0
    free: bool = True


class Exits:
    """One built model of a plan, from which partners are taken.

    Parameters
    ----------
    instance
        The park.
    plan, baseline
        Their values.
    sunk
        Family -> index -> yearly capital cost of a unit of the variable, money unscaled.
    invested
        The same of the investment itself: what needs none is open.
    today
        ``plan`` is a baseline of what is there today: no exchange between plants but those that exist, no new measure.
    """

    def __init__(
        self,
        instance: Instance,
        plan: Solution,
        baseline: Solution,
        sunk: Effects,
        invested: Effects,
        *,
        today: bool = False,
    ) -> None:
        self.instance, self.plan, self.baseline = instance, plan, baseline
        self.model = build(instance)
        self.money = Money(instance)
        bilinear.prepare(self.model)
        goals.aim(self.model, "cost")
        places = {k: p for (k, p), value in plan.values.get("sited", {}).items() if value > 0.5}
        self.tenants = [k for k in self.model.OPTIONAL if k in places]
        if today:
            to_baseline(self.model, self.tenants, "as_is")
        else:
            to_plan(self.model, self.tenants)
        self.model.least_tenants.deactivate()
        self.model.limit.deactivate()
        self._bound(self._decisions(sunk, invested))
        self._as_built()
        self._slacks()

    def without(self, gone: Collection[Unit], options: Options) -> After:
        """The park without these units.

        Raises
        ------
        NoSolution
            If those who stay cannot run at all, or none was found within the limits.
        """
        m = self.model
        for k in m.UNITS:
            m.present[k] = int(k not in gone and self.instance.stands(k) not in gone)
        for k, p in m.SITINGS:
            if self.instance.units[k].kind == "plant":
                m.sited[k, p].fix(int(pyo.value(m.present[k]) and self.plan.value("sited", k, p) > 0.5))
        self._extend(gone)
        self._rigid()
        try:
            result = bilinear.solve(m, options)
        except NoSolution as end:
            if end.reason != "infeasible":
                raise
            result = self._elastic(options)
        if result.interrupted:
            raise KeyboardInterrupt
        found = read(m, self.money, [stage_of("cost", result, self.money)], result, {})
        return After(
            found,
            {key: v for key, v in self._told(m.unmet, m.need)},
            {key: v for key, v in self._told(m.stranded, m.make)},
            dict(self._exceeded()),
            found.status is Status.OPTIMAL,
        )

    def _bound(self, decisions: "Iterable[_Decision]") -> None:
        """y1 and y2: what may be built, and what is paid anyhow."""
        saved = []
        for x in decisions:
            largest, v = max(x.plan, x.baseline), x.variable
            if x.family == "sited" and self.instance.units[x.index[0]].kind in ("plant", "measure"):
                continue  # a plant stands where it stands, and a measure with its host
            if x.family in SIZES:
                if largest > 0.0 or not x.free:
                    v.setub(min(largest * (1.0 + 1e-9), math.inf if v.ub is None else pyo.value(v.ub)))
            elif largest < 0.5 and not (x.free and x.family not in CHOSEN):
                v.fix(0)
            elif largest >= 0.5 and x.family in ("laid", "path"):
                v.setub(min(round(largest), pyo.value(v.ub)))
            if x.plan > 0.0 and x.sunk:
                saved.append(x.sunk / self.money.scale * v)
        self.model.goal_value["cost"].set_value(goals.cost(self.model) - pyo.quicksum(saved))

    def _decisions(self, sunk: Effects, invested: Effects) -> "list[_Decision]":
        """Every decision to build, one variable once, with what all its families say of it."""
        found: dict[int, _Decision] = {}
        for family in (*BUILT, *OF_WAYS):
            for index, member in self.model.families[family].items():
                for v in parts(member):
                    x = found.setdefault(id(v), _Decision(family, index, v))
                    x.plan = max(x.plan, self.plan.value(family, *index))
                    x.baseline = max(x.baseline, self.baseline.value(family, *index))
                    x.sunk += sunk.get(family, {}).get(index, 0.0)
                    x.free = x.free and invested.get(family, {}).get(index, 0.0) <= 0.0
        return list(found.values())

    def _extend(self, gone: Collection[Unit]) -> None:
        """What may be larger than in the plan is no smaller, where its owner stays: it is paid for."""
        m, d = self.model, self.instance
        for family in EXTENDED:
            for index, v in m.families[family].items():
                owner = None
                if family == "duty":
                    owner = d.cascades[index[0]].unit
                elif family == "rated":
                    x = d.equipment[index[0]]
                    owner = (d.sources if x.at_source else d.sinks)[x.stream].unit
                elif d.limits[index[0]].expandable_in_baseline and d.limits[index[0]].expanded_with is None:
                    v.setub(None)
                v.setlb(0.0 if owner in gone else self.plan.value(family, *index) * (1.0 - 1e-9))

    def _as_built(self) -> None:
        m = self.model
        sizes = {index: value for index, value in self.plan.values.get("capacity", {}).items() if index in m.SEGMENTS}

        @m.Constraint(list(sizes), doc="y3")
        def capacity_as_built(m, k, g):
            return m.capacity[k, g] >= sizes[k, g] * (1.0 - 1e-9) * m.opened[k, g]

        pipes = {index: value for index, value in self.plan.values.get("sized", {}).items() if index in m.sized}

        @m.Constraint(list(pipes), doc="y4")
        def size_as_laid(m, n, a, z):
            return m.sized[n, a, z] >= pipes[n, a, z] * (1.0 - 1e-9) * m.laid[n, a, z]

    def _slacks(self) -> None:
        """y5 to y8, switched off."""
        m, d = self.model, self.instance
        tenants = [k for k, unit in d.units.items() if unit.kind in ("plant", "partner")]
        feeds = [i for i, t in m.source_balance if d.sources[i].unit in tenants]
        needs = [j for j, x in d.sinks.items() if x.unit in tenants]
        m.stranded = pyo.Var(list(dict.fromkeys(feeds)), m.STATES, domain=pyo.NonNegativeReals)
        m.unmet = pyo.Var(needs, m.STATES, domain=pyo.NonNegativeReals)

        @m.Constraint(list(m.stranded), doc="y5")
        def source_or_stranded(m, i, t):
            row = m.source_balance[i, t]
            return row.body + m.stranded[i, t] == row.upper

        @m.Constraint(list(m.unmet), doc="y6")
        def sink_or_unmet(m, j, t):
            row = m.sink_balance[j, t]
            return row.body + m.unmet[j, t] == row.upper

        def share(m):
            streams: list[tuple[Any, Mapping[str, Any]]] = [(m.unmet, d.sinks), (m.stranded, d.sources)]
            return pyo.quicksum(
                v / max(most(d, of[stream], t), 1e-6) for slack, of in streams for (stream, t), v in slack.items()
            )

        m.lacking = pyo.Expression(rule=share)
        m.least_lack = pyo.Objective(expr=m.lacking, sense=pyo.minimize, doc="y7")
        m.lack_allowed = pyo.Param(mutable=True, initialize=0.0)
        m.lacks_no_more = pyo.Constraint(expr=m.lacking <= m.lack_allowed, doc="y8")

    def _rigid(self) -> None:
        """Everything is supplied and disposed of."""
        m = self.model
        for slack in (m.stranded, m.unmet):
            slack.fix(0.0)
        for rows in (m.source_or_stranded, m.sink_or_unmet, m.lacks_no_more, m.least_lack):
            rows.deactivate()
        for rows in (m.source_balance, m.sink_balance, *self._forced()):
            rows.activate()
        goals.aim(m, "cost")

    def _elastic(self, options: Options) -> Any:
        """As little as can be goes unmet; then least cost."""
        m = self.model
        for slack in (m.stranded, m.unmet):
            slack.unfix()
        for rows in self._forced():
            rows.deactivate()
        for row, other in ((m.source_balance, m.source_or_stranded), (m.sink_balance, m.sink_or_unmet)):
            other.activate()
            for index in other:
                row[index].deactivate()
        m.goal.deactivate()
        m.least_lack.activate()
        least = bilinear.solve(m, options)
        m.least_lack.deactivate()
        m.lack_allowed.set_value(pyo.value(m.lacking) * (1.0 + 1e-6) + 1e-7)
        m.lacks_no_more.activate()
        goals.aim(m, "cost")
        try:
            return bilinear.solve(m, options)
        except NoSolution:
            if m.mixing_case == bilinear.SEARCHED:
                return least
            raise

    def _forced(self) -> tuple[Any, ...]:
        m = self.model
        return m.forced, m.forced_on_site, m.forced_facility, m.forced_measure

    def _told(self, slack: Any, whole: Any) -> Iterator[tuple[tuple[str, str], float]]:
        """Amounts a year of a slack that are not rounding."""
        for (stream, t), v in slack.items():
            amount = pyo.value(v) if v.value is not None else 0.0
            if amount > max(1e-6, NOTHING * abs(pyo.value(whole[stream, t]))):
                yield (stream, t), amount * self.instance.states[t].weight

    def _exceeded(self) -> Iterator[tuple[str, float]]:
        """Limits of the park that the others exceed."""
        m = self.model
        for name, limit in self.instance.limits.items():
            counted = sum(weight * pyo.value(m.account[a]) for a, weight in limit.weights.items())
            free = max(0.0, pyo.value(m.expanded[limit.expanded_with or name]))
            excess = counted - limit.bound - min(free, limit.max_expansion)
            if excess > 1e-6 * max(1.0, abs(limit.bound)):
                yield name, excess
