"""Each rule of siting and facilities in a park solved by hand, in which it binds."""

import dataclasses

import pytest
from toys import (
    YEAR,
    changed,
    cost,
    exchange,
    one_size,
    option,
    park,
    sink,
    source,
    two_plants,
    with_effects,
    works,
)

from models import solve as bridge
from models.instance import FacilityData, PlaceData, SegmentData, UnitData
from models.park import build
from models.rules import Conflict, Neighbour


def plants(areas, *, optional=(), places, admissible=None, land=None, **parts):
    """Plants that only stand: cost of a place by (plant, place)."""
    units = {k: UnitData("plant", optional=k in optional, area=a) for k, a in areas.items()}
    admissible = admissible or dict.fromkeys(units, tuple(places))
    effects = {"sited": {index: {"cost": c} for index, c in (land or {}).items()}}
    return park(units=units, places=places, admissible=admissible, effects=effects, **parts)


# --- siting -----------------------------------------------------------------------------------------------------


def test_two_plants_exchange_what_pays():
    # Alone 10 x 2 + 8 x 5 = 60; with the link 20 + 2 x 2 = 24. A link of 57 costs more than the 36 + 20 it saves.
    assert cost(two_plants()) == pytest.approx(24.0)
    assert cost(with_effects(two_plants(), "built", {("e", "truck"): {"cost": 57.0}})) == pytest.approx(60.0)


def test_a_mandatory_plant_stands_and_a_place_holds_one():
    # S1, S5: both would rather stand on A (1 against 5); one of them has to take B: 1 + 5 = 6.
    land = {(k, p): c for k in "xy" for p, c in (("A", 1.0), ("B", 5.0))}
    instance = plants({"x": 1.0, "y": 1.0}, places={"A": PlaceData(), "B": PlaceData()}, land=land)
    assert cost(instance) == pytest.approx(6.0)
    # On a plot for two, of enough land, both stand on A: 2.
    assert cost(changed(instance, places={"A": PlaceData(2.0, 2), "B": PlaceData()})) == pytest.approx(2.0)


def test_land_of_a_plot_for_several():
    # S6: A holds three units by number, but 5 ha hold only two of the three of 2 ha: 1 + 1 + 4 = 6.
    land = {(k, p): c for k in "xyz" for p, c in (("A", 1.0), ("B", 4.0))}
    places = {"A": PlaceData(5.0, 3), "B": PlaceData(9.0)}
    assert cost(plants(dict.fromkeys("xyz", 2.0), places=places, land=land)) == pytest.approx(6.0)


def measured(area_of_plot: float, tenants: int = 1):
    """A plant of 3 ha on A (cost 0) or B (cost 4), with a measure of 2 ha that saves 10 - 1 = 9."""
    return park(
        units={"x": UnitData("plant", area=3.0), "saver": UnitData("measure", area=2.0, host="x")},
        places={"A": PlaceData(area_of_plot, tenants), "B": PlaceData(9.0)},
        admissible={"x": ("A", "B")},
        sources={},
        sinks={"in": sink("x", 10.0)},
        facilities={"saver": one_size(10.0)},
        exchanges={"own": exchange("out", "in", {"on site": option(10.0, [])}, own=True)},
        effects={
            "sited": {("x", "B"): {"cost": 4.0}},
            "supplied": {("in", YEAR): {"cost": 1.0}},
            "opened": {("saver", "g"): {"cost": 1.0}},
        },
    )


@pytest.mark.parametrize("tenants", [1, 2])
def test_a_measure_takes_land_beside_its_host(tenants):
    # S6, S7: on 5 ha both fit and cost 1 (the measure; it makes all 10 that were bought at 1). On 4 ha the plant
    # moves to B for 4 rather than buy for 10: 5.
    def with_source(area):
        return changed(measured(area, tenants), sources={"out": source("saver", 1.0, on_demand=True)})

    assert cost(with_source(5.0)) == pytest.approx(1.0)
    assert cost(with_source(4.0)) == pytest.approx(5.0)


def test_an_effect_of_a_measures_place_is_booked():
    # S8, F2: the measure's land on A costs 6, so that 4 + 1 on B (5) is better than 6 + 1 on A (7).
    instance = changed(measured(9.0), sources={"out": source("saver", 1.0, on_demand=True)})
    instance = with_effects(instance, "sited", {("saver", "A"): {"cost": 6.0}})
    assert cost(instance) == pytest.approx(5.0)


def optional_plants(**parts):
    """Two optional plants on plots of their own; x brings 5 and costs 3, y brings 2 and costs 3."""
    instance = plants(
        {"x": 1.0, "y": 1.0}, optional="xy", places={"A": PlaceData(), "B": PlaceData()},
        admissible={"x": ("A",), "y": ("B",)}, **parts,
    )  # fmt: skip
    effects = {("x", "A"): {"cost": 3.0, "margin": 5.0}, ("y", "B"): {"cost": 3.0, "margin": 2.0}}
    return with_effects(instance, "sited", effects)


def test_optional_plants_settle_where_they_pay():
    # S2, S3, S4: x alone: 3 - 5 = -2. Two tenants at least: -2 + 1 = -1. Exactly y: 1. None may: 0.
    assert cost(optional_plants()) == pytest.approx(-2.0)
    assert cost(optional_plants(tenants_at_least=2)) == pytest.approx(-1.0)
    assert cost(optional_plants(tenants_fixed=("y",))) == pytest.approx(1.0)
    assert cost(optional_plants(tenants_fixed=())) == pytest.approx(0.0)


def test_conflict_keeps_two_units_apart():
    # S9: x and y both want A and B (0) rather than C (7). A and B are too near each other: 7.
    land = {("x", "C"): 7.0, ("y", "C"): 7.0}
    places = {p: PlaceData() for p in "ABC"}
    instance = plants({"x": 1.0, "y": 1.0}, places=places, land=land)
    near = {"A": ("B",), "B": ("A",), "C": ()}
    rules = [Conflict("apart", k, p, o, near[p]) for k, o in (("x", "y"), ("y", "x")) for p in "ABC"]
    assert cost(instance) == pytest.approx(0.0)
    assert cost(changed(instance, conflicts=tuple(rules))) == pytest.approx(7.0)


def neighbours():
    """Plant x wants A (0) or B (6); y stands on C, near B only, and x must be its neighbour."""
    instance = plants(
        {"x": 1.0, "y": 1.0}, places={p: PlaceData() for p in "ABC"},
        admissible={"x": ("A", "B"), "y": ("C",)}, land={("x", "B"): 6.0},
    )  # fmt: skip
    return changed(
        instance, neighbours=(Neighbour("near", "x", "A", "y", ()), Neighbour("near", "x", "B", "y", ("C",)))
    )


def test_neighbours_are_required_in_the_plan_only():
    # S10: 6 in the plan; 0 where each is alone, or where the other is switched off.
    assert cost(neighbours()) == pytest.approx(6.0)
    model = build(neighbours())
    model.shared.set_value(0)
    assert bridge.solve(model).objective == pytest.approx(0.0)
    model.shared.set_value(1)
    model.present["y"] = 0
    assert bridge.solve(model).objective == pytest.approx(0.0)


# --- facilities -------------------------------------------------------------------------------------------------


def test_the_segment_that_pays_is_opened():
    # F1, F8, F10: 17, see above; the capacity covers the activity.
    assert cost(works()) == pytest.approx(17.0)


def test_the_least_capacity_of_a_segment():
    # F9: with a need of 5, large has to be built with 6: 12 + 3 = 15; small with 4: 3 + 4 + 1 x 5 = 12.
    instance = works(sinks={"need": sink("mill", 5.0)})
    assert cost(instance) == pytest.approx(12.0)
    only_large = {"works": FacilityData({"large": SegmentData(6.0, 20.0)}, {YEAR: 1.0})}
    effects = {**instance.effects, "opened": {("works", "large"): {"cost": 12.0}}}
    effects["capacity"] = {("works", "large"): {"cost": 0.5}}
    assert cost(changed(instance, facilities=only_large, effects=effects)) == pytest.approx(15.0)


def test_a_shared_facility_is_closed_alone_and_when_absent():
    # F3: 10 x 5 = 50.
    for switch in ("shared", "present"):
        model = build(works())
        if switch == "shared":
            model.shared.set_value(0)
        else:
            model.present["works"] = 0
        assert bridge.solve(model).objective == pytest.approx(50.0)


def test_a_forced_facility_opens_even_if_it_does_not_pay():
    # F6: with nothing to gain (the mill needs nothing) small at capacity 0 still costs 3.
    units = {"mill": UnitData("plant"), "works": UnitData("facility", forced=True)}
    assert cost(works(units=units, sinks={"need": sink("mill", 0.0)})) == pytest.approx(3.0)


def test_at_most_so_many():
    # F11: none of the works may open: 50.
    assert cost(works(at_most={"none": (("works",), 0)})) == pytest.approx(50.0)


def test_measures_follow_their_switch_their_host_and_force():
    # F4, F5, F7: the measure costs 1 and replaces 10. Switched off: 10. Forced though it saves nothing: 1.
    # With an optional host that stays away nothing is built: 0.
    instance = changed(measured(9.0), sources={"out": source("saver", 1.0, on_demand=True)})
    assert cost(instance) == pytest.approx(1.0)
    model = build(instance)
    model.measures.set_value(0)
    assert bridge.solve(model).objective == pytest.approx(10.0)
    forced = dataclasses.replace(instance.units["saver"], forced=True)
    idle = changed(instance, units={**instance.units, "saver": forced}, sinks={"in": sink("x", 0.0)})
    assert cost(idle) == pytest.approx(1.0)
    away = {"x": UnitData("plant", optional=True, area=3.0), "saver": forced}
    assert cost(changed(idle, units=away)) == pytest.approx(0.0)
    # Without (F5) the measure of an absent host could pay of itself.
    paying = with_effects(changed(instance, units=away), "opened", {("saver", "g"): {"cost": -3.0}})
    paying = with_effects(paying, "sited", {("x", "A"): {"cost": 7.0}, ("x", "B"): {"cost": 7.0}})
    assert cost(paying) == pytest.approx(0.0)
