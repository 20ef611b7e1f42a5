"""Checks of what the header says of the case and of the solver: goal, objective, bound, gap and status of each run."""

import math
import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from planner.audit.checks import Checks, differs
from planner.audit.facts import Facts
from planner.case.read import RESOLVED

CHECK = "solver: objective, bound, gap and status"
OF_CASE = "header: goal and case are those of the run"
#: Goal in the user's words -> total of the tables.
GOALS = {"cost": "cost", "co2": "co2e", "waste": "waste", "water": "fresh_water"}
#: Gap up to which a plan is proven, and how exactly gaps must agree.
PROVEN, EXACTLY = 1e-6, 1e-7
#: How mixtures may have been solved.
MIXING = ("linear", "outlets at their maximum, exact", "relaxed and restricted", "global (SCIP)")
#: The model itself, in words, where outlets are linear or at their highest.
MODEL, HIGHEST = "the model", "the model with outlets at their highest"
#: Where a bound of each kind may come from; nowhere where there is none.
BOUND_OF = {
    MIXING[0]: re.compile(MODEL),
    MIXING[1]: re.compile(HIGHEST),
    MIXING[2]: re.compile(
        r"HiGHS|limits of single amounts|a search that left nothing better|"
        r"relaxation in (one piece|pieces), round [1-9]\d*"
    ),
    MIXING[3]: re.compile("SCIP"),
}
BOUND_FROM = re.compile("|".join(["", *(f"({one.pattern})" for one in BOUND_OF.values())]))
#: Where a plan may come from.
SEARCHED = (
    "outlets at their highest|nothing shared|a plan known before|a relaxed solution|a point drawn at random|"
    "contents of the plan before"
)
PLAN_FROM = re.compile(f"({MODEL})|({HIGHEST})|SCIP|HiGHS|(a plan near )?({SEARCHED})")

Totals = Mapping[str, Mapping[str, float]]


def check_header(facts: Facts, header: Mapping[str, Any], runs: Totals, checks: Checks) -> None:
    """Check the header of a plan; ``runs`` has the totals of "plan" and "baseline", recomputed."""
    _case(facts, header, checks)
    checks.start(CHECK)
    solver = header.get("solver")
    if not isinstance(solver, Mapping):
        checks.fail(CHECK, "the header has no solver")
        return
    goal = GOALS.get(str(header.get("objective", "cost")), "cost")
    totals = {run: {**total, "cost": _goal(total)} for run, total in runs.items()}
    _solve("plan", solver, totals, [goal] if goal == "cost" else [goal, f"cost after {goal}"], checks)
    baseline = solver.get("baseline")
    if isinstance(baseline, Mapping):
        _solve("baseline", baseline, totals, ["cost"], checks)
    else:
        checks.fail(CHECK, "the header says nothing of the baseline")


def _goal(total: Mapping[str, float]) -> float:
    """What the goal cost adds up: the yearly cost, less margins, with the shadow price of carbon."""
    return total["total_annual_cost"] - total["margin"] + total["shadow_carbon"]


def _case(facts: Facts, header: Mapping[str, Any], checks: Checks) -> None:
    checks.start(OF_CASE)
    case = facts.case
    if header.get("objective", "cost") not in GOALS:
        checks.fail(OF_CASE, f"objective is {header['objective']!r}, none of {', '.join(GOALS)}")
    for field, value in (("currency", case.currency), ("price_year", case.price_year)):
        if header.get(field, value) != value:
            checks.fail(OF_CASE, f"{field} is {header[field]!r}, {value!r} in the case")
    told = header.get("case")
    if not isinstance(told, Mapping):
        return
    if told.get("name") != case.case:
        checks.fail(OF_CASE, f"case.name is {told.get('name')!r}, {case.case!r} in the case")
    copy = case.folder / RESOLVED
    if copy.is_file():  # of a finished run: the case as it was solved, whose files are not those it was made from
        field, found = "resolved_sha256", sha256(copy.read_text(encoding="utf-8").encode("utf-8")).hexdigest()
    else:
        field, found = "sha256", case.sha256
    if found and told.get(field, found) != found:
        checks.fail(OF_CASE, f"case.{field} is {told[field]!r}, {found!r} of the case")


def _solve(run: str, told: Mapping[str, Any], totals: Totals, goals: list[str], checks: Checks) -> None:
    """Check a solve: each of its stages, and what is said of all of them."""
    stages = told.get("stages")
    if not isinstance(stages, list | tuple) or not stages or not all(isinstance(x, Mapping) for x in stages):
        checks.fail(CHECK, f"{run}: no stages are listed")
        return
    names = [str(stage.get("goal")) for stage in stages]
    stopped = run == "plan" and len(names) < len(goals) and not told.get("interrupted")
    if names[: len(goals)] != goals[: len(names)] or (run == "plan" and len(names) > len(goals)):
        checks.fail(CHECK, f"{run}: its stages are {', '.join(names)}, not {', '.join(goals)}")
    elif stopped and told.get("status") == "optimal":
        checks.fail(CHECK, f"{run}: called optimal after {', '.join(names)} alone")
    gaps = [
        _stage(f"{run}, stage {name}", run, stage, totals, checks) for name, stage in zip(names, stages, strict=True)
    ]
    first = stages[0] if run == "baseline" else stages[-1]
    for field in ("objective", "bound"):
        if told.get(field) != first.get(field):
            checks.fail(CHECK, f"{run}: {field} is {told.get(field)!r}, {first.get(field)!r} in its stage")
    gap, largest = _number(told.get("gap")), gaps[0] if run == "baseline" else max(gaps)
    if gap != largest:
        checks.fail(CHECK, f"{run}: gap is {told.get('gap')!r}, {largest:g} in its stages")
    proven = all(gap <= PROVEN for gap in gaps)
    if told.get("status") not in ("optimal", "feasible"):
        checks.fail(CHECK, f"{run}: unknown status {told.get('status')!r}")
    elif proven != (told.get("status") == "optimal"):
        checks.fail(CHECK, f"{run}: called {told['status']} with a gap of {max(gaps):g}")
    if run == "plan":
        _search(told, [math.isfinite(_number(stage.get("bound"))) for stage in stages], checks)


def _search(told: Mapping[str, Any], bounded: list[bool], checks: Checks) -> None:
    """Check what is said of the search of the plan: whether it was interrupted, and how mixtures were solved."""
    if not isinstance(told.get("interrupted", False), bool):
        checks.fail(CHECK, f"plan: interrupted is {told.get('interrupted')!r}, not true or false")
    mixing = told.get("mixing")
    if isinstance(mixing, Mapping):
        for wrong in _mixing(mixing, bounded, proven=told.get("status") == "optimal"):
            checks.fail(CHECK, f"plan: {wrong}")


def _mixing(mixing: Mapping[str, Any], bounded: list[bool], *, proven: bool) -> Iterator[str]:
    """What is wrong with what is said of the solve of mixtures: words that are none of ours, or do not agree."""
    kind, bound_from, plan_from = (mixing.get(key) for key in ("kind", "bound_from", "plan_from"))
    if kind not in MIXING:
        yield f"mixing.kind {kind!r} is unknown"
        return
    if not isinstance(plan_from, str) or not PLAN_FROM.fullmatch(plan_from):
        yield f"mixing.plan_from {plan_from!r} is unknown"
    if not isinstance(bound_from, str) or not BOUND_FROM.fullmatch(bound_from):
        yield f"mixing.bound_from {bound_from!r} is unknown"
        return
    if not bound_from and (proven or all(bounded)):
        yield "mixing.bound_from is empty, and there is a bound"
    if bound_from and not any(bounded):
        yield f"mixing.bound_from is {bound_from!r}, and there is no bound"
    if bound_from and not BOUND_OF[str(kind)].fullmatch(bound_from):
        yield f"mixing.bound_from {bound_from!r} is no bound of a solve that is {kind}"
    whole = kind in MIXING[:2] and plan_from != "SCIP"
    if whole and bound_from and plan_from != bound_from:
        yield f"mixing.plan_from {plan_from!r} and mixing.bound_from {bound_from!r} are of one solve that is {kind}"


def _number(value: Any) -> float:
    """A number of the header; infinite where none is stated, not a number for anything else."""
    if value is None:
        return math.inf
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan


def _stage(where: str, run: str, stage: Mapping[str, Any], totals: Totals, checks: Checks) -> float:
    """Check a stage against the tables, and its bound and gap against each other; its gap."""
    objective, gap = _number(stage.get("objective")), _number(stage.get("gap"))
    bound = -math.inf if stage.get("bound") is None else _number(stage["bound"])
    for field, value in (("objective", objective), ("bound", bound), ("gap", gap)):
        if value != value or (field == "objective" and math.isinf(value)):
            checks.fail(CHECK, f"{where}: {field} is {stage.get(field)!r}, not a number")
            return math.inf
    total = str(stage.get("goal")).split(" after ")[0]
    if total not in GOALS.values():
        checks.fail(CHECK, f"{where}: {total!r} is no goal")
        return gap
    expected = totals[run].get(total, 0.0)
    size = max(abs(totals[one].get(name, 0.0)) for one in totals for name in {total, _whole(total)})
    if differs(objective, expected, size):
        checks.fail(CHECK, f"{where}: objective is {objective:.10g}, {expected:.10g} recomputed")
    if bound > objective + 1e-6 * max(abs(objective), abs(bound)) + 1e-6:
        checks.fail(CHECK, f"{where}: bound {bound:.10g} lies beyond the objective {objective:.10g}")
    apart = abs(objective - bound)
    if math.isinf(apart) != math.isinf(gap):
        checks.fail(CHECK, f"{where}: gap is {stage.get('gap')!r}, its bound {stage.get('bound')!r}")
    elif not math.isinf(gap):
        expected = apart / max(abs(objective), 1e-9)
        rounded = apart <= 1e-6 * max(1e-6 * size, 1.0) and gap <= PROVEN  # of a goal that comes to nothing
        if not abs(gap - expected) <= EXACTLY + 1e-4 * expected and not rounded:
            checks.fail(CHECK, f"{where}: gap is {gap:g}, {expected:g} by objective and bound")
    return gap


def _whole(total: str) -> str:
    """The total whose parts make up a goal, as the size of what is rounding."""
    return "total_annual_cost" if total == "cost" else total
