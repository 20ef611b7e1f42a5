"""Links: pipes of standard sizes, trucks, cables, conveyors, and the networks they follow."""

from typing import Any, Literal

from pydantic import Field

from planner.case.heat_values import Conductivity, HeatTransfer, ThermalResistance
from planner.case.values import (
    Diameter,
    Emission,
    EmissionPerKm,
    Factor,
    Fraction,
    HeatLoss,
    Length,
    Money,
    MoneyPerYear,
    Name,
    PerUnitKm,
    PressureGradient,
    Price,
    PricePerKm,
    PricePerMetre,
    PricePerMetreCapacity,
    PricePerMetreYear,
    Rate,
    Section,
    SharePerKm,
    Velocity,
    Whole,
)

LinkKind = Literal["pipe", "truck", "cable", "conveyor", "rail", "ship"]
Network = Literal["corridors", "roads", "straight", "manhattan", "table"]


class Insulation(Section):
    """Insulation around a pipe."""

    thickness: Diameter
    """Of the insulation (a bare number is mm)."""
    conductivity: Conductivity
    """Of the insulation; of polyurethane foam about 0.027 W/m/K."""
    outside: ThermalResistance | None = None
    """Thermal resistance of the soil or the air outside a metre of it; none if absent, which is on the safe side."""


class Size(Section):
    """A standard size of a link."""

    size: Name
    """For example DN 200."""
    capacity: Rate | None = None
    """What it carries at most. If absent it follows from ``inner_diameter``, the link's ``max_velocity`` and
    ``max_pressure_drop`` and the resource's ``fluid``; if both are there, the smaller holds."""
    inner_diameter: Diameter | None = None
    """Bore of the pipe (a bare number is mm)."""
    roughness: Diameter | None = None
    """Height of the wall's roughness (a bare number is mm); 0.1 mm if absent (an assumption)."""
    investment: PricePerMetre | None = None
    """Per metre of cost length (metres x the corridor's cost factor + crossings). In a trench: of the pipe alone, per
    metre of its length; the civil works are the trench's."""
    investment_by_capacity: PricePerMetreCapacity | None = None
    """Mains only: per metre and unit an hour of the capacity built, which is then chosen up to ``capacity``: a cost
    trend instead of a standard size."""
    least_capacity: Rate | None = None
    """Mains only: least capacity of a cost trend."""
    fixed_investment: Money | None = None
    """Once per link (per main and size in use): pumping station, valves, loading bay."""
    yearly_cost: PricePerMetreYear | None = None
    """Per metre of length."""
    loss: HeatLoss | None = None
    """Heat lost while in service; owed in full, whatever the flow. In its place ``heat_transfer`` or ``insulation``
    let it follow from the temperatures of what flows and of the ground."""
    heat_transfer: HeatTransfer | None = None
    """Heat that one pipe passes on a metre for each kelvin above the ground; the loss then follows from the level
    (``heat``) of what it carries: of supply and return, or of steam and its condensate."""
    return_heat_transfer: HeatTransfer | None = None
    """The same of the return or condensate pipe, where that is another; that of the supply pipe if absent."""
    insulation: Insulation | None = None
    """In the place of ``heat_transfer``, with ``outer_diameter``."""
    outer_diameter: Diameter | None = None
    """Outside diameter of the pipe, under its insulation (a bare number is mm)."""
    return_investment: PricePerMetre | None = None
    """Of a return pipe beside it, per metre as ``investment``: due where what it carries comes back, water of a loop
    or condensate (a ``share`` above 0)."""


def _or_file_name(described: dict[str, Any]) -> None:
    """Let the schema take the name of a CSV file in the place of a list."""
    items = {"type": described.pop("type"), "items": described.pop("items")}
    described["anyOf"] = [items, {"type": "string"}]


class Link(Section):
    """A way to carry a resource between two sites."""

    kind: LinkKind
    """Gives the default lifetime."""
    along: Network = "corridors"
    """Network it follows. "corridors" and "roads" fall back to the case's ``without_corridors`` where the case has
    no such layer."""
    detour: Factor = Field(default_factory=lambda: Factor.model_validate(1))
    """Length of the way over length of the network's route; for straight lines to roads about 1.3."""
    sizes: tuple[Size, ...] = Field(default=(), json_schema_extra=_or_file_name)
    """Standard sizes; without sizes it carries any flow and needs no investment (a truck). May be a CSV file name, or
    ``preinsulated_water.csv``, which the planner brings along: bonded pipes DN 25 to DN 600 with bore, insulation and
    cost of supply and return, laid."""
    max_length: Length | None = None
    """Longest admissible way."""
    min_flow: Rate | None = None
    """Least mean rate over the hours both ends share, if built: less is not worth a link."""
    cost: PricePerKm | None = None
    loading: Price | None = None
    """Loading and unloading together, per unit moved."""
    co2e: EmissionPerKm | None = None
    loading_co2e: Emission | None = None
    uses: dict[Name, PerUnitKm] = Field(default_factory=dict)
    """Resources used per unit moved and kilometre, such as power for pumping."""
    volume_loss: SharePerKm | None = None
    """Share of what is moved that is lost per kilometre."""
    maintenance: Fraction | None = None
    """Yearly cost as a share of the investment before contingency."""
    fixed_cost: MoneyPerYear | None = None
    """A year, if built."""
    owner: Name | None = None
    """Party that owns and pays it, unless an exchange says who pays. A main without owner is the park company's."""
    main: bool = False
    """True: a main, one network for each resource it carries, along the corridors; all exchanges that use it share its
    pipes. Else every exchange has a link of its own. A resource carried by both leaves the choice to the program."""
    parallel: Whole = Field(default=1, ge=1, le=4)
    """Mains only: most new pipes side by side in one stretch, besides what is there already."""
    in_trench: bool | None = None
    """Whether it lies in the case's ``trenches``. By default pipes and cables along corridors do, where the case has
    trenches."""
    max_velocity: Velocity | None = None
    """Largest velocity at peak; gives the capacity of sizes with an ``inner_diameter``."""
    max_pressure_drop: PressureGradient | None = None
    """Largest pressure drop along it at peak (Darcy-Weisbach); gives the capacity likewise."""
    pump_efficiency: Fraction | None = None
    """Of the pumps or fans, for the power the hydraulic check states; 60 % if absent (an assumption)."""


class ExistingPipe(Section):
    """A pipe already in the ground between two plots or partners, for one exchange at a time."""

    from_: Name = Field(alias="from")
    """Plot or partner at one end."""
    to: Name
    """Plot or partner at the other end; it may flow either way."""
    link: Name
    """Link whose running costs and losses apply."""
    size: Name | None = None
    """Size of that link; its first if absent."""
    resources: tuple[Name, ...]
    """What it may carry."""
    capacity: Rate
    length: Length | None = None


class ExistingMain(Section):
    """Pipes of a main that are in the ground already: no investment; they may be used, twinned or replaced."""

    link: Name
    """The main they belong to: a link with ``main: true``."""
    resource: Name
    """What they carry."""
    along: tuple[Name, ...] = ()
    """Names of the corridors they follow; a line in the ``existing_mains`` layer says it by its shape."""
    size: Name | None = None
    """Size of that link whose diameter, running costs and losses apply; its first if absent."""
    capacity: Rate | None = None
    """What it carries at most; that of its size if absent."""
