"""The pH of mixtures by hand: hydrogen less hydroxide ions mix, so that lye is not as harmless as water.

Lye of pH 11 holds 1e-3 - 1e-11 = 9.9999999e-4 mol/L more hydroxide than hydrogen ions, water of pH 8 0.99e-6, of pH 7
none. 1000 hours a year.
"""

import pytest
import yaml

from planner.case.read import read_case
from planner.errors import CaseError
from planner.pipeline import solve

CASE = """
case: Lye
currency: EUR
price_year: 2025
economics: {discount_rate: 0}
qualities: {pH: {unit: '-', weight: m3, mixing: pH}, COD: {unit: mg/L}}
plots: {A: {area: 1}}
resources:
  fresh: {kind: water, unit: m3, price: 1, fresh_water: true, quality: {pH: 7, COD: 0}}
  used: {kind: water, unit: m3, discharge: {route: sewer}}
substitutions: [{from: used, to: fresh}]
plants:
  works:
    plot: A
    hours: 1000
    sources: {lye: {resource: used, rate: 10, quality: {pH: 11, COD: 0}}}
    sinks: {rinse: {resource: fresh, rate: 100, limits: {pH: 8}}}
"""
WASH = {"takes": "fresh", "gives": "used", "load": {"COD": 0.1}, "max_outlet": {"COD": 10}, "max_flow": 10}


def planned(folder, **works):
    case = yaml.safe_load(CASE)
    case["plants"]["works"] |= works
    (folder / "case.yaml").write_text(yaml.safe_dump(case), encoding="utf-8")
    plan = solve(read_case(folder))
    assert not [check for check in plan.audit["checks"] if not check["passed"]]
    return plan, plan.indicators.set_index("indicator").at["fresh_water", "plan"]


def test_water_dilutes_lye_only_by_the_thousand(tmp_path):
    """Of 100 m3/h 0.99e-6 / 9.9999999e-4 = 0.09900000099 % may be lye: 99 m3 a year, the rest is fresh.

    By hydrogen ions alone, 10^-11 and 10^-7, nine tenths of lye in one of water would have had a pH of 8.
    """
    _, fresh = planned(tmp_path)
    assert fresh == pytest.approx(100_000 - 99.000001, rel=1e-7)


def test_lye_goes_through_an_operation(tmp_path):
    """All 10 m3/h of lye save fresh water, in the wash: 110 are needed. What the wash gives is as alkaline as that.

    It holds 0.1 kg/h / 10 m3/h = 10 mg/L of COD, of which the rinse admits 0.001: 0.01 m3/h of 100. So much less is
    bought, 110 - 10 - 0.01 m3/h; that the rinse takes its hydroxide so, and less lye of its own, changes nothing.
    """
    limits = {"pH": 8, "COD": 0.001}
    sinks = {"rinse": {"resource": "fresh", "rate": 100, "limits": limits}}
    plan, fresh = planned(tmp_path, operations={"wash": WASH}, sinks=sinks)
    assert fresh == pytest.approx(99_990, rel=1e-6)
    assert plan.exchanges.set_index("exchange").at["works > works: lye -> wash", "flow_per_yr"] > 9_900


def test_acid_neutralises_lye(tmp_path):
    """10 m3/h of pH 11 and 10 of pH 3 have a pH of 7: the rinse takes all 20, as no mixture of fresh water could."""
    acid = {"resource": "used", "rate": 10, "quality": {"pH": 3, "COD": 0}}
    lye = {"resource": "used", "rate": 10, "quality": {"pH": 11, "COD": 0}}
    both = {"rinse": {"resource": "fresh", "rate": 100, "limits": {"pH": {"min": 6, "max": 8}}}}
    _, fresh = planned(tmp_path, sources={"lye": lye, "acid": acid}, sinks=both)
    assert fresh == pytest.approx(80_000, rel=1e-6)


def test_what_a_loss_makes_of_a_ph_is_not_known_and_the_way_out_is_named(tmp_path):
    """The wash loses 1 m3/h of pure water: no limit may rest on the pH of the rest; that pair is to be forbidden."""
    losing = {**WASH, "loss": 1, "max_outlet": {"COD": 100}}
    with pytest.raises(CaseError) as stopped:
        planned(tmp_path, operations={"wash": losing})
    told = str(stopped.value)
    assert "plants.works.operations.wash.loss: pH mixes by an index" in told
    assert "forbid the exchanges that bring it there (works > works: wash -> rinse)" in told
    case = yaml.safe_load(CASE)
    case["plants"]["works"]["operations"] = {"wash": losing}
    case["exchanges"] = [{"from": "works", "stream": "wash", "to": "works", "into": "rinse", "forbidden": True}]
    (tmp_path / "case.yaml").write_text(yaml.safe_dump(case), encoding="utf-8")
    assert solve(read_case(tmp_path)).audit["passed"]
