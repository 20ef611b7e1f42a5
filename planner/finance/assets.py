"""Assets: what each party invests, in the baseline and in the plan, and how long that lasts."""

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.assemble.assembly import Line
from planner.results.books import DISCOUNT_RATE, Books, Entry, TotalsError, is_capital
from planner.results.columns import COLUMNS
from planner.results.exchanges import built_exchanges

if TYPE_CHECKING:
    import pandas as pd

_ONCE = "investment_"
#: What is invested in -> account of its yearly share, where that is not its name with "_capital".
SHARES = {
    "land": "land",
    "treatment": "treatment",
    "permit": "permit",
    "connection": "connection",
    "gate": "gate_expansion",
}


@dataclass(frozen=True)
class Asset:
    """An investment.

    Attributes
    ----------
    of
        What was invested in: "link", "trench", "facility", "land" ...
    exchange, option, item
        The exchange it is for and the link it is over, empty where it is for none, and what it is in words.
    lifetime
        Years; infinite where it has no end.
    """

    party: str
    of: str
    exchange: str
    option: str
    item: str
    lifetime: float


def invested(books: Books) -> Iterator[tuple[Asset, Entry]]:
    """Investments of a run, each with the entry that books it.

    Raises
    ------
    TotalsError
        If an investment is charged no yearly share.
    """
    over = _options(books)
    yearly = [entry.line for entry in books.entries if is_capital(entry.line)]
    years = {_same(line, line.account): _lifetime(line) for line in yearly}
    for entry in books.entries:
        if not entry.line.account.startswith(_ONCE) or not entry.amount:
            continue
        of = entry.line.account.removeprefix(_ONCE)
        share = _same(entry.line, SHARES.get(of, f"{of}_capital"))
        lifetime = years.get(share, math.inf if of == "land" else None)  # at no interest, land costs nothing a year
        if lifetime is None:
            raise TotalsError(f"{books.run}: {entry.line.item} is invested in, but charged no yearly share")
        option = over.get(id(entry), "")
        yield Asset(entry.line.party, of, entry.line.exchange or "", option, entry.line.item, lifetime), entry


def _options(books: Books) -> dict[int, str]:
    """Entry of an exchange -> the first of the twins of the link it is over, as in the ``exchanges`` table."""
    return {id(entry): one.options[0] for one in built_exchanges(books) for entry in one.entries}


def _same(line: Line, account: str) -> tuple[str, tuple[str, ...], str, str]:
    """What an investment and its yearly share have in common; ``account`` is that of the share."""
    return line.family, line.index, line.party, account


def _lifetime(line: Line) -> float:
    """Years that a yearly share of an investment runs: the number behind it after the discount rate, if any."""
    fields = [evidence.field for evidence in line.evidence]
    after = line.evidence[fields.index(DISCOUNT_RATE) + 1 :] if DISCOUNT_RATE in fields else ()
    return after[0].value if after else math.inf


def assets_table(plan: Books, baseline: Books) -> "pd.DataFrame":
    """Make the ``assets`` table.

    ``lifetime_yr`` is empty where there is no end (land). ``baseline_capex`` and ``capex`` are the investments in
    baseline and plan, contingency included.
    """
    import pandas as pd

    sums: dict[Asset, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for run, books in enumerate((baseline, plan)):
        for asset, entry in invested(books):
            sums[asset][run] += entry.amount
    rows = [
        {
            "party": asset.party,
            "of": asset.of,
            "exchange": asset.exchange or None,
            "option": asset.option or None,
            "item": asset.item,
            "lifetime_yr": asset.lifetime if math.isfinite(asset.lifetime) else math.nan,
            "baseline_capex": before,
            "capex": after,
        }
        for asset, (before, after) in sums.items()
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS["assets"]))
