"""Checks of what lies in the corridors: pipes of exchanges and their ways, trenches, rules on neighbours in them."""

import math
from collections import defaultdict

from planner.audit.checks import Checks, differs
from planner.audit.facts import Facts
from planner.audit.flows import Run
from planner.audit.links import follows_stretches, one_of, resource_of, route_of, size_of
from planner.audit.network import Network, grouped, in_trench, may_be_buried, number, sign, word
from planner.audit.reading import Row
from planner.audit.ways import Ways
from planner.case.lists import listed
from planner.geography.distances import CorridorGraph, Distances, Route, Stretch


def check_trenches(facts: Facts, distances: Distances, run: Run, checks: Checks, name: str) -> None:
    """Check pipe runs and trenches of a run; ``name`` is "plan" or "baseline"."""
    graph = distances.graph
    if graph is None:
        return
    check = f"{name}: pipes of exchanges follow one way along the corridors"
    checks.start(check)
    known = _ways(facts, distances, run, checks, check)
    check = f"{name}: what lies in each stretch"
    checks.start(check)
    _pipes_of_mains(run.network, graph, checks, check)
    for row in run.network.runs:
        _run(facts, graph.stretches[word(row, "stretch")], row, known, checks, check)
    buried = [row for row in run.network.runs if may_be_buried(facts, row)]  # what lies on a rack takes no room
    for stretch, rows in grouped(buried, "stretch").items():
        _room(facts, graph.stretches[stretch], stretch, rows, checks, check)
    check = f"{name}: every pipe that needs a trench has one, and every trench a pipe"
    checks.start(check)
    _trenches(facts, graph, run, checks, check)


def _ways(facts: Facts, distances: Distances, run: Run, checks: Checks, check: str) -> set[str]:
    """Check the ways of pipes in trenches; return the carriers that an exchange and a main account for."""
    known: set[str] = set()
    pipes: dict[str, float] = defaultdict(float)
    for row in run.exchanges:
        if follows_stretches(facts, row):
            known |= _way(facts, distances, run, row, checks, check)
            pipes[str(row["exchange"])] += float(row["copies"])
    for exchange, copies in pipes.items():
        listed = len(run.network.carriers(exchange))
        if listed not in (copies, 0):  # none: at one place, see _at_one_place
            checks.fail(check, f"{exchange}: {copies:g} pipes, {listed} of them lie in the corridors")
    return known


def _way(facts: Facts, distances: Distances, run: Run, row: Row, checks: Checks, check: str) -> set[str]:
    """Check the pipe, or pipes, that one row of the exchanges table tells of."""
    assert distances.graph is not None
    ways, label, resource = Ways(distances.graph), str(row["exchange"]), resource_of(facts, row)
    ends = str(row["from_place"]), str(row["to_place"])
    carriers = {
        name: rows
        for name, rows in run.network.carriers(label).items()
        if {word(one, "size") for one in rows} == {size_of(row) or ""}
    }
    if not carriers and (ends[0] == ends[1] or _meet(distances.graph, *ends)):
        _at_one_place(facts, distances, row, checks, check)
        return set()
    if len(carriers) != float(row["copies"]) or not set(ends) <= distances.graph.places.keys():
        checks.fail(check, f"{label}: its pipes do not lie in the corridors")
        return set(carriers)
    length = civil = 0.0
    shortest = ways.shortest(resource, *ends)
    for name, rows in carriers.items():
        way, wrong = ways.follow(*ends, [(word(one, "stretch"), word(one, "direction")) for one in rows])
        if way is None:
            checks.fail(check, f"{name}: no way from {ends[0]} to {ends[1]}: {wrong}")
            return set(carriers)
        length, civil = length + way.length_m, civil + way.civil_length_m
        _extent(facts, row, way.length_m, shortest.length_m if shortest else float("nan"), checks, check)
    copies, found = len(carriers), float(row["length_km"])
    checks.equal(check, f"{label}: length in km", found, length / copies / 1000)
    either = (length / copies / 1000, civil / copies / 1000)
    one_of(checks, check, f"{label}: cost length in km", float(row["cost_length_km"]), either)
    return set(carriers)


def _meet(graph: CorridorGraph, p: str, q: str) -> bool:
    """Tell whether two places are on the network at one node, so that nothing lies between them."""
    return {p, q} <= graph.places.keys() and not graph.spots(p).isdisjoint(graph.spots(q))


def _extent(facts: Facts, row: Row, length: float, shortest: float, checks: Checks, check: str) -> None:
    """Check the length of a pipe against the shortest and the longest it may have [m]."""
    link, label = facts.case.links[str(row["link"])], str(row["exchange"])
    by_length = bool(link.cost or link.co2e or link.uses or (link.volume_loss and link.volume_loss.value))
    if differs(length, shortest) and (by_length or not length > shortest):
        checks.fail(check, f"{label}: its way has {length:.10g} m, the shortest {shortest:.10g} m")
    if link.max_length is not None:
        checks.at_most(check, f"{label}: length in m", length, link.max_length.value)


def _at_one_place(facts: Facts, distances: Distances, row: Row, checks: Checks, check: str) -> None:
    """Check the length of a pipe that needs no corridor: that of its own route between two tenants of one plot.

    Places that meet on the network have none between them.
    """
    route = route_of(facts, distances, row) if row["from_place"] == row["to_place"] else Route(0.0, 0.0)
    detour = facts.case.links[str(row["link"])].detour.value
    for column, metres in (
        ("length_km", route.length_m if route else math.nan),
        ("cost_length_km", route.cost_length_m if route else math.nan),
    ):
        checks.equal(check, f"{row['exchange']}: {column}", float(row[column]), metres * detour / 1000)


def _pipes_of_mains(network: Network, graph: CorridorGraph, checks: Checks, check: str) -> None:
    """Check that the tables of mains and of pipe runs tell of the same pipes."""
    mains = {word(row, "main") for row in network.mains}
    laid = grouped(network.mains, "main", "stretch", "size", "existing")
    lying = [row for row in network.runs if word(row, "carrier") in mains]
    runs = grouped(lying, "carrier", "stretch", "size", "existing")
    for key in sorted(laid.keys() ^ runs.keys()):
        checks.fail(check, f"{key.replace('|', ', ')}: in only one of the tables of mains and of pipe runs")
    for key in laid.keys() & runs.keys():
        one, other = laid[key][0], runs[key][0]
        if {word(row, "resource") for row in laid[key]} != {word(row, "resource") for row in runs[key]}:
            checks.fail(check, f"{key.replace('|', ', ')}: the tables tell of different resources")
        counts = [sum(number(row, "pipes") for row in rows[key]) for rows in (runs, laid)]
        checks.equal(check, f"{key.replace('|', ', ')}: pipes", *counts)
        direction = {1: "+", -1: "-"}.get(sign(one, graph.stretches[word(one, "stretch")]), "")
        if number(one, "flow_per_yr") > 1e-4 and word(other, "direction") != direction:
            checks.fail(check, f"{key.replace('|', ', ')}: it flows the other way")


def _run(facts: Facts, stretch: Stretch, row: Row, known: set[str], checks: Checks, check: str) -> None:
    """Check one row of the pipe runs."""
    carrier, resource = word(row, "carrier"), word(row, "resource")
    label = f"{carrier} in {word(row, 'stretch')}"
    checks.equal(check, f"{label}: length", number(row, "length_m"), stretch.length_m)
    forward, backward = stretch.directions(resource)
    if carrier in facts.case.mains():
        return  # looked at with the main
    if carrier not in known or bool(row.get("existing")):
        checks.fail(check, f"{label}: no exchange has such a pipe")
    if number(row, "pipes") != 1:
        checks.fail(check, f"{label}: {row['pipes']} pipes")
    if not {"+": forward, "-": backward}.get(word(row, "direction"), False):
        checks.fail(check, f"{label}: {resource} may not run there, or not that way")


def _room(facts: Facts, stretch: Stretch, name: str, rows: list[Row], checks: Checks, check: str) -> None:
    """Check the number of pipes in a stretch, and what may not lie together."""
    trenches = facts.case.trenches
    most = stretch.max_pipes
    if most is None and trenches is not None:
        most = trenches.max_pipes
    if most is not None:
        checks.at_most(check, f"{name}: pipes", sum(number(row, "pipes") for row in rows), float(most))
    there = {word(row, "resource") for row in rows}
    for one, other in trenches.apart if trenches is not None else ():
        if one != other and {one, other} <= there:
            checks.fail(check, f"{name}: {one} and {other} may not lie in one trench")


def _trenches(facts: Facts, graph: CorridorGraph, run: Run, checks: Checks, check: str) -> None:
    case, rows = facts.case, grouped(run.network.trenches, "stretch")
    lying = grouped(run.network.runs, "stretch")
    new = {name for name, pipes in lying.items() if any(in_trench(facts, pipe) for pipe in pipes)}
    shared = case.trenches is not None and case.trenches.shared
    for name in sorted(new - rows.keys()) if shared else ():
        checks.fail(check, f"{name}: a pipe lies there without a trench")
    for name, same in rows.items():
        if name not in lying or case.trenches is None:
            checks.fail(check, f"{name}: a trench without a pipe")
            continue
        if len(same) > 1:
            checks.fail(check, f"{name}: a trench is listed twice")
        _trench(facts, graph.stretches[name], same[0], (lying[name], name in new), checks, check)


def _trench(
    facts: Facts, stretch: Stretch, row: Row, there: tuple[list[Row], bool], checks: Checks, check: str
) -> None:
    """Check what a row says of a trench besides its money."""
    pipes, new = there
    name = word(row, "stretch")
    checks.equal(check, f"{name}: length", number(row, "length_m"), stretch.length_m)
    checks.equal(check, f"{name}: cost length", number(row, "cost_length_m"), stretch.civil_length_m)
    buried = [pipe for pipe in pipes if in_trench(facts, pipe)]  # one that was there lies in the ground already
    checks.equal(check, f"{name}: pipes", number(row, "pipes"), sum(number(pipe, "pipes") for pipe in buried))
    checks.equal(check, f"{name}: crossings", number(row, "crossings"), sum(stretch.charges.values()))
    if new and word(row, "trench") != stretch.trench:
        checks.fail(check, f"{name}: the trench is {stretch.trench}, the table says {word(row, 'trench')}")
    carried = {word(pipe, "resource") for pipe in buried}
    if set(listed(word(row, "resources"), carried)) != carried:
        checks.fail(check, f"{name}: {word(row, 'resources')} is not what lies there")
    trenches = facts.case.trenches
    payers = {trenches.owner if trenches is not None and trenches.owner else facts.case.park_company}
    if trenches is not None and not trenches.shared and trenches.owner is None:  # then each main's owner pays its own
        payers |= {facts.case.links[link].owner or facts.case.park_company for link, _ in facts.case.mains().values()}
    if not set(listed(word(row, "party"), payers)) <= payers:
        checks.fail(check, f"{name}: {word(row, 'party')} does not pay for trenches")
