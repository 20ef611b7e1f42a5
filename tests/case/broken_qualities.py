"""Slips in names, units and numbers of qualities, each with the one fault it makes."""

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
            (
                "colour: {unit: degree, weight: m3}",
                "colour: {unit: degree, weight: m3, mixing: [{value: 0, index: 0}, {value: 1000, index: 5}]}",
            ),
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
