"""``planner solve``: from a case folder to a written plan."""

import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from planner.errors import AuditFailed, AuditWarning, LimitReached, failed_checks

if TYPE_CHECKING:
    from planner.pipeline import Mixing
    from planner.results.plan import Plan


@dataclass(frozen=True)
class Options:
    """How a case is solved; see ``planner.solve``."""

    objective: str
    time_limit: float | None
    gap: float
    threads: int
    seed: int
    verbose: bool
    shadow_values: bool = False
    mixing: "Mixing" = "auto"


def solve_case(case_path: Path, out: Path | None, options: Options, *, as_json: bool) -> int:
    """Plan a case, write the plan, print its summary and return the exit code.

    Raises
    ------
    PlannerError
        If there is no plan that may be used; a plan that failed its audit was written to OUT/rejected.
    """
    from planner.case.read import read_case
    from planner.cli.progress import GivenUp, Ticker, ctrl_c_keeps_the_plan
    from planner.cli.run import INTERRUPTED
    from planner.pipeline import solve
    from planner.report.write import check_out, write

    case = read_case(case_path)
    target = check_out(out if out is not None else default_out(case_path, case.folder), case=case.folder)
    ticker = Ticker(verbose=options.verbose)
    with ctrl_c_keeps_the_plan() as interrupt, warnings.catch_warnings():
        warnings.simplefilter("ignore", AuditWarning)  # it is said below
        try:
            plan = solve(
                case,
                objective=options.objective,
                gap=options.gap,
                time_limit=options.time_limit,
                threads=options.threads,
                seed=options.seed,
                shadow_values=options.shadow_values,
                mixing=options.mixing,
                progress=ticker,
                interrupt=interrupt,
            )
        except LimitReached as error:
            if interrupt.pressed:
                raise GivenUp from error
            raise
        finally:
            ticker.clear()
    plan.header["solver"]["interrupted"] |= interrupt.pressed > 0
    written = write(plan, target)
    _say(plan, written, options, as_json=as_json)
    if not plan.audit["passed"]:
        raise AuditFailed(
            f"the plan failed its audit ({failed_checks(plan.audit)}) and must not be used; it is in {written}"
        )
    return INTERRUPTED if interrupt.pressed else 0


def default_out(case_path: Path, folder: Path) -> Path:
    """Folder for the plan of a case: ``out`` beside its ``case.yaml``, ``out-dry`` beside its variant ``dry.yaml``."""
    from planner.case.read import CASE_FILE, RESOLVED

    variant = case_path.is_file() and case_path.name not in (CASE_FILE, RESOLVED)
    return folder / (f"out-{case_path.stem}" if variant else "out")


def _say(plan: "Plan", written: Path, options: Options, *, as_json: bool) -> None:
    from planner.cli.app import dumps
    from planner.report.terminal import show, summary_of
    from planner.results.contract import results_json

    if options.verbose:
        facts = plan.header["solver"].get("facts", {})
        print("; ".join(f"{name} {value:g}" for name, value in facts.items()), file=sys.stderr)
    if not as_json:
        show(summary_of(plan, written), sys.stdout)
    elif plan.audit["passed"]:
        print(dumps(results_json(plan)))
