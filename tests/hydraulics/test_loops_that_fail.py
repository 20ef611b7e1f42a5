"""Which pipes in loops are to be mended, as a look at a plan's hydraulic table says."""

import math

from wet_park import MAIN, ground, main_row, sent, tables, wet

from models.look import Failing, Seen
from planner.hydraulics.check import check
from planner.hydraulics.mending import failing, loop_of

#: t/h of water that flow at 1 m/s in DN 200.
AT_1_M_PER_S = math.pi / 4 * 0.04 * 3600
#: a to b directly, or by c and d; a spur to e.
STREETS = {"short": ("a", "b"), "one": ("a", "c"), "two": ("d", "c"), "three": ("d", "b"), "spur": ("b", "e")}


def seen(case, stretches, exchanges, changes=None, **more):
    rows = [main_row(name, ends, **(changes or {}).get(name, {})) for name, ends in stretches.items()]
    return failing(check(case, ground(stretches, **more), tables(rows, exchanges)))


def test_a_pipe_that_gets_too_much_in_a_loop_is_told_with_its_other_way():
    # 2 x 1 m/s from a to b, 100 m and 300 m: the short way gets 1 / (1 + 3^-0.5) = 0.63 of it, 1.27 m/s.
    streets = {name: ends for name, ends in STREETS.items() if name != "spur"}
    found = seen(wet(max_velocity=1.2), streets, [sent("a", "b", 2 * AT_1_M_PER_S)])
    # "two" and "three" are drawn from d, and flow from c to d to b all the same.
    assert found == Seen((Failing(MAIN, "short", ("short", "one", "two", "three"), ("one", "two", "three")),))


def test_what_flows_the_other_way_round_the_loop_takes_nothing_off_a_pipe():
    # All that leaves goes to b and to c, from a: the way of "short" to b is also that by c and d, of which "two" and
    # "three" flow from b to c where most is taken at c and "one" is long.
    streets = {name: ends for name, ends in STREETS.items() if name != "spur"}
    exchanges = [sent("a", "c", 1.9 * AT_1_M_PER_S), sent("a", "b", 0.5 * AT_1_M_PER_S)]
    found = seen(wet(max_velocity=1.2), streets, exchanges, {"one": {"length_m": 900.0}})
    (one,) = [pipe for pipe in found.failing if pipe.stretch == "short"]
    assert set(one.loop) == {"short", "one", "two", "three"}
    assert one.beside == ("one",)


def test_a_pipe_outside_of_loops_is_not_mended():
    found = seen(wet(max_velocity=1.2), STREETS, [sent("a", "e", 1.3 * AT_1_M_PER_S)])
    assert found == Seen()  # the spur fails at 1.3 m/s; the loop carries 0.8 and 0.5


def test_pipes_of_two_sizes_in_one_stretch_are_a_loop():
    # Q goes about with D^2.6: DN 100 gets 0.16 of what DN 200 gets, 0.66 of its velocity.
    rows = [main_row("s", ("a", "b")), main_row("s", ("a", "b"), size="DN 100")]
    table = check(wet(max_velocity=1), ground({"s": ("a", "b")}), tables(rows, [sent("a", "b", 1.25 * AT_1_M_PER_S)]))
    assert failing(table) == Seen((Failing(MAIN, "s", ("s",)),))


def test_width_does_not_help_against_a_one_way():
    streets = {"direct": ("a", "c"), "up": ("a", "b"), "down": ("c", "b")}
    found = seen(wet(max_velocity=2), streets, [sent("a", "c", 50)], one_way={"water": "+"})
    assert found == Seen((Failing(MAIN, "down", ("down", "up", "direct"), ("direct",), too_narrow=False),))


def test_what_cannot_be_told_is_told_apart_from_what_passes():
    loop = {"north": ("a", "b"), "south": ("a", "b")}
    sizes = [{"size": "DN 200", "capacity": 500}]
    assert seen(wet(sizes=sizes, max_velocity=2), loop, [sent("a", "b", 60)]) == Seen(unknown=frozenset({MAIN}))
    assert seen(wet(max_velocity=2), loop, [sent("a", "b", 60)]) == Seen()


def test_the_other_way_with_the_fewest_stretches():
    pipes = [
        {"stretch": name, "from_node": start, "to_node": end}
        for name, (start, end) in {**STREETS, "twin": ("a", "b")}.items()
    ]
    assert loop_of(pipes[0], pipes) == (("twin", True),)
    assert loop_of(pipes[4], pipes) is None
    assert loop_of(pipes[1], pipes) == (("short", True), ("three", False), ("two", True))
