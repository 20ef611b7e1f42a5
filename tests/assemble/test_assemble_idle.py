"""A facility that can be built and never run is said so: nothing else in a plan would show it."""

from assemble_park import made

BOILER = {
    "unit": "t",
    "inputs": {"husk": 0.5},
    "outputs": {"steam": 1},
    "investment": [{"capacity": 30, "investment": 1e6}],
}
HUSK = {"kind": "material", "unit": "t", "carried_by": ["pipe"], "discharge": {"route": "dump"}}


def idle(**changes):
    """Notes on a park where the smelter also gives 20 t/h of husk in its 8000 h."""
    park = made(
        **{
            "resources__husk": HUSK,
            "plants__smelter__sources__husk": {"rate": 20},
            "facilities": {"boiler": {**BOILER, "hours": 8000}},
            **changes,
        }
    )
    return [note for note in park.notes if "can never run" in note]


def test_a_facility_that_runs_as_long_as_its_fuel_comes_is_no_note():
    assert idle() == []


def test_a_facility_open_longer_than_its_only_fuel_comes_can_never_run():
    # 8000 of 8500 h: 94 % of the husk at most, and husk has no price
    (note,) = idle(facilities={"boiler": {**BOILER, "hours": 8500}})
    assert note.startswith("boiler can never run: exchanges can meet at most 94% of the husk it takes")
    assert "smelter > boiler: husk shares 8000 of its 8500 hours" in note


def test_fuel_that_can_be_bought_for_the_rest_is_no_note():
    assert idle(resources__husk={**HUSK, "price": 9}, facilities={"boiler": {**BOILER, "hours": 8500}}) == []


def test_steam_nobody_takes_all_the_time_and_nobody_may_dump_stops_a_boiler():
    # the mill takes in 7000 of 8000 h: 88 %; the smelter's own steam is on demand and needs no outlet
    changes = {"resources__steam__discharge": None, "plants__smelter__sources__steam": {"rate": 30, "on_demand": True}}
    (note,) = idle(**changes)
    assert note.startswith("boiler can never run: exchanges can take at most 88% of the steam it gives")
    assert idle(**changes, plants__mill__hours=8000) == []


def test_a_measure_runs_as_long_as_its_plant_where_it_states_no_hours():
    # the smelter runs 8000 h; its own boiler of 30 t/h makes 240,000 t and takes 120,000 t of husk, 20 t/h give 160,000
    measure = {**BOILER, "scope": "own", "owner": "smelter"}
    park = made(resources__husk=HUSK, plants__smelter__sources__husk={"rate": 20}, facilities={"boiler": measure})
    assert park.instance.facilities["boiler"].hours["year"] == 8000
    assert park.instance.exchanges["smelter > boiler: husk"].max_share == 1
    assert idle(facilities={"boiler": measure}) == []
