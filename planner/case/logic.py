"""Checks whether what a case says can all be true; names have been checked before, numbers are converted."""

from planner.case.case import Case
from planner.case.codes import check_codes
from planner.case.economics import Economics, InvestmentRange
from planner.case.findings import Findings
from planner.case.logic_converters import check_converters
from planner.case.logic_cooling import check_cooling
from planner.case.logic_equipment import check_equipment
from planner.case.logic_exchange import check_exchanges, check_supply_and_disposal
from planner.case.logic_finance import check_finance
from planner.case.logic_heat import check_heat
from planner.case.logic_insulation import check_insulation
from planner.case.logic_links import check_capacities, check_links
from planner.case.logic_mains import check_networks
from planner.case.logic_periods import check_periods
from planner.case.logic_quality import check_qualities
from planner.case.logic_siting import check_facilities, check_land, check_rules, check_tenants
from planner.case.logic_stores import check_stores
from planner.case.marks import NAMES, Marks
from planner.case.resources import Resource
from planner.errors import Fault


def logical_faults(
    case: Case, marks: Marks, known: list[Fault], *, whole: bool = True, sited: bool = True
) -> list[Fault]:
    """Faults of what a case says, beyond names and units.

    Parameters
    ----------
    case
        The case with converted numbers.
    marks
        Where each part stands.
    known
        Faults found before; what may only follow from them is not reported.
    whole
        False where parts of the case are missing here that could mend what nothing in it does.
    sited
        False where plots and the land that plants need may still be missing.
    """
    found = Findings(marks)
    _check_economics(case, found)
    check_finance(case, found)
    _check_gate(case, found)
    check_periods(case, found)
    for name, resource in case.resources.items():
        _check_resource(name, resource, found)
    check_tenants(case, found)
    if sited:
        check_land(case, found)
    check_facilities(case, found)
    check_stores(case, found)
    check_converters(case, found)
    check_equipment(case, found)
    check_rules(case, found)
    check_links(case, found)
    check_insulation(case, found)
    check_cooling(case, found)
    check_networks(case, found)
    check_exchanges(case, found)
    check_heat(case, found)
    check_qualities(case, found)
    check_codes(case, found)
    check_supply_and_disposal(case, found)
    if not known and not found.faults:
        check_capacities(case, found)
    said = [fault.field for fault in known]
    faults = [fault for fault in found.faults if whole or fault not in found.resting]
    faults = [fault for fault in faults if not any(_related(fault.field, field) for field in said)]
    return faults if known else faults + found.following


def _related(field: str, other: str) -> bool:
    """Whether one field is part of the other, or both stand in one section."""
    if field == other or field.startswith((f"{other}.", f"{other}[")) or other.startswith((f"{field}.", f"{field}[")):
        return True
    section, _, _ = field.rpartition(".")
    return bool(section) and section.rpartition(".")[2] not in NAMES and section == other.rpartition(".")[0]


def _check_economics(case: Case, found: Findings) -> None:
    economics = case.economics
    for name, years in economics.lifetime.items():
        if years.value <= 0:
            found.say(("economics", "lifetime", name), f"found {years.given}; expected more than 0 years")
    _check_rates(economics, found)
    _check_fixed_tenants(case, found)
    span = economics.cost_class
    if isinstance(span, InvestmentRange) and not -1 <= span.low.value <= span.high.value:
        found.say(("economics", "cost_class"), "expected low of at least -100 %, and high above low")
    if not case.plants:
        found.say(("plants",), "the case has no plants")


def _check_rates(economics: Economics, found: Findings) -> None:
    for year, index in economics.price_index.items():
        if index <= 0:
            found.say(("economics", "price_index", str(year)), f"found {index:g}; expected more than 0")
    for currency, rates in economics.exchange_rates.items():
        stated = {str(year): rate for year, rate in rates.items()} if isinstance(rates, dict) else {"": rates}
        for year_text, rate in stated.items():
            if rate <= 0:
                found.say(("economics", "exchange_rates", currency, year_text), f"found {rate:g}; expected more than 0")


def _check_fixed_tenants(case: Case, found: Findings) -> None:
    optional = [name for name, plant in case.plants.items() if plant.optional]
    for index, name in enumerate(case.tenants.fixed or ()):
        if name in case.plants and name not in optional:
            found.say(("tenants", "fixed", index), f"{name} is not optional; it settles in any case")
    if (case.tenants.at_least or 0) > len(optional):
        found.say(
            ("tenants", "at_least"), f"found {case.tenants.at_least}; the case has {len(optional)} optional plants"
        )
    if case.tenants.at_least is not None and case.tenants.fixed is not None:
        found.say(("tenants",), "states both at_least and fixed; expected one of them")


def _check_gate(case: Case, found: Findings) -> None:
    for name, gate in case.park_gate.items():
        if gate.yearly is None and gate.peak is None:
            found.say(("park_gate", name), "limits nothing; state yearly or peak")
        for limit in ("yearly", "peak"):
            if getattr(gate, limit) is None and getattr(gate, f"{limit}_expansion") is not None:
                message = f"expands a limit that is not there; state {limit}"
                found.say(("park_gate", name, f"{limit}_expansion"), message)


def _check_resource(name: str, resource: Resource, found: Findings) -> None:
    discharge = resource.discharge
    if discharge and discharge.waste != "none" and resource.unit != "t" and discharge.waste_mass is None:
        message = f"waste of a resource counted in {resource.unit}; state waste_mass in t/{resource.unit}"
        found.say(("resources", name, "discharge"), message)
    if resource.fresh_water and resource.unit != "m3" and resource.water is None:
        message = f"fresh water counted in {resource.unit}; state water in m3/{resource.unit}"
        found.say(("resources", name, "fresh_water"), message)
