"""The shipped archetypes: whole, in order, and each one good for a case of its own."""

import pytest
from archetype_cases import case_of

import planner
from planner.assemble.assemble import assemble
from planner.case import units
from planner.case.archetype_resources import temperature
from planner.case.read import read_case
from planner.geography.measure import measure
from planner.heat import properties
from planner.library.archetypes import Library, library

LIBRARY = library()
TYPES = LIBRARY.archetypes
#: Names under which the facts of the project list them: all are here.
FACTS = [
    "brewery",
    "dairy",
    "paper_recycled",
    "greenhouse",
    "slaughterhouse",
    "beet_sugar",
    "grain_ethanol",
    "cement",
    "plasterboard",
    "data_centre",
    "wwtp_ad",
    "wte_chp",
    "steel_eaf",
    "fertiliser_ammonia",
    "refinery_ats",
    "fish_ras",
    "brick",
    "battery_cells",
    "electrolyser",
    "biorefinery_2g",
    "copper_smelter",
    "alumina",
    "coal_chp_fgd",
    "geothermal_chp",
    "sawmill_loghouse",
]


def short(name: str) -> str:
    kind = TYPES[name]
    return f'  works: {{archetype: "{name}, {kind.size.typical:.12g} {kind.size.unit}"}}\n'


def test_every_fact_sheet_has_its_archetype():
    assert len(FACTS) == 25
    assert {LIBRARY.find(name) for name in FACTS} | {"digester"} == set(TYPES)


@pytest.mark.parametrize("name", TYPES)
def test_amounts_are_amounts_of_their_resource(name):
    kind = TYPES[name]
    for side in (kind.sinks, kind.sources):
        for resource, amount in side.items():
            unit, long = LIBRARY.resources[resource].unit, f"({amount.unit})*({kind.size.unit})"
            assert units.converts(long, f"{unit}/yr") or units.converts(long, f"{unit}/h"), resource
    assert kind.area.unit == "ha"
    assert kind.jobs.unit == "1"
    assert 0 < kind.hours.typical <= 8760
    assert kind.sinks or kind.sources


def test_every_number_has_its_document_and_what_has_none_says_assumption():
    for name, kind in TYPES.items():
        for place, amount in kind.amounts():
            assert amount.source in LIBRARY.sources, (name, place)
            read = LIBRARY.sources[amount.source].read or amount.source == "assumption"
            assert read or amount.grade == "C", f"{name} {place}: a document that was not opened is no better than C"
    assert "assumption" in LIBRARY.sources["assumption"].title


def test_waste_heat_is_hot_enough_for_the_medium_it_goes_into():
    """At its hottest it must be above the supply of the medium, or the temperature of the steam."""
    for name, kind in TYPES.items():
        for resource, amount in kind.sources.items():
            level = temperature({"heat": LIBRARY.resources[resource].heat})
            if amount.from_ is not None:
                assert level is not None
                assert amount.from_[1] > level, (name, resource)


def test_levels_are_those_of_their_names():
    for bar in (4, 8, 12):
        level = temperature({"heat": LIBRARY.resources[f"steam {bar} bar"].heat})
        assert level == pytest.approx(properties.saturation_temperature(bar))
    assert temperature({"heat": LIBRARY.resources["hot water"].heat}) == 90.0


def test_a_broken_library_is_refused():
    content = LIBRARY.model_dump(by_alias=True)
    content["archetypes"]["brewery"]["sinks"]["fresh water"]["source"] = "nobody"
    with pytest.raises(ValueError, match="not in the library: nobody"):
        Library.model_validate(content)
    content = LIBRARY.model_dump(by_alias=True)
    content["archetypes"]["brewery"]["sinks"]["fresh water"]["low"] = 99
    with pytest.raises(ValueError, match="not in order"):
        Library.model_validate(content)
    content = LIBRARY.model_dump(by_alias=True)
    content["archetypes"]["brewery"]["synonyms"] = ["Data-Centre"]
    with pytest.raises(ValueError, match="two archetypes: data centre"):
        Library.model_validate(content)


@pytest.mark.parametrize("name", TYPES)
def test_each_reads_checks_and_reads_back(tmp_path, name):
    case = case_of(tmp_path, short(name))
    assembled = assemble(case, measure(case))
    assert any("are those of archetypes" in note for note in assembled.notes) or not TYPES[name].sinks
    (tmp_path / "again.yaml").write_text(case.resolved(), encoding="utf-8")
    again = read_case(tmp_path / "again.yaml")
    assert again == case
    assert again.resolved() == case.resolved()


def test_all_of_them_in_one_park_are_planned_and_audited(tmp_path):
    plants = "".join(short(name).replace("works", name, 1) for name in TYPES)
    case = case_of(tmp_path, plants)
    several = {name: plot.model_copy(update={"several_tenants": True}) for name, plot in case.plots.items()}
    plan = planner.solve(case.model_copy(update={"plots": several}))
    assert plan.audit["passed"], [check for check in plan.audit["checks"] if not check["passed"]]


@pytest.mark.slow
@pytest.mark.parametrize("name", TYPES)
def test_each_is_planned_alone(tmp_path, name):
    plan = planner.solve(case_of(tmp_path, short(name)))
    assert plan.audit["passed"], [check for check in plan.audit["checks"] if not check["passed"]]
