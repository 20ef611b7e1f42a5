"""Runs that were damaged, and files that cannot be: an exit code and a sentence, and never a traceback."""

import json
import shutil

import pytest


def ended(run, *arguments):
    """Exit code, standard output and standard error of a command."""
    found = run(*arguments)
    return found.code, found.out, found.err


@pytest.fixture
def damaged(solved, tmp_path):
    """A copy of a finished run, to be damaged."""
    return shutil.copytree(solved, tmp_path / "damaged")


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\x00", b"\xff\xfe\x00" * 40])
@pytest.mark.parametrize("command", ["audit", "report"])
def test_a_geopackage_that_cannot_be_read(run, damaged, command, content):
    (damaged / "park.gpkg").write_bytes(content)
    code, out, err = ended(run, command, str(damaged), "--json")
    assert code == 2
    assert "park.gpkg cannot be read" in json.loads(out)["error"]
    assert "Traceback" not in err


def test_a_run_of_another_version(run, damaged):
    content = json.loads((damaged / "results.json").read_text(encoding="utf-8"))
    (damaged / "results.json").write_text(json.dumps(content | {"schema": "planner-results/0"}), encoding="utf-8")
    code, _, err = ended(run, "audit", str(damaged))
    assert code == 2
    assert "a run of planner-results/0, which this version does not read (planner-results/1)" in err


def test_years_of_a_cash_flow_that_are_no_numbers_fail_the_audit(run, damaged):
    file = damaged / "tables" / "cash_flows.csv"
    head, *rows = file.read_text(encoding="utf-8").splitlines()
    at = head.split(",").index("year")
    cells = [row.split(",") for row in rows]
    emptied = [",".join([*row[:at], "", *row[at + 1 :]]) for row in cells]
    file.write_text("\n".join([head, *emptied]) + "\n", encoding="utf-8")
    code, out, err = ended(run, "audit", str(damaged))
    assert code == 1
    assert "FAIL  cash flows" in out
    assert "Traceback" not in err


def test_no_parties_fail_the_audit(run, damaged):
    file = damaged / "tables" / "parties.csv"
    file.write_text(file.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    code, out, err = ended(run, "audit", str(damaged))
    assert code == 1
    assert "FAIL" in out
    assert "Traceback" not in err


def test_a_table_without_rows_may_have_lost_a_column(run, damaged):
    file = damaged / "tables" / "facilities.csv"
    head, *rows = file.read_text(encoding="utf-8").splitlines()
    assert not rows
    file.write_text(head.partition(",")[2] + "\n", encoding="utf-8")
    assert ended(run, "report", str(damaged))[0] == 0


@pytest.mark.parametrize("command", ["audit", "report", "share"])
def test_a_name_that_no_file_system_takes(run, command):
    code, out, err = ended(run, command, "x" * 5000, "--json")
    assert code == 2
    assert "too long" in json.loads(out)["error"]
    assert "Traceback" not in err


def test_one_document_of_json_where_a_file_cannot_be_written(run, solved, tmp_path):
    (tmp_path / "page.html").mkdir()
    code, out, _ = ended(run, "compare", str(solved), str(solved), "--html", str(tmp_path / "page.html"), "--json")
    assert code == 2
    assert "error" in json.loads(out)


@pytest.mark.slow
def test_workbook_and_document_answer_in_json(run, damaged):
    code, out, _ = ended(run, "workbook", str(damaged), "--json")
    assert (code, json.loads(out)) == (0, {"file": str(damaged / "results.xlsx")})
    code, out, _ = ended(run, "document", str(damaged), "--json")
    assert code == 0
    assert json.loads(out)["figures"] == str(damaged / "figures")


def test_faults_of_identifiers_are_no_faults_of_the_case(run, solved, tmp_path):
    (tmp_path / "ids.csv").write_text("nam,openlca\nsteam,x\n", encoding="utf-8")
    code, _, err = ended(run, "lca", str(solved), "--identifiers", str(tmp_path / "ids.csv"))
    assert code == 2
    assert "the file of identifiers has" in err
    assert "ids.csv:1:1" in err
