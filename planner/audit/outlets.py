"""Sources whose content follows from what their unit takes in, and the linear system that says what they hold."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.case.case import Case
from planner.case.facilities import Facility

if TYPE_CHECKING:
    from planner.audit.flows import Key

NAN = float("nan")
#: Amounts that are rounding, in units of what they are part of.
NEGLIGIBLE = 1e-6


@dataclass(frozen=True)
class Outlet:
    """A source whose content follows from what its unit takes in.

    Attributes
    ----------
    inlets
        (unit, sink) of all that goes in.
    kept
        Share of the load that comes in and leaves with it.
    picked
        Load picked up a year, in content x weight.
    beside
        Other outputs of the unit, of stated content: what they hold is not in it, so far as it comes in.
    """

    inlets: "tuple[Key, ...]"
    kept: float
    picked: float = 0.0
    beside: tuple[str, ...] = ()


def of_treatment(unit: str, facility: Facility, stream: str, quality: str, *, by_mean: bool) -> Outlet | None:
    """Outlet or residue of a facility that changes qualities; None for what holds a stated content.

    The residue has what is removed, or all but what an outlet of stated content has.
    """
    treats = facility.treats
    if treats is None:
        return None
    inlets, removed = ((unit, treats.inlet),), treats.removes.get(quality)
    stated = facility.quality.get(treats.outlet, {}).get(quality)
    fixed = stated.known if stated is not None else quality in treats.leaves
    if stream == treats.outlet and quality not in treats.leaves:
        return Outlet(inlets, 1.0 - removed.value if removed is not None else 1.0)
    if stream != treats.residue or (removed is None and not (fixed and by_mean)):
        return None  # it holds what the case says, or nothing
    others = (output for output in facility.outputs if output != stream)
    beside = tuple(output for output in others if output != treats.outlet or fixed)
    return Outlet(inlets, 1.0 if removed is None else removed.value, beside=beside)


def untouched(case: Case, unit: str, stream: str, quality: str) -> bool:
    """Whether a stream is a residue that nothing of a quality goes into: all of it leaves with the outlet."""
    facility = case.facilities[unit]
    treats = facility.treats
    if treats is None or stream != treats.residue or case.qualities[quality].mixing != "mean":
        return False
    of_outlet = {*treats.removes, *treats.leaves, *facility.quality.get(treats.outlet, {})}
    return quality not in {*of_outlet, *facility.quality.get(stream, {}), *case.resources[stream].quality}


def at_least_nothing(matrix: Any, right: Any, rows: list[int]) -> Any:
    """Solution of the system in which the rows hold 0 where it would be less, by each of the three contents alone."""
    found = _solution(matrix, right)
    for state in range(right.shape[1]):
        rest, loads = matrix.copy(), right[:, [state]].copy()
        negative = [n for n in rows if found[n, state] < 0]
        while negative:
            for n in negative:
                rest[n], loads[n] = 0.0, 0.0
                rest[n, n] = max(1.0, matrix[n, n])
            found[:, [state]] = _solution(rest, loads)
            negative = [n for n in rows if found[n, state] < 0]
    return found


def _solution(matrix: Any, right: Any) -> Any:
    """Solution of the system; not a number for what nothing flows of, or where closed loops leave it open."""
    import numpy as np

    empty = np.diag(matrix) <= NEGLIGIBLE
    found = np.full(right.shape, NAN)
    full = ~empty
    if full.any():
        size = np.diag(matrix)[full, None]
        scaled = matrix[np.ix_(full, full)] / size
        if np.isfinite(scaled).all() and np.linalg.cond(scaled) < 1e12:
            found[full] = np.linalg.solve(scaled, right[full] / size)
    return found
