"""Sheets ``Assumptions`` and ``Sources``: every number of the case, with unit, grade, basis and source."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from planner.case.lists import fields_listed, listed
from planner.case.values import Value
from planner.report.workbook.sheet import Column, Sheet, Styles
from planner.report.workbook.tables import money_of
from planner.results.plan import Plan

if TYPE_CHECKING:
    from planner.case.case import Case

_COLUMNS = (
    Column("field", "Field of the case", width=50),
    Column("value", "Value", "amount"),
    Column("unit", "Unit"),
    Column("low", "Low", "amount"),
    Column("high", "High", "amount"),
    Column("grade", "Grade"),
    Column("basis", "Basis"),
    Column("source", "Source"),
    Column("note", "Note"),
    Column("lines", "Line items of the plan that rest on it", "count"),
    Column("cost", "of these, share of the yearly cost", "percent"),
)
_SOURCES = (
    Column("key", "Key"),
    Column("title", "Title"),
    Column("year", "Year", "count"),
    Column("url", "Where it can be read"),
    Column("licence", "Licence"),
    Column("note", "Note"),
    Column("numbers", "Numbers of the case", "count"),
    Column("lines", "Line items of the plan", "count"),
)


def numbers_of(case: "Case") -> Iterator[tuple[str, Value]]:
    """Every number of a case with its field, as in "resources.steam.price"; defaults that the planner fills in, too."""
    yield from _under("", case)


def _under(path: str, node: Any) -> Iterator[tuple[str, Value]]:
    if isinstance(node, Value):
        yield path, node
    elif isinstance(node, BaseModel):
        for name, info in type(node).model_fields.items():
            yield from _under(f"{path}.{info.alias or name}".lstrip("."), getattr(node, name))
    elif isinstance(node, Mapping):
        for key, child in node.items():
            yield from _under(f"{path}.{key}".lstrip("."), child)
    elif isinstance(node, list | tuple):
        for n, child in enumerate(node, 1):
            yield from _under(f"{path}[{n}]", child)


def assumption_rows(plan: Plan) -> list[dict[str, Any]]:
    """Rows of the sheet: the numbers of the case, then those that line items rest on besides (defaults, geography)."""
    used, cost = _use(plan)
    rows = []
    for field, value in numbers_of(plan.case) if plan.case is not None else ():
        note = value.note
        if value.periods:
            by_period = ", ".join(f"{name} {number:g}" for name, number, _ in value.periods)
            note = f"{note}; by period: {by_period}" if note else f"by period: {by_period}"
        row = {"field": field, "value": value.value, "unit": value.unit, "low": value.low, "high": value.high}
        row |= {"grade": value.grade, "basis": value.basis, "source": value.source, "note": note}
        rows.append(row | {"lines": used.get(field, 0), "cost": cost.get(field)})
    known = {row["field"] for row in rows}
    for field in used:
        if field not in known:
            more = {"field": field, "note": "not a number of the case: a default, drawn, or made of several fields"}
            rows.append(more | {"lines": used[field], "cost": cost.get(field)})
    return rows


def _use(plan: Plan) -> tuple[dict[str, int], dict[str, float]]:
    """Field -> line items of the plan that rest on it, and their share of the absolute yearly cost."""
    table = plan.tables["lines"]
    table = table[table["run"] == "plan"]
    accounts = set(plan.tables["costs"].loc[lambda t: t["unit"].str.endswith("/yr"), "account"])
    used: dict[str, int] = defaultdict(int)
    cost: dict[str, float] = defaultdict(float)
    whole = 0.0
    for account, fields, amount in zip(table["account"], table["fields"], table["amount"], strict=True):
        money = abs(amount) if account in accounts else 0.0
        whole += money
        for field in fields_listed(fields) if isinstance(fields, str) else ():
            used[field] += 1
            cost[field] += money
    return used, {field: money / whole for field, money in cost.items()} if whole else {}


def write_assumptions(book: Any, styles: Styles, plan: Plan) -> None:
    """Write every number of the case."""
    about = (
        "Grade A, B or C, from best to worst. The share is that of the line items that rest on the number, so that "
        f"shares overlap. Money in {money_of(plan.header)}."
    )
    sheet = Sheet(book, styles, "Assumptions", "Every number of the case", about).begin()
    top = sheet.row
    sheet.table(_COLUMNS, assumption_rows(plan))
    sheet.freeze(1, top + 1)
    sheet.done()


def write_sources(book: Any, styles: Styles, plan: Plan) -> None:
    """Write where the numbers come from."""
    sheet = Sheet(book, styles, "Sources", "Where the numbers come from").begin()
    sheet.table(_SOURCES, source_rows(plan))
    sheet.done()


def source_rows(plan: Plan) -> list[dict[str, Any]]:
    """Sources by their key, those that the case does not describe at the end."""
    numbers: dict[str, int] = defaultdict(int)
    for _, value in numbers_of(plan.case) if plan.case is not None else ():
        if value.source:
            numbers[value.source] += 1
    lines: dict[str, int] = defaultdict(int)
    table = plan.tables["lines"]
    described: Mapping[str, Mapping[str, Any]] = plan.header.get("sources") or {}
    for told in table.loc[table["run"] == "plan", "sources"]:
        for key in listed(told, {*described, *numbers}) if isinstance(told, str) else ():
            lines[key] += 1
    keys = [*described, *(key for key in (*numbers, *lines) if key not in described)]
    return [
        {"key": key, **described.get(key, {}), "numbers": numbers.get(key, 0), "lines": lines.get(key, 0)}
        for key in dict.fromkeys(keys)
    ]
