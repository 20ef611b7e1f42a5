"""Without the anchor: the ledger once the firm whose exchanges gain most has left, with what is built already.

    gain without the anchor = baseline - cost without it            of those who stay; new capital by its yearly cost
                              baseline as_is: that without the anchor, whose exchanges of today are lost either way
    gain without the anchor = - running cost of what it has paid for and stays in use     of the anchor itself

Flows are sent anew as for any other exit (``models.exits``). The table every bank wants takes its loss of the anchor
from the difference to the gains in the plan. Without a re-dispatch, it has an estimate, and says so.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.finance.bank import ANCHOR_EXIT, Stress, bank_table, nothing
from planner.finance.heads import TARIFF, TARIFFS, TRANSFERS, Key, key_of
from planner.finance.shared_costs import payments
from planner.resilience.exits import amount_of, capital_of, transfers_after
from planner.results.books import Books, is_capital
from planner.results.columns import COLUMNS

if TYPE_CHECKING:
    import pandas as pd

    from models.exits import After
    from models.solve import Interrupt
    from planner.assemble.assembly import Assembly
    from planner.geography.distances import Distances
    from planner.results.plan import Plan
    from planner.results.saved import Finished

PROVEN = "proven"
#: Limits of the solve: it is one more of a plan that is there already.
TIME_LIMIT, LEAST_TIME, NODE_LIMIT = 60.0, 5.0, 5_000
#: Less than this is rounding [money/yr].
NOTHING = 1e-9
WHY: Mapping[str, str] = {
    "limit": "no way to go on was found in time",
    "interrupted": "interrupted",
    "infeasible": "those who stay cannot run without it",
}


def with_anchor_gone(
    plan: "Plan", run: "Finished", interrupt: "Interrupt | None" = None, time_limit: float | None = None
) -> "Plan":
    """The plan with the table ``anchor_exit``, and the table every bank wants made from it.

    Parameters
    ----------
    plan
        As it was tabulated, without that table.
    run
        The same plan with the values of its model.
    interrupt
        Asked now and then; once it returns true, the estimate stands.
    time_limit
        Of each solve [s]; between five and sixty seconds, whatever it is.
    """
    from planner.finance.parties import Ventures
    from planner.finance.terms import terms_of

    ventures = Ventures(run.case, plan.tables, terms_of(run.case))
    anchor = Stress(ventures).anchor
    if anchor is None:
        return plan
    table, why = _found(run, anchor, interrupt, time_limit)
    tables = {**plan.tables, ANCHOR_EXIT: table}
    return replace(plan, tables=tables | {"bank": bank_table(replace(ventures, tables=tables), why)})


def _found(
    run: "Finished", anchor: str, interrupt: "Interrupt | None", time_limit: float | None
) -> "tuple[pd.DataFrame, str]":
    """The table, and why it is empty."""
    from models.solution import NoSolution
    from models.solve import Options, asked

    books = run.books()
    gone = [k for k in run.assembly.instance.units if _owner(books, k) == anchor]
    left = TIME_LIMIT if time_limit is None else time_limit
    options = Options(1e-6, min(TIME_LIMIT, max(LEAST_TIME, left)), NODE_LIMIT, 1, 0, interrupt=interrupt)
    if asked(interrupt):
        return nothing(), WHY["interrupted"]
    try:
        found = _model(run).without(gone, options)
        alone = _alone(run, anchor, gone, options)
    except NoSolution as end:
        return nothing(), WHY.get(end.reason, end.reason)
    except KeyboardInterrupt:
        return nothing(), WHY["interrupted"]
    return _table(_rows(run, _books(run, found), alone, anchor, _how(found))), ""


def _model(run: "Finished", *, today: bool = False) -> Any:
    from models.exits import Exits

    before = run.baseline if today else run.solution
    return Exits(run.assembly.instance, before, run.baseline, *capital_of(run), today=today)


def _alone(run: "Finished", anchor: str, gone: list[str], options: Any) -> Books:
    """The baseline; where the anchor has exchanges in it, as it is without the anchor."""
    table = run.plan.tables["baseline_exchanges"]
    if not ((table["seller"] != table["buyer"]) & ((table["seller"] == anchor) | (table["buyer"] == anchor))).any():
        return run.books("baseline")
    return _books(run, _model(run, today=True).without(gone, options))


def _books(run: "Finished", found: "After") -> Books:
    from planner.results.losses import settled

    return settled(Books("exit", run.case, run.distances, run.assembly, found.solution))


def _owner(books: Books, unit: str) -> str:
    host = books.assembly.instance.units[unit].host
    return books.party(host if host is not None else unit)


def _how(found: "After") -> str:
    """How far the solve came, and what its money leaves out."""
    told = [PROVEN if found.proven else "not proven to be the cheapest way"]
    for amounts, words in ((found.unmet, "not supplied"), (found.stranded, "with nowhere to go")):
        streams = len({stream for stream, _ in amounts})
        if streams:
            told.append(f"{streams} {'stream' if streams == 1 else 'streams'} {words}, which has no price here")
    return "; ".join(told)


def _rows(run: "Finished", after: Books, alone: Books, anchor: str, how: str) -> list[dict[str, Any]]:
    sums = _now(run)
    for key, gain in _then(run, after, alone, anchor).items():
        sums[key][1] += gain
    order = {key: n for n, key in enumerate(sums)}
    return [
        {
            **key.columns(),
            "gain_per_yr": now,
            "gain_after_per_yr": then,
            "how": how,
        }
        for key, (now, then) in sorted(sums.items(), key=lambda item: order[item[0]])
        if max(abs(now), abs(then)) > NOTHING
    ]


def _now(run: "Finished") -> dict[Key, list[float]]:
    """Gains before capital in the plan, as the ledger has them."""
    found: dict[Key, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in run.plan.tables["ledger"].to_dict("records"):
        if row["kind"] != "capital":
            found[_key(row)][0] += float(row["gain_per_yr"])
    return found


def _then(run: "Finished", after: Books, alone: Books, anchor: str) -> dict[Key, float]:
    """The same once the anchor has left, and the capital of what has to be bought then."""
    before, baseline, found = run.books(), run.books("baseline"), defaultdict[Key, float](float)
    weights = before.weights("total_annual_cost")
    for line in before.assembly.lines:
        weight = weights.get(line.account, 0.0)
        if not weight:
            continue
        was, now, then, without = (weight * amount_of(books, line) for books in (before, after, baseline, alone))
        if line.party == anchor:
            found[key_of(line)] -= 0.0 if is_capital(line) else now
        elif is_capital(line):
            found[key_of(line)] += max(0.0, without - then) - max(0.0, now - was)
        else:
            found[key_of(line)] += without - now
    for sign, books, table in ((1.0, after, "exchanges"), (-1.0, alone, "baseline_exchanges")):
        for (party, exchange, resource), paid in transfers_after(run, books, anchor, table).items():
            found[Key(party, TRANSFERS, "transfer", "transfer", exchange, resource)] += sign * paid
    for payer, owner, exchange, tariff in payments(run.plan.tables["shared_costs"]):
        for party, gain in ((payer, -tariff), (owner, tariff)) if anchor not in (payer, owner) else ():
            found[Key(party, TARIFFS, "transfer", TARIFF, exchange, "")] += gain
    return found


def _key(row: Mapping[Any, Any]) -> Key:
    words = [row[name] if isinstance(row[name], str) else "" for name in ("exchange", "resource")]
    return Key(row["party"], row["head"], row["kind"], row["account"], *words)


def _table(rows: list[dict[str, Any]]) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(rows, columns=list(COLUMNS[ANCHOR_EXIT]))


def finished_of(plan: "Plan", assembly: "Assembly", distances: "Distances") -> "Finished":
    """A plan that was just solved as a finished run, which has no folder yet."""
    from planner.results.saved import Finished

    assert plan.case is not None, "a plan that was just solved has its case"
    assert plan.solutions is not None, "a plan that was just solved has its values"
    return Finished(Path(), plan, plan.case, distances, assembly, *plan.solutions, "")
