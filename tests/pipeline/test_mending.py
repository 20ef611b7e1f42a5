"""Loops that friction splits otherwise than the plan: whole cases whose mains are mended, and one that cannot be.

Spurs of 70.7 m join the plots to two ends, W and E, of a ring. Capacities at 1.5 m/s of water: DN 100 pi/4 x 0.1^2 x
1.5 x 3600 = 42.4 m3/h, DN 150 95.4 m3/h. In turbulent flow Q goes about with D^2.5 and, for one pressure drop, with
1 / sqrt(length).

    A1 --+                north, 300 m                +-- B1
         W ------------------------------------------ E
    A2 --+ +_____________ south, 900 m _____________+ +-- B2
"""

import copy
import json

import pytest
import yaml

from planner.case.read import read_case
from planner.pipeline import solve

X0, Y0 = 500_000.0, 6_000_000.0
W, E = (0, 0), (300, 0)
SPURS = {"a1": ((-50, 50), W), "a2": ((-50, -50), W), "b1": ((350, 50), E), "b2": ((350, -50), E)}
RING = SPURS | {"north": (W, E), "south": (W, (0, -300), (300, -300), E)}

CASE = yaml.safe_load("""
case: Ring
currency: EUR
price_year: 2025
crs: EPSG:25832
economics: {discount_rate: 0, contingency: 0, lifetime: {pipe: 10}}
geography: {plots: plots.geojson, corridors: corridors.geojson}
resources:
  water:
    kind: water
    unit: m3
    mass: 1 t/m3
    price: 0.5
    discharge: {route: river, cost: 0.1}
    carried_by: [water main]
    fluid: {phase: liquid, density: 1000, viscosity: 0.001}
links:
  water main:
    kind: pipe
    main: true
    max_velocity: 1.5
    sizes:
      - {size: DN 100, inner_diameter: 100, investment: 100}
      - {size: DN 150, inner_diameter: 150, investment: 160}
""")


def written(folder, case, streets, one_way=()):
    """A case folder: plants give or take 60 m3/h on the plots at the outer ends of the spurs, "a..." and others."""
    made = copy.deepcopy(case)
    plots = {name.upper(): points[0] for name, points in streets.items() if name[1:].isdigit()}
    made["plants"] = {
        name: {"plot": name, "hours": 8000, "sources" if name[0] == "A" else "sinks": {"water": {"rate": 60}}}
        for name in plots
    }
    folder.mkdir()
    rules = {name: {"name": name, "one_way": "water" if name in one_way else None} for name in streets}
    layer(folder, "corridors", [(rules[name], points) for name, points in streets.items()])
    layer(folder, "plots", [({"name": name, "area": 1.0}, [at]) for name, at in plots.items()])
    (folder / "case.yaml").write_text(yaml.safe_dump(made, sort_keys=False), encoding="utf-8")
    return read_case(folder)


def layer(folder, name, features):
    written = []
    for properties, points in features:
        at = [[X0 + x, Y0 + y] for x, y in points]
        shape = {"type": "Point", "coordinates": at[0]} if len(at) == 1 else {"type": "LineString", "coordinates": at}
        written.append({"type": "Feature", "properties": properties, "geometry": shape})
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
    text = json.dumps({"type": "FeatureCollection", "crs": crs, "features": written})
    (folder / f"{name}.geojson").write_text(text, encoding="utf-8")


def audited(case, **options):
    plan = solve(case, **options)
    assert not [check for check in plan.audit["checks"] if not check["passed"]]
    return plan


def sizes(plan):
    """Street -> size in service, of the ring."""
    mains = plan.mains.set_index("stretch")["size"].to_dict()
    return {name: size for name, size in mains.items() if not name[1:].isdigit() and "access" not in name}


def velocities(plan):
    return plan.tables["hydraulics"].set_index("stretch")["velocity_m_per_s"]


def words(plan):
    return [note for note in plan.header["notes"] if "so that its loops keep" in note or "fail" in note]


def least_cost(monkeypatch, case):
    """The plan that nobody looked at."""
    with monkeypatch.context() as patch:
        patch.setattr("planner.hydraulics.mending.look_of", lambda *_: None)
        return audited(case)


def test_a_wider_pipe_on_the_other_way_round_mends_a_loop(tmp_path, monkeypatch):
    # 120 m3/h from W to E are more than DN 150 carries: the plan lays DN 150 north and DN 100 south, which hold 95.4 +
    # 42.4. Friction: Q_south / Q_north = (100/150)^2.5 x (300/900)^0.5 = 0.21, less the rougher small pipe: 0.19, so
    # 120 / 1.19 = 100.7 m3/h go north, 1.58 m/s. No pipe is wider than DN 150; DN 150 in the south too gives (300 /
    # 900)^0.5 = 0.577, less 3 %: 76.9 m3/h and 1.21 m/s. It costs 900 m x 60 EUR/m / 10 yr = 5,400 EUR/yr; to leave
    # 24.6 of the 120 m3/h out would cost 8000 h x 0.6 EUR/m3 x 24.6.
    case = written(tmp_path / "case", CASE, RING)
    first = least_cost(monkeypatch, case)
    assert sizes(first) == {"north": "DN 150", "south": "DN 100"}
    assert first.header["solver"]["status"] == "optimal"
    assert velocities(first)["north"] == pytest.approx(1.58, abs=0.01)
    (said,) = words(first)
    assert said.startswith("1 of ")
    assert said.endswith("DN 150 in north: 1.6 m/s above the 1.5 m/s of links.water main.")
    plan = audited(case)
    assert sizes(plan) == {"north": "DN 150", "south": "DN 150"}
    assert velocities(plan)["north"] == pytest.approx(1.21, abs=0.01)
    assert set(plan.tables["hydraulics"]["verdict"]) == {"ok"}
    solver = plan.header["solver"]
    assert solver["objective"] == pytest.approx(first.header["solver"]["objective"] + 5400)
    assert solver["bound"] == pytest.approx(first.header["solver"]["objective"])
    assert solver["status"] == "feasible"
    assert solver["gap"] == pytest.approx(5400 / solver["objective"])
    assert words(plan) == [
        "wider pipes than its flows need were laid in 1 stretch of water main: water, so that its loops keep to 1.5 "
        "m/s however friction splits the flow: +5,400 EUR/yr (south: DN 100 -> DN 150)"
    ]
    # The baseline knows nothing of it.
    assert plan.indicators["baseline"].tolist() == pytest.approx(first.indicators["baseline"].tolist(), nan_ok=True)


def test_the_same_with_another_goal_and_a_time_limit(tmp_path):
    # Least fresh water: all 120 m3/h go over in the first stage, and the loop is mended in the second.
    case = written(tmp_path / "case", CASE, RING)
    plan = audited(case, objective="water", time_limit=60)
    assert sizes(plan) == {"north": "DN 150", "south": "DN 150"}
    water, cost = plan.header["solver"]["stages"]
    assert water["gap"] <= 1e-6
    assert cost["objective"] - cost["bound"] == pytest.approx(5400, rel=1e-3)


def test_of_two_ways_out_the_cheaper_one_is_taken(tmp_path):
    # With DN 200 at 170 EUR/m, 169.6 m3/h, the pipe that fails may be made wider, too: 300 m x 10 EUR/m / 10 yr = 300,
    # and then one pipe carries all, so that the south is not needed: the plan is that from the start.
    case = copy.deepcopy(CASE)
    case["links"]["water main"]["sizes"].append({"size": "DN 200", "inner_diameter": 200, "investment": 170})
    assert sizes(audited(written(tmp_path / "one", case, RING))) == {"north": "DN 200"}
    # DN 160, 108.6 m3/h, at 165 EUR/m: Q_south / Q_north = (100/160)^2.5 x 0.577 = 0.178, less 8 %: about 103 m3/h go
    # north, 1.42 m/s: 300 m x 5 EUR/m / 10 yr = 150 EUR/yr instead of 5,400.
    case["links"]["water main"]["sizes"][-1] = {"size": "DN 160", "inner_diameter": 160, "investment": 165}
    plan = audited(written(tmp_path / "two", case, RING))
    assert sizes(plan) == {"north": "DN 160", "south": "DN 100"}
    assert velocities(plan)["north"] == pytest.approx(1.42, abs=0.02)
    assert words(plan)[0].endswith("+150 EUR/yr (north: DN 150 -> DN 160)")


def test_where_no_size_helps_and_the_loop_must_stay_the_plan_says_so(tmp_path):
    # South 6 km: Q_south / Q_north = (300 / 6000)^0.5 = 0.22, so that more than 98 m3/h go north, 1.54 m/s, in the
    # widest pipe there is. Both exchanges must be built and carry all: 120 m3/h do not fit in either way alone.
    case = copy.deepcopy(CASE)
    case["links"]["water main"]["sizes"].pop(0)
    pairs = [("A1", "B1"), ("A2", "B2"), ("A1", "B2"), ("A2", "B1")]
    rules = [{"forced": True, "min_flow": 480_000}] * 2 + [{"forbidden": True}] * 2
    case["exchanges"] = [{"from": a, "to": b, **rule} for (a, b), rule in zip(pairs, rules, strict=True)]
    far = SPURS | {"north": (W, E), "south": (W, (0, -2850), (300, -2850), E)}
    plan = audited(written(tmp_path / "case", case, far))
    assert plan.header["solver"]["status"] == "optimal"
    assert sizes(plan) == {"north": "DN 150", "south": "DN 150"}
    (said,) = words(plan)
    assert said.endswith("DN 150 in north: 1.6 m/s above the 1.5 m/s of links.water main.")


def test_a_loop_in_which_friction_goes_against_a_one_way_is_opened(tmp_path, monkeypatch):
    # B takes 120, C 60 of A's 180 m3/h; a pipe carries 100, the widest 200. Least cost: DN 150 from A to B (300 m, 100
    # m3/h) and to C (1,650 m, 80), and DN 100 from C to B (20), 1,650 m as well. But 80 m3/h lose far more pressure on
    # 1,650 m than 100 on 300 m: friction drives the water from B to C, against the one way. Opened: DN 200 from A to B
    # for 300 m x (730 - 160) / 10 = 17,100 EUR/yr instead of DN 100 from C to B for 1,650 m x 100 / 10 = 16,500.
    case = copy.deepcopy(CASE)
    del case["links"]["water main"]["max_velocity"]
    case["links"]["water main"]["sizes"] = [
        {"size": "DN 100", "inner_diameter": 100, "investment": 100, "capacity": 40},
        {"size": "DN 150", "inner_diameter": 150, "investment": 160, "capacity": 100},
        {"size": "DN 200", "inner_diameter": 200, "investment": 730, "capacity": 200},
    ]
    corner = (150, -1500)
    streets = SPURS | {"a3": ((-70, 0), W), "c1": ((150, -1600), corner)}
    streets |= {"short": (W, E), "out": (W, (0, -1500), corner), "back": (corner, (300, -1500), E)}
    case = written(tmp_path / "case", case, streets, one_way=("out", "back"))
    first = least_cost(monkeypatch, case)
    assert sizes(first) == {"short": "DN 150", "out": "DN 150", "back": "DN 100"}
    assert words(first)[0].endswith("DN 100 in back: friction drives it against the one way of back.")
    plan = audited(case)
    assert sizes(plan) == {"short": "DN 200", "out": "DN 150"}
    assert plan.header["solver"]["objective"] == pytest.approx(first.header["solver"]["objective"] + 600)
    assert words(plan) == [
        "water main: water was laid anew without the loop back - short - out, so that its loops keep to the way their "
        "corridors allow however friction splits the flow: +600 EUR/yr (back: DN 100 -> none; short: DN 150 -> DN 200)"
    ]


def test_a_loop_of_a_main_that_leaks_is_mended_and_audited(tmp_path):
    # 180 m3/h are there for 120, so that both takers get all they need, and what leaks on the way is sent besides.
    case = copy.deepcopy(CASE)
    case["links"]["water main"]["volume_loss"] = 0.02
    plan = audited(written(tmp_path / "case", case, RING | {"a3": ((-70, 0), W)}))
    assert sizes(plan) == {"north": "DN 150", "south": "DN 150"}
    assert plan.exchanges["replaced_per_yr"].sum() == pytest.approx(960_000)
    assert plan.exchanges["flow_per_yr"].sum() > 965_000
    assert set(plan.tables["hydraulics"]["verdict"]) == {"ok"}
