"""Checks what a case says of the insulation of pipes, of the levels at which media arrive, and of return pipes."""

from planner.case.case import Case
from planner.case.findings import Findings, Path
from planner.case.heat import HeatLevel
from planner.case.links import Link, Size
from planner.case.pairs import carried
from planner.case.resources import Resource
from planner.case.values import Value

#: Where numbers of insulation lie, in the field's unit; beyond these a number is a slip of its unit.
_SPANS = {
    "thickness": (1.0, 1000.0),
    "conductivity": (0.001, 5.0),
    "outside": (0.0, 100.0),
    "outer_diameter": (3.0, 20_000.0),
    "heat_transfer": (0.001, 1000.0),
    "return_heat_transfer": (0.0, 1000.0),
}
#: How a size says what it loses.
_WAYS = ("loss", "heat_transfer", "insulation")
#: Temperatures of the ground that there are [degC].
_GROUND = (-70.0, 70.0)


def check_insulation(case: Case, found: Findings) -> None:
    """Insulation of sizes, and the temperature of the ground."""
    for name, link in case.links.items():
        resources = sorted(carried(case, name) & case.resources.keys())
        for index, size in enumerate(link.sizes):
            _check_size(size, ("links", name, "sizes", index), found)
        if any(size.heat_transfer or size.insulation for size in link.sizes):
            _check_carried(case, resources, ("links", name), found)
        _check_returns(case, link, resources, ("links", name), found)
    if case.ground is not None and case.ground.unit == type(case.ground).template:
        for number in (case.ground.value, *(number for _, number, _ in case.ground.periods)):
            if not _GROUND[0] <= number <= _GROUND[1]:
                found.say(("ground",), f"found {number:g} degC; expected {_GROUND[0]:g} to {_GROUND[1]:g} degC")
                return


def _check_size(size: Size, place: Path, found: Findings) -> None:
    stated = [field for field in _WAYS if getattr(size, field) is not None]
    if len(stated) > 1:
        found.say(place, f"states {' and '.join(stated)}; each says what it loses: expected one of them")
    for field in ("heat_transfer", "return_heat_transfer", "outer_diameter"):
        _check_number(getattr(size, field), (*place, field), found)
    if size.insulation is None:
        if size.outer_diameter is not None:
            found.say((*place, "outer_diameter"), "is of no use without insulation; state both or neither")
    else:
        for field in ("thickness", "conductivity", "outside"):
            _check_number(getattr(size.insulation, field), (*place, "insulation", field), found)
        if size.outer_diameter is None:
            message = "is missing; how thick insulation holds heat back depends on the pipe under it"
            found.say(place, message, missing="outer_diameter")
    if size.return_heat_transfer is not None and size.heat_transfer is None and size.insulation is None:
        message = "is of no use without heat_transfer or insulation of the supply pipe"
        found.say((*place, "return_heat_transfer"), message)
    inner, outer = size.inner_diameter, size.outer_diameter
    if inner is not None and outer is not None and outer.value < inner.value:
        found.say((*place, "outer_diameter"), f"{outer.given} is below its inner_diameter, {inner.given}")


def _check_number(value: Value | None, path: Path, found: Findings) -> None:
    if value is None or value.unit != type(value).template:
        return
    low, high = _SPANS[str(path[-1])]
    if not low <= value.value <= high:
        found.say(path, f"found {value.given}; expected {low:g} to {high:g} {value.unit}, or is its unit another?")


def _check_carried(case: Case, resources: list[str], path: Path, found: Findings) -> None:
    """A loss follows from insulation only where the temperatures of what flows are known."""
    for name in resources:
        resource = case.resources[name]
        if resource.kind != "heat":
            found.say(path, f"has insulated sizes but carries {name}, which is not heat; give it a link of its own")
        elif resource.heat is None:
            message = f"is missing; what the insulated sizes of {path[-1]} lose follows from it (or state loss in W/m)"
            found.say(("resources", name), message, missing="heat")


def _check_returns(case: Case, link: Link, resources: list[str], path: Path, found: Findings) -> None:
    for index, size in enumerate(link.sizes):
        if size.return_investment is None or not resources:
            continue
        if all(case.resources[name].heat is None for name in resources):
            message = "is never due: nothing it carries states a level (heat) with a return or condensate"
            found.say((*path, "sizes", index, "return_investment"), message)


def check_makeup(case: Case, name: str, level: HeatLevel, found: Findings) -> None:
    """Water that makes up for condensate has a price, and is counted in what has a mass."""
    condensate = level.condensate
    if condensate is None or condensate.water is None or condensate.water not in case.resources:
        return
    path: Path = ("resources", name, "heat", "condensate", "water")
    water = case.resources[condensate.water]
    if condensate.share.value >= 1.0:
        found.say(path, "is never bought: all condensate comes back (share 100 %)")
    elif water.price is None:
        found.say(path, f"{condensate.water} is bought to make up for condensate, but it has no price")
    elif not water.content("t") and not water.content("m3"):
        message = f"is missing; how much of it makes up a tonne of steam depends on it (t/{water.unit})"
        found.say(("resources", condensate.water), message, missing="mass")
    if water.heat is not None:
        found.say(path, f"{condensate.water} is a medium of heat; expected water")


def check_arrival(case: Case, name: str, resource: Resource, level: HeatLevel, found: Findings) -> None:
    """The level at which a medium arrives lies between those at which it leaves and comes back."""
    path: Path = ("resources", name, "heat", "arrives")
    arrives = level.arrives
    if arrives is None:
        return
    wanted, other = ("supply", "steam") if level.steam is None else ("steam", "supply")
    if getattr(arrives, other) is not None or getattr(arrives, wanted) is None:
        found.say(path, f"expected {wanted}, as its level is stated")
        return
    if arrives.steam is not None and level.steam is not None:
        if not 0 < arrives.steam.value < level.steam.value:
            message = f"found {arrives.steam.given}; expected less than the {level.steam.given} with which it leaves"
            found.say((*path, "steam"), message)
        for link in resource.carried_by:
            if link in case.links and case.links[link].max_pressure_drop is None and case.links[link].kind == "pipe":
                message = f"is missing; how far {name} may go before it falls to {arrives.steam.given} depends on it"
                found.say(("links", link), message, missing="max_pressure_drop")
    elif arrives.supply is not None and level.supply is not None and level.return_ is not None:
        low, high = sorted((level.supply.value, level.return_.value))
        if not low < arrives.supply.value < high:
            message = f"found {arrives.supply.given}; expected between its supply and its return, {low:g} to {high:g}"
            found.say((*path, "supply"), f"{message} degC")
