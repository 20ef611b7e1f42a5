"""Games with transferable utility: values of coalitions, and how their worth may be shared.

Nothing here knows of parks. Players are names, a coalition is a ``frozenset`` of them, and a game maps coalitions to
what they are worth by themselves; the empty one is worth nothing.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

Coalition = frozenset[str]
#: Orders of a sample at least: of fewer pairs, their spread says too little of the error.
FEWEST = 50
#: What each player gets.
Sharing = Mapping[str, float]


def coalitions(players: Sequence[str]) -> Iterator[Coalition]:
    """Coalitions of players, the smallest first, each in the order of the players; not the empty one."""
    for size in range(1, len(players) + 1):
        yield from map(frozenset, combinations(players, size))


@dataclass(frozen=True)
class Game:
    """Values of all coalitions of some players.

    Attributes
    ----------
    players
        In the order in which they are told.
    values
        Coalition -> what it is worth; all coalitions but the empty one.

    Raises
    ------
    ValueError
        If a coalition has no value, or one that is no number.
    """

    players: tuple[str, ...]
    values: Mapping[Coalition, float]

    def __post_init__(self) -> None:
        missing = [s for s in coalitions(self.players) if not math.isfinite(self.values.get(s, math.nan))]
        if missing:
            raise ValueError(f"no value of {len(missing)} coalitions, such as {named(missing[0], self.players)}")

    @property
    def grand(self) -> Coalition:
        """All players."""
        return frozenset(self.players)

    @property
    def worth(self) -> float:
        """What all players are worth together."""
        return self.values[self.grand]

    @cached_property
    def by_mask(self) -> np.ndarray:
        """Values by bits: bit i of the place says whether player i is in; shape (2 ** players,)."""
        bit = {player: 1 << i for i, player in enumerate(self.players)}
        table = np.zeros(1 << len(self.players))
        for members in coalitions(self.players):
            table[sum(bit[player] for player in members)] = self.values[members]
        return table


def named(members: Coalition, players: Sequence[str]) -> str:
    """Members in the order of the players, as text."""
    return ", ".join(player for player in players if player in members)


def excess(value: float, members: Coalition, sharing: Sharing) -> float:
    """What a coalition is worth beyond what its members get: above zero, it gains by leaving."""
    return value - math.fsum(sharing[player] for player in members)


def shapley(game: Game) -> dict[str, float]:
    """Shapley value: the mean of what a player adds, over all orders in which they may come.

    Shapley (1953), "A value for n-person games", eq. 13: sum over coalitions S without i of
    |S|! (n - |S| - 1)! / n! (v(S with i) - v(S)).
    """
    n, table = len(game.players), game.by_mask
    masks = np.arange(1 << n)
    sizes = np.array([mask.bit_count() for mask in range(1 << n)])
    weight = np.array([math.factorial(s) * math.factorial(n - s - 1) / math.factorial(n) for s in range(n)])
    shares = []
    for i in range(n):
        without = masks[(masks >> i) & 1 == 0]
        shares.append(float((weight[sizes[without]] * (table[without | (1 << i)] - table[without])).sum()))
    return _exactly(game.players, shares, game.worth)


def shapley_range(low: Game, high: Game) -> dict[str, tuple[float, float]]:
    """Least and largest Shapley value of each player where values of coalitions are known as intervals only."""
    n = len(low.players)
    least, most = low.by_mask, high.by_mask
    masks = np.arange(1 << n)
    sizes = np.array([mask.bit_count() for mask in range(1 << n)])
    weight = np.array([math.factorial(s) * math.factorial(n - s - 1) / math.factorial(n) for s in range(n)])
    found = {}
    for i, player in enumerate(low.players):
        without = masks[(masks >> i) & 1 == 0]
        with_i, w = without | (1 << i), weight[sizes[without]]
        bounds = (w * (least[with_i] - most[without])).sum(), (w * (most[with_i] - least[without])).sum()
        found[player] = (float(bounds[0]), float(bounds[1]))
    return found


def orders(players: Sequence[str], samples: int, seed: int) -> list[tuple[str, ...]]:
    """Random orders of players, each followed by its reverse; at least :data:`FEWEST`.

    Castro, Gomez & Tejada (2009), "Polynomial calculation of the Shapley value based on sampling"; in pairs of an order
    and its reverse (Mitchell et al. 2022), which narrows the error where what a player adds grows with who is there.
    """
    generator = np.random.default_rng(seed)
    found: list[tuple[str, ...]] = []
    while len(found) < max(FEWEST, samples):
        order = tuple(players[i] for i in generator.permutation(len(players)))
        found += [order, order[::-1]]
    return found


def prefixes(order: Sequence[str]) -> Iterator[Coalition]:
    """Coalitions that come about one by one in an order."""
    return (frozenset(order[: size + 1]) for size in range(len(order)))


def sampled_shapley(
    players: Sequence[str], value: Callable[[Coalition], float], samples: Sequence[Sequence[str]]
) -> tuple[dict[str, float], dict[str, float]]:
    """Shapley value estimated from orders made by :func:`orders`, and the standard error of each share.

    Parameters
    ----------
    value
        What a coalition is worth.
    samples
        Orders in pairs; each order shares the worth of all players, so that the mean does, too.

    Returns
    -------
    tuple
        Mean of what a player adds, and its standard error: of the means of pairs, which are independent.
    """
    place = {player: i for i, player in enumerate(players)}
    added = np.zeros((len(samples), len(players)))
    for row, order in enumerate(samples):
        before = 0.0
        for player, members in zip(order, prefixes(order), strict=True):
            now = value(members)
            added[row, place[player]] = now - before
            before = now
    pairs = added.reshape(len(samples) // 2, 2, len(players)).mean(axis=1)
    mean = _exactly(players, pairs.mean(axis=0).tolist(), value(frozenset(players)))
    error = pairs.std(axis=0, ddof=1) / math.sqrt(len(pairs))
    return mean, dict(zip(players, error.tolist(), strict=True))


def tau(game: Game, tolerance: float = 0.0) -> dict[str, float] | None:
    """Tau value: between what each may hope for and what it can be sure of, at one share of the way for all.

    Tijs (1981), "Bounds for the core of a game and the tau-value". None where it does not exist: the sure amounts are
    more, or the hopes less, than there is to share, each by more than a tolerance.
    """
    everybody = game.grand
    hope = {i: game.worth - game.values.get(everybody - {i}, 0.0) for i in game.players}
    sure = {
        i: max(game.values[s] - math.fsum(hope[j] for j in s if j != i) for s in coalitions(game.players) if i in s)
        for i in game.players
    }
    low, high = math.fsum(sure.values()), math.fsum(hope.values())
    slack = max(tolerance, 1e-9 * max(map(abs, game.values.values())))
    if any(sure[i] > hope[i] + slack for i in game.players) or not low - slack <= game.worth <= high + slack:
        return None
    share = (game.worth - low) / (high - low) if high > low + slack else 0.0
    return _exactly(game.players, [sure[i] + share * (hope[i] - sure[i]) for i in game.players], game.worth)


@dataclass(frozen=True)
class Breach:
    """Two coalitions that are worth less together than apart; ``loss`` is how much."""

    one: Coalition
    other: Coalition
    loss: float


def not_superadditive(game: Game, tolerance: float) -> tuple[int, Breach | None]:
    """Count pairs of coalitions that lose by joining, by more than a tolerance, and find the worst."""
    table, n = game.by_mask, len(game.players)
    count, worst = 0, (tolerance, 0, 0)
    for mask in range(1, 1 << n):
        part = (mask - 1) & mask
        while part > mask ^ part:  # each pair once
            loss = float(table[part] + table[mask ^ part] - table[mask])
            if loss > tolerance:
                count += 1
                worst = max(worst, (loss, part, mask ^ part))
            part = (part - 1) & mask
    if not count:
        return 0, None
    sets = [frozenset(player for i, player in enumerate(game.players) if part >> i & 1) for part in worst[1:]]
    return count, Breach(sets[0], sets[1], worst[0])


def is_convex(game: Game, tolerance: float = 1e-9) -> bool:
    """Whether a player adds the more the larger the coalition it joins; then the Shapley value is in the core."""
    table, n = game.by_mask, len(game.players)
    masks = np.arange(1 << n)
    for i in range(n):
        for j in range(i):
            rest = masks[((masks >> i) & 1 == 0) & ((masks >> j) & 1 == 0)]
            more = table[rest | 1 << i | 1 << j] - table[rest | 1 << j]
            if ((table[rest | 1 << i] - table[rest]) - more > tolerance).any():
                return False
    return True


def _exactly(players: Sequence[str], shares: Sequence[float], worth: float) -> dict[str, float]:
    """Shares that add up to what there is: rounding of the sum is spread over all."""
    off = (worth - math.fsum(shares)) / len(players)
    return {player: share + off for player, share in zip(players, shares, strict=True)}
