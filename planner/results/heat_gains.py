"""What exchanges of media make needless at plants with process heat: their cascades balanced with and without each."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from models.instance import SinkData, SourceData
from planner.assemble.assembly import Line
from planner.heat.by_media import SitePlant
from planner.heat.of_case import TAKES, PlantHeat, PlantMedium, most, process_heat_of
from planner.heat.settle import Moved, PlantState, PlantYear, Price, with_exchangers
from planner.results.books import Books
from planner.results.flows import flows

#: What is made least where a cascade is balanced, as totals of the model.
_GOAL = ("total_annual_cost", "shadow_carbon")


@dataclass(frozen=True)
class HeatGains:
    """Gains of exchanges inside the heat cascades of a run."""

    books: Books
    _years: dict[str, PlantYear] = field(default_factory=dict)

    def needless(self, exchange: str, part: float) -> Iterator[tuple[Line, float]]:
        """Line items that a part of an exchange makes needless at its media, each with the amount that falls away.

        Nothing at an end that is no medium of a plant's process heat, and nothing for a plant's own loop.
        """
        instance = self.books.assembly.instance
        data = instance.exchanges[exchange]
        ends = instance.sources[data.source], instance.sinks[data.sink]
        if _own_loop(*ends):
            return
        for stream in ends:
            if stream.medium is None:
                continue
            plant, _ = stream.medium
            for t, saved in zip(instance.states, self._year(plant).saved(exchange), strict=True):
                for (medium, way), amount in saved.items():
                    weight = instance.states[t].weight
                    for line in self._lines(plant, medium, way, t):
                        yield line, part * amount * weight

    @cached_property
    def _plants(self) -> Mapping[str, PlantHeat]:
        return process_heat_of(self.books.case)

    @cached_property
    def _moved(self) -> Mapping[str, Mapping[str, Moved]]:
        """Plant -> exchange -> what it takes of a medium there, or brings."""
        instance = self.books.assembly.instance
        amounts: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
        for flow in flows(self.books):
            weight = instance.states[flow.state].weight
            amounts[flow.exchange, flow.state][0] += flow.leaving / weight
            amounts[flow.exchange, flow.state][1] += flow.replaced / weight
        found: dict[str, dict[str, Moved]] = defaultdict(dict)
        for e in dict.fromkeys(name for name, _ in amounts):
            x = instance.exchanges[e]
            source, sink = instance.sources[x.source], instance.sinks[x.sink]
            if _own_loop(source, sink):
                continue
            for n, (end, shares, share) in enumerate(
                ((source.medium, x.source_shares, 1.0), (sink.medium, x.shares, x.max_share))
            ):
                if end is not None:
                    by_state = [amounts[e, t][n] for t in instance.states]
                    found[end[0]][e] = Moved(end[1], by_state, [shares.get(t, 1.0) for t in instance.states], share)
        return found

    def _year(self, plant: str) -> PlantYear:
        if plant not in self._years:
            instance, heat = self.books.assembly.instance, self._plants[plant]
            media = heat.media.values()
            shares = {m.id: instance.sinks[_stream(plant, m)].max_exchanged_share for m in media if m.role == TAKES}
            sales = {m.id: instance.sources[_stream(plant, m)].sale_limit for m in media if m.role != TAKES}
            self._years[plant] = PlantYear(
                [self._state(plant, heat, t) for t in instance.states],
                self._moved[plant],
                shares,
                {(n, "sold"): limit for n, limit in sales.items() if limit is not None and limit < float("inf")},
            )
        return self._years[plant]

    def _state(self, plant: str, heat: PlantHeat, t: str) -> PlantState:
        loads, hours = heat.amounts()[t], heat.hours[t]
        streams = {name: replace(stream, load=loads[name]) for name, stream in heat.streams.items()}
        tenant = self.books.case.plants.get(plant) or self.books.case.partners[plant]
        assert tenant.process_heat is not None
        recovered = None
        if tenant.process_heat.recovery.cost is not None:
            there = self.books.assembly.instance.cascades[plant].existing
            recovered = hours * (there + self.books.solution.value("duty", plant))
        site = SitePlant(streams, list(heat.media.values()), heat.forbidden, hours)
        limits = {m.id: limit[t] for m in heat.media.values() if (limit := most(m, heat)) is not None}
        prices = {
            (m.id, way): self._price(plant, m.id, way, t) for m in heat.media.values() for way in self._ways(plant, m)
        }
        return PlantState(with_exchangers(site, recovered), prices, limits)

    def _ways(self, plant: str, medium: PlantMedium) -> Iterator[str]:
        """Families by which a medium crosses the fence."""
        instance = self.books.assembly.instance
        if medium.role == TAKES:
            if instance.sinks[_stream(plant, medium)].suppliable:
                yield "supplied"
            return
        source = instance.sources[_stream(plant, medium)]
        if source.dischargeable:
            yield "discharged"
        if source.sale_limit:
            yield "sold"

    def _price(self, plant: str, medium: str, way: str, t: str) -> Price:
        weight = self.books.assembly.instance.states[t].weight
        lines = self._lines(plant, medium, way, t)

        def total(*names: str) -> float:
            weights = [self.books.weights(name) for name in names]
            return weight * sum(by.get(line.account, 0.0) * line.effect for line in lines for by in weights)

        return Price(total(*_GOAL), total("co2e"))

    def _lines(self, plant: str, medium: str, way: str, t: str) -> tuple[Line, ...]:
        stream = _stream(plant, self._plants[plant].media[medium])
        return self.books.lines.get((way, (stream, t)), ())


def _own_loop(source: SourceData, sink: SinkData) -> bool:
    """Whether both ends are one plant's, whose cascade settles them; a measure of it is a unit of its own."""
    return source.unit == sink.unit


def _stream(plant: str, medium: PlantMedium) -> str:
    """A medium as a stream of the park."""
    return f"{plant} / {medium.name}"
