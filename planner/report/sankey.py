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
WIDTH, LABEL, NODE, GAP, TOP, BOTTOM = 1100.0, 210.0, 14.0, 9.0, 84.0, 26.0
#: Height of all flows together, room for a label, and the share of the total below which a node joins the others.
HEIGHT, LEAST, SHARE = 430.0, 13.0, 0.004
FONT = "DejaVu Sans, Verdana, sans-serif"
OTHER = "other"
#: Letters in a line of the note.
_LINE = 165


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


Flows = dict[tuple[str, str], float]


def sankey(data: Sankey) -> str:
    """Draw a diagram.

    Parameters
    ----------
    data
        Its flows.

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
    columns = _placed(left, right, data.whole)
    colours = _colours([*data.palette, *(name for name in columns[1] if name not in data.palette)])
    height = (
        max((max((n.y + max(n.height, LEAST) for n in column.values()), default=TOP)) for column in columns) + BOTTOM
    )
    body = [*_ribbons(left, columns[0], columns[1], data.unit, colours)]
    body += _ribbons(right, columns[1], columns[2], data.unit, colours)
    body += _nodes(columns, data.unit, colours)
    note = "; ".join(x for x in (data.note, f"{gathered} small ones are gathered as {OTHER}" if gathered else "") if x)
    words = f'font-family="{FONT}"'
    head = [f'<text x="0" y="20" font-size="16" font-weight="bold" {words} fill="#1D2733">{escape(data.title)}</text>']
    for n, line in enumerate(wrap(note, _LINE, max_lines=2, placeholder=" ...")):
        head.append(f'<text x="0" y="{38 + 15 * n}" font-size="11" {words} fill="#5B6875">{escape(line)}</text>')
    places = zip((LABEL, WIDTH / 2, WIDTH - LABEL), ("start", "middle", "end"), data.columns, strict=True)
    head += [
        f'<text x="{x:.1f}" y="72" font-size="12" {words} text-anchor="{anchor}" fill="#5B6875">{escape(word)}</text>'
        for x, anchor, word in places
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {height:.0f}" width="{WIDTH:.0f}" '
            f'height="{height:.0f}" role="img" aria-label={quoteattr(data.title)}>',
            f"<title>{escape(data.title)}</title>",
            f"<desc>{escape(_described(data))}</desc>",
            *head,
            *body,
            "</svg>",
        ]
    )


def stacked(diagrams: Sequence[str]) -> str:
    """Draw diagrams below each other as one ``svg`` element."""
    top, parts = 0.0, []
    for drawn in diagrams:
        height = float(drawn.split('height="', 1)[1].split('"', 1)[0])
        parts.append(drawn.replace("<svg ", f'<svg y="{top:.0f}" ', 1))
        top += height
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {top:.0f}">\n'
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


def _placed(left: Flows, right: Flows, whole: float) -> tuple[dict[str, _Node], dict[str, _Node], dict[str, _Node]]:
    """Nodes of the three columns: resources by size, the others beside the resources they belong to."""
    supplied, used = _sums(left, 1), _sums(right, 0)
    middle = {name: max(supplied.get(name, 0.0), used.get(name, 0.0)) for name in {**supplied, **used}}
    scale = HEIGHT / (max(sum(middle.values()), whole) or 1.0)
    order = sorted(middle, key=lambda name: (name == OTHER, -middle[name], name))
    resources = _column(order, middle, WIDTH / 2 - NODE / 2, scale)
    sides = []
    for flows, at, x in ((left, 0, LABEL), (right, 1, WIDTH - LABEL - NODE)):
        sums, pull = _sums(flows, at), defaultdict[str, float](float)
        for ends, value in flows.items():
            node = resources[ends[1 - at]]
            pull[ends[at]] += value * (node.y + node.height / 2)
        beside = sorted(sums, key=lambda name: (pull[name] / sums[name], name))
        sides.append(_column(beside, sums, x, scale))
    return sides[0], resources, sides[1]


def _column(order: Sequence[str], sums: Mapping[str, float], x: float, scale: float) -> dict[str, _Node]:
    nodes, y = {}, TOP
    for name in order:
        height = max(sums[name] * scale, 1.0)
        nodes[name] = _Node(name, sums[name], x, y, height)
        y += max(height, LEAST) + GAP
    return nodes


def _colours(resources: Sequence[str]) -> dict[str, str]:
    return {name: COLOURS[n % len(COLOURS)] for n, name in enumerate(resources)}


def _ribbons(
    flows: Flows, starts: Mapping[str, _Node], ends: Mapping[str, _Node], unit: str, colours: Mapping[str, str]
) -> list[str]:
    """Flows between two columns, in the order of the nodes at both ends, coloured by resource."""
    resources = starts if next(iter(starts.values()), None) and next(iter(starts.values())).x > LABEL + 1 else ends
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
        x0, x1 = starts[a].x + NODE, ends[b].x
        y0, y1 = from_y[a, b], to_y[a, b]
        h0, h1, bend = _width(value, starts[a]), _width(value, ends[b]), (x0 + x1) / 2
        colour = colours[b if resources is ends else a]
        path = (
            f"M{x0:.1f},{y0:.1f} C{bend:.1f},{y0:.1f} {bend:.1f},{y1:.1f} {x1:.1f},{y1:.1f} L{x1:.1f},{y1 + h1:.1f} "
            f"C{bend:.1f},{y1 + h1:.1f} {bend:.1f},{y0 + h0:.1f} {x0:.1f},{y0 + h0:.1f} Z"
        )
        told = escape(f"{a} to {b}: {amount(value)} {unit}")
        drawn.append(f'<path d="{path}" fill="{colour}" fill-opacity="0.4"><title>{told}</title></path>')
    return drawn


def _width(value: float, node: _Node) -> float:
    return node.height * value / node.amount if node.amount else 0.0


def _nodes(columns: Sequence[Mapping[str, _Node]], unit: str, colours: Mapping[str, str]) -> list[str]:
    drawn = []
    for at, column in enumerate(columns):
        for node in column.values():
            colour = colours[node.name] if at == 1 else "#3B4A59"
            shape = f'x="{node.x:.1f}" y="{node.y:.1f}" width="{NODE:.0f}" height="{node.height:.1f}"'
            told = escape(f"{node.name}: {amount(node.amount)} {unit}")
            drawn.append(f'<rect {shape} fill="{colour}"><title>{told}</title></rect>')
            x = node.x - 6 if at == 0 else node.x + NODE + 6
            anchor = "end" if at == 0 else "start"
            y = node.y + max(node.height, LEAST) / 2 + 4 if node.height > LEAST else node.y + LEAST - 3
            words = escape(f"{isolated(short(node.name))} {amount(node.amount)}")
            style = f'font-family="{FONT}" font-size="11" text-anchor="{anchor}" fill="#1D2733"'
            halo = ' paint-order="stroke" stroke="#FFFFFF" stroke-width="3" stroke-opacity="0.75"' if at == 1 else ""
            drawn.append(f'<text x="{x:.1f}" y="{y:.1f}" {style}{halo}>{words}</text>')
    return drawn
