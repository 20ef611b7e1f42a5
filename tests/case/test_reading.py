"""Reading a case as a whole: public names, schema, summary, closure, and what is not loaded."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from case_texts import changed, write

import planner
from planner.case.closure import closure
from planner.case.pairs import pairs
from planner.case.read import read_case
from planner.case.schema import SCHEMA_FILE, schema
from planner.case.summary import summary
from planner.errors import CaseError, GeometryError

ROOT = Path(__file__).parents[2]


def run(code: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run Python in a fresh interpreter."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
    )


def test_importing_the_planner_loads_nothing_heavy():
    heavy = "{'pydantic', 'pandas', 'geopandas', 'pyomo', 'pint', 'yaml', 'numpy', 'scipy', 'highspy'}"
    done = run(f"import sys, planner; print(sorted({heavy} & set(sys.modules)))")
    assert done.stdout == "[]\n", done.stderr


def test_a_case_without_maps_loads_no_geographic_library(tmp_path):
    write(tmp_path)
    heavy = "{'geopandas', 'pandas', 'pyproj'}"
    done = run(f"import sys, planner; planner.read_case({str(tmp_path)!r}); print({heavy} & set(sys.modules))")
    assert done.stdout == "set()\n", done.stderr


def test_pint_is_loaded_only_for_units_that_must_be_converted(tmp_path):
    case = "case: x\ncurrency: EUR\nprice_year: 2025\neconomics: {discount_rate: 0.1}\n"
    case += "resources: {ash: {kind: material, unit: t}}\n"
    case += "plants: {a: {area: 3 ha, sources: {ash: {rate: 3 t/h, on_demand: true}}}}\nplots: {P: {area: 9}}\n"
    write(tmp_path, case)
    done = run(f"import sys, planner; planner.read_case({str(tmp_path)!r}); print('pint' in sys.modules)")
    assert done.stdout == "False\n", done.stderr


def test_public_names():
    assert len(planner.__all__) < 10
    assert planner.read_case is read_case
    assert planner.CaseError is CaseError
    assert "solve" in dir(planner)
    with pytest.raises(AttributeError, match="no attribute 'plan'"):
        _ = planner.plan


def test_a_foreign_package_called_models_is_explained(tmp_path):
    (tmp_path / "models.py").write_text("", encoding="utf-8")
    done = run(f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import planner", tmp_path)
    assert done.returncode != 0
    assert "another 'models' in front of its own" in done.stderr
    assert "models.py" in done.stderr


def test_the_committed_schema_is_the_generated_one():
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema()


def test_the_schema_describes_what_may_be_written():
    described = json.loads(schema())
    parts = described["$defs"]
    assert described["$schema"].startswith("https://json-schema.org/")
    assert set(parts["Case"]["required"]) >= {"case", "currency", "price_year", "economics", "resources", "plants"}
    assert described["additionalProperties"] is False
    # A supply and what is forgone may be written flat, so unknown keys are amounts.
    assert parts["Supply"]["additionalProperties"]["oneOf"]
    assert parts["Forgone"]["additionalProperties"] == {"$ref": "#/$defs/PerUnit"}
    # Sizes may be the name of a table.
    assert {"type": "string"} in parts["Link"]["properties"]["sizes"]["anyOf"]
    # Every value may be a number, text, or a mapping.
    assert [kind["type"] for kind in parts["PerUnit"]["anyOf"]] == ["number", "string", "object"]
    mapping = parts["Rate"]["anyOf"][2]
    assert [one["required"] for one in mapping["anyOf"]] == [["value"], ["periods"], ["profile"]]
    assert mapping["properties"]["periods"]["type"] == "object"
    assert parts["PerUnit"]["anyOf"][2]["required"] == ["value"]
    assert "{unit}/h" in parts["Rate"]["description"]
    assert parts["Substitution"]["required"] == ["from", "to"]


def test_all_faults_come_at_once_in_the_order_of_the_file(tmp_path):
    text = changed(
        ("zone: heavy", "zone: hevy"),
        ("rate: 25 t/h", "rate: 25 MW"),
        ("carried_by: [truck]", "carried_by: [truk]"),
        ("size: DN 200", "size: DN 100"),
        ("coverage: 80 %", "coverage: 0"),
    )
    with pytest.raises(CaseError) as caught:
        read_case(write(tmp_path, text))
    fields = [fault.field for fault in caught.value.faults]
    assert fields == [
        "resources.ash.carried_by[1]",
        "plants.mill.zone",
        "plants.mill.sinks.steam.rate",
        "plants.garden.coverage",
        "links.steam pipe.sizes[2].size",
    ]


def test_a_wrong_name_is_said_once_and_not_what_follows_from_it(tmp_path):
    # Without the sink of steam no exchange fits; that follows and is not said.
    text = changed(("      steam: {rate: 25 t/h", "      stem: {rate: 25 t/h"))
    with pytest.raises(CaseError) as caught:
        read_case(write(tmp_path, text))
    assert [fault.message for fault in caught.value.faults] == ['no such resource; did you mean "steam"?']


def test_flat_and_nested_supply_are_the_same(tmp_path):
    text = changed(
        ("{gas: {efficiency: 90 %}, cost: 1.5 EUR/t}", "{inputs: {gas: {efficiency: 90 %}}, cost: 1.5 EUR/t}"),
        ("forgoes: {power: 0.1}", "forgoes: {flows: {power: 0.1}}"),
    )
    assert read_case(write(tmp_path, text)) == read_case(write(tmp_path))


def test_own_streams_need_no_price_of_their_own(tmp_path):
    # Lime of the kiln could be had and got rid of by nobody else, but the kiln uses its own.
    text = changed(
        ("plants:\n", "  lime: {kind: material, unit: t}\nplants:\n"),
        (
            "      ash: {rate: 48 t/d}\n    sinks:\n",
            "      ash: {rate: 48 t/d}\n      lime: {rate: 1}\n    sinks:\n      lime: {rate: 1}\n",
        ),
    )
    assert read_case(write(tmp_path, text))


@pytest.mark.parametrize(("limit", "right"), [("16000 t/yr", True), ("15999 t/yr", False)])
def test_a_sale_disposes_of_a_source_if_its_limit_is_large_enough(tmp_path, limit, right):
    # 48 t/d = 2 t/h over 8000 h = 16 000 t/yr.
    sale = f"sale: {{price: 1, limit: {limit}}}"
    folder = write(tmp_path, changed(("discharge: {route: landfill, cost: 85, waste: inert}", sale)))
    if right:
        assert read_case(folder)
    else:
        with pytest.raises(CaseError, match="could not be disposed of"):
            read_case(folder)


def test_pairs_are_the_same_resource_or_declared(tmp_path):
    text = changed(
        ("exchanges:\n", "exchanges:\n  - {from: boiler, to: mill, forbidden: true}\n"),
        ("sources:\n  tariff", "# end\nsources:\n  tariff"),
    )
    found = {
        (p.outlet.unit, p.outlet.name, p.inlet.unit, p.inlet.name): p.own
        for p in pairs(read_case(write(tmp_path, text)))
    }
    assert found == {
        ("kiln", "steam", "mill", "steam"): False,
        ("kiln", "steam", "garden", "hot steam"): False,
        ("kiln", "ash", "mill", "clay"): False,
        ("boiler", "steam", "garden", "hot steam"): False,
        ("saver", "steam", "mill", "steam"): True,  # a measure of the mill
        ("saver", "steam", "garden", "hot steam"): False,
    }


def test_a_ratio_joins_two_resources_between_two_ends(tmp_path):
    exchange = "exchanges:\n  - {from: kiln, to: garden, stream: ash, into: hot steam, ratio: 0.1}\n"
    case = read_case(write(tmp_path, changed(("exchanges:\n", exchange))))
    assert ("kiln", "garden") in {(p.outlet.unit, p.inlet.unit) for p in pairs(case) if p.outlet.name == "ash"}
    assert case.exchanges[0].ratio.unit == "t/t"


PAPER = "    zone: heavy\n    product: {name: paper, output: %s}"


def test_mass_that_does_not_close_is_listed(tmp_path):
    # In: 15 200 t/yr of clay; steam is heat, no mass. Out: 19 000 t/yr of product. -3800 / 19 000 = -20 %.
    case = read_case(write(tmp_path, changed(("    zone: heavy", PAPER % "19 kt/yr"))))
    (row,) = [row for row in closure(case) if row.plant == "mill"]
    assert (row.what, row.into, row.out) == ("mass", pytest.approx(15_200), 19_000)
    assert row.difference == pytest.approx(-3_800)
    assert row.share == pytest.approx(-0.2)
    assert not row.closes
    text = summary(case)
    assert "differ by more than 10%" in text
    assert "mill: mass in 15 200 t/yr, out 19 000 t/yr (-20% of the larger)" in text


def test_closure_within_the_tolerance_is_no_warning(tmp_path):
    case = read_case(write(tmp_path, changed(("    zone: heavy", PAPER % "14 kt/yr"))))
    assert [row.closes for row in closure(case) if row.plant == "mill"] == [True]  # 1200 / 15 200 = 7.9 %
    assert "warning" not in summary(case)


def test_steam_counts_as_mass_where_its_resource_says_so(tmp_path):
    # 15 200 + 25 t/h x 7600 h = 205 200 t/yr in.
    mass = ("enthalpy: 0.65 MWh/t,", "enthalpy: 0.65 MWh/t, mass: 1,")
    case = read_case(write(tmp_path, changed(mass, ("    zone: heavy", PAPER % "200 kt/yr"))))
    assert [row.into for row in closure(case) if row.plant == "mill"] == [pytest.approx(205_200)]


def test_water_closes_in_cubic_metres(tmp_path):
    water = "  water: {kind: water, unit: m3, price: 1, discharge: {route: sewer}}\n"
    sludge = "  sludge: {kind: material, unit: t, water: 0.8, discharge: {route: field}}\n"
    given = "      ash: {rate: 48 t/d}\n"
    taken = "      gas: {rate: 40 MW}"
    text = changed(
        ("plants:\n", water + sludge + "plants:\n"),
        (taken, taken + "\n      water: {rate: 100}"),
        (given, given + "      water: {rate: 60}\n      sludge: {rate: 10}\n"),
    )
    rows = {(row.plant, row.what): row for row in closure(read_case(write(tmp_path, text)))}
    # In 100 m3/h; out 60 + 10 t/h x 0.8 m3/t = 68 m3/h; 8000 h.
    row = rows["kiln", "water"]
    assert (row.into, row.out, row.unit) == (pytest.approx(800_000), pytest.approx(544_000), "m3/yr")


def test_nothing_declared_on_one_side_is_silent(tmp_path):
    # The garden has no source and no product: it takes 2 t/h of steam and gives nothing that is declared.
    assert "garden" not in {row.plant for row in closure(read_case(write(tmp_path)))}


def test_the_summary_says_what_partners_outside_give_and_need(tmp_path):
    works = "crs: EPSG:25832\npartners:\n  works: {at: {x: 9, y: 9}, sources: {ash: {rate: 3 t/h}}}\n"
    text = summary(read_case(write(tmp_path, changed(("plants:\n", works + "plants:\n")))))
    assert "works (outside)\n    gives ash: 26 280 t/yr" in text  # 3 t/h x 8760 h


def test_the_summary_says_what_is_there_and_what_could_be_exchanged(tmp_path):
    text = summary(read_case(write(tmp_path)))
    assert "3 plants, of these 1 optional and 1 at a fixed plot" in text
    assert "2 optional facilities, of these 1 own measure" in text
    assert "gives ash: 16 000 t/yr" in text
    assert "needs hot steam (steam): 16 080 t/yr" in text
    assert "kiln / ash -> mill / clay (ash for clay, ratio 0.9), by truck" in text
    assert "saver / steam -> mill / steam, within the plant" in text


def plots_layer(folder: Path, names: tuple[str, ...] = ("P1", "P2", "P3")) -> None:
    """Squares of 200 m side by side."""
    features = []
    for index, name in enumerate(names):
        x, y = 400_000 + 300 * index, 5_700_000
        ring = [[x, y], [x + 200, y], [x + 200, y + 200], [x, y + 200], [x, y]]
        features.append(
            {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        )
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
    layer = {"type": "FeatureCollection", "crs": crs, "features": features}
    (folder / "plots.geojson").write_text(json.dumps(layer), encoding="utf-8")


def test_plots_of_a_layer_join_those_of_the_case(tmp_path):
    plots_layer(tmp_path, ("P1", "P2", "P3", "P4"))
    geography = ("plots:\n  P1", "crs: EPSG:25832\ngeography: {plots: plots.geojson}\nplots:\n  P1")
    case = read_case(write(tmp_path, changed(geography)))
    assert set(case.plots) == {"P1", "P2", "P3", "P4"}
    assert case.plots["P1"].price.value == pytest.approx(200_000)
    assert len(case.layer("plots")) == 4
    assert case.layer("corridors") is None


def test_a_resolved_case_agrees_with_its_layers(tmp_path):
    plots_layer(tmp_path)
    pipe = {"name": "old", "from": "P1", "to": "P2", "link": "steam pipe", "resources": "steam", "capacity": 12}
    line = {"type": "LineString", "coordinates": [[400_200, 5_700_100], [400_300, 5_700_100]]}
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
    features = [{"type": "Feature", "properties": pipe, "geometry": line}]
    layer = {"type": "FeatureCollection", "crs": crs, "features": features}
    (tmp_path / "pipes.geojson").write_text(json.dumps(layer), encoding="utf-8")
    geography = "crs: EPSG:25832\ngeography: {plots: plots.geojson, existing_pipes: pipes.geojson}\n"
    case = read_case(write(tmp_path, changed(("plots:\n  P1", geography + "plots:\n  P1"))))
    assert case.existing_pipes["old"].capacity.unit == "t/h"
    assert case.existing_pipes["old"].length.value == pytest.approx(100)
    assert read_case(write(tmp_path, case.resolved())) == case


def test_a_fault_of_a_layer_is_a_geometry_error(tmp_path):
    (tmp_path / "plots.geojson").write_text("{}", encoding="utf-8")
    geography = ("plots:\n  P1", "crs: EPSG:25832\ngeography: {plots: plots.geojson}\nplots:\n  P1")
    with pytest.raises(GeometryError) as caught:
        read_case(write(tmp_path, changed(geography)))
    assert caught.value.faults[0].file == "plots.geojson"


def test_a_faulty_layer_does_not_hide_other_faults(tmp_path):
    (tmp_path / "plots.geojson").write_text("{}", encoding="utf-8")
    geography = ("plots:\n  P1", "crs: EPSG:25832\ngeography: {plots: plots.geojson}\nplots:\n  P1")
    with pytest.raises(CaseError) as caught:
        read_case(write(tmp_path, changed(geography, ("peak_factor: 1.2", "peak_factor: 0.2"))))
    assert {fault.file for fault in caught.value.faults} == {"plots.geojson", "case.yaml"}


def test_a_case_cannot_be_changed(tmp_path):
    case = read_case(write(tmp_path))
    with pytest.raises(ValueError, match="frozen"):
        case.currency = "USD"
