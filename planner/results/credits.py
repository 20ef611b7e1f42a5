"""What exchanges save besides what they replace, against what their takers buy of it."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from planner.results.amounts import Amounts
from planner.results.books import Books
from planner.results.streams import sink, source
from planner.results.terms import agreed_between

#: Share by which a credit may be above what is bought: rounding.
ROUNDING = 1e-6


def credited(books: Books) -> dict[tuple[str, str], float]:
    """(Taker, resource) -> what of it its exchanges save besides what they replace [unit/yr]."""
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for one in Amounts(books).arrivals:
        given, taken = source(books, one.source), sink(books, one.sink)
        also: dict[str, Any] = agreed_between(books.case, given, taken, "also") or {}
        for resource, per in also.items():
            sums[taken.unit, resource] += one.arriving * per.value
    return dict(sums)


def notes_on_credits(books: Books) -> Iterator[str]:
    """Say of each credit whether the taker states that it buys that resource, and buys as much of it."""
    if not any(terms.also for terms in (*books.case.exchanges, *books.case.substitutions)):
        return
    amounts, states = Amounts(books), books.assembly.instance.states
    sinks = [(name, sink(books, name)) for name in books.assembly.instance.sinks]
    for (unit, resource), amount in credited(books).items():
        own = [name for name, stream in sinks if (stream.unit, stream.resource) == (unit, resource)]
        counted = f"{amount:,.4g} {books.case.resources[resource].unit}/yr of {resource} at {unit}"
        if not own:
            yield f"credited besides what is replaced: {counted}, which states no such need: taken as bought so far"
            continue
        bought = sum(amounts.supplied(name, state) for name in own for state in states)
        if amount > bought * (1.0 + ROUNDING):
            yield (
                f"credited besides what is replaced: {counted}, but it buys only {bought:,.4g}: the rest saves "
                "nothing; state less in `also`, or limit the exchanges that bring it"
            )
