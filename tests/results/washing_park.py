"""A park of one wash and its treatment, worked out on paper."""

from typing import Any

import pandas as pd
from mixtures_park import contents, plant, water_case

from planner.results.compositions import Contents

#: 20,000 t/yr of the wash come from A, of 60 ppm, which is above the 50 that it may take alone; 20,000 t are fresh: 30.
#: It picks up 2 kg/h: 2000 kg a year, 50 ppm of 40,000 t, and loses 4 t/h of pure water: 3200 kg in 36,000 t, 88.89.
#: The works take half of that and remove 90 %: 160 kg of 1600 into 17,820 t, 1440 kg into 180 t of sludge, 8000 ppm.
#: The other half goes to the sewer, whose permit is 90 ppm; clean water goes to a farm, a partner, of at most 8.979.
ENDS_WASH = ("A / waste", "B / wash")
ENDS_WORKS = ("B / wash", "works / waste")
ENDS_FARM = ("works / fresh", "farm / fresh")
OUT = 3200 / 36  # ppm
CLEAN = 160 / 17.82


def the_case(**changes: Any):
    parts: dict[str, Any] = {
        "resources": {
            "fresh": {"kind": "water", "unit": "t", "water": 1, "price": 1, "quality": {"COD": 0}},
            "waste": {
                "kind": "water",
                "unit": "t",
                "water": 1,
                "discharge": {"route": "sewer", "cost": 2, "limits": {"COD": 90}},
            },
            "sludge": {"kind": "material", "unit": "t", "water": 0.5, "discharge": {"route": "farm"}},
        },
        "plants": {
            "A": plant(sources={"waste": {"rate": 20, "quality": {"COD": {"mean": 60, "worst": 70}}}}),
            "B": plant(
                operations={
                    "wash": {
                        "takes": "fresh",
                        "gives": "waste",
                        "load": {"COD": 2},
                        "max_inlet": {"COD": 50},
                        "max_outlet": {"COD": 100},
                        "loss": 4,
                    }
                }
            ),
        },
        "partners": {"farm": {"hours": 1000, "sinks": {"fresh": {"rate": 20, "limits": {"COD": CLEAN}}}}},
        "facilities": {
            "works": {
                "inputs": {"waste": 1},
                "outputs": {"fresh": 0.99, "sludge": 0.01},
                "treats": {"inlet": "waste", "outlet": "fresh", "removes": {"COD": 0.9}, "residue": "sludge"},
                "limits": {"waste": {"COD": {"max": 500, "min": 10}}},
                "investment": [{"capacity": 100, "investment": 1}],
            }
        },
    }
    return water_case(**{**parts, **changes})


def the_contents(case=None) -> Contents:
    return contents(
        case or the_case(),
        {ENDS_WASH: 20_000.0, ENDS_WORKS: 18_000.0, ENDS_FARM: 17_820.0},
        supplied={"B / wash": 20_000.0, "farm / fresh": 2180.0},
        run={"B / wash": 40_000.0},
        opened={"works": 18_000.0},
        discharged={"B / wash": 18_000.0, "works / sludge": 180.0},
    )


def row(table: pd.DataFrame, **where: Any) -> pd.Series:
    found = table[(table[list(where)] == list(where.values())).all(axis=1)]
    assert len(found) == 1, f"{where}: {len(found)} rows"
    return found.iloc[0]
