"""Places of cells in words, and names that tell workbooks apart."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from planner.case.marks import Mark
from planner.errors import Fault
from planner.excel.opened import address, split_place

#: How a case file is told that a number has no value.
_NO_NUMBER = "value is missing; expected {value: ..."


def names_apart(paths: Sequence[Path]) -> dict[Path, str]:
    """A name for each workbook of an import: that of the file, with its folder where two files are called alike.

    Parameters
    ----------
    paths
        The workbooks, as the user wrote them.
    """
    times = Counter(path.name.casefold() for path in dict.fromkeys(paths))
    return {path: path.name if times[path.name.casefold()] == 1 else path.as_posix() for path in paths}


def place_in_words(mark: Mark) -> str:
    """Place of a cell, or of a line of a file."""
    file, sheet = split_place(mark.file)
    if not sheet:
        return f"{mark.file}, line {mark.line}" if mark.line else mark.file
    cell = f", cell {address(mark.line, max(mark.column, 1))}" if mark.line else ""
    return f'{file}, sheet "{sheet}"{cell}'


def in_cells(
    faults: Iterable[Fault], made: Mapping[str, str], origins: Mapping[str, tuple[Mark, str]] | None = None
) -> list[Fault]:
    """Faults with their cell in words.

    Parameters
    ----------
    faults
        What is wrong.
    made
        Name of each file that was made of a sheet -> that sheet; its faults stand there.
    origins
        Name of each file that was made of a GIS file -> the cell that names that, and its name.
    """
    found = []
    for fault in faults:
        if origins and fault.file in origins:
            mark, spec = origins[fault.file]
            found.append(
                replace(fault, file=place_in_words(mark), line=0, column=0, message=f"{spec}: {fault.message}")
            )
            continue
        place = made.get(fault.file, fault.file)
        if split_place(place)[1]:
            line = 0 if fault.file in made else fault.line
            words = fault.message
            if words.startswith(_NO_NUMBER):
                words = "has a range, source or grade, but the number itself is blank"
            where = place_in_words(Mark(place, line, fault.column))
            found.append(replace(fault, file=where, line=0, column=0, message=words))
        else:
            found.append(fault)
    return found
