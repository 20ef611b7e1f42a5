"""Workbooks for tests: the template, a small one of few cells, and changes to them cell by cell."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import yaml

from planner.excel.template import template

#: Answers of a dairy that needs steam, made from gas today.
NAME = {"Name of the plant": "dairy"}
STEAM = {"direction": "need", "what": "steam", "amount": 3, "unit": "t/h"}
GAS = {"today": "natural gas", "today amount": 0.8, "today unit": "MWh/t"}

#: The least workbook that is a case; sheet -> rows.
SMALL: dict[str, list[list[Any]]] = {
    "park": [
        ["path", "value", "unit"],
        ["case", "Small"],
        ["currency", "EUR"],
        ["price_year", 2025],
        ["economics > discount_rate", 0.05],
        ["economics > lifetime > pipe", 20, "yr"],
        ["geography > without_corridors", "straight"],
        ["geography > distances", "distances.csv"],
        ["crs", "EPSG:25832"],
    ],
    "resources": [
        ["resource", "kind", "unit", "price [money/unit]", "price unit", "carried_by", "discharge.route"],
        ["gas", "gas", "MWh", 40, "EUR/MWh", None, None],
        ["steam", "heat", "t", None, None, "pipe", "condenser"],
    ],
    "plants": [
        ["plant", "area [ha]", "hours [h/yr]", "plot"],
        ["mill", 1, 8000, "A"],
        ["smelter", 1, 8000, "B"],
    ],
    "streams": [
        [
            *("plant", "direction", "stream", "rate [unit/h]", "rate unit", "rate low", "rate source"),
            *("supplied_today_by", "supplied_today_by amount", "supplied_today_by unit"),
        ],
        ["mill", "sink", "steam", 5, "t/h", 4, "invoice", "gas", 0.8, "MWh/t"],
        ["smelter", "source", "steam", 6, "t/h", None, None, None, None, None],
    ],
    "plots": [
        ["plot", "area"],
        ["A", 2],
        ["B", 2],
    ],
    "files": [["file", "content"], ["distances.csv", "from,to,length_m\nA,B,150"]],
    "links": [["link", "kind", "along"], ["pipe", "pipe", "straight"]],
    "sizes": [
        ["link", "no", "size", "capacity", "capacity unit", "investment", "investment unit"],
        ["pipe", 1, "DN 100", 8, "t/h", 300, "EUR/m"],
    ],
}


def small(path: Path, changes: Callable[[openpyxl.Workbook], None] | None = None) -> Path:
    """Write the small workbook, changed."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in SMALL.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    if changes:
        changes(book)
    book.save(path)
    return path


def shaped(book: openpyxl.Workbook) -> None:
    """Give the plots of the small workbook shapes in place of distances."""
    put(
        plots_B1="geometry",
        plots_B2="500000 6000000; 500100 6000000; 500100 6000100",
        plots_B3="POLYGON ((500200 6000000, 500300 6000000, 500300 6000100, 500200 6000000))",
        park_A8=None,
        park_B8=None,
    )(book)
    book.remove(book["files"])


def put(**cells: Any) -> Callable[[openpyxl.Workbook], None]:
    """Changes of cells: ``streams_D2=...`` is cell D2 of the sheet streams."""

    def change(book: openpyxl.Workbook) -> None:
        for place, value in cells.items():
            sheet, _, cell = place.rpartition("_")
            book[sheet][cell] = value

    return change


def filled(path: Path, cells: Mapping[tuple[str, str], Any]) -> Path:
    """The template with cells written over by openpyxl."""
    template(path, questionnaire=False)
    book = openpyxl.load_workbook(path)
    for (sheet, cell), value in cells.items():
        book[sheet][cell] = value
    book.save(path)
    return path


def questionnaire(path: Path, answers: Mapping[str, Any], streams: Iterable[Mapping[str, Any]]) -> Path:
    """A questionnaire, answered: question -> answer or (answer, unit), and lines of streams."""
    template(path, questionnaire=True)
    book = openpyxl.load_workbook(path)
    sheet = book["questionnaire"]
    lines = {sheet.cell(row, 1).value: row for row in range(1, 40)}
    for question, answer in answers.items():
        found = answer if isinstance(answer, tuple) else (answer,)
        for column, value in enumerate(found, start=2):
            sheet.cell(lines[question], column).value = value
    row = lines["direction"]
    heads = {sheet.cell(row, column).value: column for column in range(1, 20)}
    for number, line in enumerate(streams, start=row + 1):
        for head, value in line.items():
            sheet.cell(number, heads[head]).value = value
    book.save(path)
    return path


def tree_of(folder: Path) -> Any:
    """What the file of a case says, as plain data."""
    return yaml.safe_load((folder / "case.yaml").read_text(encoding="utf-8"))
