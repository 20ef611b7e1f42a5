"""Archetypes as a consultant writes them, numbers as the facts have them, balances that are not meant to close."""

import shutil

import pytest
from archetype_cases import HEAD, RESOURCES, case_of, faults_of, write

from planner.case.archetype_doubts import doubts
from planner.case.closure import closure
from planner.cli.run import main
from planner.library.archetypes import library

PLANTS = '  works: {archetype: "brewery, 200000 hl/yr", plot: P1}\n'


@pytest.mark.parametrize(
    "text",
    [
        "brewery, 200000 hl/yr",
        "Brewery 200 000 hl/a",
        "brewery, 2e5 hl/yr",
        "brewery (200'000 hl/yr)",
        "brewery: 200000 hl per year",
        "brewery, 200000 hl p.a.",
        "brewery, 20000 m3/yr",
        "brewery, 20 000 m³/yr",
        "brewery, 0.2 million hl/yr",
        "brewery, 200 khl/yr",
        "brewery, 200000 hectolitres/yr",
    ],
)
def test_one_size_in_many_spellings(tmp_path, text):
    assert case_of(tmp_path, f'  works: {{archetype: "{text}"}}\n').plants["works"].archetype.said == (
        "brewery, 200000 hl/yr"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"brewery, 5,000 hl/yr"', "5000 (or 5, if that is meant)"),  # 1/40 and 1/40,000 of the usual 200,000
        ('"Brewery 5,000 hl/yr"', "5000 (or 5, if that is meant)"),
        ('"brewery, 9.000 hl/yr"', "9000 (or 9, if that is meant)"),
        ('"brewery, 12.000.000 hl/yr"', "thousands: 12000000"),  # 60 times
        ('{name: brewery, size: "900,000 m3/yr"}', "900000 (or 900, if that is meant)"),  # 45 times, 1/22
        ('"distiller, 200,000 hl/yr"', "200000 (or 200, if that is meant)"),  # of no archetype
        ("{archetype: brewery, size: 20,000 m3/yr}", "no such field"),
        ('"brewery, 200000 hl"', "expected hl/yr"),
        ('"brewery"', "without a size"),
        ('"brewery, 150000-200000 hl/yr"', "write a range as"),
    ],
)
def test_what_can_be_read_in_two_ways_is_asked_back(tmp_path, text, expected):
    faults = faults_of(tmp_path, f"  works: {{archetype: {text}}}\n")
    assert any(expected in one for one in faults), faults


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ('"brewery, 200,000 hl/yr"', 200_000),
        ('"Brewery 200.000 hl/a"', 200_000),
        ('"brewery, 1.200.000 hl/yr"', 1_200_000),  # 6 times
        ('{name: brewery, size: "20,000 m3/yr"}', 200_000),
        ('{name: brewery, size: "20.000 khl/yr"}', 20_000),  # 20 khl is 1/10, 20,000 khl 100 times
    ],
)
def test_the_reading_near_the_usual_size_is_taken_and_told(tmp_path, text, size):
    case = case_of(tmp_path, f"  works: {{archetype: {text}}}\n")
    assert case.plants["works"].archetype.said == f"brewery, {size} hl/yr"
    notes = [one for one in doubts(case) if "was read as" in one]
    assert len(notes) == 1
    assert notes[0].startswith('works: the size "')
    assert notes[0].endswith("write it without a separator of thousands")


def test_a_name_with_digits_and_the_size_on_the_command_line(tmp_path, capsys):
    works = case_of(tmp_path, '  works: {archetype: "biorefinery 2g, 30000 t/yr"}\n').plants["works"]
    assert works.archetype.said.endswith("30000 t/yr")
    assert main(["archetypes", "brewery", "--size", "200 000 hl/a"]) == 0
    assert "86,000" in capsys.readouterr().out  # 4.3 hl/hl x 200,000 hl = 860,000 hl
    assert main(["archetypes", "brewery", "--size", "200,000 hl/yr"]) == 0
    told = capsys.readouterr()
    assert "86,000" in told.out
    assert '"200,000 hl/yr" was read as 200000 hl/yr' in told.err
    assert main(["archetypes", "brewery", "--size", "5,000 hl/yr"]) == 2
    assert "5000 (or 5," in capsys.readouterr().err


@pytest.mark.parametrize(
    ("place", "parts", "grade"),
    [
        # 26,000 Btu/gal x 414.1 L/t / 3.785 L/gal x 1055 J/Btu = 3.0 GJ/t of fuel, x 0.9 of a boiler = 2.7
        (("grain ethanol plant", "sinks", "steam 12 bar"), (None, 2.7, 3.0), "C"),
        # 31 MW x 7,958 h / 110,000 t = 2.243 MWh/t at most; half of it 1.12, the middle 1.68
        (("waste incinerator", "sources", "hot water"), (1.12, 1.68, 2.24), "C"),
        # 0.916/1.114 x 2 = 1.64; (0.916 + 1.089)/2/1.114 x 5 = 4.5; 1.089/1.114 x 8 = 7.82
        (("slaughterhouse", "sources", "wastewater"), (1.64, 4.5, 7.82), "C"),
        # 9 m3/t x 0.6 x 9.94 kWh/Nm3 = 53.7; 145 x 0.6 x 9.94 = 865
        (("digester", "sources", "biogas"), (53.7, 237, 865), "C"),
        # of a furnace 0.1 to 0.3 MWh/t; 60 % of 6.25 GJ/t (1.04 MWh/t) would be a rolling mill or primary energy, too
        (("electric arc steelworks", "sinks", "natural gas"), (0.1, 0.2, 0.3), "C"),
        (("geothermal plant", "sources", "generated power"), (None, 8.64, None), "B"),
        (("geothermal plant", "sources", "hot water"), (None, 2.533, None), "B"),
    ],
)
def test_numbers_are_those_of_the_facts(place, parts, grade):
    name, side, stream = place
    amount = getattr(library().archetypes[name], side)[stream]
    assert (amount.low, amount.typical, amount.high) == parts
    assert amount.grade == grade


def test_no_plant_gives_more_wastewater_than_it_takes_water():
    for name, kind in library().archetypes.items():
        taken, given = kind.sinks.get("fresh water"), kind.sources.get("wastewater")
        if taken is not None and given is not None and name != "beet sugar factory":  # beet is 75 % water
            for part in ("low", "typical", "high"):
                ends = [getattr(one, part) for one in (given, taken)]
                assert None in ends or ends[0] <= ends[1], (name, part)


def test_raw_biogas_is_not_called_biomethane_and_spent_solvent_is_hazardous():
    known = library().resources
    assert "biomethane" not in known["biogas"].synonyms
    assert known["spent NMP"].discharge["waste"] == "hazardous"
    assert known["spent NMP"].waste_code.endswith("*")


def test_what_an_archetype_does_not_close_is_one_calm_line(tmp_path, capsys):
    own = "  mill: {area: 1 ha, plot: P2, sinks: {malt: {rate: 10 t/yr}}, sources: {husks: {rate: 2 t/yr}}}\n"
    resources = RESOURCES + "  malt: {kind: material, unit: t, price: 1}\n"
    resources += "  husks: {kind: material, unit: t, discharge: {route: x, cost: 1}}\n"
    case = case_of(tmp_path, PLANTS + own, resources)
    rows = {(row.plant, row.what): row for row in closure(case) if not row.closes}
    assert rows["works", "water"].archetype
    assert not rows["mill", "mass"].archetype
    main(["check", str(tmp_path)])
    said = capsys.readouterr().out
    assert len([line for line in said.splitlines() if "not meant to close" in line]) == 1
    warned = said[said.index("warning: declared in and out") :]
    assert "mill: mass in 10 t/yr, out 2 t/yr (+80% of the larger)" in warned
    assert "works: water" not in said


def test_an_own_number_on_both_sides_is_warned_of(tmp_path):
    own = '  works: {archetype: "brewery, 200000 hl/yr", sinks: {fresh water: {rate: 90000 m3/yr}}, '
    own += "sources: {wastewater: {rate: 9000 m3/yr}}}\n"
    rows = {row.what: row for row in closure(case_of(tmp_path, own))}
    assert not rows["water"].closes
    assert not rows["water"].archetype


def test_the_case_of_a_finished_run_is_a_case_for_every_command(tmp_path, capsys):
    folder = tmp_path / "park"
    folder.mkdir()
    write(folder, f"{HEAD}{RESOURCES}plants:\n{PLANTS}")
    assert main(["solve", str(folder)]) == 0
    run = folder / "out" / "case"
    for line in (["check"], ["flows"], ["match"], ["screen"], ["solve", "--out", str(tmp_path / "again")]):
        assert main([line[0], str(run), *line[1:]]) == 0, line
    book = tmp_path / "x.xlsx"
    assert main(["export", str(run), str(book)]) == 0
    assert main(["audit", str(tmp_path / "again")]) == 0
    before = (run / "case.resolved.yaml").read_bytes()
    capsys.readouterr()
    assert main(["import", str(book), str(run)]) == 2
    assert "case of a finished run" in capsys.readouterr().err
    assert main(["check", str(folder / "out")]) == 2
    ended = capsys.readouterr()
    assert f"whose case is {run}" in ended.out + ended.err
    assert (run / "case.resolved.yaml").read_bytes() == before
    shutil.rmtree(folder)
