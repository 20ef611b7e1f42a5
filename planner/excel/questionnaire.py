"""Reads a filled questionnaire: a plant with its streams, and the resources that the park does not know yet."""

from collections.abc import Mapping, Sequence
from typing import Any

from planner.case.marks import Mark, Path
from planner.case.numbers import did_you_mean
from planner.errors import Fault
from planner.excel import cells as read
from planner.excel.cells import CellError
from planner.excel.columns import Column
from planner.excel.draft import Draft
from planner.excel.form import ANSWER, DIRECTIONS, NAME, NAME_HINT, SHEET, STREAMS, Question, questions
from planner.excel.opened import Cell, OpenSheet
from planner.excel.paths import name_of, tidy
from planner.excel.read import Workbook
from planner.excel.tables import Table, find_table
from planner.excel.unfold import put_field, put_number

_KINDS = ("material", "water", "heat", "power", "gas")


def form_of(opened: Sequence[OpenSheet]) -> OpenSheet | None:
    """The sheet of a questionnaire among those of a workbook."""
    return next((sheet for sheet in opened if name_of(sheet.name).lower() == SHEET), None)


def read_questionnaire(sheet: OpenSheet, base: Mapping[str, Any]) -> Workbook:
    """Read a questionnaire.

    Parameters
    ----------
    sheet
        Its sheet.
    base
        The case so far, for the resources it knows.
    """
    book = Workbook(Draft(whole=True))
    draft = book.draft
    rows = dict(sheet.rows())
    streams_row = next((row for row, cells in rows.items() if _says(cells, ("direction", "what"))), None)
    split = streams_row or max(rows, default=1) + 1
    above, below = (
        OpenSheet(
            sheet.file,
            sheet.name,
            sheet.hidden,
            {place: cell for place, cell in sheet.cells.items() if _kept(place, cell, split, upper)},
            [area for area in sheet.merged if (area[0] < split) == upper],
            sheet.hidden_rows,
            sheet.hidden_columns,
        )
        for upper in (True, False)
    )
    _tell_beside(sheet, split, draft)
    lines = find_table(above, ANSWER, ("question", "answer"), draft.faults)
    name = _plant(lines, draft, sheet) if lines else None
    if streams_row is None:
        draft.faults.append(Fault(sheet.place, 0, 0, "", 'the table with "direction" and "what" is missing'))
    elif name and (table := find_table(below, tuple(STREAMS), ("direction", "what", "amount", "unit"), draft.faults)):
        for _, cells in table.rows:
            _stream(name, table, cells, draft, base)
    if not draft.tree and not draft.faults:
        draft.faults.append(Fault(sheet.place, 0, 0, "", "is not filled: it says nothing of a plant"))
    return book


def _kept(place: tuple[int, int], cell: Cell, split: int, upper: bool) -> bool:
    """Whether a cell belongs to the upper or lower part of the form; hints are of neither."""
    hint = place[1] == 1 and cell.kind == "text" and str(cell.value).lstrip().startswith("#")
    return not hint and (place[0] < split and place[1] <= len(ANSWER) if upper else place[0] >= split)


def other_content(opened: Sequence[OpenSheet], form: OpenSheet) -> list[Fault]:
    """Faults of sheets beside the one of the questionnaire that hold something: they would not be read."""
    message = "is not read beside a questionnaire; put # before its name, or send what it says in a workbook of its own"
    return [
        Fault(sheet.place, 0, 0, "", message)
        for sheet in opened
        if sheet is not form and sheet.cells and not sheet.name.strip().startswith("#")
    ]


def _tell_beside(sheet: OpenSheet, split: int, draft: Draft) -> None:
    """Faults of what stands right of the answers, where only the hints of the form do."""
    hints = {NAME_HINT, *(question.hint for question in questions())}
    for (row, column), cell in sorted(sheet.cells.items()):
        if row < split and column > len(ANSWER) and not (cell.kind == "text" and tidy(cell.value) in hints):
            message = f"found {read.said(cell)} right of the answers, where nothing is read; write it under Remarks"
            draft.faults.append(Fault(sheet.place, row, column, "", message))


def _says(cells: Mapping[int, Cell], wanted: tuple[str, ...]) -> bool:
    names = {name_of(str(cell.value)).lower() for cell in cells.values() if cell.kind == "text"}
    return names >= set(wanted)


def _plant(table: Table, draft: Draft, sheet: OpenSheet) -> str | None:
    """Read the lines of the plant; its name, None where it has none."""
    asked = {NAME.lower(): Question(NAME, (), "words")} | {one.text.lower(): one for one in questions()}
    lines: dict[str, Mapping[str, Cell]] = {}
    for row, cells in table.rows:
        cell = cells.get("question")
        text = name_of(str(cell.value)).lower() if cell else ""
        mark = Mark(sheet.place, row, cell.column if cell else 1)
        if text not in asked:
            near = did_you_mean(text, [one.text for one in asked.values()])
            if "answer" in cells:
                draft.fault(mark, ("question",), f'no such question: "{cell.value if cell else ""}"{near}')
        elif text in lines:
            draft.fault(mark, ("question",), "is asked twice; leave one line out")
        else:
            lines[text] = cells
    name = _name(lines.get(NAME.lower(), {}), table, draft)
    if name is None:
        return None
    for text, line in lines.items():
        question = asked[text]
        if question.field:
            _answer(("plants", name, *question.field), question, table, line, draft)
    output = draft.at(("plants", name, "product", "output"))
    if isinstance(output, dict) and "/" in str(output.get("unit", "")):
        unit = str(output["unit"]).partition("/")[0].strip()
        at = draft.where(("plants", name, "product", "output")) or Mark(sheet.place, 0, 0)
        draft.put(("plants", name, "product", "unit"), unit, at)
    return name


def _name(cells: Mapping[str, Cell], table: Table, draft: Draft) -> str | None:
    cell = cells.get("answer")
    asked = cells.get("question")
    row = asked.row if asked else 0
    mark = Mark(table.sheet.place, row, table.columns["answer"] if row else 0)
    try:
        if cell is None:
            raise CellError("is blank; the name of the plant is needed")
        name = str(read.words(cell, name=True))
    except CellError as error:
        draft.fault(mark, (NAME,), str(error))
        return None
    draft.entry(("plants", name), mark)
    return name


def _answer(path: Path, question: Question, table: Table, cells: Mapping[str, Cell], draft: Draft) -> None:
    if "answer" not in cells:
        return
    if question.kind != "number":
        column = Column("answer", (), question.kind, either=True)  # type: ignore[arg-type]
        put_field(column, path, table, cells, draft)
        return
    names = {"value": "answer", "unit": "unit", "basis": "basis", "source": "source"}
    put_number(path, names, table, cells, draft, {"source": f"questionnaire {table.sheet.file}"})
    if question.counted and not question.unit:
        _needs_unit(path, cells["answer"], table, draft, question.hint)


def _needs_unit(path: Path, cell: Cell, table: Table, draft: Draft, expected: str) -> None:
    """Refuse a bare number where the form does not print what it is counted in."""
    found = draft.at(path)
    if isinstance(found, dict) and "value" in found and not found.get("unit"):
        draft.fault(table.mark(cell), path, f"found {read.said(cell)} without a unit; expected {expected}")


def _stream(name: str, table: Table, cells: Mapping[str, Cell], draft: Draft, base: Mapping[str, Any]) -> None:
    """Read a line of the table of streams."""
    place = table.sheet.place
    first = next(iter(cells.values()))
    where: dict[str, str] = {}
    for header in ("direction", "what", "amount", "unit"):
        cell = cells.get(header)
        mark = Mark(place, first.row, cell.column if cell else table.columns[header])
        try:
            if cell is None and not (header == "unit" and _unit(cells)):
                raise CellError("is blank; every line needs it")
            if header == "direction" and cell:
                where[header] = DIRECTIONS[read.choice(cell, tuple(DIRECTIONS))]
            elif header == "what" and cell:
                where[header] = str(read.words(cell, name=True))
            else:
                where[header] = ""
        except CellError as error:
            draft.fault(mark, ("plants", name, header), str(error))
    if len(where) < len(("direction", "what", "amount", "unit")):
        return
    mark = Mark(place, first.row, cells["what"].column)
    _of_line(("plants", name, where["direction"], where["what"]), mark, table, cells, draft, base)


def _of_line(
    path: Path, mark: Mark, table: Table, cells: Mapping[str, Cell], draft: Draft, base: Mapping[str, Any]
) -> None:
    """Read the stream of a line whose direction and name are good."""
    what, direction = str(path[-1]), str(path[-2])
    try:
        path, own = _known_stream(path, base)
    except CellError as error:
        draft.fault(mark, path, str(error))
        return
    if draft.at(path) is not None:
        draft.fault(mark, path, "is there twice; add the amounts up, or give one a name of its own")
        return
    if not own or (what in (base.get("resources") or {}) and "kind" in cells):
        _resource(what, cells, (table, mark), draft, base)
    names = {"value": "amount", "unit": "unit", "low": "low", "high": "high", "basis": "basis", "note": "remarks"}
    put_number((*path, "rate"), names, table, cells, draft, {"source": f"questionnaire {table.sheet.file}"})
    _today(path, direction, table, cells, draft)


def _known_stream(path: Path, base: Mapping[str, Any]) -> tuple[Path, bool]:
    """Path of the stream that a line means, and whether the case has it: by its name or by its resource."""
    section, plant, direction, what = (str(step) for step in path)
    node: Any = base
    for step in (section, plant, direction):
        node = node.get(step) if isinstance(node, Mapping) else None
    streams = node if isinstance(node, Mapping) else {}
    alike = [name for name, one in streams.items() if _resource_of(name, one) == what]
    if len(alike) > 1:
        words = ", ".join(f'"{name}"' for name in alike)
        raise CellError(f"{plant} has {len(alike)} streams of {what}: {words}; write the name of the one that is meant")
    if alike:
        return (*path[:-1], alike[0]), True
    return path, what in streams


def _resource_of(name: str, stream: Any) -> str:
    stated = stream.get("resource") if isinstance(stream, Mapping) else None
    return str(stated or name)


def _resource(
    what: str, cells: Mapping[str, Cell], at: tuple[Table, Mark], draft: Draft, base: Mapping[str, Any]
) -> None:
    """Add what flows to the resources, if they do not know it and its kind is told."""
    table, mark = at
    known = {**(base.get("resources") or {}), **(draft.tree.get("resources") or {})}
    kind = cells.get("kind")
    try:
        said = read.choice(kind, _KINDS) if kind else None
    except CellError as error:
        draft.fault(
            Mark(table.sheet.place, mark.line, kind.column if kind else 1), ("resources", what, "kind"), str(error)
        )
        return
    if what in known:
        has = known[what].get("kind") if isinstance(known[what], dict) else None
        if said and has and said != has:
            draft.fault(mark, ("resources", what, "kind"), f"is {said} here, {has} in the case; give it another name")
        return
    if said is None:
        near = did_you_mean(what, [str(name) for name in known])
        draft.fault(mark, ("what",), f'the park knows no "{what}"{near}; write its name, or say of what kind this is')
        return
    unit = _unit(cells).partition("/")[0].strip()
    unit = {"MW": "MWh", "kW": "MWh", "GW": "MWh"}.get(unit, unit)
    draft.put(("resources", what), {}, mark)
    draft.put(("resources", what, "kind"), said, mark)
    draft.put(
        ("resources", what, "unit"), unit, Mark(table.sheet.place, mark.line, cells.get("unit", cells["amount"]).column)
    )


def _unit(cells: Mapping[str, Cell]) -> str:
    """Unit of the amount of a line: in its own cell, or behind the amount."""
    try:
        own = read.unit_text(str(read.words(cells["unit"], name=True))) if "unit" in cells else ""
        return own or read.number(cells["amount"]).unit
    except (CellError, KeyError):
        return ""


def _today(path: Path, direction: str, table: Table, cells: Mapping[str, Cell], draft: Draft) -> None:
    """How a need is met today, or where goes what is left over."""
    beside = {"value": "today amount", "unit": "today unit"}
    cell = cells.get("today")
    if cell is None:
        if "today amount" in cells:
            at = cells["today amount"]
            draft.fault(table.mark(at), (*path, "today"), "today is blank beside its amount")
        return
    mark = table.mark(cell)
    try:
        words = str(read.words(cell, name=True))
    except CellError as error:
        draft.fault(mark, (*path, "today"), str(error))
        return
    source = {"source": f"questionnaire {table.sheet.file}"}
    if direction == "sources":
        draft.put((*path, "discharge", "route"), words, mark)
        put_number((*path, "discharge", "cost"), beside, table, cells, draft, source)
        if "today amount" in cells:
            _needs_unit((*path, "discharge", "cost"), cells["today amount"], table, draft, "one, as in EUR/t")
    elif "today amount" not in cells:
        draft.fault(mark, (*path, "today"), "its amount is blank: how much of it for a unit of what is needed?")
    else:
        put_number((*path, "supplied_today_by", words), beside, table, cells, draft, source)
        _needs_unit((*path, "supplied_today_by", words), cells["today amount"], table, draft, "one, as in MWh/t")
