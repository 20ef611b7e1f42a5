"""Progress of a solve on a terminal: one line with the best plan, the bound, the gap and the seconds."""

import math
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import IO, Any

from planner.report.numbers import in_words


class Ticker:
    """Writes the state of a solve over one line of a terminal; nothing into a pipe, unless it is asked to.

    Attributes
    ----------
    every
        Least seconds between two writes.
    verbose
        Write lines into a pipe too.
    """

    every = 0.2

    def __init__(self, stream: IO[str] | None = None, *, verbose: bool = False) -> None:
        self.stream = stream or sys.stderr
        self.verbose = verbose
        self.started = time.monotonic()
        self._written = -math.inf
        self._shown = False

    def __call__(self, best: float, bound: float, gap: float) -> None:
        """Show how far the search is; infinite values are not known yet."""
        now = time.monotonic()
        if now - self._written < self.every:
            return
        words = line(best, bound, gap, now - self.started)
        if self.stream.isatty():
            self._written, self._shown = now, True
            self.stream.write("\r\x1b[2K" + words)
        elif self.verbose:
            self._written = now
            self.stream.write(words + "\n")
        self.stream.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            self.stream.write("\r\x1b[2K")
            self.stream.flush()
            self._shown = False


def line(best: float, bound: float, gap: float, seconds: float) -> str:
    """Return the words of a progress line."""
    known = f"best {in_words(best)}" if math.isfinite(best) else "no plan yet"
    limit = f"bound {in_words(bound)}" if math.isfinite(bound) else "no bound yet"
    apart = f"gap {100 * gap:.2f} %" if math.isfinite(gap) else "gap unknown"
    return f"{known}, {limit}, {apart}, {seconds:.0f} s"


class GivenUp(BaseException):
    """Ctrl-C was pressed twice: the plan so far is not wanted either."""


class Interrupt:
    """Asks a search to end with the best plan it has; once Ctrl-C was pressed, it says so to whoever asks.

    Attributes
    ----------
    pressed
        How often it was pressed.
    """

    def __init__(self) -> None:
        self.pressed = 0

    def __call__(self) -> bool:
        """Whether the search that asks should end."""
        return self.pressed > 0

    def _on_signal(self, _signal: int, _frame: FrameType | None) -> None:
        self.pressed += 1
        if self.pressed > 1:
            raise GivenUp
        print("\nstopping with the best plan so far; Ctrl-C again gives up without one", file=sys.stderr)


@contextmanager
def ctrl_c_keeps_the_plan() -> Iterator[Interrupt]:
    """While this lasts, the first Ctrl-C asks for the best plan so far and the second one ends the run."""
    interrupt = Interrupt()
    try:
        before: Any = signal.signal(signal.SIGINT, interrupt._on_signal)
    except ValueError:  # not the main thread: signals are not ours to take
        yield interrupt
        return
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, before)
