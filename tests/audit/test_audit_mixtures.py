"""The audit of mixtures: unknown contents, indices, loops, mains, and what a power law may cost."""

import pytest
import quality_by_hand as by_hand
from quality_corruptions import BACK, BLOWDOWN, cell, drop, flows

from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.flows import Run
from planner.audit.mixtures import Mixtures
from planner.audit.quality import check_quality
from planner.audit.verdicts import _compliance


def test_an_unknown_content_must_be_listed():
    """Without the use nothing but the salt that nobody states bars the blowdown."""
    text = by_hand.CASE.replace("use: food, ", "")
    frames = by_hand.tables()
    drop("barred", exchange=by_hand.BARRED, quality=None)(frames)
    assert not any("not listed" in detail for details in by_hand.problems(frames, text).values() for detail in details)
    drop("barred", exchange=by_hand.BARRED, quality="salt")(frames)
    found = by_hand.problems(frames, text)["plan: what is barred is not built"]
    assert "A > B: blowdown -> process: its salt is unknown where it is limited, and it is not listed" in found


def test_a_waste_that_stays_on_its_site_needs_no_permit():
    """B's own grey water is a waste; to reuse it in B asks for nothing, to send it to A for a permit."""
    text = by_hand.CASE.replace("grey: {", "grey: {status: waste, ")
    text = text.replace("  - {from: clean, to: fresh}\n", "  - {from: clean, to: fresh}\n  - {from: grey, to: fresh}\n")
    facts = Facts(by_hand.case_of(text))
    assert _compliance(facts, ("B", "B", "rinse #1", "process"), "waste") == "clear"
    assert _compliance(facts, ("B", "A", "rinse #1", "wash"), "waste") == "permit needed, none stated"


def test_a_purchase_of_unknown_content():
    """Reading refuses such a case; the audit does not rely on that."""
    case, distances = by_hand.read_text()
    fresh = case.resources["fresh"].model_copy(update={"quality": {}})
    case = case.model_copy(update={"resources": {**case.resources, "fresh": fresh}})
    checks, _ = by_hand.checked(read=(case, distances))
    found = checks.problems["plan: nothing unknown where it is limited"]
    assert "B / process: salt of what is bought is unknown, at most 150 mg/L is asked" in found
    assert "A / wash: COD of what is bought is unknown, at most 50 mg/L is asked" in found
    assert "A / wash, outlet: COD is unknown, at most 400 mg/L is asked" in found


def test_an_unknown_content_that_is_accepted():
    """Of blowdown's salt nothing counts: 15120 x 2500/21 and 3880 x 100 in 19000; its COD counts in 20000."""
    limits = "limits: {COD: 40, salt: {max: 150, accept_unknown: true}}"
    text = by_hand.CASE.replace("limits: {COD: 30, salt: 150}", limits)
    frames = by_hand.tables()
    flows(BLOWDOWN)(frames)
    cell("supplies", "supplied_per_yr", 3880.0, stream="process")(frames)
    frames["discharges"] = frames["discharges"][frames["discharges"]["stream"] != "blowdown"]
    found = by_hand.problems(frames, text)
    assert "plan: nothing unknown where it is limited" not in found
    _, accounts = by_hand.checked(frames, text)
    salt = accounts.mixtures.mixture("B", "process", "salt")
    assert salt.mean == pytest.approx((1800000 + 388000) / 19000)
    cod = accounts.mixtures.mixture("B", "process", "COD")
    assert (cod.mean, cod.highest) == (pytest.approx(31), pytest.approx(31.25))  # (600000 + 20000, 25000) / 20000


def test_an_exchange_may_accept_an_unknown_content():
    """The same, said by the exchange."""
    terms = "exchanges: [{from: A, to: B, stream: blowdown, accept_unknown: [salt]}]\nlinks:\n"
    frames = by_hand.tables()
    flows(BLOWDOWN)(frames)
    assert "plan: nothing unknown where it is limited" in by_hand.problems(frames)
    assert "plan: nothing unknown where it is limited" not in by_hand.problems(
        frames, by_hand.CASE.replace("links:\n", terms)
    )


def mixed(mixing, first, second):
    """Mean of half of each of two streams that mix by an index."""
    text = f"""
case: Two streams
currency: EUR
price_year: 2025
economics: {{discount_rate: 0}}
plots: {{P: {{area: 9}}}}
qualities: {{x: {{unit: index, mixing: {mixing}}}}}
resources: {{oil: {{kind: material, unit: t, price: 1, quality: {{x: {second}}}, discharge: {{route: tip}}}}}}
plants:
  P:
    plot: P
    sources: {{tar: {{resource: oil, rate: 1, quality: {{x: {first}}}}}}}
    sinks: {{oil: {{rate: 2, limits: {{x: 8}}}}}}
"""
    case = by_hand.case_of(text)
    row = {"from": "P", "to": "P", "source": "tar", "sink": "oil", "flow_per_yr": 1.0, "lost_per_yr": 0.0}
    run = Run([row], {}, {}, {("P", "oil"): 1.0}, {}, {}, {}, {"P"})
    return Mixtures(Facts(case), run).mixture("P", "oil", "x").mean


@pytest.mark.parametrize(
    ("mixing", "first", "second", "expected"),
    [
        ("mean", 2, 8, 5.0),
        ("log", 2, 8, 4.0),  # root of 2 x 8
        ("reciprocal", 2, 8, 3.2),  # 2 / (1/2 + 1/8)
        ("pH", 6, 8, 7.0),  # 0.99e-6 mol/L more hydrogen than hydroxide ions, and as many less
        ("pH", 7, 11, 10.698970),  # hydroxide: 1e-3 / 2, and 14 + log10 of it; by hydrogen alone it would be 7.3
        ("[{value: 0, index: 10}, {value: 4, index: 6}, {value: 8, index: 0}]", 0, 8, 14 / 3),  # 5: 4 + 4 x 1/6
    ],
)
def test_mixing_by_an_index(mixing, first, second, expected):
    assert mixed(mixing, first, second) == pytest.approx(expected)


def test_a_loop_of_reuse_needs_no_order():
    """A's wash also takes the works' clean water: x = (10000 + 0.1 x 4000/3600 of itself ...), solved and put back."""
    text = by_hand.CASE.replace("recycling: false", "recycling: true")
    frames = by_hand.tables()
    flows(BACK)(frames)
    cell("supplies", "supplied_per_yr", 28000.0, stream="wash")(frames)
    cell("discharges", "amount_per_yr", 6280.0, stream="clean")(frames)
    _, accounts = by_hand.checked(frames, text)
    wash, clean = (accounts.mixtures.source(*key, "COD").mean for key in (("A", "wash"), ("works", "clean")))
    # 28000 wash = 10 000 000 g + 2000 clean; 23400 clean = 0.1 x 26000 wash, so clean = wash / 9
    assert clean == pytest.approx(wash / 9)
    assert wash == pytest.approx(1e7 / (28000 - 2000 / 9))
    assert "plan: regeneration without recycling" not in by_hand.problems(frames, text)


MAIN = """
case: One main for two sources
currency: EUR
price_year: 2025
economics: {discount_rate: 0}
plots: {P: {area: 9}, Q: {area: 9}}
geography: {distances: distances.csv}
qualities: {COD: {unit: mg/L}}
links: {main: {kind: pipe, main: true, sizes: [{size: DN 100, capacity: 9, investment: 1}]}}
resources: {grey: {kind: water, unit: m3, price: 1, carried_by: [main], quality: {COD: 10}, discharge: {route: sewer}}}
plants:
  P:
    plot: P
    sources: {foul: {resource: grey, rate: 1, quality: {COD: 60}}, good: {resource: grey, rate: 1}}
  Q: {plot: Q, sinks: {rinse: {resource: grey, rate: 2, limits: {COD: 50}}, cool: {resource: grey, rate: 2}}}
"""


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        ((("good", "rinse"),), None),
        ((("foul", "cool"),), None),
        # the mixture of 35 mg/L would do, if it were one
        ((("good", "rinse"), ("foul", "rinse")), "P / foul may reach Q / rinse: COD 60 mg/L exceeds 50 mg/L"),
        # the main is one: what cools may rinse
        ((("good", "rinse"), ("foul", "cool")), "P / foul may reach Q / rinse: COD 60 mg/L exceeds 50 mg/L"),
    ],
)
def test_what_feeds_a_main_may_reach_every_taker(ends, told):
    """A main is one network: nobody knows which source a taker gets."""
    case = by_hand.case_of(MAIN, "from,to,length_m\nP,Q,500\n")
    rows = [
        {"exchange": f"P > Q: {source} -> {sink}", "from": "P", "to": "Q", "source": source, "sink": sink}
        | {"main": "main: grey", "link": "main", "option": "main", "copies": 1}
        | {"flow_per_yr": 8760.0, "lost_per_yr": 0.0, "replaced_per_yr": 8760.0}
        for source, sink in ends
    ]
    facts = Facts(case)
    run = Run(rows, {}, {}, {}, {}, {}, {}, {"P", "Q"})
    checks = Checks()
    check_quality(facts, run, Mixtures(facts, run), checks, "plan")
    found = [detail for details in checks.problems.values() for detail in details]
    assert found == ([] if told is None else [f"main: grey: {told}"])


def test_a_power_law_is_taken_as_it_is():
    """10000 x 26^0.7, whatever the table says and straight lines make of it."""
    _, accounts = by_hand.checked(by_hand.tables())
    assert accounts.investment_of("works", 26.0) == pytest.approx(10000 * 26**0.7, rel=1e-12)
