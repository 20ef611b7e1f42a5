"""Components, their scale, contents, limits and bounds of outlets; fees; what is barred, and faults of quality."""

from typing import Any

import pytest
from assemble_park import booked
from water_park import BACK, OWN, REUSE, WASH, water

from planner.errors import CaseError

TREAT = {
    "unit": "m3",
    "inputs": {"waste": 1},
    "outputs": {"clean": 0.9, "sludge": 0.1},
    "treats": {"inlet": "waste", "outlet": "clean", "residue": "sludge", "removes": {"COD": 0.8}},
    "investment": [{"capacity": 10, "investment": 1000}, {"capacity": 100, "investment": 5000}],
}
CLEAN = {"kind": "water", "unit": "m3", "discharge": {"route": "river"}, "carried_by": ["pipe"]}


def with_works(**changes: Any) -> Any:
    """The park with a treatment of 0.9 m3 of clean water and 0.1 m3 of sludge a m3."""
    return water(
        resources__clean=CLEAN,
        resources__sludge={"kind": "water", "unit": "m3", "discharge": {"route": "farm"}},
        substitutions=[{"from": "waste", "to": "fresh"}, {"from": "clean", "to": "fresh"}],
        facilities={"works": TREAT},
        **changes,
    )


def why(assembly: Any) -> dict[str, str]:
    return {one.exchange: one.why for one in assembly.barred}


def fault(**changes: Any) -> str:
    with pytest.raises(CaseError) as error:
        water(**changes)
    return str(error.value)


def test_one_component_scaled_by_the_largest_limit() -> None:
    """Limits are 60, 50 and 150 mg/L: 150 is 1. Fresh water holds 20 / 150, the dyer's waste water 100 / 150."""
    mixing = water().instance.mixing
    assert mixing.components == {"COD": ("COD", "mean", 150.0)}
    assert mixing.contents == {"dyer / waste": {"COD": pytest.approx(100 / 150)}}
    assert mixing.supplies == {j: {"COD": pytest.approx(20 / 150)} for j in (WASH, "dyer / fresh")}
    assert mixing.limits["dyer / fresh"]["COD"].most == pytest.approx(60 / 150)
    assert mixing.limits[WASH]["COD"].most == pytest.approx(50 / 150)
    assert mixing.weights["dyer / waste"] == mixing.weights["dyer / fresh"] == {"COD": 1.0}
    assert not mixing.once


def test_nothing_of_quality_without_a_limit() -> None:
    park = water(plants__laundry__operations={}, plants__dyer__sinks__fresh={"rate": 20})
    assert park.instance.mixing is None
    assert park.barred == ()


def test_bounds_of_an_outlet_follow_from_what_can_come_in() -> None:
    """Picked up: 5 kg/h / 0.001 = 5000 m3 mg/L an hour. With 50 m3/h of fresh water: 20 + 5000 / 50 = 120 mg/L.

    It must take 5000 / (150 - 20) = 38.46 m3/h at least; no more than 150 mg/L may leave.
    """
    park = water()
    outlet = park.instance.mixing.outlets[WASH]
    assert outlet.inlets == (WASH,)
    assert outlet.operation == WASH
    assert outlet.kept == {"COD": 1.0}
    assert outlet.picked["COD"]["year"] == pytest.approx(5000 * 8000 / 150)
    assert outlet.lowest["COD"] == pytest.approx(120 / 150)
    assert outlet.highest["COD"] == pytest.approx(1.0)
    assert park.instance.operations[WASH].least["year"] == pytest.approx(5000 / 130 * 8000)


def test_highest_worst_values_are_a_component_of_their_own() -> None:
    """Upper limits go by the worst, 120; nothing goes by the mean, which is left out unless a fee asks for it."""
    worst = {"rate": 10, "quality": {"COD": {"mean": 100, "worst": 120}}}
    mixing = water(plants__dyer__sources__waste=worst).instance.mixing
    assert mixing.components == {"COD (highest)": ("COD", "highest", 150.0)}
    assert mixing.contents["dyer / waste"] == {"COD (highest)": pytest.approx(120 / 150)}
    fee = {"route": "sewer", "load_fees": {"COD": 0.7}}
    mixing = water(plants__dyer__sources__waste=worst, resources__waste__discharge=fee).instance.mixing
    assert set(mixing.components) == {"COD", "COD (highest)"}
    assert mixing.limits[WASH].keys() == {"COD (highest)"}
    assert mixing.outlets[WASH].highest["COD"] == pytest.approx(150 / mixing.components["COD"][2])


def test_lower_limits_go_by_the_lowest_worst_values() -> None:
    """At least 90 of heating value: the gas holds 100, at worst 80."""
    mixing = water(
        qualities__HV={"unit": "degree"},
        resources__fresh__quality={"COD": 20, "HV": 95},
        plants__dyer__sources__waste__quality={"COD": 100, "HV": {"mean": 100, "worst": 80}},
        plants__dyer__sinks__fresh__limits={"COD": 60, "HV": {"min": 90}},
    ).instance.mixing
    assert mixing.components["HV (lowest)"] == ("HV", "lowest", 90.0)
    assert "HV" not in mixing.components
    assert mixing.contents["dyer / waste"]["HV (lowest)"] == pytest.approx(80 / 90)
    assert mixing.limits["dyer / fresh"]["HV (lowest)"].least == pytest.approx(1.0)


def acid(waste):
    """Mixing where the dyer's waste has this pH, and the dyer admits 6 to 9."""
    return water(
        qualities__pH={"unit": "pH", "mixing": "pH", "weight": "m3"},
        resources__fresh__quality={"COD": 20, "pH": 7},
        plants__dyer__sources__waste__quality={"COD": 100, "pH": waste},
        plants__dyer__sinks__fresh__limits={"COD": 60, "pH": {"min": 6, "max": 9}},
    ).instance.mixing


def test_a_falling_index_turns_limits_round() -> None:
    """Hydrogen less hydroxide: 0.99e-6 of pH 6; -9.999e-6 of pH 9, the scale; none of pH 7; 9.999e-6 of pH 5."""
    mixing = acid(5)
    assert mixing.components["pH"] == ("pH", "mean", pytest.approx(9.999e-6))
    bounds = mixing.limits["dyer / fresh"]["pH"]
    assert (bounds.least, bounds.most) == (pytest.approx(-1.0), pytest.approx(0.99 / 9.999))
    assert mixing.supplies["dyer / fresh"]["pH"] == pytest.approx(0.0, abs=1e-12)
    assert mixing.contents["dyer / waste"]["pH"] == pytest.approx(1.0)


def test_an_index_below_nothing_is_counted_from_its_lowest() -> None:
    """The mathematics take no content below 0: lye of pH 11, -1e-3 + 1e-11, is 0, and water of pH 7 so much above it.

    In scales of 9.999e-6: water 100.01, a pH of 9 one less, a pH of 6 0.099 more.
    """
    mixing = acid(11)
    lye = (1e-3 - 1e-11) / 9.999e-6
    bounds = mixing.limits["dyer / fresh"]["pH"]
    assert mixing.contents["dyer / waste"]["pH"] == pytest.approx(0.0, abs=1e-9)
    assert mixing.supplies["dyer / fresh"]["pH"] == pytest.approx(lye)
    assert (bounds.least, bounds.most) == (pytest.approx(lye - 1.0), pytest.approx(lye + 0.99 / 9.999))


def test_treatment_keeps_what_it_does_not_remove() -> None:
    """Into the works comes 100 (dyer) or 120 to 150 mg/L (laundry). Clean: 0.2 x those / 0.9; sludge: 0.8 x / 0.1."""
    mixing = with_works(resources__sludge__discharge={"route": "farm", "limits": {"COD": 1500}}).instance.mixing
    clean, sludge = mixing.outlets["works / clean"], mixing.outlets["works / sludge"]
    scale = mixing.components["COD"][2]
    assert scale == 1500.0
    assert clean.inlets == sludge.inlets == ("works / waste",)
    assert (clean.kept["COD"], sludge.kept["COD"]) == (pytest.approx(0.2), pytest.approx(0.8))
    assert clean.lowest["COD"] * scale == pytest.approx(100 * 0.2 / 0.9)
    assert clean.highest["COD"] * scale == pytest.approx(150 * 0.2 / 0.9)
    assert sludge.highest["COD"] * scale == pytest.approx(150 * 0.8 / 0.1)
    assert mixing.discharges["works / sludge"]["COD"].most == pytest.approx(1.0)


def test_a_fixed_outlet_is_a_given_content_and_regeneration_is_named() -> None:
    treats = {"inlet": "waste", "outlet": "clean", "leaves": {"COD": 10}, "recycling": False}
    mixing = water(
        resources__clean=CLEAN,
        substitutions=[{"from": "clean", "to": "fresh"}],
        facilities={"works": {**TREAT, "outputs": {"clean": 1}, "treats": treats}},
    ).instance.mixing
    assert mixing.contents["works / clean"] == {"COD": pytest.approx(10 / 150)}
    assert "works / clean" not in mixing.outlets
    assert mixing.once == ("works",)


def test_unknown_content_bars_an_exchange_where_it_is_limited() -> None:
    park = water(plants__dyer__sources__waste={"rate": 10})
    assert why(park) == {BACK: "content unknown", OWN: "content unknown"}
    assert not {BACK, OWN} & park.instance.exchanges.keys()
    assert [b.limit for b in park.barred if b.exchange == OWN] == [60]
    assert any(note.startswith("2 exchange(s) not admitted (COD: content unknown)") for note in park.notes)


def test_an_accepted_unknown_has_no_weight() -> None:
    wash = {"takes": "fresh", "gives": "waste", "load": {"COD": 5}, "max_inlet": {"COD": 50}, "max_flow": 50}
    park = water(
        plants__dyer__sources__waste={"rate": 10},
        plants__laundry__operations={"wash": wash},
        exchanges=[{"from": "dyer", "to": "laundry", "accept_unknown": ["COD"]}],
    )
    assert why(park) == {OWN: "content unknown"}
    assert BACK in park.instance.exchanges
    assert "dyer / waste" not in park.instance.mixing.weights
    assert "unknown contents of COD are accepted and count for nothing: dyer / waste" in park.notes


def test_what_is_accepted_where_it_comes_in_is_not_accepted_where_it_leaves() -> None:
    """The wash may leave with 150 mg/L: to accept an unknown content at its inlet says nothing of that.

    This used to be let in, as if what is accepted at an inlet were known from there on.
    """
    park = water(
        plants__dyer__sources__waste={"rate": 10},
        exchanges=[{"from": "dyer", "to": "laundry", "accept_unknown": ["COD"]}],
    )
    assert why(park) == {OWN: "content unknown", BACK: "content unknown"}


def test_a_residue_holds_nothing_of_what_its_treatment_does_not_touch() -> None:
    """All salt leaves with the clean water: a fee of 1 EUR/kg on that of the sludge costs nothing, and is no fault."""
    farm = {"route": "farm", "load_fees": {"salt": 1}}
    park = water(
        qualities__salt={"unit": "mg/L"},
        resources__clean=CLEAN,
        resources__sludge={"kind": "water", "unit": "m3", "discharge": farm},
        substitutions=[{"from": "waste", "to": "fresh"}, {"from": "clean", "to": "fresh"}],
        facilities={"works": TREAT},
    )
    assert park.instance.mixing.contents["works / sludge"]["salt"] == 0.0
    assert "works / sludge" not in park.instance.mixing.outlets


def test_a_residue_is_concentrated_by_as_much_as_it_is_less() -> None:
    """A fee on the sludge: 0.8 x 100 to 150 mg/L in a tenth, or a hundredth, of the water, however little that is."""
    for given in (0.1, 0.01):
        farm = {"route": "farm", "load_fees": {"COD": 1}}
        park = water(
            resources__clean=CLEAN,
            resources__sludge={"kind": "water", "unit": "m3", "discharge": farm},
            substitutions=[{"from": "waste", "to": "fresh"}, {"from": "clean", "to": "fresh"}],
            facilities={"works": {**TREAT, "outputs": {"clean": 1 - given, "sludge": given}}},
        )
        mixing = park.instance.mixing
        sludge, scale = mixing.outlets["works / sludge"], mixing.components["COD"][2]
        assert (sludge.highest["COD"] * scale, sludge.cut) == (pytest.approx(120 / given), frozenset())
        assert not any("rising without end" in note for note in park.notes)


def test_a_stream_above_the_limit_is_barred_only_where_nothing_dilutes_it() -> None:
    """The laundry's 120 mg/L and more may be thinned with fresh water of 20; with fresh water of 60 they may not."""
    assert why(water()) == {}
    park = water(resources__fresh__quality={"COD": 60}, plants__laundry__operations__wash__max_inlet={"COD": 80})
    # 5 / (150 - 80) kg/m3 = 71.4 m3/h at most, with fresh water of 60: 60 + 5000 / 71.4 = 130 mg/L leave at least
    barred = {b.exchange: (b.why, b.found, b.limit, b.unit) for b in park.barred}
    assert barred == {
        REUSE: ("nothing can dilute it", pytest.approx(130), 60, "mg/L"),
        OWN: ("nothing can dilute it", 100, 60, "mg/L"),
    }


def test_a_demand_met_whole_is_not_diluted() -> None:
    park = water(plants__dyer__sinks__fresh={"rate": 5, "limits": {"COD": 60}, "whole_demand_from_one_source": True})
    assert why(park) == {REUSE: "nothing can dilute it", OWN: "nothing can dilute it"}


def test_uses_and_terms_bar_too() -> None:
    park = water(
        resources__waste__not_into=["food"],
        plants__dyer__sinks__fresh={"rate": 20, "limits": {"COD": 60}, "use": "food"},
        exchanges=[{"from": "dyer", "to": "laundry", "forbidden": True}],
    )
    assert why(park) == {REUSE: "may not come into food", OWN: "may not come into food", BACK: "forbidden by the case"}


def test_an_unknown_purchase_where_it_is_limited_is_a_fault() -> None:
    text = fault(resources__fresh__quality={})
    assert "resources.fresh.quality.COD" in text
    assert "what is bought for dyer / fresh is limited by plants.dyer.sinks.fresh.limits.COD" in text


def test_a_purchase_above_the_limit_is_a_fault() -> None:
    text = fault(plants__dyer__sinks__fresh__limits={"COD": 15})
    assert "plants.dyer.sinks.fresh.limits.COD" in text
    assert "found 15 mg/L; fresh, which is bought, holds 20, above it" in text


def test_a_load_that_no_flow_can_carry_is_a_fault() -> None:
    """5000 / (150 - 20) = 38.46 m3/h are needed, 30 may flow."""
    text = fault(plants__laundry__operations__wash__max_flow=30)
    assert "its load of COD cannot be carried" in text
    assert "it needs 38.4615 m3/h and takes at most 30" in text


def test_a_source_above_its_permit_is_a_fault_unless_it_goes_elsewhere() -> None:
    permit = {"route": "sewer", "limits": {"COD": 90}}
    text = fault(
        plants__dyer__sinks={}, plants__dyer__sources__waste={"rate": 10, "quality": {"COD": 100}, "discharge": permit}
    )
    assert "it holds 100 mg/L of COD, and plants.dyer.sources.waste.discharge.limits.COD is at most 90 mg/L" in text
    sold = {"rate": 10, "quality": {"COD": 100}, "discharge": permit, "sale": {"price": 0}}
    park = water(plants__dyer__sources__waste=sold)
    assert not park.instance.sources["dyer / waste"].dischargeable
    assert ("dyer / waste", "year") not in park.instance.effects.get("discharged", {})


def test_weights_that_cannot_be_told_are_a_fault() -> None:
    text = fault(qualities__COD={"unit": "mg/L", "weight": "t"})
    assert "resources.fresh.mass" in text
    assert "needed (t in a unit): COD mixes by it" in text


def test_load_fees_of_known_and_of_computed_contents() -> None:
    """0.7 EUR/kg: the dyer's m3 holds 0.1 kg = 0.07 EUR; a unit of the laundry's load is 150 mg/L m3 = 0.15 kg."""
    park = water(resources__waste__discharge={"route": "sewer", "cost": 2, "load_fees": {"COD": 0.7}})
    assert booked(park, "discharge", index=("dyer / waste", "year")) == pytest.approx(2.07)
    assert booked(park, "discharge", index=(WASH, "year")) == pytest.approx(2)
    assert booked(park, "discharge", index=(WASH, "COD", "year")) == pytest.approx(0.7 * 0.15)


def test_a_loop_without_limit_is_cut_off_and_said() -> None:
    """Salt, limited at the dyer, is picked up by a wash without max_outlet for it and may come back to it."""
    operation = {
        "takes": "fresh",
        "gives": "waste",
        "load": {"COD": 5},
        "max_inlet": {"COD": 50},
        "max_outlet": {"COD": 150},
        "loss": 10,
    }
    park = water(
        qualities__salt={"unit": "mg/L"},
        resources__fresh__quality={"COD": 20, "salt": 100},
        plants__dyer__sources__waste__quality={"COD": 100, "salt": 100},
        plants__dyer__sinks__fresh__limits={"salt": 500},
        plants__laundry__operations={"wash": operation, "rinse": operation},
    )
    said = "nothing in the case keeps salt in what leaves laundry / wash from rising without end: taken as at most 5000"
    assert any(note.startswith(said) for note in park.notes)
    mixing = park.instance.mixing
    # cut off at ten times the limit of 500, which is 1
    assert mixing.outlets[WASH].highest["salt"] == pytest.approx(10.0)
    assert mixing.outlets[WASH].cut == {"salt"}


def test_a_minimum_that_is_broken_is_said_to_be_one() -> None:
    """The sewer takes water of at least 1000 mg/L; the dyer's of 100 may not go there."""
    sewer = {"route": "sewer", "limits": {"COD": {"min": 1000}}}
    with pytest.raises(CaseError, match=r"100 mg/L of COD, and \S+waste\.discharge\.limits\.COD is at least 1000 mg/L"):
        water(plants__dyer__sources__waste__discharge=sewer, substitutions=[])
