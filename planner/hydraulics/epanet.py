"""Steady state of a network with loops, by EPANET 2.2 through its toolkit in ``wntr``.

EPANET finds friction by Darcy and Weisbach: 64 / Re below Re = 2000, after Swamee and Jain (an explicit form of
Colebrook's relation, within a few percent of it) above 4000, and a cubic between the two. It decides how the flow
splits; velocities and pressure drops then follow from ``planner.hydraulics.capacity``.

References
----------
.. [1] L. Rossman et al., "EPANET 2.2 User Manual", EPA/600/R-20/133, 2020.
"""

import contextlib
import logging
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner.hydraulics.network import Edge, NotSolved

#: EPANET counts viscosity in units of 1.1e-5 ft2/s, unless the number is below 1e-3: that is in m2/s.
_RELATIVE_TO, _ABSOLUTE_BELOW = 1.1e-5 * 0.3048**2, 1e-3
#: Least length of a pipe [m]: an access of no length joins its nodes all the same.
_SHORTEST_M = 0.01
#: Codes of EPANET from 100 are errors; of its warnings, these mean that the flows are not those of a steady state.
_UNSTEADY = {1: "does not come to a balance", 2: "swings between states", 3: "is not connected"}
#: Share of all that flows by which the flows at a node may miss their balance.
_IMBALANCE = 1e-4
_OPTIONS = "UNITS CMH\nHEADLOSS D-W\nACCURACY 1e-5\nTRIALS 1000\nQUALITY NONE"


@dataclass(frozen=True)
class Solution:
    """A steady state.

    Attributes
    ----------
    flows
        Flow of every edge, all its pipes together, positive from tail to head [m3/s].
    head_losses
        Head lost from end to end of every edge [m of the fluid].
    """

    flows: tuple[float, ...]
    head_losses: tuple[float, ...]


def solve(edges: Sequence[Edge], inflow: Mapping[str, float], kinematic_viscosity: float) -> Solution:
    """Steady state of a connected network.

    The node with the largest inflow is a reservoir and gives what the others leave open.

    Parameters
    ----------
    edges
        The network.
    inflow
        Node -> what flows in there [m3/s], negative where it flows out; it adds up to 0.
    kinematic_viscosity
        Of the fluid [m2/s].

    Raises
    ------
    NotSolved
        If EPANET is not there or finds no steady state.
    """
    text = _input(edges, inflow, kinematic_viscosity)
    try:
        with tempfile.TemporaryDirectory(prefix="hydraulics-", ignore_cleanup_errors=True) as folder:
            flows, losses = _run(text, sum(edge.pipes for edge in edges), Path(folder))
    except NotSolved:
        raise
    except ImportError as error:
        raise NotSolved(f"EPANET (package wntr) cannot be imported: {error}") from error
    except Exception as error:  # whatever a foreign library does, it must not cost the plan
        raise NotSolved(f"EPANET failed: {error}") from error
    totals, heads, position = [], [], 0
    for edge in edges:
        totals.append(sum(flows[position : position + edge.pipes]) / 3600)
        heads.append(losses[position])
        position += edge.pipes
    _check_balance(edges, inflow, totals)
    return Solution(tuple(totals), tuple(heads))


def _check_balance(edges: Sequence[Edge], inflow: Mapping[str, float], flows: Sequence[float]) -> None:
    """Refuse flows that do not add up at a node: EPANET warns of little, and goes on without what it cannot join."""
    rest: dict[str, float] = dict(inflow)
    for edge, flow in zip(edges, flows, strict=True):
        rest[edge.tail] = rest.get(edge.tail, 0.0) - flow
        rest[edge.head] = rest.get(edge.head, 0.0) + flow
    total = sum(max(0.0, amount) for amount in inflow.values())
    if not all(abs(amount) <= _IMBALANCE * total for amount in rest.values()):  # so that NaN is refused, too
        raise NotSolved("EPANET found no steady state: its flows do not add up at the nodes")


def _input(edges: Sequence[Edge], inflow: Mapping[str, float], kinematic_viscosity: float) -> str:
    """The network as EPANET reads it: nodes and pipes numbered, m3/h, m and mm."""
    nodes = {node: f"n{k}" for k, node in enumerate(dict.fromkeys(n for e in edges for n in (e.tail, e.head)))}
    source = max(nodes, key=lambda node: inflow.get(node, 0.0))
    viscosity = kinematic_viscosity
    if viscosity >= _ABSOLUTE_BELOW:
        viscosity /= _RELATIVE_TO
    junctions = [f"{name} 0 {-3600 * inflow.get(node, 0.0)!r}" for node, name in nodes.items() if node != source]
    pipes = [
        f"{nodes[edge.tail]} {nodes[edge.head]} {max(edge.length_m, _SHORTEST_M)!r} {1000 * edge.bore.diameter_m!r} "
        f"{1000 * edge.bore.roughness_m!r}"
        for edge in edges
        for _ in range(edge.pipes)
    ]
    sections = {
        "JUNCTIONS": "\n".join(junctions),
        "RESERVOIRS": f"{nodes[source]} 0",
        "PIPES": "\n".join(f"p{k} {pipe}" for k, pipe in enumerate(pipes)),
        "OPTIONS": f"{_OPTIONS}\nVISCOSITY {viscosity!r}",
        "TIMES": "DURATION 0",
        "REPORT": "STATUS NO",
    }
    return "".join(f"[{name}]\n{lines}\n" for name, lines in sections.items()) + "[END]\n"


def _run(text: str, pipes: int, folder: Path) -> tuple[list[float], list[float]]:
    """Flow [m3/h] and head loss [m] of every pipe."""
    from wntr.epanet.toolkit import ENepanet  # takes seconds to import; needed for networks with loops only
    from wntr.epanet.util import EN

    (folder / "net.inp").write_text(text, encoding="ascii")
    # EPANET makes its scratch files in the working directory, and wntr logs what is raised or looked at here anyway.
    with contextlib.chdir(folder), _quiet("wntr.epanet.toolkit"):
        engine: Any = ENepanet()
        try:
            engine.ENopen("net.inp", "net.rpt", "net.bin")
            engine.ENopenH()
            engine.ENinitH(0)
            engine.ENrunH()
            if engine.errcode in _UNSTEADY:
                raise NotSolved(f"EPANET: the network {_UNSTEADY[engine.errcode]}")
            flows = [float(engine.ENgetlinkvalue(k, EN.FLOW)) for k in range(1, pipes + 1)]
            losses = [float(engine.ENgetlinkvalue(k, EN.HEADLOSS)) for k in range(1, pipes + 1)]
        finally:
            with contextlib.suppress(Exception):  # of a network that could not be opened there is nothing to close
                engine.ENclose()
    return flows, losses


@contextlib.contextmanager
def _quiet(name: str) -> Iterator[None]:
    logger = logging.getLogger(name)
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before
