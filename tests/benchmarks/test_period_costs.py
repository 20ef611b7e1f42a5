"""The benchmark of periods: the same plan however a uniform year is cut, and a line for each kind."""

from pathlib import Path
from shutil import copytree

import pytest

from benchmarks.periods import VARIANT, _write, main, measured, told_in, wave
from planner.case.read import read_case

CASES = Path(__file__).parents[2] / "cases"


def test_waves_have_a_mean_of_one():
    for count in (2, 4, 12):
        assert sum(wave(n, count, 0.2) for n in range(count)) / count == pytest.approx(1.0)


def test_uniform_periods_cost_the_same(tmp_path):
    folder = tmp_path / "case"
    copytree(CASES / "kalundborg-1995", folder)
    case = read_case(folder)
    found = []
    for count in (1, 3):
        _write(folder, told_in(case, count, different=False, store=False))
        found.append(measured(folder / VARIANT, 1e-6, 60.0, None))
    assert found[1].objective == pytest.approx(found[0].objective, rel=1e-6)


def test_a_line_for_each_kind(capsys):
    assert main(["--case", str(CASES / "kalundborg-1995"), "--counts", "2", "--limit", "20"]) == 0
    lines = [line.split("  ")[0] for line in capsys.readouterr().out.splitlines()[1:]]
    kinds = ("1 uniform", "2 uniform", "2 different")
    assert lines == [*kinds, *(f"{kind}, with a store" for kind in kinds)]
