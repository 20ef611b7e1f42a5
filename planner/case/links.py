"""Links: pipes of standard sizes, trucks, cables, conveyors, and the networks they follow."""

from typing import Any, Literal

from pydantic import Field

from planner.case.values import (
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
    Price,
    PricePerKm,
    PricePerMetre,
    PricePerMetreYear,
    Rate,
    Section,
    SharePerKm,
)

LinkKind = Literal["pipe", "truck", "cable", "conveyor", "rail", "ship"]
Network = Literal["corridors", "roads", "straight", "manhattan", "table"]


class Size(Section):
    """A standard size of a link."""

    size: Name
    """For example DN 200."""
    capacity: Rate
    investment: PricePerMetre | None = None
    """Per metre of cost length (metres x the corridor's cost factor + crossings)."""
    fixed_investment: Money | None = None
    """Once per link: pumping station, valves, loading bay."""
    yearly_cost: PricePerMetreYear | None = None
    """Per metre of length."""
    loss: HeatLoss | None = None
    """Heat lost while in service; owed in full, whatever the flow."""


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
    """Standard sizes; without sizes it carries any flow and needs no investment (a truck). May be a CSV file name."""
    max_length: Length | None = None
    """Longest admissible way."""
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
    """Party that owns and pays it, unless an exchange says who pays."""


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
