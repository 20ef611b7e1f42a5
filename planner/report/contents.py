"""What links carry, and the takers whose limit of quality binds, on a map and in its key."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from planner.report.legend import Entry, Stroke
from planner.report.runs import number, text, yes
from planner.report.water import records
from planner.results.plan import Plan

#: Behind the name of a unit that takes something whose limit binds.
MARK = "\u25b2"
#: Places where a unit takes something in.
_TAKEN = ("mixture", "operation inlet", "facility input")
#: Limits that the key names, and contents that it names of one link.
_TOLD, _CONTENTS = 6, 3
#: Share of a limit within which a content is at it.
_AT = 1e-6


def with_contents(drawn: Sequence[Stroke], plan: Plan) -> list[Stroke]:
    """The links; those into what limits a quality say how much of it they carry, by the mean."""
    carried = _carried(plan)
    return [
        replace(s, detail=f"{s.detail}, {carried[s.exchange]}", brief=f"{s.brief}, {carried[s.exchange]}")
        if s.exchange in carried
        else s
        for s in drawn
    ]


def _carried(plan: Plan) -> dict[str, str]:
    """Exchange -> "COD 85 mg/L, chloride 120 mg/L", of the qualities that its taker limits."""
    limited: dict[tuple[str, ...], list[float]] = {}
    for row in records(plan, "quality_limits"):
        if row["at"] in _TAKEN:
            key = text(row["by"]), text(row["stream"]), text(row["quality"])
            limited.setdefault(key, []).append(number(row["limit"]))
    if not limited:
        return {}
    ends = {text(row["exchange"]): (text(row["to"]), text(row["sink"])) for row in plan.exchanges.to_dict("records")}
    found: dict[str, dict[str, str]] = {}
    for row in records(plan, "compositions"):
        exchange, quality = text(row["exchange"]), text(row["quality"])
        if row["at"] != "exchange" or exchange not in ends or (*ends[exchange], quality) not in limited:
            continue
        if yes(row["known"]) and row["mean"] == row["mean"]:
            limits = limited[*ends[exchange], quality]
            told = f"{quality} {_content(number(row['mean']), text(row['unit']), limits)}"
        else:
            told = f"{quality} unknown"
        found.setdefault(exchange, {}).setdefault(quality, told)
    return {
        exchange: ", ".join(list(told.values())[:_CONTENTS]) + (" ..." if len(told) > _CONTENTS else "")
        for exchange, told in found.items()
    }


def _content(value: float, unit: str, limits: Iterable[float] = ()) -> str:
    """A content in three digits and its unit; in more where three would put it at a limit, or beyond it."""
    stated = list(limits)
    shown = next((x for n in range(3, 12) if _tells(x := float(f"{value:.{n}g}"), value, stated)), value)
    told = f"{shown:,.9f}".rstrip("0").rstrip(".")
    return told + ("" if unit in ("", "-", "1") else f" {unit}")


def _tells(shown: float, value: float, limits: Iterable[float]) -> bool:
    """Whether what is shown of a content lies on the side of each limit that it is on, or at it."""
    return all(_side(shown, limit) == _side(value, limit) for limit in limits)


def _side(value: float, limit: float) -> int:
    room = value - limit
    return 0 if abs(room) <= _AT * abs(limit) else 1 if room > 0 else -1


def at_limit(plan: Plan) -> dict[str, list[str]]:
    """Unit -> what it takes in whose limit binds, in words."""
    found: dict[str, list[str]] = {}
    for row in records(plan, "quality_limits"):
        if yes(row["binding"]) and row["at"] in _TAKEN:
            bound = "\u2264" if row["kind"] == "max" else "\u2265"
            told = f"{text(row['stream'])}: {text(row['quality'])} {bound} "
            found.setdefault(text(row["by"]), []).append(
                told + _content(number(row["limit"]), text(row["unit"]), [number(row["limit"])])
            )
    return found


def marked(name: str, binding: dict[str, list[str]]) -> str:
    """Name of a unit, with the mark where a limit binds at it."""
    return f"{name} {MARK}" if name in binding else name


def limit_entry(plan: Plan) -> list[Entry]:
    """A row of the key that names the limits that bind; none where none does."""
    told = []
    for unit, rows in at_limit(plan).items():
        told += [f"{unit} / {rows[0]}", *rows[1:]]
    if not told:
        return []
    more = f"; and {len(told) - _TOLD} more: see tables/quality_limits.csv" if len(told) > _TOLD else ""
    return [Entry("takes what is at a limit of quality", "; ".join(told[:_TOLD]) + more, marker="^")]
