"""How the gain of a finished run may be shared among its firms, and which of them would rather leave.

    v(S) = max(0, cost of the members of S each alone - cost of the park of exactly S)           S some of the firms
    v(N) = what the plan saves                                                                   N all of them

Both costs are total annual costs, solved on the model of the run with everybody else switched off. A group whose park
would cost more than staying alone stays alone: it is worth 0, and so is one that has no feasible park. All firms
together are worth what the plan saves, whatever its goal: that is what there is to share, the gain of the park company
with it.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from planner.errors import UsageError
from planner.sharing import rules
from planner.sharing.coalitions import Costs, Settings, Siting, processes
from planner.sharing.game import Breach, Coalition, Game, coalitions, not_superadditive, orders, prefixes
from planner.sharing.nucleolus import LeastCore, least_core
from planner.sharing.players import Members, members_of
from planner.sharing.rules import Shared

if TYPE_CHECKING:
    from models.coalition import Cost
    from planner.results.saved import Finished

#: Up to how many firms all coalitions are solved.
EXACT = 10
#: Share of what there is to share that is rounding of solves proven to 1e-6.
ROUNDING = 2e-6
FOLDER = "sharing"


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
    """

    alone: float
    together: float
    value: float
    high: float
    proven: bool
    note: str = ""


@dataclass(frozen=True)
class Sharing:
    """The gain of a park and how it may be shared.

    Attributes
    ----------
    worth
        What the plan saves a year: there is so much to share.
    values
        Coalition -> its value: all coalitions if ``exact``, else those that came about in the sample.
    rules
        What each player gets under each rule; ``missing`` says why a rule is not there.
    observed
        Gain of every party today, the park company and other parties that are no players among them.
    least_core
        None where not all coalitions are known, or there is one player only.
    breaches, worst
        Pairs of coalitions that are worth less together than apart, and the worst of them.
    tolerance
        Amount a year below which a difference says nothing.
    """

    run: "Finished"
    members: Members
    worth: float
    values: Mapping[Coalition, Value]
    rules: tuple[Shared, ...]
    missing: Mapping[str, str]
    observed: Mapping[str, float]
    exact: bool
    samples: int
    seed: int
    settings: Settings
    tolerance: float
    least_core: LeastCore | None = None
    breaches: int = 0
    worst: Breach | None = None
    reused: int = 0
    notes: tuple[str, ...] = field(default_factory=tuple)

    @property
    def players(self) -> tuple[str, ...]:
        """Names of the players."""
        return self.members.players

    @property
    def proven(self) -> bool:
        """Whether every value is proven."""
        return all(value.proven for value in self.values.values())

    def parts(self) -> list[Coalition]:
        """Coalitions whose value is known, but that of all players, small ones first."""
        everybody, place = frozenset(self.players), {player: i for i, player in enumerate(self.players)}
        found = [s for s in self.values if s != everybody]
        return sorted(found, key=lambda s: (len(s), sorted(place[player] for player in s)))

    def excess(self, members: Coalition, shared: Shared, *, high: bool = False) -> float:
        """What a coalition gains by leaving: what it is worth beyond what a rule gives its members."""
        value = self.values[members]
        return (value.high if high else value.value) - math.fsum(shared.gains[player] for player in members)


def share(
    out: str | Path,
    *,
    siting: Siting = "plan",
    exact_up_to: int = EXACT,
    samples: int = 100,
    seed: int = 0,
    workers: int | None = None,
    time_limit: float | None = 60.0,
    gap: float = 1e-6,
    progress: Callable[[int, int], None] | None = None,
) -> Sharing:
    """Work out how the gain of a finished run may be shared.

    Parameters
    ----------
    out
        Folder of the run; values of coalitions are kept in its folder ``sharing``.
    siting
        "plan": in every coalition plants stay on the plots of the plan. "free": all plots are open.
    exact_up_to
        Up to so many players all coalitions are solved; above, those of a sample of orders.
    samples, seed
        Orders of that sample, and its seed.
    workers
        Processes; None for as many as there are processors.
    time_limit, gap
        Of each solve; what is not proven within makes a value an interval.
    progress
        Called with how many solves of how many are done.

    Raises
    ------
    UsageError
        If the run cannot be shared: no firm, no values of the model, or somebody cannot stand alone.
    """
    from planner.results.saved import finished

    run = finished(out)
    members = members_of(run)
    if not members.players:
        raise UsageError(f"nobody settles in the plan in {out}: there is nothing to share")
    settings = Settings(siting, time_limit, gap)
    count = processes() if workers is None else workers
    costs = Costs(run, members, settings, Path(out) / FOLDER, workers=count, progress=progress)
    exact = len(members.players) <= exact_up_to
    chosen = [] if exact else orders(members.players, samples, seed)
    wanted = list(coalitions(members.players)) if exact else _of_orders(members, chosen)
    observed = _observed(run)
    worth = math.fsum(observed.values())
    values = _values(run, costs, wanted, worth)
    tolerance = max(0.005, ROUNDING * max(abs(run.baseline.totals["total_annual_cost"]), abs(worth)))
    found, missing = _rules(run, members, values, worth, observed, chosen)
    core, breaches, worst = None, 0, None
    if exact:
        low = Game(members.players, {s: value.value for s, value in values.items()})
        core = least_core(low)
        breaches, worst = not_superadditive(low, tolerance)
    return Sharing(
        run=run,
        members=members,
        worth=worth,
        values=values,
        rules=tuple(found),
        missing=missing,
        observed=observed,
        exact=exact,
        samples=len(chosen),
        seed=seed,
        settings=settings,
        tolerance=tolerance,
        least_core=core,
        breaches=breaches,
        worst=worst,
        reused=costs.reused,
    )


def _of_orders(members: Members, chosen: Sequence[Sequence[str]]) -> list[Coalition]:
    """Coalitions that come about in some orders, and everybody by himself."""
    own = [frozenset({player}) for player in members.players]
    return list(dict.fromkeys([*own, *(s for order in chosen for s in prefixes(order))]))


def _observed(run: "Finished") -> dict[str, float]:
    """Gain of every party as the table ``parties`` has it, with all digits: they add up to what the plan saves."""
    from planner.results.parties import parties_table

    books = run.books(), run.books("baseline")
    table = parties_table(
        *books, *(run.plan.tables[name] for name in ("exchanges", "baseline_exchanges", "shared_costs"))
    )
    gains = {str(row["party"]): float(row["gain_per_yr"]) for row in table.to_dict("records")}
    saved = run.baseline.totals["total_annual_cost"] - run.solution.totals["total_annual_cost"]
    if abs(saved - math.fsum(gains.values())) > 1e-6 * max(1.0, abs(run.baseline.totals["total_annual_cost"])):
        raise RuntimeError("gains of the parties do not add up to what the plan saves")
    return gains


def _values(run: "Finished", costs: Costs, wanted: Sequence[Coalition], worth: float) -> dict[Coalition, Value]:
    everybody = frozenset(costs.members.players)
    parts = [s for s in wanted if s != everybody]
    alone = _alone(run, costs, parts)
    together = costs.of(costs.task("together", s) for s in parts)
    found = {}
    for s in wanted:
        if s == everybody:
            before, after = (solution.totals["total_annual_cost"] for solution in (run.baseline, run.solution))
            found[s] = Value(before, after, worth, worth, proven=True, note="the plan")
        else:
            found[s] = _value(alone[s], together[costs.task("together", s)])
    return found


def _value(alone: tuple[float, float], cost: "Cost") -> Value:
    """Value of a coalition; ``alone`` is what its members cost alone, found and at least."""
    before, least = alone
    value, high = before - cost.cost, before - cost.least
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


def _alone(run: "Finished", costs: Costs, parts: Sequence[Coalition]) -> dict[Coalition, tuple[float, float]]:
    """Cost of members each alone, found and at least, by coalition.

    Alone, firms can only be in each other's way. So where the costs of one by one add up to that of all, as the
    baseline has it, they add up for every group, too: its cost lies between the sum and what is left of that of all.
    Where they do not (existing exchanges that are kept, a park gate whose expansion is shared), each group is solved.
    """
    players = costs.members.players
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


def _rules(
    run: "Finished",
    members: Members,
    values: Mapping[Coalition, Value],
    worth: float,
    observed: Mapping[str, float],
    chosen: Sequence[Sequence[str]],
) -> tuple[list[Shared], dict[str, str]]:
    """Sharing by every rule, and why one is missing."""
    players = members.players
    table = {str(row["party"]): row for row in run.plan.tables["parties"].to_dict("records")}
    invested = {i: float(table[i]["capex"]) if i in table else 0.0 for i in players}
    alone = {i: float(table[i]["baseline_cost_per_yr"]) if i in table else 0.0 for i in players}
    found = [Shared(rules.OBSERVED, {i: observed.get(i, 0.0) for i in players}), rules.equal(players, worth)]
    missing: dict[str, str] = {}
    for made, name in (
        (rules.proportional(rules.INVESTMENT, invested, worth, "the investment"), rules.INVESTMENT),
        (rules.proportional(rules.ALONE, alone, worth, "the cost without the park"), rules.ALONE),
    ):
        if isinstance(made, str):
            missing[name] = made
        else:
            found.append(made)
    proven = all(value.proven for value in values.values())
    if chosen:
        solved, gone = rules.by_sample(players, {s: v.value for s, v in values.items()}, chosen, proven=proven)
    else:
        bounded = all(math.isfinite(value.high) for value in values.values())
        low = Game(players, {s: v.value for s, v in values.items()})
        high = Game(players, {s: v.high for s, v in values.items()}) if bounded else None
        solved, gone = rules.by_game(low, high, proven=proven)
    return [*found, *solved], missing | gone
