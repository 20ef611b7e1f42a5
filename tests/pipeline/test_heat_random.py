"""Random parks with process heat: audited, and as cheap as a linear program of their media says that they can be.

Where hot media cost the same for each unit of heat, cooling and pipes nothing, and all run all year, a plan costs that
price times the least heat to be bought (``planner.heat.by_media``), its baseline that of each plant alone.
"""

import random

import pytest
import yaml
from heat_parks import cost, planned
from seeds import more

from planner.case.read import read_case
from planner.heat.by_media import SitePlant, by_media
from planner.heat.of_case import process_heat_of
from planner.results.heat import ALONE, MEDIA, POOLED

HOURS = 8760.0
PRICE = 10.0
#: Loops by supply and return, and steam by pressure.
LEVELS = {"warm water": (70, 50), "hot water": (120, 90), "steam": 8, "hot oil": (340, 330)}


def park(seed):
    """A case of two or three plants, and of one to three media between them."""
    rng = random.Random(seed)
    media = ["hot oil", *rng.sample(["warm water", "hot water", "steam"], rng.randint(1, 3))]
    resources = {
        "cooling": {"kind": "heat", "unit": "MWh", "price": 0, "heat": {"supply": -60, "return": -59}},
        **{
            name: {"kind": "heat", "unit": "MWh", "price": PRICE, "carried_by": ["pipe"], "heat": level(name)}
            for name in media
        },
    }
    plants = {}
    for n in range(rng.randint(2, 3)):
        streams = {}
        for k in range(rng.randint(1, 5)):
            first, last = rng.sample(range(0, 32), 2)
            streams[f"s{k}"] = {"from": 10 * first, "to": 10 * last, "load": rng.randint(1, 20)}
        if rng.random() < 0.3:
            streams["boiling"] = {"at": 10 * rng.randint(5, 30), "kind": rng.choice(["hot", "cold"]), "load": 5}
        heat = {"approach": rng.choice([5, 10, 20]), "streams": streams}
        heat["takes"] = {name: {} for name in ["cooling", *media]}
        heat["gives"] = {name: {} for name in media[1:] if rng.random() < 0.8}
        if rng.random() < 0.3 and len(streams) > 1:
            pairs = [
                [a, b] for a in streams for b in streams if kind(streams[a]) == "hot" and kind(streams[b]) == "cold"
            ]
            heat["forbidden"] = rng.sample(pairs, 1) if pairs else []
        plants[f"plant {n}"] = {"plot": "AB"[n % 2], "process_heat": heat}
    return {
        "case": "Random heat",
        "currency": "EUR",
        "price_year": 2025,
        "economics": {"discount_rate": 0},
        "geography": {"distances": "distances.csv"},
        "plots": {"A": {"area": 5, "several_tenants": True}, "B": {"area": 5}},
        "resources": resources,
        "plants": plants,
        "links": {"pipe": {"kind": "pipe", "sizes": [{"size": "S", "capacity": 1000, "investment": 0}]}},
    }


def level(name):
    """The level of a medium as a case says it."""
    found = LEVELS[name]
    return {"steam": found} if isinstance(found, int) else {"supply": found[0], "return": found[1]}


def kind(stream):
    """Whether a stream is hot or cold."""
    return stream.get("kind") or ("hot" if stream["from"] > stream["to"] else "cold")


def least(case, plants):
    """Least heat to be bought for some plants that share their media [MWh/yr]."""
    site = {}
    for name in plants:
        heat = process_heat_of(case)[name]
        streams = {
            n: x.__class__(n, x.supply, x.target, x.load * HOURS, x.contribution, x.kind)
            for n, x in heat.streams.items()
        }
        site[name] = SitePlant(streams, list(heat.media.values()), heat.forbidden)
    found = by_media(site)
    assert found is not None
    return found.hot


def check(seed, folder):
    """A random park is audited and costs what the linear program says."""
    text = yaml.safe_dump(park(seed), sort_keys=False)
    plan = planned(text, folder / str(seed))
    case = read_case(folder / str(seed))
    whole = least(case, case.plants)
    assert cost(plan) == pytest.approx(PRICE * whole, rel=1e-5, abs=1.0)
    alone = sum(least(case, [name]) for name in case.plants)
    assert cost(plan, "baseline") == pytest.approx(PRICE * alone, rel=1e-5, abs=1.0)
    table = plan.tables["heat_targets"].set_index(["of", "how"])["least_hot_mwh_per_yr"]
    assert table["park", MEDIA] == pytest.approx(whole, rel=1e-5, abs=1e-1)
    assert table["park", POOLED] <= table["park", ALONE] + 1e-3
    assert whole <= alone + 1e-3


@pytest.mark.parametrize("seed", range(8))
def test_a_plan_buys_as_little_heat_as_its_media_allow(seed, tmp_path):
    check(seed, tmp_path)


@pytest.mark.parametrize("seed", more(range(8, 32), 6))
def test_so_do_many(seed, tmp_path):
    check(seed, tmp_path)


@pytest.mark.parametrize("seed", range(4))
def test_a_greater_approach_never_needs_less(seed, tmp_path):
    """Raising the least temperature difference never lowers what is bought."""
    case = park(seed)
    costs = []
    for approach in (0, 5, 15, 30):
        for plant in case["plants"].values():
            plant["process_heat"]["approach"] = approach
        costs.append(cost(planned(yaml.safe_dump(case, sort_keys=False), tmp_path / str(approach))))
    assert costs == sorted(costs) or costs == pytest.approx(sorted(costs), rel=1e-6)
