"""How much of a demand sources of others could meet at most: a maximum flow with substitution ratios."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from planner.assemble.exchanges import Deal

#: Columns up to which the maximum flow is worked out; beyond, the smaller of two bounds stands for it.
MOST_COLUMNS = 50_000
EXACT, BOUND = "maximum flow", "bound"


def met_inside(deals: Sequence[Deal]) -> tuple[float, str]:
    """The most of a resource's demand that exchanges could meet together [unit/yr], and whether that is a bound.

    Parameters
    ----------
    deals
        Exchanges into sinks of one resource, between plants and partners whose amounts the case states.

    Returns
    -------
    tuple
        With f the flow of exchange e in state t, r its ratio (Ford & Fulkerson 1956, generalised by ratios)::

            max   sum_et r_e f_et
            s.t.  sum_{e from i} f_et <= source_it,      sum_{e into j} r_e f_et <= demand_jt
                  f_et <= what leaves in shared hours,   r_e f_et <= what is taken in them
                  sum_t f_et <= max_flow_e,              sum_t r_e f_et <= share_e of the yearly demand
                  sum_{e into j, t} r_e f_et <= max_exchanged_share_j of it

        It is a bound where a demand is met whole by one source or not at all, and where there are more than
        ``MOST_COLUMNS`` flows.
    """
    columns = [(e, t) for e, deal in enumerate(deals) for t in deal.shared]
    if not columns:
        return 0.0, EXACT
    whole = any(getattr(deal.sink.data, "whole_demand_from_one_source", False) for deal in deals)
    if len(columns) > MOST_COLUMNS:
        return _bound(deals), BOUND
    return _largest(deals, columns), BOUND if whole else EXACT


def _largest(deals: Sequence[Deal], columns: Sequence[tuple[int, str]]) -> float:
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    rows: dict[tuple[str, ...], dict[int, float]] = defaultdict(dict)
    limits: dict[tuple[str, ...], float] = {}
    high, gain = np.zeros(len(columns)), np.zeros(len(columns))
    for n, (e, t) in enumerate(columns):
        deal, ratio = deals[e], deals[e].ratio.value
        source, sink, several = deal.source, deal.sink, len(deal.shared) > 1
        high[n], gain[n] = min(deal.at_source_in(t), deal.at_sink_in(t) / ratio), ratio
        share = getattr(sink.data, "max_exchanged_share", None)
        wanted = (
            (("from", source.id, t), 1.0, source.slices[t].amount),
            (("into", sink.id, t), ratio, sink.slices[t].most),
            (("all into", sink.id), ratio, sink.most * (1.0 if share is None else share.value)),
            *(((("leaves", str(e)), 1.0, deal.at_source), (("comes", str(e)), ratio, deal.at_sink)) if several else ()),
        )
        for row, by, limit in wanted:
            rows[row][n] = by
            limits[row] = limit
    size = max(high.max(), 1e-12)
    entries = [x for row in rows.values() for x in row.values()]
    places = [n for row in rows.values() for n in row]
    begins = np.cumsum([0, *(len(row) for row in rows.values())])
    matrix: Any = csr_array((entries, places, begins), shape=(len(rows), len(columns)))
    most = np.array([limits[row] for row in rows]) / size
    bounds: Any = np.column_stack([np.zeros(len(high)), high / size])
    found: Any = linprog(-gain, A_ub=matrix, b_ub=most, bounds=bounds)
    return float(-found.fun) * size if found.status == 0 else _bound(deals)


def _bound(deals: Sequence[Deal]) -> float:
    """The smaller of two bounds: by sources, each with the best ratio it has, and by sinks."""
    given: dict[str, tuple[float, float]] = {}
    taken: dict[str, tuple[float, float]] = {}
    for deal in deals:
        met = min(deal.at_source * deal.ratio.value, deal.at_sink)
        worth, total = given.get(deal.source.id, (0.0, 0.0))
        given[deal.source.id] = max(worth, deal.source.most * deal.ratio.value), total + met
        share = getattr(deal.sink.data, "max_exchanged_share", None)
        wanted = deal.sink.most * (1.0 if share is None else share.value)
        taken[deal.sink.id] = wanted, taken.get(deal.sink.id, (0.0, 0.0))[1] + met
    return min(sum(min(pair) for pair in side.values()) for side in (given, taken))
