"""A park with mains, trenches and a pipe of one exchange's own, and its plan, all worked out by hand.

    plot A --a-- X ---------m--------- Y --b-- plot B
                                       |
                                       c (its trench lies open)
                                       |
                                     plot C

    stretch   length  cost length  crossings
    a          100 m      100 m
    m         1000 m     1500 m     1 (charge 5000)
    b          200 m      200 m
    c          300 m      300 m

In the trenches lie a steam main that loses heat and a water pipe from C to B. Outside lie a gas main that loses a
share of the gas, in part in an old pipe, and an oil main through which two exchanges flow towards each other.
"""

import geopandas as gpd
import pandas as pd
from shapely import box

from planner.audit.audit import _network
from planner.audit.bill import check_bill
from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.flows import check_flows, read_run
from planner.audit.money import Accounts
from planner.audit.rows import check_rows
from planner.audit.siting import read_places
from planner.case.case import Case
from planner.geography.distances import CorridorGraph, Distances, Route, Stretch
from planner.results.columns import COLUMNS

NAN = float("nan")
STEAM, GAS, OIL = "steam main: steam", "gas main: gas", "oil main: oil"
WATER = "C > B: water"

CASE = {
    "case": "Pipes by hand",
    "currency": "EUR",
    "price_year": 2025,
    "economics": {"discount_rate": 0.05, "contingency": 0.1, "lifetime": {"pipe": 20, "trench": 40}},
    "geography": {"crossings": [{"layer": "river", "charge": 5000}]},
    "trenches": {"investment": 200, "maintenance": 0.01, "max_pipes": 4, "apart": [["water", "sewage"]]},
    "resources": {
        "steam": {"kind": "heat", "unit": "MWh", "price": 30, "carried_by": ["steam main"]},
        "gas": {"kind": "gas", "unit": "t", "price": 50, "carried_by": ["gas main"]},
        "oil": {"kind": "material", "unit": "t", "price": 70, "carried_by": ["oil main"]},
        "water": {"kind": "water", "unit": "m3", "price": 1, "carried_by": ["water pipe"]},
        "sewage": {"kind": "water", "unit": "m3"},
        "power": {"kind": "power", "unit": "MWh", "price": 100, "co2e": {"supply": 0.5}},
    },
    "links": {
        "steam main": {
            "kind": "pipe",
            "main": True,
            "maintenance": 0.02,
            "sizes": [
                {"size": "DN 100", "capacity": 20, "inner_diameter": 100, "investment": 300, "fixed_investment": 10000,
                 "loss": 50, "yearly_cost": 1},
                {"size": "DN 200", "capacity": 60, "inner_diameter": 200, "investment": 500, "loss": 80},
            ],
        },
        "gas main": {
            "kind": "pipe",
            "main": True,
            "in_trench": False,
            "volume_loss": 0.01,
            "fixed_cost": 40,
            "sizes": [
                {"size": "trend", "capacity": 10, "least_capacity": 0.1, "investment_by_capacity": 2000},
                {"size": "G1", "capacity": 5, "investment": 90, "yearly_cost": 3},
            ],
        },
        "oil main": {
            "kind": "pipe",
            "main": True,
            "in_trench": False,
            "cost": 0.2,
            "loading": 0.3,
            "uses": {"power": 0.001},
            "maintenance": 0.01,
            "sizes": [{"size": "O50", "capacity": 1, "investment": 50}],
        },
        "water pipe": {
            "kind": "pipe",
            "maintenance": 0.03,
            "sizes": [{"size": "DN 80", "capacity": 15, "inner_diameter": 80, "investment": 100}],
        },
    },
    "existing_mains": {"old gas": {"link": "gas main", "resource": "gas", "size": "G1", "along": ["street"]}},
    "plots": {"A": {}, "B": {}, "C": {}},
    "plants": {
        "pa": {"plot": "A", "hours": 8000,
               "sources": {"steam": {"rate": 8.83}, "gas": {"rate": 0.25, "hours": 4000}, "oil": {"rate": 0.0375}},
               "sinks": {"oil": {"rate": 0.0125}}},
        "pb": {"plot": "B", "hours": 8000,
               "sources": {"oil": {"rate": 0.0125}},
               "sinks": {"steam": {"rate": 5}, "water": {"rate": 10}, "oil": {"rate": 0.0375}}},
        "pc": {"plot": "C", "hours": 8000,
               "sources": {"water": {"rate": 10}},
               "sinks": {"steam": {"rate": 3.75},
                         "gas": {"rate": 0.25 * 0.99**1.4, "hours": 4000, "peak_factor": 1.25}}},
    },
}  # fmt: skip

STRETCHES = {
    "a": Stretch("nA", "X", 100.0, 100.0),
    "m": Stretch("X", "Y", 1000.0, 1500.0, {1: 1.0}, existing=("old gas",)),
    "b": Stretch("Y", "nB", 200.0, 200.0),
    "c": Stretch("Y", "nC", 300.0, 300.0, trench="existing"),
}
NODES = {"A": "nA", "B": "nB", "C": "nC"}
KM = {"a": 0.1, "m": 1.0, "b": 0.2, "c": 0.3}
#: Capital recovery at 5 % over 20 and 40 years.
PIPE, TRENCH = 0.05 / (1 - 1.05**-20), 0.05 / (1 - 1.05**-40)


def distances(**changed):
    """Geography of the park; stretches may be changed."""
    stretches = {name: changed.get(name, stretch) for name, stretch in STRETCHES.items()}
    nodes = {node: (0.0, 0.0) for node in ("nA", "nB", "nC", "X", "Y")}
    plots = gpd.GeoDataFrame({"name": list("ABC"), "area_ha": [1.0] * 3}, geometry=[box(0, 0, 100, 100)] * 3)
    points = gpd.GeoDataFrame({"name": [], "role": []}, geometry=[])
    metres = {("A", "B"): 1300.0, ("A", "C"): 1400.0, ("C", "B"): 500.0}
    routes = {pair: Route(m, m) for p, m in metres.items() for pair in (p, p[::-1])}
    graph = CorridorGraph(stretches, NODES, nodes)
    return Distances({"corridors": routes}, plots, points, {}, graph=graph)


def case(**links):
    """The case; fields of links may be changed."""
    changed = {name: {**link, **links.get(name.replace(" ", "_"), {})} for name, link in CASE["links"].items()}
    return Case.model_validate({**CASE, "links": changed})


def frame(name, rows):
    """A table of the plan."""
    return pd.DataFrame(rows, columns=list(COLUMNS[name]))


def exchange(giver, taker, resource, flow, lost, hours, peak=1.0, **more):
    """A row of the exchanges table: per year; what is not about pipes is left out or 0."""
    places = {"pa": "A", "pb": "B", "pc": "C"}
    return {
        "exchange": f"{places[giver]} > {places[taker]}: {resource}", "from": giver, "to": taker, "source": resource,
        "sink": resource, "resource": resource, "replaces": resource, "from_place": places[giver],
        "to_place": places[taker], "copies": 1, "flow_per_yr": flow, "lost_per_yr": lost,
        "replaced_per_yr": flow - lost,
        "shared_hours": hours, "hours_assumed": False, "peak_per_h": flow / hours * peak, "capacity_per_h": NAN,
        "gain_per_yr": 0.0, "delay_yr": 0.0, "payback_yr": NAN, "existing": False, **more,
    }  # fmt: skip


def exchanges_table():
    """Steam to B and C lose 640 MWh together; gas loses 1 - 0.99^1.4; 300 t oil go to B, 100 t come back."""
    main = {"link": "steam main", "option": "steam main", "main": STEAM, "capex": 0.0}
    gas = {"link": "gas main", "option": "gas main", "main": GAS, "capex": 0.0, "shared_capex": GAS_CAPEX}
    oil = {"link": "oil main", "option": "oil main", "main": OIL, "capex": 0.0}
    # 500 m x 100 EUR/m x 1.1; of the trench in b 80^2 of 100^2 + 80^2, in c nothing is dug
    water = {"link": "water pipe", "option": "water pipe / DN 80", "size": "DN 80", "capex": 55000.0}
    to_b, to_c = (STEAM_SHARES[x] for x in ("A > B: steam", "A > C: steam"))
    a_b, a_c, c_b = ({"length_km": x, "cost_length_km": x} for x in (1.3, 1.4, 0.5))
    rows = [
        exchange("pa", "pb", "steam", 40400.0, 400.0, 8000.0, **main, **a_b, shared_capex=to_b),
        exchange("pa", "pc", "steam", 30240.0, 240.0, 8000.0, **main, **a_c, shared_capex=to_c),
        exchange("pa", "pc", "gas", 1000.0, 1000.0 * (1 - 0.99**1.4), 4000.0, 1.25, **gas, **a_c),
        exchange("pa", "pb", "oil", 300.0, 0.0, 8000.0, **oil, **a_b, shared_capex=0.75 * OIL_CAPEX),
        exchange("pb", "pa", "oil", 100.0, 0.0, 8000.0, **oil, **a_b, shared_capex=0.25 * OIL_CAPEX),
        exchange("pc", "pb", "water", 80000.0, 0.0, 8000.0, **water, **c_b, shared_capex=0.64 / 1.64 * 44000.0),
    ]
    rows[-1]["capacity_per_h"] = 15.0
    for row in rows:
        row["capex_low"], row["capex_high"] = row["capex"] / 1.1, row["capex"] * 1.2 / 1.1
    return frame("exchanges", rows)


# Steam: the loss of a metre is 50 W x 8000 h = 0.4 MWh a year, half of it drawn at each end of a stretch:
#   A sends 70640, less 20 enters a; X: less 20 and 200 enters m; Y: 70400 - 200 - 40 - 60 = 40040 to b + 30060 to c.
# Pipes by metres x 300 EUR, the station of 10000 EUR by metres of 1600 m; upkeep 2 % and 1 EUR/m.
STEAM_FLOWS = {"a": (70620.0, 40.0), "m": (70400.0, 400.0), "b": (40040.0, 80.0), "c": (30060.0, 120.0)}
METRES = {"a": 100.0, "m": 1000.0, "b": 200.0, "c": 300.0}
STEAM_BASE = {s: metres * 300 + 10000 * metres / 1600 for s, metres in METRES.items()}
# Civil works: 100 x 200; 1500 x 200 + 5000; 200 x 200; c lies open.
CIVIL = {"a": 20000.0, "m": 305000.0, "b": 40000.0, "c": 0.0}
# Shares of steam in the trench: all of a and m; 100^2 / (100^2 + 80^2) of b.
IN_B = 1.0 / 1.64
TO_B = {"a": 40400 / 70640, "m": 40400 / 70640, "b": 1.0, "c": 0.0}
STEAM_SHARES = {
    "A > B: steam": 1.1 * sum(TO_B[s] * (STEAM_BASE[s] + CIVIL[s] * (IN_B if s == "b" else 1)) for s in METRES),
    "A > C: steam": 1.1 * sum((1 - TO_B[s]) * (STEAM_BASE[s] + CIVIL[s]) for s in METRES),
}
# Gas: 1000 t enter a, a share of 1 % a kilometre is lost; 2000 EUR/(t/h)/m x 0.4 t/h x 100 m and 300 m.
GAS_FLOWS = {"a": 1000.0, "m": 1000.0 * 0.99**0.1, "c": 1000.0 * 0.99**1.1}
GAS_CAPEX = 1.1 * 2000 * 0.4 * 400
# Oil: 50 EUR/m of 1800 m cost length, and the river.
OIL_BASE = {"a": 5000.0, "m": 75000.0 + 5000.0, "b": 10000.0}
OIL_CAPEX = 1.1 * 95000.0


def pipe(main, stretch, size, flow, lost, peak, capacity, base, running, *, existing=False, back=0.0):
    """A row of the mains table, its net flow from tail to head, and what flows back besides."""
    link, resource = main.split(": ")
    ends = STRETCHES[stretch]
    unit = CASE["resources"][resource]["unit"]
    return {
        "main": main, "resource": resource, "link": link, "stretch": stretch, "size": size, "pipes": 1,
        "existing": existing, "from_node": ends.tail, "to_node": ends.head, "length_m": ends.length_m,
        "flow_per_yr": flow, "unit": unit, "lost_per_yr": lost, "peak_per_h": peak, "capacity_per_h": capacity,
        "capex": 1.1 * base, "capital_cost_per_yr": 1.1 * base * PIPE, "cost_per_yr": running, "party": "park company",
        "through_per_yr": flow + 2 * back,
    }  # fmt: skip


def mains_table():
    """Pipes of the three mains."""
    rows = []
    for s, (flow, lost) in STEAM_FLOWS.items():
        rows.append(
            pipe(STEAM, s, "DN 100", flow, lost, flow / 8000, 20.0, STEAM_BASE[s], 0.02 * STEAM_BASE[s] + METRES[s])
        )
    for s, flow in GAS_FLOWS.items():
        lost, peak, fixed = flow * (1 - 0.99 ** KM[s]), flow / 4000 * 1.25, 40.0 * METRES[s] / 1400
        if s == "m":  # the old pipe: nothing is invested, 3 EUR/m a year
            rows.append(pipe(GAS, s, "G1", flow, lost, peak, 5.0, 0.0, fixed + 3000.0, existing=True))
        else:
            rows.append(pipe(GAS, s, "trend", flow, lost, peak, 0.4, 2000 * 0.4 * METRES[s], fixed))
    for s, base in OIL_BASE.items():  # 400 t x km both ways: 0.2 EUR/t/km and 0.001 MWh x 100 EUR
        rows.append(
            pipe(OIL, s, "O50", 200.0, 0.0, 400 / 8000, 1.0, base, 0.01 * base + 400 * KM[s] * (0.2 + 0.1), back=100.0)
        )
    return frame("mains", rows)


def runs_table():
    """Pipes of the mains, and the water pipe from C by c (against its line) and b to B."""
    rows = [
        {**{k: row[k] for k in ("stretch", "resource", "size", "pipes", "existing", "length_m")},
         "carrier": row["main"], "direction": "+"}
        for row in mains_table().to_dict("records")
    ]  # fmt: skip
    for s, direction in (("c", "-"), ("b", "+")):
        rows.append({"stretch": s, "carrier": WATER, "resource": "water", "size": "DN 80", "pipes": 1,
                     "existing": False, "length_m": METRES[s], "direction": direction})  # fmt: skip
    return frame("pipe_runs", rows)


def trenches_table():
    """Steam lies in all four, water in b and c; gas and oil lie in none."""
    rows = []
    for s, stretch in STRETCHES.items():
        resources = ["steam"] + ["water"] * (s in "bc")
        rows.append({
            "stretch": s, "length_m": stretch.length_m, "cost_length_m": stretch.civil_length_m,
            "trench": stretch.trench, "pipes": len(resources), "resources": "; ".join(resources),
            "crossings": float(s == "m"), "capex": 1.1 * CIVIL[s], "capital_cost_per_yr": 1.1 * CIVIL[s] * TRENCH,
            "cost_per_yr": 0.01 * CIVIL[s], "party": "park company",
        })  # fmt: skip
    return frame("trenches", rows)


def quantities_table():
    """The bill: metres or number x unit price; 1300 m of trench are dug in a, m and b."""
    items = [
        ("trench", None, None, 1300.0, 360000.0), ("crossing", None, None, 1.0, 5000.0),
        ("pipe", STEAM, "DN 100", 1600.0, 480000.0), ("station", STEAM, "DN 100", 1.0, 10000.0),
        ("pipe", GAS, "trend", 400.0, 320000.0), ("pipe", OIL, "O50", 1300.0, 90000.0),
        ("crossing", OIL, "O50", 1.0, 5000.0), ("pipe", WATER, "DN 80", 500.0, 50000.0),
    ]  # fmt: skip
    rows = [
        {"item": item, "what": item, "carrier": carrier, "size": size, "surface": "", "quantity": quantity,
         "unit_price": base / quantity, "unit": "m" if item in ("trench", "pipe") else item,
         "capex_before_contingency": base, "contingency": 0.1 * base,
         "capex": 1.1 * base}
        for item, carrier, size, quantity, base in items
    ]  # fmt: skip
    return frame("quantities", rows)


def shares_table():
    """Who uses what: of steam by what each sends from A; of oil 3 to 1; gas and water alone."""
    rows, mains = [], mains_table()
    trenches = trenches_table().set_index("stretch")
    users = {
        STEAM: lambda s: {"A > B: steam": TO_B[s], "A > C: steam": 1 - TO_B[s]},
        GAS: lambda s: {"A > C: gas": 1.0},
        OIL: lambda s: {"A > B: oil": 0.75, "B > A: oil": 0.25},
    }

    def add(stretch, part, carrier, exchange, share, money):
        if share:
            rows.append({"stretch": stretch, "part": part, "carrier": carrier, "exchange": exchange, "share": share,
                         "capex": share * money["capex"], "cost_per_yr": share * money["cost_per_yr"]})  # fmt: skip

    for s in STRETCHES:
        of_steam = IN_B if s in "bc" else 1.0
        for exchange_id, share in users[STEAM](s).items():
            add(s, "trench", STEAM, exchange_id, of_steam * share, trenches.loc[s])
        add(s, "trench", WATER, WATER, 1 - of_steam, trenches.loc[s])
    for row in mains.to_dict("records"):
        for exchange_id, share in users[row["main"]](row["stretch"]).items():
            add(row["stretch"], "pipe", row["main"], exchange_id, share, row)
    return frame("trench_shares", rows)


def tables():
    """Tables of the plan that the checks of pipes read."""
    siting = frame("siting", [{"unit": unit, "plot": plot} for unit, plot in (("pa", "A"), ("pb", "B"), ("pc", "C"))])
    found = {
        name: frame(name, []) for name in ("facilities", "discharges", "sales", "supplies", "hydraulics", "purchases")
    }
    return found | {
        "siting": siting, "exchanges": exchanges_table(), "mains": mains_table(), "pipe_runs": runs_table(),
        "trenches": trenches_table(), "quantities": quantities_table(), "trench_shares": shares_table(),
    }  # fmt: skip


def checked(found=None, geography=None, park=None):
    """The checks of pipes made of a plan, and the accounts recomputed from it."""
    found, geography = found or tables(), geography or distances()
    facts, checks = Facts(park or case()), Checks()
    places = read_places(found["siting"], checks)
    run = read_run(facts, found, "", places)
    check_flows(facts, geography, run, checks, "plan")
    _network(facts, geography, run, checks, "plan")
    accounts = Accounts(facts, geography, run)
    check_bill(facts, accounts, checks, "plan")
    check_rows(facts, found, "", run, accounts, checks)
    own = sum(float(row["capex"]) for row in run.exchanges)
    checks.equal("plan: capex of exchanges", "capex", own, accounts.invested.exchanges * facts.contingency)
    return checks, accounts
