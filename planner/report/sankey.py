"""A Sankey diagram in three columns (suppliers, resources, users) as SVG text.

Widths are amounts in one unit, so that what stands on one diagram can be compared. What is too small to be seen is
gathered as "other", and the diagram says so.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from xml.sax.saxutils import escape, quoteattr

from planner.report.names import isolated, short
from planner.report.numbers import amount

#: Okabe & Ito (2008): told apart by people who see colours differently, too.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8A7A00", "#5B6875")
BOTTOM = 26.0
#: Room for a label, and the share of the total below which a node joins the others.
LEAST, SHARE = 13.0, 0.004
FONT = "DejaVu Sans, Verdana, sans-serif"
OTHER = "other"


@dataclass(frozen=True)
class Form:
    """Measures of a diagram.

    Attributes
    ----------
    label
        Room for names beside the outer columns; none where names stand above what they name.
    gap
        Between two nodes of a column.
    height
        Of all flows together.
    line, letters
        Letters in a line of the note, and of a name.
    """

    width: float
    label: float
    node: float
    gap: float
    top: float
    height: float
    line: int
    letters: int

    @property
    def above(self) -> bool:
        """Whether names stand above what they name."""
        return not self.label


#: For paper and a laptop; and for a phone, where a column is as wide as a name.
WIDE = Form(1100.0, 210.0, 14.0, 9.0, 84.0, 430.0, 165, 24)
NARROW = Form(372.0, 0.0, 12.0, 32.0, 104.0, 330.0, 56, 18)


@dataclass(frozen=True)
class Sankey:
    """Flows from suppliers to resources and from these to users.

    Attributes
    ----------
    title
        What is shown, with the year or "a year".
    unit
        Unit of all amounts.
    supplied, used
        (Supplier, resource, amount) and (resource, user, amount); amounts of zero are left out.
    note
        In words, under the title.
    whole
        Amount that is as high as a diagram; by default all of this one. The same for diagrams to be compared.
    palette
        Resources in the order in which they take colours; by default by size. The same for diagrams to be compared.
    columns
        What the three columns are called.
    """

    title: str
    unit: str
    supplied: tuple[tuple[str, str, float], ...]
    used: tuple[tuple[str, str, float], ...]
    note: str = ""
    whole: float = 0.0
    palette: tuple[str, ...] = ()
    columns: tuple[str, str, str] = ("suppliers", "resources", "users")


@dataclass(frozen=True)
class _Node:
    name: str
    amount: float
    x: float
    y: float
    height: float
    wide: float


Flows = dict[tuple[str, str], float]


def sankey(data: Sankey, form: Form = WIDE) -> str:
    """Draw a diagram.

    Parameters
    ----------
    data
        Its flows.
    form
        Its measures: ``WIDE`` or ``NARROW``.

    Returns
    -------
    str
        An ``svg`` element with a title and a description that says the largest flows in words; it needs no other file.

    Raises
    ------
    ValueError
        If an amount is negative.
    """
    if any(flow[2] < 0.0 for flow in (*data.supplied, *data.used)):
        raise ValueError("a flow of a Sankey diagram is negative")
    left, right, gathered = _gathered(data)
    columns = _placed(left, right, data.whole, form)
    colours = _colours([*data.palette, *(name for name in columns[1] if name not in data.palette)])
    height = (
        max((max((n.y + max(n.height, LEAST) for n in column.values()), default=form.top)) for column in columns)
        + BOTTOM
    )
    body = [*_ribbons(left, columns[0], columns[1], data.unit, colours, first=True)]
    body += _ribbons(right, columns[1], columns[2], data.unit, colours, first=False)
    body += _nodes(columns, data.unit, colours, form)
    note = "; ".join(x for x in (data.note, f"{gathered} small ones are gathered as {OTHER}" if gathered else "") if x)
    head = _head(data, note, form)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {form.width:.0f} {height:.0f}" '
            f'width="{form.width:.0f}" height="{height:.0f}" role="img" aria-label={quoteattr(data.title)}>',
            f"<title>{escape(data.title)}</title>",
            f"<desc>{escape(_described(data))}</desc>",
            *head,
            *body,
            "</svg>",
        ]
    )


def _head(data: Sankey, note: str, form: Form) -> list[str]:
    """Title, note and names of the columns."""
    words = f'font-family="{FONT}"'
    size, most = (14, 44) if form.above else (16, 120)
    lines = wrap(data.title, most, max_lines=2, placeholder=" ...")
    bold = f'font-size="{size}" font-weight="bold" {words} fill="#1D2733"'
    head = [f'<text x="0" y="{20 + 17 * n}" {bold}>{escape(line)}</text>' for n, line in enumerate(lines)]
    low = 38 + 17 * (len(lines) - 1)
    for n, line in enumerate(wrap(note, form.line, max_lines=2, placeholder=" ...")):
        head.append(f'<text x="0" y="{low + 15 * n}" font-size="11" {words} fill="#5B6875">{escape(line)}</text>')
    xs, y = (form.label, form.width / 2, form.width - form.label), form.top - (34 if form.above else 12)
    for x, anchor, word in zip(xs, ("start", "middle", "end"), data.columns, strict=True):
        look = f'y="{y:.0f}" font-size="12" {words} text-anchor="{anchor}" fill="#5B6875"'
        head.append(f'<text x="{x:.1f}" {look}>{escape(word)}</text>')
    return head


def stacked(diagrams: Sequence[str]) -> str:
    """Draw diagrams below each other as one ``svg`` element."""
    top, parts = 0.0, []
    for drawn in diagrams:
        height = float(drawn.split('height="', 1)[1].split('"', 1)[0])
        parts.append(drawn.replace("<svg ", f'<svg y="{top:.0f}" ', 1))
        top += height
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE.width:.0f} {top:.0f}">\n'
        + "\n".join(parts)
        + "\n</svg>"
    )


def _described(data: Sankey) -> str:
    """The diagram in words, for those who do not see it."""
    resources = sorted(_sums(_added(data.supplied), 1).items(), key=lambda x: -x[1])[:5]
    told = [f"{name} {amount(value)} {data.unit}" for name, value in resources]
    return f"Flows from suppliers by resource to users. Largest: {', '.join(told)}." if told else "No flows."


def _added(flows: Iterable[tuple[str, str, float]]) -> Flows:
    found: Flows = defaultdict(float)
    for start, end, value in flows:
        if value > 0.0:
            found[start, end] += value
    return dict(found)


def _sums(flows: Flows, at: int) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for ends, value in flows.items():
        found[ends[at]] += value
    return dict(found)


def _gathered(data: Sankey) -> tuple[Flows, Flows, int]:
    """Flows with what is too small to be seen as one node a column, and how many nodes that are."""
    left, right = _added(data.supplied), _added(data.used)
    middle: dict[str, float] = _sums(left, 1)
    for name, value in _sums(right, 0).items():
        middle[name] = max(middle.get(name, 0.0), value)
    number = 0
    renamed: list[Mapping[str, str]] = []
    for sums in (_sums(left, 0), middle, _sums(right, 1)):
        small = [name for name, value in sums.items() if value < SHARE * sum(sums.values())]
        small = small if len(small) > 1 else []
        number += len(small)
        renamed.append(dict.fromkeys(small, OTHER))
    first, second, third = renamed
    return (
        _added((first.get(a, a), second.get(b, b), value) for (a, b), value in left.items()),
        _added((second.get(a, a), third.get(b, b), value) for (a, b), value in right.items()),
        number,
    )


def _placed(
    left: Flows, right: Flows, whole: float, form: Form
) -> tuple[dict[str, _Node], dict[str, _Node], dict[str, _Node]]:
    """Nodes of the three columns: resources by size, the others beside the resources they belong to."""
    supplied, used = _sums(left, 1), _sums(right, 0)
    middle = {name: max(supplied.get(name, 0.0), used.get(name, 0.0)) for name in {**supplied, **used}}
    scale = form.height / (max(sum(middle.values()), whole) or 1.0)
    order = sorted(middle, key=lambda name: (name == OTHER, -middle[name], name))
    resources = _column(order, middle, form.width / 2 - form.node / 2, scale, form)
    sides = []
    for flows, at, x in ((left, 0, form.label), (right, 1, form.width - form.label - form.node)):
        sums, pull = _sums(flows, at), defaultdict[str, float](float)
        for ends, value in flows.items():
            node = resources[ends[1 - at]]
            pull[ends[at]] += value * (node.y + node.height / 2)
        beside = sorted(sums, key=lambda name: (pull[name] / sums[name], name))
        sides.append(_column(beside, sums, x, scale, form))
    return sides[0], resources, sides[1]


def _column(order: Sequence[str], sums: Mapping[str, float], x: float, scale: float, form: Form) -> dict[str, _Node]:
    nodes, y = {}, form.top
    for name in order:
        height = max(sums[name] * scale, 1.0)
        nodes[name] = _Node(name, sums[name], x, y, height, form.node)
        y += (height if form.above else max(height, LEAST)) + form.gap
    return nodes


def _colours(resources: Sequence[str]) -> dict[str, str]:
    return {name: COLOURS[n % len(COLOURS)] for n, name in enumerate(resources)}


def _ribbons(
    flows: Flows,
    starts: Mapping[str, _Node],
    ends: Mapping[str, _Node],
    unit: str,
    colours: Mapping[str, str],
    *,
    first: bool,
) -> list[str]:
    """Flows between two columns, in the order of the nodes at both ends, coloured by resource."""
    rank = {**{("a", n): k for k, n in enumerate(starts)}, **{("b", n): k for k, n in enumerate(ends)}}
    out, into = defaultdict[str, float](float), defaultdict[str, float](float)
    from_y: dict[tuple[str, str], float] = {}
    to_y: dict[tuple[str, str], float] = {}
    for key in sorted(flows, key=lambda k: (rank["a", k[0]], rank["b", k[1]])):
        from_y[key] = starts[key[0]].y + out[key[0]]
        out[key[0]] += _width(flows[key], starts[key[0]])
    for key in sorted(flows, key=lambda k: (rank["b", k[1]], rank["a", k[0]])):
        to_y[key] = ends[key[1]].y + into[key[1]]
        into[key[1]] += _width(flows[key], ends[key[1]])
    drawn = []
    for (a, b), value in flows.items():
        x0, x1 = starts[a].x + starts[a].wide, ends[b].x
        y0, y1 = from_y[a, b], to_y[a, b]
        h0, h1, bend = _width(value, starts[a]), _width(value, ends[b]), (x0 + x1) / 2
        colour = colours[b if first else a]
        path = (
            f"M{x0:.1f},{y0:.1f} C{bend:.1f},{y0:.1f} {bend:.1f},{y1:.1f} {x1:.1f},{y1:.1f} L{x1:.1f},{y1 + h1:.1f} "
            f"C{bend:.1f},{y1 + h1:.1f} {bend:.1f},{y0 + h0:.1f} {x0:.1f},{y0 + h0:.1f} Z"
        )
        told = escape(f"{a} to {b}: {amount(value)} {unit}")
        drawn.append(f'<path d="{path}" fill="{colour}" fill-opacity="0.4"><title>{told}</title></path>')
    return drawn


def _width(value: float, node: _Node) -> float:
    return node.height * value / node.amount if node.amount else 0.0


def _nodes(columns: Sequence[Mapping[str, _Node]], unit: str, colours: Mapping[str, str], form: Form) -> list[str]:
    drawn = []
    for at, column in enumerate(columns):
        for node in column.values():
            colour = colours[node.name] if at == 1 else "#3B4A59"
            shape = f'x="{node.x:.1f}" y="{node.y:.1f}" width="{node.wide:.0f}" height="{node.height:.1f}"'
            told = escape(f"{node.name}: {amount(node.amount)} {unit}")
            drawn.append(f'<rect {shape} fill="{colour}"><title>{told}</title></rect>')
            drawn += _above(node, at, form) if form.above else [_beside(node, at, form)]
    return drawn


_HALO = ' paint-order="stroke" stroke="#FFFFFF" stroke-width="3" stroke-opacity="0.75"'


def _beside(node: _Node, at: int, form: Form) -> str:
    """Name and amount beside a node, on the outer side of the outer columns."""
    x = node.x - 6 if at == 0 else node.x + node.wide + 6
    anchor = "end" if at == 0 else "start"
    y = node.y + max(node.height, LEAST) / 2 + 4 if node.height > LEAST else node.y + LEAST - 3
    words = escape(f"{isolated(short(node.name, form.letters))} {amount(node.amount)}")
    style = f'font-family="{FONT}" font-size="11" text-anchor="{anchor}" fill="#1D2733"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}{_HALO if at == 1 else ""}>{words}</text>'


def _above(node: _Node, at: int, form: Form) -> list[str]:
    """Name and amount in two lines above a node."""
    x, anchor = ((node.x, "start"), (node.x + node.wide / 2, "middle"), (node.x + node.wide, "end"))[at]
    style = f'font-family="{FONT}" font-size="11" text-anchor="{anchor}" fill="#1D2733"{_HALO}'
    lines = isolated(short(node.name, form.letters)), amount(node.amount)
    return [
        f'<text x="{x:.1f}" y="{node.y - 16 + 12 * n:.1f}" {style}>{escape(line)}</text>'
        for n, line in enumerate(lines)
    ]
