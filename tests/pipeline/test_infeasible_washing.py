"""Cases without a plan for a wash and its own treatment: what clashes, and a change that is enough by itself.

The wash (1000 h) picks up 2 kg/h in fresh water (0 mg/L) and gives at most 400 mg/L: 5 to 10 m3/h, so that at least
2 / 10 = 200 mg/L leave it, above the 100 of its sewer. The unit removes 90 % of that: 20 to 40 mg/L, below the 50 of
the river. What both give may come back to the wash, which takes nothing above 0 mg/L.
"""

import copy
import json

import pytest

from models.diagnose import Clash
from models.solution import NoSolution
from planner.assemble.assemble import assemble
from planner.case.read import read_case
from planner.diagnosis import explain
from planner.errors import CaseError, Infeasible
from planner.geography.measure import measure
from planner.pipeline import solve

WATER = {"kind": "water", "unit": "m3"}
RESOURCES = {
    "fresh": {**WATER, "price": 2, "fresh_water": True, "quality": {"a": 0}},
    "used": {**WATER, "discharge": {"route": "sewer", "cost": 0.2, "limits": {"a": 100}}},
    "treated": {**WATER, "discharge": {"route": "river", "cost": 0.05, "limits": {"a": 50}}},
}
WASH = {
    "takes": "fresh",
    "gives": "used",
    "load": {"a": "2 kg/h"},
    "max_inlet": {"a": 0},
    "max_outlet": {"a": 400},
    "max_flow": 10,
}
UNIT = {
    "scope": "own",
    "owner": "A",
    "unit": "m3",
    "inputs": {"used": 1},
    "outputs": {"treated": 1},
    "treats": {"inlet": "used", "outlet": "treated", "removes": {"a": "90 %"}},
    "investment": [{"capacity": 10, "investment": 1000}],
}
CASE = {
    "case": "Wash and unit",
    "currency": "EUR",
    "price_year": 2025,
    "economics": {"discount_rate": 0},
    "qualities": {"a": {"unit": "mg/L"}},
    "resources": RESOURCES,
    "plots": {"A": {"area": 1}},
    "plants": {"A": {"plot": "A", "hours": 1000, "operations": {"wash": WASH}}},
    "facilities": {"unit": UNIT},
    "substitutions": [{"from": "used", "to": "fresh"}, {"from": "treated", "to": "fresh"}],
}


def capped(case, most):
    case["economics"]["caps"] = {"fresh_water": most}


def shut_in(case, permit):
    """What the unit gives may neither leave the park nor come back to the unit."""
    case["facilities"]["unit"]["treats"]["recycling"] = False
    del case["resources"]["treated"]["discharge"]
    case["resources"]["used"]["discharge"]["limits"] = {"a": permit}


def forced(case, least):
    """A need of 5,000 m3/yr at no more than 15 mg/L, of which the unit must bring some."""
    case["plants"]["A"]["sinks"] = {"d": {"resource": "fresh", "rate": 5, "limits": {"a": 15}}}
    case["exchanges"] = [{"from": "unit", "to": "A", "into": "d", "forced": True, "min_flow": least}]


def sized(case, most):
    case["facilities"]["unit"]["investment"] = [{"capacity": most, "investment": 1000}]


def diluted(case, most):
    """No unit and a sewer for all; a need of 5 m3/h at no more than 100 mg/L, and a cap on fresh water."""
    case["facilities"] = {}
    case["substitutions"] = [{"from": "used", "to": "fresh"}]
    del case["resources"]["used"]["discharge"]["limits"], case["resources"]["treated"]
    case["plants"]["A"]["sinks"] = {"d": {"resource": "fresh", "rate": 5, "limits": {"a": 100}}}
    capped(case, most)


#: What it is -> what is done to the case, the number that clashes and one that does not, what is named, and the change.
CLASHES = {
    # 2 kg/h by 400 mg/L are 5 m3/h x 1000 h.
    "a cap on fresh water": (
        capped, 4000, 5000,
        ["economics.caps.fresh_water: at most 4,000 m3/yr", "plants.A.operations.wash.max_outlet.a"],
        ["economics.caps.fresh_water: at most 4,000 m3/yr: raise it by 1,000 m3/yr"],
    ),
    # 2,000 kg in 10 m3/h x 1000 h are 200 mg/L; 100 mg/L of it are 1,000 kg. A laxer max_inlet alone does not help:
    # the load has to leave by the sewer.
    "a permit, and nothing may come back": (
        shut_in, 100, 200,
        ["resources.used.discharge.limits.a", "facilities.unit.treats.recycling: what leaves unit never comes back"],
        ["resources.used.discharge.limits.a: what A / wash disposes of holds at most 100 mg/L of a: make it laxer by "
         "about 100 mg/L, to 200 mg/L (2,000 kg/yr in 10,000 m3/yr; it is exceeded by 1,000 kg/yr of a)"],
    ),
    # The wash takes 5 m3/h. Of its 400 mg/L the need takes 1 / 4, 1.25 m3/h, and 3.75 of fresh water: 8.75 m3/h. A wash
    # at less than 400 mg/L takes more: r gives r / 4, and r + 5 - r / 4 are wanted.
    "a cap on fresh water, and a need that what is used could meet": (
        diluted, 7000, 8750,
        ["economics.caps.fresh_water: at most 7,000 m3/yr", "plants.A.sinks.d.limits.a"],
        ["economics.caps.fresh_water: at most 7,000 m3/yr: raise it by 1,750 m3/yr"],
    ),
    # At 20 mg/L and else 0, x / 5,000 = 15 / 20: 3,750 m3/yr, 1,250 less than asked for.
    "a forced exchange with a least flow": (
        forced, 5000, 3750,
        ["exchanges[1].forced: unit > A: treated -> d must be built",
         "exchanges[1].min_flow: unit > A: treated -> d carries at least 5,000 m3/yr", "plants.A.sinks.d.limits.a"],
        ["exchanges[1].min_flow: unit > A: treated -> d carries at least 5,000 m3/yr if built: lower it by "
         "1,250 m3/yr"],
    ),
}  # fmt: skip


def write(folder, change, number):
    case = copy.deepcopy(CASE)
    change(case, number)
    (folder / "case.yaml").write_text(json.dumps(case), encoding="utf-8")
    return read_case(folder)


def bullets(text):
    return [line.removeprefix("  - ") for line in text.splitlines() if line.startswith("  - ")]


@pytest.mark.parametrize("what", CLASHES)
def test_is_named_with_the_one_change_that_is_enough(what, tmp_path):
    change, wrong, _, named, offered = CLASHES[what]
    with pytest.raises(Infeasible) as stopped:
        solve(write(tmp_path, change, wrong))
    clash, _, smallest = str(stopped.value).partition("The smallest change that would make a plan possible:")
    assert not [words for words in named if not any(line.startswith(words) for line in bullets(clash))], clash
    assert bullets(smallest) == offered


@pytest.mark.parametrize("what", CLASHES)
def test_and_so_changed_there_is_a_plan(what, tmp_path):
    change, _, right, _, _ = CLASHES[what]
    assert solve(write(tmp_path, change, right)).audit["passed"]


def test_each_limit_of_a_stream_is_named_by_itself(tmp_path):
    """The wash takes and disposes of a stream of one name: two limits, each in a line of its own."""
    with pytest.raises(Infeasible) as stopped:
        solve(write(tmp_path, shut_in, 100))
    assert not [line for line in bullets(str(stopped.value)) if "max_inlet" in line and "discharge" in line]


def test_a_unit_too_small_is_told_the_least_that_the_wash_gives(tmp_path):
    """5 m3/h at 400 mg/L, not the 10 that it may give: a unit of 5 m3/h is enough."""
    with pytest.raises(CaseError) as stopped:
        solve(write(tmp_path, sized, 3))
    assert "unit, as large as it may be, takes at most 3 m3/h, and wash is at least 5 m3/h" in str(stopped.value)
    assert solve(write(tmp_path, sized, 5)).audit["passed"]


def test_what_grows_in_a_loop_is_cut_off_near_what_the_case_names(tmp_path):
    """The wash may take next to nothing where its outlet gives way: 10 times 400 mg/L, and a tenth of it treated."""
    case = write(tmp_path, capped, 4000)
    mixing = assemble(case, measure(case), relaxed=True).instance.mixing
    ((component, (_, _, scale)),) = mixing.components.items()
    most = {i: data.highest[component] * scale for i, data in mixing.outlets.items()}
    assert most == pytest.approx({"A / wash": 4000, "unit / treated": 400})


def test_without_a_plan_no_change_is_called_enough(tmp_path, monkeypatch):
    """Where time runs out the relaxation of the mixtures says what it must be at least; all that may clash is named."""

    def late(*_, **__):
        raise NoSolution("limit")

    monkeypatch.setattr("models.bilinear.solve", late)
    case = write(tmp_path, capped, 4000)
    clash, _, offered = explain(case, measure(case)).partition(
        "At least so much must change for a plan; whether it is enough was not found out:"
    )
    assert "economics.caps.fresh_water: at most 4,000 m3/yr" in clash
    assert "time ran out: fewer of them may already clash" in clash
    assert bullets(offered) == ["economics.caps.fresh_water: at most 4,000 m3/yr: raise it by 1,000 m3/yr"]


def test_where_no_change_is_found_caps_are_named_beside_limits(tmp_path, monkeypatch):
    everything = ("discharged:A / wash:a", "limit:fresh_water", "outlet:A / wash:a", "settle:A")
    monkeypatch.setattr("models.diagnose.clash", lambda *_, **__: Clash(everything, {}))
    case = write(tmp_path, capped, 4000)
    told = bullets(explain(case, measure(case)))
    assert [line.partition(":")[0] for line in told] == [
        "resources.used.discharge.limits.a",
        "economics.caps.fresh_water",
        "plants.A.operations.wash.max_outlet.a",
    ]
