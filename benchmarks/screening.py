"""The best ten of ``planner screen`` on ``cases/greenfield`` against what the optimum builds, each miss explained.

python -m benchmarks.screening [--case CASE] [--gap 0.02] [--time-limit 200] [--top 10] [--out OUT of a finished run]
"""

import argparse
from pathlib import Path

import pandas as pd

from planner.case.read import read_case
from planner.pipeline import load, solve
from planner.report.numbers import amount
from planner.screen.screen import screen

CASES = Path(__file__).parent.parent / "cases"


def compared(table: pd.DataFrame, built: pd.DataFrame, top: int) -> pd.DataFrame:
    """A row for each of the best, and for each that the plan builds besides: rank, net saving, flows, why.

    Of what the plan does not build: exchanges of the plan that take from the same source or feed the same sink. Of what
    it builds and is not among the best: its rank, and what kept it there.
    """
    single = table[table["via"] == ""].reset_index(drop=True)  # chains through facilities have no counterpart in a plan
    single["rank"] = single.index + 1
    best = single[(single["technical"] != "no") & (single["compliance"] != "no")].head(top)
    own = built.set_index("exchange")
    rows = []
    for row in best.to_dict("records"):
        why = "built"
        if row["exchange"] not in own.index:
            why = _why_not(row, built)
        rows.append(_line(row, own, why))
    known = pd.concat([single, table[table["via"] != ""]]).set_index("exchange", drop=False)
    for name in own.index[~own.index.isin(best["exchange"])].unique():
        row = known.loc[name].to_dict()
        rows.append(_line(row, own, _why_behind(row, float(own.loc[[name], "length_km"].mean()))))
    return pd.DataFrame(rows, columns=["rank", "exchange", "net saving alone", "flow alone", "flow built", "why"])


def _line(row: dict[str, object], own: pd.DataFrame, why: str) -> tuple[object, ...]:
    name = row["exchange"]
    flow = float(own.loc[[name], "flow_per_yr"].sum()) if name in own.index else 0.0
    rank = "" if row["via"] else row["rank"]
    return rank, name, amount(row["net_saving_per_yr"]), amount(row["flow_per_yr"]), amount(flow or None), why


def _why_not(row: dict[str, object], built: pd.DataFrame) -> str:
    """Which exchanges of the plan it competes with."""
    same_sink = built[(built["to"] == row["to"]) & (built["sink"] == row["sink"])]["exchange"].unique()
    same_source = built[(built["from"] == row["from"]) & (built["source"] == row["source"])]["exchange"].unique()
    told = [f"its taker is fed by {_listed(same_sink)}"] if len(same_sink) else []
    told += [f"its giver serves {_listed(same_source)}"] if len(same_source) else []
    if not told:
        return "not built: on the plots that the plan takes for other reasons it does not pay, or an end stays away"
    return "not built: " + " and ".join(told)


def _why_behind(row: dict[str, object], km: float) -> str:
    """Why an exchange that the plan builds is not among the best."""
    if row["via"]:
        return f"built; without a rank of its own, since it needs {row['via']}"
    if row["technical"] == "open":
        return f"built; without a rank, since it {row['technical_why']}"
    far = f"{amount(row['length_km'])} km in the mean of all plots, {amount(km)} km in the plan"
    pays = f"pays up to {amount(row['breakeven_km'])} km"
    if float(row["net_saving_per_yr"]) < 0.0:  # type: ignore[arg-type]
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
    print(f"of the best {asked.top} of the screening the plan builds {both}\n")
    print("| rank | exchange | net saving alone | flow alone | flow built | why |\n|---:|---|---:|---:|---:|---|")
    for row in table.itertuples(index=False, name=None):
        print("| " + " | ".join(str(cell) for cell in row) + " |")


if __name__ == "__main__":
    main()
