"""Which streams may be joined, and on whose terms."""

import pytest
from assemble_park import PIPE, STEAM, booked, made

from planner.errors import CaseError

HOT_WATER = {"kind": "heat", "unit": "MWh", "price": 50, "carried_by": ["pipe"], "discharge": {"route": "river"}}


def test_streams_of_one_resource_meet_and_names_that_differ_are_in_the_id() -> None:
    park = made(
        plants__smelter__sources={"low pressure": {"resource": "steam", "rate": 30}},
        plants__mill__sinks={"dryer": {"resource": "steam", "rate": 20, "supplied_today_by": {"gas": 0.8}}},
    )
    assert set(park.instance.exchanges) == {"smelter > mill: low pressure -> dryer"}
    facts = park.exchanges["smelter > mill: low pressure -> dryer"]
    assert (facts.giver, facts.taker, facts.source, facts.sink) == ("smelter", "mill", "low pressure", "dryer")
    assert (facts.resource, facts.replaces, facts.ratio) == ("steam", "steam", 1.0)
    assert facts.options == {PIPE: ("pipe", "DN 200")}


def test_substitution_joins_two_resources_with_its_ratio() -> None:
    """A tonne replaces 0.5 MWh of hot water: the sink takes 20 / 0.5 = 40 t/h, the source gives 30."""
    park = made(
        resources__hot=HOT_WATER,
        plants__mill__sinks={"hot": {"rate": 20}},
        substitutions=[{"from": "steam", "to": "hot", "ratio": 0.5}],
    )
    exchange = park.instance.exchanges["smelter > mill: steam -> hot"]
    assert exchange.ratio == 0.5
    assert exchange.options[PIPE].max_flow["year"] == pytest.approx(30 * 7000)


def test_terms_of_the_exchange_go_before_those_of_the_substitution() -> None:
    """The exchange states the cost, 3; the substitution the permit."""
    park = made(
        resources__hot=HOT_WATER,
        plants__mill__sinks={"hot": {"rate": 20}},
        substitutions=[
            {"from": "steam", "to": "hot", "treatment": {"cost": 1}, "permit": {"name": "declaration", "cost": 100}}
        ],
        exchanges=[{"from": "smelter", "to": "mill", "treatment": {"cost": 3}}],
    )
    assert booked(park, "treatment") == pytest.approx(3)
    assert booked(park, "investment_permit") == pytest.approx(100)


def test_the_entry_that_names_more_goes_first() -> None:
    exchanges = [
        {"from": "smelter", "max_flow": 1},
        {"from": "smelter", "to": "mill", "stream": "steam", "max_flow": 2},
    ]
    assert made(exchanges=exchanges).instance.exchanges[STEAM].max_flow == 2
    assert made(exchanges=exchanges[::-1]).instance.exchanges[STEAM].max_flow == 2


def test_two_entries_that_name_as_much_and_differ_are_a_fault() -> None:
    with pytest.raises(CaseError, match=r"exchanges\[2\]\.max_flow: says something else than exchanges\[1\]\.max_flow"):
        made(exchanges=[{"from": "smelter", "max_flow": 1}, {"to": "mill", "max_flow": 2}])


def test_forbidden_by_any_entry_is_forbidden() -> None:
    exchanges = [{"from": "smelter", "forbidden": True}, {"from": "smelter", "to": "mill", "max_flow": 5}]
    assert made(exchanges=exchanges).instance.exchanges == {}


def test_an_exchange_with_a_ratio_joins_two_resources_between_just_two_units() -> None:
    changes = {"resources__hot": HOT_WATER, "plants__mill__sinks": {"hot": {"rate": 20}}}
    assert made(**changes).instance.exchanges == {}
    park = made(**changes, exchanges=[{"from": "smelter", "to": "mill", "ratio": 0.4}])
    assert park.instance.exchanges["smelter > mill: steam -> hot"].ratio == 0.4


def test_a_ratio_that_fits_several_pairs_is_a_fault() -> None:
    with pytest.raises(CaseError, match="fits 2 pairs of streams between smelter and mill"):
        made(
            resources__hot=HOT_WATER,
            resources__warm=HOT_WATER,
            plants__mill__sinks={"hot": {"rate": 20}, "warm": {"rate": 20}},
            exchanges=[{"from": "smelter", "to": "mill", "ratio": 0.4}],
        )


def test_a_ratio_overrides_that_of_exchanges_there_are_and_makes_no_others() -> None:
    park = made(
        resources__hot=HOT_WATER,
        plants__mill__sinks__hot={"rate": 20},
        exchanges=[{"from": "smelter", "to": "mill", "ratio": 0.4}],
    )
    assert {e: x.ratio for e, x in park.instance.exchanges.items()} == {STEAM: 0.4}


def test_links_are_those_of_the_resource_or_those_the_exchange_states() -> None:
    other = {"kind": "pipe", "sizes": [{"size": "DN 300", "capacity": 200}]}
    assert set(made(links__other=other).instance.exchanges[STEAM].options) == {PIPE}
    park = made(links__other=other, exchanges=[{"from": "smelter", "to": "mill", "links": ["other"]}])
    assert set(park.instance.exchanges[STEAM].options) == {"other / DN 300"}


def test_what_nothing_carries_stays_with_its_owner() -> None:
    park = made(resources__steam__carried_by=[])
    assert park.instance.exchanges == {}
    assert any("resources.steam.carried_by is empty" in note for note in park.notes)


def test_a_least_flow_that_cannot_be_is_left_out_and_said() -> None:
    park = made(exchanges=[{"from": "smelter", "to": "mill", "min_flow": 150_000}])
    assert STEAM not in park.instance.exchanges
    assert any("min_flow of 150,000 t/yr is above the 140,000 t/yr that can flow" in note for note in park.notes)


def test_least_flow_and_force_are_kept() -> None:
    exchange = made(exchanges=[{"from": "smelter", "to": "mill", "min_flow": 9, "forced": True}])
    assert exchange.instance.exchanges[STEAM].min_flow == 9
    assert exchange.instance.exchanges[STEAM].forced
    assert exchange.instance.requirements[f"forced:{STEAM}"] == f"exchanges[1].forced: {STEAM} must be built"


def test_a_measure_feeds_its_host_on_site_and_others_from_its_place() -> None:
    saver = {
        "scope": "own",
        "owner": "mill",
        "unit": "t",
        "outputs": {"steam": 1},
        "investment": [{"capacity": 4, "investment": 1e5}],
        "hours": 8000,
    }
    park = made(
        facilities={"saver": saver}, plants__smelter__sinks={"steam": {"rate": 1, "supplied_today_by": {"gas": 1}}}
    )
    own = park.instance.exchanges["saver > mill: steam"]
    # 4 t/h x 7000 h that both run
    assert own.own
    assert own.options["on site"].max_flow["year"] == pytest.approx(28_000)
    away = park.instance.exchanges["saver > smelter: steam"]
    assert set(away.options[PIPE].pairs) == {("P2", "P1")}
    assert park.instance.stands("saver") == "mill"
    assert "saver" not in park.instance.admissible


def test_a_facility_does_not_feed_itself() -> None:
    loop = {
        "unit": "t",
        "inputs": {"steam": 1},
        "outputs": {"steam": 0.9},
        "investment": [{"capacity": 4, "investment": 1e5}],
        "plot": "P3",
    }
    assert "loop > loop: steam" not in made(facilities={"loop": loop}).instance.exchanges


def test_partners_stand_at_their_own_point() -> None:
    from assemble_park import places

    city = {"at": {"x": 0, "y": 0}, "sinks": {"steam": {"rate": 5, "supplied_today_by": {"gas": 0.9}}}}
    park = made(places(P1_city=(3000.0, 3000.0)), partners={"city": city})
    assert park.instance.admissible["city"] == ("city",)
    assert set(park.instance.exchanges["smelter > city: steam"].options[PIPE].pairs) == {("P1", "city")}
    assert park.instance.units["city"].kind == "partner"
