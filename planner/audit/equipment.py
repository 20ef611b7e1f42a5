"""Checks of standby and heat exchangers of plants: sizes from what is exchanged, and their cost."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.flows import Run
from planner.audit.heat_levels import given_parts, taken_parts
from planner.audit.links import peak_of, shared_hours
from planner.audit.network import number, word
from planner.audit.reading import Row, rows_of

if TYPE_CHECKING:
    import pandas as pd

    from planner.audit.money import Accounts

    Tables = Mapping[str, pd.DataFrame]

#: Plant, role, stream, kind.
Key = tuple[str, str, str, str]
#: Kind -> its accounts without "_capital" and "_operation", and asset class.
ACCOUNT = {"standby": "standby", "exchanger": "heat_recovery"}
#: Peaks below this are rounding [MW].
ROUNDING = 1e-6


def stated_equipment(facts: Facts) -> dict[Key, Any]:
    """What the case says of standby and exchangers."""
    found: dict[Key, Any] = {}
    for plant, tenant in facts.tenants.items():
        for role, streams in (("gives", tenant.given), ("takes", tenant.taken)):
            for name, stream in streams.items():
                for kind in ACCOUNT:
                    if (stated := getattr(stream, kind, None)) is not None:
                        found[plant, role, name, kind] = stated
    return found


def accounts_of_equipment(facts: Facts) -> set[str]:
    """Accounts that a case has for the equipment that it states."""
    return {ACCOUNT[kind] for *_, kind in stated_equipment(facts)}


def _key(row: Row) -> Key:
    return word(row, "plant"), word(row, "role"), word(row, "stream"), word(row, "kind")


def check_equipment(
    facts: Facts,
    tables: "Tables",
    prefix: str,
    run: Run,
    parts: Mapping[str, tuple[Facts, Run]],
    checks: Checks,
) -> None:
    """Check the table of equipment; ``prefix`` is "" or "baseline_"."""
    stated = stated_equipment(facts)
    if not stated:
        return
    check = f"{'baseline' if prefix else 'plan'}: standby and exchangers"
    checks.start(check)
    peaks: dict[Key, float] = defaultdict(float)
    for known, one in parts.values() if parts else [(facts, run)]:
        for key in stated:
            peaks[key] = max(peaks[key], _peak(known, one, key))
    rows = {_key(row): row for row in rows_of(tables, prefix + "equipment")}
    for key in sorted(rows.keys() | stated.keys()):
        if key not in stated or (key not in rows and peaks[key] > ROUNDING):
            checks.fail(check, f"{' / '.join(key)} is in only one of table and run")
    for key in sorted(rows.keys() & stated.keys()):
        _row(facts, rows[key], key, (stated[key], peaks[key]), checks, check)


def _row(facts: Facts, row: Row, key: Key, due: tuple[Any, float], checks: Checks, check: str) -> None:
    (stated, peak), label, (plant, role, stream, kind) = due, " / ".join(key), key
    there = 0.0 if stated.existing is None else stated.existing.value
    new = number(row, "new_mw")
    resource = facts.stream_resource(plant, "source" if role == "gives" else "sink", stream)
    if word(row, "resource") != resource:
        checks.fail(check, f"{label}: resource is {row['resource']!r}, {resource!r} by the case")
    for column, expected in (("peak_mw", peak), ("existing_mw", there), ("new_mw", max(0.0, peak - there))):
        checks.equal(check, f"{label}: {column}", number(row, column), expected)
    price, area = _price(stated, kind)
    if area is None:
        checks.empty(check, label, row, ("area_m2",))
    else:
        checks.equal(check, f"{label}: area", number(row, "area_m2"), area * new)
    factor, yearly = _factors(facts, stated, kind)
    checks.equal(check, f"{label}: capex", number(row, "capex"), price * new * facts.contingency)
    cost = new * (price * facts.contingency * factor + yearly)
    checks.equal(check, f"{label}: cost", number(row, "cost_per_yr"), cost)


def _price(stated: Any, kind: str) -> tuple[float, float | None]:
    """Investment for each MW, and area where it is by that [m2/MW]."""
    if kind == "standby":
        return float(stated.investment.value), None
    if stated.cost is not None:
        return float(stated.cost.value), None
    area = 1e3 / (stated.coefficient.value * stated.mean_difference.value)
    return float(stated.area_cost.value) * area, area


def _factors(facts: Facts, stated: Any, kind: str) -> tuple[float, float]:
    """Capital recovery factor, and running cost a year for each MW."""
    years = stated.lifetime
    factor = facts.annuity(kind=ACCOUNT[kind]) if years is None else facts.recovery(years.value)
    if kind == "standby":
        return factor, 0.0 if stated.fixed is None else float(stated.fixed.value)
    kept = 0.0 if stated.maintenance is None else float(stated.maintenance.value)
    return factor, kept * _price(stated, kind)[0]


def _peak(facts: Facts, run: Run, key: Key) -> float:
    """Heat at its peak that needs the equipment, by what is exchanged [MW]."""
    plant, role, stream, kind = key
    column, ends = ("flow_per_yr", ("from", "source")) if role == "gives" else ("replaced_per_yr", ("to", "sink"))
    total = 0.0
    for row in _between(facts, run):
        if (str(row[ends[0]]), str(row[ends[1]])) == (plant, stream):
            hours = shared_hours(facts, row)
            total += float(row[column]) / hours * peak_of(facts, row) if hours > 0 else 0.0
    resource = facts.stream_resource(plant, "source" if role == "gives" else "sink", stream)
    heat, level = facts.content(resource, "MWh"), facts.case.resources[resource].heat
    if role == "gives" and level is not None:
        made, used = (sum(part.load for part in of(level, "", 0.0)) for of in (given_parts, taken_parts))
        heat *= made / used
    share = stated_equipment(facts)[key].share.value if kind == "standby" else 1.0
    return total * heat * float(share)


def _between(facts: Facts, run: Run) -> Iterator[Row]:
    """Exchanges between two sites."""
    for row in run.exchanges:
        if facts.host(str(row["from"])) != facts.host(str(row["to"])):
            yield row


def book_equipment(accounts: "Accounts") -> None:
    """Book standby and exchangers by the new ones."""
    facts = accounts.facts
    stated = stated_equipment(facts)
    for key, new in accounts.run.equipment.items():
        if key not in stated:
            continue
        kind = key[3]
        factor, yearly = _factors(facts, stated[key], kind)
        base = _price(stated[key], kind)[0] * new * facts.contingency
        accounts.invest(ACCOUNT[kind], f"{ACCOUNT[kind]}_capital", base, factor)
        accounts.total[f"{ACCOUNT[kind]}_operation"] += new * yearly
