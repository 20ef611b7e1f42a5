"""Faults that show only after a case was read, such as while its ways are measured: put in their place in its files."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from planner.case.case import Case
from planner.case.marks import Mark, Marks, Path, field_text, in_order
from planner.errors import CaseError, Fault

#: How later steps name the case file, whatever it is called.
CASE_FILE = "case.yaml"


@contextmanager
def placed(case: Case) -> Iterator[None]:
    """Give the faults of a case that are raised meanwhile their file, line and column, and sort them."""
    try:
        yield
    except CaseError as error:
        if not isinstance(case._marks, Marks):  # a case made in a notebook stands in no file
            raise
        raise type(error)(in_order(with_places(error.faults, case._marks))) from error


def mark_layers(case: Case, marks: Marks) -> None:
    """Give what only a layer says of plots and of pipes in the ground its place: the layer's file, without line."""
    for kind in ("plots", "existing_pipes", "existing_mains"):
        file = getattr(case.geography, kind)
        for name, entry in getattr(case, kind).items() if file else ():
            fields = type(entry).model_fields
            paths: list[Path] = [(kind,), (kind, name)]
            paths += [(kind, name, fields[field].alias or field) for field in entry.model_fields_set]
            for path in paths:
                if path not in marks.values:
                    marks.put(path, Mark(file, 0, 0))


def with_places(faults: Iterable[Fault], marks: Marks) -> list[Fault]:
    """The faults, those of the case file with the line and column of their field."""
    known = {field_text(path): mark for path, mark in marks.values.items()}
    return [_placed(fault, marks.file, known) for fault in faults]


def _placed(fault: Fault, file: str, marks: Mapping[str, Mark]) -> Fault:
    if fault.file != CASE_FILE or fault.line:
        return fault
    mark = marks.get(_nearest(fault.field, marks), Mark(file, 1, 1))
    return replace(fault, file=mark.file, line=mark.line, column=mark.column)


def _nearest(field: str, marks: Mapping[str, Mark]) -> str:
    """The field itself, or the smallest part of the case it would stand in."""
    around = (known for known in marks if known and field.startswith((f"{known}.", f"{known}[")))
    return field if field in marks else max(around, key=len, default="")
