"""Table ``trench_shares``: whose flow makes use of shared pipes and trenches, and the cost that falls to it.

A trench is shared out to its pipes by cross-section. The part of a main, like the main's own pipes, is shared by the
exchanges whose way from giver to taker uses the stretch, in proportion to their peak rates (on one stretch that is the
same as by rate x length); in a stretch that lies on a loop, by what flow tracing says each sends through it (see
``planner.results.sent``).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from planner.results.columns import COLUMNS
from planner.results.network import Dedicated, Laid, Network
from planner.results.network_money import Money, NetworkMoney, parts
from planner.results.sent import Sent, sent_through
from planner.results.trenches import in_trenches

if TYPE_CHECKING:
    import pandas as pd

BY_SECTION, BY_NUMBER, OWN_WORKS = "cross-section", "number of pipes", "own civil works"


@dataclass(frozen=True)
class Shares:
    """Shares of the pipes and exchanges of a run in its mains and trenches."""

    money: NetworkMoney

    @property
    def network(self) -> Network:
        """The pipes."""
        return self.money.network

    @cached_property
    def sent(self) -> dict[str, Sent]:
        """Main -> what each exchange sends through it."""
        return {main: sent_through(self.network, main) for main in dict.fromkeys(p.main for p in self.network.laid)}

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """Rows of the table, stretch by stretch: the trench, then the pipes of each main."""
        trenches = in_trenches(self.network)
        rows: list[dict[str, Any]] = []
        for stretch in self.network.graph.stretches:
            if stretch in trenches:
                rows += self._trench(stretch, trenches[stretch])
            for main in dict.fromkeys(pipe.main for pipe in self.network.laid):
                booked = Money()
                for pipe in self.network.on_bed.get((main, stretch), ()):
                    booked.add(self.money.pipes[pipe.key])
                if (main, stretch) in self.network.on_bed:
                    rows += self._exchanges(stretch, ("pipe", main), (1.0, ""), booked)
        return rows

    def _trench(self, stretch: str, pipes: list[Laid | Dedicated]) -> Iterable[dict[str, Any]]:
        """Shares in a trench: of each carrier, and of a main's exchanges in its own."""
        booked = self.money.civil.get(stretch, {})
        whole = Money()
        for money in booked.values():
            whole.add(money)
        carriers = list(dict.fromkeys(pipe.carrier for pipe in pipes))
        sizes, key = self._sections(pipes, carriers)
        if whole.capex > 0 and None not in booked:
            sizes, key = [booked[name].capex if name in booked else 0.0 for name in carriers], OWN_WORKS
        owners = {pipe.carrier: pipe.exchange for pipe in pipes if isinstance(pipe, Dedicated)}
        for carrier, share in zip(carriers, parts(sizes), strict=True):
            if carrier in self.sent:
                yield from self._exchanges(stretch, ("trench", carrier), (share, key), whole)
            else:
                yield self._row(stretch, ("trench", carrier), owners[carrier], (share, key), whole)

    def _sections(self, pipes: list[Laid | Dedicated], carriers: list[str]) -> tuple[list[float], str]:
        """Cross-sections of the carriers (diameter squared), or how many pipes each has where one states no bore."""
        found = {name: [0.0, 0.0] for name in carriers}
        stated = True
        for pipe in pipes:
            size = self.network.size(pipe.link, pipe.size)
            found[pipe.carrier][0] += pipe.pipes
            if size is None or size.inner_diameter is None:
                stated = False
            else:
                found[pipe.carrier][1] += pipe.pipes * size.inner_diameter.value**2
        return [found[name][stated] for name in carriers], BY_SECTION if stated else BY_NUMBER

    def _exchanges(
        self, stretch: str, part: tuple[str, str], of_part: tuple[float, str], money: Money
    ) -> Iterable[dict[str, Any]]:
        shares, key = self.sent[part[1]].shares(stretch)
        both = f"{of_part[1]}; {key}" if of_part[1] else key
        for exchange, share in shares.items():
            yield self._row(stretch, part, exchange, (of_part[0] * share, both), money)

    def _row(
        self, stretch: str, part: tuple[str, str], exchange: str, share: tuple[float, str], money: Money
    ) -> dict[str, Any]:
        facts = self.network.books.assembly.exchanges[exchange]
        return {
            "stretch": stretch,
            "part": part[0],
            "carrier": part[1],
            "exchange": exchange,
            "seller": self.network.books.party(facts.giver),
            "buyer": self.network.books.party(facts.taker),
            "key": share[1],
            "share": share[0],
            "capex": share[0] * money.capex,
            "cost_per_yr": share[0] * money.running,
        }

    def of(self, exchange: str, carriers: Iterable[str]) -> tuple[float, float]:
        """Investment and yearly running cost of mains and trenches that fall to an exchange over some carriers."""
        found = [self._sums.get((exchange, carrier), (0.0, 0.0)) for carrier in carriers]
        return sum(capex for capex, _ in found), sum(cost for _, cost in found)

    @cached_property
    def _sums(self) -> dict[tuple[str, str], tuple[float, float]]:
        """(exchange, carrier) -> investment and running cost of all its rows."""
        found: dict[tuple[str, str], tuple[float, float]] = {}
        for row in self.rows:
            key = (row["exchange"], row["carrier"])
            capex, cost = found.get(key, (0.0, 0.0))
            found[key] = (capex + row["capex"], cost + row["cost_per_yr"])
        return found


def trench_shares_table(shares: Shares) -> "pd.DataFrame":
    """Make the ``trench_shares`` table.

    ``part`` is "trench" (civil works, shares of a stretch add up to 1) or "pipe" (a main's pipes in the stretch,
    shares of a main and stretch add up to 1). ``carrier`` is the main or the pipe of one exchange. ``key`` says by
    what it is shared out: to the pipes of a trench, then to the exchanges of a main. An exchange pays for the
    stretches on its way from giver to taker ("peak rate on its way"), and in those that lie on a loop, where the way is
    not unique, by its share of the flow ("peak rate by flow tracing"). A stretch on nobody's way is shared by all
    exchanges of the main ("peak rate in the whole main").
    """
    import pandas as pd

    return pd.DataFrame(shares.rows, columns=list(COLUMNS["trench_shares"]))
