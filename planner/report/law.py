"""What the law asks of a plan, and the exchanges that are barred, in its summary."""

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping
from typing import Any

from planner.report.numbers import amount
from planner.report.runs import number, text, yes
from planner.report.water import Rows, cut, records
from planner.results.law import DECLARATION, PERMIT, UNSTATED, counts
from planner.results.plan import Plan

#: Exchanges that the case forbids are counted in one row where there are more of them.
_APART = 3
_BY_CASE = "forbidden by the case"
_BY_USE = "may not come into"


def permit_rows(plan: Plan) -> Rows:
    """A row for each exchange of the plan of which the law asks anything, and one for all of them.

    What it costs once is that of permit and declaration; a year, the capital cost of that. The last row has the sums,
    the longest delay and how many of each there are.
    """
    asked = {text(row["exchange"]): row for row in records(plan, "verdicts") if _asks(row)}
    if not asked:
        return ()
    yearly = _yearly(plan)
    rows = [_permit_row(row, yearly.get(name, 0.0)) for name, row in asked.items()]
    once = sum(number(row["permit_cost"], 0.0) for row in asked.values())
    delay = max(number(row["delay_yr"], 0.0) for row in asked.values())
    every = sum(yearly.get(name, 0.0) for name in asked)
    told = counts(plan.tables["verdicts"], named=False)
    return (*rows, ("all, and the longest delay", "", told, amount(once), amount(every), amount(delay)))


def _asks(row: Mapping[Hashable, Any]) -> bool:
    """Whether the law asks anything of an exchange of the plan."""
    return yes(row["built"]) and (row["compliance"] in (PERMIT, UNSTATED, DECLARATION) or yes(row["declaration"]))


def _permit_row(row: Mapping[Hashable, Any], yearly: float) -> tuple[str, ...]:
    words = (text(row["exchange"]), text(row["compliance"]), text(row["compliance_why"]))
    return (*words, amount(row["permit_cost"]), amount(yearly), amount(row["delay_yr"]))


def _yearly(plan: Plan) -> dict[str, float]:
    """Exchange -> capital cost of its permit and declaration a year."""
    sums: dict[str, float] = defaultdict(float)
    for row in records(plan, "lines"):
        if row["account"] == "permit" and row["run"] == "plan":
            sums[text(row["exchange"])] += number(row["amount"], 0.0)
    return dict(sums)


def barred_rows(plan: Plan) -> Rows:
    """A row for each exchange that is barred and each reason for it: by quality, by use, then by the case.

    Where the case forbids many, that is one row with their number and what it says of them.
    """
    found = [(text(row["exchange"]), text(row["quality"]), _why(row)) for row in records(plan, "barred")]
    told = [row for row in found if row[1]]
    told += [row for row in found if not row[1] and row[2].startswith(_BY_USE)]
    told += [row for row in found if not row[1] and not row[2].startswith((_BY_USE, _BY_CASE))]
    stated = [row for row in found if not row[1] and row[2].startswith(_BY_CASE)]
    where = "tables/barred.csv"
    if len(stated) <= _APART:
        return cut([*told, *stated], 3, where)
    notes = Counter(row[2].removeprefix(_BY_CASE).removeprefix(": ") for row in stated)
    first = [f"{note} ({count})" for note, count in notes.most_common() if note][:1]
    more = f": {first[0]} ..." if first else ""
    return (*cut(told, 3, where), (f"{len(stated)} exchanges", "", f"{_BY_CASE}{more}: see {where}"))


def _why(row: Mapping[Hashable, Any]) -> str:
    """Why an exchange is barred, with what it holds and what is admitted where both are known."""
    found, limit = number(row["found"], math.nan), number(row["limit"], math.nan)
    if math.isnan(found) or math.isnan(limit):
        return text(row["why"])
    bound = "at most" if found > limit else "at least"
    unit = "" if text(row["unit"]) in ("-", "1") else f" {text(row['unit'])}"
    return f"holds {amount(found)}{unit}, {bound} {amount(limit)} admitted; {text(row['why'])}"
