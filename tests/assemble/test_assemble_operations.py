"""Operations of fixed load as streams; least flows and activities; declarations; power laws; qualities over mains."""

import pytest
from assemble_park import booked, made
from water_park import BACK, REUSE, WASH, WATER, water

from planner.errors import CaseError

YEAR = "year"


def test_an_operation_takes_and_gives_a_stream_of_its_name() -> None:
    """Limiting flow 50 m3/h x 8000 h = 400,000 m3 a year, noted as an assumption."""
    park = water()
    operation = park.instance.operations[WASH]
    assert (operation.unit, operation.whole) == ("laundry", None)
    assert operation.most[YEAR] == pytest.approx(400_000)
    sink, source = park.instance.sinks[WASH], park.instance.sources[WASH]
    assert (sink.operation, sink.amount[YEAR], sink.suppliable) == (WASH, 1.0, True)
    assert (source.operation, source.amount[YEAR], source.beside) == (WASH, 1.0, {})
    assert booked(park, "purchase", index=(WASH, YEAR)) == pytest.approx(1)
    assert booked(park, "fresh_water", index=(WASH, YEAR)) == pytest.approx(1)
    assert booked(park, "discharge", index=(WASH, YEAR)) == pytest.approx(2)
    assert any("laundry / wash 50 m3/h" in note for note in park.notes)


def test_flows_are_bounded_by_the_largest_flow() -> None:
    """Into the wash the dyer's 10 m3/h; out of it the dyer's 20 m3/h, or 15 where the wash takes 17 and loses 2."""
    park = water()
    assert park.instance.exchanges[BACK].max_flow == pytest.approx(80_000)
    assert park.instance.exchanges[REUSE].max_flow == pytest.approx(160_000)
    park = water(
        plants__laundry__operations__wash={
            **WATER["plants"]["laundry"]["operations"]["wash"],
            "load": {"COD": 1.5},
            "max_flow": 17,
            "loss": 2,
        }
    )
    assert park.instance.exchanges[REUSE].max_flow == pytest.approx(15 * 8000)
    assert park.instance.sources[WASH].beside == {YEAR: pytest.approx(-2 * 8000)}


def test_loss_counts_in_the_least_flow() -> None:
    """2000 + 20 q = 150 (q - 2): q = 2300 / 130 = 17.69 m3/h; 2 kg/h leave in 2 m3/h less than come in."""
    wash = {**WATER["plants"]["laundry"]["operations"]["wash"], "load": {"COD": 2}, "max_flow": 40, "loss": 2}
    park = water(plants__laundry__operations__wash=wash)
    assert park.instance.operations[WASH].least[YEAR] == pytest.approx(2300 / 130 * 8000)


def test_parts_share_their_whole_and_answer_to_its_name() -> None:
    park = water(
        plants__laundry__operations__wash__parts=2, exchanges=[{"from": "laundry", "stream": "wash", "max_flow": 7}]
    )
    first, second = f"{WASH} #1", f"{WASH} #2"
    assert park.instance.operations.keys() == {first, second}
    assert {o.whole for o in park.instance.operations.values()} == {WASH}
    assert park.instance.mixing.outlets[first].picked == park.instance.mixing.outlets[second].picked
    assert park.instance.exchanges["laundry > dyer: wash #2 -> fresh"].max_flow == pytest.approx(7)
    # from part to part, but not into itself
    assert "laundry > laundry: wash #1 -> wash #2" in park.instance.exchanges
    assert "laundry > laundry: wash #1" not in park.instance.exchanges


def test_an_operation_needs_something_to_take() -> None:
    with pytest.raises(CaseError, match="wash: cannot be supplied without the park"):
        water(
            resources__fresh__price=None,
            plants__dyer__sinks={},
        )


def test_least_flow_of_a_link_and_largest_number_of_links() -> None:
    """2 m3/h x 8000 h; a link of 12 m3/h is not worth building for the dyer's 10."""
    park = water(
        links__pipe__min_flow=2, plants__dyer__sinks__fresh={"rate": 20, "limits": {"COD": 60}, "max_links": 1}
    )
    assert park.instance.exchanges[BACK].options["pipe / DN 200"].min_flow == pytest.approx(16_000)
    assert park.instance.sinks["dyer / fresh"].max_links == 1
    park = water(links__pipe__min_flow=12)
    assert BACK not in park.instance.exchanges
    assert REUSE in park.instance.exchanges
    assert any(note.startswith(f"{BACK} by pipe / DN 200 is left out: min_flow") for note in park.notes)


def test_a_declaration_costs_like_a_permit() -> None:
    """6000 and 4000 EUR over 10 years without interest; they wait 0.5 and 1 year."""
    park = water(
        resources__waste__waste_code="19 08 05",
        plants__dyer__sources__waste={"rate": 10, "quality": {"COD": 100}, "status": "waste"},
        exchanges=[
            {
                "from": "dyer",
                "to": "laundry",
                "declaration": {"cost": 6000, "delay": 0.5},
                "permit": {"name": "water permit", "cost": 4000, "delay": 1},
            }
        ],
    )
    assert booked(park, "investment_permit", exchange=BACK) == pytest.approx(10_000)
    assert booked(park, "permit", exchange=BACK) == pytest.approx(1000)
    facts = park.exchanges[BACK]
    assert (facts.waste_code, facts.status, facts.declaration, facts.permit) == (
        "19 08 05",
        "waste",
        True,
        "water permit",
    )
    assert (facts.delay_yr, facts.declaration_delay_yr, facts.permit_cost) == (1.5, 0.5, 4000)
    assert not park.exchanges[REUSE].declaration


def test_a_power_law_has_its_coefficient_in_scaled_money_and_its_error_told() -> None:
    """1000 x^0.5 from 1 to 2^16: each of 16 chords spans a factor 2.

    From 1 to 2 the chord is 0.5858 + 0.4142 x; least over sqrt(x) at x = 0.5858 / 0.4142 = 1.4142, where it is
    1.1716 / 1.1892 = 0.9852: 1.48 % below.
    """
    law = {"coefficient": 1000, "exponent": 0.5, "largest": 65536, "smallest": 1}
    park = made(facilities={"works": {"investment": law, "min_activity": 3, "hours": 8000, "availability": 0.9}})
    data = park.instance.facilities["works"]
    assert len(data.segments) == 16
    assert data.law == (pytest.approx(1000 / park.instance.money_scale), 0.5)
    assert data.least == {YEAR: pytest.approx(3 * 7200)}
    assert any("at most 1.48% below it" in note for note in park.notes)


def test_an_outlet_that_only_a_neighbour_could_keep_clean_is_a_fault() -> None:
    """Fresh water holds 20 of chloride, the wash may leave with 10 and picks up none; the dyer's waste holds 0.

    With it there is a plan; alone the wash must take something for its COD, and all of that holds too much.
    """
    wash = {**WATER["plants"]["laundry"]["operations"]["wash"], "max_outlet": {"COD": 150, "Cl": 10}}
    fields = {
        "qualities": {"COD": {"unit": "mg/L"}, "Cl": {"unit": "mg/L"}},
        "resources__fresh__quality": {"COD": 20, "Cl": 20},
        "plants__dyer__sources__waste__quality": {"COD": 100, "Cl": 0},
        "plants__laundry__operations__wash": wash,
    }
    with pytest.raises(
        CaseError, match=r"wash\.max_outlet\.Cl: what is bought for it, or comes from its own site, holds"
    ):
        water(**fields)
    wash["max_outlet"]["Cl"] = 20
    assert water(**fields).instance.operations[WASH].least[YEAR] > 0


def test_uses_that_bar_nothing_are_noted() -> None:
    park = water(resources__waste__not_into=["food"])
    assert "resources.waste.not_into: food bars no sink of this case (no sink states a use)" in park.notes
