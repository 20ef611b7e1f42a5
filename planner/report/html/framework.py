"""Indicators under the headings of the International Framework for Eco-Industrial Parks (UNIDO, World Bank, GIZ 2021).

What a plan knows is computed; what is a matter of the park's management is not. No threshold of the Framework was read
at its source, so that none is judged.
"""

from collections.abc import Callable, Mapping
from typing import Any

from planner.report.html.book import Book, Cell, Grid, num, text, word
from planner.report.numbers import amount, percent


def build(book: Book) -> dict[str, Any]:
    """A table for each of the four areas."""
    t = book.t
    areas = []
    for area in t.rows("framework.areas"):
        rows = tuple(_row(book, row) for row in t.rows("framework.rows") if row["area"] == area["id"])
        heads = tuple(t(f"framework.{head}") for head in ("topic", "indicator", "state", "value", "threshold"))
        areas.append(Grid(area["name"], heads, rows))
    return {"areas": areas}


def _row(book: Book, row: Mapping[str, str]) -> tuple[Cell, ...]:
    t = book.t
    make = COMPUTED.get(row["id"])
    value = None if make is None else make(book)
    if value is None:
        state = t("framework.not_computable")
    else:
        state = t("framework.computed" if not row.get("threshold") else "framework.unverified")
    shown = value or Cell("\u2013", more=row.get("why", ""))
    threshold = t("framework.recalled", value=row["threshold"]) if row.get("threshold") else "\u2013"
    return text(row["topic"]), text(row["name"]), text(state), shown, text(threshold)


def _indicator(book: Book, name: str) -> Mapping[Any, Any] | None:
    return next((row for row in book.rows("indicators") if row["indicator"] == name), None)


def _total(name: str) -> Callable[[Book], Cell | None]:
    def make(book: Book) -> Cell | None:
        row = _indicator(book, name)
        if row is None or num(row["plan"]) != num(row["plan"]):
            return None
        more = book.t("framework.against", value=amount(row["baseline"]), unit=row["unit"])
        return Cell(f"{amount(row['plan'])} {row['unit']}", num(row["plan"]), more=more)

    return make


def _per(name: str) -> Callable[[Book], Cell | None]:
    def make(book: Book) -> Cell | None:
        rows = [row for row in book.rows("intensities") if row["indicator"] == name]
        told = [f"{amount(row['plan'])} {row['unit']}" for row in rows]
        return Cell("; ".join(told[:3])) if told else None

    return make


def _share_of(part: float, whole: float, more: str = "") -> Cell | None:
    return Cell(percent(100 * part / whole), part / whole, more=more) if whole > 0 else None


def _waste_reused(book: Book) -> Cell | None:
    rows = [_indicator(book, name) for name in ("waste_reused", "waste")]
    reused, left = (0.0 if row is None else num(row["plan"]) for row in rows)
    return _share_of(reused, reused + left)


def _kinds(book: Book) -> dict[str, str]:
    case = book.plan.case
    return {} if case is None else {name: data.kind for name, data in case.resources.items()}


def _water_reused(book: Book) -> Cell | None:
    """Water that plants take from others, of that and what is discharged."""
    kinds, case = _kinds(book), book.plan.case
    if case is None:
        return None
    flows = [row for row in book.rows("exchanges") if kinds.get(word(row["resource"])) == "water" and not row["own"]]
    reused = sum(num(row["flow_per_yr"]) for row in flows if word(row["to"]) in case.plants)
    gone = sum(num(r["amount_per_yr"]) for r in book.rows("discharges") if kinds.get(word(r["resource"])) == "water")
    return _share_of(reused, reused + gone)


def _heat_exchanged(book: Book) -> Cell | None:
    """Firms that give or take heat, of all plants that stand."""
    kinds = _kinds(book)
    flows = [row for row in book.rows("exchanges") if kinds.get(word(row["resource"])) == "heat"]
    plants = {word(row["unit"]) for row in book.rows("siting") if row["kind"] == "plant"}
    taking = {word(row[end]) for row in flows for end in ("from", "to")} & plants
    return _share_of(len(taking), len(plants), book.t("framework.of_plants", n=len(taking), all=len(plants)))


def _power_saved(book: Book) -> Cell | None:
    row = _indicator(book, "heat_supplied")
    power = _indicator(book, "power_bought")
    parts = [
        book.t(f"framework.{name}", plan=amount(one["plan"]), baseline=amount(one["baseline"]), unit=one["unit"])
        for name, one in (("heat", row), ("power", power))
        if one is not None
    ]
    return Cell("; ".join(parts)) if parts else None


def _occupied(book: Book) -> Cell | None:
    plots = book.plan.layers.get("plots")
    if plots is None or plots.empty:
        return None
    taken = {row["plot"] for row in book.rows("siting")}
    return _share_of(len(taken), len(plots), book.t("framework.of_plots", n=len(taken), all=len(plots)))


def _jobs(book: Book) -> Cell | None:
    """Jobs of plants and facilities that stand, as far as the case states them."""
    case = book.plan.case
    if case is None:
        return None
    there = [word(row["unit"]) for row in book.rows("siting")]
    stated = [case.plants.get(name) or case.facilities.get(name) for name in there]
    jobs = [one.jobs.value for one in stated if one is not None and one.jobs is not None]
    return (
        Cell(amount(sum(jobs)), sum(jobs), more=book.t("framework.of_units", n=len(jobs), all=len(there)))
        if jobs
        else None
    )


def _value(book: Book) -> Cell | None:
    row = next((one for one in book.rows("finance") if one["kind"] == "park"), None)
    return None if row is None else Cell(book.sum(row["npv"]), num(row["npv"]))


def _evaluated(book: Book) -> Cell | None:
    """Exchanges between firms."""
    rows = [row for row in book.rows("exchanges") if not row["own"]]
    return Cell(amount(len(rows)), float(len(rows)))


#: What of the Framework's rows a plan can say.
COMPUTED: Mapping[str, Callable[[Book], Cell | None]] = {
    "infrastructure": _evaluated,
    "energy_use": _power_saved,
    "heat_recovery": _heat_exchanged,
    "water_use": _total("fresh_water"),
    "water_reuse": _water_reused,
    "waste_total": _total("waste"),
    "waste_reuse": _waste_reused,
    "ghg": _total("co2e"),
    "ghg_intensity": _per("co2e"),
    "jobs": _jobs,
    "occupancy": _occupied,
    "value": _value,
}
