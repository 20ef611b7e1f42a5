"""Stacked bars as SVG text: a bar for each name, its parts in the order of the key beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from planner.heat.svg import AXIS, FONT, GRID, LETTER, WORDS, steps
from planner.report.numbers import amount

WIDTH, HEIGHT = 900, 520
LEFT, TOP, BOTTOM = 84, 64, 74
#: Width of the key, right of the bars, and height of one of its lines.
KEY, LINE = 268, 20
#: Widest bar.
BAR = 110.0
SIZE = 12
#: Most letters of a word in the key and, turned, under a bar; the whole word is its tooltip.
LONGEST, LONGEST_TURNED = 34, 13


@dataclass(frozen=True)
class Part:
    """What one source adds to every bar.

    Attributes
    ----------
    name, colour
        As in the key.
    values
        One for each bar.
    """

    name: str
    colour: str
    values: Sequence[float]


def stacked_bars(title: str, up: str, unit: str, names: Sequence[str], parts: Sequence[Part]) -> str:
    """Bars side by side, with what each adds up to above it.

    Parameters
    ----------
    title
        Over the diagram.
    up, unit
        Words at the axis, and the unit that tooltips add to numbers.
    names
        Of the bars.
    parts
        From the foot of the bars to their top; none may be negative.

    Returns
    -------
    str
        The diagram as SVG.

    Raises
    ------
    ValueError
        If there is no bar, or a part has not one value for each.
    """
    if not names or any(len(part.values) != len(names) for part in parts):
        raise ValueError("stacked bars need one value of every part for each of one or more bars")
    totals = [sum(part.values[n] for part in parts) for n in range(len(names))]
    ys = steps(0.0, max(totals) if max(totals) > 0 else 1.0)
    high = max(HEIGHT, TOP + BOTTOM + LINE * (len(parts) + 1))
    floor, slot = high - BOTTOM, (WIDTH - LEFT - KEY) / len(names)

    def place(y: float) -> float:
        return floor - (y / ys[-1]) * (floor - TOP)

    body = [_grid(place(y), amount(y)) for y in ys]
    for n, name in enumerate(names):
        x, wide = LEFT + (n + 0.5) * slot, min(BAR, 0.72 * slot)
        foot = 0.0
        for part in parts:
            value = part.values[n]
            if value > 0:
                said = f"{name}, {part.name}: {amount(value)} {unit}"
                body.append(
                    _block(x - wide / 2, place(foot + value), (wide, place(foot) - place(foot + value)), part, said)
                )
                foot += value
        if _wide(amount(totals[n])) <= slot:
            body.append(_text(x, place(totals[n]) - 5, amount(totals[n]), "middle"))
    body += _names(names, slot, floor)
    return _sheet(title, high, [*body, *_key(parts), *_frame(up, floor)])


def _names(names: Sequence[str], slot: float, floor: float) -> list[str]:
    """Names under the bars; turned where one of them is wider than its bar."""
    turned = any(_wide(name) > slot - 4 for name in names)
    found = []
    for n, name in enumerate(names):
        x = LEFT + (n + 0.5) * slot
        found.append(_turned(x, floor + 12, name) if turned else _text(x, floor + 18, name, "middle"))
    return found


def _key(parts: Sequence[Part]) -> list[str]:
    """Names of the parts, the topmost first, as in the bars."""
    x, found = WIDTH - KEY + 22, []
    for n, part in enumerate(reversed(parts)):
        y = TOP + LINE * n
        found.append(f'<rect x="{x}" y="{y}" width="13" height="13" fill="{part.colour}"/>')
        found.append(_text(x + 20, y + 11, _cut(part.name, LONGEST), "start", whole=part.name))
    return found


def _sheet(title: str, high: float, body: Sequence[str]) -> str:
    quoted = escape(title, {'"': "&quot;"})
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{high:g}"'
            f' viewBox="0 0 {WIDTH} {high:g}" font-family="{FONT}" role="img" aria-label="{quoted}">',
            f"<title>{escape(title)}</title>",
            f'<rect width="{WIDTH}" height="{high:g}" fill="white"/>',
            f'<text x="{LEFT}" y="28" font-size="15" font-weight="bold" fill="{WORDS}">{escape(title)}</text>',
            *body,
            "</svg>\n",
        ]
    )


def _frame(up: str, floor: float) -> list[str]:
    middle = (TOP + floor) / 2
    return [
        f'<line x1="{LEFT}" y1="{TOP}" x2="{LEFT}" y2="{floor:.1f}" stroke="{AXIS}"/>',
        f'<line x1="{LEFT}" y1="{floor:.1f}" x2="{WIDTH - KEY}" y2="{floor:.1f}" stroke="{AXIS}"/>',
        f'<text x="18" y="{middle:.1f}" font-size="13" fill="{WORDS}" text-anchor="middle"'
        f' transform="rotate(-90 18 {middle:.1f})">{escape(up)}</text>',
    ]


def _grid(y: float, words: str) -> str:
    line = f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - KEY}" y2="{y:.1f}" stroke="{GRID}"/>'
    return line + _text(LEFT - 8, y + 4, words, "end")


def _block(x: float, y: float, size: tuple[float, float], part: Part, said: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{size[0]:.1f}" height="{size[1]:.1f}" fill="{part.colour}"'
        f' stroke="white" stroke-width="0.6"><title>{escape(said)}</title></rect>'
    )


def _text(x: float, y: float, words: str, anchor: str, *, whole: str = "") -> str:
    tip = f"<title>{escape(whole)}</title>" if whole and whole != words else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{SIZE}" fill="{WORDS}" text-anchor="{anchor}"'
        f' paint-order="stroke" stroke="white" stroke-width="3">{escape(words)}{tip}</text>'
    )


def _turned(x: float, y: float, name: str) -> str:
    words = _cut(name, LONGEST_TURNED)
    tip = f"<title>{escape(name)}</title>" if words != name else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{SIZE - 1}" fill="{WORDS}" text-anchor="end"'
        f' transform="rotate(-40 {x:.1f} {y:.1f})">{escape(words)}{tip}</text>'
    )


def _wide(words: str) -> float:
    """Width of words on the page."""
    return LETTER * SIZE * len(words)


def _cut(words: str, longest: int) -> str:
    """Words with their middle left out where they are too long: names often differ at the end only."""
    if len(words) <= longest:
        return words
    tail = longest // 3
    return f"{words[: longest - tail - 1].rstrip()}…{words[-tail:].lstrip()}"
