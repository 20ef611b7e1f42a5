import json
import shutil

import pandas as pd


def test_audit_of_a_finished_run(run, solved):
    ended = run("audit", solved)
    assert ended.code == 0
    assert ended.out.splitlines()[-1].startswith("passed: ")
    assert run("audit", solved, "--json").json["passed"] is True


def test_audit_works_after_the_run_and_its_case_have_moved(run, tiny, tmp_path):
    assert run("solve", tiny, "--out", tmp_path / "o").code == 0
    shutil.rmtree(tiny)
    (tmp_path / "o").rename(tmp_path / "moved")
    assert run("audit", tmp_path / "moved").code == 0


def test_a_changed_flow_is_found(run, solved, tmp_path):
    shutil.copytree(solved, tmp_path / "o")
    path = tmp_path / "o" / "tables" / "exchanges.csv"
    table = pd.read_csv(path)
    table.loc[0, "flow_per_yr"] += 1
    table.to_csv(path, index=False)
    ended = run("audit", tmp_path / "o")
    assert ended.code == 1
    assert "FAIL" in ended.out
    assert "Traceback" not in ended.err


def test_what_is_no_run_is_refused(run, tmp_path):
    for command in ("audit", "compare"):
        ended = run(command, tmp_path, tmp_path) if command == "compare" else run(command, tmp_path)
        assert ended.code == 2
        assert "no finished run" in ended.err
    assert "no folder" in run("audit", tmp_path / "nowhere").err


def test_a_run_with_a_table_missing_is_refused(run, solved, tmp_path):
    shutil.copytree(solved, tmp_path / "o")
    (tmp_path / "o" / "tables" / "lines.csv").unlink()
    ended = run("audit", tmp_path / "o")
    assert ended.code == 2
    assert "lines" in ended.err


def test_a_rejected_plan_is_no_finished_run(run, solved, tmp_path):
    shutil.copytree(solved, tmp_path / "o" / "rejected")
    ended = run("compare", tmp_path / "o", solved)
    assert ended.code == 2
    assert "rejected" in ended.err


def test_compare_runs_side_by_side(run, solved, tmp_path):
    shutil.copytree(solved, tmp_path / "other")
    ended = run("compare", solved, tmp_path / "other")
    assert ended.code == 0
    assert "total_annual_cost" in ended.out
    assert "run" in ended.out
    assert "other" in ended.out
    assert "co2e_pumping" not in ended.out
    assert "nothing in any run; --json has them" in ended.out
    rows = run("compare", solved, tmp_path / "other", "--json").json["rows"]
    (row,) = [row for row in rows if (row["what"], row["name"]) == ("indicator", "total_annual_cost")]
    results = json.loads((solved / "results.json").read_text(encoding="utf-8"))
    plan = results["indicators"]["total_annual_cost"]["plan"]
    assert abs(row["run"] - plan) <= 1e-9 * abs(plan)
    assert row["run"] == row["other"]


def test_one_run_cannot_be_compared(run, solved):
    ended = run("compare", solved)
    assert ended.code == 2
    assert "two" in ended.err
