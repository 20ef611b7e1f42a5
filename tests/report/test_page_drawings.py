"""Bars, marks and the map of the page, by hand; and what a page says where nothing is exchanged."""

import json
import re
from dataclasses import replace
from html import unescape

import pytest
from test_page import Read
from two_plants_plan import layers, table

from planner.report.html.bars import NARROW, WIDE, Bar, Mark, bars, dots
from planner.report.html.book import Book
from planner.report.html.evidence import known
from planner.report.html.page import page
from planner.report.html.texts import texts
from planner.report.html.waterfall import _floor
from planner.results.plan import Plan


def widths(svg: str) -> list[tuple[float, float]]:
    return [(float(x), float(w)) for x, w in re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', svg)]


@pytest.mark.parametrize("form", [WIDE, NARROW])
def test_bars_are_as_long_as_their_values(form):
    drawn = widths(bars("t", "d", [Bar("a", 0.0, -50.0, "-50"), Bar("b", 0.0, 100.0, "100")], form))
    assert drawn[1][1] == pytest.approx(2 * drawn[0][1], abs=0.2)
    assert drawn[0][0] + drawn[0][1] == pytest.approx(drawn[1][0], abs=0.2)  # both start at nothing


def test_steps_go_on_where_the_last_one_ended():
    rows = [Bar("before", 0.0, 100.0, "100"), Bar("less", 100.0, 60.0, "-40"), Bar("after", 0.0, 60.0, "60")]
    before, less, after = widths(bars("t", "d", rows, joined=True))
    assert before[0] + before[1] == pytest.approx(less[0] + less[1], abs=0.2)
    assert after[0] + after[1] == pytest.approx(less[0], abs=0.2)


def test_an_axis_that_starts_above_nothing_cuts_the_totals_only():
    rows = [Bar("before", 0.0, 100.0, "100"), Bar("less", 100.0, 96.0, "-4"), Bar("after", 0.0, 96.0, "96")]
    svg = bars("t", "d", rows, joined=True, floor=95.0)
    before, less, after = widths(svg)
    assert before[1] == pytest.approx(5 * after[1], abs=0.3)  # 100 - 95 and 96 - 95
    assert less[1] == pytest.approx(before[1] - after[1], abs=0.3)
    assert svg.count('stroke-width="4"/>') == 2  # a gap in each total


@pytest.mark.parametrize(
    ("edges", "floor"),
    [
        ([100.0, 96.0], 95.0),  # 4 below; a quarter of that as room
        ([100.0, 20.0], 0.0),
        ([100.0, -5.0], 0.0),
        ([-100.0, -96.0], 0.0),
        ([50.0, 50.0], 0.0),
        ([], 0.0),
    ],
)
def test_where_an_axis_starts(edges, floor):
    assert _floor(edges) == floor


def test_marks_of_a_name_are_on_one_line_in_the_order_of_their_values():
    marks = [Mark("a", "one", 10.0), Mark("a", "two", 30.0), Mark("b", "one", -5.0)]
    svg = dots("t", "d", marks, ("one", "two"))
    spots = re.findall(r'<path d="M([\d.]+),([\d.]+) m[^>]*><title>([^<]*)', svg)
    at = {told: (float(x), float(y)) for x, y, told in spots}
    assert at["b, one: -5.0"][0] < at["a, one: 10.0"][0] < at["a, two: 30.0"][0]
    assert at["a, one: 10.0"][1] == at["a, two: 30.0"][1] != at["b, one: -5.0"][1]


def features(html: str) -> list[dict]:
    (data,) = re.findall(r'<script type="application/json" id="map-data">(.*?)</script>', html, re.DOTALL)
    return json.loads(data)["features"]


def test_the_number_of_a_link_that_leaves_the_map_is_on_the_map(plan):
    """A partner 20 km away: the middle of its link is far off the map, its number is not."""
    from shapely import LineString, Point

    far = layers()
    far["partners"].loc[0, "geometry"] = Point(20_000, 60)
    far["links"].loc[1, "geometry"] = LineString([(290, 20), (290, 0), (500, 0), (20_000, 60)])
    made = page(replace(plan, layers=far))
    badges = {one["label"]: one["dots"][0][0] for one in features(made) if one["kind"] == "badge"}
    assert set(badges) == {"1", "2"}
    (data,) = re.findall(r'id="map-data">(.*?)</script>', made, re.DOTALL)
    assert 0 <= badges["2"][0] <= json.loads(data)["width"]


def test_places_look_the_same_in_the_legend_on_paper_and_on_the_screen(plan):
    made = page(plan)
    assert '<circle cx="17"' in made  # the partner, in the legend
    assert re.search(r'<circle cx="[\d.]+" cy="[\d.]+" r="6" fill="#333333"', made)  # and on paper


def test_without_exchanges_the_page_says_so(plan):
    made = replace(plan, tables={**plan.tables, "exchanges": table("exchanges")})
    words = unescape(page(made))
    assert "with no exchange that the case admits is there less total annual cost" in words
    assert "Nothing flows between sites in this plan" in words
    assert "Links on the map" not in words
    solver = {**plan.header["solver"], "status": "feasible", "gap": 0.1}
    stopped = unescape(page(replace(made, header={**plan.header, "solver": solver})))
    assert "before it was proven that no exchange makes the park better" in stopped
    assert "That is proven" not in stopped


def changed(plan: Plan, **rows: dict[str, float | None]) -> Plan:
    """The plan with other indicators."""
    made = plan.tables["indicators"].copy()
    for name, values in rows.items():
        for key, value in values.items():
            made.loc[made["indicator"] == name, key] = value
    return replace(plan, tables={**plan.tables, "indicators": made})


def lead(plan: Plan) -> str:
    (found,) = re.findall(r'<p class="lead">(.*?)</p>', page(plan))
    return unescape(found)


def test_the_first_sentence_tells_what_the_plan_does(plan):
    assert lead(plan) == (
        "Built as planned, the park costs 300,000 EUR a year less (25.0 %) and emits 10,000 t CO2e a year less "
        "(25.0 %), compared with the same plants each supplied alone (the baseline)."
    )


def test_a_plan_that_is_worse_than_its_baseline_is_told_as_such(plan):
    worse = {"plan": 1.5e6, "reduction": -0.3e6, "reduction_pct": -25.0}
    said = lead(changed(plan, total_annual_cost=worse))
    assert "the park COSTS 300,000 EUR A YEAR MORE (25.0 %) and emits" in said
    income = {"baseline": -1.0e5, "plan": -4.0e5, "reduction": 3.0e5, "reduction_pct": None}
    assert "costs 300,000 EUR a year less and" in lead(changed(plan, total_annual_cost=income))
    same = {"plan": 40_000.0, "reduction": 0.0, "reduction_pct": 0.0}
    assert "and emits as much CO2e, compared" in lead(changed(plan, co2e=same))


def test_of_what_is_gone_from_the_plan_the_baseline_says_how_well_it_was_known(plan):
    """65 t of waste before, 26 t of them an estimate: 40 %; nothing after."""
    lines = [
        {"run": "baseline", "account": "waste_inert", "amount": 26.0, "grade": "C", "basis": "literature"},
        {"run": "baseline", "account": "waste_hazardous", "amount": 39.0, "grade": "A", "basis": "metered"},
        {"run": "baseline", "account": "purchase", "amount": 1e6, "grade": "C", "basis": ""},
    ]
    made = replace(plan, tables={**plan.tables, "lines": table("lines", *lines)})
    row = {"indicator": "waste", "baseline": 65.0, "plan": 0.0, "weak_share": None, "ungraded_share": None}
    weak, bare = known(Book(made, texts("en")), row)
    assert (weak.text, weak.more, bare.text) == ("40.0 %", "of the baseline", "0.0 %")


def test_the_bank_of_a_firm_is_on_its_page_and_that_of_the_park_apart(food_park):
    made = page(food_park)
    park = made[made.index('<section id="bank"') :].partition("</section>")[0] + "</section>"
    assert set(Read(park).tables) == {"park: if it goes otherwise"}
    firms = made[made.index('<section id="firms"') :].partition("</section>")[0] + "</section>"
    named = {f"{party}: if it goes otherwise" for party in food_park.tables["parties"]["party"]}
    assert named <= set(Read(firms).tables)
    bank = food_park.tables["bank"]
    worst = bank[bank["kind"] == "park"].sort_values("npv").iloc[0]
    assert "it is still worth" in park if worst["npv"] > 0 else "it LOSES money" in park


def test_an_investment_without_a_range_has_none(plan):
    rows = [{"indicator": "investment", "unit": "EUR", "baseline": 0.0, "plan": 1.0e6}]
    rows += [{"indicator": f"investment_{end}", "unit": "EUR"} for end in ("low", "high")]
    made = replace(plan, tables={**plan.tables, "indicators": table("indicators", *rows)})
    words = unescape(page(made))
    assert "1 million EUR; 1 million EUR beyond the baseline" in words
    assert "from - EUR" not in words
