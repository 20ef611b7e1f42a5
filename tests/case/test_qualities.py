"""Qualities as a case states them: their units, what they are weighted by, their loads, and the way back to a file."""

import math

import pytest
from case_texts import changed, write
from hypothesis import given
from hypothesis import strategies as st
from water_texts import WATER

from planner.case.contents import Contents
from planner.case.mixing_units import index_of, limiting_flow, load_unit, weight_of, weight_per_unit
from planner.case.qualities import Quality
from planner.case.read import read_case
from planner.case.summary import summary
from planner.errors import CaseError


def read(folder, *changes, files=None):
    return read_case(write(folder, changed(*changes, text=WATER), files))


def test_numbers_of_a_quality_are_in_its_unit(tmp_path):
    case = read(tmp_path)
    spent = case.plants["dye works"].sources["spent dye"].quality
    # 0.75 g/L = 750 mg/L; 40 ppm of water = 40 mg/L = 40 g/m3; 8 GJ/t = 8 MJ/kg; 45 % stays 45 where the unit is %
    assert (spent["COD"].mean.value, spent["COD"].worst.value) == (600, 750)
    assert (spent["COD"].mean.low, spent["COD"].mean.high) == (400, 900)
    assert (spent["TSS"].mean.value, spent["TSS"].mean.unit) == (40, "g/m3")
    reject = case.resources["fibre reject"].quality
    assert reject["heating value"].mean.value == pytest.approx(8, rel=1e-12)
    assert (reject["moisture"].mean.value, reject["moisture"].worst.value) == (45, 60)
    assert (spent["pH"].mean.value, spent["pH"].mean.unit) == (8.1, "-")
    rinse = case.plants["dye works"].sinks["rinse"].limits
    assert (rinse["COD"].max_.value, rinse["COD"].min_) == (60, None)
    assert (rinse["colour"].max_.value, rinse["colour"].max_.unit) == (20, "degree")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("600", 600),
        ("600 mg/L", 600),
        ("600 mg/l", 600),
        ("600 ppm", 600),
        ("600000 ppb", 600),
        ("0.6 g/L", 600),
        ("0.6 kg/m3", 600),
        ("600000 ug/L", 600),
        ("600000 µg/L", 600),
        ("{value: 0.6, unit: kg/m3, source: metered}", 600),
    ],
)
def test_a_concentration_in_other_units(tmp_path, written, value):
    case = read(tmp_path, ("{value: 600, low: 400, high: 900, grade: A}", written))
    content = case.plants["dye works"].sources["spent dye"].quality["COD"].mean
    assert content.value == pytest.approx(value, rel=1e-12)
    assert content.unit == "mg/L"


def test_ppm_of_water_is_exact(tmp_path):
    """12 ppm is 12 mg/L to the last digit, as everywhere."""
    case = read(tmp_path, ("TSS: 40 ppm", "TSS: 12.3 ppm"))
    assert case.plants["dye works"].sources["spent dye"].quality["TSS"].mean.value == 12.3


def test_the_two_ways_to_say_unknown_and_what_is_left_out(tmp_path):
    case = read(tmp_path)
    whey = case.plants["dairy"].sources["whey water"].quality
    assert not whey["COD"].known
    assert whey["pH"].known
    assert "TSS" not in whey
    limit = case.plants["dairy"].sinks["cooling"].limits["COD"]
    assert limit.accept_unknown
    assert not case.plants["dye works"].sinks["rinse"].limits["COD"].accept_unknown
    assert case.exchanges[0].accept_unknown == ("COD", "colour")


def test_loads_are_per_operating_hour(tmp_path):
    case = read(tmp_path)
    load = case.plants["dye works"].operations["scouring"].load
    # 36 kg/d over 6000 h / 250 d = 24 h a day; COD 9 kg/h as it stands; colour has no mass
    assert load["COD"].value == 9
    assert (load["TSS"].value, load["TSS"].unit) == (1.5, "kg/h")
    assert (load["colour"].value, load["colour"].unit) == (500, "(degree*m3)/h")
    # 8 t/yr over 8760 h
    assert case.plants["dairy"].operations["cleaning"].load["COD"].value == pytest.approx(8000 / 8760)


def test_flows_of_an_operation_are_in_the_unit_of_what_it_takes(tmp_path):
    operation = read(tmp_path, ("max_flow: 30 m3/h", "max_flow: 600 m3/d")).plants["dye works"].operations["scouring"]
    assert (operation.max_flow.value, operation.max_flow.unit) == (25, "m3/h")  # 600 / 24


def test_fees_by_load_are_brought_to_the_price_year(tmp_path):
    fees = read(tmp_path).resources["wastewater"].discharge.load_fees
    # 0.4 of 2015 x 100 / 80 = 0.5
    assert (fees["COD"].value, fees["COD"].unit) == (0.7, "EUR/kg")
    assert (fees["TSS"].value, fees["TSS"].year) == (pytest.approx(0.5), 2025)
    assert fees["colour"].unit == "EUR/(degree*m3)"


def test_a_fee_of_another_year_for_a_load_without_mass(tmp_path):
    fee = ("colour: 0.001}", "colour: {value: 0.004, year: 2015}}")
    assert read(tmp_path, fee).resources["wastewater"].discharge.load_fees["colour"].value == pytest.approx(0.005)


@pytest.mark.parametrize(
    ("quality", "weight", "unit", "factor"),
    [
        ("COD", "m3", "kg", 1e-3),  # 1 mg/L x 1 m3 = 1 g
        ("TSS", "m3", "kg", 1e-3),
        ("chloride", "t", "kg", 1e-3),  # 1 ppm x 1 t = 1 g
        ("moisture", "t", "kg", 10.0),  # 1 % x 1 t = 10 kg
        ("heating value", "t", "MJ/kg*t", 1.0),
        ("pH", "m3", "-*m3", 1.0),
        ("colour", "m3", "degree*m3", 1.0),
    ],
)
def test_weights_and_units_of_loads(tmp_path, quality, weight, unit, factor):
    case = read(tmp_path)
    assert weight_of(case, quality) == weight
    assert load_unit(case, quality) == (unit, factor)


@pytest.mark.parametrize(
    ("unit", "weight"),
    [
        ("mg/L", "m3"),
        ("kg/m3", "m3"),
        ("ppm", "t"),
        ("g/kg", "t"),
        ("1", "t"),
        ("MJ/kg", "t"),
        ("kWh/t", "t"),
        ("mg/Nm3", "amount"),
        ("MJ/Nm3", "amount"),
        ("NTU", "amount"),
        ("°dH", "amount"),
        ("-", "amount"),
    ],
)
def test_what_a_unit_suggests_to_weigh_by(tmp_path, unit, weight):
    case = read(tmp_path, ("  viscosity:\n    unit: index\n    weight: m3", f"  viscosity:\n    unit: '{unit}'"))
    assert weight_of(case, "viscosity") == weight


def test_weight_of_a_unit_of_a_resource(tmp_path):
    case = read(tmp_path)
    assert weight_per_unit(case, "COD", "sludge") == 0.7  # its water
    assert weight_per_unit(case, "chloride", "fresh water") == 1  # its mass
    assert weight_per_unit(case, "moisture", "fuel") == 1  # counted in t
    assert weight_per_unit(case, "COD", "fuel") is None


def test_a_gas_is_weighted_by_its_amount(tmp_path):
    gas = (
        "resources:\n",
        "resources:\n  biogas: {kind: gas, unit: Nm3, price: 0.3, quality: {H2S: 200}}\n",
    )
    case = read(tmp_path, gas, ("qualities:\n", "qualities:\n  H2S: {unit: mg/Nm3}\n"))
    # 1 mg/Nm3 x 1 Nm3 = 1e-6 kg
    assert load_unit(case, "H2S") == ("kg", 1e-6)


def test_the_limiting_flow(tmp_path):
    case = read(tmp_path)
    # COD: F x 100 g + 9000 g = (F - 0.5) x 700 g -> F = 9350 / 600; TSS has no largest outlet
    assert limiting_flow(case, case.plants["dye works"].operations["scouring"]) == pytest.approx(9350 / 600)
    # COD: F x 10 + 8e6 / 8760 = (F + 1) x 400 -> F = (913.2 - 400) / 390
    cleaning = case.plants["dairy"].operations["cleaning"]
    assert limiting_flow(case, cleaning) == pytest.approx((8e6 / 8760 - 400) / 390)
    assert limiting_flow(case, cleaning.model_copy(update={"max_outlet": {}})) is None


def test_a_case_with_everything_reads_back_as_it_is(tmp_path):
    case = read(tmp_path)
    text = case.resolved()
    assert "COD: unknown" in text
    (tmp_path / "again").mkdir()
    assert read_case(write(tmp_path / "again", text)) == case


def test_contents_and_limits_in_a_table_of_streams(tmp_path):
    table = """\
plant,direction,stream,rate,quality.COD,quality.COD.worst,quality.TSS,limits.COD,limits.pH.min,waste_code,not_into
board mill,source,wastewater,4 m3/h,300,420 mg/L,unknown,,,04 02 20,food; feed
board mill,sink,fresh water,5 m3/h,,,,80,6.5,,
"""
    tables = ("plants:\n", "tables: {streams: streams.csv}\nplants:\n")
    case = read(tmp_path, tables, files={"streams.csv": table})
    source = case.plants["board mill"].sources["wastewater"]
    assert (source.quality["COD"].mean.value, source.quality["COD"].worst.value) == (300, 420)
    assert not source.quality["TSS"].known
    assert (source.waste_code, source.not_into) == ("04 02 20", ("food", "feed"))
    limits = case.plants["board mill"].sinks["fresh water"].limits
    assert (limits["COD"].max_.value, limits["pH"].min_.value, limits["pH"].max_) == (80, 6.5, None)


def test_a_variant_replaces_a_content(tmp_path):
    write(tmp_path, WATER)
    variant = """\
based_on: case.yaml
plants:
  dye works: {sources: {spent dye: {quality: {COD: {value: 500, grade: B}, TSS: {low: 30}, pH: ~}}}}
  dairy: {sources: {whey water: {quality: {COD: {mean: 900, worst: 1200}}}}, sinks: {cooling: {limits: {COD: 90}}}}
"""
    (tmp_path / "other.yaml").write_text(variant, encoding="utf-8")
    case = read_case(tmp_path / "other.yaml")
    spent = case.plants["dye works"].sources["spent dye"].quality
    assert (spent["COD"].mean.value, spent["COD"].worst) == (500, None)
    assert (spent["TSS"].mean.value, spent["TSS"].mean.low) == (40, 30)
    assert "pH" not in spent
    assert case.plants["dairy"].sources["whey water"].quality["COD"].worst.value == 1200
    assert not case.plants["dairy"].sinks["cooling"].limits["COD"].accept_unknown


def test_check_says_what_is_in_it(tmp_path):
    text = summary(read(tmp_path))
    assert "  8 qualities: COD [mg/L, weighted by m3], TSS" in text
    assert "pH [-, weighted by m3, by an index]" in text
    assert "  2 operations of fixed load, 1 facility that treats" in text
    assert "    operation scouring: fresh water to wastewater, picks up 9 kg/h COD, 1.5 kg/h TSS" in text
    # The rinse limits colour, of which spent dye states nothing; whey water is let in by its own exchange.
    assert "2 pairs of these cannot be" in text
    assert "  dye works / spent dye -> dye works / rinse: colour" in text
    assert "  dairy / whey water -> dye works / scouring: COD, TSS" in text
    assert "  treatment / process water may hold more COD, colour: not known of all that could feed it" in text


def test_check_says_what_the_law_bars(tmp_path):
    text = summary(read(tmp_path, ("use: fuel,", "use: feed,")))
    assert "  board mill / fibre reject -> board mill / dry fuel is forbidden: it may not go into feed" in text


def test_a_case_without_qualities_says_nothing_of_them(tmp_path):
    from case_texts import BASE

    assert "qualit" not in summary(read_case(write(tmp_path, BASE)))


def test_pairs_of_operations(tmp_path):
    pairs = {(p.outlet.unit, p.outlet.name, p.inlet.unit, p.inlet.name) for p in Contents(read(tmp_path)).pairs}
    assert ("dye works", "spent dye", "dye works", "scouring") in pairs
    assert ("dairy", "cleaning", "treatment", "wastewater") in pairs
    assert ("treatment", "process water", "dairy", "cleaning") in pairs
    # parts of one operation may feed each other; a whole one does not feed itself
    assert ("dye works", "scouring", "dye works", "scouring") in pairs
    whole = Contents(read(tmp_path, ("        parts: 2\n", ""))).pairs
    assert not any(p.outlet.operation and p.outlet.operation is p.inlet.operation for p in whole)


def quality(mixing):
    return Quality(unit="index", mixing=mixing)


@pytest.mark.parametrize(
    ("mixing", "one", "other", "half"),
    [
        ("mean", 2, 8, 5),
        ("log", 2, 8, 4),  # sqrt(16)
        ("reciprocal", 2, 6, 3),  # 2 / (1/2 + 1/6)
        ("pH", 6, 8, 7.0),  # 0.99e-6 mol/L of acid and as much of lye
        ("pH", 4, 6, 4.29675035),  # (1e-4 - 1e-10 + 1e-6 - 1e-8) / 2 = 50.4949e-6 = h - 1e-14/h: h = 50.4951e-6
    ],
)
def test_half_and_half(mixing, one, other, half):
    index = index_of(quality(mixing))
    assert index.back((index(one) + index(other)) / 2) == pytest.approx(half)


def test_an_index_by_points():
    index = index_of(quality([{"value": 1, "index": 10}, {"value": 5, "index": 6}, {"value": 20, "index": 1}]))
    # between 5 and 20 the index falls by 5 in 15, so 8 has 6 - 1 = 5; index 8 is half way from 10 (1) to 6 (5): 3
    assert index(8) == pytest.approx(5)
    assert index.back(8) == pytest.approx(3)
    assert index.falls
    assert index_of(quality([{"value": 20, "index": 1}, {"value": 1, "index": 10}])).falls
    assert not index_of(quality([{"value": 1, "index": 0}, {"value": 2, "index": 3}])).falls


CONTENTS = st.floats(0.01, 14.0)
COLUMNS = st.lists(st.integers(1, 400), min_size=2, max_size=6, unique=True).map(sorted)


@given(CONTENTS, CONTENTS, st.sampled_from(["mean", "log", "reciprocal", "pH"]), st.floats(0.0, 1.0))
def test_named_indices_go_there_and_back_and_mix_between(one, other, mixing, share):
    index = index_of(quality(mixing))
    assert index.back(index(one)) == pytest.approx(one, rel=1e-9)
    assert (index(one) < index(other)) == ((one < other) != index.falls) or index(one) == pytest.approx(index(other))
    mixed = index.back(share * index(one) + (1 - share) * index(other))
    assert min(one, other) - 1e-6 <= mixed <= max(one, other) + 1e-6


@given(COLUMNS, COLUMNS, st.booleans(), st.floats(0.0, 1.0))
def test_tables_go_there_and_back(values, numbers, falling, share):
    length = min(len(values), len(numbers))
    column = numbers[:length][::-1] if falling else numbers[:length]
    points = [{"value": float(v), "index": float(i)} for v, i in zip(values[:length], column, strict=True)]
    index = index_of(quality(points))
    assert index.falls == falling
    for point in points:
        assert index(point["value"]) == pytest.approx(point["index"])
        assert index.back(point["index"]) == pytest.approx(point["value"])
    content = values[0] + share * (values[length - 1] - values[0])
    assert index.back(index(content)) == pytest.approx(content, rel=1e-9)
    assert index_of(quality(points[::-1]))(content) == pytest.approx(index(content))


@pytest.mark.parametrize("mixing", ["log", "reciprocal"])
def test_an_index_has_no_value_at_nothing(mixing):
    assert math.isnan(index_of(quality(mixing))(0.0))


def test_operations_in_a_table(tmp_path):
    """The same operation by a row as in the case file; a name that is there twice is a fault."""
    table = """\
plant;operation;takes;gives;load.COD;max_inlet.COD;max_outlet.COD;max_flow;parts
board mill;spraying;fresh water;wastewater;2;50;400;9 m3/h;2
"""
    tables = ("plants:\n", "tables: {operations: operations.csv}\nplants:\n")
    case = read(tmp_path, tables, files={"operations.csv": table})
    operation = case.plants["board mill"].operations["spraying"]
    assert (operation.takes, operation.gives, operation.parts) == ("fresh water", "wastewater", 2)
    assert (operation.load["COD"].value, operation.max_outlet["COD"].value) == (2, 400)
    assert operation.max_flow is not None
    assert operation.max_flow.value == 9
    twice = table + table.splitlines()[1] + "\n"
    with pytest.raises(CaseError, match=r"operations.csv:3:1 .*spraying: is stated twice"):
        read(tmp_path, tables, files={"operations.csv": twice})
