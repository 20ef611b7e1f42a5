"""Case + Distances -> Assembly: the sets and parameters of the mathematics, and the line items behind them."""

from planner.assemble.assemble import assemble
from planner.assemble.assembly import Assembly

__all__ = ["Assembly", "assemble"]
