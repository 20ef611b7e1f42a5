"""What ``match`` found as tables: CSV and workbook."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from planner.case.case import Case
from planner.excel.frames import notes_page, table_page
from planner.excel.write import workbook
from planner.match.proposals import Matches, Proposal, rounded
from planner.report.tables import write_csv

#: Columns of the proposals and what they mean.
COLUMNS = {
    "number": "by which it is accepted: planner match CASE --accept NUMBER",
    "score": "how well it is founded, 0 to 100; not what it is worth",
    "strength": "strong, fair, weak",
    "from": "giver",
    "stream": "stream that is given",
    "resource": "what flows",
    "to": "taker",
    "into": "stream that is replaced",
    "replaces": "resource that is replaced",
    "use": "what it is used for",
    "rule": "what found it: synonym, library, R1 to R3 (heat), R6 (water)",
    "row": "of the library",
    "reasons": "in words",
    "limits_met": "of the library and of the taker",
    "limits_broken": "of the library and of the taker",
    "limits_not_known": "what the case does not tell enough for",
    "missing": "data that would tell more",
    "ratio": "units replaced per unit given, to three digits",
    "ratio_low": "least it may be",
    "ratio_high": "most it may be",
    "ratio_unit": "in the units of the case",
    "ratio_grade": "A published and read, B second hand, C an estimate",
    "max_share": "of the demand, at most",
    "pretreatment": "required before it can be used",
    "conversion": "what must stand between both",
    "conditions": "under which it works",
    "law": "that asks for something",
    "example": "where it was done",
    "grade": "of the example",
    "source": "as it is written into the case",
    "not_acceptable": "why it cannot be written into the case as it is",
}


def proposals_table(proposals: Iterable[Proposal]) -> pd.DataFrame:
    """Proposals as a table with the columns of ``COLUMNS``; lists are one text, what is not known is blank."""
    return pd.DataFrame([_row(one) for one in proposals], columns=list(COLUMNS))


def _row(one: Proposal) -> dict[str, Any]:
    by_verdict = {
        f"limits_{verdict.replace(' ', '_')}": [limit.text for limit in one.limits if limit.verdict == verdict]
        for verdict in ("met", "broken", "not known")
    }
    ratio = one.ratio
    numbers = {
        "ratio": None if ratio is None else rounded(ratio.value),
        "ratio_low": None if ratio is None or ratio.low is None else rounded(ratio.low),
        "ratio_high": None if ratio is None or ratio.high is None else rounded(ratio.high),
        "ratio_unit": None if ratio is None else ratio.unit,
        "ratio_grade": None if ratio is None else ratio.grade,
    }
    row = {**one.as_json(), **by_verdict, **numbers}
    return {name: _flat(row[name]) for name in COLUMNS}


def _flat(value: Any) -> Any:
    return "; ".join(value) if isinstance(value, list) else value


def write_proposals(found: Matches, file: Path) -> None:
    """Write the proposals as CSV."""
    write_csv(proposals_table(found.proposals), file)


def write_workbook(case: Case, found: Matches, file: Path) -> None:
    """Write proposals, what exchanges anyway, what is barred and leads as a workbook, with what columns mean."""
    about = f"{case.case}: exchanges that it does not declare"
    ends = {"from": "giver and its stream", "to": "taker and its stream"}
    tables = [
        ("proposals", proposals_table(found.proposals), COLUMNS, 1),
        _plain(
            "anyway",
            [(one.giver.said, one.taker.said, one.why) for one in found.anyway],
            ends | {"why": "why no entry is needed"},
        ),
        _plain(
            "barred",
            [(one.giver.said, one.taker.said, one.what, one.reason, one.law) for one in found.barred],
            ends | {"what": "what is excluded", "reason": "in words", "law": "that excludes it"},
        ),
        _plain(
            "leads",
            [(one.about, one.text, one.industry, one.nace, one.row) for one in found.leads],
            {
                "about": "unit and stream it starts from",
                "ask": "question for the next visit",
                "industry": "that uses or gives it",
                "nace": "its code",
                "row": "of the library",
            },
        ),
    ]
    tables = [one for one in tables if one[0] == "proposals" or len(one[1])]
    pages = [table_page(name, about, table, columns, fixed=fixed) for name, table, columns, fixed in tables]
    notes = [f"not recognised, state synonyms or waste_code: {name}" for name in found.unrecognised]
    meanings = {name: columns for name, _, columns, _ in tables}
    workbook(file, [*pages, notes_page(meanings, f"{case.currency} of {case.price_year}", notes)])


def _plain(
    name: str, rows: list[tuple[Any, ...]], columns: dict[str, str]
) -> tuple[str, pd.DataFrame, dict[str, str], int]:
    return name, pd.DataFrame(rows, columns=list(columns)), columns, 1
