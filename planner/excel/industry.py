"""Codes of industries as tenants write them, as the case writes them; or what is wrong with them, never a guess."""

import re

from planner.case.codes import nace_fault
from planner.excel import cells as read
from planner.excel.cells import CellError
from planner.excel.opened import Cell
from planner.excel.paths import name_of

_WRITTEN = re.compile(r"(?:nace)?[\s:.]*(?:rev\.?\s*2(?![.\d]))?[\s:]*([A-Z]{0,2})[\s.]*(\d[\d.]*)", re.IGNORECASE)
#: Sections of NACE Rev. 2 (Regulation (EC) 1893/2006): first and last division.
_SECTIONS = {
    **{"A": (1, 3), "B": (5, 9), "C": (10, 33), "D": (35, 35), "E": (36, 39), "F": (41, 43), "G": (45, 47)},
    **{"H": (49, 53), "I": (55, 56), "J": (58, 63), "K": (64, 66), "L": (68, 68), "M": (69, 75), "N": (77, 82)},
    **{"O": (84, 84), "P": (85, 85), "Q": (86, 88), "R": (90, 93), "S": (94, 96), "T": (97, 98), "U": (99, 99)},
}


def industry(cell: Cell) -> str:
    """The code of an industry in NACE Rev. 2, as in 10.51.

    A section before it (C 10.51) is dropped where it is the one of its division, a class without its point (1051) gets
    it. What an older edition may mean, and a number that may have lost a zero, are faults.

    Raises
    ------
    CellError
        With what was found and what is expected.
    """
    text = name_of(str(read.words(cell, name=True)))
    if cell.kind == "number" and not re.fullmatch(r"\d\d|\d\d\.\d\d|\d{4}", text):
        raise CellError(
            f"found the number {text}, which may have lost a zero (10.5 and 10.50, 1.1 and 01.1 look alike); format "
            "the cell as text and type the code again"
        )
    parts = _WRITTEN.fullmatch(text)
    if parts is None:
        raise CellError(f'found "{text}"; expected one code of NACE Rev. 2, as in 10.51; words go into the remarks')
    letters, code = parts[1].upper(), parts[2].rstrip(".")
    if re.fullmatch(r"\d{4}", code):
        code = f"{code[:2]}.{code[2:]}"
    if (fault := nace_fault(code)) is not None:
        raise CellError(fault.replace(" in quotes", ""))
    if letters:
        first, last = _SECTIONS.get(letters, (0, 0))
        if not first <= int(code[:2]) <= last:
            raise CellError(
                f'found "{text}"; in NACE Rev. 2 division {code[:2]} is not in section {letters}: is it a code of an '
                "older edition (Rev. 1)? Look up the one of Rev. 2"
            )
    return code
