"""Standby and heat exchangers of plants, sized on what they exchange with others, and what they cost."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from models.heat import EquipmentData
from planner.assemble.assembly import Evidence
from planner.assemble.economics import Capital, capital
from planner.assemble.exchanges import Deal
from planner.assemble.findings import Findings
from planner.assemble.heat import RECOVERY
from planner.assemble.lines import Charge, Entry, Ledger, evidence_of
from planner.assemble.streams import Flow
from planner.case.case import Case
from planner.case.converters import LetDown, Recompression, Turbine
from planner.case.equipment import Exchanger, Standby
from planner.case.logic_converters import doubtful_converters

STANDBY, EXCHANGER = "standby", "exchanger"


@dataclass(frozen=True)
class Equipment:
    """A piece of equipment at a stream.

    Attributes
    ----------
    kind
        "standby" or "exchanger".
    """

    kind: str
    flow: Flow
    stated: Standby | Exchanger
    data: EquipmentData

    @property
    def id(self) -> str:
        """Name among all equipment: "standby of mill / steam"."""
        side = " given" if self.data.at_source else ""
        return f"{self.kind} of {self.flow.id}{side}"

    @property
    def path(self) -> str:
        """Where it stands in the case."""
        return f"{self.flow.path}.{self.kind}"


def equipment_of(
    case: Case,
    flows: tuple[Mapping[str, Flow], Mapping[str, Flow]],
    deals: Mapping[str, Deal],
    exchanges: Collection[str],
) -> dict[str, Equipment]:
    """Equipment that exchanges with others may need, by id.

    Parameters
    ----------
    case
        Without faults.
    flows
        Sources and sinks by id.
    deals, exchanges
        Those that can be built.
    """
    found = {}
    for at_source, side in zip((True, False), flows, strict=True):
        for flow in side.values():
            near = [
                deals[e] for e in exchanges if not deals[e].own and flow.id == _end(deals[e], at_source=at_source).id
            ]
            for kind, stated in _stated(flow):
                data = _data(case, flow, stated, near, at_source=at_source)
                if data.heat:
                    one = Equipment(kind, flow, stated, data)
                    found[one.id] = one
    return found


def _end(deal: Deal, *, at_source: bool) -> Flow:
    return deal.source if at_source else deal.sink


def _stated(flow: Flow) -> Iterator[tuple[str, Standby | Exchanger]]:
    for kind in (STANDBY, EXCHANGER):
        stated = getattr(flow.data, kind, None)
        if stated is not None:
            yield kind, stated


def _data(case: Case, flow: Flow, stated: Standby | Exchanger, near: list[Deal], *, at_source: bool) -> EquipmentData:
    from planner.heat.levels import raised_per_taken

    resource = case.resources[flow.resource]
    content, share = resource.content("MWh"), stated.share.value if isinstance(stated, Standby) else 1.0
    assert content is not None  # checked when the case is read
    if at_source and resource.heat is not None:
        content *= raised_per_taken(resource.heat)
    hours = {t: max((deal.shared[t] for deal in near), default=0.0) for t in flow.slices}
    heat = {
        (deal.id, t): share * content * deal.peak * hours[t] / deal.shared[t]
        for deal in near
        for t in flow.slices
        if deal.shared[t] > 0
    }
    by_state = {t: max((x for (_, state), x in heat.items() if state == t), default=0.0) for t in flow.slices}
    most = max((x * flow.slices[t].most / hours[t] for t, x in by_state.items() if hours[t] > 0), default=0.0)
    there = 0.0 if stated.existing is None else stated.existing.value
    return EquipmentData(flow.id, at_source, heat, {t: h for t, h in hours.items() if h > 0}, there, most)


def price_equipment(ledger: Ledger, found: Iterable[Equipment]) -> None:
    """Book what equipment costs its plant, by what is new of it."""
    for one in found:
        (_price_standby if one.kind == STANDBY else _price_exchanger)(ledger, one)


def _entry(one: Equipment, evidence: tuple[Evidence, ...]) -> Entry:
    member = one.flow.member
    return Entry("rated", (((one.id,), 1.0),), ((member.party, 1.0),), member.name, evidence=evidence)


def _invest(ledger: Ledger, one: Equipment, price: float, account: str, worth: Capital, entry: Entry) -> Charge:
    """Book an investment, once and a year; the yearly charge."""
    currency = ledger.case.currency
    once = Charge(f"investment_{account}", one.id, price * worth.once, "MW", f"{currency}/MW")
    ledger.book(entry, replace(once, resource=one.flow.resource, evidence=worth.once_evidence))
    yearly = replace(
        once,
        account=f"{account}_capital",
        factor=price * worth.yearly,
        factor_unit=f"{currency}/MW/yr",
        resource=one.flow.resource,
        evidence=worth.yearly_evidence,
    )
    ledger.book(entry, yearly)
    return yearly


def _lifetime(ledger: Ledger, one: Equipment, kind: str) -> Capital:
    years = one.stated.lifetime
    return capital(ledger.case, kind, own=None if years is None else (years, f"{one.path}.lifetime"))


def _price_standby(ledger: Ledger, one: Equipment) -> None:
    stated = one.stated
    assert isinstance(stated, Standby)
    price, share = (
        evidence_of(stated.investment, f"{one.path}.investment"),
        evidence_of(stated.share, f"{one.path}.share"),
    )
    yearly = _invest(ledger, one, price.value, "standby", _lifetime(ledger, one, STANDBY), _entry(one, (price, share)))
    if stated.fixed is not None:
        fixed = evidence_of(stated.fixed, f"{one.path}.fixed")
        upkeep = replace(yearly, account="standby_operation", item=f"{one.id}: fixed cost", factor=fixed.value)
        ledger.book(_entry(one, (fixed, share)), replace(upkeep, evidence=()))


def _price_exchanger(ledger: Ledger, one: Equipment) -> None:
    stated = one.stated
    assert isinstance(stated, Exchanger)
    price, evidence = _price_of(one, stated)
    entry = _entry(one, evidence)
    yearly = _invest(ledger, one, price, "heat_recovery", _lifetime(ledger, one, RECOVERY), entry)
    if stated.maintenance is not None:
        kept = evidence_of(stated.maintenance, f"{one.path}.maintenance")
        upkeep = replace(yearly, account="heat_recovery_operation", item=f"{one.id}: maintenance")
        ledger.book(entry, replace(upkeep, factor=price * kept.value, evidence=(kept,)))


def _price_of(one: Equipment, stated: Exchanger) -> tuple[float, tuple[Evidence, ...]]:
    """Investment for each MW, and what it rests on."""
    if stated.cost is not None:
        return stated.cost.value, (evidence_of(stated.cost, f"{one.path}.cost"),)
    assert stated.area_cost is not None
    assert stated.coefficient is not None
    assert stated.mean_difference is not None
    area = stated.area
    assert area is not None
    fields = ("area_cost", "coefficient", "mean_difference")
    return stated.area_cost.value * area, tuple(evidence_of(getattr(stated, f), f"{one.path}.{f}") for f in fields)


def note_converters(case: Case, findings: Findings) -> None:
    """Say what is assumed of units that change the level of heat."""
    from planner.heat.converters import APPROACH
    from planner.heat.steam_converters import WATER

    for warning in doubtful_converters(case):
        findings.note(warning)
    for name, facility in case.facilities.items():
        for kind, stated in () if facility.converts is None else facility.converts.stated.items():
            path = f"facilities.{name}.converts.{kind}"
            if getattr(stated, "efficiency", None) is not None and getattr(stated, "approach", 0) is None:
                findings.note(f"{path}.approach is not stated: taken as {APPROACH:g} K on either side")
            if getattr(stated, "water", None) is not None and getattr(stated, "water_temperature", 0) is None:
                findings.note(f"{path}.water_temperature is not stated: taken as {WATER:g} degC")
            if isinstance(stated, LetDown | Recompression | Turbine):
                levels = [case.resources[one].heat for one in (stated.from_, stated.to)]
                if levels[0] is not None and levels[1] is not None and levels[0].condensate != levels[1].condensate:
                    findings.note(
                        f"{path}: {stated.from_} and {stated.to} state different condensate, which no unit between "
                        "them can make up for; state the same, or heat is counted that nothing makes, or none that is"
                    )


def note_equipment(found: Mapping[str, Equipment], findings: Findings) -> None:
    """Say where the cost of equipment is, and where not."""
    if found:
        findings.note(
            f"{', '.join(found)}: sized on all that is exchanged there together, so in the total cost and that of "
            "the plant, but in the gain and payback of no single exchange"
        )
