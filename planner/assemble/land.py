"""Who may stand where: plots, zones, area, separation from receptors and from each other, and neighbours."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from models.instance import PlaceData
from models.rules import Conflict, LandBySize, Neighbour
from planner.assemble.streams import Member
from planner.case.case import Case
from planner.case.facilities import Facility
from planner.case.land import Plot, Separation
from planner.case.plants import Partner, Plant
from planner.geography.distances import Distances

#: Land may miss what is needed by this much [ha]: rounding of drawn plots, no more.
ROUNDING_HA = 1e-9


@dataclass(frozen=True)
class Ground:
    """A plot with its land.

    Attributes
    ----------
    area, usable
        All its land, and what may be built on [ha]; infinite where the case gives no area.
    """

    name: str
    plot: Plot
    area: float
    usable: float


@dataclass(frozen=True)
class Breach:
    """A requirement that a unit breaks on a plot.

    Attributes
    ----------
    requirement
        Its name.
    amount
        By how much: hectares, metres, or 1.
    text
        The requirement in the user's words.
    """

    requirement: str
    amount: float
    text: str


@dataclass(frozen=True)
class Siting:
    """The result: places and rules.

    Attributes
    ----------
    admissible
        Unit -> places, measures left out.
    breaches
        (unit, place) -> what the unit breaks there; only places that break something.
    """

    grounds: Mapping[str, Ground]
    places: Mapping[str, PlaceData]
    admissible: Mapping[str, tuple[str, ...]]
    breaches: Mapping[tuple[str, str], tuple[Breach, ...]]
    neighbours: tuple[Neighbour, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    requirements: Mapping[str, str] = field(default_factory=dict)


def land_needed(member: Member) -> float:
    """Land a unit takes [ha]: its built area over its coverage; of a facility that at its smallest capacity."""
    item = member.item
    if isinstance(item, Facility):
        return item.land_at(item.curve()[0].capacity.value)
    if isinstance(item, Partner) or item.area is None:
        return 0.0
    return item.area.value / item.coverage.value if item.coverage.value else float("inf")


def grows(member: Member) -> bool:
    """Whether a unit takes land by its capacity."""
    item = member.item
    if not isinstance(item, Facility) or item.on_roof or item.area_per_capacity is None:
        return False
    return item.area_per_capacity.value > 0


def land_by_size(members: Mapping[str, Member]) -> LandBySize:
    """Land and roofs that facilities take by their capacity."""
    ground, roof, roofs = {}, {}, {}
    for name, member in members.items():
        item = member.item
        if isinstance(item, Plant) and item.roof_area is not None:
            roofs[name] = item.roof_area.value
        if not isinstance(item, Facility) or item.area_per_capacity is None or not item.area_per_capacity.value:
            continue
        if item.on_roof:
            roof[name] = item.area_per_capacity.value
        else:
            ground[name] = item.area_per_capacity.value / item.coverage.value
    return LandBySize(ground, roof, roofs)


def siting(case: Case, distances: Distances, members: Mapping[str, Member], *, relaxed: bool = False) -> Siting:
    """Places of every unit and the rules between units."""
    grounds = grounds_of(case, distances)
    breaches: dict[tuple[str, str], tuple[Breach, ...]] = {}
    admissible: dict[str, tuple[str, ...]] = {}
    for name, member in members.items():
        if member.kind == "measure":
            continue
        if member.kind == "partner":
            admissible[name] = (name,)
            continue
        found = {p: breaches_at(case, distances, member, ground) for p, ground in grounds.items()}
        breaches |= {(name, p): broken for p, broken in found.items() if broken}
        admissible[name] = tuple(p for p, broken in found.items() if relaxed or not broken)
    if not relaxed:
        admissible = _beside_fixed(grounds, members, admissible)
    places = _places(grounds, members, admissible)
    neighbours = tuple(_neighbours(case, distances, members, admissible))
    conflicts = tuple(_conflicts(case, distances, members, admissible))
    requirements = _rule_texts(case, members, neighbours, conflicts)
    if relaxed:
        requirements |= {b.requirement: b.text for broken in breaches.values() for b in broken}
    return Siting(grounds, places, admissible, breaches, neighbours, conflicts, requirements)


def _beside_fixed(
    grounds: Mapping[str, Ground], members: Mapping[str, Member], admissible: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Leave out plots that a mandatory plant has taken for itself, so that no pair of places is made in vain."""
    taken = {
        member.item.plot
        for member in members.values()
        if isinstance(member.item, Plant) and member.item.optional is None and member.item.plot is not None
    }
    alone = {plot for plot in taken if plot in grounds and not grounds[plot].plot.several_tenants}
    return {
        name: plots if getattr(members[name].item, "plot", None) in alone else tuple(p for p in plots if p not in alone)
        for name, plots in admissible.items()
    }


def grounds_of(case: Case, distances: Distances) -> dict[str, Ground]:
    """All plots, those of the layer first."""
    drawn = dict(zip(distances.plots["name"], distances.plots["area_ha"], strict=True)) if len(distances.plots) else {}
    grounds = {}
    for name in dict.fromkeys((*drawn, *case.plots)):
        plot = case.plots.get(name) or Plot()
        stated = 0.0 if plot.area is None else plot.area.value
        area = float(drawn.get(name, stated))
        area = float("inf") if math.isnan(area) else area
        grounds[str(name)] = Ground(str(name), plot, area, area * plot.usable_share.value)
    return grounds


def breaches_at(case: Case, distances: Distances, member: Member, ground: Ground) -> tuple[Breach, ...]:
    """What a plant or facility would break if it stood on a plot."""
    item = member.item
    assert not isinstance(item, Partner)
    found = [*_choice(member, item, ground), *_plot_rules(member, item, ground)]
    for number, rule in _receptor_rules(case, item.hazard):
        distance, receptor = distances.receptor_m.get((ground.name, rule.from_receptor or ""), (float("inf"), ""))
        if distance < rule.distance.value:
            text = f"{rule_text(number, rule)} ({receptor})"
            found.append(Breach(f"separation:{number}", rule.distance.value - distance, text))
    return tuple(found)


def _choice(member: Member, item: Plant | Facility, ground: Ground) -> list[Breach]:
    if item.plot is not None and item.plot != ground.name:
        text = f"{member.path}.plot: {member.name} stands on {item.plot}"
        return [Breach(f"plot:{member.name}", 1.0, text)]
    if item.plots is not None and ground.name not in item.plots:
        text = f"{member.path}.plots: {member.name} may stand only on {', '.join(item.plots)}"
        return [Breach(f"plots:{member.name}", 1.0, text)]
    return []


def _plot_rules(member: Member, item: Plant | Facility, ground: Ground) -> list[Breach]:
    found = []
    if ground.plot.reserved:
        text = f"plots.{ground.name}.reserved: {ground.name} is kept free"
        found.append(Breach(f"reserved:{ground.name}", 1.0, text))
    zones = zones_of(item)
    if zones and ground.plot.zones is not None and not set(zones) & set(ground.plot.zones):
        text = f"{member.path}.zone: {member.name} needs zone {' or '.join(zones)}"
        found.append(Breach(f"zone:{member.name}", 1.0, text))
    needed = land_needed(member)
    if needed > ground.usable + ROUNDING_HA:
        text = f"{member.path}.area: {member.name} needs {needed:.4g} ha"
        found.append(Breach(f"area:{member.name}", needed - ground.usable, text))
    return found


def zones_of(item: Plant | Facility) -> tuple[str, ...]:
    """Zones in which a unit may settle; none means any."""
    if item.zone is None:
        return ()
    return (item.zone,) if isinstance(item.zone, str) else item.zone


def _receptor_rules(case: Case, hazard: str | None) -> list[tuple[int, Separation]]:
    if hazard is None:
        return []
    rules = enumerate(case.rules.separations)
    return [(n, rule) for n, rule in rules if rule.hazard == hazard and rule.from_receptor is not None]


def rule_text(number: int, rule: Separation) -> str:
    """A separation rule in words, with its place in the case."""
    other = rule.from_receptor or f"hazard class {rule.from_hazard}"
    place = f"rules.separations[{number + 1}]"
    return f"{place}: {other} at least {rule.distance.value:g} m from hazard class {rule.hazard}"


def _places(
    grounds: Mapping[str, Ground], members: Mapping[str, Member], admissible: Mapping[str, tuple[str, ...]]
) -> dict[str, PlaceData]:
    """Plots where anybody may stand, and the points of partners."""
    wanted: dict[str, list[float]] = {}
    for name, plots in admissible.items():
        for p in plots:
            wanted.setdefault(p, []).append(land_needed(members[name]))
    places = {}
    for name, ground in grounds.items():
        if name in wanted:
            tenants = _most_that_fit(wanted[name], ground.usable) if ground.plot.several_tenants else 1
            places[name] = PlaceData(ground.usable, tenants)
    partners = {m.name: PlaceData() for m in members.values() if m.kind == "partner"}
    return places | partners


def _most_that_fit(areas: Iterable[float], usable: float) -> int:
    """Most units that stand side by side: the smallest first."""
    left, count = usable + ROUNDING_HA, 0
    for area in sorted(areas):
        left -= area
        if left < 0.0:
            break
        count += 1
    return max(count, 1)


def near_places(
    distances: Distances, place: str, others: Iterable[str], within: float, *, several: bool
) -> tuple[str, ...]:
    """Places of ``others`` at most so far from a place; the same plot if it holds several."""
    found = []
    for other in others:
        gap = 0.0 if other == place else distances.edge_m.get((place, other), float("inf"))
        if gap <= within and (other != place or several):
            found.append(other)
    return tuple(found)


def _neighbours(
    case: Case, distances: Distances, members: Mapping[str, Member], admissible: Mapping[str, tuple[str, ...]]
) -> Iterable[Neighbour]:
    within = case.geography.neighbour_distance.value
    for name, places in admissible.items():
        item = members[name].item
        if isinstance(item, Partner):
            continue
        for other in item.neighbours:
            for p in places:
                near = near_places(distances, p, admissible.get(other, ()), within, several=_several(case, p))
                yield Neighbour(f"neighbour:{name} / {other}", name, p, other, near)


def _several(case: Case, place: str) -> bool:
    plot = case.plots.get(place)
    return plot is not None and plot.several_tenants


def _conflicts(
    case: Case, distances: Distances, members: Mapping[str, Member], admissible: Mapping[str, tuple[str, ...]]
) -> Iterable[Conflict]:
    """Pairs of units that must keep apart, each in both directions."""
    for requirement, name, other, within in _apart(case, members):
        for one, two in ((name, other), (other, name)):
            for p in admissible.get(one, ()):
                near = near_places(distances, p, admissible.get(two, ()), within, several=_several(case, p))
                if near:
                    gaps = {q: 0.0 if q == p else distances.edge_m[p, q] for q in near}
                    yield Conflict(requirement, one, p, two, near, {q: within - gap for q, gap in gaps.items()})


def _apart(case: Case, members: Mapping[str, Member]) -> Iterable[tuple[str, str, str, float]]:
    """(requirement, unit, other unit, gap that is still too near [m]), each pair of units once a rule."""
    sited = {m.name: m.item for m in members.values() if not isinstance(m.item, Partner) and m.kind != "measure"}
    seen = set()
    for name, item in sited.items():
        for other in item.not_neighbours:
            if frozenset((name, other)) not in seen:
                seen.add(frozenset((name, other)))
                yield f"not_neighbour:{name} / {other}", name, other, case.geography.neighbour_distance.value
    names = tuple(sited)
    for number, rule in enumerate(case.rules.separations):
        # A gap of exactly the distance is enough, so that what is too near lies a hair below it.
        within = rule.distance.value - 1e-6
        for a, name in enumerate(names):
            for other in names[a + 1 :]:
                if rule.from_hazard is not None and {(sited[name].hazard, sited[other].hazard)} & {
                    (rule.hazard, rule.from_hazard),
                    (rule.from_hazard, rule.hazard),
                }:
                    yield f"separation:{number}", name, other, within


def _rule_texts(
    case: Case, members: Mapping[str, Member], neighbours: Iterable[Neighbour], conflicts: Iterable[Conflict]
) -> dict[str, str]:
    """The user's words for the rules between two units."""
    within = case.geography.neighbour_distance.value
    texts = {}
    for rule in neighbours:
        path = members[rule.unit].path
        texts[rule.requirement] = (
            f"{path}.neighbours: {rule.unit} must be a neighbour of {rule.other} (at most {within:g} m apart)"
        )
    for conflict in conflicts:
        kind, _, name = conflict.requirement.partition(":")
        if kind == "separation":
            texts[conflict.requirement] = rule_text(int(name), case.rules.separations[int(name)])
        else:
            unit, _, other = name.partition(" / ")
            path = members[unit].path
            texts[conflict.requirement] = f"{path}.not_neighbours: {unit} must not be a neighbour of {other}"
    return texts
