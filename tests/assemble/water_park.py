"""A laundry and a dyer, varied test by test: water of known COD.

Fresh water holds 20 mg/L. The laundry (P1, 8000 h) washes: 5 kg/h of COD, at most 50 mg/L in and 150 mg/L out, so that
its limiting flow is 5 kg/h / 0.1 kg/m3 = 50 m3/h. The dyer (P2, 8000 h) gives 10 m3/h of waste water with 100 mg/L and
takes 20 m3/h of at most 60 mg/L. Waste water may replace fresh water, by pipe.
"""

import copy
from typing import Any

from assemble_park import made

WATER: dict[str, Any] = {
    "plots": {"P1": {}, "P2": {}, "P3": {}},
    "qualities": {"COD": {"unit": "mg/L"}},
    "resources": {
        "fresh": {"kind": "water", "unit": "m3", "price": 1, "fresh_water": True, "quality": {"COD": 20}},
        "waste": {"kind": "water", "unit": "m3", "discharge": {"route": "sewer", "cost": 2}, "carried_by": ["pipe"]},
    },
    "substitutions": [{"from": "waste", "to": "fresh"}],
    "plants": {
        "laundry": {
            "plot": "P1",
            "area": 1,
            "hours": 8000,
            "operations": {
                "wash": {
                    "takes": "fresh",
                    "gives": "waste",
                    "load": {"COD": 5},
                    "max_inlet": {"COD": 50},
                    "max_outlet": {"COD": 150},
                }
            },
        },
        "dyer": {
            "plot": "P2",
            "area": 1,
            "hours": 8000,
            "sources": {"waste": {"rate": 10, "quality": {"COD": 100}}},
            "sinks": {"fresh": {"rate": 20, "limits": {"COD": 60}}},
        },
    },
}

WASH = "laundry / wash"
REUSE = "laundry > dyer: wash -> fresh"
BACK = "dyer > laundry: waste -> wash"
OWN = "dyer > dyer: waste -> fresh"


def water(**changes: Any) -> Any:
    """The water park with fields changed, assembled; only its own plants."""
    return made(**{**copy.deepcopy(WATER), **changes})
