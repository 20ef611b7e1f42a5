import json

import geopandas as gpd
import pytest

from planner.cli.run import main


def test_solve_writes_everything(solved):
    names = {path.name for path in solved.iterdir()}
    drawn = {"map.png", "map.svg", "heat", "report.html", "results.xlsx"}
    assert names == {"results.json", "solution.json", "tables", "park.gpkg", "summary.txt", "case"} | drawn
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


def test_check_finds_what_only_shows_where_ways_are_measured(run, edit, tiny):
    """A distance of -5 m stands in no field of case.yaml; check must find every fault that solve would."""
    (tiny / "distances.csv").write_text("from,to,length_m\nP1,P2,-5\n", encoding="utf-8")
    case = edit("  plots: plots.geojson\n", "  plots: plots.geojson\n  distances: distances.csv\n")
    ended = run("check", case)
    assert ended.code == 2
    assert "distances.csv:2:1" in ended.err
    assert run("check", case, "--json").json["faults"][0]["file"] == "distances.csv"


@pytest.mark.parametrize("command", ["check", "solve"])
def test_a_fault_found_after_reading_has_its_line_too(run, edit, tmp_path, command):
    """Heat in tonnes that loses W/m needs its enthalpy: seen when pipes are priced, written where steam is."""
    edit("enthalpy: {value: 0.7 MWh/t", "enthalpy: {value: 0 MWh/t")
    case = edit("      - size: DN 100\n", "      - size: DN 100\n        loss: 40 W/m\n")
    (case / "case.yaml").rename(case / "park.yaml")
    lines = (case / "park.yaml").read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, 1) if "enthalpy" in text)
    ended = run(command, case / "park.yaml", *(("--out", tmp_path / "o") if command == "solve" else ()))
    assert ended.code == 2
    assert ended.err.startswith(f"park.yaml:{line}:15  resources.steam.enthalpy: needed")


def test_a_fault_of_the_coordinate_system_has_its_line(run, edit):
    ended = run("check", edit("crs: EPSG:25832", "crs: EPSG:99999"))
    assert ended.code == 2
    assert ended.err.startswith("case.yaml:5:6  crs: ")


def test_check_says_what_can_be_seen_to_be_impossible(run, edit):
    """A smelter of 300 ha fits on no plot of a few hectares."""
    case = edit("area: {value: 3 ha, source: hand", "area: {value: 300 ha, source: hand")
    ended = run("check", case)
    assert ended.code == 3
    assert "smelter" in ended.err
    assert "300" in ended.err
    assert "gives slag" in ended.out
    found = run("check", case, "--json")
    assert found.code == 3
    assert "smelter" in found.json["infeasible"]


def test_check_says_in_what_a_resource_is_counted_and_who_takes_part(run, edit):
    """A dry tonne is not a wet one: the words of ``basis`` stand beside the amount."""
    case = edit("\nplants:\n", "\nparties: {waterworks: {kind: municipality}}\n\nplants:\n")
    text = run("check", case).out
    assert "gives slag: 5 000 t/yr (dry tonne)" in text
    assert "waterworks (municipality)" in text
    found = run("check", case, "--json").json
    assert found["resources"]["slag"] == {"kind": "material", "unit": "t", "basis": "dry tonne"}
    assert found["parties"] == {"waterworks": {"kind": "municipality"}}


def test_check_says_what_is_assumed(run, edit, tiny):
    """Without its lifetime, a pipe lasts the default 30 years; nobody stated it, so it must be said."""
    words = "economics.lifetime.pipe is not stated: taken as 30 years"
    assert words not in run("check", tiny).out
    case = edit("  lifetime: {pipe: {value: 20 yr, source: hand, grade: C, basis: estimate, note: assumption}}\n", "")
    assert words in run("check", case).out
    found = run("check", case, "--json").json
    assert words in found["notes"]
    assert found["infeasible"] is None


def test_end_to_end_as_a_process(process, tiny, tmp_path):
    ended = process("solve", tiny, "--out", tmp_path / "o")
    assert ended.code == 0
    assert "Baseline and plan" in ended.out
    assert "\x1b" not in ended.out + ended.err  # quiet and plain in a pipe
    assert ended.err == ""
    assert process("audit", tmp_path / "o").code == 0


def test_main_is_importable_without_arguments_of_the_process():
    assert main(["--version"]) == 0
