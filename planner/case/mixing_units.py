"""What a mixture of a quality is weighted by, the unit of its loads, and the index by which it mixes."""

import math
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from planner.case import units
from planner.case.case import Case
from planner.case.facilities import Facility
from planner.case.qualities import Content, IndexPoint, Operation, Quality, Weight
from planner.case.resources import Discharge, Sale
from planner.case.units import UnitError

#: Field of a resource that tells its weight, where its unit does not.
FIELDS = {"t": "mass", "m3": "water", "MWh": "enthalpy"}
_OPERATORS = re.compile(r"[/*^()]|\bper\b")
#: Shares as they may be misspelt: taken for words of the user's own they would not convert.
_SHARES = ("ppm", "ppb", "percent", "permille")
#: What a pH may be. Hydrogen times hydroxide ions are 10^-14 (mol/L)^2 in water of 25 degC.
PH_RANGE = (0.0, 14.0)
#: A number of this size is no pH at all, and its powers of ten no numbers.
_ANY_PH = 100.0
_NAN = float("nan")


@dataclass(frozen=True)
class Index:
    """How a quality mixes; called with a content it gives its index.

    Attributes
    ----------
    to
        Content -> what mixes as a weighted mean; not a number where there is none.
    back
        Its inverse.
    falls
        True where the index falls as the content rises, so that an upper limit becomes a lower one.
    """

    to: Callable[[float], float]
    back: Callable[[float], float]
    falls: bool = False

    def __call__(self, content: float) -> float:
        """Index of a content."""
        return self.to(content)


def _reciprocal(number: float) -> float:
    return 1.0 / number if number else _NAN


def _acid(ph: float) -> float:
    """Hydrogen less hydroxide ions [mol/L] in water of 25 degC that buffers nothing."""
    return float(10.0**-ph - 10.0 ** (ph - PH_RANGE[1])) if abs(ph) < _ANY_PH else _NAN


def _ph(acid: float) -> float:
    """The pH of so many hydrogen less hydroxide ions h - 1e-14/h [mol/L]; of both roots the one without a difference.

    h = (acid + root) / 2, or 2e-14 / (root - acid), with root = sqrt(acid^2 + 4e-14).
    """
    product = 10.0 ** -PH_RANGE[1]
    root = math.sqrt(acid * acid + 4.0 * product)
    return -math.log10((acid + root) / 2.0 if acid >= 0 else 2.0 * product / (root - acid))


#: The index of a weighted mean: the content itself.
MEAN = Index(lambda content: content, lambda index: index)
_INDICES = {
    "mean": MEAN,
    "log": Index(lambda content: math.log(content) if content > 0 else _NAN, math.exp),
    "reciprocal": Index(lambda content: 1.0 / content if content > 0 else _NAN, _reciprocal, falls=True),
    "pH": Index(_acid, _ph, falls=True),
}


def index_of(quality: Quality) -> Index:
    """The index by which a quality mixes; the content itself where it mixes as a weighted mean."""
    return _INDICES[quality.mixing] if isinstance(quality.mixing, str) else _table(quality.mixing)


def _table(points: Sequence[IndexPoint]) -> Index:
    """Straight lines between points; the first and the last go on beyond them, for rounding at the ends."""
    by_value = sorted((point.value, point.index) for point in points)
    by_index = sorted((index, value) for value, index in by_value)
    falls = len(points) > 1 and by_value[0][1] > by_value[-1][1]
    return Index(lambda content: _along(by_value, content), lambda index: _along(by_index, index), falls)


def _along(points: Sequence[tuple[float, float]], x: float) -> float:
    if len(points) < 2:
        return _NAN
    above = min(max(bisect_right([place for place, _ in points], x), 1), len(points) - 1)
    (x0, y0), (x1, y1) = points[above - 1 : above + 1]
    share = (x - x0) / (x1 - x0) if x1 != x0 else _NAN
    return y0 * (1.0 - share) + y1 * share


def is_own_word(unit: str) -> bool:
    """Whether the unit of a quality is a word of the user's own (index, degree, -), which nothing converts."""
    if _OPERATORS.search(unit):
        return False
    try:
        units.parse(unit)
    except UnitError:
        return not units.is_unit(unit) and unit.casefold() not in _SHARES
    return False


def is_concentration(unit: str) -> bool:
    """Whether a unit is a mass per volume, of a liquid or of a gas at normal state."""
    return units.converts(unit, "kg/m3") or units.converts(unit, "kg/Nm3")


def is_share(unit: str) -> bool:
    """Whether a unit is a share, written as such: %, ppm, g/kg. A plain 1 may be any ratio."""
    return unit.strip() != "1" and units.converts(unit, "1")


def of_gas(case: Case, quality: str, resources: Iterable[str]) -> str:
    """Unit per Nm3 that a concentration per m3 should have, of gas that is counted in Nm3; empty of anything else."""
    unit = case.qualities[quality].unit
    counted = all(units.converts(case.resources[name].unit, "Nm3") for name in resources)
    if is_own_word(unit) or not counted or not units.converts(unit, "kg/m3"):
        return ""
    return unit.replace("m3", "Nm3") if unit.endswith("/m3") else "mg/Nm3"


def weight_of(case: Case, quality: str) -> Weight:
    """What a mixture is weighted by: as stated, else m3 for mass per volume, t for shares and per mass, else amount."""
    data = case.qualities[quality]
    if data.weight is not None:
        return data.weight
    if is_own_word(data.unit):
        return "amount"
    if units.converts(data.unit, "kg/m3"):
        return "m3"
    return "t" if units.converts(data.unit, "1") or _per_mass(data.unit) else "amount"


def _per_mass(unit: str) -> bool:
    try:
        return sum(power for name, power in units.parse(unit) if units.converts(name, "kg")) == -1
    except UnitError:
        return False


def weight_unit(case: Case, quality: str) -> str:
    """Unit of the weight: t, m3, MWh, or the unit of the resources that mix ("" where none holds the quality)."""
    weight = weight_of(case, quality)
    if weight != "amount":
        return weight
    return next((case.resources[name].unit for name in carriers(case, quality)), "")


def weight_per_unit(case: Case, quality: str, resource: str) -> float | None:
    """Weight of a unit of a resource in mixtures of a quality; None where the case does not tell."""
    weight = weight_of(case, quality)
    if weight == "amount":
        return 1.0
    data = case.resources[resource]
    stated = {"t": data.mass, "m3": data.water, "MWh": data.enthalpy}[weight]
    if stated is not None:
        return stated.value
    try:
        return units.convert(1.0, data.unit, weight)
    except UnitError:
        return None


def load_unit(case: Case, quality: str) -> tuple[str, float]:
    """Unit of the loads of a quality, and how many of it are in one unit of content x weight.

    kg where content x weight is a mass: mg/L x m3 is 1e-3 kg. Else the text "<unit>*<weight unit>", and 1.
    """
    unit, weight = case.qualities[quality].unit, weight_unit(case, quality)
    if not weight:
        return unit, 1.0
    product = f"({unit})*({weight})"
    if is_own_word(unit) or not units.converts(product, "kg"):
        return f"{unit}*{weight}", 1.0
    return "kg", units.convert(1.0, product, "kg")


def carriers(case: Case, quality: str) -> list[str]:
    """Resources that mix in this quality: those of which a content or a limit is stated, and what comes of them."""
    found = {name for name in _speaking(case, quality) if name in case.resources}
    passes = list(_passages(case))
    while True:
        fed = found | {replaced.to for replaced in case.substitutions if replaced.from_ in found}
        more = {out for into, out in passes if into in fed and out in case.resources} - found
        if not more:
            return [name for name in case.resources if name in found]
        found |= more


def _speaking(case: Case, quality: str) -> Iterator[str]:
    """Resources of which the case states a content, a limit or a load of the quality."""
    for name, resource in case.resources.items():
        if _holds(resource.quality, quality) or _bound(quality, resource.discharge, resource.sale):
            yield name
    for tenant in (*case.plants.values(), *case.partners.values()):
        for name, source in tenant.sources.items():
            if _holds(source.quality, quality) or _bound(quality, source.discharge, source.sale):
                yield source.resource or name
        yield from (sink.resource or name for name, sink in tenant.sinks.items() if quality in sink.limits)
        for operation in tenant.operations.values():
            if any(quality in stated for stated in (operation.load, operation.max_inlet, operation.max_outlet)):
                yield from (operation.takes, operation.gives)
    for facility in case.facilities.values():
        yield from _of_facility(facility, quality, has_load=case.qualities[quality].mixing == "mean")


def _of_facility(facility: Facility, quality: str, *, has_load: bool) -> Iterator[str]:
    yield from (name for name, limits in facility.limits.items() if quality in limits)
    yield from (name for name, contents in facility.quality.items() if _holds(contents, quality))
    treats = facility.treats
    if treats and quality in treats.removes:
        yield treats.inlet
    if treats and (quality in treats.removes or quality in treats.leaves):
        yield treats.outlet
        yield from (treats.residue,) if treats.residue and (has_load or quality in treats.removes) else ()


def _passages(case: Case) -> Iterator[tuple[str, str]]:
    """What goes into an operation or a treatment, and what comes of it."""
    for tenant in (*case.plants.values(), *case.partners.values()):
        yield from ((operation.takes, operation.gives) for operation in tenant.operations.values())
    for facility in case.facilities.values():
        if facility.treats:
            yield facility.treats.inlet, facility.treats.outlet


def _holds(contents: dict[str, Content], quality: str) -> bool:
    return quality in contents and contents[quality].known


def _bound(quality: str, discharge: Discharge | None, sale: Sale | None) -> bool:
    """Whether a way out has a limit or a fee of the quality."""
    if discharge and (quality in discharge.limits or quality in discharge.load_fees):
        return True
    return bool(sale and quality in sale.limits)


def limiting_flow(case: Case, operation: Operation) -> float | None:
    """Flow at which the largest inlet just gives the largest outlet, largest over the qualities [unit/h].

    None where no quality of a load has both limits, the first below the second, or where its weight is not told.
    """
    found = [flow for quality in operation.load if (flow := _limiting(case, operation, quality)) is not None]
    return max(found, default=None)


def _limiting(case: Case, operation: Operation, quality: str) -> float | None:
    into, out = operation.max_inlet.get(quality), operation.max_outlet.get(quality)
    if into is None or out is None:
        return None
    taken, given = (weight_per_unit(case, quality, name) for name in (operation.takes, operation.gives))
    if not taken or not given or given * out.value <= taken * into.value:
        return None
    beside = (operation.gain.value if operation.gain else 0.0) - (operation.loss.value if operation.loss else 0.0)
    load = operation.load[quality].value / load_unit(case, quality)[1]
    return max(0.0, load - beside * given * out.value) / (given * out.value - taken * into.value)
