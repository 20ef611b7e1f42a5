"""A number and the ends of its range: whether its kind admits them, and whether they are in order."""

from planner.case.values import Value


class UnresolvedError(ValueError):
    """A number that cannot be brought to its documented unit; the message says why."""


def parts_of(value: Value) -> dict[str, float]:
    """The number and the ends of its range."""
    return {part: number for part in ("value", "low", "high") if (number := getattr(value, part)) is not None}


def check_range(value: Value) -> None:
    """Refuse a number, or an end of its range, that its kind does not admit.

    Raises
    ------
    UnresolvedError
        If one is below the least or above the most of its kind.
    """
    kind = type(value)
    for part in ("value", "low", "high"):
        number = getattr(value, part)
        if number is None:
            continue
        said = value.given if part == "value" else f"{part} {number:g}"
        if kind.minimum is not None and number < kind.minimum:
            raise UnresolvedError(f"found {said}; expected at least {_shown(kind.minimum, value.unit)}")
        if kind.maximum is not None and number > kind.maximum:
            raise UnresolvedError(f"found {said}; expected at most {_shown(kind.maximum, value.unit)}")


def out_of_order(value: Value) -> list[tuple[str, str]]:
    """Ends of a range on the wrong side of their number: (end, what is wrong)."""
    found = []
    if value.low is not None and value.low > value.value:
        found.append(
            ("low", f"{_shown(value.low, value.unit)} is above its own value, {_shown(value.value, value.unit)}")
        )
    if value.high is not None and value.high < value.value:
        found.append(
            ("high", f"{_shown(value.high, value.unit)} is below its own value, {_shown(value.value, value.unit)}")
        )
    return found


def _shown(number: float, unit: str) -> str:
    return f"{number:g}" if unit == "1" else f"{number:g} {unit}"
