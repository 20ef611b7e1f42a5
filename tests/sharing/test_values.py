"""What a group of firms is worth, from what it costs together and alone."""

import math

import pytest

from models.coalition import Cost
from planner.sharing.game import Game
from planner.sharing.rules import ALONE, INVESTMENT, by_game, proportional
from planner.sharing.values import value_of

INF = math.inf


@pytest.mark.parametrize(
    ("cost", "value", "high", "proven", "words"),
    [
        (Cost(60.0, 60.0, "optimal"), 40.0, 40.0, True, ""),
        (Cost(60.0, 50.0, "feasible"), 40.0, 50.0, False, "not proven"),
        (Cost(130.0, 130.0, "optimal"), 0.0, 0.0, True, "more than staying alone"),
        (Cost(130.0, 70.0, "feasible"), 0.0, 30.0, False, "no park found that pays"),
        (Cost(INF, INF, "infeasible"), 0.0, 0.0, True, "no feasible park"),
        (Cost(INF, 80.0, "limit"), 0.0, 20.0, False, "no park was found"),
        (Cost(INF, -INF, "limit"), 0.0, INF, False, "no park was found"),
    ],
)
def test_value_of_a_group_that_costs_100_alone(cost, value, high, proven, words):
    found = value_of((100.0, 100.0), cost)
    assert (found.value, found.high, found.proven) == (value, high, proven)
    assert words in found.note


def test_shares_in_proportion_to_what_cannot_be_shared_by():
    assert (
        proportional(INVESTMENT, {"a": 0.0, "b": 0.0}, 9.0, "the investment") == "the investment is zero for every firm"
    )
    told = proportional(ALONE, {"a": -5.0, "b": 9.0}, 9.0, "the cost")
    assert told == "the cost of a is below zero"
    shared = proportional(INVESTMENT, {"a": 1.0, "b": 2.0}, 9.0, "the investment")
    assert not isinstance(shared, str)
    assert shared.gains == {"a": 3.0, "b": 6.0}


def test_intervals_give_the_shapley_value_a_range():
    # AB is worth 10; A alone 0 to 4. Shapley of A: (v(A) + 10 - v(B)) / 2 = 5 to 7.
    low = Game(("A", "B"), {frozenset("A"): 0.0, frozenset("B"): 0.0, frozenset("AB"): 10.0})
    high = Game(("A", "B"), {**low.values, frozenset("A"): 4.0})
    found, _ = by_game(low, high, proven=False)
    assert (found[0].low["A"], found[0].high["A"]) == pytest.approx((5.0, 7.0))
    assert (found[0].low["B"], found[0].high["B"]) == pytest.approx((3.0, 5.0))
    assert "intervals" in found[0].note


def test_an_unbounded_value_is_no_number_to_share_by():
    low = Game(("A", "B"), {frozenset("A"): 0.0, frozenset("B"): 0.0, frozenset("AB"): 10.0})
    found, _ = by_game(low, None, proven=False)
    assert found[0].low == {}
    assert "how much more" in found[0].note
