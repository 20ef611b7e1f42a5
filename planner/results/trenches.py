"""Table ``trenches``: the civil works of each stretch, once for all pipes in it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from planner.geography.distances import Stretch
from planner.results.columns import COLUMNS
from planner.results.network import Dedicated, Laid, Network
from planner.results.network_money import Money, NetworkMoney

if TYPE_CHECKING:
    import pandas as pd


def in_trenches(network: Network) -> dict[str, list[Laid | Dedicated]]:
    """Stretch -> new pipes in its trench, of every stretch with a trench that is dug, or open and used.

    A pipe that was there before lies in the ground already. Where every pipe pays for civil works of its own, only
    those of mains have a known stretch.
    """
    lying: dict[str, list[Laid | Dedicated]] = {name: [] for name in network.graph.stretches}
    for pipe in network.laid:
        if pipe.in_trench and not pipe.existing:
            lying[pipe.stretch].append(pipe)
    for one in network.dedicated:
        for stretch, _ in one.steps:
            lying[stretch].append(one)
    dug = network.books.solution.values.get("dug", {})
    return {name: pipes for name, pipes in lying.items() if pipes or dug.get((name,), 0.0) > 0.5}


def trenches_table(money: NetworkMoney) -> "pd.DataFrame":
    """Make the ``trenches`` table: a row for each stretch with a trench that is dug, or open and used.

    ``pipes`` counts the new ones in it, ``surfaces`` tells the metres of each class of surface, and ``crossings`` the
    number of crossings with a charge. The money is that of civil works and crossings; of one trench where they are
    shared, else of all pipes of mains in it.
    """
    import pandas as pd

    network = money.network
    rows = [_row(money, name, pipes) for name, pipes in in_trenches(network).items()]
    return pd.DataFrame(rows, columns=list(COLUMNS["trenches"]))


def _row(money: NetworkMoney, name: str, pipes: list[Laid | Dedicated]) -> dict[str, Any]:
    stretch = money.network.stretch(name)
    booked = Money()
    for one in money.civil.get(name, {}).values():
        booked.add(one)
    case = money.network.books.case
    trenches = case.trenches
    return {
        "stretch": name,
        "corridors": "; ".join(stretch.corridors) or None,
        "surfaces": surfaces_in_words(stretch),
        "length_m": stretch.length_m,
        "cost_length_m": stretch.civil_length_m,
        "trench": stretch.trench,
        "pipes": sum(pipe.pipes for pipe in pipes),
        "resources": "; ".join(dict.fromkeys(pipe.resource for pipe in pipes)) or None,
        "crossings": float(sum(stretch.charges.values())),
        "capex": booked.capex,
        "capital_cost_per_yr": booked.capital,
        "cost_per_yr": booked.running,
        "party": booked.party or (trenches.owner if trenches else None) or case.park_company,
    }


def surfaces_in_words(stretch: Stretch) -> str | None:
    """Metres of each class of surface: "road 120 m; field 30 m"; None where no class is stated."""
    stated: Mapping[str, float] = {name: metres for name, metres in stretch.surfaces.items() if name}
    return "; ".join(f"{name} {metres:.0f} m" for name, metres in stated.items()) or None
