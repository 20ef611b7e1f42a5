"""Sheet ``Cash flow``: each party's cash flow by year as formulas over the inputs, and what it is worth.

Formulas F1 to F5 of :mod:`planner.finance.cash`. The internal rate of return is told where the net cash flow has just
one: it is bracketed on a grid of rates first, since it may change its sign more than once (a purchase in between).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from planner.finance.cash import CashFlow
from planner.finance.tables import PARK
from planner.report.workbook.cash_inputs import INPUTS, Cells, write_inputs, write_results
from planner.report.workbook.cash_items import (
    AGE,
    AMOUNT,
    COST,
    FLOWS,
    GRANT,
    ITEMS,
    LATE,
    NUMBER,
    PAID,
    PRICE,
    RESIDUAL,
    RISE,
    WORN,
    YEAR,
    Items,
    write_items,
)
from planner.report.workbook.cash_model import CashModel
from planner.report.workbook.cash_worth import FLOW, NOISE, PAID_BACK, PAID_BACK_DISCOUNTED, Worth
from planner.report.workbook.sheet import Sheet, Styles, at, elsewhere, span
from planner.report.workbook.tables import money_of

#: Columns: party, what, whether it is a party's own (1); years begin in the last one.
_PARTY, _WHAT, _OWN, _YEARS = 0, 1, 2, 3
#: Rates between which returns are looked for.
_LEAST_RATE, _LARGEST_RATE = -0.95, 1000.0
#: Rows of those who pay tax.
_WORN_ROW, _BOOK_ROW = "depreciation, nominal", "book value at the end, nominal"
_PROFIT_ROW, _LOSS_ROW = "profit, nominal", "loss carried forward, nominal"
Years = npt.NDArray[np.float64]


@dataclass
class _Block:
    """Where the rows of a party stand, and their values at the defaults."""

    rows: dict[str, int]
    values: dict[str, Years]


def write_cash(book: Any, styles: Styles, model: CashModel) -> None:
    """Write the inputs, what the cash flow is made of, the cash flow, and what it is worth beside the inputs."""
    inputs, cells = write_inputs(book, styles, model)
    flow = _Flow(book, styles, model, cells)
    flow.items = write_items(book, styles, model, cells)
    write_results(inputs, model, flow.write())


class _Flow:
    """The sheet while it is written."""

    def __init__(self, book: Any, styles: Styles, model: CashModel, cells: Cells) -> None:
        about = (
            f"Beyond the baseline, real money in {money_of(model.plan.header)}; year 0 is that of the first investment."
        )
        self.sheet = Sheet(book, styles, FLOW, "Live cash flow of each party, by year", about)
        self.model, self.cells, self.items = model, cells, Items()
        self.years = np.arange(model.last + 1, dtype=float)
        self.columns = range(_YEARS, _YEARS + model.last + 1)
        self.shared: dict[str, int] = {}

    def write(self) -> dict[str | None, dict[str, tuple[str, Any]]]:
        """Write it; returns the measures of each party with their values at the defaults."""
        sheet = self.sheet.begin()
        sheet.heads(["Party", "What", "", *(f"{t:.0f}" for t in self.years)])
        for t in range(self.model.last + 1):
            sheet.sheet.write_number(sheet.row - 1, _YEARS + t, t, sheet.styles("head", "count"))
        self.shared["year"] = sheet.row - 1
        sheet.freeze(2)
        self._common()
        first = sheet.row
        count = 6 + 5 * bool(self.model.terms.tax_rate) + 4
        blocks, last = {}, first + (count + 1) * (len(self.model.parties) + 1)
        for name in (None, *self.model.parties):
            flow = self.model.flows[name]
            rows = self._parts_of_park(first, last) if name is None else self._parts_of_party(name)
            blocks[name] = self._block(name, flow, rows)
            sheet.row += 1
        sheet.widths |= {_PARTY: 24, _WHAT: 34, _OWN: 3} | dict.fromkeys(self.columns, 13.0)
        sheet.done()
        return {name: self._worth(name, blocks[name]) for name in (*self.model.parties, None)}

    def _worth(self, name: str | None, block: _Block) -> dict[str, tuple[str, Any]]:
        """What a party's cash flow is worth: formulas with their values at the defaults."""
        places = {**self.shared, **block.rows}
        return Worth(self.model, places, self.columns).of(self.model.flows[name], self._rate(name))

    def _common(self) -> None:
        """Rows that all parties share: year of operation, ramp-up, spending, rates of the grid."""
        terms, sheet, years = self.model.terms, self.sheet, self.years
        running = (years > terms.delay) & (years <= terms.delay + terms.horizon)
        operated = np.where(running, years - terms.delay, 0.0)
        ramp = np.array([terms.ramp_up[int(n) - 1] if 0 < n <= len(terms.ramp_up) else 1.0 for n in operated])
        spending = np.pad(np.array(terms.spending), (0, len(years) - len(terms.spending)))
        ramps, shares = (elsewhere(INPUTS, cells) for cells in (self.cells.ramp, self.cells.spending))
        year, kind = self.shared["year"], "percent"

        def at_year(column: int) -> str:
            return at(year, column)

        self._row(
            "operation",
            "year of operation, 0 outside",
            operated,
            "count",
            lambda c: (
                f"IF(AND({at_year(c)}>cash_delay,{at_year(c)}<=cash_delay+cash_horizon),{at_year(c)}-cash_delay,0)"
            ),
        )
        n = self.shared["operation"]
        self._row(
            "ramp",
            "share of full operation",
            np.where(running, ramp, 0.0),
            kind,
            lambda c: f"IF({at(n, c)}=0,0,IF({at(n, c)}<=ROWS({ramps}),INDEX({ramps},MAX(1,{at(n, c)})),1))",
        )
        self._row(
            "spending",
            "share of the investment",
            spending,
            kind,
            lambda c: f"IF({at_year(c)}<ROWS({shares}),INDEX({shares},{at_year(c)}+1),0)",
        )
        self._row("rates", "discount rates tried for the IRR", rates_tried(len(years)), kind, None)
        sheet.row += 1

    def _row(self, key: str, words: str, values: Years, kind: str, formula: Any) -> None:
        sheet = self.sheet
        sheet.text(sheet.row, _WHAT, words, "about")
        for column, value in zip(self.columns, values, strict=True):
            if formula is None:
                sheet.sheet.write_number(sheet.row, column, float(value), sheet.styles("about", kind))
            else:
                sheet.formula(sheet.row, column, formula(column), float(value), kind, "about")
        self.shared[key] = sheet.row
        sheet.row += 1

    def _parts_of_park(self, first: int, last: int) -> dict[str, Any]:
        """Rows of the park: sums over the parties' own rows of the same name."""
        names, own = span(first, last, _WHAT), span(first, last, _OWN)

        def summed(row: str) -> Any:
            return lambda c: f'SUMIFS({at(first, c)}:{at(last, c)},{names},"{row}",{own},1)'

        return {name: summed(name) for name in ("gain", "investment", "grants", "residual", *self._taxed())}

    def _taxed(self) -> tuple[str, ...]:
        return ("tax",) if self.model.terms.tax_rate else ()

    def _parts_of_party(self, name: str) -> dict[str, Any]:
        """Formulas of a party's rows by year (F1 to F3)."""
        n, year = self.shared["operation"], self.shared["year"]

        def gain(c: int) -> str:
            if name not in self.items.gains:
                return "0"
            amount, rise, flows, late = (self._items("gains", name, x) for x in (AMOUNT, RISE, FLOWS, LATE))
            running = f"(ABS({at(n, c)}-{late})-ABS({at(n, c)}-{late}-1)+1)/2"
            ramp = f"(1+{flows}*({at(self.shared['ramp'], c)}-1))"
            return f"IF({at(n, c)}=0,0,SUMPRODUCT({amount}*(1+{rise})^{at(year, c)}*{ramp}*{running}))"

        spent = self.shared["spending"]
        has = name in self.items.assets
        cost, number, paid, when, grant, worth = (
            self._items("assets", name, x) if has else "" for x in (COST, NUMBER, PAID, YEAR, GRANT, RESIDUAL)
        )
        end = "cash_delay+cash_horizon"
        return {
            "gain": gain,
            "investment": lambda c: (
                f'{at(spent, c)}*SUMIFS({cost},{number},0)+SUMIFS({paid},{when},{at(year, c)},{number},">0")'
                if has
                else "0"
            ),
            "grants": lambda c: f"{at(spent, c)}*SUMPRODUCT({cost}*{grant})" if has else "0",
            "residual": lambda c: f"IF({at(year, c)}={end},SUM({worth}),0)" if has else "0",
        }

    def _items(self, which: str, name: str, column: int) -> str:
        first, last = getattr(self.items, which)[name]
        return elsewhere(ITEMS, span(first, last, column))

    def _block(self, name: str | None, flow: CashFlow, parts: dict[str, Any]) -> _Block:
        """Write the rows of a party, or of the park."""
        block = _Block({}, {})

        def padded(values: Any) -> Years:
            return np.pad(np.asarray(values, dtype=float), (0, len(self.years) - len(values)))

        known = {"gain": flow.gain, "investment": flow.invested, "grants": flow.grants, "residual": flow.residual}
        for row, values in known.items():
            self._line(name, block, row, padded(values), parts[row])
        if self.model.terms.tax_rate:
            if name is not None:
                self._tax(name, block, padded(flow.tax))
            else:
                self._line(name, block, "tax", padded(flow.tax), parts["tax"])
        rate = self._rate(name)
        rows, year = block.rows, self.shared["year"]

        def tax(c: int) -> str:
            return f"-{at(rows['tax'], c)}" if "tax" in rows else ""

        def repaid(c: int) -> str:
            return f"{at(rows['net'], c)}-{at(rows['residual'], c)}"

        def before(row: int, c: int) -> str:
            return f"+{at(row, c - 1)}" if c > _YEARS else ""

        self._line(
            name,
            block,
            "net",
            padded(flow.net),
            lambda c: (
                f"{at(rows['gain'], c)}-{at(rows['investment'], c)}+{at(rows['grants'], c)}"
                f"+{at(rows['residual'], c)}{tax(c)}"
            ),
        )
        without = padded(flow.net - flow.residual)
        factors = (1.0 + flow.rate) ** -self.years
        so_far = self.sheet.row
        self._line(name, block, PAID_BACK, np.cumsum(without), lambda c: repaid(c) + before(so_far, c))
        self._line(
            name,
            block,
            PAID_BACK_DISCOUNTED,
            np.cumsum(without * factors),
            lambda c: f"({repaid(c)})*(1+{rate})^-{at(year, c)}{before(so_far + 1, c)}",
        )
        self._signs(name, block)
        return block

    def _line(self, name: str | None, block: _Block, row: str, values: Years, formula: Any) -> None:
        sheet = self.sheet
        sheet.text(sheet.row, _PARTY, PARK if name is None else name)
        sheet.text(sheet.row, _WHAT, row, "plain")
        sheet.value(sheet.row, _OWN, int(name is not None), "count", "about")
        style = "total" if row == "net" else "live"
        kind = "count" if row.startswith(("sign", "crosses")) else "money"
        for column, value in zip(self.columns, values, strict=True):
            sheet.formula(sheet.row, column, formula(column), float(value), kind, style)
        block.rows[row], block.values[row] = sheet.row, values
        sheet.row += 1

    def _tax(self, name: str, block: _Block, tax: Years) -> None:
        """Depreciation, profit in the money of its day, what is carried forward, tax (see ``planner.finance.cash``)."""
        terms, rows, year, n = self.model.terms, block.rows, self.shared["year"], self.shared["operation"]
        worn, end = self._worn(name), "cash_delay+cash_horizon"
        each, book = self._depreciation(name)

        def rise(c: int) -> str:
            return f"(1+cash_inflation)^{at(year, c)}"

        def profit(c: int) -> str:
            made = f"({at(rows['gain'], c)}+{at(rows['residual'], c)})*{rise(c)}"
            return f"{made}-{at(rows[_WORN_ROW], c)}-{at(rows[_BOOK_ROW], c)}"

        rises = (1.0 + terms.inflation) ** self.years
        made = (block.values["gain"] + block.values["residual"]) * rises - worn[0] - worn[1]
        lines: list[tuple[str, Years, Any]] = [
            (_WORN_ROW, worn[0], lambda c: f"IF({at(n, c)}=0,0,{each(c)})"),
            (_BOOK_ROW, worn[1], lambda c: f"IF({at(year, c)}={end},{book},0)"),
            (_PROFIT_ROW, made, profit),
        ]
        for row, values, formula in lines:
            self._line(name, block, row, values, formula)
        forward, carried = terms.losses == "carried forward", self.sheet.row

        def taxed(c: int) -> str:
            back = f"-{at(carried, c - 1)}" if c > _YEARS and forward else ""
            return f"{at(rows[_PROFIT_ROW], c)}{back}"

        losses = _losses(made) if forward else np.zeros(len(made))
        self._line(name, block, _LOSS_ROW, losses, lambda c: f"MAX(0,-({taxed(c)}))" if forward else "0")

        def due(c: int) -> str:
            return f"cash_tax*{f'MAX(0,{taxed(c)})' if forward else at(rows[_PROFIT_ROW], c)}/{rise(c)}"

        self._line(name, block, "tax", tax, due)

    def _depreciation(self, name: str) -> tuple[Any, str]:
        """Formulas of a party's depreciation by year, and of what is left of it at the end."""
        if name not in self.items.assets:
            return (lambda _: "0"), "0"
        price, age, years = (self._items("assets", name, x) for x in (PRICE, AGE, WORN))
        wears, n = f'({self._items("assets", name, 1)}<>"land")', self.shared["operation"]

        def overlap(c: int) -> str:
            # years of [age, age + years] within [n - 1, n]: min(n, end) - max(n - 1, age), or nothing, elementwise
            end, begin = f"({age}+{years})", f"({at(n, c)}-1)"
            least = f"({at(n, c)}+{end}-ABS({at(n, c)}-{end}))/2"
            most = f"({begin}+{age}+ABS({begin}-{age}))/2"
            return f"(({least}-{most})+ABS({least}-{most}))/2"

        rest = f"(1-(cash_horizon-{age})/{years})"
        left = f"SUMPRODUCT({wears}*{price}*({rest}+ABS({rest}))/2)+SUMPRODUCT((1-{wears})*{price})"
        return (lambda c: f"SUMPRODUCT({wears}*{price}*{overlap(c)}/{years})"), left

    def _worn(self, name: str) -> tuple[Years, Years]:
        """The same at the defaults."""
        terms, worn, book = self.model.terms, np.zeros(len(self.years)), np.zeros(len(self.years))
        end = terms.delay + terms.horizon
        for price, age, life, wears in self.items.worn.get(name, ()):
            for n in range(1, terms.horizon + 1) if wears else ():
                worn[terms.delay + n] += price * max(0.0, min(n, age + life) - max(n - 1, age)) / life
            book[end] += price * max(0.0, 1.0 - (terms.horizon - age) / life) if wears else price
        return worn, book

    def _signs(self, name: str | None, block: _Block) -> None:
        """Signs of the net flow, each carried on over years of nothing; and between which rates it is worth nothing."""
        net, years = block.rows["net"], f"{at(block.rows['net'], _YEARS, fixed=True)}"
        flows = f"{years}:{at(net, self.columns[-1], fixed=True)}"
        values = block.values["net"]
        scale = float(np.max(np.abs(values), initial=0.0))
        signs, last = np.zeros(len(values)), 0.0
        for t, x in enumerate(values):
            last = float(np.sign(x)) if abs(x) > 1e-9 * scale else last
            signs[t] = last
        row = self.sheet.row
        small = f"{NOISE}*MAX(MAX({flows}),-MIN({flows}))"
        self._line(
            name,
            block,
            "sign of net",
            signs,
            lambda c: f"IF(ABS({at(net, c)})<={small},{at(row, c - 1) if c > _YEARS else 0},SIGN({at(net, c)}))",
        )
        tried, year = self.shared["rates"], self.shared["year"]
        when = f"{at(year, _YEARS, fixed=True)}:{at(year, self.columns[-1], fixed=True)}"
        rates = rates_tried(len(values))
        worth = np.array([float(np.sum(values * (1.0 + r) ** -self.years)) for r in rates])

        def npv(c: int) -> str:
            return f"SUMPRODUCT({flows}*(1+{at(tried, c)})^-{when})"

        self._line(name, block, "worth at the rate tried", worth, npv)
        at_rate, crosses = block.rows["worth at the rate tried"], np.append((worth[:-1] * worth[1:]) < 0, [False])
        self._line(
            name,
            block,
            "crosses nothing before the next",
            crosses.astype(float),
            lambda c: "0" if c == self.columns[-1] else f"IF(SIGN({at(at_rate, c)})*SIGN({at(at_rate, c + 1)})<0,1,0)",
        )

    def _rate(self, name: str | None) -> str:
        return "cash_rate" if name is None else elsewhere(INPUTS, self.cells.rates[name])


def _losses(profit: Years) -> Years:
    """Loss that is carried forward at the end of each year, in the money of its day."""
    carried = np.zeros(len(profit))
    for t, made in enumerate(profit):
        carried[t] = max(0.0, (carried[t - 1] if t else 0.0) - made)
    return carried


def rates_tried(count: int) -> Years:
    """Rates between which returns are looked for, ever wider apart from 0 on either side."""
    low = 12
    below = -1.0 + np.geomspace(1.0 + _LEAST_RATE, 1.0, low, endpoint=False)
    above = np.geomspace(0.01, _LARGEST_RATE, count - low - 1)
    return np.round(np.concatenate([below, [0.0], above]), 6)
