"""Files that commands write beside what they print."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from planner.report.targets import writing


def write_all(files: Sequence[tuple[Path | None, Callable[[Path], None]]]) -> None:
    """Write each file that is asked for, and say so on standard error.

    Raises
    ------
    UsageError
        If one cannot be written.
    """
    for file, write in files:
        if file is not None:
            with writing(file):
                write(file)
            print(f"planner: wrote {file}", file=sys.stderr)
