"""Physical amounts behind impacts, from the tables of a run: what is bought, disposed of, moved, run and built."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.assemble.economics import lifetime
from planner.case.case import Case
from planner.case.stores import activity_unit, capacity_unit
from planner.lifecycle.factors import Flow

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

METRES = 1000.0
#: Links that are laid, and those that go without: what the former take to move something is bought (pumping).
LAID = ("pipe", "cable", "conveyor", "rail")
HAULS = ("truck", "rail", "ship")


@dataclass(frozen=True)
class Moved:
    """What a link moves a year: ``amount`` in units of the resource times km; ``exchange`` is "" of a main.

    ``loaded`` is in units of the resource.
    """

    link: str
    resource: str
    amount: float
    loaded: float
    exchange: str
    party: str


@dataclass(frozen=True)
class New:
    """What is built: metres of a link, or the capacity of a facility, and the years it lasts."""

    flow: Flow
    amount: float
    years: float
    exchange: str
    unit: str
    party: str


def rows(tables: "Tables", name: str) -> list[dict[str, Any]]:
    """Rows of a table; none where it is not there."""
    return [] if name not in tables else [{str(k): v for k, v in x.items()} for x in tables[name].to_dict("records")]


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value)


def moved(case: Case, tables: "Tables", prefix: str) -> Iterator[Moved]:
    """What links move: by exchange, and by main with what passes each stretch."""
    for row in rows(tables, f"{prefix}exchanges"):
        link = _text(row["link"])
        if link and row["length_km"] == row["length_km"]:
            flow = float(row["flow_per_yr"])
            amount = 0.0 if _text(row["main"]) else flow * float(row["length_km"])  # on a main that is of the main
            yield Moved(link, str(row["resource"]), amount, flow, str(row["exchange"]), str(row["buyer"]))
    for row in rows(tables, f"{prefix}mains"):
        amount = float(row["through_per_yr"]) * float(row["length_m"]) / METRES
        if amount == amount:
            yield Moved(str(row["link"]), str(row["resource"]), amount, 0.0, "", str(row["party"]))


def built(case: Case, tables: "Tables", prefix: str) -> Iterator[New]:
    """New links, mains and facilities; what is in the ground already is not built."""
    for row in rows(tables, f"{prefix}exchanges"):
        link = _text(row["link"])
        if link in case.links and not _text(row["main"]) and not bool(row["existing"]):
            metres = float(row["length_km"]) * METRES * float(row["copies"])
            if metres > 0 and case.links[link].kind in LAID:
                yield _laid(case, link, metres, str(row["exchange"]), str(row["buyer"]))
    for row in rows(tables, f"{prefix}mains"):
        if not bool(row["existing"]) and float(row["pipes"]) > 0:
            metres = float(row["length_m"]) * float(row["pipes"])
            yield _laid(case, str(row["link"]), metres, "", str(row["party"]))
    contents = {str(row["store"]): float(row["content"]) for row in rows(tables, f"{prefix}stores")}
    for row in rows(tables, f"{prefix}facilities"):
        name = str(row["facility"])
        facility = case.facilities[name]
        own = None if facility.lifetime is None else (facility.lifetime, "")
        years = lifetime(case, name, "facility", own=own).value
        size = contents.get(name, 0.0) if facility.stores is not None else float(row["capacity_per_h"])
        yield New(Flow("construction", "facility", name), size, years, "", name, party_of(case, name))


def _laid(case: Case, link: str, metres: float, exchange: str, party: str) -> New:
    years = lifetime(case, link, case.links[link].kind).value
    return New(Flow("construction", "link", link), metres, years, exchange, "", party)


def party_of(case: Case, unit: str) -> str:
    """Party that a plant, partner, facility or measure belongs to."""
    facility = case.facilities.get(unit)
    owner = unit if facility is None else facility.owner or case.park_company
    tenant = case.plants.get(owner) or case.partners.get(owner)
    return tenant.firm if tenant is not None and tenant.firm else owner


def amounts(case: Case, tables: "Tables", prefix: str) -> dict[Flow, tuple[float, str]]:
    """Amount a year of every flow of a run, and its unit (of what is built: in all, once).

    What pipes, cables and conveyors move is no flow of its own unless it has a factor: it takes power, which is bought.
    """
    found: dict[Flow, float] = defaultdict(float)
    for row in rows(tables, f"{prefix}purchases"):
        stages = ("pumping",) if row["for"] == "pumping" else ("use", "supply")
        for stage in stages:
            found[Flow(stage, "resource", str(row["resource"]))] += float(row["amount_per_yr"])
    for row in rows(tables, f"{prefix}exchanges"):
        arriving = float(row["flow_per_yr"]) - float(row["lost_per_yr"])
        found[Flow("use", "resource", str(row["resource"]))] += arriving
    for row in rows(tables, f"{prefix}discharges"):
        found[Flow("discharge", "resource", str(row["resource"]))] += float(row["amount_per_yr"])
    for row in rows(tables, f"{prefix}facilities"):
        found[Flow("facilities", "facility", str(row["facility"]))] += float(row["activity_per_yr"])
    units = {}
    for one in moved(case, tables, prefix):
        flow = Flow("transport", "link", one.link)
        found[flow] += one.amount
        units[flow] = f"{case.resources[one.resource].unit} km"
    for new in built(case, tables, prefix):
        found[new.flow] += new.amount
    return {flow: (amount, _unit(case, flow, units.get(flow))) for flow, amount in found.items()}


def _unit(case: Case, flow: Flow, hauled: str | None) -> str:
    if hauled is not None:
        return f"{hauled}/yr"
    if flow.kind == "resource":
        return f"{case.resources[flow.name].unit}/yr"
    if flow.kind == "link":
        return "m"
    if flow.stage == "construction":
        return capacity_unit(case.facilities[flow.name])
    return f"{activity_unit(case, flow.name)}/yr"
