"""What flows in each stretch of a main: net as the table says, and both ways added as the exchanges and losses tell."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from planner.audit.checks import ABSOLUTE
from planner.audit.facts import Facts
from planner.audit.links import peak_of, shared_hours
from planner.audit.network import grouped, kept, number, owed_per_hour, word
from planner.audit.reading import Row
from planner.audit.ways import as_one, joined
from planner.case.cooling import heats
from planner.geography.distances import CorridorGraph, Stretch


@dataclass(frozen=True)
class Through:
    """Flow in a stretch of a main.

    Attributes
    ----------
    gross
        What enters, both directions added, as the table says [unit/yr].
    least, most
        Between which it lies, by the net flow and the exchanges [unit/yr].
    least_peak, most_peak
        Between which the sum of peak rates lies [unit/h].
    """

    gross: float
    least: float
    most: float
    least_peak: float
    most_peak: float


@dataclass(frozen=True)
class MainFlows:
    """A main of a run: its pipes, and the exchanges that use it."""

    facts: Facts
    graph: CorridorGraph
    main: str
    rows: list[Row]
    users: list[Row]

    def stretch(self, row: Row) -> Stretch:
        """Stretch of a row."""
        return self.graph.stretches[word(row, "stretch")]

    def kept(self, stretch: Stretch) -> float:
        """Share of what enters a stretch that comes out of it."""
        return kept(self.facts.case.links[self.facts.case.mains()[self.main][0]], stretch)

    @cached_property
    def leaks(self) -> bool:
        """Whether a share of what enters is lost on some stretch: then less than what left may cross any other."""
        return any(self.kept(self.stretch(row)) < 1.0 for row in self.rows)

    @cached_property
    def owed(self) -> float:
        """Heat lost in an hour in all pipes in service [unit/h]."""
        return sum(owed_per_hour(self.facts, row, self.stretch(row)) for row in self.rows)

    @cached_property
    def hours_of_losses(self) -> float:
        """Hours in which pipes lose heat, as all losses together tell [h/yr]; 0 where they lose none."""
        owed = self.owed
        flows = ((row, 1.0 - self.kept(self.stretch(row))) for row in self.rows)
        left = sum(number(row, "lost_per_yr") - share * number(row, "through_per_yr") for row, share in flows)
        return left / owed if owed else 0.0

    @cached_property
    def most_owed(self) -> float:
        """The most that can flow for what pipes lose, or gain in some periods [unit/yr]."""
        if not self.changes_sign:
            return abs(self.owed) * self.hours_of_losses
        return sum(
            sum(abs(owed_per_hour(one, row, self.stretch(row))) for row in self.rows)
            * self.facts.case.periods[t].hours.value
            for t, one in self.facts.slices.items()
        )

    @property
    def changes_sign(self) -> bool:
        """Whether pipes may lose in one period and gain in another: those of a loop that heats who gives it."""
        return bool(self.facts.slices) and heats(self.facts.case, self.facts.case.mains()[self.main][1])

    @cached_property
    def divisors(self) -> list[float]:
        """Hours over peak factor of each user, and the hours of losses [h/yr]."""
        found = [shared_hours(self.facts, user) / peak_of(self.facts, user) for user in self.users]
        found += [self.hours_of_losses] if self.owed else []
        return [hours for hours in found if hours > 0]

    @cached_property
    def through(self) -> dict[str, Through]:
        """Stretch -> flow."""
        return {name: self._through(name, rows) for name, rows in grouped(self.rows, "stretch").items()}

    def _through(self, name: str, rows: list[Row]) -> Through:
        net, gross = (sum(number(row, x) for row in rows) for x in ("flow_per_yr", "through_per_yr"))
        hours, owed = self.divisors, self.owed
        slowest, fastest = (gross / min(hours), gross / max(hours)) if hours else (math.inf, 0.0)
        crossing = self._crossing(name, rows[0])
        if crossing is not None and not owed and not self.changes_sign and not self.leaks:
            flow, rate = (sum(part(user) for user, _ in crossing) for part in (_leaving, self._rate))
            return Through(gross, flow, flow, rate, rate)
        if (
            crossing is not None
            and len({way for _, way in crossing}) < 2
            and (not (owed or self.changes_sign) or self._one_end())
        ):
            if owed and not self.leaks and hours:
                # the users, in their hours, less what is lost or added on the way, in its own
                kept = {id(user): min(_arriving(user), _leaving(user)) for user, _ in crossing}
                rates = sum(self._rate(user) * kept[id(user)] / _leaving(user) for user, _ in crossing)
                fastest = slowest = rates + (net - sum(kept.values())) / hours[-1]
            return Through(gross, net, net, fastest, slowest)
        most = sum(_leaving(user) for user in self.users) + self.most_owed
        return Through(gross, net, max(net, most), fastest, slowest)

    def _rate(self, user: Row) -> float:
        hours = shared_hours(self.facts, user)
        return float(user["flow_per_yr"]) / hours * peak_of(self.facts, user) if hours > 0 else 0.0

    def _one_end(self) -> bool:
        """Whether all comes from one place, what is lost as well; or, where pipes add, goes to one place."""
        ends = ("from_place", "to_place") if self.changes_sign else ("from_place" if self.owed > 0 else "to_place",)
        return all(len({str(user[end]) for user in self.users}) == 1 for end in ends)

    def _crossing(self, stretch: str, row: Row) -> list[tuple[Row, bool]] | None:
        """Exchanges that must cross a stretch, and whether from tail to head; None where there is another way."""
        others = (x for x in self.rows if word(x, "stretch") != stretch)
        side = joined([*((word(x, "from_node"), word(x, "to_node")) for x in others), *as_one(self.graph).items()])
        tail, head = (side.get(word(row, end), word(row, end)) for end in ("from_node", "to_node"))
        if tail == head:
            return None
        found = []
        for user in self.users:
            ends = [self.graph.places.get(str(user[end]), "") for end in ("from_place", "to_place")]
            sides = [side.get(end, end) for end in ends]
            if _leaving(user) > ABSOLUTE and set(sides) == {tail, head}:
                found.append((user, sides[0] == tail))
        return found


def _leaving(user: Row) -> float:
    return float(user["flow_per_yr"])


def _arriving(user: Row) -> float:
    return float(user["flow_per_yr"]) - float(user["lost_per_yr"])


def flows_of(
    facts: Facts, graph: CorridorGraph, by_main: Mapping[str, list[Row]], exchanges: Iterable[Row]
) -> dict[str, MainFlows]:
    """Flows of every main of a run that has pipes or is named by an exchange; unknown ones are left out."""
    users: dict[str, list[Row]] = {}
    for row in exchanges:
        main = word(row, "main")
        if main:
            users.setdefault(main, []).append(row)
    known = facts.case.mains()
    return {
        main: MainFlows(
            facts,
            graph,
            main,
            [row for row in by_main.get(main, []) if word(row, "stretch") in graph.stretches],
            users.get(main, []),
        )
        for main in dict.fromkeys((*by_main, *users))
        if main in known
    }


def possible_users(facts: Facts, link: str, resource: str) -> list[Row]:
    """Pairs of streams that the case lets exchange a resource over a main, whether they do or not."""
    case, found = facts.case, []
    for giver, source in _streams(facts, "source"):
        if facts.stream_resource(giver, "source", source) != resource:
            continue
        for taker, sink in _streams(facts, "sink"):
            row = {"from": giver, "to": taker, "source": source, "sink": sink}
            terms = facts.terms(giver, taker, source, sink) if facts.host(giver) != facts.host(taker) else None
            if terms is None or terms.forbidden or shared_hours(facts, row) <= 0:
                continue
            entries = facts.declared(giver, taker, source, sink)
            standing = any(entry.existing is not None and entry.existing.link == link for entry in entries)
            if standing or link in (terms.links or case.resources[resource].carried_by):
                found.append(row)
    return found


def _streams(facts: Facts, direction: str) -> list[tuple[str, str]]:
    units = (*facts.tenants, *facts.case.facilities)
    return [(unit, stream) for unit in units for stream in facts.streams(unit, direction)]
