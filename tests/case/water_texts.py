"""A case with everything of water and qualities, as text, for tests that change one thing of it."""

import pytest
from case_texts import changed, write

from planner.case.read import read_case
from planner.errors import CaseError

WATER = """\
case: Dye works, dairy and board mill
currency: EUR
price_year: 2025
economics: {discount_rate: 8 %, price_index: {2015: 80, 2025: 100}}
plots:
  P1: {area: 10 ha}
  P2: {area: 8 ha}
  P3: {area: 5 ha}
qualities:
  COD: {unit: mg/L, note: dichromate}
  TSS: {unit: g/m3}
  chloride: {unit: ppm, weight: t}
  moisture: {unit: '%'}
  pH: {unit: '-', mixing: pH, weight: m3}
  heating value: {unit: MJ/kg}
  colour: {unit: degree, weight: m3}
  viscosity:
    unit: index
    weight: m3
    mixing: [{value: 1, index: 10}, {value: 5, index: 6}, {value: 20, index: 1}]
resources:
  fresh water:
    kind: water
    unit: m3
    price: 1.2
    fresh_water: true
    mass: 1 t/m3
    quality: {COD: 2, TSS: 1, chloride: 20, colour: 0, pH: 7.2}
  process water: {kind: water, unit: m3, price: 1.5, mass: 1, quality: {COD: 5, TSS: 2, chloride: 20, colour: 1}}
  wastewater:
    kind: water
    unit: m3
    mass: 1 t/m3
    waste_code: 07 02 12
    carried_by: [pipe]
    discharge:
      route: sewer
      cost: 2.5
      limits: {COD: 800, pH: {min: 6, max: 9}}
      load_fees: {COD: 0.7 EUR/kg, TSS: {value: 0.4, year: 2015}, colour: 0.001}
  sludge:
    {kind: material, unit: t, waste_code: 19 08 12, status: waste, discharge: {route: landfill, cost: 90}, water: 0.7}
  fibre reject:
    kind: material
    unit: t
    status: by-product
    not_into: [feed]
    discharge: {route: landfill, cost: 60}
    quality: {moisture: {mean: 45 %, worst: 60 %}, heating value: 8 GJ/t}
  fuel: {kind: material, unit: t, price: 70, quality: {moisture: 10, heating value: 18}}
plants:
  dye works:
    plot: P1
    hours: 6000 h/yr
    days: 250 d/yr
    sources:
      spent dye:
        resource: wastewater
        rate: 12 m3/h
        quality: {COD: {mean: {value: 600, low: 400, high: 900, grade: A}, worst: 0.75 g/L}, TSS: 40 ppm, pH: 8.1}
        waste_code: 04 02 20
    sinks:
      rinse: {resource: fresh water, rate: 480 m3/d, limits: {COD: 60, colour: {max: 20 degree}}, max_links: 2}
    operations:
      scouring:
        takes: fresh water
        gives: wastewater
        load: {COD: 9 kg/h, TSS: 36 kg/d, colour: 500}
        max_inlet: {COD: 100, TSS: 20}
        max_outlet: {COD: 700 ppm}
        min_flow: 5 m3/h
        max_flow: 30 m3/h
        loss: 0.5 m3/h
        parts: 2
        max_links: 3
  dairy:
    plot: P2
    sources:
      whey water: {resource: wastewater, rate: 20 m3/h, quality: {COD: unknown, pH: 6.5}}
    sinks:
      cooling: {resource: process water, rate: 15 m3/h, limits: {COD: {max: 120, accept_unknown: true}}}
    operations:
      cleaning:
        takes: process water
        gives: wastewater
        load: {COD: 8 t/yr}
        max_inlet: {COD: 10}
        max_outlet: {COD: 400}
        gain: 1 m3/h
  board mill:
    plot: P3
    sources: {fibre reject: {rate: 3 t/h}}
    sinks:
      dry fuel: {resource: fuel, rate: 2 t/h, use: fuel, limits: {moisture: {max: 55 %}, heating value: {min: 6}}}
facilities:
  treatment:
    unit: m3
    inputs: {wastewater: 1}
    outputs: {process water: 0.98 m3/m3, sludge: 0.004 t/m3}
    limits: {wastewater: {COD: {max: 5000, accept_unknown: true}}}
    quality: {sludge: {moisture: 75 %}}
    treats:
      {inlet: wastewater, outlet: process water, removes: {COD: 95 %}, leaves: {TSS: 5}, residue: sludge,
       recycling: false}
    max_links: {wastewater: 4}
    min_activity: 2 m3/h
    investment: {coefficient: 40 kEUR, exponent: 0.6, largest: 60 m3/h, smallest: 5}
    plot: P3
substitutions:
  - {from: wastewater, to: fresh water, declaration: {cost: 2 kEUR, delay: 3 months}}
  - {from: process water, to: fresh water}
  - {from: fibre reject, to: fuel, ratio: 0.5, permit: {name: waste permit}}
exchanges:
  - {from: dairy, to: dye works, stream: whey water, into: rinse, accept_unknown: [COD, colour]}
links:
  pipe: {kind: pipe, along: straight, min_flow: 1 m3/h, sizes: [{size: DN 80, capacity: 40 m3/h, investment: 200}]}
"""


def said(folder, *changes):
    """Faults of the case with texts replaced, as "field: message"."""
    with pytest.raises(CaseError) as caught:
        read_case(write(folder, changed(*changes, text=WATER)))
    return [f"{fault.field}: {fault.message}" for fault in caught.value.faults]
