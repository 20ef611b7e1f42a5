"""Checks the names and units that the life cycle of a case uses."""

from planner.case.case import Case
from planner.case.findings import Findings, Path
from planner.case.impact_numbers import impact_unit
from planner.case.impacts import CLIMATE, HEADS, INVESTED
from planner.case.ranges import UnresolvedError


def impact_faults(case: Case, found: Findings) -> None:
    """Categories, what they have factors of, and what belongs to groups of purchases."""
    if case.impacts is None:
        return
    for name, category in case.impacts.categories.items():
        path: Path = ("impacts", "categories", name)
        if name == CLIMATE:
            message = "comes by itself from the CO2e factors of the case; give a category of your own another name"
            found.say(path, message, at_key=True)
        try:
            impact_unit(category.unit)
        except UnresolvedError as error:
            found.say((*path, "unit"), str(error))
        for kind, known in (("resources", case.resources), ("links", case.links), ("facilities", case.facilities)):
            for of in getattr(category, kind):
                what = {"resources": "resource", "links": "link", "facilities": "facility"}[kind]
                found.refer((*path, kind, of), of, known, what, at_key=True)
        for link, stated in category.links.items():
            if stated.construction is not None and link in case.links and case.links[link].kind in ("truck", "ship"):
                message = f"{link} is a {case.links[link].kind}, which is not laid; state it in transport, per t km"
                found.say((*path, "links", link, "construction"), message)
    _groups(case, found)


def _groups(case: Case, found: Findings) -> None:
    assert case.impacts is not None
    known, seen = [*case.resources, *HEADS, *INVESTED], dict[str, str]()
    for name, group in case.impacts.indirect.items():
        path: Path = ("impacts", "indirect", name)
        if not group.factors:
            found.say(path, "has no factors; state them in factors, or in the table tables.indirect names")
        for index, of in enumerate(group.of):
            found.refer((*path, "of", index), of, known, "resource, head of money or investment")
            if of in seen:
                found.say((*path, "of", index), f"{of} belongs to {seen[of]} already; money counts once")
            seen.setdefault(of, name)
        for category in group.factors:
            categories = [CLIMATE, *case.impacts.categories]
            found.refer((*path, "factors", category), category, categories, "impact category", at_key=True)
