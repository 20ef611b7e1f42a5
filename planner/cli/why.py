"""``planner why``: why possible exchanges are not in a finished plan."""

from dataclasses import dataclass
from pathlib import Path
from typing import IO


@dataclass(frozen=True)
class Asked:
    """What is asked of a finished run."""

    exchanges: tuple[str, ...]
    force: bool
    resolve: int
    carrying: float
    time_limit: float
    threads: int


def explain_run(out: Path, asked: Asked, *, as_json: bool, stream: IO[str]) -> int:
    """Say why exchanges are not built, write it beside the plan and return the exit code."""
    from planner.cli.app import dumps
    from planner.cli.finished import finished_folder
    from planner.cli.progress import GivenUp, ctrl_c_keeps_the_plan
    from planner.cli.report import refresh
    from planner.cli.run import INTERRUPTED
    from planner.errors import LimitReached
    from planner.why import show
    from planner.why.why import why

    finished_folder(out)
    with ctrl_c_keeps_the_plan() as interrupt:
        try:
            found = why(
                out,
                asked.exchanges,
                force=asked.force,
                resolve=asked.resolve,
                carrying=asked.carrying,
                time_limit=asked.time_limit,
                threads=asked.threads,
                interrupt=interrupt,
            )
        except LimitReached as error:
            if interrupt.pressed:
                raise GivenUp from error
            raise
    written, shown = show.write_why(found, out), refresh(out)
    if as_json:
        stream.write(dumps(show.as_json(found)) + "\n")
    else:
        show.print_why(found, stream, written)
        stream.write(f"  {shown}\n")
    return INTERRUPTED if found.interrupted else 0
