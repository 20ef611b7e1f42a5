"""``planner share`` and ``planner exits`` on a finished run, end to end."""

import json
import shutil

import pytest


@pytest.fixture
def copy(solved, tmp_path):
    return shutil.copytree(solved, tmp_path / "o")


def test_share(run, copy):
    ended = run("share", copy, "--workers", 1)
    assert ended.code == 0, ended.err
    assert "the core is not empty" in ended.out
    assert "smelter, mill" in ended.out  # would leave the equal split
    assert (copy / "sharing" / "sharing.csv").is_file()
    told = run("share", copy, "--json").json
    assert told["schema"] == "planner-sharing/1"
    assert told["worth_per_yr"] == pytest.approx(1_584_832.67, abs=0.01)
    assert run("audit", copy).code == 0  # what is added does not disturb the run


def test_exits(run, copy):
    ended = run("exits", copy)
    assert ended.code == 0, ended.err
    assert "worst to lose: smelter" in ended.out
    told = run("exits", copy, "--firm", "mill", "--json").json
    assert [row["firm"] for row in told["exits"]] == ["mill"]
    assert json.loads((copy / "resilience" / "resilience.json").read_text(encoding="utf-8")) == told


def test_a_new_plan_takes_away_what_was_said_of_the_old_one(run, copy, tiny):
    run("share", copy, "--workers", 1)
    assert run("solve", tiny, "--out", copy).code == 0
    assert not (copy / "sharing").exists()


@pytest.mark.parametrize("command", ["share", "exits"])
def test_what_is_no_finished_run_is_refused(run, command, copy, tmp_path):
    assert run(command, tmp_path / "none").code == 2
    (copy / "solution.json").unlink()
    ended = run(command, copy, "--json")
    assert ended.code == 2
    assert "solve the case again" in ended.json["error"]
    assert "Traceback" not in ended.err


def test_arguments_that_cannot_be(run, copy):
    ended = run("exits", copy, "--firm", "mil")
    assert ended.code == 2
    assert "did you mean mill?" in ended.err
    for option in (("--exact-up-to", -1), ("--samples", 1), ("--time-limit", 0), ("--siting", "north"), ("--gap", 2)):
        assert run("share", copy, *option).code == 2


def test_interrupted(run, copy, monkeypatch):
    from models.coalition import Members

    def pressed(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(Members, "together", pressed)
    ended = run("share", copy, "--workers", 1)
    assert ended.code == 130
    assert "the same command goes on" in ended.err
    assert (copy / "sharing" / "values.jsonl").is_file()
    assert not (copy / "sharing" / "sharing.json").exists()


def test_a_folder_that_cannot_be_written_into(run, copy):
    (copy / "sharing").write_text("", encoding="utf-8")
    ended = run("share", copy, "--workers", 1)
    assert ended.code == 2
    assert "cannot write" in ended.err
    assert "Traceback" not in ended.err
