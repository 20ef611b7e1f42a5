"""``planner why`` end to end, on a finished run of ``tiny``."""

import csv
import json
import os
import shutil
import signal

import pytest

WATER = "mill > greenhouse: process water -> fresh water"


@pytest.fixture
def out(solved, tmp_path):
    """A copy of a finished run that a test may write into."""
    return shutil.copytree(solved, tmp_path / "run")


def test_all_of_a_run(run, out):
    ended = run("why", out)
    assert ended.code == 0, ended.err
    assert "1 too far" in ended.out
    assert "1,629" in ended.out
    assert "it pays up to 0.332 km" in ended.out
    with (out / "why" / "why.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["exchange"], row["verdict"], row["proof"]) == (WATER, "too far", "proven")
    assert row["money_unit"] == "EUR of 2025"
    assert (out / "why" / "streams.csv").exists()
    written = json.loads((out / "why" / "why.json").read_text(encoding="utf-8"))
    assert written["schema"] == "planner-why/1"
    assert written["exchanges"][0]["loss_per_yr"] == pytest.approx(1_629.11, abs=0.01)
    assert run("audit", out).code == 0  # the run itself is as it was


def test_one_exchange_as_json(run, out):
    ended = run("why", out, WATER.upper(), "--force", "--carrying", "1", "--time-limit", "60", "--json")
    assert ended.code == 0, ended.err
    (row,) = ended.json["exchanges"]
    assert (row["basis"], row["unit"]) == ("planned again", "m3")
    assert ended.json == json.loads((out / "why" / "why.json").read_text(encoding="utf-8"))


def test_only_prices(run, out):
    ended = run("why", out, "--resolve", "0")
    assert "by price" in ended.out
    assert "planned again: " not in ended.out
    assert "up to 1,629" in ended.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["mill > greenhouse: proces water -> fresh water"], "did you mean"),
        (["smelter > mill: steam"], "is in the plan"),
        (["--force"], "name them"),
        (["--carrying", "2"], "carrying"),
        (["--time-limit", "0"], "greater than or equal to 0.001"),
    ],
)
def test_what_cannot_be_followed(run, out, arguments, said):
    ended = run("why", out, *arguments)
    assert ended.code == 2
    assert said in ended.err
    assert not (out / "why").exists()


def test_no_finished_run(run, tmp_path):
    assert run("why", tmp_path).code == 2
    assert run("why", tmp_path / "nowhere").code == 2


def test_planning_anew_takes_old_answers_away(run, out, tiny):
    assert run("why", out, "--resolve", "0").code == 0
    assert run("solve", tiny, "--out", out).code == 0
    assert not (out / "why").exists()


def test_ctrl_c_before_the_plan_stands_in_its_model_again(run, out, monkeypatch):
    from models.solution import NoSolution
    from models.unbuilt import Unbuilt

    def pressed(*_arguments, **_options):
        os.kill(os.getpid(), signal.SIGINT)
        raise NoSolution("interrupted")

    monkeypatch.setattr(Unbuilt, "__init__", pressed)
    ended = run("why", out)
    assert ended.code == 130
    assert "nothing was written" in ended.err
    assert not (out / "why").exists()
