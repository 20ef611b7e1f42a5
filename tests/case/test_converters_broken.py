"""Slips in units that change the level of heat, in standby and exchangers, and the one fault each makes."""

import pytest

from planner.case.read import read_case
from planner.case.summary import summary
from planner.errors import CaseError

CASE = """
case: Levels
currency: EUR
price_year: 2025
economics: {discount_rate: 0, lifetime: {pipe: 10}}
geography: {distances: distances.csv}
plots: {A: {area: 5}, B: {area: 5}}
resources:
  gas: {kind: gas, unit: MWh, price: {value: 50, year: 2025}}
  coal: {kind: material, unit: t, price: 100}
  power: {kind: power, unit: MWh, price: 90}
  peak power: {kind: power, unit: MWh, price: 200}
  water: {kind: water, unit: m3, price: 1}
  hot water: {kind: heat, unit: MWh, heat: {supply: 90 degC, return: 60 degC}, carried_by: [pipe]}
  cooling water: {kind: heat, unit: m3, heat: {supply: 20, return: 30}, price: 0.05}
  chilled water: {kind: heat, unit: MWh, heat: {supply: 6, return: 12}}
  steam 40: {kind: heat, unit: t, heat: {steam: 40 bar}, price: 40}
  steam 5: {kind: heat, unit: t, heat: {steam: 5 bar, superheat: 10 K}}
  slag: {kind: material, unit: t}
plants:
  works:
    plot: A
    sinks:
      hot water:
        rate: 5 MW
        supplied_today_by: {gas: {efficiency: 90 %}}
        standby: {share: 80 %, investment: 60 EUR/kW}
        exchanger: {area_cost: 400 EUR/m2, coefficient: 800 W/m2/K, mean_difference: 15 K}
links:
  pipe: {kind: pipe, sizes: [{size: S, capacity: 20, investment: 10}]}
facilities:
  unit:
    converts: {heat_pump: {from: cooling water, to: hot water, power: power, efficiency: 55 %}}
    plot: B
    investment: [{capacity: 10, investment: 1000}]
"""
PUMP = "{heat_pump: {from: cooling water, to: hot water, power: power, efficiency: 55 %}}"
AT = "facilities.unit.converts"
#: What is converted instead -> the fault, from its beginning.
BROKEN = {
    "nothing": ("{}", f"{AT}: states nothing; expected one of heat_pump"),
    "two": (
        "{boiler: {fuel: gas, to: hot water, efficiency: 0.9}, let_down: {from: steam 40, to: steam 5}}",
        f"{AT}: states let_down and boiler",
    ),
    "unknown": ("{boiler: {fuel: gass, to: hot water, efficiency: 0.9}}", f"{AT}.boiler.fuel: no such resource"),
    "unknown field": (
        "{boiler: {fuel: gas, to: hot water, efficiency: 0.9, fan: 1}}",
        f"{AT}.boiler.fan: no such field",
    ),
    "no level": (
        "{boiler: {fuel: gas, to: slag, efficiency: 0.9}}",
        f"{AT}.boiler.to: resources.slag has no level",
    ),
    "no content": ("{boiler: {fuel: coal, to: hot water, efficiency: 0.9}}", f"{AT}.boiler.fuel: the energy of coal"),
    "heats the cold": (
        "{heat_pump: {from: hot water, to: cooling water, power: power, efficiency: 0.5}}",
        f"{AT}.heat_pump.to: cooling water is a medium that cools; expected one that heats",
    ),
    "downhill": (
        "{heat_pump: {from: steam 5, to: hot water, power: power, efficiency: 0.5}}",
        f"{AT}.heat_pump.from: there is nothing to lift",
    ),
    "too good": (
        "{heat_pump: {from: cooling water, to: hot water, power: power, cop: 8}}",
        f"{AT}.heat_pump.cop: 8 is more than the 6.9",
    ),
    "both": (
        "{heat_pump: {from: cooling water, to: hot water, power: power, cop: 3, efficiency: 50 %}}",
        f"{AT}.heat_pump.cop: states both of efficiency and cop",
    ),
    "neither": (
        "{heat_pump: {from: cooling water, to: hot water, power: power}}",
        f"{AT}.heat_pump.cop: states neither",
    ),
    "of what": (
        "{heat_pump: {from: cooling water, to: hot water, power: power, cop: 3, approach: 4 K}}",
        f"{AT}.heat_pump.approach: goes with efficiency",
    ),
    "the same": (
        "{heat_pump: {from: hot water, to: hot water, power: power, cop: 3}}",
        f"{AT}.heat_pump.to: hot water is named twice",
    ),
    "nowhere": (
        "{chiller: {from: chilled water, power: power, cop: 3}}",
        f"{AT}.chiller.to: states neither of to and air",
    ),
    "chills the hot": (
        "{chiller: {from: hot water, air: 30 degC, power: power, cop: 3}}",
        f"{AT}.chiller.from: hot water is a medium that heats",
    ),
    "too cold a drive": (
        "{absorption_chiller: {driven_by: hot water, from: chilled water, to: cooling water, cop: 3}}",
        f"{AT}.absorption_chiller.cop: found 3; expected more than 0 and at most the 2.5",
    ),
    "no steam": ("{let_down: {from: hot water, to: steam 5}}", f"{AT}.let_down.from: hot water is no steam"),
    "uphill": (
        "{let_down: {from: steam 5, to: steam 40}}",
        f"{AT}.let_down.to: steam 5 of 5 bar and steam 40 of 40 bar: steam goes to a lower pressure only",
    ),
    "downhill by power": (
        "{recompression: {from: steam 40, to: steam 5, power: power, isentropic: 0.7, motor: 0.9}}",
        f"{AT}.recompression.to",
    ),
    "too wet": (
        "{turbine: {from: steam 40, to: steam 5, power: power, isentropic: 0.7, generator: 0.9}}",
        f"{AT}.turbine.to: steam arrives with",
    ),
    "no water": (
        "{let_down: {from: steam 40, to: steam 5, water_temperature: 20 degC}}",
        f"{AT}.let_down.water_temperature: says nothing",
    ),
    "condenses": (
        "{boiler: {fuel: gas, to: hot water, efficiency: 105 %}}",
        f"{AT}.boiler.efficiency: found 105 %; expected more than 0 % and at most 100 %",
    ),
    "far too good": ("{boiler: {fuel: gas, to: hot water, efficiency: 120 %}}", f"{AT}.boiler.efficiency"),
    "driven by gas": (
        "{heat_pump: {from: cooling water, to: hot water, power: gas, cop: 3}}",
        f"{AT}.heat_pump.power: gas is of kind gas; expected one of kind power",
    ),
    "burns power": (
        "{chp: {fuel: power, power: peak power, power_yield: 40 %, heat: hot water, heat_yield: 40 %}}",
        f"{AT}.chp.fuel: power is of kind power; expected a fuel",
    ),
    "burns heat": (
        "{boiler: {fuel: hot water, to: steam 5, efficiency: 90 %}}",
        f"{AT}.boiler.fuel: hot water is of kind heat; expected a fuel, or power of an electric boiler",
    ),
    "too hot a compressor": (
        "{recompression: {from: steam 5, to: steam 40, power: power, isentropic: 5 %, motor: 0.9}}",
        f"{AT}.recompression.isentropic: found 5 %: steam of 40 bar would leave hotter than 800 degC",
    ),
    "absurd approach": (
        "{heat_pump: {from: cooling water, to: hot water, power: power, efficiency: 55 %, approach: 500}}",
        f"{AT}.heat_pump.approach: found 500; expected at most 100 K",
    ),
    "no such air": (
        "{absorption_chiller: {driven_by: steam 5, from: chilled water, air: -273.15, cop: 0.7}}",
        f"{AT}.absorption_chiller.air: found -273.15; expected at least -100 degC",
    ),
    "more than there is": (
        "{chp: {fuel: gas, power: power, power_yield: 50 %, heat: hot water, heat_yield: 60 %}}",
        f"{AT}.chp.heat_yield: 50 % power and 60 % heat are 1.1 of the fuel",
    ),
}


def put(text, folder):
    """A case as a folder."""
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    (folder / "distances.csv").write_text("from,to,length_m\nA,B,1000\n", encoding="utf-8")
    return folder


def faults(text, folder):
    """Faults of a case, as "field: message"."""
    with pytest.raises(CaseError) as caught:
        read_case(put(text, folder))
    return [f"{fault.field}: {fault.message}" for fault in caught.value.faults]


@pytest.mark.parametrize("slip", BROKEN)
def test_a_slip_makes_one_fault(slip, tmp_path):
    stated, expected = BROKEN[slip]
    found = faults(CASE.replace(PUMP, stated), tmp_path)
    assert len(found) == 1
    assert found[0].startswith(expected), found


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("{area_cost: 400 EUR/m2, coefficient: 800 W/m2/K, mean_difference: 15 K}", "{}", "exchanger.cost: is missing"),
        (", mean_difference: 15 K", "", "exchanger.mean_difference: is missing; a cost by area needs it"),
        ("coefficient: 800 W/m2/K", "coefficient: 0", "exchanger.coefficient: found 0; expected more than 0"),
        ("{area_cost", "{cost: 50 EUR/kW, area_cost", "exchanger.cost: states a cost by heat and one by area"),
        ("share: 80 %", "share: 120 %", "standby.share"),
        ("EUR/kW}", "EUR/kW, lifetime: 0}", "standby.lifetime: found 0; expected more than 0"),
    ],
)
def test_a_slip_in_equipment_makes_one_fault(old, new, expected, tmp_path):
    assert old in CASE
    found = faults(CASE.replace(old, new), tmp_path)
    assert len(found) == 1
    assert found[0].startswith(f"plants.works.sinks.hot water.{expected}"), found


def test_what_follows_may_stand_there_if_it_is_right(tmp_path):
    """A resolved case states what follows, and is read again; another number is a fault."""
    read = read_case(put(CASE, tmp_path))
    unit = read.facilities["unit"]
    assert unit.unit == "MWh"  # by default that of what it gives
    assert (tmp_path / "again").mkdir() is None
    again = read_case(put(read.resolved(), tmp_path / "again"))
    assert again.facilities == read.facilities
    text = CASE.replace("    plot: B\n", "    plot: B\n    inputs: {power: 0.2}\n")
    assert faults(text, tmp_path)[0].startswith("facilities.unit.inputs.power: 0.2 is stated, but")
    more = CASE.replace("    plot: B\n", "    plot: B\n    inputs: {water: 0.001}\n")
    assert set(read_case(put(more, tmp_path)).facilities["unit"].inputs) == {"power", "water"}


def test_a_check_says_what_follows(tmp_path):
    told = summary(read_case(put(CASE, tmp_path)))
    assert "unit, per MWh: 1 MWh hot water, 59.66 m3 cooling water of 0.3081 MWh power (heat pump: COP 3.245" in told


@pytest.mark.parametrize(
    ("stated", "warning"),
    [
        (
            "{turbine: {from: steam 40, to: steam 5, power: power, isentropic: 20 %, generator: 0.9}}",
            "turbine.isentropic: found 20 %; 30 % to 95 % is usual",
        ),
        ("{chiller: {from: chilled water, air: -5, power: power, cop: 5}}", "chiller.from: heat would run by itself"),
    ],
)
def test_a_check_doubts_what_hardly_is(stated, warning, tmp_path):
    text = CASE.replace(PUMP, stated).replace("steam: 40 bar}", "steam: 40 bar, superheat: 150 K}")
    assert f"WARNING: {AT}.{warning}" in summary(read_case(put(text, tmp_path)))
    assert "WARNING" not in summary(read_case(put(CASE, tmp_path)))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("plots:", "surroundings: -273.15\nplots:", "surroundings: found -273.15; expected at least -100 degC"),
        (
            "supply: 90 degC",
            "supply: 1e6",
            "resources.hot water.heat.supply: found 1000000; expected at most 5000 degC",
        ),
        ("supply: 20,", "supply: 0 K,", "resources.cooling water.heat.supply: found 0 K; expected at least -250 degC"),
    ],
)
def test_an_absurd_temperature_makes_one_fault(old, new, expected, tmp_path):
    assert old in CASE
    found = faults(CASE.replace(old, new, 1), tmp_path)
    assert len(found) == 1
    assert found[0].startswith(expected), found


def test_a_wrong_unit_of_activity_is_a_fault(tmp_path):
    found = faults(CASE.replace("  unit:\n    converts", "  unit:\n    unit: ha\n    converts"), tmp_path)
    assert found[0].startswith("facilities.unit.unit: found ha; expected a unit of hot water")
    found = faults(CASE.replace("efficiency: 55 %", "efficiency: 55 K"), tmp_path)
    assert [fault.partition(":")[0] for fault in found] == [f"{AT}.heat_pump.efficiency"]
