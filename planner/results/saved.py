"""``solution.json``: the values of the model behind a finished run, so that it need not be solved again.

The tables tell a plan in the user's words; this file holds what the model itself decided, family by family, of the plan
and of its baseline. With it a finished run is told again, re-dispatched, shared and explained. It says which case it
belongs to by the hash of the resolved case that stands beside it, and is read with that case only.

What is kept is the plan as it stands in the tables: mains with their mends, power laws worked out by their laws, idle
links left out, flows of mixtures as the search left them. What is read back is therefore never solved further: it is a
plan to start from, and ``planner.results.tabulate`` makes the same tables from it.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.errors import UsageError, refuse_failed

if TYPE_CHECKING:
    from models.solution import Solution
    from planner.assemble.assembly import Assembly
    from planner.case.case import Case
    from planner.geography.distances import Distances
    from planner.results.books import Books
    from planner.results.plan import Plan

SCHEMA = "planner-solution/1"
FILE = "solution.json"
AGAIN = "solve the case again to have one"
#: What is told of a run that failed its audit.
_NOTHING = "nothing is worked out from it"


@dataclass(frozen=True)
class Finished:
    """A finished run with everything that stands behind it.

    Attributes
    ----------
    plan
        Its tables, header and audit.
    solution, baseline
        Values of the model, of the plan and of its baseline.
    sha256
        Of the resolved case.
    """

    folder: Path
    plan: "Plan"
    case: "Case"
    distances: "Distances"
    assembly: "Assembly"
    solution: "Solution"
    baseline: "Solution"
    sha256: str

    def books(self, run: str = "plan") -> "Books":
        """Line items of the plan, or of the ``"baseline"``, each with what it amounts to."""
        from planner.results.books import Books
        from planner.results.losses import settled

        values = self.baseline if run == "baseline" else self.solution
        return settled(Books(run, self.case, self.distances, self.assembly, values))


def saved(plan: "Plan") -> dict[str, Any] | None:
    """What ``solution.json`` of a plan says; None for a plan that was not just solved."""
    if plan.solutions is None or plan.case is None:
        return None
    found, baseline = plan.solutions
    return {
        "schema": SCHEMA,
        "case": {"name": plan.case.case, "resolved_sha256": _hash(plan.case.resolved().encode("utf-8"))},
        "objective": plan.header.get("objective"),
        "plan": _plain(found),
        "baseline": _plain(baseline),
    }


def _hash(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def _plain(solution: "Solution") -> dict[str, Any]:
    """A solution as JSON has it; how long it took is in ``results.json``."""
    return {
        "status": solution.status.value,
        "interrupted": solution.interrupted,
        "stages": [
            {
                "goal": stage.goal,
                "objective": _finite(stage.objective),
                "bound": _finite(stage.bound),
                "gap": _finite(stage.gap),
                "nodes": stage.nodes,
                "status": stage.status.value,
            }
            for stage in solution.stages
        ],
        "mixing": dict(solution.mixing),
        "mends": [_mend(mend) for mend in solution.mends],
        "totals": dict(solution.totals),
        "accounts": dict(solution.accounts),
        "values": {
            family: [[*index, value] for index, value in members.items()] for family, members in solution.values.items()
        },
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _mend(mend: Any) -> dict[str, Any]:
    """A main that was changed after the search; the kind is told by its fields."""
    told = {"main": mend.main, "cost": mend.cost}
    if hasattr(mend, "opened"):
        changed = [[stretch, dict(before), dict(after)] for stretch, (before, after) in mend.changed.items()]
        return told | {"changed": changed, "opened": [list(loop) for loop in mend.opened]}
    return told | {"warmed": [[*where, *amounts] for where, amounts in mend.changed.items()]}


def finished(out: str | Path) -> Finished:
    """Read a finished run back with the values of its model, assembled from its own copy of the case.

    Raises
    ------
    AuditFailed
        If it does not stand up to its audit.
    UsageError
        If the folder holds no plan, or no values that belong to it.
    """
    from planner.assemble.assemble import assemble
    from planner.audit import audit
    from planner.case.read import RESOLVED, read_case
    from planner.geography.measure import measure
    from planner.results.books import TotalsError, tie_out
    from planner.results.contract import document, load

    out = Path(out)
    content, plan = document(out), load(out)
    refuse_failed(plan.audit, f"the run in {out}", _NOTHING)
    told, copy = _read(out), out / "case" / RESOLVED
    sha256 = _hash(copy.read_bytes()) if copy.is_file() else ""
    expected = (content.get("case") or {}).get("resolved_sha256")
    if not sha256 == expected == (told.get("case") or {}).get("resolved_sha256"):
        raise UsageError(
            f"{out / FILE}, {out / 'results.json'} and {copy} do not belong to one case: something was changed or "
            f"copied since; {AGAIN}"
        )
    case = read_case(copy)
    distances = measure(case)
    refuse_failed(audit(case, distances, plan.tables, plan.header, content), f"the run in {out}", _NOTHING)
    assembly = assemble(case, distances)
    try:
        found, baseline = (_solution(told[run]) for run in ("plan", "baseline"))
        run = Finished(out, plan, case, distances, assembly, found, baseline, sha256)
        for name in ("plan", "baseline"):
            tie_out(run.books(name))
    except (KeyError, TypeError, ValueError, AttributeError, TotalsError) as error:
        raise UsageError(f"{out / FILE} does not fit its case ({error}); {AGAIN}") from error
    return run


def _read(out: Path) -> dict[str, Any]:
    path = out / FILE
    if not path.is_file():
        raise UsageError(f"{out} holds no {FILE}: it was written by an earlier version; {AGAIN}")
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}; {AGAIN}") from error
    if not isinstance(told, dict) or told.get("schema") != SCHEMA:
        raise UsageError(f"{path} is none of ours (no schema {SCHEMA}); {AGAIN}")
    return told


def _solution(told: Mapping[str, Any]) -> "Solution":
    """A solution from what JSON has of it."""
    from models.families import FAMILIES
    from models.solution import Solution, Stage, Status

    unknown = sorted(set(told["values"]) - set(FAMILIES))
    if unknown:
        raise ValueError(f"unknown values: {', '.join(unknown)}")
    stages = [
        Stage(
            stage["goal"],
            _number(stage["objective"], math.inf),
            _number(stage["bound"], -math.inf),
            _number(stage["gap"], math.inf),
            0.0,
            int(stage["nodes"]),
            Status(stage["status"]),
        )
        for stage in told["stages"]
    ]
    return Solution(
        Status(told["status"]),
        {
            family: {tuple(map(str, row[:-1])): float(row[-1]) for row in rows}
            for family, rows in told["values"].items()
        },
        {name: float(value) for name, value in told["accounts"].items()},
        {name: float(value) for name, value in told["totals"].items()},
        tuple(stages),
        bool(told["interrupted"]),
        mixing=dict(told["mixing"]),
        mends=tuple(_mended(mend) for mend in told["mends"]),
    )


def _number(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else float(value)


def _mended(told: Mapping[str, Any]) -> Any:
    from models.solution import Mend, Warmed

    if "warmed" in told:
        changed = {(e, s, t): (float(before), float(after)) for e, s, t, before, after in told["warmed"]}
        return Warmed(told["main"], changed, told["cost"])
    pipes = {stretch: (before, after) for stretch, before, after in told["changed"]}
    return Mend(told["main"], pipes, tuple(tuple(loop) for loop in told["opened"]), told["cost"])
