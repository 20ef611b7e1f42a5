"""The checks of mains and trenches against a plan worked out by hand: it passes, and no number of it may change."""

import dataclasses

import network_by_hand as by_hand
import numpy as np
import pytest

from planner.geography.distances import CorridorGraph

NEW = ("mains", "trenches", "pipe_runs", "quantities", "trench_shares")


def problems(**changed):
    """Everything the checks find."""
    checks, _ = by_hand.checked(**changed)
    return [f"{check}: {detail}" for check, details in checks.problems.items() for detail in details]


def test_the_plan_by_hand_passes():
    assert problems() == []


def test_accounts_of_the_plan_by_hand():
    """Sums of the module's own arithmetic, with 10 % contingency."""
    _, accounts = by_hand.checked()
    total = accounts.total
    # steam 480000 + 10000, gas 320000, oil 90000 + 5000, water 50000
    assert total["investment_link"] == pytest.approx(1.1 * 955000)
    # (100 + 1500 + 200) x 200 + 5000
    assert total["investment_trench"] == pytest.approx(1.1 * 365000)
    assert total["link_capital"] == pytest.approx(1.1 * 955000 * by_hand.PIPE)
    assert total["trench_capital"] == pytest.approx(1.1 * 365000 * by_hand.TRENCH)
    assert total["trench_operation"] == pytest.approx(3650)
    # steam 2 % of 490000 + 1600 m, gas 40 + 3 x 1000 m of the old pipe, oil 1 % of 95000, water 3 % of 50000
    assert total["link_operation"] == pytest.approx(9800 + 1600 + 3040 + 950 + 1500)
    # oil: 400 t both ways x 1.3 km x 0.2 + 400 t x 0.3 loading
    assert total["transport"] == pytest.approx(104 + 120)
    # 400 x 1.3 x 0.001 = 0.52 MWh
    assert total["pumping"] == pytest.approx(52)
    assert accounts.bought["power"] == pytest.approx(0.52)
    assert total["co2e_pumping"] == pytest.approx(0.26)
    # at the gate: 520 t km x 0.001 over the 8000 h of either user
    assert accounts.peak("power", "in") == pytest.approx(0.52 / 8000)


def cells():
    """Every number of the new tables that is not 0."""
    return [
        (name, column, row)
        for name, table in by_hand.tables().items()
        if name in NEW
        for column in table.columns
        for row, value in enumerate(table[column])
        if isinstance(value, int | float | np.number) and not isinstance(value, bool | np.bool_) and value == value != 0
    ]


def changed(name, column, row, factor=1.07, value=None):
    """The tables with one cell changed."""
    found = by_hand.tables()
    table = found[name].copy()
    table[column] = table[column].astype(object)
    at = table.columns.get_loc(column)
    table.iloc[row, at] = table.iloc[row, at] * factor if value is None else value
    found[name] = table
    return found


def test_every_number_is_checked():
    """7 % more in any cell of the new tables is found."""
    known = cells()
    assert len(known) > 200
    assert [cell for cell in known if not problems(found=changed(*cell))] == []


@pytest.mark.parametrize(
    "column", ["length_km", "cost_length_km", "shared_capex", "flow_per_yr", "lost_per_yr", "capex"]
)
def test_numbers_of_exchanges_are_checked(column):
    table = by_hand.tables()["exchanges"]
    rows = [n for n, value in enumerate(table[column]) if value == value != 0]
    assert rows
    assert [row for row in rows if not problems(found=changed("exchanges", column, row))] == []


@pytest.mark.parametrize("name", NEW)
def test_a_row_left_out_is_missed(name):
    found = by_hand.tables()
    for row in range(len(found[name])):
        less = found | {name: found[name].drop(found[name].index[row])}
        money = found[name].iloc[row].get("capex", 1.0)
        if name == "trench_shares" and not money:
            continue  # a share in nothing
        assert problems(found=less), found[name].iloc[row].to_dict()


def row_of(name, **where):
    table = by_hand.tables()[name]
    match = [n for n, row in enumerate(table.to_dict("records")) if all(row[k] == v for k, v in where.items())]
    assert len(match) == 1
    return match[0]


TEXTS = {
    "a stretch that does not exist": ("mains", {"main": by_hand.OIL, "stretch": "a"}, "stretch", "z", "no stretch"),
    "a main the case does not have": ("mains", {"main": by_hand.OIL, "stretch": "a"}, "main", "oil: x", "no main"),
    "a size the link does not have": ("mains", {"main": by_hand.OIL, "stretch": "a"}, "size", "O60", "no size"),
    "a larger size for the price of a smaller": (
        "mains", {"main": by_hand.STEAM, "stretch": "b"}, "size", "DN 200", "capacity"),
    "a flow turned round": ("mains", {"main": by_hand.STEAM, "stretch": "b"}, "from_node", "nB", "not its ends"),
    "a pipe moved to another stretch": ("mains", {"main": by_hand.STEAM, "stretch": "b"}, "stretch", "c", "length"),
    "a new pipe called existing": ("mains", {"main": by_hand.GAS, "stretch": "a"}, "existing", True, "in the ground"),
    "an existing pipe called new": ("mains", {"main": by_hand.GAS, "stretch": "m"}, "existing", False, "capex"),
    "paid by a stranger": ("mains", {"main": by_hand.OIL, "stretch": "a"}, "party", "pa", "does not pay"),
    "a trench paid by a stranger": ("trenches", {"stretch": "a"}, "party", "pa", "does not pay"),
    "an open trench dug again": ("trenches", {"stretch": "c"}, "trench", "new", "the trench is existing"),
    "a trench with another resource": ("trenches", {"stretch": "a"}, "resources", "gas", "not what lies there"),
    "a pipe that leaves its way": (
        "pipe_runs", {"carrier": by_hand.WATER, "stretch": "c"}, "stretch", "a", "no way from C to B"),
    "a pipe that runs the wrong way": (
        "pipe_runs", {"carrier": by_hand.WATER, "stretch": "c"}, "direction", "+", "no way from C to B"),
    "a pipe of nobody": ("pipe_runs", {"carrier": by_hand.WATER, "stretch": "c"}, "carrier", "B > C: x", "no exchange"),
    "a pipe of a main that runs the other way": (
        "pipe_runs", {"carrier": by_hand.OIL, "stretch": "a"}, "direction", "-", "the other way"),
    "an exchange over another main": ("exchanges", {"exchange": "A > B: oil"}, "main", by_hand.GAS, "no main"),
    "an exchange over a main it does not name": (
        "exchanges", {"exchange": "A > B: oil"}, "main", float("nan"), "names none"),
    "a main with a size of the exchange": ("exchanges", {"exchange": "A > B: oil"}, "size", "O50", "not those of"),
    "an exchange that ends elsewhere": ("exchanges", {"exchange": "A > B: oil"}, "to_place", "C", "stands on"),
    "a share of another part": (
        "trench_shares", {"exchange": "A > C: gas", "stretch": "a"}, "part", "x", "no such part"),
    "an unknown item": ("quantities", {"item": "station"}, "item", "gift", "unknown item"),
}  # fmt: skip


@pytest.mark.parametrize("what", TEXTS)
def test_catches(what):
    name, where, column, value, said = TEXTS[what]
    found = problems(found=changed(name, column, row_of(name, **where), value=value))
    assert any(said in problem for problem in found), found


def without(name, **where):
    found = by_hand.tables()
    return found | {name: found[name].drop(found[name].index[row_of(name, **where)])}


def test_a_pipe_removed_in_both_tables():
    """Oil no longer reaches B."""
    found = without("mains", main=by_hand.OIL, stretch="b")
    found["pipe_runs"] = without("pipe_runs", carrier=by_hand.OIL, stretch="b")["pipe_runs"]
    said = problems(found=found)
    assert any("no pipes of oil main: oil from nA to nB" in problem for problem in said)
    assert any("left over" in problem for problem in said)


def test_a_trench_removed():
    assert any("without a trench" in x for x in problems(found=without("trenches", stretch="a")))


def on(name, **changes):
    """Geography with one stretch changed."""
    return by_hand.distances(**{name: dataclasses.replace(by_hand.STRETCHES[name], **changes)})


RULES = {
    "forbidden": ("a", {"forbidden": frozenset({"gas"})}, "gas may not run there"),
    "forbidden for the water pipe": ("b", {"forbidden": frozenset({"water"})}, "water may not run there"),
    "one way for steam": ("m", {"one_way": {"steam": "-"}}, "may flow the other way only"),
    "one way for the water pipe": ("c", {"one_way": {"water": "+"}}, "not that way"),
    "more pipes than there is room for": ("b", {"max_pipes": 1}, "b: pipes"),
    "nothing in the ground": ("m", {"existing": ()}, "in the ground"),
    "a way grown longer": ("b", {"length_m": 210.0}, "length"),
    "a trench not open": ("c", {"trench": "new"}, "the trench is new"),
}


@pytest.mark.parametrize("what", RULES)
def test_rules_of_the_corridors(what):
    name, changes, said = RULES[what]
    found = problems(geography=on(name, **changes))
    assert any(said in problem for problem in found), found


def test_room_is_the_trenches_own_where_a_corridor_states_none():
    """The trench in b holds steam and water, 2 pipes of 4; oil lies on a rack."""
    park = by_hand.case()
    tight = park.model_copy(update={"trenches": park.trenches.model_copy(update={"max_pipes": 1})})
    assert any("b: pipes" in problem for problem in problems(park=tight))


def test_resources_kept_apart():
    park = by_hand.case()
    rule = park.trenches.model_copy(update={"apart": (("steam", "water"),)})
    found = problems(park=park.model_copy(update={"trenches": rule}))
    assert any("b: steam and water may not lie in one trench" in problem for problem in found)


def test_too_long():
    """1400 m from A to C, 500 m for water."""
    found = problems(park=by_hand.case(steam_main={"max_length": 1350}, water_pipe={"max_length": 490}))
    assert any("A > C: steam: longer than" in problem for problem in found)
    assert not any("A > B: steam: longer than" in problem for problem in found)
    assert any("C > B: water: length in m" in problem for problem in found)


def test_where_flow_is_paid_by_length_a_pipe_is_straight():
    """A short cut of 400 m from C to B that the pipe does not take: a detour, unless pumping is paid by the km."""
    short = by_hand.distances()
    graph = short.graph
    cut = dataclasses.replace(by_hand.STRETCHES["b"], tail="Z", head="nB", length_m=150.0, civil_length_m=150.0)
    stub = dataclasses.replace(cut, tail="nC", head="Z", length_m=250.0, civil_length_m=250.0)
    nodes = {**graph.nodes, "Z": (0.0, 0.0)}
    detour = dataclasses.replace(
        short, graph=CorridorGraph({**graph.stretches, "s": stub, "t": cut}, graph.places, nodes)
    )
    assert problems(geography=detour) == []
    found = problems(geography=detour, park=by_hand.case(water_pipe={"cost": 0.0001}))
    assert any("its way has 500 m, the shortest 400 m" in problem for problem in found)


def test_twice_the_pipes_need_twice_the_room():
    """Two pipes where one may lie side by side."""
    row = row_of("mains", main=by_hand.STEAM, stretch="a")
    assert any("pipes side by side" in x for x in problems(found=changed("mains", "pipes", row, value=2)))


def test_a_size_derived_from_velocity():
    """2 m/s in 80 mm are 36.2 m3/h: more than the 15 stated, so these hold; 0.5 m/s are 9.05: too little for 10."""
    park = by_hand.case(water_pipe={"max_velocity": 0.5})
    fluid = {"fluid": {"phase": "liquid", "density": 1000, "viscosity": 0.001}}
    water = type(park.resources["water"]).model_validate({**by_hand.CASE["resources"]["water"], **fluid})
    found = problems(park=park.model_copy(update={"resources": {**park.resources, "water": water}}))
    assert any("C > B: water: capacity" in problem for problem in found)
