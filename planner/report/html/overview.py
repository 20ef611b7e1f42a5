"""Summary: three headline figures, what the plan takes, and what is to be decided."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from planner.case.impacts import CLIMATE
from planner.report.html.bank import called
from planner.report.html.book import Book, Cell, Row, missing, num, word
from planner.report.html.evidence import known, weakest
from planner.report.html.impacts import shifts
from planner.report.names import isolated
from planner.report.numbers import amount, in_words, percent
from planner.report.terminal import status
from planner.report.works import idle

#: Firms and exchanges that a decision names.
_NAMED = 5


@dataclass(frozen=True)
class Headline:
    """A headline figure: what it is, how much less, and what baseline and plan are."""

    name: str
    change: str
    kind: str
    percent: str
    rows: tuple[tuple[str, Cell], ...]


def build(book: Book) -> dict[str, Any]:
    """Headline figures, status and decisions."""
    found: dict[str, Row] = {str(row["indicator"]): row for row in book.rows("indicators")}
    names: list[str] = [name for name in ("total_annual_cost", "co2e") if name in found]
    others = [name for name in ("waste", "fresh_water") if name in found]
    names += sorted(others, key=lambda name: -_or(num(found[name]["reduction_pct"]), -1e9))[:1]
    return {
        "lead": _lead(book, found),
        "headlines": [_headline(book, found, name) for name in names],
        "status": status(book.plan.header["solver"]),
        "takes": list(_takes(book, found)),
        "decisions": list(decisions(book)),
    }


def _lead(book: Book, found: dict[str, Row]) -> str:
    """The plan in one or two sentences; nothing where its cost or CO2e is not known."""
    t, parts = book.t, {}
    for name, row in (("cost", found.get("total_annual_cost")), ("co2e", found.get("co2e"))):
        if row is None or missing(row["reduction"]):
            return ""
        saved = num(row["reduction"])
        size = book.sum(abs(saved)) if name == "cost" else amount(abs(saved))
        pct = (
            ""
            if missing(row["reduction_pct"])
            else t("overview.lead_share", pct=f"{abs(num(row['reduction_pct'])):.1f}")
        )
        parts[name] = t(f"overview.lead_{name}.{_kind(row)}", amount=size, share=pct)
    return t("overview.lead", takes=_taking(book, found), **parts)


def _taking(book: Book, found: dict[str, Row]) -> str:
    """What the plan takes beyond the baseline, and how soon that is paid back."""
    row, back = found.get("investment"), found.get("payback_yr")
    more = 0.0 if row is None else num(row["plan"]) - num(row["baseline"])
    if not more > 0.0:
        return ""
    known = back is not None and not missing(back["plan"])
    payback = _payback(book, num(back["plan"]), "lead_payback") if back is not None and known else ""
    return book.t("overview.lead_takes", more=book.sum(more), payback=payback)


def _payback(book: Book, full: float, text: str) -> str:
    """Years of full operation that pay the plan back, and those from the first investment where they are others."""
    park = _park(book)
    late = full if park is None or missing(park["simple_payback_yr"]) else num(park["simple_payback_yr"])
    told = f"{full:.1f}", f"{late:.1f}"
    return book.t(f"overview.{text}" if told[0] == told[1] else f"overview.{text}_late", n=told[0], late=told[1])


def _park(book: Book) -> Row | None:
    """What the cash flow of the park is worth."""
    return next((one for one in book.rows("finance") if one["kind"] == "park"), None)


def _kind(row: Row) -> str:
    """Whether an indicator is less or more in the plan, or the same but for rounding."""
    saved = num(row["reduction"])
    least = 2e-6 * max(abs(num(row["baseline"])), abs(num(row["plan"])), 1e-3)
    return "same" if saved != saved or abs(saved) <= least else "less" if saved > 0 else "more"


def _or(value: float, instead: float) -> float:
    return value if value == value else instead


def quantity(book: Book, value: Any, unit: str) -> Cell:
    """An amount in its unit; large sums of money in words."""
    money = book.currency
    if missing(value):
        return Cell("\u2013")
    shown = in_words(float(value)) if money and unit.split("/")[0] == money else amount(value)
    return Cell(f"{shown} {unit}", float(value))


def _headline(book: Book, found: dict[str, Row], name: str) -> Headline:
    row, t = found[name], book.t
    unit, saved = word(row["unit"]), num(row["reduction"])
    pct = num(row["reduction_pct"])
    kind = _kind(row)
    change = t(f"overview.{kind}", amount=quantity(book, abs(saved), unit).text)
    rows = [(t(key), quantity(book, row[key], unit)) for key in ("baseline", "plan", "reduction")]
    low, high = (found.get(f"{name}_{end}") for end in ("low", "high"))
    if low is not None and high is not None:
        ends = [quantity(book, num(one["plan"]), unit).text for one in (low, high)]
        rows.append((t("overview.range"), Cell(t("overview.between", low=ends[0], high=ends[1]))))
    for key, cell in zip(("weak_share", "ungraded_share"), known(book, row), strict=True):
        rows.append((t(f"overview.{key}"), cell))
    shown = "" if missing(pct) or kind == "same" else f"{abs(pct):.1f} %"
    return Headline(t.of("indicators", name), change, kind, shown, tuple(rows))


def _takes(book: Book, found: dict[str, Row]) -> Iterator[tuple[str, str]]:
    """Investment, with its range, payback, and what is built."""
    t = book.t
    row = found.get("investment")
    if row is not None:
        more = num(row["plan"]) - num(row["baseline"])
        yield (
            t("overview.investment"),
            t("overview.beyond", plan=book.sum(row["plan"]), more=book.sum(more), range=_range(book, found)),
        )
    row = found.get("payback_yr")
    if row is not None and not missing(row["plan"]):
        yield t("overview.payback"), _payback(book, num(row["plan"]), "years")
    park = _park(book)
    if park is not None:
        rate = "" if missing(park["irr"]) else t("overview.irr", irr=percent(100 * float(park["irr"])))
        horizon = max((num(row["year"]) for row in book.rows("cash_flows") if row["kind"] == "park"), default=0.0)
        over = t("overview.over", rate=percent(100 * num(park["discount_rate"])), n=amount(horizon))
        yield (
            t("overview.npv"),
            t("overview.worth", npv=book.sum(park["npv"]), irr=rate, over=over),
        )


def _range(book: Book, found: dict[str, Row]) -> str:
    low, high = (found.get(f"investment_{end}") for end in ("low", "high"))
    if low is None or high is None or missing(low["plan"]) or missing(high["plan"]):
        return ""
    return book.t("overview.low_high", low=book.sum(low["plan"]), high=book.sum(high["plan"]))


def decisions(book: Book) -> Iterator[str]:
    """What the board has to decide, in the order of what it costs to leave it open."""
    yield from _to_build(book)
    yield from _fragile(book)
    yield from _firms_that_lose(book)
    yield from shifts(book)
    yield from _without_factor(book)
    yield from _prices(book)
    yield from _law(book)
    yield from _numbers(book)


def _named(book: Book, names: list[str]) -> str:
    more = len(names) - _NAMED
    return "; ".join(map(isolated, names[:_NAMED])) + (book.t("and_more", n=more) if more > 0 else "")


def _to_build(book: Book) -> Iterator[str]:
    t = book.t
    between = [row for row in book.rows("exchanges") if not row["own"]]
    new = [row for row in between if not row.get("existing")]
    works = [row for row in book.rows("facilities") if row["facility"] not in idle(book.plan)]
    told = []
    if between:
        told.append(t("decide.between", exchanges=t.count("decide.exchanges", len(between)), new=len(new)))
    if works:
        told.append(t.count("decide.facilities", len(works)))
    if told:
        yield t("decide.build", what=t("decide.and").join(told))


def _fragile(book: Book) -> Iterator[str]:
    """What, gone otherwise, turns the gain of the park into a loss."""
    known = [row for row in book.rows("bank") if row["kind"] == "park" and not missing(row["npv"])]
    base = next((row for row in known if row["variable"] == "base"), None)
    if base is not None and not book.loses(base["npv"]):
        found = [f"{_case(book, row)} ({book.sum(row['npv'])})" for row in known if book.loses(row["npv"])]
        if found:
            yield book.t("decide.fragile", cases=_named(book, found))


def _case(book: Book, row: Row) -> str:
    """What goes otherwise, and which firm the anchor is."""
    anchor = word(row.get("what")) if row["variable"] == "loss of the anchor" else ""
    return f"{called(book, row)}, {isolated(anchor)}" if anchor else called(book, row)


def _firms_that_lose(book: Book) -> Iterator[str]:
    told = [
        book.t(
            "decide.lost",
            party=isolated(str(row["party"])),
            npv=book.sum(row["npv"]),
            yearly=book.sum(row["side_payment_per_yr"]),
        )
        for row in book.rows("finance")
        if not missing(row["side_payment_once"])
    ]
    if told:
        yield book.t.count("decide.losing", len(told), firms=_named(book, told))


def _without_factor(book: Book) -> Iterator[str]:
    """What changes from the baseline to the plan and is not in the CO2e of the headline, where the case asks for it."""
    found = [row for row in book.rows("impacts") if row["stage"] == "total" and row["category"] == CLIMATE]
    unknown = [name for row in found for name in word(row["unknown_change"]).split("; ") if name]
    if unknown:
        yield book.t.count("decide.without_factor", len(unknown))


def _prices(book: Book) -> Iterator[str]:
    rows, t = book.rows("prices"), book.t
    for key, verdicts in (
        ("none", ("no price at which both gain",)),
        ("wrong", ("the seller loses at this price", "the buyer loses at this price")),
        ("open", ("no price is set",)),
    ):
        names = [str(row["exchange"]) for row in rows if row["verdict"] in verdicts]
        if names:
            yield t.count(f"decide.price_{key}", len(names), names=_named(book, names))
    late = [str(row["exchange"]) for row in rows if word(row["outlasts_contract"])]
    if late:
        yield t.count("decide.outlasts", len(late), names=_named(book, late))


def _law(book: Book) -> Iterator[str]:
    built = [row for row in book.rows("verdicts") if row["built"]]
    permits = [word(row["exchange"]) for row in book.rows("exchanges") if word(row["permit"])]
    if permits:
        yield book.t.count("decide.permits", len(permits), names=_named(book, permits))
    unknown = [row for row in built if row["compliance"] == "unknown"]
    if unknown:
        yield book.t.count("decide.unknown_law", len(unknown))


def _numbers(book: Book) -> Iterator[str]:
    row = next((one for one in book.rows("indicators") if one["indicator"] == "total_annual_cost"), None)
    if row is not None and not missing(row["weak_share"]) and float(row["weak_share"]) > 0.0:
        items = [f"{name} ({percent(100 * part)})" for name, part in weakest(book)[:_NAMED]]
        if items:
            yield book.t("decide.measure", share=percent(100 * float(row["weak_share"])), items="; ".join(items))
    gap = num(book.plan.header["solver"].get("gap"))
    if book.plan.header["solver"]["status"] != "optimal" and math.isfinite(gap):
        yield book.t("decide.gap", gap=f"{100 * gap:.3g}")
