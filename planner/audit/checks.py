"""A list of checks, each with what was compared and every difference found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

#: Relative and absolute tolerance of a comparison. The solver keeps its rows to 1e-6 of scaled numbers.
RELATIVE = 1e-5
ABSOLUTE = 1e-4
#: Share of all that is added up of a kind of money that is rounding, where the money is counted in millions.
OF_MONEY = 1e-8


def differs(found: float, expected: float, scale: float = 0.0, least: float = ABSOLUTE) -> bool:
    """Tell whether two numbers differ by more than rounding.

    Parameters
    ----------
    found, expected
        The numbers.
    scale
        Size of the numbers that were added up to get them; a small difference of large numbers is rounding.
    least
        A difference that is rounding whatever their size.

    Returns
    -------
    bool
        True where they differ; always True for a number that is not finite.
    """
    return not abs(found - expected) <= least + RELATIVE * max(abs(found), abs(expected), scale)


@dataclass
class Checks:
    """Collects the outcome of every check by name.

    Attributes
    ----------
    problems
        Check -> differences found; an empty list is a check that passed.
    where
        The period that is looked at, in front of what is found; empty where the whole year is.
    least
        A difference of two numbers that is rounding whatever their size.
    """

    problems: dict[str, list[str]] = field(default_factory=dict)
    where: str = ""
    least: float = ABSOLUTE

    def of(self, period: str) -> "Checks":
        """The same list of checks, for what is found in a period."""
        return Checks(self.problems, f"in {period}: ", self.least)

    def of_money(self, whole: float) -> "Checks":
        """The same list of checks, for money that is ``whole`` in all: what is rounding is small beside that."""
        return Checks(self.problems, self.where, min(self.least, OF_MONEY * whole) if whole > 0 else self.least)

    def start(self, check: str) -> None:
        """Name a check, so that it is listed even where it finds nothing."""
        self.problems.setdefault(check, [])

    def fail(self, check: str, detail: str) -> None:
        """Record a difference."""
        self.problems.setdefault(check, []).append(self.where + detail)

    def equal(self, check: str, what: str, found: float, expected: float, scale: float = 0.0) -> None:
        """Compare two numbers."""
        self.start(check)
        if differs(found, expected, scale, self.least):
            self.fail(check, f"{what}: {found:.10g} in the tables, {expected:.10g} recomputed")

    def at_most(self, check: str, what: str, found: float, limit: float, scale: float = 0.0) -> None:
        """Compare a number with its upper limit."""
        self.start(check)
        if not found <= limit + ABSOLUTE + RELATIVE * max(abs(limit), scale):
            self.fail(check, f"{what}: {found:.10g} exceeds {limit:.10g}")

    def empty(self, check: str, what: str, row: Mapping[str, Any], columns: Iterable[str]) -> None:
        """Check that cells are empty where there is nothing to tell."""
        self.start(check)
        for column in columns:
            if row[column] is not None and row[column] == row[column]:
                self.fail(check, f"{what}: {column} is {row[column]!r}, where there is none")

    def result(self) -> dict[str, object]:
        """Return ``{"passed", "checks": [{"check", "passed", "detail"}]}``."""
        checks = [
            {"check": name, "passed": not found, "detail": "; ".join(found[:5]) + _more(found)}
            for name, found in self.problems.items()
        ]
        return {"passed": all(check["passed"] for check in checks), "checks": checks}


def _more(found: list[str]) -> str:
    return f"; and {len(found) - 5} more" if len(found) > 5 else ""
