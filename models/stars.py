"""Star inequalities: two units meet on two places only if both stand there.

    sum_{s in S(e,c)} link[e,s,p,q] <= together[k,l,p,q]        e = (k -> l), copy c             (T1)
    sum_{s in S(e,c)} link[e,s,q,p] <= together[k,l,p,q]        e = (l -> k), copy c             (T2)
    sum_{partners l of k} together[k,l,p,q] <= (tenants(q) - [p = q]) sited[k,p]                 (T3)

together[k,l,p,q] is 1 where k stands on p and l on q and they exchange; it is one variable a pair of units,
whatever the number and the direction of their exchanges, so that the star of l counts the same variable. Where one
exchange (and copy) joins the two, together is the sum of its links itself: no variable, no row. In an integer solution
q holds at most tenants(q) partners of k, less k itself where p = q; a star with no more partners than that says nothing
and is left out.

They are cuts: :func:`separate` adds those that a relaxation breaks, round by round, and keeps the ones that are tight
in the end. They say for each place of a unit what Adams & Johnson (1994) say for each pair of units.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Protocol

import pyomo.environ as pyo

from .instance import Instance

Star = tuple[str, str, str]  # unit, its place, the place of the partners
Pair = tuple[str, str, str, str]  # unit, other unit, place of the first, place of the other


@dataclass(frozen=True)
class Rule:
    """When to stop looking for stars.

    Attributes
    ----------
    rounds
        Most rounds of separation.
    gain
        A round that raises the bound by less than this share of what was gained before is the last.
    worth
        Stars that raise the bound by less than this share of it are left out altogether.
    rows
        Where more rows than this share of the model's are broken, the exchange graph is dense or very symmetric: then
        the rows slow the search down more than their bound helps, and all are left out. (QAPLIB: chr12a and chr15a
        need 0.08 and 0.13 of the rows and gain; scr12 needs 0.5 and takes four times as long with them.)
    """

    rounds: int = 30
    gain: float = 0.01
    worth: float = 1e-4
    rows: float = 0.25


class Relaxation(Protocol):
    """What separation needs of an LP (see ``models.relaxation.Relaxation``)."""

    rows: int

    def solve(self) -> float:
        """Bound of the relaxation with the rows added so far."""

    def value(self, variable: Any) -> float:
        """Value of a variable or added column in it."""

    def add_column(self) -> int:
        """Add a column within [0, 1]."""

    def add_row(self, terms: "list[tuple[Any, float]]") -> None:
        """Add a row: sum of coefficient x variable (or added column) <= 0."""


def declare(m: pyo.ConcreteModel, d: Instance) -> None:
    """Rows over index sets that start empty."""
    m.meetings = _meetings(m, d)
    m.stars_of = _stars(m, d)
    m.TOGETHER = pyo.Set(dimen=4)
    m.together = pyo.Var(m.TOGETHER, bounds=(0, 1), doc="n_klpq: k on p and l on q exchange")
    m.STARS = pyo.Set(dimen=3)

    m.JOINS = pyo.Set(dimen=6)
    m.JOINS_BACK = pyo.Set(dimen=6)
    m.joins = pyo.Constraint(m.JOINS, doc="T1")
    m.joins_back = pyo.Constraint(m.JOINS_BACK, doc="T2")

    @m.Constraint(m.STARS, doc="T3")
    def star(m, k, p, q):
        return _sum_of_partners(m, (k, p, q)) <= _room(d, p, q) * m.sited[k, p]


def _meetings(m: pyo.ConcreteModel, d: Instance) -> dict[Pair, dict[tuple[str, int, bool], list[Any]]]:
    """Pair -> (exchange, copy, forwards) -> the links that say they meet there."""
    meetings: dict[Pair, dict[tuple[str, int, bool], list[Any]]] = {}
    for e, exchange in d.exchanges.items():
        k, other = d.stands(d.giver(e)), d.stands(d.taker(e))
        if k == other:
            continue
        for s, option in exchange.options.items():
            for p, q in option.pairs:
                pair = (k, other, p, q) if k < other else (other, k, q, p)
                meetings.setdefault(pair, {}).setdefault((e, option.copy, k < other), []).append(m.runs[e, s, p, q])
    return meetings


def _stars(m: pyo.ConcreteModel, d: Instance) -> dict[Star, list[Pair]]:
    """Stars with more partners than room."""
    stars: defaultdict[Star, list[Pair]] = defaultdict(list)
    for pair in m.meetings:
        k, other, p, q = pair
        stars[k, p, q].append(pair)
        stars[other, q, p].append(pair)
    return {(k, p, q): pairs for (k, p, q), pairs in stars.items() if len(pairs) > _room(d, p, q)}


def _room(d: Instance, p: str, q: str) -> int:
    return d.places[q].tenants - int(p == q)


def _sum_of_partners(m: pyo.ConcreteModel, star: Star) -> Any:
    return pyo.quicksum(
        m.together[pair] if pair in m.TOGETHER else pyo.quicksum(next(iter(m.meetings[pair].values())))
        for pair in m.stars_of[star]
    )


def add(m: pyo.ConcreteModel, stars: "list[Star]") -> None:
    """Write stars into the model, with the variables they need."""
    for pair in dict.fromkeys(pair for star in stars for pair in m.stars_of[star]):
        if len(m.meetings[pair]) > 1 and pair not in m.TOGETHER:
            m.TOGETHER.add(pair)
            m.together.add(pair)
            for (e, copy, forwards), links in m.meetings[pair].items():
                rows = m.joins if forwards else m.joins_back
                rows.index_set().add((e, copy, *pair))
                rows.add((e, copy, *pair), pyo.quicksum(links) <= m.together[pair])
    for star in stars:
        if star not in m.STARS:
            m.STARS.add(star)
            m.star.add(star, _sum_of_partners(m, star) <= _room(m.instance, *star[1:]) * m.sited[star[0], star[1]])


def add_all(m: pyo.ConcreteModel) -> int:
    """Write every star into the model; returns how many."""
    add(m, list(m.stars_of))
    return len(m.STARS)


def separate(m: pyo.ConcreteModel, relaxation: Relaxation, rule: Rule | None = None) -> tuple[int, float]:
    """Find the stars that a relaxation breaks and write those that are tight in the end into the model.

    Returns
    -------
    tuple
        Number of stars written, bound of the relaxation with them.
    """
    rule = rule or Rule()
    first = bound = relaxation.solve()
    done: dict[Star, None] = {}
    columns: dict[Pair, int] = {}
    for _ in range(rule.rounds):
        broken = [star for star in m.stars_of if star not in done and _broken(m, relaxation, star)]
        if not broken:
            break
        if len(done) + len(broken) > rule.rows * relaxation.rows + 20:
            return 0, bound
        for star in broken:
            _add_to(m, relaxation, star, columns)
        done.update(dict.fromkeys(broken))
        before, bound = bound, relaxation.solve()
        if bound - before < rule.gain * (bound - first) or bound - first <= 1e-9 * abs(first):
            break
    if bound - first < rule.worth * max(abs(bound), 1e-9):
        return 0, bound
    tight = [star for star in done if _slack(m, relaxation, star) < 1e-6]
    add(m, tight)
    return len(tight), bound


def _meeting_value(m: pyo.ConcreteModel, relaxation: Relaxation, pair: Pair) -> float:
    return max(sum(relaxation.value(v) for v in links) for links in m.meetings[pair].values())


def _slack(m: pyo.ConcreteModel, relaxation: Relaxation, star: Star) -> float:
    k, p, q = star
    there = _room(m.instance, p, q) * relaxation.value(m.sited[k, p])
    return there - sum(_meeting_value(m, relaxation, pair) for pair in m.stars_of[star])


def _broken(m: pyo.ConcreteModel, relaxation: Relaxation, star: Star) -> bool:
    return _slack(m, relaxation, star) < -1e-6


def _add_to(m: pyo.ConcreteModel, relaxation: Relaxation, star: Star, columns: dict[Pair, int]) -> None:
    k, p, q = star
    row: list[tuple[Any, float]] = [(m.sited[k, p], -float(_room(m.instance, p, q)))]
    for pair in m.stars_of[star]:
        joined = list(m.meetings[pair].values())
        if len(joined) == 1:
            row += [(v, 1.0) for v in joined[0]]
            continue
        if pair not in columns:
            columns[pair] = relaxation.add_column()
            for links in joined:
                relaxation.add_row([(v, 1.0) for v in links] + [(columns[pair], -1.0)])
        row.append((columns[pair], 1.0))
    relaxation.add_row(row)
