"""A facility that can be built and never run is said so: nothing else in a plan would show it."""

from assemble_park import made

BOILER = {
    "unit": "t",
    "inputs": {"husk": 0.5},
    "outputs": {"steam": 1},
    "investment": [{"capacity": 30, "investment": 1e6}],
}
HUSK = {"kind": "material", "unit": "t", "carried_by": ["pipe"], "discharge": {"route": "dump"}}
HALF = [{"from": "smelter", "to": "boiler", "max_share": 0.5}]


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


def test_a_facility_open_longer_than_its_only_fuel_comes_is_built_larger():
    # it runs in the 8000 of 8500 h in which there is husk, at its full capacity
    assert idle(facilities={"boiler": {**BOILER, "hours": 8500}}) == []


def test_a_facility_of_whose_fuel_half_may_come_can_never_run():
    # husk has no price, and the only exchange may meet half of the need
    (note,) = idle(exchanges=HALF)
    assert note.startswith("boiler can never run: exchanges can meet at most 50% of the husk it takes")


def test_fuel_that_can_be_bought_for_the_rest_is_no_note():
    assert idle(resources__husk={**HUSK, "price": 9}, exchanges=HALF) == []


def test_steam_that_nobody_may_take_or_dump_stops_a_boiler():
    # the smelter's own steam is on demand and needs no outlet
    changes = {"resources__steam__discharge": None, "plants__smelter__sources__steam": {"rate": 30, "on_demand": True}}
    (note,) = idle(**changes, exchanges=[{"from": "boiler", "to": "mill", "forbidden": True}])
    assert note.startswith("boiler can never run: no exchange can take the steam it gives")
    assert idle(**changes) == []


def test_a_measure_runs_as_long_as_its_plant_where_it_states_no_hours():
    # the smelter runs 8000 h; its own boiler of 30 t/h makes 240,000 t and takes 120,000 t of husk, 20 t/h give 160,000
    measure = {**BOILER, "scope": "own", "owner": "smelter"}
    park = made(resources__husk=HUSK, plants__smelter__sources__husk={"rate": 20}, facilities={"boiler": measure})
    assert park.instance.facilities["boiler"].hours["year"] == 8000
    assert park.instance.exchanges["smelter > boiler: husk"].max_share == 1
    assert idle(facilities={"boiler": measure}) == []


def test_a_facility_that_is_left_out_is_named_once():
    nowhere = {**BOILER, "plots": ["P1"], "area": 1e6}
    park = made(resources__husk=HUSK, plants__smelter__sources__husk={"rate": 20}, facilities={"boiler": nowhere})
    (note,) = (note for note in park.notes if note.startswith("boiler "))
    assert note.startswith("boiler is left out: there is no plot")
