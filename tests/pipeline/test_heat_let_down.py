"""Heat of one medium that goes into another inside a plant, and loops that part what may not meet, by hand."""

import pytest
from heat_parks import HEAD, TWO, changed, cost, heat, planned, target
from whole_cases import failed

from planner.audit import audit
from planner.case.read import read_case
from planner.geography.measure import measure
from planner.results.heat import ALONE, MEDIA

YEAR = 8760.0
#: Steam of 4 bar at 1 EUR/MWh, which works take for 1 MW, and hot water for homes of 10 MW.
DOWN = changed(
    TWO,
    ("flue: {from: 150, to: 110, load: 10}", "small: {from: 20, to: 30, load: 1}"),
    ("takes: {cooling water: {}}", "takes: {cooling water: {}, steam: {}}"),
    ("load: 6 MW", "load: 10 MW"),
    ("resources:\n", "resources:\n  steam: {kind: heat, unit: MWh, heat: {steam: 4 bar}, price: 1}\n"),
)
#: High pressure steam is made into medium, medium into low, low into hot water, each by another plant.
CHAIN = (
    HEAD.replace("B: {area: 5}", "B: {area: 5, several_tenants: true}")
    + """
resources:
  gas: {kind: gas, unit: MWh, price: 50}
  HP: {kind: heat, unit: MWh, heat: {steam: 40 bar}, price: 5}
  MP: {kind: heat, unit: MWh, heat: {steam: 16 bar}, carried_by: [pipe]}
  LP: {kind: heat, unit: MWh, heat: {steam: 4 bar}, carried_by: [pipe]}
  water: {kind: heat, unit: MWh, heat: {supply: 90, return: 60}, carried_by: [pipe]}
plants:
  first: {plot: A, process_heat: {streams: {a: {from: 20, to: 30, load: 1}}, takes: {HP: {}}, gives: {MP: {}}}}
  second:
    plot: B
    process_heat:
      streams: {b: {from: 20, to: 30, load: 1}}
      takes: {MP: {supplied_today_by: {gas: 1.1}}}
      gives: {LP: {}}
  third:
    plot: B
    process_heat:
      streams: {c: {from: 20, to: 30, load: 1}}
      takes: {LP: {supplied_today_by: {gas: 1.1}}}
      gives: {water: {}}
  last:
    plot: B
    process_heat: {streams: {d: {from: 40, to: 80, load: 4}}, takes: {water: {supplied_today_by: {gas: 1.1}}}}
links:
  pipe: {kind: pipe, sizes: [{size: S, capacity: 20, investment: 0}]}
"""
)
#: A reactor that must not heat the feed, and a neighbour: both may take steam, the plant can make it.
PARTED = (
    HEAD
    + """
resources:
  steam: {kind: heat, unit: MWh, heat: {steam: 4 bar}, price: 50, carried_by: [pipe]}
  cooling water: {kind: heat, unit: MWh, heat: {supply: 20, return: 25}, price: 2}
plants:
  works:
    plot: A
    process_heat:
      streams: {reactor: {at: 250, load: 3 MW, kind: hot}, feed: {from: 20, to: 80, load: 2 MW}}
      takes: {steam: {}, cooling water: {}}
      gives: {steam: {}}
      forbidden: [[reactor, feed]]
  other: {plot: B, process_heat: {streams: {h: {from: 20, to: 90, load: 1.5}}, takes: {steam: {}}}}
links:
  pipe: {kind: pipe, sizes: [{size: S, capacity: 20, investment: 10}]}
"""
)


def passed(plan, column, plant="works"):
    """A figure of what passes inside a plant."""
    return float(plan.tables["heat_recovery"].set_index("plant").loc[plant, column])


def test_bought_steam_is_let_down_for_a_neighbour(tmp_path):
    """10 MW of water and 1 MW by steam at 1 EUR: 11 x 8760 = 96,360, and 1,000 for the pipe; gas costs 4.8 million."""
    plan = planned(DOWN, tmp_path)
    assert cost(plan) == pytest.approx(11 * YEAR + 1000)
    assert heat(plan, "works", "hot water", "gives") == pytest.approx(10 * YEAR)
    assert passed(plan, "let_down_mwh_per_yr") == pytest.approx(10 * YEAR)
    case = read_case(tmp_path)
    for column in ("let_down_mwh_per_yr", "recovered_mwh_per_yr"):
        wrong = plan.tables["heat_recovery"].assign(**{column: 1.07 * 10 * YEAR})
        found = audit(case, measure(case), {**plan.tables, "heat_recovery": wrong}, plan.header)
        assert [x["check"] for x in failed(dict(found))][:1] == ["plan: rows of heat_recovery"]
    assert target(plan, "park", "least_hot_mwh_per_yr", MEDIA) == pytest.approx(11 * YEAR)


def test_no_more_is_let_down_than_the_neighbour_and_the_market_take(tmp_path):
    """Water sold at 3 EUR up to 20,000 MWh/yr: 2 EUR each. Without a limit there is nothing that ends it: said so."""
    sold = changed(DOWN, ("return: 60 degC},", "return: 60 degC}, sale: {price: 3, limit: 20000},"))
    assert cost(planned(sold, tmp_path / "sold")) == pytest.approx(11 * YEAR + 1000 - 2 * 20_000)
    endless = planned(changed(sold, (", limit: 20000", "")), tmp_path / "endless")
    assert cost(endless) == pytest.approx(11 * YEAR + 1000)
    assert any("sold without a limit" in note for note in endless.header["notes"])


def test_a_pipe_that_loses_heat_and_a_taker_of_fewer_hours_leave_room(tmp_path):
    """2 W/m x 1000 m = 2 kW. Homes run half the year, so that twice is made, the rest vented: 2 x 10.002 x 4380 MWh."""
    text = changed(
        DOWN,
        ("investment: 10}", "investment: 10, loss: 2}"),
        ("  homes:\n    plot: B\n", "  homes:\n    plot: B\n    hours: 4380\n"),
        ("return: 60 degC},", "return: 60 degC}, discharge: {route: vent, cost: 0},"),
    )
    assert cost(planned(text, tmp_path)) == pytest.approx(YEAR + 2 * 10.002 * 4380 + 1000)


def test_heat_comes_down_a_chain_of_plants(tmp_path):
    """4 MW of the last and 1 MW of each before it, all by high pressure steam at 5 EUR: 7 x 8760 x 5."""
    plan = planned(CHAIN, tmp_path)
    assert cost(plan) == pytest.approx(7 * YEAR * 5)
    down = {p: passed(plan, "let_down_mwh_per_yr", p) for p in ("first", "second", "third", "last")}
    assert down == pytest.approx({"first": 6 * YEAR, "second": 5 * YEAR, "third": 4 * YEAR, "last": 0.0})


def test_priced_recovery_leaves_room_for_let_down(tmp_path):
    """Flue of 85..75 degC (shifted 80..70) and its taker from 20 degC; an exchanger of 1 MW costs 100,000 EUR a year.

    Steam for the taker instead, 8,760, and all 1 MW of flue into the lower half of the water, whose upper part and
    rest steam gives: 9 MW, 78,840; 1,000 for the pipe.
    """
    text = changed(
        DOWN,
        ("streams: {small:", "streams: {flue: {from: 85, to: 75, load: 1}, small:"),
        ("      gives: {hot", "      recovery: {cost: 1000 EUR/kW}\n      gives: {hot"),
    )
    plan = planned(text, tmp_path)
    assert cost(plan) == pytest.approx(10 * YEAR + 1000)
    assert passed(plan, "recovered_mwh_per_yr") == pytest.approx(0.0, abs=1e-3)
    assert passed(plan, "let_down_mwh_per_yr") == pytest.approx(9 * YEAR)


def test_recovered_is_what_no_medium_can_have_given(tmp_path):
    """Only steam can heat the upper half of the water, 5 of 10 MW, so that it has nothing left for the small stream."""
    text = changed(DOWN, ("streams: {small:", "streams: {flue: {from: 85, to: 75, load: 10}, small:"))
    plan = planned(text, tmp_path)
    assert heat(plan, "works", "steam", "takes") == pytest.approx(5 * YEAR)
    assert passed(plan, "recovered_mwh_per_yr") == pytest.approx(1 * YEAR)
    assert passed(plan, "let_down_mwh_per_yr") == pytest.approx(5 * YEAR)


def test_a_loop_of_its_own_parts_what_may_not_meet(tmp_path):
    """Steam of the reactor, 3 MW: 2 for the feed, 1 to the neighbour, who buys 0.5 x 8760 x 50; 1,000 for the pipe.

    Alone the neighbour buys 1.5 MW, and 1 MW of the reactor is cooled at 2 EUR. Past the ban, the plant by itself needs
    2 MW and has 3 to cool.
    """
    plan = planned(PARTED, tmp_path)
    assert cost(plan) == pytest.approx(0.5 * YEAR * 50 + 1000)
    assert cost(plan, "baseline") == pytest.approx(1.5 * YEAR * 50 + 1 * YEAR * 2)
    assert target(plan, "works", "least_hot_mwh_per_yr") == pytest.approx(2 * YEAR)
    assert target(plan, "works", "least_cold_mwh_per_yr") == pytest.approx(3 * YEAR)
    assert target(plan, "park", "least_hot_mwh_per_yr", ALONE) == pytest.approx(3.5 * YEAR)
    assert target(plan, "park", "least_hot_mwh_per_yr", MEDIA) == pytest.approx(0.5 * YEAR)
    assert any("of its own" in note and "forbidden" in note for note in plan.header["notes"])


def test_a_loop_needs_its_own_approaches(tmp_path):
    """A reactor of 150 degC gives heat at 145, shifted; steam of 143.6 degC is made at 148.6: no loop, no exchange."""
    plan = planned(changed(PARTED, ("at: 250", "at: 150")), tmp_path)
    assert plan.exchanges.empty
    assert cost(plan) == pytest.approx(3.5 * YEAR * 50 + 3 * YEAR * 2)


def test_without_a_ban_heat_passes_inside_the_cascade(tmp_path):
    """The feed by the reactor itself, 2 MW, 1 MW of steam to the neighbour: no loop."""
    plan = planned(changed(PARTED, ("      forbidden: [[reactor, feed]]\n", "")), tmp_path)
    assert plan.exchanges["to"].tolist() == ["other"]
    assert passed(plan, "recovered_mwh_per_yr") == pytest.approx(2 * YEAR)
