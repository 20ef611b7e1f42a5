"""What is wrong with an archetype is said in the line that names it, with all other faults of the case."""

import re

import pytest
from archetype_cases import HEAD, RESOURCES, faults_of, write

import planner
from planner.case.read import read_case

LINE = 13  # of the first plant

#: (what stands under the plant, what the fault must say).
BROKEN = [
    ('archetype: "brwery, 200000 hl/yr"', r'archetype: no such archetype "brwery"; did you mean "brewery"\?'),
    (
        "archetype: {name: zoo, size: 3 ha}",
        r'archetype\.name: no such archetype "zoo"; `planner archetypes` lists them',
    ),
    ('archetype: "brewery"', r'archetype: found "brewery", without a size; write it as "brewery, 200000 hl/yr"'),
    ('archetype: ", 3 ha"', r'archetype: found ", 3 ha", without a name'),
    ('archetype: "brewery, many hl/yr"', r'archetype: found "many hl/yr"; expected a number'),
    ("archetype: {name: brewery}", r"archetype\.size: is missing"),
    ("archetype: {size: 3 hl/yr}", r"archetype\.name: is missing"),
    ("archetype: 3", r"archetype: found 3; expected a section with name, size"),
    ("archetype: {name: brewery, size: 9 hl/yr, sise: 2}", r'sise: no such field; did you mean "size"\?'),
    ('archetype: "brewery, 0 hl/yr"', r"archetype: found 0 hl/yr; expected more than 0 hl/yr"),
    ('archetype: "brewery, -5 hl/yr"', r"found -5 hl/yr; expected more than 0 hl/yr"),
    (
        'archetype: "brewery, 200000 t/yr"',
        r"t/yr is mass / year; expected hl/yr.*size of this archetype is in hl/yr of beer",
    ),
    ('archetype: "brewery, 200000 hl"', r"hl is volume; expected hl/yr"),
    ('archetype: "brewery, 200000 hekto/yr"', r'unknown unit "hekto"'),
    ('archetype: "data centre, 3 ha"', r"ha is area; expected MW.*size of this archetype is in MW of IT"),
    (
        "archetype: {name: brewery, size: {value: 3 hl/yr, low: 4}}",
        r"size: 3 hl/yr is not between its low and its high end",
    ),
    (
        "archetype: {name: brewery, size: {periods: {a: 1}}}",
        r"size: differs by period; expected the size for the whole",
    ),
    ("archetype: {name: brewery, size: 1 hl/yr, without: [grain]}", r'without\[1\]: "grain" is no resource of brewery'),
    ("archetype: {name: brewery, size: 1 hl/yr, without: [spent grian]}", r'did you mean "spent grain"\?'),
    ("archetype: {name: brewery, size: 1 hl/yr, names: {grain: power}}", r"names\.grain: is no resource of brewery"),
    (
        "archetype: {name: brewery, size: 1 hl/yr, names: {spent grain: powr}}",
        r'names\.spent grain: no such resource "powr"; did you mean "power"\?',
    ),
    (
        "archetype: {name: brewery, size: 1 hl/yr, filled: brewery}",
        r'filled: the numbers of this plant were filled in for "brewery", but its archetype says "brewery, 1 hl/yr"',
    ),
    (
        'archetype: "brewery, 9 hl/d", hours: {value: 1000, periods: {summer: 500}}',
        r"archetype(\.size)?: is per day or hour of a plant whose hours differ by period",
    ),
]


@pytest.mark.parametrize(("text", "expected"), BROKEN)
def test_a_fault_names_its_place(tmp_path, text, expected):
    faults = faults_of(tmp_path, f"  works: {{{text}}}\n")
    assert any(re.search(expected, fault) for fault in faults), faults
    assert all(fault.startswith(f"case.yaml:{LINE}:") for fault in faults), faults


def test_a_wrong_archetype_hides_nothing_else(tmp_path):
    """Faults of other plants are all there; what the plant lacks without its archetype is not held against it."""
    plants = (
        '  works: {archetype: "brwery, 200000 hl/yr"}\n  mill: {area: 1 ha, sinks: {steem: {rate: 1 t/h}}}\n'
        "  plant: {}\n"
    )
    more = "exchanges:\n  - {from: works, stream: spent grain, to: mill}\n"
    faults = faults_of(tmp_path, plants, RESOURCES, more)
    assert len(faults) == 3, faults
    assert "brwery" in faults[0]
    assert "mill.sinks.steem" in faults[1]
    assert "plant.area: is missing" in faults[2]


def test_a_wrong_size_hides_nothing_else(tmp_path):
    """All else is checked as if the size were a usual one."""
    plants = '  works: {archetype: "brewery, 0 hl/yr", zone: 3, hours: 9000 h/yr}\n'
    more = "exchanges:\n  - {from: works, stream: spent grian}\n"
    faults = faults_of(tmp_path, plants, RESOURCES, more)
    assert sorted(re.sub(r".*  ", "", fault)[:30] for fault in faults) == sorted(
        ["plants.works.archetype: found ", "plants.works.hours: found 9000", "exchanges[1].stream: no such s"]
    ), faults


def test_a_unit_that_cannot_be_converted(tmp_path):
    """Heat in MWh is no steam in t without its enthalpy."""
    resources = RESOURCES + "  steam: {kind: heat, unit: t, price: 30}\n"
    faults = faults_of(tmp_path, '  works: {archetype: "brewery, 200000 hl/yr"}\n', resources)
    assert any(
        "brewery counts steam 4 bar in MWh, the case counts steam in t; state resources.steam.enthalpy in MWh/t"
        in fault
        for fault in faults
    )


def test_what_a_plan_wrote_cannot_be_changed_by_halves(tmp_path):
    """A variant of a case that the planner wrote holds numbers of another size: it is refused, not half believed."""
    write(tmp_path, f'{HEAD}{RESOURCES}plants:\n  works: {{archetype: "brewery, 200000 hl/yr"}}\n')
    write(tmp_path, read_case(tmp_path).resolved(), "again.yaml")
    assert read_case(tmp_path / "again.yaml") == read_case(tmp_path)
    write(tmp_path, "based_on: again.yaml\nplants: {works: {archetype: {size: 9 hl/yr}}}\n", "v.yaml")
    with pytest.raises(planner.CaseError, match="change the case that this was written from"):
        read_case(tmp_path / "v.yaml")


def test_a_stream_of_an_archetype_is_left_out_by_without(tmp_path):
    """It stands in no file, so that there is nothing that ``~`` could delete."""
    write(tmp_path, f'{HEAD}{RESOURCES}plants:\n  works: {{archetype: "brewery, 200000 hl/yr"}}\n')
    write(tmp_path, "based_on: case.yaml\nplants: {works: {sources: {spent grain: ~}}}\n", "v.yaml")
    with pytest.raises(planner.CaseError, match="what an archetype fills in is left out by its `without`"):
        read_case(tmp_path / "v.yaml")
