"""Indicators per hectare, per job and per unit of product."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from planner.results.books import Books, Entry
from planner.results.columns import COLUMNS
from planner.results.indicators import UNITS
from planner.results.siting import land_taken

if TYPE_CHECKING:
    import pandas as pd

NAN = float("nan")
REPORTED = ("total_annual_cost", "co2e", "waste", "fresh_water")


def intensities_table(plan: Books, baseline: Books) -> "pd.DataFrame":
    """Make the ``intensities`` table: the park's totals per hectare taken and per job, plants' own per product.

    A product counts what is booked on the plants that make it. What is not known (no jobs, no product stated) has
    no row; land and jobs are those of plants and facilities in the park, each run by its own.
    """
    import pandas as pd

    rows = []
    for name in REPORTED:
        unit = UNITS[name].format(currency=plan.case.currency)
        for per, size in (("ha", land), ("job", jobs)):
            sizes = [size(books) for books in (baseline, plan)]
            if sizes[1] > 0:
                totals = [books.total(name) for books in (baseline, plan)]
                rows.append(_row(name, per, f"{unit}/{per}", totals, sizes))
        for (product, counted), makers in products(plan).items():
            outputs = [output(books, makers) for books in (baseline, plan)]
            totals = [books.total(name, _of(books, makers)) for books in (baseline, plan)]
            amount = f"{unit.removesuffix('/yr')}/{counted}"
            rows.append(_row(name, f"{counted} of {product}", amount, totals, outputs))
    return pd.DataFrame(rows, columns=list(COLUMNS["intensities"]))


def _row(name: str, per: str, unit: str, totals: list[float], sizes: list[float]) -> dict[str, Any]:
    values = [total / size if size > 0 else NAN for total, size in zip(totals, sizes, strict=True)]
    return {"indicator": name, "per": per, "unit": unit, "baseline": values[0], "plan": values[1]}


def land(books: Books) -> float:
    """Land taken by plants and facilities [ha]."""
    instance = books.assembly.instance
    return sum(
        land_taken(books, unit, plot) for unit, plot in books.places().items() if instance.units[unit].kind != "partner"
    )


def jobs(books: Books) -> float:
    """Jobs of plants and facilities in the park."""
    case = books.case
    there = (case.plants.get(unit) or case.facilities.get(unit) for unit in books.places())
    return sum(unit.jobs.value for unit in there if unit is not None and unit.jobs is not None)


def products(books: Books) -> dict[tuple[str, str], tuple[str, ...]]:
    """(Product, unit) -> plants of the park that make it."""
    makers: dict[tuple[str, str], list[str]] = defaultdict(list)
    for unit in books.places():
        plant = books.case.plants.get(unit)
        if plant is not None and plant.product is not None:
            makers[plant.product.name, plant.product.unit].append(unit)
    return {product: tuple(names) for product, names in makers.items()}


def output(books: Books, makers: Iterable[str]) -> float:
    """Yearly output of some plants, of those that are in the park."""
    there = books.places()
    plants = (books.case.plants[name] for name in makers if name in there)
    return sum(plant.product.output.value for plant in plants if plant.product is not None)


def _of(books: Books, units: Iterable[str]) -> Iterable[Entry]:
    names = frozenset(units)
    return (entry for entry in books.entries if entry.line.unit in names)
