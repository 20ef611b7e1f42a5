"""Heat cascades of plants: what process streams pass on inside, and what media and utilities add and carry off.

    residual[c,k-1,t] + hot_ckt = residual[c,k,t] + cold_ckt    c of one pool                     (C1)
    kept[c,i,k-1,t] + hot_cikt = kept[c,i,k,t] + sum_j passed[c,i,j,k,t]  c told apart     (C2)
    sum_i passed[c,i,j,k,t] = cold_cjkt                         c told apart                     (C3)
    medium[c,n,t] <= most_nt there[k_c]                         n a medium of c                  (C4)
    recovered[c,t] >= cold_ct - sum_{n hot} heat_n medium[c,n,t]  c of one pool                  (C5)
    recovered[c,t] = sum_{i,j of process, k} passed[c,i,j,k,t]  c told apart                     (C6)
    hours_ct (duty[c] + existing_c) >= recovered[c,t]                                            (C7)

The transshipment model (Papoulias & Grossmann 1983, P1 and P3; Biegler, Grossmann & Westerberg 1997, ch. 16): heat
goes down through intervals of shifted temperature, and none goes up. hot_ckt = loads of the hot process streams in
interval k x there + sum_n heat_n x share of n in k x medium[c,n,t] over hot media n; cold_ckt likewise; i and j are
groups of hot and cold streams with the same forbidden matches, and passed[c,i,j,k,t] exists where i and j may match, j
has heat in k and i some in k or above. Nothing is left below the last interval. Each plant has a cascade of its own:
between plants heat goes only by media, which are sources and sinks of the park (balances). (C4) keeps a plant that is
not there from changing one medium into another. recovered is the heat that passes from process streams to process
streams: exactly where matches are told apart, since some are forbidden or recovery has a price; else no less than the
energy balance admits (cold_ct is what cold process streams need x there). What a hot medium gives to a cold one, as
where steam is let down, is no recovery. Which stream heats which is not unique where it costs nothing: tables tell the
least that the media of a plan admit, from temperatures.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pyomo.environ as pyo

from .heat import CascadeData, Group, Interval
from .instance import Instance, SinkData, SourceData

#: Shares of a medium add up to 1 within this.
CLOSE = 1e-9


def add(m: pyo.ConcreteModel, d: Instance) -> None:
    """Cascades; after siting and before whatever needs the amounts of streams."""
    media = [(c, n) for c, x in d.cascades.items() for n in x.media]
    m.MEDIA = pyo.Set(dimen=2, initialize=media)
    m.medium = pyo.Var(
        m.MEDIA,
        m.STATES,
        bounds=lambda m, c, n, t: (0, d.cascades[c].media[n].most[t]),
        doc="medium_cnt: taken or given by a medium [unit/yr]",
    )
    m.CASCADES = pyo.Set(initialize=list(d.cascades))
    m.recovered = pyo.Var(
        m.CASCADES,
        m.STATES,
        bounds=lambda m, c, t: (0, most_recovered(d.cascades[c], t)),
        doc="recovered_ct: heat that passes from process streams to process streams [MWh/yr]",
    )
    m.duty = pyo.Var(m.CASCADES, bounds=lambda m, c: (0, _most_duty(d, c)), doc="duty_c: of its new exchangers [MW]")
    _compact(m, d)
    _matched(m, d)

    @m.Constraint(m.MEDIA, m.STATES, doc="C4")
    def medium_of_a_plant_that_is_there(m, c, n, t):
        x = d.cascades[c]
        return m.medium[c, n, t] <= x.media[n].most[t] * m.there[x.unit]

    @m.Constraint([(c, t) for c, x in d.cascades.items() for t in d.states if x.hours.get(t, 0.0) > 0], doc="C7")
    def duty_for_what_is_recovered(m, c, t):
        x = d.cascades[c]
        return x.hours[t] * (m.duty[c] + x.existing) >= m.recovered[c, t]


def told_apart(d: Instance) -> frozenset[str]:
    """Cascades whose matches are variables: some are forbidden, or what is recovered has a price."""
    priced = {index[0] for family in ("recovered", "duty") for index in d.effects.get(family, {})}
    return frozenset(c for c, x in d.cascades.items() if x.forbidden or c in priced)


def most_recovered(x: CascadeData, t: str) -> float:
    """Most heat that process streams can pass to process streams [MWh/yr]."""
    return min(x.total(True, t), x.total(False, t))


def _most_duty(d: Instance, c: str) -> float:
    x = d.cascades[c]
    return max((most_recovered(x, t) / x.hours[t] for t in d.states if x.hours.get(t, 0.0) > 0), default=0.0)


def _heat(m: pyo.ConcreteModel, d: Instance, c: str, hot: bool, group: Group, k: Interval, t: str) -> Any:
    """Heat of a group in an interval: of its process streams, and of its media."""
    x = d.cascades[c]
    media = [n for n in x.members.get((hot, group), ()) if k in x.media[n].spread]
    by_media = pyo.quicksum(x.media[n].heat * x.media[n].spread[k] * m.medium[c, n, t] for n in media)
    return x.load(group, hot, t, k) * m.there[x.unit] + by_media


def _process(d: Instance, c: str, hot: bool, t: str) -> float:
    return d.cascades[c].total(hot, t)


def _compact(m: pyo.ConcreteModel, d: Instance) -> None:
    """One residual a temperature, where any hot stream may heat any cold one."""
    apart = told_apart(d)
    pooled = {c: x for c, x in d.cascades.items() if c not in apart}
    limits = {(c, t): _through(x, t) for c, x in pooled.items() for t in d.states}
    m.RESIDUALS = pyo.Set(dimen=2, initialize=[(c, k) for c, x in pooled.items() for k in range(len(x.bounds) - 1)])
    m.residual = pyo.Var(
        m.RESIDUALS,
        m.STATES,
        bounds=lambda m, c, k, t: (0, limits[c, t][k]),
        doc="residual_ckt: heat that passes below interval k [MWh/yr]",
    )

    def left(m, c, k, t):
        return m.residual[c, k, t] if (c, k) in m.RESIDUALS else 0

    @m.Constraint([(c, k) for c, x in pooled.items() for k in range(len(x.bounds))], m.STATES, doc="C1")
    def heat_balance(m, c, k, t):
        hot = pyo.quicksum(_heat(m, d, c, True, i, k, t) for i in pooled[c].hot)
        cold = pyo.quicksum(_heat(m, d, c, False, j, k, t) for j in pooled[c].cold)
        return left(m, c, k - 1, t) + hot == left(m, c, k, t) + cold

    @m.Constraint(list(pooled), m.STATES, doc="C5")
    def recovered_by_balance(m, c, t):
        x = pooled[c]
        by_media = pyo.quicksum(y.heat * m.medium[c, n, t] for n, y in x.media.items() if y.hot)
        return m.recovered[c, t] >= _process(d, c, False, t) * m.there[x.unit] - by_media


def _through(x: CascadeData, t: str) -> list[float]:
    """Most heat that can pass below each interval: what is above it, and what can be taken below [MWh/yr]."""
    hot = [sum(x.largest(i, True, t, k) for i in x.hot) for k in range(len(x.bounds))]
    cold = [sum(x.largest(j, False, t, k) for j in x.cold) for k in range(len(x.bounds))]
    return [min(sum(hot[: k + 1]), sum(cold[k + 1 :])) for k in range(len(x.bounds))]


def _matched(m: pyo.ConcreteModel, d: Instance) -> None:
    """Residuals by group of hot streams, and matches, where these are told apart."""
    told = told_apart(d)
    apart = {c: _Matches(d.cascades[c], list(d.states)) for c in d.cascades if c in told}
    m.KEPT = pyo.Set(dimen=3, initialize=[(c, i, k) for c, x in apart.items() for i, k in x.kept])
    m.kept = pyo.Var(
        m.KEPT,
        m.STATES,
        bounds=lambda m, c, i, k, t: (0, apart[c].most_kept(i, k, t)),
        doc="kept_cikt: heat of a hot group that passes below interval k [MWh/yr]",
    )
    m.MATCHES = pyo.Set(dimen=4, initialize=[(c, i, j, k) for c, x in apart.items() for i, j, k in x.matches])
    m.passed = pyo.Var(
        m.MATCHES,
        m.STATES,
        bounds=lambda m, c, i, j, k, t: (0, apart[c].most_passed(i, j, k, t)),
        doc="passed_cijkt: heat of a hot group that a cold one takes in interval k [MWh/yr]",
    )

    def left(m, c, i, k, t):
        return m.kept[c, i, k, t] if (c, i, k) in m.KEPT else 0

    @m.Constraint([(c, i, k) for c, x in apart.items() for i, k in x.giving], m.STATES, doc="C2")
    def heat_balance_of_a_hot_group(m, c, i, k, t):
        passed = pyo.quicksum(m.passed[c, i, j, k, t] for j in apart[c].takers(i, k))
        return left(m, c, i, k - 1, t) + _heat(m, d, c, True, i, k, t) == left(m, c, i, k, t) + passed

    @m.Constraint([(c, j, k) for c, x in apart.items() for j, k in x.taking], m.STATES, doc="C3")
    def heat_balance_of_a_cold_group(m, c, j, k, t):
        passed = pyo.quicksum(m.passed[c, i, j, k, t] for i in apart[c].givers(j, k))
        return passed == _heat(m, d, c, False, j, k, t)

    @m.Constraint(list(apart), m.STATES, doc="C6")
    def recovered_by_matches(m, c, t):
        members = d.cascades[c].members
        inside = [(i, j, k) for i, j, k in apart[c].matches if (True, i) not in members and (False, j) not in members]
        return m.recovered[c, t] == pyo.quicksum(m.passed[c, i, j, k, t] for i, j, k in inside)


class _Matches:
    """Which hot group can give heat to which cold one, and in which interval."""

    def __init__(self, x: CascadeData, states: list[str]) -> None:
        self.x = x
        self.states = states
        size = range(len(x.bounds))
        hot = {i: [k for k in size if self._any(i, True, k)] for i in x.hot}
        cold = {j: [k for k in size if self._any(j, False, k)] for j in x.cold}
        self.matches = [
            (i, j, k)
            for i, above in hot.items()
            for j, here in cold.items()
            if (i, j) not in x.forbidden
            for k in here
            if above and above[0] <= k
        ]
        lowest: dict[Group, Interval] = {}
        for i, _, k in self.matches:
            lowest[i] = max(k, lowest.get(i, k))
        #: where heat of a hot group can pass on, and where it balances
        self.kept = [(i, k) for i, above in hot.items() if above for k in range(above[0], lowest.get(i, 0))]
        self.giving = [
            (i, k) for i, above in hot.items() if above for k in range(above[0], max(above[-1], lowest.get(i, 0)) + 1)
        ]
        self.taking = [(j, k) for j, here in cold.items() for k in here]
        self._takers: dict[tuple[Group, Interval], list[Group]] = {}
        self._givers: dict[tuple[Group, Interval], list[Group]] = {}
        for i, j, k in self.matches:
            self._takers.setdefault((i, k), []).append(j)
            self._givers.setdefault((j, k), []).append(i)

    def _any(self, group: Group, hot: bool, k: Interval) -> bool:
        return any(self.x.largest(group, hot, t, k) > 0 for t in self.states)

    def takers(self, i: Group, k: Interval) -> list[Group]:
        return self._takers.get((i, k), [])

    def givers(self, j: Group, k: Interval) -> list[Group]:
        return self._givers.get((j, k), [])

    def most_kept(self, i: Group, k: Interval, t: str) -> float:
        below = {(j, n) for h, j, n in self.matches if h == i and n > k}
        return min(self._above(i, k, t), sum(self.x.largest(j, False, t, n) for j, n in below))

    def most_passed(self, i: Group, j: Group, k: Interval, t: str) -> float:
        return min(self._above(i, k, t), self.x.largest(j, False, t, k))

    def _above(self, i: Group, k: Interval, t: str) -> float:
        return sum(self.x.largest(i, True, t, n) for n in range(k + 1))


def settle(m: pyo.ConcreteModel) -> None:
    """Give what is recovered, and the duty for it, their least values in a solved model where they cost nothing.

    Such a variable may hold any value that its rows admit; what is told of a plan is the least (C5, C7).
    """
    d = m.instance
    for c, x in d.cascades.items():
        charged = [index for family in ("recovered", "duty") for index in d.effects.get(family, {}) if index[0] == c]
        if charged:
            continue
        for t in () if x.forbidden else d.states:  # where it has a price it was charged
            by_media = sum(y.heat * pyo.value(m.medium[c, n, t]) for n, y in x.media.items() if y.hot)
            least = x.total(False, t) * pyo.value(m.there[x.unit]) - by_media
            m.recovered[c, t].set_value(max(0.0, least), skip_validation=True)
        needed = [pyo.value(m.recovered[c, t]) / x.hours[t] for t in d.states if x.hours.get(t, 0.0) > 0]
        m.duty[c].set_value(max(0.0, max(needed, default=0.0) - x.existing), skip_validation=True)


def faults(d: Instance) -> list[str]:
    """What is wrong with the cascades of an instance, in words."""
    streams: list[tuple[str, SourceData | SinkData]] = [*d.sources.items(), *d.sinks.items()]
    found = [f"cascade {c!r}: {fault}" for c, x in d.cascades.items() for fault in _of_cascade(d, x)]
    named = [(name, stream.unit, stream.medium) for name, stream in streams if stream.medium is not None]
    for name, unit, (c, n) in named:
        if c not in d.cascades or n not in d.cascades[c].media:
            found.append(f"stream {name!r}: no such medium {n!r} of a cascade {c!r}")
        elif d.cascades[c].unit != unit:
            found.append(f"stream {name!r}: its medium belongs to {d.cascades[c].unit!r}, not to {unit!r}")
    uses = Counter(medium for *_, medium in named)
    for c, n in ((c, n) for c, x in d.cascades.items() for n in x.media):
        if uses[c, n] != 1:
            found.append(f"cascade {c!r}: medium {n!r} is {uses[c, n]} streams of the park, not one")
    return found + [
        f"source {i!r}: a medium is given whole, not on demand"
        for i, source in d.sources.items()
        if source.medium is not None and source.on_demand
    ]


def _of_cascade(d: Instance, x: CascadeData) -> Iterator[str]:
    if x.unit not in d.units:
        yield f"no such unit {x.unit!r}"
    ends = [t for upper, lower in x.bounds for t in (upper, lower)]
    if ends != sorted(ends, reverse=True):
        yield "its intervals do not run from the top down"
    yield from _of_groups(x)
    yield from _of_media(x, list(d.states))
    if x.forbidden:
        yield from _unmatched(x, list(d.states))


def _of_groups(x: CascadeData) -> Iterator[str]:
    for hot, groups in ((True, x.hot), (False, x.cold)):
        for group, loads in groups.items():
            heat = [(k, v) for by in loads.values() for k, v in by.items()]
            if any(k not in range(len(x.bounds)) or v < 0 for k, v in heat):
                yield f"group {group!r} has heat below 0 or outside the intervals"
            if x.forbidden and (hot, group) in x.members and any(v for _, v in heat):
                yield f"group {group!r} mixes process streams and media"
    for i, j in sorted(x.forbidden):
        if i not in x.hot or j not in x.cold:
            yield f"forbidden match of unknown groups {i!r} and {j!r}"


def _of_media(x: CascadeData, states: list[str]) -> Iterator[str]:
    for n, y in x.media.items():
        if y.group not in (x.hot if y.hot else x.cold):
            yield f"medium {n!r}: no such group {y.group!r}"
        if abs(sum(y.spread.values()) - 1.0) > CLOSE or any(k not in range(len(x.bounds)) for k in y.spread):
            yield f"medium {n!r}: its shares do not add up to 1 within the intervals"
        if y.heat <= 0 or any(t not in y.most for t in states):
            yield f"medium {n!r}: heat of a unit not above 0, or no largest amount in a state"


def _unmatched(x: CascadeData, states: list[str]) -> Iterator[str]:
    """Process streams that nothing may heat or cool."""
    matches = _Matches(x, states)
    for j, k in matches.taking:
        if not matches.givers(j, k) and any(x.load(j, False, t, k) > 0 for t in states):
            yield f"nothing may heat {j!r} between {x.bounds[k][1]:g} and {x.bounds[k][0]:g} degC (shifted)"
    for i, k in matches.giving:
        below = any(h == i and n >= k for h, _, n in matches.matches)
        if not below and any(x.load(i, True, t, k) > 0 for t in states):
            yield f"nothing may cool {i!r} between {x.bounds[k][1]:g} and {x.bounds[k][0]:g} degC (shifted)"
