"""What exchanges are worth alone, many at once: flow, losses, saving and break-even distance of one option each.

Of exchange e over d km, by state t (H shared hours, r ratio, s share lost, L owed, both by d):

    leaving  f <= min(source in H, capacity x H / peak, (demand in H / r + L) / (1 - s), what the mixture admits)
    arriving a  = f (1 - s) - L
    saving      = sum_t [ r a x supply + f x (disposal, beyond what is disposed of: sale lost) - a x use
                          - f x (treatment, forgone, loading, haulage x d) ] - yearly cost of the link over d
                - yearly cost of exchangers and standby x max(0, max_t heat x moved / H - existing)    (X1)

The flow is the one that saves the most: all of it where the last unit saves anything, else as much as is disposed of
today; where no flow pays, all that can flow, so that one sees what it would cost. All of this is what a plan books
(``planner.screen.pricing``); nothing here knows a price.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
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
class Gear:
    """Equipment at one end of n exchanges: a heat exchanger or standby, rated on the most that an hour brings.

    Attributes
    ----------
    at_source
        It stands at the source, where what leaves counts; else at the sink, where what is replaced counts.
    heat
        Heat of a unit by its share and peak factor [MWh/unit], (n, T).
    existing
        What there is already [MW], (n,).
    price
        What a new MW costs, (n, K).
    """

    at_source: bool
    heat: Array
    existing: Array
    price: Array

    def cost(self, ends: "Ends", leaving: Array, arriving: Array) -> Array:
        """What it costs for flows by state, (n, K): price x max(0, max_t heat x flow / hours - existing)."""
        moved = leaving if self.at_source else arriving * ends.ratio[:, None]
        needed = np.where(ends.hours > 0.0, self.heat * moved / np.where(ends.hours > 0.0, ends.hours, 1.0), 0.0)
        cost: Array = np.maximum(needed.max(axis=1) - self.existing, 0.0)[:, None] * self.price
        return cost

    def within(self, ends: "Ends", bound: "Bound") -> Array:
        """The most that may leave so that nothing new is needed, (n, T)."""
        heat = np.where(self.heat > 0.0, self.heat, np.nan)
        most = np.where(self.heat > 0.0, self.existing[:, None] * ends.hours / heat, np.inf)
        if self.at_source:
            return most
        leaves: Array = (most / ends.ratio[:, None] + bound.owed) / (1.0 - bound.share)[:, None]
        return leaves


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
    gears
        Equipment that the exchange needs at either end.
    amounts, market, preference
        What sources have, (n, T); the most that their buyer takes in a year, (n,), infinite where it is all; and what
        a unit sold is better than one disposed of, (n, T), infinite where nothing can be disposed of.
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
    gears: tuple[Gear, ...] = ()
    amounts: Array = field(default_factory=lambda: np.zeros((0, 0)))
    market: Array = field(default_factory=lambda: np.zeros(0))
    preference: Array = field(default_factory=lambda: np.zeros((0, 0)))

    @property
    def shifts(self) -> bool:
        """Whether what is sold moves from one state to another where some of it is given."""
        return self.amounts.shape[-1] > 1 and bool(np.isfinite(self.market).any())

    def of(self, rows: Array) -> "Ends":
        """The same of some exchanges only."""
        some = {one.name: getattr(self, one.name)[rows] for one in fields(self) if one.name not in ("credits", "gears")}
        credits = tuple((value[rows], most[rows]) for value, most in self.credits)
        gears = tuple(replace(g, heat=g.heat[rows], existing=g.existing[rows], price=g.price[rows]) for g in self.gears)
        return Ends(**some, credits=credits, gears=gears)

    def measured(self, measures: list[int]) -> "Ends":
        """The same with some of the measures only."""
        priced = ("supply", "outlet", "sold", "given", "arriving", "treated")
        credits = tuple((value[..., measures], most) for value, most in self.credits)
        gears = tuple(replace(gear, price=gear.price[..., measures]) for gear in self.gears)
        fewer = {name: getattr(self, name)[..., measures] for name in priced}
        return replace(self, **fewer, credits=credits, gears=gears)


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
    bound = bound_of(ends, option, km)
    fixed = option.built + option.per_m * (km * 1000.0)[:, None] + option.per_cost_m * (cost_km * 1000.0)[:, None]
    for number, count in crossed.items():
        fixed = fixed + option.crossings[number] * count[:, None]
    ends = replace(ends, least=np.maximum(ends.least, least_of_link(ends, option)))
    found = _carried(ends, option, km, bound, fixed, by)
    if not any(gear.existing.any() for gear in ends.gears):
        return found
    within = bound.most
    for gear in ends.gears:
        within = np.where(gear.existing[:, None] > 0.0, np.minimum(within, gear.within(ends, bound)), within)
    small = _carried(ends, option, km, replace(bound, most=within), fixed, by)
    reached = np.all(within >= np.minimum(bound.low, bound.most) * (1.0 - ROUNDING), axis=1)
    gain, other = small.net[:, by], found.net[:, by]
    return _either(small, found, small.carries & reached & (gain > 0.0) & ((gain > other) | ~found.carries))


def least_of_link(ends: Ends, option: Coefficients) -> Array:
    """The least flow of a year for which a link is worth building (E14), (n,)."""
    if option.way.link is None or option.way.in_place or option.way.link.min_flow is None:
        return np.zeros(len(ends.ratio))
    least: Array = option.way.link.min_flow.value * ends.hours.sum(axis=1) * option.copies
    return least


def _either(one: Worth, other: Worth, where: Array) -> Worth:
    """The one where it is better, else the other."""
    parts = {name: np.where(where[:, None], one.parts[name], value) for name, value in other.parts.items()}
    return Worth(
        np.where(where, one.carries, other.carries),
        np.where(where, one.leaving, other.leaving),
        np.where(where, one.arriving, other.arriving),
        np.where(where, one.capped, other.capped),
        parts,
    )


def _carried(ends: Ends, option: Coefficients, km: Array, bound: Bound, fixed: Array, by: int) -> Worth:
    """What flows within bounds, and what it is worth."""
    kept = (1.0 - bound.share)[:, None, None]
    moved = option.moved + option.hauled * km[:, None, None]
    before = ends.supply * ends.ratio[:, None, None] * kept - ends.arriving * kept - ends.given - ends.treated - moved
    before = before + sum((value for value, _ in ends.credits), np.zeros(1)) * kept
    flow = _flow(ends, bound, (before + ends.outlet)[..., by], (before + ends.sold)[..., by])
    arriving = flow * kept[..., 0] - bound.owed
    first, sold = _outlets(ends, flow)
    parts = {
        "supply": _sum(ends.supply, ends.ratio[:, None] * arriving),
        "disposal": _sum(ends.outlet, first),
        "sale": -_sum(ends.sold, sold),
        "given": _sum(ends.given, flow),
        "moved": _sum(moved + ends.treated, flow) + _sum(ends.arriving, arriving),
        "fixed": fixed + sum((gear.cost(ends, flow, arriving) for gear in ends.gears), np.zeros(1)),
        "credit": sum(
            (_sum(value, np.minimum(arriving, most)) for value, most in ends.credits), np.zeros((len(km), 1))
        ),
    }
    year = flow.sum(axis=1)
    met = np.all(arriving * ends.ratio[:, None] >= ends.needed * (1.0 - ROUNDING), axis=1)
    enough = year >= np.maximum(ends.least, 0.0) * (1.0 - ROUNDING)
    carries = (arriving.sum(axis=1) > ROUNDING * year) & (year > 0.0) & met & enough & ~np.isnan(km)
    return Worth(carries, year, arriving.sum(axis=1), bound.capped, parts)


def _outlets(ends: Ends, flow: Array) -> tuple[Array, Array]:
    """How much less is disposed of, and sold, by state, where a flow leaves; each (n, T).

    A buyer who takes so much in a year takes in one state what is given away in another.
    """
    first = np.minimum(flow, ends.disposed)
    if not ends.shifts:
        return first, flow - first
    rest = np.maximum(ends.amounts - flow, 0.0)
    order = np.argsort(-ends.preference, axis=1, kind="stable")
    able = np.take_along_axis(np.where(ends.preference > 0.0, rest, 0.0), order, axis=1)
    sells = np.empty(flow.shape)
    np.put_along_axis(sells, order, _fill(able, ends.market), axis=1)
    less = np.where(np.isfinite(ends.disposed), ends.amounts - ends.disposed, 0.0) - sells
    shifting = np.isfinite(ends.market) & np.isfinite(ends.disposed).all(axis=1)
    sold = np.where(shifting[:, None], less, flow - first)
    return flow - sold, sold


def _sum(price: Array, amount: Array) -> Array:
    """Over states: (n, T, K) x (n, T) -> (n, K)."""
    found: Array = np.einsum("ntk,nt->nk", np.broadcast_to(price, (*amount.shape, price.shape[-1])), amount)
    return found


def bound_of(ends: Ends, option: Coefficients, km: Array) -> Bound:
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
    free = np.minimum(bound.most, ends.disposed)
    if ends.shifts:  # what is disposed of in a year may leave in any state
        year = np.where(np.isfinite(ends.market), ends.disposed.sum(axis=1), np.inf)
        shifting = np.isfinite(ends.market)[:, None] & (ends.preference > 0.0)
        free = np.where(shifting, _fill(bound.most, year), free)
    best = np.where(last > 0.0, bound.most, np.where(first > 0.0, free, 0.0))
    best = np.where(whole, bound.most, np.clip(best, np.minimum(bound.low, bound.most), bound.most))
    best, most = (_within_year(ends, bound, flow, last) for flow in (best, bound.most))
    away, sold = _outlets(ends, best)
    pays = np.sum(away * first + sold * last, axis=1) > 0.0
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

        never, always = ~pays(np.zeros(len(km))), pays(np.full(len(km), FARTHEST_KM))
        found = np.where(never, 0.0, np.where(always, np.inf, np.nan))
        between = np.flatnonzero(np.isnan(found))
        own, ratio, crossed = own.of(between), ratio[between], {n: x[between] for n, x in crossed.items()}
        low, high = np.zeros(len(between)), np.full(len(between), FARTHEST_KM)
        for _ in range(_STEPS if len(between) else 0):
            middle = 0.5 * (low + high)
            good = pays(middle)
            low, high = np.where(good, middle, low), np.where(good, high, middle)
    found[between] = low
    return found


def _of_cost(option: Coefficients) -> Coefficients:
    """An option with its cost as the only measure."""
    vectors = {name: getattr(option, name)[..., [COST]] for name in ("built", "per_m", "per_cost_m", "moved", "hauled")}
    return replace(option, **vectors, crossings={n: x[[COST]] for n, x in option.crossings.items()})


def running(worth: Worth) -> Array:
    """Running cost of what is built and moved, before capital, (n,)."""
    found: Array = worth.parts["moved"][:, COST] + worth.parts["fixed"][:, RUNNING]
    return found
