"""What exchanges save besides what they replace: at most what arrives, and what the taker would else buy."""

from collections import defaultdict
from typing import TYPE_CHECKING

from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.flows import Key, Run
from planner.audit.network import word
from planner.audit.reading import Row, rows_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

NAN = float("nan")


def bought_for_sinks(facts: Facts, unit: str, resource: str) -> dict[str, float] | None:
    """Sink -> what of a resource is bought for a unit of its demand; None where the unit states no need of it."""
    found, stated = dict[str, float](), False
    for sink in facts.streams(unit, "sink"):
        recipe = getattr(facts.stream(unit, "sink", sink), "supplied_today_by", None)
        own = facts.stream_resource(unit, "sink", sink) == resource
        stated = stated or own
        if recipe is None and own:
            found[sink] = 1.0
        elif recipe is not None and resource in recipe.inputs:
            found[sink] = recipe.inputs[resource].value
    return found if found or stated else None


def would_buy(facts: Facts, run: Run, unit: str, resource: str) -> float | None:
    """What a unit would buy of a resource for its sinks a year, nothing credited; None where it states no need."""
    parts = bought_for_sinks(facts, unit, resource)
    if parts is None:
        return None
    return sum(per * run.supplied.get((unit, sink), 0.0) for sink, per in parts.items())


def peak_per_unit(facts: Facts, unit: str, resource: str) -> float:
    """Least peak of a unit that is bought a year, over the sinks it is bought for [1/h]; 0 if it is for none."""
    rates = []
    for sink in bought_for_sinks(facts, unit, resource) or {}:
        hours = facts.stream_hours(unit, "sink", sink)
        rates.append(facts.peak_factor(unit, "sink", sink) / hours if hours else 0.0)
    return min(rates, default=0.0)


def delivered(facts: Facts, run: Run) -> dict[Key, float]:
    """(Exchange, resource) -> what of it arrives besides what is replaced."""
    found: dict[Key, float] = defaultdict(float)
    for row in run.exchanges:
        terms = facts.terms(*(str(row[k]) for k in ("from", "to", "source", "sink")))
        for resource, per in (terms.also if terms is not None else {}).items():
            found[str(row["exchange"]), resource] += per * (float(row["flow_per_yr"]) - float(row["lost_per_yr"]))
    return dict(found)


def check_credits(facts: Facts, tables: "Tables", which: tuple[str, str], run: Run, checks: Checks) -> None:
    """Check the table of credits of a run in a state; ``which`` is "" for the plan or "baseline_", and the state."""
    prefix, state = which
    check = f"{'baseline' if prefix else 'plan'}: credits of what is delivered besides"
    checks.start(check)
    takers = {str(row["exchange"]): str(row["to"]) for row in run.exchanges}
    arrives = delivered(facts, run)
    sums: dict[Key, float] = defaultdict(float)
    listed = set()
    for row in rows_of(tables, prefix + "credits"):
        exchange, resource = str(row["exchange"]), str(row["resource"])
        label, key = f"{resource} by {exchange}", (exchange, resource)
        if key not in arrives:
            checks.fail(check, f"{label}: the case credits none")
            continue
        listed.add(key)
        taker, credited = takers[exchange], float(row["credited_per_yr"])
        sums[taker, resource] += credited
        _row(facts, run, row, (taker, resource, arrives[key], state), (checks, check, label))
    for exchange, resource in sorted(key for key, amount in arrives.items() if amount > 1e-6 and key not in listed):
        checks.fail(check, f"{resource} by {exchange}: it has no row")
    for (taker, resource), credited in sums.items():
        bought = would_buy(facts, run, taker, resource)
        if bought is not None:
            checks.at_most(check, f"{resource} at {taker}: credited, of what it would buy", credited, bought)


def _row(
    facts: Facts, run: Run, row: Row, expected: tuple[str, str, float, str], where: tuple[Checks, str, str]
) -> None:
    """Check a row: taker, resource and what arrives of it are known."""
    (taker, resource, arrives, state), (checks, check, label) = expected, where
    data, credited = facts.case.resources[resource], float(row["credited_per_yr"])
    for column, text in (("by", taker), ("unit", data.unit), ("state", state)):
        if word(row, column) != text:
            checks.fail(check, f"{label}: {column} is {word(row, column)!r}, {text!r} by the case")
    checks.equal(check, f"{label}: delivered", float(row["delivered_per_yr"]), arrives)
    found, bought = float(row["bought_per_yr"]), would_buy(facts, run, taker, resource)
    if found == found or bought is not None:
        checks.equal(check, f"{label}: bought", found, NAN if bought is None else bought)
    if not credited >= -1e-6:
        checks.fail(check, f"{label}: credited {credited:g}")
    checks.at_most(check, f"{label}: credited, of what is delivered", credited, arrives)
    price = data.price.value if data.price else 0.0
    checks.equal(check, f"{label}: saving", float(row["saving_per_yr"]), credited * price)
