"""How much of a stream may come into a sink for what it holds, where nothing else but its own supply comes with it."""

from typing import Any

import numpy as np

from planner.assemble.barred import limit_bounds
from planner.assemble.components import Component
from planner.assemble.exchanges import Deal
from planner.assemble.quality import Qualities
from planner.screen.candidates import is_sure

Array = np.ndarray[Any, Any]
_ROUNDING = 1e-9


def most_by_mixture(qualities: Qualities, deal: Deal, states: tuple[str, ...]) -> tuple[Array, str]:
    """The most that may arrive by state [unit/yr], infinite where nothing limits it, and the quality that does.

    With w the weights in the mixture, v the contents, r the ratio, D the demand and B the limit,

        w a (v - B) + w' (D - r a) (v' - B) <= 0    (both signs turned for a lower limit)
    """
    demand = np.array([deal.sink.slices[t].most for t in states])
    most, because = np.full(len(states), np.inf), ""
    for component in qualities.components.values():
        subject = component.subject
        value = _content(qualities, component, deal)
        if value is None or deal.sink.id not in subject.admitted:
            continue
        low, high = limit_bounds(component, deal.sink.id)
        for bound, sign in ((high, 1.0), (low, -1.0)):
            if not np.isfinite(bound):
                continue
            found = _most(qualities, component, deal, (bound, sign, value), demand)
            if (found < most * (1.0 - _ROUNDING)).any():
                most, because = np.minimum(most, found), subject.name
    return most, because


def _content(qualities: Qualities, component: Component, deal: Deal) -> float | None:
    """What the source holds, as the component counts it; None where it is open."""
    held = component.subject.held.get(deal.source.id)
    if held is not None:
        return component.value(held)
    sure = qualities.ranges.get(component.name, {}).get(deal.source.id)
    if sure is None or not is_sure(qualities, component.subject.name, deal.source.id):
        return None
    return 0.5 * (sure[0] + sure[1])


def _most(
    qualities: Qualities, component: Component, deal: Deal, limit: tuple[float, float, float], demand: Array
) -> Array:
    bound, sign, value = limit
    subject = component.subject
    beyond = sign * (value - bound)
    if abs(beyond) <= _ROUNDING * max(abs(bound), 1.0):
        beyond = 0.0
    beyond *= qualities.weights.of(subject, deal.source.resource)
    bought = subject.bought.get(deal.sink.id)
    spare = 0.0 if bought is None else sign * (bound - component.value(bought))
    spare *= qualities.weights.of(subject, deal.sink.resource)
    slope = beyond + deal.ratio.value * spare
    if bought is None:  # nothing dilutes it
        return np.where(beyond > 0.0, 0.0, np.inf) * np.ones(len(demand))
    return np.full(len(demand), np.inf) if slope <= 0.0 else spare * demand / slope
