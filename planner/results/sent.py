"""What each exchange sends through the stretches of a main: all of it through bridges, by flow tracing in loops.

A stretch of a main in service that lies on no loop (a bridge) parts the main in two. An exchange sends its peak rate
(what leaves its source) through it if its giver and its taker lie on different sides, and nothing else, whoever else's
flow is mixed with its own. What hangs together by loops is a block; an exchange enters and leaves it at its own places,
or at the bridges on its way. Through a stretch of a block it sends the part of its peak rate that comes from where it
enters and goes to where it leaves by proportional sharing of the net flows (see ``planner.results.tracing``).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from planner.results.bridges import Beside, beside, blocks, bridges
from planner.results.flows import loses
from planner.results.network import Network, User
from planner.results.network_money import parts
from planner.results.tracing import Arc, Sending, passing

NEGLIGIBLE = 1e-9

ON_ITS_WAY, TRACED = "peak rate on its way", "peak rate by flow tracing"
IN_MAIN = "peak rate in the whole main"
EQUAL = "equal"


@dataclass(frozen=True)
class Sent:
    """What each exchange sends through a main.

    Attributes
    ----------
    by_stretch
        Stretch -> exchange -> peak rate [unit/h].
    looped
        Stretches that lie on a loop.
    rates
        Exchange -> peak rate that leaves its source [unit/h].
    """

    by_stretch: Mapping[str, Mapping[str, float]]
    looped: frozenset[str]
    rates: Mapping[str, float]

    def shares(self, stretch: str) -> tuple[dict[str, float], str]:
        """Shares of the exchanges in a stretch, and by what.

        A stretch that no exchange uses (it holds what is lost, or a spare pipe) is shared by all in proportion to
        their peak rates.
        """
        own = self.by_stretch.get(stretch, {})
        for rates, key in ((own, TRACED if stretch in self.looped else ON_ITS_WAY), (self.rates, IN_MAIN)):
            if sum(rates.values()) > NEGLIGIBLE:
                used = {name: rate for name, rate in rates.items() if rate > NEGLIGIBLE}
                return dict(zip(used, parts(list(used.values())), strict=True)), key
        return dict(zip(self.rates, parts([0.0] * len(self.rates)), strict=True)), EQUAL


def sent_through(network: Network, main: str) -> Sent:
    """Peak rates that each exchange sends through the stretches of a main."""
    users = network.users(main)
    rates = {user: _rate(network, main, user) for user in users}
    ends = {name: network.ends_in(main, name) for n, name in network.on_bed if n == main}
    cut = bridges(ends)
    block, near = blocks(ends, cut), beside(ends)
    found: dict[str, dict[str, float]] = {stretch: defaultdict(float) for stretch in ends}
    through: dict[str, dict[User, tuple[str, str]]] = defaultdict(dict)
    for user, (giver, taker) in users.items():
        for start, stretch, end in way_between(near, giver, taker):
            if stretch in cut:
                found[stretch][user[0]] += rates[user]
            else:  # the first stretch of a block says where it enters, the last where it leaves
                entered = through[block[stretch]].get(user, (start, end))[0]
                through[block[stretch]][user] = entered, end
    for name, crossing in through.items():
        stretches = [stretch for stretch, other in block.items() if other == name]
        for stretch, user, rate in _traced(network, main, stretches, crossing):
            found[stretch][user[0]] += rate
    leaving: dict[str, float] = defaultdict(float)
    for user, rate in rates.items():
        leaving[user[0]] += rate
    return Sent({stretch: dict(sent) for stretch, sent in found.items()}, frozenset(block), dict(leaving))


def _rate(network: Network, main: str, user: User) -> float:
    """Peak rate that leaves the source of an exchange, the mean of all states [unit/h]."""
    instance, value = network.books.assembly.instance, network.books.solution.value
    hours = instance.mains[main].users[user]
    running = ((state, data) for state, data in instance.states.items() if hours[state] > 0)
    return sum(data.weight * value("flow", *user, state) / hours[state] for state, data in running)


def way_between(near: Beside, start: str, end: str) -> Iterator[tuple[str, str, str]]:
    """Stretches of a shortest way, by number, each with the nodes it leads from and to; none where there is none."""
    came: dict[str, tuple[str, str]] = {end: ("", "")}
    waiting = [end]
    for node in waiting:  # backwards, so that the way comes out in its own order
        if node == start:
            break
        for other, stretch in near.get(node, ()):
            if other not in came:
                came[other] = node, stretch
                waiting.append(other)
    while start in came and start != end:
        following, stretch = came[start]
        yield start, stretch, following
        start = following


def _traced(
    network: Network, main: str, stretches: list[str], crossing: Mapping[User, tuple[str, str]]
) -> Iterator[tuple[str, User, float]]:
    """Peak rates in the stretches of a block, of the exchanges that enter and leave it at some nodes."""
    instance, value = network.books.assembly.instance, network.books.solution.value
    family = "arrived" if loses(network.books, main) else "flow"
    for state, data in instance.states.items():
        sendings = {
            user: Sending(*ends, value("flow", *user, state), value(family, *user, state))
            for user, ends in crossing.items()
        }
        arcs = {stretch: _arc(network, main, stretch, state) for stretch in stretches}
        for stretch, shares in passing(sendings, arcs).items():
            for user, share in shares.items():
                hours = instance.mains[main].users[user][state]
                rate = sendings[user].leaving / hours if hours > 0 else 0.0
                yield stretch, user, data.weight * share * rate


def _arc(network: Network, main: str, stretch: str, state: str) -> Arc:
    plus, minus = network.through(main, stretch, state)
    tail, head = network.ends_in(main, stretch)
    keep = 1.0 - network.books.assembly.instance.mains[main].beds[stretch].share_lost
    if plus >= minus:
        return Arc(tail, head, plus - minus, keep)
    return Arc(head, tail, minus - plus, keep)
