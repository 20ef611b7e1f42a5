"""A case based on another: what is merged, replaced and deleted."""

import functools
import re
import shutil

import pytest
import yaml
from case_texts import BASE, changed, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from variant_cases import CASES, variant

from planner.case.read import read_case
from planner.case.rewrite import _Dumper  # noqa: PLC2701
from planner.case.yaml_reader import read_yaml
from planner.errors import CaseError


def test_a_variant_that_says_nothing_is_its_base(tmp_path):
    case = variant(tmp_path, "")
    assert case == read_case(tmp_path)
    assert case.case == "Kiln, mill and garden"
    assert case.based_on is None


def test_mappings_are_merged_and_the_rest_is_kept(tmp_path):
    case = variant(tmp_path, "case: More land\nplants: {mill: {area: 5 ha}}\nresources: {gas: {price: 50}}\n")
    base = read_case(tmp_path)
    assert case.case == "More land"
    assert case.plants["mill"].area.value == 5
    assert case.plants["mill"].sinks == base.plants["mill"].sinks
    assert case.resources["gas"].price.value == 50
    assert case.resources["gas"].co2e == base.resources["gas"].co2e
    assert list(case.plants) == list(base.plants)
    # what was changed, put back, is the base again
    before, mill = case.resolved().split("\n  mill:")
    back = f"{before}\n  mill:{mill.replace('value: 5.0', 'value: 4.0', 1)}".replace("More land", base.case)
    assert back.replace("price: {value: 50.0", "price: {value: 38.0") == base.resolved()


def test_the_same_change_written_into_the_case_gives_the_same_case(tmp_path):
    text = "plants: {mill: {area: 5 ha, neighbours: ~}, garden: ~}\nrules: {separations: ~}\n"
    text += "parties: {city: {kind: municipality}}\n"
    laid = variant(tmp_path, text)
    written = changed(("    area: 4 ha", "    area: 5 ha"), ("    neighbours: [kiln]\n", ""))
    written = re.sub(r"  separations:\n.*\n", "", written)
    written = re.sub(r"  garden:\n.*?(?=facilities:)", "", written, flags=re.DOTALL)
    written = written.replace("holding: {kind: firm}", "holding: {kind: firm}\n  city: {kind: municipality}")
    (tmp_path / "case.yaml").write_text(written, encoding="utf-8")
    assert laid == read_case(tmp_path)


def test_lists_are_replaced_whole(tmp_path):
    text = "exchanges:\n  - {from: kiln, to: garden, stream: steam, into: hot steam, forbidden: true}\n"
    case = variant(
        tmp_path, f"{text}substitutions: []\nlinks: {{steam pipe: {{sizes: [{{size: DN 50, capacity: 3}}]}}}}"
    )
    assert [(exchange.to, exchange.forbidden) for exchange in case.exchanges] == [("garden", True)]
    assert case.substitutions == ()
    assert [size.size for size in case.links["steam pipe"].sizes] == ["DN 50"]
    assert case.links["steam pipe"].uses  # beside the list all is kept


def test_a_number_is_one_thing_however_it_is_written(tmp_path):
    """The base says 34 t/h (28 to 36, grade A) for steam and a bare 8 % for interest."""
    rate = "plants: {{kiln: {{sources: {{steam: {{rate: {}}}}}}}}}"
    whole = variant(tmp_path, rate.format("{value: 30 t/h}")).plants["kiln"].sources["steam"].rate
    assert (whole.value, whole.low, whole.grade) == (30, None, None)
    bare = variant(tmp_path, rate.format("30 t/h")).plants["kiln"].sources["steam"].rate
    assert bare.model_copy(update={"given": ""}) == whole
    part = variant(tmp_path, rate.format("{low: 20, grade: ~}")).plants["kiln"].sources["steam"].rate
    assert (part.value, part.low, part.high, part.grade, part.basis) == (34, 20, 36, None, "metered")
    interest = variant(tmp_path, "economics: {discount_rate: {low: 3 %, source: bank}}").economics.discount_rate
    assert (interest.value, interest.low, interest.source) == (0.08, 0.03, "bank")


def test_numbers_of_flat_sections(tmp_path):
    """The mill makes steam of gas with an efficiency, the garden of 0.8 MWh/t."""
    supply = "plants: {{{}: {{sinks: {{{}: {{supplied_today_by: {{gas: {}}}}}}}}}}}"
    amount = variant(tmp_path, supply.format("mill", "steam", "{value: 0.7 MWh/t, grade: B}")).plants["mill"]
    assert amount.sinks["steam"].supplied_today_by.inputs["gas"].value == 0.7
    assert amount.sinks["steam"].supplied_today_by.cost.value == 1.5
    better = variant(tmp_path, supply.format("mill", "steam", "{efficiency: {low: 80 %}}")).plants["mill"]
    gas = better.sinks["steam"].supplied_today_by.inputs["gas"]
    assert (gas.value, gas.high) == pytest.approx((0.65 / 0.9, 0.65 / 0.8))  # enthalpy over efficiency
    low = variant(tmp_path, supply.format("garden", "hot steam", "{low: 0.7}")).plants["garden"]
    assert low.sinks["hot steam"].supplied_today_by.inputs["gas"].low == 0.7
    turned = variant(tmp_path, supply.format("garden", "hot steam", "{efficiency: 90 %}")).plants["garden"]
    assert turned.sinks["hot steam"].supplied_today_by.inputs["gas"].value == pytest.approx(0.65 / 0.9)


def test_a_range_that_is_no_number_is_no_part_of_one(tmp_path):
    """A class of estimate may be a whole number or a section with low and high: the section takes its place."""
    base = changed(("  discount_rate", "  cost_class: 4\n  discount_rate"))
    assert variant(tmp_path, "", base=base).economics.cost_class == 4
    laid = variant(tmp_path, "economics: {cost_class: {low: -30 %, high: 50 %}}", base=base)
    assert laid.economics.cost_class.high.value == 0.5


def test_a_plant_called_value_is_no_number(tmp_path):
    base = BASE.replace("mill", "value")
    assert list(variant(tmp_path, "plants: {value: {hours: 7000}}", base=base).plants) == ["kiln", "value", "garden"]


def test_null_deletes(tmp_path):
    case = variant(tmp_path, "plants: {garden: ~, mill: {hours: }}\nrules: null\nfacilities: {saver: ~}")
    assert list(case.plants) == ["kiln", "mill"]
    assert case.plants["mill"].hours is None
    assert case.rules.separations == ()
    assert list(case.facilities) == ["boiler"]


def test_null_in_a_list_and_over_nothing_stays_what_it_is(tmp_path):
    base = changed(("price_year", "description:\nprice_year"))
    assert variant(tmp_path, "description: ~", base=base).description is None
    assert variant(tmp_path, "description: now there is one", base=base).description == "now there is one"


def test_a_section_the_base_does_not_have(tmp_path):
    text = "partners: {city: {at: {lon: 7.5, lat: 51.5}, sinks: {steam: {rate: 9 t/d, supplied_today_by: {gas: 1}}}}}\n"
    assert variant(tmp_path, text).partners["city"].sinks["steam"].rate.unit == "t/h"


def test_variants_of_variants(tmp_path):
    files = {"w.yaml": "based_on: v.yaml\ncase: W\nplants: {mill: {hours: 7100}, garden: {area: 3 ha}}\n"}
    base = changed(("    hours: 7600 h/yr", "    stops: 5 d/yr"))
    variant(tmp_path, "case: V\nplants: {mill: {hours: 7000, stops: ~}}", base=base, files=files)
    case = read_case(tmp_path / "w.yaml")
    assert (case.case, case.plants["mill"].hours.value, case.plants["mill"].stops) == ("W", 7100, None)
    assert case.plants["garden"].area.value == 3
    assert read_case(tmp_path / "v.yaml").plants["mill"].hours.value == 7000


def test_ten_bases_and_no_more(tmp_path):
    write(tmp_path)
    for number in range(1, 12):
        above = "case.yaml" if number == 1 else f"v{number - 1}.yaml"
        (tmp_path / f"v{number}.yaml").write_text(f"based_on: ./{above}\ncase: {number}\n", encoding="utf-8")
    assert read_case(tmp_path / "v10.yaml").case == "10"
    with pytest.raises(CaseError, match=r"v1\.yaml:1:11  based_on: more than 10 cases laid over one another"):
        read_case(tmp_path / "v11.yaml")


@functools.cache
def _read(folder):
    return read_case(folder)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(["base", "tiny", "greenfield", "ulsan"]),
    share=st.sampled_from([0.0, 0.5, 1.0]),
    random=st.randoms(use_true_random=False),
)
def test_what_the_base_says_said_again_changes_nothing(tmp_path, name, share, random):
    """None of it, any half of it, all of it. A number is said again whole: without its range it would be another."""

    def some(tree):
        if not isinstance(tree, dict) or "value" in tree:
            return tree
        return {key: some(part) for key, part in tree.items() if random.random() < share}

    folder = tmp_path / name
    if not folder.exists():
        folder.mkdir()
        _ = write(folder) if name == "base" else shutil.copytree(CASES / name, folder, dirs_exist_ok=True)
    tree = {"based_on": "case.yaml"} | some(read_yaml(folder / "case.yaml", "case.yaml").tree)
    (folder / "v.yaml").write_text(yaml.dump(tree, Dumper=_Dumper, allow_unicode=True), encoding="utf-8")
    assert read_case(folder / "v.yaml") == _read(folder)
