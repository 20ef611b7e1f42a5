"""Reads the lines of a questionnaire: what a tenant needs and has left over, and how that is met or goes today."""

from collections.abc import Mapping
from typing import Any

from planner.case.marks import Mark, Path
from planner.case.numbers import did_you_mean
from planner.case.units import UnitError, factor
from planner.excel import cells as read
from planner.excel.amounts import put_number
from planner.excel.cells import CellError
from planner.excel.draft import Draft
from planner.excel.form import DIRECTIONS, GRADES
from planner.excel.opened import Cell
from planner.excel.paths import tidy
from planner.excel.tables import Table

_KINDS = ("material", "water", "heat", "power", "gas")
#: What every line of streams must say, and what to write there.
_LINE = {"direction": "say need or over", "what": "name what it is"}
_TODAY = {"value": "today amount", "unit": "today unit"}


def put(path: Path, names: Mapping[str, str], table: Table, cells: Mapping[str, Cell], draft: Draft) -> None:
    """Read a number with its grade by how it is known, and the questionnaire as its source."""
    known = cells.get(names.get("basis", ""))
    grade = GRADES.get(tidy(str(known.value)).lower()) if known else None
    usual = ({"grade": grade} if grade else {}) | {"source": draft.source}
    put_number(path, names, table, cells, draft, usual)


def incomplete(path: Path, cell: Cell, table: Table, draft: Draft) -> None:
    """Note an amount whose unit nobody said; what is no amount at all is a fault."""
    try:
        read.number(cell)
    except CellError as error:
        draft.fault(table.mark(cell), path, str(error))
        return
    draft.ask(table.mark(cell), path, f"{read.said(cell)} without a unit")


def read_line(name: str, table: Table, cells: Mapping[str, Cell], draft: Draft, base: Mapping[str, Any]) -> None:
    """Read a line of the table of streams; without its direction or name nobody knows what it is about."""
    first = next(iter(cells.values()))
    where: dict[str, str] = {}
    for header, asks in _LINE.items():
        cell = cells.get(header)
        mark = Mark(table.sheet.place, first.row, cell.column if cell else table.columns[header])
        try:
            if cell is None:
                raise CellError(f"is blank in a line that says {read.said(first)}; {asks}, or clear the line")
            where[header] = (
                DIRECTIONS[read.choice(cell, tuple(DIRECTIONS))]
                if header == "direction"
                else str(read.words(cell, name=True))
            )
        except CellError as error:
            draft.fault(mark, ("plants", name, header), str(error))
    if len(where) == len(_LINE):
        where["what"] = _as_known(where["what"], base, draft)
        mark = Mark(table.sheet.place, first.row, cells["what"].column)
        _of_line(("plants", name, where["direction"], where["what"]), mark, table, cells, draft, base)


def _as_known(what: str, base: Mapping[str, Any], draft: Draft) -> str:
    """The name that the park has for something, where that differs in capitals only."""
    known = [str(name) for name in {**(base.get("resources") or {}), **(draft.tree.get("resources") or {})}]
    alike = [name for name in known if name.casefold() == what.casefold()]
    return alike[0] if what not in known and len(alike) == 1 else what


def _of_line(
    path: Path, mark: Mark, table: Table, cells: Mapping[str, Cell], draft: Draft, base: Mapping[str, Any]
) -> None:
    """Read the stream of a line whose direction and name are good."""
    what, direction = str(path[-1]), str(path[-2])
    try:
        path, own = _known_stream(path, base)
    except CellError as error:
        draft.fault(mark, path, str(error))
        return
    if draft.at(path) is not None:
        draft.fault(mark, path, "is there twice; add the amounts up, or give one a name of its own")
        return
    if not own or (what in (base.get("resources") or {}) and "kind" in cells) or _is_nameless(path, base):
        _resource(what, path, cells, (table, mark), draft, base)
    draft.put(path, {}, mark)
    blank = {"amount": (*path, "rate"), "today": (*path, "today"), "kind": (*path, "kind")}
    blank["today amount"] = (*path, "discharge", "cost")
    draft.blank |= {
        field: Mark(mark.file, mark.line, table.columns[header])
        for header, field in blank.items()
        if header in table.columns and header not in cells
    }
    names = {"value": "amount", "unit": "unit", "low": "low", "high": "high", "basis": "basis", "note": "remarks"}
    if "amount" in cells and not unit_of(cells, "amount"):
        incomplete((*path, "rate"), cells["amount"], table, draft)
    elif "amount" in cells:
        put((*path, "rate"), names, table, cells, draft)
    elif ends := [f"{end} {read.said(cells[end])}" for end in ("low", "high") if end in cells]:
        draft.ask(mark, (*path, "rate"), f"{' and '.join(ends)} without an amount")
    if direction == "sources":
        _leaves(path, table, cells, draft, base)
    else:
        _is_met(path, table, cells, draft)


def _known_stream(path: Path, base: Mapping[str, Any]) -> tuple[Path, bool]:
    """Path of the stream that a line means, and whether the case has it: by its name or by its resource."""
    section, plant, direction, what = (str(step) for step in path)
    node: Any = base
    for step in (section, plant, direction):
        node = node.get(step) if isinstance(node, Mapping) else None
    streams = node if isinstance(node, Mapping) else {}
    alike = [name for name, one in streams.items() if _resource_of(name, one) == what]
    if len(alike) > 1:
        words = ", ".join(f'"{name}"' for name in alike)
        raise CellError(f"{plant} has {len(alike)} streams of {what}: {words}; write the name of the one that is meant")
    if alike:
        return (*path[:-1], alike[0]), True
    return path, what in streams


def _is_nameless(path: Path, base: Mapping[str, Any]) -> bool:
    """Whether the case has a stream of a resource that it does not know, for nobody has said yet what it is."""
    return "resource" not in _at(base, path) and path[-1] not in (base.get("resources") or {})


def _resource_of(name: str, stream: Any) -> str:
    stated = stream.get("resource") if isinstance(stream, Mapping) else None
    return str(stated or name)


def _resource(
    what: str, path: Path, cells: Mapping[str, Cell], at: tuple[Table, Mark], draft: Draft, base: Mapping[str, Any]
) -> None:
    """Add what flows to the resources, if they do not know it and its kind is told."""
    table, mark = at
    known = {**(base.get("resources") or {}), **(draft.tree.get("resources") or {})}
    kind = cells.get("kind")
    try:
        said = read.choice(kind, _KINDS) if kind else None
    except CellError as error:
        draft.fault(
            Mark(table.sheet.place, mark.line, kind.column if kind else 1), ("resources", what, "kind"), str(error)
        )
        return
    if what in known:
        has = known[what].get("kind") if isinstance(known[what], dict) else None
        if said and has and said != has:
            draft.fault(mark, ("resources", what, "kind"), f"is {said} here, {has} in the case; give it another name")
        return
    if said is None:
        near = did_you_mean(what, [str(name) for name in known])
        if "did you mean" in near:
            message = f'the park knows no "{what}"{near} Write that name, or, if it is something else, its kind'
            draft.fault(mark, path, message)
        return
    unit = unit_of(cells, "amount").partition("/")[0].strip()
    unit = {"MW": "MWh", "kW": "MWh", "GW": "MWh"}.get(unit, unit)
    column = cells.get("unit", cells.get("amount", cells["what"])).column
    place = Mark(table.sheet.place, mark.line, column)
    if said == "power" and unit and not _is_energy(unit):
        draft.fault(place, ("resources", what, "unit"), f"found {unit} for power; expected MWh/yr, MW, kW ...")
        return
    draft.put(("resources", what), {}, mark)
    draft.put(("resources", what, "kind"), said, mark)
    if unit:
        draft.put(("resources", what, "unit"), unit, place)


def _is_energy(unit: str) -> bool:
    """Whether a unit counts energy; one that nobody knows is told where the case is read."""
    try:
        factor(unit, "MWh")
    except UnitError:
        return False
    return True


def unit_of(cells: Mapping[str, Cell], amount: str) -> str:
    """Unit of an amount: in the cell beside it, or behind the number."""
    beside = {"answer": "unit", "amount": "unit", "today amount": "today unit"}[amount]
    try:
        own = read.unit_text(str(read.words(cells[beside], name=True))) if beside in cells else ""
        return own or read.number(cells[amount]).unit
    except (CellError, KeyError):
        return ""


def _today(path: Path, table: Table, cells: Mapping[str, Cell], draft: Draft) -> str | None:
    """What the column "today" says; None where it is blank or at fault."""
    cell = cells.get("today")
    if cell is None:
        if "today amount" in cells:
            at = cells["today amount"]
            draft.ask(table.mark(at), path, f'{read.said(at)} under "today amount", and "today" is blank')
        return None
    try:
        return str(read.words(cell, name=True))
    except CellError as error:
        draft.fault(table.mark(cell), (*path, "today"), str(error))
        return None


def _leaves(path: Path, table: Table, cells: Mapping[str, Cell], draft: Draft, base: Mapping[str, Any]) -> None:
    """Where what is left over goes today, and what that costs."""
    route = _today((*path, "discharge"), table, cells, draft)
    if route is None:
        return
    mark = table.mark(cells["today"])
    before = _at(base, (*path, "discharge"))
    stated = before.get("route"), before.get("cost")
    if stated[1] is not None and stated[0] not in (None, route) and "today amount" not in cells:
        found = f'goes to "{route}" at a cost that is not told; the case has "{stated[0]}" and its cost'
        draft.ask(mark, (*path, "discharge"), found)
        return
    draft.put((*path, "discharge", "route"), route, mark)
    if "today amount" in cells and not unit_of(cells, "today amount"):
        incomplete((*path, "discharge", "cost"), cells["today amount"], table, draft)
    elif "today amount" in cells:
        put((*path, "discharge", "cost"), _TODAY, table, cells, draft)


def _is_met(path: Path, table: Table, cells: Mapping[str, Cell], draft: Draft) -> None:
    """What a need is met by today, and how much of that it takes."""
    supply = _today((*path, "supplied_today_by"), table, cells, draft)
    if supply is None:
        return
    field = (*path, "supplied_today_by", supply)
    if "today amount" in cells and unit_of(cells, "today amount"):
        put(field, _TODAY, table, cells, draft)
        return
    draft.put(field, {}, table.mark(cells["today"]))
    if "today amount" in cells:
        incomplete(field, cells["today amount"], table, draft)


def _at(base: Any, path: Path) -> Mapping[str, Any]:
    for part in path:
        base = base.get(part) if isinstance(base, Mapping) else None
    return base if isinstance(base, Mapping) else {}
