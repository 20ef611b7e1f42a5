"""Reads the YAML of a case into plain data and the place of every part of it.

The tree is built from the parser's events, so that depth, size and repetition are bounded before anything is built.
Traps of YAML 1.1 are closed: only true and false are truth values, ``010``, ``12:30`` and dates stay text, ``1e-3``
is a number, a field written twice is a fault. Anchors, aliases, merge keys and tags are refused. Signs that turn the
direction of the text behind them are left out of values: each text is shown as its own letters run. Line breaks in
them are those of one kind.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

import yaml

from planner.case.marks import Mark, Marks, Path, field_text, in_order
from planner.errors import CaseError, Fault

LARGEST_FILE = 5_000_000
DEEPEST = 40

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"-?(0|[1-9]\d{0,17})")
_FLOAT = re.compile(r"[-+]?(\d+\.\d*|\.\d+|\d+(?=[eE]))([eE][-+]?\d+)?")
_ZERO_IN_FRONT = re.compile(r"[-+]?0\d+")
_BREAK = re.compile(r"\r\n?")
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
#: Embeddings, overrides and isolates of the direction of text.
_TURNING = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


@dataclass
class Document:
    """A case as plain data.

    Attributes
    ----------
    tree
        Mappings, lists, text, numbers, truth values and None.
    marks
        Where each part stands.
    """

    tree: dict[str, Any]
    marks: Marks


@dataclass
class _Open:
    """A mapping or list whose end has not been met."""

    path: Path
    items: dict[str, Any] | list[Any]
    key: str | None = None
    key_mark: Mark | None = None
    ignored: bool = False


def plain_value(text: str) -> Any:
    """What an unquoted text of YAML, or a cell of a table, stands for."""
    if text in _NULL:
        return None
    if text in _TRUTH:
        return _TRUTH[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and not _ZERO_IN_FRONT.match(text):
        return float(text)
    return text


def read_text(path: FilePath, name: str) -> str:
    """Text of a file of the case, refused where it is too large or not UTF-8.

    Raises
    ------
    CaseError
        With one fault, in the file ``name``.
    """
    try:
        if not path.is_file():
            raise CaseError([Fault(name, 0, 0, "", "no such file" if not path.exists() else "is not a plain file")])
        size = path.stat().st_size
        if size > LARGEST_FILE:
            message = f"has {size / 1e6:.1f} MB; expected at most {LARGEST_FILE / 1e6:.0f} MB"
            raise CaseError([Fault(name, 0, 0, "", message)])
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        raise CaseError([Fault(name, 0, 0, "", f"cannot be read: {error}")]) from None
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise CaseError([Fault(name, 1, 1, "", "is UTF-16; save it as UTF-8")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line, column = before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1
        message = f"byte {raw[error.start]:#04x} is not UTF-8; save the file as UTF-8"
        raise CaseError([Fault(name, line, column, "", message)]) from None
    return unicodedata.normalize("NFC", text)


def read_yaml(path: FilePath, name: str) -> Document:
    """Read a YAML file of the case.

    Raises
    ------
    CaseError
        With every fault of the file's form.
    """
    return parse_yaml(read_text(path, name), name)


def parse_yaml(text: str, name: str) -> Document:
    """Build the tree of a YAML text; ``name`` is the file named in faults.

    Raises
    ------
    CaseError
        With every fault of its form.
    """
    builder = _Builder(name)
    try:
        for event in _events(text):
            builder.take(event)
    except yaml.reader.ReaderError as error:
        line, column = _place(text, error.position)
        builder.faults.append(Fault(name, line, column, "", "holds a control character; delete it"))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        builder.faults.append(Fault(name, line, column, "", _form_message(text, line, column, error.problem or "")))
    except _StopError as error:
        builder.faults.append(error.fault)
    if not builder.faults and not isinstance(builder.root, dict):
        message = "is empty" if builder.root is None else "expected fields, as in case: My park"
        builder.faults.append(Fault(name, 1, 1, "", message))
    if builder.faults:
        raise CaseError(in_order(builder.faults))
    return Document(builder.root, builder.marks)


def _events(text: str) -> Iterator[Any]:
    return iter(yaml.parse(text, Loader=_Loader))


class _StopError(Exception):
    """A fault after which the rest is not read."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault


class _Builder:
    """Builds the tree from events, keeping its own stack."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.root: Any = None
        self.marks = Marks(name)
        self.faults: list[Fault] = []
        self._stack: list[_Open] = []
        self._documents = 0

    def take(self, event: Any) -> None:
        """Take the next event."""
        mark = Mark(self.name, event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise _StopError(
                    Fault(self.name, mark.line, mark.column, "", "a second document; a case is one document")
                )
        elif isinstance(event, yaml.AliasEvent):
            self._fault(mark, "aliases (*name) are not read; write the value out")
            self._add(None, mark)
        elif isinstance(event, yaml.ScalarEvent):
            self._check_node(event, mark)
            plain = event.implicit[0] and event.style in (None, "")
            if self._awaits_key():
                self._take_key(str(event.value), mark)
            else:
                value = _BREAK.sub("\n", str(event.value).translate(_TURNING))
                self._add(plain_value(value) if plain else value, mark)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._check_node(event, mark)
            self._open({} if isinstance(event, yaml.MappingStartEvent) else [], mark)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._stack.pop()

    def _awaits_key(self) -> bool:
        return bool(self._stack) and isinstance(self._stack[-1].items, dict) and self._stack[-1].key is None

    def _check_node(self, event: Any, mark: Mark) -> None:
        if event.anchor is not None:
            self._fault(mark, "anchors (&name) are not read; write the value out where it is needed")
        if event.tag is not None and event.tag != "!":
            self._fault(mark, f"tags ({event.tag}) are not read; delete it")

    def _take_key(self, key: str, mark: Mark) -> None:
        here = self._stack[-1]
        here.key, here.key_mark, here.ignored = key, mark, False
        if key == "<<":
            self._fault(mark, "merge keys (<<) are not read; write the fields out")
            here.ignored = True
        elif isinstance(here.items, dict) and key in here.items:
            first = self.marks.keys[(*here.path, key)]
            self._fault(mark, f'"{key}" is written twice, first in line {first.line}', (*here.path, key))
            here.ignored = True

    def _place(self, mark: Mark) -> tuple[Path, bool]:
        """Path of the next value, and whether it is kept."""
        if not self._stack:
            return (), True
        here = self._stack[-1]
        if isinstance(here.items, list):
            return (*here.path, len(here.items)), True
        if here.key is None:  # a mapping or list in the place of a name
            raise _StopError(
                Fault(self.name, mark.line, mark.column, "", "a name must be text, not a mapping or a list")
            )
        return (*here.path, here.key), not here.ignored

    def _add(self, value: Any, mark: Mark) -> Path:
        path, kept = self._place(mark)
        if not self._stack:
            self.root = value
            self.marks.put(path, mark)
            return path
        here = self._stack[-1]
        if kept:
            self.marks.put(path, mark, here.key_mark)
            if isinstance(here.items, list):
                here.items.append(value)
            elif here.key is not None:
                here.items[here.key] = value
        here.key = None
        return path

    def _open(self, items: dict[str, Any] | list[Any], mark: Mark) -> None:
        path = self._add(items, mark)
        if len(path) > DEEPEST:
            raise _StopError(Fault(self.name, mark.line, mark.column, "", f"is nested more than {DEEPEST} levels deep"))
        self._stack.append(_Open(path, items))

    def _fault(self, mark: Mark, message: str, path: Path = ()) -> None:
        self.faults.append(Fault(mark.file, mark.line, mark.column, field_text(path), message))


def _place(text: str, position: int) -> tuple[int, int]:
    before = text[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1


def _form_message(text: str, line: int, column: int, problem: str) -> str:
    """What is wrong with the form of the YAML, in words that do not need YAML's own."""
    lines = text.splitlines()
    here = lines[line - 1] if 0 < line <= len(lines) else ""
    if "\t" in here[: column + 1] and not here[:column].strip():
        return "a tab; indent with blanks"
    if "mapping values are not allowed" in problem:
        return 'a colon where none is expected; put text that holds ": " in quotes, and check the indentation'
    if "expected <block end>" in problem or "did not find expected" in problem or "could not find expected" in problem:
        return f"cannot be read as YAML ({problem}); check indentation, brackets, quotes and colons here and just above"
    return f"cannot be read as YAML: {problem}"
