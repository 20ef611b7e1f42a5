"""Who bears the impacts of a park whose firms exchange by-products: four conventions, side by side.

For every exchange e (all links together) and category, in the unit of the category a year:

    S_e  what is not bought, made or supplied at the taker's            (avoided supply)
    D_e  what is not disposed of, or sold, at the giver's               (avoided discharge)
    U_e  what the giver buys or makes up because it gives               (given up)
    X_e  transport, pumping, treatment, link, and using the by-product  (caused)

    gain of e = S_e + D_e - U_e - X_e

Every convention splits the same gain, so that the totals of all firms add up to that of the park under each:

    cut-off       giver D_e - U_e; taker S_e - X_e: a by-product is free of burdens at the giver's gate
    50/50         half of the gain each (Martin, Svensson and Eklund 2015, J. Cleaner Production 98)
    substitution  all to the giver (it is credited with what its by-product replaces, the taker bears that as if it had
                  bought it), or all to the taker
    energy        as cut-off, and of what arises at a unit (B_k, exchanges apart, and what came in so) a share goes with
                  what it gives, by energy: x_k = B_k + sum over givers j of a_jk x_j, a_jk = energy j gives to k /
                  energy of all that j gives, sells and makes (ISO 14044, 4.3.4.2: physical relationship)

What is wasted carries nothing. Where the energy of all that a giver gives and makes is not known, "energy" leaves it as
cut-off does, and a note says so.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

#: Rounds of passing burdens on; what is left then stays where it is.
ROUNDS = 10_000
NOTHING = 1e-15


@dataclass
class Exchanged:
    """An exchange in a category.

    Attributes
    ----------
    giver, taker
        Units at its ends.
    seller, buyer
        Their parties.
    avoided_supply, avoided_discharge, given_up, caused
        S_e, D_e, U_e and X_e above.
    energy
        Energy of what it moves [MWh/yr]; None where not known.
    """

    exchange: str
    giver: str
    taker: str
    seller: str
    buyer: str
    avoided_supply: float = 0.0
    avoided_discharge: float = 0.0
    given_up: float = 0.0
    caused: float = 0.0
    energy: float | None = 0.0

    @property
    def gain(self) -> float:
        """What it avoids less what it causes."""
        return self.avoided_supply + self.avoided_discharge - self.given_up - self.caused


@dataclass(frozen=True)
class Share:
    """Shares of a unit's burden that go with its exchanges: taker -> share; what is left stays."""

    takers: Mapping[str, float] = field(default_factory=dict)


def shares_by_energy(
    exchanges: Iterable[Exchanged], made: Mapping[str, float | None]
) -> tuple[dict[str, Share], tuple[str, ...]]:
    """Shares by energy of every giver, and the givers whose energy is not known.

    Parameters
    ----------
    made
        Unit -> energy of what it makes and sells besides [MWh/yr]; None where that is not known.
    """
    given: dict[str, dict[str, float | None]] = defaultdict(dict)
    for one in exchanges:
        before = given[one.giver].get(one.taker, 0.0)
        given[one.giver][one.taker] = None if before is None or one.energy is None else before + one.energy
    found, unknown = dict[str, Share](), list[str]()
    for giver, takers in given.items():
        besides = made.get(giver)
        parts = {taker: energy for taker, energy in takers.items() if energy is not None}
        whole = None if besides is None or len(parts) < len(takers) else besides + sum(parts.values())
        if whole is None:
            unknown.append(giver)
        elif whole > 0:
            found[giver] = Share({taker: energy / whole for taker, energy in parts.items() if energy})
    return found, tuple(unknown)


def passed_on(burdens: Mapping[str, float], shares: Mapping[str, Share]) -> dict[str, float]:
    """What units keep of their burdens once everything has gone with what they give; it adds up to the same.

    Solved by passing on round by round, which ends where anything leaves the circle; what circles for ever stays.
    """
    kept: dict[str, float] = defaultdict(float)
    moving = dict(burdens)
    size = sum(abs(x) for x in burdens.values())
    for _ in range(ROUNDS):
        following: dict[str, float] = defaultdict(float)
        for unit, amount in moving.items():
            takers = shares[unit].takers if unit in shares else {}
            for taker, share in takers.items():
                following[taker] += amount * share
            kept[unit] += amount * (1.0 - sum(takers.values()))
        moving = following
        if sum(abs(x) for x in moving.values()) <= NOTHING * size:
            break
    for unit, amount in moving.items():
        kept[unit] += amount
    return dict(kept)


def split(one: Exchanged, how: str, credit_to: str) -> tuple[float, float]:
    """Gain of giver and taker of an exchange under a convention; together its gain."""
    if how == "50/50":
        return one.gain / 2, one.gain / 2
    if how == "substitution":
        return (one.gain, 0.0) if credit_to == "giver" else (0.0, one.gain)
    return one.avoided_discharge - one.given_up, one.avoided_supply - one.caused


def allocated(
    burdens: Mapping[tuple[str, str], float],
    exchanges: Iterable[Exchanged],
    how: str,
    credit_to: str,
    shares: Mapping[str, Share],
) -> dict[str, float]:
    """Party -> its impact a year under a convention.

    Parameters
    ----------
    burdens
        (Unit, party) -> what arises there apart from exchanges; a unit of "" belongs to none.
    exchanges
        Exchanges of the run; ``seller`` and ``buyer`` bear what they cause.
    how
        "cut-off", "energy", "substitution" or "50/50".
    credit_to
        "giver" or "taker", of "substitution".
    shares
        Shares by energy of every giver.
    """
    exchanges = list(exchanges)
    found: dict[str, float] = defaultdict(float)
    for one in exchanges:  # what arises apart from exchanges holds their gains as they fall by themselves
        at_giver, at_taker = split(one, how, credit_to)
        found[one.seller] += one.avoided_discharge - at_giver
        found[one.buyer] += one.avoided_supply - at_taker
    if how == "energy":
        homes = {unit: party for (unit, party) in burdens if unit in shares}
        homes |= {x: party for one in exchanges for x, party in ((one.giver, one.seller), (one.taker, one.buyer))}
        moving: dict[str, float] = defaultdict(float)
        for (unit, party), amount in burdens.items():
            if unit in homes and homes[unit] == party:
                moving[unit] += amount
            else:
                found[party] += amount
        for unit, amount in passed_on(moving, shares).items():
            found[homes[unit]] += amount
    else:
        for (_, party), amount in burdens.items():
            found[party] += amount
    return dict(found)
