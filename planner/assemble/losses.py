"""Heat that pipes lose while they are in service, in the unit of what flows in them."""

from planner.assemble.findings import Findings
from planner.case.case import Case
from planner.case.links import Link, Size

_MW_PER_W = 1e-6


def lost_per_metre(case: Case, resource: str, name: str, size: Size | None, findings: Findings) -> float | None:
    """What a pipe of that size of link ``name`` loses in an hour on a metre [unit/h/m]; None where nobody can say."""
    if case.resources[resource].kind != "heat" or size is None or size.loss is None or not size.loss.value:
        return 0.0
    energy = case.resources[resource].content("MWh")
    if not energy:
        path = f"resources.{resource}.enthalpy"
        findings.fault(path, f"needed (MWh in a unit): {name} loses heat, stated in W/m")
        return None
    return size.loss.value * _MW_PER_W / energy


def loses(case: Case, link: Link, resource: str) -> bool:
    """Whether anything of a resource is lost on its way through some size of a link."""
    if link.volume_loss is not None and link.volume_loss.value > 0.0:
        return True
    is_heat = case.resources[resource].kind == "heat"
    return is_heat and any(size.loss is not None and size.loss.value > 0.0 for size in link.sizes)
