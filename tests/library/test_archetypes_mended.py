"""Faults once found in archetypes, each with its arithmetic."""

import re

import pytest
from archetype_cases import HEAD, RESOURCES, case_of, faults_of, write

import planner
from planner.case.archetype_doubts import doubts, unknown_of
from planner.case.closure import yearly_amount
from planner.case.read import read_case
from planner.library.archetypes import library


def year(case, side: str, stream: str, plant: str = "works") -> float:
    tenant = case.plants[plant]
    return yearly_amount(case, tenant, getattr(tenant, side)[stream])


def total(case, side: str, resource: str) -> float:
    streams = getattr(case.plants["works"], side).items()
    return sum(year(case, side, key) for key, one in streams if (one.resource or key) == resource)


def plant(name: str, size: str, more: str = "", **terms: str) -> str:
    said = "".join(f", {term}: {text}" for term, text in terms.items())
    return f"  works: {{archetype: {{name: {name}, size: {size}{said}}}{more}}}\n"


# -- two streams of an archetype that are one resource of the case


def test_steam_and_hot_water_that_are_one_medium_both_count(tmp_path):
    resources = RESOURCES + "  steam: {kind: heat, unit: MWh, heat: {steam: 6 bar}}\n"
    text = plant("brewery", "100000 hl/yr", names="{steam 4 bar: steam, hot water: steam}")
    case = case_of(tmp_path, text, resources)
    # (78.2 + 52.2) MJ/hl x 100,000 hl / 3600 = 2,172.2 + 1,450.0 = 3,622.2 MWh
    assert total(case, "sinks", "steam") == pytest.approx(3622.2, abs=0.1)
    assert case.plants["works"].sinks["hot water"].supplied_today_by is not None


def test_three_residues_that_are_one_all_count(tmp_path):
    resources = RESOURCES + "  residues: {kind: material, unit: t, discharge: {route: burn, cost: 1}}\n"
    names = "{wood chips: residues, sawdust: residues, bark: residues}"
    case = case_of(tmp_path, plant("sawmill", "100000 m3/yr", names=names), resources)
    # (0.48 + 0.22 + 0.14) t/m3 x 100,000 m3
    assert total(case, "sources", "residues") == pytest.approx(84_000)
    (tmp_path / "again.yaml").write_text(case.resolved(), encoding="utf-8")
    assert read_case(tmp_path / "again.yaml") == case


def test_a_rate_of_ones_own_is_that_of_both(tmp_path):
    resources = RESOURCES + "  residues: {kind: material, unit: t, discharge: {route: burn, cost: 1}}\n"
    own = ", sources: {residues: {rate: 500 t/yr}}"
    case = case_of(
        tmp_path, plant("sawmill", "100000 m3/yr", own, names="{bark: residues, sawdust: residues}"), resources
    )
    assert total(case, "sources", "residues") == pytest.approx(500)
    part = case_of(
        tmp_path,
        plant(
            "sawmill",
            "100000 m3/yr",
            ", sources: {residues: {waste_code: 03 01 05}}",
            names="{bark: residues, sawdust: residues}",
        ),
        resources,
    )
    assert total(part, "sources", "residues") == pytest.approx(36_000)  # 22,000 + 14,000


def test_a_name_that_the_plant_uses_for_something_else_is_left_to_it(tmp_path):
    resources = RESOURCES + "  residues: {kind: material, unit: t, discharge: {route: burn, cost: 1}}\n"
    resources += "  ash: {kind: material, unit: t, discharge: {route: burn, cost: 1}}\n"
    own = ", sources: {bark: {resource: ash, rate: 7 t/yr}}"
    case = case_of(
        tmp_path, plant("sawmill", "100000 m3/yr", own, names="{sawdust: residues, bark: residues}"), resources
    )
    assert year(case, "sources", "bark") == pytest.approx(7)
    assert total(case, "sources", "residues") == pytest.approx(36_000)


# -- faults, not tracebacks; what is blank is not stated


@pytest.mark.parametrize("text", ["[]", "5", "x"])
def test_resources_that_are_none_are_a_fault(tmp_path, text):
    faults = faults_of(tmp_path, plant("brewery", "9 hl/yr"), f"resources: {text}\n")
    assert len(faults) == 1
    assert "resources: found" in faults[0]


def test_a_blank_field_is_not_stated(tmp_path):
    blank = case_of(tmp_path, plant("brewery", "200000 hl/yr", ", hours: , area: , stops: , sinks: , plot: "))
    plain = case_of(tmp_path, plant("brewery", "200000 hl/yr"))
    assert blank.plants["works"] == plain.plants["works"]
    assert blank.plants["works"].hours.value == 7000


# -- hours of streams


@pytest.mark.parametrize(
    ("more", "terms", "expected"),
    [
        ("", {}, (4000, 5500)),
        (", hours: 8760", {}, (4000, 5500)),
        (", hours: 5000", {}, (4000, 5000)),
        (", hours: 50 %", {}, (4000, 4380)),
        (", days: 100 d/yr", {}, (2400, 2400)),
        (", stops: 5760 h/yr", {}, (3000, 3000)),
        ("", {"without": "[hours]"}, (4000, 5500)),
    ],
)
def test_hours_of_streams_are_as_usual_and_no_more_than_the_plants(tmp_path, more, terms, expected):
    works = case_of(tmp_path, plant("greenhouse", "5 ha", more, **terms)).plants["works"]
    assert (works.sinks["CO2"].hours.value, works.sinks["warm water"].hours.value) == pytest.approx(expected)
    # the year's amount is the same: 325 t/(ha yr) x 5 ha
    assert works.sinks["CO2"].rate.value * expected[0] == pytest.approx(1625)


# -- resources that only the library describes


@pytest.mark.parametrize("change", ["plants: {works: ~}", "plants: {works: {archetype: ~, area: 1 ha}}"])
def test_to_take_an_archetype_away_leaves_no_fault_behind(tmp_path, change):
    resources = (
        RESOURCES + "  CO2: {price: 140}\n  crop residue: {discharge: {route: compost, cost: 3}}\n  hot water: \n"
    )
    text = plant("greenhouse", "5 ha") + "  mill: {area: 1 ha, sinks: {power: {rate: 1 MW}}}\n"
    write(tmp_path, f"{HEAD}{resources}plants:\n{text}")
    write(tmp_path, f"based_on: case.yaml\n{change}\n", "v.yaml")
    case = read_case(tmp_path / "v.yaml")
    assert (case.resources["CO2"].kind, case.resources["crop residue"].unit) == ("gas", "t")
    assert case.resources["hot water"].heat.supply.value == 90


def test_a_wrong_name_of_an_archetype_is_the_only_fault(tmp_path):
    resources = "resources:\n  power: {price: 100}\n"
    assert len(faults_of(tmp_path, plant("brewry", "5 hl/yr"), resources)) == 1


def test_a_kind_of_ones_own_is_left_alone(tmp_path):
    faults = faults_of(tmp_path, "  mill: {area: 1 ha}\n", "resources:\n  power: {kind: gas}\n")
    assert [fault for fault in faults if "power.unit: is missing" in fault]


def test_to_name_what_is_free_until_priced_is_no_fault(tmp_path):
    resources = RESOURCES + "  CO2: {carried_by: []}\n"
    sink = case_of(tmp_path, plant("greenhouse", "5 ha"), resources).plants["works"].sinks["CO2"]
    assert (sink.supplied_today_by.cost.value, sink.supplied_today_by.cost.basis) == (0, "archetype")
    resources = RESOURCES + "  wastewater: {carried_by: [], discharge: {route: sewer, cost: 2.5}}\n"
    assert not faults_of(tmp_path, plant("sewage works", "6000000 m3/yr"), resources)


def test_a_clash_of_kinds_names_both(tmp_path):
    resources = RESOURCES + "  hot water: {kind: water, unit: m3, price: 3}\n"
    faults = faults_of(tmp_path, plant("brewery", "9 hl/yr"), resources)
    assert len(faults) == 1
    assert "hot water of brewery is heat, but resources.hot water.kind says water" in faults[0]


# -- contents


def test_whey_has_a_volume_where_it_is_mixed_by_volume(tmp_path):
    more = "qualities: {COD: {unit: mg/L}}\n"
    case = case_of(tmp_path, plant("dairy", "100000 t/yr"), RESOURCES, more)
    water = case.resources["whey"].water
    assert (water.value, water.grade, water.basis) == (0.975, "C", "archetype")
    assert case.plants["works"].sources["whey"].quality["COD"].mean.value == 76_000
    assert case_of(tmp_path, plant("dairy", "100000 t/yr")).resources["whey"].water is None


@pytest.mark.parametrize("quality", ["{unit: kg/t}", "{unit: mg/L, weight: t}"])
def test_a_content_that_cannot_be_had_is_left_out_and_said(tmp_path, quality):
    resources = RESOURCES + "  wastewater: {kind: water, unit: m3, discharge: {route: sewer, cost: 1}}\n"
    case = case_of(tmp_path, plant("brewery", "9 hl/yr"), resources, f"qualities: {{cod: {quality}}}\n")
    assert case.plants["works"].sources["wastewater"].quality == {}
    assert any("the cod of wastewater is known in mg/L" in note for note in doubts(case))


# -- heat that may count twice


def test_fuel_of_the_boiler_beside_heat_of_the_archetype_is_said(tmp_path):
    own = ", sinks: {natural gas: {rate: {value: 9000 MWh/yr, basis: metered}}}"
    said = [note for note in doubts(case_of(tmp_path, plant("brewery", "200000 hl/yr", own))) if "twice" in note]
    assert len(said) == 1
    assert "9,000 MWh/yr of natural gas itself, and its archetype adds steam 4 bar and hot water made from" in said[0]
    assert "without: [steam 4 bar, hot water]` in plants.works.archetype" in said[0]
    left = plant("brewery", "200000 hl/yr", own, without="[steam 4 bar, hot water]")
    assert not [note for note in doubts(case_of(tmp_path, left)) if "twice" in note]


def test_heat_in_another_medium_is_said(tmp_path):
    resources = RESOURCES + "  steam 8 bar: {kind: heat, unit: MWh, heat: {steam: 8 bar}, price: 60}\n"
    own = ", sinks: {steam 8 bar: {rate: 4000 MWh/yr}}"
    case = case_of(tmp_path, plant("brewery", "200000 hl/yr", own), resources)
    assert any("4,000 MWh/yr of steam 8 bar itself" in note for note in doubts(case))
    resources = RESOURCES + "  warm water: {kind: heat, unit: MWh, discharge: {route: air}}\n"
    own = ", sources: {warm water: {rate: 20 GWh/yr}}"
    case = case_of(tmp_path, plant("data centre", "3 MW", own), resources)
    assert any("gives 20,000 MWh/yr of warm water itself, and its archetype adds tepid" in x for x in doubts(case))


@pytest.mark.parametrize("bar", [3, 6])
def test_an_own_stream_is_found_by_its_synonym_at_any_level(tmp_path, bar):
    """Of two kinds of steam in the case the plant's own is meant; at 3 bar, too, where the archetype says 4."""
    resources = RESOURCES + f"  steam: {{kind: heat, unit: MWh, heat: {{steam: {bar} bar}}, price: 60}}\n"
    resources += "  process steam: {kind: heat, unit: MWh, heat: {steam: 12 bar}, price: 60}\n"
    case = case_of(tmp_path, plant("dairy", "100000 t/yr", ", sinks: {steam: {rate: 2 MW}}"), resources)
    assert "steam 4 bar" not in case.plants["works"].sinks
    assert case.plants["works"].sinks["steam"].rate.value == 2
    assert "process steam" not in case.plants["works"].sinks


# -- one basis of steam


def test_tonnes_of_steam_come_back_as_such(tmp_path):
    resources = "resources:\n  steam 12 bar: {unit: t, price: 30}\n"
    case = case_of(tmp_path, plant("copper smelter", "500000 t/yr"), resources)
    assert year(case, "sources", "steam 12 bar") == pytest.approx(1.2 * 500_000, rel=1e-3)
    case = case_of(tmp_path, plant("straw ethanol plant", "30000 t/yr"), resources)
    assert year(case, "sinks", "steam 12 bar") == pytest.approx(0.9 * 30_000, rel=1e-3)


# -- what else is said


def test_what_is_not_known_is_said_unless_stated(tmp_path):
    case = case_of(tmp_path, plant("ammonia plant", "500000 t/yr"))
    assert unknown_of(case, case.plants["works"]) == ["power", "fresh water"]
    assert any(
        "no number of the power and fresh water of its archetype, ammonia plant" in note for note in doubts(case)
    )
    case = case_of(tmp_path, plant("ammonia plant", "500000 t/yr", ", sinks: {power: {rate: 1 MW}}"))
    assert unknown_of(case, case.plants["works"]) == ["fresh water"]


@pytest.mark.parametrize(("size", "said"), [("5000000", True), ("3900000", False), ("10001", False), ("9999", True)])
def test_a_size_far_off_the_usual_is_said(tmp_path, size, said):
    """The usual one is 200,000 hl/yr: 20 times are 4,000,000, a 20th is 10,000."""
    notes = list(doubts(case_of(tmp_path, plant("brewery", f"{size} hl/yr"))))
    assert any("the usual size of a brewery (200,000 hl/yr)" in note for note in notes) == said


def test_energy_without_co2e_is_said(tmp_path):
    notes = list(doubts(case_of(tmp_path, plant("brewery", "200000 hl/yr"))))
    assert any(note.startswith("no CO2e is stated of power (works), natural gas (works)") for note in notes)
    resources = RESOURCES.replace("price: 100", "price: 100, co2e: {supply: 0.2}")
    resources = resources.replace("price: 40", "price: 40, co2e: {use: 0.2}")
    notes = list(doubts(case_of(tmp_path, plant("brewery", "200000 hl/yr"), resources)))
    assert not any("no CO2e" in note for note in notes)


def test_one_name_without_a_list(tmp_path):
    faults = faults_of(tmp_path, plant("brewery", "9 hl/yr", without="malt"))
    assert len(faults) == 1
    assert re.search(r"write it as `without: \[malt\]`", faults[0])


def test_grades_and_ends_of_the_library():
    kinds, resources = library().archetypes, library().resources
    assert kinds["dairy"].sources["whey"].holds["COD"].grade == "B"  # the middle of a published range
    assert kinds["geothermal plant"].sources["generated power"].grade == "B"
    # 145 m3/t of food waste x 0.6 x 9.94 kWh/Nm3
    assert kinds["digester"].sources["biogas"].high == pytest.approx(145 * 0.6 * 9.94, abs=1)
    assert resources["spent NMP"].discharge["waste"] == "hazardous"


def test_screening_lists_the_bases_behind_an_archetype():
    from planner.screen.data_quality import BASES, Quality, data_columns, worse, worst

    mask = {name: 1 << n for n, name in enumerate(BASES)}
    both = worse(
        Quality(0, 0, mask["metered"]), Quality(5, 2, mask["archetype"]), Quality(6, 1, mask["not stated"], {"a", "b"})
    )
    told = data_columns(("metered", ""), both)
    assert told["data_quality"] == "archetype, metered"
    assert (told["bases"], told["not_stated"]) == ("not stated, archetype, metered", 2)
    assert both[:2] == (6, 2)
    assert worst([]) == Quality()  # what rests on no number adds no basis
    # the worst stated basis of both rates: a price that is an estimate stands in the bases
    few = data_columns(("metered", "not stated"), Quality(4, 0, mask["metered"] | mask["estimate"]))
    assert (few["data_quality"], few["bases"]) == ("metered", "estimate, metered")


def test_the_workbook_has_a_column_for_archetypes(tmp_path, capsys):
    import openpyxl

    from planner.cli.run import main

    write(tmp_path, f'{HEAD}{RESOURCES}plants:\n  works: {{archetype: "brewery, 300000 hl/yr"}}\n')
    assert main(["export", str(tmp_path), str(tmp_path / "b.xlsx")]) == 0
    book = openpyxl.load_workbook(tmp_path / "b.xlsx")
    heads = {cell.value: cell.column for row in book["plants"].iter_rows(max_row=3) for cell in row}
    assert "archetype" in heads
    assert "brewery, 300000 hl/yr" in {cell.value for row in book["plants"].iter_rows() for cell in row}
    assert any("archetypes" in str(rule.formula1) for rule in book["plants"].data_validations.dataValidation)
    assert "data centre, 20 MW" in {cell.value for cell in book["archetypes"]["A"]}
    assert main(["import", str(tmp_path / "b.xlsx"), str(tmp_path / "again")]) == 0
    capsys.readouterr()
    assert read_case(tmp_path / "again").plants == planner.read_case(tmp_path).plants
