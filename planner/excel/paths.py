"""Paths of a case as text of a cell, and plain values as cells, each way without loss.

``plants > mill > sinks > steam > rate`` is a part of the case; ``exchanges > [2] > note`` one of the second entry of a
list. A name that could be taken for something else stands in double quotes, as in JSON.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

from planner.case.marks import Path
from planner.case.numbers import is_spreadsheet_error

#: Longest text of a cell; a workbook holds 32,767 signs.
LONGEST = 30_000
#: What a spreadsheet program takes for a blank though it is another sign.
_BLANKS = re.compile("[\u00a0\u2007\u202f\u2009\u200a\u2002\u2003]")
_NOTHING = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]")
_INDEX = re.compile(r"\[([1-9]\d{0,5})\]")
_SPECIAL: dict[str, Any] = {"~": None, "{}": {}, "[]": []}


def tidy(text: str) -> str:
    """Text without blanks at its ends; all kinds of blanks are the common one, signs without width are gone."""
    return _BLANKS.sub(" ", _NOTHING.sub("", text)).strip()


def name_of(text: str) -> str:
    """A name as written in a cell: tidy, and no two blanks in a row."""
    return re.sub(r"\s+", " ", tidy(text))


def path_text(path: Sequence[str | int]) -> str:
    """Path as the sheets "park" and "other" write it."""
    return " > ".join(f"[{part + 1}]" if isinstance(part, int) else _quoted(part) for part in path)


def _quoted(part: str) -> str:
    risky = ">" in part or part.startswith(('"', "[", "+")) or name_of(part) != part or not part
    return quoted(part) if risky else part


def quoted(text: str) -> str:
    """Text in double quotes; signs that cannot be seen are written by their number."""
    return json.dumps(text, ensure_ascii=not text.isprintable())


def parse_path(text: str) -> Path:
    """Path that a text means.

    Raises
    ------
    ValueError
        If it is none, with what is wrong.
    """
    parts: list[str | int] = []
    rest = tidy(text)
    while True:
        if rest.startswith('"'):
            try:
                part, end = json.JSONDecoder().raw_decode(rest)
            except ValueError:
                raise ValueError("has a quote that is not closed") from None
            rest = rest[end:].lstrip()
            if rest and not rest.startswith(">"):
                raise ValueError('has text after a quoted name; expected ">" there')
            found, rest = str(part), rest[1:]
            more = bool(rest)
            parts.append(found)
        else:
            step, sign, rest = rest.partition(">")
            step, more = name_of(step), bool(sign)
            if not step:
                raise ValueError('has nothing between two ">"; expected names, as in plants > mill > area')
            index = _INDEX.fullmatch(step)
            parts.append(int(index[1]) - 1 if index else step)
        if not more:
            break
        rest = rest.lstrip()
    return tuple(parts)


def is_long_number(text: str) -> bool:
    """Whether a text is a number that a cell cannot hold, for it has 17 digits."""
    if not re.fullmatch(r"-?\d+\.\d+(e[+-]?\d+)?", text) or sum(sign.isdigit() for sign in text) < 17:
        return False
    value = float(text)
    return repr(value) == text and float(f"{value:.16G}") != value


def plain_cell(value: Any) -> Any:
    """A text, number, truth value, empty mapping or list, or nothing (``~``), as it stands in a cell."""
    if value is None:
        return "~"
    if isinstance(value, dict | list):
        return "[]" if isinstance(value, list) else "{}"
    if isinstance(value, str):
        same = name_of(value) == value.replace("\n", " ") and tidy(value) == value
        same = same and not is_spreadsheet_error(value) and not is_long_number(value)
        safe = same and value not in _SPECIAL and not value.startswith('"') and "_x" not in value and value
        return value if safe and value.replace("\n", " ").isprintable() else quoted(value)
    return value


def cell_plain(cell: Any) -> Any:
    """What a cell stands for: the opposite of ``plain_cell``.

    Raises
    ------
    ValueError
        If it begins with a quote that is not closed.
    """
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return int(cell)
    if not isinstance(cell, str):
        return cell
    text = tidy(cell)
    if text in _SPECIAL:
        return None if text == "~" else [] if text == "[]" else {}
    if text.startswith('"'):
        try:
            found = json.loads(text)
        except ValueError:
            raise ValueError('begins with a quote that is not closed; write "\\"text\\"" or no quote') from None
        return found if isinstance(found, str) else text
    return text
