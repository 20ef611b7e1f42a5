"""Fills in what archetypes say of the plants of a case, before the case is validated.

Everything is put into the case as if the user had written it, with ``basis: archetype``, so that nothing downstream
needs to know of archetypes. What a plant states itself wins: streams by their resource, and their fields one by one.
"""

from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from planner.case import units
from planner.case.archetype_contents import fill_contents
from planner.case.archetype_numbers import (
    Sized,
    SizeError,
    assumed_number,
    plain_number,
    size_of,
    sized_number,
    stated_number,
    yearly,
)
from planner.case.archetype_park import Filled, Park, Tree, mapping
from planner.case.archetype_resources import content_per_unit, likely
from planner.case.archetypes import Archetype, reading_of, unknown_archetype
from planner.case.marks import Mark, Marks, Path, paths
from planner.case.numbers import did_you_mean
from planner.case.units import UnitError
from planner.case.values import DaysPerYear, HoursPerYear
from planner.library.archetypes import Amount, PlantType, StreamAmount

#: What may be left out of an archetype besides its resources.
PLAIN_FIELDS = ("hours", "area", "jobs", "product")
_KINDS = ("material", "water", "heat", "power", "gas")
#: Note of what costs nothing because nobody priced it.
FREE = "no price is stated: counted as free"


def fill_archetypes(tree: Tree, marks: Marks) -> Filled:
    """Fill in the archetypes of a case.

    Parameters
    ----------
    tree
        The case as plain data, its tables merged in; changed in place.
    marks
        Where each part stands; what is filled in stands where the archetype is named.
    """
    done = Filled()
    named = [
        ((kind, str(name)), plant)
        for kind in ("plants", "partners")
        for name, plant in mapping(tree.get(kind)).items()
        if isinstance(plant, dict) and plant.get("archetype") is not None
    ]
    if not named and not _are_bare(tree):
        return done
    from planner.library.archetypes import library  # read where a case may need it

    park = Park(tree, marks, library(), done, frozenset(mapping(tree.get("resources"))))
    park.complete()
    for path, plant in named:
        try:
            stated = Archetype.model_validate(plant["archetype"])
        except ValidationError:  # the schema says what is wrong
            done.failed.append(path)
            continue
        if stated.filled is None:
            _fill(park, path, plant, stated)
        else:
            _check_filled(park, (*path, "archetype", "filled"), stated)
    return done


def _are_bare(tree: Tree) -> bool:
    """Whether the case leaves it to the library what kind of resource some are, and their unit."""
    raws = mapping(tree.get("resources")).values()
    return any(isinstance(raw, dict) and None in (raw.get("kind"), raw.get("unit")) for raw in raws)


def _check_filled(park: Park, path: Path, stated: Archetype) -> None:
    """A case that the planner wrote holds the numbers already; they must be those of what its archetype says."""
    if stated.filled != stated.said:
        park.say(
            path,
            f'the numbers of this plant were filled in for "{stated.filled}", but its archetype says '
            f'"{stated.said}"; change the case that this was written from, or delete `filled` and these numbers',
        )


def _fill(park: Park, path: Path, plant: Tree, stated: Archetype) -> None:
    """Fill in one plant."""
    here = (*path, "archetype")
    key = park.library.find(stated.name)
    if key is None:
        park.say((*here, "name"), unknown_archetype(stated.name, park.library))
        park.done.failed.append(path)
        return
    kind = park.library.archetypes[key]
    try:
        size = size_of(stated.size, kind, plant)
    except SizeError as error:
        park.say((*here, "size"), str(error))
        size = Sized(stated.size, {"value": kind.size.typical}, kind)  # so that all else can still be checked
    _Filler(park, path, plant, stated, key, kind, size).fill()


@dataclass
class _Filler:
    """Fills in one plant.

    ``names`` says which resource of the case each one of the archetype is; ``own`` are the streams of the plant itself,
    by side and name, each with its resource and whether it states its rate; ``filled`` are the resources of a side that
    are done.
    """

    park: Park
    path: Path
    plant: Tree
    stated: Archetype
    key: str
    kind: PlantType
    size: Sized
    names: dict[str, str] = field(default_factory=dict)
    own: dict[str, dict[str, tuple[str, bool]]] = field(init=False)
    filled: set[str] = field(default_factory=set)
    hours_known: float | None = None

    def __post_init__(self) -> None:
        self.own = {side: {} for side in ("sinks", "sources")}
        for side, found in self.own.items():
            for key, raw in mapping(self.plant.get(side)).items():
                one = mapping(raw)
                found[str(key)] = (str(one.get("resource") or key), one.get("rate") is not None)

    def fill(self) -> None:
        """Fill in all that the plant does not state."""
        self.check_names()
        self.hours_known = self.running()
        self.plain_fields()
        without = self.stated.without
        for side in ("sinks", "sources"):
            self.filled = set()
            for name, stream in getattr(self.kind, side).items():
                target = self.resource(name, side)
                if not {name, target} & {*without}:
                    self.stream(side, name, target, stream)
        self.record()

    @property
    def mark(self) -> Mark:
        """Where the archetype is named."""
        marks = self.park.marks
        return marks.values.get((*self.path, "archetype")) or Mark(marks.file, 1, 1)

    def put(self, node: Tree, key: str, value: Any, path: Path) -> None:
        """Put a part where none is, or an empty one."""
        if node.get(key) is None:
            self.park.put(node, key, value, path, self.mark)

    def check_names(self) -> None:
        """Say which names are of no resource of the archetype, or of the case."""
        here, known = (*self.path, "archetype"), [*self.kind.sinks, *self.kind.sources]
        for index, name in enumerate(self.stated.without):
            if name not in (*known, *PLAIN_FIELDS, *self.stated.names.values()):
                near = did_you_mean(name, [*known, *PLAIN_FIELDS])
                self.park.say((*here, "without", index), f'"{name}" is no resource of {self.key}{near}')
        for mine, theirs in self.stated.names.items():
            meant = [*known, self.park.library.boiler.fuel]
            if mine not in meant:
                near = did_you_mean(mine, meant)
                self.park.say((*here, "names", mine), f"is no resource of {self.key}{near}", at_key=True)
            elif theirs not in self.park.own:
                near = did_you_mean(theirs, sorted(self.park.own))
                self.park.say((*here, "names", mine), f'no such resource "{theirs}"{near}')

    def plain_fields(self) -> None:
        """Industry, hours, area, jobs and product; of a partner outside industry and hours only."""
        self.put(self.plant, "nace", self.kind.nace, self.path)
        stops = self.plant.get("stops") is not None
        without = {*self.stated.without, *(["hours"] if stops else ())}
        if "hours" not in without:
            self.put(self.plant, "hours", self.hours(), self.path)
        if self.path[0] == "partners":
            return
        if self.plant.get("plot") is not None:  # decided, so that it fits: no guess at its area may say else
            without.add("area")
        for name in ("area", "jobs"):
            if name not in without:
                self.put(self.plant, name, sized_number(getattr(self.kind, name), self.size), self.path)
        made = self.kind.product
        if made is not None and "product" not in without:
            output = sized_number(made.amount, self.size, f"{made.unit}/yr")
            if made.per_size is None:  # the size, which is the plant's own number
                output = {name: output[name] for name in ("value", "low", "high", "unit") if name in output}
                said = ("source", "grade", "basis", "year")
                output |= {name: value for name in said if (value := getattr(self.stated.size, name))}
            self.put(self.plant, "product", {"name": made.name, "output": output, "unit": made.unit}, self.path)

    def hours(self) -> Tree:
        """Operating hours, no more than fit into the days that the plant states."""
        return self.within(self.kind.hours, self.days())

    def days(self) -> float:
        """Hours of the days a year that the plant states; of a whole year where it states none."""
        try:
            days = yearly(DaysPerYear, self.plant.get("days"), 365.0)
        except SizeError:
            days = None
        return 8760.0 if days is None else 24 * days

    def running(self) -> float | None:
        """Most hours a year that the plant runs by its own word; None where they differ by period."""
        try:
            hours = yearly(HoursPerYear, self.plant.get("hours"), 8760.0)
            stops = yearly(HoursPerYear, self.plant.get("stops"), 8760.0)
        except SizeError:
            return None
        if hours is None:
            hours = 8760.0 if stops is None else 8760.0 - stops
        return min(hours, self.days())

    def within(self, amount: Amount, most: float) -> Tree:
        """Hours of the archetype, no more than there are."""
        parts = {part: min(number, most) for part, number in amount.parts.items()}
        return stated_number(parts, amount.unit, amount, amount.grade, amount.note or "")

    def resource(self, name: str, side: str) -> str:
        """The resource of the case that one of the archetype is.

        As named; else that of a stream of the plant itself, at any level; else of that name, by a synonym, or new.
        """
        if name not in self.names:
            stated, own = self.stated.names.get(name), self.park.own
            found = [one for one in (stated,) if one in own]
            found = found or self.of_own(name, side) or [name] * (name in own) or self.park.likely(name, side)
            self.names[name] = found[0] if len(found) == 1 and found[0] is not None else name
        return self.names[name]

    def of_own(self, name: str, side: str) -> list[str]:
        """Resources of the streams of the plant itself that are one of the archetype, by name or synonym."""
        theirs = {resource for resource, _ in self.own[side].values()}
        others = {one for one in (*self.kind.sinks, *self.kind.sources) if one != name}
        raws = {one: raw for one, raw in self.park.resources.items() if one in theirs - others}
        called = likely(name, self.park.library.resources[name], None, raws)
        return [name] if name in theirs else called

    def stream(self, side: str, name: str, target: str, stream: StreamAmount) -> None:
        """One stream of the archetype: a new one, or what the plant does not state of its own."""
        if self.plant.get(side) is None:
            self.put(self.plant, side, {}, self.path)
        streams = self.plant[side]
        if not isinstance(streams, dict) or self.is_described_elsewhere(side, name, target):
            return
        theirs = [key for key, (resource, _) in self.own[side].items() if resource == target]
        again = target in self.filled
        if len(theirs) > 1 or (again and any(self.own[side][key][1] for key in theirs)):
            return  # the plant says in full what it takes or gives of it
        if not self.is_alike(name, target):
            return
        if target not in self.park.own or target == name:
            self.park.require(target, self.path[1], self.mark)  # type: ignore[arg-type]
        at = theirs[0] if theirs and not again else self.free_key(streams, name, target, again=again)
        if at not in streams:
            self.put(streams, at, {} if at == target else {"resource": target}, (*self.path, side))
        there, here = streams[at], (*self.path, side, at)
        self.filled.add(target)
        if not isinstance(there, dict):
            return
        if there.get("rate") is None and (rate := self.rate(name, target, stream)) is not None:
            self.put(there, "rate", rate, here)
        self.terms(there, here, stream)
        if side == "sinks":
            self.supply(there, here, name, target)
        else:
            self.disposal(there, here, name, target)
            fill_contents(self.park, self.mark, (there, here), (name, target), stream)

    def free_key(self, streams: Tree, name: str, target: str, *, again: bool) -> str:
        """Name of a new stream: its resource, that of the archetype, or one that says where it comes from."""
        names = [name, f"{name} of {self.key}", f"{target} for {name} of {self.key}"]
        return next(one for one in ([] if again else [target]) + names if one not in streams)

    def is_alike(self, name: str, target: str) -> bool:
        """Whether a resource of the case is of the kind of one of the archetype; where it is not, that is a fault.

        What is named may be counted as material in place of gas or water; heat and power are nothing else.
        """
        kind, theirs = self.park.library.resources[name].kind, mapping(self.park.resources.get(target)).get("kind")
        meant = name in self.stated.names and "material" in (kind, theirs) and not {kind, theirs} & {"heat", "power"}
        if theirs is None or theirs == kind or meant or theirs not in _KINDS:
            return True
        self.park.say(
            (*self.path, "archetype"),
            f"{name} of {self.key} is {kind}, but resources.{target}.kind says {theirs}; name another resource for it "
            f"in `names`, or leave it out with `without: [{name}]`",
        )
        return False

    def is_described_elsewhere(self, side: str, name: str, target: str) -> bool:
        """Whether operations or process heat of the plant say what it takes or gives of a resource."""
        if self.park.library.resources[name].kind == "heat" and self.plant.get("process_heat") is not None:
            return True
        way = "takes" if side == "sinks" else "gives"
        return any(mapping(one).get(way) == target for one in mapping(self.plant.get("operations")).values())

    def rate(self, name: str, target: str, stream: StreamAmount) -> Tree | None:
        """Rate of a stream, in the unit of its resource in the library, or of the case where that cannot be had."""
        unit = self.park.library.resources[name].unit
        long = f"({stream.unit})*({self.size.unit})"
        span = "yr" if units.converts(long, f"{unit}/yr") else "h"
        per = 1.0 / units.factor(long, f"{unit}/{span}")
        raw = mapping(self.park.resources.get(target))
        theirs = raw.get("unit")
        if isinstance(theirs, str) and _is_known(theirs) and not units.converts(theirs, unit):
            content = content_per_unit(raw, theirs, unit)
            if content is None:
                what = {"MWh": "enthalpy", "t": "mass", "m3": "water"}[unit]
                self.park.say(
                    (*self.path, "archetype"),
                    f"{self.key} counts {name} in {unit}, the case counts {target} in {theirs}; state resources."
                    f"{target}.{what} in {unit}/{theirs}, or the rate of this stream",
                )
                return None
            unit, per = f"({theirs})", per * content
        return sized_number(stream, self.size, f"{unit}/{span}", per)

    def terms(self, there: Tree, here: Path, stream: StreamAmount) -> None:
        """Hours of a stream, no more than those of the plant, and the largest share that others may meet."""
        if stream.hours is not None and self.hours_known is not None:
            self.put(there, "hours", self.within(stream.hours, self.hours_known), here)
        if stream.max_exchanged_share is not None:
            self.put(there, "max_exchanged_share", plain_number(stream.max_exchanged_share), here)

    def supply(self, there: Tree, here: Path, name: str, target: str) -> None:
        """How a sink is supplied today, where the case prices what it takes nowhere."""
        known, raw = self.park.library.resources[name], mapping(self.park.resources.get(target))
        if raw.get("price") is not None or there.get("supplied_today_by") is not None:
            return
        if known.boiler:
            boiler = self.park.library.boiler
            fuel = self.resource(boiler.fuel, "sinks")
            if fuel == boiler.fuel:
                self.park.require(fuel, str(self.path[1]), self.mark)
            self.put(there, "supplied_today_by", {fuel: {"efficiency": plain_number(boiler.efficiency)}}, here)
        elif not known.needs_price:
            self.put(there, "supplied_today_by", {"cost": assumed_number(0, FREE)}, here)

    def disposal(self, there: Tree, here: Path, name: str, target: str) -> None:
        """What usually happens to what nobody takes, where the case does not say."""
        known, raw = self.park.library.resources[name], mapping(self.park.resources.get(target))
        if known.waste_code and raw.get("waste_code") is None:
            self.put(there, "waste_code", known.waste_code, here)
        usual = known.discharge
        stated = any(one.get(way) is not None for one in (raw, there) for way in ("discharge", "sale"))
        stated = stated or bool(there.get("on_demand"))
        if usual is None or stated:
            return
        discharge: Tree = {"route": usual["route"]}
        unit = str(raw.get("unit"))
        if "waste" in usual and _is_known(unit) and units.converts(unit, "t"):
            discharge["waste"] = usual["waste"]
            if unit != "t":
                discharge["waste_mass"] = {"value": units.factor(unit, "t"), "unit": f"t/({unit})"}
        self.put(there, "discharge", discharge, here)

    def record(self) -> None:
        """Write down what was filled in, so that it is not filled in again."""
        size = self.stated.size
        said = {name: value for name in ("source", "grade", "basis", "year", "note") if (value := getattr(size, name))}
        names = {mine: theirs for mine, theirs in sorted(self.names.items()) if mine != theirs}
        said |= {"given": size.given} if reading_of(size) else {}  # as it was written
        record: Tree = {"name": self.key, "size": {**self.size.parts, "unit": self.size.unit, **said}}
        record |= {"names": names} if names else {}
        record |= {"without": list(self.stated.without)} if self.stated.without else {}
        record["filled"] = Archetype.model_validate(record).said
        for part in paths((), record):
            place = (*self.path, "archetype", *part)
            if place not in self.park.marks.values:
                self.park.marks.put(place, self.mark)
        self.plant["archetype"] = record


def _is_known(unit: str) -> bool:
    try:
        units.parse(unit)
    except UnitError:
        return False
    return True
