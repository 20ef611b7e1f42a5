"""Bars and dots as inline SVG: a line for each name, every value written beside its bar, for a laptop and a phone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from planner.report.names import isolated, short
from planner.report.numbers import amount

#: Told apart by people who see colours differently, too (Okabe & Ito 2008); what they mean is written as well.
TOTAL, GOOD, BAD = "#5B6875", "#009E73", "#D55E00"
SERIES = ("#1D2733", "#E69F00", "#0072B2", "#CC79A7", "#009E73", "#D55E00", "#56B4E9")
_INK, _LINE = "#1D2733", "#CFD6DD"


@dataclass(frozen=True)
class Form:
    """Measures of a drawing; without room on the left, names stand above their bars."""

    width: float
    left: float
    right: float
    row: float
    letters: int


WIDE = Form(760.0, 250.0, 110.0, 27.0, 36)
NARROW = Form(360.0, 0.0, 0.0, 40.0, 34)
_BAR, _TOP = 17.0, 8.0
_HALO = 'paint-order="stroke" stroke="#FFFFFF" stroke-width="4"'


@dataclass(frozen=True)
class Bar:
    """A bar from one value to another, and what is said of it."""

    name: str
    start: float
    end: float
    said: str
    colour: str = BAD


@dataclass(frozen=True)
class Mark:
    """A value of a series on the line of a name."""

    name: str
    series: str
    value: float


def bars(
    title: str, told: str, rows: Sequence[Bar], form: Form = WIDE, *, joined: bool = False, floor: float = 0.0
) -> str:
    """Draw horizontal bars below each other.

    Parameters
    ----------
    told
        The drawing in words.
    joined
        Whether each bar goes on where the one before ended, which a dotted line shows.
    floor
        Where the axis starts; bars from below it are cut there, and a gap shows that.
    """
    scale = _Scale([max(x, floor) if floor else x for row in rows for x in (row.start, row.end)], form, floor)
    parts = list[str]()
    for n, row in enumerate(rows):
        y = _TOP + n * form.row
        if joined and n:
            x = scale.x(rows[n - 1].end)
            top = y - form.row + _BAR + scale.down
            parts.append(
                f'<path d="M{x:.1f},{top:.1f} V{y + scale.down + _BAR:.1f}" stroke="#7A8794" stroke-dasharray="2 2"/>'
            )
        parts += _bar(row, y, scale, form)
    height = _TOP + len(rows) * form.row + 4
    axis = f'<path d="M{scale.x(floor):.1f},2 V{height - 2:.1f}" stroke="{_INK}"/>'
    return _svg(title, told, (form.width, height), axis + "".join(parts))


def dots(title: str, told: str, marks: Sequence[Mark], series: Sequence[str], form: Form = WIDE) -> str:
    """Draw a line for each name with a mark for each series, and a key above."""
    scale = _Scale([mark.value for mark in marks], form)
    names = list(dict.fromkeys(mark.name for mark in marks))
    parts, top = _key(series, form)
    height = top + len(names) * form.row + 20
    parts.append(f'<path d="M{scale.x(0.0):.1f},{top - 4:.1f} V{height - 16:.1f}" stroke="{_INK}"/>')
    for value, anchor in ((0.0, "middle" if form.left else "start"), (scale.high, "end")):
        words = f'font-size="11.5" text-anchor="{anchor}" fill="#52606D"'
        parts.append(f'<text x="{scale.x(value):.1f}" y="{height - 4:.1f}" {words}>{amount(value)}</text>')
    for n, name in enumerate(names):
        y = top + n * form.row
        middle = y + scale.down + _BAR / 2
        parts.append(_name(name, y, form))
        left, right = scale.x(scale.low), scale.x(scale.high)
        parts.append(f'<path d="M{left:.1f},{middle:.1f} H{right:.1f}" stroke="{_LINE}"/>')
        for mark in (mark for mark in marks if mark.name == name):
            at = list(series).index(mark.series)
            said = escape(f"{name}, {mark.series}: {mark.value:,.1f}")
            parts.append(_shape(at, scale.x(mark.value), middle, said))
    return _svg(title, told, (form.width, height), "".join(parts))


class _Scale:
    """Values on the width of a drawing; its axis is always on it."""

    def __init__(self, values: Sequence[float], form: Form, floor: float = 0.0) -> None:
        self.low, self.high, self.floor = min([floor, *values]), max([floor, *values]), floor
        self.form = form
        self.down = 0.0 if form.left else form.row - _BAR - 4  # of a bar below its name
        self.edge = 2.0 if form.left else 6.0

    def x(self, value: float) -> float:
        """Where a value stands."""
        wide = self.form.width - self.form.left - self.form.right - 2 * self.edge
        return self.form.left + self.edge + (value - self.low) / ((self.high - self.low) or 1.0) * wide


def _bar(row: Bar, y: float, scale: _Scale, form: Form) -> Iterator[str]:
    left, right = sorted((scale.x(max(row.start, scale.floor) if scale.floor else row.start), scale.x(row.end)))
    top = y + scale.down
    yield _name(row.name, y, form)
    yield (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{max(right - left, 1.0):.1f}" height="{_BAR:.0f}" '
        f'fill="{row.colour}"><title>{escape(f"{row.name}: {row.said}")}</title></rect>'
    )
    if scale.floor > row.start:
        gap = f"M{left + 14:.1f},{top + _BAR + 3:.1f} l5,{-_BAR - 6:.0f}"
        yield f'<path d="{gap}" stroke="#FFFFFF" stroke-width="4"/>'
    if form.left:
        yield f'<text x="{right + 6:.1f}" y="{y + 13:.1f}" font-size="13" fill="{_INK}">{escape(row.said)}</text>'
    else:
        yield (
            f'<text x="{form.width:.0f}" y="{y + 13:.1f}" font-size="13" text-anchor="end" '
            f'fill="{_INK}" {_HALO}>{escape(row.said)}</text>'
        )


def _name(name: str, y: float, form: Form) -> str:
    label = escape(isolated(short(name, form.letters)))
    look = f'x="{form.left - 8:.0f}" text-anchor="end"' if form.left else 'x="10"'
    return f'<text {look} y="{y + 13:.1f}" font-size="13" fill="{_INK}" {_HALO}>{label}</text>'


def _key(series: Sequence[str], form: Form) -> tuple[list[str], float]:
    """What the marks mean, in as many lines as it takes, and where the drawing goes on."""
    parts, x, y = list[str](), 8.0, 12.0
    for at, name in enumerate(series):
        wide = 26 + 7.2 * len(name)
        if x + wide > form.width and x > 8.0:
            x, y = 8.0, y + 20
        parts.append(_shape(at, x, y, ""))
        parts.append(f'<text x="{x + 11:.1f}" y="{y + 4.5:.1f}" font-size="12.5" fill="{_INK}">{escape(name)}</text>')
        x += wide
    return parts, y + 18


def _shape(at: int, x: float, y: float, said: str) -> str:
    """A mark; series differ in shape as well as in colour."""
    paths = (
        "m-6,0 a6,6 0 1,0 12,0 a6,6 0 1,0 -12,0 Z",  # circle
        "m-5,-5 h10 v10 h-10 Z",  # square
        "m0,-7 l7,7 -7,7 -7,-7 Z",  # diamond
        "m0,-7 l7,12 h-14 Z",  # triangle
        "m0,7 l7,-12 h-14 Z",
    )
    hollow = f'fill="#FFFFFF" stroke="{SERIES[at]}" stroke-width="2.4"' if at == 0 else f'fill="{SERIES[at]}"'
    told = f"<title>{said}</title>" if said else ""
    return f'<path d="M{x:.1f},{y:.1f} {paths[at % len(paths)]}" {hollow}>{told}</path>'


def _svg(title: str, told: str, size: tuple[float, float], body: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size[0]:.0f} {size[1]:.0f}" role="img" '
        f"aria-label={quoteattr(title)}><title>{escape(title)}</title><desc>{escape(told)}</desc>{body}</svg>"
    )
