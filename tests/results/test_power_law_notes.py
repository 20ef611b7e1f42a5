"""Notes on power laws: what the law says of the capacity that is built."""

from types import SimpleNamespace

import pandas as pd
import pytest
from mixtures_park import water_case

from planner.results.power_laws import with_laws

NOTE = "facilities.own q.investment: straight lines stand for the power law"


def _books(contingency: float):
    law = {"coefficient": 40_000, "exponent": 0.6, "smallest": 1, "largest": 40}
    facility = {"unit": "m3", "inputs": {"waste": 1}, "outputs": {"fresh": 1}, "investment": law}
    economics = {"discount_rate": 0, "contingency": contingency}
    facilities = {"own q": facility, "own p": facility}
    return SimpleNamespace(case=water_case(facilities=facilities, economics=economics))


@pytest.mark.parametrize(
    ("contingency", "capex", "said"),
    [
        # 32^0.6 = 2^3 = 8: 40,000 x 8 = 320,000 EUR
        (0.0, 320_000, "40,000 x 32^0.6 = 320,000 EUR"),
        (0.1, 352_000, "40,000 x 32^0.6 x 1.1 = 352,000 EUR"),
    ],
)
def test_what_the_law_says_stands_behind_the_note_of_what_is_built(contingency, capex, said):
    built = pd.DataFrame([{"facility": "own q", "capacity_per_h": 32.0, "capex": float(capex)}])
    other = NOTE.replace("own q", "own p")
    found = list(with_laws([NOTE, other, "another note"], _books(contingency), built))
    assert found == [f"{NOTE}; the 32 m3/h built are worth {said}", other, "another note"]
