"""What groups of firms are worth a year, from what they cost together and alone.

    v(S) = cost of the members of S each alone - cost of the park of exactly S                            (V1)
    v(S) >= 0                                       all of S stay alone                                   (V2)
    v(S) >= v(S without i) + a(S) - a(S without i) - a(i)     i stays alone, a: cost alone; if a(S) is no (V3)
                                                              more than a(S without i) + a(i)
    v(N) = what the plan saves                      N all firms                                           (V4)

Nobody has to join: (V2) and (V3) hold because a group may leave some of its members, or all, alone. Where members are
in each other's way alone, for a plot or a limit, the others of S may need just what i needs, so that (V3) says nothing.
What is not solved to its end is an interval: the lower end follows from the plans found, the upper one from their
bounds.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from planner.errors import UsageError
from planner.sharing.game import Coalition, named

if TYPE_CHECKING:
    from models.coalition import Cost
    from planner.results.saved import Finished
    from planner.sharing.coalitions import Costs

#: Share of what there is to share that is rounding of solves proven to 1e-6.
ROUNDING = 2e-6
#: A gap up to which a plan is proven.
PROVEN = 1e-6


@dataclass(frozen=True)
class Value:
    """What a coalition is worth a year.

    Attributes
    ----------
    alone, together
        Total annual cost of its members each alone, and of their park; inf where they have none.
    value, high
        What it is worth by the plans found, and at most.
    note
        Why it is what it is, where that is not plain.
    left
        Members who stay alone, so that the others are worth more.
    """

    alone: float
    together: float
    value: float
    high: float
    proven: bool
    note: str = ""
    left: Coalition = frozenset()


def values_of(
    run: "Finished", costs: "Costs", wanted: Sequence[Coalition], worth: float, tolerance: float
) -> dict[Coalition, Value]:
    """Values of coalitions; that of all players is what the plan saves."""
    everybody = frozenset(costs.members.players)
    parts = [s for s in wanted if s != everybody]
    alone = _alone(run, costs, parts)
    together = costs.of(costs.task("together", s) for s in parts)
    found = {s: value_of(alone[s], together[costs.task("together", s)]) for s in parts}
    own = {i: found[frozenset({i})].alone for i in costs.members.players if frozenset({i}) in found}
    found = with_some_alone(found, own, costs.members.players, tolerance)
    return {s: found[s] if s in found else _of_plan(run, worth) for s in wanted}


def value_of(alone: tuple[float, float], cost: "Cost") -> Value:
    """Value of a coalition by (V1) and (V2); ``alone`` is what its members cost alone, found and at least."""
    before, least = alone
    value, high = least - cost.cost, before - cost.least
    proven = cost.proven and math.isclose(before, least, rel_tol=1e-9, abs_tol=1e-6)
    note = ""
    if cost.how == "infeasible":
        note = "has no feasible park of its own: its members stay alone"
    elif cost.how == "limit":
        note = "no park was found within the time limit: worth nothing as far as is known"
    elif value < 0.0:
        note = "its park would cost more than staying alone" if cost.proven else "no park found that pays"
    elif not proven:
        note = "not proven to be the best park of these firms"
    return Value(before, cost.cost, max(0.0, value), max(0.0, high), proven, note)


def with_some_alone(
    values: Mapping[Coalition, Value], own: Mapping[str, float], players: Sequence[str], tolerance: float
) -> dict[Coalition, Value]:
    """Values raised by (V3) where a group does better if one of its members, and so on, stays alone.

    Parameters
    ----------
    own
        Player -> its cost alone.
    tolerance
        Amount below which a difference says nothing.
    """
    found: dict[Coalition, Value] = {}
    for s in sorted(values, key=len):
        here = values[s]
        fewer = [(i, found[s - {i}]) for i in players if i in s and s - {i} in found]
        kept = {i: here.alone - less.alone - own[i] for i, less in fewer}  # what i and the others save alone, as a cost
        fewer = [(i, less) for i, less in fewer if kept[i] <= tolerance]
        lows = {i: less.value + kept[i] for i, less in fewer}
        high = max([here.high, *(less.high + kept[i] for i, less in fewer)])
        out = max(lows, key=lows.__getitem__, default="")
        if not lows or lows[out] <= here.value + tolerance:
            found[s] = here
            continue
        proven = math.isclose(lows[out], high, rel_tol=1e-9, abs_tol=tolerance)
        left = found[s - {out}].left | {out}
        note = f"does best if {named(left, players)} {'stay' if len(left) > 1 else 'stays'} alone"
        found[s] = replace(
            here, value=lows[out], high=lows[out] if proven else high, proven=proven, note=note, left=left
        )
    return found


def _of_plan(run: "Finished", worth: float) -> Value:
    """Value of all players by (V4), and at most if the plan is not proven to be the cheapest."""
    from models.coalition import steered

    before, after = (solution.totals["total_annual_cost"] for solution in (run.baseline, run.solution))
    goal = run.plan.header.get("objective")
    if goal != "cost":
        return Value(before, after, worth, math.inf, proven=False, note="the plan, which was not made for least cost")
    if run.solution.gap <= PROVEN:
        return Value(before, after, worth, worth, proven=True, note="the plan")
    missing = run.solution.objective - run.solution.bound
    bare = not steered(run.assembly.instance, "margin", "shadow_carbon")
    high = worth + max(0.0, missing) if bare and math.isfinite(missing) else math.inf
    gap = f"{run.solution.gap:.2%} " if math.isfinite(run.solution.gap) else ""
    return Value(before, after, worth, high, proven=False, note=f"the plan, which ended {gap}from its bound")


def _alone(run: "Finished", costs: "Costs", parts: Iterable[Coalition]) -> dict[Coalition, tuple[float, float]]:
    """Cost of members each alone, found and at least, by coalition.

    Alone, firms can only be in each other's way. So where the costs of one by one add up to that of all, as the
    baseline has it, they add up for every group, too: its cost lies between the sum and what is left of that of all.
    Where they do not (existing exchanges that are kept, a park gate whose expansion is shared), each group is solved.
    """
    players, parts = costs.members.players, list(parts)
    singles = costs.of(costs.task("alone", frozenset({player})) for player in players)
    for (_, who), cost in singles.items():
        if not math.isfinite(cost.cost):
            raise UsageError(f"{', '.join(who)} cannot stand alone on its plot: the baseline of groups cannot be told")
    own = {who[0]: cost for (_, who), cost in singles.items()}
    total = run.baseline.totals["total_annual_cost"]
    size = math.fsum(abs(cost.cost) for cost in own.values())
    adds_up = abs(math.fsum(cost.cost for cost in own.values()) - total) <= ROUNDING * max(1.0, size)
    if adds_up and run.case.baseline == "stand_alone":
        return {
            s: (math.fsum(own[i].cost for i in sorted(s)), math.fsum(own[i].least for i in sorted(s))) for s in parts
        }
    solved = costs.of(costs.task("alone", s) for s in parts)
    found = {s: solved[costs.task("alone", s)] for s in parts}
    return {s: (cost.cost, cost.least) for s, cost in found.items()}
