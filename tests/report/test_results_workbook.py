"""The workbook of a plan: its formulas give the plan's figures, by another program too, and nothing in it runs."""

import shutil
from dataclasses import replace
from itertools import takewhile
from pathlib import Path

import openpyxl
import pytest
from recalculation import recomputed, yellow

import planner
from planner.cli.run import main
from planner.errors import AuditFailed
from planner.finance.cash import cash_flow
from planner.finance.measures import measures
from planner.finance.parties import Ventures
from planner.finance.terms import terms_of
from planner.pipeline import read_plan
from planner.report.workbook.assumptions import numbers_of
from planner.report.workbook.book import write_workbook
from planner.report.workbook.cash_flow import rates_tried
from planner.report.workbook.ledger import plain_name
from planner.report.workbook.monitoring import monitoring_rows

CASES = Path(__file__).parents[2] / "cases"
NAMES = {
    "smelter": "=cmd|' /C calc'!A0",
    "mill": '+1 \u05d8\u05d7\u05e0\u05d4 "mill" <b>&',
    "greenhouse": "@SUM(A1) \U0001f331 5 May*",
}
#: Tax, loss, delays, spending, ramp-up, escalation, inflation, nominal money, grants, a rate of a firm's own, contract.
FINANCE = """
based_on: case.yaml
economics:
  lifetime: {pipe: 7.5}
  finance:
    horizon: 13
    delay: 2
    spending: [0.2, 0.3, 0.5]
    ramp_up: [0.5, 0.8]
    escalation: {natural gas: 2 %, operation: 1 %}
    inflation: 0.03
    money: nominal
    residual: straight line
    tax: {rate: 0.25, depreciation: 5}
    debt: {share: 0.5, rate: 0.05, term: 8, grace: 1}
    grants: [{share: 0.2}]
parties:
  mill: {discount_rate: 0.11}
exchanges:
  - from: smelter
    to: mill
    transfer: {price: 9 EUR/t}
    delay: 1.5 yr
    contract: {term: 4, take_or_pay: 0.8, escalation: 3 %}
"""


def hostile(text):
    """The case under names that a spreadsheet or a page might take for something else."""
    for old, new in NAMES.items():
        for before, after in ((f"  {old}:", ":"), (f"from: {old}", ""), (f"to: {old}", "")):
            key = before.removesuffix(":").rpartition(old)[0]
            text = text.replace(before, key + "'" + new.replace("'", "''") + "'" + after)
    return text


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("workbooks")
    shutil.copytree(CASES / "tiny", made / "tiny")
    (made / "tiny" / "finance.yaml").write_text(FINANCE, encoding="utf-8")
    shutil.copytree(CASES / "tiny", made / "hostile")
    case = made / "hostile" / "case.yaml"
    case.write_text(hostile(case.read_text("utf-8")), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def plain(folder):
    plan = planner.solve(folder / "tiny")
    plan.save(folder / "out")
    return plan


@pytest.fixture(scope="module")
def financed(folder):
    return planner.solve(folder / "tiny" / "finance.yaml")


@pytest.fixture(scope="module")
def hostile_plan(folder):
    return planner.solve(folder / "hostile")


@pytest.fixture(scope="module")
def written(folder, plain, financed, hostile_plan):
    """Workbooks as we write them: file by name; and one with other yellow cells."""
    files = {}
    for name, plan in (("plain", plain), ("financed", financed), ("hostile", hostile_plan)):
        files[name] = folder / f"{name}.xlsx"
        write_workbook(plan, files[name])
    files["changed"] = folder / "changed.xlsx"
    book = openpyxl.load_workbook(files["plain"])
    change(book)
    book.save(files["changed"])
    return files


@pytest.fixture(scope="module")
def computed(written, folder):
    """The same as another program computes them, without any value that we wrote."""
    (folder / "stripped").mkdir()
    for name in ("financed", "hostile", "changed"):
        openpyxl.load_workbook(written[name]).save(folder / "stripped" / f"{name}.xlsx")  # formulas without values
    return recomputed(folder, sorted((folder / "stripped").iterdir()))


def results(book):
    """Party -> rate, investment, NPV, IRR, simple and discounted payback, as the sheet of inputs shows them."""
    rows = book["Cash inputs"].iter_rows(min_row=5, min_col=7, max_col=15, values_only=True)
    return {row[0]: row[1:] for row in takewhile(lambda row: row[0], rows)}


def close(ours, theirs):
    return theirs in (None, "") if ours != ours else theirs == pytest.approx(ours, rel=1e-7, abs=1e-6)


@pytest.mark.parametrize("which", ["financed", "hostile"])
def test_another_program_computes_the_same(which, written, computed, financed, hostile_plan):
    ours, formulas = openpyxl.load_workbook(written[which], data_only=True), openpyxl.load_workbook(written[which])
    theirs, count = computed[which], 0
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    one, other = (book[sheet.title][cell.coordinate].value for book in (ours, theirs))
                    count += 1
                    place = f"{sheet.title}!{cell.coordinate} {cell.value}"
                    if isinstance(one, int | float) and not isinstance(one, bool):
                        assert isinstance(other, int | float), place
                        assert abs(other - one) <= 1e-8 * abs(one) + 1e-5, place
                    else:
                        assert (other or "") == (one or ""), place
    assert count > 1500
    finance = (financed if which == "financed" else hostile_plan).tables["finance"]
    for row in finance[~finance["kind"].isin(["exchange", "society"])].to_dict("records"):
        _, capex, npv, irr, simple, discounted, _, changed = results(theirs)[row["party"]]
        assert (capex, npv) == (pytest.approx(row["additional_capex"]), pytest.approx(row["npv"], abs=1e-3))
        assert close(row["irr"], irr)
        assert close(row["simple_payback_yr"], simple)
        assert close(row["discounted_payback_yr"], discounted)
        assert changed == "as planned"


def change(book):
    """Interest 9 %, 12 years, one year of building, half a year's ramp, a fifth more investment, gas at 50 EUR/MWh."""
    yellow(book, "Discount rate, real").value = 0.09
    yellow(book, "Years of operation that count").value = 12
    yellow(book, "Years from the first investment to operation").value = 1
    yellow(book, "Investment, all kinds").value = 1.2
    price = yellow(book, "purchase: natural gas")
    assert price.value == pytest.approx(40)
    price.value = 50
    sheet = book["Cash inputs"]
    ramp = next(row[0].row for row in sheet.iter_rows(max_col=1) if row[0].value == "Share of full operation in year")
    sheet.cell(ramp + 1, 4).value = 0.5


def test_changed_yellow_cells_give_what_the_planner_would(plain, computed):
    found = results(computed["changed"])
    terms = replace(terms_of(plain.case), rate=0.09, horizon=12, delay=1, ramp_up=(0.5,))
    ledger = plain.tables["ledger"].copy()
    gas = (ledger["account"] == "purchase") & (ledger["resource"] == "natural gas")
    ledger.loc[gas, "gain_per_yr"] *= 50 / 40
    assets = plain.tables["assets"].copy()
    assets[["capex", "baseline_capex"]] *= 1.2
    ventures = Ventures(plain.case, {**plain.tables, "ledger": ledger, "assets": assets}, terms)
    for venture in ventures.of_parties:
        wanted = measures(cash_flow(venture.outlays, venture.gains, terms, 0.09), terms.delay)
        rate, _, npv, irr, simple, _, _, changed = found[venture.name]
        assert rate == 0.09
        assert npv == pytest.approx(wanted.npv)
        assert close(wanted.irr, irr)
        assert close(wanted.simple_payback, simple)
        assert changed == ("changed" if abs(wanted.npv) > 1 else "as planned")


def test_the_cash_flow_by_hand(computed, plain):
    # The mill, at 9 % over years 2 to 13, the first of them half: its pipe and land cost a fifth more.
    mill = plain.tables["assets"][lambda t: t["party"] == "mill"]
    spent = 1.2 * (mill["capex"] - mill["baseline_capex"]).sum()
    sheet = computed["changed"]["Cash flow"]
    rows = [row for row in sheet.iter_rows(values_only=True) if row[0] == "mill"]
    flows = {row[1]: row[3:] for row in rows}
    assert flows["investment"][0] == pytest.approx(spent)
    assert flows["gain"][:2] == (0, 0)
    assert flows["gain"][14:] == (0,) * len(flows["gain"][14:])
    assert flows["gain"][13] == pytest.approx(flows["gain"][3])
    npv = sum(x / 1.09**t for t, x in enumerate(flows["net"]))
    assert results(computed["changed"])["mill"][2] == pytest.approx(npv)


def test_totals_of_the_firms_are_formulas_that_agree(written):
    file = written["plain"]
    formulas, values = openpyxl.load_workbook(file)["Firms"], openpyxl.load_workbook(file, data_only=True)["Firms"]
    assert str(formulas["C5"].value).startswith("=SUMIFS('Ledger'!$G$5:")
    rows = [row for row in values.iter_rows(min_row=5, max_col=7, values_only=True) if row[6] in ("yes", "NO")]
    assert [row[6] for row in rows] == ["yes"] * 4
    park = rows[-1]
    # README of tiny: 1,769,000 in the baseline, 184,167.33 in the plan
    assert (park[0], park[2], park[3]) == ("park", pytest.approx(1_769_000), pytest.approx(184_167.33, abs=0.01))


def test_names_are_inert(written, hostile_plan):
    assert hostile_plan.audit["passed"]
    book = openpyxl.load_workbook(written["hostile"])
    texts = {cell.value for row in book["Siting"].iter_rows() for cell in row if cell.data_type == "s"}
    assert set(NAMES.values()) <= texts
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f" or "cmd" not in str(cell.value)
                assert cell.hyperlink is None
    assert str(book["Firms"]["C5"].value).startswith("=SUMPRODUCT(EXACT(")


def test_names_are_right_in_another_program(computed):
    theirs = computed["hostile"]
    assert [row[0] for row in theirs["Firms"].iter_rows(min_row=5, max_row=7, values_only=True)] == list(NAMES.values())
    agree = [row[6] for row in theirs["Firms"].iter_rows(min_row=5, max_row=8, values_only=True)]
    assert agree == ["yes"] * 4


@pytest.mark.parametrize("name", ["=x", "a*", "1.0", "5 May", "true", "", "<>", "~", ">5", "a" * 300])
def test_names_that_sumifs_reads_otherwise(name):
    assert not plain_name(name)


def test_names_that_sumifs_takes_as_they_are():
    assert all(map(plain_name, ("smelter", "paper mill", "Hankuk Paper", "\u05d8\u05d7\u05e0\u05d4", "Korea-Zinc")))


def test_a_plan_that_failed_has_no_workbook(plain, tmp_path, folder, capsys):
    failed = replace(plain, audit={"passed": False, "checks": [{"check": "x", "passed": False, "detail": ""}]})
    with pytest.raises(AuditFailed, match="no workbook"):
        write_workbook(failed, tmp_path / "x.xlsx")
    failed.save(tmp_path / "o")
    assert not list(tmp_path.rglob("*.xlsx"))
    for command in ("workbook", "document"):
        assert main([command, str(tmp_path / "o" / "rejected")]) == 1
        assert "must not be used" in capsys.readouterr().err
    assert not [*tmp_path.rglob("*.xlsx"), *tmp_path.rglob("*.docx"), *tmp_path.rglob("figures")]


def test_the_run_holds_it_and_it_can_be_written_again(plain, written, folder, capsys):
    first = (folder / "out" / "results.xlsx").read_bytes()
    assert main(["workbook", str(folder / "out"), str(folder / "again.xlsx")]) == 0
    one, two = (openpyxl.load_workbook(x) for x in (folder / "out" / "results.xlsx", folder / "again.xlsx"))
    assert one.sheetnames == two.sheetnames
    assert [row for row in one["Ledger"].values] == [row for row in two["Ledger"].values]
    assert written["plain"].read_bytes() == first
    assert main(["workbook", str(folder / "out"), str(folder / "again.csv")]) == 2
    assert ".xlsx" in capsys.readouterr().err
    assert {"total_annual_cost_plan", "cash_rate"} <= set(one.defined_names)


def test_every_number_of_the_case_is_an_assumption(plain, folder):
    plan = read_plan(folder / "out")
    fields = dict(numbers_of(plan.case))
    assert fields["resources.natural gas.price"].value == 40
    assert fields["plots.A.price"].value == 100_000
    book = openpyxl.load_workbook(folder / "out" / "results.xlsx")
    rows = {row[0]: row for row in book["Assumptions"].iter_rows(min_row=5, values_only=True)}
    assert set(fields) <= set(rows)
    assert rows["resources.slag.discharge.cost"][1:8] == (20, "EUR/t", None, None, "C", "estimate", "hand")
    sources = [row for row in book["Sources"].iter_rows(min_row=4, values_only=True) if row[0] == "hand"]
    assert sources[0][1] == "Invented, so that the case can be solved by hand"


def test_the_monitoring_plan_states_targets_and_contracts(financed):
    row = next(row for row in monitoring_rows(financed) if row["exchange"].startswith("smelter > mill"))
    # 6 t/h for 8,000 h; four years, 80 % of it paid for, taken or not
    assert (row["mean_per_h"], row["flow_per_yr"], row["unit"]) == (pytest.approx(6), pytest.approx(48_000), "t")
    assert (row["term"], row["take_or_pay"], row["guaranteed"]) == (4, 0.8, pytest.approx(38_400))
    assert row["price"] == pytest.approx(9)
    assert row["meter"].startswith("heat meter")


def test_the_rates_tried_are_ever_wider_apart():
    rates = rates_tried(41)
    assert (len(rates), rates[0], rates[-1]) == (41, -0.95, 1000)
    assert all(a < b for a, b in zip(rates, rates[1:], strict=False))
    assert 0.0 in rates
