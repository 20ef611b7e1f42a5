import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from planner.cli.progress import GivenUp, Interrupt, Ticker, ctrl_c_keeps_the_plan, line

ROOT = Path(__file__).resolve().parents[2]


class _Terminal(io.StringIO):
    def isatty(self):
        return True


def test_words_of_the_progress_line():
    # gap 0.0123 is 1.23 %
    assert line(1.25e6, 1.2e6, 0.0123, 12.4) == "best 1.25 million, bound 1.2 million, gap 1.23 %, 12 s"
    inf = float("inf")
    assert line(inf, -inf, inf, 0.0) == "no plan yet, no bound yet, gap unknown, 0 s"


def test_a_terminal_sees_one_line_that_goes_away():
    stream = _Terminal()
    ticker = Ticker(stream)
    ticker(2.0, 1.0, 0.5)
    ticker(2.0, 1.5, 0.25)  # within the same fifth of a second: not written
    assert stream.getvalue().count("best 2") == 1
    assert "\n" not in stream.getvalue()
    ticker.clear()
    assert stream.getvalue().endswith("\r\x1b[2K")


def test_a_pipe_sees_nothing_unless_asked():
    quiet, verbose = io.StringIO(), io.StringIO()
    Ticker(quiet)(2.0, 1.0, 0.5)
    Ticker(verbose, verbose=True)(2.0, 1.0, 0.5)
    assert quiet.getvalue() == ""
    assert verbose.getvalue() == "best 2, bound 1, gap 50.00 %, 0 s\n"


@pytest.fixture
def usual_ctrl_c():
    """The usual meaning of Ctrl-C, also where the tests run in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_lasts(capsys, usual_ctrl_c):
    # Whoever asks after it is told so, or a search of many parts would go on with the next one.
    with ctrl_c_keeps_the_plan() as interrupt:
        os.kill(os.getpid(), signal.SIGINT)
        assert (interrupt(), interrupt()) == (True, True)
        with pytest.raises(GivenUp):
            os.kill(os.getpid(), signal.SIGINT)
    assert "best plan so far" in capsys.readouterr().err
    with pytest.raises(KeyboardInterrupt):  # the usual meaning is back
        os.kill(os.getpid(), signal.SIGINT)


def test_an_interrupted_run_writes_its_plan_and_says_130(run, tiny, tmp_path, monkeypatch):
    from planner import pipeline

    solve = pipeline.solve

    def interrupted(*arguments, interrupt, **options):
        plan = solve(*arguments, interrupt=interrupt, **options)
        os.kill(os.getpid(), signal.SIGINT)
        return plan

    monkeypatch.setattr(pipeline, "solve", interrupted)
    ended = run("solve", tiny, "--out", tmp_path / "o")
    assert ended.code == 130
    assert json.loads((tmp_path / "o" / "results.json").read_text())["solver"]["interrupted"] is True


def test_an_interruption_before_any_plan_writes_nothing(run, tiny, tmp_path, monkeypatch):
    from planner import pipeline
    from planner.errors import LimitReached

    def interrupted(*_, **__):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)
        raise LimitReached("interrupted before any plan was found")

    monkeypatch.setattr(pipeline, "solve", interrupted)
    ended = run("solve", tiny, "--out", tmp_path / "o", "--json")
    assert ended.code == 130
    assert "nothing was written" in ended.json["error"]
    assert not (tmp_path / "o").exists()


def test_the_interrupt_is_silent_until_asked():
    assert Interrupt()() is False


@pytest.mark.slow
@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_on_a_real_search(times, tmp_path):
    """Once keeps the plan, twice gives it up; both end with 130 and without a crash of the solver's thread."""
    line = [sys.executable, "-m", "planner", "solve", "cases/greenfield", "--verbose", "--out", str(tmp_path / "o")]
    with subprocess.Popen(line, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as run:
        assert run.stderr
        for told in run.stderr:
            if told.startswith("best"):
                break
        for _ in range(times):
            run.send_signal(signal.SIGINT)
            time.sleep(0.5)
        said = run.stderr.read()
    assert run.returncode == 130
    assert (tmp_path / "o" / "results.json").exists() == (times == 1)
    assert ("nothing was written" in said) == (times == 2)
    assert "Traceback" not in said
