"""Chains giver > facility > taker, exchanges with a facility, and twins of several sizes: each solved by itself.

Each is priced in a case of its own that has only its plants, its facility and its exchanges, so that its figures are
those of a plan in which only these may be built; the program is that of ``planner.screen.program``.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from planner.assemble.exchanges import Deal
from planner.assemble.options import ways_to_build
from planner.assemble.temperatures import farthest
from planner.assemble.ways import Way as Option
from planner.case.case import Case
from planner.case.exchanges import Exchange
from planner.errors import CaseError
from planner.screen.candidates import Candidates, candidates_of, streams_of, why_open, why_unknown
from planner.screen.data_quality import Quality, worse
from planner.screen.found import Found
from planner.screen.ground import ON_SITE, Ground, Lengths
from planner.screen.legs import Leg, LegColumns, add_giver, add_leg, add_taker
from planner.screen.pricing import COST, GOAL, MEASURES, Outside, Prices
from planner.screen.program import Program, joined
from planner.screen.works import Works, WorksColumns, add_works, law_above, works_of
from planner.screen.worth import FARTHEST_KM, ROUNDING

Array = np.ndarray[Any, Any]

#: Chains of one screening at most: those whose ends could save the most.
MOST_CHAINS = 500
_STEPS, _CLOSE = 40, 1e-9


@dataclass(frozen=True)
class Chain:
    """What may be built together: an exchange into a facility and one out of it, or one exchange only."""

    into: Deal | None
    out: Deal | None
    facility: str | None

    @property
    def deals(self) -> tuple[Deal, ...]:
        """Its exchanges, the giver's first."""
        return tuple(deal for deal in (self.into, self.out) if deal is not None)


@dataclass(frozen=True)
class Solved:
    """A chain as it is best built.

    Attributes
    ----------
    chain
        With the deals of the case of its own.
    legs, works
        Their columns; the second of a chain with a facility.
    values, worth
        Of the columns, and what is saved in all measures.
    breakeven
        How many times as long all its ways may be until it saves nothing.
    """

    case: Case
    chain: Chain
    legs: tuple[LegColumns, ...]
    works: WorksColumns | None
    unit: Works | None
    program: Program
    values: Array
    worth: Array
    breakeven: float
    qualities: tuple[Quality, ...]
    giver: Outside | None
    notes: tuple[str, ...] = ()


@dataclass
class Model:
    """A chain in a case of its own, ready to be written as a program over any lengths."""

    case: Case
    chain: Chain
    legs: tuple[Leg, ...]
    works: Works | None
    prices: Prices
    outside: dict[str, Outside] = field(default_factory=dict)

    def program(self, scale: float) -> tuple[Program, tuple[LegColumns, ...], WorksColumns | None]:
        """Columns and rows over so many times the lengths."""
        p, states = Program(), self.prices.states
        made = tuple(add_leg(p, leg, states, scale) for leg in self.legs)
        works = None
        if self.works is not None:
            first = made[0] if self.chain.into is not None else None
            second = made[-1] if self.chain.out is not None else None
            works = add_works(p, self.works, self.case, states, (first, second))
        for leg in made:
            if not leg.leg.deal.source.member.is_facility:
                add_giver(p, leg, self.case, self.outside[leg.leg.deal.source.id])
            if not leg.leg.deal.sink.member.is_facility:
                add_taker(p, leg)
        return p, made, works

    def above(self, works: WorksColumns | None, values: Array) -> Array:
        """What a power law is above its chords, in all measures."""
        if self.works is None or works is None:
            return np.zeros(len(MEASURES))
        return law_above(self.works, works.size(values))


Look = Callable[[Candidates, Ground, Prices], Any]


def chains_of(
    found: Candidates, carried: Sequence[bool], worth: Callable[[Deal], float]
) -> tuple[list[Chain], dict[str, str], int]:
    """Exchanges with one facility and chains through one, why the others are open, and how many were left out.

    ``carried`` says of each exchange whether any link carries anything.
    """
    into: dict[str, list[Deal]] = {}
    out: dict[str, list[Deal]] = {}
    why: dict[str, str] = {}
    for deal, is_carried in zip(found.deals, carried, strict=True):
        ends = [end.member for end in (deal.source, deal.sink) if end.member.is_facility]
        if not ends or not is_carried or deal.id in found.refused:
            continue
        if len(ends) == 2:
            why[deal.id] = (
                f"runs between {ends[0].name} and {ends[1].name}: two facilities, which only a solve can size"
            )
        elif ends[0].stores is not None:
            why[deal.id] = f"{ends[0].name} is a store: what it is worth follows from all that it keeps"
        elif getattr(ends[0].item, "on_roof", False):
            why[deal.id] = f"{ends[0].name} stands on a roof, which other measures need, too"
        elif deal.sink.member.is_facility:
            into.setdefault(ends[0].name, []).append(deal)
        else:
            out.setdefault(ends[0].name, []).append(deal)
    single = [Chain(deal, None, name) for name, deals in into.items() for deal in deals]
    single += [Chain(None, deal, name) for name, deals in out.items() for deal in deals]
    both = [Chain(a, b, name) for name, deals in into.items() for a in deals for b in out.get(name, ())]
    if len(both) > MOST_CHAINS:
        each = {deal.id: worth(deal) for deals in (*into.values(), *out.values()) for deal in deals}
        both.sort(key=lambda chain: -sum(each[deal.id] for deal in chain.deals))
    return [*single, *both[:MOST_CHAINS]], why, max(0, len(both) - MOST_CHAINS)


def twins_of(found: Candidates, open_: Sequence[str]) -> Iterator[tuple[int, Chain]]:
    """Exchanges that may have several links side by side, of more than one size."""
    for number, deal in enumerate(found.deals):
        twins = deal.terms.get("twins", 1)
        if twins == 1 or deal.own or open_[number] or deal.id in found.refused:
            continue
        if len(list(ways_to_build(deal, found.case, found.findings))) > twins:  # of more than one size
            yield number, Chain(deal, None, None)


def solved(found: Candidates, ground: Ground, chain: Chain, look: Look) -> Solved | str:
    """A chain as it is best built, or why it cannot be priced, or not be built."""
    try:
        own = _own_candidates(found.case, chain)
    except CaseError as error:
        return str(error.faults[0].message) if getattr(error, "faults", None) else str(error)
    deals = {deal.id: deal for deal in own.deals}
    wanted = [deals.get(deal.id) for deal in chain.deals]
    for deal, was in zip(wanted, chain.deals, strict=True):
        if deal is None or deal.id in own.refused:
            return f"{was.id} is not admitted in such a chain"
        why = _why_open(deal, own)
        if why:
            return why
    into, out = (None if x is None else deals[x.id] for x in (chain.into, chain.out))
    prices = Prices(own.case, own.qualities, own.findings)
    looking = look(own, ground, prices)
    legs, qualities = [], []
    for deal in (x for x in (into, out) if x is not None):
        leg, quality = _leg(deal, own, looking)
        legs.append(leg)
        qualities.append(quality)
    works = None
    if chain.facility is not None:
        streams = ([x for x in own.qualities.sources.values() if x.member.name == chain.facility],)
        taken = [x for x in own.qualities.sinks.values() if x.member.name == chain.facility]
        member = own.members[chain.facility]
        works = works_of(own.case, member, prices, ground.geometry, (*streams, taken))
        qualities.append(works.quality)
    given = [streams_of(own.qualities, deal)[0] for deal in (into, out) if deal is not None]
    outside = {flow.id: prices.source(flow) for flow in given}
    model = Model(own.case, Chain(into, out, chain.facility), tuple(legs), works, prices, outside)
    return _best(model, tuple(qualities))


def _why_open(deal: Deal, own: Candidates) -> str:
    why = why_open(deal, own.qualities)
    return why_unknown(deal, own.qualities) if why.startswith("needs ") else why


def _own_candidates(case: Case, chain: Chain) -> Candidates:
    """Candidates of a case that has only what a chain needs, with every other exchange forbidden."""
    names = {end.member.name for deal in chain.deals for end in (deal.source, deal.sink)}
    names |= {end.member.host for deal in chain.deals for end in (deal.source, deal.sink) if end.member.host}
    parts = {
        kind: {name: x for name, x in getattr(case, kind).items() if name in names}
        for kind in ("plants", "partners", "facilities")
    }
    stated = tuple(entry.model_copy(update={"forced": False}) for entry in case.exchanges)
    part = case.model_copy(update={**parts, "exchanges": stated})
    first, kept = candidates_of(part), {deal.id for deal in chain.deals}
    others = tuple(_forbids(deal) for deal in first.deals if deal.id not in kept)
    return first if not others else candidates_of(part.model_copy(update={"exchanges": stated + others}))


def _forbids(deal: Deal) -> Exchange:
    giver, taker = deal.source, deal.sink
    entry = {"from": giver.member.name, "to": taker.member.name, "stream": giver.meant, "into": taker.meant}
    return Exchange.model_validate({**entry, "forbidden": True})


def _leg(deal: Deal, own: Candidates, looking: Any) -> tuple[Leg, Quality]:
    """An exchange with its options."""
    result = Found.empty([deal], len(MEASURES))
    ends, _ = looking.ends_of([deal], result, np.array([0]))
    if deal.own:
        option = looking.prices.option(deal, Option("on site"))
        here = Lengths.of(np.zeros(1), ON_SITE)
        return Leg(deal, ends, ((option, here, np.inf),), 1), worse(*result.quality[0])
    found = []
    for way in ways_to_build(deal, own.case, own.findings):
        if way.copy or way.name in own.priceless:
            continue
        lengths = looking.lengths_of([deal], way)
        assert way.link is not None
        longest = np.inf if way.in_place else farthest(own.case, way.link, deal.source.resource) / 1000.0
        found.append((looking.prices.option(deal, way), lengths, longest))
    return Leg(deal, ends, tuple(found), deal.terms.get("twins", 1)), worse(*result.quality[0])


def _best(model: Model, qualities: tuple[Quality, ...]) -> Solved | str:
    p, legs, works = model.program(1.0)
    flows = [(joined(*leg.leaving), leg.leg.deal.source.most) for leg in legs]
    for leg in legs:
        p.row(dict.fromkeys(leg.first, 1.0), low=1.0)
    values = p.best()
    if values is None:
        return _unfed(model)
    if p.worth(values)[GOAL] <= 0.0 or any(_sum(flow, values) <= ROUNDING * most for flow, most in flows):
        values = _fullest(p, flows, works)
        if values is None:
            return _unfed(model)
    worth = p.worth(values) - model.above(works, values)
    outside = model.outside.get(legs[0].leg.deal.source.id)
    reach = _breakeven(model, *(() if worth[COST] > 0.0 else (1.0,)))
    return Solved(model.case, model.chain, legs, works, model.works, p, values, worth, reach, qualities, outside)


def _fullest(p: Program, flows: Sequence[tuple[dict[int, float], float]], works: WorksColumns | None) -> Array | None:
    """All that the first leg can carry, at least cost, and of what is made of it all that the second can.

    None where nothing can flow through some leg.
    """
    values: Array | None = None
    for flow, most in flows:
        aim = np.zeros(len(p.prices))
        for n, x in flow.items():
            aim[n] = -x
        if values is not None and _sum(flow, values) > ROUNDING * most:
            break  # the second leg is used anyway
        if values is not None and works is not None:
            for n in works.activity:
                p.row({n: 1.0}, high=float(values[n]) * (1.0 + ROUNDING))
        full = p.best(aim)
        largest = 0.0 if full is None else _sum(flow, full)
        if largest <= ROUNDING * most:
            return None
        p.row(flow, low=largest * (1.0 - ROUNDING))
        values = p.best()
        if values is None:
            return None
    return values


def _unfed(model: Model) -> str:
    """Why nothing can flow: what the facility needs besides, or cannot get rid of."""
    from planner.assemble.streams import discharge_of, is_suppliable, sale_of

    if model.works is None:
        return "nothing can flow"
    name = model.works.member.name
    fed = {deal.sink.id for deal in model.chain.deals}
    served = {deal.source.id for deal in model.chain.deals}
    lacks = [s.name for s, _ in model.works.sinks if s.id not in fed and not is_suppliable(model.case, s)]
    if lacks:
        return f"needs {name}, and that needs {' and '.join(lacks)} from somebody else"
    stuck = [
        s.name
        for s, _ in model.works.sources
        if s.id not in served and discharge_of(model.case, s) is None and sale_of(model.case, s) is None
    ]
    if stuck:
        return f"needs {name}, and somebody who takes its {' and '.join(stuck)}"
    return f"needs {name}, whose smallest size or least activity is above what can flow"


def _breakeven(model: Model, most: float = np.inf) -> float:
    """How many times as long all ways may be until nothing is saved any more; infinite where that is never.

    Newton's method: what is saved falls along a convex curve where only costs go with the length; where losses do as
    well it falls faster, and the interval is halved.
    """
    longest = [_longest(leg) for leg in model.legs]
    high = min(most, *longest)
    if not np.isfinite(high) and all(x == np.inf for x in longest) and not any(_km(leg) > 0.0 for leg in model.legs):
        return np.nan
    low, (gain, falls) = 0.0, _saved(model, 0.0)
    if gain <= 0.0:
        return 0.0
    for _ in range(_STEPS):
        if falls <= 0.0 and not np.isfinite(high):
            return np.inf
        at = min(low + gain / falls, high) if falls > 0.0 else high
        if at - low <= _CLOSE * max(low, 1.0):
            break
        here = _saved(model, at)
        while here[0] < 0.0 and at - low > _CLOSE * max(low, 1.0):
            high, at = at, 0.5 * (low + at)
            here = _saved(model, at)
        if here[0] < 0.0:
            break
        low, (gain, falls) = at, here
        if gain <= 0.0:
            break
    return low


def _saved(model: Model, scale: float) -> tuple[float, float]:
    """Cost that is saved over so many times the lengths, and by how much it falls with them."""
    p, legs, works = model.program(scale)
    for leg in legs:
        p.row(dict.fromkeys(leg.first, 1.0), low=1.0)
    values = p.best(np.array([price[COST] for price in p.prices]))
    if values is None or _sum(joined(*legs[0].leaving), values) <= ROUNDING * legs[0].leg.deal.source.most:
        return -1.0, 0.0
    worth = p.worth(values) - model.above(works, values)
    return float(worth[COST]), sum(_by_length(leg, values) for leg in legs)


def _by_length(leg: LegColumns, values: Array) -> float:
    """What the ways of a leg cost a year for once their length."""
    total = 0.0
    for way in leg.ways:
        if values[way.built] > 0.5:
            total += float(way.option.per_m[COST]) * way.once[0] * 1000.0
            total += float(way.option.per_cost_m[COST]) * way.once[1] * 1000.0
            moved = np.array([values[n] for n in way.flow])
            total += float(way.option.hauled[:, COST] @ moved) * way.once[0]
    return total


def _km(leg: Leg) -> float:
    """Length of its shortest option [km]."""
    lengths = [float(x.mean[0]) / 1000.0 for _, x, _ in leg.options if not np.isnan(x.mean[0])]
    return min(lengths, default=0.0)


def _longest(leg: Leg) -> float:
    """How many times its length an exchange may go: by its links, and ``FARTHEST_KM``."""
    found = [
        min(longest, FARTHEST_KM) / (float(x.mean[0]) / 1000.0)
        for _, x, longest in leg.options
        if not np.isnan(x.mean[0]) and x.mean[0] > 0.0
    ]
    return max(found, default=np.inf)


def _sum(terms: dict[int, float], values: Array) -> float:
    return float(sum(x * values[n] for n, x in terms.items()))
