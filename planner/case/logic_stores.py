"""Checks what a case says of stores: what they keep, how fast, how well, and fields that mean nothing to them."""

from planner.case import units
from planner.case.case import Case
from planner.case.facilities import Facility
from planner.case.findings import Findings, Path
from planner.case.stores import Store, known
from planner.case.values import Value

_ROUNDING = 1e-9
#: Fields of a facility that say nothing of a store, and what to state instead.
MEANINGLESS = {
    "inputs": "state `resource`, or `takes` and `gives`, and what it needs besides in `uses`",
    "outputs": "state `resource`, or `takes` and `gives`",
    "treats": "what a store gives holds what is stated of it (`quality`)",
    "min_activity": "how much is charged and drawn is for the plan to say",
    "peak_factor": "state the largest rates",
    "evens_out": "it bridges hours by its content",
}


def check_stores(case: Case, found: Findings) -> None:
    """Facilities that keep something."""
    for name, facility in case.facilities.items():
        store, path = facility.stores, ("facilities", name)
        if store is None:
            continue
        for field, advice in MEANINGLESS.items():
            if _stated(facility, field):
                found.say((*path, field), f"means nothing to a store; {advice}")
        _check_resources(store, (*path, "stores"), found)
        _check_rates(facility, store, (*path, "stores"), found)
        if {store.taken, store.given} <= case.resources.keys():
            _check_counted(case, facility, store, (*path, "stores"), found)
        _check_contents(case, facility, store, path, found)
        _check_waste(case, facility, store, (*path, "stores"), found)


def _stated(facility: Facility, field: str) -> bool:
    """Whether a field says anything."""
    value = getattr(facility, field)
    return value.value != 1.0 if isinstance(value, Value) and field == "peak_factor" else bool(value)


def _check_resources(store: Store, path: Path, found: Findings) -> None:
    two = [field for field in ("takes", "gives") if getattr(store, field) is not None]
    if store.resource is not None and two:
        found.say((*path, two[0]), "states resource, too; expected resource alone, or takes and gives")
    elif store.resource is None and not two:
        found.say(path, "is missing; state what it takes and gives back", missing="resource")
    elif len(two) == 1:
        missing = "gives" if two == ["takes"] else "takes"
        found.say(path, f"is missing; with {two[0]} it is needed (or state resource alone)", missing=missing)
    elif store.taken in store.uses:
        message = f"{store.taken} is what is charged; state what of it is lost in efficiency_in"
        found.say((*path, "uses", store.taken), message, at_key=True)


def _check_rates(facility: Facility, store: Store, path: Path, found: Findings) -> None:
    """How fast it is charged and drawn, and how well it keeps."""
    for rate, hours, word in (
        ("rate_in", "hours_to_fill", "charged"),
        ("rate_out", "hours_to_empty", "drawn"),
    ):
        if getattr(store, rate) is None and getattr(store, hours) is None:
            found.say(path, f"is missing; nothing says how fast it is {word}: state it or {hours}", missing=rate)
        for field in (rate, hours):
            stated = getattr(store, field)
            if stated is not None and stated.value <= 0:
                found.say((*path, field), f"found {stated.given}; expected more than 0")
    for field in ("efficiency_in", "efficiency_out"):
        stated = getattr(store, field)
        if stated is not None and stated.value <= 0:
            found.say((*path, field), f"found {stated.given}; expected more than 0")
    if store.loss is not None and store.loss.value >= 1.0:
        found.say((*path, "loss"), f"found {store.loss.given}; expected less than 100 % of what is there")


def _check_counted(case: Case, facility: Facility, store: Store, path: Path, found: Findings) -> None:
    """Efficiencies: stated where the content is counted in something else, and none that makes something of nothing."""
    own = facility.unit
    for field, resource, way in (("efficiency_in", store.taken, "in"), ("efficiency_out", store.given, "out")):
        stated, unit = getattr(store, field), case.resources[resource].unit
        if not (known(own) and known(unit)):
            continue
        if stated is None and not units.converts(unit, own):
            template = f"{own}/{unit}" if way == "in" else f"{unit}/{own}"
            message = f"is missing; {resource} is counted in {unit}, the content in {own}: state it in {template}"
            found.say(path, message, missing=field)
    units_known = all(known(case.resources[x].unit) for x in (store.taken, store.given)) and known(own)
    if store.taken != store.given or not units_known:
        return
    unit = case.resources[store.taken].unit
    whole = store.gained * store.drawn
    if whole > 1.0 + _ROUNDING:
        field = "efficiency_in" if store.efficiency_in is not None else "efficiency_out"
        message = f"of a unit of {store.taken} charged, {whole:g} would come out; expected at most 1"
        found.say((*path, field), message)
        return
    for field, ratio in (("efficiency_in", f"{own}/{unit}"), ("efficiency_out", f"{unit}/{own}")):
        stated = getattr(store, field)
        if stated is not None and units.converts(unit, own):
            a, b = (unit, own) if field == "efficiency_in" else (own, unit)
            share = stated.value / units.factor(a, b)
            if share > 1.0 + _ROUNDING:
                found.say(
                    (*path, field), f"found {stated.given or ratio}, {share:.4g} of what there is; expected at most 1"
                )


def _check_waste(case: Case, facility: Facility, store: Store, path: Path, found: Findings) -> None:
    """A waste does not vanish in a store: what it lost would be disposed of by nobody."""
    ways = [resource.discharge for name, resource in case.resources.items() if name == store.taken]
    for tenant in (*case.plants.values(), *case.partners.values()):
        ways += [x.discharge for name, x in tenant.sources.items() if (x.resource or name) == store.taken]
    if not store.keeps or all(way is None or way.waste == "none" for way in ways):
        return
    message = f"{store.taken} is a waste: what of it is lost would count nowhere; expected no loss"
    if store.loss is not None and store.loss.value > 0:
        found.say((*path, "loss"), message)
    if store.gained * store.drawn < 1.0 - _ROUNDING:
        unit, own = case.resources[store.taken].unit, facility.unit
        alike = known(unit) and known(own) and units.converts(unit, own)
        less_in = alike and store.gained < units.factor(unit, own) * (1.0 - _ROUNDING)
        found.say((*path, "efficiency_in" if less_in else "efficiency_out"), message)


def _check_contents(case: Case, facility: Facility, store: Store, path: Path, found: Findings) -> None:
    """Qualities of what it gives are as stated, so that what comes in must be held to them."""
    for name, held in facility.quality.get(store.given, {}).items():
        if name not in case.qualities or not held.known:
            continue
        limit = facility.limits.get(store.taken, {}).get(name)
        if limit is None or (limit.min_ is None and limit.max_ is None):
            message = (
                f"nothing limits what comes in, so that it could hold more than is stated here; state "
                f"limits.{store.taken}.{name}"
            )
            found.say((*path, "quality", store.given, name), message)
