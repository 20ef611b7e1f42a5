"""What exchanges save besides what they replace: what they deliver, what their takers buy, what is credited of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.results.amounts import Amounts
from planner.results.books import Books
from planner.results.columns import COLUMNS

if TYPE_CHECKING:
    import pandas as pd

NAN = float("nan")
#: Share of what is delivered that is rounding.
ROUNDING = 1e-6


@dataclass(frozen=True)
class Credit:
    """A resource that an exchange delivers besides in a state, all amounts times the weight of the state.

    Attributes
    ----------
    taker
        Who takes, and would buy it.
    delivered, credited
        What arrives of it, and what the taker does without for that [unit/yr].
    bought
        What the taker would buy of it for its sinks, nothing credited; None where its purchase is outside the case.
    """

    exchange: str
    taker: str
    resource: str
    state: str
    delivered: float
    credited: float
    bought: float | None


def credits_of(books: Books) -> list[Credit]:
    """Credits of a run, in the order of the assembly."""
    amounts, instance = Amounts(books), books.assembly.instance
    found = []
    for one in amounts.arrivals:
        taker = instance.taker(one.exchange)
        for resource, per in instance.exchanges[one.exchange].also.items():
            parts = instance.bought_by.get((taker, resource))
            bought = None
            if parts is not None:
                bought = sum(buys * amounts.supplied(sink, one.state) for sink, buys in parts.items())
            credited = books.solution.value("credited", one.exchange, resource, one.state)
            credited *= instance.states[one.state].weight
            found.append(Credit(one.exchange, taker, resource, one.state, per * one.arriving, credited, bought))
    return found


def credits_table(books: Books) -> "pd.DataFrame":
    """Make the ``credits`` table of a run: a row for each resource that an exchange delivers besides."""
    import pandas as pd

    resources = books.case.resources
    rows = [
        {
            "state": one.state,
            "exchange": one.exchange,
            "by": one.taker,
            "resource": one.resource,
            "delivered_per_yr": one.delivered,
            "bought_per_yr": NAN if one.bought is None else one.bought,
            "credited_per_yr": one.credited,
            "unit": resources[one.resource].unit,
            "saving_per_yr": one.credited * (price.at(one.state) if (price := resources[one.resource].price) else 0.0),
        }
        for one in credits_of(books)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS["credits"]))


def notes_on_credits(books: Books) -> Iterator[str]:
    """Say of each credit what it rests on: that the taker buys as much outside the case, or what it buys in it."""
    credits = credits_of(books)
    for unit, resource in dict.fromkeys((one.taker, one.resource) for one in credits):
        mine = [one for one in credits if (one.taker, one.resource) == (unit, resource)]
        what = f"{books.case.resources[resource].unit}/yr of {resource}"
        credited, delivered = (sum(getattr(one, part) for one in mine) for part in ("credited", "delivered"))
        if mine[0].bought is None:
            whole = f"credited besides what is replaced: {credited:,.4g} {what} at {unit}"
            yield f"{whole}, which states no such need: taken as bought so far"
        elif credited < delivered * (1.0 - ROUNDING):
            bought = sum({one.state: one.bought or 0.0 for one in mine}.values())
            why = "to do without more of it would be worse for the goal"
            if credited >= bought * (1.0 - ROUNDING):
                some = f"no more than {bought:,.4g}" if bought > 0.0 else "none"
                why = f"{unit} buys {some} besides what exchanges bring"
            yield (
                f"credited besides what is replaced: {credited:,.4g} of the {delivered:,.4g} {what} delivered to "
                f"{unit}: {why}, so that the other {delivered - credited:,.4g} save nothing"
            )
