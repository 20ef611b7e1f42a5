"""Burdens of a run in an impact category, each with where it arises, by the books of its line items.

A category other than climate change is booked like CO2e, its factors in the place of those of CO2e
(``planner.case.impacts_as_co2e``); transport and construction follow from what links move and what is built:

    transport    = factor x amount moved x length + factor of loading x amount moved     (each year)
    construction = factor x metres, or capacity, / lifetime              (straight line, no interest)
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from planner.assemble.assemble import assemble
from planner.assemble.assembly import Line
from planner.case.case import Case
from planner.case.impacts import CLIMATE, CLIMATE_UNIT, LinkImpacts, categories_of
from planner.case.impacts_as_co2e import as_co2e
from planner.lifecycle.amounts import built, moved
from planner.lifecycle.factors import Flow, factors_of
from planner.results.books import Books

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

#: Account of CO2e -> stage of the life cycle.
STAGE_OF: Mapping[str, str] = {
    "co2e_use": "use",
    "co2e_supply_energy": "supply",
    "co2e_supply_other": "supply",
    "co2e_discharge": "discharge",
    "co2e_transport": "transport",
    "co2e_pumping": "pumping",
    "co2e_facilities": "facilities",
}
RUNS = ("baseline", "plan")
PREFIX = {"plan": "", "baseline": "baseline_"}


@dataclass(frozen=True)
class Burden:
    """A burden a year, in the unit of its category.

    Attributes
    ----------
    unit, exchange
        Plant, partner or facility it arises at, and exchange it belongs to; "" for none.
    party
        Who it is booked to before any sharing.
    """

    flow: Flow
    unit: str
    exchange: str
    party: str
    amount: float


@dataclass(frozen=True)
class Category:
    """A category and both runs in it.

    Attributes
    ----------
    unit
        What it is counted in: "kg SO2e".
    books
        Run -> its books, CO2e standing for the category.
    burdens
        Run -> its burdens.
    """

    name: str
    unit: str
    books: Mapping[str, Books]
    burdens: Mapping[str, tuple[Burden, ...]]


def categories(case: Case, runs: Mapping[str, Books], tables: "Tables") -> list[Category]:
    """Every category of a case that states impacts, climate change first; ``runs`` holds "plan" and "baseline"."""
    if case.impacts is None:
        return []
    return [_category(case, name, stated.unit, runs, tables) for name, stated in categories_of(case.impacts).items()]


def _category(case: Case, name: str, unit: str, runs: Mapping[str, Books], tables: "Tables") -> Category:
    books = dict(runs)
    if name != CLIMATE:
        seen = as_co2e(case, name)
        assembly = assemble(seen, runs["plan"].distances)
        books = {run: replace(one, case=seen, assembly=assembly) for run, one in runs.items()}
    found = {run: tuple(_burdens(case, name, one, tables, PREFIX[run])) for run, one in books.items()}
    return Category(name, CLIMATE_UNIT if name == CLIMATE else unit, books, found)


def _burdens(case: Case, name: str, books: Books, tables: "Tables", prefix: str) -> Iterator[Burden]:
    own = name == CLIMATE
    for entry in books.entries:
        line, stage = entry.line, STAGE_OF.get(entry.line.account)
        if stage is not None and (own or stage != "transport"):
            yield Burden(_flow_of(line, stage), line.unit or "", line.exchange or "", line.party, entry.amount)
    if own:
        return
    assert case.impacts is not None
    for one in moved(case, tables, prefix):
        stated = case.impacts.categories[name].links.get(one.link, LinkImpacts())
        parts = ((stated.transport, one.amount), (stated.loading, one.loaded))
        caused = sum(factor.value * amount for factor, amount in parts if factor is not None)
        if caused:
            yield Burden(Flow("transport", "link", one.link), "", one.exchange, one.party, caused)
    for new in built(case, tables, prefix):
        factor = sum(value.value for value in factors_of(case, name, new.flow))
        if factor:
            yield Burden(new.flow, new.unit, new.exchange, new.party, factor * new.amount / new.years)


def _flow_of(line: Line, stage: str) -> Flow:
    """What a line item of CO2e is of: a resource; a link that moves; a facility; or the treatment of an exchange."""
    if stage == "transport":
        fields = [one.field for one in line.evidence if one.field.startswith("links.")]
        return Flow(
            stage, "link", fields[-1].removeprefix("links.").removesuffix(".loading_co2e").removesuffix(".co2e")
        )
    if stage == "facilities":
        kind, name = ("treatment", line.resource) if line.exchange else ("facility", line.unit)
        return Flow(stage, kind, name or "")
    return Flow(stage, "resource", line.resource or "")


def effects(books: Books, family: str, index: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    """(Unit, burden) of one unit of a variable; transport left out, which goes with no such variable."""
    for line in books.lines.get((family, index), ()):
        stage = STAGE_OF.get(line.account)
        if stage is not None and stage != "transport":
            yield line.unit or "", line.effect
