"""Scale of money, so that the coefficients of the program stay where its tolerances mean something."""

import math
from collections.abc import Iterable, Mapping

from planner.assemble.lines import Effects, is_money

#: Coefficients should lie in here.
SMALLEST, LARGEST = 1e-3, 1e4
_POWERS = range(-6, 16)
#: Families whose variables are money themselves, in units of the scale: their effects are money per money.
IN_MONEY = ("beyond",)


def money_scale(effects: Effects) -> float:
    """Currency units in one unit of money: the power of ten that brings the money effects best into range.

    Only the range counts, not the currency: the same case in won and in euro gets scales that differ as the numbers do.
    """
    sizes = sorted({round(math.log10(abs(value)), 3) for value in _money(effects)})
    if not sizes:
        return 1.0
    return 10.0 ** min(_POWERS, key=lambda power: (round(_outside(sizes, power), 6), abs(_centre(sizes) - power - 0.5)))


def _money(effects: Effects) -> Iterable[float]:
    for family, booked in effects.items():
        if family in IN_MONEY:
            continue
        for effect in booked.values():
            yield from (value for account, value in effect.items() if value and is_money(account))


def _outside(sizes: Iterable[float], power: int) -> float:
    """Decades by which coefficients lie outside the range, the worst at either end."""
    low, high = math.log10(SMALLEST), math.log10(LARGEST)
    return sum(max(0.0, size - power - high) + max(0.0, low - size + power) for size in sizes)


def _centre(sizes: list[float]) -> float:
    return (sizes[0] + sizes[-1]) / 2.0


def scaled(effects: Effects, scale: float) -> Mapping[str, Mapping[tuple[str, ...], Mapping[str, float]]]:
    """Effects with money in units of the scale."""
    return {
        family: booked
        if family in IN_MONEY
        else {
            index: {a: value / scale if is_money(a) else value for a, value in effect.items()}
            for index, effect in booked.items()
        }
        for family, booked in effects.items()
    }
