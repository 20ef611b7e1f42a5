"""Colours, and the key beside a map or a diagram."""

import textwrap
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from planner.report.names import isolated
from planner.report.numbers import amount

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Okabe and Ito's palette for all kinds of colour vision, without the yellow and sky blue that vanish on the ground.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#7F3C8D", "#8C564B")
#: Of these, the ones on which black letters are read better than white ones.
_LIGHT = ("#E69F00", "#CC79A7")
DASHES = ("solid", (0, (5, 1.5)), (0, (1.5, 1.2)))

PLOT, OCCUPIED, WATER, RECEPTOR = "#FFFFFF", "#FBF3DA", "#CFE5F5", "#F3D3D3"
CORRIDOR, ROAD = "#B8B8B8", "#CDB98F"
TRENCH, TRENCH_EDGE = "#ECE7DC", "#9A9184"


@dataclass(frozen=True)
class Stroke:
    """How a link is drawn.

    Attributes
    ----------
    number
        Its number in the key.
    brief
        Who gives how much to whom.
    width
        In points; more for more flow.
    """

    exchange: str
    number: int
    colour: str
    dash: Any
    width: float
    title: str
    detail: str
    brief: str = ""


def strokes(exchanges: pd.DataFrame) -> list[Stroke]:
    """Return how each exchange between two sites is drawn: colour by resource, width by the rank of its flow."""
    if exchanges.empty:
        return []
    between = exchanges[~exchanges["own"].fillna(False).astype(bool)].drop_duplicates("exchange")
    looks = looks_of(exchanges)
    flows = exchanges.groupby("exchange")["flow_per_yr"].sum()
    rank = flows.reindex(between["exchange"]).groupby(between["unit"].to_numpy()).rank(method="dense", pct=True)
    made = []
    for number, (row, share) in enumerate(zip(between.to_dict("records"), rank, strict=True), start=1):
        colour, dash = looks[str(row["resource"])]
        made.append(
            Stroke(
                exchange=row["exchange"],
                number=number,
                colour=colour,
                dash=dash,
                width=1.4 + 2.2 * float(share),
                title=str(row["resource"]),
                detail=_detail(row, float(flows[row["exchange"]])),
                brief=", ".join(_ends(row, float(flows[row["exchange"]]))),
            )
        )
    return made


def looks_of(exchanges: pd.DataFrame) -> dict[str, tuple[str, Any]]:
    """Return the colour and the dashes of every resource that moves between two sites."""
    between = exchanges[~exchanges["own"].fillna(False).astype(bool)].drop_duplicates("exchange")
    # the resources with most links get the colours without dashes
    counts = between["resource"].astype(str).value_counts()
    ordered = sorted(counts.index, key=lambda name: (-counts[name], name))
    return {
        name: (PALETTE[i % len(PALETTE)], DASHES[i // len(PALETTE) % len(DASHES)]) for i, name in enumerate(ordered)
    }


def _detail(row: Mapping[Hashable, Any], flow: float) -> str:
    parts = _ends(row, flow)
    carrier = " ".join(str(row[key]) for key in ("link", "size") if isinstance(row[key], str) and row[key])
    if carrier:
        parts.append(carrier)
    if pd.notna(row["length_km"]):
        parts.append(f"{row['length_km']:.3g} km")
    if row.get("from_place") == row.get("to_place") and isinstance(row.get("from_place"), str):
        parts.append("within one plot, not drawn")
    return ", ".join(parts)


def _ends(row: Mapping[Hashable, Any], flow: float) -> list[str]:
    return [f"{isolated(str(row['from']))} \u2192 {isolated(str(row['to']))}", f"{amount(flow)} {row['unit']}/yr"]


@dataclass(frozen=True)
class Entry:
    """A row of the key: a sample on the left, a title and a smaller text below it.

    Attributes
    ----------
    title
        May be empty; then the smaller text stands alone.
    hollow
        Whether its line has a light core.
    ring
        Colour of a number that stands without a line.
    """

    title: str
    detail: str = ""
    number: int | None = None
    line: tuple[str, Any, float] | None = None
    fill: str | None = None
    marker: str | None = None
    hollow: bool = False
    ring: str | None = None


def entries(drawn: Sequence[Stroke]) -> list[Entry]:
    """Return the rows of the key for links."""
    return [Entry(s.title, s.detail, number=s.number, line=(s.colour, s.dash, s.width)) for s in drawn]


def write_key(axes: "Axes", rows: Sequence[Entry], columns: int, size: tuple[float, float]) -> None:
    """Write the key into axes of the given size in points; what does not fit is said so.

    The letters shrink a little before rows are left out.
    """
    axes.set_axis_off()
    width, height = size
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    column = width / columns
    laid = _lay(rows, column, height, columns, font=8.0)
    font = next((f for f in (8.0, 7.2, 6.5) if _lay(rows, column, height, columns, f)[1] == 0), 6.5)
    laid = _lay(rows, column, height, columns, font)
    for entry, lines, x, y in laid[0]:
        _sample(axes, entry, x, y + font * 0.7)
        _texts(axes, entry, lines, (x + 34, y), font)
    if laid[1]:
        more = f"and {laid[1]} more, see tables/exchanges.csv"
        axes.text(width, height, more, fontsize=font, ha="right", va="bottom", style="italic")


def _lay(
    rows: Sequence[Entry], column: float, height: float, columns: int, font: float
) -> tuple[list[tuple[Entry, list[str], float, float]], int]:
    """Rows with their wrapped detail and position, and how many did not fit."""
    letters = max(10, int((column - 42) / (font * 0.47)))
    x, y, used = 0.0, 0.0, 1
    laid: list[tuple[Entry, list[str], float, float]] = []
    for i, entry in enumerate(rows):
        lines = textwrap.wrap(entry.detail, letters) if entry.detail else []
        needs = font * 1.35 * bool(entry.title) + len(lines) * (font - 0.8) * 1.3 + font * 0.5
        if y + needs > height - font and y > 0:
            if used == columns:
                return laid, len(rows) - i
            x, y, used = x + column, 0.0, used + 1
        laid.append((entry, lines, x, y))
        y += needs
    return laid, 0


def _sample(axes: "Axes", entry: Entry, x: float, y: float) -> None:
    if entry.line:
        colour, dash, width = entry.line
        axes.plot([x + 2, x + 26], [y, y], color=colour, linestyle=dash, linewidth=width, solid_capstyle="butt")
        if entry.hollow:
            axes.plot([x + 2, x + 26], [y, y], color="white", linewidth=0.42 * width, solid_capstyle="butt")
    if entry.fill:
        look = {"facecolor": entry.fill, "edgecolor": "#555555", "linewidth": 0.6}
        axes.fill([x + 4, x + 24, x + 24, x + 4], [y - 4, y - 4, y + 4, y + 4], **look)
    if entry.marker:
        axes.plot([x + 14], [y], marker=entry.marker, color="#333333", markersize=5, linestyle="none")
    if entry.number is not None and entry.line:
        badge(axes, (x + 14, y), entry.number, entry.line[0])
    if entry.number is not None and entry.ring:
        badge(axes, (x + 14, y), entry.number, entry.ring)


def badge(axes: "Axes", at: tuple[float, float], number: int, colour: str) -> Any:
    """Write the number of a link on it; returns the text."""
    style = {"boxstyle": "circle,pad=0.18", "facecolor": "white", "edgecolor": colour, "linewidth": 0.9}
    return axes.text(*at, str(number), fontsize=5.5, ha="center", va="center", bbox=style, zorder=9)


def number_box(axes: "Axes", at: tuple[float, float], numbers: Sequence[int], colour: str, *, filled: bool) -> Any:
    """Write numbers of exchanges in one box, filled or open; returns the text."""
    rows = [", ".join(map(str, numbers[i : i + 5])) for i in range(0, len(numbers), 5)]
    style = {"boxstyle": "round,pad=0.22", "facecolor": colour if filled else "white", "edgecolor": colour}
    ink = "white" if filled and colour not in _LIGHT else "black"
    return axes.text(
        *at,
        "\n".join(rows),
        fontsize=5.5,
        color=ink,
        ha="center",
        va="center",
        bbox=style | {"linewidth": 0.9},
        zorder=9,
    )


def _texts(axes: "Axes", entry: Entry, lines: list[str], at: tuple[float, float], font: float) -> None:
    x, y = at
    axes.text(x, y, entry.title, fontsize=font, va="top", weight="bold" if lines else "normal", parse_math=False)
    for i, line in enumerate(lines):
        below = y + font * 1.35 * bool(entry.title) + i * (font - 0.8) * 1.3
        axes.text(x, below, line, fontsize=font - 0.8, va="top", color="#333333", parse_math=False)
