"""Whole cases of residues and accepted unknowns by hand: planned, audited, and told."""

import math

import pytest
from test_water_by_hand import account, flows, planned, written

from models import plans
from planner.assemble import bounds
from planner.case.read import read_case
from planner.pipeline import solve

#: 1000 t a year of used water must be treated: 0.8 of it leaves clean, 0.2 is brine.
TREATED = """
qualities: {{c: {{unit: ppm}}, d: {{unit: ppm}}}}
resources:
  fresh: {{kind: water, unit: t, water: 1, price: 3, fresh_water: true, quality: {{c: 0, d: 0}}}}
  used: {{kind: water, unit: t, water: 1}}
  clean: {{kind: water, unit: t, water: 1, discharge: {{route: river}}}}
  brine: {{kind: water, unit: t, water: 1, discharge: {{route: sewer, load_fees: {{c: 1 EUR/kg}}}}}}
substitutions: [{{from: clean, to: fresh}}]
plants:
  works:
    plot: A
    hours: 10
    sources: {{used: {{rate: 100, quality: {{c: {}}}}}}}
    sinks: {{k: {{resource: fresh, rate: 90, limits: {}}}}}
facilities:
  T: {{scope: own, owner: works, unit: t, inputs: {{used: 1}}, outputs: {{clean: 0.8, brine: 0.2}},
      treats: {{inlet: used, outlet: clean, {}}}, investment: [{{capacity: 200, investment: 0}}]}}
"""


@pytest.mark.parametrize(
    ("content", "fee", "made"),
    [
        (200, 160, 0),  # 1000 t x 200 ppm = 200 kg come in, 800 t x 50 ppm = 40 kg leave clean: 160 kg in the brine
        (20, 0, 20),  # 20 kg come in: the brine holds none of it, and 20 kg of the 40 never came in
    ],
)
def test_a_load_fee_on_the_residue_of_a_fixed_outlet(tmp_path, content, fee, made):
    plan = planned(tmp_path, TREATED.format(content, "{c: 100}", "leaves: {c: 50}, residue: brine"))
    assert account(plan, "discharge") == pytest.approx(fee)
    table = plan.tables["compositions"]
    brine = table[(table["at"] == "discharge") & (table["stream"] == "brine") & (table["quality"] == "c")].iloc[0]
    assert (brine["load_per_yr"], brine["mean"]) == (pytest.approx(fee), pytest.approx(1000 * fee / 200))
    works = plan.tables["load_balances"].set_index(["of", "quality"]).loc[("T", "c")]
    assert (works["removed_per_yr"], works["given_off_per_yr"]) == (
        pytest.approx(0, abs=1e-9),
        pytest.approx(made, abs=1e-9),
    )
    told = [note for note in plan.header["notes"] if note.startswith("T gives off 20 kg/yr of c more than comes in")]
    assert bool(told) == bool(made)


def test_an_accepted_unknown_is_unknown_wherever_it_comes(tmp_path):
    # d of the used water is accepted by T, and passes it: the taker of clean water limits d, and accepts it, too. (That
    # it does was once not asked: what T accepts counted as known behind it.)
    text = TREATED.format(200, "{d: {max: 5, accept_unknown: true}}", "removes: {c: 0.8}, residue: brine")
    plan = planned(tmp_path, text, exchanges=[{"from": "works", "to": "T", "accept_unknown": ["d"]}])
    verdict = plan.tables["verdicts"].set_index("exchange").loc["T > works: clean -> k"]
    assert (verdict["technical"], verdict["technical_why"]) == ("unknown", "its d is not known, and is accepted so")
    table = plan.tables["compositions"]
    mixture = table[(table["at"] == "mixture") & (table["stream"] == "k") & (table["quality"] == "d")].iloc[0]
    assert not mixture["known"]
    assert mixture[["mean", "worst", "load_per_yr"]].isna().all()
    limit = plan.tables["quality_limits"].set_index(["stream", "quality"]).loc[("k", "d")]
    assert limit["found"] != limit["found"]
    assert any("d is not known and accepted so" in note and "clean -> k" in note for note in plan.header["notes"])


@pytest.mark.parametrize("sewer", ["{c: 1 EUR/kg}}}", "{c: 1 EUR/kg}, limits: {c: 20000}}}"])
def test_a_residue_of_a_hundredth_holds_a_hundredfold(tmp_path, sewer):
    # 1000 t x 100 ppm = 100 kg, 95 kg of it in 10 t of brine: 9500 ppm, far above all that the case names, 95 EUR of
    # fees and 900 t of 5 ppm for the sink. Capped at ten times the largest content, the plan bought fresh water at
    # 2700 EUR.
    text = TREATED.format(100, "{c: 20}", "removes: {c: 0.95}, residue: brine")
    text = text.replace("clean: 0.8, brine: 0.2", "clean: 0.99, brine: 0.01").replace("{c: 1 EUR/kg}}}", sewer)
    plan = planned(tmp_path, text)
    assert plan.header["solver"]["objective"] == pytest.approx(95)
    table = plan.tables["compositions"].set_index(["at", "stream", "quality"])
    assert table.loc[("discharge", "brine", "c"), "mean"] == pytest.approx(9500)


def test_a_plan_at_the_cut_is_not_called_proven(tmp_path):
    # 1 kg/h into as little water as there may be, which nothing says: cut off at ten times 20 ppm, which is the limit
    # of k and what the largest flow of 50 t/h would hold. The plan takes 5 t/h at 200 ppm, and nobody knows the best.
    text = """
plants:
  works:
    plot: A
    hours: 1
    sinks: {k: {resource: fresh, rate: 1, limits: {c: 20}}}
    operations: {wash: {takes: fresh, gives: used, load: {c: 1 kg/h}, max_flow: 50}}
"""
    plan = solve(read_case(written(tmp_path, text)))
    solver = plan.header["solver"]
    assert (solver["status"], solver["gap"], solver["bound"]) == ("feasible", math.inf, -math.inf)
    assert not [check for check in plan.audit["checks"] if not check["passed"]]
    notes = plan.header["notes"]
    assert any(
        "keeps c in what leaves works / wash from rising without end: taken as at most 200 ppm" in x for x in notes
    )
    assert any("the plan is not proven: c in works / wash is at the most that was looked at" in x for x in notes)


@pytest.mark.parametrize("room", [bounds.ONE, -1.0])
def test_limits_far_apart_leave_a_plan(room, tmp_path, monkeypatch):
    # A permit of 60,000 ppm on the brine and a limit of 2 ppm at the sink: to break the small one a little is cheap as
    # long as its price goes by the large one. 1000 t of 100 ppm: clean water holds 5 / 0.99 ppm, so that it may fill 2
    # / (5 / 0.99) of the 900 t; the rest is fresh at 3 EUR/t, and 95 kg of c in the brine cost 1 EUR/kg.
    text = TREATED.format(100, "{c: 2}", "removes: {c: 0.95}, residue: brine")
    text = text.replace("clean: 0.8, brine: 0.2", "clean: 0.99, brine: 0.01")
    text = text.replace("{c: 1 EUR/kg}}}", "{c: 1 EUR/kg}, limits: {c: 60000}}}")
    content = 100 * 0.05 / 0.99
    monkeypatch.setattr(bounds, "ONE", room)  # with -1 the room for rounding is searched
    monkeypatch.setattr(plans.Plans, "unshared", lambda *_: None)
    plan = planned(tmp_path, text)
    assert plan.header["solver"]["objective"] == pytest.approx(95 + 3 * 900 * (1 - 2 / content))


def test_a_stated_residue_holds_that_and_the_rest_is_destroyed(tmp_path):
    # 200 kg of c come in, 80 % are removed: 160 kg; the brine (200 t) states 100 ppm, 20 kg, so that 140 become gas.
    # Of d 100 kg come in, half of which goes with the brine: 50 kg in 200 t, 250 ppm.
    text = TREATED.replace("quality: {{c: {}}}", "quality: {{c: {}, d: 100}}")
    text = text.format(200, "{c: 100}", "removes: {c: 0.8, d: 0.5}, residue: brine")
    text = text.replace("      treats:", "      quality: {brine: {c: 100}}, treats:")
    plan = planned(tmp_path, text)
    assert account(plan, "discharge") == pytest.approx(20)
    table = plan.tables["compositions"]
    brine = table[(table["at"] == "source") & (table["stream"] == "brine")].set_index("quality")
    assert (brine["mean"]["c"], brine["mean"]["d"]) == (pytest.approx(100), pytest.approx(250))
    removed = plan.tables["load_balances"].set_index(["of", "quality"])["removed_per_yr"]
    assert (removed["T", "c"], removed["T", "d"]) == (pytest.approx(140), pytest.approx(0, abs=1e-9))
    assert plan.audit["passed"]


#: 100 t/yr of sludge, half of it water with 40 g/L of COD, and 50 t/yr that are bought feed the field's 150 t/yr.
FIELD = """
qualities: {{COD: {{unit: g/L, weight: m3}}}}
resources:
  sludge: {{kind: material, unit: t, water: 0.5, quality: {{COD: 40}}, discharge: {{route: tip, cost: 9}}}}
  fertiliser: {{kind: material, unit: t, price: 1{}}}
substitutions: [{{from: sludge, to: fertiliser}}]
plants:
  works: {{plot: A, hours: 10, sources: {{sludge: {{rate: 10}}}}, sinks: {{field: {{resource: fertiliser, rate: 15}}}}}}
"""


@pytest.mark.parametrize(("water", "known"), [("", False), (", water: 0", True)])
def test_a_mixture_is_of_all_that_comes_whatever_it_weighs(tmp_path, water, known):
    # What is bought states no water, by which COD mixes: 150 t come, and what they hold is not known. A water of 0 is
    # stated: 150 t with 100 x 0.5 m3 x 40 g/L = 2000 kg, 40 g/L of the water in them.
    plan = planned(tmp_path, FIELD.format(water))
    table = plan.tables["compositions"]
    mixture = table[(table["at"] == "mixture") & (table["stream"] == "field")].iloc[0]
    assert (mixture["amount_per_yr"], mixture["amount_unit"], mixture["known"]) == (pytest.approx(150), "t", known)
    told = [mixture["mean"], mixture["load_per_yr"]]
    assert told == ([pytest.approx(40), pytest.approx(2000)] if known else [pytest.approx(math.nan, nan_ok=True)] * 2)


@pytest.mark.parametrize(("entry", "cost"), [({}, 0), ({"declaration": {"cost": 70}}, 70)])
def test_what_stays_on_its_site_is_declared_only_where_an_entry_says_so(tmp_path, entry, cost):
    # The substitution's declaration of 50 is for what leaves the site; an entry for this pair asks for one of 70.
    text = FIELD.format(", water: 0").replace("to: fertiliser}", "to: fertiliser, declaration: {cost: 50}}")
    economics = {"discount_rate": 0, "contingency": 0, "lifetime": {"permit": 10}}
    exchanges = [{"from": "works", "to": "works", **entry}] if entry else []
    plan = planned(tmp_path, text, economics=economics, exchanges=exchanges)
    verdict = plan.tables["verdicts"].iloc[0]
    assert verdict["compliance"] == ("declaration" if entry else "clear")
    assert (verdict["declaration"], verdict["permit_cost"]) == (bool(entry), pytest.approx(cost))


@pytest.mark.parametrize("least", ["min: 100", "min: 50", "min: 90, max: 900"])
def test_a_content_that_cannot_vary_is_one_number(tmp_path, least):
    # An evaporator makes 50 m3 of 160 ppm from 1000 m3 of 8 ppm, whatever it runs at. All of it replaces fresh at 30:
    # 3000 - 50 x 30 left, 1000 x 1 to run it, nothing to the tanker at 10 EUR/t, 10 to build it. Written as a range
    # of 2e-9 of itself, HiGHS cut that plan off and called the one without it proven.
    text = """
resources:
  fresh: {kind: water, unit: t, water: 1, price: 30, quality: {c: 160}}
  used: {kind: water, unit: t, water: 1, discharge: {route: tanker, cost: 10}}
  thick: {kind: water, unit: t, water: 1, discharge: {route: tanker, cost: 10}}
substitutions: [{from: thick, to: fresh}]
plants:
  a:
    plot: A
    hours: 100
    sources: {l: {resource: used, rate: 10, quality: {c: 8}}}
    sinks: {k: {resource: fresh, rate: 1, limits: {c: {LEAST}}}}
facilities:
  E:
    scope: own
    owner: a
    unit: t
    inputs: {used: 1}
    outputs: {thick: 0.05}
    treats: {inlet: used, outlet: thick}
    investment: [{capacity: 10, investment: 10}]
    variable_cost: 1
"""
    economics = {"discount_rate": 0, "contingency": 0, "lifetime": {"facility": 1}}
    plan = planned(tmp_path, text.replace("LEAST", least), economics=economics)
    assert plan.header["solver"]["objective"] == pytest.approx(3000 - 50 * 30 + 1000 + 10)
    assert flows(plan)["E > a: thick -> k"] == pytest.approx(50)
