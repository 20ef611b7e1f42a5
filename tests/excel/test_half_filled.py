"""Half-filled questionnaires: read, with what is missing as open questions; nothing is put in its place."""

import csv
import json

import openpyxl
import pytest
from books import GAS, NAME, STEAM, questionnaire, small, tree_of

from planner.case.read import read_case
from planner.cli.run import main
from planner.errors import CaseError
from planner.excel.export import export
from planner.excel.importer import import_case
from planner.excel.open_questions import QUESTIONS

#: Lines of a form -> fields that are asked for, those that bar a plan first.
HALF = {
    "name only": ([], {"area"}),
    "no amount": ([STEAM | {"amount": None} | GAS], {"area", "sinks.steam.rate", "hours"}),
    "no amount, no unit": ([{"direction": "need", "what": "steam"} | GAS], {"area", "sinks.steam.rate", "hours"}),
    "no unit": ([STEAM | {"unit": None} | GAS], {"area", "sinks.steam.rate", "hours"}),
    "range only": ([STEAM | {"amount": None, "low": 2, "high": 4} | GAS], {"area", "sinks.steam.rate", "hours"}),
    "not how it is met": ([STEAM], {"area", "sinks.steam", "hours"}),
    "not how much of it": (
        [STEAM | {"today": "natural gas"}],
        {"area", "sinks.steam.supplied_today_by.natural gas", "hours"},
    ),
    "not in what": (
        [STEAM | GAS | {"today unit": None}],
        {"area", "sinks.steam.supplied_today_by.natural gas", "hours"},
    ),
    "amount of nobody knows what": (
        [STEAM | GAS | {"today": None}],
        {"area", "sinks.steam", "sinks.steam.supplied_today_by", "hours"},
    ),
    "unknown without kind": (
        [{"direction": "over", "what": "whey", "amount": 3, "unit": "t/h", "today": "farms", "today amount": 0,
          "today unit": "EUR/t"}],
        {"area", "sources.whey", "hours"},
    ),
    "kind but nothing else": (
        [{"direction": "over", "what": "mud", "kind": "material", "today": "farms"}],
        {"area", "sources.mud.rate", "hours", "sources.mud.discharge.cost", "resources.mud.unit"},
    ),
    "cost without a unit": (
        [{"direction": "over", "what": "slag", "amount": 3, "unit": "t/h", "today": "road works", "today amount": 5}],
        {"area", "hours", "sources.slag.discharge.cost"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", HALF)
def test_what_is_missing_is_asked_for(tmp_path, park, what):
    lines, fields = HALF[what]
    done = import_case(questionnaire(tmp_path / "dairy.xlsx", NAME, lines), [], park)
    short = {one.field.removeprefix("plants.dairy.") for one in done.questions}
    assert short == fields
    assert all('dairy.xlsx, sheet "questionnaire", cell ' in one.where for one in done.questions), done.questions
    with pytest.raises(CaseError) as caught:  # the land is always missing: there is no plan, and check says why
        read_case(park)
    barring = {one.field for one in done.questions if one.bars}
    told = {fault.field for fault in caught.value.faults}
    assert told <= barring
    assert "plants.dairy.area" in told


def test_no_number_is_invented(tmp_path, park):
    """What stands in the case is what was answered: 3 t/h with its source, and no area, hours or supply."""
    line = STEAM | {"today": "natural gas", "basis": "estimate"}
    import_case(questionnaire(tmp_path / "x.xlsx", NAME | {"Filled in on": "2026-05-06"}, [line]), [], park)
    assert tree_of(park)["plants"]["dairy"] == {
        "sinks": {
            "steam": {
                "rate": {
                    "value": "3 t/h",
                    "basis": "estimate",
                    "grade": "C",
                    "source": "questionnaire x.xlsx of 2026-05-06",
                },
                "supplied_today_by": {"natural gas": {}},
            }
        }
    }


def test_answers_close_questions_one_after_another(tmp_path, park):
    first = questionnaire(tmp_path / "a.xlsx", NAME | {"Filled in by": "A. Berg, 12 34"}, [STEAM])
    done = import_case(first, [], park)
    rows = list(csv.DictReader((park / QUESTIONS).read_text(encoding="utf-8").splitlines()))
    assert {row["ask"] for row in rows} == {"A. Berg, 12 34"}
    assert [row["field"] for row in rows if row["until_answered"] == "no plan"] == [
        one.field for one in done.questions if one.bars
    ]
    other = questionnaire(tmp_path / "b.xlsx", {"Name of the plant": "bakery", "Land needed, built or paved": 1}, [])
    done = import_case(other, [], park)  # another tenant may come while the questions to the first are open
    assert {one.plant for one in done.questions} == {"dairy"}
    assert {one.ask for one in done.questions} == {"A. Berg, 12 34"}
    rest = NAME | {"Land needed, built or paved": 1.5, "Hours in operation a year": 6000}
    done = import_case(questionnaire(tmp_path / "c.xlsx", rest, [STEAM | GAS]), [], park)
    assert done.questions == []
    assert not (park / QUESTIONS).exists()
    case = read_case(park)
    assert case.plants["dairy"].sinks["steam"].supplied_today_by.inputs["natural gas"].value == 0.8
    assert import_case(tmp_path / "c.xlsx", [], park).changes == []


def test_open_questions_on_the_command_line(tmp_path, park, capsys):
    form = questionnaire(tmp_path / "x.xlsx", NAME, [STEAM])
    assert main(["import", str(form), str(park)]) == 0
    said = capsys.readouterr().out
    assert "2 open question(s) to be answered before there can be a plan" in said
    assert "What meets the need of steam today?" in said
    assert main(["check", str(park)]) == 2
    assert "plants.dairy.sinks.steam: steam could not be had" in capsys.readouterr().err
    assert main(["import", str(form), str(park), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["changes"] == []
    assert [one["field"] for one in told["questions"]] == [
        "plants.dairy.area",
        "plants.dairy.sinks.steam",
        "plants.dairy.hours",
    ]


def test_faults_stay_faults_beside_open_questions(tmp_path, park):
    """A wrong unit and a misspelt name are no questions; then nothing is written."""
    before = (park / "case.yaml").read_bytes()
    lines = [STEAM | {"unit": "EUR"}, {"direction": "over", "what": "slagg"}, {"what": "steam"}]
    with pytest.raises(CaseError) as caught:
        import_case(questionnaire(tmp_path / "x.xlsx", NAME, lines), [], park)
    said = str(caught.value)
    assert 'did you mean "slag"' in said
    assert "say need or over, or clear the line" in said
    assert (park / "case.yaml").read_bytes() == before
    assert not (park / QUESTIONS).exists()


def test_an_unclear_answer_leaves_what_the_case_says(tmp_path, park):
    """The paper mill takes 9 t/h; "12" without a unit changes nothing and is asked for."""
    line = STEAM | {"amount": 12, "unit": None}
    done = import_case(questionnaire(tmp_path / "x.xlsx", {"Name of the plant": "paper mill"}, [line]), [], park)
    assert done.changes == []
    assert [(one.field, one.until_answered) for one in done.questions] == [
        ("plants.paper mill.sinks.steam.rate", "what the case says stays")
    ]
    assert read_case(park).plants["paper mill"].sinks["steam"].rate.value == 9


def power(book):
    book["resources"].append(["power", "power", "MWh", 90, "EUR/MWh"])


def steam_by(name, amount=0.9):
    line = STEAM | {"amount": 5} | {"today": name, "today amount": amount, "today unit": "MWh/t"}
    return {"Name of the plant": "mill"}, [line]


def test_another_input_of_todays_supply_is_a_fault_with_both(tmp_path):
    """Steam of 5 t/h by 0.8 MWh/t of gas (4 MW) and then by 0.9 MWh/t of power: never both, that would be 8.5 MW."""
    book = small(tmp_path / "park.xlsx", power)
    form = questionnaire(tmp_path / "x.xlsx", *steam_by("power"))
    for target in ("new", "old"):
        if target == "old":
            import_case(book, [], tmp_path / target)
        with pytest.raises(CaseError) as caught:
            import_case(book, [form], tmp_path / target)
        (fault,) = caught.value.faults
        assert fault.file.startswith('x.xlsx, sheet "questionnaire", cell J')
        assert "met by 0.9 MWh/t power today, but park.xlsx" in fault.message or "case.yaml, line" in fault.message
        assert "0.8 MWh/t gas" in fault.message


def test_another_input_replaces_where_a_workbook_deletes_the_first(tmp_path):
    """0.9 MWh/t of power in place of gas: 5 t/h x 0.9 MWh/t = 4.5 MW and nothing else."""

    def other(book):
        power(book)
        book.create_sheet("other").append(["path", "value"])
        book["other"].append(["plants > mill > sinks > steam > supplied_today_by > gas", "~"])

    import_case(small(tmp_path / "park.xlsx", power), [], tmp_path / "case")
    form = questionnaire(tmp_path / "x.xlsx", *steam_by("power"))
    book = openpyxl.Workbook()
    book.active.title = "other"
    book.active.append(["path", "value"])
    book.active.append(["plants > mill > sinks > steam > supplied_today_by > gas", "~"])
    book.save(tmp_path / "gone.xlsx")
    import_case(tmp_path / "gone.xlsx", [form], tmp_path / "case")
    sink = read_case(tmp_path / "case").plants["mill"].sinks["steam"]
    assert {name: one.value for name, one in sink.supplied_today_by.inputs.items()} == {"power": 0.9}
    assert sink.rate.value * 0.9 == 4.5


def test_two_inputs_stand_where_a_workbook_lists_both(tmp_path):
    """Half by gas, half by power, as the workbook says: 0.4 + 0.45 MWh/t; a questionnaire may say the same."""

    def both(book):
        power(book)
        book["streams"]["I2"] = 0.4
        book.create_sheet("other").append(["path", "value", "unit"])
        book["other"].append(["plants > mill > sinks > steam > supplied_today_by > power", 0.45, "MWh/t"])

    book = small(tmp_path / "park.xlsx", both)
    import_case(book, [questionnaire(tmp_path / "x.xlsx", *steam_by("power", 0.45))], tmp_path / "case")
    inputs = read_case(tmp_path / "case").plants["mill"].sinks["steam"].supplied_today_by.inputs
    assert {name: one.value for name, one in inputs.items()} == {"gas": 0.4, "power": 0.45}
    whole = questionnaire(tmp_path / "y.xlsx", *steam_by("power", 0.9))  # the whole of it beside the half by gas
    with pytest.raises(CaseError, match="0.4 MWh/t gas"):
        import_case(whole, [], tmp_path / "case")


def test_an_export_with_another_supply_typed_over_is_a_fault(tmp_path):
    import_case(small(tmp_path / "park.xlsx", power), [], tmp_path / "case")
    export(tmp_path / "case", tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    cell = next(cell for row in book["streams"].iter_rows() for cell in row if cell.value == "gas")
    cell.value = "power"
    book.save(tmp_path / "x.xlsx")
    with pytest.raises(CaseError, match="both together would count twice"):
        import_case(tmp_path / "x.xlsx", [], tmp_path / "case")


def test_another_way_out_without_its_cost_leaves_the_first(tmp_path, park):
    """Sewer at 2.5 EUR/t: landfill at the cost of a sewer would be nobody's number."""
    line = {"direction": "over", "what": "slag", "amount": 25_000, "unit": "t/yr", "today": "sewer",
            "today amount": 2.5, "today unit": "EUR/t"}  # fmt: skip
    plant = {"Name of the plant": "steel mill"}
    import_case(questionnaire(tmp_path / "a.xlsx", plant, [line]), [], park)
    line |= {"today": "landfill", "today amount": None}
    done = import_case(questionnaire(tmp_path / "b.xlsx", plant, [line]), [], park)
    assert [one.field for one in done.questions] == ["plants.steel mill.sources.slag.discharge"]
    out = read_case(park).plants["steel mill"].sources["slag"].discharge
    assert (out.route, out.cost.value) == ("sewer", 2.5)


def test_faults_tell_files_of_one_name_apart(tmp_path, park):
    paths = [tmp_path / "north" / "form.xlsx", tmp_path / "south" / "form.xlsx"]
    for number, path in enumerate(paths):
        path.parent.mkdir()
        questionnaire(path, NAME | {"Land needed, built or paved": number + 1}, [])
    with pytest.raises(CaseError) as caught:
        import_case(paths[0], [paths[1]], park)
    (fault,) = caught.value.faults
    assert "south/form.xlsx" in fault.file
    assert "north/form.xlsx" in fault.message


@pytest.mark.parametrize("name", ["out-mill", "out", "output"])
def test_folders_that_begin_with_out_are_of_the_case(tmp_path, park, name):
    """The layer lies in a folder called like a finished run; the folder of the case itself may be called so, too."""
    (park / name).mkdir()
    (park / "plots.geojson").rename(park / name / "plots.geojson")
    text = (park / "case.yaml").read_text().replace("plots: plots.geojson", f"plots: {name}/plots.geojson")
    (park / "case.yaml").write_text(text)
    target = tmp_path / name
    park.rename(target)
    form = questionnaire(tmp_path / "x.xlsx", NAME | {"Land needed, built or paved": 1}, [])
    assert [str(one) for one in import_case(form, [], target).changes] == ["plants.dairy: new"]
    assert len(read_case(target).layer("plots")) == 4


def test_low_with_a_unit_of_its_own_changes_nothing(tmp_path, park):
    text = (park / "case.yaml").read_text()
    for number in (
        "{value: 9 t per h, low: 8 t per h}",
        "{value: 9 t/h, low: 8.0 t / h}",
        "{value: 9000 kg/h, low: 8 t/h}",
    ):
        (park / "case.yaml").write_text(
            text.replace("{value: 9 t/h, low: 8, high: 10, source: assumption, grade: C, basis: estimate}", number)
        )
        export(park, tmp_path / "x.xlsx", force=True)
        done = import_case(tmp_path / "x.xlsx", [], park)
        assert (done.changes, done.files) == ([], []), number


def test_an_inserted_point_of_a_curve_needs_its_number(tmp_path, park):
    book = openpyxl.Workbook()
    book.active.title = "facility sizes"
    for row in (["facility", "no", "capacity", "investment"], ["wood boiler", 1, 4, 1_800_000],
                ["wood boiler", None, 7, 2_900_000], ["wood boiler", 2, 10, 3_900_000]):  # fmt: skip
        book.active.append(row)
    book.save(tmp_path / "x.xlsx")
    with pytest.raises(CaseError, match="is a row without a number"):
        import_case(tmp_path / "x.xlsx", [], park)
    for row, number in ((3, 2), (4, 3)):
        book.active.cell(row, 2).value = number
    book.save(tmp_path / "x.xlsx")
    import_case(tmp_path / "x.xlsx", [], park)
    assert [one.capacity.value for one in read_case(park).facilities["wood boiler"].investment] == [4, 7, 10]
