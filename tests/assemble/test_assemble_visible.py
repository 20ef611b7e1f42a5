"""What can be seen to be impossible before any solve, in the user's words."""

from dataclasses import replace
from typing import Any

import pytest
from assemble_park import STEAM, made, places

from planner.errors import CaseError, Infeasible
from planner.geography.distances import Distances

FREE = {"area": 1, "hours": 8000, "sources": {"steam": {"rate": 30}}}
WORKS = {"area": 1, "forced": True, "investment": [{"capacity": 1, "investment": 1}]}
NO_GAS = {"rate": 20}
SCHOOL = replace(places(), receptor_m={(f"P{k}", "school"): (100.0 * k, "north") for k in (1, 2, 3)})
TINY_AREAS = places({"P1": 1.2, "P2": 1.5, "P3": 1.1})

#: name -> (words of the message, changes of the case)
IMPOSSIBLE: dict[str, tuple[str, dict[str, Any]]] = {
    "no plot is large enough": (
        "plants.smelter.area: smelter needs 5 ha; no plot it may use has more than 4 ha usable (P1)",
        {"plants__smelter": {**FREE, "area": 5}},
    ),
    "the fixed plot is too small": (
        "plants.smelter.area: smelter needs 5 ha; no plot it may use has more than 4 ha usable (P1)",
        {"plants__smelter": {**FREE, "area": 5, "plot": "P1"}},
    ),
    "nobody has the zone": (
        "plants.smelter.zone: smelter needs zone heavy; no plot lies in it",
        {f"plots__P{k}": {"zones": ["light"]} for k in (1, 2, 3)} | {"plants__smelter": {**FREE, "zone": "heavy"}},
    ),
    "the plots it may use lie elsewhere": (
        "smelter needs zone heavy or dirty; none of the plots it may use (P1) lies in it",
        {"plots__P1": {"zones": ["light"]}, "plants__smelter": {**FREE, "plots": ["P1"], "zone": ["heavy", "dirty"]}},
    ),
    "only reserved plots": (
        "smelter has only plots that are kept free (plots.P3.reserved: P3)",
        {"plots__P3": {"reserved": True}, "plants__smelter": {**FREE, "plots": ["P3"]}},
    ),
    "too near to the school everywhere": (
        "smelter may stand on no plot: rules.separations[1]: school at least 350 m from hazard class A (north); "
        "the best plot it may use, P3, is 50 m too near",
        {
            "distances": SCHOOL,
            "rules__separations": [{"hazard": "A", "from_receptor": "school", "distance": 350}],
            "plants__smelter": {**FREE, "hazard": "A"},
        },
    ),
    "two plants on one plot": (
        "2 units (smelter, mill) must stand in the park, but the plots they may use hold only 1 (P1)",
        {"plants__mill__plot": "P1"},
    ),
    "more units than plots": (
        "3 units (smelter, works, other) must stand in the park, but the plots they may use hold only 2 (P1, P3)",
        {"plants__smelter": FREE, "facilities": {"works": WORKS, "other": WORKS}},
    ),
    "more land than there is": (
        "4 units that must stand in the park need 4 ha together; its plots have 3.8 ha usable",
        {
            "distances": TINY_AREAS,
            "plots__P2": {"several_tenants": True},
            "plants__smelter": FREE,
            "facilities": {"works": WORKS, "other": WORKS},
        },
    ),
    "too many on a plot of several": (
        "smelter, mill may stand only on P1 and need 5 ha together; it has 4 ha usable",
        {
            "plots__P1": {"several_tenants": True},
            "plants__smelter__area": 2.5,
            "plants__mill": {"plot": "P1", "area": 2.5},
        },
    ),
    "no neighbour near enough": (
        "plants.smelter.neighbours: smelter must be a neighbour of mill (at most 20 m apart), but they have no plots",
        {"plants__smelter__neighbours": ["mill"]},
    ),
    "a forced exchange without a way": (
        f"exchanges[1].forced: {STEAM} is forced, but no link it may use leads from any plot of smelter",
        {"links__pipe__max_length": 500, "exchanges": [{"from": "smelter", "to": "mill", "forced": True}]},
    ),
    "a forced exchange of nothing": (
        "exchanges[1]: nothing that mill gives can be used by smelter, but the exchange is forced",
        {"exchanges": [{"from": "mill", "to": "smelter", "forced": True}]},
    ),
    "a forced exchange that is forbidden": (
        f"exchanges[2].forced: {STEAM} is forced and forbidden",
        {"exchanges": [{"from": "smelter", "forbidden": True}, {"from": "smelter", "to": "mill", "forced": True}]},
    ),
    "a forced least flow above what can flow": (
        f"exchanges[1].min_flow: {STEAM} is forced and must carry 150,000 t/yr; no more than 140,000 t/yr can flow",
        {"exchanges": [{"from": "smelter", "to": "mill", "forced": True, "min_flow": 150_000}]},
    ),
    "a sink that exchanges cannot fill": (
        # 15 t/h x 7000 h = 105,000 t of 140,000 t
        "plants.mill.sinks.steam: mill needs 140000 t of steam a year and has no conventional supply; "
        "all possible exchanges together bring 105000",
        {"plants__mill__sinks__steam": NO_GAS, "plants__smelter__sources__steam": {"rate": 15}},
    ),
    "more optional plants than there are": (
        "tenants.at_least: at least 2 of the optional plants must settle, but 1 of them can",
        {"plants__smelter__optional": {"margin": 1}, "tenants": {"at_least": 2}},
    ),
    "more forced facilities of a kind than allowed": (
        "rules.at_most.works: at most 0, but works is forced",
        {"facilities": {"works": WORKS}, "rules__at_most": {"works": 0}},
    ),
    "a fixed tenant without a plot": (
        "tenants.fixed: farm must settle, but there is no plot where it may stand",
        {"plants__farm": {"optional": {"margin": 1}, "area": 9}, "tenants": {"fixed": ["farm"]}},
    ),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_cannot_be_is_said(name: str) -> None:
    words, changes = IMPOSSIBLE[name]
    distances: Distances | None = changes.get("distances")
    changes = {path: value for path, value in changes.items() if path != "distances"}
    with pytest.raises(Infeasible) as caught:
        made(distances, **changes)
    assert words in str(caught.value)


def test_everything_that_cannot_be_is_said_at_once() -> None:
    with pytest.raises(Infeasible) as caught:
        made(plants__smelter={**FREE, "area": 5}, plants__mill={"area": 6})
    assert str(caught.value).count("\n- ") == 2


def test_the_same_cases_one_step_before_are_possible() -> None:
    """The rules above bind where they should: a hair less and nothing is raised."""
    made(plants__smelter={**FREE, "area": 4})
    made(
        SCHOOL,
        rules__separations=[{"hazard": "A", "from_receptor": "school", "distance": 300}],
        plants__smelter__plot="P3",
        plants__smelter__hazard="A",
    )
    made(plants__smelter=FREE, facilities={"works": WORKS})
    made(geography__neighbour_distance=100, plants__smelter__neighbours=["mill"])
    made(exchanges=[{"from": "smelter", "to": "mill", "forced": True, "min_flow": 140_000}])


def test_relaxed_raises_nothing_of_the_kind() -> None:
    assert made(relaxed=True, plants__smelter={**FREE, "area": 5}).instance.violations


def test_a_sink_that_cannot_stand_alone_is_a_fault_of_the_case() -> None:
    with pytest.raises(CaseError, match=r"plants\.mill\.sinks\.steam: cannot be supplied without the park"):
        made(plants__mill__sinks__steam=NO_GAS)


def test_a_source_that_cannot_stand_alone_is_a_fault_of_the_case() -> None:
    with pytest.raises(CaseError, match=r"plants\.smelter\.sources\.steam: cannot be disposed of without the park"):
        made(resources__steam__discharge=None)
    made(resources__steam__discharge=None, plants__smelter__sources__steam={"rate": 30, "on_demand": True})
    made(resources__steam__discharge=None, resources__steam__sale={"price": 1})
    # 240,000 t are made, 239,999 t can be sold
    with pytest.raises(CaseError, match="cannot be disposed of"):
        made(resources__steam__discharge=None, resources__steam__sale={"price": 1, "limit": 239_999})


def test_an_own_source_may_supply_and_be_disposed_of_by_its_own_sink() -> None:
    """Both run 7000 h: 20 t/h are used where they arise."""
    made(
        resources__steam__discharge=None,
        plants__smelter__sources={},
        plants__mill__sources={"steam": {"rate": 20}},
        plants__mill__sinks__steam=NO_GAS,
    )


def test_today_s_exchange_supplies_in_an_as_is_baseline() -> None:
    existing = [{"from": "smelter", "to": "mill", "existing": {"link": "pipe", "capacity": 25}}]
    made(baseline="as_is", plants__mill__sinks__steam=NO_GAS, exchanges=existing)
    with pytest.raises(CaseError, match="cannot be supplied"):
        made(plants__mill__sinks__steam=NO_GAS, exchanges=existing)


def test_all_faults_come_at_once() -> None:
    with pytest.raises(CaseError) as caught:
        made(
            plants__mill__sinks__steam__supplied_today_by={"coal": 1, "oil": 1},
            resources__coal={"kind": "material", "unit": "t"},
            resources__oil={"kind": "material", "unit": "t"},
        )
    assert [fault.field for fault in caught.value.faults] == ["resources.coal.price", "resources.oil.price"]


def test_an_existing_link_needs_both_ends_fixed() -> None:
    with pytest.raises(CaseError, match=r"exchanges\[1\]\.existing: .* both its ends need a fixed plot"):
        made(
            plants__smelter=FREE,
            exchanges=[{"from": "smelter", "to": "mill", "existing": {"link": "pipe", "capacity": 25}}],
        )


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("resources.steam.enthalpy", {"resources__steam__enthalpy": None}),
        (
            "resources.gas.enthalpy",
            {
                "resources__gas__unit": "Nm3",
                "plants__mill__sinks__steam__supplied_today_by": {"gas": {"efficiency": 0.9}},
            },
        ),
        ("resources.gas.water", {"resources__gas__fresh_water": True}),
        (
            "resources.steam.discharge.waste_mass",
            {"resources__steam__unit": "MWh", "resources__steam__discharge": {"route": "tip", "waste": "inert"}},
        ),
    ],
)
def test_a_number_that_is_needed_is_named(field: str, changes: dict[str, Any]) -> None:
    with pytest.raises(CaseError) as caught:
        made(**changes)
    assert field in [fault.field for fault in caught.value.faults]
