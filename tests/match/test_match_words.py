"""Names in one spelling."""

import pytest

from planner.match.words import Lexicon, spelling_of, words_of


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Fly-Ashes (dry)", "fly ash"),
        ("ash from coal", "coal ash"),
        ("Sulfur", "sulphur"),
        ("fertilizers", "fertiliser"),
        ("steam 12 bar", "steam"),
        ("CO₂ in flue gas", "co2"),
        ("carbon dioxide", "co2"),
        ("by-products", "byproduct"),
        ("animal by-product of category 2", "category 2 animal byproduct"),
        ("animal by-product category 3", "animal byproduct category 3"),
        ("gypsum without fly ash", "gypsum"),
        ("gypsum free of ash", "gypsum"),
        ("off-gas to the flare", "off gas"),
        ("Flüssiggas", "flussiggas"),
        ("12", "12"),
        ("()", ""),
        ("of", "of"),
    ],
)
def test_words(name, words):
    assert " ".join(words_of(name)) == words


def test_a_number_tells_two_names_apart():
    assert spelling_of("steam 12 bar") != spelling_of("steam 4 bar")
    assert spelling_of("Line-1 rejects") == spelling_of("line 1 reject")


@pytest.mark.parametrize(
    ("name", "keys", "whole"),
    [
        ("fly ash", ("ash",), True),
        ("dried fly ash", ("ash",), False),
        ("non-fly ash", (), False),
        ("fly ash bricks", (), False),
        ("clay and sand for the kiln", ("clay",), False),
        ("feed", ("feed",), True),
        ("reactor feed", (), False),
        ("", (), False),
    ],
)
def test_a_name_is_what_its_end_says(name, keys, whole):
    known = Lexicon({"ash": ["fly ash"], "clay": ["clay"]}, {"feed": ["feed"]})
    assert known.recognise(name) == (keys, whole)
