"""Mains, trenches, fluids and the ground: how a case states them, and what is wrong with broken ones."""

import json
from pathlib import Path

import pytest
import yaml
from case_texts import NETWORK, NETWORK_FILES, changed, write

from planner.case.read import read_case
from planner.case.summary import summary
from planner.errors import CaseError

STEAM_SIZES = """\
      - {size: DN 150, inner_diameter: 159 mm, roughness: 45 um, investment: 260 EUR/m, loss: 60 W/m}
      - {size: DN 250, inner_diameter: 25.6 cm, capacity: 40 t/h, investment: 420 EUR/m, loss: 85 W/m}
"""
STEAM_FLUID = ", fluid: {phase: gas, density: 6 kg/m3, viscosity: 0.015 mPa*s}"
TERMS = "{from: kiln, to: mill, stream: steam,"
MILL_FIXED = ("    area: 4 ha\n    zone: heavy", "    plot: P2")


def read(folder, *changes, files=None):
    return read_case(write(folder, changed(*changes, text=NETWORK), NETWORK_FILES | (files or {})))


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


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("DN 80,,,260", ["pipes.csv:3", "sizes[2].capacity", "is missing", "inner_diameter"]),
        ("DN 80,-3,,260", ["pipes.csv:3:2", "inner_diameter", "-3", "at least 0"]),
        ("DN 80,80,9 mm,260", ["pipes.csv:3:3", "roughness", "5%", "80"]),
        ("DN 80,80 kg,,260", ["pipes.csv:3:2", "inner_diameter", "mass", "expected mm"]),
    ],
)
def test_broken_tables_of_sizes(tmp_path, row, words):
    table = f"size,inner_diameter,roughness,investment\nDN 150,159,,260\n{row}\n"
    change = (f"    sizes:\n{STEAM_SIZES}", "    sizes: pipes.csv\n")
    with pytest.raises(CaseError) as caught:
        read(tmp_path, change, ("size: DN 150}", "size: DN 150, capacity: 9}"), files={"pipes.csv": table})
    assert_said(caught.value, words)


def test_the_summary_lists_mains_and_trenches(tmp_path):
    text = summary(read(tmp_path, ("    max_pressure_drop: 1 bar/km\n", "")))
    # DN 150: pi/4 x 0.159^2 m2 x 30 m/s x 3600 s/h x 0.006 t/m3 = 12.87 t/h; DN 250, of 0.256 m: 33.35 < 40 t/h.
    main = "  main steam main: steam (2 sizes: DN 150 12.87 t/h, DN 250 33.35 t/h), 2 side by side at most, in trenches"
    assert f"{main}; already there: old ring" in text
    assert "  main water main: cooling water (1 size: trend 900 m3/h), in trenches; already there: old duct" in text
    assert "  trenches at 350 EUR/m, shared by the pipes in them: steam main, water main" in text
    assert "    never in one trench: steam and cooling water" in text


#: name -> changes of the case with mains, words that one line of the message must hold together.
BROKEN = {
    # units
    "diameter in tonnes": ([("159 mm", "159 t")], ["sizes[1].inner_diameter", "mass", "expected mm"]),
    "velocity": ([("30 m/s", "30 m3/h")], ["steam main.max_velocity", "volume / time", "expected m/s"]),
    "pressure drop": ([("1 bar/km", "1 bar")], ["max_pressure_drop", "pressure", "expected Pa/m"]),
    "density": ([("density: 6 kg/m3", "density: 6 kg/Nm3")], ["resources.steam.fluid.density", "normal volume"]),
    "viscosity": ([("viscosity: 1 cP", "viscosity: 1 mm2/s")], ["water.fluid.viscosity", "area / time", "Pa*s"]),
    "cost trend": ([("0.4 EUR/m/(m3/h)", "0.4 EUR/m")], ["investment_by_capacity", "expected EUR*h/m3/m"]),
    "trench price": ([("investment: 350 EUR/m", "investment: 350 EUR")], ["trenches.investment", "expected EUR/m"]),
    "surface": ([("road: 1.6", "road: 1.6 m")], ["geography.surfaces.road", "plain number"]),
    "charge": ([("charge: 90 kEUR", "charge: 90 kEUR/m")], ["crossings[1].charge", "money / length", "EUR"]),
    "least capacity": ([("least_capacity: 30 m3/h", "least_capacity: 30 t/h")], ["least_capacity", "expected m3/h"]),
    "capacity in the ground": ([("capacity: 90 m3/h", "capacity: 90 t/h")], ["old duct.capacity", "expected m3/h"]),
    "phase": ([("phase: gas", "phase: steam")], ["resources.steam.fluid.phase", "liquid, gas"]),
    "two in three": (
        [("apart: [[steam, cooling water]]", "apart: [[steam]]")],
        ["trenches.apart[1]", "no pair", "two names"],
    ),
    "three apart": (
        [("apart: [[steam, cooling water]]", "apart: [[steam, ash, clay]]")],
        ["trenches.apart[1]", "no pair"],
    ),
    # names
    "main misspelt": ([("main: true\n    in_trench", "mian: true\n    in_trench")], ["water main.mian", '"main"']),
    "link of a pipe there": ([("{link: water main,", "{link: watr main,")], ["old duct.link", '"water main"']),
    "size of a pipe there": ([("size: DN 150}", "size: DN 151}")], ["old ring.size", "size of steam main", "DN 150"]),
    "resource of a pipe there": ([("main, resource: steam,", "main, resource: stem,")], ["resource", '"steam"']),
    "corridor": ([("[ring road, dyke]", "[ring road, dike]")], ["old duct.along[2]", "no such corridor", '"dyke"']),
    "resource apart": ([("[[steam, cooling", "[[stem, cooling")], ["trenches.apart[1][1]", '"steam"']),
    "owner of trenches": ([("owner: holding}", "owner: holdng}")], ["trenches.owner", '"holding"']),
    "lifetime of a main": ([("steam main: 25 yr", "steem main: 25 yr")], ["lifetime.steem main", '"steam main"']),
    "lifetime of trenches": ([("trench: 60 yr", "trenches: 60 yr")], ["lifetime.trenches", '"trench"']),
    "name of two parts": ([("  old ring:", "  old / ring:")], ["existing_mains.old / ring", 'cannot hold " / "']),
    "name of a main": (
        [("  steam pipe:\n    kind: pipe\n    along: straight", "  'a: b':\n    kind: pipe\n    main: true")]
        + [("carried_by: [steam pipe,", "carried_by: ['a: b',")],
        ["links.a: b", 'cannot hold ": "'],
    ),
    "size called existing": ([("size: trend", "size: existing trend")], ["sizes[1].size", "existing trend"]),
    # mains
    "along roads": ([("    main: true\n    parallel", "    along: roads\n    main: true\n    parallel")],
                    ["links.steam main.along", "follows corridors", '"roads"']),
    "truck as a main": ([("{kind: truck, along: straight, detour: 1.3,", "{kind: truck, main: true,")],
                        ["links.truck.main", "a truck is no main"]),
    "main without sizes": ([(f"    sizes:\n{STEAM_SIZES}", "")], ["links.steam main.sizes", "a main needs"]),
    "main of nothing": ([("carried_by: [steam pipe, steam main]", "carried_by: [steam pipe]")],
                        ["resource", "steam main does not carry steam"]),
    "unused main": (
        [("carried_by: [steam pipe, steam main]", "carried_by: [steam pipe]")]
        + [("  old ring: {link: steam main, resource: steam, along: [ring road], size: DN 150}\n", "")],
        ["links.steam main", "a main that carries nothing", "carried_by"],
    ),
    "detour of a main": ([("    pump_efficiency: 70 %", "    detour: 1.2")], ["steam main.detour", "as long as"]),
    "detour in a trench": (
        [("along: straight\n    uses", "detour: 1.2\n    uses")],
        ["steam pipe.detour", "a link in a trench"],
    ),
    "parallel pipes of no main": ([("along: straight\n    uses", "along: straight\n    parallel: 2\n    uses")],
                                  ["steam pipe.parallel", "only a main", "twins"]),
    "five in parallel": ([("parallel: 2", "parallel: 5")], ["steam main.parallel", "4"]),
    "trend of no main": ([("capacity: 8 t/h,", "capacity: 8 t/h, investment_by_capacity: 3,")],
                         ["steam pipe.sizes[1].investment_by_capacity", "only a main"]),
    "least of no main": ([("capacity: 8 t/h,", "capacity: 8 t/h, least_capacity: 3,")],
                         ["steam pipe.sizes[1].least_capacity", "only a main"]),
    "least of a standard size": ([("        investment_by_capacity: 0.4 EUR/m/(m3/h)\n", "")],
                                 ["least_capacity", "standard size", "investment_by_capacity"]),
    "least above most": ([("least_capacity: 30 m3/h", "least_capacity: 1000 m3/h")],
                         ["least_capacity", "1000 m3/h is above its own capacity, 900 m3/h"]),
    # 159 mm at 30 m/s and 6 kg/m3 let 12.9 t/h through at most
    "least above what fits": (
        [("roughness: 45 um,", "least_capacity: 13 t/h, investment_by_capacity: 1,")]
        + [("size: DN 150}", "size: DN 250}")],
        ["steam main.sizes[1].least_capacity", "13 t/h is above the", "t/h of steam", "limits allow"],
    ),
    # sizes and limits
    "no capacity": ([("inner_diameter: 159 mm, roughness: 45 um, ", "")],
                    ["steam main.sizes[1].capacity", "is missing", "inner_diameter and"]),
    "bore alone": ([("        capacity: 900 m3/h\n", "        inner_diameter: 300\n")],
                   ["water main.sizes[1].capacity", "is missing", "max_velocity"]),
    "capacity of nothing": ([("capacity: 900 m3/h", "capacity: 0 m3/h")], ["sizes[1].capacity", "more than 0"]),
    "no bore": ([("159 mm", "0 mm")], ["sizes[1].inner_diameter", "more than 0"]),
    "bore in metres": ([("159 mm", "159 m")], ["sizes[1].inner_diameter", "159 m", "0.1 to 20000 mm", "unit"]),
    "roughness alone": ([("inner_diameter: 25.6 cm,", "roughness: 0.1 mm,")], ["sizes[2].roughness", "inner_diameter"]),
    "too rough": ([("roughness: 45 um", "roughness: 45 mm")], ["sizes[1].roughness", "45 mm", "5%", "159 mm"]),
    "limit of nothing": ([("    in_trench: true\n", "    in_trench: true\n    max_velocity: 2\n")],
                         ["water main.max_velocity", "limits nothing"]),
    "no velocity": ([("30 m/s", "0 m/s")], ["max_velocity", "more than 0"]),
    "no pressure drop": ([("1 bar/km", "0")], ["max_pressure_drop", "more than 0"]),
    "no pump": ([("pump_efficiency: 70 %", "pump_efficiency: 0")], ["pump_efficiency", "more than 0"]),
    "pump above one": ([("pump_efficiency: 70 %", "pump_efficiency: 70")], ["pump_efficiency", "at most 1"]),
    "pump of no bore": ([("along: straight\n    uses", "along: straight\n    pump_efficiency: 0.6\n    uses")],
                        ["steam pipe.pump_efficiency", "hydraulic check", "inner_diameter"]),
    "no fluid": ([(STEAM_FLUID, "")], ["resources.steam.fluid", "max_velocity and max_pressure_drop of steam main"]),
    "no fluid for one limit": ([(STEAM_FLUID, ""), ("    max_velocity: 30 m/s\n", "")],
                               ["resources.steam.fluid", "is missing; max_pressure_drop of steam main"]),
    "no mass": (
        [("steam: {kind: heat, unit: t,", "steam: {kind: heat, unit: MWh,")],
        ["resources.steam.fluid.mass", "is missing", "tonnes that flow per MWh"],
    ),
    "nothing flows": ([("density: 6 kg/m3", "density: 0")], ["fluid.density", "more than 0"]),
    "too thin": ([("0.015 mPa*s", "0 Pa*s")], ["fluid.viscosity", "more than 0"]),
    "too thick": ([("viscosity: 1 cP", "viscosity: 1e6")], ["fluid.viscosity", "1e-07 to 10000 Pa*s"]),
    "no mass flows": ([("phase: gas,", "phase: gas, mass: 0,")], ["fluid.mass", "more than 0"]),
    "loss of what is no heat": ([("        capacity: 900 m3/h\n", "        capacity: 900 m3/h\n        loss: 9\n")],
                                ["links.water main", "heat loss", "cooling water"]),
    # pipes in the ground
    "pipe on a main": (
        [("existing_mains:\n", "existing_pipes:\n  old: {from: P1, to: P2, link: steam main, resources: [steam], "
          "capacity: 9}\nexisting_mains:\n")],
        ["existing_pipes.old.link", "is a main", "existing_mains"],
    ),
    "main on a pipe": ([("old ring: {link: steam main,", "old ring: {link: steam pipe,"), (", size: DN 150}", "}")],
                       ["old ring.link", "no main", "existing_pipes"]),
    "main of another resource": ([("main, resource: steam,", "main, resource: ash,")],
                                 ["old ring.resource", "does not carry ash", "resources.ash.carried_by"]),
    "nowhere": ([("along: [ring road], ", "")], ["old ring.along", "is missing", "geography.existing_mains"]),
    "no corridors": ([("  corridors: corridors.geojson\n", "")], ["old ring.along", "geography.corridors"]),
    "twice there": ([("[ring road, dyke]", "[dyke, dyke]")], ["old duct.along[2]", "twice"]),
    "carries nothing": ([("capacity: 90 m3/h", "capacity: 0")], ["old duct.capacity", "more than 0"]),
    "capacity of a trend": ([(", capacity: 90 m3/h}", "}")], ["old duct.capacity", "is missing", "trend"]),
    # exchanges
    "twins by mains": (
        [("stream: steam,", "stream: steam, twins: 2, links: [steam main],")],
        ["exchanges[1].twins", "steam main", "parallel"],
    ),
    "twins by what carries it": (
        [("stream: steam,", "stream: steam, twins: 2,"), ("[steam pipe, steam main]", "[steam main]")]
        + [("kiln:\n    firm", "kiln:\n    zone: heavy\n    firm")],
        ["exchanges[1].twins", "steam main"],
    ),
    "main that does not carry": (
        [("stream: steam,", "stream: steam, links: [water main],")],
        ["exchanges[1].links[1]", "water main does not carry steam", "resources.steam.carried_by"],
    ),
    "today over no pipe": (
        [("stream: steam,", "stream: steam, existing: {link: steam main, capacity: 9 t/h},"), MILL_FIXED]
        + [("  old ring: {link: steam main, resource: steam, along: [ring road], size: DN 150}\n", "")],
        ["exchanges[1].existing.link", "existing_mains has no pipe of steam main that carries steam"],
    ),
    "today over a length": (
        [("stream: steam,", "stream: steam, existing: {link: steam main, capacity: 9 t/h, length: 3 km},"), MILL_FIXED],
        ["exchanges[1].existing.length", "existing_mains"],
    ),
    # trenches and ground
    "trench without trenches": (
        [("trenches:\n  {investment: 350 EUR/m, maintenance: 1 %, max_pipes: 4, apart: [[steam, cooling water]], "
          "owner: holding}\n", "")],
        ["links.water main.in_trench", "no trenches"],
    ),
    "trench off the corridors": ([("along: straight\n    uses", "along: straight\n    in_trench: true\n    uses")],
                                 ["steam pipe.in_trench", '"straight"']),
    "truck in a trench": (
        [("{kind: truck, along: straight, detour: 1.3,", "{kind: truck, in_trench: true,")],
        ["links.truck.in_trench", "a truck lies in no trench"],
    ),
    "trenches of nothing": ([("    in_trench: true\n", "    in_trench: false\n"), ("parallel: 2", "in_trench: false")],
                            ["trenches", "no link lies in them"]),
    "apart from itself": ([("[[steam, cooling water]]", "[[steam, steam]]")], ["apart[1]", "apart from itself"]),
    "no pipe at all": ([("max_pipes: 4", "max_pipes: 0")], ["trenches.max_pipes", "1"]),
    "ground for nothing": ([("road: 1.6", "road: 0")], ["geography.surfaces.road", "more than 0"]),
    "surfaces of no corridor": ([("  corridors: corridors.geojson\n", "")], ["geography.surfaces", "no corridors"]),
    "free crossing": ([(", charge: 90 kEUR", "")], ["geography.crossings[1]", "cost nothing", "charge"]),
}  # fmt: skip


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


def assert_said(error, words):
    lines = str(error).splitlines()
    assert any(all(word in line for word in words) for line in lines), f"no line with {words} in:\n" + "\n".join(lines)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_network_is_explained_at_its_place(tmp_path, name):
    changes, words = BROKEN[name]
    with pytest.raises(CaseError) as caught:
        read(tmp_path, *changes)
    assert_said(caught.value, words)
    for fault in caught.value.faults:
        assert fault.file == "case.yaml"
        assert 1 < fault.line <= NETWORK.count("\n") + 3


def test_faults_of_mains_and_trenches_come_at_once(tmp_path):
    with pytest.raises(CaseError) as caught:
        read(
            tmp_path,
            ("159 mm", "159 m"),
            ("least_capacity: 30 m3/h", "least_capacity: 1000 m3/h"),
            ("[[steam, cooling water]]", "[[steam, steam]]"),
            ("road: 1.6", "road: 0"),
            ("dyke]", "dike]"),
        )
    assert {fault.field for fault in caught.value.faults} >= {
        "geography.surfaces.road",
        "trenches.apart[1]",
        "existing_mains.old duct.along[2]",
        "links.steam main.sizes[1].inner_diameter",
        "links.water main.sizes[1].least_capacity",
    }


def test_a_crossing_may_be_free_but_for_what_its_layer_says(tmp_path):
    railway = NETWORK_FILES["railway.geojson"].replace('"name": "railway"', '"extra_length": 40', 1)
    assert railway != NETWORK_FILES["railway.geojson"]
    case = read(tmp_path, (", charge: 90 kEUR", ""), files={"railway.geojson": railway})
    assert case.geography.crossings[0].charge is None


def test_what_only_a_layer_says_is_a_fault_of_its_file(tmp_path):
    pipe = {"name": "old", "from": "P1", "to": "P2", "link": "steam main", "resources": "steam", "capacity": 9}
    layer = json.loads(NETWORK_FILES["railway.geojson"])
    layer["features"][0]["properties"] = pipe
    with pytest.raises(CaseError) as caught:
        read(
            tmp_path,
            ("  corridors: corridors", "  existing_pipes: pipes.geojson\n  corridors: corridors"),
            files={"pipes.geojson": json.dumps(layer)},
        )
    (fault,) = caught.value.faults
    assert (fault.file, fault.line, fault.field) == ("pipes.geojson", 0, "existing_pipes.old.link")
    assert str(fault).startswith("pipes.geojson  existing_pipes.old.link: steam main is a main")
