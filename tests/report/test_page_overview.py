"""The first screen: what is to be decided, what the park is worth at which rate; columns that say nothing."""

from dataclasses import replace

import pytest

from planner.report.html.book import Book, Cell, Grid, payback, without_empty
from planner.report.html.overview import build, decisions
from planner.report.html.texts import texts
from planner.results.plan import Plan


def book_of(plan: Plan, **tables: object) -> Book:
    return Book(replace(plan, tables={**plan.tables, **tables}), texts("en"))


def test_the_worth_of_the_park_is_told_with_its_rate_and_years(food_park):
    book = book_of(food_park)
    park = food_park.tables["finance"].query("kind == 'park'").iloc[0]
    years = food_park.tables["cash_flows"].query("kind == 'park'")["year"].max()
    told = dict(build(book)["takes"])["Net present value of the park"]
    assert f" at {100 * park['discount_rate']:.1f} % over {years:.0f} years" in told


@pytest.mark.parametrize(("worst", "told"), [(-609_244.0, True), (1_000.0, False)])
def test_what_turns_the_gain_into_a_loss_is_on_the_first_screen(food_park, worst, told):
    bank = food_park.tables["bank"].copy()
    bank["npv"] = 5_000_000.0
    anchor = (bank["variable"] == "loss of the anchor") & (bank["kind"] == "park")
    assert anchor.any()
    bank.loc[anchor, "npv"] = worst
    bank.loc[anchor, "what"] = "dairy"
    said = [line for line in decisions(book_of(food_park, bank=bank)) if line.startswith("How to guard")]
    assert bool(said) == told
    assert not told or "loss of the anchor, dairy (-609,244 EUR)" in said[0]


def test_works_that_are_not_built_are_not_counted(food_park):
    none = food_park.tables["facilities"].iloc[0:0]
    first = next(decisions(book_of(food_park, facilities=none)))
    assert first.startswith("Whether to build: ")
    assert "shared facilit" not in first


def test_what_is_paid_back_without_an_investment_is_so_at_once(food_park):
    book = book_of(food_park)
    assert [payback(book, value, "never").text for value in (0.0, 0.44, None)] == ["at once", "0.4", "never"]


def test_a_column_in_which_nothing_stands_is_left_out():
    grid = Grid("c", ("a", "b", "c"), ((Cell("1"), Cell(""), Cell("3")),), frozenset({0, 2}))
    made = without_empty(grid, (1, 2))
    assert made.heads == ("a", "c")
    assert made.right == {0, 1}
    assert [cell.text for cell in made.rows[0]] == ["1", "3"]
