"""A park with profiles, planned and audited, against one linear program over every step of the year."""

import shutil

import pytest
from solar_year import CASE, STEPS, least_cost, write, year

import planner
from planner.audit import audit
from planner.case.read import read_case
from planner.cli.run import main
from planner.geography.measure import measure
from planner.report.write import write as write_run
from planner.results.contract import load

pytest.importorskip("tsam")


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    """Four kinds of days in five stretches of the year: four typical days lose nothing."""
    folder = write(tmp_path_factory.mktemp("year"), year(4), CASE.replace("typical_days: 8", "typical_days: 4"))
    return folder, planner.solve(folder, gap=1e-7)


def _total(plan) -> float:
    return float(plan.indicators.set_index("indicator").loc["total_annual_cost", "plan"])


def test_typical_days_of_a_year_of_four_kinds_cost_what_the_whole_year_costs(solved):
    """The linear program has all 2,920 steps: 4,322,231.25 EUR/yr, 14.30 MW of roof, 26.19 MWh of battery."""
    _, plan = solved
    cost, roof, battery = least_cost(year(4))
    assert cost == pytest.approx(4_322_231.25, abs=1)
    assert _total(plan) == pytest.approx(cost, rel=1e-6)
    sizes = plan.tables["facilities"].set_index("facility")["capacity_per_h"]
    assert sizes["roof"] == pytest.approx(roof, rel=1e-4)
    assert plan.tables["stores"]["content"].item() == pytest.approx(battery, rel=1e-4)
    assert plan.audit["passed"]


def test_periods_are_the_steps_of_typical_days_in_the_turns_of_the_year(solved):
    _, plan = solved
    assert len(plan.case.periods) == 4 * STEPS
    assert [turn.of for turn in plan.case.turns] == ["day 1", "day 2", "day 3", "day 4", "day 1"]
    assert sum(turn.times for turn in plan.case.turns) == 365
    assert list(plan.case.periods)[1] == "day 1 h03-06"
    passes = plan.tables["store_levels"]["pass"].unique().tolist()
    assert passes[:2] == ["turn 1, pass 1", f"turn 1, pass {plan.case.turns[0].times}"]


def test_nothing_is_lost_of_profiles_of_four_kinds_of_days(solved):
    table = solved[1].tables["profiles"].set_index("profile")
    assert table["duration_rmse"].max() < 1e-9
    for pair in ("mean", "peak", "least"):
        assert table[pair].tolist() == pytest.approx(table[f"{pair}_in_periods"].tolist(), abs=1e-9)


def test_feed_in_keeps_the_limit_of_the_grid_in_every_period(solved):
    _, plan = solved
    flows = plan.tables["flows_by_period"]
    sold = flows[flows["kind"] == "sale"].groupby("period")["mean_per_h"].sum()
    assert sold.max() == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("table", "column", "check"),
    [
        ("profiles", "mean_in_periods", "how far the periods are off"),
        ("profiles", "duration_rmse", "how far the periods are off"),
        ("store_levels", "content_end", "stores keep what is charged"),
        ("facilities", "capacity_per_h", "capacity"),
    ],
)
def test_the_audit_finds_a_corrupted_number(solved, table, column, check):
    _, plan = solved
    tables = dict(plan.tables)
    wrong = tables[table].copy()
    wrong.loc[0, column] = wrong.loc[0, column] * 0.9 + 0.01
    tables[table] = wrong
    found = audit(plan.case, measure(plan.case), tables, plan.header)
    assert any(check in row["check"] for row in found["checks"] if not row["passed"])


def test_the_audit_finds_a_mean_that_is_not_kept_and_a_number_that_does_not_follow(solved):
    _, plan = solved
    sun, works = plan.case.profiles["sun"], plan.case.plants["works"]
    first = "day 1 h12-15"
    more = sun.model_copy(update={"periods": sun.periods | {first: sun.periods[first] + 0.01}})
    rate = works.sinks["power"].rate
    numbers = tuple((t, x * (1.01 if t == first else 1), unit) for t, x, unit in rate.periods)
    sink = works.sinks["power"].model_copy(update={"rate": rate.model_copy(update={"periods": numbers})})
    plants = {"works": works.model_copy(update={"sinks": {"power": sink}})}
    case = plan.case.model_copy(update={"profiles": plan.case.profiles | {"sun": more}, "plants": plants})
    failed = {
        row["check"] for row in audit(case, measure(plan.case), plan.tables, plan.header)["checks"] if not row["passed"]
    }
    assert {
        "profiles: the periods keep their mean over the year",
        "profiles: numbers follow them from period to period",
    } <= failed


def test_a_written_run_is_audited_with_the_profiles_in_its_folder(solved, tmp_path, capsys):
    _, plan = solved
    out = tmp_path / "out"
    write_run(plan, out)
    again = read_case(out / "case" / "case.resolved.yaml")
    assert again == plan.case
    assert (out / "case" / "profiles.csv").is_file()
    assert load(out).tables["profiles"]["profile"].tolist() == ["load", "sun", "spot"]
    assert main(["audit", str(out)]) == 0
    text = (out / "case" / "profiles.csv").read_text().splitlines()
    (out / "case" / "profiles.csv").write_text("\n".join([text[0], *("1,0.5,90" for _ in text[1:])]))
    assert main(["audit", str(out)]) == 1
    assert "the mean of the periods" in capsys.readouterr().out


def test_check_says_what_became_of_the_steps(solved, tmp_path, capsys):
    folder = tmp_path / "case"
    shutil.copytree(solved[0], folder)
    assert main(["check", str(folder)]) == 0
    told = capsys.readouterr()
    assert "32 periods stand for the 2920 steps" in " ".join((told.out + told.err).split())


@pytest.mark.slow
def test_the_example_of_the_guide_eight_typical_days_are_one_percent_off(tmp_path):
    """A year of 350 different days: 4,374,389 EUR/yr in all steps, 4,336,667 with eight typical days."""
    profiles = year(350)
    cost, roof, battery = least_cost(profiles)
    plan = planner.solve(write(tmp_path, profiles), gap=1e-6)
    assert cost == pytest.approx(4_374_389, abs=10)
    assert _total(plan) == pytest.approx(cost, rel=0.01)
    assert plan.tables["facilities"].set_index("facility")["capacity_per_h"]["roof"] == pytest.approx(roof, rel=0.06)
    assert plan.tables["stores"]["content"].item() == pytest.approx(battery, rel=0.06)
