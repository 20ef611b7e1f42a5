"""Games with known solutions."""

from collections.abc import Callable, Mapping, Sequence

from planner.sharing.game import Coalition, Game, coalitions


def game_of(players: Sequence[str], worth: Callable[[Coalition], float]) -> Game:
    return Game(tuple(players), {s: worth(s) for s in coalitions(players)})


def glove_market(left: int, right: int) -> Game:
    """Each pair of a left and a right glove is worth 1."""
    players = [f"L{i}" for i in range(left)] + [f"R{i}" for i in range(right)]
    return game_of(players, lambda s: min(sum(p[0] == "L" for p in s), sum(p[0] == "R" for p in s)))


def airport(needs: Mapping[str, float]) -> Game:
    """A runway costs as much as the longest that anybody needs; what a coalition saves by sharing one."""
    return game_of(list(needs), lambda s: sum(needs[i] for i in s) - max(needs[i] for i in s))


def bankruptcy(estate: float, claims: Mapping[str, float]) -> Game:
    """What is left to a coalition once the others have had their claims (O'Neill 1982)."""
    total = sum(claims.values())
    return game_of(list(claims), lambda s: max(0.0, estate - (total - sum(claims[i] for i in s))))


def voting(quota: int, weights: Mapping[str, int]) -> Game:
    return game_of(list(weights), lambda s: float(sum(weights[i] for i in s) >= quota))
