"""The audit of residues, of stated contents of a treatment's outputs, and of what comes of an accepted unknown."""

import pytest
import quality_by_hand as by_hand

from planner.audit.balances import _loads
from planner.audit.compositions import composed
from planner.audit.facts import Facts
from planner.audit.flows import Run
from planner.audit.mixtures import Mixtures

#: 100 m3 of raw water make 80 of clean water, for the sink of P, and 20 of brine.
CASE = """
case: Works by hand
currency: EUR
price_year: 2025
economics: {discount_rate: 0}
plots: {P: {area: 9}}
qualities: {c: {unit: mg/L}, d: {unit: mg/L}}
resources:
  raw: {kind: water, unit: m3, discharge: {route: sewer}}
  fresh: {kind: water, unit: m3, price: 1, quality: {c: 0, d: 0}}
  clean: {kind: water, unit: m3, discharge: {route: river}}
  brine: {kind: water, unit: m3, discharge: {route: sewer}}
substitutions: [{from: clean, to: fresh, ratio: 0.5}]
plants:
  P: {plot: P, sources: {raw: {rate: 1, quality: {c: CONTENT}}}, sinks: {fresh: {rate: 1, limits: {d: 5}}}}
facilities:
  T: {scope: own, owner: P, unit: m3, inputs: {raw: 1}, outputs: {clean: 0.8, brine: 0.2},
      treats: {inlet: raw, outlet: clean, TREATS}, investment: [{capacity: 1, investment: 1}]MORE}
exchanges: [{from: P, to: T, accept_unknown: [d]}]
"""


def run(treats, content=200, more=""):
    """Facts, run and mixtures: all raw water is treated, 50 m3 of fresh water are bought besides."""
    text = CASE.replace("CONTENT", str(content)).replace("TREATS", treats).replace("MORE", more)
    facts = Facts(by_hand.case_of(text, "from,to,length_m\n"))
    flows = [
        {"from": "P", "to": "T", "source": "raw", "sink": "raw", "flow_per_yr": 100.0, "lost_per_yr": 0.0}
        | {"exchange": "P > T: raw", "replaced_per_yr": 100.0},
        {"from": "T", "to": "P", "source": "clean", "sink": "fresh", "flow_per_yr": 80.0, "lost_per_yr": 0.0}
        | {"exchange": "T > P: clean -> fresh", "replaced_per_yr": 40.0},
    ]
    found = Run(flows, {("T", "brine"): 20.0}, {}, {("P", "fresh"): 50.0}, {}, {}, {}, {"P", "T"})
    return facts, found, Mixtures(facts, found)


@pytest.mark.parametrize(
    ("treats", "content", "brine"),
    [
        ("leaves: {c: 50}, residue: brine", 200, 800),  # 20 kg in, 4 kg clean, 16 kg in 20 m3
        ("leaves: {c: 50}, residue: brine", 20, 0),  # 2 kg in, 4 kg clean
        ("removes: {c: 0.9}, residue: brine", 200, 900),  # 18 kg
    ],
)
def test_what_a_residue_holds(treats, content, brine):
    _, _, mixtures = run(treats, content)
    assert mixtures.source("T", "brine", "c").mean == pytest.approx(brine)


@pytest.mark.parametrize(
    ("treats", "content", "more", "removed", "made"),
    [
        ("leaves: {c: 50}, residue: brine", 200, "", 0, 0),
        ("leaves: {c: 50}", 200, "", 16, 0),
        ("leaves: {c: 50}, residue: brine", 20, "", 0, 2),
        ("removes: {c: 0.8}", 200, ", quality: {brine: {c: 500}}", 6, 0),  # 16 kg, less 20 m3 x 0.5 kg
        ("removes: {c: 0.8}", 200, ", quality: {brine: {c: 900}}", 0, 2),  # 18 kg of 16
    ],
)
def test_what_is_removed_and_what_never_came_in(treats, content, more, removed, made):
    facts, found, mixtures = run(treats, content, more)
    figures = _loads(facts, found, mixtures, "c")["T"]
    assert figures["removed"] == pytest.approx(removed, abs=1e-12)
    assert figures["given_off"] == pytest.approx(made, abs=1e-12)


def test_what_comes_of_an_accepted_unknown_is_not_told():
    # T accepts d, which is for T alone: what leaves it is unknown, also where P limits d. It used to count as nothing.
    facts, found, mixtures = run("removes: {c: 0.8}")
    assert not mixtures.mixture("P", "fresh", "d").known
    assert not mixtures.source("T", "clean", "d").known
    rows = {label: row for label, row in composed(facts, found, mixtures) if label[-1] == "d"}
    assert not rows["source", "T", "clean", "", "d"].held.known
    mixture = rows["mixture", "P", "fresh", "", "d"]
    assert not mixture.held.known
    assert mixture.load != mixture.load
    assert mixture.amount == 130  # 80 m3 arrive, in place of 40, and 50 are bought
