"""SimaPro CSV of a run: a process for each unit, for the park, and for what the plan avoids against the baseline.

The maker of SimaPro publishes no specification; blocks, sections and columns are those that open readers of the format
document (GreenDelta's ``olca-simapro-csv``, ``bw_simapro_csv``). SimaPro links by name: what a unit gives to another is
a product of its own, named after its giver, with 0 % of its burdens (cut-off); the year of operation has 100 %. Amounts
are in kg, MJ and m3, as far as a unit can be converted to one of them.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from planner.case.case import Case
from planner.case.units import UnitError, factor
from planner.lifecycle.burdens import RUNS
from planner.lifecycle.exchange_flows import Moving
from planner.lifecycle.identifiers import Identifiers, disposed
from planner.lifecycle.processes import AVOIDED, PARK, by_process, difference
from planner.report.tables import inert

ENCODING = "cp1252"
AIR, WASTE = "Emissions to air", "Waste to treatment"
_SECTIONS = ("Avoided products", "Materials/fuels", "Electricity/heat", AIR, WASTE)
_NO_RANGE = ("Undefined", "0", "0", "0", "")
_BASE = ("kg", "MJ", "m3")
#: Section -> its rows.
Rows = dict[str, list[tuple[str, ...]]]


def write_simapro(
    case: Case, flows: Iterable[Moving], identifiers: Identifiers, file: Path, created: str
) -> dict[str, int]:
    """Write a SimaPro CSV; returns how many processes.

    Parameters
    ----------
    created
        Date and time of the run.
    """
    flows = list(flows)
    book = _Book(case, identifiers)
    blocks = [book.process(name, run, parts) for run in RUNS for name, parts in by_process(flows, run)]
    blocks.append(book.avoided(flows))
    text = io.StringIO(newline="")
    for line in _header(case, created):
        text.write(line + "\r\n")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    for block in blocks:
        writer.writerows([[], *block])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.getvalue().encode(ENCODING, errors="backslashreplace"))
    return {"processes": len(blocks)}


def _header(case: Case, created: str) -> Iterator[str]:
    project = " ".join(case.case.replace("{", "(").replace("}", ")").split())
    yield from ("{SimaPro 8.5.0.0}", "{processes}", f"{{Date: {created[:10]}}}", f"{{Time: {created[11:19]}}}")
    yield f"{{Project: {project}}}"
    yield from ("{CSV Format version: 8.0.5}", "{CSV separator: Semicolon}", "{Decimal separator: .}")
    yield from ("{Date separator: -}", "{Short date format: yyyy-MM-dd}")


class _Book:
    """Makes the blocks of processes."""

    def __init__(self, case: Case, identifiers: Identifiers) -> None:
        self.case, self.identifiers = case, identifiers

    def process(self, name: str, run: str, parts: Sequence[tuple[Moving, bool]]) -> list[Sequence[str]]:
        """Block of a unit or the park in a run; its product is a year of it."""
        sums: dict[tuple[str, tuple[str, str]], float] = defaultdict(float)
        for one, incoming in parts:
            section, words = self._place(one, incoming, name, run)
            sums[section, (words, one.unit)] += one.amount
        rows: Rows = defaultdict(list)
        for (section, (words, unit)), amount in sums.items():
            rows[section].append(_row(section, words, unit, amount))
        return self._block(name, run, rows)

    def avoided(self, flows: Iterable[Moving]) -> list[Sequence[str]]:
        """Block of the plan against the baseline: what is less disposed of or given off has a negative amount."""
        rows: Rows = defaultdict(list)
        for (role, flow, unit), less in difference(flows).items():
            if not less:
                continue
            if role == "purchase":
                section = "Avoided products" if less > 0 else self._bought(flow)
                rows[section].append(_row(section, self._named(flow), unit, abs(less)))
            else:
                section, words = (AIR, flow) if role == "emission" else (WASTE, disposed(flow))
                rows[section].append(_row(section, self._named(words), unit, -less))
        return self._block(PARK, AVOIDED, rows)

    def _place(self, one: Moving, incoming: bool, name: str, run: str) -> tuple[str, str]:
        """Section and name of a flow of a unit or the park."""
        if one.role == "exchange":
            return ("Materials/fuels" if incoming else "Products"), f"{one.flow}, from {one.origin}, {run}"
        if incoming:
            return self._bought(one.flow), self._named(one.flow)
        if one.role == "emission":
            return AIR, self._named(one.flow)
        if one.role == "discharge":
            return WASTE, self._named(disposed(one.flow))
        return "Products", f"{one.flow}, made by {self._title(name)}, {run}"

    def _title(self, name: str) -> str:
        return f"park {self.case.case}" if name == PARK else name

    def _bought(self, flow: str) -> str:
        resource = self.case.resources.get(flow)
        return "Electricity/heat" if resource is not None and resource.kind in ("power", "heat") else "Materials/fuels"

    def _named(self, words: str) -> str:
        return self.identifiers.of(words, "simapro") or words

    def _block(self, name: str, run: str, rows: Rows) -> list[Sequence[str]]:
        title = self._title(name)
        year = _row("Products", f"{title}, {run}: a year of operation", "p", 1.0, share="100")
        found: list[Sequence[str]] = [["Process"], []]
        for key, value in (
            *(("Category type", "material"), ("Process identifier", ""), ("Type", "Unit process")),
            *(("Process name", inert(f"{title}, {run}")), ("Status", "None"), ("Infrastructure", "No")),
            ("Comment", "A year of operation; amounts are a year's. By-products given have no burden (cut-off)."),
        ):
            found += [[key], [value] if value else [], []]
        found += [["Products"], year, *rows.get("Products", []), []]
        for section in _SECTIONS:
            found += [[section], *rows.get(section, []), []]
        return [*found, ["End"]]


def _row(section: str, name: str, unit: str, amount: float, share: str = "0") -> tuple[str, ...]:
    """A row of a section, in the unit that SimaPro counts from."""
    scale, theirs = 1.0, unit
    for base in _BASE:
        try:
            scale, theirs = factor(unit, base), base
        except UnitError:
            continue
        break
    name, number = inert(" ".join(name.split())), f"{amount * scale:.12g}"
    if section == "Products":
        return (name, theirs, number, share, "not defined", "Others", "")
    if section == AIR:
        return (name, "", theirs, number, *_NO_RANGE)
    return (name, theirs, number, *_NO_RANGE)
