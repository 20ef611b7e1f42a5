"""What others can take of the media that plants give: that much may be made of other media, as let-down of steam is.

Heat may come down a chain, from a plant that takes high pressure steam and gives one of medium pressure to another that
makes hot water of that. What the last takes is then room for all before it.
"""

from collections.abc import Iterable, Mapping

from planner.assemble.exchanges import Deal, deals_of
from planner.assemble.findings import Findings
from planner.assemble.heat import Heat, Wanted, heat_of
from planner.assemble.losses import lost_per_metre
from planner.assemble.streams import Flow, Member, sale_of
from planner.case.case import Case
from planner.geography.distances import Distances

#: A change below this share is none.
_SAME = 1e-9


def with_wanted(
    case: Case,
    members: Mapping[str, Member],
    heat: Heat,
    sinks: Mapping[str, Flow],
    distances: Distances,
    *,
    relaxed: bool = False,
) -> Heat:
    """Media with room for what others can take of them.

    Parameters
    ----------
    case, members
        Without faults, and who is in the park.
    heat
        As :func:`planner.assemble.heat.heat_of` makes it where nobody takes anything.
    sinks
        All sinks by id, those of process heat among them.
    distances
        For the heat that pipes lose.
    relaxed
        Also by exchanges that the case forbids.

    Returns
    -------
    Heat
        A chain passes each medium that is given once.
    """
    if not heat.sources:
        return heat
    deals = list(deals_of(case, heat.sources, sinks, Findings(), None if relaxed else [], relaxed=relaxed).values())
    endless = frozenset(i for i, flow in heat.sources.items() if (x := sale_of(case, flow)) and x[0].limit is None)
    longest = _longest(case, distances)
    offered = {j: _of_sink(flow, deals, heat.sources) for j, flow in heat.sinks.items()}
    before: dict[str, dict[str, float]] = {}
    for _ in range(len(heat.sources) + 1):
        there = {**sinks, **heat.sinks}
        wanted = {i: _of_source(case, flow, deals, there, longest) for i, flow in heat.sources.items()}
        if before and _same(wanted, before):
            break
        heat, before = heat_of(case, members, Wanted(wanted, endless, offered, heat.unsure)), wanted
        if heat.unsure:
            break  # what is ample for one would be multiplied by what is ample for the next
    return heat


def _same(one: Mapping[str, Mapping[str, float]], other: Mapping[str, Mapping[str, float]]) -> bool:
    return all(abs(x - other[i][t]) <= _SAME * abs(x) for i, by in one.items() for t, x in by.items())


def _of_source(
    case: Case, source: Flow, deals: Iterable[Deal], sinks: Mapping[str, Flow], longest: float
) -> dict[str, float]:
    """By state, the most that others take of a medium, and that the market does [unit/yr]."""
    found = {t: 0.0 for t in source.slices}
    for deal in deals:
        if deal.source.id == source.id and deal.ratio.value > 0:
            for t in found:
                found[t] += _of_deal(case, deal, sinks[deal.sink.id], longest, t)
    sale = sale_of(case, source)
    limit = None if sale is None else sale[0].limit
    return found if limit is None else {t: x + limit.value for t, x in found.items()}


def _of_sink(sink: Flow, deals: Iterable[Deal], sources: Mapping[str, Flow]) -> dict[str, float]:
    """By state, what others make of a medium to be rid of their heat, in the unit of who takes it [unit/yr]."""
    givers = [deal for deal in deals if deal.sink.id == sink.id]
    return {t: sum(sources[x.source.id].slices[t].most * x.ratio.value for x in givers) for t in sink.slices}


def _of_deal(case: Case, deal: Deal, sink: Flow, longest: float, t: str) -> float:
    """What must be made for an exchange in a state: evenly in all hours of the giver, and with all that pipes lose."""
    shared, own = deal.shared[t], deal.source.slices[t].hours
    if not shared:
        return 0.0
    resource, links = deal.source.resource, case.links.items()
    giver = deal.source.member.name
    by_size = [lost_per_metre(case, resource, n, s, Findings(), giver=giver) or {} for n, x in links for s in x.sizes]
    lost = max((0.0, *(by.get(t, 0.0) for by in by_size)))
    share = max((x.volume_loss.value * longest / 1000.0 for _, x in links if x.volume_loss is not None), default=0.0)
    if share >= 1:
        return 0.0  # nothing arrives over that length; by a shorter way no more is given than streams make
    arrives = min(sink.slices[t].most, sink.slices[t].rate * shared) / deal.ratio.value
    most = (arrives + lost * longest * shared) / (1.0 - share) if arrives else 0.0
    stated = deal.terms.get("max_flow")
    return (most if stated is None else min(most, stated.value)) * own / shared


def _longest(case: Case, distances: Distances) -> float:
    """No pipe of the case is longer [m]."""
    routes = max((route.length_m for by in distances.routes.values() for route in by.values()), default=0.0)
    along = 0.0 if distances.segments is None else float(distances.segments["length_m"].sum())
    stated = [x.length.value for x in case.existing_pipes.values() if x.length is not None]
    existing = [x.existing.length.value for x in case.exchanges if x.existing is not None and x.existing.length]
    return max([routes + along, *stated, *existing])
