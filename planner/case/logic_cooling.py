"""Checks that no heat is made use of that a cooling loop loses on its way."""

from planner.case.case import Case
from planner.case.cooling import heated_by
from planner.case.findings import Findings, Path
from planner.case.heat import HeatLevel
from planner.case.links import Size
from planner.case.pairs import carried
from planner.case.periods import YEAR, states_of


def check_cooling(case: Case, found: Findings) -> None:
    """Who is heated by a loop that cools gets less than others put in, where that is warmer than the ground.

    Its pipes owe cold, of which there is none to lose: the heat lost is owed by a loop that heats.
    """
    if case.ground is not None and case.ground.unit != type(case.ground).template:
        return
    for name, resource in case.resources.items():
        level, heated = resource.heat, heated_by(case, name)
        if level is None or not _known(level) or not heated:
            continue
        for link, data in case.links.items():
            if name not in carried(case, link):
                continue
            if data.volume_loss is not None and data.volume_loss.value > 0.0:
                who = " and ".join(heated)
                message = f"a share of {name} that is lost would count as heat for {who}; expected none"
                found.say(("links", link, "volume_loss"), message)
            sizes = [size for size in data.sizes if _states(case, size, level)]
            if sizes:
                _say(case, name, (link, sizes[0]), heated, found)
                break


def _known(level: HeatLevel) -> bool:
    return all(t is not None and t.unit == type(t).template for t in (level.supply, level.return_))


def _states(case: Case, size: Size, level: HeatLevel) -> list[str]:
    """Periods in which a pipe of that size loses heat to the ground, on both ways together."""
    from planner.heat.in_pipes import ground_of, heat_to_ground

    return [t for t in states_of(case) if heat_to_ground(size, level, ground_of(case, t)) > 0.0]


def _say(case: Case, name: str, by: tuple[str, Size], heated: dict[str, Path], found: Findings) -> None:
    from planner.heat.in_pipes import ground_of

    link, size = by
    level = case.resources[name].heat
    assert level is not None
    assert level.supply is not None
    assert level.return_ is not None
    state = _states(case, size, level)[0]
    when = "" if state == YEAR else f" in {state}"
    first, last = level.supply.given, level.return_.given
    found.say(
        ("resources", name, "heat"),
        f"{' and '.join(heated)} would be heated by a cooling loop (supply {first}, return {last}) that is warmer than "
        f"the {ground_of(case, state):g} degC around it{when} and loses heat on its way ({link}, size {size.size}), "
        f"which is known only of a loop that heats: expected supply {last} and return {first}, given by those who take "
        f"it now and taken by {' and '.join(heated)}",
    )
