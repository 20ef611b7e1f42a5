"""What archetypes fill into a case, by hand; what the plant says itself wins."""

import pytest
from archetype_cases import HEAD, RESOURCES, case_of, per_year, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.case.read import read_case
from planner.library.archetypes import library

BREWERY = '  works: {archetype: "brewery, 200000 hl/yr"}\n'


def brewery(tmp_path, more: str = "", **changes: str):
    """A brewery of 200,000 hl/yr with more of its own."""
    terms = "".join(f", {name}: {text}" for name, text in changes.items())
    text = f"  works:\n    archetype: {{name: brewery, size: 200000 hl/yr{terms}}}\n{more}"
    return case_of(tmp_path, text)


def test_a_brewery_by_hand(tmp_path):
    case = case_of(tmp_path, BREWERY)
    works = case.plants["works"]
    # 4.3 hl/hl x 200,000 hl/yr = 860,000 hl = 86,000 m3; 5.2 of 2008: 104,000 m3; no low end is known
    water = per_year(case, "works", "sinks", "fresh water")
    assert water[0] == pytest.approx(86_000)
    assert water[1] is None
    assert water[2] == pytest.approx(104_000)
    # 207 MJ/hl x 0.3 = 62.1 MJ/hl x 200,000 / 3600 MJ/MWh = 3,450 MWh
    assert per_year(case, "works", "sinks", "power")[0] == pytest.approx(3450)
    # steam: 207 x 0.7 x 0.9 x 0.6 = 78.2 MJ/hl -> 4,344.4 MWh; hot water: 52.2 MJ/hl -> 2,900 MWh
    assert per_year(case, "works", "sinks", "steam 4 bar")[0] == pytest.approx(78.2 * 200_000 / 3600)
    assert per_year(case, "works", "sinks", "hot water")[0] == pytest.approx(2900)
    # 16 kg/hl x 200,000 = 3,200 t; 2.2, 2.85 and 3.5 hl/hl = 44,000, 57,000 and 70,000 m3
    assert per_year(case, "works", "sources", "spent grain")[0] == pytest.approx(3200)
    assert per_year(case, "works", "sources", "wastewater") == pytest.approx((57_000, 44_000, 70_000))
    # 17.5 MJ/hl of warm water = 972.2 MWh
    assert per_year(case, "works", "sources", "warm water")[0] == pytest.approx(17.5 * 200_000 / 3600)
    assert (works.hours.value, works.area.value, works.jobs.value) == (7000, 3, 60)
    assert (works.product.name, works.product.output.value, works.product.unit) == ("beer", 200_000, "hl")
    # a kettle of 90 %: 1 / 0.9 MWh of gas per MWh
    supply = works.sinks["steam 4 bar"].supplied_today_by.inputs["natural gas"]
    assert supply.value == pytest.approx(1 / 0.9)
    assert case.resources["steam 4 bar"].heat.steam.value == 4
    assert case.resources["hot water"].heat.supply.value == 90


def test_a_plant_of_twice_the_size_takes_and_gives_twice_as_much(tmp_path):
    one = case_of(tmp_path, BREWERY).plants["works"]
    two = case_of(tmp_path, BREWERY.replace("200000", "400000")).plants["works"]
    for side in ("sinks", "sources"):
        for name, stream in getattr(one, side).items():
            assert getattr(two, side)[name].rate.value == pytest.approx(2 * stream.rate.value), name
    assert two.area.value == pytest.approx(2 * one.area.value)
    assert two.hours == one.hours


def test_grade_source_and_basis_reach_every_number(tmp_path):
    works = case_of(tmp_path, BREWERY).plants["works"]
    water, grain = works.sinks["fresh water"].rate, works.sources["spent grain"].rate
    assert (water.basis, water.grade, water.source) == ("archetype", "A", "archetype edie")
    assert (grain.basis, grain.grade, grain.source) == ("archetype", "B", "archetype boe")
    assert (works.area.basis, works.area.grade, works.area.source) == ("archetype", "C", "archetype assumption")
    assert "4.3 hl/hl x 200000 hl/yr" in water.note


def test_documents_are_cited_in_the_case(tmp_path):
    sources = case_of(tmp_path, BREWERY).sources
    assert sources["archetype edie"].year == 2013
    assert sources["archetype fdmbat"].note == "named, not opened"
    assert "archetype uls" not in sources


def test_a_size_of_a_grade_and_range_of_its_own(tmp_path):
    size = "{value: 200000 hl/yr, low: 150000, high: 220000, grade: B, source: letter of intent}"
    case = case_of(tmp_path, f"  works: {{archetype: {{name: brewery, size: {size}}}}}\n")
    rate = case.plants["works"].sinks["fresh water"].rate
    # worse of A and B; 4.3 x 150,000 and 5.2 x 220,000
    assert rate.grade == "B"
    assert per_year(case, "works", "sinks", "fresh water") == pytest.approx((86_000, 64_500, 114_400))
    output = case.plants["works"].product.output
    assert (output.low, output.grade, output.source, output.basis) == (150_000, "B", "letter of intent", None)


# -- what the plant says itself


def test_own_fields_of_a_stream_win_one_by_one(tmp_path):
    own = "    sources: {spent grain: {discharge: {route: own fields, cost: -5}}}\n"
    own += (
        "    sinks: {fresh water: {rate: {value: 12 m3/h, grade: A, basis: metered}}, hot water: {peak_factor: 1.4}}\n"
    )
    case = brewery(tmp_path, own)
    works = case.plants["works"]
    grain = works.sources["spent grain"]
    assert (grain.discharge.route, grain.discharge.cost.value) == ("own fields", -5)
    assert grain.rate.basis == "archetype"
    assert works.sinks["fresh water"].rate.basis == "metered"
    assert works.sinks["fresh water"].rate.value == 12
    assert works.sinks["fresh water"].rate.high is None
    hot = works.sinks["hot water"]
    assert (hot.peak_factor.value, hot.rate.basis) == (1.4, "archetype")
    assert hot.supplied_today_by is not None


def test_own_fields_of_the_plant_win(tmp_path):
    works = brewery(
        tmp_path, "    hours: 5000 h/yr\n    area: 2 ha\n    product: {name: ale, output: 9, unit: t}\n"
    ).plants
    assert (works["works"].hours.value, works["works"].area.value) == (5000, 2)
    assert works["works"].product.name == "ale"
    assert works["works"].jobs.basis == "archetype"
    # a year's amount is spread over the hours that the plant states: 86,000 m3 / 5,000 h
    assert works["works"].sinks["fresh water"].rate.value == pytest.approx(17.2)


def test_a_stream_of_another_name_but_the_same_resource_is_that_stream(tmp_path):
    own = "    sinks: {brewing water: {resource: fresh water, rate: 50000 m3/yr}}\n"
    sinks = brewery(tmp_path, own).plants["works"].sinks
    assert "fresh water" not in sinks
    assert sinks["brewing water"].rate.basis is None


def test_two_own_streams_of_a_resource_say_all_of_it(tmp_path):
    own = "    sinks: {a: {resource: fresh water, rate: 5 m3/h}, b: {resource: fresh water, rate: 6 m3/h}}\n"
    sinks = brewery(tmp_path, own).plants["works"].sinks
    assert [name for name in sinks if (sinks[name].resource or name) == "fresh water"] == ["a", "b"]


def test_stops_and_days_are_the_plants_own(tmp_path):
    assert brewery(tmp_path, "    stops: 500 h/yr\n").plants["works"].hours is None
    # 250 days hold 6,000 h, less than the 7,000 h of the archetype
    hours = brewery(tmp_path, "    days: 250 d/yr\n").plants["works"].hours
    assert (hours.value, hours.low, hours.high) == (6000, 5500, 6000)


def test_process_heat_of_the_plant_is_all_its_heat(tmp_path):
    own = "    process_heat:\n      streams: {wort: {from: 60, to: 95, load: 1 MW}}\n"
    own += "      takes: {hot water: {supplied_today_by: {natural gas: {efficiency: 85 %}}}}\n"
    resources = RESOURCES + "  hot water: {kind: heat, unit: MWh, heat: {supply: 110 degC, return: 60 degC}}\n"
    text = f"  works:\n    archetype: {{name: brewery, size: 200000 hl/yr}}\n{own}"
    works = case_of(tmp_path, text, resources).plants["works"]
    assert set(works.sinks) == {"fresh water", "power", "malt"}
    assert "warm water" not in works.sources


def test_operations_of_the_plant_are_all_its_water(tmp_path):
    resources = RESOURCES + "  wastewater: {kind: water, unit: m3, discharge: {route: sewer, cost: 2}}\n"
    own = "    operations: {washing: {takes: fresh water, gives: wastewater, load: {COD: 9 kg/h}, max_flow: 9 m3/h}}\n"
    more = "qualities: {COD: {unit: mg/L}}\n"
    resources = resources.replace("fresh_water: true}", "fresh_water: true, quality: {COD: 0}}")
    text = f"  works:\n    archetype: {{name: brewery, size: 200000 hl/yr}}\n{own}"
    works = case_of(tmp_path, text, resources, more).plants["works"]
    assert "fresh water" not in works.sinks
    assert "wastewater" not in works.sources


# -- names


def test_names_and_without(tmp_path):
    resources = RESOURCES + "  brewers grain of ours: {kind: material, unit: t, price: 30, carried_by: []}\n"
    terms = "names: {spent grain: brewers grain of ours}, without: [malt, fermentation CO2, jobs]"
    text = f"  works: {{archetype: {{name: brewery, size: 200000 hl/yr, {terms}}}}}\n"
    case = case_of(tmp_path, text, resources)
    works = case.plants["works"]
    assert works.sources["brewers grain of ours"].rate.value == pytest.approx(3200 / 7000)
    # the case says of it neither discharge nor sale: the usual one is filled in
    assert works.sources["brewers grain of ours"].discharge.route == "animal feed"
    assert not {"spent grain", "fermentation CO2"} & works.sources.keys()
    assert "malt" not in works.sinks
    assert works.jobs is None
    assert not {"spent grain", "malt", "fermentation CO2"} & case.resources.keys()


def test_synonyms_are_found_and_said(tmp_path):
    resources = RESOURCES.replace("  power:", "  Electricity:").replace("  fresh water:", "  town water:")
    case = case_of(tmp_path, BREWERY, resources)
    works = case.plants["works"]
    assert {"Electricity", "town water"} <= works.sinks.keys()
    assert works.archetype.names == {"fresh water": "town water", "power": "Electricity"}
    assert "power" not in case.resources


def test_two_that_could_be_meant_are_neither(tmp_path):
    resources = RESOURCES.replace("  power:", "  electricity: {kind: power, unit: MWh, price: 90}\n  grid power:")
    with pytest.raises(Exception, match="power could not be had without an exchange"):
        case_of(tmp_path, BREWERY, resources)


@pytest.mark.parametrize(("bar", "is_it"), [(3.9, False), (4, True), (16, True)])
def test_steam_of_the_case_is_taken_where_it_is_hot_enough(tmp_path, bar, is_it):
    resources = RESOURCES + f"  steam: {{kind: heat, unit: MWh, heat: {{steam: {bar} bar}}, price: 45}}\n"
    works = case_of(tmp_path, BREWERY, resources).plants["works"]
    assert ("steam" in works.sinks) == is_it
    assert ("steam 4 bar" in works.sinks) != is_it
    if is_it:  # it has a price: no boiler of one's own
        assert works.sinks["steam"].supplied_today_by is None


def test_steam_given_must_be_no_hotter_than_it_is(tmp_path):
    text = '  works: {archetype: "copper smelter, 500000 t/yr"}\n'
    for bar, name in ((10, "steam"), (16, "steam 12 bar")):
        resources = RESOURCES + f"  steam: {{kind: heat, unit: MWh, heat: {{steam: {bar} bar}}}}\n"
        assert set(case_of(tmp_path, text, resources).plants["works"].sources) == {name}


def test_heat_is_converted_into_the_unit_of_the_case(tmp_path):
    resources = RESOURCES + "  steam: {kind: heat, unit: t, enthalpy: 2340 MJ/t, price: 30}\n"
    case = case_of(tmp_path, BREWERY, resources)
    # 78.2 MJ/hl x 200,000 hl / 2,340 MJ/t = 6,683.8 t
    assert per_year(case, "works", "sinks", "steam")[0] == pytest.approx(78.2 * 200_000 / 2340)
    # of a level without enthalpy: latent heat by IAPWS-IF97, 2,133.4 MJ/t at 4 bar
    resources = RESOURCES + "  steam: {kind: heat, unit: t, heat: {steam: 4 bar}, price: 30}\n"
    case = case_of(tmp_path, BREWERY, resources)
    assert per_year(case, "works", "sinks", "steam")[0] == pytest.approx(78.2 * 200_000 / 2133.4, rel=1e-4)


# -- resources


def test_what_the_case_lacks_is_added_without_a_price(tmp_path):
    resources = case_of(tmp_path, BREWERY).resources
    grain = resources["spent grain"]
    assert (grain.kind, grain.unit, grain.price, grain.waste_code) == ("material", "t", None, "02 07 04")
    assert grain.discharge.route == "animal feed"
    assert grain.discharge.cost is None
    assert "archetype of works" in grain.note


def test_kind_and_unit_may_be_left_to_the_archetype(tmp_path):
    resources = "resources:\n  fresh water: {price: 2}\n  power: {price: 100}\n  natural gas: {price: 30}\n"
    case = case_of(tmp_path, BREWERY, resources)
    assert case.resources["fresh water"].price.unit == "EUR/m3"
    assert case.resources["fresh water"].fresh_water
    assert case.resources["natural gas"].unit == "MWh"


def test_what_nobody_priced_is_free_and_said(tmp_path):
    from planner.case.archetype_notes import disposed_free, free, notes

    case = case_of(tmp_path, BREWERY)
    assert free(case) == {"malt": ["works"]}
    assert list(disposed_free(case)) == ["wastewater", "spent grain", "fermentation CO2"]
    said = list(notes(case))
    assert "malt (works)" in said[0]
    assert "spent grain (works)" in said[1]


def test_water_and_energy_need_a_price(tmp_path):
    from archetype_cases import faults_of

    faults = faults_of(tmp_path, BREWERY, "")
    assert len(faults) == 4  # water, power, and the gas of both boilers
    assert all(fault.startswith("case.yaml:8:") for fault in faults)
    assert any("fresh water could not be had" in fault for fault in faults)
    assert sum("natural gas" in fault for fault in faults) == 2


def test_what_a_wastewater_holds_is_filled_where_the_case_asks(tmp_path):
    more = "qualities: {cod: {unit: mg/L}}\n"
    content = case_of(tmp_path, BREWERY, RESOURCES, more).plants["works"].sources["wastewater"].quality["cod"]
    assert (content.mean.value, content.mean.low, content.worst.value) == (4000, 2000, 6000)
    assert content.mean.basis == "archetype"
    resources = RESOURCES + "  wastewater: {kind: water, unit: m3, discharge: {route: sewer}, quality: {cod: 300}}\n"
    assert case_of(tmp_path, BREWERY, resources, more).plants["works"].sources["wastewater"].quality == {}


# -- sizes


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ("200000 hl/yr", 200_000),
        ("20000 m3/yr", 200_000),
        ("200000 hl beer/yr", 200_000),
        ("200000", 200_000),
        # 7,000 h of the archetype are 291.667 days
        ("600 hl/d", 600 * 7000 / 24),
        ("30 hl/h", 30 * 7000),
    ],
)
def test_sizes_in_other_words(tmp_path, size, expected):
    works = case_of(tmp_path, f'  works: {{archetype: "brewery, {size}"}}\n').plants["works"]
    assert works.archetype.size.value == pytest.approx(expected)
    assert works.sinks["fresh water"].rate.value * 7000 == pytest.approx(0.43 * expected)


def test_a_size_per_day_by_the_days_of_the_plant(tmp_path):
    works = case_of(tmp_path, '  works: {archetype: "brewery, 600 hl/d", hours: 4800 h/yr, days: 200 d/yr}\n').plants[
        "works"
    ]
    assert works.archetype.size.value == 600 * 200


@pytest.mark.parametrize(
    ("archetype", "field", "value"),
    [
        ("data centre, 20 MW IT", "area", 6.0),  # 0.3 ha/MW
        ("plasterboard, 7 km2 board/yr", "jobs", 45.0),  # half of 14 million m2
        ("gigafactory, 10 GWh cell capacity/yr", "area", 20.0),
        ("electrolyser, 500 t H2/yr", "jobs", 3.0),
        ("greenhouse, 50000 m2 glass", "area", 5.75),
    ],
)
def test_sizes_of_other_kinds(tmp_path, archetype, field, value):
    works = case_of(tmp_path, f'  works: {{archetype: "{archetype}"}}\n').plants["works"]
    assert getattr(works, field).value == pytest.approx(value)


def test_a_capacity_that_is_a_rate(tmp_path):
    """2.533 MW of heat per MW of power, whatever the hours."""
    works = case_of(tmp_path, '  works: {archetype: "geothermal plant, 30 MW", hours: 4000 h/yr}\n').plants["works"]
    assert works.sources["hot water"].rate.value == pytest.approx(75.99)


# -- partners, tables, variants


def test_a_partner_outside_has_streams_and_hours_only(tmp_path):
    more = 'partners: {farm: {archetype: "greenhouse, 5 ha", at: {lon: 9, lat: 51}}}\n'
    farm = case_of(tmp_path, "  mill: {area: 1 ha}\n", RESOURCES, more).partners["farm"]
    assert farm.sinks["warm water"].rate.basis == "archetype"
    assert farm.sinks["warm water"].hours.value == 5500
    assert farm.hours.value == 8760


def test_rows_of_a_table_win(tmp_path):
    (tmp_path / "streams.csv").write_text("plant,direction,stream,rate,rate.grade\nworks,sink,power,2 MW,A\n")
    works = case_of(tmp_path, BREWERY, RESOURCES, "tables: {streams: streams.csv}\n").plants["works"]
    assert works.sinks["power"].rate.value == 2
    assert works.sinks["power"].rate.basis is None
    assert works.sinks["fresh water"].rate.basis == "archetype"


def test_variants(tmp_path):
    write(tmp_path, f"{HEAD}{RESOURCES}plants:\n{BREWERY}")
    (tmp_path / "large.yaml").write_text(
        "based_on: case.yaml\nplants: {works: {archetype: {size: 300000 hl/yr}, sinks: {power: {rate: 1 MW}}}}\n"
    )
    (tmp_path / "bare.yaml").write_text("based_on: case.yaml\nplants: {works: {archetype: ~, area: 1 ha}}\n")
    (tmp_path / "other.yaml").write_text('based_on: case.yaml\nplants: {works: {archetype: "dairy, 1000 t/yr"}}\n')
    large = read_case(tmp_path / "large.yaml").plants["works"]
    assert large.sources["spent grain"].rate.value * 7000 == pytest.approx(4800)
    assert large.sinks["power"].rate.value == 1
    bare = read_case(tmp_path / "bare.yaml")
    assert not bare.plants["works"].sinks
    assert set(bare.resources) == {"fresh water", "power", "natural gas", "kiln fuel"}
    assert read_case(tmp_path / "other.yaml").plants["works"].archetype.name == "dairy"


def test_hours_by_period_spread_what_an_archetype_takes(tmp_path):
    more = "periods: {summer: {hours: 4380}, winter: {hours: 4380}}\n"
    case = case_of(tmp_path, BREWERY, RESOURCES, more)
    from planner.case.closure import yearly_amount

    works = case.plants["works"]
    assert yearly_amount(case, works, works.sinks["fresh water"]) == pytest.approx(86_000)


@pytest.mark.parametrize("name", library().archetypes["brewery"].synonyms + ("BREWERY", "beer_brewery"))
def test_other_names_of_an_archetype(tmp_path, name):
    assert case_of(tmp_path, f'  works: {{archetype: "{name}, 1 hl/yr"}}\n').plants["works"].archetype.name == "brewery"


def test_a_plot_that_is_decided_is_large_enough(tmp_path):
    """No guess at the area of a plant may say that it does not fit where it stands."""
    works = case_of(tmp_path, '  works: {archetype: "brewery, 200000 hl/yr", plot: P1}\n').plants["works"]
    assert works.area is None
    assert works.jobs is not None


def test_another_fuel_by_name(tmp_path):
    resources = RESOURCES.replace("natural gas", "wood gas")
    works = brewery_of(tmp_path, resources, "names: {natural gas: wood gas}")
    assert set(works.sinks["hot water"].supplied_today_by.inputs) == {"wood gas"}


def test_codes_of_waste_stand_at_the_stream_where_the_resource_has_none(tmp_path):
    resources = RESOURCES + "  grain of ours: {kind: material, unit: t, discharge: {route: feed}}\n"
    works = brewery_of(tmp_path, resources, "names: {spent grain: grain of ours}")
    assert works.sources["grain of ours"].waste_code == "02 07 04"
    assert works.sources["grain of ours"].discharge is None


def brewery_of(folder, resources: str, terms: str):
    text = f"  works: {{archetype: {{name: brewery, size: 200000 hl/yr, {terms}}}}}\n"
    return case_of(folder, text, resources).plants["works"]


@pytest.mark.parametrize(("supply", "doubtful"), [(85, True), (90, False), (120, False)])
def test_a_medium_of_its_name_but_colder_is_said(tmp_path, supply, doubtful):
    from planner.case.archetype_notes import notes

    level = f"{{kind: heat, unit: MWh, heat: {{supply: {supply} degC, return: 50 degC}}}}"
    said = list(notes(case_of(tmp_path, BREWERY, f"{RESOURCES}  hot water: {level}\n")))
    text = "works takes hot water at 85 degC here, its archetype at 90 degC"
    assert any(note.startswith(text) for note in said) == doubtful


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(library().archetypes)), st.floats(0.01, 100), st.floats(0.2, 1), st.floats(1, 5))
def test_whatever_the_size_amounts_are_in_proportion_and_in_order(tmp_path, name, times, low, high):
    kind = library().archetypes[name]
    size = kind.size.typical * times
    text = f"{{value: {size!r} {kind.size.unit}, low: {size * low!r}, high: {size * high!r}}}"
    case = case_of(tmp_path, f"  works: {{archetype: {{name: {name}, size: {text}}}}}\n")
    works = case.plants["works"]
    for side in ("sinks", "sources"):
        for resource, amount in getattr(kind, side).items():
            rate = getattr(works, side)[resource].rate
            assert rate.low <= rate.value * (1 + 1e-9)
            assert rate.value <= rate.high * (1 + 1e-9)
            if amount.typical:
                assert rate.low / rate.value == pytest.approx(
                    low * amount.parts.get("low", amount.typical) / amount.typical
                )
    assert works.area.value == pytest.approx(kind.area.typical * size / kind.area.per)
    write(tmp_path, case.resolved(), "again.yaml")
    assert read_case(tmp_path / "again.yaml") == case
