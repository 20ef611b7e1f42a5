"""The flows of a run as life cycle and material flow programs take them: from where, to where, what, how much.

Everything that crosses the fence of a unit is a row: purchases, exchanges, what is lost on the way, sales, discharges,
products, and what burning and using gives off directly.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.case.case import Case
from planner.case.plants import Sink, Source
from planner.case.values import Value
from planner.lifecycle.amounts import rows
from planner.lifecycle.burdens import PREFIX

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

MARKET, BUYERS, AIR, LOSSES = "market", "buyers outside", "air", "losses"
DIRECT = "CO2e of use"
#: Amounts below this are rounding.
NEGLIGIBLE = 1e-9


@dataclass(frozen=True)
class Moving:
    """A flow a year.

    Attributes
    ----------
    role
        purchase, exchange, loss, sale, discharge, product or emission.
    low, high
        Amount at the ends of the range that the case states of its stream; None where it states none.
    exchange
        Exchange it is, "" if none.
    """

    run: str
    period: str
    role: str
    origin: str
    target: str
    flow: str
    amount: float
    unit: str
    low: float | None = None
    high: float | None = None
    exchange: str = ""
    replaces: str = ""


def moving(case: Case, tables: "Tables", run: str) -> Iterator[Moving]:
    """Flows of a run; purchases, sales and discharges by period where the case has any."""
    prefix = PREFIX[run]
    yield from _bought(case, tables, run)
    arriving = _arriving(tables, prefix)
    for row in rows(tables, f"{prefix}exchanges"):
        yield from _given(case, row, run, arriving.get((str(row["exchange"]), str(row["option"])), {}))
    for row in rows(tables, f"{prefix}sales"):
        unit = case.resources[str(row["resource"])].unit
        one = Moving(
            run, str(row["state"]), "sale", str(row["by"]), BUYERS, str(row["resource"]), row["amount_per_yr"], unit
        )
        yield _ranged(case, one, "source", str(row["stream"]))
    for row in rows(tables, f"{prefix}discharges"):
        unit, route = case.resources[str(row["resource"])].unit, row["route"]
        to = f"disposal: {route}" if isinstance(route, str) else "disposal"
        one = Moving(
            run, str(row["state"]), "discharge", str(row["by"]), to, str(row["resource"]), row["amount_per_yr"], unit
        )
        yield _ranged(case, one, "source", str(row["stream"]))
    here = {str(row["unit"]) for row in rows(tables, f"{prefix}siting")}
    for name, plant in case.plants.items():
        product = plant.product
        if product is not None and name in here:
            one = Moving(run, "year", "product", name, BUYERS, product.name, product.output.value, product.unit)
            yield _with_range(one, product.output)


def _bought(case: Case, tables: "Tables", run: str) -> Iterator[Moving]:
    for row in rows(tables, f"{PREFIX[run]}purchases"):
        name, by, state, amount = str(row["resource"]), str(row["by"]), str(row["state"]), float(row["amount_per_yr"])
        resource = case.resources[name]
        one = Moving(run, state, "purchase", MARKET, by, name, amount, resource.unit)
        yield _ranged(case, one, "sink", str(row["stream"]))
        facility = case.facilities.get(by)
        kept = facility is not None and facility.stores is not None and facility.stores.taken == name
        use = 0.0 if resource.co2e.use is None or (kept and row["for"] == "demand") else resource.co2e.use.at(state)
        if use * amount:
            yield Moving(run, state, "emission", by, AIR, DIRECT, use * amount, "t")


def _arriving(tables: "Tables", prefix: str) -> dict[tuple[str, str], dict[str, float]]:
    """(Exchange, option) -> period -> what arrives in it; empty without periods."""
    found: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for row in rows(tables, f"{prefix}flows_by_period"):
        if row["kind"] == "exchange":
            lost = float(row["lost_per_yr"])
            found[str(row["name"]), str(row["option"])][str(row["period"])] = float(row["amount_per_yr"]) - lost
    return found


def _given(case: Case, row: dict[str, Any], run: str, arriving: Mapping[str, float]) -> Iterator[Moving]:
    giver, taker, name = str(row["from"]), str(row["to"]), str(row["resource"])
    resource, lost = case.resources[name], float(row["lost_per_yr"])
    words, flow = (str(row["exchange"]), str(row["replaces"])), float(row["flow_per_yr"])
    one = Moving(run, "year", "exchange", giver, taker, name, flow, resource.unit, None, None, *words)
    yield _ranged(case, one, "source", str(row["source"]))
    if lost > NEGLIGIBLE:
        yield Moving(run, "year", "loss", taker, LOSSES, name, lost, resource.unit, exchange=words[0])
    facility = case.facilities.get(taker)
    kept = facility is not None and facility.stores is not None
    use = None if kept else resource.co2e.use
    parts = arriving or {"year": flow - lost}
    given_off = 0.0 if use is None else sum(use.at(period) * amount for period, amount in parts.items())
    if given_off:
        yield Moving(run, "year", "emission", taker, AIR, DIRECT, given_off, "t", exchange=one.exchange)


def _ranged(case: Case, one: Moving, direction: str, stream: str) -> Moving:
    """The flow with the range of its stream's rate, if that states one."""
    unit = one.target if direction == "sink" else one.origin
    tenant = case.plants.get(unit) or case.partners.get(unit)
    stated: Source | Sink | None = None
    if tenant is not None:
        stated = (tenant.taken if direction == "sink" else tenant.given).get(stream)
    return one if stated is None else _with_range(one, stated.rate)


def _with_range(one: Moving, value: Value) -> Moving:
    if not value.value or (value.low is None and value.high is None):
        return one
    low, high = (
        one.amount * (end if end is not None else value.value) / value.value for end in (value.low, value.high)
    )
    return Moving(**{**one.__dict__, "low": low, "high": high})
