"""What goes with the amount of an exchange: what its source gives up, and what each unit that arrives brings about."""

from dataclasses import replace

from planner.assemble.assembly import Evidence
from planner.assemble.exchanges import Deal
from planner.assemble.findings import Findings
from planner.assemble.lines import Charge, Entry, Ledger, evidence_of
from planner.assemble.makeup import make_up
from planner.assemble.supply import Purchase, bought_for, buy, emission_charge, forgo, supply_account, waste_mass
from planner.assemble.ways import Way
from planner.case.exchanges import Treatment
from planner.case.values import Fraction


def price_flow(ledger: Ledger, deal: Deal, way: Way, findings: Findings) -> None:
    """Book everything that goes with the amount an option carries, transport apart."""
    for t in deal.shared:
        _price_state(ledger, deal, way, t, findings)


def _price_state(ledger: Ledger, deal: Deal, way: Way, state: str, findings: Findings) -> None:
    giver, when = deal.source.member, (deal.shared[state], deal.peak, state)
    rows = (((deal.id, way.id, state), 1.0),)
    leaving = Entry("flow", rows, ((giver.party, 1.0),), giver.name, deal.id, deal.evidence_in(state))
    forgo(ledger, leaving, deal.source, when, findings)
    make_up(ledger, leaving, deal.source, when, findings)
    mass = waste_mass(ledger.case, deal.source, findings)
    if mass is not None:
        ledger.book(leaving, replace(mass, item=f"{deal.source.name} used instead of disposed of"))
    treatment: Treatment | None = deal.terms.get("treatment")
    if treatment is not None:
        taker = deal.sink.member
        taken = replace(leaving, shares=((taker.party, 1.0),), unit=taker.name)
        treat(ledger, deal, taken, treatment, state, findings)
    for entry in arriving_entries(deal, way, state) if not deal.sink.kept else ():
        use(ledger, deal, entry, state)
        still_burdens(ledger, deal, entry, state, findings)


def arriving_entries(deal: Deal, way: Way, state: str) -> list[Entry]:
    """Variables that say how much arrives in a state: the flow less the share lost, less what a link in service owes.

    What a main loses depends on the ways of all who use it: what arrives by it is a variable of its own.
    """
    taker = deal.sink.member
    rows = (((deal.id, way.id, state), 1.0),)
    base = Entry("flow", rows, ((taker.party, 1.0),), taker.name, deal.id, deal.evidence_in(state))
    if way.loses:
        return [replace(base, family="arrived")]
    entries = [base]
    if any(pair.share_lost for pair in way.pairs.values()):
        kept = tuple(((deal.id, way.id, p, q, state), 1.0 - pair.share_lost) for (p, q), pair in way.pairs.items())
        entries = [replace(base, family="pair_flow", rows=kept)]
    owed = tuple(
        ((deal.id, way.id, p, q), -pair.owed_loss[state])
        for (p, q), pair in way.pairs.items()
        if state in pair.owed_loss
    )
    if owed:
        entries.append(replace(base, family="link", rows=owed))
    if way.data is not None and state in way.data.owed_per_km:
        beyond = (((deal.id, way.id), -way.data.owed_per_km[state]),)
        entries.append(replace(base, family="detour", rows=beyond))
    return entries


def use(ledger: Ledger, deal: Deal, entry: Entry, state: str) -> None:
    """CO2e of using the by-product itself."""
    name = deal.source.resource
    resource = ledger.case.resources[name]
    for account, factor, field, item in (
        ("co2e_use", resource.co2e.use, "use", f"using {deal.source.name}"),
        ("memo_biogenic", resource.co2e.biogenic, "biogenic", f"biogenic CO2 of using {deal.source.name}"),
    ):
        if factor is not None:
            charge = emission_charge(account, item, factor, f"resources.{name}.co2e.{field}", resource.unit, state)
            ledger.book(entry, replace(charge, resource=name))


def still_burdens(ledger: Ledger, deal: Deal, entry: Entry, state: str, findings: Findings) -> None:
    """The part of the replaced purchase's supply burden that does not fall away."""
    case = ledger.case
    displaced = displacement(ledger, deal)
    left = 1.0 - displaced.value
    if not left:
        return
    for bought in bought_for(case, deal.sink, state, findings):
        replaced = case.resources[bought.resource]
        factor = replaced.co2e.supply
        if factor is None:
            continue
        per = 1.0 if bought.per is None else bought.per.value
        path = f"resources.{bought.resource}.co2e.supply"
        item = f"supply of {bought.resource}, not displaced by {deal.source.name}"
        charge = emission_charge(supply_account(case, bought.resource), item, factor, path, replaced.unit, state)
        recipe = () if bought.per is None else (bought.per,)
        evidence = (*charge.evidence, displaced, deal.ratio, *recipe)
        ledger.book(
            entry, replace(charge, per=left * deal.ratio.value * per, resource=bought.resource, evidence=evidence)
        )


def displacement(ledger: Ledger, deal: Deal) -> Evidence:
    """Displacement of the exchange, else of its substitution, else of the by-product."""
    stated: Fraction | None = deal.terms.get("displacement")
    if stated is not None:
        return evidence_of(stated, deal.terms.paths["displacement"])
    name = deal.source.resource
    return evidence_of(ledger.case.resources[name].displacement, f"resources.{name}.displacement")


def treat(ledger: Ledger, deal: Deal, entry: Entry, treatment: Treatment, state: str, findings: Findings) -> None:
    """Pre-treatment of each unit taken, borne by the buyer."""
    case, path = ledger.case, deal.terms.paths["treatment"]
    name = deal.source.resource
    unit = case.resources[name].unit
    item = f"pre-treatment of {deal.source.name}"
    if treatment.cost is not None:
        evidence = (evidence_of(treatment.cost, f"{path}.cost"),)
        money = f"{case.currency}/{unit}"
        ledger.book(entry, Charge("treatment", item, treatment.cost.value, unit, money, 1.0, name, evidence))
    if treatment.co2e is not None:
        charge = emission_charge("co2e_facilities", item, treatment.co2e, f"{path}.co2e", unit)
        ledger.book(entry, replace(charge, resource=name))
    for used, per in treatment.uses.items():
        stated = evidence_of(per, f"{path}.uses.{used}")
        when = (deal.shared[state], deal.peak, state)
        bought = Purchase(used, "treatment", f"{used} for the {item}", stated, *when)
        buy(ledger, entry, bought, findings)
