"""Stores in the summary of a plan, and their contents through the year as diagrams."""

import math
import re
from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

from planner.report.numbers import amount
from planner.report.runs import number, text
from planner.report.water import Rows, records
from planner.results.plan import Plan

FOLDER = "stores"
LINE, BAND = "#0072B2", "#CFE3F1"
HOURS = 8760.0
#: Pass of a level where the case has turns.
_TURN = re.compile(r"turn (\d+), pass (\d+)")
Point = tuple[float, float]


def store_rows(plan: Plan) -> Rows:
    """Content, rates, what goes in, comes out and is lost of each store; none where none is built."""
    rows = []
    for row in records(plan, "stores"):
        unit = text(row["unit"])
        lost = number(row["lost_standing_per_yr"], 0.0) + number(row["lost_converting_per_yr"], 0.0)
        rows.append(
            (
                text(row["store"]),
                f"{amount(row['content'])} {unit}",
                f"{amount(row['charged_per_yr'])} {text(row['charged_unit'])}/yr",
                f"{amount(row['drawn_per_yr'])} {text(row['drawn_unit'])}/yr",
                f"{amount(lost)} {unit}/yr",
                amount(row["cycles_per_yr"]),
            )
        )
    return tuple(rows)


def write_contents(plan: Plan, folder: Path) -> None:
    """Write the content of each store through the year as SVG; nothing where none is built.

    Of periods that are passed many times the band between their lowest and highest contents is drawn.
    """
    built = [row for row in records(plan, "stores") if number(row["content"], 0.0) > 0]
    if not built:
        return
    folder.mkdir()
    for n, row in enumerate(built, 1):
        name = re.sub(r"[^\w .()+-]+", "_", text(row["store"])).strip(" .")[:80] or "store"
        (folder / f"{n} {name}.svg").write_text(contents_of(plan, row), encoding="utf-8")


def contents_of(plan: Plan, store: Mapping[Hashable, Any]) -> str:
    """Content of a store through the year, as SVG."""
    from planner.heat.svg import FAINT, Diagram, steps

    levels = [row for row in records(plan, "store_levels") if row["store"] == store["store"]]
    periods = {text(row["period"]): row for row in records(plan, "periods")}
    high, low = _envelope(levels, periods)
    content = number(store["content"])
    months = [HOURS * k / 12 for k in range(13)]
    title = f"{text(store['store'])}: content through the year"
    diagram = Diagram(title, "hour of the year", f"content [{text(store['unit'])}]", months, steps(0.0, content))
    diagram.fill([*high, *reversed(low)], BAND)
    diagram.line([(0.0, content), (HOURS, content)], FAINT, "size built", width=1.4, dash="6 4")
    diagram.line(high, LINE, "content, highest and lowest of its cycles" if high != low else "content")
    if high != low:
        diagram.line(low, LINE, width=1.4)
    return diagram.text()


def _envelope(
    levels: Sequence[Mapping[Hashable, Any]], periods: Mapping[str, Mapping[Hashable, Any]]
) -> tuple[list[Point], list[Point]]:
    """Highest and lowest contents along the hours of the year."""
    groups: dict[str, list[Mapping[Hashable, Any]]] = {}
    for row in levels:
        period = periods.get(text(row["period"]), {})
        turn = _TURN.fullmatch(text(row["pass"]))
        group = text(period.get("group")) or text(row["period"])
        groups.setdefault(group if turn is None else turn[1], []).append(row)
    high: list[Point] = []
    low: list[Point] = []
    hour = 0.0
    for rows in groups.values():
        lasting = {
            t: number(periods[t]["hours_per_yr"]) if t in periods else HOURS for t in (text(x["period"]) for x in rows)
        }
        turn = _TURN.fullmatch(text(rows[-1]["pass"]))
        if turn is not None:
            share = int(turn[2]) / max(1.0, number(periods[text(rows[-1]["period"])]["repeats"]))
            lasting = {t: hours * share for t, hours in lasting.items()}
        hours = math.fsum(lasting.values())
        passes = {text(row["pass"]): [x for x in rows if x["pass"] == row["pass"]] for row in rows}
        if len(passes) == 1:
            once = [(hour, number(rows[0]["content_start"]))]
            for row in rows:
                once.append((once[-1][0] + lasting[text(row["period"])], number(row["content_end"])))
            high, low = high + once, low + once
        else:
            for x, part in zip((hour, hour + hours), passes.values(), strict=True):
                found = [number(part[0]["content_start"]), *(number(row["content_end"]) for row in part)]
                high.append((x, max(found)))
                low.append((x, min(found)))
        hour += hours
    return high, low
