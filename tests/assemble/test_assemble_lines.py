"""Every kind of line by hand arithmetic, and the effects as their sum."""

from typing import Any

import pytest
from assemble_park import PIPE, STEAM, booked, lines, made, max_flow, park, places

from planner.assemble import assemble
from planner.case.case import Case

PAIR = (STEAM, PIPE, "P1", "P2")
FLOW = (STEAM, PIPE, "year")
HAUL = (STEAM, PIPE, "P1", "P2", "year")


def sized(**size: Any) -> list[dict[str, Any]]:
    return [{"size": "DN 200", "capacity": 100, **size}]


def test_conventional_supply_buys_and_burns() -> None:
    """A tonne of steam: 0.8 MWh gas x 40 = 32 EUR; 0.8 x 0.2 = 0.16 t burnt, 0.8 x 0.03 = 0.024 t supply; 0.5 MWh."""
    made_park = made()
    index = ("mill / steam", "year")
    assert booked(made_park, "purchase", index=index) == pytest.approx(32)
    assert booked(made_park, "co2e_use", index=index) == pytest.approx(0.16)
    assert booked(made_park, "co2e_supply_other", index=index) == pytest.approx(0.024)
    assert booked(made_park, "heat_supplied", index=index) == pytest.approx(0.5)
    line = lines(made_park, "purchase", index=index)[0]
    assert (line.quantity, line.quantity_unit, line.factor, line.factor_unit) == (0.8, "MWh", 40, "EUR/MWh")
    assert (line.party, line.unit, line.resource) == ("mill", "mill", "gas")


def test_running_cost_of_the_present_supply() -> None:
    made_park = made(plants__mill__sinks__steam__supplied_today_by={"gas": 0.8, "cost": 1.5})
    assert booked(made_park, "supply_operation") == pytest.approx(1.5)


def test_a_sink_without_recipe_buys_the_resource_itself() -> None:
    """20 t/h of steam on sale at 30 EUR/t with 0.1 t/t of supply, which for heat is scope 2."""
    made_park = made(
        resources__steam__price=30, resources__steam__co2e={"supply": 0.1}, plants__mill__sinks__steam={"rate": 20}
    )
    assert booked(made_park, "purchase") == pytest.approx(30)
    assert booked(made_park, "co2e_supply_energy") == pytest.approx(0.1)
    assert booked(made_park, "co2e_supply_other") == 0


def test_efficiency_is_turned_into_an_amount_by_energy() -> None:
    """0.5 MWh/t / (0.8 x 1 MWh/MWh) = 0.625 MWh gas a tonne, at 40 EUR: 25 EUR."""
    made_park = made(plants__mill__sinks__steam__supplied_today_by={"gas": {"efficiency": 0.8}})
    assert booked(made_park, "purchase") == pytest.approx(25)


def test_fresh_water_and_power_are_counted_by_whatever_they_are_bought_for() -> None:
    """2 t of water of 1.1 m3/t and 0.3 MWh of power a tonne of steam."""
    water = {"kind": "water", "unit": "t", "price": 1, "fresh_water": True, "water": 1.1}
    made_park = made(
        resources__water=water, plants__mill__sinks__steam__supplied_today_by={"water": 2, "power": 0.3, "gas": 0.1}
    )
    assert booked(made_park, "fresh_water") == pytest.approx(2.2)
    assert booked(made_park, "power_bought") == pytest.approx(0.3)
    assert booked(made_park, "co2e_supply_energy") == pytest.approx(0.3 * 0.25)


def test_discharge_costs_emits_and_is_waste() -> None:
    """A m3 of sludge: 5 EUR, 0.02 t CO2e, 1.2 t of hazardous waste; reused instead where it is exchanged."""
    discharge = {"route": "incinerator", "cost": 5, "co2e": 0.02, "waste": "hazardous", "waste_mass": 1.2}
    sludge = {"kind": "material", "unit": "m3", "carried_by": ["pipe"], "discharge": discharge, "price": 3}
    made_park = made(
        resources__sludge=sludge,
        plants__smelter__sources__sludge={"rate": 1},
        plants__mill__sinks__sludge={"rate": 1},
    )
    index = ("smelter / sludge", "year")
    assert booked(made_park, "discharge", index=index) == pytest.approx(5)
    assert booked(made_park, "co2e_discharge", index=index) == pytest.approx(0.02)
    assert booked(made_park, "waste_hazardous", index=index) == pytest.approx(1.2)
    assert booked(made_park, "reused", exchange="smelter > mill: sludge") == pytest.approx(1.2)
    # the free disposal of steam is a line, too: tables show it
    assert lines(made_park, "discharge", index=("smelter / steam", "year"))[0].factor == 0


def test_discharge_of_the_resource_gives_the_factor_the_stream_leaves_out() -> None:
    made_park = made(
        resources__steam__co2e={"discharge": 0.07},
        plants__smelter__sources__steam__discharge={"route": "stack", "cost": 1},
    )
    assert booked(made_park, "discharge") == pytest.approx(1)
    assert booked(made_park, "co2e_discharge") == pytest.approx(0.07)


def test_sale_is_income_and_forgoes_like_an_exchange() -> None:
    """12 EUR/t of income; 0.1 MWh of power forgone x 100 = 10 EUR, and 2 EUR of money; its supply 0.1 x 0.25 t."""
    source = {"rate": 30, "sale": {"price": 12, "limit": 1000}, "forgoes": {"power": 0.1, "money": 2}}
    made_park = made(plants__smelter__sources__steam=source)
    index = ("smelter / steam", "year")
    assert booked(made_park, "sale", index=index) == pytest.approx(-12)
    for where in (index, FLOW):
        assert booked(made_park, "forgone", index=where) == pytest.approx(12)
        assert booked(made_park, "power_bought", index=where) == pytest.approx(0.1)
        assert booked(made_park, "co2e_supply_energy", index=where) == pytest.approx(0.025)
    assert {line.party for line in lines(made_park, "forgone")} == {"smelter"}
    assert made_park.instance.sources["smelter / steam"].sale_limit == 1000


def test_link_investment_with_contingency_and_its_yearly_cost() -> None:
    """1500 m of cost length x 400 x 1.1 = 660,000 EUR, over 20 years 33,000 a year; fixed 50,000 x 1.1 = 55,000."""
    made_park = made(
        links__pipe__sizes=sized(investment=400, fixed_investment=50_000),
        economics={"discount_rate": 0, "lifetime": {"pipe": 20}, "contingency": 0.1},
    )
    assert booked(made_park, "investment_link", index=PAIR) == pytest.approx(660_000)
    assert booked(made_park, "link_capital", index=PAIR) == pytest.approx(33_000)
    assert booked(made_park, "investment_link", index=(STEAM, PIPE)) == pytest.approx(55_000)
    assert booked(made_park, "link_capital", index=(STEAM, PIPE)) == pytest.approx(2_750)


def test_capital_recovery_at_interest_and_the_lifetime_of_a_link_by_its_name() -> None:
    """8 % over 2 years: 0.08 x 1.08^2 / (1.08^2 - 1) = 0.560769; x 1500 m x 100."""
    made_park = made(
        links__pipe__sizes=sized(investment=100),
        economics={"discount_rate": 0.08, "lifetime": {"pipe": 2}},
    )
    assert booked(made_park, "link_capital") == pytest.approx(0.0933120 / 0.1664 * 150_000)


def test_link_operation_is_yearly_cost_maintenance_and_fixed_cost() -> None:
    """3 EUR/m/yr x 1000 m of length; 2 % of 1500 x 400 before contingency = 12,000, of 50,000 = 1000; 700 a year."""
    made_park = made(
        links__pipe={
            "kind": "pipe",
            "sizes": sized(investment=400, fixed_investment=50_000, yearly_cost=3),
            "maintenance": 0.02,
            "fixed_cost": 700,
        },
        economics__contingency=0.1,
    )
    assert booked(made_park, "link_operation", index=PAIR) == pytest.approx(3_000 + 12_000)
    assert booked(made_park, "link_operation", index=(STEAM, PIPE)) == pytest.approx(1_000 + 700)


def test_existing_link_costs_its_upkeep_and_no_investment() -> None:
    """In place over 800 m: 3 x 800 = 2400; 2 % of 400 x 800 = 6400; no capital, no connection."""
    made_park = made(
        links__pipe={"kind": "pipe", "sizes": sized(investment=400, yearly_cost=3), "maintenance": 0.02},
        exchanges=[
            {
                "from": "smelter",
                "to": "mill",
                "existing": {"link": "pipe", "capacity": 30, "length": 800},
                "connection": {"at_sink": 9_000},
                "fixed_cost": 100,
            }
        ],
    )
    old = (STEAM, "existing pipe")
    assert booked(made_park, "link_operation", index=(*old, "P1", "P2")) == pytest.approx(2_400 + 6_400)
    assert booked(made_park, "exchange_fixed", index=old) == pytest.approx(100)
    at_it = [line for line in made_park.lines if line.index[:2] == old]
    assert not [line for line in at_it if line.account.startswith(("investment_", "link_capital", "connection"))]
    assert booked(made_park, "investment_connection", index=(STEAM, PIPE)) == pytest.approx(9_000)


def test_pipe_in_the_ground_needs_no_pipe_but_a_new_exchange_around_it() -> None:
    made_park = made(
        links__pipe__sizes=sized(investment=400),
        existing_pipes={"old": {"from": "P2", "to": "P1", "link": "pipe", "resources": ["steam"], "capacity": 10}},
        exchanges=[{"from": "smelter", "to": "mill", "connection": {"at_sink": 9_000}}],
    )
    old = (STEAM, "pipe:old")
    assert booked(made_park, "investment_link", index=(*old, "P1", "P2")) == 0
    assert booked(made_park, "investment_connection", index=old) == pytest.approx(9_000)
    assert made_park.instance.exclusive == {"old": (old,)}
    assert not made_park.instance.exchanges[STEAM].options["pipe:old"].existing
    # 10 t/h x 7000 h
    assert max_flow(made_park, STEAM, "pipe:old") == pytest.approx(70_000)


def test_what_is_due_once_per_exchange() -> None:
    """Over 20 (connection), 15 (treatment) and 10 years (permit): 4000 / 20, 3000 / 15, 1000 / 10; not for twins."""
    made_park = made(
        exchanges=[
            {
                "from": "smelter",
                "to": "mill",
                "twins": 2,
                "connection": {"at_source": 1_000, "at_sink": 3_000},
                "treatment": {"investment": 3_000},
                "permit": {"name": "declaration", "cost": 1_000, "delay": 0.5},
                "delay": 1,
                "fixed_cost": 60,
                "effort": "piping",
            }
        ]
    )
    expected = {
        "investment_connection": 4_000,
        "connection": 200,
        "investment_treatment": 3_000,
        "treatment": 200,
        "investment_permit": 1_000,
        "permit": 100,
        "exchange_fixed": 60,
    }
    for account, amount in expected.items():
        assert booked(made_park, account, index=(STEAM, PIPE)) == pytest.approx(amount), account
        assert booked(made_park, account, index=(STEAM, f"{PIPE} #2")) == 0, account
    facts = made_park.exchanges[STEAM]
    assert (facts.delay_yr, facts.permit, facts.effort) == (1.5, "declaration", "piping")


def test_truck_pays_by_unit_and_kilometre() -> None:
    """0.15 EUR/t/km x 1.3 km of detour + 2 EUR loading; 0.0001 t/t/km x 1.3, 0.001 t loading."""
    truck = {
        "kind": "truck",
        "along": "roads",
        "detour": 1.3,
        "cost": 0.15,
        "loading": 2,
        "co2e": 1e-4,
        "loading_co2e": 1e-3,
    }
    made_park = made(links__truck=truck, resources__steam__carried_by=["truck"])
    assert booked(made_park, "transport", index=(STEAM, "truck", "P1", "P2", "year")) == pytest.approx(0.195)
    assert booked(made_park, "transport", index=(STEAM, "truck", "year")) == pytest.approx(2)
    assert booked(made_park, "co2e_transport", index=(STEAM, "truck", "P1", "P2", "year")) == pytest.approx(1.3e-4)
    assert booked(made_park, "co2e_transport", index=(STEAM, "truck", "year")) == pytest.approx(1e-3)
    assert made_park.exchanges[STEAM].options == {"truck": ("truck", None)}


def test_pumping_buys_power_by_unit_and_kilometre() -> None:
    """0.002 MWh/t/km x 1 km: 0.2 EUR, 0.0005 t CO2e on pumping alone, 0.002 MWh of power bought."""
    made_park = made(links__pipe__uses={"power": 0.002})
    assert booked(made_park, "pumping", index=HAUL) == pytest.approx(0.2)
    assert booked(made_park, "co2e_pumping", index=HAUL) == pytest.approx(5e-4)
    assert booked(made_park, "power_bought", index=HAUL) == pytest.approx(0.002)
    assert booked(made_park, "co2e_supply_energy") == 0


def test_treatment_is_paid_per_unit_taken() -> None:
    """1.5 EUR/t and 0.05 MWh power x 100 = 5 EUR; 0.0125 t by that power, 0.003 t of its own."""
    treatment = {"cost": 1.5, "uses": {"power": 0.05}, "co2e": 0.003}
    made_park = made(exchanges=[{"from": "smelter", "to": "mill", "treatment": treatment}])
    assert booked(made_park, "treatment", index=FLOW) == pytest.approx(6.5)
    assert booked(made_park, "co2e_supply_energy", index=FLOW) == pytest.approx(0.0125)
    assert booked(made_park, "co2e_facilities", index=FLOW) == pytest.approx(0.003)
    assert {line.party for line in lines(made_park, "treatment")} == {"mill"}


def test_use_of_the_by_product_counts_where_it_arrives() -> None:
    """0.1 t/t on 98 % of what leaves; 0.01 t/t biogenic, as a memo only."""
    made_park = made(links__pipe__volume_loss=0.02, resources__steam__co2e={"use": 0.1, "biogenic": 0.01})
    assert booked(made_park, "co2e_use", index=HAUL) == pytest.approx(0.098)
    assert booked(made_park, "memo_biogenic", index=HAUL) == pytest.approx(0.0098)
    assert booked(made_park, "co2e_use", index=FLOW) == 0
    assert "memo_biogenic" not in made_park.instance.totals["co2e"]


def test_what_a_hot_pipe_owes_does_not_arrive() -> None:
    """50 W/m x 1000 m x 7000 h / 0.5 MWh/t = 700 t do not arrive while the pipe is in service: 0.1 t/t less each."""
    made_park = made(links__pipe__sizes=sized(loss=50), resources__steam__co2e={"use": 0.1})
    assert booked(made_park, "co2e_use", index=FLOW) == pytest.approx(0.1)
    assert booked(made_park, "co2e_use", index=PAIR) == pytest.approx(-70)


def test_what_is_not_displaced_stays_with_the_exchange() -> None:
    """(1 - 0.6) x ratio 0.5 x 0.8 MWh gas x 0.03 = 0.0048 t a tonne; the exchange's word goes before the resource's."""
    made_park = made(
        resources__steam__displacement=0.1,
        exchanges=[{"from": "smelter", "to": "mill", "ratio": 0.5, "displacement": 0.6}],
    )
    assert booked(made_park, "co2e_supply_other", index=FLOW) == pytest.approx(0.0048)
    # without the exchange's: (1 - 0.1) x 0.8 x 0.03
    plain = made(resources__steam__displacement=0.1)
    assert booked(plain, "co2e_supply_other", index=FLOW) == pytest.approx(0.0216)


def test_carbon_is_priced_with_every_booking() -> None:
    """0.16 t burnt x 50 paid = 8; supply unpaid; (0.16 + 0.024) x 100 shadow = 18.4."""
    made_park = made(economics__carbon_price={"paid": 50, "shadow": 100})
    index = ("mill / steam", "year")
    assert booked(made_park, "carbon_paid", index=index) == pytest.approx(8)
    assert booked(made_park, "shadow_carbon", index=index) == pytest.approx(18.4)
    assert {line.party for line in lines(made_park, "carbon_paid")} == {"mill"}
    assert "shadow_carbon" not in made_park.instance.totals["total_annual_cost"]
    both = made(economics__carbon_price={"paid": 50, "paid_scopes": ["use", "supply"]})
    assert booked(both, "carbon_paid", index=index) == pytest.approx(9.2)


def test_land_is_paid_whole_by_the_single_tenant() -> None:
    """4 ha x (100,000 + 20,000) = 480,000 once, at 5 % 24,000 a year without end; rent 4 x 500."""
    made_park = made(
        plots__P1={"price": 100_000, "surcharge": 20_000, "rent": 500},
        economics={"discount_rate": 0.05, "contingency": 0.3},
    )
    index = ("smelter", "P1")
    assert booked(made_park, "investment_land", index=index) == pytest.approx(480_000)
    assert booked(made_park, "land", index=index) == pytest.approx(26_000)


def test_land_is_paid_as_needed_among_several_tenants() -> None:
    """1.2 ha / 0.6 coverage = 2 ha x 100,000; land of a stated life of 10 years at no interest: 20,000 a year."""
    made_park = made(
        plots__P1={"price": 100_000, "several_tenants": True},
        plants__smelter={"plot": "P1", "area": 1.2, "coverage": 0.6, "hours": 8000, "sources": {"steam": {"rate": 30}}},
        economics__lifetime={"land": 10},
    )
    assert booked(made_park, "investment_land", index=("smelter", "P1")) == pytest.approx(200_000)
    assert booked(made_park, "land", index=("smelter", "P1")) == pytest.approx(20_000)


def test_a_measure_pays_for_land_only_beside_other_tenants() -> None:
    """0.5 ha x 100,000 where its host has P1 with others; nothing where the host has the plot to itself."""
    measure = {"scope": "own", "owner": "smelter", "area": 0.5, "investment": [{"capacity": 1, "investment": 1}]}
    several = made(plots__P1={"price": 100_000, "several_tenants": True}, facilities={"saver": measure})
    assert booked(several, "investment_land", index=("saver", "P1")) == pytest.approx(50_000)
    alone = made(plots__P1={"price": 100_000}, facilities={"saver": measure})
    assert booked(alone, "investment_land", index=("saver", "P1")) == 0
    assert alone.instance.units["saver"].host == "smelter"


def test_margin_of_an_optional_plant_is_earned_wherever_it_settles() -> None:
    made_park = made(plants__smelter__optional={"margin": 4_000_000})
    assert booked(made_park, "margin", index=("smelter", "P1")) == pytest.approx(4_000_000)
    assert made_park.instance.units["smelter"].optional
    assert "margin" not in made_park.instance.totals["total_annual_cost"]


def test_facility_investment_follows_straight_segments() -> None:
    """From (2; 100,000) to (10; 180,000): slope 10,000, intercept 80,000; to (20; 230,000): 5000 and 130,000."""
    points = [(2, 100_000), (10, 180_000), (20, 230_000)]
    facility = {
        "unit": "t",
        "outputs": {"steam": 1},
        "investment": [{"capacity": c, "investment": i} for c, i in points],
        "lifetime": 10,
        "maintenance": 0.03,
        "fixed_cost": 900,
        "variable_cost": 2.5,
        "co2e": 0.01,
        "plot": "P3",
    }
    made_park = made(facilities={"boiler": facility}, economics={"discount_rate": 0, "contingency": 0.2})
    segments = made_park.instance.facilities["boiler"].segments
    assert {name: (s.low, s.high) for name, s in segments.items()} == {"1": (2, 10), "2": (10, 20)}
    # with 20 % contingency: 96,000 + 12,000 / (t/h), and a tenth of it a year
    assert booked(made_park, "investment_facility", index=("boiler", "1"), family="opened") == pytest.approx(96_000)
    assert booked(made_park, "investment_facility", index=("boiler", "1"), family="capacity") == pytest.approx(12_000)
    assert booked(made_park, "investment_facility", index=("boiler", "2"), family="opened") == pytest.approx(156_000)
    assert booked(made_park, "facility_capital", index=("boiler", "2"), family="capacity") == pytest.approx(600)
    # maintenance before contingency: 3 % of 80,000, and the fixed cost
    assert booked(made_park, "facility_operation", index=("boiler", "1"), family="opened") == pytest.approx(3_300)
    assert booked(made_park, "facility_operation", index=("boiler", "1"), family="capacity") == pytest.approx(300)
    assert booked(made_park, "facility_operation", index=("boiler", "year")) == pytest.approx(2.5)
    assert booked(made_park, "co2e_facilities", index=("boiler", "year")) == pytest.approx(0.01)


def test_one_point_is_a_unit_of_just_that_capacity() -> None:
    facility = {"investment": [{"capacity": 5, "investment": 70_000}], "plot": "P3", "inputs": {"gas": 1.2}}
    made_park = made(facilities={"boiler": facility})
    segment = made_park.instance.facilities["boiler"].segments["1"]
    assert (segment.low, segment.high) == (5, 5)
    assert booked(made_park, "investment_facility") == pytest.approx(70_000)
    # its input is a sink of its own, 1.2 MWh per unit of activity, bought at 40 EUR a MWh
    assert made_park.instance.sinks["boiler / gas"].amount["year"] == pytest.approx(1.2)
    assert booked(made_park, "purchase", index=("boiler / gas", "year")) == pytest.approx(40)


def test_effects_are_the_sum_of_lines_in_scaled_money() -> None:
    """Whatever is booked: the instance's effects times the money scale are the lines added up."""
    truck = {"kind": "truck", "along": "roads", "cost": 0.15, "loading": 2, "co2e": 1e-4}
    case = Case.model_validate(
        park(
            links__truck=truck,
            resources__steam__carried_by=["pipe", "truck"],
            plots__P1={"price": 1e5, "rent": 3},
            economics__carbon_price={"paid": 50, "shadow": 20},
            exchanges=[{"from": "smelter", "to": "mill", "connection": {"at_sink": 1e4}}],
        )
    )
    made_park = assemble(case, places())
    sums: dict[tuple[str, tuple[str, ...], str], float] = {}
    for line in made_park.lines:
        key = (line.family, line.index, line.account)
        sums[key] = sums.get(key, 0.0) + line.effect
    instance = made_park.instance
    found = {}
    for family, effects in instance.effects.items():
        for index, by_account in effects.items():
            for account, effect in by_account.items():
                money = instance.accounts[account].startswith("money")
                found[family, index, account] = effect * (instance.money_scale if money else 1.0)
    assert found == pytest.approx({key: total for key, total in sums.items() if total})
    assert instance.money_scale != 1.0


def test_totals_hold_every_account_once() -> None:
    """Each yearly money account but margin and shadow is in total annual cost; every scope in co2e."""
    totals = made().instance.totals
    assert set(totals["total_annual_cost"]) >= {
        "land",
        "purchase",
        "sale",
        "carbon_paid",
        "gate_expansion",
        "treatment",
    }
    assert not set(totals["total_annual_cost"]) & set(totals["investment"])
    assert set(totals["co2e"]) == {
        f"co2e_{s}" for s in ("use", "supply_energy", "supply_other", "discharge", "transport", "pumping", "facilities")
    }
    assert set(totals["waste"]) == {"waste_non_hazardous", "waste_hazardous", "waste_inert"}
    assert {"fresh_water", "margin", "shadow_carbon"} <= set(totals)
