import io
import math
from dataclasses import replace

import pandas as pd
import pytest

from planner.report.numbers import amount, in_words, percent
from planner.report.terminal import plain, show, status, summary_of


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1234567.8, "1,234,568"),
        (12.3456, "12.35"),
        (0.012345, "0.01235"),
        (-5.0, "-5"),
        (None, "-"),
        (float("nan"), "-"),
        (100.0, "100"),
    ],
)
def test_amount(value, text):
    assert amount(value) == text


def test_large_numbers_in_words():
    assert in_words(12_345_678) == "12.35 million"
    assert in_words(999_999_999.6) == "1 billion"
    assert in_words(-999_999.99) == "-1 million"
    assert in_words(-4_560_000_000) == "-4.56 billion"
    assert percent(None) == "-"


def test_summary_says_status_figures_links_and_notes(plan):
    text = plain(summary_of(plan))
    for words in (
        "Two plants: plan for least cost",
        "proven optimal",
        "300,000 EUR/yr less (25.0 %)",
        "smelter > =mill: steam",
        "90,000 t/yr",
        "1.5 million",
        "P3",
        "assumed 7600 h/yr",
    ):
        assert words in text


def test_summary_says_what_is_ungraded_the_range_of_investment_and_the_payback_of_the_park(plan):
    more = pd.DataFrame(
        [
            {"indicator": "payback_yr", "unit": "yr", "plan": 5.2, "baseline": math.nan},
            {"indicator": "investment_low", "unit": "EUR", "plan": 1.05e6, "baseline": 0.0},
            {"indicator": "investment_high", "unit": "EUR", "plan": math.nan, "baseline": 0.0},
            {"indicator": "share_within_park", "unit": "1", "plan": 0.7195, "baseline": 0.0},
        ]
    )
    more = more.assign(reduction=math.nan, reduction_pct=math.nan, weak_share=math.nan, ungraded_share=math.nan)
    table = pd.concat([plan.indicators.assign(weak_share=0.0, ungraded_share=0.83), more], ignore_index=True)
    rows = plain(summary_of(replace(plan, tables={**plan.tables, "indicators": table}))).splitlines()
    (cost,) = (row for row in rows if row.startswith("  total annual cost "))
    assert cost.split()[-4:] == ["0.0", "%", "83.0", "%"]
    assert [row.split()[-3] for row in rows if "payback of the park" in row] == ["5.2"]
    assert [row.split()[-3] for row in rows if "investment, low end" in row] == ["1,050,000"]
    assert not any("investment, high end" in row for row in rows)  # no range is known
    assert [row.split()[-5:-2] for row in rows if "within the park" in row] == [["%", "0", "71.95"]]


def test_a_payback_beside_a_facility_says_what_is_not_in_it(plan):
    words = "not the facility at its end"
    assert words not in plain(summary_of(plan))
    boiler = {"facility": "smelter", "scope": "shared", "activity_per_yr": 1.0, "unit": "t", "capex": 1.0}
    tables = {**plan.tables, "facilities": pd.DataFrame([boiler])}
    assert words in plain(summary_of(replace(plan, tables=tables)))


def test_a_gap_is_never_called_optimal(plan):
    solver = plan.header["solver"] | {"status": "feasible", "gap": 0.0234}
    assert "at most 2.34 %" in status(solver)
    assert "optimal" not in plain(summary_of(replace(plan, header={**plan.header, "solver": solver})))


def test_an_interrupted_run_says_so(plan):
    assert "interrupted" in status(plan.header["solver"] | {"status": "feasible", "gap": None, "interrupted": True})


def test_a_plan_that_costs_more_says_so(plan):
    worse = plan.indicators.assign(reduction=-1.0)
    assert "MORE" in plain(summary_of(replace(plan, tables={**plan.tables, "indicators": worse})))


def test_a_failed_audit_comes_first(make_plan):
    lines = plain(summary_of(make_plan(passed=False))).splitlines()
    assert "FAILED ITS AUDIT" in lines[2]
    assert lines[3] == "  mass balances: mill receives 2 t too much"


def test_a_pipe_gets_text_without_escapes(plan):
    stream = io.StringIO()
    show(summary_of(plan), stream)
    assert stream.getvalue() == plain(summary_of(plan))
    assert "\x1b" not in stream.getvalue()


class _Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_gets_colour_unless_it_refuses(plan, monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.delenv("NO_COLOR", raising=False)
    green = "\x1b[32m"
    coloured = _Terminal()
    show(summary_of(plan), coloured)
    assert green in coloured.getvalue()
    monkeypatch.setenv("NO_COLOR", "1")
    plain_terminal = _Terminal()
    show(summary_of(plan), plain_terminal)
    assert green not in plain_terminal.getvalue()
    assert "smelter > =mill: steam" in plain_terminal.getvalue()


def test_figures_without_a_grade_are_not_shown_as_good(plan):
    """No factor is weak, but three quarters of every total have no grade: "0.0 %" alone would praise them."""
    known = plan.indicators.assign(weak_share=0.0, ungraded_share=0.75)
    text = plain(summary_of(replace(plan, tables={**plan.tables, "indicators": known})))
    assert "ungraded" in text
    assert "75.0 %" in text


def test_rounding_of_the_solver_is_no_saving(plan):
    """14,388 less 14,387.98561 is 0.01439: a millionth, to which plan and baseline are proven."""
    table = plan.indicators.copy()
    cost = table["indicator"] == "total_annual_cost"
    table.loc[cost, ["baseline", "plan", "reduction", "reduction_pct"]] = [14388.0, 14387.98561, 0.01439, 0.0001]
    text = plain(summary_of(replace(plan, tables={**plan.tables, "indicators": table})))
    assert "total annual cost: unchanged at 14,388 EUR/yr" in text
    assert "0.01439" not in text
    # ten parts in a million are a saving
    table.loc[cost, ["plan", "reduction", "reduction_pct"]] = [14387.85612, 0.14388, 0.001]
    assert "0.1439 EUR/yr less" in plain(summary_of(replace(plan, tables={**plan.tables, "indicators": table})))


def test_a_facility_that_costs_and_does_nothing_is_not_said_to_be_built(plan):
    from two_plants_plan import table

    def facility(name, **figures):
        return {"facility": name, "scope": "own", "unit": "m3", "capex": 0.0, "activity_per_yr": 0.0} | figures

    made = {
        "facilities": table(
            "facilities",
            facility("idle works"),
            facility("paid works", capex=5.0),
            facility("busy", activity_per_yr=9.0),
        ),
        "siting": table(
            "siting",
            *(
                {"unit": name, "kind": "measure", "plot": "P1", "land_taken_ha": 0.0}
                for name in ("idle works", "paid works", "busy")
            ),
        ),
    }
    text = plain(summary_of(replace(plan, tables={**plan.tables, **made})))
    assert "idle works" not in text
    assert "paid works" in text
    assert "busy" in text
