"""``planner share``: the gain of a finished run, shared among its firms."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from planner.cli.finished import finished_folder


@dataclass(frozen=True)
class Asked:
    """How a run is shared; see :func:`planner.sharing.share.share`."""

    siting: str
    exact_up_to: int
    samples: int
    seed: int
    workers: int | None
    time_limit: float | None
    gap: float


def share_run(out: Path, asked: Asked, *, as_json: bool, stream: IO[str]) -> int:
    """Share the gain of a finished run, write the tables, print them and return 0; 130 where it was interrupted."""
    from planner.cli.app import dumps
    from planner.cli.report import refresh
    from planner.cli.run import INTERRUPTED
    from planner.sharing.coalitions import FILE
    from planner.sharing.share import share
    from planner.sharing.show import print_sharing
    from planner.sharing.tables import document, write
    from planner.sharing.told import FOLDER

    folder = finished_folder(out)
    counter = Counter("groups of firms")
    try:
        made = share(
            folder,
            siting=asked.siting,  # type: ignore[arg-type]
            exact_up_to=asked.exact_up_to,
            samples=asked.samples,
            seed=asked.seed,
            workers=asked.workers,
            time_limit=asked.time_limit,
            gap=asked.gap,
            progress=counter,
        )
    except KeyboardInterrupt:
        counter.clear()
        kept = folder / FOLDER / FILE
        print(f"planner: interrupted; what was solved is kept in {kept}, and the same command goes on", file=sys.stderr)
        return INTERRUPTED
    counter.clear()
    written, shown = write(made), refresh(folder)
    if as_json:
        stream.write(dumps(document(made)) + "\n")
    else:
        print_sharing(made, written, stream)
        stream.write(f"  {shown}\n")
    return 0


class Counter:
    """Writes how much of a long work is done over one line of a terminal; nothing into a pipe."""

    every = 0.2

    def __init__(self, what: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.what, self.clock = what, clock
        self.began = self.written = clock()
        self.shown = False

    def __call__(self, done: int, of: int) -> None:
        """Show how many of how many are done."""
        now = self.clock()
        if not sys.stderr.isatty() or (now - self.written < self.every and done < of):
            return
        left = (now - self.began) / done * (of - done)
        sys.stderr.write(f"\r\x1b[2K{self.what}: {done:,} of {of:,}, about {left:,.0f} s left")
        sys.stderr.flush()
        self.written, self.shown = now, True

    def clear(self) -> None:
        """Take the line away."""
        if self.shown:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
            self.shown = False
