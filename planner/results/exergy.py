"""Table ``exergy``: what work the heat is worth that plants, exchanges, converters and the park give and take."""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from planner.case.case import Case
from planner.heat.exergy import ExergyBalance, counted
from planner.heat.levels import given as given_parts
from planner.heat.levels import raised_per_taken
from planner.heat.levels import taken as taken_parts
from planner.heat.streams import HeatStream
from planner.results.books import Books
from planner.results.converters import exergy_of_converters
from planner.results.flows import flows
from planner.results.heat_run import NAN, PARK, HeatOfRun, left, scaled


def exergy_rows(run: HeatOfRun) -> Iterator[dict[str, Any]]:
    """Exergy by plants, exchanges, park and converters.

    More may come out of an exchange than went into it where a loop that cools is lost on the way: the pipe's losses
    then count as heat given to it.
    """
    ambient = run.books.case.surroundings.value
    yield from _of_plants(run, ambient) if run.plants else ()
    for name, (into, out) in _by_levels(run.books, ambient).items():
        yield _worth(name, "exchange", (max(into, out), out, 0.0), ambient)
    for name, worth in exergy_of_converters(run.books):
        yield _worth(name, "converter", worth, ambient)


def _of_plants(run: HeatOfRun, ambient: float) -> Iterator[dict[str, Any]]:
    plants = {p: counted([x for t in run.states for x in run.all_parts(p, t)], ambient) for p in run.plants}
    ways: dict[str, list[ExergyBalance]] = {}
    for one in run.between:
        ends = [*scaled(one.giver, one.leaving), *scaled(one.taker, one.arriving)]
        ways.setdefault(one.exchange, []).append(counted(ends, ambient))
    wasted = {plant: counted(run.off(plant), ambient).taken for plant in run.plants}
    for plant, found in plants.items():
        yield _worth(plant, "plant", (found.given, found.taken, wasted[plant]), ambient)
    carried = {name: (sum(x.given for x in by), sum(x.taken for x in by)) for name, by in ways.items()}
    beside = {name: max(0.0, out - into) for name, (out, into) in carried.items()}
    for name, (out, into) in carried.items():  # what plants take from a medium, what they put into it
        yield _worth(name, "exchange", (into + beside[name], out, 0.0), ambient)
    inside = math.fsum(out for out, _ in carried.values()), math.fsum(into for _, into in carried.values())
    given = left(math.fsum(x.given for x in plants.values()), inside[0]) + math.fsum(beside.values())
    taken = left(math.fsum(x.taken for x in plants.values()), inside[1])
    yield _worth(PARK, "park", (given, taken, math.fsum(wasted.values())), ambient)


def _by_levels(books: Books, ambient: float) -> dict[str, tuple[float, float]]:
    """Exchange of media that are not both of a cascade -> exergy put in and taken out, by their levels [MWh/yr]."""
    instance, ends = books.assembly.instance, dict[str, list[HeatStream]]()
    for flow in flows(books):
        exchange, facts = instance.exchanges[flow.exchange], books.assembly.exchanges[flow.exchange]
        cascades = [instance.sources[exchange.source].medium, instance.sinks[exchange.sink].medium]
        if exchange.own or None not in cascades:
            continue
        made = _by_level(books.case, facts.resource, True, flow.leaving)
        used = _by_level(books.case, facts.replaces, False, flow.replaced)
        if made and used:
            ends.setdefault(flow.exchange, []).extend((*made, *used))
    found = {name: counted(parts, ambient) for name, parts in ends.items()}
    return {name: (one.taken, one.given) for name, one in found.items()}


def _by_level(case: Case, resource: str, given: bool, amount: float) -> list[HeatStream]:
    """The streams of an amount of a medium where it is made, or taken, with their heat [MWh/yr]; none without level."""
    level, energy = case.resources[resource].heat, case.resources[resource].content("MWh")
    if level is None or not energy:
        return []
    heat = amount * energy * (raised_per_taken(level) if given else 1.0)
    parts = given_parts(level, "") if given else taken_parts(level, "")
    whole = math.fsum(part.load for part in parts)
    return [replace(part, load=heat * part.load / whole) for part in parts]


def _worth(of: str, kind: str, amounts: tuple[float, float, float], ambient: float) -> dict[str, Any]:
    given, taken, wasted = amounts
    return {
        "of": of,
        "kind": kind,
        "given_mwh_per_yr": given,
        "taken_mwh_per_yr": taken,
        "destroyed_mwh_per_yr": given - taken,
        "wasted_mwh_per_yr": wasted,
        "efficiency": (taken - wasted) / given if given > 0 else NAN,
        "surroundings_degc": ambient,
    }
