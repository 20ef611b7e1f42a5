"""Writes flows as plain CSV for programs of life cycle and material flow assessment, with the user's identifiers."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.case.case import Case
from planner.lifecycle.burdens import RUNS
from planner.lifecycle.exchange_flows import DIRECT, Moving, moving
from planner.lifecycle.identifiers import Identifiers, disposed
from planner.report.tables import inert

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]


def names_of(case: Case) -> list[str]:
    """Names that identifiers may be given for: resources, those disposed of, products, units, and the direct CO2e."""
    products = [plant.product.name for plant in case.plants.values() if plant.product is not None]
    wastes = [disposed(name) for name in case.resources]
    return [*case.resources, *wastes, *products, *case.plants, *case.partners, *case.facilities, DIRECT]


def flows_of(case: Case, tables: "Tables") -> list[Moving]:
    """Flows of baseline and plan."""
    return [one for run in RUNS for one in moving(case, tables, run)]


def write_flows(flows: Iterable[Moving], identifiers: Identifiers, file: Path) -> None:
    """Write the flow table: a row for each flow, with the identifiers of what flows, from where and to where."""
    programs = identifiers.programs
    header = [
        "run",
        "period",
        "role",
        "from",
        "to",
        "flow",
        "amount_per_yr",
        "unit",
        "low",
        "high",
        "exchange",
        "replaces",
    ]
    header += [f"{what}_{program}" for program in programs for what in ("flow", "from", "to")]
    rows = []
    for one in flows:
        row: list[Any] = [one.run, one.period, one.role, one.origin, one.target, one.flow, one.amount, one.unit]
        row += [one.low, one.high, one.exchange, one.replaces]
        for program in programs:
            waste = identifiers.of(disposed(one.flow), program) if one.role == "discharge" else None
            row += [waste or identifiers.of(one.flow, program)]
            row += [identifiers.of(unit, program) for unit in (one.origin, one.target)]
        rows.append(row)
    _write(file, header, rows)


def write_stan(flows: Iterable[Moving], identifiers: Identifiers, file: Path) -> None:
    """Write flows for material flow programs (STAN): process to process, with an uncertainty.

    A plain CSV to be copied from: its columns are not those of an import of STAN, of which no description was found.
    ``uncertainty`` is half the width of the stated range, as a share of the amount. Names are those of STAN where the
    identifiers have any. Direct emissions are left out: they are no matter of the balance.
    """
    header = ["from", "to", "resource", "amount", "unit", "period", "uncertainty", "run"]
    rows = []
    for one in flows:
        if one.role == "emission":
            continue
        named = [identifiers.of(x, "stan") or x for x in (one.origin, one.target, one.flow)]
        wide = None
        if one.low is not None and one.high is not None and one.amount:
            wide = (one.high - one.low) / 2 / one.amount
        rows.append([*named, one.amount, f"{one.unit}/yr", one.period, wide, one.run])
    _write(file, header, rows)


def _write(file: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(header)
        writer.writerows([[_cell(cell) for cell in row] for row in rows])


def _cell(cell: Any) -> Any:
    if isinstance(cell, str):
        return inert(cell)
    return f"{cell:.12g}" if isinstance(cell, float) else cell
