"""What exchanges are worth alone, many at once: flow, losses, saving and break-even distance of one option each.

Of exchange e over d km, by state t (H shared hours, r ratio, s share lost, L owed, both by d):

    leaving  f <= min(source in H, capacity x H / peak, (demand in H / r + L) / (1 - s), what the mixture admits)
    arriving a  = f (1 - s) - L
    saving      = sum_t [ r a x supply + f x (disposal, beyond what is disposed of: sale lost) - a x use
                          - f x (treatment, forgone, loading, haulage x d) ] - yearly cost of the link over d

The flow is the one that saves the most: all of it where the last unit saves anything, else as much as is disposed of
today; where no flow pays, all that can flow, so that one sees what it would cost. All of this is what a plan books
(``planner.screen.pricing``); nothing here knows a price.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from planner.screen.pricing import COST, GOAL, RUNNING, Coefficients

Array = np.ndarray[Any, Any]

#: Shares below this are rounding.
ROUNDING = 1e-9
#: Beyond this nothing is worth a link [km].
FARTHEST_KM = 1.0e4
_STEPS = 45


@dataclass(frozen=True)
class Ends:
    """Both ends of n exchanges over T states, with K measures of whatever is priced.

    Attributes
    ----------
    hours, leaving, wanted
        Shared hours, the most that can leave the source and the most that the sink can use, (n, T).
    yearly, admitted
        The most that may leave, and that may be replaced, in a year, (n,).
    needed
        Demand of sinks met whole by one source or by none, (n, T); 0 of others.
    mixture
        The most that may arrive for what it holds, (n, T).
    ratio, peak, least
        Of each, (n,); ``least`` is the least flow of a year.
    supply, outlet, sold, given, arriving, treated
        What a unit supplied, disposed of, sold, given, arriving and treated costs, (n, T, K).
    disposed
        What is disposed of today, (n, T).
    credits
        What each unit that arrives saves besides, by resource: (value (n, T, K), most that is bought (n, T)).
    """

    hours: Array
    leaving: Array
    wanted: Array
    yearly: Array
    admitted: Array
    needed: Array
    mixture: Array
    ratio: Array
    peak: Array
    least: Array
    supply: Array
    outlet: Array
    sold: Array
    given: Array
    arriving: Array
    treated: Array
    disposed: Array
    credits: tuple[tuple[Array, Array], ...] = ()

    def measured(self, measures: list[int]) -> "Ends":
        """The same with some of the measures only."""
        priced = ("supply", "outlet", "sold", "given", "arriving", "treated")
        credits = tuple((value[..., measures], most) for value, most in self.credits)
        return replace(self, **{name: getattr(self, name)[..., measures] for name in priced}, credits=credits)


@dataclass(frozen=True)
class Worth:
    """What an option makes of n exchanges.

    Attributes
    ----------
    carries
        Whether anything flows that the terms admit, (n,).
    leaving, arriving, lost
        A year, (n,).
    capped
        Whether the capacity of the link keeps it below what else could flow, (n,).
    supply, disposal, sale, given, running, fixed, credit
        Avoided supply and disposal, sale lost, values given up, running cost of what moves, cost of the link, further
        purchases avoided: (n, K), of which ``net`` is the sum.
    """

    carries: Array
    leaving: Array
    arriving: Array
    capped: Array
    parts: Mapping[str, Array] = field(default_factory=dict)

    @property
    def net(self) -> Array:
        """What is saved, (n, K)."""
        p = self.parts
        gained: Array = p["supply"] + p["disposal"] + p["credit"]
        spent: Array = p["sale"] + p["given"] + p["moved"] + p["fixed"]
        return gained - spent


@dataclass(frozen=True)
class Bound:
    """How much may flow over a way: at most, at least, and what is owed, (n, T)."""

    most: Array
    low: Array
    owed: Array
    share: Array
    capped: Array


def worth_of(ends: Ends, option: Coefficients, km: Array, cost_km: Array, crossed: Mapping[int, Array]) -> Worth:
    """Evaluate an option over lengths; the first measure of ``ends`` decides on the flow if there is only one.

    Parameters
    ----------
    ends
        With all measures; see ``Ends.measured`` for fewer.
    km, cost_km
        Length and cost length, (n,).
    crossed
        Number of an entry of ``geography.crossings`` -> how many are paid for, (n,).
    """
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        return _worth(ends, option, km, cost_km, crossed, GOAL)


def _worth(ends: Ends, option: Coefficients, km: Array, cost_km: Array, crossed: Mapping[int, Array], by: int) -> Worth:
    bound = _bound(ends, option, km)
    kept = (1.0 - bound.share)[:, None, None]
    moved = option.moved + option.hauled * km[:, None, None]
    before = ends.supply * ends.ratio[:, None, None] * kept - ends.arriving * kept - ends.given - ends.treated - moved
    before = before + sum((value for value, _ in ends.credits), np.zeros(1)) * kept
    flow = _flow(ends, bound, (before + ends.outlet)[..., by], (before + ends.sold)[..., by])
    arriving = flow * kept[..., 0] - bound.owed
    first = np.minimum(flow, ends.disposed)
    fixed = option.built + option.per_m * (km * 1000.0)[:, None] + option.per_cost_m * (cost_km * 1000.0)[:, None]
    for number, count in crossed.items():
        fixed = fixed + option.crossings[number] * count[:, None]
    parts = {
        "supply": _sum(ends.supply, ends.ratio[:, None] * arriving),
        "disposal": _sum(ends.outlet, first),
        "sale": -_sum(ends.sold, flow - first),
        "given": _sum(ends.given, flow),
        "moved": _sum(moved + ends.treated, flow) + _sum(ends.arriving, arriving),
        "fixed": fixed,
        "credit": sum((_sum(value, np.minimum(arriving, most)) for value, most in ends.credits), np.zeros(1)),
    }
    year = flow.sum(axis=1)
    met = np.all(arriving * ends.ratio[:, None] >= ends.needed * (1.0 - ROUNDING), axis=1)
    enough = year >= np.maximum(ends.least, 0.0) * (1.0 - ROUNDING)
    carries = (arriving.sum(axis=1) > ROUNDING * year) & (year > 0.0) & met & enough & ~np.isnan(km)
    return Worth(carries, year, arriving.sum(axis=1), bound.capped, parts)


def _sum(price: Array, amount: Array) -> Array:
    """Over states: (n, T, K) x (n, T) -> (n, K)."""
    found: Array = np.einsum("ntk,nt->nk", np.broadcast_to(price, (*amount.shape, price.shape[-1])), amount)
    return found


def _bound(ends: Ends, option: Coefficients, km: Array) -> Bound:
    """How much may flow: see the equations above."""
    share = np.minimum(option.share_per_km * km, 1.0)
    metre_hours = (km * 1000.0)[:, None] * ends.hours
    owed, least = option.owed * metre_hours, option.least * metre_hours / (1.0 - share)[:, None]
    arriving = np.minimum(ends.wanted / ends.ratio[:, None], ends.mixture)
    free = np.minimum(ends.leaving, (arriving + owed) / (1.0 - share)[:, None])
    most = free
    if option.way.capacity is not None:
        most = np.minimum(most, option.way.capacity * ends.hours / ends.peak[:, None])
    arrives = most * (1.0 - share)[:, None] - owed
    idle = ~(arrives > ROUNDING * np.maximum(most, ROUNDING)) | (least > most * (1.0 + ROUNDING))
    owed = np.where(idle, 0.0, owed)
    low = np.where(idle, 0.0, np.maximum(owed / (1.0 - share)[:, None], least))
    most = np.where(idle, 0.0, most)
    capped = most.sum(axis=1) < np.where(idle, 0.0, free).sum(axis=1) * (1.0 - ROUNDING)
    return Bound(most, low, owed, share, capped)


def _flow(ends: Ends, bound: Bound, first: Array, last: Array) -> Array:
    """The flow that saves the most by state, by the gain of a unit disposed of today, and of one sold today."""
    whole = np.any(ends.needed > 0.0, axis=1, keepdims=True)
    best = np.where(last > 0.0, bound.most, np.where(first > 0.0, np.minimum(bound.most, ends.disposed), 0.0))
    best = np.where(whole, bound.most, np.clip(best, np.minimum(bound.low, bound.most), bound.most))
    best, most = (_within_year(ends, bound, flow, last) for flow in (best, bound.most))
    pays = np.sum(np.minimum(best, ends.disposed) * first + np.maximum(best - ends.disposed, 0.0) * last, axis=1) > 0.0
    pays &= best.sum(axis=1) >= ends.least
    return np.where(pays[:, None], best, most)


def _within_year(ends: Ends, bound: Bound, flow: Array, gain: Array) -> Array:
    """The flow cut to what a year admits, first where it gains the least."""
    if flow.shape[1] == 1:
        admitted = (ends.admitted / ends.ratio)[:, None]
        return np.minimum(
            flow, np.minimum(ends.yearly[:, None], (admitted + bound.owed) / (1.0 - bound.share)[:, None])
        )
    order = np.argsort(-gain, axis=1, kind="stable")
    sent = _fill(np.take_along_axis(flow, order, axis=1), ends.yearly)
    kept = (1.0 - bound.share)[:, None]
    came = sent * kept - np.take_along_axis(bound.owed, order, axis=1)
    cut = came - _fill(np.maximum(came, 0.0), ends.admitted / ends.ratio)
    sent = sent - np.maximum(cut, 0.0) / kept
    back: Array = np.empty(flow.shape)
    np.put_along_axis(back, order, sent, axis=1)
    return back


def _fill(amounts: Array, most: Array) -> Array:
    """Amounts in their order, as far as a sum admits."""
    before = np.cumsum(amounts, axis=1) - amounts
    filled: Array = np.clip(most[:, None] - before, 0.0, amounts)
    return filled


def breakeven_km(ends: Ends, option: Coefficients, km: Array, cost_km: Array, crossed: Mapping[int, Array]) -> Array:
    """Longest way over which an option still saves anything [km]: by halving, since no way is the better for length.

    A longer way costs as much more per kilometre as the way there is does; crossings stay the same. 0 where it never
    pays; infinite beyond ``FARTHEST_KM``.
    """
    ratio = np.where(km > 0.0, cost_km / np.where(km > 0.0, km, 1.0), 1.0)
    ratio = np.where(np.isfinite(ratio), ratio, 1.0)
    own, slim = ends.measured([COST]), _of_cost(option)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):

        def pays(at: Array) -> Array:
            found = _worth(own, slim, at, at * ratio, crossed, 0)
            return found.carries & (found.net[:, 0] >= 0.0)

        low, high = np.zeros(len(km)), np.full(len(km), FARTHEST_KM)
        never, always = ~pays(low), pays(high)
        for _ in range(_STEPS):
            middle = 0.5 * (low + high)
            good = pays(middle)
            low, high = np.where(good, middle, low), np.where(good, high, middle)
    return np.where(never, 0.0, np.where(always, np.inf, low))


def _of_cost(option: Coefficients) -> Coefficients:
    """An option with its cost as the only measure."""
    vectors = {name: getattr(option, name)[..., [COST]] for name in ("built", "per_m", "per_cost_m", "moved", "hauled")}
    return replace(option, **vectors, crossings={n: x[[COST]] for n, x in option.crossings.items()})


def running(worth: Worth) -> Array:
    """Running cost of what is built and moved, before capital, (n,)."""
    found: Array = worth.parts["moved"][:, COST] + worth.parts["fixed"][:, RUNNING]
    return found
