"""The least that a source may hold whose content follows from flows, whatever flows: from the case alone.

    content of an outlet   = kept x load per unit taken x (taken / given)           of a facility, both per activity
    content of an operation = (load per unit taken x taken + picked up) / given     at the most that it takes
    load per unit taken   >= the least of content x weight / ratio over all that the case lets come in

Each round takes the bounds of the round before, so that every round is one; loops lower them from round to round.
Nothing is below 0, and of what mixes by an index, has parts, or holds what others leave it, no more than that is said.
"""

from collections.abc import Mapping
from math import inf
from typing import TYPE_CHECKING

from planner.audit.facts import Facts, Terms
from planner.audit.mixtures import Mixtures, limits_of
from planner.audit.outlets import Outlet

if TYPE_CHECKING:
    from planner.audit.flows import Key

#: More rounds would tighten the bounds where loops go on lowering them; it need not be.
ROUNDS = 50


class Lowest:
    """Least contents by source, quality for quality; ``mixtures`` tells what contents follow from."""

    def __init__(self, facts: Facts, mixtures: Mixtures) -> None:
        self.facts, self.mixtures = facts, mixtures
        units = (*facts.tenants, *facts.case.facilities)
        self.sources = [(unit, source) for unit in units for source in facts.streams(unit, "source")]
        self._known: dict[str, dict[Key, float]] = {}
        self._admitted: dict[Key, list[tuple[Key, Terms]]] = {}

    def content(self, unit: str, source: str, quality: str) -> float:
        """The highest worst value of a source is this at least, whatever flows; 0 where nothing can be told."""
        if quality not in self._known:
            self._known[quality] = self._of(quality)
        return self._known[quality].get((unit, source), 0.0)

    def _of(self, quality: str) -> "dict[Key, float]":
        if self.facts.case.qualities[quality].mixing != "mean":
            return {}
        found = {key: self.mixtures.outlet(*key, quality) for key in self.sources}
        outlets = {key: outlet for key, outlet in found.items() if outlet is not None}
        stated = {sink: self._stated(sink, quality, outlets) for one in outlets.values() for sink in one.inlets}
        open_ = {sink: self._open(sink, quality, outlets) for sink in stated}
        least = dict.fromkeys(outlets, 0.0)
        for _ in range(ROUNDS):
            load = {s: min([stated[s], *(least[key] * per for key, per in open_[s])]) for s in stated}
            before = least
            least = {
                key: self._outlet(key, outlet, quality, min(load[sink] for sink in outlet.inlets))
                for key, outlet in outlets.items()
            }
            if least == before:
                break
        return least

    def _into(self, sink: "Key") -> "list[tuple[Key, Terms]]":
        """Sources that the case lets come into a sink."""
        if sink not in self._admitted:
            both = ((key, self.facts.terms(key[0], sink[0], key[1], sink[1])) for key in self.sources)
            self._admitted[sink] = [(key, terms) for key, terms in both if terms is not None and not terms.forbidden]
        return self._admitted[sink]

    def _per(self, source: "Key", quality: str, terms: Terms) -> float:
        """Weight that comes with a unit of a sink's demand."""
        return self.facts.weight(self.facts.stream_resource(source[0], "source", source[1]), quality) / terms.ratio

    def _open(self, sink: "Key", quality: str, outlets: "Mapping[Key, Outlet]") -> "list[tuple[Key, float]]":
        """Outlets that may come into a sink, each with the weight that comes with a unit of its demand."""
        return [(key, self._per(key, quality, terms)) for key, terms in self._into(sink) if key in outlets]

    def _stated(self, sink: "Key", quality: str, outlets: "Mapping[Key, Outlet]") -> float:
        """Least load per unit of a sink's demand, of what is bought and of sources of stated content."""
        limit = limits_of(self.facts, *sink).get(quality)
        loads = []
        for key, terms in self._into(sink):
            if key in outlets:
                continue
            held = self.mixtures.source(*key, quality)
            if held.known:
                loads.append(held.highest * self._per(key, quality, terms))
            elif quality in terms.accept_unknown or (limit is not None and limit.accept_unknown):
                loads.append(0.0)
        resource = self.facts.stream_resource(sink[0], "sink", sink[1])
        today = getattr(self.facts.stream(sink[0], "sink", sink[1]), "supplied_today_by", None)
        if today is not None or self.facts.case.resources[resource].price is not None:
            held = self.mixtures.supply(*sink, quality)
            loads.append(held.highest * self.facts.weight(resource, quality) if held.known else 0.0)
        return min(loads, default=inf)

    def _outlet(self, key: "Key", outlet: Outlet, quality: str, load: float) -> float:
        """The least of an outlet, from the least load that comes with a unit taken."""
        weight = self.facts.weight(self.facts.stream_resource(key[0], "source", key[1]), quality)
        operation = self.facts.operation(*key)
        if not weight > 0 or outlet.beside or not 0 <= load < inf:
            return 0.0
        if operation is None:
            facility = self.facts.case.facilities[key[0]]
            taken = sum(self.facts.coefficient(facility, "sink", sink) for _, sink in outlet.inlets)
            given = self.facts.coefficient(facility, "source", key[1])
            return outlet.kept * load * taken / given / weight if given > 0 else 0.0
        gain = self.facts.net_gain(key[0], operation)
        most = self.facts.largest_rate(operation) * self.facts.unit_hours(key[0])
        if operation.parts != 1 or most == inf:
            return load / weight if gain <= 0 else 0.0
        if not most + gain > 0:
            return 0.0
        whole = (load * most + outlet.picked) / (weight * (most + gain))
        # between nothing taken and the most, it falls or rises all the way
        return min(whole, outlet.picked / (weight * gain)) if gain > 0 else whole
