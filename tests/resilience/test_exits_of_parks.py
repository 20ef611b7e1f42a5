"""Exits of a park with shared facilities, owners and no baseline supply of its own."""

from pathlib import Path

import pytest

import planner
from planner.resilience.exits import leave
from planner.sharing.players import members_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return planner.solve(ROOT / "cases" / "food-park").save(tmp_path_factory.mktemp("food") / "out")


def test_players_and_what_is_theirs(out):
    from planner.results.saved import finished

    members = members_of(finished(out))
    assert members.players == ("brewery", "dairy", "slaughterhouse", "greenhouse", "digester")
    assert set(members.common) == {"biogas CHP", "heat pump"}


def test_the_park_company_stands_among_those_who_lose(out):
    made = leave(out, ["digester"])
    (x,) = made.exits
    assert x.losses["park company"] > 0
    assert "digester" not in x.losses
    assert x.loss == pytest.approx(x.extra_cost + x.lost_transfers, abs=0.005)
    assert x.idle_capital > 0  # the biogas CHP has no gas any more
    assert not x.unmet


def test_if_nobody_leaves_nothing_changes(out):
    from models.exits import Exits as Model
    from models.solve import Options
    from planner.resilience.exits import _changed, _money, capital_of
    from planner.results.books import Books
    from planner.results.saved import finished

    run = finished(out)
    after = Model(run.assembly.instance, run.solution, run.baseline, *capital_of(run)).without([], Options())
    before, books = run.books(), Books("exit", run.case, run.distances, run.assembly, after.solution)
    losses, extra, idle, lost = _money(before, books, "nobody")
    size = run.solution.totals["total_annual_cost"]
    assert extra == pytest.approx(0.0, abs=1e-6 * size)
    assert lost == 0.0
    assert idle == pytest.approx(0.0, abs=1e-6 * size)
    assert _changed(before, books, "nobody", "waste") == pytest.approx(0.0, abs=1e-3)
