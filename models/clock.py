"""What is left of a time limit."""

import time


class Clock:
    """A time limit that runs from now; none where it is None."""

    def __init__(self, seconds: float | None) -> None:
        self.seconds = 0.0 if seconds is None else seconds
        self.end = None if seconds is None else time.perf_counter() + seconds

    def left(self, share: float = 1.0, kept: float = 0.0) -> float | None:
        """A share of what is left once a share of the whole limit is kept for later; None where there is no limit."""
        return None if self.end is None else max(0.0, share * (self.end - time.perf_counter() - kept * self.seconds))
