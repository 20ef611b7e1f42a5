"""Exergy of an amount of a resource: of a medium by its level, of power all its energy, of a fuel by its factor."""

from planner.case.resources import Resource
from planner.heat.exergy import ExergyBalance
from planner.heat.exergy_of_media import medium_exergy
from planner.heat.levels import raised_per_taken

#: What may be burnt.
FUELS = ("material", "gas")


def exergy_in(resource: Resource, made: bool, amount: float, surroundings: float) -> ExergyBalance | None:
    """Exergy of an amount of a resource on one side.

    Parameters
    ----------
    made
        Whether it is the side of whoever makes it, not of whoever takes it.
    amount
        Not negative [unit].
    surroundings
        Temperature of the surroundings [degC].

    Returns
    -------
    ExergyBalance or None
        What it gives to that side, and takes from it [MWh]; a medium that cools may do both. None where the case does
        not tell: heat without level, and what has no energy.
    """
    energy = resource.content("MWh")
    if resource.heat is not None and energy:
        heat = max(0.0, amount) * energy * (raised_per_taken(resource.heat) if made else 1.0)
        return medium_exergy(resource.heat, made, heat, surroundings)
    if not energy or resource.kind == "heat":
        return None
    worth = max(0.0, amount) * energy * exergy_factor(resource)
    return ExergyBalance(0.0, worth) if made else ExergyBalance(worth, 0.0)


def exergy_factor(resource: Resource) -> float:
    """Exergy per energy of what is no heat: of power 1, of a fuel as stated, 1 where nothing is (an assumption)."""
    return 1.0 if resource.exergy_factor is None else resource.exergy_factor.value


def is_blank_fuel(resource: Resource) -> bool:
    """Whether it is burnt or used with emissions, while the case does not say how much energy is in it."""
    burnt = resource.co2e.use is not None or resource.co2e.biogenic is not None
    return resource.kind in FUELS and burnt and not resource.content("MWh")
