"""Checks of water-using operations of fixed load: what they take and give, and how parts share a load."""

from typing import TYPE_CHECKING

from planner.audit.checks import Checks
from planner.audit.facts import Facts, parts_of
from planner.audit.flows import Key, Run, operation_of
from planner.audit.mixtures import NEGLIGIBLE
from planner.audit.reading import rows_of
from planner.case.qualities import Operation

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

#: A bound may be passed by this share of it.
TOLERANCE = 1e-5


def check_operations(facts: Facts, tables: "Mapping[str, pd.DataFrame]", prefix: str, run: Run, checks: Checks) -> None:
    """Check the operations of a run; ``prefix`` is "" or "baseline_". Nothing where the case has none."""
    if not any(tenant.operations for tenant in facts.tenants.values()):
        return
    name = "baseline" if prefix else "plan"
    check = f"{name}: operations"
    checks.start(check)
    for unit in sorted(run.present & facts.tenants.keys()):
        for whole, operation in facts.tenants[unit].operations.items():
            _flow(facts, run, (unit, whole), operation, checks, check)
            _shares(facts, run, (unit, whole), operation, checks, check)
    if prefix + "operations" in tables:
        _rows(facts, tables, prefix, run, checks, check)
    elif not prefix:
        checks.fail(check, "the table of operations is missing")


def _flow(facts: Facts, run: Run, key: Key, operation: Operation, checks: Checks, check: str) -> None:
    """Check what all parts take together, and that what leaves is that, with gain and loss."""
    unit, whole = key
    parts, hours = parts_of(whole, operation), facts.unit_hours(unit)
    taken = sum(run.taken.get((unit, part), 0.0) for part in parts)
    least = operation.min_flow.value * hours if operation.min_flow else 0.0
    most = facts.largest_rate(operation) * hours if hours > 0 else 0.0
    label = f"{unit} / {whole}"
    checks.at_most(check, f"{label}: takes a year", taken, most * (1 + TOLERANCE))
    checks.at_most(check, f"{label}: takes at least", least * (1 - TOLERANCE), taken)
    leaving = sum(run.discharged.get((unit, part), 0.0) + run.sold.get((unit, part), 0.0) for part in parts)
    leaving += sum(
        float(row["flow_per_yr"]) for row in run.exchanges if row["from"] == unit and str(row["source"]) in parts
    )
    expected = taken + facts.net_gain(unit, operation)
    checks.equal(check, f"{label}: given of {taken:.6g} taken, with gain and loss", leaving, expected, taken)


def _shares(facts: Facts, run: Run, key: Key, operation: Operation, checks: Checks, check: str) -> None:
    unit, whole = key
    shares = {part: run.load_share(facts, unit, part) for part in parts_of(whole, operation)}
    for part, share in shares.items():
        if not -1e-6 <= share <= 1 + 1e-6:
            checks.fail(check, f"{unit} / {part}: a load share of {share:g}")
        moved = run.taken.get((unit, part), 0.0) + max(0.0, facts.net_gain(unit, operation)) * share
        if share > 1e-5 and moved <= NEGLIGIBLE:
            checks.fail(check, f"{unit} / {part}: picks up {share:g} of the load and takes nothing")
    checks.equal(check, f"{unit} / {whole}: shares of the load of its parts", 1e3 * sum(shares.values()), 1e3)


def _rows(
    facts: Facts, tables: "Mapping[str, pd.DataFrame]", prefix: str, run: Run, checks: Checks, check: str
) -> None:
    listed = set()
    for row in rows_of(tables, prefix + "operations"):
        key = unit, stream = operation_of(row)
        if key in listed:
            checks.fail(check, f"{unit} / {stream} is listed twice")
        listed.add(key)
        if key not in run.taken:
            checks.fail(check, f"{unit} / {stream} is no operation of the {'baseline' if prefix else 'plan'}")
            continue
        hours, counted = facts.unit_hours(unit), facts.case.resources[facts.stream_resource(unit, "sink", stream)].unit
        if str(row["unit"]) != counted:
            checks.fail(check, f"{unit} / {stream}: is counted in {counted}, not in {row['unit']}")
        expected = {
            "flow_per_yr": run.taken[key],
            "flow_per_h": run.taken[key] / hours if hours else 0.0,
            "given_per_yr": run.amount(facts, unit, "source", stream),
            "load_share": run.load_share(facts, unit, stream),
        }
        for column, amount in expected.items():
            found = float(row[column])
            if not abs(found - amount) <= 1e-5 * max(abs(found), abs(amount)) + 1e-6:
                what = f"{unit} / {stream}: {column} is {found:.10g} in the tables, {amount:.10g} recomputed"
                checks.fail(check, what)
    for unit, stream in sorted(key for key, taken in run.taken.items() if taken > 1e-4 and key not in listed):
        checks.fail(check, f"{unit} / {stream} takes {run.taken[unit, stream]:g} and is not listed")
