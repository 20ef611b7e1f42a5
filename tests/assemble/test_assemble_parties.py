"""Who pays what: shares add up, and nobody pays twice."""

from typing import Any

import pytest
from assemble_park import PIPE, STEAM, Line, lines, made

SIZES = [{"size": "DN 200", "capacity": 100, "investment": 100}]
ONCE: dict[str, Any] = {"connection": {"at_source": 10, "at_sink": 20}, "permit": {"name": "p", "cost": 30}}


def paid(found: list[Line]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for line in found:
        sums[line.party] = sums.get(line.party, 0.0) + line.effect
    return sums


def exchange(**terms: Any) -> list[dict[str, Any]]:
    return [{"from": "smelter", "to": "mill", **ONCE, **terms}]


def test_seller_and_buyer_pay_half_each_by_default_and_that_is_an_assumption() -> None:
    """1500 m x 100 = 150,000: 75,000 each; each its own connection; half the permit."""
    park = made(links__pipe__sizes=SIZES, exchanges=exchange())
    link = lines(park, "investment_link")
    assert paid(link) == pytest.approx({"smelter": 75_000, "mill": 75_000})
    assert all(any(e.field == "exchanges.paid_by" and e.basis == "assumption" for e in line.evidence) for line in link)
    assert paid(lines(park, "investment_connection")) == pytest.approx({"smelter": 10, "mill": 20})
    assert paid(lines(park, "investment_permit")) == pytest.approx({"smelter": 15, "mill": 15})
    assert any("pay half each" in note for note in park.notes)


def test_the_owner_of_a_link_pays_it() -> None:
    park = made(
        links__pipe={"kind": "pipe", "sizes": SIZES, "owner": "utility", "uses": {"power": 0.01}},
        parties={"utility": {"kind": "utility"}},
        exchanges=exchange(),
    )
    assert paid(lines(park, "investment_link")) == pytest.approx({"utility": 150_000})
    assert set(paid(lines(park, "pumping"))) == {"utility"}
    assert paid(lines(park, "investment_connection")) == pytest.approx({"smelter": 10, "mill": 20})


def test_paid_by_splits_everything_that_is_invested() -> None:
    """Seller 90 %, utility 10 % of link, connections and permit."""
    park = made(
        links__pipe__sizes=SIZES,
        parties={"utility": {"kind": "utility"}},
        exchanges=exchange(paid_by={"seller": 0.9, "utility": 0.1}),
    )
    assert paid(lines(park, "investment_link")) == pytest.approx({"smelter": 135_000, "utility": 15_000})
    assert paid(lines(park, "investment_connection")) == pytest.approx({"smelter": 27, "utility": 3})
    assert paid(lines(park, "investment_permit")) == pytest.approx({"smelter": 27, "utility": 3})


def test_plants_of_one_firm_are_one_party() -> None:
    park = made(
        links__pipe__sizes=SIZES,
        plants__smelter__firm="holding",
        plants__mill__firm="holding",
        parties={"holding": {}},
    )
    assert paid(lines(park, "investment_link")) == pytest.approx({"holding": 150_000})
    assert len(lines(park, "investment_link")) == 1
    assert lines(park, "purchase")[0].party == "holding"
    assert lines(park, "purchase")[0].unit == "mill"


def test_a_shared_facility_is_the_park_company_s_unless_owned() -> None:
    unit = {"investment": [{"capacity": 1, "investment": 100}], "plot": "P3"}
    assert lines(made(facilities={"works": unit}), "investment_facility")[0].party == "park company"
    owned = made(facilities={"works": {**unit, "owner": "city"}}, parties={"city": {"kind": "municipality"}})
    assert lines(owned, "investment_facility")[0].party == "city"
    own = {"scope": "own", "owner": "mill", "investment": [{"capacity": 1, "investment": 100}]}
    measure = made(facilities={"saver": own}, plants__mill__firm="holding", parties={"holding": {}})
    assert lines(measure, "investment_facility")[0].party == "holding"


def test_shares_of_the_parties_add_up_to_the_effect() -> None:
    """Physical quantities are split, too: what is bought for pumping is counted once."""
    park = made(links__pipe={"kind": "pipe", "sizes": SIZES, "uses": {"power": 0.01}})
    index = (STEAM, PIPE, "P1", "P2", "year")
    assert sum(line.quantity for line in lines(park, "pumping", index=index)) == pytest.approx(0.01)
    assert park.instance.effects["pair_flow"][index]["power_bought"] == pytest.approx(0.01)


def test_the_one_party_of_that_kind_is_the_park_company() -> None:
    unit = {"investment": [{"capacity": 1, "investment": 100}], "plot": "P3"}

    def payer(**parties: dict[str, str]) -> str:
        return lines(made(facilities={"works": unit}, parties=parties), "investment_facility")[0].party

    assert payer(estate={"kind": "park company"}) == "estate"
    # Where two might be meant, or one has that name, nobody is guessed.
    assert payer(estate={"kind": "park company"}, port={"kind": "park company"}) == "park company"
    assert payer(**{"estate": {"kind": "park company"}, "park company": {"kind": "utility"}}) == "park company"
