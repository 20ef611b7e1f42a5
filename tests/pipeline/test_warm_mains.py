"""Mains that deliver too cold: places too far, the use of a main changed after the search, and what cannot be changed.

In ground of 10 degC, 90 degC and 85 degC at the least: each pipe of 0.3 W/m/K asks for C = 0.3 L / ln(80/75), which
is 4.648 W/K for each metre, and at 85 - 60 K for 116.2 W of heat taken. A main costs 1 EUR/yr a metre and loses 39 W
on it.
"""

import math

import pytest
from heat_parks import changed
from layers import layer
from pipe_parks import MAIN, PLACES, STREETS
from whole_cases import failed

from planner.assemble.assemble import assemble
from planner.audit import audit
from planner.case.read import read_case
from planner.cli.run import main
from planner.errors import Infeasible
from planner.geography.measure import measure
from planner.pipeline import solve

YEAR = 8760.0
ALL_YEAR = changed(
    MAIN,
    ("periods: {winter: {hours: 4380}, summer: {hours: 4380}}\n", ""),
    ("rate: {value: 6, periods: {summer: 0}}", "rate: 6"),
    ("rate: {value: 0.6, periods: {summer: 0}}", "rate: 0.6"),
    ("  laundry: {plot: D, sinks: {hot water: {rate: 0.5, supplied_today_by: {gas: 1.1}}}}\n", ""),
    ("exchanges: [{from: works, to: laundry, fixed_cost: 1 MEUR/yr}]\n", ""),
)
ALONE = "exchanges: [{from: works, to: mill, forbidden: true}]\nlinks:"
FORCED = "exchanges: [{from: works, to: farm, forced: true}]\nlinks:"
FARM = "works > farm: hot water"


def put(text, folder, streets=None, places=None):
    folder.mkdir(exist_ok=True)
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    layer(folder, "plots", {name: (at,) for name, at in (places or PLACES).items()})
    layer(folder, "corridors", streets or STREETS)
    return folder


def planned(text, folder, **options):
    plan = solve(read_case(put(text, folder)), **options)
    assert not failed(dict(plan.audit)), failed(dict(plan.audit))
    return plan


def unlooked(text, folder, monkeypatch):
    """The plan that nobody looked at."""
    with monkeypatch.context() as patch:
        patch.setattr("planner.hydraulics.mending.look_of", lambda *_: None)
        return planned(text, folder)


def over_main(plan):
    rows = plan.tables["heat_pipes"]
    return rows[rows["exchange"].notna()].set_index("exchange")


def words(plan):
    return [note for note in plan.header["notes"] if note.startswith("the use of")]


def warnings(plan):
    return [note for note in plan.header["notes"] if "too cold" in note]


def test_a_taker_of_too_little_is_left_out(tmp_path, monkeypatch):
    """50 kW draw 2 kW/K, and 300 W/K on their own kilometre leave 10 + 80 exp(-0.15) = 78.9 degC at most.

    More than 50 kW it does not take, so that it burns gas again: 0.05 MW x 8,760 h x 1.1 x 50 EUR = 24,090 EUR/yr, less
    1,000 EUR/yr for its kilometre of pipe.
    """
    text = changed(ALL_YEAR, ("rate: 0.6", "rate: 0.05"))
    first = unlooked(text, tmp_path / "first", monkeypatch)
    assert over_main(first)["verdict"].to_dict() == {"works > mill: hot water": "ok", FARM: "too cold"}
    plan = planned(text, tmp_path / "case")
    assert over_main(plan)["verdict"].to_dict() == {"works > mill: hot water": "ok"}
    solver, before = plan.header["solver"], first.header["solver"]
    assert solver["objective"] == pytest.approx(before["objective"] + 23_090)
    assert (solver["status"], solver["bound"]) == ("feasible", pytest.approx(before["objective"]))
    assert words(plan) == [
        "the use of heat main: hot water was changed, so that all that it brings arrives at 85: +23,090 EUR/yr "
        "(works > farm: hot water: none instead of 0.05 MWh/h)"
    ]
    assert not warnings(plan)


def test_another_goal_is_held_at_what_a_warm_plan_has(tmp_path):
    """Least CO2e would bring the farm its 50 kW, too: without it 0.05 MW x 1.1 x 8,760 h x 0.2 t/MWh = 96.4 t/yr."""
    text = changed(ALL_YEAR, ("rate: 0.6", "rate: 0.05"), ("price: 50}", "price: 50, co2e: {use: 0.2}}"))
    plan = planned(text, tmp_path / "case", objective="co2")
    assert over_main(plan)["verdict"].to_dict() == {"works > mill: hot water": "ok"}
    first, second = plan.header["solver"]["stages"]
    assert (first["objective"], first["bound"]) == (pytest.approx(96.36), pytest.approx(0.0, abs=1e-6))
    assert second["goal"].startswith("cost")
    assert not warnings(plan)


def test_a_taker_may_take_more(tmp_path, monkeypatch):
    """6.3 MW less 39 W/m x 6 km leave 6.066 MW: the mill, who pays 55 EUR/MWh else, takes 6; the farm, at 44, 0.066.

    The farm needs F: 80 exp(-900 / (C_m + C_f) - 300 / C_f) = 75, C_f = F / 25 K, C_m = (6.066 MW - F) / (T_m - 60). It
    takes that, and the mill as much less: (F - 0.066) x 8,760 h x 11 EUR/MWh.
    """
    text = changed(
        ALL_YEAR,
        ("rate: 20", "rate: 6.3"),
        ("farm: {plot: C, sinks: {hot water: {rate: 0.6, supplied_today_by: {gas: 1.1}}}}", CHEAPER),
    )
    first = unlooked(text, tmp_path / "first", monkeypatch)
    mill, farm = 2e5, 5e3
    for _ in range(200):
        fork = 80 * math.exp(-900 / (mill + farm))
        farm = 300 / math.log(fork / 75)
        mill = (6.066e6 - 25 * farm) / (10 + fork * math.exp(-600 / mill) - 60)
    takes = 25 * farm / 1e6
    plan = planned(text, tmp_path / "case")
    assert over_main(plan).loc[FARM, "arrives_degc"] == pytest.approx(85.0, abs=0.05)
    assert set(over_main(plan)["verdict"]) == {"ok"}
    more = plan.header["solver"]["objective"] - first.header["solver"]["objective"]
    assert more == pytest.approx((takes - 0.066) * YEAR * 11, rel=2e-2)
    (said,) = words(plan)
    assert said.startswith("the use of heat main: hot water was changed, so that all that it brings arrives at 85: +")
    assert "works > farm: hot water: 0.12" in said
    assert said.endswith("instead of 0.066 MWh/h)")


CHEAPER = "farm: {plot: C, sinks: {hot water: {rate: 2, supplied_today_by: {gas: 0.88}}}}"


def test_two_together_keep_the_main_warm(tmp_path):
    """0.3 MW each, on branches of 500 m from a fork 3 km off, draw some 23.5 kW/K together and 11.75 each.

    80 exp(-900 / 23,500 - 150 / 11,750) = 76.0: 86 degC at both. Alone one draws 0.3 MW / 25 K = 12 kW/K at most, and
    80 exp(-1,050 / 12,000) = 73.3: 83.3 degC.
    """
    places = {**PLACES, "B": (3000, 500), "C": (3000, -500)}
    streets = {**STREETS, "north": ((3000, 0), (3000, 500)), "south": ((3000, 0), (3000, -500))}
    text = changed(ALL_YEAR, ("rate: 6", "rate: 0.3"), ("rate: 0.6", "rate: 0.3"))
    plan = solve(read_case(put(text, tmp_path / "case", streets, places)))
    assert not failed(dict(plan.audit))
    assert set(over_main(plan)["verdict"]) == {"ok"}
    assert len(over_main(plan)) == 2
    assert not words(plan)
    # Alone its place is too far.
    alone = changed(text, ("links:", ALONE))
    case = read_case(put(alone, tmp_path / "alone", streets, places))
    found = assemble(case, measure(case))
    assert FARM not in found.instance.exchanges
    assert [note for note in found.notes if "too far" in note] == [
        "works > farm: hot water by heat main: its pair of places is too far: over 3.5 km and more even the largest "
        "flow would not arrive at 85 (resources.hot water.heat.arrives)"
    ]


@pytest.mark.parametrize(("rate", "stays"), [(0.455, False), (0.466, True)])
def test_a_place_is_too_far_just_beyond_the_longest_way(tmp_path, rate, stays):
    """The farm alone, 4 km off: C = 4.648 W/K/m x 4 km x 25 K = 464.8 kW; with 0.05 K to spare 460.1 kW."""
    text = changed(
        ALL_YEAR,
        ("rate: 0.6", f"rate: {rate}"),
        ("links:", ALONE),
    )
    case = read_case(put(text, tmp_path))
    assert (FARM in assemble(case, measure(case)).instance.exchanges) == stays


def test_check_says_what_is_too_far(tmp_path, capsys):
    text = changed(
        ALL_YEAR,
        ("rate: 0.6", "rate: 0.2"),
        ("links:", ALONE),
    )
    assert main(["check", str(put(text, tmp_path))]) == 0
    assert "too far: over 4 km and more" in capsys.readouterr().out


def test_a_plan_that_fails_for_it_names_what_asks(tmp_path):
    """Forced, it is seen at once; by a cap it shows in the search: 0.2 MW x 1.1 x 8,760 h x 0.2 t/MWh are 385 t/yr."""
    forced = ALONE.replace("}]", "}, {from: works, to: farm, forced: true}]")
    text = changed(ALL_YEAR, ("rate: 0.6", "rate: 0.2"))
    with pytest.raises(Infeasible, match=r"its pair of places is too far: .* \(resources\.hot water\.heat\.arrives\)"):
        solve(read_case(put(changed(text, ("links:", forced)), tmp_path / "forced")))
    text = changed(
        text,
        ("links:", ALONE),
        ("price: 50}", "price: 50, co2e: {use: 0.2}}"),
        ("mill: {plot: B, sinks: {hot water: {rate: 6,", "mill: {plot: B, sinks: {hot water: {rate: 0.001,"),
        ("{discount_rate: 0,", "{caps: {co2e: 100}, discount_rate: 0,"),
    )
    with pytest.raises(Infeasible) as error:
        solve(read_case(put(text, tmp_path / "capped")))
    assert "resources.hot water.heat.arrives.supply: hot water arrives at 85" in str(error.value)
    assert "caps.co2e" in str(error.value)


def test_a_near_giver_counts_for_all(tmp_path):
    """Alone 0.2 MW come 1.72 km far. A kiln 1.5 km from the farm gives, too, and the main pools: nothing is cut off."""
    text = changed(
        ALL_YEAR,
        ("rate: 0.6", "rate: 0.2"),
        ("links:", ALONE.replace("}]", "}, {from: kiln, to: mill, forbidden: true}]")),
        ("  mill:", "  kiln: {plot: D, sources: {hot water: {rate: 0.1}}}\n  mill:"),
    )
    places = {**PLACES, "D": (3500, 0)}
    case = read_case(put(text, tmp_path, {**STREETS, "east": ((3000, 0), (3500, 0))}, places))
    assert {FARM, "kiln > farm: hot water"} <= set(assemble(case, measure(case)).instance.exchanges)


def test_what_cannot_be_changed_is_told(tmp_path):
    """The farm's exchange is forced: at 50 kW it arrives too cold, whatever else."""
    plan = planned(changed(ALL_YEAR, ("rate: 0.6", "rate: 0.05"), ("links:", FORCED)), tmp_path)
    assert over_main(plan).loc[FARM, "verdict"] == "too cold"
    assert not words(plan)
    (said,) = warnings(plan)
    assert said.startswith(f"WARNING: {FARM} (hot water) arrives at 78.")
    silent = {**plan.header, "notes": [note for note in plan.header["notes"] if note != said]}
    told = failed(audit(plan.case, measure(plan.case), plan.tables, silent))
    assert [check["check"] for check in told] == ["plan: what arrives too cold is told"]
    assert FARM in str(told)


def test_a_season_without_enough(tmp_path):
    """In summer the farm takes 50 kW, in winter 600: it is built, and where it cannot rest in summer, it is not.

    The mill takes 6 MW in both. The farm's pipe owes its loss in summer, too: what it may bring there is nothing.
    """
    text = changed(
        MAIN,
        ("rate: {value: 6, periods: {summer: 0}}", "rate: 6"),
        ("{value: 0.6, periods: {summer: 0}}", "{value: 0.6, periods: {summer: 0.05}}"),
    )
    plan = planned(text, tmp_path)
    rows = over_main(plan).reset_index()
    farm = rows[rows["exchange"] == FARM]
    assert set(farm["state"]) == {"winter"}
    assert set(rows["verdict"]) == {"ok"}
    (said,) = words(plan)
    assert "works > farm: hot water in summer: none instead of 0.05 MWh/h" in said


def test_from_the_command_line(tmp_path, capsys):
    text = changed(ALL_YEAR, ("rate: 0.6", "rate: 0.05"))
    out = tmp_path / "out"
    assert main(["solve", str(put(text, tmp_path / "case")), "--out", str(out)]) == 0
    assert main(["audit", str(out)]) == 0
    assert "the use of heat main: hot water was changed" in (out / "results.json").read_text(encoding="utf-8")
    capsys.readouterr()
