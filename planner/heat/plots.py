"""Composite curves, grand composite curve and total site profiles, as SVG text."""

from collections.abc import Iterable, Sequence

from planner.heat.pinch import Curve, Target, composites, problem_table, sink_profile, source_profile
from planner.heat.site import Plants, profiles
from planner.heat.streams import HeatStream
from planner.heat.svg import FAINT, WORDS, Diagram, Point, steps
from planner.report.numbers import amount

HOT, COLD, LINE, POCKET = "#D55E00", "#0072B2", "#222222", "#EFEFEF"
SHIFTED = "shifted temperature [°C]"


def composite_curves(streams: Iterable[HeatStream], unit: str, title: str, *, shifted: bool = False) -> str:
    """Hot and cold composite curve, nearest at the pinch; what does not overlap is left to the utilities.

    Parameters
    ----------
    streams
        Hot and cold streams.
    unit
        Of their loads, in words: "kW".
    title
        Over the diagram.
    shifted
        By shifted temperatures: the curves then touch at the pinch.

    Returns
    -------
    str
        The diagram as SVG.

    Raises
    ------
    ValueError
        If there are not both hot and cold streams.
    """
    members = tuple(streams)
    hot, cold = composites(members, shifted)
    if not hot or not cold:
        raise ValueError("composite curves need a hot and a cold stream at least")
    target = problem_table(members)
    up = SHIFTED if shifted else "temperature [°C]"
    diagram = _diagram(title, f"heat [{unit}]", up, [*hot, *cold, (0.0, hot[0][1])])
    diagram.line(hot, HOT, "hot streams")
    diagram.line(cold, COLD, "cold streams")
    top, bottom = max(hot[-1][1], cold[-1][1]), min(hot[0][1], cold[0][1])
    _utilities(diagram, target, unit, (hot[-1][0], top), (0.0, bottom))
    for pinch in target.pinches:
        _mark_pinch(diagram, members, hot, cold, target, pinch)
    return diagram.text()


def _utilities(diagram: Diagram, target: Target, unit: str, top: Point, bottom: Point) -> None:
    """Arrows as long as the utilities, above and below the curves, from the points given on."""
    low, high = diagram.ys[0], diagram.ys[-1]
    room = 0.05 * (high - low)
    if target.hot_utility > 0:
        words, y = f"{_heat(target.hot_utility, unit)} hot utility", min(high, top[1] + room)
        diagram.span(top[0], top[0] + target.hot_utility, y, words, HOT)
    if target.cold_utility > 0:
        words, y = f"{_heat(target.cold_utility, unit)} cold utility", max(low, bottom[1] - room)
        diagram.span(bottom[0], bottom[0] + target.cold_utility, y, words, COLD)


def _mark_pinch(
    diagram: Diagram, streams: Sequence[HeatStream], hot: Curve, cold: Curve, target: Target, pinch: float
) -> None:
    """A dashed line from curve to curve where no heat passes."""
    heat = target.cold_utility + sum(_below(stream, pinch) for stream in streams if not stream.hot)
    ends = [_temperature(hot, heat, pinch), _temperature(cold, heat, pinch)]
    diagram.line([(heat, max(ends)), (heat, min(ends))], WORDS, width=1.4, dash="4 3")
    diagram.dot((heat, max(ends)))
    diagram.dot((heat, min(ends)))
    halves = {stream.contribution for stream in streams}
    half = halves.pop() if len(halves) == 1 else 0.0
    words = (
        f"pinch {amount(pinch + half)} / {amount(pinch - half)} °C" if half else f"pinch {amount(pinch)} °C, shifted"
    )
    diagram.say((heat, max(ends)), words)


def _below(stream: HeatStream, temperature: float) -> float:
    """Heat of a stream below a shifted temperature."""
    upper, lower = stream.range()
    if upper == lower:
        return stream.load if upper < temperature else 0.0
    return stream.load * min(1.0, max(0.0, (temperature - lower) / (upper - lower)))


def _temperature(curve: Curve, heat: float, near: float) -> float:
    """Temperature of a rising curve at a heat; of several, the one nearest to a temperature."""
    slack = 1e-9 * max(1.0, abs(curve[-1][0]))
    heat = min(max(heat, curve[0][0]), curve[-1][0])
    found = []
    for (h0, t0), (h1, t1) in zip(curve, curve[1:], strict=False):
        if h0 - slack <= heat <= h1 + slack:
            found += [t0, t1] if h1 - h0 <= slack else [t0 + (t1 - t0) * min(1.0, max(0.0, (heat - h0) / (h1 - h0)))]
    return min(found, key=lambda t: abs(t - near))


def grand_composite_curve(target: Target, unit: str, title: str) -> str:
    """Heat that passes at each shifted temperature; pockets, in which the streams serve themselves, are grey.

    Parameters
    ----------
    target
        Of :func:`planner.heat.pinch.problem_table`.
    unit
        Of its loads, in words.
    title
        Over the diagram.

    Returns
    -------
    str
        The diagram as SVG.
    """
    curve = target.grand_composite
    diagram = _diagram(title, f"heat [{unit}]", SHIFTED, [*curve, (0.0, curve[0][1])])
    diagram.fill([*curve, *reversed(_served(target))], POCKET)
    diagram.line(curve, LINE)
    _utilities(diagram, target, unit, (0.0, curve[0][1]), (0.0, curve[-1][1]))
    for pinch in target.pinches:
        diagram.dot((0.0, pinch))
        diagram.say((0.0, pinch), f"pinch {amount(pinch)} °C")
    return diagram.text()


def _served(target: Target) -> list[Point]:
    """What of the curve needs heat from outside, and below the pinch can give it, as one line from the top down."""
    sink, source = sink_profile(target), source_profile(target)[::-1]
    above = [point for point in sink if point[0] > 0]
    below = [point for point in source if point[0] > 0]
    first = next(point for point in sink if point[0] <= 0)
    last = next(point for point in reversed(source) if point[0] <= 0)
    return [*above, first, last, *below]


def total_site_profiles(plants: Plants, unit: str, title: str, media: Iterable[HeatStream] = ()) -> str:
    """What the plants can give (left) and take (right) at each shifted temperature, each plant served first by itself.

    Parameters
    ----------
    plants
        Plant -> its process streams.
    unit
        Of their loads, in words.
    title
        Over the diagram.
    media
        Levels to be drawn across.

    Returns
    -------
    str
        The diagram as SVG.
    """
    source, sink = profiles(plants)
    levels = [(medium, medium.range()) for medium in media]
    temperatures = [(0.0, t) for _, span in levels for t in span]
    left = [(-heat, t) for heat, t in source]
    diagram = _diagram(
        title, f"heat [{unit}]: to be given (left), to be taken (right)", SHIFTED, [*left, *sink, *temperatures], True
    )
    for _, span in levels:
        for t in sorted(set(span)):
            diagram.line([(diagram.xs[0], t), (diagram.xs[-1], t)], FAINT, width=1.0, dash="5 4")
    diagram.line(left, HOT, "site source profile")
    diagram.line(sink, COLD, "site sink profile")
    wide = diagram.xs[-1] - diagram.xs[0]
    for medium, (upper, _) in levels:
        diagram.say((diagram.xs[-1] - 0.08 * wide, upper), f"{medium.name} {_level(medium)} °C", FAINT, 11)
    most = max((heat for heat, _ in source), default=0.0)
    if most > 0:
        diagram.say((-most, source[0][1]), f"{_heat(most, unit)} given", HOT)
    needed = max((heat for heat, _ in sink), default=0.0)
    if needed > 0:
        diagram.say((needed, sink[-1][1]), f"{_heat(needed, unit)} taken", COLD)
    return diagram.text()


def _level(medium: HeatStream) -> str:
    """Temperature of a medium, or supply and return."""
    return "/".join(dict.fromkeys(amount(t) for t in (medium.supply, medium.target)))


def _diagram(title: str, across: str, up: str, points: Sequence[Point], mirrored: bool = False) -> Diagram:
    heats, temperatures = [x for x, _ in points], [y for _, y in points]
    low, high = min(temperatures), max(temperatures)
    room = 0.08 * (high - low)
    return Diagram(title, across, up, steps(min(heats), max(heats)), steps(low - room, high + room, 8), mirrored)


def _heat(value: float, unit: str) -> str:
    return f"{amount(value)} {unit}"
