"""Two parks in which by-products replace clay, small enough to count their impacts by hand.

By season: 8,760 t/yr of ash, 1 t/h in winter and summer of 4,380 h each, go 0.3 km by truck to replace 0.8 t of clay
each, after a pre-treatment that takes 0.1 MWh of power per t.

    acidification [kg SO2e/yr]                            baseline    plan
    supply of clay, 0.5 kg/t x 7,008 t                    3,504       0
    supply of power, 438 MWh x (2 in winter + 1)          0           1,314
    disposal of ash, 0.1 kg/t                             876         0
    truck, 1 kg/t km x 2,628 t km + loading 0.05 kg/t     0           2,628 + 438 = 3,066
    pre-treatment itself, 0.2 kg/t                        0           1,752
    total                                                 4,380       6,132

Chain: 8,760 t/yr of ash by truck over 0.7 km to a works of the park company (0.1 MWh of power and 0.3 kg SO2e per t,
10 kg SO2e per t/h of its 1 t/h over 20 years), 7,884 t/yr of clay from there over 0.4 km to the taker. The giver buys
coal (3,504 kg SO2e/yr) and makes 26,280 MWh/yr of steel; its ash holds 8,760 MWh/yr, a quarter of all.
"""

import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import planner

TINY = Path(__file__).parents[2] / "cases" / "tiny"

_PARK = """\
currency: EUR
price_year: 2025
crs: EPSG:25832
economics: {discount_rate: 5 %, lifetime: {pipe: 20 yr, facility: 20 yr}}
geography: {plots: plots.geojson, corridors: corridors.geojson, access_points: access_points.geojson}
tables: {impacts: impacts.csv}
links: {truck: {kind: truck, cost: 0.1 EUR/t/km}}
impacts: {categories: {acidification: {unit: kg SO2e}}}
"""
SEASONS = f"""\
case: by season
{_PARK}
periods: {{winter: {{hours: 4380 h/yr}}, summer: {{hours: 4380 h/yr}}}}
resources:
  ash:
    kind: material
    unit: t
    co2e: {{use: {{periods: {{winter: 0.02 t/t, summer: 0.01 t/t}}}}}}
    discharge: {{route: landfill, cost: 30 EUR/t, waste: non-hazardous}}
    carried_by: [truck]
  clay: {{kind: material, unit: t, price: 40 EUR/t, co2e: {{supply: 1 t/t}}}}
  power: {{kind: power, unit: MWh, price: 80 EUR/MWh, co2e: {{supply: 0.3 t/MWh}}}}
plants:
  giver: {{area: 3 ha, plot: A, hours: 8760 h/yr, sources: {{ash: {{rate: 1 t/h}}}}}}
  taker: {{area: 3 ha, plot: B, hours: 8760 h/yr, sinks: {{clay: {{rate: 0.8 t/h}}}}}}
substitutions: [{{from: ash, to: clay, ratio: 0.8, treatment: {{uses: {{power: 0.1 MWh/t}}}}}}]
"""
BY_SEASON = """\
category,resource,link,stage,factor,unit,periods.winter,periods.summer,source
acidification,power,,supply,1.5,kg SO2e/MWh,2,1000 g SO2e/MWh,hand
acidification,clay,,supply,0.5,kg SO2e/t,,,hand
acidification,ash,,discharge,100,g SO2e/t,,,hand
acidification,ash,,treatment,0.2,kg SO2e/t,,,hand
acidification,,truck,transport,1,kg SO2e/t/km,,,hand
acidification,,truck,loading,50,g SO2e/t,,,hand
"""
CHAIN = f"""\
case: chain
{_PARK}
resources:
  ash:
    kind: material
    unit: t
    enthalpy: 1 MWh/t
    discharge: {{route: landfill, cost: 30 EUR/t, waste: non-hazardous}}
    carried_by: [truck]
  clay: {{kind: material, unit: t, enthalpy: 0.5 MWh/t, price: 40 EUR/t, co2e: {{supply: 1 t/t}}, carried_by: [truck]}}
  coal: {{kind: material, unit: t, price: 90 EUR/t}}
  power: {{kind: power, unit: MWh, price: 80 EUR/MWh, co2e: {{supply: 0.3 t/MWh}}}}
plants:
  giver:
    area: 3 ha
    plot: A
    hours: 8760 h/yr
    sources: {{ash: {{rate: 1 t/h}}}}
    sinks: {{coal: {{rate: 1 t/h}}}}
    product: {{name: steel, output: 8760 t/yr, enthalpy: 3 MWh/t}}
  taker: {{area: 3 ha, plot: B, hours: 8760 h/yr, sinks: {{clay: {{rate: 0.9 t/h}}}}}}
facilities:
  works:
    unit: t
    inputs: {{ash: 1, power: 0.1 MWh/t}}
    outputs: {{clay: 0.9}}
    area: 1 ha
    investment: [{{capacity: 0.1 t/h, investment: 1000 EUR}}, {{capacity: 2 t/h, investment: 20000 EUR}}]
"""
OF_CHAIN = """\
category,resource,link,facility,stage,factor,unit,source
acidification,power,,,supply,2,kg SO2e/MWh,hand
acidification,clay,,,supply,0.5,kg SO2e/t,hand
acidification,coal,,,supply,0.4,kg SO2e/t,hand
acidification,ash,,,discharge,100,g SO2e/t,hand
acidification,,truck,,transport,1,kg SO2e/t/km,hand
acidification,,,works,operation,0.3,kg SO2e/t,hand
acidification,,,works,construction,10,kg SO2e/(t/h),hand
"""


def written(folder: Path, case: str = SEASONS, factors: str = BY_SEASON) -> Path:
    """A park in a folder; returns its case file."""
    folder.mkdir(exist_ok=True)
    for file in TINY.glob("*.geojson"):
        shutil.copy(file, folder)
    (folder / "impacts.csv").write_text(factors, encoding="utf-8")
    (folder / "case.yaml").write_text(case, encoding="utf-8")
    return folder / "case.yaml"


@cache
def seasons() -> planner.Plan:
    """The park by season, planned once."""
    return planner.solve(written(Path(mkdtemp())))


@cache
def chain() -> planner.Plan:
    """The chain, planned once."""
    return planner.solve(written(Path(mkdtemp()), CHAIN, OF_CHAIN))
