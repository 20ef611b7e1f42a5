"""Codes a case may state: of the European list of waste (EWC) and of industries (NACE), and what may be meant."""

import re
from collections.abc import Iterator

from planner.case.case import Case
from planner.case.findings import Findings, Path
from planner.case.resources import Resource

_EWC = re.compile(r"\d\d \d\d \d\d\*?")
_NACE = re.compile(r"\d\d(\.\d\d?)?")
#: Chapters of the List of Waste (Decision 2000/532/EC).
_CHAPTERS = frozenset(f"{number:02d}" for number in range(1, 21))
#: Divisions of NACE Rev. 2 (Regulation (EC) 1893/2006).
_DIVISIONS = frozenset(
    f"{number:02d}"
    for first, last in (
        *((1, 3), (5, 9), (10, 33), (35, 39), (41, 43), (45, 47), (49, 53), (55, 56), (58, 63), (64, 66), (68, 75)),
        *((77, 82), (84, 88), (90, 99)),
    )
    for number in range(first, last + 1)
)
#: Groups of the divisions of primary production, industry, supply and construction in NACE Rev. 2, by their last digit.
#: Older editions use the same divisions for other industries: 15.5 was dairies, division 15 is leather today.
_GROUPS = {
    **{"01": "1234567", "02": "1234", "03": "12", "05": "12", "06": "12", "07": "12", "08": "19", "09": "19"},
    **{
        "10": "123456789",
        "11": "0",
        "12": "0",
        "13": "1239",
        "14": "123",
        "15": "12",
        "16": "12",
        "17": "12",
        "18": "12",
    },
    **{"19": "12", "20": "123456", "21": "12", "22": "12", "23": "12345679", "24": "12345", "25": "12345679"},
    **{
        "26": "12345678",
        "27": "123459",
        "28": "12349",
        "29": "123",
        "30": "12349",
        "31": "0",
        "32": "123459",
        "33": "12",
    },
    **{"35": "123", "36": "0", "37": "0", "38": "123", "39": "0", "41": "12", "42": "129", "43": "1239"},
}


def ewc_fault(code: str) -> str | None:
    """What is wrong with a code of the List of Waste; None if nothing is.

    Parameters
    ----------
    code
        As "10 01 02", with * where the entry is hazardous.
    """
    if _EWC.fullmatch(code):
        if code[:2] in _CHAPTERS:
            return None
        return f'found "{code}"; the list of waste has chapters 01 to 20'
    digits = "".join(re.findall(r"\d", code))
    star = "*" if code.rstrip().endswith("*") else ""
    meant = ""
    if len(digits) == 6 and digits[:2] in _CHAPTERS:
        meant = f'; did you mean "{digits[:2]} {digits[2:4]} {digits[4:]}{star}"?'
    return f'found "{code}"; expected a code of the list of waste, as in "10 01 02", with * if hazardous{meant}'


def nace_fault(code: str) -> str | None:
    """What is wrong with a code of an industry; None if nothing is.

    Parameters
    ----------
    code
        Division, group or class of NACE Rev. 2: "23", "23.6", "23.62".
    """
    if _NACE.fullmatch(code):
        if code[:2] not in _DIVISIONS:
            return f'found "{code}"; NACE Rev. 2 has no division {code[:2]}'
        groups = _GROUPS.get(code[:2])
        if groups is None or len(code) == 2 or code[3] in groups:
            return None
        known = ", ".join(f"{code[:2]}.{digit}" for digit in groups)
        older = "is it a code of an older edition (Rev. 1)?"
        return f'found "{code}"; NACE Rev. 2 has no group {code[:4]} (division {code[:2]} has {known}); {older}'
    digits = "".join(re.findall(r"\d", code))
    meant = ""
    if 2 <= len(digits) <= 6 and digits[:2] in _DIVISIONS:
        short = digits[:2] + (f".{digits[2:4]}" if len(digits) > 2 else "")
        meant = f'; did you mean "{short}"?'
    return f'found "{code}"; expected a code of NACE Rev. 2 in quotes, as in "23.62"{meant}'


def check_codes(case: Case, found: Findings) -> None:
    """Codes of waste and of industries, and synonyms."""
    for path, code in _waste_codes(case):
        if (message := ewc_fault(code)) is not None:
            found.say(path, message)
    for kind in ("plants", "partners"):
        for name, tenant in getattr(case, kind).items():
            if tenant.nace is not None and (message := nace_fault(tenant.nace)) is not None:
                found.say((kind, name, "nace"), message)
    for name, resource in case.resources.items():
        _check_synonyms(name, resource, found)


def _check_synonyms(name: str, resource: Resource, found: Findings) -> None:
    """Synonyms of a resource, each once."""
    for index, text in enumerate(resource.synonyms):
        if text.casefold() in [other.casefold() for other in resource.synonyms[:index]]:
            found.say(("resources", name, "synonyms", index), f'"{text}" is stated twice')


def _waste_codes(case: Case) -> Iterator[tuple[Path, str]]:
    """Every waste code of a case, with its place."""
    for name, resource in case.resources.items():
        if resource.waste_code is not None:
            yield ("resources", name, "waste_code"), resource.waste_code
    for kind in ("plants", "partners"):
        for name, tenant in getattr(case, kind).items():
            for stream, source in tenant.sources.items():
                if source.waste_code is not None:
                    yield (kind, name, "sources", stream, "waste_code"), source.waste_code
