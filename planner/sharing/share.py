"""How the gain of a finished run may be shared among its firms, and which of them would rather leave.

What groups of firms are worth is told in ``planner.sharing.values``: total annual costs, solved on the model of the run
with everybody else switched off. All firms together are worth what the plan saves, whatever its goal: that is what
there is to share, the gain of the park company with it.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from planner.errors import UsageError
from planner.sharing import rules
from planner.sharing.coalitions import Costs, Settings, Siting, processes
from planner.sharing.core import Core, core_of
from planner.sharing.game import Breach, Coalition, Game, coalitions, not_superadditive, orders, prefixes
from planner.sharing.players import Members, members_of
from planner.sharing.rules import Shared
from planner.sharing.told import FOLDER
from planner.sharing.values import ROUNDING, Value, values_of

if TYPE_CHECKING:
    import pandas as pd

    from planner.results.saved import Finished

#: Up to how many firms all coalitions are solved.
EXACT = 10
#: Amount a year that is rounding in the smallest park.
LEAST = 1e-9


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
    core
        Whether some coalition gains by leaving whatever the rule; None where not all coalitions are known, or there is
        one player only.
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
    core: Core | None = None
    breaches: int = 0
    worst: Breach | None = None
    reused: int = 0

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
    table = _parties(run)
    observed = {str(party): float(gain) for party, gain in table["gain_per_yr"].items()}
    worth = math.fsum(observed.values())
    moved = math.fsum(table["gain_per_yr"].abs()), math.fsum(table["baseline_cost_per_yr"].abs())
    tolerance = max(LEAST, ROUNDING * max(moved))
    values = values_of(run, costs, wanted, worth, tolerance)
    found, missing = _rules(members, values, worth, table, chosen, tolerance)
    core, breaches, worst = None, 0, None
    if exact:
        core = core_of(members.players, values, tolerance)
        low = Game(members.players, {s: value.value for s, value in values.items()})
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
        core=core,
        breaches=breaches,
        worst=worst,
        reused=costs.reused,
    )


def _of_orders(members: Members, chosen: Sequence[Sequence[str]]) -> list[Coalition]:
    """Coalitions that come about in some orders, and everybody by himself."""
    own = [frozenset({player}) for player in members.players]
    return list(dict.fromkeys([*own, *(s for order in chosen for s in prefixes(order))]))


def _parties(run: "Finished") -> "pd.DataFrame":
    """The table ``parties`` by party, with all digits: its gains add up to what the plan saves."""
    from planner.results.parties import parties_table

    books = run.books(), run.books("baseline")
    names = ("exchanges", "baseline_exchanges", "shared_costs")
    table = parties_table(*books, *(run.plan.tables[name] for name in names))
    saved = run.baseline.totals["total_annual_cost"] - run.solution.totals["total_annual_cost"]
    off = abs(saved - math.fsum(table["gain_per_yr"]))
    if off > 1e-6 * max(1.0, abs(run.baseline.totals["total_annual_cost"])):
        raise RuntimeError("gains of the parties do not add up to what the plan saves")
    return table.set_index("party")


def _rules(
    members: Members,
    values: Mapping[Coalition, Value],
    worth: float,
    table: "pd.DataFrame",
    chosen: Sequence[Sequence[str]],
    tolerance: float,
) -> tuple[list[Shared], dict[str, str]]:
    """Sharing by every rule, and why one is missing."""
    players = members.players
    told = table.reindex(players)[["gain_per_yr", "capex", "baseline_cost_per_yr"]].fillna(0.0)
    observed, invested, alone = ({str(i): float(x) for i, x in told[column].items()} for column in told.columns)
    found, missing = [Shared(rules.OBSERVED, observed), rules.equal(players, worth)], dict[str, str]()
    for made, name in (
        (rules.proportional(rules.INVESTMENT, invested, worth, "the investment"), rules.INVESTMENT),
        (rules.proportional(rules.ALONE, alone, worth, "the cost without the park"), rules.ALONE),
    ):
        if isinstance(made, str):
            missing[name] = made
        else:
            found.append(made)
    parts = [value for s, value in values.items() if len(s) < len(players)]
    proven = all(value.proven for value in parts)
    low = {s: value.value for s, value in values.items()}
    if chosen:
        solved, gone = rules.by_sample(players, low, chosen, proven=proven)
    else:
        bounded = all(math.isfinite(value.high) for value in parts)
        high = {s: value.high if len(s) < len(players) else worth for s, value in values.items()}
        game = Game(players, high) if bounded else None
        solved, gone = rules.by_game(Game(players, low), game, proven=proven, tolerance=tolerance)
    return [*found, *solved], missing | gone
