"""What other commands found out about a run, as sections of its report; and nothing of it in an edition for a firm."""

import json
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from test_page import Read

from planner.report.html.after import FILES, answers
from planner.report.html.confidential import edition
from planner.report.html.page import page
from planner.results.plan import Plan

EVIL = "<b>=mill</b> & \u05e9\u05dc"


def shared(party: str, rule: str, gain: float, observed: float) -> dict[str, Any]:
    return {
        "party": party,
        "kind": "firm",
        "player": True,
        "rule": rule,
        "gain_per_yr": gain,
        "standard_error_per_yr": 2_000.0 if rule == "Shapley" else None,
        "observed_gain_per_yr": observed,
        "side_payment_per_yr": gain - observed,
    }


def ruled(rule: str, in_core: str, excess: float | None, leave: str = "") -> dict[str, Any]:
    return {
        "rule": rule,
        "what": "in words",
        "in_core": in_core,
        "largest_excess_per_yr": excess,
        "would_leave": leave,
        "groups_that_would_leave": 1 if leave else 0,
        "note": "",
    }


def sharing(core_is_empty: bool | None = False) -> dict[str, Any]:
    # 300,000 a year: 250,000 and 50,000 as prices are; the Shapley value is 150,000 each
    return {
        "schema": "planner-sharing/1",
        "worth_per_yr": 300_000.0,
        "core_is_empty": core_is_empty,
        "least_core_epsilon_per_yr": 40_000.0 if core_is_empty else -1.0,
        "notes": ["a note on sharing"],
        "sharing": [
            shared("smelter", "observed", 250_000.0, 250_000.0),
            shared(EVIL, "observed", 50_000.0, 50_000.0),
            shared("smelter", "Shapley", 150_000.0, 250_000.0),
            shared(EVIL, "Shapley", 150_000.0, 50_000.0),
        ],
        "sharing_rules": [
            ruled("observed", "no", 12_000.0, EVIL),
            ruled("Shapley", "yes", -5.0),
            ruled("nucleolus", "", None),
        ],
        "coalitions": [],
    }


def exits() -> dict[str, Any]:
    row = {
        "firm": EVIL,
        "how": "proven",
        "loss_per_yr": 330_000.0,
        "hurt_most": "smelter",
        "hurt_most_loss_per_yr": 330_000.0,
        "saving_lost_share": 1.1,
        "co2e_change_t_per_yr": 900.0,
        "waste_change_t_per_yr": 0.0,
        "fresh_water_change_m3_per_yr": None,
        "streams_unmet": 1,
        "streams_stranded": 0,
        "limits_exceeded": 2,
    }
    stream = {"firm": EVIL, "what": "not supplied", "by": "smelter", "stream": "steam", "resource": "steam"}
    demand = {"by": "smelter", "stream": "steam", "resource": "steam", "unit": "t", "demand_per_yr": 90_000.0}
    return {
        "schema": "planner-resilience/1",
        "worst_partner": EVIL,
        "saving_lost_with_worst_partner": 1.1,
        "notes": ["a note on exits"],
        "exits": [row],
        "exit_streams": [stream | {"unit": "t", "amount_per_yr": 90_000.0, "share": 1.0}],
        "suppliers": [
            demand
            | {"suppliers": 1, "partners": 1, "largest_supplier": EVIL, "largest_share": 1.0}
            | {"inverse_simpson": 1.0, "could_buy": False}
        ],
        "supplied_resources": [
            {"resource": "steam", "unit": "t", "demand_per_yr": 90_000.0, "demands": 1, "single_source_share": 1.0}
            | {"inverse_simpson": 1.0}
        ],
    }


def why(verdict: str = "dominated", loss: Any = 7_500.0, unit: str = "EUR/yr") -> dict[str, Any]:
    return {
        "schema": "planner-why/1",
        "verdicts": {"dominated": "another does it for less"},
        "notes": ["a note on why"],
        "exchanges": [
            {
                "exchange": f"smelter > {EVIL}: slag",
                "verdict": verdict,
                "why": "lime is cheaper",
                "basis": "by price",
                "proof": "at most",
                "loss_per_yr": loss,
                "loss_unit": unit,
                "gives_way": None,
            }
        ],
    }


@pytest.fixture
def made(plan: Plan) -> str:
    return page(plan, answers={"share": sharing(), "exits": exits(), "why": why()})


def test_the_sections_are_there_once_the_commands_were_run(plan, made):
    new = {"sharing", "exits", "unbuilt"}
    assert new.isdisjoint(found.get("id") for found in Read(page(plan)).all("section"))
    assert new <= {found.get("id") for found in Read(made).all("section")}
    for note in ("a note on sharing", "a note on exits", "a note on why"):
        assert note in made


def test_until_then_a_line_names_the_command(food_park):
    bare = page(food_park)
    full = page(food_park, answers={"share": sharing(), "exits": exits(), "why": why()})
    for command in ("planner share OUT", "planner exits OUT", "planner why OUT"):
        assert bare.count(command) == 1
        assert command not in full


def test_what_each_party_gains_adds_up(made):
    rows = next(
        rows for caption, rows in Read(made).tables.items() if caption.startswith("What each party gains under")
    )
    assert [cell for cell, _ in rows[0]] == ["party", "as prices are set", "Shapley value"]
    assert [[value for _, value in row[1:]] for row in rows[1:-1]] == [[250_000, 150_000], [50_000, 150_000]]
    assert rows[-1][1][1] == rows[-1][2][1] == 300_000
    paid = next(rows for caption, rows in Read(made).tables.items() if caption.startswith("Payments that lead there"))
    assert [row[2][1] for row in paid[1:]] == [-100_000, 100_000, 0]
    assert "\u00b1 2.0" in made  # the standard error, in thousands


@pytest.mark.parametrize(
    ("empty", "said"),
    [
        (False, "There are stable ways to share it"),
        (
            True,
            "No way of sharing it is stable: whatever the rule, some group of firms would gain by leaving, "
            "at least 40,000 EUR",
        ),
        (None, "is not known"),
    ],
)
def test_whether_there_is_a_stable_way_is_said(plan, empty, said):
    assert said in unescape(page(plan, answers={"share": sharing(empty)}))


def test_a_rule_under_which_nobody_would_leave_has_nothing_to_gain(made):
    rows = Read(made).tables["Who would rather leave"]
    assert [row[1][0] for row in rows[1:]] == ["no", "yes", "\u2013"]
    assert [row[3][1] for row in rows[1:]] == [12_000, 0, None]


def test_the_worst_exit_is_told_with_what_is_lacking_then(made):
    words = unescape(made)
    assert "110.0 % of what the plan saves is lost" in words
    row = Read(made).tables["If a firm leaves once everything is built"][1]
    assert row[1][1] == 330_000
    assert row[7][0] == "1 demand is not supplied; 2 limits of the park are exceeded"
    assert row[6][0] == "\u2013"


@pytest.mark.parametrize(
    ("loss", "unit", "shown"),
    [
        (7_500.0, "EUR/yr", "7,500 EUR/yr"),
        (12.5, "tCO2e/yr", "12.5 tCO2e/yr"),
        (None, None, "\u2013"),
        ("no limit", "EUR/yr", "no limit"),
    ],
)
def test_a_loss_is_in_the_unit_of_the_goal(plan, loss, unit, shown):
    rows = next(
        rows
        for caption, rows in Read(page(plan, answers={"why": why(loss=loss, unit=unit)})).tables.items()
        if caption.startswith("Exchanges that are not built")
    )
    assert rows[1][2][0] == shown


def test_a_better_plan_that_was_found_is_a_warning(plan, made):
    assert "a better plan than this one was found" not in made
    assert "a better plan than this one was found" in page(plan, answers={"why": why("better", -10.0)})


def test_names_are_inert(made):
    assert Read(made).all("b") == []
    assert EVIL in unescape(made)


def test_an_edition_for_a_firm_has_none_of_it(food_park):
    made, _ = edition(food_park, "brewery")
    for word in ("planner share", "planner exits", "planner why", 'id="sharing"', 'id="exits"', 'id="unbuilt"'):
        assert word not in made


def test_answers_are_read_where_they_belong_to_the_run(tmp_path: Path):
    (tmp_path / "results.json").write_text(json.dumps({"case": {"resolved_sha256": "1"}}), encoding="utf-8")
    assert answers(tmp_path) == {}
    for name, schema in FILES.values():
        file = tmp_path / name
        file.parent.mkdir()
        file.write_text(json.dumps({"schema": schema, "case": {"resolved_sha256": "1"}}), encoding="utf-8")
    assert set(answers(tmp_path)) == {"share", "exits", "why"}
    for content in ('{"schema": "planner-why/2", "case": {"resolved_sha256": "1"}}', "[]", "{", '{"case": {}}'):
        (tmp_path / "why" / "why.json").write_text(content, encoding="utf-8")
        assert set(answers(tmp_path)) == {"share", "exits"}
    other = {"schema": FILES["share"][1], "case": {"resolved_sha256": "2"}}
    (tmp_path / "sharing" / "sharing.json").write_text(json.dumps(other), encoding="utf-8")
    assert set(answers(tmp_path)) == {"exits"}


def test_a_command_on_a_run_writes_the_report_again(tmp_path: Path, capsys, planned: Callable[[Path], Path]):
    from planner.cli.run import main

    out = planned(tmp_path)
    report = out / "report.html"
    assert 'id="unbuilt"' not in report.read_text(encoding="utf-8")
    assert main(["why", str(out), "--resolve", "0"]) == 0
    assert "report.html  the report, with this in it" in capsys.readouterr().out
    assert 'id="unbuilt"' in report.read_text(encoding="utf-8")
    assert main(["why", str(out), "--resolve", "0", "--json"]) == 0
    json.loads(capsys.readouterr().out)


@pytest.fixture
def planned() -> Callable[[Path], Path]:
    """Solve the shipped case ``tiny`` into a folder."""

    def solve(folder: Path) -> Path:
        import planner

        return planner.solve(Path(__file__).resolve().parents[2] / "cases" / "tiny").save(folder / "out")

    return solve


def test_where_every_exchange_is_in_the_plan_no_loss_is_explained(food_park):
    found = {**why(), "exchanges": []}
    html = page(food_park, answers={"why": found})
    assert "Every exchange that is possible is in the plan." in html
    assert "The loss is by how much" not in html
