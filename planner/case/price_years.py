"""Prices of another currency and year: converted at the exchange rate of their own year, then by the price index."""

from planner.case import units
from planner.case.case import Case
from planner.case.ranges import UnresolvedError


def brought(case: Case, unit: str, parts: dict[str, float], year: int | None) -> tuple[str, dict[str, float]]:
    """Numbers in the currency and price year of the case, and the unit they then have.

    Parameters
    ----------
    case
        With its exchange rates and its price index.
    unit
        Unit of the numbers, which may hold a currency.
    parts
        The number and the ends of its range.
    year
        Price year of the numbers; the case's own if None.

    Raises
    ------
    UnresolvedError
        If the case states no exchange rate or no index for it.
    """
    own = units.canonical_currency(case.currency)
    scale, stated = 1.0, year if year is not None else case.price_year
    for foreign in units.currencies(unit):
        if foreign != own:
            scale *= _exchange_rate(case, foreign, stated)
            unit = units.exchange(unit, foreign, own)
    if stated != case.price_year:
        scale *= _index(case, case.price_year) / _index(case, stated)
    return unit, parts if scale == 1.0 else {part: number * scale for part, number in parts.items()}


def _exchange_rate(case: Case, foreign: str, year: int) -> float:
    """Units of the case's currency per unit of a foreign one."""
    rates = {units.canonical_currency(name): rate for name, rate in case.economics.exchange_rates.items()}
    rate = rates.get(foreign)
    if isinstance(rate, dict):
        rate = rate.get(year)
    if rate is None:
        raise UnresolvedError(
            f"is in {foreign} of {year}; economics.exchange_rates has no rate of {foreign} to "
            f"{case.currency} for {year}"
        )
    return rate


def _index(case: Case, year: int) -> float:
    """Price index of a year."""
    index = case.economics.price_index.get(year)
    if index is None or index <= 0:
        raise UnresolvedError(
            f"is a price that must be brought to {case.price_year}; economics.price_index has no index of {year}"
        )
    return index
