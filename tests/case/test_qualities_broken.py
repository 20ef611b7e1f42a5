"""What is wrong with qualities, operations and treatment is said before any solve, all at once, each in its place."""

import pytest
from broken_operations import OPERATIONS, OTHERS
from broken_qualities import NAMES, NUMBERS, UNITS
from case_texts import changed, write
from water_texts import WATER, said

from planner.case.read import read_case
from planner.errors import CaseError

GROUPS = {"names": NAMES, "units": UNITS, "numbers": NUMBERS, "operations": OPERATIONS, "others": OTHERS}
ALL = {f"{kind}: {name}": fault for kind, group in GROUPS.items() for name, fault in group.items()}


@pytest.mark.parametrize(("changes", "message"), ALL.values(), ids=ALL)
def test_one_slip_makes_one_fault(tmp_path, changes, message):
    """Each is found, and nothing else is said that only follows from it."""
    found = said(tmp_path, *changes)
    assert len(found) == 1, found
    assert found[0].startswith(message), found


def test_all_at_once_with_their_lines(tmp_path):
    slips = [NUMBERS["min above max"], OPERATIONS["least above largest"], OTHERS["removed and left"]]
    slips += [NUMBERS["a short waste code"], OTHERS["more than it can do"]]
    text = changed(*(change for changes, _ in slips for change in changes), text=WATER)
    with pytest.raises(CaseError) as caught:
        read_case(write(tmp_path, text))
    found = {fault.field: fault for fault in caught.value.faults}
    assert len(found) == len(slips)
    for changes, message in slips:
        fault = found[message.split(": ")[0]]
        assert fault.file == "case.yaml"
        assert changes[0][1][:20] in text.splitlines()[fault.line - 1]


def test_a_fault_of_a_unit_hides_what_only_follows_from_it(tmp_path):
    """With its content unreadable, fresh water is not said to be too foul for anybody."""
    found = said(tmp_path, ("quality: {COD: 2, TSS: 1", "quality: {COD: 2 kg, TSS: 1"))
    assert found == ["resources.fresh water.quality.COD: kg is mass; expected mg/L, which is mass / volume"]


def test_a_limit_below_the_fresh_water_is_no_fault_where_something_could_dilute_it(tmp_path):
    """Treated water may hold less COD than the process water on sale."""
    case = read_case(write(tmp_path, changed(("{max: 120, accept_unknown: true}", "{max: 3}"), text=WATER)))
    assert case.plants["dairy"].sinks["cooling"].limits["COD"].max_.value == 3


def test_a_mean_may_have_its_worst_on_either_side(tmp_path):
    read_case(write(tmp_path, changed(("{mean: 45 %, worst: 60 %}", "{mean: 45 %, worst: 40 %}"), text=WATER)))


def test_forced_into_a_use_that_is_barred(tmp_path):
    feed = ("use: fuel,", "use: feed,")
    forced = ("exchanges:\n", "exchanges:\n  - {from: board mill, to: board mill, forced: true}\n")
    assert said(tmp_path, feed, forced) == [
        "exchanges[1].forced: must be built, but fibre reject of board mill may not go into feed (not_into)"
    ]
