"""Checks of temperatures in mains: flows balance at every node, and waters cool and mix as the rows say.

The table is taken at its word where something is taken; from that follow the flows back to the givers, and from these
the temperatures again.
"""

import math
from collections import defaultdict
from collections.abc import Mapping

from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.flows import Run
from planner.audit.links import shared_hours
from planner.audit.network import grouped, kept, number, sized, word
from planner.audit.pipe_heat import counted_watts, ends, ground, lets_through, lost_per_metre
from planner.audit.reading import Row
from planner.audit.ways import as_one
from planner.case.heat import HeatLevel
from planner.geography.distances import CorridorGraph

#: By so much a temperature may differ [K], a balance by this share of the largest flow.
TOLERANCE_K, ROUNDING = 1e-3, 1e-4
#: Amounts below this are rounding.
NEGLIGIBLE = 1e-6
Where = tuple[Checks, str]


def check_main(facts: Facts, graph: CorridorGraph, run: Run, rows: list[Row], where: Where) -> list[Row]:
    """Check the rows of a main in a period; return those of exchanges and stretches whose level is to be looked at."""
    main = word(rows[0], "main")
    laid = grouped([row for row in run.network.mains if word(row, "main") == main], "stretch")
    pipes = [row for row in rows if word(row, "stretch") in laid and word(row, "stretch") in graph.stretches]
    users = [row for row in rows if word(row, "exchange")]
    level = facts.case.resources[facts.case.mains()[main][1]].heat
    if level is None:
        where[0].fail(where[1], f"{main}: carries nothing whose temperature is known")
        return []
    through = {
        word(row, "stretch"): _pipe(facts, graph, level, row, laid[word(row, "stretch")], where) for row in pipes
    }
    moved = _moved(facts, run, users, where)
    _shared(pipes, moved, where)
    nodes = as_one(graph)
    flows = {word(row, "stretch"): (_end(nodes, row, "from_node"), _end(nodes, row, "to_node")) for row in pipes}
    hours = _hours(pipes, flows, moved, (graph, nodes))
    if not math.isnan(hours):
        _balance(graph, nodes, (pipes, flows, moved), hours, facts, laid, where)
    known = all(number(row, "arrives_degc") == number(row, "arrives_degc") for row in users)
    if level.steam is None and known:
        _mix(facts, graph, level, (pipes, flows, moved, through), nodes, where)
    return users


def _end(nodes: Mapping[str, str], row: Row, column: str) -> str:
    return nodes.get(word(row, column), word(row, column))


def _pipe(facts: Facts, graph: CorridorGraph, level: HeatLevel, row: Row, laid: list[Row], where: Where) -> float:
    """Check what the pipes of a stretch lose; return what their supply pipes let through [W/m/K]."""
    checks, check = where
    around, supply, loss, units = ground(facts), 0.0, 0.0, 0.0
    for one in laid:
        size, count = sized(facts, one), number(one, "pipes")
        found = lets_through(size)
        if found is None:
            spans = sum(abs(t - around) for t in ends(level))
            stated = size.loss.value / spans if size is not None and size.loss and spans else 0.0
            found = stated, stated
        supply += count * found[0]
        loss += count * counted_watts(facts, size, word(row, "resource"))
        units += count * lost_per_metre(facts, size, word(row, "resource"))
    stretch = graph.stretches[word(row, "stretch")]
    label = f"{word(row, 'main')} in {word(row, 'stretch')}"
    leaked = 1.0 - kept(facts.case.links[word(row, "link")], stretch)
    lost = sum(number(one, "lost_per_yr") - leaked * number(one, "through_per_yr") for one in laid)
    for column, expected in (
        ("length_km", stretch.length_m / 1000),
        ("ground_degc", around),
        ("loss_w_per_m", loss),
        ("lost_mwh_per_yr", lost * loss / units / 1e6 if units else 0.0),
    ):
        checks.equal(check, f"{label}: {column}", number(row, column), expected)
    return supply


def _moved(facts: Facts, run: Run, users: list[Row], where: Where) -> list[tuple[Row, Row, float, float]]:
    """(Row, row of the exchanges, what leaves, what arrives) of each exchange over the main."""
    checks, check = where
    found = []
    for row in users:
        same = [x for x in run.exchanges if word(x, "exchange") == word(row, "exchange")]
        of = [x for x in same if word(x, "main") == word(row, "main")]
        if not of:
            checks.fail(check, f"{word(row, 'exchange')} does not use {word(row, 'main')}")
            continue
        leaving, lost = float(of[0]["flow_per_yr"]), float(of[0]["lost_per_yr"])
        label = word(row, "exchange")
        checks.equal(check, f"{label}: length", number(row, "length_km"), float(of[0]["length_km"]))
        checks.equal(check, f"{label}: ground", number(row, "ground_degc"), ground(facts))
        flow = number(row, "flow_per_h") * shared_hours(facts, of[0])
        checks.equal(check, f"{label}: flow", flow, leaving)
        found.append((row, of[0], leaving, leaving - lost))
    return found


def _shared(pipes: list[Row], moved: list[tuple[Row, Row, float, float]], where: Where) -> None:
    """Check that the heat lost by the pipes is that lost by the exchanges, each by its share of what is lost."""
    heat = sum(number(row, "lost_mwh_per_yr") for row in pipes)
    every = sum(leaving - arriving for _, _, leaving, arriving in moved)
    for row, _, leaving, arriving in moved:
        due = heat * (leaving - arriving) / every if abs(every) > NEGLIGIBLE else 0.0
        where[0].equal(where[1], f"{word(row, 'exchange')}: lost", number(row, "lost_mwh_per_yr"), due, heat)


def _hours(
    pipes: list[Row],
    flows: Mapping[str, tuple[str, str]],
    moved: list[tuple[Row, Row, float, float]],
    at: tuple[CorridorGraph, Mapping[str, str]],
) -> float:
    """Hours in which the main is in service, as its losses or else its flows tell; not a number where none does."""
    lost = sum(number(row, "lost_mwh_per_yr") for row in pipes)
    rate = sum(number(row, "loss_w_per_m") * number(row, "length_km") * 1000 / 1e6 for row in pipes)
    if rate * lost > 0:
        return lost / rate
    hourly: dict[str, float] = defaultdict(float)
    yearly: dict[str, float] = defaultdict(float)
    for row in pipes:
        for node, sign in zip(flows[word(row, "stretch")], (1, -1), strict=True):
            hourly[node] += sign * number(row, "flow_per_h")
    for _, exchange, leaving, arriving in moved:
        for node, amount in zip(_nodes(exchange, at), (leaving, -arriving), strict=True):
            yearly[node] += amount
    flowing = sum(map(abs, hourly.values()))
    return sum(map(abs, yearly.values())) / flowing if flowing > 0 else math.nan


def _nodes(exchange: Row, at: tuple[CorridorGraph, Mapping[str, str]]) -> tuple[str, str]:
    """Nodes of the giver and of the taker of an exchange."""
    graph, nodes = at
    first, last = (graph.places.get(str(exchange[column]), "") for column in ("from_place", "to_place"))
    return nodes.get(first, first), nodes.get(last, last)


def _balance(
    graph: CorridorGraph,
    nodes: Mapping[str, str],
    of: tuple[list[Row], dict[str, tuple[str, str]], list[tuple[Row, Row, float, float]]],
    hours: float,
    facts: Facts,
    laid: Mapping[str, list[Row]],
    where: Where,
) -> None:
    """Check that what comes to a node leaves it, losses half at each end of a stretch."""
    pipes, flows, moved = of
    net: dict[str, float] = defaultdict(float)
    most = 0.0
    for row in pipes:
        flow, stretch = number(row, "flow_per_h") * hours, word(row, "stretch")
        for node, amount in zip(flows[stretch], (-flow, flow), strict=True):
            net[node] += amount - sum(number(one, "lost_per_yr") for one in laid[stretch]) / 2
        gross = sum(number(one, "through_per_yr") for one in laid[stretch])
        where[0].at_most(where[1], f"{word(row, 'main')} in {stretch}: flow", flow, gross)
        most = max(most, flow)
    for _, exchange, leaving, arriving in moved:
        for node, amount in zip(_nodes(exchange, (graph, nodes)), (leaving, -arriving), strict=True):
            net[node] += amount
    leaks = any(kept(facts.case.links[word(row, "link")], graph.stretches[word(row, "stretch")]) < 1.0 for row in pipes)
    for node, amount in net.items() if not leaks else ():
        if abs(amount) > ROUNDING * most + 1e-3:
            where[0].fail(where[1], f"at {node}: {amount:.6g} a year more flows in than out, by the table")


def _mix(
    facts: Facts,
    graph: CorridorGraph,
    level: HeatLevel,
    of: tuple[list[Row], dict[str, tuple[str, str]], list[tuple[Row, Row, float, float]], dict[str, float]],
    nodes: Mapping[str, str],
    where: Where,
) -> None:
    """Check temperatures from the takers back, and from the givers on."""
    pipes, flows, moved, through = of
    start, back = ends(level)
    stated = None if level.arrives is None else level.arrives.supply
    least = (start + back) / 2 if stated is None else stated.value
    hours = _hours(pipes, flows, moved, (graph, nodes))
    hours = 8760.0 if math.isnan(hours) else hours  # nothing flows: nothing cools either
    needed: dict[str, float] = defaultdict(float)
    given: dict[str, float] = defaultdict(float)
    told: dict[str, float] = {}
    for row, exchange, leaving, arriving in moved:
        first, last = _nodes(exchange, (graph, nodes))
        if exchange["from_place"] == exchange["to_place"]:
            continue
        energy = (facts.content(word(row, "resource"), "MWh") or math.nan) * 1e6 / hours
        told[last] = number(row, "arrives_degc")
        needed[last] += arriving * energy / max(abs(told[last] - back), abs(least - back))
        given[first] += leaving / hours
    largest = max((number(row, "flow_per_h") for row in pipes), default=0.0)
    moving = {word(row, "stretch"): row for row in pipes if number(row, "flow_per_h") > 1e-9 * largest}
    order = _order({name: flows[name] for name in moving}, {*needed, *given})
    flow: dict[str, float] = {}
    sent: dict[str, float] = {}
    for node in reversed(order):
        into = [name for name in moving if flows[name][1] == node]
        whole = given[node] + sum(number(moving[name], "flow_per_h") for name in into)
        sent[node] = needed[node] * given[node] / whole if whole > 0 else 0.0
        for name in into:
            flow[name] = needed[node] * number(moving[name], "flow_per_h") / whole
            needed[flows[name][0]] += flow[name]
    at = dict.fromkeys(order, start)
    for node in order:
        heat, whole = sent[node] * start, sent[node]
        for name in (name for name in moving if flows[name][1] == node):
            metres = graph.stretches[name].length_m
            left = math.exp(-through[name] * metres / flow[name]) if flow[name] > 0 else 0.0
            end = ground(facts) + (at[flows[name][0]] - ground(facts)) * left
            _same(f"{word(moving[name], 'main')} in {name}", number(moving[name], "arrives_degc"), end, where)
            heat, whole = heat + flow[name] * end, whole + flow[name]
        at[node] = heat / whole if whole > 0 else at[node]
        if node in told:
            _same(f"{word(pipes[0], 'main') if pipes else 'main'} at {node}", told[node], at[node], where)


def _same(label: str, found: float, expected: float, where: Where) -> None:
    if not abs(found - expected) <= TOLERANCE_K + 1e-5 * abs(expected):
        where[0].fail(where[1], f"{label}: {found:.8g} degC in the tables, {expected:.8g} recomputed")


def _order(flows: Mapping[str, tuple[str, str]], nodes: set[str]) -> list[str]:
    """Nodes in the direction of the flow; what flows in a circle is left out."""
    left = nodes | {node for both in flows.values() for node in both}
    found: list[str] = []
    while left:
        ready = sorted(v for v in left if not any(head == v and tail in left for tail, head in flows.values()))
        if not ready:
            break
        found += ready
        left -= set(ready)
    return found
