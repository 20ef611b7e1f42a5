"""Least cost of a tiny park without any of the model's code: every siting, every opening, links and flows by scipy.

For each choice of places and opened segments, what is left is a small program in links and flows, written down from
the meaning of the case. ``every_link`` also tries each set of links on its own, so that only an LP is left.
"""

import itertools
import math

import numpy as np
from scipy.optimize import LinearConstraint, milp

from models.instance import Instance, SourceData

INF = float("inf")


def least_cost(d: Instance, *, every_link: bool = False) -> float:
    """Least total annual cost - margin + shadow carbon; inf where nothing is feasible."""
    choices = [[(k, p) for p in _places(d, k)] for k in d.units if d.units[k].kind != "measure"]
    sizes = [[(k, g) for g in [None, *d.facilities[k].segments]] for k in d.facilities]
    best = INF
    for siting in itertools.product(*choices):
        place = dict(siting)
        for opening in itertools.product(*sizes):
            opened = {k: g for k, g in opening if g is not None}
            if _allowed(d, place, opened):
                best = min(best, _rest(d, place, opened, every_link))
    return best


def _places(d: Instance, k: str):
    unit = d.units[k]
    free = unit.optional or unit.kind == "facility"
    return [*d.admissible[k], None] if free else d.admissible[k]


def _place(d: Instance, place, opened, k: str):
    """Place of a unit, None where it is not there."""
    if d.units[k].kind == "measure":
        return place[d.units[k].host] if k in opened else None
    return place[k]


def _allowed(d: Instance, place, opened) -> bool:
    for k, unit in d.units.items():
        if unit.kind == "facility" and (k in opened) != (place[k] is not None):
            return False
        if unit.kind == "measure" and k in opened and place[unit.host] is None:
            return False
        host_there = unit.kind == "facility" or (unit.host and place[unit.host] is not None)
        if unit.forced and host_there and k not in opened:
            return False
    return _land_suffices(d, place, opened) and _rules_hold(d, place, opened)


def _land_suffices(d: Instance, place, opened) -> bool:
    for q, data in d.places.items():
        if sum(p == q for p in place.values()) > data.tenants:
            return False
        if sum(d.units[k].area for k in d.units if _place(d, place, opened, k) == q) > data.area + 1e-9:
            return False
    return True


def _rules_hold(d: Instance, place, opened) -> bool:
    tenants = [k for k in place if d.units[k].optional and place[k] is not None and d.units[k].kind == "plant"]
    if len(tenants) < d.tenants_at_least or (d.tenants_fixed is not None and set(tenants) != set(d.tenants_fixed)):
        return False
    if any(sum(k in opened for k in units) > most for units, most in d.at_most.values()):
        return False
    if any(place[c.unit] == c.place and place[c.other] in c.near for c in d.conflicts):
        return False
    return all(place[n.unit] != n.place or place[n.other] in n.near for n in d.neighbours)


class _Program:
    """Rows over named columns."""

    def __init__(self) -> None:
        self.names: dict = {}
        self.upper: list[float] = []
        self.rows: list[tuple[dict, float, float]] = []

    def column(self, name, upper=INF) -> None:
        self.names[name] = len(self.names)
        self.upper.append(upper)

    def row(self, terms: dict, low: float, high: float) -> None:
        self.rows.append((terms, low, high))

    def least(self, cost: dict, integers, fixed) -> float:
        n = len(self.names)
        if n == 0:
            return 0.0 if all(low <= 1e-9 and high >= -1e-9 for _, low, high in self.rows) else INF
        matrix = np.zeros((len(self.rows), n))
        for r, (terms, _, _) in enumerate(self.rows):
            for name, coefficient in terms.items():
                matrix[r, self.names[name]] += coefficient
        c = np.zeros(n)
        for name, coefficient in cost.items():
            c[self.names[name]] = coefficient
        low, high = np.zeros(n), np.array(self.upper)
        for name, value in fixed.items():
            low[self.names[name]] = high[self.names[name]] = value
        whole = np.array([int(name in integers and name not in fixed) for name in self.names])
        rows = LinearConstraint(matrix, [low for _, low, _ in self.rows], [high for _, _, high in self.rows])
        found = milp(c, integrality=whole, bounds=(low, high), constraints=rows if self.rows else None,
                     options={"mip_rel_gap": 1e-9})  # fmt: skip
        return found.fun if found.status == 0 else INF


def _rest(d: Instance, place, opened, every_link: bool) -> float:
    """Least cost with places and opened segments given."""
    lp = _Program()
    where = {k: _place(d, place, opened, k) for k in d.units}
    links = _links(d, where)
    for e, s, _ in links:
        lp.column(("built", e, s), 1.0)
        for t in d.states:
            lp.column(("flow", e, s, t), d.exchanges[e].options[s].max_flow[t])
    _facilities(lp, d, opened)
    for name, limit in d.limits.items():
        lp.column(("expanded", name), limit.max_expansion)
    _streams(lp, d, where, links)
    _rules(lp, d, where, links)
    constant, amounts = _accounts(lp, d, where, opened, links)
    for name, limit in d.limits.items():
        base, terms = _weighted(limit.weights, constant, amounts)
        lp.row({("expanded", name): -1.0, **terms}, -INF, limit.bound - base)
    goal: dict = {}
    for total, sign in (("total_annual_cost", 1.0), ("margin", -1.0), ("shadow_carbon", 1.0)):
        for a, weight in d.totals[total].items():
            goal[a] = goal.get(a, 0.0) + sign * weight
    base, cost = _weighted(goal, constant, amounts)
    built = [("built", e, s) for e, s, _ in links]
    if not every_link:
        return base + lp.least(cost, set(built), {})
    subsets = itertools.product((0.0, 1.0), repeat=len(built))
    return base + min(lp.least(cost, set(), dict(zip(built, chosen, strict=True))) for chosen in subsets)


def _facilities(lp, d: Instance, opened) -> None:
    for k, g in opened.items():
        segment, hours = d.facilities[k].segments[g], d.facilities[k].hours
        lp.column(("capacity", k, g), segment.high)
        lp.row({("capacity", k, g): 1.0}, segment.low, INF)
        if k in d.stores:
            _store(lp, d, k, g)
            continue
        for t in d.states:
            lp.column(("activity", k, t))
            lp.row({("activity", k, t): 1.0, ("capacity", k, g): -hours[t]}, -INF, 0.0)


def _store(lp, d: Instance, k, g) -> None:
    """A store: its content at the beginning of each state, one after the other round the year."""
    store, hours, order = d.stores[k], d.facilities[k].hours, list(d.states)
    for t in order:
        lp.column(("charged", k, t), store.largest_in * hours[t])
        lp.column(("drawn", k, t), store.largest_out * hours[t])
        lp.column(("content", k, t))
        lp.row({("content", k, t): 1.0, ("capacity", k, g): -1.0}, -INF, 0.0)
        for family, rate in (("charged", store.rate_in), ("drawn", store.rate_out)):
            if rate < INF:
                lp.row({(family, k, t): 1.0, ("capacity", k, g): -rate * hours[t]}, -INF, 0.0)
    for n, t in enumerate(order):
        left, come = 1.0, 0.0
        parts, each = 20000, (1.0 - store.loss) ** (d.states[t].hours / 20000)
        for _ in range(parts if store.loss else 0):  # in many small parts, each decaying from its middle
            left, come = left * each, come * each + each**0.5 / parts
        come = come if store.loss else 1.0
        row = {("content", k, order[(n + 1) % len(order)]): 1.0}
        row["content", k, t] = row.get(("content", k, t), 0.0) - left
        row["charged", k, t] = -come * store.efficiency_in
        row["drawn", k, t] = come / store.efficiency_out
        lp.row(row, 0.0, 0.0)


def _weighted(weights, constant, amounts):
    """Weighted sum of accounts: constant part, column -> coefficient."""
    terms: dict = {}
    for a, weight in weights.items():
        for column, effect in amounts[a].items():
            terms[column] = terms.get(column, 0.0) + weight * effect
    return sum(weight * constant[a] for a, weight in weights.items()), terms


def _links(d: Instance, where):
    """(exchange, option, pair of places) that can be built as the units stand; no pair for one on site."""
    found = []
    for e, x in d.exchanges.items():
        p, q = where[d.sources[x.source].unit], where[d.sinks[x.sink].unit]
        for s, option in x.options.items():
            if p is not None and q is not None and (not option.pairs or (p, q) in option.pairs):
                found.append((e, s, (p, q) if option.pairs else None))
    return found


def _loss(d: Instance, e, s, pair, t):
    """Amount owed, share lost."""
    data = d.exchanges[e].options[s].pairs.get(pair)
    return (data.owed_loss.get(t, 0.0), data.share_lost) if data else (0.0, 0.0)


def _made(d: Instance, where, stream, t):
    """Yearly amount of a stream: (column, factor) of a facility's activity, or a number."""
    if where[stream.unit] is None:
        return None, 0.0
    if stream.unit in d.stores:
        return ("drawn" if isinstance(stream, SourceData) else "charged", stream.unit, t), stream.amount[t]
    if stream.unit in d.facilities:
        return ("activity", stream.unit, t), stream.amount[t]
    return None, stream.amount[t]


def _balance(d: Instance, where, stream, t, terms: dict) -> float:
    """What the terms of a stream add up to, once the activity of its facility is among them."""
    column, amount = _made(d, where, stream, t)
    if column:
        terms[column] = -amount
        return 0.0
    return amount


def _met(d: Instance, links, exchanges, t) -> dict:
    """Demand met by some exchanges, in units of the sink, as terms."""
    terms = {}
    for e, s, pair in links:
        if e in exchanges:
            owed, share = _loss(d, e, s, pair, t)
            terms["flow", e, s, t] = d.exchanges[e].ratio * (1 - share)
            terms["built", e, s] = -d.exchanges[e].ratio * owed
    return terms


def _streams(lp, d: Instance, where, links) -> None:
    for i, source in d.sources.items():
        limit = source.sale_limit or 0.0
        for t in d.states:
            out = {("flow", e, s, t): 1.0 for e, s, _ in links if d.exchanges[e].source == i}
            if limit:
                lp.column(("sold", i, t))
                out["sold", i, t] = 1.0
            if source.dischargeable and not source.on_demand:
                lp.column(("discharged", i, t))
                out["discharged", i, t] = 1.0
            amount = _balance(d, where, source, t, out)
            lp.row(out, -INF if source.on_demand else amount, amount)
        if limit and limit < INF:
            lp.row({("sold", i, t): state.weight for t, state in d.states.items()}, -INF, limit)
    _needs(lp, d, where, links)


def _needs(lp, d: Instance, where, links) -> None:
    for j, sink in d.sinks.items():
        into = [e for e, x in d.exchanges.items() if x.sink == j]
        for t in d.states:
            terms = _met(d, links, into, t)
            if sink.suppliable:
                lp.column(("supplied", j, t))
                terms["supplied", j, t] = 1.0
            amount = _balance(d, where, sink, t, terms)
            lp.row(terms, amount, amount)


def _rules(lp, d: Instance, where, links) -> None:
    for e, s, pair in links:
        option = d.exchanges[e].options[s]
        for t in d.states:
            flow, built = ("flow", e, s, t), ("built", e, s)
            owed, share = _loss(d, e, s, pair, t)
            lp.row({flow: 1.0, built: -option.max_flow[t]}, -INF, 0.0)
            lp.row({flow: 1.0 - share, built: -owed}, 0.0 if owed else -INF, INF)
    for e, x in d.exchanges.items():
        mine = [s for f, s, _ in links if f == e]
        copies = sorted({x.options[s].copy for s in x.options})
        for copy in copies:
            lp.row({("built", e, s): 1.0 for s in mine if x.options[s].copy == copy}, 0.0, 1.0)
        _twins(lp, e, x, mine, copies)
        first = {("built", e, s): 1.0 for s in mine if x.options[s].copy == copies[0]}
        yearly = {("flow", e, s, t): state.weight for s in mine for t, state in d.states.items()}
        lp.row({**yearly, **{b: -x.min_flow for b in first}}, 0.0, INF)
        lp.row(yearly, -INF, x.max_flow)
        ends = where[d.sources[x.source].unit] is not None and where[d.sinks[x.sink].unit] is not None
        if x.forced and ends:
            lp.row(first, 1.0, INF)
        _share(lp, d, where, links, [e], x.sink, x.max_share)
        _in_state(lp, d, where, links, e)
        _shared_hours(lp, d, links, e, x, [("flow", e, s) for s in mine])
        if d.sinks[x.sink].whole:
            _whole(lp, d, where, links, e, first)
    for j, sink in d.sinks.items():
        _share(lp, d, where, links, [e for e, x in d.exchanges.items() if x.sink == j], j, sink.max_exchanged_share)
    for members in d.exclusive.values():
        lp.row({("built", e, s): 1.0 for e, s, _ in links if (e, s) in members}, 0.0, 1.0)


def _shared_hours(lp, d: Instance, links, e, x, flows) -> None:
    """What leaves a facility or reaches it, within the capacity it has in the hours that both ends share."""
    ends = (
        (x.source_hours, d.sources[x.source], lambda t: {(*flow, t): 1.0 for flow in flows}),
        (x.sink_hours, d.sinks[x.sink], lambda t: _met(d, links, [e], t)),
    )
    for hours, stream, carried in ends:
        for t, most in hours.items():
            if stream.unit in d.stores:
                _rates_of_store(lp, d, stream, carried(t), most * stream.amount[t])
                continue
            sizes = [column for column in lp.names if column[:2] == ("capacity", stream.unit)]
            row = {**carried(t), **{column: -stream.amount[t] * most for column in sizes}}
            lp.row(row, -INF, 0.0)


def _rates_of_store(lp, d: Instance, stream, carried: dict, amount: float) -> None:
    """The same of a store: by its capacity, and by its largest rate."""
    store, gives = d.stores[stream.unit], isinstance(stream, SourceData)
    rate, largest = (store.rate_out, store.largest_out) if gives else (store.rate_in, store.largest_in)
    sizes = [column for column in lp.names if column[:2] == ("capacity", stream.unit)]
    if rate < INF:
        lp.row({**carried, **{column: -amount * rate for column in sizes}}, -INF, 0.0)
    lp.row(carried, -INF, amount * largest)


def _in_state(lp, d: Instance, where, links, e) -> None:
    """What an exchange may carry, and the share of the demand it may meet, in each state."""
    x = d.exchanges[e]
    for t, most in x.most.items():
        lp.row({("flow", e, s, t): 1.0 for f, s, _ in links if f == e}, -INF, most)
    for t, share in x.shares.items():
        _share(lp, d, where, links, [e], x.sink, share, [t])


def _twins(lp, e, x, mine, copies) -> None:
    """The later twin is built only if the earlier one is, and is no larger."""
    for copy, later in itertools.pairwise(copies):
        for rank in {option.order for option in x.options.values()}:
            larger = [s for s in mine if x.options[s].order >= rank and x.options[s].copy in (copy, later)]
            lp.row({("built", e, s): 1.0 if x.options[s].copy == later else -1.0 for s in larger}, -INF, 0.0)


def _share(lp, d: Instance, where, links, exchanges, j, share, states=None) -> None:
    """At most a share of the demand by some exchanges, over some states (all of them unless told)."""
    if share >= 1:
        return
    terms, right = {}, 0.0
    for t, state in ((t, d.states[t]) for t in states or d.states):
        for name, coefficient in _met(d, links, exchanges, t).items():
            terms[name] = terms.get(name, 0.0) + state.weight * coefficient
        column, amount = _made(d, where, d.sinks[j], t)
        if column:
            terms[column] = -share * state.weight * amount
        else:
            right += share * state.weight * amount
    lp.row(terms, -INF, right)


def _whole(lp, d: Instance, where, links, e, first) -> None:
    """Met whole by this exchange, or nothing comes by it; here only for sinks of plants."""
    for t in d.states:
        column, amount = _made(d, where, d.sinks[d.exchanges[e].sink], t)
        assert column is None
        terms = _met(d, links, [e], t)
        for b in first:
            terms[b] = terms.get(b, 0.0) - amount
        lp.row(terms, 0.0, 0.0)


def _accounts(lp, d: Instance, where, opened, links):
    """Account -> constant, account -> column -> effect."""
    constant = dict.fromkeys(d.accounts, 0.0)
    amounts: dict[str, dict] = {a: {} for a in d.accounts}
    pairs = {(e, s): pair for e, s, pair in links}
    for family, effects in d.effects.items():
        for index, booked in effects.items():
            column, weight = _column(lp, d, family, index, where, opened, pairs)
            for a, effect in booked.items():
                if column == 1:
                    constant[a] += effect
                elif column is not None:
                    amounts[a][column] = amounts[a].get(column, 0.0) + weight * effect
    assert all(math.isfinite(value) for value in constant.values())
    return constant, amounts


def _column(lp, d: Instance, family, index, where, opened, pairs):
    """What an effect acts on: a column, 1 for a constant, or None; and its weight."""
    if family == "sited":
        return (1 if where[index[0]] == index[1] else None), 1.0
    if family == "opened":
        return (1 if opened.get(index[0]) == index[1] else None), 1.0
    if family == "link":
        e, s, p, q = index
        return (("built", e, s) if pairs.get((e, s)) == (p, q) else None), 1.0
    if family == "pair_flow":
        e, s, p, q, t = index
        return (("flow", e, s, t) if pairs.get((e, s)) == (p, q) else None), d.states[t].weight
    column = (family, *index)
    weight = d.states[index[-1]].weight if index[-1] in d.states else 1.0
    return (column if column in lp.names else None), weight
