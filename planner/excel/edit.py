"""Changes single parts of the text of a case file, so that comments, order and all else stay as they are.

Only what can be changed in place is: the caller reads the new text and compares. Where a part came from a table, or
stands in a form that is not simple, the file is written anew instead.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from planner.case.marks import Path
from planner.case.rewrite import as_yaml, in_line
from planner.excel.merge import Change

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _NotInPlaceError(Exception):
    """A change that needs the file to be written anew."""


def differences(before: Any, after: Any, path: Path = ()) -> Iterator[Change]:
    """What makes one case of another, part by part; a number with its range and source is one part."""
    if isinstance(before, dict) and isinstance(after, dict) and not ("value" in before and "value" in after):
        for key in (*before, *(key for key in after if key not in before)):
            if key not in after:
                yield Change((*path, key), before[key], None)
            elif key not in before:
                yield Change((*path, key), None, after[key])
            else:
                yield from differences(before[key], after[key], (*path, key))
    elif _is_list_of_sections(before) and _is_list_of_sections(after) and len(before) <= len(after):
        for number, item in enumerate(after):
            if number < len(before):
                yield from differences(before[number], item, (*path, number))
            else:
                yield Change((*path, number), None, item)
    elif before != after or isinstance(before, bool) != isinstance(after, bool):
        yield Change(path, before, after)


def _is_list_of_sections(node: Any) -> bool:
    return isinstance(node, list) and bool(node) and all(isinstance(item, dict) for item in node)


def edited(text: str, changes: Sequence[Change]) -> str | None:
    """The text of a case file with changes made; None where they cannot be made in place.

    Parameters
    ----------
    text
        The case file.
    changes
        What was set, changed or deleted, outermost parts only.
    """
    try:
        root = yaml.compose(text, Loader=_Loader)
        filled: set[int] = set()
        edits = [(*_edit(text, root, change, filled), order) for order, change in enumerate(changes)]
    except (_NotInPlaceError, yaml.YAMLError):
        return None
    for start, end, new, _ in sorted(edits, key=lambda edit: (edit[0], edit[3]), reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _edit(text: str, root: Any, change: Change, filled: set[int]) -> tuple[int, int, str]:
    """From where to where of the text is replaced by what; ``filled`` are ends of empty brackets that get something."""
    holder = root
    for part in change.path[:-1]:
        holder = _part(holder, part)
        if holder is None:
            raise _NotInPlaceError
    found = _part(holder, change.path[-1])
    if change.after is None:
        return _deleted(text, holder, change.path[-1])
    if found is not None:
        one_line = isinstance(found, yaml.ScalarNode) and found.style not in ("|", ">")
        if not one_line and not getattr(found, "flow_style", False):
            raise _NotInPlaceError
        return found.start_mark.index, found.end_mark.index, in_line(change.after)
    return _added(text, holder, change, filled)


def _part(node: Any, part: str | int) -> Any:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == part), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part]
    return None


def _deleted(text: str, holder: Any, name: str | int) -> tuple[int, int, str]:
    if not isinstance(holder, yaml.MappingNode) or holder.flow_style or len(holder.value) < 2:
        raise _NotInPlaceError
    key, value = next((key, value) for key, value in holder.value if key.value == name)
    start = text.rfind("\n", 0, key.start_mark.index) + 1
    if text[start : key.start_mark.index].strip():
        raise _NotInPlaceError
    return start, _line_end(text, _last(value)) + 1, ""


def _added(text: str, holder: Any, change: Change, filled: set[int]) -> tuple[int, int, str]:
    name, value = change.path[-1], change.after
    line = in_line(value) if isinstance(holder, yaml.SequenceNode) else f"{in_line(str(name))}: {in_line(value)}"
    if holder.flow_style:
        place = holder.end_mark.index - 1
        first = not holder.value and place not in filled
        filled.add(place)
        return place, place, line if first else f", {line}"
    if not isinstance(holder, yaml.MappingNode | yaml.SequenceNode) or not holder.value:
        raise _NotInPlaceError
    place = _line_end(text, _last(holder))
    indent = " " * holder.start_mark.column
    if isinstance(holder, yaml.SequenceNode):
        return place, place, f"\n{indent}- {line}"
    body = as_yaml({str(name): value}).rstrip("\n").replace("\n", f"\n{indent}")
    return place, place, f"\n{indent}{body}"


def _last(node: Any) -> int:
    """Index behind the last sign of a node, without what follows it."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return _last(node.value[-1][1])
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return _last(node.value[-1])
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        raise _NotInPlaceError
    return int(node.end_mark.index)


def _line_end(text: str, place: int) -> int:
    found = text.find("\n", place)
    return len(text) if found < 0 else found
