"""Hours within a state: a facility that cannot keep what it takes and makes does both in the same hours.

    sum_n pace[k,n,t] = activity[k,t]                                                            (h1)
    pace[k,n,t] <= d_nt hours_kt / running_kt sum_g capacity[k,g]                                (h2)
    sum_n sent[e,n,t] = sum_s flow[e,s,t]                       n within the hours of e          (h3)
    sum_{e from i} sent[e,n,t] <= amount_it pace[k_i,n,t]       i given at once                  (h4)
    sum_{e into j} got[e,n,t] <= amount_jt pace[k_j,n,t]        j used at once                   (h5)
    sent[e,n,t] <= d_nt leaving_et                              leaving_et finite                (h6)
    got[e,n,t] <= d_nt arriving_et                              arriving_et finite               (h7)
    sent[e,n,t] <= d_nt sum_s rate_es built[e,s]                all rates finite                 (h8)
    got[e,n,t] >= 0                                             e may lose something             (h9)
    sent[e,n,t] <= d_nt amount_it rated_out[k_i]                i of a store                     (h10)
    got[e,n,t] <= d_nt amount_jt rated_in[k_j]                  j of a store                     (h11)

    got[e,n,t] = kept_e sent[e,n,t] - d_nt / hours_et (kept_e sum_s flow[e,s,t] - met[e,t])

What both ends of an exchange share are so many hours of the state, but not which. They are taken to be nested: an
exchange with fewer runs within those of one with more, so that the hours of a state fall into stretches n of length
d_nt, cut where the hours of an exchange, or of a facility, end. Of what leaves by e, kept_e arrives in units of the
sink where the smallest share is lost; what is lost beside that is lost evenly over the hours of e. Facilities joined by
exchanges have the same stretches. Where a facility has but one, (F10) says it all, and no row is written. (h1) to (h5)
imply the same of each exchange alone, (B5) and (B6) of what evens out and of stores. What is bought or goes outside
does so in whatever hours are left: (B1) and (B4) have it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyomo.environ as pyo

from .instance import ExchangeData, Instance
from .running import SharedHours

#: Hours closer than this share of them are the same.
_SAME = 1e-9

Stretch = tuple[int, float]  # number and length [h/yr]


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
        """Stretches that lie within so many hours."""
        start = 0.0
        for n, end in enumerate(self.ends):
            if end > hours * (1.0 + _SAME):
                return
            yield n, end - start
            start = end


def bound(d: Instance, e: str) -> tuple[str, ...]:
    """Facilities at the ends of an exchange that give or use it at once."""
    x = d.exchanges[e]
    ends = (d.sources[x.source], d.sinks[x.sink])
    return tuple(stream.unit for stream in ends if stream.at_once)


def grids(d: Instance, t: str) -> dict[str, Grid]:
    """Facility -> stretches of a state; none for a facility that has but one."""
    joined: dict[str, set[str]] = {}
    hours: dict[str, set[float]] = {}
    for e, x in d.exchanges.items():
        ends = bound(d, e)
        if not ends or t not in x.within or x.within[t].hours <= 0.0:
            continue
        for k in ends:
            joined.setdefault(k, set()).update(ends)
            hours.setdefault(k, {d.facilities[k].running[t]}).add(x.within[t].hours)
    found: dict[str, Grid] = {}
    for k in joined:
        if k in found:
            continue
        group, todo = {k}, [k]
        while todo:
            new = joined[todo.pop()] - group
            group |= new
            todo += new
        grid = Grid(_ends(h for member in group for h in hours[member]))
        found |= dict.fromkeys(group, grid)
    return {k: grid for k, grid in found.items() if len(grid.ends) > 1}


def _ends(hours: Iterator[float]) -> tuple[float, ...]:
    """Ends of stretches, each once."""
    ends: list[float] = []
    for h in sorted(hours):
        if h > 0.0 and (not ends or h > ends[-1] * (1.0 + _SAME)):
            ends.append(h)
    return tuple(ends)


def add(m: pyo.ConcreteModel, d: Instance) -> None:
    """Activity and exchanges by stretches of hours; after links, facilities and storage."""
    cut = {t: grids(d, t) for t in d.states}
    paced = {(k, t): list(grid.within(d.facilities[k].running[t])) for t, of in cut.items() for k, grid in of.items()}
    parted: dict[tuple[str, str], list[Stretch]] = {}
    for e, x in d.exchanges.items():
        for t, shared in x.within.items():
            grid = next((cut[t][k] for k in bound(d, e) if k in cut[t]), None)
            if grid is not None and shared.hours > 0.0:
                parted[e, t] = list(grid.within(shared.hours))
    m.PACES = pyo.Set(dimen=3, initialize=[(k, n, t) for (k, t), found in paced.items() for n, _ in found])
    m.SENT = pyo.Set(dimen=3, initialize=[(e, n, t) for (e, t), found in parted.items() for n, _ in found])
    m.pace = pyo.Var(m.PACES, within=pyo.NonNegativeReals, doc="activity of k in stretch n [activity/yr]")
    m.sent = pyo.Var(m.SENT, within=pyo.NonNegativeReals, doc="what leaves by e in stretch n [unit/yr]")
    lengths = {(e, n, t): length for (e, t), found in parted.items() for n, length in found}
    _paces(m, d, paced)
    _parts(m, d, parted)
    _balances(m, d, lengths)
    several = {(e, n, t): length for (e, n, t), length in lengths.items() if len(parted[e, t]) > 1}
    _rates(m, d, several)  # where there is but one part, the limits of the exchange say the same


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


def _balances(m: pyo.ConcreteModel, d: Instance, lengths: dict[tuple[str, int, str], float]) -> None:
    leaving: dict[tuple[str, int, str], list[str]] = {}
    coming: dict[tuple[str, int, str], list[str]] = {}
    for e, n, t in lengths:
        x = d.exchanges[e]
        leaving.setdefault((x.source, n, t), []).append(e)
        coming.setdefault((x.sink, n, t), []).append(e)

    def paced(stream: Any, n: int, t: str) -> bool:
        return stream.at_once and (stream.unit, n, t) in m.PACES

    @m.Constraint([i for i in leaving if paced(d.sources[i[0]], *i[1:])], doc="h4")
    def given_at_once(m, i, n, t):
        source = d.sources[i]
        given = pyo.quicksum(m.sent[e, n, t] for e in leaving[i, n, t])
        return given <= source.amount[t] * m.pace[source.unit, n, t]

    @m.Constraint([j for j in coming if paced(d.sinks[j[0]], *j[1:])], doc="h5")
    def used_at_once(m, j, n, t):
        sink = d.sinks[j]
        got = pyo.quicksum(_got(m, d, e, n, t, lengths[e, n, t]) for e in coming[j, n, t])
        return got <= sink.amount[t] * m.pace[sink.unit, n, t]

    @m.Constraint([i for i in lengths if _loses(d.exchanges[i[0]])], doc="h9")
    def nothing_less_than_lost(m, e, n, t):
        return _got(m, d, e, n, t, lengths[e, n, t]) >= 0


def _rates(m: pyo.ConcreteModel, d: Instance, lengths: dict[tuple[str, int, str], float]) -> None:
    def shared(e: str, t: str) -> SharedHours:
        return d.exchanges[e].within[t]

    @m.Constraint([i for i in lengths if shared(i[0], i[2]).leaving < float("inf")], doc="h6")
    def part_by_source(m, e, n, t):
        return m.sent[e, n, t] <= lengths[e, n, t] * shared(e, t).leaving

    @m.Constraint([i for i in lengths if shared(i[0], i[2]).arriving < float("inf")], doc="h7")
    def part_by_sink(m, e, n, t):
        return _got(m, d, e, n, t, lengths[e, n, t]) <= lengths[e, n, t] * shared(e, t).arriving

    @m.Constraint([i for i in lengths if _limited(d.exchanges[i[0]])], doc="h8")
    def part_by_link(m, e, n, t):
        options = d.exchanges[e].options.items()
        return m.sent[e, n, t] <= lengths[e, n, t] * pyo.quicksum(o.rate * m.built[e, s] for s, o in options)

    @m.Constraint([i for i in lengths if d.sources[d.exchanges[i[0]].source].unit in d.stores], doc="h10")
    def part_by_drawing(m, e, n, t):
        source = d.sources[d.exchanges[e].source]
        return m.sent[e, n, t] <= lengths[e, n, t] * source.amount[t] * m.rated_out[source.unit]

    @m.Constraint([i for i in lengths if d.sinks[d.exchanges[i[0]].sink].unit in d.stores], doc="h11")
    def part_by_charging(m, e, n, t):
        sink, length = d.sinks[d.exchanges[e].sink], lengths[e, n, t]
        return _got(m, d, e, n, t, length) <= length * sink.amount[t] * m.rated_in[sink.unit]


def _limited(x: ExchangeData) -> bool:
    """Whether every way of building an exchange carries so much in an hour and no more."""
    return bool(x.options) and all(option.rate < float("inf") for option in x.options.values())
