"""A case in which the factors of an impact category stand in the place of its CO2e factors.

Whatever books CO2e of such a case books the category, by the same rules: what is displaced, credited, lost on the way
or kept in a store counts for every category as it does for CO2e. Links keep theirs: how far pipes go depends on them,
and transport is counted by tonne-kilometres (``planner.lifecycle``).
"""

from collections.abc import Iterable
from typing import Any

from planner.case.case import Case
from planner.case.impacts import CLIMATE, ImpactCategory, ImpactFactor
from planner.case.pairs import ends
from planner.case.resources import EmissionFactors
from planner.case.values import Emission, Section


def as_co2e(case: Case, name: str) -> Case:
    """The case as a category sees it; itself for climate change."""
    if name == CLIMATE or case.impacts is None:
        return case
    category = case.impacts.categories[name]
    parts = {
        kind: {key: _without_co2e(item) for key, item in getattr(case, kind).items()} for kind in ("plants", "partners")
    }
    update: dict[str, Any] = {
        **parts,
        "resources": {key: _resource(item, key, category) for key, item in case.resources.items()},
        "facilities": {
            key: _without_co2e(item).model_copy(update={"co2e": _operation(category, key)})
            for key, item in case.facilities.items()
        },
        "exchanges": tuple(_treated(one, category, ends(case, one)[0]) for one in case.exchanges),
        "substitutions": tuple(_treated(one, category, {one.from_}) for one in case.substitutions),
        "economics": case.economics.model_copy(
            update={"caps": case.economics.caps.model_copy(update={"co2e": None})},
        ),
    }
    return case.model_copy(update=update)


def _resource(resource: Any, name: str, category: ImpactCategory) -> Any:
    stated = category.resources.get(name)
    use, supply, discharge = (_emission(getattr(stated, stage, None)) for stage in ("use", "supply", "discharge"))
    factors = EmissionFactors.model_construct(use=use, supply=supply, discharge=discharge, biogenic=None)
    return _without_co2e(resource).model_copy(update={"co2e": factors})


def _treated(terms: Any, category: ImpactCategory, taken: Iterable[str]) -> Any:
    """Terms of an exchange or substitution with the factor of pre-treating what it takes."""
    found = _without_co2e(terms)
    if found.treatment is None:
        return found
    factor = next((x for x in (treatment_of(category, name) for name in sorted(taken)) if x is not None), None)
    return found.model_copy(update={"treatment": found.treatment.model_copy(update={"co2e": _emission(factor)})})


def treatment_of(category: ImpactCategory, resource: str) -> ImpactFactor | None:
    """Factor of pre-treating a unit of a resource; None where none is stated."""
    stated = category.resources.get(resource)
    return None if stated is None else stated.treatment


def _operation(category: ImpactCategory, name: str) -> Emission | None:
    stated = category.facilities.get(name)
    return None if stated is None else _emission(stated.operation)


def _emission(factor: ImpactFactor | None) -> Emission | None:
    """A factor as an emission: its number and its evidence."""
    if factor is None:
        return None
    told = {name: getattr(factor, name) for name in type(factor).model_fields}
    return Emission.model_construct(**told)


def _without_co2e(node: Any) -> Any:
    """The same part of a case without factors of CO2e."""
    if isinstance(node, Emission):
        return None
    if isinstance(node, Section):
        changed = {}
        for name in type(node).model_fields:
            old = getattr(node, name)
            new = _without_co2e(old)
            if new is not old:
                changed[name] = new
        return node.model_copy(update=changed) if changed else node
    if isinstance(node, dict):
        parts = {key: _without_co2e(item) for key, item in node.items()}
        return parts if any(parts[key] is not item for key, item in node.items()) else node
    if isinstance(node, tuple):
        items = tuple(_without_co2e(item) for item in node)
        return items if any(one is not other for one, other in zip(items, node, strict=True)) else node
    return node
