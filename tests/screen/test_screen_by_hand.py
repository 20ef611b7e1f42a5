"""Figures of a screening against a park worked out by hand, and what changes them."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from bare_park import changed

from planner.case.read import read_case
from planner.errors import CaseError, UsageError
from planner.screen import page
from planner.screen.screen import Screening, screen
from planner.screen.show import print_screening
from planner.screen.table import chosen, ordered

STEAM, ASH = "mill > dairy: steam", "mill > brick works: ash -> clay"


def rows(folder: Path, **options: Any) -> dict[str, dict[str, Any]]:
    table = found(folder, **options).table
    return {row["exchange"]: row for row in table.to_dict("records")}


def found(folder: Path, **options: Any) -> Screening:
    return screen(read_case(folder, sited=False), **options)


def test_a_pipe_by_hand(tmp_path: Path) -> None:
    # 5,000 shared hours x 3 t/h = 15,000 t; gas 0.8 x 40 = 32 EUR/t -> 480,000 EUR; 1 km x 300,000 EUR over 20 yr at
    # 0 % = 15,000 EUR/yr; CO2e 15,000 x 0.8 x 0.2 = 2,400 t. Payback 300,000 / 480,000. Break-even distance where
    # 15,000 EUR/km/yr eat 480,000: 32 km. Break-even price of supply: 15,000 / 15,000 t = 1 EUR/t.
    row = rows(changed(tmp_path))[STEAM]
    assert row["flow_per_yr"] == pytest.approx(15_000)
    assert row["supply_avoided_per_yr"] == pytest.approx(480_000)
    assert row["capex"] == pytest.approx(300_000)
    assert row["net_saving_per_yr"] == pytest.approx(465_000)
    assert row["gain_per_yr"] == pytest.approx(480_000)
    assert row["payback_yr"] == pytest.approx(0.625)
    assert row["co2e_avoided_t_per_yr"] == pytest.approx(2_400)
    assert row["cost_per_tco2e"] == pytest.approx(-465_000 / 2_400)
    assert row["breakeven_km"] == pytest.approx(32.0)
    assert (row["supply_price"], row["breakeven_price"]) == (pytest.approx(32.0), pytest.approx(1.0))
    assert (row["technical"], row["compliance"], row["payback"]) == ("fits", "clear", "pays")
    assert (row["effort"], row["effort_basis"], row["distance_basis"]) == ("piping", "inferred", "assumed distance")


def test_a_truck_by_hand(tmp_path: Path) -> None:
    # 4,000 t clay / 0.8 = 5,000 t ash over 2 km. Clay 4,000 x 10 = 40,000; landfill 5,000 x 30 = 150,000; truck
    # 5,000 x (2 + 0.5 x 2) = 15,000. Net 175,000. Waste 5,000 t. Breaks even at (190,000 - 10,000) / 2,500 = 72 km.
    row = rows(changed(tmp_path), distance_km=2.0)[ASH]
    assert row["flow_per_yr"] == pytest.approx(5_000)
    assert row["supply_avoided_per_yr"] == pytest.approx(40_000)
    assert row["discharge_avoided_per_yr"] == pytest.approx(150_000)
    assert row["running_cost_per_yr"] == pytest.approx(15_000)
    assert row["net_saving_per_yr"] == pytest.approx(175_000)
    assert row["waste_avoided_t_per_yr"] == pytest.approx(5_000)
    assert row["breakeven_km"] == pytest.approx(72.0)
    assert row["distance_basis"] == "stated distance"
    assert row["compliance"] == "ask"
    # ash is metered, clay invoiced: the worse of both. Five numbers state no basis: price and CO2e of clay, cost of the
    # landfill, cost and loading of the truck; they do not hide that both rates are known.
    assert (row["effort"], row["data_quality"], row["grade"]) == ("contract", "invoiced", "not stated")
    assert (row["not_stated"], row["bases"]) == (5, "not stated, invoiced, metered")


def test_capacity_binds_and_is_said(tmp_path: Path) -> None:
    # 2 t/h x 5,000 h = 10,000 t of the 15,000 t that could flow: 320,000 - 15,000.
    row = rows(changed(tmp_path, ("capacity: 4 t/h", "capacity: 2 t/h")))[STEAM]
    assert row["flow_per_yr"] == pytest.approx(10_000)
    assert row["net_saving_per_yr"] == pytest.approx(305_000)
    assert row["technical"] == "partly"


def test_what_is_sold_today_is_lost(tmp_path: Path) -> None:
    # Sale of 1,000 t at 12 EUR/t: 5,000 t are disposed of, which is all the exchange takes: nothing of the sale is
    # lost. With a sale of 3,000 t, 3,000 t are disposed of and 2,000 t taken from the sale: a unit still saves
    # 8 - 2.5 - 12 < 0 there, so 3,000 t flow: 3,000 x (8 + 30 - 2.5).
    sale = ("discharge: {route: landfill", "sale: {price: 12, limit: LIMIT t/yr}, discharge: {route: landfill")
    few = rows(changed(tmp_path, (sale[0], sale[1].replace("LIMIT", "1000"))))[ASH]
    assert (few["flow_per_yr"], few["sale_lost_per_yr"]) == (pytest.approx(5_000), pytest.approx(0.0))
    many = rows(changed(tmp_path, (sale[0], sale[1].replace("LIMIT", "3000"))))[ASH]
    assert many["flow_per_yr"] == pytest.approx(3_000)
    assert many["net_saving_per_yr"] == pytest.approx(3_000 * 35.5)


def test_nothing_pays_and_all_that_could_flow_is_shown(tmp_path: Path) -> None:
    # 5,000 x (8 + 30 - 2 - 0.5 x 100) = -70,000
    row = rows(changed(tmp_path), distance_km=100.0)[ASH]
    assert row["flow_per_yr"] == pytest.approx(5_000)
    assert row["net_saving_per_yr"] == pytest.approx(-70_000)
    assert row["payback"] == "never"


def test_forbidden_is_listed_with_its_reason(tmp_path: Path) -> None:
    entry = "exchanges:\n  - {from: mill, to: dairy, forbidden: true, note: rail lies between}\nsubstitutions:"
    row = rows(changed(tmp_path, ("substitutions:", entry)))[STEAM]
    assert row["compliance"] == "no"
    assert row["compliance_why"] == "it is forbidden by the case: rail lies between"
    assert row["rank"] == 2


def test_a_quality_limits_the_share(tmp_path: Path) -> None:
    # Ash holds 100, clay 10, at most 28 in the mixture by tonnes. a (100 - 28) = (4,000 - 0.8 a) (28 - 10):
    # 72 a + 14.4 a = 72,000 -> a = 833.33 t.
    changes = (
        ("links:\n", "qualities: {Cl: {unit: mg/kg}}\nlinks:\n"),
        ("ash: {kind: material, unit: t,", "ash: {kind: material, unit: t, quality: {Cl: 100},"),
        ("clay: {kind: material, unit: t,", "clay: {kind: material, unit: t, quality: {Cl: 10},"),
        ("basis: invoiced, grade: B}}", "basis: invoiced, grade: B}, limits: {Cl: 28}}"),
    )
    row = rows(changed(tmp_path, *changes))[ASH]
    assert row["flow_per_yr"] == pytest.approx(72_000 / 86.4)
    assert row["technical"] == "partly"
    assert "Cl" in row["technical_why"]
    above = rows(changed(tmp_path, *changes[:3], (changes[3][0], changes[3][1].replace("28", "10"))))[ASH]
    assert above["technical"] == "no"


def test_hazardous_waste_asks_for_a_permit(tmp_path: Path) -> None:
    row = rows(changed(tmp_path, ("waste: non-hazardous", "waste: hazardous")))[ASH]
    assert row["compliance"] == "ask"
    assert "hazardous" in row["compliance_why"]


def test_orders_and_filters(tmp_path: Path) -> None:
    table = found(changed(tmp_path)).table
    assert list(table["exchange"]) == [STEAM, ASH]
    assert list(ordered(table, "waste")["exchange"]) == [ASH, STEAM]
    assert list(chosen(table, resource=["clay"])["exchange"]) == [ASH]
    assert list(chosen(table, giver=["mill"], taker=["dairy"])["exchange"]) == [STEAM]
    assert len(chosen(table, top=1)) == 1
    assert list(chosen(table, fits=True)["exchange"]) == [STEAM, ASH]
    with pytest.raises(UsageError, match='did you mean "dairy"'):
        chosen(table, taker=["dary"])
    with pytest.raises(UsageError, match="no such order"):
        ordered(table, "beauty")


def test_a_slow_payback_by_the_threshold(tmp_path: Path) -> None:
    assert rows(changed(tmp_path), payback_yr=0.6)[STEAM]["payback"] == "slow"


@pytest.mark.parametrize(("rate", "capital", "word"), [("0 %", 400_000, "slow"), ("8 %", 814_817.7, "never")])
def test_what_does_not_earn_its_capital_back_never_pays(tmp_path: Path, rate: str, capital: float, word: str) -> None:
    # A pipe of 8,000,000 EUR saves 480,000 a year: payback 16.67 yr. Over 20 yr it costs 400,000 a year at 0 %, and
    # 8,000,000 x 0.08 / (1 - 1.08^-20) = 8,000,000 x 0.1018522 = 814,818 at 8 %.
    dearer = ("discount_rate: 0 %", f"discount_rate: {rate}"), ("investment: 300 EUR/m", "investment: 8000 EUR/m")
    row = rows(changed(tmp_path, *dearer))[STEAM]
    assert row["payback_yr"] == pytest.approx(8_000_000 / 480_000)
    assert row["net_saving_per_yr"] == pytest.approx(480_000 - capital, abs=0.1)
    assert row["payback"] == word


def test_plots_may_be_missing_for_a_screening_only(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="no plots"):
        read_case(changed(tmp_path))
    assert "assumed distance of 1 km" in " ".join(found(tmp_path).notes)


def test_losses_of_pipes_and_trucks(tmp_path: Path) -> None:
    # 70 W/m over 1 km and 5,000 h: 0.07 MW / 0.7 MWh/t = 0.1 t/h -> 500 t beside the 15,000 t that arrive.
    # The truck loses 2 % on a kilometre: 5,000 / 0.98 t leave; the mill has 6,000 t.
    changes = (
        ("capacity: 4 t/h,", "capacity: 4 t/h, loss: 70 W/m,"),
        ("loading: 2}", "loading: 2, volume_loss: 2 %/km}"),
    )
    found_rows = rows(changed(tmp_path, *changes))
    steam, ash = found_rows[STEAM], found_rows[ASH]
    assert (steam["flow_per_yr"], steam["lost_per_yr"]) == (pytest.approx(15_500), pytest.approx(500))
    assert steam["net_saving_per_yr"] == pytest.approx(465_000)
    assert ash["flow_per_yr"] == pytest.approx(5_000 / 0.98)
    assert ash["replaced_per_yr"] == pytest.approx(4_000)
    assert ash["net_saving_per_yr"] == pytest.approx(40_000 + 5_000 / 0.98 * (30 - 2 - 0.5))


def test_periods_are_matched_each_by_itself(tmp_path: Path) -> None:
    # Summer 4,380 h, winter 4,380 h. The dairy runs 1,000 h in summer and 4,000 h in winter, the mill 500 h in summer:
    # shared 500 h and 4,000 h x 3 t/h = 13,500 t; 13,500 x 32 - 15,000.
    changes = (
        ("resources:\n", "periods: {summer: {hours: 4380}, winter: {hours: 4380}}\nresources:\n"),
        ("    hours: 5000\n", "    hours: {value: 5000, periods: {summer: 1000, winter: 4000}}\n"),
        (
            "    hours: 8000\n    sources:",
            "    hours: {value: 4880, periods: {summer: 500, winter: 4380}}\n    sources:",
        ),
    )
    row = rows(changed(tmp_path, *changes))[STEAM]
    assert row["shared_hours"] == pytest.approx(4_500)
    assert row["flow_per_yr"] == pytest.approx(13_500)
    assert row["net_saving_per_yr"] == pytest.approx(417_000)


def test_what_is_too_far_for_every_link_cannot_be(tmp_path: Path) -> None:
    # Largest way 0.5 km: no link reaches over the assumed kilometre; within 0.4 km it fits.
    limit = ("steam pipe: {kind: pipe,", "steam pipe: {kind: pipe, max_length: 0.5 km,")
    row = rows(changed(tmp_path, limit))[STEAM]
    assert (row["technical"], row["technical_why"]) == ("no", "too far for every link, or no way")
    near = rows(tmp_path, distance_km=0.4)[STEAM]
    assert (near["technical"], near["breakeven_km"]) == ("fits", pytest.approx(0.5))


def test_effort_and_permit_as_the_case_states_them(tmp_path: Path) -> None:
    terms = "ratio: 0.8, effort: redesign, permit: {name: kiln permit, cost: 1000, delay: 0.5 yr}}"
    row = rows(changed(tmp_path, ("ratio: 0.8}", terms)))[ASH]
    assert (row["effort"], row["effort_basis"]) == ("redesign", "stated")
    assert "permit: kiln permit" in row["compliance_why"]
    assert row["capex"] == pytest.approx(1000)
    assert row["payback_yr"] == pytest.approx(1000 / row["gain_per_yr"] + 0.5)


def test_the_page_counts_what_cannot_be_had_apart(tmp_path: Path) -> None:
    # Steam is forbidden and would pay; ash pays. The terminal says the same.
    entry = "exchanges:\n  - {from: mill, to: dairy, forbidden: true}\nsubstitutions:"
    looked = found(changed(tmp_path, ("substitutions:", entry)))
    assert looked.table.set_index("exchange")["payback"].to_dict() == {STEAM: "pays", ASH: "pays"}
    text = page.page(looked, looked.table)
    told = re.findall(r'<li class="(\w+)"><b>(\d+)</b> . ([a-z ]+)</li>', text)
    assert told == [
        ("pays", "1", "pays"),
        ("slow", "0", "pay slowly"),
        ("never", "0", "never pay"),
        ("open", "0", "only a solve can tell"),
        ("no", "1", "cannot be had"),
    ]
    assert "<option>pays</option><option>cannot be had</option>" in text
    assert 'class=" no" data-key="cannot be had"' in text
    said = io.StringIO()
    print_screening(looked, looked.table, said, None)
    assert "1 pays, 1 cannot be had (see fit and law)" in said.getvalue()
    assert "invoiced + 5 not stated" in said.getvalue()


def test_the_page_says_what_it_leaves_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MOST_ENDS", 1)
    monkeypatch.setattr(page, "MOST_ROWS", 1)
    looked = found(changed(tmp_path))
    text = page.page(looked, looked.table)
    assert "Shown are the 1 of 1 givers and 1 of 2 takers" in text
    assert "The first 1 of 2" in text
    assert ASH not in text
