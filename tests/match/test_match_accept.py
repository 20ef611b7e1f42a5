"""Accepted proposals are put into the case's text; its comments, order and signs stay."""

import json

import pytest
import yaml
from match_cases import Given, make

from planner.case.read import read_case
from planner.errors import CaseError, Fault, UsageError
from planner.match.accept import entries_of, write, write_most
from planner.match.match import match

HEAD = """\
# A case with comments that stay.
case: Board and power   # here, too
currency: EUR
price_year: 2025
economics: {discount_rate: 8 %}
plots: {P1: {area: 1}, P2: {area: 1}, P3: {area: 1}}
geography: {distances: distances.csv}
resources:
  FGD gypsum: {kind: material, unit: t, waste_code: "10 01 05", discharge: {route: landfill}}
  natural gypsum: {kind: material, unit: t, price: 25}
  fly ash: {kind: material, unit: t, waste_code: "10 01 02", discharge: {route: landfill}}
  cement: {kind: material, unit: t, price: 90}
  refinery gas: {kind: gas, unit: t, discharge: {route: flare}}
  coal: {kind: material, unit: t, price: 80}
plants:
  power:
    nace: "35.11"
    plot: P1
    sources: {FGD gypsum: {rate: 1 t/h}, fly ash: {rate: 1 t/h}, refinery gas: {rate: 1 t/h}}
  board: {nace: "23.62", plot: P2, sinks: {natural gypsum: {rate: 1 t/h}}}
  kiln: {nace: "23.51", plot: P3, sinks: {cement: {rate: 1 t/h}, coal: {rate: 1 t/h}}}
"""
DISTANCES = "from,to,length\nP1,P2,1000\nP1,P3,1000\nP2,P3,1000\n"


@pytest.fixture
def start(tmp_path):
    (tmp_path / "distances.csv").write_text(DISTANCES, encoding="utf-8")

    def begin(tail: str = "", head: str = HEAD, newline: str = "\n"):
        (tmp_path / "case.yaml").write_bytes((head + tail).replace("\n", newline).encode("utf-8"))
        return tmp_path

    return begin


def accept(folder, *rows, ratios=None, name=""):
    path = folder / name if name else folder
    case = read_case(path)
    found = match(case)
    numbers = [one.number for one in found.proposals if one.row in rows]
    return write(path, case, entries_of(case, found, numbers, ratios))


BLOCK = """\
substitutions:
- from: fly ash
  to: cement
  ratio:
    value: 0.4
    note: >
      long
      words

sources: {}
"""
ASH = "substitutions:\n  - {from: fly ash, to: cement, ratio: 0.4}"


@pytest.mark.parametrize(
    "tail",
    [
        "",
        "substitutions: []\nsources: {}",
        f"{ASH}   # by the lab\n\n# the end\nsources: {{}}\n",
        f"{ASH}",
        "substitutions: [{from: fly ash, to: cement, ratio: 0.4}]   # flow\nsources: {}\n",
        "substitutions: [\n  {from: fly ash, to: cement, ratio: 0.4},  # last\n]\n",
        BLOCK,
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_entries_are_put_behind_what_is_there(start, tail, newline):
    folder = start(tail, newline=newline)
    before = (folder / "case.yaml").read_bytes().decode()
    old = read_case(folder)
    written = accept(folder, "S02")
    after = (folder / "case.yaml").read_bytes().decode()
    new = read_case(folder)
    assert [one.from_ for one in new.substitutions] == [*(one.from_ for one in old.substitutions), "FGD gypsum"]
    assert written[0].entries[0].section == "substitutions"
    kept = iter(after.splitlines())
    stay = [line for line in before.splitlines() if not line.startswith(("substitutions: [", "  {from"))]
    assert all(any(line == other for other in kept) for line in stay)
    for comment in (
        "# A case with comments that stay.",
        "# here, too",
        "# by the lab",
        "# none yet",
        "# last",
        "# flow",
    ):
        assert (comment in after) == (comment in before)
    assert ("\r\n" in after) == (newline == "\r\n")
    assert after.replace("\r\n", "").count("\r") == 0
    ratio = new.substitutions[-1].ratio
    assert (ratio.value, ratio.grade, ratio.source) == (1.0, "C", "planner library S02")


def test_never_twice(start):
    folder = start()
    accept(folder, "S02", "S01")
    case = read_case(folder)
    found = match(case)
    assert not [one for one in found.proposals if one.row in ("S01", "S02")]
    assert {(a.giver.stream.name, a.why) for a in found.anyway} == {("FGD gypsum", "declared"), ("fly ash", "declared")}
    assert case.substitutions[-1].max_share is not None
    with pytest.raises(UsageError, match="there is no proposal 99"):
        entries_of(case, found, [99])


def test_an_exchange_where_a_substitution_would_open_more(tmp_path):
    """The second taker states a limit that the giver breaks: only the first pair is declared."""
    givers = [Given("FGD gypsum", "35.11", "power", {"quality": {"Cl": 300}})]
    takers = [
        Given("gypsum", "23.51", "kiln", {"quality": {"Cl": 5}}),
        Given("gypsum", "23.62", "board", stream={"limits": {"Cl": 100}}),
    ]
    case = make(tmp_path, givers, takers, qualities={"Cl": {"unit": "mg/kg"}})
    found = match(case)
    fine = next(one for one in found.proposals if one.taker.unit == "kiln")
    (entry,) = entries_of(case, found, [fine.number])
    assert entry.section == "exchanges"
    assert (entry.fields["from"], entry.fields["to"]) == ("power", "kiln")
    assert any("chloride" in line for line in entry.comments) or fine.row == "S03"


def test_a_ratio_of_the_user(start):
    folder = start()
    case = read_case(folder)
    found = match(case)
    one = next(p for p in found.proposals if p.row == "S22")
    with pytest.raises(UsageError, match=rf"--ratio {one.number}=VALUE"):
        entries_of(case, found, [one.number])
    with pytest.raises(UsageError, match="expected more than 0"):
        entries_of(case, found, [one.number], {one.number: -1})
    write(folder, case, entries_of(case, found, [one.number], {one.number: 1.7}))
    assert read_case(folder).substitutions[0].ratio.value == 1.7


def test_what_cannot_be_put_is_left_as_it_was(start):
    """A case that is one mapping in braces, as JSON is, has no lines to put entries behind."""
    folder = start()
    tree = yaml.safe_load((folder / "case.yaml").read_text(encoding="utf-8"))
    (folder / "case.yaml").write_text(json.dumps(tree), encoding="utf-8")
    before = (folder / "case.yaml").read_bytes()
    with pytest.raises(UsageError, match=r"(?s)add these by hand:\nsubstitutions:.*from: FGD gypsum"):
        accept(folder, "S02")
    assert (folder / "case.yaml").read_bytes() == before
    assert sorted(path.name for path in folder.iterdir()) == ["case.yaml", "distances.csv"]


def test_a_fault_of_the_new_case_undoes_it(start, monkeypatch):
    folder = start()
    before = (folder / "case.yaml").read_bytes()
    case = read_case(folder)
    found = match(case)
    (entry,) = entries_of(case, found, [next(p.number for p in found.proposals if p.row == "S02")])
    entry.fields["to"] = "nothing"
    with pytest.raises(UsageError, match="nothing was written"):
        write(folder, case, [entry])
    assert (folder / "case.yaml").read_bytes() == before


def test_a_variant_writes_where_the_list_stands(start):
    folder = start(ASH + "\n")
    (folder / "dear.yaml").write_text("based_on: case.yaml\ncase: Dear\n", encoding="utf-8")
    written = accept(folder, "S02", name="dear.yaml")
    assert written[0].file == "case.yaml"
    assert len(read_case(folder / "dear.yaml").substitutions) == 2


def test_a_variant_of_a_case_without_list_writes_into_the_variant(start):
    folder = start()
    (folder / "dear.yaml").write_text("based_on: case.yaml\ncase: Dear\n", encoding="utf-8")
    assert accept(folder, "S02", name="dear.yaml")[0].file == "dear.yaml"
    assert (len(read_case(folder).substitutions), len(read_case(folder / "dear.yaml").substitutions)) == (0, 1)


def test_odd_names_survive(start):
    odd = 'FGD: "gypsum" #1, [wet] ~ no'
    head = HEAD.replace("FGD gypsum: {kind", "'" + odd + "': {kind").replace(
        "FGD gypsum: {rate", "'" + odd + "': {rate"
    )
    folder = start(head=head)
    accept(folder, "S02")
    assert read_case(folder).substitutions[0].from_ == odd


def test_as_many_as_the_case_takes(start):
    """An examination that does not like ash leaves the gypsum, and says why the ash is left out."""
    folder = start()
    case = read_case(folder)
    found = match(case)
    entries = entries_of(case, found, [one.number for one in found.proposals if one.row in ("S01", "S02")])

    def examine(again):
        if any(one.from_ == "fly ash" for one in again.substitutions):
            raise CaseError([Fault("case.yaml", 1, 1, "substitutions", "no ash, please")])

    written, refused = write_most(folder, case, entries, examine)
    assert [entry.fields["from"] for one in written for entry in one.entries] == ["FGD gypsum"]
    assert [(entry.fields["from"], why) for entry, why in refused] == [
        ("fly ash", "case.yaml:1:1  substitutions: no ash, please")
    ]
    assert [one.from_ for one in read_case(folder).substitutions] == ["FGD gypsum"]


def test_a_file_that_ends_its_document_and_a_list_in_brackets_take_entries(start):
    folder = start("...\n")
    accept(folder, "S02")
    text = (folder / "case.yaml").read_text(encoding="utf-8")
    assert text.rstrip().endswith("...")
    assert "# law: " in text
    folder = start("substitutions: [{from: fly ash, to: natural gypsum, ratio: 1}]  # here\n")
    accept(folder, "S02")
    text = (folder / "case.yaml").read_text(encoding="utf-8")
    assert "# law: " in text
    assert "# limit, " in text
    assert "# here" in text


def test_a_stated_ratio_keeps_all_its_digits(start):
    folder = start()
    case = read_case(folder)
    number = next(one.number for one in match(case).proposals if one.row == "S02")
    for value in (0.123456789, 1.23e-7):
        entries = entries_of(case, match(case), [number], {number: value})
        from planner.match.accept import text_of

        assert yaml.safe_load(text_of(entries))[entries[0].section][0]["ratio"]["value"] == value


def test_the_command_needs_no_plots_and_holds_the_least_score(start, capsys):
    from planner.cli.run import main

    head = HEAD.replace("plots: {P1: {area: 1}, P2: {area: 1}, P3: {area: 1}}\n", "")
    head = head.replace("geography: {distances: distances.csv}\n", "")
    head = head.replace('nace: "23.51"', 'nace: "23.99"')  # which is not known to use ash
    for plot in ("    plot: P1\n", " plot: P2,", " plot: P3,"):
        assert plot in head
        head = head.replace(plot, "")
    folder = start(head=head)
    for options, word in (
        (["--accept", "2", "--min-score", "90"], "below --min-score 90"),
        (["--accept", "1", "--ratio", "1=inf"], "1=inf"),
    ):
        assert main(["match", str(folder), *options]) == 2
        assert word in capsys.readouterr().err
    assert main(["match", str(folder), "--accept", "1"]) == 0
    assert "planner match" in (folder / "case.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("text", "word"), [("190805", '"19 08 05"'), (" ", "found nothing")])
def test_a_code_in_another_spelling_is_told(text, word, capsys):
    from planner.cli.run import main

    assert main(["match", "--by-product", text]) == 2
    assert word in capsys.readouterr().err
