"""``planner match`` from end to end."""

import csv
import shutil

import pytest

from planner.cli.start import shipped_cases


@pytest.fixture
def park(tmp_path):
    """Kalundborg without its substitutions."""
    folder = tmp_path / "park"
    shutil.copytree(shipped_cases()["kalundborg-1995"], folder)
    text = (folder / "case.yaml").read_text(encoding="utf-8")
    before, _, rest = text.partition("\nsubstitutions:\n")
    (folder / "case.yaml").write_text(before + "\nlinks:" + rest.partition("\nlinks:")[2], encoding="utf-8")
    return folder


def test_proposals_in_words(run, park):
    ended = run("match", park)
    assert ended.code == 0
    for text in ("FGD gypsum", "library S02", "content of chloride", "washing and dewatering", "Gyproc 150 kt/yr"):
        assert text in ended.out
    assert "Exchange anyway, no entry needed" in ended.out
    assert "Asnaes power station / process steam -> Novo / process steam: the same resource" in ended.out


def test_json_and_csv(run, park, tmp_path):
    file = tmp_path / "found.csv"
    found = run("match", park, "--json", "--csv", file).json
    first = found["proposals"][0]
    assert (first["row"], first["from"], first["to"]) == ("S02", "Asnaes power station", "Gyproc")
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == len(found["proposals"])
    assert rows[0]["missing"] == "moisture; purity; content of chloride; pH; cost of washing and dewatering"
    assert rows[0]["ratio"] == "1.0"


def test_accept_all_then_check_lists_them(run, park):
    before = (park / "case.yaml").read_text(encoding="utf-8")
    ended = run("match", park, "--accept-all", "--min-score", "95")
    assert ended.code == 0
    assert "case.yaml: substitutions: FGD gypsum -> natural gypsum (proposal 1)" in ended.err
    after = (park / "case.yaml").read_text(encoding="utf-8")
    assert after.startswith(before)
    listed = run("check", park)
    assert listed.code == 0
    assert "(FGD gypsum for natural gypsum, ratio 1)" in listed.out
    again = run("match", park, "--accept-all", "--min-score", "95")
    assert "nothing was written" in again.err
    assert (park / "case.yaml").read_text(encoding="utf-8") == after


def test_accept_takes_several_numbers_and_a_ratio(run, park):
    found = run("match", park, "--json").json["proposals"]
    number = {one["row"]: one["number"] for one in found}
    ended = run("match", park, "--accept", number["S02"], number["S22"], "--ratio", f"{number['S22']}=1", "--json")
    assert [one["entry"]["from"] for one in ended.json["written"]] == ["FGD gypsum", "refinery gas"]
    assert ended.json["written"][1]["entry"]["ratio"]["value"] == 1.0


def test_one_firm_against_the_library(run, park):
    ended = run("match", park, "--firm", "Novo")
    assert ended.code == 0
    assert "Who could use what it gives" in ended.out
    assert "digesters and gas works (35.21; none in the case)" in ended.out
    assert "FGD gypsum" not in ended.out
    potential = run("match", park, "--firm", "Novo", "--json").json["firm"]["potential"]
    assert {one["nace"] for one in potential} >= {"35.21", "01.46"}
    assert run("match", park, "--firm", "Nov").code == 2


@pytest.mark.parametrize(
    ("line", "rows"),
    [
        (["--by-product", "fly ashes"], {"S01", "S71"}),
        (["--by-product", "10 01 05"], {"S02", "S03"}),
        (["--need", "gypsum"], {"S02", "S03", "S04", "S05"}),
        (["--nace", "23.62"], {"S02", "S04", "S05", "S22", "S68", "S74"}),
        (["--nace", "23.62", "--need", "gypsum"], {"S02", "S04", "S05"}),
    ],
)
def test_the_library_without_a_case(run, line, rows):
    assert {one["id"] for one in run("match", *line, "--json").json["rows"]} == rows
    assert all(row in run("match", *line).out for row in rows)


def test_what_is_never_done_is_told(run):
    ended = run("match", "--by-product", "sewage sludge")
    assert "never (X2)" in ended.out
    assert "Regulation (EC) 767/2009" in ended.out


def test_an_unknown_by_product(run):
    ended = run("match", "--by-product", "moon dust")
    assert ended.code == 0
    assert "the library knows nothing of it" in ended.out


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ([], "name a case, or ask the library"),
        (["--nace", "2362"], 'did you mean "23.62"?'),
        (["--by-product", "ash", "--accept", "1"], "need a case"),
        (["CASE", "--need", "gypsum"], "without a case"),
        (["CASE", "--accept", "x"], "expected numbers"),
        (["CASE", "--accept", "77"], "there is no proposal 77"),
        (["CASE", "--accept", "1", "--ratio", "1:2"], "as in 3=0.5"),
        (["CASE", "--ratio", "1=2"], "--accept"),
        (["CASE", "--accept", "1", "--ratio", "2=1"], "--ratio 2: proposal 2 is not among those accepted"),
        (["CASE", "--accept-all", "--min-score", "100", "--ratio", "77=1"], "there is no proposal 77"),
        (["CASE", "other"], "one case"),
    ],
)
def test_usage(run, park, line, words):
    ended = run("match", *(park if word == "CASE" else word for word in line))
    assert ended.code == 2
    assert words in ended.err


def test_before_plots_are_drawn(run, tmp_path):
    """Proposals need no plots; accepted ones are written, and what check will ask for is said."""
    (tmp_path / "case.yaml").write_text(BARE, encoding="utf-8")
    assert run("check", tmp_path).code == 2
    ended = run("match", tmp_path, "--accept", "1")
    assert ended.code == 0
    assert "not ready for a plan yet" in ended.err
    assert "wrote into case.yaml: substitutions: fermentation CO2 -> CO2" in ended.err
    again = run("match", tmp_path)
    assert "brewery / fermentation CO2 -> greenhouse / CO2: declared" in again.out


BARE = """case: Bare
currency: EUR
price_year: 2025
economics: {discount_rate: 5 %}
plants:
  brewery: {archetype: {name: brewery, size: 200000 hl/yr, without: [malt]}}
  greenhouse: {archetype: "greenhouse, 5 ha"}
resources:
  fresh water: {price: 1.5 EUR/m3}
  power: {price: 130 EUR/MWh}
  natural gas: {price: 50 EUR/MWh}
  CO2: {price: 140 EUR/t}
"""
