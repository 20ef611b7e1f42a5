"""Checks what a case says of exchanges, and whether everyone can do without any exchange."""

from collections.abc import Iterable

from planner.case import units
from planner.case.case import Case
from planner.case.closure import yearly_amount
from planner.case.exchanges import Exchange
from planner.case.findings import Findings, Path
from planner.case.logic_links import check_bought
from planner.case.pairs import Inlet, Outlet, Pair, could_cross, inlets, matches, outlets, pairs
from planner.case.periods import facility_hours
from planner.case.plants import Sink, Source

_TOLERANCE = 1e-6


def check_exchanges(case: Case, found: Findings) -> None:
    """Substitutions and exchanges."""
    seen: set[tuple[str, str]] = set()
    for index, substitution in enumerate(case.substitutions):
        path: Path = ("substitutions", index)
        ends = (substitution.from_, substitution.to)
        if ends[0] == ends[1]:
            found.say(path, f"{ends[0]} replaces itself; that needs no substitution")
        if ends in seen:
            found.say(path, f"{ends[0]} for {ends[1]} is declared twice")
        seen.add(ends)
        if substitution.ratio.value <= 0:
            found.say((*path, "ratio"), f"found {substitution.ratio.given}; expected more than 0")
        if substitution.treatment:
            check_bought(case, substitution.treatment.uses, (*path, "treatment", "uses"), found)
        _check_credits(case, substitution.also or {}, ends, path, found)
    stated: set[tuple[str | None, ...]] = set()
    for index, exchange in enumerate(case.exchanges):
        named = (exchange.from_, exchange.stream, exchange.to, exchange.into)
        if named in stated:
            found.say(("exchanges", index), "the same exchange is stated twice")
        stated.add(named)
        _check_exchange(case, exchange, ("exchanges", index), found)


def check_supply_and_disposal(case: Case, found: Findings) -> None:
    """Every sink suppliable and every source disposable without any exchange between sites.

    The baseline has each plant alone; what an own source, sink or measure might do for it is left to the program.
    """
    helped_out, helped_in = set(), set()
    for pair in pairs(case):
        if pair.own and (pair.outlet.operation is None or pair.outlet.operation is not pair.inlet.operation):
            helped_out.add((pair.outlet.unit, pair.outlet.name))
            helped_in.add((pair.inlet.unit, pair.inlet.name))
    for inlet in inlets(case):
        if inlet.stream is not None or inlet.operation is not None:
            path = (_kind(case, inlet.unit), inlet.unit, *_section(inlet, "sinks", "takes"), inlet.name)
            helped = inlet.medium or (inlet.unit, inlet.name) in helped_in
            _check_suppliable(case, inlet.stream, inlet.resource, helped, path, found)
    for outlet in outlets(case):
        if outlet.stream is None and outlet.operation is None:
            continue
        path = (_kind(case, outlet.unit), outlet.unit, *_section(outlet, "sources", "gives"), outlet.name)
        if outlet.stream and outlet.stream.forgoes:
            check_bought(case, outlet.stream.forgoes.flows, (*path, "forgoes"), found)
        if outlet.medium or (outlet.unit, outlet.name) in helped_out:
            continue
        if not _is_disposable(case, outlet.unit, outlet.stream, outlet.resource):
            message = f"{outlet.resource} could not be disposed of without an exchange; state a discharge" + (
                ", a sale without limit, or on_demand: true" if outlet.stream else " or a sale without limit of it"
            )
            found.rest(path, message, at_key=True)


def _section(end: Inlet | Outlet, streams: str, media: str) -> tuple[str, ...]:
    """Where a stream of a plant stands."""
    return ("operations",) if end.operation else ("process_heat", media) if end.medium else (streams,)


def _kind(case: Case, unit: str) -> str:
    return "plants" if unit in case.plants else "partners"


def _check_suppliable(case: Case, sink: Sink | None, resource: str, helped: bool, path: Path, found: Findings) -> None:
    if sink and sink.supplied_today_by:
        check_bought(case, sink.supplied_today_by.inputs, (*path, "supplied_today_by"), found)
        if not sink.supplied_today_by.inputs and sink.supplied_today_by.cost is None:
            found.say((*path, "supplied_today_by"), "is empty; state what is bought or burnt, or the cost")
    elif not helped and resource in case.resources and case.resources[resource].price is None:
        today = ", or what supplies it today (`supplied_today_by`)" if sink else ""
        message = f"{resource} could not be had without an exchange; state a price of the resource{today}"
        found.rest(path, message, at_key=True)


def _is_disposable(case: Case, unit: str, source: Source | None, name: str) -> bool:
    """Whether a source, or what an operation gives (without ``source``), finds a way out whatever the others do."""
    resource = case.resources.get(name)
    if resource is None or resource.discharge or (source and (source.on_demand or source.discharge)):
        return True
    sale = (source.sale if source else None) or resource.sale
    if sale is None:
        return False
    return sale.limit is None or (
        source is not None
        and sale.limit.value >= yearly_amount(case, case.plants.get(unit) or case.partners[unit], source)
    )


def _hours(case: Case, unit: str, stream: Source | Sink | None) -> float:
    """Operating hours of a stream, or of a facility, which has no streams of its own.

    An operation runs with its plant.
    """
    if stream is None and unit in case.facilities:
        return sum(facility_hours(case, case.facilities[unit]).values())
    tenant = case.plants.get(unit) or case.partners[unit]
    hours = (stream.hours if stream else None) or tenant.hours
    if hours:
        return hours.value
    return units.HOURS_PER_YEAR - (tenant.stops.value if tenant.stops else 0.0)


def _check_exchange(case: Case, exchange: Exchange, path: Path, found: Findings) -> None:
    if exchange.forbidden and (exchange.forced or exchange.existing or exchange.min_flow):
        found.say((*path, "forbidden"), "is forbidden and, at once, forced, existing or with a least flow")
    if exchange.min_flow and exchange.max_flow and exchange.min_flow.value > exchange.max_flow.value:
        message = f"{exchange.min_flow.given} is above its own max_flow, {exchange.max_flow.given}"
        found.say((*path, "min_flow"), message)
    if exchange.paid_by is not None:
        total = sum(share.value for share in exchange.paid_by.values())
        if abs(total - 1) > _TOLERANCE:
            found.say((*path, "paid_by"), f"the shares add up to {total:g}; expected 1")
    if exchange.transfer and exchange.transfer.price and exchange.transfer.seller_share:
        found.say((*path, "transfer"), "states price and seller_share; expected one of them")
    if exchange.treatment:
        check_bought(case, exchange.treatment.uses, (*path, "treatment", "uses"), found)
    if exchange.also:
        pairs_meant = [(pair.outlet.resource, pair.inlet.resource) for pair in matches(case, exchange)]
        _check_credits(case, exchange.also, [name for pair in pairs_meant for name in pair], path, found)
    if exchange.ratio and exchange.ratio.value <= 0:
        found.say((*path, "ratio"), f"found {exchange.ratio.given}; expected more than 0")
    if exchange.links is not None and not exchange.links:
        found.say((*path, "links"), "is an empty list; forbid the exchange instead")
    _check_ends(case, exchange, path, found)
    _check_shared_hours(case, exchange, path, found)


def _check_credits(case: Case, also: Iterable[str], ends: Iterable[str], path: Path, found: Findings) -> None:
    """What a unit delivered saves besides: it has a price, and is neither what is given nor what is replaced."""
    named = set(ends)
    check_bought(case, also, (*path, "also"), found)
    for name in also:
        if name in named:
            message = f"{name} is an end of it; state what is saved besides what it replaces (the ratio says that)"
            found.say((*path, "also", name), message, at_key=True)


def _check_shared_hours(case: Case, exchange: Exchange, path: Path, found: Findings) -> None:
    """Two streams run together no longer than either runs; an entry for several exchanges must fit one of them."""
    joined = matches(case, exchange) if exchange.shared_hours else []
    if exchange.shared_hours is None or not joined:
        return
    hours, end = max((_shorter(case, pair) for pair in joined), key=lambda bound: bound[0])
    if exchange.shared_hours.value > hours + _TOLERANCE:
        message = f"found {exchange.shared_hours.given}, but {end.name} of {end.unit} runs only {hours:g} h/yr"
        found.say((*path, "shared_hours"), message)


def _shorter(case: Case, pair: Pair) -> tuple[float, Outlet | Inlet]:
    """Hours of the stream of a pair that runs the shorter, with that stream."""
    ends: tuple[Outlet | Inlet, Outlet | Inlet] = (pair.outlet, pair.inlet)
    return min(((_hours(case, end.unit, end.stream), end) for end in ends), key=lambda bound: bound[0])


def _why_none(case: Case, exchange: Exchange) -> str:
    if exchange.from_ is not None and exchange.from_ == exchange.to and _one_unit(case, exchange):
        return "a facility or operation does not feed itself: what it recirculates is its own affair"
    streams = could_cross(case, exchange)
    if streams is None or exchange.ratio is not None:
        return "no source and sink of the case fit it"
    resources = f"{streams[0].resource} cannot replace {streams[1].resource}"
    return f"{resources}; declare a substitution, or state a ratio here with both ends"


def _one_unit(case: Case, exchange: Exchange) -> bool:
    """Whether an entry from a place to itself means one facility, or one operation of a plant."""
    plant = case.plants.get(str(exchange.from_))
    operations = {} if plant is None else plant.operations
    one = operations and {exchange.stream, exchange.into} <= {None, *operations} and exchange.stream == exchange.into
    return str(exchange.from_) in case.facilities or bool(one)


def _by_ratio_alone(pair: Pair) -> bool:
    return pair.outlet.resource != pair.inlet.resource and pair.substitution is None


def _check_ends(case: Case, exchange: Exchange, path: Path, found: Findings) -> None:
    joined = matches(case, exchange)
    if not joined and not exchange.forbidden:  # what forbids nothing is noted: it does no harm
        found.follow(path, _why_none(case, exchange))
    elif len(joined) > 1 and any(_by_ratio_alone(pair) for pair in joined):
        found.say(path, "its ratio could join several streams; state stream and into")
    if exchange.existing is None:
        return
    if exchange.existing.capacity.value <= 0:
        found.say((*path, "existing", "capacity"), f"found {exchange.existing.capacity.given}; expected more than 0")
    for field, unit in (("from", exchange.from_), ("to", exchange.to)):
        if unit is None:
            found.say((*path, "existing"), f"an existing link joins two places; state {field}")
        elif (unit in case.plants and case.plants[unit].plot is None) or (
            unit in case.facilities and case.facilities[unit].plot is None and case.facilities[unit].scope == "shared"
        ):
            found.say((*path, "existing"), f"an existing link joins two places, but {unit} has no fixed plot")
