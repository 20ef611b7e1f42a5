"""Properties that a sharing rule has in every game, and an independent nucleolus."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from textbook_games import game_of

from planner.sharing.game import (
    Game,
    coalitions,
    is_convex,
    not_superadditive,
    orders,
    prefixes,
    sampled_shapley,
    shapley,
    shapley_range,
    tau,
)
from planner.sharing.nucleolus import least_core, leaving, nucleolus, prenucleolus


@st.composite
def games(draw, least=2, most=4, low=-5):
    players = "ABCDE"[: draw(st.integers(least, most))]
    numbers = st.integers(low, 30)
    return game_of(players, lambda s: float(draw(numbers)))


def by_trial(game: Game, *, rational: bool) -> dict[str, float]:
    """Nucleolus by another way: after each program every open coalition is tried for whether it could be better off."""
    n, every = len(game.players), [s for s in coalitions(game.players) if s != game.grand]
    row = {s: np.array([float(i in s) for i in game.players]) for s in [*every, game.grand]}
    settled = {game.grand: game.worth}
    own = [(game.values[frozenset({i})], None) if rational else (None, None) for i in game.players]
    active = list(every)
    while active:
        matrix, right = [np.append(-row[s], -1.0) for s in active], [-game.values[s] for s in active]
        equal = np.array([np.append(row[s], 0.0) for s in settled]), list(settled.values())
        found = linprog(np.append(np.zeros(n), 1.0), matrix, right, *equal, [*own, (None, None)])
        epsilon = found.x[-1]
        for s in list(active):
            bound = [epsilon + 1e-9 - game.values[r] for r in active]
            best = linprog(-row[s], [-row[r] for r in active], bound, [row[r] for r in settled], equal[1], own)
            if -best.fun <= game.values[s] - epsilon + 1e-6:
                settled[s] = game.values[s] - epsilon
                active.remove(s)
                break
    x = np.linalg.lstsq(np.array([row[s] for s in settled]), np.array(list(settled.values())), rcond=None)[0]
    return dict(zip(game.players, x.tolist(), strict=True))


@given(games(most=4, low=0))
@settings(max_examples=20)
def test_nucleolus_is_that_of_an_independent_search(game):
    assert prenucleolus(game) == pytest.approx(by_trial(game, rational=False), abs=1e-5)
    nested = nucleolus(game)
    if nested is not None:
        assert nested == pytest.approx(by_trial(game, rational=True), abs=1e-5)


@given(games(most=5))
@settings(max_examples=20)
def test_every_rule_shares_all_there_is(game):
    for rule in (shapley, nucleolus, prenucleolus, tau):
        shared = rule(game)
        assert shared is None or math.fsum(shared.values()) == pytest.approx(game.worth, abs=1e-9)


@given(games(most=4), st.integers(0, 9))
@settings(max_examples=20)
def test_a_player_who_adds_only_his_own_gets_his_own(game, own):
    wider = game_of([*game.players, "dummy"], lambda s: game.values.get(s - {"dummy"}, 0.0) + own * ("dummy" in s))
    assert shapley(wider)["dummy"] == pytest.approx(own)
    assert {i: shapley(wider)[i] for i in game.players} == pytest.approx(shapley(game))


@given(games(least=3, most=4))
@settings(max_examples=20)
def test_players_that_are_alike_get_alike(game):
    def swapped(s):
        return frozenset({"A": "B", "B": "A"}.get(i, i) for i in s)

    even = game_of(game.players, lambda s: game.values[s] + game.values[swapped(s)])
    for rule in (shapley, prenucleolus):
        shared = rule(even)
        assert shared["A"] == pytest.approx(shared["B"], abs=1e-6)


@given(games(least=3, most=3), games(least=3, most=3))
@settings(max_examples=20)
def test_shapley_of_a_sum_is_the_sum(one, other):
    both = game_of(one.players, lambda s: one.values[s] + other.values[s])
    assert shapley(both) == pytest.approx({i: shapley(one)[i] + shapley(other)[i] for i in one.players})


@given(games(most=4), st.integers(1, 5), st.lists(st.integers(-9, 9), min_size=4, max_size=4))
@settings(max_examples=20)
def test_units_and_what_each_has_by_himself_change_nothing_else(game, scale, own):
    each = dict(zip(game.players, own, strict=False))
    moved = game_of(game.players, lambda s: scale * game.values[s] + sum(each[i] for i in s))
    for rule in (shapley, prenucleolus):
        assert rule(moved) == pytest.approx({i: scale * rule(game)[i] + each[i] for i in game.players}, abs=1e-6)


@given(games(most=5, low=0))
@settings(max_examples=20)
def test_nucleolus_is_in_the_core_where_there_is_one(game):
    core = least_core(game)
    assert core is not None
    parts = {s: value for s, value in game.values.items() if s != game.grand}
    worst = leaving(parts, prenucleolus(game), -math.inf)[0][1]
    assert worst == pytest.approx(core.epsilon, abs=1e-6)  # no sharing has a smaller largest excess
    assert (core.epsilon <= 1e-9) == (not leaving(parts, prenucleolus(game), 1e-6))


@given(st.lists(st.integers(0, 9), min_size=15, max_size=15))
@settings(max_examples=20)
def test_convex_games_have_their_shapley_value_in_the_core(gains):
    # A sum of unanimity games with weights above zero is convex (Shapley 1971).
    groups = list(coalitions("ABCD"))
    game = game_of("ABCD", lambda s: float(sum(g for group, g in zip(groups, gains, strict=True) if group <= s)))
    assert is_convex(game)
    assert leaving({s: v for s, v in game.values.items() if s != game.grand}, shapley(game), 1e-9) == []
    assert not_superadditive(game, 1e-9)[0] == 0


@given(games(most=4), st.integers(0, 10))
@settings(max_examples=20)
def test_intervals_hold_the_shapley_value(game, wide):
    high = Game(game.players, {s: v + (wide if s != game.grand else 0) for s, v in game.values.items()})
    for player, (low, most) in shapley_range(game, high).items():
        assert low - 1e-9 <= shapley(game)[player] <= most + 1e-9
        assert low - 1e-9 <= shapley(high)[player] <= most + 1e-9


def test_all_orders_give_the_shapley_value_and_a_sample_is_reproducible():
    game = game_of("ABC", lambda s: float(len(s) ** 3 + ("A" in s)))
    six = [("A", "B", "C"), ("C", "B", "A"), ("A", "C", "B"), ("B", "C", "A"), ("B", "A", "C"), ("C", "A", "B")]
    assert sampled_shapley(game.players, game.values.__getitem__, six)[0] == pytest.approx(shapley(game))
    assert orders("ABCD", 10, 3) == orders("ABCD", 10, 3) != orders("ABCD", 10, 4)
    assert len(orders("ABCD", 61, 0)) == 62  # pairs
    assert len(orders("ABCD", 4, 0)) == 50  # two pairs would say nothing of their spread
    assert [sorted(s) for s in prefixes("BAC")] == [["B"], ["A", "B"], ["A", "B", "C"]]


def test_the_stated_error_is_the_spread_of_what_samples_find():
    # What a player adds is drawn at random, so that orders and their reverses differ: over 300 seeds, the estimates
    # spread by as much as each of them says (the spread itself is known to some 4 %).
    generator = np.random.default_rng(5)
    players = tuple("abcde")
    worth = {s: float(generator.normal()) for s in coalitions(players)}
    told = [sampled_shapley(players, worth.__getitem__, orders(players, 100, seed)) for seed in range(300)]
    for player in players:
        spread = np.std([means[player] for means, _ in told], ddof=1)
        stated = np.mean([errors[player] for _, errors in told])
        assert stated == pytest.approx(spread, rel=0.15)
