"""Groups of firms solved by several processes: the same values, whoever solves them."""

import pytest
from shared_park import solved

from planner.sharing import coalitions
from planner.sharing.share import share


@pytest.mark.slow
def test_processes_give_the_same_values(tmp_path, monkeypatch):
    out = solved("chemical-site", tmp_path / "out")
    alone = share(out, workers=1)
    (out / "sharing" / coalitions.FILE).unlink()
    monkeypatch.setattr(coalitions, "ALONE", 0.0)
    monkeypatch.setattr(coalitions, "WORTHWHILE", 0.0)
    assert share(out, workers=2).values == alone.values
