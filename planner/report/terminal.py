"""The plain summary of a plan: what it saves, what was built, what it rests on."""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from planner.report.heat import heat_rows
from planner.report.law import barred_rows, permit_rows
from planner.report.money import (
    BANK,
    FIRMS,
    bank_rows,
    counted_years,
    firm_rows,
    money_warnings,
    two_paybacks,
)
from planner.report.numbers import amount, in_words, percent
from planner.report.periods import period_rows
from planner.report.stores import store_rows
from planner.report.water import LAXER, limit_rows, water_rows
from planner.report.works import hydraulic_verdict, idle, main_rows, shares, trench_rows
from planner.results.plan import Plan

if TYPE_CHECKING:
    import pandas as pd

TITLES: Mapping[str, str] = {
    "total_annual_cost": "total annual cost",
    "co2e": "CO2e",
    "waste": "waste discharged",
    "waste_reused": "waste reused",
    "fresh_water": "fresh water",
    "power_bought": "power bought",
    "heat_supplied": "heat made or bought",
    "share_within_park": "share sourced within the park",
    "investment": "investment",
    "investment_low": "investment, low end",
    "investment_high": "investment, high end",
    "payback_yr": "simple payback of the park",
}
#: More of these is no failure: they have no reduction.
_GAINS = ("waste_reused", "investment", "investment_low", "investment_high", "payback_yr")
_SHARES = "share_within_park"
_GOAL_UNITS: Mapping[str, str] = {
    "cost": "{currency}/yr",
    "co2": "tCO2e/yr",
    "waste": "t/yr",
    "water": "m3/yr",
}
#: Differences below this share of the figures say nothing: plan and baseline are each proven to 1e-6.
NOISE = 2e-6
#: The same of what such a difference in cost may have moved, where the cost itself is unchanged.
MOVED = 1e-4
_GOALS: Mapping[str, str] = {"cost": "cost", "co2": "CO2e", "waste": "waste", "water": "fresh water"}


@dataclass(frozen=True)
class Table:
    """A table of a summary; columns in ``right`` hold numbers."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Summary:
    """What is said of a plan, before it is laid out for a file or a terminal."""

    title: str
    status: str
    headlines: tuple[str, ...]
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()
    files: tuple[str, ...] = field(default_factory=tuple)
    warning: str | None = None


def summary_of(plan: Plan, out: Path | None = None) -> Summary:
    """Return the summary of a plan; ``out`` is where its files are, if they have been written."""
    if not plan.audit.get("passed"):
        return _rejected(plan)
    warnings = list[str]()
    headlines = list(_headlines(plan))
    if (checked := hydraulic_verdict(plan)) is not None:
        (headlines if checked[1] else warnings).append(checked[0])
    moved = (_built(plan), _stores(plan), _periods(plan), _mains(plan), _trenches(plan))
    tables = (_indicators(plan), *moved, *_of_quality(plan), _heat(plan))
    tables = (*tables, *_money(plan), _siting(plan))
    return Summary(
        title=f"{plan.header['case']['name']}: plan for least {_GOALS[plan.header['objective']]}",
        status=status(plan.header["solver"]),
        headlines=tuple(headlines),
        tables=tuple(table for table in tables if table.rows),
        notes=(*money_warnings(plan), *_remarks(plan), *(str(note) for note in plan.header.get("notes", ()))),
        files=_written(plan, out) if out else (),
        warning="\n".join(warnings) or None,
    )


def _rejected(plan: Plan) -> Summary:
    """What is said of a plan that failed its audit: that, and which checks; no figure of it."""
    failed = [f"  {check['check']}: {check['detail']}" for check in plan.audit.get("checks", ()) if not check["passed"]]
    return Summary(
        title=f"REJECTED: {plan.header['case']['name']}",
        status="the figures of this plan are wrong; none is shown",
        headlines=(),
        tables=(),
        warning="\n".join(["THIS PLAN FAILED ITS AUDIT and must not be used:", *failed]),
    )


def status(solver: Mapping[str, Any]) -> str:
    """Say how far the solve came, never more than was proven."""
    gap = 100 * float(solver["gap"]) if solver.get("gap") is not None else math.inf
    took = f", {amount(solver['seconds'])} s" if solver.get("seconds") is not None else ""
    stopped = " (interrupted: the best plan so far)" if solver.get("interrupted") else ""
    if solver["status"] == "optimal":
        return f"proven optimal{took}"
    if not math.isfinite(gap):
        return f"feasible, how far from the best is not known{took}{stopped}"
    return f"feasible, at most {gap:.3g} % from the best possible{took}{stopped}"


def _headlines(plan: Plan) -> tuple[str, ...]:
    """Cost, CO2e, and whichever of waste and fresh water the plan changes more."""
    rows, noise = {row["indicator"]: row for row in plan.indicators.to_dict("records")}, _noise(plan)
    names = [name for name in ("total_annual_cost", "co2e") if name in rows]
    others = [name for name in ("waste", "fresh_water") if name in rows]
    names += sorted(others, key=lambda name: -abs(_number(rows[name]["reduction_pct"])))[:1]
    return tuple(_headline(rows[name], noise) for name in names)


def _number(value: Any) -> float:
    return 0.0 if _unknown(value) else float(value)


def _unknown(value: Any) -> bool:
    return value is None or math.isnan(float(value))


def _headline(row: Mapping[Hashable, Any], noise: float) -> str:
    change = _saved(row, noise)
    name, unit = TITLES[row["indicator"]], row["unit"]
    if not change:
        return f"{name}: unchanged at {in_words(row['plan'])} {unit}"
    share = f" ({abs(row['reduction_pct']):.1f} %)" if _number(row["reduction_pct"]) else ""
    return f"{name}: {in_words(abs(change))} {unit} {'less' if change > 0 else 'MORE'}{share} than in the baseline"


def _noise(plan: Plan) -> float:
    """Share of an indicator that is rounding: more where the plan costs what the baseline does.

    Of plans of one cost, to a millionth, the baseline is the one with least CO2e; what that moves need be no millionth.
    """
    rows = plan.indicators.to_dict("records")
    cost = next((row for row in rows if row["indicator"] == "total_annual_cost"), None)
    if plan.header["objective"] != "cost" or cost is None or _unknown(cost["reduction"]):
        return NOISE
    return NOISE if _saved(cost, NOISE) else MOVED


def _saved(row: Mapping[Hashable, Any], noise: float) -> float:
    """Reduction of an indicator; 0 where baseline and plan differ by rounding alone."""
    change = _number(row["reduction"])
    size = max(abs(_number(row["baseline"])), abs(_number(row["plan"])))
    return 0.0 if abs(change) <= max(noise * size, 1e-9) else change


def _indicators(plan: Plan) -> Table:
    rows, noise = [], _noise(plan)
    found = {row["indicator"]: row for row in plan.indicators.to_dict("records")}
    for row in (found[name] for name in TITLES if name in found):
        if not any(_number(row[key]) for key in ("baseline", "plan")) or _unknown(row["plan"]):
            continue
        figures = tuple(amount(row[key]) for key in ("baseline", "plan"))
        unit = str(row["unit"])
        if unit == "1":
            unit, figures = "%", tuple(amount(100 * _number(row[key])) for key in ("baseline", "plan"))
        saved = ("", "") if is_gain(row["indicator"]) else _reduction(row, noise)
        known = tuple(_share(row.get(key)) for key in ("weak_share", "ungraded_share"))
        rows.append((TITLES[row["indicator"]], unit, *figures, *saved, *known))
    header = ("", "unit", "baseline", "plan", "reduction", "", "weak data", "ungraded")
    return Table("Baseline and plan", header, tuple(rows), frozenset({2, 3, 4, 5, 6, 7}))


def is_gain(indicator: str) -> bool:
    """Whether more of an indicator is no failure, so that it has no reduction: what is invested, or met in the park."""
    return indicator in _GAINS or indicator.startswith(_SHARES)


def _reduction(row: Mapping[Hashable, Any], noise: float) -> tuple[str, str]:
    saved = _saved(row, noise)
    known = not _unknown(row["reduction"]) and not saved
    return ("0" if known else amount(row["reduction"])), percent(row["reduction_pct"])


def _share(value: Any) -> str:
    return "-" if _unknown(value) else percent(100 * float(value))


def _built(plan: Plan) -> Table:
    money, without = plan.header["currency"], idle(plan)
    rows = [
        (
            str(row["exchange"]),
            " ".join(str(row[key]) for key in ("link", "size") if isinstance(row[key], str) and row[key]) or "on site",
            amount(row["length_km"]),
            f"{amount(row['flow_per_yr'])} {row['unit']}/yr",
            in_words(row["capex"]),
            amount(row["payback_yr"]),
        )
        for row in plan.exchanges.to_dict("records")
    ]
    rows += [
        (
            str(row["facility"]),
            f"{row['scope']} facility" if row["scope"] == "shared" else "own measure",
            "",
            f"{amount(row['activity_per_yr'])} {row['unit']}/yr",
            in_words(row["capex"]),
            "",
        )
        for row in plan.tables["facilities"].to_dict("records")
        if row["facility"] not in without
    ]
    header = ("exchange or facility", "link", "km", "flow", f"capex {money}", "payback yr")
    return Table("What is built", header, tuple(rows), frozenset({2, 3, 4, 5}))


def _periods(plan: Plan) -> Table:
    periods, rows = period_rows(plan)
    header = ("amount in each period, over the year", "unit", *periods)
    return Table("Periods", header, rows, frozenset(range(2, 2 + len(periods))))


def _stores(plan: Plan) -> Table:
    header = ("store", "content", "charged", "drawn", "lost", "cycles a year")
    return Table("Stores", header, store_rows(plan), frozenset({1, 2, 3, 4, 5}))


def _mains(plan: Plan) -> Table:
    header = ("main", "resource", "km", "sizes", "exchanges", f"capex {plan.header['currency']}")
    return Table("Mains", header, main_rows(plan), frozenset({2, 4, 5}))


def _trenches(plan: Plan) -> Table:
    header = ("trenches", "km", "km of pipe", "km shared", "most pipes", f"capex {plan.header['currency']}")
    return Table("Trenches", header, trench_rows(plan), frozenset({1, 2, 3, 4, 5}))


def _of_quality(plan: Plan) -> tuple[Table, ...]:
    """Water, limits that bind, permits and what is barred; without rows where the case speaks of none of it."""
    limits, barred = limit_rows(plan), barred_rows(plan)
    asked = any(row[-1] not in ("-", "") for row in limits)
    money = plan.header["currency"]
    unit = _GOAL_UNITS[plan.header["objective"]].format(currency=money)
    law = ("exchange", "verdict", "why", f"cost {money}", f"as capital {money}/yr", "delay yr")
    head = ("limit that binds", "quality", "unit", "limit", "found", *((LAXER.format(unit=unit),) if asked else ()))
    return (
        Table("Water of the park", ("", "unit", "baseline", "plan"), water_rows(plan), frozenset({2, 3})),
        Table("Limits of quality that bind", head, tuple(row[: len(head)] for row in limits), frozenset({3, 4, 5})),
        Table("What the law asks", law, permit_rows(plan), frozenset({3, 4, 5})),
        Table("Exchanges that are barred", ("exchange", "quality", "why"), barred),
    )


def _heat(plan: Plan) -> Table:
    return Table(
        "Process heat of the plants, exergy of the park",
        ("", "unit", "baseline", "plan"),
        heat_rows(plan),
        frozenset({2, 3}),
    )


def _money(plan: Plan) -> tuple[Table, ...]:
    """Who gains, and what the plan is worth if something turns out otherwise."""
    currency = plan.header["currency"]
    return (
        Table(f"Money by firm, {currency}{counted_years(plan)}", FIRMS, firm_rows(plan), frozenset({1, 2, 3, 4, 5})),
        Table(f"What the plan rests on, {currency}", BANK, bank_rows(plan), frozenset({1, 2, 3, 4})),
    )


def _remarks(plan: Plan) -> tuple[str, ...]:
    """What a reader would misread in the tables above."""
    said = []
    built = set(plan.tables["facilities"]["facility"]) - idle(plan)
    if any(built & {row["from"], row["to"]} for row in plan.exchanges.to_dict("records")):
        said.append(
            "the payback of an exchange counts its link, connections and share of mains and trenches, not the facility "
            "at its end"
        )
    if two_paybacks(plan):
        said.append(
            "simple payback of the park: investment over the gain of a full year; paybacks in money by firm and below "
            "count from the first investment, with delay, ramp-up, grants and tax as the case states them"
        )
    if len(plan.tables["periods"]):
        said.append("each period has its own flows, prices and peaks: all of them are in tables/flows_by_period.csv")
    if any(shares(plan)):
        said.append(
            "the capex of an exchange is its own; its share of mains and trenches is shared_capex in "
            "tables/exchanges.csv, who uses what is in tables/trench_shares.csv"
        )
    return tuple(said)


def _siting(plan: Plan) -> Table:
    without = idle(plan)
    rows = tuple(
        (str(row["unit"]), str(row["kind"]), str(row["plot"]), amount(row["land_taken_ha"]))
        for row in plan.siting.to_dict("records")
        if row["unit"] not in without
    )
    return Table("Siting", ("unit", "kind", "plot", "ha taken"), rows, frozenset({3}))


def _written(plan: Plan, out: Path) -> tuple[str, ...]:
    words = {
        "report.html": "report, one page to read, print and pass on",
        "summary.txt": "this text",
        "results.json": "every figure, for programs",
        "results.xlsx": "workbook with live totals and a live cash flow",
        "tables": "the same as CSV",
        "park.gpkg": "layers for a GIS",
        "map.png": "map, also map.svg",
        "heat": "heat by source and season; composite, grand composite and total site curves of process heat",
        "stores": "contents of stores through the year",
        "case": "the case as it was solved",
    }
    return tuple(f"{out / name}  {meaning}" for name, meaning in words.items() if (out / name).exists())


def plain(summary: Summary) -> str:
    """Lay a summary out as text."""
    parts = [summary.title, summary.status]
    if summary.warning:
        parts.append(summary.warning)
    parts += ["", *(f"  {line}" for line in summary.headlines)]
    for table in summary.tables:
        parts += ["", table.title, *_columns(table)]
    for title, lines in (("Notes and assumptions", summary.notes), ("Files", summary.files)):
        if lines:
            parts += ["", title, *(f"  {line}" for line in lines)]
    return "\n".join(parts) + "\n"


def _columns(table: Table) -> list[str]:
    lines: Sequence[tuple[str, ...]] = (table.header, *table.rows)
    widths = [max(len(line[i]) for line in lines) for i in range(len(table.header))]

    def one(line: tuple[str, ...]) -> str:
        cells = [
            cell.rjust(width) if i in table.right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        return ("  " + "  ".join(cells)).rstrip()

    return [one(table.header), "  " + "  ".join("-" * width for width in widths), *(one(row) for row in table.rows)]


def show(summary: Summary, stream: IO[str]) -> None:
    """Print a summary: tables on a terminal, text in a pipe; no colour where ``NO_COLOR`` is set."""
    if not stream.isatty():
        stream.write(plain(summary))
        return
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

    console = Console(file=stream, highlight=False)
    console.print(Text(summary.title, style="bold"))
    console.print(Text(summary.status, style="green" if summary.status.startswith("proven") else "yellow"))
    if summary.warning:
        console.print(Text(summary.warning, style="bold red"))
    for line in summary.headlines:
        console.print(Text(f"  {line}", style="bold"))
    for table in summary.tables:
        grid = Grid(title=table.title, title_justify="left", title_style="bold", box=None, padding=(0, 1))
        for i, name in enumerate(table.header):
            grid.add_column(Text(name, style="dim"), justify="right" if i in table.right else "left")
        for row in table.rows:
            grid.add_row(*(Text(cell) for cell in row))
        console.print()
        console.print(grid)
    for title, lines in (("Notes and assumptions", summary.notes), ("Files", summary.files)):
        if lines:
            console.print(Text(f"\n{title}", style="bold"))
            for line in lines:
                console.print(Text(f"  {line}"))


def side_by_side(table: "pd.DataFrame", title: str, stream: IO[str]) -> None:
    """Print a table of any columns, such as a comparison of runs; columns that hold numbers to the right."""
    cells = [[_cell(value) for value in row] for row in table.itertuples(index=False, name=None)]
    numbers = frozenset(
        i for i in range(len(table.columns)) if any(right for row in cells for _, right in row[i : i + 1])
    )
    rows = tuple(tuple(text for text, _ in row) for row in cells)
    stream.write("\n".join([title, *_columns(Table(title, tuple(map(str, table.columns)), rows, numbers))]) + "\n")


def _cell(value: Any) -> tuple[str, bool]:
    """Text of a cell, and whether it is a number."""
    if value is None or value != value:
        return "-", False
    if isinstance(value, int | float) and not isinstance(value, bool):
        return amount(value), True
    return str(value), False
