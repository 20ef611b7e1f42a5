"""Several plants: total site profiles, what media can carry between plants, and pooled integration above it.

Source: Dhole & Linnhoff 1993; Klemes, Dhole, Raissi, Perry & Puigjaner 1997; own contributions of streams as in
Varbanov, Fodor & Klemes 2012. Temperatures are shifted by the contribution of each stream or medium.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from planner.heat.media import raised
from planner.heat.pinch import Curve, Levels, Target, problem_table, sink_profile, source_profile, utility_levels
from planner.heat.streams import HeatStream

Plants = Mapping[str, Iterable[HeatStream]]


@dataclass(frozen=True)
class SiteTarget:
    """What a site needs if plants exchange heat by media only, in the unit of the streams.

    Attributes
    ----------
    hot_utility
        Heat to be made for the media: demand of a level that neither it nor a hotter one covers.
    cold_utility
        Heat that goes to no plant: surplus of the levels, and what only cooling takes.
    between
        Heat that goes from plant to plant by media.
    plants
        Plant -> loads of its utilities and of the media that it raises.
    """

    hot_utility: float
    cold_utility: float
    between: float
    plants: Mapping[str, Levels]


def stand_alone(plants: Plants) -> dict[str, Target]:
    """Problem table of each plant by itself."""
    return {name: problem_table(streams) for name, streams in plants.items()}


def pooled(plants: Plants) -> Target:
    """Problem table of all streams together, as if any might heat any other across the fences.

    An upper bound of what can be saved, which no network of media reaches in general.
    """
    return problem_table(chain.from_iterable(plants.values()))


def profiles(plants: Plants) -> tuple[Curve, Curve]:
    """Total site source and sink profile: the plants' profiles without pockets, added up.

    Returns
    -------
    source, sink
        (Heat, shifted temperature) from the bottom up: what the plants together can give at a temperature or above,
        and what they can take at it or below.
    """
    targets = [target for target in stand_alone(plants).values() if target.bounds]
    return _add([source_profile(x) for x in targets], False), _add([sink_profile(x)[::-1] for x in targets], True)


def _add(curves: Sequence[Curve], rising: bool) -> Curve:
    """Sum of curves over temperature, from the bottom up; heat steps where a curve is level."""
    levels = sorted({t for curve in curves for _, t in curve})
    found: list[tuple[float, float]] = []
    for t in levels:
        before = math.fsum(_at(curve, t, False, rising) for curve in curves)
        after = math.fsum(_at(curve, t, True, rising) for curve in curves)
        found += [(before, t)] if before == after else [(before, t), (after, t)]
    return tuple(found)


def _at(curve: Curve, t: float, above: bool, rising: bool) -> float:
    """Heat of a curve that runs from the bottom up at a temperature, just below or just above a step."""
    low, high = curve[0], curve[-1]
    if t < low[1] or (t == low[1] and not above):
        return 0.0 if rising else low[0]
    if t > high[1] or (t == high[1] and above):
        return high[0] if rising else 0.0
    here = [heat for heat, at in curve if at == t]
    if here:
        return here[-1] if above else here[0]
    for (h0, t0), (h1, t1) in zip(curve, curve[1:], strict=False):
        if t0 < t < t1:
            return h0 + (h1 - h0) * (t - t0) / (t1 - t0)
    raise AssertionError("a curve covers the temperatures between its ends")


def site_target(plants: Plants, media: Sequence[HeatStream], cooling: Sequence[HeatStream] = ()) -> SiteTarget:
    """Utilities of a site whose plants exchange heat by media of one temperature each.

    Each plant takes as much as it can by the least hot medium and gives as much as it can by the hottest; a medium may
    serve a level below it (let-down of steam).

    Parameters
    ----------
    plants
        Plant -> its process streams.
    media
        Hot utilities (steam, hot water) at one temperature: plants take heat from them and may give heat to them.
    cooling
        Cold utilities, for what no medium takes.

    Returns
    -------
    SiteTarget
        In the unit of the streams.

    Raises
    ------
    ValueError
        If a medium is no hot stream of one temperature, or if a plant needs heat that none is hot enough to give.
    """
    for medium in media:
        if not medium.hot or medium.supply != medium.target:
            raise ValueError(f"medium {medium.name!r}: give it as a hot stream of one temperature")
    made = [raised(medium) for medium in media]
    found = {name: utility_levels(streams, (*media, *made, *cooling)) for name, streams in plants.items()}
    for name, levels in found.items():
        if levels.missing_hot > 1e-9 * max(1.0, levels.target.hot_utility):
            raise ValueError(f"plant {name!r}: no medium is hot enough for {levels.missing_hot:g} of its heat")
    bought, spare, between = 0.0, 0.0, 0.0
    for medium in sorted(media, key=lambda m: m.supply, reverse=True):
        taken = math.fsum(x.load for by in found.values() for x in by.levels if x.hot and x.name == medium.name)
        given = math.fsum(x.load for by in found.values() for x in by.levels if not x.hot and x.name == medium.name)
        served = min(taken, spare + given)
        bought, spare, between = bought + taken - served, spare + given - served, between + served
    names = {medium.name for medium in media}
    off = math.fsum(x.load for by in found.values() for x in by.levels if not x.hot and x.name not in names)
    off += math.fsum(by.missing_cold for by in found.values())
    return SiteTarget(bought, spare + off, between, found)
