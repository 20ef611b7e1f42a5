"""The audit of qualities against a park worked out by hand: it passes, and no corruption of it does."""

import pytest
import quality_by_hand as by_hand
from quality_corruptions import CORRUPTIONS


def test_the_park_by_hand_passes():
    checks, _ = by_hand.checked()
    assert not by_hand.problems()
    assert len(checks.problems) > 20


def test_fees_by_load():
    """1000 x 0.1 + 15000 x 1 + 2600 x 2 + 8280 x 0.5 of amounts, and 0.7 x 8280 x 2500/63 / 1000 kg."""
    _, accounts = by_hand.checked()
    assert accounts.total["discharge"] == pytest.approx(24670)


def test_declaration_and_permit_are_paid_once():
    """(5000 + 1000) x 1.1 for the one exchange that needs both."""
    _, accounts = by_hand.checked()
    assert accounts.total["investment_permit"] == pytest.approx(6600)


@pytest.mark.parametrize("what", CORRUPTIONS)
def test_catches(what):
    """The check that is meant fails, and says where, which quality, what was found and what may be."""
    corrupt, check, words = CORRUPTIONS[what]
    frames = by_hand.tables()
    corrupt(frames)
    found = [detail for name, details in by_hand.problems(frames).items() if check in name for detail in details]
    for word in words:
        assert any(word in detail for detail in found), (word, found)


#: Of a case that says otherwise, the same tables are no plan: text -> its new text, and what must be told.
OTHER_CASES = {
    "a limit of a facility's input": (
        "limits: {effluent: {COD: 2000}}",
        "limits: {effluent: {COD: 300}}",
        "works / effluent: COD 357.143 mg/L exceeds 300 mg/L",
    ),
    "a least content": (
        "limits: {COD: 30, salt: 150}",
        "limits: {COD: 30, salt: {min: 120, max: 150}}",
        "B / process: salt 114.4 mg/L is below 120 mg/L",
    ),
    "a worst value against a permit": (
        "discharge: {route: river, cost: 0.1, limits: {COD: 100}}",
        "discharge: {route: river, cost: 0.1, limits: {COD: 22}}",
        "A / blowdown, discharge: COD 25 mg/L exceeds 22 mg/L",
    ),
    "an inlet limit": (
        "load: {COD: 4}, max_inlet: {COD: 100}",
        "load: {COD: 4}, max_inlet: {COD: 60}",
        "B / rinse #1: COD 71.4286 mg/L exceeds 60 mg/L",
    ),
    "what is removed": (
        "removes: {COD: 0.9}",
        "removes: {COD: 0.8}",
        "B / process: COD 60 mg/L exceeds 30 mg/L",
    ),
    "a fixed outlet": (
        "removes: {COD: 0.9}",
        "leaves: {COD: 45}",
        "B / process: COD 34.02 mg/L exceeds 30 mg/L",  # 15120 x 45 / 20000
    ),
    "a forbidden exchange": (
        "links:\n",
        "exchanges: [{from: works, to: B, forbidden: true}]\nlinks:\n",
        "works > B: clean -> process: the case does not allow it",
    ),
    "fewer links": (
        "max_links: {effluent: 2}",
        "max_links: {effluent: 0}",
        "works / effluent: 1 exchanges feed it, 0 may",
    ),
}


@pytest.mark.parametrize("what", OTHER_CASES)
def test_catches_against_another_case(what):
    """The tables break the case, and the check says how."""
    old, new, told = OTHER_CASES[what]
    assert old in by_hand.CASE
    found = [x for details in by_hand.problems(text=by_hand.CASE.replace(old, new)).values() for x in details]
    assert any(told in detail for detail in found), found
