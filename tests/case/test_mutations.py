"""Whatever is done to the text of a case, reading it ends in a case or in faults, never in anything else."""

import copy
import re
from pathlib import Path

import pytest
import yaml
from case_texts import BASE, NETWORK, NETWORK_FILES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.case.case import Case
from planner.case.read import read_case
from planner.errors import CaseError, Fault

BASE_TREE, NETWORK_TREE = yaml.safe_load(BASE), yaml.safe_load(NETWORK)
TOKENS = re.findall(r"\s+|[\w.%]+|.", BASE)
#: Only what a case with mains and trenches says beside the base case is mutated here.
NETWORK_TOKENS = re.findall(r"\s+|[\w.%]+|.", NETWORK)
NETWORK_PART = slice(NETWORK.index("geography:"), NETWORK.index("  steam pipe:\n"))
ODD = [
    "", " ", "\n", "\n  ", "\t", ":", ": ", "- ", "[", "]", "{", "}", "#", "'", '"', "&a", "*a", "<<",
    "!!int", "|", ">", "?", "%", "0", "-1", "1e999", "1e-400", "9" * 400, ".nan", "-.inf", "~", "true", "no",
    "010", "12:30", "2024-05-01", "#NUM!", "1,5", "∞", "t/h", "EUR", "EUR/t", "MW", "kg", "m3", "%", "t/yr",
    "h/yr", "/", "**", "()", "t^99", "steam", "mill", "kiln", "P1", "boiler", "é", "e\u0301", "\u202e",
    "\x00", "\x85", "\ufeff", "𝟛", "٣", "gas: {efficiency: 0}", "existing", "ratio: 0", "own", "yes",
    "mm", "m/s", "Pa/m", "mPa*s", "main: true", "main: false", "in_trench: true", "steam main", "ring road", "5e-324",
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


def mutate(mutations: list[tuple[str, int, int | str]], origin: list[str] = TOKENS) -> str:
    tokens = list(origin)
    for kind, place, other in mutations:
        place = min(place, len(tokens) - 1)
        if kind == "delete":
            del tokens[place : place + 1 + int(other) % 6]
        elif kind == "repeat":
            tokens[place:place] = tokens[place : place + 1 + int(other) % 20]
        elif kind == "copy":
            tokens[place] = origin[int(other)]
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


@pytest.fixture(scope="module")
def networks(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("networks")
    for name, content in NETWORK_FILES.items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder


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


FIRST = len(re.findall(r"\s+|[\w.%]+|.", NETWORK[: NETWORK_PART.start]))
LAST = len(NETWORK_TOKENS) - len(re.findall(r"\s+|[\w.%]+|.", NETWORK[NETWORK_PART.stop :])) - 1
NETWORK_PLACES = st.integers(FIRST, LAST)


@settings(
    max_examples=80, deadline=5000, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    mutations=st.lists(
        st.one_of(
            st.tuples(st.sampled_from(["delete", "repeat", "copy"]), NETWORK_PLACES, NETWORK_PLACES),
            st.tuples(st.sampled_from(["replace", "insert"]), NETWORK_PLACES, st.sampled_from(ODD)),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_mutated_mains_and_trenches(networks, mutations):
    (networks / "case.yaml").write_text(mutate(mutations, NETWORK_TOKENS), encoding="utf-8", newline="")
    read_or_faults(networks)


@settings(max_examples=80, deadline=5000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), number=st.floats(allow_nan=False) | st.sampled_from([0, 5e-324, 1e-9, 1e15, -1]))
def test_any_number_in_pipes_and_fluids(networks, data, number):
    """A number of any size is a fault or gives a capacity; nothing between overflows."""
    tree = copy.deepcopy(NETWORK_TREE)
    main, water = tree["links"]["steam main"], tree["links"]["water main"]["sizes"][0]
    holders = [tree["resources"]["steam"]["fluid"], main, main["sizes"][0], main["sizes"][1], water]
    holders += [tree["trenches"], tree["existing_mains"]["old duct"], tree["geography"]["surfaces"]]
    main["sizes"][0] |= {"least_capacity": 1, "investment_by_capacity": 2, "fixed_investment": 3, "yearly_cost": 1}
    numbers = [(holder, key) for holder in holders for key, value in holder.items() if re.match(r"\d", str(value))]
    for holder, key in data.draw(st.lists(st.sampled_from(numbers), min_size=1, max_size=3)):
        holder[key] = number
    (networks / "case.yaml").write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")
    read_or_faults(networks)


TREE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(ODD[40:]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=100, deadline=5000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), odd=TREE)
def test_any_value_in_any_field(folder, data, odd):
    """Put something odd into any place of the right tree."""
    tree = copy.deepcopy(BASE_TREE)
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
