"""Checks of units that change the level of heat: energy balance, second law and efficiency, from temperatures again.

What such a unit takes and gives per unit of activity is read from the case, like that of any facility; here it is held
against the levels and what is stated of the unit, by balances of energy and entropy instead of the equations it was
made by. Then the tables are compared with it.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.audit.checks import Checks
from planner.audit.converters_of_steam import SteamUnit
from planner.audit.exergy_of_media import exergy_of_resource
from planner.audit.facts import Facts
from planner.audit.flows import Run
from planner.audit.heat_levels import given_parts, taken_parts
from planner.audit.network import number, word
from planner.audit.reading import rows_of
from planner.case.converters import names_of
from planner.case.facilities import Facility
from planner.case.heat import HeatLevel
from planner.case.values import PerUnit
from planner.heat.streams import HeatStream

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

KELVIN = 273.15
#: Share by which a balance may be off.
CLOSE = 1e-8
#: Approach on either side where none is stated [K].
APPROACH = 5.0
#: Kind -> share of the fuel by its name -> what that makes.
YIELDS: Mapping[str, Mapping[str, str]] = {
    "boiler": {"efficiency": "to"},
    "chp": {"power_yield": "power", "heat_yield": "heat"},
    **dict.fromkeys(("heat_pump", "chiller", "absorption_chiller"), {}),
}
STEAM = ("let_down", "recompression", "turbine")
#: How its exergy counts: of units through which steam goes, and of others.
HOW = {
    True: "flows of steam and water beside water of the surroundings: h - h0 - T0 (s - s0) (IAPWS-IF97)",
    False: "heat at its temperature; water and steam of media by h - T0 s between supply and return (IAPWS-IF97)",
}
Parts = Mapping[str, tuple[Facts, Run]]


@dataclass(frozen=True)
class Unit:
    """A converter with what it takes and gives, in energy per unit of activity."""

    facts: Facts
    name: str

    @property
    def facility(self) -> Facility:
        """What the case says of it."""
        return self.facts.case.facilities[self.name]

    @property
    def kind(self) -> str:
        """Its kind."""
        assert self.facility.converts is not None
        return next(iter(self.facility.converts.stated))

    @property
    def stated(self) -> Any:
        """What is stated of it."""
        assert self.facility.converts is not None
        return self.facility.converts.stated[self.kind]

    def amounts(self, role: str) -> Mapping[str, PerUnit]:
        """What it takes or gives, by resource."""
        return self.facility.inputs if role == "takes" else self.facility.outputs

    def level(self, resource: str) -> HeatLevel:
        """Level of a medium."""
        level = self.facts.case.resources[resource].heat
        assert level is not None
        return level

    def energy(self, role: str, resource: str) -> float:
        """Energy in a unit of what it takes or gives [MWh/unit]; nan where that is not known."""
        data = self.facts.case.resources[resource]
        content = data.content("MWh")
        if content is None:
            return math.nan
        if role == "takes" or data.heat is None or self.kind in STEAM:
            return content
        raised, used = (sum(p.load for p in of(data.heat, "", 0.0)) for of in (given_parts, taken_parts))
        return content * raised / used

    def flow(self, field: str) -> float:
        """Energy of what a field names [MWh/activity]."""
        resource = names_of(self.stated)[field]
        for role in ("takes", "gives"):
            if resource in self.amounts(role):
                return self.amounts(role)[resource].value * self.energy(role, resource)
        return math.nan

    def mean(self, field: str, shift: float = 0.0) -> float:
        """Mean temperature of what a field names: heat over entropy [K]."""
        resource = names_of(self.stated).get(field)
        if resource is None:  # the air
            return float(self.stated.air.value) + shift + KELVIN
        parts = self.parts(resource)
        entropy = math.fsum(p.load / _mean(p.supply + shift, p.target + shift) for p in parts)
        return math.fsum(p.load for p in parts) / entropy

    def parts(self, resource: str) -> tuple[HeatStream, ...]:
        """Streams of a medium on the side of the unit."""
        level = self.level(resource)
        return (taken_parts if resource in self.facility.inputs else given_parts)(level, "", 0.0)

    def ends(self, field: str) -> tuple[float, float]:
        """Coldest and hottest temperature of what a field names [K]."""
        resource = names_of(self.stated).get(field)
        if resource is None:
            return self.mean(field), self.mean(field)
        found = [t + KELVIN for part in self.parts(resource) for t in (part.supply, part.target)]
        return min(found), max(found)


def _mean(one: float, other: float) -> float:
    low, high = sorted((one + KELVIN, other + KELVIN))
    return low if high - low < 1e-9 else (high - low) / math.log(high / low)


def check_converters(facts: Facts, tables: "Tables", prefix: str, run: Run, parts: Parts, checks: Checks) -> None:
    """Check converters of the case, and their rows in a run; ``prefix`` is "" or "baseline_"."""
    names = [name for name in facts.case.facilities if facts.converts(name)]
    if not names:
        return
    if not prefix:
        check = "converters: energy balances, and none runs uphill"
        checks.start(check)
        for name in names:
            for told in _faults(Unit(facts, name)):
                checks.fail(check, f"{name}: {told}")
    built = [name for name in names if name in run.places or name in run.activity]
    _rows(facts, tables, prefix, (built, parts or {"year": (facts, run)}), checks)
    _exergy(facts, tables, prefix, (built, run), checks)


def _faults(unit: Unit) -> Iterator[str]:
    """What is wrong with the amounts per unit of activity."""
    if unit.kind in STEAM:
        yield from SteamUnit(unit.facts, unit.facility, unit.stated).faults(unit.kind)
        return
    yields = {field: getattr(unit.stated, share).value for share, field in YIELDS[unit.kind].items()}
    for field, share in yields.items():
        due = unit.flow("fuel") * share
        if share > 0 and not abs(unit.flow(field) - due) <= CLOSE * due:
            yield f"{unit.flow(field):.9g} MWh of {field}, {due:.9g} by its yield"
    if not yields and "to" in names_of(unit.stated):
        into = [unit.flow(field) for field in ("from", "power", "driven_by") if field in names_of(unit.stated)]
        if not abs(math.fsum(into) - unit.flow("to")) <= CLOSE * unit.flow("to"):
            yield f"{math.fsum(into):.9g} MWh go in and {unit.flow('to'):.9g} come out, per {unit.facility.unit}"
    if unit.kind in ("heat_pump", "chiller"):
        yield from _lift(unit)
    elif unit.kind == "absorption_chiller":
        yield from _driven(unit)


def _lift(unit: Unit) -> Iterator[str]:
    """Faults of the power of a heat pump or chiller."""
    heats = unit.kind == "heat_pump"
    made, power, stated = unit.flow("to" if heats else "from"), unit.flow("power"), unit.stated
    found = made / power
    rejected = made if heats else made + power
    left = rejected / unit.mean("to") - (rejected - power) / unit.mean("from")
    if not left >= -CLOSE * rejected / unit.mean("to"):
        yield f"a COP of {found:.6g} takes entropy out of the world"
    if stated.cop is not None:
        due = stated.cop.value
    else:
        near = APPROACH if stated.approach is None else stated.approach.value
        if stated.of == "carnot":
            high, low = unit.ends("to")[1] + near, unit.ends("from")[0] - near
        else:
            high, low = unit.mean("to", near), unit.mean("from", -near)
        due = stated.efficiency.value * (high if heats else low) / (high - low)
    if not abs(found - due) <= CLOSE * abs(due):
        yield f"its COP is {found:.9g}, {due:.9g} by its efficiency"


def _driven(unit: Unit) -> Iterator[str]:
    """Faults of the heat that drives an absorption chiller."""
    cold, heat = unit.flow("from"), unit.flow("driven_by")
    left = (cold + heat) / unit.mean("to") - cold / unit.mean("from") - heat / unit.mean("driven_by")
    if not left >= -CLOSE * heat / unit.mean("to"):
        yield f"a COP of {cold / heat:.6g} takes entropy out of the world"
    if not abs(cold / heat - unit.stated.cop.value) <= CLOSE * unit.stated.cop.value:
        yield f"its COP is {cold / heat:.9g}, {unit.stated.cop.value:.9g} is stated"


def _rows(facts: Facts, tables: "Tables", prefix: str, running: tuple[list[str], Parts], checks: Checks) -> None:
    """Check the rows of the table."""
    check = f"{'baseline' if prefix else 'plan'}: rows of converters"
    checks.start(check)
    built, parts = running
    due = {
        (state, name, role, resource): (Unit(facts, name), per, per.value * run.activity.get(name, 0.0))
        for state, (_, run) in parts.items()
        for name in built
        for role in ("takes", "gives")
        for resource, per in Unit(facts, name).amounts(role).items()
    }
    keys = ("state", "facility", "role", "resource")
    listed = {tuple(word(row, key) for key in keys): row for row in rows_of(tables, prefix + "converters")}
    for key in sorted(listed.keys() ^ due.keys()):
        checks.fail(check, f"{' / '.join(key)} is in only one of table and run")
    for key in sorted(listed.keys() & due.keys()):
        row, (unit, per, amount) = listed[key], due[key]  # type: ignore[index]
        label, energy = " / ".join(key), amount * unit.energy(*key[2:])
        words = {
            "kind": unit.kind,
            "activity_unit": unit.facility.unit,
            "unit": facts.case.resources[key[3]].unit,
            "basis": per.source or "",
        }
        for column, expected in words.items():
            if word(row, column) != expected:
                checks.fail(check, f"{label}: {column} is {row[column]!r}, {expected!r} by the case")
        if not abs(number(row, "per_activity") - per.value) <= 1e-9 * abs(per.value):
            checks.fail(check, f"{label}: {row['per_activity']} per activity, {per.value:.10g} by the case")
        checks.equal(check, f"{label}: amount", number(row, "amount_per_yr"), amount)
        if energy == energy:
            checks.equal(check, f"{label}: energy", number(row, "energy_mwh_per_yr"), energy)
        else:
            checks.empty(check, label, row, ("energy_mwh_per_yr",))


def _exergy(facts: Facts, tables: "Tables", prefix: str, running: tuple[list[str], Run], checks: Checks) -> None:
    """Check their rows of the table of exergy."""
    check = f"{'baseline' if prefix else 'plan'}: exergy of converters"
    checks.start(check)
    built, run = running
    rows = {word(r, "of"): r for r in rows_of(tables, prefix + "exergy") if word(r, "kind") == "converter"}
    for name in sorted(rows.keys() ^ set(built)):
        checks.fail(check, f"{name} is in only one of table and run")
    ambient = facts.case.surroundings.value
    for name in sorted(rows.keys() & set(built)):
        row, unit = rows[name], Unit(facts, name)
        if word(row, "how") != HOW[unit.kind in STEAM]:
            checks.fail(check, f"{name}: how is {word(row, 'how')!r}, {HOW[unit.kind in STEAM]!r} by its kind")
        given, taken, wasted = (x * run.activity.get(name, 0.0) for x in _worth(unit, ambient))
        if number(row, "surroundings_degc") != ambient:
            checks.fail(check, f"{name}: surroundings of {row['surroundings_degc']} degC, {ambient:g} by the case")
        for column, expected in (
            ("given_mwh_per_yr", given),
            ("taken_mwh_per_yr", taken),
            ("destroyed_mwh_per_yr", given - taken),
            ("wasted_mwh_per_yr", wasted),
        ):
            checks.equal(check, f"{name}: {column}", number(row, column), expected, given)
        if given > 1e-3:
            told = number(row, "efficiency")
            checks.equal(check, f"{name}: efficiency", 1e3 * told, 1e3 * (taken - wasted) / given)


def _worth(unit: Unit, ambient: float) -> tuple[float, float, float]:
    """Exergy given, taken and wasted per unit of activity [MWh]."""
    if unit.kind in STEAM:
        return (*SteamUnit(unit.facts, unit.facility, unit.stated).exergy(ambient), 0.0)
    given = taken = wasted = 0.0
    for role in ("takes", "gives"):
        for resource, per in unit.amounts(role).items():
            data = unit.facts.case.resources[resource]
            out, into = exergy_of_resource(data, role == "gives", per.value, ambient) or (0.0, 0.0)
            given, taken = given + out, taken + into
            cooled = role == "takes" and data.heat is not None and not unit.parts(resource)[0].hot
            wasted += into if cooled else 0.0
    return given, taken, wasted
