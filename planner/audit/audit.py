"""The audit of a finished plan: every table against the case and against the other tables."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from planner.audit.balances import check_balances
from planner.audit.bill import check_bill
from planner.audit.bill_words import check_bill_words
from planner.audit.checks import Checks
from planner.audit.coincide import check_hours
from planner.audit.complete import check_complete
from planner.audit.compositions import check_compositions
from planner.audit.converters import check_converters
from planner.audit.credits import check_credits
from planner.audit.derived import Recomputed, check_derived, gate_bounds
from planner.audit.document import check_document
from planner.audit.equipment import check_equipment
from planner.audit.exchange_ledgers import check_exchange_ledgers
from planner.audit.facts import Facts
from planner.audit.finance import check_finance
from planner.audit.flows import Run, check_flows, read_run
from planner.audit.heat import check_heat
from planner.audit.heat_pipes import check_cold_is_told, check_heat_pipes
from planner.audit.heat_received import check_heat_received
from planner.audit.hydraulics import check_hydraulics
from planner.audit.impacts import check_impacts
from planner.audit.labels import check_labels
from planner.audit.ledgers import check_ledgers
from planner.audit.line_words import check_line_words
from planner.audit.links import main_of
from planner.audit.mains import check_mains
from planner.audit.money import Accounts
from planner.audit.network import surveyed
from planner.audit.operations import check_operations
from planner.audit.periods import Slices, accounts_of, check_periods, slices_of
from planner.audit.profiles import check_profiles
from planner.audit.purchases import check_purchases
from planner.audit.quality import check_least_flows, check_quality
from planner.audit.reading import rows_of
from planner.audit.rows import check_rows
from planner.audit.shared_costs import check_shared_costs
from planner.audit.siting import check_land, check_siting, read_places, read_sizes
from planner.audit.stores import check_stores
from planner.audit.totals import WASTE, check_totals, memos, totals
from planner.audit.trenches import check_trenches
from planner.audit.verdicts import check_verdicts
from planner.audit.words import check_words
from planner.audit.worth import check_worth
from planner.case.case import Case
from planner.case.economics import GateExpansion
from planner.geography.distances import Distances

if TYPE_CHECKING:
    import pandas as pd

#: Table, column -> account it adds up to, and its sign there.
SUMS = (
    ("sales", "income_per_yr", ("sale",), -1.0),
    ("discharges", "cost_per_yr", ("discharge",), 1.0),
    ("discharges", "co2e_t_per_yr", ("co2e_discharge",), 1.0),
    ("discharges", "waste_t_per_yr", WASTE, 1.0),
    ("siting", "land_cost_per_yr", ("land",), 1.0),
    ("siting", "land_investment", ("investment_land",), 1.0),
    ("facilities", "capex", ("investment_facility",), 1.0),
    ("exchanges", "capex", ("capex of exchanges",), 1.0),
)


def audit(
    case: Case,
    distances: Distances,
    tables: "Mapping[str, pd.DataFrame]",
    header: Mapping[str, Any],
    document: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Audit the tables of a plan.

    Parameters
    ----------
    case
        The case the plan was made from.
    distances
        Its geography, measured again.
    tables
        Tables of the plan, with the columns of ``planner.results.columns.COLUMNS``.
    header
        Header of the plan: objective, solver facts, currency.
    document
        What ``results.json`` says, where the tables were read from the files beside it: it must say the same.

    Returns
    -------
    dict
        ``{"passed": bool, "checks": [{"check", "passed", "detail"}]}``.
    """
    checks = Checks()
    facts = Facts(case)
    if document is not None:
        check_document(document, tables, checks)
    if not check_words(facts, tables, checks):
        return checks.result()  # nothing can be recomputed from such tables
    recomputed: dict[str, Recomputed] = {}
    for name, prefix in (("plan", ""), ("baseline", "baseline_")):
        places = read_places(tables[prefix + "siting"], checks)
        sizes = read_sizes(tables, prefix)
        check_siting(facts, distances, places, sizes, checks, baseline=name == "baseline")
        check_land(facts, distances, tables[prefix + "siting"], sizes, checks)
        run = read_run(facts, dict(tables), prefix, places)
        sliced = partial(slices_of, facts, tables, prefix, run)
        _network(facts, distances, run, checks, name, sliced)
        slices = sliced()
        check_periods(facts, tables, prefix, run, slices, checks)
        parts = {t: (one.facts, one.run) for t, one in slices.items()}
        check_flows(facts, distances, run, checks, name, parts)
        for t, (known, one) in (parts or {"": (facts, run)}).items():
            check_hours(known, one, checks.of(t) if t else checks, name)
        check_stores(facts, tables, prefix, run, parts, checks)
        check_converters(facts, tables, prefix, run, parts, checks)
        check_equipment(facts, tables, prefix, run, parts, checks)
        accounts = accounts_of(facts, distances, run, slices)
        check_bill(facts, accounts, checks, name)
        taken = _gates(facts, accounts, checks, name)
        total = totals(dict(accounts.total)) | memos(facts, places, accounts.total)
        recomputed[name] = Recomputed(run, accounts, total, taken)
        _purchases(tables, prefix, accounts, checks, name)
        _sums(tables, prefix, accounts, checks, name)
        check_rows(facts, tables, prefix, run, accounts, checks)
        check_labels(facts, tables, prefix, run, checks)
        whole = {"year": (facts, run, dict(tables))}
        for t, (known, one, rows) in ({t: (x.facts, x.run, x.tables) for t, x in slices.items()} or whole).items():
            check_purchases(known, rows, prefix, one, checks)
            check_credits(known, rows, (prefix, t), one, checks)
        _contents(facts, tables, prefix, accounts, checks, slices)
        check_heat(facts, tables, prefix, run, slices, checks)
        check_heat_pipes(facts, distances, tables, prefix, run, slices, checks)
        check_heat_received(facts, prefix, run, slices, checks)
    check_cold_is_told(tables, header.get("notes") or (), checks)
    check_profiles(facts, tables, checks)
    _same_tenants(facts, tables, checks)
    check_bill_words(facts, distances.graph, recomputed["plan"].run, checks)
    check_totals(facts, tables, header, {name: run.total for name, run in recomputed.items()}, checks)
    check_complete(facts, tables, checks)
    check_line_words(facts, tables, {name: one.run for name, one in recomputed.items()}, checks)
    check_derived(facts, tables, recomputed, checks)
    worth = check_worth(facts, distances, tables, recomputed, checks)
    check_shared_costs(facts, tables, checks)
    check_ledgers(facts, tables, checks)
    check_exchange_ledgers(tables, worth, checks)
    check_finance(facts, tables, checks)
    check_impacts(facts, distances, tables, worth, checks)
    return checks.result()


def _contents(
    facts: Facts,
    tables: "Mapping[str, pd.DataFrame]",
    prefix: str,
    accounts: Accounts,
    checks: Checks,
    slices: Slices,
) -> None:
    """Check what streams hold, as far as the case speaks of it; in each period where it has any."""
    run, mixtures = accounts.run, accounts.mixtures
    name = "baseline" if prefix else "plan"
    check_operations(facts, tables, prefix, run, checks)
    if not slices:
        check_quality(facts, run, mixtures, checks, name)
    for period, one in slices.items():
        check_quality(one.facts, one.run, accounts.of(period).mixtures, checks.of(period), name, of_year=False)
    if slices:
        check_least_flows(facts, run, checks, name)
    parts = [(x.facts, x.run, accounts.of(t).mixtures, x.tables) for t, x in slices.items()]
    known = [one[:3] for one in parts]
    check_compositions(facts, tables, prefix, run, mixtures, checks, parts)
    check_balances(facts, tables, prefix, run, mixtures, checks, known)
    if not prefix:
        check_verdicts(facts, tables, run, mixtures, checks, known)


def _network(
    facts: Facts,
    distances: Distances,
    run: Run,
    checks: Checks,
    name: str,
    sliced: Callable[[], Slices] = dict,
) -> None:
    """Check mains and trenches; leave in the run only what the case and its corridors know.

    ``sliced`` makes the periods of the run, once only that is in it.
    """
    check = f"{name}: mains and trenches are those of the case"
    checks.start(check)
    if run.network.missing and any(main_of(row) is not None for row in run.exchanges):
        checks.fail(check, f"tables are missing: {', '.join(run.network.missing)}")
    run.network = surveyed(facts, distances.graph, run.network, checks, check)
    if distances.graph is None:
        return
    periods = {t: (one.facts, one.run.network, one.run.exchanges) for t, one in sliced().items()}
    check_mains(facts, distances.graph, run.network, run.exchanges, checks, name, periods)
    check_trenches(facts, distances, run, checks, name)
    check_hydraulics(facts, distances.graph, run.network, run.exchanges, checks, name)


def _gates(facts: Facts, accounts: Accounts, checks: Checks, name: str) -> dict[str, tuple[float, float]]:
    """Check the park gate; price its expansion from what crosses it, not from the table.

    Returns what is used of every limit, and the expansion that it needs.
    """
    taken: dict[str, tuple[float, float]] = {}
    check = f"{name}: park gate"
    checks.start(check)
    years = facts.annuity(kind="gate")
    for gate_name, gate in facts.case.park_gate.items():
        amount = (accounts.bought if gate.direction == "in" else accounts.left).get(gate.resource, 0.0)
        amount -= accounts.spared.get(gate.resource, 0.0) if gate.direction == "in" else 0.0
        bounds = gate_bounds(facts, gate_name)
        peaks = {f"gate_peak:{gate_name} in {t}": one for t, one in accounts.periods.items()}
        peaks = peaks or {f"gate_peak:{gate_name}": accounts}
        parts: tuple[tuple[dict[str, float], GateExpansion | None, str], ...] = (
            ({f"gate_yearly:{gate_name}": amount}, gate.yearly_expansion, "yearly"),
            ({x: one.peak(gate.resource, gate.direction) for x, one in peaks.items()}, gate.peak_expansion, "peak"),
        )
        for uses, expansion, what in parts:
            used = {limit: x for limit, x in uses.items() if limit in bounds}
            if not used:
                continue
            excess = max(max(0.0, x - bounds[limit]) for limit, x in used.items())
            taken |= {limit: (x, 0.0 if expansion is None else excess) for limit, x in used.items()}
            if expansion is None:
                for limit, x in used.items() if name == "plan" else ():
                    checks.at_most(check, limit.partition(":")[2] + f", {what}", x, bounds[limit])
                continue
            if name == "plan" and expansion.maximum is not None:
                checks.at_most(check, f"{gate_name}, {what}, expansion", excess, expansion.maximum.value)
            accounts.invest("gate", "gate_expansion", excess * expansion.cost.value * facts.contingency, years)
    return taken


def _purchases(
    tables: "Mapping[str, pd.DataFrame]", prefix: str, accounts: Accounts, checks: Checks, name: str
) -> None:
    check = f"{name}: purchases"
    checks.start(check)
    if prefix + "purchases" not in tables:
        checks.fail(check, "the table is missing")
    rows = rows_of(tables, prefix + "purchases")
    for period, one in {"": accounts, **accounts.periods}.items():
        listed: dict[str, float] = {}
        for row in rows:
            if period in ("", str(row["state"])):
                resource = str(row["resource"])
                listed[resource] = listed.get(resource, 0.0) + float(row["amount_per_yr"])
        found = checks.of(period) if period else checks
        for resource in sorted({*listed, *(r for r, amount in one.bought.items() if amount)}):
            found.equal(check, resource, listed.get(resource, 0.0), one.bought.get(resource, 0.0))


def _sums(tables: "Mapping[str, pd.DataFrame]", prefix: str, accounts: Accounts, checks: Checks, name: str) -> None:
    """Compare the columns of the detailed tables with the accounts they add up to."""
    check = f"{name}: sums of the detailed tables"
    checks.start(check)
    own = accounts.invested.exchanges * accounts.facts.contingency
    own += sum(accounts.total.get(f"investment_{x}", 0.0) for x in ("connection", "permit", "treatment"))
    total = {**accounts.total, "capex of exchanges": own}  # mains and shared trenches are booked on no exchange
    for table, column, booked, sign in SUMS:
        if prefix + table not in tables:
            checks.fail(check, f"table {prefix}{table} is missing")
            continue
        found = sign * sum(float(row[column]) for row in rows_of(tables, prefix + table))
        checks.equal(check, f"{table}.{column}", found, sum(total.get(x, 0.0) for x in booked))


def _same_tenants(facts: Facts, tables: "Mapping[str, pd.DataFrame]", checks: Checks) -> None:
    check = "baseline: exactly the plan's plants, no shared facility"
    checks.start(check)
    planned, alone = (
        {str(row["unit"]) for row in rows_of(tables, name) if row["unit"] in facts.case.plants}
        for name in ("siting", "baseline_siting")
    )
    for unit in sorted(planned ^ alone):
        checks.fail(check, f"{unit} is in only one of plan and baseline")
    for row in rows_of(tables, "baseline_siting"):
        if facts.is_shared(str(row["unit"])):
            checks.fail(check, f"{row['unit']} is a shared facility")
