"""A park of three plants without plots: solved by hand in ``test_screen_by_hand``."""

from pathlib import Path

BARE = """
case: Bare park
currency: EUR
price_year: 2025
economics: {discount_rate: 0 %, lifetime: {pipe: 20 yr}}
resources:
  gas: {kind: gas, unit: MWh, price: 40, co2e: {use: 0.2 t/MWh}}
  steam:
    kind: heat
    unit: t
    enthalpy: 0.7 MWh/t
    discharge: {route: condenser, cost: 0}
    carried_by: [steam pipe]
  ash: {kind: material, unit: t, discharge: {route: landfill, cost: 30, waste: non-hazardous}, carried_by: [truck]}
  clay: {kind: material, unit: t, price: 10, co2e: {supply: 0.01 t/t}}
links:
  steam pipe: {kind: pipe, sizes: [{size: DN 100, capacity: 4 t/h, investment: 300 EUR/m}]}
  truck: {kind: truck, cost: 0.5, loading: 2}
plants:
  mill:
    hours: 8000
    sources: {ash: {rate: {value: 6000 t/yr, basis: metered, grade: A}}, steam: {rate: 5 t/h}}
  dairy:
    hours: 5000
    sinks: {steam: {rate: 3 t/h, supplied_today_by: {gas: 0.8 MWh/t}}}
  brick works:
    hours: 8000
    sinks: {clay: {rate: {value: 4000 t/yr, basis: invoiced, grade: B}}}
substitutions:
  - {from: ash, to: clay, ratio: 0.8}
"""


def changed(folder: Path, *changes: tuple[str, str]) -> Path:
    """Write the case, with parts of its text replaced."""
    text = BARE.lstrip()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    return folder
