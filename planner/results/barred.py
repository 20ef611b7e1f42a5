"""Table ``barred``, and the three verdicts on what it names: each on its own, from what the case says of both ends."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from planner.assemble.assembly import Barred
from planner.case.exchanges import Declaration, Permit
from planner.case.plants import Sink, Source
from planner.report.numbers import amount
from planner.results.books import Books
from planner.results.columns import COLUMNS
from planner.results.compositions import Contents
from planner.results.fits import ALONE, MIXED, UNFIT, UNKNOWN, breaks
from planner.results.law import FORBIDDEN, Asked, Verdict, asked_of
from planner.results.mixtures import Held, limits_at
from planner.results.streams import Stream, declared, sink, source
from planner.results.terms import agreed_between, stated_between

if TYPE_CHECKING:
    import pandas as pd

NAN = float("nan")


def barred_table(books: Books) -> "pd.DataFrame":
    """Make the ``barred`` table: exchanges that quality, an unknown content or the law does not admit, and why."""
    import pandas as pd

    rows = [
        {
            "exchange": one.exchange,
            "quality": one.quality or None,
            "why": one.why,
            "found": NAN if one.found is None else one.found,
            "limit": NAN if one.limit is None else one.limit,
            "unit": one.unit or None,
        }
        for one in books.assembly.barred
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS["barred"]))


def verdicts_on_barred(contents: Contents) -> Iterator[dict[str, Any]]:
    """Verdicts on barred exchanges, one row each, whatever number of reasons there are."""
    reasons: dict[str, list[Barred]] = {}
    for one in contents.books.assembly.barred:
        reasons.setdefault(one.exchange, []).append(one)
    known = ends_of(contents.books, reasons)
    for exchange, found in reasons.items():
        yield _row(contents, exchange, found, known.get(exchange))


def ends_of(books: Books, exchanges: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Exchange -> ids of its source and sink, of those that are named."""
    if not exchanges:
        return {}
    instance = books.assembly.instance
    takers = [(name, sink(books, name)) for name in instance.sinks]
    found = {}
    for name in instance.sources:
        given = source(books, name)
        for other, taken in takers:
            label = f"{given.unit} > {taken.unit}: {given.name}"
            label += "" if taken.name == given.name else f" -> {taken.name}"
            if label in exchanges:
                found[label] = (name, other)
    return found


def _row(contents: Contents, exchange: str, found: list[Barred], ends: tuple[str, str] | None) -> dict[str, Any]:
    """The verdicts on one of them; technical by its reasons, or else by what its source holds."""
    by_quality, by_law = [x for x in found if x.quality], [x for x in found if not x.quality]
    gone = Verdict(UNKNOWN, "not looked at: an end of it is not in the park")
    asked = None if ends is None else _asked(contents.books, *ends)
    fit = gone if ends is None else by_content(contents, *ends)
    law = gone if asked is None else asked_of(asked)
    if by_quality:
        measured = any(x.found is not None for x in by_quality)
        fit = Verdict(UNFIT if measured else UNKNOWN, "; ".join(map(_reason, by_quality)))
    if by_law:
        law = Verdict(FORBIDDEN, "; ".join(x.why for x in by_law))
    return {
        "exchange": exchange,
        "technical": fit.word,
        "technical_why": fit.why,
        "compliance": law.word,
        "compliance_why": law.why,
        "payback": None,
        "payback_why": "not built, so that it neither costs nor saves: "
        + ("it is forbidden" if by_law else "its quality bars it"),
        "payback_yr": NAN,
        "waste_code": None if asked is None else asked.waste_code,
        "status": None if asked is None else asked.status,
        "declaration": asked is not None and asked.declaration,
        "permit": None if asked is None else asked.permit,
        "delay_yr": NAN if asked is None else asked.delay_yr,
        "permit_cost": NAN,
        "built": False,
    }


def _reason(one: Barred) -> str:
    """Why a quality bars an exchange, with what is found and admitted where that is known."""
    found = "" if one.found is None else f" {amount(one.found)} {one.unit}"
    limit = "" if one.limit is None else f", the limit is {amount(one.limit)} {one.unit}"
    return f"{one.quality}{found}{limit}: {one.why}"


def by_content(contents: Contents, source_id: str, sink_id: str) -> Verdict:
    """Whether what a source holds would fit its taker: alone, or with enough of what the taker buys."""
    books = contents.books
    limits, taker = limits_at(books, sink_id), sink(books, sink_id)
    if not limits:
        return Verdict(ALONE, "its taker limits no quality")
    held = {quality: _held(contents, quality, source_id) for quality in limits}
    unknown = [quality for quality, one in held.items() if not one.known]
    if unknown:
        return Verdict(UNKNOWN, f"its {', '.join(unknown)} is not known")
    idle = [quality for quality, one in held.items() if one.mean != one.mean]
    if idle:
        return Verdict(UNKNOWN, f"its {', '.join(idle)} depends on what goes into {source(books, source_id).unit}")
    said = {quality: books.case.qualities[quality].said for quality in limits}
    over = {q: told for q, limit in limits.items() if (told := breaks(held[q], limit, q, said[q]))}
    if not over:
        return Verdict(ALONE, "it keeps every limit of its taker by itself")
    told = "alone, " + "; ".join(over.values())
    bought = {q: contents.of(q).supply(sink_id) for q in over} if _dilutes(books, taker) else {}
    if bought and all(one.known and not breaks(one, limits[q], q, said[q]) for q, one in bought.items()):
        return Verdict(MIXED, f"{told}; with enough of what its taker buys it would fit")
    return Verdict(UNFIT, told)


def _held(contents: Contents, quality: str, source_id: str) -> Held:
    """The worst of what a source holds in any state."""
    states = contents.books.assembly.instance.states
    found = [contents.of(quality).at_source(source_id, state) for state in states]
    unknown = next((one for one in found if not one.known), None)
    flowing = [one for one in found if one.mean == one.mean]
    if unknown is not None or not flowing:
        return unknown or found[0]
    return Held(flowing[0].mean, max(x.highest for x in flowing), min(x.lowest for x in flowing))


def _dilutes(books: Books, taker: Stream) -> bool:
    """Whether a taker may mix what it takes with what it buys."""
    stated = declared(books, taker.unit, taker.name, "sinks")
    if isinstance(stated, Sink) and stated.whole_demand_from_one_source:
        return False
    today = stated.supplied_today_by if isinstance(stated, Sink) else None
    return today is not None or books.case.resources[taker.resource].price is not None


def _asked(books: Books, source_id: str, sink_id: str) -> Asked:
    """What the case says of two streams before the law."""
    given, taken = source(books, source_id), sink(books, sink_id)
    case, resource = books.case, books.case.resources[given.resource]
    stated = declared(books, given.unit, given.name, "sources")
    own = stated if isinstance(stated, Source) else None

    permit: Permit | None = agreed_between(case, given, taken, "permit")
    inside = _site(books, given.unit) == _site(books, taken.unit)
    by_exchange = stated_between if inside else agreed_between  # what stays on its site is declared only if it says so
    declaration: Declaration | None = by_exchange(case, given, taken, "declaration")
    delays = [
        agreed_between(case, given, taken, "delay"),
        *(one.delay for one in (permit, declaration) if one is not None),
    ]
    return Asked(
        giver=given.unit,
        source=given.name,
        status=(own.status if own is not None else None) or resource.status,
        waste_code=(own.waste_code if own is not None else None) or resource.waste_code,
        permit=None if permit is None else permit.name,
        declaration=declaration is not None,
        own=inside,
        delay_yr=sum(delay.value for delay in delays if delay is not None),
    )


def _site(books: Books, unit: str) -> str:
    """The plant on whose site a unit stands; itself unless it is a plant's own measure."""
    facility = books.case.facilities.get(unit)
    return str(facility.owner) if facility is not None and facility.scope == "own" else unit
