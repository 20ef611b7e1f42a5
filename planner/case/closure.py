"""Material flow check: whether what goes into a plant or facility comes out of it again."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from planner.case import units
from planner.case.archetype_numbers import BASIS
from planner.case.case import Case
from planner.case.facilities import Facility
from planner.case.pairs import inlets, outlets
from planner.case.periods import stream_amounts
from planner.case.plants import Stream, Tenant
from planner.case.resources import Resource
from planner.case.units import UnitError

#: Difference, as a share of the larger side, up to which in and out are said to close.
TOLERANCE = 0.10


class Closure(NamedTuple):
    """In against out of a plant, partner or facility.

    Attributes
    ----------
    plant
        Name of the plant, partner or facility.
    what
        "mass" or "water".
    unit
        "t/yr" or "m3/yr"; of a facility "t" or "m3" per unit of its activity.
    into, out
        Declared amounts a year; ``out`` includes the product.
    difference
        into - out.
    share
        The difference as a share of the larger of the two.
    archetype
        Whether an archetype filled in a stream of it: one lists the usual streams, and neither all that a plant is made
        for nor what it evaporates, so that it is not meant to close.
    """

    plant: str
    what: str
    unit: str
    into: float
    out: float
    difference: float
    share: float
    archetype: bool = False

    @property
    def closes(self) -> bool:
        """Whether in and out agree within the tolerance."""
        return abs(self.share) <= TOLERANCE


def closure(case: Case, *, one_sided: bool = False) -> list[Closure]:
    """In against out, by plant, partner and facility; nothing where one side declares nothing.

    With ``one_sided`` a plant of which only one side is declared has a row as well, whose other side is 0: it does not
    close. Partners stand outside the park and mostly only give or only take; they have none.

    A stream counts with its yearly amount if its resource tells its mass (unit t or kg, or ``mass``) or its water (kind
    water counted in m3, or ``water``). Water in m3, heat and power are no mass unless their resource states ``mass``.
    Water of a facility counts where it treats: any other may make or use it up. One that gives heat or power may burn
    mass, but make none.
    """
    rows = []
    for name, tenant in (*case.plants.items(), *case.partners.items()):
        into = [(end.resource, end.stream) for end in inlets(case, name)]
        out = [(end.resource, end.stream) for end in outlets(case, name)]
        for what, unit in (("mass", "t/yr"), ("water", "m3/yr")):
            taken = _total(case, tenant, into, what)
            given = _total(case, tenant, out, what) + (_product(case, name) if what == "mass" else 0.0)
            if (taken > 0 and given > 0) or (one_sided and name in case.plants and max(taken, given) > 0):
                difference = taken - given
                share = difference / max(taken, given)
                usual = any(_usual(case, end, what) for end in (*into, *out))
                rows.append(Closure(name, what, unit, taken, given, difference, share, usual))
    return [*rows, *_of_facilities(case)]


def _of_facilities(case: Case) -> Iterator[Closure]:
    for name, facility in case.facilities.items():
        for what, unit in (("mass", "t"), ("water", "m3")) if facility.treats else (("mass", "t"),):
            content = _mass if what == "mass" else _water
            taken, given = (
                sum(per.value * (content(case.resources[resource]) or 0.0) for resource, per in amounts.items())
                for amounts in (facility.inputs, facility.outputs)
            )
            if taken > 0 and given > 0 and not (what == "mass" and taken > given and _burns(case, facility)):
                difference = taken - given
                share = difference / max(taken, given)
                yield Closure(name, what, f"{unit} per {facility.unit}", taken, given, difference, share)


def _burns(case: Case, facility: Facility) -> bool:
    """Whether what a facility takes may leave as flue gas, which nobody declares."""
    return any(case.resources[resource].kind in ("heat", "power") for resource in facility.outputs)


def yearly_amount(case: Case, tenant: Tenant, stream: Stream) -> float:
    """Amount of a stream a year: rate x hours x availability over all periods, in the unit of its resource."""
    return sum(stream_amounts(case, tenant, stream).values())


def _total(case: Case, tenant: Tenant, streams: Iterable[tuple[str, Stream | None]], what: str) -> float:
    total = 0.0
    for name, stream in streams:
        content = (_mass if what == "mass" else _water)(case.resources[name])
        if stream is not None and content is not None:
            total += content * yearly_amount(case, tenant, stream)
    return total


def _usual(case: Case, end: tuple[str, Stream | None], what: str) -> bool:
    """Whether an archetype says how much a stream is, and it counts in a balance."""
    name, stream = end
    content = (_mass if what == "mass" else _water)(case.resources[name])
    return stream is not None and content is not None and stream.rate.basis == BASIS


def _mass(resource: Resource) -> float | None:
    """Tonnes in a unit of a resource; None where nothing tells. Steam in tonnes is heat, unless ``mass`` says else."""
    if resource.mass is not None:
        return resource.mass.value
    if resource.kind in ("heat", "power"):
        return None
    return _size(resource.unit, "t")


def _water(resource: Resource) -> float | None:
    """Cubic metres of water in a unit of a resource; None where nothing tells."""
    if resource.water is not None:
        return resource.water.value
    return _size(resource.unit, "m3") if resource.kind == "water" else None


def _size(unit: str, expected: str) -> float | None:
    try:
        return units.factor(unit, expected)
    except UnitError:
        return None


def _product(case: Case, name: str) -> float:
    """Tonnes of product of a plant that is not one of its streams as well."""
    plant = case.plants.get(name)
    if plant is None or plant.product is None or _is_stream(plant.product.name, plant):
        return 0.0
    size = _size(plant.product.unit, "t")
    return 0.0 if size is None else size * plant.product.output.value


def _is_stream(product: str, tenant: Tenant) -> bool:
    """Whether a product leaves as a source, so that it is not counted twice."""
    return any(product in (name, source.resource) for name, source in tenant.sources.items())
