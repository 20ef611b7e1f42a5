"""What backs every claim of speed: ``python -m benchmarks.speed [--case FOLDER] [--gap G] [--repeats N]``.

Prints the processor time of ``planner --help``, the time ``import planner`` adds, where the seconds of a solve go
(read, measure, assemble, Pyomo's build, hand-over, HiGHS, read-back, tables, audit), and the hand-over of one model by
our bridge and by Pyomo's own ``highs`` interface, measured side by side.
"""

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str] | None = None) -> int:
    """Print the measurements; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--case", type=Path, default=ROOT / "cases" / "greenfield", help="case to solve")
    parser.add_argument("--gap", type=float, default=0.01, help="gap to solve it to")
    parser.add_argument("--repeats", type=int, default=3, help="measurements of each; the best counts")
    options = parser.parse_args(arguments)
    _starts(options.repeats)
    _solve(options.case, options.gap)
    _bridges(options.case, options.repeats)
    return 0


def _row(what: str, seconds: float, remark: str = "") -> None:
    print(f"{what:44} {seconds:9.3f} s  {remark}", flush=True)


def _cpu_of(command: list[str]) -> float:
    """Processor seconds of a process, its own and the system's for it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *command], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _starts(repeats: int) -> None:
    def best(*command: str) -> float:
        return min(_cpu_of(list(command)) for _ in range(repeats))

    bare = best("-c", "pass")
    _row("planner --help, processor", best("-m", "planner", "--help"), "limit 0.5 s")
    _row("import planner, processor", best("-c", "import planner") - bare, "beyond an empty Python")


def _timed(step: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    result = step()
    return result, time.perf_counter() - start


def _solve(folder: Path, gap: float) -> None:
    """One run from the case to the audit, step by step; reading includes the import of the geographic libraries."""
    from models.run import plan
    from planner.assemble.assemble import assemble
    from planner.audit import audit
    from planner.case.read import read_case
    from planner.geography.measure import measure
    from planner.pipeline import _header
    from planner.results.tabulate import tabulate

    case, reading = _timed(lambda: read_case(folder))
    distances, measuring = _timed(lambda: measure(case))
    assembly, assembling = _timed(lambda: assemble(case, distances))
    run, solving = _timed(lambda: plan(assembly.instance, "cost", gap=gap, baseline=case.baseline))
    header = _header(case, run, "cost", threads=1, seed=0)
    result, tabulating = _timed(lambda: tabulate(case, distances, assembly, run.plan, run.baseline, header=header))
    _, auditing = _timed(lambda: audit(case, distances, result.tables, result.header))
    facts = run.plan.facts
    pyomo = facts["build_s"] + facts["handover_s"] + facts["readback_s"]
    total = reading + measuring + assembling + solving + tabulating + auditing
    size = f"{facts['columns']:.0f} columns, {facts['rows']:.0f} rows, {facts['star_rows']:.0f} star rows"
    print(f"\n{case.case}, to a gap of {gap:g}: ended at {run.plan.gap:.2g}; {size}")
    _row("read, measure, assemble", reading + measuring + assembling)
    _row("Pyomo build", facts["build_s"])
    _row("star inequalities found by LP rounds", facts["stars_s"])
    _row("Pyomo -> HiGHS hand-over", facts["handover_s"])
    _row("HiGHS, the plan", facts["solve_s"])
    _row("read-back", facts["readback_s"])
    rest = solving - pyomo - facts["stars_s"] - facts["solve_s"]
    _row("the baseline, all its stages, and values", rest)
    _row("tables and audit", tabulating + auditing)
    _row("all of it", total, f"Pyomo's share {100 * pyomo / total:.1f} %")


def _bridges(folder: Path, repeats: int) -> None:
    """A built model into HiGHS, by our bridge and by Pyomo's interface, in turn, so that both meet the same machine."""
    import highspy
    from pyomo.contrib.solver.solvers.highs import Highs

    from models.lp import compile_model
    from models.park import build
    from planner.assemble.assemble import assemble
    from planner.case.read import read_case
    from planner.geography.measure import measure

    case = read_case(folder)
    instance = assemble(case, measure(case)).instance

    model = build(instance)

    def ours() -> None:
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        solver.passModel(compile_model(model)[0])

    def theirs() -> None:
        Highs().set_instance(model)

    seconds: dict[str, list[float]] = {"ours": [], "pyomo": []}
    for _ in range(repeats):
        seconds["ours"].append(_timed(ours)[1])
        seconds["pyomo"].append(_timed(theirs)[1])
    print()
    _row("hand-over by our bridge", min(seconds["ours"]))
    ratio = min(seconds["pyomo"]) / min(seconds["ours"])
    _row("hand-over by Pyomo's highs interface", min(seconds["pyomo"]), f"{ratio:.1f} times ours")


if __name__ == "__main__":
    sys.exit(main())
