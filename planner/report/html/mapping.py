"""What is on the map of the report: shapes in metres from its lower left corner, for the page's script and for the SVG.

The same courses, lanes, colours and widths as in ``planner.report.map``.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shapely import LineString, Point, box
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points

from planner.report.contents import with_contents
from planner.report.ground import ground_layers, names_of, partners
from planner.report.html.book import Book, num, word
from planner.report.lanes import along
from planner.report.legend import CORRIDOR, OCCUPIED, PLOT, RECEPTOR, ROAD, WATER, Stroke, strokes
from planner.report.map import extent_of, longest, placed_links
from planner.report.names import lines_of
from planner.report.numbers import amount
from planner.report.pipes import Pipework, pipework
from planner.report.runs import Track
from planner.report.schematic import order_of, ring
from planner.report.works import idle

#: Points on the width of the map, by which lanes and widths are told.
POINTS = 620.0
#: Shares of its line at which the number of a link may stand.
_AT = (0.5, 0.62, 0.38, 0.75, 0.25)
#: Fill or line, edge and name of what was there before.
_GROUND = {
    "crossings": (WATER, "#9CC4E0", "water"),
    "obstacles": (WATER, "#9CC4E0", "water"),
    "receptors": (RECEPTOR, "#C98F8F", "receptors"),
    "roads": ("", ROAD, "roads"),
    "corridors": ("", CORRIDOR, "corridors"),
}
Dots = list[list[tuple[float, float]]]


@dataclass(frozen=True)
class Feature:
    """A shape on the map.

    Attributes
    ----------
    layer
        Row of the legend that it belongs to.
    kind
        "area", "line", "point", "head" (of an arrow) or "badge" (a number on a link).
    dots
        Its lines or rings [m].
    told
        What a pointer on it shows.
    label
        Its name on the map.
    """

    layer: str
    kind: str
    dots: Dots
    colour: str = "#333333"
    fill: str = ""
    width: float = 1.0
    dash: str = ""
    told: str = ""
    label: str = ""


@dataclass(frozen=True)
class Layer:
    """A row of the legend."""

    key: str
    name: str
    kind: str
    colour: str
    fill: str = ""
    dash: str = ""
    width: float = 2.0


@dataclass(frozen=True)
class Mapped:
    """A map.

    Attributes
    ----------
    width, height
        Of what it shows [m].
    metric
        False for a diagram without coordinates.
    """

    width: float
    height: float
    features: tuple[Feature, ...]
    legend: tuple[Layer, ...]
    metric: bool = True


def mapped(book: Book) -> Mapped | None:
    """The map of a plan; a diagram on a ring for one without coordinates; None for one without tenants."""
    plots = book.plan.layers.get("plots")
    if plots is None or plots.empty:
        return _ring(book) if len(book.rows("siting")) or len(book.rows("exchanges")) else None
    left, low, right, top = extent_of(book.plan)
    metres = max(right - left, 1.0) / POINTS
    found = list(_Drawn(book, (left, low, right, top), metres).features())
    return Mapped(right - left, top - low, tuple(found), _legend(book, found))


class _Drawn:
    """Turns the layers of a plan into shapes."""

    def __init__(self, book: Book, extent: tuple[float, float, float, float], metres: float) -> None:
        self.book, self.metres = book, metres
        self.left, self.low = extent[0], extent[1]
        self.frame = box(*extent)
        self.links = with_contents(strokes(book.plan.exchanges), book.plan)
        self.work = pipework(book.plan, self.links, metres)

    def features(self) -> Iterator[Feature]:
        """All shapes, from the ground up."""
        for look, layers in ground_layers(self.book.plan, self.frame).items():
            fill, edge, name = _GROUND[look]
            for layer in layers:
                for shape in layer.geometry:
                    yield from self._ground(shape, name, fill, edge)
        yield from self._plots()
        if self.work is not None:
            yield from self._pipes(self.work)
        lane, placed = placed_links(self.book.plan, self.links, self.metres, self.work)
        for stroke, line, width in placed:
            told = f"{stroke.number}. {stroke.title}: {stroke.detail}"
            yield from self._line(line, stroke.title, (stroke.colour, stroke.dash, width), told)
        badges = [(stroke, line) for stroke, line, _ in placed] + list(self._own_pipes())
        yield from self._badges(badges)
        yield from self._partners({stroke.exchange: line for stroke, line, _ in placed})

    def _partners(self, lines: Mapping[str, LineString]) -> Iterator[Feature]:
        """Each partner at its point, or where its first link leaves the map, with the way that is left."""
        ends = [(row["exchange"], row["from_place"], row["to_place"]) for row in self.book.rows("exchanges")]
        for name, at in partners(self.book.plan).items():
            spot, label = at, name
            if not self.frame.contains(Point(at)):
                mine = (lines[one] for one, *places in ends if name in places and one in lines)
                seen = next((line for line in mine if line.intersects(self.frame)), None)
                if seen is None:
                    continue
                spot = nearest_points(seen.intersection(self.frame), Point(at))[0].coords[0]
                away = math.dist(spot, at) / 1000
                label = self.book.t("map.away", name=name, km=amount(round(away, 1)))
            said = self.book.t("map.partner", name=label)
            yield Feature("partner", "point", [[self._dot(spot)]], told=said, label=lines_of(label))

    def _dot(self, at: Sequence[float]) -> tuple[float, float]:
        return round(at[0] - self.left, 1), round(at[1] - self.low, 1)

    def _dots(self, shape: BaseGeometry) -> Dots:
        """Rings of an area, or a line."""
        lines = [shape.exterior, *shape.interiors] if shape.geom_type == "Polygon" else [shape]
        return [[self._dot(at) for at in line.coords] for line in lines]

    def _ground(self, shape: BaseGeometry | None, name: str, fill: str, edge: str) -> Iterator[Feature]:
        """What was there before, as far as it is on the map."""
        if shape is None or shape.is_empty:
            return
        seen = shape.intersection(self.frame).simplify(0.3 * self.metres)
        for part in getattr(seen, "geoms", [seen]):
            if part.geom_type == "Polygon" and not part.is_empty:
                yield Feature(name, "area", self._dots(part), edge, fill, told=self.book.t(f"map.layers.{name}"))
            elif part.geom_type == "LineString" and not part.is_empty:
                yield Feature(name, "line", self._dots(part), edge, "", 2.4, told=self.book.t(f"map.layers.{name}"))

    def _plots(self) -> Iterator[Feature]:
        """Plots with their tenants."""
        t, plots, without = self.book.t, self.book.plan.layers["plots"], idle(self.book.plan)
        tenants: dict[str, list[str]] = {}
        for row in self.book.rows("siting"):
            if row["unit"] not in without:
                tenants.setdefault(str(row["plot"]), []).append(str(row["unit"]))
        areas = dict(zip(names_of(plots), plots.get("area_ha", [None] * len(plots)), strict=True))
        for name, shape in zip(names_of(plots), plots.geometry, strict=True):
            there = tenants.get(name, [])
            size = "" if num(areas[name]) != num(areas[name]) else t("map.hectares", n=amount(areas[name]))
            told = t("map.plot" if there else "map.free_plot", plot=name, tenants=", ".join(there), size=size)
            layer, fill, label = ("plots", OCCUPIED, "\n".join(there)) if there else ("free", PLOT, name)
            label = lines_of(label)
            for part in getattr(shape, "geoms", [shape]):
                if part.geom_type == "Point":
                    yield Feature(
                        layer, "point", [[self._dot(part.coords[0])]], "#555555", fill, told=told, label=label
                    )
                elif not part.is_empty:
                    yield Feature(layer, "area", self._dots(part), "#555555", fill, 0.8, told=told, label=label)
                label = ""

    def _line(self, line: LineString, layer: str, look: tuple[str, Any, float], told: str) -> Iterator[Feature]:
        """A line, and the head of its arrow."""
        colour, dash, width = look
        seen = line if line.within(self.frame) else longest(line.intersection(self.frame))
        if seen is None:
            return
        line = seen
        yield Feature(layer, "line", self._dots(line), colour, "", width, _dashes(dash, width), told)
        size = (3.5 + 1.2 * width) * self.metres
        if line.length > 3 * size:
            yield self._head(line, 0.72, layer, colour, size)

    def _head(self, line: LineString, share: float, layer: str, colour: str, size: float) -> Feature:
        (x, y), (dx, dy) = along(line, share)
        corners = [(1.0, 0.0), (-1.0, 0.8), (-1.0, -0.8)]
        dots = [self._dot((x + size * (a * dx - b * dy), y + size * (a * dy + b * dx))) for a, b in corners]
        return Feature(layer, "head", [dots], colour, colour, 0.6)

    def _pipes(self, work: Pipework) -> Iterator[Feature]:
        """Pipes of mains and pipes in trenches, each in its lane."""
        for track in work.tracks:
            colour, dash = work.looks[track.run.resource]
            look = (colour, dash, work.width(track.run))
            shapes = list(self._line(track.line, track.run.resource, look, self._pipe(track)))
            yield from shapes if track.run.heading else shapes[:1]

    def _pipe(self, track: Track) -> str:
        """What is told of a pipe."""
        run, t = track.run, self.book.t
        parts = [f"{run.resource}: {run.carrier}" if run.resource not in run.carrier else run.carrier]
        if run.size:
            parts.append(f"{run.pipes} \u00d7 {run.size}" if run.pipes > 1 else run.size)
        parts.append(f"{amount(round(run.length_m))} m")
        if run.flow_per_yr == run.flow_per_yr:
            parts.append(f"{amount(run.flow_per_yr)} {run.unit}/{t('yr')}")
        if run.existing:
            parts.append(t("exchanges.existing"))
        return ", ".join(parts)

    def _own_pipes(self) -> Iterator[tuple[Stroke, LineString]]:
        """Exchanges with pipes of their own in trenches, each with its longest piece."""
        for stroke in self.links if self.work is not None else ():
            assert self.work is not None
            carriers = self.work.carriers.get(stroke.exchange, ())
            lines = [track.line for track in self.work.tracks if track.run.carrier in carriers]
            if lines:
                yield stroke, max(lines, key=lambda line: line.length)

    def _badges(self, links: Iterable[tuple[Stroke, LineString]]) -> Iterator[Feature]:
        """The number of each link where it is farthest from those written before."""
        taken: list[tuple[float, float]] = []
        for stroke, whole in links:
            line = whole if whole.within(self.frame) else longest(whole.intersection(self.frame))
            if line is None:
                continue
            spots = [along(line, share)[0] for share in _AT]
            far = [min((abs(x - a) + abs(y - b) for a, b in taken), default=1e12) for x, y in spots]
            at = next((s for s, d in zip(spots, far, strict=True) if d > 22 * self.metres), spots[far.index(max(far))])
            taken.append(at)
            told = f"{stroke.number}. {stroke.title}: {stroke.detail}"
            yield Feature(stroke.title, "badge", [[self._dot(at)]], stroke.colour, told=told, label=str(stroke.number))


def _dashes(dash: Any, width: float) -> str:
    """Dashes of matplotlib as those of SVG, in points."""
    return "" if isinstance(dash, str) else " ".join(f"{part * width:.1f}" for part in dash[1])


def _legend(book: Book, features: Sequence[Feature]) -> tuple[Layer, ...]:
    """A row for each layer that has a shape: the ground, then what flows."""
    t, rows = book.t, dict[str, Layer]()
    named = {"plots", "free", "partner", *(name for *_, name in _GROUND.values())}
    for one in features:
        if one.kind in ("head", "badge") or one.layer in rows:
            continue
        name = t(f"map.layers.{one.layer}") if one.layer in named else one.layer
        rows[one.layer] = Layer(one.layer, name, one.kind, one.colour, one.fill, one.dash, one.width)
    order = sorted(rows, key=lambda key: key not in named)
    return tuple(rows[key] for key in order)


def _ring(book: Book) -> Mapped:
    """Everybody on a ring, with lines for what flows: positions mean nothing."""
    plan, without = book.plan, idle(book.plan)
    links = strokes(plan.exchanges)
    ends = {row["exchange"]: (word(row["from"]), word(row["to"])) for row in book.rows("exchanges")}
    places = {str(r["unit"]): word(r["plot"]) for r in book.rows("siting") if r["unit"] not in without}
    spots = {
        name: (500.0 + 380.0 * x, 450.0 + 350.0 * y)
        for name, (x, y) in ring(order_of([ends[s.exchange] for s in links], list(places))).items()
    }
    found = []
    for stroke in links:
        (x0, y0), (x1, y1) = (spots[name] for name in ends[stroke.exchange])
        bend = 0.1 + 0.07 * (stroke.number % 3)
        mid = ((x0 + x1) / 2 + bend * (y1 - y0), (y0 + y1) / 2 - bend * (x1 - x0))
        course = LineString([_curve((x0, y0), mid, (x1, y1), n / 12) for n in range(13)])
        told = f"{stroke.number}. {stroke.title}: {stroke.detail}"
        dots = [[(round(x, 1), round(y, 1)) for x, y in course.coords]]
        found.append(
            Feature(stroke.title, "line", dots, stroke.colour, "", stroke.width, _dashes(stroke.dash, 2), told)
        )
        at = course.interpolate(0.5, normalized=True)
        found.append(
            Feature(stroke.title, "badge", [[(at.x, at.y)]], stroke.colour, told=told, label=str(stroke.number))
        )
    for name, at in spots.items():
        layer = "plots" if name in places else "partner"
        told = f"{name}, {places[name]}" if name in places else book.t("map.partner", name=name)
        fill = OCCUPIED if name in places else ""
        found.append(Feature(layer, "point", [[at]], "#333333", fill, told=told, label=lines_of(name)))
    return Mapped(1000.0, 900.0, tuple(found), _legend(book, found), metric=False)


def _curve(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float], s: float) -> tuple[float, float]:
    """A point on a quadratic curve."""
    parts = ((1 - s) ** 2, 2 * s * (1 - s), s**2)
    return sum(p * q[0] for p, q in zip(parts, (a, b, c), strict=True)), sum(
        p * q[1] for p, q in zip(parts, (a, b, c), strict=True)
    )
