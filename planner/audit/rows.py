"""Checks of the detailed tables, row by row: what a row says of money, CO2e and time follows from the case."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.flows import Run
from planner.audit.links import main_of, shared_hours, size_of
from planner.audit.money import Accounts
from planner.audit.network import number, word
from planner.audit.reading import Row, rows_of
from planner.case.values import Value

if TYPE_CHECKING:
    import pandas as pd

#: Low and high end of an investment by class of estimate: the wide ends of AACE 18R-97.
CLASS_RANGE = {1: (-0.10, 0.15), 2: (-0.15, 0.20), 3: (-0.20, 0.30), 4: (-0.30, 0.50), 5: (-0.50, 1.00)}


def check_rows(
    facts: Facts, tables: "Mapping[str, pd.DataFrame]", prefix: str, run: Run, accounts: Accounts, checks: Checks
) -> None:
    """Check the detailed tables of a run; ``prefix`` is "" for the plan and "baseline_"."""
    name = "baseline" if prefix else "plan"
    for table, check in (
        ("purchases", _purchase),
        ("discharges", _discharge),
        ("sales", _sale),
        ("facilities", _facility),
    ):
        title = f"{name}: rows of {table}"
        checks.start(title)
        for row in rows_of(tables, prefix + table):
            mine = accounts.of(str(row.get("state")))
            check(mine.facts, mine, row, _comparing(checks, title, row))
    title = f"{name}: rows of supplies"
    checks.start(title)
    for period, one in accounts.periods.items() or (("", accounts),):
        rows = [row for row in rows_of(tables, prefix + "supplies") if period in ("", str(row["state"]))]
        _supplies(one.facts, rows, one.run, checks, title)
    title = f"{name}: rows of exchanges"
    checks.start(title)
    for row in run.exchanges:
        shared = _shared_cost(run, row)
        if shared is not None:
            row = {**row, "shared_cost_per_yr": shared}
        _exchange(facts, accounts, row, _comparing(checks, title, row))


Compare = Callable[[str, float], None]


def _comparing(checks: Checks, title: str, row: Row) -> Compare:
    label = str(row.get("exchange") or row.get("facility") or f"{row.get('by')} / {row.get('stream')}")

    def compare(column: str, expected: float) -> None:
        found = float(row[column])
        if found != found and expected != expected:
            return
        checks.equal(title, f"{label}: {column}", found, expected)

    return compare


def _number(value: Value | None) -> float:
    return 0.0 if value is None else value.value


def _purchase(facts: Facts, accounts: Accounts, row: Row, compare: Compare) -> None:
    resource = facts.case.resources[str(row["resource"])]
    amount = float(row["amount_per_yr"])
    compare("cost_per_yr", amount * _number(resource.price))
    kept = row["for"] == "demand" and facts.is_kept(str(row["by"]), str(row["resource"]))
    use = 0.0 if kept else _number(resource.co2e.use)
    compare("co2e_t_per_yr", amount * (use + _number(resource.co2e.supply)))


def _discharge(facts: Facts, accounts: Accounts, row: Row, compare: Compare) -> None:
    unit, stream, amount = str(row["by"]), str(row["stream"]), float(row["amount_per_yr"])
    discharge = facts.discharge(unit, stream)
    factor = facts.case.resources[facts.stream_resource(unit, "source", stream)].co2e.discharge
    price = (_number(discharge.cost) if discharge else 0.0) + accounts.load_fees(unit, stream)
    compare("cost_per_yr", amount * price)
    compare("co2e_t_per_yr", amount * _number((discharge.co2e if discharge else None) or factor))
    compare("waste_t_per_yr", amount * accounts.waste(unit, stream)[1])


def _sale(facts: Facts, accounts: Accounts, row: Row, compare: Compare) -> None:
    unit, stream = str(row["by"]), str(row["stream"])
    sale = facts.sale(unit, stream)
    compare("income_per_yr", float(row["amount_per_yr"]) * (sale.price.value if sale else 0.0))


def _facility(facts: Facts, accounts: Accounts, row: Row, compare: Compare) -> None:
    facility = facts.case.facilities[str(row["facility"])]
    investment = accounts.invested_in(str(row["facility"]), float(row["capacity_per_h"]))
    compare("capex", investment * facts.contingency)
    _range(facts, row, compare)
    base = investment * _number(facility.maintenance)
    running = float(row["activity_per_yr"]) * _number(facility.variable_cost)
    compare("cost_per_yr", base + _number(facility.fixed_cost) + running)


def _supplies(facts: Facts, rows: list[Row], run: Run, checks: Checks, title: str) -> None:
    exchanged: dict[tuple[str, str], float] = defaultdict(float)
    for row in run.exchanges:
        exchanged[str(row["to"]), str(row["sink"])] += float(row["replaced_per_yr"])
    for row in rows:
        unit, stream = str(row["by"]), str(row["stream"])
        compare = _comparing(checks, title, row)
        compare("demand_per_yr", run.amount(facts, unit, "sink", stream))
        compare("exchanged_per_yr", exchanged[unit, stream])


def _exchange(facts: Facts, accounts: Accounts, row: Row, compare: Compare) -> None:
    giver, taker, source, sink = (str(row[k]) for k in ("from", "to", "source", "sink"))
    flow, hours = float(row["flow_per_yr"]), shared_hours(facts, row)
    peak = max(facts.peak_factor(giver, "source", source), facts.peak_factor(taker, "sink", sink))
    compare("shared_hours", hours)
    compare("peak_per_h", _mean(facts, accounts, row) * peak)
    if bool(row["hours_assumed"]) and hours:
        known = [(facts.slices[t], p.hours.value) for t, p in facts.case.periods.items()] or [(facts, 8760.0)]
        worst = sum(
            max(0.0, one.stream_hours(giver, "source", source) + one.stream_hours(taker, "sink", sink) - there)
            for one, there in known
        )
        compare("flow_at_worst_overlap_per_yr", flow * min(1.0, worst / hours))
    if "shared_cost_per_yr" in row:
        gain, capex = float(row["gain_per_yr"]) - float(row["shared_cost_per_yr"]), number(row, "shared_capex")
        capex = float(row["capex"]) + (capex if capex == capex else 0.0)
        compare("payback_yr", max(capex, 0.0) / gain + float(row["delay_yr"]) if gain > 0 else float("nan"))
    _range(facts, row, compare)


def _mean(facts: Facts, accounts: Accounts, row: Row) -> float:
    """Rate at which an exchange flows in the hours that both ends share, of several periods the largest [unit/h]."""
    same = (str(row["exchange"]), str(row["option"]))
    rows = [(one.facts, x) for one in accounts.periods.values() for x in one.run.exchanges]
    found = [(known, x) for known, x in rows if (str(x["exchange"]), str(x["option"])) == same] or [(facts, row)]
    hours = [(float(x["flow_per_yr"]), shared_hours(known, x)) for known, x in found]
    return max((flow / time for flow, time in hours if time > 0), default=float("nan"))


def _shared_cost(run: Run, row: Row) -> float | None:
    """Share of an exchange in the yearly cost of mains and trenches; None where no table of shares tells it."""
    main = main_of(row)
    if "trench_shares" in run.network.missing and main is not None:
        return None
    carriers = {main}
    if main is None:
        own = run.network.carriers(str(row["exchange"]))
        carriers = {name for name, rows in own.items() if word(rows[0], "size") == (size_of(row) or "")}
    mine = (x for x in run.network.shares if word(x, "exchange") == str(row["exchange"]))
    return sum(number(x, "cost_per_yr") for x in mine if word(x, "carrier") in carriers)


def range_of(facts: Facts) -> tuple[float, float] | None:
    """Ends of an investment as shares: by the class of the estimate, else contingency unspent or spent twice."""
    stated = facts.case.economics.cost_class
    contingency = facts.case.economics.contingency.value
    if isinstance(stated, int):
        return CLASS_RANGE[stated]
    if stated is not None:
        return stated.low.value, stated.high.value
    share = contingency / (1 + contingency)
    return (-share, share) if contingency else None


def _range(facts: Facts, row: Row, compare: Compare) -> None:
    """Low and high end of an investment."""
    capex, shares = float(row["capex"]), range_of(facts)
    nothing = float("nan") if capex else 0.0
    low, high = (nothing, nothing) if shares is None else (capex * (1 + shares[0]), capex * (1 + shares[1]))
    compare("capex_low", low)
    compare("capex_high", high)
