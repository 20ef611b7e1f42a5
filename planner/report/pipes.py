"""Mains and trenches on the map: every pipe in its lane, its trench as a band under it, its size beside it."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from shapely import LineString, Point, box
from shapely.geometry.base import BaseGeometry

from planner.report.ground import courses_of, names_of
from planner.report.labels import Box, Note, write_beside
from planner.report.lanes import shifted
from planner.report.legend import PALETTE, TRENCH, TRENCH_EDGE, Stroke, looks_of, number_box
from planner.report.marks import arrow, write_number
from planner.report.numbers import amount
from planner.report.runs import Run, Track, exchange_of, metres, node, number, runs, sections, text, tracks
from planner.results.plan import Plan

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: One lane of a trench, and the widest bundle of lanes, in points.
LANE, BUNDLE = 5.6, 40.0
#: Pieces of a pipe that are longer on paper, in points, get an arrow of their own.
_ARROW = 34.0

Look = tuple[str, Any]
"""Colour and dashes."""


@dataclass(frozen=True)
class Pipework:
    """The pipes of a plan as they are drawn.

    Attributes
    ----------
    looks
        Resource -> colour and dashes.
    widths
        Points by carrier and what tells its sizes apart.
    over
        Exchange -> the main it runs over.
    carriers
        Exchange -> its own pipes, by their carrier.
    trenches
        Stretch -> whether its trench was there before.
    lane
        Width of a lane in points.
    """

    tracks: Sequence[Track]
    looks: Mapping[str, Look]
    widths: Mapping[tuple[str, Any], float]
    over: Mapping[str, str]
    carriers: Mapping[str, list[str]]
    trenches: Mapping[str, bool]
    lane: float
    metres: float

    def colour(self, run: Run) -> str:
        """Colour of its resource."""
        return self.looks[run.resource][0]

    def width(self, run: Run) -> float:
        """Width of one pipe of a run, in points; a crowded trench has thinner pipes."""
        return self.widths[run.carrier, _size(run)] * self.lane / LANE

    @cached_property
    def sections(self) -> list[list[Track]]:
        """Pieces of pipe of one size from branch to branch, the longest first."""
        return sections(self.tracks)

    def own(self, exchange: str) -> bool:
        """Whether an exchange is drawn here: over a main, or by a pipe of its own in a trench."""
        return exchange in self.over or exchange in self.carriers


def pipework(plan: Plan, drawn: Sequence[Stroke], metres: float) -> Pipework | None:
    """Lay out the pipes of a plan; None for a plan that has none in any stretch.

    Parameters
    ----------
    metres
        Metres per point on paper.
    """
    over = over_mains(plan)
    found = runs(plan)
    if not found and not over:
        return None
    slots = [track.slot for track in tracks(found, 1.0)]
    lane = min(LANE, BUNDLE / (1 + max(slots, default=0) - min(slots, default=0)))
    carriers: dict[str, list[str]] = defaultdict(list)
    known = set(plan.exchanges["exchange"])
    for run in found:
        owner = exchange_of(run.carrier, known)
        if not run.main and owner and run.carrier not in carriers[owner]:
            carriers[owner].append(run.carrier)
    trenches = plan.tables["trenches"]
    return Pipework(
        tracks=tracks(found, lane * metres),
        looks=_looks(plan, found),
        widths=_widths(found),
        over=over,
        carriers={name: made for name, made in carriers.items() if made},
        trenches={str(s): text(t) == "existing" for s, t in zip(trenches["stretch"], trenches["trench"], strict=True)},
        lane=lane,
        metres=metres,
    )


def over_mains(plan: Plan) -> dict[str, str]:
    """Exchange -> the main it runs over."""
    rows = plan.exchanges.to_dict("records")
    return {str(row["exchange"]): text(row["main"]) for row in rows if text(row.get("main"))}


def _looks(plan: Plan, found: Sequence[Run]) -> dict[str, Look]:
    looks = looks_of(plan.exchanges)
    for name in sorted({run.resource for run in found} - set(looks)):
        looks[name] = (PALETTE[len(looks) % len(PALETTE)], "solid")
    return looks


def _size(run: Run) -> Any:
    """What tells the sizes of a carrier apart: the size, or the capacity where that was chosen freely."""
    return run.size or round(number(run.capacity_per_h, 0.0), 6)


def _widths(found: Sequence[Run]) -> dict[tuple[str, Any], float]:
    """Width by bore, on one scale over the whole map.

    Where a size states none, its bore is taken to grow with the root of its capacity, as at one velocity: from that of
    the largest pipe of the same resource that states both, else from the largest capacity in its unit.
    """
    widest = max((run.bore_mm for run in found if run.bore_mm > 0), default=math.nan)
    both = [run for run in found if run.bore_mm > 0 and 0 < _capacity(run) < math.inf]
    known = {run.resource: run for run in sorted(both, key=_capacity)}
    most: dict[str, float] = defaultdict(float)
    for run in found:
        if _capacity(run) < math.inf:
            most[run.unit] = max(most[run.unit], _capacity(run))

    def share(run: Run) -> float:
        if run.bore_mm > 0:
            return run.bore_mm / widest
        like = known.get(run.resource)
        if not 0 < _capacity(run) < math.inf:
            return 0.6
        if like is not None:
            return min(1.0, like.bore_mm / widest * math.sqrt(_capacity(run) / _capacity(like)))
        return math.sqrt(_capacity(run) / most[run.unit])

    return {(run.carrier, _size(run)): 1.6 + 2.8 * share(run) for run in found}


def _capacity(run: Run) -> float:
    """Of one pipe [unit/h]; 0 where it is not known."""
    return number(run.capacity_per_h, 0.0) / run.pipes


def draw_pipes(axes: "Axes", plan: Plan, work: Pipework, drawn: Sequence[Stroke]) -> list[Box]:
    """Draw trenches and pipes with arrows, and numbers where exchanges begin and end; return the boxes of the numbers.

    Boxes are in pixels.
    """
    _bands(axes, work)
    for track in work.tracks:
        x, y = track.line.xy
        colour, dash = work.looks[track.run.resource]
        width = work.width(track.run)
        ends: dict[str, Any] = {"solid_capstyle": "round", "solid_joinstyle": "round"}
        axes.plot(x, y, color="white", linewidth=width + 1.0, zorder=4, **ends)
        axes.plot(x, y, color=colour, linestyle=dash, linewidth=width, zorder=5, **ends)
        if track.run.existing:  # hollow: it was there before
            axes.plot(x, y, color="white", linewidth=0.42 * width, zorder=5.1, **ends)
    for joined in work.sections:
        _arrows(axes, joined, work)
    boxes = _ends(axes, plan, work, drawn)
    for stroke in drawn:
        own = [t for t in work.tracks if t.run.carrier in work.carriers.get(stroke.exchange, ())]
        if own:
            boxes.append(write_number(axes, max(own, key=lambda t: t.line.length).line, stroke, boxes))
    return boxes


def _bands(axes: "Axes", work: Pipework) -> None:
    """A light band with an edge under the pipes of each trench; the edge of one that was there before is dashed."""
    lines: dict[str, list[LineString]] = defaultdict(list)
    slots: dict[str, set[int]] = defaultdict(set)
    for track in work.tracks:
        lines[track.run.stretch].append(track.line)
        slots[track.run.stretch].add(track.slot)
    courses = {track.run.stretch: track.run.course for track in work.tracks}
    for stretch, there in work.trenches.items():
        used = slots.get(stretch, set())
        for slot in range(min(used, default=0), max(used, default=0)):
            if slot not in used:  # an empty lane between two pipes is part of the trench
                lines[stretch].append(shifted(courses[stretch], slot * work.lane * work.metres))
        style: dict[str, Any] = {"dash_capstyle": "butt", "linestyle": (0, (0.35, 0.25)) if there else "solid"}
        for line in lines.get(stretch, ()):
            x, y = line.xy
            axes.plot(x, y, color=TRENCH_EDGE, linewidth=work.lane + 5.2, solid_capstyle="round", zorder=3.2, **style)
            axes.plot(x, y, color=TRENCH, linewidth=work.lane + 3.8, solid_capstyle="round", zorder=3.3)


def _arrows(axes: "Axes", joined: Sequence[Track], work: Pipework) -> None:
    """Arrows of the net flow on a section: on its longest piece, and on every other that is long on paper."""
    longest = max(joined, key=lambda track: track.line.length)
    alike = {(track.run.stretch, track.run.carrier, track.run.size, track.run.existing) for track in joined}
    for track in work.tracks:
        run = track.run
        if (run.stretch, run.carrier, run.size, run.existing) not in alike or not run.heading:
            continue
        if run.stretch == longest.run.stretch or track.line.length > _ARROW * work.metres:
            width, small = work.width(run), 0.85 if work.lane < LANE else 1.0
            size = (small * (5.0 + 0.6 * width) * work.metres, small * (1.5 + width / 2) * work.metres)
            if track.line.length > size[0]:
                arrow(axes, track.line, 0.5, work.colour(run), size)


def _ends(axes: "Axes", plan: Plan, work: Pipework, drawn: Sequence[Stroke]) -> list[Box]:
    """Numbers of the exchanges over mains where they are put in (filled) and taken out (open)."""
    ways = courses_of(plan.layers["links"])
    plots = plan.layers["plots"]
    middles = dict(zip(names_of(plots), plots.geometry.centroid, strict=True))
    places = {str(row["exchange"]): (row["from_place"], row["to_place"]) for row in plan.exchanges.to_dict("records")}
    groups: dict[tuple[str, str, bool], list[Stroke]] = defaultdict(list)
    spots: dict[tuple[str, str, bool], Point] = {}
    for stroke in drawn:
        way = ways.get(stroke.exchange)
        if stroke.exchange not in work.over or way is None or way.length == 0:
            continue
        for end, put_in in ((0, True), (-1, False)):
            key = (str(places[stroke.exchange][end]), work.over[stroke.exchange], put_in)
            groups[key].append(stroke)
            spots.setdefault(key, Point(way.coords[end][:2]))
    taken: list[Box] = []
    for key in sorted(groups):
        place, main, put_in = key
        tap = _tap(work, main, spots[key])
        if box(*_limits(axes)).contains(tap):
            taken.append(_end(axes, groups[key], put_in, tap, middles.get(place, tap), taken))
    return taken


def _limits(axes: "Axes") -> Box:
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    return left, bottom, right, top


def _tap(work: Pipework, main: str, spot: Point) -> Point:
    """Where a main reaches a place: the end of its pipe, or the nearest point of it."""
    own = [track for track in work.tracks if track.run.carrier == main]
    at = node(LineString([spot, spot]), 0)
    for track in own:
        for end in (0, -1):
            if node(track.run.course, end) == at:
                return Point(track.line.coords[end if track.run.heading >= 0 else -1 - end])
    near = min(own, key=lambda track: track.line.distance(spot), default=None)
    return spot if near is None else near.line.interpolate(near.line.project(spot))


def _end(axes: "Axes", group: Sequence[Stroke], put_in: bool, tap: Point, middle: Point, taken: Sequence[Box]) -> Box:
    """Write the numbers at an end beside it, towards the middle of its plot where there is room."""
    colour = group[0].colour
    axes.plot(
        [tap.x], [tap.y], "o", color=colour, markersize=4.6, markeredgecolor="white", markeredgewidth=0.6, zorder=6.5
    )
    written = number_box(axes, (tap.x, tap.y), [stroke.number for stroke in group], colour, filled=put_in)
    extent, room = written.get_window_extent(), 0.5 * written.get_fontsize() * written.figure.dpi / 72 + 2
    width, height = extent.width + room, extent.height + room
    x, y = axes.transData.transform((tap.x, tap.y))
    far, up = axes.transData.transform((middle.x, middle.y)) - (x, y)
    aim = math.atan2(up, far) if far or up else math.pi / 2

    def spot(turn: float, away: float) -> Box:
        dx, dy = math.cos(aim + turn), math.sin(aim + turn)
        left, low = x + dx * (away + width / 2) - width / 2, y + dy * (away + height / 2) - height / 2
        return left, low, left + width, low + height

    turns = (0.0, 0.5, -0.5, 1.0, -1.0, 1.6, -1.6, 2.2, -2.2, math.pi)
    candidates = [spot(turn, away) for away in (6.0, 16.0, 28.0, 42.0) for turn in turns]
    free = [c for c in candidates if not any(box(*c).intersects(box(*other)) for other in taken)]
    made = (free or candidates)[0]
    at = axes.transData.inverted().transform(((made[0] + made[2]) / 2, (made[1] + made[3]) / 2))
    written.set_position((float(at[0]), float(at[1])))
    axes.plot([tap.x, at[0]], [tap.y, at[1]], color=colour, linewidth=0.7, zorder=6.4)
    return made


def label_pipes(axes: "Axes", work: Pipework, taken: Sequence[Box]) -> list[str]:
    """Write size and length along the longer sections, where there is room; return what was written."""
    mains = {(track.run.resource, track.run.carrier) for track in work.tracks if track.run.main}
    many = [resource for resource, _ in mains]
    notes = []
    for joined in work.sections:
        track = max(joined, key=lambda track: track.line.length)
        words = section_label(joined)
        if track.run.main and many.count(track.run.resource) > 1:
            words = f"{track.run.carrier.partition(':')[0]}: {words}"
        colour = _dark(work.colour(track.run))
        notes.append(Note(words, [t.line for t in sorted(joined, key=lambda t: -t.line.length)], {"color": colour}))
    bands = [track.line for track in work.tracks]
    return write_beside(axes, notes, bands, work.lane, taken)


def section_label(joined: Sequence[Track]) -> str:
    """Size and length of a section, and what flows in it where it was there before: "DN 150 · 240 m"."""
    run = joined[0].run
    words = [run.size or f"{amount(run.capacity_per_h)} {run.unit}/h"]
    if run.pipes > 1:
        words[0] = f"{run.pipes} × {words[0]}"
    words.append(f"{amount(round(metres(joined)))} m")
    if run.existing:
        flow = max((number(track.run.flow_per_yr, 0.0) for track in joined), default=0.0)
        words.append(f"{amount(flow)} {run.unit}/yr")
        words[0] = words[0] if words[0].startswith("existing") else f"existing {words[0]}"
    return " · ".join(words)


def _dark(colour: str) -> str:
    """A shade dark enough to read small letters in."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    light = (0.299 * red + 0.587 * green + 0.114 * blue) / 255
    share = min(1.0, 0.38 / light) if light else 1.0
    return "#{:02X}{:02X}{:02X}".format(*(round(share * part) for part in (red, green, blue)))


def beside(work: Pipework | None, line: BaseGeometry) -> float:
    """How far a link must keep from the course of a trench it runs along, in metres, to stay off the pipes."""
    if work is None:
        return 0.0
    near = 0.5 * work.metres
    street = line.buffer(near)
    met = [t for t in work.tracks if t.run.course.intersection(street).length > 12 * near]
    return max(((abs(t.slot) + 1) * work.lane * work.metres for t in met), default=0.0)


def bounds(plan: Plan) -> list[Box]:
    """Boxes of the stretches with pipes in them."""
    lines = {run.stretch: run.course for run in runs(plan)}
    return [tuple(float(v) for v in line.bounds) for line in lines.values()]  # type: ignore[misc]
