"""Mains: which exchanges share one, and which pipes it may have on which stretch.

Capacities are for peak rates [unit/h]: those of an exchange are its amount a year over its shared hours, times its
peak factor. What a hot pipe in service owes is drawn in the longest shared hours of those who use the main.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from models.instance import ExchangeData
from models.network import BedData, MainData, PipeData, StretchId
from planner.assemble.assembly import MainFacts
from planner.assemble.exchanges import Deal
from planner.assemble.findings import Findings
from planner.assemble.losses import lost_per_metre
from planner.assemble.reach import Reach
from planner.assemble.sizes import Sized, sizes_of, worth_laying
from planner.assemble.ways import Geometry, Way
from planner.case.case import Case
from planner.case.cooling import heats
from planner.case.links import Link
from planner.geography.distances import Pair, Stretch
from planner.hydraulics.capacity import capacity_of_existing, size_of_existing

#: Size of a main whose link has none: it carries any flow.
ANY_SIZE = "any size"


@dataclass(frozen=True)
class User:
    """An exchange's option over a main."""

    deal: Deal
    way: Way

    @property
    def hours(self) -> float:
        """Amount a year per unit/h of peak rate [h/yr]."""
        return self.deal.hours.value / self.deal.peak

    def hours_in(self, state: str) -> float:
        """The same in one state."""
        return self.deal.shared[state] / self.deal.peak

    def sends(self, state: str) -> bool:
        """Whether it can send anything in a state."""
        return self.way.data is not None and self.way.data.max_flow[state] > 0.0

    def peak(self, state: str) -> float:
        """The largest peak rate it can send in a state, in which it runs [unit/h]."""
        assert self.way.data is not None
        return self.way.data.max_flow[state] / self.hours_in(state)


@dataclass(frozen=True)
class Main:
    """A main in the words of the case.

    Attributes
    ----------
    name, link, resource
        Its link, and what flows in it.
    sizes
        Size id -> size and capacity; those in the ground have ids of their own.
    in_place
        Sizes in the ground.
    users
        Who may use it.
    data
        The main as the mathematics see it.
    """

    id: str
    name: str
    link: Link
    resource: str
    sizes: Mapping[str, Sized]
    in_place: frozenset[str]
    users: tuple[User, ...]
    data: MainData

    @property
    def loses(self) -> bool:
        """Whether anything is lost on the way through it."""
        beds = self.data.beds.values()
        return any(bed.share_lost or any(pipe.owed_loss for pipe in bed.pipes.values()) for bed in beds)

    @property
    def facts(self) -> MainFacts:
        """The main in the user's words."""
        return MainFacts(
            self.name,
            self.resource,
            {z: None if sized.size is None else sized.size.size for z, sized in self.sizes.items()},
            {z: float("inf") if sized.capacity is None else sized.capacity for z, sized in self.sizes.items()},
        )


def mains_of(
    geometry: Geometry,
    deals: Mapping[str, Deal],
    ways: Mapping[str, Iterable[Way]],
    exchanges: Mapping[str, ExchangeData],
    findings: Findings,
) -> dict[str, Main]:
    """All mains that somebody may use, by id."""
    users: dict[str, list[User]] = {}
    for e in exchanges:
        for way in ways[e]:
            if way.main is not None:
                users.setdefault(way.main, []).append(User(deals[e], way))
    found = {main: _main(main, tuple(members), geometry, findings) for main, members in users.items()}
    for one in found.values():
        _joined_today(one, geometry, findings)
    return found


def _joined_today(main: Main, geometry: Geometry, findings: Findings) -> None:
    """Look whether the pipes in the ground join both ends of every exchange that runs over the main today."""
    graph = geometry.distances.graph
    assert graph is not None
    in_service = {a for a, bed in main.data.beds.items() if any(pipe.existing for pipe in bed.pipes.values())}
    stretches = {a: graph.stretches[a] for a, bed in main.data.beds.items() if a in in_service or not bed.pipes}
    today = Reach(replace(graph, stretches=stretches), main.resource)
    for user in main.users:
        for p, q in user.way.pairs if user.way.existing else ():
            if today.km(p, q) is None:
                findings.fault(
                    user.deal.terms.paths["existing"],
                    f"{user.deal.id} runs over the {main.id} today, but no existing_mains lead from {p} to {q}: draw "
                    "them in geography.existing_mains as far as both, or leave existing out",
                )


def _main(main: str, users: tuple[User, ...], geometry: Geometry, findings: Findings) -> Main:
    case, first = geometry.case, users[0]
    name, link, resource = first.way.name, first.way.link, first.deal.source.resource
    reach = geometry.reach(resource)
    assert name is not None
    assert link is not None
    assert reach is not None
    most = largest_peak(case, users)
    pairs = _apart(users)
    useful = reach.between({p for p, _ in pairs}, {q for _, q in pairs})
    new = {
        ANY_SIZE if sized.size is None else sized.size.size: sized
        for sized in worth_laying(sizes_of(case, name, resource, findings), most)
    }
    old = in_the_ground(case, name, resource, findings)
    hours = {t: max((u.deal.shared[t] for u in users if u.sends(t)), default=0.0) for t in first.deal.shared}
    pipes = {z: _Pipe(case, name, resource, sized, hours, most, z in old, findings) for z, sized in (new | old).items()}
    beds = {}
    for a, ways in useful.items():
        bed = _bed(reach.graph.stretches[a], ways, pipes, link)
        if bed is not None:
            beds[a] = bed
    laid = {z for bed in beds.values() for z in bed.pipes} | set(new)
    return Main(
        main,
        name,
        link,
        resource,
        {z: sized for z, sized in (new | old).items() if z in laid},
        frozenset(old) & laid,
        users,
        MainData(
            resource,
            beds,
            {(user.deal.id, user.way.id): {t: user.hours_in(t) for t in hours} for user in users},
            hours,
            in_trench=case.in_trench(name),
            rests=len(hours) > 1,
        ),
    )


def _apart(users: Iterable[User]) -> set[Pair]:
    """Pairs of different places that users join."""
    return {(p, q) for user in users for p, q in user.way.pairs if p != q}


def largest_peak(case: Case, users: Iterable[User]) -> float:
    """The largest peak rate that could ever flow on a stretch of a main [unit/h]: all that its users can send.

    It holds what is lost on the way, too, since that comes from the sources; and what is added on the way in a cooling
    loop that is warmer than the ground, since that goes to the takers.
    """
    users = tuple(users)
    states = users[0].deal.shared if users else ()
    adds = bool(users) and heats(case, users[0].deal.source.resource)
    return max(
        (largest_peak_in([u for u in users if u.deal.shared[t] > 0.0], t, adds=adds) for t in states), default=0.0
    )


def largest_peak_in(users: Iterable[User], state: str, *, adds: bool = False) -> float:
    """The same in one state, of those who run in it; ``adds`` where more may be taken than is sent."""
    users = tuple(users)
    by_source: dict[str, list[User]] = {}
    for user in users:
        by_source.setdefault(user.deal.source.id, []).append(user)
    sent = sum(
        min(
            _sum_of_best(members, state),
            members[0].deal.source.slices[state].most / min(user.hours_in(state) for user in members),
        )
        for members in by_source.values()
    )
    taken = largest_taken_in(users, state)
    if not any(user.way.loses for user in users):
        return min(sent, taken)
    return max(sent, taken) if adds else sent


def largest_taken_in(users: Iterable[User], state: str) -> float:
    """The largest peak rate at which all users of a main together can take from it in a state [unit/h]."""
    by_sink: dict[str, list[User]] = {}
    for user in users:
        by_sink.setdefault(user.deal.sink.id, []).append(user)
    return sum(
        min(
            _sum_of_best(members, state),
            members[0].deal.sink.slices[state].most
            / min(user.hours_in(state) * user.deal.ratio.value for user in members),
        )
        for members in by_sink.values()
    )


def _sum_of_best(users: Iterable[User], state: str) -> float:
    """Sum of peak rates in a state, where an exchange takes the larger of its options over the main."""
    best: dict[str, float] = {}
    for user in users:
        best[user.deal.id] = max(best.get(user.deal.id, 0.0), user.peak(state))
    return sum(best.values())


def in_the_ground(case: Case, name: str, resource: str, findings: Findings) -> dict[str, Sized]:
    """Existing pipes of a main, by size id."""
    found = {}
    for key, pipe in case.existing_mains.items():
        if (pipe.link, pipe.resource) != (name, resource):
            continue
        capacity = capacity_of_existing(case, key)
        if capacity is None and case.links[name].sizes:
            findings.fault(f"existing_mains.{key}.capacity", "needed: neither it nor its size says what it carries")
        found[f"existing {key}"] = Sized(size_of_existing(case, key), capacity)
    return found


@dataclass(frozen=True)
class _Pipe:
    """A size of a main, to be laid on any stretch."""

    case: Case
    name: str
    resource: str
    sized: Sized
    hours: Mapping[str, float]
    most: float
    in_place: bool
    findings: Findings

    def on(self, stretch: Stretch) -> PipeData:
        """The pipe as the mathematics see it."""
        sized = self.sized
        hourly = lost_per_metre(self.case, self.resource, self.name, sized.size, self.findings) or {}
        owed = {t: hourly.get(t, 0.0) * stretch.length_m * hours for t, hours in self.hours.items()}
        lost = {t: lost for t, lost in owed.items() if lost}
        if self.in_place:
            return PipeData(self._capacity, owed_loss=lost, existing=True)
        if not sized.is_trend:
            return PipeData(self._capacity, owed_loss=lost)
        assert sized.size is not None
        low = 0.0 if sized.size.least_capacity is None else sized.size.least_capacity.value
        # nobody builds more than could ever flow
        return PipeData(max(low, min(self._capacity, self.most)), True, low, lost)

    @property
    def _capacity(self) -> float:
        return self.most if self.sized.capacity is None else self.sized.capacity


def _bed(stretch: Stretch, ways: tuple[bool, bool], pipes: Mapping[StretchId, _Pipe], link: Link) -> BedData | None:
    """What a main may have on a stretch; None where it may have nothing, or all would be lost."""
    if stretch.free:
        return BedData({}, *ways)
    there = {
        z: pipe.on(stretch)
        for z, pipe in pipes.items()
        if not pipe.in_place or z.removeprefix("existing ") in stretch.existing
    }
    share = 0.0
    if link.volume_loss is not None:
        share = 1.0 - (1.0 - link.volume_loss.value) ** (stretch.length_m / 1000.0)
    if not there or share >= 1.0:
        return None
    return BedData(there, *ways, share_lost=share, parallel=link.parallel)
