"""Each firm's page: ledger, what its money is worth, its exchanges with their prices, its pipes, its cash flow."""

from collections.abc import Iterator
from typing import Any

from planner.report.html.bank import of_party
from planner.report.html.book import (
    Book,
    Cell,
    Grid,
    Row,
    missing,
    num,
    number,
    payback,
    share,
    text,
    total,
    without_empty,
    word,
)
from planner.report.html.exchanges import price_row
from planner.report.numbers import amount

#: What is invested in that is a pipe, a cable or a way.
_PIPES = ("link", "trench", "connection")


def build(book: Book) -> dict[str, Any] | None:
    """An overview of all parties, and a page for each."""
    parties = book.rows("parties")
    if not parties:
        return None
    worth = {str(row["party"]): row for row in book.rows("finance") if row["kind"] != "exchange"}
    return {
        "overview": _overview(book, parties, worth),
        "how": book.t("firms.how" if book.firm is None else "firms.how_own"),
        "ask": _ask(book),
        "firms": [_firm(book, n, row, worth.get(str(row["party"]))) for n, row in enumerate(parties, start=1)],
    }


def _ask(book: Book) -> str:
    """How to add what is not there yet; nothing in an edition."""
    open_ = [command for command in ("share", "exits") if command not in book.answers and book.firm is None]
    return " ".join(book.t(f"ask.{command}") for command in open_)


def _overview(book: Book, parties: list[Any], worth: dict[str, Any]) -> Grid:
    """Every party in a row, and the park."""
    t = book.t
    rows = [
        (
            text(row["party"], more=t.of("kinds", row["kind"])),
            book.money(num(row["capex"]) - num(row["baseline_capex"])),
            book.gain(row["gain_per_yr"]),
            *_measures(book, worth.get(str(row["party"]))),
        )
        for row in parties
    ]
    park = worth.get("park")
    sums = total(t("firms.all"), rows, (1, 2), book.money)
    foot = (sums[:3] + _measures(book, park),)
    heads = [t("firms.party"), *(t(f"firms.{head}", unit=book.unit) for head in ("invests", "gain", "npv"))]
    heads += [t("firms.irr"), t("firms.payback"), t("firms.discounted")]
    shown = foot if book.firm is None else ()
    return Grid(
        t("firms.overview" if book.firm is None else "firms.overview_own"),
        tuple(heads),
        tuple(rows),
        frozenset(range(1, 7)),
        shown,
    )


def _measures(book: Book, row: Row | None) -> tuple[Cell, ...]:
    """NPV, IRR and paybacks."""
    if row is None:
        return (Cell("\u2013"),) * 4
    note = word(row["note"])
    none = book.t("never") if note == "never pays back" else "\u2013"
    return (
        book.gain(row["npv"]),
        share(row["irr"]) if not missing(row["irr"]) else Cell("\u2013", more=book.t.of("finance_notes", note)),
        payback(book, row["simple_payback_yr"], none),
        payback(book, row["discounted_payback_yr"], none),
    )


def _firm(book: Book, n: int, row: Any, worth: Any) -> dict[str, Any]:
    name = str(row["party"])
    return {
        "id": f"firm-{n}",
        "name": name,
        "kind": book.t.of("kinds", row["kind"]),
        "facts": list(_facts(book, row, worth)),
        "loses": worth is not None and not missing(worth["side_payment_once"]),
        "ledger": _ledger(book, name),
        "prices": _prices(book, name),
        "pipes": _pipes(book, name),
        "bank": of_party(book, name),
        "cash": _cash(book, name),
    }


def _facts(book: Book, row: Any, worth: Any) -> Iterator[tuple[str, Cell]]:
    """Headline figures of a firm."""
    t = book.t
    ends = [book.sum(row[key]) for key in ("capex_low", "capex_high")]
    ranged = {"capex": book.sum(row["capex"]), "low": ends[0], "high": ends[1]}
    unknown = missing(row["capex_low"]) or missing(row["capex_high"]) or ends[0] == ends[1]
    more = num(row["capex"]) - num(row["baseline_capex"])
    yield t("firms.fact_gain"), _with_unit(book, row["gain_per_yr"], f"/{t('yr')}")
    yield t("firms.fact_invests"), _with_unit(book, more)
    yield (
        t("firms.fact_capex"),
        Cell(book.sum(row["capex"]) if unknown else t("firms.capex_range", **ranged), num(row["capex"])),
    )
    if worth is not None:
        npv, irr, simple, discounted = _measures(book, worth)
        yield t("firms.fact_npv", rate=share(worth["discount_rate"]).text), _with_unit(book, npv.value)
        yield t("firms.irr"), Cell(irr.text, irr.value, more=irr.more)
        yield t("firms.payback"), _years(book, simple)
        yield t("firms.discounted"), _years(book, discounted)
        if num(worth["grants_capex"]) > 0:
            yield t("firms.fact_grants"), _with_unit(book, worth["grants_capex"])
        if not missing(worth["least_dscr"]):
            yield t("firms.fact_dscr"), Cell(amount(worth["least_dscr"]), num(worth["least_dscr"]))


def _with_unit(book: Book, value: Any, per: str = "") -> Cell:
    cell = book.gain(value)
    return cell if cell.value is None else Cell(f"{book.sum(value)}{per}", cell.value, kind=cell.kind)


def _years(book: Book, cell: Cell) -> Cell:
    return cell if not cell.value else Cell(book.t("overview.years", n=cell.text), cell.value)


def _ledger(book: Book, party: str) -> Grid | None:
    """What a party pays and earns a year, by head, in baseline and plan."""
    t = book.t
    rows = []
    for row in book.rows("ledger"):
        if row["party"] != party:
            continue
        what = "; ".join(word(row[key]) for key in ("exchange", "resource") if word(row[key]))
        called = t.of("accounts", row["account"])
        head = t.of("heads", row["head"])
        kind = t.of("money_kinds", row["kind"])
        money = (book.money(row["baseline_per_yr"]), book.money(row["plan_per_yr"]), book.gain(row["gain_per_yr"]))
        rows.append((text(head, more="" if called == head else called), text(what), text(kind), *money))
    heads = [t("firms.head"), t("firms.for"), t("firms.kind"), t("baseline"), t("plan"), t("firms.better_off")]
    foot = (total(t("total"), rows, (3, 4, 5), book.gain),) if rows else ()
    caption = t("firms.ledger", firm=party, unit=book.unit)
    return Grid(caption, tuple(heads), tuple(rows), frozenset({3, 4, 5}), foot) if rows else None


def _prices(book: Book, party: str) -> Grid | None:
    """Exchanges of a party with price and interval; in an edition only its own side of that."""
    t = book.t
    rows = []
    for row in book.rows("prices"):
        if party in (row["seller"], row["buyer"]):
            role = t("firms.sells") if row["seller"] == party else t("firms.buys")
            flow = Cell(f"{amount(row['flow_per_yr'])} {word(row['unit'])}/{t('yr')}", num(row["flow_per_yr"]))
            paid = num(row["price_per_unit"]) * num(row["flow_per_yr"])
            exchange, unit, *rest = price_row(book, row)
            rows.append((exchange, text(role), flow, unit, *rest[:3], book.money(paid), *rest[3:]))
    heads = (
        "exchange",
        "role",
        "flow",
        "unit",
        "seller_floor",
        "price",
        "buyer_ceiling",
        "paid",
        "contract",
        "verdict",
    )
    said = tuple(t(f"exchanges.{head}", unit=book.unit) if head == "paid" else t(f"exchanges.{head}") for head in heads)
    caption = t("firms.exchanges", firm=party)
    return without_empty(Grid(caption, said, tuple(rows), frozenset({2, 4, 5, 6, 7})), (8, 9)) if rows else None


def _pipes(book: Book, party: str) -> Grid | None:
    """What a party pays for of pipes, cables, trenches and connections."""
    t = book.t
    lengths = {word(row["exchange"]): row["length_km"] for row in book.rows("exchanges")}
    rows = []
    for row in book.rows("assets"):
        if row["party"] != party or row["of"] not in _PIPES or not (num(row["capex"]) or num(row["baseline_capex"])):
            continue
        length = lengths.get(word(row["exchange"]))
        km = number(length)
        life = (
            Cell("\u2013") if missing(row["lifetime_yr"]) else Cell(amount(row["lifetime_yr"]), num(row["lifetime_yr"]))
        )
        money = (book.money(row["baseline_capex"]), book.money(row["capex"]))
        rows.append((text(row["item"]), text(row["exchange"]), km, life, *money))
    heads = ["item", "for", "km", "lifetime"]
    said = [t(f"firms.{head}") for head in heads] + [t("firms.before", unit=book.unit), t("firms.now", unit=book.unit)]
    foot = (total(t("total"), rows, (4, 5), book.money),) if rows else ()
    caption = t("firms.pipes", firm=party)
    return Grid(caption, tuple(said), tuple(rows), frozenset({2, 3, 4, 5}), foot) if rows else None


def _cash(book: Book, party: str) -> Grid | None:
    """Cash flow of a party by year."""
    t = book.t
    columns = ("gain", "investment", "grants", "residual", "tax", "net", "discounted", "cumulative")
    rows = tuple(
        (Cell(f"{row['year']:.0f}", num(row["year"])), *(book.money(row[column]) for column in columns))
        for row in book.rows("cash_flows")
        if row["party"] == party and row["kind"] not in ("exchange", "park", "society")
    )
    heads = (t("firms.year"), *(t(f"firms.cash_{column}") for column in columns))
    caption = t("firms.cash", firm=party, unit=book.unit)
    return Grid(caption, heads, rows, frozenset(range(1, 9))) if rows else None
