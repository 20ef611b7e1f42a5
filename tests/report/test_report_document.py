"""The document of a plan and its figures: captions that number themselves, words for pictures, inert names."""

import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

import planner
from planner.cli.run import main
from planner.errors import AuditFailed, UsageError
from planner.report.document import word
from planner.report.document.figures import waterfall_of
from planner.report.document.write import write_document
from planner.report.plan_flows import pairs_of

CASES = Path(__file__).parents[2] / "cases"
NAME = "=cmd|' /C calc'!A0 <b>&\U0001f331"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The case ``tiny`` with a hostile name, solved, and its document."""
    folder = tmp_path_factory.mktemp("document")
    shutil.copytree(CASES / "tiny", folder / "tiny")
    case = folder / "tiny" / "case.yaml"
    text = case.read_text("utf-8")
    for before, after in (("  mill:", ":"), ("from: mill", ""), ("to: mill", "")):
        key = before.removesuffix(":").removesuffix("mill")
        text = text.replace(before, f"{key}'{NAME.replace(chr(39), chr(39) * 2)}'{after}")
    case.write_text(text, encoding="utf-8")
    plan = planner.solve(folder / "tiny")
    plan.save(folder / "out")
    assert main(["document", str(folder / "out")]) == 0
    return plan, folder / "out"


def parts(out):
    import docx

    made = docx.Document(str(out / "report.docx"))
    return made, [p.text for p in made.paragraphs if p.style.name == "Caption"]


def test_tables_and_figures_have_captions_that_number_themselves(run):
    made, captions = parts(run[1])
    assert len([c for c in captions if c.startswith("Table")]) == len(made.tables)
    assert len([c for c in captions if c.startswith("Figure")]) == len(made.inline_shapes)
    assert captions[0] == "Figure 1: Map of the plan"
    assert [c.partition(":")[0] for c in captions if c.startswith("Table")] == [
        f"Table {n}" for n in range(1, len(made.tables) + 1)
    ]
    with zipfile.ZipFile(run[1] / "report.docx") as file:
        text = file.read("word/document.xml").decode()
    assert text.count("SEQ Table") == len(made.tables)
    assert text.count("SEQ Figure") == len(made.inline_shapes)
    assert "TOC " in text
    assert text.count("tblHeader") == len(made.tables)


def test_contents_and_page_numbers_are_there_before_any_update(run):
    made, _ = parts(run[1])
    headings = [p.text for p in made.paragraphs if p.style.name.startswith("Heading")]
    (contents,) = (p for p in made.paragraphs if "TOC" in p._p.xml)
    assert contents.text.split("\n") == headings
    assert [code in made.sections[0].footer.paragraphs[0]._p.xml for code in (" PAGE ", " NUMPAGES ")] == [True, True]


def test_what_each_party_invests_is_told(run):
    made, captions = parts(run[1])
    tables = dict(zip((c for c in captions if c.startswith("Table")), made.tables, strict=True))
    (worth,) = (t for c, t in tables.items() if "worth to each party" in c)
    rows = {row.cells[0].text: [cell.text for cell in row.cells] for row in worth.rows}
    assert rows["Party"][:3] == ["Party", "Investment", "Gain a year"]
    assert rows["smelter"][1] == "180,000"  # half of both pipes


def test_indicators_have_names_for_readers_and_investments_no_reduction(run):
    made, captions = parts(run[1])
    table = made.tables[
        [c for c in captions if c.startswith("Table")].index("Table 1: Indicators of baseline and plan")
    ]
    rows = {row.cells[0].text: [cell.text for cell in row.cells] for row in table.rows}
    assert rows["CO2e of burning and use"][4] != ""
    assert rows["Investment"][4:6] == ["", ""]
    assert not [name for name in rows if "_" in name]


def test_columns_are_as_wide_as_their_longest_word():
    made = word.widths(
        [["Field", "NPV", "Note"], ["a b", "-39,508,635,083", "many words that may be broken into lines " * 3]]
    )
    assert sum(made) == pytest.approx(16.6)
    assert made[1] >= 15 * 0.185
    assert made[2] > made[0]
    # where not all fit, all give way alike
    assert word.widths([["x" * 60] * 8]) == pytest.approx([16.6 / 8] * 8)


def test_every_picture_is_told_in_words(run):
    made, _ = parts(run[1])
    told = [shape._inline.docPr.get("descr") for shape in made.inline_shapes]
    assert all(told)
    assert told[0].startswith("Map of the plan with 3 exchanges")


def test_figures_stand_beside_it(run):
    _, out = run
    names = {path.stem for path in (out / "figures").iterdir()}
    assert {"map", "waterfall-cost", "waterfall-co2e", "flows-energy-before", "flows-water-after"} <= names
    for name in names:
        assert (out / "figures" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        ElementTree.parse(out / "figures" / f"{name}.svg")


def test_figures_of_tiny_by_hand(run):
    plan, _ = run
    # README of tiny: 49,000 t of steam by gas of 0.8 MWh/t before; after, 49,000 t x 0.7 MWh/t come from the smelter.
    energy = next(pair for pair in pairs_of(plan, plan.case) if pair.name == "energy")
    before, after = (energy.diagram(run, "energy") for run in ("baseline", "plan"))
    assert sum(x for start, what, x in before.supplied if what == "natural gas") == pytest.approx(39_200)
    given = [x for start, what, x in after.used if (start, what) in (("steam", NAME), ("steam", "greenhouse"))]
    assert sum(given) == pytest.approx(49_000 * 0.7)
    cost = waterfall_of(plan, "costs", "total_annual_cost", "cost")
    assert (cost.before, cost.after) == (pytest.approx(1_769_000), pytest.approx(184_167.33, abs=0.01))
    moves = {part.name: part.amount for part in cost.parts}
    assert moves["land"] == pytest.approx(20_000)
    assert moves["purchase"] == pytest.approx(-(49_000 * 32 + 40_000))
    assert sum(moves.values()) == pytest.approx(cost.after - cost.before)
    assert "other" not in moves


def test_names_stand_as_they_are(run):
    made, _ = parts(run[1])
    cells = {cell.text for table in made.tables for row in table.rows for cell in row.cells}
    assert NAME in cells


def test_signs_that_no_document_may_hold_are_left_out():
    assert word.clean("a\x00b\x1f\ufffec\td") == "abc\td"


def test_a_plan_that_failed_has_no_document(run, tmp_path):
    failed = replace(run[0], audit={"passed": False, "checks": []})
    with pytest.raises(AuditFailed, match="no document"):
        write_document(failed, tmp_path / "x.docx", tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_new_plan_takes_the_old_document_away(run, tmp_path):
    plan, out = run
    shutil.copytree(out, tmp_path / "o")
    plan.save(tmp_path / "o")
    assert not (tmp_path / "o" / "report.docx").exists()
    assert not (tmp_path / "o" / "figures").exists()


def test_without_the_library_it_is_said(run, monkeypatch):
    monkeypatch.setattr(word, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"ecopark-planner\[word\]"):
        word.Document("x", "y")


def test_a_name_without_its_suffix_is_refused(run, capsys):
    assert main(["document", str(run[1]), "report.pdf"]) == 2
    assert ".docx" in capsys.readouterr().err
