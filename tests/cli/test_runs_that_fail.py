"""A run that does not stand up to its audit: nothing is made of it that could be taken for a result, by no command."""

import json
import shutil
import warnings
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import planner
from planner.errors import AuditFailed, AuditWarning
from planner.pipeline import load
from planner.resilience.exits import leave
from planner.sharing.share import share
from planner.why.why import why

FAILED = {"passed": False, "checks": [{"check": "balances", "passed": False, "detail": "2 t too much"}]}
#: Command with its arguments after the run, and what it would write there.
COMMANDS = {
    "workbook": ((), "results.xlsx"),
    "document": ((), "report.docx"),
    "share": (("--workers", "1"), "sharing"),
    "exits": ((), "resilience"),
    "lca": ((), "lca"),
    "why": (("--resolve", "0"), "why"),
}


@pytest.fixture
def out(solved, tmp_path):
    """A finished run whose investment somebody made a tenth, in its table and in results.json; without its workbook."""
    folder = tmp_path / "o"
    shutil.copytree(solved, folder)
    table = pd.read_csv(folder / "tables" / "exchanges.csv")
    table["capex"] *= 0.1
    table.to_csv(folder / "tables" / "exchanges.csv", index=False)
    told = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    for row in told["exchanges"]:
        row["capex"] *= 0.1
    (folder / "results.json").write_text(json.dumps(told), encoding="utf-8")
    (folder / "results.xlsx").unlink()
    return folder


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_makes_anything_of_it(run, out, command):
    arguments, written = COMMANDS[command]
    ended = run(command, out, *arguments)
    assert ended.code == 1
    assert "failed its audit" in ended.err
    assert "must not be used" in ended.err
    assert "Traceback" not in ended.err
    assert not ended.out
    assert not (out / written).exists()


def test_it_is_compared_with_nothing(run, out, solved, tmp_path):
    page, book = tmp_path / "c.html", tmp_path / "c.xlsx"
    for pair in ((out, solved), (solved, out)):
        ended = run("compare", *pair, "--html", page, "--xlsx", book)
        assert ended.code == 1
        assert "failed its audit" in ended.err
        assert not ended.out
        assert not page.exists()
        assert not book.exists()


@pytest.mark.parametrize("edition", [False, True])
def test_its_report_and_editions_say_rejected_and_nothing_else(run, out, edition):
    party = load(out).tables["parties"]["party"].iloc[0]
    ended = run("report", out, *(("--for", party) if edition else ()))
    assert ended.code == 1
    made = (out / "editions" / f"{party}.html" if edition else out / "report.html").read_text(encoding="utf-8")
    assert "REJECTED" in made
    assert "<table" not in made
    assert "<svg" not in made
    assert "EUR" not in made


def test_what_was_rejected_stays_so(run, solved, tmp_path):
    """Its tables stand up to the audit, but results.json says that it failed, or says nothing of an audit."""
    out = tmp_path / "o"
    shutil.copytree(solved, out)
    told = json.loads((out / "results.json").read_text(encoding="utf-8"))
    for audit in (FAILED, None):
        (out / "results.json").write_text(json.dumps({**told, "audit": audit}), encoding="utf-8")
        for command in ("audit", "workbook", "report", "share"):
            ended = run(command, out)
            assert ended.code == 1, command
            assert "Traceback" not in ended.err


def test_the_library_makes_nothing_of_it(out):
    for use in (share, leave, why):
        with pytest.raises(AuditFailed, match="must not be used"):
            use(out)


@pytest.fixture
def failing(tiny, monkeypatch):
    """A plan that was solved just now, and failed."""
    monkeypatch.setattr("planner.audit.audit", lambda *_: FAILED)
    with pytest.warns(AuditWarning, match=r"failed its audit \(balances\) and must not be used"):
        return planner.solve(tiny)


def test_a_plan_of_the_library_says_so_wherever_it_is_shown(failing):
    assert "FAILED ITS AUDIT (balances)" in repr(failing)
    shown = failing._repr_html_()
    assert "REJECTED" in shown
    assert "<table" not in shown
    assert "less" not in shown
    for draw in (failing.map, failing.sankey, failing.why):
        with pytest.raises(AuditFailed, match=r"failed its audit \(balances\) and must not be used"):
            draw()


def test_its_folder_holds_no_picture_and_nothing_of_the_plan_before_it(failing, solved, tmp_path):
    out = tmp_path / "o"
    shutil.copytree(solved, out)
    for made in ("editions", "lca", "figures", "sharing", "resilience", "why"):
        (out / made).mkdir(exist_ok=True)
    (out / "report.docx").write_text("of the plan before")
    (out / "mine.txt").write_text("of the user")
    assert failing.save(out) == out / "rejected"
    assert {path.name for path in out.iterdir()} == {"rejected", "mine.txt"}
    names = {path.name for path in (out / "rejected").iterdir()}
    assert names == {"results.json", "solution.json", "tables", "summary.txt", "report.html", "case"}
    summary = (out / "rejected" / "summary.txt").read_text(encoding="utf-8")
    assert summary.startswith("REJECTED: ")
    assert "balances: 2 t too much" in summary
    assert "less" not in summary
    assert "optimal" not in summary


def test_a_plan_that_passed_says_so_in_one_line(tiny):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plan = planner.solve(tiny)
    assert repr(plan).startswith("Plan(")
    assert repr(plan).endswith("passed its audit)")
    assert len(repr(plan)) < 200
    assert "FAILED" in repr(replace(plan, audit=FAILED))


def test_help_tells_where_a_rejected_plan_is(run, solved, tmp_path):
    (tmp_path / "o").mkdir()
    shutil.copytree(solved, tmp_path / "o" / "rejected")
    for command in ("report", "workbook", "document", "share", "exits", "why", "lca", "audit"):
        ended = run(command, tmp_path / "o")
        assert ended.code == 2, command
        assert str(Path("o") / "rejected") in ended.err, command
