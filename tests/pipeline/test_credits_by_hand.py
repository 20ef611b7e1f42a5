"""Sludge to fields: nitrogen fertiliser is replaced, phosphate saved besides, each at its price and CO2e."""

import pytest
import yaml

from planner.audit.audit import audit
from planner.case.read import read_case
from planner.errors import CaseError
from planner.geography.measure import measure
from planner.pipeline import solve

CASE = """
case: Sludge to fields
currency: EUR
price_year: 2025
economics: {discount_rate: 0, lifetime: {permit: 10}, carbon_price: {paid: 50, paid_scopes: [supply]}}
plots: {A: {area: 1}}
resources:
  sludge: {kind: material, unit: t, discharge: {route: landfill, cost: 80}, carried_by: [truck]}
  N fertiliser: {kind: material, unit: t, price: 400, co2e: {supply: 3}}
  P fertiliser: {kind: material, unit: t, price: 500, co2e: {supply: 1, use: 0.1}}
substitutions:
  - {from: sludge, to: N fertiliser, ratio: 0.02, also: {P fertiliser: 0.01}, displacement: 0.8}
plants: {works: {plot: A, hours: 1000, sources: {sludge: {rate: 1}}}}
partners: {farms: {hours: 1000, sinks: {N fertiliser: {rate: 0.1}}}}
links: {truck: {kind: truck, along: table, volume_loss: 0.1}}
geography: {distances: distances.csv}
"""


def read(folder, **changes):
    case = {**yaml.safe_load(CASE), **changes}
    (folder / "case.yaml").write_text(yaml.safe_dump(case, sort_keys=False), encoding="utf-8")
    rows = [f"{plot},{partner},1000" for plot in case["plots"] for partner in case["partners"]]
    rows += ["A,B,1000"] * ("B" in case["plots"])
    (folder / "distances.csv").write_text("\n".join(["from,to,length_m", *rows, ""]), encoding="utf-8")
    return read_case(folder)


def planned(folder, **changes):
    plan = solve(read(folder, **changes))
    assert not [check for check in plan.audit["checks"] if not check["passed"]]
    return plan


def test_each_of_two_purchases_is_credited_once(tmp_path):
    # 1,000 t/yr of sludge leave, a tenth is lost in a kilometre, 900 t arrive. They replace 900 x 0.02 = 18 t of N
    # fertiliser of 100 t and save 900 x 0.01 = 9 t of P fertiliser: 7,200 and 4,500 EUR/yr. Landfill: 80,000 EUR/yr.
    # CO2e: N 18 x 3 x 0.8 = 43.2 t of supply less; P 9 x 1 x 0.8 = 7.2 t of supply and 9 x 0.1 = 0.9 t of use. Carbon
    # is paid on supply: 50 x (43.2 + 7.2) = 2,520 EUR/yr.
    plan = planned(tmp_path)
    costs = plan.tables["costs"].set_index("account")
    assert costs.at["credit", "plan"] == pytest.approx(-4500)
    assert costs.at["credit", "baseline"] == 0
    assert costs.at["purchase", "difference"] == pytest.approx(-7200)
    assert costs.at["carbon_paid", "difference"] == pytest.approx(-2520)
    indicators = plan.indicators.set_index("indicator")["reduction"]
    assert indicators["total_annual_cost"] == pytest.approx(80_000 + 7200 + 4500 + 2520)
    assert indicators["co2e"] == pytest.approx(43.2 + 7.2 + 0.9)
    lines = plan.tables["lines"]
    credit = lines[lines["account"] == "credit"].iloc[0]
    assert (credit["quantity"], credit["factor"]) == (pytest.approx(9), -500)
    assert credit["party"] == "farms"
    assert {"substitutions[1].also.P fertiliser", "resources.P fertiliser.price"} <= set(credit["fields"].split("; "))
    built = plan.exchanges.iloc[0]
    assert built["gain_per_yr"] == pytest.approx(80_000 + 7200 + 4500 + 2520)
    assert built["co2e_avoided_t_per_yr"] == pytest.approx(51.3)
    said = "credited besides what is replaced: 9 t/yr of P fertiliser at farms, which states no such need: taken as"
    assert any(note.startswith(said) for note in plan.header["notes"])


def test_the_audit_finds_a_credit_that_is_too_large(tmp_path):
    plan = planned(tmp_path)
    costs, lines = plan.tables["costs"].copy(), plan.tables["lines"].copy()
    costs.loc[costs["account"] == "credit", "plan"] = -9000.0
    lines.loc[lines["account"] == "credit", ["quantity", "amount"]] = [18.0, -9000.0]
    tables = {**plan.tables, "costs": costs, "lines": lines}
    failed = [one for one in audit(plan.case, measure(plan.case), tables, plan.header)["checks"] if not one["passed"]]
    assert any("credit" in one["detail"] for one in failed)


def bought_at_farms(**sinks):
    """Farms that need 100 t/yr of N fertiliser, and what is named."""
    return {"farms": {"hours": 1000, "sinks": {"N fertiliser": {"rate": 0.1}, **sinks}}}


def told(plan):
    return [note for note in plan.header["notes"] if note.startswith("credited")]


def of_costs(plan, account, run="plan"):
    return plan.tables["costs"].set_index("account").at[account, run]


def test_what_the_taker_buys_is_credited_in_full(tmp_path):
    # 9 t/yr of P fertiliser are delivered, the farms buy 10: all of it is credited, 4,500 EUR/yr.
    plan = planned(tmp_path, partners=bought_at_farms(**{"P fertiliser": {"rate": 0.01}}))
    assert of_costs(plan, "credit") == pytest.approx(-4500)
    row = plan.tables["credits"].iloc[0]
    found = row[["delivered_per_yr", "bought_per_yr", "credited_per_yr", "saving_per_yr"]]
    assert list(found) == pytest.approx([9, 10, 9, 4500])
    assert not told(plan)


def test_no_more_is_credited_than_the_taker_buys(tmp_path):
    # The farms buy 5 t/yr, so that 5 of the 9 t/yr save anything: 2,500 EUR/yr, 5 x 1 x 0.8 = 4 t of supply, and
    # 5 x 0.1 = 0.5 t of use. N fertiliser as before: 7,200 EUR/yr, 43.2 t. Carbon: 50 x (43.2 + 4) = 2,360 EUR/yr.
    plan = planned(tmp_path, partners=bought_at_farms(**{"P fertiliser": {"rate": 0.005}}))
    saved = 80_000 + 7200 + 2500 + 2360
    assert of_costs(plan, "credit") == pytest.approx(-2500)
    assert of_costs(plan, "purchase", "difference") == pytest.approx(-7200)
    indicators = plan.indicators.set_index("indicator")["reduction"]
    assert (indicators["total_annual_cost"], indicators["co2e"]) == (pytest.approx(saved), pytest.approx(47.7))
    built = plan.exchanges.iloc[0]
    assert (built["gain_per_yr"], built["co2e_avoided_t_per_yr"]) == (pytest.approx(saved), pytest.approx(47.7))
    (note,) = told(plan)
    assert note == (
        "credited besides what is replaced: 5 of the 9 t/yr of P fertiliser delivered to farms: farms buys no more "
        "than 5 besides what exchanges bring, so that the other 4 save nothing"
    )


def test_the_audit_finds_a_credit_above_what_is_bought(tmp_path):
    # As before a fault was: 9 t/yr credited of 5 bought, 4,500 instead of 2,500 EUR/yr in every table that tells it.
    plan = planned(tmp_path, partners=bought_at_farms(**{"P fertiliser": {"rate": 0.005}}))
    credits, costs, lines = (plan.tables[name].copy() for name in ("credits", "costs", "lines"))
    credits[["credited_per_yr", "saving_per_yr"]] = [9.0, 4500.0]
    costs.loc[costs["account"] == "credit", ["plan", "difference"]] = -4500.0
    lines.loc[lines["account"] == "credit", ["quantity", "amount"]] = [9.0, -4500.0]
    tables = {**plan.tables, "credits": credits, "costs": costs, "lines": lines}
    failed = {
        one["check"]: one["detail"]
        for one in audit(plan.case, measure(plan.case), tables, plan.header)["checks"]
        if not one["passed"]
    }
    said = failed["plan: credits of what is delivered besides"]
    assert "P fertiliser at farms: credited, of what it would buy: 9 exceeds 5" in said
    empty = {**plan.tables, "credits": plan.tables["credits"].iloc[:0]}
    failed = [one for one in audit(plan.case, measure(plan.case), empty, plan.header)["checks"] if not one["passed"]]
    assert any("it has no row" in one["detail"] for one in failed)


TWO = {"A": {"area": 1}, "B": {"area": 1}}


def test_two_exchanges_share_what_the_taker_buys(tmp_path):
    # Two works deliver 9 t/yr of P fertiliser each, the farms buy 12: 6,000 EUR/yr together, not 9,000.
    ends = {"works": "A", "dairy": "B"}
    plants = {name: {"plot": plot, "hours": 1000, "sources": {"sludge": {"rate": 1}}} for name, plot in ends.items()}
    farms = bought_at_farms(**{"P fertiliser": {"rate": 0.012}})
    plan = planned(tmp_path, plots=TWO, plants=plants, partners=farms)
    assert len(plan.exchanges) == 2
    assert of_costs(plan, "credit") == pytest.approx(-6000)
    credits = plan.tables["credits"]
    assert credits["credited_per_yr"].sum() == pytest.approx(12)
    assert list(credits["bought_per_yr"]) == pytest.approx([12, 12])
    assert "12 of the 18 t/yr" in told(plan)[0]


def test_an_exchange_that_meets_the_sink_leaves_less_to_be_credited(tmp_path):
    # A kiln has 7 t/yr of P fertiliser to spare, of which 6.3 arrive; the farms need 10 and would buy 3.7. The sludge
    # brings 9, of which 3.7 save anything: 1,850 EUR/yr. P fertiliser costs no more than it would without both.
    resources = yaml.safe_load(CASE)["resources"]
    resources["P fertiliser"] |= {"carried_by": ["truck"], "discharge": {"route": "heap", "cost": 900}}
    kiln = {"plot": "B", "hours": 1000, "sources": {"P fertiliser": {"rate": 0.007}}}
    plants = {**yaml.safe_load(CASE)["plants"], "kiln": kiln}
    farms = bought_at_farms(**{"P fertiliser": {"rate": 0.01}})
    plan = planned(tmp_path, plots=TWO, plants=plants, partners=farms, resources=resources)
    assert len(plan.exchanges) == 2
    assert of_costs(plan, "credit") == pytest.approx(-1850)
    assert of_costs(plan, "purchase") == pytest.approx(82 * 400 + 3.7 * 500)
    assert "3.7 of the 9 t/yr" in told(plan)[0]


def test_who_makes_it_from_something_else_buys_that(tmp_path):
    # The farms make 5 t/yr of P fertiliser from 2 t of rock each: of P fertiliser itself they buy none; of rock, of
    # which 18 t/yr are said to be saved, they buy 10, at 60 EUR/t.
    resources = {**yaml.safe_load(CASE)["resources"], "rock": {"kind": "material", "unit": "t", "price": 60}}
    farms = bought_at_farms(**{"P fertiliser": {"rate": 0.005, "supplied_today_by": {"rock": 2}}})
    plan = planned(tmp_path, partners=farms, resources=resources)
    assert of_costs(plan, "credit") == 0
    assert "0 of the 9 t/yr of P fertiliser delivered to farms: farms buys none besides" in told(plan)[0]
    swap = {**yaml.safe_load(CASE)["substitutions"][0], "also": {"rock": 0.02}}
    plan = planned(tmp_path, partners=farms, resources=resources, substitutions=[swap])
    assert of_costs(plan, "credit") == pytest.approx(-600)


def test_what_is_bought_at_the_gate_is_credited_there(tmp_path):
    # Each tonne of sludge that arrives brings 0.5 m3 of water: 450 m3/yr, of which the farms buy 300. The gate lets
    # 100 m3/yr in, and 0.1 m3/h: the credit takes away all. Where they state no need of water, it counts in no total.
    resources = yaml.safe_load(CASE)["resources"]
    resources["water"] = {"kind": "water", "unit": "m3", "price": 1, "fresh_water": True}
    swap = {**yaml.safe_load(CASE)["substitutions"][0], "also": {"water": 0.5}}
    gate = {"mains": {"resource": "water", "yearly": 100, "peak": 0.1}}
    changes = {"resources": resources, "substitutions": [swap], "park_gate": gate}
    plan = planned(tmp_path, partners=bought_at_farms(water={"rate": 0.3}), **changes)
    assert of_costs(plan, "credit") == pytest.approx(-300)
    water = plan.indicators.set_index("indicator").loc["fresh_water"]
    assert (water["baseline"], water["plan"]) == (pytest.approx(300), pytest.approx(0, abs=1e-6))
    taken = plan.tables["limits"].set_index("limit")
    assert list(taken["baseline"]) == pytest.approx([300, 0.3])
    assert list(taken["plan"]) == pytest.approx([0, 0], abs=1e-6)
    plan = planned(tmp_path, **changes)
    assert of_costs(plan, "credit") == pytest.approx(-450)
    assert plan.indicators.set_index("indicator").at["fresh_water", "plan"] == 0


def test_an_exchange_on_one_site_is_credited_in_the_baseline_too(tmp_path):
    # The works spread their sludge on their own land, nothing is lost: 1,000 x 0.01 = 10 t/yr, of which they buy 6.
    sinks = {"N fertiliser": {"rate": 0.1}, "P fertiliser": {"rate": 0.006}}
    plants = {"works": {**yaml.safe_load(CASE)["plants"]["works"], "sinks": sinks}}
    plan = planned(tmp_path, plants=plants, partners={})
    assert [of_costs(plan, "credit", run) for run in ("baseline", "plan")] == pytest.approx([-3000, -3000])
    assert list(plan.tables["baseline_credits"]["credited_per_yr"]) == pytest.approx([6])


@pytest.mark.parametrize("goal", ["cost", "co2", "waste"])
def test_a_credit_is_told_in_full_whatever_the_goal(tmp_path, goal):
    # P fertiliser is free, or without CO2e: no goal of cost, or of CO2e, asks for a credit that is there all the same.
    for price, supply in ((0, 1), (500, 0)):
        resources = yaml.safe_load(CASE)["resources"]
        resources["P fertiliser"] = {"kind": "material", "unit": "t", "price": price, "co2e": {"supply": supply}}
        changes = {"economics": {"discount_rate": 0, "lifetime": {"permit": 10}}, "resources": resources}
        case = read(tmp_path, partners=bought_at_farms(**{"P fertiliser": {"rate": 0.005}}), **changes)
        plan = solve(case, objective=goal)
        assert plan.audit["passed"]
        assert list(plan.tables["credits"]["credited_per_yr"]) == pytest.approx([5])
        reduction = plan.indicators.set_index("indicator")["reduction"]
        assert reduction["co2e"] == pytest.approx(43.2 + 5 * 0.8 * supply)
        assert reduction["total_annual_cost"] == pytest.approx(80_000 + 7200 + 5 * price)


def test_a_credit_may_be_of_one_exchange_alone(tmp_path):
    swap = [{"from": "sludge", "to": "N fertiliser", "ratio": 0.02}]
    entry = [{"from": "works", "to": "farms", "also": {"P fertiliser": "10 kg/t"}}]
    plan = planned(tmp_path, substitutions=swap, exchanges=entry)
    assert plan.tables["costs"].set_index("account").at["credit", "plan"] == pytest.approx(-4500)
    bare = planned(tmp_path, substitutions=swap)
    assert "credit" not in set(bare.tables["costs"]["account"])


@pytest.mark.parametrize(
    ("also", "said"),
    [
        ({"N fertiliser": 0.01}, "N fertiliser is an end of it"),
        ({"sludge": 0.01}, "sludge is an end of it"),
        ({"P fertilizer": 0.01}, "did you mean P fertiliser?"),
        ({"P fertiliser": -0.01}, "found -0.01"),
    ],
)
def test_what_may_not_be_credited(tmp_path, also, said):
    swap = {"from": "sludge", "to": "N fertiliser", "ratio": 0.02, "also": also}
    with pytest.raises(CaseError) as caught:
        read(tmp_path, substitutions=[swap])
    assert said.replace("did you mean P fertiliser?", "P fertiliser") in str(caught.value)


def test_what_has_no_price_saves_nothing(tmp_path):
    resources = yaml.safe_load(CASE)["resources"]
    del resources["P fertiliser"]["price"]
    with pytest.raises(CaseError, match="P fertiliser has no price"):
        read(tmp_path, resources=resources)


def test_a_credit_is_capped_in_each_period_at_its_price(tmp_path):
    # 4.5 t of P arrive in either half of the year. The farms buy 2 t in the first, 40 t in the second: 2 + 4.5 t are
    # credited, the first at 500, the second at 600 EUR/t.
    periods = {"dry": {"hours": 4380}, "wet": {"hours": 4380}}
    resources = yaml.safe_load(CASE)["resources"]
    resources["P fertiliser"]["price"] = {"value": 500, "periods": {"wet": 600}}
    rate = {"value": 0.004, "periods": {"wet": 0.08}}
    plan = planned(
        tmp_path, periods=periods, resources=resources, partners=bought_at_farms(**{"P fertiliser": {"rate": rate}})
    )
    credits = plan.tables["credits"].set_index("state")
    assert credits["delivered_per_yr"].to_dict() == pytest.approx({"dry": 4.5, "wet": 4.5})
    assert credits["credited_per_yr"].to_dict() == pytest.approx({"dry": 2, "wet": 4.5})
    costs = plan.tables["costs"].set_index("account")
    assert costs.at["credit", "plan"] == pytest.approx(-(2 * 500 + 4.5 * 600))


def test_society_counts_what_is_saved_besides_at_its_shadow_price(tmp_path):
    # P fertiliser is worth 200 to society: 9 t save 1,800. Landfill 80,000 and N fertiliser 7,200 are as paid; what is
    # paid for carbon is a payment to the state, and 51.3 t of CO2e are worth the paid price of 50 each.
    economics = yaml.safe_load(CASE)["economics"] | {"finance": {"economic": {"prices": {"P fertiliser": 200}}}}
    table = planned(tmp_path, economics=economics).tables["economic"]
    saved = table[table["account"] == "credit"].iloc[0]
    assert saved["financial_gain_per_yr"] == pytest.approx(4500)
    assert saved["economic_gain_per_yr"] == pytest.approx(1800)
    assert table["economic_gain_per_yr"].sum() == pytest.approx(80_000 + 7200 + 1800 + 50 * 51.3)
