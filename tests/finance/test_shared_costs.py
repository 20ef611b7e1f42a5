"""Who pays for what is shared: a works reckoned by hand, mains and trenches at cost, facilities that use each other."""

from pathlib import Path

import pytest
from park_by_hand import changed

import planner

#: A works of 1,000,000 (15 years, 10 %) cleans the sewage of a and b, and gives c clean water.
CASE = """
case: Works of three
currency: EUR
price_year: 2025
economics:
  discount_rate: 0.10
  lifetime: {pipe: 20, facility: 15}
  finance: {horizon: 20, shared_costs: users}
geography: {distances: distances.csv}
plots: {A: {area: 1}, B: {area: 1}, C: {area: 1}, W: {area: 1, price: 50000}}
resources:
  sewage: {kind: water, unit: m3, carried_by: [pipe], discharge: {route: sewer, cost: 5}}
  clean: {kind: water, unit: m3, carried_by: [pipe], discharge: {route: river, cost: 0.1}}
  fresh: {kind: water, unit: m3, price: 3, fresh_water: true}
  power: {kind: power, unit: MWh, price: 100}
  biogas: {kind: gas, unit: MWh, sale: {price: 30}, discharge: {route: flare, cost: 0}}
substitutions: [{from: clean, to: fresh}]
plants:
  a: {plot: A, hours: 8000, sources: {sewage: {rate: 30}}}
  b: {plot: B, hours: 8000, sources: {sewage: {rate: 10}}}
  c: {plot: C, hours: 8000, sinks: {fresh: {rate: 20}}}
facilities:
  works: {plot: W, area: 1, unit: m3, inputs: {sewage: 1, power: 0.001}, outputs: {clean: 0.9, biogas: 0.002},
          investment: [{capacity: 50, investment: 1000000}], fixed_cost: 20000, variable_cost: 0.2, hours: 8000}
links:
  pipe: {kind: pipe, along: table, sizes: [{size: S, capacity: 100, investment: 100}]}
exchanges:
  - {from: a, to: works, shared_hours: 8000}
  - {from: b, to: works, shared_hours: 8000}
  - {from: works, to: c, shared_hours: 8000}
"""
DISTANCES = "from,to,length_m\n" + "".join(f"{x},{y},1000\n" for x, y in ("AW", "BW", "CW", "AB", "AC", "BC"))


def solved(folder: Path, *changes: tuple[str, str], distances: str = DISTANCES) -> planner.Plan:
    """The plan of the case with some words changed; its audit has passed."""
    folder.mkdir(exist_ok=True)
    (folder / "case.yaml").write_text(changed(CASE, *changes), encoding="utf-8")
    (folder / "distances.csv").write_text(distances, encoding="utf-8")
    plan = planner.solve(folder)
    assert not [check for check in plan.audit["checks"] if not check["passed"]]
    return plan


@pytest.fixture(scope="module")
def plan(tmp_path_factory) -> planner.Plan:
    return solved(tmp_path_factory.mktemp("works") / "case")


def crf(rate, years):
    return rate / (1 - (1 + rate) ** -years)


#: Land 50,000 x 10 %, works, its running, power of 320 MWh, 128,000 m3 of water left, biogas of 640 MWh, 3 half pipes.
COST = (
    *(5_000, 1_000_000 * crf(0.1, 15), 20_000 + 0.2 * 320_000, 32_000, 0.1 * 128_000, -30 * 640),
    *(3 * 50_000 * crf(0.1, 20),),
)
#: Sewage saves a and b 5 x 320,000, clean water c 3 x 160,000.
SHARES = {"a": 1.6 / 2.08 * 0.75, "b": 1.6 / 2.08 * 0.25, "c": 0.48 / 2.08}


def paid(plan):
    """Party -> what it pays, negative where it is paid, for what is shared, by the ledger."""
    rows = plan.ledger[plan.ledger["account"] == "tariff"]
    return (-rows.groupby("party")["gain_per_yr"].sum()).to_dict()


def npv(plan, party):
    return plan.tables["finance"].set_index("party").loc[party, "npv"]


def adds_up(plan):
    saved = plan.indicators.set_index("indicator").loc["total_annual_cost", "reduction"]
    gains = plan.tables["parties"].set_index("party")["gain_per_yr"]
    by_ledger = plan.ledger.groupby("party")["gain_per_yr"].sum()
    assert abs(plan.ledger["gain_per_yr"].sum() - saved) < 0.005
    assert (by_ledger - gains[by_ledger.index]).abs().max() < 0.005
    assert abs(sum(paid(plan).values())) < 0.005


def test_users_pay_what_a_facility_costs(plan):
    cost = sum(COST)
    assert cost == pytest.approx(263_692.72, abs=0.01)
    expected = {name: share * cost for name, share in SHARES.items()} | {"park company": -cost}
    assert paid(plan) == pytest.approx(expected)
    table = plan.tables["shared_costs"].set_index("party")
    assert table["share"].to_dict() == pytest.approx(SHARES)
    assert npv(plan, "park company") == pytest.approx(0, abs=0.01)
    adds_up(plan)


def test_worked_example_of_the_guide(plan):
    guide = " ".join((Path(__file__).parents[2] / "docs" / "guide.md").read_text(encoding="utf-8").split())
    of = plan.tables["shared_costs"].set_index("party")["tariff_per_yr"]
    assert f"it costs {sum(COST):,.0f} EUR/yr" in guide
    assert f"sewage bears 1.6 / 2.08 = 76.9 %, or {of['a'] + of['b']:,.0f} EUR/yr" in guide
    assert f"firm c bears {of['c']:,.0f}" in guide


def test_no_price_is_set_besides_and_a_tariff_moves_the_interval(plan):
    # c: saves 3 a unit, less its tariff and half a pipe over 160,000 m3
    row = plan.tables["prices"].set_index("buyer").loc["c"]
    tariff, pipe = SHARES["c"] * sum(COST), 50_000 * crf(0.1, 20)
    assert (row["price_per_unit"], row["basis"]) == (0, "at cost")
    assert row["ceiling_per_unit"] == pytest.approx(3 - (tariff + pipe) / 160_000)
    assert row["floor_per_unit"] == pytest.approx(-0.1 + (pipe - tariff) / 160_000)


def test_owners_bear_it_by_default_and_are_told(tmp_path):
    plan = solved(tmp_path / "c", (", shared_costs: users", ""))
    assert plan.tables["shared_costs"].empty
    assert not (plan.ledger["account"] == "tariff").any()
    assert any("shared_costs is not stated" in note and "park company" in note for note in plan.header["notes"])
    said = solved(tmp_path / "d", ("shared_costs: users", "shared_costs: owner"))
    assert not any("shared_costs" in note for note in said.header["notes"])


def test_stated_prices_are_paid_and_the_rest_is_shared(tmp_path):
    # c pays 1 a unit: 160,000 a year that the others and it need not pay in tariffs
    change = (
        "{from: works, to: c, shared_hours: 8000}",
        "{from: works, to: c, shared_hours: 8000, transfer: {price: 1}}",
    )
    plan = solved(tmp_path / "c", change)
    cost = sum(COST) - 160_000
    expected = {name: share * cost for name, share in SHARES.items()} | {"park company": -cost}
    assert paid(plan) == pytest.approx(expected)
    assert npv(plan, "park company") == pytest.approx(0, abs=0.01)


def test_a_facility_that_earns_more_gives_it_back(tmp_path):
    plan = solved(tmp_path / "c", ("sale: {price: 30}", "sale: {price: 900}"))
    assert paid(plan)["a"] < 0 < paid(plan)["park company"]
    assert npv(plan, "park company") == pytest.approx(0, abs=0.01)
    adds_up(plan)


def test_grants_lower_what_users_pay(tmp_path):
    # a grant of 40 % of the works spares 400,000 / 8.5136 a year, whoever bears it
    plan = solved(tmp_path / "c", ("horizon: 20", "horizon: 20, grants: [{share: 0.4, of: [facility]}]"))
    assert -paid(plan)["park company"] == pytest.approx(sum(COST) - 400_000 * crf(0.1, 20))
    assert npv(plan, "park company") == pytest.approx(0, abs=0.01)


def test_a_facility_of_a_firm_charges_the_others_alone(tmp_path):
    # a owns the works: its own use is listed, but no money moves for it; what it pays of its own pipe stays its own
    owner = "works: {plot: W", "works: {owner: a, plot: W"
    plan = solved(tmp_path / "c", owner)
    cost = sum(COST) - 50_000 * crf(0.1, 20)
    expected = {"b": SHARES["b"] * cost, "c": SHARES["c"] * cost}
    assert paid(plan) == pytest.approx(expected | {"a": -sum(expected.values())})
    assert len(plan.tables["shared_costs"]) == 3
    adds_up(plan)


def test_a_tariff_does_not_ramp_up_or_rise(tmp_path):
    terms = "horizon: 20, ramp_up: [0.5], escalation: {operation: 3 %}"
    plan = solved(tmp_path / "c", ("horizon: 20", terms))
    # c: 3 x 160,000 of water at half in year 1, full tariff; year 2 full
    flows = plan.tables["cash_flows"].query("party == 'c'").set_index("year")["gain"]
    tariff = SHARES["c"] * sum(COST)
    assert flows[1] == pytest.approx(240_000 - tariff)
    assert flows[2] == pytest.approx(480_000 - tariff)


#: A boiler of another owner, whose heat the works needs, over a pipe of its own kind.
BOILER = """  boiler: {plot: V, area: 1, owner: esco, unit: MWh, inputs: {gas: 1.1}, outputs: {heat: 1},
           investment: [{capacity: 5, investment: 300000}], hours: 8000}
links:
  heat pipe: {kind: pipe, along: table, sizes: [{size: H, capacity: 100, investment: 100}]}
"""
HEAT = """  gas: {kind: gas, unit: MWh, price: 20}
  heat: {kind: heat, unit: MWh, carried_by: [heat pipe]}
"""


def test_what_a_facility_uses_of_another_is_passed_on(tmp_path):
    # the works needs 16,000 MWh/yr of heat from a boiler of 2 MW: the esco is paid by the park company, that by a, b, c
    changes = (
        ("W: {area: 1, price: 50000}", "W: {area: 1, price: 50000}, V: {area: 1}"),
        ("  power: {kind: power", HEAT + "  power: {kind: power"),
        ("inputs: {sewage: 1, power: 0.001}", "inputs: {sewage: 1, power: 0.001, heat: 0.05}"),
        ("links:\n", BOILER),
        ("shared_costs: users}", "shared_costs: users}\nparties: {esco: {kind: utility}}"),
        ("lifetime: {pipe: 20", "lifetime: {pipe: 20, heat pipe: 20"),
    )
    plan = solved(tmp_path / "c", *changes, distances=DISTANCES + "V,W,1000\nV,A,2000\nV,B,2000\nV,C,2000\n")
    # 17,600 MWh of gas at 20, 300,000 over 15 years, and half of a pipe
    half = 50_000 * crf(0.1, 20)
    boiler = 17_600 * 20 + 300_000 * crf(0.1, 15) + half
    works = sum(COST) + half + boiler
    expected = {name: share * works for name, share in SHARES.items()}
    assert paid(plan) == pytest.approx(expected | {"park company": boiler - works, "esco": -boiler})
    assert npv(plan, "esco") == pytest.approx(0, abs=0.01)
    assert npv(plan, "park company") == pytest.approx(0, abs=0.01)
    adds_up(plan)


def test_partners_outside_pay_prices_and_no_tariff(tmp_path):
    # c is a town outside: it pays half of what it saves before capital, and a and b all the rest
    inside = "  c: {plot: C, hours: 8000, sinks: {fresh: {rate: 20}}}\n"
    outside = "partners:\n  c: {hours: 8000, sinks: {fresh: {rate: 20}}}\n"
    plan = solved(
        tmp_path / "c",
        (inside, outside),
        (", C: {area: 1}", ""),
        distances=DISTANCES.replace("C,W", "c,W").replace(",C,", ",c,"),
    )
    price = plan.exchanges.set_index("to").loc["c", "transfer_price"]
    assert price == pytest.approx((3 - 0.1) / 2)  # the works gains 0.1 a unit that it need not let out
    cost = sum(COST) - price * 160_000
    assert paid(plan) == pytest.approx({"a": 0.75 * cost, "b": 0.25 * cost, "park company": -cost})
    assert npv(plan, "park company") == pytest.approx(0, abs=0.01)


def test_a_facility_pays_for_what_is_worth_something_elsewhere(tmp_path):
    # b sells slurry for 0.5 a unit today: the works pays it as much, and a and c, who save, bear that, too
    change = (
        "  b: {plot: B, hours: 8000, sources: {sewage: {rate: 10}}}",
        ("  b: {plot: B, hours: 8000, sources: {slurry: {rate: 10}}}"),
    )
    slurry = (
        "  clean: {kind: water",
        ("  slurry: {kind: water, unit: m3, carried_by: [pipe], sale: {price: 0.5}}\n  clean: {kind: water"),
    )
    swap = "substitutions: [", "substitutions: [{from: slurry, to: sewage}, "
    forced = (
        "{from: b, to: works, shared_hours: 8000}",
        "{from: b, to: works, shared_hours: 8000, forced: true, min_flow: 80000}",
    )
    plan = solved(tmp_path / "c", change, slurry, swap, forced)
    row = plan.exchanges.set_index("from").loc["b"]
    assert (row["transfer_basis"], row["transfer_price"]) == ("at cost", pytest.approx(0.5))
    cost = sum(COST) + 0.5 * 80_000
    assert paid(plan) == pytest.approx({"a": 1.2 / 1.68 * cost, "c": 0.48 / 1.68 * cost, "park company": -cost})
    adds_up(plan)


def test_those_who_stay_go_on_paying_when_the_anchor_leaves(plan):
    """The tariffs of the anchor, and what the others pay it, are gone; all others are as before, and add up to it."""
    anchor = plan.tables["bank"].loc[lambda t: t["variable"] == "loss of the anchor", "what"].iloc[0]
    rows = plan.tables["anchor_exit"].loc[lambda t: t["account"] == "tariff"]
    mine = rows["party"] == anchor
    paid = plan.tables["shared_costs"].loc[lambda t: t["party"] == anchor, "tariff_per_yr"].sum()
    assert rows.loc[mine, "gain_after_per_yr"].abs().sum() == 0
    firms = rows[~mine & (rows["party"] != "park company")]
    assert len(firms) > 0
    assert (firms["gain_after_per_yr"] == firms["gain_per_yr"]).all()
    company = rows[rows["party"] == "park company"]
    assert (company["gain_per_yr"] - company["gain_after_per_yr"]).sum() == pytest.approx(paid)
