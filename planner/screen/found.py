"""The best option of every exchange so far, as arrays over all exchanges."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.assemble.exchanges import Deal
from planner.screen.data_quality import Quality
from planner.screen.ground import Lengths
from planner.screen.pricing import COST, GOAL, INVESTMENT, RUNNING, Coefficients
from planner.screen.worth import Worth, running

Array = np.ndarray[Any, Any]

_NUMBERS = (
    *("km", "nearest_km", "farthest_km", "leaving", "arriving", "supply", "disposal", "sale", "given"),
    *("running", "fixed", "capital", "credit", "investment", "breakeven_km"),
)


@dataclass
class Found:
    """What is found of n exchanges.

    Attributes
    ----------
    numbers
        Name -> (n,): lengths [km], amounts of the year, parts of the saving [money/yr], not a number where unknown.
    net
        Saving in all measures, (n, measures).
    option
        The option chosen; None where none carries anything.
    basis
        What the length rests on.
    capped
        The capacity of the chosen link is below what could flow.
    reach, ways
        Some link reaches from one end to the other; number of ways to build it.
    open_
        Why nothing before a solve can say what it saves; empty where something can.
    diluted
        Quality that limits the flow.
    quality
        Qualities of what it rests on, those of the option apart: of source, sink, terms and equipment.
    """

    numbers: dict[str, Array]
    net: Array
    option: list[Coefficients | None]
    basis: Array
    capped: Array
    reach: Array
    ways: Array
    open_: list[str]
    diluted: list[str]
    quality: list[tuple[Quality, ...]]
    score: Array
    second: Array

    @classmethod
    def empty(cls, deals: Sequence[Deal], measures: int) -> "Found":
        """Nothing found yet."""
        n = len(deals)
        numbers = {name: np.full(n, np.nan) for name in _NUMBERS}
        no = np.zeros(n, dtype=bool)
        return cls(
            numbers,
            np.full((n, measures), np.nan),
            [None] * n,
            np.full(n, "", dtype=object),
            no.copy(),
            no.copy(),
            np.zeros(n, dtype=int),
            [""] * n,
            [""] * n,
            [()] * n,
            np.full(n, -np.inf),
            np.full(n, -np.inf),
        )

    def offer(self, rows: Array, worth: Worth, option: Coefficients, lengths: Lengths) -> None:
        """Keep an option where it is better: the most saved; where none saves anything, the most carried, cheapest."""
        net = worth.net
        open_ = np.array([bool(self.open_[n]) for n in rows])
        fixed = worth.parts["fixed"]
        pays = ~open_ & (net[:, GOAL] > 0.0)
        score = np.where(pays, 1.0, 0.0)  # what pays goes before all else
        first = np.where(pays, net[:, GOAL], worth.leaving)
        last = np.where(pays, 0.0, np.where(open_, -fixed[:, GOAL], net[:, GOAL]))
        better = self._better(rows, worth.carries, score, first, last)
        chosen = rows[better]
        for n in chosen:
            self.option[n] = option
        self.basis[chosen], self.capped[chosen] = lengths.basis[better], worth.capped[better]
        self.net[chosen] = np.where(open_[:, None], np.nan, net)[better]
        known = {
            "supply": worth.parts["supply"],
            "disposal": worth.parts["disposal"],
            "sale": worth.parts["sale"],
            "given": worth.parts["given"],
            "credit": np.broadcast_to(worth.parts["credit"], net.shape),
        }
        values = {name: np.where(open_, np.nan, of[:, COST]) for name, of in known.items()}
        values |= {"running": np.where(open_, np.nan, running(worth)), "fixed": fixed[:, COST]}
        values |= {"capital": fixed[:, COST] - fixed[:, RUNNING], "investment": fixed[:, INVESTMENT]}
        values |= {"leaving": worth.leaving, "arriving": worth.arriving, "km": lengths.mean / 1000.0}
        values |= {"nearest_km": lengths.nearest / 1000.0, "farthest_km": lengths.farthest / 1000.0}
        for name, value in values.items():
            self.numbers[name][chosen] = value[better]

    def _better(self, rows: Array, carries: Array, score: Array, first: Array, last: Array) -> Array:
        """Where an option goes before the one kept: by class, then by its first, then by its second number."""
        kept, second = self.score[rows], self.second[rows]
        had = ~np.isneginf(kept)
        paid = self._paid[rows]
        close = np.isclose(first, kept, rtol=1e-9, atol=0.0)
        ahead = (score > paid) | ((score == paid) & (~close & (first > kept) | close & (last > second)))
        better: Array = carries & (~had | ahead)
        chosen = rows[better]
        self.score[chosen], self.second[chosen], self._paid[chosen] = first[better], last[better], score[better]
        return better

    def __post_init__(self) -> None:
        self._paid = np.zeros(len(self.score))
