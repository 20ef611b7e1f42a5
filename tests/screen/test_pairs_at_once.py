"""Every exchange looked at with many others is as it is by itself, and straight lines are those of the survey."""

from pathlib import Path

import pytest
from bare_park import changed
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import exchange_of_firms
from benchmarks.exchange_of_firms import write_case
from planner.case.case import Case
from planner.case.read import read_case
from planner.screen import ground
from planner.screen.screen import screen


def test_straight_lines_at_once_are_those_of_the_survey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange_of_firms, "RESOURCES", 12)
    case = read_case(write_case(tmp_path, 8, seed=3), sited=False)
    surveyed = screen(case).table
    monkeypatch.setattr(ground, "MANY", 1)
    at_once = screen(case).table
    assert set(at_once["distance_basis"]) - {"", ground.ON_SITE} == {ground.STRAIGHT}
    assert set(surveyed["distance_basis"]) - {"", ground.ON_SITE} == {ground.ROUTE}
    assert list(at_once["exchange"]) == list(surveyed["exchange"])
    for column in ("length_km", "net_saving_per_yr", "breakeven_km", "capex"):
        assert at_once[column].to_numpy() == pytest.approx(surveyed[column].to_numpy(), rel=1e-9, abs=1e-6, nan_ok=True)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return read_case(changed(tmp_path_factory.mktemp("bare")), sited=False)


@settings(max_examples=8)
@given(km=st.floats(0.05, 90.0))
def test_further_is_never_better_and_breaks_even_where_it_says(bare: Case, km: float) -> None:
    near, far = (screen(bare, distance_km=d).table.set_index("exchange") for d in (km, km * 1.5))
    far = far.loc[near.index]
    assert (far["net_saving_per_yr"] <= near["net_saving_per_yr"] + 1e-6).all()
    assert far["breakeven_km"].to_numpy() == pytest.approx(near["breakeven_km"].to_numpy())
    paying = near["net_saving_per_yr"] >= 0.0
    assert (near["breakeven_km"][paying] >= near["length_km"][paying] * (1 - 1e-9)).all()
    assert (near["breakeven_km"][~paying] <= near["length_km"][~paying] * (1 + 1e-9)).all()


def test_the_exchange_of_firms_is_the_same_every_time(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_case(tmp_path / name, 5)
    for file in ("case.yaml", "streams.csv", "plots.geojson"):
        assert (tmp_path / "one" / file).read_text() == (tmp_path / "two" / file).read_text()
