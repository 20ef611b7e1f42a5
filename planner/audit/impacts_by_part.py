"""Impacts of parts of a run, booked anew from the case and the tables: of a unit, an exchange, a main, a stage.

The factors of a category stand in the place of those of CO2e (``planner.case.impacts_as_co2e``), and the accounts of
the audit book what a part of the run does alone. Transport and construction follow from rows of the tables.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from planner.audit.facts import DEFAULT_LIFETIME_YR, Facts
from planner.audit.flows import Run
from planner.audit.heat_worth import HeatWorth
from planner.audit.links import main_of
from planner.audit.makeup import makeup
from planner.audit.network import is_existing, number, word
from planner.audit.periods import Slices, accounts_of
from planner.audit.reading import Row
from planner.audit.worth import Worth
from planner.case.impacts import CLIMATE
from planner.geography.distances import Distances

if TYPE_CHECKING:
    from planner.audit.money import Accounts

STAGES = {
    "use": ("co2e_use",),
    "supply": ("co2e_supply_energy", "co2e_supply_other"),
    "discharge": ("co2e_discharge",),
    "transport": ("co2e_transport",),
    "pumping": ("co2e_pumping",),
    "facilities": ("co2e_facilities",),
}
#: Kinds of links that are laid.
LAID = ("pipe", "cable", "conveyor", "rail")


@dataclass
class Part:
    """A run in a category.

    Attributes
    ----------
    facts
        The case with the factors of the category in the place of those of CO2e.
    slices
        The run in each period, seen so; empty without periods.
    """

    category: str
    facts: Facts
    distances: Distances
    run: Run
    slices: Slices
    known: dict[str, float] = field(default_factory=dict)

    def booked(self, only: Callable[[Run], Run]) -> "Accounts":
        """Accounts of what is left of the run."""
        slices = {t: replace(one, run=only(one.run)) for t, one in self.slices.items()}
        return accounts_of(self.facts, self.distances, only(self.run), slices)

    def stages(self) -> dict[str, float]:
        """Impact of every stage of the whole run."""
        total = self.booked(lambda run: run).total
        found = {stage: sum(total.get(x, 0.0) for x in accounts) for stage, accounts in STAGES.items()}
        if self.category != CLIMATE:
            rows = (*self.run.exchanges, *self.run.network.mains)
            found["transport"] = sum(self.moved(row) for row in rows)
        found["construction"] = sum(self.built.values())
        return found

    def _sum(self, accounts: "Accounts") -> float:
        own = self.category == CLIMATE
        return sum(
            accounts.total.get(name, 0.0)
            for stage, names in STAGES.items()
            if own or stage != "transport"
            for name in names
        )

    def of_unit(self, unit: str) -> float:
        """Impact at a unit apart from exchanges."""
        return self._sum(self.booked(lambda run: _of_unit(run, unit))) + self.built.get(("unit", unit), 0.0)

    def of_main(self, main: str) -> float:
        """Impact of a main."""
        rows = [row for row in self.run.network.mains if word(row, "main") == main]
        alone = self._sum(self.booked(lambda run: _of_main(run, main)))
        own = 0.0 if self.category == CLIMATE else sum(self.moved(row) for row in rows)
        return alone + own + self.built.get(("main", main), 0.0)

    def of_exchange(self, exchange: str) -> tuple[float, float]:
        """What a giver gives up for an exchange, and all else that it causes."""
        rows = [row for row in self.run.exchanges if str(row["exchange"]) == exchange]
        whole = self._sum(self.booked(lambda run: _of_exchange(run, exchange)))
        whole += 0.0 if self.category == CLIMATE else sum(self.moved(row) for row in rows)
        whole += self.built.get(("exchange", exchange), 0.0)
        if str(rows[0]["from"]) == str(rows[0]["to"]):
            return 0.0, whole
        parts = [(one.facts, one.run) for one in self.slices.values()] or [(self.facts, self.run)]
        mine = [(facts, row) for facts, run in parts for row in run.exchanges if str(row["exchange"]) == exchange]
        given = sum(_given_up(facts, row) for facts, row in mine)
        return given, whole - given

    def moved(self, row: Row) -> float:
        """Impact of moving what a row of exchanges or mains says is moved."""
        impacts = self.facts.case.impacts
        stated = None if impacts is None else impacts.categories[self.category].links.get(word(row, "link"))
        if stated is None:
            return 0.0
        per_km = 0.0 if stated.transport is None else stated.transport.value
        if "through_per_yr" in row:
            return per_km * number(row, "through_per_yr") * number(row, "length_m") / 1000.0
        km = 0.0 if main_of(row) is not None else float(row["length_km"])
        loading = 0.0 if stated.loading is None else stated.loading.value
        return (per_km * km + loading) * float(row["flow_per_yr"])

    @cached_property
    def built(self) -> dict[tuple[str, str], float]:
        """(Kind, name) of an exchange, main or unit -> impact of building it, each year of its life."""
        found: dict[tuple[str, str], float] = defaultdict(float)
        impacts = self.facts.case.impacts
        if impacts is None or self.category == CLIMATE:
            return found
        category = impacts.categories[self.category]
        for row in self.run.exchanges:
            if main_of(row) is None and not bool(row["existing"]) and word(row, "link"):
                metres = float(row["length_km"]) * 1000.0 * float(row["copies"])
                found["exchange", str(row["exchange"])] += self._laid(word(row, "link"), metres)
        for row in self.run.network.mains:
            if not is_existing(row):
                metres = number(row, "length_m") * number(row, "pipes")
                found["main", word(row, "main")] += self._laid(word(row, "link"), metres)
        for name, capacity in self.run.capacity.items():
            stated = category.facilities.get(name)
            if stated is not None and stated.construction is not None:
                size = capacity if self.facts.store(name) is None else self.run.content[name]
                own = self.facts.case.facilities[name].lifetime
                years = self._years(name, "facility") if own is None else own.value
                found["unit", name] += stated.construction.value * size / years
        return found

    def _laid(self, link: str, metres: float) -> float:
        impacts = self.facts.case.impacts
        stated = None if impacts is None else impacts.categories[self.category].links.get(link)
        kind = self.facts.case.links[link].kind
        if stated is None or stated.construction is None or kind not in LAID:
            return 0.0
        return stated.construction.value * metres / self._years(link, kind)

    def _years(self, name: str, kind: str) -> float:
        lifetimes = self.facts.case.economics.lifetime
        stated = next((lifetimes[x].value for x in (name, kind) if x in lifetimes), None)
        return float(DEFAULT_LIFETIME_YR[kind] if stated is None else stated)


@dataclass
class Seen(Worth):
    """What things are worth in a category: money as it is, its impact in the place of CO2e.

    Attributes
    ----------
    seen
        The case with the factors of the category in the place of those of CO2e.
    base
        What things are worth in money and CO2e, by which the cascades of process heat are balanced.
    """

    seen: Facts | None = None
    base: Worth | None = None

    def inside(self, run: str) -> HeatWorth:
        """Worth inside the heat cascades of a run, balanced at money."""
        if run not in self.heat:
            assert self.base is not None
            self.heat[run] = Worth.inside(self, run)
            self.heat[run].known = self.base.inside(run).known
        return self.heat[run]

    def unit(self, family: str, key: tuple[str, str]) -> tuple[float, float]:
        """Money and impact of one unit supplied, discharged or sold."""
        if (family, key) not in self.known:
            money, _ = Worth.unit(self, family, key)
            assert self.seen is not None
            _, impact = Worth(self.seen, self.distances, self.runs).unit(family, key)
            self.known[family, key] = money, impact
        return self.known[family, key]

    def _in(self, period: str, one: "Accounts") -> Worth:
        if period not in self.periods:
            assert self.seen is not None
            self.periods[period] = Seen(one.facts, self.distances, self.runs, seen=self.seen.slices[period])
        return self.periods[period]


def _given_up(facts: Facts, row: Row) -> float:
    """Impact of what a giver buys because it gives."""
    giver, source, flow = str(row["from"]), str(row["source"]), float(row["flow_per_yr"])
    per = dict(makeup(facts, giver, source))
    forgone = getattr(facts.stream(giver, "source", source), "forgoes", None)
    for name, amount in (forgone.flows if forgone is not None else {}).items():
        per[name] = per.get(name, 0.0) + amount.value
    found = 0.0
    for name, amount in per.items():
        co2e = facts.case.resources[name].co2e
        found += flow * amount * sum(x.value for x in (co2e.use, co2e.supply) if x is not None)
    return found


def _nothing(run: Run) -> Run:
    network = replace(run.network, mains=[])
    return Run([], {}, {}, {}, {}, {}, run.places, present=run.present, network=network)


def _of_unit(run: Run, unit: str) -> Run:
    def mine(table: dict[tuple[str, str], float]) -> dict[tuple[str, str], float]:
        return {key: amount for key, amount in table.items() if key[0] == unit}

    def own(table: dict[str, float]) -> dict[str, float]:
        return {name: amount for name, amount in table.items() if name == unit}

    return replace(
        _nothing(run),
        discharged=mine(run.discharged),
        sold=mine(run.sold),
        supplied=mine(run.supplied),
        activity=own(run.activity),
        capacity=own(run.capacity),
        drawn=own(run.drawn),
        rated_out=own(run.rated_out),
        content=own(run.content),
    )


def _of_exchange(run: Run, exchange: str) -> Run:
    rows = [row for row in run.exchanges if str(row["exchange"]) == exchange]
    credited = {key: amount for key, amount in run.credited.items() if key[0] == exchange}
    return replace(_nothing(run), exchanges=rows, credited=credited)


def _of_main(run: Run, main: str) -> Run:
    rows = [row for row in run.network.mains if word(row, "main") == main]
    return replace(_nothing(run), network=replace(run.network, mains=rows))
