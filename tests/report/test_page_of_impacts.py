"""Impacts in the report: avoided and own burdens apart, shifts in the summary, and no nought for what is not known."""

import re
from functools import cache
from html import unescape
from pathlib import Path
from tempfile import mkdtemp

import planner
from planner.report.html.page import page
from planner.results.plan import Plan

TINY = Path(__file__).parents[2] / "cases" / "tiny"
#: Acidification by hand: 900 kg of lime avoided, 2,000 t x 0.7 km x 5 kg of the truck added; ozone has no factor.
IMPACTS = """
impacts:
  allocation: 50/50
  categories:
    acidification:
      unit: kg SO2e
      resources: {lime: {supply: {value: 0.9 kg SO2e/t, source: hand, grade: C}}}
      links: {truck: {transport: {value: 5 kg SO2e/t/km, source: hand, grade: C}}}
    "<b>ozone</b>": {unit: kg CFC11e}
  indirect:
    fuels: {of: [lime], factors: {acidification: 2 g SO2e/EUR}}
"""


@cache
def shifted() -> Plan:
    """The tiny park with impacts."""
    folder = Path(mkdtemp())
    for file in TINY.glob("*.geojson"):
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "case.yaml").write_text((TINY / "case.yaml").read_text(encoding="utf-8") + IMPACTS, encoding="utf-8")
    return planner.solve(folder)


def section(name: str) -> str:
    found = re.search(rf'<section id="{name}".*?</section>', page(shifted()), re.DOTALL)
    assert found
    return re.sub(
        r"\s+",
        " ",
        unescape(re.sub(r"<(?!text)[^>]*>", " ", found.group()).replace("\u2068", "").replace("\u2069", "")),
    )


def test_a_shift_stands_in_the_summary_and_on_top_of_the_impacts():
    said = "The problem is shifted: acidification rises while CO2e falls, by 6,100 kg SO2e/yr."
    assert said in section("overview")
    assert said in section("impacts")


def test_avoided_and_added_burdens_stand_apart_in_chart_and_table():
    told = section("impacts")
    assert "acidification: avoided 900, added 7,000, net +6,100 kg SO2e/yr (in part)." in told
    assert "acidification kg SO2e/yr 900 900 7,000 7,000 -6,100" in told


def test_what_cannot_be_computed_has_no_number_and_no_bar():
    told = section("impacts")
    assert "<b>ozone</b> kg CFC11e/yr \u2013 \u2013 \u2013 \u2013 \u2013 \u2013 not computable" in told
    assert "<b>ozone</b>: not computable, since nothing that flows has a factor of it." in told
    assert "&lt;b&gt;ozone" in page(shifted())
    assert "<b>ozone" not in page(shifted())


def test_firms_by_each_convention_and_indirect_impacts_apart():
    told = section("impacts")
    assert "acidification, kg SO2e/yr, by firm" in told
    assert "baseline (50/50)" in told
    # cut-off: the greenhouse has the truck; substitution: the smelter the loss of 6,100
    assert "greenhouse 900 7,000 7,000 900 3,950" in told
    assert "park 900 7,000 7,000 7,000 7,000" in told
    assert "added to nothing" in told
    assert "yes, never add both" in told


def test_a_case_without_impacts_has_no_such_section():
    made = planner.solve(TINY)
    assert 'id="impacts"' not in page(made)
    assert "The problem is shifted" not in page(made)
