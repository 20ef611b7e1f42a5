"""Losing a partner of ``tiny``: its README has the arithmetic of every cost."""

import json
import math
from pathlib import Path

import pytest

import planner
from planner.errors import UsageError
from planner.resilience.exits import UNASSIGNED, leave
from planner.resilience.suppliers import BOUGHT, inverse_simpson, resources_table, shannon, suppliers_table
from planner.resilience.tables import document, tables, write

ROOT = Path(__file__).resolve().parents[2]
SAVED = 1_584_832.668611
#: Yearly capital of both steam pipes; giver and taker pay half each.
TO_MILL, TO_GREENHOUSE = 12_036.388079, 16_850.943310


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return planner.solve(ROOT / "cases" / "tiny").save(tmp_path_factory.mktemp("exits") / "out")


@pytest.fixture(scope="module")
def made(out):
    return leave(out)


@pytest.fixture(scope="module")
def by_firm(made):
    return {x.firm: x for x in made.exits}


def test_without_the_mill(by_firm):
    # The smelter loses what the mill paid for steam: half of 48,000 x 32 = 768,000. Nothing else changes for anybody.
    x = by_firm["mill"]
    assert x.losses == pytest.approx({"smelter": 768_000.0, "greenhouse": 0.0}, abs=0.01)
    assert (x.extra_cost, x.lost_transfers) == pytest.approx((0.0, 768_000.0), abs=0.01)
    assert x.hurt_most == "smelter"
    assert (x.idle_capital, x.lost_capital) == pytest.approx((TO_MILL / 2, TO_MILL / 2))
    assert x.changes == pytest.approx({"co2e": 0.0, "waste": 0.0, "fresh_water": 0.0}, abs=1e-6)
    assert x.how == "proven"


def test_without_the_greenhouse(by_firm):
    # Slag again to landfill: 2,000 x 20 = 40,000, less the smelter's half of hauling, 2,000 x (3 + 0.14) / 2 = 3,140.
    # What the smelter was paid for steam (half of 32,000) and paid for slag is transfers: 12,000 of the tables.
    x = by_firm["greenhouse"]
    assert x.extra_cost == pytest.approx(40_000 - 3_140)
    assert x.losses["mill"] == pytest.approx(0.0, abs=0.01)
    assert x.changes["waste"] == pytest.approx(2_000)
    assert x.idle_capital == pytest.approx(TO_GREENHOUSE / 2)


def test_without_the_smelter(by_firm):
    # Mill gas 1,536,000; greenhouse gas 32,000 and lime 40,000, less milling 8,000 and its half of hauling 3,140.
    x = by_firm["smelter"]
    assert x.extra_cost == pytest.approx(1_536_000 + 72_000 - 8_000 - 3_140)
    # CO2e: gas 49,000 x 0.16, lime 1,000, less what hauling the taker answers for
    assert x.changes["co2e"] == pytest.approx(7_840 + 1_000, abs=0.2)
    # all is lost, and the pipes and the dearer plot of the mill (20,000) are still to be paid
    assert x.saving_lost == pytest.approx(1 + (20_000 + (TO_MILL + TO_GREENHOUSE) / 2) / SAVED)


def test_firms_add_up_to_the_park(made):
    gains = {row["party"]: row["gain_per_yr"] for row in made.run.plan.tables["parties"].to_dict("records")}
    for x in made.exits:
        assert x.loss == pytest.approx(x.extra_cost + x.lost_transfers, abs=0.005)
        kept = math.fsum(gains[party] - loss for party, loss in x.losses.items() if party != UNASSIGNED)
        assert x.saving_lost == pytest.approx((made.worth - kept) / made.worth, abs=1e-9)
        assert x.own_gain == pytest.approx(gains[x.firm])


def test_one_firm_and_one_that_is_not_there(out):
    assert [x.firm for x in leave(out, ["mill"]).exits] == ["mill"]
    with pytest.raises(UsageError, match=r"no firm smelte in this plan; did you mean smelter\?"):
        leave(out, ["smelte"])


def test_suppliers_of_each_demand(made):
    table = suppliers_table(made.run).set_index(["by", "stream"])
    mill = table.loc[("mill", "steam")]
    assert (mill["suppliers"], mill["largest_supplier"], mill["largest_share"]) == (1, "smelter", 1.0)
    assert mill["shannon"] == 0.0
    assert bool(mill["single_source"])
    assert bool(mill["could_buy"])
    assert table.loc[("greenhouse", "fresh water"), "largest_supplier"] == BOUGHT
    resources = resources_table(suppliers_table(made.run)).set_index("resource")
    assert resources.loc["steam", "demand_per_yr"] == pytest.approx(49_000)
    assert resources.loc["steam", "single_source_share"] == 1.0


def test_diversity_of_shares():
    assert shannon([0.5, 0.5]) == pytest.approx(math.log(2))
    assert inverse_simpson([0.5, 0.5]) == pytest.approx(2.0)
    assert inverse_simpson([0.8, 0.2]) == pytest.approx(1 / 0.68)
    assert shannon([1.0]) == 0.0


def test_files_and_document(made):
    folder = write(made)
    assert {path.stem for path in folder.glob("*.csv")} == set(tables(made))
    told = json.loads((folder / "resilience.json").read_text(encoding="utf-8"))
    assert told == json.loads(json.dumps(document(made)))
    assert told["worst_partner"] == "smelter"
