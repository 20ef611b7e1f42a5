"""Table ``compositions``: what every stream, link and mixture of a run holds."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from planner.case.mixing_units import carriers, weight_per_unit, weight_unit
from planner.results.amounts import NEGLIGIBLE, Amounts
from planner.results.books import Books
from planner.results.columns import COLUMNS
from planner.results.mixtures import UNKNOWN, Held, Mixtures
from planner.results.streams import Stream, sink, source

if TYPE_CHECKING:
    import pandas as pd

NAN = float("nan")


class Contents:
    """Contents of all qualities of a run, each solved once."""

    def __init__(self, books: Books) -> None:
        self.books, self.amounts = books, Amounts(books)
        self._mixtures: dict[str, Mixtures] = {}

    def of(self, quality: str) -> Mixtures:
        """Contents of a quality."""
        return self._mixtures.setdefault(quality, Mixtures(self.amounts, quality))

    @property
    def qualities(self) -> tuple[str, ...]:
        """Qualities of the case."""
        return tuple(self.books.case.qualities)

    @cached_property
    def carriers(self) -> Mapping[str, frozenset[str]]:
        """Quality -> resources of which the case speaks of it."""
        return {quality: frozenset(carriers(self.books.case, quality)) for quality in self.qualities}

    def matters(self, quality: str, resource: str, held: Held) -> bool:
        """Whether to speak of a quality of a stream: it has a weight, and is known or asked for."""
        return self.of(quality).weight(resource) > 0 and (held.known or resource in self.carriers[quality])


def compositions_table(contents: Contents) -> "pd.DataFrame":
    """Make the ``compositions`` table.

    A row for each state, quality and ``at``: "source" is all that leaves a source, "exchange" what leaves it by one
    exchange (losses on the way take their share of the load along), "supply" the conventional supply of a sink,
    "mixture" all that comes into a sink, "discharge" and "sale" what leaves for outside. The amount of a mixture is
    what arrives and is bought, in the unit that its parts are counted in, or by the weight of the quality where their
    units differ; where a by-product replaces more or less than itself, that is not the demand that it meets. ``worst``
    is the highest content where that is above the mean, else the lowest. Where ``known`` is False a part is not known,
    be it accepted so or not, or states no weight to mix by, and there is no content. What mixes by an index has
    no load.
    """
    import pandas as pd

    rows = [row for state in contents.books.assembly.instance.states for row in _rows(contents, state)]
    return pd.DataFrame(rows, columns=list(COLUMNS["compositions"]))


def _rows(contents: Contents, state: str) -> Iterator[dict[str, Any]]:
    books, amounts = contents.books, contents.amounts
    for name in books.assembly.instance.sources:
        stream = source(books, name)
        ways: list[tuple[str, str | None, float]] = [("source", None, amounts.leaving(name, state))]
        ways += [("exchange", one.exchange, one.leaving) for one in amounts.out_of.get((name, state), ())]
        ways += [("discharge", None, amounts.discharged(name, state)), ("sale", None, amounts.sold(name, state))]
        for at, exchange, amount in ways:
            for quality in contents.qualities if amount > NEGLIGIBLE else ():
                held = contents.of(quality).at_source(name, state)
                if contents.matters(quality, stream.resource, held):
                    load = contents.of(quality).load(stream.resource, amount, held)
                    yield _row(contents, (state, at, exchange), stream, (amount, quality, held, load))
    for name in books.assembly.instance.sinks:
        yield from _at_sink(contents, name, state)


def _at_sink(contents: Contents, name: str, state: str) -> Iterator[dict[str, Any]]:
    stream, bought = sink(contents.books, name), contents.amounts.supplied(name, state)
    for quality in contents.qualities:
        mixtures = contents.of(quality)
        held = mixtures.supply(name)
        if bought > NEGLIGIBLE and contents.matters(quality, stream.resource, held):
            load = mixtures.load(stream.resource, bought, held)
            yield _row(contents, (state, "supply", None), stream, (bought, quality, held, load))
    for quality in contents.qualities:
        mixtures = contents.of(quality)
        held, weight = mixtures.at_sink(name, state)
        parts = list(mixtures.parts(name, state))
        any_known = any(mixtures.of_part(name, part).known for part in parts)
        if parts and (any_known or contents.matters(quality, stream.resource, held)):
            amount, unit, whole = _come(contents, name, state, quality)
            held = held if whole else UNKNOWN
            load = weight * held.mean * mixtures.load_unit[1]
            row = _row(contents, (state, "mixture", None), stream, (amount, quality, held, load))
            yield row | {"amount_unit": unit}


def _come(contents: Contents, name: str, state: str, quality: str) -> tuple[float, str, bool]:
    """What comes into a sink: in the unit of its parts, or by weight where these differ; and whether all has a weight.

    What is stated to weigh nothing counts for nothing; of what states no weight nobody knows what it holds.
    """
    books, amounts, case = contents.books, contents.amounts, contents.books.case
    come = [(source(books, one.source).resource, one.arriving) for one in amounts.into.get((name, state), ())]
    come.append((sink(books, name).resource, amounts.supplied(name, state)))
    come = [(resource, amount) for resource, amount in come if amount > NEGLIGIBLE]
    weights = [weight_per_unit(case, quality, resource) for resource, _ in come]
    whole = None not in weights
    units = {case.resources[resource].unit for resource, _ in come}
    if len(units) == 1:
        return sum(amount for _, amount in come), units.pop(), whole
    weighed = sum(amount * (weight or 0.0) for (_, amount), weight in zip(come, weights, strict=True))
    return weighed, weight_unit(case, quality), whole


def _row(
    contents: Contents,
    where: tuple[str, str, str | None],
    stream: Stream,
    what: tuple[float, str, Held, float],
) -> dict[str, Any]:
    state, at, exchange = where
    amount, quality, held, load = what
    mixtures = contents.of(quality)
    return {
        "state": state,
        "at": at,
        "by": stream.unit,
        "stream": stream.name,
        "exchange": exchange,
        "resource": stream.resource,
        "amount_per_yr": amount,
        "amount_unit": contents.books.case.resources[stream.resource].unit,
        "quality": quality,
        "mean": held.mean,
        "worst": held.worst,
        "unit": contents.books.case.qualities[quality].unit,
        "load_per_yr": load if mixtures.has_loads else NAN,
        "load_unit": mixtures.load_unit[0] if mixtures.has_loads else None,
        "known": held.known,
    }
