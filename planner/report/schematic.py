"""The network of a plan without coordinates: everybody on a ring, and arrows for what flows."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from planner.report.contents import at_limit, limit_entry, marked
from planner.report.legend import OCCUPIED, PLOT, Entry, Stroke, badge, entries, write_key
from planner.report.names import lines_of
from planner.results.plan import Plan

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SIDE = 7.2  # inches


def draw_schematic(plan: Plan, drawn: Sequence[Stroke], title: str) -> "Figure":
    """Return a diagram of who gives what to whom; positions mean nothing and the page says so."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    width, height = _SIDE + 3.3 + 0.75, _SIDE + 0.8
    figure = Figure(figsize=(width, height), facecolor="white")
    FigureCanvasAgg(figure)
    figure.text(0.25 / width, 1 - 0.36 / height, title, fontsize=12, weight="bold", parse_math=False)
    axes = figure.add_axes((0.25 / width, 0.25 / height, _SIDE / width, _SIDE / height))
    key = figure.add_axes(((_SIDE + 0.5) / width, 0.25 / height, 3.3 / width, _SIDE / height))
    axes.set_axis_off()
    axes.set_xlim(-1.45, 1.45)
    axes.set_ylim(-1.45, 1.45)
    ends = {row["exchange"]: (str(row["from"]), str(row["to"])) for row in plan.exchanges.to_dict("records")}
    places = dict(zip(plan.siting["unit"].astype(str), plan.siting["plot"].astype(str), strict=True))
    spots = ring(order_of([ends[s.exchange] for s in drawn], list(places)))
    for stroke in drawn:
        _arrow(axes, spots[ends[stroke.exchange][0]], spots[ends[stroke.exchange][1]], stroke)
    binding = at_limit(plan)
    for name, at in spots.items():
        _site(axes, places.get(name), at, marked(name, binding))
    axes.text(-1.43, -1.43, "diagram: the case has no coordinates, positions mean nothing", fontsize=7, color="#666666")
    rows = [Entry("plant or facility on its plot", fill=OCCUPIED)]
    if set(spots) - set(places):
        rows.append(Entry("partner outside the park", fill=PLOT))
    write_key(key, entries(drawn) + rows + limit_entry(plan), 1, (72 * 3.3, 72 * _SIDE))
    return figure


def order_of(pairs: Sequence[tuple[str, str]], others: Sequence[str]) -> list[str]:
    """Everybody, partners in an exchange next to each other where a walk along the exchanges allows."""
    beside: dict[str, list[str]] = {}
    for a, b in pairs:
        beside.setdefault(a, []).append(b)
        beside.setdefault(b, []).append(a)
    order: list[str] = []
    for start in sorted(beside, key=lambda name: len(beside[name])):
        waiting = [start]
        while waiting:
            name = waiting.pop()
            if name not in order:
                order.append(name)
                waiting.extend(n for n in beside[name] if n not in order)
    return order + [name for name in others if name not in order]


def ring(names: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Everybody at a place on a ring of radius 1, clockwise from the top."""
    turn = 2 * math.pi / max(len(names), 1)
    return {name: (math.sin(i * turn), math.cos(i * turn)) for i, name in enumerate(names)}


def _arrow(axes: "Axes", start: tuple[float, float], end: tuple[float, float], stroke: Stroke) -> None:
    from matplotlib.patches import FancyArrowPatch

    bend = 0.12 + 0.09 * (stroke.number % 3)  # parallel exchanges of one pair bend differently
    style = f"arc3,rad={bend}"
    look = {"color": stroke.colour, "linestyle": stroke.dash, "linewidth": stroke.width, "zorder": 3}
    look |= {"connectionstyle": style, "arrowstyle": "-|>", "mutation_scale": 14, "shrinkA": 26, "shrinkB": 26}
    axes.add_patch(FancyArrowPatch(start, end, **look))
    dx, dy = end[0] - start[0], end[1] - start[1]
    # arc3 is a quadratic curve whose control point lies bend times the chord to the side; its middle is half way there
    at = ((start[0] + end[0]) / 2 + bend * dy / 2, (start[1] + end[1]) / 2 - bend * dx / 2)
    badge(axes, at, stroke.number, stroke.colour)


def _site(axes: "Axes", plot: str | None, at: tuple[float, float], said: str) -> None:
    look = {
        "boxstyle": "round,pad=0.45",
        "facecolor": OCCUPIED if plot else PLOT,
        "edgecolor": "#555555",
        "linewidth": 0.8,
    }
    words = lines_of(f"{said}\n{plot}" if plot else said)
    axes.text(*at, words, ha="center", va="center", fontsize=8, weight="bold", bbox=look, zorder=5, parse_math=False)
