"""Money of mains and shared trenches, from the line items, by the pipe or the stretch it belongs to.

What is booked once for a size of a main (pumping stations) goes to its pipes by metres; what is booked for a main in
service goes to all its pipes likewise; what goes with the flow through a stretch goes to its pipes by capacity. So the
rows of a table add up to what is booked.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from planner.results.books import Entry, is_capital
from planner.results.network import Laid, Network

#: Accounts of civil works; all else that is booked on a main is of its pipes.
CIVIL = frozenset({"trench_capital", "trench_operation", "investment_trench"})


@dataclass
class Money:
    """Sums of line items.

    Attributes
    ----------
    capex
        Investment [money].
    capital
        The same as a yearly cost [money/yr].
    running
        Yearly cost without capital [money/yr].
    parties
        Who bears it, in the order of the line items.
    """

    capex: float = 0.0
    capital: float = 0.0
    running: float = 0.0
    parties: dict[str, None] = field(default_factory=dict)

    def add(self, other: "Money", share: float = 1.0) -> None:
        """Add a share of other sums."""
        self.capex += share * other.capex
        self.capital += share * other.capital
        self.running += share * other.running
        self.parties |= other.parties

    @property
    def party(self) -> str | None:
        """Who bears it, as text."""
        return "; ".join(self.parties) or None


@dataclass(frozen=True)
class NetworkMoney:
    """Money of the mains and trenches of a run."""

    network: Network

    @cached_property
    def pipes(self) -> Mapping[tuple[str, str, str], Money]:
        """(main, stretch, size) -> money of the pipes alone."""
        found: dict[tuple[str, str, str], Money] = defaultdict(Money)
        for entry in self.network.books.entries:
            if entry.line.account not in CIVIL:
                self._share_out(found, entry)
        for pipe in self.network.laid:
            if not found[pipe.key].parties:
                case = self.network.books.case
                found[pipe.key].parties[case.links[pipe.link].owner or case.park_company] = None
        return found

    def _share_out(self, found: dict[tuple[str, str, str], Money], entry: Entry) -> None:
        index = entry.line.index
        if entry.line.family in ("laid", "sized"):
            found[index[0], index[1], index[2]].add(self._money(entry))
            return
        if entry.line.family == "through":
            pipes: Sequence[Laid] = self.network.on_bed.get((index[0], index[1]), ())
            shares = parts([pipe.capacity for pipe in pipes])
        elif entry.line.family in ("fitted", "working"):
            size = index[1] if entry.line.family == "fitted" else None
            pipes = [p for p in self.network.laid if p.main == index[0] and size in (None, p.size_id)]
            shares = parts([pipe.pipes * self.network.stretch(pipe.stretch).length_m for pipe in pipes])
        else:
            return
        for pipe, share in zip(pipes, shares, strict=True):
            found[pipe.key].add(self._money(entry), share)

    @cached_property
    def civil(self) -> Mapping[str, Mapping[str | None, Money]]:
        """Stretch -> main -> money of civil works; of the trench that all pipes share under None."""
        found: dict[str, dict[str | None, Money]] = defaultdict(lambda: defaultdict(Money))
        for entry in self.network.books.entries:
            if entry.line.account not in CIVIL:
                continue
            if entry.line.family == "dug":
                found[entry.line.index[0]][None].add(self._money(entry))
            elif entry.line.family in ("laid", "sized"):
                found[entry.line.index[1]][entry.line.index[0]].add(self._money(entry))
        return found

    def _money(self, entry: Entry) -> Money:
        books, account = self.network.books, entry.line.account
        yearly = books.weights("total_annual_cost").get(account, 0.0) * entry.amount
        invested = books.weights("investment").get(account, 0.0) * entry.amount
        if not yearly and not invested:
            return Money()
        capital = is_capital(entry.line)
        return Money(invested, yearly if capital else 0.0, 0.0 if capital else yearly, {entry.line.party: None})


def parts(sizes: Sequence[float]) -> list[float]:
    """Shares in proportion to some sizes, that add up to 1; equal ones where all sizes are 0 or one has no end."""
    whole = sum(sizes)
    if 0 < whole < math.inf:
        return [size / whole for size in sizes]
    return [1 / len(sizes) for _ in sizes]
