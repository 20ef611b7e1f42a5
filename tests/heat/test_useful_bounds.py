"""Bounds of media where a plant gives and takes many of them: the search ends, and says that it proves nothing."""

from planner.heat import useful
from planner.heat.cascade import Medium, cascade_of
from planner.heat.streams import HeatStream

#: Water between 90 and 30 degC, in loops that overlap: each is taken and given.
LOOPS = [(90.0, 60.0), (80.0, 45.0), (70.0, 40.0), (60.0, 30.0)]


def media(loops):
    taken = {f"takes {n}": Medium(HeatStream(f"takes {n}", hot, cold, contribution=5.0)) for n, (hot, cold) in loops}
    wanted = {"wanted": {"year": 4.0}}
    given = {
        f"gives {n}": Medium(HeatStream(f"gives {n}", cold, hot, contribution=5.0), **wanted)
        for n, (hot, cold) in loops
    }
    return taken | given


def test_a_search_that_is_too_long_gives_an_ample_bound_and_says_so(monkeypatch):
    monkeypatch.setattr(useful, "_PROGRAMS", 20)
    useful._at_vertices.cache_clear()
    streams = {
        "feed": HeatStream("feed", 20.0, 55.0, 2.0),
        "milk": HeatStream("milk", 35.0, 65.0, 1.0),
        "flue": HeatStream("flue", 95.0, 50.0, 3.0),
        "whey": HeatStream("whey", 70.0, 25.0, 1.5),
    }
    unsure = set()
    made = cascade_of("plant", streams, media(list(enumerate(LOOPS))), forbidden=[("flue", "milk")], unsure=unsure)
    useful._at_vertices.cache_clear()
    assert unsure == set(made.media)
    for medium in made.media.values():
        # ten times the 7.5 of all streams and the 16 that others take, over the smallest share of it in an interval
        assert 10 * 23.5 <= medium.most["year"] < 1e6


def test_two_loops_are_searched_to_the_end():
    streams = {"feed": HeatStream("feed", 20.0, 55.0, 2.0), "flue": HeatStream("flue", 95.0, 50.0, 3.0)}
    unsure = set()
    made = cascade_of("plant", streams, media(list(enumerate(LOOPS[:2]))), unsure=unsure)
    assert not unsure
    # 90 to 60 is all hotter than the feed's 20 to 55, so that 2 of it are enough for the feed, and some for other loops
    assert 2.0 <= made.media["takes 0"].most["year"] < 75.0
