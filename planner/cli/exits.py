"""``planner exits``: what it costs the others if a firm leaves a finished park."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from planner.cli.finished import finished_folder


def exits_of_run(
    out: Path, firms: Sequence[str], *, time_limit: float, gap: float, as_json: bool, stream: IO[str]
) -> int:
    """Let firms leave a finished run, write the tables, print them and return 0; 130 where it was interrupted."""
    from planner.cli.app import dumps
    from planner.cli.report import refresh
    from planner.cli.run import INTERRUPTED
    from planner.cli.share import Counter
    from planner.resilience.exits import leave
    from planner.resilience.tables import document, print_exits, write

    counter = Counter("exits")
    try:
        made = leave(finished_folder(out), firms, time_limit=time_limit, gap=gap, progress=counter)
    except KeyboardInterrupt:
        print("planner: interrupted; nothing was written", file=sys.stderr)
        return INTERRUPTED
    finally:
        counter.clear()
    written, shown = write(made), refresh(out)
    if as_json:
        stream.write(dumps(document(made)) + "\n")
    else:
        print_exits(made, written, stream)
        stream.write(f"  {shown}\n")
    return 0
