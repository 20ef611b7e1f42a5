"""Process heat of plants: heat cascades, the media that they take and give as streams, and what recovery costs.

How much of a medium is taken or given is chosen, so that its stream has an amount of 1 per unit of the medium.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from models.heat import CascadeData
from models.instance import ExchangeData
from planner.assemble.assembly import Evidence
from planner.assemble.economics import capital
from planner.assemble.exchanges import Deal
from planner.assemble.findings import Findings
from planner.assemble.lines import Charge, Entry, Ledger, evidence_of
from planner.assemble.streams import Flow, Member, Slice, discharge_of, is_suppliable, sale_of
from planner.case.case import Case
from planner.case.facilities import Facility
from planner.case.plants import Tenant
from planner.heat.by_media import SitePlant, serves
from planner.heat.cascade import Medium, cascade_of
from planner.heat.of_case import APPROACH, TAKES, PlantHeat, PlantMedium, most, plant_heat

#: Asset class of exchangers between process streams of a plant.
RECOVERY = "heat_recovery"


@dataclass(frozen=True)
class Wanted:
    """What others can take of the media that plants give.

    Attributes
    ----------
    amounts
        Id of a source -> state -> amount [unit/yr], within limits.
    endless
        Sources that are besides sold without a limit.
    offered
        Id of a sink -> state -> what others have of it and may want to be rid of [unit/yr].
    unsure
        Plants whose media are too many for proven bounds.
    """

    amounts: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    endless: frozenset[str] = frozenset()
    offered: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    unsure: frozenset[str] = frozenset()

    def of(self, stream: str, given: bool) -> tuple[Mapping[str, float], bool]:
        """Amounts by state, and whether it is sold without a limit."""
        return (self.amounts if given else self.offered).get(stream, {}), given and stream in self.endless


@dataclass(frozen=True)
class Heat:
    """Process heat of a park.

    Attributes
    ----------
    cascades
        Plant -> its heat cascade.
    sources, sinks
        Media that are given and taken, as streams by id.
    unsure
        Plants whose media have no proven bounds.
    """

    cascades: Mapping[str, CascadeData] = field(default_factory=dict)
    sources: Mapping[str, Flow] = field(default_factory=dict)
    sinks: Mapping[str, Flow] = field(default_factory=dict)
    unsure: frozenset[str] = frozenset()

    def duties(self) -> dict[str, float]:
        """Plant -> the most heat that its process streams can pass to each other [MW]."""
        return {
            name: max((min(x.total(True, t), x.total(False, t)) / h for t, h in x.hours.items() if h > 0), default=0.0)
            for name, x in self.cascades.items()
        }


#: Nobody takes anything.
NOBODY = Wanted()


def heat_of(case: Case, members: Mapping[str, Member], wanted: Wanted = NOBODY) -> Heat:
    """Cascades and media of all plants and partners that are here.

    Parameters
    ----------
    case
        Without faults.
    members
        Who is in the park.
    wanted
        What others can take of media that are given.
    """
    cascades: dict[str, CascadeData] = {}
    sources: dict[str, Flow] = {}
    sinks: dict[str, Flow] = {}
    unsure: set[str] = set()
    for member in members.values():
        if isinstance(member.item, Facility) or member.item.process_heat is None:
            continue
        heat = plant_heat(case, member.item)
        recovery = member.item.process_heat.recovery
        doubts = {*heat.media} if member.name in wanted.unsure else set[str]()
        data = cascade(member.name, heat, wanted, doubts, priced=recovery.cost is not None)
        unsure |= {member.name} if doubts else set()
        data = replace(data, existing=0.0 if recovery.existing is None else recovery.existing.value)
        cascades[member.name] = data
        behind = _behind(member, member.item)
        for medium in heat.media.values():
            flow = _flow(member, heat, data, medium, behind)
            (sinks if medium.role == TAKES else sources)[flow.id] = flow
    return Heat(cascades, sources, sinks, frozenset(unsure))


def cascade(unit: str, heat: PlantHeat, wanted: Wanted, unsure: set[str], *, priced: bool) -> CascadeData:
    """The heat cascade of a plant as the mathematics want it; ``unsure`` takes media without a proven bound."""
    media = {
        name: Medium(
            one.parts,
            one.heat,
            most(one, heat),
            *wanted.of(f"{unit} / {one.name}", one.role != TAKES),
        )
        for name, one in heat.media.items()
    }
    return cascade_of(
        unit,
        heat.streams,
        media,
        amounts=heat.amounts(),
        hours=heat.hours,
        forbidden=heat.forbidden,
        priced=priced,
        unsure=unsure,
    )


def _flow(
    member: Member, heat: PlantHeat, data: CascadeData, medium: PlantMedium, behind: tuple[Evidence, ...]
) -> Flow:
    """A medium as a stream; its rate is the largest that can be of use."""
    path, limit = f"{member.path}.process_heat.{medium.role}.{medium.name}", medium.stated.limit
    slices = {}
    for t, hours in heat.hours.items():
        largest = data.media[medium.id].most[t]
        stated = () if limit is None else (evidence_of(limit, f"{path}.limit", t),)
        slices[t] = Slice(largest / hours if hours else 0.0, hours, 1.0, largest, evidence=(*stated, *behind))
    assert isinstance(member.item, Tenant)
    seen = member.item.taken if medium.role == TAKES else member.item.given
    return Flow(
        f"{member.name} / {medium.name}",
        member,
        medium.name,
        medium.resource,
        path,
        slices,
        medium.stated.peak_factor.value,
        seen[medium.name],
        medium=(member.name, medium.id),
    )


def _behind(member: Member, tenant: Tenant) -> tuple[Evidence, ...]:
    """What the amounts of a plant's media rest on: the loads of its streams, and its hours."""
    heat = tenant.process_heat
    assert heat is not None
    path = f"{member.path}.process_heat.streams"
    stated = [
        evidence_of(value, f"{path}.{name}.{what}")
        for name, stream in heat.streams.items()
        for what, value in (("load", stream.load), ("capacity_flow", stream.capacity_flow))
        if value is not None
    ]
    return (*stated, member.hours)


def price_recovery(ledger: Ledger, members: Iterable[Member]) -> None:
    """Book what exchangers between process streams of a plant cost, by the heat that they can pass."""
    for member in members:
        if isinstance(member.item, Facility) or member.item.process_heat is None:
            continue
        path, recovery = f"{member.path}.process_heat.recovery", member.item.process_heat.recovery
        if recovery.cost is None:
            continue
        own = None if recovery.lifetime is None else (recovery.lifetime, f"{path}.lifetime")
        worth = capital(ledger.case, RECOVERY, own=own)
        price, currency = evidence_of(recovery.cost, f"{path}.cost"), ledger.case.currency
        evidence = tuple(dict.fromkeys((price, *_behind(member, member.item))))
        entry = Entry("duty", (((member.name,), 1.0),), ((member.party, 1.0),), member.name, evidence=evidence)
        item = f"heat recovery of {member.name}"
        once = Charge("investment_heat_recovery", item, price.value * worth.once, "MW", f"{currency}/MW")
        ledger.book(entry, replace(once, evidence=worth.once_evidence))
        yearly = replace(
            once,
            account="heat_recovery_capital",
            factor=price.value * worth.yearly,
            factor_unit=f"{currency}/MW/yr",
            evidence=worth.yearly_evidence,
        )
        ledger.book(entry, yearly)
        if recovery.maintenance is not None:
            kept = evidence_of(recovery.maintenance, f"{path}.maintenance")
            upkeep = replace(yearly, account="heat_recovery_operation", item=f"{item}: maintenance")
            ledger.book(entry, replace(upkeep, factor=price.value * kept.value, evidence=(kept,)))


def look_heat(
    case: Case, members: Iterable[Member], flows: Heat, exchanges: Mapping[str, ExchangeData], findings: Findings
) -> None:
    """Find process streams that the media do not serve within their limits: at all, and without the park."""
    as_is = case.baseline == "as_is"
    own = [x for x in exchanges.values() if x.own or (as_is and any(o.existing for o in x.options.values()))]
    alone = {x.source for x in own} | {i for i, flow in flows.sources.items() if _has_way_out(case, flow)}
    alone_in = {x.sink for x in own} | {j for j, flow in flows.sinks.items() if is_suppliable(case, flow)}
    for member in members:
        if isinstance(member.item, Facility) or member.item.process_heat is None:
            continue
        heat, path = plant_heat(case, member.item), f"{member.path}.process_heat"
        stand = {
            name: medium
            for name, medium in heat.media.items()
            if f"{member.name} / {medium.name}" in (alone_in if medium.role == TAKES else alone)
        }
        for t in heat.hours:
            when = f" in {t}" if case.periods else ""
            if not _serves(heat, heat.media, t):
                findings.impossible.append(
                    f"{path}: what it may take and give does not serve its process streams{when}{_limits(heat, t)}"
                )
            elif not _serves(heat, stand, t):
                findings.fault(
                    path,
                    f"its process streams cannot be served{when} without the park, so there is no baseline"
                    f"{_limits(heat, t)}",
                )


def _has_way_out(case: Case, flow: Flow) -> bool:
    return discharge_of(case, flow) is not None or sale_of(case, flow) is not None


def _serves(heat: PlantHeat, media: Mapping[str, PlantMedium], state: str) -> bool:
    amounts = heat.amounts()[state]
    streams = {name: replace(stream, load=amounts[name]) for name, stream in heat.streams.items()}
    bounds = {name: limit[state] for name, medium in media.items() if (limit := most(medium, heat)) is not None}
    barred = tuple(match for match in heat.forbidden if all(end in streams or end in media for end in match))
    return serves(SitePlant(streams, list(media.values()), barred), bounds)


def _endless(case: Case, flow: Flow) -> bool:
    sale = sale_of(case, flow)
    return sale is not None and sale[0].limit is None


def _limits(heat: PlantHeat, state: str) -> str:
    """Limits of media in words; a medium comes back at its return temperature, which may be all there is to say."""
    bounds = {m.name: limit[state] for m in heat.media.values() if (limit := most(m, heat)) is not None}
    if not bounds:
        return "; of a medium that glides, all heat down to its return temperature must find a place"
    return f" (limits: {', '.join(f'{name} {bound:.6g} a year' for name, bound in bounds.items())})"


def note_heat(
    case: Case, members: Iterable[Member], deals: Iterable[Deal], unsure: Iterable[str], findings: Findings
) -> None:
    """Say what is assumed of heat by temperature."""
    deals = list(deals)
    if many := sorted(unsure):
        findings.note(
            f"{', '.join(many)}: gives and takes more media whose temperature glides than can be searched for the most "
            "of each that is of use; an ample amount is admitted, ten times all heat over the smallest share of a "
            "medium in an interval, and a plan that lets more down inside the plant is not looked for"
        )
    outside = sorted({deal.id for deal in deals if deal.source_shares})
    if outside:
        findings.note(
            f"{', '.join(outside)}: the giver makes the medium evenly in all its hours, and what it makes outside the "
            "hours that both share must find another way or be disposed of; periods that tell them apart say more"
        )
    endless = sorted({deal.source.id for deal in deals if deal.source.medium and _endless(case, deal.source)})
    if endless:
        findings.note(
            f"{', '.join(endless)}: sold without a limit; beyond what others take, no more of it is looked for than "
            "process streams of the giver have a part in. A limit of the sale says how much may be let down for it"
        )
    loops = sorted(deal.id for deal in deals if deal.source.medium and deal.source.member is deal.sink.member)
    if loops:
        findings.note(
            f"{', '.join(loops)}: a loop of its own, for matches that are forbidden; it is made and taken at the "
            "approaches of the medium and costs nothing here, in the baseline as in the plan"
        )
    from planner.case.logic_heat import said_levels

    for text in said_levels(case):
        findings.note(f"resources.{text.strip()}" if not text.strip().startswith("WARNING") else text.strip())
    cooled = [m for m in members if not isinstance(m.item, Facility) and m.item.process_heat is not None]
    for member in cooled:
        assert isinstance(member.item, Tenant)
        assert member.item.process_heat is not None
        stated = member.item.process_heat
        halves = [x.approach for x in stated.streams.values()]
        halves += [x.approach for x in stated.takes.values()] + [x.approach for x in stated.gives.values()]
        if stated.approach is None and None in halves:
            findings.note(f"{member.path}.process_heat.approach is not stated: taken as {APPROACH:g} K")
        kinds = {stream.hot for stream in plant_heat(case, member.item).streams.values()}
        if member.item.process_heat.recovery.cost is None and len(kinds) == 2:
            findings.note(
                f"{member.path}.process_heat.recovery states no cost: heat passes between its own streams for nothing, "
                "in the plan and in the baseline"
            )
