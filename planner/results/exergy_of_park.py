"""Exergy of the whole park: what is brought in over its fence, what plants want of it, what is carried off.

    brought in = process heat given + bought + given by sources of plants + beside
    taken      = process heat taken + demands + sold + wasted
    destroyed  = brought in - taken                              efficiency = (taken - wasted) / brought in

Heat below the temperature of the surroundings counts the other way round: who takes it brings exergy in. What goes
between plants, converters, stores and pipes is inside. Power and fuel that a plant buys and uses as they are pass
through and count on neither side (transit: Brodyansky, Sorin & Le Goff 1994, "The Efficiency of Industrial Processes",
ch. 2). "beside" is what a facility or an exchange gives beyond what it
takes, of which the case states no exergy: sun, sludge, the ground around a cold loop. Of what is disposed of, that
counts as wanted for which a source forgoes it: steam that makes power in a turbine of its own until somebody takes it.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from planner.case.plants import Source
from planner.heat.exergy import ExergyBalance, counted, summed
from planner.heat.levels import cools
from planner.results.amounts import NEGLIGIBLE, Amounts
from planner.results.books import Books
from planner.results.exergy_of_resources import FUELS, exergy_in, is_blank_fuel
from planner.results.flows import flows
from planner.results.heat_run import HeatOfRun
from planner.results.streams import Stream, declared, purchases_table, sink, sink_demand, source

HEAT, BOUGHT, SOURCES, BESIDE = "process heat", "bought", "sources", "beside"
DEMANDS, SOLD, OFF = "demands", "sold", "disposed of"
#: Share by which more may be taken than is brought in: rounding of plans.
ROUNDING = 1e-6
TENANTS = ("plant", "partner")
#: (Part, name) -> exergy brought in, taken, and of that wasted [MWh/yr].
Parts = dict[tuple[str, str], tuple[float, float, float]]


@dataclass
class ExergyOfPark:
    """Exergy over the fence of the park in a run.

    Attributes
    ----------
    why_not
        Why it cannot be told, in words; filled by ``parts``.
    """

    run: HeatOfRun
    why_not: set[str] = field(default_factory=set)

    @property
    def books(self) -> Books:
        """The run."""
        return self.run.books

    @cached_property
    def ambient(self) -> float:
        """Temperature of the surroundings [degC]."""
        return self.books.case.surroundings.value

    @cached_property
    def amounts(self) -> Amounts:
        """What moves."""
        return Amounts(self.books)

    def parts(self) -> Parts:
        """What comes over the fence and goes, in the order of the balance; only what is not 0."""
        streams = [x for plant in self.run.plants for t in self.run.states for x in self.run.process(plant, t).values()]
        process = counted(streams, self.ambient)
        found: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
        found[HEAT, HEAT] = [process.given, process.taken, 0.0]
        for part, name, row in (*self._bought(), *self._given(), *self._beside(), *self._wanted()):
            found[part, name] = [a + b for a, b in zip(found[part, name], row, strict=True)]
        self._check_supplies()
        whole = [sum(row[n] for row in found.values()) for n in (0, 1)]
        if whole[1] > whole[0] * (1 + ROUNDING) + NEGLIGIBLE:
            self.why_not.add("more is taken than is brought in")
        return {key: (row[0], row[1], row[2]) for key, row in found.items() if any(row)}

    def _in(self, resource: str, made: bool, amount: float) -> ExergyBalance:
        """Exergy of a resource; heat without level cannot be told."""
        data = self.books.case.resources[resource]
        found = exergy_in(data, made, amount, self.ambient) if amount > 0 else ExergyBalance(0.0, 0.0)
        if found is None and data.kind == "heat" and amount > NEGLIGIBLE:
            self.why_not.add(f"resources.{resource} states no level (heat)")
        return found or ExergyBalance(0.0, 0.0)

    def _bought(self) -> Iterator[tuple[str, str, tuple[float, float, float]]]:
        """What is bought, and heat that goes into cooling media which are; not what is given up, or passes through."""
        for row in purchases_table(self.books).to_dict("records"):
            name, stream = str(row["resource"]), (str(row["by"]), str(row["stream"]))
            passes = row["for"] == "demand" and self._passes(Stream(*stream, name))
            if row["for"] == "given up" or passes:
                continue
            found = self._in(name, False, float(row["amount_per_yr"]))
            yield BOUGHT, name, (found.given, found.taken, found.taken)

    def _given(self) -> Iterator[tuple[str, str, tuple[float, float, float]]]:
        """What sources of plants and partners give, and all that is sold and disposed of."""
        instance = self.books.assembly.instance
        for name, data in instance.sources.items():
            stream = source(self.books, name)
            stated = declared(self.books, stream.unit, stream.name, "sources")
            level = self.books.case.resources[stream.resource].heat
            if instance.units[data.unit].kind in TENANTS and data.medium is None:
                made = self._in(stream.resource, True, sum(self.amounts.leaving(name, t) for t in instance.states))
                off = made.given if level is not None and cools(level) else 0.0  # a cooling tower
                yield SOURCES, stream.resource, (made.taken, made.given, off)
            sold = self._in(stream.resource, False, sum(self.amounts.sold(name, t) for t in instance.states))
            yield SOLD, stream.resource, (sold.taken, sold.given, 0.0)
            amount = sum(self.amounts.discharged(name, t) for t in instance.states)
            left = self._in(stream.resource, True, amount)
            used = min(left.taken, self._forgone(stated, amount)) if isinstance(stated, Source) else 0.0
            yield OFF, stream.resource, (left.given, left.taken, left.taken - used)

    def _forgone(self, stated: Source, amount: float) -> float:
        """Exergy of what a source makes of what nobody takes."""
        flows = {} if stated.forgoes is None else stated.forgoes.flows
        return sum(self._in(name, False, amount * per.value).given for name, per in flows.items())

    def _passes(self, stream: Stream) -> bool:
        """Whether a plant uses what it buys of power or fuel as it is."""
        stated = declared(self.books, stream.unit, stream.name, "sinks")
        if stated is None or (stated.resource or stream.name) != stream.resource:
            return False
        heat = self.books.case.resources[stream.resource].kind == "heat"
        return not heat and getattr(stated, "supplied_today_by", None) is None

    def _wanted(self) -> Iterator[tuple[str, str, tuple[float, float, float]]]:
        """What plants and partners ask for as such: media, power, fuel; cooling takes heat from them."""
        instance = self.books.assembly.instance
        names = {sink(self.books, name): name for name, data in instance.sinks.items() if data.medium is None}
        for (stream, state), amount in sink_demand(self.books).items():
            if stream in names and instance.units[stream.unit].kind in TENANTS:
                through = self.amounts.supplied(names[stream], state) if self._passes(stream) else 0.0
                found = self._in(stream.resource, False, amount - through)
                yield DEMANDS, stream.resource, (found.taken, found.given, 0.0)

    def _beside(self) -> Iterator[tuple[str, str, tuple[float, float, float]]]:
        """What facilities and exchanges give beyond what they take."""
        into: dict[str, float] = defaultdict(float)
        out: dict[str, float] = defaultdict(float)
        moved: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for flow in flows(self.books):
            moved[flow.exchange][0] += flow.leaving
            moved[flow.exchange][1] += flow.replaced
        for name, (leaving, replaced) in moved.items():
            facts = self.books.assembly.exchanges[name]
            if leaving > NEGLIGIBLE:
                ends = self._in(facts.resource, True, leaving), self._in(facts.replaces, False, replaced)
                into[name], out[name] = summed(ends).taken, summed(ends).given
                if ends[0].taken > NEGLIGIBLE and is_blank_fuel(self.books.case.resources[facts.replaces]):
                    self.why_not.add(f"resources.{facts.replaces} states no enthalpy")
        for name, (taken, gave) in self._facilities():
            into[name] += taken
            out[name] += gave
        for name, gave in out.items():
            if gave > into[name] * (1 + ROUNDING):
                yield BESIDE, name, (gave - into[name], 0.0, 0.0)

    def _facilities(self) -> Iterator[tuple[str, tuple[float, float]]]:
        """Facility -> exergy that it takes and gives, of those that run and keep nothing."""
        instance, resources = self.books.assembly.instance, self.books.case.resources
        for name in self.books.opened():
            facility = self.books.case.facilities[name]
            weights = {t: state.weight for t, state in instance.states.items()}
            activity = sum(w * self.books.solution.value("activity", name, t) for t, w in weights.items())
            if facility.stores is not None or activity <= NEGLIGIBLE:
                continue
            takes = [self._in(r, False, per.value * activity) for r, per in facility.inputs.items()]
            gives = [self._in(r, True, per.value * activity) for r, per in facility.outputs.items()]
            whole = summed((*takes, *gives))
            energetic = any(resources[r].heat is not None or resources[r].kind == "power" for r in facility.outputs)
            for resource in facility.inputs if energetic else ():
                data = resources[resource]
                short = data.kind in FUELS and not data.content("MWh") and whole.taken > whole.given * (1 + ROUNDING)
                if short or is_blank_fuel(data):
                    self.why_not.add(f"resources.{resource} states no enthalpy")
            yield name, (whole.given, whole.taken)

    def _check_supplies(self) -> None:
        """Say of present supplies what does not tell how much exergy goes into them."""
        for name in self.books.assembly.instance.sinks:
            stream = sink(self.books, name)
            amount = sum(self.amounts.supplied(name, t) for t in self.books.assembly.instance.states)
            if amount > NEGLIGIBLE:
                self.why_not.update(self._missing(stream, amount))

    def _missing(self, stream: Stream, amount: float) -> Iterator[str]:
        stated = declared(self.books, stream.unit, stream.name, "sinks")
        recipe = getattr(stated, "supplied_today_by", None)
        made = self._in(stream.resource, False, amount).given
        if recipe is None or not made:
            return
        blank = [name for name in recipe.inputs if is_blank_fuel(self.books.case.resources[name])]
        yield from (f"resources.{name} states no enthalpy" for name in blank)
        parts = [self._in(name, False, amount * per.value).given for name, per in recipe.inputs.items()]
        if not blank and sum(parts) < made * (1 - ROUNDING):
            yield f"{stream.unit} / {stream.name} is made of less exergy today than it holds"
