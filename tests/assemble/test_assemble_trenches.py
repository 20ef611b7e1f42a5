"""Civil works, shared and not, and pipes of one exchange that lie in trenches."""

import math
from dataclasses import replace
from typing import Any

import pytest
from assemble_park import PIPE, STEAM, booked, lines, max_flow
from corridor_park import LARGE, MAIN, RIVER, SMALL, STRETCHES, along, corridors, crossed, third_party

from models.families import FAMILIES
from planner.assemble.assembly import Assembly
from planner.geography.distances import Distances, Route, Stretch

PAIR = (STEAM, PIPE, "P1", "P2")
TRENCHES: dict[str, Any] = {"investment": 300, "maintenance": 0.01}
DN = {"size": "DN 200", "capacity": 100, "investment": 400}


def piped(distances: Distances | None = None, *, sizes: list[dict[str, Any]] | None = None, **changes: Any) -> Assembly:
    """Steam carried by a pipe of each exchange's own; ``link_...`` are fields of the pipe."""
    fields = {key.removeprefix("link_"): changes.pop(key) for key in list(changes) if key.startswith("link_")}
    pipe = {"kind": "pipe", "sizes": sizes or [DN], **fields}
    return along(distances, **({"links__pipe": pipe, "resources__steam__carried_by": ["pipe"]} | changes))


def test_a_trench_is_dug_once_and_a_main_in_it_costs_by_its_length() -> None:
    """Civil works 1500 m x 300 x 1.1 = 495,000 and 7000 x 1.1 for the river, over 30 years; 1 % of 457,000 a year.

    The pipe alone: 1000 m x 200 x 1.1 = 220,000, over 20 years 11,000.
    """
    park = along(trenches=TRENCHES, economics__contingency=0.1)
    dug = {"family": "dug", "index": ("street",)}
    assert booked(park, "investment_trench", **dug, item="trench") == pytest.approx(495_000)
    assert booked(park, "investment_trench", **dug, item="crossing of rivers") == pytest.approx(7_700)
    assert booked(park, "trench_capital", **dug) == pytest.approx((495_000 + 7_700) / 30)
    assert booked(park, "trench_operation", **dug) == pytest.approx(4_570)
    pipe = {"index": (MAIN, "street", "DN 100")}
    assert booked(park, "investment_link", **pipe) == pytest.approx(220_000)
    assert booked(park, "link_capital", **pipe) == pytest.approx(11_000)
    assert not lines(park, "investment_trench", family="laid")
    line = lines(park, "investment_trench", **dug, item="trench")[0]
    assert (line.party, line.exchange, line.unit, line.resource) == ("park company", None, None, None)
    assert [e.field for e in line.evidence] == [
        "geography.surfaces.road",
        "trenches.investment",
        "economics.contingency",
    ]
    assert [e.field for e in lines(park, "investment_link", **pipe)[0].evidence][0].startswith("links.")
    assert park.instance.stretches["street"].trench
    assert park.instance.mains[MAIN].in_trench
    assert "economics.lifetime.trench is not stated: taken as 30 years" in park.notes
    assert any("trenches.owner is not stated: park company" in note for note in park.notes)


def test_the_owner_of_the_trenches_pays_for_them() -> None:
    park = along(trenches={**TRENCHES, "owner": "utility"})
    assert {line.party for line in lines(park, "investment_trench")} == {"utility"}
    assert {line.party for line in lines(park, "investment_link")} == {"park company"}


def test_trenches_that_are_not_shared_are_due_for_each_pipe() -> None:
    """The same 1500 m x 300 and river for every pipe laid; nothing is dug for all."""
    park = along(trenches={**TRENCHES, "shared": False})
    for size in ("DN 100", "DN 200"):
        laid = {"index": (MAIN, "street", size)}
        assert booked(park, "investment_trench", **laid) == pytest.approx(450_000 + 7_000)
        assert booked(park, "trench_operation", **laid) == pytest.approx(4_570)
    assert booked(park, "investment_link", index=(MAIN, "street", "DN 100")) == pytest.approx(200_000)
    assert not lines(park, "investment_trench", family="dug")
    assert not park.instance.stretches["street"].trench


@pytest.mark.parametrize("shared", [True, False])
def test_an_open_trench_needs_no_civil_works_and_no_crossing(shared: bool) -> None:
    park = along(corridors({"street": {"trench": "existing"}}), trenches={**TRENCHES, "shared": shared})
    assert not park.instance.stretches["street"].trench
    assert park.instance.stretches["first"].trench is shared
    assert not [line for line in lines(park, "investment_trench") if "street" in line.index]
    assert booked(park, "investment_link", index=(MAIN, "street", "DN 100")) == pytest.approx(200_000)


def test_a_main_that_lies_in_no_trench_holds_its_civil_works_in_its_price() -> None:
    """On a rack: 1500 m x 200 and the river, and nothing is dug."""
    rack = {"kind": "pipe", "main": True, "sizes": [SMALL, LARGE], "in_trench": False}
    park = along(trenches=TRENCHES, **{"links__steam main": rack})
    assert booked(park, "investment_link", index=(MAIN, "street", "DN 100")) == pytest.approx(307_000)
    assert not park.instance.mains[MAIN].in_trench
    assert not any(stretch.trench for stretch in park.instance.stretches.values())
    assert not lines(park, "investment_trench")


def test_pipes_side_by_side_are_limited_by_the_corridor_then_by_the_trenches() -> None:
    park = along(corridors({"street": {"max_pipes": 2}}), trenches={**TRENCHES, "max_pipes": 5})
    assert {a: stretch.max_pipes for a, stretch in park.instance.stretches.items()} == {
        "first": 5,
        "street": 2,
        "second": 5,
    }
    assert along().instance.stretches["street"].max_pipes is None


def test_resources_kept_apart_where_both_may_lie() -> None:
    water = {"kind": "water", "unit": "m3", "price": 2, "carried_by": ["water main"], "discharge": {"route": "river"}}
    changes = {
        "resources__water": water,
        "links__water main": {"kind": "pipe", "main": True, "sizes": [LARGE]},
        "plants__smelter__sources": {"steam": {"rate": 30}, "water": {"rate": 5}},
    }
    rules = {**TRENCHES, "apart": [["steam", "water"], ["steam", "gas"]]}
    assert along(trenches=rules, **changes).instance.apart == ()  # nobody takes the water
    taken = {**changes, "plants__mill__sinks__water": {"rate": 5}}
    assert along(trenches=rules, **taken).instance.apart == (("steam", "water"),)


def test_a_link_pays_the_crossings_of_its_route() -> None:
    """1500 m of cost length x 400, and the river 2 times x 7000; 2 % of both a year. A truck pays no crossing."""
    park = piped(crossed(corridors(), 2), link_maintenance=0.02)
    assert booked(park, "investment_link", index=PAIR, item="pipe DN 200") == pytest.approx(600_000)
    assert booked(park, "investment_link", index=PAIR, item="crossing of rivers") == pytest.approx(14_000)
    assert booked(park, "link_operation", index=PAIR) == pytest.approx(12_280)
    assert {line.party for line in lines(park, "investment_link")} == {"smelter", "mill"}
    truck = along(
        crossed(corridors(), 2),
        links__truck={"kind": "truck", "along": "roads"},
        resources__steam__carried_by=["truck"],
    )
    assert not lines(truck, "investment_link")


def test_a_pipe_in_shared_trenches_costs_by_its_way_and_may_leave_the_shortest() -> None:
    """1300 m x 400 = 520,000 on the shortest way, 1000 m x 400 for each km beyond; 2 %, and 3 EUR/m/yr likewise."""
    park = piped(
        crossed(corridors(), 2),
        trenches=TRENCHES,
        sizes=[{**DN, "yearly_cost": 3, "fixed_investment": 9_000}],
        link_maintenance=0.02,
    )
    option = park.instance.exchanges[STEAM].options[PIPE]
    assert option.in_trench
    assert option.pairs["P1", "P2"].length == pytest.approx(1.3)
    assert booked(park, "investment_link", index=PAIR) == pytest.approx(520_000)
    assert booked(park, "link_operation", index=PAIR) == pytest.approx(10_400 + 3_900)
    beyond = {"family": "detour", "index": (STEAM, PIPE)}
    assert booked(park, "investment_link", **beyond) == pytest.approx(400_000)
    assert booked(park, "link_operation", **beyond) == pytest.approx(8_000 + 3_000)
    assert booked(park, "investment_link", family="built") == pytest.approx(9_000)
    # the river is the trench's to cross
    assert booked(park, "investment_trench", index=("street",)) == pytest.approx(457_000)
    assert not lines(park, "investment_link", item="crossing of rivers")
    path = park.instance.paths[STEAM, 0]
    assert (path.resource, path.straight) == ("steam", False)
    assert dict(path.stretches) == {"first": (True, False), "street": (True, False), "second": (True, False)}
    assert park.instance.nodes == {"P1": "P1", "P2": "P2"}


def test_a_pipe_within_one_plot_has_a_trench_of_its_own() -> None:
    """Mill beside the smelter on P1, 4 ha: 0.5 x 200 m = 100 m of pipe and trench, by 1.2; in no corridor.

    The pipe 120 x 400 = 48,000, the trench 120 x 300 = 36,000 and 1 % a year. 60 W/m lost over 120 m in 7000 h at
    0.5 MWh/t: 60e-6 x 120 x 7000 / 0.5 = 100.8 t.
    """
    own = {("P1", "P1"): Route(100.0, 100.0), **corridors().routes["corridors"]}
    distances = replace(corridors(), routes=dict.fromkeys(("corridors", "roads"), own))
    shared = {"plots__P1": {"several_tenants": True}, "plants__mill__plot": "P1", "link_detour": 1.2}
    park = piped(distances, trenches=TRENCHES, sizes=[{**DN, "loss": 60}], **shared)
    option, index = park.instance.exchanges[STEAM].options[PIPE], (STEAM, PIPE, "P1", "P1")
    assert not option.in_trench  # it follows no stretches
    assert option.pairs["P1", "P1"].length == 0.0
    assert option.pairs["P1", "P1"].owed_loss["year"] == pytest.approx(100.8)
    assert max_flow(park) == pytest.approx(140_000 + 100.8)  # no detour to make up for
    assert park.instance.paths == {}
    assert booked(park, "investment_link", index=index) == pytest.approx(48_000)
    assert booked(park, "investment_trench") == pytest.approx(36_000)
    assert booked(park, "trench_operation", index=index) == pytest.approx(360)
    assert {line.party for line in lines(park, "investment_trench")} == {"smelter", "mill"}
    alone = piped(distances, trenches={**TRENCHES, "shared": False}, sizes=[{**DN, "loss": 60}], **shared)
    for account in ("investment_link", "link_capital", "investment_trench", "trench_capital", "trench_operation"):
        assert booked(park, account, index=index) == pytest.approx(booked(alone, account, index=index))
    too_far = piped(distances, trenches=TRENCHES, link_max_length=119, **shared)
    assert STEAM not in too_far.instance.exchanges


def test_a_mill_that_may_stand_beside_the_smelter_or_elsewhere() -> None:
    """On P1 the pipe has 100 m and a trench of its own; on P2 it has 1300 m in the trenches of the stretches."""
    own = {("P1", "P1"): Route(100.0, 100.0), **corridors().routes["corridors"]}
    distances = replace(corridors(), routes=dict.fromkeys(("corridors", "roads"), own))
    mill = {"plots__P1": {"several_tenants": True}, "plants__mill__plot": None, "plants__mill__plots": ["P1", "P2"]}
    park = piped(distances, trenches=TRENCHES, **mill)
    option = park.instance.exchanges[STEAM].options[PIPE]
    assert option.in_trench
    assert option.pairs["P1", "P1"].length == 0.0
    assert set(park.instance.paths[STEAM, 0].stretches) == {"first", "street", "second"}
    within = (STEAM, PIPE, "P1", "P1")
    assert booked(park, "investment_link", index=within) == pytest.approx(40_000)
    assert booked(park, "investment_trench", index=within) == pytest.approx(30_000)
    assert booked(park, "investment_link", index=PAIR) == pytest.approx(520_000)
    assert not lines(park, "investment_trench", index=PAIR)


def test_the_main_needs_no_pipe_within_one_plot() -> None:
    own = {("P1", "P1"): Route(100.0, 100.0), **corridors().routes["corridors"]}
    distances = replace(corridors(), routes=dict.fromkeys(("corridors", "roads"), own))
    park = along(distances, trenches=TRENCHES, plots__P1={"several_tenants": True}, plants__mill__plot="P1")
    assert park.instance.exchanges[STEAM].options["steam main"].pairs["P1", "P1"].length == 0.0
    assert not lines(park, "investment_link")
    assert not lines(park, "investment_trench")


def test_each_twin_has_a_way_of_its_own() -> None:
    park = piped(trenches=TRENCHES, exchanges=[{"from": "smelter", "twins": 2}])
    assert set(park.instance.paths) == {(STEAM, 0), (STEAM, 1)}


def test_heat_lost_on_a_detour_is_owed_by_the_kilometre() -> None:
    """50 W/m x 1000 m x 7000 h = 350 MWh = 700 t a km: 910 t on 1.3 km.

    All stretches are 100 + 1000 + 200 + 300 + 1600 m = 3.2 km: on the longest way it owes 2240 t, so that
    142,240 t may leave for 140,000 t to arrive.
    """
    park = piped(
        corridors(around=Stretch("A", "B", 1600, 1600)),
        trenches=TRENCHES,
        sizes=[{**DN, "loss": 50}],
        resources__steam__co2e={"use": 0.1},
    )
    option = park.instance.exchanges[STEAM].options[PIPE]
    assert option.pairs["P1", "P2"].owed_loss == {"year": pytest.approx(910)}
    assert option.owed_per_km == {"year": pytest.approx(700)}
    assert max_flow(park) == pytest.approx(142_240)
    used = {line.family: line.effect for line in lines(park, "co2e_use", exchange=STEAM)}
    assert used == {"flow": pytest.approx(0.1), "link": pytest.approx(-91), "detour": pytest.approx(-70)}
    assert set(park.instance.paths[STEAM, 0].stretches) == {"first", "street", "second", "around"}


def test_the_longest_way_bounds_the_stretches_of_a_path() -> None:
    """Around it is 100 + 1600 + 200 = 1900 m."""
    distances = corridors(around=Stretch("A", "B", 1600, 1600))
    near = piped(distances, trenches=TRENCHES, link_max_length=1800)
    assert "around" not in near.instance.paths[STEAM, 0].stretches
    assert near.instance.exchanges[STEAM].options[PIPE].max_length == pytest.approx(1.8)
    far = piped(distances, trenches=TRENCHES, link_max_length=1900)
    assert "around" in far.instance.paths[STEAM, 0].stretches
    assert STEAM not in piped(distances, trenches=TRENCHES, link_max_length=1200).instance.exchanges


@pytest.mark.parametrize("field", ["cost", "co2e", "volume_loss", "uses"])
def test_a_shortest_way_where_something_goes_with_flow_and_length(field: str) -> None:
    """No detour, and nothing booked on one; 0.01 EUR/t/km x 1.3 km."""
    value: Any = {"power": 0.01} if field == "uses" else 0.01
    park = piped(
        corridors(around=Stretch("A", "B", 1600, 1600)),
        trenches=TRENCHES,
        sizes=[{**DN, "loss": 50}],
        **{f"link_{field}": value},
    )
    path = park.instance.paths[STEAM, 0]
    assert path.straight
    assert set(path.stretches) == {"first", "street", "second"}
    assert park.instance.exchanges[STEAM].options[PIPE].owed_per_km == {}
    assert "detour" not in park.instance.effects
    assert any("links.pipe: a pipe of one exchange in a trench takes a shortest way" in note for note in park.notes)
    if field == "cost":
        assert booked(park, "transport", index=(*PAIR, "year")) == pytest.approx(0.013)
    if field == "volume_loss":
        assert park.instance.exchanges[STEAM].options[PIPE].pairs["P1", "P2"].share_lost == pytest.approx(0.013)


def test_a_pipe_whose_trench_is_its_own() -> None:
    """The route of 1000 m (cost length 1500 m), by 1.2: pipe 1200 x 400; civil 1800 x 300 and the river twice; 1 %."""
    park = piped(crossed(corridors(), 2), trenches={**TRENCHES, "shared": False}, link_detour=1.2)
    option = park.instance.exchanges[STEAM].options[PIPE]
    assert not option.in_trench
    assert park.instance.paths == {}
    assert park.instance.stretches == {}
    assert booked(park, "investment_link", index=PAIR) == pytest.approx(480_000)
    assert booked(park, "investment_trench", index=PAIR) == pytest.approx(540_000 + 14_000)
    assert booked(park, "trench_operation", index=PAIR) == pytest.approx(5_540)
    assert {line.party for line in lines(park, "investment_trench")} == {"smelter", "mill"}
    owned = piped(trenches={**TRENCHES, "shared": False, "owner": "utility"})
    assert {line.party for line in lines(owned, "investment_trench")} == {"utility"}


def test_a_pipe_in_the_ground_needs_no_trench() -> None:
    """2 % of 1500 m x 400 a year, as everywhere else."""
    park = piped(
        trenches=TRENCHES,
        link_maintenance=0.02,
        existing_pipes={"old": {"from": "P1", "to": "P2", "link": "pipe", "resources": ["steam"], "capacity": 10}},
    )
    option = park.instance.exchanges[STEAM].options["pipe:old"]
    assert not option.in_trench
    assert booked(park, "link_operation", index=(STEAM, "pipe:old", "P1", "P2")) == pytest.approx(12_000)
    assert not [line for line in park.lines if line.index[:2] == (STEAM, "pipe:old") and "investment" in line.account]


def test_a_stretch_only_a_rack_uses_has_no_trench() -> None:
    """The bakery's pipe takes the third stretch in a trench, the main on its rack the second."""
    rack = {"kind": "pipe", "main": True, "sizes": [SMALL], "in_trench": False}
    park = along(
        trenches=TRENCHES,
        **{"links__steam main": rack},
        plants__bakery=third_party(),
        exchanges=[{"from": "smelter", "to": "bakery", "links": ["pipe"]}],
    )
    due = {a: stretch.trench for a, stretch in park.instance.stretches.items()}
    assert due == {"first": True, "street": True, "second": False, "third": True}


def test_a_route_of_its_own_for_a_resource_that_may_not_go_everywhere() -> None:
    """Steam goes 1800 m round, other resources 1000 m."""
    distances = corridors()
    around = {pair: Route(1800, 1800) for pair in distances.routes["corridors"]}
    park = piped(replace(distances, routes={**distances.routes, "corridors: steam": around}))
    assert booked(park, "investment_link", index=PAIR) == pytest.approx(720_000)


def test_the_ceiling_counts_detours_and_trenches() -> None:
    """Budget: 1300 m x 400, a way over all of 1.3 km beyond it at 400,000 a km, civil works 1800 m x 300 + 7000."""
    park = piped(trenches=TRENCHES, economics__budget=1e6, geography=RIVER)
    limit = park.instance.limits["budget"]
    assert limit.ceiling * park.instance.money_scale == pytest.approx(520_000 + 520_000 + 547_000)


def _halved() -> Distances:
    """The street drawn from B to A, in two pieces, with half of its crossing on each."""
    whole = STRETCHES["street"]
    half = {"length_m": 500, "civil_length_m": 750, "charges": {1: 0.5}, "surfaces": {"road": 500.0}}
    return corridors({"street": {**half, "tail": "B", "head": "M"}}, street2=replace(whole, **half, tail="M", head="A"))


@pytest.mark.parametrize("trenches", [None, TRENCHES, {**TRENCHES, "shared": False}])
def test_cutting_and_turning_a_stretch_changes_no_sum(trenches: dict[str, Any] | None) -> None:
    """Money of all stretches, amount x way, heat owed and share kept are the same."""
    sizes = [{**SMALL, "loss": 40, "yearly_cost": 2}, LARGE]
    main = {"kind": "pipe", "main": True, "sizes": sizes, "maintenance": 0.02, "volume_loss": 0.02, "cost": 0.1}
    changes = {"links__steam main": main, "trenches": trenches, "economics__contingency": 0.1}
    whole, cut = along(**changes), along(_halved(), **changes)
    accounts = (
        "investment_link",
        "link_capital",
        "link_operation",
        "investment_trench",
        "trench_operation",
        "transport",
    )
    for account in accounts:
        assert booked(cut, account) == pytest.approx(booked(whole, account)), account
    owed, kept = [], []
    for park in (whole, cut):
        beds = park.instance.mains[MAIN].beds.values()
        owed.append(sum(bed.pipes["DN 100"].owed_loss["year"] for bed in beds))
        kept.append(math.prod(1 - bed.share_lost for bed in beds))
    assert owed[0] == pytest.approx(owed[1]) == pytest.approx(728)  # 40 W/m x 1300 m x 7000 h / 0.5 MWh/t
    assert kept[0] == pytest.approx(kept[1]) == pytest.approx(0.98**1.3)
    beds = cut.instance.mains[MAIN].beds
    assert [(beds[a].forward, beds[a].backward) for a in ("street", "street2")] == [(False, True)] * 2


def test_effects_are_the_sum_of_the_lines() -> None:
    """Money apart, which is scaled."""
    main = {"kind": "pipe", "main": True, "sizes": [SMALL, LARGE], "uses": {"power": 0.002}, "co2e": 1e-4}
    park = along(trenches=TRENCHES, **{"links__steam main": main})
    scale = park.instance.money_scale
    sums: dict[tuple[str, tuple[str, ...], str], float] = {}
    for line in park.lines:
        key = (line.family, line.index, line.account)
        sums[key] = sums.get(key, 0.0) + line.effect
    families = {"laid", "dug", "through"}
    checked = 0
    for family in families:
        for index, booked_there in park.instance.effects[family].items():
            for account, effect in booked_there.items():
                money = park.instance.accounts[account].startswith("money")
                assert effect * (scale if money else 1.0) == pytest.approx(sums[family, index, account])
                checked += 1
    assert checked > 20
    assert set(park.instance.effects) <= FAMILIES.keys()
