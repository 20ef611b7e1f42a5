"""The core of a park: whether its gain can be shared so that no group of firms gains by leaving."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.sharing.game import Coalition, Game
from planner.sharing.nucleolus import LeastCore, least_core
from planner.sharing.values import Value


@dataclass(frozen=True)
class Core:
    """Whether some group gains by leaving whatever the rule.

    Attributes
    ----------
    least
        The least core, of what the plan saves and the values found.
    empty
        None where values that are intervals leave it open.
    only_this_plan
        True where the core is empty with what the plan saves, but the plan is not proven to be the best, and with the
        most it could save the core is not empty, or not known to be.
    """

    least: LeastCore
    empty: bool | None
    only_this_plan: bool = False


def core_of(players: Sequence[str], values: Mapping[Coalition, Value], tolerance: float) -> Core | None:
    """The core from values of all coalitions; None for a single player.

    The lower ends of values make the core as large as it may be, the upper ones as small. What the plan saves is what
    there is to share: its upper end is what another plan could save.
    """
    everybody = frozenset(players)
    low = {s: value.value for s, value in values.items()}
    least = least_core(Game(tuple(players), low))
    if least is None:
        return None
    if least.epsilon > tolerance:
        best = values[everybody].high
        dearer = least_core(Game(tuple(players), low | {everybody: best})) if math.isfinite(best) else None
        sure = dearer is not None and dearer.epsilon > tolerance
        return Core(least, empty=True if sure else None, only_this_plan=not sure)
    high = {s: value.high for s, value in values.items() if s != everybody}
    if not all(map(math.isfinite, high.values())):
        return Core(least, empty=None)
    most = least_core(Game(tuple(players), high | {everybody: low[everybody]}))
    return Core(least, empty=False if most is None or most.epsilon <= tolerance else None)
