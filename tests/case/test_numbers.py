"""Numbers of a case: how they may be written, and what they are converted to."""

import pytest
from case_texts import BASE, changed, write

from planner.case import units
from planner.case.numbers import NumberError, parse_number, parse_value
from planner.case.read import read_case
from planner.case.units import UnitError
from planner.errors import CaseError


@pytest.mark.parametrize(
    ("raw", "value", "unit"),
    [
        (34, 34.0, ""),
        (1.5, 1.5, ""),
        ("34 t/h", 34.0, "t/h"),
        ("34t/h", 34.0, "t/h"),
        ("8 %", 8.0, "%"),
        ("12 ppm", 12.0, "ppm"),
        ("1e-3", 0.001, ""),
        ("-2.5e3 EUR", -2500.0, "EUR"),
        ({"value": "34 t/h", "low": 28, "high": "36 t/h"}, 34.0, "t/h"),
        ({"value": 34, "unit": "t/h"}, 34.0, "t/h"),
    ],
)
def test_ways_to_write_a_number(raw, value, unit):
    parsed = parse_value(raw)
    assert (parsed["value"], parsed["unit"]) == (value, unit)


def test_a_range_in_another_unit_is_converted():
    # 28 000 kg is 28 t.
    assert parse_value({"value": "34 t/h", "low": "28000 kg/h"})["low"] == 28.0


@pytest.mark.parametrize("raw", ["1,5", "#NUM!", "#N/A", "nan", "inf", True, None, [], "12:30", "1 000", "twelve"])
def test_what_is_no_number(raw):
    with pytest.raises(NumberError):
        parse_value(raw)


def test_every_part_of_a_number_is_checked_at_once():
    with pytest.raises(NumberError) as caught:
        parse_value({"value": "x", "low": "#NUM!", "grade": "Z", "year": "soon", "hight": 3})
    assert set(caught.value.parts) == {"value", "low", "grade", "year", "hight"}


@pytest.mark.parametrize(
    ("unit", "expected", "factor"),
    [
        ("kg/h", "t/h", 1e-3),
        ("MW", "MWh/h", 1.0),
        ("kW", "MWh/h", 1e-3),
        ("GJ", "MWh", 1 / 3.6),
        ("Gcal", "GJ", 4.1868),
        ("kJ/kg", "MWh/t", 1 / 3600),  # 1 kJ/kg = 1000 kJ/t = 1/3600 MWh/t
        ("toe", "GJ", 41.868),
        ("%", "1", 0.01),
        ("ppm", "1", 1e-6),
        ("d/yr", "h/yr", 24.0),
        ("weeks/year", "h/yr", 168.0),
        ("months", "yr", 1 / 12),
        ("hl", "m3", 0.1),
        ("kL/d", "m3/h", 1 / 24),
        ("GL/yr", "m3/yr", 1e6),
        ("l/min", "m3/h", 0.06),
        ("m³", "m3", 1.0),
        ("m^3/h", "m3/h", 1.0),
        ("kNm3", "Nm3", 1000.0),
        ("mbar", "bar", 1e-3),
        ("kPa", "bar", 1e-2),
        ("t CO2e/MWh", "tCO2e/MWh", 1.0),
        ("kg CO2/MWh", "tCO2e/MWh", 1e-3),
        ("g CO2-eq/kWh", "tCO2e/MWh", 1e-3),
        ("kg/t/km", "tCO2e/t/km", 1e-3),
        ("€/m2", "EUR/ha", 1e4),
        ("kEUR/yr", "EUR/yr", 1e3),
        ("MKRW", "KRW", 1e6),
        ("bn KRW", "KRW", 1e9),
        ("million EUR per year", "EUR/yr", 1e6),
        ("EUR/(t km)", "EUR/t/km", 1.0),
        ("EUR/(t*km)", "EUR/t/km", 1.0),
        ("EUR/kW", "EUR*h/MWh", 1000.0),
        ("EUR/(t/yr)", "EUR*yr/t", 1.0),
    ],
)
def test_factors(unit, expected, factor):
    assert units.factor(unit, expected) == pytest.approx(factor, rel=1e-12)


@pytest.mark.parametrize(
    ("unit", "expected", "words"),
    [
        ("MW", "t/h", ["energy / time", "mass / time"]),
        ("m3/h", "Nm3/h", ["volume / time", "normal volume / time"]),
        ("USD/t", "EUR/t", ["money"]),
        ("t/yr", "t/h", ["mass / year", "mass / time"]),  # a year is as long as the plant runs
        ("ton", "t", ["ambiguous"]),
        ("mt", "t", ["ambiguous"]),
        ("$/t", "EUR/t", ["ambiguous", "USD"]),
        ("Mwh", "MWh", ["unknown", '"MWh"']),
        ("t/", "t", ["cannot read"]),
        ("(t", "t", ["not closed"]),
        ("t)", "t", ["cannot read"]),
        ("t//h", "t/h", ["cannot read"]),
        ("t;h", "t/h", ["cannot read"]),
        ("t" * 99, "t", ["shorter"]),
        ("__import__", "t", ["cannot read"]),
    ],
)
def test_units_that_do_not_fit(unit, expected, words):
    with pytest.raises(UnitError) as caught:
        units.factor(unit, expected)
    assert all(word in str(caught.value) for word in words), caught.value


@pytest.mark.parametrize("percent", [7, 8, 14, 28, 29, 55, 57, 58, 99])
def test_percentages_are_exact(percent):
    assert units.convert(percent, "%", "1") == percent / 100


def rate(tmp_path, written, hours="hours: 7600 h/yr"):
    text = changed(("rate: 25 t/h", f"rate: {written}"), ("hours: 7600 h/yr", hours))
    return read_case(write(tmp_path, text)).plants["mill"].sinks["steam"].rate.value


def test_rates_per_day_and_year_are_spread_over_the_operation(tmp_path):
    # 7600 h in 7600 / 24 = 316.667 days: 240 t/d make 76 000 t/yr, 10 t/h.
    assert rate(tmp_path, "240 t/d") == pytest.approx(10)
    # 76 000 t/yr over 7600 h.
    assert rate(tmp_path, "76 kt/yr") == pytest.approx(10)
    assert rate(tmp_path, "6333.3333333 t/month") == pytest.approx(10)
    # 8760 - 20 x 24 = 8280 h: 82 800 t/yr / 8280.
    assert rate(tmp_path, "82800 t/yr", "stops: 20 d/yr") == pytest.approx(10)
    # 95 % of 8760 h = 8322 h.
    assert rate(tmp_path, "83220 t/yr", "hours: 95 %") == pytest.approx(10)
    # 5 d/week = 5/7 x 8760 h.
    assert rate(tmp_path, "62571.428571 t/yr", "hours: 5 d/week") == pytest.approx(10)


def test_days_of_operation_count_for_rates_per_day(tmp_path):
    # 240 t/d x 320 d = 76 800 t/yr over 7600 h = 10.1053 t/h.
    assert rate(tmp_path, "240 t/d", "hours: 7600\n    days: 320") == pytest.approx(240 * 320 / 7600)


def test_a_range_is_spread_like_its_value(tmp_path):
    text = changed(("rate: {value: 34 t/h, low: 28, high: 36,", "rate: {value: 800 kt/yr, low: 640, high: 960,"))
    found = read_case(write(tmp_path, text)).plants["kiln"].sources["steam"].rate
    # 800 000 t over 8000 h.
    assert (found.low, found.value, found.high) == pytest.approx((80, 100, 120))
    assert found.unit == "t/h"
    assert found.given == "800 kt/yr"


def test_links_and_gates_have_days_of_24_hours(tmp_path):
    text = changed(("capacity: 40 t/h", "capacity: 960 t/d"), ("peak: 20 MW", "peak: 87.6 GWh/yr"))
    case = read_case(write(tmp_path, text))
    assert case.links["steam pipe"].sizes[1].capacity.value == pytest.approx(40)
    assert case.park_gate["grid"].peak.value == pytest.approx(10)  # 87 600 MWh / 8760 h


def test_bare_numbers_are_in_the_documented_unit(tmp_path):
    case = read_case(write(tmp_path))
    assert (case.resources["gas"].price.value, case.resources["gas"].price.unit) == (38, "EUR/MWh")
    assert case.resources["gas"].co2e.supply.unit == "tCO2e/MWh"
    assert case.plants["kiln"].sources["steam"].forgoes.flows["power"].unit == "MWh/t"
    assert case.substitutions[0].ratio.unit == "t/t"
    assert case.substitutions[0].treatment.uses["power"].value == pytest.approx(0.015)
    assert case.plots["P1"].price.value == pytest.approx(200_000)  # 20 EUR/m2 x 10 000 m2/ha
    assert case.park_gate["grid"].peak_expansion.cost.value == pytest.approx(200_000)  # 200 EUR/kW, per MW
    assert case.exchanges[0].min_flow.value == 20_000


def test_an_efficiency_becomes_an_amount_per_unit(tmp_path):
    # 0.65 MWh of steam / (0.9 x 1 MWh of gas) = 0.7222 MWh per tonne.
    supply = read_case(write(tmp_path)).plants["mill"].sinks["steam"].supplied_today_by
    assert supply.inputs["gas"].value == pytest.approx(0.65 / 0.9)
    assert supply.inputs["gas"].unit == "MWh/t"
    # Gas in Nm3 of 10 kWh: 72.2 Nm3 per tonne.
    text = changed(
        ("gas: {kind: gas, unit: MWh, basis: LHV,", "gas: {kind: gas, unit: Nm3, enthalpy: 10 kWh/Nm3,"),
        ("{use: 0.202 t/MWh, supply: 0.03}", "{use: 2 kg/Nm3}"),
        ("gas: {rate: 40 MW}", "gas: {rate: 4000}"),
        ("supplied_today_by: {gas: 0.8 MWh/t}", "supplied_today_by: {gas: 80}"),
        ("inputs: {gas: 0.75 MWh/t}", "inputs: {gas: 75}"),
    )
    supply = read_case(write(tmp_path, text)).plants["mill"].sinks["steam"].supplied_today_by
    assert supply.inputs["gas"].value == pytest.approx(0.65 / (0.9 * 0.01))
    assert supply.inputs["gas"].unit == "Nm3/t"


def test_the_range_of_an_efficiency_is_turned_round(tmp_path):
    text = changed(("{efficiency: 90 %}", "{efficiency: {value: 90 %, low: 80, high: 100, grade: B}}"))
    found = read_case(write(tmp_path, text)).plants["mill"].sinks["steam"].supplied_today_by.inputs["gas"]
    assert (found.low, found.value, found.high) == pytest.approx((0.65, 0.65 / 0.9, 0.65 / 0.8))
    assert found.grade == "B"


@pytest.mark.parametrize(
    ("written", "euros_of_2025"),
    [
        ("38", 38.0),
        ("3.8 ct/kWh", None),
        ("38 USD/MWh", 38 * 0.9),  # one rate for all years
        ("38 GBP/MWh", 38 * 1.2),  # the rate of 2025, for it says no year
        ("{value: 38 EUR/MWh, year: 2015}", 38 * 100 / 80),
        ("{value: 38, year: 2015}", 38 * 100 / 80),
        ("{value: 38 GBP/MWh, year: 2015}", 38 * 1.4 * 100 / 80),  # rate of its own year, then the index
        ("{value: 38 USD/MWh, year: 2015}", 38 * 0.9 * 100 / 80),
        ("{value: 0.038 kGBP/MWh, year: 2025}", 38 * 1.2),
        ("10 EUR/GJ", 36.0),
    ],
)
def test_prices_of_other_years_and_currencies(tmp_path, written, euros_of_2025):
    folder = write(tmp_path, changed(("price: 38,", f"price: {written},")))
    if euros_of_2025 is None:
        with pytest.raises(CaseError, match='unknown unit "ct"'):
            read_case(folder)
        return
    price = read_case(folder).resources["gas"].price
    assert price.value == pytest.approx(euros_of_2025)
    assert price.unit == "EUR/MWh"


def test_a_converted_price_is_in_the_price_year_and_says_what_it_was(tmp_path):
    folder = write(tmp_path, changed(("price: 38,", "price: {value: 38 GBP/MWh, low: 30, year: 2015},")))
    price = read_case(folder).resources["gas"].price
    assert price.year == 2025
    assert price.given == "38 GBP/MWh (2015)"
    assert price.low == pytest.approx(30 * 1.4 * 100 / 80)


def test_the_year_of_a_datum_that_is_no_price_changes_nothing(tmp_path):
    folder = write(tmp_path, changed(("rate: 25 t/h", "rate: {value: 25 t/h, year: 1999}")))
    found = read_case(folder).plants["mill"].sinks["steam"].rate
    assert (found.value, found.year) == (25.0, 1999)


def test_a_currency_without_a_code_may_be_used(tmp_path):
    text = BASE.replace("EUR", "crowns")
    assert read_case(write(tmp_path, text)).facilities["boiler"].investment[1].investment.value == 2.5e6


def test_values_are_equal_however_they_are_written(tmp_path):
    first = read_case(write(tmp_path))
    second = read_case(write(tmp_path, changed(("rate: 25 t/h", "rate: 25000 kg/h"))))
    assert first == second
    assert hash(first.plants["mill"].area) == hash(second.plants["mill"].area)
    assert first != read_case(write(tmp_path, changed(("rate: 25 t/h", "rate: 26 t/h"))))


def test_a_unit_of_one_per_something():
    assert parse_number("0.01 1/km") == (0.01, "1/km", "0.01 1/km")
    with pytest.raises(ValueError, match="without separators"):
        parse_number("10 000")
