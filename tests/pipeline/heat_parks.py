"""Parks with process heat, and what is looked up in their plans."""

from pathlib import Path

from layers import layer
from pipe_parks import PLACES, STREETS
from texts import STEAM_TRADE, changed
from whole_cases import failed

from planner.case.read import read_case
from planner.pipeline import solve
from planner.results.plan import Plan

HEAD = """
case: Heat
currency: EUR
price_year: 2025
economics: {discount_rate: 0, lifetime: {pipe: 10, heat_recovery: 10}}
geography: {distances: distances.csv}
plots: {A: {area: 5}, B: {area: 5}}
"""
#: 10 MW from 150 to 110 degC beside a heater of 6 MW from 40 to 80 degC, 1 km of pipe for 10 EUR/m between them.
TWO = (
    HEAD
    + """
resources:
  gas: {kind: gas, unit: MWh, price: 50, co2e: {use: 0.2}}
  hot water: {kind: heat, unit: MWh, heat: {supply: 90 degC, return: 60 degC}, carried_by: [pipe]}
  cooling water: {kind: heat, unit: MWh, heat: {supply: 20 degC, return: 303.15 K}, price: 2}
plants:
  works:
    plot: A
    process_heat:
      approach: 10 K
      streams: {flue: {from: 150, to: 110, load: 10}}
      takes: {cooling water: {}}
      gives: {hot water: {}}
  homes:
    plot: B
    process_heat:
      approach: 10 K
      streams: {heating: {from: 40, to: 80, load: 6 MW}}
      takes: {hot water: {supplied_today_by: {gas: 1.1}}}
links:
  pipe: {kind: pipe, sizes: [{size: S, capacity: 20, investment: 10}]}
"""
)
#: The steam of a reactor, at a discount rate of nothing.
STEAM = HEAD + STEAM_TRADE
#: Kemp, Pinch Analysis and Process Integration, 2nd ed. 2007, p. 4: 20 and 60 kW, pinch 90/80 degC.
KEMP = (
    HEAD
    + """
resources:
  steam: {kind: heat, unit: MWh, heat: {steam: 12 bar}, price: 40}
  cooling water: {kind: heat, unit: MWh, heat: {supply: 15, return: 20}, price: 2}
plants:
  works:
    plot: A
    process_heat:
      approach: 10 K
      streams:
        C1: {from: 20, to: 135, capacity_flow: 2 kW/K}
        H2: {from: 170, to: 60, capacity_flow: 3 kW/K}
        C3: {from: 80, to: 140, load: 240 kW}
        H4: {from: 150, to: 30, load: 180 kW, capacity_flow: 1.5 kW/K}
      takes: {steam: {}, cooling water: {}}
"""
)
#: Biegler, Grossmann & Westerberg 1997, ch. 16, with utilities of 80 and 20 $ a year for each kW.
BIEGLER = changed(
    HEAD
    + """
resources:
  fuel: {kind: heat, unit: MWh, heat: {supply: 500, return: 499}, price: 80 kEUR/MW/yr}
  cooling water: {kind: heat, unit: MWh, heat: {supply: 20, return: 30}, price: 20}
plants:
  works:
    plot: A
    process_heat:
      approach: 20 K
      streams:
        H1: {from: 400, to: 120, capacity_flow: 1 MW/K}
        H2: {from: 340, to: 120, capacity_flow: 2 MW/K}
        C1: {from: 160, to: 400, capacity_flow: 1.5 MW/K}
        C2: {from: 100, to: 250, capacity_flow: 1.3 MW/K}
      takes: {fuel: {}, cooling water: {}}
""",
    ("80 kEUR/MW/yr", f"{80e3 / 8760!r}"),
    ("price: 20}", f"price: {20e3 / 8760!r}}}"),
)


def put(text: str, folder: Path) -> Path:
    """A case as a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    (folder / "distances.csv").write_text("from,to,length_m\nA,B,1000\n", encoding="utf-8")
    return folder


def put_on_streets(text: str, folder: Path) -> Path:
    """A case as a folder, with plots A to D at the ends of streets that meet 3, 2, 1 and 3 km from them."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    layer(folder, "plots", {name: (at,) for name, at in PLACES.items()})
    layer(folder, "corridors", STREETS)
    return folder


def planned(text: str, folder: Path) -> Plan:
    """The plan of a case, audited."""
    plan = solve(read_case(put(text, folder)))
    assert not failed(dict(plan.audit))
    return plan


def heat(plan: Plan, plant: str, stream: str, role: str, run: str = "") -> float:
    """Heat of a stream or medium in the year [MWh/yr]."""
    table = plan.tables[f"{run}heat"]
    mine = table[(table["plant"] == plant) & (table["stream"] == stream) & (table["role"] == role)]
    assert len(mine)
    return float(mine["heat_mwh_per_yr"].sum())


def target(plan: Plan, of: str, column: str, how: str | None = None, run: str = "") -> float:
    """A target of the year [MWh/yr]."""
    table = plan.tables[f"{run}heat_targets"]
    mine = table[(table["of"] == of) & ((table["how"] == how) | (how is None))]
    assert len(mine)
    return float(mine[column].sum())


def cost(plan: Plan, run: str = "plan") -> float:
    """Total annual cost."""
    return float(plan.indicators.set_index("indicator").loc["total_annual_cost", run])
