"""The mathematics' view of a case, with the line items that tie every number of it to the user's words.

Every reported figure is a sum of lines: value of a variable x quantity x factor. The effects of the ``Instance`` are
the same lines added up, so that a report can never disagree with the objective.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from models.instance import Instance

#: Account -> unit template; "money" is the case's currency. The first part of the name says what it is.
ACCOUNTS: Mapping[str, str] = {
    # yearly money; total annual cost is their sum
    "land": "money/yr",
    "link_capital": "money/yr",
    "link_operation": "money/yr",
    "connection": "money/yr",
    "permit": "money/yr",
    "exchange_fixed": "money/yr",
    "transport": "money/yr",
    "pumping": "money/yr",
    "treatment": "money/yr",
    "forgone": "money/yr",
    "purchase": "money/yr",
    "credit": "money/yr",  # further purchases that an exchange avoids: negative; only where a case states any
    "supply_operation": "money/yr",
    "discharge": "money/yr",
    "sale": "money/yr",  # income: negative
    "trench_capital": "money/yr",
    "trench_operation": "money/yr",
    "facility_capital": "money/yr",
    "facility_operation": "money/yr",
    "gate_expansion": "money/yr",
    "heat_recovery_capital": "money/yr",  # these, and its investment, only where a case prices recovery or exchangers
    "heat_recovery_operation": "money/yr",
    "standby_capital": "money/yr",  # these, and its investment, only where a case states a standby
    "standby_operation": "money/yr",
    "carbon_paid": "money/yr",
    # investment, once
    "investment_land": "money",
    "investment_link": "money",
    "investment_trench": "money",  # civil works and crossings of trenches
    "investment_connection": "money",
    "investment_treatment": "money",
    "investment_permit": "money",
    "investment_facility": "money",
    "investment_gate": "money",
    "investment_heat_recovery": "money",
    "investment_standby": "money",
    # CO2e by scope; the memo is in no total
    "co2e_use": "tCO2e/yr",
    "co2e_supply_energy": "tCO2e/yr",  # scope 2: power and heat
    "co2e_supply_other": "tCO2e/yr",  # scope 3
    "co2e_discharge": "tCO2e/yr",
    "co2e_transport": "tCO2e/yr",
    "co2e_pumping": "tCO2e/yr",
    "co2e_facilities": "tCO2e/yr",
    "memo_biogenic": "tCO2/yr",
    # physical totals
    "waste_non_hazardous": "t/yr",
    "waste_hazardous": "t/yr",
    "waste_inert": "t/yr",
    "reused": "t/yr",  # by-products with a waste class that are exchanged instead of discharged
    "fresh_water": "m3/yr",
    "power_bought": "MWh/yr",
    "heat_supplied": "MWh/yr",  # heat demand met by conventional supply
    # steering only
    "margin": "money/yr",  # of settled optional plants
    "shadow_carbon": "money/yr",
    # park gate: "gate_yearly:<name>" and "gate_peak:<name>" are added by name
}


@dataclass(frozen=True)
class Evidence:
    """A number of the case that stands behind a line.

    Attributes
    ----------
    field
        Where it stands, in the user's words: "resources.natural gas.price".
    """

    field: str
    value: float
    unit: str
    grade: str | None = None
    basis: str | None = None
    source: str | None = None


@dataclass(frozen=True)
class Line:
    """One line item per unit of one variable.

    Attributes
    ----------
    family, index
        The variable (see ``models.families.FAMILIES``).
    account
        The account it is booked on.
    item
        What it is, in words: "natural gas bought to make steam 12 bar".
    quantity, quantity_unit
        Physical amount per unit of the variable.
    factor, factor_unit
        Amount booked per unit of quantity; quantity x factor is the effect, money in currency units (not scaled).
    party
        Who pays, earns or emits. A line shared by several parties is several lines.
    unit
        Plant, facility or partner it belongs to.
    exchange, resource
        The exchange and resource it belongs to, if any.
    evidence
        The numbers it rests on; the worst grade among them is the line's grade.
    """

    family: str
    index: tuple[str, ...]
    account: str
    item: str
    quantity: float
    quantity_unit: str
    factor: float
    factor_unit: str
    party: str
    unit: str | None = None
    exchange: str | None = None
    resource: str | None = None
    evidence: tuple[Evidence, ...] = ()

    @property
    def effect(self) -> float:
        """Amount booked per unit of the variable."""
        return self.quantity * self.factor


@dataclass(frozen=True)
class ExchangeFacts:
    """An exchange in the user's words, for the results.

    Attributes
    ----------
    giver, taker
        Plant, facility or partner names; ``source`` and ``sink`` are the stream names.
    shared_hours, shared_by_state
        Hours in which both run, of the year and by state; ``assumed_hours`` where they are the default.
    worst_hours
        Overlap if the two stops never coincide: max(0, h_i + h_j - 8760) [h/yr].
    delay_yr
        All of it: the exchange's own, of its permit, of its declaration.
    waste_code, status
        Of the source, before the law.
    declaration
        Whether a by-product declaration is asked for.
    permit_cost, declaration_cost
        Once, before contingency.
    options
        Option id -> (link name, size or None); a main has no size here.
    """

    giver: str
    taker: str
    source: str
    sink: str
    resource: str
    replaces: str
    ratio: float
    shared_hours: float
    assumed_hours: bool
    worst_hours: float
    peak_factor: float
    options: Mapping[str, tuple[str | None, str | None]]
    delay_yr: float = 0.0
    permit: str | None = None
    effort: str | None = None
    waste_code: str | None = None
    status: str | None = None
    declaration: bool = False
    permit_cost: float = 0.0
    permit_delay_yr: float = 0.0
    declaration_cost: float = 0.0
    declaration_delay_yr: float = 0.0
    shared_by_state: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Barred:
    """An exchange that is not admitted, before any planning.

    Attributes
    ----------
    quality
        Because of which; None where the law, a use or the terms bar it.
    why
        In words: "content unknown", "nothing can dilute it", "may not come into food", "forbidden by the case: too
        little heat".
    found, limit, unit
        Content at the source (its lowest where it follows from what comes in), and what the taker admits.
    """

    exchange: str
    quality: str | None
    why: str
    found: float | None = None
    limit: float | None = None
    unit: str | None = None


@dataclass(frozen=True)
class Demand:
    """A requirement of the case that may give, in the user's words.

    Attributes
    ----------
    words
        What is asked for, with its place in the case.
    change
        What would have to be done for it to give by an amount, in the unit of the mathematics.
    """

    words: str
    change: Callable[[float], str]


@dataclass(frozen=True)
class MainFacts:
    """A main in the user's words, for the results.

    Attributes
    ----------
    link, resource
        Of the case.
    sizes
        Size id of the model -> size of the link (None where it has no sizes); an existing pipe's id is
        "existing <name of the existing main>".
    capacities
        Size id -> capacity [unit/h].
    """

    link: str
    resource: str
    sizes: Mapping[str, str | None]
    capacities: Mapping[str, float]


@dataclass(frozen=True)
class Assembly:
    """The instance of a case and the words behind it.

    Attributes
    ----------
    instance
        What the model is built from; its effects are the sum of ``lines``.
    lines
        The line items.
    exchanges
        Exchange id -> facts.
    notes
        Assumptions made and things left out, for the user to read.
    mains
        Main id, "<link>: <resource>", -> facts.
    barred
        Exchanges that are not admitted because of a quality, the law or the terms.
    demands
        Requirement -> how it gives; for the diagnosis only.
    """

    instance: Instance
    lines: tuple[Line, ...]
    exchanges: Mapping[str, ExchangeFacts]
    notes: tuple[str, ...] = field(default_factory=tuple)
    mains: Mapping[str, MainFacts] = field(default_factory=dict)
    barred: tuple[Barred, ...] = ()
    demands: Mapping[str, Demand] = field(default_factory=dict)
