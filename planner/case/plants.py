"""Plants (tenants), partners outside the park, and their streams."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Field, GetJsonSchemaHandler, Tag, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from planner.case.archetypes import Archetype
from planner.case.equipment import Exchanger, Standby
from planner.case.heat import ProcessStream, Recovery
from planner.case.qualities import Content, Operation, QualityLimit
from planner.case.resources import Discharge, Sale, Status
from planner.case.values import (
    Area,
    DaysPerYear,
    Enthalpy,
    Factor,
    Fraction,
    HoursPerYear,
    Jobs,
    Money,
    Name,
    Number,
    PerUnit,
    Price,
    Rate,
    Section,
    SignedMoneyPerYear,
    TemperatureDifference,
    Whole,
    YearlyAmount,
)


class Efficiency(Section):
    """A supply by conversion: the resource named is used with this efficiency, on an energy basis.

    Amount per unit = enthalpy of the product / (efficiency x energy content); both in MWh.
    """

    efficiency: Fraction


def _efficiency_or_amount(raw: Any) -> str:
    return "efficiency" if isinstance(raw, Efficiency) or (isinstance(raw, dict) and "efficiency" in raw) else "amount"


Input = Annotated[
    Annotated[Efficiency, Tag("efficiency")] | Annotated[PerUnit, Tag("amount")],
    Discriminator(_efficiency_or_amount),
]


def flat_schema(described: JsonSchemaValue, handler: GetJsonSchemaHandler, amounts: str) -> JsonSchemaValue:
    """Schema of a section whose amounts may stand beside its fields instead of in a mapping of their own."""
    section = handler.resolve_ref_schema(described)
    section["additionalProperties"] = section["properties"][amounts]["additionalProperties"]
    return described


class Supply(Section):
    """How a sink is supplied today: what is bought or burnt per unit of demand, and what else it costs.

    Written flat: every key but ``cost`` names a resource, ``{natural gas: 0.78 MWh/t, cost: 1.2 EUR/t}``.
    """

    inputs: dict[Name, Input] = Field(default_factory=dict)
    cost: Price | None = None
    """Running cost of the present supply besides what it buys."""

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, raw: Any) -> Any:
        if not isinstance(raw, dict) or "inputs" in raw:
            return raw
        return {
            "inputs": {k: v for k, v in raw.items() if k != "cost"},
            **({"cost": raw["cost"]} if "cost" in raw else {}),
        }

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return flat_schema(handler(core), handler, "inputs")


class Forgone(Section):
    """What a source gives up per unit that leaves it.

    Written flat: every key but ``money`` names a resource, ``{power: 0.12 MWh/t, money: 1 EUR/t}``.
    """

    flows: dict[Name, PerUnit] = Field(default_factory=dict)
    """Bought instead, or not sold: priced and emission-counted like any purchase of that resource."""
    money: Price | None = None

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, raw: Any) -> Any:
        if not isinstance(raw, dict) or "flows" in raw:
            return raw
        return {
            "flows": {k: v for k, v in raw.items() if k != "money"},
            **({"money": raw["money"]} if "money" in raw else {}),
        }

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return flat_schema(handler(core), handler, "flows")


def _industry(raw: Any) -> Any:
    """A code of an industry; written without quotes it would be a number, and "20.10" would become 20.1."""
    if isinstance(raw, float):
        raise ValueError(f'found the number {raw:g}; write the code in quotes, as in "23.62"')
    return raw


Industry = Annotated[Name, BeforeValidator(_industry)]


class Carried(Section):
    """What comes or goes of one resource."""

    resource: Name | None = None
    """The resource, where the stream has a name of its own; by default the name is the resource."""
    peak_factor: Factor = Field(default_factory=lambda: Factor.model_validate(1))
    """Largest over mean rate; links are sized on it. At least 1."""
    exchanger: Exchanger | None = None
    """Heat exchanger that the plant needs for what it exchanges of it with others (kind heat)."""


class Stream(Carried):
    """An incoming or outgoing stream of one resource."""

    rate: Rate
    """Per operating hour, day or year of the stream."""
    hours: HoursPerYear | None = None
    """Operating hours of the stream; by default those of its plant."""
    availability: Fraction = Field(default_factory=lambda: Fraction.model_validate(1))
    """Share of its yearly amount that really comes."""


class Outgoing(Carried):
    """What becomes of an outgoing stream."""

    forgoes: Forgone | None = None
    """What each unit that leaves costs its owner elsewhere."""
    discharge: Discharge | None = None
    """Overrides the resource's discharge."""
    sale: Sale | None = None
    """Overrides the resource's sale."""


class Incoming(Carried):
    """Where an incoming stream may come from."""

    supplied_today_by: Supply | None = None
    """By default the resource itself is bought at its price."""
    max_exchanged_share: Fraction = Field(default_factory=lambda: Fraction.model_validate(1))
    """Largest share of the demand that exchanges may meet together."""
    max_links: Whole | None = None
    """Largest number of exchanges that feed it."""
    standby: Standby | None = None
    """Own supply that must stand by for what exchanges with others bring."""


class Source(Outgoing, Stream):
    """An outgoing stream: product, by-product, waste, heat."""

    on_demand: bool = False
    """True where only what is taken is made (steam bled from a turbine): nothing is left to be disposed of."""
    quality: dict[Name, Content] = Field(default_factory=dict)
    """What it holds, by quality; each entry overrides that of the resource."""
    waste_code: str | None = None
    """Overrides the resource's."""
    status: Status | None = None
    """Overrides the resource's."""
    not_into: tuple[Name, ...] | None = None
    """Overrides the resource's."""


class Sink(Incoming, Stream):
    """An incoming stream: what the plant needs."""

    whole_demand_from_one_source: bool = False
    """True: met whole by one exchange, or by none."""
    limits: dict[Name, QualityLimit] = Field(default_factory=dict)
    """What the mixture it takes may hold, by quality."""
    use: Name | None = None
    """What it is used for, where that bars by-products: food, feed ..."""


class Give(Outgoing):
    """A medium that a plant may make of the heat of its process streams; how much, the plan says."""

    limit: Rate | None = None
    """At most this much while the plant runs."""
    approach: TemperatureDifference | None = None
    """Its own contribution to the least temperature difference; by default half the ``approach`` of the plant."""

    @property
    def source(self) -> Source:
        """The same as a source; its rate is the limit, 0 where none is stated."""
        fields = {name: getattr(self, name) for name in Outgoing.model_fields}
        return Source.model_construct(**fields, rate=self.limit or _NO_RATE)


class Take(Incoming):
    """A medium or utility that a plant may take for its process streams; how much, the plan says."""

    limit: Rate | None = None
    """At most this much while the plant runs."""
    approach: TemperatureDifference | None = None
    """Its own contribution to the least temperature difference; by default half the ``approach`` of the plant."""

    @property
    def sink(self) -> Sink:
        """The same as a sink; its rate is the limit, 0 where none is stated."""
        fields = {name: getattr(self, name) for name in Incoming.model_fields}
        return Sink.model_construct(**fields, rate=self.limit or _NO_RATE)


class ProcessHeat(Section):
    """Process streams of a plant, of which the program makes its heat cascade, and the media that serve it."""

    approach: TemperatureDifference | None = None
    """Least temperature difference between what gives and what takes heat; each side contributes half of it. By default
    10 K (an assumption)."""
    streams: dict[Name, ProcessStream] = Field(min_length=1)
    """What is cooled and heated while the plant runs."""
    takes: dict[Name, Take] = Field(default_factory=dict)
    """Media and utilities that it may take: steam, hot water; cooling water for what is left."""
    gives: dict[Name, Give] = Field(default_factory=dict)
    """Media that it may make of its heat, for others: steam, hot water."""
    forbidden: tuple[tuple[Name, Name], ...] = ()
    """Pairs of streams or media between which no heat may pass."""
    recovery: Recovery = Field(default_factory=Recovery)
    """Heat exchangers between its process streams."""


#: Of a medium without a stated limit.
_NO_RATE = Rate.model_validate({"value": 0.0, "unit": ""})


class Optional_(Section):  # noqa: N801  (Optional is taken)
    """A plant that may settle."""

    margin: SignedMoneyPerYear
    """Yearly surplus before everything the case models (land, links, purchases, discharge, sales)."""


class Product(Section):
    """The main product, for intensities."""

    name: Name
    """What it makes."""
    output: YearlyAmount
    """A year at full operation, in ``unit``."""
    unit: Name = "t"
    """Unit of the output."""
    enthalpy: Enthalpy | None = None
    """Energy in a unit of it, where that is not energy itself; for sharing impacts by energy content."""


class Tenant(Section):
    """What plants and partners have in common."""

    archetype: Archetype | None = None
    """What it usually is: fills in what is not stated here, each number with low, high, source and grade."""
    firm: Name | None = None
    """Party that owns it, one of ``parties``; by default a party of its own name."""
    nace: Industry | None = None
    """Code of its industry in NACE Rev. 2, in quotes ("23.62"), for ``planner match``."""
    hours: HoursPerYear | None = None
    """Operating hours; by default 8760 less ``stops``."""
    stops: HoursPerYear | None = None
    """Planned standstill, in hours a year (text may say "20 d/yr")."""
    days: DaysPerYear | None = None
    """Operating days, for rates per day; by default hours / 24."""
    sources: dict[Name, Source] = Field(default_factory=dict)
    """What it gives, by stream."""
    sinks: dict[Name, Sink] = Field(default_factory=dict)
    """What it takes, by stream."""
    operations: dict[Name, Operation] = Field(default_factory=dict)
    """Water-using operations of fixed load; each takes and gives a stream of its name."""
    process_heat: ProcessHeat | None = None
    """Process streams by temperature, and the media that heat and cool them."""
    note: str | None = None
    """In words."""

    @property
    def given(self) -> Mapping[str, Source]:
        """Sources by name, with the media that its process heat may give."""
        if self.process_heat is None:
            return self.sources
        return {**self.sources, **{name: give.source for name, give in self.process_heat.gives.items()}}

    @property
    def taken(self) -> Mapping[str, Sink]:
        """Sinks by name, with the media that its process heat may take."""
        if self.process_heat is None:
            return self.sinks
        return {**self.sinks, **{name: take.sink for name, take in self.process_heat.takes.items()}}


class Plant(Tenant):
    """A tenant of the park: mandatory, or optional with a yearly margin, or at a fixed plot."""

    optional: Optional_ | None = None
    """Present for a plant that need not settle."""
    plot: Name | None = None
    """Fixed plot (already there, or decided)."""
    plots: tuple[Name, ...] | None = None
    """The only plots it may settle on."""
    area: Area | None = None
    """Built or paved area it needs; needed unless its plot is fixed."""
    roof_area: Area | None = None
    """Roofs that its own measures with ``on_roof`` may cover, all together."""
    coverage: Fraction = Field(default_factory=lambda: Fraction.model_validate(1))
    """Share of its land that may be built on; land needed = area / coverage."""
    zone: Name | tuple[Name, ...] | None = None
    """Zone or zones in which it may settle; any if absent."""
    hazard: Name | None = None
    """Hazard class, for the separation rules."""
    jobs: Jobs | None = None
    product: Product | None = None
    """Its main product, for intensities."""
    neighbours: tuple[Name, ...] = ()
    """Plants or facilities it must be a neighbour of."""
    not_neighbours: tuple[Name, ...] = ()
    """Plants or facilities it must not be a neighbour of."""


class Position(Section):
    """A point in the case's CRS (x, y), or geographic (lon, lat)."""

    x: Number | None = None
    """East, in the case's CRS."""
    y: Number | None = None
    """North, in the case's CRS."""
    lon: Number | None = None
    """Longitude in degrees."""
    lat: Number | None = None
    """Latitude in degrees."""


class Partner(Tenant):
    """A partner outside the park: city heat, cement works, farms, sewage works. A point, no plot."""

    at: Position | None = None
    """Where it is; may be absent only where a distance table names it."""


class Connection(Section):
    """Investment to connect an exchange, at both ends."""

    at_source: Money | None = None
    at_sink: Money | None = None
