"""Parks of a giver, a facility and takers on fixed plots, drawn at random."""

import json
import random
from pathlib import Path

#: Kind of facility -> unit, inputs, outputs.
WORKS = {
    "digester": ("t", "{feed: 1, power: 0.02}", "{gas: 1.1, sludge: 0.5}"),
    "water works": ("m3", "{dirty water: 1, power: 0.002}", "{clean water: 0.85, sludge: 0.02}"),
    "heat pump": ("MWh", "{warm water: 0.7, power: 0.3}", "{hot water: 1}"),
}


def write_park(folder: Path, seed: int, kind: str) -> Path:
    """Write a park with a facility of one kind; hours, periods, sizes, prices and places are drawn."""
    dice = random.Random(seed)
    u = dice.uniform
    unit, inputs, outputs = WORKS[kind]
    hours = [dice.choice((2000, 4000, 6000, 8000)) for _ in range(3)]
    periods = dice.choice(("", "periods: {winter: {hours: 4000}, summer: {hours: 4760}}\n"))
    less = f"{{value: {u(2, 9):.2f}, periods: {{summer: {u(0, 2):.2f}}}}}" if periods else f"{u(2, 9):.2f}"
    curve = dice.choice(
        (
            "[{capacity: 0.2, investment: 3e5}, {capacity: 4, investment: 1.1e6}, {capacity: 14, investment: 2.5e6}]",
            "[{capacity: 2, investment: 500000}]",
            "{coefficient: 600000, exponent: 0.65, largest: 12, smallest: 0.5}",
        )
    )
    more = dice.choice(("", "\n    evens_out: true", "\n    min_activity: 0.3", "\n    availability: 92 %"))
    sizes = ", ".join(f"{{size: S{n}, capacity: {2 * n * n}, investment: {90 + 60 * n} EUR/m}}" for n in (1, 2, 3))
    tests_cod = kind == "water works"
    treats = "\n    treats: {inlet: dirty water, outlet: clean water, removes: {COD: 80 %}}" if tests_cod else ""
    text = f"""case: Chain park {seed}
currency: EUR
price_year: 2025
crs: EPSG:25832
{periods}economics: {{discount_rate: 6 %, lifetime: {{pipe: 25 yr, facility: 15 yr}}}}
geography: {{plots: plots.geojson, without_corridors: manhattan}}
qualities: {{COD: {{unit: mg/L}}}}
resources:
  power: {{kind: power, unit: MWh, price: {u(60, 120):.0f}, co2e: {{supply: 0.2}}}}
  scraps: {{kind: material, unit: t, discharge: {{route: landfill, cost: {u(40, 120):.0f}, waste: inert}},
    sale: {{price: {u(1, 9):.0f}, limit: 900 t/yr}}, carried_by: [truck]}}
  feed: {{kind: material, unit: t, carried_by: [truck]}}
  gas: {{kind: gas, unit: MWh, price: {u(40, 90):.0f}, co2e: {{use: 0.2}}, discharge: {{route: flare}},
    carried_by: [pipe for gas]}}
  sludge: {{kind: material, unit: t, discharge: {{route: burning, cost: 40, waste: inert}}, carried_by: [truck]}}
  dirty water: {{kind: water, unit: m3, discharge: {{route: sewer, cost: {u(3, 7):.1f}}}, carried_by: [pipe],
    quality: {{COD: 400}}}}
  clean water: {{kind: water, unit: m3, price: {u(2, 6):.1f}, discharge: {{route: sewer, cost: 0.5}},
    carried_by: [pipe], quality: {{COD: 5}}}}
  warm water: {{kind: heat, unit: MWh, discharge: {{route: cooling, cost: 3}}, carried_by: [hot pipe]}}
  hot water: {{kind: heat, unit: MWh, price: {u(70, 120):.0f}, discharge: {{route: cooling}}, carried_by: [hot pipe]}}
substitutions: [{{from: scraps, to: feed, ratio: {u(0.6, 1.1):.2f}}}]
links:
  truck: {{kind: truck, cost: 0.3, loading: 3, detour: 1.3}}
  pipe: {{kind: pipe, maintenance: 1 %, sizes: [{sizes}]}}
  pipe for gas: {{kind: pipe, sizes: [{sizes}]}}
  hot pipe: {{kind: pipe, sizes: [{{size: H, capacity: 3, investment: 300 EUR/m, loss: 40 W/m}}]}}
facilities:
  works:
    unit: {unit}
    plot: D
    hours: {hours[0]}
    inputs: {inputs}
    outputs: {outputs}
    investment: {curve}
    variable_cost: {u(0, 2):.2f}
    fixed_cost: 5000 EUR/yr{more}{treats}
exchanges: [{{from: works, to: taker, twins: 2}}]
plants:
  giver:
    plot: A
    hours: {hours[1]}
    sources: {{scraps: {{rate: {u(1, 4):.2f} t/h}}, dirty water: {{rate: {less}}}, warm water: {{rate: {less}}}}}
  taker:
    plot: B
    hours: {hours[2]}
    sinks:
      gas: {{rate: {u(1, 4):.2f} MWh/h, max_exchanged_share: 80 %}}
      clean water: {{rate: {less}, limits: {{COD: {u(20, 90):.0f}}}}}
      hot water: {{rate: {u(1, 8):.2f} MWh/h}}
plots: {{D: {{price: 20 EUR/m2}}}}
"""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    (folder / "plots.geojson").write_text(json.dumps(_plots(dice)), encoding="utf-8")
    return folder


def _plots(dice: random.Random) -> dict[str, object]:
    features = []
    for n, name in enumerate("ABD"):
        x, y = 500_000 + n * 900 + dice.uniform(0, 700), 6_000_000 + dice.uniform(0, 800)
        ring = [[x + a * 80, y + b * 80] for a, b in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))]
        shape = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": {"name": name}, "geometry": shape})
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
    return {"type": "FeatureCollection", "crs": crs, "features": features}
