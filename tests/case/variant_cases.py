"""Cases that are laid over the base case, for tests of what a variant may say."""

from pathlib import Path

import pytest
from case_texts import BASE, changed, write

from planner.case.case import Case
from planner.case.read import read_case
from planner.errors import CaseError

CASES = Path(__file__).parents[2] / "cases"

#: A table of streams, and the base with its ash in that table.
STREAMS = "plant,direction,stream,rate,rate.low\nkiln,source,ash,48 t/d,40\n"
TABLED = changed(("      ash: {rate: 48 t/d}\n", ""), ("plots:\n  P1", "tables: {streams: streams.csv}\nplots:\n  P1"))


def variant(folder: Path, text: str, *, base: str = BASE, files: dict[str, str] | None = None) -> Case:
    """The case of a text that is laid over the base."""
    write(folder, base, {"v.yaml": f"based_on: case.yaml\n{text}", **(files or {})})
    return read_case(folder / "v.yaml")


def faults(folder: Path, text: str, **others: object) -> list[str]:
    """What is wrong with such a case."""
    with pytest.raises(CaseError) as error:
        variant(folder, text, **others)
    return [str(fault) for fault in error.value.faults]


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1
