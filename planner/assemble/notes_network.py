"""What the user should know was assumed for mains and trenches."""

from collections.abc import Collection, Iterator

from planner.assemble.findings import Findings
from planner.assemble.mains import Main
from planner.assemble.network import Network, Ways
from planner.assemble.options import main_id
from planner.assemble.ways import Way
from planner.case.case import Case
from planner.case.links import Link
from planner.case.values import Value

#: Shared hours that differ by less are the same [h/yr].
_ROUNDING = 1e-6


def note_network(case: Case, network: Network, ways: Ways, kept: Collection[str], findings: Findings) -> None:
    """Note what was assumed for mains and for what lies in trenches."""
    used = [way for e in kept for way in ways[e]]
    for main in network.mains.values():
        _note_main(case, main, findings)
    for key, pipe in case.existing_mains.items():
        known = network.mains.get(main_id(pipe.link, pipe.resource))
        if known is None or f"existing {key}" not in known.in_place:
            findings.note(f"existing_mains.{key} stays idle: it lies on no way of an exchange of {pipe.resource}")
    _note_trenches(case, network, used, findings)
    _note_accesses(network, ways, kept, findings)
    for name, link in _laid(case, used):
        _note_link(case, name, link, findings)


def _laid(case: Case, used: list[Way]) -> Iterator[tuple[str, Link]]:
    """Links in use that are not there yet."""
    names = dict.fromkeys(way.name for way in used if way.name is not None and not way.in_place)
    yield from ((name, case.links[name]) for name in names)


def _note_main(case: Case, main: Main, findings: Findings) -> None:
    if main.link.owner is None:
        findings.note(f"links.{main.name}.owner is not stated: {case.park_company} owns the {main.id} and pays for it")
    hours = [user.deal.hours.value for user in main.users]
    if main.loses and max(hours) - min(hours) > _ROUNDING and _owes(main):
        findings.note(
            f"{main.id}: those who may use it share {min(hours):g} to {max(hours):g} h/yr; "
            f"its pipes are taken to lose heat for {sum(main.data.hours.values()):g} h/yr"
        )
    if main.sizes and not main.data.beds and any(p != q for user in main.users for p, q in user.way.pairs):
        findings.note(f"{main.id}: no stretch of corridor may hold a pipe of it that still delivers")


def _owes(main: Main) -> bool:
    return any(pipe.owed_loss for bed in main.data.beds.values() for pipe in bed.pipes.values())


def _note_trenches(case: Case, network: Network, used: list[Way], findings: Findings) -> None:
    dug = any(stretch.trench for stretch in network.stretches.values())
    if dug and case.trenches is not None and case.trenches.owner is None:
        findings.note(f"trenches.owner is not stated: {case.park_company} digs them and pays for them")
    for name in dict.fromkeys(way.name for way in used if way.straight):
        findings.note(
            f"links.{name}: a pipe of one exchange in a trench takes a shortest way, since what runs or is lost there "
            "goes with its length"
        )


def _note_accesses(network: Network, ways: Ways, kept: Collection[str], findings: Findings) -> None:
    """Note places with one access in which what they need cannot lie together."""
    for place, resources in _needs(network, ways, kept).items():
        there = _around(network, place)
        if len(there) != 1:
            continue
        remedy = "give it a second access point in geography.access_points"
        for one, other in network.apart:
            if {one, other} <= resources:
                findings.note(
                    f"{place} has one access ({there[0]}): {one} and {other} cannot both reach it, as trenches.apart "
                    f"keeps them apart; {remedy}"
                )
        most = network.stretches[there[0]].max_pipes
        if most is not None and most < len(resources):
            findings.note(
                f"{place} has one access ({there[0]}): of {', '.join(sorted(resources))} no more than {most} can reach "
                f"it, as max_pipes says; {remedy}"
            )


def _needs(network: Network, ways: Ways, kept: Collection[str]) -> dict[str, set[str]]:
    """Place -> resources that begin or end there for certain, and can only go by a pipe in a shared trench."""
    needs: dict[str, set[str]] = {}
    for e in kept:
        buried = [_buried(network, e, way) for way in ways[e]]
        resources = {resource for resource in buried if resource is not None}
        for side in (0, 1) if None not in buried else ():
            places = {pair[side] for way in ways[e] for pair in way.pairs if pair[0] != pair[1]}
            if len(places) == 1:
                needs.setdefault(places.pop(), set()).update(resources)
    return needs


def _around(network: Network, place: str) -> list[str]:
    """Stretches in which a pipe may reach a place."""
    spots = {network.nodes[place]}
    for stretch in network.stretches.values():
        ends = {stretch.tail, stretch.head}
        if stretch.free and network.nodes[place] in ends:
            spots |= ends
    return [a for a, stretch in network.stretches.items() if not stretch.free and spots & {stretch.tail, stretch.head}]


def _buried(network: Network, e: str, way: Way) -> str | None:
    """Resource of an exchange that can only go by a pipe in a shared trench; None where this way is another one."""
    if way.main is not None:
        main = network.mains[way.main]
        return main.resource if main.data.in_trench else None
    path = network.paths.get((e, way.copy))
    return path.resource if way.trench == "shared" and path is not None else None


def _note_link(case: Case, name: str, link: Link, findings: Findings) -> None:
    along_stretches = link.main or (case.in_trench(name) and case.trenches is not None and case.trenches.shared)
    if along_stretches and link.detour.value != 1.0:
        findings.note(f"links.{name}.detour has no effect: it goes along stretches of corridor and is as long as these")
    dug = [size for size in link.sizes if size.investment is not None and _with_civil_works(size.investment)]
    if dug and case.in_trench(name):
        findings.note(
            f"WARNING: links.{name} lies in trenches with civil works of their own, but the prices of {len(dug)} "
            f"of its {len(link.sizes)} sizes include them by their source: they are counted twice; state prices of the "
            "pipes alone, in_trench: false, or no trenches"
        )
    if link.max_pressure_drop is None:
        return
    silent = [size.size for size in link.sizes if size.inner_diameter is not None and size.roughness is None]
    if silent:
        findings.note(f"links.{name}: no roughness is stated of {_listed(silent)}: taken as 0.1 mm")


def _listed(sizes: list[str]) -> str:
    return "any size" if len(sizes) > 3 else ", ".join(sizes)


def _with_civil_works(price: Value) -> bool:
    """Whether the source of a price says that digging is in it."""
    return "civil works included" in f"{price.source or ''} {price.note or ''}"
