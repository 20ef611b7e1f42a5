"""Checks of transfer prices: the interval in which both gain, contracts, and what mends what has none."""

import math
from dataclasses import replace

from planner.audit.cash import NAN, Earned, cash_of, pays_back
from planner.audit.checks import Checks
from planner.audit.ledgers import SHARED, TRANSFERS
from planner.audit.network import number, word
from planner.audit.reading import Row, rows_of
from planner.audit.ventures import Reading

CHECK = "prices: between which both sides of an exchange gain"
BOTH, NONE = "both gain", "no price at which both gain"
SELLER, BUYER = "the seller loses at this price", "the buyer loses at this price"
SHORT = "both gain, but not enough for its share of mains and trenches"
REMEDY = {
    BOTH: "",
    SELLER: "a price of the floor or above, or a payment of the buyer",
    BUYER: "a price of the ceiling or below, or a payment of the seller",
    NONE: "a price of the buyer's ceiling, and a subsidy to the seller",
    SHORT: "a subsidy to who owns mains and trenches",
}
PIPES = "owner of mains and trenches"
#: Column here -> column of the exchange.
SAME = {"flow_per_yr": "flow_per_yr", "price_per_unit": "transfer_price"}
WORDS = {"seller": "seller", "buyer": "buyer", "resource": "resource", "unit": "unit", "basis": "transfer_basis"}
#: Share of floor and ceiling that is rounding.
ROUNDING = 1e-6


def check_prices(reading: Reading, checks: Checks) -> None:
    """Check the table ``prices``."""
    checks.start(CHECK)
    listed = {(word(r, "exchange"), word(r, "option")): r for r in rows_of(reading.tables, "prices")}
    for one in reading.exchanges:
        paid = not bool(one["own"]) and word(one, "seller") != word(one, "buyer") and number(one, "flow_per_yr") > 0
        row = listed.pop((word(one, "exchange"), word(one, "option")), None) if paid else None
        if row is not None:
            _row(reading, one, row, checks)
        elif paid:
            checks.fail(CHECK, f"{one['exchange']}: it has no row")
    for exchange, option in listed:
        checks.fail(CHECK, f"{exchange} by {option}: no two parties exchange that")


def _sides(reading: Reading, one: Row) -> tuple[list[float], list[float], float, float]:
    """Gain before capital and yearly share of capital, of who gives (with all others) and who takes.

    With what the seller forgoes, and what falls to the exchange of mains and trenches a year.
    """
    gains, capital, forgone, shared = [0.0, 0.0], [0.0, 0.0], 0.0, 0.0
    for row in reading.of_link("exchange_ledger", one):
        side, gain = int(word(row, "party") == word(one, "buyer")), number(row, "gain_per_yr")
        if word(row, "head") == SHARED:
            shared -= gain
        elif word(row, "head") != TRANSFERS:
            gains[side] += gain
            forgone -= gain if not side and word(row, "account") in ("forgone", "sale") else 0.0
    for row in reading.of_link("assets", one):
        bought = reading.bought(row, number(row, "capex"))
        side = int(word(row, "party") == word(one, "buyer"))
        capital[side] += _yearly(reading, bought.cost, bought.life, bought.granted)
    shared += sum(_yearly(reading, x.cost, x.life, x.granted) for x in reading.shared(one))
    return gains, capital, forgone, shared


def tariffs_of(reading: Reading, one: Row) -> tuple[tuple[float, float], float]:
    """What seller and buyer are paid a year for what is shared, less what they pay; and what is paid for pipes."""
    net, pipes = [0.0, 0.0], 0.0
    alike = [row for row in reading.exchanges if word(row, "exchange") == word(one, "exchange")]
    carried = number(one, "flow_per_yr") / sum(number(row, "flow_per_yr") for row in alike)
    for row in rows_of(reading.tables, "shared_costs"):
        payer, owner, money = word(row, "party"), word(row, "owner"), number(row, "tariff_per_yr")
        if word(row, "exchange") != word(one, "exchange") or payer == owner:
            continue
        if word(row, "of") == "facility":
            money *= carried
        elif word(one, "main") == (word(row, "item") if word(row, "item") in reading.facts.case.mains() else ""):
            pipes += money
        else:
            continue
        for place, side in enumerate(("seller", "buyer")):
            net[place] += money if owner == word(one, side) else 0.0
            net[place] -= money if payer == word(one, side) else 0.0
    return (net[0], net[1]), pipes


def _paid_back(reading: Reading, one: Row, side: str, tariff: float, term: float) -> float:
    """Years of operation until a side has back what it invests in an exchange, before tax and loans."""
    party, late = word(one, side), reading.late[word(one, "exchange"), word(one, "option")]
    laid = (row for row in reading.of_link("assets", one) if word(row, "party") == party)
    mine = (row for row in reading.of_link("exchange_ledger", one) if word(row, "party") == party)
    gains = [reading.part(row, late=late).gain for row in mine if word(row, "head") != SHARED]
    rules = replace(reading.rules.before_tax(), years=max(reading.rules.years, math.ceil(term)), residual="none")
    bought = [reading.bought(row, number(row, "capex")) for row in laid]
    return pays_back(cash_of(bought, [*gains, Earned(tariff, 0.0, False, 0.0)], rules).net) - rules.delay


def _yearly(reading: Reading, cost: float, life: float, granted: float) -> float:
    years = None if life == float("inf") else life
    return cost * reading.facts.recovery(years) - granted / reading.rules.grown(reading.rules.rate)


def _row(reading: Reading, one: Row, row: Row, checks: Checks) -> None:
    label, flow, price = f"{row['exchange']} by {row['option']}", number(one, "flow_per_yr"), 0.0
    price = number(one, "transfer_price")
    gains, capital, forgone, shared = _sides(reading, one)
    tariffs, paid = tariffs_of(reading, one)
    gains = [gain + tariff for gain, tariff in zip(gains, tariffs, strict=True)]
    shared = 0.0 if abs(shared - paid) <= ROUNDING * abs(shared) else shared - paid
    floor, ceiling = (capital[0] - gains[0]) / flow, (gains[1] - capital[1]) / flow
    size = ROUNDING * max(abs(floor), abs(ceiling))
    lacking = shared - (ceiling - floor) * flow
    lacking = lacking if lacking > size * flow else 0.0
    verdict = _verdict(price, floor, ceiling, lacking, size)
    factor = reading.rules.grown(reading.rules.rate)
    owed = {SELLER: (floor - price) * flow, BUYER: (price - ceiling) * flow, NONE: lacking, SHORT: lacking}
    payment = owed.get(verdict, NAN)
    contract = reading.contract(word(one, "exchange"))
    term = contract.term.value if contract is not None and contract.term is not None else NAN
    share = contract.take_or_pay.value if contract is not None and contract.take_or_pay is not None else NAN
    expected = {
        "floor_per_unit": floor,
        "ceiling_per_unit": ceiling,
        "running_floor_per_unit": -gains[0] / flow,
        "running_ceiling_per_unit": gains[1] / flow,
        "forgone_per_unit": forgone / flow,
        "room_per_unit": ceiling - floor,
        "shared_cost_per_yr": shared,
        "lacking_per_yr": lacking,
        "lacking_once": lacking * factor,
        "contract_term_yr": term,
        "take_or_pay_share": share,
        "guaranteed_flow_per_yr": share * flow,
        "guaranteed_revenue_per_yr": share * flow * price,
        "payment_per_yr": payment,
        "payment_once": payment * factor,
        **{column: number(one, source) for column, source in SAME.items()},
    }
    for column, value in expected.items():
        found, scale = number(row, column), max(abs(value), abs(floor) + abs(ceiling))
        scale = max(scale, (abs(floor) + abs(ceiling)) * flow) if not column.endswith("unit") else scale
        if (found == found) != (value == value) or abs(found - value) > 1e-8 * scale + 1e-9:
            checks.fail(CHECK, f"{label}: {column} is {found:.10g} in the table, {value:.10g} recomputed")
    _words(reading, one, row, (verdict, term, tariffs, lacking > 0 and shared > 0), (label, checks))


def _verdict(price: float, floor: float, ceiling: float, lacking: float, size: float) -> str:
    if floor - ceiling > size:
        return NONE
    if floor - price > size:
        return SELLER
    if price - ceiling > size:
        return BUYER
    return SHORT if lacking else BOTH


def _words(
    reading: Reading, one: Row, row: Row, known: tuple[str, float, tuple[float, float], bool], where: tuple[str, Checks]
) -> None:
    verdict, term, tariffs, short = known
    seller, buyer = word(one, "seller"), word(one, "buyer")
    who = {
        SELLER: (buyer, seller),
        BUYER: (seller, buyer),
        NONE: ("subsidy", f"{seller}; {PIPES}" if short else seller),
        SHORT: ("subsidy", PIPES),
    }
    payer, payee = who.get(verdict, ("", ""))
    besides = f", and a subsidy to who owns {PIPES.removeprefix('owner of ')}"
    remedy = REMEDY[verdict] + (besides if short and verdict in (NONE, SELLER, BUYER) else "")
    late = [
        word(one, side)
        for side, tariff in zip(("seller", "buyer"), tariffs, strict=True)
        if term == term
        and number(one, f"{side}_capex") > 0
        and not _paid_back(reading, one, side, tariff, term) <= term
    ]
    expected = {
        **{column: word(one, source) for column, source in WORDS.items()},
        **{"verdict": verdict, "remedy": remedy, "payer": payer, "payee": payee},
        "outlasts_contract": "; ".join(late),
    }
    for column, text in expected.items():
        if word(row, column) != text:
            where[1].fail(CHECK, f"{where[0]}: {column} is {word(row, column)!r}, {text!r} expected")
