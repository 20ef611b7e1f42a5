"""Impacts beyond CO2e: avoided and own burdens apart, what is shifted and what is not known, and who bears it."""

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from planner.case.impacts import CLIMATE
from planner.report.html.book import Book, Cell, Chart, Grid, Row, missing, num, number, text, total, word
from planner.report.numbers import amount, percent

WIDTH, LEFT, RIGHT, ROW, BAR, TOP = 860.0, 190.0, 240.0, 38.0, 19.0, 34.0
#: Told apart by people who see colours differently, too (Okabe & Ito 2008); side and sign say the same.
AVOIDED, ADDED = "#009E73", "#D55E00"
HOWS = ("cut_off", "energy", "substitution", "half")
NONE = "not computable"
#: Flows without a factor that are named before "and n more".
NAMED = 12


def build(book: Book) -> dict[str, Any] | None:
    """Avoided and own burdens of every category, by stage, by firm and by input-output factors."""
    rows = book.rows("impacts")
    totals = [row for row in rows if row["stage"] == "total"]
    if not totals:
        return None
    known = [row for row in totals if row["status"] != NONE]
    return {
        "shifts": list(shifts(book)),
        "unknown": list(_unknown(book, totals)),
        "chart": _chart(book, known) if known else None,
        "totals": _grid(book, "totals", [_row(book, row) for row in totals], "category"),
        "stages": _grid(book, "stages", [_row(book, row, row["stage"]) for row in rows if _told(row)], "stage"),
        "firms": [_firms(book, row) for row in known],
        "indirect": _indirect(book),
    }


def shifts(book: Book) -> list[str]:
    """A sentence for every category that rises while another falls."""
    found = [row for row in book.rows("impacts") if row["stage"] == "total" and word(row["shifted"])]
    return [
        book.t(
            "impacts.shift",
            what=word(row["shifted"]).removeprefix("shifted: "),
            amount=f"{amount(-num(row['reduction']))} {row['unit']}",
        )
        for row in found
    ]


def _unknown(book: Book, totals: Sequence[Row]) -> list[str]:
    """What is left out of the reduction of a category, because it has no factor."""
    made = []
    for row in totals:
        if row["status"] == NONE:
            made.append(book.t("impacts.none", category=_called(book, row)))
        elif word(row["unknown_change"]):
            names = word(row["unknown_change"]).split("; ")
            more = book.t("and_more", n=len(names) - NAMED) if len(names) > NAMED else ""
            told = "; ".join(names[:NAMED]) + more
            made.append(book.t("impacts.without", category=_called(book, row), names=told))
    return made


def _called(book: Book, row: Row) -> str:
    name = str(row["category"])
    return book.t("impacts.climate") if name == CLIMATE else name


def _told(row: Row) -> bool:
    """Whether a stage has anything to tell."""
    nothing = not num(row["baseline"]) and not num(row["plan"])
    return row["stage"] != "total" and (row["status"] == NONE or not nothing)


def _row(book: Book, row: Row, stage: Any = None) -> tuple[Cell, ...]:
    worse = num(row["reduction"]) < 0
    pct = row["reduction_pct"]
    return (
        text(_called(book, row), more="" if stage is None else book.t.of("impact_stages", stage)),
        text(str(row["unit"])),
        number(row["baseline"]),
        number(row["avoided_per_yr"]),
        number(row["added_per_yr"]),
        number(row["plan"]),
        number(row["reduction"], kind="bad" if worse else ""),
        Cell("\u2013") if missing(pct) else Cell(percent(pct), float(pct)),
        text(book.t.of("impact_status", row["status"]), kind="" if row["status"] == "computed" else "bad"),
    )


def _grid(book: Book, name: str, rows: Sequence[tuple[Cell, ...]], first: str) -> Grid:
    t = book.t
    keys = ("unit", "baseline", "avoided", "added", "plan", "reduction", "reduction_pct", "status")
    heads = (t(f"impacts.{first}"), *(t(f"impacts.{key}") for key in keys))
    return Grid(t(f"impacts.{name}"), heads, tuple(rows), frozenset(range(2, 8)))


def _firms(book: Book, whole: Row) -> Grid:
    """What every firm bears in the plan, under each convention; they add up to the same park."""
    t = book.t
    mine = [row for row in book.rows("impacts_by_party") if row["category"] == whole["category"]]
    rows = [
        (text(row["party"]), number(row["baseline"]), *(number(row[f"plan_{how}"]) for how in HOWS)) for row in mine
    ]
    chosen = str(mine[0]["allocation"]) if mine else ""
    caption = t("impacts.firms", category=_called(book, whole), unit=str(whole["unit"]))
    heads = (t("impacts.firm"), t("impacts.before", how=chosen), *(t(f"impacts.{how}") for how in HOWS))
    foot = (total(t("impacts.park"), rows, range(1, 6), number),) if rows else ()
    return Grid(caption, heads, tuple(rows), frozenset(range(1, 6)), foot)


def _indirect(book: Book) -> Grid | None:
    t = book.t
    rows = [
        (
            text(f"{row['of']}", more=str(row["purchases"])),
            text(book.t("impacts.climate") if row["category"] == CLIMATE else row["category"]),
            number(row["baseline"], str(row["unit"])),
            number(row["plan"], str(row["unit"])),
            text(t("impacts.twice") if row["also_process_based"] else ""),
        )
        for row in book.rows("impacts_indirect")
        if not missing(row["factor"])
    ]
    heads = tuple(t(f"impacts.{key}") for key in ("paid_for", "category", "baseline", "plan", "also"))
    return Grid(t("impacts.indirect"), heads, tuple(rows), frozenset({2, 3})) if rows else None


def _chart(book: Book, rows: Sequence[Row]) -> Chart:
    """A line for each category: what it avoids to the left, what it adds to the right, each on a scale of its own."""
    t = book.t
    title = t("impacts.chart")
    middle, half = (LEFT + WIDTH - RIGHT) / 2, (WIDTH - RIGHT - LEFT) / 2 - 92
    words = 'font-size="13" fill="#1D2733"'
    parts = [
        f'<text x="{middle - 8:.0f}" y="16" text-anchor="end" {words}>{escape(t("impacts.avoided"))}</text>',
        f'<text x="{middle + 8:.0f}" y="16" {words}>{escape(t("impacts.added"))}</text>',
        f'<text x="{WIDTH - RIGHT + 8:.0f}" y="16" {words}>{escape(t("impacts.net"))}</text>',
    ]
    told, table = [], []
    for n, row in enumerate(rows):
        name, unit, y = _called(book, row), str(row["unit"]), TOP + ROW * n
        avoided, added, net = num(row["avoided_per_yr"]), num(row["added_per_yr"]), -num(row["reduction"])
        size = max(avoided, added) or 1.0
        sides = ((middle - half * avoided / size, avoided, AVOIDED, "\u2212"), (middle, added, ADDED, "+"))
        for x, value, colour, sign in sides:
            wide = half * value / size
            at = x - 5 if sign != "+" else x + wide + 5
            parts.append(
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{BAR:.0f}" fill="{colour}">'
                f"<title>{escape(f'{name}: {sign}{amount(value)} {unit}')}</title></rect>"
                f'<text x="{at:.1f}" y="{y + 14:.1f}" text-anchor="{"start" if sign == "+" else "end"}" '
                f'font-size="12" fill="#1D2733">{sign}{amount(value)}</text>'
            )
        said = f"{'+' if net > 0 else ''}{amount(net)} {unit}"
        said += f" ({t('impacts.partly')})" if word(row["unknown_change"]) else ""
        weight = ' font-weight="700"' if net > 0 else ""
        short = name if len(name) <= 27 else name[:26] + "\u2026"
        parts.append(
            f'<text x="{LEFT - 8:.0f}" y="{y + 14:.1f}" text-anchor="end" {words}>{escape(short)}</text>'
            f'<text x="{WIDTH - RIGHT + 8:.0f}" y="{y + 14:.1f}" {words}{weight}>{escape(said)}</text>'
        )
        told.append(t("impacts.line", category=name, avoided=amount(avoided), added=amount(added), net=said))
        table.append((text(name), number(avoided, unit), number(added, unit), text(said)))
    height = TOP + ROW * len(rows)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {height:.0f}" role="img" '
        f"aria-label={quoteattr(title)}><title>{escape(title)}</title><desc>{escape(' '.join(told))}</desc>"
        f'{"".join(parts)}<path d="M{middle:.1f},{TOP - 8:.0f} V{height - 4:.0f}" stroke="#1D2733"/></svg>'
    )
    heads = tuple(t(f"impacts.{key}") for key in ("category", "avoided", "added", "net"))
    return Chart("impacts", svg, Grid(title, heads, tuple(table), frozenset({1, 2, 3})))
