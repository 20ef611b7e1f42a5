"""Parks on a main of insulated pipes, as text, with their layers."""

PLACES = {"A": (0, 0), "B": (3000, 2000), "C": (3000, -1000), "D": (6000, 0)}
STREETS = {
    "west": ((0, 0), (3000, 0)),
    "north": ((3000, 0), (3000, 2000)),
    "south": ((3000, 0), (3000, -1000)),
    "east": ((3000, 0), (6000, 0)),
}
MAIN = """
case: A main of hot water
currency: EUR
price_year: 2025
crs: EPSG:25832
economics: {discount_rate: 0, lifetime: {pipe: 10}}
geography: {plots: plots.geojson, corridors: corridors.geojson}
ground: 10
periods: {winter: {hours: 4380}, summer: {hours: 4380}}
resources:
  gas: {kind: gas, unit: MWh, price: 50}
  hot water: {kind: heat, unit: MWh, heat: {supply: 90, return: 60, arrives: {supply: 85}}, carried_by: [heat main],
              discharge: {route: cooler, cost: 0}}
plants:
  works: {plot: A, sources: {hot water: {rate: 20}}}
  mill: {plot: B, sinks: {hot water: {rate: {value: 6, periods: {summer: 0}}, supplied_today_by: {gas: 1.1}}}}
  farm: {plot: C, sinks: {hot water: {rate: {value: 0.6, periods: {summer: 0}}, supplied_today_by: {gas: 1.1}}}}
  laundry: {plot: D, sinks: {hot water: {rate: 0.5, supplied_today_by: {gas: 1.1}}}}
exchanges: [{from: works, to: laundry, fixed_cost: 1 MEUR/yr}]
links:
  heat main: {kind: pipe, main: true, sizes: [{size: S, capacity: 30, investment: 10, heat_transfer: 0.3}]}
"""
