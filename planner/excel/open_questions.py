"""What half-filled questionnaires leave open: told apart from what is wrong, listed, and kept with the case.

Nothing is put in the place of an answer that is missing. The tenant stands in the case as far as it is known; the case
is faulty just there until the answer comes, so that no plan is made without it.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path as FilePath
from typing import Any

from planner.case.archetype_numbers import SizeError, yearly
from planner.case.daily import few_days, is_daily
from planner.case.marks import Mark, Path, field_text
from planner.case.numbers import NumberError, parse_value
from planner.case.units import HOURS_PER_YEAR
from planner.case.values import HoursPerYear
from planner.errors import Fault
from planner.excel.form import NAMELESS
from planner.excel.places import place_in_words
from planner.excel.read import Workbook

#: File of the case folder that lists them.
QUESTIONS = "questions.csv"
_STREAMS = {"sinks": "need", "sources": "over"}


@dataclass(frozen=True)
class OpenQuestion:
    """Something that a tenant, or the study, has to answer.

    Attributes
    ----------
    plant, field
        Whom and which part of the case it is about.
    question
        What to ask.
    expected
        What an answer looks like.
    ask
        Who is to be asked.
    until_answered
        What holds until then.
    where
        Where the answer is missing: file, sheet and cell, or line of the case.
    """

    plant: str
    field: str
    question: str
    expected: str
    ask: str
    until_answered: str
    where: str

    @property
    def bars(self) -> bool:
        """Whether the case cannot be planned before it is answered."""
        return self.until_answered == _BARRED

    def __str__(self) -> str:
        until = "" if self.bars else f"; until then: {self.until_answered}"
        return f"{self.field}: {self.question} Expected: {self.expected}. Ask: {self.ask}{until} ({self.where})"


_BARRED = "no plan"
_FREE = "its disposal counts as free of charge"
_STUDY = "yourself"
_SAYS = "The questionnaire says"


@dataclass(frozen=True)
class _Gap:
    """A part of a case that is not stated; ``needed``: whatever else is stated."""

    plant: str
    path: Path
    question: str
    expected: str
    study: bool = False
    needed: bool = False
    until: str = _BARRED


def sort_out(
    faults: Sequence[Fault],
    tree: Mapping[str, Any],
    resources: Mapping[str, Any],
    asked: Mapping[str, str],
    blank: Mapping[Path, Mark],
) -> tuple[list[Fault], list[OpenQuestion]]:
    """Tell what is wrong in a case from what nobody has said yet.

    Parameters
    ----------
    faults
        All that is wrong with the case, where it stands.
    tree
        The case as plain data.
    resources
        Those that the case knows, of archetypes, too.
    asked
        Plants of questionnaires -> who is to be asked.
    blank
        Cells of answers that are missing.

    Returns
    -------
    tuple
        The faults that are left, and the questions.
    """
    gaps: dict[str, _Gap] = {}
    for gap in _gaps(tree, resources, asked):
        gaps.setdefault(field_text(gap.path), gap)
    places = {fault.field: Mark(fault.file, fault.line, fault.column) for fault in faults}
    left = [fault for fault in faults if fault.field not in gaps]
    any_open = len(left) < len(faults)  # then some faults may not show yet, but these are sure to
    found = [
        _question(gap, asked, place_in_words(_cell(gap, blank) or places.get(field) or _nearest(places, gap)))
        for field, gap in gaps.items()
        if field in places or (gap.needed and any_open)
    ]
    return left, found


def _cell(gap: _Gap, blank: Mapping[Path, Mark]) -> Mark | None:
    """The cell in which the answer would stand."""
    return blank.get(gap.path) or blank.get((*gap.path, "kind" if gap.study else "today"))


def _nearest(places: Mapping[str, Mark], gap: _Gap) -> Mark:
    """The place of the first fault of the same plant."""
    start = field_text(("plants", gap.plant))
    return next((mark for field, mark in places.items() if field.startswith(f"{start}.")), Mark("", 0, 0))


def _question(gap: _Gap, asked: Mapping[str, str], where: str) -> OpenQuestion:
    ask = _STUDY if gap.study else asked[gap.plant] or gap.plant
    return OpenQuestion(gap.plant, field_text(gap.path), gap.question, gap.expected, ask, gap.until, where)


def unclear(books: Sequence[Workbook], tree: Mapping[str, Any], barring: Sequence[str]) -> list[OpenQuestion]:
    """Questions that answers raise which are not complete.

    Parameters
    ----------
    books
        The workbooks of an import.
    tree
        The case with them laid over it.
    barring
        Fields without which there is no plan.
    """
    found = []
    for book in books:
        for path, (mark, said) in book.draft.asked.items():
            until = _BARRED if field_text(path) in barring else _FREE if path[-1] == "cost" else "it is left out"
            if _at(tree, path) not in (None, {}):
                until = "what the case says stays"
            gap = _Gap(book.tenant, path, f"{_SAYS} {said}.", _expected(path), until=until)
            found.append(_question(gap, {book.tenant: book.ask}, place_in_words(mark)))
    return found


def assumed(asked: Mapping[str, str], tree: Mapping[str, Any], blank: Mapping[Path, Mark]) -> list[OpenQuestion]:
    """What plants of questionnaires do not say and the planner takes for granted.

    Parameters
    ----------
    asked
        Plants of questionnaires -> who is to be asked.
    tree
        The case.
    blank
        Cells of answers that are missing.
    """
    gaps = [gap for plant in asked for gap in _assumed(plant, tree)]
    return [_question(gap, asked, place_in_words(blank.get(gap.path) or Mark("case.yaml", 0, 0))) for gap in gaps]


def _expected(path: Path) -> str:
    if path[-1] == "rate":
        return "amount and unit, as in 3 t/h or 12000 t/yr"
    if path[-1] == "discharge":
        return "where it goes, and what a unit costs, as in sewer at 2.5 EUR/m3"
    if path[-1] == "cost":
        return "cost and unit, as in 2.5 EUR/m3"
    if path[-1] == "supplied_today_by":
        return "what is bought or burnt for it"
    return "amount and unit, as in 0.8 MWh/t" if "supplied_today_by" in path else "amount and unit, as in 120000 t/yr"


def _at(tree: Any, path: Path) -> Any:
    for part in path:
        tree = tree.get(part) if isinstance(tree, Mapping) else None
    return tree


def _gaps(tree: Mapping[str, Any], resources: Mapping[str, Any], plants: Mapping[str, str]) -> Iterator[_Gap]:
    """What the plants of questionnaires do not say, needed or not; only what is a fault becomes a question."""
    for plant in plants:
        node = _at(tree, ("plants", plant))
        if not isinstance(node, Mapping):
            continue
        path = ("plants", plant)
        if "area" not in node:
            yield _Gap(plant, (*path, "area"), "How much land does the plant need?", "built or paved, as in 2.5 ha")
        product = node.get("product")
        if isinstance(product, Mapping):
            if "output" not in product:
                expected = "amount and unit, as in 120000 t/yr"
                yield _Gap(plant, (*path, "product", "output"), "How much is made in a year?", expected)
            if "name" not in product:
                yield _Gap(plant, (*path, "product", "name"), "What is the main product?", "its name")
        for section in _STREAMS:
            streams = node.get(section)
            for name, stream in streams.items() if isinstance(streams, Mapping) else ():
                stated = stream if isinstance(stream, Mapping) else {}
                for gap in _of_stream(plant, (*path, section, name), stated, resources):
                    yield replace(gap, needed=gap.needed and "archetype" not in node)  # which may say it


def _of_stream(plant: str, path: Path, stream: Mapping[str, Any], resources: Mapping[str, Any]) -> Iterator[_Gap]:
    name = str(stream.get("resource") or path[-1])
    known = resources.get(name)
    known = known if isinstance(known, Mapping) else {}
    if name not in resources:
        question = f"What is {name}? The park knows no such resource."
        expected = "the park's name for it, or its kind (material, water, heat, power, gas) and unit"
        yield _Gap(plant, path, question, expected, study=True, needed=True)
    elif not known.get("unit"):
        yield _Gap(plant, ("resources", name, "unit"), f"What is {name} counted in?", "t, m3 or MWh", needed=True)
    if "rate" not in stream:
        goes = "is needed" if path[-2] == "sinks" else "is left over"
        expected = "amount and unit, as in 3 t/h or 12000 t/yr"
        yield _Gap(plant, (*path, "rate"), f"How much {name} {goes}?", expected, needed=True)
    supply = stream.get("supplied_today_by")
    if path[-2] == "sources" and not (
        {"discharge", "sale", "on_demand"} & stream.keys() or {"discharge", "sale"} & known.keys()
    ):
        expected = "where it goes, and what a unit costs, as in sewer at 2.5 EUR/m3"
        yield _Gap(plant, path, f"Where does {name} go today?", expected, needed=True)
    if path[-2] == "sinks" and not supply and known.get("price") is None:
        expected = f"what is bought or burnt, and how much for a unit of {name}; or a price of {name}"
        yield _Gap(plant, path, f"What meets the need of {name} today?", expected, needed=True)
    for used, amount in supply.items() if isinstance(supply, Mapping) else ():
        yield from _of_supply(plant, (*path, "supplied_today_by", used), amount, resources, name)


def _of_supply(plant: str, path: Path, amount: Any, resources: Mapping[str, Any], name: str) -> Iterator[_Gap]:
    used = str(path[-1])
    if amount in (None, {}):
        question = f"How much {used} for a unit of {name}?"
        yield _Gap(plant, path, question, "amount and unit, as in 0.8 MWh/t", needed=True)
    elif used not in resources:
        expected = "the park's name for it, or a row of the sheet resources: kind, unit, price"
        yield _Gap(plant, path, f"What is {used}? The park knows no such resource.", expected, study=True)
    elif (resources[used] or {}).get("price") is None:
        yield _Gap(
            plant, path, f"What does {used} cost? It is bought for {name}.", "a price, as in 40 EUR/MWh", study=True
        )


def _assumed(plant: str, tree: Mapping[str, Any]) -> Iterator[_Gap]:
    """What a plant does not say and the planner takes for granted."""
    node = _at(tree, ("plants", plant))
    if not isinstance(node, Mapping):
        return
    streams: dict[tuple[str, str], Any] = {
        (section, name): one for section in _STREAMS for name, one in (node.get(section) or {}).items()
    }
    if streams and not {"hours", "stops", "archetype"} & node.keys():
        until, question = "8760 h/yr, all year, day and night", "How many hours a year is it in operation?"
        yield _Gap(plant, ("plants", plant, "hours"), question, "hours, as in 6000 h/yr", until=until)
    product = node.get("product")
    if isinstance(product, Mapping) and product.get("name") == NAMELESS:
        named = ("plants", plant, "product", "name")
        yield _Gap(plant, named, "What is the main product?", "its name", until=f'it is called "{NAMELESS}"')
    by_day = [name for (_, name), one in streams.items() if isinstance(one, Mapping) and _is_daily(one.get("rate"))]
    if by_day and "days" not in node and (days := few_days(_hours(node))) is not None:
        question = f"How many days a year is it in operation? By the day: {', '.join(by_day)}."
        until = f"{days:.4g} d/yr, its hours by days of 24 h"
        yield _Gap(plant, ("plants", plant, "days"), question, "days, as in 250 d/yr", until=until)
    for (section, name), one in streams.items():
        out = one.get("discharge") if isinstance(one, Mapping) and section == "sources" else None
        if isinstance(out, Mapping) and "route" in out and "cost" not in out:
            path = ("plants", plant, section, name, "discharge", "cost")
            question = f"What does it cost to be rid of {name} ({out['route']})?"
            yield _Gap(plant, path, question, "cost and unit, as in 2.5 EUR/m3; 0 if it is free", until=_FREE)


def _is_daily(rate: Any) -> bool:
    try:
        return is_daily(parse_value(rate)["given"])
    except NumberError:
        return False


def _hours(node: Mapping[str, Any]) -> float | None:
    """Hours a year of a plant as its file has them; None where they cannot be told."""
    try:
        hours = yearly(HoursPerYear, node.get("hours"), HOURS_PER_YEAR)
        stops = yearly(HoursPerYear, node.get("stops"), HOURS_PER_YEAR) if hours is None else None
    except SizeError:  # they differ by period
        return None
    return hours if stops is None else HOURS_PER_YEAR - stops


def joined_questions(*lists: Sequence[OpenQuestion]) -> list[OpenQuestion]:
    """Questions of several lists, each field once; the first one of a field wins."""
    found: dict[tuple[str, str], OpenQuestion] = {}
    for question in (one for questions in lists for one in questions):
        found.setdefault((question.plant, question.field), question)
    return sorted(found.values(), key=lambda one: (one.plant, not one.bars))


def still_open(
    before: Sequence[OpenQuestion], books: Sequence[Workbook], tree: Mapping[str, Any]
) -> list[OpenQuestion]:
    """Former questions about unclear answers, of plants of which no new questionnaire came and that are still there."""
    anew = {book.tenant for book in books}
    kept = [one for one in before if one.plant not in anew and one.question.startswith(_SAYS)]
    return [one for one in kept if one.bars is False and _at(tree, ("plants", one.plant)) is not None]


def former_questions(folder: FilePath) -> list[OpenQuestion]:
    """The questions that were open before; none where there is no list of them."""
    try:
        with (folder / QUESTIONS).open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, ValueError, csv.Error):
        return []
    names = [one.name for one in fields(OpenQuestion)]
    return [
        OpenQuestion(*((row[name] or "").removeprefix("'") for name in names))
        for row in rows
        if row.keys() >= set(names)
    ]


def write_questions(questions: Sequence[OpenQuestion], file: FilePath) -> None:
    """Write the list of open questions as CSV; without any there is no file."""
    import pandas as pd

    from planner.report.tables import write_csv

    if not questions:
        file.unlink(missing_ok=True)
        return
    names = [one.name for one in fields(OpenQuestion)]
    write_csv(pd.DataFrame([astuple(one) for one in questions], columns=names), file)
