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


@pytest.mark.parametrize(
    ("mean", "limit", "shown"),
    [
        (1045.0, 1040.0, "1,045"),  # three digits would show the limit
        (1045.0, 2000.0, "1,040"),
        (89.96, 90.0, "89.96"),  # below it, and not at it
        (89.999_999_99, 90.0, "90"),
        (1045.0, 1045.0, "1,045"),
    ],
)
def test_a_content_is_not_rounded_to_a_limit_or_over_it(wet, mean, limit, shown):
    tables = {"compositions": table("compositions", _held("salt", mean))}
    tables["quality_limits"] = table("quality_limits", _limit(limit=limit, binding=False))
    texts = _texts(draw(replace(wet, tables={**wet.tables, **tables})))
    assert f"salt {shown} mg/L" in " ".join(texts)
