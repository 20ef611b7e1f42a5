"""The tutorial is run as it stands: its files are written, its commands called, and what it shows must come."""

import re
import shlex
from pathlib import Path

from planner.cli.run import main

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial.md"
_BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def blocks():
    """(Kind, what stands behind it, text) of every block, in order."""
    return [(kind, more.split(), text) for kind, more, text in _BLOCK.findall(TUTORIAL.read_text(encoding="utf-8"))]


def test_from_an_empty_folder_to_a_plan(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    said, commands, shown = "", 0, 0
    for kind, more, text in blocks():
        if kind in ("yaml", "csv"):
            file = Path(more[0])
            file.parent.mkdir(exist_ok=True)
            before = file.read_text(encoding="utf-8") + "\n" if more[1:] == ["+"] else ""
            file.write_text(before + text, encoding="utf-8")
        elif kind == "sh":
            said = ""
            for line in text.splitlines():
                command, _, remark = line.partition("#")
                program, *arguments = shlex.split(command)
                assert program == "planner"
                code = main(arguments)
                ended = capsys.readouterr()
                said += ended.out + ended.err
                assert code == int(remark.rpartition(" ")[2] or 0), (line, ended.err)
                commands += 1
        else:
            assert kind == "text", kind
            for line in text.splitlines():
                assert line.strip() in said, (line, said)
                shown += 1
    assert commands >= 10
    assert shown >= 15


def test_files_of_the_tutorial_have_names():
    for kind, more, _ in blocks():
        assert kind in ("sh", "text") or more, "a file without its name"
