"""What exchanges of media make needless at plants with process heat, for the audit: from the case and the tables.

The balance of a cascade at least cost is the linear program of the tables (``planner.heat.settle``); streams, media,
prices, hours and what is moved are worked out here again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from planner.audit.facts import Facts
from planner.audit.flows import Key, Run
from planner.audit.heat_levels import barred_of, media_of, process_of
from planner.audit.links import shared_hours
from planner.audit.reading import Row
from planner.heat.by_media import SitePlant
from planner.heat.of_case import PlantMedium
from planner.heat.settle import Moved, PlantState, PlantYear, Price, with_exchangers

#: Money and CO2e of a unit that goes a way: (way, (plant, stream)) -> (money, t).
Unit = Callable[[str, Key], tuple[float, float]]


@dataclass
class HeatWorth:
    """What exchanges are worth inside the heat cascades of a run.

    Attributes
    ----------
    parts
        The case, the run and what a unit is worth, in each period, or of the year.
    """

    facts: Facts
    run: Run
    parts: Sequence[tuple[Facts, Run, Unit]]
    known: dict[str, PlantYear] = field(default_factory=dict)

    def at(self, row: Row, direction: str) -> tuple[float, float] | None:
        """Money and CO2e that an exchange makes needless at an end; None where that is no medium."""
        plant, stream = (str(row[k]) for k in (("from", "source") if direction == "source" else ("to", "sink")))
        if not self.facts.is_medium(plant, direction, stream):
            return None
        name = str(row["exchange"])
        whole = sum(float(x["flow_per_yr"]) for x in self.run.exchanges if str(x["exchange"]) == name)
        if not whole > 0 or row["from"] == row["to"]:  # a plant's own loop is part of its cascade
            return 0.0, 0.0
        if plant not in self.known:
            self.known[plant] = self._year(plant)
        found = [0.0, 0.0]
        for (_, _, unit), saved in zip(self.parts, self.known[plant].saved(name), strict=True):
            for (medium, way), amount in saved.items():
                for n, worth in enumerate(unit(way, (plant, medium.split(": ", 1)[1]))):
                    found[n] += worth * amount * float(row["flow_per_yr"]) / whole
        return found[0], found[1]

    def _year(self, plant: str) -> PlantYear:
        heat = self.facts.tenants[plant].process_heat
        assert heat is not None
        markets = {}
        for name in heat.gives:
            sale = self.facts.sale(plant, name)
            if sale is not None and sale.limit is not None:
                markets[f"gives: {name}", "sold"] = sale.limit.value
        return PlantYear(
            [self._state(plant, *part) for part in self.parts],
            dict(self._moved(plant)),
            {f"takes: {name}": one.max_exchanged_share.value for name, one in heat.takes.items()},
            markets,
        )

    def _moved(self, plant: str) -> Iterator[tuple[str, Moved]]:
        rows: dict[tuple[str, str, str], list[int]] = {}
        for n, row in enumerate(self.run.exchanges):
            for direction, keys in (
                () if row["from"] == row["to"] else (("source", ("from", "source")), ("sink", ("to", "sink")))
            ):
                unit, stream = (str(row[k]) for k in keys)
                if unit == plant and self.facts.is_medium(unit, direction, stream):
                    rows.setdefault((str(row["exchange"]), direction, stream), []).append(n)
        for (name, direction, stream), numbers in rows.items():
            given = direction == "source"
            column = "flow_per_yr" if given else "replaced_per_yr"
            first = self.run.exchanges[numbers[0]]
            terms = self.facts.terms(*(str(first[k]) for k in ("from", "to", "source", "sink")))
            amounts = [sum(float(run.exchanges[n][column]) for n in numbers) for _, run, _ in self.parts]
            shares = [_shared(facts, plant, first) for facts, _, _ in self.parts]
            share = 1.0 if given or terms is None else terms.max_share
            yield name, Moved(f"{'gives' if given else 'takes'}: {stream}", amounts, shares, share)

    def _state(self, plant: str, facts: Facts, run: Run, unit: Unit) -> PlantState:
        heat, hours = facts.tenants[plant].process_heat, facts.unit_hours(plant)
        assert heat is not None
        media, prices, limits = [], {}, {}
        shadow = facts.case.economics.carbon_price.shadow
        for (role, name), found in media_of(facts, heat).items():
            stated = heat.takes[name] if role == "takes" else heat.gives[name]
            one = PlantMedium(role, name, stated, found.resource, found.parts, found.heat)
            media.append(one)
            for way in _ways(facts, plant, role, name):
                money, co2e = unit(way, (plant, name))
                prices[one.id, way] = Price(money + (shadow.value * co2e if shadow else 0.0), co2e)
            if stated.limit is not None:
                limits[one.id] = stated.limit.value * hours
        streams = {name: replace(x, load=x.load * hours) for name, x in process_of(heat).items()}
        recovered = None
        if heat.recovery.cost is not None:
            there = 0.0 if heat.recovery.existing is None else heat.recovery.existing.value
            recovered = hours * (there + self.run.recovery.get(plant, 0.0))
        site = SitePlant(streams, media, tuple(barred_of(facts, heat)), hours)
        return PlantState(with_exchangers(site, recovered), prices, limits)


def _shared(facts: Facts, plant: str, row: Row) -> float:
    """Share of a plant's hours that an exchange has."""
    hours = facts.unit_hours(plant)
    return min(1.0, shared_hours(facts, row) / hours) if hours > 0 else 1.0


def _ways(facts: Facts, plant: str, role: str, name: str) -> Iterator[str]:
    """Ways by which a medium crosses the fence."""
    if role == "takes":
        if facts.suppliable(plant, name):
            yield "supplied"
        return
    if facts.discharge(plant, name) is not None:
        yield "discharged"
    sale = facts.sale(plant, name)
    if sale is not None and (sale.limit is None or sale.limit.value > 0):
        yield "sold"


def of_run(facts: Facts, run: Run, parts: Mapping[str, tuple[Facts, Run, Unit]], unit: Unit) -> HeatWorth:
    """Worth inside the cascades of a run: by period, or of the year where there are none."""
    return HeatWorth(facts, run, list(parts.values()) or [(facts, run, unit)])
