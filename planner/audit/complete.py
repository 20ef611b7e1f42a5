"""Checks that no row stands twice and no account is missing, and of the units of totals."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from planner.audit.checks import Checks
from planner.audit.equipment import accounts_of_equipment
from planner.audit.facts import Facts
from planner.audit.heat_money import recovery_costs
from planner.audit.line_words import unit_of
from planner.audit.network import PARK_COMPANY, word
from planner.audit.reading import Row, rows_of
from planner.audit.totals import CO2E, YEARLY_MONEY

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

TWICE = "tables: no row stands twice"
WORDS = "totals: their accounts, units and kinds"
INVESTED = ("land", "link", "trench", "connection", "treatment", "permit", "facility", "gate")
#: Table -> columns by which its rows are told apart. Rows of others may be alike, or have a check of their own.
ONCE = {
    **dict.fromkeys(("costs", "emissions"), ("account",)),
    "indicators": ("indicator",),
    "intensities": ("indicator", "per"),
    "parties": ("party",),
    "limits": ("limit",),
    "facilities": ("facility",),
    **dict.fromkeys(("discharges", "sales", "supplies"), ("state", "by", "stream")),
    "exchanges": ("exchange", "option"),
    "credits": ("state", "exchange", "resource"),
    "barred": ("exchange", "quality", "why", "limit"),
    "trenches": ("stretch",),
    "mains": ("main", "stretch", "size", "existing"),
    "quantities": ("item", "what", "carrier", "resource", "size", "surface", "unit"),
    "trench_shares": ("stretch", "part", "carrier", "exchange"),
    "periods": ("period",),
    "profiles": ("profile",),
    "flows_by_period": ("kind", "name", "option", "resource", "period"),
    "stores": ("store",),
    "store_levels": ("store", "period", "pass"),
    "equipment": ("plant", "role", "stream", "kind"),
    "converters": ("state", "facility", "role", "resource"),
    "heat": ("state", "plant", "stream", "role"),
    "heat_recovery": ("plant",),
    "heat_targets": ("state", "of", "how"),
    "exergy": ("of", "kind"),
    "heat_pipes": ("state", "exchange", "option", "main", "stretch"),
    "hydraulics": ("main", "stretch", "size", "from_node"),
    "shared_costs": ("of", "item", "owner", "party", "by", "exchange"),
    "ledger": ("party", "head", "kind", "account", "exchange", "resource"),
    "exchange_ledger": ("exchange", "option", "party", "head", "kind", "account", "resource"),
    "assets": ("party", "of", "exchange", "option", "item", "lifetime_yr"),
    "economic": ("head", "kind", "account", "resource", "how"),
    "cash_flows": ("party", "kind", "year"),
    "prices": ("exchange", "option"),
}
#: Indicator -> its unit, besides money.
UNITS = {
    **{"co2e": "tCO2e/yr", "waste": "t/yr", "fresh_water": "m3/yr", "waste_reused": "t/yr"},
    **{"payback_yr": "yr", "memo_biogenic": "tCO2/yr"},
}
OF_MONEY = {
    **dict.fromkeys(("total_annual_cost", "cost_before_capital", "memo_margin", "memo_shadow_carbon"), "/yr"),
    **dict.fromkeys(("investment", "investment_low", "investment_high"), ""),
}


def check_complete(facts: Facts, tables: "Tables", checks: Checks) -> None:
    """Check rows that stand twice, accounts that are missing, and the units of totals."""
    checks.start(TWICE)
    for name in tables:
        keys = ONCE.get(name.removeprefix("baseline_"))
        if keys is not None:
            _once(name, keys, rows_of(tables, name), checks)
    unbuilt = [row for row in rows_of(tables, "verdicts") if not bool(row["built"])]
    _once("verdicts", ("exchange",), unbuilt, checks)
    checks.start(WORDS)
    _accounts(facts, tables, checks)
    for row in rows_of(tables, "indicators"):
        _unit("indicators", word(row, "indicator"), row, _of_indicator(facts, word(row, "indicator")), checks)
    for row in rows_of(tables, "intensities"):
        per, unit = word(row, "per"), _of_indicator(facts, word(row, "indicator"))
        counted = per.split(" of ")[0] if " of " in per else None
        whole = f"{unit}/{per}" if counted is None else f"{unit.removesuffix('/yr')}/{counted}"
        _unit("intensities", f"{word(row, 'indicator')} per {per}", row, whole, checks)
    for row in rows_of(tables, "parties"):
        party = word(row, "party")
        stated = facts.case.parties.get(party)
        kind = stated.kind if stated is not None else PARK_COMPANY if party == PARK_COMPANY else "firm"
        if word(row, "kind") != kind:
            checks.fail(WORDS, f"parties, {party}: kind is {word(row, 'kind')!r}, {kind!r} by the case")
    for row in rows_of(tables, "limits"):
        name = word(row, "limit")
        unit = unit_of(facts, name) or _of_indicator(facts, "investment" if name == "budget" else name)
        _unit("limits", name, row, unit, checks)


def _once(name: str, keys: tuple[str, ...], rows: Iterable[Row], checks: Checks) -> None:
    found = Counter(tuple(word(row, key) for key in keys) for row in rows)
    for key, times in found.items():
        if times > 1:
            checks.fail(TWICE, f"{name}: {' / '.join(x for x in key if x)} stands there {times} times")


def _unit(table: str, what: str, row: Row, unit: str, checks: Checks) -> None:
    if word(row, "unit") != unit:
        checks.fail(WORDS, f"{table}, {what}: unit is {word(row, 'unit')!r}, not {unit!r}")


def _of_indicator(facts: Facts, name: str) -> str:
    """Unit of an indicator; shares have none."""
    if name in OF_MONEY:
        return facts.case.currency + OF_MONEY[name]
    return UNITS.get(name) or unit_of(facts, name) or "1"


def _accounts(facts: Facts, tables: "Tables", checks: Checks) -> None:
    """Check that each account has its row, and its unit."""
    case = facts.case
    credited = any(terms.also for terms in (*case.exchanges, *case.substitutions))
    equipped = accounts_of_equipment(facts)
    recovering = recovery_costs(facts) or "heat_recovery" in equipped
    money = [account for account in YEARLY_MONEY if account != "credit" or credited]
    money = [account for account in money if recovering or not account.startswith("heat_recovery_")]
    money = [account for account in money if "standby" in equipped or not account.startswith("standby_")]
    money += ["investment_standby"] if "standby" in equipped else []
    money += [f"investment_{what}" for what in INVESTED] + ["margin", "shadow_carbon"]
    money += ["investment_heat_recovery"] if recovering else []
    for table, accounts in (("costs", money), ("emissions", [*CO2E, "memo_biogenic"])):
        rows = {word(row, "account"): row for row in rows_of(tables, table)}
        for account in sorted(rows.keys() ^ set(accounts)):
            told = "is no account of it" if account in rows else "is missing"
            checks.fail(WORDS, f"{table}: {account} {told}")
        for account in rows.keys() & set(accounts):
            _unit(table, account, rows[account], str(unit_of(facts, account)), checks)
