"""The bounds of DESIGN.md 5: the smallest valid max_flow, from the data, each where it binds."""

import pytest
from assemble_park import PIPE, STEAM, made, max_flow, places


def test_flow_is_at_most_what_the_sink_takes_in_the_shared_hours() -> None:
    """min(30, 20) t/h x min(8000, 7000) h = 140,000 t."""
    park = made()
    assert max_flow(park) == pytest.approx(140_000)
    assert park.instance.exchanges[STEAM].max_flow == pytest.approx(140_000)
    assert park.exchanges[STEAM].shared_hours == 7000
    assert park.exchanges[STEAM].assumed_hours
    # 8000 + 7000 - 8760 = 6240 h if the stops never coincide
    assert park.exchanges[STEAM].worst_hours == pytest.approx(6240)


def test_flow_is_at_most_what_the_source_gives_in_the_shared_hours() -> None:
    """min(15, 20) x 7000 = 105,000 t."""
    assert max_flow(made(plants__smelter__sources__steam__rate=15)) == pytest.approx(105_000)


def test_flow_is_at_most_the_yearly_amount_of_the_source() -> None:
    """15 t/h x 8000 h x 0.5 that really comes = 60,000 t, less than 15 x 7000."""
    park = made(plants__smelter__sources__steam={"rate": 15, "availability": 0.5})
    assert max_flow(park) == pytest.approx(60_000)
    assert park.instance.sources["smelter / steam"].amount["year"] == pytest.approx(60_000)


def test_flow_is_at_most_the_yearly_amount_of_the_sink() -> None:
    """20 t/h x 7000 h x 0.4 = 56,000 t."""
    assert max_flow(made(plants__mill__sinks__steam__availability=0.4)) == pytest.approx(56_000)


def test_shared_hours_can_be_stated_and_limit_the_share_of_the_demand() -> None:
    """20 t/h x 3500 h = 70,000 t, half the demand: the share keeps it so whatever is lost on the way."""
    park = made(exchanges=[{"from": "smelter", "to": "mill", "shared_hours": 3500}])
    assert max_flow(park) == pytest.approx(70_000)
    assert park.instance.exchanges[STEAM].max_share == pytest.approx(0.5)
    assert not park.exchanges[STEAM].assumed_hours


def test_ratio_counts_at_the_sink() -> None:
    """2 units replaced by one: 20 / 2 t/h x 7000 h = 70,000 t."""
    assert max_flow(made(exchanges=[{"from": "smelter", "to": "mill", "ratio": 2}])) == pytest.approx(70_000)


def test_capacity_is_for_the_peak() -> None:
    """10 t/h x 7000 h / 1.25, the larger peak factor, = 56,000 t."""
    park = made(
        links__pipe__sizes=[{"size": "DN 200", "capacity": 10}],
        plants__smelter__sources__steam={"rate": 30, "peak_factor": 1.1},
        plants__mill__sinks__steam={"rate": 20, "peak_factor": 1.25, "supplied_today_by": {"gas": 0.8}},
    )
    assert max_flow(park) == pytest.approx(56_000)
    assert park.exchanges[STEAM].peak_factor == 1.25


def test_the_exchange_states_its_own_maximum() -> None:
    park = made(exchanges=[{"from": "smelter", "max_flow": 12_345}])
    assert max_flow(park) == pytest.approx(12_345)
    assert park.instance.exchanges[STEAM].max_flow == pytest.approx(12_345)


def test_share_of_the_demand_is_a_bound() -> None:
    """25 % of 140,000 t."""
    park = made(exchanges=[{"from": "smelter", "to": "mill", "max_share": 0.25}])
    assert max_flow(park) == pytest.approx(35_000)
    assert park.instance.exchanges[STEAM].max_share == pytest.approx(0.25)


def test_share_of_all_exchanges_is_a_bound() -> None:
    """30 % of 140,000 t."""
    park = made(plants__mill__sinks__steam__max_exchanged_share=0.3)
    assert max_flow(park) == pytest.approx(42_000)
    assert park.instance.sinks["mill / steam"].max_exchanged_share == pytest.approx(0.3)


def test_a_hot_pipe_owes_its_loss_in_the_shared_hours_and_the_flow_may_make_up_for_it() -> None:
    """50 W/m x 1000 m x 7000 h = 350 MWh = 700 t at 0.5 MWh/t; 140,000 t arrive of 140,700 t."""
    park = made(links__pipe__sizes=[{"size": "DN 200", "capacity": 100, "loss": 50}])
    pair = park.instance.exchanges[STEAM].options[PIPE].pairs["P1", "P2"]
    assert pair.owed_loss["year"] == pytest.approx(700)
    assert max_flow(park) == pytest.approx(140_700)


def test_only_heat_is_lost_by_a_hot_pipe() -> None:
    park = made(
        links__pipe__sizes=[{"size": "DN 200", "capacity": 100, "loss": 50}],
        resources__steam__kind="water",
    )
    assert park.instance.exchanges[STEAM].options[PIPE].pairs["P1", "P2"].owed_loss == {}


def test_a_pair_whose_loss_eats_the_flow_is_missing() -> None:
    """0.05 t/h x 7000 h = 350 t leave at most, 700 t are owed on 1000 m: no pair, no exchange, and a note."""
    park = made(
        links__pipe__sizes=[{"size": "DN 200", "capacity": 100, "loss": 50}],
        plants__smelter__sources__steam={"rate": 0.05},
    )
    assert STEAM not in park.instance.exchanges
    assert any(note.startswith(f"{STEAM} is left out") for note in park.notes)


def test_volume_loss_is_a_share_of_the_flow() -> None:
    """2 % a km x 1 km: 140,000 t arrive of 140,000 / 0.98 t."""
    park = made(links__pipe__volume_loss=0.02)
    assert park.instance.exchanges[STEAM].options[PIPE].pairs["P1", "P2"].share_lost == pytest.approx(0.02)
    assert max_flow(park) == pytest.approx(140_000 / 0.98)


def test_everything_lost_is_no_pair() -> None:
    """60 % a km over 2 km of detour: more than all."""
    assert STEAM not in made(links__pipe__volume_loss=0.6, links__pipe__detour=2).instance.exchanges


def test_detour_and_longest_way() -> None:
    """1000 m x 1.3 = 1300 m, above 1200 m: a missing index, not a constraint."""
    assert STEAM in made(links__pipe__detour=1.3, links__pipe__max_length=1300).instance.exchanges
    assert STEAM not in made(links__pipe__detour=1.3, links__pipe__max_length=1200).instance.exchanges


def test_the_longest_pair_gives_the_bound_of_an_option() -> None:
    """From P1 700 t are owed (1000 m), from P3 1400 t (2000 m): the option may carry 141,400 t."""
    park = made(
        links__pipe__sizes=[{"size": "DN 200", "capacity": 100, "loss": 50}],
        plants__smelter={"area": 1, "hours": 8000, "sources": {"steam": {"rate": 30}}},
    )
    option = park.instance.exchanges[STEAM].options[PIPE]
    assert set(option.pairs) == {("P1", "P2"), ("P3", "P2")}
    assert max_flow(park) == pytest.approx(141_400)


def test_no_route_is_no_pair() -> None:
    park = made(
        places({"P1": 4.0, "P2": 4.0, "P3": 4.0, "P4": 4.0}),
        plots__P4={},
        plants__smelter={"area": 1, "hours": 8000, "sources": {"steam": {"rate": 30}}},
    )
    assert set(park.instance.exchanges[STEAM].options[PIPE].pairs) == {("P1", "P2"), ("P3", "P2")}
    assert "P4" in park.instance.admissible["smelter"]


def test_whole_demand_drops_what_cannot_meet_it() -> None:
    """A pipe of 10 t/h brings 70,000 t, half the demand; one of 20 t/h brings it all."""
    sizes = [{"size": "small", "capacity": 10}, {"size": "large", "capacity": 20}]
    park = made(links__pipe__sizes=sizes, plants__mill__sinks__steam__whole_demand_from_one_source=True)
    assert set(park.instance.exchanges[STEAM].options) == {"pipe / large"}
    assert park.instance.sinks["mill / steam"].whole


def test_a_facility_gives_up_to_its_largest_capacity() -> None:
    """10 t/h x 0.9 t/t x 6000 h x 0.5 available / 1.2 peak = 22,500 t a year, 3.75 t/h over 6000 h."""
    boiler = {
        "unit": "t",
        "outputs": {"steam": 0.9},
        "investment": [{"capacity": 2, "investment": 1e5}, {"capacity": 10, "investment": 2e5}],
        "hours": 6000,
        "availability": 0.5,
        "peak_factor": 1.2,
        "plot": "P3",
    }
    park = made(facilities={"boiler": boiler})
    assert max_flow(park, "boiler > mill: steam") == pytest.approx(22_500)
    # 6000 x 0.5 / 1.2 = 2500 h of full activity a year
    assert park.instance.facilities["boiler"].hours["year"] == pytest.approx(2500)
    assert park.instance.sources["boiler / steam"].amount["year"] == pytest.approx(0.9)


def test_twins_are_options_of_their_own_and_carry_together() -> None:
    """Each 10 t/h x 7000 h = 70,000 t; both 140,000 t."""
    park = made(
        links__pipe__sizes=[{"size": "DN 200", "capacity": 10}],
        exchanges=[{"from": "smelter", "to": "mill", "twins": 2}],
    )
    exchange = park.instance.exchanges[STEAM]
    assert {s: (o.copy, o.order) for s, o in exchange.options.items()} == {PIPE: (0, 0), f"{PIPE} #2": (1, 0)}
    assert exchange.max_flow == pytest.approx(140_000)


def test_sizes_are_ranked_by_capacity_and_what_is_there_above_all() -> None:
    sizes = [{"size": "large", "capacity": 90}, {"size": "small", "capacity": 30}]
    existing = {"link": "pipe", "capacity": 5, "size": "small"}
    park = made(links__pipe__sizes=sizes, exchanges=[{"from": "smelter", "to": "mill", "existing": existing}])
    options = park.instance.exchanges[STEAM].options
    ranks = {"pipe / small": 0, "pipe / large": 1, "existing pipe": 2}
    assert {s: o.order for s, o in options.items()} == ranks
    assert [s for s, o in options.items() if o.existing] == ["existing pipe"]
    # 5 t/h x 7000 h
    assert max_flow(park, STEAM, "existing pipe") == pytest.approx(35_000)


def test_own_exchange_has_no_pairs() -> None:
    """2 t/h of 8000 h feed 3 t/h of 7000 h on the site itself: 2 x 7000 = 14,000 t."""
    park = made(
        plants__mill__sources={"steam": {"rate": 2, "hours": 8000}},
        plants__mill__sinks__steam__rate=3,
    )
    exchange = park.instance.exchanges["mill > mill: steam"]
    assert exchange.own
    assert exchange.options["on site"].pairs == {}
    assert max_flow(park, "mill > mill: steam", "on site") == pytest.approx(14_000)


def test_one_plot_of_several_tenants_joins_neighbours_on_it() -> None:
    """P1 holds both; a way of 100 m leads across it. On a plot of one tenant there is no such pair."""
    free = {"plots": ["P1", "P2"], "area": 1}
    changes = {
        "plants__smelter": {**free, "hours": 8000, "sources": {"steam": {"rate": 30}}},
        "plants__mill": {**free, "hours": 7000, "sinks": {"steam": {"rate": 20, "supplied_today_by": {"gas": 0.8}}}},
    }
    several = made(places(P1_P1=(100.0, 100.0)), plots__P1={"several_tenants": True}, **changes)
    assert set(several.instance.exchanges[STEAM].options[PIPE].pairs) == {("P1", "P2"), ("P2", "P1"), ("P1", "P1")}
    assert several.instance.places["P1"].tenants == 2
    alone = made(places(P1_P1=(100.0, 100.0)), **changes)
    assert set(alone.instance.exchanges[STEAM].options[PIPE].pairs) == {("P1", "P2"), ("P2", "P1")}


def test_a_facility_s_exchange_works_in_the_shared_hours() -> None:
    """It could make steam for 8000 h, the mill takes for 6000 h: its capacity / 1.25 works for 6000 h."""
    boiler = {"unit": "t", "outputs": {"steam": 1}, "investment": [{"capacity": 10, "investment": 1}], "plot": "P3"}
    park = made(facilities={"boiler": {**boiler, "hours": 8000, "peak_factor": 1.25}}, plants__mill__hours=6000)
    assert park.instance.exchanges["boiler > mill: steam"].source_hours == {"year": pytest.approx(4800)}
    # a plant's amount is known: its bound is in the flow itself
    assert park.instance.exchanges[STEAM].source_hours == {}


def test_availability_shortens_the_hours() -> None:
    """8000 h x 80 % = 6400 h in which the link carries 20 t/h; spread over 7000 h it would seem to carry less."""
    park = made(plants__smelter__sources__steam__availability=0.8)
    assert park.exchanges[STEAM].shared_hours == pytest.approx(6400)
    assert max_flow(park) == pytest.approx(128_000)
    stated = [{"from": "smelter", "to": "mill", "shared_hours": 7000}]
    assert made(plants__smelter__sources__steam__availability=0.8, exchanges=stated).exchanges[
        STEAM
    ].shared_hours == pytest.approx(6400)
