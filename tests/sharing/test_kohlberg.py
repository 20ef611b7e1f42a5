"""The nucleolus by Kohlberg's criterion, which needs no sequence of programs (Kohlberg 1971).

A sharing is the prenucleolus if and only if at every level of excess the coalitions at or above it are balanced: with
some weights above zero they cover each player exactly once. For the nucleolus the players who get just what they have
alone may be covered besides.
"""

import math
import random

import numpy as np
import pytest
from scipy.optimize import linprog
from textbook_games import game_of

from planner.sharing.game import Game, coalitions
from planner.sharing.nucleolus import nucleolus, prenucleolus


def balanced(rows, free):
    """Whether positive weights of ``rows``, and weights of ``free``, add up to 1 for each player."""
    matrix = np.array([*rows, *free]).T
    players, columns = matrix.shape
    least = np.zeros((len(rows), columns + 1))
    for at in range(len(rows)):
        least[at, at], least[at, -1] = -1.0, 1.0
    cover = np.hstack([matrix, np.zeros((players, 1))])
    goal = np.append(np.zeros(columns), -1.0)
    bounds = [(0, None)] * columns + [(None, 1)]
    found = linprog(goal, least, np.zeros(len(rows)), cover, np.ones(players), bounds)
    return found.status == 0 and -found.fun > 1e-9


def fails(game: Game, sharing, *, rational: bool) -> str:
    """What speaks against a sharing; empty where it is the (pre)nucleolus."""
    near = 1e-6 * (max(map(abs, game.values.values())) or 1.0)
    if abs(math.fsum(sharing.values()) - game.worth) > near:
        return "not all is shared"
    row = {s: [float(i in s) for i in game.players] for s in coalitions(game.players) if s != game.grand}
    excess = {s: game.values[s] - math.fsum(sharing[i] for i in s) for s in row}
    if rational and any(excess[frozenset({i})] > near for i in game.players):
        return "less than alone"
    free = [row[frozenset({i})] for i in game.players if rational and abs(excess[frozenset({i})]) <= near]
    left = sorted(row, key=lambda s: -excess[s])
    rows = []
    while left and np.linalg.matrix_rank(np.array([*rows, np.ones(len(game.players))])) < len(game.players):
        level = excess[left[0]]
        rows += [row[s] for s in left if excess[s] >= level - near]
        left = [s for s in left if excess[s] < level - near]
        if not balanced(rows, free):
            return f"not balanced at {level}"
    return ""


def degenerate(seed: int) -> Game:
    """A game of three to six players with many coalitions that are worth alike, in money of any size."""
    r = random.Random(seed)
    players = [f"P{n}" for n in range(r.randint(3, 6))]
    scale = r.choice((1.0, 1e12, 1e-5))
    kind = r.choice(("simple", "small", "by size", "pairs", "majority", "zero", "rounded"))
    by_size = [r.randint(0, 5) * n for n in range(len(players) + 1)]
    votes = [r.randint(1, 5) for _ in players]
    quota = r.randint(sum(votes) // 2 + 1, sum(votes))

    def worth(s):
        if kind == "by size":
            return by_size[len(s)] * scale
        if kind == "majority":
            return scale * float(sum(votes[int(i[1])] for i in s) >= quota)
        top = {"simple": 1, "zero": 0, "pairs": 10}.get(kind, 4)
        noise = 1.0 + (1e-9 * r.uniform(-1, 1) if kind == "rounded" else 0.0)  # as two solves of one park differ
        return scale * noise * (r.randint(0, top) * (len(s) > 1) + (5 * (len(s) - 1) if kind == "pairs" else 0))

    return game_of(players, worth)


@pytest.mark.parametrize("seed", range(0, 60, 10))
def test_nucleoli_meet_the_criterion(seed):
    for game in map(degenerate, range(seed, seed + 10)):
        assert fails(game, prenucleolus(game), rational=False) == ""
        inside = nucleolus(game)
        assert inside is None or fails(game, inside, rational=True) == ""


def test_the_criterion_finds_a_sharing_that_is_not_the_nucleolus():
    game = game_of("ABC", lambda s: 60.0 if len(s) == 2 else 90.0 * (len(s) == 3))
    assert fails(game, dict.fromkeys("ABC", 30.0), rational=False) == ""
    assert fails(game, {"A": 31.0, "B": 30.0, "C": 29.0}, rational=False).startswith("not balanced")
