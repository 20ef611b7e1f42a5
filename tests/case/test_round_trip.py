"""A resolved case is a case: it reads back as an equal one."""

from pathlib import Path

import pytest
from case_texts import BASE, NETWORK, NETWORK_FILES, changed, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.case.read import read_case
from planner.case.rewrite import _Dumper  # noqa: PLC2701
from planner.case.yaml_reader import parse_yaml

CASES = sorted(p.parent for p in (Path(__file__).parents[2] / "cases").glob("*/case.yaml"))

#: Shapes the base case does not have.
MORE = {
    "prices of other years": changed(("price: 38,", "price: {value: 38 GBP/MWh, low: 30, year: 2015, note: 'no: 3'},")),
    "odd names": changed(("case: Kiln, mill and garden", "case: x"))
    .replace("garden", "'yes: #1 \"x\" 1e3'")
    .replace("mill", "'1e3'")
    .replace("kiln", "no"),
    "no tenants": changed(("plots:\n  P1", "tenants: {fixed: []}\nplots:\n  P1")),
    "cost class": changed(("  discount_rate: 8 %", "  cost_class: {low: -30 %, high: 50 %}\n  discount_rate: 0.08")),
    "class of estimate": changed(("  discount_rate: 8 %", "  cost_class: 4\n  discount_rate: 0.08")),
    "caps": changed(
        (
            "  discount_rate: 8 %",
            "  caps: {co2e: 3 kt/yr, waste: 5, fresh_water: 9 Mm3/yr}\n"
            "  carbon_price: {paid: 80, shadow: 100 USD/tCO2e, paid_scopes: [use, supply]}\n"
            "  budget: 20 MEUR\n  discount_rate: 0.08",
        )
    ),
    "partner": changed(
        (
            "facilities:\n  boiler",
            "partners:\n  city:\n    at: {lon: 7.5, lat: 51.5}\n"
            "    sinks: {steam: {rate: 9 t/d, supplied_today_by: {gas: 1}}}\n"
            "facilities:\n  boiler",
        )
    ),
    "existing": changed(
        ("    area: 4 ha\n    zone: heavy", "    plot: P2"),
        (
            "stream: steam,",
            "stream: steam, existing: {link: steam pipe, capacity: 9 t/h, size: DN 100, length: 2 km}, twins: 2, "
            "delay: 6 months, transfer: {price: -3 USD/t}, connection: {at_source: 10 kEUR}, "
            "fixed_cost: 1000, shared_hours: 7000,",
        ),
    ),
    "ratio of its own": changed(
        (
            "exchanges:\n",
            "exchanges:\n  - {from: kiln, to: garden, stream: ash, into: hot steam, ratio: 0.1, max_share: 5 %}\n",
        )
    ),
    "forbidden": changed(
        ("min_flow: 20 kt/yr, max_flow: 180 kt/yr, paid_by: {seller: 0.4, buyer: 0.6}", "forbidden: true")
    ),
    "pipe in the ground": changed(
        (
            "links:\n",
            "existing_pipes:\n  old main:\n"
            "    {from: P1, to: P2, link: steam pipe, resources: [steam], capacity: 12 t/h, length: 800}\n"
            "links:\n",
        )
    ),
    "sale": changed(
        (
            "ash: {kind: material, unit: t,",
            "ash: {sale: {price: -2, limit: 500 t/yr}, mass: 1, water: 0.1 m3/t, displacement: 0.7, "
            "kind: material, unit: t,",
        )
    ),
    "product": changed(
        ("    hazard: toxic", "    hazard: toxic\n    jobs: 20\n    product: {name: lime, output: 90 kt/yr}")
    ),
    "other currency": BASE.replace("EUR", "crowns"),
    "bytes of a long text": changed(
        ("case: Kiln, mill and garden", "case: x\ndescription: |\n  one\n  two: # words\n")
    ),
}


def assert_round_trip(case, folder):
    text = case.resolved()
    folder.mkdir(exist_ok=True)
    (folder / "case.resolved.yaml").write_text(text, encoding="utf-8")
    again = read_case(folder / "case.resolved.yaml")
    assert again == case
    assert again.resolved() == text


@pytest.mark.parametrize("text", [BASE, *MORE.values()], ids=["base", *MORE])
def test_every_shape_reads_back(tmp_path, text):
    assert_round_trip(read_case(write(tmp_path, text)), tmp_path / "again")


def test_mains_and_trenches_read_back(tmp_path):
    case = read_case(write(tmp_path, NETWORK, NETWORK_FILES))
    (tmp_path / "case.resolved.yaml").write_text(case.resolved(), encoding="utf-8")
    again = read_case(tmp_path / "case.resolved.yaml")
    assert again == case
    assert again.resolved() == case.resolved()
    text = case.resolved()
    assert "inner_diameter: {value: 159.0, unit: mm}" in text
    assert "investment_by_capacity: {value: 0.4, unit: EUR*h/m3/m}" in text


def test_sizes_of_a_table_keep_their_sources(tmp_path):
    sizes = NETWORK[NETWORK.index("    sizes:\n      - {size: DN 150") : NETWORK.index("  water main:\n    kind")]
    table = (
        "size,inner_diameter,inner_diameter.source,inner_diameter.grade,inner_diameter.low,investment,investment.year\n"
        "DN 150,159 mm,EN 10220,A,158,260 EUR/m,2015\nDN 250,256,,,,420,\n"
    )
    text = changed((sizes, "    sizes: pipes.csv\n"), text=NETWORK)
    case = read_case(write(tmp_path, text, NETWORK_FILES | {"pipes.csv": table}))
    (tmp_path / "case.resolved.yaml").write_text(case.resolved(), encoding="utf-8")
    assert read_case(tmp_path / "case.resolved.yaml") == case
    assert "inner_diameter: {value: 159.0, unit: mm, low: 158.0, source: EN 10220, grade: A}" in case.resolved()
    # 260 EUR of 2015 at the index 80 are 325 EUR of 2025 at 100
    assert "investment: {value: 325.0, unit: EUR/m, year: 2025}" in case.resolved()


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_shipped_cases_read_back(tmp_path, folder):
    from planner.report.case_copy import copy_case

    case = read_case(folder)
    copy_case(case, tmp_path / "copy")
    again = read_case(tmp_path / "copy" / "case.resolved.yaml")
    assert again == case


def test_a_resolved_case_needs_no_table(tmp_path):
    text = changed(
        ("      ash: {rate: 48 t/d}\n", ""), ("plots:\n  P1", "tables: {streams: streams.csv}\nplots:\n  P1")
    )
    table = "plant,direction,stream,rate,rate.source\nkiln,source,ash,48 t/d,weigh bridge\n"
    case = read_case(write(tmp_path, text, {"streams.csv": table}))
    assert "streams.csv" not in case.resolved()
    assert_round_trip(case, tmp_path / "again")


def test_every_number_says_its_unit_and_source(tmp_path):
    text = read_case(write(tmp_path)).resolved()
    assert "price: {value: 95.0, unit: EUR/MWh, source: tariff-2025, grade: B}" in text
    assert "rate: {value: 34.0, unit: t/h, low: 28.0, high: 36.0, grade: A, basis: metered}" in text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(
    st.recursive(
        st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=12)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.integers(-(10**15), 10**15)
        | st.booleans()
        | st.sampled_from(["1e3", "010", "no", "12:30", "1_000", "~", "null", "", ".5", "+1", "2024-05-01", "=", "<<"]),
        lambda inner: st.lists(inner, max_size=3),
        max_leaves=6,
    )
)
def test_whatever_is_written_reads_back_as_it_was(value):
    import unicodedata

    import yaml

    text = yaml.dump({"a": value}, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=2**20)
    again = parse_yaml(text, "case.yaml").tree["a"]
    assert unicodedata.normalize("NFC", repr(again)) == unicodedata.normalize("NFC", repr(value))
