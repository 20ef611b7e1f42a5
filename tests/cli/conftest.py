"""The command line in-process and as a process of its own, on the shipped case ``tiny``."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from planner.cli.run import main

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """Run a command line in this process."""

    def call(*arguments: object) -> Ended:
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Ended(code, out, err)

    return call


@pytest.fixture(scope="session")
def process() -> Callable[..., Ended]:
    """Run a command line as a process of its own."""

    def call(*arguments: object, command: Sequence[str] = ("-m", "planner")) -> Ended:
        line = [sys.executable, *command, *(str(argument) for argument in arguments)]
        ended = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=120)
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    return call


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A copy of the case ``tiny`` that a test may spoil."""
    return Path(shutil.copytree(ROOT / "cases" / "tiny", tmp_path / "tiny"))


@pytest.fixture(scope="session")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of ``tiny``; read it, do not change it."""
    out = tmp_path_factory.mktemp("solved") / "run"
    assert main(["solve", str(ROOT / "cases" / "tiny"), "--out", str(out)]) == 0
    return out


@pytest.fixture
def edit(tiny: Path) -> Callable[[str, str], Path]:
    """Replace a text of the spoilt copy, which must be there; returns the case."""

    def replace(old: str, new: str) -> Path:
        text = (tiny / "case.yaml").read_text(encoding="utf-8")
        assert old in text
        (tiny / "case.yaml").write_text(text.replace(old, new), encoding="utf-8")
        return tiny

    return replace
