"""Why nobody can build an exchange over the mains it may use."""

from collections.abc import Iterable

from planner.assemble.exchanges import Deal
from planner.assemble.ways import Geometry, Way


def why_not_joined(deal: Deal, mains: Iterable[Way], geometry: Geometry) -> str:
    """In words, naming the mains; asked where nothing else carries the exchange either."""
    if not deal.at_source or not deal.at_sink:
        return "nothing can flow"
    reach = geometry.reach(deal.source.resource)
    names = " or ".join(dict.fromkeys(f"links.{way.name}" for way in mains))
    ends = f"any plot of {deal.source.member.site} to any of {deal.sink.member.site}"
    ways = [] if reach is None else [km for p, q in geometry.pairs(deal) if (km := reach.km(p, q)) is not None]
    if not ways:
        return f"no corridor that may carry {deal.source.resource} ({names}) leads from {ends}"
    limits = [way.link.max_length.value / 1000.0 for way in mains if way.link is not None and way.link.max_length]
    if limits and min(ways) > max(limits):
        return f"the shortest way from {ends} is {min(ways):.4g} km, longer than max_length of {names}"
    return f"{names} cannot bring enough from {ends}"
