"""What flows in a main, split into commodities, and the most of each that a stretch can see.

The flow of a main is one pool. It is split by the hours that turn amounts a year into peak rates, by sink or source,
because that makes the relaxation tighter, and into what the pipes owe on the way.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .instance import Instance
from .network import BedData, MainData
from .operations import most
from .reach import Reach, reach_of

Member = tuple[str, str]  # exchange, option
Amounts = Mapping[str, float]
Bounds = dict[tuple[str, str, str, str], float]  # commodity, stretch, direction, state
#: Commodity of what is owed on the way.
LOSS = "what is lost on the way"


@dataclass(frozen=True)
class Strength:
    """Strengthenings of the formulation; all of them cost nothing but rows, and are there to be switched off in tests.

    Attributes
    ----------
    reach
        Bounds of the flow on a stretch from what can reach it and what it can reach; else the total.
    one_binary
        One build decision for both directions; else one each.
    by_end
        A commodity for each sink, or each source where the sources give less than the sinks could take; else one for
        all with the same hours.
    distance
        Rows for free places: (M3) with equality and (M4), and their like for pipes of one exchange.
    """

    reach: bool = True
    one_binary: bool = True
    by_end: bool = True
    distance: bool = True


@dataclass
class Commodity:
    """A part of the flow in a main.

    Attributes
    ----------
    hours
        By state, amount a year per unit/h of peak rate [h/yr].
    """

    main: str
    name: str
    hours: Amounts
    members: list[Member] = field(default_factory=list)


def most_of(bed: BedData, z: str) -> int:
    """Most pipes of a size that may lie in a bed."""
    return 1 if bed.pipes[z].existing else bed.parallel


def loses(main: MainData) -> bool:
    """Whether anything is lost on the way through a main."""
    return owes(main) or any(bed.share_lost > 0 for bed in main.beds.values())


def owes(main: MainData) -> bool:
    """Whether pipes of a main lose something while in service, or add something, whatever flows."""
    return any(v for bed in main.beds.values() for pipe in bed.pipes.values() for v in pipe.owed_loss.values())


def owed_in(main: MainData, t: str, sign: int) -> float:
    """The most that its pipes can owe in a state (``sign`` 1), or give besides what is sent (-1) [unit/yr]."""
    pipes = ((bed, z, pipe) for bed in main.beds.values() for z, pipe in bed.pipes.items())
    return sum(most_of(bed, z) * max(0.0, sign * pipe.owed_loss.get(t, 0.0)) for bed, z, pipe in pipes)


def commodities_of(d: Instance, n: str, strength: Strength) -> list[Commodity]:
    """Commodities of a main."""
    main = d.mains[n]
    found: dict[tuple[str, tuple[float, ...]], Commodity] = {}
    scarce = all(_supply(d, main.users, t) < _demand(d, main.users, t) * (1 - 1e-9) for t in d.states)
    for (e, s), hours in main.users.items():
        end = d.exchanges[e].source if scarce else d.exchanges[e].sink
        label = end if strength.by_end else "all"
        key = (label, tuple(round(hours[t], 6) for t in d.states))
        if key not in found:
            alike = sum(1 for other in found if other[0] == label)
            found[key] = Commodity(n, f"{label} #{alike + 1}" if alike else label, hours)
        found[key].members.append((e, s))
    commodities = list(found.values())
    if owes(main):
        commodities.append(Commodity(n, LOSS, main.hours, list(main.users)))
    return commodities


def bounds_of(d: Instance, n: str, commodities: Iterable[Commodity], strength: Strength) -> Bounds:
    """(commodity, stretch, direction, state) -> the most that can enter [unit/yr]."""
    main = d.mains[n]
    reach = reach_of(d, n) if strength.reach else None
    found = {}
    for c in commodities:
        for t in d.states:
            total = _total(d, main, c, t)
            for a, bed in main.beds.items():
                room = sum(most_of(bed, z) * pipe.capacity for z, pipe in bed.pipes.items()) * c.hours[t]
                room = math.inf if d.stretches[a].free else room
                for way, free in (("+", bed.forward), ("-", bed.backward)):
                    most = total if reach is None else min(total, _reaching(d, c, reach, (a, way, t)))
                    found[c.name, a, way, t] = min(most, room) if free else 0.0
    return found


def _total(d: Instance, main: MainData, c: Commodity, t: str) -> float:
    """The most of a commodity that can flow at all [unit/yr]."""
    if c.name == LOSS:
        return min(_sent(main, owed_in(main, t, 1)), _supply(d, c.members, t)) + owed_in(main, t, -1)
    return min(_supply(d, c.members, t), _sent(main, _demand(d, c.members, t)))


def _sent(main: MainData, arriving: float) -> float:
    """The most that must be sent for an amount to arrive, whatever way it takes [unit/yr]."""
    kept = math.prod(1.0 - bed.share_lost for bed in main.beds.values())
    return arriving / kept if kept > 1e-9 else math.inf


def _supply(d: Instance, members: Iterable[Member], t: str) -> float:
    """The most that can leave the sources of some users [unit/yr]."""
    by_source: dict[str, float] = {}
    for e, s in members:
        i = d.exchanges[e].source
        by_source[i] = by_source.get(i, 0.0) + d.exchanges[e].options[s].max_flow[t]
    return sum(min(flow, _amount(d, d.sources[i], t)) for i, flow in by_source.items())


def _demand(d: Instance, members: Iterable[Member], t: str) -> float:
    """The most that the sinks of some users can take [unit of the source/yr]."""
    by_sink: dict[str, list[Member]] = {}
    for e, s in members:
        by_sink.setdefault(d.exchanges[e].sink, []).append((e, s))
    total = 0.0
    for j, users in by_sink.items():
        ratio = min(d.exchanges[e].ratio for e, _ in users)
        flow = sum(most_arriving(d, e, s, t) for e, s in users)
        total += min(flow, _taken(d, j, t) / ratio) if ratio > 0 else flow
    return total


def demand_of(d: Instance, e: str, s: str, t: str) -> float:
    """The most that can arrive by an option of an exchange [unit of the source/yr]."""
    exchange = d.exchanges[e]
    flow = most_arriving(d, e, s, t)
    if exchange.ratio <= 0:
        return flow
    most = _taken(d, exchange.sink, t)
    if len(d.states) == 1:  # a share of the yearly demand says nothing of one state of several
        most = min(most, exchange.max_share * _amount(d, d.sinks[exchange.sink], t))
    return min(flow, most / exchange.ratio)


def most_arriving(d: Instance, e: str, s: str, t: str) -> float:
    """The most that leaves by an option over a main, with all that its pipes can add [unit/yr]."""
    option = d.exchanges[e].options[s]
    added = 0.0 if option.main is None or option.main not in d.mains else owed_in(d.mains[option.main], t, -1)
    return option.max_flow[t] + added


def _taken(d: Instance, j: str, t: str) -> float:
    """The most that a sink takes by exchanges [unit of the sink/yr]."""
    sink = d.sinks[j]
    return (sink.max_exchanged_share if len(d.states) == 1 else 1.0) * _amount(d, sink, t)


def _amount(d: Instance, stream: Any, t: str) -> float:
    return most(d, stream, t)


def _reaching(d: Instance, c: Commodity, reach: Reach, entering: tuple[str, str, str]) -> float:
    """The most of a commodity that can come to a stretch and go on from it [unit/yr]."""
    a, way, t = entering
    givers = [(e, s) for e, s in c.members if reach.comes(a, way, {p for p, _ in d.exchanges[e].options[s].pairs})]
    if c.name == LOSS:
        return _supply(d, givers, t) + owed_in(d.mains[c.main], t, -1)
    takers = [(e, s) for e, s in c.members if reach.goes(a, way, {q for _, q in d.exchanges[e].options[s].pairs})]
    return min(_supply(d, givers, t), _sent(d.mains[c.main], _demand(d, takers, t)))
