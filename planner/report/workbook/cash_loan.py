"""Rows of a party's loan in the live cash flow, and of what is left to its owners.

    drawn_t     = share x (first purchases - grants) x share spent in t; nothing for who saves investment     (L1)
    interest_t  = rate x owed at the end of t - 1                                                              (L2)
    repaid_t    = owed at the end of t - 1 x part, after the grace and until the term                          (L3)
    part        = 1 / m of m payments left (equal principal), or rate / ((1 + rate)^m - 1) (annuity)

in the money of each year; the rows are brought back to real money. The same as ``planner.finance.cash`` makes.
"""

import numpy as np

from planner.finance.cash import CashFlow
from planner.report.workbook.cash_items import COST, GRANT, NUMBER
from planner.report.workbook.cash_lines import FIRST_YEAR, Block, Formula, Lines, Years, before
from planner.report.workbook.cash_tax import INTEREST, TAX_AFTER, write_tax
from planner.report.workbook.sheet import at

DRAWN, OWED, REPAID = "loan drawn", "loan owed at the end, nominal", "repayment"
AFTER, COVER = "net after financing", "cover of debt service (DSCR)"
_NOISE = "0.000000001"


def write_loan(lines: Lines, block: Block, flow: CashFlow) -> None:
    """Write the loan of a party, what tax is left with it, and what is left after financing."""
    drawn, interest, repaid = (lines.padded(x) for x in (flow.drawn, flow.interest, flow.principal))
    owed = np.cumsum((drawn - repaid) * lines.rises)
    owed[np.abs(owed) <= 1e-9 * float(np.max(owed, initial=0.0))] = 0.0
    rows, top = block.rows, lines.sheet.row
    values = {DRAWN: drawn, OWED: owed, INTEREST: interest, REPAID: repaid}
    if block.name is None:
        for row, made in values.items():
            lines.line(block, row, made, lines.summed(row))
        lines.line(block, TAX_AFTER, lines.padded(flow.tax_with_debt), lines.summed(TAX_AFTER))
    else:
        formulas = _formulas(lines, block, dict(zip(values, range(top, top + 4), strict=True)))
        for row, made in values.items():
            lines.line(block, row, made, formulas[row])
        write_tax(lines, block, lines.padded(flow.tax_with_debt), after=True)

    def left(c: int) -> str:
        made = "+".join(at(rows[row], c) for row in ("gain", "grants", "residual", DRAWN))
        return made + "".join(f"-{at(rows[row], c)}" for row in ("investment", INTEREST, REPAID, TAX_AFTER))

    lines.line(block, AFTER, lines.padded(flow.equity), left)
    _cover(lines, block, flow)


def _formulas(lines: Lines, block: Block, rows: dict[str, int]) -> dict[str, Formula]:
    """Formulas of a party's loan by year (L1 to L3)."""
    cost, number, grant = (lines.of_items("assets", block, x) for x in (COST, NUMBER, GRANT))
    spent, year, owed = lines.shared["spending"], lines.shared["year"], rows[OWED]

    def drawn(c: int) -> str:
        financed = f"MAX(0,SUMIFS({cost},{number},0)-SUMPRODUCT({cost}*{grant}))"
        return f"cash_debt*{financed}*{at(spent, c)}" if cost else "0"

    def repaid(c: int) -> str:
        if c == FIRST_YEAR:
            return "0"
        n = f"({at(year, c)}-cash_delay)"
        left = f"(cash_term-{n}+1)"
        equal = 'OR(cash_repayment="equal principal",cash_interest=0)'
        part = f"IF({equal},1/{left},cash_interest/((1+cash_interest)^{left}-1))"
        return f"IF(AND({n}>cash_grace,{n}<=cash_term),{at(owed, c - 1)}*{part}/{lines.rise(c)},0)"

    return {
        DRAWN: drawn,
        INTEREST: lambda c: "0" if c == FIRST_YEAR else f"cash_interest*{at(owed, c - 1)}/{lines.rise(c)}",
        REPAID: repaid,
        OWED: lambda c: f"({at(rows[DRAWN], c)}-{at(rows[REPAID], c)})*{lines.rise(c)}{before(owed, c)}",
    }


def _cover(lines: Lines, block: Block, flow: CashFlow) -> None:
    """Cover of what is due in the years of debt service after the start."""
    rows, year, delay = block.rows, lines.shared["year"], lines.model.terms.delay
    due: Years = lines.padded(flow.interest + flow.principal)
    earned = lines.padded(flow.gain - flow.tax_with_debt)
    owing = (due > 1e-9 * max(1.0, float(np.max(due, initial=0.0)))) & (lines.years > delay)
    values = np.where(owing, earned / np.where(owing, due, 1.0), np.nan)
    first, last = lines.columns[0], lines.columns[-1]
    all_of = "+".join(
        f"MAX({at(rows[x], first, fixed=True)}:{at(rows[x], last, fixed=True)})" for x in (INTEREST, REPAID)
    )

    def cover(c: int) -> str:
        paid = f"({at(rows[INTEREST], c)}+{at(rows[REPAID], c)})"
        some = f"AND({at(year, c)}>cash_delay,{paid}>{_NOISE}*MAX(1,{all_of}))"
        return f'IF({some},({at(rows["gain"], c)}-{at(rows[TAX_AFTER], c)})/{paid},"")'

    lines.line(block, COVER, values, cover, kind="years")
