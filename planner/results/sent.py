"""What each exchange sends through the stretches of a main: on its way, or by flow tracing where ways are not unique.

In a connected part of a main in service without loops, there is one way from a giver to a taker, and an exchange
sends its peak rate (what leaves its source) through all stretches of it, whoever else's flow is mixed with its own on
the way. In a part with loops it sends what proportional sharing of the net flows tells (see
``planner.results.tracing``).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from planner.results.network import Network, User
from planner.results.network_money import parts
from planner.results.tracing import Arc, trace

NEGLIGIBLE = 1e-9

ON_ITS_WAY, TRACED = "peak rate on its way", "peak rate by flow tracing"
IN_MAIN, BY_LENGTH_IN_MAIN = "peak rate in the whole main", "peak rate x length in the whole main"
EQUAL = "equal"


@dataclass(frozen=True)
class Sent:
    """What each exchange sends through a main.

    Attributes
    ----------
    by_stretch
        Stretch -> exchange -> peak rate [unit/h].
    looped
        Stretches in parts with loops.
    rates
        Exchange -> peak rate that leaves its source [unit/h].
    whole
        Exchange -> peak rate x length in the whole main [unit/h m].
    """

    by_stretch: Mapping[str, Mapping[str, float]]
    looped: frozenset[str]
    rates: Mapping[str, float]
    whole: Mapping[str, float]

    def shares(self, stretch: str) -> tuple[dict[str, float], str]:
        """Shares of the exchanges in a stretch, and by what.

        A stretch that no exchange's way uses (it holds what is lost, or a spare pipe) is shared by all in proportion
        to their peak rates; with loops, by rate x length.
        """
        own = self.by_stretch.get(stretch, {})
        looped = stretch in self.looped
        choices = ((own, TRACED), (self.whole, BY_LENGTH_IN_MAIN)) if looped else ((own, ON_ITS_WAY),)
        for rates, key in (*choices, (self.rates, IN_MAIN)):
            if sum(rates.values()) > NEGLIGIBLE:
                used = {name: rate for name, rate in rates.items() if rate > NEGLIGIBLE}
                return dict(zip(used, parts(list(used.values())), strict=True)), key
        return dict(zip(self.rates, parts([0.0] * len(self.rates)), strict=True)), EQUAL


def sent_through(network: Network, main: str) -> Sent:
    """Peak rates that each exchange sends through the stretches of a main."""
    users = network.users(main)
    rates = {user: _rate(network, main, user) for user in users}
    ends = {name: _ends(network, name) for n, name in network.on_bed if n == main}
    looped = _looped(ends)
    found: dict[str, dict[str, float]] = {stretch: {} for stretch in ends}
    tree = _beside({name: both for name, both in ends.items() if name not in looped})
    for user, (giver, taker) in users.items():
        for stretch in _way(tree, giver, taker):
            found[stretch][user[0]] = found[stretch].get(user[0], 0.0) + rates[user]
    if looped:
        for stretch, traced in _traced(network, main, list(ends)).items():
            if stretch in looped:
                found[stretch] = traced
    leaving: dict[str, float] = defaultdict(float)
    whole = dict.fromkeys((exchange for exchange, _ in users), 0.0)
    for user, rate in rates.items():
        leaving[user[0]] += rate
    for stretch, sent in found.items():
        for exchange, rate in sent.items():
            whole[exchange] += rate * network.stretch(stretch).length_m
    return Sent(found, looped, leaving, whole)


def _rate(network: Network, main: str, user: User) -> float:
    """Peak rate that leaves the source of an exchange, the mean of all states [unit/h]."""
    instance, value = network.books.assembly.instance, network.books.solution.value
    hours = instance.mains[main].users[user]
    return sum(data.weight * value("flow", *user, state) / hours[state] for state, data in instance.states.items())


def _ends(network: Network, stretch: str) -> tuple[str, str]:
    ends = network.stretch(stretch)
    return ends.tail, ends.head


def _looped(ends: Mapping[str, tuple[str, str]]) -> frozenset[str]:
    """Stretches of the connected parts that have a loop: as many stretches as nodes, or more."""
    beside = _beside(ends)
    seen: set[str] = set()
    looped: set[str] = set()
    for start in beside:
        if start in seen:
            continue
        nodes, waiting = {start}, [start]
        while waiting:
            fresh = {node for node, _ in beside[waiting.pop()]} - nodes
            nodes |= fresh
            waiting += sorted(fresh)
        stretches = {name for node in nodes for _, name in beside[node]}
        seen |= nodes
        if len(stretches) >= len(nodes):
            looped |= stretches
    return frozenset(looped)


def _beside(ends: Mapping[str, tuple[str, str]]) -> dict[str, list[tuple[str, str]]]:
    """Node -> (node next to it, stretch between)."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, (tail, head) in ends.items():
        found[tail].append((head, name))
        found[head].append((tail, name))
    return dict(found)


def _way(tree: Mapping[str, list[tuple[str, str]]], start: str, end: str) -> Iterable[str]:
    """Stretches from one node to another where there is one way at most; none where there is none."""
    came: dict[str, tuple[str, str]] = {start: ("", "")}
    waiting = [start]
    while waiting and end not in came:
        node = waiting.pop()
        for other, stretch in tree.get(node, ()):
            if other not in came:
                came[other] = node, stretch
                waiting.append(other)
    if end not in came:
        return
    while end != start:
        end, stretch = came[end]
        yield stretch


def _traced(network: Network, main: str, beds: Iterable[str]) -> dict[str, dict[str, float]]:
    """Peak rates by flow tracing of net flows: stretch -> exchange -> rate."""
    instance = network.books.assembly.instance
    users = network.users(main)
    found: dict[str, dict[str, float]] = {stretch: {} for stretch in beds}
    for state, data in instance.states.items():
        left = {user: network.books.solution.value("flow", *user, state) for user in users}
        injected = {user: (giver, left[user]) for user, (giver, _) in users.items()}
        arcs = {stretch: _arc(network, main, stretch, state) for stretch in found}
        for stretch, amounts in trace(injected, arcs).items():
            for user, amount in amounts.items():
                rate = data.weight * amount / instance.mains[main].users[user][state]
                found[stretch][user[0]] = found[stretch].get(user[0], 0.0) + rate
    return found


def _arc(network: Network, main: str, stretch: str, state: str) -> Arc:
    plus, minus = network.through(main, stretch, state)
    ends = network.stretch(stretch)
    keep = 1.0 - network.books.assembly.instance.mains[main].beds[stretch].share_lost
    if plus >= minus:
        return Arc(ends.tail, ends.head, plus - minus, keep)
    return Arc(ends.head, ends.tail, minus - plus, keep)
