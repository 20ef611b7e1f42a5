"""The flows of a park on a terminal, as CSV, JSON, a drawing and one page."""

import base64
import hashlib
import math
from importlib.resources import files
from pathlib import Path
from typing import IO, Any

import pandas as pd

from planner.excel.frames import notes_page, table_page
from planner.excel.write import workbook
from planner.flows.flows import CLOSURE_COLUMNS, STREAM_COLUMNS, TOTAL_COLUMNS, ParkFlows
from planner.flows.inside import BOUND
from planner.report.numbers import amount
from planner.report.sankey import sankey, stacked
from planner.report.tables import write_csv
from planner.report.terminal import Summary, Table, show

_RESOURCES = ("resource", "needed", "given", "bought", "unit", "cost/yr", "sales/yr", "met inside", "gate used")
_STREAMS = ("plant", "", "stream", "amount/yr", "unit", "cost/yr", "tCO2e/yr", "today", "could exchange with", "data")
#: Partners named in a cell, before "and n more".
_NAMED = 3


def print_flows(park: ParkFlows, stream: IO[str]) -> None:
    """Print totals by resource, the most expensive first, every stream by plant, and what does not close."""
    case = park.case
    summary = Summary(
        title=f"{case.case}: the park before any exchange",
        status=f"money in {case.currency} of {case.price_year}",
        headlines=tuple(headlines(park)),
        tables=tuple(table for table in (_totals(park), _firm(park), _streams(park), _closure(park)) if table.rows),
        notes=park.notes,
    )
    show(summary, stream)


def headlines(park: ParkFlows) -> list[str]:
    """The most expensive resource, the most constrained one, and what the park pays in all."""
    totals = park.totals
    if totals.empty:
        return []
    cost, first = totals["cost_per_yr"].sum(), totals.iloc[0]
    told = [f"purchases, present supply, paid CO2e and disposal: {amount(cost)} {park.case.currency} a year"]
    if totals["sales_per_yr"].sum() > 0.0:
        told[0] += f"; sales: {amount(totals['sales_per_yr'].sum())}"
    if first["cost_per_yr"] > 0.0:
        share = first["cost_per_yr"] / cost
        told.append(f"most expensive: {first['resource']}, {amount(first['cost_per_yr'])} a year ({share:.0%})")
    gated = totals.dropna(subset=["gate_share"])
    if len(gated):
        tight = gated.iloc[int(gated["gate_share"].to_numpy().argmax())]
        told.append(f"most constrained: {tight['resource']}, {tight['gate_share']:.0%} of the gate ({tight['gate']})")
    wanted = totals[(totals["needed_per_yr"] > 0.0) & (totals["inside_share"] > 0.0)]
    if len(wanted):
        names = ", ".join(f"{r['resource']} {r['inside_share']:.0%}" for r in wanted.head(4).to_dict("records"))
        told.append(f"could be met inside, at most: {names}")
    return told


def _totals(park: ParkFlows) -> Table:
    rows = []
    for r in park.totals.to_dict("records"):
        given = r["given_per_yr"] + r["on_demand_per_yr"]
        numbers = (r["needed_per_yr"], given, r["bought_per_yr"])
        money = (amount(r["cost_per_yr"]), amount(r["sales_per_yr"] or None))
        inside = ("<= " if r["inside_basis"] == BOUND else "") + _share(r["inside_share"])
        shares = (inside, _share(r["gate_share"]))
        rows.append((r["resource"], *(amount(x or None) for x in numbers), r["unit"], *money, *shares))
    return Table("by resource, the most expensive first", _RESOURCES, tuple(rows), frozenset({1, 2, 3, 5, 6, 7, 8}))


def _firm(park: ParkFlows) -> Table:
    """Totals without plants that may stay away; nothing where there is none, or it changes nothing."""
    names = ("needed", "given", "cost")
    rows = []
    for r in park.totals.to_dict("records"):
        pairs = [(r[f"{name}_per_yr"], r[f"{name}_without_optional_per_yr"]) for name in names]
        if any(abs(a - b) > 1e-9 * max(abs(a), 1.0) for a, b in pairs):
            needed, given, cost = ((amount(a or None), amount(b or None)) for a, b in pairs)
            rows.append((r["resource"], *needed, *given, r["unit"], *cost))
    head = ("resource", "needed", "of it sure", "given", "of it sure", "unit", "cost/yr", "of it sure")
    title = "by resource, with and without the plants that may stay away"
    return Table(title, head, tuple(rows), frozenset({1, 2, 3, 4, 6, 7}))


def _share(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.0%}"


def _streams(park: ParkFlows) -> Table:
    rows = []
    for r in park.streams.sort_values(["unit", "direction"], kind="stable").to_dict("records"):
        called = r["stream"] if r["stream"] == r["resource"] else f"{r['stream']} ({r['resource']})"
        partners = r["partners"].split(", ") if r["partners"] else []
        more = f" and {len(partners) - _NAMED} more" if len(partners) > _NAMED else ""
        numbers = (amount(r["amount_per_yr"]), r["amount_unit"], amount(r["cost_per_yr"]), amount(r["co2e_t_per_yr"]))
        unit = f"{r['unit']} (may stay away)" if r["optional"] else r["unit"]
        named = ", ".join(partners[:_NAMED]) + more
        data = f"{r['bases']}; {r['grade']}" if r["bases"] and not r["note"].startswith("a plan") else "-"
        rows.append((unit, r["direction"], called, *numbers, r["today"] or r["note"], named, data))
    return Table("every stream", _STREAMS, tuple(rows), frozenset({3, 5, 6}))


def _closure(park: ParkFlows) -> Table:
    if park.closure.empty:
        return Table("", (), ())
    rows = tuple(
        (
            r["plant"],
            r["what"],
            *(amount(r[x] or None) for x in ("into", "out")),
            r["unit"],
            f"{r['share']:+.0%}",
            _closes(r),
        )
        for r in park.closure.to_dict("records")
    )
    return Table("closure", ("plant", "", "in", "out", "unit", "difference", ""), rows, frozenset({2, 3, 5}))


def _closes(row: dict[Any, Any]) -> str:
    if row["closes"]:
        return "closes"
    if not row["into"] or not row["out"]:
        return f"nothing declared {'out' if row['into'] else 'in'}"
    return "of an archetype: not meant to close" if row["archetype"] else "does not close: streams left out, or a slip"


def write_streams(park: ParkFlows, path: Path) -> None:
    """Write the streams as CSV."""
    write_csv(park.streams, path, _money(park))


def write_totals(park: ParkFlows, path: Path) -> None:
    """Write the totals by resource as CSV."""
    write_csv(park.totals, path, _money(park))


def write_workbook(park: ParkFlows, path: Path) -> None:
    """Write streams, totals and closure as a workbook, with what their columns mean."""
    about = f"{park.case.case}: the park before any exchange; money in {_money(park)}"
    tables = {
        "totals": (park.totals, TOTAL_COLUMNS),
        "streams": (park.streams, STREAM_COLUMNS),
        "closure": (park.closure, CLOSURE_COLUMNS),
    }
    there = {name: pair for name, pair in tables.items() if not pair[0].empty}
    pages = [table_page(name, about, table, meanings) for name, (table, meanings) in there.items()]
    notes = notes_page({name: meanings for name, (_, meanings) in there.items()}, _money(park), park.notes)
    workbook(path, [*pages, notes])


def _money(park: ParkFlows) -> str:
    return f"{park.case.currency} of {park.case.price_year}"


def write_drawing(park: ParkFlows, path: Path) -> None:
    """Write the Sankey diagrams as one SVG file."""
    path.write_text(stacked([sankey(one) for one in park.diagrams]) + "\n", encoding="utf-8")


def write_page(park: ParkFlows, path: Path) -> None:
    """Write one page: diagrams, totals, streams and closure."""
    path.write_text(page(park), encoding="utf-8")


def page(park: ParkFlows) -> str:
    """The page as HTML: self-contained, no network, no script."""
    from jinja2 import Environment

    source = files("planner.flows").joinpath("page.html.j2").read_text(encoding="utf-8")
    style = files("planner.screen").joinpath("page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    tables = [table for table in (_totals(park), _firm(park), _streams(park), _closure(park)) if table.rows]
    return (
        Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
        .from_string(source)
        .render(
            case=park.case,
            style=style,
            style_hash=f"sha256-{digest}",
            headlines=headlines(park),
            diagrams=[sankey(one) for one in park.diagrams],
            tables=tables,
            notes=park.notes,
        )
    )


def as_json(park: ParkFlows) -> dict[str, Any]:
    """Everything for a program to read; what is not known is null."""
    case = park.case
    return {
        "schema": "planner-flows/1",
        "case": {"name": case.case, "path": case.folder.name, "sha256": case.sha256},
        "currency": case.currency,
        "price_year": case.price_year,
        "columns": {"streams": STREAM_COLUMNS, "totals": TOTAL_COLUMNS},
        "streams": _records(park.streams),
        "totals": _records(park.totals),
        "closure": _records(park.closure),
        "diagrams": [
            {"title": d.title, "unit": d.unit, "supplied": list(d.supplied), "used": list(d.used)}
            for d in park.diagrams
        ],
        "notes": list(park.notes),
    }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): None if v != v else v for k, v in row.items()} for row in table.to_dict("records")]
