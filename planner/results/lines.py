"""The ``lines`` table: every amount of a run with the quantity, the factor and the evidence behind it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from planner.assemble.assembly import Line
from planner.results.books import Books, Entry
from planner.results.columns import COLUMNS

if TYPE_CHECKING:
    import pandas as pd

#: From best to worst.
GRADES = ("A", "B", "C")

#: Basis of a number that counts as weak whatever its grade: the user's estimate, or a default of the planner's own.
GUESSES = ("estimate", "assumption")

#: Where numbers come from that are drawn, not stated: no grade is asked of them.
DRAWN = "geography"


def grade(line: Line) -> str | None:
    """Worst grade among the numbers behind a line; None where one of them has none, unless another is of grade C."""
    asked = [e.grade for e in line.evidence if e.grade is not None or not e.field.startswith(DRAWN)]
    if "C" in asked:
        return "C"
    known = [given for given in asked if given is not None]
    return max(known, key=GRADES.index) if known and len(known) == len(asked) else None


def is_weak(line: Line) -> bool:
    """Tell whether the worst number behind a line is of grade C, an estimate or a default of the planner's own."""
    return grade(line) == "C" or any(evidence.basis in GUESSES for evidence in line.evidence)


def is_ungraded(line: Line) -> bool:
    """Tell whether the quality of a line is unknown: it is not weak, but a number behind it has no grade."""
    return grade(line) is None and not is_weak(line)


def lines_table(runs: Sequence[Books]) -> "pd.DataFrame":
    """Make the ``lines`` table of several runs."""
    import pandas as pd

    rows = [_row(books, entry) for books in runs for entry in books.entries]
    return pd.DataFrame(rows, columns=list(COLUMNS["lines"]))


def _row(books: Books, entry: Entry) -> dict[str, Any]:
    line = entry.line
    return {
        "run": books.run,
        "account": line.account,
        "item": line.item,
        "party": line.party,
        "by": line.unit,
        "exchange": line.exchange,
        "resource": line.resource,
        "quantity": entry.value * line.quantity,
        "quantity_unit": line.quantity_unit,
        "factor": line.factor,
        "factor_unit": line.factor_unit,
        "amount": entry.amount,
        "unit": books.unit_of_account(line.account),
        "grade": grade(line),
        "basis": _joined(evidence.basis for evidence in line.evidence),
        "sources": _joined(evidence.source for evidence in line.evidence),
        "fields": _joined(evidence.field for evidence in line.evidence),
    }


def _joined(words: "Any") -> str | None:
    """Different words, in their order, parted by semicolons; None where there are none."""
    return "; ".join(dict.fromkeys(word for word in words if word)) or None
