"""Checks every name a case uses against what the case defines."""

import difflib
import re
from collections.abc import Iterable, Iterator
from typing import Any

from planner.case import units
from planner.case.case import Case
from planner.case.conversions import with_names
from planner.case.converters import names_of
from planner.case.economics import PARK_COMPANY
from planner.case.exchanges import Existing, Treatment
from planner.case.facilities import Facility
from planner.case.finance import CARBON, OPERATION
from planner.case.findings import Findings, Path
from planner.case.marks import Marks
from planner.case.pairs import inlets, outlets
from planner.case.plants import Incoming, Outgoing, Plant, Tenant
from planner.case.references_impacts import impact_faults
from planner.case.references_quality import quality_faults
from planner.case.units import UnitError
from planner.case.values import Section, Value
from planner.errors import Fault

#: Asset classes that ``economics.lifetime`` may name.
ASSET_CLASSES = (
    "pipe",
    "truck",
    "cable",
    "conveyor",
    "rail",
    "ship",
    "trench",
    "connection",
    "facility",
    "treatment",
    "permit",
    "gate",
    "land",
    "heat_recovery",
    "standby",
)
_SEPARATORS = (" > ", " / ")
_RESERVED_RESOURCES = ("cost", "money", "inputs", "flows")
_LOOKS_LIKE_A_KEY = re.compile(r"[\w.-]*[\d_-][\w.-]*")


def reference_faults(case: Case, marks: Marks, *, plots_known: bool = True) -> list[Fault]:
    """Faults of the names in a case.

    Parameters
    ----------
    case
        The case, with the plots of its layers.
    marks
        Where each part stands.
    plots_known
        False where the layers could not be read, so that names of plots and zones cannot be checked.
    """
    check = _Names(case, marks, plots_known)
    check.definitions()
    check.economics()
    for kind in ("plants", "partners"):
        for name, tenant in getattr(case, kind).items():
            check.tenant((kind, name), tenant)
    for name, facility in case.facilities.items():
        check.facility(("facilities", name), facility)
    check.resources_and_links()
    check.substitutions_and_exchanges()
    check.rules()
    quality_faults(case, check.found)
    impact_faults(case, check.found)
    if case.sources:
        check.sources(case, ())
    return check.found.faults


class _Names:
    """The names a case defines, and the checks of those it uses."""

    def __init__(self, case: Case, marks: Marks, plots_known: bool) -> None:
        self.case = case
        self.found = Findings(marks)
        self.plots_known = plots_known
        self.sites = [*case.plants, *case.facilities]
        self.units = [*case.plants, *case.partners, *case.facilities]
        self.parties = list(dict.fromkeys((*case.parties, *case.plants, *case.partners, PARK_COMPANY)))
        self.zones = sorted({zone for plot in case.plots.values() for zone in plot.zones or ()})
        classes = [plant.hazard for plant in case.plants.values()]
        classes += [facility.hazard for facility in case.facilities.values()]
        self.hazards = sorted({name for name in classes if name})

    def definitions(self) -> None:
        """Names given twice, names that ids cannot hold, units and currency."""
        self.twice()
        case = self.case
        for kind in ("plants", "partners", "facilities", "resources", "qualities", "links", "plots", "existing_mains"):
            for name in getattr(case, kind):
                self.plain((kind, name), name)
        for name in _RESERVED_RESOURCES:
            if name in case.resources:
                self.found.say(("resources", name), f'a resource cannot be called "{name}"', at_key=True)
        for name in ("seller", "buyer"):
            if name in case.parties:
                self.found.say(("parties", name), f'a party cannot be called "{name}"', at_key=True)
        self.unit_names()
        self.mains()

    def mains(self) -> None:
        """Mains and their pipes have ids of two words: "<link>: <resource>", and "existing <name>" among its sizes."""
        for name, link in self.case.links.items():
            if link.main and ": " in name:
                message = 'the name of a main cannot hold ": "; results use it before the resource'
                self.found.say(("links", name), message, at_key=True)
            for index, size in enumerate(link.sizes if link.main else ()):
                if size.size.startswith("existing "):
                    message = f'found "{size.size}"; results call pipes that are there already "existing ..."'
                    self.found.say(("links", name, "sizes", index, "size"), message)

    def twice(self) -> None:
        """Names given to two things that results could not tell apart."""
        case, seen = self.case, dict[str, str]()
        for kind in ("plants", "partners", "facilities"):
            for name in getattr(case, kind):
                if name in seen:
                    self.found.say(
                        (kind, name), f'"{name}" is also one of {seen[name]}; names must differ', at_key=True
                    )
                seen.setdefault(name, kind)
        for name in case.partners:
            if name in case.plots:
                self.found.say(("partners", name), f'"{name}" is also a plot; names of places must differ', at_key=True)

    def plain(self, path: Path, name: str) -> None:
        """Refuse the signs that join names into ids."""
        for separator in _SEPARATORS:
            if separator in name:
                self.found.say(path, f'a name cannot hold "{separator}"; results use it between two names', at_key=True)

    def unit_names(self) -> None:
        """Units of resources, activities and products, and the currency."""
        case = self.case
        code = units.canonical_currency(case.currency)
        if units.is_unit(case.currency) or not re.fullmatch(r"[^\W\d_]+", code):
            self.found.say(("currency",), f'found "{case.currency}"; expected a currency, as in EUR')
        if code in {units.canonical_currency(name) for name in case.economics.exchange_rates}:
            self.found.say(("economics", "exchange_rates"), f"{case.currency} is the currency of the case itself")
        stated: list[tuple[Path, str]] = [(("resources", n, "unit"), r.unit) for n, r in case.resources.items()]
        stated += [(("facilities", n, "unit"), f.unit) for n, f in case.facilities.items()]
        stated += [(("plants", n, "product", "unit"), p.product.unit) for n, p in case.plants.items() if p.product]
        for path, unit in stated:
            try:
                if not units.parse(unit):
                    self.found.say(path, f'found "{unit}"; expected a unit, as in t, m3, MWh or Nm3')
            except UnitError as error:
                self.found.say(path, str(error))

    def economics(self) -> None:
        """Lifetimes, gate and tenants."""
        case = self.case
        for name in case.economics.lifetime:
            known = (*ASSET_CLASSES, *case.links, *case.facilities)
            self.found.refer(("economics", "lifetime", name), name, known, "asset class, link or facility", at_key=True)
        for name, gate in case.park_gate.items():
            self.resource(("park_gate", name, "resource"), gate.resource)
        for index, name in enumerate(case.tenants.fixed or ()):
            self.found.refer(("tenants", "fixed", index), name, case.plants, "plant")
        self.finance()

    def finance(self) -> None:
        """Resources and parties that the cash flows name."""
        finance, path = self.case.economics.finance, ("economics", "finance")
        for name in finance.escalation:
            known = (*self.case.resources, CARBON, OPERATION)
            self.found.refer((*path, "escalation", name), name, known, "resource", at_key=True)
        self.keys((*path, "economic", "prices"), finance.economic.prices)
        for number, name in enumerate(finance.energy):
            self.resource((*path, "energy", number), name)
        for index, grant in enumerate(finance.grants):
            for number, party in enumerate(grant.to):
                self.found.refer((*path, "grants", index, "to", number), party, self.parties, "party")
                self.own_money((*path, "grants", index, "to", number), party)

    def own_money(self, path: Path, name: str) -> None:
        """A plant or partner whose firm is another party has no money of its own."""
        tenant = self.case.plants.get(name) or self.case.partners.get(name)
        if tenant is not None and tenant.firm is not None and tenant.firm != name and name not in self.case.parties:
            self.found.say(path, f"{name} belongs to {tenant.firm}, whose money it is; name {tenant.firm}")

    def resource(self, path: Path, name: str | None, *, at_key: bool = False) -> None:
        self.found.refer(path, name, self.case.resources, "resource", at_key=at_key)

    def keys(self, path: Path, amounts: Iterable[str]) -> None:
        """Resources that stand as keys."""
        for name in amounts:
            self.resource((*path, name), name, at_key=True)

    def tenant(self, path: Path, tenant: Tenant) -> None:
        """Names a plant or partner uses."""
        self.found.refer((*path, "firm"), tenant.firm, self.parties, "party")
        heat = tenant.process_heat
        for kind, streams in (
            (("sources",), tenant.sources),
            (("sinks",), tenant.sinks),
            (("process_heat", "gives"), {} if heat is None else heat.gives),
            (("process_heat", "takes"), {} if heat is None else heat.takes),
        ):
            for name, stream in streams.items():
                place = (*path, *kind, name)
                self.plain(place, name)
                if stream.resource:
                    self.resource((*place, "resource"), stream.resource)
                else:
                    self.resource(place, name, at_key=True)
                if isinstance(stream, Outgoing) and stream.forgoes:
                    self.keys((*place, "forgoes"), stream.forgoes.flows)
                if isinstance(stream, Incoming) and stream.supplied_today_by:
                    self.keys((*place, "supplied_today_by"), stream.supplied_today_by.inputs)
        for name, operation in tenant.operations.items():
            self.plain((*path, "operations", name), name)
            for field in ("takes", "gives"):
                self.resource((*path, "operations", name, field), getattr(operation, field))
        if isinstance(tenant, Plant):
            self.place(path, tenant)

    def place(self, path: Path, unit: Plant | Facility) -> None:
        """Plots, zones and neighbours of a plant or facility."""
        if self.plots_known:
            self.found.refer((*path, "plot"), unit.plot, self.case.plots, "plot")
            for index, name in enumerate(unit.plots or ()):
                self.found.refer((*path, "plots", index), name, self.case.plots, "plot")
            zones = (unit.zone,) if isinstance(unit.zone, str) else unit.zone or ()
            for zone in zones if self.zones else ():
                self.found.refer((*path, "zone"), zone, self.zones, "zone on any plot")
        for field in ("neighbours", "not_neighbours"):
            for index, name in enumerate(getattr(unit, field)):
                self.found.refer((*path, field, index), name, self.sites, "plant or facility")

    def facility(self, path: Path, facility: Facility) -> None:
        """Names a facility uses."""
        self.keys((*path, "inputs"), facility.inputs)
        self.keys((*path, "outputs"), facility.outputs)
        for kind, stated in () if facility.converts is None else facility.converts.stated.items():
            for field, name in names_of(stated).items():
                self.resource((*path, "converts", kind, field), name)
        if facility.stores is not None:
            for field in ("resource", "takes", "gives"):
                self.resource((*path, "stores", field), getattr(facility.stores, field))
            self.keys((*path, "stores", "uses"), facility.stores.uses)
        self.place(path, facility)
        if facility.scope == "shared":
            self.found.refer((*path, "owner"), facility.owner, self.parties, "party")
        else:
            self.found.refer((*path, "owner"), facility.owner, self.case.plants, "plant")

    def resources_and_links(self) -> None:
        """Links that carry resources, what links use, pipes in the ground."""
        case = self.case
        for name, resource in case.resources.items():
            condensate = None if resource.heat is None else resource.heat.condensate
            self.resource(("resources", name, "heat", "condensate", "water"), condensate.water if condensate else None)
            for index, link in enumerate(resource.carried_by):
                self.found.refer(("resources", name, "carried_by", index), link, case.links, "link")
        for name, way in case.links.items():
            self.keys(("links", name, "uses"), way.uses)
            self.found.refer(("links", name, "owner"), way.owner, self.parties, "party")
            for index, size in enumerate(way.sizes):
                self.plain(("links", name, "sizes", index, "size"), size.size)
        for name, pipe in case.existing_pipes.items():
            path: Path = ("existing_pipes", name)
            for field, end in (("from", pipe.from_), ("to", pipe.to)) if self.plots_known else ():
                self.found.refer((*path, field), end, [*case.plots, *case.partners], "plot or partner")
            for index, resource_name in enumerate(pipe.resources):
                self.resource((*path, "resources", index), resource_name)
            self.link_size(path, pipe.link, pipe.size)
        self.mains_in_the_ground()

    def mains_in_the_ground(self) -> None:
        """Mains, resources and corridors of pipes of mains in the ground, and what trenches name."""
        case = self.case
        corridors = case.layer("corridors")
        for name, pipe in case.existing_mains.items():
            path: Path = ("existing_mains", name)
            self.link_size(path, pipe.link, pipe.size)
            self.resource((*path, "resource"), pipe.resource)
            if corridors is not None:
                named = sorted({str(one) for one in corridors["name"].dropna()}) if "name" in corridors else []
                for index, corridor in enumerate(pipe.along):
                    self.found.refer((*path, "along", index), corridor, named, "corridor")
        if case.trenches is not None:
            self.found.refer(("trenches", "owner"), case.trenches.owner, self.parties, "party")
            for index, pair in enumerate(case.trenches.apart):
                for end, resource in enumerate(pair):
                    self.resource(("trenches", "apart", index, end), resource)

    def link_size(self, path: Path, link: str, size: str | None) -> None:
        """A link and one of its sizes."""
        if self.found.refer((*path, "link"), link, self.case.links, "link"):
            known = [entry.size for entry in self.case.links[link].sizes]
            self.found.refer((*path, "size"), size, known, f"size of {link}")

    def substitutions_and_exchanges(self) -> None:
        """Ends, streams, links and payers of exchanges."""
        case = self.case
        for index, substitution in enumerate(case.substitutions):
            path: Path = ("substitutions", index)
            self.resource((*path, "from"), substitution.from_)
            self.resource((*path, "to"), substitution.to)
            self.treatment(path, substitution.treatment)
            self.keys((*path, "also"), substitution.also or {})
        named = with_names(case)
        giving, taking = list(outlets(named)), list(inlets(named))
        for index, exchange in enumerate(case.exchanges):
            path = ("exchanges", index)
            for field, name, streams, stream in (
                ("from", exchange.from_, giving, ("stream", exchange.stream, "source stream")),
                ("to", exchange.to, taking, ("into", exchange.into, "sink stream")),
            ):
                if name is None or self.found.refer((*path, field), name, self.units, "plant, partner or facility"):
                    known = {end.name: None for end in streams if name in (None, end.unit)}
                    what = stream[2] + (f" of {name}" if name else "")
                    self.found.refer((*path, stream[0]), stream[1], known, what)
            for number, link in enumerate(exchange.links or ()):
                self.found.refer((*path, "links", number), link, case.links, "link")
            for party in exchange.paid_by or ():
                known_parties = ("seller", "buyer", *self.parties)
                self.found.refer((*path, "paid_by", party), party, known_parties, "party", at_key=True)
                self.own_money((*path, "paid_by", party), party)
            self.treatment(path, exchange.treatment)
            self.keys((*path, "also"), exchange.also or {})
            if isinstance(exchange.existing, Existing):
                self.link_size((*path, "existing"), exchange.existing.link, exchange.existing.size)

    def treatment(self, path: Path, treatment: Treatment | None) -> None:
        if treatment:
            self.keys((*path, "treatment", "uses"), treatment.uses)

    def rules(self) -> None:
        """Hazard classes, receptors and kinds of facilities in the rules."""
        case = self.case
        receptors = case.layer("receptors")
        kinds = None if receptors is None else sorted({str(kind) for kind in receptors["kind"]})
        for index, rule in enumerate(case.rules.separations):
            path: Path = ("rules", "separations", index)
            self.found.refer((*path, "hazard"), rule.hazard, self.hazards, "hazard class")
            self.found.refer((*path, "from_hazard"), rule.from_hazard, self.hazards, "hazard class")
            if rule.from_receptor and case.geography.receptors is None:
                self.found.say(
                    (*path, "from_receptor"), "the case has no receptors; name their file in geography.receptors"
                )
            elif kinds is not None:
                self.found.refer((*path, "from_receptor"), rule.from_receptor, kinds, "kind of receptor")
        known = {facility.kind or name for name, facility in case.facilities.items()}
        for name in case.rules.at_most:
            self.found.refer(("rules", "at_most", name), name, sorted(known), "kind of facility", at_key=True)

    def sources(self, node: Any, path: Path) -> None:
        """Keys of ``sources`` that are not there; a source may also be given in words."""
        for place, value in values_in(node, path):
            text = value.source
            if text is None or text in self.case.sources or " " in text:
                continue
            near = difflib.get_close_matches(text, self.case.sources, n=1, cutoff=0.8)
            if near or _LOOKS_LIKE_A_KEY.fullmatch(text):
                self.found.refer((*place, "source"), text, self.case.sources, "source")


def values_in(node: Any, path: Path) -> Iterator[tuple[Path, Value]]:
    """Every value in a part of a case, with its path."""
    if isinstance(node, Value):
        yield path, node
    elif isinstance(node, Section):
        for name, info in type(node).model_fields.items():
            yield from values_in(getattr(node, name), (*path, info.alias or name))
    elif isinstance(node, dict):
        for key, item in node.items():
            yield from values_in(item, (*path, key))
    elif isinstance(node, tuple):
        for index, item in enumerate(node):
            yield from values_in(item, (*path, index))
