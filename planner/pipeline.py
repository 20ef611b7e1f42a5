"""From a case to a plan, step by step; what the command line and a notebook call."""

import platform
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from planner.case.case import Case
from planner.errors import CaseError, Fault, Infeasible, LimitReached, PlannerError, UsageError
from planner.results.contract import document, load, results_json
from planner.results.plan import Plan

if TYPE_CHECKING:
    from models.run import Run
    from models.solution import NoSolution, Solution
    from planner.assemble.assembly import Assembly
    from planner.geography.distances import Distances
    from planner.results.laxer import Saving

__all__ = ["audit_folder", "load", "results_json", "solve"]

#: Goal in the user's words -> goal of the model.
GOALS = {"cost": "cost", "co2": "co2e", "waste": "waste", "water": "fresh_water"}

#: Goal of the model -> its unit.
_GOAL_UNITS = {"cost": "money/yr", "co2e": "tCO2e/yr", "waste": "t/yr", "fresh_water": "m3/yr"}

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
        Stop after so many seconds; the result is then not reproducible.
    threads, seed
        Of the solver.
    progress
        Called now and then, in another thread, with the best plan, the bound and the gap; infinite where unknown.
    interrupt
        Asked now and then; once it returns true the best plan so far is the result.
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
        With its audit, which may have failed: see ``Plan.audit``.

    Raises
    ------
    CaseError
        If the case is faulty.
    Infeasible
        If no plan can satisfy the case; says which requirements clash.
    LimitReached
        If a limit or an interruption came before any plan.
    """
    from planner.assemble.assemble import assemble
    from planner.audit import audit
    from planner.case.late_faults import placed
    from planner.case.read import read_case
    from planner.geography.measure import measure
    from planner.results.tabulate import tabulate

    if mixing == "scip" and find_spec("pyscipopt") is None:
        raise UsageError("SCIP is not installed; pip install 'ecopark-planner[global]'")
    if objective not in GOALS:
        raise ValueError(f"objective is one of {', '.join(GOALS)}, not {objective!r}")
    clock = time.perf_counter()
    case = case if isinstance(case, Case) else read_case(case)
    with placed(case):
        _check_tenants(case, objective)
        distances = measure(case)
        assembly = assemble(case, distances)
    options: dict[str, Any] = {"gap": gap, "time_limit": time_limit, "threads": threads, "seed": seed, "stars": stars}
    options |= {"mixing": mixing}
    options |= {"progress": _told(progress), "interrupt": interrupt}
    run = _solved(case, distances, assembly, GOALS[objective], options)
    header = _header(case, run, objective, threads=threads, seed=seed)
    header["solver"]["seconds"] = round(time.perf_counter() - clock, 3)
    plan = tabulate(case, distances, assembly, run.plan, run.baseline, header=header)
    if shadow_values and not run.plan.interrupted:
        plan = _with_shadow_values(plan, distances, run.plan, GOALS[objective], options)
    return replace(plan, audit=audit(case, distances, plan.tables, plan.header))


def _with_shadow_values(
    plan: Plan, distances: "Distances", found: "Solution", goal: str, options: dict[str, Any]
) -> Plan:
    """The plan with what a laxer limit of quality would save, by a solve for each of the first that bind."""
    from planner.results.laxer import binding, filled

    case, table = plan.case, plan.tables["quality_limits"]
    rows = dict(enumerate(table.to_dict("records")))
    assert case is not None, "a plan that was solved has its case"
    savings = {n: _saving(case, distances, rows[n], found, goal, options) for n in binding(table)}
    return replace(plan, tables={**plan.tables, "quality_limits": filled(table, savings)})


def _saving(
    case: Case, distances: "Distances", row: Any, found: "Solution", goal: str, options: dict[str, Any]
) -> "Saving":
    from models.run import plan
    from models.solution import NoSolution
    from planner.assemble.assemble import assemble
    from planner.results.laxer import Saving, laxer, laxer_limit

    limit, unit = laxer_limit(row), _GOAL_UNITS[goal].replace("money", case.currency)
    try:
        other = laxer(case, row)
        run = plan(assemble(other, distances).instance, goal, baseline=case.baseline, **options)
    except (CaseError, NoSolution) as error:
        return Saving(limit, float("nan"), f"no plan with a limit 5 % laxer: {error}")
    before, after = found.stages[0], run.plan.stages[0]
    how = f"solved again with a limit 5 % laxer, in {unit} of the goal; gaps {before.gap:.2g} and {after.gap:.2g}"
    return Saving(limit, max(0.0, before.objective - after.objective), how)


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
        how = "the time limit was reached" if end.reason == "limit" else "interrupted"
        return LimitReached(f"{how} before any plan was found")
    raise end


def _told(progress: Callable[[float, float, float], None] | None) -> Any:
    """Progress of the model as plain numbers."""
    return None if progress is None else lambda seen: progress(seen.incumbent, seen.bound, seen.gap)


def _header(case: Case, run: "Run", objective: str, *, threads: int, seed: int) -> dict[str, Any]:
    return {
        "case": {
            "name": case.case,
            "path": str(case.folder),
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
    from planner.audit import audit
    from planner.case.read import read_case
    from planner.geography.measure import measure

    plan = load(out)
    case = read_case(Path(out) / "case" / "case.resolved.yaml")
    return audit(case, measure(case), plan.tables, plan.header, document(out))
