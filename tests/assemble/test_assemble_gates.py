"""Caps, budget and park gate: what counts, by how much, and the most it can be."""

import pytest
from assemble_park import PIPE, STEAM, booked, made


def gate(**fields: object) -> dict[str, object]:
    return {"grid": {"resource": "power", **fields}}


def test_every_purchase_counts_at_the_gate_by_year_and_by_peak() -> None:
    """A tonne of steam bought: 0.3 MWh; peak 0.3 / 7000 h x 1.4. Pumped: 0.01 / 7000 h x 1.4. Forgone: 0.1 the same."""
    park = made(
        park_gate=gate(yearly=10_000, peak=5),
        links__pipe__uses={"power": 0.01},
        plants__smelter__sources__steam={"rate": 30, "forgoes": {"power": 0.1}},
        plants__mill__sinks__steam={"rate": 20, "peak_factor": 1.4, "supplied_today_by": {"power": 0.3}},
    )
    supplied, pumped, forgone = ("mill / steam", "year"), (STEAM, PIPE, "P1", "P2", "year"), (STEAM, PIPE, "year")
    for index, amount in ((supplied, 0.3), (pumped, 0.01), (forgone, 0.1)):
        assert booked(park, "gate_yearly:grid", index=index) == pytest.approx(amount)
        assert booked(park, "gate_peak:grid", index=index) == pytest.approx(amount / 7000 * 1.4)
    limits = park.instance.limits
    assert limits["gate_yearly:grid"].bound == 10_000
    assert limits["gate_peak:grid"].weights == {"gate_peak:grid": 1.0}
    assert not limits["gate_yearly:grid"].expandable_in_baseline
    assert park.instance.requirements["limit:gate_yearly:grid"].startswith("park_gate.grid.yearly: at most")
    assert park.instance.accounts["gate_peak:grid"] == "MWh/h"


def test_a_gate_out_counts_disposal_and_sale() -> None:
    sewer = {"sewer": {"resource": "steam", "direction": "out", "yearly": 1}}
    park = made(park_gate=sewer, resources__steam__sale={"price": 1})
    for family in ("discharged", "sold"):
        assert booked(park, "gate_yearly:sewer", family=family) == pytest.approx(1)
    # of the smelter's 240,000 t all may leave, by either way but not by both
    assert park.instance.limits["gate_yearly:sewer"].ceiling == pytest.approx(240_000)


def test_expansion_is_invested_by_the_park_company() -> None:
    """200 EUR per MWh/yr x 1.5 with contingency = 300, over 30 years 10 a year; as far as 500 MWh."""
    park = made(park_gate=gate(yearly=1, yearly_expansion={"cost": 200, "maximum": 500}), economics__contingency=0.5)
    index = ("gate_yearly:grid",)
    assert booked(park, "investment_gate", index=index, party="park company") == pytest.approx(300)
    assert booked(park, "gate_expansion", index=index) == pytest.approx(10)
    limit = park.instance.limits["gate_yearly:grid"]
    assert (limit.max_expansion, limit.expandable_in_baseline) == (500, True)


def test_expansion_without_maximum_goes_as_far_as_the_data_can() -> None:
    """All of the mill's 140,000 t x 0.3 MWh = 42,000 MWh, less the 2000 there are."""
    park = made(
        park_gate=gate(yearly=2_000, yearly_expansion={"cost": 200}),
        plants__mill__sinks__steam__supplied_today_by={"power": 0.3},
    )
    limit = park.instance.limits["gate_yearly:grid"]
    assert limit.ceiling == pytest.approx(42_000)
    assert limit.max_expansion == pytest.approx(40_000)


def test_caps_count_their_totals_and_the_budget_is_in_scaled_money() -> None:
    """Investment at most: 1500 m x 400 = 600,000 for the pipe, 4 ha x 1e6 of land."""
    park = made(
        economics={
            "discount_rate": 0,
            "caps": {"co2e": 5_000, "waste": 1, "fresh_water": 2},
            "budget": 1_000_000,
        },
        links__pipe__sizes=[{"size": "DN 200", "capacity": 100, "investment": 400}],
        plots__P1={"price": 1_000_000},
    )
    instance = park.instance
    assert set(instance.limits) == {"co2e", "waste", "fresh_water", "budget"}
    assert instance.limits["co2e"].weights == instance.totals["co2e"]
    # all steam made from gas: 140,000 t x 0.8 x 0.23
    assert instance.limits["co2e"].ceiling == pytest.approx(25_760)
    assert instance.limits["budget"].bound * instance.money_scale == pytest.approx(1_000_000)
    assert instance.limits["budget"].ceiling * instance.money_scale == pytest.approx(4_600_000)
    assert instance.requirements["limit:budget"].startswith("economics.budget: at most 1,000,000")


def test_the_ceiling_of_a_facility_is_its_largest_size_at_full_activity() -> None:
    """10 x 8760 h x 0.02 t = 1752 t of direct emission, and gas 2 MWh x 0.23 x 87,600 = 40,296."""
    boiler = {
        "inputs": {"gas": 2},
        "investment": [{"capacity": 5, "investment": 1}, {"capacity": 10, "investment": 2}],
        "co2e": 0.02,
        "plot": "P3",
    }
    park = made(economics__caps={"co2e": 1}, facilities={"boiler": boiler})
    assert park.instance.limits["co2e"].ceiling == pytest.approx(25_760 + 1_752 + 40_296)
