"""Reads a number of a case as it stands in the file: bare, as text with its unit, or as a mapping with its source.

Knows nothing of resources or currencies: the unit stays text here and is converted by ``planner.case.resolve``.
"""

import difflib
import math
import re
from collections.abc import Mapping
from typing import Any

_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(.*)", re.DOTALL)
_SPREADSHEET_ERROR = re.compile(r"#[A-Z0-9/]+[!?]?")
#: A unit that is 1 per something, as in 0.01 1/km.
_PER = re.compile(r"\s+1\s*/\s*\(?[^\W\d].*")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_LONGEST = 120
#: No amount or price of a park is larger in any unit in use; a solver cannot tell such numbers from infinity.
LARGEST = 1e15
_MAPPING_KEYS = (
    *("value", "low", "high", "unit", "source", "grade", "basis", "year", "note", "given", "periods", "profile"),
)
_KNOWN_KEYS = tuple(key for key in _MAPPING_KEYS if key != "given")
_TEXT_KEYS = ("source", "note", "given", "profile")
_BASES = ("metered", "invoiced", "design", "literature", "estimate", "archetype")


class NumberError(ValueError):
    """What is wrong with a number: a message for each part of it, "" being the number as a whole."""

    def __init__(self, parts: Mapping[str, str]) -> None:
        self.parts = dict(parts)
        super().__init__("; ".join(message for message in self.parts.values()))


def is_spreadsheet_error(text: str) -> bool:
    """Whether a text is an error value of a spreadsheet, such as #NUM! or #N/A."""
    return bool(_SPREADSHEET_ERROR.fullmatch(text.strip()))


def parse_number(raw: Any) -> tuple[float, str, str]:
    """Split what stands for a number into the number, its unit ("" if it has none) and the text as written.

    Raises
    ------
    ValueError
        If it is no finite number followed by nothing or by a unit.
    """
    if isinstance(raw, bool):
        raise ValueError(f"found {str(raw).lower()}; expected a number")
    if isinstance(raw, int | float):
        return _finite(raw, str(raw)), "", _plain(raw)
    if raw is None:
        raise ValueError("is empty; write a number, or leave the field out")
    if not isinstance(raw, str):
        raise ValueError(f"found {describe(raw)}; expected a number, a number with its unit, or a mapping with value")
    text = raw.strip()
    match = _NUMBER.fullmatch(text)
    if len(text) > _LONGEST or match is None:
        raise ValueError(_why_no_number(text))
    unit = match.group(2)
    if unit and (hint := _why_no_unit(text, unit)):
        raise ValueError(hint)
    return _finite(float(match.group(1)), text), unit.strip(), text


def parse_value(raw: Any) -> dict[str, Any]:
    """Read a number of a case into the fields of a ``Value``; ``unit`` is as written, "" for a bare number.

    Raises
    ------
    NumberError
        With a message for every part that is wrong.
    """
    if not isinstance(raw, Mapping):
        try:
            number, unit, given = parse_number(raw)
        except ValueError as error:
            raise NumberError({"": str(error)}) from None
        return {"value": number, "unit": unit, "given": given}
    faults: dict[str, str] = {}
    fields = _annotations(raw, faults)
    periods = _by_period(raw, faults)
    if "value" not in raw:
        raw = _without_value(raw, periods, faults)
        fields["is_mean"] = True
    numbers = {}
    for part in ("value", "low", "high"):
        if raw.get(part) is None and part != "value":
            continue
        try:
            numbers[part] = parse_number(raw[part])
        except ValueError as error:
            faults[part] = str(error)
    unit = _common_unit(raw.get("unit"), numbers, faults)
    if faults:
        raise NumberError(faults)
    fields |= {part: number for part, (number, _, _) in numbers.items()}
    given = raw.get("given") or numbers["value"][2] + (f" {unit}" if unit and not numbers["value"][1] else "")
    if "is_mean" in fields:
        given = ", ".join(f"{name} {number:g} {own}".strip() for name, number, own in periods)
        given = given or f"profile {raw['profile']}"
        unit = raw["unit"] if isinstance(raw.get("unit"), str) else ""
    if periods:  # a bare number is in the unit of the value
        fields["periods"] = tuple((name, number, own or unit) for name, number, own in periods)
        fields["bare"] = unit if any(number and not own for _, number, own in periods) else ""
    return fields | {"unit": unit, "given": given}


def _without_value(
    raw: Mapping[Any, Any], periods: list[tuple[str, float, str]], faults: dict[str, str]
) -> Mapping[Any, Any]:
    """What states periods or a profile only, with one number as value: their mean replaces it once they are known."""
    if periods or isinstance(raw.get("profile"), str):
        return {**raw, "value": _given(periods[0]) if periods else 1}
    missing = "value is missing; expected {value: ..., low: ..., high: ..., source: ...}"
    raise NumberError(faults if "periods" in raw and faults else faults | {"": missing})


def _by_period(raw: Mapping[Any, Any], faults: dict[str, str]) -> list[tuple[str, float, str]]:
    """(Period, number, unit as written) of a number that differs by period."""
    stated = raw.get("periods")
    if stated is None:
        return []
    if isinstance(stated, tuple):  # read before
        return list(stated)
    if not isinstance(stated, Mapping):
        faults["periods"] = f"found {describe(stated)}; expected a mapping, {{winter: 30 t/h, summer: 10 t/h}}"
        return []
    found = []
    for name, item in stated.items():
        try:
            number, unit, _ = parse_number(item)
            found.append((str(name), number, unit))
        except ValueError as error:
            faults[f"periods.{name}"] = str(error)
    if not found and "periods" not in faults:
        faults.setdefault("periods", "names no period")
    return found


def _given(period: tuple[str, float, str]) -> Any:
    """A number of a period as it may stand for itself."""
    _, number, unit = period
    return f"{number!r} {unit}" if unit else number


def describe(raw: Any) -> str:
    """Say what stands in the file, shortly and in words."""
    if raw is None:
        return "nothing"
    if isinstance(raw, bool):
        return str(raw).lower()
    if isinstance(raw, Mapping):
        return "a mapping"
    if isinstance(raw, list | tuple):
        return "a list"
    text = raw if isinstance(raw, str) else _plain(raw)
    text = text if len(text) <= 60 else text[:57] + "..."
    text = text if text.isprintable() else text.encode("unicode_escape").decode()
    return f'"{text}"' if isinstance(raw, str) else text


def did_you_mean(name: str, known: "list[str] | tuple[str, ...]") -> str:
    """Nearest known name as the end of a message, or the known names where there are few and none is near."""
    lower = {k.lower(): k for k in known}
    near = difflib.get_close_matches(name.lower(), lower, n=1, cutoff=0.6)
    if near:
        return f'; did you mean "{lower[near[0]]}"?'
    if not known:
        return ""
    if len(known) <= 12:
        return "; known: " + ", ".join(f'"{k}"' for k in known)
    return ""


def _plain(number: float) -> str:
    """A number as text without the trailing zero of a whole one."""
    if isinstance(number, float) and number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return str(number)


def _finite(number: float, text: str) -> float:
    try:
        number = float(number)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(f"found {text}; expected a finite number")
    if abs(number) > LARGEST:
        raise ValueError(f"found {text}; expected at most {LARGEST:.0e} in size".replace("e+", "e"))
    return number


def _why_no_number(text: str) -> str:
    found = f"found {describe(text)}"
    if is_spreadsheet_error(text):
        return f"{found}, an error of a spreadsheet; expected a number"
    if re.fullmatch(r"[+-]?\.?(nan|inf|infinity)", text, re.IGNORECASE):
        return f"{found}; expected a finite number"
    if not text:
        return "is empty; write a number, or leave the field out"
    if re.search(r"\d", text) and len(text) <= _LONGEST:
        return f"{found}; write the number first and its unit after it, as in 34 t/h"
    return f"{found}; expected a number"


def _why_no_unit(text: str, rest: str) -> str | None:
    """What is odd in the text after a number, or None where it may be a unit."""
    found = f"found {describe(text)}"
    if _DATE.match(text):
        return f"{found}, a date; expected a number"
    if re.fullmatch(r"24\s*/\s*7", text):
        return f"{found}; expected hours a year, as in 8760 h/yr for what never stops"
    if re.match(r",\d", rest):
        return f"{found}; write a decimal point, not a comma, and no separator of thousands"
    if _PER.fullmatch(rest):
        return None
    if re.match(r"[\s_'’]\d", rest):
        return f"{found}; write numbers without separators, as in 1000"
    if re.match(r"\s*(-|–|\.\.|to\b|bis\b)", rest):
        return f"{found}; write a range as {{value: ..., low: ..., high: ...}}"
    if re.match(r"\s*[\d.:,_+]", rest):
        return f"{found}; expected a number, as in 34, 1e-3 or 34 t/h"
    return None


def _annotations(raw: Mapping[Any, Any], faults: dict[str, str]) -> dict[str, Any]:
    """Fields of a value besides its numbers, as they stand; faults are added to ``faults``."""
    for key in raw:
        if key not in _MAPPING_KEYS:
            faults[str(key)] = "no such field of a number" + did_you_mean(str(key), _KNOWN_KEYS)
    fields: dict[str, Any] = {}
    for key in ("source", "grade", "basis", "year", "note", "profile"):
        item = raw.get(key)
        if item is None:
            continue
        if key in _TEXT_KEYS and not isinstance(item, str):
            if isinstance(item, int | float) and not isinstance(item, bool):
                item = _plain(item)
            else:
                faults[key] = f"found {describe(item)}; expected text"
        fields[key] = item
    _check_choice(fields, "grade", ("A", "B", "C"), faults)
    _check_choice(fields, "basis", _BASES, faults)
    year = fields.get("year")
    if year is not None and (isinstance(year, bool) or not isinstance(year, int) or not 1800 <= year <= 2200):
        faults["year"] = f"found {describe(year)}; expected a year, as in 2024"
    return fields


def _check_choice(fields: Mapping[str, Any], key: str, known: tuple[str, ...], faults: dict[str, str]) -> None:
    if key in fields and fields[key] not in known:
        faults[key] = f"found {describe(fields[key])}; expected one of {', '.join(known)}"


def _common_unit(stated: Any, numbers: dict[str, tuple[float, str, str]], faults: dict[str, str]) -> str:
    """Unit of the value; its range is converted into it where it is written in another."""
    from planner.case.units import UnitError, convert, same_text

    if stated is not None and not isinstance(stated, str):
        faults["unit"] = f"found {describe(stated)}; expected a unit, as in t/h"
        return ""
    _, written, _ = numbers.get("value", (0.0, "", ""))
    if stated and written and not same_text(stated, written):
        faults["unit"] = f"{stated} is not the unit of its value, {written}"
    unit = written or stated or ""
    for part in ("low", "high"):
        number, own, given = numbers.get(part, (0.0, "", ""))
        if not own or same_text(own, unit):
            continue
        if not unit:
            faults[part] = f"{given} has a unit but its value has none; write the unit at the value"
            continue
        try:
            numbers[part] = (convert(number, own, unit), unit, given)
        except UnitError as error:
            faults[part] = str(error)
    return unit
