"""Broken mains, trenches, fluids and ground: each is a clear fault at its place."""

import json

import pytest
from case_texts import NETWORK, NETWORK_FILES, assert_said
from mains_cases import MILL_FIXED, STEAM_SIZES, read

from planner.errors import CaseError

STEAM_FLUID = ", fluid: {phase: gas, density: 6 kg/m3, viscosity: 0.015 mPa*s}"
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
    "bore in metres": ([("159 mm", "159 m")], ["sizes[1].inner_diameter", "159 m", "3 to 20000 mm", "unit"]),
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
