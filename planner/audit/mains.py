"""Checks of what flows in mains: balances at every node, losses, capacities, directions, who is connected."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from planner.audit.checks import ABSOLUTE, Checks, differs
from planner.audit.facts import Facts
from planner.audit.links import main_of, shared_hours
from planner.audit.main_flows import MainFlows, flows_of, possible_users
from planner.audit.network import (
    Network,
    grouped,
    in_ground,
    is_existing,
    number,
    owed_per_hour,
    sign,
    sized,
    word,
)
from planner.audit.reading import Row
from planner.audit.ways import as_one, joined
from planner.geography.distances import CorridorGraph, Stretch

#: What a pipe out of service has none of.
_NOTHING = ("flow_per_yr", "through_per_yr", "lost_per_yr", "peak_per_h", "capex", "capital_cost_per_yr", "cost_per_yr")


def check_mains(
    facts: Facts,
    graph: CorridorGraph,
    network: Network,
    exchanges: list[Row],
    checks: Checks,
    name: str,
    periods: Mapping[str, tuple[Facts, Network, list[Row]]] | None = None,
) -> None:
    """Check every main of a run; ``name`` is "plan" or "baseline". Peak rates are those of the worst of its periods."""
    check = f"{name}: pipes of mains lie where they may and carry what flows"
    balance = f"{name}: every main balances at every node"
    checks.start(check)
    checks.start(balance)
    parts = {t: flows_of(one, graph, lies.by_main(), rows) for t, (one, lies, rows) in (periods or {}).items()}
    for main, flows in flows_of(facts, graph, network.by_main(), exchanges).items():
        slices = [part[main] for part in parts.values()] or [flows]
        for period, part in parts.items():
            _amounts(part[main], checks.of(period), check)
        for row in flows.rows:
            _pipe(facts, flows.stretch(row), row, checks, check)
            if name == "baseline" and not is_existing(row):
                checks.fail(check, f"{main}: the baseline has a new pipe in {word(row, 'stretch')}")
        _losses(flows, slices, checks, check)
        _amounts(flows, checks, check)
        for stretch, rows in grouped(flows.rows, "stretch").items():
            _side_by_side(facts, graph.stretches[stretch], rows, checks, check)
            label, peak = f"{main} in {stretch}", sum(number(row, "peak_per_h") for row in rows)
            rates = [one.through[stretch] for one in slices]
            checks.at_most(check, f"{label}: least peak", max(one.least_peak for one in rates), peak)
            checks.at_most(check, f"{label}: largest peak", peak, max(one.most_peak for one in rates))
        _balance(flows, checks, balance)
        _connected(flows, checks, check)
    _out_of_service(facts, graph, network, checks, check)


def _amounts(flows: MainFlows, checks: Checks, check: str) -> None:
    """Check what flows in each stretch, both ways added, against the exchanges over it."""
    for stretch, flow in flows.through.items():
        label = f"{flows.main} in {stretch}"
        checks.at_most(check, f"{label}: least flow both ways", flow.least, flow.gross)
        checks.at_most(check, f"{label}: flow both ways", flow.gross, flow.most)


def _out_of_service(facts: Facts, graph: CorridorGraph, network: Network, checks: Checks, check: str) -> None:
    """Check that existing mains are listed wherever they lie, and that one out of service costs and carries nothing."""
    listed: dict[tuple[str, str], float] = defaultdict(float)
    for row in [*network.mains, *network.idle]:
        stretch = graph.stretches[word(row, "stretch")]
        if is_existing(row):
            for name in in_ground(facts, stretch, row):
                listed[name, word(row, "stretch")] += 1
    known = set(facts.case.mains().values())
    for name, pipe in facts.case.existing_mains.items():
        for at in (a for a, data in graph.stretches.items() if name in data.existing):
            if (pipe.link, pipe.resource) in known and listed[name, at] != 1:
                checks.fail(check, f"existing_mains.{name} in {at}: {listed[name, at]:g} rows of mains")
    for row in network.idle:
        label = f"{word(row, 'main')} in {word(row, 'stretch')}, out of service"
        for column in _NOTHING:
            checks.equal(check, f"{label}: {column}", number(row, column), 0.0)
        if not in_ground(facts, graph.stretches[word(row, "stretch")], row):
            checks.fail(check, f"{label}: no such pipe is in the ground there")


def _pipe(facts: Facts, stretch: Stretch, row: Row, checks: Checks, check: str) -> None:
    """Check one row: number, length, capacity, who pays."""
    resource, label = word(row, "resource"), f"{word(row, 'main')} in {word(row, 'stretch')}"
    pipes, capacity = number(row, "pipes"), number(row, "capacity_per_h")
    if not (pipes >= 1 and pipes.is_integer()):
        checks.fail(check, f"{label}: {pipes:g} pipes")
    checks.equal(check, f"{label}: length", number(row, "length_m"), stretch.length_m)
    if word(row, "unit") != facts.case.resources[resource].unit:
        checks.fail(check, f"{label}: counted in {word(row, 'unit')}")
    if word(row, "party") != (facts.case.links[word(row, "link")].owner or facts.case.park_company):
        checks.fail(check, f"{label}: {word(row, 'party')} does not pay for it")
    _direction(stretch, row, label, checks, check)
    if is_existing(row):
        found = in_ground(facts, stretch, row)
        if not found or pipes > 1:
            checks.fail(check, f"{label}: no such pipe is in the ground there")
        known = [facts.existing_capacity(x) for x in found]
        if known and all(math.isfinite(x) and differs(capacity, x) for x in known):
            checks.equal(check, f"{label}: capacity in place", capacity, known[0])
    else:
        _new(facts, row, label, checks, check)
    checks.at_most(check, f"{label}: peak", number(row, "peak_per_h"), capacity)


def _direction(stretch: Stretch, row: Row, label: str, checks: Checks, check: str) -> None:
    resource, flow, direction = word(row, "resource"), number(row, "flow_per_yr"), sign(row, stretch)
    if direction == 0:
        checks.fail(check, f"{label}: {word(row, 'from_node')} and {word(row, 'to_node')} are not its ends")
    if not flow >= -1e-6:
        checks.fail(check, f"{label}: flow {flow:g}")
    forward, backward = stretch.directions(resource)
    if not (forward or backward):
        checks.fail(check, f"{label}: {resource} may not run there")
    elif flow > ABSOLUTE and not (forward if direction > 0 else backward):
        checks.fail(check, f"{label}: {resource} may flow the other way only")


def _new(facts: Facts, row: Row, label: str, checks: Checks, check: str) -> None:
    """Check the capacity of a new pipe: that of its size, or within the range of a cost trend."""
    size, pipes, capacity = sized(facts, row), number(row, "pipes"), number(row, "capacity_per_h")
    if size is None:
        return  # a link without sizes carries any flow
    one = facts.capacity(word(row, "link"), size, word(row, "resource"))
    if size.investment_by_capacity is None:
        checks.equal(check, f"{label}: capacity", capacity, pipes * one)
        return
    least = size.least_capacity.value if size.least_capacity else 0.0
    checks.at_most(check, f"{label}: least capacity", pipes * least, capacity)
    if math.isfinite(one):
        checks.at_most(check, f"{label}: capacity", capacity, pipes * one)


def _side_by_side(facts: Facts, stretch: Stretch, rows: list[Row], checks: Checks, check: str) -> None:
    """Check all pipes of a main in one stretch together."""
    label = f"{word(rows[0], 'main')} in {word(rows[0], 'stretch')}"
    new = [row for row in rows if not is_existing(row)]
    most = float(facts.case.links[word(rows[0], "link")].parallel)
    checks.at_most(check, f"{label}: pipes side by side", sum(number(row, "pipes") for row in new), most)
    if len({word(row, "size") for row in new}) < len(new):
        checks.fail(check, f"{label}: a size is listed twice")
    if len({word(row, "from_node") for row in rows if number(row, "flow_per_yr") > ABSOLUTE}) > 1:
        checks.fail(check, f"{label}: flows both ways")
    in_place = [row for row in rows if is_existing(row)]
    if len(in_place) > len({x for row in in_place for x in in_ground(facts, stretch, row)}):
        checks.fail(check, f"{label}: a pipe in the ground is listed twice")


def _losses(flows: MainFlows, slices: Sequence[MainFlows], checks: Checks, check: str) -> None:
    """Check the loss in every stretch, in each period.

    Heat is lost in the longest shared hours of those who may use the main: at least those of who does, at most those
    of any two streams of its resource.
    """
    owing = any(one.owed for one in slices)
    possible = possible_users(flows.facts, *flows.facts.case.mains()[flows.main]) if owing else []
    for one in slices:
        hours = one.hours_of_losses
        if one.owed:
            users = (user for user in one.users if len(slices) == 1 or number(user, "flow_per_yr") > ABSOLUTE)
            used = max((shared_hours(one.facts, user) for user in users), default=0.0)
            longest = max((shared_hours(one.facts, user) for user in possible), default=0.0)
            checks.at_most(check, f"{flows.main}: hours of its losses", hours, longest)
            checks.at_most(check, f"{flows.main}: least hours of its losses", used, hours)
        for name, rows in grouped(one.rows, "stretch").items():
            stretch = flows.graph.stretches[name]
            owed = sum(owed_per_hour(one.facts, row, stretch) for row in rows) * hours
            lost, through = (sum(number(row, column) for row in rows) for column in ("lost_per_yr", "through_per_yr"))
            checks.equal(check, f"{flows.main} in {name}: loss", lost, (1.0 - flows.kept(stretch)) * through + owed)
        for row in one.rows if len(slices) == 1 else ():
            own = owed_per_hour(one.facts, row, flows.stretch(row)) * hours
            lost = (1.0 - flows.kept(flows.stretch(row))) * number(row, "through_per_yr") + own
            checks.equal(check, f"{flows.main} in {word(row, 'stretch')}: loss", number(row, "lost_per_yr"), lost)


def _balance(flows: MainFlows, checks: Checks, check: str) -> None:
    """Check that what comes to a node leaves it; heat is lost half at each end of a stretch."""
    net: dict[str, float] = defaultdict(float)
    one = as_one(flows.graph)
    for user in flows.users:
        leaving, lost = float(user["flow_per_yr"]), float(user["lost_per_yr"])
        for place, amount in ((str(user["from_place"]), leaving), (str(user["to_place"]), lost - leaving)):
            if place in flows.graph.places:
                node = flows.graph.places[place]
                net[one.get(node, node)] += amount
            else:
                checks.fail(check, f"{flows.main}: {place} is not on the corridors")
    for row in flows.rows:
        flow, lost = number(row, "flow_per_yr"), number(row, "lost_per_yr")
        share = 1.0 - flows.kept(flows.stretch(row))
        owed = lost - share * flow
        start, end = (one.get(node, node) for node in (word(row, "from_node"), word(row, "to_node")))
        net[start] -= flow + owed / 2
        net[end] += flow * (1.0 - share) - owed / 2
    scale = sum(float(user["flow_per_yr"]) for user in flows.users)
    for node, amount in net.items():
        checks.equal(check, f"{flows.main} at {node}: left over", amount, 0.0, scale)


def _connected(flows: MainFlows, checks: Checks, check: str) -> None:
    """Check that pipes join both ends of every exchange that sends anything through a main."""
    rows = ((word(row, "from_node"), word(row, "to_node")) for row in flows.rows)
    parts = joined([*rows, *as_one(flows.graph).items()])
    for user in flows.users:
        p, q = (flows.graph.places.get(str(user[end])) for end in ("from_place", "to_place"))
        if not float(user["flow_per_yr"]) > ABSOLUTE:
            continue  # it may be built and stand idle
        if p != q and (p is None or q is None or parts.get(p, p) != parts.get(q, q)):
            checks.fail(check, f"{user['exchange']}: no pipes of {main_of(user)} from {p} to {q}")
