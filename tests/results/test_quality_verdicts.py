"""What is technically fit, what the law asks, what pays, and what is barred."""

import math
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from mixtures_park import contents, distances, plant, water_books, water_case
from washing_park import row, the_case, the_contents

from planner.assemble.assembly import Barred
from planner.case.qualities import QualityLimit
from planner.results.barred import _reason, barred_table
from planner.results.columns import COLUMNS
from planner.results.compositions import Contents
from planner.results.fits import breaks
from planner.results.law import compliance, counts
from planner.results.mixtures import Held
from planner.results.optional_tables import OF_QUALITY, OF_QUALITY_IN_BASELINE
from planner.results.quality import KINDS, quality_tables
from planner.results.tabulate import tabulate
from planner.results.verdicts import notes, payback, speaks_of_law, technical, verdicts_table


def with_law(books, exchange: str, **law: Any):
    """Books in which the facts of an exchange say what the law says of it."""
    told = replace(books.assembly.exchanges[exchange], **law)
    return replace(books, assembly=replace(books.assembly, exchanges={**books.assembly.exchanges, exchange: told}))


def test_technical_fit_is_seen_alone_and_in_the_mixture():
    found = the_contents()
    alone = technical(found, "B > works: wash -> waste")
    assert alone.word == "fits alone"
    # 60 ppm, at worst 70, is above the 50 that the wash takes; with fresh water it is 30, at worst 35.
    mixed = technical(found, "A > B: waste -> wash")
    assert (mixed.word, mixed.why) == ("fits in a mixture", "alone, COD 70 ppm is above 50")
    # At the farm the worst values give 8.5 ppm, alone 9.54: above its limit of 8.979.
    assert technical(found, "works > farm: fresh").word == "fits in a mixture"
    strict = {"farm": {"hours": 1000, "sinks": {"fresh": {"rate": 20, "limits": {"COD": 5}}}}}
    assert technical(the_contents(the_case(partners=strict)), "works > farm: fresh").word == "does not fit"
    loose = {"farm": {"hours": 1000, "sinks": {"fresh": {"rate": 20}}}}
    assert technical(the_contents(the_case(partners=loose)), "works > farm: fresh").word == "fits alone"


def test_an_unknown_content_that_is_accepted_is_an_unknown_fit_and_listed():
    sinks = {"fresh": {"rate": 10, "limits": {"COD": {"max": 50, "accept_unknown": True}}}}
    plants = {"A": plant(sources={"waste": {"rate": 10}}), "B": plant(sinks=sinks)}
    found = contents(water_case(plants=plants), {("A / waste", "B / fresh"): 10.0})
    assert technical(found, "A > B: waste -> fresh").word == "unknown"
    told = list(notes(found, pd.DataFrame(columns=["exchange", "compliance", "built"])))
    assert told == ["COD is not known and accepted so, and counts for nothing in the mixture: A > B: waste -> fresh"]


@pytest.mark.parametrize(
    ("law", "word", "why"),
    [
        ({}, "unknown", "no status of wash"),
        ({"status": "waste", "waste_code": "10 01 02"}, "permit needed, none stated", "10 01 02"),
        ({"status": "waste", "permit": "waste permit"}, "permit needed", "waste permit"),
        ({"status": "waste", "declaration": True}, "permit needed, none stated", "no permit is stated"),
        ({"declaration": True}, "declaration", "of B"),
        ({"status": "by-product"}, "clear", "by-product"),
        ({"status": "end-of-waste", "permit": "register", "declaration": True}, "permit needed", "declaration"),
    ],
)
def test_compliance_is_what_the_law_asks(law, word, why):
    name = "B > works: wash -> waste"
    found = compliance(with_law(the_contents().books, name, **law), name)
    assert found.word == word
    assert why in found.why


@pytest.mark.parametrize(
    ("gain", "capital", "capex", "years", "word"),
    [
        (100.0, 20.0, 200.0, 2.0, "pays"),
        (100.0, 120.0, 1200.0, 12.0, "does not pay"),  # 12 years, and the capital costs more than it saves
        (100.0, 0.0, 0.0, 0.0, "no investment"),
        (-5.0, 0.0, 0.0, float("nan"), "does not pay"),
        (100.0, 20.0, 200.0, float("nan"), "does not pay"),  # its share of a main costs more than it saves
    ],
)
def test_payback_is_a_verdict_of_its_own(gain, capital, capex, years, word):
    of = {"gain_per_yr": gain, "capital_cost_per_yr": capital, "capex": capex, "shared_capex": 0.0, "payback_yr": years}
    assert payback(of, "EUR").word == word


TOO_MUCH = Barred("A > farm: waste -> fresh", "COD", "nothing can dilute it", 70.0, 5.0, "ppm")
NOT_KNOWN = Barred("A > farm: waste -> fresh", "salt", "content unknown", None, 5.0, "ppm")
BY_LAW = Barred("B > farm: wash -> fresh", None, "may not come into food")


def barred_books(*found: Any):
    books = the_contents().books
    return replace(books, assembly=replace(books.assembly, barred=found))


def test_what_is_barred_and_its_verdict():
    books = barred_books(TOO_MUCH, NOT_KNOWN, BY_LAW)
    table = barred_table(books)
    assert tuple(table.columns) == COLUMNS["barred"]
    assert list(table["quality"].fillna("")) == ["COD", "salt", ""]
    assert math.isnan(table["found"][1])
    none = pd.DataFrame(columns=list(COLUMNS["exchanges"]))
    verdicts = verdicts_table(Contents(books), none)
    assert list(verdicts["exchange"]) == [TOO_MUCH.exchange, BY_LAW.exchange]  # two reasons are one verdict
    first, second = verdicts.to_dict("records")
    assert (first["technical"], first["compliance"], first["built"]) == ("does not fit", "unknown", False)
    said = "COD 70 ppm, the limit is 5 ppm: nothing can dilute it; salt, the limit is 5 ppm: content unknown"
    assert first["technical_why"] == said
    # wash holds at worst (40,000 x 35 + 2,000,000) / 36,000 = 94.44 ppm, the farm admits 8.979; what it buys holds
    # none, so that enough of it would dilute
    assert (second["technical"], second["compliance"]) == ("fits in a mixture", "forbidden")
    assert second["technical_why"].startswith("alone, COD 94.44 ppm is above 8.979; with enough")
    assert [row["payback"] for row in (first, second)] == [None, None]
    assert second["payback_why"].endswith("it is forbidden")
    alone = verdicts_table(Contents(barred_books(NOT_KNOWN)), none)
    assert list(alone["technical"]) == ["unknown"]


def test_each_verdict_on_a_barred_exchange_is_given_on_its_own():
    """What is forbidden is judged by its content, what its quality bars by the law."""
    resources = {
        "ash": {"kind": "material", "unit": "t", "status": "waste", "discharge": {"route": "tip"}},
        "clay": {"kind": "material", "unit": "t", "price": 20, "quality": {"LOI": 2}},
    }
    limited = {"clay": {"rate": 10, "limits": {"LOI": 5}}}

    def judged(loi, why, **terms):
        plants = {"A": plant(sources={"ash": {"rate": 10, "quality": {"LOI": loi}}}), "B": plant(sinks=limited)}
        case = water_case(
            qualities={"LOI": {"unit": "%"}},
            resources=resources,
            plants=plants,
            substitutions=[{"from": "ash", "to": "clay", **terms}],
        )
        books = water_books(case, {})
        books = replace(books, assembly=replace(books.assembly, barred=(why,)))
        none = pd.DataFrame(columns=list(COLUMNS["exchanges"]))
        return verdicts_table(Contents(books), none).iloc[0]

    name = "A > B: ash -> clay"
    forbidden = Barred(name, None, "forbidden by the case: council vote")
    fits = judged(4, forbidden)  # 4 % of at most 5 %
    assert (fits["technical"], fits["compliance"]) == ("fits alone", "forbidden")
    rich = judged(8, forbidden)  # 8 % alone; clay of 2 % dilutes it: 1 t of each holds 5 %
    assert (rich["technical"], rich["compliance"]) == ("fits in a mixture", "forbidden")
    assert judged("unknown", forbidden)["technical"] == "unknown"
    too_rich = Barred(name, "LOI", "nothing can dilute it", 8.0, 5.0, "%")
    bare = judged(8, too_rich)
    assert (bare["technical"], bare["compliance"]) == ("does not fit", "permit needed, none stated")
    stated = judged(8, too_rich, permit={"name": "kiln", "delay": 1}, declaration={"delay": 0.5})
    assert (stated["compliance"], stated["permit"], stated["declaration"]) == ("permit needed", "kiln", True)
    assert stated["delay_yr"] == 1.5
    assert stated["payback"] is None
    assert stated["payback_why"].endswith("its quality bars it")


def test_one_sentence_counts_what_the_law_asks():
    rows = [
        ("a", "permit needed", True, True),
        ("a", "permit needed", True, True),  # by a second kind of link
        ("b", "permit needed", False, True),
        ("c", "declaration", True, True),
        ("d", "permit needed, none stated", False, True),
        ("e", "permit needed", False, False),  # barred
        ("f", "clear", False, True),
    ]
    table = pd.DataFrame(rows, columns=["exchange", "compliance", "declaration", "built"])
    said = (
        "2 exchanges of the plan need a permit, 2 a by-product declaration, 1 is a waste for which the case states no"
    )
    assert counts(table, named=False) == f"{said} permit"
    assert counts(table).startswith("2 exchanges of the plan need a permit (a; b), 2 a by-product declaration (a; c)")
    assert counts(table[table["compliance"] == "clear"]) == ""


def test_a_whole_plan_of_water_and_a_note_on_permits():
    found = the_contents()
    books = with_law(found.books, "A > B: waste -> wash", permit="water permit", delay_yr=0.5)
    mixing = {"kind": "relaxed and restricted", "bound_from": "McCormick", "plan_from": "fixed contents"}
    plan = tabulate(
        books.case, distances(), books.assembly, books.solution, books.solution, header={"solver": {"mixing": mixing}}
    )
    for name in OF_QUALITY:
        assert tuple(plan.tables[name].columns) == COLUMNS[name]
    for name in OF_QUALITY_IN_BASELINE:
        assert len(plan.tables[f"baseline_{name}"]) == len(plan.tables[name]) > 0
    verdicts = plan.tables["verdicts"]
    assert list(verdicts["exchange"]) == list(plan.exchanges["exchange"])
    asked = row(verdicts, exchange="A > B: waste -> wash")
    assert (asked["compliance"], asked["permit"], asked["delay_yr"]) == ("permit needed", "water permit", 0.5)
    assert "1 exchange of the plan needs a permit (A > B: waste -> wash)" in plan.header["notes"]
    said = next(note for note in plan.header["notes"] if note.startswith("mixtures: "))
    assert said == f"mixtures: {KINDS['relaxed and restricted']}"


@pytest.mark.parametrize(("status", "told"), [("optimal", "proven optimal"), ("feasible", "the best that was found")])
def test_the_note_on_mixtures_says_no_less_than_was_proven(status, told):
    books = the_contents().books
    mixing = {"kind": "relaxed and restricted", "status": status}
    _, notes_of = quality_tables(books, books, pd.DataFrame(columns=list(COLUMNS["exchanges"])), mixing)
    (said,) = [note for note in notes_of if note.startswith("mixtures: ")]
    assert told in said
    assert ("relaxation and the plan the best" in said) == (status == "feasible")


def test_nothing_of_it_where_the_case_speaks_of_none(case, distances, assembly):
    from steam_and_slag_park import BASELINE_VALUES, PLAN_VALUES, make_solution

    runs = (make_solution(assembly, PLAN_VALUES), make_solution(assembly, BASELINE_VALUES))
    plan = tabulate(case, distances, assembly, *runs)
    assert not speaks_of_law(case)
    assert all(plan.tables[name].empty for name in OF_QUALITY)
    assert plan.header["notes"][:2] == ["projected", "shared hours assumed"]
    assert all("economics.finance" in note for note in plan.header["notes"][2:])


def test_law_alone_gives_verdicts_without_qualities():
    case = water_case(
        qualities={},
        resources={
            "ash": {"kind": "material", "unit": "t", "status": "waste", "discharge": {"route": "tip"}},
            "sand": {"kind": "material", "unit": "t", "price": 1},
        },
        plants={"A": plant(sources={"ash": {"rate": 10}}), "B": plant(sinks={"sand": {"rate": 10}})},
    )
    books = with_law(water_books(case, {("A / ash", "B / sand"): 10.0}), "A > B: ash -> sand", status="waste")
    table = pd.DataFrame([{column: 0.0 for column in COLUMNS["exchanges"]} | {"exchange": "A > B: ash -> sand"}])
    tables, told = quality_tables(books, books, table, {})
    assert list(tables["verdicts"]["compliance"]) == ["permit needed, none stated"]
    assert tables["water_balances"].empty
    assert told == ("1 exchange of the plan is a waste for which the case states no permit (A > B: ash -> sand)",)


def test_a_waste_that_stays_on_its_site_is_clear():
    """Status waste without a permit: asked for between sites, not on one's own."""
    name = "B > works: wash -> waste"
    books = with_law(the_contents().books, name, status="waste")
    instance = books.assembly.instance
    own = replace(instance.exchanges[name], own=True)
    stays = replace(
        books,
        assembly=replace(books.assembly, instance=replace(instance, exchanges={**instance.exchanges, name: own})),
    )
    assert compliance(books, name).word == "permit needed, none stated"
    found = compliance(stays, name)
    assert found.word == "clear"
    assert "own site" in found.why


def test_large_contents_have_no_exponent() -> None:
    """A slurry of 123,456 mg/L, of which a sink admits 50,000."""
    assert _reason(Barred("a > b: s -> t", "TSS", "too much", 123_456, 50_000, "mg/L")) == (
        "TSS 123,456 mg/L, the limit is 50,000 mg/L: too much"
    )
    most, least = (QualityLimit.model_validate({side: "50000 mg/L"}) for side in ("max", "min"))
    assert breaks(Held(123_456, 123_456, 123_456), most, "TSS", " mg/L") == "TSS 123,456 mg/L is above 50,000"
    assert breaks(Held(12_345, 12_345, 12_345), least, "TSS", " mg/L") == "TSS 12,345 mg/L is below 50,000"
