"""``planner screen``: every possible exchange by itself."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO


@dataclass(frozen=True)
class Asked:
    """What of a screening is asked for, and where it is written."""

    distance: float | None
    payback: float
    resource: tuple[str, ...]
    giver: tuple[str, ...]
    taker: tuple[str, ...]
    plant: tuple[str, ...]
    words: dict[str, tuple[str, ...]]
    fits: bool
    sort: str
    top: int | None
    csv: Path | None
    xlsx: Path | None
    html: Path | None


def screen_case(path: Path, asked: Asked, *, as_json: bool, stream: IO[str]) -> int:
    """Screen a case, show and write what is asked for, and return the exit code; faults are raised."""
    from planner.case.late_faults import placed
    from planner.case.read import read_case
    from planner.cli.app import dumps
    from planner.cli.files import write_all
    from planner.report.targets import check_targets
    from planner.screen import show
    from planner.screen.page import write_page
    from planner.screen.screen import screen
    from planner.screen.table import chosen, ordered

    check_targets([(asked.csv, ".csv"), (asked.xlsx, ".xlsx"), (asked.html, ".html")])
    case = read_case(path, sited=False)
    with placed(case):
        found = screen(case, distance_km=asked.distance, payback_yr=asked.payback)
    names = {"resource": asked.resource, "giver": asked.giver, "taker": asked.taker, "plant": asked.plant}
    table = chosen(ordered(found.table, asked.sort), **names, words=asked.words, fits=asked.fits, top=asked.top)
    writers = ((asked.csv, show.write_rows), (asked.xlsx, show.write_workbook), (asked.html, write_page))
    write_all([(file, partial(write, found, table)) for file, write in writers])
    if as_json:
        stream.write(dumps(show.as_json(found, table)) + "\n")
    else:
        show.print_screening(found, table, stream, asked.top)
    return 0
