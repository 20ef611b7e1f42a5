"""Process streams, media and forbidden matches of a plant, from what the case says of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from planner.case.case import Case
from planner.case.heat import HeatLevel, ProcessStream
from planner.case.periods import states_of, tenant_hours
from planner.case.plants import Give, ProcessHeat, Take, Tenant
from planner.case.values import TemperatureDifference
from planner.heat.levels import given, raised_per_taken, taken
from planner.heat.streams import HeatStream, Match

TAKES, GIVES = "takes", "gives"
#: Least temperature difference where a plant states none [K]: an assumption.
APPROACH = 10.0


@dataclass(frozen=True)
class PlantMedium:
    """A medium as one plant has it.

    Attributes
    ----------
    role, name
        "takes" or "gives", and its name there.
    stated
        As the case has it.
    resource
        What it is.
    parts
        Hot or cold streams, with the heat of a tonne or a cubic metre as loads.
    heat
        Heat that a unit of the resource gives to the plant, or takes from it [MWh/unit].
    raised
        Of that, how many times the heat that a unit gives where it is taken: above 1 where condensate is made up.
    """

    role: str
    name: str
    stated: Take | Give
    resource: str
    parts: tuple[HeatStream, ...]
    heat: float
    raised: float = 1.0

    @property
    def id(self) -> str:
        """Name in the cascade of its plant."""
        return f"{self.role}: {self.name}"

    @property
    def hot(self) -> bool:
        """True where it gives heat to the plant's streams."""
        return self.parts[0].hot


@dataclass(frozen=True)
class PlantHeat:
    """The process heat of a plant.

    Attributes
    ----------
    streams
        Name -> process stream; its load is that where nothing is said of a period [MW].
    loads
        State -> name -> load while the plant runs [MW].
    hours
        State -> hours in which the plant runs [h/yr].
    media
        Medium id -> medium.
    forbidden
        (Hot, cold) names of streams, or ids of media.
    """

    streams: Mapping[str, HeatStream]
    loads: Mapping[str, Mapping[str, float]]
    hours: Mapping[str, float]
    media: Mapping[str, PlantMedium]
    forbidden: tuple[Match, ...]

    def mean_streams(self) -> dict[str, HeatStream]:
        """Process streams by name, with their mean loads over the hours of the plant [MW]."""
        hours, amounts = sum(self.hours.values()), self.amounts().values()
        whole = {name: sum(by[name] for by in amounts) for name in self.streams}
        return {name: replace(x, load=whole[name] / hours if hours else 0.0) for name, x in self.streams.items()}

    def amounts(self) -> dict[str, dict[str, float]]:
        """State -> name -> heat of a process stream in the state over the year [MWh/yr]."""
        return {t: {name: load * self.hours[t] for name, load in by.items()} for t, by in self.loads.items()}


def process_heat_of(case: Case) -> dict[str, PlantHeat]:
    """Process heat by plant or partner, of a case without faults."""
    tenants: dict[str, Tenant] = {**case.plants, **case.partners}
    return {name: plant_heat(case, tenant) for name, tenant in tenants.items() if tenant.process_heat is not None}


def plant_heat(case: Case, tenant: Tenant) -> PlantHeat:
    """Process heat of one plant."""
    heat = tenant.process_heat
    assert heat is not None
    streams = {name: heat_stream(name, stream, heat) for name, stream in heat.streams.items()}
    media = {medium.id: medium for medium in plant_media(case, heat)}
    loads = {t: {name: load_of(one, t) for name, one in heat.streams.items()} for t in states_of(case)}
    hot = {name: stream.hot for name, stream in streams.items()} | {name: medium.hot for name, medium in media.items()}
    forbidden = tuple(match for pair in heat.forbidden for match in matches(pair, hot))
    return PlantHeat(streams, loads, tenant_hours(case, tenant), media, forbidden)


def load_of(stream: ProcessStream, period: str | None = None) -> float:
    """Load of a process stream [MW], in a period where it differs."""
    if stream.load is not None:
        return stream.load.value if period is None else stream.load.at(period)
    assert stream.capacity_flow is not None
    assert stream.from_ is not None
    assert stream.to is not None
    flow = stream.capacity_flow.value if period is None else stream.capacity_flow.at(period)
    return flow * abs(stream.from_.value - stream.to.value)


def contribution(own: TemperatureDifference | None, heat: ProcessHeat) -> float:
    """Contribution of a stream or medium to the least temperature difference: its own, else half of the plant's [K]."""
    whole = APPROACH if heat.approach is None else heat.approach.value
    return whole / 2.0 if own is None else own.value


def heat_stream(name: str, stream: ProcessStream, heat: ProcessHeat) -> HeatStream:
    """A process stream with its load [MW].

    Raises
    ------
    ValueError
        If its temperatures and its kind contradict each other.
    """
    first, last = stream.from_ or stream.at, stream.to or stream.at
    assert first is not None
    assert last is not None
    return HeatStream(
        name, first.value, last.value, load_of(stream), contribution(stream.approach, heat), kind=stream.kind
    )


def plant_media(case: Case, heat: ProcessHeat) -> Iterator[PlantMedium]:
    """Media that a plant takes and gives; those whose resource has no level that works are left out."""
    for role, stated in ((TAKES, heat.takes), (GIVES, heat.gives)):
        for name, one in stated.items():
            resource = one.resource or name
            data = case.resources.get(resource)
            if data is None or data.heat is None:
                continue
            energy = case.resources[resource].content("MWh")
            if not energy:
                continue
            yield _medium(role, name, one, resource, data.heat, energy, contribution(one.approach, heat))


def _medium(
    role: str, name: str, stated: Take | Give, resource: str, level: HeatLevel, energy: float, own: float
) -> PlantMedium:
    """A medium; to make it takes more heat than it gives where condensate is lost or comes back cold."""
    if role == TAKES:
        return PlantMedium(role, name, stated, resource, taken(level, name, own), energy)
    more = raised_per_taken(level)
    return PlantMedium(role, name, stated, resource, given(level, name, own), energy * more, more)


def matches(pair: tuple[str, str], hot: Mapping[str, bool]) -> Iterator[Match]:
    """(Hot, cold) of a pair of names, as streams or as media; none where both are hot, or both cold.

    Parameters
    ----------
    pair
        Names as the case has them, in either order.
    hot
        Name of a process stream, or id of a medium -> whether it gives heat.
    """
    ends = [[key for key in (name, f"{TAKES}: {name}", f"{GIVES}: {name}") if key in hot] for name in pair]
    for one in ends[0]:
        for other in ends[1]:
            if hot[one] != hot[other]:
                yield (one, other) if hot[one] else (other, one)


def most(medium: PlantMedium, heat: PlantHeat) -> dict[str, float] | None:
    """By state, the most of a medium by its stated limit [unit/yr]; None without one."""
    limit = medium.stated.limit
    return None if limit is None else {t: limit.at(t) * hours for t, hours in heat.hours.items()}
