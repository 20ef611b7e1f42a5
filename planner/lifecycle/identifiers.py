"""Identifiers of the user's own database for our names: a CSV of name -> openLCA UUID, SimaPro, Umberto, STAN names."""

import csv
import io
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from planner.case.numbers import describe, did_you_mean
from planner.case.yaml_reader import read_text
from planner.errors import Fault, IdentifierError

#: Programs that may stand in the columns beside ``name``.
PROGRAMS = ("openlca", "simapro", "umberto", "stan")


@dataclass(frozen=True)
class Identifiers:
    """Our name -> program -> identifier."""

    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, name: str, program: str) -> str | None:
        """Identifier of a name in a program; None where there is none."""
        return self.names.get(name, {}).get(program)

    @property
    def programs(self) -> tuple[str, ...]:
        """Programs that any name has an identifier in."""
        return tuple(one for one in PROGRAMS if any(one in ids for ids in self.names.values()))


def disposed(name: str) -> str:
    """Name of a resource that is disposed of: to a program it is another flow than the resource."""
    return f"{name}, disposed of"


def read_identifiers(path: Path, known: Iterable[str]) -> Identifiers:
    """Read a table of identifiers: columns name, and any of openLCA, SimaPro, Umberto, STAN.

    Parameters
    ----------
    known
        Names that may stand in it: of resources, products, units.

    Raises
    ------
    IdentifierError
        With every fault found: unknown and double names, columns that are none, UUIDs that are none.
    """
    if not path.is_file():
        raise IdentifierError([Fault(str(path), 0, 0, "", "no such file")])
    text, known = read_text(path, path.name), list(dict.fromkeys(known))
    first = text.split("\n", 1)[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    header = [cell.strip().lower() for cell in next(rows, [])]
    faults, found = list[Fault](), dict[str, dict[str, str]]()
    for place, column in enumerate(header, start=1):
        if column not in ("name", *PROGRAMS):
            message = f"no such column; expected name, {', '.join(PROGRAMS)}"
            faults.append(Fault(path.name, 1, place, column, message))
    if "name" not in header:
        faults.append(Fault(path.name, 1, 1, "name", "the column is missing"))
    line = rows.line_num + 1
    for cells in rows if not faults else ():
        here, line = line, rows.line_num + 1
        row = {column: cell.strip() for column, cell in zip(header, cells, strict=False) if cell.strip()}
        if row:
            faults += _row(path.name, here, header, row, (known, found))
    if faults:
        raise IdentifierError(faults)
    return Identifiers(found)


def _row(
    file: str, line: int, header: list[str], row: dict[str, str], so_far: tuple[list[str], dict[str, dict[str, str]]]
) -> Iterable[Fault]:
    known, found = so_far
    name = row.pop("name", "")
    place = header.index("name") + 1
    if name not in known:
        yield Fault(file, line, place, "name", f"no such name {describe(name)} in the case{did_you_mean(name, known)}")
    elif name in found:
        yield Fault(file, line, place, "name", f"{name} is there twice")
    if "openlca" in row:
        try:
            row["openlca"] = str(uuid.UUID(row["openlca"]))
        except ValueError:
            column = header.index("openlca") + 1
            yield Fault(file, line, column, "openlca", f"found {describe(row['openlca'])}; expected a UUID of openLCA")
    found.setdefault(name, row)
