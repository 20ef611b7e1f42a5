"""Checks of rates of return, by what a cash flow is worth at them."""

import numpy as np

from planner.audit.cash import Years, discounted, no_return, present
from planner.audit.checks import Checks
from planner.audit.network import number, word
from planner.audit.reading import Row

#: What is said where there is a return, but out of the range that is looked at.
OUT_OF_RANGE = "no rate of return between -100 % and 1000 %"


def check_return(
    checks: Checks, check: str, name: str, cell: tuple[Row, str], net: Years, g: float, *, note: bool = True
) -> None:
    """Check a rate of return: the flow is worth nothing at it; or that there is none, and why."""
    row, column = cell
    told, why = (1 + number(row, column)) / (1 + g) - 1, no_return(net)
    if told != told:
        why = why or OUT_OF_RANGE
    elif why:
        checks.fail(check, f"{name}: {column} is {told:g}, where there is none: {why}")
    elif not told > -1:
        checks.fail(check, f"{name}: {column} is {told:g}")
    else:
        worth = discounted(net, told)
        if not abs(worth.sum()) <= 1e-6 * np.abs(worth).sum():
            checks.fail(check, f"{name}: at a {column} of {told:.6g} it is worth {worth.sum():g}, not nothing")
    if note and word(row, "note") != why:
        checks.fail(check, f"{name}: note is {word(row, 'note')!r}, {why!r} expected")
    if told != told and why == OUT_OF_RANGE and present(net, -0.99) * present(net, 10.0) < 0:
        checks.fail(check, f"{name}: {column} is missing")
