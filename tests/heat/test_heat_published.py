"""Published heat problems: the model, the problem table and the figure agree."""

import pytest

from benchmarks.heat import HEAT, HeatCase, digits, textbook
from benchmarks.published import solve
from planner.heat.pinch import problem_table


@pytest.mark.parametrize("case", HEAT, ids=lambda case: case.name)
def test_published_figure_is_met(case):
    outcome = solve(case)
    assert outcome.word == "yes"


def test_a_figure_that_the_table_does_not_confirm_is_missed(capsys):
    case = HEAT[0]
    wrong = HeatCase(case.name, case.optimum, case.tolerance, case.instance, "hot", lambda: 21.0)
    assert solve(wrong).word == "NO"
    assert "by the problem table" in capsys.readouterr().err


def test_digits_are_half_of_the_last_one():
    assert digits("250.1") == pytest.approx(0.05 / 250.1)
    assert digits("20") == 1e-6


def test_a_problem_is_read_with_half_its_difference():
    assert {stream.contribution for stream in textbook("4sp1_si")} == {5.0}
    assert problem_table(textbook("4sp1_si")).pinches == (244.0,)
