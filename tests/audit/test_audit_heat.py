"""The audit of heat by temperature: every number of its tables is checked, and heat that runs uphill is caught."""

import numpy as np
import pandas as pd
import pytest
from texts import STEAM_TRADE, changed

from planner.audit import audit
from planner.audit.exergy_of_media import exergy_of
from planner.audit.heat_targets import cascaded
from planner.case.read import read_case
from planner.geography.measure import measure
from planner.heat.exergy import counted
from planner.heat.pinch import problem_table
from planner.heat.streams import HeatStream
from planner.pipeline import solve
from planner.results.optional_tables import OF_HEAT

#: Steam between plants in two periods, a forbidden match, exchangers that are bought, condensate that is made up.
CASE = changed(
    """
case: Heat
currency: EUR
price_year: 2025
economics: {discount_rate: 5 %, contingency: 10 %, lifetime: {pipe: 10}}
geography: {distances: distances.csv}
surroundings: 10 degC
plots: {A: {area: 5}, B: {area: 5}}
"""
    + STEAM_TRADE,
    ("{value: 8000, periods: {winter: 3504}}", "8000"),
    ("load: 2}\n", "load: 3}\n        product: {from: 140, to: 40, capacity_flow: 20 kW/K}\n"),
    ("      recovery:", "      forbidden: [[product, feed]]\n      recovery:"),
    ("maintenance: 2 %}", "maintenance: 2 %, lifetime: 15 yr}"),
    ("efficiency: 90 %}}}}\n    sinks", "efficiency: 90 %}}, max_exchanged_share: 80 %}}\n    sinks"),
)
TABLES = [prefix + name for prefix in ("", "baseline_") for name in OF_HEAT]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Case, distances and plan."""
    folder = tmp_path_factory.mktemp("heat")
    (folder / "case.yaml").write_text(CASE, encoding="utf-8")
    (folder / "distances.csv").write_text("from,to,length_m\nA,B,1000\n", encoding="utf-8")
    case = read_case(folder)
    return case, measure(case), solve(case)


def audited(finished, **tables):
    """The audit with other tables."""
    case, distances, plan = finished
    return audit(case, distances, {**plan.tables, **tables}, plan.header)


def failing(result):
    """Names of the checks that found a difference."""
    return {check["check"] for check in result["checks"] if not check["passed"]}


def test_the_plan_passes(finished):
    """It holds what the corruptions are about."""
    plan = finished[2]
    assert not failing(audited(finished))
    assert len(plan.exchanges) == 2
    assert plan.tables["heat_recovery"].set_index("plant").loc["works", "new_mw"] > 0
    of_park = {"park: process heat", "park: bought", "park: disposed of", "park"}
    assert {"exchange", "plant", *of_park} <= set(plan.tables["exergy"]["kind"])


def missed(finished, table, factors, *, every):
    """Numbers that are not 0 and may be changed by these factors without anybody noticing."""
    frame, found, seen = finished[2].tables[table], [], set()
    for column in frame.columns:
        for row, value in enumerate(frame[column]):
            is_number = isinstance(value, int | float | np.number) and value == value
            if not is_number or abs(value) < 1e-6 or (column in seen and not every):
                continue
            seen.add(column)
            for factor in factors:
                made = frame.astype({column: float})
                made.iloc[row, made.columns.get_loc(column)] = factor * value
                if audited(finished, **{table: made})["passed"]:
                    found.append((column, row, value, factor))
    return found


@pytest.mark.parametrize("table", OF_HEAT)
def test_every_column_is_checked(finished, table):
    """One number of each column, 7 % larger."""
    assert not missed(finished, table, [1.07], every=False)


@pytest.mark.deep
@pytest.mark.parametrize("table", TABLES)
def test_every_number_is_checked(finished, table):
    """Each number that is not 0, 7 % larger or smaller."""
    assert not missed(finished, table, [1.07, 0.93], every=True)


@pytest.mark.deep
@pytest.mark.parametrize("table", TABLES)
def test_every_word_and_row_is_checked(finished, table):
    """A word of a row, a row that is missing, one that stands twice."""
    frame = finished[2].tables[table]
    for row in range(len(frame)):
        dropped = frame.drop(frame.index[row])
        if not (table.endswith("targets") and frame.iloc[row]["how"] == "by media"):
            assert not audited(finished, **{table: dropped})["passed"], frame.iloc[row]
        twice = pd.concat([frame, frame.iloc[[row]]], ignore_index=True)
        assert not audited(finished, **{table: twice})["passed"], frame.iloc[row]
        for column in frame.columns:
            if isinstance(frame[column].iloc[row], str):
                made = frame.copy()
                made.iloc[row, made.columns.get_loc(column)] = "other"
                assert not audited(finished, **{table: made})["passed"], (column, frame.iloc[row])


def test_heat_that_runs_uphill_is_caught(tmp_path):
    """The tables of a plan, read with a case in which the water is too hot for them: heat would run uphill."""
    text = changed(
        CASE,
        ("periods: {winter: {hours: 40 %}, summer: {hours: 60 %}}\n", ""),
        ("{value: 10, periods: {summer: 6}}", "10"),
        ("{periods: {winter: 5, summer: 3}}", "3"),
    )
    (tmp_path / "distances.csv").write_text("from,to,length_m\nA,B,1000\n", encoding="utf-8")
    (tmp_path / "case.yaml").write_text(text, encoding="utf-8")
    case = read_case(tmp_path)
    plan = solve(case)
    (tmp_path / "case.yaml").write_text(text.replace("at: 250 degC", "at: 165 degC"), encoding="utf-8")
    colder = read_case(tmp_path)
    found = audit(colder, measure(colder), plan.tables, plan.header)
    assert "plan: no heat runs uphill" in failing(found)
    # a match that is forbidden is no way either: of the feed, all but 5.5 MW of steam and the reactor may heat it
    (tmp_path / "case.yaml").write_text(
        text.replace("[[product, feed]]", "[[product, feed], [reactor, feed]]").replace(
            "gives: {", "gives: {hot: {resource: steam}, "
        ),
        encoding="utf-8",
    )
    with pytest.raises(Exception, match="past the forbidden matches"):
        read_case(tmp_path)


def test_own_arithmetic_agrees_with_the_planner():
    """The problem table and the exergy of the audit on random streams."""
    rng = np.random.default_rng(5)
    for _ in range(200):
        streams = []
        for n in range(int(rng.integers(1, 7))):
            first, last = (float(x) for x in rng.integers(0, 30, 2) * 10)
            kind = None if first != last else str(rng.choice(["hot", "cold"]))
            streams.append(HeatStream(str(n), first, last, float(rng.integers(0, 50)), float(rng.integers(0, 3)), kind))
        target = problem_table(streams)
        hot, cold, pinches = cascaded(streams)
        assert hot == pytest.approx(target.hot_utility, abs=1e-9)
        assert cold == pytest.approx(target.cold_utility, abs=1e-9)
        if target.recovery > 0:
            assert pinches == pytest.approx(list(target.pinches))
        ambient = float(rng.integers(-2, 25) * 5)
        found = counted(streams, ambient)
        assert exergy_of(streams, ambient) == pytest.approx((found.given, found.taken), abs=1e-9)
