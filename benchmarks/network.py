"""Published network problems as instances of the park model: mains between fixed places, every stretch one size.

Steiner trees: one terminal feeds all others, an edge costs its weight once a pipe is laid. Fixed-charge flow: every arc
is a stretch that flows one way, with a fixed cost once laid and a cost per unit that goes through. The park model lets
ways begin and end at places only, so that every terminal is a place of its own beside its node, reached by a stretch
that costs nothing. ``benchmarks/data/network/README.md`` names the sources and the traps of each file.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from benchmarks.siting import Booked, Problem, totals
from models import kernel
from models.instance import ExchangeData, Instance, OptionData, PairData, PlaceData, SinkData, SourceData, UnitData
from models.mains import Strength
from models.network import BedData, MainData, PipeData, StretchData
from models.park import build
from models.run import START_OF_PIPES
from models.solve import Options, Result, solve

DATA = Path(__file__).parent / "data" / "network"
SIZE = "pipe"
MAIN = "main: flow"
YEAR = "year"
Effects = dict[str, Booked]


@dataclass(frozen=True)
class Arc:
    """An edge or arc of a published network.

    Attributes
    ----------
    fixed, variable
        Cost once it is used, and per unit that goes through.
    both
        It may be used in either direction.
    """

    tail: str
    head: str
    fixed: float
    variable: float = 0.0
    both: bool = True


def steiner(name: str) -> Instance:
    """Read a Steiner tree problem: the first terminal feeds one unit to each of the others."""
    edges, terminals = read_stp(DATA / name)
    root, *others = terminals
    arcs = {f"{k} ({a} - {b})": Arc(a, b, cost) for k, (a, b, cost) in enumerate(edges, 1)}
    return single_main(arcs, {root: float(len(others))}, dict.fromkeys(others, 1.0), float(len(others)))


def read_stp(path: Path) -> tuple[list[tuple[str, str, float]], list[str]]:
    """Edges (ends, cost) and terminals of a file in the STP format of SteinLib."""
    edges, terminals = [], []
    for line in path.read_text(encoding="ascii").splitlines():
        match line.split():
            case ["E", a, b, cost]:
                edges.append((a, b, float(cost)))
            case ["T", node]:
                terminals.append(node)
    return edges, terminals


def fixed_charge(name: str) -> Instance:
    """Read a fixed-charge flow problem; a node with a positive value takes, one with a negative value gives."""
    data = yaml.safe_load((DATA / "fixed_charge.yaml").read_text(encoding="utf-8"))["instances"][name]
    arcs = {f"{a['from']} > {a['to']}": Arc(a["from"], a["to"], a["fixed"], a["variable"], False) for a in data["arcs"]}
    giving = {node: -value for node, value in data["nodes"].items() if value < 0}
    taking = {node: value for node, value in data["nodes"].items() if value > 0}
    return single_main(arcs, giving, taking, data["capacity"])


def single_main(
    arcs: Mapping[str, Arc], giving: Mapping[str, float], taking: Mapping[str, float], capacity: float
) -> Instance:
    """Lay one main over arcs of one size, all that is given to be taken; each place beside its node.

    Every exchange is forced, so that the pipes alone are chosen: an exchange may carry nothing.
    """
    accesses = {f"access {node}": StretchData(f"at {node}", node, 0.0, trench=False) for node in (*giving, *taking)}
    stretches = {k: StretchData(arc.tail, arc.head, arc.fixed, trench=False) for k, arc in arcs.items()}
    pipes = {SIZE: PipeData(capacity)}
    beds = {k: BedData(pipes, backward=arc.both) for k, arc in arcs.items()}
    beds |= {k: BedData({SIZE: PipeData(sum(giving.values()))}) for k in accesses}
    exchanges = {}
    for giver, given in giving.items():
        for taker, taken in taking.items():
            option = OptionData({YEAR: min(given, taken)}, {(f"at {giver}", f"at {taker}"): PairData()}, main=MAIN)
            options = {SIZE: option}
            exchanges[f"{giver} > {taker}"] = ExchangeData(
                f"{giver} / out", f"{taker} / in", 1.0, own=False, options=options, forced=True
            )
    effects: Effects = {"laid": {(MAIN, k, SIZE): {"cost": arc.fixed} for k, arc in arcs.items()}}
    effects["through"] = {
        (MAIN, k, way, YEAR): {"cost": arc.variable}
        for k, arc in arcs.items()
        for way in ("+-" if arc.both else "+")
        if arc.variable
    }
    nodes = {f"at {node}": f"at {node}" for node in (*giving, *taking)}
    return Instance(
        units={node: UnitData("partner") for node in (*giving, *taking)},
        places={place: PlaceData() for place in nodes},
        admissible={node: (f"at {node}",) for node in (*giving, *taking)},
        sources={f"{node} / out": SourceData(node, {YEAR: x}, dischargeable=False) for node, x in giving.items()},
        sinks={f"{node} / in": SinkData(node, {YEAR: x}, suppliable=False) for node, x in taking.items()},
        exchanges=exchanges,
        accounts={"cost": "cost"},
        effects=effects,
        totals=totals(),
        nodes=nodes,
        stretches={**stretches, **accesses},
        mains={MAIN: MainData("flow", beds, {(e, SIZE): {YEAR: 1.0} for e in exchanges})},
    )


def least_cost(instance: Instance, strength: Strength | None = None, **options: Any) -> tuple[Any, Result, float]:
    """Solved model of least cost, without a baseline, how it ended, and the seconds; options as of the solver.

    Large networks get a first plan as in ``models.run``; a time limit holds for both together.
    """
    clock = time.perf_counter()
    model = build(instance, strength)
    chosen = Options(**options)
    if kernel.worth(instance):
        half = None if chosen.time_limit is None else chosen.time_limit * START_OF_PIPES
        started = kernel.find(model, replace(chosen, time_limit=half))
        spent = time.perf_counter() - clock
        left = None if chosen.time_limit is None else max(0.0, chosen.time_limit - spent)
        chosen = replace(chosen, time_limit=left, start=started is not None)
    result = solve(model, chosen)
    return model, result, time.perf_counter() - clock


NETWORKS = (
    Problem("oddwheel3", 5, lambda: steiner("oddwheel3.stp"), alone=False),
    Problem("b01", 82, lambda: steiner("b01.stp"), alone=False),
    Problem("b02", 83, lambda: steiner("b02.stp"), alone=False),
    Problem("b03", 138, lambda: steiner("b03.stp"), alone=False),
    Problem("k10x90", 568, lambda: fixed_charge("k10x90"), alone=False),
    Problem("k15x210", 16128, lambda: fixed_charge("k15x210"), alone=False),
    Problem("r20x100", 15603, lambda: fixed_charge("r20x100"), alone=False),
)
