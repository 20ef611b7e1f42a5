"""Sums of the park that an edition for one firm may tell, so that no other firm's figure follows from them.

A sum is told if at least three other firms are in it and none of them has more than a share of what is not the firm's
own: the threshold rule and the dominance rule of statistical disclosure control (Hundepool et al. 2012, Statistical
Disclosure Control, chapter 4), in the baseline, in the plan and in what changes.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from planner.report.html.book import Book, Cell, Grid, num, text, word
from planner.report.html.overview import quantity
from planner.report.numbers import percent

#: Other firms that must be in a sum, and the most that one of them may have of what is not the firm's own.
OTHERS, MOST = 3, 0.85
#: Least share of what is not the firm's own with which another firm is in a sum.
PART = 0.01
#: Sums of which a firm knows how an exchange changes its partner's: by what flows.
_MOVED = ("waste", "fresh_water")
#: Sums differ by no more than this where all of a total was found.
_ALL = 1e-6

#: Indicator -> prefix of its accounts; the yearly cost is read from the ledger.
_ACCOUNTS = {"co2e": "co2e_", "waste": "waste_", "fresh_water": "fresh_water"}


@dataclass(frozen=True)
class Sum:
    """A sum of the park, by party.

    Attributes
    ----------
    by_party
        Party -> (baseline, plan).
    """

    indicator: str
    unit: str
    by_party: Mapping[str, tuple[float, float]]

    def total(self, run: int) -> float:
        """Of the baseline (0) or of the plan (1)."""
        return sum(pair[run] for pair in self.by_party.values())


@dataclass(frozen=True)
class Told:
    """Sums that may be told with the number of other firms in them, and in words those that may not, and why."""

    sums: tuple[tuple[Sum, int], ...]
    withheld: tuple[str, ...]


def sums_of(book: Book) -> Iterator[Sum]:
    """Headline sums of the park, each with what belongs to whom.

    Parameters
    ----------
    book
        Of the whole park.
    """
    for row in book.rows("indicators"):
        name = str(row["indicator"])
        if name == "total_annual_cost":
            yield Sum(name, word(row["unit"]), _of_ledger(book))
        elif name in _ACCOUNTS:
            yield Sum(name, word(row["unit"]), _of_lines(book, _ACCOUNTS[name]))


def _of_ledger(book: Book) -> dict[str, tuple[float, float]]:
    found: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in book.rows("ledger"):
        if row["kind"] != "transfer":
            found[str(row["party"])][0] += num(row["baseline_per_yr"])
            found[str(row["party"])][1] += num(row["plan_per_yr"])
    return {party: (pair[0], pair[1]) for party, pair in found.items()}


def _of_lines(book: Book, accounts: str) -> dict[str, tuple[float, float]]:
    found: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in book.rows("lines"):
        if str(row["account"]).startswith(accounts):
            found[str(row["party"])][1 if row["run"] == "plan" else 0] += num(row["amount"])
    return {party: (pair[0], pair[1]) for party, pair in found.items()}


def told(book: Book, firm: str, partners: Collection[str] = ()) -> Told:
    """What of the sums of the park may be told to a firm.

    Parameters
    ----------
    partners
        Parties that it exchanges with: it knows by how much their waste and fresh water change with that.
    """
    t, fine, withheld = book.t, list[tuple[Sum, int]](), list[str]()
    stated = {str(row["indicator"]): row for row in book.rows("indicators")}
    others = sum(row["party"] != firm for row in book.rows("parties"))
    if others < OTHERS:
        return Told((), (t("withheld.small", n=others),))
    for one in sums_of(book):
        row, figure = stated[one.indicator], t.of("indicators", one.indicator)
        ends = [num(row["baseline"]), num(row["plan"])]
        if not any(ends):
            continue
        size = max(map(abs, ends))
        if any(abs(one.total(run) - end) > _ALL * size for run, end in enumerate(ends)):
            withheld.append(t("withheld.unsplit", figure=figure))
            continue
        few, share = _exposed(one, firm, partners if one.indicator in _MOVED else ())
        if few < OTHERS or share > MOST:
            withheld.append(t("withheld.exposed", figure=figure, most=f"{100 * MOST:.0f} %"))
        else:
            fine.append((one, few))
    return Told(tuple(fine), tuple(withheld))


def _exposed(one: Sum, firm: str, partners: Collection[str] = ()) -> tuple[int, float]:
    """Fewest other firms in a sum, and the largest share of one of them, in baseline, plan and what changes.

    Who has hardly any part in a sum hides nobody. Where nobody else has a part in what there is, that is told of all of
    them; where nothing of theirs changes, it is not, for changes may cancel out.
    """
    others = {party: pair for party, pair in one.by_party.items() if party != firm}
    few, largest = len(others), 0.0
    for before, after in ((1.0, 0.0), (0.0, 1.0), (1.0, -1.0)):
        changes = before and after
        hidden = (pair for party, pair in others.items() if not (changes and party in partners))
        sizes = [abs(before * pair[0] + after * pair[1]) for pair in hidden]
        whole = sum(sizes)
        if whole <= 0.0:
            few = few if changes else 0
            continue
        few = min(few, sum(size > PART * whole for size in sizes))
        largest = max(largest, max(sizes) / whole)
    return few, largest


def build(book: Book) -> dict[str, Any]:
    """The sums of the park in an edition."""
    t, partial = book.t, book.partial
    rows = tuple(
        (
            text(t.of("indicators", one.indicator)),
            *_ends(book, one),
            Cell(str(few), float(few)),
        )
        for one, few in partial.told.sums
    )
    heads = (t("measures.indicator"), t("baseline"), t("plan"), t("reduction"), t("measures.reduction_pct"))
    grid = Grid(t("totals.caption"), (*heads, t("totals.firms")), rows, frozenset(range(1, 6)))
    return {"grid": grid if rows else None, "most": f"{100 * MOST:.0f} %"}


def _ends(book: Book, one: Sum) -> tuple[Cell, ...]:
    before, after = one.total(0), one.total(1)
    pct = Cell(percent(100 * (before - after) / before)) if before > 0 else Cell("\u2013")
    return (*(quantity(book, value, one.unit) for value in (before, after, before - after)), pct)
