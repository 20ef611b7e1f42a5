"""Checks what a case says of mains, trenches and the ground they lie in."""

from planner.case.case import Case
from planner.case.exchanges import Exchange
from planner.case.findings import Findings, Path
from planner.case.links import ExistingMain, Link
from planner.case.pairs import ends, matches

#: Kinds of link that are no pipes, so that nothing of theirs can be shared or buried.
VEHICLES = ("truck", "rail", "ship")


def check_networks(case: Case, found: Findings) -> None:
    """Mains, trenches, pipes of mains in the ground, surfaces and crossings."""
    for name, link in case.links.items():
        path: Path = ("links", name)
        if link.main:
            _check_main(case, name, link, found)
        elif link.parallel != 1:
            message = f"found {link.parallel}; only a main has pipes side by side (an exchange has twins)"
            found.say((*path, "parallel"), message)
        _check_in_trench(case, name, link, found)
        if (link.main or case.in_trench(name)) and link.detour.value > 1:
            where = "a main" if link.main else "a link in a trench"
            message = f"found {link.detour.given}; {where} is as long as its corridors, so leave it out"
            found.say((*path, "detour"), message)
    for name, pipe in case.existing_mains.items():
        _check_existing_main(case, name, pipe, found)
    _check_trenches(case, found)
    _check_ground(case, found)
    for index, exchange in enumerate(case.exchanges):
        _check_exchange(case, exchange, ("exchanges", index), found)


def _check_main(case: Case, name: str, link: Link, found: Findings) -> None:
    path: Path = ("links", name)
    if link.along != "corridors":
        message = f'a main follows corridors, not "{link.along}"; where the case has none, the program proposes them'
        found.say((*path, "along"), message)
    if link.kind in VEHICLES:
        found.say((*path, "main"), f"a {link.kind} is no main: exchanges share pipes and cables")
    if name not in {main for main, _ in case.mains().values()}:
        found.follow(path, "is a main that carries nothing; name it in carried_by of a resource", at_key=True)


def _check_in_trench(case: Case, name: str, link: Link, found: Findings) -> None:
    path: Path = ("links", name, "in_trench")
    if not link.in_trench:
        return
    if case.trenches is None:
        found.say(path, "the case has no trenches; state what they cost (`trenches`), or leave it out")
    elif link.along != "corridors":
        found.say(path, f'trenches follow corridors, but this link goes along "{link.along}"')
    elif link.kind in VEHICLES:
        found.say(path, f"a {link.kind} lies in no trench")


def _check_existing_main(case: Case, name: str, pipe: ExistingMain, found: Findings) -> None:
    path: Path = ("existing_mains", name)
    if pipe.capacity is not None and pipe.capacity.value <= 0:
        found.say((*path, "capacity"), f"found {pipe.capacity.given}; expected more than 0")
    if not pipe.along and name not in _drawn(case):
        message = "is missing; name the corridors it follows, or draw it in the layer geography.existing_mains"
        found.say(path, message, missing="along")
    elif pipe.along and case.geography.corridors is None:
        found.say((*path, "along"), "the case has no corridors; name their file in geography.corridors")
    for index, corridor in enumerate(pipe.along):
        if corridor in pipe.along[:index]:
            found.say((*path, "along", index), f'"{corridor}" is there twice')
    link = case.links.get(pipe.link)
    if link is None:
        return
    if not link.main:
        message = f"{pipe.link} is no main (`main: true`); put a pipe of one exchange under existing_pipes"
        found.say((*path, "link"), message)
    elif pipe.resource in case.resources and pipe.link not in case.resources[pipe.resource].carried_by:
        message = f"{pipe.link} does not carry {pipe.resource}; name it in resources.{pipe.resource}.carried_by"
        found.say((*path, "resource"), message)
    size = next((one for one in link.sizes if pipe.size in (None, one.size)), None)
    if pipe.capacity is None and size is not None and size.investment_by_capacity is not None:
        message = f"is missing; size {size.size} of {pipe.link} is a cost trend, which does not tell it"
        found.say(path, message, missing="capacity")


def _drawn(case: Case) -> set[str]:
    """Names in the layer of existing mains."""
    layer = case.layer("existing_mains")
    return set() if layer is None or "name" not in layer else {str(name) for name in layer["name"]}


def _check_trenches(case: Case, found: Findings) -> None:
    trenches = case.trenches
    if trenches is None:
        return
    for index, (one, other) in enumerate(trenches.apart):
        if one == other:
            found.say(("trenches", "apart", index), f"{one} cannot be apart from itself")
    if not any(case.in_trench(name) for name in case.links):
        message = "no link lies in them; expected a pipe or cable along corridors, or a link with in_trench: true"
        found.follow(("trenches",), message, at_key=True)


def _check_ground(case: Case, found: Findings) -> None:
    """Surfaces and crossings."""
    geography = case.geography
    for name, factor in geography.surfaces.items():
        if factor.value <= 0:
            found.say(("geography", "surfaces", name), f"found {factor.given}; expected more than 0")
    if geography.surfaces and geography.corridors is None:
        message = "the case has no corridors whose surface this could be; name their file in geography.corridors"
        found.say(("geography", "surfaces"), message, at_key=True)
    for index, crossings in enumerate(geography.crossings):
        layer = case.layer(f"crossings {index + 1}")
        stated = layer is not None and "extra_length" in layer and bool((layer["extra_length"] > 0).any())
        free = crossings.charge is None or crossings.charge.value == 0
        if crossings.extra_length.value == 0 and free and not stated:
            found.say(("geography", "crossings", index), "cost nothing; state extra_length or charge")


def _check_exchange(case: Case, exchange: Exchange, path: Path, found: Findings) -> None:
    """What an exchange says of the mains it may use, or uses today."""
    taken = sorted(ends(case, exchange)[0] & case.resources.keys())
    for index, name in enumerate(exchange.links or ()):
        if name in case.links and case.links[name].main:
            _check_carried(case, name, taken, (*path, "links", index), found)
    if exchange.twins > 1:
        _check_twins(case, exchange, path, found)
    existing = exchange.existing
    if existing is None or existing.link not in case.links or not case.links[existing.link].main:
        return
    _check_carried(case, existing.link, taken, (*path, "existing", "link"), found)
    for field in ("length", "size"):
        if getattr(existing, field) is not None:
            message = f"{existing.link} is a main, whose pipes existing_mains describes; leave {field} out"
            found.say((*path, "existing", field), message)
    there = {pipe.resource for pipe in case.existing_mains.values() if pipe.link == existing.link}
    for resource in taken:
        if resource not in there and existing.link in case.resources[resource].carried_by:
            message = f"existing_mains has no pipe of {existing.link} that carries {resource}"
            found.say((*path, "existing", "link"), message)


def _check_carried(case: Case, main: str, resources: list[str], path: Path, found: Findings) -> None:
    for resource in resources:
        if main not in case.resources[resource].carried_by:
            message = f"the main {main} does not carry {resource}; name it in resources.{resource}.carried_by"
            found.say(path, message)


def _check_twins(case: Case, exchange: Exchange, path: Path, found: Findings) -> None:
    """Twins are links of one exchange; mains have parallel pipes instead."""
    names = set(exchange.links or ())
    if not names:
        for pair in matches(case, exchange):
            resource = case.resources.get(pair.outlet.resource)
            names |= set(resource.carried_by) if resource else set()
    if names and all(name in case.links and case.links[name].main for name in names):
        mains = ", ".join(sorted(names))
        message = f"found {exchange.twins}, but it can only go by mains ({mains}); see their parallel"
        found.say((*path, "twins"), message)
