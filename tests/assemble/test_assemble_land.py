"""Who may stand where, and the rules between units."""

from dataclasses import replace

import pytest
from assemble_park import made, places

from planner.errors import CaseError

FREE = {"area": 1, "hours": 8000, "sources": {"steam": {"rate": 30}}}


def test_zones_reserved_area_and_choice_leave_plots_out() -> None:
    """2.4 ha / 0.8 = 3 ha are needed; P2 has 4 x 0.5 = 2 ha usable, P3 another zone, P4 is reserved, P5 not chosen."""
    areas = {f"P{k}": 4.0 for k in range(1, 6)}
    park = made(
        places(areas),
        plots={
            "P1": {"zones": ["heavy", "light"]},
            "P2": {"usable_share": 0.5},
            "P3": {"zones": ["light"]},
            "P4": {"reserved": True},
            "P5": {},
        },
        plants__mill__plot="P5",
        plants__smelter={**FREE, "area": 2.4, "coverage": 0.8, "zone": "heavy", "plots": ["P1", "P2", "P3", "P4"]},
    )
    assert park.instance.admissible == {"smelter": ("P1",), "mill": ("P5",)}
    assert park.instance.units["smelter"].area == pytest.approx(3)
    assert park.instance.places["P1"].area == 4
    assert set(park.instance.places) == {"P1", "P5"}


def test_relaxed_keeps_every_plot_with_what_it_breaks() -> None:
    """5 ha needed, 4 there: 1 ha short everywhere, and P2 is in no heavy zone."""
    park = made(
        relaxed=True,
        plots__P2={"zones": ["light"]},
        plants__smelter={**FREE, "area": 5, "zone": "heavy"},
    )
    assert park.instance.admissible["smelter"] == ("P1", "P2", "P3")
    assert park.instance.violations["smelter", "P1"] == pytest.approx({"area:smelter": 1})
    assert park.instance.violations["smelter", "P2"] == pytest.approx({"area:smelter": 1, "zone:smelter": 1})
    assert park.instance.violations["mill", "P1"] == {"plot:mill": 1}
    assert park.instance.requirements["area:smelter"] == "plants.smelter.area: smelter needs 5 ha"
    assert park.instance.requirements["plot:mill"] == "plants.mill.plot: mill stands on P2"


def test_separation_from_receptors() -> None:
    """150 m are too near by 50, 200 m are enough; P2 is the mill's."""
    distances = replace(places(), receptor_m={("P1", "school"): (150.0, "north"), ("P3", "school"): (200.0, "north")})
    rule = {"hazard": "A", "from_receptor": "school", "distance": 200}
    changes = {"rules__separations": [rule], "plants__smelter": {**FREE, "hazard": "A"}}
    park = made(distances, **changes)
    assert park.instance.admissible["smelter"] == ("P3",)
    relaxed = made(distances, relaxed=True, **changes)
    assert relaxed.instance.violations["smelter", "P1"] == pytest.approx({"separation:0": 50})
    words = "rules.separations[1]: school at least 200 m from hazard class A (north)"
    assert relaxed.instance.requirements["separation:0"] == words


def test_hazard_classes_keep_apart_in_both_directions() -> None:
    """Plots are 100 m apart, two apart 400 m: with 150 m to keep only next plots exclude each other."""
    park = made(
        rules__separations=[{"hazard": "A", "from_hazard": "B", "distance": 150}],
        plants__smelter={**FREE, "hazard": "A"},
        plants__mill={"area": 1, "hazard": "B", "sinks": {"steam": {"rate": 1, "supplied_today_by": {"gas": 1}}}},
    )
    near = {(c.unit, c.place, c.other): c.near for c in park.instance.conflicts}
    assert near["smelter", "P1", "mill"] == ("P2",)
    assert near["smelter", "P2", "mill"] == ("P1", "P3")
    assert near["mill", "P2", "smelter"] == ("P1", "P3")
    assert len(near) == 6
    words = "rules.separations[1]: hazard class B at least 150 m from hazard class A"
    assert park.instance.requirements[park.instance.conflicts[0].requirement] == words
    # exactly 100 m is enough where 100 m are asked
    enough = made(
        rules__separations=[{"hazard": "A", "from_hazard": "A", "distance": 100}],
        plants__smelter={**FREE, "hazard": "A"},
        plants__mill={"area": 1, "hazard": "A", "sinks": {"steam": {"rate": 1, "supplied_today_by": {"gas": 1}}}},
    )
    assert enough.instance.conflicts == ()


def test_hazard_classes_exclude_each_other_on_one_plot() -> None:
    park = made(
        places(P1_P1=(100.0, 100.0)),
        rules__separations=[{"hazard": "A", "from_hazard": "B", "distance": 50}],
        plots__P1={"several_tenants": True},
        plants__smelter={**FREE, "hazard": "A"},
        plants__mill={"area": 1, "hazard": "B", "sinks": {"steam": {"rate": 1, "supplied_today_by": {"gas": 1}}}},
    )
    assert {(c.unit, c.place, c.near) for c in park.instance.conflicts} == {
        ("smelter", "P1", ("P1",)),
        ("mill", "P1", ("P1",)),
    }


def test_neighbours_and_not_neighbours_by_the_distance_of_the_case() -> None:
    """Within 100 m edge to edge the next plots are neighbours; P1 and P3, 400 m apart, are not."""
    park = made(
        geography__neighbour_distance=100,
        plants__smelter={**FREE, "neighbours": ["mill"]},
        plants__mill={"area": 1, "sinks": {"steam": {"rate": 1, "supplied_today_by": {"gas": 1}}}},
        facilities={"works": {"investment": [{"capacity": 1, "investment": 1}], "not_neighbours": ["mill"]}},
    )
    rules = {rule.place: rule.near for rule in park.instance.neighbours}
    assert rules == {"P1": ("P2",), "P2": ("P1", "P3"), "P3": ("P2",)}
    assert park.instance.neighbours[0].requirement == "neighbour:smelter / mill"
    apart = {(c.unit, c.place): c.near for c in park.instance.conflicts}
    assert apart["works", "P1"] == ("P2",)
    assert apart["mill", "P2"] == ("P1", "P3")
    text = park.instance.requirements["not_neighbour:works / mill"]
    assert text == "facilities.works.not_neighbours: works must not be a neighbour of mill"


def test_tenants_of_a_plot_are_the_most_that_fit() -> None:
    """1 + 1.5 ha fit into 4 x 0.7 = 2.8 ha, with 2 ha more they do not: two."""
    park = made(
        plots__P1={"several_tenants": True, "usable_share": 0.7},
        plants__smelter={**FREE, "area": 2},
        plants__mill={"area": 1.5, "sinks": {"steam": {"rate": 1, "supplied_today_by": {"gas": 1}}}},
        facilities={"works": {"area": 1, "investment": [{"capacity": 1, "investment": 1}]}},
    )
    assert park.instance.places["P1"].tenants == 2
    assert park.instance.places["P1"].area == pytest.approx(2.8)
    assert park.instance.places["P2"].tenants == 1


def test_what_need_not_be_there_and_has_no_plot_is_left_out_and_said() -> None:
    park = made(
        plants__farm={
            "optional": {"margin": 1},
            "area": 9,
            "sinks": {"steam": {"rate": 1, "supplied_today_by": {"gas": 1}}},
        },
        facilities={"works": {"zone": "heavy", "area": 9, "investment": [{"capacity": 1, "investment": 1}]}},
    )
    assert set(park.instance.units) == {"smelter", "mill"}
    assert "farm / steam" not in park.instance.sinks
    assert sum("is left out: there is no plot" in note for note in park.notes) == 2


def test_number_of_facilities_of_a_kind_goes_by_kind_or_name() -> None:
    unit = {"investment": [{"capacity": 1, "investment": 1}]}
    park = made(rules__at_most={"boiler": 1}, facilities={"boiler": unit, "spare": {**unit, "kind": "boiler"}})
    assert park.instance.at_most == {"boiler": (("boiler", "spare"), 1)}
    assert park.instance.requirements["at_most:boiler"] == "rules.at_most.boiler: at most 1 of boiler"


def test_a_plot_without_area_takes_anybody_but_cannot_be_paid() -> None:
    """Where a distance table stands for the map: no area, no limit; a price of its land asks for the area."""
    bare = places({"P1": float("nan"), "P2": 4.0, "P3": 4.0})
    assert made(bare).instance.admissible["smelter"] == ("P1",)
    assert made(bare).instance.places["P1"].area == float("inf")
    with pytest.raises(CaseError, match=r"plots\.P1\.area: needed: its land has a price"):
        made(bare, plots__P1={"price": 1})


def test_the_plot_of_a_fixed_plant_is_nobody_elses() -> None:
    """The mill is fixed on P2, for one tenant: the smelter may take P1 or P3. On an estate both may stand."""
    free = {"plants__smelter": {**FREE}}
    assert made(**free).instance.admissible["smelter"] == ("P1", "P3")
    estate = made(**free, plots__P2__several_tenants=True)
    assert "P2" in estate.instance.admissible["smelter"]
