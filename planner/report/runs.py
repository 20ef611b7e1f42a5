"""Where the pipes of a plan lie: side by side in their stretches, each in one lane from end to end."""

import math
from collections import defaultdict
from collections.abc import Container, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from shapely import LineString, force_2d, line_merge
from shapely.affinity import rotate

from planner.hydraulics.capacity import size_of_existing
from planner.report.lanes import Vector, shifted
from planner.results.plan import Plan

#: Ends of stretches that are closer meet in one node [m].
_TOUCH = 0.01
#: A corner of two lanes may run out to so many times their distance from the course; farther corners are cut.
_MITRE = 2.2


@dataclass(frozen=True)
class Run:
    """Pipes of one size of a main, or a pipe of one exchange, in one stretch.

    Attributes
    ----------
    carrier
        The main, or the exchange with its number among its twins.
    main
        Whether the carrier is a main.
    heading
        1 where the net flow follows the course, -1 where it comes against it, 0 where it does neither.
    course
        The true line of the stretch.
    capacity_per_h, flow_per_yr
        Of the pipes together; the flow is not a number for a pipe of one exchange.
    bore_mm
        Inner diameter of each; not a number where none is stated.
    """

    stretch: str
    carrier: str
    main: bool
    resource: str
    size: str
    pipes: int
    existing: bool
    length_m: float
    heading: int
    course: LineString
    capacity_per_h: float = math.nan
    flow_per_yr: float = math.nan
    unit: str = ""
    bore_mm: float = math.nan


@dataclass(frozen=True)
class Track:
    """One pipe as it is drawn.

    Attributes
    ----------
    slot
        Lanes from the true course: 0, 1, -1, 2 ...; the same for a pipe in all its stretches.
    line
        In its lane, in the direction of flow where there is one.
    """

    run: Run
    slot: int
    line: LineString


def runs(plan: Plan) -> list[Run]:
    """Return what lies in each stretch whose line is known, in the order of the table ``pipe_runs``."""
    courses = _courses(plan)
    facts = {
        (str(row["main"]), str(row["stretch"]), text(row["size"]), yes(row["existing"])): row
        for row in plan.tables.get("mains", pd.DataFrame()).to_dict("records")
    }
    mains = {name for name, *_ in facts}
    own = {str(row["exchange"]): row for row in plan.exchanges.to_dict("records")}
    found = []
    for row in plan.tables.get("pipe_runs", pd.DataFrame()).to_dict("records"):
        stretch, carrier, size = str(row["stretch"]), str(row["carrier"]), text(row["size"])
        if stretch not in courses:
            continue
        exchange = own.get(exchange_of(carrier, own) or "", {})
        alone = {**exchange, "capacity_per_h": number(exchange.get("capacity_per_h")) / number(exchange.get("copies"))}
        fact = facts.get((carrier, stretch, size, yes(row["existing"])), alone | {"flow_per_yr": math.nan})
        made = Run(
            stretch=stretch,
            carrier=carrier,
            main=carrier in mains,
            resource=str(row["resource"]),
            size=size,
            pipes=max(1, round(number(row["pipes"], 1.0))),
            existing=yes(row["existing"]),
            length_m=number(row["length_m"], courses[stretch].length),
            heading={"+": 1, "-": -1}.get(text(row["direction"]), 0),
            course=courses[stretch],
            capacity_per_h=number(fact.get("capacity_per_h")),
            flow_per_yr=number(fact.get("flow_per_yr")),
            unit=text(fact.get("unit")),
            bore_mm=_bore(plan, text(fact.get("link")), size),
        )
        found.append(made)
    return found


def exchange_of(carrier: str, known: Container[str]) -> str | None:
    """The exchange a pipe of its own belongs to; twins have a number behind it."""
    return next((name for name in (carrier, carrier.rpartition(" #")[0]) if name in known), None)


def _bore(plan: Plan, link: str, size: str) -> float:
    """Inner diameter of a size [mm], or of what an existing main counts as."""
    case = plan.case
    if case is None or link not in case.links:
        return math.nan
    found = next((one for one in case.links[link].sizes if one.size == size), None)
    there = size.removeprefix("existing ")
    if found is None and there in case.existing_mains:
        found = size_of_existing(case, there)
    return math.nan if found is None or found.inner_diameter is None else found.inner_diameter.value


def text(value: Any) -> str:
    """Text of a cell; "" for an empty one."""
    return "" if value is None or value != value else str(value)


def number(value: Any, default: float = math.nan) -> float:
    """Number of a cell; the default for an empty one."""
    return default if value is None or value != value else float(value)


def yes(value: Any) -> bool:
    """Whether a cell says so; an empty one does not."""
    return value is not None and value == value and str(value).lower() in ("true", "1", "1.0", "yes")


def _courses(plan: Plan) -> dict[str, LineString]:
    """Stretch -> its line, from the layer that knows all stretches or from those of what is used."""
    found: dict[str, LineString] = {}
    for name in ("mains", "trenches", "stretches"):
        layer = plan.layers.get(name)
        if layer is None or "stretch" not in layer.columns:
            continue
        for stretch, shape in zip(layer["stretch"], layer.geometry, strict=True):
            line = line_merge(shape) if hasattr(shape, "geoms") else shape
            if isinstance(line, LineString) and line.length > _TOUCH:
                found[str(stretch)] = force_2d(line)
    return found


def tracks(found: Sequence[Run], lane: float) -> list[Track]:
    """Lay every pipe into its lane.

    A pipe keeps its lane in all its stretches, and where stretches meet its pieces meet, too, so that it can be
    followed through crossings and branches.

    Parameters
    ----------
    lane
        Width of a lane [m].
    """
    items = list(_items(found))
    if not items:
        return []
    slots = _slots(items)
    centre = items[0][1].course.centroid
    axis = _quiet_axis([run.course for run in found])
    turned = {run.stretch: rotate(run.course, -axis, origin=centre) for run in found}
    hubs = _hubs(items, turned, {key: slot * lane for key, slot in slots.items()})
    made = []
    for key, run in items:
        course = turned[run.stretch]
        points = list(shifted(course, slots[key] * lane).coords)
        points[0], points[-1] = hubs[key, node(run.course, 0)], hubs[key, node(run.course, -1)]
        line = rotate(LineString(points), axis, origin=centre)
        made.append(Track(run, slots[key], line.reverse() if run.heading < 0 else line))
    return made


_Key = tuple[str, int]
"""A carrier, and which of its pipes in a stretch."""


def _items(found: Sequence[Run]) -> Iterator[tuple[_Key, Run]]:
    """Every pipe of every run; the new and large ones of a carrier come first in each stretch."""
    count: dict[tuple[str, str], int] = defaultdict(int)
    for run in sorted(found, key=lambda run: (run.existing, -number(run.capacity_per_h, 0.0))):
        for _ in range(run.pipes):
            yield (run.carrier, count[run.carrier, run.stretch]), run
            count[run.carrier, run.stretch] += 1


def _slots(items: Sequence[tuple[_Key, Run]]) -> dict[_Key, int]:
    """A lane for every pipe, that of mains and long pipes nearest to the true course; none twice in a stretch."""
    metres: dict[_Key, float] = defaultdict(float)
    stretches: dict[_Key, set[str]] = defaultdict(set)
    mains = {key: run.main for key, run in items}
    for key, run in items:
        metres[key] += run.length_m
        stretches[key].add(run.stretch)
    taken: dict[str, set[int]] = defaultdict(set)
    slots: dict[_Key, int] = {}
    for key in sorted(metres, key=lambda key: (not mains[key], key[1], -round(metres[key], 3), key)):
        used = set().union(*(taken[stretch] for stretch in stretches[key]))
        slots[key] = next(slot for slot in _outwards() if slot not in used)
        for stretch in stretches[key]:
            taken[stretch].add(slots[key])
    return slots


def _outwards() -> Iterator[int]:
    """0, 1, -1, 2, -2 ..."""
    yield 0
    step = 1
    while True:
        yield from (step, -step)
        step += 1


def _quiet_axis(lines: Sequence[LineString]) -> float:
    """Degrees to turn the network by, so that few stretches run north, where a lane changes the side of its street."""
    angles, lengths = [], []
    for line in lines:
        steps = np.diff(np.asarray(line.coords)[:, :2], axis=0)
        angles.append(np.degrees(np.arctan2(steps[:, 1], steps[:, 0])))
        lengths.append(np.hypot(steps[:, 0], steps[:, 1]))
    angle, length = np.concatenate(angles), np.concatenate(lengths)

    def restless(axis: float) -> float:
        away = np.abs((angle - 90.0 - axis + 90.0) % 180.0 - 90.0)
        return round(float((length * np.exp(-((away / 12.0) ** 2))).sum() / length.sum()), 9)

    # The sides are those of unturned streets unless that is worse: a grid that runs north and east stays as it is.
    return min((0.0, *(sign * step for step in range(5, 90, 5) for sign in (-1.0, 1.0))), key=restless)


def node(line: LineString, end: int) -> tuple[int, int]:
    """The place of an end of a line, equal for lines that meet there."""
    x, y = line.coords[end][:2]
    return round(x / _TOUCH / 5), round(y / _TOUCH / 5)


def _hubs(
    items: Sequence[tuple[_Key, Run]], turned: Mapping[str, LineString], away: Mapping[_Key, float]
) -> dict[tuple[_Key, tuple[int, int]], Vector]:
    """Where the pieces of a pipe meet at each node: as near as can be to the lanes of all of them."""
    normals: dict[tuple[_Key, tuple[int, int]], list[Vector]] = defaultdict(list)
    spots: dict[tuple[int, int], Vector] = {}
    for key, run in items:
        course = turned[run.stretch]
        moved = shifted(course, 1.0)
        for end in (0, -1):
            at, beside = course.coords[end], moved.coords[end]
            spots.setdefault(node(run.course, end), (at[0], at[1]))
            normals[key, node(run.course, end)].append((beside[0] - at[0], beside[1] - at[1]))
    hubs = {}
    for (key, spot), found in normals.items():
        x, y = _meeting(found, away[key])
        hubs[key, spot] = (spots[spot][0] + x, spots[spot][1] + y)
    return hubs


def _meeting(normals: Sequence[Vector], distance: float) -> Vector:
    """The point nearest to the lines at a distance along each normal from the origin."""
    rows = np.asarray(normals)
    v, *_ = np.linalg.lstsq(rows, np.full(len(rows), distance), rcond=1e-3)
    if math.hypot(*v) > _MITRE * abs(distance):
        v = rows.mean(axis=0) * distance
    return float(v[0]), float(v[1])


def sections(found: Sequence[Track]) -> list[list[Track]]:
    """Join the pieces of equal size of a pipe from branch to branch; the longest section first.

    Each first pipe of a run stands for all of it.
    """
    firsts = list({_alike(track.run): track for track in reversed(found)}.values())[::-1]
    at: dict[tuple[str, tuple[int, int]], list[int]] = defaultdict(list)
    for i, track in enumerate(firsts):
        for end in (0, -1):
            at[track.run.carrier, node(track.run.course, end)].append(i)
    parent = list(range(len(firsts)))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    for there in at.values():
        if len(there) == 2 and len({_kind(firsts[i].run) for i in there}) == 1:
            a, b = sorted(root(i) for i in there)
            parent[b] = a
    joined: dict[int, list[Track]] = defaultdict(list)
    for i, track in enumerate(firsts):
        joined[root(i)].append(track)
    return sorted(joined.values(), key=lambda tracks: (-round(metres(tracks), 3), tracks[0].run.carrier))


def _alike(run: Run) -> Hashable:
    return run.stretch, run.carrier, run.size, run.existing


def _kind(run: Run) -> Hashable:
    return run.size, run.pipes, run.existing, None if run.size else round(run.capacity_per_h, 6)


def metres(found: Sequence[Track]) -> float:
    """Length of a section [m]."""
    return sum(track.run.length_m for track in found)
