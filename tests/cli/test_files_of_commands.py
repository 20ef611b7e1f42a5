"""Files that ``flows``, ``match``, ``screen`` and ``export`` write: one set of names, refusals and words; all inert."""

import csv
import re
import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from planner.cli.app import app
from planner.excel import write
from planner.excel.frames import MOST_ROWS, notes_page, table_page
from planner.excel.opened import open_workbook
from planner.report import targets

CASES = Path(__file__).resolve().parents[2] / "cases"
#: Command -> options that write a file, with their suffix; export names its file without one.
WRITERS = {
    "flows": {"--csv": ".csv", "--xlsx": ".xlsx", "--html": ".html", "--svg": ".svg", "--totals": ".csv"},
    "match": {"--csv": ".csv", "--xlsx": ".xlsx", "--html": ".html"},
    "screen": {"--csv": ".csv", "--xlsx": ".xlsx", "--html": ".html"},
    "export": {"": ".xlsx"},
}
EVERY = [(command, option, suffix) for command, options in WRITERS.items() for option, suffix in options.items()]
ODD = "=HYPERLINK(1)|mill"
PARK = f"""
case: '@SUM(A1)'
currency: EUR
price_year: 2025
economics: {{discount_rate: 5 %}}
resources:
  '+ash':
    kind: material
    unit: t
    price: 8
    synonyms: [fly ash]
    discharge: {{route: '-landfill', cost: 30}}
    carried_by: [truck]
  clay: {{kind: material, unit: t, synonyms: [cement clinker], price: 10}}
links: {{truck: {{kind: truck, cost: 0.5, loading: 2}}}}
plants:
  '{ODD}': {{nace: '35.11', hours: 8000, sources: {{'+ash': {{rate: 6000 t/yr}}}}}}
  '-works': {{nace: '23.51', hours: 8000, sinks: {{clay: {{rate: 4000 t/yr}}, '+ash': {{rate: 100 t/yr}}}}}}
"""


@pytest.fixture
def park(tmp_path):
    """A case whose every name a spreadsheet would take for a formula."""
    folder = tmp_path / "park"
    folder.mkdir()
    (folder / "case.yaml").write_text(PARK.lstrip(), encoding="utf-8")
    return folder


def line(command, option, case, file):
    return [command, case, *([option] if option else []), file]


def test_the_commands_have_these_options(run):
    """An option that writes a file and is not in the table above would be tested nowhere."""
    names = [command.name or command.callback.__name__ for command in app.registered_commands]
    found = {}
    for name in names:
        written = re.findall(r"(--[a-z]+) FILE(\.[a-z]+)", run(name, "--help").out)
        found |= {name: dict(written)} if written else {}
    of_runs = {"compare": {"--html": ".html", "--xlsx": ".xlsx"}}  # see tests/compare, test_report_command, lifecycle
    of_runs |= {"report": {"--out": ".html"}, "lca": {"--identifiers": ".csv"}}
    assert found == {name: options for name, options in WRITERS.items() if name != "export"} | of_runs


@pytest.mark.parametrize(("command", "option", "suffix"), EVERY)
def test_refusals_are_the_same(run, park, tmp_path, monkeypatch, command, option, suffix):
    there = tmp_path / f"there{suffix}"
    there.mkdir()

    def refused(file):
        ended = run(*line(command, option, park, file))
        assert ended.code == 2
        assert ended.out == ""
        return ended.err

    missing = tmp_path / "no" / f"x{suffix}"
    assert (
        refused(missing) == f"planner: {missing}: there is no folder {missing.parent}; make it first, or name another\n"
    )
    wrong = tmp_path / "x.txt"
    assert refused(wrong) == f"planner: {wrong}: expected the name of a file that ends in {suffix}\n"
    assert refused(there) == f"planner: {there} is a folder; expected the name of a file\n"

    def locked(file):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(targets, "_try", locked)
    file = tmp_path / f"x{suffix}"
    words = f"planner: cannot write {file}: Permission denied; close it if another program has it open\n"
    assert refused(file) == words
    assert not file.exists()


@pytest.mark.parametrize(("command", "option", "suffix"), [one for one in EVERY if one[0] != "export"])
def test_what_fails_while_it_is_written_is_told_alike(run, park, tmp_path, monkeypatch, command, option, suffix):
    """A full disc, or a file opened elsewhere between the check and the writing."""
    file = tmp_path / f"x{suffix}"
    monkeypatch.setattr(targets, "check_targets", lambda files: None)
    file.mkdir()
    ended = run(*line(command, option, park, file))
    assert ended.code == 2
    assert ended.err.startswith(f"planner: cannot write {file}: Is a directory")


def test_one_file_cannot_be_two(run, park, tmp_path):
    file = tmp_path / "x.csv"
    ended = run("flows", park, "--csv", file, "--totals", file)
    assert ended.code == 2
    assert "named for two files" in ended.err


def test_nothing_is_accepted_where_a_file_is_refused(run, park, tmp_path):
    before = (park / "case.yaml").read_bytes()
    assert run("match", park, "--min-score", "0", "--accept-all", "--csv", tmp_path / "no" / "x.csv").code == 2
    assert (park / "case.yaml").read_bytes() == before


@pytest.mark.parametrize(("command", "option", "suffix"), [one for one in EVERY if one[2] in (".csv", ".xlsx")])
def test_every_text_is_inert(run, park, tmp_path, command, option, suffix):
    """Behind an apostrophe in CSV, marked as text in a workbook."""
    file = tmp_path / f"x{suffix}"
    ended = run(*line(command, option, park, file))
    assert ended.code == 0, ended.err
    if suffix == ".csv":
        with file.open(encoding="utf-8", newline="") as opened:
            cells = [cell for row in csv.reader(opened) for cell in row]
        risky = [cell for cell in cells if cell.startswith(("=", "+", "-", "@")) and not _is_number(cell)]
        assert risky == []
        names = [cell for cell in cells if cell.startswith(("'=", "'+", "'-"))]
        assert names
        return
    book = openpyxl.load_workbook(file)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "b"}
    assert all(cell.hyperlink is None for cell in cells)
    risky = [cell for cell in cells if cell.data_type == "s" and cell.value.startswith(("=", "+", "-", "@"))]
    assert {cell.value for cell in risky} >= {"+ash"}
    assert all(cell.quotePrefix for cell in risky)


def _is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("command", ["flows", "match", "screen"])
def test_a_page_runs_nothing(run, park, tmp_path, command):
    text = (park / "case.yaml").read_text(encoding="utf-8").replace(ODD, "<script>alert(1)</script>")
    (park / "case.yaml").write_text(text, encoding="utf-8")
    assert run(command, park, "--html", tmp_path / "x.html").code == 0
    page = (tmp_path / "x.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "default-src 'none'" in page


def test_the_workbook_of_flows_says_what_the_terminal_says(run, tmp_path):
    # Gas of tiny: 49,000 t of steam x 0.8 MWh/t = 39,200 MWh, x 40 EUR = 1,568,000 EUR.
    file = tmp_path / "x.xlsx"
    assert "planner: wrote" in run("flows", CASES / "tiny", "--xlsx", file).err
    book = openpyxl.load_workbook(file)
    assert book.sheetnames[:2] == ["totals", "streams"]
    assert book.sheetnames[-1] == "notes"
    heads, first = ([cell.value for cell in book["totals"][row]] for row in (2, 3))
    row = dict(zip(heads, first, strict=True))
    assert (row["resource"], row["bought_per_yr"], row["cost_per_yr"]) == ("natural gas", 39_200, 1_568_000)
    assert row["gate_share"] is None  # not known


def test_the_workbook_of_match_has_all_it_found(run, tmp_path):
    folder = tmp_path / "park"
    shutil.copytree(CASES / "kalundborg-1995", folder)
    file = tmp_path / "x.xlsx"
    found = run("match", folder, "--json", "--xlsx", file).json
    book = openpyxl.load_workbook(file)
    assert book["proposals"].max_row - 2 == len(found["proposals"])
    for name in ("anyway", "barred", "leads"):
        assert (book[name].max_row - 2 if name in book.sheetnames else 0) == len(found[name]), name


def test_a_large_table_is_written_row_by_row_and_reads_the_same(tmp_path, monkeypatch):
    amounts, limits = [1234.5678901234567, float("nan")], [float("inf"), 0.02]
    table = pd.DataFrame({"name": ["=a", "b"], "amount": amounts, "limit": limits, "own": [True, False]})
    pages = [table_page("t", "about", table, {}), notes_page({"t": {"name": "its name"}}, "EUR of 2025", ["-note"])]
    found = []
    for most in (write._MOST_IN_MEMORY, 0):
        monkeypatch.setattr(write, "_MOST_IN_MEMORY", most)
        write.workbook(tmp_path / "x.xlsx", pages)
        sheets = open_workbook(tmp_path / "x.xlsx")
        found.append([{place: cell.value for place, cell in sheet.cells.items()} for sheet in sheets])
    assert found[0] == found[1]
    cells = found[0][0]
    assert (cells[3, 1], cells[3, 2], cells[3, 3], cells[3, 4]) == ("=a", 1234.56789012, "no limit", True)
    assert (4, 2) not in cells  # not known


def test_a_table_too_long_for_a_workbook_says_so():
    page = table_page("t", "about", pd.DataFrame({"a": range(MOST_ROWS + 1)}), {})
    assert len(page.rows) == MOST_ROWS
    assert "the first 50,000 of 50,001 rows, the CSV file has them all" in page.about
