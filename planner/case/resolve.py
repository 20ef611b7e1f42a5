"""Converts every number of a case, once, into the documented unit of its place.

Rates per day or year become rates per operating hour.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from planner.case import units
from planner.case.case import Case
from planner.case.conversions import with_conversions
from planner.case.economics import Gate
from planner.case.exchanges import Exchange, Substitution
from planner.case.facilities import Facility, InvestmentPoint, PowerLaw
from planner.case.impact_numbers import counted_per, impact_factor
from planner.case.impacts import FacilityImpacts, ImpactCategory, ImpactFactor, LinkImpacts, MoneyFactor, categories_of
from planner.case.land import AreaPerCapacity
from planner.case.level_values import with_levels
from planner.case.links import ExistingMain, ExistingPipe, Link
from planner.case.marks import Marks, Path
from planner.case.mixing_units import carriers, is_own_word, load_unit, of_gas
from planner.case.pairs import carried, ends
from planner.case.period_numbers import by_period
from planner.case.plants import Carried, Efficiency, Product, Stream, Tenant
from planner.case.price_years import brought
from planner.case.profile_numbers import by_profile, follows
from planner.case.qualities import LoadPrice, LoadRate, Operation, QualityValue
from planner.case.ranges import UnresolvedError, check_range, out_of_order, parts_of
from planner.case.rates import per_operating_hour, per_year
from planner.case.resources import Resource
from planner.case.shares_lost import lost_per_hour
from planner.case.stores import ShareLost, with_contents
from planner.case.units import UnitError
from planner.case.values import (
    DaysPerYear,
    HoursPerYear,
    PerUnit,
    Pressure,
    Rate,
    Section,
    Temperature,
    Value,
    YearlyAmount,
)
from planner.errors import Fault

#: Shares of water so small that a litre of it is a kilogram.
_MILLIONTHS = frozenset({"ppm", "ppb"})
_PER_MASS = frozenset({("mg", "kg"), ("ug", "kg"), ("g", "t"), ("mg", "t")})


@dataclass(frozen=True)
class _Place:
    """What the place of a number says of its unit.

    Attributes
    ----------
    resource
        The resource of the stream, for efficiencies.
    unit, replaced, key
        Units that fill the template; empty where a wrong reference leaves them unknown (a fault of its own).
    mixed
        Why ``unit`` or ``replaced`` cannot be told, where they are several.
    quality
        Name of the quality the mapping key names; empty where it names none.
    hours, days
        Operating hours and days a year, for rates per day or year.
    running
        Period -> operating hours in it [h/yr]; empty where they are all of it.
    at_gate
        True at the park gate, where permits are often given per day and a yearly amount may be written so.
    content, sized
        Unit of the content of a store; True where a rate stands for such a content.
    category, mass
        Impact category of a factor; tonnes in a unit of what its link carries, None where not known.
    """

    resource: str = ""
    unit: str = ""
    replaced: str = ""
    key: str = ""
    mixed: str = ""
    quality: str = ""
    hours: float = units.HOURS_PER_YEAR
    days: float = units.DAYS_PER_YEAR
    running: Mapping[str, float] = field(default_factory=dict)
    at_gate: bool = False
    content: str = ""
    sized: bool = False
    category: ImpactCategory | None = None
    mass: float | None = None


@dataclass
class _Resolver:
    case: Case
    marks: Marks
    faults: list[Fault] = field(default_factory=list)
    periods: dict[str, float] = field(default_factory=dict)

    def node(self, node: Any, place: _Place, path: Path) -> Any:
        """The same part of the case with its numbers converted."""
        if isinstance(node, Value):
            return self.value(node, place, path)
        if isinstance(node, Section):
            place = self.enter(node, place, path)
            changed = {}
            for name, info in type(node).model_fields.items():
                old = getattr(node, name)
                new = self.node(old, place, (*path, info.alias or name))
                if new is not old:
                    changed[name] = new
            return node.model_copy(update=changed) if changed else node
        if isinstance(node, dict):
            return {key: self.keyed(key, item, place, (*path, key)) for key, item in node.items()}
        if isinstance(node, tuple):
            return tuple(self.node(item, place, (*path, index)) for index, item in enumerate(node))
        return node

    def keyed(self, key: str | int, item: Any, place: _Place, path: Path) -> Any:
        """An entry of a mapping, which may be counted in the unit of the resource or quality it names."""
        name = str(key)
        place = replace(place, key=self.unit_of(name), quality=name if name in self.case.qualities else "")
        if isinstance(item, Efficiency):
            return self.efficiency(item, str(key), place, path)
        return self.node(item, place, path)

    def enter(self, node: Section, place: _Place, path: Path) -> _Place:
        """What a section says of the units within it."""
        if isinstance(node, Resource | Product):
            return replace(place, unit=node.unit)
        if isinstance(node, Tenant):
            return self.operating(node, place)
        if isinstance(node, Carried):
            resource = node.resource or str(path[-1])
            place = replace(place, resource=resource, unit=self.unit_of(resource))
            return self.operating(node, place) if isinstance(node, Stream) and node.hours else place
        if isinstance(node, Facility | InvestmentPoint | PowerLaw):
            return self.facility(node, place)
        if isinstance(node, Gate | ExistingMain | Operation):
            name = node.takes if isinstance(node, Operation) else node.resource
            return replace(place, unit=self.unit_of(name), at_gate=isinstance(node, Gate))
        if isinstance(node, Substitution):
            return replace(place, unit=self.unit_of(node.from_), replaced=self.unit_of(node.to))
        if isinstance(node, Exchange):
            sources, sinks = ends(self.case, node)
            unit, mixed = self.common(sources, "state the stream it takes (`stream`)")
            replaced, mixed_too = self.common(sinks, "state the stream it feeds (`into`)")
            return replace(place, unit=unit, replaced=replaced, mixed=mixed or mixed_too)
        if isinstance(node, Link):
            unit, mixed = self.common(carried(self.case, str(path[-1])), "split it into one link for each unit")
            return replace(place, unit=unit, mixed=mixed)
        if isinstance(node, ExistingPipe):
            unit, mixed = self.common(node.resources, "split it into one pipe for each unit")
            return replace(place, unit=unit, mixed=mixed)
        return self.of_impacts(node, place, str(path[-1])) if path else place

    def of_impacts(self, node: Section, place: _Place, name: str) -> _Place:
        """What a category says of the units of its factors, and a link or facility of what they are per."""
        if isinstance(node, ImpactCategory):
            return replace(place, category=node)
        if isinstance(node, LinkImpacts | FacilityImpacts):
            return replace(place, **counted_per(self.case, node, name, self.common))
        return place

    def facility(self, node: Facility | InvestmentPoint | PowerLaw, place: _Place) -> _Place:
        """Unit of a facility's activity; of a store those of what it takes and gives, and of its content, its size."""
        if not isinstance(node, Facility):
            return replace(place, unit=place.content, sized=True) if place.content else place
        if node.stores is None:
            return self.operating(node, replace(place, unit=node.unit))
        unit, replaced = self.unit_of(node.stores.taken), self.unit_of(node.stores.given)
        return self.operating(node, replace(place, unit=unit, replaced=replaced, content=node.unit))

    def common(self, resources: Any, advice: str) -> tuple[str, str]:
        """The one unit of several resources, or why there is none."""
        found = {name: self.unit_of(name) for name in resources}
        known = sorted({unit for unit in found.values() if unit})
        if len(known) > 1:
            named = ", ".join(f"{name} in {unit}" for name, unit in sorted(found.items()) if unit)
            return "", f"its resources are counted in different units ({named}); {advice}"
        return (known[0] if known else ""), ""

    def unit_of(self, resource: str) -> str:
        """Unit of a resource; empty where there is none of that name."""
        found = self.case.resources.get(resource)
        return found.unit if found else ""

    def operating(self, node: Any, place: _Place) -> _Place:
        """Operating hours and days of a plant, stream or facility; by default of the plant whose measure it is."""
        owner = self.owner(node)
        if owner is not None:
            place = self.operating(owner, place)
        running = self.quietly(node.hours, place)
        if running is None:
            stops = self.quietly(getattr(node, "stops", None), place)
            if stops is None:
                running = place.hours, place.running or self.periods
            else:
                left = {t: h - stops[1].get(t, 0.0) for t, h in self.periods.items()}
                running = units.HOURS_PER_YEAR - stops[0], left
        days = self.quietly(getattr(node, "days", None), place)
        if isinstance(node, Facility) and node.hours is None and days is not None:
            running = self.within_days(node, 24 * days[0], place)
        hours = running[0]
        return replace(place, hours=hours, running=running[1], days=hours / 24 if days is None else days[0])

    def owner(self, node: Any) -> Any:
        """The plant or partner whose measure a facility is; None of anything else."""
        if not isinstance(node, Facility) or node.scope != "own":
            return None
        return self.case.plants.get(node.owner or "") or self.case.partners.get(node.owner or "")

    def within_days(self, node: Facility, most: float, place: _Place) -> tuple[float, Mapping[str, float]]:
        """Hours of a facility whose days alone are stated: those of its plant or all, within what the days have."""
        share = min(1.0, most / place.hours) if place.hours > 0 else 1.0
        return place.hours * share, {t: h * share for t, h in (place.running or self.periods).items()}

    def quietly(
        self, value: HoursPerYear | DaysPerYear | None, place: _Place
    ) -> tuple[float, Mapping[str, float]] | None:
        """Number of a value, and of hours those by period; its faults are reported where it is met again."""
        if value is None:
            return None
        found = _Resolver(self.case, self.marks, periods=self.periods).value(value, place, ())
        even = {t: found.value * h / units.HOURS_PER_YEAR for t, h in self.periods.items()}
        return found.value, {t: found.at(t) for t in even} if found.periods else even

    def value(self, value: Value, place: _Place, path: Path) -> Value:
        """A number in its documented unit; unchanged where it is at fault."""
        try:
            sized = place.sized and isinstance(value, Rate)
            template = value.of_content if isinstance(value, AreaPerCapacity) and place.content else value.template
            expected = "1" if isinstance(value, ImpactFactor) else self.expected("{unit}" if sized else template, place)
            if not expected:
                return value
            if value.profile is not None and not value.periods:
                value = by_profile(self.case, value)
            if value.periods:
                return self.by_period(value, expected, place, path)
            if isinstance(value, ImpactFactor):
                resolved = self.impact(value, place, path)
            else:
                resolved = (self.converted if _is_known(expected) else self.worded)(value, expected, place)
            check_range(resolved)
        except (UnitError, UnresolvedError) as error:
            where = (*path, "unit") if isinstance(error, UnitError) else path
            self.faults.append(self.marks.fault(where, f"{error}{self.remedy(value, place)}"))
            return value
        for part, message in out_of_order(resolved):
            self.faults.append(self.marks.fault((*path, part), message))
        return resolved

    def impact(self, value: ImpactFactor, place: _Place, path: Path) -> Value:
        """A factor of an impact category; those per money go by the category of their name."""
        stated = {} if self.case.impacts is None else categories_of(self.case.impacts)
        category = stated.get(str(path[-1])) if isinstance(value, MoneyFactor) else place.category
        per = self.expected(type(value).per, place)
        return impact_factor(self.case, value, category, per, place.mass) if category is not None and per else value

    def remedy(self, value: Value, place: _Place) -> str:
        """What would mend a load of a gas that is counted in Nm3, of a quality that is stated per m3."""
        if not place.quality or not isinstance(value, LoadPrice | LoadRate):
            return ""
        unit = of_gas(self.case, place.quality, carriers(self.case, place.quality))
        return f"; write {place.quality} in {unit}: gas is counted in Nm3 here" if unit else ""

    def by_period(self, value: Value, expected: str, place: _Place, path: Path) -> Value:
        """A number that differs by period, with what its numbers make of a year."""
        convert = self.converted if _is_known(expected) else self.worded

        def resolved(part: Value) -> Value:
            found = self.impact(part, place, path) if isinstance(part, ImpactFactor) else convert(part, expected, place)
            check_range(found)
            return found

        if isinstance(value, ImpactFactor):  # a bare number is in the unit of the category
            expected = self.impact(value.model_copy(update={"unit": "", "periods": ()}), place, path).unit

        found, faults = by_period(value, expected, path, self.periods, resolved, place.running or self.periods)
        if not faults and found.profile is not None and not follows(self.case, found):
            message = "states periods that do not follow its profile; delete one of both"
            faults = [((*path, "profile"), message, False)]
        self.faults += [self.marks.fault(where, message, at_key=at_key) for where, message, at_key in faults]
        return found

    def expected(self, template: str, place: _Place) -> str:
        """The unit a template stands for; empty where a wrong reference leaves it unknown."""
        if "{quality}" in template or "{load}" in template:
            template = self.of_quality(template, place.quality)
        names = {"unit": place.unit, "replaced": place.replaced, "key": place.key, "currency": self.case.currency}
        names |= {"content": place.content, "size": ""}  # a size is converted where its archetype is filled in
        for name, unit in names.items():
            if f"{{{name}}}" not in template:
                continue
            if not unit and place.mixed:
                raise UnresolvedError(place.mixed)
            if not unit or not _is_known(unit) or (name == "currency" and not units.currencies(unit)):
                return ""
            template = template.replace(f"{{{name}}}", unit if unit.isidentifier() else f"({unit})")
        return template

    def of_quality(self, template: str, quality: str) -> str:
        """A template filled with the units of a quality; empty where a wrong name or unit leaves them unknown."""
        unit = self.case.qualities[quality].unit if quality else ""
        if not (is_own_word(unit) or _is_known(unit)) or not unit:
            return ""
        if template == "{quality}":
            return unit
        load, _ = load_unit(self.case, quality)
        return template.replace("{load}", load if load.isidentifier() else f"({load})")

    def worded(self, value: Value, expected: str, place: _Place) -> Value:  # noqa: ARG002  (as ``converted``)
        """A number in a unit that is a word of the user's own: bare, or in just that word."""
        if value.unit and not units.same_text(value.unit, expected):
            raise UnresolvedError(f"found {value.given}; expected a bare number, or one in {expected}")
        parts, given, year = parts_of(value), value.given, value.year
        if "{currency}" in type(value).template:
            _, parts = brought(self.case, self.case.currency, parts, year)
            if year is not None and year != self.case.price_year:
                given, year = f"{given} ({year})", self.case.price_year
        return value.model_copy(update={**parts, "unit": expected, "given": given, "year": year})

    def converted(self, value: Value, expected: str, place: _Place) -> Value:
        if isinstance(value, Temperature | Pressure):
            scale = units.celsius if isinstance(value, Temperature) else units.absolute
            parts = {part: scale(number, value.unit) for part, number in parts_of(value).items()}
            return value.model_copy(update={**parts, "unit": expected})
        unit, given = value.unit or expected, value.given
        parts, year = parts_of(value), value.year
        if "{currency}" in type(value).template:
            unit, parts = brought(self.case, unit, parts, year)
            if year is not None and year != self.case.price_year:
                given, year = f"{given} ({year})", self.case.price_year
        if isinstance(value, ShareLost):
            unit, parts = lost_per_hour(value, unit, parts)
        if isinstance(value, Rate) and not place.sized:
            unit, parts = per_operating_hour(unit, expected, parts, (place.hours, place.days))
        elif isinstance(value, YearlyAmount):
            unit, parts = per_year(unit, expected, parts, place.days if place.at_gate else None)
        scale_unit, bonus = self.accepted(type(value), unit, expected, place)
        parts = {part: units.convert(number, unit, scale_unit) * bonus for part, number in parts.items()}
        return value.model_copy(update={**parts, "unit": expected, "given": given, "year": year})

    def accepted(self, kind: type[Value], unit: str, expected: str, place: _Place) -> tuple[str, float]:
        """The unit a value is first converted to, and the number of expected units in one of that."""
        if issubclass(kind, QualityValue) and _is_of_water(unit) and _is_mass_per_volume(expected):
            return "ppm", units.factor("mg/L", expected)
        for template, bonus in kind.also.items():
            other = self.expected(template, place)
            try:
                units.factor(unit, other)
            except UnitError:
                continue
            return other, bonus
        return expected, 1.0

    def efficiency(self, node: Efficiency, key: str, place: _Place, path: Path) -> Efficiency | PerUnit:
        """A supply by conversion as the amount of the resource that is used per unit."""
        faults = len(self.faults)
        share = self.value(node.efficiency, place, (*path, "efficiency"))
        if not place.unit or not place.key or len(self.faults) > faults:
            return node
        try:
            if min(share.value, share.value if share.low is None else share.low) <= 0:
                raise UnresolvedError("an efficiency of 0; expected more than 0")
            ratio = self.energy(place.resource) / self.energy(key)
        except (UnitError, UnresolvedError) as error:
            self.faults.append(self.marks.fault((*path, "efficiency"), str(error)))
            return node
        amounts = {"value": ratio / share.value}
        if share.low is not None:
            amounts["high"] = ratio / share.low
        if share.high is not None:
            amounts["low"] = ratio / share.high
        said = share.model_dump(include={"source", "grade", "basis", "year", "note"})
        unit = self.expected(PerUnit.template, place)
        return PerUnit.model_validate({**said, **amounts, "unit": unit, "given": f"efficiency {share.given}"})

    def energy(self, name: str) -> float:
        """Energy in a unit of a resource [MWh]."""
        resource = self.case.resources[name]
        if resource.enthalpy is not None:
            return self.value(resource.enthalpy, _Place(unit=resource.unit), ("resources", name, "enthalpy")).value
        try:
            return units.factor(resource.unit, "MWh")
        except UnitError:
            raise UnresolvedError(
                f"an efficiency needs the energy content of {name}; state resources.{name}.enthalpy in "
                f"MWh/{resource.unit}, or the amount used per unit instead of the efficiency"
            ) from None


def resolve(case: Case, marks: Marks) -> tuple[Case, list[Fault]]:
    """Convert every number of a case into the unit of its place.

    Returns
    -------
    Case, list of Fault
        The case with ``value`` in ``unit`` everywhere, and what could not be converted or is out of its range.
    """
    resolver = _Resolver(case, marks)
    units.declare_currency(case.currency)
    for name in case.economics.exchange_rates:
        units.declare_currency(name)
    for name, period in case.periods.items():
        found = resolver.quietly(period.hours, _Place())
        resolver.periods[name] = 0.0 if found is None else found[0]
    leveled = with_contents(
        with_levels(case, lambda name, level: _quiet(case, marks, level, ("resources", name, "heat")))
    )
    resolver.case = with_conversions(leveled, partial(_quiet, leveled, marks))
    resolved = resolver.node(resolver.case, _Place(), ())
    return resolved, resolver.faults


def _quiet(case: Case, marks: Marks, stated: Section, path: Path) -> Any:
    """A part of a case with its numbers converted; None where one is at fault, which is said elsewhere."""
    quiet = _Resolver(case, marks)
    found = quiet.node(stated, _Place(), path)
    return None if quiet.faults else found


def _is_of_water(unit: str) -> bool:
    """Whether a unit counts millionths, as they are of water where contents are written per volume: ppm, mg/kg."""
    factors = units.parse(unit)
    up, down = ([name for name, power in factors if power == sign] for sign in (1, -1))
    small = len(factors) == 2 and len(up) == len(down) == 1 and (up[0], down[0]) in _PER_MASS
    return small or units.has_any(unit, _MILLIONTHS)


def _is_mass_per_volume(unit: str) -> bool:
    try:
        units.factor(unit, "mg/L")
    except UnitError:
        return False
    return True


def _is_known(unit: str) -> bool:
    try:
        units.parse(unit)
    except UnitError:
        return False
    return True
