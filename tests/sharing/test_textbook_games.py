"""Sharing rules against games whose solutions stand in textbooks."""

import math

import pytest
from textbook_games import airport, bankruptcy, game_of, glove_market, voting

from planner.sharing.game import Game, is_convex, not_superadditive, shapley, tau
from planner.sharing.nucleolus import least_core, leaving, nucleolus, prenucleolus

CLAIMS = {"first": 100.0, "second": 200.0, "third": 300.0}


def test_glove_market_of_one_left_and_two_right_gloves():
    # Orders in which L is not first earn L the 1: 4 of 6. A right glove earns it when it comes second behind L: 1 of 6.
    game = glove_market(1, 2)
    assert shapley(game) == pytest.approx({"L0": 4 / 6, "R0": 1 / 6, "R1": 1 / 6})
    assert nucleolus(game) == pytest.approx({"L0": 1.0, "R0": 0.0, "R1": 0.0}, abs=1e-9)  # the only point of the core
    core = least_core(game)
    assert core is not None
    assert core.epsilon == pytest.approx(0.0, abs=1e-9)


def test_glove_market_of_two_left_and_three_right_gloves_gives_all_to_the_scarce_side():
    game = glove_market(2, 3)  # Shapley & Shubik 1969: the core is the one point where the short side has it all
    assert nucleolus(game) == pytest.approx({"L0": 1, "L1": 1, "R0": 0, "R1": 0, "R2": 0}, abs=1e-9)


def test_airport_of_littlechild_and_owen():
    # Each piece of runway is shared by those who need it: 8/3 for all; 3/2 more for the larger two; 2 for the largest.
    needs = {"small": 8.0, "middle": 11.0, "large": 13.0}
    saved = shapley(airport(needs))
    charges = {i: needs[i] - saved[i] for i in needs}
    assert charges == pytest.approx({"small": 8 / 3, "middle": 8 / 3 + 3 / 2, "large": 8 / 3 + 3 / 2 + 2})


def test_nucleolus_of_an_airport_by_its_closed_form():
    # Littlechild 1974: r_1 = min(c_k / (k + 1) for k < n, c_n / n). Of costs 8, 11, 13: min(8/2, 11/3, 13/3) = 11/3, by
    # both small ones; then the large one pays the rest: 13 - 22/3 = 17/3.
    needs = {"small": 8.0, "middle": 11.0, "large": 13.0}
    shared = nucleolus(airport(needs))
    charges = {i: needs[i] - shared[i] for i in needs}
    assert charges == pytest.approx({"small": 11 / 3, "middle": 11 / 3, "large": 17 / 3})


@pytest.mark.parametrize(
    ("estate", "shares"),
    [(100.0, (100 / 3, 100 / 3, 100 / 3)), (200.0, (50.0, 75.0, 75.0)), (300.0, (50.0, 100.0, 150.0))],
)
def test_bankruptcy_of_the_talmud(estate, shares):
    """Aumann & Maschler 1985: the table of Kethubot 93a is the nucleolus."""
    found = nucleolus(bankruptcy(estate, CLAIMS))
    assert [found[i] for i in CLAIMS] == pytest.approx(shares)


def test_three_firms_by_hand():
    # Alone nothing; AB 60, AC 40, BC 20; all 90.
    # Shapley of A: (2 x 0 + 60 + 40 + 2 x (90 - 20)) / 6 = 240 / 6 = 40; B 180 / 6 = 30; C 120 / 6 = 20.
    # Nucleolus: excesses of singles -x, of AB x_C - 30, AC x_B - 50, BC x_A - 70. C: -x_C = x_C - 30 at 15, e = -15.
    # Then A gets 75 - x_B. Worst of B's -x_B, AC x_B - 50, BC 5 - x_B, A x_B - 75: AC = BC at 27.5, both -22.5.
    # So (47.5, 27.5, 15).
    worths = {"A": 0, "B": 0, "C": 0, "AB": 60, "AC": 40, "BC": 20, "ABC": 90}
    game = Game(("A", "B", "C"), {frozenset(s): float(v) for s, v in worths.items()})
    assert shapley(game) == pytest.approx({"A": 40, "B": 30, "C": 20})
    assert nucleolus(game) == pytest.approx({"A": 47.5, "B": 27.5, "C": 15})
    core = least_core(game)
    assert core is not None
    assert core.epsilon == pytest.approx(-15)
    # Hopes 90 - 20, 90 - 40, 90 - 60 = 70, 50, 30; sure: A max(0, 60 - 50, 40 - 30, 90 - 80) = 10; B 60 - 70 < 0, C: 0.
    # 90 = 10 + share x (150 - 10): share 4/7; A 10 + 60 x 4/7.
    assert tau(game) == pytest.approx({"A": 10 + 240 / 7, "B": 200 / 7, "C": 120 / 7})


def test_who_would_leave_an_equal_split():
    worths = {"A": 0, "B": 0, "C": 0, "AB": 80, "AC": 40, "BC": 20, "ABC": 90}
    values = {frozenset(s): float(v) for s, v in worths.items()}
    found = leaving(values, {"A": 30.0, "B": 30.0, "C": 30.0}, 0.01)
    assert found == [(frozenset("AB"), 20.0)]


def test_majority_of_three_has_an_empty_core():
    game = voting(2, {"A": 1, "B": 1, "C": 1})
    core = least_core(game)
    assert core is not None
    assert core.epsilon == pytest.approx(1 / 3)  # a pair has 1 and gets 2/3
    assert nucleolus(game) == pytest.approx(dict.fromkeys("ABC", 1 / 3))


def test_veto_player_gets_all_in_the_nucleolus():
    # [3; 2, 1, 1]: A must be in. Shapley: A pivots unless first: 4 of 6.
    game = voting(3, {"A": 2, "B": 1, "C": 1})
    assert shapley(game) == pytest.approx({"A": 2 / 3, "B": 1 / 6, "C": 1 / 6})
    assert nucleolus(game) == pytest.approx({"A": 1, "B": 0, "C": 0}, abs=1e-9)


def test_council_of_luxembourg_is_a_dummy():
    # The Council of the Six (1958): 12 of 17; Luxembourg never turns a vote. Shapley: 14/60 three times, 9/60 twice.
    weights = {"DE": 4, "FR": 4, "IT": 4, "BE": 2, "NL": 2, "LU": 1}
    found = shapley(voting(12, weights))
    assert found == pytest.approx({"DE": 14 / 60, "FR": 14 / 60, "IT": 14 / 60, "BE": 9 / 60, "NL": 9 / 60, "LU": 0})


def test_convex_game_has_its_shapley_value_in_the_core():
    game = game_of("ABCD", lambda s: float(len(s) ** 2))
    assert is_convex(game)
    values = {s: v for s, v in game.values.items() if s != game.grand}
    assert leaving(values, shapley(game), 1e-9) == []
    assert not_superadditive(game, 1e-9) == (0, None)


def test_additive_game_gives_each_its_own():
    own = {"A": 3.0, "B": -1.0, "C": 7.0}
    game = game_of("ABC", lambda s: math.fsum(own[i] for i in s))
    for rule in (shapley, nucleolus, prenucleolus, tau):
        assert rule(game) == pytest.approx(own)


def test_nucleolus_that_needs_more_than_tight_rows():
    # Where only some of the tight coalitions are tight in all optima, settling all of them goes wrong (Guajardo &
    # Jornsten 2015). Worked by hand: singles 0, AB 1, CD 1, all 2. First e = 0 (AB, CD), then each pair splits evenly.
    def worth(s):
        return float({"A", "B"} <= s) + float({"C", "D"} <= s)

    assert nucleolus(game_of("ABCD", worth)) == pytest.approx(dict.fromkeys("ABCD", 0.5))


def test_no_imputation_no_nucleolus():
    game = game_of("AB", lambda s: 3.0 if len(s) == 1 else 4.0)
    assert nucleolus(game) is None
    assert prenucleolus(game) == pytest.approx({"A": 2, "B": 2})
    assert not_superadditive(game, 1e-9)[0] == 1


def test_rationality_binds_where_the_prenucleolus_gives_less_than_alone():
    # Alone C has 0; AB 1, nothing else: prenucleolus of v(ABC) = 0 gives AB too little, C less than nothing.
    worths = {"A": 0, "B": 0, "C": 0, "AB": 1, "AC": 0, "BC": 0, "ABC": 0.0}
    game = Game(("A", "B", "C"), {frozenset(s): float(v) for s, v in worths.items()})
    assert prenucleolus(game)["C"] < -0.1
    assert nucleolus(game) == pytest.approx({"A": 0, "B": 0, "C": 0}, abs=1e-9)


def test_one_player_and_missing_values():
    assert nucleolus(Game(("A",), {frozenset("A"): 5.0})) == {"A": 5.0}
    assert least_core(Game(("A",), {frozenset("A"): 5.0})) is None
    with pytest.raises(ValueError, match="no value of 1 coalitions, such as A, B"):
        Game(("A", "B"), {frozenset("A"): 1.0, frozenset("B"): 1.0})
