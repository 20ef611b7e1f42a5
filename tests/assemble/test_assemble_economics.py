"""Capital recovery factors, from the plain formula and at the ends of what a case may state."""

import pytest

from planner.assemble.economics import annuity


@pytest.mark.parametrize(
    ("rate", "years", "expected"),
    [
        (0.0, 20.0, 0.05),  # no interest: 1/n
        (0.05, 20.0, 0.0802425872),  # 0.05 / (1 - 1.05^-20)
        (1.0, 2.0, 4.0 / 3.0),  # 1 / (1 - 1/4)
        (0.08, 1e9, 0.08),  # what never ends costs its interest
        (1e-17, 20.0, 0.05),  # so little interest that 1 + i is 1 to a computer: 1/n again
    ],
)
def test_annuity(rate: float, years: float, expected: float) -> None:
    assert annuity(rate, years) == pytest.approx(expected, rel=1e-9)
