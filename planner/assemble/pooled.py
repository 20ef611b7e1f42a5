"""Qualities over mains: what arrives by a main is anything between the sources that feed it.

So a source may use a main only where it meets the limits of its taker alone; and of two exchanges over one main both
are built only where either source meets the limits of either taker, and where nobody's outlet depends on which it gets.
"""

from collections.abc import Mapping

from models.instance import ExchangeData
from planner.assemble.barred import ROUNDING, accepts, is_unknown, limit_bounds
from planner.assemble.components import Component
from planner.assemble.exchanges import Deal
from planner.assemble.quality import Qualities
from planner.assemble.ways import Way

Ways = Mapping[str, tuple[Way, ...]]


def fitting_ways(found: Qualities, ways: Ways) -> dict[str, tuple[Way, ...]]:
    """Ways less those over mains whose source does not meet the limits of its taker alone."""
    kept = {}
    for e, options in ways.items():
        deal = found.deals[e]
        fits = all(_meets(found, c, deal, deal) for c in found.components.values())
        kept[e] = tuple(way for way in options if fits or way.main is None)
        if len(kept[e]) < len(options):
            name = next(way.main for way in options if way.main is not None)
            found.findings.note(
                f"{e} may not use {name}: what arrives by a main may be all of one source, and {deal.source.id} alone "
                f"does not surely meet the limits of {deal.sink.id}"
            )
    return kept


def never_together(
    found: Qualities, ways: Ways, exchanges: Mapping[str, ExchangeData]
) -> dict[str, tuple[tuple[str, str], ...]]:
    """Pairs of (exchange, option) over one main of which at most one is built."""
    users: dict[str, list[tuple[str, str]]] = {}
    for e in exchanges:
        for way in ways[e]:
            if way.main is not None and found.components:
                users.setdefault(way.main, []).append((e, way.id))
    rules: dict[str, tuple[tuple[str, str], ...]] = {}
    for main, options in users.items():
        for n, (e, s) in enumerate(options):
            for other, z in options[n + 1 :]:
                if _clash(found, found.deals[e], found.deals[other]):
                    rules[f"{main}: {e} | {other}"] = ((e, s), (other, z))
        if any(rule.startswith(f"{main}: ") for rule in rules):
            found.findings.note(
                f"{main}: what arrives may be any mixture of the sources that feed it, so that exchanges whose sources "
                "do not all meet the limits of all its takers do not use it together"
            )
    return rules


def _clash(found: Qualities, one: Deal, other: Deal) -> bool:
    if one.source.id == other.source.id:
        return False
    for component in found.components.values():
        if not (_meets(found, component, one, other) and _meets(found, component, other, one)):
            return True
        if not _alike(found, component, one, other):
            return True
    return False


def _meets(found: Qualities, component: Component, giving: Deal, taking: Deal) -> bool:
    """Whether the source of one exchange alone surely meets the limits of the taker of another."""
    subject = component.subject
    least, most = limit_bounds(component, taking.sink.id)
    if (least, most) == (-float("inf"), float("inf")):
        return True
    if is_unknown(subject, found.reaches[subject.name], giving.source.id):
        return accepts(subject, giving) and accepts(subject, taking)
    held = found.ranges[component.name].get(giving.source.id)
    if held is None:
        return True
    return held[1] <= most + 1e3 * ROUNDING * abs(most) and held[0] >= least - 1e3 * ROUNDING * abs(least)


def _alike(found: Qualities, component: Component, one: Deal, other: Deal) -> bool:
    """Whether it is all the same to the outlets of both takers which of the two sources they get."""
    reach = found.reaches[component.subject.name]
    passes = {component.subject.passed[i].inlet for i in reach.told}
    if one.sink.id not in passes and other.sink.id not in passes:
        return True
    ranges = [found.ranges[component.name].get(deal.source.id) for deal in (one, other)]
    if ranges[0] is None or ranges[1] is None:
        return ranges[0] is ranges[1]
    ends = [*ranges[0], *ranges[1]]
    return max(ends) - min(ends) <= ROUNDING * max(map(abs, ends))
