"""What of a demand all possible exchanges could meet together, in each state."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.instance import ExchangeData
from planner.assemble.exchanges import Deal
from planner.assemble.options import arriving
from planner.assemble.streams import Flow

if TYPE_CHECKING:
    from planner.assemble.visible import Sight

#: Shares below this are rounding.
ROUNDING = 1e-6


@dataclass(frozen=True)
class Short:
    """A demand that exchanges cannot meet: of which time, how much is needed, how much they bring."""

    when: str
    needed: float
    met: float


def short_of(sight: "Sight", sink: Flow, into: Mapping[str, ExchangeData]) -> Short | None:
    """The first period in which exchanges cannot meet a sink's demand, or the year; None where they might."""
    for t, own in sink.slices.items():
        met = most_met(sight, sink, into, t)
        if met < own.amount * (1.0 - ROUNDING):
            return Short(f"in {t}" if sight.case.periods else "a year", own.amount, met)
    share = getattr(sink.data, "max_exchanged_share", None)
    if share is not None and share.value < 1.0 - ROUNDING:
        return Short("a year", sink.amount, share.value * sink.amount)
    return None


def most_met(sight: "Sight", sink: Flow, into: Mapping[str, ExchangeData], state: str) -> float:
    """The most of a sink's demand in a state that exchanges can meet together [unit/yr]; an upper bound."""
    by_source: dict[str, float] = {}
    for e, exchange in into.items():
        deal = sight.deals[e]
        met = max(_met(exchange, deal, state), 0.0)
        source = sight.sources[exchange.source]
        by_source[source.id] = by_source.get(source.id, 0.0) + min(met, source.slices[state].most * deal.ratio.value)
    share = getattr(sink.data, "max_exchanged_share", None)
    most = sink.slices[state].amount
    if share is not None:
        most = min(most, sink.amount * share.value)
    return min(sum(by_source.values()), most)


def _met(exchange: ExchangeData, deal: Deal, state: str) -> float:
    """The most that one exchange can meet in a state [unit of the sink/yr]."""
    by_copy: dict[int, float] = {}
    for option in exchange.options.values():
        flow = option.max_flow
        best = max((arriving(flow, losses, state) for losses in option.pairs.values()), default=flow[state])
        by_copy[option.copy] = max(by_copy.get(option.copy, 0.0), best)
    return min(sum(by_copy.values()) * deal.ratio.value, deal.at_sink_in(state))
