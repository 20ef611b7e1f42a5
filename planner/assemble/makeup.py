"""Water that makes up for condensate that does not come back: whoever raises the steam buys it, and nobody again."""

from dataclasses import replace

from planner.assemble.findings import Findings
from planner.assemble.lines import Entry, Ledger, evidence_of
from planner.assemble.streams import Flow, discharge_of, sale_of
from planner.assemble.supply import Purchase, buy
from planner.case.case import Case
from planner.case.converters import LetDown, Recompression, Turbine
from planner.case.facilities import Facility
from planner.case.plants import Source
from planner.case.resources import Resource
from planner.heat.levels import mass_per_unit
from planner.heat.properties import water_density


def tonnes_of_water(resource: Resource, temperature: float) -> float | None:
    """Tonnes in a unit of a water [t/unit]: as it states, else by its cubic metres at a temperature [degC]."""
    stated, volume = resource.content("t"), resource.content("m3")
    return stated if stated is not None or volume is None else volume * water_density(temperature)


def makeup_of(case: Case, resource: str) -> tuple[str, float] | None:
    """Water bought for each unit of steam that is made: its name, units per unit; None where nothing is to be bought.

    Of each tonne of steam, 1 - share of its condensate is lost.
    """
    level = case.resources[resource].heat
    condensate = None if level is None else level.condensate
    if level is None or condensate is None or condensate.water is None or condensate.share.value >= 1.0:
        return None
    steam = mass_per_unit(level, case.resources[resource].unit)
    water = tonnes_of_water(case.resources[condensate.water], condensate.makeup.value)
    if not steam or not water:
        return None  # a fault of the case
    return condensate.water, (1.0 - condensate.share.value) * steam / water


def _raised(flow: Flow) -> bool:
    """Whether steam is raised from water there: a store, turbine, compressor or reducing valve passes it on."""
    if flow.member.stores is not None:
        return False
    converts = flow.member.item.converts if isinstance(flow.member.item, Facility) else None
    stated = () if converts is None else converts.stated.values()
    return not any(isinstance(one, LetDown | Recompression | Turbine) for one in stated)


def make_up(ledger: Ledger, entry: Entry, flow: Flow, when: tuple[float, float, str], findings: Findings) -> None:
    """Book the water for each unit of steam of a source, in so many hours, with that peak factor, in that state."""
    found = makeup_of(ledger.case, flow.resource)
    if found is None or not _raised(flow):
        return
    water, per = found
    level = ledger.case.resources[flow.resource].heat
    assert level is not None
    assert level.condensate is not None
    stated = evidence_of(level.condensate.share, f"resources.{flow.resource}.heat.condensate.share")
    unit = f"{ledger.case.resources[water].unit}/{ledger.case.resources[flow.resource].unit}"
    bought = Purchase(
        water, "purchase", f"{water} to make up {flow.name}", replace(stated, value=per, unit=unit), *when
    )
    buy(ledger, entry, bought, findings)


def make_up_outside(ledger: Ledger, flow: Flow, findings: Findings) -> None:
    """The same for what is disposed of or sold outside; what is made on demand and not taken is not made."""
    if makeup_of(ledger.case, flow.resource) is None or not _raised(flow):
        return
    on_demand = isinstance(flow.data, Source) and flow.data.on_demand
    shares = ((flow.member.party, 1.0),)
    for t, own in flow.slices.items():
        for family, there in (
            ("discharged", discharge_of(ledger.case, flow) is not None and not on_demand),
            ("sold", sale_of(ledger.case, flow) is not None),
        ):
            if there:
                entry = Entry(family, (((flow.id, t), 1.0),), shares, flow.member.name, evidence=own.evidence)
                make_up(ledger, entry, flow, (own.hours, flow.peak, t), findings)
