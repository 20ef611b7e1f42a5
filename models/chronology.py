"""The order of states in the year, and what a store keeps from one to the next; data and numbers, no Pyomo.

The year is a row of blocks. A block is a group of states, its steps, passed through one after the other, ``repeats``
times in a row: 24 h of day and night 183 times, then the same of another season 182 times. A state that is passed once
a year is a group of one step in a block of one repeat. A group may come back in several blocks (typical days in the
order of the year). passes of a group = sum of the repeats of its blocks; a step lasts hours_t / passes in each pass.

Content decays by a share an hour, loss: of a unit left alone, keep(h) = (1 - loss)^h is there after h hours, the
solution of ds/dt = -k s with k = -ln(1 - loss). Where net comes in, less what is drawn, at an even rate over the h
hours, ds/dt = -k s + net / h, so that

    s(h) = keep(h) s(0) + spread(h) net,    spread(h) = (1 - keep(h)) / (k h),   1 where loss = 0.

That is exact, not an approximation, and linear in s(0) and net. Between its ends s only rises or only falls, so that
limits of the content hold throughout a step where they hold at its ends. Of r passes alike, each with ``gained`` from
nothing, s after r is keep^r s(0) + (1 + keep + ... + keep^(r-1)) gained: the superposition of Kotzur, Markewitz,
Robinius & Stolten (2018, "Time series aggregation for energy system design: modeling seasonal storage", content between
typical periods + content inside them). The passes of a block are in a row and alike, so that content at their beginning
runs one way only, and the first and the last pass bound all of them.

Example: loss 0.01 %/h. Of 1,000 MWh that come in evenly over 4,380 h of summer keep = 0.9999^4380 = 0.6453 and spread =
(1 - 0.6453) / 0.43802 = 0.8098: 809.8 MWh are there in autumn. Drawn evenly over as many hours of winter until nothing
is left: 0.6453 x 809.8 = 0.8098 x drawn, so that drawn = 645.3 MWh.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

Unit = str
State = str
Group = str
#: Less than this share of a content is nothing.
NOTHING = 1e-9


@dataclass(frozen=True)
class BlockData:
    """A stretch of the year: a group of states, passed through several times in a row.

    Attributes
    ----------
    group
        The states passed through.
    repeats
        How often, a whole number from 1.
    """

    group: Group
    repeats: int = 1


@dataclass(frozen=True)
class Chronology:
    """States in the order of the year, which is a ring: after the last block comes the first.

    Attributes
    ----------
    groups
        Group -> its states, the steps of one pass, in order. A state belongs to one group.
    blocks
        The year, in order; every group is in one block at least.
    """

    groups: Mapping[Group, tuple[State, ...]]
    blocks: tuple[BlockData, ...]

    @cached_property
    def group_of(self) -> Mapping[State, Group]:
        """State -> its group."""
        return {t: g for g, steps in self.groups.items() for t in steps}

    @cached_property
    def passes(self) -> Mapping[Group, int]:
        """Group -> how often it is passed through in a year."""
        found = dict.fromkeys(self.groups, 0)
        for block in self.blocks:
            found[block.group] += block.repeats
        return found

    @cached_property
    def before(self) -> Mapping[State, State]:
        """State -> the step before it in a pass; a first step is not in it."""
        return {t: steps[n] for steps in self.groups.values() for n, t in enumerate(steps[1:])}

    @property
    def last(self) -> Mapping[Group, State]:
        """Group -> its last step."""
        return {g: steps[-1] for g, steps in self.groups.items()}

    def span(self, t: State, hours: float) -> float:
        """Hours that a state of ``hours`` a year lasts in each pass [h]."""
        return hours / self.passes[self.group_of[t]]

    def steps(self) -> Iterator[tuple[int, State]]:
        """All (block, state), in the order of the year."""
        for n, block in enumerate(self.blocks):
            for t in self.groups[block.group]:
                yield n, t


def in_order(states: Mapping[State, object]) -> Chronology:
    """Every state passed once a year, in the order of the mapping."""
    return Chronology({t: (t,) for t in states}, tuple(BlockData(t) for t in states))


def passes_of(hours: float, cycle: float) -> int:
    """Whole number of passes nearest to ``hours`` a year in cycles of ``cycle`` hours, from 1.

    The model lets a pass last hours / passes, so that 2,190 h in cycles of 24 h are 91 passes of 24.07 h.

    Raises
    ------
    ValueError
        If hours or cycle is not above 0.
    """
    if not (hours > 0 and cycle > 0):
        raise ValueError(f"hours and cycle must be above 0, not {hours:g} and {cycle:g}")
    return max(1, round(hours / cycle))


@dataclass(frozen=True)
class StoreData:
    """A store: what fills it and what it gives are streams of its unit, its capacity [unit] that of a facility.

    Sinks of the unit are what charging takes, sources what drawing gives; ``amount`` of each is per unit charged, per
    unit drawn (1, and for a second stream, as the power of a pump, what a unit of the first needs of it). The hours of
    its ``FacilityData`` are those in which it may be charged and drawn.

    Attributes
    ----------
    rate_in, rate_out
        Largest rate charged, drawn, as a share of the capacity [1/h]; inf where it sets no limit.
    largest_in, largest_out
        The same whatever the capacity [unit/h]; inf where there is none. Rate or largest must be finite.
    efficiency_in, efficiency_out
        Content gained by a unit charged, unit drawn of a unit of content. Above 1 only where the resources differ.
    loss
        Share of the content lost an hour, 0 <= loss < 1 [1/h].
    """

    rate_in: float = math.inf
    rate_out: float = math.inf
    largest_in: float = math.inf
    largest_out: float = math.inf
    efficiency_in: float = 1.0
    efficiency_out: float = 1.0
    loss: float = 0.0


@dataclass(frozen=True)
class Decay:
    """What of a store's content is left over steps and blocks.

    Attributes
    ----------
    keep, spread
        By state: share of the content at the beginning of a step that is there at its end; share of what comes in
        evenly over the step.
    left
        By state: share of the content at the beginning of a pass that is there at the end of the step.
    over, again
        By block: share of the content at its beginning that is there at its end; contents of one pass from nothing
        that its passes add up to.
    over_last, again_last
        The same up to the beginning of the last pass of the block.
    """

    keep: Mapping[State, float]
    spread: Mapping[State, float]
    left: Mapping[State, float]
    over: tuple[float, ...]
    again: tuple[float, ...]
    over_last: tuple[float, ...]
    again_last: tuple[float, ...]


def decay(loss: float, chronology: Chronology, hours: Mapping[State, float]) -> Decay:
    """What is left of the content of a store.

    Parameters
    ----------
    loss
        Share lost an hour [1/h].
    chronology
        Order of the states.
    hours
        By state, hours a year [h/yr].
    """
    rate = -math.log1p(-loss)
    gone = {t: rate * chronology.span(t, hours[t]) for g in chronology.groups.values() for t in g}
    since: dict[State, float] = {}
    for steps in chronology.groups.values():
        total = 0.0
        for t in steps:
            total += gone[t]
            since[t] = total
    whole = [since[chronology.last[block.group]] for block in chronology.blocks]
    repeats = [block.repeats for block in chronology.blocks]
    return Decay(
        keep={t: _kept(x) for t, x in gone.items()},
        spread={t: -math.expm1(-x) / x if x > 0 else 1.0 for t, x in gone.items()},
        left={t: _kept(x) for t, x in since.items()},
        over=tuple(_kept(r * x) for r, x in zip(repeats, whole, strict=True)),
        again=tuple(_repeated(r, x) for r, x in zip(repeats, whole, strict=True)),
        over_last=tuple(_kept((r - 1) * x) for r, x in zip(repeats, whole, strict=True)),
        again_last=tuple(_repeated(r - 1, x) for r, x in zip(repeats, whole, strict=True)),
    )


def _kept(exponent: float) -> float:
    """Share left of a content; one that is as good as gone is gone, so that losses are never understated."""
    share = math.exp(-exponent)
    return share if share > NOTHING else 0.0


def _repeated(r: int, exponent: float) -> float:
    """1 + keep + ... + keep^(r-1), keep = exp(-exponent)."""
    return math.expm1(-r * exponent) / math.expm1(-exponent) if exponent > 0 else float(r)


@dataclass(frozen=True)
class Level:
    """Content of a store at the end of a step, in the first and in the last pass of a block [unit]."""

    block: int
    state: State
    first: float
    last: float


def levels(
    store: StoreData,
    chronology: Chronology,
    hours: Mapping[State, float],
    between: Mapping[int, float],
    amounts: tuple[Mapping[State, float], Mapping[State, float]],
) -> list[Level]:
    """Contents of a store through the year.

    Parameters
    ----------
    store, chronology
        The store; the order of the states.
    hours
        By state, hours a year [h/yr].
    between
        Block, counted from 0 -> content at its beginning [unit]; none is 0.
    amounts
        By state, what is charged and what is drawn in a year [unit/yr]; none is 0.

    Returns
    -------
    list of Level
        In the order of the year; between first and last pass the content runs one way only.
    """
    left, (charged, drawn) = decay(store.loss, chronology, hours), amounts
    gained: dict[State, float] = {}
    for g, steps in chronology.groups.items():
        for t in steps:
            net = store.efficiency_in * charged.get(t, 0.0) - drawn.get(t, 0.0) / store.efficiency_out
            before = left.keep[t] * gained[chronology.before[t]] if t in chronology.before else 0.0
            gained[t] = before + left.spread[t] * net / chronology.passes[g]
    found = []
    for n, t in chronology.steps():
        start = between.get(n, 0.0)
        end = left.over_last[n] * start + left.again_last[n] * gained[chronology.last[chronology.group_of[t]]]
        found.append(Level(n, t, left.left[t] * start + gained[t], left.left[t] * end + gained[t]))
    return found


def faults(chronology: Chronology, hours: Mapping[State, float]) -> list[str]:
    """What is wrong with an order of the states, in plain words; empty where nothing is."""
    steps = [t for group in chronology.groups.values() for t in group]
    found = [f"chronology: no such state {t!r}" for t in dict.fromkeys(steps) if t not in hours]
    found += [f"chronology: state {t!r} is in no group" for t in hours if t not in steps]
    found += [f"chronology: state {t!r} is in several groups" for t in dict.fromkeys(steps) if steps.count(t) > 1]
    found += [f"chronology: group {g!r} has no states" for g, group in chronology.groups.items() if not group]
    named = {block.group for block in chronology.blocks}
    found += [f"chronology: group {g!r} is in no block" for g in chronology.groups if g not in named]
    found += [f"chronology: no such group {g!r}" for g in sorted(named - chronology.groups.keys())]
    found += [
        f"chronology: block {n + 1} repeats {block.repeats:g} times, expected a whole number from 1"
        for n, block in enumerate(chronology.blocks)
        if block.repeats < 1 or block.repeats != int(block.repeats)
    ]
    return found + [f"chronology: state {t!r} has {h:g} h" for t, h in hours.items() if not 0 < h < math.inf]


def store_faults(x: StoreData) -> list[str]:
    """What is wrong with the numbers of a store, in plain words; empty where nothing is."""
    found = [] if 0.0 <= x.loss < 1.0 else [f"loses {x.loss:g} of its content an hour, expected 0 up to below 1"]
    shares = {"efficiency in": x.efficiency_in, "efficiency out": x.efficiency_out}
    found += [f"{name} {value:g}, expected above 0" for name, value in shares.items() if not 0.0 < value < math.inf]
    for name in ("rate_in", "rate_out", "largest_in", "largest_out"):
        if not getattr(x, name) >= 0.0:
            found.append(f"{name.replace('_', ' ')} {getattr(x, name):g}, expected 0 or more")
    if not (math.isfinite(x.rate_in) or math.isfinite(x.largest_in)):
        found.append("nothing says how fast it can be charged")
    if not (math.isfinite(x.rate_out) or math.isfinite(x.largest_out)):
        found.append("nothing says how fast it can be drawn")
    return found
