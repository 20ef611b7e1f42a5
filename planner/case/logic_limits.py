"""Checks limits against what could come: bought, or from any source; and exchanges that must be, though barred."""

import math

from planner.case.case import Case
from planner.case.contents import Contents, accepts_unknown, limits_of, worst
from planner.case.findings import Findings, Path
from planner.case.mixing_units import index_of
from planner.case.pairs import Inlet, inlets, matches
from planner.case.qualities import QualityValue
from planner.case.quality_ranges import ROUNDING, out_of_range


def check_limits(contents: Contents, found: Findings) -> None:
    """Every limit of a sink, an operation or an input of a facility; and what is forced."""
    for inlet in inlets(contents.case):
        _check_attainable(contents, inlet, found)
    _check_forced(contents, found)


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
                found.rest(path, f"{message}; state resources.{inlet.resource}.quality.{name}{advice}")
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
    unit, said = contents.case.qualities[name].unit, contents.case.qualities[name].said
    if bound is None or bound.unit != unit or bought is None or bought.mean is None or best is None:
        return
    if out_of_range(contents.case.qualities[name], bound):
        return  # said of the value itself
    index = index_of(contents.case.qualities[name])
    side = -1.0 if lowest else 1.0
    room = ROUNDING * max(1.0, abs(bound.value))
    if not math.isfinite(index(bound.value)) or side * (bound.value - best) <= room:
        return
    holds = worst(bought, highest=lowest)
    here = "below" if lowest else "above"
    message = f"{bound.given} is {here} what {inlet.resource} holds where it is bought, {holds:g}{said}"
    path = (*_place(contents.case, inlet), name)
    path = path if inlet.operation else (*path, field)
    found.rest(
        path, f"{message}, and nothing that could feed it holds {'less' if lowest else 'more'} than {best:g}{said}"
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
                found.rest(("exchanges", index, "forced"), f"{message}; state it, or accept_unknown: [{name}]")
            use = contents.forbidden_use(pair)
            if use is not None:
                message = f"must be built, but {where} may not go into {use} (not_into)"
                found.say(("exchanges", index, "forced"), message)
