"""Checks what a case says of operations of fixed load, and of facilities that treat."""

from planner.case.case import Case
from planner.case.contents import Contents
from planner.case.facilities import Facility, PowerLaw
from planner.case.findings import Findings, Path
from planner.case.mixing_units import limiting_flow, load_unit, weight_per_unit
from planner.case.pairs import Inlet
from planner.case.plants import Tenant
from planner.case.qualities import Operation, Treats
from planner.case.quality_ranges import out_of_range

_ROUNDING = 1e-9


def check_operations(case: Case, contents: Contents, found: Findings) -> None:
    """Operations of fixed load."""
    for kind in ("plants", "partners"):
        for unit, tenant in getattr(case, kind).items():
            for name, operation in tenant.operations.items():
                path: Path = (kind, unit, "operations", name)
                _check_name(tenant, name, operation, path, found)
                _check_flows(case, operation, path, found)
                for quality in operation.load:
                    _check_load(case, operation, quality, path, found)
                if case.resources.keys() >= {operation.takes, operation.gives}:
                    _check_largest(case, operation, path, found)
                    inlet = Inlet(unit, name, operation.takes, operation=operation)
                    for quality in operation.max_outlet:
                        _check_carried(contents, inlet, quality, path, found)


def check_treatments(case: Case, found: Findings) -> None:
    """What facilities do to the quality of what they take in."""
    contents = Contents(case)
    for name, facility in case.facilities.items():
        path: Path = ("facilities", name)
        law = facility.investment
        largest = law.largest.value if isinstance(law, PowerLaw) else max(point.capacity.value for point in law)
        if facility.min_activity is not None and facility.min_activity.value > largest + _ROUNDING:
            message = f"{facility.min_activity.given} is above its largest capacity, {largest:g} {facility.unit}/h"
            found.say((*path, "min_activity"), message)
        if facility.treats:
            _check_treats(case, facility, facility.treats, (*path, "treats"), found)
            for quality in facility.treats.removes:
                _check_removable(contents, name, facility.treats, quality, found)


def _check_name(tenant: Tenant, name: str, operation: Operation, path: Path, found: Findings) -> None:
    for field, streams in (("sources", tenant.sources), ("sinks", tenant.sinks)):
        if name in streams:
            found.say(
                path,
                f'"{name}" is also one of its {field}; an operation takes and gives streams of its name',
                at_key=True,
            )
    parts = {f"{name} #{number}" for number in range(1, operation.parts + 1)} if operation.parts > 1 else set()
    for other in sorted(parts & {*tenant.sources, *tenant.sinks, *tenant.operations}):
        found.say(path, f'results call one of its parts "{other}", which is there already', at_key=True)


def _check_flows(case: Case, operation: Operation, path: Path, found: Findings) -> None:
    least, most, loss = operation.min_flow, operation.max_flow, operation.loss
    if most is not None and most.value <= 0:
        found.say((*path, "max_flow"), f"found {most.given}; expected more than 0")
    elif least is not None and most is not None and least.value > most.value:
        found.say((*path, "min_flow"), f"{least.given} is above its own max_flow, {most.given}")
    gain = operation.gain.value if operation.gain else 0.0
    if loss is not None and most is not None and loss.value >= most.value + gain > 0:
        found.say((*path, "loss"), f"{loss.given} is all it can take (max_flow {most.given}); nothing would leave it")
    names = (operation.takes, operation.gives)
    counted = [case.resources[name].unit for name in names if name in case.resources]
    if len(set(counted)) == 2:
        message = f"{names[1]} is counted in {counted[1]}, but {names[0]}, which it takes, in {counted[0]}"
        found.say((*path, "gives"), f"{message}; expected one unit")


def _check_load(case: Case, operation: Operation, quality: str, path: Path, found: Findings) -> None:
    load, into, out = operation.load[quality], operation.max_inlet.get(quality), operation.max_outlet.get(quality)
    if load.value <= 0:
        message = f"found {load.given}; expected more than 0 (leave {quality} out where it picks up none)"
        found.say((*path, "load", quality), message)
    if quality in case.qualities and case.qualities[quality].mixing != "mean":
        found.say((*path, "load", quality), f"{quality} mixes by an index and has no load")
    sound = quality not in case.qualities or out is None or not out_of_range(case.qualities[quality], out)
    if into is not None and out is not None and sound and into.value >= out.value:
        message = f"{into.given} is not below its max_outlet, {out.given}; no flow could pick up the load"
        found.say((*path, "max_inlet", quality), message)


def _check_largest(case: Case, operation: Operation, path: Path, found: Findings) -> None:
    """Without a largest flow stated, the limiting flow is it: both limits of one quality must be there."""
    if operation.max_flow is not None or not all(name in case.qualities for name in operation.load):
        return
    pairs = [name for name in operation.load if name in operation.max_inlet and name in operation.max_outlet]
    if not pairs:
        named = next(iter(operation.load))
        message = f"is missing; state it, or max_inlet and max_outlet of {named}, of which the limiting flow follows"
        found.say(path, message, missing="max_flow")
        return
    flow, least = limiting_flow(case, operation), operation.min_flow
    if flow is not None and least is not None and least.value > flow * (1 + _ROUNDING):
        message = f"{least.given} is above the limiting flow, {flow:g} {case.resources[operation.takes].unit}/h"
        found.say((*path, "min_flow"), f"{message}, which is its largest where max_flow is not stated")


def _check_carried(contents: Contents, inlet: Inlet, quality: str, path: Path, found: Findings) -> None:
    """A largest outlet content that no flow meets, with the best of what the operation could take.

    With a flow f taken, f + beside given and nothing better than ``best`` coming in, its outlet has room for a load of
    (f + beside) x max_outlet - f x best, by their weights: most at its least flow or at its largest. It takes
    something, unless all it gives is gained.
    """
    case, operation = contents.case, inlet.operation
    assert operation is not None
    out, load = operation.max_outlet[quality], operation.load.get(quality)
    best = contents.extreme(inlet, quality, lowest=True) if quality in case.qualities else None
    if best is None or best == float("-inf") or _at_fault(case, operation, quality):
        return
    holds = f"the best it could take holds {best:g}{case.qualities[quality].said}"
    slope, room = _room(case, operation, quality, best)
    rounding = _ROUNDING * max(1.0, abs(best))
    if slope <= rounding if load else slope < -rounding:
        if room is None or room < (load.value if load else 0.0) - _ROUNDING:
            picks = "the load" if load else f"meet it, although it picks up no {quality}"
            message = f"{out.given} is {'not above' if load else 'below'} what it could take: {holds}; no flow can"
            found.rest((*path, "max_outlet", quality), f"{message} {'carry ' if load else ''}{picks}")
    elif load and operation.max_flow and room is not None and room < load.value * (1 - _ROUNDING):
        message = f"{operation.max_flow.given} carries at most {max(0.0, room):.4g} {load.unit} of {quality} ({holds}"
        found.rest((*path, "max_flow"), f"{message}, it may leave with {out.given}); the load is {load.given}")


def _room(case: Case, operation: Operation, quality: str, best: float) -> tuple[float, float | None]:
    """Room for a load that a unit of flow brings, and the most that any flow does [load/h]; None where there is none.

    Without a largest flow, that at the least.
    """
    mixes = case.qualities[quality].mixing == "mean"
    names = (operation.takes, operation.gives) if mixes else ()
    taken, given = [weight_per_unit(case, quality, name) or 1.0 for name in names] or (1.0, 1.0)
    out, least = operation.max_outlet[quality].value, operation.min_flow.value if operation.min_flow else 0.0
    most = operation.max_flow.value if operation.max_flow else least
    beside, slope = _beside(operation) if mixes else 0.0, given * out - taken * best
    flows = [flow for flow in (least, most) if flow + beside > 0]
    room = max((flow * slope + beside * given * out for flow in flows), default=None)
    return slope, None if room is None else room * load_unit(case, quality)[1]


def _at_fault(case: Case, operation: Operation, quality: str) -> bool:
    """Whether a number that the load of a quality hangs on is at fault, and said to be elsewhere."""
    out, load, data = operation.max_outlet[quality], operation.load.get(quality), case.qualities[quality]
    least, most = operation.min_flow, operation.max_flow
    if most is not None and (most.value <= 0 or (least is not None and least.value > most.value)):
        return True
    if out.unit != data.unit or out_of_range(data, out):
        return True
    hourly = _hourly(load_unit(case, quality)[0])
    return load is not None and (load.value <= 0 or load.unit != hourly or data.mixing != "mean")


def _beside(operation: Operation) -> float:
    """What it gives besides what it takes [unit/h]."""
    return (operation.gain.value if operation.gain else 0.0) - (operation.loss.value if operation.loss else 0.0)


def _hourly(load: str) -> str:
    return f"{load}/h" if load.isidentifier() else f"({load})/h"


def _check_treats(case: Case, facility: Facility, treats: Treats, path: Path, found: Findings) -> None:
    if treats.residue is not None and treats.residue == treats.outlet:
        found.say((*path, "residue"), f"{treats.residue} is the outlet; what is removed must leave by another output")
    for name in treats.leaves:
        if name in treats.removes:
            found.say((*path, "leaves", name), f"states removes and leaves of {name}; expected one of them")
    for name in treats.removes:
        if name in case.qualities and case.qualities[name].mixing != "mean":
            message = f"{name} mixes by an index and has no load; state what it leaves (`leaves`)"
            found.say((*path, "removes", name), message)
    for name in facility.quality.get(treats.outlet, {}):
        if name in treats.removes or name in treats.leaves:
            message = f"{name} of {treats.outlet} follows from what it treats; state one of both"
            found.say((*path[:-1], "quality", treats.outlet, name), message, at_key=True)
    _check_yields(facility, treats, path[:-1], found)


def _check_yields(facility: Facility, treats: Treats, path: Path, found: Findings) -> None:
    """What a treatment takes in and gives: a load that comes in or leaves needs something to be in."""
    for field, stream, what in (
        ("inputs", treats.inlet, "takes in"),
        ("outputs", treats.outlet, "leaves by (`outlet`)"),
        ("outputs", treats.residue, "leaves what it removes in (`residue`)"),
    ):
        per = getattr(facility, field).get(stream)
        if per is not None and per.value <= 0:
            advice = (
                "" if field == "inputs" or stream == treats.outlet else ", or leave `residue` out where it is destroyed"
            )
            message = f"found {per.given}; it is what the treatment {what}, so expected more than 0{advice}"
            found.say((*path, field, str(stream)), message)


def _check_removable(contents: Contents, name: str, treats: Treats, quality: str, found: Findings) -> None:
    """A removal of what nothing that comes in is known to hold."""
    facility = contents.case.facilities[name]
    if quality not in contents.case.qualities or treats.inlet not in facility.inputs:
        return
    inlet = Inlet(name, treats.inlet, treats.inlet)
    feeding = contents.feeding.get((name, treats.inlet), ())
    if any(outlet.operation is not None and quality in outlet.operation.load for outlet in feeding):
        return  # an operation picks it up; where nothing is known of what that takes, it is said there
    if contents.extreme(inlet, quality, lowest=True) is None:
        message = f"removes {quality}, but nothing that could feed {treats.inlet} states what it holds of it"
        found.rest(("facilities", name, "treats", "removes", quality), message, at_key=True)
