"""Cells of tables that hold several names, parted by semicolons, which the names themselves may hold, too."""

import re
from collections.abc import Container
from functools import cache

PARTED = "; "
#: Numbers that a field names without a section: see ``planner.audit.fields``.
_ALONE = ("ratio",)


def listed(text: str, known: Container[str]) -> list[str]:
    """The names that a cell lists; the longest that is known goes first, and what is not known stands for itself."""
    pieces, found = text.split(PARTED) if text else [], list[str]()
    while pieces:
        ends = (n for n in range(len(pieces), 1, -1) if PARTED.join(pieces[:n]) in known)
        end = next(ends, 1)
        found.append(PARTED.join(pieces[:end]))
        pieces = pieces[end:]
    return found


def fields_listed(text: str) -> list[str]:
    """The fields of a case that a cell lists: each begins with a section of it."""
    return _between_fields().split(text) if text else []


@cache
def _between_fields() -> "re.Pattern[str]":
    from planner.case.case import Case

    sections = "|".join(re.escape(name.removesuffix("_")) for name in Case.model_fields)
    return re.compile(rf"; (?=(?:{sections})[.\[]|(?:{'|'.join(_ALONE)})(?:; |$))")
