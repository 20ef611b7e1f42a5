"""How what an exchange brings fits the limits of its taker, recomputed."""

from collections.abc import Sequence

from planner.audit.facts import Facts
from planner.audit.flows import Run
from planner.audit.mixtures import NEGLIGIBLE, Mixtures, limits_of
from planner.audit.quality import Bound, broken
from planner.audit.reading import Row

Ends = tuple[str, str, str, str]  # giver, taker, source, sink
Part = tuple[Facts, Run, Mixtures]
#: How an exchange fits its taker, from worst to best.
FITS = ("unknown", "does not fit", "fits in a mixture", "fits alone")


def worst_fit(link: Row, parts: Sequence[Part]) -> str:
    """How what an exchange brings fits its taker, in the period in which it does so worst."""
    ends: Ends = (str(link["from"]), str(link["to"]), str(link["source"]), str(link["sink"]))
    found = [
        _technical(facts, ends, row, mixtures)
        for facts, run, mixtures in parts
        for row in run.exchanges
        if (row["exchange"], row["option"]) == (link["exchange"], link["option"])
    ]
    return next((fit for fit in FITS if fit in found), FITS[-1])


def _technical(facts: Facts, ends: Ends, link: Row, mixtures: Mixtures) -> str:
    """Whether what an exchange brings keeps the limits of its taker alone, in the mixture, or not."""
    giver, taker, source, sink = ends
    limits = limits_of(facts, taker, sink)
    if not limits or not float(link["flow_per_yr"]) > NEGLIGIBLE:
        return "fits alone"
    over = False
    for quality, limit in limits.items():
        held = mixtures.source(giver, source, quality)
        if not held.known:
            return "unknown"
        if broken(facts, Bound("sink", taker, sink, quality, limit, held, float("inf"))) is None:
            continue
        over, mixed = True, mixtures.mixture(taker, sink, quality)
        weight = mixtures.weight_of_known(taker, sink, quality)
        if broken(facts, Bound("sink", taker, sink, quality, limit, mixed, weight)) is not None:
            return "does not fit"
    return "fits in a mixture" if over else "fits alone"
