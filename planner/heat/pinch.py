"""Pinch analysis: the problem table, composite and grand composite curves, and utilities at several levels.

Equations: Linnhoff & Flower 1978 (problem table), Linnhoff et al. 1982 (curves). Intervals of no width carry what
changes phase at one temperature, so that nothing is spread over an invented degree.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from planner.heat.intervals import Bounds, intervals, loads, spread
from planner.heat.streams import HeatStream

#: A residual below this share of all heat is none: a pinch.
NOTHING = 1e-9

Curve = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Target:
    """The least utilities of a set of streams, in their unit.

    Attributes
    ----------
    hot_utility, cold_utility
        Least heat to be added at the top and carried off at the bottom.
    recovery
        Most heat that hot streams can give to cold ones.
    pinches
        Shifted temperatures between the ends at which no heat passes, from the top down [degC]; none where only one
        utility is needed and nothing divides the streams.
    bounds
        Upper and lower shifted temperature of each interval [degC].
    residuals
        Heat that passes at the upper end of the first interval, and below each interval.
    """

    hot_utility: float
    cold_utility: float
    recovery: float
    pinches: tuple[float, ...]
    bounds: Bounds
    residuals: tuple[float, ...]

    @property
    def threshold(self) -> bool:
        """True where only one kind of utility is needed."""
        scale = NOTHING * max(1.0, self.recovery)
        return min(self.hot_utility, self.cold_utility) <= scale

    @property
    def temperatures(self) -> tuple[float, ...]:
        """Shifted temperatures of the residuals, from the top down [degC]."""
        return _ends(self.bounds)

    @property
    def grand_composite(self) -> Curve:
        """(Heat that passes, shifted temperature) from the top down; straight between points."""
        return tuple(zip(self.residuals, self.temperatures, strict=True))


def problem_table(streams: Iterable[HeatStream], extra: Iterable[HeatStream] = ()) -> Target:
    """Least hot and cold utility of a set of streams (Linnhoff & Flower 1978).

    Parameters
    ----------
    streams
        Hot and cold streams; together a pooled site where they come from several plants.
    extra
        Streams whose load does not count and whose temperatures are to be bounds of intervals as well.

    Returns
    -------
    Target
        All in the unit of the loads.
    """
    members = tuple(streams)
    bounds = intervals((*members, *extra))
    hot, cold = loads(members, bounds, True), loads(members, bounds, False)
    sums = [0.0]
    for k in range(len(bounds)):
        sums.append(math.fsum((*hot[: k + 1], *(-x for x in cold[: k + 1]))))
    hot_utility = max(0.0, -min(sums))
    residuals = tuple(x + hot_utility for x in sums)
    needed = math.fsum(cold)
    small = NOTHING * max(math.fsum(hot), needed)
    inner = [t for r, t in list(zip(residuals, _ends(bounds), strict=True))[1:-1] if r <= small]
    return Target(
        hot_utility, max(0.0, residuals[-1]), needed - hot_utility, tuple(dict.fromkeys(inner)), bounds, residuals
    )


def _ends(bounds: Bounds) -> tuple[float, ...]:
    return (bounds[0][0], *(lower for _, lower in bounds)) if bounds else (math.nan,)


def composite(streams: Iterable[HeatStream], hot: bool, start: float = 0.0, shifted: bool = False) -> Curve:
    """Composite curve of all hot or all cold streams.

    Parameters
    ----------
    streams
        Of both kinds; the others are left out.
    hot
        Which curve.
    start
        Heat at which it begins.
    shifted
        By shifted temperatures.

    Returns
    -------
    tuple of (heat, temperature)
        From the lowest temperature up; level where streams change phase, upright where there are none.
    """
    members = [stream for stream in streams if stream.hot == hot]
    bounds = intervals(members, shifted)
    if not bounds:
        return ()
    points = [(start, bounds[-1][1])]
    for (upper, _), heat in zip(reversed(bounds), reversed(loads(members, bounds, hot, shifted)), strict=True):
        points.append((points[-1][0] + heat, upper))
    return tuple(points)


def composites(streams: Iterable[HeatStream], shifted: bool = False) -> tuple[Curve, Curve]:
    """Hot and cold composite curve, the cold one moved by the cold utility, so that they are nearest at the pinch."""
    members = tuple(streams)
    start = problem_table(members).cold_utility
    return composite(members, True, 0.0, shifted), composite(members, False, start, shifted)


def sink_profile(target: Target) -> Curve:
    """What of the grand composite curve needs heat from outside, pockets cut off.

    Returns
    -------
    tuple of (heat, shifted temperature)
        Heat that can be taken at that temperature or below, from the top down: the least of the residuals at that
        temperature and above (Linnhoff et al. 1982; Dhole & Linnhoff 1993).
    """
    return _envelope(target.grand_composite)


def source_profile(target: Target) -> Curve:
    """What of the grand composite curve can give heat outside, pockets cut off.

    Returns
    -------
    tuple of (heat, shifted temperature)
        Heat that can be given at that temperature or above, from the bottom up.
    """
    return _envelope(target.grand_composite[::-1])


def _envelope(curve: Curve) -> Curve:
    """Running minimum of a piecewise straight curve, with the points where the curve meets it again."""
    found = list(curve[:1])
    for (r0, t0), (r1, t1) in zip(curve, curve[1:], strict=False):
        least = found[-1][0]
        if r1 >= least:
            found.append((least, t1))
            continue
        if r0 > least:
            found.append((least, t0 + (t1 - t0) * (r0 - least) / (r0 - r1)))
        found.append((r1, t1))
    return tuple(found)


@dataclass(frozen=True)
class Level:
    """What a utility gives or takes.

    Attributes
    ----------
    name, hot
        The utility, and whether it gives heat.
    load
        Heat that it gives or takes, in the unit of the streams.
    """

    name: str
    hot: bool
    load: float


@dataclass(frozen=True)
class Levels:
    """Loads of utilities at several levels.

    Attributes
    ----------
    levels
        Loads, hot ones from the lowest temperature up, then cold ones from the highest down.
    missing_hot, missing_cold
        Heat that no utility is hot enough to give, or cold enough to take.
    target
        The problem table, in which the temperatures of the utilities are bounds of intervals, too.
    """

    levels: tuple[Level, ...]
    missing_hot: float
    missing_cold: float
    target: Target

    def load(self, name: str) -> float:
        """Heat that a utility gives or takes."""
        return math.fsum(level.load for level in self.levels if level.name == name)


def utility_levels(streams: Iterable[HeatStream], utilities: Sequence[HeatStream]) -> Levels:
    """Split the least utilities over levels: as much as possible of the least hot and of the least cold one first.

    That is least in exergy, and in cost wherever heat costs more the hotter and cold the colder it is, for levels of
    one temperature each; media whose temperature glides are placed one after the other in the same order.

    Parameters
    ----------
    streams
        Process streams of one plant.
    utilities
        Hot and cold utilities; loads do not count.

    Returns
    -------
    Levels
        Heat in the unit of the streams.
    """
    target = problem_table(streams, utilities)
    residuals = list(target.residuals)
    found = []
    missing = {True: target.hot_utility, False: target.cold_utility}
    hot = sorted((u for u in utilities if u.hot), key=lambda u: u.range())
    cold = sorted((u for u in utilities if not u.hot), key=lambda u: u.range(), reverse=True)
    for utility in (*hot, *cold):
        load = _most(utility, target.bounds, residuals, missing[utility.hot])
        missing[utility.hot] -= load
        found.append(Level(utility.name, utility.hot, load))
    return Levels(tuple(found), max(0.0, missing[True]), max(0.0, missing[False]), target)


def _most(utility: HeatStream, bounds: Bounds, residuals: list[float], left: float) -> float:
    """Largest load of a utility that leaves no residual below zero; the residuals are lowered by it.

    A hot utility takes the place of one at the top: all that passes above it, and part of what passes inside it, is
    less by its load. A cold one in place of one at the bottom likewise from below.
    """
    shares = spread(utility, bounds)
    above = [math.fsum(share for n, share in shares.items() if n < k) for k in range(len(residuals))]
    lowered = [1.0 - x if utility.hot else x for x in above]
    rates = [(r, x) for r, x in zip(residuals, lowered, strict=True) if x > NOTHING]
    load = max(0.0, min(left, min((r / x for r, x in rates), default=left)))
    residuals[:] = [max(0.0, r - x * load) for r, x in zip(residuals, lowered, strict=True)]
    return load
