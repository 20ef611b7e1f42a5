"""How the plan's cost and CO2e come from those of the baseline, account by account, as inline SVG."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from planner.report.html.bars import BAD, GOOD, NARROW, TOTAL, WIDE, Bar, bars
from planner.report.html.book import Book, Cell, Chart, Grid, num, text
from planner.report.numbers import amount

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
    drawn = _bars([(t("baseline"), before), (t("plan"), after)], shown, scale)
    floor = _floor([x for bar in drawn[1:-1] for x in (bar.start, bar.end)])
    cut = t("waterfall.cut", floor=amount(floor), unit=unit) if floor else ""
    said = " ".join(filter(None, (t("waterfall.alt", **values), cut)))
    wide, narrow = (bars(title, said, drawn, form, joined=True, floor=floor) for form in (WIDE, NARROW))

    def shown_as(value: float) -> Cell:
        return book.money(value) if scale != 1.0 or name == "cost" else Cell(amount(value), value)

    rows = [(text(t("baseline")), shown_as(before))]
    rows += [(text(step.name), shown_as(step.change)) for step in shown]
    grid = Grid(title, (t("waterfall.account"), unit), (*rows, (text(t("plan")), shown_as(after))), frozenset({1}))
    return Chart(name, wide, grid, narrow, cut)


def _floor(edges: Sequence[float]) -> float:
    """Where the axis starts: above nothing where all that moves is little beside the totals."""
    low, high = min(edges, default=0.0), max(edges, default=0.0)
    if not 0.0 < high - low < 0.4 * low:
        return 0.0
    return low - 0.25 * (high - low)


def _bars(ends: Sequence[tuple[str, float]], steps: Sequence[Step], scale: float) -> list[Bar]:
    """The first end, each step from where the last one stopped, the last end."""
    (first, at), (last, stop) = ends
    made = [Bar(first, 0.0, at / scale, amount(at / scale), TOTAL)]
    for step in steps:
        sign = "\u2212" if step.change < 0 else "+"
        said = sign + amount(abs(step.change) / scale)
        colour = GOOD if step.change < 0 else BAD
        made.append(Bar(step.name, at / scale, (at + step.change) / scale, said, colour))
        at += step.change
    return [*made, Bar(last, 0.0, stop / scale, amount(stop / scale), TOTAL)]
