"""Process heat of the plants of a run, as a plan has it: loads, media, and what goes between plants."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from planner.heat.of_case import GIVES, PlantHeat, PlantMedium
from planner.heat.streams import HeatStream
from planner.heat.verify import least_recovered
from planner.results.books import Books
from planner.results.flows import flows

NAN = float("nan")
#: A difference below this share of its parts is rounding.
ROUNDING = 1e-9
#: The same where it is of variables of a plan, whose balances hold within a tolerance.
ROUNDING_OF_PLANS = 1e-6
PARK = "park"


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

    def off(self, plant: str, medium: PlantMedium) -> float:
        """Amount of a medium by which heat of a plant is carried off for nobody: bought, or disposed of [unit/yr].

        A loop that cools a plant and heats another delivers heat.
        """
        family, stream = "discharged" if medium.role == GIVES else "supplied", f"{plant} / {medium.name}"
        states = self.books.assembly.instance.states.items()
        amount = math.fsum(data.weight * self.books.solution.value(family, stream, t) for t, data in states)
        return 0.0 if medium.hot else amount

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


def left(whole: float, less: float) -> float:
    """A difference; 0 where it is rounding."""
    return whole - less if abs(whole - less) > ROUNDING * abs(whole) else 0.0
