"""Heat of a plant that none of its media is hot enough to give, or cold enough to take."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from planner.heat.of_case import PlantMedium
from planner.heat.pinch import problem_table
from planner.heat.streams import HeatStream, Match
from planner.heat.verify import uphill

#: Heat below this share of the loads is rounding.
NOTHING = 1e-7
#: Temperatures are mirrored at this one [degC]: hot streams become cold ones, and the other way round.
_MIRROR = 5000.0


@dataclass(frozen=True)
class Missing:
    """Heat that cannot be served.

    Attributes
    ----------
    hot
        True where it must be given, False where it must be taken.
    load
        How much, in the unit of the loads.
    nearest
        Shifted temperature to which the media and streams reach [degC]; None without any.
    farthest
        Shifted temperature that is asked for [degC].
    barred
        True where forbidden matches are what keeps it from being served.
    """

    hot: bool
    load: float
    nearest: float | None
    farthest: float
    barred: bool

    def words(self, which: str) -> str:
        """What is missing; ``which`` says of what media."""
        enough, does = ("hot enough to give", "heats to") if self.hot else ("cold enough to take", "cools to")
        found = f"no medium {which} is {enough} {self.load:.4g} MW"
        if self.barred:
            return f"{found} of its process streams past the forbidden matches"
        if self.nearest is None:
            return f"{found}: streams ask for {self.farthest:.5g} degC (shifted), and there is no such medium"
        extreme = "hottest" if self.hot else "coldest"
        return (
            f"{found}: streams ask for {self.farthest:.5g} degC, the {extreme} {does} {self.nearest:.5g} degC "
            "(shifted by their contributions)"
        )


def missing(
    streams: Mapping[str, HeatStream], media: Sequence[PlantMedium], forbidden: Iterable[Match] = ()
) -> Iterator[Missing]:
    """Heat of process streams that neither each other nor any amount of the media serves.

    Parameters
    ----------
    streams
        Process streams by name, with their loads.
    media
        Of any amount. Of one whose temperature glides it is the extreme one that counts: whether the rest of its heat
        finds a place is left to the plan.
    forbidden
        (Hot, cold) names of streams or ids of media.
    """
    barred = tuple(forbidden)
    parts = {medium.id: [_still(part, medium.hot) for part in medium.parts] for medium in media}
    yield from _short(streams, parts, barred, True)
    mirrored = {name: _mirrored(stream) for name, stream in streams.items()}
    back = {name: [_mirrored(part) for part in by] for name, by in parts.items()}
    yield from _short(mirrored, back, tuple((j, i) for i, j in barred), False)


def _short(
    streams: Mapping[str, HeatStream], media: Mapping[str, list[HeatStream]], barred: tuple[Match, ...], hot: bool
) -> Iterator[Missing]:
    """Heat that cold streams lack; mirrored, heat that hot streams cannot get rid of."""
    enough = sum(stream.load for stream in streams.values() if not stream.hot)
    if not enough:
        return
    given = {name: [replace(part, load=enough) for part in by if part.hot] for name, by in media.items()}
    everything = {**{name: [stream] for name, stream in streams.items()}, **given}
    free = problem_table(part for by in everything.values() for part in by).hot_utility
    load = free if free > NOTHING * enough or not barred else uphill(everything, barred)
    if load <= NOTHING * enough:
        return
    tops = [part.range()[0] for by in given.values() for part in by]
    asked = max(stream.range()[0] for stream in streams.values() if not stream.hot)
    real = [x if hot else _MIRROR - x for x in (*tops, asked)]
    nearest = None if not tops else max(real[:-1]) if hot else min(real[:-1])
    yield Missing(hot, load, nearest, real[-1], free <= NOTHING * enough)


def _still(part: HeatStream, hot: bool) -> HeatStream:
    """A medium at its extreme temperature alone."""
    at = max(part.supply, part.target) if hot else min(part.supply, part.target)
    return HeatStream(part.name, at, at, part.load, part.contribution, "hot" if hot else "cold")


def _mirrored(stream: HeatStream) -> HeatStream:
    """What is hot becomes cold at the mirrored temperature, so that giving heat becomes taking it."""
    kind = None if stream.kind is None else "cold" if stream.hot else "hot"
    return replace(stream, supply=_MIRROR - stream.supply, target=_MIRROR - stream.target, kind=kind)  # type: ignore[arg-type]
