"""Hydraulic check of a plan: velocity, pressure drop and pump power of every pipe at peak."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.case.case import Case
from planner.case.links import Link, Size
from planner.case.resources import Fluid
from planner.geography.distances import Distances
from planner.hydraulics.capacity import Bore, FlowState, bore_of, size_of_existing, state_in, units_per_m3
from planner.hydraulics.network import Edge, NotSolved, balance, parts

if TYPE_CHECKING:
    import pandas as pd

NAN = float("nan")
#: Share of a limit by which a pipe may lie above it: plans and networks are solved to so many digits only.
TOLERANCE = 1e-3
#: Of pumps and fans, where the link states none (an assumption).
EFFICIENCY = 0.6
#: Flows of less than this share of what a network carries are none.
_NO_FLOW = 1e-6
#: Failing pipes of a carrier that its sentence names.
_TOLD = 3
_GAS = "a gas at its stated density; its expansion is not checked"


@dataclass(frozen=True)
class _Medium:
    """What flows in the pipes of a carrier.

    Attributes
    ----------
    per_m3
        Units of the resource in a cubic metre.
    """

    fluid: Fluid
    per_m3: float

    @property
    def kinematic_viscosity(self) -> float:
        return self.fluid.viscosity.value / self.fluid.density.value


@dataclass(frozen=True)
class _Run:
    """A row of the table to be: the pipes of one size in one stretch.

    Attributes
    ----------
    at
        Where it lies: main (or exchange), stretch, size, from_node, to_node.
    lost
        On it at peak [unit/h].
    net
        What flows through it in a year, from its from_node to its to_node [unit/yr].
    """

    at: Mapping[str, Any]
    link: str
    resource: str
    length_m: float
    pipes: int
    size: Size | None
    lost: float = 0.0
    net: float = 0.0


@dataclass(frozen=True)
class _Flow:
    """Inflow and outflow of a main at peak, by node [unit/h]."""

    inflow: Mapping[str, float]
    outflow: Mapping[str, float]


def check(case: Case, distances: Distances, tables: "Mapping[str, pd.DataFrame]") -> "pd.DataFrame":
    """Make the ``hydraulics`` table: the pipes of all mains, and the dedicated pipes whose bore and fluid are stated.

    At peak every source sends its exchanges' peaks into the main, and every sink takes them out; what a stretch loses
    is drawn half at each of its ends, as the plan does. Where peaks of different hours do not balance, the smaller side
    is taken larger. In loops the flow splits as friction says, not as the plan says.
    A row stands for all pipes of a size in a stretch: ``flow_per_h`` and ``pump_power_kw`` are theirs together,
    ``from_node`` to ``to_node`` is the way it flows.

    Parameters
    ----------
    case
        The case, its numbers converted.
    distances
        With the corridor graph, where the plan has mains.
    tables
        ``mains`` and ``exchanges`` of the plan.

    Returns
    -------
    pandas.DataFrame
        With the columns of ``COLUMNS["hydraulics"]``. ``verdict`` is "ok", "fails" or "not checked"; ``why`` says why.
    """
    import pandas as pd

    from planner.results.columns import COLUMNS

    exchanges = tables["exchanges"].to_dict("records")
    rows: list[dict[str, Any]] = []
    for main, runs in _mains(case, tables["mains"]).items():
        rows += _check_main(case, distances, runs, [row for row in exchanges if row.get("main") == main])
    for row in exchanges:
        rows += _check_dedicated(case, row)
    return pd.DataFrame(rows, columns=list(COLUMNS["hydraulics"]))


def _mains(case: Case, table: "pd.DataFrame") -> dict[str, list[_Run]]:
    """Pipes of every main that is a pipe, in the order of the table."""
    found: dict[str, list[_Run]] = defaultdict(list)
    for row in table.to_dict("records"):
        if case.links[row["link"]].kind != "pipe" or not row["pipes"]:
            continue
        at = {str(key): row[key] for key in ("main", "stretch", "size", "from_node", "to_node")}
        size = _size(case, row["link"], row["size"])
        lost = _lost_at_peak(case, row, size)
        run = _Run(at, row["link"], row["resource"], row["length_m"], int(row["pipes"]), size, lost, row["flow_per_yr"])
        found[row["main"]].append(run)
    return found


def _lost_at_peak(case: Case, row: Mapping[Any, Any], size: Size | None) -> float:
    """What the pipes of a row of ``mains`` lose in the hour of the peak [unit/h]: heat as ever, volume by the flow."""
    from planner.assemble.findings import Findings
    from planner.assemble.losses import lost_per_metre

    if case.links[row["link"]].volume_loss is None:
        per_metre = lost_per_metre(case, row["resource"], row["link"], size, Findings()) or {}
        return float(max(per_metre.values(), default=0.0, key=abs) * row["length_m"] * row["pipes"])
    through = _number(row["through_per_yr"])
    return _number(row["lost_per_yr"]) * _number(row["peak_per_h"]) / through if through > 0 else 0.0


def _size(case: Case, link: str, name: Any) -> Size | None:
    """A size by its name in the tables, where an existing main may stand with its own."""
    if not isinstance(name, str):
        return None
    for size in case.links[link].sizes:
        if size.size == name:
            return size
    existing = next((main for main in (name, name.removeprefix("existing ")) if main in case.existing_mains), None)
    return None if existing is None else size_of_existing(case, existing)


def _check_main(
    case: Case, distances: Distances, runs: Sequence[_Run], exchanges: Sequence[Mapping[Any, Any]]
) -> list[dict[str, Any]]:
    """Rows of one main, in the order of its pipes."""
    resource = runs[0].resource
    medium, why = _medium(case, resource)
    flow = _on_pipes(distances, runs, _at_peak(distances, exchanges, sum(run.lost for run in runs)))
    rows: dict[int, dict[str, Any]] = {}
    for part in parts([_ends(run) for run in runs]):
        inside = [runs[position] for position in part]
        try:
            if medium is None:
                raise NotSolved(why)
            flows = _solve(inside, medium, flow)
        except NotSolved as error:
            rows |= {position: _not_checked(case, runs[position], str(error)) for position in part}
            continue
        least = _NO_FLOW * max(abs(volume) for volume in flows)
        for position, volume in zip(part, flows, strict=True):
            against = _against(distances, runs[position], volume) if abs(volume) > least else None
            rows[position] = _judge(case, runs[position], medium, volume, against)
    return [rows[position] for position in range(len(runs))]


def _medium(case: Case, resource: str) -> tuple[_Medium | None, str]:
    """What flows where a resource does, or why that is not known."""
    data = case.resources[resource]
    if data.fluid is None:
        return None, f"no fluid for resources.{resource}"
    per_m3 = units_per_m3(case, resource)
    if not per_m3 or data.fluid.viscosity.value <= 0:
        return None, f"no mass, density or viscosity for resources.{resource}: how much flows is not known"
    return _Medium(data.fluid, per_m3), ""


def _at_peak(distances: Distances, exchanges: Sequence[Mapping[Any, Any]], lost: float) -> _Flow | None:
    """What flows into a main and out of it at peak, so much being lost; None where a place is not in the graph.

    What is lost is sent besides what arrives, in the proportions of the year: heat is lost in more hours than it flows.
    """
    yearly_loss = sum(_number(row["lost_per_yr"]) for row in exchanges)
    inflow: dict[str, float] = defaultdict(float)
    outflow: dict[str, float] = defaultdict(float)
    for row in exchanges:
        peak = _number(row["peak_per_h"])
        places = {} if distances.graph is None else distances.graph.places
        source, sink = places.get(row["from_place"]), places.get(row["to_place"])
        if source is None or sink is None:
            return None
        yearly, gone = _number(row["flow_per_yr"]), _number(row["lost_per_yr"])
        arriving = peak * max(0.0, 1 - gone / yearly) if yearly > 0 else peak
        outflow[sink] += arriving
        inflow[source] += arriving + (lost * gone / yearly_loss if yearly_loss else 0.0)
    return _Flow(inflow, outflow)


def _on_pipes(distances: Distances, runs: Sequence[_Run], flow: _Flow | None) -> _Flow | None:
    """The flow where pipes are: a place that is on the network at several nodes feeds and draws as in the plan."""
    graph = distances.graph
    if flow is None or graph is None or not any(stretch.free for stretch in graph.stretches.values()):
        return flow
    leaving: dict[str, float] = defaultdict(float)
    for run in runs:
        for node, net in zip(_ends(run), (run.net, -run.net), strict=True):
            leaving[node] += net
    places = {node: place for place, node in graph.places.items() if node in graph.closed}
    sides = []
    for amounts, sign in ((flow.inflow, 1.0), (flow.outflow, -1.0)):
        side: dict[str, float] = defaultdict(float)
        for node, amount in amounts.items():
            spots = sorted(graph.spots(places[node]) & leaving.keys()) if node in places else []
            weights = {spot: max(0.0, sign * leaving[spot]) for spot in spots or [node]}
            whole = sum(weights.values())
            for spot, weight in weights.items():
                side[spot] += amount * (weight / whole if whole > 0 else 1.0 / len(weights))
        sides.append(side)
    return _Flow(*sides)


def _number(value: Any) -> float:
    """A number of a table; 0 where there is none."""
    return float(value) if value is not None and math.isfinite(value) else 0.0


def _solve(runs: Sequence[_Run], medium: _Medium, flow: _Flow | None) -> tuple[float, ...]:
    """Flow of every run of a connected part of a main [m3/s], positive from its from_node to its to_node."""
    if flow is None:
        raise NotSolved("an end of its exchanges is not in the corridor graph")
    ends = [_ends(run) for run in runs]
    nodes = sorted({node for pair in ends for node in pair})
    entering = {node: flow.inflow.get(node, 0.0) for node in nodes}
    leaving = {node: flow.outflow.get(node, 0.0) for node in nodes}
    total_in, total_out = sum(entering.values()), sum(leaving.values())
    if (total_in > 0) != (total_out > 0):
        raise NotSolved("what flows into this part of it does not flow out")
    if total_in == 0:
        return (0.0,) * len(runs)
    lost = dict.fromkeys(nodes, 0.0)
    for run in runs:
        for node in _ends(run):
            lost[node] += run.lost / 2.0
    arriving = max(total_out, total_in - sum(lost.values()))
    sent = arriving + sum(lost.values())
    scale = 1.0 / medium.per_m3 / 3600.0
    net = {
        node: scale * (entering[node] * sent / total_in - leaving[node] * arriving / total_out - lost[node])
        for node in nodes
    }
    flows = balance(ends, net)
    if flows is not None:
        return flows
    from planner.hydraulics.epanet import solve

    edges = [Edge(*_ends(run), run.length_m, _bore(run), run.pipes) for run in runs]
    return solve(edges, net, medium.kinematic_viscosity).flows


def _ends(run: _Run) -> tuple[str, str]:
    return run.at["from_node"], run.at["to_node"]


def _bore(run: _Run) -> Bore:
    """Inside of a run's pipes.

    Raises
    ------
    NotSolved
        If it is not stated.
    """
    size = run.at["size"]
    if run.size is None:
        raise NotSolved(f"no size is known for pipes of links.{run.link}")
    if run.size.investment_by_capacity is not None:
        raise NotSolved(f"{size} of links.{run.link} is a cost trend, not a pipe of one bore")
    bore = bore_of(run.size)
    if bore is None:
        raise NotSolved(f"no inner_diameter for {size} of links.{run.link}")
    return bore


def _against(distances: Distances, run: _Run, volume: float) -> str | None:
    """Why a flow may not take the direction it takes, or None where it may."""
    stretch = None if distances.graph is None else distances.graph.stretches.get(run.at["stretch"])
    if stretch is None:
        return None
    start = run.at["from_node"] if volume > 0 else run.at["to_node"]
    forth, back = stretch.directions(run.resource)
    if (forth if start == stretch.tail else back) or stretch.tail == stretch.head:
        return None
    return f"friction drives it against the one way of {', '.join(stretch.corridors) or run.at['stretch']}"


def _check_dedicated(case: Case, row: Mapping[Any, Any]) -> list[dict[str, Any]]:
    """The row of a dedicated pipe; none where it has no bore or its resource no fluid."""
    link = row.get("link")
    if isinstance(row.get("main"), str) or link not in case.links or case.links[link].kind != "pipe":
        return []
    size = _size(case, link, row.get("size"))
    medium, _ = _medium(case, row["resource"])
    if size is None or bore_of(size) is None or medium is None:
        return []
    at = {
        "main": row["exchange"],
        "stretch": "",
        "size": row["size"],
        "from_node": row["from_place"],
        "to_node": row["to_place"],
    }
    run = _Run(at, link, row["resource"], _number(row["length_km"]) * 1000, int(row["copies"]), size)
    return [_judge(case, run, medium, _number(row["peak_per_h"]) / medium.per_m3 / 3600, None)]


def _judge(case: Case, run: _Run, medium: _Medium, volume: float, against: str | None) -> dict[str, Any]:
    """The row of a run whose flow is known."""
    link = case.links[run.link]
    try:
        state = state_in(_bore(run), medium.fluid, abs(volume) / run.pipes)
    except NotSolved as error:
        return _not_checked(case, run, str(error))
    drop = state.gradient_pa_per_m * run.length_m
    efficiency = EFFICIENCY if link.pump_efficiency is None else link.pump_efficiency.value
    numbers = {
        "flow_per_h": abs(volume) * medium.per_m3 * 3600,
        "velocity_m_per_s": state.velocity_m_per_s,
        "pressure_drop_pa_per_m": state.gradient_pa_per_m,
        "pressure_drop_bar": drop / 1e5,
        "pump_power_kw": abs(volume) * drop / efficiency / 1000 if efficiency > 0 else NAN,
    }
    verdict, why = _verdict(link, run.link, state, against)
    if medium.fluid.phase == "gas":
        why = f"{why}; {_GAS}" if why else _GAS
    at = dict(run.at)
    if volume < 0:
        at |= {"from_node": run.at["to_node"], "to_node": run.at["from_node"]}
    return at | _given(case, run) | numbers | {"verdict": verdict, "why": why}


def _verdict(link: Link, name: str, state: FlowState, against: str | None) -> tuple[str, str]:
    """Whether a flow keeps to the limits of its link, and why not."""
    faults = [against] if against else []
    for found, limit, unit in (
        (state.velocity_m_per_s, link.max_velocity, "m/s"),
        (state.gradient_pa_per_m, link.max_pressure_drop, "Pa/m"),
    ):
        if limit is not None and found > limit.value * (1 + TOLERANCE):
            faults.append(f"{_told_apart(found, limit.value)} {unit} above the {limit.value:g} {unit} of links.{name}")
    if faults:
        return "fails", " and ".join(faults)
    if link.max_velocity is None and link.max_pressure_drop is None:
        return "not checked", f"links.{name} states neither max_velocity nor max_pressure_drop"
    return "ok", ""


def _told_apart(number: float, limit: float) -> str:
    """A number with as many digits as it takes to see that it is not the limit."""
    rounded = (float(f"{number:.{digits}g}") for digits in (2, 3, 4, 5))
    return f"{next((short for short in rounded if short > limit), number):g}"


def _given(case: Case, run: _Run) -> dict[str, Any]:
    """What a row says whatever flows."""
    link = case.links[run.link]
    return {
        "unit": case.resources[run.resource].unit,
        "max_velocity_m_per_s": NAN if link.max_velocity is None else link.max_velocity.value,
        "max_pressure_drop_pa_per_m": NAN if link.max_pressure_drop is None else link.max_pressure_drop.value,
    }


def _not_checked(case: Case, run: _Run, why: str) -> dict[str, Any]:
    empty = ("flow_per_h", "velocity_m_per_s", "pressure_drop_pa_per_m", "pressure_drop_bar", "pump_power_kw")
    return {**run.at, **_given(case, run), **dict.fromkeys(empty, NAN), "verdict": "not checked", "why": why}


def findings(table: "pd.DataFrame") -> tuple[str, ...]:
    """What a ``hydraulics`` table says, for the user to read.

    A sentence for every carrier that fails, then one for every reason why pipes were not checked.
    """
    said = []
    unchecked: dict[str, int] = defaultdict(int)
    for carrier, pipes in table.groupby("main", sort=False):
        failing = [row for row in pipes.to_dict("records") if row["verdict"] == "fails"]
        for why in pipes.loc[pipes["verdict"] == "not checked", "why"]:
            unchecked[why] += 1
        if failing:
            verb = "fails" if len(failing) == 1 else "fail"
            first = "; ".join(f"{_place(row)}: {row['why']}" for row in failing[:_TOLD])
            more = f"; and {len(failing) - _TOLD} more" if len(failing) > _TOLD else ""
            said.append(
                f"{len(failing)} of {_pipes(len(pipes))} of {carrier} {verb} the hydraulic check: {first}{more}."
            )
    for why, number in unchecked.items():
        verb = "was" if number == 1 else "were"
        said.append(f"{number} of {_pipes(len(table))} {verb} not checked hydraulically: {why}.")
    return tuple(said)


def _pipes(number: int) -> str:
    return "1 pipe" if number == 1 else f"{number} pipes"


def _place(row: Mapping[Any, Any]) -> str:
    return f"{row['size']} in {row['stretch']}" if row["stretch"] else str(row["size"])
