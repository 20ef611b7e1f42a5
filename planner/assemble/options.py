"""Ways to build an exchange: links x sizes x twins, mains, what exists, pipes in the ground; and how much each carries.

The bounds are the smallest valid ones, from the data (H shared hours, L the loss a year, s the share lost):

    leaving  <= min(rate of the source x H, amount of the source, capacity x H / peak factor, the exchange's maximum)
    arriving  = leaving x (1 - s) - L
    arriving <= min(demand, rate of the sink x H, shares of the demand) / ratio

L may be negative, where the giver is heated by a cooling loop that is warmer than the ground: what the takers put into
it is then bounded by the capacity, and what comes to the giver is that less what the ground takes.

A pair of places where nothing arrives is no pair. What leaves into a main is not bounded by the capacity of its pipes,
since others may take it before it comes to them; nor by the demand, where the main loses some on a way not yet known.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from models.instance import ExchangeData, OptionData, PairData
from planner.assemble.exchanges import Deal
from planner.assemble.findings import Findings
from planner.assemble.losses import least_per_metre, loses, lost_per_metre
from planner.assemble.sizes import sizes_of
from planner.assemble.temperatures import farthest, note_too_cold
from planner.assemble.unjoined import why_not_joined
from planner.assemble.ways import Geometry, Way
from planner.case.case import Case
from planner.case.links import ExistingPipe, Link, Size
from planner.case.values import Length
from planner.geography.distances import Pair

#: Shares below this are rounding.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Lay:
    """How far a link goes between two places [m], what length it costs, and the crossings it pays for."""

    length: float
    cost_length: float
    charges: Mapping[int, float]


def ways_of(deal: Deal, geometry: Geometry, findings: Findings, *, relaxed: bool = False) -> tuple[Way, ...]:
    """All ways to build an exchange that can carry anything; with ``relaxed`` also less than their links ask for."""
    if deal.own:
        flow = _largest_flow(deal, None, PairData())
        enough = _serves(deal, flow, PairData())
        return (Way("on site", data=OptionData(flow)),) if enough else ()
    candidates = list(_candidates(deal, geometry, findings))
    lays = ((way, _lays(deal, way, pairs, geometry)) for way, pairs in candidates)
    bounded = (_bounded(deal, way, found, geometry, findings, relaxed=relaxed) for way, found in lays)
    unit = geometry.case.resources[deal.source.resource].unit
    worth = (_worth(deal, way, unit, findings, relaxed=relaxed) for way in bounded if way is not None)
    ways = [way for way in worth if way is not None]
    mains = [way for way, _ in candidates if way.main is not None]
    if mains and not ways:
        findings.note(f"{deal.id} is left out: {why_not_joined(deal, mains, geometry)}")
    return _in_order(ways)


def _worth(deal: Deal, way: Way, unit: str, findings: Findings, *, relaxed: bool) -> Way | None:
    """The way with the least flow its link is worth building for; None where no more than less can flow."""
    if way.existing or way.link is None or way.link.min_flow is None or way.data is None:
        return way
    least = way.link.min_flow.value * deal.hours.value
    if relaxed:
        return replace(way, data=replace(way.data, min_flow=least))
    if least > way.max_flow * (1.0 + ROUNDING):
        findings.note(
            f"{deal.id} by {way.id} is left out: min_flow of links.{way.name} is {least:,.8g} {unit}/yr in the hours "
            f"that both ends share, above the {way.max_flow:,.8g} {unit}/yr that can flow"
        )
        return None
    return replace(way, data=replace(way.data, min_flow=min(least, way.max_flow)))


def _candidates(deal: Deal, geometry: Geometry, findings: Findings) -> Iterator[tuple[Way, tuple[Pair, ...]]]:
    """Ways before their bounds, each with the pairs of places it could join."""
    pairs = tuple(geometry.pairs(deal))
    for way in ways_to_build(deal, geometry.case, findings):
        if way.existing:
            yield way, _fixed_pair(deal, pairs, geometry, findings)
        elif way.pipe is not None:
            ends = ends_of_pipe(geometry.case, way.pipe)
            yield way, tuple(pair for pair in pairs if pair in ends)
        else:
            yield way, pairs


def ends_of_pipe(case: Case, name: str) -> tuple[Pair, Pair]:
    """The places that a pipe in the ground joins, both ways."""
    pipe = case.existing_pipes[name]
    return (pipe.from_, pipe.to), (pipe.to, pipe.from_)


def ways_to_build(deal: Deal, case: Case, findings: Findings) -> Iterator[Way]:
    """Ways to build an exchange wherever its ends stand: new links by size and twin, what exists, pipes there."""
    terms, resource = deal.terms, deal.source.resource
    allowed: tuple[str, ...] = terms.get("links") or case.resources[resource].carried_by
    for name in allowed:
        if case.links[name].main:
            yield Way(name, name, case.links[name], main=main_id(name, resource))
            continue
        for copy in range(terms.get("twins", 1)):
            yield from _new(case, name, copy, deal, findings)
    existing = terms.get("existing")
    if existing is not None:
        link = case.links[existing.link]
        way = Way(f"existing {existing.link}", existing.link, link, capacity=existing.capacity.value, existing=True)
        if link.main:
            way = replace(way, main=main_id(existing.link, resource))
        else:
            way = replace(way, size=_size(link, existing.size))
        yield replace(way, in_place=True)
    for name, pipe in case.existing_pipes.items():
        if resource in pipe.resources and pipe.link in (terms.get("links") or (pipe.link,)):
            link = case.links[pipe.link]
            way = Way(f"pipe:{name}", pipe.link, link, _size(link, pipe.size), pipe.capacity.value, in_place=True)
            yield replace(way, pipe=name)


def main_id(name: str, resource: str) -> str:
    """Name of a main: of its link, and of what flows in it."""
    return f"{name}: {resource}"


def _new(case: Case, name: str, copy: int, deal: Deal, findings: Findings) -> Iterator[Way]:
    link, twin = case.links[name], f" #{copy + 1}" if copy else ""
    base = Way(f"{name}{twin}", name, link, copy=copy)
    if case.in_trench(name):
        assert case.trenches is not None
        shared = case.trenches.shared
        base = replace(base, trench="shared" if shared else "own", straight=shared and _straight(case, deal))
    for sized in sizes_of(case, name, deal.source.resource, findings):
        option = base.id if sized.size is None else f"{name} / {sized.size.size}{twin}"
        yield replace(base, id=option, size=sized.size, capacity=sized.capacity)


def _straight(case: Case, deal: Deal) -> bool:
    """Whether a pipe in a trench takes a shortest way: where what it costs or loses goes with flow x length.

    The sizes and links of one copy share one way, so that one such link among them decides for all.
    """
    allowed: tuple[str, ...] = deal.terms.get("links") or case.resources[deal.source.resource].carried_by
    laid = (case.links[name] for name in allowed if not case.links[name].main and case.in_trench(name))
    return any(_runs_by_flow(link) for link in laid)


def _runs_by_flow(link: Link) -> bool:
    """Whether running it costs, emits, uses or loses something per unit moved and kilometre."""
    per_km = (link.cost, link.co2e, link.volume_loss, *link.uses.values())
    return any(value is not None and value.value != 0.0 for value in per_km)


def _size(link: Link, name: str | None) -> Size | None:
    """The size of that name, or the first."""
    return next((size for size in link.sizes if name in (None, size.size)), None)


def _fixed_pair(deal: Deal, pairs: tuple[Pair, ...], geometry: Geometry, findings: Findings) -> tuple[Pair, ...]:
    """The one pair of an exchange that exists; its ends must stand where they are."""
    kept = []
    for p, q in pairs:
        ends = ((deal.source.member.site, p), (deal.sink.member.site, q))
        broken = [b.requirement for end in ends for b in geometry.siting.breaches.get(end, ())]
        if not any(requirement.startswith(("plot:", "plots:")) for requirement in broken):
            kept.append((p, q))
    if len(kept) > 1:
        findings.fault(deal.terms.paths["existing"], f"{deal.id} exists, so both its ends need a fixed plot")
        return ()
    return tuple(kept)


def _lays(deal: Deal, way: Way, pairs: Iterable[Pair], geometry: Geometry) -> dict[Pair, Lay]:
    """Pairs of places that a way joins, and how it lies between them."""
    if way.main is not None:
        return _along_stretches(deal, way, pairs, geometry)
    if way.trench == "shared":
        lays = _along_stretches(deal, way, pairs, geometry)
        within = _along_routes(deal, way, [(p, q) for p, q in lays if p == q], geometry)
        return within | {(p, q): lay for (p, q), lay in lays.items() if p != q}
    return _along_routes(deal, way, pairs, geometry)


def _along_routes(deal: Deal, way: Way, pairs: Iterable[Pair], geometry: Geometry) -> dict[Pair, Lay]:
    """The same by a way of its own: of any link in no shared trench, and of all pipes within one plot."""
    assert way.link is not None
    routes = geometry.network(way.link, deal.source.resource)
    stated = stated_length(deal, way, geometry.case)
    most = farthest(geometry.case, way.link, deal.source.resource, stated=not way.in_place)
    detour = way.link.detour.value
    lays = {}
    for pair in pairs:
        route = routes.get(pair)
        if stated is not None:
            if stated.value <= most:
                lays[pair] = Lay(stated.value, stated.value, {})
        elif route is not None and route.length_m * detour <= most:
            charges = {} if way.in_place or way.size is None else route.charges
            lays[pair] = Lay(route.length_m * detour, route.cost_length_m * detour, charges)
    return lays


def _along_stretches(deal: Deal, way: Way, pairs: Iterable[Pair], geometry: Geometry) -> dict[Pair, Lay]:
    """The same along the corridor graph: by the shortest way, whatever other way the pipe may take."""
    assert way.link is not None
    reach = geometry.reach(deal.source.resource)
    most = farthest(geometry.case, way.link, deal.source.resource, stated=not way.in_place)
    lays = {}
    for p, q in pairs:
        km = None if reach is None else reach.km(p, q)
        if km is not None and km * 1000.0 <= most * (1.0 + ROUNDING):
            lays[p, q] = Lay(km * 1000.0, km * 1000.0, {})
    return lays


def _bounded(
    deal: Deal, way: Way, lays: Mapping[Pair, Lay], geometry: Geometry, findings: Findings, *, relaxed: bool
) -> Way | None:
    """The way with its pairs, losses and largest flow; None where nothing arrives anywhere, or not hot enough."""
    if way.main is not None:
        return _bounded_main(deal, way, lays, geometry.case)
    per_km = _owed_per_km(deal, way, geometry.case, findings)
    if per_km is None:
        return None
    least = _least_per_km(deal, way, geometry.case)
    winding = way.trench == "shared" and not way.straight
    kept: dict[Pair, Lay] = {}
    data: dict[Pair, PairData] = {}
    found: dict[Pair, Mapping[str, float]] = {}
    for pair, lay in lays.items():
        apart = pair[0] != pair[1]
        losses = _losses(way, lay.length / 1000.0, (per_km, least), along=apart and way.trench == "shared")
        if losses is None:
            continue
        beyond: dict[str, float] = {}
        if winding and apart and per_km:
            farther = max(0.0, _longest(way, deal, geometry) - lay.length / 1000.0)
            beyond = {t: lost * farther for t, lost in per_km.items() if lost > 0.0}
        flow = _largest_flow(deal, way.capacity, losses, beyond)
        if _serves(deal, flow, losses):
            kept[pair], data[pair], found[pair] = lay, losses, flow
    hot = kept if relaxed else {pair: lay for pair, lay in kept.items() if _hot(found[pair], data[pair])}
    note_too_cold(deal, way, kept, hot, geometry.case, findings)
    kept, data, found = hot, {pair: data[pair] for pair in hot}, {pair: found[pair] for pair in hot}
    idle = _idle(deal, found, data, relaxed=relaxed)
    largest = {t: 0.0 if t in idle else max((flow[t] for flow in found.values()), default=0.0) for t in deal.shared}
    delivers = [pair for pair, losses in data.items() if _delivers(found[pair], losses, idle, relaxed=relaxed)]
    data = {pair: _awake(data[pair], idle) for pair in delivers}
    if not data:
        return None
    if way.trench == "shared" and all(p == q for p, q in data):
        way = replace(way, trench="own", straight=False)  # within one plot it has no way along stretches
    option = OptionData(largest, data, way.copy, 0, way.existing, rate=way.rate(deal.peak))
    if way.trench == "shared":
        assert way.link is not None
        owed = {t: lost for t, lost in per_km.items() if t not in idle} if per_km and winding else {}
        longest = farthest(geometry.case, way.link, deal.source.resource) / 1000.0
        least = {t: flow for t, flow in least.items() if t not in idle} if winding else {}
        option = replace(option, in_trench=True, owed_per_km=owed, max_length=longest, least_per_km=least)
    return replace(
        way,
        lengths={pair: (lay.length, lay.cost_length) for pair, lay in kept.items() if pair in data},
        charges={pair: lay.charges for pair, lay in kept.items() if pair in data and lay.charges},
        data=option,
    )


def _idle(
    deal: Deal, flows: Mapping[Pair, Mapping[str, float]], data: Mapping[Pair, PairData], *, relaxed: bool
) -> frozenset[str]:
    """States in which nothing arrives over any pair of places: there a link is out of service and owes nothing."""
    if len(deal.shared) == 1:
        return frozenset()

    def serves(t: str) -> bool:
        return any(_arrives(flow, data[p], t) and (relaxed or _hot_in(flow, data[p], t)) for p, flow in flows.items())

    return frozenset(t for t in deal.shared if not serves(t))


def _delivers(flow: Mapping[str, float], losses: PairData, idle: Collection[str], *, relaxed: bool) -> bool:
    """Whether enough arrives over a pair of places in every state in which the link is in service anywhere."""
    hot = relaxed or all(t in idle or _hot_in(flow, losses, t) for t in flow)
    return hot and (len(flow) == 1 or all(t in idle or _arrives(flow, losses, t) for t in flow))


def _arrives(flow: Mapping[str, float], losses: PairData, state: str) -> bool:
    some = arriving(flow, losses, state) > ROUNDING * max(flow[state], ROUNDING)
    return some and (losses.owed_loss.get(state, 0.0) >= 0.0 or flow[state] > ROUNDING)


def _hot(flow: Mapping[str, float], losses: PairData) -> bool:
    """Whether something arrives in any state that is hot (or cold) enough."""
    return any(_arrives(flow, losses, t) and _hot_in(flow, losses, t) for t in flow)


def _hot_in(flow: Mapping[str, float], losses: PairData, state: str) -> bool:
    return losses.least_flow.get(state, 0.0) <= flow[state] * (1.0 + ROUNDING)


def _awake(losses: PairData, idle: Collection[str]) -> PairData:
    """What is lost in the states in which a link is in service."""
    if not idle:
        return losses
    owed, least = ({t: flow for t, flow in by.items() if t not in idle} for by in (losses.owed_loss, losses.least_flow))
    return replace(losses, owed_loss=owed, least_flow=least)


def _bounded_main(deal: Deal, way: Way, lays: Mapping[Pair, Lay], case: Case) -> Way | None:
    """The same over a main, which keeps its losses itself."""
    assert way.link is not None
    lossy = loses(case, way.link, deal.source.resource)
    flow = _largest_flow(deal, None, PairData())
    if lossy:  # what covers losses is sent besides, where anything is taken
        flow = {t: deal.at_source_in(t) if most > 0.0 else 0.0 for t, most in flow.items()}
    if way.capacity is not None:
        flow = {t: min(most, way.capacity * deal.shared[t] / deal.peak) for t, most in flow.items()}
    if not lays or not _serves(deal, flow, PairData()):
        return None
    pairs = {pair: PairData(length=lay.length / 1000.0) for pair, lay in lays.items()}
    option = OptionData(flow, pairs, way.copy, 0, way.existing, main=way.main, rate=way.rate(deal.peak))
    return replace(way, loses=lossy, data=option)


def _longest(way: Way, deal: Deal, geometry: Geometry) -> float:
    """Longest way a pipe in a shared trench may take [km]."""
    reach = geometry.reach(deal.source.resource)
    assert reach is not None
    assert way.link is not None
    return min(reach.total_km, farthest(geometry.case, way.link, deal.source.resource) / 1000.0)


def stated_length(deal: Deal, way: Way, case: Case) -> Length | None:
    """Length in place of what is already there, if the case states it."""
    if way.pipe is not None:
        pipe: ExistingPipe = case.existing_pipes[way.pipe]
        return pipe.length
    if way.existing:
        length: Length | None = deal.terms.get("existing").length
        return length
    return None


def _owed_per_km(deal: Deal, way: Way, case: Case, findings: Findings) -> dict[str, float] | None:
    """By state, heat lost a year on each kilometre [unit/yr], empty for none; None where nobody can say."""
    assert way.name is not None
    giver = deal.source.member.name
    hourly = lost_per_metre(case, deal.source.resource, way.name, way.size, findings, giver=giver)
    if hourly is None:
        return None
    return {t: hourly.get(t, 0.0) * 1000.0 * hours for t, hours in deal.shared.items()} if hourly else {}


def _least_per_km(deal: Deal, way: Way, case: Case) -> dict[str, float]:
    """By state, the least that must leave a year for each kilometre, to arrive hot enough [unit/yr]; empty for none."""
    hourly = least_per_metre(case, deal.source.resource, way.size)
    return {t: hourly[t] * 1000.0 * hours for t, hours in deal.shared.items() if hourly.get(t)}


def _losses(way: Way, km: float, per_km: Sequence[Mapping[str, float]], *, along: bool) -> PairData | None:
    """What is owed over a length, and must flow; None where all is lost. ``along`` where it follows stretches."""
    assert way.link is not None
    owed, least = ({t: amount * km for t, amount in by.items() if amount * km} for by in per_km)
    share = 0.0 if way.link.volume_loss is None else way.link.volume_loss.value * km
    if share >= 1.0:
        return None
    return PairData(owed, share, km if along else 0.0, {t: flow / (1.0 - share) for t, flow in least.items()})


def _largest_flow(
    deal: Deal, capacity: float | None, losses: PairData, beyond: Mapping[str, float] | None = None
) -> dict[str, float]:
    """By state, the most that can leave over one pair of places, owing so much more on a longer way [unit/yr]."""
    found = {}
    for t, hours in deal.shared.items():
        owed = losses.owed_loss.get(t, 0.0) + (beyond or {}).get(t, 0.0)
        wanted = (deal.at_sink_in(t) / deal.ratio.value + owed) / (1.0 - losses.share_lost)
        flow = min(deal.at_source_in(t), wanted)
        found[t] = flow if capacity is None else min(flow, capacity * hours / deal.peak + min(0.0, owed))
    return found


def arriving(flow: Mapping[str, float], losses: PairData, state: str) -> float:
    """What arrives of a flow in a state [unit/yr]."""
    return flow[state] * (1.0 - losses.share_lost) - losses.owed_loss.get(state, 0.0)


def _serves(deal: Deal, flow: Mapping[str, float], losses: PairData) -> bool:
    """True where anything arrives, and in every state all that must where the sink is met whole or not at all."""
    if not any(_arrives(flow, losses, t) for t in flow):
        return False
    if not getattr(deal.sink.data, "whole_demand_from_one_source", False):
        return True
    needed = {t: end.amount if deal.sink.chosen else end.most for t, end in deal.sink.slices.items()}
    return all(arriving(flow, losses, t) * deal.ratio.value >= needed[t] * (1.0 - ROUNDING) for t in flow)


def _in_order(ways: list[Way]) -> tuple[Way, ...]:
    """Ways with the rank of their size: by capacity, then what carries any flow, then what is already there.

    Twins are built in order of rank, the largest first; so what is in place ranks above all, and never stands in the
    way of a new link beside it.
    """
    first = [way for way in ways if way.copy == 0]
    ranked = sorted(first, key=lambda way: (way.in_place, float("inf") if way.capacity is None else way.capacity))
    order = {_without_copy(way): rank for rank, way in enumerate(ranked)}
    return tuple(
        replace(way, data=replace(way.data, order=order.get(_without_copy(way), len(order))))
        for way in ways
        if way.data is not None
    )


def _without_copy(way: Way) -> tuple[str | None, str | None, bool, str | None]:
    return way.name, None if way.size is None else way.size.size, way.existing, way.pipe


def exchange_data(deal: Deal, ways: Iterable[Way]) -> ExchangeData:
    """The exchange as the mathematics see it."""
    options = {way.id: way.data for way in ways if way.data is not None}
    by_copy: dict[int, float] = {}
    for option in options.values():
        by_copy[option.copy] = max(by_copy.get(option.copy, 0.0), sum(option.max_flow.values()))
    min_flow = deal.terms.get("min_flow")
    several = len(deal.shared) > 1
    return ExchangeData(
        deal.source.id,
        deal.sink.id,
        deal.ratio.value,
        deal.own,
        options,
        min_flow=0.0 if min_flow is None else min_flow.value,
        max_flow=min(deal.at_source, sum(by_copy.values())),
        max_share=deal.max_share,
        source_hours=deal.working_hours(deal.source),
        sink_hours=deal.working_hours(deal.sink),
        forced=bool(deal.terms.get("forced", False)),
        also={name: per.value for name, per in deal.credits.items()},
        most={t: deal.leaving_in(t) for t in deal.shared} if several else {},
        shares=deal.shares,
        source_shares=deal.source_shares,
        within=deal.within,
    )
