"""What values a quality can have: shares of the whole, concentrations from 0, a pH of 0 to 14, the range of a table."""

from planner.case.findings import Findings, Path
from planner.case.mixing_units import PH_RANGE, is_concentration, is_own_word, is_share
from planner.case.qualities import Quality, QualityValue
from planner.case.units import convert

#: Contents that differ by less are equal: what is left of converting them.
ROUNDING = 1e-9


def check_value(quality: Quality | None, value: QualityValue | None, path: Path, found: Findings) -> bool:
    """Report a content or limit that its quality cannot have, and say whether it is sound."""
    if quality is None or value is None or value.unit != quality.unit:
        return True  # an unknown name, or a number at fault
    expected = out_of_range(quality, value)
    if expected:
        found.say(path, f"found {value.given}; {expected}")
    return not expected


def out_of_range(quality: Quality, value: QualityValue) -> str:
    """What a value of a quality, in its unit, should have been; empty where it may be so."""
    unit, number = quality.unit, value.value
    if not is_own_word(unit) and is_share(unit) and not _between(convert(number, unit, "1"), 0.0, 1.0):
        whole = convert(1.0, "1", unit)
        return f"expected 0 to {whole:,.0f} {unit}" if whole >= 1 else "expected 0 to 100 %"
    if not is_own_word(unit) and is_concentration(unit) and number < 0:
        return f"expected at least 0 {unit}"
    if quality.mixing in ("log", "reciprocal") and number <= 0:
        return f"a quality that mixes by its {quality.mixing} is above 0"
    if quality.mixing == "pH" and not _between(number, *PH_RANGE):
        return f"expected a pH of {PH_RANGE[0]:g} to {PH_RANGE[1]:g}"
    if not isinstance(quality.mixing, str) and quality.mixing:
        ends = [point.value for point in quality.mixing]
        if not _between(number, min(ends), max(ends)):
            return f"the table of its index goes from {min(ends):g} to {max(ends):g} {unit}"
    return ""


def _between(number: float, low: float, high: float) -> bool:
    return low - ROUNDING <= number <= high + ROUNDING
