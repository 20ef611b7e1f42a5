"""Errors a user can meet.

PlannerError
├── UsageError     a command or an argument that cannot be followed
├── CaseError        a faulty case: every fault at once, with file, line and field
│   ├── GeometryError  a fault of its plots, corridors or coordinates
│   └── IdentifierError  a fault of a file of identifiers beside it
├── Infeasible       no plan can satisfy the case; says which requirements clash
├── LimitReached     a time limit ended the search before any plan was found
└── AuditFailed      a plan that does not stand up to its audit
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a case.

    Attributes
    ----------
    file, line, column
        Where it stands; 0 where a line makes no sense (a geographic file).
    field
        Path of the field in the user's words: "plants.paper mill.sinks.steam 12 bar".
    message
        What was found, what was expected, and the nearest known name.
    """

    file: str
    line: int
    column: int
    field: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}  {self.field}: {self.message}" if self.field else f"{place}  {self.message}"


class PlannerError(Exception):
    """Base of every error a user can meet."""

    exit_code = 1


class UsageError(PlannerError):
    """A command or an argument that cannot be followed: a folder that is not ours, a name that is not known."""

    exit_code = 2


class CaseError(PlannerError):
    """A faulty case; holds every fault found.

    Attributes
    ----------
    faults
        The faults, in the order of file and line.
    """

    exit_code = 2
    whose = "the case"

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class GeometryError(CaseError):
    """A fault of plots, corridors, obstacles or coordinates."""


class IdentifierError(CaseError):
    """A faulty file of identifiers for programs of life cycle assessment."""

    whose = "the file of identifiers"


class Infeasible(PlannerError):
    """No plan can satisfy the case; the message names the requirements that clash, in the user's words."""

    exit_code = 3


class LimitReached(PlannerError):
    """A limit ended the search before any plan was found."""

    exit_code = 4


class AuditFailed(PlannerError):
    """A plan that does not stand up to its audit; it was written to a folder of rejected plans only."""

    exit_code = 1


class AuditWarning(UserWarning):
    """What ``planner.solve`` warns of: the plan that it returns does not stand up to its audit."""


def failed_checks(audit: Mapping[str, Any]) -> str:
    """The checks of an audit that failed, in one line."""
    return "; ".join(str(check["check"]) for check in audit.get("checks", ()) if not check["passed"]) or "none is told"


def refuse_failed(audit: Mapping[str, Any], what: str, then: str) -> None:
    """Refuse to go on with what failed its audit.

    Parameters
    ----------
    what, then
        As in "the plan" and "no map is drawn of it".

    Raises
    ------
    AuditFailed
        If it did.
    """
    if not audit.get("passed"):
        raise AuditFailed(f"{what} failed its audit ({failed_checks(audit)}) and must not be used: {then}")
