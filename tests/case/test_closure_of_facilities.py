"""Whether what goes into a facility comes out of it again, with what resources state of mass and water."""

import pytest
from case_texts import write

from planner.case.closure import closure
from planner.case.read import read_case
from planner.case.summary import summary

CASE = """
case: Works
currency: EUR
price_year: 2025
economics: {discount_rate: 0.05}
plots: {P: {area: 1}}
qualities: {COD: {unit: mg/L}}
resources:
  raw: {kind: water, unit: m3, mass: 1, discharge: {route: sewer}, quality: {COD: 100}}
  clean: {kind: water, unit: m3, mass: 1, discharge: {route: river}}
  sludge: {kind: material, unit: t, water: 0.8, discharge: {route: field}}
  heat: {kind: heat, unit: MWh, discharge: {route: air}}
plants: {p: {plot: P, hours: 8000, sources: {raw: {rate: 1}}}}
facilities:
  works: {unit: m3, inputs: {raw: 1}, outputs: OUTPUTS, investment: [{capacity: 1, investment: 1}]MORE}
"""
TREATS = ", treats: {inlet: raw, outlet: clean, removes: {COD: 0.9}}"


def rows(tmp_path, outputs, more=TREATS):
    case = read_case(write(tmp_path, CASE.replace("OUTPUTS", outputs).replace("MORE", more)))
    return {row.what: row for row in closure(case) if row.plant == "works"}, summary(case)


@pytest.mark.parametrize(
    ("clean", "sludge", "closes"),
    [
        (0.9, 0.1, (True, True)),
        (0.9, 0.3, (False, False)),  # 1.2 t of 1 t, -17 %; 0.9 + 0.3 x 0.8 = 1.14 m3 of 1 m3, -12 %
        (1.2, 0.2, (False, False)),  # 1.4 t; 1.36 m3
        (0.4, 0.2, (False, False)),  # 0.6 t, +40 %; 0.56 m3, +44 %
        (0.9, 0.2, (True, True)),  # 1.1 t, -9 %; 1.06 m3
    ],
)
def test_mass_and_water_of_a_treatment(tmp_path, clean, sludge, closes):
    found, text = rows(tmp_path, f"{{clean: {clean}, sludge: {sludge}}}")
    assert (found["mass"].into, found["mass"].out) == (1.0, pytest.approx(clean + sludge))
    assert (found["water"].into, found["water"].out) == (1.0, pytest.approx(clean + 0.8 * sludge))
    assert (found["mass"].closes, found["water"].closes) == closes
    assert ("works: water in 1 m3 per m3" in text) == (not closes[1])
    assert ("works: mass in 1 t per m3" in text) == (not closes[0])


def test_water_of_what_does_not_treat_may_be_used_up(tmp_path):
    found, _ = rows(tmp_path, "{clean: 0.5, sludge: 0.5}", "")
    assert set(found) == {"mass"}


def test_mass_may_be_burnt_but_not_made(tmp_path):
    # 1 t gives 0.1 t of sludge and heat: the rest is flue gas. 2 t of 1 t are none.
    found, _ = rows(tmp_path, "{sludge: 0.1, heat: 1}", "")
    assert not found
    found, text = rows(tmp_path, "{sludge: 2, heat: 1}", "")
    assert found["mass"].share == pytest.approx(-0.5)
    assert "works: mass in 1 t per m3, out 2 t per m3 (-50% of the larger)" in text
