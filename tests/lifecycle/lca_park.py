"""The tiny park with two impact categories, and what they come to by hand.

The plan: steam 48,000 t/yr smelter > mill (300 m pipe) and 1,000 t/yr > greenhouse (700 m), slag 2,000 t/yr by truck
over 0.7 km to the greenhouse in place of 1,000 t/yr of lime. Baseline: 39,200 MWh/yr of gas (0.8 per t of steam),
1,000 t/yr of lime, 5,000 t/yr of slag to landfill. Pipes last 20 years.

    acidification [kg SO2e/yr]       baseline                    plan
    use of gas, 50 g/MWh             39,200 x 0.05 = 1,960       0
    supply of lime, 0.9 kg/t         900                         0
    discharge of slag, 0.2 g/kg      5,000 x 0.2 = 1,000         3,000 x 0.2 = 600
    transport by truck, 5 kg/t km    0                           2,000 x 0.7 x 5 = 7,000
    construction, 2 kg/m             0                           1,000 m x 2 / 20 yr = 100
    total                            3,860                       7,700
"""

import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import planner

TINY = Path(__file__).parents[2] / "cases" / "tiny"

CASE = """\
based_on: case.yaml
tables: {impacts: impacts.csv, indirect: io.csv}
economics: {price_index: {2015: 80, 2025: 100}}
resources: {slag: {enthalpy: 0 MWh/t}}
plants: {smelter: {product: {name: metal, output: 49000 t/yr, enthalpy: 0.7 MWh/t}}}
impacts:
  categories:
    acidification: {unit: kg SO2e, note: invented}
    primary energy: {unit: MJ, resources: {natural gas: {supply: 1.1 MWh/MWh, use: 0}}}
  indirect:
    gas supply: {of: [natural gas]}
    building: {of: [link, trench]}
"""
FACTORS = """\
category,resource,link,facility,stage,factor,unit,source,grade,note
acidification,natural gas,,,use,50,g SO2e/MWh,hand,C,assumption
acidification,lime,,,supply,0.9,kg SO2e/t,hand,C,assumption
acidification,slag,,,discharge,0.2,g SO2e/kg,hand,C,assumption
acidification,,truck,,transport,5,kg SO2e/t/km,hand,C,assumption
acidification,,steam pipe,,construction,2,kg SO2e/m,hand,C,assumption
"""
MONEY = """\
category,purchases,factor,unit,year,source,grade
climate change,gas supply,0.1,kg CO2e/EUR,2015,hand,C
acidification,building,2,g SO2e/EUR,2015,hand,C
"""


def written(folder: Path, case: str = CASE, factors: str = FACTORS, money: str = MONEY) -> Path:
    """The park in a folder; returns its case file."""
    shutil.copytree(TINY, folder, dirs_exist_ok=True)
    (folder / "impacts.csv").write_text(factors, encoding="utf-8")
    (folder / "io.csv").write_text(money, encoding="utf-8")
    file = folder / "lca.yaml"
    file.write_text(case, encoding="utf-8")
    return file


@cache
def plan() -> planner.Plan:
    """The park, planned once."""
    return planner.solve(written(Path(mkdtemp())))
