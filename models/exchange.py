"""Exchanges: which are built, by which option, and how much flows.

    sum_{s in S(e,c)} built[e,s] <= 1                           copy c of exchange e             (E1)
    sum_{s in S(e,c), rank >= r} built[e,s] <= sum_{s in S(e,c'), rank >= r} built[e,s]
                                                                c' the twin before c, rank r     (E2)
    flow[e,s,t] <= U_est built[e,s]                                                              (E3)
    sum_{s,t} w_t flow[e,s,t] >= min_e running[e]               min_e > 0                        (E4)
    sum_{s,t} w_t flow[e,s,t] <= max_e running[e]               max_e below what the options carry (E5)
    sum_t w_t met[e,t] <= share_e sum_t w_t need[j,t]           share_e < 1                      (E6)
    sum_{e into j, t} w_t met[e,t] <= share_j sum_t w_t need[j,t]                share_j < 1     (E7)
    running[e] >= shared (there[k_i] + there[k_j] - 1)          e forced, not own                (E8)
    running[e] >= there[k_i] + there[k_j] - 1                   e forced and own                 (E9)
    sum_{e into j} running[e] <= 1                              j met whole or not at all        (E10)
    met[e,t] >= need[j,t] - N_jt (1 - running[e])               j met whole, e into j            (E11)
    sum_{(e,s) in x} built[e,s] <= 1                            x used by one exchange           (E12)
    sum_{e into j} running[e] <= links_j                        j fed by few exchanges           (E13)
    sum_t w_t flow[e,s,t] >= min_es built[e,s]                  min_es > 0                       (E14)
    sum_s flow[e,s,t] <= most_et running[e]                     most_et below what the options carry (E15)
    met[e,t] <= share_et need[j,t]                              share_et < 1                     (E16)

built is binary, flow >= 0. S(e,c): options of copy c; running[e] = sum over the first copy, 1 where e is built.
built[e,s] <= shared for exchanges between sites (+ keep_existing for an existing link) is a bound of the variable.
U_est = option.max_flow, the smallest valid bound, comes with the data. met[e,t] = ratio x amount delivered (links, L7),
most_et and share_et are what of the source and of the demand falls into the hours that both ends share in state t.
need[j,t] = amount x there, or x activity of a facility, or x run of an operation; N_jt is the most it can
be. (E11) is met = need x running wherever the need is constant. w_t weight of state t. (E2) orders twins by size: of
equal plans one is kept.
"""

from typing import Any

import pyomo.environ as pyo

from .instance import Instance
from .operations import amount, most

Copies = dict[tuple[str, int], list[str]]  # (exchange, copy) -> options
Into = dict[str, list[str]]  # sink -> exchanges


def add(m: pyo.ConcreteModel, d: Instance) -> None:
    """Binaries and flows of exchanges; the rules that need amounts delivered follow in :func:`add_rules`."""
    m.EXCHANGES = pyo.Set(initialize=list(d.exchanges))
    m.OPTIONS = pyo.Set(dimen=2, initialize=[(e, s) for e, x in d.exchanges.items() for s in x.options])
    m.built = pyo.Var(
        m.OPTIONS, domain=pyo.Binary, bounds=lambda m, e, s: (0, _open(m, d, e, s)), doc="b_es: option s of e is built"
    )
    m.flow = pyo.Var(
        m.OPTIONS,
        m.STATES,
        bounds=lambda m, e, s, t: (0, d.exchanges[e].options[s].max_flow[t]),
        doc="f_est: amount leaving the source [unit/yr]",
    )
    copies = _copies(d)
    m.running = pyo.Expression(
        m.EXCHANGES, initialize={e: _running(m, d, e) for e in d.exchanges}, doc="1 where e is built"
    )
    _options(m, d, copies)
    _amounts(m, d, copies)


def _open(m: pyo.ConcreteModel, d: Instance, e: str, s: str) -> Any:
    if d.exchanges[e].own:
        return 1
    return m.shared + m.keep_existing if d.exchanges[e].options[s].existing else m.shared


def _copies(d: Instance) -> Copies:
    """(exchange, copy) -> its options, copies in order."""
    found: Copies = {}
    for e, exchange in d.exchanges.items():
        for s, option in sorted(exchange.options.items(), key=lambda item: item[1].copy):
            found.setdefault((e, option.copy), []).append(s)
    return found


def _running(m: pyo.ConcreteModel, d: Instance, e: str) -> Any:
    options = d.exchanges[e].options
    first = min((option.copy for option in options.values()), default=0)
    return pyo.quicksum(m.built[e, s] for s, option in options.items() if option.copy == first)


def _options(m: pyo.ConcreteModel, d: Instance, copies: Copies) -> None:
    @m.Constraint([key for key, options in copies.items() if len(options) > 1], doc="E1")
    def one_option(m, e, c):
        return pyo.quicksum(m.built[e, s] for s in copies[e, c]) <= 1

    pairs = list(zip(copies, list(copies)[1:], strict=False))
    before = {later: earlier for earlier, later in pairs if earlier[0] == later[0]}
    ranks = sorted({(*later, d.exchanges[later[0]].options[s].order) for later in before for s in copies[later]})

    @m.Constraint(ranks, doc="E2")
    def twins_in_order(m, e, c, r):
        def built(copy):
            return pyo.quicksum(m.built[e, s] for s in copies[copy] if d.exchanges[e].options[s].order >= r)

        return built((e, c)) <= built(before[e, c])

    @m.Constraint(list(d.exclusive), doc="E12")
    def used_by_one(m, x):
        return pyo.quicksum(m.built[e, s] for e, s in d.exclusive[x]) <= 1


def _amounts(m: pyo.ConcreteModel, d: Instance, copies: Copies) -> None:
    @m.Constraint(m.OPTIONS, m.STATES, doc="E3")
    def flow_limit(m, e, s, t):
        return m.flow[e, s, t] <= d.exchanges[e].options[s].max_flow[t] * m.built[e, s]

    def yearly(m, e):
        return pyo.quicksum(
            state.weight * m.flow[e, s, t] for s in d.exchanges[e].options for t, state in d.states.items()
        )

    @m.Constraint([e for e, x in d.exchanges.items() if x.min_flow > 0], doc="E4")
    def least_flow(m, e):
        return yearly(m, e) >= d.exchanges[e].min_flow * m.running[e]

    @m.Constraint([(e, s) for e, x in d.exchanges.items() for s, o in x.options.items() if o.min_flow > 0], doc="E14")
    def least_flow_of_option(m, e, s):
        carried = pyo.quicksum(state.weight * m.flow[e, s, t] for t, state in d.states.items())
        return carried >= d.exchanges[e].options[s].min_flow * m.built[e, s]

    @m.Constraint([e for e, x in d.exchanges.items() if x.max_flow < _carried(d, e, copies)], doc="E5")
    def most_flow(m, e):
        return yearly(m, e) <= d.exchanges[e].max_flow * m.running[e]

    weights = {t: state.weight for t, state in d.states.items()}
    beyond = [
        (e, t)
        for e, x in d.exchanges.items()
        for t, most in x.most.items()
        if weights[t] * most < _carried(d, e, copies, t)
    ]

    @m.Constraint(beyond, doc="E15")
    def most_flow_in_shared_hours(m, e, t):
        exchange = d.exchanges[e]
        return pyo.quicksum(m.flow[e, s, t] for s in exchange.options) <= exchange.most[t] * m.running[e]


def _carried(d: Instance, e: str, copies: Copies, only: str | None = None) -> float:
    """Most that the options of an exchange carry together, in all states or in one [unit/yr]."""
    options = d.exchanges[e].options

    def carried(s: str) -> float:
        states = d.states.items()
        return sum(state.weight * options[s].max_flow[t] for t, state in states if only in (None, t))

    if len(options) == 1:
        return sum(carried(s) for s in options)
    return sum(max(carried(s) for s in members) for (f, _), members in copies.items() if f == e)


def add_rules(m: pyo.ConcreteModel, d: Instance) -> None:
    """Rules on what arrives; after links."""
    into: Into = {j: [] for j in d.sinks}
    for e, exchange in d.exchanges.items():
        into[exchange.sink].append(e)
    m.need = pyo.Expression(
        m.SINKS,
        m.STATES,
        initialize={(j, t): amount(m, d, x, t) for j, x in d.sinks.items() for t in d.states},
        doc="need of a sink",
    )
    _shares(m, d, into)
    _forced(m, d)
    _whole(m, d, into)

    @m.Constraint([j for j, x in d.sinks.items() if x.max_links is not None and x.max_links < len(into[j])], doc="E13")
    def few_links(m, j):
        return pyo.quicksum(m.running[e] for e in into[j]) <= d.sinks[j].max_links


def _shares(m: pyo.ConcreteModel, d: Instance, into: Into) -> None:
    def met(m, exchanges):
        return pyo.quicksum(state.weight * m.met[e, t] for e in exchanges for t, state in d.states.items())

    def need(m, j):
        return pyo.quicksum(state.weight * m.need[j, t] for t, state in d.states.items())

    @m.Constraint([e for e, x in d.exchanges.items() if x.max_share < 1], doc="E6")
    def share_of_exchange(m, e):
        return met(m, [e]) <= d.exchanges[e].max_share * need(m, d.exchanges[e].sink)

    @m.Constraint([(e, t) for e, x in d.exchanges.items() for t, share in x.shares.items() if share < 1], doc="E16")
    def share_in_shared_hours(m, e, t):
        return m.met[e, t] <= d.exchanges[e].shares[t] * m.need[d.exchanges[e].sink, t]

    @m.Constraint([j for j, x in d.sinks.items() if x.max_exchanged_share < 1 and into[j]], doc="E7")
    def share_of_exchanges(m, j):
        return met(m, into[j]) <= d.sinks[j].max_exchanged_share * need(m, j)


def _forced(m: pyo.ConcreteModel, d: Instance) -> None:
    def both_there(m, e):
        return m.there[d.giver(e)] + m.there[d.taker(e)] - 1

    @m.Constraint([e for e, x in d.exchanges.items() if x.forced and not x.own], doc="E8")
    def forced(m, e):
        return m.running[e] >= m.shared * both_there(m, e)

    @m.Constraint([e for e, x in d.exchanges.items() if x.forced and x.own], doc="E9")
    def forced_on_site(m, e):
        return m.running[e] >= both_there(m, e)


def _whole(m: pyo.ConcreteModel, d: Instance, into: Into) -> None:
    whole = [j for j, sink in d.sinks.items() if sink.whole]

    @m.Constraint([j for j in whole if len(into[j]) > 1], doc="E10")
    def from_one(m, j):
        return pyo.quicksum(m.running[e] for e in into[j]) <= 1

    @m.Constraint([e for j in whole for e in into[j]], m.STATES, doc="E11")
    def met_whole(m, e, t):
        j = d.exchanges[e].sink
        return m.met[e, t] >= m.need[j, t] - most(d, d.sinks[j], t) * (1 - m.running[e])
