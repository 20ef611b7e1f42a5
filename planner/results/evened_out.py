"""Facilities that even out what comes in some hours and goes in others, as the case says (``evens_out``).

    needed(h)   = amount x max(0, 1 - min(h, s) / f)      at least taken or given outside the first h shared hours
    possible(h) = amount x min(1, max(0, s - h) / f)      at most, s its shared hours, f those at its largest rate

An exchange of fewer shared hours is taken to run within those of one with more. What of one stream must fall outside
the first h hours has to be possible there of every other that nothing else brings or takes; and what must fall within,
which is the whole less what is possible outside, within.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from planner.results.books import Books
from planner.results.flows import NEGLIGIBLE, flows
from planner.results.stores import stores

#: Share of a facility's activity that is rounding.
ROUNDING = 1e-3
#: Exchanges that a sentence names.
_TOLD = 4


@dataclass(frozen=True)
class _Part:
    """What an exchange brings a facility or takes of it in a period.

    Attributes
    ----------
    stream
        Id of the facility's stream.
    share
        Of its activity there.
    shared, full
        Hours that both ends share, and that it would need at its largest rate [h/yr].
    """

    exchange: str
    stream: str
    share: float
    shared: float
    full: float

    def needed(self, hours: float) -> float:
        return self.share * max(0.0, 1.0 - min(hours, self.shared) / self.full) if self.full > 0 else 0.0

    def possible(self, hours: float) -> float:
        beyond = max(0.0, self.shared - hours)
        return self.share * (min(1.0, beyond / self.full) if self.full > 0 else float(beyond > 0))


def notes_on_hours(books: Books) -> Iterator[str]:
    """Name facilities that even out within a period what their exchanges bring and take, heaps of material apart."""
    instance = books.assembly.instance
    for name, facility in books.case.facilities.items():
        if not facility.evens_out or name not in instance.facilities:
            continue
        for state, data in instance.states.items():
            activity = data.weight * books.solution.value("activity", name, state)
            if activity <= NEGLIGIBLE:
                continue
            parts = list(_parts(books, name, state, activity))
            if _is_uneven(parts, {part.stream for part in parts if not _otherwise(books, part.stream, state)}):
                ordered = sorted(parts, key=lambda part: part.shared)
                told = [f"{part.exchange} has {part.shared:,.6g} h/yr" for part in ordered]
                named = "; ".join(told)
                if len(told) > _TOLD:
                    named = "; ".join((*told[:2], f"{len(told) - _TOLD} more lie between", *told[-2:]))
                when = "" if len(instance.states) < 2 else f" in {state}"
                yield (
                    f"facilities.{name}.evens_out: tanks or stocks of {name} even out what comes and goes in "
                    f"different hours{when}: {named}; how large they must be is not asked"
                )


def notes_on_bridged(books: Books) -> Iterator[str]:
    """Warn of stores that are charged and drawn in different hours of a period and hold too little for it.

    Whatever the order of these hours: if they alternate every day, at least a day's share of it must fit in.
    """
    instance, case = books.assembly.instance, books.case
    for one in stores(books):
        for state, data in instance.states.items():
            charged, drawn = one.charged.get(state, 0.0), one.drawn.get(state, 0.0)
            hours: dict[str, float] = {}
            for flow in flows(books):
                facts = books.assembly.exchanges[flow.exchange]
                shared = facts.shared_by_state.get(state, facts.shared_hours)
                for side, unit in (("in", facts.taker), ("out", facts.giver)):
                    if flow.state == state and unit == one.name and flow.leaving > NEGLIGIBLE:
                        hours[side] = max(hours.get(side, 0.0), shared)
            if min(charged, drawn) <= NEGLIGIBLE or len(hours) < 2:
                continue
            longer = charged if hours["in"] > hours["out"] else drawn
            bridged = longer * (1.0 - min(hours.values()) / max(hours.values()))
            daily = bridged * 24.0 / data.hours
            if daily > one.content * (1.0 + ROUNDING):
                unit = case.facilities[one.name].unit
                when = "" if len(instance.states) < 2 else f" of {state}"
                yield (
                    f"WARNING: {one.name} is charged in {hours['in']:,.6g} h and drawn in {hours['out']:,.6g} h{when}: "
                    f"it bridges {bridged:,.6g} {unit} a year, {daily:,.4g} {unit} a day if these alternate every "
                    f"day, and holds {one.content:,.6g}; state them as periods, or what it may do counts too much"
                )


def _parts(books: Books, name: str, state: str, activity: float) -> Iterator[_Part]:
    """Exchanges of a facility in a state; a heap of material lies until it is wanted."""
    instance, case = books.assembly.instance, books.case
    weight = instance.states[state].weight
    moved: dict[str, list[float]] = {}
    for flow in flows(books):
        if flow.state == state and flow.leaving > NEGLIGIBLE:
            both = moved.setdefault(flow.exchange, [0.0, 0.0])
            both[0] += flow.leaving
            both[1] += flow.replaced
    for e, (leaving, replaced) in moved.items():
        x, facts = instance.exchanges[e], books.assembly.exchanges[e]
        most, shared = weight * x.most.get(state, x.max_flow), facts.shared_by_state.get(state, facts.shared_hours)
        full = shared * min(1.0, leaving / most) if most > 0 else shared
        for unit, stream, resource, amount, per in (
            (facts.taker, x.sink, facts.replaces, replaced, instance.sinks[x.sink].amount),
            (facts.giver, x.source, facts.resource, leaving, instance.sources[x.source].amount),
        ):
            if unit == name and case.resources[resource].kind != "material" and per.get(state, 0.0) > 0:
                yield _Part(e, stream, amount / (per[state] * activity), shared, full)


def _otherwise(books: Books, stream: str, state: str) -> bool:
    """Whether some of a stream is bought, or goes outside, in whatever hours it has to."""
    value = books.solution.value
    return any(value(family, stream, state) > NEGLIGIBLE for family in ("supplied", "discharged", "sold"))


def _is_uneven(parts: list[_Part], bound: set[str]) -> bool:
    """Whether exchanges cannot all keep to hours in which the facility runs; ``bound`` has streams with no others."""
    streams = {part.stream for part in parts}
    for hours in {part.shared for part in parts}:
        whole, needed, possible = (dict.fromkeys(sorted(streams), 0.0) for _ in range(3))
        for part in parts:
            whole[part.stream] += part.share
            needed[part.stream] += part.needed(hours)
            possible[part.stream] += part.possible(hours)
        outside = max(needed.values(), default=0.0)
        within = max((whole[s] - possible[s] for s in streams), default=0.0)
        for s in bound:
            if outside > possible[s] + ROUNDING or within > whole[s] - needed[s] + ROUNDING:
                return True
    return False
