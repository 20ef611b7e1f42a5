"""Properties of plans with mains: what may not change them, what may not make them dearer, and a park by hand.

            mill (B)  ........          y  200    west 300 m, north 200 m (a railway crosses it), south 100 m, and
              |  north       . ring               the ring road between mill and farm, 500 m
works (A) ----+               .         y    0
       west   |  south       .
            farm (C)  .......           y -100
"""

import copy
import json
import math
import random

import pandas as pd
import pytest
import yaml

from planner.case.read import read_case
from planner.pipeline import solve

X0, Y0 = 500_000.0, 6_000_000.0
PLACES = {"A": (0, 0), "B": (300, 200), "C": (300, -100)}
STREETS = {
    "west": ((0, 0), (300, 0)),
    "north": ((300, 0), (300, 200)),
    "south": ((300, 0), (300, -100)),
    "ring": ((300, 200), (500, 50), (300, -100)),
}
RAILWAY = ((250, 120), (350, 120))

CASE = yaml.safe_load("""
case: Mains by hand
currency: EUR
price_year: 2025
crs: EPSG:25832
economics: {discount_rate: 0, contingency: 10 %, lifetime: {pipe: 10, trench: 20}}
geography:
  plots: plots.geojson
  corridors: corridors.geojson
  crossings: [{layer: railway.geojson, charge: 5000}]
trenches: {investment: 300}
resources:
  water:
    kind: water
    unit: m3
    price: 0.5
    discharge: {route: river, cost: 0.1}
    carried_by: [water main]
plants:
  works: {plot: A, hours: 8000, sources: {water: {rate: 100}}}
  mill: {plot: B, hours: 8000, sinks: {water: {rate: 60}}}
  farm: {plot: C, hours: 4000, sinks: {water: {rate: 40}}}
links:
  water main:
    kind: pipe
    main: true
    sizes:
      - {size: S, inner_diameter: 100, capacity: 50, investment: 100}
      - {size: M, inner_diameter: 150, capacity: 120, investment: 160, fixed_investment: 20000}
""")


def layer(folder, name, features, scale=1.0):
    """Write a layer; a feature is its properties and its points."""
    keys = sorted({key for properties, _ in features for key in properties})
    written = []
    for properties, points in features:
        at = [[X0 + scale * x, Y0 + scale * y] for x, y in points]
        shape = {"type": "Point", "coordinates": at[0]} if len(at) == 1 else {"type": "LineString", "coordinates": at}
        fields = {key: properties.get(key) for key in keys}
        written.append({"type": "Feature", "properties": fields, "geometry": shape})
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
    text = json.dumps({"type": "FeatureCollection", "crs": crs, "features": written})
    (folder / f"{name}.geojson").write_text(text, encoding="utf-8")


def planned(folder, case=CASE, streets=None, places=PLACES, scale=1.0):
    """Plan of a case on its streets: (properties, points) each; audited, and proven the best."""
    folder.mkdir(exist_ok=True)
    lines = [({"name": name}, points) for name, points in STREETS.items()] if streets is None else streets
    layer(folder, "corridors", lines, scale)
    layer(folder, "plots", [({"name": name, "area": 1.0}, [at]) for name, at in places.items()], scale)
    layer(folder, "railway", [({"name": "railway"}, RAILWAY)], scale)
    (folder / "case.yaml").write_text(yaml.safe_dump(case, sort_keys=False), encoding="utf-8")
    plan = solve(read_case(folder))
    assert not [check for check in plan.audit["checks"] if not check["passed"]]
    assert plan.header["solver"]["status"] == "optimal"
    return plan


def changed(case=CASE, **changes):
    """The case with ``section__key=value`` laid over it."""
    made = copy.deepcopy(case)
    for path, value in changes.items():
        *way, last = path.split("__")
        part = made
        for key in way:
            part = part[key]
        part[last] = value
    return made


def cost(plan):
    return plan.indicators.set_index("indicator").loc["total_annual_cost", "plan"]


def account(plan, name):
    return plan.tables["costs"].set_index("account")["plan"].get(name, 0.0)


def laid(plan):
    """Street -> sizes in service there; the plots lie on the streets, with no way to them."""
    mains = plan.mains[plan.mains["pipes"] > 0]
    return mains.groupby("stretch")["size"].agg(lambda sizes: " + ".join(sorted(sizes))).to_dict()


# --- by hand


def test_the_park_by_hand(tmp_path):
    # Peaks: mill 60 m3/h, farm 40 m3/h. West carries 100: M. North 60: M. South 40: S. By the ring instead of north:
    # south would be M and the ring is 500 m: dearer. Pipes 300 x 160 + 200 x 160 + 100 x 100 = 90,000, station of M
    # once 20,000: (90,000 + 20,000) x 1.1 / 10 yr = 12,100. Trenches 600 m x 300 + crossing 5,000 = 185,000:
    # x 1.1 / 20 yr = 10,175. Taken 60 x 8000 + 40 x 4000 = 640,000 of 800,000 m3: 160,000 x 0.1 = 16,000 discharged.
    # Plan 12,100 + 10,175 + 16,000 = 38,275. Baseline 640,000 x 0.5 + 800,000 x 0.1 = 400,000.
    plan = planned(tmp_path / "case")
    row = plan.indicators.set_index("indicator").loc["total_annual_cost"]
    assert (row["plan"], row["baseline"]) == (pytest.approx(38_275), pytest.approx(400_000))
    assert laid(plan) == {"west": "M", "north": "M", "south": "S"}
    assert account(plan, "link_capital") == pytest.approx(12_100)
    assert account(plan, "trench_capital") == pytest.approx(10_175)
    mains = plan.mains.set_index("stretch")
    assert mains.loc[["west", "north", "south"], "peak_per_h"].tolist() == pytest.approx([100, 60, 40])
    # Who pays the pipe of west: mill 60 %, farm 40 %.
    shares = plan.tables["trench_shares"].query("stretch == 'west' and part == 'pipe'").set_index("buyer")
    assert shares["share"].to_dict() == pytest.approx({"mill": 0.6, "farm": 0.4})
    bill = plan.tables["quantities"].groupby("item")["capex_before_contingency"].sum()
    assert bill.to_dict() == pytest.approx({"trench": 180_000, "crossing": 5_000, "pipe": 90_000, "station": 20_000})


def test_a_dear_surface_sends_the_pipe_round(tmp_path):
    # North, of cost factor 6: trench (200 x 6 x 300 + 5,000) x 1.1 / 20 = 20,075, pipe 32,000 x 1.1 / 10 = 3,520.
    # By the ring: trench 500 x 300 x 1.1 / 20 = 8,250, M on 500 m 8,800, M instead of S in south 6,000 x 1.1 / 10 =
    # 660: 17,710 < 23,595. Without north 38,275 - (60,000 + 5,000) x 1.1 / 20 - 3,520 = 31,180; + 17,710 = 48,890.
    streets = [({"name": n, "cost_factor": 6 if n == "north" else 1}, points) for n, points in STREETS.items()]
    plan = planned(tmp_path / "case", streets=streets)
    assert cost(plan) == pytest.approx(48_890)
    assert laid(plan) == {"west": "M", "south": "M", "ring": "M"}


# --- what is in the ground already


def old(capacity):
    return {"old": {"link": "water main", "resource": "water", "along": ["west"], "capacity": capacity}}


def test_an_old_pipe_that_is_large_enough_is_used_and_tells_its_flow(tmp_path):
    # West needs no pipe and no trench: 38,275 - 1.1 x 48,000 / 10 - 1.1 x 90,000 / 20 = 38,275 - 5,280 - 4,950.
    plan = planned(tmp_path / "case", changed(existing_mains=old(120)))
    assert cost(plan) == pytest.approx(28_045)
    row = plan.mains.set_index("stretch").loc["west"]
    assert (row["size"], bool(row["existing"]), row["capex"]) == ("existing old", True, 0)
    assert row["flow_per_yr"] == pytest.approx(640_000)
    assert "west" not in set(plan.trenches["stretch"])


def test_an_old_pipe_that_is_too_small_is_twinned(tmp_path):
    # 60 + 50 = 110 >= 100: S beside it, 300 x 60 EUR/m less than M: 38,275 - 1.1 x 18,000 / 10 = 36,295.
    plan = planned(tmp_path / "case", changed(existing_mains=old(60)))
    assert cost(plan) == pytest.approx(36_295)
    assert laid(plan)["west"] == "S + existing old"
    west = plan.mains[plan.mains["stretch"] == "west"]
    assert west["flow_per_yr"].sum() == pytest.approx(640_000)
    assert (west["peak_per_h"] <= west["capacity_per_h"] + 1e-6).all()


def test_an_old_pipe_is_replaced_where_one_pipe_has_room(tmp_path):
    # M in its place costs what it costs without the old one: 38,275.
    streets = [({"name": n, "max_pipes": 1 if n == "west" else None}, points) for n, points in STREETS.items()]
    plan = planned(tmp_path / "case", changed(existing_mains=old(60)), streets=streets)
    assert cost(plan) == pytest.approx(38_275)
    assert laid(plan)["west"] == "M"


# --- what may not change a plan


def town(seed):
    """A random small town: a loop of streets with spurs, three to five places on its corners, and its case."""
    r = random.Random(f"town {seed}")
    corners = [(0, 0), (310, 17), (640, -22), (655, 260), (330, 240), (-15, 255)]
    pairs = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 0), (1, 4)]
    streets = [
        ({"name": f"street {k}", "cost_factor": r.choice((1, 1, 1.4))}, [corners[i] for i in pair])
        for k, pair in enumerate(pairs)
    ]
    places = dict(zip("ABCDE"[: r.randint(3, 5)], r.sample(corners, 5), strict=False))
    case = copy.deepcopy(CASE)
    case["geography"].pop("crossings")
    givers = r.randint(1, 2)
    case["plants"] = {
        f"plant {p}": {
            "plot": p,
            "hours": r.choice((8000, 6000)),
            "sources" if k < givers else "sinks": {"water": {"rate": r.choice((20, 35, 60))}},
        }
        for k, p in enumerate(places)
    }
    main = case["links"]["water main"]
    if r.random() < 0.3:
        main["parallel"] = 2
    if r.random() < 0.3:
        main["volume_loss"] = 0.05
    if r.random() < 0.5:
        main["uses"] = {"power": 0.02}
        case["resources"]["power"] = {"kind": "power", "unit": "MWh", "price": 90}
    if r.random() < 0.5:
        case["trenches"] |= {"maintenance": 0.02, "investment": 120}
    return case, streets, places


SAME = ("exchanges", "purchases", "quantities", "costs", "emissions")
#: Names of stretches, and what follows the direction in which a street is drawn.
DRAWN = ("stretch", "from_node", "to_node", "corridors", "direction")


def figures(table, *, without=DRAWN):
    """Rows of a table in an order of their own, without what the drawing names."""
    kept = table[[column for column in table.columns if column not in without]]
    rows = [tuple(round(x, 4) if isinstance(x, float) else x for x in row) for row in kept.itertuples(index=False)]
    return sorted((tuple("" if x is None or x != x else x for x in row) for row in rows), key=str)


def alike(one, other):
    assert cost(one) == pytest.approx(cost(other), rel=1e-9)
    for name in (*SAME, "mains", "trenches", "trench_shares"):
        assert close(figures(one.tables[name]), figures(other.tables[name])), name


def close(rows, others):
    def same(a, b):
        numbers = all(isinstance(x, int | float) and not isinstance(x, bool) for x in (a, b))
        return math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-3) if numbers else a == b

    return len(rows) == len(others) and all(
        same(a, b) for row, other in zip(rows, others, strict=True) for a, b in zip(row, other, strict=True)
    )


@pytest.mark.parametrize("seed", range(6))
def test_a_street_cut_in_two_or_drawn_backwards_changes_nothing(seed, tmp_path):
    case, streets, places = town(seed)
    r = random.Random(seed)
    drawn = []
    for properties, (start, end) in streets:
        at = r.uniform(0.2, 0.8)
        middle = tuple(a + at * (b - a) for a, b in zip(start, end, strict=True))
        pieces = [[start, middle], [middle, end]] if r.random() < 0.6 else [[start, end]]
        drawn += [(properties, piece[::-1] if r.random() < 0.5 else piece) for piece in pieces]
    r.shuffle(drawn)
    alike(planned(tmp_path / "one", case, streets, places), planned(tmp_path / "other", case, drawn, places))


@pytest.mark.parametrize("seed", range(4))
def test_pieces_with_names_of_their_own_cost_the_same(seed, tmp_path):
    case, streets, places = town(seed)
    drawn = []
    for properties, (start, end) in streets:
        middle = tuple((a + b) / 2 for a, b in zip(start, end, strict=True))
        name = properties["name"]
        drawn.append(({**properties, "name": f"{name} upper"}, [start, middle]))
        drawn.append(({**properties, "name": f"{name} lower"}, [end, middle]))
    alike(planned(tmp_path / "one", case, streets, places), planned(tmp_path / "other", case, drawn, places))


@pytest.mark.parametrize("seed", range(6))
def test_one_more_corridor_never_costs_more(seed, tmp_path):
    case, streets, places = town(seed)
    before = cost(planned(tmp_path / "one", case, streets, places))
    ends = random.Random(seed).choice((((0, 0), (330, 240)), ((640, -22), (330, 240))))
    more = ({"name": "new lane", "cost_factor": 1}, ends)
    assert cost(planned(tmp_path / "other", case, [*streets, more], places)) <= before * (1 + 1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_trenches_of_ones_own_never_cost_less(seed, tmp_path):
    case, streets, places = two_resources(*town(seed))
    together = cost(planned(tmp_path / "one", case, streets, places))
    case = changed(case, trenches__shared=False)
    assert cost(planned(tmp_path / "other", case, streets, places)) >= together * (1 - 1e-6)


def two_resources(case, streets, places):
    """The town with heat in mains of its own, the other way."""
    case = copy.deepcopy(case)
    case["resources"]["heat"] = {
        "kind": "heat",
        "unit": "MWh",
        "price": 30,
        "discharge": {"route": "cooler"},
        "carried_by": ["heat main", "heat pipe"],
    }
    sizes = [{"size": "H", "capacity": 20, "investment": 250, "loss": 20}]
    case["links"]["heat main"] = {"kind": "pipe", "main": True, "sizes": sizes}
    case["links"]["heat pipe"] = {"kind": "pipe", "sizes": [{"size": "h", "capacity": 6, "investment": 130}]}
    *others, last = case["plants"]
    case["plants"][last].setdefault("sources", {})["heat"] = {"rate": 8}
    for name in others:
        case["plants"][name].setdefault("sinks", {})["heat"] = {"rate": 3}
    return case, streets, places


@pytest.mark.parametrize("scale", [0.5, 3.0])
@pytest.mark.parametrize("seed", range(3))
def test_lengths_scale_length_costs(seed, scale, tmp_path):
    # All exchanges take all they can (1,000 EUR/m3), nothing is lost, one size: the cheapest tree is that of the other
    # map, and every metre counts ``scale`` times.
    case, streets, places = town(seed)
    case["resources"]["water"]["price"] = 1000
    main = case["links"]["water main"]
    main["sizes"] = [{"size": "L", "capacity": 500, "investment": 130, "yearly_cost": 2}]
    main.pop("volume_loss", None)
    main.pop("uses", None)
    one = planned(tmp_path / "one", case, streets, places)
    other = planned(tmp_path / "other", case, streets, places, scale=scale)
    lengths = ("link_capital", "trench_capital", "trench_operation", "link_operation", "investment_link")
    for name in (*lengths, "investment_trench"):
        assert account(other, name) == pytest.approx(scale * account(one, name), rel=1e-6), name
    assert account(one, "link_capital") > 0
    moved = [plan.exchanges["flow_per_yr"].sum() for plan in (one, other)]
    assert moved[0] == pytest.approx(moved[1])
    assert account(other, "purchases") == pytest.approx(account(one, "purchases"))


# --- mains beside links of single exchanges


@pytest.mark.parametrize("seed", range(4))
def test_a_main_nobody_would_use_changes_nothing(seed, tmp_path):
    case, streets, places = town(seed)
    case.pop("trenches")
    case["links"].pop("water main")
    sizes = [{"size": "P", "capacity": 80, "investment": 90}]
    case["links"]["water pipe"] = {"kind": "pipe", "sizes": sizes}
    case["resources"]["water"]["carried_by"] = ["water pipe"]
    case["resources"].pop("power", None)
    one = planned(tmp_path / "one", case, streets, places)
    dear = copy.deepcopy(case)
    dear["links"]["water main"] = {
        "kind": "pipe",
        "main": True,
        "sizes": [{"size": "gold", "capacity": 500, "investment": 1_000_000}],
    }
    dear["resources"]["water"]["carried_by"] = ["water pipe", "water main"]
    other = planned(tmp_path / "other", dear, streets, places)
    assert cost(other) == pytest.approx(cost(one), rel=1e-9)
    for name in ("exchanges", "quantities", "costs"):
        a, b = (plan.tables[name] for plan in (one, other))
        pd.testing.assert_frame_equal(a, b, check_dtype=False, rtol=1e-6)
    assert other.mains.empty
