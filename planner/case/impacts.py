"""Life cycle of a case: impact categories beyond CO2e, their factors, and how exchanges share them out.

Nothing here steers the plan: impacts are reported. What the case says of CO2e is one more category by itself.
"""

from typing import ClassVar, Literal

from pydantic import Field

from planner.case.values import Name, Section, Value

#: Category that the CO2e factors of the case make.
CLIMATE = "climate change"
CLIMATE_UNIT = "tCO2e"
#: Heads of yearly money that input-output factors may be of -> their accounts.
HEADS = {
    "operation": ("link_operation", "trench_operation", "facility_operation", "exchange_fixed", "treatment"),
    "transport": ("transport",),
    "discharge": ("discharge",),
    "supply": ("supply_operation",),
}
#: Investments that they may be of.
INVESTED = ("link", "trench", "connection", "treatment", "permit", "facility", "gate", "heat_recovery", "standby")
Allocation = Literal["cut-off", "energy", "substitution", "50/50"]
ALLOCATIONS: tuple[Allocation, ...] = ("cut-off", "energy", "substitution", "50/50")


class ImpactFactor(Value):
    """Impact per unit of the resource named by the key; negative where it takes a burden away."""

    template = "{impact}/{key}"
    per: ClassVar[str] = "{key}"
    """What it is counted per, as units are written in ``planner.case.resolve``."""
    minimum = None


class PeriodFactor(ImpactFactor):
    """Impact per unit of the resource named by the key, which may differ by period."""

    by_period = True


class LoadingFactor(ImpactFactor):
    """Impact per tonne moved, or per unit of the resource where that has no mass."""

    template = "{impact}/{unit}"
    per = "{unit}"


class HaulFactor(ImpactFactor):
    """Impact per tonne moved and kilometre, or per unit of the resource and kilometre where that has no mass."""

    template = "{impact}/({unit}*km)"
    per = "{unit}*km"


class MetreFactor(ImpactFactor):
    """Impact per metre of link, once."""

    template = "{impact}/m"
    per = "m"


class ActivityFactor(ImpactFactor):
    """Impact per unit of a facility's activity."""

    template = "{impact}/{unit}"
    per = "{unit}"


class CapacityFactor(ImpactFactor):
    """Impact per unit of a facility's capacity (of a store: of its content), once."""

    template = "{impact}/{content}"
    per = "{content}"


class MoneyFactor(ImpactFactor):
    """Impact per unit of money, of its own price year."""

    template = "{impact}/{currency}"
    per = "{currency}"


class ResourceImpacts(Section):
    """Impact per unit of a resource, one number a cause, as of CO2e."""

    use: PeriodFactor | None = None
    """Burning or using it."""
    supply: PeriodFactor | None = None
    """Making and delivering it when it is bought outside."""
    discharge: PeriodFactor | None = None
    """Disposing of it."""
    treatment: ImpactFactor | None = None
    """Pre-treatment of a unit of it that an exchange takes, besides what the treatment uses; for by-products whose
    exchanges or substitutions state a ``treatment``."""


class LinkImpacts(Section):
    """Impact of a link."""

    transport: HaulFactor | None = None
    """Moving what it carries; a bare number is per unit of that and kilometre, "g SO2e/t/km" per tonne."""
    loading: LoadingFactor | None = None
    """Loading and unloading together, of trucks, trains and ships; a bare number is per unit of what it carries,
    "g SO2e/t" per tonne."""
    construction: MetreFactor | None = None
    """Making and laying a metre, once; spread over its lifetime. None of pipes that are there already."""


class FacilityImpacts(Section):
    """Impact of a facility."""

    operation: ActivityFactor | None = None
    """Per unit of its activity, besides what it takes in and gives off."""
    construction: CapacityFactor | None = None
    """Building a unit of its capacity, once; spread over its lifetime."""


class ImpactCategory(Section):
    """An impact category, its unit and its factors; what has no factor is told, and never taken as none."""

    unit: Name
    """What it is counted in: kg SO2e, kg PM2.5e, m2a, MJ, points. Words after a unit name the substance."""
    note: str | None = None
    """Method and version, in words."""
    resources: dict[Name, ResourceImpacts] = Field(default_factory=dict)
    links: dict[Name, LinkImpacts] = Field(default_factory=dict)
    facilities: dict[Name, FacilityImpacts] = Field(default_factory=dict)


class PurchaseGroup(Section):
    """Purchases or investments of one kind, with input-output factors."""

    of: tuple[Name, ...]
    """Resources that are bought; or heads of money: "operation", "transport", "discharge", "supply"; or investments:
    "link", "trench", "connection", "treatment", "permit", "facility", "gate", "heat_recovery", "standby"."""
    factors: dict[Name, MoneyFactor] = Field(default_factory=dict)
    """Category -> impact per money of the factor's price year (``year``)."""


class Impacts(Section):
    """Impact categories, and how firms share them."""

    allocation: Allocation = "cut-off"
    """What the firms' own figures go by; all four are shown beside it. "cut-off": by-products are free of burdens, what
    an exchange causes is the taker's. "energy": so, and what the giver's unit causes is shared by the energy in what it
    gives and makes. "substitution": who is named in ``substitution_to`` has all that an exchange avoids and causes.
    "50/50": giver and taker half each."""
    substitution_to: Literal["giver", "taker"] = "giver"
    """Who is credited with avoided burdens under "substitution"."""
    categories: dict[Name, ImpactCategory] = Field(default_factory=dict)
    """By name; "climate change" comes by itself, from the CO2e factors of the case."""
    indirect: dict[Name, PurchaseGroup] = Field(default_factory=dict)
    """Kinds of purchases with input-output factors, shown apart; name -> what belongs to it."""


CLIMATE_CATEGORY = ImpactCategory(unit=CLIMATE_UNIT, note="from the CO2e factors of the case")


def categories_of(impacts: Impacts) -> dict[str, ImpactCategory]:
    """All categories by name: climate change first, then those stated."""
    return {CLIMATE: CLIMATE_CATEGORY, **impacts.categories}
