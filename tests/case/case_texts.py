"""A small case that is right, as text, for tests that change one thing of it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

BASE = """\
case: Kiln, mill and garden
currency: EUR
price_year: 2025
economics:
  discount_rate: 8 %
  lifetime: {pipe: 30 yr, facility: 20 yr}
  price_index: {2015: 80, 2025: 100}
  exchange_rates: {USD: 0.9, GBP: {2015: 1.4, 2025: 1.2}}
park_gate:
  grid:
    {resource: power, yearly: 90 GWh/yr, yearly_expansion: {cost: 3}, peak: 20 MW, peak_expansion: {cost: 200 EUR/kW}}
parties:
  holding: {kind: firm}
plots:
  P1: {area: 10 ha, price: 20 EUR/m2, zones: [heavy]}
  P2: {area: 8 ha, zones: [heavy, light]}
  P3: {area: 5 ha, zones: [light], several_tenants: true}
rules:
  separations:
    - {hazard: toxic, from_hazard: food, distance: 300 m}
  at_most: {boiler: 1}
resources:
  gas: {kind: gas, unit: MWh, basis: LHV, price: 38, co2e: {use: 0.202 t/MWh, supply: 0.03}}
  power: {kind: power, unit: MWh, price: {value: 95, source: tariff-2025, grade: B}, co2e: {supply: 0.23 t/MWh}}
  steam: {kind: heat, unit: t, basis: 12 bar, enthalpy: 0.65 MWh/t, carried_by: [steam pipe]}
  ash: {kind: material, unit: t, carried_by: [truck], discharge: {route: landfill, cost: 85, waste: inert}}
  clay: {kind: material, unit: t, price: 30}
plants:
  kiln:
    firm: holding
    plot: P1
    hazard: toxic
    hours: 8000 h/yr
    sources:
      steam:
        {rate: {value: 34 t/h, low: 28, high: 36, grade: A, basis: metered}, on_demand: true, forgoes: {power: 0.1}}
      ash: {rate: 48 t/d}
    sinks:
      gas: {rate: 40 MW}
  mill:
    area: 4 ha
    zone: heavy
    hours: 7600 h/yr
    neighbours: [kiln]
    sinks:
      steam: {rate: 25 t/h, peak_factor: 1.2, supplied_today_by: {gas: {efficiency: 90 %}, cost: 1.5 EUR/t}}
      clay: {rate: 15200 t/yr, max_exchanged_share: 50 %}
  garden:
    optional: {margin: 400 kEUR/yr}
    area: 2 ha
    coverage: 80 %
    zone: [light, heavy]
    hazard: food
    stops: 30 d/yr
    sinks:
      hot steam: {resource: steam, rate: 2 t/h, supplied_today_by: {gas: 0.8 MWh/t}}
facilities:
  boiler:
    unit: t
    inputs: {gas: 0.75 MWh/t}
    outputs: {steam: 1}
    investment: [{capacity: 5 t/h, investment: 1 MEUR}, {capacity: 20 t/h, investment: 2.5 MEUR}]
    area: 0.5 ha
  saver:
    scope: own
    owner: mill
    inputs: {power: 0.02}
    outputs: {steam: 1}
    investment: [{capacity: 2 t/h, investment: 300 kEUR}]
substitutions:
  - {from: ash, to: clay, ratio: 0.9, treatment: {cost: 6 EUR/t, uses: {power: 15 kWh/t}}, permit: {name: declaration}}
exchanges:
  - {from: kiln, to: mill, stream: steam, min_flow: 20 kt/yr, max_flow: 180 kt/yr, paid_by: {seller: 0.4, buyer: 0.6}}
links:
  steam pipe:
    kind: pipe
    along: straight
    uses: {power: 0.5 kWh/t/km}
    sizes:
      - {size: DN 100, capacity: 8 t/h, investment: 700 EUR/m, loss: 45 W/m}
      - {size: DN 200, capacity: 40 t/h, investment: 1.2 kEUR/m, loss: 80 W/m}
  truck: {kind: truck, along: straight, detour: 1.3, cost: 0.14 EUR/t/km, loading: 3, co2e: 0.1 kg/t/km}
sources:
  tariff-2025: {title: Grid tariff, year: 2025}
"""


def changed(*changes: tuple[str, str], text: str = BASE) -> str:
    """The base case with texts replaced; each must occur once."""
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times"
        text = text.replace(old, new)
    return text


def write(folder: Path, text: str = BASE, files: Mapping[str, str] | None = None) -> Path:
    """Write a case folder and return it."""
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    for name, content in (files or {}).items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder


#: What a case with mains and trenches says beside the base case, and the files it names.
NETWORK = (
    BASE.replace("price_year: 2025\n", "price_year: 2025\ncrs: EPSG:25832\n")
    .replace("lifetime: {pipe: 30 yr,", "lifetime: {pipe: 30 yr, trench: 60 yr, steam main: 25 yr,")
    .replace("carried_by: [steam pipe]}", "carried_by: [steam pipe, steam main], fluid: *STEAM*}")
    .replace("*STEAM*", "{phase: gas, density: 6 kg/m3, viscosity: 0.015 mPa*s}")
    .replace(
        "  clay: {kind",
        "  cooling water:\n"
        "    {kind: water, unit: m3, price: 0.3, carried_by: [water main],\n"
        "     fluid: {phase: liquid, density: 1 t/m3, viscosity: 1 cP}}\n"
        "  clay: {kind",
    )
    .replace(
        "links:\n",
        """\
geography:
  corridors: corridors.geojson
  surfaces: {road: 1.6, field: 80 %}
  crossings: [{layer: railway.geojson, charge: 90 kEUR}]
trenches:
  {investment: 350 EUR/m, maintenance: 1 %, max_pipes: 4, apart: [[steam, cooling water]], owner: holding}
existing_mains:
  old ring: {link: steam main, resource: steam, along: [ring road], size: DN 150}
  old duct: {link: water main, resource: cooling water, along: [ring road, dyke], capacity: 90 m3/h}
links:
  steam main:
    kind: pipe
    main: true
    parallel: 2
    max_velocity: 30 m/s
    max_pressure_drop: 1 bar/km
    pump_efficiency: 70 %
    sizes:
      - {size: DN 150, inner_diameter: 159 mm, roughness: 45 um, investment: 260 EUR/m, loss: 60 W/m}
      - {size: DN 250, inner_diameter: 25.6 cm, capacity: 40 t/h, investment: 420 EUR/m, loss: 85 W/m}
  water main:
    kind: pipe
    main: true
    in_trench: true
    owner: mill
    sizes:
      - size: trend
        capacity: 900 m3/h
        least_capacity: 30 m3/h
        investment: 90 EUR/m
        investment_by_capacity: 0.4 EUR/m/(m3/h)
""",
    )
)


def _lines(*features: tuple[dict[str, str], list[list[float]]]) -> str:
    """GeoJSON of lines around one place, in metres."""
    return json.dumps(
        {
            "type": "FeatureCollection",
            "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}},
            "features": [
                {
                    "type": "Feature",
                    "properties": properties,
                    "geometry": {"type": "LineString", "coordinates": [[5e5 + x, 6e6 + y] for x, y in line]},
                }
                for properties, line in features
            ],
        }
    )


NETWORK_FILES = {
    "corridors.geojson": _lines(
        ({"name": "ring road", "surface": "road"}, [[0, 0], [900, 0]]),
        ({"name": "dyke", "surface": "field"}, [[900, 0], [900, 700]]),
    ),
    "railway.geojson": _lines(({"name": "railway"}, [[450, -50], [450, 50]])),
}


def assert_said(error: Exception, words: Sequence[str]) -> None:
    """Assert that one line of an error's message holds all the words."""
    lines = str(error).splitlines()
    assert any(all(word in line for word in words) for line in lines), f"no line with {words} in:\n" + "\n".join(lines)
