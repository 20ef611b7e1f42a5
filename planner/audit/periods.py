"""A case as it is in one period, and a run as it is there: what is checked of a year can be checked of each of them."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.flows import Run, taken_by
from planner.audit.links import text
from planner.audit.money import Accounts
from planner.audit.network import Network, number, word
from planner.audit.reading import Row, rows_of
from planner.geography.distances import Distances

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

TABLE = "flows_by_period"
#: Kinds of rows of it; those of what crosses the fence have the names of resources and streams.
OUTSIDE = ("purchase", "discharge", "sale")
KINDS = ("exchange", "main", "facility", "charged", "drawn", *OUTSIDE)
#: Flows below this are rounding.
NEGLIGIBLE = 1e-6


@dataclass(frozen=True)
class Slice:
    """A period of a run.

    Attributes
    ----------
    facts, run
        The case and the run in it.
    tables
        The tables of the run that have a row for each period, with the rows of this one.
    """

    facts: Facts
    run: Run
    tables: "Tables"


Slices = Mapping[str, Slice]


@dataclass
class Moved:
    """What moves in a period, by the table of flows.

    Attributes
    ----------
    exchanges
        (Exchange, option) -> what leaves, what is lost on the way.
    mains
        (Main, stretch) -> what enters the stretch, what is lost in it.
    activity, drawn
        By facility, of a store what it is charged with; by store, what it gives.
    """

    exchanges: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    mains: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    activity: dict[str, float] = field(default_factory=dict)
    drawn: dict[str, float] = field(default_factory=dict)


def slices_of(facts: Facts, tables: "Tables", prefix: str, run: Run) -> dict[str, Slice]:
    """Periods of a run; none where the case has none."""
    if not facts.case.periods:
        return {}
    moved: dict[str, Moved] = defaultdict(Moved)
    for row in rows_of(tables, prefix + TABLE):
        here, name, option = moved[word(row, "period")], word(row, "name"), text(row["option"]) or ""
        amount = number(row, "amount_per_yr")
        if row["kind"] == "exchange":
            here.exchanges[name, option] = amount, number(row, "lost_per_yr")
        elif row["kind"] == "main":
            here.mains[name, option] = amount, number(row, "lost_per_yr")
        elif row["kind"] in ("facility", "charged"):
            here.activity[name] = amount
        elif row["kind"] == "drawn":
            here.drawn[name] = amount
    parts = {
        name: {str(t): part for t, part in table.groupby(table["state"].astype(str), sort=False)}
        for name, table in tables.items()
        if "state" in table.columns and not table.empty
    }
    found = {}
    for t in facts.case.periods:
        mine = {name: parts[name].get(t, table[:0]) if name in parts else table for name, table in tables.items()}
        found[t] = _slice(facts, mine, prefix, run, (t, moved[t]))
    return found


def _slice(facts: Facts, mine: "Tables", prefix: str, run: Run, found: tuple[str, Moved]) -> Slice:
    """A period of a run, from the rows of the tables that are of it."""
    period, moved = found
    own = facts.slices[period]

    def amounts(name: str, column: str) -> dict[tuple[str, str], float]:
        total: dict[tuple[str, str], float] = defaultdict(float)
        for row in rows_of(mine, prefix + name):
            total[str(row["by"]), str(row["stream"])] += float(row[column])
        return dict(total)

    one = replace(
        run,
        exchanges=[_exchange(facts, row, moved) for row in run.exchanges],
        discharged=amounts("discharges", "amount_per_yr"),
        sold=amounts("sales", "amount_per_yr"),
        supplied=amounts("supplies", "supplied_per_yr"),
        activity={name: moved.activity.get(name, 0.0) for name in run.activity},
        drawn={name: moved.drawn.get(name, 0.0) for name in run.drawn},
        credited=_credited(mine, prefix),
        network=_network(run.network, moved),
    )
    return Slice(own, replace(one, taken=taken_by(own, one)), mine)


def _credited(tables: "Tables", prefix: str) -> dict[tuple[str, str], float]:
    """(Exchange, resource) -> what its taker does without, besides what it replaces."""
    found: dict[tuple[str, str], float] = defaultdict(float)
    for row in rows_of(tables, prefix + "credits"):
        found[str(row["exchange"]), str(row["resource"])] += float(row["credited_per_yr"])
    return dict(found)


def _exchange(facts: Facts, row: Row, moved: Moved) -> Row:
    """A row of exchanges with what flows in a period."""
    flow, lost = moved.exchanges.get((str(row["exchange"]), str(row["option"])), (0.0, 0.0))
    terms = facts.terms(*(str(row[k]) for k in ("from", "to", "source", "sink")))
    ratio = 1.0 if terms is None else terms.ratio
    return {**row, "flow_per_yr": flow, "lost_per_yr": lost, "replaced_per_yr": (flow - lost) * ratio}


def _network(network: Network, moved: Moved) -> Network:
    """Mains with what flows in a period, the pipes of a stretch in the proportion of the year."""
    whole: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    beside = Counter((word(row, "main"), word(row, "stretch")) for row in network.mains)
    for row in network.mains:
        for n, column in enumerate(("through_per_yr", "lost_per_yr")):
            whole[word(row, "main"), word(row, "stretch")][n] += number(row, column)

    def scaled(row: Row) -> Row:
        key = word(row, "main"), word(row, "stretch")
        (through, lost), (of_year, lost_in_year) = moved.mains.get(key, (0.0, 0.0)), whole[key]
        share = through / of_year if of_year > 0 else 0.0
        moves = {name: share * number(row, name) for name in ("flow_per_yr", "through_per_yr")}
        if beside[key] > 1:  # what is lost in one period and gained in another may add up to nothing
            lost *= number(row, "lost_per_yr") / lost_in_year if lost_in_year else 1.0 / beside[key]
        return {**row, **moves, "lost_per_yr": lost}

    return replace(network, mains=[scaled(row) for row in network.mains])


def still(run: Run) -> Run:
    """The same run with nothing moving: what is built, stands and is fixed."""
    nothing = dict.fromkeys(("flow_per_yr", "lost_per_yr", "replaced_per_yr"), 0.0)
    empty = Moved()
    return replace(
        run,
        exchanges=[{**row, **nothing} for row in run.exchanges],
        discharged={},
        sold={},
        supplied={},
        activity=dict.fromkeys(run.activity, 0.0),
        drawn=dict.fromkeys(run.drawn, 0.0),
        credited={},
        network=_network(run.network, empty),
        taken=dict.fromkeys(run.taken, 0.0),
    )


def accounts_of(facts: Facts, distances: Distances, run: Run, slices: Slices) -> Accounts:
    """Accounts of a run: with periods, what is fixed once, and what moves at the prices and factors of its period."""
    if not slices:
        return Accounts(facts, distances, run)
    whole = Accounts(facts, distances, still(run))
    for period, one in slices.items():
        moving, fixed = (Accounts(one.facts, distances, x) for x in (one.run, still(one.run)))
        for mine, theirs, less in (
            (whole.total, moving.total, fixed.total),
            (whole.bought, moving.bought, fixed.bought),
            (whole.left, moving.left, fixed.left),
            (whole.spared, moving.spared, fixed.spared),
        ):
            for name in {*theirs, *less}:
                mine[name] += theirs.get(name, 0.0) - less.get(name, 0.0)
        whole.periods[period] = moving
    whole.take(run)
    return whole


def check_periods(facts: Facts, tables: "Tables", prefix: str, run: Run, slices: Slices, checks: Checks) -> None:
    """Check the tables of periods: the periods themselves, and that what moves in them is what moves in the year."""
    name = "baseline" if prefix else "plan"
    if not facts.case.periods:
        return
    if not prefix:
        _periods(facts, tables, checks)
    check = f"{name}: flows of the periods add up to those of the year"
    checks.start(check)
    if prefix + TABLE not in tables:
        checks.fail(check, "the table is missing")
        return
    _words(facts, rows_of(tables, prefix + TABLE), checks, f"{name}: rows of {TABLE}")
    for n, row in enumerate(run.exchanges):
        for column in ("flow_per_yr", "lost_per_yr", "replaced_per_yr"):
            total = sum(float(one.run.exchanges[n][column]) for one in slices.values())
            checks.equal(check, f"{row['exchange']}: {column}", total, float(row[column]), float(row["flow_per_yr"]))
    for unit, activity in run.activity.items():
        total = sum(one.run.activity[unit] for one in slices.values())
        checks.equal(check, f"{unit}: activity", total, activity)
    for unit, drawn in run.drawn.items():
        checks.equal(check, f"{unit}: drawn", sum(one.run.drawn[unit] for one in slices.values()), drawn)
    for n, row in enumerate(run.network.mains):
        for column in ("through_per_yr", "lost_per_yr"):
            total = sum(number(one.run.network.mains[n], column) for one in slices.values())
            label = f"{word(row, 'main')} in {word(row, 'stretch')}: {column}"
            checks.equal(check, label, total, number(row, column), number(row, "through_per_yr"))
    _outside(tables, prefix, checks, check)


def _outside(tables: "Tables", prefix: str, checks: Checks, check: str) -> None:
    """Compare what is bought, disposed of and sold with the tables of it."""
    for kind, table, named in (
        ("purchase", "purchases", ("resource",)),
        ("discharge", "discharges", ("by", "stream")),
        ("sale", "sales", ("by", "stream")),
    ):
        told: dict[tuple[str, str], float] = defaultdict(float)
        for row in rows_of(tables, prefix + table):
            key = " / ".join(str(row[column]) for column in named), str(row["state"])
            told[key] += float(row["amount_per_yr"])
        listed: dict[tuple[str, str], float] = defaultdict(float)
        for row in rows_of(tables, prefix + TABLE):
            if row["kind"] == kind:
                listed[word(row, "name"), word(row, "period")] += number(row, "amount_per_yr")
        for key in sorted({*told, *listed}):
            checks.equal(check, f"{kind} of {key[0]} in {key[1]}", listed.get(key, 0.0), told.get(key, 0.0))


def _periods(facts: Facts, tables: "Tables", checks: Checks) -> None:
    check = "periods: those of the case"
    checks.start(check)
    groups: dict[str, float] = defaultdict(float)
    for name, period in facts.case.periods.items():
        groups[period.of or name] += period.hours.value
    listed = {word(row, "period"): row for row in rows_of(tables, "periods")}
    if list(listed) != list(facts.case.periods):
        checks.fail(check, f"the table has {', '.join(listed) or 'none'}, the case {', '.join(facts.case.periods)}")
        return
    for name, period in facts.case.periods.items():
        row, group = listed[name], period.of or name
        checks.equal(check, f"{name}: hours", number(row, "hours_per_yr"), period.hours.value)
        if word(row, "group") != group:
            checks.fail(check, f"{name}: group is {word(row, 'group')!r}, not {group!r}")
        if word(row, "note") != (period.note or ""):
            checks.fail(check, f"{name}: note is {word(row, 'note')!r}")
        times = 1 if period.of is None else max(1, round(groups[group] / period.cycle.value))
        checks.equal(check, f"{name}: repeats", number(row, "repeats"), times)


def _words(facts: Facts, rows: list[Row], checks: Checks, check: str) -> None:
    """Check words, units and mean rates of the rows."""
    checks.start(check)
    for row in rows:
        period, resource = word(row, "period"), word(row, "resource")
        label = f"{word(row, 'kind')} {word(row, 'name')} in {period}"
        if period not in facts.case.periods:
            checks.fail(check, f"{label}: no such period")
            continue
        mean = number(row, "amount_per_yr") / facts.case.periods[period].hours.value
        if not abs(number(row, "mean_per_h") - mean) <= 1e-6 + 1e-5 * abs(mean):
            checks.fail(check, f"{label}: mean_per_h is {number(row, 'mean_per_h'):.8g}, {mean:.8g} recomputed")
        data, facility = facts.case.resources.get(resource), facts.case.facilities.get(word(row, "name"))
        unit = data.unit if data is not None else facility.unit if facility is not None and not resource else None
        if word(row, "unit") != unit:
            checks.fail(check, f"{label}: unit is {word(row, 'unit')!r}, {unit!r} by the case")
        if row["kind"] not in KINDS:
            checks.fail(check, f"{label}: unknown kind")
        store = facts.store(word(row, "name"))
        if (row["kind"] in ("charged", "drawn")) != (store is not None and row["kind"] not in OUTSIDE):
            checks.fail(check, f"{label}: what a store takes and gives is charged and drawn, and nothing else is")
        elif store is not None and resource != (store.taken if row["kind"] == "charged" else store.given):
            checks.fail(check, f"{label}: resource is {resource!r}")
