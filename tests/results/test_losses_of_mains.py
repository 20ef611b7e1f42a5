"""Whose the loss of a main is: of those who use the pipes, as far as the plan leaves it free; arithmetic on paper."""

from dataclasses import replace

import pytest
from network_park import AX, BASELINE, BX, BY, BY_MAIN, HOURS, VALUES, WATER_MAIN, make_assembly, make_books, make_plan
from table_rows import row

from models.network import BedData, PipeData
from planner.results.books import Books
from planner.results.exchanges import exchanges_table
from planner.results.losses import settled
from planner.results.mains import notes_on_losses
from planner.results.network import Network

#: What the pipes owe a year. By peak rate (5 : 3.75 : 3.75) A > X bears a and 4/7 of x, 500; B > X half of b and 3/7 of
#: x, 400; B > Y half of b and y, 500.
OWED = {"a": 100.0, "b": 200.0, "x": 700.0, "y": 400.0}
#: The plan has all 1400 on B > Y. Its sums: 40,000 leave A, 60,000 B; 69,100 come to X, 29,500 to Y.
AS_SPLIT = {AX: (40_000.0, 40_000.0), BX: (29_100.0, 29_100.0), BY: (30_900.0, 29_500.0)}
BY_USE = {AX: (40_000.0, 39_500.0), BX: (30_000.0, 29_600.0), BY: (30_000.0, 29_500.0)}


def assembly_of(owed=OWED, leaks=(), hours=(), limits=(), effects=()):
    """The park whose water main loses something; ``leaks`` are shares lost of a stretch."""
    made = make_assembly()
    main = made.instance.mains[WATER_MAIN]
    beds = {
        name: BedData({"DN 200": PipeData(20.0, owed_loss={"year": owed.get(name, 0.0)})}, share_lost=lost)
        for name, lost in {**dict.fromkeys(main.beds, 0.0), **dict(leaks)}.items()
    }
    users = {**main.users, **{(e, BY_MAIN): {"year": h} for e, h in dict(hours).items()}}
    exchanges = dict(made.instance.exchanges)
    for e, changes in dict(limits).items():
        exchanges[e] = replace(exchanges[e], **changes)
    mains = {**made.instance.mains, WATER_MAIN: replace(main, beds=beds, users=users, hours={"year": HOURS})}
    instance = replace(made.instance, mains=mains, exchanges=exchanges)
    booked = {**instance.effects, "flow": {**instance.effects.get("flow", {}), **dict(effects)}}
    return replace(made, instance=replace(instance, effects=booked))


def values_of(split, **more):
    here = {(e, BY_MAIN, "year"): both for e, both in split.items()}
    gone = {e for e in (AX, BX, BY) if e not in split}
    values = {f: {k: v for k, v in members.items() if k[0] not in gone} for f, members in VALUES.items()}
    values["flow"] |= {index: leaving for index, (leaving, _) in here.items()}
    return {**values, "arrived": {index: arriving for index, (_, arriving) in here.items()}, **more}


def split_of(books: Books):
    value = books.solution.value
    users = [e for e, _, _ in books.solution.values["arrived"]]
    return {e: (value("flow", e, BY_MAIN, "year"), value("arrived", e, BY_MAIN, "year")) for e in users}


def approx(split):
    return {e: pytest.approx(both, rel=1e-6) for e, both in split.items()}


def test_a_loss_falls_to_those_who_use_the_pipes():
    books = settled(make_books(assembly_of(), values_of(AS_SPLIT)))
    assert split_of(books) == approx(BY_USE)
    assert not list(notes_on_losses(Network(books)))


@pytest.mark.parametrize("whose", [AX, BX])
def test_it_does_not_matter_how_the_program_split_it(whose):
    # All of it on A > X: 40,000 and 38,600 arrive; B > X and B > Y then send what arrives. On B > X: 31,100 - 29,100
    # would be 2000, so it sends 30,500 and 29,100 arrive; A > X 40,000.
    other = {
        AX: {AX: (40_000.0, 38_600.0), BX: (30_500.0, 30_500.0), BY: (29_500.0, 29_500.0)},
        BX: {AX: (40_000.0, 40_000.0), BX: (30_500.0, 29_100.0), BY: (29_500.0, 29_500.0)},
    }
    assert split_of(settled(make_books(assembly_of(), values_of(other[whose])))) == approx(BY_USE)


def test_gains_follow_the_loss():
    # Water is worth 1/m3 where it arrives.
    assembly = assembly_of()
    books, before = settled(make_books(assembly, values_of(AS_SPLIT))), make_books(assembly, BASELINE)
    table = exchanges_table(books, before)
    for e, (leaving, arriving) in BY_USE.items():
        found = row(table, exchange=e)
        assert found["flow_per_yr"] == pytest.approx(leaving, rel=1e-6)
        assert found["lost_per_yr"] == pytest.approx(leaving - arriving, rel=1e-4)
        assert found["gain_per_yr"] == pytest.approx(arriving, rel=1e-6)
    found = row(table, exchange=BY)
    assert found["payback_yr"] == pytest.approx(found["shared_capex"] / (29_500 - _upkeep(books, BY)), rel=1e-4)


def _upkeep(books, exchange):
    from planner.results.network_money import NetworkMoney
    from planner.results.shares import Shares

    return Shares(NetworkMoney(Network(books))).of(exchange, [WATER_MAIN])[1]


def test_a_whole_plan_has_it():
    plan = make_plan(assembly=assembly_of(), values=values_of(AS_SPLIT))
    assert row(plan.exchanges, exchange=BY)["lost_per_yr"] == pytest.approx(500, rel=1e-4)
    assert row(plan.exchanges, exchange=AX)["lost_per_yr"] == pytest.approx(500, rel=1e-4)


def test_costs_of_a_unit_are_never_moved():
    # B > X costs 2 a unit, so that its flow stays at 29,100 and that of B > Y at 30,900. What X gets of A > X and B > X
    # is all they send: nothing is free, and a note says so.
    assembly = assembly_of(effects={(BX, BY_MAIN, "year"): {"treatment": 2.0}})
    books = settled(make_books(assembly, values_of(AS_SPLIT)))
    assert split_of(books) == approx(AS_SPLIT)
    (note,) = notes_on_losses(Network(books))
    assert note.startswith(f"what {WATER_MAIN} loses cannot all fall to those who use its stretches")
    assert f"{BY} bears 4.5% of what it sends" in note
    assert note.endswith(", and 2 more; the sum is right")


def test_the_same_cost_for_all_of_a_source_moves_freely():
    alike = {(e, BY_MAIN, "year"): {"treatment": 2.0} for e in (BX, BY)}
    assert split_of(settled(make_books(assembly_of(effects=alike), values_of(AS_SPLIT)))) == approx(BY_USE)


@pytest.mark.parametrize(
    "limits",
    [{BX: {"max_flow": 29_500.0}}, {BY: {"min_flow": 30_500.0}}],
)
def test_limits_of_an_exchange_hold(limits):
    # Either way B > X sends 29,500 at most, and B > Y 30,500: of 400 wanted B > X and A > X get 400 together.
    split = split_of(settled(make_books(assembly_of(limits=limits), values_of(AS_SPLIT))))
    assert split[BX][0] == pytest.approx(29_500.0)
    assert split[BY] == pytest.approx((30_500.0, 29_500.0))
    assert split[AX][0] == pytest.approx(40_000.0)
    assert split[AX][1] + split[BX][1] == pytest.approx(69_100.0)


def test_a_share_of_the_demand_holds():
    # X needs 100,000: B > X may meet 29,200 of them, where it would meet 29,600.
    limits = {BX: {"max_share": 0.292}}
    split = split_of(settled(make_books(assembly_of(limits=limits), values_of(AS_SPLIT))))
    assert split[BX][1] <= 29_200.0 * (1 + 1e-9)
    assert split[AX][1] + split[BX][1] == pytest.approx(69_100.0)


def test_one_giver_and_hours_that_differ():
    # B alone, B > X in 4000 h: 7.5 and 3.75 through b, 2 : 1. Of 300 in b 200 and 100; x 700 and y 400 are each one's.
    assembly = assembly_of({"b": 300.0, "x": 700.0, "y": 400.0}, hours={BX: 4000.0})
    before = {BX: (29_100.0, 29_100.0), BY: (30_900.0, 29_500.0)}
    books = settled(make_books(assembly, values_of(before)))
    assert split_of(books) == approx({BX: (30_000.0, 29_100.0), BY: (30_000.0, 29_500.0)})


def test_several_givers_and_hours_that_differ_leave_nothing_free():
    # With A besides, what covers losses cannot be told from the rest: the sums of each number of hours stay.
    assembly = assembly_of(hours={BX: 4000.0})
    assert split_of(settled(make_books(assembly, values_of(AS_SPLIT)))) == approx(AS_SPLIT)


def test_what_a_stretch_loses_of_its_flow_goes_by_amount():
    # A tenth of 60,000 is lost in b, half of it of each, though B > X runs 4000 h and has twice the peak rate.
    split = {BX: (30_000.0, 27_000.0), BY: (30_000.0, 27_000.0)}
    through = {(WATER_MAIN, n, "+", "year"): flow for n, flow in (("b", 60_000.0), ("x", 27_000.0), ("y", 27_000.0))}
    laid = {(WATER_MAIN, name, "DN 200"): 1.0 for name in "bxy"}
    assembly = assembly_of({}, {"b": 0.1}, {BX: 4000.0})
    books = settled(make_books(assembly, values_of(split, through=through, laid=laid)))
    assert split_of(books) == approx(split)


def test_nobody_loses_what_a_main_does_not_lose():
    books = make_books(make_assembly(), VALUES)
    assert settled(books) is books


def test_a_single_exchange_keeps_what_it_has():
    # a and x owe 800: A > X alone sends 40,000, of which 39,200 arrive.
    books = make_books(assembly_of({"a": 100.0, "x": 700.0}), values_of({AX: (40_000.0, 39_200.0)}))
    assert split_of(settled(books)) == {AX: (40_000.0, 39_200.0)}
