"""Checks of the amounts behind impacts, and of the shares of them that have a factor."""

import math
from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.flows import Run
from planner.audit.impacts_by_part import LAID
from planner.audit.links import main_of
from planner.audit.network import is_existing, number, word
from planner.audit.reading import Row, rows_of

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

#: Stage, kind, name.
Key = tuple[str, str, str]
PREFIXES = {"plan": "", "baseline": "baseline_"}


def check_amounts(facts: Facts, tables: "Tables", runs: Mapping[str, Run], checks: Checks) -> None:
    """Check the amounts of ``impact_flows`` and the shares of ``impact_coverage``."""
    check = "impacts: amounts behind them"
    checks.start(check)
    expected = {run: _amounts(facts, tables, PREFIXES[run], one) for run, one in runs.items()}
    flows = rows_of(tables, "impact_flows")
    for row in flows:
        key = word(row, "stage"), word(row, "kind"), word(row, "name")
        for run, amounts in expected.items():
            found = number(row, f"{run}_amount")
            if found == found or key in amounts:
                wanted = amounts.get(key, 0.0)
                checks.equal(check, f"{' of '.join(key[::2])}: {run}_amount", found, wanted, abs(wanted))
    for row in rows_of(tables, "impact_coverage"):
        mine = [x for x in flows if all(word(x, name) == word(row, name) for name in ("category", "stage"))]
        for run in runs:
            for unit, name in (("t", "mass"), ("MWh", "energy")):
                found, wanted = number(row, f"{run}_share_by_{name}"), _share(facts, mine, run, unit)
                if (found == found or wanted == wanted) and not math.isclose(found, wanted, abs_tol=1e-6):
                    label = f"{word(row, 'category')}, {word(row, 'stage')}: {run}_share_by_{name}"
                    checks.fail(check, f"{label} is {found:.6g}, {wanted:.6g} recomputed")


def _share(facts: Facts, rows: list[Row], run: str, unit: str) -> float:
    whole = counted = 0.0
    for row in rows:
        amount = abs(number(row, f"{run}_amount"))
        content = facts.case.resources[word(row, "name")].content(unit) if word(row, "kind") == "resource" else None
        if content is not None and amount == amount:
            whole += amount * content
            counted += amount * content * (word(row, "how") == "counted")
    return counted / whole if whole > 0 else math.nan


def _amounts(facts: Facts, tables: "Tables", prefix: str, run: Run) -> dict[Key, float]:
    """What is bought, used, disposed of, moved, run and built, from the tables of a run."""
    found: dict[Key, float] = defaultdict(float)
    for row in rows_of(tables, f"{prefix}purchases"):
        for stage in ("pumping",) if word(row, "for") == "pumping" else ("use", "supply"):
            found[stage, "resource", word(row, "resource")] += number(row, "amount_per_yr")
    for row in rows_of(tables, f"{prefix}discharges"):
        found["discharge", "resource", word(row, "resource")] += number(row, "amount_per_yr")
    for row in run.exchanges:
        arriving = float(row["flow_per_yr"]) - float(row["lost_per_yr"])
        found["use", "resource", word(row, "resource")] += arriving
        if main_of(row) is None and word(row, "link"):
            km = float(row["length_km"])
            found["transport", "link", word(row, "link")] += float(row["flow_per_yr"]) * km
            if not bool(row["existing"]) and facts.case.links[word(row, "link")].kind in LAID:
                found["construction", "link", word(row, "link")] += km * 1000.0 * float(row["copies"])
    for row in run.network.mains:
        found["transport", "link", word(row, "link")] += number(row, "through_per_yr") * number(row, "length_m") / 1000
        if not is_existing(row):
            found["construction", "link", word(row, "link")] += number(row, "length_m") * number(row, "pipes")
    for name, capacity in run.capacity.items():
        found["facilities", "facility", name] = run.activity[name]
        size = capacity if facts.store(name) is None else run.content[name]
        found["construction", "facility", name] = size
    return found
