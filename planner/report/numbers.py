"""Numbers as a person reads them: grouped, with the digits that mean something."""

import math
import re
from typing import Any

_MILLION, _BILLION = 1e6, 1e9


def amount(value: Any) -> str:
    """Return a number with thousands grouped and at most four significant digits below a thousand; "-" for none."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "-"
    number = float(value)
    if math.isinf(number):
        return "no limit" if number > 0 else "-no limit"
    if abs(number) < 1e-9:
        return "0"
    if abs(number) >= 1000:
        return f"{number:,.0f}"
    text = f"{number:,.{_digits(number)}f}"  # 999.97 is shown as 1,000
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _digits(number: float) -> int:
    """Digits behind the point that a number is shown with."""
    return min(6, max(0, 3 - math.floor(math.log10(abs(number))))) if number else 0


def outwards(value: float, *, up: bool) -> str:
    """Return a number as :func:`amount` does, but rounded up, or down: a limit that is to be met by that number."""
    digits = _digits(value)
    steps = value * 10.0**digits
    noise = min(0.01, 1e-7 * abs(steps))
    return amount((math.ceil(steps - noise) if up else math.floor(steps + noise)) / 10.0**digits)


def exact(value: float, *, up: bool = False) -> str:
    """Return a number with thousands grouped and six digits that mean something, all of those before the point.

    With ``up`` it is rounded up: a change that is to be enough.
    """
    if not value or not math.isfinite(value):
        return amount(value)
    digits = min(9, max(0, 5 - math.floor(math.log10(abs(value)))))
    steps = value * 10.0**digits
    if up:
        value = math.ceil(steps - min(0.01, 1e-7 * abs(steps))) / 10.0**digits
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def in_words(value: Any) -> str:
    """Return a large number with its magnitude in words, 12,345,678 as "12.35 million"."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return amount(value)
    number = float(value)
    if abs(float(f"{number:.4g}")) >= _BILLION:  # as it would be shown: never "1,000 million"
        return f"{amount(number / _BILLION)} billion"
    if abs(round(number)) >= _MILLION:
        return f"{amount(number / _MILLION)} million"
    return amount(number)


def percent(value: Any) -> str:
    """Return a percentage with one decimal; "-" for none."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "-"
    return f"{round(float(value), 1) + 0.0:.1f} %"  # no "-0.0 %"


def natural(words: str) -> tuple[tuple[bool, float, str], ...]:
    """Return a sorting key that takes numbers for numbers: DN 80 before DN 150."""
    parts = re.split(r"(\d+(?:\.\d+)?)", words)
    return tuple((bool(i % 2), float(part) if i % 2 else 0.0, "" if i % 2 else part) for i, part in enumerate(parts))
