"""On how many suppliers each demand of a plan rests.

    Shannon = - sum_s p_s ln p_s             inverse Simpson = 1 / sum_s p_s^2

p_s is the share of a demand that comes from supplier s over the year; what is bought, or made by a conventional supply
of one's own, is one supplier, and so is one's own by-product. Shannon (1948), Simpson (1949); of suppliers in networks
of industrial symbiosis Chopra & Khanna (2014), "Understanding resilience in industrial symbiosis networks". Inverse
Simpson is the number of suppliers of equal size that would be as diverse.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from planner.results.saved import Finished

BOUGHT = "own supply"
#: A supplier of less than this share of a demand is none.
NOTHING = 1e-6
COLUMNS = (
    *("by", "stream", "resource", "unit", "demand_per_yr", "suppliers", "partners", "exchanged_share", "partner_share"),
    *("largest_supplier", "largest_share", "shannon", "inverse_simpson", "single_source"),
    *("single_partner", "could_buy"),
)
OF_RESOURCES = (
    *("resource", "unit", "demand_per_yr", "demands", "partner_share", "single_source_share"),
    *("single_partner_share", "shannon", "inverse_simpson"),
)


def shannon(shares: Iterable[float]) -> float:
    """Shannon's index of shares that add up to 1: 0 for a single one."""
    return -math.fsum(p * math.log(p) for p in shares if p > 0.0) + 0.0


def inverse_simpson(shares: Iterable[float]) -> float:
    """Number of equal shares that are as diverse as these, which add up to 1."""
    return 1.0 / math.fsum(p * p for p in shares)


def suppliers_table(run: "Finished") -> "pd.DataFrame":
    """One row a demand of the plan, over the whole year; demands that are not there this year are left out."""
    import pandas as pd

    able = _can_buy(run)
    met = _met(run)
    rows = []
    for (by, stream), supply in _supplies(run).items():
        demand = supply["demand_per_yr"]
        if demand <= NOTHING:
            continue
        sources = {**met.get((by, stream), {}), BOUGHT: supply["supplied_per_yr"]}
        whole = math.fsum(sources.values())
        shares = {name: amount / whole for name, amount in sources.items() if amount > NOTHING * whole}
        largest = max(shares, key=lambda name: shares[name])
        rows.append(
            {
                "by": by,
                "stream": stream,
                "resource": supply["resource"],
                "unit": supply["unit"],
                "demand_per_yr": demand,
                "suppliers": len(shares),
                "partners": len([name for name in shares if name not in (BOUGHT, by)]),
                "exchanged_share": 1.0 - shares.get(BOUGHT, 0.0),
                "partner_share": sum((share for name, share in shares.items() if name not in (BOUGHT, by)), 0.0),
                "largest_supplier": largest,
                "largest_share": shares[largest],
                "shannon": shannon(shares.values()),
                "inverse_simpson": inverse_simpson(shares.values()),
                "single_source": len(shares) == 1,
                "single_partner": len(shares) == 1 and largest not in (BOUGHT, by),
                "could_buy": able.get((by, stream), False),
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def resources_table(suppliers: "pd.DataFrame") -> "pd.DataFrame":
    """Diversity by resource: share of its demand that has one supplier; means of the indices by amount."""
    import pandas as pd

    rows = []
    for (resource, unit), group in suppliers.groupby(["resource", "unit"], sort=False):
        amounts = group["demand_per_yr"]
        demand = float(amounts.sum())
        rows.append(
            {
                "resource": resource,
                "unit": unit,
                "demand_per_yr": demand,
                "demands": len(group),
                "partner_share": float((group["partner_share"] * amounts).sum()) / demand,
                "single_source_share": float(amounts[group["single_source"].astype(bool)].sum()) / demand,
                "single_partner_share": float(amounts[group["single_partner"].astype(bool)].sum()) / demand,
                "shannon": float((group["shannon"] * amounts).sum()) / demand,
                "inverse_simpson": float((group["inverse_simpson"] * amounts).sum()) / demand,
            }
        )
    return pd.DataFrame(rows, columns=list(OF_RESOURCES))


def _supplies(run: "Finished") -> dict[tuple[str, str], dict[str, Any]]:
    """Demand and conventional supply of every stream over the year."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in run.plan.tables["supplies"].to_dict("records"):
        at = found.setdefault(
            (str(row["by"]), str(row["stream"])),
            {"resource": row["resource"], "unit": row["unit"], "demand_per_yr": 0.0, "supplied_per_yr": 0.0},
        )
        for name in ("demand_per_yr", "supplied_per_yr"):
            at[name] += float(row[name])
    return found


def _met(run: "Finished") -> Mapping[tuple[str, str], Mapping[str, float]]:
    """Demand -> supplier -> amount a year, by exchange."""
    found: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in run.plan.tables["exchanges"].to_dict("records"):
        found[str(row["to"]), str(row["sink"])][str(row["from"])] += float(row["replaced_per_yr"])
    return found


def _can_buy(run: "Finished") -> dict[tuple[str, str], bool]:
    """Demands that have a conventional supply, whether the plan uses it or not."""
    from planner.results.streams import sink

    books, instance = run.books(), run.assembly.instance
    return {
        (stream.unit, stream.name): data.suppliable
        for sink_id, data in instance.sinks.items()
        for stream in (sink(books, sink_id),)
    }
