"""Whatever is done to the text of a case, reading it ends in a case or in faults, never in anything else."""

import re
from pathlib import Path

import pytest
from case_texts import BASE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.case.case import Case
from planner.case.read import read_case
from planner.errors import CaseError, Fault

TOKENS = re.findall(r"\s+|[\w.%]+|.", BASE)
ODD = [
    "", " ", "\n", "\n  ", "\t", ":", ": ", "- ", "[", "]", "{", "}", "#", "'", '"', "&a", "*a", "<<",
    "!!int", "|", ">", "?", "%", "0", "-1", "1e999", "1e-400", "9" * 400, ".nan", "-.inf", "~", "true", "no",
    "010", "12:30", "2024-05-01", "#NUM!", "1,5", "∞", "t/h", "EUR", "EUR/t", "MW", "kg", "m3", "%", "t/yr",
    "h/yr", "/", "**", "()", "t^99", "steam", "mill", "kiln", "P1", "boiler", "é", "e\u0301", "\u202e",
    "\x00", "\x85", "\ufeff", "𝟛", "٣", "gas: {efficiency: 0}", "existing", "ratio: 0", "own", "yes",
]  # fmt: skip
PLACES = st.integers(0, len(TOKENS) - 1)
MUTATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("delete"), PLACES, PLACES),
        st.tuples(st.just("repeat"), PLACES, PLACES),
        st.tuples(st.just("replace"), PLACES, st.sampled_from(ODD)),
        st.tuples(st.just("insert"), PLACES, st.sampled_from(ODD)),
        st.tuples(st.just("copy"), PLACES, PLACES),
        st.tuples(st.just("write"), PLACES, st.text(max_size=8)),
    ),
    min_size=1,
    max_size=4,
)


def mutate(mutations: list[tuple[str, int, int | str]]) -> str:
    tokens = list(TOKENS)
    for kind, place, other in mutations:
        place = min(place, len(tokens) - 1)
        if kind == "delete":
            del tokens[place : place + 1 + int(other) % 6]
        elif kind == "repeat":
            tokens[place:place] = tokens[place : place + 1 + int(other) % 20]
        elif kind == "copy":
            tokens[place] = TOKENS[int(other)]
        elif kind == "insert":
            tokens.insert(place, str(other))
        else:
            tokens[place] = str(other)
        if not tokens:
            return ""
    return "".join(tokens)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("mutated")


def read(folder: Path) -> tuple[Case | None, tuple[Fault, ...]]:
    try:
        return read_case(folder), ()
    except CaseError as error:
        return None, error.faults


def read_or_faults(folder: Path) -> None:
    case, faults = read(folder)
    if case is None:
        assert faults
        assert all(fault.message and fault.file for fault in faults)
        assert all(str(fault).isprintable() for fault in faults), faults
    else:
        (folder / "again.yaml").write_text(case.resolved(), encoding="utf-8")
        assert read_case(folder / "again.yaml") == case


@settings(
    max_examples=150, deadline=5000, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(mutations=MUTATIONS)
def test_mutated_text(folder, mutations):
    (folder / "case.yaml").write_text(mutate(mutations), encoding="utf-8", errors="surrogatepass", newline="")
    read_or_faults(folder)


@settings(max_examples=60, deadline=5000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, len(BASE) - 1), raw=st.binary(max_size=4))
def test_mutated_bytes(folder, place, raw):
    whole = BASE.encode()
    (folder / "case.yaml").write_bytes(whole[:place] + raw + whole[place + 1 :])
    read_or_faults(folder)


TREE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(ODD[40:]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=100, deadline=5000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), odd=TREE)
def test_any_value_in_any_field(folder, data, odd):
    """Put something odd into any place of the right tree."""
    import yaml

    tree = yaml.safe_load(BASE)
    here, parents = tree, []
    while isinstance(here, dict | list) and here and (not parents or data.draw(st.booleans())):
        key = data.draw(st.sampled_from(sorted(here, key=str))) if isinstance(here, dict) else 0
        parents.append((here, key))
        here = here[key]
    holder, key = parents[-1]
    holder[key] = odd
    (folder / "case.yaml").write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")
    read_or_faults(folder)


CSV = "plant;direction;stream;rate;rate.low\nkiln;source;extra;3 t/h;2\nmill;sink;clay;1;\n"


@settings(max_examples=80, deadline=5000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, len(CSV) - 1), odd=st.sampled_from(ODD) | st.text(max_size=3), length=st.integers(0, 6))
def test_mutated_table(folder, place, odd, length):
    text = BASE.replace("plots:\n  P1", "tables: {streams: streams.csv}\nplots:\n  P1")
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    table = CSV[:place] + odd + CSV[place + length :]
    (folder / "streams.csv").write_text(table, encoding="utf-8", errors="surrogatepass", newline="")
    read_or_faults(folder)
