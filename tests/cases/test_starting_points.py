"""The starting points made of archetypes: read, planned in seconds, audited, and every number with a source."""

import shutil
from pathlib import Path

import pytest

from planner.assemble.assemble import assemble
from planner.case.read import read_case
from planner.case.references import values_in
from planner.geography.measure import measure
from planner.pipeline import solve

CASES = Path(__file__).parents[2] / "cases"
#: Starting point -> its archetypes, and exchanges that its plan must hold.
POINTS = {
    "food-park": (
        5,
        (
            "brewery > digester: spent grain",
            "slaughterhouse > digester: animal by-products",
            "biogas CHP > dairy: hot water",
        ),
    ),
    "waste-heat-district": (6, ("electrolyser > greenhouse: warm water", "incinerator > town: hot water", "heat pump")),
    "chemical-site": (6, ("ammonia plant > alumina: pure CO2", "electrolyser > steelworks: oxygen", "steam 12 bar")),
}


@pytest.mark.parametrize("name", POINTS)
def test_a_starting_point_is_planned_and_audited(name):
    plan = solve(read_case(CASES / name))
    assert plan.audit["passed"]
    total = plan.indicators.set_index("indicator").loc["total_annual_cost"]
    assert total["plan"] < total["baseline"]
    built = [*plan.exchanges["exchange"], *plan.tables["facilities"]["facility"]]
    for wanted in POINTS[name][1]:
        assert any(wanted in one for one in built), (wanted, built)
    assert any("numbers of archetypes stand behind" in note for note in plan.header["notes"])


@pytest.mark.parametrize("name", POINTS)
def test_plants_are_archetypes_and_nothing_is_free_unsaid(name):
    case = read_case(CASES / name)
    assert sum(plant.archetype is not None for plant in case.plants.values()) == POINTS[name][0] == len(case.plants)
    notes = assemble(case, measure(case)).notes
    assert not [note for note in notes if "counted as free" in note]


@pytest.mark.parametrize("name", POINTS)
def test_every_price_and_content_has_source_and_grade(name):
    case = read_case(CASES / name)
    stated = [
        (path, value)
        for part in ("economics", "plots", "resources", "substitutions", "facilities", "partners", "links")
        for path, value in values_in(getattr(case, part), (part,))
        if value.given not in ("", "0", "1")  # defaults
        and path[-1] not in ("capacity", "enthalpy", "x", "y")
        and "lifetime" not in path
        and "finance" not in path  # none of them states any: 20 years are a default
    ]
    assert len(stated) > 30
    for path, value in stated:
        assert value.source, path
        assert value.grade or "IAPWS" in value.source or "lower heating value" in value.source, (path, value.source)
        assert value.source in case.sources or value.source == "assumption" or " " in value.source, path


@pytest.mark.parametrize("name", POINTS)
def test_the_readme_says_how_to_start(name):
    text = (CASES / name / "README.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {name}: a starting point for ")
    assert f"--from {name}" in text
    assert "Sources and grades" in text


def test_a_plants_own_numbers_beside_its_archetype(tmp_path):
    """What the tutorial does: one line of a variant in place of a figure of the archetype."""
    shutil.copytree(CASES / "food-park", tmp_path / "park")
    (tmp_path / "park" / "metered.yaml").write_text(
        "based_on: case.yaml\nplants:\n  dairy:\n    sinks: {power: {rate: {value: 2 MW, basis: metered}}}\n"
    )
    before = read_case(tmp_path / "park").plants["dairy"]
    after = read_case(tmp_path / "park" / "metered.yaml").plants["dairy"]
    assert (before.sinks["power"].rate.basis, after.sinks["power"].rate.basis) == ("archetype", "metered")
    assert after.sinks["fresh water"] == before.sinks["fresh water"]
