"""Water and steam against the tables of IAPWS-IF97, and what is out of range."""

import pytest
from heat_sets import calm
from hypothesis import given
from hypothesis import strategies as st

from planner.heat import properties

CLOSE = pytest.approx


def test_saturation_as_in_the_tables_of_if97():
    # IAPWS R7-97(2012), table 36: T(0.1 MPa) = 372.755919 K, T(1 MPa) = 453.035632 K, T(10 MPa) = 584.149488 K;
    # table 35: p(300 K) = 0.00353658941 MPa, p(500 K) = 2.63889776 MPa
    assert properties.saturation_temperature(1.0) + 273.15 == CLOSE(372.755919, abs=1e-5)
    assert properties.saturation_temperature(10.0) + 273.15 == CLOSE(453.035632, abs=1e-5)
    assert properties.saturation_temperature(100.0) + 273.15 == CLOSE(584.149488, abs=1e-5)
    assert properties.saturation_pressure(300 - 273.15) == CLOSE(0.0353658941, rel=1e-8)
    assert properties.saturation_pressure(500 - 273.15) == CLOSE(26.3889776, rel=1e-8)


def test_enthalpies_as_in_the_tables_of_if97():
    # Table 5 (region 1): h(300 K, 3 MPa) = 115.331273, v = 0.00100215168; table 15 (region 2): h(700 K, 0.0035 MPa) =
    # 3335.68375, h(700 K, 30 MPa) is above the critical pressure
    assert properties.water_enthalpy(300 - 273.15, 30.0) == CLOSE(115.331273, abs=1e-5)
    assert properties.water_density(300 - 273.15, 30.0) == CLOSE(1 / 1.00215168, rel=1e-8)
    assert properties.steam_enthalpy(0.035, 700 - 273.15) == CLOSE(3335.68375, abs=1e-5)


def test_heat_of_a_tonne_of_steam():
    # Steam tables: at 10 bar h'' = 2777.1, h' = 762.7 kJ/kg; water at 80 degC 334.9 (335.7 at 10 bar).
    assert properties.condensation_heat(10.0) == CLOSE((2777.1 - 762.7) / 3600, abs=1e-4)
    assert properties.steam_heat(10.0, 80.0) == CLOSE((2777.1 - 335.7) / 3600, abs=1e-4)
    # superheated to 250 degC: 2943.2 kJ/kg
    assert properties.steam_heat(10.0, 80.0, 250.0) == CLOSE((2943.2 - 335.7) / 3600, abs=1e-4)


def test_heat_of_a_cubic_metre_of_water():
    # 90 to 60 degC: (377.0 - 251.2) kJ/kg x 965.3 kg/m3 = 121.4 MJ/m3 = 33.7 kWh
    assert properties.water_heat(90.0, 60.0) == CLOSE(0.0337, abs=1e-4)
    # counted cold, a cubic metre holds more: 983.2 / 965.3
    cold = properties.water_heat(90.0, 60.0, counted_at=60.0)
    assert cold / properties.water_heat(90.0, 60.0) == CLOSE(983.2 / 965.3, abs=1e-4)
    # chilled water, 6 to 12 degC: (50.5 - 25.3) x 1000 / 3600
    assert properties.water_heat(6.0, 12.0) == CLOSE(0.0070, abs=1e-4)


def test_water_above_100_is_under_pressure_unless_said():
    # at 120 degC h' = 503.8 kJ/kg
    assert properties.water_enthalpy(120.0) == CLOSE(503.8, abs=0.1)
    with pytest.raises(properties.OutOfRange, match="boils"):
        properties.water_enthalpy(120.0, 1.0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: properties.saturation_temperature(230.0), "pressure 230 bar is out of range"),
        (lambda: properties.saturation_temperature(0.0), "pressure 0 bar is out of range"),
        (lambda: properties.saturation_pressure(400.0), "temperature 400 degC is out of range"),
        (lambda: properties.steam_enthalpy(10.0, 150.0), "is water, not steam: it boils at 179.89"),
        (lambda: properties.steam_enthalpy(10.0, 900.0), "temperature 900 degC is out of range"),
        (lambda: properties.steam_enthalpy(250.0), "no saturated steam"),
        (lambda: properties.steam_enthalpy(250.0, 500.0), "below the critical pressure"),
        (lambda: properties.steam_heat(1.0, 120.0), "hotter than steam"),
        (lambda: properties.water_enthalpy(-1.0), "no liquid water"),
        (lambda: properties.water_enthalpy(20.0, 2000.0), "pressure 2000 bar is out of range"),
    ],
)
def test_out_of_range_is_named(call, words):
    with pytest.raises(properties.OutOfRange, match=words):
        call()


@calm
@given(st.floats(0.02, 370.0))
def test_boiling_point_and_pressure_are_inverse(temperature):
    assert properties.saturation_temperature(properties.saturation_pressure(temperature)) == CLOSE(
        temperature, abs=1e-4
    )


@calm
@given(st.floats(1.0, 150.0), st.floats(0.0, 1.0))
def test_superheated_steam_holds_more_than_saturated_steam(pressure, share):
    boils = properties.saturation_temperature(pressure)
    hotter = boils + share * (700.0 - boils)
    assert properties.steam_enthalpy(pressure, hotter) >= properties.steam_enthalpy(pressure) - 0.05
