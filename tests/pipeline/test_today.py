"""The baseline of what is there today: an existing exchange that costs more than it saves is left unused, and told."""

import json

import pytest

from planner.case.read import read_case
from planner.pipeline import solve


@pytest.mark.parametrize(("handling", "told"), [(3, True), (0.5, False)])
def test_an_existing_exchange_that_does_not_pay_is_told(handling, told, tmp_path):
    """8,000 m3/yr of fresh water at 2 EUR/m3: an old pipe saves all of it, for ``handling`` EUR/m3."""
    case = {
        "case": "Today", "currency": "EUR", "price_year": 2025, "economics": {"discount_rate": 0}, "baseline": "as_is",
        "geography": {"distances": "distances.csv"}, "plots": {"A": {"area": 1}, "B": {"area": 1}},
        "resources": {
            "fresh": {"kind": "water", "unit": "m3", "price": 2},
            "used": {"kind": "water", "unit": "m3", "discharge": {"route": "sewer"}, "carried_by": ["pipe"]},
        },
        "substitutions": [{"from": "used", "to": "fresh"}],
        "plants": {
            "giver": {"plot": "A", "hours": 8000, "sources": {"used": {"rate": 1}}},
            "taker": {"plot": "B", "hours": 8000, "sinks": {"fresh": {"rate": 1}}},
        },
        "exchanges": [{
            "from": "giver", "to": "taker", "existing": {"link": "pipe", "capacity": 2},
            "treatment": {"cost": handling},
        }],
        "links": {"pipe": {"kind": "pipe", "along": "table", "sizes": [
            {"size": "S", "capacity": 6, "investment": 30}]}},
    }  # fmt: skip
    (tmp_path / "case.yaml").write_text(json.dumps(case), encoding="utf-8")
    (tmp_path / "distances.csv").write_text("from,to,length_m\nA,B,500\n", encoding="utf-8")
    plan = solve(read_case(tmp_path))
    unused = "the baseline leaves the existing exchange giver > taker: used -> fresh unused"
    assert any(note.startswith(unused) for note in plan.header["notes"]) == told
