"""The live cash flow, changed as a banker would: another program computes what a new plan of the changed case says."""

from itertools import dropwhile, takewhile

import openpyxl
import pytest
from recalculation import recomputed, yellow

import planner
from planner.report.workbook.book import write_workbook

#: A kiln gives heat to a mill over one pipe of 400,000; the flows are the same at every change below.
CASE = """
case: Kiln and mill
currency: EUR
price_year: 2025
economics:
  discount_rate: 0.10
  lifetime: {pipe: 7.5}
  finance:
    horizon: 15
    delay: 2
    spending: [0.3, 0.5, 0.2]
    ramp_up: [0.5, 0.8]
    inflation: 0.02
    tax: {rate: 0.25, depreciation: 10}
    debt: {share: 0.6, rate: 0.06, term: 10, grace: 2}
    grants: [{share: 0.2, of: [link], to: [kiln]}, {amount: 30000}]
geography: {distances: distances.csv}
plots: {A: {area: 1}, B: {area: 1}}
resources:
  gas: {kind: gas, unit: MWh, price: 40, co2e: {use: 0.2}}
  heat: {kind: heat, unit: MWh, carried_by: [pipe]}
plants:
  kiln: {plot: A, hours: 8000, sources: {heat: {rate: 1, on_demand: true, forgoes: {money: 10}}}}
  mill: {plot: B, hours: 8000, sinks: {heat: {rate: 1, supplied_today_by: {gas: 1}}}}
links:
  pipe: {kind: pipe, along: table, sizes: [{size: S, capacity: 2, investment: 400}]}
exchanges:
  - {from: kiln, to: mill, shared_hours: 8000, transfer: {price: 22}, paid_by: {seller: 1}}
"""
FINANCE = CASE[CASE.index("  finance:") : CASE.index("geography:")]
GRANTS, DEBT, TAX = (
    "{share: 0.2, of: [link], to: [kiln]}, {amount: 30000}",
    "{share: 0.6, rate: 0.06, term: 10, grace: 2}",
    "{rate: 0.25, depreciation: 10}",
)
_DEPRECIATION, _SHARE, _GRANT = (
    *("Depreciation; blank: lifetime of each", "Share of the investment less grants"),
    "a grant more, for everything but land,",
)
#: Change -> words of the case and what they become; yellow cells and what they become.
CHANGES = {
    "nothing": ([], {}),
    "rate": ([("discount_rate: 0.10", "discount_rate: 0")], {"Discount rate, real": 0}),
    "investment": ([("investment: 400}", "investment: 800}")], {"Investment, all kinds": 2}),
    "kind": ([("investment: 400}", "investment: 200}")], {"link": 0.5}),
    "price": ([("price: 40", "price: 55")], {"purchase: gas": 55}),
    "tax": ([(TAX, "{rate: 0.4, losses: used at once}")], {"Tax on profits": 0.4, _DEPRECIATION: None}),
    "loan": (
        [(DEBT, "{share: 0.9, rate: 0.11, term: 7, grace: 1, repayment: equal principal}")],
        {_SHARE: 0.9, "Interest, nominal": 0.11, "Term, from the start of operation": 7}
        | {"of it, interest alone is paid": 1, "Repayment": "equal principal"},
    ),
    "no interest": ([(DEBT, DEBT.replace("0.06", "0"))], {"Interest, nominal": 0}),
    # an amount of 300,000 towards 800,000 and a share of a half: 7/8 of the investment, not 300,000 / 400,000 + 1/2
    "grants": (
        [(GRANTS, GRANTS.replace("0.2", "0.5").replace("30000", "300000")), ("investment: 400}", "investment: 800}")],
        {"grant 1, to kiln, for link": 0.5, "grant 2": 300000, "Investment, all kinds": 2},
    ),
    "more grants": (
        [(GRANTS, f"{GRANTS}, {{share: 0.1}}, {{amount: 5000}}")],
        {f"{_GRANT} as a share": 0.1, f"{_GRANT} in all": 5000},
    ),
    "years": (
        [("horizon: 15", "horizon: 25\n    residual: straight line"), ("delay: 2", "delay: 3")],
        {"Years of operation that count": 25, "Years from the first investment to operation": 3}
        | {"Worth of assets at the end": "straight line"},
    ),
}
CHANGES["tax"][1]["Losses"] = "used at once"
#: The same of a case that says nothing of finance but the years.
PLAIN_CHANGES = {
    "plain": ([], {}),
    "plain loan and tax": (
        [("horizon: 15", f"horizon: 15\n    debt: {DEBT}\n    tax: {TAX}")],
        {_SHARE: 0.6, "Interest, nominal": 0.06, "Term, from the start of operation": 10}
        | {"of it, interest alone is paid": 2, "Tax on profits": 0.25, _DEPRECIATION: 10},
    ),
}


def plan_of(folder, text, changes=()):
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    folder.mkdir()
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    (folder / "distances.csv").write_text("from,to,length_m\nA,B,1000\n", encoding="utf-8")
    return planner.solve(folder)


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Change -> the plan of the changed case, and the workbook of the first with its yellow cells changed."""
    folder = tmp_path_factory.mktemp("live")
    (folder / "changed").mkdir()
    plans, files = {}, []
    plain = CASE.replace(FINANCE, "  finance:\n    horizon: 15\n")
    for text, changes in ((CASE, CHANGES), (plain, PLAIN_CHANGES)):
        first = next(iter(changes))
        for name, (words, cells) in changes.items():
            plans[name] = plan_of(folder / name, text, words)
            if name == first:
                write_workbook(plans[name], folder / f"{name}.xlsx")
            book = openpyxl.load_workbook(folder / f"{first}.xlsx")
            for cell, value in cells.items():
                yellow(book, cell).value = value
            files.append(str(folder / "changed" / f"{name}.xlsx"))
            book.save(files[-1])
    books = recomputed(folder, files)
    return {name: (plan, books[name]) for name, plan in plans.items()}


def blocks(book):
    """Measures of each party before and after financing, as the sheet of inputs shows them."""
    rows = list(book["Cash inputs"].iter_rows(min_row=5, min_col=7, max_col=15, values_only=True))
    before = list(takewhile(lambda row: row[0], rows))
    rest = dropwhile(lambda row: row[0] != "Party", rows[len(before) :])
    after = list(takewhile(lambda row: row[0], rest))[1:]
    return {row[0]: row[1:] for row in before}, {row[0]: row[1:] for row in after}


def close(ours, theirs):
    return theirs in (None, "") if ours != ours else theirs == pytest.approx(ours, rel=1e-7, abs=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("change", [*CHANGES, *PLAIN_CHANGES])
def test_changed_cells_give_what_a_new_plan_says(both, change):
    plan, book = both[change]
    before, after = blocks(book)
    finance, flows = plan.tables["finance"], plan.tables["cash_flows"]
    assert not book["Cash inputs"]["A3"].value
    for row in finance[~finance["kind"].isin(["exchange", "society"])].to_dict("records"):
        _, capex, npv, irr, simple, discounted, _, changed = before[row["party"]]
        loan, grants, equity_npv, equity_irr, least, mean, _, changed_after = after[row["party"]]
        mine = flows[(flows["party"] == row["party"]) & (flows["kind"] == row["kind"])]
        for ours, theirs in (
            (row["additional_capex"], capex),
            (row["npv"], npv),
            (row["irr"], irr),
            (row["simple_payback_yr"], simple),
            (row["discounted_payback_yr"], discounted),
            (mine["drawn"].sum(), loan),
            (row["grants_capex"], grants),
            (row["equity_npv"], equity_npv),
            (row["equity_irr"], equity_irr),
            (row["least_dscr"], least),
            (row["mean_dscr"], mean),
        ):
            assert close(ours, theirs), (row["party"], ours, theirs)
        if change in ("nothing", "plain"):
            assert (changed, changed_after) == ("as planned", "as planned")


@pytest.mark.slow
def test_the_loan_of_the_kiln_by_hand(both):
    # 400,000 less grants of 80,000 + 30,000; 60 % of 290,000 is lent, 30 % of it in year 0, in money of its day:
    # interest in year 1 is 6 % of 52,200. In years 3 and 4 interest alone is paid, then eight equal payments.
    _, book = both["nothing"]
    rows = [row for row in book["Cash flow"].iter_rows(values_only=True) if row[0] == "kiln"]
    flows = {row[1]: row[3:] for row in rows}
    assert sum(flows["loan drawn"]) == pytest.approx(174_000)
    assert flows["interest"][1] == pytest.approx(0.06 * 52_200 / 1.02)
    assert flows["repayment"][:5] == (0,) * 5
    paid = [(flows["interest"][t] + flows["repayment"][t]) * 1.02**t for t in range(5, 13)]
    owed = 174_000 * (0.3 + 0.5 * 1.02 + 0.2 * 1.02**2)
    assert paid == pytest.approx([owed * 0.06 / (1 - 1.06**-8)] * 8)
    assert flows["loan owed at the end, nominal"][12] == pytest.approx(0, abs=1e-6)


@pytest.mark.slow
def test_what_is_wrong_with_the_yellow_cells_is_said(both, tmp_path):
    plan, _ = both["nothing"]
    write_workbook(plan, tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    for name, value in (("Years of operation that count", 50), ("2", 0.3), ("of it, interest alone is paid", 10)):
        yellow(book, name).value = value
    yellow(book, "Years from the first investment to operation").value = 1
    book.save(tmp_path / "wrong.xlsx")
    told = recomputed(tmp_path, [str(tmp_path / "wrong.xlsx")])["wrong"]["Cash inputs"]["A3"].value
    for words in ("too many years", "do not add up to 100 %", "after the start of operation", "never paid back"):
        assert words.casefold() in told.casefold()
