"""Hours within a state: a facility that cannot keep what it takes and makes does both in the same hours.

    sum_n pace[k,n,t] = activity[k,t]                                                            (h1)
    pace[k,n,t] <= d_nt hours_kt / running_kt sum_g capacity[k,g]                                (h2)
    sum_n sent[e,n,t] = sum_s flow[e,s,t]                       n within the hours of e          (h3)
    sum_{e from i} sent[e,n,t] <= amount_it pace[k_i,n,t]       i given at once                  (h4)
    sum_{e into j} got[e,n,t] <= amount_jt pace[k_j,n,t]        j used at once                   (h5)
    sum_{e from i} sent[e,n,t] <= d_nt / running_it make[i,t]   i of a plant                     (h6)
    sum_{e into j} got[e,n,t] <= d_nt / running_jt need[j,t]    j of a plant                     (h7)
    sent[e,n,t] <= d_nt sum_s rate_es built[e,s]                some rate below the ends'        (h8)
    got[e,n,t] >= 0                                             e may lose something             (h9)
    sum_{e from i} sent[e,n,t] <= d_nt amount_it rated_out[k_i]              i of a store        (h10)
    sum_{e into j} got[e,n,t] <= d_nt amount_jt rated_in[k_j]                j of a store        (h11)

    got[e,n,t] = kept_e sent[e,n,t] - d_nt / hours_et (kept_e sum_s flow[e,s,t] - met[e,t])

What both ends of an exchange share are so many hours of the state, but not which. They are taken to be nested: an
exchange with fewer runs within those of one with more, so that the hours of a state fall into stretches n of length
d_nt, cut where the hours of an exchange of such a facility, or of the facility, end. Who gives to it or takes from it,
whoever else he gives to or takes from, does so at his rate in every stretch. Of what leaves by e, kept_e arrives in
units of the sink where the smallest share is lost; what is lost beside that is lost evenly over the hours of e.
Facilities joined by exchanges, by a stream of somebody else, or by an exchange between two such streams, have the same
stretches. Where everybody runs in the same hours, no row is written. (h1) to (h5) imply the same of each exchange
alone, (B5) and (B6) of what evens out and of stores. What is bought or goes outside does so in whatever hours are left:
(B1) and (B4) have it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyomo.environ as pyo

from .instance import ExchangeData, Instance, SinkData, SourceData
from .operations import most
from .running import SharedHours

#: Hours closer than this share of them are the same.
_SAME = 1e-9
_INF = float("inf")

Stretch = tuple[int, float]  # number and length [h/yr]
Part = tuple[str, int, str]  # (exchange, stream or facility; stretch; state)


@dataclass(frozen=True)
class Grid:
    """Stretches of a state that some facilities have in common.

    Attributes
    ----------
    ends
        Hours at which they end, from the smallest [h/yr].
    """

    ends: tuple[float, ...]

    def within(self, hours: float) -> Iterator[Stretch]:
        """Stretches, or parts of them, that lie within so many hours; what lies beyond them all is one more."""
        start = 0.0
        for n, end in enumerate((*self.ends, hours)):
            length = min(end, hours) - start
            if length <= _SAME * hours:
                return
            yield n, length
            start += length


def grids(d: Instance, t: str) -> dict[str, Grid]:
    """Exchange -> stretches of a state: of facilities that keep nothing, and of streams that these exchange with."""
    running = [e for e, x in d.exchanges.items() if t in x.within and x.within[t].hours > 0.0]
    near: dict[str, list[str]] = {}  # facility, or stream of somebody else -> exchanges
    for e in running:
        for name in (*_facilities(d, e), *_others(d, e)):
            near.setdefault(name, []).append(e)
    at_once = dict.fromkeys(e for e in running if _facilities(d, e))  # in order, so that each run builds the same model
    found: dict[str, Grid] = {}
    for first in at_once:
        if first in found:
            continue
        group, beside, todo = {first: None}, dict[str, None](), [first]
        while todo:
            e = todo.pop()
            names = _others(d, e) if e in beside else [*_facilities(d, e), *_others(d, e)]
            for f in (f for name in names for f in near[name] if f not in group and f not in beside):
                if f in at_once:
                    group[f] = None
                elif e in group:
                    beside[f] = None
                else:
                    continue
                todo.append(f)
        hours = [d.exchanges[e].within[t].hours for e in group]
        hours += [d.facilities[k].running[t] for e in group for k in _facilities(d, e)]
        grid = Grid(_ends(hours))
        if not _is_plain(grid, [d.exchanges[e].within[t] for e in (*group, *beside)]):
            found |= dict.fromkeys((*group, *beside), grid)
    return found


def _is_plain(grid: Grid, hours: Iterable[SharedHours]) -> bool:
    """Whether everybody runs in the same hours: then other rows say it all."""
    only = grid.ends[0]
    return len(grid.ends) == 1 and all(
        abs(h - only) <= _SAME * only for one in hours for h in (one.hours, one.source, one.sink)
    )


def _facilities(d: Instance, e: str) -> list[str]:
    """Facilities at the ends of an exchange that give or use it at once."""
    x = d.exchanges[e]
    return [stream.unit for stream in (d.sources[x.source], d.sinks[x.sink]) if stream.at_once]


def _others(d: Instance, e: str) -> list[str]:
    """Streams at its ends that are a plant's or a store's: what these do in an hour is a matter of all exchanges."""
    x = d.exchanges[e]
    ends = ((x.source, d.sources[x.source].unit), (x.sink, d.sinks[x.sink].unit))
    return [name for name, unit in ends if unit not in d.facilities or unit in d.stores]


def _ends(hours: Iterable[float]) -> tuple[float, ...]:
    """Ends of stretches, each once."""
    ends: list[float] = []
    for h in sorted(hours):
        if h > 0.0 and (not ends or h > ends[-1] * (1.0 + _SAME)):
            ends.append(h)
    return tuple(ends)


def add(m: pyo.ConcreteModel, d: Instance) -> None:
    """Activity and exchanges by stretches of hours; after links, facilities and storage."""
    parted: dict[tuple[str, str], list[Stretch]] = {}
    paced: dict[tuple[str, str], list[Stretch]] = {}
    for t in d.states:
        for e, grid in grids(d, t).items():
            parted[e, t] = list(grid.within(d.exchanges[e].within[t].hours))
            paced |= {(k, t): list(grid.within(d.facilities[k].running[t])) for k in _facilities(d, e)}
    m.PACES = pyo.Set(dimen=3, initialize=[(k, n, t) for (k, t), found in paced.items() for n, _ in found])
    m.SENT = pyo.Set(dimen=3, initialize=[(e, n, t) for (e, t), found in parted.items() for n, _ in found])
    m.pace = pyo.Var(m.PACES, within=pyo.NonNegativeReals, doc="activity of k in stretch n [activity/yr]")
    m.sent = pyo.Var(m.SENT, within=pyo.NonNegativeReals, doc="what leaves by e in stretch n [unit/yr]")
    lengths = {(e, n, t): length for (e, t), found in parted.items() for n, length in found}
    _paces(m, d, paced)
    _parts(m, d, parted)
    _balances(m, d, lengths)
    _links(m, d, {(e, n, t): length for (e, n, t), length in lengths.items() if len(parted[e, t]) > 1})


def _paces(m: pyo.ConcreteModel, d: Instance, paced: dict[tuple[str, str], list[Stretch]]) -> None:
    lengths = {(k, n, t): length for (k, t), found in paced.items() for n, length in found}

    @m.Constraint(list(paced), doc="h1")
    def paces_add_up(m, k, t):
        return pyo.quicksum(m.pace[k, n, t] for n, _ in paced[k, t]) == m.activity[k, t]

    @m.Constraint(m.PACES, doc="h2")
    def pace_by_capacity(m, k, n, t):
        data = d.facilities[k]
        hourly = data.hours[t] / data.running[t] if data.running[t] > 0 else 0.0
        return m.pace[k, n, t] <= lengths[k, n, t] * hourly * pyo.quicksum(m.capacity[k, g] for g in data.segments)


def _out(m: pyo.ConcreteModel, d: Instance, e: str, t: str) -> Any:
    return pyo.quicksum(m.flow[e, s, t] for s in d.exchanges[e].options)


def _parts(m: pyo.ConcreteModel, d: Instance, parted: dict[tuple[str, str], list[Stretch]]) -> None:
    @m.Constraint(list(parted), doc="h3")
    def parts_add_up(m, e, t):
        return pyo.quicksum(m.sent[e, n, t] for n, _ in parted[e, t]) == _out(m, d, e, t)


def _got(m: pyo.ConcreteModel, d: Instance, e: str, n: int, t: str, length: float) -> Any:
    """What arrives of a part, in units of the sink."""
    x = d.exchanges[e]
    kept = x.ratio * (1.0 - min(_shares(x)))
    if not _loses(x):
        return kept * m.sent[e, n, t]
    return kept * m.sent[e, n, t] - length / x.within[t].hours * (kept * _out(m, d, e, t) - m.met[e, t])


def _shares(x: ExchangeData) -> set[float]:
    """Shares of a flow that its ways lose."""
    return {pair.share_lost for option in x.options.values() for pair in option.pairs.values()} or {0.0}


def _loses(x: ExchangeData) -> bool:
    """Whether it may lose something besides one share of what flows."""
    return len(_shares(x)) > 1 or any(
        option.main is not None
        or option.owed_per_km
        or any(any(pair.owed_loss.values()) for pair in option.pairs.values())
        for option in x.options.values()
    )


def _balances(m: pyo.ConcreteModel, d: Instance, lengths: Mapping[Part, float]) -> None:
    leaving: dict[Part, list[str]] = {}
    coming: dict[Part, list[str]] = {}
    for e, n, t in lengths:
        x = d.exchanges[e]
        leaving.setdefault((x.source, n, t), []).append(e)
        coming.setdefault((x.sink, n, t), []).append(e)
    outlets = {i: limit for i in leaving if (limit := _most(m, d, d.sources[i[0]], i, leaving[i], lengths))}
    inlets = {j: limit for j in coming if (limit := _most(m, d, d.sinks[j[0]], j, coming[j], lengths))}

    def out(m, i, n, t):
        return pyo.quicksum(m.sent[e, n, t] for e in leaving[i, n, t]) <= outlets[i, n, t][1]

    def into(m, j, n, t):
        got = pyo.quicksum(_got(m, d, e, n, t, lengths[e, n, t]) for e in coming[j, n, t])
        return got <= inlets[j, n, t][1]

    for kind, (of_sources, of_sinks) in _TAGS.items():
        for tag, found, rule in ((of_sources, outlets, out), (of_sinks, inlets, into)):
            rows = pyo.Constraint([i for i, limit in found.items() if limit[0] == kind], rule=rule, doc=tag[1])
            m.add_component(tag[0], rows)

    @m.Constraint([i for i in lengths if _loses(d.exchanges[i[0]])], doc="h9")
    def nothing_less_than_lost(m, e, n, t):
        return _got(m, d, e, n, t, lengths[e, n, t]) >= 0


#: Whose stream -> (name, tag) of the rows of sources, and of sinks.
_TAGS = {
    "at once": (("given_at_once", "h4"), ("used_at_once", "h5")),
    "plant": (("given_at_its_rate", "h6"), ("taken_at_its_rate", "h7")),
    "store": (("drawn_at_its_rate", "h10"), ("charged_at_its_rate", "h11")),
}


def _most(
    m: pyo.ConcreteModel,
    d: Instance,
    stream: SourceData | SinkData,
    at: Part,
    exchanges: Sequence[str],
    lengths: Mapping[Part, float],
) -> tuple[str, Any] | None:
    """Whose a stream is, and the most of it in a stretch; None where nothing is asked."""
    name, n, t = at
    gives = isinstance(stream, SourceData)
    if stream.at_once:
        return ("at once", stream.amount[t] * m.pace[stream.unit, n, t]) if (stream.unit, n, t) in m.PACES else None
    length = max(lengths[e, n, t] for e in exchanges)
    if stream.unit in d.stores:
        return "store", length * stream.amount[t] * (m.rated_out if gives else m.rated_in)[stream.unit]
    if stream.unit in d.facilities:
        return None
    shared = d.exchanges[exchanges[0]].within[t]
    running = shared.source if gives else shared.sink
    return "plant", length / running * (m.make if gives else m.need)[name, t]


def _links(m: pyo.ConcreteModel, d: Instance, lengths: Mapping[Part, float]) -> None:
    @m.Constraint([i for i in lengths if _limited(d, i[0], i[2])], doc="h8")
    def part_by_link(m, e, n, t):
        options = d.exchanges[e].options.items()
        return m.sent[e, n, t] <= lengths[e, n, t] * pyo.quicksum(o.rate * m.built[e, s] for s, o in options)


def _limited(d: Instance, e: str, t: str) -> bool:
    """Whether every way of building an exchange carries so much in an hour and no more, and some less than its ends."""
    x = d.exchanges[e]
    rates = [option.rate for option in x.options.values()]
    source, sink, shared = d.sources[x.source], d.sinks[x.sink], x.within[t]
    hourly = [most(d, source, t) / shared.source if source.unit not in d.facilities else _INF]
    if x.ratio > 0.0 and sink.unit not in d.facilities and not _loses(x):
        hourly.append(most(d, sink, t) / shared.sink / x.ratio / (1.0 - min(_shares(x))))
    return bool(rates) and max(rates) < _INF and min(rates) < min(hourly) * (1.0 - _SAME)
