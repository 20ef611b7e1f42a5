"""Checks of the words of line items: units, parties, what they are about, and the fields of the case they rest on.

Grade, basis and sources follow from the fields. Not checked is whether a line names every field it rests on, and of an
item only that it names something of its row. What a line is about shows where its amounts are those of another table.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING

from planner.audit.checks import Checks
from planner.audit.credits import bought_for_sinks
from planner.audit.facts import Facts
from planner.audit.fields import Told, told_of
from planner.audit.flows import Run
from planner.audit.links import resource_of
from planner.audit.network import word
from planner.audit.reading import Row, rows_of
from planner.audit.totals import CO2E, WASTE, YEARLY_MONEY
from planner.audit.worth import party_of
from planner.case.lists import fields_listed

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

CHECK = "line items: their words"
AMOUNTS = "line items: what they are about"
GRADES = ("A", "B", "C")
#: Where numbers are drawn: no grade is asked of them.
GEOGRAPHY = "geography"
#: Account -> its unit, besides money and CO2e.
PHYSICAL = {
    **dict.fromkeys((*WASTE, "reused"), "t/yr"),
    "fresh_water": "m3/yr",
    "power_bought": "MWh/yr",
    "heat_supplied": "MWh/yr",
    "memo_biogenic": "tCO2/yr",
}
#: What is counted in pieces, areas, metres.
COUNTED = ("link", "exchange", "facility", "plant", "main", "ha", "m", "crossing", "investment above straight lines")
#: Accounts on which something is bought.
BOUGHT = ("purchase", "forgone", "treatment", "pumping")
#: Accounts of an exchange on what it moves.
MOVED = ("transport", "co2e_transport", "reused")
#: Words of items that name nothing of their row.
FIXED = ("connection at ", "metering, contract, insurance", "pre-treatment", "trench", "crossing of ")
#: Table, columns that name what a row is about, column of the amount -> accounts and columns of the lines, sign.
SUMS = (
    ("discharges", ("by", "resource"), "cost_per_yr", ("discharge",), ("by", "resource"), 1.0),
    ("discharges", ("by", "resource"), "co2e_t_per_yr", ("co2e_discharge",), ("by", "resource"), 1.0),
    ("discharges", ("by", "resource"), "waste_t_per_yr", WASTE, ("by", "resource"), 1.0),
    ("sales", ("by", "resource"), "income_per_yr", ("sale",), ("by", "resource"), -1.0),
    ("facilities", ("facility",), "cost_per_yr", ("facility_operation",), ("by",), 1.0),
    ("facilities", ("facility",), "capex", ("investment_facility",), ("by",), 1.0),
    ("siting", ("unit",), "land_cost_per_yr", ("land",), ("by",), 1.0),
    ("siting", ("unit",), "land_investment", ("investment_land",), ("by",), 1.0),
)


def unit_of(facts: Facts, account: str) -> str | None:
    """Unit of an account; None where there is no such account."""
    currency = facts.case.currency
    if account in YEARLY_MONEY or account in ("margin", "shadow_carbon"):
        return f"{currency}/yr"
    if account.startswith("investment_"):
        return currency
    if account in CO2E:
        return "tCO2e/yr"
    kind, _, name = account.partition(":")
    if kind == "gate_peak" and facts.case.periods:
        name = next((gate for gate in facts.case.park_gate for t in facts.case.periods if name == f"{gate} in {t}"), "")
    if kind in ("gate_yearly", "gate_peak") and name in facts.case.park_gate:
        unit = facts.case.resources[facts.case.park_gate[name].resource].unit
        return f"{unit}/{'yr' if kind == 'gate_yearly' else 'h'}"
    return PHYSICAL.get(account)


def check_line_words(facts: Facts, tables: "Tables", runs: Mapping[str, Run], checks: Checks) -> None:
    """Check the words of every line item; ``runs`` holds "plan" and "baseline"."""
    checks.start(CHECK)
    parties, told_by = _parties(facts), cache(partial(told_of, facts.case))
    ends = {
        run: {str(row["exchange"]): (str(row["from"]), str(row["to"])) for row in one.exchanges}
        for run, one in runs.items()
    }
    streams = {
        run: {
            str(row["exchange"]): (word(row, "source"), word(row, "sink"), word(row, "link")) for row in one.exchanges
        }
        for run, one in runs.items()
    }
    for row in rows_of(tables, "lines"):
        run, exchange = str(row["run"]), word(row, "exchange")
        found = [*_units(facts, row), *_evidence(row, told_by)]
        found += _about(facts, row, ends[run].get(exchange), parties, runs[run])
        found += _item(facts, row, (*ends[run].get(exchange, ()), *streams[run].get(exchange, ())))
        for told in found:
            checks.fail(CHECK, f"{run}, {word(row, 'account')}, {word(row, 'item')}: {told}")
    _amounts(facts, tables, checks)


def _units(facts: Facts, row: Row) -> list[str]:
    account, quantity, factor = word(row, "account"), word(row, "quantity_unit"), word(row, "factor_unit")
    unit = unit_of(facts, account)
    if unit is None:
        return [f"account {account!r} is unknown"]
    found = [] if word(row, "unit") == unit else [f"unit is {word(row, 'unit')!r}, {unit!r} of its account"]
    resource = facts.case.resources.get(word(row, "resource"))
    per = {*COUNTED}
    if resource is not None:
        per |= {resource.unit, f"{resource.unit} km", f"({resource.unit}/h)", f"({resource.unit}/yr)"}
        per |= {f"({resource.unit}/h) m"}
    facility = facts.case.facilities.get(word(row, "by"))
    if facility is not None:
        per |= {facility.unit, f"({facility.unit}/h)"}
        ends = () if facility.stores is None else (facility.stores.taken, facility.stores.given)
        moved = {facts.case.resources[end].unit for end in ends}
        per |= moved | {f"({one}/h)" for one in moved}
    if "heat_recovery" in account or "standby" in account:
        per |= {"MW"}
    if account == "discharge":
        per |= {facts.load_unit(quality)[0] for quality in facts.case.qualities}
    if quantity not in per:
        found.append(f"quantity_unit is {quantity!r}, which nothing of its row is counted in")
    whole = unit.removesuffix("/yr")
    known = {f"{whole}/{quantity}", f"{whole}/({quantity})", f"{whole}/{quantity}/yr", f"{whole}/yr"}
    if account.startswith(("gate_yearly:", "gate_peak:")):
        known = {"1", "1/h"}
    if (account in YEARLY_MONEY or account.startswith("investment_")) and quantity in COUNTED:
        known = {f"{whole}/{quantity}"} if unit == whole else {f"{whole}/{quantity}/yr", f"{whole}/yr"}
    if factor not in known:
        found.append(f"factor_unit is {factor!r}, by unit and quantity {' or '.join(sorted(known))}")
    return found


def _evidence(row: Row, told_by: Callable[[str], Told | None]) -> list[str]:
    """What does not agree with the fields of the case: they, and the worst grade, the bases and the sources there."""
    found, told = [], []
    for name in fields_listed(word(row, "fields")):
        said = told_by(name)
        if said is None:
            found.append(f"fields: {name!r} is no field of the case")
        else:
            told.append((name, said))
    if found:
        return found
    asked = [said.grade for name, said in told if said.grade is not None or not name.startswith(GEOGRAPHY)]
    grade = None
    if "C" in asked:
        grade = "C"
    elif asked and None not in asked:
        grade = max(x for x in asked if x is not None)
    expected = {
        "grade": grade or "",
        "basis": "; ".join(dict.fromkeys(said.basis for _, said in told if said.basis)),
        "sources": "; ".join(dict.fromkeys(said.source for _, said in told if said.source)),
    }
    return [
        f"{column} is {word(row, column)!r}, {text!r} by its fields"
        for column, text in expected.items()
        if word(row, column) != text
    ]


def _about(facts: Facts, row: Row, ends: tuple[str, str] | None, parties: set[str], run: Run) -> list[str]:
    """What is wrong with unit, exchange, party and resource of a line."""
    by, exchange, party, resource = (word(row, column) for column in ("by", "exchange", "party", "resource"))
    there = {*run.present, *run.places, *run.activity}
    found = []
    if by and by not in there:
        found.append(f"by is {by!r}, which is not there")
    if exchange and ends is None:
        found.append(f"exchange is {exchange!r}, which is not built")
    if party not in parties:
        found.append(f"party is {party!r}, which is none")
    elif by and not exchange and party != party_of(facts, by):
        found.append(f"party is {party!r}, {party_of(facts, by)!r} has {by}")
    elif ends is not None and by and by not in ends:
        found.append(f"by is {by!r}, which is no end of {exchange}")
    elif not by and not exchange and party not in _owners(facts):
        found.append(f"party is {party!r}, which owns no link, trench or gate")
    if ends is not None and word(row, "account") in MOVED:
        moved = next(x for x in run.exchanges if str(x["exchange"]) == exchange)
        if resource != resource_of(facts, moved):
            found.append(f"resource is {resource!r}, {exchange} moves {resource_of(facts, moved)!r}")
    named = [x for x in _fields(row) if x.startswith("resources.") and ".price" in x]
    if word(row, "account") in BOUGHT and named and f"resources.{resource}.price" not in named:
        found.append(f"resource is {resource!r}, it rests on {named[0]}")
    return found


def _fields(row: Row) -> list[str]:
    """Fields that a line rests on, without the period whose number it is."""
    return [name.partition(".periods.")[0] for name in fields_listed(word(row, "fields"))]


def _parties(facts: Facts) -> set[str]:
    """Everybody who may pay for something."""
    case = facts.case
    found = {party_of(facts, unit) for unit in (*facts.tenants, *case.facilities)} | set(case.parties) | _owners(facts)
    named = {name for entry in case.exchanges for name in (entry.paid_by or {})} - {"seller", "buyer"}
    return found | {party_of(facts, name) if name in facts.tenants else name for name in named}


def _owners(facts: Facts) -> set[str]:
    trenches = facts.case.trenches
    found = {link.owner for link in facts.case.links.values() if link.owner} | {facts.case.park_company}
    return found | ({trenches.owner} if trenches is not None and trenches.owner is not None else set())


def _item(facts: Facts, row: Row, words: tuple[str, ...]) -> list[str]:
    """What is wrong with an item: it must name something of its row."""
    item, account = word(row, "item"), word(row, "account")
    prefix = {"carbon_paid": "paid carbon: ", "shadow_carbon": "shadow carbon: "}.get(account, "")
    if not item.startswith(prefix) or (not prefix and "carbon: " in item):
        return [f"item is {item!r}"]
    case = facts.case
    agreed = [one for one in (*case.exchanges, *case.substitutions)]
    permits = [one.permit.name for one in agreed if one.permit is not None]
    by = word(row, "by")
    own = facts.streams(by, "source") + facts.streams(by, "sink") if by else []
    known = [*words, word(row, "resource"), by, *own, *permits, *case.links, *case.park_gate, *case.plots, *FIXED]
    known += ["by-product declaration", *case.existing_mains]
    return [] if any(name and name in item for name in known) else [f"item {item!r} names nothing of its row"]


def _amounts(facts: Facts, tables: "Tables", checks: Checks) -> None:
    """Check that lines book what the detailed tables say, unit by unit and resource by resource."""
    checks.start(AMOUNTS)
    lines = rows_of(tables, "lines")
    for run, prefix in (("plan", ""), ("baseline", "baseline_")):
        mine = [row for row in lines if row["run"] == run]
        for table, keys, column, accounts, about, sign in SUMS:
            told: dict[tuple[str, ...], float] = defaultdict(float)
            for row in rows_of(tables, prefix + table):
                told[tuple(word(row, key) for key in keys)] += sign * float(row[column])
            _same(mine, told, accounts, about, (checks, f"{run}, {column} of {table}"))
        _bought(facts, tables, prefix, mine, checks, run)


def _same(
    lines: list[Row],
    told: Mapping[tuple[str, ...], float],
    accounts: tuple[str, ...],
    about: tuple[str, ...],
    where: tuple[Checks, str],
) -> None:
    booked: dict[tuple[str, ...], float] = defaultdict(float)
    size: dict[tuple[str, ...], float] = defaultdict(float)
    for row in lines:
        if row["account"] in accounts:
            key = tuple(word(row, column) for column in about)
            booked[key] += float(row["amount"])
            size[key] += abs(float(row["amount"]))
    for key in sorted({*told, *booked}):
        where[0].equal(AMOUNTS, f"{where[1]}: {' / '.join(key)}", told.get(key, 0.0), booked.get(key, 0.0), size[key])


def _bought(facts: Facts, tables: "Tables", prefix: str, lines: list[Row], checks: Checks, run: str) -> None:
    """Check money, fresh water and power of what is bought at a price."""
    rows = rows_of(tables, prefix + "purchases")
    priced = [
        row for row in lines if row["account"] in BOUGHT and f"resources.{word(row, 'resource')}.price" in _fields(row)
    ]
    told: dict[tuple[str, ...], float] = defaultdict(float)
    water: dict[tuple[str, ...], float] = defaultdict(float)
    power: dict[tuple[str, ...], float] = defaultdict(float)
    for row in rows:
        key, resource = (word(row, "by"), word(row, "resource")), facts.case.resources[str(row["resource"])]
        told[key] += float(row["cost_per_yr"])
        amount = float(row["amount_per_yr"])
        if resource.fresh_water:
            water[key] += amount * facts.content(key[1], "m3")
        if resource.kind == "power":
            power[key] += amount * facts.content(key[1], "MWh")
    for row in rows_of(tables, prefix + "credits"):
        key, resource = (word(row, "by"), word(row, "resource")), facts.case.resources[str(row["resource"])]
        if bought_for_sinks(facts, *key):
            water[key] -= float(row["credited_per_yr"]) * facts.content(key[1], "m3") if resource.fresh_water else 0.0
            power[key] -= (
                float(row["credited_per_yr"]) * facts.content(key[1], "MWh") if resource.kind == "power" else 0.0
            )
    _same([_by(row) for row in priced], told, BOUGHT, ("by", "resource"), (checks, f"{run}, cost of purchases"))
    case = facts.case
    counted = [_by(row) for row in lines if _priced(case.resources.get(word(row, "resource")))]
    for account, amounts in (("fresh_water", water), ("power_bought", power)):
        _same(counted, amounts, (account,), ("by", "resource"), (checks, f"{run}, {account} of purchases"))


def _priced(resource: object) -> bool:
    return getattr(resource, "price", None) is not None


def _by(row: Row) -> Row:
    """A line with the party for its unit where it has none, as purchases name who buys."""
    return row if word(row, "by") else {**row, "by": row["party"]}
