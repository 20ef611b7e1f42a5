"""What the audit derives from a case by itself: units, streams, terms of an exchange, annuities."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from planner.audit.slices import case_in
from planner.case.case import Case
from planner.case.coinciding import coinciding_hours
from planner.case.exchanges import Exchange, Substitution, Treatment
from planner.case.facilities import Facility
from planner.case.links import Link, Size
from planner.case.mixing_units import limiting_flow, load_unit, weight_of
from planner.case.plants import Partner, Plant, Product, Sink, Source
from planner.case.qualities import Operation
from planner.case.resources import Discharge, Sale
from planner.case.stores import Store
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
    "heat_recovery": 20.0,
    "standby": 20.0,
}


@dataclass(frozen=True)
class Terms:
    """Terms of an exchange after the pair's own, the substitution's and the resource's are put in order.

    Attributes
    ----------
    permit_cost, delay
        Of permit and declaration together; the delay with the exchange's own.
    permit, declaration
        Whether the case states one.
    accept_unknown
        Qualities that may be unknown in what is exchanged.
    also
        Resource -> what of it a unit delivered saves besides what it replaces.
    """

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
    delay: float
    permit: bool
    declaration: bool
    accept_unknown: frozenset[str]
    also: dict[str, float]


def parts_of(name: str, operation: Operation) -> list[str]:
    """Names of the streams of an operation: its own, or those of its parts."""
    return [name] if operation.parts == 1 else [f"{name} #{n}" for n in range(1, operation.parts + 1)]


class Facts:
    """Quantities of a case, each derived from the case alone."""

    def __init__(self, case: Case) -> None:
        self.case = case

    @cached_property
    def slices(self) -> "dict[str, Facts]":
        """What the case is in each of its periods; empty where it has none."""
        return {period: Facts(case_in(self.case, period)) for period in self.case.periods}

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

    @cached_property
    def _of_use(self) -> dict[str, dict[str, float]]:
        """Facility -> by period, its hours as far as others of its exchanges run, too [h/yr]."""
        return coinciding_hours(self.case)

    def unit_hours(self, unit: str) -> float:
        """Operating hours of a plant, partner or facility [h/yr]."""
        if unit in self.case.facilities:
            return sum(self._of_use[unit].values())
        tenant = self.tenants[unit]
        if tenant.hours:
            return tenant.hours.value
        return HOURS_OF_YEAR - (tenant.stops.value if tenant.stops else 0.0)

    def stream(self, unit: str, direction: str, name: str) -> Source | Sink | None:
        """A plant's or partner's stream; None for a facility's, an operation's or an unknown one."""
        tenant = self.tenants.get(unit)
        if tenant is None:
            return None
        return tenant.given.get(name) if direction == "source" else tenant.taken.get(name)

    def is_medium(self, unit: str, direction: str, name: str) -> bool:
        """Whether a stream is a medium of a plant's process heat, of which a plan says how much it is."""
        tenant = self.tenants.get(unit)
        if tenant is None or tenant.process_heat is None:
            return False
        return name in (tenant.process_heat.gives if direction == "source" else tenant.process_heat.takes)

    def whole(self, unit: str, name: str) -> str | None:
        """Name of the operation that a stream belongs to, as a whole or a part; None for any other stream."""
        tenant = self.tenants.get(unit)
        if tenant is None:
            return None
        return next((whole for whole, one in tenant.operations.items() if name in parts_of(whole, one)), None)

    def operation(self, unit: str, name: str) -> Operation | None:
        """The operation that takes and gives a stream of this name; None for any other stream."""
        whole = self.whole(unit, name)
        return None if whole is None else self.tenants[unit].operations[whole]

    def streams(self, unit: str, direction: str) -> list[str]:
        """Names of all streams of a unit on one side: declared ones, then those of its operations."""
        if unit in self.case.facilities:
            facility = self.case.facilities[unit]
            return list(facility.given if direction == "source" else facility.taken)
        tenant = self.tenants[unit]
        declared = list(tenant.given if direction == "source" else tenant.taken)
        return declared + [part for name, one in tenant.operations.items() for part in parts_of(name, one)]

    def net_gain(self, unit: str, operation: Operation) -> float:
        """What an operation gives beyond what it takes [unit/yr]; negative where it loses more than it gains."""
        gain = operation.gain.value if operation.gain else 0.0
        loss = operation.loss.value if operation.loss else 0.0
        return (gain - loss) * self.unit_hours(unit)

    def weight(self, resource: str, quality: str) -> float:
        """Weight of a unit of a resource in a mixture; 0 where the case does not say how much it holds."""
        by = weight_of(self.case, quality)
        return 1.0 if by == "amount" else self.content(resource, by)

    def load_unit(self, quality: str) -> tuple[str, float]:
        """Unit of the loads of a quality, and how many of it there are in content x weight x amount."""
        return load_unit(self.case, quality)

    def largest_rate(self, operation: Operation) -> float:
        """What an operation takes at most [unit/h]: as stated, else its limiting flow, else without limit."""
        if operation.max_flow is not None:
            return operation.max_flow.value
        limiting = limiting_flow(self.case, operation)
        return math.inf if limiting is None else limiting

    def stream_hours(self, unit: str, direction: str, name: str) -> float:
        """Hours in which a stream really runs: operating hours x availability [h/yr]."""
        if self.slices:
            return sum(one.stream_hours(unit, direction, name) for one in self.slices.values())
        stream = self.stream(unit, direction, name)
        if stream is None:  # an operation's hours are those of its plant
            facility = self.case.facilities.get(unit)
            return self.unit_hours(unit) * (facility.availability.value if facility else 1.0)
        hours = stream.hours.value if stream.hours else self.unit_hours(unit)
        return hours * stream.availability.value

    def stream_resource(self, unit: str, direction: str, name: str) -> str:
        """Resource of a stream."""
        stream, operation = self.stream(unit, direction, name), self.operation(unit, name)
        if stream is None and operation is not None:
            return operation.gives if direction == "source" else operation.takes
        return stream.resource or name if stream is not None else name

    def suppliable(self, unit: str, sink: str) -> bool:
        """Whether a sink has a conventional supply: made from what is bought, or bought."""
        made = getattr(self.stream(unit, "sink", sink), "supplied_today_by", None)
        return made is not None or self.case.resources[self.stream_resource(unit, "sink", sink)].price is not None

    def peak_factor(self, unit: str, direction: str, name: str) -> float:
        """Largest over mean rate of a stream."""
        stream = self.stream(unit, direction, name)
        if stream is None and unit not in self.case.facilities:
            return 1.0  # an operation's
        return stream.peak_factor.value if stream is not None else self.case.facilities[unit].peak_factor.value

    def coefficient(self, facility: Facility, direction: str, name: str) -> float:
        """Amount of a facility's stream per unit of activity."""
        side = facility.given if direction == "source" else facility.taken
        return side[name].value if name in side else 0.0

    def amount(self, unit: str, direction: str, name: str, activity: dict[str, float]) -> float:
        """Yearly amount of a stream; of a facility, at its activity [unit/yr]."""
        stream = self.stream(unit, direction, name)
        if stream is None:
            return self.coefficient(self.case.facilities[unit], direction, name) * activity.get(unit, 0.0)
        if self.slices:
            return sum(one.amount(unit, direction, name, activity) for one in self.slices.values())
        return stream.rate.value * self.stream_hours(unit, direction, name)

    def hourly(self, unit: str, direction: str, name: str, capacity: dict[str, float]) -> float:
        """Mean rate of a stream while it runs; of a facility, at its capacity; of an operation, its most [unit/h]."""
        stream, operation = self.stream(unit, direction, name), self.operation(unit, name)
        if stream is None and operation is not None:
            hours = self.unit_hours(unit)
            beside = self.net_gain(unit, operation) / hours if direction == "source" and hours > 0 else 0.0
            return self.largest_rate(operation) + beside
        if stream is None:
            facility = self.case.facilities[unit]
            good_for = capacity.get(unit, 0.0) * facility.capacity_factor.value / facility.peak_factor.value
            return self.coefficient(facility, direction, name) * good_for
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

    def product_energy(self, product: Product) -> float | None:
        """Energy of a product a year [MWh]; None where the case does not say."""
        per = 1.0 if product.enthalpy is None else product.enthalpy.value
        try:
            return convert(product.output.value, product.unit, product.unit if product.enthalpy else "MWh") * per
        except UnitError:
            return None

    def store(self, unit: str) -> Store | None:
        """What a facility keeps from one period to another; None of what is no store."""
        facility = self.case.facilities.get(unit)
        return None if facility is None else facility.stores

    def converts(self, unit: str) -> bool:
        """Whether a unit is a facility that changes the level of heat."""
        facility = self.case.facilities.get(unit)
        return facility is not None and facility.converts is not None

    def is_kept(self, unit: str, stream: str) -> bool:
        """Whether a sink is a store that gives back what it takes: nobody uses it there."""
        store = self.store(unit)
        return store is not None and store.taken == store.given == stream

    def discharge(self, unit: str, stream: str) -> Discharge | None:
        """How a source is disposed of: its own way, else that of its resource; a store gives only what is taken."""
        if self.store(unit) is not None:
            return None
        own: Discharge | None = getattr(self.stream(unit, "source", stream), "discharge", None)
        return own or self.case.resources[self.stream_resource(unit, "source", stream)].discharge

    def sale(self, unit: str, stream: str) -> Sale | None:
        """The market of a source: its own, else that of its resource."""
        own: Sale | None = getattr(self.stream(unit, "source", stream), "sale", None)
        return own or self.case.resources[self.stream_resource(unit, "source", stream)].sale

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
        """The case's exchange entries that apply to a pair of streams, the most specific last.

        They name an operation, not its parts.
        """
        source, sink = (self.whole(*end) or end[1] for end in ((giver, source), (taker, sink)))
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

    def agreed(self, giver: str, taker: str, source: str, sink: str, field: str) -> Any:
        """What the case says of a field of an exchange: the most specific entry, else its substitution; else None."""
        resource, replaced = self.stream_resource(giver, "source", source), self.stream_resource(taker, "sink", sink)
        swap = self.substitution(resource, replaced) if resource != replaced else None
        stated = (*reversed(self.declared(giver, taker, source, sink)), *((swap,) if swap else ()))
        return next((value for one in stated if (value := getattr(one, field, None)) is not None), None)

    def terms(self, giver: str, taker: str, source: str, sink: str) -> Terms | None:
        """Terms of an exchange, or None where the case does not allow one between these streams."""
        if (giver, source) == (taker, sink) and self.operation(giver, source) is not None:
            return None  # what an operation recirculates is its own affair
        resource = self.stream_resource(giver, "source", source)
        replaced = self.stream_resource(taker, "sink", sink)
        if giver == taker and self.is_medium(giver, "source", source) and self.is_medium(taker, "sink", sink):
            heat = self.tenants[giver].process_heat
            if heat is None or not heat.forbidden or resource != replaced:
                return None  # a plant's heat passes on inside its cascade, unless a loop parts what may not meet
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
        declared = next((e.declaration for e in reversed(entries) if e.declaration is not None), None)
        if declared is None and swap is not None and self.host(giver) != self.host(taker):
            declared = swap.declaration  # what stays on its site is none's business unless the case says so of it
        asked = [x for x in (permit, declared) if x is not None]
        ends = (connection.at_source, connection.at_sink) if connection else ()  # type: ignore[attr-defined]
        displacement = self.case.resources[resource].displacement.value
        return Terms(
            ratio=1.0 if ratio is None else float(ratio.value),  # type: ignore[attr-defined]
            treatment=treatment,  # type: ignore[arg-type]
            displacement=number("displacement", displacement),
            max_share=number("max_share", 1.0),
            permit_cost=sum(x.cost.value for x in asked if x.cost),  # type: ignore[attr-defined]
            delay=number("delay", 0.0) + sum(x.delay.value for x in asked if x.delay),  # type: ignore[attr-defined]
            permit=permit is not None,
            declaration=declared is not None,
            accept_unknown=frozenset(next((x.accept_unknown for x in reversed(entries) if x.accept_unknown), ())),
            also={name: x.value for name, x in (first("also") or {}).items()},  # type: ignore[attr-defined]
            connection=sum(end.value for end in ends if end),
            fixed_cost=number("fixed_cost", 0.0),
            shared_hours=None if first("shared_hours") is None else number("shared_hours", 0.0),
            min_flow=number("min_flow", 0.0),
            max_flow=number("max_flow", float("inf")),
            forbidden=any(e.forbidden for e in entries),
            forced=any(e.forced for e in entries),
            links=first("links"),  # type: ignore[arg-type]
        )
