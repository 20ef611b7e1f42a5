"""``planner screen`` on the command line, and the files it writes."""

import csv
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from bare_park import changed

from planner.cli.run import main


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
    with zipfile.ZipFile(targets[1]) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<t>=cmd|mill</t>" in sheet


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
        (["--csv", "/nowhere/at/all.csv"], "expected a file in a folder that is there"),
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
