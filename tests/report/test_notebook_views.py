"""What a notebook shows: short, right, and with every name as inert text."""

import dataclasses
import inspect
import re
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import planner
from planner.errors import UsageError
from planner.pipeline import load
from planner.report.plan_flows import BOUGHT, diagrams_of
from planner.why.why import why

CASES = Path(__file__).parents[2] / "cases"
EVIL = "<script>alert('x')</script> =1+1 \u05d0\u05d1\u05d2 \U0001f33f & \"b\""


@pytest.fixture(scope="module")
def evil(tmp_path_factory):
    """``tiny`` in which the smelter has a name that no page may run."""
    folder = Path(shutil.copytree(CASES / "tiny", tmp_path_factory.mktemp("evil") / "tiny"))
    file = folder / "case.yaml"
    quoted = "'" + EVIL.replace("'", "''") + "'"
    text = file.read_text(encoding="utf-8")
    for old in ("  smelter:\n", "from: smelter\n", "case: Tiny park\n"):
        assert old in text
        text = text.replace(old, old.replace("smelter", quoted).replace("Tiny park", quoted))
    file.write_text(text, encoding="utf-8")
    return planner.read_case(folder)


@pytest.fixture(scope="module")
def plan(evil):
    return planner.solve(evil)


def test_a_case_says_what_is_in_it(evil):
    shown = evil._repr_html_()
    assert "3 plants" in shown
    assert "prices in EUR of 2025" in shown
    assert len(shown) < 4_000
    assert_inert(shown)


def test_a_plan_says_its_headlines_and_how_far_it_is_proven(plan):
    shown = plan._repr_html_()
    assert "proven optimal" in shown
    assert "1,769,000" in shown
    assert "184,167" in shown
    assert "3 exchanges built" in shown
    assert "total annual cost</td>" in shown
    assert "mill: steam</td>" in shown
    assert_inert(shown)


def test_a_plan_that_failed_its_audit_says_so_first(plan):
    failed = {"passed": False, "checks": [{"check": "money", "passed": False, "detail": "x"}]}
    bad = dataclasses.replace(plan, audit=failed)
    assert re.search(r"color:#8a1c1c[^>]*>[^<]*audit", bad._repr_html_())


def test_why_is_shown_as_a_table(plan):
    shown = plan.why(resolve=0)._repr_html_()
    assert "too far" in shown
    assert_inert(shown)


@pytest.mark.parametrize("kind", ["map", "sankey"])
def test_drawings_are_images_and_can_be_saved(plan, kind, tmp_path):
    drawing = getattr(plan, kind)()
    shown = drawing._repr_html_()
    assert shown.startswith("<img alt=")
    assert_inert(shown)
    ET.fromstring(drawing._repr_svg_())  # well-formed, whatever the names
    saved = drawing.save(tmp_path / f"{kind}.svg")
    assert saved.read_text(encoding="utf-8") == drawing.svg + "\n"
    with pytest.raises(UsageError, match=r"ends in \.svg"):
        drawing.save(tmp_path / "x.png")


def test_the_map_is_that_of_the_folder(plan, tmp_path):
    out = plan.save(tmp_path / "out")
    assert plan.map().svg == (out / "map.svg").read_text(encoding="utf-8")
    again = load(out)
    assert "<svg" in again.map().svg
    with pytest.raises(UsageError, match="does not hold its case"):
        again.sankey()
    assert again.sankey(plan.case).svg == plan.sankey().svg


def test_a_plan_read_back_shows_and_tells_what_it_did(plan, tmp_path):
    again = planner.read_plan(plan.save(tmp_path / "out"))
    assert again.audit["passed"]
    assert again._repr_html_() == plan._repr_html_()
    assert again.sankey().svg == plan.sankey().svg
    losses = [one.why(resolve=0).table["loss_per_yr"].tolist() for one in (plan, again)]
    assert losses[0] == pytest.approx(losses[1])


def test_a_plan_read_back_says_where_its_tables_were_changed(plan, tmp_path):
    out = plan.save(tmp_path / "out")
    ledger = out / "tables" / "ledger.csv"
    lines = ledger.read_text(encoding="utf-8").splitlines()
    ledger.write_text("\n".join([*lines[:-1], ""]), encoding="utf-8")
    again = planner.read_plan(out)
    assert not again.audit["passed"]
    assert "FAILED ITS AUDIT" in repr(again)


def test_plan_why_has_the_options_of_why():
    method = inspect.signature(planner.Plan.why).parameters
    whole = inspect.signature(why).parameters
    assert set(whole) - set(method) == {"plan", "interrupt"}
    for name in set(method) & set(whole) - {"exchanges"}:
        assert method[name].default == whole[name].default


def test_flows_before_and_after_add_up(plan):
    shown = {one.title: one for one in diagrams_of(plan, plan.case)}
    before, after = shown["material before, t a year"], shown["material after, t a year"]
    # Slag 5,000 to the landfill and lime 1,000 bought; then 2,000 of slag to the greenhouse and no lime.
    assert sum(x for a, _, x in before.supplied if a == BOUGHT) == pytest.approx(1_000)
    assert sum(x for a, _, x in after.supplied if a == BOUGHT) == 0
    assert sum(x for _, b, x in after.used if b == "greenhouse") == pytest.approx(2_000)
    for one in shown.values():
        for resource in {b for _, b, _ in one.supplied}:
            came = sum(x for _, b, x in one.supplied if b == resource)
            assert came == pytest.approx(sum(x for a, _, x in one.used if a == resource))


def test_the_ledger_adds_up_to_the_park(plan):
    gain = plan.indicators.set_index("indicator").loc["total_annual_cost", "reduction"]
    assert plan.ledger["gain_per_yr"].sum() == pytest.approx(gain, abs=0.01)


def assert_inert(shown):
    assert "<script" not in shown
    assert not re.search(r"\son\w+=", re.sub(r'"[^"]*"', '""', shown))
    assert set(re.findall(r"<(\w+)", shown)) <= {"div", "table", "thead", "tbody", "tr", "th", "td", "img"}
