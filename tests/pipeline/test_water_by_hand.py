"""Water, by-products and their quality by hand, from case files to audited plans.

One hour a year where nothing else is said, so that rates and yearly amounts are the same numbers.
"""

import pytest
import yaml
from texts import changed

from planner.case.read import read_case
from planner.errors import CaseError
from planner.pipeline import solve

HEAD = """
case: By hand
currency: EUR
price_year: 2025
economics: {discount_rate: 0, lifetime: {pipe: 10, facility: 1}}
qualities: {c: {unit: ppm}}
plots: {A: {area: 1}, B: {area: 1}}
resources:
  fresh: {kind: water, unit: t, water: 1, price: 1, fresh_water: true, quality: {c: 0}}
  used: {kind: water, unit: t, water: 1, discharge: {route: sewer}}
substitutions: [{from: used, to: fresh}]
"""


def written(folder, text, distances=None, **changes):
    """A case folder: the head, laid over with the text, then with sections by name."""
    case = {**yaml.safe_load(HEAD), **yaml.safe_load(text), **changes}
    if distances is not None:
        case["geography"] = {"distances": "distances.csv"}
        (folder / "distances.csv").write_text(f"from,to,length_m\nA,B,{distances}\n", encoding="utf-8")
    (folder / "case.yaml").write_text(yaml.safe_dump(case, sort_keys=False), encoding="utf-8")
    return folder


def planned(folder, text, distances=None, objective="cost", **changes):
    """The audited and proven plan of a case."""
    plan = solve(read_case(written(folder, text, distances, **changes)), objective=objective)
    assert not [check for check in plan.audit["checks"] if not check["passed"]]
    assert plan.header["solver"]["gap"] <= 1e-6
    return plan


def figure(plan, name, run="plan"):
    return plan.indicators.set_index("indicator").at[name, run]


def account(plan, name, run="plan"):
    return plan.tables["costs"].set_index("account")[run].get(name, 0.0)


def flows(plan):
    return plan.exchanges.set_index("exchange")["flow_per_yr"].to_dict()


# --- operations of fixed load


WANG_SMITH = """
plants:
  works:
    plot: A
    hours: 1
    operations:
      P1: {takes: fresh, gives: used, load: {c: 2 kg/h}, max_inlet: {c: 0}, max_outlet: {c: 100}}
      P2: {takes: fresh, gives: used, load: {c: 5 kg/h}, max_inlet: {c: 50}, max_outlet: {c: 100}}
      P3: {takes: fresh, gives: used, load: {c: 30 kg/h}, max_inlet: {c: 50}, max_outlet: {c: 800}}
      P4: {takes: fresh, gives: used, load: {c: 4 kg/h}, max_inlet: {c: 400}, max_outlet: {c: 800}}
"""


ONE_PLANT = """
plants:
  works:
    plot: A
    hours: 1
    operations:
      P1: {takes: fresh, gives: used, load: {c: 2 kg/h}, max_inlet: {c: 0}, max_outlet: {c: 100}}
      P2: {takes: fresh, gives: used, load: {c: 5 kg/h}, max_inlet: {c: 50}, max_outlet: {c: 100}}
"""


def test_the_pinch_of_four_operations(tmp_path):
    # Limiting flows, load / (outlet - inlet): 2/100 = 20, 5/50 = 100, 30/750 = 40, 4/400 = 10 t/h.
    # Load below each content (t/h x ppm = g/h): below 50 ppm 20 x 50 = 1 kg/h -> 1 / 50 ppm = 20 t/h; below 100 ppm
    # 1 + (20 + 100 + 40) x 50 = 9 kg/h -> 9 / 100 ppm = 90 t/h; below 400 ppm 9 + 40 x 300 = 21 -> 52.5; below 800 ppm
    # 21 + 50 x 400 = 41 kg/h -> 51.25 t/h. The largest, 90 t/h, is the pinch, at 100 ppm.
    # Alone, without reuse: 2/100 + 5/100 + 30/800 + 4/800 = 20 + 50 + 37.5 + 5 = 112.5 t/h.
    plan = planned(tmp_path, WANG_SMITH, objective="water")
    assert figure(plan, "fresh_water") == pytest.approx(90)
    forbidden = [{"from": "works", "to": "works", "forbidden": True}]
    plan = planned(tmp_path, WANG_SMITH, objective="water", exchanges=forbidden)
    assert figure(plan, "fresh_water") == pytest.approx(112.5)
    taken = plan.tables["operations"].set_index("operation")["flow_per_yr"].to_dict()
    assert taken == pytest.approx({"P1": 20, "P2": 50, "P3": 37.5, "P4": 5})


def test_one_contaminant_and_water_for_a_goal_is_told_as_exact(tmp_path):
    # Both from the case file: nothing but fresh water costs anything. P1 may take up to 30 t/h: at its limiting flow of
    # 20 and no more it always leaves with 100 ppm, which is a given content, and the case is linear.
    assert planned(tmp_path, ONE_PLANT, objective="water").header["solver"]["mixing"]["kind"] == "linear"
    wider = ONE_PLANT.replace(
        "max_inlet: {c: 0}, max_outlet: {c: 100}", "max_inlet: {c: 0}, max_outlet: {c: 100}, max_flow: 30"
    )
    plan = planned(tmp_path, wider, objective="water")
    assert plan.header["solver"]["mixing"]["kind"] == "outlets at their maximum, exact"
    # P1 takes 20 t/h and leaves with 100 ppm; P2 takes y of it and z of fresh water: 100 y = 50 (y + z), and
    # 5000 + 100 y = 100 (y + z): z = 50, y = 50 > 20, so y = 20 at most and z = 50 carries the load: 70 t/h.
    assert figure(plan, "fresh_water") == pytest.approx(70)


def test_water_lost_and_gained_in_an_operation(tmp_path):
    # Takes F of clean water, loses 2 t/h as pure water, picks up 1 kg/h and may leave with 100 ppm: F - 2 = 10, so
    # F = 12. With a gain of 2 t/h instead: F + 2 = 10, F = 8.
    text = """
plants:
  works:
    plot: A
    hours: 1
    operations:
      wash: {{takes: fresh, gives: used, load: {{c: 1 kg/h}}, max_outlet: {{c: 100}}, max_flow: 50, {}: 2}}
"""
    for what, taken in (("loss", 12), ("gain", 8)):
        plan = planned(tmp_path, text.format(what))
        assert figure(plan, "fresh_water") == pytest.approx(taken)
        row = plan.tables["water_balances"].set_index("of").loc["works"]
        assert (row["bought_per_yr"], row["discharged_per_yr"]) == pytest.approx((taken, 10))
        assert row["used_up_per_yr" if what == "loss" else "made_per_yr"] == pytest.approx(2)


TWO = """
resources:
  fresh: {{kind: water, unit: t, water: 1, price: 10, fresh_water: true, quality: {{c: 0}}, carried_by: [fresh pipe]}}
  used: {{kind: water, unit: t, water: 1, discharge: {{route: sewer}}, carried_by: [pipe]}}
plants:
  giver:
    plot: A
    hours: 1
    sources: {{well: {{resource: fresh, rate: 100, on_demand: true, forgoes: {{money: 1}}, quality: {{c: 0}}}}}}
    operations:
      one: {{takes: fresh, gives: used, load: {{c: 1 kg/h}}, max_inlet: {{c: 0}}, max_outlet: {{c: 100}}, max_flow: {}}}
  taker:
    plot: B
    hours: 1
    operations:
      two: {{takes: fresh, gives: used, load: {{c: 1 kg/h}}, max_inlet: {{c: 50}}, max_outlet: {{c: 150}},
            max_flow: 50}}
links:
  fresh pipe: {{kind: pipe, along: table, cost: 2, sizes: [{{size: any, capacity: 1000}}]}}
  pipe: {{kind: pipe, along: table, cost: 0.1, sizes: [{{size: any, capacity: 1000}}]}}
"""


def test_outlets_at_their_maximum_are_only_a_restriction_where_links_cost_by_flow(tmp_path):
    # A well at A gives water for 1 EUR/t; its pipe to B costs 2 EUR/t, the pipe for used water 0.1 EUR/t. ``one`` takes
    # x >= 10 t/h and leaves with k = 1000/x ppm; ``two`` takes y of that and z of fresh water, and needs
    # k y <= 50 (y + z) and 1000 + k y <= 150 (y + z). Both bind at y = x/2, z = 10 - x/2; the cost x + 0.1 y + 3 z is
    # 30 - 0.45 x there: the more, and the thinner, the better, up to x = 20 with z = 0: 20 + 0.1 x 10 = 21 EUR.
    # With its outlet at the maximum, x = 10: 10 + 0.5 + 3 x 5 = 25.5 EUR.
    plan = planned(tmp_path, TWO.format(50), 1000)
    assert figure(plan, "total_annual_cost") == pytest.approx(21, rel=1e-5)
    assert plan.header["solver"]["mixing"]["kind"] != "outlets at their maximum, exact"
    restricted = planned(tmp_path, TWO.format(10), 1000)
    assert figure(restricted, "total_annual_cost") == pytest.approx(25.5, rel=1e-5)


# --- streams of fixed flow, pipes, fees


REUSE = """
resources:
  fresh: {kind: water, unit: t, water: 1, price: 1, fresh_water: true, quality: {c: 0}}
  used: {kind: water, unit: t, water: 1, discharge: {route: sewer, cost: 0.5}, carried_by: [pipe]}
plants:
  giver: {plot: A, hours: 8000, sources: {used: {rate: 10, quality: {c: 40}}}}
  taker: {plot: B, hours: 8000, sinks: {fresh: {rate: 10, limits: {c: 20}}}}
links: {pipe: {kind: pipe, along: table, sizes: [{size: any, capacity: 20, investment: 150}]}}
"""


@pytest.mark.parametrize(("metres", "worth"), [(3900, True), (4100, False)])
def test_reuse_between_plants_is_worth_a_pipe_up_to_a_distance(metres, worth, tmp_path):
    # 40 ppm to be at most 20 ppm with clean water: half of 10 t/h, 40,000 t/yr. It saves 1 EUR/t of water and
    # 0.5 EUR/t of sewer, 60,000 EUR/yr; the pipe costs 150 EUR/m over 10 years: 15 EUR/m/yr. Even at 4,000 m.
    # Without: 80,000 x 1 + 80,000 x 0.5 = 120,000 EUR/yr.
    plan = planned(tmp_path, REUSE, metres)
    assert sum(flows(plan).values()) == pytest.approx(40_000 if worth else 0)
    assert figure(plan, "total_annual_cost") == pytest.approx(60_000 + 15 * metres if worth else 120_000)
    assert figure(plan, "total_annual_cost", "baseline") == pytest.approx(120_000)


TREATED = """
resources:
  used: {kind: water, unit: t, water: 1, discharge: {route: river, load_fees: {c: 3 EUR/kg}}}
  clean: {kind: water, unit: t, water: 1, discharge: {route: river, load_fees: {c: 3 EUR/kg}}}
  sludge: {kind: material, unit: t, mass: 1, water: 1, discharge: {route: farm, cost: 1}}
substitutions: []
plants: {works: {plot: A, hours: 1, sources: {used: {rate: 100, quality: {c: 200}}}}}
"""
UNIT = """
scope: own
owner: works
unit: t
inputs: {used: 1}
outputs: {clean: 0.9, sludge: 0.1}
treats: {inlet: used, outlet: clean, removes: {c: 80 %}, residue: sludge}
investment: [{capacity: 200, investment: 0}]
variable_cost: 0.2
"""


def test_a_fee_by_load_and_a_treatment_with_sludge(tmp_path):
    # 100 t of 200 ppm hold 20 kg: 60 EUR of fee. Treated: 0.2 x 100 = 20 EUR; sludge 10 t x 1 = 10 EUR with 80 % of
    # the load, 16 kg: 1,600 ppm; 4 kg leave with 90 t, 44.44 ppm: 12 EUR of fee. 42 EUR.
    plan = planned(tmp_path, TREATED)
    assert figure(plan, "total_annual_cost") == pytest.approx(60)
    plan = planned(tmp_path, TREATED, facilities={"unit": yaml.safe_load(UNIT)})
    assert figure(plan, "total_annual_cost") == pytest.approx(42)
    assert account(plan, "discharge") == pytest.approx(22)
    rows = plan.tables["compositions"].query("quality == 'c'")
    found = {row["stream"]: row["mean"] for _, row in rows.iterrows()}
    assert found["sludge"] == pytest.approx(1600)
    assert found["clean"] == pytest.approx(4000 / 90)
    load = plan.tables["load_balances"].set_index("of").loc["park"]
    assert load["given_off_per_yr"] == pytest.approx(20)
    assert load["discharged_per_yr"] == pytest.approx(20)


def test_a_tax_that_is_below_the_price_of_treatment_is_paid(tmp_path):
    # 1 EUR/kg: 20 EUR, where treatment costs 20 + 10 EUR and 4 EUR of fee.
    text = TREATED.replace("3 EUR/kg", "1 EUR/kg")
    plan = planned(tmp_path, text, facilities={"unit": yaml.safe_load(UNIT)})
    assert figure(plan, "total_annual_cost") == pytest.approx(20)
    assert plan.tables["facilities"].empty


# --- solids and gases


ASH = """
qualities: {LOI: {unit: "%"}, moisture: {unit: "%"}}
resources:
  ash: {kind: material, unit: t, discharge: {route: landfill, cost: 30, waste: non-hazardous}}
  clay: {kind: material, unit: t, price: 20, quality: {LOI: 2, moisture: 5}}
substitutions: [{from: ash, to: clay}]
plants:
  power:
    plot: A
    hours: 1
    sources: {ash: {rate: 8, quality: {LOI: 8, moisture: 3}}}
    sinks: {clay: {rate: 10, limits: {LOI: 5, moisture: 6}}}
"""


@pytest.mark.parametrize(
    ("swaps", "ash"),
    [
        ((), 5),  # LOI: 8 a + 2 (10 - a) <= 5 x 10
        ([("LOI: 8", "LOI: {mean: 8, worst: 11}")], 10 / 3),  # 11 a + 2 (10 - a) <= 50
        ([("LOI: 8", "LOI: {mean: 8, worst: 7}")], 5),  # a worst value below the mean is none for an upper limit
        ([("moisture: 3", "moisture: 9")], 2.5),  # 9 a + 5 (10 - a) <= 60
        ([("clay: {rate: 10", "clay: {max_exchanged_share: 0.2, rate: 10")], 2),
    ],
)
def test_fly_ash_for_cement(swaps, ash, tmp_path):
    # Each tonne saves 20 of clay and 30 of landfill: 10 x 20 + 8 x 30 - 50 a.
    plan = planned(tmp_path, changed(ASH, *swaps))
    assert sum(flows(plan).values()) == pytest.approx(ash)
    assert figure(plan, "total_annual_cost") == pytest.approx(440 - 50 * ash)


@pytest.mark.parametrize(("content", "ash"), [("{mean: 9, worst: 12}", 0), ("{mean: 9, worst: 9.5}", 8), ("9", 8)])
def test_the_worst_value_bars_what_the_mean_would_admit(content, ash, tmp_path):
    # The clay just meets its limit of 10 % and dilutes nothing: 12 % at worst is above it in any mixture.
    text = changed(ASH, ("LOI: 8", f"LOI: {content}"), ("LOI: 2", "LOI: 10"), ("LOI: 5", "LOI: 10"))
    plan = planned(tmp_path, text)
    assert sum(flows(plan).values()) == pytest.approx(ash)
    barred = plan.tables["barred"]
    assert (len(barred) == 1) == (ash == 0)


def test_what_is_unknown_blocks_and_is_listed(tmp_path):
    # LOI not known: no exchange, 10 x 20 + 8 x 30 = 440. Accepted: it counts for nothing, the ash goes: 440 - 8 x 50.
    text = changed(ASH, ("LOI: 8", "LOI: unknown"))
    plan = planned(tmp_path, text)
    assert figure(plan, "total_annual_cost") == pytest.approx(440)
    told = str(plan.tables["barred"].iloc[0].to_dict())
    assert [word for word in ("ash", "LOI", "unknown") if word not in told] == []
    accepted = [{"from": "power", "to": "power", "stream": "ash", "into": "clay", "accept_unknown": ["LOI"]}]
    plan = planned(tmp_path, text, exchanges=accepted)
    assert figure(plan, "total_annual_cost") == pytest.approx(40)
    plan = planned(tmp_path, changed(text, ("LOI: 5", "LOI: {max: 5, accept_unknown: true}")))
    assert figure(plan, "total_annual_cost") == pytest.approx(40)


def test_what_may_not_be_dumped_saves_no_dump(tmp_path):
    # The landfill takes no ash of 8 % LOI; the kiln takes all 4 t of it (8 x 4 + 2 x 6 = 44 <= 50): what the exchange
    # saves is clay, 4 x 20 EUR, and nothing at the landfill.
    landfill = "cost: 30, waste: non-hazardous"
    plan = planned(
        tmp_path, changed(ASH, (landfill, f"{landfill}, limits: {{LOI: 6}}"), ("ash: {rate: 8", "ash: {rate: 4"))
    )
    assert figure(plan, "total_annual_cost") == pytest.approx(200 - 80)
    assert plan.exchanges["gain_per_yr"].sum() == pytest.approx(80)


def test_gypsum_of_a_least_purity(tmp_path):
    # 80 a + 95 (10 - a) >= 90 x 10: a = 10/3; at worst 77 %: 18 a <= 50. It saves 25 EUR/t.
    text = """
qualities: {purity: {unit: "%"}}
resources:
  scrubber gypsum: {kind: material, unit: t, discharge: {route: landfill, cost: 10, waste: inert}}
  gypsum: {kind: material, unit: t, price: 15, quality: {purity: 95}}
substitutions: [{from: scrubber gypsum, to: gypsum}]
plants:
  power:
    plot: A
    hours: 1
    sources: {scrubber gypsum: {rate: 8, quality: {purity: 80}}}
    sinks: {gypsum: {rate: 10, limits: {purity: {min: 90}}}}
"""
    assert figure(planned(tmp_path, text), "total_annual_cost") == pytest.approx(150 + 80 - 25 * 10 / 3)
    text = changed(text, ("purity: 80", "purity: {mean: 80, worst: 77}"))
    assert figure(planned(tmp_path, text), "total_annual_cost") == pytest.approx(150 + 80 - 25 * 50 / 18)


def test_gas_of_a_least_heating_value(tmp_path):
    # By volume: 21 a + 36 (100 - a) >= 30 x 100: a = 40 Nm3 at 0.4 EUR of natural gas each.
    text = """
qualities: {heating value: {unit: MJ/Nm3}}
resources:
  biogas: {kind: gas, unit: Nm3, discharge: {route: flare}}
  gas: {kind: gas, unit: Nm3, price: 0.4, quality: {heating value: 36}}
substitutions: [{from: biogas, to: gas}]
plants:
  works:
    plot: A
    hours: 1
    sources: {biogas: {rate: 90, quality: {heating value: 21}}}
    sinks: {gas: {rate: 100, limits: {heating value: {min: 30}}}}
"""
    plan = planned(tmp_path, text)
    assert sum(flows(plan).values()) == pytest.approx(40)
    assert figure(plan, "total_annual_cost") == pytest.approx(24)


# --- the law, and limits that the bought water breaks


def test_nothing_goes_into_the_feed_chain_that_may_not(tmp_path):
    # As above, without limits: all 8 t would go.
    text = changed(ASH, ("limits: {LOI: 5, moisture: 6}", "use: feed"), ("kind: material, unit: t, d", "NOT d"))
    text = changed(text, ("NOT d", "kind: material, unit: t, not_into: [feed], d"))
    plan = planned(tmp_path, text)
    assert figure(plan, "total_annual_cost") == pytest.approx(440)
    assert "feed" in str(plan.tables["barred"].to_dict())
    plan = planned(tmp_path, changed(text, ("use: feed", "use: bricks")))
    assert figure(plan, "total_annual_cost") == pytest.approx(440 - 8 * 50)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("moisture: 6}", "moisture: 2}", "limits.moisture"),  # the clay holds 5 %, the ash 3 %
        ("moisture: 6}", "moistur: 4}", "moisture"),  # the nearest name
        ("LOI: 5", "LOI: 105", "100 %"),
    ],
)
def test_limits_that_cannot_be_are_faults(old, new, said, tmp_path):
    with pytest.raises(CaseError, match=said):
        solve(read_case(written(tmp_path, changed(ASH, (old, new)))))


def test_a_load_that_no_flow_can_carry_is_a_fault(tmp_path):
    # 2 kg/h need 2 / 100 ppm = 20 t/h of clean water.
    text = changed(ONE_PLANT, ("max_inlet: {c: 0}, max_outlet", "max_flow: 19, max_inlet: {c: 0}, max_outlet"))
    with pytest.raises(CaseError, match="max_flow"):
        solve(read_case(written(tmp_path, text)))
