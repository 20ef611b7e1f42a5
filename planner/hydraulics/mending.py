"""What does not work in mains, asked of a plan while it can still be changed; and what was changed.

The plan is looked at with the tables the user gets, the check of ``planner.hydraulics.check`` and the temperatures of
``planner.results.heat_pipes``: what passes here has the verdict "ok" in the tables ``hydraulics`` and ``heat_pipes``.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from models.look import Failing, Seen
from models.solution import Mend, Solution, Warmed
from planner.assemble.assembly import Assembly, MainFacts
from planner.case.case import Case
from planner.case.links import Link
from planner.geography.distances import Distances
from planner.heat.in_pipes import transfers_of
from planner.hydraulics.check import TOLERANCE, check
from planner.results.books import Books
from planner.results.exchanges import carried_table
from planner.results.flows import NEGLIGIBLE
from planner.results.heat_pipes import cold_over_mains
from planner.results.losses import settled
from planner.results.mains import mains_table
from planner.results.network import Network
from planner.results.network_money import NetworkMoney

#: Stretches of a change that its sentence names.
_TOLD = 3


def look_of(case: Case, distances: Distances, assembly: Assembly) -> Callable[[Solution], Seen] | None:
    """What looks at the plans of a case; None where no main says what flows in it, so that nothing can fail."""
    mains = assembly.mains.values()
    flows = any(case.resources[main.resource].fluid is not None for main in mains)
    cools = any(_may_arrive_too_cold(case, main) for main in mains)
    if not (flows or cools):
        return None

    def look(solution: Solution) -> Seen:
        books = settled(Books("plan", case, distances, assembly, solution))
        network, seen = Network(books), Seen()
        if flows:
            tables = {"mains": mains_table(NetworkMoney(network)), "exchanges": carried_table(books)}
            seen = failing(check(case, distances, tables))
        if cools:
            cold, circling = cold_over_mains(network)
            seen = replace(seen, cold=cold, circling=circling)
        return seen

    return look


def _may_arrive_too_cold(case: Case, main: MainFacts) -> bool:
    """Whether something is asked of what arrives by a main, and its pipes say what they lose."""
    level = case.resources[main.resource].heat
    insulated = any(transfers_of(size) is not None for size in case.links[main.link].sizes)
    return insulated and level is not None and level.arrives is not None


def failing(table: pd.DataFrame) -> Seen:
    """Pipes of mains that fail in a loop, from a ``hydraulics`` table."""
    found: list[Failing] = []
    mains = table[table["stretch"] != ""]
    for main, rows in mains.groupby("main", sort=False):
        pipes = rows.to_dict("records")
        for row in pipes:
            if row["verdict"] != "fails":
                continue
            loop = loop_of(row, pipes)
            if loop is not None:
                way = (row["stretch"], *(stretch for stretch, _ in loop))
                beside = tuple(stretch for stretch, along in loop if along)
                found.append(Failing(str(main), row["stretch"], way, beside, _too_narrow(row)))
    unknown = mains.loc[mains["flow_per_h"].isna(), "main"]
    return Seen(tuple(found), frozenset(str(main) for main in unknown))


def _too_narrow(row: Mapping[Any, Any]) -> bool:
    columns = ("velocity_m_per_s", "pressure_drop_pa_per_m")
    return any(row[column] > row[f"max_{column}"] * (1 + TOLERANCE) for column in columns)  # a limit of NaN is none


def loop_of(row: Mapping[Any, Any], pipes: Sequence[Mapping[Any, Any]]) -> tuple[tuple[str, bool], ...] | None:
    """Another way, of the fewest stretches, from where a pipe begins to where it ends; None where there is none.

    Parameters
    ----------
    row
        A row of the ``hydraulics`` table.
    pipes
        All rows of its main.

    Returns
    -------
    tuple or None
        Stretches, each with whether it flows along that way, as the pipe does, or against it. Empty where a pipe of
        another size lies beside it in its stretch.
    """
    if sum(pipe["stretch"] == row["stretch"] for pipe in pipes) > 1:
        return ()
    ways: dict[str, list[tuple[str, str, bool]]] = defaultdict(list)
    for pipe in pipes:
        if pipe["stretch"] != row["stretch"]:
            ways[pipe["from_node"]].append((pipe["stretch"], pipe["to_node"], True))
            ways[pipe["to_node"]].append((pipe["stretch"], pipe["from_node"], False))
    reached: dict[str, tuple[tuple[str, bool], ...]] = {row["from_node"]: ()}
    waiting = deque(reached)
    while waiting:
        node = waiting.popleft()
        for stretch, other, along in sorted(ways[node]):
            if other not in reached:
                reached[other] = (*reached[node], (stretch, along))
                waiting.append(other)
    return reached.get(row["to_node"])


def notes_on_mending(books: Books) -> Iterator[str]:
    """What was changed in mains so that they work, and what it costs."""
    for one in books.solution.mends:
        yield _on_warmth(books, one) if isinstance(one, Warmed) else _note(books, one)


def _on_warmth(books: Books, one: Warmed) -> str:
    """What was changed in the use of a main, so that all arrives as it must."""
    resource = books.assembly.mains[one.main].resource
    arrives = getattr(books.case.resources[resource].heat, "arrives", None)
    asked = "it must" if arrives is None else str((arrives.supply or arrives.steam).given)
    money = f"{one.cost:+,.0f} {books.case.currency}/yr"
    changes = [_change(books, use, *amounts) for use, amounts in one.changed.items()]
    told = "; ".join(changes[:_TOLD]) + (f"; and {len(changes) - _TOLD} more" if len(changes) > _TOLD else "")
    return f"the use of {one.main} was changed, so that all that it brings arrives at {asked}: {money} ({told})"


def _change(books: Books, use: tuple[str, str, str], was: float, now: float) -> str:
    exchange, _, state = use
    facts, instance = books.assembly.exchanges[exchange], books.assembly.instance
    hours = facts.shared_by_state[state]
    per = instance.states[state].weight / hours if hours else 0.0
    unit = books.case.resources[facts.resource].unit
    when = "" if len(instance.states) == 1 else f" in {state}"
    said = "none" if now * per < NEGLIGIBLE else f"{now * per:.4g} {unit}/h"
    return f"{exchange}{when}: {said} instead of {was * per:.4g} {unit}/h"


def _note(books: Books, one: Mend) -> str:
    link = books.case.links[books.assembly.mains[one.main].link]
    changes = [f"{stretch}: {_words(was)} -> {_words(now)}" for stretch, (was, now) in one.changed.items()]
    told = "; ".join(changes[:_TOLD]) + (f"; and {len(changes) - _TOLD} more" if len(changes) > _TOLD else "")
    money = f"{one.cost:+,.0f} {books.case.currency}/yr"
    why = f"so that its loops keep to {_limits(link)} however friction splits the flow"
    if one.opened:
        loops = " and ".join(_loop(loop) for loop in one.opened)
        return f"{one.main} was laid anew without the loop {loops}, {why}: {money} ({told})"
    number = "1 stretch" if len(changes) == 1 else f"{len(changes)} stretches"
    return f"wider pipes than its flows need were laid in {number} of {one.main}, {why}: {money} ({told})"


def _loop(stretches: tuple[str, ...]) -> str:
    if len(stretches) == 1:
        return f"of pipes side by side in {stretches[0]}"
    return " - ".join(stretches[:_TOLD]) + (" ..." if len(stretches) > _TOLD else "")


def _words(pipes: Mapping[str, int]) -> str:
    return " + ".join(f"{count} x {size}" if count > 1 else size for size, count in pipes.items()) or "none"


def _limits(link: Link) -> str:
    limits = [
        f"{limit.value:g} {unit}"
        for limit, unit in ((link.max_velocity, "m/s"), (link.max_pressure_drop, "Pa/m"))
        if limit is not None
    ]
    return " and ".join(limits) or "the way their corridors allow"
