"""Table ``quality_limits``: every limit of the case on what a unit of the park holds, and what a run makes of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from planner.case.qualities import QualityLimit
from planner.results.books import Books
from planner.results.columns import COLUMNS
from planner.results.compositions import Contents
from planner.results.mixtures import Held, limits_at
from planner.results.operations import operation_at
from planner.results.streams import declared, discharge_of, sale_of, sink, source

if TYPE_CHECKING:
    import pandas as pd

NAN = float("nan")
#: Share of a limit within which it binds.
BINDS = 1e-4
#: The same for a limit of 0 [unit of the quality].
ROUNDING = 1e-9

Kind = Literal["max", "min"]
NOT_ASKED = "not asked"


@dataclass(frozen=True)
class Limit:
    """A limit on what a mixture or stream holds.

    Attributes
    ----------
    at
        "mixture", "operation inlet", "facility input", "operation outlet", "discharge" or "sale".
    found
        The content by state that stands against it, of the states in which anything flows.
    """

    at: str
    unit: str
    stream: str
    quality: str
    kind: Kind
    limit: float
    found: tuple[float, ...]

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What tells it from the others."""
        return self.at, self.unit, self.stream, self.quality, self.kind

    @property
    def worst(self) -> float:
        """The content nearest to the limit, or farthest beyond it; not a number where nothing flows."""
        known = [x for x in self.found if x == x]
        if not known:
            return NAN
        return max(known) if self.kind == "max" else min(known)

    @property
    def binds(self) -> bool:
        """Whether it is reached."""
        room = self.limit - self.worst if self.kind == "max" else self.worst - self.limit
        return room <= max(BINDS * abs(self.limit), ROUNDING)


def limits_of(contents: Contents) -> list[Limit]:
    """Limits on everything that units of the park take in and give off, in the order of the assembly."""
    books = contents.books
    there = set(books.places()) | set(books.opened())
    instance = books.assembly.instance
    found: list[Limit] = []
    for name, taken in instance.sinks.items():
        if taken.unit in there:
            found += _at_sink(contents, name)
    for name, given in instance.sources.items():
        if given.unit in there:
            found += _at_source(contents, name)
    return found


def _at_sink(contents: Contents, name: str) -> Iterator[Limit]:
    stream, states = sink(contents.books, name), contents.books.assembly.instance.states
    if declared(contents.books, stream.unit, stream.name, "sinks") is not None:
        at = "mixture"
    else:
        facility = stream.unit in contents.books.case.facilities
        at = "facility input" if facility else "operation inlet"
    for quality, limit in limits_at(contents.books, name).items():
        held = [contents.of(quality).at_sink(name, state)[0] for state in states]
        yield from _both(at, (stream.unit, stream.name, quality), limit, held)


def _at_source(contents: Contents, name: str) -> Iterator[Limit]:
    books, amounts = contents.books, contents.amounts
    stream, states = source(books, name), tuple(books.assembly.instance.states)

    def held(quality: str, flowing: "Mapping[str, float]") -> list[Held]:
        return [contents.of(quality).at_source(name, state) for state in states if flowing[state] > 0]

    part = operation_at(books.case, stream.unit, stream.name)
    if part is not None and declared(books, stream.unit, stream.name, "sources") is None:
        flowing = {state: amounts.leaving(name, state) for state in states}
        for quality, most in part.stated.max_outlet.items():
            where = (stream.unit, stream.name, quality)
            yield from _both("operation outlet", where, QualityLimit(max=most), held(quality, flowing))
    outside = (
        ("discharge", discharge_of(books, stream), amounts.discharged),
        ("sale", sale_of(books, stream), amounts.sold),
    )
    for at, market, amount in outside:
        flowing = {state: amount(name, state) for state in states}
        for quality, limit in (market.limits if market is not None else {}).items():
            yield from _both(at, (stream.unit, stream.name, quality), limit, held(quality, flowing))


def _both(at: str, where: tuple[str, str, str], limit: QualityLimit, held: list[Held]) -> Iterator[Limit]:
    if limit.max_ is not None:
        yield Limit(at, *where, "max", limit.max_.value, tuple(one.highest for one in held))
    if limit.min_ is not None:
        yield Limit(at, *where, "min", limit.min_.value, tuple(one.lowest for one in held))


def quality_limits_table(contents: Contents) -> "pd.DataFrame":
    """Make the ``quality_limits`` table.

    ``found`` is what stands against the limit: the highest content against a largest one ("max"), the lowest against a
    smallest one ("min"), of several states the one nearest to it; empty where nothing flows or it is not known.
    ``laxer_limit``, ``saving_per_yr`` and ``how`` of the limits that bind are filled in where a run asks for it.
    """
    import pandas as pd

    rows = [_row(contents.books, limit) for limit in limits_of(contents)]
    return pd.DataFrame(rows, columns=list(COLUMNS["quality_limits"]))


def _row(books: Books, limit: Limit) -> dict[str, Any]:
    return {
        "at": limit.at,
        "by": limit.unit,
        "stream": limit.stream,
        "quality": limit.quality,
        "kind": limit.kind,
        "limit": limit.limit,
        "found": limit.worst,
        "unit": books.case.qualities[limit.quality].unit,
        "binding": limit.binds,
        "laxer_limit": NAN,
        "saving_per_yr": NAN,
        "how": NOT_ASKED if limit.binds else None,
    }
