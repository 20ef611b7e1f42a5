"""Why exchanges are not in a plan, on variants of ``tiny``; its README has the arithmetic of every siting."""

import math
import shutil
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest

import planner
from planner.case.exchanges import Exchange
from planner.errors import UsageError
from planner.why import show
from planner.why.why import why
from planner.why.words import BASES, COLUMNS, VERDICTS

CASES = Path(__file__).parents[2] / "cases"
WATER = "mill > greenhouse: process water -> fresh water"
STEAM = "smelter > greenhouse: steam"
BEST = 184_167.33


@pytest.fixture(scope="module")
def plan_of(tmp_path_factory):
    """Plan a variant of ``tiny``."""
    folder = Path(shutil.copytree(CASES / "tiny", tmp_path_factory.mktemp("why") / "tiny"))

    def plan(text, objective="cost"):
        file = folder / "variant.yaml"
        file.write_text(f"based_on: case.yaml\n{text}", encoding="utf-8")
        return planner.solve(planner.read_case(file), objective=objective)

    return plan


@pytest.fixture(scope="module")
def tiny(plan_of):
    return plan_of("case: Tiny park")


def row_of(found, exchange):
    (row,) = found.table[found.table["exchange"] == exchange].to_dict("records")
    return row


def test_too_far_by_itself_by_price_and_planned_again(tiny):
    # Saves 8,000; the pipe costs 24.0728 a metre and year: it pays up to 332 m, and the way is 400 m: 9,629.11.
    found = tiny.why()
    row = row_of(found, WATER)
    assert list(found.table.columns) == list(COLUMNS)
    assert row["verdict"] in VERDICTS
    assert row["basis"] in BASES
    assert (row["verdict"], row["basis"], row["proof"]) == ("too far", "planned again", "proven")
    assert row["loss_per_yr"] == pytest.approx(1_629.11, abs=0.01)
    assert row["added_per_yr"] == pytest.approx(1_629.11, abs=0.01)
    assert row["reduced_cost_per_yr"] <= row["added_per_yr"]
    assert (row["length_km"], row["breakeven_km"]) == (pytest.approx(0.4), pytest.approx(8_000 / 24_072.8, rel=1e-4))
    assert row["loss_unit"] == "EUR/yr"
    assert row["flow_per_yr"] == pytest.approx(10_000)


def test_by_price_says_so_where_nothing_is_planned_again(tiny):
    row = row_of(tiny.why(resolve=0), WATER)
    assert (row["verdict"], row["basis"], row["proof"]) == ("too far", "by price", "at most")
    assert math.isnan(row["loss_least_per_yr"])
    assert row["loss_most_per_yr"] == pytest.approx(1_629.11, abs=0.01)


def test_what_streams_are_worth(tiny):
    worth = tiny.why(resolve=0).streams.set_index(["stream", "end"])["worth_per_unit"]
    assert worth["smelter / slag", "source"] == pytest.approx(-20.0)  # landfill
    assert worth["smelter / steam", "source"] == pytest.approx(0.0)  # the condenser is free
    assert worth["mill / process water", "source"] == pytest.approx(-0.3)
    assert worth["greenhouse / fresh water", "sink"] == pytest.approx(0.5)


def test_the_case_bars_it(plan_of):
    text = "exchanges: [{from: mill, to: greenhouse, stream: process water, into: fresh water, forbidden: true}]"
    found = plan_of(text).why(WATER, force=True)
    row = row_of(found, WATER)
    assert (row["verdict"], row["basis"]) == ("forbidden", "the case")
    assert "forbidden by the case" in row["why"]
    assert math.isnan(row["loss_per_yr"])
    assert any(note.startswith("cannot be forced") for note in found.notes)


def test_another_exchange_does_it_for_less(plan_of):
    # The mill gives 0.25 t/h of steam, too: its pipe to the greenhouse is 400 m (9,629.11), the smelter's 700 m
    # (16,850.94). Forced, the smelter's takes the place of the mill's: 7,221.83. What the mill keeps for itself saves
    # nothing, since the smelter's steam is free.
    more = "plants: {mill: {sources: {steam: {rate: {value: 0.25 t/h, source: hand, grade: C, basis: estimate}}}}}"
    plan = plan_of(more)
    assert plan.indicators.set_index("indicator").loc["total_annual_cost", "plan"] == pytest.approx(
        BEST - 16_850.94 + 9_629.11, abs=0.02
    )
    row = row_of(plan.why(STEAM, force=True), STEAM)
    assert (row["verdict"], row["by"]) == ("dominated", "mill > greenhouse: steam")
    assert row["loss_per_yr"] == pytest.approx(7_221.83, abs=0.02)
    assert row["proof"] == "proven"
    assert "mill > greenhouse: steam is not built" in row["gives_way"]


def test_a_budget_in_the_way(plan_of):
    # The plan stands on A, B, D: land 1,200,000 and 300 m of DN 150, and costs 189,636.39. With the greenhouse's steam
    # pipe (300 EUR/m) nothing is left for the mill's in any siting: even of DN 100 it comes to 1,660,000 on A, C, D.
    # The best is then A, D, C: land 50,000, gas 1,536,000, pipe 16,850.94, slag 74,280, water 11,000 = 1,688,130.94.
    found = plan_of("economics: {budget: 1650000 EUR}").why(STEAM, force=True)
    row = row_of(found, STEAM)
    assert (row["verdict"], row["by"], row["basis"]) == ("limit", "budget", "planned again")
    assert "economics.budget" in row["why"]
    assert row["loss_per_yr"] == pytest.approx(1_688_130.94 - 189_636.39, abs=0.02)
    assert "smelter > mill: steam is not built" in row["gives_way"]


def test_no_plan_has_it(plan_of):
    # The cheapest land is 1,000,000 (A, C, D) and the shortest pipe on it 700 m: 1,210,000.
    row = row_of(plan_of("economics: {budget: 1205000 EUR}").why(STEAM, force=True), STEAM)
    assert (row["verdict"], row["basis"]) == ("limit", "planned again")
    assert row["why"].endswith("no other plan of this case has it")
    assert math.isnan(row["loss_per_yr"])


def test_a_plant_that_does_not_settle(plan_of):
    # Without the greenhouse: land of A and B 50,000, steam 12,036.39, landfill 100,000, sewer 6,000 = 168,036.39. With
    # it the best is that of tiny less its margin of 1; and the water pipe on top.
    plan = plan_of("plants: {greenhouse: {optional: {margin: 1 EUR/yr}}}")
    assert "greenhouse" not in set(plan.siting["unit"])
    found = plan.why(STEAM, WATER, force=True)
    first, second = row_of(found, STEAM), row_of(found, WATER)
    assert (first["verdict"], second["verdict"]) == ("not settled", "not settled")
    assert first["loss_per_yr"] == pytest.approx(BEST - 1 - 168_036.39, abs=0.02)
    assert second["loss_per_yr"] == pytest.approx(BEST - 1 - 168_036.39 + 1_629.11, abs=0.02)
    assert first["gives_way"].startswith("greenhouse settles on C")
    said = StringIO()
    show.print_why(replace(found, named=()), said, Path("why"))  # rows without a figure, too
    assert "not settled" in said.getvalue()
    assert "nan" not in said.getvalue() + replace(found, named=())._repr_html_()
    rows = show.as_json(found)["exchanges"]
    assert {row["loss_per_yr"] is None for row in rows} == {True, False}
    assert {row["proof"] for row in rows} == {None, "proven"}


def test_ends_on_plots_that_no_link_joins(plan_of):
    # No steam pipe beyond 500 m: the plan stands on A, B, D, the greenhouse on gas (189,636.39). With its steam the
    # mill has none; the best is A, D, B: land 60,000, gas 1,536,000, pipe 7,221.83, slag 74,120, water 11,000:
    # 1,688,341.83.
    row = row_of(plan_of("links: {steam pipe: {max_length: 500 m}}").why(STEAM, force=True), STEAM)
    assert (row["verdict"], row["by"]) == ("other plots", "A; D")
    assert row["loss_per_yr"] == pytest.approx(1_688_341.83 - 189_636.39, abs=0.02)


def test_ends_that_never_run_at_once(plan_of):
    found = plan_of("exchanges: [{from: smelter, to: greenhouse, stream: steam, shared_hours: 0}]").why(resolve=0)
    row = row_of(found, STEAM)
    assert (row["verdict"], row["basis"]) == ("hours", "the case")


def test_another_goal(plan_of):
    # For least CO2e the truck of 0.7 km is worth it; the water pipe changes no CO2e and costs 1,629.11 or more.
    plan = plan_of("case: Tiny park", "co2")
    found = plan.why(WATER, force=True)
    row = row_of(found, WATER)
    assert found.unit == "tCO2e/yr"
    assert row["loss_unit"] == "EUR/yr"
    assert row["loss_per_yr"] == pytest.approx(1_629.11, abs=1.0)


def test_made_to_carry_more_than_it_can(tiny):
    row = row_of(tiny.why(WATER, force=True, carrying=1.0), WATER)
    assert row["loss_per_yr"] == pytest.approx(1_629.11, abs=0.01)
    assert row["flow_per_yr"] == pytest.approx(10_000)


def test_an_interrupt_keeps_what_is_known(tiny):
    asked = iter([False] * 3 + [True] * 10_000)
    found = why(tiny, interrupt=lambda: next(asked))
    assert found.interrupted
    assert len(found.table) == 1


def test_what_cannot_be_asked(tiny):
    with pytest.raises(UsageError, match="did you mean"):
        tiny.why("mill > greenhouse: proces water -> fresh water")
    with pytest.raises(UsageError, match="is in the plan"):
        tiny.why(STEAM)
    with pytest.raises(UsageError, match="name them"):
        tiny.why(force=True)
    with pytest.raises(UsageError, match="no share"):
        tiny.why(carrying=1.5)


def test_a_plan_of_another_case_is_refused(tiny):
    exchanges = tiny.exchanges.assign(option=tiny.exchanges["option"].str.replace("DN 150", "DN 160"))
    other = replace(tiny, tables={**tiny.tables, "exchanges": exchanges})
    with pytest.raises(UsageError, match="plan the case again"):
        why(other)
    with pytest.raises(UsageError, match="does not hold its case"):
        why(replace(tiny, case=None))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "exchange"), [
    ("ulsan", "LS-Nikko > Hyosung: steam"),
    ("food-park", "biogas CHP > brewery: hot water"),
])  # fmt: skip
def test_forcing_costs_what_a_case_that_forces_it_costs(name, exchange, tmp_path):
    folder = Path(shutil.copytree(CASES / name, tmp_path / name))
    giver, _, rest = exchange.partition(" > ")
    taker, _, stream = rest.partition(": ")
    case = planner.read_case(folder)
    base = planner.solve(case)
    forced = Exchange.model_validate({"from": giver, "to": taker, "stream": stream, "forced": True})
    other = planner.solve(case.model_copy(update={"exchanges": (*case.exchanges, forced)}))
    costs = [p.header["solver"]["stages"][0]["objective"] for p in (base, other)]
    row = row_of(base.why(exchange, force=True), exchange)
    assert row["loss_per_yr"] == pytest.approx(costs[1] - costs[0], rel=1e-4)
    assert row["proof"] == "proven"
