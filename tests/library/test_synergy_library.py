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
        ratio = row.ratio
        if ratio.value is not None:
            assert (ratio.low or ratio.value) <= ratio.value <= (ratio.high or ratio.value), row.id
        else:
            assert ratio.basis in ("none", "heat"), row.id


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
