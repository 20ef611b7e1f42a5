"""Qualities that mix by an index where water is lost: refused where a limit rests on it, else passed on unchanged."""

import copy

import pytest
from water_park import WATER, water

from planner.errors import CaseError


def acid(limits, **operation):
    """The laundry and the dyer with a pH of all that comes in; the dyer limits it, or not."""
    park = copy.deepcopy(WATER)
    park["qualities"]["pH"] = {"unit": "-", "weight": "m3", "mixing": "pH"}
    park["resources"]["fresh"]["quality"]["pH"] = 7
    park["plants"]["dyer"]["sources"]["waste"]["quality"]["pH"] = 5
    park["plants"]["dyer"]["sinks"]["fresh"]["limits"] |= limits
    park["plants"]["laundry"]["operations"]["wash"] |= operation
    return {name: park[name] for name in ("qualities", "resources", "plants")}


def test_a_loss_where_a_limit_rests_on_it_is_refused():
    with pytest.raises(CaseError, match=r"wash\.loss: pH mixes by an index, and a limit rests on what laundry / wash"):
        water(**acid({"pH": {"min": 6}}, loss=1))


def test_a_loss_that_no_limit_rests_on_and_a_limit_without_loss():
    assert set(water(**acid({}, loss=1)).instance.mixing.components) == {"COD"}
    assert set(water(**acid({"pH": {"min": 6}})).instance.mixing.components) == {"COD", "pH"}


@pytest.mark.parametrize(("left", "refused"), [({}, True), ({"pH": 7.5}, False)])
def test_treatment_that_gives_less_than_it_takes(left, refused):
    """A tenth leaves as brine: what becomes of the pH must be stated."""
    park = acid({"pH": {"min": 6}})
    resources = {
        **park["resources"],
        "clean": {"kind": "water", "unit": "m3", "carried_by": ["pipe"], "discharge": {"route": "sewer"}},
        "brine": {"kind": "water", "unit": "m3", "discharge": {"route": "sewer"}},
    }
    works = {
        "scope": "own",
        "owner": "dyer",
        "unit": "m3",
        "inputs": {"waste": 1},
        "outputs": {"clean": 0.9, "brine": 0.1},
        "treats": {"inlet": "waste", "outlet": "clean", "removes": {"COD": 0.5}, "leaves": left, "residue": "brine"},
        "investment": [{"capacity": 50, "investment": 1000}],
    }
    swaps = [*WATER["substitutions"], {"from": "clean", "to": "fresh"}]
    changed = {**park, "resources": resources, "facilities": {"works": works}, "substitutions": swaps}
    if not refused:
        assert water(**changed).instance.mixing is not None
        return
    with pytest.raises(CaseError, match=r"facilities\.works\.treats\.leaves\.pH: needed"):
        water(**changed)
