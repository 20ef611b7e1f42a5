"""The view of society: gains of the plan at shadow prices, without transfers, taxes, grants and paid carbon.

worth of what is bought  = quantity x shadow price                        (where one is stated)
worth of everything else = amount x conversion factor                     (1 unless stated)
worth of CO2e avoided    = reduction x price of carbon                    (European Commission 2014, Guide to CBA)
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from planner.finance.heads import HEADS, Key, key_of
from planner.results.books import Entry
from planner.results.columns import COLUMNS

if TYPE_CHECKING:
    import pandas as pd

    from planner.assemble.assembly import Line
    from planner.case.case import Case
    from planner.results.books import Books

#: Account -> conversion factor that is for it; what has none here is "operation".
_FACTORS: Mapping[str, str] = {"discharge": "discharge", "sale": "sale"}
CARBON_HEAD = "CO2e avoided"
#: Head, kind, account, resource, how.
_Key = tuple[str, str, str, str, str]


def carbon_price(case: "Case") -> tuple[float, str]:
    """Price of a tonne of CO2e in the view of society, and where it comes from."""
    carbon = case.economics.carbon_price
    stated = (
        (case.economics.finance.economic.carbon, "economics.finance.economic.carbon"),
        (carbon.shadow, "economics.carbon_price.shadow"),
        (carbon.paid, "economics.carbon_price.paid"),
    )
    for value, field in stated:
        if value is not None:
            return value.value, field
    return 0.0, "no price of carbon is stated: CO2e counts nothing"


def economic_table(plan: "Books", baseline: "Books") -> "pd.DataFrame":
    """Make the ``economic`` table: gains a year before capital, by head, kind, account and resource, in both views.

    ``how`` says what turned one into the other.
    """
    import pandas as pd

    sums: dict[_Key, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for sign, books in ((1.0, baseline), (-1.0, plan)):
        weights = books.weights("total_annual_cost")
        for entry in books.running():
            weight = weights.get(entry.line.account, 0.0)
            if not weight:
                continue
            worth, how = _worth(plan.case, entry)
            if not entry.amount and not worth:
                continue
            key: Key = key_of(entry.line)
            pair = sums[key.head, key.kind, key.account, key.resource, how]
            pair[0] += sign * weight * entry.amount
            pair[1] += sign * weight * worth
    rows = [_row(*key, *pair) for key, pair in sorted(sums.items(), key=lambda item: _place(item[0]))]
    price, field = carbon_price(plan.case)
    avoided = baseline.total("co2e") - plan.total("co2e")
    rows.append(_row(CARBON_HEAD, "flow", "co2e", "", field, 0.0, price * avoided))
    return pd.DataFrame(rows, columns=list(COLUMNS["economic"]))


def _place(key: _Key) -> tuple[int, str, str, str]:
    return list(HEADS).index(key[2]), key[1], key[3], key[4]


def _worth(case: "Case", entry: Entry) -> tuple[float, str]:
    """What a running cost is worth to society, and how that was found."""
    economic, line = case.economics.finance.economic, entry.line
    if line.account == "carbon_paid":
        return 0.0, "a payment to the state"
    shadow = economic.prices.get(line.resource or "")
    if shadow is not None and _is_bought(line):
        sign = -1.0 if line.account == "credit" else 1.0
        worth = sign * entry.value * line.quantity * shadow.value
        return worth, f"economics.finance.economic.prices.{line.resource}"
    name = _FACTORS.get(line.account, "operation")
    factor = dict(economic.factors).get(name)  # type: ignore[call-overload]
    return (entry.amount, "as paid") if factor is None else (entry.amount * factor.value, f"factor {name}")


def _is_bought(line: "Line") -> bool:
    """Whether a line is a purchase at the price of its resource, or one that is credited."""
    place = f"resources.{line.resource}.price"
    return any(e.field == place or e.field.startswith(f"{place}.periods.") for e in line.evidence)


def _row(head: str, kind: str, account: str, resource: str, how: str, financial: float, worth: float) -> dict[str, Any]:
    return {
        "head": head,
        "kind": kind,
        "account": account,
        "resource": resource or None,
        "financial_gain_per_yr": financial,
        "economic_gain_per_yr": worth,
        "how": how,
    }
