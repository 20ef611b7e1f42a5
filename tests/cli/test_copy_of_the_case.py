"""The copy of its case that a finished run holds, and what a run that is passed on says of where it was made."""

import json
import zipfile

import pytest


def test_the_copy_is_planned_into_a_folder_of_its_own(run, solved, tmp_path):
    before = sorted(solved.rglob("*"))
    for arguments in ((), ("--out", solved / "case" / "again"), ("--out", solved)):
        ended = run("solve", solved / "case", *arguments)
        assert ended.code == 2
        assert "choose a" in ended.err
        assert "--out" in ended.err
    assert sorted(solved.rglob("*")) == before
    assert run("solve", solved / "case", "--out", tmp_path / "again").code == 0
    plans = [json.loads((out / "results.json").read_text(encoding="utf-8")) for out in (solved, tmp_path / "again")]
    assert plans[0]["indicators"] == plans[1]["indicators"]


def test_a_run_does_not_say_in_whose_folder_it_was_made(run, solved, tmp_path):
    assert json.loads((solved / "results.json").read_text(encoding="utf-8"))["case"]["path"] == "tiny"
    with zipfile.ZipFile(solved / "results.xlsx") as book:
        book.extractall(tmp_path)
    case = str(__file__).partition("tests")[0].rstrip("/\\")
    for file in (*solved.rglob("*"), *tmp_path.rglob("*")):
        if file.is_file():
            content = file.read_bytes()
            assert case.encode() not in content, file
            assert str(solved.parent).encode() not in content, file


@pytest.mark.parametrize("command", ["check", "flows", "screen", "match"])
def test_other_commands_name_the_folder_alone(run, command, tiny):
    told = run(command, tiny, "--json").json
    assert told["case"]["path"] == "tiny"
