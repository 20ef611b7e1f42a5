"""How far media may go to arrive as their levels ask, what is said of pairs too far, and of what that rests on."""

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from planner.assemble.assembly import Demand
from planner.assemble.exchanges import Deal
from planner.assemble.findings import Findings
from planner.assemble.ways import Way
from planner.case.case import Case
from planner.case.links import Link
from planner.geography.distances import Pair
from planner.heat.in_pipes import longest_way

if TYPE_CHECKING:
    from planner.assemble.options import Lay


def farthest(case: Case, link: Link, resource: str, *, stated: bool = True) -> float:
    """Longest admissible way of a resource [m]: as the link states, and as the pressure of steam allows."""
    most = float("inf") if link.max_length is None or not stated else link.max_length.value
    return min(most, longest_way(case.resources[resource], link))


def note_too_cold(
    deal: Deal, way: Way, lays: "Mapping[Pair, Lay]", hot: Collection[Pair], case: Case, findings: Findings
) -> None:
    """Say which pairs of places are left out, since too little can flow between them to arrive hot (or cold) enough."""
    cold = [lay.length for pair, lay in lays.items() if pair not in hot]
    level = case.resources[deal.source.resource].heat
    if not cold or level is None or level.arrives is None or level.arrives.supply is None:
        return
    which = f"all {len(lays)} pairs" if len(cold) == len(lays) else f"{len(cold)} of {len(lays)} pairs"
    which = "its pair of places is" if len(lays) == 1 else f"{which} of places are"
    findings.note(
        f"{deal.id} by {way.id}: {which} too far: over {min(cold) / 1000.0:,.3g} km and more even the largest flow "
        f"would not arrive at {level.arrives.supply.given} (resources.{deal.source.resource}.heat.arrives)"
    )


def arrivals_of(deals: Mapping[str, Deal], ways: Mapping[str, tuple[Way, ...]]) -> dict[tuple[str, str], str]:
    """Option that asks for a least flow, so that what it carries arrives hot enough -> its requirement."""
    return {
        (e, way.id): f"arrives:{deals[e].source.resource}"
        for e, found in ways.items()
        for way in found
        if any(pair.least_flow for pair in way.pairs.values())
    }


def arrival_demands(case: Case, requirements: Collection[str]) -> Iterator[tuple[str, Demand]]:
    """What is asked of the arrival of media, in the user's words, and how it would give."""
    for requirement in dict.fromkeys(requirements):
        name = requirement.partition(":")[2]
        level = case.resources[name].heat
        if level is not None and level.arrives is not None and level.arrives.supply is not None:
            words = f"resources.{name}.heat.arrives.supply: {name} arrives at {level.arrives.supply.given}"
            yield (
                requirement,
                Demand(words, lambda _: "let it arrive colder, insulate its pipes better, or stand nearer"),
            )
