"""What every stream does: purchases, discharges, sales, and how demands are met."""

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from planner.assemble.assembly import Line
from planner.case.plants import Sink, Source
from planner.case.resources import Discharge, Sale
from planner.results.books import Books
from planner.results.columns import COLUMNS
from planner.results.flows import flows
from planner.results.operations import operation_at

if TYPE_CHECKING:
    import pandas as pd

NEGLIGIBLE = 1e-6

#: Accounts on which something is bought, and what for.
PURCHASES = {"purchase": "demand", "forgone": "given up", "treatment": "treatment", "pumping": "pumping"}


@dataclass(frozen=True)
class Stream:
    """A source or sink in the user's words."""

    unit: str
    name: str
    resource: str


def source(books: Books, source_id: str) -> Stream:
    """A source by its id."""
    return _stream(books, books.assembly.instance.sources[source_id].unit, source_id, "sources")


def sink(books: Books, sink_id: str) -> Stream:
    """A sink by its id."""
    return _stream(books, books.assembly.instance.sinks[sink_id].unit, sink_id, "sinks")


def _stream(books: Books, unit: str, stream_id: str, side: Literal["sources", "sinks"]) -> Stream:
    name = stream_id.removeprefix(f"{unit} / ")
    stated = declared(books, unit, name, side)
    if stated is not None:
        return Stream(unit, name, stated.resource or name)
    part = operation_at(books.case, unit, name)
    if part is not None:
        return Stream(unit, name, part.stated.gives if side == "sources" else part.stated.takes)
    return Stream(unit, name, name)


def declared(books: Books, unit: str, name: str, side: Literal["sources", "sinks"]) -> Source | Sink | None:
    """A plant's or partner's stream as the case states it; None for an operation's, a facility's or a measure's."""
    tenant = books.case.plants.get(unit) or books.case.partners.get(unit)
    if tenant is None:
        return None
    return tenant.given.get(name) if side == "sources" else tenant.taken.get(name)


def discharge_of(books: Books, stream: Stream) -> Discharge | None:
    """What happens to a by-product nobody takes; nothing to what a store keeps."""
    if stream.unit in books.assembly.instance.stores:
        return None
    stated = declared(books, stream.unit, stream.name, "sources")
    own = stated.discharge if isinstance(stated, Source) else None
    return own or books.case.resources[stream.resource].discharge


def sink_demand(books: Books) -> dict[tuple[Stream, str], float]:
    """Demand of every sink of the run by state, times the weight of the state."""
    instance = books.assembly.instance
    there = books.places()
    found = {}
    for sink_id, data in instance.sinks.items():
        for state, amount in data.amount.items():
            if data.operation is not None:
                size = books.solution.value("run", data.operation, state)
            elif data.medium is not None:
                size = books.solution.value("medium", *data.medium, state)
            elif data.unit in instance.stores:
                size = books.solution.value("charged", data.unit, state)
            elif instance.units[data.unit].kind in ("facility", "measure"):
                size = books.solution.value("activity", data.unit, state)
            else:
                size = float(data.unit in there)
            if size > 0:
                found[sink(books, sink_id), state] = amount * size * instance.states[state].weight
    return found


def exchanged_by_sink(books: Books) -> dict[tuple[Stream, str], float]:
    """Demand met by exchanges, by sink and state; those within one site count, too."""
    met: dict[tuple[Stream, str], float] = defaultdict(float)
    for flow in flows(books):
        met[sink(books, books.assembly.instance.exchanges[flow.exchange].sink), flow.state] += flow.replaced
    return dict(met)


def supplies_table(books: Books) -> "pd.DataFrame":
    """How each sink's demand is met: by exchanges, and by its conventional supply."""
    met = exchanged_by_sink(books)
    by_id = {sink(books, sink_id): sink_id for sink_id in books.assembly.instance.sinks}
    rows = [
        {
            "state": state,
            "by": stream.unit,
            "stream": stream.name,
            "resource": stream.resource,
            "demand_per_yr": demand,
            "exchanged_per_yr": met.get((stream, state), 0.0),
            "supplied_per_yr": _weighted(books, "supplied", by_id[stream], state),
            "unit": books.case.resources[stream.resource].unit,
        }
        for (stream, state), demand in sink_demand(books).items()
    ]
    return _table("supplies", rows)


def _weighted(books: Books, family: str, stream_id: str, state: str) -> float:
    return books.solution.value(family, stream_id, state) * books.assembly.instance.states[state].weight


def purchases_table(books: Books) -> "pd.DataFrame":
    """What is bought outside, for whatever cause; CO2e of using and supplying it.

    ``by`` is the unit that buys; for what moves an exchange, which belongs to no unit, the party that pays.
    """
    rows: dict[tuple[str, ...], dict[str, Any]] = {}
    for entry in books.entries:
        line = entry.line
        if not _is_bought(line):
            continue
        resource = books.case.resources[str(line.resource)]
        state = books.state(line)
        stream = _stream_of(books, line)
        cause = PURCHASES[line.account]
        amount = entry.value * line.quantity
        row = rows.setdefault(
            (state, line.unit or line.party, cause, line.exchange or "", stream, str(line.resource)),
            {
                "state": state,
                "by": line.unit or line.party,
                "for": cause,
                "stream": stream,
                "resource": line.resource,
                "amount_per_yr": 0.0,
                "unit": resource.unit,
                "cost_per_yr": 0.0,
                "co2e_t_per_yr": 0.0,
            },
        )
        factors = (None if _is_kept(books, row) else resource.co2e.use, resource.co2e.supply)
        row["amount_per_yr"] += amount
        row["cost_per_yr"] += entry.amount
        row["co2e_t_per_yr"] += amount * sum(factor.at(state) for factor in factors if factor is not None)
    return _table("purchases", [row for row in rows.values() if abs(row["amount_per_yr"]) > NEGLIGIBLE])


def _is_kept(books: Books, row: dict[str, Any]) -> bool:
    """Whether what is bought goes into a store that gives it back: nobody has used it then."""
    facility = books.case.facilities.get(str(row["by"]))
    store = None if facility is None else facility.stores
    return row["for"] == "demand" and store is not None and store.keeps and row["resource"] == store.taken


def _is_bought(line: Line) -> bool:
    """Tell whether a line is money paid for a resource at its price, and not a cost per unit of something else."""
    price = f"resources.{line.resource}.price"
    fields = (evidence.field for evidence in line.evidence)
    return line.account in PURCHASES and any(f == price or f.startswith(f"{price}.periods.") for f in fields)


def _stream_of(books: Books, line: Line) -> str:
    """Stream a purchase serves: the sink supplied or treated for, the source that gives up or is moved; or the main."""
    if line.family == "supplied":
        return sink(books, line.index[0]).name
    if line.family == "through":
        return line.index[0]
    exchange = books.assembly.instance.exchanges.get(line.index[0])
    if exchange is None:
        return source(books, line.index[0]).name if line.index[0] in books.assembly.instance.sources else ""
    if line.account == "treatment":
        return sink(books, exchange.sink).name
    return source(books, exchange.source).name


def sale_of(books: Books, stream: Stream) -> Sale | None:
    """Market outside for what a source gives."""
    stated = declared(books, stream.unit, stream.name, "sources")
    own = stated.sale if isinstance(stated, Source) else None
    return own or books.case.resources[stream.resource].sale


def discharges_table(books: Books) -> "pd.DataFrame":
    """What is disposed of outside; ``cost_per_yr`` holds fees by load, too."""
    fees = _load_fees(books)
    rows = []
    for (source_id, state), value in books.solution.values.get("discharged", {}).items():
        if value <= NEGLIGIBLE:
            continue
        stream = source(books, source_id)
        route = discharge_of(books, stream)
        booked = _booked(books, "discharged", (source_id, state))
        waste = sum(amount for account, amount in booked.items() if account.startswith("waste_"))
        rows.append(
            {
                "state": state,
                "by": stream.unit,
                "stream": stream.name,
                "resource": stream.resource,
                "route": route.route if route else None,
                "waste_class": route.waste if route else "none",
                "amount_per_yr": _weighted(books, "discharged", source_id, state),
                "unit": books.case.resources[stream.resource].unit,
                "waste_t_per_yr": waste,
                "cost_per_yr": booked.get("discharge", 0.0) + fees.get((source_id, state), 0.0),
                "co2e_t_per_yr": booked.get("co2e_discharge", 0.0),
            }
        )
    return _table("discharges", rows)


def _load_fees(books: Books) -> dict[tuple[str, str], float]:
    """(Source, state) -> fees by the load disposed of, of sources whose content is not given by the case."""
    fees: dict[tuple[str, str], float] = defaultdict(float)
    for source_id, component, state in books.solution.values.get("let_out", {}):
        booked = _booked(books, "let_out", (source_id, component, state))
        fees[source_id, state] += booked.get("discharge", 0.0)
    return fees


def sales_table(books: Books) -> "pd.DataFrame":
    """What is sold outside."""
    rows = []
    for (source_id, state), value in books.solution.values.get("sold", {}).items():
        if value <= NEGLIGIBLE:
            continue
        stream = source(books, source_id)
        rows.append(
            {
                "state": state,
                "by": stream.unit,
                "stream": stream.name,
                "resource": stream.resource,
                "amount_per_yr": _weighted(books, "sold", source_id, state),
                "unit": books.case.resources[stream.resource].unit,
                "income_per_yr": -_booked(books, "sold", (source_id, state)).get("sale", 0.0),
            }
        )
    return _table("sales", rows)


def _booked(books: Books, family: str, index: tuple[str, ...]) -> dict[str, float]:
    """What a variable books on each account."""
    value = books.solution.value(family, *index) * books.weight(family, index)
    sums: dict[str, float] = defaultdict(float)
    for line in books.lines.get((family, index), ()):
        sums[line.account] += value * line.effect
    return dict(sums)


def _table(name: str, rows: list[dict[str, Any]]) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(rows, columns=list(COLUMNS[name]))
