"""A heat main of seasons: what its pipes owe in summer, when the town takes nothing."""

import dataclasses

import pytest
from toys import cost, park

from models.instance import ExchangeData, OptionData, PairData, PlaceData, SinkData, SourceData, StateData, UnitData
from models.network import BedData, MainData, PipeData, StretchData

SEASONS = ("winter", "summer")


def heat_main(*, dairy: float, rests: bool = True):
    """Works at A heat the town at B, in winter only, and a dairy at C all year, over a main of three stretches.

    Bought, the town's 50 cost 500 and the dairy's 10 a season 10. A pipe costs 1 a stretch and loses 1 a season; a unit
    sent costs 0.1, and the dairy's connection ``dairy``.
    """
    both = dict.fromkeys(SEASONS, 1.0)
    stretches = {f"to {p}": StretchData(p, "n", 1.0, trench=False) for p in "ABC"}
    beds = {a: BedData({"pipe": PipeData(100.0, owed_loss=both)}) for a in stretches}
    needs = {"town": {"winter": 50.0, "summer": 0.0}, "dairy": {"winter": 10.0, "summer": 10.0}}
    place = {"works": "A", "town": "B", "dairy": "C"}
    exchanges = {}
    for k, need in needs.items():
        most = {t: 100.0 if need[t] else 0.0 for t in SEASONS}
        option = OptionData(most, {("A", place[k]): PairData()}, main="m")
        exchanges[k] = ExchangeData("surplus", k, 1.0, False, {"main": option})
    return park(
        states={t: StateData(4380.0) for t in SEASONS},
        units={k: UnitData("plant") for k in place},
        places={p: PlaceData() for p in "ABC"},
        admissible={k: (p,) for k, p in place.items()},
        nodes={p: p for p in "ABC"},
        stretches=stretches,
        mains={"m": MainData("heat", beds, {(k, "main"): both for k in needs}, both, rests=rests)},
        sources={"surplus": SourceData("works", dict.fromkeys(SEASONS, 100.0))},
        sinks={k: SinkData(k, need) for k, need in needs.items()},
        exchanges=exchanges,
        effects={
            "supplied": {(k, t): {"cost": 10.0 if k == "town" else 1.0} for k in needs for t in SEASONS},
            "built": {("dairy", "main"): {"cost": dairy}},
            "laid": {("m", a, "pipe"): {"cost": 1.0} for a in stretches},
            "flow": {(k, "main", t): {"cost": 0.1} for k in needs for t in SEASONS},
        },
    )


def test_a_main_for_the_town_alone_rests_in_summer():
    # Two pipes 2, winter (50 + 2 owed) x 0.1 = 5.2, nothing in summer; the dairy buys for 20.
    assert cost(heat_main(dairy=1000.0)) == pytest.approx(27.2)


def test_a_main_that_does_not_rest_could_not_be_fed_in_summer():
    assert cost(heat_main(dairy=1000.0, rests=False)) == pytest.approx(520.0)


@pytest.mark.parametrize("rests", [True, False])
def test_a_main_that_serves_the_dairy_owes_all_of_it_all_year(rests):
    # Three pipes 3, winter (60 + 3) x 0.1, summer (10 + 3) x 0.1: 3 + 6.3 + 1.3.
    assert cost(heat_main(dairy=0.0, rests=rests)) == pytest.approx(10.6)


def test_a_main_whose_users_all_send_in_every_state_owes_as_before():
    instance = heat_main(dairy=0.0)
    wide = {}
    for e, x in instance.exchanges.items():
        option = dataclasses.replace(x.options["main"], max_flow=dict.fromkeys(SEASONS, 100.0))
        wide[e] = dataclasses.replace(x, options={"main": option})
    resting = dataclasses.replace(instance, exchanges=wide)
    other = dataclasses.replace(resting, mains={"m": dataclasses.replace(instance.mains["m"], rests=False)})
    assert cost(resting) == pytest.approx(cost(other))
