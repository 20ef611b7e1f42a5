"""Table ``equipment``: standby and heat exchangers of plants for what they exchange with others."""

import math
from typing import TYPE_CHECKING, Any

from models.heat import EquipmentData
from planner.case.equipment import Exchanger
from planner.results.books import Books
from planner.results.columns import COLUMNS
from planner.results.flows import flows

if TYPE_CHECKING:
    import pandas as pd

#: Peaks below this share of the largest that there can be are rounding.
ROUNDING = 1e-9
YEARLY = ("heat_recovery_capital", "heat_recovery_operation", "standby_capital", "standby_operation")


def equipment_table(books: Books) -> "pd.DataFrame":
    """Make the ``equipment`` table: a row where exchanges between sites make a plant need it.

    ``peak_mw`` is the heat at the peak of the worst period that the equipment has to pass or to stand by for (of a
    standby its share of it), ``new_mw`` what is beyond ``existing_mw``,
    ``area_m2`` that of new exchangers priced by area.
    """
    import pandas as pd

    rows = [row for name in books.assembly.instance.equipment if (row := _row(books, name)) is not None]
    return pd.DataFrame(rows, columns=list(COLUMNS["equipment"]))


def _row(books: Books, name: str) -> dict[str, Any] | None:
    data = books.assembly.instance.equipment[name]
    peak = _peak(books, data)
    if peak <= ROUNDING * data.most:
        return None
    instance = books.assembly.instance
    unit = (instance.sources if data.at_source else instance.sinks)[data.stream].unit
    stream = data.stream.removeprefix(f"{unit} / ")
    tenant = books.case.plants.get(unit) or books.case.partners[unit]
    seen = (tenant.given if data.at_source else tenant.taken)[stream]
    kind = name.partition(" ")[0]
    stated, new = getattr(seen, kind), books.solution.value("rated", name)
    area = stated.area if isinstance(stated, Exchanger) else None
    booked = [entry for entry in books.entries if entry.line.family == "rated" and entry.line.index == (name,)]
    return {
        "plant": unit,
        "role": "gives" if data.at_source else "takes",
        "stream": stream,
        "kind": kind,
        "resource": seen.resource or stream,
        "peak_mw": peak,
        "existing_mw": data.existing,
        "new_mw": new,
        "area_m2": math.nan if area is None else area * new,
        "capex": sum(entry.amount for entry in booked if entry.line.account.startswith("investment_")),
        "cost_per_yr": sum(entry.amount for entry in booked if entry.line.account in YEARLY),
    }


def _peak(books: Books, data: EquipmentData) -> float:
    """Heat at the peak of the worst period [MW]."""
    states = books.assembly.instance.states
    moved = dict.fromkeys(data.hours, 0.0)
    for flow in flows(books):
        if (per := data.heat.get((flow.exchange, flow.state))) is not None:
            amount = flow.leaving if data.at_source else flow.replaced
            moved[flow.state] += per * amount / states[flow.state].weight
    return max((heat / data.hours[t] for t, heat in moved.items()), default=0.0)
