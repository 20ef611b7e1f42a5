"""What a slightly laxer limit of quality would save: the case with such a limit, and the answer in the table."""

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.case.case import Case
from planner.case.values import Value
from planner.results.operations import operation_at

if TYPE_CHECKING:
    import pandas as pd

#: Share by which a limit is made laxer.
STEP = 0.05
#: Largest number of limits that are made laxer, each by a solve of its own.
MOST = 5
#: Share of a goal that is rounding.
ROUNDING = 1e-6
BOTH = "the gap of both solves"
#: Name of the bound of a limit in the schema.
_FIELD = {"max": "max_", "min": "min_"}

Row = Mapping[Hashable, Any]


@dataclass(frozen=True)
class Saving:
    """What came of a laxer limit.

    Attributes
    ----------
    saving
        Goal before less goal after, a year; not a number where there is none.
    how
        In words.
    """

    limit: float
    saving: float
    how: str

    @classmethod
    def missing(cls, why: str) -> "Saving":
        """What was asked for and not worked out."""
        return cls(math.nan, math.nan, f"not computed: {why}")


def compared(limit: float, unit: str, before: tuple[float, float], after: tuple[float, float]) -> Saving:
    """What a laxer limit saves, from goal and gap of the plan and of one with that limit.

    A difference that is not above the gaps of both solves together says nothing; nor does rounding.
    """
    (old, old_gap), (new, new_gap) = before, after
    again, saved = "solved again with a limit 5 % laxer", old - new
    open_ = abs(old) * old_gap + abs(new) * new_gap
    if not math.isfinite(open_):
        return Saving(limit, math.nan, f"{again}: what it saves cannot be told, as the gap of a solve is not known")
    if saved and abs(saved) <= open_:
        return Saving(limit, math.nan, f"{again}: it saves less than {open_:.6g} {unit} of the goal, {BOTH}")
    if saved < 0:
        rounding = ROUNDING * max(abs(old), abs(new))
        if -saved > rounding:
            return Saving(limit, math.nan, f"{again}: the plan found so is {-saved:.6g} {unit} of the goal worse")
        return Saving(limit, math.nan, f"{again}: it saves less than {rounding:.6g} {unit} of the goal, the rounding")
    return Saving(limit, saved, f"{again}, in {unit} of the goal; gaps {old_gap:.2g} and {new_gap:.2g}")


def binding(table: "pd.DataFrame") -> list[int]:
    """Rows of the limits that bind, at most ``MOST`` of them; a limit of 0 has no 5 %."""
    found = [n for n, row in enumerate(table.to_dict("records")) if row["binding"] and row["limit"]]
    return found[:MOST]


def laxer_limit(row: Row) -> float:
    """The limit of a row, 5 % laxer."""
    step = STEP * abs(float(row["limit"]))
    return float(row["limit"]) + (step if row["kind"] == "max" else -step)


def laxer(case: Case, row: Row) -> Case:
    """The case with the limit of a row of ``quality_limits`` 5 % laxer, wherever the case states it.

    A limit of a permit or market that is stated with the resource is laxer for all its streams.
    """

    def changed(value: Value) -> Value:
        return value.model_copy(update={"value": laxer_limit(row), "low": None, "high": None})

    made: Case = _replaced(case, _place(case, row), changed)
    return made


def _place(case: Case, row: Row) -> tuple[str, ...]:
    """Where the case states the limit of a row."""
    at, unit, stream, quality = (str(row[key]) for key in ("at", "by", "stream", "quality"))
    bound = _FIELD[str(row["kind"])]
    if at == "facility input":
        return "facilities", unit, "limits", stream, quality, bound
    tenants = "plants" if unit in case.plants else "partners"
    if at == "mixture":
        return tenants, unit, "sinks", stream, "limits", quality, bound
    part = operation_at(case, unit, stream)
    if at.startswith("operation"):
        assert part is not None, "a limit of an operation has one"
        return tenants, unit, "operations", part.name, "max_inlet" if at.endswith("inlet") else "max_outlet", quality
    tenant = case.plants.get(unit) or case.partners.get(unit)
    own = tenant.sources.get(stream) if tenant is not None else None
    if own is not None and getattr(own, at) is not None:
        return tenants, unit, "sources", stream, at, "limits", quality, bound
    resource = (own.resource if own is not None else part.stated.gives if part is not None else None) or stream
    return "resources", resource, at, "limits", quality, bound


def _replaced(node: Any, path: Sequence[str], change: Callable[[Value], Value]) -> Any:
    """A copy of a part of the case in which one value is another."""
    if not path:
        return change(node)
    if isinstance(node, Mapping):
        return {**node, path[0]: _replaced(node[path[0]], path[1:], change)}
    return node.model_copy(update={path[0]: _replaced(getattr(node, path[0]), path[1:], change)})


def filled(table: "pd.DataFrame", found: Mapping[int, Saving]) -> "pd.DataFrame":
    """The table with what was found, by row; of limits that bind and were not tried it says so."""
    made = table.copy()
    tried = f"not tried: {MOST} limits at most are"
    for n, row in enumerate(table.to_dict("records")):
        if not row["binding"]:
            continue
        answer = found.get(n)
        told = tried if row["limit"] else "not tried: a limit of 0 has no 5 %"
        made.loc[made.index[n], "how"] = told if answer is None else answer.how
        if answer is not None:
            made.loc[made.index[n], ["laxer_limit", "saving_per_yr"]] = [answer.limit, answer.saving]
    return made
