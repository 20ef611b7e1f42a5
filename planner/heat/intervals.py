"""Temperature intervals of a set of streams, and how the heat of each stream is spread over them."""

import math
from collections.abc import Iterable
from itertools import pairwise

from planner.heat.streams import HeatStream

Bounds = tuple[tuple[float, float], ...]


def intervals(streams: Iterable[HeatStream], shifted: bool = True) -> Bounds:
    """Temperature intervals of a set of streams, from the top down.

    Parameters
    ----------
    streams
        Process streams, and the media and utilities that are to have a place among them.
    shifted
        By shifted temperatures; else by those of the streams themselves.

    Returns
    -------
    tuple of (upper, lower)
        In degC. An interval of no width stands at each temperature at which a stream changes phase, between the
        intervals above and below it.
    """
    spans = [stream.range(shifted) for stream in streams]
    levels = sorted({t for span in spans for t in span}, reverse=True)
    still = {upper for upper, lower in spans if upper == lower}
    found: list[tuple[float, float]] = []
    for upper, lower in pairwise(levels):
        found += [(upper, upper)] * (upper in still) + [(upper, lower)]
    if levels and levels[-1] in still:
        found.append((levels[-1], levels[-1]))
    return tuple(found)


def spread(stream: HeatStream, bounds: Bounds, shifted: bool = True) -> dict[int, float]:
    """Shares of a stream's heat in the intervals that it spans, at constant heat capacity.

    Returns
    -------
    dict
        Interval -> share; adds up to 1.

    Raises
    ------
    ValueError
        If the intervals do not hold the temperatures of the stream.
    """
    upper, lower = stream.range(shifted)
    if upper == lower:
        shares = {k: 1.0 for k, bound in enumerate(bounds) if bound == (upper, upper)}
    else:
        inside = [(k, a, b) for k, (a, b) in enumerate(bounds) if upper >= a > b >= lower]
        shares = {k: (a - b) / (upper - lower) for k, a, b in inside}
    if abs(math.fsum(shares.values()) - 1.0) > 1e-9:
        raise ValueError(f"heat stream {stream.name!r}: its temperatures are not bounds of the intervals")
    return shares


def loads(streams: Iterable[HeatStream], bounds: Bounds, hot: bool, shifted: bool = True) -> list[float]:
    """Heat of all hot or all cold streams in each interval, in the unit of the streams."""
    found: list[list[float]] = [[] for _ in bounds]
    for stream in streams:
        if stream.hot == hot and stream.load:
            for k, share in spread(stream, bounds, shifted).items():
                found[k].append(share * stream.load)
    return [math.fsum(parts) for parts in found]
