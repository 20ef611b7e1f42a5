"""What is bought, disposed of and sold outside, and what a source gives up."""

from dataclasses import dataclass, replace

from planner.assemble.assembly import Evidence
from planner.assemble.findings import Findings
from planner.assemble.lines import Charge, Crossing, Entry, Ledger, evidence_of
from planner.assemble.streams import Flow, discharge_of, is_suppliable, sale_of, stated_discharge
from planner.case.case import Case
from planner.case.plants import Efficiency, Sink, Source
from planner.case.values import Emission, PerUnit
from planner.heat.levels import cools

#: Kinds of resource whose supply is scope 2.
ENERGY_KINDS = ("power", "heat")


@dataclass(frozen=True)
class Purchase:
    """A resource bought outside, per unit of an entry's quantity.

    Attributes
    ----------
    account, item
        Where its price is booked, and what for, in words.
    per
        Amount bought per unit of quantity, as evidence.
    hours, peak, state
        Hours of the state in which it is bought, and its largest over mean rate.
    co2e_account
        One account for all its CO2e; None for the accounts of use and supply.
    kept
        It goes into a store that gives it back: whoever takes it then uses it.
    """

    resource: str
    account: str
    item: str
    per: Evidence | None
    hours: float
    peak: float
    state: str
    co2e_account: str | None = None
    kept: bool = False


def supply_account(case: Case, resource: str) -> str:
    """Account of the CO2e of making and delivering a resource: scope 2 for power and heat, else scope 3."""
    return "co2e_supply_energy" if case.resources[resource].kind in ENERGY_KINDS else "co2e_supply_other"


def buy(ledger: Ledger, entry: Entry, bought: Purchase, findings: Findings) -> None:
    """Book a purchase: its price, its CO2e, and every physical total and gate that counts it."""
    case = ledger.case
    resource = case.resources[bought.resource]
    path = f"resources.{bought.resource}"
    per = 1.0 if bought.per is None else bought.per.value
    evidence = () if bought.per is None else (bought.per,)
    if resource.price is None:
        findings.fault(f"{path}.price", f"needed: {bought.item}")
    else:
        paid = Charge(
            bought.account,
            bought.item,
            resource.price.at(bought.state),
            resource.unit,
            f"{case.currency}/{resource.unit}",
            per=per,
            resource=bought.resource,
            evidence=(*evidence, evidence_of(resource.price, f"{path}.price", bought.state)),
        )
        ledger.book(entry, paid)
    factors = resource.co2e
    supply = bought.co2e_account or supply_account(case, bought.resource)
    emit = _Emitting(ledger, entry, bought, per, evidence)
    use, biogenic = (None, None) if bought.kept else (factors.use, factors.biogenic)
    emit.book(bought.co2e_account or "co2e_use", "using", use, f"{path}.co2e.use")
    emit.book(supply, "supply of", factors.supply, f"{path}.co2e.supply")
    emit.book("memo_biogenic", "biogenic CO2 of using", biogenic, f"{path}.co2e.biogenic")
    count(ledger, entry, bought, per, findings)
    ledger.cross(entry, Crossing(bought.resource, "in", per, bought.hours, bought.peak, bought.state))


@dataclass(frozen=True)
class _Emitting:
    ledger: Ledger
    entry: Entry
    bought: Purchase
    per: float
    evidence: tuple[Evidence, ...]

    def book(self, account: str, word: str, factor: Emission | None, path: str) -> None:
        if factor is None:
            return
        unit = self.ledger.case.resources[self.bought.resource].unit
        emission = emission_charge(account, f"{word} {self.bought.item}", factor, path, unit, self.bought.state)
        self.ledger.book(
            self.entry,
            replace(
                emission,
                per=self.per,
                resource=self.bought.resource,
                evidence=(*self.evidence, *emission.evidence),
            ),
        )


def emission_charge(
    account: str, item: str, factor: Emission, path: str, unit: str, state: str | None = None
) -> Charge:
    """A charge of CO2e (or of the biogenic memo) by an emission factor, that of a state where it differs."""
    gas = "tCO2" if account == "memo_biogenic" else "tCO2e"
    number = factor.value if state is None else factor.at(state)
    return Charge(account, item, number, unit, f"{gas}/{unit}", evidence=(evidence_of(factor, path, state),))


def count(ledger: Ledger, entry: Entry, bought: Purchase, per: float, findings: Findings) -> None:
    """Count a purchase in fresh water and power; less than nothing of one that falls away."""
    case = ledger.case
    resource = case.resources[bought.resource]
    counts = (
        (resource.fresh_water, "fresh_water", "m3", "water"),
        (resource.kind == "power", "power_bought", "MWh", "enthalpy"),
    )
    for counted, account, unit, field in counts:
        if not counted:
            continue
        amount = resource.content(unit)
        if amount is None:
            path = f"resources.{bought.resource}.{field}"
            findings.fault(path, f"needed ({unit} in a unit) to count {bought.resource} in {account.replace('_', ' ')}")
            continue
        charge = Charge(account, bought.item, amount, resource.unit, f"{unit}/{resource.unit}", per, bought.resource)
        ledger.book(entry, charge)


def conventional_supply(ledger: Ledger, flow: Flow, findings: Findings) -> None:
    """Book what one unit of a sink's demand costs and emits where no exchange meets it."""
    case = ledger.case
    if not is_suppliable(case, flow):
        return
    shares = ((flow.member.party, 1.0),)
    for t, own in flow.slices.items():
        entry = Entry("supplied", (((flow.id, t), 1.0),), shares, flow.member.name, evidence=own.evidence)
        _supply(ledger, entry, flow, t, findings)


def _supply(ledger: Ledger, entry: Entry, flow: Flow, state: str, findings: Findings) -> None:
    case = ledger.case
    for bought in bought_for(case, flow, state, findings):
        buy(ledger, entry, bought, findings)
    supply = flow.data.supplied_today_by if isinstance(flow.data, Sink) else None
    unit = case.resources[flow.resource].unit
    if supply is not None and supply.cost is not None:
        ledger.book(
            entry,
            Charge(
                "supply_operation",
                f"present supply of {flow.name}",
                supply.cost.value,
                unit,
                f"{case.currency}/{unit}",
                resource=flow.resource,
                evidence=(evidence_of(supply.cost, f"{flow.path}.supplied_today_by.cost"),),
            ),
        )
    if is_heat(case, flow.resource):
        energy = case.resources[flow.resource].content("MWh")
        if energy is None:
            findings.fault(f"resources.{flow.resource}.enthalpy", "needed (MWh in a unit) to count heat supplied")
        else:
            heat = Charge("heat_supplied", f"{flow.name} made or bought", energy, unit, f"MWh/{unit}")
            ledger.book(entry, replace(heat, resource=flow.resource))


def is_heat(case: Case, resource: str) -> bool:
    """Whether a resource is heat that is supplied, and no medium that takes it away."""
    data = case.resources[resource]
    return data.kind == "heat" and not (data.heat is not None and cools(data.heat))


def bought_for(case: Case, flow: Flow, state: str, findings: Findings) -> list[Purchase]:
    """What is bought for a unit of a sink's demand: today's recipe, else the resource itself; nothing if neither is."""
    supply = flow.data.supplied_today_by if isinstance(flow.data, Sink) else None
    when = (flow.slices[state].hours, flow.peak, state)
    if supply is None:
        if case.resources[flow.resource].price is None:
            return []
        return [Purchase(flow.resource, "purchase", f"{flow.resource} bought", None, *when, kept=flow.kept)]
    bought = []
    for name, given in supply.inputs.items():
        per = _input(case, flow, name, given, findings)
        if per is not None:
            item = f"{name} bought to make {flow.name}"
            bought.append(Purchase(name, "purchase", item, per, *when))
    return bought


def _input(case: Case, flow: Flow, name: str, given: Efficiency | PerUnit, findings: Findings) -> Evidence | None:
    """Amount of an input per unit of demand; from an efficiency, by the energy in both."""
    path = f"{flow.path}.supplied_today_by.{name}"
    if isinstance(given, PerUnit):
        return evidence_of(given, path)
    product, fuel = (case.resources[x].content("MWh") for x in (flow.resource, name))
    for resource, energy in ((flow.resource, product), (name, fuel)):
        if not energy:
            findings.fault(f"resources.{resource}.enthalpy", f"needed (MWh in a unit) for the efficiency in {path}")
    share = evidence_of(given.efficiency, f"{path}.efficiency")
    if not share.value:
        findings.fault(share.field, "an efficiency of 0 makes nothing")
    if not (product and fuel and share.value):
        return None
    units = f"{case.resources[name].unit}/{case.resources[flow.resource].unit}"
    return replace(share, value=product / (share.value * fuel), unit=units)


def outlets(ledger: Ledger, flow: Flow, findings: Findings) -> None:
    """Book what one unit of a source costs, emits or earns where it is disposed of or sold outside."""
    case = ledger.case
    shares = ((flow.member.party, 1.0),)
    unit = case.resources[flow.resource].unit
    money = f"{case.currency}/{unit}"
    on_demand = isinstance(flow.data, Source) and flow.data.on_demand  # what is not taken is not made
    sale = sale_of(case, flow)
    for t, own in flow.slices.items():
        when = (own.hours, flow.peak, t)
        crossing = Crossing(flow.resource, "out", 1.0, *when)
        if discharge_of(case, flow) is not None and not on_demand:
            entry = Entry("discharged", (((flow.id, t), 1.0),), shares, flow.member.name, evidence=own.evidence)
            _dispose(ledger, entry, flow, t, findings)
            ledger.cross(entry, crossing)
        if sale is not None:
            entry = Entry("sold", (((flow.id, t), 1.0),), shares, flow.member.name, evidence=own.evidence)
            price = evidence_of(sale[0].price, f"{sale[1]}.price", t)
            income = Charge("sale", f"{flow.name} sold", -price.value, unit, money, 1.0, flow.resource, (price,))
            ledger.book(entry, income)
            ledger.cross(entry, crossing)
            forgo(ledger, entry, flow, when, findings)


def _dispose(ledger: Ledger, entry: Entry, flow: Flow, state: str, findings: Findings) -> None:
    case = ledger.case
    found = discharge_of(case, flow)
    assert found is not None
    discharge, path = found
    unit = case.resources[flow.resource].unit
    cost = () if discharge.cost is None else (evidence_of(discharge.cost, f"{path}.cost", state),)
    price = 0.0 if discharge.cost is None else discharge.cost.at(state)
    item = f"{flow.name} to {discharge.route}"
    ledger.book(entry, Charge("discharge", item, price, unit, f"{case.currency}/{unit}", 1.0, flow.resource, cost))
    factor, place = discharge.co2e, f"{path}.co2e"
    if factor is None:
        factor, place = case.resources[flow.resource].co2e.discharge, f"resources.{flow.resource}.co2e.discharge"
    if factor is not None:
        charge = emission_charge("co2e_discharge", item, factor, place, unit, state)
        ledger.book(entry, replace(charge, resource=flow.resource))
    mass = waste_mass(case, flow, findings)
    if mass is not None:
        account = f"waste_{discharge.waste.replace('-', '_')}"
        ledger.book(entry, replace(mass, account=account, item=item))


def waste_mass(case: Case, flow: Flow, findings: Findings) -> Charge | None:
    """Tonnes of waste in a unit of a source, as a charge to be booked; None where it is no waste."""
    found = stated_discharge(case, flow)
    if found is None or found[0].waste == "none":
        return None
    discharge, path = found
    resource = case.resources[flow.resource]
    stated = discharge.waste_mass
    mass = resource.content("t") if stated is None else stated.value
    if mass is None:
        findings.fault(f"{path}.waste_mass", f"needed (t in a unit): {flow.resource} is counted in {resource.unit}")
        return None
    evidence = () if stated is None else (evidence_of(stated, f"{path}.waste_mass"),)
    return Charge("reused", flow.name, mass, resource.unit, f"t/{resource.unit}", 1.0, flow.resource, evidence)


def forgo(ledger: Ledger, entry: Entry, flow: Flow, when: tuple[float, float, str], findings: Findings) -> None:
    """Book what a source gives up per unit that leaves it, in so many hours, with that peak factor, in that state."""
    given_up = flow.data.forgoes if isinstance(flow.data, Source) else None
    if given_up is None:
        return
    case = ledger.case
    path = f"{flow.path}.forgoes"
    for name, per in given_up.flows.items():
        item = f"{name} forgone by giving {flow.name}"
        stated = evidence_of(per, f"{path}.{name}")
        buy(ledger, entry, Purchase(name, "forgone", item, stated, *when), findings)
    if given_up.money is not None:
        unit = case.resources[flow.resource].unit
        ledger.book(
            entry,
            Charge(
                "forgone",
                f"forgone by giving {flow.name}",
                given_up.money.value,
                unit,
                f"{case.currency}/{unit}",
                resource=flow.resource,
                evidence=(evidence_of(given_up.money, f"{path}.money"),),
            ),
        )
