"""``solution.json``: a finished run put back as the model left it."""

import json
import math
import shutil
from pathlib import Path

import pandas as pd
import pytest

import planner
from models.solution import Mend, Solution, Stage, Status, Warmed
from planner.assemble.assemble import assemble
from planner.errors import UsageError
from planner.geography.measure import measure
from planner.resilience.anchor import finished_of, with_anchor_gone
from planner.results.saved import FILE, _plain, _solution, finished
from planner.results.tabulate import tabulate

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def plan():
    return planner.solve(ROOT / "cases" / "tiny")


@pytest.fixture(scope="module")
def out(plan, tmp_path_factory):
    return plan.save(tmp_path_factory.mktemp("saved") / "out")


@pytest.fixture
def copy(out, tmp_path):
    return Path(shutil.copytree(out, tmp_path / "copy"))


def test_the_values_put_back_make_the_same_tables(plan, out):
    run, distances = finished(out), measure(plan.case)
    assembly = assemble(plan.case, distances)
    again = tabulate(plan.case, distances, assembly, run.solution, run.baseline, header=dict(plan.header))
    again = with_anchor_gone(again, finished_of(again, assembly, distances))
    for name, table in plan.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], table, check_exact=True, obj=name)
    assert run.books().total("total_annual_cost") == pytest.approx(184_167.33, abs=0.01)
    assert run.books("baseline").total("total_annual_cost") == pytest.approx(1_769_000)


def test_two_runs_of_one_case_keep_the_same_values(plan, out, tmp_path):
    again = planner.solve(ROOT / "cases" / "tiny").save(tmp_path / "again")
    assert (again / FILE).read_bytes() == (out / FILE).read_bytes()


def test_a_plan_read_back_has_no_values_to_write(out, tmp_path):
    from planner.results.contract import load

    assert not (load(out).save(tmp_path / "again") / FILE).exists()


def test_a_solution_goes_through_json_whole():
    stages = (Stage("co2e", 5.0, 4.0, 0.2, 0.0, 7, Status.FEASIBLE), Stage("cost after co2e", 1.0, -math.inf, math.inf))
    found = Solution(
        Status.FEASIBLE,
        {"built": {("a > b", "pipe"): 1.0}, "through": {("m", "s", "+", "year"): 0.1 + 0.2}},
        {"land": 3.0},
        {"co2e": 5.0},
        stages,
        interrupted=True,
        mixing={"kind": "linear"},
        mends=(
            Mend("water", {"s": ({"DN 80": 1}, {"DN 100": 1})}, (("s", "t"),), 12.5),
            Warmed("steam", {("a > b", "main", "year"): (2.0, 0.0)}, 3.5),
        ),
    )
    assert _solution(json.loads(json.dumps(_plain(found), allow_nan=False))) == found


def changed(copy, change):
    path = copy / FILE
    told = json.loads(path.read_text(encoding="utf-8"))
    change(told)
    path.write_text(json.dumps(told), encoding="utf-8")
    return copy


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda told: told["case"].update(resolved_sha256="0" * 64), "do not belong to one case"),
        (lambda told: told.update(schema="other/1"), "no schema planner-solution/1"),
        (lambda told: told["plan"]["values"].pop("flow"), "does not fit its case"),
        (lambda told: told["plan"]["values"].update(flows=[]), "unknown values: flows"),
        (lambda told: told["plan"].pop("stages"), "does not fit its case"),
        (lambda told: told["baseline"]["totals"].update(co2e=1.0), "co2e is 8840 by its line items, 1 by the model"),
    ],
)
def test_values_of_something_else_are_refused(copy, change, words):
    with pytest.raises(UsageError, match=words):
        finished(changed(copy, change))


def test_a_case_that_was_changed_is_refused(copy):
    path = copy / "case" / "case.resolved.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\n# mine\n", encoding="utf-8")
    with pytest.raises(UsageError, match="do not belong to one case"):
        finished(copy)


def test_cut_short_or_missing(copy):
    (copy / FILE).write_text('{"schema": "planner-sol', encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be read"):
        finished(copy)
    (copy / FILE).unlink()
    with pytest.raises(UsageError, match="written by an earlier version; solve the case again"):
        finished(copy)
