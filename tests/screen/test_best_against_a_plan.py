"""The first rows of a screening against a plan: chains stay in their places, and are built if both their ways are."""

import pandas as pd

from benchmarks.screening import compared

COLUMNS = ["rank", "exchange", "from", "via", "to", "source", "sink", "net_saving_per_yr", "payback", "technical"]
ROWS = [
    (1, "mill > kiln: ash", "mill", "", "kiln", "ash", "ash", 900.0, "pays", "fits"),
    (2, "mill > boiler > mill: bark -> heat", "mill", "boiler", "mill", "bark", "heat", 700.0, "pays", "fits"),
    (3, "farm > digester > kiln: slurry -> gas", "farm", "digester", "kiln", "slurry", "gas", 500.0, "pays", "fits"),
    (4, "mill > chp: bark", "mill", "chp", "chp", "bark", "fuel", -100.0, "never", "fits"),
    (5, "farm > digester: slurry", "farm", "digester", "digester", "slurry", "feed", float("nan"), "open", "open"),
    (6, "mill > works: ash", "mill", "", "works", "ash", "clay", 950.0, "pays", "no"),
]
BUILT = [
    ("mill > kiln: ash", "mill", "kiln", "ash", "ash", 30.0),
    ("mill > chp: bark", "mill", "chp", "bark", "fuel", 20.0),
    ("chp > mill: heat", "chp", "mill", "warmth", "heat", 10.0),
    ("farm > digester: slurry", "farm", "digester", "slurry", "feed", 8.0),
]
ENDS = ["exchange", "from", "to", "source", "sink", "flow_per_yr"]


def table() -> pd.DataFrame:
    other = {"compliance": "clear", "technical_why": "", "flow_per_yr": 1.0, "length_km": 1.0, "breakeven_km": 2.0}
    rows = pd.DataFrame(ROWS, columns=COLUMNS).assign(**other)
    one = rows.iloc[[3]].assign(
        exchange="chp > mill: heat", rank=7, **{"from": "chp", "to": "mill", "source": "warmth"}
    )
    return pd.concat([rows, one.assign(sink="heat")], ignore_index=True)


def plan(*more: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame([*BUILT, *more], columns=ENDS).assign(length_km=1.0)


def test_a_chain_keeps_its_rank_and_its_miss_is_explained() -> None:
    told = compared(table(), plan(), 3)
    best = told.head(3)
    assert best["rank"].tolist() == [1, 2, 3]
    assert best["exchange"].tolist() == [row[1] for row in ROWS[:3]]
    why = best["why"].tolist()
    assert why[0] == "built"
    assert why[1] == "not built: its taker is fed by chp > mill: heat and its giver serves mill > chp: bark"
    assert why[2] == "not built: its giver serves farm > digester: slurry"  # one way of two is there
    besides = told.iloc[3:].set_index("exchange")
    assert list(besides.index) == ["mill > chp: bark", "chp > mill: heat", "farm > digester: slurry"]
    assert besides["rank"].tolist() == [4, 7, ""]


def test_a_chain_is_built_if_both_its_ways_are() -> None:
    told = compared(table(), plan(("digester > kiln: gas", "digester", "kiln", "biogas", "gas", 4.0)), 3)
    assert told.loc[2, ["why", "flow built"]].tolist() == ["built", "8"]
    assert list(told["exchange"].iloc[3:]) == ["mill > chp: bark", "chp > mill: heat"]
