import json

import geopandas as gpd
import pytest

from planner.cli.run import main


def test_solve_writes_everything(solved):
    names = {path.name for path in solved.iterdir()}
    assert names == {"results.json", "tables", "park.gpkg", "map.png", "map.svg", "summary.txt", "case"}
    results = json.loads((solved / "results.json").read_text(encoding="utf-8"))
    assert results["schema"] == "planner-results/1"
    assert results["solver"]["status"] == "optimal"
    assert results["audit"]["passed"] is True
    assert gpd.read_file(solved / "park.gpkg", layer="plots").crs.to_epsg() == 25832


def test_out_is_a_folder_of_the_case_by_default(run, tiny):
    ended = run("solve", tiny)
    assert ended.code == 0
    assert (tiny / "out" / "results.json").is_file()
    assert "proven optimal" in ended.out
    assert str(tiny / "out" / "map.png") in ended.out
    assert ended.err == ""


def test_the_file_of_the_case_will_do(run, tiny, tmp_path):
    assert run("solve", tiny / "case.yaml", "--out", tmp_path / "o").code == 0


def test_json_on_standard_output_is_the_contract(run, tiny, tmp_path):
    ended = run("solve", tiny, "--out", tmp_path / "o", "--json")
    written = json.loads((tmp_path / "o" / "results.json").read_text(encoding="utf-8"))
    assert ended.json == written
    assert ended.err == ""


def test_objectives(run, tiny, tmp_path):
    """Least CO2e is no more CO2e than the least cost has, and no less cost."""
    found = {
        goal: run("solve", tiny, "--out", tmp_path / goal, "--objective", goal, "--json").json["indicators"]
        for goal in ("cost", "co2")
    }
    assert found["co2"]["co2e"]["plan"] <= found["cost"]["co2e"]["plan"] + 1e-6
    assert found["co2"]["total_annual_cost"]["plan"] >= found["cost"]["total_annual_cost"]["plan"] - 1e-3


def test_verbose_says_what_was_done_on_standard_error(run, tiny, tmp_path):
    ended = run("solve", tiny, "--out", tmp_path / "o", "--verbose")
    assert "columns" in ended.err
    assert "columns" not in ended.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--gap", "-1"], "gap"),
        (["--gap", "nan"], "gap"),
        (["--gap", "wide"], "gap"),
        (["--threads", "0"], "threads"),
        (["--time-limit", "0"], "above zero"),
        (["--time-limit", "-5"], "above zero"),
        (["--time-limit", "inf"], "above zero"),
        (["--seed", "-1"], "seed"),
        (["--objective", "beauty"], "objective"),
        (["--nonsense"], "nonsense"),
    ],
)
def test_nonsense_is_refused_before_anything_is_done(run, tiny, arguments, words):
    ended = run("solve", tiny, *arguments)
    assert ended.code == 2
    assert words in ended.err
    assert "Traceback" not in ended.err
    assert not (tiny / "out").exists()
    assert run("solve", tiny, *arguments, "--json").json["faults"] == []


def test_unknown_command_and_missing_argument(run):
    for line in (["plan"], ["solve"], ["compare"]):
        ended = run(*line)
        assert ended.code == 2
        assert ended.err.startswith("planner: ")


def test_a_missing_case(run, tmp_path):
    ended = run("solve", tmp_path / "nowhere")
    assert ended.code == 2
    assert "nowhere" in ended.err
    assert "Traceback" not in ended.err


def test_a_binary_file_is_no_case(run, tmp_path):
    (tmp_path / "case.yaml").write_bytes(bytes(range(256)) * 40)
    for command in ("check", "solve"):
        ended = run(command, tmp_path)
        assert ended.code == 2
        assert "case.yaml" in ended.err
        assert "Traceback" not in ended.err


def test_every_fault_of_a_case_is_a_line_with_its_place(run, edit):
    case = edit("price: {value: 40 EUR/MWh", "prise: {value: 40 EUR/MWh")
    edit("zone: heavy", "zonne: heavy")
    ended = run("solve", case)
    assert ended.code == 2
    assert ended.out == ""
    lines = ended.err.splitlines()
    assert len([line for line in lines if line.startswith("case.yaml:")]) >= 2
    assert lines[-1].startswith("the case has ")


def test_faults_as_json(run, edit):
    found = run("check", edit("price: {value: 40 EUR/MWh", "prise: {value: 40 EUR/MWh"), "--json")
    assert found.code == 2
    (fault,) = [fault for fault in found.json["faults"] if "prise" in fault["field"]]
    assert fault["file"] == "case.yaml"
    assert fault["line"] > 0
    assert "price" in fault["message"]


def test_infeasible_is_explained(run, edit, tmp_path):
    """Land for three plants costs 1,000,000 EUR at least; a budget of 10 EUR cannot hold."""
    case = edit("  discount_rate:", "  budget: 10 EUR\n  discount_rate:")
    ended = run("solve", case, "--out", tmp_path / "o")
    assert ended.code == 3
    assert "budget" in ended.err
    assert "Traceback" not in ended.err
    assert not (tmp_path / "o").exists()
    assert "budget" in run("solve", case, "--out", tmp_path / "o", "--json").json["error"]


def test_a_limit_before_any_plan(run, tiny, tmp_path):
    ended = run("solve", tiny, "--out", tmp_path / "o", "--time-limit", "1e-9")
    assert ended.code == 4
    assert "limit" in ended.err
    assert not (tmp_path / "o").exists()


def test_a_folder_of_somebody_else_is_refused_before_the_solve(run, tiny, tmp_path):
    (tmp_path / "o").mkdir()
    (tmp_path / "o" / "thesis.docx").write_text("three years of work")
    ended = run("solve", tiny, "--out", tmp_path / "o")
    assert ended.code == 2
    assert "nothing was touched" in ended.err
    assert [path.name for path in (tmp_path / "o").iterdir()] == ["thesis.docx"]


def test_our_own_folder_is_replaced(run, tiny, tmp_path):
    for _ in range(2):
        assert run("solve", tiny, "--out", tmp_path / "o").code == 0


def test_a_case_in_the_folder_to_be_replaced_is_refused(run, solved, tmp_path):
    ended = run("solve", solved / "case" / "case.resolved.yaml", "--out", solved)
    assert ended.code == 2
    assert "stands inside" in ended.err


def test_the_written_case_is_a_case_of_its_own(run, solved, tmp_path):
    ended = run("solve", solved / "case" / "case.resolved.yaml", "--out", tmp_path / "o", "--json")
    first = json.loads((solved / "results.json").read_text(encoding="utf-8"))
    assert ended.json["indicators"] == first["indicators"]


def test_a_plan_that_fails_its_audit_is_no_success(run, tiny, tmp_path, monkeypatch):
    failed = {"passed": False, "checks": [{"check": "balances", "passed": False, "detail": "2 t too much"}]}
    monkeypatch.setattr("planner.audit.audit", lambda *_: failed)
    for option in ([], ["--json"]):
        ended = run("solve", tiny, "--out", tmp_path / "o", *option)
        assert ended.code == 1
        assert "failed its audit (balances)" in ended.err
        assert [path.name for path in (tmp_path / "o").iterdir()] == ["rejected"]
    assert set(ended.json) == {"error", "faults"}


def test_our_own_fault_keeps_its_traceback(run, tiny, tmp_path, monkeypatch):
    monkeypatch.setattr("planner.pipeline.solve", lambda *_, **__: 1 / 0)
    ended = run("solve", tiny, "--out", tmp_path / "o", "--json")
    assert ended.code == 1
    assert "ZeroDivisionError" in ended.err
    assert "fault of the planner" in ended.json["error"]


def test_check_says_what_could_be_exchanged(run, tiny):
    assert "smelter / steam -> mill / steam" in run("check", tiny).out
    found = run("check", tiny, "--json").json
    assert {"smelter", "mill", "greenhouse"} == set(found["plants"])
    assert any((pair["from"], pair["to"], pair["resource"]) == ("smelter", "mill", "steam") for pair in found["pairs"])


def test_end_to_end_as_a_process(process, tiny, tmp_path):
    ended = process("solve", tiny, "--out", tmp_path / "o")
    assert ended.code == 0
    assert "Baseline and plan" in ended.out
    assert "\x1b" not in ended.out + ended.err  # quiet and plain in a pipe
    assert ended.err == ""
    assert process("audit", tmp_path / "o").code == 0


def test_main_is_importable_without_arguments_of_the_process():
    assert main(["--version"]) == 0
