"""The hydraulic check of plans: what passes, what fails, what is not checked, and what the user is told."""

import math
import re
import subprocess
import sys

import pytest
from wet_park import AIR, MAIN, OIL, WATER, ground, main_row, sent, tables, wet

from planner.hydraulics.check import check, findings
from planner.results.columns import COLUMNS

#: t/h of water that flow at 1 m/s in DN 200.
AT_1_M_PER_S = math.pi / 4 * 0.04 * 3600
LINE = {"s": ("a", "b")}
LOOP = {"north": ("a", "b"), "south": ("a", "b")}


def checked(case, stretches, exchanges, ends=None, **more):
    """The table of a main that lies in all the stretches; ``ends`` changes rows of it."""
    rows = [main_row(name, pair, **(ends or {}).get(name, {})) for name, pair in stretches.items()]
    return check(case, ground(stretches, **more), tables(rows, exchanges))


def verdicts(table):
    return list(zip(table["verdict"], table["why"], strict=True))


def test_one_pipe_by_hand():
    # 1.5 m/s of water in 200 mm: 102.4 Pa/m by hand (see the tests of capacity); over 100 m 0.1024 bar; pumps of
    # 50 %: 0.047124 m3/s x 10,243 Pa / 0.5 = 965 W.
    case = wet(max_velocity=1.6, max_pressure_drop=110, pump_efficiency=0.5)
    table = checked(case, LINE, [sent("a", "b", 1.5 * AT_1_M_PER_S)])
    assert list(table.columns) == list(COLUMNS["hydraulics"])
    row = table.iloc[0]
    assert (row["main"], row["stretch"], row["size"], row["unit"]) == (MAIN, "s", "DN 200", "t")
    assert (row["from_node"], row["to_node"]) == ("a", "b")
    assert row["flow_per_h"] == pytest.approx(1.5 * AT_1_M_PER_S)
    assert row["velocity_m_per_s"] == pytest.approx(1.5)
    assert row["pressure_drop_pa_per_m"] == pytest.approx(102.43, rel=1e-4)
    assert row["pressure_drop_bar"] == pytest.approx(0.10243, rel=1e-4)
    assert row["pump_power_kw"] == pytest.approx(0.9654, rel=1e-3)
    assert (row["max_velocity_m_per_s"], row["max_pressure_drop_pa_per_m"]) == (1.6, 110)
    assert verdicts(table) == [("ok", "")]
    assert findings(table) == ()


def test_pumps_of_sixty_percent_where_none_is_stated():
    known, assumed = (
        checked(wet(max_velocity=2, **link), LINE, [sent("a", "b", 100)])["pump_power_kw"][0]
        for link in ({"pump_efficiency": 0.6}, {})
    )
    assert known == pytest.approx(assumed)


def test_a_pipe_at_its_limit_passes_and_one_above_it_fails():
    case = wet(max_velocity=1.5)
    assert verdicts(checked(case, LINE, [sent("a", "b", 1.5 * AT_1_M_PER_S * (1 + 1e-6))])) == [("ok", "")]
    table = checked(case, LINE, [sent("a", "b", 1.9 * AT_1_M_PER_S)])
    assert verdicts(table) == [("fails", "1.9 m/s above the 1.5 m/s of links.pipe")]
    assert findings(table) == (
        "1 of 1 pipe of pipe: water fails the hydraulic check: DN 200 in s: 1.9 m/s above the 1.5 m/s of links.pipe.",
    )
    # So near to the limit that two digits would not show it.
    table = checked(case, LINE, [sent("a", "b", 1.502 * AT_1_M_PER_S)])
    assert verdicts(table) == [("fails", "1.502 m/s above the 1.5 m/s of links.pipe")]


def test_velocity_and_pressure_drop_can_both_fail():
    table = checked(wet(max_velocity=1, max_pressure_drop=50), LINE, [sent("a", "b", 1.5 * AT_1_M_PER_S)])
    why = "1.5 m/s above the 1 m/s of links.pipe and 100 Pa/m above the 50 Pa/m of links.pipe"
    assert verdicts(table) == [("fails", why)]


def test_peaks_join_and_part_at_the_places():
    # a sends 100 to c and 20 to b; b sends 40 to c: 120 leave a, 140 reach c.
    stretches = {"one": ("a", "b"), "two": ("b", "c")}
    exchanges = [sent("a", "c", 100), sent("a", "b", 20), sent("b", "c", 40)]
    table = checked(wet(max_velocity=2), stretches, exchanges)
    assert list(table["flow_per_h"]) == pytest.approx([120, 140])


def test_what_flows_the_other_way_is_told_the_other_way():
    table = checked(wet(max_velocity=2), LINE, [sent("b", "a", 50)])
    assert (table["from_node"][0], table["to_node"][0], table["flow_per_h"][0]) == ("b", "a", pytest.approx(50))


def test_a_loop_splits_as_friction_says_and_not_as_the_plan_does():
    # A way of 100 m and one of 400 m, at 1 m/s in the mean: the short one gets about twice as much (Q ~ L^-0.5) and
    # fails the limit that both keep in the plan, which may split as it likes.
    table = checked(wet(max_velocity=1.2), LOOP, [sent("a", "b", 2 * AT_1_M_PER_S)], {"south": {"length_m": 400.0}})
    assert sum(table["flow_per_h"]) == pytest.approx(2 * AT_1_M_PER_S, rel=1e-4)
    assert table["flow_per_h"][0] / table["flow_per_h"][1] == pytest.approx(2, rel=0.05)
    # Both ways lose the same pressure: EPANET's friction and Colebrook's differ by less than 2 %.
    assert table["pressure_drop_bar"][0] == pytest.approx(table["pressure_drop_bar"][1], rel=0.02)
    assert list(table["verdict"]) == ["fails", "ok"]
    assert findings(table)[0].startswith("1 of 2 pipes of pipe: water fails the hydraulic check: DN 200 in north: 1.3")


def test_equal_ways_share_alike_and_twins_in_one_row_too():
    table = checked(wet(max_velocity=2), LOOP, [sent("a", "b", 60)])
    assert list(table["flow_per_h"]) == pytest.approx([30, 30], rel=1e-4)
    table = checked(wet(max_velocity=2), LINE, [sent("a", "b", 60)], {"s": {"pipes": 2}})
    assert table["flow_per_h"][0] == pytest.approx(60)
    assert table["velocity_m_per_s"][0] == pytest.approx(30 / AT_1_M_PER_S)


def test_pipes_of_two_sizes_in_one_stretch_share_by_friction():
    rows = [main_row("s", ("a", "b")), main_row("s", ("a", "b"), size="DN 100")]
    case = wet({"fluid": OIL}, max_velocity=2)
    table = check(case, ground(LINE), tables(rows, [sent("a", "b", 17)]))
    assert list(table["flow_per_h"]) == pytest.approx([16, 1], rel=1e-3)  # laminar: D^4


def test_what_is_lost_is_drawn_half_at_each_end_of_its_stretch():
    # a sends 50 each to b and c. Of the 100 stretch one loses 10, of what goes on to c stretch two loses 5: b gets 45,
    # c gets 40. Half of each loss at its ends: 100 - 5 leave a, and 95 - 5 - 45 - 2.5 leave b for c.
    stretches = {"one": ("a", "b"), "two": ("b", "c")}
    exchanges = [sent("a", "b", 50, lost_per_yr=8000 * 5), sent("a", "c", 50, lost_per_yr=8000 * 10)]
    rows = {
        "one": {"lost_per_yr": 8000 * 10, "through_per_yr": 8000 * 100, "peak_per_h": 100},
        "two": {"lost_per_yr": 8000 * 5, "through_per_yr": 8000 * 45, "peak_per_h": 45},
    }
    table = checked(wet(max_velocity=2, volume_loss=0.01), stretches, exchanges, rows)
    assert list(table["flow_per_h"]) == pytest.approx([95, 42.5])


def test_parts_that_are_not_joined_are_checked_each():
    stretches = {"one": ("a", "b"), "two": ("c", "d")}
    table = checked(wet(max_velocity=2), stretches, [sent("a", "b", 10), sent("c", "d", 30)])
    assert list(table["flow_per_h"]) == pytest.approx([10, 30])
    table = checked(wet(max_velocity=2), stretches, [sent("a", "b", 10), sent("a", "d", 30)])
    assert verdicts(table) == [("ok", ""), ("not checked", "what flows into this part of it does not flow out")]


def test_a_pipe_nothing_flows_in_passes():
    table = checked(wet(max_velocity=2), LOOP, [])
    assert verdicts(table) == [("ok", "")] * 2
    assert list(table["velocity_m_per_s"]) == [0, 0]


def test_friction_against_a_one_way_corridor_fails():
    # In the plan all goes over "direct" (a to c); friction sends part of it a, b, c, but b to c may only flow c to b.
    stretches = {"direct": ("a", "c"), "up": ("a", "b"), "down": ("c", "b")}
    exchanges = [sent("a", "c", 50)]
    table = checked(wet(max_velocity=2), stretches, exchanges)
    assert list(table["verdict"]) == ["ok"] * 3
    table = checked(wet(max_velocity=2), stretches, exchanges, one_way={"water": "+"})
    assert verdicts(table) == [("ok", ""), ("ok", ""), ("fails", "friction drives it against the one way of down")]


@pytest.mark.parametrize(
    ("resource", "link", "sizes", "why"),
    [
        ({"fluid": None}, {"max_velocity": 2}, None, "no fluid for resources.water"),
        ({"unit": "MWh"}, {"max_velocity": 2}, None, "no mass, density or viscosity for resources.water: .*"),
        ({"fluid": WATER | {"viscosity": 0}}, {"max_velocity": 2}, None, "no mass, density or viscosity .*"),
        ({"fluid": WATER | {"density": 0}}, {"max_velocity": 2}, None, "no mass, density or viscosity .*"),
        ({}, {}, None, "links.pipe states neither max_velocity nor max_pressure_drop"),
        ({}, {"max_velocity": 2}, {"capacity": 90}, "no inner_diameter for DN 200 of links.pipe"),
        (
            {},
            {"max_velocity": 2},
            {"capacity": 90, "inner_diameter": 200, "investment_by_capacity": 1},
            "DN 200 of links.pipe is a cost trend, not a pipe of one bore",
        ),
    ],
)
@pytest.mark.parametrize("stretches", [LINE, LOOP])
def test_what_cannot_be_checked_says_why(stretches, resource, link, sizes, why):
    changed = {} if sizes is None else {"sizes": [{"size": "DN 200"} | sizes]}
    table = checked(wet(resource, **changed, **link), stretches, [sent("a", "b", 60)])
    assert set(table["verdict"]) == {"not checked"}
    (said,) = findings(table)
    number = len(stretches)
    verb = "1 of 1 pipe was" if number == 1 else "2 of 2 pipes were"
    assert said.startswith(f"{verb} not checked hydraulically: ")
    assert re.fullmatch(f".*: {why}\\.", said)


def test_a_bore_that_is_not_stated_costs_its_own_row_only_where_there_is_no_loop():
    sizes = [{"size": "DN 200", "inner_diameter": 200}, {"size": "old", "capacity": 50}]
    stretches = {"one": ("a", "b"), "two": ("b", "c")}
    table = checked(wet(sizes=sizes, max_velocity=2), stretches, [sent("a", "c", 20)], {"two": {"size": "old"}})
    assert verdicts(table) == [("ok", ""), ("not checked", "no inner_diameter for old of links.pipe")]


def test_without_the_corridor_graph_or_a_place_in_it_nothing_is_checked():
    case = wet(max_velocity=2)
    table = checked(case, LINE, [sent("a", "elsewhere", 20)])
    assert verdicts(table) == [("not checked", "an end of its exchanges is not in the corridor graph")]
    table = checked(case, LINE, [sent("a", None, 20)])
    assert list(table["verdict"]) == ["not checked"]


def test_without_epanet_loops_are_not_checked_and_lines_are(monkeypatch):
    monkeypatch.setitem(sys.modules, "wntr.epanet.toolkit", None)
    stretches = LOOP | {"far": ("y", "z")}
    table = checked(wet(max_velocity=2), stretches, [sent("a", "b", 60), sent("y", "z", 20)])
    assert list(table["verdict"]) == ["not checked", "not checked", "ok"]
    assert "wntr" in table["why"][0]


def test_a_gas_says_that_its_expansion_is_not_checked():
    gas = {"kind": "gas", "unit": "Nm3", "fluid": AIR | {"mass": 0.0008}}
    # 10 m/s x 0.0314159 m2 x 3600 s/h = 1131 m3/h, at 8 kg/m3 and 0.8 kg/Nm3 11,310 Nm3/h.
    table = checked(wet(gas, max_velocity=15), LINE, [sent("a", "b", 11309.734)])
    assert table["velocity_m_per_s"][0] == pytest.approx(10)
    assert verdicts(table) == [("ok", "a gas at its stated density; its expansion is not checked")]
    table = checked(wet(gas, max_velocity=5), LINE, [sent("a", "b", 11309.734)])
    assert table["why"][0].startswith("10 m/s above the 5 m/s of links.pipe; a gas at its stated density")


def test_an_existing_main_has_the_bore_of_its_size():
    case = wet(existing_mains={"old": {"link": "pipe", "resource": "water", "size": "DN 100"}}, max_velocity=1.5)
    for name in ("DN 100", "existing old", "old"):
        table = checked(case, LINE, [sent("a", "b", AT_1_M_PER_S / 4)], {"s": {"size": name}})
        assert table["velocity_m_per_s"][0] == pytest.approx(1)


def test_a_cable_main_is_no_pipe():
    case = wet({"kind": "power", "unit": "MWh", "fluid": None}, kind="cable")
    assert checked(case, LINE, [sent("a", "b", 5)]).empty


def dedicated(peak, **changes):
    row = sent("a", "b", peak, main=float("nan"), size="DN 200", length_km=0.5)
    return row | changes


def test_a_dedicated_pipe_is_checked_by_itself():
    case = wet(main=False, max_velocity=1.5)
    table = check(case, ground(LINE), tables([], [dedicated(2 * AT_1_M_PER_S), dedicated(2 * AT_1_M_PER_S, copies=2)]))
    assert list(table["main"]) == ["a > b: water"] * 2
    assert list(table["velocity_m_per_s"]) == pytest.approx([2, 1])
    assert list(table["verdict"]) == ["fails", "ok"]
    assert table["pressure_drop_bar"][0] == pytest.approx(table["pressure_drop_pa_per_m"][0] * 500 / 1e5)
    assert findings(table) == (
        "1 of 2 pipes of a > b: water fails the hydraulic check: DN 200: 2 m/s above the 1.5 m/s of links.pipe.",
    )


@pytest.mark.parametrize(
    "row",
    [{"size": None}, {"size": float("nan")}, {"size": "unheard of"}, {"link": None}, {"link": "on site"}],
)
def test_what_is_no_dedicated_pipe_with_a_bore_is_no_row(row):
    assert check(wet(main=False), ground(LINE), tables([], [dedicated(1, **row)])).empty
    assert check(wet({"fluid": None}, main=False), ground(LINE), tables([], [dedicated(1)])).empty


def test_nothing_to_check():
    table = check(wet(), ground(LINE), tables([], []))
    assert table.empty
    assert list(table.columns) == list(COLUMNS["hydraulics"])
    assert findings(table) == ()


def test_many_failing_pipes_are_told_in_one_sentence():
    stretches = {f"s{k}": (f"n{k}", f"n{k + 1}") for k in range(5)}
    (said,) = findings(checked(wet(max_velocity=0.5), stretches, [sent("n0", "n5", AT_1_M_PER_S)]))
    assert said.startswith("5 of 5 pipes of pipe: water fail the hydraulic check: DN 200 in s0: 1 m/s above")
    assert said.endswith("; and 2 more.")


def test_the_heavy_libraries_are_imported_where_they_are_needed_only():
    code = (
        "import sys; import planner.hydraulics.check, planner.hydraulics.epanet; "
        "print([name for name in ('wntr', 'fluids', 'pandas', 'scipy') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
