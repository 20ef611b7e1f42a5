"""Table ``quantities``: the bill of quantities of links, mains and trenches, each item by size and class of surface.

Money is that of the line items on the accounts ``investment_link`` and ``investment_trench``, so that the bill adds up
to them. Metres are real ones, on the ground; the unit price of a metre follows from both, and holds the cost factors
of the corridors. Within a stretch the money of civil works goes to the surfaces by metres x cost factor of the surface,
that of pipes laid in a trench by metres. What crossings add to the length of a stretch has a line of its own, at the
price of a metre; for a link that follows no stretch it is in the unit price.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from planner.assemble.assembly import Line
from planner.results.books import Books, Entry
from planner.results.columns import COLUMNS
from planner.results.flows import ends
from planner.results.network import Laid, Network, carrier_of
from planner.results.routes import way

if TYPE_CHECKING:
    import pandas as pd

NAN = float("nan")
#: Shorter extra lengths are rounding [m].
NEGLIGIBLE = 1e-6
ACCOUNTS = ("investment_link", "investment_trench")
ITEMS = ("trench", "crossing", "pipe", "station")
CROSSING, EXTRA = "crossing of ", "extra length of crossings"


@dataclass(frozen=True)
class Key:
    """What a row of the bill is about."""

    item: str
    what: str
    carrier: str | None
    resource: str | None
    size: str | None
    surface: str


@dataclass
class Sum:
    """A row of the bill in the making; metres are counted once for each variable, whatever is booked on it."""

    metres: dict[tuple[str, ...], float] = field(default_factory=dict)
    number: float = 0.0
    capex: float = 0.0


@dataclass(frozen=True)
class Place:
    """Where something lies.

    Attributes
    ----------
    metres, weights
        Class of surface -> metres, and -> weight of its money.
    extra_m, extra_share
        Extra lengths of crossings, and their share of the money.
    """

    metres: Mapping[str, float]
    weights: Mapping[str, float]
    extra_m: float = 0.0
    extra_share: float = 0.0

    def shares(self) -> dict[str, float]:
        """Share of the money on each surface."""
        whole, left = sum(self.weights.values()), 1.0 - self.extra_share
        if whole > 0:
            return {name: left * weight / whole for name, weight in self.weights.items()}
        return {name: left / len(self.weights) for name in self.weights}


def quantities_table(network: Network) -> "pd.DataFrame":
    """Make the ``quantities`` table.

    ``item`` is "trench" (civil works), "crossing" (by number what each costs, by metres its extra length), "pipe" (any
    link of its own or pipe of a main) or "station" (what a size costs once). ``carrier`` is the main, or the exchange
    with " #2" for its second link, and empty for a trench that all pipes share; a pipe within one plot has a trench of
    its own. ``surface`` is "" where no class is stated or the link follows no stretch.
    """
    import pandas as pd

    bill = _Bill(network)
    for entry in network.books.entries:
        if entry.line.account in ACCOUNTS and entry.amount:
            bill.enter(entry)
    rows = [_row(network.books, key, found) for key, found in bill.sums.items()]
    rows.sort(key=lambda row: ITEMS.index(row["item"]))
    return pd.DataFrame(rows, columns=list(COLUMNS["quantities"]))


def _row(books: Books, key: Key, found: Sum) -> dict[str, Any]:
    counted = not found.metres
    quantity = found.number if counted else sum(found.metres.values())
    before = found.capex / (1 + books.case.economics.contingency.value)
    return {
        "item": key.item,
        "what": key.what,
        "carrier": key.carrier,
        "resource": key.resource,
        "size": key.size,
        "surface": key.surface,
        "quantity": quantity,
        "unit": key.item if counted else "m",
        "unit_price": before / quantity if quantity > 0 else NAN,
        "capex_before_contingency": before,
        "contingency": found.capex - before,
        "capex": found.capex,
    }


class _Bill:
    """Rows by what they are about."""

    def __init__(self, network: Network) -> None:
        self.network, self.books = network, network.books
        self.sums: dict[Key, Sum] = {}
        self._between = ends(self.books)
        self._steps = {(one.exchange, one.option): one.steps for one in network.dedicated}
        self._pipes: dict[tuple[str, ...], Laid] = {pipe.key: pipe for pipe in network.laid}

    def enter(self, entry: Entry) -> None:
        line = entry.line
        item = _item(line)
        if item in ("crossing", "station"):
            row = self._sum(self._key(line, item, ""))
            row.number += entry.value * line.quantity
            row.capex += entry.amount
            return
        place = self._place(line, item)
        if place.extra_m > 0:
            row = self._sum(replace(self._key(line, "crossing", ""), what=EXTRA))
            row.metres[_where(line)] = place.extra_m
            row.capex += place.extra_share * entry.amount
        for surface, share in place.shares().items():
            row = self._sum(self._key(line, item, surface))
            row.metres[_where(line)] = place.metres[surface]
            row.capex += share * entry.amount

    def _sum(self, key: Key) -> Sum:
        return self.sums.setdefault(key, Sum())

    def _key(self, line: Line, item: str, surface: str) -> Key:
        if line.family in ("dug", "working"):
            carrier, resource, size, link = (None if line.family == "dug" else line.index[0]), line.resource, None, None
        elif line.family in ("laid", "sized", "fitted"):
            facts = self.books.assembly.mains[line.index[0]]
            carrier, resource, link = line.index[0], facts.resource, facts.link
            size = facts.sizes.get(line.index[-1])
        else:
            e, o = line.index[:2]
            exchange = self.books.assembly.exchanges[e]
            link, size = exchange.options[o]
            copy = self.books.assembly.instance.exchanges[e].options[o].copy
            carrier, resource = carrier_of(e, copy), exchange.resource
        if item == "trench":
            return Key(item, "civil works", carrier, resource, None, surface)
        return Key(item, line.item if item == "crossing" or link is None else link, carrier, resource, size, surface)

    def _place(self, line: Line, item: str) -> Place:
        """Where the pipe or trench of a variable lies."""
        if line.family in ("laid", "sized", "dug"):
            stretch = line.index[0] if line.family == "dug" else line.index[1]
            pipe = self._pipes.get(line.index)
            civil = item == "trench" or pipe is None or not pipe.in_trench
            return self._on((stretch,), pipe.pipes if pipe else 1, civil=civil)
        e, o = line.index[:2]
        if self._steps.get((e, o)):  # none within one plot
            return self._on(tuple(name for name, _ in self._steps[e, o]), 1, civil=item == "trench")
        metres = way(self.books, e, o, self._between.get((e, o))).length_m
        return Place({"": metres}, {"": metres})

    def _on(self, stretches: tuple[str, ...], pipes: int, *, civil: bool) -> Place:
        """Metres on each class of surface of some stretches; ``civil`` where a cost factor of the surface counts."""
        factors = self.books.case.geography.surfaces
        metres: dict[str, float] = defaultdict(float)
        weights: dict[str, float] = defaultdict(float)
        for name in stretches:
            stretch = self.network.stretch(name)
            for surface, length in (stretch.surfaces or {"": stretch.length_m}).items():
                factor = factors[surface].value if surface in factors else 1.0
                metres[surface] += pipes * length
                weights[surface] += stretch.surface_costs.get(surface, factor * length) if civil else length
        if not metres:
            metres, weights = {"": 0.0}, {"": 0.0}
        crossed = pipes * sum(self.network.stretch(name).extra_m for name in stretches) if civil else 0.0
        paid = pipes * sum(self.network.stretch(name).civil_length_m for name in stretches)
        if crossed <= NEGLIGIBLE:
            return Place(metres, weights)
        return Place(metres, weights, crossed, crossed / paid)


def _item(line: Line) -> str:
    """What a line item of an investment is."""
    if line.item.startswith(CROSSING):
        return "crossing"
    if line.account == "investment_trench":
        return "trench"
    return "station" if line.family in ("fitted", "working", "built") else "pipe"


def _where(line: Line) -> tuple[str, ...]:
    """What metres are counted once for: a pipe of a main by stretch and size, a link of its own by its option."""
    if line.family in ("laid", "sized", "dug"):
        return line.index
    return line.index[:2]
