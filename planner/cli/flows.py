"""``planner flows``: the park before any exchange."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO


@dataclass(frozen=True)
class Files:
    """Where flows are written."""

    csv: Path | None
    totals: Path | None
    svg: Path | None
    html: Path | None


def show_flows(path: Path, wanted: Files, *, as_json: bool, stream: IO[str]) -> int:
    """Read the flows off a case, show and write them, and return the exit code; faults are raised."""
    from planner.case.late_faults import placed
    from planner.case.read import read_case
    from planner.cli.app import dumps
    from planner.cli.screen import checked
    from planner.flows import show
    from planner.flows.flows import flows_of

    case = read_case(path, sited=False)
    with placed(case):
        park = flows_of(case)
    for target, write in (
        (wanted.csv, show.write_streams),
        (wanted.totals, show.write_totals),
        (wanted.svg, show.write_drawing),
        (wanted.html, show.write_page),
    ):
        if target is not None:
            write(park, checked(target))
            print(f"planner: wrote {target}", file=sys.stderr)
    if as_json:
        stream.write(dumps(show.as_json(park)) + "\n")
    else:
        show.print_flows(park, stream)
    return 0
