"""Sources and the kinds of the parties reach the results."""

from planner.case.read import read_case
from planner.pipeline import results_json, solve


def test_results_name_their_sources():
    """Each source that a line item names by key is told in full; the price index says where it comes from."""
    case = read_case("cases/ulsan-2005")
    content = results_json(solve(case))
    assert content["sources"]["ks04a"]["title"].startswith("Kyongsang Ilbo")
    assert set(case.sources) <= set(content["sources"])


def test_parties_say_what_they_are():
    """Plants that name no firm are firms of their own name."""
    plan = solve(read_case("cases/tiny"))
    assert dict(zip(plan.tables["parties"]["party"], plan.tables["parties"]["kind"], strict=True)) == {
        "smelter": "firm",
        "mill": "firm",
        "greenhouse": "firm",
    }
