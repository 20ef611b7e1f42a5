"""Units that change the level of heat: worked by hand, and held against both laws of thermodynamics."""

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planner.case.converters import (
    AbsorptionChiller,
    Boiler,
    Chiller,
    CombinedHeatAndPower,
    HeatPump,
    LetDown,
    Recompression,
    Turbine,
)
from planner.case.resources import Resource
from planner.heat import properties
from planner.heat.converters import ConversionError, conversion
from planner.heat.properties import OutOfRange

KELVIN = 273.15


def medium(unit="MWh", enthalpy=None, **level):
    """A medium with a level; numbers in their documented units."""
    fields = {"kind": "heat", "unit": unit, "heat": {key.rstrip("_"): number(x, key) for key, x in level.items()}}
    return Resource.model_validate(fields | ({"enthalpy": known(enthalpy, f"MWh/{unit}")} if enthalpy else {}))


def number(value, key):
    """A number in its unit, as a resolved case has it."""
    unit = {"steam": "bar", "superheat": "K"}.get(key, "degC")
    return value if isinstance(value, dict) else known(value, unit)


def known(value, unit):
    return {"value": value, "unit": unit}


def of(kind, **fields):
    """What is stated of a unit; shares as plain numbers, temperatures with their unit."""
    return kind.model_validate(fields)


POWER = Resource.model_validate({"kind": "power", "unit": "MWh"})
GAS = Resource.model_validate({"kind": "gas", "unit": "MWh"})
WATER = Resource.model_validate({"kind": "water", "unit": "t"})
HOT = medium(supply=90, return_=60)
COOLING = medium(supply=20, return_=30)
CHILLED = medium(supply=6, return_=12)
#: 40 bar boils at 250.354 degC: superheated to 400 degC.
LIVE = medium("t", 0.8, steam=40, superheat=149.646)
LOW, EXHAUST = medium("t", 0.5856, steam=5), medium("t", 0.627, steam=1)
BY_NAME = {
    "power": POWER, "gas": GAS, "water": WATER, "hot": HOT, "cooling": COOLING, "chilled": CHILLED,
    "live": LIVE, "low": LOW, "exhaust": EXHAUST,
}  # fmt: skip
FREE = {"power": "power"}


def test_a_heat_pump_by_hand():
    """Cooling water 20..30 to hot water 60..90 degC, 5 K on both sides, 55 % of Lorenz.

    Source 15..25: 10 / ln(298.15 / 288.15) = 293.122 K; sink 65..95: 30 / ln(368.15 / 338.15) = 352.937 K.
    Lorenz 352.937 / 59.815 = 5.9005, COP 3.2453; power 0.30814, out of the cooling loop 0.69186 MWh.
    """
    pump = of(HeatPump, **{"from": "cooling"}, to="hot", **FREE, efficiency=0.55)
    found = conversion(pump, "MWh", BY_NAME)
    assert found.inputs == {"power": pytest.approx(0.30814, abs=2e-5)}
    assert found.outputs == {"hot": 1.0, "cooling": pytest.approx(0.69186, abs=2e-5)}
    # between 368.15 and 288.15 K: Carnot 4.6019, of which half is 2.3009
    carnot = of(HeatPump, **{"from": "cooling"}, to="hot", **FREE, efficiency=0.5, of="carnot")
    assert conversion(carnot, "MWh", BY_NAME).inputs["power"] == pytest.approx(1 / 2.3009, rel=1e-4)
    # what heats is taken, not given; counted in GJ a unit of activity is 1 / 3.6 MWh
    warm = BY_NAME | {"warm": medium(supply=40, return_=30)}
    found = conversion(of(HeatPump, **{"from": "warm"}, to="hot", **FREE, cop=4), "GJ", warm)
    assert found.inputs == {"warm": pytest.approx(0.75 / 3.6), "power": pytest.approx(0.25 / 3.6)}
    assert found.outputs == {"hot": pytest.approx(1 / 3.6)}


def test_chillers_by_hand():
    """Chilled water 6..12 to cooling water 20..30 degC.

    Without approach 282.139 and 298.122 K: reversible COP 282.139 / 15.983 = 17.65. With 90/60 degC, mean 347.93 K, an
    absorption chiller reaches (1 - 298.122 / 347.93) x 17.65 = 2.527 at most; 0.7 rejects 1 + 1 / 0.7.
    """
    found = conversion(of(Chiller, **{"from": "chilled"}, to="cooling", **FREE, cop=5), "MWh", BY_NAME)
    assert found.inputs == {"power": 0.2, "cooling": pytest.approx(1.2)}
    assert found.outputs == {"chilled": 1.0}
    with pytest.raises(ConversionError, match=r"more than the 17\.65 of a reversible unit"):
        conversion(of(Chiller, **{"from": "chilled"}, to="cooling", **FREE, cop=18), "MWh", BY_NAME)
    # into air of 35 degC, 5 K on both sides: 277.138 / (313.15 - 277.138) = 7.696, of which 50 %
    dry = of(Chiller, **{"from": "chilled"}, air=known(35, "degC"), **FREE, efficiency=0.5)
    assert conversion(dry, "MWh", BY_NAME).inputs == {"power": pytest.approx(2 / 7.696, rel=1e-3)}
    driven = {"driven_by": "hot", "from": "chilled", "to": "cooling"}
    found = conversion(of(AbsorptionChiller, **driven, cop=0.7), "MWh", BY_NAME)
    assert found.inputs == {"hot": pytest.approx(1 / 0.7), "cooling": pytest.approx(1 + 1 / 0.7)}
    with pytest.raises(ConversionError, match=r"at most the 2\.527"):
        conversion(of(AbsorptionChiller, **driven, cop=2.6), "MWh", BY_NAME)


def test_steam_by_the_tables():
    """40 bar, 400 degC: 3214.4 kJ/kg, 6.7714 kJ/kg/K; 5 bar: 2748.1 and 640.1, 6.8207 and 1.8604; 15 degC: 63.5.

    Valve: (3214.4 - 2748.1) / (2748.1 - 63.5) = 0.1737 t of water a tonne.
    Turbine: wet by (6.7714 - 1.8604) / 4.9603 = 0.99006, hs = 640.1 + 0.99006 x 2108.0 = 2727.2;
    h = 3214.4 - 0.75 x 487.2 = 2849.0; power 365.4 x 0.95 / 3600 = 0.09643 MWh; (2849.0 - 2748.1) / 2684.6 = 0.0376 t.
    """
    valve = of(LetDown, **{"from": "live"}, to="low", water="water")
    found = conversion(valve, "t", BY_NAME)
    assert found.inputs["live"] == pytest.approx(1 / 1.1737, rel=1e-4)
    assert found.inputs["water"] == pytest.approx(0.1737 / 1.1737, rel=1e-3)
    plain = conversion(of(LetDown, **{"from": "live"}, to="low"), "t", BY_NAME)
    assert plain.inputs == {"live": 1.0}
    assert "466.3 kJ/kg above its level uncounted" in plain.said
    stated = {"from": "live", "to": "low", "isentropic": 0.75, "generator": 0.95, **FREE}
    found = conversion(of(Turbine, **stated, water="water"), "t", BY_NAME)
    assert found.outputs == {"low": 1.0, "power": pytest.approx(0.09643 / 1.0376, rel=1e-3)}
    assert found.inputs["water"] == pytest.approx(0.0376 / 1.0376, rel=5e-3)
    found = conversion(of(Turbine, **stated), "MWh", BY_NAME)  # by the power that it makes
    assert found.outputs == {"power": 1.0, "low": pytest.approx(1 / 0.09643, rel=1e-3)}


def test_wet_exhaust_is_drained():
    """A perfect turbine from 40 bar, 400 degC to 5 bar: 0.99006 t of steam a tonne, the rest is water."""
    found = conversion(of(Turbine, **{"from": "live"}, to="low", isentropic=1, generator=1, **FREE), "t", BY_NAME)
    assert found.inputs["live"] == pytest.approx(1 / 0.99006, rel=1e-4)
    assert found.outputs["power"] == pytest.approx((3214.4 - 2727.2) / 3600 / 0.99006, rel=1e-3)


def test_recompression_by_the_tables():
    """1 bar: 2674.9 kJ/kg, 7.3588 kJ/kg/K. At 5 bar that is between 250 degC (2961.1, 7.2724) and 300 (3064.6, 7.4614).

    hs = 2961.1 + 0.4571 x 103.5 = 3008.4 by a straight line (3007.2); h = 2674.9 + 333 / 0.7 = 3150; power
    475 / 0.95 / 3600 = 0.1389 MWh and water (3150 - 2748.1) / 2684.6 = 0.1497 t a tonne of exhaust.
    """
    stated = {"from": "exhaust", "to": "low", "isentropic": 0.7, "motor": 0.95, **FREE}
    found = conversion(of(Recompression, **stated, water="water"), "t", BY_NAME)
    assert found.inputs["exhaust"] == pytest.approx(1 / 1.1497, rel=1e-3)
    assert found.inputs["power"] == pytest.approx(0.1389 / 1.1497, rel=2e-3)
    assert found.inputs["water"] == pytest.approx(0.1497 / 1.1497, rel=2e-3)


def test_boilers_and_chp_by_hand():
    """A tonne of 5 bar from boiling water takes 2108 / 3600 = 0.5856 MWh; from 80 % of 90 degC and 20 % of 15 more."""
    boiler = of(Boiler, fuel="gas", to="low", efficiency=0.9)
    assert conversion(boiler, "t", BY_NAME).inputs == {"gas": pytest.approx(0.5856 / 0.9, rel=1e-4)}
    lossy = {"steam": 5, "condensate": {"share": 0.8, "temperature": known(90, "degC")}}
    steam = medium("t", (2748.1 - 377.3) / 3600, **lossy)  # water of 90 degC: 377.3, of 15 degC: 63.0 kJ/kg
    feed = 0.8 * 377.0 + 0.2 * 63.0
    found = conversion(boiler, "t", BY_NAME | {"low": steam})
    assert found.inputs["gas"] == pytest.approx((2748.1 - feed) / 3600 / 0.9, rel=1e-3)
    chp = of(CombinedHeatAndPower, fuel="gas", power="power", power_yield=0.35, heat="hot", heat_yield=0.45)
    found = conversion(chp, "MWh", BY_NAME)
    assert found.inputs == {"gas": pytest.approx(1 / 0.35)}
    assert found.outputs == {"power": 1.0, "hot": pytest.approx(0.45 / 0.35)}
    full = of(CombinedHeatAndPower, fuel="gas", power="power", power_yield=0.45, heat="hot", heat_yield=0.6)
    with pytest.raises(ConversionError, match="at most 100% together"):
        conversion(full, "MWh", BY_NAME)
    cold = BY_NAME | {"hot": medium(supply=60, return_=35)}
    assert conversion(full, "MWh", cold).outputs["hot"] == pytest.approx(0.6 / 0.45)  # vapour condenses


TEMPERATURES = st.floats(1, 150)


@settings(max_examples=20, deadline=None)
@given(
    TEMPERATURES, TEMPERATURES, TEMPERATURES, TEMPERATURES, st.floats(0.2, 0.9), st.sampled_from(["lorenz", "carnot"])
)
def test_heat_pumps_keep_both_laws(a, b, c, d, efficiency, name):
    """Energy balances to 1e-9, and entropy is not destroyed, whatever the levels."""
    assume(abs(a - b) > 1 and c - d > 1)
    media = {"power": POWER, "source": medium(supply=a, return_=b), "sink": medium(supply=c, return_=d)}
    stated = of(HeatPump, **{"from": "source"}, to="sink", **FREE, efficiency=efficiency, of=name)
    try:
        found = conversion(stated, "MWh", media)
    except ConversionError as error:
        assert error.field in ("from", "efficiency")  # noqa: PT017  (nothing to lift, or a COP at most 1)
        return
    power, heat = found.inputs["power"], found.outputs["sink"]
    source = {**found.inputs, **found.outputs}["source"]
    assert source + power == pytest.approx(heat, rel=1e-9)
    entropy = heat * math.log((c + KELVIN) / (d + KELVIN)) / (c - d)
    entropy -= source * math.log((a + KELVIN) / (b + KELVIN)) / (a - b)
    assert entropy >= -1e-12


@settings(max_examples=12, deadline=None)
@given(st.floats(0.5, 60), st.floats(0.5, 60), st.floats(0, 200), st.floats(0.3, 1.0), st.booleans())
def test_steam_keeps_both_laws(one, other, over, efficiency, cooled):
    """Turbine and compressor: enthalpy with the power and the water balances to 1e-9; the steam gains entropy."""
    assume(abs(one - other) > 0.05)
    rises = one < other
    first = {"steam": one} | ({"superheat": over} if over else {})
    media = BY_NAME | {"first": medium("t", 0.6, **first), "last": medium("t", 0.6, steam=other)}
    ends = {"from": "first", "to": "last", "isentropic": efficiency, **FREE} | ({"water": "water"} if cooled else {})
    stated = of(Recompression, **ends, motor=0.9) if rises else of(Turbine, **ends, generator=0.9)
    try:
        found = conversion(stated, "t", media)
    except (ConversionError, OutOfRange):
        return  # hotter than the formulation, or all but condensed
    hot = properties.saturation_temperature(one) + over if over else None
    before, wanted = properties.steam_enthalpy(one, hot), properties.steam_enthalpy(other)
    taken, water = found.inputs["first"], found.inputs.get("water", 0.0)
    work = 3600 * (found.inputs["power"] * 0.9 if rises else -found.outputs["power"] / 0.9)
    after = before + work / taken
    cold = water * properties.water_enthalpy(15, max(other, properties.ATMOSPHERE))
    drained = (1 - taken) * properties.boiling_enthalpy(other) if after < wanted - 1e-6 else 0.0
    if after < wanted - 1e-6:
        assert taken * after + drained == pytest.approx(wanted, rel=1e-9)
    elif cooled:
        assert taken + water == pytest.approx(1.0, rel=1e-12)
        assert taken * after + cold == pytest.approx(wanted, rel=1e-9)
    else:
        assert taken == 1.0
        assert after >= wanted - 1e-6
    ideal = properties.enthalpy_at_entropy(other, properties.steam_entropy(one, hot))
    assert after >= ideal - 1e-6 * abs(ideal)
