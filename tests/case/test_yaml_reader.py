"""The form of a case file: traps of YAML 1.1, and what is refused at once."""

import time

import pytest
from case_texts import BASE, changed, write

from planner.case.read import read_case
from planner.case.yaml_reader import LARGEST_FILE, parse_yaml
from planner.errors import CaseError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no", "no"),  # a plant in Norway, not a truth value
        ("yes", "yes"),
        ("on", "on"),
        ("010", "010"),  # not 8
        ("12:30", "12:30"),  # not 750
        ("1_000", "1_000"),  # not 1000
        ("0x1F", "0x1F"),
        ("2024-05-01", "2024-05-01"),
        ("1e-3", 0.001),  # YAML 1.1 has text here
        ("1e3", 1000.0),
        ("1.5E+2", 150.0),
        (".5", 0.5),
        ("-3", -3),
        ("true", True),
        ("False", False),
        ("~", None),
        ("null", None),
        (".nan", ".nan"),
        ("'3'", "3"),
        ('"true"', "true"),
        ("34 t/h", "34 t/h"),
    ],
)
def test_plain_values(text, expected):
    value = parse_yaml(f"a: {text}", "case.yaml").tree["a"]
    assert value == expected
    assert type(value) is type(expected)


def test_names_stay_as_they_are_written():
    assert list(parse_yaml("no: 1\n010: 1\n1e3: 1\n12: 1\n~: 1", "case.yaml").tree) == ["no", "010", "1e3", "12", "~"]


def test_every_part_has_its_place():
    marks = parse_yaml("a:\n  b: [1, {c: x}]\n", "case.yaml").marks
    assert marks.values["a", "b", 1, "c"][1:] == (2, 14)
    assert marks.keys["a", "b"][1:] == (2, 3)
    assert marks.keys["a", "b", 1, "c"][1:] == (2, 11)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a: 1\nb: 2\na: 3\n", "case.yaml:3:1", ["a:", "written twice", "line 1"]),
        ("a: &x 1\n", "case.yaml:1:4", ["anchors"]),
        ("a: *x\n", "case.yaml:1:4", ["aliases"]),
        ("a: {<<: {b: 1}}\n", "case.yaml:1:5", ["merge keys"]),
        ("a: !!python/object/apply:os.system [ls]\n", "case.yaml:1:4", ["tags"]),
        ("a: !mine 3\n", "case.yaml:1:4", ["tags"]),
        ("? [1, 2]\n: 3\n", "case.yaml:1:3", ["a name must be text"]),
        ("", "case.yaml:1:1", ["is empty"]),
        ("# nothing\n", "case.yaml:1:1", ["is empty"]),
        ("- a\n- b\n", "case.yaml:1:1", ["expected fields"]),
        ("just words", "case.yaml:1:1", ["expected fields"]),
        ("a: 1\n---\nb: 2\n", "case.yaml:2:1", ["second document"]),
        ("a:\n\tb: 1\n", "case.yaml:2:1", ["a tab", "blanks"]),
        ("a: b: c\n", "case.yaml:1:5", ["colon"]),
        ("a: [1, 2\nb: 3\n", "case.yaml:2:2", ["cannot be read as YAML"]),
        ("a: 'x\n", "case.yaml", ["cannot be read as YAML"]),
        ("a: \x07\n", "case.yaml:1:4", ["control character"]),
        ("a: " + "[" * 100000, "case.yaml:1:", ["levels deep"]),
        ("a: " + "{b: " * 100000, "case.yaml:1:", ["levels deep"]),
    ],
)
def test_faults_of_form(text, place, words):
    start = time.perf_counter()
    with pytest.raises(CaseError) as caught:
        parse_yaml(text, "case.yaml")
    assert time.perf_counter() - start < 2
    assert any(str(f).startswith(place) and all(w in str(f) for w in words) for f in caught.value.faults), caught.value


def test_several_faults_of_form_are_reported_together():
    with pytest.raises(CaseError) as caught:
        parse_yaml("a: 1\na: 2\nb: &x 3\nc: !t 4\n", "case.yaml")
    assert [fault.line for fault in caught.value.faults] == [2, 3, 4]


def test_a_yaml_bomb_is_a_fault_at_once(tmp_path):
    # Nine levels of nine aliases stand for 9^9 = 387 million entries once written out.
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    start = time.perf_counter()
    with pytest.raises(CaseError, match="anchors"):
        read_case(write(tmp_path, BASE + "\n".join(lines)))
    assert time.perf_counter() - start < 2


def test_a_file_of_100_mb_is_refused_by_its_size(tmp_path):
    with (tmp_path / "case.yaml").open("wb") as file:
        file.truncate(100_000_000)  # sparse: takes no room
    start = time.perf_counter()
    with pytest.raises(CaseError, match="100.0 MB; expected at most 5 MB"):
        read_case(tmp_path)
    assert time.perf_counter() - start < 1
    assert LARGEST_FILE == 5_000_000


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (BASE.replace("Kiln", "Käln", 1).encode("latin-1"), ["case.yaml:1:8", "0xe4", "UTF-8"]),
        (BASE.encode("utf-16"), ["UTF-16"]),
        (b"case: x\x00y\n", ["control character"]),
    ],
)
def test_files_that_are_not_utf_8(tmp_path, raw, words):
    (tmp_path / "case.yaml").write_bytes(raw)
    with pytest.raises(CaseError) as caught:
        read_case(tmp_path)
    assert all(word in str(caught.value) for word in words)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path):
    plain = read_case(write(tmp_path))
    (tmp_path / "case.yaml").write_bytes(b"\xef\xbb\xbf" + BASE.replace("\n", "\r\n").encode())
    assert read_case(tmp_path) == plain


@pytest.mark.parametrize("missing", ["nowhere", "empty folder", "x" * 400, "nul\0"])
def test_no_case_there(tmp_path, missing):
    (tmp_path / "empty folder").mkdir()
    with pytest.raises(CaseError, match=r"no such file|no case\.yaml|cannot be read"):
        read_case(tmp_path / missing)


def test_a_case_file_that_is_a_link_out_of_its_folder(tmp_path):
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "case.yaml").symlink_to(write(tmp_path) / "case.yaml")
    with pytest.raises(CaseError, match="a link out of the case folder"):
        read_case(folder)


def test_a_case_is_a_folder_or_its_file(tmp_path):
    assert read_case(write(tmp_path)) == read_case(tmp_path / "case.yaml") == read_case(str(tmp_path))


def test_names_may_be_any_unicode(tmp_path):
    # Composed and decomposed letters are one name: "e" + U+0301 is é.
    text = changed(
        ("  mill:\n    area", "  製紙工場 é:\n    area"),
        ("owner: mill", "owner: 製紙工場 e\u0301"),
        ("to: mill,", "to: 製紙工場 e\u0301,"),
    )
    assert list(read_case(write(tmp_path, text)).plants) == ["kiln", "製紙工場 é", "garden"]


def test_numbers_may_be_names(tmp_path):
    text = changed(("  P1: {", "  1: {"), ("plot: P1", "plot: 1"))
    assert read_case(write(tmp_path, text)).plants["kiln"].plot == "1"
