"""Reads a filled questionnaire: a plant with its streams, and the resources that the park does not know yet."""

from collections.abc import Mapping, Sequence
from typing import Any

from planner.case.marks import Mark, Path
from planner.case.numbers import did_you_mean
from planner.errors import Fault
from planner.excel import cells as read
from planner.excel.cells import CellError
from planner.excel.columns import Column
from planner.excel.days import day_of
from planner.excel.draft import Draft
from planner.excel.form import ANSWER, BY, NAME, NAME_HINT, NAMELESS, ON, SHEET, STREAMS, Question, questions
from planner.excel.lines import incomplete, put, read_line, unit_of
from planner.excel.opened import Cell, OpenSheet
from planner.excel.paths import name_of, tidy
from planner.excel.read import Workbook
from planner.excel.tables import Table, find_table
from planner.excel.unfold import put_field

#: Words for an answer that nobody has yet: as good as a blank.
_UNKNOWN = frozenset(
    {"?", "??", "-", "–", "—", "...", "n/a", "n.a.", "na", "tbd", "tbc", "unknown", "not known", "k.a."}
)
#: Rows from the top in which a form is looked for.
_FARTHEST = 40


def form_of(opened: Sequence[OpenSheet]) -> OpenSheet | None:
    """The sheet of a questionnaire among those of a workbook: by its name or, where that was changed, its questions."""
    named = next((sheet for sheet in opened if name_of(sheet.name).lower() == SHEET), None)
    return named or next((sheet for sheet in opened if sheet.name.strip()[:1] != "#" and _asks(sheet)), None)


def _asks(sheet: OpenSheet) -> bool:
    """Whether a sheet holds the lines of the form."""
    rows = [cells for row, cells in sheet.rows() if row <= _FARTHEST]
    return any(_says(cells, ("question", "answer")) for cells in rows) and any(
        _says(cells, (NAME.lower(),)) for cells in rows
    )


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
    if streams_row is None:
        words = ", ".join(f'"{name}"' for name in STREAMS)
        message = (
            f"the row with the names of the columns of the streams is missing ({words}); write it as the form had it"
        )
        draft.faults.append(Fault(sheet.place, 0, 0, "", message))
        return book
    split = streams_row
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
    name = _plant(lines, book, sheet, base) if lines else None
    if name and (table := find_table(below, tuple(STREAMS), ("direction", "what", "amount", "unit"), draft.faults)):
        for _, line in table.rows:
            cells = _known_of(line, keep=("direction", "what"))
            if cells.keys() - {"direction", "kind", "unit", "basis"}:  # a choice alone says nothing yet
                read_line(name, table, cells, draft, base)
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


def _known_of(cells: Mapping[str, Cell], keep: tuple[str, ...]) -> dict[str, Cell]:
    """Cells of a line without those that say that the answer is not known."""
    return {
        header: cell
        for header, cell in cells.items()
        if header in keep or cell.kind != "text" or tidy(cell.value).lower() not in _UNKNOWN
    }


def _says(cells: Mapping[int, Cell], wanted: tuple[str, ...]) -> bool:
    names = {name_of(str(cell.value)).lower() for cell in cells.values() if cell.kind == "text"}
    return names >= set(wanted)


def _plant(table: Table, book: Workbook, sheet: OpenSheet, base: Mapping[str, Any]) -> str | None:
    """Read the lines of the plant; its name, None where it has none."""
    draft = book.draft
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
            lines[text] = _known_of(cells, keep=("question",) if text != NAME.lower() else ("question", "answer"))
    name = _name(lines.get(NAME.lower(), {}), table, draft, base)
    if name is None:
        return None
    book.tenant, book.ask = name, _plain(lines.get(BY.lower(), {}), draft, table)
    day = _day(lines.get(ON.lower(), {}), draft, table) or sheet.saved
    draft.source = f"questionnaire {sheet.file}" + (f" of {day}" if day else "")
    for text, line in lines.items():
        question = asked[text]
        if question.field and "answer" not in line:
            row = next(iter(line.values())).row
            draft.blank["plants", name, *question.field] = Mark(sheet.place, row, table.columns["answer"])
        elif question.field:
            _answer(("plants", name, *question.field), question, table, line, draft)
    _of_product(name, sheet, draft, base)
    return name


def _of_product(plant: str, sheet: OpenSheet, draft: Draft, base: Mapping[str, Any]) -> None:
    """Unit of the product as its output has it; a name where nobody says one, so that the output can stand."""
    output = draft.at(("plants", plant, "product", "output"))
    at = draft.where(("plants", plant, "product", "output")) or Mark(sheet.place, 0, 0)
    if isinstance(output, dict) and "/" in str(output.get("unit", "")):
        unit = str(output["unit"]).partition("/")[0].strip()
        draft.put(("plants", plant, "product", "unit"), unit, at)
    known: Any = (base.get("plants") or {}).get(plant)
    known = known if isinstance(known, Mapping) else {}
    before = known.get("product")
    named = "archetype" in known or (isinstance(before, Mapping) and before.get("name") is not None)
    if output is not None and not named and draft.at(("plants", plant, "product", "name")) is None:
        draft.put(("plants", plant, "product", "name"), NAMELESS, at)


def _name(cells: Mapping[str, Cell], table: Table, draft: Draft, base: Mapping[str, Any]) -> str | None:
    cell = cells.get("answer")
    asked = cells.get("question")
    row = asked.row if asked else 0
    mark = Mark(table.sheet.place, row, table.columns["answer"] if row else 0)
    try:
        if cell is None:
            raise CellError("is blank; the name of the plant is needed")
        name = str(read.words(cell, name=True))
        if name.lower() in _UNKNOWN:
            raise CellError(f'found "{name}"; the name of the plant is needed')
        if name in (base.get("partners") or {}):
            raise CellError(
                f'"{name}" is a partner outside the park; a questionnaire is for plants: use a workbook for it'
            )
    except CellError as error:
        draft.fault(mark, (NAME,), str(error))
        return None
    draft.entry(("plants", name), mark)
    return name


def _plain(cells: Mapping[str, Cell], draft: Draft, table: Table) -> str:
    """An answer in words that is no part of the case."""
    try:
        return str(read.words(cells["answer"])) if "answer" in cells else ""
    except CellError as error:
        draft.fault(table.mark(cells["answer"]), (), str(error))
        return ""


def _day(cells: Mapping[str, Cell], draft: Draft, table: Table) -> str:
    """The day on which a form was filled in, as year-month-day; "" where it does not say."""
    try:
        return day_of(cells["answer"]) if "answer" in cells else ""
    except CellError as error:
        draft.fault(table.mark(cells["answer"]), (ON,), str(error))
        return ""


def _answer(path: Path, question: Question, table: Table, cells: Mapping[str, Cell], draft: Draft) -> None:
    if question.kind != "number":
        column = Column("answer", (), question.kind, either=True)  # type: ignore[arg-type]
        put_field(column, path, table, cells, draft)
    elif question.counted and not question.unit and not unit_of(cells, "answer"):
        incomplete(path, cells["answer"], table, draft)
    else:
        put(path, {"value": "answer", "unit": "unit", "basis": "basis", "source": "source"}, table, cells, draft)
