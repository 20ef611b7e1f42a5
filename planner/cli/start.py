"""``planner init``: a case folder to start from."""

import shutil
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from planner.errors import UsageError

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped_cases() -> Mapping[str, Path]:
    """Return the cases that come with the planner: name -> folder, from the wheel or from a checkout."""
    for folder in (_PACKAGE / "_cases", _PACKAGE.parent / "cases"):
        if folder.is_dir():
            return {case.parent.name: case.parent for case in sorted(folder.glob("*/case.yaml"))}
    return {}


def about(folder: Path) -> str:
    """What a shipped case is, in a line: the heading of its README without its name."""
    with (folder / "README.md").open(encoding="utf-8") as file:
        return file.readline().lstrip("#").strip().removeprefix(f"{folder.name}:").strip()


def start_case(folder: Path, name: str) -> Path:
    """Copy a shipped case into a new or empty folder and return it.

    Raises
    ------
    UsageError
        If no case has that name, or the folder is in use.
    """
    cases = shipped_cases()
    if name not in cases:
        near = get_close_matches(name, cases, n=1)
        hint = f'; did you mean "{near[0]}"?' if near else "."
        raise UsageError(f'no shipped case is called "{name}"{hint} There are: {", ".join(cases) or "none"}')
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there already and is not an empty folder; nothing was touched")
    try:
        shutil.copytree(
            cases[name], folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("out", "out-*", "__pycache__", ".*")
        )
    except OSError as error:
        raise UsageError(f"cannot write {folder}: {error.strerror or error}") from error
    return folder
