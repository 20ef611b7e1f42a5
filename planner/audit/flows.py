"""Checks of what flows: balances of every stream, capacities, hours, the terms of every exchange."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from planner.audit.checks import Checks, differs
from planner.audit.facts import Facts, parts_of
from planner.audit.links import carried_today, check_link, main_of, shared_hours
from planner.audit.network import Network, read_network
from planner.audit.reading import rows_of
from planner.audit.siting import Places
from planner.geography.distances import Distances

if TYPE_CHECKING:
    import pandas as pd

Key = tuple[str, str]


@dataclass
class Run:
    """The decisions of one run (plan or baseline) as its tables tell them.

    Attributes
    ----------
    exchanges
        Rows of the exchanges table.
    discharged, sold
        (unit, source stream) -> amount a year.
    supplied
        (unit, sink stream) -> amount a year met by the conventional supply.
    activity, capacity
        Facility -> activity a year, capacity per hour; of a store what it is charged with, and its largest rate.
    drawn, rated_out, content
        Store -> what it gives a year, the largest rate of that, its content.
    places
        Unit -> plot.
    network
        Mains, trenches and the pipes in them.
    taken
        (unit, operation or part of one) -> what it takes a year, as its exchanges and its supply tell.
    load_shares
        (unit, part of an operation) -> its share of the load.
    invested
        Facility -> its investment, as the table says.
    credited
        (exchange, resource) -> what its taker does without, besides what it replaces.
    recovery
        Plant -> heat that new exchangers between its process streams can pass [MW], as the table says.
    """

    exchanges: list[dict[str, Any]]
    discharged: dict[Key, float]
    sold: dict[Key, float]
    supplied: dict[Key, float]
    activity: dict[str, float]
    capacity: dict[str, float]
    places: Places
    present: set[str] = field(default_factory=set)
    network: Network = field(default_factory=Network)
    taken: dict[Key, float] = field(default_factory=dict)
    load_shares: dict[Key, float] = field(default_factory=dict)
    credited: dict[Key, float] = field(default_factory=dict)
    recovery: dict[str, float] = field(default_factory=dict)
    equipment: dict[tuple[str, str, str, str], float] = field(default_factory=dict)
    drawn: dict[str, float] = field(default_factory=dict)
    rated_out: dict[str, float] = field(default_factory=dict)
    content: dict[str, float] = field(default_factory=dict)

    def amount(self, facts: Facts, unit: str, direction: str, stream: str) -> float:
        """Yearly amount of a stream in this run [unit/yr]; of a medium of process heat what the run moves of it."""
        if facts.is_medium(unit, direction, stream):
            return self.moved(unit, direction, stream)
        operation = facts.operation(unit, stream)
        if operation is None or facts.stream(unit, direction, stream) is not None:
            out = direction == "source" and unit in self.drawn
            return facts.amount(unit, direction, stream, self.drawn if out else self.activity)
        taken = self.taken.get((unit, stream), 0.0)
        if direction == "sink":
            return taken
        return taken + facts.net_gain(unit, operation) * self.load_share(facts, unit, stream)

    def moved(self, unit: str, direction: str, stream: str) -> float:
        """What is exchanged, supplied, disposed of and sold of a stream [unit/yr]."""
        key = unit, stream
        if direction == "sink":
            met = (x["replaced_per_yr"] for x in self.exchanges if (str(x["to"]), str(x["sink"])) == key)
            return self.supplied.get(key, 0.0) + sum(float(x) for x in met)
        sent = (x["flow_per_yr"] for x in self.exchanges if (str(x["from"]), str(x["source"])) == key)
        return self.discharged.get(key, 0.0) + self.sold.get(key, 0.0) + sum(float(x) for x in sent)

    def hourly(self, facts: Facts, unit: str, direction: str, stream: str) -> float:
        """Mean rate of a stream while it runs: as ``Facts.hourly``, of a medium by what the run moves [unit/h]."""
        if not facts.is_medium(unit, direction, stream):
            out = direction == "source" and unit in self.rated_out
            return facts.hourly(unit, direction, stream, self.rated_out if out else self.capacity)
        hours = facts.stream_hours(unit, direction, stream)
        return self.moved(unit, direction, stream) / hours if hours > 0 else 0.0

    def load_share(self, facts: Facts, unit: str, stream: str) -> float:
        """Share of its load, and of what it gains or loses, that a part of an operation has; 1 of a whole one.

        As the table of operations says; where none does, by what each part takes.
        """
        operation = facts.operation(unit, stream)
        if operation is None or operation.parts == 1:
            return 1.0
        if (unit, stream) in self.load_shares:
            return self.load_shares[unit, stream]
        parts = parts_of(facts.whole(unit, stream) or "", operation)
        if any((unit, part) in self.load_shares for part in parts):
            return 0.0
        taken = sum(self.taken.get((unit, part), 0.0) for part in parts)
        return self.taken.get((unit, stream), 0.0) / taken if taken > 0 else 1.0 / operation.parts


def read_run(facts: Facts, tables: "dict[str, pd.DataFrame]", prefix: str, places: Places) -> Run:
    """Read the decisions of a run from its tables; ``prefix`` is "" or "baseline_"."""

    def rows(name: str) -> list[dict[str, Any]]:
        return rows_of(tables, prefix + name)

    def amounts(name: str, column: str) -> dict[Key, float]:
        total: dict[Key, float] = defaultdict(float)
        for row in rows(name):
            total[str(row["by"]), str(row["stream"])] += float(row[column])
        return dict(total)

    facilities = rows("facilities")
    run = Run(
        exchanges=rows("exchanges"),
        discharged=amounts("discharges", "amount_per_yr"),
        sold=amounts("sales", "amount_per_yr"),
        supplied=amounts("supplies", "supplied_per_yr"),
        activity={str(row["facility"]): float(row["activity_per_yr"]) for row in facilities},
        capacity={str(row["facility"]): float(row["capacity_per_h"]) for row in facilities},
        places=places,
        network=read_network(tables, prefix),
    )
    for row in rows("credits"):
        key = str(row["exchange"]), str(row["resource"])
        run.credited[key] = run.credited.get(key, 0.0) + float(row["credited_per_yr"])
    for row in rows("stores"):
        name = str(row["store"])
        run.drawn[name], run.rated_out[name] = float(row["drawn_per_yr"]), float(row["rated_out_per_h"])
        run.content[name] = float(row["content"])
    run.equipment = {
        (str(row["plant"]), str(row["role"]), str(row["stream"]), str(row["kind"])): float(row["new_mw"])
        for row in rows("equipment")
    }
    run.load_shares = {operation_of(row): float(row["load_share"]) for row in rows("operations")}
    run.recovery = {str(row["plant"]): float(row["new_mw"]) for row in rows("heat_recovery")}
    run.present = {unit for unit in places if unit in facts.tenants} | set(facts.case.partners) | set(run.activity)
    run.taken = taken_by(facts, run)
    return run


def taken_by(facts: Facts, run: Run) -> dict[Key, float]:
    """What operations, or parts of them, take by their exchanges and their supply."""
    taken: dict[Key, float] = {}
    for unit in sorted(run.present & facts.tenants.keys()):
        for name, operation in facts.tenants[unit].operations.items():
            taken |= {(unit, part): run.supplied.get((unit, part), 0.0) for part in parts_of(name, operation)}
    for row in run.exchanges:
        key = str(row["to"]), str(row["sink"])
        if key in taken:
            taken[key] += float(row["replaced_per_yr"])
    return taken


def operation_of(row: dict[str, Any]) -> Key:
    """Unit and stream that a row of the operations table is about."""
    plant, part = str(row["plant"]), row["part"]
    name = str(row["operation"]).removeprefix(f"{plant} / ")
    if part is None or part != part or not str(part).strip("# ") or name.endswith(f" #{_whole(part)}"):
        return plant, name
    return plant, f"{name} #{_whole(part)}"


def _whole(part: object) -> str:
    return str(part).strip("# ").removesuffix(".0")


def check_flows(
    facts: Facts,
    distances: Distances,
    run: Run,
    checks: Checks,
    name: str,
    periods: Mapping[str, tuple[Facts, Run]] | None = None,
) -> None:
    """Check the flows of a run, in each of its ``periods`` if it has any; ``name`` is "plan" or "baseline"."""
    parts = [(*one, checks.of(t)) for t, one in (periods or {}).items()] or [(facts, run, checks)]
    for known, one, found in parts:
        _signs(one, found, name)
        _facilities(known, one, found, name)
        for row in one.exchanges:
            _exchange(known, distances, one, row, found, name)
        _balances(known, one, found, name)
    _whole_and_shares(facts, run, checks, name)
    if name == "plan":
        _forced(facts, run, checks)


def _signs(run: Run, checks: Checks, name: str) -> None:
    check = f"{name}: no negative and no missing amount"
    checks.start(check)
    amounts = [("discharged", run.discharged), ("sold", run.sold), ("supplied", run.supplied)]
    for what, table in amounts:
        for key, amount in table.items():
            if not amount >= -1e-6:
                checks.fail(check, f"{what} by {' / '.join(key)}: {amount:g}")
    for row in run.exchanges:
        if not float(row["flow_per_yr"]) >= -1e-6:
            checks.fail(check, f"flow of {row['exchange']}: {row['flow_per_yr']}")


def _facilities(facts: Facts, run: Run, checks: Checks, name: str) -> None:
    check = f"{name}: facilities within their capacity"
    checks.start(check)
    for unit, activity in run.activity.items():
        facility = facts.case.facilities.get(unit)
        if facility is None:
            checks.fail(check, f"{unit} is no facility of the case")
            continue
        if name == "baseline" and facility.scope == "shared":
            checks.fail(check, f"the baseline has the shared facility {unit}")
        if facility.stores is not None:
            continue  # a store is sized by its content
        good_for = facility.availability.value * facility.capacity_factor.value / facility.peak_factor.value
        hours = facts.unit_hours(unit) * good_for
        checks.at_most(check, f"{unit}: activity", activity, run.capacity[unit] * hours)
        points = facility.curve()
        low, high = points[0].capacity.value, points[-1].capacity.value
        checks.at_most(check, f"{unit}: capacity", run.capacity[unit], high)
        checks.at_most(check, f"{unit}: least capacity", low, run.capacity[unit])


def _exchange(facts: Facts, distances: Distances, run: Run, row: dict[str, Any], checks: Checks, name: str) -> None:
    check = f"{name}: exchanges are admissible and within their limits"
    checks.start(check)
    giver, taker, source, sink = (str(row[k]) for k in ("from", "to", "source", "sink"))
    label = str(row["exchange"])
    if not {facts.host(giver), facts.host(taker)} <= run.present or (
        {giver, taker} & set(facts.case.facilities) - set(run.activity)
    ):
        checks.fail(check, f"{label}: an end is not in the {name}")
        return
    terms = facts.terms(giver, taker, source, sink)
    if terms is None or terms.forbidden:
        checks.fail(check, f"{label}: the case does not allow it")
        return
    own = facts.host(giver) == facts.host(taker)
    if name == "baseline" and not own and not (carried_today(row) and facts.case.baseline == "as_is"):
        checks.fail(check, f"{label}: the baseline has an exchange between two sites")
    flow, lost = float(row["flow_per_yr"]), float(row["lost_per_yr"])
    checks.equal(check, f"{label}: replaced", float(row["replaced_per_yr"]), (flow - lost) * terms.ratio, flow)
    rate_out = run.hourly(facts, giver, "source", source)
    rate_in = run.hourly(facts, taker, "sink", sink)
    hours = shared_hours(facts, row)
    checks.at_most(check, f"{label}: flow by hours and rates", flow, rate_out * hours)
    checks.at_most(check, f"{label}: replaced by hours and rates", float(row["replaced_per_yr"]), rate_in * hours)
    if not own:
        check_link(facts, distances, run.places, row, (hours, terms), checks, check)
    elif main_of(row) is not None:
        checks.fail(check, f"{label}: uses a main on its own site")


def _balances(facts: Facts, run: Run, checks: Checks, name: str) -> None:
    out: dict[Key, float] = defaultdict(float)
    into: dict[Key, float] = defaultdict(float)
    for row in run.exchanges:
        out[str(row["from"]), str(row["source"])] += float(row["flow_per_yr"])
        into[str(row["to"]), str(row["sink"])] += float(row["replaced_per_yr"])
    check = f"{name}: every source is used, sold or disposed of, every sink is met"
    checks.start(check)
    for unit, stream, on_demand in _sources(facts, run):
        key = (unit, stream)
        amount = run.amount(facts, unit, "source", stream)
        leaving = out.pop(key, 0.0) + run.discharged.get(key, 0.0) + run.sold.get(key, 0.0)
        if on_demand:
            checks.at_most(check, f"{unit} / {stream}: leaving", leaving, amount)
        else:
            checks.equal(check, f"{unit} / {stream}: leaving", leaving, amount)
    for unit, stream in _sinks(facts, run):
        met = into.pop((unit, stream), 0.0) + run.supplied.get((unit, stream), 0.0)
        checks.equal(check, f"{unit} / {stream}: met", met, run.amount(facts, unit, "sink", stream))
    for key in (*out, *into):
        checks.fail(check, f"{' / '.join(key)} is no stream of the {name}")


def _sources(facts: Facts, run: Run) -> list[tuple[str, str, bool]]:
    found = [
        (u, s, bool(getattr(facts.stream(u, "source", s), "on_demand", False)))
        for u in run.present
        if u in facts.tenants
        for s in facts.streams(u, "source")
    ]
    return found + [
        (u, s, False) for u in run.activity if u in facts.case.facilities for s in facts.case.facilities[u].given
    ]


def _sinks(facts: Facts, run: Run) -> list[Key]:
    tenants, facilities = facts.tenants, facts.case.facilities
    found = [(u, s) for u in run.present if u in tenants for s in facts.streams(u, "sink")]
    return found + [(u, s) for u in run.activity if u in facilities for s in facilities[u].taken]


def _whole_and_shares(facts: Facts, run: Run, checks: Checks, name: str) -> None:
    check = f"{name}: shares, least and largest flows"
    checks.start(check)
    by_pair: dict[tuple[str, str, str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    by_sink: dict[Key, list[float]] = defaultdict(list)
    for row in run.exchanges:
        pair = (str(row["from"]), str(row["to"]), str(row["source"]), str(row["sink"]))
        by_pair[pair][0] += float(row["flow_per_yr"])
        by_pair[pair][1] += float(row["replaced_per_yr"])
    for pair, (flow, replaced) in by_pair.items():
        giver, taker, source, sink = pair
        terms = facts.terms(*pair)
        if terms is None:
            continue
        demand = run.amount(facts, taker, "sink", sink)
        by_sink[taker, sink].append(replaced)
        checks.at_most(check, f"{' > '.join(pair[:2])}: flow", flow, terms.max_flow)
        checks.at_most(check, f"{' > '.join(pair[:2])}: least flow", terms.min_flow, flow)
        checks.at_most(check, f"{' > '.join(pair[:2])}: share of the demand", replaced, terms.max_share * demand)
    for (unit, stream), parts in by_sink.items():
        declared = facts.stream(unit, "sink", stream)
        if declared is None:
            continue
        demand = run.amount(facts, unit, "sink", stream)
        checks.at_most(check, f"{unit} / {stream}: exchanged", sum(parts), declared.max_exchanged_share.value * demand)  # type: ignore[union-attr]
        whole = declared.whole_demand_from_one_source  # type: ignore[union-attr]
        if whole and (len(parts) > 1 or differs(parts[0], demand)):
            checks.fail(check, f"{unit} / {stream} must be met whole from one source")


def _forced(facts: Facts, run: Run, checks: Checks) -> None:
    """Check that every exchange an entry forces is built, of those whose ends are both there."""
    check = "plan: forced exchanges are built"
    checks.start(check)
    if not any(entry.forced for entry in facts.case.exchanges):
        return
    built = {tuple(str(row[k]) for k in ("from", "to", "source", "sink")) for row in run.exchanges}
    for giver, source, _ in _sources(facts, run):
        for taker, sink in _sinks(facts, run):
            if giver == taker and giver in facts.case.facilities:
                continue
            terms = facts.terms(giver, taker, source, sink)
            if terms is None or not terms.forced or terms.forbidden:
                continue
            if (giver, taker, source, sink) not in built:
                checks.fail(check, f"{giver} > {taker}: {source} -> {sink} is forced and not built")
