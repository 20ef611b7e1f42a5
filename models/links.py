"""Links: between which places a built exchange runs, and what is lost on the way.

    sum_{(p,q) in A(e,s)} link[e,s,p,q] = built[e,s]            e = (i -> j), several pairs      (L1)
    sum_{s in S(e,c), q} link[e,s,p,q] <= sited[k_i,p]          copy c of e, place p of giver    (L2)
    sum_{s in S(e,c), p} link[e,s,p,q] <= sited[k_j,q]          copy c of e, place q of taker    (L3)
    sum_{s in S(e,c)} built[e,s] <= there[k]                    k a measure, or end of an own e  (L4)
    w_t pair_flow[e,s,p,q,t] <= sum_{(s',t') like (s,t)} w_t' U_es't' link[e,s',p,q]  several pairs (L5)
    w_t sum_{p,q} pair_flow[e,s,p,q,t] = sum_{(s',t') like (s,t)} w_t' flow[e,s',t']  several pairs (L6)
    met[e,t] = ratio_e sum_s (flow[e,s,t] - lost[e,s,t])        ratio x what arrives             L7, a definition
    lost[e,s,t] = sum_{p,q} (share_pq pair_flow[e,s,p,q,t] + owed_pqt link[e,s,p,q]) + owed_est detour[e,s]
        or flow[e,s,t] - arrived[e,s,t] for an option that uses a main                           L8, a definition
    flow[e,s,t] >= lost[e,s,t]                                  where something is owed          (L9)
    flow[e,s,t] >= sum_{p,q} least_pqt link[e,s,p,q] + least_est detour[e,s]   to arrive hot enough (L10)

owed is negative where more arrives than leaves: whoever is heated by a cooling loop gives less cold than is taken, by
what the loop loses to the ground.

link and pair_flow are continuous and >= 0: with sited and built fixed, link is fixed. A(e,s): admissible pairs of
places; a pair too far is no index. Pair variables as in the reformulation of the quadratic assignment problem (Adams &
Johnson 1994), per exchange instead of per pair of all plants. k_i is the unit whose place counts: the host of a
measure. (L2), (L3) sum over the sizes of one copy, since at most one of them is built (E1); twins have their own rows.

Where an option has one pair only, built and flow stand for link and pair_flow: no variable, no rows (L1), (L5), (L6).
pair_flow exists where something depends on flow and place together: effects of the family, a share lost, or a main. The
rows sum_q pair_flow <= U sited follow from (L2) and (L5). What a main loses is in mains, the way of a pipe in paths.

Sizes of a copy, and states, in which a unit costs and emits the same on each pair are alike: one pair_flow, that of the
first size and state, is the flow of all of them, in the unit of the first. Nothing is lost by that: where link is 0 or
1, each size and state has its flow on the one pair that is built (``by_option``). Over sizes the relaxation stays the
same, too, over states it is a little wider. What loses a share and what uses a main has each flow by itself.
"""

from collections.abc import Mapping
from typing import Any

import pyomo.environ as pyo

from .instance import Instance, OptionData

#: (exchange, option) -> state -> pair of places -> what a unit of its flow there costs and emits.
Booked = dict[tuple[str, str], dict[str, dict[tuple[str, str], Mapping[str, float]]]]


def declare(m: pyo.ConcreteModel, d: Instance) -> None:
    """Pair variables and pair flows; after exchange and facilities."""
    _pairs(m, d)
    _ends(m, d)
    _pair_flows(m, d)


def add(m: pyo.ConcreteModel, d: Instance) -> None:
    """Losses and what is delivered; after paths, and what arrives by mains."""
    _delivered(m, d)


def _pairs(m: pyo.ConcreteModel, d: Instance) -> None:
    free = {(e, s): list(x.options[s].pairs) for e, x in d.exchanges.items() for s in x.options if _free(d, e, s)}
    m.PAIRS = pyo.Set(dimen=4, initialize=[(e, s, p, q) for (e, s), pairs in free.items() for p, q in pairs])
    m.link = pyo.Var(m.PAIRS, bounds=(0, 1), doc="w_espq: the built link runs from p to q")
    m.FREE = pyo.Set(dimen=2, initialize=list(free))
    #: variable that says whether an option runs between two places, for every admissible pair
    m.runs = {(e, s, p, q): m.link[e, s, p, q] if (e, s) in free else m.built[e, s] for e, s, p, q in d.pairs()}

    @m.Constraint(m.FREE, doc="L1")
    def runs_somewhere(m, e, s):
        return pyo.quicksum(m.link[e, s, p, q] for p, q in free[e, s]) == m.built[e, s]


def _free(d: Instance, e: str, s: str) -> bool:
    return len(d.exchanges[e].options[s].pairs) > 1


def _ends(m: pyo.ConcreteModel, d: Instance) -> None:
    out: dict[tuple[str, int, str], list] = {}
    into: dict[tuple[str, int, str], list] = {}
    whole: dict[tuple[str, int], list] = {}
    for e, exchange in d.exchanges.items():
        for s, option in exchange.options.items():
            whole.setdefault((e, option.copy), []).append(m.built[e, s])
            for p, q in option.pairs:
                out.setdefault((e, option.copy, p), []).append(m.runs[e, s, p, q])
                into.setdefault((e, option.copy, q), []).append(m.runs[e, s, p, q])

    @m.Constraint(list(out), doc="L2")
    def giver_stands(m, e, c, p):
        return pyo.quicksum(out[e, c, p]) <= m.sited[d.stands(d.giver(e)), p]

    @m.Constraint(list(into), doc="L3")
    def taker_stands(m, e, c, q):
        return pyo.quicksum(into[e, c, q]) <= m.sited[d.stands(d.taker(e)), q]

    ends = [
        (e, c, k)
        for e, c in whole
        for k in dict.fromkeys((d.giver(e), d.taker(e)))
        if d.exchanges[e].own or d.units[k].kind == "measure"
    ]

    @m.Constraint(ends, doc="L4")
    def end_is_there(m, e, c, k):
        return pyo.quicksum(whole[e, c]) <= m.there[k]


def _pair_flows(m: pyo.ConcreteModel, d: Instance) -> None:
    booked: Booked = {}
    for (e, s, p, q, t), effects in d.effects.get("pair_flow", {}).items():
        booked.setdefault((e, s), {}).setdefault(t, {})[p, q] = effects
    apart = {(e, s) for e, x in d.exchanges.items() for s, option in x.options.items() if _apart(option)}
    carrying = [(e, s) for e, x in d.exchanges.items() for s in x.options if (e, s) in booked or (e, s) in apart]
    #: (exchange, option, state) -> options and states whose flow is one variable with it, itself the first of them
    m.alike = _alike(d, [way for way in carrying if _free(d, *way)], apart, booked)
    first = {(e, x, u): (e, s, t) for (e, s, t), members in m.alike.items() for x, u in members}
    m.CARRIED = pyo.Set(
        dimen=5, initialize=[(e, s, p, q, t) for e, s, t in m.alike for p, q in d.exchanges[e].options[s].pairs]
    )
    m.pair_flow = pyo.Var(m.CARRIED, domain=pyo.NonNegativeReals, doc="g_espqt: flow by places [unit/yr]")
    #: variable of the flow between two places, wherever something depends on it; none where another one holds it
    m.carries = {
        (e, s, p, q, t): m.flow[e, s, t]
        if not _free(d, e, s)
        else (m.pair_flow[e, s, p, q, t] if first[e, s, t] == (e, s, t) else [])
        for e, s in carrying
        for p, q in d.exchanges[e].options[s].pairs
        for t in d.states
    }
    weight = {t: state.weight for t, state in d.states.items()}

    @m.Constraint(m.CARRIED, doc="L5")
    def carried_where_it_runs(m, e, s, p, q, t):
        most: dict[str, float] = {}
        for x, u in m.alike[e, s, t]:
            most[x] = most.get(x, 0.0) + weight[u] * d.exchanges[e].options[x].max_flow[u]
        links = pyo.quicksum(bound / weight[t] * m.link[e, x, p, q] for x, bound in most.items())
        return m.pair_flow[e, s, p, q, t] <= links

    @m.Constraint(list(m.alike), doc="L6")
    def carried_somewhere(m, e, s, t):
        carried = pyo.quicksum(m.pair_flow[e, s, p, q, t] for p, q in d.exchanges[e].options[s].pairs)
        return carried == pyo.quicksum(weight[u] / weight[t] * m.flow[e, x, u] for x, u in m.alike[e, s, t])


def _apart(option: OptionData) -> bool:
    """Whether the flow of an option by places is needed by itself."""
    return option.main is not None or any(pair.share_lost > 0 for pair in option.pairs.values())


def _alike(
    d: Instance, free: list[tuple[str, str]], apart: set[tuple[str, str]], booked: Booked
) -> dict[tuple[str, str, str], list[tuple[str, str]]]:
    """First option and state -> options and states of an exchange whose unit costs and emits the same on each pair."""
    found: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    groups: dict[tuple[str, int], list[tuple[str, str, str]]] = {}
    for e, s in free:
        option = d.exchanges[e].options[s]
        open_to = [] if (e, s) in apart else groups.setdefault((e, option.copy), [])
        for t, state in d.states.items():
            here = booked.get((e, s), {}).get(t, {})
            for key in open_to if state.weight > 0 else ():
                pairs = d.exchanges[e].options[key[1]].pairs
                if pairs.keys() == option.pairs.keys() and here == booked.get((e, key[1]), {}).get(key[2], {}):
                    found[key].append((s, t))
                    break
            else:
                found[e, s, t] = [(s, t)]
                if (e, s) not in apart and state.weight > 0:
                    open_to.append((e, s, t))
    return found


def by_option(
    m: pyo.ConcreteModel, values: Mapping[str, Mapping[tuple[str, ...], float]]
) -> dict[tuple[str, ...], float]:
    """Flows by places of a plan, told apart by option and state where one variable holds several.

    Parameters
    ----------
    m
        A solved model.
    values
        Family -> index -> value; ``link``, ``flow`` and ``pair_flow`` are read.

    Returns
    -------
    dict
        (exchange, option, from place, to place, state) -> flow [unit/yr].
    """
    found = dict(values.get("pair_flow", {}))
    runs, flow = values.get("link", {}), values.get("flow", {})
    for (e, s, t), members in m.alike.items():
        for p, q in m.instance.exchanges[e].options[s].pairs if len(members) > 1 else ():
            found.pop((e, s, p, q, t), None)
            for x, u in members:
                if runs.get((e, x, p, q), 0.0) > 0.5 and (e, x, u) in flow:
                    found[e, x, p, q, u] = flow[e, x, u]
    return found


def _delivered(m: pyo.ConcreteModel, d: Instance) -> None:
    owing, lossy = set(), set()
    for e, exchange in d.exchanges.items():
        for s, option in exchange.options.items():
            owed = [v for pair in option.pairs.values() for v in pair.owed_loss.values()]
            owed += option.owed_per_km.values()
            if any(v > 0 for v in owed):
                owing.add((e, s))
            shared = (e, s) in m.ARRIVALS or any(pair.share_lost > 0 for pair in option.pairs.values())
            if any(owed) or shared:
                lossy.add((e, s))
    m.LOSSY = pyo.Set(dimen=2, initialize=sorted(lossy))
    m.lost = pyo.Expression(m.LOSSY, m.STATES, rule=lambda m, e, s, t: _lost(m, d, e, s, t), doc="lost on the way")
    m.met = pyo.Expression(
        m.EXCHANGES,
        m.STATES,
        initialize={(e, t): _met(m, d, e, t, lossy) for e in d.exchanges for t in d.states},
        doc="demand met by e [unit of the sink/yr]",
    )

    @m.Constraint(sorted(owing), m.STATES, doc="L9")
    def flow_covers_loss(m, e, s, t):
        return m.flow[e, s, t] >= m.lost[e, s, t]

    asking = [
        (e, s, t)
        for e, exchange in d.exchanges.items()
        for s, option in exchange.options.items()
        for t in d.states
        if any(pair.least_flow.get(t, 0.0) > 0 for pair in option.pairs.values())
    ]

    @m.Constraint(asking, doc="L10")
    def arrives_hot_enough(m, e, s, t):
        option = d.exchanges[e].options[s]
        least = [(pq, x.least_flow[t]) for pq, x in option.pairs.items() if x.least_flow.get(t, 0.0) > 0]
        beyond = option.least_per_km.get(t, 0.0)
        farther = beyond * m.detour[e, s] if beyond > 0 and (e, s) in m.DETOURS else 0.0
        return m.flow[e, s, t] >= pyo.quicksum(flow * m.runs[e, s, p, q] for (p, q), flow in least) + farther


def _lost(m: pyo.ConcreteModel, d: Instance, e: str, s: str, t: str) -> Any:
    if (e, s) in m.ARRIVALS:
        return m.flow[e, s, t] - m.arrived[e, s, t]
    pairs = d.exchanges[e].options[s].pairs.items()
    share = pyo.quicksum(x.share_lost * m.carries[e, s, p, q, t] for (p, q), x in pairs if x.share_lost > 0)
    owed = pyo.quicksum(x.owed_loss[t] * m.runs[e, s, p, q] for (p, q), x in pairs if x.owed_loss.get(t))
    beyond = d.exchanges[e].options[s].owed_per_km.get(t, 0.0)
    return share + owed + (beyond * m.detour[e, s] if beyond and (e, s) in m.DETOURS else 0.0)


def _met(m: pyo.ConcreteModel, d: Instance, e: str, t: str, lossy: set[tuple[str, str]]) -> Any:
    exchange = d.exchanges[e]
    arrives = pyo.quicksum(m.flow[e, s, t] for s in exchange.options)
    lost = pyo.quicksum(m.lost[e, s, t] for s in exchange.options if (e, s) in lossy)
    return exchange.ratio * (arrives - lost)
