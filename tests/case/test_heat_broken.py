"""Slips in levels of media and in process heat, and the one fault each makes; what is read when there is none."""

import pytest

from planner.case import units
from planner.case.read import read_case
from planner.case.summary import summary
from planner.case.units import UnitError
from planner.errors import CaseError

CASE = """
case: Two plants
currency: EUR
price_year: 2025
economics: {discount_rate: 0, lifetime: {pipe: 10}}
geography: {distances: distances.csv}
plots: {A: {area: 5}, B: {area: 5}}
resources:
  gas: {kind: gas, unit: MWh, price: 50}
  hot water: {kind: heat, unit: MWh, heat: {supply: 90 degC, return: 60 degC}, carried_by: [pipe]}
  steam: {kind: heat, unit: t, heat: {steam: 11 bar(g), condensate: {share: 80 %, temperature: 90 degC}}}
  cooling water: {kind: heat, unit: m3, heat: {supply: 20 °C, return: 303.15 K}, price: 2}
plants:
  works:
    plot: A
    process_heat:
      streams: {flue: {from: 150, to: 110, load: 10}}
      takes: {cooling water: {}}
      gives: {hot water: {}}
  homes:
    plot: B
    process_heat:
      streams: {heating: {from: 40, to: 80, load: 6 MW}}
      takes: {hot water: {supplied_today_by: {gas: 1.1}}}
links:
  pipe: {kind: pipe, sizes: [{size: S, capacity: 20, investment: 10}]}
"""
FLUE = "flue: {from: 150, to: 110, load: 10}"
WATER = "{supply: 90 degC, return: 60 degC}"
TAKES = "takes: {hot water: {supplied_today_by: {gas: 1.1}}}"
#: What is changed -> the fault it makes, from its beginning.
BROKEN = {
    "above the critical pressure": (
        ("steam: 11 bar(g)", "steam: 300 bar"),
        "resources.steam.heat.steam: pressure 300 bar is out of range",
    ),
    "condensate above its steam": (
        ("temperature: 90 degC", "temperature: 210 degC"),
        "resources.steam.heat.condensate.temperature: 210 degC is hotter than its steam, which condenses",
    ),
    "superheat beyond the formulation": (
        ("steam: 11 bar(g),", "steam: 11 bar(g), superheat: 700 K,"),
        "resources.steam.heat",
    ),
    "no return": ((WATER, "{supply: 90 degC}"), "resources.hot water.heat: states supply; expected steam, or supply"),
    "no level at all": ((WATER, "{}"), "resources.hot water.heat: states nothing; expected steam"),
    "steam and water": (
        (WATER, "{steam: 3 bar, supply: 90 degC, return: 60}"),
        "resources.hot water.heat: states steam and supply and return",
    ),
    "no difference": (
        (WATER, "{supply: 90, return: 90}"),
        "resources.hot water.heat.return: 90 is the supply, too; such water carries no heat",
    ),
    "superheated water": (
        (WATER, "{supply: 90, return: 60, superheat: 5 K}"),
        "resources.hot water.heat.superheat: is stated of a medium that is no steam",
    ),
    "a temperature in bar": (
        (WATER, "{supply: 90 bar, return: 60}"),
        "resources.hot water.heat.supply: bar is pressure; expected K, which is temperature",
    ),
    "a pressure in degC": (("steam: 11 bar(g)", "steam: 180 degC"), "resources.steam.heat.steam: degC is temperature"),
    "below absolute zero": ((WATER, "{supply: 90, return: -300}"), "resources.hot water.heat.return: found -300"),
    "no kind of heat": (
        ("{kind: heat, unit: t, heat", "{kind: water, unit: t, heat"),
        "resources.steam.heat: steam is of kind water; only one of kind heat has a level",
    ),
    "a unit that tells no heat": (
        ("{kind: heat, unit: t, heat", "{kind: heat, unit: Nm3, heat"),
        "resources.steam.enthalpy: the heat of its level does not tell that of a Nm3; state enthalpy in MWh/Nm3",
    ),
    "two loads": (
        (FLUE, "flue: {from: 150, to: 110, load: 10, capacity_flow: 1}"),
        "plants.works.process_heat.streams.flue.capacity_flow: 1 from 150 to 110 degC are 40 MW; load says 10",
    ),
    "no load": ((FLUE, "flue: {from: 150, to: 110}"), "plants.works.process_heat.streams.flue.load: is missing"),
    "equal temperatures": (
        (FLUE, "flue: {from: 150, to: 150, load: 10}"),
        "plants.works.process_heat.streams.flue.kind: is missing; temperatures that are equal do not say it",
    ),
    "capacity flow of one temperature": (
        (FLUE, "flue: {at: 150, kind: hot, capacity_flow: 1}"),
        "plants.works.process_heat.streams.flue.capacity_flow: a stream of one temperature has none; state its load",
    ),
    "a wrong kind": (
        (FLUE, "flue: {from: 150, to: 110, load: 10, kind: cold}"),
        "plants.works.process_heat.streams.flue.kind: called cold, but it goes from 150 to 110 degC",
    ),
    "at and to": (
        (FLUE, "flue: {at: 150, to: 110, load: 10}"),
        "plants.works.process_heat.streams.flue.at: states at and to; expected from and to, or at",
    ),
    "no temperature": ((FLUE, "flue: {load: 10}"), "plants.works.process_heat.streams.flue: states no temperature"),
    "a load in tonnes": (
        (FLUE, "flue: {from: 150, to: 110, load: 10 t/h}"),
        "plants.works.process_heat.streams.flue.load: t/h is mass / time; expected MW, which is energy / time",
    ),
    "nothing cold enough": (
        (FLUE, "flue: {from: 150, to: 20, load: 10}"),
        # 15..25 degC shifted of 130 K: 0.769 MW
        "plants.works.process_heat.takes: no medium that it may take or give is cold enough to take 0.7692 MW: streams "
        "ask for 15 degC, the coldest cools to 25 degC",
    ),
    "nothing hot enough": (
        ("to: 80, load: 6 MW", "to: 95, load: 6 MW"),
        # 85..100 degC shifted of 55 K: 1.636 MW
        "plants.homes.process_heat.takes: no medium that it may take or give is hot enough to give 1.636 MW: streams "
        "ask for 100 degC, the hottest heats to 85 degC",
    ),
    "nothing of its own": (
        (TAKES, "takes: {hot water: {}}"),
        "plants.homes.process_heat.takes: without an exchange no medium that it may buy, make itself or dispose of is",
    ),
    "a medium misspelt": (
        (TAKES, "takes: {hot watr: {}}"),
        "plants.homes.process_heat.takes.hot watr: no such resource",
    ),
    "a medium without level": (
        (TAKES, "takes: {gas: {}}"),
        "plants.homes.process_heat.takes.gas: resources.gas has no level; state its heat",
    ),
    "a name twice": (
        (TAKES, "takes: {heating: {resource: hot water}}"),
        'plants.homes.process_heat.takes.heating: "heating" is also one of its streams',
    ),
    "a rate": (
        (TAKES, "takes: {hot water: {rate: 3}}"),
        "plants.homes.process_heat.takes.hot water.rate: no such field",
    ),
    "a forbidden match of nobody": (
        ("gives: {hot water: {}}", "gives: {hot water: {}}\n      forbidden: [[flue, cooling]]"),
        'plants.works.process_heat.forbidden[1]: no such stream or medium of the plant "cooling"',
    ),
    "a forbidden match of two cold ones": (
        ("gives: {hot water: {}}", "gives: {hot water: {}}\n      forbidden: [[hot water, cooling water]]"),
        "plants.works.process_heat.forbidden[1]: hot water and cooling water are both cold",
    ),
    "forbidden matches that leave nothing": (
        ("gives: {hot water: {}}", "gives: {hot water: {}}\n      forbidden: [[cooling water, flue]]"),
        "plants.works.process_heat.takes: without an exchange no medium that it may buy, make itself or dispose of is "
        "cold enough to take 10 MW of its process streams past the forbidden matches",
    ),
    "no life": (
        ("gives: {hot water: {}}", "gives: {hot water: {}}\n      recovery: {cost: 5, lifetime: 0}"),
        "plants.works.process_heat.recovery.lifetime: found 0; expected more than 0 years",
    ),
    "a period that is none": (
        ("load: 6 MW", "load: {periods: {winter: 3}}"),
        "plants.homes.process_heat.streams.heating.load.periods: the case has no periods",
    ),
    "no streams": ((FLUE, ""), "plants.works.process_heat.streams: is empty"),
}


def read(text, folder):
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    (folder / "distances.csv").write_text("from,to,length_m\nA,B,1000\n", encoding="utf-8")
    return read_case(folder)


@pytest.mark.parametrize("name", BROKEN)
def test_each_slip_makes_one_fault(name, tmp_path):
    (old, new), expected = BROKEN[name]
    assert old in CASE
    with pytest.raises(CaseError) as caught:
        read(CASE.replace(old, new, 1), tmp_path)
    faults = [f"{fault.field}: {fault.message}" for fault in caught.value.faults]
    assert len(faults) == 1, faults
    assert faults[0].startswith(expected)
    assert caught.value.faults[0].line > 1


def test_levels_give_heat_and_are_said(tmp_path):
    """Steam of 11 bar(g) holds 2784 kJ/kg, condensate of 90 degC 378: 2406/3600 = 0.6683 MWh/t.

    A cubic metre of water of 20 degC weighs 998.2 kg and takes (125.8 - 84.0) kJ/kg up to 30 degC: 0.0116 MWh.
    """
    case = read(CASE, tmp_path)
    assert case.resources["steam"].enthalpy.value == pytest.approx(0.6683, abs=1e-4)
    assert case.resources["cooling water"].enthalpy.value == pytest.approx(0.0116, abs=1e-4)
    assert case.resources["hot water"].enthalpy is None  # counted in MWh
    told = summary(case)
    assert "steam: steam of 12.013 bar absolute (11 bar(g)), condensing at 188.01 degC; a t gives 0.6683 MWh" in told
    assert "process heat flue: hot, 150 degC to 110 degC, 10 MW" in told
    assert "WARNING" not in told


def test_an_enthalpy_that_is_off_is_said_and_counts(tmp_path):
    case = read(CASE.replace("unit: t, heat", "unit: t, enthalpy: 0.9, heat"), tmp_path)
    assert case.resources["steam"].enthalpy.value == 0.9
    assert "WARNING: resources.steam.enthalpy says 0.9 MWh/t, its level 0.6683 by IAPWS-IF97" in summary(case)


def test_a_case_with_heat_reads_back(tmp_path):
    case = read(CASE, tmp_path)
    (tmp_path / "again.yaml").write_text(case.resolved(), encoding="utf-8")
    assert read_case(tmp_path / "again.yaml") == case


def test_temperatures_are_points_and_pressures_absolute():
    assert units.celsius(363.15, "K") == pytest.approx(90)
    assert units.celsius(90, "") == units.celsius(90, "°C") == 90
    assert units.absolute(11, "bar(g)") == units.absolute(11, "barg") == pytest.approx(12.01325)
    assert units.absolute(1200, "kPa") == units.absolute(12, "bar(a)") == units.absolute(12, "") == pytest.approx(12)
    assert units.factor("kW/K", "MW/K") == units.factor("kW/°C", "MW/K") == pytest.approx(1e-3)
    with pytest.raises(UnitError):
        units.celsius(5, "t")
