"""What a case says of qualities and the law that has no effect, or another than one may think: worth a note."""

from collections.abc import Iterator

from planner.case.case import Case
from planner.case.contents import limits_of
from planner.case.facilities import Facility
from planner.case.marks import Path, field_text
from planner.case.mixing_units import carriers, weight_per_unit
from planner.case.pairs import Inlet, matches
from planner.case.qualities import Content, Treats
from planner.case.quality_places import bare_values, barred_uses, stated_contents, stated_limits, uses, ways_out

#: A content that rises by more than this is worth a note.
_MORE = 1.2


def quality_notes(case: Case) -> list[str]:
    """Sentences on what bars, limits or changes nothing."""
    return [*_uses(case), *_worst_values(case), *_accepted(case), *_treatments(case)]


def _uses(case: Case) -> Iterator[str]:
    known = uses(case)
    stated = f"uses stated: {', '.join(known)}" if known else "no sink states a use"
    for path, names in barred_uses(case):
        idle = [name for name in names if name not in known]
        if idle:
            yield f"{field_text(path)}: {', '.join(idle)} bars no sink of this case ({stated})"


def _worst_values(case: Case) -> Iterator[str]:
    """Worst values on the side that no limit of the case is on."""
    above: dict[str, bool] = {}
    below: dict[str, bool] = {}
    for _, limits in stated_limits(case):
        for name, limit in limits.items():
            above[name] = above.get(name, False) or limit.max_ is not None
            below[name] = below.get(name, False) or limit.min_ is not None
    for tenant in (*case.plants.values(), *case.partners.values()):
        for operation in tenant.operations.values():
            above |= dict.fromkeys((*operation.max_inlet, *operation.max_outlet), True)
    for path, contents in stated_contents(case):
        for name, content in contents.items():
            side = _side(content)
            if side == "below" and above.get(name) and not below.get(name):
                yield _worst((*path, name), name, content, "below", "maximum")
            elif side == "above" and below.get(name) and not above.get(name):
                yield _worst((*path, name), name, content, "above", "minimum")


def _side(content: Content) -> str:
    """Side of the mean that a worst value is on; empty where there is none."""
    if content.mean is None or content.worst is None or content.worst.value == content.mean.value:
        return ""
    return "below" if content.worst.value < content.mean.value else "above"


def _worst(path: Path, name: str, content: Content, side: str, kind: str) -> str:
    assert content.mean is not None
    assert content.worst is not None
    told = f"its worst value, {content.worst.given}, is {side} its mean, {content.mean.given}"
    return f"{field_text(path)}: {told}, but each limit on {name} is a {kind}: the worst value counts in none of them"


def _accepted(case: Case) -> Iterator[str]:
    """Contents that may be unknown where nobody limits them, and nothing passes them on to who does."""
    limited = {name for _, limits in stated_limits(case) for name in limits}
    limited |= {name for _, discharge, _ in ways_out(case) if discharge for name in discharge.load_fees}
    limited |= {name for path, values in bare_values(case) if path[-1] != "leaves" for name in values}
    for index, exchange in enumerate(case.exchanges):
        inlets = [pair.inlet for pair in matches(case, exchange)] if exchange.accept_unknown else []
        passed = limited if any(_passes_on(case, inlet) for inlet in inlets) else set()
        for name in exchange.accept_unknown if inlets else ():
            if name not in passed and not any(name in limits_of(case, inlet) for inlet in inlets):
                path: Path = ("exchanges", index, "accept_unknown")
                yield f"{field_text(path)}: who takes it sets no limit on {name}, so that nothing is accepted by it"


def _passes_on(case: Case, inlet: Inlet) -> bool:
    facility = case.facilities.get(inlet.unit)
    treats = facility.treats if facility and inlet.stream is None else None
    return inlet.operation is not None or bool(treats and treats.inlet == inlet.name)


def _treatments(case: Case) -> Iterator[str]:
    for name, facility in case.facilities.items():
        treats = facility.treats
        if treats and not treats.leaves and not any(share.value for share in treats.removes.values()):
            yield f"facilities.{name}.treats: removes nothing and states nothing that it leaves; all passes it"
        if treats:
            yield from _concentrated(case, name, facility, treats)


def _concentrated(case: Case, unit: str, facility: Facility, treats: Treats) -> Iterator[str]:
    """Qualities of which a treatment says nothing, so that all of them leaves with less than what came in."""
    taken, given = facility.inputs.get(treats.inlet), facility.outputs.get(treats.outlet)
    if taken is None or given is None:
        return
    told = {*treats.removes, *treats.leaves, *facility.quality.get(treats.outlet, {})}
    for name, quality in case.qualities.items():
        if name in told or quality.mixing != "mean" or treats.inlet not in carriers(case, name):
            continue
        before, after = (
            flow.value * (weight_per_unit(case, name, resource) or 0.0)
            for flow, resource in ((taken, treats.inlet), (given, treats.outlet))
        )
        if after > 0 and before > _MORE * after:
            advice = f"removes: {{{name}: {1.0 - after / before:.3g}}} where its content stays as it is"
            yield (
                f"facilities.{unit}.treats: says nothing of {name}, so that all of it leaves with {treats.outlet}, "
                f"which then holds {before / after:.3g} times the {name} of what comes in; write {advice}, "
                f"leaves: {{{name}: value}} where it leaves with one of its own, removes: {{{name}: 0}} if it is so"
            )
