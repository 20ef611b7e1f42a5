"""Gathers what checks of a case find, each at its place."""

from collections.abc import Iterable

from planner.case.marks import Marks
from planner.case.marks import Path as Path
from planner.case.numbers import did_you_mean
from planner.errors import Fault


class Findings:
    """Faults found so far.

    Attributes
    ----------
    faults
        The faults, in the order they were found.
    following
        Faults that may only follow from a wrong name elsewhere.
    resting
        Those of the faults that rest on all that the case says: a part that is missing could make them good.
    """

    def __init__(self, marks: Marks) -> None:
        self.faults: list[Fault] = []
        self.following: list[Fault] = []
        self.resting: list[Fault] = []
        self._marks = marks

    def follow(self, path: Path, message: str, *, at_key: bool = False) -> None:
        """Report what may only follow from a wrong name elsewhere."""
        self.following.append(self._marks.fault(path, message, at_key=at_key))

    def say(self, path: Path, message: str, *, at_key: bool = False, missing: str = "") -> None:
        """Report what is wrong with the part at a path, or with the field ``missing`` in it."""
        self.faults.append(self._marks.fault(path, message, at_key=at_key, missing=missing))

    def rest(self, path: Path, message: str, *, at_key: bool = False) -> None:
        """Report what is wrong because nothing else in the whole case mends it."""
        self.say(path, message, at_key=at_key)
        self.resting.append(self.faults[-1])

    def refer(self, path: Path, name: str | None, known: Iterable[str], what: str, *, at_key: bool = False) -> bool:
        """Report a name that is not known, and say whether it is."""
        known = list(known)
        if name is None or name in known:
            return name is not None
        shown = "" if at_key else f' "{name}"'
        self.say(path, f"no such {what}{shown}{did_you_mean(name, known)}", at_key=at_key)
        return False
