"""Check that facilities which keep nothing can do in the hours of their exchanges what the tables say of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.flows import Run
from planner.audit.links import Row, main_of, peak_of, shared_hours

#: Share of what is moved that is rounding.
ROUNDING = 1e-5
_SAME = 1e-9

Stream = tuple[str, str, str]  # unit, "source" or "sink", name


def check_hours(facts: Facts, run: Run, checks: Checks, name: str) -> None:
    """Check the facilities of a run, or of a period of it, that neither store nor even out.

    The hours that the two ends of an exchange share are nested: fewer lie within more. What falls into each stretch of
    them, of all that such facilities do and of what else their partners do, is a linear program; the least by which its
    rates are broken is to be nothing. Losses may fall into any stretch.
    """
    check = f"{name}: facilities do in shared hours what they do"
    checks.start(check)
    if all(one.stores is not None or one.evens_out for one in facts.case.facilities.values()):
        return
    moved = [row for row in run.exchanges if float(row["flow_per_yr"]) > ROUNDING]
    bound = [row for row in moved if any(_at_once(facts, one) for one in _ends(row))]
    partners = {one for row in bound for one in _ends(row) if not _is_sized(facts, one[0])}
    cuts = {shared_hours(facts, row) for row in bound}
    cuts |= {facts.stream_hours(*one) for row in bound for one in _ends(row) if _at_once(facts, one)}
    grid = _grid(cuts)
    if not grid:
        return
    program = _Program(facts, run, grid)
    for row in moved:
        if row in bound or any(one in partners for one in _ends(row)):
            program.move(row)
    for stream, missed in program.least_missed().items():
        amount = run.amount(facts, *stream)
        if missed > 2.0 * ROUNDING * abs(amount) + 1e-4:
            told = f"{missed:.6g} of {amount:.6g} a year fall into hours in which others stand still"
            checks.fail(check, f"{stream[0]} / {stream[2]}: {told}")


def _ends(row: Row) -> tuple[Stream, Stream]:
    return (str(row["from"]), "source", str(row["source"])), (str(row["to"]), "sink", str(row["sink"]))


def _is_sized(facts: Facts, unit: str) -> bool:
    """Whether a unit is a facility and no store."""
    return unit in facts.case.facilities and facts.store(unit) is None


def _at_once(facts: Facts, stream: Stream) -> bool:
    """Whether a stream is given or used in the hour in which it is made or comes."""
    if not _is_sized(facts, stream[0]) or facts.case.facilities[stream[0]].evens_out:
        return False
    return facts.case.resources[facts.stream_resource(*stream)].kind != "material"


def _grid(hours: Iterable[float]) -> list[tuple[float, float]]:
    """Stretches: beginning and end [h/yr]."""
    ends = [0.0]
    for h in sorted(hours):
        if h > ends[-1] * (1.0 + _SAME) and h > 0.0:
            ends.append(h)
    return list(zip(ends, ends[1:], strict=False))


@dataclass
class _Program:
    """What is moved, and done, in each stretch; what lies beyond the last is a stretch of its own."""

    facts: Facts
    run: Run
    grid: list[tuple[float, float]]
    cost: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)
    equal: list[tuple[dict[int, float], float]] = field(default_factory=list)
    balance: dict[tuple[Stream, int], dict[int, float]] = field(default_factory=dict)
    paces: dict[str, list[int]] = field(default_factory=dict)

    def move(self, row: Row) -> None:
        """Part what an exchange moves, at either end."""
        hours, flow = shared_hours(self.facts, row), float(row["flow_per_yr"])
        replaced, capacity = float(row["replaced_per_yr"]), float(row["capacity_per_h"])
        ratio = replaced / (flow - float(row["lost_per_yr"])) if flow > float(row["lost_per_yr"]) else 0.0
        carried = capacity / peak_of(self.facts, row) if capacity == capacity and not main_of(row) else float("inf")
        lengths = self.lengths(hours)
        sent = [self.column(carried * length * (1.0 + ROUNDING)) for length in lengths]
        self.equal.append((dict.fromkeys(sent, 1.0), flow))
        got, per = sent, ratio
        if float(row["lost_per_yr"]) > ROUNDING * flow:
            got, per = [self.column() for _ in lengths], 1.0
            self.equal.append((dict.fromkeys(got, 1.0), replaced))
            for n, (one, other) in enumerate(zip(got, sent, strict=True)):
                self.balance[(str(row["exchange"]), str(row["option"]), ""), n] = {one: 1.0, other: -ratio}
        for stream, parts, each in zip(_ends(row), (sent, got), (1.0, per), strict=True):
            for n, part in enumerate(parts):
                at = self.stretch(stream, n)
                if at is not None:
                    at[part] = at.get(part, 0.0) + each

    def lengths(self, hours: float) -> list[float]:
        """Of the stretches that lie within so many hours."""
        found = [min(end, hours) - start for start, end in self.grid if start < hours * (1.0 - _SAME)]
        beyond = hours - self.grid[-1][1]
        return [*found, beyond] if beyond > _SAME * hours else found

    def column(self, most: float = float("inf"), cost: float = 0.0) -> int:
        """A new column."""
        self.cost.append(cost)
        self.most.append(most)
        return len(self.cost) - 1

    def stretch(self, stream: Stream, n: int) -> dict[int, float] | None:
        """Row of a stream in a stretch, at most 0 with what is missed; None where nothing is asked."""
        unit = stream[0]
        if not _at_once(self.facts, stream) and _is_sized(self.facts, unit):
            return None
        if (stream, n) not in self.balance:
            row = {self.column(cost=1.0): -1.0}
            if _at_once(self.facts, stream):
                paces = self.pace(unit)
                each = self.facts.coefficient(self.facts.case.facilities[unit], stream[1], stream[2])
                row |= {paces[n]: -each} if n < len(paces) else {}
            else:
                rate, lengths = self.run.hourly(self.facts, *stream), self.lengths(self.facts.stream_hours(*stream))
                row[self.column(rate * lengths[n] * (1.0 + ROUNDING) if n < len(lengths) else 0.0)] = -1.0
            self.balance[stream, n] = row
        return self.balance[stream, n]

    def pace(self, unit: str) -> list[int]:
        """Activity of a facility in each stretch."""
        if unit not in self.paces:
            facility = self.facts.case.facilities[unit]
            hourly = self.run.capacity[unit] * facility.capacity_factor.value / facility.peak_factor.value
            running = self.facts.unit_hours(unit) * facility.availability.value
            most = [hourly * length * (1.0 + ROUNDING) for length in self.lengths(running)]
            self.paces[unit] = [self.column(one) for one in most]
            done = min(self.run.activity[unit], sum(most))
            self.equal.append((dict.fromkeys(self.paces[unit], 1.0), done))
        return self.paces[unit]

    def least_missed(self) -> dict[Stream, float]:
        """Stream -> what of it does not fit into the hours of its partners [unit/yr]."""
        from scipy.optimize import linprog

        most = _matrix([row for row in self.balance.values()], len(self.cost))
        whole = _matrix([row for row, _ in self.equal], len(self.cost))
        bounds = [(0.0, one) for one in self.most]
        found: Any = linprog(self.cost, most, [0.0] * len(self.balance), whole, [b for _, b in self.equal], bounds)
        missed: dict[Stream, float] = {}
        for (stream, _), row in self.balance.items():
            slack = next((column for column in row if self.cost[column] > 0.0), None)
            if slack is not None:
                value = float(found.x[slack]) if found.x is not None else float("inf")
                missed[stream] = missed.get(stream, 0.0) + value
        return missed


def _matrix(rows: "list[Mapping[int, float]] | list[dict[int, float]]", columns: int) -> Any:
    from scipy.sparse import coo_array

    entries = [(at, column, x) for at, row in enumerate(rows) for column, x in row.items()]
    where, which, values = (list(part) for part in zip(*entries, strict=True))
    return coo_array((values, (where, which)), shape=(len(rows), columns)).tocsr()
