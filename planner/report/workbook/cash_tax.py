"""Rows of tax in the live cash flow: depreciation, profit, losses carried forward, without and with a loan."""

import numpy as np

from planner.report.workbook.cash_items import AGE, PRICE, WORN
from planner.report.workbook.cash_lines import Block, Formula, Lines, Years, before
from planner.report.workbook.sheet import at

WORN_ROW, BOOK_ROW, PROFIT_ROW = "depreciation, nominal", "book value at the end, nominal", "profit, nominal"
LOSS_ROW, LOSS_AFTER = "loss carried forward, nominal", "loss carried forward after interest, nominal"
TAX, TAX_AFTER, INTEREST = "tax", "tax, interest deducted", "interest"
_END = "cash_delay+cash_horizon"


def write_profit(lines: Lines, block: Block) -> None:
    """Write depreciation and profit of a party in the money of its day (see ``planner.finance.cash``)."""
    rows, year, n = block.rows, lines.shared["year"], lines.shared["operation"]
    worn, book = _worn(lines, block)
    each, left = _depreciation(lines, block)

    def profit(c: int) -> str:
        made = f"({at(rows['gain'], c)}+{at(rows['residual'], c)})*{lines.rise(c)}"
        return f"{made}-{at(rows[WORN_ROW], c)}-{at(rows[BOOK_ROW], c)}"

    made = (block.values["gain"] + block.values["residual"]) * lines.rises - worn - book
    lines.line(block, WORN_ROW, worn, lambda c: f"IF({at(n, c)}=0,0,{each(c)})")
    lines.line(block, BOOK_ROW, book, lambda c: f"IF({at(year, c)}={_END},{left},0)")
    lines.line(block, PROFIT_ROW, made, profit)


def write_tax(lines: Lines, block: Block, tax: Years, *, after: bool) -> None:
    """Write what a party pays of its profit; ``after`` takes the interest of its loan from it."""
    loss_row, tax_row, rows = LOSS_AFTER if after else LOSS_ROW, TAX_AFTER if after else TAX, block.rows
    forward = 'cash_losses="carried forward"'
    made, carried = block.values[PROFIT_ROW], lines.sheet.row
    if after:
        made = made - block.values[INTEREST] * lines.rises

    def profit(c: int) -> str:
        paid = f"-{at(rows[INTEREST], c)}*{lines.rise(c)}" if after else ""
        return f"{at(rows[PROFIT_ROW], c)}{paid}"

    def taxed(c: int) -> str:
        return f"{profit(c)}{before(carried, c, '-')}"

    losses = _losses(made) if lines.model.terms.losses == "carried forward" else np.zeros(len(made))
    lines.line(block, loss_row, losses, lambda c: f"IF({forward},MAX(0,-({taxed(c)})),0)")
    lines.line(block, tax_row, tax, lambda c: f"cash_tax*IF({forward},MAX(0,{taxed(c)}),{profit(c)})/{lines.rise(c)}")


def _depreciation(lines: Lines, block: Block) -> tuple[Formula, str]:
    """Formulas of a party's depreciation by year, and of what is left of it at the end."""
    price, age, years = (lines.of_items("assets", block, x) for x in (PRICE, AGE, WORN))
    if not price:
        return (lambda _: "0"), "0"
    wears, n = f'({lines.of_items("assets", block, 1)}<>"land")', lines.shared["operation"]

    def overlap(c: int) -> str:
        # years of [age, age + years] within [n - 1, n]: min(n, end) - max(n - 1, age), or nothing, elementwise
        end, begin = f"({age}+{years})", f"({at(n, c)}-1)"
        least = f"({at(n, c)}+{end}-ABS({at(n, c)}-{end}))/2"
        most = f"({begin}+{age}+ABS({begin}-{age}))/2"
        return f"(({least}-{most})+ABS({least}-{most}))/2"

    rest = f"(1-(cash_horizon-{age})/{years})"
    left = f"SUMPRODUCT({wears}*{price}*({rest}+ABS({rest}))/2)+SUMPRODUCT((1-{wears})*{price})"
    return (lambda c: f"SUMPRODUCT({wears}*{price}*{overlap(c)}/{years})"), left


def _worn(lines: Lines, block: Block) -> tuple[Years, Years]:
    """The same at the defaults."""
    terms, size = lines.model.terms, len(lines.years)
    worn, book, end = np.zeros(size), np.zeros(size), terms.delay + terms.horizon
    for price, age, life, wears in lines.items.worn.get(str(block.name), ()):
        for n in range(1, terms.horizon + 1) if wears else ():
            worn[terms.delay + n] += price * max(0.0, min(n, age + life) - max(n - 1, age)) / life
        book[end] += price * max(0.0, 1.0 - (terms.horizon - age) / life) if wears else price
    return worn, book


def _losses(profit: Years) -> Years:
    """Loss that is carried forward at the end of each year, in the money of its day."""
    carried = np.zeros(len(profit))
    for t, made in enumerate(profit):
        carried[t] = max(0.0, (carried[t - 1] if t else 0.0) - made)
    return carried
