"""What nobody knows of a stream, followed through a treatment or an operation: it bars only what cannot be together.

Site w (1000 h) gives 10 m3/h of used water (100 mg/L of c, d unknown) and takes 10 m3/h at k (c <= 20) and 3 m3/h at k2
(d <= 5). Its treatment tw removes 80 % of c for 100 EUR/yr and 0.1 EUR/m3; fresh water costs 1 EUR/m3.
"""

import copy
import json

import pytest

from planner.audit import audit
from planner.case.read import read_case
from planner.errors import CaseError
from planner.geography.measure import measure
from planner.pipeline import solve

BASE = {
    "case": "Unknown", "currency": "EUR", "price_year": 2025,
    "economics": {"discount_rate": 0, "lifetime": {"facility": 1}},
    "qualities": {"c": {"unit": "mg/L"}, "d": {"unit": "mg/L"}},
    "plots": {"A": {"area": 1}},
    "resources": {
        "fresh": {"kind": "water", "unit": "m3", "price": 1, "quality": {"c": 0, "d": 0}},
        "used": {"kind": "water", "unit": "m3", "discharge": {"route": "sewer"}},
        "clean": {"kind": "water", "unit": "m3", "discharge": {"route": "sewer"}},
    },
    "substitutions": [{"from": "clean", "to": "fresh"}],
    "plants": {"w": {
        "plot": "A", "hours": 1000,
        "sources": {"used": {"rate": 10, "quality": {"c": 100}}},
        "sinks": {
            "k": {"resource": "fresh", "rate": 10, "limits": {"c": 20}},
            "k2": {"resource": "fresh", "rate": 3, "limits": {"d": 5}},
        },
    }},
    "facilities": {"tw": {
        "scope": "own", "owner": "w", "unit": "m3", "inputs": {"used": 1}, "outputs": {"clean": 1},
        "treats": {"inlet": "used", "outlet": "clean", "removes": {"c": 0.8}},
        "investment": [{"capacity": 20, "investment": 100}], "variable_cost": 0.1,
    }},
}  # fmt: skip


@pytest.fixture
def case():
    return copy.deepcopy(BASE)


def planned(folder, case):
    (folder / "case.yaml").write_text(json.dumps(case), encoding="utf-8")
    plan = solve(read_case(folder))
    assert [check for check in plan.audit["checks"] if not check["passed"]] == []
    return plan


def cost(plan):
    return plan.header["solver"]["objective"]


def takers(plan):
    return {name.rpartition("-> ")[2] for name in plan.exchanges["exchange"]}


def test_treated_water_of_unknown_content_goes_where_it_does_not_matter(tmp_path, case):
    """All of k from tw, all of k2 fresh: 100 + 0.1 x 10,000 + 1 x 3,000 = 4,100 EUR/yr."""
    plan = planned(tmp_path, case)
    assert cost(plan) == pytest.approx(4100)
    assert takers(plan) == {"w > tw: used", "k"}
    assert plan.tables["barred"].empty
    assert any("d is unknown in what leaves tw, too" in note for note in plan.header["notes"])


def test_nothing_unknown_comes_into_what_limits_it_even_where_that_pays_most(tmp_path, case):
    """k2 takes 30 m3/h. All of k from tw, and k2 fresh, as before: 1,100 + 30,000."""
    case["plants"]["w"]["sinks"]["k2"]["rate"] = 30
    assert cost(planned(tmp_path, case)) == pytest.approx(31_100)


@pytest.mark.parametrize(("where", "least"), [("limit", 800), ("exchange", 800), ("entry", 3500), ("inlet", 3500)])
def test_it_may_be_accepted_where_it_is_limited_and_only_for_that(where, least, tmp_path, case):
    """At k 4 m3/h are taken, so that with k2 all comes from tw: 100 + 0.1 x 7,000 = 800.

    Accepted where it comes into tw it is unknown behind it all the same: k2 stays with fresh water, 100 + 0.1 x 4,000 +
    3,000. Once it counted as known from there on, so that a limit at tw that accepts it made the plan cheaper.
    """
    sinks = case["plants"]["w"]["sinks"]
    sinks["k"]["rate"] = 4
    if where == "limit":
        sinks["k2"]["limits"]["d"] = {"max": 5, "accept_unknown": True}
    elif where == "inlet":
        case["facilities"]["tw"]["limits"] = {"used": {"d": {"max": 5, "accept_unknown": True}}}
    else:
        ends = {"from": "tw", "to": "w", "into": "k2"} if where == "exchange" else {"from": "w", "to": "tw"}
        case["exchanges"] = [{**ends, "accept_unknown": ["d"]}]
    assert cost(planned(tmp_path, case)) == pytest.approx(least)


def test_what_is_accepted_unknown_dilutes_nothing(tmp_path, case):
    """k2 takes 8 m3/h, d <= 5, and may have s (8 m3/h, 8 mg/L of d, free).

    a of s needs b = 0.6 a of fresh water, whatever comes from tw besides: 8 m3/h of both cost 3,000 EUR/yr. All of it
    from tw costs 100 + 0.1 x 8,000 = 900; if that diluted s, 5 of s and 3 of tw would do for 400.
    """
    plant = case["plants"]["w"]
    plant["sinks"] = {"k2": {"resource": "fresh", "rate": 8, "limits": {"d": {"max": 5, "accept_unknown": True}}}}
    plant["sources"]["s"] = {"resource": "clean", "rate": 8, "quality": {"c": 0, "d": 8}}
    assert cost(planned(tmp_path, case)) == pytest.approx(900)


def test_what_is_known_to_be_too_much_is_not_accepted_for_an_unknown_part(tmp_path, case):
    """Of v (10 m3/h, 12 mg/L of d) x comes into tw with the 2 m3/h of unknown d, which count as if they held none.

    k2 (8 m3/h, d <= 5) accepts unknown d, but not more than 5 of what is known, fresh water included: 12 x <= 5 x 8,
    x = 10/3; then 6 - x are fresh: 100 + 100 (2 + x) + 1,000 (6 - x). Were it all unknown: 100 + 800.
    """
    plant = case["plants"]["w"]
    plant["sinks"] = {"k2": {"resource": "fresh", "rate": 8, "limits": {"d": {"max": 5, "accept_unknown": True}}}}
    plant["sources"] = {
        "used": {"rate": 2, "quality": {"c": 100}},
        "v": {"resource": "used", "rate": 10, "quality": {"c": 0, "d": 12}},
    }
    x = 10 / 3
    assert cost(planned(tmp_path, case)) == pytest.approx(100 + 100 * (2 + x) + 1000 * (6 - x))


def test_a_permit_shuts_the_way_out(tmp_path, case):
    """The river asks for d, so that no more goes through tw than k takes, 6 m3/h: 100 + 600 + 3,000."""
    case["plants"]["w"]["sinks"]["k"]["rate"] = 6
    case["resources"]["clean"]["discharge"]["limits"] = {"d": 50}
    plan = planned(tmp_path, case)
    assert cost(plan) == pytest.approx(3700)
    assert any("tw / clean may not be disposed of" in note for note in plan.header["notes"])


def test_unknown_stays_unknown_through_two_units(tmp_path, case):
    """The water of tw goes on to a polishing unit that takes the rest of c away; k2 (c <= 1) may still not have it.

    k takes 10 of tw at 20 mg/L: 1,100. k2, which needs c <= 1 and d <= 5, stays with fresh water: 3,000.
    """
    case["resources"]["pure"] = {"kind": "water", "unit": "m3", "discharge": {"route": "sewer"}}
    case["substitutions"] = [{"from": "clean", "to": "fresh"}, {"from": "pure", "to": "fresh"}]
    case["plants"]["w"]["sinks"]["k2"]["limits"] = {"c": 1, "d": 5}
    case["facilities"]["polish"] = {
        "scope": "own", "owner": "w", "unit": "m3", "inputs": {"clean": 1}, "outputs": {"pure": 1},
        "treats": {"inlet": "clean", "outlet": "pure", "removes": {"c": 0.99}},
        "investment": [{"capacity": 20, "investment": 1}],
    }  # fmt: skip
    assert cost(planned(tmp_path, case)) == pytest.approx(4100)
    (tmp_path / "known").mkdir()
    case["plants"]["w"]["sources"]["used"]["quality"]["d"] = 1
    case["plants"]["w"]["sinks"]["k"]["rate"] = 7  # 3 m3/h are left for k2: 100 + 1 + 0.1 x 10,000
    assert cost(planned(tmp_path / "known", case)) == pytest.approx(1101)


def test_an_operation_passes_it_on(tmp_path, case):
    """Source g (10 m3/h, d unknown) may wash (1 kg/h, out at 100 mg/L: 10 m3/h) for nothing; k (d <= 5) buys 2 m3/h."""
    plant = case["plants"]["w"]
    del case["facilities"]
    case["resources"]["grey"] = {"kind": "water", "unit": "m3", "discharge": {"route": "sewer"}}
    case["substitutions"] = [{"from": "used", "to": "fresh"}, {"from": "grey", "to": "fresh"}]
    plant["sources"] = {"g": {"resource": "grey", "rate": 10, "quality": {"c": 0}}}
    plant["sinks"] = {"k": {"resource": "fresh", "rate": 2, "limits": {"d": 5}}}
    plant["operations"] = {
        "wash": {"takes": "fresh", "gives": "used", "load": {"c": "1 kg/h"}, "max_outlet": {"c": 100}, "max_flow": 20}
    }
    assert cost(planned(tmp_path, case)) == pytest.approx(2000)


def test_an_exchange_that_nothing_can_carry_asks_for_nothing(tmp_path, case):
    """A site 700 m away limits d; tw could feed it, but its pipe ends after 500 m. The plan is as without it."""
    case["plants"]["z"] = {
        "plot": "B",
        "hours": 1000,
        "sinks": {"k3": {"resource": "fresh", "rate": 1, "limits": {"d": 5}}},
    }
    case["plots"]["B"] = {"area": 1}
    case["geography"] = {"distances": "d.csv"}
    (tmp_path / "d.csv").write_text("from,to,length_m\nA,B,700\n", encoding="utf-8")
    case["economics"]["lifetime"]["pipe"] = 1
    size = {"size": "S", "capacity": 60, "investment": 9}
    case["links"] = {"pipe": {"kind": "pipe", "along": "straight", "max_length": 500, "sizes": [size]}}
    case["resources"]["clean"]["carried_by"] = ["pipe"]
    assert cost(planned(tmp_path, case)) == pytest.approx(4100 + 1000)


@pytest.mark.parametrize("table", ["compositions", "load_balances"])
def test_the_audit_misses_what_is_not_said_to_be_unknown(tmp_path, case, table):
    """Each row that says that something is not known, taken out by itself."""
    plan = planned(tmp_path, case)
    rows = plan.tables[table]
    unknown = rows.index[~rows["known"].astype(bool) if table == "compositions" else rows["unknown"].notna()]
    assert len(unknown)
    for n in unknown:
        found = audit(plan.case, measure(plan.case), {**plan.tables, table: rows.drop(index=n)}, plan.header)["checks"]
        assert any("is missing" in check["detail"] for check in found if not check["passed"]), rows.loc[n]


@pytest.mark.parametrize(
    ("entry", "fault"),
    [({"to": "x", "forbidden": True}, False), ({"to": "y", "forbidden": True}, True), ({"to": "x", "delay": 1}, True)],
)
def test_to_forbid_nothing_is_no_fault(tmp_path, case, entry, fault):
    """X takes only gas, which nobody gives: to forbid what w gives it does no harm; a misspelt name is a fault."""
    case["resources"]["gas"] = {"kind": "material", "unit": "t", "price": 1}
    case["plots"]["B"] = {"area": 1}
    case["plants"]["x"] = {"plot": "B", "sinks": {"gas": {"rate": 1}}}
    case["exchanges"] = [{"from": "w", **entry}]
    if not fault:
        notes = planned(tmp_path, case).header["notes"]
        assert "exchanges[1]: nothing that w gives can be used by x; the entry has no effect" in notes
        return
    with pytest.raises(CaseError) as error:
        planned(tmp_path, case)
    assert "exchanges[1]" in str(error.value)
