"""What is wrong with qualities, operations and treatment is said before any solve, all at once, each in its place."""

import re

import pytest
from case_texts import changed, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_mutations import ODD, mutate
from water_texts import WATER, said

from planner.case.case import Case
from planner.case.read import read_case
from planner.case.summary import summary
from planner.errors import CaseError

#: Nothing of the treatment comes to anybody; nothing dilutes what the dairy gives.
NO_TREATED = ("exchanges:\n", "exchanges:\n  - {from: treatment, stream: process water, forbidden: true}\n")
NO_GAIN = ("        gain: 1 m3/h\n", "")

#: What is changed, and the one fault it makes, from its beginning.
NAMES = {
    "a quality of a source": (
        [("TSS: 40 ppm", "TTS: 40 ppm")],
        'plants.dye works.sources.spent dye.quality.TTS: no such quality; did you mean "TSS"?',
    ),
    "a quality of a resource": (
        [("TSS: 1, chloride: 20", "TSS: 1, chlorid: 20")],
        'resources.fresh water.quality.chlorid: no such quality; did you mean "chloride"?',
    ),
    "a limit of a sink": (
        [("{COD: 60, colour", "{CDO: 60, colour")],
        'plants.dye works.sinks.rinse.limits.CDO: no such quality; did you mean "COD"?',
    ),
    "a permit": (
        [("limits: {COD: 800,", "limits: {BOD: 800,")],
        "resources.wastewater.discharge.limits.BOD: no such quality",
    ),
    "a fee": (
        [("load_fees: {COD", "load_fees: {BOD")],
        "resources.wastewater.discharge.load_fees.BOD: no such quality",
    ),
    "a load": (
        [("TSS: 36 kg/d", "salt: 36 kg/d")],
        "plants.dye works.operations.scouring.load.salt: no such quality",
    ),
    "a largest inlet": (
        [("{COD: 100, TSS: 20}", "{COD: 100, tss: 20}")],
        'plants.dye works.operations.scouring.max_inlet.tss: no such quality; did you mean "TSS"?',
    ),
    "a removal": (
        [("removes: {COD:", "removes: {CODs:")],
        "facilities.treatment.treats.removes.CODs: no such quality",
    ),
    "what is left": (
        [("leaves: {TSS:", "leaves: {TS:")],
        "facilities.treatment.treats.leaves.TS: no such quality",
    ),
    "an accepted unknown": (
        [("[COD, colour]", "[COD, color]")],
        'exchanges[1].accept_unknown[2]: no such quality "color"; did you mean "colour"?',
    ),
    "a limit of no input": (
        [("limits: {wastewater: {COD: {max: 5000", "limits: {waste water: {COD: {max: 5000")],
        'facilities.treatment.limits.waste water: no such input of treatment; did you mean "wastewater"?',
    ),
    "contents of no output": (
        [("quality: {sludge:", "quality: {slugde:")],
        'facilities.treatment.quality.slugde: no such output of treatment; did you mean "sludge"?',
    ),
    "links of no input": (
        [("max_links: {wastewater: 4}", "max_links: {sludge: 4}")],
        "facilities.treatment.max_links.sludge: no such input of treatment",
    ),
    "an inlet": (
        [("inlet: wastewater", "inlet: sludge")],
        'facilities.treatment.treats.inlet: no such input of treatment "sludge"',
    ),
    "an outlet": (
        [("outlet: process water", "outlet: clean water")],
        'facilities.treatment.treats.outlet: no such output of treatment "clean water"',
    ),
    "a residue": (
        [("residue: sludge", "residue: brine")],
        'facilities.treatment.treats.residue: no such output of treatment "brine"',
    ),
    "what an operation takes": (
        [("takes: process water", "takes: proces water")],
        'plants.dairy.operations.cleaning.takes: no such resource "proces water"; did you mean "process water"?',
    ),
    "what an operation gives": (
        [("        gives: wastewater\n        load: {COD: 8", "        gives: waste\n        load: {COD: 8")],
        'plants.dairy.operations.cleaning.gives: no such resource "waste"',
    ),
    "a barred use": (
        [("not_into: [feed]", "not_into: [fuels]")],
        'resources.fibre reject.not_into[1]: no such use of a sink "fuels"; did you mean "fuel"?',
    ),
    "a name for worst values": (
        [("  viscosity:\n", "  COD (highest):\n")],
        'qualities.COD (highest): a quality cannot end in "(highest)"',
    ),
    "a name with a separator": (
        [("  viscosity:\n", "  C / N:\n")],
        'qualities.C / N: a name cannot hold " / "',
    ),
}

UNITS = {
    "an unknown unit": (
        [("COD: {unit: mg/L", "COD: {unit: mgg/L")],
        'qualities.COD.unit: unknown unit "mgg"',
    ),
    "an ambiguous unit": (
        [("moisture: {unit: '%'}", "moisture: {unit: ton}")],
        "qualities.moisture.unit: the unit ton is ambiguous",
    ),
    "a misspelt share": (
        [("{unit: ppm,", "{unit: PPM,")],
        'qualities.chloride.unit: unknown unit "PPM"; did you mean "ppm"?',
    ),
    "a share for a concentration": (
        [("rate: 480 m3/d, limits: {COD: 60", "rate: 480 m3/d, limits: {COD: 6 %")],
        "plants.dye works.sinks.rinse.limits.COD: % is a plain number; expected mg/L, which is mass / volume",
    ),
    "a unit for an own word": (
        [("{max: 20 degree}", "{max: 20 mg/L}")],
        "plants.dye works.sinks.rinse.limits.colour.max: found 20 mg/L; expected a bare number, or one in degree",
    ),
    "a load without time": (
        [("COD: 9 kg/h", "COD: 9 kg")],
        "plants.dye works.operations.scouring.load.COD: kg is mass; expected kg/h",
    ),
    "a load of an own word": (
        [("colour: 500}", "colour: 500 kg/h}")],
        (
            "plants.dye works.operations.scouring.load.colour: found 500 kg/h; expected a bare number, or one "
            "in (degree*m3)/h"
        ),
    ),
    "a fee by amount": (
        [("COD: 0.7 EUR/kg", "COD: 0.7 EUR/m3")],
        "resources.wastewater.discharge.load_fees.COD: EUR/m3 is money / volume; expected EUR/kg",
    ),
    "a flow in tonnes": (
        [("max_flow: 30 m3/h", "max_flow: 30 t/h")],
        "plants.dye works.operations.scouring.max_flow: t/h is mass / time; expected m3/h",
    ),
    "a removal above all": (
        [("removes: {COD: 95 %}", "removes: {COD: 105 %}")],
        "facilities.treatment.treats.removes.COD: found 105 %; expected at most 1",
    ),
    "a word that is no number": (
        [("COD: unknown", "COD: not known")],
        'plants.dairy.sources.whey water.quality.COD: found "not known"; expected a number',
    ),
    "an odd field": (
        [("{mean: 45 %, worst: 60 %}", "{mean: 45 %, wurst: 60 %}")],
        'resources.fibre reject.quality.moisture.wurst: no such field; did you mean "worst"?',
    ),
}

NUMBERS = {
    "more than all": (
        [("moisture: {mean: 45 %, worst: 60 %}", "moisture: {mean: 45 %, worst: 160 %}")],
        "resources.fibre reject.quality.moisture.worst: found 160 %; expected 0 to 100 %",
    ),
    "less than nothing": (
        [
            (
                "fuel: {kind: material, unit: t, price: 70, quality: {moisture: 10,",
                "fuel: {kind: material, unit: t, price: 70, quality: {moisture: -1,",
            ),
        ],
        "resources.fuel.quality.moisture: found -1; expected 0 to 100 %",
    ),
    "a negative concentration": (
        [("quality: {COD: 5, TSS: 2", "quality: {COD: 5, TSS: -2")],
        "resources.process water.quality.TSS: found -2; expected at least 0 g/m3",
    ),
    "a negative limit": (
        [("limits: {COD: 800,", "limits: {COD: -800,")],
        "resources.wastewater.discharge.limits.COD: found -800; expected at least 0 mg/L",
    ),
    "min above max": (
        [("pH: {min: 6, max: 9}", "pH: {min: 9.5, max: 9}")],
        "resources.wastewater.discharge.limits.pH.min: 9.5 is above its own max, 9",
    ),
    "a limit of nothing": (
        [("{COD: {max: 120, accept_unknown: true}}", "{COD: {accept_unknown: true}}")],
        "plants.dairy.sinks.cooling.limits.COD: limits nothing; state max or min",
    ),
    "worst without mean": (
        [("moisture: {mean: 45 %, worst: 60 %}", "moisture: {worst: 60 %}")],
        "resources.fibre reject.quality.moisture.worst: states a worst value without the mean",
    ),
    "a table that turns": (
        [("{value: 5, index: 6}", "{value: 5, index: 16}")],
        "qualities.viscosity.mixing[3].index: found 1 after 16; expected a strictly rising column",
    ),
    "a table that rests": (
        [("{value: 5, index: 6}", "{value: 1, index: 6}")],
        "qualities.viscosity.mixing[2].value: found 1 after 1; expected a strictly rising or falling column",
    ),
    "a table of one point": (
        [("[{value: 1, index: 10}, {value: 5, index: 6}, {value: 20, index: 1}]", "[{value: 1, index: 10}]")],
        "qualities.viscosity.mixing: a table of an index needs at least two points",
    ),
    "beyond its table": (
        [("COD: 5, TSS: 2, chloride", "COD: 5, TSS: 2, viscosity: 25, chloride")],
        "resources.process water.quality.viscosity: found 25; the table of its index goes from 1 to 20 index",
    ),
    "no logarithm": (
        [
            ("    mixing: [{value: 1, index: 10}, {value: 5, index: 6}, {value: 20, index: 1}]", "    mixing: log"),
            ("COD: 5, TSS: 2,", "COD: 5, TSS: 2, viscosity: 0,"),
        ],
        "resources.process water.quality.viscosity: found 0; a quality that mixes by its log is above 0",
    ),
    "a load of nothing": (
        [("COD: 9 kg/h", "COD: 0")],
        (
            "plants.dye works.operations.scouring.load.COD: found 0; expected more than 0 (leave COD out where "
            "it picks up none)"
        ),
    ),
    "a load of an index": (
        [
            ("colour: {unit: degree, weight: m3}", "colour: {unit: degree, weight: m3, mixing: 10^-x}"),
            (", colour: 0.001}", "}"),
        ],
        "plants.dye works.operations.scouring.load.colour: colour mixes by an index and has no load",
    ),
    "a fee for an index": (
        [("colour: 0.001}", "pH: 0.001}")],
        "resources.wastewater.discharge.load_fees.pH: pH mixes by an index and has no load to pay for",
    ),
    "removal of an index": (
        [("removes: {COD: 95 %}", "removes: {COD: 95 %, pH: 10 %}")],
        (
            "facilities.treatment.treats.removes.pH: pH mixes by an index and has no load; state what it "
            "leaves (`leaves`)"
        ),
    ),
    "a waste code": (
        [("waste_code: 19 08 12", "waste_code: 19-08-12")],
        'resources.sludge.waste_code: found "19-08-12"; expected a code',
    ),
    "a short waste code": (
        [("waste_code: 04 02 20", "waste_code: 04 02")],
        (
            'plants.dye works.sources.spent dye.waste_code: found "04 02"; expected a code of the list of '
            'waste, as in "10 01 02"'
        ),
    ),
    "fewer links than none": (
        [
            (
                "limits: {COD: 60, colour: {max: 20 degree}}, max_links: 2",
                "limits: {COD: 60, colour: {max: 20 degree}}, max_links: -1",
            ),
        ],
        "plants.dye works.sinks.rinse.max_links: found -1; expected 0 or more",
    ),
}

OPERATIONS = {
    "an inlet that is no lower": (
        [("max_inlet: {COD: 100,", "max_inlet: {COD: 700,")],
        (
            "plants.dye works.operations.scouring.max_inlet.COD: 700 is not below its max_outlet, 700 ppm; no "
            "flow could pick up the load"
        ),
    ),
    "an inlet below what is bought": (
        [
            ("max_inlet: {COD: 10}", "max_inlet: {COD: 1}"),
            NO_TREATED,
        ],
        (
            "plants.dairy.operations.cleaning.max_inlet.COD: 1 is below what process water holds where it is "
            "bought, 5 mg/L, and nothing that could feed it holds less than 5 mg/L"
        ),
    ),
    # 12 m3/h in, 11.5 out: 11.5 x 700 g = 8.05 kg/h, less than 9, even of what treatment has freed of all COD
    "a load no flow can carry": (
        [("max_flow: 30 m3/h", "max_flow: 12 m3/h")],
        (
            "plants.dye works.operations.scouring.max_flow: 12 m3/h carries at most 8.05 kg/h of COD (the best "
            "it could take holds 0 mg/L, it may leave with 700 ppm); the load is 9 kg/h"
        ),
    ),
    # fresh water of 2 mg/L is the best without treatment: 11.5 x 700 g - 12 x 2 g = 8.026 kg/h
    "a load no flow of what there is can carry": (
        [
            ("max_flow: 30 m3/h", "max_flow: 12 m3/h"),
            NO_TREATED,
            NO_GAIN,
        ],
        (
            "plants.dye works.operations.scouring.max_flow: 12 m3/h carries at most 8.026 kg/h of COD (the "
            "best it could take holds 2 mg/L, it may leave with 700 ppm); the load is 9 kg/h"
        ),
    ),
    # fresh water of 1 g/m3 is the best there is of TSS
    "an outlet below what comes in": (
        [
            ("max_inlet: {COD: 100, TSS: 20}", "max_inlet: {COD: 100}"),
            ("max_outlet: {COD: 700 ppm}", "max_outlet: {COD: 700 ppm, TSS: 0.5}"),
            NO_GAIN,
        ],
        (
            "plants.dye works.operations.scouring.max_outlet.TSS: 0.5 is not above what it could take: the "
            "best it could take holds 1 g/m3; no flow can carry the load"
        ),
    ),
    "least above largest": (
        [("min_flow: 5 m3/h", "min_flow: 50 m3/h")],
        "plants.dye works.operations.scouring.min_flow: 50 m3/h is above its own max_flow, 30 m3/h",
    ),
    # limiting flow (9 + 0.5 x 0.7) kg / 600 g = 15.58
    "least above the limiting flow": (
        [("        min_flow: 5 m3/h\n        max_flow: 30 m3/h\n", "        min_flow: 16 m3/h\n")],
        "plants.dye works.operations.scouring.min_flow: 16 m3/h is above the limiting flow, 15.5833 m3/h",
    ),
    "no largest flow": (
        [("max_inlet: {COD: 10}\n", "max_inlet: {TSS: 10}\n")],
        "plants.dairy.operations.cleaning.max_flow: is missing; state it, or max_inlet and max_outlet of COD",
    ),
    "a flow of nothing": (
        [("max_flow: 30 m3/h", "max_flow: 0")],
        "plants.dye works.operations.scouring.max_flow: found 0; expected more than 0",
    ),
    "all is lost": (
        [("loss: 0.5 m3/h", "loss: 30 m3/h")],
        (
            "plants.dye works.operations.scouring.loss: 30 m3/h is all it can take (max_flow 30 m3/h); nothing "
            "would leave it"
        ),
    ),
    "a name of a sink": (
        [("      scouring:\n", "      rinse:\n")],
        'plants.dye works.operations.rinse: "rinse" is also one of its sinks',
    ),
    "a name of a source": (
        [("      cleaning:\n", "      whey water:\n")],
        'plants.dairy.operations.whey water: "whey water" is also one of its sources',
    ),
    "a name of a part": (
        [("      spent dye:\n", "      'scouring #2':\n")],
        'plants.dye works.operations.scouring: results call one of its parts "scouring #2", which is there already',
    ),
    "two units": (
        [("        gives: wastewater\n        load: {COD: 8", "        gives: sludge\n        load: {COD: 8")],
        "plants.dairy.operations.cleaning.gives: sludge is counted in t, but process water, which it takes, in m3",
    ),
    "water nobody sells": (
        [
            ("process water: {kind: water, unit: m3, price: 1.5,", "process water: {kind: water, unit: m3,"),
            ("max: 120, accept_unknown: true}}", "max: 120, accept_unknown: true}}, supplied_today_by: {cost: 1}"),
        ],
        (
            "plants.dairy.operations.cleaning: process water could not be had without an exchange; state a "
            "price of the resource"
        ),
    ),
    "water nobody takes": (
        [("gives: wastewater\n        load: {COD: 8", "gives: fresh water\n        load: {COD: 8")],
        "plants.dairy.operations.cleaning: fresh water could not be disposed of without an exchange",
    ),
    "too many parts": (
        [("parts: 2", "parts: 7")],
        "plants.dye works.operations.scouring.parts: found 7; expected",
    ),
    "no load": (
        [("load: {COD: 8 t/yr}", "load: {}")],
        "plants.dairy.operations.cleaning.load: is empty",
    ),
}

OTHERS = {
    "a least flow above all sizes": (
        [("min_flow: 1 m3/h, sizes", "min_flow: 50 m3/h, sizes")],
        "links.pipe.min_flow: 50 m3/h is more than its largest size carries, 40 m3/h",
    ),
    "removed and left": (
        [("leaves: {TSS: 5}", "leaves: {TSS: 5, COD: 10}")],
        "facilities.treatment.treats.leaves.COD: states removes and leaves of COD; expected one of them",
    ),
    "a residue that is the outlet": (
        [("residue: sludge", "residue: process water")],
        "facilities.treatment.treats.residue: process water is the outlet",
    ),
    "a content twice": (
        [("quality: {sludge: {moisture: 75 %}}", "quality: {process water: {TSS: 4}}")],
        "facilities.treatment.quality.process water.TSS: TSS of process water follows from what it treats",
    ),
    "removal of what nobody states": (
        [("removes: {COD: 95 %}", "removes: {COD: 95 %, heating value: 10 %}")],
        (
            "facilities.treatment.treats.removes.heating value: removes heating value, but nothing that could "
            "feed wastewater states what it holds of it"
        ),
    ),
    "more than it can do": (
        [("min_activity: 2 m3/h", "min_activity: 70 m3/h")],
        "facilities.treatment.min_activity: 70 m3/h is above its largest capacity, 60 m3/h",
    ),
    "a limit below what is bought": (
        [("moisture: {max: 55 %}", "moisture: {max: 5 %}")],
        (
            "plants.board mill.sinks.dry fuel.limits.moisture.max: 5 % is below what fuel holds where it is "
            "bought, 10 %, and nothing that could feed it holds less than 10 %"
        ),
    ),
    "a limit above what is bought": (
        [("heating value: {min: 6}", "heating value: {min: 20}")],
        (
            "plants.board mill.sinks.dry fuel.limits.heating value.min: 20 is above what fuel holds where it "
            "is bought, 18 MJ/kg, and nothing that could feed it holds more than 18 MJ/kg"
        ),
    ),
    "what is bought is not known": (
        [("quality: {COD: 5, TSS: 2,", "quality: {COD: unknown, TSS: 2,")],
        (
            "plants.dairy.operations.cleaning.max_inlet.COD: is limited, but the content of process water "
            "where it is bought is not known; state resources.process water.quality.COD"
        ),
    ),
    "weights in different units": (
        [
            ("colour: {unit: degree, weight: m3}", "colour: {unit: degree}"),
            ("{moisture: 75 %}", "{moisture: 75 %, colour: 5}"),
        ],
        (
            "qualities.colour.weight: is missing; it would mix by the amount, but what mixes is counted in "
            "different units (fresh water in m3, process water in m3, sludge in t, wastewater in m3); state t, "
            "m3 or MWh"
        ),
    ),
    "a weight not told": (
        [
            (
                "status: waste, discharge: {route: landfill, cost: 90}, water: 0.7}",
                "status: waste, discharge: {route: landfill, cost: 90}}",
            ),
        ],
        "resources.sludge.water: is missing; COD mixes by m3, so state it in m3/t",
    ),
    "no weight": (
        [("{route: landfill, cost: 90}, water: 0.7}", "{route: landfill, cost: 90}, water: 0}")],
        "resources.sludge.water: found 0; COD mixes by it, so expected more than 0",
    ),
    "forced, but not known": (
        [("accept_unknown: [COD, colour]", "accept_unknown: [COD], forced: true")],
        (
            "exchanges[1].forced: must be built, but dye works limits colour, which is not known of whey water "
            "of dairy; state it, or accept_unknown: [colour]"
        ),
    ),
}

GROUPS = {"names": NAMES, "units": UNITS, "numbers": NUMBERS, "operations": OPERATIONS, "others": OTHERS}
ALL = {f"{kind}: {name}": fault for kind, group in GROUPS.items() for name, fault in group.items()}


@pytest.mark.parametrize(("changes", "message"), ALL.values(), ids=ALL)
def test_one_slip_makes_one_fault(tmp_path, changes, message):
    """Each is found, and nothing else is said that only follows from it."""
    found = said(tmp_path, *changes)
    assert len(found) == 1, found
    assert found[0].startswith(message), found


def test_all_at_once_with_their_lines(tmp_path):
    slips = [NUMBERS["min above max"], OPERATIONS["least above largest"], OTHERS["removed and left"]]
    slips += [NUMBERS["a short waste code"], OTHERS["more than it can do"]]
    text = changed(*(change for changes, _ in slips for change in changes), text=WATER)
    with pytest.raises(CaseError) as caught:
        read_case(write(tmp_path, text))
    found = {fault.field: fault for fault in caught.value.faults}
    assert len(found) == len(slips)
    for changes, message in slips:
        fault = found[message.split(": ")[0]]
        assert fault.file == "case.yaml"
        assert changes[0][1][:20] in text.splitlines()[fault.line - 1]


def test_a_fault_of_a_unit_hides_what_only_follows_from_it(tmp_path):
    """With its content unreadable, fresh water is not said to be too foul for anybody."""
    found = said(tmp_path, ("quality: {COD: 2, TSS: 1", "quality: {COD: 2 kg, TSS: 1"))
    assert found == ["resources.fresh water.quality.COD: kg is mass; expected mg/L, which is mass / volume"]


def test_a_limit_below_the_fresh_water_is_no_fault_where_something_could_dilute_it(tmp_path):
    """Treated water may hold less COD than the process water on sale."""
    case = read_case(write(tmp_path, changed(("{max: 120, accept_unknown: true}", "{max: 3}"), text=WATER)))
    assert case.plants["dairy"].sinks["cooling"].limits["COD"].max_.value == 3


def test_a_mean_may_have_its_worst_on_either_side(tmp_path):
    read_case(write(tmp_path, changed(("{mean: 45 %, worst: 60 %}", "{mean: 45 %, worst: 40 %}"), text=WATER)))


def test_forced_into_a_use_that_is_barred(tmp_path):
    feed = ("use: fuel,", "use: feed,")
    forced = ("exchanges:\n", "exchanges:\n  - {from: board mill, to: board mill, forced: true}\n")
    assert said(tmp_path, feed, forced) == [
        "exchanges[1].forced: must be built, but fibre reject of board mill may not go into feed (not_into)"
    ]


TOKENS = re.findall(r"\s+|[\w.%]+|.", WATER)
WORDS = [
    *ODD,
    "unknown",
    "COD",
    "pH",
    "mg/L",
    "ppm",
    "degree",
    "mean",
    "worst",
    "max: 1",
    "min: 9",
    "wastewater",
    "10^-x",
]
PLACES = st.integers(0, len(TOKENS) - 1)
MUTATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("delete"), PLACES, PLACES),
        st.tuples(st.just("repeat"), PLACES, PLACES),
        st.tuples(st.just("copy"), PLACES, PLACES),
        st.tuples(st.just("replace"), PLACES, st.sampled_from(WORDS)),
        st.tuples(st.just("insert"), PLACES, st.sampled_from(WORDS)),
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(MUTATIONS)
def test_whatever_is_done_to_the_text_ends_in_a_case_or_in_faults(tmp_path_factory, mutations):
    folder = tmp_path_factory.mktemp("mutated")
    (folder / "case.yaml").write_text(mutate(mutations, TOKENS), encoding="utf-8", errors="replace")
    try:
        case = read_case(folder)
    except CaseError:
        return
    assert isinstance(case, Case)
    summary(case)
    text = case.resolved()
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    assert read_case(folder) == case
