"""Balances of mass, enthalpy and entropy of units that bring steam from one level to another, for the audit."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from planner.audit.exergy_of_media import exergy_of_resource
from planner.audit.facts import Facts
from planner.audit.heat_levels import taken_parts
from planner.case.facilities import Facility
from planner.case.heat import HeatLevel
from planner.case.units import UnitError, convert
from planner.heat import properties

KELVIN = 273.15
PER_MWH = 3600.0
CLOSE = 1e-7
#: By so much the heat of evaporation of IAPWS-IF97 differs from T ds between 0.1 and 120 bar [kJ/kg], rounded up.
SLOPE = 0.02
#: Temperature of injected water where none is stated [degC].
WATER = 15.0
HOTTEST = 800.0


@dataclass(frozen=True)
class SteamUnit:
    """A unit through which steam flows."""

    facts: Facts
    facility: Facility
    stated: Any

    def faults(self, kind: str) -> Iterator[str]:
        """What is wrong with its amounts per unit of activity."""
        first, last = self._level(self.stated.from_), self._level(self.stated.to)
        into = self._tonnes(self.stated.from_, self.facility.inputs)
        out = self._tonnes(self.stated.to, self.facility.outputs)
        water = 0.0 if self.stated.water is None else self._water()
        change = self._power(kind) / into * PER_MWH
        before, after = _enthalpy(first), _enthalpy(first) + change
        yield from self._efficiency(kind, before, after)
        pressure, wanted = _bar(last), _enthalpy(last)
        boiling = wanted if _hot(last) is not None else _boiling(pressure)
        if self.stated.water is not None and after > wanted + 1e-6:
            mass, heat = out - into - water, out * wanted - into * after - water * self._water_enthalpy(pressure)
        elif after < wanted - 1e-6:
            mass, heat = 0.0, out * wanted + (into - out) * boiling - into * after
        else:
            mass, heat = out - into, 0.0
        if not abs(mass) <= CLOSE * into:
            yield f"{into + water:.9g} t go in and {out:.9g} come out"
        if not abs(heat) <= CLOSE * into * abs(after):
            yield f"enthalpy is off by {heat:.6g} MJ per {self.facility.unit}"
        entropy = _entropy_at(pressure, after) - _entropy(first)
        if not entropy >= -1e-6:
            yield f"entropy falls by {-entropy:.6g} kJ/kg/K between its levels"
        if kind != "recompression" and pressure > _bar(first) * (1 + 1e-12):
            yield f"pressure rises from {_bar(first):g} to {pressure:g} bar without power"

    def exergy(self, ambient: float) -> tuple[float, float]:
        """Exergy of what flows in and out per unit of activity [MWh]."""
        found = []
        for amounts in (self.facility.inputs, self.facility.outputs):
            total = 0.0
            for resource, per in amounts.items():
                if resource in (self.stated.from_, self.stated.to):
                    level = self._level(resource)
                    total += self._tonnes(resource, amounts) * _worth(_enthalpy(level), _entropy(level), ambient)
                elif resource == self.stated.water:
                    at = self._at()
                    bar = max(_bar(self._level(self.stated.to)), 1.01325)
                    held = properties.water_enthalpy(at, bar), properties.water_entropy(at, bar)
                    total += self._water() * _worth(*held, ambient)
                else:
                    data = self.facts.case.resources[resource]
                    total += sum(exergy_of_resource(data, amounts is self.facility.outputs, per.value, ambient) or ())
            found.append(total)
        return found[0], found[1]

    def _power(self, kind: str) -> float:
        """Power that reaches the steam, negative where it leaves it [MWh/activity]."""
        if kind == "let_down":
            return 0.0
        content = self.facts.content(self.stated.power, "MWh")
        if kind == "turbine":
            return -self.facility.outputs[self.stated.power].value * content / float(self.stated.generator.value)
        return self.facility.inputs[self.stated.power].value * content * float(self.stated.motor.value)

    def _efficiency(self, kind: str, before: float, after: float) -> Iterator[str]:
        if kind == "let_down":
            return
        ideal = _isentropic(_bar(self._level(self.stated.to)), _entropy(self._level(self.stated.from_)))
        found = (before - after) / (before - ideal) if kind == "turbine" else (ideal - before) / (after - before)
        due = self.stated.isentropic.value
        dry = properties.steam_enthalpy(_bar(self._level(self.stated.to)))
        if not abs(found - due) <= 1e-6 + (due * SLOPE / abs(before - ideal) if ideal < dry else 0.0):
            yield f"its isentropic efficiency is {found:.8g}, {due:.8g} is stated"

    def _level(self, resource: str) -> HeatLevel:
        level = self.facts.case.resources[resource].heat
        assert level is not None
        return level

    def _tonnes(self, resource: str, amounts: Any) -> float:
        """Tonnes of steam per unit of activity."""
        data, per = self.facts.case.resources[resource], float(amounts[resource].value)
        try:
            return per * convert(1.0, data.unit, "t")
        except UnitError:
            if data.mass is not None and data.mass.value > 0:
                return per * data.mass.value
        whole = sum(part.load for part in taken_parts(self._level(resource), "", 0.0)) / PER_MWH
        return per * self.facts.content(resource, "MWh") / whole

    def _at(self) -> float:
        stated = self.stated.water_temperature
        return WATER if stated is None else float(stated.value)

    def _water(self) -> float:
        """Tonnes of water per unit of activity."""
        data, per = self.facts.case.resources[self.stated.water], self.facility.inputs.get(self.stated.water)
        if per is None:
            return 0.0
        mass = data.content("t")
        return per.value * (mass or properties.water_density(self._at()) * convert(1.0, data.unit, "m3"))

    def _water_enthalpy(self, pressure: float) -> float:
        return properties.water_enthalpy(self._at(), max(pressure, 1.01325))


def _bar(level: HeatLevel) -> float:
    assert level.steam is not None
    return level.steam.value


def _hot(level: HeatLevel) -> float | None:
    """Temperature of superheated steam [degC]."""
    over = 0.0 if level.superheat is None else level.superheat.value
    return properties.saturation_temperature(_bar(level)) + over if over > 0 else None


def _enthalpy(level: HeatLevel) -> float:
    return properties.steam_enthalpy(_bar(level), _hot(level))


def _entropy(level: HeatLevel) -> float:
    return properties.steam_entropy(_bar(level), _hot(level))


def _boiling(pressure: float) -> float:
    return properties.steam_enthalpy(pressure) - PER_MWH * properties.condensation_heat(pressure)


def _isentropic(pressure: float, entropy: float) -> float:
    """Enthalpy of steam of a given entropy [kJ/kg]; wet steam by the slope of its isobar, dh = T ds."""
    dry = properties.steam_entropy(pressure)
    if entropy <= dry:
        boils = properties.saturation_temperature(pressure) + KELVIN
        return properties.steam_enthalpy(pressure) - boils * (dry - entropy)
    found = _solved(lambda at: properties.steam_entropy(pressure, at), pressure, entropy)
    return properties.steam_enthalpy(pressure, found)


def _entropy_at(pressure: float, enthalpy: float) -> float:
    """Entropy of steam of a given enthalpy, wet or superheated [kJ/kg/K]."""
    dry = properties.steam_enthalpy(pressure)
    if enthalpy <= dry:
        boils = properties.saturation_temperature(pressure) + KELVIN
        return properties.steam_entropy(pressure) - (dry - enthalpy) / boils
    found = _solved(lambda at: properties.steam_enthalpy(pressure, at), pressure, enthalpy)
    return properties.steam_entropy(pressure, found)


def _solved(of: Callable[[float], float], pressure: float, wanted: float) -> float:
    """Temperature at which a rising property of superheated steam has a value, by halving [degC]."""
    low, high = properties.saturation_temperature(pressure), HOTTEST
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if of(middle) < wanted else (low, middle)
    return high


def _worth(enthalpy: float, entropy: float, ambient: float) -> float:
    """Exergy of a tonne beside water of the surroundings [MWh/t]."""
    zero = max(ambient, 0.01)
    heat, order = enthalpy - properties.water_enthalpy(zero), entropy - properties.water_entropy(zero)
    return (heat - (zero + KELVIN) * order) / PER_MWH
