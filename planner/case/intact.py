"""What can still be checked of a case that does not fit the schema: what is at fault is taken out, the rest is read.

What is found then is told only where it cannot follow from what was taken out.
"""

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from planner.case.case import Case
from planner.case.marks import NAMES, OF_QUALITIES, Marks, Path, field_text
from planner.errors import Fault

#: Times that something is taken out before the rest is left unread.
_ROUNDS = 20
#: Sections without which little else of a case makes sense.
_FOUNDATIONS = frozenset({"case", "currency", "price_year", "economics", "geography", "plots", "tables"})
#: Fields whose entries are things of their own, which others mean by their names.
_DEFINING = NAMES - OF_QUALITIES
#: Fields that change nothing but what they say themselves: no other part of a case is at fault without them.
_ASIDE = frozenset({"status", "waste_code", "synonyms", "nace", "note", "use", "not_into", "mixing", "load_fees"})


@dataclass(frozen=True)
class _Removed:
    """A part that was taken out.

    Attributes
    ----------
    gone
        Names that the rest may use and nothing stands for any more.
    touched
        Names of what it said something of.
    """

    path: Path
    gone: frozenset[str]
    touched: frozenset[str]

    def explains(self, fault: Fault, names: frozenset[str]) -> bool:
        """Whether a fault may follow from its absence: it lies within it, or speaks of it or of one of the names."""
        beside = self.path[2:3] in (("stores",), ("converts",))  # numbers beside it mean else
        here = field_text(self.path[:2] if beside else self.path)
        if fault.field == here or fault.field.startswith((f"{here}.", f"{here}[")) or here in fault.message:
            return True
        text = f"{fault.field.rpartition('.')[2]} {fault.message}"
        return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in names)


@dataclass(frozen=True)
class Intact:
    """The part of a case that fits the schema."""

    case: Case
    removed: tuple[_Removed, ...] = ()

    def besides(self, plants: Iterable[Path]) -> "Intact":
        """The same without what may follow from plants that nothing could be filled into."""
        lacking = tuple(_Removed(path, frozenset({str(path[1])}), frozenset({str(path[1])})) for path in plants)
        return Intact(self.case, self.removed + lacking)

    @property
    def whole(self) -> bool:
        """Whether what was taken out leaves everything else as it is."""
        return all(any(part in _ASIDE for part in one.path[1:]) for one in self.removed)

    def named(self, faults: Iterable[Fault]) -> list[Fault]:
        """Those of the faults of names and numbers that cannot follow from what was taken out."""
        return [fault for fault in faults if not any(one.explains(fault, one.gone) for one in self.removed)]

    def meant(self, faults: Iterable[Fault]) -> list[Fault]:
        """Those of the faults of what the case says that cannot follow from what was taken out."""
        return [fault for fault in faults if not any(one.explains(fault, one.touched) for one in self.removed)]


def intact_part(tree: dict[str, Any], marks: Marks) -> Intact | None:
    """The part of a faulty case that fits the schema; None where too little is left of it to be checked."""
    tree, removed = deepcopy(tree), list[_Removed]()
    for _ in range(_ROUNDS):
        try:
            return Intact(Case.model_validate(tree), tuple(removed))
        except ValidationError as error:
            places = {_entry(marks.known(finding["loc"]), tree) for finding in error.errors(include_url=False)}
        for place in sorted(places, key=lambda path: (len(path), str(path))):
            if not place or place[0] in _FOUNDATIONS:
                return None
            if _entry(place, tree) == place:  # not gone with another
                removed.append(_removed(place, _take(place, tree)))
    return None


def _entry(place: Path, tree: Any) -> Path:
    """The nearest entry of a mapping around a place: entries of a list stay, so that the others keep their numbers."""
    while place and (isinstance(place[-1], int) or not _is_there(place, tree)):
        place = place[:-1]
    return place


def _is_there(place: Path, tree: Any) -> bool:
    for part in place:
        try:
            tree = tree[part]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def _take(place: Path, tree: Any) -> Any:
    for part in place[:-1]:
        tree = tree[part]
    return tree.pop(place[-1])


def _removed(place: Path, part: Any) -> _Removed:
    gone = set(_defined(part, named=len(place) <= 3 or place[-1] in _DEFINING))
    gone |= {str(place[-1])} if len(place) > 1 and place[-2] in _DEFINING else set()
    aside = any(word in _ASIDE or word in OF_QUALITIES for word in place[1:])
    named = zip(place, place[1:], strict=False)
    touched = set() if aside else {str(name) for word, name in named if word in NAMES and isinstance(name, str)}
    return _Removed(place, frozenset(gone), frozenset(gone | touched))


def _defined(part: Any, *, named: bool) -> Iterator[str]:
    """Names of entries within a part."""
    if isinstance(part, dict):
        yield from (str(key) for key in part if named)
        for key, inner in part.items():
            yield from _defined(inner, named=key in _DEFINING)
