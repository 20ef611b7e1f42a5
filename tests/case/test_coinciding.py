"""Hours in which facilities can be of use."""

from pathlib import Path

import pytest
import yaml

from planner.case.coinciding import coinciding_hours
from planner.case.read import read_case

#: A dairy of 4,000 h warms a laundry of 8,000 h by a pump; a second pump lifts the laundry's waste for a mill.
CASE = """
case: Hours
currency: EUR
price_year: 2025
economics: {discount_rate: 5 %}
resources:
  power: {kind: power, unit: MWh, price: 60}
  warm: {kind: heat, unit: MWh, discharge: {route: tower, cost: 1}}
  hot: {kind: heat, unit: MWh}
  ash: {kind: material, unit: t}
plants:
  dairy: {hours: 4000, sources: {warm: {rate: 6 MW}, ash: {rate: 1 t/h, discharge: {route: tip, cost: 1}}}}
  laundry: {hours: 8000, sinks: {hot: {rate: 3 MW, supplied_today_by: {power: 1}}}}
facilities:
  pump:
    {unit: MWh, inputs: {warm: 0.75, power: 0.25}, outputs: {hot: 1},
     investment: [{capacity: 10 MW, investment: 1000000}]}
"""


def hours(folder: Path, **changes) -> dict[str, dict[str, float]]:
    """Hours of the facilities of the case with parts of it replaced, by path with dots as two underscores."""
    tree = yaml.safe_load(CASE)
    for path, value in changes.items():
        node, names = tree, path.split("__")
        for name in names[:-1]:
            node = node.setdefault(name, {})
        node[names[-1]] = value
    (folder / "case.yaml").write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
    return coinciding_hours(read_case(folder, sited=False))


def test_no_longer_than_who_alone_feeds_it(tmp_path):
    assert hours(tmp_path)["pump"] == {"year": 4000}


def test_what_may_be_bought_sets_no_limit(tmp_path):
    """Then only who alone takes what it makes does: 8,000 h; and none where that may be disposed of, too."""
    assert hours(tmp_path, resources__warm__price=9)["pump"] == {"year": 8000}
    more = {"resources__warm__price": 9, "resources__hot__discharge": {"route": "tower"}}
    assert hours(tmp_path, **more)["pump"] == {"year": 8760}


def test_a_share_of_time_that_it_stands_still_is_not_taken_twice(tmp_path):
    """In 5,000 h of which it runs 80 % it does the 4,000 h of the dairy."""
    assert hours(tmp_path, facilities__pump__availability="80 %")["pump"] == {"year": pytest.approx(5000)}


def test_the_hours_of_a_chain_follow(tmp_path):
    booster = {
        "unit": "MWh", "inputs": {"hot": 1, "power": 0.1}, "outputs": {"hotter": 1},
        "investment": [{"capacity": 5, "investment": 1}],
    }  # fmt: skip
    found = hours(
        tmp_path,
        resources__hotter={"kind": "heat", "unit": "MWh"},
        facilities__booster=booster,
        plants__mill={"sinks": {"hotter": {"rate": 1, "supplied_today_by": {"power": 1}}}},
    )
    assert found == {"pump": {"year": 4000}, "booster": {"year": 4000}}


def test_what_is_kept_need_only_come_in_the_same_period(tmp_path):
    """Tanks bridge the hours of a period; in one in which nobody feeds it, it does not run."""
    assert hours(tmp_path, facilities__pump__evens_out=True)["pump"] == {"year": 8760}
    periods = {"winter": {"hours": 4380}, "summer": {"hours": 4380}}
    found = hours(
        tmp_path,
        periods=periods,
        facilities__pump__evens_out=True,
        plants__dairy__hours={"periods": {"winter": 4000, "summer": 0}},
    )
    assert found["pump"] == {"winter": 4380, "summer": 0}


def test_materials_lie_until_they_are_wanted(tmp_path):
    mill = {"unit": "t", "inputs": {"ash": 1}, "investment": [{"capacity": 5, "investment": 1}]}
    assert hours(tmp_path, facilities__grinder=mill)["grinder"] == {"year": 8760}
