"""Whatever is done to the text of a case with qualities, it ends in a case or in named faults."""

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_mutations import ODD, mutate
from water_texts import WATER

from planner.case.case import Case
from planner.case.read import read_case
from planner.case.summary import summary
from planner.errors import CaseError

TOKENS = re.findall(r"\s+|[\w.%]+|.", WATER)
WORDS = [
    *ODD,
    "unknown",
    "COD",
    "pH",
    "mg/L",
    "ppm",
    "degree",
    "mean",
    "worst",
    "max: 1",
    "min: 9",
    "wastewater",
    "pH",
]
PLACES = st.integers(0, len(TOKENS) - 1)
MUTATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("delete"), PLACES, PLACES),
        st.tuples(st.just("repeat"), PLACES, PLACES),
        st.tuples(st.just("copy"), PLACES, PLACES),
        st.tuples(st.just("replace"), PLACES, st.sampled_from(WORDS)),
        st.tuples(st.just("insert"), PLACES, st.sampled_from(WORDS)),
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(MUTATIONS)
def test_whatever_is_done_to_the_text_ends_in_a_case_or_in_faults(tmp_path_factory, mutations):
    folder = tmp_path_factory.mktemp("mutated")
    (folder / "case.yaml").write_text(mutate(mutations, TOKENS), encoding="utf-8", errors="replace")
    try:
        case = read_case(folder)
    except CaseError:
        return
    assert isinstance(case, Case)
    summary(case)
    text = case.resolved()
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    assert read_case(folder) == case
