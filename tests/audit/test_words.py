"""The audit of the words of a plan, of its header and of results.json: none is changed unnoticed, none raises."""

import copy
import json
import math

import pytest
import quality_by_hand as by_hand
from test_audit_quality_of_plans import CASE
from words_corruptions import CORRUPTIONS, KEYS, UNKNOWN_NAMES

from planner.audit import audit
from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.fields import told_of
from planner.audit.solver import check_header
from planner.case.read import read_case
from planner.geography.measure import measure
from planner.pipeline import audit_folder, solve


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Case, distances and plan."""
    folder = tmp_path_factory.mktemp("words")
    (folder / "case.yaml").write_text(CASE, encoding="utf-8")
    (folder / "distances.csv").write_text(by_hand.DISTANCES, encoding="utf-8")
    case = read_case(folder)
    return case, measure(case), solve(case)


@pytest.fixture(scope="module")
def written(finished, tmp_path_factory):
    """Folder of the plan."""
    return finished[2].save(tmp_path_factory.mktemp("out") / "out")


def found_in(finished, corrupt=None, header=None):
    """Check -> what it finds, of the corrupted plan."""
    case, distances, plan = finished
    tables = {name: table.copy() for name, table in plan.tables.items()}
    if corrupt:
        corrupt(tables)
    told = copy.deepcopy(dict(plan.header))
    if header:
        header(told)
    return {
        check["check"]: check["detail"]
        for check in audit(case, distances, tables, told)["checks"]
        if not check["passed"]
    }


def test_a_true_plan_passes(finished):
    """It has something of all that is corrupted below."""
    assert found_in(finished) == {}
    tables = finished[2].tables
    assert not any(tables[name].empty for name in ("exchanges", "facilities", "barred", "quantities", "load_balances"))


@pytest.mark.parametrize("what", UNKNOWN_NAMES)
def test_an_unknown_name_is_a_failure_that_names_it(finished, what):
    corrupt, words = UNKNOWN_NAMES[what]
    found = found_in(finished, corrupt)
    assert len(found) == 1
    ((check, detail),) = found.items()
    assert KEYS in check
    assert all(word in detail for word in words), detail


@pytest.mark.parametrize("what", CORRUPTIONS)
def test_catches(finished, what):
    corrupt, check, words = CORRUPTIONS[what]
    found = [detail for name, detail in found_in(finished, corrupt).items() if check in name]
    assert all(any(word in detail for detail in found) for word in words), found


def solver(**told):
    return lambda header: header["solver"].update(told)


def mixing(**told):
    return lambda header: header["solver"]["mixing"].update(told)


def stage(**told):
    return lambda header: header["solver"]["stages"][0].update(told)


def baseline(**told):
    return lambda header: header["solver"]["baseline"].update(told)


def tie(n, **told):
    return lambda header: header["solver"]["baseline"]["stages"][n].update(told)


def both(*corruptions):
    def corrupt(header):
        for one in corruptions:
            one(header)

    return corrupt


HEADERS = {
    "a bound beyond the objective": (both(solver(bound=1e9), stage(bound=1e9)), "lies beyond the objective"),
    "a bound of its own": (solver(bound=1.0), "bound is 1.0"),
    "a gap of its own": (solver(gap=0.5), "gap is 0.5"),
    "a gap that bound and objective have not": (both(solver(gap=0.01), stage(gap=0.01)), "by objective and bound"),
    "a gap hidden": (both(solver(bound=1.0), stage(bound=1.0)), "by objective and bound"),
    "a status against the gap": (solver(status="feasible"), "called feasible with a gap"),
    "an objective in words": (
        both(solver(objective="low"), stage(objective="low")),
        "objective is 'low', not a number",
    ),
    "a gap in words": (both(solver(gap="none"), stage(gap="none")), "gap is 'none', not a number"),
    "an interruption in words": (solver(interrupted="no"), "interrupted is 'no', not true or false"),
    "a plan from nowhere": (mixing(plan_from="a dream"), "mixing.plan_from 'a dream' is unknown"),
    "a bound from nowhere": (mixing(bound_from="a dream"), "mixing.bound_from 'a dream' is unknown"),
    "a bound that is not told": (mixing(bound_from=""), "bound_from is empty, and there is a bound"),
    "a bound of another solve": (
        mixing(kind="global (SCIP)", bound_from="the model"),
        "'the model' is no bound of a solve that is global (SCIP)",
    ),
    "another goal": (stage(goal="waste"), "its stages are waste, not cost"),
    "no stages": (solver(stages=[]), "no stages are listed"),
    "a better baseline": (baseline(objective=1.0), "baseline: objective is 1.0"),
    "a better baseline, all over": (both(baseline(objective=1.0), tie(0, objective=1.0)), "baseline, stage cost"),
    "a baseline called proven": (both(baseline(gap=0.3), tie(0, gap=0.3)), "called optimal with a gap of 0.3"),
    "a baseline of unknown status": (baseline(status="fine"), "baseline: unknown status 'fine'"),
    "a tie of the baseline": (tie(-1, objective=1.0), "fresh_water after waste: objective is 1"),
    "how mixtures were solved": (lambda header: header["solver"]["mixing"].update(kind="magic"), "'magic' is unknown"),
    "no baseline": (lambda header: header["solver"].pop("baseline"), "nothing of the baseline"),
    "another objective": (lambda header: header.update(objective="profit"), "objective is 'profit'"),
    "another currency": (lambda header: header.update(currency="GBP"), "currency is 'GBP', 'EUR' in the case"),
    "another year": (lambda header: header.update(price_year=1999), "price_year is 1999, 2025 in the case"),
    "another case": (lambda header: header["case"].update(name="xyz"), "case.name is 'xyz'"),
    "another file": (lambda header: header["case"].update(sha256="0"), "case.sha256 is '0'"),
}


@pytest.mark.parametrize("what", HEADERS)
def test_catches_in_the_header(finished, what):
    corrupt, words = HEADERS[what]
    found = found_in(finished, header=corrupt)
    assert any(words in detail for detail in found.values()), found


def totals(**figures):
    return {"total_annual_cost": 100.0, "margin": 30.0, "shadow_carbon": 0.0, **figures}


def header_of(stages, objective="water", **told):
    last = stages[-1]
    mine = {"objective": last["objective"], "bound": last["bound"], "gap": max(s["gap"] for s in stages), **told}
    alone = {"goal": "cost", "objective": 70.0, "bound": 70.0, "gap": 0.0}
    baseline = {**alone, "status": "optimal", "stages": [alone]}
    return {"objective": objective, "solver": {**mine, "stages": stages, "baseline": baseline}}


def problems_of(header):
    checks = Checks()
    runs = {"plan": totals(fresh_water=40.0), "baseline": totals(fresh_water=90.0)}
    check_header(Facts(by_hand.read_text()[0]), header, runs, checks)
    return [detail for details in checks.problems.values() for detail in details]


WATER = {"goal": "fresh_water", "objective": 40.0, "bound": 40.0, "gap": 0.0}
#: Cost 100 less a margin of 30; a gap of 7 / 70.
COST = {"goal": "cost after fresh_water", "objective": 70.0, "bound": 63.0, "gap": 0.1}


def test_another_goal_has_its_own_total():
    """Least fresh water, 40, then least cost: 100 - 30."""
    assert problems_of(header_of([WATER, COST], status="feasible")) == []
    told = problems_of(header_of([{**WATER, "objective": 36.0, "bound": 36.0}, COST], status="feasible"))
    assert told == ["plan, stage fresh_water: objective is 36, 40 recomputed"]


def test_a_bound_that_is_not_known():
    """None, as JSON has what is infinite: never proven, never with a gap."""
    for gap, bound in ((None, None), (math.inf, -math.inf)):
        header = header_of([WATER, {**COST, "gap": math.inf}], status="feasible")
        header["solver"]["stages"][1] |= {"gap": gap, "bound": bound}
        header["solver"] |= {"gap": gap, "bound": bound}
        assert problems_of(header) == []
        header["solver"]["status"] = "optimal"
        assert problems_of(header) == ["plan: called optimal with a gap of inf"]


def of_file(written, change):
    """What the audit finds in a folder whose results.json says something else."""
    path = written / "results.json"
    before = path.read_text(encoding="utf-8")
    content = json.loads(before)
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")
    try:
        checks = audit_folder(written)["checks"]
    finally:
        path.write_text(before, encoding="utf-8")
    return [check["detail"] for check in checks if not check["passed"]]


def times(table, row, column, factor):
    def change(content):
        content[table][row][column] *= factor

    return change


def removed(table, row, column=None):
    def change(content):
        if column is None:
            content[table].pop(row)
        else:
            content[table][row].pop(column)

    return change


FILES = {
    "a flow": (
        times("exchanges", 0, "flow_per_yr", 1.5),
        "results.json: exchanges, row works > B: clean -> process",
        "flow_per_yr is",
    ),
    "a content": (times("compositions", 0, "mean", 1.5), "results.json: compositions, row ", "mean is"),
    "an indicator": (
        lambda content: content["indicators"]["total_annual_cost"].update(plan=1.0),
        "results.json: indicators, row total_annual_cost: plan is 1.0",
        "in the table",
    ),
    "a word": (
        lambda content: content["verdicts"][0].update(compliance="lawful"),
        "results.json: verdicts, row ",
        "compliance is 'lawful'",
    ),
    "a flag": (
        lambda content: content["verdicts"][0].update(built=0),
        "verdicts, row",
        "built is 0, True in the table",
    ),
    "a number forgotten": (
        lambda content: content["parties"][0].update(capex=None),
        "results.json: parties, row B / firm: capex is None",
        "in the table",
    ),
    "a place": (lambda content: content["siting"][0].update(plant="C"), "siting lacks the row A", "has a row C"),
    "a row dropped": (removed("costs", 3), "results.json: costs lacks the row connection", "of tables/costs.csv"),
    "a row twice": (lambda c: c["costs"].append(c["costs"][0]), "costs has a row land", "tables/costs.csv has not"),
    "a column dropped": (removed("barred", 0, "why"), "results.json: barred, row ", "column why is missing"),
    "a column of its own": (
        lambda content: content["sales"].append({"by": "A"}),
        "results.json: sales has a row A",
        "tables/sales.csv has not",
    ),
    "a table dropped": (
        lambda content: content.pop("water_balances"),
        "table water_balances is missing",
        "results.json",
    ),
    "no indicators": (lambda content: content.pop("indicators"), "results.json: indicators is missing", ""),
    "another case": (lambda content: content["case"].update(resolved_sha256="0"), "case.resolved_sha256 is '0'", ""),
}


@pytest.mark.parametrize("what", FILES)
def test_catches_in_the_file(written, what):
    change, *words = FILES[what]
    found = of_file(written, change)
    assert all(any(word in detail for detail in found) for word in words), found


def test_the_file_as_it_is_passes(written):
    assert of_file(written, lambda content: None) == []


def test_numbers_of_the_file_may_be_rounded(written):
    """The twelfth digit is rounding, the sixth is not."""
    assert of_file(written, times("exchanges", 0, "flow_per_yr", 1 + 1e-12)) == []
    assert of_file(written, times("exchanges", 0, "flow_per_yr", 1 + 1e-6))


def test_fields_with_dots_in_their_names():
    """The name of a size may hold a dot; a default is told as one, and what is nowhere is nothing."""
    case = by_hand.case_of(
        by_hand.CASE.replace("DN 100", "DN 1.0").replace("price: 1,", "price: {value: 1, grade: B},")
    )
    assert told_of(case, "links.pipe.sizes.DN 1.0.investment") is not None
    assert told_of(case, "resources.fresh.price").grade == "B"
    assert told_of(case, "economics.lifetime.pipe").basis == "assumption"
    assert told_of(case, "plants.B.operations.rinse.max_flow").basis is None
    assert told_of(case, "resources.blowdown.quality.COD") is not None
    assert told_of(case, "links.pipe.sizes.DN 1.investment") is None
    assert told_of(case, "economics.lifetime.xyz") is None
