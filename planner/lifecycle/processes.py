"""Processes of a run for programs of life cycle assessment: one a unit, the park, and what the plan avoids."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from planner.lifecycle.exchange_flows import LOSSES, Moving

PARK, AVOIDED = "park", "avoided by the plan"
#: Role -> is it an input of the park: what crosses its fence.
_OUTSIDE = {"purchase": True, "sale": False, "discharge": False, "product": False, "emission": False}


def by_process(flows: Iterable[Moving], run: str) -> Iterator[tuple[str, list[tuple[Moving, bool]]]]:
    """(Unit, its flows, each with whether it comes in); the park last."""
    found: dict[str, list[tuple[Moving, bool]]] = defaultdict(list)
    park: list[tuple[Moving, bool]] = []
    for one in flows:
        if one.run != run:
            continue
        if one.role in ("purchase", "exchange"):
            found[one.target].append((one, True))
        if one.role not in ("purchase",) and one.target != LOSSES:
            found[one.origin].append((one, False))
        if one.role in _OUTSIDE:
            park.append((one, _OUTSIDE[one.role]))
    yield from found.items()
    yield PARK, park


def difference(flows: Iterable[Moving]) -> dict[tuple[str, str, str], float]:
    """(Role, flow, unit) -> how much less of it the plan buys, disposes of and gives off than the baseline."""
    sums: dict[tuple[str, str, str], float] = defaultdict(float)
    for one in flows:
        if one.role in ("purchase", "discharge", "emission"):
            sums[one.role, one.flow, one.unit] += one.amount * (1.0 if one.run == "baseline" else -1.0)
    return dict(sums)
