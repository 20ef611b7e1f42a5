"""Checks what a case says of qualities: how they mix, what streams hold, what is admitted, what the law says."""

from planner.case.case import Case
from planner.case.contents import Contents
from planner.case.findings import Findings, Path
from planner.case.logic_limits import check_limits
from planner.case.logic_operations import check_operations, check_treatments
from planner.case.mixing_units import FIELDS, carriers, is_own_word, of_gas, weight_of, weight_per_unit
from planner.case.qualities import Content, Quality, QualityLimit, Weight
from planner.case.quality_places import bare_values, stated_contents, stated_limits, ways_out
from planner.case.quality_ranges import check_value


def check_qualities(case: Case, found: Findings) -> None:
    """Everything a case says of qualities, operations and treatment."""
    _check_counts(case, found)
    check_treatments(case, found)
    for name, quality in case.qualities.items():
        _check_mixing(name, quality, found)
    for path, stated in stated_contents(case):
        for name, content in stated.items():
            _check_content(case.qualities.get(name), content, (*path, name), found)
    for path, limits in stated_limits(case):
        for name, limit in limits.items():
            _check_limit(case.qualities.get(name), limit, (*path, name), found)
    for path, values in bare_values(case):
        for name, value in values.items():
            check_value(case.qualities.get(name), value, (*path, name), found)
    _check_fees(case, found)
    contents = Contents(case)
    check_operations(case, contents, found)
    if case.qualities:
        _check_weights(case, found)
        check_limits(contents, found)


def _check_mixing(name: str, quality: Quality, found: Findings) -> None:
    path: Path = ("qualities", name, "mixing")
    points = quality.mixing
    if isinstance(points, str):
        if points == "pH" and quality.unit != "1" and not is_own_word(quality.unit):
            found.say(("qualities", name, "unit"), f'found "{quality.unit}"; a pH has no unit: write "-"')
        return
    if len(points) < 2:
        found.say(path, "a table of an index needs at least two points")
        return
    for index in range(1, len(points)):
        for field in ("value", "index"):
            step = getattr(points[index], field) - getattr(points[index - 1], field)
            first = getattr(points[1], field) - getattr(points[0], field)
            if step == 0 or step * first < 0:
                going = "rising" if first > 0 else "falling" if first < 0 else "rising or falling"
                message = f"found {getattr(points[index], field):g} after {getattr(points[index - 1], field):g}"
                found.say((*path, index, field), f"{message}; expected a strictly {going} column")


def _check_content(quality: Quality | None, content: Content, path: Path, found: Findings) -> None:
    if content.mean is None and content.worst is not None:
        found.say((*path, "worst"), "states a worst value without the mean; balances need the mean")
    for field in ("mean", "worst"):
        check_value(quality, getattr(content, field), (*path, field), found)


def _check_limit(quality: Quality | None, limit: QualityLimit, path: Path, found: Findings) -> None:
    if limit.max_ is None and limit.min_ is None:
        found.say(path, "limits nothing; state max or min")
    elif limit.max_ is not None and limit.min_ is not None and limit.min_.value > limit.max_.value:
        found.say((*path, "min"), f"{limit.min_.given} is above its own max, {limit.max_.given}")
    check_value(quality, limit.max_, (*path, "max"), found)
    check_value(quality, limit.min_, (*path, "min"), found)


def _check_fees(case: Case, found: Findings) -> None:
    for path, discharge, _ in ways_out(case):
        for name in discharge.load_fees if discharge else ():
            if name in case.qualities and case.qualities[name].mixing != "mean":
                found.say(
                    (*path, "discharge", "load_fees", name), f"{name} mixes by an index and has no load to pay for"
                )


def _check_weights(case: Case, found: Findings) -> None:
    """What mixes must have a weight in the mixture."""
    weightless: dict[tuple[str, Weight, bool], list[str]] = {}
    for name in case.qualities:
        weight, mixing = weight_of(case, name), carriers(case, name)
        if weight == "amount":
            counted = {resource: case.resources[resource].unit for resource in mixing}
            if len(set(counted.values())) > 1:
                told = ", ".join(f"{resource} in {unit}" for resource, unit in sorted(counted.items()))
                message = (
                    f"is missing; it would mix by the amount, but what mixes is counted in different units ({told})"
                )
                found.say(("qualities", name), f"{message}; state t, m3 or MWh", missing="weight")
            continue
        for resource in mixing:
            number = weight_per_unit(case, name, resource)
            if number is None or number <= 0:
                weightless.setdefault((resource, weight, number is None), []).append(name)
    for (resource, weight, missing), names in weightless.items():
        field, unit = FIELDS[weight], case.resources[resource].unit
        more = f" (and {', '.join(names[1:])})" if len(names) > 1 else ""
        if missing:
            message = f"is missing; {names[0]} mixes by {weight}{more}, so state it in {weight}/{unit}"
            if weight == "m3" and (per_normal := of_gas(case, names[0], [resource])):
                message += f", or write {names[0]} in {per_normal}, which mixes by the amount"
            found.say(("resources", resource), message, missing=field)
        else:
            found.say(("resources", resource, field), f"found 0; {names[0]} mixes by it{more}, so expected more than 0")


def _check_counts(case: Case, found: Findings) -> None:
    """Largest numbers of exchanges."""
    counts: list[tuple[Path, int | None]] = []
    for kind in ("plants", "partners"):
        for name, tenant in getattr(case, kind).items():
            for field in ("sinks", "operations"):
                takers = getattr(tenant, field).items()
                counts += [((kind, name, field, taker, "max_links"), data.max_links) for taker, data in takers]
    for name, facility in case.facilities.items():
        counts += [(("facilities", name, "max_links", stream), most) for stream, most in facility.max_links.items()]
    for path, most in counts:
        if most is not None and most < 0:
            found.say(path, f"found {most}; expected 0 or more")
