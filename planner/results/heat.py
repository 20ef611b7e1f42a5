"""Heat by temperature: tables ``heat``, ``heat_recovery``, ``heat_targets`` and ``exergy`` of a run.

Loads are those of a period over the year [MWh/yr]. The targets say what physics allow: the least utilities of each
plant by itself, of the park by its media, and of all streams pooled, which no pipe delivers.
"""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from planner.heat.by_media import SitePlant, by_media
from planner.heat.of_case import process_heat_of
from planner.heat.pinch import Target, problem_table
from planner.heat.streams import HeatStream
from planner.heat.verify import least_alone
from planner.results.books import Books
from planner.results.columns import COLUMNS
from planner.results.exergy import exergy_rows
from planner.results.heat_run import NAN, PARK, Between, HeatOfRun, left
from planner.results.optional_tables import OF_HEAT

if TYPE_CHECKING:
    import pandas as pd

#: How the targets of the park are meant.
ALONE, MEDIA, POOLED = "each plant alone", "by media", "pooled, an upper bound that no pipe delivers"
#: Where there are forbidden matches, the least utilities are those of a transportation problem.
BARRED = "past its forbidden matches, without a loop of its own"
#: Accounts of heat recovery a year.
YEARLY = ("heat_recovery_capital", "heat_recovery_operation")


def heat_tables(books: Books) -> "dict[str, pd.DataFrame]":
    """Make the tables of heat of a run; empty where no plant states process streams.

    ``heat``: a row for each process stream and medium in each period; ``role`` is "process", "takes" or "gives",
    ``mean_mw`` the heat over the hours of the plant. ``heat_recovery``: heat that the process streams of a plant pass
    on, and what new exchangers cost. ``heat_targets``: least utilities by the problem table, shifted pinch
    temperatures, and what the run needs; ``how`` says of the park how they are meant. ``exergy``: given, taken and
    destroyed by plants, by exchanges between them, by converters, and by the whole park over its fence, with what goes
    over it; of what is taken, ``wasted`` goes into media that cool and are bought, or that are disposed of, and
    ``efficiency`` counts the rest. A loop that cools one plant and heats another delivers; ``how`` says the reference,
    or why the row of the park cannot be told.
    """
    import pandas as pd

    plants = {name: heat for name, heat in process_heat_of(books.case).items() if name in books.places()}
    run = HeatOfRun(books, plants)
    makers = (_heat, _recovery, _targets)
    rows = {name: list(maker(run)) if plants else [] for name, maker in zip(OF_HEAT, makers, strict=False)}
    rows["exergy"] = list(exergy_rows(run))
    return {name: pd.DataFrame(rows[name], columns=list(COLUMNS[name])) for name in OF_HEAT}


def _heat(run: HeatOfRun) -> Iterator[dict[str, Any]]:
    for plant, heat in run.plants.items():
        for state in run.states:
            hours = heat.hours[state]
            for name, stream in run.process(plant, state).items():
                yield _row((state, plant, name, "process"), (stream,), (NAN, "MWh"), stream.load, hours)
            for medium in heat.media.values():
                amount, unit = run.carried(plant, medium, state), run.books.case.resources[medium.resource].unit
                what = (state, plant, medium.name, medium.role)
                yield _row(what, medium.parts, (amount, unit), medium.heat * amount, hours)


def _row(
    what: tuple[str, str, str, str],
    parts: tuple[HeatStream, ...],
    amount: tuple[float, str],
    heat: float,
    hours: float,
) -> dict[str, Any]:
    first, last = parts[0], parts[-1]
    return {
        **dict(zip(("state", "plant", "stream", "role"), what, strict=True)),
        "kind": "hot" if first.hot else "cold",
        "from_degc": first.supply,
        "to_degc": last.target,
        "contribution_k": first.contribution,
        "amount_per_yr": amount[0],
        "unit": amount[1],
        "heat_mwh_per_yr": heat,
        "mean_mw": heat / hours if hours else 0.0,
    }


def _recovery(run: HeatOfRun) -> Iterator[dict[str, Any]]:
    for plant, heat in run.plants.items():
        recovered = {t: run.recovered(plant, t) for t in run.states}
        booked = [entry for entry in run.books.entries if entry.line.family == "duty" and entry.line.index == (plant,)]
        means = (amount / heat.hours[t] for t, amount in recovered.items() if heat.hours[t] > 0)
        largest, existing = max(means, default=0.0), run.books.assembly.instance.cascades[plant].existing
        yield {
            "plant": plant,
            "recovered_mwh_per_yr": sum(recovered.values()),
            "let_down_mwh_per_yr": sum(run.let_down(plant, t) for t in run.states),
            "largest_mw": largest,
            "existing_mw": existing,
            "new_mw": run.books.solution.value("duty", plant) if booked else max(0.0, largest - existing),
            "capex": sum(entry.amount for entry in booked if entry.line.account == "investment_heat_recovery"),
            "cost_per_yr": sum(entry.amount for entry in booked if entry.line.account in YEARLY),
        }


def _targets(run: HeatOfRun) -> Iterator[dict[str, Any]]:
    for state in run.states:
        process = {plant: run.process(plant, state) for plant in run.plants}
        targets = {p: least_alone(streams, run.plants[p].forbidden) for p, streams in process.items()}
        used = {p: (run.media_heat(p, True, state), run.media_heat(p, False, state)) for p in run.plants}
        recovered = {plant: run.recovered(plant, state) for plant in run.plants}
        for plant, target in targets.items():
            how = BARRED if run.plants[plant].forbidden else ""
            yield _target(state, plant, how, target, used[plant], recovered[plant])
        moved = [one for one in run.between if one.state == state]
        hot, cold = (math.fsum(one[n] for one in used.values()) for n in (0, 1))
        # of hot media, what plants take of each other; of media that cool, the other way round
        park = left(hot, _of(moved, True)), left(cold, _of(moved, False))
        whole = math.fsum(recovered.values())
        alone = [math.fsum(getattr(x, name) for x in targets.values()) for name in ("hot_utility", "cold_utility")]
        yield _line(state, PARK, ALONE, alone, "", park, whole)
        site = {
            p: SitePlant(
                streams, list(run.plants[p].media.values()), run.plants[p].forbidden, run.plants[p].hours[state]
            )
            for p, streams in process.items()
        }
        found = by_media(site)
        if found is not None:
            yield _line(state, PARK, MEDIA, [found.hot, found.cold], "", park, whole)
        pooled = problem_table(stream for streams in process.values() for stream in streams.values())
        yield _target(state, PARK, POOLED, pooled, park, whole)


def _of(moved: list[Between], hot: bool) -> float:
    """Heat that hot media give to plants, or cold ones take from them, of what goes between plants [MWh/yr]."""
    found = 0.0
    for one in moved:
        found += one.taker.heat * one.arriving if one.taker.hot == hot else 0.0
        found += one.giver.heat * one.leaving if one.giver.hot == hot else 0.0
    return found


def _target(
    state: str, of: str, how: str, target: Target, used: tuple[float, float], recovered: float
) -> dict[str, Any]:
    pinches = "; ".join(f"{x:.6g}" for x in target.pinches)
    return _line(state, of, how, [target.hot_utility, target.cold_utility], pinches, used, recovered)


def _line(
    state: str, of: str, how: str, least: list[float], pinches: str, used: tuple[float, float], recovered: float
) -> dict[str, Any]:
    return {
        "state": state,
        "of": of,
        "how": how or None,
        "least_hot_mwh_per_yr": least[0],
        "least_cold_mwh_per_yr": least[1],
        "pinch_degc": pinches or None,
        "hot_mwh_per_yr": used[0],
        "cold_mwh_per_yr": used[1],
        "recovered_mwh_per_yr": recovered,
    }
