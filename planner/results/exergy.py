"""Table ``exergy``: what work the heat is worth that plants, exchanges, converters and the park give and take."""

import math
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from planner.heat.exergy import ExergyBalance, counted, summed
from planner.heat.exergy_of_media import medium_exergy
from planner.heat.of_case import GIVES, PlantMedium
from planner.results.books import Books
from planner.results.converters import converting, exergy_of_converters
from planner.results.exergy_of_park import ExergyOfPark
from planner.results.exergy_of_resources import exergy_in
from planner.results.flows import flows
from planner.results.heat_run import NAN, PARK, HeatOfRun

#: How the rows count.
OF_HEAT = "heat at its temperature; water and steam of media by h - T0 s between supply and return (IAPWS-IF97)"
OF_FLOWS = "flows of steam and water beside water of the surroundings: h - h0 - T0 (s - s0) (IAPWS-IF97)"
OF_PARK = "over the fence: heat and media as above, power 1, fuel exergy_factor x LHV (1 if not stated: assumption)"
UNTOLD = "cannot be told: "


def exergy_rows(run: HeatOfRun) -> Iterator[dict[str, Any]]:
    """Exergy by plants, exchanges, converters, and the park with its parts, where the case has media with levels.

    More may come out of an exchange than went into it where a loop that cools is lost on the way: the pipe's losses
    then count as heat given to it.
    """
    books = run.books
    ambient = books.case.surroundings.value
    yield from _of_plants(run, ambient)
    for name, (into, out) in _of_exchanges(books, ambient).items():
        yield _worth(name, "exchange", (max(into, out), out, 0.0), ambient)
    of_steam = {one.name for one in converting(books) if one.of_steam}
    for name, worth in exergy_of_converters(books):
        yield _worth(name, "converter", worth, ambient, OF_FLOWS if name in of_steam else OF_HEAT)
    if run.plants or any(data.heat is not None for data in books.case.resources.values()):
        yield from _of_park(run, ambient)


def _of_plants(run: HeatOfRun, ambient: float) -> Iterator[dict[str, Any]]:
    for plant, heat in run.plants.items():
        found = [counted([x for t in run.states for x in run.process(plant, t).values()], ambient)]
        wasted = 0.0
        for medium in heat.media.values():
            amount = sum(run.carried(plant, medium, t) for t in run.states)
            found.append(_of_medium(run, medium, amount, ambient))
            wasted += _of_medium(run, medium, run.off(plant, medium), ambient).taken
        whole = summed(found)
        yield _worth(plant, "plant", (whole.given, whole.taken, wasted), ambient)


def _of_medium(run: HeatOfRun, medium: PlantMedium, amount: float, ambient: float) -> ExergyBalance:
    level = run.books.case.resources[medium.resource].heat
    assert level is not None
    return medium_exergy(level, medium.role == GIVES, medium.heat * max(0.0, amount), ambient)


def _of_exchanges(books: Books, ambient: float) -> dict[str, tuple[float, float]]:
    """Exchange of media with levels between two sites, or cascades -> exergy put in and taken out [MWh/yr]."""
    instance, ends = books.assembly.instance, defaultdict[str, list[ExergyBalance]](list)
    for flow in flows(books):
        exchange, facts = instance.exchanges[flow.exchange], books.assembly.exchanges[flow.exchange]
        cascades = instance.sources[exchange.source].medium, instance.sinks[exchange.sink].medium
        resources = books.case.resources[facts.resource], books.case.resources[facts.replaces]
        if (exchange.own and None in cascades) or any(data.heat is None for data in resources):
            continue
        made, used = (
            exergy_in(data, n == 0, (flow.leaving, flow.replaced)[n], ambient) for n, data in enumerate(resources)
        )
        if made is not None and used is not None:
            ends[flow.exchange] += [made, used]
    found = {name: summed(parts) for name, parts in ends.items()}
    return {name: (one.taken, one.given) for name, one in found.items()}


def _of_park(run: HeatOfRun, ambient: float) -> Iterator[dict[str, Any]]:
    """The park, and before it what goes over its fence; empty, with the reason, where it cannot be told."""
    park = ExergyOfPark(run)
    parts = park.parts()
    if park.why_not:
        why = UNTOLD + "; ".join(sorted(park.why_not))
        yield _worth(PARK, "park", (NAN, NAN, NAN), ambient, why)
        return
    for (part, name), amounts in parts.items():
        row = _worth(name, f"park: {part}", amounts, ambient, OF_PARK)
        yield row | {"destroyed_mwh_per_yr": NAN, "efficiency": NAN}
    given, taken, wasted = (math.fsum(amounts[n] for amounts in parts.values()) for n in range(3))
    yield _worth(PARK, "park", (given, taken, wasted), ambient, OF_PARK)


def _worth(
    of: str, kind: str, amounts: tuple[float, float, float], ambient: float, how: str = OF_HEAT
) -> dict[str, Any]:
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
        "how": how,
    }
