"""Where each part of a case stands: file, line and column by path, and the faults that are named by them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from planner.errors import Fault

Path = tuple[str | int, ...]
#: Fields whose entries go by the names of qualities.
OF_QUALITIES = frozenset(
    {"quality", "limits", "load", "max_inlet", "max_outlet", "load_fees", "removes", "leaves", "accept_unknown"}
)
#: Fields whose entries go by names of the user's own, or by those of resources and qualities.
NAMES = OF_QUALITIES | frozenset(
    {
        *("resources", "qualities", "plants", "partners", "facilities", "links", "plots", "parties", "park_gate"),
        *("existing_pipes", "existing_mains", "sources", "sinks", "operations", "inputs", "outputs", "uses", "also"),
        *("max_links", "periods", "profiles", "takes", "gives", "streams", "names", "categories", "indirect"),
    }
)


class Mark(NamedTuple):
    """A place in a file; line and column start at 1. In a table the column is that of the cell."""

    file: str
    line: int
    column: int


@dataclass
class Marks:
    """Places of the parts of a case, as they were read.

    Attributes
    ----------
    file
        The case file, the place of what has no other.
    values, keys
        Path -> place of the value, and of the name it stands under.
    """

    file: str
    values: dict[Path, Mark] = field(default_factory=dict)
    keys: dict[Path, Mark] = field(default_factory=dict)

    def known(self, path: Sequence[str | int]) -> Path:
        """The parts of a path that stand in the files; what the schema adds (tags of a choice) is left out."""
        found: Path = ()
        for part in path:
            if (*found, part) in self.values:
                found = (*found, part)
        return found

    def fault(self, path: Sequence[str | int], message: str, *, at_key: bool = False, missing: str = "") -> Fault:
        """A fault of the part at a path, or of the field ``missing`` in it."""
        place = self.known(path)
        mark = (self.keys if at_key else self.values).get(place) or self.values.get(place) or Mark(self.file, 1, 1)
        return Fault(mark.file, mark.line, mark.column, field_text((*place, missing) if missing else place), message)

    def put(self, path: Path, value: Mark, key: Mark | None = None) -> None:
        """Remember where a part stands."""
        self.values[path] = value
        self.keys[path] = key or value


def field_text(path: Iterable[str | int]) -> str:
    """Path of a field in the user's words; entries of a list are counted from 1."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            text += f".{part}" if text else part
    return text


def paths(path: Path, node: Any) -> Iterator[Path]:
    """The path of a part and of everything in it."""
    yield path
    parts: Iterable[tuple[str | int, Any]] = ()
    if isinstance(node, dict):
        parts = node.items()
    elif isinstance(node, list):
        parts = enumerate(node)
    for key, part in parts:
        yield from paths((*path, key), part)


def in_order(faults: Iterable[Fault]) -> list[Fault]:
    """Faults sorted by place, each once, and all in signs that can be printed."""
    return sorted(
        dict.fromkeys(_printable(fault) for fault in faults),
        key=lambda fault: (fault.file, fault.line, fault.column, fault.field, fault.message),
    )


def _printable(fault: Fault) -> Fault:
    """The fault with control characters escaped: what a broken file holds must not reach a terminal."""
    return replace(fault, file=_signs(fault.file), field=_signs(fault.field), message=_signs(fault.message))


def _signs(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)
