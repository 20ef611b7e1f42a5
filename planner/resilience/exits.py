"""What it costs those who stay if a firm leaves a finished park, with what is built already.

    loss of a party = cost after - cost in the plan - (transfers after - transfers in the plan)

Cost after is running cost of what is in service then, and the capital of everything that was built in the plan, whether
it is still of use or not: that is paid. Capital that the firm that leaves has paid leaves with it. What it paid for the
running of what stays in use falls to those who stay; who of them, the case does not say, so that it is shown apart.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.errors import UsageError
from planner.results.books import PARK_COMPANY, Books, is_capital
from planner.sharing.players import Members, members_of

if TYPE_CHECKING:
    from planner.assemble.assembly import Line
    from planner.results.saved import Finished

TAC = "total_annual_cost"
#: Indicators that are followed, by the name of their total.
FOLLOWED = ("co2e", "waste", "fresh_water")
UNASSIGNED = "(running cost that the leaver paid)"
FOLDER = "resilience"
#: Share of an indicator by which it may differ through rounding of the solver alone.
NOISE = 1e-8


@dataclass(frozen=True)
class Exit:
    """What happens if a firm leaves.

    Attributes
    ----------
    firm
        Who leaves.
    how
        "proven", "not proven" (a limit ended the search), or why nothing can be told.
    losses
        Party that stays -> what it loses a year; with what the leaver paid for running what stays in use, if anything.
    extra_cost, lost_transfers
        Of these losses, what is cost and what is payments that no longer come.
    changes
        Indicator -> change of those who stay [its unit]; more than zero is worse.
    saving_lost
        Share of what the plan saves that is lost with the firm, its own gain among it; None where it saves nothing.
    own_gain
        What the firm gains in the plan, and loses by leaving.
    idle_capital
        Yearly capital that those who stay go on paying for what is out of service then.
    lost_capital
        Yearly capital, land apart, that the leaver pays in the plan and that nobody takes over.
    unmet, stranded
        Streams that are not supplied, or that go nowhere: (unit, stream, resource, amount unit, amount a year, share).
    exceeded
        Limits of the park that are exceeded, with the amount.
    """

    firm: str
    how: str
    losses: Mapping[str, float] = field(default_factory=dict)
    extra_cost: float = math.nan
    lost_transfers: float = math.nan
    changes: Mapping[str, float] = field(default_factory=dict)
    saving_lost: float | None = None
    own_gain: float = math.nan
    idle_capital: float = math.nan
    lost_capital: float = math.nan
    unmet: tuple[tuple[Any, ...], ...] = ()
    stranded: tuple[tuple[Any, ...], ...] = ()
    exceeded: Mapping[str, float] = field(default_factory=dict)

    @property
    def loss(self) -> float:
        """What all who stay lose a year together."""
        return math.fsum(self.losses.values()) if self.losses else math.nan

    @property
    def hurt_most(self) -> str:
        """Who of those who stay loses most; "" where nobody loses."""
        losing = {party: loss for party, loss in self.losses.items() if party != UNASSIGNED and loss > 0.005}
        return max(losing, key=lambda party: losing[party], default="")


@dataclass(frozen=True)
class Exits:
    """All exits that were looked at."""

    run: "Finished"
    members: Members
    exits: tuple[Exit, ...]
    worth: float
    before: Books


def leave(
    out: str | Path,
    firms: Sequence[str] = (),
    *,
    time_limit: float | None = 60.0,
    gap: float = 1e-6,
    progress: Callable[[int, int], None] | None = None,
) -> Exits:
    """Work out what it costs the others if a firm leaves a finished park.

    Parameters
    ----------
    out
        Folder of the run.
    firms
        Who leaves, each by itself; by default each firm in turn.
    time_limit, gap
        Of each solve.
    progress
        Called with how many exits of how many are done.

    Raises
    ------
    UsageError
        If the run has no values, or there is no such firm.
    """
    from models.exits import Exits as Model
    from planner.results.saved import finished

    run = finished(out)
    members = leavers_of(run)
    chosen = _chosen(members, firms)
    model = Model(run.assembly.instance, run.solution, run.baseline, *capital_of(run))
    before, gains, transfers = run.books(), *_today(run)
    found = []
    for done, firm in enumerate(chosen, 1):
        found.append(_exit(run, model, members, before, (firm, gains, transfers), (gap, time_limit)))
        if progress is not None:
            progress(done, len(chosen))
    return Exits(run, members, tuple(found), math.fsum(gains.values()), before)


def leavers_of(run: "Finished") -> Members:
    """Who may leave: the firms that share, and whoever else owns a facility that is built, but the park company."""
    members, books = members_of(run), run.books()
    built = books.opened()
    owned: dict[str, list[str]] = defaultdict(list)
    for k in members.common:
        party = books.party(k)
        stated = run.case.parties.get(party)
        company = party == PARK_COMPANY or (stated is not None and stated.kind == PARK_COMPANY)
        if k in built and not company and run.assembly.instance.units[k].kind == "facility":
            owned[party].append(k)
    gone = {k for units in owned.values() for k in units}
    units = {**members.units, **{party: tuple(mine) for party, mine in owned.items()}}
    return Members(units, tuple(k for k in members.common if k not in gone))


def _chosen(members: Members, firms: Sequence[str]) -> list[str]:
    from difflib import get_close_matches

    unknown = [firm for firm in firms if firm not in members.units]
    if unknown:
        near = get_close_matches(unknown[0], members.players, 1)
        hint = f"; did you mean {near[0]}?" if near else ";"
        raise UsageError(f"no firm {', '.join(unknown)} in this plan{hint} those there: {', '.join(members.players)}")
    return list(dict.fromkeys(firms)) or list(members.players)


def capital_of(
    run: "Finished",
) -> tuple[dict[str, dict[tuple[str, ...], float]], dict[str, dict[tuple[str, ...], float]]]:
    """Yearly capital cost, and investment, of a unit of each variable."""
    totals = run.assembly.instance.totals
    found: tuple[dict[str, dict[tuple[str, ...], float]], ...] = ({}, {})
    for line in run.assembly.lines:
        for sums, weight in zip(
            found,
            (totals[TAC].get(line.account, 0.0) * is_capital(line), totals["investment"].get(line.account, 0.0)),
            strict=True,
        ):
            if weight:
                of = sums.setdefault(line.family, {})
                of[line.index] = of.get(line.index, 0.0) + weight * line.effect
    return found[0], found[1]


def _today(run: "Finished") -> tuple[dict[str, float], dict[str, float]]:
    """Gain and transfers of every party in the plan."""
    from planner.results.parties import parties_table, transfers

    tables = [run.plan.tables[name] for name in ("exchanges", "baseline_exchanges", "shared_costs")]
    table = parties_table(run.books(), run.books("baseline"), *tables)
    gains = {str(row["party"]): float(row["gain_per_yr"]) for row in table.to_dict("records")}
    return gains, dict(transfers(tables[0]))


def _exit(
    run: "Finished",
    model: Any,
    members: Members,
    before: Books,
    about: tuple[str, Mapping[str, float], Mapping[str, float]],
    limits: tuple[float, float | None],
) -> Exit:
    from models.solution import NoSolution
    from models.solve import Options
    from planner.results.losses import settled

    firm, gains, transfers = about
    try:
        found = model.without(members.units[firm], Options(limits[0], limits[1], None, 1, 0))
    except NoSolution as end:
        if end.reason == "interrupted":
            raise KeyboardInterrupt from end
        words = {"limit": "no way to go on was found within the time limit", "infeasible": "those who stay cannot run"}
        return Exit(firm, words.get(end.reason, end.reason), own_gain=gains.get(firm, 0.0))
    after = settled(Books("exit", run.case, run.distances, run.assembly, found.solution))
    losses, extra, idle, lost = _money(before, after, firm)
    paid: dict[str, float] = defaultdict(float)
    for (party, *_), money in transfers_after(run, after, firm).items():
        paid[party] += money
    parties = [party for party in dict.fromkeys([*gains, *losses]) if party != firm]
    tariffs = _tariffs(run, firm)
    moved = {party: transfers.get(party, 0.0) - paid.get(party, 0.0) + tariffs.get(party, 0.0) for party in parties}
    total = {party: losses.get(party, 0.0) + moved[party] for party in parties}
    worth = math.fsum(gains.values())
    kept = math.fsum(gains.get(party, 0.0) - total[party] for party in parties)
    return Exit(
        firm,
        "proven" if found.proven else "not proven",
        total,
        extra,
        math.fsum(moved.values()),
        {name: _changed(before, after, firm, name) for name in FOLLOWED},
        (worth - kept) / worth if worth > 0.005 else None,
        gains.get(firm, 0.0),
        idle,
        lost,
        tuple(_streams(before, found.unmet, "sinks")),
        tuple(_streams(before, found.stranded, "sources")),
        found.exceeded,
    )


def _money(before: Books, after: Books, firm: str) -> tuple[dict[str, float], float, float, float]:
    """Extra cost by party, in all, capital that lies idle, and capital that leaves with the firm.

    What the firm paid for the running of what stays in use stands under ``UNASSIGNED``.
    """
    weights = before.weights(TAC)
    extra: dict[str, float] = defaultdict(float)
    idle = lost = 0.0
    for line in before.assembly.lines:
        weight = weights.get(line.account, 0.0)
        was, now = (weight * amount_of(books, line) for books in (before, after)) if weight else (0.0, 0.0)
        if not was and not now:
            continue
        if line.party == firm:
            if not is_capital(line):
                extra[UNASSIGNED] += now
            elif line.account != "land":
                lost += was
        elif is_capital(line):
            extra[line.party] += max(0.0, now - was)
            idle += max(0.0, was - now)
        else:
            extra[line.party] += now - was
    if abs(extra.get(UNASSIGNED, 0.0)) < 0.005:
        extra.pop(UNASSIGNED, None)
    return dict(extra), math.fsum(extra.values()), idle, lost


def amount_of(books: Books, line: "Line") -> float:
    """What a run books for a line item."""
    value = books.solution.value(line.family, *line.index)
    return value * books.weight(line.family, line.index) * line.effect if value else 0.0


def _changed(before: Books, after: Books, firm: str, name: str) -> float:
    """Change of a total of those who stay."""
    weights = before.weights(name)
    rows = [line for line in before.assembly.lines if weights.get(line.account)]
    then = math.fsum(weights[line.account] * amount_of(before, line) for line in rows if line.party != firm)
    change = math.fsum(weights[line.account] * amount_of(after, line) for line in rows) - then
    return change if abs(change) > NOISE * max(1.0, abs(then)) else 0.0


def transfers_after(
    run: "Finished", after: Books, firm: str, exchanges: str = "exchanges"
) -> dict[tuple[str, str, str], float]:
    """(Party, exchange, resource) -> payments received less paid at the prices of the plan, once a firm has left.

    For what still flows, at least what those who stay have agreed to take or pay, as far as the seller could still give
    it. Nobody pays a firm that has left, nor is paid by it. ``exchanges`` is the table with prices and flows before.
    """
    received: dict[tuple[str, str, str], float] = defaultdict(float)
    table = run.plan.tables[exchanges]
    for row in table[table["transfer_price"].notna()].to_dict("records"):
        if firm in (row["seller"], row["buyer"]):
            continue
        e, resource = str(row["exchange"]), str(row["resource"])
        flows = table.loc[table["exchange"] == e, "flow_per_yr"]
        share = float(row["flow_per_yr"]) / float(flows.sum()) if flows.sum() > 0 else 1.0 / len(flows)
        paid = float(row["transfer_price"]) * _paid_for(run, after, row, share)
        received[str(row["seller"]), e, resource] += paid
        received[str(row["buyer"]), e, resource] -= paid
    return dict(received)


def _paid_for(run: "Finished", after: Books, row: Mapping[Any, Any], share: float) -> float:
    """Amount a year that is paid for, of a row's share of an exchange."""
    from planner.finance.contracts import contract_of

    instance, e = run.assembly.instance, str(row["exchange"])
    data, states = instance.exchanges[e], instance.states.items()
    flow = share * sum(
        x.weight * after.solution.value("flow", e, option, t) for option in data.options for t, x in states
    )
    contract = contract_of(run.case, row)
    if contract is None or contract.take_or_pay is None:
        return flow
    return max(flow, min(contract.take_or_pay.value * float(row["flow_per_yr"]), flow + _left(after, data.source)))


def _left(after: Books, source: str) -> float:
    """What a source could still give a year: of a plant all that nobody takes, of a facility what it makes in vain."""
    instance, value = after.assembly.instance, after.solution.value
    data, states = instance.sources[source], instance.states.items()
    if instance.units[data.unit].kind not in ("plant", "partner"):
        return sum(x.weight * value("discharged", source, t) for t, x in states)
    options = [(e, o) for e, x in instance.exchanges.items() if x.source == source for o in x.options]
    given = sum(x.weight * value("flow", *option, t) for option in options for t, x in states)
    return max(0.0, sum(x.weight * data.amount.get(t, 0.0) for t, x in states) - given)


def _tariffs(run: "Finished", firm: str) -> dict[str, float]:
    """What others lose, or save, of tariffs for what is shared when a firm neither pays them nor is paid."""
    from planner.finance.shared_costs import payments

    lost: dict[str, float] = defaultdict(float)
    for payer, owner, _, tariff in payments(run.plan.tables["shared_costs"]):
        if payer == firm:
            lost[owner] += tariff
        elif owner == firm:
            lost[payer] -= tariff
    return dict(lost)


def _streams(books: Books, amounts: Mapping[tuple[str, str], float], side: str) -> list[tuple[Any, ...]]:
    """Streams that lack something, all states of each together."""
    from planner.results.streams import sink, source

    instance = books.assembly.instance
    found: dict[str, float] = defaultdict(float)
    for (stream_id, _), amount in amounts.items():
        found[stream_id] += amount
    rows = []
    for stream_id, amount in found.items():
        stream = (sink if side == "sinks" else source)(books, stream_id)
        data = (instance.sinks if side == "sinks" else instance.sources)[stream_id]
        whole = sum(instance.states[t].weight * most for t, most in data.amount.items())
        unit = books.case.resources[stream.resource].unit
        rows.append((stream.unit, stream.name, stream.resource, unit, amount, amount / whole if whole else None))
    return rows
