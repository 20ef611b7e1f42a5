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
    (folder / "distances.csv").write_text("from,to,length_m\nA,farms,1000\n", encoding="utf-8")
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


def test_a_credit_above_what_the_taker_buys_is_said(tmp_path):
    # farms buy 5 t/yr of P fertiliser, and 9 t/yr are credited; with 10 t/yr nothing is to be said
    for rate, told in ((0.005, True), (0.01, False)):
        sinks = {"N fertiliser": {"rate": 0.1}, "P fertiliser": {"rate": rate}}
        plan = planned(tmp_path, partners={"farms": {"hours": 1000, "sinks": sinks}})
        notes = [note for note in plan.header["notes"] if note.startswith("credited")]
        assert [note.startswith("credited besides what is replaced: 9 t/yr") for note in notes] == [True] * told
        assert all("but it buys only 5:" in note for note in notes)


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
