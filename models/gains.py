"""What an exchange gains between two places, by the prices and yearly amounts of its streams; for ``proxy``."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyomo.environ as pyo

from .instance import Instance, Pair, SinkData, SourceData, Unit
from .operations import scale
from .relaxation import Relaxation


@dataclass(frozen=True)
class Way:
    """An option between two places: cost, gain a unit, least and most that leaves, share that arrives, owed loss."""

    fixed: float
    unit: float
    least: float
    most: float
    arriving: float
    owed: float


@dataclass(frozen=True)
class Reach:
    """Ways of an exchange between two places, and what the best of them gains alone."""

    alone: float
    ways: tuple[Way, ...]


@dataclass(frozen=True)
class Link:
    """An exchange of the proxy."""

    source: str
    sink: str
    giver: Unit
    taker: Unit
    ratio: float
    forced: bool
    reach: Mapping[Pair, Reach]


class Streams:
    """Amount and price of each source and sink, over all states, in the unit of the goal."""

    def __init__(self, m: pyo.ConcreteModel, goal: str, relaxation: Relaxation) -> None:
        self.m, self.relaxation = m, relaxation
        self.d: Instance = m.instance
        self.weights = _weights(self.d, goal)
        #: options with effects on flow and place together
        self.trucked = {index[:2] for index in self.d.effects.get("pair_flow", {})}
        self.amount: dict[str, float] = {}
        self.price: dict[str, float] = {}
        d = self.d
        for i, source in d.sources.items():
            self.amount[i] = self._total(source)
            self.price[i] = self._price_of_source(i)
        for j, sink in d.sinks.items():
            self.amount[j] = self._total(sink)
            self.price[j] = self._price_of_sink(j)
        known = [abs(price) for price in self.price.values() if abs(price) < float("inf")]
        dear = 10.0 * max(known, default=0.0)
        self.price = {n: min(price, dear) for n, price in self.price.items()}

    def coefficient(self, family: str, index: tuple[str, ...]) -> float:
        """Effect of one unit of a variable on the goal."""
        booked = self.d.effects.get(family, {}).get(index, {})
        return sum(self.weights.get(a, 0.0) * effect for a, effect in booked.items())

    def over_states(self, family: str, index: tuple[str, ...], amounts: Mapping[str, float]) -> float:
        """Effect on the goal of one unit a year, the states in the proportion of the amounts."""
        shares = {t: state.weight * amounts[t] for t, state in self.d.states.items()}
        total = sum(shares.values())
        if total <= 0:
            return self.coefficient(family, (*index, next(iter(self.d.states))))
        return sum(share * self.coefficient(family, (*index, t)) for t, share in shares.items()) / total

    def yearly(self, amounts: Mapping[str, float]) -> float:
        """Yearly amount of an amount by state."""
        return sum(state.weight * amounts.get(t, 0.0) for t, state in self.d.states.items())

    def _total(self, stream: SourceData | SinkData) -> float:
        if stream.operation is None and stream.medium is None and stream.unit not in self.d.facilities:
            return self.yearly(stream.amount)
        active = {t: self.relaxation.value(scale(self.m, self.d, stream, t)) for t in self.d.states}
        beside = stream.beside if isinstance(stream, SourceData) else {}
        return self.yearly({t: stream.amount[t] * active[t] + beside.get(t, 0.0) for t in active})

    def _price_of_source(self, i: str) -> float:
        source = self.d.sources[i]
        if source.unit in self.d.facilities:
            rows = self.m.source_on_demand if source.on_demand else self.m.source_balance
            return self._dual(rows, i)
        if source.on_demand:
            return 0.0
        ways = []
        if source.dischargeable:
            ways.append(self.over_states("discharged", (i,), source.amount))
        if source.sale_limit and source.sale_limit >= self.amount[i]:
            ways.append(self.over_states("sold", (i,), source.amount))
        return min(ways, default=float("inf"))

    def _price_of_sink(self, j: str) -> float:
        sink = self.d.sinks[j]
        if sink.unit in self.d.facilities:
            return self._dual(self.m.sink_balance, j)
        return self.over_states("supplied", (j,), sink.amount) if sink.suppliable else float("inf")

    def _dual(self, rows: pyo.Constraint, stream: str) -> float:
        weight = sum(state.weight for state in self.d.states.values())
        return sum(self.relaxation.price(rows[stream, t]) for t in self.d.states) / weight


def _weights(d: Instance, goal: str) -> dict[str, float]:
    """Account -> its weight in the goal."""
    parts = {"total_annual_cost": 1.0, "margin": -1.0, "shadow_carbon": 1.0} if goal == "cost" else {goal: 1.0}
    weights: defaultdict[str, float] = defaultdict(float)
    for total, sign in parts.items():
        for a, weight in d.totals[total].items():
            weights[a] += sign * weight
    return dict(weights)


def links(d: Instance, streams: Streams) -> list[Link]:
    """Exchanges between two units that stand on places of their own."""
    found = []
    for e, x in d.exchanges.items():
        giver, taker = d.giver(e), d.taker(e)
        if d.stands(giver) == d.stands(taker) or "measure" in (d.units[giver].kind, d.units[taker].kind):
            continue
        ways: defaultdict[Pair, list[Way]] = defaultdict(list)
        for s, option in x.options.items():
            if option.copy == 0:
                for pair, way in _ways(d, streams, e, s):
                    ways[pair].append(way)
        made, needed = streams.amount[x.source], streams.amount[x.sink]
        reach = {}
        for pair, several in ways.items():
            alone = max(gain(way, made, needed, x.ratio) for way in several)
            if x.forced or alone > 0:
                reach[pair] = Reach(alone, tuple(several))
        if reach or x.forced:
            found.append(Link(x.source, x.sink, giver, taker, x.ratio, x.forced, reach))
    return found


def _ways(d: Instance, streams: Streams, e: str, s: str) -> Iterable[tuple[Pair, Way]]:
    x, option = d.exchanges[e], d.exchanges[e].options[s]
    built = streams.coefficient("built", (e, s))
    carried = streams.over_states("flow", (e, s), option.max_flow)
    most = min(streams.yearly(option.max_flow), x.max_flow, streams.amount[x.source])
    needed = streams.amount[x.sink] / x.ratio
    most = min(most, min(x.max_share, d.sinks[x.sink].max_exchanged_share) * needed)
    least = max(x.min_flow, needed if d.sinks[x.sink].whole else 0.0)
    trucked = (e, s) in streams.trucked
    saved = sum(per * streams.over_states("credited", (e, n), option.max_flow) for n, per in x.also.items())
    for (p, q), data in option.pairs.items():
        cost = carried + (streams.over_states("pair_flow", (e, s, p, q), option.max_flow) if trucked else 0.0)
        arriving = 1.0 - data.share_lost
        cost += arriving * saved
        unit = streams.price[x.source] + x.ratio * arriving * streams.price[x.sink] - cost
        owed = streams.yearly(data.owed_loss) if data.owed_loss else 0.0
        fixed = built + streams.coefficient("link", (e, s, p, q)) + x.ratio * streams.price[x.sink] * owed
        hot = streams.yearly(data.least_flow) if data.least_flow else 0.0
        yield (p, q), Way(fixed, unit, max(least, hot), most, arriving, owed)


def gain(way: Way, made: float, needed: float, ratio: float) -> float:
    """Gain of an exchange by one way, from what is left of its source and sink."""
    amount = most_by(way, made, needed, ratio)
    if amount < way.least - 1e-9:
        return -abs(way.fixed) - 1e-9
    return amount * way.unit - way.fixed


def most_by(way: Way, made: float, needed: float, ratio: float) -> float:
    """Amount that leaves by one way."""
    return min(way.most, made, (needed / ratio + way.owed) / way.arriving)
