"""Sharing the gain of ``tiny``: its README has the arithmetic of every cost."""

import io
import json
import math

import pandas as pd
import pytest
from shared_park import solved

from planner.errors import UsageError
from planner.results.contract import load
from planner.sharing.coalitions import FILE
from planner.sharing.share import share
from planner.sharing.show import print_sharing
from planner.sharing.tables import coalitions_table, document, rules_table, sharing_table, write

#: The baseline of the plan's plots: smelter A 20,000 + landfill 100,000; mill D 10,000 + gas 1,536,000 + sewer 6,000;
#: greenhouse C 20,000 + gas 32,000 + lime 40,000 + water 5,000.
ALONE = {"smelter": 120_000.0, "mill": 1_552_000.0, "greenhouse": 97_000.0}
#: Smelter on A and mill on B: land 20,000 + 30,000, pipe 12,036.39, landfill 100,000, sewer 6,000.
SMELTER_MILL = 168_036.388079
#: Smelter on A and greenhouse on C: land 40,000, pipe 16,850.94, slag and the rest of it 74,280, water 5,000.
SMELTER_GREENHOUSE = 136_130.943310
SAVED = 1_584_832.668611
#: v = 1,672,000 - 168,036.39, 217,000 - 136,130.94; mill and greenhouse have nothing for each other (20,000 of land).
V_SM, V_SG = 1_503_963.611921, 80_869.056690


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return solved("tiny", tmp_path_factory.mktemp("share") / "out")


@pytest.fixture(scope="module")
def made(out):
    return share(out, workers=1)


def test_values_of_coalitions(made):
    found = coalitions_table(made).set_index("members")
    assert found.loc["smelter, mill", "cost_together_per_yr"] == pytest.approx(SMELTER_MILL)
    assert found.loc["smelter, greenhouse", "cost_together_per_yr"] == pytest.approx(SMELTER_GREENHOUSE)
    values = {"smelter": 0, "mill": 0, "greenhouse": 0, "mill, greenhouse": 0}
    values |= {"smelter, mill": V_SM, "smelter, greenhouse": V_SG, "smelter, mill, greenhouse": SAVED}
    assert found["value_per_yr"].to_dict() == pytest.approx(values, abs=1e-3)
    for firm, cost in ALONE.items():
        assert found.loc[firm, "cost_alone_per_yr"] == pytest.approx(cost)
    assert "cost more than staying alone" in found.loc["mill", "note"]  # on B land costs 20,000 more than on D
    assert made.proven


def test_shapley_and_nucleolus_split_each_pair(made):
    # v(N) = v(SM) + v(SG): a sum of two pairs, each of which splits evenly, under either rule.
    gains = {shared.rule: shared.gains for shared in made.rules}
    expected = {"smelter": (V_SM + V_SG) / 2, "mill": V_SM / 2, "greenhouse": V_SG / 2}
    assert gains["Shapley"] == pytest.approx(expected)
    assert gains["nucleolus"] == pytest.approx(expected)
    assert gains["equal"]["mill"] == pytest.approx(SAVED / 3)
    total = sum(ALONE.values())
    assert gains["by cost alone"] == pytest.approx({i: SAVED * cost / total for i, cost in ALONE.items()})


def test_who_would_leave_the_equal_split(made):
    # Smelter and mill have 1,503,963.61 by themselves and get two thirds of 1,584,832.67.
    row = rules_table(made).set_index("rule").loc["equal"]
    assert row["in_core"] == "no"
    assert row["would_leave"] == "smelter, mill"
    assert row["largest_excess_per_yr"] == pytest.approx(V_SM - SAVED * 2 / 3)
    assert rules_table(made).set_index("rule").loc["Shapley", "in_core"] == "yes"


def test_every_rule_adds_up_to_the_saving_to_the_cent(made):
    table = sharing_table(made)
    plan = load(made.run.folder)
    saved = plan.indicators.set_index("indicator").loc["total_annual_cost", "reduction"]
    for _, group in table.groupby("rule"):
        assert abs(math.fsum(group["gain_per_yr"]) - saved) < 0.005
        assert abs(math.fsum(group["side_payment_per_yr"])) < 0.005
    observed = table[table["rule"] == "observed"].set_index("party")["gain_per_yr"]
    gains = plan.tables["parties"].set_index("party")["gain_per_yr"]
    assert observed.to_dict() == pytest.approx(gains.to_dict())


def test_files_and_document(made):
    folder = write(made)
    assert {path.name for path in folder.iterdir()} >= {"sharing.csv", "coalitions.csv", "sharing_rules.csv", FILE}
    assert list(pd.read_csv(folder / "sharing.csv")["money_unit"].unique()) == ["EUR of 2025"]
    told = json.loads((folder / "sharing.json").read_text(encoding="utf-8"))
    assert told == json.loads(json.dumps(document(made)))
    assert told["core_is_empty"] is False
    assert told["players"]["mill"] == ["mill"]


def test_a_second_call_solves_nothing_and_a_cut_line_is_solved_again(out, made, monkeypatch):
    path = out / "sharing" / FILE
    whole = path.read_text(encoding="utf-8")
    again = share(out, workers=1)
    assert again.reused == 9
    assert path.read_text(encoding="utf-8") == whole
    path.write_text(whole[:-30], encoding="utf-8")
    assert share(out, workers=1).reused == 8
    assert sorted(path.read_text(encoding="utf-8").splitlines()) == sorted(whole.splitlines())
    assert share(out, workers=1, gap=0.01, time_limit=5.0).reused == 9  # what is proven holds for good
    assert share(out, workers=1, siting="free").reused == 0  # another question


def test_what_is_not_proven_is_solved_again_where_more_is_asked(out, made):
    path = out / "sharing" / FILE
    share(out, workers=1)  # values with plants where the plan has them, whatever was asked before
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    stopped = {**json.loads(lines[-1]), "how": "limit", "within": [5.0, 0.01]}
    text = "\n".join([head, *lines[:-1], json.dumps(stopped), ""])
    for asked, reused in (
        ({"time_limit": 5.0, "gap": 0.01}, 9),
        ({"time_limit": 60.0, "gap": 0.01}, 8),
        ({"time_limit": 5.0, "gap": 1e-6}, 8),
    ):
        path.write_text(text, encoding="utf-8")
        assert share(out, workers=1, **asked).reused == reused, asked
    # values hold for the plots of this plan and baseline
    assert json.loads(head)["plan"]["places"][0] == {"smelter": "A", "mill": "B", "greenhouse": "C"}


def test_free_siting_lets_groups_move(out):
    # Alone, the greenhouse would be on D at 10,000, and so would the mill: nobody is in their way.
    made = share(out, siting="free", workers=1)
    values = {", ".join(sorted(s)): value for s, value in made.values.items()}
    assert values["greenhouse"].alone == pytest.approx(87_000)
    assert values["mill"].alone == pytest.approx(1_552_000)
    assert values["greenhouse, smelter"].alone == pytest.approx(207_000)
    # together on A and C 136,130.94, on A and B 30,000 of land, 7,221.83 pipe, 74,120: 136,341.83
    assert values["greenhouse, smelter"].together == pytest.approx(SMELTER_GREENHOUSE)


def test_sampled_where_there_are_more_firms_than_are_solved(out, made):
    sampled = share(out, exact_up_to=2, samples=60, workers=1)
    (found,) = [shared for shared in sampled.rules if shared.rule == "Shapley"]
    (exact,) = [shared for shared in made.rules if shared.rule == "Shapley"]
    for firm, gain in found.gains.items():
        assert abs(gain - exact.gains[firm]) <= 4 * found.error[firm] + 1e-6
    assert math.fsum(found.gains.values()) == pytest.approx(SAVED)
    assert "nucleolus" in sampled.missing
    assert rules_table(sampled).set_index("rule").loc["Shapley", "in_core"] == "not known"
    shown = io.StringIO()
    print_sharing(sampled, "out/sharing", shown)
    assert "sampled from 60 orders" in shown.getvalue()
    assert "needs the values of all coalitions" in shown.getvalue()
    json.dumps(document(sampled), allow_nan=False)


def test_a_run_without_values_is_refused(out, tmp_path):
    import shutil

    shutil.copytree(out, tmp_path / "o")
    (tmp_path / "o" / "solution.json").unlink()
    with pytest.raises(UsageError, match=r"holds no solution\.json"):
        share(tmp_path / "o", workers=1)
