"""The tiny park along corridors: three plots on a street that forks.

    P1 --first (100 m)-- A ==street (1000 m, cost length 1500 m, one river)== B --second (200 m)-- P2
                                                                              B --third (300 m)--- P3

The smelter on P1 gives 30 t/h of steam for 8000 h, the mill on P2 takes 20 t/h for 7000 h. P1 to P2 is 1300 m, P1 to
P3 1400 m, P2 to P3 500 m.
"""

from dataclasses import replace
from typing import Any

from assemble_park import park, places

from planner.assemble import Assembly, assemble
from planner.case.case import Case
from planner.geography.distances import CorridorGraph, Distances, Stretch

MAIN = "steam main: steam"
OVER_MAIN = "steam main"

STRETCHES = {
    "first": Stretch("P1", "A", 100, 100, kind="access"),
    "street": Stretch("A", "B", 1000, 1500, charges={1: 1.0}, surfaces={"road": 1000.0}),
    "second": Stretch("B", "P2", 200, 200, kind="access"),
    "third": Stretch("B", "P3", 300, 300, kind="access"),
}
RIVER = {"crossings": [{"layer": "rivers", "charge": 7000}], "surfaces": {"road": 1.5}}
SMALL = {"size": "DN 100", "capacity": 15, "investment": 200}
LARGE = {"size": "DN 200", "capacity": 40, "investment": 400}


def corridors(changes: dict[str, Any] | None = None, **stretches: Stretch) -> Distances:
    """The graph with stretches added, and fields of known ones changed."""
    known = {a: replace(stretch, **(changes or {}).get(a, {})) for a, stretch in STRETCHES.items()} | stretches
    plots = {"P1": "P1", "P2": "P2", "P3": "P3"}
    nodes = {node: (0.0, 0.0) for stretch in known.values() for node in (stretch.tail, stretch.head)}
    return replace(places(), graph=CorridorGraph(known, plots, nodes))


def crossed(distances: Distances, count: float) -> Distances:
    """Routes that cross the river so many times."""
    ways = {pair: replace(route, charges={1: count}) for pair, route in distances.routes["roads"].items()}
    return replace(distances, routes=dict.fromkeys(("corridors", "roads"), ways))


def along(distances: Distances | None = None, **changes: Any) -> Assembly:
    """The varied park, its steam carried by a main unless the changes say otherwise."""
    main = {"kind": "pipe", "main": True, "sizes": [SMALL, LARGE]}
    given = {"links__steam main": main, "resources__steam__carried_by": ["steam main"], "geography": RIVER} | changes
    return assemble(Case.model_validate(park(**given)), distances or corridors())


def third_party(hours: float = 4000, rate: float = 4, **more: Any) -> dict[str, Any]:
    """A bakery on P3 that takes steam."""
    sink = {"rate": rate, "supplied_today_by": {"gas": 0.9}, **more}
    return {"plot": "P3", "area": 1, "hours": hours, "sinks": {"steam": sink}}
