"""Published network problems as mains: read as published, solved to the published optimum."""

import pytest

from benchmarks.network import DATA, NETWORKS, fixed_charge, least_cost, read_stp, steiner
from benchmarks.published import main
from models.park import build
from models.relaxation import relaxation_bound

#: Seconds to the optimum are above five on a busy machine; ``benchmarks.published`` solves these in every whole run.
LONG = ("b02", "b03", "k10x90", "r20x100")


@pytest.mark.parametrize(
    "problem", [pytest.param(p, id=p.name, marks=[pytest.mark.deep] if p.name in LONG else []) for p in NETWORKS]
)
def test_published_optimum(problem):
    _, result, _ = least_cost(problem.instance())
    assert result.objective == pytest.approx(problem.optimum, rel=1e-6)
    assert result.gap <= 1e-6


@pytest.mark.parametrize(("name", "edges", "terminals"), [("b01", 63, 9), ("b02", 63, 13), ("b03", 63, 25)])
def test_steiner_files_are_read_whole(name, edges, terminals):
    # SteinLib, series B: 50 nodes; terminals 9, 13, 25; edges 63.
    found, ends = read_stp(DATA / f"{name}.stp")
    assert (len(found), len(ends)) == (edges, terminals)
    assert len({end for a, b, _ in found for end in (a, b)}) == 50


@pytest.mark.parametrize(
    ("name", "arcs", "total"), [("k10x90", 90, 100), ("k15x210", 210, 100), ("r20x100", 100, 1000)]
)
def test_fixed_charge_files_are_read_whole(name, arcs, total):
    instance = fixed_charge(name)
    assert sum(1 for a in instance.stretches if not a.startswith("access")) == arcs
    given = sum(source.amount["year"] for source in instance.sources.values())
    assert given == sum(sink.amount["year"] for sink in instance.sinks.values()) == total


def test_odd_wheel_by_hand():
    # Terminals 1, 3, 5 on the rim and 7, the hub; spokes 7-2, 7-4, 7-6; rim 1-2-3-4-5-6; every edge costs 1. A tree
    # over four terminals needs one of 2, 4, 6 at least beside them; with one only, say 2, it joins 1, 3 and 7 but not
    # 5, whose neighbours are 4 and 6. So at least six nodes and five edges: 1-2, 2-3, 2-7, 7-4, 4-5.
    instance = steiner("oddwheel3.stp")
    model, result, _ = least_cost(instance)
    laid = {a for _, a, _ in model.laid if model.laid[_key(a)].value > 0.5 and not a.startswith("access")}
    assert len(laid) == 5 == round(result.objective)
    # Each edge may be used by half: the relaxation lies below the optimum.
    assert relaxation_bound(build(instance)) < 5


def _key(stretch):
    return "main: flow", stretch, "pipe"


def test_command_says_so_where_a_case_is_missed(capsys, monkeypatch):
    assert main(["--only", "oddwheel3"]) == 0
    assert "yes" in capsys.readouterr().out
    from benchmarks import published
    from benchmarks.siting import Problem

    wrong = Problem("oddwheel3", 6, lambda: steiner("oddwheel3.stp"), alone=False)
    monkeypatch.setattr(published, "NETWORKS", (wrong,))
    assert main(["--only", "oddwheel3"]) == 1
    assert main(["--only", "no such case"]) == 2
