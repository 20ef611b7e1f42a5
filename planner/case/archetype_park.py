"""A case into which archetypes are filled in: what is put into it, each part with its place, and what is said of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from planner.case.archetype_numbers import BASIS, source_key
from planner.case.archetype_resources import described, likely
from planner.case.marks import Mark, Marks, Path, paths
from planner.errors import Fault
from planner.library.archetypes import Library

Tree = dict[str, Any]
_HERE = ("resources",)


@dataclass
class Filled:
    """What came of filling in.

    Attributes
    ----------
    faults
        What is wrong with the archetypes of the case.
    failed
        Path of every plant in which nothing could be filled in: what it lacks is no fault of its own.
    """

    faults: list[Fault] = field(default_factory=list)
    failed: list[Path] = field(default_factory=list)


def mapping(node: Any) -> dict[str, Any]:
    """The node where it is a mapping; an empty one where something else stands there."""
    return node if isinstance(node, dict) else {}


@dataclass
class Park:
    """A case whose archetypes are filled in; ``own`` are the resources that it names itself."""

    tree: Tree
    marks: Marks
    library: Library
    done: Filled
    own: frozenset[str]
    _likely: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    @property
    def resources(self) -> Tree:
        """The resources of the case, as they stand."""
        return mapping(self.tree.get("resources"))

    def say(self, path: Path, message: str, *, at_key: bool = False) -> None:
        """Report what is wrong with an archetype."""
        self.done.faults.append(self.marks.fault(path, message, at_key=at_key))

    def likely(self, name: str, side: str) -> list[str]:
        """Resources that the case names itself and that one of the library may be, by a synonym."""
        if (name, side) not in self._likely:
            own = {one: raw for one, raw in self.resources.items() if one in self.own}
            self._likely[name, side] = likely(name, self.library.resources[name], side, own)
        return self._likely[name, side]

    def put(self, node: Tree, key: str, value: Any, path: Path, mark: Mark) -> None:
        """Put a part where none is: it stands where the archetype is named, and its documents are cited."""
        node[key] = value
        for part in paths((*path, key), value):
            if part not in self.marks.values:
                self.marks.put(part, mark)
        for source in _sources(value):
            self.cite(source, mark)

    def cite(self, source: str, mark: Mark) -> None:
        """Add a document of the library to the sources of the case."""
        if self.tree.get("sources") is None:
            self.put(self.tree, "sources", {}, (), mark)
        key, sources = source_key(source), self.tree["sources"]
        if isinstance(sources, dict) and key not in sources:
            known = self.library.sources[source]
            said = {"title": known.title, "url": known.url, "year": known.year}
            said["note"] = None if known.read else "named, not opened"
            entry = {name: value for name, value in said.items() if value is not None}
            self.put(sources, key, entry, ("sources",), mark)

    def complete(self) -> None:
        """Give every resource of the case that is one of the library the kind and unit that it does not state.

        Whether a plant uses it or not: to take an archetype away leaves no fault behind.
        """
        for name in self.resources.keys() & self.library.resources.keys():
            mark = self.marks.values.get(("resources", name)) or Mark(self.marks.file, 1, 1)
            self.describe(name, mark)

    def require(self, name: str, plant: str, mark: Mark) -> None:
        """Add a resource that the case lacks, or the kind and unit that it does not state of one."""
        if self.tree.get("resources") is None:
            self.put(self.tree, "resources", {}, (), mark)
        if not isinstance(self.tree["resources"], dict):  # the schema says what is wrong
            return
        if name not in self.resources:
            note = f"as the archetype of {plant} names it; its price is not stated"
            self.put(self.resources, name, {**described(self.library.resources[name]), "note": note}, _HERE, mark)
        self.describe(name, mark)

    def describe(self, name: str, mark: Mark) -> None:
        """Kind and unit of a resource of the library, and all else that is usual of it where its kind is not stated."""
        if self.resources[name] is None:
            self.put(self.resources, name, {}, _HERE, mark)
        there, says = self.resources[name], described(self.library.resources[name])
        if not isinstance(there, dict):
            return
        whole = there.get("kind") is None
        if not whole and there["kind"] != says["kind"]:
            return
        for part, value in says.items():
            if there.get(part) is None and (whole or part == "unit"):
                self.put(there, part, value, (*_HERE, name), mark)


def _sources(value: Any) -> Iterator[str]:
    """Documents of the library that a part rests on."""
    if isinstance(value, dict):
        if value.get("basis") == BASIS and str(value.get("source")).startswith(source_key("")):
            yield value["source"].removeprefix(source_key(""))
        for inner in value.values():
            yield from _sources(inner)
