"""Checks of figures derived from totals: limits, ranges of investments, paybacks, shares, intensities, margins."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.flows import Run
from planner.audit.money import Accounts
from planner.audit.reading import Row, rows_of
from planner.audit.rows import range_of
from planner.audit.totals import CO2E, WASTE, YEARLY_MONEY, is_capital
from planner.case.lists import fields_listed
from planner.case.plants import Plant

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

NAN = float("nan")
#: A saving below this share of the costs that it is the difference of is rounding.
ROUNDING = 1e-10
#: Total -> its accounts among the line items.
REPORTED: Mapping[str, tuple[str, ...]] = {
    "total_annual_cost": YEARLY_MONEY,
    "co2e": CO2E,
    "waste": WASTE,
    "fresh_water": ("fresh_water",),
}


@dataclass
class Recomputed:
    """What the audit made of a run.

    Attributes
    ----------
    expansions
        Limit of the park gate -> what is used of it, by how much that exceeds the bound.
    """

    run: Run
    accounts: Accounts
    total: dict[str, float]
    expansions: dict[str, tuple[float, float]] = field(default_factory=dict)


def check_derived(facts: Facts, tables: "Tables", runs: Mapping[str, Recomputed], checks: Checks) -> None:
    """Check everything that follows from the totals of both runs; ``runs`` holds "plan" and "baseline"."""
    _limits(facts, tables, runs, checks)
    _indicators(facts, tables, runs, checks)
    _quality(tables, checks)
    _intensities(facts, tables, runs, checks)


def _compare(checks: Checks, check: str, row: Row, name: str, values: Iterable[tuple[str, float]]) -> None:
    """Compare to a share of the number itself: a figure per hectare or per tonne may be small."""
    for column, expected in values:
        found = float(row[column])
        if found != found and expected != expected:
            continue
        if not abs(found - expected) <= 1e-5 * max(abs(found), abs(expected)) + 1e-7:
            checks.fail(check, f"{name}: {column} is {found:.10g} in the tables, {expected:.10g} recomputed")


def _limits(facts: Facts, tables: "Tables", runs: Mapping[str, Recomputed], checks: Checks) -> None:
    check = "limits: what is taken of each"
    checks.start(check)
    economics = facts.case.economics
    caps = {"co2e": economics.caps.co2e, "waste": economics.caps.waste, "fresh_water": economics.caps.fresh_water}
    totals = {name: (name, cap) for name, cap in caps.items()} | {"budget": ("investment", economics.budget)}
    bounds = {name: bound.value for name, (_, bound) in totals.items() if bound is not None}
    bounds |= {name: bound for gate in facts.case.park_gate for name, bound in gate_bounds(facts, gate).items()}
    listed = {str(row["limit"]): row for row in rows_of(tables, "limits")}
    for name in sorted(bounds.keys() ^ listed.keys()):
        checks.fail(check, f"{name} is in only one of case and table")
    for name in bounds.keys() & listed.keys():
        if name in totals:
            used = {run: runs[run].total.get(totals[name][0], 0.0) for run in runs}
            expansion = 0.0
        else:
            used = {run: runs[run].expansions[name][0] for run in runs}
            expansion = runs["plan"].expansions[name][1]
        values = (*used.items(), ("bound", bounds[name]), ("expansion", expansion))
        excess = ("excess_baseline", max(0.0, used["baseline"] - bounds[name]))
        _compare(checks, check, listed[name], name, (*values, excess))


def gate_bounds(facts: Facts, name: str) -> dict[str, float]:
    """Limits of a gate by their names; the peak holds in every period."""
    gate, found = facts.case.park_gate[name], dict[str, float]()
    if gate.yearly is not None:
        found[f"gate_yearly:{name}"] = gate.yearly.value
    if gate.peak is not None and not facts.slices:
        found[f"gate_peak:{name}"] = gate.peak.value
    for period, one in facts.slices.items():
        peak = one.case.park_gate[name].peak
        if peak is not None:
            found[f"gate_peak:{name} in {period}"] = peak.value
    return found


def _indicators(facts: Facts, tables: "Tables", runs: Mapping[str, Recomputed], checks: Checks) -> None:
    check = "indicators: ranges, payback, shares and memos"
    checks.start(check)
    listed = {str(row["indicator"]): row for row in rows_of(tables, "indicators")}
    expected: dict[str, dict[str, float]] = {run: _figures(facts, runs[run]) for run in runs}
    plan, alone = runs["plan"], runs["baseline"]
    costs = [expected[run]["cost_before_capital"] for run in ("baseline", "plan")]
    saved = costs[0] - costs[1]
    extra = plan.total["investment"] - alone.total["investment"]
    expected["plan"]["payback_yr"] = max(extra, 0.0) / saved if saved > ROUNDING * sum(map(abs, costs)) else NAN
    for name in dict.fromkeys([*expected["plan"], *expected["baseline"]]):
        if name not in listed:
            checks.fail(check, f"{name} is missing")
            continue
        values = [(run, expected[run].get(name, NAN)) for run in runs]
        _compare(checks, check, listed[name], name, values)
        _reduction(checks, check, listed[name], name)


def _reduction(checks: Checks, check: str, row: Row, name: str) -> None:
    before, after = float(row["baseline"]), float(row["plan"])
    percent = 100 * (before - after) / before if before > 1e-9 else NAN
    if before > 1e-9 or not before > 0:
        _compare(checks, check, row, name, (("reduction", before - after), ("reduction_pct", percent)))


def _figures(facts: Facts, one: Recomputed) -> dict[str, float]:
    """Derived indicators of a run."""
    low, high = _range(facts, one.total)
    return {
        "investment_low": low,
        "investment_high": high,
        "cost_before_capital": one.total["total_annual_cost"] - one.accounts.capital,
        "memo_margin": one.total["margin"],
        "memo_shadow_carbon": one.total["shadow_carbon"],
        **_shares(facts, one.run),
    }


def _range(facts: Facts, total: Mapping[str, float]) -> tuple[float, float]:
    """Low and high end of the investment; land has a price, not an estimate."""
    land = total.get("investment_land", 0.0)
    shares = range_of(facts)
    estimated = total["investment"] - land
    if shares is None:
        return (NAN, NAN) if estimated else (land, land)
    return land + estimated * (1 + shares[0]), land + estimated * (1 + shares[1])


def _shares(facts: Facts, run: Run) -> dict[str, float]:
    """Share of the demand of plants and partners that exchanges between sites meet, by resource and together."""
    need: dict[str, float] = defaultdict(float)
    met: dict[str, float] = defaultdict(float)
    for unit in run.present & facts.tenants.keys():
        for name in facts.streams(unit, "sink"):
            need[facts.stream_resource(unit, "sink", name)] += run.amount(facts, unit, "sink", name)
    for row in run.exchanges:
        giver, taker = str(row["from"]), str(row["to"])
        if taker in facts.tenants and facts.host(giver) != facts.host(taker):
            counted = _exchanged_share(facts, run, giver) * float(row["replaced_per_yr"])
            met[facts.stream_resource(taker, "sink", str(row["sink"]))] += counted
    each = {resource: met[resource] / demand for resource, demand in need.items() if demand > 0}
    solid = [resource for resource in each if facts.case.resources[resource].unit == "t"]
    mass = sum(need[resource] for resource in solid)
    return {
        "share_within_park": sum(each.values()) / len(each) if each else NAN,
        "share_within_park_by_mass": sum(met[resource] for resource in solid) / mass if mass else NAN,
        **{f"share_within_park: {resource}": share for resource, share in each.items()},
    }


def _exchanged_share(facts: Facts, run: Run, giver: str) -> float:
    """Share of what a store was charged with that was not bought; 1 of anybody else."""
    store, charged = facts.store(giver), run.activity.get(giver, 0.0)
    if store is None or store.taken != store.given or not charged > 0:
        return 1.0
    return max(0.0, 1.0 - run.supplied.get((giver, store.taken), 0.0) / charged)


def _quality(tables: "Tables", checks: Checks) -> None:
    """Check the shares of each total that rest on weak or ungraded numbers, by the grades of its line items.

    A line item tells the worst grade behind it, not whether every number has one: the ungraded share lies between the
    share of the items without any grade and what is not weak.
    """
    check = "indicators: how well each total is known"
    checks.start(check)
    sizes: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for row in rows_of(tables, "lines"):
        if row["run"] != "plan":
            continue
        basis, fields = str(row["basis"]).split("; "), fields_listed(str(row["fields"]))
        weak = row["grade"] == "C" or "estimate" in basis or "assumption" in basis
        drawn = all(name.startswith("geography") for name in fields)
        unknown = not weak and not drawn and row["grade"] not in ("A", "B")
        account = str(row["account"])
        running = account in YEARLY_MONEY and not is_capital(row)
        for part, counts in enumerate((True, weak, unknown)):
            amount = abs(float(row["amount"])) if counts else 0.0
            sizes[account][part] += amount
            sizes["cost_before_capital"][part] += amount if running else 0.0
    for row in rows_of(tables, "indicators"):
        name = str(row["indicator"]).removeprefix("memo_") if row["indicator"] != "memo_biogenic" else "memo_biogenic"
        name = "reused" if name == "waste_reused" else name
        accounts = REPORTED.get(name) or ((name,) if name in sizes else ())
        if name == "investment":
            accounts = tuple(account for account in sizes if account.startswith("investment_"))
        whole, weak, ungraded = (sum(sizes[account][part] for account in accounts) for part in range(3))
        if not whole:
            checks.empty(check, name, row, ("weak_share", "ungraded_share"))
        else:
            _compare(checks, check, row, name, (("weak_share", weak / whole),))
            least, most, found = ungraded / whole, 1 - weak / whole, float(row["ungraded_share"])
            if not least - 1e-6 <= found <= most + 1e-6:
                checks.fail(check, f"{name}: ungraded_share is {found:g}, not within {least:g} ... {most:g}")


def _intensities(facts: Facts, tables: "Tables", runs: Mapping[str, Recomputed], checks: Checks) -> None:
    check = "intensities"
    checks.start(check)
    expected = _per_size(facts, tables, runs) | _per_product(facts, tables, runs)
    listed = {(str(row["indicator"]), str(row["per"])): row for row in rows_of(tables, "intensities")}
    for key in sorted(expected.keys() ^ listed.keys()):
        checks.fail(check, f"{' per '.join(key)} is not what the case asks for")
    for key in expected.keys() & listed.keys():
        _compare(checks, check, listed[key], " per ".join(key), expected[key].items())


def _per_size(
    facts: Facts, tables: "Tables", runs: Mapping[str, Recomputed]
) -> dict[tuple[str, str], dict[str, float]]:
    """Totals per hectare taken and per job."""
    sizes: dict[str, dict[str, float]] = {"ha": {}, "job": {}}
    for run, prefix in (("plan", ""), ("baseline", "baseline_")):
        places = runs[run].run.places
        units = [facts.case.plants.get(unit) or facts.case.facilities.get(unit) for unit in places]
        sizes["ha"][run] = sum(float(row["land_taken_ha"]) for row in rows_of(tables, prefix + "siting"))
        sizes["job"][run] = sum(unit.jobs.value for unit in units if unit is not None and unit.jobs is not None)
    return {
        (name, per): {run: runs[run].total.get(name, 0.0) / size[run] if size[run] > 0 else NAN for run in runs}
        for per, size in sizes.items()
        for name in REPORTED
        if size["plan"] > 0
    }


def _per_product(
    facts: Facts, tables: "Tables", runs: Mapping[str, Recomputed]
) -> dict[tuple[str, str], dict[str, float]]:
    """What is booked on the plants that make a product, per unit of it."""
    makers: dict[tuple[str, str], list[Plant]] = defaultdict(list)
    names: dict[tuple[str, str], set[str]] = defaultdict(set)
    for unit in runs["plan"].run.places:
        plant = facts.case.plants.get(unit)
        if plant is not None and plant.product is not None:
            makers[plant.product.name, plant.product.unit].append(plant)
            names[plant.product.name, plant.product.unit].add(unit)
    booked: dict[tuple[str, str, str], float] = defaultdict(float)
    for row in rows_of(tables, "lines"):
        booked[str(row["run"]), str(row["by"]), str(row["account"])] += float(row["amount"])
    found = {}
    for (product, unit), plants in makers.items():
        output = sum(plant.product.output.value for plant in plants if plant.product is not None)
        for name, accounts in REPORTED.items():
            sums = {run: sum(booked[run, by, a] for by in names[product, unit] for a in accounts) for run in runs}
            found[name, f"{unit} of {product}"] = {run: s / output if output > 0 else NAN for run, s in sums.items()}
    return found
