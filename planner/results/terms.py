"""What a case states of one exchange."""

from typing import Any

from planner.case.exchanges import Exchange
from planner.results.books import Books


def stated(books: Books, exchange: str, field: str) -> Any:
    """A field of an exchange, from the most specific entry of the case that states it; None where none does.

    Of entries equally specific the later one counts.
    """
    facts = books.assembly.exchanges[exchange]
    ends = (facts.giver, facts.taker, facts.source, facts.sink)
    entries = [
        (sum(end is not None for end in _ends(entry)), rank, getattr(entry, field))
        for rank, entry in enumerate(books.case.exchanges)
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
