"""Residues of treatments with a fixed outlet as the mathematics see them, and outputs stated to hold too much."""

from typing import Any

import pytest
from assemble_park import booked
from water_park import WASH, water

RIVER = {"route": "river"}
#: 1 m3 of waste water makes 0.8 of clean water and 0.2 of brine.
WORKS = {
    "unit": "m3",
    "inputs": {"waste": 1},
    "outputs": {"clean": 0.8, "brine": 0.2},
    "investment": [{"capacity": 10, "investment": 1000}, {"capacity": 100, "investment": 5000}],
}
FEE = {**RIVER, "load_fees": {"COD": 0.7}}


def with_works(treats: dict[str, Any], brine: dict[str, Any], **changes: Any) -> Any:
    stated = {"treats": {"inlet": "waste", "outlet": "clean", **treats}, **changes.pop("stated", {})}
    return water(
        resources__clean={"kind": "water", "unit": "m3", "discharge": RIVER, "carried_by": ["pipe"]},
        resources__brine={"kind": "water", "unit": "m3", "discharge": brine},
        substitutions=[{"from": "waste", "to": "fresh"}, {"from": "clean", "to": "fresh"}],
        facilities={"works": {**WORKS, **stated}},
        **changes,
    )


def test_the_residue_of_a_fixed_outlet_holds_the_rest() -> None:
    """Into the works comes 100 (dyer) or 120 to 150 mg/L (laundry): (100 - 0.8 x 50) / 0.2 = 300 to 550 mg/L."""
    park = with_works({"leaves": {"COD": 50}, "residue": "brine"}, FEE)
    mixing = park.instance.mixing
    scale, brine = mixing.components["COD"][2], mixing.outlets["works / brine"]
    assert brine.inlets == ("works / waste",)
    assert (brine.kept, brine.less) == ({"COD": 1.0}, {"COD": ("works / clean",)})
    assert mixing.contents["works / clean"]["COD"] * scale == pytest.approx(50)
    assert (brine.lowest["COD"] * scale, brine.highest["COD"] * scale) == (pytest.approx(300), pytest.approx(550))
    assert booked(park, "discharge", index=("works / brine", "COD", "year")) == pytest.approx(0.7 * scale / 1000)


def test_the_residue_is_empty_where_its_outlet_may_hold_more_than_comes_in() -> None:
    """0.8 x 140 = 112 of the 100 mg of the dyer, of the laundry's 150: between nothing and 38 / 0.2 = 190 mg/L."""
    brine = with_works({"leaves": {"COD": 140}, "residue": "brine"}, FEE).instance.mixing.outlets["works / brine"]
    scale = with_works({"leaves": {"COD": 140}, "residue": "brine"}, FEE).instance.mixing.components["COD"][2]
    assert (brine.lowest["COD"], brine.highest["COD"] * scale) == (0.0, pytest.approx(190))


def test_a_permit_of_the_residue_is_seen_before_any_plan() -> None:
    """It holds 300 mg/L at least, so that the river, which takes 200, is closed to it."""
    park = with_works({"leaves": {"COD": 50}, "residue": "brine"}, {**RIVER, "limits": {"COD": 200}})
    assert not park.instance.sources["works / brine"].dischargeable
    assert any(note.startswith("works / brine may not be disposed of: it holds 300 mg/L") for note in park.notes)


def test_what_mixes_by_an_index_has_no_rest() -> None:
    park = with_works(
        {"leaves": {"acidity": 7}, "residue": "brine"},
        {**RIVER, "limits": {"acidity": {"min": 6, "accept_unknown": True}}},
        qualities__acidity={"unit": "degree", "weight": "m3", "mixing": "reciprocal"},
        plants__dyer__sources__waste__quality={"COD": 100, "acidity": 5},
    )
    assert "works / brine" not in park.instance.mixing.outlets


def overstated(*args: Any, **changes: Any) -> list[str]:
    return [note for note in with_works(*args, **changes).notes if "never came in" in note]


def test_an_outlet_above_all_that_can_come_in_is_noted() -> None:
    """At most 150 mg/L comes in, 0.15 kg; 0.8 m3 of 200 mg/L hold 0.16. Of 180 mg/L they hold 0.144, which may be."""
    (note,) = overstated({"leaves": {"COD": 200}}, RIVER)
    assert note == (
        "facilities.works.treats.leaves.COD: stated to leave works are 0.16 kg of COD per m3, of at most 0.15 that can "
        "come in: a plan with it counts COD that never came in"
    )
    assert not overstated({"leaves": {"COD": 180}}, RIVER)


def test_sludge_that_holds_more_than_can_be_removed_is_noted() -> None:
    """80 % of at most 0.15 kg is 0.12 kg; 0.2 m3 of 700 mg/L hold 0.14, of 590 mg/L 0.118."""
    (note,) = overstated({"removes": {"COD": 0.8}}, RIVER, stated={"quality": {"brine": {"COD": 700}}})
    assert note.startswith("facilities.works.quality.brine.COD: stated to leave works are 0.14 kg of COD per m3, of at")
    assert "at most 0.12 that it can remove" in note
    assert not overstated({"removes": {"COD": 0.8}}, RIVER, stated={"quality": {"brine": {"COD": 590}}})


def test_nothing_is_noted_where_something_unknown_may_come_in() -> None:
    unknown = {"plants__dyer__sources__waste": {"rate": 10}}
    assert not overstated({"leaves": {"COD": 200}}, RIVER, **unknown)
    assert WASH in with_works({"leaves": {"COD": 200}}, RIVER, **unknown).instance.mixing.outlets
