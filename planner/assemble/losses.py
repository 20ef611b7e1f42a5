"""Heat that pipes lose while they are in service, in the unit of what flows in them."""

from planner.assemble.findings import Findings
from planner.case.case import Case
from planner.case.cooling import heated_by
from planner.case.links import Link, Size
from planner.case.periods import states_of
from planner.heat.in_pipes import MW_PER_W, ground_of, least_flow, lost_on_metre, transfers_of, units_lost


def lost_per_metre(
    case: Case, resource: str, name: str, size: Size | None, findings: Findings, *, giver: str | None = None
) -> dict[str, float] | None:
    """What a pipe of that size of link ``name`` loses in an hour on a metre, by state [unit/h/m].

    As its size states, or by its insulation, the level of the resource and the temperature of the ground. Empty where
    nothing is lost; None where nobody can say. Of a cooling medium by which its ``giver`` is heated (without one,
    anybody in the case) nothing is lost: cold that is made besides would credit him with heat of the ground.
    """
    if case.resources[resource].kind != "heat" or size is None or not _may_lose(size):
        return {}
    heated = heated_by(case, resource)
    if heated and (giver is None or giver in heated):
        note_uncounted(case, resource, name, size, findings)
        return {}
    transfers = transfers_of(size)
    if size.loss is not None:
        energy = case.resources[resource].content("MWh")
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


def note_uncounted(case: Case, resource: str, name: str, size: Size, findings: Findings) -> None:
    """Say that neither the cold lost nor the heat gained from the ground is counted, and how much that is at most."""
    level = case.resources[resource].heat
    assert level is not None
    most = max(lost_on_metre(size, level, ground_of(case, t)) for t in states_of(case))
    if most > 0.0:
        findings.note(
            f"{resource} by {name}, size {size.size}: up to {most:.3g} W/m come in from the ground; they are not "
            f"counted, neither as cold lost nor as heat for {' and '.join(heated_by(case, resource))}"
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
