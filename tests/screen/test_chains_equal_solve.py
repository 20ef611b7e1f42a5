"""What a screening says a chain saves is what a plan saves in which only its exchanges may be built."""

from pathlib import Path

import pytest
from chain_park import write_park

import planner
from planner.case.case import Case
from planner.case.exchanges import Exchange
from planner.case.read import read_case
from planner.screen.candidates import candidates_of
from planner.screen.chain_rows import chain_name
from planner.screen.chains import Chain, chains_of
from planner.screen.screen import screen

CASES = Path(__file__).parents[2] / "cases"


def only(case: Case, chain: Chain, flow: float | None) -> Case:
    """The case in which a chain may be built; with a flow its facility and exchanges must be, the first for so much."""
    kept, entries = [deal.id for deal in chain.deals], []
    for deal in candidates_of(case).deals:
        ends = {"from": deal.source.member.name, "to": deal.sink.member.name}
        ends |= {"stream": deal.source.meant, "into": deal.sink.meant}
        if deal.id not in kept:
            entries.append(Exchange.model_validate({**ends, "forbidden": True}))
        elif flow is not None:
            least = {"min_flow": flow} if deal.id == kept[0] else {}
            entries.append(Exchange.model_validate({**ends, "forced": True, **least}))
    forced = {name: x.model_copy(update={"forced": flow is not None}) for name, x in case.facilities.items()}
    stated = tuple(entry.model_copy(update={"forced": False}) for entry in case.exchanges)
    return case.model_copy(update={"exchanges": (*stated, *entries), "facilities": forced})


def check(case: Case) -> int:
    """Compare all chains and exchanges with a facility that can be had; how many they are."""
    found, table = candidates_of(case), screen(case).table.set_index("exchange")
    chains, _, _ = chains_of(found, [True] * len(found.deals), lambda deal: 0.0)
    compared = 0
    for chain in chains:
        row = table.loc[chain_name(chain)] if chain_name(chain) in table.index else None
        if row is None or row["technical"] != "fits":
            continue
        pays = row["net_saving_per_yr"] > 0.0
        plan = planner.solve(only(case, chain, None if pays else row["flow_per_yr"] * (1.0 - 1e-7)))
        saved = plan.indicators.set_index("indicator")["reduction"]
        assert set(plan.exchanges["exchange"]) == {deal.id for deal in chain.deals}, chain_name(chain)
        close = {"rel": 1e-9, "abs": 0.01} if pays else {"rel": 1e-5, "abs": 1.0}
        assert saved["total_annual_cost"] == pytest.approx(row["net_saving_per_yr"], **close), chain_name(chain)
        if pays:
            assert saved["co2e"] == pytest.approx(row["co2e_avoided_t_per_yr"], abs=1e-3), chain_name(chain)
        compared += 1
    return compared


@pytest.mark.parametrize(("seed", "kind"), [(1, "digester"), (2, "water works"), (3, "heat pump")])
def test_chains_of_a_park_drawn_at_random(tmp_path: Path, seed: int, kind: str) -> None:
    assert check(read_case(write_park(tmp_path, seed, kind))) > 0


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["digester", "water works", "heat pump"])
@pytest.mark.parametrize("seed", range(4, 14))
def test_chains_of_many_parks_drawn_at_random(tmp_path: Path, seed: int, kind: str) -> None:
    check(read_case(write_park(tmp_path, seed, kind)))


def test_the_chain_of_ulsan() -> None:
    assert check(read_case(CASES / "ulsan")) == 2
