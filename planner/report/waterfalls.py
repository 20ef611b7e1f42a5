"""Waterfalls as SVG text and as lines of text: a figure before, what moved it, and after."""

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import shorten
from xml.sax.saxutils import escape, quoteattr

from planner.report.numbers import amount

#: Okabe & Ito (2008): told apart by people who see colours differently, too; every bar says its number besides.
TOTAL, UP, DOWN, PLAN = "#5B6875", "#D55E00", "#0072B2", "#CC79A7"
WIDTH, LABEL, ROW, TOP = 900.0, 330.0, 26.0, 46.0
_FONT, _INK = 'font-family="DejaVu Sans, Verdana, sans-serif"', "#1D2733"
#: Bars of a drawing, the smallest of more data changes being one; letters of a name, and of a bar of text.
MOST, _LETTERS, _BAR = 14, 46, 30
OTHERS = "others"
#: Share of the figures below which a part is rounding.
_NOISE = 1e-9


@dataclass(frozen=True)
class Part:
    """A step of a waterfall; what is no change of data (``data`` is false) stands last, in a colour of its own."""

    name: str
    amount: float
    data: bool = True


@dataclass(frozen=True)
class Waterfall:
    """A figure before and after, and what moved it; the parts add up to the difference.

    Attributes
    ----------
    ends
        What it is before and after, in words.
    """

    title: str
    unit: str
    before: float
    after: float
    parts: tuple[Part, ...]
    ends: tuple[str, str] = ("last run", "this run")

    @property
    def shown(self) -> tuple[Part, ...]:
        """Parts that move it, the largest first, the plan change last."""
        size = _NOISE * max(abs(self.before), abs(self.after), 1.0)
        data = sorted((part for part in self.parts if part.data and abs(part.amount) > size), key=_by_size)
        rest = (p if abs(p.amount) > size else Part(p.name, 0.0, data=False) for p in self.parts if not p.data)
        return (*data, *rest)


def _by_size(part: Part) -> tuple[float, str]:
    return -abs(part.amount), part.name


def bars(waterfall: Waterfall) -> list[tuple[str, float, float, str]]:
    """(Name, from, to, kind) of each bar; kind is "total", "data" or "plan"."""
    data = [part for part in waterfall.shown if part.data]
    kept = data if len(data) <= MOST else data[: MOST - 1]
    rest = data[len(kept) :]
    if rest:
        kept = [*kept, Part(f"{OTHERS} ({len(rest)})", sum(part.amount for part in rest))]
    found, at = [(waterfall.ends[0], 0.0, waterfall.before, "total")], waterfall.before
    for part in (*kept, *(part for part in waterfall.shown if not part.data)):
        found.append((part.name, at, at + part.amount, "data" if part.data else "plan"))
        at += part.amount
    return [*found, (waterfall.ends[1], 0.0, waterfall.after, "total")]


def _scale(waterfall: Waterfall) -> tuple[float, float]:
    """Ends of the axis: those of what moves where that is little beside the totals, else with nothing on it."""
    ends = [x for _, a, b, kind in bars(waterfall) for x in ((a, b) if kind != "total" else (b,))]
    low, high = min(ends), max(ends)
    room = 0.12 * (high - low) or 0.5 * abs(high) or 1.0
    if low > 0.0 and low > 1.5 * (high - low):
        return low - room, high + room
    if high < 0.0 and -high > 1.5 * (high - low):
        return low - room, high + room
    return min(0.0, low), max(0.0, high)


def svg(waterfall: Waterfall) -> str:
    """Draw a waterfall, a bar a line; with a title and a description in words."""
    rows, (low, high) = bars(waterfall), _scale(waterfall)
    height, wide = TOP + ROW * len(rows) + 24.0, WIDTH - LABEL - 120.0

    def x(value: float) -> float:
        return LABEL + wide * (min(max(value, low), high) - low) / (high - low)

    title = f"{waterfall.title} [{waterfall.unit}]"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {height:.0f}" width="{WIDTH:.0f}" '
        f'height="{height:.0f}" role="img" aria-label={quoteattr(title)}>',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(in_words(waterfall))}</desc>",
        f'<text x="0" y="20" font-size="15" font-weight="bold" {_FONT} fill="{_INK}">{escape(title)}</text>',
    ]
    if low > 0.0 or high < 0.0:
        note = f"the axis runs from {amount(low)} to {amount(high)}, not from nothing"
        parts.append(f'<text x="0" y="37" font-size="11" {_FONT} fill="#5B6875">{note}</text>')
    for n, (name, start, end, kind) in enumerate(rows):
        y = TOP + ROW * n
        left, right = sorted((x(max(start, low) if kind == "total" else start), x(end)))
        if kind == "total" and low > 0.0:
            left = LABEL
        colour = TOTAL if kind == "total" else PLAN if kind == "plan" else UP if end > start else DOWN
        said = amount(end) if kind == "total" else signed(end - start)
        parts += [
            f'<text x="{LABEL - 8:.0f}" y="{y + 15:.1f}" font-size="12" text-anchor="end" {_FONT} '
            f'fill="{_INK}">{escape(shorten(name, _LETTERS, placeholder=" ..."))}</text>',
            f'<rect x="{left:.1f}" y="{y:.1f}" width="{max(1.0, right - left):.1f}" height="{ROW - 8:.0f}" '
            f'fill="{colour}"><title>{escape(name)}: {said} {escape(waterfall.unit)}</title></rect>',
            f'<text x="{right + 6:.1f}" y="{y + 14:.1f}" font-size="11" {_FONT} fill="{_INK}">{said}</text>',
        ]
    return "\n".join([*parts, "</svg>"])


def signed(value: float) -> str:
    """A change with its sign."""
    return f"+{amount(value)}" if value > 0 else amount(value)


def in_words(waterfall: Waterfall) -> str:
    """A waterfall in one sentence."""
    moves = "; ".join(f"{part.name} {signed(part.amount)}" for part in waterfall.shown)
    return (
        f"{waterfall.title}: from {amount(waterfall.before)} by {moves} to {amount(waterfall.after)} {waterfall.unit}"
    )


def lines(waterfall: Waterfall) -> Iterator[str]:
    """A waterfall as text: name, bar, change."""
    rows, (low, high) = bars(waterfall), _scale(waterfall)
    yield f"{waterfall.title} [{waterfall.unit}]"
    wide = min(_LETTERS, max(len(name) for name, *_ in rows))
    for name, start, end, kind in rows:
        first, last = sorted((low if kind == "total" and low > 0.0 else start, end))
        at = round(_BAR * (max(first, low) - low) / (high - low))
        to = max(at + (first != last), round(_BAR * (min(last, high) - low) / (high - low)))
        drawn = " " * at + {"total": "=", "plan": "*"}.get(kind, "+" if end > start else "-") * (to - at)
        said = amount(end) if kind == "total" else signed(end - start)
        yield f"  {shorten(name, wide, placeholder='...'):{wide}}  |{drawn:{_BAR}}| {said:>16}"
