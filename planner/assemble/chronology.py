"""Periods in the order of the year, as stores see them."""

from models.chronology import BlockData, Chronology
from planner.case.case import Case
from planner.case.periods import states_of


def chronology_of(case: Case) -> Chronology | None:
    """Periods in the order of the year, each group as often as it repeats, in the turns of the case; None without."""
    if not case.periods:
        return None
    groups: dict[str, tuple[str, ...]] = {}
    repeats: dict[str, int] = {}
    for t, state in states_of(case).items():
        groups[state.group] = (*groups.get(state.group, ()), t)
        repeats[state.group] = state.repeats
    turns = [(turn.of, turn.times) for turn in case.turns] or repeats.items()
    return Chronology(groups, tuple(BlockData(group, times) for group, times in turns))
