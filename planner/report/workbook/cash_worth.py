"""What a party's live cash flow is worth: net present value, rate of return and paybacks as formulas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.finance.cash import CashFlow
from planner.finance.measures import measures
from planner.report.workbook.cash_model import CashModel
from planner.report.workbook.sheet import at, elsewhere

FLOW = "Cash flow"
#: Share of the largest yearly flow below which a number is none.
NOISE = "0.000000001"
PAID_BACK, PAID_BACK_DISCOUNTED = "paid back so far", "paid back so far, discounted"


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
        net, year, invested = self._cells("net"), self._cells("year"), self._cells("investment")
        irr, value = self._irr(net), found.irr
        if self.model.case.economics.finance.money == "nominal":
            irr, value = f"(1+{irr})*(1+cash_inflation)-1", (1.0 + found.irr) * (1.0 + terms.inflation) - 1.0
        later, earlier = self._cells("sign of net", 1), self._cells("sign of net", 0, 1)
        changes = f"SUMPRODUCT(({later}<>{earlier})*({earlier}<>0))"
        last = elsewhere(FLOW, at(self.rows["sign of net"], self.columns[-1], fixed=True))
        one = f"IF({changes}=1,{last}>0,AND({changes}>1,SUM({self._cells('crosses nothing before the next')})=1))"
        capex = float(np.sum(flow.invested[: terms.delay + 1]))
        return {
            "rate": (rate, flow.rate),
            "capex": (f"SUMPRODUCT({invested}*({year}<=cash_delay))", capex),
            "npv": (f"SUMPRODUCT({net}*(1+{rate})^-{year})", found.npv),
            "irr": (f'IF({one},IFERROR({irr},""),"")', value),
            "simple": (self._payback(PAID_BACK), found.simple_payback),
            "discounted": (self._payback(PAID_BACK_DISCOUNTED), found.discounted_payback),
        }

    def _cells(self, row: str, skip: int = 0, leave: int = 0) -> str:
        """Cells of a row over the years, without some of the first or last."""
        first, last = (at(self.rows[row], c, fixed=True) for c in (self.columns[skip], self.columns[-1 - leave]))
        return elsewhere(FLOW, f"{first}:{last}")

    def _irr(self, net: str) -> str:
        """Rate of return, looked for from the rate tried before the one by which the flow is worth nothing."""
        crosses, tried = self._cells("crosses nothing before the next"), self._cells("rates")
        first = f"MAX(1,IFERROR(MATCH(1,{crosses},0),1))"
        return f"IRR({net},IF(SUM({crosses})=0,0.1,INDEX({tried},{first})))"

    def _payback(self, row: str) -> str:
        """Years until a row of sums is positive for good, within a year in proportion."""
        sums, year, net = self._cells(row), self._cells("year"), self._cells("net")
        small = f"{NOISE}*MAX(MAX({net}),-MIN({net}))"
        last = f"SUMPRODUCT(MAX(({sums}<-{small})*({year}+1)))"
        part = f"-INDEX({sums},{last})/(INDEX({sums},{last}+1)-INDEX({sums},{last}))"
        return f'IF({last}=0,0,IF({last}>cash_delay+cash_horizon,"",{last}-1+{part}))'
