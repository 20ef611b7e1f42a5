"""Heat that pipes lose while they are in service, in the unit of what flows in them."""

from collections.abc import Mapping

from planner.assemble.findings import Findings
from planner.case.case import Case
from planner.case.cooling import heated_by, heats
from planner.case.links import Link, Size
from planner.case.periods import states_of
from planner.heat.in_pipes import MW_PER_W, ground_of, least_flow, lost_on_metre, transfers_of, units_lost


def lost_per_metre(
    case: Case, resource: str, name: str, size: Size | None, findings: Findings, *, giver: str | None = None
) -> dict[str, float] | None:
    """What a pipe of that size of link ``name`` loses in an hour on a metre, by state [unit/h/m].

    As its size states, or by its insulation, the level of the resource and the temperature of the ground. Empty where
    nothing is lost; None where nobody can say. Of a cooling medium by which its ``giver`` is heated (without one,
    anybody in the case) it is the heat that the ground gives to the loop: cold that he makes, and heat that he takes
    up, besides what the takers put in. It is negative where the loop is the warmer: so much less of it comes to him.
    """
    if case.resources[resource].kind != "heat" or size is None or not _may_lose(size):
        return {}
    transfers = transfers_of(size)
    energy = case.resources[resource].content("MWh")
    found: dict[str, float | None]
    if heats(case, resource, giver):
        watts = from_ground(case, resource, size)
        note_ground(case, resource, name, size, watts, findings)
        found = {t: None if not energy else w * MW_PER_W / energy for t, w in watts.items()}
    elif size.loss is not None:
        hourly = None if not energy else size.loss.value * MW_PER_W / energy
        found = dict.fromkeys(states_of(case), hourly)
    elif transfers is None or case.resources[resource].heat is None:
        return {}
    else:
        found = {t: units_lost(case.resources[resource], transfers, ground_of(case, t)) for t in states_of(case)}
    if any(lost is None for lost in found.values()):
        path = f"resources.{resource}.enthalpy"
        findings.fault(path, f"needed (MWh in a unit): {name} loses heat, stated in W/m")
        return None
    return {t: lost for t, lost in found.items() if lost}


def from_ground(case: Case, resource: str, size: Size) -> dict[str, float]:
    """Heat that the ground gives to a cooling loop on a metre, by state; negative where it takes some [W/m]."""
    level = case.resources[resource].heat
    assert level is not None
    return {t: lost_on_metre(size, level, ground_of(case, t), heats=True) for t in states_of(case)}


def note_ground(
    case: Case, resource: str, name: str, size: Size, watts: Mapping[str, float], findings: Findings
) -> None:
    """Say how the heat counts that a cooling loop by which somebody is heated exchanges with the ground."""
    who, most, least = " and ".join(heated_by(case, resource)), max(watts.values()), min(watts.values())
    where = f"{resource} by {name}, size {size.size}"
    if most > 0.0:
        findings.note(
            f"{where}: up to {most:.3g} W/m come in from the ground: they are cold lost, which is made besides, and "
            f"heat for {who}"
        )
    if least < 0.0:
        findings.note(
            f"{where}: up to {-least:.3g} W/m go to the ground: so much less heat comes to {who} than others put in"
        )


def least_per_metre(case: Case, resource: str, size: Size | None) -> dict[str, float]:
    """Least flow for each metre with which a resource arrives as its level asks, by state [unit/h/m], if any."""
    transfers = transfers_of(size)
    if transfers is None or case.resources[resource].kind != "heat":
        return {}
    found = {t: least_flow(case.resources[resource], transfers, ground_of(case, t)) for t in states_of(case)}
    return {t: flow for t, flow in found.items() if flow > 0.0}


def loses(case: Case, link: Link, resource: str) -> bool:
    """Whether anything of a resource is lost on its way through some size of a link."""
    if link.volume_loss is not None and link.volume_loss.value > 0.0:
        return True
    return case.resources[resource].kind == "heat" and any(_may_lose(size) for size in link.sizes)


def _may_lose(size: Size) -> bool:
    if size.loss is not None:
        return size.loss.value > 0.0
    return any(transfers_of(size) or ())
