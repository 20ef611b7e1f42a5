"""Writes accepted proposals into the case file: as text behind what is there, so that comments and order stay."""

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from planner.case.case import Case
from planner.case.pairs import inlets, outlets
from planner.case.yaml_reader import parse_yaml, plain_value
from planner.errors import CaseError, UsageError
from planner.match.proposals import Matches, Proposal, ProposedRatio

_PLAIN = re.compile(r"[^\W\d_][\w .+/()-]*")
_INDENT = 2
_DOCUMENT_END = re.compile(r"^\.\.\.\s*(#.*)?$", re.MULTILINE)


@dataclass(frozen=True)
class Entry:
    """An entry of ``substitutions`` or ``exchanges``.

    Attributes
    ----------
    section
        Which of the two.
    fields
        As the case reader reads them.
    comments
        What stands above it: reason, limits, law, example.
    proposals
        Numbers of the proposals that it declares.
    """

    section: str
    fields: dict[str, Any]
    comments: tuple[str, ...]
    proposals: tuple[int, ...]


@dataclass(frozen=True)
class Written:
    """What was written where."""

    file: str
    entries: tuple[Entry, ...]


def entries_of(
    case: Case, found: Matches, numbers: Sequence[int], ratios: Mapping[int, float] | None = None
) -> list[Entry]:
    """Entries that declare proposals: a substitution where it holds for every pair of both resources, else exchanges.

    Parameters
    ----------
    case
        The case that was matched.
    found
        What was found for it.
    numbers
        Of the proposals.
    ratios
        Ratios that the user states, by number; they go before those of the library.

    Raises
    ------
    UsageError
        If a number is none, or a proposal cannot be declared as it is; all of them at once.
    """
    by_number = {one.number: one for one in found.proposals}
    stated = dict(ratios or {})
    asked = dict.fromkeys((*numbers, *stated))
    faults = [f"there is no proposal {number}" for number in asked if number not in by_number]
    faults += [
        f"--ratio {number}: proposal {number} is not among those accepted"
        for number in stated
        if number in by_number and number not in numbers
    ]
    chosen = [by_number[number] for number in dict.fromkeys(numbers) if number in by_number]
    for one in chosen:
        if (why := one.refused(with_ratio=one.number in stated)) is not None:
            faults.append(f"proposal {one.number} {why}")
    faults += [f"--ratio {number}: expected more than 0" for number, value in stated.items() if not value > 0]
    if faults:
        raise UsageError("nothing was written: " + "; ".join(faults))
    groups: dict[tuple[str, str], list[Proposal]] = {}
    for one in chosen:
        groups.setdefault(one.resources, []).append(one)
    entries: list[Entry] = []
    for resources, group in groups.items():
        together = [one for one in found.proposals if one.resources == resources]
        one_ratio = len({stated[one.number] for one in group if one.number in stated}) <= 1
        if one_ratio and _alike(together) and _holds_for_all(case, resources, together):
            entries.append(_substitution(group, together, stated))
        else:
            entries += [_exchange(one, stated.get(one.number)) for one in group]
    return entries


def _alike(together: Sequence[Proposal]) -> bool:
    """Whether proposals are on the same terms, so that one entry can speak for all of them."""
    return len({(one.max_share, one.pretreatment, one.ratio and one.ratio.value) for one in together}) == 1


def _holds_for_all(case: Case, resources: tuple[str, str], together: Sequence[Proposal]) -> bool:
    """Whether every pair of two resources is proposed, so that a substitution opens nothing else."""
    proposed = {one.key for one in together if not one.broken}
    every = {
        (given.unit, given.name, taken.unit, taken.name)
        for given in outlets(case)
        if given.resource == resources[0]
        for taken in inlets(case)
        if taken.resource == resources[1]
    }
    return every <= proposed


def _substitution(group: Sequence[Proposal], together: Sequence[Proposal], stated: Mapping[int, float]) -> Entry:
    best = group[0]
    ratio = next((stated[one.number] for one in group if one.number in stated), None)
    fields = {"from": best.resources[0], "to": best.resources[1], **_terms(best, ratio)}
    return Entry("substitutions", fields, _comments(best), tuple(one.number for one in together))


def _exchange(one: Proposal, ratio: float | None) -> Entry:
    unit, stream, to, into = one.key
    fields = {"from": unit, "stream": stream, "to": to, "into": into, **_terms(one, ratio)}
    return Entry("exchanges", fields, _comments(one), (one.number,))


def _terms(one: Proposal, stated: float | None) -> dict[str, Any]:
    ratio = one.ratio
    if stated is not None:
        ratio = ProposedRatio(stated, "", "C", "stated by the user of planner match")
    assert ratio is not None
    number: dict[str, Any] = {"value": _round(ratio.value) if stated is None else stated}
    number |= {} if ratio.low is None else {"low": _round(ratio.low)}
    number |= {} if ratio.high is None else {"high": _round(ratio.high)}
    number |= {"source": one.source, "grade": ratio.grade, "basis": "literature" if one.row else "estimate"}
    if ratio.note:
        number["note"] = ratio.note
    fields: dict[str, Any] = {"ratio": number}
    if one.max_share is not None:
        fields["max_share"] = {"value": one.max_share, "source": one.source, "grade": "C", "basis": "literature"}
    if one.pretreatment is not None:
        fields["effort"] = "treatment"
    return fields


def _round(number: float) -> float:
    return float(f"{number:.6g}")


def _comments(one: Proposal) -> tuple[str, ...]:
    """What a reader of the case should know of the entry, a line each."""
    row = f"{one.row}, " if one.row else ""
    lines = [f"planner match ({row}{one.rule}, score {one.score}): {one.giver.said} -> {one.taker.said}, {one.use}"]
    lines += [f"limit, {limit.verdict}: {limit.text}" for limit in one.limits]
    lines += [f"condition: {text}" for text in one.conditions]
    if one.missing:
        lines.append(f"missing: {'; '.join(one.missing)}")
    if one.pretreatment:
        lines.append(f"required first: {one.pretreatment}; state its cost as treatment")
    if one.law != "none":
        lines.append(f"law: {one.law}")
    if one.example:
        lines.append(f"example: {one.example} (grade {one.grade})")
    return tuple(lines)


def write(
    path: Path, case: Case, entries: Sequence[Entry], examine: Callable[[Case], object] | None = None
) -> list[Written]:
    """Write entries into the case file in which their section stands, or into the named one.

    The file is read again: it must say what it said before and the entries, and be a case without faults; else it is
    left as it was.

    Parameters
    ----------
    path
        The case as it was named: its folder, or a file.
    case
        The case as it was read from there.
    entries
        At least one.
    examine
        Looks further at the case that was read again, and raises a ``CaseError`` where it has faults.

    Raises
    ------
    UsageError
        If the file cannot be written so; it says why, and shows the entries.
    """
    from planner.case.read import RESOLVED, locate, read_case

    named = locate(path)[1]
    if named == RESOLVED:
        raise UsageError(
            f"nothing was written: {path} is the case of a finished run, kept as it was solved; accept proposals in "
            f"the case itself, or in a copy with {named} renamed"
        )
    by_file: dict[str, list[Entry]] = {}
    for entry in entries:
        mark = case._marks.values.get((entry.section,)) if case._marks is not None else None
        by_file.setdefault(named if mark is None else mark.file, []).append(entry)
    before = {name: (case.folder / name).read_bytes() for name in by_file}
    try:
        for name, mine in by_file.items():
            _replace(case.folder / name, _extended(before[name], mine, name))
        again = read_case(path, sited=False)
        if examine is not None:
            examine(again)
    except BaseException as error:
        for name, content in before.items():
            if (case.folder / name).read_bytes() != content:
                _replace(case.folder / name, content)
        if isinstance(error, (CaseError, OSError)):
            raise UsageError(f"nothing was written: {error}\nthe entries:\n{text_of(entries)}") from error
        raise
    return [Written(name, tuple(mine)) for name, mine in by_file.items()]


def write_most(
    path: Path, case: Case, entries: Sequence[Entry], examine: Callable[[Case], object] | None = None
) -> tuple[list[Written], list[tuple[Entry, str]]]:
    """Write as many of the entries as the case takes without a fault; the others are halved until the culprits remain.

    Parameters as of :func:`write`.

    Returns
    -------
    list of Written, list of (Entry, str)
        What was written, and what was not with the reason.
    """
    if not entries:
        return [], []
    try:
        return write(path, case, entries, examine), []
    except UsageError as error:
        if len(entries) == 1:
            return [], [(entries[0], str(error).partition("\nthe entries:")[0].removeprefix("nothing was written: "))]
    half = len(entries) // 2
    parts = [write_most(path, case, part, examine) for part in (entries[:half], entries[half:])]
    return [*parts[0][0], *parts[1][0]], [*parts[0][1], *parts[1][1]]


def _replace(file: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    beside = file.with_name(f".{file.name}.new")
    try:
        beside.write_bytes(content)
        if file.exists():
            os.chmod(beside, file.stat().st_mode & 0o777)
        os.replace(beside, file)
    finally:
        beside.unlink(missing_ok=True)


def text_of(entries: Sequence[Entry]) -> str:
    """Entries as they would stand in a case."""
    parts = []
    for section in dict.fromkeys(entry.section for entry in entries):
        mine = [entry for entry in entries if entry.section == section]
        parts.append(f"{section}:\n{''.join(_block(entry, _INDENT) for entry in mine)}")
    return "".join(parts)


def _extended(content: bytes, entries: Sequence[Entry], name: str) -> bytes:
    """The text of a file with entries put behind those of their sections; what it says is compared afterwards."""
    text = content.decode("utf-8-sig")
    wanted = deepcopy(parse_yaml(text.replace("\r\n", "\n"), name).tree)
    for entry in entries:
        wanted[entry.section] = [*(wanted.get(entry.section) or []), entry.fields]
    newline = "\r\n" if "\r\n" in text else "\n"
    text = text.replace("\r\n", "\n")
    for section in dict.fromkeys(entry.section for entry in entries):
        text = _put(text, section, [entry for entry in entries if entry.section == section])
    if parse_yaml(text, name).tree != wanted:
        raise UsageError(
            f"{name} is written in a way that entries cannot be put into; add these by hand:\n{text_of(entries)}"
        )
    mark = b"\xef\xbb\xbf" if content.startswith(b"\xef\xbb\xbf") else b""
    return mark + text.replace("\n", newline).encode("utf-8")


def _put(text: str, section: str, entries: Sequence[Entry]) -> str:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode)
    if root.flow_style:
        raise UsageError(f"the file is one {{...}}; add these by hand:\n{text_of(entries)}")
    node = next((value for key, value in root.value if key.value == section), None)
    if node is None:
        text, closing = _before_end(text)
        gap = "" if text.endswith("\n") or not text else "\n"
        return f"{text}{gap}\n{section}:\n{''.join(_block(entry, _INDENT) for entry in entries)}{closing}"
    if isinstance(node, yaml.SequenceNode) and node.value and node.flow_style:
        end = int(node.value[-1].end_mark.index)
        return f"{text[:end]}{''.join(_flow_entry(entry, 2 * _INDENT) for entry in entries)}{text[end:]}"
    if isinstance(node, yaml.SequenceNode) and node.value:
        place, indent = _line_behind(text, _end(node)), node.start_mark.column
    else:  # []
        start, end = node.start_mark.index, node.end_mark.index
        text = text[:start] + text[end:]
        place, indent = _line_behind(text, start), _INDENT
    gap = "" if text[:place].endswith("\n") else "\n"
    return text[:place] + gap + "".join(_block(entry, indent) for entry in entries) + text[place:]


def _before_end(text: str) -> tuple[str, str]:
    """A text without the line "..." that ends a document, and what stands from there on."""
    mark = _DOCUMENT_END.search(text)
    return (text, "") if mark is None else (text[: mark.start()], text[mark.start() :])


def _flow_entry(entry: Entry, indent: int) -> str:
    """An entry behind others in a list in brackets, on lines of its own, with what should be known of it."""
    lines = [*(f"# {line}" for line in entry.comments), _flow(entry.fields)]
    return "," + "".join(f"\n{' ' * indent}{line}" for line in lines)


def _end(node: yaml.Node) -> int:
    """Where the last sign of a node stands; blank lines and comments behind it are not its own."""
    if isinstance(node, yaml.ScalarNode) or not node.value or getattr(node, "flow_style", False):
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last[1] if isinstance(last, tuple) else last)


def _line_behind(text: str, index: int) -> int:
    """Start of the line behind a place; the place itself where it starts a line (behind a block of text)."""
    if index and text[index - 1] == "\n":
        return index
    following = text.find("\n", index)
    return len(text) if following < 0 else following + 1


def _block(entry: Entry, indent: int) -> str:
    margin = " " * indent
    lines = [f"{margin}# {line}" for line in entry.comments]
    for place, (key, value) in enumerate(entry.fields.items()):
        lines.append(f"{margin}{'  ' if place else '- '}{key}: {_flow(value)}")
    return "\n".join(lines) + "\n"


def _flow(value: Any) -> str:
    """A value in one line of YAML, in quotes where the reader would take it for something else."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value == value.strip() and plain_value(value) == value
        return value if plain else json.dumps(value, ensure_ascii=False)
    text = repr(value)
    if isinstance(value, float):
        text = format(Decimal(f"{value:g}" if value == float(f"{value:g}") else text), "f")
    return text
