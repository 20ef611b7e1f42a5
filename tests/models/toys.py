"""Tiny parks for the tests of the mathematics: everything has a default, so that a test shows only what it is about."""

import dataclasses

from models.instance import (
    ExchangeData,
    FacilityData,
    Instance,
    OptionData,
    PairData,
    PlaceData,
    SegmentData,
    SinkData,
    SourceData,
    UnitData,
)
from models.park import build
from models.solve import solve

ACCOUNTS = {
    "cost": "money/yr",
    "margin": "money/yr",
    "shadow": "money/yr",
    "investment": "money",
    "co2e": "tCO2e/yr",
    "waste": "t/yr",
    "water": "m3/yr",
}
TOTALS = {
    "total_annual_cost": {"cost": 1.0},
    "co2e": {"co2e": 1.0},
    "waste": {"waste": 1.0},
    "fresh_water": {"water": 1.0},
    "investment": {"investment": 1.0},
    "margin": {"margin": 1.0},
    "shadow_carbon": {"shadow": 1.0},
}
YEAR = "year"


def park(**parts) -> Instance:
    """Instance with empty sets where nothing is given."""
    empty = {name: {} for name in ("units", "places", "admissible", "sources", "sinks", "exchanges", "effects")}
    return Instance(**{**empty, "accounts": ACCOUNTS, "totals": TOTALS, **parts})


def source(unit, amount, **options) -> SourceData:
    return SourceData(unit, {YEAR: amount}, **options)


def sink(unit, amount, **options) -> SinkData:
    return SinkData(unit, {YEAR: amount}, **options)


def option(max_flow, pairs, **options) -> OptionData:
    """Pairs: places joined, or a mapping to what is lost between them."""
    known = pairs if isinstance(pairs, dict) else {pair: PairData() for pair in pairs}
    return OptionData({YEAR: max_flow}, known, **options)


def exchange(source_id, sink_id, options, *, ratio=1.0, own=False, **rules) -> ExchangeData:
    return ExchangeData(source_id, sink_id, ratio, own, options, **rules)


def one_size(high, *, low=0.0, hours=1.0) -> FacilityData:
    return FacilityData({"g": SegmentData(low, high)}, {YEAR: hours})


def two_plants(**changes) -> Instance:
    """A kiln gives 10 t/yr of ash to a mill that needs 8 t/yr; both may stand on A or B, joined by one link.

    Ash is dumped at 2 a tonne, the mill buys at 5 a tonne. The link costs 20, whichever way round the two stand.
    Alone: 10 x 2 + 8 x 5 = 60. Together: 20 + (10 - 8) x 2 = 24.
    """
    pairs = [("A", "B"), ("B", "A")]
    base = park(
        units={"kiln": UnitData("plant"), "mill": UnitData("plant")},
        places={"A": PlaceData(), "B": PlaceData()},
        admissible={"kiln": ("A", "B"), "mill": ("A", "B")},
        sources={"ash": source("kiln", 10.0)},
        sinks={"clay": sink("mill", 8.0)},
        exchanges={"e": exchange("ash", "clay", {"truck": option(8.0, pairs)})},
        effects={
            "built": {("e", "truck"): {"cost": 20.0, "investment": 100.0}},
            "discharged": {("ash", YEAR): {"cost": 2.0, "waste": 1.0}},
            "supplied": {("clay", YEAR): {"cost": 5.0, "co2e": 1.0, "water": 3.0}},
        },
    )
    return dataclasses.replace(base, **changes)


def with_effects(d: Instance, family: str, effects: dict) -> Instance:
    """The park with more effects of a family; effects of an index given before are replaced."""
    return dataclasses.replace(d, effects={**d.effects, family: {**d.effects.get(family, {}), **effects}})


def with_exchange(d: Instance, e: str, **changes) -> Instance:
    """The park with an exchange changed."""
    return dataclasses.replace(d, exchanges={**d.exchanges, e: dataclasses.replace(d.exchanges[e], **changes)})


def cost(instance) -> float:
    """Optimum of a park's least cost."""
    return solve(build(instance)).objective


def changed(instance, **parts):
    """The park with parts of it replaced."""
    return dataclasses.replace(instance, **parts)


def works(**parts):
    """A shared works turns 1 t/h of activity into 1 t of product, of which the mill needs 10 and else buys at 5.

    Small: 0 to 4, cost 3 + 1 per capacity. Large: 6 to 20, cost 12 + 0.5 per capacity. It may stand on B only.
    Large at 10: 12 + 5 = 17. Small at 4: 3 + 4 + 6 x 5 = 37. None: 50.
    """
    base = park(
        units={"mill": UnitData("plant"), "works": UnitData("facility")},
        places={"A": PlaceData(), "B": PlaceData()},
        admissible={"mill": ("A",), "works": ("B",)},
        sources={"product": source("works", 1.0, on_demand=True)},
        sinks={"need": sink("mill", 10.0)},
        facilities={
            "works": FacilityData({"small": SegmentData(0.0, 4.0), "large": SegmentData(6.0, 20.0)}, {YEAR: 1.0})
        },
        exchanges={"e": exchange("product", "need", {"pipe": option(10.0, [("B", "A")])})},
        effects={
            "opened": {("works", "small"): {"cost": 3.0}, ("works", "large"): {"cost": 12.0}},
            "capacity": {("works", "small"): {"cost": 1.0}, ("works", "large"): {"cost": 0.5}},
            "supplied": {("need", YEAR): {"cost": 5.0}},
        },
    )
    return changed(base, **parts)
