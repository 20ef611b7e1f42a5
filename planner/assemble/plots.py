"""What land costs where a unit stands, and the margin a plant earns by being there."""

import math
from collections.abc import Mapping
from dataclasses import replace

from planner.assemble.assembly import Evidence
from planner.assemble.economics import land_capital
from planner.assemble.findings import Findings
from planner.assemble.land import Ground, Siting, land_needed
from planner.assemble.lines import Charge, Entry, Ledger, evidence_of
from planner.assemble.streams import Member
from planner.case.facilities import Facility
from planner.case.plants import Partner, Plant


def price_land(ledger: Ledger, members: Mapping[str, Member], siting: Siting, findings: Findings) -> None:
    """Book land and margin for every unit on every place it may take."""
    for member in members.values():
        if member.kind == "partner":
            continue
        for place in siting.admissible.get(member.site, ()):
            ground = siting.grounds.get(place)
            if ground is None:
                continue
            taken = land_taken(member, ground)
            if math.isinf(taken) and (ground.plot.price or ground.plot.surcharge or ground.plot.rent):
                findings.fault(f"plots.{place}.area", "needed: its land has a price, and the plot has no shape")
                continue
            if taken and not math.isinf(taken):
                entry = Entry("sited", (((member.name, place), taken),), ((member.party, 1.0),), member.name)
                _price(ledger, replace(entry, evidence=_area_evidence(member, ground)), ground)
            item = member.item
            if (
                isinstance(item, Facility)
                and item.area_per_capacity
                and not item.on_roof
                and ground.plot.several_tenants
            ):
                grown = Entry("ground", (((member.name, place), 1.0),), ((member.party, 1.0),), member.name)
                _price(ledger, replace(grown, evidence=_area_evidence(member, ground)), ground)
        if isinstance(member.item, Plant) and member.item.optional is not None:
            _earn(ledger, member, siting.admissible.get(member.name, ()))


def land_taken(member: Member, ground: Ground) -> float:
    """Land a unit pays for [ha]: the whole plot where it stands alone, else what it needs.

    A measure needs no land of its own where its host has the plot to itself.
    """
    if ground.plot.several_tenants:
        return land_needed(member)
    return 0.0 if member.kind == "measure" else ground.area


def _price(ledger: Ledger, entry: Entry, ground: Ground) -> None:
    """Book the price and rent of land on variables that count hectares."""
    case, plot, path = ledger.case, ground.plot, f"plots.{ground.name}"
    worth = land_capital(case)
    for value, field in ((plot.price, "price"), (plot.surcharge, "surcharge")):
        if value is not None:
            evidence = evidence_of(value, f"{path}.{field}")
            item = f"{ground.name}: {field}"
            once = Charge("investment_land", item, value.value, "ha", f"{case.currency}/ha", evidence=(evidence,))
            ledger.book(entry, once)
            yearly = replace(once, account="land", factor=value.value * worth.yearly)
            yearly = replace(yearly, factor_unit=f"{case.currency}/ha/yr", evidence=(evidence, *worth.yearly_evidence))
            ledger.book(entry, yearly)
    if plot.rent is not None:
        rent = Charge("land", f"{ground.name}: rent", plot.rent.value, "ha", f"{case.currency}/ha/yr")
        ledger.book(entry, replace(rent, evidence=(evidence_of(plot.rent, f"{path}.rent"),)))


def _area_evidence(member: Member, ground: Ground) -> tuple[Evidence, ...]:
    item = member.item
    if ground.plot.several_tenants:
        assert not isinstance(item, Partner)
        grown = item.area_per_capacity if isinstance(item, Facility) and not item.on_roof else None
        stated = ((item.area, "area"), (grown, "area_per_capacity"))
        found = [evidence_of(value, f"{member.path}.{field}") for value, field in stated if value is not None]
        if found and item.coverage.value != 1.0:
            found.append(evidence_of(item.coverage, f"{member.path}.coverage"))
        return tuple(found)
    if ground.plot.area is not None and ground.plot.area.value == ground.area:
        return (evidence_of(ground.plot.area, f"plots.{ground.name}.area"),)
    return (Evidence(f"geography.plots: {ground.name}", ground.area, "ha"),)


def _earn(ledger: Ledger, member: Member, places: tuple[str, ...]) -> None:
    plant = member.item
    assert not isinstance(plant, Facility | Partner)
    assert plant.optional is not None
    margin = evidence_of(plant.optional.margin, f"{member.path}.optional.margin")
    rows = tuple(((member.name, place), 1.0) for place in places)
    entry = Entry("sited", rows, ((member.party, 1.0),), member.name)
    item = f"margin of {member.name}"
    ledger.book(entry, Charge("margin", item, margin.value, "plant", f"{ledger.case.currency}/yr", evidence=(margin,)))
