"""Kalundborg about 1995, computed against published, under two stated boundaries. Nothing is fitted."""

from pathlib import Path

import pytest
from iapws import IAPWS97

import planner

CASES = Path(__file__).resolve().parents[2] / "cases"

NCV_OIL, CO2_OIL = 40.4, 77.4  # residual fuel oil: GJ/t, kg/GJ (IPCC 2006)
NCV_COAL, CO2_COAL = 25.8, 94.6  # other bituminous coal
STEAM = 215_000 + 140_000  # t/yr to Novo and to the refinery

#: Exchange -> published flow of about 1995 (facts, README of the case).
PUBLISHED = {
    "Asnaes power station > Novo: process steam": 215_000,
    "Asnaes power station > refinery: process steam": 140_000,
    "refinery > Asnaes power station: refinery gas -> coal": 30_000,
    "refinery > Asnaes power station: cooling water -> make-up water": 700_000,
    "refinery > Asnaes power station: treated effluent -> make-up water": 200_000,
    "Asnaes power station > Gyproc: FGD gypsum -> natural gypsum": 80_000,
    "Asnaes power station > cement works: fly ash -> cement raw meal": 170_000,
    "refinery > acid works: recovered sulphur -> sulphur": 3_000,
    "Novo > pig farms: yeast slurry -> pig feed": 150_000,
    "Novo > crop farms: NovoGro sludge -> fertiliser nitrogen": 1_000_000,
}
DISTRICT_HEAT = "Asnaes power station > Kalundborg town: district heat"


@pytest.fixture(scope="module")
def published():
    return planner.solve(CASES / "kalundborg-1995-published")


@pytest.fixture(scope="module")
def ours():
    return planner.solve(CASES / "kalundborg-1995")


@pytest.fixture(scope="module")
def case():
    return planner.read_case(CASES / "kalundborg-1995")


def reduction(plan, name):
    return plan.indicators.set_index("indicator").loc[name, "reduction"]


def bought(plan, resource, table="purchases"):
    rows = plan.tables[table]
    return rows.loc[rows["resource"] == resource, "amount_per_yr"].sum()


def saved(plan, resource):
    return bought(plan, resource, "baseline_purchases") - bought(plan, resource)


@pytest.mark.parametrize("name", ["published", "ours"])
def test_kalundborg_is_optimal_and_audited(name, request):
    plan = request.getfixturevalue(name)
    assert plan.header["solver"]["status"] == "optimal"
    assert plan.audit["passed"]


def test_steam_enthalpy_is_that_of_the_property_library(case):
    steam = IAPWS97(P=1.2, T=200 + 273.15)
    feed = IAPWS97(P=1.2, T=80 + 273.15)
    enthalpy = (steam.h - feed.h) / 3600  # (2816.06 - 335.87) kJ/kg = 0.68894 MWh/t
    assert case.resources["process steam"].enthalpy.value == pytest.approx(enthalpy, rel=1e-5)
    # Stand-alone boiler at 88 %: 0.68894 x 3.6 / (0.88 x 40.4) = 0.069763 t of oil per t of steam.
    for plant in ("Novo", "refinery"):
        oil = case.plants[plant].sinks["process steam"].supplied_today_by.inputs["residual fuel oil"]
        assert oil.value == pytest.approx(enthalpy * 3.6 / (0.88 * NCV_OIL), rel=1e-5)


def test_power_lost_is_that_of_the_property_library(case):
    steam = IAPWS97(P=1.2, T=200 + 273.15)
    condenser = IAPWS97(P=0.005, s=steam.s)
    lost = 0.85 * (steam.h - condenser.h) / 3600  # 0.85 x 807.1 kJ/kg = 0.19056 MWh/t
    forgone = case.plants["Asnaes power station"].sources["process steam"].forgoes.flows["power"]
    assert forgone.value == pytest.approx(lost, rel=1e-4)


def test_fuels_are_those_of_the_guidelines(case):
    oil, coal = case.resources["residual fuel oil"].co2e.use, case.resources["coal"].co2e.use
    assert oil.value == pytest.approx(NCV_OIL * CO2_OIL / 1000)  # 3.12696 t/t
    assert coal.value == pytest.approx(NCV_COAL * CO2_COAL / 1000)  # 2.44068 t/t
    gas = case.resources["refinery gas"]
    # Burnt or flared, the gas gives the same: 25.8 GJ x 57.6 kg/GJ = 1.48608 t per tonne coal equivalent.
    assert gas.co2e.use.value == gas.discharge.co2e.value == pytest.approx(25.8 * 57.6 / 1000)
    # Coal-fired replacement power at 38 %: 3.6 / 0.38 x 0.0946 = 0.89621 t/MWh.
    assert case.resources["power"].co2e.supply.value == pytest.approx(3.6 / 0.38 * CO2_COAL / 1000, rel=1e-5)


@pytest.mark.parametrize("name", ["published", "ours"])
def test_published_flows_are_what_pays(name, request):
    rows = request.getfixturevalue(name).exchanges.set_index("exchange")["flow_per_yr"].to_dict()
    heat = rows.pop(DISTRICT_HEAT, None)
    assert heat == (pytest.approx(70_000) if name == "ours" else None)
    assert rows == {exchange: pytest.approx(flow, rel=1e-4) for exchange, flow in PUBLISHED.items()}


def test_published_boundary_against_published_totals(published):
    # 355,000 t x 0.0697625 t/t = 24,766 t of oil; published 19,000 t: 30 % above. 19,000 t would raise 272,000 t.
    oil = saved(published, "residual fuel oil")
    assert oil == pytest.approx(STEAM * 0.0697625)
    assert oil / 19_000 == pytest.approx(1.3035, abs=1e-3)
    # Input, not checked: the coal is the published 30,000 t.
    assert saved(published, "coal") == pytest.approx(30_000)
    # 24,766 x 3.12696 + 30,000 x 2.44068 = 77,441 + 73,220 = 150,662 t; published 130,000 t: 15.9 % above.
    co2e = reduction(published, "co2e")
    assert co2e == pytest.approx(77_441.3 + 73_220.4, abs=1)
    assert abs(co2e / 130_000 - 1) < 0.20
    assert co2e / 130_000 == pytest.approx(1.1589, abs=1e-3)


def test_burdens_carried(ours):
    # Oil as in the published boundary; the turbines lose 355,000 t x 0.190562 = 67,650 MWh to the steam
    # and 70,000 x 0.15 = 10,500 MWh to the district heat.
    assert saved(ours, "residual fuel oil") == pytest.approx(STEAM * 0.0697625)
    lost = bought(ours, "power") - bought(ours, "power", "baseline_purchases")
    assert lost == pytest.approx(STEAM * 0.190562 + 10_500)
    # Without district heat: 77,441 oil - 67,650 x 0.896211 power + 73,220 coal + gas burnt for gas flared - transport.
    rows = ours.exchanges.set_index("exchange")["co2e_avoided_t_per_yr"]
    heat = rows[DISTRICT_HEAT]
    # 70,000 x 0.111628 x 3.1863 - 10,500 x 0.896211 = 24,898 - 9,410 = 15,487 t, on a line of its own.
    assert heat == pytest.approx(15_487, abs=2)
    transport = -reduction(ours, "co2e_transport")
    assert reduction(ours, "co2e") - heat == pytest.approx(77_441.3 - 60_628.2 + 73_220.4 - transport, abs=2)
    # The gas itself moves from the flare to the boiler: nothing is avoided by that.
    assert reduction(ours, "co2e_discharge") == pytest.approx(30_000 * 1.48608)


@pytest.mark.parametrize("name", ["published", "ours"])
def test_water_side_by_side(name, request):
    # 700,000 m3 of cooling water + 200,000 m3 of effluent; published 1.2 million m3 with streams of unknown volume.
    assert reduction(request.getfixturevalue(name), "fresh_water") == pytest.approx(900_000)


def test_mass_exchanged_side_by_side(published):
    # 355 steam + 30 gas (coal equivalent) + 900 water + 80 + 170 + 3 + 150 + 1,000 kt = 2.688 Mt; published 3 Mt.
    assert published.exchanges["flow_per_yr"].sum() == pytest.approx(2_688_000, rel=1e-4)
