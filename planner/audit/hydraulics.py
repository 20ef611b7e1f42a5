"""Checks of the hydraulic table: flows at peak balance, and velocity, pressure drop and power follow from them."""

import math
from collections import defaultdict
from collections.abc import Mapping

from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.links import main_of
from planner.audit.network import Network, grouped, number, owed_per_hour, sized, word
from planner.audit.reading import Row
from planner.audit.ways import as_one, joined
from planner.case.links import Link, Size
from planner.geography.distances import CorridorGraph

#: Share by which a pipe may lie above a limit of velocity or pressure drop.
TOLERANCE = 1e-3
#: Efficiency of pumps and fans where the link states none.
EFFICIENCY = 0.6
#: The flows of a main with loops are solved to so many digits only.
PRECISION = 1e-3


def check_hydraulics(
    facts: Facts, graph: CorridorGraph, network: Network, exchanges: list[Row], checks: Checks, name: str
) -> None:
    """Check the hydraulic table of a run; ``name`` is "plan" or "baseline"."""
    if not network.hydraulics:
        return
    check = f"{name}: hydraulics"
    checks.start(check)
    own = {str(row["exchange"]): row for row in exchanges if main_of(row) is None}
    laid = {f"{word(r, 'main')}|{word(r, 'stretch')}|{word(r, 'size')}": r for r in network.mains}
    for row in network.hydraulics:
        key = f"{word(row, 'main')}|{word(row, 'stretch')}|{word(row, 'size')}"
        found = laid.get(key) if word(row, "main") in facts.case.mains() else own.get(word(row, "main"))
        if found is None:
            checks.fail(check, f"{key.replace('|', ', ')}: there is no such pipe")
            continue
        _row(facts, row, found, checks, check)
    for main, rows in grouped(network.hydraulics, "main").items():
        if main in facts.case.mains():
            users = [x for x in exchanges if main_of(x) == main]
            _balance(graph, main, (rows, users, _lost(facts, graph, network, main)), checks, check)


def _row(facts: Facts, row: Row, pipe: Row, checks: Checks, check: str) -> None:
    """Check what follows from the flow of one row."""
    link, resource = facts.case.links[word(pipe, "link")], word(pipe, "resource")
    label = f"{word(row, 'main')} in {word(row, 'stretch')}"
    called = word(pipe, "size")
    size = sized(facts, pipe) if "stretch" in pipe else next((x for x in link.sizes if x.size == called), None)
    for column, limit in (
        ("max_velocity_m_per_s", link.max_velocity),
        ("max_pressure_drop_pa_per_m", link.max_pressure_drop),
    ):
        found = number(row, column)
        if (limit is None) != (found != found) or (limit is not None and abs(found - limit.value) > 1e-9 * limit.value):
            checks.fail(check, f"{label}: {column} is {found:g}")
    if number(row, "flow_per_h") == number(row, "flow_per_h"):
        _state(facts, (link, size, resource), row, pipe, checks, check)
    elif word(row, "verdict") != "not checked":
        checks.fail(check, f"{label}: {word(row, 'verdict')} without a flow")


def _state(facts: Facts, of: tuple[Link, Size | None, str], row: Row, pipe: Row, checks: Checks, check: str) -> None:
    from planner.hydraulics.capacity import flow_state

    link, size, resource = of
    label, flow = f"{word(row, 'main')} in {word(row, 'stretch')}", number(row, "flow_per_h")
    in_main = word(pipe, "main") in facts.case.mains()
    pipes = number(pipe, "pipes" if in_main else "copies")
    metres = number(pipe, "length_m") if in_main else number(pipe, "length_km") * 1000
    state = flow_state(facts.case, size, resource, flow / pipes) if size is not None and pipes > 0 else None
    if state is None:
        checks.fail(check, f"{label}: the case does not say enough for these figures")
        return
    if not in_main:
        checks.equal(check, f"{label}: flow at peak", flow, number(pipe, "peak_per_h"))
    efficiency = link.pump_efficiency.value if link.pump_efficiency else EFFICIENCY
    drop = state.gradient_pa_per_m * metres
    power = state.volume_m3_per_s * pipes * drop / efficiency / 1000 if efficiency > 0 else math.nan
    for column, expected in (
        ("velocity_m_per_s", state.velocity_m_per_s),
        ("pressure_drop_pa_per_m", state.gradient_pa_per_m),
        ("pressure_drop_bar", drop / 1e5),
        ("pump_power_kw", power),
    ):
        found = number(row, column)
        if not abs(found - expected) <= 1e-5 * abs(expected) + 1e-9 and (found == found or expected == expected):
            checks.fail(check, f"{label}: {column} is {found:.10g} in the tables, {expected:.10g} recomputed")
    _verdict(link, row, (state.velocity_m_per_s, state.gradient_pa_per_m), checks, check)


def _verdict(link: Link, row: Row, found: tuple[float, float], checks: Checks, check: str) -> None:
    limits = zip(found, (link.max_velocity, link.max_pressure_drop), strict=True)
    fails = any(limit is not None and x > limit.value * (1 + 2 * TOLERANCE) for x, limit in limits)
    if fails and word(row, "verdict") != "fails":
        checks.fail(check, f"{word(row, 'main')} in {word(row, 'stretch')}: called {word(row, 'verdict')}")


def _lost(facts: Facts, graph: CorridorGraph, network: Network, main: str) -> dict[str, float]:
    """What the pipes of a main lose in the hour of the peak [unit/h], half at each of their ends, by node."""
    lost = defaultdict[str, float](float)
    for row in (row for row in network.mains if word(row, "main") == main and number(row, "pipes") > 0):
        if facts.case.links[word(row, "link")].volume_loss is None:
            stretch = graph.stretches[word(row, "stretch")]
            at_peak = max((owed_per_hour(x, row, stretch) for x in facts.slices.values() or [facts]), key=abs)
        else:
            through = number(row, "through_per_yr")
            at_peak = number(row, "lost_per_yr") * number(row, "peak_per_h") / through if through > 0 else 0.0
        for node in (word(row, "from_node"), word(row, "to_node")):
            lost[node] += at_peak / 2
    return lost


def _merged(
    one: Mapping[str, str], rows: list[Row], lost: Mapping[str, float]
) -> tuple[list[Row], dict[str, float], dict[str, set[str]]]:
    """Rows and losses by nodes, what nothing is laid between being one; and the parts each node joins."""
    apart = joined((word(row, "from_node"), word(row, "to_node")) for row in rows)
    joins: dict[str, set[str]] = defaultdict(set)
    for node, part in apart.items():
        joins[one.get(node, node)].add(part)
    at = defaultdict[str, float](float)
    for node, amount in lost.items():
        at[one.get(node, node)] += amount
    ends = ("from_node", "to_node")
    return [{**row, **{end: one.get(word(row, end), word(row, end)) for end in ends}} for row in rows], at, joins


def _balance(
    graph: CorridorGraph,
    main: str,
    of: tuple[list[Row], list[Row], Mapping[str, float]],
    checks: Checks,
    check: str,
) -> None:
    """Check that the flows at peak go from sources to sinks, less what is lost; the smaller side is scaled to fit."""
    rows, users, lost = of
    one = as_one(graph)
    rows, lost, apart = _merged(one, rows, lost)
    parts = joined((word(row, "from_node"), word(row, "to_node")) for row in rows)
    into, out = defaultdict[str, float](float), defaultdict[str, float](float)
    yearly = sum(number(user, "lost_per_yr") for user in users)
    share = sum(lost.values()) / yearly if yearly else 0.0
    for user in users:
        peak, flow = number(user, "peak_per_h"), number(user, "flow_per_yr")
        p, q = (graph.places.get(str(user[end]), "") for end in ("from_place", "to_place"))
        p, q = one.get(p, p), one.get(q, q)
        if peak == peak and flow > 0:
            arriving = peak * (1 - number(user, "lost_per_yr") / flow)
            into[p] += arriving + share * number(user, "lost_per_yr")
            out[q] += arriving
    for part in set(parts.values()):
        inside = [node for node, root in parts.items() if root == part]
        here = [row for row in rows if parts[word(row, "from_node")] == part]
        if any(number(row, "flow_per_h") != number(row, "flow_per_h") for row in here):
            continue
        if len(set().union(*(apart[node] for node in inside))) > 1:
            continue  # a place joins parts that are solved each for itself
        given, taken = (sum(side[node] for node in inside) for side in (into, out))
        gone = sum(lost[node] for node in inside)
        arriving = max(taken, given - gone)
        whole = arriving + gone
        net = dict.fromkeys(inside, 0.0)
        if given and taken:
            net = {n: into[n] * whole / given - out[n] * arriving / taken - lost[n] for n in inside}
        for row in here:
            net[word(row, "from_node")] -= number(row, "flow_per_h")
            net[word(row, "to_node")] += number(row, "flow_per_h")
        for node, left in net.items():
            if not abs(left) <= PRECISION * whole + 1e-9:
                checks.fail(check, f"{main} at {node}: {left:g} an hour left over of {whole:g}")
