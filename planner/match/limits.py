"""Limits on what may be exchanged: met, broken, or not known; and what data is missing to tell."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from planner.case import units
from planner.case.case import Case
from planner.case.contents import limits_of, stated_content, worst
from planner.case.pairs import Inlet, Outlet
from planner.case.qualities import Content
from planner.case.units import UnitError
from planner.library.synergies import Library, Limit, Synergy
from planner.match.ends import End
from planner.match.words import words_of

Verdict = Literal["met", "broken", "not known"]
#: Properties that are no substance, of which there would be a content.
_NO_CONTENT = frozenset(
    {"purity", "moisture", "pH", "loss on ignition", "fines", "lower heating value", "conductivity", "hardness"}
)


@dataclass(frozen=True)
class Checked:
    """A limit, and whether the giver meets it.

    Attributes
    ----------
    text
        The limit and what was found, in words.
    missing
        What datum would tell, where the verdict is "not known"; None where no datum of the case would.
    of
        "case" for a limit that the case states, else the grade of the library's own.
    """

    text: str
    verdict: Verdict
    of: str
    missing: str | None = None


def case_limits(case: Case, giver: End, taker: End) -> list[Checked]:
    """Limits that the taker states in the case, against what the giver states to hold (rule R6)."""
    assert isinstance(giver.stream, Outlet)
    assert isinstance(taker.stream, Inlet)
    found = []
    for name, limit in limits_of(case, taker.stream).items():
        if name not in case.qualities:
            continue
        content = stated_content(case, giver.stream, name)
        unit = case.qualities[name].said
        ends = (
            (limit.max_.value if limit.max_ is not None else None),
            (limit.min_.value if limit.min_ is not None else None),
        )
        words = " and ".join(
            f"at {word} {end:g}{unit}" for word, end in zip(("most", "least"), ends, strict=True) if end is not None
        )
        if content is None or not content.known:
            found.append(Checked(f"{name} {words} at the taker", "not known", "case", f"content of {name}"))
            continue
        found.append(_judged(f"{name} {words} at the taker", content, ends, 1.0, unit, "case"))
    return found


def _judged(
    text: str, content: Content, ends: tuple[float | None, float | None], factor: float, unit: str, of: str
) -> Checked:
    """A content against an upper and a lower limit; ``factor`` brings it to the unit of the limit."""
    high, low = worst(content, highest=True) * factor, worst(content, highest=False) * factor
    upper, lower = ends
    if upper is not None and high > upper:
        return Checked(f"{text}: it has {high:.4g}{unit}", "broken", of)
    if lower is not None and low < lower:
        return Checked(f"{text}: it has {low:.4g}{unit}", "broken", of)
    held = high if upper is not None else low
    return Checked(f"{text}: it has {held:.4g}{unit}", "met", of)


def library_limits(case: Case, lib: Library, row: Synergy, giver: End) -> list[Checked]:
    """Limits of a row, against what the giver states to hold, and against its temperature."""
    found = []
    for limit in row.limits:
        if limit.of == "share":
            found.append(Checked(limit.said, "not known", limit.grade))
        elif limit.of == "temperature":
            found.append(_temperature(limit, giver))
        else:
            found.append(_content(case, lib, limit, giver))
    return found


def _temperature(limit: Limit, giver: End) -> Checked:
    comes = None if giver.heat is None else giver.heat.temperature
    if comes is None:
        return Checked(limit.said, "not known", limit.grade, "supply temperature")
    low, high = limit.min, limit.max
    broken = (low is not None and comes < low) or (high is not None and comes > high)
    return Checked(f"{limit.said}: it has {comes:.4g} degC", "broken" if broken else "met", limit.grade)


def _content(case: Case, lib: Library, limit: Limit, giver: End) -> Checked:
    assert isinstance(giver.stream, Outlet)
    missing = limit.quality if limit.quality in _NO_CONTENT else f"content of {limit.quality}"
    for name in case.qualities:
        if not means(name, limit.quality, lib):
            continue
        content = stated_content(case, giver.stream, name)
        if content is None or not content.known:
            continue
        unit = case.qualities[name].unit
        factor = _factor(unit, limit.unit)
        if factor is None:
            text = f"{limit.said}: stated in {unit}, which cannot be compared"
            return Checked(text, "not known", limit.grade, f"{missing} in {limit.unit}")
        shown = "" if limit.unit == "-" else f" {limit.unit}"
        return _judged(limit.said, content, (limit.max, limit.min), factor, shown, limit.grade)
    return Checked(limit.said, "not known", limit.grade, missing)


def _factor(unit: str, expected: str) -> float | None:
    if unit == expected or {unit, expected} <= {"-", "1"}:
        return 1.0
    try:
        return units.factor(unit, expected)
    except UnitError:
        return None


@lru_cache(maxsize=4096)
def _names(wanted: str, others: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    return frozenset(words_of(one) for one in (wanted, *others))


def means(quality: str, wanted: str, lib: Library) -> bool:
    """Whether a quality of the case is a property of the library."""
    return words_of(quality) in _names(wanted, lib.properties.get(wanted, ()))
