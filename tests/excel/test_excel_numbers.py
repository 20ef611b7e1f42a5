"""Numbers that stand in cells as text: read where there is one way only to read them."""

import pytest

from planner.excel.cells import CellError, number
from planner.excel.opened import Cell


def read(text):
    found = number(Cell(1, 1, "text", text))
    return (found.number, found.unit) if found.unit else found.number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("34", 34),
        (" 34\u00a0", 34),
        ("-3.5", -3.5),
        ("\u22123.5", -3.5),  # the minus sign of typesetting
        ("3,5", 3.5),
        ("0,123", 0.123),
        ("0.123", 0.123),
        ("1234.567", 1234.567),
        ("1234,567", 1234.567),
        ("1.2345", 1.2345),
        ("1e-3", 0.001),
        (".5", 0.5),
        ("1 234", 1234),
        ("12\u202f345,6", 12345.6),
        ("12 345.678", 12345.678),
        ("1'234'567", 1234567),
        ("1.234.567", 1234567),
        ("1,234,567", 1234567),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("34 t/h", (34, "t/h")),
        ("3,5 %", (3.5, "%")),
        ("34t/h", (34, "t/h")),
        ("5 m3/h", (5, "m3/h")),
        ('"1.234 t/h"', (1.234, "t/h")),
    ],
)
def test_one_meaning(text, value):
    assert read(text) == value


@pytest.mark.parametrize(
    "text",
    [
        *("1.234", "1,234", "-12.345", "999,999", "1.234 t/h", "1234 567", "1 23", "1 2345", "1,23,456", "1.23.456"),
        *(
            "1.234.56",
            "5-6",
            "5 - 6",
            "5..6",
            "5 to 6",
            "3.4.2026",
            "4/2026",
            "ca. 5",
            "~5",
            ">5",
            "€5",
            "(5)",
            "\u20135",
            "(500)",
        ),
        *("1,234.567,8", "five", "#WERT!", "5,", "1e999", "1e16", "", "-", '"five"'),
    ],
)
def test_two_meanings_or_none(text):
    with pytest.raises(CellError):
        read(text)
