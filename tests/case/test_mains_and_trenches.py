"""Mains, trenches, fluids and the ground: how a case states them."""

import json
from pathlib import Path

import pytest
import yaml
from case_texts import NETWORK_FILES, assert_said, write
from mains_cases import MILL_FIXED, STEAM_SIZES, read

from planner.case.read import read_case
from planner.case.summary import summary
from planner.errors import CaseError


def test_the_numbers_of_pipes_and_fluids(tmp_path):
    case = read(tmp_path)
    main = case.links["steam main"]
    first, second = main.sizes
    # 1 bar/km = 1e5 Pa / 1000 m; 45 um = 0.045 mm; 25.6 cm = 256 mm; 1 t/m3 = 1000 kg/m3; 1 cP = 1e-3 Pa s
    assert (main.max_pressure_drop.value, main.max_velocity.value) == (100, 30)
    assert (first.inner_diameter.value, second.inner_diameter.value) == (159, 256)
    assert first.roughness.value == pytest.approx(0.045, rel=1e-12)
    assert (first.capacity, second.capacity.value) == (None, 40)
    water = case.resources["cooling water"].fluid
    assert (water.density.value, water.viscosity.value) == pytest.approx((1000, 1e-3))
    trend = case.links["water main"].sizes[0].investment_by_capacity
    assert (trend.value, trend.unit) == (0.4, "EUR*h/m3/m")
    assert case.geography.surfaces["field"].value == 0.8
    assert case.geography.crossings[0].charge.value == 90_000


@pytest.mark.parametrize(
    ("old", "new", "field", "value"),
    [
        ("inner_diameter: 159 mm", "inner_diameter: 200", "inner_diameter", 200),
        ("inner_diameter: 159 mm", "inner_diameter: 0.2 m", "inner_diameter", 200),
        ("inner_diameter: 159 mm", "inner_diameter: 8 in", "inner_diameter", 203.2),
        ("roughness: 45 um", "roughness: 0.1", "roughness", 0.1),
        ("roughness: 45 um", "roughness: 45 µm", "roughness", 0.045),
    ],
)
def test_diameters_in_other_units(tmp_path, old, new, field, value):
    size = read(tmp_path, (old, new)).links["steam main"].sizes[0]
    assert getattr(size, field).value == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "value"),
    [("100", 100), ("100 Pa/m", 100), ("0.1 kPa/m", 100), ("1 bar/km", 100), ("2 mbar/m", 200), ("0.1 MPa/km", 100)],
)
def test_pressure_drop_in_other_units(tmp_path, text, value):
    main = read(tmp_path, ("max_pressure_drop: 1 bar/km", f"max_pressure_drop: {text}")).links["steam main"]
    assert main.max_pressure_drop.value == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    "text", ["0.28 mPa s", "0.28 mPa*s", "0.28 mPa·s", "0.28 mPas", "0.28 cP", "2.8e-4", "0.00028 kg/(m s)"]
)
def test_viscosity_in_other_units(tmp_path, text):
    fluid = read(tmp_path, ("viscosity: 1 cP", f"viscosity: {text}")).resources["cooling water"].fluid
    assert fluid.viscosity.value == pytest.approx(2.8e-4, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # of a resource counted in m3: EUR per metre and m3/h
        ("0.4", 0.4),
        ("0.4 EUR/m/(m3/h)", 0.4),
        ("0.4 EUR h/(m3 m)", 0.4),
        ("400 EUR/km/(m3/h)", 0.4),
        ("0.4 kEUR/km/(m3/h)", 0.4),
        # 1 L/s = 3.6 m3/h
        ("3.6 EUR/m/(L/s)", 1.0),
        # 10 USD at 0.9 EUR
        ("10 USD/m/(m3/h)", 9.0),
    ],
)
def test_cost_trends_in_other_units(tmp_path, text, value):
    case = read(tmp_path, ("investment_by_capacity: 0.4 EUR/m/(m3/h)", f"investment_by_capacity: {text}"))
    assert case.links["water main"].sizes[0].investment_by_capacity.value == pytest.approx(value, rel=1e-12)


def test_a_cost_trend_of_power(tmp_path):
    """EUR/(m MW) of a resource counted in MWh is EUR per metre and MWh/h."""
    case = read(
        tmp_path,
        ("capacity: 900 m3/h\n        least_capacity: 30 m3/h", "capacity: 20 MW\n        least_capacity: 500 kW"),
        ("0.4 EUR/m/(m3/h)", "0.4 EUR/(m MW)"),
        ("unit: m3, price: 0.3", "unit: MWh, price: 0.3"),
        ("carried_by: [water main],\n     fluid", "carried_by: [water main],\n     mass: 24.6, fluid"),
        ("capacity: 90 m3/h", "capacity: 9 MW"),
    )
    size = case.links["water main"].sizes[0]
    assert (size.least_capacity.value, size.investment_by_capacity.unit) == (0.5, "EUR*h/MWh/m")


def test_what_a_main_carries_and_what_lies_in_a_trench(tmp_path):
    case = read(tmp_path)
    assert case.mains() == {
        "steam main: steam": ("steam main", "steam"),
        "water main: cooling water": ("water main", "cooling water"),
    }
    # The steam pipe of single exchanges goes straight, the truck is none: neither lies in a trench.
    assert [name for name in case.links if case.in_trench(name)] == ["steam main", "water main"]
    assert case.trenches.apart == (("steam", "cooling water"),)


def test_a_pipe_need_not_lie_in_a_trench(tmp_path):
    case = read(tmp_path, ("    parallel: 2\n", "    in_trench: false\n"))
    assert [name for name in case.links if case.in_trench(name)] == ["water main"]


def test_a_resource_may_go_by_mains_only_and_a_main_may_carry_several(tmp_path):
    case = read(
        tmp_path,
        ("carried_by: [steam pipe, steam main]", "carried_by: [steam main]"),
        ("  steam pipe:\n    kind: pipe\n    along: straight", "  steam pipe:\n    kind: pipe\n    main: true"),
        ("cooling water:\n    {kind: water, unit: m3,", "cooling water:\n    {enthalpy: 0.01, kind: heat, unit: t,"),
        ("carried_by: [water main]", "carried_by: [water main, steam pipe]"),
        ("capacity: 900 m3/h", "capacity: 900 t/h"),
        ("least_capacity: 30 m3/h", "least_capacity: 30 t/h"),
        ("0.4 EUR/m/(m3/h)", "0.4"),
        ("capacity: 90 m3/h", "capacity: 90 t/h"),
    )
    assert case.mains()["steam pipe: cooling water"] == ("steam pipe", "cooling water")
    assert len(case.mains()) == 3


def test_an_exchange_may_name_mains_and_run_over_one_today(tmp_path):
    terms = "stream: steam, links: [steam main, steam pipe], existing: {link: steam main, capacity: 9 t/h}, twins: 2,"
    case = read(tmp_path, ("stream: steam,", terms), MILL_FIXED)
    assert case.exchanges[0].existing.capacity.value == 9


def test_sizes_of_mains_from_a_table(tmp_path):
    table = (
        "size,inner_diameter,inner_diameter.source,inner_diameter.grade,roughness,capacity,investment,loss\n"
        "DN 150,159 mm,EN 10220,A,45 um,,260 EUR/m,60\nDN 250,256,EN 10220,A,,40 t/h,420,85\n"
    )
    case = read(tmp_path, (f"    sizes:\n{STEAM_SIZES}", "    sizes: pipes.csv\n"), files={"pipes.csv": table})
    first, second = case.links["steam main"].sizes
    assert (first.inner_diameter.source, first.inner_diameter.grade) == ("EN 10220", "A")
    assert (first.capacity, second.capacity.value, second.roughness) == (None, 40, None)


def test_the_summary_lists_mains_and_trenches(tmp_path):
    text = summary(read(tmp_path, ("    max_pressure_drop: 1 bar/km\n", "")))
    # DN 150: pi/4 x 0.159^2 m2 x 30 m/s x 3600 s/h x 0.006 t/m3 = 12.87 t/h; DN 250, of 0.256 m: 33.35 < 40 t/h.
    main = "  main steam main: steam (2 sizes: DN 150 12.87 t/h, DN 250 33.35 t/h), 2 side by side at most, in trenches"
    assert f"{main}; already there: old ring" in text
    assert "  main water main: cooling water (1 size: trend 900 m3/h), in trenches; already there: old duct" in text
    assert "  trenches at 350 EUR/m, shared by the pipes in them: steam main, water main" in text
    assert "    never in one trench: steam and cooling water" in text


def test_existing_mains_are_drawn_or_named(tmp_path):
    layer = json.loads(NETWORK_FILES["railway.geojson"])
    layer["features"][0]["properties"] = {"name": "old ring", "link": "steam main", "resource": "steam"}
    layer["features"][0]["geometry"]["coordinates"] = [[5e5, 6e6], [5e5 + 900, 6e6]]
    pipes = {"pipes.geojson": json.dumps(layer)}
    drawn = ("  corridors: corridors", "  existing_mains: pipes.geojson\n  corridors: corridors")
    nothing_named = ("  old ring: {link: steam main, resource: steam, along: [ring road], size: DN 150}\n", "")
    case = read(tmp_path, drawn, nothing_named, files=pipes)
    assert case.existing_mains["old ring"].resource == "steam"
    layer["features"][0]["properties"]["resource"] = "ash"
    with pytest.raises(CaseError) as caught:
        read(tmp_path, drawn, nothing_named, files={"pipes.geojson": json.dumps(layer)})
    assert_said(caught.value, ["pipes.geojson  existing_mains.old ring.resource", "steam main does not carry ash"])


def test_the_example_of_the_guide_is_a_case(tmp_path):
    """Its sections, with the rest a case needs, are read without a fault."""
    guide = (Path(__file__).parents[2] / "docs" / "guide.md").read_text(encoding="utf-8")
    example = yaml.safe_load(guide.split("## 7.")[1].split("```yaml\n")[1].split("```")[0])
    del example["links"]["heat main"]["max_pressure_drop"]
    example["geography"] |= {"plots": None, "corridors": "corridors.geojson"}
    for name in ("drinking water", "wastewater"):
        example["resources"][name] = {"kind": "water", "unit": "m3"}
    tenant = {"area": 3, "hours": 8000}
    case = {
        "case": "guide",
        "crs": "EPSG:25832",
        "currency": "EUR",
        "price_year": 2025,
        "economics": {"discount_rate": 0.08},
        "plots": {"P1": {"area": 9}, "P2": {"area": 9}},
        "plants": {
            "giver": tenant | {"sources": {"hot water": {"rate": "3 MW", "on_demand": True}}},
            "taker": tenant | {"sinks": {"hot water": {"rate": "2 MW"}}},
        },
    }
    corridors = NETWORK_FILES["corridors.geojson"].replace("ring road", "main street").replace("dyke", "mill lane")
    files = {"corridors.geojson": corridors, "railway.geojson": NETWORK_FILES["railway.geojson"]}
    text = yaml.safe_dump(case | example, sort_keys=False)
    read_again = read_case(write(tmp_path, text, files))
    assert read_again.mains() == {"heat main: hot water": ("heat main", "hot water")}
    assert [name for name in read_again.links if read_again.in_trench(name)] == ["heat main", "heat pipe"]
    # DN 250 at 2 m/s: pi/4 x 0.263^2 m2 x 2 m/s x 3600 s/h x 0.972 t/m3 / 24.6 t/MWh = 15.45 MWh/h
    assert "DN 250 15.45 MWh/h" in summary(read_again)


def test_a_crossing_may_be_free_but_for_what_its_layer_says(tmp_path):
    railway = NETWORK_FILES["railway.geojson"].replace('"name": "railway"', '"extra_length": 40', 1)
    assert railway != NETWORK_FILES["railway.geojson"]
    case = read(tmp_path, (", charge: 90 kEUR", ""), files={"railway.geojson": railway})
    assert case.geography.crossings[0].charge is None
