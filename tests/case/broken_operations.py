"""Slips in operations, treatment and what comes of them, each with the one fault it makes."""

#: Nothing of the treatment comes to anybody; nothing dilutes what the dairy gives.
NO_TREATED = ("exchanges:\n", "exchanges:\n  - {from: treatment, stream: process water, forbidden: true}\n")
NO_GAIN = ("        gain: 1 m3/h\n", "")

#: What is changed, and the one fault it makes, from its beginning.
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
        "resources.sludge.water: is missing; COD mixes by m3 (and TSS), so state it in m3/t",
    ),
    "no weight": (
        [("{route: landfill, cost: 90}, water: 0.7}", "{route: landfill, cost: 90}, water: 0}")],
        "resources.sludge.water: found 0; COD mixes by it (and TSS), so expected more than 0",
    ),
    "forced, but not known": (
        [("accept_unknown: [COD, colour]", "accept_unknown: [COD], forced: true")],
        (
            "exchanges[1].forced: must be built, but dye works limits colour, which is not known of whey water "
            "of dairy; state it, or accept_unknown: [colour]"
        ),
    ),
}
