"""Factors of impact categories, by stage and by what they are of; those of climate change are the CO2e factors."""

from dataclasses import dataclass

from planner.case.case import Case
from planner.case.impacts import CLIMATE
from planner.case.values import Value

#: Stages of the life cycle in the order of the tables; what is once is spread over its lifetime.
STAGES = ("use", "supply", "discharge", "transport", "pumping", "facilities", "construction")
TOTAL = "total"


@dataclass(frozen=True)
class Flow:
    """What a factor is of: a resource, link or facility in a stage; ``kind`` is which of them.

    A resource that is pre-treated is of the kind "treatment", in the stage of facilities.
    """

    stage: str
    kind: str
    name: str


def factors_of(case: Case, category: str, flow: Flow) -> list[Value]:
    """Factors of a flow; several of what is bought to move something, or loaded; none where none is stated."""
    if flow.kind == "resource":
        stages = ("use", "supply") if flow.stage == "pumping" else (flow.stage,)
        found = [_of_resource(case, category, flow.name, stage) for stage in stages]
    elif category == CLIMATE:
        found = _of_climate(case, flow)
    elif flow.kind == "treatment":
        found = [_of_resource(case, category, flow.name, "treatment")]
    else:
        stated = case.impacts.categories[category] if case.impacts is not None else None
        of = None if stated is None else (stated.links if flow.kind == "link" else stated.facilities).get(flow.name)
        fields = {"facilities": ("operation",), "transport": ("transport", "loading")}.get(flow.stage, (flow.stage,))
        found = [getattr(of, field, None) for field in fields]
    return [one for one in found if one is not None]


def _of_resource(case: Case, category: str, name: str, stage: str) -> Value | None:
    resource = case.resources[name]
    if category == CLIMATE:
        own = resource.discharge.co2e if stage == "discharge" and resource.discharge is not None else None
        factor: Value | None = own or getattr(resource.co2e, stage)
        return factor
    stated = None if case.impacts is None else case.impacts.categories[category].resources.get(name)
    found: Value | None = getattr(stated, stage, None)
    return found


def _of_climate(case: Case, flow: Flow) -> list[Value | None]:
    if flow.stage == "construction":
        return []
    if flow.kind == "link" and flow.name in case.links:
        return [case.links[flow.name].co2e, case.links[flow.name].loading_co2e]
    return [case.facilities[flow.name].co2e] if flow.name in case.facilities else []
