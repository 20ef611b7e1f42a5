"""From all numbers of an edition, no sum or difference of a few is another firm's figure."""

import re
from itertools import product

import numpy as np
import pytest
from made_up_park import figures_of, joint_of, made_up

from planner.report.html.confidential import edition, names_left
from planner.report.html.page import in_page
from planner.results.plan import Plan


def numbers_of(html: str) -> np.ndarray:
    """Every number of a page: the values behind its tables, what its text shows, and the data of its map."""
    values = re.findall(r'<data value="([^"]*)"', html)
    shown = re.sub(r"<[^>]+>", " ", html.partition("<body>")[2].partition("<script>")[0]).replace(",", "")
    found = {float(x) for x in [*values, *re.findall(r"\d+(?:\.\d+)?", shown)]}
    return np.array(sorted({abs(round(value)) for value in found if 1e6 < abs(value) < 1e13}), dtype=np.int64)


def reckoned(numbers: np.ndarray) -> set[int]:
    """The numbers, and sums and differences of two and of three of them."""
    found = set(map(int, numbers))
    pairs = np.unique(np.abs(np.concatenate([np.add.outer(numbers, numbers), np.subtract.outer(numbers, numbers)])))
    found |= set(map(int, pairs))
    few = numbers if len(numbers) < 60 else np.concatenate([numbers[:20], numbers[-40:]])
    for sign, other in product((1, -1), (1, -1)):
        triples = np.add.outer(np.add.outer(few, sign * few), other * few)
        found |= set(map(int, np.unique(np.abs(triples))))
    return found


@pytest.mark.parametrize("firms", [2, 3, 4, 5, 7])
@pytest.mark.parametrize("seed", range(4))
def test_no_figure_of_another_firm_follows_from_an_edition(seed: int, firms: int):
    plan = made_up(seed, firms)
    firm, *others = list(plan.tables["parties"]["party"])
    html, made = edition(plan, firm)
    own = figures_of(plan, firm)
    numbers = numbers_of(html)
    assert own & set(map(int, numbers))
    tellable = reckoned(np.concatenate([numbers, np.array(sorted(own), dtype=np.int64)])[:120])
    secret = joint_of(plan).union(*(figures_of(plan, other) for other in others)) - own
    assert len(secret) > 20
    assert not secret & tellable
    if firms < 4:
        assert made.told.sums == ()
    assert names_left(html, plan, made) == []


def test_the_test_finds_a_figure_that_can_be_reckoned():
    """A sum of the park beside all but one of its parts: the last one follows."""
    parts = np.array([10_000_019, 20_000_033, 40_000_003], dtype=np.int64)
    assert 40_000_003 in reckoned(np.array([parts.sum(), *parts[:2]], dtype=np.int64))


def test_sums_of_others_are_told_where_they_hide_each(plan_of_ten: Plan):
    """Ten firms of much the same size: the yearly cost may be told, to each of them."""
    for firm in plan_of_ten.tables["parties"]["party"]:
        _, made = edition(plan_of_ten, str(firm))
        assert [one.indicator for one, _ in made.told.sums if one.indicator == "total_annual_cost"]


@pytest.fixture
def plan_of_ten() -> Plan:
    return made_up(11, 10)


def test_data_in_a_page_cannot_end_it():
    assert "<" not in in_page({"a": "</script><script>alert(1)</script>"})
