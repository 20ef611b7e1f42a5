"""Tables of impacts by category and stage: what rises, what falls, and what has no factor."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from planner.case.case import Case
from planner.case.impacts import CLIMATE
from planner.case.values import Value
from planner.lifecycle.amounts import HAULS, amounts, rows
from planner.lifecycle.burdens import PREFIX, RUNS, Category
from planner.lifecycle.factors import STAGES, TOTAL, Flow, factors_of
from planner.results.columns import COLUMNS

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

NAN = math.nan
#: A change below this share of what is added up is rounding.
ROUNDING = 2e-6
GRADES = ("A", "B", "C")
#: What is in a number of impacts.
COMPUTED, PART, NONE = "computed", "in part", "not computable"


def flows_table(case: Case, found: Iterable[Category], tables: "Tables") -> "pd.DataFrame":
    """Make the ``impact_flows`` table: a row for every flow that has a burden, or an amount and no factor.

    ``baseline_amount`` and ``plan_amount`` are physical amounts; burdens hold besides what displacement leaves and
    what credits take away, so that they need not be amount x factor. ``avoided_per_yr`` and ``added_per_yr`` are what
    falls and rises from baseline to plan.
    """
    import pandas as pd

    moving = {run: amounts(case, tables, PREFIX[run]) for run in RUNS}
    made = [row for category in found for row in _flow_rows(case, category, moving)]
    return pd.DataFrame(made, columns=list(COLUMNS["impact_flows"]))


def _flow_rows(
    case: Case, category: Category, moving: Mapping[str, Mapping[Flow, tuple[float, str]]]
) -> Iterable[dict[str, Any]]:
    sums: dict[Flow, dict[str, float]] = defaultdict(lambda: dict.fromkeys(RUNS, 0.0))
    for run in RUNS:
        for burden in category.burdens[run]:
            sums[burden.flow][run] += burden.amount
    flows = dict.fromkeys([*sums, *(flow for run in RUNS for flow in moving[run])])
    for flow in sorted(flows, key=lambda x: (STAGES.index(x.stage), x.kind, x.name)):
        factors = factors_of(case, category.name, flow)
        known = flow in sums or bool(factors)
        if not known and is_free(case, flow):
            continue
        before, after = (sums[flow][run] if known else NAN for run in RUNS)
        units = {moving[run][flow][1] for run in RUNS if flow in moving[run]}
        single = _single(case, category.name, flow, factors)
        yield {
            "category": category.name,
            "stage": flow.stage,
            "kind": flow.kind,
            "name": flow.name,
            "baseline_amount": moving["baseline"].get(flow, (0.0 if units else NAN, ""))[0],
            "plan_amount": moving["plan"].get(flow, (0.0 if units else NAN, ""))[0],
            "amount_unit": min(units) if units else None,
            "factor": single.value if single is not None else NAN,
            "factor_unit": single.unit if single is not None else None,
            "grade": _worst(factors),
            "sources": "; ".join(dict.fromkeys(x.source for x in factors if x.source)) or None,
            "baseline": before,
            "plan": after,
            "avoided_per_yr": max(0.0, before - after) if known else NAN,
            "added_per_yr": max(0.0, after - before) if known else NAN,
            "unit": f"{category.unit}/yr",
            "how": "counted" if known else "no factor",
        }


def is_free(case: Case, flow: Flow) -> bool:
    """Whether a flow needs no factor: power, heat, water give nothing off in use; what moves things is bought."""
    if flow.stage == "transport":
        return case.links[flow.name].kind not in HAULS
    return flow.stage == "use" and case.resources[flow.name].kind in ("power", "heat", "water")


def _single(case: Case, category: str, flow: Flow, factors: list[Value]) -> Value | None:
    """The factor by which amounts become burdens; None where there is not one alone, the same in all periods."""
    if len(factors) != 1 or factors[0].periods:
        return None
    if flow.stage != "transport":
        return factors[0]
    if category == CLIMATE:  # loading goes by no length
        return case.links[flow.name].co2e
    return None if case.impacts is None else case.impacts.categories[category].links[flow.name].transport


def _worst(factors: Iterable[Any]) -> str | None:
    """Worst grade; none where one has none, unless another is of grade C."""
    grades = [one.grade for one in factors]
    if "C" in grades:
        return "C"
    return None if None in grades or not grades else str(max(grades, key=GRADES.index))


def impacts_table(flows: "pd.DataFrame", found: Iterable[Category]) -> "pd.DataFrame":
    """Make the ``impacts`` table: category by stage, with a total, own and avoided burdens apart.

    ``status`` says what is in a number: of a stage (or category) in which nothing that flows has a factor there is
    none, "not computable"; of one in which something lacks a factor it is "in part". ``unknown_change`` names what has
    no factor and is not the same in baseline and plan: the reduction is without it, and has no percentage but for CO2e,
    where it is that of the indicators. ``shifted`` says of a total that it
    rises while another falls, and of a stage of a total that falls, that it rises by more than a tenth of what the
    category avoids.
    """
    import pandas as pd

    made = []
    for category in found:
        mine = [row for row in rows({"flows": flows}, "flows") if row["category"] == category.name]
        for stage in (*STAGES, TOTAL):
            made.append(_stage_row(category, stage, [r for r in mine if stage in (TOTAL, r["stage"])]))
    _flag(made)
    return pd.DataFrame(made, columns=list(COLUMNS["impacts"]))


def _stage_row(category: Category, stage: str, part: list[dict[str, Any]]) -> dict[str, Any]:
    counted = [r for r in part if r["how"] == "counted"]
    lacking = [r for r in part if r["how"] != "counted" and (stage != TOTAL or _counts(category, r))]
    none = bool(lacking) and not counted
    keys = (*RUNS, "avoided_per_yr", "added_per_yr")
    sums = {key: NAN if none else math.fsum(r[key] for r in counted) for key in keys}
    before, after = sums["baseline"], sums["plan"]
    unknown = [f"{r['name']} ({r['stage']})" for r in lacking if _changes(r)]
    telling = before > 0 and (category.name == CLIMATE or not unknown)  # a share of what is known would mislead
    return {
        "category": category.name,
        "stage": stage,
        "unit": f"{category.unit}/yr",
        "baseline": before,
        "plan": after,
        "reduction": before - after,
        "reduction_pct": 100.0 * (before - after) / before if telling else NAN,
        "avoided_per_yr": sums["avoided_per_yr"],
        "added_per_yr": sums["added_per_yr"],
        "status": NONE if none else PART if lacking else COMPUTED,
        "unknown_change": "; ".join(unknown) or None,
        "shifted": None,
    }


def _counts(category: Category, row: Mapping[str, Any]) -> bool:
    """Whether a factor could be stated of a flow: the case can state no CO2e of construction."""
    return not (category.name == CLIMATE and row["stage"] == "construction")


def _changes(row: Mapping[str, Any]) -> bool:
    """Whether the amount of a flow differs between baseline and plan, by more than rounding."""
    amounts = [float(row[f"{run}_amount"]) for run in RUNS]
    before, after = (0.0 if amount != amount else amount for amount in amounts)
    return abs(after - before) > ROUNDING * max(abs(before), abs(after))


def rises(row: Mapping[str, Any]) -> bool:
    """Whether a row of impacts rises, by more than rounding."""
    return bool(-row["reduction"] > ROUNDING * (row["avoided_per_yr"] + row["added_per_yr"]))


def falls(row: Mapping[str, Any]) -> bool:
    """Whether it falls."""
    return bool(row["reduction"] > ROUNDING * (row["avoided_per_yr"] + row["added_per_yr"]))


def called(category: str) -> str:
    """A category in a sentence."""
    return "CO2e" if category == CLIMATE else category


def _flag(rows: list[dict[str, Any]]) -> None:
    totals = {row["category"]: row for row in rows if row["stage"] == TOTAL}
    better = [name for name, row in totals.items() if falls(row)]  # climate change is the first of them
    for row in rows:
        whole = totals[row["category"]]
        if row is whole and rises(row) and better:
            row["shifted"] = f"shifted: {called(row['category'])} rises while {called(better[0])} falls"
        elif row is not whole and falls(whole) and rises(row) and -row["reduction"] > 0.1 * whole["avoided_per_yr"]:
            row["shifted"] = f"rises in {row['stage']} while the whole falls"


def coverage_table(case: Case, flows: "pd.DataFrame", found: Iterable[Category]) -> "pd.DataFrame":
    """Make the ``impact_coverage`` table: which share of the flows has a factor, by mass and by energy.

    By category and stage: shares of tonnes and MWh of the resources that flow; what has neither mass nor energy, links
    and facilities count only by number. ``without`` names what has no factor.
    """
    import pandas as pd

    made = []
    for category in found:
        mine = [row for row in rows({"flows": flows}, "flows") if row["category"] == category.name]
        for stage in STAGES:
            part = [r for r in mine if r["stage"] == stage and r["kind"] != "treatment"]
            part = [r for r in part if _counts(category, r)]
            if not part:
                continue
            lacking = [str(r["name"]) for r in part if r["how"] != "counted"]
            row: dict[str, Any] = {"category": category.name, "stage": stage, "flows": len(part)}
            row |= {"with_factor": len(part) - len(lacking)}
            for run in RUNS:
                for unit, word in (("t", "mass"), ("MWh", "energy")):
                    row[f"{run}_share_by_{word}"] = _share(case, part, run, unit)
            made.append(row | {"without": "; ".join(lacking) or None})
    return pd.DataFrame(made, columns=list(COLUMNS["impact_coverage"]))


def _share(case: Case, part: list[dict[str, Any]], run: str, unit: str) -> float:
    """Share of what flows, by mass or energy, that has a factor; not a number where nothing flows by it."""
    whole = counted = 0.0
    for row in part:
        content = case.resources[str(row["name"])].content(unit) if row["kind"] == "resource" else None
        amount = row[f"{run}_amount"]
        if content is not None and amount == amount:
            whole += abs(amount) * content
            counted += abs(amount) * content if row["how"] == "counted" else 0.0
    return counted / whole if whole > 0 else NAN
