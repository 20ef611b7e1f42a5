"""The loss of the anchor in the bank's table, reckoned by hand: flows sent anew over what is built, or an estimate."""

from dataclasses import replace

import pytest

import planner
from planner.audit import audit
from planner.case.read import read_case
from planner.finance.plan import cash_tables
from planner.geography.measure import measure
from planner.pipeline import audit_folder, load

#: A gives 8 MWh/h at 10 a MWh, 4 to B (gas 40) and 4 to C (gas 50); E gives C the other 4 at 30. Pipes hold 5.
CASE = """
case: Two givers
currency: EUR
price_year: 2025
economics:
  discount_rate: 0.10
  lifetime: {pipe: 20}
  finance: {horizon: 20}
geography: {distances: distances.csv}
plots: {A: {area: 1}, B: {area: 1}, C: {area: 1}, E: {area: 1}}
resources:
  gas: {kind: gas, unit: MWh, price: 40, co2e: {use: 0.2}}
  heat: {kind: heat, unit: MWh, carried_by: [pipe]}
plants:
  A: {plot: A, hours: 8000, sources: {heat: {rate: 8, on_demand: true, forgoes: {money: 10}}}}
  E: {plot: E, hours: 8000, sources: {heat: {rate: 6, on_demand: true, forgoes: {money: 30}}}}
  B: {plot: B, hours: 8000, sinks: {heat: {rate: 4, supplied_today_by: {gas: 1}}}}
  C: {plot: C, hours: 8000, sinks: {heat: {rate: 8, supplied_today_by: {gas: 1.25}}}}
links:
  pipe: {kind: pipe, along: table, sizes: [{size: S, capacity: 5, investment: 400}]}
exchanges:
  - {from: A, to: B, transfer: {price: 20}}
  - {from: A, to: C, transfer: {price: 20}}
  - {from: E, to: C, transfer: {price: 40}, paid_by: {seller: 1}}
"""
DISTANCES = "from,to,length_m\nA,B,1000\nA,C,2000\nE,C,800\nE,B,90000\n"
AF = (1 - 1.1**-20) / 0.1
INVESTED = 400_000 + 800_000 + 320_000


def solved(folder, text=CASE):
    folder.mkdir(exist_ok=True)
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    (folder / "distances.csv").write_text(DISTANCES, encoding="utf-8")
    plan = planner.solve(folder)
    assert plan.audit["passed"], [check for check in plan.audit["checks"] if not check["passed"]]
    return plan


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return solved(tmp_path_factory.mktemp("two") / "case")


def anchor_row(plan, party="park"):
    bank = plan.tables["bank"]
    return bank[(bank["party"] == party) & (bank["variable"] == "loss of the anchor")].iloc[0]


def test_a_second_giver_takes_over_what_its_pipe_holds(plan):
    # In the plan 8,000 h x (4 x 30 + 4 x 40 + 4 x 20) = 2,880,000 a year. Without A, E gives C 5, as much as its pipe
    # holds: 8,000 x 5 x 20 = 800,000 a year are left.
    row = anchor_row(plan)
    assert row["what"] == "A"
    assert row["npv"] == pytest.approx(800_000 * AF - INVESTED)
    assert row["npv_change"] == pytest.approx(-2_080_000 * AF)
    assert row["basis"] == "flows sent anew over what is built"
    # E is paid 40 and forgoes 30 a MWh; it paid its pipe of 320,000.
    assert anchor_row(plan, "E")["npv"] == pytest.approx(8_000 * 5 * 10 * AF - 320_000)
    # C buys 3 MWh/h of gas again, and has paid half of the pipe of A.
    assert anchor_row(plan, "C")["npv"] == pytest.approx(8_000 * 5 * 10 * AF - 400_000)
    assert anchor_row(plan, "A")["npv"] == pytest.approx(-600_000)
    assert row["switching"] == "nowhere: stays above 0 down to -100 %"
    # B gained 8,000 x 4 x (40 - 20) = 640,000 a year and paid 200,000: it bears that share of the loss
    share = (640_000 * AF - 200_000) / (640_000 * AF)
    assert anchor_row(plan, "B")["switching_value"] == pytest.approx(-100 * share)


def test_without_a_re_dispatch_it_is_an_estimate_and_says_so(plan):
    # Nothing takes the place of A: 8,000 x 4 x 20 = 640,000 a year are left.
    tables = {**plan.tables, "anchor_exit": plan.tables["anchor_exit"].iloc[:0]}
    told = replace(plan, tables={**tables, **cash_tables(plan.case, tables)})
    assert anchor_row(told)["npv"] == pytest.approx(640_000 * AF - INVESTED)
    assert anchor_row(told)["basis"] == "estimate without re-dispatch"
    assert audit(plan.case, measure(plan.case), told.tables, told.header)["passed"]


@pytest.mark.parametrize(
    ("reason", "words"),
    [("limit", "no way to go on was found in time"), ("infeasible", "those who stay cannot run without it")],
)
def test_a_solve_that_fails_leaves_the_estimate_with_its_reason(tmp_path, monkeypatch, reason, words):
    from models.exits import Exits
    from models.solution import NoSolution

    def fails(*_arguments):
        raise NoSolution(reason)

    monkeypatch.setattr(Exits, "without", fails)
    found = solved(tmp_path / "case")
    assert anchor_row(found)["basis"] == f"estimate without re-dispatch: {words}"
    assert found.tables["anchor_exit"].empty


def test_streams_without_a_way_have_no_price_and_it_says_so(tmp_path, monkeypatch):
    import dataclasses

    from models.exits import Exits

    whole = Exits.without

    def short(self, gone, options):
        after = whole(self, gone, options)
        return dataclasses.replace(after, unmet={("B / heat", "year"): 5.0}, proven=False)

    monkeypatch.setattr(Exits, "without", short)
    basis = anchor_row(solved(tmp_path / "case"))["basis"]
    assert basis == (
        "flows sent anew over what is built: not proven to be the cheapest way; 1 stream not supplied, which has no "
        "price here"
    )


def test_exchanges_of_today_are_lost_either_way(tmp_path):
    # A heats C today over a pipe that is there: of the plan, only the pipe to B (400,000) hangs on A.
    text = CASE.replace("case: Two givers", "case: Today\nbaseline: as_is").replace(
        CASE[CASE.index("  - {from: A, to: C") :],
        "  - {from: A, to: C, transfer: {price: 20}, existing: {link: pipe, size: S, capacity: 5}}\n"
        "  - {from: E, to: C, forbidden: true}\n",
    )
    plan = solved(tmp_path / "case", text)
    assert anchor_row(plan)["what"] == "A"
    assert anchor_row(plan)["npv"] == pytest.approx(-400_000)
    assert anchor_row(plan, "C")["npv"] == pytest.approx(0.0, abs=1e-3)


def test_what_starts_late_is_no_loss_before(tmp_path):
    # A > B needs a permit of 5 years: it gains from year 6 on. Without A, E's 800,000 are left from the first year on.
    text = CASE.replace("{from: A, to: B, transfer: {price: 20}}", "{from: A, to: B, transfer: {price: 20}, delay: 5}")
    row = anchor_row(solved(tmp_path / "case", text))
    assert row["what"] == "A"
    assert row["npv"] == pytest.approx(800_000 * AF - INVESTED)


def test_a_utility_with_a_plant_is_an_anchor_too(tmp_path):
    text = CASE.replace("geography:", "parties: {A: {kind: utility}}\ngeography:")
    assert anchor_row(solved(tmp_path / "case", text))["what"] == "A"


def test_no_number_and_no_word_of_it_may_be_changed(plan):
    distances = measure(plan.case)

    def passes(**tables):
        return audit(plan.case, distances, {**plan.tables, **tables}, plan.header)["passed"]

    table = plan.tables["anchor_exit"]
    for column in ("gain_per_yr", "gain_after_per_yr"):
        for n, value in enumerate(table[column]):
            if value:
                wrong = table.copy()
                wrong[column] = wrong[column].astype(float)
                wrong.iloc[n, wrong.columns.get_loc(column)] *= 1.07
                assert not passes(anchor_exit=wrong), table.iloc[n].to_dict()
    assert not passes(anchor_exit=table.iloc[:0])
    assert not passes(anchor_exit=table.assign(how="not proven to be the cheapest way"))
    bank = plan.tables["bank"].copy()
    bank.loc[bank["variable"] == "loss of the anchor", "basis"] = "estimate without re-dispatch"
    assert not passes(bank=bank)
    bank = plan.tables["bank"].copy()
    bank["switching"] = bank["switching"].where(bank["switching"].isna(), "it makes no difference")
    assert not passes(bank=bank)


def test_an_exit_and_the_bank_say_the_same(plan, tmp_path):
    from planner.resilience.exits import leave

    out = plan.save(tmp_path / "out")
    (exit_,) = leave(out, ["A"]).exits
    for party in ("B", "C", "E"):
        assert anchor_row(plan, party)["npv_change"] == pytest.approx(-exit_.losses[party] * AF)


def test_read_back_it_is_the_same(plan, tmp_path):
    out = plan.save(tmp_path / "out")
    assert load(out).tables["anchor_exit"]["how"].unique().tolist() == ["proven"]
    assert read_case(out / "case" / "case.resolved.yaml").case == "Two givers"
    assert audit_folder(out)["passed"]


def test_a_pipe_that_is_forced_and_lies_idle_carries_once_the_anchor_is_gone(tmp_path):
    # E has a standby pipe to B (500 m: 200,000) by which a MWh costs 5 more, so that it lies idle while A is there.
    # Without A, E gives C 5 and B the sixth: 8,000 x (5 x 20 + 1 x (40 - 30 - 5)) = 840,000 a year are left. What flows
    # then is paid for at its price.
    standby = "  - {from: E, to: B, forced: true, treatment: {cost: 5 EUR/MWh}, transfer: {price: 34}}\n"
    (tmp_path / "distances.csv").write_text(DISTANCES.replace("E,B,90000", "E,B,500"), encoding="utf-8")
    (tmp_path / "case.yaml").write_text(CASE + standby, encoding="utf-8")
    plan = planner.solve(tmp_path)
    assert plan.audit["passed"], [check for check in plan.audit["checks"] if not check["passed"]]
    assert plan.exchanges.set_index("exchange").at["E > B: heat", "flow_per_yr"] == 0
    assert anchor_row(plan)["npv"] == pytest.approx(840_000 * AF - INVESTED - 200_000)
    paid = plan.tables["anchor_exit"].query("party == 'B' and exchange == 'E > B: heat' and kind == 'transfer'")
    assert paid["gain_after_per_yr"].sum() == pytest.approx(-8_000 * 34)
