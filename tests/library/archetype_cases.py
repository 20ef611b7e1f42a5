"""Small cases of archetypes, as text, and ways to read and change them."""

from pathlib import Path

import planner
from planner.case.read import read_case

HEAD = """\
case: One archetype
currency: EUR
price_year: 2025
economics: {discount_rate: 5 %, lifetime: {pipe: 20 yr}}
plots: {P1: {area: 2000 ha, price: 1 EUR/m2}, P2: {area: 2000 ha, price: 1 EUR/m2}}
geography: {distances: distances.csv}
"""
RESOURCES = """\
resources:
  fresh water: {kind: water, unit: m3, price: 1.5, fresh_water: true}
  power: {kind: power, unit: MWh, price: 100}
  natural gas: {kind: gas, unit: MWh, price: 40}
  kiln fuel: {kind: material, unit: MWh, price: 12}
"""


def write(folder: Path, text: str, name: str = "case.yaml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    (folder / "distances.csv").write_text("from,to,length_m\nP1,P2,500\n", encoding="utf-8")
    return folder / name


def case_of(folder: Path, plants: str, resources: str = RESOURCES, more: str = ""):
    """Read a case of these plants."""
    return read_case(write(folder, f"{HEAD}{resources}plants:\n{plants}{more}"))


def faults_of(folder: Path, plants: str, resources: str = RESOURCES, more: str = "") -> list[str]:
    """What is wrong with a case of these plants, a line each."""
    try:
        case_of(folder, plants, resources, more)
    except planner.CaseError as error:
        return [str(fault) for fault in error.faults]
    return []


def per_year(case, plant: str, side: str, stream: str) -> tuple[float, float | None, float | None]:
    """Amount a year of a stream, with its range."""
    tenant = case.plants[plant]
    rate, hours = getattr(tenant, side)[stream].rate, tenant.hours.value
    return tuple(None if end is None else end * hours for end in (rate.value, rate.low, rate.high))
