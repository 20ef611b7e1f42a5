"""Qualities over mains: what arrives may be all of any source that feeds the main."""

from typing import Any

from corridor_park import along

MAIN = "steam main: steam"
OVER = "steam main"


def mains(smelter: float, forge: float, mill: float, bakery: float) -> Any:
    """Smelter (P1) and forge (P3) give steam to the mill (P2) and a bakery (P3): salt held, and salt admitted."""
    supplied = {"rate": 20, "supplied_today_by": {"gas": 0.8}}
    return along(
        qualities={"salt": {"unit": "mg/L", "weight": "amount"}},
        resources__steam__quality={"salt": 0},
        plots__P3={"several_tenants": True},
        plants__smelter__sources__steam={"rate": 30, "quality": {"salt": smelter}},
        plants__mill__sinks__steam={**supplied, "limits": {"salt": mill}},
        plants__forge={
            "plot": "P3",
            "area": 1,
            "hours": 8000,
            "sources": {"steam": {"rate": 10, "quality": {"salt": forge}}},
        },
        plants__bakery={
            "plot": "P3",
            "area": 1,
            "hours": 8000,
            "sinks": {"steam": {**supplied, "limits": {"salt": bakery}}},
        },
    )


def rules(park: Any) -> set[str]:
    return {name for name in park.instance.exclusive if name.startswith(MAIN)}


def test_sources_that_meet_every_limit_share_a_main_freely() -> None:
    park = mains(10, 20, 30, 30)
    assert rules(park) == set()
    assert len(park.instance.exchanges) == 4


def test_a_source_above_the_limit_of_one_taker_may_not_use_the_main_for_it() -> None:
    """Forge steam of 20 may be thinned at the mill, which admits 15, but not by way of a main."""
    park = mains(10, 20, 15, 30)
    assert park.barred == ()
    assert "forge > mill: steam" not in park.instance.exchanges
    assert any(note.startswith(f"forge > mill: steam may not use {MAIN}") for note in park.notes)
    # what the forge gives to the bakery and the smelter to the mill would mix in one main
    pairs = {frozenset(e for e, _ in park.instance.exclusive[name]) for name in rules(park)}
    assert pairs == {
        frozenset(("smelter > mill: steam", "forge > bakery: steam")),
    }
    assert all(option == OVER for name in rules(park) for _, option in park.instance.exclusive[name])
    assert any(note.startswith(f"{MAIN}: what arrives may be any mixture") for note in park.notes)
