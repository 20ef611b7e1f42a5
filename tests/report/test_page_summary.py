"""The first page: who is worse off, and how soon the plan is paid back, as finance tells it."""

from dataclasses import replace

import pandas as pd

from planner.report.html.book import Book
from planner.report.html.overview import build, decisions
from planner.report.html.texts import texts
from planner.report.terminal import summary_of
from planner.results.plan import Plan


def changed(made: Plan, table: str, where: str, **values: object) -> Plan:
    """The plan with some values of the rows that are of a party or an indicator changed."""
    rows = made.tables[table].copy()
    rows.loc[rows.iloc[:, 0] == where, list(values)] = list(values.values())
    return replace(made, tables={**made.tables, table: rows})


def test_who_loses_is_who_loses_by_net_present_value(food_park: Plan) -> None:
    # The yearly gain leaves out grants and tax: brewery gains all the same, dairy loses.
    parties = food_park.tables["finance"]["party"].tolist()
    assert {"brewery", "dairy"} <= set(parties)
    plan = changed(food_park, "parties", "brewery", gain_per_yr=-50_000.0)
    for party in parties:
        plan = changed(plan, "finance", party, side_payment_once=float("nan"), side_payment_per_yr=float("nan"))
    plan = changed(plan, "finance", "dairy", npv=-800_000.0, side_payment_once=8e5, side_payment_per_yr=9e4)
    told = [one for one in decisions(Book(plan, texts("en"))) if "worse off" in one]
    assert len(told) == 1
    assert "dairy" in told[0]
    assert "-800,000 EUR" in told[0]
    assert "90,000 EUR" in told[0]
    assert "brewery" not in told[0]


def test_two_paybacks_of_the_park_are_told_apart(food_park: Plan) -> None:
    same = changed(food_park, "indicators", "payback_yr", plan=2.0)
    same = changed(same, "finance", "park", simple_payback_yr=2.0)
    late = changed(same, "finance", "park", simple_payback_yr=3.5)
    lead = {name: str(build(Book(plan, texts("en")))["lead"]) for name, plan in (("same", same), ("late", late))}
    assert "paid back in 2.0 years." in lead["same"]
    assert "paid back in 2.0 years of full operation, or 3.5 years after the first investment." in lead["late"]
    assert "count from the first investment" not in str(summary_of(same))
    assert "count from the first investment" in str(summary_of(late))


def test_heads_say_which_gain_they_mean(food_park: Plan) -> None:
    assert isinstance(food_park.tables["finance"], pd.DataFrame)
    assert "gain a year before capital" in str(summary_of(food_park))
