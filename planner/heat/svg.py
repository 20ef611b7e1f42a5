"""A diagram of curves as SVG text: axes with round numbers, lines, fills, marks and words."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from planner.report.numbers import amount

Point = tuple[float, float]

WIDTH, HEIGHT = 760, 520
LEFT, RIGHT, TOP, BOTTOM = 74, 24, 56, 62
AXIS, GRID, WORDS, FAINT = "#555555", "#E6E6E6", "#222222", "#666666"
FONT = "DejaVu Sans, Verdana, sans-serif"
#: Room around a word on the diagram, and width of a letter at size 1.
PAD, LETTER = 4.0, 0.58


def steps(low: float, high: float, wanted: int = 7) -> list[float]:
    """Round numbers from at or below the low to at or above the high end."""
    if high - low <= 1e-9 * max(1.0, abs(high)):
        low, high = low - max(1.0, abs(low) / 10), high + max(1.0, abs(high) / 10)
    raw = (high - low) / wanted
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(size * f for f in (1, 2, 2.5, 5, 10) if size * f >= raw * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [k * step for k in range(first, last + 1)]


@dataclass
class Diagram:
    """A diagram with a heat axis across and a temperature axis up.

    Attributes
    ----------
    title, across, up
        Words over it and at its axes, with units.
    xs, ys
        Marks of the axes; their ends are those of the diagram.
    mirrored
        Numbers across are written without their sign.
    """

    title: str
    across: str
    up: str
    xs: Sequence[float]
    ys: Sequence[float]
    mirrored: bool = False
    under: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    key: list[tuple[str, str, str]] = field(default_factory=list)
    taken: list[tuple[float, float, float, float]] = field(default_factory=list)

    def at(self, x: float, y: float) -> Point:
        """Place on the page of a point of the diagram."""
        across = (x - self.xs[0]) / (self.xs[-1] - self.xs[0])
        up = (y - self.ys[0]) / (self.ys[-1] - self.ys[0])
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)

    def line(self, points: Iterable[Point], colour: str, name: str = "", *, width: float = 2.4, dash: str = "") -> None:
        """Draw a line through points; with a name it stands in the key."""
        places = [self.at(*point) for point in points]
        self._avoid(places)
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.body.append(
            f'<polyline points="{_path(places)}" fill="none" stroke="{colour}" stroke-width="{width:g}"'
            f' stroke-linejoin="round"{dashed}/>'
        )
        if name:
            self.key.append((name, colour, dash))

    def fill(self, points: Iterable[Point], colour: str) -> None:
        """Fill an area below all lines."""
        places = _path(self.at(*point) for point in points)
        self.under.append(f'<polygon points="{places}" fill="{colour}" stroke="none"/>')

    def dot(self, point: Point, colour: str = WORDS) -> None:
        """Mark a point."""
        x, y = self.at(*point)
        self.body.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{colour}" stroke="white" stroke-width="1.2"/>'
        )

    def span(self, start: float, end: float, y: float, words: str, colour: str) -> None:
        """Draw an arrow with two heads along a heat, with its words."""
        (x0, place), (x1, _) = self.at(start, y), self.at(end, y)
        self.body.append(
            f'<line x1="{x0:.1f}" y1="{place:.1f}" x2="{x1:.1f}" y2="{place:.1f}" stroke="{colour}"'
            ' stroke-width="1.4"/>'
        )
        half = min(7.0, abs(x1 - x0) / 2)
        for x, inwards in ((x0, half), (x1, -half)):
            head = [(x, place), (x + inwards, place - 3.5), (x + inwards, place + 3.5)]
            self.body.append(f'<polygon points="{_path(head)}" fill="{colour}"/>')
        self._avoid([(x0, place), (x1, place)])
        self.say(((start + end) / 2, y), words, colour)

    def say(self, point: Point, words: str, colour: str = WORDS, size: int = 12) -> None:
        """Write words beside a point, where nothing is written or drawn yet if there is such a place."""
        x, y = self.at(*point)
        wide, high = LETTER * size * len(words), float(size)
        spots = [
            (x + dx * (wide / 2 + 8 + off), y + dy * (high / 2 + 8 + off / 2))
            for off in (0.0, 14.0, 28.0, 48.0, 72.0)
            for dx, dy in ((0, -1), (0, 1), (1, 0), (-1, 0), (1, -1), (-1, -1), (1, 1), (-1, 1))
        ]
        boxes = [(a - wide / 2 - PAD, b - high / 2 - 2, a + wide / 2 + PAD, b + high / 2 + 2) for a, b in spots]
        free = [box for box in boxes if _inside(box) and not any(_meet(box, other) for other in self.taken)]
        box = (free or [box for box in boxes if _inside(box)] or boxes)[0]
        self.taken.append(box)
        self.body.append(
            f'<text x="{(box[0] + box[2]) / 2:.1f}" y="{(box[1] + box[3]) / 2 + 0.36 * size:.1f}"'
            f' text-anchor="middle" font-size="{size}" fill="{colour}" paint-order="stroke" stroke="white"'
            f' stroke-width="3">{escape(words)}</text>'
        )

    def _avoid(self, places: Sequence[Point]) -> None:
        """Keep words off a line."""
        for (x0, y0), (x1, y1) in zip(places, places[1:], strict=False):
            parts = max(1, math.ceil(math.hypot(x1 - x0, y1 - y0) / 8))
            for k in range(parts + 1):
                x, y = x0 + (x1 - x0) * k / parts, y0 + (y1 - y0) * k / parts
                self.taken.append((x - 2, y - 2, x + 2, y + 2))

    def text(self) -> str:
        """The diagram as SVG."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"'
            f' viewBox="0 0 {WIDTH} {HEIGHT}" font-family="{FONT}" role="img" aria-label="{_quoted(self.title)}">'
        )
        sheet = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>'
        title = f'<text x="{LEFT}" y="24" font-size="15" font-weight="bold" fill="{WORDS}">{escape(self.title)}</text>'
        parts = [head, f"<title>{escape(self.title)}</title>", sheet, title, *self._key()]
        return "\n".join([*parts, *self._axes(), *self.under, *self.body, "</svg>"]) + "\n"

    def _key(self) -> list[str]:
        found, x = [], float(LEFT)
        for name, colour, dash in self.key:
            dashed = f' stroke-dasharray="{dash}"' if dash else ""
            found.append(
                f'<line x1="{x:.1f}" y1="42" x2="{x + 24:.1f}" y2="42" stroke="{colour}" stroke-width="2.4"{dashed}/>'
            )
            found.append(f'<text x="{x + 30:.1f}" y="46" font-size="12" fill="{WORDS}">{escape(name)}</text>')
            x += 30 + LETTER * 12 * len(name) + 22
        return found

    def _axes(self) -> list[str]:
        (left, bottom), (right, top) = self.at(self.xs[0], self.ys[0]), self.at(self.xs[-1], self.ys[-1])
        found = []
        for x in self.xs:
            place = self.at(x, self.ys[0])[0]
            words = amount(abs(x) if self.mirrored else x)
            colour = AXIS if self.mirrored and x == 0 else GRID
            found.append(_straight(place, bottom, place, top, colour))
            found.append(_label(place, bottom + 18, words, "middle"))
        for y in self.ys:
            place = self.at(self.xs[0], y)[1]
            found.append(_straight(left, place, right, place, GRID))
            found.append(_label(left - 8, place + 4, amount(y), "end"))
        found.append(_straight(left, bottom, right, bottom, AXIS))
        found.append(_straight(left, bottom, left, top, AXIS))
        found.append(_label((left + right) / 2, HEIGHT - 16, self.across, "middle", 13))
        middle = (top + bottom) / 2
        found.append(
            f'<text x="20" y="{middle:.1f}" font-size="13" fill="{WORDS}" text-anchor="middle"'
            f' transform="rotate(-90 20 {middle:.1f})">{escape(self.up)}</text>'
        )
        return found


def _path(places: Iterable[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


def _straight(x0: float, y0: float, x1: float, y1: float, colour: str) -> str:
    return f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" stroke="{colour}" stroke-width="1"/>'


def _label(x: float, y: float, words: str, anchor: str, size: int = 12) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{WORDS}" text-anchor="{anchor}">{escape(words)}</text>'
    )


def _quoted(words: str) -> str:
    return escape(words, {'"': "&quot;"})


def _inside(box: tuple[float, float, float, float]) -> bool:
    return box[0] >= LEFT and box[2] <= WIDTH - 4 and box[1] >= TOP - 4 and box[3] <= HEIGHT - BOTTOM


def _meet(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
