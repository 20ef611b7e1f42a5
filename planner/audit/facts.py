"""What the audit derives from a case by itself: units, streams, terms of an exchange, annuities."""

import math
from dataclasses import dataclass
from functools import cached_property

from planner.case.case import Case
from planner.case.exchanges import Exchange, Substitution, Treatment
from planner.case.facilities import Facility
from planner.case.links import Link, Size
from planner.case.plants import Partner, Plant, Sink, Source
from planner.case.units import UnitError, convert

HOURS_OF_YEAR = 8760.0
DEFAULT_LIFETIME_YR = {
    "pipe": 30.0,
    "truck": 10.0,
    "cable": 30.0,
    "conveyor": 20.0,
    "rail": 30.0,
    "ship": 20.0,
    "connection": 20.0,
    "treatment": 15.0,
    "permit": 10.0,
    "facility": 20.0,
    "gate": 30.0,
    "trench": 30.0,
}


@dataclass(frozen=True)
class Terms:
    """Terms of an exchange after the pair's own, the substitution's and the resource's are put in order."""

    ratio: float
    treatment: Treatment | None
    displacement: float
    max_share: float
    permit_cost: float
    connection: float
    fixed_cost: float
    shared_hours: float | None
    min_flow: float
    max_flow: float
    forbidden: bool
    forced: bool
    links: tuple[str, ...] | None


class Facts:
    """Quantities of a case, each derived from the case alone."""

    def __init__(self, case: Case) -> None:
        self.case = case

    @cached_property
    def tenants(self) -> dict[str, Plant | Partner]:
        """Plants and partners by name."""
        return {**self.case.plants, **self.case.partners}

    def is_shared(self, unit: str) -> bool:
        """Tell whether a unit is a shared facility."""
        return unit in self.case.facilities and self.case.facilities[unit].scope == "shared"

    def host(self, unit: str) -> str:
        """Return the plant on whose site a unit stands; itself unless it is a measure."""
        facility = self.case.facilities.get(unit)
        return str(facility.owner) if facility and facility.scope == "own" else unit

    def unit_hours(self, unit: str) -> float:
        """Operating hours of a plant, partner or facility [h/yr]."""
        if unit in self.case.facilities:
            hours = self.case.facilities[unit].hours
            if hours is None and self.host(unit) != unit:
                return self.unit_hours(self.host(unit))
            return hours.value if hours else HOURS_OF_YEAR
        tenant = self.tenants[unit]
        if tenant.hours:
            return tenant.hours.value
        return HOURS_OF_YEAR - (tenant.stops.value if tenant.stops else 0.0)

    def stream(self, unit: str, direction: str, name: str) -> Source | Sink | None:
        """A plant's or partner's stream; None for a facility's or an unknown one."""
        tenant = self.tenants.get(unit)
        if tenant is None:
            return None
        return tenant.sources.get(name) if direction == "source" else tenant.sinks.get(name)

    def stream_hours(self, unit: str, direction: str, name: str) -> float:
        """Hours in which a stream really runs: operating hours x availability [h/yr]."""
        stream = self.stream(unit, direction, name)
        if stream is None:
            facility = self.case.facilities.get(unit)
            return self.unit_hours(unit) * (facility.availability.value if facility else 1.0)
        hours = stream.hours.value if stream.hours else self.unit_hours(unit)
        return hours * stream.availability.value

    def stream_resource(self, unit: str, direction: str, name: str) -> str:
        """Resource of a stream."""
        stream = self.stream(unit, direction, name)
        return stream.resource or name if stream is not None else name

    def peak_factor(self, unit: str, direction: str, name: str) -> float:
        """Largest over mean rate of a stream."""
        stream = self.stream(unit, direction, name)
        return stream.peak_factor.value if stream is not None else self.case.facilities[unit].peak_factor.value

    def coefficient(self, facility: Facility, direction: str, name: str) -> float:
        """Amount of a facility's stream per unit of activity."""
        side = facility.outputs if direction == "source" else facility.inputs
        return side[name].value if name in side else 0.0

    def amount(self, unit: str, direction: str, name: str, activity: dict[str, float]) -> float:
        """Yearly amount of a stream; of a facility, at its activity [unit/yr]."""
        stream = self.stream(unit, direction, name)
        if stream is None:
            return self.coefficient(self.case.facilities[unit], direction, name) * activity.get(unit, 0.0)
        return stream.rate.value * self.stream_hours(unit, direction, name)

    def hourly(self, unit: str, direction: str, name: str, capacity: dict[str, float]) -> float:
        """Mean rate of a stream while it runs; of a facility, at its capacity [unit/h]."""
        stream = self.stream(unit, direction, name)
        if stream is None:
            facility = self.case.facilities[unit]
            return self.coefficient(facility, direction, name) * capacity.get(unit, 0.0) / facility.peak_factor.value
        return stream.rate.value

    def annuity(self, *names: str, kind: str) -> float:
        """Capital recovery factor of an asset: i (1+i)^n / ((1+i)^n - 1) [1/yr]; the first lifetime stated counts."""
        lifetimes = self.case.economics.lifetime
        stated = next((lifetimes[name].value for name in (*names, kind) if name in lifetimes), None)
        return self.recovery(stated if stated is not None else DEFAULT_LIFETIME_YR.get(kind))

    def recovery(self, years: float | None) -> float:
        """Capital recovery factor over a lifetime; the rate itself where there is no end [1/yr]."""
        rate = self.case.economics.discount_rate.value
        if years is None:
            return rate
        if rate == 0:
            return 1 / years
        return -rate / math.expm1(-years * math.log1p(rate))  # without loss where i is tiny or n large

    def content(self, resource: str, unit: str) -> float:
        """Energy (MWh), mass (t) or water (m3) in a unit of a resource; 0 where the case does not say."""
        data = self.case.resources[resource]
        stated = {"MWh": data.enthalpy, "t": data.mass, "m3": data.water}[unit]
        if stated is not None:
            return stated.value
        try:
            return convert(1.0, data.unit, unit)
        except UnitError:
            return 0.0

    @property
    def contingency(self) -> float:
        """1 + contingency."""
        return 1 + self.case.economics.contingency.value

    def size(self, link: Link, name: str | None) -> Size | None:
        """A link's size by name; its first where none is named."""
        if not link.sizes:
            return None
        return next((size for size in link.sizes if size.size == name), link.sizes[0] if name is None else None)

    def capacity(self, link: str, size: Size, resource: str) -> float:
        """Capacity of a size of a link, as typed or by velocity and pressure drop; infinite without limit [unit/h]."""
        limits = self.case.links[link].max_velocity, self.case.links[link].max_pressure_drop
        if size.capacity is not None and (size.inner_diameter is None or limits == (None, None)):
            return size.capacity.value
        from planner.hydraulics.capacity import capacity_of

        found = capacity_of(self.case, link, size, resource)
        return math.inf if found is None else found

    def existing_capacity(self, name: str) -> float:
        """Capacity of an existing main, as typed or that of its size; infinite without limit [unit/h]."""
        pipe = self.case.existing_mains[name]
        if pipe.capacity is not None:
            return pipe.capacity.value
        size = self.size(self.case.links[pipe.link], pipe.size)
        return math.inf if size is None else self.capacity(pipe.link, size, pipe.resource)

    def declared(self, giver: str, taker: str, source: str, sink: str) -> list[Exchange]:
        """The case's exchange entries that apply to a pair of streams, the most specific last."""
        found = [
            entry
            for entry in self.case.exchanges
            if entry.from_ in (None, giver)
            and entry.to in (None, taker)
            and entry.stream in (None, source)
            and entry.into in (None, sink)
        ]
        return sorted(found, key=lambda x: sum(y is not None for y in (x.from_, x.to, x.stream, x.into)))

    def substitution(self, resource: str, replaced: str) -> Substitution | None:
        """The case's substitution of one resource by another."""
        return next((s for s in self.case.substitutions if s.from_ == resource and s.to == replaced), None)

    def terms(self, giver: str, taker: str, source: str, sink: str) -> Terms | None:
        """Terms of an exchange, or None where the case does not allow one between these streams."""
        resource = self.stream_resource(giver, "source", source)
        replaced = self.stream_resource(taker, "sink", sink)
        entries = self.declared(giver, taker, source, sink)
        swap = self.substitution(resource, replaced) if resource != replaced else None

        def first(field: str) -> object:
            for entry in (*reversed(entries), *((swap,) if swap else ())):
                value = getattr(entry, field, None)
                if value is not None:
                    return value
            return None

        ratio = first("ratio")
        if resource != replaced and swap is None and not any(e.ratio is not None for e in entries):
            return None

        def number(field: str, default: float) -> float:
            value = first(field)
            return default if value is None else float(value.value)  # type: ignore[attr-defined]

        permit, treatment, connection = first("permit"), first("treatment"), first("connection")
        ends = (connection.at_source, connection.at_sink) if connection else ()  # type: ignore[attr-defined]
        displacement = self.case.resources[resource].displacement.value
        return Terms(
            ratio=1.0 if ratio is None else float(ratio.value),  # type: ignore[attr-defined]
            treatment=treatment,  # type: ignore[arg-type]
            displacement=number("displacement", displacement),
            max_share=number("max_share", 1.0),
            permit_cost=permit.cost.value if permit and permit.cost else 0.0,  # type: ignore[attr-defined]
            connection=sum(end.value for end in ends if end),
            fixed_cost=number("fixed_cost", 0.0),
            shared_hours=None if first("shared_hours") is None else number("shared_hours", 0.0),
            min_flow=number("min_flow", 0.0),
            max_flow=number("max_flow", float("inf")),
            forbidden=any(e.forbidden for e in entries),
            forced=any(e.forced for e in entries),
            links=first("links"),  # type: ignore[arg-type]
        )
