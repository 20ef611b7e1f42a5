"""Checks the names and units that the life cycle of a case uses."""

from planner.case.case import Case
from planner.case.findings import Findings, Path
from planner.case.impact_numbers import impact_unit
from planner.case.impacts import CLIMATE, HEADS, INVESTED, ImpactCategory
from planner.case.impacts_as_co2e import treatment_of
from planner.case.pairs import ends
from planner.case.ranges import UnresolvedError

#: Kinds of links that are loaded and unloaded.
LOADED = ("truck", "rail", "ship")


def impact_faults(case: Case, found: Findings) -> None:
    """Categories, what they have factors of, and what belongs to groups of purchases."""
    if case.impacts is None:
        return
    for name, category in case.impacts.categories.items():
        path: Path = ("impacts", "categories", name)
        if name.strip().casefold() == CLIMATE:
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
            if stated.loading is not None and link in case.links and case.links[link].kind not in LOADED:
                message = f"{link} is a {case.links[link].kind}, which is not loaded"
                found.say((*path, "links", link, "loading"), message)
        _treatments(case, name, category, found)
    _groups(case, found)


def _treatments(case: Case, name: str, category: ImpactCategory, found: Findings) -> None:
    """Factors of pre-treatment are of what is pre-treated, and one for each exchange."""
    treated = {one.from_ for one in case.substitutions if one.treatment is not None}
    for number, one in enumerate(case.exchanges):
        taken = ends(case, one)[0] if one.treatment is not None else set[str]()
        treated |= taken
        factors = [treatment_of(category, resource) for resource in sorted(taken)]
        if len({None if factor is None else factor.value for factor in factors}) > 1:
            message = f"carries {', '.join(sorted(taken))}, of which {name} has different factors of treatment"
            found.say(("exchanges", number), f"{message}; state an exchange for each")
    for resource, stated in category.resources.items():
        if stated.treatment is not None and resource in case.resources and resource not in treated:
            message = f"no exchange and no substitution states a treatment of {resource}"
            found.say(("impacts", "categories", name, "resources", resource, "treatment"), message)


def _groups(case: Case, found: Findings) -> None:
    assert case.impacts is not None
    known, seen = [*case.resources, *HEADS, *INVESTED], dict[str, str]()
    for name, group in case.impacts.indirect.items():
        path: Path = ("impacts", "indirect", name)
        if not group.factors:
            found.say(path, "has no factors; state them in factors, or in the table tables.indirect names")
        if not group.of:
            found.say((*path, "of"), "is empty; expected what belongs to it: resources, heads of money or investments")
        for index, of in enumerate(group.of):
            found.refer((*path, "of", index), of, known, "resource, head of money or investment")
            if of in seen:
                found.say((*path, "of", index), f"{of} belongs to {seen[of]} already; money counts once")
            seen.setdefault(of, name)
        for category in group.factors:
            categories = [CLIMATE, *case.impacts.categories]
            found.refer((*path, "factors", category), category, categories, "impact category", at_key=True)
