"""From a case and its distances to the instance that the mathematics solve, with the lines behind every number."""

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from models.instance import ExchangeData, FacilityData, Instance, StateData, UnitData
from models.rules import Limit, Relaxed
from planner.assemble.arrivals import price_flow
from planner.assemble.assembly import Assembly, Barred, Demand, ExchangeFacts
from planner.assemble.chronology import chronology_of
from planner.assemble.credits import Bought, amounts_bought, bought_besides, price_credits
from planner.assemble.demands import Asked, demands_of, forbidden_by, least_of_links
from planner.assemble.equipment import Equipment, equipment_of, note_converters, note_equipment, price_equipment
from planner.assemble.exchanges import Deal, deals_of
from planner.assemble.facilities import facility_data, note_law, price_facility
from planner.assemble.fees import price_loads
from planner.assemble.findings import Findings
from planner.assemble.gates import Ceilings, expanded_together, limits_of, price_expansions, totals_of
from planner.assemble.heat import Heat, heat_of, look_heat, note_heat, price_recovery
from planner.assemble.heat_wanted import with_wanted
from planner.assemble.land import Siting, land_by_size, land_needed, siting
from planner.assemble.laying import price_network
from planner.assemble.lines import Ledger, accounts_of, is_money
from planner.assemble.links import price_link
from planner.assemble.makeup import make_up_outside
from planner.assemble.network import Network, network_of, with_losses, words_of
from planner.assemble.notes import note_assumptions
from planner.assemble.notes_network import note_network
from planner.assemble.operations import operation_flows
from planner.assemble.options import exchange_data, ways_of
from planner.assemble.plots import price_land
from planner.assemble.pooled import fitting_ways, never_together
from planner.assemble.quality import Qualities, qualities_of
from planner.assemble.roomier import roomier
from planner.assemble.scale import money_scale, scaled
from planner.assemble.stores import fastest_of, is_idle_store, note_stores, stores_of
from planner.assemble.streams import (
    Flow,
    Member,
    members_of,
    sink_data,
    sinks_of,
    source_data,
    sources_of,
)
from planner.assemble.supply import conventional_supply, outlets
from planner.assemble.temperatures import arrivals_of
from planner.assemble.visible import Sight, look, why_not_built
from planner.assemble.warm_mains import warm_ways
from planner.assemble.ways import Geometry, Way
from planner.case.case import Case
from planner.case.facilities import Facility
from planner.case.periods import states_of
from planner.case.plants import Plant, Source
from planner.case.values import Value
from planner.geography.distances import Distances


@dataclass(frozen=True)
class _Park:
    """Everything known before a line is booked."""

    members: Mapping[str, Member]
    siting: Siting
    sources: Mapping[str, Flow]
    sinks: Mapping[str, Flow]
    deals: Mapping[str, Deal]
    ways: Mapping[str, tuple[Way, ...]]
    exchanges: Mapping[str, ExchangeData]
    network: Network
    qualities: Qualities
    apart_on_mains: Mapping[str, tuple[tuple[str, str], ...]]
    forbidden: tuple[Deal, ...]
    largest: Mapping[str, float]
    heat: Heat
    equipment: Mapping[str, Equipment]


def assemble(case: Case, distances: Distances, *, relaxed: bool = False, closed: bool = False) -> Assembly:
    """Turn a case into an instance and its lines.

    Parameters
    ----------
    case
        The case, its values in the documented units.
    distances
        Routes and distances between its plots and partners.
    relaxed
        Keep places that break a requirement, with the amount by which, exchanges that the case forbids or asks too
        much of, and facilities of any size, and do not raise what can be seen to be impossible: for the diagnosis of
        an infeasible case only.
    closed
        Leave out what the case forbids, even so.

    Returns
    -------
    Assembly
        The instance, its lines, and notes on assumptions and on what was left out.

    Raises
    ------
    CaseError
        If the case lacks a number it needs, or a unit cannot stand alone as the baseline asks: every fault at once.
    Infeasible
        If it can be seen that no plan satisfies the case: everything that clashes at once.
    """
    with _garbage_left():
        return _assemble(case, distances, relaxed=relaxed, closed=closed)


@contextmanager
def _garbage_left() -> Iterator[None]:
    """Leave garbage alone for a while: looking for it among a million lines takes longer than making them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _assemble(case: Case, distances: Distances, *, relaxed: bool, closed: bool) -> Assembly:
    findings = Findings()
    park = _gather(case, distances, findings, relaxed=relaxed, closed=closed)
    ledger = _price(case, park, findings)
    look(_sight(case, park), findings)
    look_heat(case, park.members.values(), park.heat, park.exchanges, findings)
    findings.raise_faults()
    if not relaxed:
        findings.raise_impossible()
    note_assumptions(case, park.deals, park.exchanges, ledger, findings, park.sources)
    note_network(case, park.network, park.ways, park.exchanges, findings)
    note_stores(case, park.members, findings)
    note_heat(case, park.members.values(), (park.deals[e] for e in park.exchanges), park.heat.unsure, findings)
    note_equipment(park.equipment, findings)
    note_converters(case, findings)
    facts = {e: _facts(case, park.deals[e], park.ways[e]) for e in park.exchanges}
    instance = _instance(case, park, ledger, relaxed=relaxed)
    demands = _demands(case, park, instance) if relaxed else {}
    if relaxed:
        instance = _named(instance, park, demands)
    mains = {name: main.facts for name, main in park.network.mains.items()}
    return Assembly(instance, tuple(ledger.lines), facts, tuple(findings.notes), mains, park.qualities.barred, demands)


def _demands(case: Case, park: _Park, instance: Instance) -> dict[str, Demand]:
    """What else may give, besides limits, places and qualities."""
    flows = {**park.sinks, **{i: flow for i, flow in park.sources.items() if flow.run is not None}}
    ways = {e: park.ways[e] for e in park.exchanges}
    return demands_of(Asked(case, park.members, flows, instance.sinks, park.deals, park.exchanges, ways, park.largest))


def _named(instance: Instance, park: _Park, demands: Mapping[str, Demand]) -> Instance:
    """The instance with all that may give, in the user's words."""
    forbidden = forbidden_by({e: park.deals[e] for e in park.exchanges})
    ways = {e: park.ways[e] for e in park.exchanges}
    relaxed = Relaxed(forbidden, least_of_links(ways), park.largest, arrivals_of(park.deals, ways))
    words = {name: demand.words for name, demand in demands.items()}
    return replace(instance, requirements={**instance.requirements, **words}, relaxed=relaxed)


def _gather(case: Case, distances: Distances, findings: Findings, *, relaxed: bool, closed: bool) -> _Park:
    everybody = members_of(case)
    places = siting(case, distances, everybody, relaxed=relaxed)
    members = {
        name: member for name, member in everybody.items() if _can_be_there(case, member, everybody, places, findings)
    }
    if len(members) < len(everybody):
        places = siting(case, distances, members, relaxed=relaxed)
    members, largest = roomier(case, members) if relaxed else (members, {})
    given, taken = operation_flows(case, members, findings)
    sunk = sinks_of(case, members) | taken
    heat = heat_of(case, members)
    heat = with_wanted(case, members, heat, sunk | dict(heat.sinks), distances, relaxed=relaxed)
    sources = sources_of(case, members) | given | dict(heat.sources)
    sinks = sunk | dict(heat.sinks)
    forbidden: list[Deal] = []
    deals = deals_of(case, sources, sinks, findings, forbidden, relaxed=relaxed and not closed)
    barred = [deal.barred for deal in forbidden]
    qualities = qualities_of(case, (sources, sinks), deals, barred, findings, relaxed=relaxed)
    sources, sinks, deals = qualities.sources, qualities.sinks, qualities.deals
    geometry = Geometry(case, distances, places)
    ways = fitting_ways(qualities, {e: ways_of(d, geometry, findings, relaxed=relaxed) for e, d in deals.items()})
    ways = warm_ways(geometry, deals, ways, findings, relaxed=relaxed)
    exchanges = {e: exchange_data(deals[e], options) for e, options in ways.items() if options}
    units = {e: case.resources[deal.source.resource].unit for e, deal in deals.items()}
    kept = {e: x for e, x in exchanges.items() if relaxed or _carries_enough(e, x, units[e], findings)}
    network = network_of(geometry, deals, ways, kept, findings)
    apart = never_together(qualities, ways, kept)
    ways = with_losses(ways, network.mains)
    equipment = equipment_of(case, (sources, sinks), deals, kept)
    built = (members, places, sources, sinks, deals, ways, kept, network, qualities, apart)
    return _Park(*built, tuple(forbidden), largest, heat, equipment)


def _carries_enough(e: str, exchange: ExchangeData, unit: str, findings: Findings) -> bool:
    """False for an exchange that could never carry its least flow; what is forced stays, to be seen as impossible."""
    if exchange.forced or exchange.min_flow <= exchange.max_flow * (1.0 + 1e-9):
        return True
    findings.note(
        f"{e} is left out: its min_flow of {exchange.min_flow:,.8g} {unit}/yr is above the "
        f"{exchange.max_flow:,.8g} {unit}/yr that can flow"
    )
    return False


def _sight(case: Case, park: _Park) -> Sight:
    barred: dict[str, list[Barred]] = {}
    for one in park.qualities.barred:
        deal = park.qualities.dropped.get(one.exchange)
        for stream in () if deal is None else {deal.source.id, deal.sink.id}:
            barred.setdefault(stream, []).append(one)
    forbidden: dict[str, list[Deal]] = {}
    for deal in park.forbidden:
        for stream in {deal.source.id, deal.sink.id}:
            forbidden.setdefault(stream, []).append(deal)
    streams = (park.sources, park.sinks)
    return Sight(case, park.members, park.siting, *streams, park.deals, park.exchanges, barred, forbidden)


def _can_be_there(
    case: Case, member: Member, everybody: Mapping[str, Member], places: Siting, findings: Findings
) -> bool:
    """False for what need not be there and has no place or no use: it is left out, and said so."""
    if is_idle_store(case, member):
        findings.note(
            f"{member.path}.stores: the case has no periods, so that {member.name} never has anything to keep: it is "
            "left out; state periods"
        )
        return False
    site = everybody[member.site]
    if places.admissible.get(site.name) or not _may_stay_away(member if site is member else site):
        return True
    findings.note(f"{member.name} is left out: there is no plot where {site.name} may stand ({site.path})")
    return False


def _may_stay_away(member: Member) -> bool:
    if isinstance(member.item, Facility):
        return not member.item.forced
    return isinstance(member.item, Plant) and member.item.optional is not None


def _bought(case: Case, park: _Park) -> Bought:
    return bought_besides(case, (park.deals[e] for e in park.exchanges), park.sinks)


def _price(case: Case, park: _Park, findings: Findings) -> Ledger:
    ledger, bought = Ledger(case), _bought(case, park)
    price_land(ledger, park.members, park.siting, findings)
    for sink in park.sinks.values():
        conventional_supply(ledger, sink, findings)
    for source in park.sources.values():
        outlets(ledger, source, findings)
        make_up_outside(ledger, source, findings)
    for e in park.exchanges:
        for way in park.ways[e]:
            price_link(ledger, park.deals[e], way, findings)
            price_flow(ledger, park.deals[e], way, findings)
        price_credits(ledger, park.deals[e], bought, findings)
    price_network(ledger, park.network, findings)
    for member in park.members.values():
        if member.is_facility:
            price_facility(ledger, member)
            note_law(member, findings)
    price_recovery(ledger, park.members.values())
    price_equipment(ledger, park.equipment.values())
    price_loads(ledger, park.qualities)
    price_expansions(ledger)
    return ledger


def _instance(case: Case, park: _Park, ledger: Ledger, *, relaxed: bool) -> Instance:
    scale = money_scale(ledger.effects)
    accounts = accounts_of(case)
    facilities = {m.name: facility_data(m) for m in park.members.values() if m.is_facility}
    sources = {i: source_data(case, flow) for i, flow in park.sources.items()}
    limits, words = limits_of(case)
    facilities = {k: data if data.law is None else _in_scale(data, scale) for k, data in facilities.items()}
    land = land_by_size(park.members)
    grown = {k: land.most(k, facilities[k].segments.values()) for k in land.ground}
    flows, loads = (park.sources, park.sinks, sources), park.qualities.largest_loads()
    equipment = {n: one.data for n, one in park.equipment.items()}
    fastest, duties = fastest_of(park.members), park.heat.duties() | {n: x.most for n, x in equipment.items()}
    ceilings = Ceilings(ledger.effects, park.exchanges, flows, facilities, park.network, loads, duties, fastest, grown)
    breaches, quality = (park.siting.breaches, park.qualities.requirements) if relaxed else ({}, {})
    return Instance(
        units={name: _unit(member) for name, member in park.members.items()},
        places=park.siting.places,
        admissible=park.siting.admissible,
        sources=sources,
        states={t: StateData(state.hours) for t, state in states_of(case).items()},
        chronology=chronology_of(case),
        stores=stores_of(park.members),
        sinks={j: sink_data(case, flow) for j, flow in park.sinks.items()},
        exchanges=park.exchanges,
        accounts=accounts,
        effects=scaled(ledger.effects, scale),
        totals=totals_of(accounts),
        facilities=facilities,
        neighbours=park.siting.neighbours,
        conflicts=park.siting.conflicts,
        violations={key: {b.requirement: b.amount for b in broken} for key, broken in breaches.items()},
        at_most=_at_most(case, park.members) | _never_both(park),
        exclusive=_exclusive(park) | dict(park.apart_on_mains),
        tenants_at_least=case.tenants.at_least or 0,
        tenants_fixed=case.tenants.fixed,
        limits=expanded_together({name: _bounded(limit, ceilings.of(limit), scale) for name, limit in limits.items()}),
        requirements={
            **_requirements(case, park),
            **park.siting.requirements,
            **words,
            **words_of(park.network),
            **quality,
        },
        money_scale=scale,
        nodes=park.network.nodes,
        stretches=park.network.stretches,
        mains={name: main.data for name, main in park.network.mains.items()},
        paths=park.network.paths,
        apart=park.network.apart,
        operations={i: flow.run for i, flow in park.sources.items() if flow.run is not None},
        mixing=park.qualities.mixing,
        junctions=park.network.junctions,
        bought_by=amounts_bought(_bought(case, park)),
        cascades=park.heat.cascades,
        equipment=equipment,
        land=land,
    )


def _in_scale(data: FacilityData, scale: float) -> FacilityData:
    """The facility with its power law in scaled money."""
    assert data.law is not None
    return replace(data, law=(data.law[0] / scale, data.law[1]))


def _unit(member: Member) -> UnitData:
    item = member.item
    return UnitData(
        member.kind,
        optional=isinstance(item, Plant) and item.optional is not None,
        area=land_needed(member),
        host=member.host,
        forced=isinstance(item, Facility) and item.forced,
    )


def _bounded(limit: Limit, ceiling: float, scale: float) -> Limit:
    """The limit with its ceiling, in scaled money where it counts money."""
    expansion = min(limit.max_expansion, max(0.0, ceiling - limit.bound))
    if limit.max_expansion != float("inf"):
        expansion = limit.max_expansion
    unit = scale if all(is_money(account) for account in limit.weights) else 1.0
    return replace(limit, bound=limit.bound / unit, ceiling=ceiling / unit, max_expansion=expansion / unit)


def _at_most(case: Case, members: Mapping[str, Member]) -> dict[str, tuple[tuple[str, ...], int]]:
    """Rules on the number of facilities of a kind; a facility's kind is its name where it states none."""
    rules = {}
    for kind, most in case.rules.at_most.items():
        units = (m.name for m in members.values() if isinstance(m.item, Facility) and (m.item.kind or m.name) == kind)
        rules[kind] = (tuple(units), most)
    return {kind: rule for kind, rule in rules.items() if rule[0]}


def _never_both(park: _Park) -> dict[str, tuple[tuple[str, ...], int]]:
    """Forced exchanges that cannot be built: of their ends, one at least stays away."""
    ends = {e: (deal.source.member.name, deal.sink.member.name) for e, deal in _unbuildable(park).items()}
    return {f"forced {e}": (tuple(dict.fromkeys(pair)), len(set(pair)) - 1) for e, pair in ends.items()}


def _unbuildable(park: _Park) -> dict[str, Deal]:
    return {e: deal for e, deal in park.deals.items() if deal.terms.get("forced", False) and e not in park.exchanges}


def _exclusive(park: _Park) -> dict[str, tuple[tuple[str, str], ...]]:
    """Pipes in the ground, each for one exchange at a time."""
    users: dict[str, list[tuple[str, str]]] = {}
    for e in park.exchanges:
        for way in park.ways[e]:
            if way.pipe is not None:
                users.setdefault(way.pipe, []).append((e, way.id))
    return {pipe: tuple(pairs) for pipe, pairs in users.items()}


def _requirements(case: Case, park: _Park) -> dict[str, str]:
    """The user's words for who must be there and what must be built."""
    texts = {}
    for member in park.members.values():
        if isinstance(member.item, Facility) and member.item.forced:
            texts[f"facility:{member.name}"] = f"{member.path}.forced: {member.name} must be built"
        elif isinstance(member.item, Plant) and member.item.optional is None:
            texts[f"settle:{member.name}"] = f"{member.path}: {member.name} is not optional and must find a plot"
        elif member.name in (case.tenants.fixed or ()):
            texts[f"settle:{member.name}"] = f"tenants.fixed: {member.name} must settle"
    for e, exchange in park.exchanges.items():
        if exchange.forced:
            texts[f"forced:{e}"] = f"{park.deals[e].terms.paths['forced']}: {e} must be built"
    for e, deal in _unbuildable(park).items():
        texts[f"at_most:forced {e}"] = f"{deal.terms.paths['forced']}: {e} must be built, but {why_not_built(deal)}"
    for kind, most in case.rules.at_most.items():
        texts[f"at_most:{kind}"] = f"rules.at_most.{kind}: at most {most} of {kind}"
    if case.tenants.at_least:
        texts["tenants:at_least"] = f"tenants.at_least: at least {case.tenants.at_least} optional plants settle"
    return texts


def _facts(case: Case, deal: Deal, ways: Iterable[Way]) -> ExchangeFacts:
    permit, declaration = deal.terms.get("permit"), deal.terms.get("declaration")
    resource, stream = case.resources[deal.source.resource], deal.source.data
    own_code, own_status = (stream.waste_code, stream.status) if isinstance(stream, Source) else (None, None)
    waits = [_number(deal.terms.get("delay")), *(_number(x.delay) for x in (permit, declaration) if x is not None)]
    return ExchangeFacts(
        giver=deal.source.member.name,
        taker=deal.sink.member.name,
        source=deal.source.name,
        sink=deal.sink.name,
        resource=deal.source.resource,
        replaces=deal.sink.resource,
        ratio=deal.ratio.value,
        shared_hours=deal.hours.value,
        assumed_hours=deal.assumed_hours,
        worst_hours=deal.worst_hours,
        peak_factor=deal.peak,
        options={way.id: (way.name, None if way.size is None else way.size.size) for way in ways},
        delay_yr=sum(waits),
        permit=None if permit is None else permit.name,
        effort=deal.terms.get("effort"),
        waste_code=own_code or resource.waste_code,
        status=own_status or resource.status,
        declaration=declaration is not None,
        permit_cost=0.0 if permit is None else _number(permit.cost),
        permit_delay_yr=0.0 if permit is None else _number(permit.delay),
        declaration_cost=0.0 if declaration is None else _number(declaration.cost),
        declaration_delay_yr=0.0 if declaration is None else _number(declaration.delay),
        shared_by_state=dict(deal.shared),
    )


def _number(value: Value | None) -> float:
    return 0.0 if value is None else value.value
