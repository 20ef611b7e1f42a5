"""The tutorial is run as it stands: its files are written, its commands called, and what it shows must come."""

import re
import shlex
from pathlib import Path

import openpyxl

from planner.cli.run import main

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial.md"
_BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
#: What a consultant uses on the way, each at least once.
_COMMANDS = {
    *("archetypes", "template", "import", "flows", "match", "screen", "check", "solve", "audit", "compare", "export"),
    "init",
}


def blocks():
    """(Kind, what stands behind it, text) of every block, in order."""
    return [(kind, more.split(), text) for kind, more, text in _BLOCK.findall(TUTORIAL.read_text(encoding="utf-8"))]


def fill(file, text):
    """Fill a questionnaire in as the tutorial shows it: answers beside their questions, streams below their heads."""
    book = openpyxl.load_workbook(file)
    sheet = book["questionnaire"]
    answers, streams = ([[cell.strip() for cell in row.split("|")] for row in part.splitlines()]
                        for part in text.split("\n\n"))  # fmt: skip
    rows = {sheet.cell(row, 1).value: row for row in range(1, sheet.max_row + 1)}
    for wanted, lines in ((answers, rows), (streams, None)):
        top = rows[wanted[0][0]]
        columns = {sheet.cell(top, column).value: column for column in range(1, sheet.max_column + 1)}
        for number, line in enumerate(wanted[1:], start=1):
            row = top + number if lines is None else lines[line[0]]
            for head, cell in zip(wanted[0], line, strict=True):
                if cell:
                    sheet.cell(row, columns[head]).value = float(cell) if cell.isdigit() else cell
    book.save(file)


def call(line, capsys):
    """Run a command line of the tutorial; what it says, and its name."""
    command, _, remark = line.partition("#")
    program, *arguments = shlex.split(command)
    assert program == "planner"
    code = main(arguments)
    ended = capsys.readouterr()
    assert code == int(remark.rpartition(" ")[2] or 0), (line, ended.err)
    return ended.out + ended.err, arguments[0]


def test_from_an_empty_folder_to_a_plan(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    said, shown, used = "", 0, set()
    for kind, more, text in blocks():
        if kind in ("yaml", "csv"):
            file = Path(more[0])
            file.parent.mkdir(exist_ok=True)
            before = file.read_text(encoding="utf-8") if more[1:] == ["+"] else ""
            file.write_text(before + text, encoding="utf-8")
        elif kind == "form":
            fill(more[0], text)
        elif kind == "sh":
            told = [call(line, capsys) for line in text.splitlines()]
            said = "".join(one for one, _ in told)
            used |= {name for _, name in told}
        else:
            assert kind == "text", kind
            for line in text.splitlines():
                assert line.strip() in said, (line, said)
                shown += 1
    assert used == _COMMANDS
    assert shown >= 40
    for name in ("flows.xlsx", "flows.html", "screen.xlsx", "screen.html", "mypark.xlsx", "mypark/out/summary.txt"):
        assert Path(name).stat().st_size > 1000, name


def test_files_of_the_tutorial_have_names():
    for kind, more, _ in blocks():
        assert kind in ("sh", "text") or more, "a file without its name"
