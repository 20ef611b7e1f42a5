"""Converters beside own heat, by-product fuels, lost condensate and other hours: each plan worked out by hand."""

from dataclasses import replace

import pytest
from heat_parks import STEAM, changed, planned, put
from whole_cases import failed

from planner.audit import audit
from planner.case.read import read_case
from planner.case.summary import summary
from planner.geography.measure import measure
from planner.report.terminal import plain, summary_of

HEAD = """
case: Converters
currency: EUR
price_year: 2025
economics: {discount_rate: 0, lifetime: {pipe: 10, facility: 10}}
geography: {distances: distances.csv}
plots: {A: {area: 5}, B: {area: 5, several_tenants: true}}
"""
LINK = "links: {pipe: {kind: pipe, sizes: [{size: S, capacity: 500, investment: 10}]}}\n"
#: 2 MW of hot water, from a boiler at 50 / 0.8 = 62.5 EUR/MWh or from the plant's own electric one at 30.
OWN = (
    HEAD
    + """
resources:
  gas: {kind: gas, unit: MWh, price: 50}
  power: {kind: power, unit: MWh, price: 30}
  hot: {kind: heat, unit: MWh, heat: {supply: 90, return: 60}, carried_by: [pipe]}
plants:
  works:
    plot: A
    process_heat:
      approach: 10
      streams: {dry: {from: 20, to: 80, load: 2 MW}}
      takes: {hot: {supplied_today_by: {gas: {efficiency: 80 %}}}}
facilities:
  rods:
    scope: own
    owner: works
    converts: {boiler: {fuel: power, to: hot, efficiency: 100 %}}
    investment: [{capacity: 2 MW, investment: 100000}]
"""
    + LINK
)


def test_a_measure_that_serves_its_plants_own_heat_has_its_gain(tmp_path):
    """It saves 2 MW x 8760 h x 62.5 EUR; power and investment are booked for the measure, not for the exchange."""
    row = planned(OWN, tmp_path).exchanges.set_index("exchange").loc["rods > works: hot"]
    assert row["gain_per_yr"] == pytest.approx(2 * 8760 * 62.5)


#: Off-gas of 3 t/h is flared; a boiler makes steam of it for a mill of 10 t/h.
FLARE = (
    HEAD
    + """
resources:
  offgas: {kind: gas, unit: t, enthalpy: 5 MWh/t, carried_by: [pipe], co2e: {use: 1.0, discharge: 1.1},
           discharge: {route: flare, cost: 3}}
  gas: {kind: gas, unit: MWh, price: 50, co2e: {use: 0.2}}
  steam: {kind: heat, unit: t, heat: {steam: 10 bar}, carried_by: [pipe]}
plants:
  coke: {plot: A, sources: {offgas: {rate: 3 t/h}}}
  mill: {plot: B, sinks: {steam: {rate: 10 t/h, supplied_today_by: {gas: {efficiency: 90 %}}}}}
facilities:
  boiler:
    {plot: B, converts: {boiler: {fuel: offgas, to: steam, efficiency: 88 %}},
     investment: [{capacity: 0, investment: 0}, {capacity: 20 t/h, investment: 20000}]}
"""
    + LINK
)


def test_a_fuel_that_nobody_can_buy_replaces_no_purchase(tmp_path):
    """A tonne is burnt for 1.0 t instead of flared for 1.1 t of CO2e, and 3 EUR are saved."""
    row = planned(FLARE, tmp_path).exchanges.set_index("exchange").loc["coke > boiler: offgas"]
    assert row["flow_per_yr"] > 8760
    assert row["co2e_avoided_t_per_yr"] == pytest.approx(0.1 * row["flow_per_yr"])
    assert row["gain_per_yr"] == pytest.approx(3 * row["flow_per_yr"])


CONDENSATE = "condensate: {share: 70 %, temperature: 90, water: demin}"
#: 20 t/h of steam for a mill, 40 bar steam bought or raised, and what brings it down.
MILL = (
    HEAD
    + f"""
resources:
  gas: {{kind: gas, unit: MWh, price: 30}}
  power: {{kind: power, unit: MWh, price: 120, sale: {{price: 100}}}}
  HP: {{kind: heat, unit: t, heat: {{steam: 40 bar, superheat: 150 K, {CONDENSATE}}}, carried_by: [pipe]}}
  MP: {{kind: heat, unit: t, heat: {{steam: 10 bar, {CONDENSATE}}}, carried_by: [pipe]}}
  demin: {{kind: water, unit: m3, mass: 1, price: 3}}
plants:
  mill: {{plot: A, sinks: {{MP: {{rate: 20 t/h, supplied_today_by: {{gas: 2}}}}}}}}
facilities:
  boiler:
    {{plot: B, converts: {{boiler: {{fuel: gas, to: HP, efficiency: 92 %}}}},
     investment: [{{capacity: 0, investment: 0}}, {{capacity: 50, investment: 500}}]}}
  UNIT
"""
    + LINK
)
SIZES = "investment: [{capacity: 0, investment: 0}, {capacity: 50, investment: 500}]"
TURBINE = "{turbine: {from: HP, to: MP, power: power, isentropic: 75 %, generator: 95 %}}"
VALVE = "{let_down: {from: HP, to: MP, water: demin}}"


def bought(plan):
    """Water bought by the unit that buys it [m3/yr]."""
    table = plan.tables["purchases"]
    return table[table["resource"] == "demin"].groupby("by")["amount_per_yr"].sum().to_dict()


def test_steam_that_goes_through_a_turbine_is_made_up_once(tmp_path):
    """Of 20 t/h for 8760 h 30 % do not come back: 52,560 m3 for the boiler that raised them, none for the turbine."""
    text = changed(MILL, ("UNIT", f"unit: {{plot: B, converts: {TURBINE}, {SIZES}}}"))
    assert bought(planned(text, tmp_path)) == pytest.approx({"boiler": 0.3 * 20 * 8760})


def test_a_cooled_valve_buys_what_it_injects_and_no_more(tmp_path):
    """A tonne takes (3215.2 - 2777.1) / (2777.1 - 63.9) = 0.1615 t of 15 degC; 2.78 of 20 t/h."""
    text = changed(MILL, ("UNIT", f"unit: {{plot: B, converts: {VALVE}, {SIZES}}}"))
    found = bought(planned(text, tmp_path))
    raised = found["boiler"] / 0.3
    assert raised + found["unit"] == pytest.approx(20 * 8760)
    # IAPWS-IF97: steam of 40 bar and 400.36 degC, of 10 bar saturated, water of 15 degC at 10 bar
    assert found["unit"] / raised == pytest.approx((3215.2 - 2777.1) / (2777.1 - 63.9), rel=1e-3)


#: A dairy cools 6 MW for 4000 h; a pump of COP 4 lifts it for a laundry that washes all year.
HOURS = (
    HEAD
    + """
resources:
  gas: {kind: gas, unit: MWh, price: 50}
  power: {kind: power, unit: MWh, price: 60}
  hot: {kind: heat, unit: MWh, carried_by: [pipe], heat: {supply: 80, return: 50}}
  warm: {kind: heat, unit: MWh, carried_by: [pipe], heat: {supply: 45, return: 25}, discharge: {route: tower, cost: 1}}
plants:
  dairy: {plot: A, hours: 4000, sources: {warm: {rate: 6 MW}}}
  laundry: {plot: B, hours: 8760, sinks: {hot: {rate: 3.4 MW, supplied_today_by: {gas: {efficiency: 90 %}}}}}
facilities:
  pump:
    {plot: B, converts: {heat_pump: {from: warm, to: hot, power: power, cop: 4}},
     investment: [{capacity: 0, investment: 0}, {capacity: 10 MW, investment: 1000000}]}
"""
    + LINK
)
KEPT = changed(HOURS, ("{plot: B, converts: {heat_pump", "{plot: B, evens_out: true, converts: {heat_pump"))


def made(plan):
    return plan.tables["facilities"].set_index("facility").activity_per_yr["pump"]


def test_a_pump_serves_the_hours_in_which_it_is_fed(tmp_path):
    """The laundry takes 3.4 MW, in the 4000 h of the dairy 13,600 MWh; the rest it makes as before."""
    plan = planned(HOURS, tmp_path)
    assert made(plan) == pytest.approx(13_600)
    assert plan.audit["passed"]
    assert not [note for note in plan.header["notes"] if "evens_out" in note]


def test_periods_in_which_the_dairy_runs_or_not_tell_the_same(tmp_path):
    periods = changed(
        HOURS,
        ("resources:", "periods: {on: {hours: 4000}, off: {hours: 4760}}\nresources:"),
        ("hours: 4000, s", "hours: {periods: {on: 4000, off: 0}}, s"),
    )
    cost = planned(HOURS, tmp_path / "year").indicators.set_index("indicator").plan["total_annual_cost"]
    told = planned(periods, tmp_path / "periods")
    assert told.indicators.set_index("indicator").plan["total_annual_cost"] == pytest.approx(cost)
    assert made(told) == pytest.approx(13_600)


def test_tanks_that_even_out_are_counted_where_they_are_stated(tmp_path):
    """29,784 MWh for the laundry need 22,338 of warm water, in 4000 h."""
    plan = planned(KEPT, tmp_path)
    assert made(plan) == pytest.approx(29_784)
    (note,) = [note for note in plan.header["notes"] if note.startswith("facilities.pump.evens_out: ")]
    assert "dairy > pump: warm has 4,000 h/yr; pump > laundry: hot has 8,760 h/yr" in note


def test_the_audit_finds_what_does_not_coincide(tmp_path):
    """Tables of a plan with tanks do not stand up to the case without; warm water could be bought, at a price."""
    dear = ("carried_by: [pipe], heat: {supply: 45", "price: 1000, carried_by: [pipe], heat: {supply: 45")
    plan = planned(changed(KEPT, dear), tmp_path)
    assert made(plan) == pytest.approx(29_784)
    bare = read_case(put(changed(HOURS, dear), tmp_path / "bare"))
    told = {x["check"]: x["detail"] for x in failed(audit(bare, measure(bare), plan.tables, plan.header))}
    assert "fall into hours in which others stand still" in told["plan: facilities do in shared hours what they do"]


def test_a_heat_pump_that_runs_downhill_is_doubted(tmp_path):
    """Warm water of 80..50 degC heats water of 45..25; a stated COP counts, with a warning in check and notes."""
    text = changed(
        HOURS,
        ("heat: {supply: 80, return: 50}", "heat: {supply: 45, return: 25}"),
        ("heat: {supply: 45, return: 25}, discharge", "heat: {supply: 80, return: 50}, discharge"),
    )
    warning = "WARNING: facilities.pump.converts.heat_pump.from: heat would run by itself from 64.78"
    assert warning in summary(read_case(put(text, tmp_path / "check")))
    assert any(note.startswith(warning) for note in planned(text, tmp_path / "plan").header["notes"])


def test_what_is_said_of_units_on_one_plot_for_one_tenant(tmp_path):
    text = changed(
        HOURS,
        ("several_tenants: true", "several_tenants: false"),
        ("plot: B, hours", "plot: A, hours"),
        ("A: {area: 5}", "A: {area: 5, several_tenants: true}"),
        (
            "  pump:\n",
            "  loop: {plot: B, converts: {boiler: {fuel: gas, to: hot, efficiency: 90 %}}, "
            "investment: [{capacity: 1, investment: 9000000}]}\n"
            "  taker: {plot: B, inputs: {hot: 1}, unit: MWh, investment: [{capacity: 1, investment: 1}]}\n  pump:\n",
        ),
    )
    notes = planned(text, tmp_path).header["notes"]
    assert any("to stand on B, which has room for one tenant only; see plots.B.several_tenants" in x for x in notes)


def test_what_follows_is_said_where_an_output_is_stated_besides(tmp_path):
    text = changed(OWN, ("efficiency: 100 %}}", "efficiency: 100 %}}\n    outputs: {hot: 1}"))
    told = summary(read_case(put(text, tmp_path)))
    assert "rods, per MWh: 1 MWh hot of 1 MWh power (boiler: efficiency 100 %" in told
    assert "(None)" not in told


def test_the_audit_adds_up_what_is_replaced_in_periods(tmp_path):
    """Also where the taker is a medium of process heat, of which a plan says how much it is."""
    plan = planned(STEAM, tmp_path)
    table = plan.exchanges.copy()
    table["replaced_per_yr"] *= 1.03
    tables = {**plan.tables, "exchanges": table}
    told = failed(audit(plan.case, measure(plan.case), tables, plan.header))
    assert "plan: flows of the periods add up to those of the year" in {check["check"] for check in told}


def test_a_cost_that_is_unchanged_saves_nothing_else(tmp_path):
    """The baseline may cost a millionth more than the least, which moves what is bought by more than a millionth."""
    plan = planned(changed(OWN, ("price: 30", "price: 300")), tmp_path)
    table = plan.indicators.set_index("indicator")
    rows = [("total_annual_cost", 1.5e-6), ("co2e", 8e-6)]
    for name, share in rows:
        table.loc[name, ["baseline", "plan", "reduction", "reduction_pct"]] = 1e6, 1e6 * (1 - share), 1e6 * share, 0.0

    def told():
        return plain(summary_of(replace(plan, tables={**plan.tables, "indicators": table.reset_index()})))

    assert "total annual cost: unchanged" in told()
    assert "CO2e: unchanged" in told()
    table.loc["total_annual_cost", ["plan", "reduction"]] = 9e5, 1e5
    assert "CO2e: 8 tCO2e/yr less" in told()
