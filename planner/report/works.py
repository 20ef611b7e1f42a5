"""Mains, trenches and the hydraulic check in the summary of a plan."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from planner.report.numbers import amount, in_words, natural
from planner.report.runs import number, text, yes
from planner.results.plan import Plan

Rows = tuple[tuple[str, ...], ...]
#: Failing pipes that the warning names.
_TOLD = 5
#: Amounts below this are rounding.
_NOTHING = 1e-6


def main_rows(plan: Plan) -> Rows:
    """A row for each main: km, metres of each size, exchanges over it, what its pipes cost."""
    table = plan.tables.get("mains")
    if table is None or table.empty:
        return ()
    table = table[table["pipes"] > 0]  # an existing main may lie out of service
    over = Counter(text(main) for main in plan.exchanges["main"])
    rows = []
    for (main, resource), pipes in table.groupby(["main", "resource"], sort=True):
        sizes: Counter[str] = Counter()
        for row in pipes.to_dict("records"):
            size = text(row["size"]) or "sized to need"
            old = yes(row["existing"]) and not size.startswith("existing")
            sizes[f"existing {size}" if old else size] += row["pipes"] * row["length_m"]
        told = ", ".join(f"{size}: {amount(round(sizes[size]))} m" for size in sorted(sizes, key=natural))
        capex = in_words(float(pipes["capex"].sum()))
        rows.append((str(main), str(resource), amount(sum(sizes.values()) / 1000), told, str(over[str(main)]), capex))
    return tuple(rows)


def trench_rows(plan: Plan) -> Rows:
    """A row for the trenches that are dug and one for those that were there: km, pipes in them, what they cost."""
    table = plan.tables.get("trenches")
    if table is None or table.empty:
        return ()
    rows = []
    old = table["trench"].eq("existing")
    for name, part in (("dug", table[~old]), ("open before", table[old])):
        if part.empty:
            continue
        length = float(part["length_m"].sum())
        pipes = float((part["length_m"] * part["pipes"]).sum())
        shared = float(part.loc[part["pipes"] > 1, "length_m"].sum())
        figures = (length / 1000, pipes / 1000, shared / 1000, part["pipes"].max())
        rows.append((name, *map(amount, figures), in_words(float(part["capex"].sum()))))
    return tuple(rows)


def hydraulic_verdict(plan: Plan) -> tuple[str, bool] | None:
    """What the hydraulic check found, and whether no pipe fails; None where there is nothing to check.

    Pipes that fail are named.
    """
    table = plan.tables.get("hydraulics")
    if table is None or table.empty:
        return None
    count = Counter(text(verdict) for verdict in table["verdict"])
    fails, other = count["fails"], len(table) - count["ok"] - count["fails"]
    parts = [f"{count['ok']} {'pipe' if count['ok'] == 1 else 'pipes'} ok"]
    if fails:
        parts.append(f"{fails} {'FAILS' if fails == 1 else 'FAIL'}")
    if other:
        parts.append(f"{other} not checked")
    first = f"hydraulic check: {', '.join(parts)}: see tables/hydraulics.csv"
    failing = table[table["verdict"] == "fails"].to_dict("records")
    lines = [first, *(f"  {_where(row)}: {text(row['why'])}" for row in failing[:_TOLD])]
    if fails > _TOLD:
        lines.append(f"  and {fails - _TOLD} more")
    return "\n".join(lines), not fails


def _where(row: Mapping[Hashable, Any]) -> str:
    return " ".join(part for part in (text(row["main"]), text(row["size"]), _in(text(row["stretch"]))) if part)


def _in(stretch: str) -> str:
    return f"in {stretch}" if stretch else ""


def shares(plan: Plan) -> Sequence[float]:
    """What each exchange bears of the investment of mains and trenches; zeros where nothing is shared."""
    if "shared_capex" not in plan.exchanges.columns:
        return [0.0] * len(plan.exchanges)
    return [number(value, 0.0) for value in plan.exchanges["shared_capex"]]


def idle(plan: Plan) -> frozenset[str]:
    """Facilities that cost nothing and do nothing: whether they are there makes no difference."""
    rows = plan.tables["facilities"].to_dict("records")
    return frozenset(
        str(row["facility"])
        for row in rows
        if not any(abs(number(row[key], 0.0)) > _NOTHING for key in ("activity_per_yr", "capex", "cost_per_yr"))
        and not _used(plan, str(row["facility"]))
    )


def _used(plan: Plan, facility: str) -> bool:
    """Whether a facility gives or takes anything, or holds land."""
    exchanges, siting = plan.exchanges, plan.siting
    land = siting.loc[siting["unit"] == facility, "land_taken_ha"].fillna(0.0)
    return bool((exchanges["from"] == facility).any() or (exchanges["to"] == facility).any() or (land > 0).any())
