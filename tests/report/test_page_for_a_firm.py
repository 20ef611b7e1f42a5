"""The edition for one firm: its own figures, its own side of its exchanges, and no other firm's name or number."""

import re
from dataclasses import replace
from html import unescape

import pandas as pd
import pytest

from planner.errors import UsageError
from planner.report.html.book import Book
from planner.report.html.confidential import Edition, edition, names_left, only, owners, party_of
from planner.report.html.mentions import Mentions
from planner.report.html.texts import texts
from planner.report.html.totals import Sum, _exposed, told
from planner.results.columns import COLUMNS
from planner.results.plan import Plan

FIRMS = ("brewery", "dairy", "slaughterhouse", "greenhouse", "digester", "park company")


@pytest.fixture(scope="module")
def editions(food_park: Plan) -> dict[str, tuple[str, Edition]]:
    return {firm: edition(food_park, firm) for firm in FIRMS}


def body(html: str) -> str:
    """What is in the page but its style and its script; the data of the map is in it."""
    return unescape(html.partition("<body>")[2].partition("<script>")[0])


def test_the_firms_of_the_case_are_all_tested(food_park):
    assert set(FIRMS) == set(food_park.tables["parties"]["party"])


@pytest.mark.parametrize("firm", FIRMS)
def test_no_other_firm_is_named_but_its_partners(food_park, editions, firm):
    html, made = editions[firm]
    mine = {unit for unit, party in owners(food_park).items() if party == firm} | {firm}
    others = {name for pair in owners(food_park).items() for name in pair} - mine - set(made.partners)
    if firm != "park company":  # it has exchanges with all
        assert others
    for name in others:
        assert not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", body(html)), name
    assert names_left(html, food_park, made) == []


@pytest.mark.parametrize("firm", FIRMS)
def test_no_number_of_another_firm_is_in_it(food_park, editions, firm):
    """Each ledger row, gain, net present value and investment of the others, raw and as it would be shown."""
    html, _ = editions[firm]
    own = figures(food_park, firm) | halves(food_park, firm)
    values = {f"{float(value):.6g}" for value in re.findall(r'<data value="([^"]*)"', html)}
    for other in (name for name in FIRMS if name != firm):
        told_of = figures(food_park, other) - own
        assert not values & {f"{value:.6g}" for value in told_of}, other


def halves(plan: Plan, party: str) -> set[float]:
    """What a party invests in its exchanges: where both sides pay half, its partner invests as much."""
    assets = plan.tables["assets"]
    return {round(value, 6) for value in assets.loc[assets["party"] == party, "capex"]}


def figures(plan: Plan, party: str) -> set[float]:
    """Sums of money of a party, but those that its partners share: payments, and halves of an investment."""
    found: set[float] = set()
    for name, columns in (
        ("ledger", ("baseline_per_yr", "plan_per_yr", "gain_per_yr")),
        ("parties", ("capex", "baseline_cost_per_yr", "plan_cost_per_yr", "gain_per_yr")),
        ("finance", ("npv", "irr")),
        ("cash_flows", ("net", "cumulative")),
    ):
        table = plan.tables[name]
        mine = table[table["party"] == party]
        if name == "ledger":
            mine = mine[~mine["kind"].isin(("transfer",)) & mine["exchange"].isna()]
        for column in columns:
            found |= {round(abs(value), 6) for value in mine[column].dropna() if abs(value) > 1.0 or column == "irr"}
    return found


def test_the_firm_has_its_own_ledger_and_worth(food_park, editions):
    html, _ = editions["dairy"]
    party = food_park.tables["parties"].set_index("party").loc["dairy"]
    values = [float(value) for value in re.findall(r'<data value="([^"]*)"', html)]
    for key in ("capex", "gain_per_yr"):
        assert any(value == pytest.approx(party[key]) for value in values)
    npv = food_park.tables["finance"].set_index("party").loc["dairy", "npv"]
    assert any(value == pytest.approx(npv) for value in values)


def test_of_a_price_the_other_side_s_limit_is_gone(food_park, editions):
    _, made = editions["brewery"]
    cut = only(food_park, made)
    for row in cut.tables["prices"].to_dict("records"):
        hidden = "ceiling" if row["seller"] == "brewery" else "floor"
        shown = "floor" if hidden == "ceiling" else "ceiling"
        assert row[f"{hidden}_per_unit"] != row[f"{hidden}_per_unit"]
        assert row[f"running_{hidden}_per_unit"] != row[f"running_{hidden}_per_unit"]
        assert row[f"{shown}_per_unit"] == row[f"{shown}_per_unit"]
        for joint in ("room_per_unit", "shared_cost_per_yr", "lacking_per_yr", "lacking_once"):
            assert row[joint] != row[joint]
    for row in cut.exchanges.to_dict("records"):
        assert "brewery" in (row["seller"], row["buyer"])
        assert row["gain_per_yr"] != row["gain_per_yr"]
        other = "buyer" if row["seller"] == "brewery" else "seller"
        assert row[f"{other}_gain_per_yr"] != row[f"{other}_gain_per_yr"]


#: Columns of an exchange and of a price that a side may see of a trade with somebody else, and those of its own side.
SEEN = {
    "exchanges": (
        *("buyer", "capacity_per_h", "copies", "cost_length_km", "delay_yr", "exchange", "existing"),
        *("flow_at_worst_overlap_per_yr", "flow_per_yr", "from", "from_place", "hours_assumed", "length_km", "link"),
        *("lost_per_yr", "main", "option", "own", "peak_per_h", "replaced_per_yr", "replaced_unit", "replaces"),
        *("resource", "revenue_per_yr", "seller", "shared_hours", "sink", "size", "source", "to", "to_place"),
        *("transfer_basis", "transfer_price", "unit"),
    ),
    "prices": (
        *("basis", "buyer", "contract_term_yr", "exchange", "flow_per_yr", "guaranteed_flow_per_yr"),
        *("guaranteed_revenue_per_yr", "option", "price_per_unit", "resource", "seller", "take_or_pay_share", "unit"),
    ),
}
OWN_SIDE = {
    ("exchanges", "seller"): ("seller_capex", "seller_gain_per_yr", "seller_payback_yr"),
    ("exchanges", "buyer"): ("buyer_capex", "buyer_gain_per_yr", "buyer_payback_yr"),
    ("prices", "seller"): ("floor_per_unit", "forgone_per_unit", "running_floor_per_unit"),
    ("prices", "buyer"): ("ceiling_per_unit", "running_ceiling_per_unit"),
}


@pytest.mark.parametrize("firm", FIRMS)
@pytest.mark.parametrize("name", SEEN)
def test_an_edition_holds_no_column_of_a_trade_that_was_not_thought_of(food_park, editions, firm, name):
    """A column that is new has to be allowed here, so that nothing of the other side comes in by being forgotten."""
    whole = food_park.tables[name]
    filled = whole.assign(**{x: 7.0 for x in whole.columns if whole[x].dtype.kind == "f"})  # no column is just empty
    plan = replace(food_park, tables={**food_park.tables, name: filled})
    for row in only(plan, editions[firm][1]).tables[name].to_dict("records"):
        if row["seller"] == row["buyer"]:
            continue
        side = "seller" if row["seller"] == firm else "buyer"
        told = {key for key, value in row.items() if value is not None and value == value}
        assert told <= {*SEEN[name], *OWN_SIDE[name, side]}
        assert told >= set(OWN_SIDE[name, side])


def test_what_a_subtraction_would_tell_is_named(editions):
    html, made = editions["brewery"]
    told_of = " ".join(made.withheld)
    assert "gain, investment and CO2e of both sides together" in told_of
    assert "how its price was set" in told_of
    for line in made.withheld:
        assert line in unescape(html)


def test_who_sends_it_is_warned_of_what_a_partner_s_figure_follows_from_and_who_reads_it_is_not_told_how(editions):
    """The prices share the gain by halves, and greenhouse and brewery pay half each for the pipe between them."""
    html, made = editions["brewery"]
    told_of = " ".join(made.warnings)
    assert "can tell the limit and the gain of greenhouse from the price" in told_of
    assert "brewery > greenhouse: warm water: brewery and greenhouse alone pay for it" in told_of
    for line in made.warnings:
        assert line not in unescape(html)
    assert "knows the rule" not in unescape(html)


def test_its_map_has_its_own_plots_and_those_of_its_partners(food_park, editions):
    _, made = editions["brewery"]
    cut = only(food_park, made)
    exchanges = food_park.exchanges[(food_park.exchanges[["seller", "buyer"]] == "brewery").any(axis=1)]
    places = {*exchanges["from_place"], *exchanges["to_place"]}
    assert set(cut.layers["plots"]["name"]) == {
        name for name in food_park.layers["plots"]["name"] if name in places
    } | set(food_park.siting.set_index("unit").loc[["brewery"], "plot"])
    assert set(cut.layers) <= {"plots", "links", "partners", "roads", "obstacles"}
    assert "tenants" not in cut.layers["plots"].columns


def test_a_plant_stands_for_its_party_and_an_unknown_name_is_refused(food_park):
    assert party_of(food_park, "dairy") == "dairy"
    assert party_of(food_park, "biogas CHP") == owners(food_park)["biogas CHP"]
    with pytest.raises(UsageError, match="no party 'diary'; did you mean 'dairy'\\?; it has: brewery"):
        party_of(food_park, "diary")


def test_a_sum_needs_three_others_none_of_whom_is_nearly_all_of_it():
    """Own figures taken off, three others are left, then two; then three of whom one has 90 of 100."""
    rows = {"me": (50.0, 40.0), "a": (30.0, 20.0), "b": (40.0, 20.0), "c": (30.0, 10.0)}
    # changes 10, 20, 20: the largest has 40 % of 50; of the baseline 40 %; of the plan 40 %
    assert _exposed(Sum("co2e", "t", rows), "me") == (3, pytest.approx(0.4))
    rows = {"me": (50.0, 40.0), "a": (30.0, 20.0), "b": (40.0, 20.0), "c": (30.0, 30.0)}
    # c does not change: what changes is of a and b alone
    assert _exposed(Sum("co2e", "t", rows), "me")[0] == 2
    rows = {"me": (50.0, 50.0), "a": (90.0, 90.0), "b": (5.0, 5.0), "c": (5.0, 5.0)}
    assert _exposed(Sum("co2e", "t", rows), "me") == (3, pytest.approx(0.9))


def park_of(*costs: tuple[str, float, float]) -> Book:
    """A park of parties with a yearly cost each, in the baseline and in the plan."""
    tables = {name: pd.DataFrame(columns=list(columns)) for name, columns in COLUMNS.items()}
    tables["parties"] = pd.DataFrame({"party": [name for name, *_ in costs]})
    tables["ledger"] = pd.DataFrame(
        [{"party": n, "kind": "fixed", "baseline_per_yr": a, "plan_per_yr": b} for n, a, b in costs]
    )
    ends = sum(a for _, a, _ in costs), sum(b for _, _, b in costs)
    tables["indicators"] = pd.DataFrame(
        [{"indicator": "total_annual_cost", "unit": "EUR/yr", "baseline": ends[0], "plan": ends[1]}]
    )
    return Book(Plan(tables, {}, {"currency": "EUR"}, {"passed": True}), texts("en"))


def test_sums_of_a_park_of_few_firms_are_withheld():
    three = park_of(("me", 5.0, 4.0), ("a", 5.0, 4.0), ("b", 5.0, 4.0))
    assert told(three, "me").sums == ()
    assert "fewer than three other firms (2)" in told(three, "me").withheld[0]
    four = park_of(("me", 5.0, 4.0), ("a", 5.0, 4.0), ("b", 5.0, 4.0), ("c", 5.0, 4.0))
    ((one, others),) = told(four, "me").sums
    assert (one.total(0), one.total(1), others) == (20.0, 16.0, 3)
    uneven = park_of(("me", 5.0, 4.0), ("a", 500.0, 400.0), ("b", 5.0, 4.0), ("c", 5.0, 4.0))
    assert told(uneven, "me").sums == ()
    assert "one of them has more than 85 %" in told(uneven, "me").withheld[0]


def test_who_has_hardly_a_part_in_a_sum_hides_nobody():
    """Of 1000.001 that others have, a and b have 500 each and c a millionth: it is a sum of two."""
    rows = {"me": (50.0, 40.0), "a": (500.0, 400.0), "b": (500.0, 410.0), "c": (0.001, 0.0005)}
    assert _exposed(Sum("co2e", "t", rows), "me")[0] == 2


def test_a_sum_in_which_nobody_else_has_a_part_tells_of_all_of_them():
    """In the plan none of the others has waste: the park's waste less my own is 0, and so is that of each."""
    rows = {"me": (5.0, 4.0), "a": (10.0, 0.0), "b": (10.0, 0.0), "c": (10.0, 0.0)}
    assert _exposed(Sum("waste", "t", rows), "me")[0] == 0
    unchanged = {"me": (5.0, 4.0), "a": (10.0, 10.0), "b": (10.0, 10.0), "c": (10.0, 10.0)}
    assert _exposed(Sum("waste", "t", unchanged), "me")[0] == 3


def test_what_a_partner_s_waste_changes_by_is_known_from_the_flow():
    """I take 6 of a's waste and 5 of b's: of what changes, those of c, d and e hide each other."""
    rows = {"me": (5.0, 4.0), "a": (10.0, 4.0), "b": (10.0, 5.0), "c": (10.0, 8.0), "d": (10.0, 7.0)}
    assert _exposed(Sum("waste", "t", rows), "me")[0] == 4
    assert _exposed(Sum("waste", "t", rows), "me", {"a", "b"})[0] == 2
    assert _exposed(Sum("waste", "t", rows | {"e": (9.0, 6.0)}), "me", {"a", "b"})[0] == 3


def test_a_sum_that_is_left_out_does_not_say_by_which_rule():
    """That one other firm alone has waste, or none, is no affair of mine."""
    few = park_of(("me", 5.0, 4.0), ("a", 5.0, 4.0), ("b", 5.0, 4.0), ("c", 0.0, 0.0))
    large = park_of(("me", 5.0, 4.0), ("a", 500.0, 400.0), ("b", 5.0, 4.0), ("c", 5.0, 4.0))
    assert told(few, "me").withheld == told(large, "me").withheld


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("sold to the dairy", ["Dairy"]),
        ("DAIRY audit 2024", ["Dairy"]),
        ("dairying", []),
        ("the paper mill", []),  # that is known
        ("the mill", ["Mill"]),
        ("公園工場の蒸気", ["公園"]),  # no blanks part words there
        ("Cafe\u0301 Noir", ["Café"]),  # composed or not
    ],
)
def test_a_name_is_found_however_it_is_written(words, found):
    assert Mentions(["Dairy", "Mill", "公園", "Café"], ["paper mill", "a"]).of(words) == found


def test_sources_that_name_another_firm_are_left_out_by_key_and_by_title(food_park):
    """A line of the brewery rests on three sources: one called after the dairy, one about it, and one of neither."""
    lines = food_park.tables["lines"].copy()
    lines.loc[lines["party"] == "brewery", "sources"] = "Dairy audit; meters; board"
    stated = {"meters": {"title": "meters of the DAIRY"}, "board": {"title": "minutes"}, "Dairy audit": {"title": "x"}}
    plan = replace(
        food_park, tables={**food_park.tables, "lines": lines}, header={**food_park.header, "sources": stated}
    )
    html, made = edition(plan, "brewery")
    cut = only(plan, made)
    assert set(cut.tables["lines"]["sources"]) == {"board"}
    assert list(cut.header["sources"]) == ["board"]
    assert "dairy" not in body(html).casefold()


def test_a_name_in_the_title_of_the_case_is_found_however_it_is_written(food_park):
    header = {**food_park.header, "case": {"name": "Park around the DAIRY"}}
    plan = replace(food_park, header=header)
    html, made = edition(plan, "brewery")
    assert names_left(html, plan, made) == ["dairy"]


def test_a_sum_that_its_parts_do_not_make_is_withheld():
    book = park_of(("me", 5.0, 4.0), ("a", 5.0, 4.0), ("b", 5.0, 4.0), ("c", 5.0, 4.0))
    book.plan.tables["indicators"].loc[0, "plan"] = 17.0
    assert told(book, "me").sums == ()
    assert "cannot be told whose it is" in told(book, "me").withheld[0]


def test_the_edition_of_a_rejected_plan_is_the_rejection(food_park):
    failed = {"passed": False, "checks": [{"check": "mass balances", "passed": False, "detail": "brewery: 2 t"}]}
    html, _ = edition(Plan(food_park.tables, food_park.layers, food_park.header, failed, food_park.case), "dairy")
    assert "REJECTED" in html
    assert "mass balances" in html
    assert "brewery" not in html
    assert "<table" not in html


def test_a_party_that_owns_nothing_is_not_named_in_a_source(food_park):
    """It only pays a share of a pipe, so that no plant, facility or exchange leads to it."""
    parties = food_park.tables["parties"]
    payer = parties.iloc[[0]].assign(party="Regional Fund", kind="other")
    tables = {**food_park.tables, "parties": pd.concat([parties, payer], ignore_index=True)}
    first = next(iter(food_park.header["sources"]))
    lines = tables["lines"].assign(sources=first)
    source = {first: {"title": "Press release of the Regional Fund", "year": 2020}}
    plan = replace(food_park, tables={**tables, "lines": lines}, header={**food_park.header, "sources": source})
    html, made = edition(plan, "brewery")
    assert "Regional Fund" not in body(html)
    assert names_left("<body>Regional Fund", plan, made) == ["Regional Fund"]


def test_an_edition_speaks_to_one_firm(editions):
    html, _ = editions["brewery"]
    assert "What the plan brings you, beyond your baseline" in html
    assert "Every party" not in html
    assert "add up to that of the park" not in html
