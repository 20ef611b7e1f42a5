"""Checks what a case says of qualities: how they mix, what streams hold, what is admitted, what the law says."""

import math
import re
from collections.abc import Iterator, Mapping

from planner.case.case import Case
from planner.case.contents import Contents, accepts_unknown, limits_of, worst
from planner.case.findings import Findings, Path
from planner.case.logic_operations import check_operations, check_treatments
from planner.case.mixing_units import (
    FIELDS,
    carriers,
    index_of,
    is_concentration,
    is_own_word,
    is_share,
    weight_of,
    weight_per_unit,
)
from planner.case.pairs import Inlet, inlets, matches
from planner.case.qualities import Content, Quality, QualityLimit, QualityValue
from planner.case.resources import Discharge, Sale
from planner.case.units import convert

_WASTE_CODE = re.compile(r"\d\d \d\d \d\d\*?")
#: Contents that differ by less are equal: what is left of converting them.
_ROUNDING = 1e-9


def check_qualities(case: Case, found: Findings) -> None:
    """Everything a case says of qualities, operations and treatment."""
    _check_codes(case, found)
    _check_counts(case, found)
    check_treatments(case, found)
    for name, quality in case.qualities.items():
        _check_mixing(name, quality, found)
    for path, stated in _contents(case):
        for name, content in stated.items():
            _check_content(case.qualities.get(name), content, (*path, name), found)
    for path, limits in _limits(case):
        for name, limit in limits.items():
            _check_limit(case.qualities.get(name), limit, (*path, name), found)
    _check_fees(case, found)
    contents = Contents(case)
    check_operations(case, contents, found)
    if case.qualities:
        _check_weights(case, found)
        for inlet in inlets(case):
            _check_attainable(contents, inlet, found)
        _check_forced(contents, found)


def check_value(quality: Quality | None, value: QualityValue | None, path: Path, found: Findings) -> None:
    """A content or limit that its quality cannot have."""
    if quality is None or value is None or value.unit != quality.unit:
        return  # an unknown name, or a number at fault
    unit, said = quality.unit, f"found {value.given}"
    if not is_own_word(unit) and is_share(unit) and not -_ROUNDING <= convert(value.value, unit, "1") <= 1 + _ROUNDING:
        found.say(path, f"{said}; expected 0 to 100 %")
    elif not is_own_word(unit) and is_concentration(unit) and value.value < 0:
        found.say(path, f"{said}; expected at least 0 {unit}")
    elif quality.mixing in ("log", "reciprocal") and value.value <= 0:
        found.say(path, f"{said}; a quality that mixes by its {quality.mixing} is above 0")
    elif not isinstance(quality.mixing, str) and quality.mixing:
        ends = [point.value for point in quality.mixing]
        if not min(ends) - _ROUNDING <= value.value <= max(ends) + _ROUNDING:
            found.say(path, f"{said}; the table of its index goes from {min(ends):g} to {max(ends):g} {unit}")


def _check_mixing(name: str, quality: Quality, found: Findings) -> None:
    path: Path = ("qualities", name, "mixing")
    points = quality.mixing
    if isinstance(points, str):
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


def _contents(case: Case) -> Iterator[tuple[Path, Mapping[str, Content]]]:
    for name, resource in case.resources.items():
        yield ("resources", name, "quality"), resource.quality
    for kind in ("plants", "partners"):
        for name, tenant in getattr(case, kind).items():
            for stream, source in tenant.sources.items():
                yield (kind, name, "sources", stream, "quality"), source.quality
    for name, facility in case.facilities.items():
        for stream, contents in facility.quality.items():
            yield ("facilities", name, "quality", stream), contents


def _check_content(quality: Quality | None, content: Content, path: Path, found: Findings) -> None:
    if content.mean is None and content.worst is not None:
        found.say((*path, "worst"), "states a worst value without the mean; balances need the mean")
    for field in ("mean", "worst"):
        check_value(quality, getattr(content, field), (*path, field), found)


def _limits(case: Case) -> Iterator[tuple[Path, Mapping[str, QualityLimit]]]:
    for path, discharge, sale in _ways_out(case):
        if discharge:
            yield (*path, "discharge", "limits"), discharge.limits
        if sale:
            yield (*path, "sale", "limits"), sale.limits
    for kind in ("plants", "partners"):
        for name, tenant in getattr(case, kind).items():
            for stream, sink in tenant.sinks.items():
                yield (kind, name, "sinks", stream, "limits"), sink.limits
    for name, facility in case.facilities.items():
        for stream, limits in facility.limits.items():
            yield ("facilities", name, "limits", stream), limits


def _ways_out(case: Case) -> Iterator[tuple[Path, Discharge | None, Sale | None]]:
    for name, resource in case.resources.items():
        yield ("resources", name), resource.discharge, resource.sale
    for kind in ("plants", "partners"):
        for name, tenant in getattr(case, kind).items():
            for stream, source in tenant.sources.items():
                yield (kind, name, "sources", stream), source.discharge, source.sale


def _check_limit(quality: Quality | None, limit: QualityLimit, path: Path, found: Findings) -> None:
    if limit.max_ is None and limit.min_ is None:
        found.say(path, "limits nothing; state max or min")
    elif limit.max_ is not None and limit.min_ is not None and limit.min_.value > limit.max_.value:
        found.say((*path, "min"), f"{limit.min_.given} is above its own max, {limit.max_.given}")
    check_value(quality, limit.max_, (*path, "max"), found)
    check_value(quality, limit.min_, (*path, "min"), found)


def _check_fees(case: Case, found: Findings) -> None:
    for path, discharge, _ in _ways_out(case):
        for name in discharge.load_fees if discharge else ():
            if name in case.qualities and case.qualities[name].mixing != "mean":
                found.say(
                    (*path, "discharge", "load_fees", name), f"{name} mixes by an index and has no load to pay for"
                )


def _check_weights(case: Case, found: Findings) -> None:
    """What mixes must have a weight in the mixture."""
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
            number, field, unit = weight_per_unit(case, name, resource), FIELDS[weight], case.resources[resource].unit
            if number is None:
                message = f"is missing; {name} mixes by {weight}, so state it in {weight}/{unit}"
                found.say(("resources", resource), message, missing=field)
            elif number <= 0:
                found.say(("resources", resource, field), f"found 0; {name} mixes by it, so expected more than 0")


def _check_codes(case: Case, found: Findings) -> None:
    stated: list[tuple[Path, str | None]] = [(("resources", n), r.waste_code) for n, r in case.resources.items()]
    for kind in ("plants", "partners"):
        for name, tenant in getattr(case, kind).items():
            stated += [((kind, name, "sources", n), source.waste_code) for n, source in tenant.sources.items()]
    for path, code in stated:
        if code is not None and not _WASTE_CODE.fullmatch(code):
            message = f'found "{code}"; expected a code of the list of waste, as in "10 01 02", with * if hazardous'
            found.say((*path, "waste_code"), message)


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


def _check_attainable(contents: Contents, inlet: Inlet, found: Findings) -> None:
    """Limits that what is bought breaks, though nothing could dilute it, and what is bought without a known content."""
    limits = limits_of(contents.case, inlet)
    for name, limit in limits.items():
        bought = contents.bought(inlet, name)
        if name not in contents.case.qualities or bought is None:
            continue
        if not bought.known:
            if not accepts_unknown(limits, name):
                message = f"is limited, but the content of {inlet.resource} where it is bought is not known"
                path = (*_place(contents.case, inlet), name)
                advice = "" if inlet.operation else ", or accept_unknown: true"
                found.say(path, f"{message}; state resources.{inlet.resource}.quality.{name}{advice}")
            continue
        for field, bound, lowest in (("max", limit.max_, True), ("min", limit.min_, False)):
            _check_bound(contents, inlet, name, (field, bound, lowest), found)


def _check_bound(
    contents: Contents,
    inlet: Inlet,
    name: str,
    what: tuple[str, QualityValue | None, bool],
    found: Findings,
) -> None:
    field, bound, lowest = what
    bought = contents.bought(inlet, name)
    best = contents.extreme(inlet, name, lowest=lowest)
    unit = contents.case.qualities[name].unit
    if bound is None or bound.unit != unit or bought is None or bought.mean is None or best is None:
        return
    index = index_of(contents.case.qualities[name])
    side = -1.0 if lowest else 1.0
    room = _ROUNDING * max(1.0, abs(bound.value))
    if not math.isfinite(index(bound.value)) or side * (bound.value - best) <= room:
        return
    holds = worst(bought, highest=lowest)
    here = "below" if lowest else "above"
    message = f"{bound.given} is {here} what {inlet.resource} holds where it is bought, {holds:g} {unit}"
    path = (*_place(contents.case, inlet), name)
    path = path if inlet.operation else (*path, field)
    found.say(
        path, f"{message}, and nothing that could feed it holds {'less' if lowest else 'more'} than {best:g} {unit}"
    )


def _place(case: Case, inlet: Inlet) -> Path:
    """Where the limits of an inlet stand."""
    if inlet.unit in case.facilities:
        return ("facilities", inlet.unit, "limits", inlet.name)
    kind = "plants" if inlet.unit in case.plants else "partners"
    field = ("operations", inlet.name, "max_inlet") if inlet.operation else ("sinks", inlet.name, "limits")
    return (kind, inlet.unit, *field)


def _check_forced(contents: Contents, found: Findings) -> None:
    """An exchange that must be built although quality or law bars it."""
    for index, exchange in enumerate(contents.case.exchanges):
        joined = matches(contents.case, exchange) if exchange.forced else []
        for pair in joined if len(joined) == 1 else ():
            where = f"{pair.outlet.name} of {pair.outlet.unit}"
            for name in contents.unknown(pair):
                message = f"must be built, but {pair.inlet.unit} limits {name}, which is not known of {where}"
                found.say(("exchanges", index, "forced"), f"{message}; state it, or accept_unknown: [{name}]")
            use = contents.forbidden_use(pair)
            if use is not None:
                message = f"must be built, but {where} may not go into {use} (not_into)"
                found.say(("exchanges", index, "forced"), message)
