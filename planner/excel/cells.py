"""What a cell stands for: a number with its unit, a name, true or false; or what is wrong with it, never a guess."""

import math
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from planner.case.numbers import LARGEST, describe, did_you_mean, is_spreadsheet_error, parse_number
from planner.excel.formats import HIDDEN, SCALED
from planner.excel.opened import Cell
from planner.excel.paths import cell_plain, name_of, tidy

_PLAIN = re.compile(r"[+-]?(\d+|\d+\.\d*|\.\d+)([eE][+-]?\d+)?")
#: The minus sign of typesetting before a number.
_MINUS = re.compile(r"^\u2212(?=\s*[\d.,])")
_TRUE = frozenset({"true", "yes", "x"})
_FALSE = frozenset({"false", "no"})
_NUMBER_FIRST = re.compile(r"([+-]?[\d.,'’\s]*\d(?:[eE][+-]?\d+)?\.?)\s*(.*)", re.DOTALL)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class CellError(ValueError):
    """What is wrong with a cell."""


@dataclass(frozen=True)
class Counted:
    """A number of a cell, with its unit where the cell says it."""

    number: float
    unit: str = ""


def _broken(cell: Cell) -> None:
    """Refuse what holds nothing that could be read."""
    if cell.kind == "error" or (cell.kind == "text" and is_spreadsheet_error(tidy(cell.value))):
        raise CellError(
            f'found "{tidy(str(cell.value))}", an error of the spreadsheet; mend the formula or type the value'
        )
    if cell.kind == "no result":
        raise CellError("holds a formula without a result; open the file in a spreadsheet program, calculate and save")


def said(cell: Cell) -> str:
    """What a cell holds, in words."""
    if cell.kind == "date":
        return f"a date, {_day(cell.value)}"
    return describe(cell.value if cell.kind != "text" else tidy(cell.value))


def _day(value: Any) -> str:
    if not isinstance(value, date | datetime):
        return f"{value} (a time)"
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def number(cell: Cell) -> Counted:
    """The number of a cell.

    Raises
    ------
    CellError
        If it holds none, or one that can be read in two ways.
    """
    _broken(cell)
    if cell.kind == "date":
        hint = ""
        if isinstance(cell.value, date | datetime):
            hint = f" (was {cell.value.day}.{cell.value.month} or {cell.value.month}/{cell.value.day} typed?)"
        raise CellError(f"found {said(cell)}{hint}; format the cell as a number and type the number again")
    if cell.kind == "bool":
        raise CellError(f"found {said(cell)}; expected a number")
    if cell.kind == "text":
        return _of_text(tidy(cell.value))
    value = float(cell.value)
    if not math.isfinite(value) or abs(value) > LARGEST:
        raise CellError(f"found {cell.value}; expected at most {LARGEST:.0e} in size".replace("e+", "e"))
    if cell.shown in (SCALED, HIDDEN):
        how = "in thousands or millions" if cell.shown == SCALED else "as nothing"
        raise CellError(
            f"is {describe(cell.value)} but shown {how} by its number format; format the cell as a plain number"
        )
    if cell.percent and cell.shown:
        raise CellError(f'is shown as a percentage with "{cell.shown}"; format the cell as a number')
    if cell.percent:
        return Counted(float(Decimal(repr(value)) * 100), "%")
    return Counted(value, unit_text(cell.shown))


def _of_text(text: str) -> Counted:
    """The number that a text begins with, and its unit; text in double quotes is as a case file has it."""
    if text.startswith('"'):
        try:
            value, unit, _ = parse_number(cell_plain(text))
        except ValueError as error:
            raise CellError(str(error)) from None
        return Counted(value, unit)
    text = _MINUS.sub("-", text.removeprefix("'"))  # as spreadsheet programs show a number that is a text
    if found := re.fullmatch(r"\(\s*([\d.,'’\s]+)\)(.*)", text):
        raise CellError(f"found {describe(text)}; if it is below 0 write a minus, as in -{found[1].strip()}")
    parts = _NUMBER_FIRST.fullmatch(text)
    if parts is None or re.match(r"\d", parts[2]):
        if re.search(r"\d", text) and re.match(r"\D{0,3}\s*\d", text):
            raise CellError(f"found {describe(text)}; write the number alone, and its unit in the column beside it")
        raise CellError(f"found {describe(text)}; expected a number")
    digits, unit = parts[1].strip(), parts[2].strip()
    if re.match(r"(-|–|±|\.\.|to\b|bis\b)", unit):
        raise CellError(f"found {describe(text)}; expected one number; a range goes into the columns low and high")
    if re.match(r"([.:/]\s*\d|[,;])", unit) or unit[:1].isnumeric():
        raise CellError(f"found {describe(text)}; expected one number, as in 12.5")
    return Counted(plain_number(digits, text), unit_text(unit))


def unit_text(text: str) -> str:
    """A unit as the case writes it: "t per day" is t/day."""
    return re.sub(r"\s+per\s+", "/", text)


def plain_number(digits: str, text: str = "") -> float:
    """The number of digits with separators, where there is one way only to read them.

    Raises
    ------
    CellError
        For 1.234 and 1,234 as text, which may be either a thousand or one, and for what is no number.
    """
    found = f"found {describe(text or digits)}"
    if re.search(r"[\s'’]", digits) and not re.fullmatch(r"[+-]?[1-9]\d{0,2}([\s'’]\d{3})+([.,]\d+)?", digits):
        raise CellError(f"{found}; expected one number, its thousands apart or not, as in 12 000 or 12000")
    compact = re.sub(r"[\s'’]", "", digits)
    if re.fullmatch(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", compact):
        raise CellError(
            f"{found}, a text that may be a thousand (with a separator) or one (with a decimal sign); "
            "format the cell as a number and type it again"
        )
    if re.fullmatch(r"[+-]?[1-9]\d{0,2}(\.\d{3})+,\d+", compact) or re.fullmatch(r"[+-]?\d+,\d+", compact):
        compact = compact.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"[+-]?[1-9]\d{0,2}(,\d{3})+\.\d+", compact):
        compact = compact.replace(",", "")
    elif re.fullmatch(r"[+-]?[1-9]\d{0,2}(([.])\d{3}){2,}|[+-]?[1-9]\d{0,2}(,\d{3}){2,}", compact):
        compact = re.sub(r"[.,]", "", compact)
    if not _PLAIN.fullmatch(compact):
        raise CellError(f"{found}; expected a number, without signs between its thousands, as in 120000 or 12.5")
    value = float(compact)
    if not math.isfinite(value) or abs(value) > LARGEST:
        raise CellError(f"{found}; expected at most {LARGEST:.0e} in size".replace("e+", "e"))
    return value


def whole(cell: Cell) -> int:
    """A whole number."""
    found = number(cell)
    if found.unit or not found.number.is_integer():
        raise CellError(f"found {said(cell)}; expected a whole number")
    return int(found.number)


def plain(cell: Cell) -> float | int:
    """A number without a unit."""
    found = number(cell)
    if found.unit:
        raise CellError(f"found {said(cell)}; expected a number without a unit")
    return int(found.number) if found.number.is_integer() else found.number


def truth(cell: Cell) -> bool:
    """True or false."""
    _broken(cell)
    if cell.kind == "bool":
        return bool(cell.value)
    word = tidy(cell.value).lower() if cell.kind == "text" else ""
    if word in _TRUE | _FALSE:
        return word in _TRUE
    raise CellError(f"found {said(cell)}; expected TRUE or FALSE")


def words(cell: Cell, *, name: bool = False) -> Any:
    """Text; of a ``name`` without doubled blanks. A date is written as year-month-day, of a name it is a fault."""
    _broken(cell)
    if cell.kind == "date":
        if name or not isinstance(cell.value, date | datetime):
            raise CellError(f"found {said(cell)}; format the cell as text and type the name again")
        return cell.value.date().isoformat() if isinstance(cell.value, datetime) else cell.value.isoformat()
    if cell.kind == "bool":
        raise CellError(f"found {said(cell)}; expected text")
    if cell.kind == "number":
        found = cell_plain(cell.value)
        return found if isinstance(found, int) and name else f"{found}"
    try:
        found = cell_plain(cell.value)
    except ValueError as error:
        raise CellError(str(error)) from None
    quoted = tidy(cell.value).startswith('"')
    return name_of(found) if name and isinstance(found, str) and not quoted else found


def choice(cell: Cell, known: tuple[str, ...]) -> str:
    """One of a few words, in capitals or not."""
    found = str(words(cell, name=True)).removeprefix("'")
    if found in known:
        return found
    same = [word for word in known if word.lower() == found.lower()]
    if same:
        return same[0]
    raise CellError(f"found {describe(found)}; expected one of {', '.join(known)}{_near(found, known)}")


def _near(found: str, known: tuple[str, ...]) -> str:
    near = did_you_mean(found, list(known))
    return near if "did you mean" in near else ""


def listed(cell: Cell, *, either: bool) -> Any:
    """Names with semicolons between them; ``either``: a single one stands alone."""
    found = words(cell, name=True)
    if found is None:
        return None
    names = [name_of(part) for part in str(found).split(";") if part.strip()]
    return names[0] if either and len(names) == 1 else names
