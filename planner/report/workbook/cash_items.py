"""Sheet ``Cash items``: gains and purchases behind the live cash flow, a row each, those of a party together."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from planner.finance.cash import recovery, worth_of_annuity
from planner.report.workbook.cash_inputs import INPUTS, Cells
from planner.report.workbook.cash_model import AssetRow, CashModel
from planner.report.workbook.sheet import Sheet, Styles, at, elsewhere

ITEMS = "Cash items"
#: Columns of gains.
AMOUNT, RISE, FLOWS, LATE = 5, 6, 7, 8
#: Columns of purchases.
COST, NUMBER, AGE, BOUGHT, YEAR, PAID, GRANT, RESIDUAL, LIFE, PRICE, WORN = 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13
_TINY = "0.000000001"
_ABOUT = "Not to be changed here: the yellow cells of Cash inputs lead to it."


@dataclass
class Items:
    """Rows (first, last) of the gains and purchases of each party that has any; with tax, what it depreciates.

    Attributes
    ----------
    worn
        Party -> (nominal price, age of the park when bought, years it is depreciated over, whether it wears).
    """

    gains: dict[str, tuple[int, int]] = field(default_factory=dict)
    assets: dict[str, tuple[int, int]] = field(default_factory=dict)
    worn: dict[str, list[tuple[float, float, float, bool]]] = field(default_factory=dict)


def write_items(book: Any, styles: Styles, model: CashModel, cells: Cells) -> Items:
    """Write the rows behind the cash flow."""
    sheet = Sheet(book, styles, ITEMS, "What the live cash flow is made of", _ABOUT).begin()
    found, money = Items(), model.case.currency
    heads = ["Party", "Price", "Rises with", f"Gain in the plan [{money}/yr]", "Price factor"]
    sheet.heads([*heads, f"Gain [{money}/yr]", "Rise [1/yr]", "Ramps up (1)", "Years late"])
    for row in model.gains:
        n = sheet.row
        for column, words in enumerate((row.party, row.price, row.escalation)):
            sheet.text(n, column, words)
        sheet.sheet.write_number(n, 3, row.amount, styles("plain", "money"))
        sheet.formula(n, 4, elsewhere(INPUTS, cells.prices[row.price]), 1.0, "factor")
        sheet.formula(n, AMOUNT, f"{at(n, 3)}*{at(n, 4)}", row.amount)
        rise = model.escalations[row.escalation]
        sheet.formula(n, RISE, elsewhere(INPUTS, cells.rises[row.escalation]), rise, "percent")
        sheet.value(n, FLOWS, int(row.flows), "count")
        sheet.value(n, LATE, row.late, "years")
        first, _ = found.gains.get(row.party, (n, n))
        found.gains[row.party] = (first, n)
        sheet.row += 1
    sheet.row += 1
    heads = ["Party", "Kind", f"Investment in the plan [{money}]", f"Investment [{money}]", "Purchase"]
    heads += ["Age of the park [yr]", "Bought (1)", "Year", f"Paid then [{money}]", "Grant [share]"]
    heads += [f"Worth at the end [{money}]", "Lifetime [yr]"]
    if model.terms.tax_rate:
        heads += [f"Depreciated, nominal [{money}]", "Depreciated over [yr]"]
    sheet.heads(heads)
    for asset in model.assets:
        for k in model.purchases(asset):
            first, _ = found.assets.get(asset.party, (sheet.row, 0))
            found.assets[asset.party] = (first, sheet.row)
            age = _purchase(sheet, model, cells, asset, k)
            if model.terms.tax_rate:
                found.worn.setdefault(asset.party, []).append(_depreciated(sheet, model, cells, asset, k, age))
            sheet.row += 1
    sheet.done()
    return found


def _purchase(sheet: Sheet, model: CashModel, cells: Cells, asset: AssetRow, k: int) -> float:
    """Write the k-th purchase of an asset (F2 and F3), and return the age of the park then."""
    n, terms, worn = sheet.row, model.terms, asset.lifetime != float("inf")
    life = at(n, LIFE)
    for column, words in enumerate((asset.party, asset.of)):
        sheet.text(n, column, words)
    sheet.sheet.write_number(n, 2, asset.cost, sheet.styles("plain", "money"))
    factor = f"cash_investment*{elsewhere(INPUTS, cells.kinds[asset.of])}"
    sheet.formula(n, COST, f"{at(n, 2)}*{factor}", asset.cost)
    sheet.value(n, NUMBER, k, "count")
    if worn:
        sheet.value(n, LIFE, asset.lifetime, "amount")
    age = k * asset.lifetime if k else 0.0
    sheet.formula(n, AGE, f"{at(n, NUMBER)}*{life}" if k else "0", age, "amount")
    bought = k == 0 or age < terms.horizon - 1e-9
    sheet.formula(n, BOUGHT, f"IF({at(n, AGE)}<cash_horizon-{_TINY},1,0)" if k else "1", int(bought), "count")
    year = int(np.ceil(age - 1e-9)) if k else 0
    sheet.formula(
        n, YEAR, f"cash_delay+ROUNDUP({at(n, AGE)}-{_TINY},0)" if k else "0", terms.delay * (k > 0) + year, "count"
    )
    paid = asset.cost * (1.0 + terms.rate) ** (year - age) if k and bought else 0.0
    carried = f"{at(n, BOUGHT)}*{at(n, COST)}*(1+cash_rate)^({at(n, YEAR)}-cash_delay-{at(n, AGE)})"
    sheet.formula(n, PAID, carried if k else "0", paid)
    sheet.sheet.write_number(n, GRANT, 0.0 if k else asset.grant, sheet.styles("plain", "percent"))
    _residual(sheet, model, asset, k, age)
    return age


def _residual(sheet: Sheet, model: CashModel, asset: AssetRow, k: int, age: float) -> None:
    """What the purchase is worth at the end, if it is the last one (F3)."""
    n, terms = sheet.row, model.terms
    cost, life = at(n, COST), at(n, LIFE)
    if asset.lifetime == float("inf"):
        sheet.formula(n, RESIDUAL, cost, asset.cost)
        return
    last = k == max(0, int(np.ceil(terms.horizon / asset.lifetime - 1e-9)) - 1)
    left = max(0.0, asset.lifetime - (terms.horizon - age))
    is_last = f"{at(n, NUMBER)}=MAX(0,ROUNDUP(cash_horizon/{life}-{_TINY},0)-1)"
    years = f"MAX(0,{life}-(cash_horizon-{at(n, AGE)}))"
    if terms.residual == "annuity":
        value = asset.cost * recovery(terms.rate, asset.lifetime) * worth_of_annuity(terms.rate, left)
        share = f"IF(cash_rate=0,{years}/{life},(1-(1+cash_rate)^-{years})/(1-(1+cash_rate)^-{life}))"
    elif terms.residual == "straight line":
        value, share = asset.cost * left / asset.lifetime, f"{years}/{life}"
    else:
        value, share = 0.0, "0"
    sheet.formula(n, RESIDUAL, f"IF({is_last},{cost}*{share},0)", value if last else 0.0)


def _depreciated(
    sheet: Sheet, model: CashModel, cells: Cells, asset: AssetRow, k: int, age: float
) -> tuple[float, float, float, bool]:
    """Write the nominal price that is depreciated, and over how many years; of land its price, which is not."""
    n, terms = sheet.row, model.terms
    if k:
        value = asset.cost * (1 + terms.inflation) ** (terms.delay + age) if age < terms.horizon - 1e-9 else 0.0
        formula = f"{at(n, BOUGHT)}*{at(n, COST)}*(1+cash_inflation)^(cash_delay+{at(n, AGE)})"
    else:
        spent = sum(share * (1 + terms.inflation) ** t for t, share in enumerate(terms.spending))
        value = asset.cost * spent * (1 - (asset.grant if asset.wears else 0.0))
        shares = elsewhere(INPUTS, cells.spending)
        spending = f"SUMPRODUCT({shares},(1+cash_inflation)^(ROW({shares})-MIN(ROW({shares}))))"
        formula = f"{at(n, COST)}*{spending}" + (f"*(1-{at(n, GRANT)})" if asset.wears else "")
    sheet.formula(n, PRICE, formula, value)
    own = "cash_horizon" if asset.lifetime == float("inf") else at(n, LIFE)
    life = asset.lifetime if asset.lifetime != float("inf") else float(terms.horizon)
    sheet.formula(
        n, WORN, f"{terms.depreciation:.12g}" if terms.depreciation else own, terms.depreciation or life, "amount"
    )
    return value, age, terms.depreciation or life, asset.wears
