"""From a case to a plan, step by step; what the command line and a notebook call."""

import math
import platform
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from planner.case.case import Case
from planner.errors import (
    AuditWarning,
    CaseError,
    Fault,
    Infeasible,
    LimitReached,
    PlannerError,
    UsageError,
    failed_checks,
    refuse_failed,
)
from planner.results.contract import document, load, results_json
from planner.results.plan import Plan

if TYPE_CHECKING:
    from models.run import Run
    from models.solution import NoSolution, Solution
    from planner.assemble.assembly import Assembly
    from planner.geography.distances import Distances
    from planner.results.laxer import Saving

__all__ = ["audit_folder", "load", "read_plan", "results_json", "solve", "sound"]

#: Goal in the user's words -> goal of the model.
GOALS = {"cost": "cost", "co2": "co2e", "waste": "waste", "water": "fresh_water"}

#: Goal of the model -> its unit.
_GOAL_UNITS = {"cost": "money/yr", "co2e": "tCO2e/yr", "waste": "t/yr", "fresh_water": "m3/yr"}

#: Share of a time limit that the plan and its baseline have where more is solved after them.
PLAN = 0.5

Stars = Literal["off", "cuts", "all"]
Mixing = Literal["auto", "highs", "scip"]


def solve(
    case: Case | str | Path,
    *,
    objective: str = "cost",
    gap: float = 1e-6,
    time_limit: float | None = None,
    threads: int = 1,
    seed: int = 0,
    progress: Callable[[float, float, float], None] | None = None,
    interrupt: Callable[[], bool] | None = None,
    stars: Stars = "cuts",
    mixing: Mixing = "auto",
    shadow_values: bool = False,
) -> Plan:
    """Plan a park and its baseline, and audit both.

    Parameters
    ----------
    case
        A case, or the folder or file it stands in.
    objective
        "cost", "co2", "waste" or "water"; the last three at least cost among the best.
    gap
        Stop at this distance to the bound; 0.01 is 1 %.
    time_limit
        Stop after so many seconds; the result is then not reproducible. With ``shadow_values`` the plan has half of
        them, and the solves after it share what is left.
    threads, seed
        Of the solver.
    progress
        Called now and then, in another thread, with the best plan, the bound and the gap; infinite where unknown.
    interrupt
        Asked now and then; once it returns true, everything ends and the best plan so far is the result.
    stars
        Star inequalities: "off", "cuts" where broken, or "all".
    mixing
        What solves mixtures whose contents are open: "highs" (a plan and a bound, with the gap between them), "scip"
        (the proven optimum; needs the extra ``global``), "auto" HiGHS and, where a gap is left, SCIP if it is there.
    shadow_values
        Say what the limits of quality that bind, five at most, would save if they were 5 % laxer: a solve for each.

    Returns
    -------
    Plan
        With its audit, which may have failed: then an ``AuditWarning`` says so, see ``Plan.audit``.

    Raises
    ------
    CaseError
        If the case is faulty.
    Infeasible
        If no plan can satisfy the case; says which requirements clash.
    LimitReached
        If a limit or an interruption came before any plan.
    """
    from models.clock import Clock
    from models.solve import asked, lasting
    from planner.assemble.assemble import assemble
    from planner.audit import audit
    from planner.case.late_faults import placed
    from planner.case.read import read_case
    from planner.geography.measure import measure
    from planner.resilience.anchor import finished_of, with_anchor_gone
    from planner.results.tabulate import tabulate

    if mixing == "scip" and find_spec("pyscipopt") is None:
        raise UsageError("SCIP is not installed; pip install 'ecopark-planner[global]'")
    if objective not in GOALS:
        raise ValueError(f"objective is one of {', '.join(GOALS)}, not {objective!r}")
    clock, limit, stop = time.perf_counter(), Clock(time_limit), lasting(interrupt)
    case = case if isinstance(case, Case) else read_case(case)
    with placed(case):
        _check_tenants(case, objective)
        distances = measure(case)
        assembly = assemble(case, distances)
    options: dict[str, Any] = {"gap": gap, "threads": threads, "seed": seed, "stars": stars, "mixing": mixing}
    options |= {"progress": _told(progress), "interrupt": stop}
    left = limit.left(PLAN if shadow_values else 1.0)
    run = _solved(case, distances, assembly, GOALS[objective], options | {"time_limit": left})
    header = _header(case, run, objective, threads=threads, seed=seed)
    header["solver"]["asked"] = {"gap": gap, "stars": stars, "mixing": mixing}
    plan = tabulate(case, distances, assembly, run.plan, run.baseline, header=header)
    plan = with_anchor_gone(plan, finished_of(plan, assembly, distances), stop, limit.left())
    begun, told = time.perf_counter(), {}
    if shadow_values:
        plan = _with_shadow_values(plan, distances, run.plan, GOALS[objective], options | {"limit": limit})
        told = {"shadow_values_seconds": round(time.perf_counter() - begun, 3)}
    told |= {"seconds": round(time.perf_counter() - clock, 3)}
    interrupted = {"interrupted": header["solver"]["interrupted"] or asked(stop)}
    plan = replace(plan, header={**plan.header, "solver": {**plan.header["solver"], **told, **interrupted}})
    plan = replace(plan, audit=audit(case, distances, plan.tables, plan.header))
    if not plan.audit["passed"]:
        warning = f"this plan failed its audit ({failed_checks(plan.audit)}) and must not be used; see plan.audit"
        warnings.warn(warning, AuditWarning, stacklevel=2)
    return plan


def _with_shadow_values(
    plan: Plan, distances: "Distances", found: "Solution", goal: str, options: dict[str, Any]
) -> Plan:
    """The plan with what a laxer limit of quality would save, by a solve for each of the first that bind.

    Each has an even share of what is left of the time limit then; what has none, or is interrupted, is said so.
    """
    from models.clock import Clock
    from models.solve import asked
    from planner.results.laxer import Saving, binding, filled

    case, table = plan.case, plan.tables["quality_limits"]
    rows = dict(enumerate(table.to_dict("records")))
    assert case is not None, "a plan that was solved has its case"
    options = dict(options)
    limit, chosen, savings = options.pop("limit", Clock(None)), binding(table), dict[int, Saving]()
    for done, n in enumerate(chosen):
        left = limit.left(1.0 / (len(chosen) - done))
        if asked(options.get("interrupt")):
            savings[n] = Saving.missing("interrupted")
        elif left is not None and left <= found.facts.get("build_s", 0.0):
            savings[n] = Saving.missing("the time limit was reached")
        else:
            savings[n] = _saving(case, distances, rows[n], found, goal, options | {"time_limit": left})
    return replace(plan, tables={**plan.tables, "quality_limits": filled(table, savings)})


def _saving(
    case: Case, distances: "Distances", row: Any, found: "Solution", goal: str, options: dict[str, Any]
) -> "Saving":
    from models.clock import Clock
    from models.run import best
    from models.solution import NoSolution
    from planner.assemble.assemble import assemble
    from planner.results.laxer import Saving, compared, laxer, laxer_limit

    new, unit = laxer_limit(row), _GOAL_UNITS[goal].replace("money", case.currency)
    limit = Clock(options["time_limit"])
    try:
        instance = assemble(laxer(case, row), distances).instance
        after = best(instance, goal, **options | {"progress": None, "time_limit": limit.left()})
    except (CaseError, NoSolution, Infeasible) as error:
        ended = {"limit": "the time limit was reached", "interrupted": "interrupted"}
        if isinstance(error, NoSolution) and error.reason in ended:
            return Saving.missing(ended[error.reason])
        return Saving(new, float("nan"), f"no plan with a limit 5 % laxer: {error}")
    before = found.stages[0]
    return compared(new, unit, (before.objective, before.gap), (after.objective, after.gap))


def _check_tenants(case: Case, objective: str) -> None:
    """Refuse a goal that would be best met by a park without tenants."""
    optional = [name for name, plant in case.plants.items() if plant.optional is not None]
    if objective == "cost" or not optional or case.tenants.at_least is not None or case.tenants.fixed is not None:
        return
    few = f"{', '.join(optional[:3])}{' ...' if len(optional) > 3 else ''}"
    message = (
        f"is missing; the least {objective} would be that of a park without its optional plants ({few}): state "
        "tenants.fixed, the optional plants that settle, or tenants.at_least, how many of them do"
    )
    raise CaseError([Fault("case.yaml", 0, 0, "tenants", message)])


def _solved(case: Case, distances: "Distances", assembly: "Assembly", goal: str, options: dict[str, Any]) -> "Run":
    from models.run import plan
    from models.solution import NoSolution
    from planner.hydraulics.mending import look_of

    try:
        look = look_of(case, distances, assembly)
        return plan(assembly.instance, goal, baseline=case.baseline, look=look, **options)
    except NoSolution as end:
        raise _explained(case, distances, end) from end


def _explained(case: Case, distances: "Distances", end: "NoSolution") -> PlannerError:
    """What a user is told where there is no plan."""
    if end.reason == "infeasible":
        from models.alone import NONE as BASELINE
        from planner.diagnosis import explain, explain_baseline

        if str(end) == BASELINE:
            return Infeasible(explain_baseline(case, distances))
        return Infeasible(explain(case, distances))
    if end.reason in ("limit", "interrupted"):
        from models.search import UNFOUND

        how = "the time limit was reached" if end.reason == "limit" else "interrupted"
        if str(end) == UNFOUND:
            return LimitReached(f"{UNFOUND}; there may be one all the same")
        return LimitReached(f"{how} before any plan was found")
    raise end


def _told(progress: Callable[[float, float, float], None] | None) -> Any:
    """Progress of the model as plain numbers."""
    return None if progress is None else lambda seen: progress(seen.incumbent, seen.bound, seen.gap)


def _header(case: Case, run: "Run", objective: str, *, threads: int, seed: int) -> dict[str, Any]:
    return {
        "case": {
            "name": case.case,
            "path": case.folder.name,
            "sha256": case.sha256,
            **({"description": case.description} if case.description else {}),
        },
        "sources": _sources(case),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": versions(),
        "solver": {
            "name": "HiGHS",
            "version": _version("highspy"),
            **_outcome(run.plan),
            "seconds": 0.0,
            "nodes": sum(stage.nodes for stage in run.plan.stages),
            "threads": threads,
            "seed": seed,
            "interrupted": run.plan.interrupted or run.baseline.interrupted,
            "baseline": {**_outcome(run.baseline), **_first(run.baseline)},
            "facts": dict(run.plan.facts),
            **_mixing(run.plan),
        },
        "objective": objective,
    }


def _mixing(solution: "Solution") -> dict[str, Any]:
    """How mixtures were solved: kind, and what bound and plan are from; nothing where nothing mixes."""
    told: dict[str, str] = dict(getattr(solution, "mixing", {}))
    if told.get("bound_from") and not any(math.isfinite(stage.bound) for stage in solution.stages):
        told["bound_from"] = ""
    return {"mixing": told} if told else {}


def _sources(case: Case) -> dict[str, dict[str, Any]]:
    """Where the numbers of a case come from, by the key that line items name."""
    sources = {key: note.model_dump(exclude_none=True) for key, note in case.sources.items()}
    for field in ("price_index", "exchange_rates"):
        told = getattr(case.economics, f"{field}_source")
        if told:
            sources[f"economics.{field}"] = {"title": told}
    return sources


def _outcome(solution: "Solution") -> dict[str, Any]:
    """How a solve ended."""
    return {
        "status": solution.status.value,
        "objective": solution.objective,
        "bound": solution.bound,
        "gap": solution.gap,
        "stages": [
            {"goal": stage.goal, "objective": stage.objective, "bound": stage.bound, "gap": stage.gap}
            for stage in solution.stages
        ],
    }


def _first(solution: "Solution") -> dict[str, Any]:
    """Objective, bound and gap of the first stage: those after it only break ties."""
    stage = solution.stages[0]
    return {"objective": stage.objective, "bound": stage.bound, "gap": stage.gap}


def versions() -> dict[str, str]:
    """Versions of what a result depends on."""
    return {
        "planner": _version("ecopark-planner"),
        "pyomo": _version("pyomo"),
        "highspy": _version("highspy"),
        "python": platform.python_version(),
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # run from its sources
        return "unknown"


def audit_folder(out: str | Path) -> dict[str, Any]:
    """Audit a finished run again, from its own copy of the case and its tables."""
    return dict(read_plan(out).audit)


def read_plan(out: str | Path) -> Plan:
    """Read a finished run and its case back from a folder, and audit it anew: what was changed in its tables is found.

    Parameters
    ----------
    out
        The folder, as ``planner solve`` or ``Plan.save`` wrote it.

    Returns
    -------
    Plan
        With its audit, which may have failed; see ``Plan.audit``.

    Raises
    ------
    UsageError
        If the folder holds no finished run that can be read, or no copy of its case.
    """
    from planner.audit import audit
    from planner.case.read import RESOLVED, read_case
    from planner.geography.measure import measure

    plan, copy = load(out), Path(out) / "case" / RESOLVED
    if not copy.is_file():
        raise UsageError(f"{out} holds no copy of its case ({copy}), so that it cannot be audited")
    case = read_case(copy)
    found = audit(case, measure(case), plan.tables, plan.header, document(out))
    if not plan.audit.get("passed"):  # what was rejected stays so
        before = {"check": "the audit when it was solved", "passed": False, "detail": failed_checks(plan.audit)}
        found = {"passed": False, "checks": [*found["checks"], before]}
    return replace(plan, case=case, audit=found)


def sound(out: str | Path, then: str) -> Plan:
    """A finished run that stands up to its audit.

    Parameters
    ----------
    then
        What else is not done, as in "no workbook is written of it".

    Raises
    ------
    AuditFailed
        If it does not.
    UsageError
        As ``read_plan``.
    """
    plan = read_plan(out)
    refuse_failed(plan.audit, f"the run in {out}", then)
    return plan
