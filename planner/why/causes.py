"""The likely cause why an exchange is not built, at once and without a search.

What the case bars is looked for first, then whether both ends are there and a link joins them, then prices: the
exchange by itself (``planner.screen``) and the plan with this exchange more (``models.marginal``). Each cause says what
it rests on; a search with the exchange forced (``planner.why.again``) goes before it.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from models.marginal import NOTHING, Added
from models.unbuilt import Unbuilt, binding_rows
from planner.report.numbers import amount, in_words
from planner.screen.verdicts import NO_FLOW, NO_HOURS, NO_PERIOD, NOT_DILUTED, TOO_COLD, TOO_FAR

if TYPE_CHECKING:
    from models.instance import ExchangeData
    from planner.assemble.assembly import Assembly

Row = Mapping[Any, Any]
#: Verdict, words, and names of what does it for less, uses it up or stands in its way.
Told = tuple[str, str, tuple[str, ...]]
TODAY, NOW = "what is done today", "what both ends do in the plan"
_NAMED = 3
#: Share of a source or demand that others may leave while they are said to use it up.
_REST = 0.2
#: Why nothing flows, in the words of a screening -> verdict.
_BARRED = {NO_HOURS: "hours", NO_PERIOD: "hours", TOO_COLD: "temperature", TOO_FAR: "too far", NO_FLOW: "forbidden"}


@dataclass(frozen=True)
class Cause:
    """Why an exchange is not built, as far as it is known.

    Attributes
    ----------
    verdict, why, by, basis
        See ``planner.why.words``.
    idle
        What ``why`` says besides of the plan with this exchange more, in which it would lie idle.
    loss
        By how much the park gets worse, unit of the goal; not a number where it is not known.
    added, reduced
        By the plan's prices; see ``models.marginal``. Money unscaled.
    """

    verdict: str
    why: str
    by: tuple[str, ...] = ()
    basis: str = "the case"
    loss: float = math.nan
    added: Added | None = None
    reduced: float = math.nan
    idle: str = ""


@dataclass
class Causes:
    """Looks for causes in one plan.

    Attributes
    ----------
    assembly, unbuilt
        The case, and the model that holds its plan.
    unit
        Of the goal, in words.
    tolerance
        Differences of the goal up to this are none.
    units
        Resource -> its unit.
    reach
        Resource -> the longest way of any link that carries it [km], where each has one.
    qualities
        Quality -> its unit, of those whose mixtures hold the mean.
    """

    assembly: "Assembly"
    unbuilt: Unbuilt
    unit: str
    goal: str
    tolerance: float
    units: Mapping[str, str] = field(default_factory=dict)
    reach: Mapping[str, float] = field(default_factory=dict)
    qualities: Mapping[str, str] = field(default_factory=dict)
    _rest: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.instance = self.assembly.instance
        self.kept = self.unbuilt.kept
        self.built = {e for e, _ in self.kept.built}
        self.flows = flows_of(self.unbuilt.plan.values, self.instance.states)

    def of(self, row: Row) -> Cause:
        """The likely cause of a row of a screening."""
        name = str(row["exchange"])
        barred = self._barred(row)
        if barred is not None:
            return barred
        data = self.instance.exchanges.get(name)
        if data is None:
            return Cause("no way", "no link of the case joins places on which both ends may stand")
        return self._absent(data) or self._by_price(row, data, name)

    def _barred(self, row: Row) -> Cause | None:
        """What the case, the law or nature bars."""
        name = str(row["exchange"])
        found = [one for one in self.assembly.barred if one.exchange == name]
        law = [one.why for one in found if one.quality is None]
        if row["compliance"] == "no" or law:
            return Cause("forbidden", "; ".join(law) or str(row["compliance_why"]))
        if found:
            return Cause("quality", str(row["technical_why"]), tuple(str(one.quality) for one in found))
        if row["technical"] != "no" or name in self.instance.exchanges and self._mains(self.instance.exchanges[name]):
            return None
        why = str(row["technical_why"])
        verdict = "quality" if why.endswith(NOT_DILUTED) else _BARRED.get(why, "no way")
        return Cause(verdict, why + self._beyond(str(row["resource"])) if why == TOO_FAR else why)

    def _beyond(self, resource: str) -> str:
        """How far the links reach that carry a resource, in words."""
        longest = self.reach.get(resource)
        return "" if longest is None else f"; none may be longer than {longest:,.4g} km"

    def _mains(self, data: "ExchangeData") -> bool:
        """Whether it may lie in a main or a trench of several, which a screening does not look at."""
        return any(option.main is not None or option.in_trench for option in data.options.values())

    def _absent(self, data: "ExchangeData") -> Cause | None:
        """An end that is not there, or stands where no link leads."""
        missing = [unit for unit in self._ends(data) if not self.is_there(unit)]
        if missing:
            facilities = [unit for unit in missing if self.instance.units[unit].kind in ("facility", "measure")]
            verdict = "not built" if facilities else "not settled"
            why = f"{_listed(missing)} {'is' if len(missing) == 1 else 'are'} {verdict} in the plan"
            return Cause(verdict, why, tuple(missing), basis="the plan")
        if data.own:
            return None
        p, q = (self._place(unit) for unit in self._ends(data))
        if any((p, q) in option.pairs for option in data.options.values()):
            return None
        why = f"no link joins {p} and {q}, where both ends stand in the plan"
        return Cause("other plots", why, (p, q), basis="the plan")

    def _ends(self, data: "ExchangeData") -> tuple[str, str]:
        return self.instance.sources[data.source].unit, self.instance.sinks[data.sink].unit

    def is_there(self, unit: str) -> bool:
        """Whether a unit is in the plan."""
        data = self.instance.units[unit]
        if data.kind in ("facility", "measure"):
            return unit in self.kept.opened
        return data.kind == "partner" or unit in self.kept.sited

    def _place(self, unit: str) -> str:
        stands = self.instance.stands(unit)
        return self.kept.sited.get(stands) or self.instance.admissible[stands][0]

    def _by_price(self, row: Row, data: "ExchangeData", name: str) -> Cause:
        """By itself, and in the plan with this exchange more."""
        marginal, scale = self.unbuilt.marginal, self.unbuilt.money.factor(self.goal)
        if marginal is None:
            return self._alone(row, data) or self._used_up(data, name) or _open(row, "outlets mix")
        added, reduced = marginal.added(name), marginal.reduced(name) * scale
        if added is None:
            found = self._in_the_way(data, name) or self._alone(row, data) or self._used_up(data, name)
            return found or _open(row, "it cannot be added to the plan as it is built")
        loss = added.cost * scale
        figures: dict[str, Any] = {
            "basis": "by price",
            "loss": _rounded(loss, self.tolerance),
            "added": added,
            "reduced": reduced,
        }
        if loss < -self.tolerance:
            why = f"the plan with it added is better by {in_words(-loss)} {self.unit}: it was not proven the best"
            return Cause("better", why, **figures)
        alone = self._alone(row, data)
        if alone is not None and loss > self.tolerance:
            return Cause(alone.verdict, alone.why, alone.by, **figures)
        per = _per_unit(added, scale, self.unit, str(row["unit"]))
        if loss <= self.tolerance and not per:
            return Cause("as good", "the plan with it added is as good: it may be built or not", **figures)
        figures["idle"] = "; it would lie idle" if added.flow <= NOTHING and not per else per
        verdict, why, by = self._limited(name) or self._displaced(row, data, name, added)
        return Cause(verdict, why, by, **figures)

    def _displaced(self, row: Row, data: "ExchangeData", name: str, added: Added) -> Told:
        """Verdict, words and names of the exchanges that give way to it."""
        by_source, by_sink = self._sharing(data, added.less)
        used = None if by_source or by_sink or added.flow > NOTHING else self._used_up(data, name)
        found = self.outdone(name, by_source, by_sink) if used is None else (used.verdict, used.why, used.by)
        return found[0], found[1] + self._without_them(row), found[2]

    def _limited(self, name: str) -> Told | None:
        """Verdict, words and names of a limit that others use up, and without which it would pay beside them."""
        marginal, data = self.unbuilt.marginal, self.instance.exchanges[name]
        assert marginal is not None
        for kind, every in self.binding.items():
            rule, _, limit = kind.partition(":")
            if rule not in ("limit", "quality"):
                continue
            rows = marginal.binding(every)
            gain = marginal.gain_without(name, rows) * self.unbuilt.money.factor(self.goal)
            if not gain > self.tolerance:
                continue
            said, by = self.instance.requirements.get(kind, limit), tuple([limit])
            if rule == "quality":
                near = [row for row in rows if {data.source, data.sink} & set(row.index())] or rows
                said, by = (
                    _listed(dict.fromkeys(map(self._content, near))),
                    tuple(dict.fromkeys(map(self._quality, near))),
                )
            return rule, f"{said}: used up by others, and without that limit it would pay", by
        return None

    @cached_property
    def binding(self) -> dict[str, list[Any]]:
        """Kind of rule -> its rows in the model of the plan."""
        return binding_rows(self.unbuilt.model)

    def outdone(self, name: str, by_source: tuple[str, ...], by_sink: tuple[str, ...]) -> Told:
        """Verdict, words and names, by the exchanges that give way to another at its source and at its sink."""
        data = self.instance.exchanges[name]
        left, open_ = self._left(data.source, "source"), self._left(data.sink, "sink")
        by = tuple(dict.fromkeys((*by_source, *by_sink)))
        if not by:
            return "dominated", f"{NOW} is cheaper", (NOW,)
        parts = (
            [f"its source is used up{_but_for(left)} by {_listed(by_source)}"] if by_source and left <= _REST else []
        )
        parts += [f"its demand is met{_but_for(open_)} by {_listed(by_sink)}"] if by_sink and open_ <= _REST else []
        if not parts:
            return "dominated", f"it would only take the place of {_listed(by)}", by
        return "dominated" if len(by) == 1 and by_sink else "capacity", " and ".join(parts), by

    def _left(self, stream: str, end: str) -> float:
        """Share of a source that no exchange takes, or of a demand that none meets."""
        every = self.instance.exchanges.items()
        per = {e: x.ratio if end == "sink" else 1.0 for e, x in every if getattr(x, end) == stream}
        through = sum(self.flows.get(e, 0.0) * ratio for e, ratio in per.items())
        rest = self.rest(stream)
        return rest / (rest + through) if rest > NOTHING else 0.0

    def _without_them(self, row: Row) -> str:
        """What it would save were it not for the others, in words."""
        net = float(row["net_saving_per_yr"])
        return f"; by itself it would save {in_words(net)} {self.unit}" if self.goal == "cost" and net > 0.0 else ""

    def _alone(self, row: Row, data: "ExchangeData") -> Cause | None:
        """Where it does not even pay by itself; says nothing of other goals than cost, and of what shares pipes."""
        net, length, longest = (float(row[c]) for c in ("net_saving_per_yr", "length_km", "breakeven_km"))
        if self.goal != "cost" or not net < 0.0 or self._mains(data):
            return None
        told = f"by itself it loses {in_words(-net)} {self.unit}"
        found: dict[str, Any] = {"basis": "by itself", "loss": -net}
        if 0.0 < longest < length:
            way, most = _ways(length, longest)
            why = f"{told}: its way is {way}, and it pays up to {most}"
            return Cause("too far", why, **found)
        return Cause("dominated", f"{told}, whatever its way: {TODAY} is cheaper", (TODAY,), **found)

    def _in_the_way(self, data: "ExchangeData", name: str) -> Cause | None:
        """Which rule keeps it from being added to the plan."""
        marginal = self.unbuilt.marginal
        assert marginal is not None
        into = self._carrying(e for e, x in self.instance.exchanges.items() if x.sink == data.sink)
        for kind, rows in self.binding.items():
            excess = marginal.excess(name, rows)
            if excess is None:
                continue
            rule, _, limit = kind.partition(":")
            if rule == "limit":
                return self._breaking(kind, limit, max(excess.values(), default=0.0))
            if rule == "quality":
                broken = [row for row in rows if id(row) in excess]
                why = f"added to the plan it would break {_listed(dict.fromkeys(map(self._content, broken)))}"
                names = dict.fromkeys(self._quality(row) for row in broken)
                return Cause("quality", why, tuple(names), basis="by price")
            if rule == "whole":
                return Cause("dominated", f"its demand is met whole by one: {_listed(into)}", into, "by price")
            if rule == "pipe":
                pipes = [pairs for pairs in self.instance.exclusive.values() if any(e == name for e, _ in pairs)]
                users = self._carrying(e for pairs in pipes for e, _ in pairs)
                return Cause("capacity", f"the pipe in place is used by {_listed(users)}", users, "by price")
            return Cause("capacity", f"as much as is admitted is met by {_listed(into)}", into, "by price")
        return None

    def _breaking(self, kind: str, limit: str, excess: float) -> Cause:
        """A limit that the plan with an exchange more would break, and by how much."""
        said, data = self.instance.requirements.get(kind, limit), self.instance.limits[limit]
        factors = {self.unbuilt.money.of_account(a) for a in data.weights}
        much = f", by {amount(excess * factors.pop())}" if len(factors) == 1 and excess > 0.0 else ""
        return Cause("limit", f"added to the plan it would break {said}{much}", (limit,), "by price")

    def _quality(self, row: Any) -> str:
        mixing = self.instance.mixing
        assert mixing is not None
        return mixing.components[row.index()[-2]][0]

    def _content(self, row: Any) -> str:
        """A limit of quality in words: of what, in which stream, and how much where its mixtures hold the mean."""
        mixing, (*_, stream, component, _) = self.instance.mixing, row.index()
        assert mixing is not None
        quality, kind, scale = mixing.components[component]
        said = f"the limit of {quality} in {stream}"
        held = {"highest_in_mixture": "most", "lowest_in_mixture": "least"}.get(row.parent_component().local_name)
        if held is None or kind != "mean" or quality not in self.qualities:
            return said
        bound = getattr(mixing.limits[stream][component], held) * scale
        return f"{said}, at {held} {amount(bound)} {self.qualities[quality]}"

    def _carrying(self, exchanges: Iterable[str]) -> tuple[str, ...]:
        """Those that carry something in the plan, the largest first."""
        known = {e: self.flows.get(e, 0.0) for e in exchanges}
        return tuple(sorted((e for e, flow in known.items() if flow > NOTHING), key=lambda e: -known[e]))

    def _sharing(self, data: "ExchangeData", less: Mapping[str, float]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Of the exchanges that give way, those from the same source and those into the same sink."""
        same = self.instance.exchanges
        return (
            tuple(e for e in less if same[e].source == data.source),
            tuple(e for e in less if same[e].sink == data.sink),
        )

    def _used_up(self, data: "ExchangeData", name: str) -> Cause | None:
        """Its source or demand is used up by what the plan builds."""
        source, sink = self.rest(data.source), self.rest(data.sink)
        givers = self._carrying(e for e, x in self.instance.exchanges.items() if x.source == data.source)
        takers = self._carrying(e for e, x in self.instance.exchanges.items() if x.sink == data.sink)
        by_source, by_sink = givers if source <= NOTHING else (), takers if sink <= NOTHING else ()
        if not by_source and not by_sink:
            return None
        verdict, why, by = self.outdone(name, by_source, by_sink)
        return Cause(verdict, why, by, basis="by itself")

    def rest(self, stream: str) -> float:
        """What of a source goes outside or is not made, or what of a demand is supplied from outside [unit/yr]."""
        if not self._rest:
            values, states = self.unbuilt.plan.values, self.instance.states
            for family in ("discharged", "sold", "supplied"):
                for (name, t), value in values.get(family, {}).items():
                    self._rest[name] = self._rest.get(name, 0.0) + states[t].weight * value
            for name, source in self.instance.sources.items():
                if source.on_demand and self.instance.units[source.unit].kind in ("plant", "partner"):
                    made = sum(states[t].weight * x for t, x in source.amount.items()) * self.is_there(source.unit)
                    out = sum(self.flows.get(e, 0.0) for e, x in self.instance.exchanges.items() if x.source == name)
                    self._rest[name] = max(0.0, made - out)
        return self._rest.get(stream, 0.0)


def flows_of(values: Mapping[str, Mapping[tuple[str, ...], float]], states: Mapping[str, Any]) -> dict[str, float]:
    """Exchange -> what leaves by it in a year, of a solution."""
    found: dict[str, float] = {}
    for (e, _, t), value in values.get("flow", {}).items():
        found[e] = found.get(e, 0.0) + states[t].weight * value
    return found


def _open(row: Row, why: str) -> Cause:
    """Nothing but a search can tell, and why."""
    net = float(row["net_saving_per_yr"])
    said = str(row["technical_why"]) if row["payback"] == "open" else f"{why}: only planning again can tell"
    if not math.isnan(net):
        said += f"; by itself it would save {in_words(net)} a year"
    return Cause("open", said, basis="by itself")


def _per_unit(added: Added, scale: float, unit: str, of: str) -> str:
    """What it costs to make an idle exchange carry something, in words; empty where it carries something or cannot."""
    per = added.unit_cost * scale
    if added.flow > NOTHING or math.isnan(per) or not per > 0.0:
        return ""
    return f"; it would lie idle: each {of} more by it costs {amount(per)} {unit.removesuffix('/yr')}"


def _but_for(share: float) -> str:
    return f" but for {100 * share:.2g} %" if share > 0.0 else ""


def _ways(length: float, longest: float) -> tuple[str, str]:
    """Two lengths [km] in words that differ."""
    told = f"{length:.3g} km", f"{longest:.3g} km"
    return told if told[0] != told[1] else (f"{1000 * length:,.0f} m", f"{math.floor(1000 * longest + 0.01):,.0f} m")


def _rounded(value: float, tolerance: float) -> float:
    return 0.0 if abs(value) <= tolerance else value


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - _NAMED} more" if len(every) > _NAMED else ""
    return ", ".join(every[:_NAMED]) + more
