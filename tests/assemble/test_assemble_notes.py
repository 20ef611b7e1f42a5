"""What is assumed where the case is silent, said in a note."""

from assemble_park import made


def notes(words, **changes):
    return [note for note in made(**changes).notes if words in note]


def test_a_fixed_plant_of_unknown_area_on_a_shared_plot_takes_no_land_and_it_is_said():
    mill = {"plot": "P2", "hours": 7000, "sinks": {"steam": {"rate": 20, "supplied_today_by": {"gas": 0.8}}}}
    shared = {"plots__P2": {"several_tenants": True}, "plants__mill": mill}
    assert notes("takes no land", **shared) == [
        "plants.mill.area is not stated: it takes no land of P2, which others may share"
    ]
    assert not notes("takes no land", plants__mill=mill)  # alone on its plot it takes the whole of it
    assert not notes("takes no land", plots__P2={"several_tenants": True})  # 1 ha is stated


def test_numbers_without_a_grade_are_counted():
    (note,) = notes("state no grade")
    silent, of_all = (int(word) for word in note.split() if word.isdigit())
    assert silent == of_all
    (better,) = notes("state no grade", resources__gas__price={"value": 40, "grade": "A", "source": "bill"})
    assert [int(word) for word in better.split() if word.isdigit()] == [silent - 1, of_all]
