import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString

from planner.report.lanes import along, lanes, shifted


def test_links_that_never_meet_stay_on_their_course():
    assert lanes([LineString([(0, 0), (100, 0)]), LineString([(0, 50), (100, 50)])], near=1) == [0.0, 0.0]


def test_three_links_on_one_corridor_are_centred_on_it():
    line = LineString([(0, 0), (100, 0)])
    # slots 0, 1, 2 minus half the largest
    assert lanes([line, line, line], near=1) == [-1.0, 0.0, 1.0]


def test_links_against_each_other_on_one_street_stay_apart():
    """Moved to their own left both ways, they would lie on one line again."""
    there = shifted(LineString([(0, 0), (100, 0)]), 3)
    back = shifted(LineString([(100, 0), (0, 0)]), -3)
    assert there.distance(back) == pytest.approx(6)


def test_a_corner_is_mitred():
    # east then north: 2 to the north of the first street, 2 to the west of the second: they meet at (8, 2)
    assert list(shifted(LineString([(0, 0), (10, 0), (10, 10)]), 2).coords) == [(0, 2), (8, 2), (8, 10)]


def test_repeated_points_do_no_harm():
    assert shifted(LineString([(0, 0), (0, 0), (10, 0)]), 1).length == pytest.approx(10)


@given(
    points=st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=8, unique=True),
    distance=st.floats(-3, 3),
)
def test_a_moved_line_stays_near_its_course(points, distance):
    """Mitres are cut: no corner runs away, whatever the angle."""
    line = LineString(points)
    assert shifted(line, distance).hausdorff_distance(line) <= 2 * abs(distance) + 1e-6


def test_direction_of_travel():
    at, direction = along(LineString([(0, 0), (10, 0)]), 0.5)
    assert at == (5, 0)
    assert direction == (1, 0)
