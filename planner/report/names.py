"""Names of a case on drawings and in sentences: kept from turning what is beside them, and short enough."""

import re

#: Letters that run from right to left, and marks that turn the direction of what follows.
_TURNING = re.compile("[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff]")
#: Letters of a name that a map has room for.
_MOST = 60


def isolated(name: str) -> str:
    """Return words that do not turn the direction of those around them (Unicode isolates)."""
    return f"\u2068{name}\u2069" if _TURNING.search(name) else name


def short(name: str, most: int = 24) -> str:
    """Return a name with at most so many letters."""
    return name if len(name) <= most else name[: most - 1] + "\u2026"


def lines_of(label: str) -> str:
    """Return a label of a map whose every line is short enough for it."""
    return "\n".join(short(line, _MOST) for line in label.split("\n"))
