"""The first rows of ``planner screen`` on ``cases/greenfield`` against what the optimum builds, each miss explained.

python -m benchmarks.screening [--case CASE] [--gap 0.02] [--time-limit 200] [--top 10] [--out OUT of a finished run]
"""

import argparse
from pathlib import Path
from typing import Any

import pandas as pd

from planner.case.read import read_case
from planner.pipeline import load, solve
from planner.report.numbers import amount
from planner.screen.screen import screen

CASES = Path(__file__).parent.parent / "cases"


def compared(table: pd.DataFrame, built: pd.DataFrame, top: int) -> pd.DataFrame:
    """A row for each of the best, and for each that the plan builds besides: rank, net saving, flows, why.

    The best are the first rows as they are listed, chains through a facility among them. A chain is built if the plan
    builds both its ways. Of what the plan does not build: exchanges of the plan that take from the same source or feed
    the same sink. Of what it builds and is not among the best: what kept it there.
    """
    best = table[(table["technical"] != "no") & (table["compliance"] != "no")].head(top)
    rows, seen = [], set[str]()
    for row in best.to_dict("records"):
        ways = [_exchanges(built, side) for side in _ways(row)]
        there = all(len(way) for way in ways)
        seen |= {name for way in ways for name in way["exchange"]} if there else set()
        why = "built" if there else _why_not(row, built)
        rows.append(_line(row, float(ways[0]["flow_per_yr"].sum()) if there else 0.0, why))
    known = table.set_index("exchange", drop=False)
    for name, own in built[~built["exchange"].isin(seen)].groupby("exchange", sort=False):
        row = known.loc[name].to_dict()
        rows.append(_line(row, float(own["flow_per_yr"].sum()), _why_behind(row, float(own["length_km"].mean()))))
    return pd.DataFrame(rows, columns=["rank", "exchange", "net saving alone", "flow alone", "flow built", "why"])


def _ways(row: dict[str, Any]) -> list[dict[str, str]]:
    """The exchanges of which a row is made, by columns of the plan: two of a chain through a facility, else one."""
    if row["via"] in ("", row["from"], row["to"]):
        return [{"exchange": row["exchange"]}]
    first = {"from": row["from"], "source": row["source"], "to": row["via"]}
    return [first, {"from": row["via"], "to": row["to"], "sink": row["sink"]}]


def _exchanges(built: pd.DataFrame, asked: dict[str, str]) -> pd.DataFrame:
    """Exchanges of the plan with certain ends."""
    return built[(built[list(asked)] == pd.Series(asked)).all(axis=1)]


def _line(row: dict[str, Any], flow: float, why: str) -> tuple[object, ...]:
    rank = "" if row["payback"] == "open" else row["rank"]
    return (
        rank,
        row["exchange"],
        amount(row["net_saving_per_yr"]),
        amount(row["flow_per_yr"]),
        amount(flow or None),
        why,
    )


def _why_not(row: dict[str, Any], built: pd.DataFrame) -> str:
    """Which exchanges of the plan it competes with."""
    same_sink = _exchanges(built, {"to": row["to"], "sink": row["sink"]})["exchange"].unique()
    same_source = _exchanges(built, {"from": row["from"], "source": row["source"]})["exchange"].unique()
    told = [f"its taker is fed by {_listed(same_sink)}"] if len(same_sink) else []
    told += [f"its giver serves {_listed(same_source)}"] if len(same_source) else []
    if not told:
        return "not built: on the plots that the plan takes for other reasons it does not pay, or an end stays away"
    return "not built: " + " and ".join(told)


def _why_behind(row: dict[str, Any], km: float) -> str:
    """Why an exchange that the plan builds is not among the best."""
    if row["payback"] == "open":
        return f"built; without a rank, since nothing but a solve can tell: {row['technical_why']}"
    if row["via"] and float(row["net_saving_per_yr"]) < 0.0:
        return f"built; for it alone {row['via']} costs more than it brings, the plan shares it with others"
    far = f"{amount(row['length_km'])} km in the mean of all plots, {amount(km)} km in the plan"
    pays = f"pays up to {amount(row['breakeven_km'])} km"
    if float(row["net_saving_per_yr"]) < 0.0:
        return f"built; alone it {pays}: {far}"
    return f"built; fits beside the best, with less saving: {far}"


def _listed(names: object) -> str:
    return " and ".join(str(name) for name in names)  # type: ignore[attr-defined]


def main() -> None:
    """Screen, solve (or load), compare."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--case", default=str(CASES / "greenfield"))
    options.add_argument("--gap", type=float, default=0.02)
    options.add_argument("--time-limit", type=float, default=200.0)
    options.add_argument("--top", type=int, default=10)
    options.add_argument("--out", type=Path, help="folder of a finished run, instead of a solve")
    asked = options.parse_args()
    case = read_case(asked.case)
    found = screen(case)
    plan = load(asked.out) if asked.out else solve(case, gap=asked.gap, time_limit=asked.time_limit)
    built = plan.exchanges
    table = compared(found.table, built, asked.top)
    solver = plan.header["solver"]
    both = sum(table["why"].str.startswith("built").head(asked.top))
    print(f"plan: {solver['status']}, gap {100 * solver['gap']:.2g} %, {len(built)} exchanges")
    tenants = ", ".join(sorted(plan.siting["unit"]))
    print(f"there: {tenants}")
    print(f"of the first {min(asked.top, len(table))} rows of the screening the plan builds {both}\n")
    print("| rank | exchange | net saving alone | flow alone | flow built | why |\n|---:|---|---:|---:|---:|---|")
    for row in table.itertuples(index=False, name=None):
        print("| " + " | ".join(str(cell) for cell in row) + " |")


if __name__ == "__main__":
    main()
