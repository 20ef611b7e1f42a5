"""How the plan's cost and CO2e come from those of the baseline, account by account, as inline SVG."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from planner.report.html.book import Book, Cell, Chart, Grid, num, text
from planner.report.numbers import amount

WIDTH, LEFT, RIGHT, ROW, BAR, TOP = 760.0, 250.0, 110.0, 27.0, 17.0, 8.0
#: Told apart by people who see colours differently, too (Okabe & Ito 2008); the sign is written as well.
TOTAL, LESS, MORE = "#5B6875", "#009E73", "#D55E00"
#: Changes below this share of the baseline are gathered.
_SMALL = 0.004


@dataclass(frozen=True)
class Step:
    """A change from the baseline on; negative where the plan has less."""

    name: str
    change: float


def build(book: Book) -> dict[str, Any] | None:
    """Charts of cost and CO2e, as far as there are accounts."""
    charts = [chart for chart in (_cost(book), _co2e(book)) if chart is not None]
    return {"charts": charts} if charts else None


def _totals(book: Book, name: str) -> tuple[float, float] | None:
    row = next((one for one in book.rows("indicators") if one["indicator"] == name), None)
    return None if row is None else (num(row["baseline"]), num(row["plan"]))


def _cost(book: Book) -> Chart | None:
    """By head of the ledger; transfers add up to nothing and are left out."""
    sums: dict[str, float] = defaultdict(float)
    for row in book.rows("ledger"):
        if row["kind"] != "transfer":
            sums[str(row["head"])] -= num(row["gain_per_yr"])
    ends = _totals(book, "total_annual_cost")
    if not sums or ends is None:
        return None
    steps = [Step(book.t.of("heads", name), change) for name, change in sums.items()]
    return _chart(book, "cost", ends, steps, book.scale, f"{book.unit}/{book.t('yr')}")


def _co2e(book: Book) -> Chart | None:
    rows = [row for row in book.rows("emissions") if str(row["account"]).startswith("co2e_")]
    ends = _totals(book, "co2e")
    if not rows or ends is None or not any(num(row["difference"]) for row in rows):
        return None
    steps = [Step(book.t.of("indicators", row["account"]), num(row["difference"])) for row in rows]
    return _chart(book, "co2e", ends, steps, 1.0, f"tCO2e/{book.t('yr')}")


def _chart(book: Book, name: str, ends: tuple[float, float], steps: Sequence[Step], scale: float, unit: str) -> Chart:
    """A chart whose steps lead from one end to the other; what they leave open is a step of its own."""
    t, (before, after) = book.t, ends
    size = max(abs(before), abs(after), *(abs(step.change) for step in steps))
    shown = [step for step in steps if abs(step.change) > _SMALL * size]
    rest = after - before - sum(step.change for step in shown)
    shown.sort(key=lambda step: (step.change, step.name))
    if abs(rest) > 1e-9 * max(size, 1.0):
        shown.append(Step(t("waterfall.other"), rest))
    title = t(f"waterfall.{name}", unit=unit)
    told = [f"{step.name} {amount(step.change / scale)}" for step in shown]
    values = {"baseline": amount(before / scale), "plan": amount(after / scale), "steps": ", ".join(told), "unit": unit}
    svg = draw(
        title,
        t("waterfall.alt", **values),
        [(t("baseline"), before / scale), (t("plan"), after / scale)],
        [Step(step.name, step.change / scale) for step in shown],
    )

    def shown_as(value: float) -> Cell:
        return book.money(value) if scale != 1.0 or name == "cost" else Cell(amount(value), value)

    rows = [(text(t("baseline")), shown_as(before))]
    rows += [(text(step.name), shown_as(step.change)) for step in shown]
    grid = Grid(title, (t("waterfall.account"), unit), (*rows, (text(t("plan")), shown_as(after))), frozenset({1}))
    return Chart(name, svg, grid)


def draw(title: str, told: str, ends: Sequence[tuple[str, float]], steps: Sequence[Step]) -> str:
    """Draw a waterfall of horizontal bars: the first end, each step from where the last one stopped, the last end."""
    edges, at = [0.0, ends[0][1], ends[1][1]], ends[0][1]
    for step in steps:
        at += step.change
        edges.append(at)
    low, high = min(edges), max(edges)
    span = (high - low) or 1.0

    def x(value: float) -> float:
        return LEFT + (value - low) / span * (WIDTH - LEFT - RIGHT)

    bars, at, y = [_bar(ends[0][0], (x(0.0), x(ends[0][1])), amount(ends[0][1]), TOTAL, TOP)], ends[0][1], TOP
    for step in steps:
        y += ROW
        bars.append(
            f'<path d="M{x(at):.1f},{y - ROW + BAR:.1f} V{y + BAR:.1f}" stroke="#7A8794" stroke-dasharray="2 2"/>'
        )
        colour = LESS if step.change < 0 else MORE
        sign = "\u2212" if step.change < 0 else "+"
        bars.append(_bar(step.name, (x(at), x(at + step.change)), sign + amount(abs(step.change)), colour, y))
        at += step.change
    y += ROW
    bars.append(_joint(x(at), y))
    bars.append(_bar(ends[1][0], (x(0.0), x(ends[1][1])), amount(ends[1][1]), TOTAL, y))
    height = y + ROW + 4
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {height:.0f}" role="img" '
        f"aria-label={quoteattr(title)}><title>{escape(title)}</title><desc>{escape(told)}</desc>"
        f'<path d="M{x(0.0):.1f},2 V{height - 2:.1f}" stroke="#1D2733"/>{"".join(bars)}</svg>'
    )


def _joint(x: float, y: float) -> str:
    """A dotted line from where a step stops to where the next one starts."""
    return f'<path d="M{x:.1f},{y - ROW + BAR:.1f} V{y + BAR:.1f}" stroke="#7A8794" stroke-dasharray="2 2"/>'


def _bar(name: str, ends: tuple[float, float], said: str, colour: str, y: float) -> str:
    left, right = min(ends), max(ends)
    label = name if len(name) <= 36 else name[:35] + "\u2026"
    words = 'font-size="13" fill="#1D2733"'
    return (
        f'<text x="{LEFT - 8:.0f}" y="{y + 13:.1f}" text-anchor="end" {words}>{escape(label)}</text>'
        f'<rect x="{left:.1f}" y="{y:.1f}" width="{max(right - left, 1.0):.1f}" height="{BAR:.0f}" fill="{colour}">'
        f"<title>{escape(f'{name}: {said}')}</title></rect>"
        f'<text x="{right + 6:.1f}" y="{y + 13:.1f}" {words}>{escape(said)}</text>'
    )
