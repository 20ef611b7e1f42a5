"""Chains giver > facility > taker and twins of several sizes, worked out by hand."""

from pathlib import Path
from typing import Any

import pytest
from bare_park import changed

from planner.case.read import read_case
from planner.screen.screen import screen

BOILER = (
    "facilities:\n  boiler:\n    hours: 8000\n    unit: t\n    lifetime: 10 yr\n"
    "    inputs: {ash: 0.5}\n    outputs: {steam: 1}\n"
    "    investment: [{capacity: 1 t/h, investment: 100000}, {capacity: 9 t/h, investment: 900000}]\nsubstitutions:"
)
FED, CHAIN = "mill > boiler: ash", "mill > boiler > dairy: ash -> steam"


def rows(folder: Path, *changes: tuple[str, str], **options: Any) -> dict[str, dict[str, Any]]:
    table = screen(read_case(changed(folder, *changes), sited=False), **options).table
    return {row["exchange"]: row for row in table.to_dict("records")}


def test_a_chain_through_a_facility(tmp_path: Path) -> None:
    # 6,000 t of ash make 12,000 t of steam in the 5,000 h of the dairy: 2.4 t/h, 240,000 EUR over 10 yr at 0 %. Pipe
    # 300,000 over 20 yr, truck 6,000 x (2 + 0.5). Gas 12,000 x 32, landfill 6,000 x 30.
    # Net 384,000 + 180,000 - 15,000 - 24,000 - 15,000. Over x times both kilometres: 528,000 = x (3,000 + 15,000).
    row = rows(tmp_path, ("substitutions:", BOILER))[CHAIN]
    assert (row["from"], row["via"], row["to"]) == ("mill", "boiler", "dairy")
    assert row["flow_per_yr"] == pytest.approx(6_000)
    assert row["replaced_per_yr"] == pytest.approx(12_000)
    assert row["facility_size"] == "2.4 t/h"
    assert (row["facility_capex"], row["capex"]) == (pytest.approx(240_000), pytest.approx(540_000))
    assert row["discharge_avoided_per_yr"] == pytest.approx(180_000)
    assert row["running_cost_per_yr"] == pytest.approx(15_000)
    assert row["gain_per_yr"] == pytest.approx(549_000)
    assert row["net_saving_per_yr"] == pytest.approx(510_000)
    assert row["payback_yr"] == pytest.approx(540_000 / 549_000)
    assert row["waste_avoided_t_per_yr"] == pytest.approx(6_000)
    assert row["co2e_avoided_t_per_yr"] == pytest.approx(12_000 * 0.8 * 0.2)
    assert row["breakeven_km"] == pytest.approx(2 * 528_000 / 18_000)
    assert row["breakeven_price"] == pytest.approx(32 - 510_000 / 12_000)
    assert (row["technical"], row["payback"], row["effort"]) == ("fits", "pays", "redesign")
    assert (row["link"], row["size"]) == ("truck; steam pipe", "; DN 100")


def test_parts_of_the_saving_add_up(tmp_path: Path) -> None:
    boiler = BOILER.replace("lifetime: 10 yr", "lifetime: 10 yr\n    maintenance: 2 %\n    variable_cost: 3 EUR/t")
    for row in rows(tmp_path, ("substitutions:", boiler)).values():
        if row["payback"] == "open" or row["technical"] == "no":
            continue
        gained = sum(row[f"{name}_avoided_per_yr"] for name in ("supply", "discharge", "further"))
        spent = sum(row[f"{name}_per_yr"] for name in ("sale_lost", "forgone", "running_cost", "facility_running_cost"))
        assert row["gain_per_yr"] == pytest.approx(gained - spent)
        assert row["net_saving_per_yr"] == pytest.approx(row["gain_per_yr"] - row["capital_cost_per_yr"])
    # 12,000 t of steam x 3 EUR and 2 % of 240,000
    assert rows(tmp_path, ("substitutions:", boiler))[CHAIN]["facility_running_cost_per_yr"] == pytest.approx(40_800)


def test_a_facility_that_one_exchange_is_enough_for(tmp_path: Path) -> None:
    # Burnt alone: 6,000 t of ash off the landfill; 12,000 t of steam in 8,000 h: 1.5 t/h, 150,000 EUR.
    # 180,000 - 15,000 - 15,000.
    row = rows(tmp_path, ("substitutions:", BOILER))[FED]
    assert row["via"] == "boiler"
    assert row["facility_size"] == "1.5 t/h"
    assert row["net_saving_per_yr"] == pytest.approx(150_000)


def test_what_a_facility_still_needs_is_named_with_the_chain_that_has_it(tmp_path: Path) -> None:
    row = rows(tmp_path, ("substitutions:", BOILER))["boiler > dairy: steam"]
    assert (row["technical"], row["payback"]) == ("open", "open")
    assert "needs boiler, and that needs ash" in row["technical_why"]
    assert CHAIN in row["technical_why"]


def test_too_large_a_facility_cannot_be(tmp_path: Path) -> None:
    least = BOILER.replace("lifetime:", "min_activity: 5 t/h\n    lifetime:").replace(
        "capacity: 1 t/h", "capacity: 5 t/h"
    )
    row = rows(tmp_path, ("substitutions:", least))[CHAIN]
    assert row["technical"] == "no"
    assert "smallest size or least activity" in row["technical_why"]


def test_what_only_a_solve_can_tell_is_said(tmp_path: Path) -> None:
    store = (
        "facilities:\n  silo:\n    stores: {resource: ash, hours_to_fill: 9 h, hours_to_empty: 9 h}\n"
        "    investment: [{capacity: 100 t, investment: 1000}]\nsubstitutions:"
    )
    table = rows(tmp_path, ("substitutions:", store))
    assert "is a store" in table["mill > silo: ash"]["technical_why"]
    assert not any(row["via"] and row["technical"] == "fits" for row in table.values())


def test_treated_water_holds_what_is_left_in_it(tmp_path: Path) -> None:
    # 600 mg/L less 90 % is 60; the taker admits 50, its own supply holds 10: a (60 - 50) = (8,000 - a) (50 - 10),
    # a = 6,400 m3 of the 8,000.
    works = (
        "facilities:\n  works:\n    hours: 8000\n    unit: m3\n    inputs: {waste water: 1}\n"
        "    outputs: {clean water: 1}\n    treats: {inlet: waste water, outlet: clean water, removes: {COD: 90 %}}\n"
        "    investment: [{capacity: 0.1 m3/h, investment: 1000}, {capacity: 9 m3/h, investment: 9000}]\n"
        "substitutions:"
    )
    table = rows(
        tmp_path,
        ("substitutions:", works),
        ("links:\n", "qualities: {COD: {unit: mg/L}}\nlinks:\n  canal: {kind: pipe, sizes: [{size: C, capacity: 9, "
         "investment: 1 EUR/m}]}\n"),
        ("resources:\n", "resources:\n  waste water: {kind: water, unit: m3, carried_by: [canal], quality: {COD: 600}, "
         "discharge: {route: sewer, cost: 5}}\n  clean water: {kind: water, unit: m3, price: 4, carried_by: [canal], "
         "quality: {COD: 10}, discharge: {route: sewer, cost: 5}}\n"),
        ("sources: {ash:", "sources: {waste water: {rate: 1 m3/h}, ash:"),
        ("sinks: {clay:", "sinks: {clean water: {rate: 1 m3/h, limits: {COD: 50}}, clay:"),
    )  # fmt: skip
    row = table["mill > works > brick works: waste water -> clean water"]
    assert row["replaced_per_yr"] == pytest.approx(6_400)
    assert row["effort"] == "treatment"
    # 6,400 x 4 for water; the sewer takes 1,600 m3 of what is cleaned instead of 8,000 m3
    assert row["supply_avoided_per_yr"] == pytest.approx(25_600)
    assert row["gain_per_yr"] == pytest.approx(25_600 + 6_400 * 5)


def test_twins_of_two_sizes(tmp_path: Path) -> None:
    # 3 t/h by 2 + 1 t/h: 320,000 EUR, against 400,000 of two of the larger: 480,000 - 16,000.
    sizes = (
        "sizes: [{size: DN 100, capacity: 4 t/h, investment: 300 EUR/m}]",
        "sizes: [{size: S, capacity: 1 t/h, investment: 120 EUR/m}, {size: L, capacity: 2 t/h, investment: 200 EUR/m}]",
    )
    twins = ("substitutions:", "exchanges: [{from: mill, to: dairy, twins: 2}]\nsubstitutions:")
    row = rows(tmp_path, sizes, twins)["mill > dairy: steam"]
    assert row["net_saving_per_yr"] == pytest.approx(464_000)
    assert row["capex"] == pytest.approx(320_000)
    assert sorted(row["size"].split(" + ")) == ["L", "S"]
    assert row["breakeven_km"] == pytest.approx(32.0)  # of L alone: 10,000 t x 32 / 10,000 a km
    alone = rows(tmp_path, sizes)["mill > dairy: steam"]
    assert alone["net_saving_per_yr"] == pytest.approx(320_000 - 10_000)
