"""What a party's live cash flow is worth: net present value, rate of return, paybacks, cover of debt as formulas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.finance.cash import CashFlow
from planner.finance.measures import measures
from planner.report.workbook.cash_loan import AFTER, COVER, DRAWN
from planner.report.workbook.cash_model import CashModel
from planner.report.workbook.sheet import at, elsewhere

FLOW = "Cash flow"
#: Share of the largest yearly flow below which a number is none.
NOISE = "0.000000001"
NET, PAID_BACK, PAID_BACK_DISCOUNTED = "net", "paid back so far", "paid back so far, discounted"
#: Net flow -> rows of its signs, of its worth at the rates tried, and of whether that crosses nothing.
SIGNS = {
    NET: ("sign of net", "worth at the rate tried", "crosses nothing before the next"),
    AFTER: (
        "sign after financing",
        "worth after financing at the rate tried",
        "crosses nothing before the next, after financing",
    ),
}


@dataclass(frozen=True)
class Worth:
    """Formulas over the rows of a party.

    Attributes
    ----------
    rows
        Name of a row, its own or shared -> where it stands on the sheet ``Cash flow``.
    columns
        Of the years.
    """

    model: CashModel
    rows: Mapping[str, int]
    columns: Sequence[int]

    def of(self, flow: CashFlow, rate: str) -> dict[str, tuple[str, Any]]:
        """Measure -> (formula, value at the defaults); ``rate`` is the cell of the party's discount rate."""
        terms, found = self.model.terms, measures(flow, self.model.terms.delay)
        year, invested, cover = self._cells("year"), self._cells("investment"), self._cells(COVER)
        capex = float(np.sum(flow.invested[: terms.delay + 1]))

        def npv(row: str) -> str:
            return f"SUMPRODUCT({self._cells(row)}*(1+{rate})^-{year})"

        def covered(how: str) -> str:
            return f'IF(COUNT({cover})=0,"",{how}({cover}))'

        return {
            "rate": (rate, flow.rate),
            "capex": (f"SUMPRODUCT({invested}*({year}<=cash_delay))", capex),
            "npv": (npv(NET), found.npv),
            "irr": self._return(NET, found.irr),
            "simple": (self._payback(PAID_BACK), found.simple_payback),
            "discounted": (self._payback(PAID_BACK_DISCOUNTED), found.discounted_payback),
            "drawn": (f"SUM({self._cells(DRAWN)})", float(np.sum(flow.drawn))),
            "grants": (f"SUM({self._cells('grants')})", float(np.sum(flow.grants))),
            "equity_npv": (npv(AFTER), found.equity_npv),
            "equity_irr": self._return(AFTER, found.equity_irr),
            "least": (covered("MIN"), found.least_dscr),
            "mean": (covered("AVERAGE"), found.mean_dscr),
        }

    def _cells(self, row: str, skip: int = 0, leave: int = 0) -> str:
        """Cells of a row over the years, without some of the first or last."""
        first, last = (at(self.rows[row], c, fixed=True) for c in (self.columns[skip], self.columns[-1 - leave]))
        return elsewhere(FLOW, f"{first}:{last}")

    def _return(self, of: str, value: float) -> tuple[str, float]:
        """Rate of return of a net flow where it has just one, looked for from the rate tried before it."""
        signs, _, crossing = SIGNS[of]
        later, earlier, crosses = self._cells(signs, 1), self._cells(signs, 0, 1), self._cells(crossing)
        first = f"MAX(1,IFERROR(MATCH(1,{crosses},0),1))"
        irr = f"IRR({self._cells(of)},IF(SUM({crosses})=0,0.1,INDEX({self._cells('rates')},{first})))"
        if self.model.case.economics.finance.money == "nominal":
            irr, value = f"(1+{irr})*(1+cash_inflation)-1", (1.0 + value) * (1.0 + self.model.terms.inflation) - 1.0
        changes = f"SUMPRODUCT(({later}<>{earlier})*({earlier}<>0))"
        last = elsewhere(FLOW, at(self.rows[signs], self.columns[-1], fixed=True))
        one = f"IF({changes}=1,{last}>0,AND({changes}>1,SUM({crosses})=1))"
        return f'IF({one},IFERROR({irr},""),"")', value

    def _payback(self, row: str) -> str:
        """Years until a row of sums is positive for good, within a year in proportion."""
        sums, year, net = self._cells(row), self._cells("year"), self._cells(NET)
        small = f"{NOISE}*MAX(MAX({net}),-MIN({net}))"
        last = f"SUMPRODUCT(MAX(({sums}<-{small})*({year}+1)))"
        part = f"-INDEX({sums},{last})/(INDEX({sums},{last}+1)-INDEX({sums},{last}))"
        return f'IF({last}=0,0,IF({last}>cash_delay+cash_horizon,"",{last}-1+{part}))'
