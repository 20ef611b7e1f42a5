"""A source on demand makes only what is taken: there is nothing of it to be disposed of."""

from assemble_park import made


def discharged(**changes):
    """Sources whose disposal costs or emits something."""
    park = made(resources__steam__discharge={"route": "condenser", "cost": 2}, **changes)
    return {index[0] for index in park.instance.effects.get("discharged", {})}


def test_what_is_not_taken_is_not_made():
    """Its resource has a discharge with a price; none is booked for the source on demand."""
    assert discharged() == {"smelter / steam"}
    assert discharged(plants__smelter__sources__steam__on_demand=True) == set()


def test_a_forced_exchange_that_cannot_be_built_keeps_optional_ends_apart():
    """The pipe may be 100 m at most and is 1000 m: the mill, which may stay away, does wherever the smelter is."""
    park = made(
        links__pipe__max_length=100,
        exchanges=[{"from": "smelter", "to": "mill", "forced": True}],
        plants__mill__optional={"margin": 1},
    )
    assert park.instance.at_most == {"forced smelter > mill: steam": (("smelter", "mill"), 1)}
    assert "must be built" in park.instance.requirements["at_most:forced smelter > mill: steam"]
