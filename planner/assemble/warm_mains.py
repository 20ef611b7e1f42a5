r"""Which places are too far along a main for its water ever to arrive as it must.

Water that arrives at a place has come from some giver, along stretches a of length L_a. Where C_a flows in pipes that
let U'_a through, its distance from the temperature around falls on each of them by exp(-U'_a L_a / C_a), and where it
meets other water, the mixture is no farther from it than the best of the two. So it arrives no better than at

    T_g + (T_s - T_g) exp(-L / best),    best = max over sizes z of C_z / U'_z,

L being the shortest way from any giver that may stand anywhere beside those two, and C_z the largest heat capacity
flow of a pipe of size z: what it carries, or all that the users of the main can send or take in the state if that is
less, at the least difference |T_a - T_r| at which takers draw. Pipes side by side do no better than the best of them.
A place where that is not enough is left out with nothing cut off: whatever flows besides, the table ``heat_pipes``
would call it too cold, with the tolerance that the table has.
"""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from models.instance import OptionData
from planner.assemble.exchanges import Deal
from planner.assemble.findings import Findings
from planner.assemble.mains import User, in_the_ground, largest_peak_in, largest_taken_in
from planner.assemble.options import Lay
from planner.assemble.reach import Reach
from planner.assemble.sizes import Sized, sizes_of
from planner.assemble.temperatures import note_too_cold
from planner.assemble.ways import Geometry, Way
from planner.case.case import Case
from planner.case.heat import HeatLevel
from planner.geography.distances import Pair
from planner.heat.in_pipes import ends_of, ground_of, let_through, transfers_of
from planner.hydraulics.temperatures import Loop, longest_way

#: Ways that are longer by less than this share are as long.
ROUNDING = 1e-6
#: More times than this is not asked for.
FARTHEST = 1e3
WATTS = 1e6

Ways = dict[str, tuple[Way, ...]]


def warm_ways(
    geometry: Geometry,
    deals: Mapping[str, Deal],
    ways: Mapping[str, tuple[Way, ...]],
    findings: Findings,
    *,
    relaxed: bool,
) -> Ways:
    """Ways less the pairs of places, and the states, in which what a main brings could only arrive too cold.

    Parameters
    ----------
    geometry, deals, ways
        Where units may stand, and how each exchange may be built.
    findings
        Told what is left out.
    relaxed
        Leave nothing out, but ask for the flow with which it would arrive, which is more than can flow: for the
        diagnosis.
    """
    found = dict(ways)
    mains = dict.fromkeys(way.main for options in ways.values() for way in options if way.main is not None)
    for main in mains:
        before = _users(main, deals, found)
        level = _asking(geometry.case, before[0])
        if level is None:
            continue
        if relaxed:
            found = _with_least_flows(_Warm.of(geometry, level, before), found, before)
            continue
        while users := _users(main, deals, found):  # fewer users send less, which cools in turn
            fewer = _without_cold(_Warm.of(geometry, level, users), found, users)
            if fewer == found:
                break
            found = fewer
        _note(before, _users(main, deals, found), geometry, findings)
    return found


def _asking(case: Case, user: User) -> HeatLevel | None:
    """The level of water that must arrive at a temperature, where the pipes of its main say what they let through."""
    level, link = case.resources[user.deal.source.resource].heat, user.way.link
    assert link is not None
    if level is None or level.arrives is None or level.arrives.supply is None:
        return None
    return level if any(transfers_of(size) is not None for size in link.sizes) else None


def _users(main: str, deals: Mapping[str, Deal], ways: Mapping[str, tuple[Way, ...]]) -> list[User]:
    return [User(deals[e], way) for e, options in ways.items() for way in options if way.main == main]


@dataclass(frozen=True)
class _Warm:
    """How far the water of a main may come.

    Attributes
    ----------
    metres
        By state, the longest way on which it can arrive as it must [m].
    givers
        Unit that gives -> places where it may stand.
    """

    geometry: Geometry
    reach: Reach
    metres: Mapping[str, float]
    givers: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, geometry: Geometry, level: HeatLevel, users: Iterable[User]) -> "_Warm":
        """What the users of a main could send through its best insulated size."""
        users = list(users)
        first = users[0]
        reach = geometry.reach(first.deal.source.resource)
        assert reach is not None
        givers: dict[str, frozenset[str]] = {}
        for user in users:
            site = user.deal.source.member.site
            givers[site] = givers.get(site, frozenset()) | {p for p, _ in user.way.pairs}
        sizes = _sizes(geometry.case, first)
        metres = {t: _longest(geometry.case, level, t, users, sizes) for t in first.deal.shared}
        return cls(geometry, reach, metres, givers)

    def too_far(self, deal: Deal, pair: Pair, state: str) -> float:
        """Times the longest way that the way of a pair of places is, from the nearest giver; at most 1 is near enough.

        Infinite where water leaves no better than it must arrive.
        """
        most = self.metres[state]
        if pair[0] == pair[1] or math.isinf(most):
            return 0.0
        nearest = self._nearest(deal, pair)
        return nearest / (most * (1.0 + ROUNDING)) if most > 0 else math.inf

    def _nearest(self, deal: Deal, pair: Pair) -> float:
        """Shortest way to the taker's place from the giver of an exchange, or any other wherever it may stand [m]."""
        p, q = pair
        giver, taker = deal.source.member.site, deal.sink.member.site
        if q in self.givers.get(taker, ()):
            return 0.0  # the taker gives there, too
        full = {place for place in pair if self.geometry.siting.places[place].tenants == 1}
        others = {place for site, where in self.givers.items() if site != giver for place in where - full}
        return min(self._metres(place, q) for place in {p, *others})

    def _metres(self, p: str, q: str) -> float:
        km = self.reach.km(p, q)
        return math.inf if km is None else km * 1000.0


def _sizes(case: Case, user: User) -> list[Sized]:
    """All sizes that a main may have, in the ground, too."""
    name, resource, quiet = user.way.name, user.deal.source.resource, Findings()  # faults are told with the main
    assert name is not None
    return [*sizes_of(case, name, resource, quiet), *in_the_ground(case, name, resource, quiet).values()]


def _longest(case: Case, level: HeatLevel, state: str, users: Collection[User], sizes: Iterable[Sized]) -> float:
    """The longest way on which the water of a main can arrive as it must in a state [m]."""
    assert level.arrives is not None
    assert level.arrives.supply is not None
    sends = [user for user in users if user.sends(state)]
    energy = case.resources[sends[0].deal.source.resource].content("MWh") if sends else None
    if not energy:
        return math.inf
    (supply, back), around = ends_of(level), ground_of(case, state)
    loop = Loop(supply, back, around, level.arrives.supply.value)
    most = min(largest_peak_in(sends, state), largest_taken_in(sends, state))
    # what the table calls the flow of the mean hour, of a peak rate
    mean = max(user.hours_in(state) for user in sends) / max(user.deal.shared[state] for user in sends)
    watts_per_kelvin = energy * WATTS * mean / abs(loop.least - back)
    best = 0.0
    for sized in sizes:
        through, _ = let_through(sized.size, level, around)
        carries = most if sized.capacity is None else min(sized.capacity, most)
        best = max(best, math.inf if through <= 0 else carries * watts_per_kelvin / through)
    return longest_way(loop, best)


def _without_cold(warm: _Warm, ways: Ways, users: Iterable[User]) -> Ways:
    """Ways less the pairs of places from which nothing can arrive as it must in any state; and less such states."""
    found = dict(ways)
    for user in users:
        data = _data(user)
        kept = {pair: x for pair, x in data.pairs.items() if any(_is_near(warm, user, pair, t) for t in data.max_flow)}
        flow = {
            t: most if any(_is_near(warm, user, pair, t) for pair in kept) else 0.0 for t, most in data.max_flow.items()
        }
        found[user.deal.id] = tuple(
            way if way.id != user.way.id else replace(way, data=replace(data, pairs=kept, max_flow=flow))
            for way in found[user.deal.id]
            if way.id != user.way.id or any(flow.values())
        )
    return found


def _data(user: User) -> OptionData:
    assert user.way.data is not None
    return user.way.data


def _is_near(warm: _Warm, user: User, pair: Pair, state: str) -> bool:
    return user.sends(state) and warm.too_far(user.deal, pair, state) <= 1.0


def _with_least_flows(warm: _Warm, ways: Ways, users: Iterable[User]) -> Ways:
    """Ways that ask for as many times the largest flow as their pairs of places are too far."""
    found = dict(ways)
    for user in users:
        data = _data(user)
        pairs = {pair: replace(x, least_flow=_least_flow(warm, user, pair)) for pair, x in data.pairs.items()}
        found[user.deal.id] = tuple(
            replace(way, data=replace(data, pairs=pairs)) if way.id == user.way.id else way
            for way in found[user.deal.id]
        )
    return found


def _least_flow(warm: _Warm, user: User, pair: Pair) -> dict[str, float]:
    far = {t: min(warm.too_far(user.deal, pair, t), FARTHEST) for t in warm.metres if user.sends(t)}
    return {t: times * _data(user).max_flow[t] for t, times in far.items() if times > 1.0}


def _note(before: Iterable[User], after: Iterable[User], geometry: Geometry, findings: Findings) -> None:
    """Say which pairs of places are left out."""
    kept = {user.deal.id: user.way.pairs for user in after}
    for user in before:
        lays = {pair: Lay(x.length * 1000.0, x.length * 1000.0, {}) for pair, x in user.way.pairs.items()}
        note_too_cold(user.deal, user.way, lays, kept.get(user.deal.id, {}), geometry.case, findings)
