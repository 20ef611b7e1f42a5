"""The map of the report: what the page's script draws, the same as SVG for print, and the list of links."""

import math
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from planner.report.html.book import Book, Cell, Chart, Grid, num, text
from planner.report.html.exchanges import flow_of, link_of
from planner.report.html.mapping import Feature, Mapped, mapped
from planner.report.numbers import amount

#: Width of the drawing, and the tallest it gets.
WIDTH, TALLEST = 1000.0, 1100.0
_FONT = 12.5
#: Of a scale bar.
_STEPS = (1, 2, 5)
Box = tuple[float, float, float, float]


def build(book: Book) -> dict[str, Any] | None:
    """Map, legend, and what the script needs."""
    found = mapped(book)
    if found is None:
        return None
    chart = Chart("map", draw(book, found), _links(book))
    return {"chart": chart, "legend": found.legend, "data": data(book, found), "metric": found.metric}


def data(book: Book, found: Mapped) -> dict[str, Any]:
    """What the script of the page draws, as plain values; coordinates in metres, y upwards."""
    keys = ("layer", "kind", "dots", "colour", "fill", "width", "dash", "told", "label")
    return {
        "width": round(found.width, 1),
        "height": round(found.height, 1),
        "metric": found.metric,
        "zoom": [book.t("map.zoom_in"), book.t("map.zoom_out")],
        "north": book.t("map.north"),
        "features": [{key: getattr(one, key) for key in keys if getattr(one, key)} for one in found.features],
    }


def _links(book: Book) -> Grid:
    """What is on the map, by number."""
    t = book.t
    numbers = book.numbers
    rows = tuple(
        (
            Cell(str(numbers[row["exchange"]]), float(numbers[row["exchange"]])),
            text(row["exchange"]),
            flow_of(book, row),
            text(link_of(book, row)),
            Cell(amount(row["length_km"]), num(row["length_km"])),
        )
        for row in book.rows("exchanges")
        if row["exchange"] in numbers
    )
    heads = ("#", t("exchanges.exchange"), t("exchanges.flow"), t("exchanges.link"), t("exchanges.km"))
    return Grid(t("map.links"), heads, rows, frozenset({0, 2, 4}))


def draw(book: Book, found: Mapped) -> str:
    """Draw a map as SVG."""
    t = book.t
    scale = min(WIDTH / found.width, TALLEST / found.height)
    width, height = found.width * scale, found.height * scale
    body = [part for one in found.features if one.kind != "badge" for part in _shape(one, scale, height)]
    taken = list[Box]()
    for one in found.features:
        if one.kind == "badge":
            body.append(_badge(one, scale, height, taken))
    body += _labels(found, scale, height, taken)
    if found.metric:
        body.append(_scale_bar(scale, height))
        body.append(_north(width))
    flows = [layer.name for layer in found.legend if layer.kind == "line"]
    title = t("map.title" if found.metric else "map.diagram_title", case=book.plan.header["case"]["name"])
    told = t("map.alt", plots=sum(one.layer == "plots" for one in found.features), flows=", ".join(flows) or "-")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        f"aria-label={quoteattr(title)}><title>{escape(title)}</title><desc>{escape(told)}</desc>"
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#F7F7F4"/>{"".join(body)}</svg>'
    )


def _shape(one: Feature, scale: float, height: float) -> Iterator[str]:
    """A shape; a link has a light edge, so that crossings can be followed."""
    lines = [[(x * scale, height - y * scale) for x, y in line] for line in one.dots]
    told = f"<title>{escape(one.told)}</title>" if one.told else ""
    if one.kind == "point":
        x, y = lines[0][0]
        fill = one.fill or "#333333"
        look = f'fill="{fill}" stroke="{one.colour}"'
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" {look}>{told}</circle>'
        return
    closed = " Z" if one.kind in ("area", "head") else ""
    d = " ".join("M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in line) + closed for line in lines)
    if closed:
        edge = "#FFFFFF" if one.kind == "head" else one.colour
        look = f'fill="{one.fill}" stroke="{edge}" stroke-width="{one.width:.1f}"'
        yield f'<path d="{d}" fill-rule="evenodd" {look}>{told}</path>'
        return
    if one.told and one.width != 2.4:
        yield f'<path d="{d}" fill="none" stroke="#FFFFFF" stroke-width="{1.5 * one.width + 2:.1f}"/>'
    dash = f' stroke-dasharray="{one.dash}"' if one.dash else ""
    look = f'stroke="{one.colour}" stroke-width="{1.5 * one.width:.1f}"{dash} stroke-linejoin="round"'
    yield f'<path d="{d}" fill="none" {look}>{told}</path>'


def _badge(one: Feature, scale: float, height: float, taken: list[Box]) -> str:
    x, y = one.dots[0][0][0] * scale, height - one.dots[0][0][1] * scale
    taken.append((x - 9, y - 9, x + 9, y + 9))
    style = f'font-size="10.5" text-anchor="middle" fill="#1D2733">{escape(one.label)}</text>'
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8.5" fill="#FFFFFF" stroke="{one.colour}" stroke-width="1.6"/>'
        f'<text x="{x:.1f}" y="{y + 3.7:.1f}" {style}'
    )


def _labels(found: Mapped, scale: float, height: float, taken: list[Box]) -> Iterator[str]:
    """Names of tenants and partners, then of free plots, where there is room beside those written before."""
    named = [one for one in found.features if one.label and one.kind != "badge"]
    width = found.width * scale
    for one in sorted(named, key=lambda one: (one.layer == "free", -_size(one))):
        xs, ys = zip(*one.dots[0], strict=True)
        x, y = (min(xs) + max(xs)) / 2 * scale, height - (min(ys) + max(ys)) / 2 * scale
        lines, font = one.label.split("\n"), _FONT if one.layer != "free" else 10.5
        half, tall = max(map(len, lines)) * font * 0.29 + 2, len(lines) * font * 1.15
        down = (max(ys) - min(ys)) / 2 * scale
        # within the plot, else below it, above it, farther off; of a point first beside it
        for dy in (0.0, down + tall / 2 + 4, -down - tall / 2 - 4, down + 1.6 * tall, -down - 1.6 * tall):
            if one.kind == "point" and not dy:
                continue
            at = min(max(x, half), width - half), min(max(y + dy, tall / 2), height - tall / 2)
            spot = (at[0] - half, at[1] - tall / 2, at[0] + half, at[1] + tall / 2)
            if not any(_meet(spot, other) for other in taken):
                taken.append(spot)
                yield _name(lines, at, font, one.layer)
                break
        else:
            if one.layer != "free":  # a tenant is named even where it is crowded
                yield _name(lines, (min(max(x, half), width - half), y), font, one.layer)


def _size(one: Feature) -> float:
    xs, ys = [x for x, _ in one.dots[0]], [y for _, y in one.dots[0]]
    return (max(xs) - min(xs)) * (max(ys) - min(ys))


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _name(lines: list[str], at: tuple[float, float], font: float, layer: str) -> str:
    ink = "#666666" if layer == "free" else "#1D2733"
    look = ' font-style="italic"' if layer == "partner" else ' font-weight="bold"' if layer == "plots" else ""
    first = at[1] - (len(lines) - 1) * font * 0.575 + font * 0.35
    spans = "".join(
        f'<tspan x="{at[0]:.1f}" y="{first + n * font * 1.15:.1f}">{escape(line)}</tspan>'
        for n, line in enumerate(lines)
    )
    halo = 'paint-order="stroke" stroke="#FFFFFF" stroke-width="3" stroke-linejoin="round"'
    return f'<text font-size="{font}" text-anchor="middle" fill="{ink}" {halo}{look}>{spans}</text>'


def scale_length(most: float) -> float:
    """The longest of 1, 2 and 5 times a power of ten that is not above a length."""
    power = math.pow(10.0, math.floor(math.log10(most)))
    return max(step * power for step in _STEPS if step * power <= most * (1 + 1e-9))


def _scale_bar(scale: float, height: float) -> str:
    metres = scale_length(180.0 / scale)
    x = 14 + metres * scale
    said = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    return (
        f'<path d="M14,{height - 20:.1f} v6 H{x:.1f} v-6" fill="none" stroke="#1D2733" stroke-width="1.6"/>'
        f'<text x="{(14 + x) / 2:.1f}" y="{height - 20:.1f}" font-size="11.5" text-anchor="middle" '
        f'paint-order="stroke" stroke="#FFFFFF" stroke-width="3">{said}</text>'
    )


def _north(width: float) -> str:
    x = width - 24
    return (
        f'<path d="M{x:.1f},14 l7,20 -7,-5 -7,5 Z" fill="#1D2733"/>'
        f'<text x="{x:.1f}" y="48" font-size="12" text-anchor="middle" font-weight="bold">N</text>'
    )
