"""Water, limits, permits and barred exchanges in the files of a plan."""

import json
import math
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from planner.case.case import Case
from planner.report.terminal import plain, summary_of
from planner.report.write import write
from planner.results.columns import COLUMNS
from planner.results.contract import load
from planner.results.optional_tables import OF_QUALITY
from planner.results.plan import Plan


def table(name: str, *rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame([{column: row.get(column) for column in COLUMNS[name]} for row in rows], columns=COLUMNS[name])


def balance(of: str, **figures: float) -> dict[str, Any]:
    zeros = {column: 0.0 for column in COLUMNS["water_balances"] if column.endswith("_per_yr")}
    return {"of": of, "unit": "m3", **zeros, **{f"{key}_per_yr": value for key, value in figures.items()}}


def limit(**changes: Any) -> dict[str, Any]:
    plainly = {
        "at": "mixture",
        "by": "=mill",
        "stream": "1",
        "quality": "COD",
        "kind": "max",
        "limit": 50.0,
        "found": 49.999,
        "unit": "mg/L",
        "binding": True,
        "laxer_limit": math.nan,
        "saving_per_yr": math.nan,
        "how": "not asked",
    }
    return plainly | changes


def verdict(exchange: str, compliance: str, **changes: Any) -> dict[str, Any]:
    plainly = {
        "exchange": exchange,
        "technical": "fits alone",
        "compliance": compliance,
        "compliance_why": "waste permit",
        "delay_yr": 0.5,
        "built": True,
        "declaration": False,
    }
    return plainly | changes


def barred(n: int) -> dict[str, Any]:
    why = "COD is not known"
    return {"exchange": f"smelter > =mill: s{n}", "quality": "COD", "why": why, "limit": 5.0, "unit": "mg/L"}


@pytest.fixture
def wet(plan) -> Plan:
    # The smelter buys 100 m3 and gives 60 to the mill and 10 to the town, a partner; in the baseline nobody gives.
    after = (
        balance("smelter", bought=100.0, exchanged_out=70.0, used_up=30.0),
        balance("=mill", exchanged_in=60.0, discharged=60.0),
        balance("town", exchanged_in=10.0, used_up=10.0),
        balance("park", bought=100.0, exchanged_out=10.0, discharged=60.0, used_up=30.0),
    )
    made = {
        "water_balances": table("water_balances", *after),
        "baseline_water_balances": table("water_balances", balance("park", bought=160.0, discharged=160.0)),
        "quality_limits": table("quality_limits", limit(), limit(quality="salt", binding=False)),
        "verdicts": table(
            "verdicts",
            verdict("smelter > =mill: steam", "permit needed"),
            verdict("=mill > town: warm water", "clear"),
            verdict("smelter > town: slag", "permit needed, none stated", built=False),
        ),
        "barred": table("barred", barred(1), barred(2)),
    }
    return replace(plan, tables={**plan.tables, **made})


def lines(plan: Plan) -> list[str]:
    return [" ".join(line.split()) for line in plain(summary_of(plan)).splitlines()]


def test_summary_says_where_the_water_goes(wet):
    told = lines(wet)
    assert "bought m3/yr 160 100" in told
    assert "given to partners m3/yr 0 10" in told
    assert "discharged m3/yr 160 60" in told
    assert not any(line.startswith("sold") for line in told)  # none of it in either run


def test_summary_counts_water_as_reused_once_and_only_where_it_saves_bought_water(plan):
    """A raw effluent through a works to a plant: only what the plant takes saves water."""
    resources = {
        "fresh": {"kind": "water", "unit": "m3", "price": 1},
        "raw": {"kind": "water", "unit": "m3", "discharge": {"route": "sewer"}},
        "clean": {"kind": "water", "unit": "t", "discharge": {"route": "river"}},
        "steam": {"kind": "heat", "unit": "MWh", "price": 30, "enthalpy": 1},
        "slag": {"kind": "material", "unit": "t", "price": 5},
    }
    paid = {"investment": [{"capacity": 1, "investment": 1}]}
    case = Case.model_validate(
        {
            "case": "Works",
            "currency": "EUR",
            "price_year": 2025,
            "economics": {"discount_rate": 0},
            "resources": resources,
            "plants": {name: {"plot": name, "hours": 1} for name in ("A", "B")},
            "partners": {"lake": {}, "farm": {}},
            "facilities": {"works": {"inputs": {"raw": 1}, "outputs": {"clean": 1}, **paid}},
        }
    )

    def sent(giver, taker, replaces, replaced):
        ends = {"exchange": f"{giver} > {taker}", "from": giver, "to": taker, "sink": "s", "own": False}
        return ends | {"replaces": replaces, "replaced_per_yr": replaced, "capex": 0.0, "unit": "m3", "link": "pipe"}

    # 1,000 m3 go to treatment, 800 come back to B and 50 to a farm; 100 of the rest feed a boiler of the works. Steam
    # and slag are no water; what a lake gives is no water of the park; the rest of the works goes to the river.
    exchanges = (
        sent("A", "works", "raw", 1000.0),
        sent("works", "B", "fresh", 800.0),
        sent("works", "farm", "fresh", 50.0),
        sent("A", "works", "fresh", 100.0),
        sent("A", "B", "steam", 500.0),
        sent("A", "B", "slag", 500.0),
        sent("lake", "B", "fresh", 70.0),
    )
    made = {
        "water_balances": table("water_balances", balance("park", bought=10.0)),
        "baseline_water_balances": table("water_balances", balance("park", bought=860.0)),
        "baseline_exchanges": table("exchanges", sent("A", "A", "fresh", 20.0)),
        "exchanges": table("exchanges", *exchanges),
    }
    told = lines(replace(plan, tables={**plan.tables, **made}, case=case))
    assert "reused in place of bought water m3/yr 20 850" in told
    # an effluent that is only treated and let out is not reused at all
    made["exchanges"] = table("exchanges", sent("A", "works", "raw", 1000.0))
    made["baseline_exchanges"] = table("exchanges")
    assert not any("reused" in line for line in lines(replace(plan, tables={**plan.tables, **made}, case=case)))


def test_summary_says_which_limits_bind_and_what_a_laxer_one_saves(wet):
    told = lines(wet)
    assert "=mill / 1, mixture COD mg/L at most 50 50" in told
    assert not any("salt" in line for line in told)
    assert not any("laxer" in line for line in told)
    asked = table("quality_limits", limit(saving_per_yr=1200.0, laxer_limit=52.5), limit(kind="min", limit=40.0))
    told = lines(replace(wet, tables={**wet.tables, "quality_limits": asked}))
    assert "=mill / 1, mixture COD mg/L at most 50 50 1,200" in told
    assert "=mill / 1, mixture COD mg/L at least 40 50 -" in told
    assert any("5 % laxer saves EUR/yr" in line for line in told)


def test_summary_says_what_needs_a_permit_and_what_is_barred(wet):
    told = lines(wet)
    assert "smelter > =mill: steam permit needed waste permit - 0 0.5" in told
    assert not any(line.startswith("smelter > town: slag") for line in told)  # not in the plan
    assert "smelter > =mill: s1 COD COD is not known" in told
    many = table("barred", *(barred(n) for n in range(20)))
    told = lines(replace(wet, tables={**wet.tables, "barred": many}))
    assert sum(line.startswith("smelter > =mill: s") and "not known" in line for line in told) == 12
    assert "and 8 more: see tables/barred.csv" in told


def test_summary_adds_up_what_the_law_asks(wet):
    """4,000 EUR of a permit at 10 % a year, 2,000 EUR of a declaration at 15 %: 6,000 EUR once, 700 EUR a year."""

    def line(exchange, amount, run="plan"):
        return {"run": run, "account": "permit", "exchange": exchange, "amount": amount}

    asked = (
        verdict("a", "permit needed", permit_cost=4000.0, delay_yr=1.0),
        verdict("a", "permit needed", permit_cost=4000.0, delay_yr=1.0),  # by two kinds of links, permitted once
        verdict("b", "declaration", permit_cost=2000.0, delay_yr=0.25, declaration=True),
        verdict("c", "permit needed, none stated", permit_cost=0.0, delay_yr=0.0),
        verdict("d", "clear", permit_cost=0.0),
    )
    made = {
        "verdicts": table("verdicts", *asked),
        "lines": table("lines", line("a", 400.0), line("b", 300.0), line("b", 50.0, "baseline")),
    }
    told = lines(replace(wet, tables={**wet.tables, **made}))
    assert "a permit needed waste permit 4,000 400 1" in told
    assert "b declaration waste permit 2,000 300 0.25" in told
    assert not any(line.startswith("d clear") for line in told)
    counted = (
        "1 exchange of the plan needs a permit, 1 a by-product declaration, 1 is a waste for which the case states"
    )
    assert f"all, and the longest delay {counted} no permit 6,000 700 1" in told


def test_what_the_case_forbids_is_one_row_behind_what_quality_and_law_bar(wet):
    def forbidden(n, note=""):
        return {"exchange": f"f{n}", "why": "forbidden by the case" + (f": {note}" if note else "")}

    by_use = {"exchange": "ash > feed", "why": "may not come into feed"}
    rows = [*(forbidden(n, "too little heat") for n in range(5)), forbidden(5), by_use, barred(1)]
    told = lines(replace(wet, tables={**wet.tables, "barred": table("barred", *rows)}))
    at = told.index("Exchanges that are barred")
    assert told[at + 3 : at + 6] == [
        "smelter > =mill: s1 COD COD is not known",
        "ash > feed may not come into feed",
        "6 exchanges forbidden by the case: too little heat (5) ...: see tables/barred.csv",
    ]
    few = lines(replace(wet, tables={**wet.tables, "barred": table("barred", forbidden(1, "council vote"))}))
    assert "f1 forbidden by the case: council vote" in few


def test_a_plan_without_qualities_says_and_writes_nothing_of_them(plan, tmp_path):
    text = plain(summary_of(plan))
    for word in ("Water of the park", "Limits of quality", "What the law asks", "barred"):
        assert word not in text
    out = write(plan, tmp_path / "out")
    assert not set(OF_QUALITY) & set(json.loads((out / "results.json").read_text(encoding="utf-8")))
    assert not set(OF_QUALITY) & {path.stem for path in (out / "tables").iterdir()}


def test_what_is_written_is_read_back(wet, tmp_path):
    out = write(wet, tmp_path / "out")
    content = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert [row["of"] for row in content["water_balances"]] == ["smelter", "=mill", "town", "park"]
    assert content["quality_limits"][0]["saving_per_yr"] is None
    assert "operations" not in content  # it has no rows
    assert "baseline_water_balances" not in content  # CSV only, like all tables of the baseline
    back = load(out)
    assert set(back.tables) >= {*OF_QUALITY, "baseline_compositions"}
    assert back.tables["compositions"].empty
    limits = back.tables["quality_limits"]
    assert list(limits["limit"]) == [50.0, 50.0]  # a number here, a name in the table "limits"
    assert list(limits["stream"]) == ["1", "1"]
    assert list(limits["by"]) == ["=mill", "=mill"]
    assert list(limits["binding"]) == [True, False]
    assert list(back.tables["barred"]["limit"]) == [5.0, 5.0]
    assert back.tables["baseline_water_balances"]["bought_per_yr"][0] == 160.0
