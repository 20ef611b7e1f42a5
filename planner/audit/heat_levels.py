"""Process streams and media of a plant as the audit works them out from the case: temperatures, shares, heat."""

from dataclasses import dataclass

from planner.audit.facts import Facts
from planner.case.heat import HeatLevel, ProcessStream
from planner.case.plants import Give, ProcessHeat, Take
from planner.heat import properties
from planner.heat.streams import HeatStream

Key = tuple[str, str]


@dataclass(frozen=True)
class AuditMedium:
    """A medium on a plant's side.

    Attributes
    ----------
    parts
        Its streams, in the order in which the plant meets them, with shares of its heat as loads.
    heat
        Heat of a unit [MWh/unit].
    """

    resource: str
    parts: tuple[HeatStream, ...]
    heat: float

    @property
    def hot(self) -> bool:
        """True where it gives heat to the plant."""
        return self.parts[0].hot


def process_of(heat: ProcessHeat) -> dict[str, HeatStream]:
    """Process streams by name, with their mean load [MW]."""
    return {name: _process(name, stream, heat) for name, stream in heat.streams.items()}


def _process(name: str, stream: ProcessStream, heat: ProcessHeat) -> HeatStream:
    first, last = (x if x is not None else stream.at for x in (stream.from_, stream.to))
    assert first is not None
    assert last is not None
    if stream.load is not None:
        load = stream.load.value
    else:
        assert stream.capacity_flow is not None
        load = stream.capacity_flow.value * abs(first.value - last.value)
    own = _half(heat) if stream.approach is None else stream.approach.value
    return HeatStream(name, first.value, last.value, load, own, stream.kind)


def _half(heat: ProcessHeat) -> float:
    """Contribution of what states none: half of the plant's least difference, or of 10 K."""
    return (10.0 if heat.approach is None else heat.approach.value) / 2


def media_of(facts: Facts, heat: ProcessHeat) -> dict[Key, AuditMedium]:
    """(Role, name) -> medium, of what a plant takes and gives."""
    found = {("takes", name): _medium(facts, heat, name, one, True) for name, one in heat.takes.items()}
    return found | {("gives", name): _medium(facts, heat, name, one, False) for name, one in heat.gives.items()}


def barred_of(facts: Facts, heat: ProcessHeat) -> list[tuple[str, str]]:
    """(Hot, cold) names of streams, or "role: name" of media, between which no heat may pass."""
    hot = {name: stream.hot for name, stream in process_of(heat).items()}
    hot |= {": ".join(key): medium.hot for key, medium in media_of(facts, heat).items()}
    found = []
    for pair in heat.forbidden:
        first, last = ([x for x in (name, f"takes: {name}", f"gives: {name}") if x in hot] for name in pair)
        found += [(i, j) if hot[i] else (j, i) for i in first for j in last if hot[i] != hot[j]]
    return found


def _medium(facts: Facts, heat: ProcessHeat, name: str, stated: Take | Give, taken: bool) -> AuditMedium:
    resource = stated.resource or name
    level = facts.case.resources[resource].heat
    assert level is not None
    own = _half(heat) if stated.approach is None else stated.approach.value
    there, more = taken_parts(level, name, own), 1.0
    if not taken:
        whole = sum(part.load for part in there)
        there = given_parts(level, name, own)
        more = sum(part.load for part in there) / whole
    return AuditMedium(resource, there, facts.content(resource, "MWh") * more)


def taken_parts(level: HeatLevel, name: str, own: float) -> tuple[HeatStream, ...]:
    """Hot streams of steam, with heat in kJ/kg as loads, or one stream of water or another fluid."""
    if level.steam is None:
        assert level.supply is not None
        assert level.return_ is not None
        first, last = level.supply.value, level.return_.value
        if level.arrives is not None and level.arrives.supply is not None:
            first = level.arrives.supply.value
        return (HeatStream(name, first, last, 1.0, own),)
    back = None if level.condensate is None else level.condensate.temperature
    if level.arrives is not None and level.arrives.steam is not None:  # dry and saturated where it is taken
        level = level.model_copy(update={"steam": level.arrives.steam, "superheat": None})
    assert level.steam is not None
    boils = properties.saturation_temperature(level.steam.value)
    return _steam(level, name, own, boils if back is None else back.value)


def given_parts(level: HeatLevel, name: str, own: float) -> tuple[HeatStream, ...]:
    """The same for whoever makes it: cold streams, steam from its feed water."""
    if level.steam is None:
        return tuple(_back(part) for part in taken_parts(level.model_copy(update={"arrives": None}), name, own))
    return tuple(_back(part) for part in reversed(_steam(level, name, own, _feed(level))))


def _feed(level: HeatLevel) -> float:
    """Temperature of feed water: condensate and makeup mixed by enthalpy [degC]."""
    assert level.steam is not None
    boils = properties.saturation_temperature(level.steam.value)
    stated, arrives = level.condensate, None if level.arrives is None else level.arrives.steam
    condenses = boils if arrives is None else properties.saturation_temperature(arrives.value)
    if stated is None:
        return condenses
    back = condenses if stated.temperature is None else stated.temperature.value
    share = stated.share.value
    if share >= 1:
        return min(back, boils)
    hot, fresh = (properties.water_enthalpy(t) for t in (back, stated.makeup.value))
    mixed = share * hot + (1 - share) * fresh
    low, high = min(back, stated.makeup.value), max(back, stated.makeup.value)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if properties.water_enthalpy(middle) < mixed else (low, middle)
    return (low + high) / 2


def _steam(level: HeatLevel, name: str, own: float, cooled_to: float) -> tuple[HeatStream, ...]:
    """Steam that is cooled to saturation, condenses, and whose condensate is cooled."""
    assert level.steam is not None
    pressure = level.steam.value
    boils = properties.saturation_temperature(pressure)
    steam, water = properties.steam_enthalpy(pressure), properties.steam_enthalpy(pressure)
    water -= 3600.0 * properties.condensation_heat(pressure)
    found = []
    over = 0.0 if level.superheat is None else level.superheat.value
    if over > 0:
        hotter = properties.steam_enthalpy(pressure, boils + over) - steam
        found.append(HeatStream(name, boils + over, boils, hotter, own))
    found.append(HeatStream(name, boils, boils, steam - water, own, "hot"))
    if cooled_to < boils:
        left = water - properties.water_enthalpy(cooled_to, pressure)
        found.append(HeatStream(name, boils, cooled_to, left, own))
    return tuple(found)


def _back(part: HeatStream) -> HeatStream:
    return HeatStream(part.name, part.target, part.supply, part.load, part.contribution, "cold" if part.hot else "hot")
