"""Resources: what flows in the park."""

from typing import Literal

from pydantic import Field

from planner.case.heat import HeatLevel
from planner.case.heat_values import ExergyFactor
from planner.case.qualities import Content, LoadPrice, QualityLimit
from planner.case.units import UnitError, convert
from planner.case.values import (
    Density,
    Emission,
    Enthalpy,
    Fraction,
    Mass,
    Name,
    Price,
    Section,
    Viscosity,
    WaterContent,
    YearlyAmount,
)

Kind = Literal["material", "water", "heat", "power", "gas"]
WasteClass = Literal["none", "non-hazardous", "hazardous", "inert"]
#: What a stream is before the law.
Status = Literal["product", "by-product", "waste", "end-of-waste"]


class EmissionFactors(Section):
    """CO2e per unit of the resource, one number a cause, so that each is counted once."""

    use: Emission | None = None
    """Burning or using it (scope 1)."""
    supply: Emission | None = None
    """Making and delivering it when it is bought outside (scope 2 for power and heat, else 3)."""
    discharge: Emission | None = None
    """Disposing of it (landfill gas, flare, treatment outside)."""
    biogenic: Emission | None = None
    """Biogenic CO2 of using it: a memo, never netted and in no total."""


class Discharge(Section):
    """What happens to a by-product nobody takes."""

    route: str
    """In words: landfill, sewer, flare, cooling tower ..."""
    cost: Price | None = None
    co2e: Emission | None = None
    """Overrides the resource's ``co2e.discharge``."""
    waste: WasteClass = "none"
    """Waste class, if it counts as waste."""
    waste_mass: Mass | None = None
    """Tonnes of waste in a unit of the resource; needed where its unit is not t and ``waste`` is not none."""
    limits: dict[Name, QualityLimit] = Field(default_factory=dict)
    """What the permit admits, by quality; a stream that breaks it may not be disposed of so."""
    load_fees: dict[Name, LoadPrice] = Field(default_factory=dict)
    """Fee by load, by quality: 0.7 EUR/kg."""


class Sale(Section):
    """A market outside for a product or by-product."""

    price: Price
    limit: YearlyAmount | None = None
    limits: dict[Name, QualityLimit] = Field(default_factory=dict)
    """What the buyer admits, by quality."""


class Fluid(Section):
    """What flows in a pipe, at the pressure and temperature in it."""

    phase: Literal["liquid", "gas"]
    density: Density
    viscosity: Viscosity
    mass: Mass | None = None
    """Tonnes that flow per unit of the resource: 24.6 t/MWh for hot water cooled by 35 K. By default the resource's
    own ``mass``, 1 where it is counted in t, its density where it is counted in m3."""


class Resource(Section):
    """A material, a water grade, heat, power or a gas. Data, never code."""

    kind: Kind
    """Power and heat count as scope 2 when bought, all else as scope 3."""
    unit: Name
    """Unit in which it is counted: t, MWh, m3, Nm3, GJ, kg ..."""
    basis: str | None = None
    """In words: wet or dry tonne, LHV, Nm3 reference, steam with or without condensate."""
    price: Price | None = None
    """Purchase price outside; absent where it cannot be bought."""
    sale: Sale | None = None
    """Market outside for what is left over."""
    discharge: Discharge | None = None
    """What happens to it where nobody takes it."""
    fresh_water: bool = False
    """True where buying it takes fresh water from nature or mains (counted in m3)."""
    co2e: EmissionFactors = Field(default_factory=EmissionFactors)
    """Emission factors, one a cause."""
    displacement: Fraction = Field(default_factory=lambda: Fraction.model_validate(1))
    """Share of the replaced purchase's supply burden that really falls away when this by-product is used."""
    heat: HeatLevel | None = None
    """Level at which it carries heat (kind heat): steam of a pressure, or water with supply and return."""
    enthalpy: Enthalpy | None = None
    """Usable heat in a unit; needed for heat not counted in MWh that loses heat on its way, or in the heat totals."""
    exergy_factor: ExergyFactor | None = None
    """Of a fuel: exergy per energy by lower heating value, 1.04 of natural gas; by default 1 (an assumption)."""
    mass: Mass | None = None
    """Tonnes in a unit, for the closure check of materials counted in another unit."""
    water: WaterContent | None = None
    """Cubic metres of water in a unit, for the closure check of water and for fresh water not counted in m3."""
    quality: dict[Name, Content] = Field(default_factory=dict)
    """What it holds, by quality: where it is bought, and by default wherever it is given."""
    waste_code: str | None = None
    """Code of the European list of waste (EWC), such as "10 01 02", with * if hazardous; by default of every source of
    it. The law goes by it, and ``planner match``."""
    synonyms: tuple[Name, ...] = ()
    """Other names of it, trade names too, for ``planner match``."""
    status: Status | None = None
    """What it is before the law; by default of every source of it."""
    not_into: tuple[Name, ...] = ()
    """Uses it may never come into (food, feed ...); see ``use`` of a sink."""
    carried_by: tuple[Name, ...] = ()
    """Names of the links and mains that may carry it between two sites; empty: it stays with its owner."""
    fluid: Fluid | None = None
    """What flows in the pipe; for capacities from limits of velocity or pressure drop, and the hydraulic check."""
    note: str | None = None
    """In words."""

    def content(self, unit: str) -> float | None:
        """Energy ("MWh"), mass ("t") or water ("m3") in a unit of it; None where the case does not say."""
        stated = {"MWh": self.enthalpy, "t": self.mass, "m3": self.water}[unit]
        if stated is not None:
            return stated.value
        try:
            return convert(1.0, self.unit, unit)
        except UnitError:
            return None
