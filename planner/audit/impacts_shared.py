"""Who bears impacts, worked out by the audit: gains of exchanges split, burdens passed on by energy.

With a_jk the share of what arises at j that goes with what it gives to k, and x_k all that comes to k,

    x = B + A^T x,    kept_k = (1 - sum_l a_kl) x_k
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from planner.audit.facts import Facts
from planner.audit.worth import party_of


@dataclass(frozen=True)
class Ends:
    """An exchange: its units, what it avoids at its taker and giver, what is given up for it, what else it causes."""

    giver: str
    taker: str
    supply: float
    discharge: float
    given_up: float
    caused: float
    energy: float | None

    @property
    def gain(self) -> float:
        """What it avoids less what it causes."""
        return self.supply + self.discharge - self.given_up - self.caused


@dataclass(frozen=True)
class Sharing:
    """A run of a category, to be shared out.

    Attributes
    ----------
    apart
        (Unit, party) -> what arises there apart from exchanges.
    made
        Unit -> energy of what it makes and sells besides what it gives [MWh/yr]; None where not known.
    """

    facts: Facts
    apart: Mapping[tuple[str, str], float]
    exchanges: Mapping[str, Ends]
    made: Mapping[str, float | None]
    credit_to: str

    def by_party(self, how: str) -> dict[str, float] | None:
        """Party -> impact under a convention; None where burdens circle for ever."""
        found: dict[str, float] = defaultdict(float)
        for one in self.exchanges.values():
            bears = {
                "50/50": (one.discharge - one.gain / 2, one.supply - one.gain / 2),
                "substitution": (one.discharge - one.gain, one.supply)
                if self.credit_to == "giver"
                else (one.discharge, one.supply - one.gain),
            }.get(how, (one.given_up, one.caused))
            for unit, amount in zip((one.giver, one.taker), bears, strict=True):
                found[party_of(self.facts, unit)] += amount
        kept: Mapping[tuple[str, str], float] | None = self.apart
        if how == "energy":
            kept = self._passed_on()
        if kept is None:
            return None
        for (_, party), amount in kept.items():
            found[party] += amount
        return dict(found)

    def _passed_on(self) -> dict[tuple[str, str], float] | None:
        ends = list(self.exchanges.values())
        keys = dict.fromkeys(
            [*self.apart, *((x, party_of(self.facts, x)) for one in ends for x in (one.giver, one.taker))]
        )
        place = {unit: n for n, (unit, _) in enumerate(keys)}
        share = np.zeros((len(place), len(place)))
        for giver in dict.fromkeys(one.giver for one in ends):
            mine, besides = [one for one in ends if one.giver == giver], self.made.get(giver)
            energies = [one.energy for one in mine]
            if besides is None or None in energies:
                continue
            whole = besides + sum(x for x in energies if x is not None)
            for one in mine:
                if whole > 0 and one.energy:
                    share[place[giver], place[one.taker]] += one.energy / whole
        b = np.array([self.apart.get(key, 0.0) for key in keys])
        try:
            x = np.linalg.solve(np.eye(len(place)) - share.T, b)
        except np.linalg.LinAlgError:
            return None
        kept = (1.0 - share.sum(axis=1)) * x
        return {key: float(kept[n]) for n, key in enumerate(keys)}
