"""Water-using operations of a run: what they take and give, and the share of a load that each part picks up."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.case.case import Case
from planner.case.periods import tenant_hours
from planner.case.plants import Tenant
from planner.case.qualities import Operation
from planner.results.books import Books
from planner.results.columns import COLUMNS

if TYPE_CHECKING:
    import pandas as pd

NEGLIGIBLE = 1e-6
HOURS = 8760.0
PART = " #"
#: Family of the model's variables that share the load of a split operation among its parts.
SHARE = "share"


@dataclass(frozen=True)
class Part:
    """An operation, or one of the parts it may be split into, as the case states it.

    Attributes
    ----------
    name
        Of the operation, without the number of the part.
    number
        Of the part; None where the operation is whole.
    """

    unit: str
    name: str
    number: str | None
    stated: Operation

    @property
    def stream(self) -> str:
        """Name of the stream that it takes, and of the one that it gives."""
        return self.name if self.number is None else f"{self.name}{PART}{self.number}"

    @property
    def id(self) -> str:
        """Id of both streams, and of the operation in the model."""
        return f"{self.unit} / {self.stream}"


def tenants(case: Case) -> dict[str, Tenant]:
    """Plants and partners by name."""
    return {**case.plants, **case.partners}


def operation_at(case: Case, unit: str, stream: str) -> Part | None:
    """The operation, or part of one, that a stream belongs to; None for any other stream."""
    tenant = case.plants.get(unit) or case.partners.get(unit)
    if tenant is None:
        return None
    if stream in tenant.operations:
        return Part(unit, stream, None, tenant.operations[stream])
    name, mark, number = stream.rpartition(PART)
    if mark and name in tenant.operations:
        return Part(unit, name, number, tenant.operations[name])
    return None


def parts_in(case: Case) -> list[Part]:
    """Every operation of the case, each part of a split one."""
    found = []
    for unit, tenant in tenants(case).items():
        for name, stated in tenant.operations.items():
            numbers = [None] if stated.parts == 1 else [str(n) for n in range(1, stated.parts + 1)]
            found += [Part(unit, name, number, stated) for number in numbers]
    return found


def hours_of(tenant: Tenant) -> float:
    """Operating hours of a plant or partner [h/yr]."""
    if tenant.hours is not None:
        return tenant.hours.value
    return HOURS - (tenant.stops.value if tenant.stops is not None else 0.0)


def hours_in(books: Books, unit: str, state: str) -> float:
    """Operating hours of a plant or partner in a state [h/yr]."""
    tenant = tenants(books.case)[unit]
    return tenant_hours(books.case, tenant)[state] if books.case.periods else hours_of(tenant)


def runs(books: Books, part: Part) -> dict[str, float]:
    """What an operation takes by state, times the weight of the state [unit/yr]; nothing where its plant is not."""
    value, states = books.solution.value, books.assembly.instance.states
    return {state: data.weight * value("run", part.id, state) for state, data in states.items()}


def load_share(books: Books, part: Part, state: str) -> float:
    """Share of the load of its operation, and of what it gains or loses, that a part has in a state.

    The model chooses it for parts; without its word it is their share of the flow, and all of it for a whole one.
    """
    if part.number is None:
        return 1.0
    sisters = [other for other in parts_in(books.case) if (other.unit, other.name) == (part.unit, part.name)]
    stated = {other.id: books.solution.value(SHARE, other.id) for other in sisters}
    if sum(stated.values()) <= NEGLIGIBLE:
        stated = {other.id: books.solution.value("run", other.id, state) for other in sisters}
    whole = sum(stated.values())
    return stated[part.id] / whole if whole > 0 else 0.0


def given(books: Books, part: Part, state: str) -> float:
    """What an operation gives in a state, times its weight: what it takes, plus gain, less loss [unit/yr]."""
    data = books.assembly.instance.sources.get(part.id)
    if data is None:
        return 0.0
    there = part.unit in books.places()
    taken = books.solution.value("run", part.id, state)
    beside = data.beside.get(state, 0.0) * load_share(books, part, state) if there else 0.0
    made = data.amount.get(state, 1.0) * taken + beside
    return books.assembly.instance.states[state].weight * made


def operations_table(books: Books) -> "pd.DataFrame":
    """Make the ``operations`` table: a row for each operation of the park, or part of one, that takes or gives.

    ``flow_per_yr`` is what it takes, ``flow_per_h`` the same per operating hour of its plant, ``given_per_yr`` what it
    gives, ``load_share`` its share of the load of the operation.
    """
    import pandas as pd

    rows = []
    for part in parts_in(books.case):
        taken = runs(books, part)
        if sum(taken.values()) > NEGLIGIBLE or any(given(books, part, state) > NEGLIGIBLE for state in taken):
            rows.append(_row(books, part, taken))
    return pd.DataFrame(rows, columns=list(COLUMNS["operations"]))


def _row(books: Books, part: Part, taken: Mapping[str, float]) -> dict[str, Any]:
    amount = sum(taken.values())
    sizes = taken if amount > NEGLIGIBLE else dict.fromkeys(taken, 1.0)
    weighed = sum(load_share(books, part, state) * size for state, size in sizes.items())
    return {
        "operation": part.name,
        "plant": part.unit,
        "part": part.number,
        "flow_per_h": amount / hours_of(tenants(books.case)[part.unit]),
        "flow_per_yr": amount,
        "unit": books.case.resources[part.stated.takes].unit,
        "given_per_yr": sum(given(books, part, state) for state in taken),
        "load_share": weighed / sum(sizes.values()),
    }
