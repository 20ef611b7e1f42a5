"""The line items of a finished run at other inputs: its plan kept, every number behind a line as another case has it.

    amount of a line            = value of its variable x quantity x factor                       (see ``Line``)
    value                       = quantity in the table / quantity per unit of the variable in its own case
    amount at other inputs      = value x quantity x factor, of the same line of the other case

A line that the other case does not have (a price of nothing) is worth nothing there; one that only the other case has
(a tax on carbon) is worth the value of its variable in the old plan, from ``solution.json``, x quantity x factor.
"""

import math
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from planner.compare.inputs import RESOLVED
from planner.errors import UsageError
from planner.results.plan import Plan

if TYPE_CHECKING:
    from planner.assemble.assembly import Assembly, Line
    from planner.results.books import Books
    from planner.results.saved import Finished

#: Headline -> total of the model.
HEADLINES = {"cost": "total_annual_cost", "co2e": "co2e"}
RUNS = ("plan", "baseline")
_ALIKE = 1e-9

Totals = Mapping[tuple[str, str], float]
"""(Run, headline) -> sum of its line items."""
_Words = tuple[str, ...]
_Place = tuple[str, tuple[str, ...], str, str, str, int]


@dataclass(frozen=True)
class _Booked:
    """A row of the table of lines: where its line stands in an assembly, and the value of its variable."""

    run: str
    account: str
    place: _Place | None
    value: float
    amount: float


class Repricer:
    """A finished run whose line items can be counted at other inputs.

    Parameters
    ----------
    plan
        The run as it was read back.
    out
        Its folder, with the case it was made for.
    """

    def __init__(self, plan: Plan, out: Path) -> None:
        self._plan, self._out, self._case = plan, out, out / "case"

    @cached_property
    def _own(self) -> "Assembly":
        return _assembled(self._case / RESOLVED) if self._finished is None else self._finished.assembly

    @cached_property
    def _finished(self) -> "Finished | None":
        """The run with the values of its model; None where it has none, or they are not of this case."""
        from planner.results.saved import finished

        try:
            return finished(self._out)
        except UsageError:
            return None

    @cached_property
    def _books(self) -> "dict[str, Books]":
        """Both runs with the values of their variables, where there are any."""
        return {} if self._finished is None else {run: self._finished.books(run) for run in RUNS}

    @cached_property
    def _lines(self) -> "dict[_Place, Line]":
        """Lines of the run's own case by their place."""
        return dict(_placed(self._own))

    @cached_property
    def _booked(self) -> list[_Booked]:
        """Rows of the table of lines, each with its line in the assembly of its own case."""
        there: dict[_Words, list[tuple[_Place, Line]]] = defaultdict(list)
        for place, line in _placed(self._own):
            there[_words(line)].append((place, line))
        rows = self._plan.tables["lines"].to_dict("records")
        alike: dict[tuple[str, _Words, str], list[Any]] = defaultdict(list)
        for n, row in enumerate(rows):
            key = tuple(_text(row[name]) for name in ("account", "item", "party", "by", "exchange", "resource"))
            alike[row["run"], key, f"{row['factor']:.9g}"].append((n, row))
        found: list[_Booked | None] = [None] * len(rows)
        for (_, words, _), members in alike.items():
            factor = members[0][1]["factor"]
            lines = [pair for pair in there.get(words, ()) if math.isclose(pair[1].factor, factor, rel_tol=_ALIKE)]
            for k, (n, row) in enumerate(members):
                # as many lines as rows: one each, in order; else any of them, for they say the same
                pair = lines[k] if len(lines) == len(members) else _nearest(lines, row["quantity"])
                found[n] = _booking(row, pair)
        return [one for one in found if one is not None]

    def totals(self, tree: str | None = None) -> Totals:
        """Headlines of both runs with the plan kept.

        Parameters
        ----------
        tree
            YAML of the case to count at; its own where there is none.

        Raises
        ------
        PlannerError
            If that case cannot be read or assembled.
        """
        if tree is None:
            return self._summed(self._own, lambda one: one.amount)
        with TemporaryDirectory() as folder:
            copy = Path(folder) / "case"
            shutil.copytree(self._case, copy)
            (copy / RESOLVED).write_text(tree, encoding="utf-8")
            assembly = _assembled(copy / RESOLVED)
        effects = {place: line.effect for place, line in _placed(assembly)}

        def worth(one: _Booked) -> float:
            return one.amount if one.place is None else one.value * effects.get(one.place, 0.0)

        return self._summed(assembly, worth, self._new(assembly))

    def _new(self, assembly: "Assembly") -> list[_Booked]:
        """Lines that the run's own case does not have, or at nothing, with what they come to in the old plan."""
        found, own = [], self._lines
        for place, line in _placed(assembly):
            if place in own and own[place].effect:
                continue
            for run, books in self._books.items():
                value = books.solution.value(line.family, *line.index) * books.weight(line.family, line.index)
                if value:
                    found.append(_Booked(run, line.account, place, value, value * line.effect))
        return found

    def unmatched(self) -> float:
        """Share of the absolute cost of the plan whose lines were not found again, and keep their amount."""
        weights = self._own.instance.totals[HEADLINES["cost"]]
        mine = [one for one in self._booked if one.run == "plan" and weights.get(one.account)]
        whole = math.fsum(abs(one.amount) for one in mine)
        return math.fsum(abs(one.amount) for one in mine if one.place is None) / whole if whole else 0.0

    def _summed(self, assembly: "Assembly", worth: Any, new: Sequence[_Booked] = ()) -> Totals:
        found = {}
        for headline, total in HEADLINES.items():
            weights = assembly.instance.totals[total]
            for run in RUNS:
                mine = (one for one in self._booked if one.run == run and weights.get(one.account))
                more = (one for one in new if one.run == run and weights.get(one.account))
                parts = [weights[one.account] * worth(one) for one in mine]
                found[run, headline] = math.fsum(parts + [weights[one.account] * one.amount for one in more])
        return found


def _assembled(file: Path) -> "Assembly":
    from planner.assemble.assemble import assemble
    from planner.case.read import read_case
    from planner.geography.measure import measure

    case = read_case(file)
    return assemble(case, measure(case))


def _placed(assembly: "Assembly") -> "Iterator[tuple[_Place, Line]]":
    """Lines with their place: the variable, the account and the party, and which of several there."""
    count: dict[tuple[Any, ...], int] = defaultdict(int)
    for line in assembly.lines:
        key = (line.family, line.index, line.account, line.item, line.party)
        yield (*key, count[key]), line
        count[key] += 1


def _words(line: "Line") -> _Words:
    words = (line.account, line.item, line.party, line.unit, line.exchange, line.resource)
    return tuple(word or "" for word in words)


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value)


def _nearest(lines: "list[tuple[_Place, Line]]", quantity: float) -> "tuple[_Place, Line] | None":
    """The line of one unit of whose variable the quantity is, else the first."""
    exact = (pair for pair in lines if math.isclose(pair[1].quantity, quantity, rel_tol=_ALIKE))
    return next(exact, lines[0] if lines else None)


def _booking(row: Mapping[Any, Any], pair: "tuple[_Place, Line] | None") -> _Booked:
    if pair is None or not pair[1].quantity:
        return _Booked(row["run"], row["account"], None, 0.0, row["amount"])
    return _Booked(row["run"], row["account"], pair[0], row["quantity"] / pair[1].quantity, row["amount"])
