"""A kiln with surplus heat, baths that need heat, and a tank between them; rates and prices by state."""

import random

from toys import park

from models.chronology import BlockData, Chronology, StoreData
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
    StateData,
    UnitData,
)

#: As good as no limit, and still a number.
WIDE = 1e5


def tank_park(
    hours,
    make,
    need,
    store: StoreData,
    *,
    high: float = 1000.0,
    low: float = 0.0,
    size: float = 0.0,
    price=1.0,
    order: Chronology | None = None,
    direct: bool = True,
    kind: str = "facility",
    extra=None,
) -> Instance:
    """Heat made and not used is let go for nothing, heat needed and not brought costs ``price``, content ``size``.

    Mappings by state: hours [h/yr], make and need [MWh/yr]; price [money/MWh] one number or by state. ``direct``: the
    kiln may heat the baths without the tank. ``extra``: more effects by family.
    """
    states = {t: StateData(h) for t, h in hours.items()}
    prices = price if isinstance(price, dict) else dict.fromkeys(states, price)
    host = "kiln" if kind == "measure" else None
    wide = dict.fromkeys(states, WIDE)

    def joined(source, sink, p, q, *, own=False):
        pairs = {} if own else {(p, q): PairData()}
        return ExchangeData(source, sink, 1.0, own, {"pipe": OptionData(wide, pairs)})

    exchanges = {
        "in": joined("surplus", "tank in", "A", "C", own=host is not None),
        "out": joined("tank out", "heat", "A" if host else "C", "B"),
    }
    if direct:
        exchanges["direct"] = joined("surplus", "heat", "A", "B")
    return park(
        states=states,
        units={
            "kiln": UnitData("plant"),
            "baths": UnitData("plant"),
            "tank": UnitData(kind, host=host),
        },
        places={"A": PlaceData(), "B": PlaceData(), "C": PlaceData()},
        admissible={"kiln": ("A",), "baths": ("B",)} | ({} if host else {"tank": ("C",)}),
        sources={
            "surplus": SourceData("kiln", dict(make)),
            "tank out": SourceData("tank", dict.fromkeys(states, 1.0), dischargeable=False),
        },
        sinks={
            "heat": SinkData("baths", dict(need)),
            "tank in": SinkData("tank", dict.fromkeys(states, 1.0), suppliable=False),
        },
        exchanges=exchanges,
        facilities={"tank": FacilityData({"g": SegmentData(low, high)}, dict(hours))},
        stores={"tank": store},
        chronology=order,
        effects={
            "supplied": {("heat", t): {"cost": prices[t]} for t in states},
            "capacity": {("tank", "g"): {"cost": size}},
            **(extra or {}),
        },
    )  # fmt: skip


def year(*blocks) -> Chronology:
    """Chronology from (group, its states, repeats) in the order of the year; a group that comes back is the same."""
    return Chronology(
        {group: tuple(steps) for group, steps, _ in blocks}, tuple(BlockData(group, n) for group, _, n in blocks)
    )


def random_tank(seed: int, *, lossless: bool = False) -> Instance:
    """A tank in a year of at most some hundred hours, its blocks, rates, prices and losses drawn at random."""
    r = random.Random(f"tank {seed}")
    groups = {f"g{n}": [f"g{n} s{k}" for k in range(r.randint(1, 3))] for n in range(r.randint(1, 3))}
    named = [(g, steps, r.randint(1, 4)) for g, steps in groups.items()]
    named += [(g, steps, r.randint(1, 3)) for g, steps in groups.items() if r.random() < 0.4]
    order = year(*named)
    hours = {t: float(r.randint(1, 6) * order.passes[g]) for g, steps in groups.items() for t in steps}
    passes = {t: order.passes[order.group_of[t]] for t in hours}
    make = {t: float(passes[t] * r.choice((0, 0, 2, 5, 9))) for t in hours}
    need = {t: float(passes[t] * r.choice((0, 1, 4, 8))) for t in hours}
    price = {t: float(r.randint(1, 5)) for t in hours}
    store = StoreData(
        rate_in=r.choice((0.1, 0.5, float("inf"))), rate_out=r.choice((0.2, 1.0)),
        largest_in=r.choice((1.0, 3.0)), largest_out=r.choice((2.0, float("inf"))),
        efficiency_in=r.choice((1.0, 0.9)), efficiency_out=r.choice((1.0, 0.8)),
        loss=0.0 if lossless else r.choice((0.0, 0.001, 0.02)),
    )  # fmt: skip
    size = r.choice((0.0, 0.5, 2.0))
    return tank_park(hours, make, need, store, high=float(r.choice((5, 20))), size=size, price=price, order=order)
