"""What power laws say of what is built, behind the note that says how the search takes them."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from planner.case.facilities import PowerLaw
from planner.case.stores import capacity_unit
from planner.results.books import Books
from planner.results.stores import kept

if TYPE_CHECKING:
    import pandas as pd


def with_laws(notes: Iterable[str], books: Books, facilities: "pd.DataFrame") -> Iterator[str]:
    """The notes; behind that on a power law what it says of the capacity that is built.

    Parameters
    ----------
    facilities
        The ``facilities`` table of the plan.
    """
    built = {str(row["facility"]): row for row in facilities.to_dict("records")}
    for note in notes:
        name = note.partition(".investment: straight lines")[0].removeprefix("facilities.")
        if note.startswith(f"facilities.{name}.investment: straight lines") and name in built:
            yield f"{note}; {_here(books, name, built[name])}"
        else:
            yield note


def _here(books: Books, name: str, row: Mapping[Hashable, Any]) -> str:
    """What the law says of the capacity that is built, with contingency where there is one."""
    facility, currency = books.case.facilities[name], books.case.currency
    law, store = facility.investment, None if facility.stores is None else kept(books, name)
    capacity = float(row["capacity_per_h"]) if store is None else store.content
    assert isinstance(law, PowerLaw), "only a power law has such a note"
    more = 1.0 + books.case.economics.contingency.value
    formula = f"{law.coefficient.value:,.6g} x {capacity:,.6g}^{law.exponent.value:g}"
    formula += f" x {more:g}" if more != 1.0 else ""
    unit = capacity_unit(facility)
    return f"the {capacity:,.6g} {unit} built are worth {formula} = {float(row['capex']):,.0f} {currency}"
