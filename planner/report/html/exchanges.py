"""Exchanges: what flows from whom to whom, by which link, what it costs and gains, and at what price."""

from dataclasses import replace
from typing import Any

from planner.report.html.book import (
    Book,
    Cell,
    Grid,
    Row,
    missing,
    num,
    number,
    payback,
    text,
    total,
    without_empty,
    word,
)
from planner.report.names import isolated
from planner.report.numbers import amount


def build(book: Book) -> dict[str, Any]:
    """Two tables: what is built, and the price of each exchange with the interval in which both sides gain."""
    rows, t = [_built(book, row) for row in book.rows("exchanges")], book.t
    ask = "" if "why" in book.answers else t("ask.why")
    if not rows:
        return {"grid": None, "prices": None, "ask": ask, "none": _none(book)}
    heads = [t(f"exchanges.{head}") for head in ("exchange", "flow", "link", "km")]
    heads += [t(f"exchanges.{head}", unit=book.unit) for head in ("capex", "gain")]
    heads += [t("exchanges.co2e"), t("exchanges.payback")]
    foot = (total(t("total"), rows, (4, 6), book.money),)
    foot = (tuple(Cell(_tonnes(rows), None) if n == 6 else cell for n, cell in enumerate(foot[0])),)
    right = frozenset({1, 3, 4, 5, 6, 7})
    return {
        "grid": Grid(t("exchanges.caption"), tuple(heads), tuple(rows), right, foot),
        "prices": prices(book),
        "ask": ask,
    }


def _none(book: Book) -> str:
    """That nothing is exchanged, and how sure it is that nothing should be."""
    if book.plan.header["solver"]["status"] != "optimal":
        return book.t("exchanges.none_found")
    return book.t("exchanges.none_proven", goal=book.t.of("goals", book.plan.header.get("objective")))


def _tonnes(rows: list[tuple[Cell, ...]]) -> str:
    return amount(sum(row[6].value or 0.0 for row in rows))


def link_of(book: Book, row: Row) -> str:
    """By which link an exchange is carried, in words."""
    if row["own"] or missing(row["link"]):
        return book.t("exchanges.on_site") if row["own"] else word(row["option"])
    copies = num(row["copies"])
    many = f"{copies:.0f} \u00d7 " if copies > 1 else ""
    over = f", {book.t('exchanges.over', main=row['main'])}" if word(row.get("main")) else ""
    old = f", {book.t('exchanges.existing')}" if row.get("existing") is True or row.get("existing") == "True" else ""
    size = word(row["size"]).replace(" ", "\u00a0")
    return f"{many}{word(row['link'])} {size}".strip() + over + old


def flow_of(book: Book, row: Row) -> Cell:
    """What flows a year."""
    return Cell(f"{amount(row['flow_per_yr'])} {word(row['unit'])}/{book.t('yr')}", num(row["flow_per_yr"]))


def _built(book: Book, row: Row) -> tuple[Cell, ...]:
    number_on_map = book.numbers.get(word(row["exchange"]))
    more = [] if number_on_map is None else [book.t("exchanges.number", n=number_on_map)]
    if not missing(row["delay_yr"]) and num(row["delay_yr"]) > 0:
        more.append(book.t("exchanges.delay", n=amount(row["delay_yr"])))
    if not missing(row["permit"]):
        more.append(book.t("exchanges.permit", permit=row["permit"]))
    if num(row.get("shared_capex")) > 0:
        more.append(book.t("exchanges.shared", capex=book.sum(row["shared_capex"])))
    return (
        text(row["exchange"], more="; ".join(more)),
        flow_of(book, row),
        text(link_of(book, row)),
        number(row["length_km"]),
        book.money(row["capex"]),
        book.gain(row["gain_per_yr"]),
        number(row["co2e_avoided_t_per_yr"]),
        _payback(book, row),
    )


def _payback(book: Book, row: Row) -> Cell:
    """Payback of what an exchange takes; at once where that is nothing."""
    return payback(book, row["payback_yr"], book.t("never") if num(row["gain_per_yr"]) <= 0 else "\u2013")


def prices(book: Book) -> Grid | None:
    """Price of each exchange between two parties, with the seller's least and the buyer's most."""
    t = book.t
    rows = [price_row(book, row) for row in book.rows("prices")]
    heads = ("exchange", "unit", "seller_floor", "price", "buyer_ceiling", "contract", "verdict")
    caption = t("exchanges.prices", currency=book.currency)
    made = Grid(caption, tuple(t(f"exchanges.{h}") for h in heads), tuple(rows), frozenset({2, 3, 4}))
    return without_empty(made, (5,)) if rows else None


def price_row(book: Book, row: Row) -> tuple[Cell, ...]:
    """A row of the table of prices."""
    t, money = book.t, book.currency
    lacking = num(row["lacking_per_yr"])
    more = t("exchanges.lacking", sum=book.sum(lacking), once=book.sum(row["lacking_once"])) if lacking > 0 else ""
    return (
        text(row["exchange"], more=f"{isolated(word(row['seller']))} \u2192 {isolated(word(row['buyer']))}"),
        text(f"{money}/{word(row['unit'])}"),
        number(row["floor_per_unit"]),
        replace(number(row["price_per_unit"]), more=_basis(book, word(row["basis"]))),
        number(row["ceiling_per_unit"]),
        text(_contract(book, row)),
        text(
            t.of("verdicts", word(row["verdict"])),
            more=more,
            kind="" if missing(row["verdict"]) else "good" if row["verdict"] == "both gain" else "bad",
        ),
    )


def _basis(book: Book, basis: str) -> str:
    """How a price was set, in words."""
    head, _, rest = basis.partition(" ")
    if head != "split":
        return book.t.of("bases", basis)
    part, _, assumed = rest.partition(" ")
    shared = book.t("exchanges.split", share=f"{100 * float(part):.0f}")
    return f"{shared}, {book.t('exchanges.assumption')}" if assumed else shared


def _contract(book: Book, row: Row) -> str:
    """Term and take-or-pay share of a contract, and who is not paid back within it."""
    parts = []
    if not missing(row["contract_term_yr"]):
        parts.append(book.t("exchanges.term", n=amount(row["contract_term_yr"])))
    if not missing(row["take_or_pay_share"]):
        parts.append(book.t("exchanges.take_or_pay", share=f"{100 * num(row['take_or_pay_share']):.0f}"))
    if word(row["outlasts_contract"]):
        parts.append(book.t("exchanges.outlasts", who=row["outlasts_contract"]))
    return "; ".join(parts)
