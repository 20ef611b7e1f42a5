"""A case based on another that has tables: rows laid over, tables named anew, and what is wrong with them."""

import re

import pytest
from case_texts import BASE
from variant_cases import STREAMS, TABLED, faults, line_of, variant

from planner.case.read import read_case


def test_a_variant_is_laid_over_the_rows_of_a_table(tmp_path):
    files = {"streams.csv": STREAMS}
    case = variant(tmp_path, "plants: {kiln: {sources: {ash: {rate: {high: 60}}}}}", base=TABLED, files=files)
    ash = case.plants["kiln"].sources["ash"].rate
    assert (ash.value, ash.low, ash.high) == pytest.approx((2, 40 / 24, 2.5))
    gone = variant(tmp_path, "plants: {kiln: {sources: {ash: ~}}}\nsubstitutions: []", base=TABLED, files=files)
    assert list(gone.plants["kiln"].sources) == ["steam"]


def test_a_variant_may_name_other_tables(tmp_path):
    """The table of the base is then not even read."""
    text = "tables: {streams: more.csv, prices: prices.csv}\nresources: {gas: {price: ~}}"
    more = {"more.csv": STREAMS.replace("48", "72"), "prices.csv": "resource,price\ngas,44\n"}
    case = variant(tmp_path, text, base=TABLED, files=more)
    assert case.plants["kiln"].sources["ash"].rate.value == pytest.approx(3)
    assert case.resources["gas"].price.value == 44
    assert "based_on" not in case.resolved()
    assert "tables:" not in case.resolved()


def test_a_variant_may_do_without_a_table(tmp_path):
    text = "tables: {streams: ~}\nplants: {kiln: {sources: {ash: {rate: 24 t/d}}}}"
    assert variant(tmp_path, text, base=TABLED).plants["kiln"].sources["ash"].rate.value == 1
    assert variant(tmp_path, text.replace("{streams: ~}", "~"), base=TABLED).plants["kiln"].sources["ash"]


def test_sizes_of_a_table_give_way_to_those_of_another(tmp_path):
    start = BASE.index("    sizes:")
    base = BASE[:start] + "    sizes: pipes.csv\n" + BASE[BASE.index("  truck: {kind") :]
    files = {"pipes.csv": "size,capacity,investment\nDN 100,8 t/h,700\n", "wide.csv": "size,capacity\nDN 300,90\n"}
    case = variant(tmp_path, "links: {steam pipe: {sizes: wide.csv}}", base=base, files=files)
    assert [size.size for size in case.links["steam pipe"].sizes] == ["DN 300"]
    assert [size.size for size in read_case(tmp_path).links["steam pipe"].sizes] == ["DN 100"]


def test_a_table_that_repeats_what_a_file_says_is_a_fault(tmp_path):
    files = {"prices.csv": "resource,price\ngas,44\n"}
    found = faults(tmp_path, "tables: {prices: prices.csv}", files=files)
    line = line_of(BASE, "  gas: {kind")
    assert found == [f"prices.csv:2:1  resources.gas.price: is stated twice, first in case.yaml:{line}"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tables: {prices: ~}", r'v\.yaml:2:18  tables.prices: there is nothing to delete.*known: "streams"'),
        ("tables: {stream: ~}", r'v\.yaml:2:18  tables.stream: there is nothing to delete.*mean "streams"'),
        ("tables: x.csv", r"v\.yaml:2:9  tables: found .x\.csv.; expected a section"),
        ("tables: {prices: [x]}", r"v\.yaml:2:18  tables.prices: found a list"),
        ("tables: {price: x.csv}", r'v\.yaml:2:10  tables.price: no such field; did you mean "prices"'),
        ("tables: {prices: x.csv}", r'v\.yaml:2:18  tables.prices: no file "x\.csv" in the case folder'),
    ],
)
def test_faults_of_tables(tmp_path, text, words):
    found = faults(tmp_path, text, base=TABLED, files={"streams.csv": STREAMS})
    assert any(re.fullmatch(words + ".*", fault) for fault in found), found


def test_the_hash_covers_every_file(tmp_path):
    files = {"streams.csv": STREAMS}
    first = variant(tmp_path, "case: V", base=TABLED, files=files).sha256
    assert first != read_case(tmp_path).sha256
    hashes = {
        first,
        variant(tmp_path, "case: W", base=TABLED, files=files).sha256,
        variant(tmp_path, "case: V", base=TABLED + "# more\n", files=files).sha256,
        variant(tmp_path, "case: V", base=TABLED, files={"streams.csv": STREAMS + "\n"}).sha256,
    }
    assert len(hashes) == 4
    assert variant(tmp_path, "case: V", base=TABLED, files=files).sha256 == first
