"""Published heat problems: utilities by the problem table and by the model through HiGHS, which have to agree.

``benchmarks/data/heat`` holds the published data. A site becomes an instance of the park model: a cascade a plant, hot
media bought at a price for each unit of heat, cooling for nothing, and where mains are asked for, an exchange from what
a plant raises of a medium to what another takes of it or of one less hot.
"""

import math
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks.network import least_cost
from benchmarks.siting import TOTALS, Booked
from models.heat import CascadeData
from models.instance import ExchangeData, Instance, OptionData, PairData, PlaceData, SinkData, SourceData, UnitData
from planner.heat.cascade import Match, Medium, cascade_of
from planner.heat.media import raised
from planner.heat.pinch import problem_table
from planner.heat.site import Plants, site_target
from planner.heat.streams import HeatStream

DATA = Path(__file__).parent / "data" / "heat"
YEAR = "year"
#: The model and the problem table are the same within this, of the larger.
AGREE = 1e-6


def read(name: str) -> Any:
    """Read a file of published data."""
    return yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))


def textbook(name: str) -> tuple[HeatStream, ...]:
    """Read streams of a problem with one least temperature difference."""
    data = read(name)
    half = data["dT_min_K"] / 2
    return tuple(HeatStream(x["name"], x["Ts_C"], x["Tt_C"], x["load"], half) for x in data["streams"])


def dairies() -> dict[str, tuple[HeatStream, ...]]:
    """Read the three plants of the total site; names of streams are made different."""
    found: dict[str, tuple[HeatStream, ...]] = {}
    for k, x in enumerate(read("total_site_fodor")["streams"]):
        stream = HeatStream(f"{x['name']} {k}", x["Ts_C"], x["Tt_C"], x["load_kW"], x["dt_cont_K"])
        found[x["plant"]] = (*found.get(x["plant"], ()), stream)
    return found


def levels(hot: bool) -> tuple[HeatStream, ...]:
    """Read the hot or cold utilities of the total site."""
    found = (
        HeatStream(x["name"], x["T_C"], x["T_C"], 0.0, x["dt_cont_K"], x["kind"].lower())
        for x in read("total_site_fodor")["utilities"]
    )
    return tuple(x for x in found if x.hot == hot)


def ends(streams: Iterable[HeatStream]) -> tuple[HeatStream, HeatStream]:
    """A hot utility above all streams and a cold one below them."""
    spans = [stream.range() for stream in streams]
    top, bottom = max(upper for upper, _ in spans) + 1.0, min(lower for _, lower in spans) - 1.0
    hot = HeatStream("hot utility", top, top, kind="hot")
    return hot, HeatStream("cold utility", bottom, bottom, kind="cold")


def site(
    plants: Plants,
    hot: Sequence[HeatStream],
    cold: Sequence[HeatStream],
    *,
    prices: Mapping[str, float] | None = None,
    mains: bool = False,
    forbidden: Iterable[Match] = (),
) -> Instance:
    """Instance of a site: least cost of utilities.

    Parameters
    ----------
    plants
        Plant -> its process streams; what names them need be different within a plant only.
    hot, cold
        Utilities that every plant may take.
    prices
        Of a unit of heat of a utility; else 1 for every hot one and nothing for the cold ones.
    mains
        Plants may raise each hot utility and pass it on, and down to one less hot, at no cost.
    forbidden
        Matches that are forbidden in every plant.
    """
    cost = {u.name: 1.0 for u in hot} if prices is None else dict(prices)
    cascades = {p: _cascade(p, tuple(streams), hot, cold, mains, forbidden) for p, streams in plants.items()}
    sinks = {
        f"{p} / {u.name}": SinkData(p, {YEAR: 1.0}, medium=(p, f"take {u.name}")) for p in plants for u in (*hot, *cold)
    }
    effects: Booked = {
        (f"{p} / {u.name}", YEAR): {"cost": cost.get(u.name, 0.0)} for p in plants for u in (*hot, *cold)
    }
    for p in plants:
        for kind, utilities in (("hot", hot), ("cold", cold)):
            for u in utilities:
                effects[f"{p} / {u.name}", YEAR][kind] = 1.0
    sources, exchanges = _mains(plants, hot, cascades) if mains else ({}, {})
    return Instance(
        units={p: UnitData("partner") for p in plants},
        places={f"at {p}": PlaceData() for p in plants},
        admissible={p: (f"at {p}",) for p in plants},
        sources=sources,
        sinks=sinks,
        exchanges=exchanges,
        accounts={"cost": "of utilities", "hot": "hot utility", "cold": "cold utility"},
        effects={"supplied": effects},
        totals={name: {"cost": 1.0} if name == "total_annual_cost" else {} for name in TOTALS},
        cascades=cascades,
    )


def _cascade(
    plant: str,
    streams: Sequence[HeatStream],
    hot: Sequence[HeatStream],
    cold: Sequence[HeatStream],
    mains: bool,
    forbidden: Iterable[Match],
) -> CascadeData:
    media = {f"take {u.name}": Medium(u) for u in (*hot, *cold)}
    if mains:
        media |= {f"give {u.name}": Medium(raised(u)) for u in hot}
    return cascade_of(plant, {stream.name: stream for stream in streams}, media, forbidden=forbidden)


def _mains(
    plants: Iterable[str], hot: Sequence[HeatStream], cascades: Mapping[str, CascadeData]
) -> tuple[dict[str, SourceData], dict[str, ExchangeData]]:
    """What plants raise, and from each to whoever takes the same medium or one less hot."""
    sources, exchanges = {}, {}
    for p in plants:
        for u in hot:
            given = SourceData(p, {YEAR: 1.0}, dischargeable=False, medium=(p, f"give {u.name}"))
            sources[f"{p} / {u.name} raised"] = given
            most = cascades[p].media[f"give {u.name}"].most[YEAR]
            for q in plants:
                for v in hot:
                    if q == p or v.supply > u.supply:
                        continue
                    flow = min(most, cascades[q].media[f"take {v.name}"].most[YEAR])
                    option = OptionData({YEAR: flow}, {(f"at {p}", f"at {q}"): PairData()})
                    exchanges[f"{p} {u.name} > {q} {v.name}"] = ExchangeData(
                        f"{p} / {u.name} raised", f"{q} / {v.name}", 1.0, own=False, options={"main": option}
                    )
    return sources, exchanges


@dataclass(frozen=True)
class Used:
    """What a solved site takes: heat of the hot and of the cold utilities, and their cost; gap of the solve."""

    hot: float
    cold: float
    cost: float
    gap: float


def least_utilities(instance: Instance) -> Used:
    """Least cost of a site by the model."""
    import pyomo.environ as pyo

    model, result, _ = least_cost(instance)
    return Used(
        float(pyo.value(model.account["hot"])), float(pyo.value(model.account["cold"])), result.objective, result.gap
    )


@dataclass(frozen=True)
class HeatCase:
    """A published figure of a heat problem.

    Attributes
    ----------
    name
        Of the problem, with what is asked.
    optimum, tolerance
        The published figure, and the relative difference within which it counts as met: half its last digit.
    instance
        Makes the instance.
    figure
        "hot", "cold" or "cost".
    table
        The same figure by the problem table, where it says it.
    """

    name: str
    optimum: float
    tolerance: float
    instance: Callable[[], Instance]
    figure: str = "hot"
    table: Callable[[], float] | None = None

    def solve(self) -> tuple[float, float]:
        """The figure by the model, and the gap: infinite where the problem table says otherwise."""
        used = least_utilities(self.instance())
        computed = float(getattr(used, self.figure))
        expected = computed if self.table is None else self.table()
        if abs(computed - expected) > AGREE * max(1.0, abs(expected)):
            print(f"{self.name}: {computed} by the model, {expected} by the problem table", file=sys.stderr)
            return computed, math.inf
        return computed, used.gap


def _alone(name: str, streams: Callable[[], Sequence[HeatStream]], hot: str, cold: str) -> list[HeatCase]:
    """Hot and cold utility of one set of streams, published with the digits given."""

    def instance() -> Instance:
        top, bottom = ends(streams())
        return site({"plant": streams()}, [top], [bottom])

    return [
        HeatCase(
            f"{name}, hot", float(hot), digits(hot), instance, "hot", lambda: problem_table(streams()).hot_utility
        ),
        HeatCase(
            f"{name}, cold", float(cold), digits(cold), instance, "cold", lambda: problem_table(streams()).cold_utility
        ),
    ]


def digits(published: str) -> float:
    """Half of the last digit of a figure, as a share of it."""
    decimals = len(published.partition(".")[2])
    return max(1e-6, 0.5 * 10**-decimals / float(published)) if decimals else 1e-6


def biegler(*forbidden: Match) -> Instance:
    """The four streams with the utilities of the book, in million dollars a year."""
    data = read("biegler_restricted_match")
    said, half = data["utilities"], data["dT_min_K"] / 2
    steam = HeatStream("steam", said["hot"]["T_C"], said["hot"]["T_C"], 0.0, half, "hot")
    water = HeatStream("water", said["cold"]["T_in_C"], said["cold"]["T_out_C"], 0.0, half)
    prices = {
        "steam": said["hot"]["cost_usd_per_kW_a"] / 1000,
        "water": said["cold"]["cost_usd_per_kW_a"] / 1000,
    }
    return site({"plant": textbook(data["id"])}, [steam], [water], prices=prices, forbidden=forbidden)


def fodor() -> Instance:
    """The three plants with their media, exchanged through mains."""
    return site(dairies(), levels(True), levels(False), mains=True)


def _fodor_cases() -> list[HeatCase]:
    published = {"Casein": ("221.77", "6191.51"), "D4": ("10294.52", "4526.51"), "D5": ("23284.84", "962.55")}
    found = []
    for plant, (hot, cold) in published.items():
        found += _alone(f"fodor, {plant}", lambda plant=plant: dairies()[plant], hot, cold)
    found += _alone(
        "fodor, pooled", lambda: [s for streams in dairies().values() for s in streams], "32469.03", "10348.47"
    )
    table = {
        "hot": lambda: site_target(dairies(), levels(True), levels(False)).hot_utility,
        "cold": lambda: site_target(dairies(), levels(True), levels(False)).cold_utility,
    }
    for figure, value in (("hot", "33801.13"), ("cold", "11680.57")):
        found.append(HeatCase(f"fodor, mains, {figure}", float(value), digits(value), fodor, figure, table[figure]))
    return found


FREE, BARRED = "biegler", "biegler, H1-C1 forbidden"
FORBIDDEN = ("H1", "C1")
HEAT = (
    *_alone("kemp", lambda: textbook("kemp_4stream"), "20", "60"),
    *_alone("linnhoff_hindmarsh", lambda: textbook("linnhoff_hindmarsh_4stream"), "107.5", "40"),
    *_alone("4sp1", lambda: textbook("4sp1_si"), "127.68", "250.1"),
    *_alone("biegler", lambda: textbook("biegler_restricted_match"), "60", "225"),
    HeatCase(f"{FREE}, cost", 9.3, 1e-6, biegler, "cost"),
    HeatCase(f"{BARRED}, hot", 120.0, 1e-6, lambda: biegler(FORBIDDEN), "hot"),
    HeatCase(f"{BARRED}, cold", 285.0, 1e-6, lambda: biegler(FORBIDDEN), "cold"),
    HeatCase(f"{BARRED}, cost", 15.3, 1e-6, lambda: biegler(FORBIDDEN), "cost"),
    *_fodor_cases(),
)
