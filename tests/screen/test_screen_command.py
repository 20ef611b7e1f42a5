"""``planner screen`` on the command line, and the files it writes."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from bare_park import changed

from planner.cli.run import main
from planner.screen.table import COLUMNS


def run(*line: str) -> int:
    return main(list(line))


def test_table_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(changed(tmp_path))
    assert run("screen", folder) == 0
    text = capsys.readouterr().out
    assert "mill > dairy: steam" in text
    assert "assumed distance of 1 km" in text
    assert run("screen", folder, "--json", "--top", "1", "--sort", "waste") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["schema"] == "planner-screening/1"
    assert [row["exchange"] for row in told["exchanges"]] == ["mill > brick works: ash -> clay"]
    assert told["possible"] == 2


def test_files_are_inert_and_complete(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = changed(tmp_path, ("  mill:\n", '  "=cmd|mill":\n'))
    targets = [str(tmp_path / f"s.{end}") for end in ("csv", "xlsx", "html")]
    line = [part for pair in zip(("--csv", "--xlsx", "--html"), targets, strict=True) for part in pair]
    assert run("screen", str(folder), *line) == 0
    assert "wrote" in capsys.readouterr().err
    with open(targets[0], encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["from"] for row in rows} == {"'=cmd|mill"}
    assert rows[0]["money_unit"] == "EUR of 2025"
    sheet = openpyxl.load_workbook(targets[1])["screening"]
    heads = [cell.value for cell in sheet[2]]
    assert heads == list(COLUMNS)
    assert {row[heads.index("from")].value for row in sheet.iter_rows(min_row=3)} == {"=cmd|mill"}
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "b"}


def test_the_page_needs_no_network_and_runs_no_names(tmp_path: Path) -> None:
    folder = changed(tmp_path, ("  dairy:\n", '  "<script>alert(1)</script>":\n'))
    page = tmp_path / "s.html"
    assert run("screen", str(folder), "--html", str(page)) == 0
    text = page.read_text(encoding="utf-8")
    assert "<script>alert" not in text
    assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert 'aria-sort="ascending"' in text
    assert "position: sticky" in text


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (["--to", "dary"], 'did you mean "dairy"'),
        (["--csv", "/nowhere/at/all.csv"], "there is no folder /nowhere/at"),
        (["--distance", "0"], "not above zero"),
        (["--top", "0"], "greater than or equal to 1"),
        (["--sort", "beauty"], "beauty"),
    ],
)
def test_usage_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], line: list[str], words: str) -> None:
    assert run("screen", str(changed(tmp_path)), *line) == 2
    assert words in capsys.readouterr().err


def test_no_solver_is_loaded(tmp_path: Path) -> None:
    code = (
        "import sys; from planner.cli.run import main; "
        f"main(['screen', {str(changed(tmp_path))!r}, '--json']); "
        "print(sorted(m for m in sys.modules if m.split('.')[0] == 'pyomo'), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip().endswith("[]")


def test_rows_by_plant_verdict_effort_and_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(changed(tmp_path))

    def names(*line: str) -> list[str]:
        assert run("screen", folder, "--json", *line) == 0
        return [row["exchange"].split(": ")[1] for row in json.loads(capsys.readouterr().out)["exchanges"]]

    assert names("--plant", "dairy") == ["steam"]
    assert names("--plant", "mill", "--effort", "contract") == ["ash -> clay"]
    assert names("--effort", "contract", "--effort", "piping") == ["steam", "ash -> clay"]
    assert names("--compliance", "ask", "--technical", "fits", "--verdict", "pays") == ["ash -> clay"]
    assert names("--data", "not stated") == ["steam"]
    assert names("--data", "invoiced") == ["ash -> clay"]
    assert names("--data", "metered") == []
    assert run("screen", folder, "--verdict", "sometimes") == 2
    assert "known: pays, slow, never, open" in capsys.readouterr().err


def test_the_page_lets_one_choose(tmp_path: Path) -> None:
    page = tmp_path / "s.html"
    assert run("screen", str(changed(tmp_path)), "--html", str(page)) == 0
    text = page.read_text(encoding="utf-8")
    assert '<option value="">all</option><option>contract</option><option>piping</option>' in text
    assert "data-find" in text
