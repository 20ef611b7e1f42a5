"""Where setting every outlet to its highest content loses nothing.

Savelski & Bagajewicz (2000): with one contaminant, operations of fixed load, and fresh water (or a cost in proportion
to it) made least, some best network has every outlet at its maximum. Why: let an operation give less than its maximum.
Take less of its own mixture into it, so that the outlet reaches the maximum with the same load, and send what it no
longer takes past it, to who takes its outlet, in the proportions in which they take it. Each of them gets the same
amount and the same load as before; what would have come of fresh water or gone to the drain need not. ``why_not``
asks for all that this needs: those ways past it exist, are wide enough and cost nothing; fresh water and the drain
cost the same wherever it goes; and nothing has a least amount.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from .instance import ExchangeData, Instance
from .operations import most
from .qualities import INFINITY, Mixing

CLOSE = 1e-9
#: Amounts that differ by less than this share are the same.
ROUNDING = 1e-7


def exact(d: Instance) -> bool:
    """Whether the model with outlets at their highest content has the optimum of the model with free contents."""
    return d.mixing is not None and bool(d.mixing.outlets) and not why_not(d)


def why_not(d: Instance) -> str:
    """What the rule asks for and a park has not, in a reader's words; empty where it holds."""
    x = d.mixing
    if x is None or not x.outlets:
        return ""
    return _other_kind(d, x) or _not_free(d, x)


def _other_kind(d: Instance, x: Mixing) -> str:
    """What streams and outlets are that the rule does not speak of."""
    if len(x.components) != 1:
        qualities = sorted({name for name, _, _ in x.components.values()})
        return (
            f"several contents matter ({', '.join(qualities)})" if len(qualities) > 1 else "worst values are not means"
        )
    if x.once or any(d.sources[i].unit in d.facilities for i in x.outlets):
        return "treatment changes what streams hold"
    if d.mains:
        return "water goes by mains"
    if x.unknowns:
        return "the content of a stream that may be taken is unknown"
    rough = next((i for i in x.outlets if not _plain(d, x, i)), None)
    if rough is None:
        return ""
    return (
        f"{rough} loses or gains water, is in parts, or has a flow or limit that its largest outlet content may not fit"
    )


def _not_free(d: Instance, x: Mixing) -> str:
    """What costs something besides fresh water, or is not open to all."""
    if d.effects.get("let_out") or d.effects.get("run"):
        return "what operations take or give off has a price by load or flow of its own"
    around = {e: y for e, y in d.exchanges.items() if _touches(d, x, y)}
    dear = next((e for e, y in around.items() if not _free(d, e, y)), None)
    if dear is not None:
        return f"{dear} costs, loses or limits something"
    near = {y.sink for y in around.values()} | {j for data in x.outlets.values() for j in data.inlets}
    if any(y.also for y in around.values()) or any(j in near for bought in d.bought_by.values() for j in bought):
        return "what is delivered besides saves purchases around operations"
    if not _same_price(d, x, around.values()):
        return "fresh water or its disposal does not cost or hold the same everywhere"
    if not all(_passed_by(d, i) for i in x.outlets):
        return "not all who feed an operation may feed whoever takes what it gives"
    return ""


def _touches(d: Instance, x: Mixing, exchange: ExchangeData) -> bool:
    return exchange.source in x.outlets or d.sinks[exchange.sink].operation is not None


def _plain(d: Instance, x: Mixing, i: str) -> bool:
    """An operation's outlet that keeps all, without losses, least amounts, sales or limits that its maximum breaks."""
    data, source = x.outlets[i], d.sources[i]
    if data.operation is None or source.operation != data.operation or len(data.inlets) != 1:
        return False
    k = next(iter(x.components))
    operation, sink = d.operations[data.operation], d.sinks[data.inlets[0]]
    known = data.kept == {k: 1.0} and data.lowest.get(k, 0.0) <= _implied(d, i) + CLOSE
    plain = (
        operation.whole is None
        and all(operation.least[t] <= _least(d, i, t) * (1.0 + ROUNDING) + CLOSE for t in d.states)
        and not any(source.beside.values())
        and not source.sale_limit
        and source.dischargeable
        and not source.on_demand
        and sink.suppliable
        and sink.max_links is None
        and sink.max_exchanged_share >= 1
        and not sink.whole
    )
    limit = x.discharges.get(i, {}).get(k)
    fits = limit is None or (data.highest.get(k, INFINITY) <= limit.most + CLOSE and limit.least <= 0)
    bound = x.limits.get(data.inlets[0], {}).get(k)
    upper = bound is None or bound.least <= 0
    wide = all(operation.most[t] >= _limiting(d, i, t) * (1.0 - ROUNDING) - CLOSE for t in d.states)
    return known and plain and fits and upper and wide


def _implied(d: Instance, i: str) -> float:
    """Content of an outlet that takes the most of pure water: never less."""
    assert d.mixing is not None
    data = d.mixing.outlets[i]
    k = next(iter(d.mixing.components))
    picked = data.picked.get(k, {})
    flows = d.operations[data.operation or ""].most
    return min(
        (picked.get(t, 0.0) / (d.mixing.weights[i][k] * flows[t]) for t in d.states if flows[t] > 0), default=0.0
    )


def _least(d: Instance, i: str, t: str) -> float:
    """Flow that takes the load from the cleanest there is to the highest outlet: it never takes less."""
    x = d.mixing
    assert x is not None
    data, k = x.outlets[i], next(iter(x.components))
    inlet = data.inlets[0]
    feeding = [y.source for y in d.exchanges.values() if y.sink == inlet]
    cleanest = [x.supplies[inlet][k]] if k in x.supplies.get(inlet, {}) else []
    cleanest += [x.contents[s][k] for s in feeding if k in x.contents.get(s, {})]
    cleanest += [x.outlets[s].lowest.get(k, 0.0) for s in feeding if s in x.outlets and k not in x.contents.get(s, {})]
    spread = data.highest[k] - min(cleanest, default=0.0)
    return data.picked.get(k, {}).get(t, 0.0) / (x.weights[i][k] * spread) if spread > CLOSE else 0.0


def _limiting(d: Instance, i: str, t: str) -> float:
    """Flow that takes the load from the highest inlet to the highest outlet."""
    assert d.mixing is not None
    data = d.mixing.outlets[i]
    k = next(iter(d.mixing.components))
    bound = d.mixing.limits.get(data.inlets[0], {}).get(k)
    spread = data.highest[k] - (bound.most if bound is not None and bound.most < INFINITY else 0.0)
    return data.picked.get(k, {}).get(t, 0.0) / (d.mixing.weights[i][k] * spread) if spread > CLOSE else INFINITY


def _free(d: Instance, e: str, y: ExchangeData) -> bool:
    """An exchange that is always open, costs nothing, loses nothing and has no limit of its own."""
    families = ("built", "link", "flow", "pair_flow", "arrived", "detour", "path")
    booked = any(index[0] == e and any(v.values()) for f in families for index, v in d.effects.get(f, {}).items())
    source, sink = d.sources[y.source], d.sinks[y.sink]
    wide = all(
        option.max_flow[t] >= min(most(d, source, t), most(d, sink, t)) * (1.0 - ROUNDING) - CLOSE
        for option in y.options.values()
        for t in d.states
    )
    plain = all(
        option.min_flow <= 0
        and len(option.pairs) <= 1
        and not option.in_trench
        and not any(pair.share_lost > 0 or any(pair.owed_loss.values()) for pair in option.pairs.values())
        for option in y.options.values()
    )
    largest = sum(state.weight * min(most(d, source, t), most(d, sink, t)) for t, state in d.states.items())
    shared = all(share >= 1.0 - ROUNDING for share in (y.max_share, *y.shares.values()))
    open_ = y.max_flow >= largest * (1.0 - ROUNDING) - CLOSE and shared
    rules = y.min_flow <= 0 and open_ and not y.forced and y.ratio == 1.0
    exclusive = any(e == f for pairs in d.exclusive.values() for f, _ in pairs)
    hours = any((*y.source_hours.values(), *y.sink_hours.values()))
    return not booked and wide and plain and rules and not exclusive and not hours and len(y.options) == 1


def _same_price(d: Instance, x: Mixing, around: Iterable[ExchangeData]) -> bool:
    """Fresh water costs the same wherever it may take the place of what an outlet gives, and so does the drain."""
    around = list(around)
    sinks = {y.sink for y in around} | {j for data in x.outlets.values() for j in data.inlets}
    sources = {y.source for y in around} | set(x.outlets)
    k = next(iter(x.components))
    contents = {x.supplies.get(j, {}).get(k) for j in sinks}
    weights = {x.supply_weight(j).get(k) for j in sinks} | {x.weights.get(i, {}).get(k) for i in sources}
    ready = all(d.sinks[j].suppliable and d.sinks[j].max_links is None and not d.sinks[j].whole for j in sinks)
    ready = ready and all(d.sinks[j].unit not in d.facilities for j in sinks)
    ready = ready and all(d.sources[i].dischargeable and not d.sources[i].on_demand for i in sources)
    ready = ready and all(not d.sources[i].sale_limit and d.sources[i].unit not in d.facilities for i in sources)
    lower = any(x.limits.get(j, {}).get(k) is not None and x.limits[j][k].least > 0 for j in sinks)
    fresh = _alike(d, "supplied", sinks)
    drain = _alike(d, "discharged", sources)
    return ready and not lower and len(contents) == 1 and len(weights) == 1 and None not in weights and fresh and drain


def _alike(d: Instance, family: str, streams: Iterable[str]) -> bool:
    """Effects of a family are the same for all streams, and none is negative."""
    booked = d.effects.get(family, {})
    found: list[Mapping[str, Any]] = [
        {a: v for a, v in booked.get((n, t), {}).items() if v} for n in streams for t in d.states
    ]
    return all(one == found[0] for one in found) and all(v >= 0 for one in found for v in one.values())


def _passed_by(d: Instance, i: str) -> bool:
    """Whoever feeds the operation of an outlet may feed whoever takes it, on the same terms."""
    assert d.mixing is not None
    j = d.mixing.outlets[i].inlets[0]
    known = {(y.source, y.sink): y.own for y in d.exchanges.values()}
    givers = [(y.source, y.own) for y in d.exchanges.values() if y.sink == j]
    takers = [(y.sink, y.own) for y in d.exchanges.values() if y.source == i]
    own = {data.inlets[0]: n for n, data in d.mixing.outlets.items()}
    for giver, near in givers:
        for taker, close in takers:
            if own.get(taker) == giver:  # it need not give so much to itself
                continue
            past = known.get((giver, taker))
            if past is None or (near and close and not past):
                return False
    return True
