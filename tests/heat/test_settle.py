"""What an exchange of a medium saves a plant, by hand."""

import pytest

from planner.case.plants import Give, Take
from planner.heat.by_media import SitePlant, by_media
from planner.heat.of_case import PlantMedium
from planner.heat.settle import Moved, PlantState, PlantYear, Price
from planner.heat.streams import HeatStream


def medium(role, name, supply, back):
    """A loop as its taker or giver has it, 5 K on its side, 1 MWh a unit."""
    first, last = (supply, back) if role == "takes" else (back, supply)
    stated = Take() if role == "takes" else Give()
    return PlantMedium(role, name, stated, name, (HeatStream(name, first, last, 1.0, 5.0),), 1.0)


FLUE, HEATER = HeatStream("flue", 150, 110, 10.0, 5.0), HeatStream("heater", 40, 80, 6.0, 5.0)
COOLING, STEAM = medium("takes", "cooling", 20, 30), medium("takes", "steam", 200, 199)
GIVEN, TAKEN = medium("gives", "water", 90, 60), medium("takes", "water", 90, 60)
COOL, BUY = ("takes: cooling", "supplied"), ("takes: steam", "supplied")


def year(streams, media, prices, moved, **more):
    """A plant of one state; ``prices`` are costs, or pairs of cost and CO2e."""
    known = {key: Price(*(x if isinstance(x, tuple) else (x, 0.0))) for key, x in prices.items()}
    limits, recovered = more.pop("limits", {}), more.pop("recovered", None)
    plant = SitePlant({s.name: s for s in streams}, media, recovered=recovered)
    return PlantYear([PlantState(plant, known, limits)], moved, **more)


def saved(plant, exchange):
    """What falls away in its one state, but rounding."""
    (found,) = plant.saved(exchange)
    return {key: pytest.approx(amount, abs=1e-5) for key, amount in found.items() if abs(amount) > 1e-5}


def test_what_a_giver_no_longer_cools():
    """Of 10 MWh of flue gas 6 leave as hot water: 4 are cooled instead of 10."""
    plant = year([FLUE], [COOLING, GIVEN], {COOL: 2.0}, {"x": Moved("gives: water", [6.0], [1.0])})
    assert saved(plant, "x") == {COOL: 6.0}


def test_each_exchange_by_itself():
    """Two takers of 6 and 3 MWh: each saves what it takes."""
    moved = {"x": Moved("gives: water", [6.0], [1.0]), "y": Moved("gives: water", [3.0], [1.0])}
    plant = year([FLUE], [COOLING, GIVEN], {COOL: 2.0}, moved)
    assert saved(plant, "x") == {COOL: 6.0}
    assert saved(plant, "y") == {COOL: 3.0}


def test_the_cheaper_way_out_counts():
    """Hot water may be cooled for 1 a unit, cheaper than cooling water for 2: all 10 MWh go there without the taker."""
    out = ("gives: water", "discharged")
    plant = year([FLUE], [COOLING, GIVEN], {COOL: 2.0, out: 1.0}, {"x": Moved("gives: water", [6.0], [1.0])})
    assert saved(plant, "x") == {out: 6.0}


def test_what_is_made_outside_the_shared_hours_is_no_saving():
    """The taker has 60 % of the giver's hours: 6 MWh of 10 that must be made; 4 are disposed of for 1 a unit.

    Without it all 10 are cooled for 2, cheaper than 3 for hot water.
    """
    out = ("gives: water", "discharged")
    plant = year([FLUE], [COOLING, GIVEN], {COOL: 2.0, out: 3.0}, {"x": Moved("gives: water", [6.0], [0.6])})
    assert saved(plant, "x") == {COOL: 10.0, out: -4.0}


def test_a_yearly_share_asks_for_more():
    """At most 80 % of a yearly demand from exchanges: 4 MWh ask for 5, so that 1 is bought; 6 without."""
    supply = ("takes: water", "supplied")
    moved = {"x": Moved("takes: water", [4.8], [1.0], 0.8)}
    plant = year([HEATER], [TAKEN], {supply: 50.0}, moved, shares={"takes: water": 0.8})
    assert saved(plant, "x") == {supply: 4.8}


def test_a_market_has_a_limit():
    """5 MWh may be sold at 10: without the taker of 6 of 10 MWh they are, and 5 are cooled; with it 4 are sold."""
    sale = ("gives: water", "sold")
    moved = {"x": Moved("gives: water", [6.0], [1.0])}
    plant = year([FLUE], [COOLING, GIVEN], {COOL: 2.0, sale: -10.0}, moved, markets={sale: 5.0})
    assert saved(plant, "x") == {COOL: 5.0, sale: 1.0}


def test_exchangers_stay_as_they_are():
    """6 MWh of heating, 4 of them by hot water, beside 10 MWh of flue gas.

    With exchangers for 2 MWh the rest of 4 would be bought as steam. With exchangers for all, the flue gas would do it,
    and the hot water costs 4 MWh of cooling.
    """
    moved, prices = {"x": Moved("takes: water", [4.0], [1.0])}, {COOL: 2.0, BUY: 50.0}
    media = [COOLING, STEAM, TAKEN]
    assert saved(year([FLUE, HEATER], media, prices, moved, recovered=2.0), "x") == {BUY: 4.0}
    assert saved(year([FLUE, HEATER], media, prices, moved), "x") == {COOL: -4.0}


def test_of_even_costs_the_cleaner():
    """Steam and oil at 50 a unit: without the exchange the one with less CO2e is bought."""
    oil = medium("takes", "oil", 210, 209)
    dirty, clean = (50.0, 0.3), (50.0, 0.1)
    for first, last in ((dirty, clean), (clean, dirty)):
        prices = {BUY: first, ("takes: oil", "supplied"): last}
        plant = year([HEATER], [STEAM, oil, TAKEN], prices, {"x": Moved("takes: water", [6.0], [1.0])})
        assert saved(plant, "x") == {BUY if first == clean else ("takes: oil", "supplied"): 6.0}


def test_exchanges_that_need_each_other_share_what_they_save():
    """Oil of another plant heats this one and what it gives on: neither exchange can go alone.

    6 MWh of oil for a heater of 5 MWh, of which 3 are steam, at most 5, and for 4 MWh of hot water: 6 + 3 = 5 + 4.
    Without both 5 MWh of steam: 2 more, shared 6 to 4.
    """
    heater, oil = HeatStream("heater", 40, 80, 5.0, 5.0), medium("takes", "oil", 210, 209)
    moved = {"x": Moved("takes: oil", [6.0], [1.0]), "y": Moved("gives: water", [4.0], [1.0])}
    plant = year([heater], [STEAM, oil, GIVEN], {BUY: 50.0}, moved, limits={"takes: steam": 5.0})
    assert saved(plant, "x") == {BUY: 1.2}
    assert saved(plant, "y") == {BUY: 0.8}


def test_where_nothing_else_serves_nothing_is_said():
    """A heater that only the exchange can serve."""
    plant = year([HEATER], [TAKEN], {}, {"x": Moved("takes: water", [6.0], [1.0])})
    assert saved(plant, "x") == {}


def test_media_in_the_hours_that_plants_share():
    """A giver of half the hours reaches half of the demand, a taker of half the hours gets half of what is made.

    10 MWh of flue gas in 4,380 h, 6 MWh of heating in 8,760 h: 3 MWh. The other way round 10 x 1/2 = 5 MWh.
    """
    for hours, hot in ((4380.0, 3.0), (17520.0, 1.0)):
        give = SitePlant({"flue": FLUE}, [COOLING, GIVEN], hours=hours)
        found = by_media({"works": give, "homes": SitePlant({"heater": HEATER}, [TAKEN])})
        assert (found.hot, found.between) == pytest.approx((hot, 6.0 - hot))


def test_a_loop_that_cools_nobody_is_no_free_heat():
    """A loop of 12/18 degC heats a cold stream as long as it cools somebody; the rest of the heat is bought."""
    loop, taken = medium("gives", "loop", 12, 18), medium("takes", "loop", 12, 18)
    cold = SitePlant({"gas": HeatStream("gas", -20, 0, 5.0, 2.0)}, [STEAM, loop])
    warm = SitePlant({"milk": HeatStream("milk", 40, 25, 3.0, 2.0)}, [taken])
    found = by_media({"terminal": cold, "dairy": warm})
    assert (found.hot, found.cold, found.between) == pytest.approx((2.0, 0.0, 3.0))
