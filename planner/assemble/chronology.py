"""Periods in the order of the year, as stores see them."""

from models.chronology import BlockData, Chronology
from planner.case.case import Case
from planner.case.periods import states_of


def chronology_of(case: Case) -> Chronology | None:
    """Periods in the order of the year, each group passed as often as it repeats; None where there are none."""
    if not case.periods:
        return None
    groups: dict[str, tuple[str, ...]] = {}
    repeats: dict[str, int] = {}
    for t, state in states_of(case).items():
        groups[state.group] = (*groups.get(state.group, ()), t)
        repeats[state.group] = state.repeats
    return Chronology(groups, tuple(BlockData(group, times) for group, times in repeats.items()))
