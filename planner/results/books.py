"""The books of one run: every line item of the assembly with the value its variable took.

    amount = value x weight of its state x quantity x factor

Everything the tables say is a sum of these amounts, and ``tie_out`` compares their sums with the model's own totals.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from models.solution import Solution
from planner.assemble.assembly import ACCOUNTS, Assembly, Line
from planner.case.case import Case
from planner.geography.distances import Distances

#: Accounts that hold nothing but annualised investment.
CAPITAL_ACCOUNTS = frozenset(
    {
        *("link_capital", "trench_capital", "connection", "permit", "facility_capital", "gate_expansion"),
        *("heat_recovery_capital", "standby_capital"),
    }
)

#: Accounts that hold annualised investment beside running cost; a capital line rests on the discount rate.
MIXED_ACCOUNTS = frozenset({"land", "treatment"})
DISCOUNT_RATE = "economics.discount_rate"

#: Place of the state in the index of the families that have one.
STATE_AT: Mapping[str, int] = {
    "flow": 2,
    "pair_flow": 4,
    "supplied": 1,
    "discharged": 1,
    "sold": 1,
    "activity": 1,
    "charged": 1,
    "drawn": 1,
    "arrived": 2,
    "through": 3,
    "run": 1,
    "let_out": 2,
    "credited": 2,
    "recovered": 1,
    "medium": 2,
}

#: Families of an (exchange, option); of a pipe's way the index holds its copy instead of the option.
OF_AN_OPTION = frozenset({"built", "link", "flow", "pair_flow", "arrived", "detour"})

RELATIVE = 1e-6
PARK_COMPANY = "park company"


def is_capital(line: Line) -> bool:
    """Tell whether a line item of the yearly cost is annualised investment."""
    if line.account in MIXED_ACCOUNTS:
        return any(evidence.field == DISCOUNT_RATE for evidence in line.evidence)
    return line.account in CAPITAL_ACCOUNTS


class TotalsError(RuntimeError):
    """The line items do not add up to the totals of the model: a fault of the planner, not of the case."""


@dataclass(frozen=True)
class Entry:
    """A line item and the amount booked for it in a run.

    Attributes
    ----------
    line
        The line item.
    value
        Value of its variable, times the weight of its state.
    amount
        value x quantity x factor, money in currency units.
    """

    line: Line
    value: float
    amount: float


@dataclass(frozen=True)
class Books:
    """A run, plan or baseline, with the words and the line items behind its values."""

    run: str
    case: Case
    distances: Distances
    assembly: Assembly
    solution: Solution

    @cached_property
    def lines(self) -> Mapping[tuple[str, tuple[str, ...]], tuple[Line, ...]]:
        """Line items by the variable they belong to."""
        found: dict[tuple[str, tuple[str, ...]], list[Line]] = defaultdict(list)
        for line in self.assembly.lines:
            found[line.family, line.index].append(line)
        return {key: tuple(lines) for key, lines in found.items()}

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Line items whose variable is not zero."""
        found = []
        for line in self.assembly.lines:
            value = self.solution.value(line.family, *line.index) * self.weight(line.family, line.index)
            if value:
                found.append(Entry(line, value, value * line.effect))
        return tuple(found)

    @cached_property
    def by_exchange(self) -> Mapping[tuple[str, str], tuple[Entry, ...]]:
        """Entries of the variables of each (exchange, option); mains and shared trenches belong to none.

        What an exchange saves besides is shared among its options by what they carry.
        """
        found: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for entry in self.entries:
            exchange, option = (*entry.line.index, "", "")[:2]
            if entry.line.family == "path":
                found[exchange, self._built_in_trench(exchange, int(option))].append(entry)
            elif entry.line.family in OF_AN_OPTION:
                found[exchange, option].append(entry)
            elif entry.line.family == "credited":
                for o, share in self._carried(exchange, self.state(entry.line)).items():
                    found[exchange, o].append(Entry(entry.line, entry.value * share, entry.amount * share))
        return {key: tuple(entries) for key, entries in found.items()}

    def _built_in_trench(self, exchange: str, copy: int) -> str:
        """Option that is built of an exchange's copy in a trench."""
        options = self.assembly.instance.exchanges[exchange].options
        alike = [o for o, option in options.items() if option.in_trench and option.copy == copy]
        return max(alike, key=lambda o: self.solution.value("built", exchange, o))

    def _carried(self, exchange: str, state: str) -> dict[str, float]:
        """Options that carry some of an exchange in a state, each with its share."""
        options = self.assembly.instance.exchanges[exchange].options
        flows = {o: self.solution.value("flow", exchange, o, state) for o in options}
        total = sum(flows.values())
        return {o: flow / total for o, flow in flows.items() if flow > 0.0}

    @cached_property
    def accounts(self) -> Mapping[str, float]:
        """Sum of every account."""
        sums: dict[str, float] = dict.fromkeys(self.assembly.instance.accounts, 0.0)
        for entry in self.entries:
            sums[entry.line.account] = sums.get(entry.line.account, 0.0) + entry.amount
        return sums

    @cached_property
    def drawn_areas(self) -> Mapping[str, float]:
        """Area of each plot that has a shape [ha]."""
        plots = self.distances.plots
        areas = zip(plots["name"], plots["area_ha"], strict=True) if len(plots) else ()
        return {str(name): float(area) for name, area in areas}

    def weight(self, family: str, index: tuple[str, ...]) -> float:
        """Weight of a variable's state in yearly totals; 1 for a variable without state."""
        if family not in STATE_AT:
            return 1.0
        return self.assembly.instance.states[index[STATE_AT[family]]].weight

    def state(self, line: Line) -> str:
        """State a line item belongs to; the first one for what has no state of its own."""
        if line.family in STATE_AT:
            return line.index[STATE_AT[line.family]]
        return next(iter(self.assembly.instance.states))

    def weights(self, total: str) -> Mapping[str, float]:
        """Weights of the accounts in a total."""
        return self.assembly.instance.totals[total]

    def total(self, name: str, of: Iterable[Entry] | None = None) -> float:
        """A total of the model over some entries, by default all."""
        weights = self.weights(name)
        entries = self.entries if of is None else of
        return sum(weights.get(entry.line.account, 0.0) * entry.amount for entry in entries)

    def unit_of_account(self, account: str) -> str:
        """Unit of an account, with the case's currency."""
        template = ACCOUNTS.get(account)
        if template is None:
            return self.assembly.instance.accounts.get(account, "")
        return template.replace("money", self.case.currency)

    def running(self, of: Iterable[Entry] | None = None) -> Iterator[Entry]:
        """Entries that are not annualised investment."""
        return (entry for entry in (self.entries if of is None else of) if not is_capital(entry.line))

    def party(self, unit: str) -> str:
        """Party that a plant, partner, facility or measure belongs to."""
        facility = self.case.facilities.get(unit)
        owner = unit if facility is None else facility.owner or self.case.park_company
        tenant = self.case.plants.get(owner) or self.case.partners.get(owner)
        return tenant.firm if tenant is not None and tenant.firm else owner

    def places(self) -> dict[str, str]:
        """Where each unit stands that is there: plot, or the partner itself; measures with their host."""
        instance = self.assembly.instance
        found = {k: p for (k, p), value in self.solution.values.get("sited", {}).items() if value > 0.5}
        found |= {k: k for k, unit in instance.units.items() if unit.kind == "partner"}
        for k in self.opened():
            stands = instance.stands(k)
            if k not in found and stands in found:
                found[k] = found[stands]
        return found

    def opened(self) -> dict[str, str]:
        """Facilities and measures that are built, with the segment of their size."""
        return {k: segment for (k, segment), value in self.solution.values.get("opened", {}).items() if value > 0.5}


def tie_out(books: Books) -> None:
    """Compare the sums of the line items with the accounts and totals of the model.

    Raises
    ------
    TotalsError
        If one differs by more than 1e-6 of what was added up.
    """
    gross: dict[str, float] = defaultdict(float)
    for entry in books.entries:
        gross[entry.line.account] += abs(entry.amount)
    faults = []
    for account, theirs in books.solution.accounts.items():
        faults += _fault(account, books.accounts.get(account, 0.0), theirs, gross[account])
    for name, weights in books.assembly.instance.totals.items():
        theirs = books.solution.totals[name]
        ours = sum(weight * books.accounts.get(account, 0.0) for account, weight in weights.items())
        size = sum(abs(weight) * gross[account] for account, weight in weights.items())
        faults += _fault(name, ours, theirs, size)
    if faults:
        raise TotalsError(f"{books.run}: " + "; ".join(faults))


def _fault(name: str, ours: float, theirs: float, gross: float) -> list[str]:
    if abs(ours - theirs) <= RELATIVE * max(abs(ours), abs(theirs), gross, 1.0):
        return []
    return [f"{name} is {ours:.10g} by its line items, {theirs:.10g} by the model"]


def sum_by(
    entries: Iterable[Entry], key: Callable[[Entry], str | None], amount: Callable[[Entry], float]
) -> dict[str, float]:
    """Sum amounts by a key; entries whose key is None are left out."""
    sums: dict[str, float] = defaultdict(float)
    for entry in entries:
        name = key(entry)
        if name is not None:
            sums[name] += amount(entry)
    return dict(sums)
