"""Mains: their options, pipes and line items, by hand arithmetic on a small graph."""

from typing import Any

import pytest
from assemble_park import STEAM, booked, lines, max_flow
from corridor_park import LARGE, MAIN, OVER_MAIN, RIVER, SMALL, along, corridors, third_party

from planner.assemble.assembly import MainFacts
from planner.errors import CaseError, Infeasible
from planner.geography.distances import Stretch

STREET = (MAIN, "street", "DN 100")


def steam_main(*sizes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"kind": "pipe", "main": True, "sizes": list(sizes) or [SMALL, LARGE], **more}


def test_a_main_is_one_option_without_size_between_places_the_corridors_join() -> None:
    """P1 to P2: 100 + 1000 + 200 m = 1.3 km. min(30, 20) t/h x 7000 h; a main's capacity bounds no single exchange."""
    park = along()
    option = park.instance.exchanges[STEAM].options[OVER_MAIN]
    assert set(park.instance.exchanges[STEAM].options) == {OVER_MAIN}
    assert (option.main, option.copy, option.in_trench) == (MAIN, 0, False)
    assert {pair: data.length for pair, data in option.pairs.items()} == {("P1", "P2"): pytest.approx(1.3)}
    assert option.pairs["P1", "P2"].owed_loss == {}
    assert max_flow(park, STEAM, OVER_MAIN) == pytest.approx(140_000)
    assert park.exchanges[STEAM].options == {OVER_MAIN: ("steam main", None)}
    assert park.mains[MAIN] == MainFacts(
        "steam main", "steam", {"DN 100": "DN 100", "DN 200": "DN 200"}, {"DN 100": 15.0, "DN 200": 40.0}
    )


def test_beds_lie_on_the_way_in_the_directions_of_use() -> None:
    """Nobody stands on P3: no bed on its access. All flows from P1 to P2, so that no bed is used backwards."""
    park = along()
    main = park.instance.mains[MAIN]
    assert {a: (bed.forward, bed.backward) for a, bed in main.beds.items()} == {
        "first": (True, False),
        "street": (True, False),
        "second": (True, False),
    }
    assert set(park.instance.stretches) == {"first", "street", "second"}
    assert park.instance.nodes == {"P1": "P1", "P2": "P2"}
    assert park.instance.stretches["street"].length == pytest.approx(1.0)
    assert not park.instance.stretches["street"].trench
    assert main.users == {(STEAM, OVER_MAIN): {"year": 7000.0}}
    assert main.hours == {"year": 7000.0}
    assert not main.in_trench


def test_users_with_other_hours_and_peaks() -> None:
    """4000 h / 1.25 = 3200 h for the bakery; what is lost is drawn in the longest hours, 7000."""
    park = along(plants__bakery=third_party(peak_factor=1.25))
    main = park.instance.mains[MAIN]
    assert main.users["smelter > bakery: steam", OVER_MAIN] == {"year": pytest.approx(3200)}
    assert main.hours == {"year": 7000.0}
    assert set(main.beds) == {"first", "street", "second", "third"}


def test_a_new_pipe_costs_by_cost_length_and_pays_its_crossings() -> None:
    """1500 m x 200 x 1.1 = 330,000; river 7000 x 1.1 = 7700; over 20 years 16,500 and 385.

    3 % of 1500 x 200 = 9000 and of 7000 = 210; 2 EUR/m/yr x 1000 m of length = 2000.
    """
    park = along(
        **{"links__steam main": steam_main({**SMALL, "yearly_cost": 2}, maintenance=0.03)},
        economics__contingency=0.1,
    )
    pipe, river = {"index": STREET, "item": "steam main DN 100"}, {"index": STREET, "item": "crossing of rivers"}
    assert booked(park, "investment_link", **pipe) == pytest.approx(330_000)
    assert booked(park, "investment_link", **river) == pytest.approx(7_700)
    assert booked(park, "link_capital", **pipe) == pytest.approx(16_500)
    assert booked(park, "link_capital", **river) == pytest.approx(385)
    assert booked(park, "link_operation", index=STREET) == pytest.approx(9_000 + 210 + 2_000)
    # 200 m of access, no crossing
    assert booked(park, "investment_link", index=(MAIN, "second", "DN 100")) == pytest.approx(44_000)
    assert not [line for line in park.lines if line.account.startswith(("investment_trench", "trench_"))]
    line = lines(park, "investment_link", **pipe)[0]
    assert (line.party, line.exchange, line.unit, line.resource) == ("park company", None, None, "steam")
    assert (line.quantity, line.quantity_unit) == (1500, "m")
    fields = [e.field for e in line.evidence]
    assert fields == ["geography.surfaces.road", "links.steam main.sizes.DN 100.investment", "economics.contingency"]
    assert "geography.crossings[1].charge" in [e.field for e in lines(park, "investment_link", **river)[0].evidence]
    assert lines(park, "investment_link", **river)[0].quantity == 1


def test_the_owner_of_a_main_pays_for_it() -> None:
    park = along(**{"links__steam main": steam_main(owner="utility")})
    assert {line.party for line in lines(park, "investment_link")} == {"utility"}
    assert not any("owner is not stated" in note for note in park.notes)
    assert any("links.steam main.owner is not stated: park company" in note for note in along().notes)


def test_station_once_a_size_and_fixed_cost_once_a_main() -> None:
    """50,000 x 1.1 for the station, 2 % of 50,000 a year; 700 a year while the main works."""
    park = along(
        **{
            "links__steam main": steam_main(
                {**SMALL, "fixed_investment": 50_000}, LARGE, maintenance=0.02, fixed_cost=700
            )
        },
        economics__contingency=0.1,
    )
    assert booked(park, "investment_link", index=(MAIN, "DN 100")) == pytest.approx(55_000)
    assert booked(park, "link_operation", index=(MAIN, "DN 100")) == pytest.approx(1_000)
    assert [line.family for line in lines(park, "link_operation", index=(MAIN, "DN 100"))] == ["fitted"]
    assert booked(park, "link_operation", family="working", index=(MAIN,)) == pytest.approx(700)


def test_what_goes_with_amount_and_way_is_booked_on_what_enters_a_stretch() -> None:
    """1 km: 0.15 EUR/t/km, 1e-4 t/t/km, 0.002 MWh/t/km x 100 EUR; loading with the flow of the exchange."""
    park = along(
        **{
            "links__steam main": steam_main(
                cost=0.15, co2e=1e-4, uses={"power": 0.002}, loading=2, loading_co2e=1e-3, owner="utility"
            )
        },
        park_gate={"grid": {"resource": "power", "peak": 5}},
        plants__bakery=third_party(peak_factor=1.25),
    )
    street = {"index": (MAIN, "street", "+", "year")}
    assert booked(park, "transport", **street) == pytest.approx(0.15)
    assert booked(park, "co2e_transport", **street) == pytest.approx(1e-4)
    assert booked(park, "pumping", **street) == pytest.approx(0.2)
    assert booked(park, "power_bought", **street) == pytest.approx(0.002)
    assert booked(park, "co2e_pumping", **street) == pytest.approx(5e-4)
    # at the gate as if it flowed like the bakery's, 1.25 / 4000 h, which is the least even
    assert booked(park, "gate_peak:grid", **street) == pytest.approx(0.002 * 1.25 / 4000)
    assert not lines(park, "transport", index=(MAIN, "street", "-", "year"))
    flow = (STEAM, OVER_MAIN, "year")
    assert booked(park, "transport", index=flow) == pytest.approx(2)
    assert booked(park, "co2e_transport", index=flow) == pytest.approx(1e-3)
    assert lines(park, "transport", **street)[0].party == "utility"


def test_both_directions_where_both_are_of_use() -> None:
    """P2 gives steam too, to the bakery and to a press on P1: the street is used either way."""
    park = along(
        **{"links__steam main": steam_main(uses={"power": 0.002})},
        plants__mill__sources={"steam": {"rate": 9}},
        plants__smelter__sinks={"steam": {"rate": 3, "supplied_today_by": {"gas": 1}}},
    )
    bed = park.instance.mains[MAIN].beds["street"]
    assert (bed.forward, bed.backward) == (True, True)
    assert booked(park, "pumping", index=(MAIN, "street", "-", "year")) == pytest.approx(0.2)


def test_heat_loss_is_owed_by_each_pipe_in_service() -> None:
    """40 W/m x 1000 m x 7000 h = 280 MWh = 560 t at 0.5 MWh/t. What leaves is bounded at the source: 30 x 7000."""
    park = along(**{"links__steam main": steam_main({**SMALL, "loss": 40}, LARGE)}, resources__steam__co2e={"use": 0.1})
    pipes = park.instance.mains[MAIN].beds["street"].pipes
    assert pipes["DN 100"].owed_loss == {"year": pytest.approx(560)}
    assert pipes["DN 200"].owed_loss == {}
    assert max_flow(park, STEAM, OVER_MAIN) == pytest.approx(210_000)
    # what is used is what arrives, and that is a variable of its own
    arrived = lines(park, "co2e_use", exchange=STEAM)
    assert [(line.family, line.index, line.effect) for line in arrived] == [
        ("arrived", (STEAM, OVER_MAIN, "year"), pytest.approx(0.1))
    ]


def test_heat_loss_needs_the_enthalpy() -> None:
    with pytest.raises(CaseError, match=r"resources.steam.enthalpy"):
        along(**{"links__steam main": steam_main({**SMALL, "loss": 40})}, resources__steam__enthalpy=None)


def test_volume_loss_is_the_same_however_a_stretch_is_cut() -> None:
    """2 % a km: the street keeps 0.98^1, the first 100 m 0.98^0.1; without loss what arrives is the flow."""
    park = along(**{"links__steam main": steam_main(volume_loss=0.02)}, resources__steam__co2e={"use": 0.1})
    beds = park.instance.mains[MAIN].beds
    assert 1 - beds["street"].share_lost == pytest.approx(0.98)
    assert 1 - beds["first"].share_lost == pytest.approx(0.98**0.1)
    assert lines(park, "co2e_use", exchange=STEAM)[0].family == "arrived"
    tight = along(resources__steam__co2e={"use": 0.1})
    assert lines(tight, "co2e_use", exchange=STEAM)[0].family == "flow"
    assert tight.instance.mains[MAIN].beds["street"].share_lost == 0


def test_hours_that_differ_are_noted_where_pipes_owe() -> None:
    hot = {"links__steam main": steam_main({**SMALL, "loss": 40})}
    assert any(
        "share 4000 to 7000 h/yr; its pipes are taken to lose heat for 7000 h/yr" in note
        for note in along(**hot, plants__bakery=third_party()).notes
    )
    assert not any("taken to lose heat" in note for note in along(**hot).notes)


def test_parallel_pipes_one_way_and_forbidden_stretches() -> None:
    """A second street of 1200 m that steam may only take back, and a third it may not take at all."""
    distances = corridors(
        back=Stretch("A", "B", 1200, 1200, one_way={"steam": "-"}),
        shut=Stretch("A", "B", 500, 500, forbidden=frozenset({"steam"})),
    )
    park = along(distances, **{"links__steam main": steam_main(parallel=2)})
    beds = park.instance.mains[MAIN].beds
    assert {a: (bed.forward, bed.backward) for a, bed in beds.items() if a in ("street", "back", "shut")} == {
        "street": (True, False),
        "back": (False, True),
    }
    assert beds["street"].parallel == 2
    assert "shut" not in park.instance.stretches
    assert park.instance.exchanges[STEAM].options[OVER_MAIN].pairs["P1", "P2"].length == pytest.approx(1.3)


def test_places_no_corridor_joins_leave_the_exchange_out_and_say_why() -> None:
    shut = corridors({"street": {"forbidden": frozenset({"steam"})}})
    park = along(shut)
    assert STEAM not in park.instance.exchanges
    assert park.instance.mains == {}
    assert (
        f"{STEAM} is left out: no corridor that may carry steam (links.steam main) "
        "leads from any plot of smelter to any of mill"
    ) in park.notes
    with pytest.raises(Infeasible, match="forced"):
        along(shut, exchanges=[{"from": "smelter", "to": "mill", "forced": True}])


def test_the_longest_way_over_a_main() -> None:
    """1300 m from P1 to P2."""
    assert STEAM in along(**{"links__steam main": steam_main(max_length=1300)}).instance.exchanges
    park = along(**{"links__steam main": steam_main(max_length=1299)})
    assert STEAM not in park.instance.exchanges
    assert any("the shortest way" in note and "1.3 km, longer than max_length" in note for note in park.notes)


def test_a_resource_with_both_a_pipe_and_a_main_leaves_the_choice() -> None:
    """Twins are for links of one exchange: the main is one option, the pipe two."""
    park = along(resources__steam__carried_by=["pipe", "steam main"], exchanges=[{"from": "smelter", "twins": 2}])
    options = park.instance.exchanges[STEAM].options
    assert set(options) == {"pipe / DN 200", "pipe / DN 200 #2", OVER_MAIN}
    assert [s for s, option in options.items() if option.main] == [OVER_MAIN]
    assert set(park.instance.mains[MAIN].users) == {(STEAM, OVER_MAIN)}
    shut = along(
        corridors({"street": {"forbidden": frozenset({"steam"})}}), resources__steam__carried_by=["pipe", "steam main"]
    )
    assert set(shut.instance.exchanges[STEAM].options) == {"pipe / DN 200"}
    assert not any("is left out" in note for note in shut.notes)


def test_neighbours_on_one_plot_need_no_pipe() -> None:
    """P1 holds both: a pair of length 0. From P1 to P2 it is 1.3 km."""
    free = {"plots": ["P1", "P2"], "area": 1}
    mill = {**free, "hours": 7000, "sinks": {"steam": {"rate": 20, "supplied_today_by": {"gas": 0.8}}}}
    park = along(
        plots__P1={"several_tenants": True},
        plants__smelter={**free, "hours": 8000, "sources": {"steam": {"rate": 30}}},
        plants__mill=mill,
    )
    pairs = park.instance.exchanges[STEAM].options[OVER_MAIN].pairs
    assert {pair: round(data.length, 6) for pair, data in pairs.items()} == {
        ("P1", "P1"): 0.0,
        ("P1", "P2"): 1.3,
        ("P2", "P1"): 1.3,
    }


def test_cost_trend_has_a_price_by_capacity() -> None:
    """12 EUR h/t/m over 1500 m = 18,000 EUR per t/h, and 50 EUR/m whatever its size; up to the 20 t/h that can flow."""
    trend = {"size": "trend", "capacity": 1000, "least_capacity": 5, "investment_by_capacity": 12, "investment": 50}
    park = along(**{"links__steam main": steam_main(trend, maintenance=0.01)})
    pipe = park.instance.mains[MAIN].beds["street"].pipes["trend"]
    assert (pipe.sized, pipe.low, pipe.capacity) == (True, 5.0, pytest.approx(20))
    index = (MAIN, "street", "trend")
    assert booked(park, "investment_link", family="sized", index=index) == pytest.approx(18_000)
    assert booked(park, "link_capital", family="sized", index=index) == pytest.approx(900)
    assert booked(park, "link_operation", family="sized", index=index) == pytest.approx(180)
    assert booked(park, "investment_link", family="laid", index=index, item="steam main trend") == pytest.approx(75_000)
    assert park.mains[MAIN].capacities == {"trend": 1000.0}


def test_a_size_larger_than_need_be_and_no_cheaper_is_left_out() -> None:
    """30 t/h can leave at most: DN 200 (40 t/h) is enough. DN 300 is dearer; DN 250 loses less heat and stays."""
    sizes = (
        SMALL,
        {**LARGE, "loss": 40},
        {"size": "DN 250", "capacity": 60, "investment": 500, "loss": 30},
        {"size": "DN 300", "capacity": 90, "investment": 500, "loss": 40},
    )
    park = along(**{"links__steam main": steam_main(*sizes)})
    assert set(park.instance.mains[MAIN].beds["street"].pipes) == {"DN 100", "DN 200", "DN 250"}
    # what is lost on the way comes from the source, too: its 70 t/h could flow, and 60 t/h are too little
    more = along(**{"links__steam main": steam_main(*sizes)}, plants__smelter__sources__steam__rate=70)
    assert set(more.instance.mains[MAIN].beds["street"].pipes) == {"DN 100", "DN 200", "DN 250", "DN 300"}


def test_several_users_need_more() -> None:
    """The mill's 20 t/h and the bakery's 4 x 1.25 = 5 t/h: 22 t/h are too little, 25 enough."""
    sizes = [{"size": f"{c}", "capacity": c, "investment": 100 + c} for c in (22, 25, 26)]
    park = along(**{"links__steam main": steam_main(*sizes)}, plants__bakery=third_party(peak_factor=1.25))
    assert set(park.instance.mains[MAIN].beds["street"].pipes) == {"22", "25"}


def test_an_existing_main_has_its_capacity_and_upkeep_and_no_investment() -> None:
    """12 t/h as stated. 2 % of 1500 x 200 and 3 x 1000 m a year; nothing to invest; new pipes beside it or instead."""
    park = along(
        corridors({"street": {"existing": ("old",)}}),
        **{"links__steam main": steam_main({**SMALL, "yearly_cost": 3, "loss": 40}, LARGE, maintenance=0.02)},
        existing_mains={"old": {"link": "steam main", "resource": "steam", "capacity": 12, "along": ["street"]}},
    )
    beds = park.instance.mains[MAIN].beds
    old = beds["street"].pipes["existing old"]
    assert (old.existing, old.capacity) == (True, 12.0)
    assert old.owed_loss == {"year": pytest.approx(560)}
    assert set(beds["street"].pipes) == {"DN 100", "DN 200", "existing old"}
    assert set(beds["second"].pipes) == {"DN 100", "DN 200"}
    index = (MAIN, "street", "existing old")
    assert booked(park, "link_operation", index=index) == pytest.approx(6_000 + 3_000)
    assert not [line for line in park.lines if line.index == index and not line.account.endswith("operation")]
    assert park.mains[MAIN].sizes["existing old"] == "DN 100"
    assert park.mains[MAIN].capacities["existing old"] == 12.0


def test_an_existing_main_without_capacity_has_that_of_its_size() -> None:
    park = along(
        corridors({"street": {"existing": ("old",)}}),
        existing_mains={"old": {"link": "steam main", "resource": "steam", "size": "DN 200"}},
    )
    assert park.instance.mains[MAIN].beds["street"].pipes["existing old"].capacity == 40.0


def test_an_existing_main_nobody_can_use_is_noted() -> None:
    """Nobody stands on P3."""
    old = {"link": "steam main", "resource": "steam", "capacity": 12}
    aside = along(corridors({"third": {"existing": ("old",)}}), existing_mains={"old": old})
    said = "existing_mains.old stays idle: it lies on no way of an exchange of steam"
    assert said in aside.notes
    assert "existing old" not in aside.mains[MAIN].sizes
    on_it = along(corridors({"street": {"existing": ("old",)}}), existing_mains={"old": old})
    assert said not in on_it.notes


def test_an_exchange_over_a_main_today() -> None:
    """9 t/h x 7000 h = 63,000 t; no connection for it, but for the new option beside it."""
    old = {"existing": ("old",)}
    park = along(
        corridors({"first": old, "street": old, "second": old}),
        existing_mains={"old": {"link": "steam main", "resource": "steam", "size": "DN 100"}},
        exchanges=[
            {
                "from": "smelter",
                "to": "mill",
                "existing": {"link": "steam main", "capacity": 9},
                "connection": {"at_sink": 9_000},
            }
        ],
    )
    option = park.instance.exchanges[STEAM].options["existing steam main"]
    assert (option.existing, option.main) == (True, MAIN)
    assert max_flow(park, STEAM, "existing steam main") == pytest.approx(63_000)
    assert booked(park, "investment_connection", index=(STEAM, "existing steam main")) == 0
    assert booked(park, "investment_connection", index=(STEAM, OVER_MAIN)) == pytest.approx(9_000)
    assert park.exchanges[STEAM].options["existing steam main"] == ("steam main", None)
    assert set(park.instance.mains[MAIN].users) == {(STEAM, OVER_MAIN), (STEAM, "existing steam main")}


def test_an_exchange_of_today_needs_pipes_of_today_from_end_to_end() -> None:
    """Nothing lies in the access of P2: a fault of the field that says the exchange exists."""
    old = {"existing": ("old",)}
    with pytest.raises(CaseError, match="no existing_mains lead from P1 to P2") as caught:
        along(
            corridors({"first": old, "street": old}),
            existing_mains={"old": {"link": "steam main", "resource": "steam", "size": "DN 100"}},
            exchanges=[{"from": "smelter", "to": "mill", "existing": {"link": "steam main", "capacity": 9}}],
        )
    assert [fault.field for fault in caught.value.faults] == ["exchanges[1].existing"]


def test_capacity_follows_from_bore_velocity_and_fluid() -> None:
    """pi/4 x 0.1^2 m2 x 20 m/s x 3600 s x 5 kg/m3 / 1000 = 2.827 t/h, less than the 15 t/h typed."""
    park = along(
        **{"links__steam main": steam_main({**SMALL, "inner_diameter": 100}, max_velocity=20)},
        resources__steam__fluid={"phase": "gas", "density": 5, "viscosity": 1.6e-5},
    )
    assert park.mains[MAIN].capacities["DN 100"] == pytest.approx(2.8274, abs=1e-4)
    assert park.instance.mains[MAIN].beds["street"].pipes["DN 100"].capacity == pytest.approx(2.8274, abs=1e-4)


def test_a_size_nobody_can_tell_the_capacity_of_is_a_fault() -> None:
    with pytest.raises(CaseError, match=r"links.steam main.sizes.DN 50.capacity: needed for steam"):
        along(**{"links__steam main": steam_main({"size": "DN 50", "investment": 100})})


def test_an_assumed_roughness_is_noted() -> None:
    fluid = {"phase": "gas", "density": 5, "viscosity": 1.6e-5}
    limited = steam_main({**SMALL, "inner_diameter": 100}, max_pressure_drop=100, detour=1.2)
    notes = along(**{"links__steam main": limited}, resources__steam__fluid=fluid).notes
    assert "links.steam main: no roughness is stated of DN 100: taken as 0.1 mm" in notes
    assert any("links.steam main.detour has no effect" in note for note in notes)


def test_the_ceiling_of_a_limit_counts_pipes_stations_and_pumping() -> None:
    """Budget: per stretch the dearer size, twice for two in parallel, and its station.

    DN 200 over 100 + 1500 + 200 m = 1800 m x 400 = 720,000, and 7000 for the river, twice: 1,454,000; stations 10,000.
    """
    sizes = (SMALL, {**LARGE, "fixed_investment": 10_000})
    park = along(**{"links__steam main": steam_main(*sizes, parallel=2)}, economics__budget=1e6, geography=RIVER)
    limit = park.instance.limits["budget"]
    assert limit.ceiling * park.instance.money_scale == pytest.approx(1_464_000)
