"""The one-page questionnaire for a tenant: what it asks, and how it is written."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from planner.case.plants import Plant
from planner.case.resources import Kind
from planner.case.values import Basis
from planner.excel.write import new_book

#: Its sheet.
SHEET = "questionnaire"


@dataclass(frozen=True)
class Question:
    """A line of the form.

    Attributes
    ----------
    text
        What is asked, in the first column.
    field
        Path of the answer in the plant.
    kind
        Of the answer, as in ``planner.excel.columns``.
    unit
        What a bare number is counted in.
    hint
        Shown beside it.
    counted
        Whether a number needs a unit.
    """

    text: str
    field: tuple[str, ...]
    kind: str
    unit: str = ""
    hint: str = ""
    counted: bool = True


NAME = "Name of the plant"
NAME_HINT = "must be answered"
#: Lines that say who answered and when; they go into the source of each number and the list of open questions.
BY, ON = "Filled in by", "Filled in on"
_QUESTIONS = (
    Question("Industry code (NACE)", ("nace",), "industry", hint="as in 11.05"),
    Question("Main product", ("product", "name"), "words"),
    Question("Product made in a year", ("product", "output"), "number", hint="amount and unit, as in 120000 and t/yr"),
    Question("Land needed, built or paved", ("area",), "number", "ha"),
    Question("Kind of zone", ("zone",), "list", hint="as the park calls it: heavy, light, food ...; several with ;"),
    Question("Hours in operation a year", ("hours",), "number", "h/yr", "8760 is all year, day and night"),
    Question("Days in operation a year", ("days",), "number", "d/yr", "needed for amounts by the day, as in 250"),
    Question("Full-time jobs", ("jobs",), "number", counted=False),
    Question("Remarks", ("note",), "words"),
    Question(BY, (), "words", hint="name and telephone, for what is not clear"),
    Question(ON, (), "words", hint="date"),
)
#: What a product is called that nobody has named.
NAMELESS = "product"
#: Grade of a number by how it is known; of no other basis does a questionnaire tell one.
GRADES = {"metered": "A", "invoiced": "A", "estimate": "C"}
#: Columns of the lines above the streams.
ANSWER = ("question", "answer", "unit", "basis", "source")
#: Columns of the table of streams, with what they mean.
STREAMS = {
    "direction": "need: you buy or make it and use it. over: it is left over.",
    "what": "Name of the material, water, heat or gas; if the park knows it, by the park's name.",
    "kind": "What it is. Needed where the park does not know it yet.",
    "amount": "How much, while the plant runs or in a year.",
    "unit": "As in t/h, m3/d, MWh/yr.",
    "low": "Least it may be.",
    "high": "Most it may be.",
    "basis": "How you know it: metered, invoiced, design, literature, or an estimate.",
    "today": "Need: what it is made of or bought today (natural gas). Over: where it goes (sewer, landfill).",
    "today amount": "Need: how much of that for a unit of it. Over: what it costs to be rid of a unit.",
    "today unit": "Need: as in MWh/t. Over: as in EUR/t.",
    "remarks": "Temperature, pressure, what it contains, when it is there.",
}
DIRECTIONS = {"need": "sinks", "over": "sources"}
_ROWS = 14


def questions() -> list[Question]:
    """What is asked of the plant: the lines whose field the case knows."""
    return [question for question in _QUESTIONS if not question.field or question.field[0] in Plant.model_fields]


def write_questionnaire(file: Path) -> None:
    """Write an empty questionnaire (.xlsx), one page to print.

    Raises
    ------
    UsageError
        If the file cannot be written.
    """
    with new_book(file) as book:
        _form(book)


def _form(book: Any) -> None:
    sheet = book.add_worksheet(SHEET)
    styles = {
        "title": book.add_format({"bold": True, "font_size": 14, "font_color": "#1F4E79"}),
        "text": book.add_format({"italic": True, "font_color": "#44546A", "text_wrap": True, "valign": "top"}),
        "head": book.add_format(
            {
                "bold": True,
                "bg_color": "#1F4E79",
                "font_color": "#FFFFFF",
                "border": 1,
                "text_wrap": True,
                "valign": "top",
            }
        ),
        "ask": book.add_format({"bg_color": "#D6DCE5", "border": 1, "valign": "top"}),
        "name": book.add_format(
            {"border": 1, "bg_color": "#FFFFE5", "text_wrap": True, "valign": "top", "num_format": "@"}
        ),
        "answer": book.add_format({"border": 1, "bg_color": "#FFFFE5", "text_wrap": True, "valign": "top"}),
        "hint": book.add_format({"font_color": "#595959", "italic": True}),
    }
    sheet.write_string(0, 0, "Questionnaire for a tenant of an eco-industrial park", styles["title"])
    words = "Fill the light yellow cells, as far as you know; leave the rest blank. Write 1000, not 1,000."
    sheet.write_string(1, 0, words, styles["hint"])
    after = _write_questions(sheet, styles)
    _write_streams(sheet, styles, after + 1)
    for column, width in enumerate((28, 24, 10, 11, 10, 9, 9, 12, 18, 12, 11, 34)):
        sheet.set_column(column, column, width)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)
    sheet.hide_gridlines(2)


def _write_questions(sheet: Any, styles: dict[str, Any]) -> int:
    """Write the lines of the plant; the row after them."""
    for column, head in enumerate(ANSWER):
        sheet.write_string(2, column, head, styles["head"])
    lines = [Question(NAME, (), "words", hint=NAME_HINT), *questions()]
    for row, line in enumerate(lines, start=3):
        sheet.write_string(row, 0, line.text, styles["ask"])
        number = line.kind == "number"
        sheet.write_blank(row, 1, None, styles["answer" if number else "name"])  # 35.30 stays 35.30
        sheet.write_string(row, 2, line.unit, styles["answer" if number else "ask"])
        for column in (3, 4):
            sheet.write_blank(row, column, None, styles["answer" if number else "ask"])
        if number:
            sheet.data_validation(row, 3, row, 3, {"validate": "list", "source": list(get_args(Basis))})
        sheet.write_string(row, 5, line.hint, styles["hint"])
    return 3 + len(lines)


def _write_streams(sheet: Any, styles: dict[str, Any], row: int) -> None:
    choices = {"direction": list(DIRECTIONS), "kind": list(get_args(Kind)), "basis": list(get_args(Basis))}
    for column, (head, about) in enumerate(STREAMS.items()):
        sheet.write_string(row, column, head, styles["head"])
        sheet.write_comment(row, column, about)
        for below in range(row + 1, row + 1 + _ROWS):
            sheet.write_blank(below, column, None, styles["answer"])
        if head in choices:
            rule = {"validate": "list", "source": choices[head]}
            sheet.data_validation(row + 1, column, row + _ROWS, column, rule)
    notes = row + _ROWS + 2
    for line, (head, about) in enumerate(STREAMS.items()):
        sheet.write_string(notes + line, 0, f"# {head}: {about}", styles["hint"])
