"""Values of groups that need not take everybody, and what can be said of the core where values are intervals."""

import math

import pytest

from models.coalition import Cost
from planner.sharing.core import core_of
from planner.sharing.values import Value, value_of, with_some_alone

ALONE = {"A": 100.0, "B": 50.0, "C": 30.0}


def values(worths, high=None):
    """Values of groups named by their letters; ``high`` are upper ends of those that are not proven."""
    found = {}
    for name, worth in worths.items():
        most, before = (high or {}).get(name, worth), sum(ALONE[i] for i in name)
        found[frozenset(name)] = Value(before, before - worth, worth, most, proven=most == worth)
    return found


def closed(found):
    return with_some_alone(found, ALONE, tuple(ALONE), 1e-6)


def test_a_group_leaves_out_whom_it_does_better_without():
    # With C there is no feasible park (a cap that C alone breaks): A and B save their 20 all the same.
    found = closed(values({"A": 0, "B": 0, "C": 0, "AB": 20, "AC": 0, "BC": 5, "ABC": 0}))
    assert found[frozenset("ABC")].value == 20
    assert found[frozenset("ABC")].note == "does best if C stays alone"
    assert found[frozenset("AC")].value == 0
    # BC is worth 5, and A adds nothing to it: the largest part counts, not the first.


def test_who_stays_alone_is_told_whole():
    worths = {"A": 8, "B": 0, "C": 0, "AB": 2, "AC": 3, "BC": 0, "ABC": 1}
    found = closed(values(worths))
    assert [found[frozenset(s)].value for s in ("AB", "AC", "ABC")] == [8, 8, 8]
    assert found[frozenset("ABC")].note == "does best if B, C stay alone"


def test_values_of_larger_groups_are_never_smaller_and_intervals_stay_intervals():
    worths = {"A": 0, "B": 0, "C": 0, "AB": 20, "AC": 0, "BC": 0, "ABC": 18}
    found = closed(values(worths, high={"AB": 26, "ABC": 24}))
    whole = found[frozenset("ABC")]
    assert (whole.value, whole.high, whole.proven) == (20, 26, False)  # AB may be worth 26
    for s, value in found.items():
        for i in s:
            assert len(s) == 1 or value.value >= found[s - {i}].value


def test_costs_alone_that_do_not_add_up_are_taken_off():
    # Together A and B would cost 140 alone, since they keep an exchange that is there: breaking it costs them 10.
    found = values({"A": 30, "B": 0, "AB": 5})
    found[frozenset("AB")] = Value(140.0, 135.0, 5.0, 5.0, proven=True)
    assert closed(found)[frozenset("AB")].value == pytest.approx(30 + 140 - 150)


def test_nobody_stays_alone_where_the_others_stand():
    # Alone, A and B want the same plot: one of them pays 10 more. That the other is spared it is no gain of both, and B
    # may need that plot for its 30.
    found = values({"A": 0, "B": 30, "AB": 0})
    found[frozenset("AB")] = Value(160.0, 160.0, 0.0, 0.0, proven=True)
    assert closed(found)[frozenset("AB")] == found[frozenset("AB")]


def test_rounding_raises_nothing():
    found = values({"A": 0, "B": 0, "AB": -1e-7})
    assert closed(found)[frozenset("AB")].note == ""


def test_the_lower_end_takes_what_alone_costs_at_least():
    # Alone 100 found, 90 proven; together 60 found, 55 proven: between 30 and 45.
    found = value_of((100.0, 90.0), Cost(60.0, 55.0, "feasible"))
    assert (found.value, found.high, found.proven) == (30.0, 45.0, False)


PAIRS = {"A": 0.0, "B": 0.0, "C": 0.0, "AB": 60.0, "AC": 60.0, "BC": 60.0}


@pytest.mark.parametrize(
    ("whole", "best", "empty", "only"),
    [
        (90.0, 90.0, False, False),  # 30 each: a pair has 60
        (84.0, 84.0, True, False),  # 28 each: a pair gains 4 by leaving
        (84.0, 87.0, True, False),  # the best plan saves 87 at most: 29 each, still 2 too little
        (84.0, 95.0, None, True),  # the best plan may save enough
        (84.0, math.inf, None, True),
    ],
)
def test_an_empty_core_may_be_the_doing_of_a_plan_that_is_not_the_best(whole, best, empty, only):
    found = values(PAIRS | {"ABC": whole}, high={"ABC": best})
    core = core_of(tuple("ABC"), found, 1e-6)
    assert core is not None
    assert (core.empty, core.only_this_plan) == (empty, only)
    assert core.least.epsilon == pytest.approx(60 - 2 * whole / 3)


@pytest.mark.parametrize(("high", "empty"), [(60.0, False), (61.0, None), (math.inf, None)])
def test_groups_that_may_be_worth_more_leave_the_core_open(high, empty):
    found = values(PAIRS | {"ABC": 90.0}, high={"AB": high, "AC": high, "BC": high})
    core = core_of(tuple("ABC"), found, 1e-6)
    assert core is not None
    assert core.empty is empty
