"""Says which numbers of a case are those of archetypes, at which grade, and what nobody has priced of them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from planner.case.archetype_doubts import SIDES, doubts, streams_of, unknown_of
from planner.case.archetype_numbers import BASIS
from planner.case.archetype_resources import SAME_LEVEL, temperature
from planner.case.archetypes import Archetype
from planner.case.case import Case
from planner.case.closure import yearly_amount
from planner.case.marks import field_text
from planner.case.plants import Source, Tenant
from planner.case.references import values_in
from planner.case.values import Value


@dataclass(frozen=True)
class Told:
    """A number that an archetype filled in.

    Attributes
    ----------
    field
        Its place within the plant: "sinks.fresh water.rate".
    value, low, high, unit
        A rate as amount a year, everything else in its documented unit.
    """

    field: str
    value: float
    low: float | None
    high: float | None
    unit: str
    grade: str | None
    source: str | None
    note: str | None


@dataclass(frozen=True)
class OfPlant:
    """What an archetype filled into a plant or partner.

    Attributes
    ----------
    own
        Resources of the archetype that the plant speaks of itself: their rates are its own.
    """

    archetype: Archetype
    numbers: tuple[Told, ...]
    own: tuple[str, ...]

    @property
    def grades(self) -> str:
        """How many numbers there are of each grade: "2 of grade A, 1 of B, 9 of C"."""
        count = Counter(number.grade or "none" for number in self.numbers)
        return ", ".join(f"{count[grade]} of {'grade ' * (not n)}{grade}" for n, grade in enumerate(sorted(count)))


def of_plants(case: Case) -> dict[str, OfPlant]:
    """What archetypes filled in, by plant and partner."""
    return {
        name: OfPlant(tenant.archetype, tuple(_numbers(case, tenant)), tuple(dict.fromkeys(_own(tenant))))
        for name, tenant in (*case.plants.items(), *case.partners.items())
        if tenant.archetype is not None
    }


def _numbers(case: Case, tenant: Tenant) -> Iterator[Told]:
    for path, value in values_in(tenant, ()):
        if value.basis != BASIS:
            continue
        factor, unit = 1.0, value.unit
        if path[-1] == "rate" and path[0] in SIDES:
            stream = getattr(tenant, str(path[0]))[path[1]]
            factor = yearly_amount(case, tenant, stream) / value.value if value.value else 0.0
            unit = f"{case.resources[stream.resource or str(path[1])].unit}/yr"
        low, high = (None if end is None else end * factor for end in (value.low, value.high))
        numbers = (value.value * factor, low, high, unit)
        yield Told(field_text(path), *numbers, value.grade, value.source, value.note)


def _own(tenant: Tenant) -> Iterator[str]:
    """Resources of the archetype whose amounts the plant states itself."""
    for side, _, theirs in streams_of(tenant):
        streams = getattr(tenant, side).items()
        if BASIS not in [one.rate.basis for key, one in streams if (one.resource or key) == theirs]:
            yield theirs


def free(case: Case) -> dict[str, list[str]]:
    """Resources that plants take at no cost, since nobody priced them: resource -> who takes it."""
    found: dict[str, list[str]] = {}
    for name, tenant in (*case.plants.items(), *case.partners.items()):
        for stream, sink in tenant.sinks.items():
            supply = sink.supplied_today_by
            if supply is not None and not supply.inputs and supply.cost is not None and _is_free(supply.cost):
                found.setdefault(sink.resource or stream, []).append(name)
    return found


def _is_free(cost: Value) -> bool:
    return cost.basis == BASIS and cost.value == 0


def disposed_free(case: Case) -> dict[str, list[str]]:
    """Resources of archetypes whose disposal has no price: resource -> who gives it."""
    found: dict[str, list[str]] = {}
    for name, tenant in (*case.plants.items(), *case.partners.items()):
        for stream, source in tenant.sources.items():
            resource = source.resource or stream
            is_heat = case.resources[resource].kind == "heat"  # usually lost to the air for next to nothing
            if source.rate.basis == BASIS and not is_heat and _is_unpriced(case, source, resource):
                found.setdefault(resource, []).append(name)
    return found


def _is_unpriced(case: Case, source: Source, resource: str) -> bool:
    known = case.resources[resource]
    discharge = source.discharge or known.discharge
    sold = source.sale or known.sale
    return discharge is not None and discharge.cost is None and sold is None


def notes(case: Case) -> Iterator[str]:
    """What is free only because nobody stated what it costs, and what is left to the user."""
    if not any(tenant.archetype for tenant in (*case.plants.values(), *case.partners.values())):
        return
    if found := free(case):
        yield f"no price is stated of {_listed(found)}: what archetypes take of it is counted as free"
    if found := disposed_free(case):
        yield (
            f"no cost is stated of disposing of {_listed(found)}: what archetypes give of it goes at no cost and earns "
            "nothing, so that whoever takes it saves nothing there"
        )
    yield from _levels(case)
    yield from doubts(case)


def _levels(case: Case) -> Iterator[str]:
    """Media of the case that are colder than what an archetype takes, or hotter than what it gives."""
    from planner.library.archetypes import library

    for name, tenant in (*case.plants.items(), *case.partners.items()):
        for side, mine, theirs in streams_of(tenant):
            usual = temperature({"heat": library().resources[mine].heat})
            there = _temperature(case, theirs)
            streams = getattr(tenant, side).items()
            ours = any(one.rate.basis == BASIS for key, one in streams if (one.resource or key) == theirs)
            if usual is None or there is None or not ours:
                continue
            if (there < usual - SAME_LEVEL) if side == "sinks" else (there > usual + SAME_LEVEL):
                yield (
                    f"{name} {SIDES[side]} {theirs} at {there:.4g} degC here, its archetype at {usual:.4g} degC: see "
                    f"that this will do, or name another medium for {mine} in plants.{name}.archetype.names"
                )


def _temperature(case: Case, resource: str) -> float | None:
    """Temperature at which a medium of the case is taken [degC]; None of what is none."""
    from planner.heat.levels import temperature_taken

    level = case.resources[resource].heat if resource in case.resources else None
    return None if level is None else temperature_taken(level)


def _listed(found: dict[str, list[str]]) -> str:
    return ", ".join(f"{resource} ({', '.join(dict.fromkeys(names))})" for resource, names in found.items())


def told(case: Case, *, numbers: bool) -> Iterator[str]:
    """The archetypes of a case, for ``planner check``; with ``numbers`` also all that they filled in."""
    found = of_plants(case)
    if not found:
        return
    yield ""
    more = "typical, low to high, grade, source" if numbers else "planner check --numbers lists them with their ranges"
    yield f"archetypes: numbers of plants as they usually are, not of these ({more}):"
    for name, plant in found.items():
        archetype = plant.archetype
        size = f"{_number(archetype.size.value)} {archetype.size.unit}"
        yield f"  {name}: {archetype.name}, {size}; {len(plant.numbers)} numbers, {plant.grades}"
        for number in plant.numbers if numbers else ():
            ends = [_number(number.value if end is None else end) for end in (number.low, number.high)]
            span = f", {' to '.join(ends)}" if number.low is not None or number.high is not None else ""
            unit = "" if number.unit == "1" else f" {number.unit}"
            source = (number.source or "").removeprefix("archetype ")
            what = number.field.removesuffix(".rate").replace(".inputs.", ".", 1)
            for side, word in SIDES.items():
                what = f"{word} {what.removeprefix(side)[1:]}" if what.startswith(f"{side}.") else what
            yield f"    {what}: {_number(number.value)}{unit}{span}, {number.grade}, {source}"
        for mine, theirs in archetype.names.items():
            yield f"    its {mine} is {theirs} here"
        if plant.own:
            yield f"    as the plant itself says: {', '.join(plant.own)}"
        if unknown := unknown_of(case, case.plants.get(name) or case.partners[name]):
            yield f"    not known, and not filled in: {', '.join(unknown)}"
        if archetype.without:
            yield f"    left out: {', '.join(archetype.without)}"


def contents(case: Case) -> dict[str, Any]:
    """What ``told`` says, for a program to read; nothing in a case without archetypes."""
    found = of_plants(case)
    if not found:
        return {}
    plants = {
        name: {
            "archetype": plant.archetype.name,
            "size": plant.archetype.size.value,
            "unit": plant.archetype.size.unit,
            "names": plant.archetype.names,
            "without": list(plant.archetype.without),
            "own": list(plant.own),
            "not_known": unknown_of(case, case.plants.get(name) or case.partners[name]),
            "numbers": [vars(number) for number in plant.numbers],
        }
        for name, plant in found.items()
    }
    return {"archetypes": {"plants": plants, "free": free(case), "disposed_of_free": disposed_free(case)}}


def _number(number: float) -> str:
    return f"{number:,.0f}".replace(",", " ") if abs(number) >= 100 else f"{number:.4g}"
