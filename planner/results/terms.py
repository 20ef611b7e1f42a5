"""What a case states of one exchange."""

from typing import Any

from planner.case.case import Case
from planner.case.exchanges import Exchange
from planner.results.books import Books
from planner.results.operations import operation_at
from planner.results.streams import Stream


def stated(books: Books, exchange: str, field: str) -> Any:
    """A field of an exchange, from the most specific entry of the case that states it; None where none does.

    Of entries equally specific the later one counts.
    """
    facts = books.assembly.exchanges[exchange]
    return stated_at(books.case, (facts.giver, facts.taker, facts.source, facts.sink), field)


def stated_between(case: Case, given: Stream, taken: Stream, field: str) -> Any:
    """The same of two streams that need not be an exchange of the plan; entries name an operation, not its parts."""
    names = []
    for stream in (given, taken):
        part = operation_at(case, stream.unit, stream.name)
        names.append(stream.name if part is None else part.name)
    return stated_at(case, (given.unit, taken.unit, *names), field)


def agreed_between(case: Case, given: Stream, taken: Stream, field: str) -> Any:
    """The same, else what the substitution of the one resource for the other says; None where neither does."""
    found = stated_between(case, given, taken, field)
    swap = next((s for s in case.substitutions if (s.from_, s.to) == (given.resource, taken.resource)), None)
    return found if found is not None or swap is None else getattr(swap, field, None)


def stated_at(case: Case, ends: tuple[str, ...], field: str) -> Any:
    """The same for (giver, taker, source, sink)."""
    entries = [
        (sum(end is not None for end in _ends(entry)), rank, getattr(entry, field))
        for rank, entry in enumerate(case.exchanges)
        if getattr(entry, field) is not None and _applies(entry, ends)
    ]
    return max(entries, key=lambda found: found[:2])[2] if entries else None


def _ends(entry: Exchange) -> tuple[str | None, ...]:
    return entry.from_, entry.to, entry.stream, entry.into


def _applies(entry: Exchange, ends: tuple[str, ...]) -> bool:
    return all(wanted in (None, found) for wanted, found in zip(_ends(entry), ends, strict=True))


def accepted_unknown(books: Books, exchange: str) -> tuple[str, ...]:
    """Qualities that may be unknown in an exchange, as the most specific entry says that names any."""
    facts = books.assembly.exchanges[exchange]
    ends = (facts.giver, facts.taker, facts.source, facts.sink)
    entries = [
        (sum(end is not None for end in _ends(entry)), rank, entry.accept_unknown)
        for rank, entry in enumerate(books.case.exchanges)
        if entry.accept_unknown and _applies(entry, ends)
    ]
    return max(entries, key=lambda found: found[:2])[2] if entries else ()
