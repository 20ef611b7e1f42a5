"""What an outlet holds at least, whatever flows, and whether an exchange of it saves a discharge."""

import pytest

from planner.audit import audit
from planner.audit.facts import Facts
from planner.audit.flows import Run
from planner.audit.lowest import Lowest
from planner.audit.mixtures import Mixtures
from planner.case.read import read_case
from planner.geography.measure import measure
from planner.pipeline import solve

HEAD = """
case: Outlet over its permit
currency: EUR
price_year: 2025
economics: {discount_rate: 0, lifetime: {pipe: 10, facility: 10}}
qualities: {a: {unit: mg/L}}
plots: {A: {area: 1}}
resources:
  fresh: {kind: water, unit: m3, price: 2, fresh_water: true, quality: {a: 0}}
  used: {kind: water, unit: m3, discharge: {route: sewer, cost: 0.2SEWER}}
  treated: {kind: water, unit: m3, discharge: {route: river, cost: 0.05, limits: {a: RIVER}}}
substitutions: [{from: used, to: fresh}, {from: treated, to: fresh}]
facilities:
  unit:
    {scope: own, owner: A, unit: m3, inputs: {used: 1}, outputs: {treated: 1},
     treats: {inlet: used, outlet: treated, removes: {a: 90 %}}, investment: [{capacity: 10, investment: 1000}]}
plants:
"""
#: 8 m3/h of 300 mg/L, and 6 m3/h taken of at most 50.
STATED = """
  A: {plot: A, hours: 1000, sources: {s: {resource: used, rate: 8, quality: {a: 300}}},
      sinks: {d: {resource: fresh, rate: 6, limits: {a: 50}}}}
"""
#: 2 kg/h into 10 m3/h at most.
WASHES = """
  A: {plot: A, hours: 1000, operations: {
      wash: {takes: fresh, gives: used, load: {a: 2 kg/h}, max_inlet: {a: 0}, max_outlet: {a: 400}, max_flow: 10}}}
"""


def case_of(tmp_path, plants, river, sewer=""):
    text = HEAD.replace("RIVER", str(river)).replace("SEWER", sewer) + plants
    (tmp_path / "case.yaml").write_text(text, encoding="utf-8")
    return read_case(tmp_path)


def lowest(case):
    facts = Facts(case)
    return Lowest(facts, Mixtures(facts, Run([], {}, {}, {}, {}, {}, {})))


def failed(case, plan, **changed):
    checks = audit(case, measure(case), {**plan.tables, **changed}, plan.header)["checks"]
    return [check["check"] for check in checks if not check["passed"]]


def test_the_least_that_outlets_hold(tmp_path):
    # 90 % of 300 mg/L is removed: 30. An operation of 2 kg/h gives at most 10 m3/h: 200 mg/L, treated 20.
    assert lowest(case_of(tmp_path, STATED, 20)).content("unit", "treated", "a") == pytest.approx(30)
    found = lowest(case_of(tmp_path, WASHES, 50))
    assert found.content("A", "wash", "a") == pytest.approx(200)
    assert found.content("unit", "treated", "a") == pytest.approx(20)


@pytest.mark.parametrize(
    ("plants", "river", "sewer", "exchange", "saved", "wrong"),
    [
        # 30 mg/L never meet 20: what goes to the sink saves 2 EUR/m3 of fresh water, no 0.05 of discharge
        (STATED, 20, "", "unit > A: treated -> d", 2.0, 2.05),
        # 30 mg/L meet 40: what does not go to the sink could be disposed of
        (STATED, 40, "", "unit > A: treated -> d", 2.05, 2.0),
        # 200 mg/L at least never meet 100: to treat it saves no discharge of 0.2
        (WASHES, 50, ", limits: {a: 100}", "A > unit: wash -> used", 0.0, 0.2),
    ],
)
def test_what_may_not_be_disposed_of_saves_no_discharge(tmp_path, plants, river, sewer, exchange, saved, wrong):
    case = case_of(tmp_path, plants, river, sewer)
    plan = solve(case)
    assert plan.audit["passed"], [check for check in plan.audit["checks"] if not check["passed"]]
    table = plan.tables["exchanges"].copy()
    row = table["exchange"] == exchange
    assert list(table.loc[row, "gain_per_yr"]) == pytest.approx(list(saved * table.loc[row, "flow_per_yr"]))
    table.loc[row, "gain_per_yr"] = wrong * table.loc[row, "flow_per_yr"]
    assert "plan: worth of exchanges" in failed(case, plan, exchanges=table)
