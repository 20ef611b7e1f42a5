"""Figures worked out again from a finished run are those of the first time, with their grades and sources."""

from pathlib import Path

import pandas as pd
import pytest

import planner
from planner.case.rewrite import rewrite
from planner.resilience.anchor import with_anchor_gone
from planner.results.saved import finished
from planner.results.tabulate import tabulate

CASES = Path(__file__).resolve().parents[2] / "cases"


@pytest.mark.parametrize("name", ["tiny", "ulsan-2005"])
def test_tables_of_a_finished_run(name, tmp_path):
    # tiny and ulsan-2005 state rates a year: what they amount to rests on no operating hours, which are of grade C
    plan = planner.solve(planner.read_case(CASES / name))
    run = finished(plan.save(tmp_path / "out"))
    again = tabulate(run.case, run.distances, run.assembly, run.solution, run.baseline, header=dict(run.plan.header))
    again = with_anchor_gone(again, run)
    assert again.tables.keys() == plan.tables.keys()
    for table, first in plan.tables.items():
        pd.testing.assert_frame_equal(again.tables[table], first, check_dtype=False, rtol=1e-9, obj=table)


def test_a_copy_says_how_a_yearly_rate_was_written():
    case = planner.read_case(CASES / "ulsan-2005")
    rate = case.plants["LS-Nikko"].sources["steam"].rate
    assert rate.of_a_year
    assert "unit: t/h, given: 305124.3243 t/yr, source: oil per steam" in rewrite(case)


def test_a_copy_of_a_copy_is_the_same(tmp_path):
    first = rewrite(planner.read_case(CASES / "tiny"))
    for name in ("plots", "corridors", "access_points"):
        (tmp_path / f"{name}.geojson").write_bytes((CASES / "tiny" / f"{name}.geojson").read_bytes())
    (tmp_path / "case.yaml").write_text(first, encoding="utf-8")
    assert rewrite(planner.read_case(tmp_path)) == first
