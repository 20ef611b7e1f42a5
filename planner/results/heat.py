"""Heat by temperature: tables ``heat``, ``heat_recovery``, ``heat_targets`` and ``exergy`` of a run.

Loads are those of a period over the year [MWh/yr]. The targets say what physics allow: the least utilities of each
plant by itself, of the park by its media, and of all streams pooled, which no pipe delivers.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from planner.heat.by_media import SitePlant, by_media
from planner.heat.exergy import ExergyBalance, counted
from planner.heat.of_case import GIVES, PlantHeat, PlantMedium, process_heat_of
from planner.heat.pinch import Target, problem_table
from planner.heat.streams import HeatStream
from planner.heat.verify import least_alone, least_recovered
from planner.results.books import Books
from planner.results.columns import COLUMNS
from planner.results.converters import exergy_of_converters
from planner.results.flows import flows
from planner.results.optional_tables import OF_HEAT

if TYPE_CHECKING:
    import pandas as pd

NAN = float("nan")
#: A difference below this share of its parts is rounding.
ROUNDING = 1e-9
#: The same where it is of variables of a plan, whose balances hold within a tolerance.
ROUNDING_OF_PLANS = 1e-6
PARK = "park"
#: How the targets of the park are meant.
ALONE, MEDIA, POOLED = "each plant alone", "by media", "pooled, an upper bound that no pipe delivers"
#: Where there are forbidden matches, the least utilities are those of a transportation problem.
BARRED = "past its forbidden matches"
#: Accounts of heat recovery a year.
YEARLY = ("heat_recovery_capital", "heat_recovery_operation")


@dataclass(frozen=True)
class HeatOfRun:
    """Process heat of the plants that are there in a run.

    Attributes
    ----------
    plants
        Plant -> its process heat.
    """

    books: Books
    plants: Mapping[str, PlantHeat]

    @property
    def states(self) -> list[str]:
        """States in the order of the year."""
        return list(self.books.assembly.instance.states)

    def carried(self, plant: str, medium: PlantMedium, state: str) -> float:
        """What a plant takes or gives of a medium in a state [unit/yr]."""
        weight = self.books.assembly.instance.states[state].weight
        return weight * self.books.solution.value("medium", plant, medium.id, state)

    def process(self, plant: str, state: str) -> dict[str, HeatStream]:
        """Process streams with their heat in a state [MWh/yr]."""
        heat = self.plants[plant]
        amounts = heat.amounts()[state]
        return {name: replace(stream, load=amounts[name]) for name, stream in heat.streams.items()}

    def parts(self, plant: str, medium: PlantMedium, state: str) -> list[HeatStream]:
        """The streams of a medium with their heat in a state [MWh/yr]."""
        return scaled(medium, self.carried(plant, medium, state))

    def all_parts(self, plant: str, state: str) -> list[HeatStream]:
        """Process streams and media with their heat in a state [MWh/yr]."""
        media = self.plants[plant].media.values()
        found = list(self.process(plant, state).values())
        return found + [part for medium in media for part in self.parts(plant, medium, state)]

    def off(self, plant: str) -> list[HeatStream]:
        """What carries heat of a plant off for nobody, over all states: media that are bought or disposed of.

        A loop that cools a plant and heats another delivers heat.
        """
        found = []
        for state, data in self.books.assembly.instance.states.items():
            for medium in self.plants[plant].media.values():
                family, stream = "discharged" if medium.role == GIVES else "supplied", f"{plant} / {medium.name}"
                amount = data.weight * self.books.solution.value(family, stream, state)
                found += [] if medium.hot else scaled(medium, amount)
        return found

    def recovered(self, plant: str, state: str) -> float:
        """Least heat that process streams pass to process streams with the media of the plan [MWh/yr]."""
        heat, process = self.plants[plant], self.process(plant, state)
        media = {medium.id: self.parts(plant, medium, state) for medium in heat.media.values()}
        return least_recovered({**{n: [x] for n, x in process.items()}, **media}, process, heat.forbidden)

    def let_down(self, plant: str, state: str) -> float:
        """Heat that hot media then give to cold media: all but what cold process streams have of them [MWh/yr]."""
        needed = math.fsum(x.load for x in self.process(plant, state).values() if not x.hot)
        by_media = self.media_heat(plant, True, state)
        left = by_media + self.recovered(plant, state) - needed
        return left if left > ROUNDING_OF_PLANS * max(by_media, needed) else 0.0

    def media_heat(self, plant: str, hot: bool, state: str) -> float:
        """Heat that hot media give, or cold ones take [MWh/yr]."""
        media = [medium for medium in self.plants[plant].media.values() if medium.hot == hot]
        return math.fsum(medium.heat * self.carried(plant, medium, state) for medium in media)

    @cached_property
    def between(self) -> "list[Between]":
        """Exchanges from the media of a plant to those of another."""
        instance = self.books.assembly.instance
        found = []
        for flow in flows(self.books):
            exchange = instance.exchanges[flow.exchange]
            ends = instance.sources[exchange.source], instance.sinks[exchange.sink]
            if ends[0].medium is None or ends[1].medium is None:
                continue
            giver, taker = (self.plants[c].media[n] for c, n in (ends[0].medium, ends[1].medium))
            found.append(Between(flow.exchange, flow.state, giver, taker, flow.leaving, flow.replaced))
        return found


@dataclass(frozen=True)
class Between:
    """A medium that goes from the cascade of a plant to that of another, in a state.

    Attributes
    ----------
    leaving, arriving
        In the unit of the giver's and of the taker's medium [unit/yr].
    """

    exchange: str
    state: str
    giver: PlantMedium
    taker: PlantMedium
    leaving: float
    arriving: float


def scaled(medium: PlantMedium, amount: float) -> list[HeatStream]:
    """The streams of an amount of a medium, with their heat."""
    whole = math.fsum(part.load for part in medium.parts)
    return [replace(part, load=medium.heat * amount * part.load / whole) for part in medium.parts]


def heat_tables(books: Books) -> "dict[str, pd.DataFrame]":
    """Make the tables of heat of a run; empty where no plant states process streams.

    ``heat``: a row for each process stream and medium in each period; ``role`` is "process", "takes" or "gives",
    ``mean_mw`` the heat over the hours of the plant. ``heat_recovery``: heat that the process streams of a plant pass
    on, and what new exchangers cost. ``heat_targets``: least utilities by the problem table, shifted pinch
    temperatures, and what the run needs; ``how`` says of the park how they are meant. ``exergy``: given, taken and
    destroyed by plants, by exchanges between them and in the park, whose media between plants are left out, and by
    converters, which the park leaves out; of what is taken, ``wasted`` goes into media that cool and are bought, or
    that are disposed of, and ``efficiency`` counts the rest. A loop that cools one plant and heats another delivers.
    """
    import pandas as pd

    plants = {name: heat for name, heat in process_heat_of(books.case).items() if name in books.places()}
    run = HeatOfRun(books, plants)
    makers = (_heat, _recovery, _targets, _exergy)
    rows = {name: list(maker(run)) if plants else [] for name, maker in zip(OF_HEAT, makers, strict=True)}
    ambient = books.case.surroundings.value
    rows["exergy"] += [_worth(name, "converter", worth, ambient) for name, worth in exergy_of_converters(books)]
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
        park = _left(hot, _of(moved, True)), _left(cold, _of(moved, False))
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


def _left(whole: float, less: float) -> float:
    """A difference; 0 where it is rounding."""
    return whole - less if abs(whole - less) > ROUNDING * abs(whole) else 0.0


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


def _exergy(run: HeatOfRun) -> Iterator[dict[str, Any]]:
    """Exergy by plants, exchanges and park.

    More may come out of an exchange than went into it where a loop that cools is lost on the way: the pipe's losses
    then count as heat given to it.
    """
    ambient = run.books.case.surroundings.value
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
    given = _left(math.fsum(x.given for x in plants.values()), inside[0]) + math.fsum(beside.values())
    taken = _left(math.fsum(x.taken for x in plants.values()), inside[1])
    yield _worth(PARK, "park", (given, taken, math.fsum(wasted.values())), ambient)


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
