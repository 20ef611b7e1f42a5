"""Whole cases of residues and accepted unknowns by hand: planned, audited, and told."""

import pytest
from test_water_by_hand import account, planned

#: 1000 t a year of used water must be treated: 0.8 of it leaves clean, 0.2 is brine.
TREATED = """
qualities: {{c: {{unit: ppm}}, d: {{unit: ppm}}}}
resources:
  fresh: {{kind: water, unit: t, water: 1, price: 3, fresh_water: true, quality: {{c: 0, d: 0}}}}
  used: {{kind: water, unit: t, water: 1}}
  clean: {{kind: water, unit: t, water: 1, discharge: {{route: river}}}}
  brine: {{kind: water, unit: t, water: 1, discharge: {{route: sewer, load_fees: {{c: 1 EUR/kg}}}}}}
substitutions: [{{from: clean, to: fresh}}]
plants:
  works:
    plot: A
    hours: 10
    sources: {{used: {{rate: 100, quality: {{c: {}}}}}}}
    sinks: {{k: {{resource: fresh, rate: 90, limits: {}}}}}
facilities:
  T: {{scope: own, owner: works, unit: t, inputs: {{used: 1}}, outputs: {{clean: 0.8, brine: 0.2}},
      treats: {{inlet: used, outlet: clean, {}}}, investment: [{{capacity: 200, investment: 0}}]}}
"""


@pytest.mark.parametrize(
    ("content", "fee", "made"),
    [
        (200, 160, 0),  # 1000 t x 200 ppm = 200 kg come in, 800 t x 50 ppm = 40 kg leave clean: 160 kg in the brine
        (20, 0, 20),  # 20 kg come in: the brine holds none of it, and 20 kg of the 40 never came in
    ],
)
def test_a_load_fee_on_the_residue_of_a_fixed_outlet(tmp_path, content, fee, made):
    plan = planned(tmp_path, TREATED.format(content, "{c: 100}", "leaves: {c: 50}, residue: brine"))
    assert account(plan, "discharge") == pytest.approx(fee)
    table = plan.tables["compositions"]
    brine = table[(table["at"] == "discharge") & (table["stream"] == "brine") & (table["quality"] == "c")].iloc[0]
    assert (brine["load_per_yr"], brine["mean"]) == (pytest.approx(fee), pytest.approx(1000 * fee / 200))
    works = plan.tables["load_balances"].set_index(["of", "quality"]).loc[("T", "c")]
    assert (works["removed_per_yr"], works["given_off_per_yr"]) == (
        pytest.approx(0, abs=1e-9),
        pytest.approx(made, abs=1e-9),
    )
    told = [note for note in plan.header["notes"] if note.startswith("T gives off 20 kg/yr of c more than comes in")]
    assert bool(told) == bool(made)


def test_an_accepted_unknown_is_unknown_wherever_it_comes(tmp_path):
    # d of the used water is accepted by T, and passes it: the taker of clean water limits d, and nobody knows it.
    text = TREATED.format(200, "{d: 5}", "removes: {c: 0.8}, residue: brine")
    plan = planned(tmp_path, text, exchanges=[{"from": "works", "to": "T", "accept_unknown": ["d"]}])
    verdict = plan.tables["verdicts"].set_index("exchange").loc["T > works: clean -> k"]
    assert (verdict["technical"], verdict["technical_why"]) == ("unknown", "its d is not known, and is accepted so")
    table = plan.tables["compositions"]
    mixture = table[(table["at"] == "mixture") & (table["stream"] == "k") & (table["quality"] == "d")].iloc[0]
    assert not mixture["known"]
    assert mixture[["mean", "worst", "load_per_yr"]].isna().all()
    limit = plan.tables["quality_limits"].set_index(["stream", "quality"]).loc[("k", "d")]
    assert limit["found"] != limit["found"]
    assert any("d is not known and accepted so" in note and "clean -> k" in note for note in plan.header["notes"])
