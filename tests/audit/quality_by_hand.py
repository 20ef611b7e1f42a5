"""A water park worked out by hand: two plants with operations of fixed load, and a treatment works with a brine.

All flows are m3 a year of 1000 hours, contents mg/L, loads kg.

    A / wash     takes 30000 of fresh water (COD 0, salt 100), loses 2000, picks up 10 kg/h = 10000 kg of COD:
                 10000 / 28000 = 2500/7 mg/L of COD, salt 3000 / 28000 = 750/7. To the works 26000, to B's rinse 2000
    works        takes 65000/7 kg of COD in 26000: 10 % leaves in 23400, 2500/63; 90 % in 2600 of brine, 22500/7;
                 salt 19500/7 kg leaves in 23400 alone, 2500/21. To B's process 15120, the river gets 8280
    B / rinse #1 takes 2000 of A's and 8000 of fresh: COD 500/7, salt 710/7; with 3/4 of 4000 kg: COD 2600/7
    B / rinse #2 takes 5000 of fresh; with 1/4 of 4000 kg: COD 200
    B / process  takes 15120 of the works' and 4880 of fresh: COD 600 / 20000 = 30 which is its limit, salt 114.4
    A / blowdown 1000 at COD 20, 25 at worst; its salt is not known
"""

import functools
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from planner.audit.balances import check_balances
from planner.audit.checks import Checks
from planner.audit.compositions import check_compositions
from planner.audit.facts import Facts
from planner.audit.flows import check_flows, read_run
from planner.audit.money import Accounts
from planner.audit.operations import check_operations
from planner.audit.quality import check_quality
from planner.audit.rows import check_rows
from planner.audit.verdicts import check_verdicts
from planner.case.read import read_case
from planner.geography.measure import measure

CASE = """
case: Water by hand
currency: EUR
price_year: 2025
economics: {discount_rate: 0.06, contingency: 0.1, cost_class: 4}
geography: {distances: distances.csv}
plots: {P1: {area: 9}, P2: {area: 9}, P3: {area: 9}}
qualities: {COD: {unit: mg/L}, salt: {unit: mg/L}}
resources:
  fresh: {kind: water, unit: m3, price: 1, fresh_water: true, quality: {COD: 0, salt: 100}}
  effluent: {kind: water, unit: m3, carried_by: [pipe], status: waste, waste_code: "19 08 14",
             discharge: {route: river, cost: 0.5, limits: {COD: 100}, load_fees: {COD: 0.7 EUR/kg}}}
  grey: {kind: water, unit: m3, carried_by: [pipe], discharge: {route: sewer, cost: 1, limits: {COD: 400}}}
  clean: {kind: water, unit: m3, carried_by: [pipe], status: product,
          discharge: {route: river, cost: 0.5, limits: {COD: 100}, load_fees: {COD: 0.7 EUR/kg}}}
  brine: {kind: water, unit: m3, discharge: {route: disposal, cost: 2}}
  blowdown: {kind: water, unit: m3, carried_by: [pipe], not_into: [food], quality: {COD: {mean: 20, worst: 25}},
             discharge: {route: river, cost: 0.1, limits: {COD: 100}}}
plants:
  A:
    plot: P1
    area: 1
    hours: 1000
    sources: {blowdown: {rate: 1}}
    operations:
      wash: {takes: fresh, gives: effluent, load: {COD: 10 kg/h}, max_inlet: {COD: 50}, max_outlet: {COD: 400},
             loss: 2, min_flow: 20, max_flow: 60}
  B:
    plot: P2
    area: 1
    hours: 1000
    operations:
      rinse: {takes: fresh, gives: grey, load: {COD: 4}, max_inlet: {COD: 100}, max_outlet: {COD: 400}, parts: 2,
              max_links: 1, max_flow: 30}
    sinks:
      process: {resource: fresh, rate: 20, limits: {COD: 30, salt: 150}, use: food, max_links: 1}
facilities:
  works: {unit: m3, plot: P3, area: 1, hours: 1000, inputs: {effluent: 1}, outputs: {clean: 0.9, brine: 0.1},
          treats: {inlet: effluent, outlet: clean, removes: {COD: 0.9}, residue: brine, recycling: false},
          limits: {effluent: {COD: 2000}}, max_links: {effluent: 2}, min_activity: 5,
          investment: {coefficient: 10000, exponent: 0.7, largest: 100}}
substitutions:
  - {from: effluent, to: fresh, declaration: {cost: 5000, delay: 0.5},
     permit: {name: reuse permit, cost: 1000, delay: 1}}
  - {from: clean, to: fresh}
  - {from: blowdown, to: fresh}
links:
  pipe: {kind: pipe, along: table, min_flow: 1.5, sizes: [{size: DN 100, capacity: 60, investment: 100}]}
"""
DISTANCES = "from,to,length_m\nP1,P2,500\nP1,P3,800\nP2,P3,400\n"
NAN = float("nan")

#: Exchange -> giver, taker, source, sink, resource, places, km, flow, gain.
EXCHANGES = {
    "A > works: wash -> effluent": ("A", "works", "wash", "effluent", "effluent", "P1", "P3", 0.8, 26000.0, -900.0),
    "A > B: wash -> rinse #1": ("A", "B", "wash", "rinse #1", "effluent", "P1", "P2", 0.5, 2000.0, 8000.0),
    "works > B: clean -> process": ("works", "B", "clean", "process", "clean", "P3", "P2", 0.4, 15120.0, 20000.0),
}
#: (unit, sink) -> demand, met by exchanges, bought.
SUPPLIES = {
    ("A", "wash"): (30000.0, 0.0, 30000.0),
    ("B", "rinse #1"): (10000.0, 2000.0, 8000.0),
    ("B", "rinse #2"): (5000.0, 0.0, 5000.0),
    ("B", "process"): (20000.0, 15120.0, 4880.0),
}
#: (unit, source) -> resource, amount, cost: 0.5 a m3 and 0.7 a kg of COD for what the works leave to the river.
DISCHARGES = {
    ("A", "blowdown"): ("blowdown", 1000.0, 100.0),
    ("B", "rinse #1"): ("grey", 10000.0, 10000.0),
    ("B", "rinse #2"): ("grey", 5000.0, 5000.0),
    ("works", "clean"): ("clean", 8280.0, 4140.0 + 0.7 * 8280 * 2.5 / 63),
    ("works", "brine"): ("brine", 2600.0, 5200.0),
}
WASH, CLEAN, RINSE = {"COD": 2500 / 7, "salt": 750 / 7}, {"COD": 2500 / 63, "salt": 2500 / 21}, 710 / 7
FRESH = {"COD": 0.0, "salt": 100.0}
#: At, unit, stream, exchange, resource, amount, contents.
COMPOSITIONS = (
    ("source", "A", "wash", None, "effluent", 28000.0, WASH),
    ("exchange", "A", "wash", "A > works: wash -> effluent", "effluent", 26000.0, WASH),
    ("exchange", "A", "wash", "A > B: wash -> rinse #1", "effluent", 2000.0, WASH),
    ("source", "A", "blowdown", None, "blowdown", 1000.0, {"COD": 20.0}),
    ("discharge", "A", "blowdown", None, "blowdown", 1000.0, {"COD": 20.0}),
    ("source", "works", "clean", None, "clean", 23400.0, CLEAN),
    ("exchange", "works", "clean", "works > B: clean -> process", "clean", 15120.0, CLEAN),
    ("discharge", "works", "clean", None, "clean", 8280.0, CLEAN),
    ("source", "works", "brine", None, "brine", 2600.0, {"COD": 22500 / 7, "salt": 0}),
    ("discharge", "works", "brine", None, "brine", 2600.0, {"COD": 22500 / 7, "salt": 0}),
    ("source", "B", "rinse #1", None, "grey", 10000.0, {"COD": 2600 / 7, "salt": RINSE}),
    ("discharge", "B", "rinse #1", None, "grey", 10000.0, {"COD": 2600 / 7, "salt": RINSE}),
    ("source", "B", "rinse #2", None, "grey", 5000.0, {"COD": 200.0, "salt": 100.0}),
    ("discharge", "B", "rinse #2", None, "grey", 5000.0, {"COD": 200.0, "salt": 100.0}),
    ("supply", "A", "wash", None, "fresh", 30000.0, FRESH),
    ("supply", "B", "rinse #1", None, "fresh", 8000.0, FRESH),
    ("supply", "B", "rinse #2", None, "fresh", 5000.0, FRESH),
    ("supply", "B", "process", None, "fresh", 4880.0, FRESH),
    ("mixture", "A", "wash", None, "fresh", 30000.0, FRESH),
    ("mixture", "B", "rinse #1", None, "fresh", 10000.0, {"COD": 500 / 7, "salt": RINSE}),
    ("mixture", "B", "rinse #2", None, "fresh", 5000.0, FRESH),
    ("mixture", "B", "process", None, "fresh", 20000.0, {"COD": 30.0, "salt": 114.4}),
    ("mixture", "works", "effluent", None, "effluent", 26000.0, WASH),
)
#: At, unit, stream, quality, limit, found.
LIMITS = (
    ("operation inlet", "A", "wash", "COD", 50.0, 0.0),
    ("operation outlet", "A", "wash", "COD", 400.0, 2500 / 7),
    ("discharge", "A", "wash", "COD", 100.0, NAN),
    ("discharge", "A", "blowdown", "COD", 100.0, 25.0),
    ("operation inlet", "B", "rinse #1", "COD", 100.0, 500 / 7),
    ("operation outlet", "B", "rinse #1", "COD", 400.0, 2600 / 7),
    ("discharge", "B", "rinse #1", "COD", 400.0, 2600 / 7),
    ("operation inlet", "B", "rinse #2", "COD", 100.0, 0.0),
    ("operation outlet", "B", "rinse #2", "COD", 400.0, 200.0),
    ("discharge", "B", "rinse #2", "COD", 400.0, 200.0),
    ("mixture", "B", "process", "COD", 30.0, 30.0),
    ("mixture", "B", "process", "salt", 150.0, 114.4),
    ("facility input", "works", "effluent", "COD", 2000.0, 2500 / 7),
    ("discharge", "works", "clean", "COD", 100.0, 2500 / 63),
)
#: Of, quality -> exchanged in, bought, picked up, given off | exchanged out, lost, discharged, sold, removed.
LOADS = {
    ("A", "COD"): (0, 0, 10000, 20, 10000, 0, 20, 0, 0),
    ("B", "COD"): (5000 / 7 + 600, 0, 4000, 0, 0, 0, 26000 / 7 + 1000, 0, 600),
    ("works", "COD"): (65000 / 7, 0, 0, 0, 600, 0, 8280 * 2.5 / 63 + 58500 / 7, 0, 0),
    ("park", "COD"): (0, 0, 14000, 20, 0, 0, 13420, 0, 600),
    ("A", "salt"): (0, 3000, 0, 0, 3000, 0, 0, 0, 0),
    ("B", "salt"): (1500 / 7 + 1800, 1788, 0, 0, 0, 0, 1500 / 7 + 1300, 0, 2288),
    ("works", "salt"): (19500 / 7, 0, 0, 0, 1800, 0, 6900 / 7, 0, 0),
    ("park", "salt"): (0, 4788, 0, 0, 0, 0, 2500, 0, 2288),
}
#: Of -> exchanged in, bought, made | exchanged out, lost, discharged, sold, used up.
WATER = {
    "A": (0, 30000, 1000, 28000, 0, 1000, 0, 2000),
    "B": (17120, 17880, 0, 0, 0, 15000, 0, 20000),
    "works": (26000, 0, 0, 15120, 0, 10880, 0, 0),
    "park": (0, 47880, 1000, 0, 0, 26880, 0, 22000),
}
#: Exchange -> technical, compliance, payback, code, status, declaration, permit, delay, cost with 10 % contingency.
VERDICTS = {
    "A > works: wash -> effluent": (
        *("fits alone", "permit needed, none stated", "does not pay"),
        *("19 08 14", "waste", False, None, 0.0, 0.0),
    ),
    "A > B: wash -> rinse #1": (
        *("fits in a mixture", "permit needed", "pays"),
        *("19 08 14", "waste", True, "reuse permit", 1.5, 6600.0),
    ),
    "works > B: clean -> process": (
        *("fits in a mixture", "clear", "pays", None),
        *("product", False, None, 0.0, 0.0),
    ),
}
BARRED = "A > B: blowdown -> process"


def case_of(text: str, lengths: str = DISTANCES):
    """The case of a text."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "case.yaml").write_text(text, encoding="utf-8")
        (Path(folder) / "distances.csv").write_text(lengths, encoding="utf-8")
        return read_case(folder)


@functools.cache
def read_text(text: str = CASE):
    """Case and distances."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "case.yaml").write_text(text, encoding="utf-8")
        (Path(folder) / "distances.csv").write_text(DISTANCES, encoding="utf-8")
        case = read_case(folder)
        return case, measure(case)


def exchange(name, giver, taker, source, sink, resource, p, q, km, flow, gain):
    """A row of the exchanges: a pipe of DN 100, 100 EUR/m and 10 % contingency."""
    capex = 110.0 * 1000 * km
    delay = VERDICTS[name][7] if name in VERDICTS else 0.0
    return {
        **{"exchange": name, "from": giver, "to": taker, "source": source, "sink": sink, "resource": resource},
        **{"own": False, "option": "pipe / DN 100", "link": "pipe", "size": "DN 100", "copies": 1, "main": None},
        **{"from_place": p, "to_place": q, "length_km": km, "cost_length_km": km, "capacity_per_h": 60.0},
        **{"flow_per_yr": flow, "lost_per_yr": 0.0, "replaced_per_yr": flow, "capex": capex, "shared_capex": NAN},
        **{"gain_per_yr": gain, "capital_cost_per_yr": 0.07 * capex, "delay_yr": delay},
        "payback_yr": capex / gain + delay if gain > 0 else NAN,
    }


def tables():
    """Tables of the plan, as far as the checks of qualities read them."""
    year = {"state": "year"}
    rows = {
        "siting": [{"unit": u, "plot": p} for u, p in (("A", "P1"), ("B", "P2"), ("works", "P3"))],
        "exchanges": [exchange(name, *row) for name, row in EXCHANGES.items()],
        "supplies": [
            year | {"by": u, "stream": s, "demand_per_yr": need, "exchanged_per_yr": met, "supplied_per_yr": bought}
            for (u, s), (need, met, bought) in SUPPLIES.items()
        ],
        "discharges": [
            year
            | {"by": u, "stream": s, "resource": resource, "amount_per_yr": amount, "cost_per_yr": cost}
            | {"co2e_t_per_yr": 0.0, "waste_t_per_yr": 0.0}
            for (u, s), (resource, amount, cost) in DISCHARGES.items()
        ],
        "sales": [],
        "facilities": [{"facility": "works", "capacity_per_h": 26.0, "activity_per_yr": 26000.0}],
        "operations": [
            {"operation": name, "plant": plant, "part": part, "flow_per_h": flow, "flow_per_yr": 1000 * flow}
            | {"given_per_yr": given, "load_share": share, "unit": "m3"}
            for name, plant, part, flow, given, share in (
                ("wash", "A", None, 30.0, 28000.0, 1.0),
                ("rinse", "B", "1", 10.0, 10000.0, 0.75),
                ("rinse", "B", "2", 5.0, 5000.0, 0.25),
            )
        ],
        "compositions": [row for line in COMPOSITIONS for row in _composed(*line)],
        "quality_limits": [
            {"at": at, "by": unit, "stream": stream, "quality": quality, "kind": "max", "limit": limit, "found": found}
            | {"unit": "mg/L", "binding": found == limit, "saving_per_yr": NAN}
            | {"laxer_limit": NAN}
            for at, unit, stream, quality, limit, found in LIMITS
        ],
        **_balances(),
        **_judged(),
    }
    return {name: pd.DataFrame(lines) for name, lines in rows.items()}


def _composed(at, unit, stream, exchange, resource, amount, contents):
    for quality, mean in contents.items():
        yield {
            **{"state": "year", "at": at, "by": unit, "stream": stream, "exchange": exchange, "resource": resource},
            **{"amount_per_yr": amount, "amount_unit": "m3", "quality": quality, "mean": mean, "unit": "mg/L"},
            "worst": 25.0 if stream == "blowdown" else mean,
            **{"load_per_yr": amount * mean / 1000, "load_unit": "kg", "known": True},
        }


def _balances():
    loads = ("exchanged_in", "bought", "picked_up", "given_off")
    loads += ("exchanged_out", "lost", "discharged", "sold", "removed")
    water = ("exchanged_in", "bought", "made", "exchanged_out", "lost", "discharged", "sold", "used_up")
    return {
        "load_balances": [
            {"of": of, "quality": quality, "unit": "kg"}
            | {f"{column}_per_yr": float(x) for column, x in zip(loads, figures, strict=True)}
            for (of, quality), figures in LOADS.items()
        ],
        "water_balances": [
            {"of": of, "unit": "m3"} | {f"{column}_per_yr": float(x) for column, x in zip(water, figures, strict=True)}
            for of, figures in WATER.items()
        ],
    }


def _judged():
    columns = ("technical", "compliance", "payback", "waste_code", "status", "declaration", "permit", "delay_yr")
    verdicts = []
    for name, (*words, cost) in VERDICTS.items():
        row = {"exchange": name, "built": True, "permit_cost": cost} | dict(zip(columns, words, strict=True))
        verdicts.append(row | {"payback_yr": exchange(name, *EXCHANGES[name])["payback_yr"]})
    nothing = {"declaration": False, "delay_yr": 0.0}
    verdicts.append({"exchange": BARRED, "built": False, "technical": "unknown", "compliance": "forbidden"} | nothing)
    reasons = (("salt", "the salt of blowdown is not known", 150.0), (None, "blowdown may not come into food", NAN))
    barred = [
        {"exchange": BARRED, "quality": q, "why": why, "found": NAN, "limit": x, "unit": "mg/L" if q else None}
        for q, why, x in reasons
    ]
    return {"verdicts": verdicts, "barred": barred}


def checked(frames=None, text: str = CASE, read=None):
    """Checks made of tables of the plan, and its accounts; of another case and its distances where given."""
    case, distances = read or read_text(text)
    frames, facts, checks = tables() if frames is None else frames, Facts(case), Checks()
    siting = frames["siting"]
    run = read_run(facts, frames, "", dict(zip(siting["unit"], siting["plot"], strict=True)))
    check_flows(facts, distances, run, checks, "plan")
    check_operations(facts, frames, "", run, checks)
    accounts = Accounts(facts, distances, run)
    check_quality(facts, run, accounts.mixtures, checks, "plan")
    check_compositions(facts, frames, "", run, accounts.mixtures, checks)
    check_balances(facts, frames, "", run, accounts.mixtures, checks)
    check_verdicts(facts, frames, run, accounts.mixtures, checks)
    check_rows(facts, {"discharges": frames["discharges"]}, "", replace(run, exchanges=[]), accounts, checks)
    return checks, accounts


def problems(frames=None, text=CASE):
    """Everything the checks find, check by check."""
    checks, _ = checked(frames, text)
    return {check: details for check, details in checks.problems.items() if details}
