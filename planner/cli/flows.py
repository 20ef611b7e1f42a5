"""``planner flows``: the park before any exchange."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO


@dataclass(frozen=True)
class Files:
    """Where flows are written."""

    csv: Path | None
    totals: Path | None
    xlsx: Path | None
    svg: Path | None
    html: Path | None


def show_flows(path: Path, wanted: Files, *, as_json: bool, stream: IO[str]) -> int:
    """Read the flows off a case, show and write them, and return the exit code; faults are raised."""
    from planner.case.late_faults import placed
    from planner.case.read import read_case
    from planner.cli.app import dumps
    from planner.cli.files import write_all
    from planner.flows import show
    from planner.flows.flows import flows_of
    from planner.report.targets import check_targets

    suffixes = ((wanted.csv, ".csv"), (wanted.totals, ".csv"), (wanted.xlsx, ".xlsx"), (wanted.svg, ".svg"))
    check_targets([*suffixes, (wanted.html, ".html")])
    case = read_case(path, sited=False)
    with placed(case):
        park = flows_of(case)
    writers = (
        (wanted.csv, show.write_streams),
        (wanted.totals, show.write_totals),
        (wanted.xlsx, show.write_workbook),
        (wanted.svg, show.write_drawing),
        (wanted.html, show.write_page),
    )
    write_all([(file, partial(write, park)) for file, write in writers])
    if as_json:
        stream.write(dumps(show.as_json(park)) + "\n")
    else:
        show.print_flows(park, stream)
    return 0
