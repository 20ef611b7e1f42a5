"""A case based on another: its faults, and the file and line where each stands."""

import pytest
import yaml
from case_texts import BASE, changed, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from variant_cases import faults, line_of, variant

from planner.case.case import Case
from planner.case.read import read_case
from planner.errors import CaseError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plants: {gardn: ~}", ["v.yaml:2:17  plants.gardn: there is nothing to delete in what this case is based on; "
                                'did you mean "garden"?']),
        ("plants: {mill: {area: ~, hors: ~}}", ['did you mean "hours"?']),
        ("plant: {garden: {hazard: ~}}", ["plant.garden.hazard: there is nothing to delete", 'mean "plants"?']),
        ("plants: {gardn: {hazard: ~}}", ["v.yaml:2:26  plants.gardn.hazard: there is", 'mean "garden"?']),
        ("economics: {caps: {co2e: ~}}", ["v.yaml:2:26  economics.caps.co2e: there is nothing to delete"]),
        ("economics: {discount_rate: {low: ~}}", ['discount_rate.low: there is nothing to delete', 'known: "value"']),
        ("economics: ~", ["v.yaml:2:12  economics: is missing: Interest"]),
        ("economics:\n  discount_rate: ~", ["v.yaml:3:18  economics.discount_rate: is missing"]),
        ("plants:\n  mill: {hours: many}", ["v.yaml:3:17  plants.mill.hours: found"]),
        ("plants:\n  mill: {hors: 3}", ['v.yaml:3:10  plants.mill.hors: no such field; did you mean "hours"?']),
        ("economics: {budget: {low: 3 MEUR}}", ["v.yaml:2:21  economics.budget: value is missing"]),
        ("economics: {discount_rate: {low: 9 %}}", ["v.yaml:2:34  economics.discount_rate.low: "]),
        ("economics: 3", ["v.yaml:2:12  economics: found 3; expected a section"]),
        ("exchanges: [{from: kiln, to: mil}]", ['v.yaml:2:30  exchanges[1].to: no such', 'did you mean "mill"?']),
        ("plants: {mill: {hours: 3}}\nplants: {}", ['v.yaml:3:1  plants: "plants" is written twice']),
        ("plants: &x {}", ["v.yaml:2:9  anchors (&name) are not read"]),
        ("<<: {}", ["v.yaml:2:1  merge keys (<<) are not read"]),
    ],
)  # fmt: skip
def test_faults_of_the_variant_stand_in_the_variant(tmp_path, text, expected):
    found = "\n".join(faults(tmp_path, text))
    for part in expected:
        assert part in found


def test_faults_of_the_base_stand_in_the_base(tmp_path):
    base = changed(("zone: heavy", "zone: hevy"), ("rate: 25 t/h", "rate: 25 MW"))
    found = faults(tmp_path, "plants: {mill: {hours: 7000, firm: holdin}}", base=base)
    assert [fault.split(" ")[0] for fault in found] == [
        f"case.yaml:{line_of(base, 'zone: hevy')}:11",
        f"case.yaml:{line_of(base, 'steam: {rate: 25')}:21",
        "v.yaml:2:36",
    ]


def test_a_fault_of_the_base_that_is_replaced_is_none(tmp_path):
    base = changed(("zone: heavy", "zone: hevy"), ("economics:\n  discount_rate: 8 %\n", "economics:\n"))
    case = variant(tmp_path, "plants: {mill: {zone: light}}\neconomics: {discount_rate: 5 %}", base=base)
    assert case.economics.discount_rate.value == 0.05
    with pytest.raises(CaseError):
        read_case(tmp_path)


def test_what_the_base_refers_to_and_the_variant_deletes(tmp_path):
    found = faults(tmp_path, "resources: {clay: ~}")
    assert all(fault.startswith("case.yaml:") for fault in found)
    assert any("no such resource" in fault for fault in found)


def test_form_of_the_base(tmp_path):
    found = faults(tmp_path, "case: V", base=BASE.replace("price_year: 2025", "price_year: 2025\nprice_year: 2026"))
    assert found == ['case.yaml:4:1  price_year: "price_year" is written twice, first in line 3']


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "is empty; expected the name of a case file"),
        ("''", "is empty"),
        ("7", "found 7; expected the name"),
        ("[case.yaml]", "found a list; expected the name"),
        ("cas.yaml", 'no file "cas.yaml" in the case folder; did you mean "case.yaml"?'),
        ("/etc/passwd", "is an absolute path; the files of a case lie in its folder"),
        ("../case.yaml", "leads out of the case folder"),
        ("..\\case.yaml", "leads out of the case folder"),
        ("~/case.yaml", "is an absolute path"),
        ("C:\\case.yaml", "is an absolute path"),
        ("sub/case.yaml", "lies in another folder"),
        ("sub", 'no file "sub" in the case folder'),
        ("link.yaml", "is a link out of the case folder"),
        ('"a\\0b"', "is no file name"),
        ("v.yaml", "goes in a circle: v.yaml is based on v.yaml"),
    ],
)
def test_names_that_are_no_base(tmp_path, name, words):
    folder = tmp_path / "park"
    (folder / "sub").mkdir(parents=True)
    write(folder)
    write(folder / "sub")
    write(tmp_path)
    (folder / "link.yaml").symlink_to(tmp_path / "case.yaml")
    (folder / "v.yaml").write_text(f"case: V\nbased_on: {name}\n", encoding="utf-8")
    with pytest.raises(CaseError) as error:
        read_case(folder / "v.yaml")
    (fault,) = error.value.faults
    assert (fault.file, fault.line, fault.field) == ("v.yaml", 2, "based_on")
    assert words in fault.message


def test_a_circle_is_named_whole(tmp_path):
    for name, base in {"a": "b", "b": "c", "c": "./b"}.items():
        (tmp_path / f"{name}.yaml").write_text(f"based_on: {base}.yaml\n", encoding="utf-8")
    with pytest.raises(CaseError, match=r"c\.yaml:1:11  .*: b\.yaml is based on c\.yaml is based on b\.yaml"):
        read_case(tmp_path / "a.yaml")


def test_based_on_is_nothing_for_a_case_made_of_plain_data(tmp_path):
    """It would be read and ignored."""
    with pytest.raises(ValueError, match="stands in case files only"):
        Case.model_validate(yaml.safe_load(BASE) | {"based_on": "case.yaml"})


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.sampled_from(["3 t/h", "mill", "value"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.text(max_size=3) | st.sampled_from(["value", "low", "mill", "rate"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=5000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), odd=ODD)
def test_whatever_is_laid_over_is_a_case_or_has_faults_in_its_files(tmp_path, data, odd):
    """Put something odd over any place of the base: never anything but a case or faults with their lines."""
    write(tmp_path)
    here, tree = yaml.safe_load(BASE), {}
    holder = tree
    while isinstance(here, dict):
        key = data.draw(st.sampled_from([*map(str, here), "based_on", "value"]))
        here = here.get(key)
        if not isinstance(here, dict) or data.draw(st.booleans()):
            holder[key] = odd
            break
        holder[key] = holder = {}
    text = yaml.safe_dump({"based_on": "case.yaml"} | tree, allow_unicode=True)
    (tmp_path / "v.yaml").write_text(text, encoding="utf-8")
    try:
        case = read_case(tmp_path / "v.yaml")
    except CaseError as error:
        found = error.faults
        assert found and all(fault.file in {"v.yaml", "case.yaml"} and fault.line for fault in found)  # noqa: PT017, PT018
    else:
        (tmp_path / "case.resolved.yaml").write_text(case.resolved(), encoding="utf-8")
        assert read_case(tmp_path / "case.resolved.yaml") == case


def test_after_merging_the_required_sections_are_demanded(tmp_path):
    (tmp_path / "case.yaml").write_text("case: Empty\n", encoding="utf-8")
    (tmp_path / "v.yaml").write_text("based_on: case.yaml\ncurrency: EUR\n", encoding="utf-8")
    with pytest.raises(CaseError) as error:
        read_case(tmp_path / "v.yaml")
    missing = {fault.field for fault in error.value.faults}
    assert missing == {"price_year", "economics", "resources", "plants"}
