"""Faults of qualities in plain words, each once, all at once; and what has no effect, as notes."""

import pytest
from case_texts import changed, write
from water_texts import WATER, said

from planner.case.qualities import Content
from planner.case.quality_notes import quality_notes
from planner.case.read import read_case
from planner.errors import CaseError

LEAVES = "leaves: {TSS: 5}"
SCOURING = "max_outlet: {COD: 700 ppm}"


def notes(folder, *changes):
    return quality_notes(read_case(write(folder, changed(*changes, text=WATER))))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ((LEAVES, "leaves: {TSS: -5}"), "facilities.treatment.treats.leaves.TSS: found -5; expected at least 0 g/m3"),
        ((LEAVES, "leaves: {TSS: 5, viscosity: 21}"), "the table of its index goes from 1 to 20 index"),
        (
            (LEAVES, "leaves: {TSS: 5, pH: 15}"),
            "facilities.treatment.treats.leaves.pH: found 15; expected a pH of 0 to",
        ),
        (("pH: 8.1}", "pH: 81}"), "sources.spent dye.quality.pH: found 81; expected a pH of 0 to 14"),
        (("{unit: '-', mixing: pH,", "{unit: mg/L, mixing: pH,"), 'qualities.pH.unit: found "mg/L"; a pH has no unit'),
        (("max_inlet: {COD: 10}", "max_inlet: {COD: -1}"), "max_inlet.COD: found -1; expected at least 0 mg/L"),
        (("limits: {COD: 60,", "limits: {COD: -60,"), "rinse.limits.COD: found -60; expected at least 0 mg/L"),
        ((SCOURING, "max_outlet: {COD: -7}"), "max_outlet.COD: found -7; expected at least 0 mg/L"),
        (("COD: unknown,", "COD: Unknown,"), 'quality.COD: found "Unknown"; expected a number, or the word unknown'),
        ((", largest: 60 m3/h", ""), "facilities.treatment.investment.largest: is missing: Largest capacity"),
        (("not_into: [feed]", "not_into: [fuol]"), 'not_into[1]: no such use of a sink "fuol"; did you mean "fuel"?'),
    ],
)
def test_once_and_in_plain_words(tmp_path, change, message):
    found = said(tmp_path, change)
    assert len(found) == 1, found
    assert message in found[0]


@pytest.mark.parametrize("unit", ["mg/kg", "g/t", "ppm"])
def test_millionths_of_water(tmp_path, unit):
    """A kilogram of water is a litre: 60 mg/kg are 60 mg/L."""
    case = read_case(write(tmp_path, changed(("limits: {COD: 60,", f"limits: {{COD: 60 {unit},"), text=WATER)))
    assert case.plants["dye works"].sinks["rinse"].limits["COD"].max_.value == pytest.approx(60)


def test_a_thousandth_of_brine_is_no_gram_a_litre(tmp_path):
    assert "limits.COD: g/kg is a plain number" in said(tmp_path, ("limits: {COD: 60,", "limits: {COD: 1 g/kg,"))[0]


# --- largest outlets

WASH = """\
case: Wash
currency: EUR
price_year: 2025
economics: {discount_rate: 0}
qualities: {COD: {unit: mg/L}, colour: {unit: mg/L}, pH: {unit: '-', weight: m3, mixing: pH}}
plots: {A: {area: 1}}
resources:
  fresh: {kind: water, unit: m3, price: 1, quality: {COD: 0, colour: 10, pH: 7}}
  used: {kind: water, unit: m3, discharge: {route: sewer}}
plants:
  works:
    plot: A
    operations:
      wash: {takes: fresh, gives: used, load: {COD: 1}, max_outlet: {COD: 400, OUT}, max_flow: 30, BESIDE}
"""


@pytest.mark.parametrize(
    ("out", "beside", "message"),
    [
        (
            "colour: 9",
            "loss: 0",
            "colour: 9 is below what it could take: the best it could take holds 10 mg/L; no flow",
        ),
        ("colour: 10", "loss: 0", ""),
        (
            "pH: 6.9",
            "loss: 0",
            "pH: 6.9 is below what it could take: the best it could take holds 7; no flow can meet",
        ),
        ("pH: 7", "loss: 0", ""),
        ("colour: 6", "gain: 1, min_flow: 1", ""),  # 1 m3 of 10 and 1 of 0 mg/L are 2 of 5
        ("colour: 6", "gain: 1, min_flow: 2", "colour: 6 is below"),  # 2 x 10 / 3 = 6.7
    ],
)
def test_a_largest_outlet_of_what_is_not_picked_up(tmp_path, out, beside, message):
    text = WASH.replace("OUT", out).replace("BESIDE", beside)
    if not message:
        assert read_case(write(tmp_path, text))
        return
    with pytest.raises(CaseError) as caught:
        read_case(write(tmp_path, text))
    (fault,) = caught.value.faults
    assert f"{fault.field}: {fault.message}".startswith(
        f"plants.works.operations.wash.max_outlet.{message[:4].strip(':')}"
    )
    assert message in f"{fault.field.rpartition('.')[2]}: {fault.message}"


def test_a_gain_may_carry_the_load(tmp_path):
    """Fresh water holds 500 mg/L, as much as the outlet may: 3 m3/h gained besides have room for 1.5 kg/h, 1 is due."""
    text = WASH.replace("COD: 400, OUT", "COD: 500").replace("quality: {COD: 0,", "quality: {COD: 500,")
    assert read_case(write(tmp_path, text.replace("BESIDE", "gain: 3")))
    with pytest.raises(CaseError, match="no flow can carry the load"):
        read_case(write(tmp_path, text.replace("BESIDE", "gain: 1")))


# --- everything that can be seen, in one pass


def test_a_wrong_form_hides_nothing_else(tmp_path):
    """Two words where numbers belong, a wrong name of a field: the other seven faults do not wait for them."""
    slips = {
        "COD: 700 ppm": ("COD: seven", "plants.dye works.operations.scouring.max_outlet.COD"),
        "status: by-product": ("status: nice", "resources.fibre reject.status"),
        "min_activity: 2 m3/h": ("minimum: 2 m3/h", "facilities.treatment.minimum"),
        "load: {COD: 8 t/yr}": ("load: {CDO: 8 t/yr}", "plants.dairy.operations.cleaning.load.CDO"),
        "quality: {COD: 2, TSS: 1,": ("quality: {COD: 2, TSS: -1,", "resources.fresh water.quality.TSS"),
        "removes: {COD: 95 %}": ("removes: {COD: 195 %}", "facilities.treatment.treats.removes.COD"),
        "{max: 55 %}": ("{max: 5, min: 50}", "plants.board mill.sinks.dry fuel.limits.moisture.min"),
        "max_links: 2}": ("max_links: -2}", "plants.dye works.sinks.rinse.max_links"),
        "waste_code: 04 02 20": ("waste_code: ash", "plants.dye works.sources.spent dye.waste_code"),
        "TSS: {value: 0.4, year: 2015}": ("TSS: 0.4 EUR/m3", "resources.wastewater.discharge.load_fees.TSS"),
    }
    found = said(tmp_path, *((old, new) for old, (new, _) in slips.items()))
    assert sorted(text.split(": ")[0] for text in found) == sorted(field for _, field in slips.values())


@pytest.mark.parametrize(
    "change",
    [
        ("price: 1.2", "price: [1.2]"),  # no "could not be had without an exchange"
        ("quality: {COD: 2, TSS: 1, chloride", "quality: {COD: [2], TSS: 1, chloride"),  # not "is not known"
        ("  process water: {kind: water, unit: m3,", "  process water: {kind: water,"),  # not "no such resource"
        ("TSS: {unit: g/m3}", "TSS: {units: g/m3}"),  # not "no such quality"
        ("outputs: {process water: 0.98 m3/m3,", "outputs: {process water: most,"),  # not "no such output"
        ("rate: 20 m3/h, quality", "rates: 20 m3/h, quality"),  # not "no such source stream of dairy"
        ("water: 0.7}", "water: much}"),  # not "sludge.water: is missing"
        ("max_flow: 30 m3/h", "max_flow: much"),  # not "is above the limiting flow"
        ("facilities:\n", "facilitys:\n"),
    ],
)
def test_nothing_is_said_that_only_follows_from_a_wrong_form(tmp_path, change):
    slip = said(tmp_path, change)
    assert not [text for text in slip if "no such field" not in text and "found" not in text and "missing:" not in text]
    assert len(slip) <= 2, slip  # a field that is misspelt is unknown, and the right one may be missing


def test_tables_are_checked_in_one_pass(tmp_path):
    """Five rows, five faults: a word for a load, an unknown plant, resource and quality, a load below nothing."""
    (tmp_path / "operations.csv").write_text(
        "plant,operation,takes,gives,load.COD,max_outlet.COD,max_flow,load.BOD\n"
        "dairy,o1,process water,wastewater,-1,400,20,\n"
        "creamery,o2,process water,wastewater,1,400,20,\n"
        "dairy,o3,proces water,wastewater,1,400,20,\n"
        "dairy,o4,process water,wastewater,much,400,20,\n"
        "dairy,o5,process water,wastewater,1,400,20,1\n",
        encoding="utf-8",
    )
    with pytest.raises(CaseError) as caught:
        read_case(write(tmp_path, WATER + "tables: {operations: operations.csv}\n"))
    assert [(fault.file, fault.line) for fault in caught.value.faults] == [("operations.csv", n) for n in range(2, 7)]


def test_a_residue_needs_no_weight_for_what_has_no_load(tmp_path):
    """Treatment leaves a pH of 7: what that makes of the sludge is nobody's to say, nor in which weight."""
    pure = ("removes: {COD: 95 %}, leaves: {TSS: 5}", "leaves: {pH: 7}")
    sludge = ("{route: landfill, cost: 90}, water: 0.7}", "{route: landfill, cost: 90}}")
    assert read_case(write(tmp_path, changed(pure, sludge, text=WATER)))


# --- what has no effect


def test_the_case_itself_has_only_the_feed_that_no_sink_is(tmp_path):
    assert notes(tmp_path) == [
        "resources.fibre reject.not_into: feed bars no sink of this case (uses stated: fuel)",
    ]


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (
            ("worst: 0.75 g/L}", "worst: 500}"),
            "plants.dye works.sources.spent dye.quality.COD: its worst value, 500, is below its mean, 600, but each "
            "limit on COD is a maximum: the worst value counts in none of them",
        ),
        (
            ("heating value: 8 GJ/t", "heating value: {mean: 8, worst: 9}"),
            "resources.fibre reject.quality.heating value: its worst value, 9, is above its mean, 8, but each limit on "
            "heating value is a minimum: the worst value counts in none of them",
        ),
        (
            ("accept_unknown: [COD, colour]", "accept_unknown: [COD, colour, moisture]"),
            "exchanges[1].accept_unknown: who takes it sets no limit on moisture, so that nothing is accepted by it",
        ),
        (
            ("removes: {COD: 95 %}, leaves: {TSS: 5}", "removes: {COD: 0}"),
            "facilities.treatment.treats: removes nothing and states nothing that it leaves; all passes it",
        ),
    ],
)
def test_what_has_no_effect_is_noted(tmp_path, change, note):
    assert note in notes(tmp_path, change)


def test_another_word_of_four_letters_is_no_slip(tmp_path):
    """Seed is not feed: the first letters differ."""
    found = notes(tmp_path, ("use: fuel,", "use: seed,"))
    assert found == ["resources.fibre reject.not_into: feed bars no sink of this case (uses stated: seed)"]


def test_numbers_are_not_words():
    with pytest.raises(ValueError, match="expected a finite number"):
        Content.model_validate(".nan")


# --- units, yields and recoveries


@pytest.mark.parametrize(
    ("change", "message"),
    [
        # 1 t holds at most 1000 kg
        (
            ("heating value: 8 GJ/t", "heating value: 8 GJ/t, salt: 1001"),
            "quality.salt: found 1001; expected 0 to 1,000 kg/t",
        ),
        (
            ("COD: unknown,", "COD: {mean: unknown, worst: 5},"),
            "quality.COD: is unknown in part; write the word unknown",
        ),
        (
            ("process water: 0.98 m3/m3", "process water: 0"),
            "outputs.process water: found 0; it is what the treatment leaves",
        ),
        (
            ("sludge: 0.004 t/m3", "sludge: 0"),
            "outputs.sludge: found 0; it is what the treatment leaves what it removes in",
        ),
    ],
)
def test_a_value_that_cannot_be(tmp_path, change, message):
    salt = ("qualities:\n", "qualities:\n  salt: {unit: kg/t}\n")
    found = said(tmp_path, change, salt)
    assert [text for text in found if message in text], found


@pytest.mark.parametrize(
    ("unit", "what"),
    [("kg/h", "an amount per time"), ("m3/yr", "an amount per time"), ("EUR/m3", "a price"), ("mg", "an amount")],
)
def test_a_unit_that_is_of_no_content(tmp_path, unit, what):
    found = said(tmp_path, ("qualities:\n", f"qualities:\n  salt: {{unit: {unit}}}\n"))
    assert [
        text for text in found if f'qualities.salt.unit: found "{unit}", {what}; a content is per volume' in text
    ], found


@pytest.mark.parametrize("unit", ["mm2/kg", "mPas", "cSt", "mm", "kWh/Nm3", "1/m", "index", "mm2/s"])
def test_a_unit_that_may_be_of_a_content(tmp_path, unit):
    text = changed(("qualities:\n", f"qualities:\n  salt: {{unit: {unit}}}\n"), text=WATER)
    assert read_case(write(tmp_path, text)).qualities["salt"].unit == unit


def test_gas_per_m3_that_is_counted_in_nm3(tmp_path):
    """mg/m3 x Nm3 is no mass, so that a fee by the kg cannot be told; mg/Nm3 is meant."""
    flare = "gas: {kind: gas, unit: Nm3, discharge: {route: flare, load_fees: {H2S: 5 EUR/kg}}}"
    found = said(
        tmp_path,
        ("qualities:\n", "qualities:\n  H2S: {unit: mg/m3, weight: amount}\n"),
        ("resources:\n", f"resources:\n  {flare}\n"),
    )
    assert [text for text in found if text.endswith("; write H2S in mg/Nm3: gas is counted in Nm3 here")], found


def test_what_a_yield_concentrates_is_noted(tmp_path):
    """0.4 of the water leaves with all it held of what nobody names, 1 / 0.4 = 2.5 times as much; 0.98 is no matter."""
    named = "says nothing of colour, so that all of it leaves with process water, which then holds 2.5 times the colour"
    little = ("process water: 0.98 m3/m3", "process water: 0.4 m3/m3")
    assert not any("says nothing of" in note for note in notes(tmp_path))
    (note,) = (text for text in notes(tmp_path, little) if "says nothing of colour" in text)
    assert named in note
    assert "write removes: {colour: 0.6} where its content stays as it is" in note
    told = (little, ("removes: {COD: 95 %}", "removes: {COD: 95 %, colour: 60 %}"))
    assert not any("says nothing of colour" in text for text in notes(tmp_path, *told))
