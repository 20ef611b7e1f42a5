"""``planner report``: the page of a finished run again, editions, and runs that do not stand up to their audit."""

import json
import re
import shutil

import pytest


@pytest.fixture
def out(solved, tmp_path):
    """A finished run in a folder with a space and strange letters in its name."""
    folder = tmp_path / "park ä 公園 plan"
    shutil.copytree(solved, folder)
    return folder


def shown(out):
    """The page without the digits beyond those that it shows, and without the audit, which has one check more now."""
    page = (out / "report.html").read_text(encoding="utf-8")
    return re.sub(r'value="[^"]*"', "", re.sub(r'<section id="solver".*?</section>', "", page, flags=re.DOTALL))


def test_it_writes_what_solve_wrote(run, out):
    """But for figures with more than twelve digits, which the tables do not keep."""
    first = shown(out)
    ended = run("report", out)
    assert ended.code == 0
    assert ended.out == f"{out / 'report.html'}\n"
    assert shown(out) == first


def test_it_writes_where_it_is_told(run, out, tmp_path):
    ended = run("report", out, "--out", tmp_path / "mine.html", "--json")
    assert ended.code == 0
    assert ended.json["file"] == str(tmp_path / "mine.html")
    assert (tmp_path / "mine.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert run("report", out, "--out", tmp_path / "mine.pdf").code == 2


def test_an_edition_stands_apart_and_says_what_it_left_out(run, out):
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))
    party = results["parties"][0]["party"]
    ended = run("report", out, "--for", party)
    assert ended.code == 0
    assert ended.out == f"{out / 'editions' / f'{party}.html'}\n"
    assert "left out" in ended.err
    assert "confidential edition for" in (out / "editions" / f"{party}.html").read_text(encoding="utf-8")


def test_a_name_that_is_no_file_name_is_made_one():
    from pathlib import Path

    from planner.cli.report import default_file

    assert default_file(Path("o"), "../a/b: <c>").name == "___a_b_ _c_ 240a8b52.html"
    assert default_file(Path("o"), "ä 公園").name == "ä 公園.html"
    for odd in ("../../x", "..", "/etc/passwd", "C:\\x", "CON", "nul", "a" * 200, "公園" * 90, "x.", "\u202egnp", '"'):
        made = default_file(Path("o"), odd)
        assert made.parent == Path("o") / "editions"
        assert re.fullmatch(r"[^\\/:*?\"<>|.]+\.html", made.name)
        assert len(made.name.encode()) < 200
        assert made.stem.upper() not in ("CON", "NUL")


def test_no_edition_is_written_over_that_of_another_firm():
    """Signs that no file name has, and names that a file system takes for one."""
    from pathlib import Path

    from planner.cli.report import default_file

    parties = ["a/b", "a_b", "a?b", '"', "'", "Mill", "mill", "e\u0301", "é", "a" * 150 + "b", "a" * 150 + "c"]
    names = [default_file(Path("o"), party, parties).name.casefold() for party in parties]
    assert len(set(names)) == len(parties)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--for", "nobody"), "this plan has no party 'nobody'"),
        (("--lang", "xx"), "no report in the language 'xx'; there is: en"),
    ],
)
def test_what_cannot_be_followed_is_said(run, out, arguments, said):
    ended = run("report", out, *arguments)
    assert ended.code == 2
    assert said in ended.err


def test_a_folder_without_a_run_is_refused(run, tmp_path):
    ended = run("report", tmp_path)
    assert ended.code == 2
    assert "holds no finished run" in ended.err


def test_a_run_that_was_changed_since_has_no_report(run, out):
    """Somebody makes the investment of the exchanges a tenth: the page that is there is replaced by a rejection."""
    table = out / "tables" / "exchanges.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    column = lines[0].split(",").index("flow_per_yr")
    cells = lines[1].split(",")
    cells[column] = str(float(cells[column]) * 0.1)
    table.write_text("\n".join([lines[0], ",".join(cells), *lines[2:]]) + "\n", encoding="utf-8")
    ended = run("report", out)
    assert ended.code == 1
    assert "fails its audit" in ended.err
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "REJECTED" in page
    assert not re.search(r"<table|<svg|less</p>", page)


def test_help_says_what_it_does(run):
    ended = run("report", "--help")
    assert ended.code == 0
    assert "--for" in ended.out
