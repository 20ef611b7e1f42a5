"""Sheet ``Cash items``: gains and purchases behind the live cash flow, a row each, those of a party together."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from planner.finance.cash import recovery, worth_of_annuity
from planner.report.workbook.cash_inputs import INPUTS, Cells
from planner.report.workbook.cash_model import AssetRow, CashModel
from planner.report.workbook.sheet import Sheet, Styles, at, elsewhere, span

ITEMS = "Cash items"
#: Columns of gains.
AMOUNT, RISE, FLOWS, LATE = 5, 6, 7, 8
#: Columns of purchases.
COST, NUMBER, AGE, BOUGHT, YEAR, PAID, GRANT, RESIDUAL, LIFE, PRICE, WORN, FOR = 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
#: Rows about grants above the purchases; their columns begin with ``FOR``.
_GRANT_ROWS = 3
_TINY = "0.000000001"
_ABOUT = "Not to be changed here: the yellow cells of Cash inputs lead to it."


@dataclass
class Items:
    """Rows (first, last) of the gains and purchases of each party that has any; what it depreciates.

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
        sheet.number(n, 3, row.amount, "money")
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
    _purchases(sheet, model, cells, found)
    sheet.done()
    return found


def _purchases(sheet: Sheet, model: CashModel, cells: Cells, found: Items) -> None:
    """Write the purchases of assets, and above them the grants towards their first ones."""
    money = model.case.currency
    count = sum(len(model.purchases(asset)) for asset in model.assets)
    _grants(sheet, model, cells, (sheet.row + _GRANT_ROWS + 1, sheet.row + _GRANT_ROWS + max(1, count)))
    shares = sheet.row - 1
    heads = ["Party", "Kind", f"Investment in the plan [{money}]", f"Investment [{money}]", "Purchase"]
    heads += ["Age of the park [yr]", "Bought (1)", "Year", f"Paid then [{money}]", "Grant [share]"]
    heads += [f"Worth at the end [{money}]", "Lifetime [yr]"]
    heads += [f"Depreciated, nominal [{money}]", "Depreciated over [yr]"]
    sheet.heads([*heads, *(f"for {grant.what} (1)" for grant in model.grants)])
    for asset in model.assets:
        for k in model.purchases(asset):
            first, _ = found.assets.get(asset.party, (sheet.row, 0))
            found.assets[asset.party] = (first, sheet.row)
            age = _purchase(sheet, model, cells, asset, k)
            _granted(sheet, model, asset, k, shares)
            found.worn.setdefault(asset.party, []).append(_depreciated(sheet, model, cells, asset, k, age))
            sheet.row += 1


def _grants(sheet: Sheet, model: CashModel, cells: Cells, rows: tuple[int, int]) -> None:
    """Write which share of what it is for each grant pays; one stated as an amount pays less of dearer assets."""
    top = sheet.row
    sheet.text(top, FOR - 1, "Grant: yours")
    sheet.text(top + 1, FOR - 1, f"towards [{model.case.currency}]")
    sheet.text(top + 2, FOR - 1, "share it pays")
    for n, (grant, (base, share)) in enumerate(zip(model.grants, model.granted, strict=True)):
        column, kind = FOR + n, "percent" if grant.share else "money"
        stated = sheet.formula(top, column, elsewhere(INPUTS, cells.grants[n]), grant.value, kind)
        towards = f"SUMPRODUCT({span(*rows, column)}*{span(*rows, COST)})"
        whole = sheet.formula(top + 1, column, towards, base)
        paid = stated if grant.share else f"IF({whole}>0,MIN(1,{stated}/{whole}),0)"
        sheet.formula(top + 2, column, paid, share, "percent")
    sheet.row += _GRANT_ROWS


def _granted(sheet: Sheet, model: CashModel, asset: AssetRow, k: int, shares: int) -> None:
    """Write which grants are for a purchase, and which share of it they pay; later ones have none."""
    n, last = sheet.row, FOR + len(model.grants) - 1
    for column, yes in enumerate(asset.granted, FOR):
        sheet.value(n, column, int(yes and k == 0), "count")
    paid = f"{at(shares, FOR, fixed=True)}:{at(shares, last, fixed=True)}"
    formula = f"MIN(1,SUMPRODUCT({at(n, FOR)}:{at(n, last)}*{paid}))"
    sheet.formula(n, GRANT, "0" if k else formula, 0.0 if k else model.aid(asset), "percent")


def _purchase(sheet: Sheet, model: CashModel, cells: Cells, asset: AssetRow, k: int) -> float:
    """Write the k-th purchase of an asset (F2 and F3), and return the age of the park then."""
    n, terms, worn = sheet.row, model.terms, asset.lifetime != float("inf")
    life = at(n, LIFE)
    for column, words in enumerate((asset.party, asset.of)):
        sheet.text(n, column, words)
    sheet.number(n, 2, asset.cost, "money")
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
    value = 0.0
    if terms.residual == "annuity":
        value = asset.cost * recovery(terms.rate, asset.lifetime) * worth_of_annuity(terms.rate, left)
    elif terms.residual == "straight line":
        value = asset.cost * left / asset.lifetime
    wear = f"{years}/{life}"
    annuity = f"IF(cash_rate=0,{wear},(1-(1+cash_rate)^-{years})/(1-(1+cash_rate)^-{life}))"
    share = f'IF(cash_residual="annuity",{annuity},IF(cash_residual="straight line",{wear},0))'
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
        value = asset.cost * spent * (1 - (model.aid(asset) if asset.wears else 0.0))
        shares = elsewhere(INPUTS, cells.spending)
        spending = f"SUMPRODUCT({shares},(1+cash_inflation)^(ROW({shares})-MIN(ROW({shares}))))"
        formula = f"{at(n, COST)}*{spending}" + (f"*(1-{at(n, GRANT)})" if asset.wears else "")
    sheet.formula(n, PRICE, formula, value)
    own = "cash_horizon" if asset.lifetime == float("inf") else at(n, LIFE)
    life = asset.lifetime if asset.lifetime != float("inf") else float(terms.horizon)
    over = f"IF(cash_depreciation>0,cash_depreciation,{own})"
    sheet.formula(n, WORN, over, terms.depreciation or life, "amount")
    return value, age, terms.depreciation or life, asset.wears
