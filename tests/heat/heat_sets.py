"""Random sets of hot and cold streams."""

from hypothesis import settings
from hypothesis import strategies as st

from planner.heat.streams import HeatStream

#: No limit on the time of an example: machines are busy.
calm = settings(deadline=None)

TEMPERATURES = st.integers(-20, 60).map(lambda x: 5.0 * x) | st.floats(-50, 400).map(lambda x: round(x, 3))
LOADS = st.integers(0, 20).map(float) | st.floats(0.01, 500)


@st.composite
def streams(draw, name: str = "s") -> HeatStream:
    supply, target = draw(TEMPERATURES), draw(TEMPERATURES)
    if draw(st.integers(0, 4)) == 0:
        target = supply
    kind = draw(st.sampled_from(["hot", "cold"])) if supply == target else None
    return HeatStream(name, supply, target, draw(LOADS), draw(st.sampled_from([0.0, 2.5, 5.0, 12.5])), kind)


@st.composite
def stream_sets(draw, least: int = 1, most: int = 6) -> list[HeatStream]:
    return [draw(streams(f"s{k}")) for k in range(draw(st.integers(least, most)))]
