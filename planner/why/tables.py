"""The tables of ``planner why``: a row an exchange, and a row a source or demand."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from planner.why.why import proof_of, settled
from planner.why.words import COLUMNS, FIGURELESS, STREAM_COLUMNS

if TYPE_CHECKING:
    from planner.why.again import Again
    from planner.why.causes import Cause, Causes

_OF_SCREEN = ("exchange", "from", "to", "source", "sink", "resource", "unit", "length_km", "breakeven_km")


def why_table(
    rows: pd.DataFrame, causes: "Mapping[str, Cause]", again: "Mapping[str, Again]", plan: "Causes"
) -> pd.DataFrame:
    """Make the table of verdicts, the smallest loss first; what the case bars comes last."""
    made = [_row(row, causes[name], again.get(name), plan) for row in rows.to_dict("records")
            if (name := str(row["exchange"])) in causes]  # fmt: skip
    table = pd.DataFrame(made, columns=list(COLUMNS))
    order = sorted(range(len(table)), key=lambda n: _rank(made[n]))
    return table.iloc[order].reset_index(drop=True)


def _rank(row: Mapping[str, Any]) -> tuple[bool, bool, float]:
    loss = float(row["loss_per_yr"])
    return row["basis"] in FIGURELESS, math.isnan(loss), 0.0 if math.isnan(loss) else loss


def _row(row: Mapping[Any, Any], cause: "Cause", again: "Again | None", plan: "Causes") -> dict[str, Any]:
    least, most, proof = proof_of(cause, again)
    stands, scale = settled(cause, again), plan.unbuilt.money.factor(plan.goal)
    added = stands.added
    flow = math.nan if added is None else added.flow
    told: tuple[str, ...] = () if added is None else tuple(f"{e} carries less" for e in list(added.less)[:3])
    if again is not None and again.proof:
        flow, told = again.flow, again.gives_way
    loss = least if again is not None and again.proof == "at least" else stands.loss
    return {
        **{column: row[column] for column in _OF_SCREEN},
        "verdict": stands.verdict,
        "why": stands.why + stands.idle,
        "by": "; ".join(stands.by),
        "basis": stands.basis,
        "loss_per_yr": loss,
        "loss_least_per_yr": least,
        "loss_most_per_yr": most,
        "loss_unit": "" if math.isnan(loss) else plan.unit if again is None else again.unit,
        "proof": proof,
        "reduced_cost_per_yr": stands.reduced,
        "added_per_yr": math.nan if added is None else added.cost * scale,
        "flow_per_yr": flow,
        "per_unit": math.nan if added is None else added.unit_cost * scale,
        "alone_per_yr": row["net_saving_per_yr"],
        "gives_way": "; ".join(told),
    }


def streams_table(plan: "Causes") -> pd.DataFrame:
    """Make the table of what a unit of each source and demand is worth; empty where prices say nothing."""
    marginal, scale = plan.unbuilt.marginal, plan.unbuilt.money.factor(plan.goal)
    made: list[dict[str, Any]] = []
    if marginal is not None:
        ends: dict[str, dict[str, tuple[str, str]]] = {"source": {}, "sink": {}}
        case = {e: plan.assembly.exchanges[e] for e in plan.instance.exchanges}
        for e, data in plan.instance.exchanges.items():
            ends["source"].setdefault(data.source, (case[e].giver, case[e].resource))
            ends["sink"].setdefault(data.sink, (case[e].taker, case[e].replaces))
        for end, streams in ends.items():
            for name, (unit, resource) in streams.items():
                if not plan.is_there(unit):
                    continue
                worth = -marginal.of_source(name) if end == "source" else marginal.of_sink(name)
                made.append(
                    {
                        "stream": name,
                        "end": end,
                        "resource": resource,
                        "unit": plan.units.get(resource, ""),
                        "worth_per_unit": worth * scale + 0.0,
                        "rest_per_yr": plan.rest(name),
                    }
                )
    return pd.DataFrame(made, columns=list(STREAM_COLUMNS))
