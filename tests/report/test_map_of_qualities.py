"""Contents of links and limits that bind, on the map and in its key."""

from dataclasses import replace

import pytest
from two_plants_plan import table

from planner.report.map import draw
from planner.results.plan import Plan

STEAM = "smelter > =mill: steam"


def _limit(**changes):
    plainly = {"at": "mixture", "by": "=mill", "stream": "boiler", "quality": "salt", "kind": "max", "unit": "mg/L"}
    return plainly | {"limit": 90.0, "found": 90.0, "binding": True} | changes


def _held(quality, mean, **changes):
    plainly = {"at": "exchange", "exchange": STEAM, "by": "smelter", "quality": quality, "mean": mean, "unit": "mg/L"}
    return plainly | {"known": True} | changes


@pytest.fixture
def wet(plan) -> Plan:
    exchanges = plan.exchanges.assign(sink=["boiler", "warm water"])
    contents = (_held("salt", 85.123), _held("COD", 600.0), _held("lead", None, known=False))
    limits = (_limit(), _limit(quality="lead", binding=False), _limit(by="town", stream="pool", at="discharge"))
    made = {
        "exchanges": exchanges,
        "compositions": table("compositions", *contents),
        "quality_limits": table("quality_limits", *limits),
    }
    return replace(plan, tables={**plan.tables, **made})


def _texts(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


@pytest.mark.parametrize("drawn", ["map", "diagram"])
def test_the_key_has_contents_and_the_taker_a_mark(wet, drawn):
    plan = wet if drawn == "map" else replace(wet, layers={})
    texts = _texts(draw(plan))
    # salt and lead are limited at the mill, COD is not
    key = " ".join(texts)
    assert "salt 85.1 mg/L" in key
    assert "lead unknown" in key
    assert "COD" not in key
    assert "=mill \u25b2\nP3" in texts
    assert "town" in texts  # its limit is on what it lets out
    assert "=mill / boiler: salt \u2264 90 mg/L" in key


def test_a_plan_without_limits_is_drawn_as_ever(plan):
    texts = _texts(draw(plan))
    assert "=mill\nP3" in texts
    assert not any("\u25b2" in text or "limit of quality" in text for text in texts)
