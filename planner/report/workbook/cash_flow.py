"""Sheet ``Cash flow``: each party's cash flow by year as formulas over the inputs, and what it is worth.

Formulas F1 to F5 of :mod:`planner.finance.cash`. The internal rate of return is told where the net cash flow has just
one: it is bracketed on a grid of rates first, since it may change its sign more than once (a purchase in between).
"""

from typing import Any

import numpy as np

from planner.report.workbook.cash_inputs import INPUTS, write_inputs
from planner.report.workbook.cash_items import (
    AMOUNT,
    COST,
    FLOWS,
    GRANT,
    LATE,
    NUMBER,
    PAID,
    RESIDUAL,
    RISE,
    YEAR,
    write_items,
)
from planner.report.workbook.cash_lines import FIRST_YEAR, OWN, PARTY, WHAT, Block, Formula, Lines, Years, before
from planner.report.workbook.cash_loan import AFTER, write_loan
from planner.report.workbook.cash_model import CashModel
from planner.report.workbook.cash_results import write_results
from planner.report.workbook.cash_tax import TAX, write_profit, write_tax
from planner.report.workbook.cash_worth import (
    FLOW,
    NET,
    NOISE,
    PAID_BACK,
    PAID_BACK_DISCOUNTED,
    SIGNS,
    Worth,
)
from planner.report.workbook.sheet import Sheet, Styles, at, elsewhere
from planner.report.workbook.tables import money_of

#: Rates between which returns are looked for.
_LEAST_RATE, _LARGEST_RATE = -0.95, 1000.0
#: Rows that a party takes, and more.
_ROWS = 30


def write_cash(book: Any, styles: Styles, model: CashModel) -> None:
    """Write the inputs, what the cash flow is made of, the cash flow, and what it is worth beside the inputs."""
    inputs, cells = write_inputs(book, styles, model)
    about = f"Beyond the baseline, real money in {money_of(model.plan.header)}; year 0 is that of the first investment."
    flow = Sheet(book, styles, FLOW, "Live cash flow of each party, by year", about)
    _ = flow.sheet  # the sheet of the cash flow stands before that of its items
    items = write_items(book, styles, model, cells)
    write_results(inputs, model, _Flow(Lines(flow, model, cells, items)).write())


class _Flow:
    """The sheet while it is written."""

    def __init__(self, lines: Lines) -> None:
        self.lines, self.model = lines, lines.model

    def write(self) -> dict[str | None, dict[str, tuple[str, Any]]]:
        """Write it; returns the measures of each party with their values at the defaults."""
        lines, sheet = self.lines, self.lines.sheet.begin()
        sheet.heads(["Party", "What", "", *(f"{t:.0f}" for t in lines.years)])
        for t in range(self.model.last + 1):
            sheet.sheet.write_number(sheet.row - 1, FIRST_YEAR + t, t, sheet.styles("head", "count"))
        lines.shared["year"] = sheet.row - 1
        sheet.freeze(2)
        self._common()
        lines.first, lines.last = sheet.row, sheet.row + _ROWS * (len(self.model.parties) + 1)
        blocks = []
        for name in (None, *self.model.parties):
            blocks.append(self._block(name))
            sheet.row += 1
        sheet.widths |= {PARTY: 24, WHAT: 34, OWN: 3} | dict.fromkeys(lines.columns, 13.0)
        sheet.done(printed=FIRST_YEAR + self.model.terms.delay + self.model.terms.horizon + 1)
        park, *parties = blocks
        return {block.name: self._worth(block) for block in (*parties, park)}

    def _worth(self, block: Block) -> dict[str, tuple[str, Any]]:
        """What a party's cash flow is worth: formulas with their values at the defaults."""
        places = {**self.lines.shared, **block.rows}
        worth = Worth(self.model, places, self.lines.columns)
        return worth.of(self.model.flows[block.name], self.lines.rate(block.name))

    def _common(self) -> None:
        """Rows that all parties share: year of operation, ramp-up, spending, rates of the grid."""
        terms, lines, years = self.model.terms, self.lines, self.lines.years
        running = (years > terms.delay) & (years <= terms.delay + terms.horizon)
        operated = np.where(running, years - terms.delay, 0.0)
        ramp = np.array([terms.ramp_up[int(n) - 1] if 0 < n <= len(terms.ramp_up) else 1.0 for n in operated])
        ramps, shares = (elsewhere(INPUTS, cells) for cells in (lines.cells.ramp, lines.cells.spending))
        year = lines.shared["year"]

        def operation(c: int) -> str:
            t = at(year, c)
            return f"IF(AND({t}>cash_delay,{t}<=cash_delay+cash_horizon),{t}-cash_delay,0)"

        lines.shared_row("operation", "year of operation, 0 outside", operated, "count", operation)
        n = lines.shared["operation"]

        def full(c: int) -> str:
            return f"IF({at(n, c)}=0,0,IF({at(n, c)}<=ROWS({ramps}),INDEX({ramps},MAX(1,{at(n, c)})),1))"

        lines.shared_row("ramp", "share of full operation", np.where(running, ramp, 0.0), "percent", full)

        def spent(c: int) -> str:
            return f"IF({at(year, c)}<ROWS({shares}),INDEX({shares},{at(year, c)}+1),0)"

        lines.shared_row("spending", "share of the investment", lines.padded(terms.spending), "percent", spent)
        lines.shared_row("rates", "discount rates tried for the IRR", rates_tried(len(years)), "percent", None)
        lines.sheet.sheet.set_row(lines.sheet.row - 1, None, None, {"level": 1, "hidden": True})
        lines.sheet.row += 1

    def _parts_of_party(self, block: Block) -> dict[str, Formula]:
        """Formulas of a party's rows by year (F1 to F3)."""
        lines, n, year = self.lines, self.lines.shared["operation"], self.lines.shared["year"]
        amount, rise, flows, late = (lines.of_items("gains", block, x) for x in (AMOUNT, RISE, FLOWS, LATE))

        def gain(c: int) -> str:
            if not amount:
                return "0"
            running = f"(ABS({at(n, c)}-{late})-ABS({at(n, c)}-{late}-1)+1)/2"
            ramp = f"(1+{flows}*({at(lines.shared['ramp'], c)}-1))"
            return f"IF({at(n, c)}=0,0,SUMPRODUCT({amount}*(1+{rise})^{at(year, c)}*{ramp}*{running}))"

        spent = lines.shared["spending"]
        cost, number, paid, when, grant, worth = (
            lines.of_items("assets", block, x) for x in (COST, NUMBER, PAID, YEAR, GRANT, RESIDUAL)
        )
        end = "cash_delay+cash_horizon"
        parts: dict[str, Formula] = {
            "investment": lambda c: (
                f'{at(spent, c)}*SUMIFS({cost},{number},0)+SUMIFS({paid},{when},{at(year, c)},{number},">0")'
            ),
            "grants": lambda c: f"{at(spent, c)}*SUMPRODUCT({cost}*{grant})",
            "residual": lambda c: f"IF({at(year, c)}={end},SUM({worth}),0)",
        }
        return {"gain": gain} | (parts if cost else dict.fromkeys(parts, lambda _: "0"))

    def _block(self, name: str | None) -> Block:
        """Write the rows of a party, or of the park."""
        lines, block, flow = self.lines, Block(name), self.model.flows[name]
        known = {"gain": flow.gain, "investment": flow.invested, "grants": flow.grants, "residual": flow.residual}
        parts = {row: lines.summed(row) for row in known} if name is None else self._parts_of_party(block)
        for row, values in known.items():
            lines.line(block, row, lines.padded(values), parts[row])
        if name is None:
            lines.line(block, TAX, lines.padded(flow.tax), lines.summed(TAX))
        else:
            write_profit(lines, block)
            write_tax(lines, block, lines.padded(flow.tax), after=False)
        self._net(block)
        write_loan(lines, block, flow)
        for row in (NET, AFTER):
            self._signs(block, row)
        return block

    def _net(self, block: Block) -> None:
        """Write the flow before financing (F4), and what is paid back of it so far."""
        lines, rows, flow = self.lines, block.rows, self.model.flows[block.name]
        rate, year = lines.rate(block.name), lines.shared["year"]

        def net(c: int) -> str:
            made = "+".join(at(rows[row], c) for row in ("gain", "grants", "residual"))
            return f"{made}-{at(rows['investment'], c)}-{at(rows[TAX], c)}"

        def repaid(c: int) -> str:
            return f"{at(rows[NET], c)}-{at(rows['residual'], c)}"

        lines.line(block, NET, lines.padded(flow.net), net)
        without, factors = lines.padded(flow.net - flow.residual), (1.0 + flow.rate) ** -lines.years
        so_far = lines.sheet.row
        lines.line(block, PAID_BACK, np.cumsum(without), lambda c: repaid(c) + before(so_far, c))
        lines.line(
            block,
            PAID_BACK_DISCOUNTED,
            np.cumsum(without * factors),
            lambda c: f"({repaid(c)})*(1+{rate})^-{at(year, c)}{before(so_far + 1, c)}",
        )

    def _signs(self, block: Block, of: str) -> None:
        """Signs of a net flow, each carried on over years of nothing; and between which rates it is worth nothing."""
        lines, net = self.lines, block.rows[of]
        columns, row = lines.columns, lines.sheet.row
        flows, when = (
            f"{at(n, FIRST_YEAR, fixed=True)}:{at(n, columns[-1], fixed=True)}" for n in (net, lines.shared["year"])
        )
        values, tried = block.values[of], lines.shared["rates"]
        signs, worths, crossing = SIGNS[of]
        small = f"{NOISE}*MAX(MAX({flows}),-MIN({flows}))"

        def sign(c: int) -> str:
            last = at(row, c - 1) if c > FIRST_YEAR else "0"
            return f"IF(ABS({at(net, c)})<={small},{last},SIGN({at(net, c)}))"

        lines.line(block, signs, _carried_signs(values), sign, kind="count", aside=True)
        worth = np.array([float(np.sum(values * (1.0 + r) ** -lines.years)) for r in rates_tried(len(values))])
        lines.line(block, worths, worth, lambda c: f"SUMPRODUCT({flows}*(1+{at(tried, c)})^-{when})", aside=True)
        at_rate, crosses = block.rows[worths], np.append((worth[:-1] * worth[1:]) < 0, [False])

        def cross(c: int) -> str:
            return "0" if c == columns[-1] else f"IF(SIGN({at(at_rate, c)})*SIGN({at(at_rate, c + 1)})<0,1,0)"

        lines.line(block, crossing, crosses.astype(float), cross, kind="count", aside=True)


def _carried_signs(values: Years) -> Years:
    """Signs of a flow, each carried on over years of nothing."""
    scale = float(np.max(np.abs(values), initial=0.0))
    signs, last = np.zeros(len(values)), 0.0
    for t, x in enumerate(values):
        last = float(np.sign(x)) if abs(x) > 1e-9 * scale else last
        signs[t] = last
    return signs


def rates_tried(count: int) -> Years:
    """Rates between which returns are looked for, ever wider apart from 0 on either side."""
    low = 12
    below = -1.0 + np.geomspace(1.0 + _LEAST_RATE, 1.0, low, endpoint=False)
    above = np.geomspace(0.01, _LARGEST_RATE, count - low - 1)
    return np.round(np.concatenate([below, [0.0], above]), 6)
