"""Rules by which the gain of a park may be shared, from the values of coalitions and what each firm pays today."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from planner.sharing.game import Coalition, Game, Sharing, sampled_shapley, shapley, shapley_range, tau
from planner.sharing.nucleolus import nucleolus, prenucleolus

OBSERVED, EQUAL, INVESTMENT, ALONE = "observed", "equal", "by investment", "by cost alone"
SHAPLEY, NUCLEOLUS, TAU = "Shapley", "nucleolus", "tau"

#: What each rule does, in a line.
WORDS: Mapping[str, str] = {
    OBSERVED: "what the prices and the who-pays shares of the case give today",
    EQUAL: "the same to each firm",
    INVESTMENT: "in proportion to what each invests in the plan",
    ALONE: "in proportion to what each costs without the park",
    SHAPLEY: "the mean of what a firm adds, over all orders in which firms may join",
    NUCLEOLUS: "the worst-off group of firms as well off as can be, then the next",
    TAU: "between what each may hope for and what it is sure of",
}


@dataclass(frozen=True)
class Shared:
    """What each player gets under a rule.

    Attributes
    ----------
    gains
        Player -> gain a year.
    error
        Standard errors of gains that were sampled.
    low, high
        Ends of gains that rest on values known as intervals only.
    """

    rule: str
    gains: Sharing
    error: Mapping[str, float] = field(default_factory=dict)
    low: Mapping[str, float] = field(default_factory=dict)
    high: Mapping[str, float] = field(default_factory=dict)
    note: str = ""


def proportional(rule: str, keys: Mapping[str, float], worth: float, why_not: str) -> Shared | str:
    """Shares in proportion to keys; or why that cannot be done."""
    negative = [player for player, key in keys.items() if key < -1e-9 * max(map(abs, keys.values()))]
    total = math.fsum(max(0.0, key) for key in keys.values())
    if negative:
        return f"{why_not} of {', '.join(negative)} is below zero"
    if total <= 0.0:
        return f"{why_not} is zero for every firm"
    return Shared(rule, {player: worth * max(0.0, key) / total for player, key in keys.items()})


def equal(players: Sequence[str], worth: float) -> Shared:
    """The same to each."""
    return Shared(EQUAL, dict.fromkeys(players, worth / len(players)))


def by_game(
    low: Game, high: Game | None, *, proven: bool, tolerance: float = 0.0
) -> tuple[list[Shared], dict[str, str]]:
    """Shapley value, nucleolus and tau value of a game whose coalitions are all known; and why one is missing.

    Parameters
    ----------
    low, high
        Values of coalitions: what was found, and the most it can be (None where that is not known of all). What is
        shared follows from ``low``.
    tolerance
        Amount below which a difference says nothing.
    """
    ends = {} if proven or high is None else shapley_range(low, high)
    least, most = ({player: end[n] for player, end in ends.items()} for n in (0, 1))
    note = "" if proven else "some values are known as intervals only: this follows from what was found"
    if not proven and high is None:
        note += "; how much more some may be worth is not known"
    found, missing = [Shared(SHAPLEY, shapley(low), {}, least, most, note)], dict[str, str]()
    nested = nucleolus(low, tolerance)
    if nested is None:
        words = "prenucleolus: the firms one by one are worth more than all together, so that somebody must lose"
        found.append(Shared(NUCLEOLUS, prenucleolus(low), note="; ".join(filter(None, (words, note)))))
    else:
        found.append(Shared(NUCLEOLUS, nested, note=note))
    between = tau(low, tolerance)
    if between is None:
        missing[TAU] = "does not exist: what the firms hope for or are sure of does not fit what there is to share"
    else:
        found.append(Shared(TAU, between, note=note))
    return found, missing


def by_sample(
    players: Sequence[str], values: Mapping[Coalition, float], samples: Sequence[Sequence[str]], *, proven: bool
) -> tuple[list[Shared], dict[str, str]]:
    """The Shapley value from a sample of orders; the other rules of games need the values of all coalitions."""
    gains, error = sampled_shapley(players, values.__getitem__, samples)
    note = f"sampled from {len(samples)} orders"
    if not proven:
        note += "; some values are known as intervals only, which the standard error does not hold"
    why = "needs the values of all coalitions: see --exact-up-to"
    return [Shared(SHAPLEY, gains, error, note=note)], {NUCLEOLUS: why, TAU: why}
