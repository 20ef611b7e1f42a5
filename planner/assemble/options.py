"""Ways to build an exchange: links x sizes x twins, what exists, pipes in the ground; and how much each can carry.

The bounds are the smallest valid ones, from the data (H shared hours, L the loss a year, s the share lost):

    leaving  <= min(rate of the source x H, amount of the source, capacity x H / peak factor, the exchange's maximum)
    arriving  = leaving x (1 - s) - L
    arriving <= min(demand, rate of the sink x H, shares of the demand) / ratio

A pair of places where nothing arrives is no pair.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from models.instance import ExchangeData, OptionData, PairData
from planner.assemble.exchanges import Deal
from planner.assemble.findings import Findings
from planner.assemble.land import Siting
from planner.assemble.streams import YEAR, content
from planner.case.case import Case
from planner.case.links import ExistingPipe, Link, Size
from planner.case.values import Length, Rate
from planner.geography.distances import Distances, Pair, Route

#: Shares below this are rounding.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Way:
    """An option in the words of the case.

    Attributes
    ----------
    id
        Option id.
    name, link, size
        The link and its size; None for an own exchange.
    capacity
        [unit/h]; None where it carries any flow.
    in_place
        Already there: no investment.
    existing
        Carries this exchange today.
    pipe
        The pipe in the ground it uses.
    lengths
        Pair of places -> (length [m], cost length [m]).
    data
        The option as the mathematics see it.
    """

    id: str
    name: str | None = None
    link: Link | None = None
    size: Size | None = None
    capacity: float | None = None
    copy: int = 0
    in_place: bool = False
    existing: bool = False
    pipe: str | None = None
    lengths: Mapping[Pair, tuple[float, float]] | None = None
    data: OptionData | None = None

    @property
    def pairs(self) -> Mapping[Pair, PairData]:
        """Pairs of places it may join; none for an own exchange."""
        return {} if self.data is None else self.data.pairs

    @property
    def max_flow(self) -> float:
        """The most that can leave the source through it [unit/yr]."""
        return 0.0 if self.data is None else self.data.max_flow[YEAR]


@dataclass(frozen=True)
class Geometry:
    """Where units may stand and how far that is."""

    case: Case
    distances: Distances
    siting: Siting

    def network(self, link: Link) -> Mapping[Pair, Route]:
        """Routes of the network a link follows, or of what stands for it where the case has no such layer."""
        routes = self.distances.routes
        if link.along in routes:
            return routes[link.along]
        geography = self.case.geography
        if link.along in ("corridors", "roads") and getattr(geography, link.along) is None:
            return routes.get(geography.without_corridors, {})
        return {}

    def pairs(self, deal: Deal) -> Iterator[Pair]:
        """Pairs of places on which giver and taker may stand."""
        admissible, places = self.siting.admissible, self.siting.places
        for p in admissible.get(deal.source.member.site, ()):
            for q in admissible.get(deal.sink.member.site, ()):
                if p != q or places[p].tenants > 1:
                    yield p, q


def ways_of(deal: Deal, geometry: Geometry, findings: Findings) -> tuple[Way, ...]:
    """All ways to build an exchange that can carry anything."""
    if deal.own:
        flow = _largest_flow(deal, None, PairData())
        enough = _serves(deal, flow, PairData())
        return (Way("on site", data=OptionData({YEAR: flow})),) if enough else ()
    ways = [
        way
        for candidate, routes in _candidates(deal, geometry, findings)
        if (way := _bounded(deal, candidate, routes, geometry, findings)) is not None
    ]
    return _in_order(ways)


def _candidates(deal: Deal, geometry: Geometry, findings: Findings) -> Iterator[tuple[Way, Iterable[Pair]]]:
    """Ways before their bounds, each with the pairs of places it could join."""
    case, terms = geometry.case, deal.terms
    allowed: tuple[str, ...] = terms.get("links") or case.resources[deal.source.resource].carried_by
    pairs = tuple(geometry.pairs(deal))
    for name in allowed:
        for copy in range(terms.get("twins", 1)):
            yield from ((replace(way, copy=copy), pairs) for way in _new(case, name, copy))
    existing = terms.get("existing")
    if existing is not None:
        size = _size(case.links[existing.link], existing.size)
        way = _in_place(f"existing {existing.link}", existing.link, case.links[existing.link], size, existing.capacity)
        yield replace(way, existing=True), _fixed_pair(deal, pairs, geometry, findings)
    for name, pipe in case.existing_pipes.items():
        if deal.source.resource in pipe.resources and pipe.link in (terms.get("links") or (pipe.link,)):
            size = _size(case.links[pipe.link], pipe.size)
            way = _in_place(f"pipe:{name}", pipe.link, case.links[pipe.link], size, pipe.capacity)
            ends = ((pipe.from_, pipe.to), (pipe.to, pipe.from_))
            yield replace(way, pipe=name), [pair for pair in pairs if pair in ends]


def _new(case: Case, name: str, copy: int) -> Iterator[Way]:
    link, twin = case.links[name], f" #{copy + 1}" if copy else ""
    if not link.sizes:
        yield Way(f"{name}{twin}", name, link)
    for size in link.sizes:
        yield Way(f"{name} / {size.size}{twin}", name, link, size, size.capacity.value)


def _in_place(option: str, name: str, link: Link, size: Size | None, capacity: Rate) -> Way:
    return Way(option, name, link, size, capacity.value, in_place=True)


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


def _bounded(deal: Deal, way: Way, pairs: Iterable[Pair], geometry: Geometry, findings: Findings) -> Way | None:
    """The way with its pairs, losses and largest flow; None where nothing arrives anywhere."""
    assert way.link is not None
    routes = geometry.network(way.link)
    stated = _stated_length(deal, way, geometry.case)
    lengths: dict[Pair, tuple[float, float]] = {}
    data: dict[Pair, PairData] = {}
    largest = 0.0
    for pair in pairs:
        route = routes.get(pair)
        detour = way.link.detour.value
        if stated is not None:
            length, cost_length = stated.value, stated.value
        elif route is not None:
            length, cost_length = route.length_m * detour, route.cost_length_m * detour
        else:
            continue
        if way.link.max_length is not None and length > way.link.max_length.value and not way.in_place:
            continue
        losses = _losses(deal, way, length, geometry.case, findings)
        flow = 0.0 if losses is None else _largest_flow(deal, way.capacity, losses)
        if losses is None or not _serves(deal, flow, losses):
            continue
        lengths[pair], data[pair] = (length, cost_length), losses
        largest = max(largest, flow)
    if not data:
        return None
    return replace(way, lengths=lengths, data=OptionData({YEAR: largest}, data, way.copy, 0, way.existing))


def _stated_length(deal: Deal, way: Way, case: Case) -> Length | None:
    """Length in place of what is already there, if the case states it."""
    if way.pipe is not None:
        pipe: ExistingPipe = case.existing_pipes[way.pipe]
        return pipe.length
    if way.existing:
        length: Length | None = deal.terms.get("existing").length
        return length
    return None


def _losses(deal: Deal, way: Way, length: float, case: Case, findings: Findings) -> PairData | None:
    """What is lost over a length [m]; None where everything is."""
    assert way.link is not None
    owed = 0.0
    is_heat = case.resources[deal.source.resource].kind == "heat"
    if is_heat and way.size is not None and way.size.loss is not None and way.size.loss.value:
        energy = content(case, deal.source.resource, "MWh")
        if not energy:
            path = f"resources.{deal.source.resource}.enthalpy"
            findings.fault(path, f"needed (MWh in a unit): {way.name} loses heat, stated in W/m")
            return None
        owed = way.size.loss.value * 1e-6 * length * deal.hours.value / energy
    share = 0.0 if way.link.volume_loss is None else way.link.volume_loss.value * length / 1000.0
    return PairData({YEAR: owed} if owed else {}, share) if share < 1.0 else None


def _largest_flow(deal: Deal, capacity: float | None, losses: PairData) -> float:
    """The most that can leave the source over one pair of places [unit/yr]."""
    wanted = (deal.at_sink / deal.ratio.value + losses.owed_loss.get(YEAR, 0.0)) / (1.0 - losses.share_lost)
    flow = min(deal.at_source, wanted)
    return flow if capacity is None else min(flow, capacity * deal.hours.value / deal.peak)


def arriving(flow: float, losses: PairData) -> float:
    """What arrives of a flow [unit/yr]."""
    return flow * (1.0 - losses.share_lost) - losses.owed_loss.get(YEAR, 0.0)


def _serves(deal: Deal, flow: float, losses: PairData) -> bool:
    """True where something arrives, and all that must where the sink is met whole or not at all."""
    arrives = arriving(flow, losses)
    if arrives <= ROUNDING * max(flow, ROUNDING):
        return False
    whole = getattr(deal.sink.data, "whole_demand_from_one_source", False)
    return not whole or arrives * deal.ratio.value >= deal.sink.amount * (1.0 - ROUNDING)


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
        by_copy[option.copy] = max(by_copy.get(option.copy, 0.0), option.max_flow[YEAR])
    min_flow = deal.terms.get("min_flow")
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
    )
