"""What is cut off from a network, in the user's words."""

from itertools import combinations

import numpy as np
import shapely

from planner.geography.distances import Pair
from planner.geography.places import Places
from planner.geography.routes import Attached
from planner.geography.straight import Obstacles

#: Gaps up to this many times the snap tolerance are called near misses.
NEAR_MISS = 10.0


def access_faults(net: Attached, missing: set[Pair], places: Places, obstacles: Obstacles, reach: float) -> list[str]:
    """Places that need the network and do not reach it."""
    reached = {spur.place for spur in net.spurs}
    words = []
    for name in sorted({n for pair in missing for n in pair} - reached):
        kind = "partner" if name in places.partners else "plot"
        gap = min(float(shapely.distance(shape, net.segments.lines).min()) for shape in places.ends()[name])
        if gap > reach:
            words.append(f"{kind} {name} is {gap:,.0f} m from the nearest line; max_access is {reach:g} m")
        else:
            words.append(f"{kind} {name} does not reach it within {reach:g} m: obstacles are in the way")
    return words


def gap_faults(net: Attached, missing: set[Pair], tolerance: float) -> list[str]:
    """Parts of the network that do not meet although places on them need each other."""
    parts = net.parts()
    apart = {pair for pair in missing if pair[0] in parts and pair[1] in parts}
    if not apart:
        return []
    on: dict[int, set[str]] = {}
    for pair in apart:
        for name in pair:
            for part in parts[name]:
                on.setdefault(part, set()).add(name)
    of_segment = net.segments.components()[net.segments.start]
    lines = {part: shapely.union_all(net.segments.lines[of_segment == part]) for part in on}
    words = []
    for one, other in combinations(sorted(on, key=lambda part: sorted(on[part])), 2):
        if not any((p in on[one] and q in on[other]) or (q in on[one] and p in on[other]) for p, q in apart):
            continue
        between = shapely.shortest_line(lines[one], lines[other])
        near = " (a near miss)" if between.length <= NEAR_MISS * tolerance else ""
        words.append(
            f"the network falls into parts that do not meet: {_listed(on[one])} on one side, {_listed(on[other])} on "
            f"the other. They come nearest at ({between.coords[0][0]:.1f}, {between.coords[0][1]:.1f}), "
            f"{between.length:.2f} m apart{near}; snap_tolerance is {tolerance:g} m"
        )
    return words


def scraps(net: Attached) -> list[str]:
    """Note on parts of the network that no place reaches."""
    part = net.segments.components()[net.segments.start]
    used = set().union(*net.parts().values()) if net.spurs else set()
    idle = [p for p in np.unique(part) if int(p) not in used]
    if not idle or not used:
        return []
    length = float(net.segments.length[np.isin(part, idle)].sum())
    first = net.segments.lines[part == idle[0]][0].coords[0]
    return [f"{len(idle)} part(s) of {length:,.0f} m in all serve no plot, such as at ({first[0]:.1f}, {first[1]:.1f})"]


def _listed(names: set[str]) -> str:
    ordered = sorted(names)
    more = f" and {len(ordered) - 12} more" if len(ordered) > 12 else ""
    return ", ".join(ordered[:12]) + more
