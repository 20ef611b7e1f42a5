"""The shipped library of synergies hangs together and says where it comes from."""

import pytest
import yaml
from pydantic import ValidationError

from planner.library.synergies import FILE, Library, library


@pytest.fixture(scope="module")
def raw():
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def test_all_rows_of_the_facts_are_there():
    ids = {row.id for row in library().synergies}
    assert {f"S{n:02d}" for n in range(1, 71)} <= ids
    assert set(library().rules) == {f"R{n}" for n in range(1, 9)}


def test_what_was_not_opened_is_grade_c():
    lib = library()
    unseen = {key for key, one in lib.sources.items() if not one.seen}
    assert unseen
    assert [row.id for row in lib.synergies if row.source in unseen and row.grade != "C"] == []


def test_limits_have_an_end_and_ratios_a_range_that_holds_them():
    for row in library().synergies:
        for limit in row.limits:
            assert limit.min is not None or limit.max is not None, row.id
        for ratio in (row.ratio, *row.ratios.values()):
            if ratio.value is not None:
                assert (ratio.low or ratio.value) <= ratio.value <= (ratio.high or ratio.value), row.id
            else:
                assert ratio.basis in ("none", "heat"), row.id


def test_the_same_thing_replaces_itself_one_to_one():
    """A tonne of cullet replaces no more than a tonne of cullet; fuels go by energy, batteries by their lead."""
    itself = [row for row in library().synergies if row.byproduct in row.replaces and row.ratio.basis != "heat"]
    assert {row.id for row in itself} == {"S18", "S33", "S70", "S96", "S112", "S115", "S116", "S117", "S130"}
    for row in itself:
        ratio = row.ratio_for(row.byproduct)
        assert ratio.value == 1.0 or (row.id, ratio.basis) == ("S112", "none"), row.id


def test_fuels_replace_each_other_by_energy():
    fuels = {"coal", "kiln fuel", "boiler fuel", "wood fuel", "natural gas", "heavy oil", "gas oil", "RDF"}
    lib = library()
    bases = {(row.id, row.ratio_for(one).basis) for row in lib.synergies for one in row.replaces if one in fuels}
    assert {basis for _, basis in bases} == {"energy"}
    assert all(lib.is_fuel(name) for name in fuels)
    assert not lib.is_fuel("clay")


def test_a_row_is_one_use():
    """What digests a by-product asks for none of what feed asks for, in treatment, law or industry."""
    for row in library().synergies:
        if "digester feedstock" in row.replaces:
            assert not row.serves, row.id
            assert not {"01.4", "10.91"} & set(row.to_nace), row.id
            assert "183/2005" not in row.law, row.id


def test_what_is_told_by_dry_matter_is_dry():
    dry = {row.id for row in library().synergies if row.ratio.dry}
    assert dry == {"S35", "S38", "S39", "S49", "S78", "S111"}
    for row in library().synergies:
        for ratio in (row.ratio, *row.ratios.values()):
            assert ratio.dry or "dry basis" not in (ratio.note or ""), row.id


def test_exclusions_name_reason_and_law():
    assert all(one.reason and one.law for one in library().exclusions)
    assert {"X1", "X2", "X3", "X5", "X6"} <= {one.id for one in library().exclusions}


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda d: d["synergies"][0].update(byproduct="flying ash"), "S01: flying ash is not defined"),
        (lambda d: d["synergies"][0].update(source="nobody"), "S01: nobody is not defined"),
        (lambda d: d["synergies"][1].update(id="S01"), "S01 is there twice"),
        (lambda d: d["substances"]["coal"].update(ewc=["10-01-02"]), 'did you mean "10 01 02"'),
        (lambda d: d["synergies"][0].update(ratios={"sand": d["synergies"][0]["ratio"]}), "does not replace sand"),
        (lambda d: d["synergies"][0].update(ratio={"basis": "energy", "value": 1, "dry": True}), "S01: only a ratio"),
        (lambda d: d["synergies"][0]["limits"][0].update(quality="beauty"), "S01: beauty is no property"),
    ],
)
def test_a_spoilt_library_is_refused(raw, spoil, message):
    from copy import deepcopy

    data = deepcopy(raw)
    spoil(data)
    with pytest.raises(ValidationError, match=message.replace("?", r"\?")):
        Library.model_validate(data)


def test_industries_in_words():
    lib = library()
    assert lib.industry("23.62") == "plasterboard works"
    assert lib.industry("20.16") == "chemical plants"
    assert lib.industry("99") == "NACE 99"
