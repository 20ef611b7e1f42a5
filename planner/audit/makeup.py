"""Water that makes up for condensate, as the audit works it out: tonnes lost of each tonne of steam."""

from planner.audit.facts import Facts
from planner.audit.pipe_heat import tonnes_of
from planner.heat.properties import water_density

#: Kinds of converters that take steam and give steam.
PASSING_ON = {"let_down", "recompression", "turbine"}


def makeup(facts: Facts, unit: str, source: str) -> dict[str, float]:
    """Water bought for each unit of a source that is made: name -> units per unit; empty for none.

    Whoever passes on steam that another raised buys none: a store, a turbine, a compressor or a reducing valve.
    """
    resource = facts.stream_resource(unit, "source", source)
    data = facts.case.resources[resource]
    stated = None if data.heat is None else data.heat.condensate
    if data.heat is None or stated is None or stated.water is None or not _raises(facts, unit):
        return {}
    lost = 1 - stated.share.value
    steam = tonnes_of(data.heat, data.unit, facts.content(resource, "MWh"))
    water = facts.content(stated.water, "t")
    if not water:
        water = facts.content(stated.water, "m3") * water_density(stated.makeup.value)
    return {stated.water: lost * steam / water} if lost > 0 and steam and water else {}


def _raises(facts: Facts, unit: str) -> bool:
    """Whether the steam of a unit comes of water that it heats."""
    facility = facts.case.facilities.get(unit)
    if facility is None or facility.converts is None:
        return facts.store(unit) is None
    return not facility.converts.stated.keys() & PASSING_ON
