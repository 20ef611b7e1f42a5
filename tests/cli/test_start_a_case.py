import resource
import sys

import pytest

from planner.cli.start import shipped_cases


def test_help_is_instant(process):
    """Limit of the contract: 0.5 s of processor time; the best of three, for a busy machine."""
    seconds = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert process("--help").code == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(seconds) < 0.5


HEAVY = {"pyomo", "highspy", "pandas", "geopandas", "scipy", "numpy", "pint", "matplotlib", "shapely", "rich"}


@pytest.mark.parametrize("line", [["--help"], ["solve", "--help"], ["--version"], ["init", "--list"]])
def test_help_loads_no_numerical_library(process, line):
    code = f"import sys; from planner.cli.run import main; main({line!r}); print('LOADED', *sys.modules)"
    ended = process(command=("-c", code))
    assert ended.code == 0
    loaded = {name.split(".")[0] for name in ended.out.rsplit("LOADED", 1)[1].split()}
    # the options of a command are typer's business, and typer itself uses pydantic
    assert not loaded & (HEAVY | {"pydantic"} if line == ["--help"] else HEAVY)


def test_import_planner_loads_next_to_nothing(process):
    ended = process(command=("-c", "import sys, planner; print(*sys.modules)"))
    assert not {name.split(".")[0] for name in ended.out.split()} & (HEAVY | {"pydantic", "typer"})


def test_help_names_every_command(run):
    text = run("--help").out
    known = (
        "init",
        "template",
        "import",
        "export",
        "archetypes",
        "check",
        "flows",
        "match",
        "screen",
        "solve",
        "audit",
    )
    for command in (*known, "compare", "schema", "doctor"):
        assert f"  {command} " in text


def test_without_arguments_the_help_is_shown(run):
    ended = run()
    assert "Usage: planner" in ended.out + ended.err


def test_version(run):
    ended = run("--version")
    assert ended.code == 0
    assert ended.out.startswith("planner")


def test_init_copies_a_case_that_checks(run, tmp_path):
    ended = run("init", tmp_path / "park", "--from", "tiny")
    assert ended.code == 0
    assert (tmp_path / "park" / "case.yaml").is_file()
    assert run("check", tmp_path / "park").code == 0


def test_init_lists_the_shipped_cases(run):
    lines = run("init", "--list").out.splitlines()
    assert [line.split()[0] for line in lines] == list(shipped_cases())
    assert all(len(line.split()) > 3 for line in lines)
    known = {"tiny", "ulsan", "ulsan-2005", "kalundborg-1995", "greenfield", "olesen-polley"}
    assert known | {"food-park", "waste-heat-district", "chemical-site"} <= set(shipped_cases())


def test_init_refuses_a_folder_in_use(run, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    ended = run("init", tmp_path)
    assert ended.code == 2
    assert "not an empty folder" in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_init_takes_an_empty_folder(run, tmp_path):
    assert run("init", tmp_path).code == 0


def test_init_suggests_the_nearest_name(run, tmp_path):
    ended = run("init", tmp_path / "park", "--from", "ulsann")
    assert ended.code == 2
    assert 'did you mean "ulsan"?' in ended.err
    assert not (tmp_path / "park").exists()


def test_python_m_planner(process):
    ended = process("--version")
    assert ended.code == 0
    assert ended.out.startswith("planner")


def test_doctor_says_versions_and_tries_the_solver(run):
    ended = run("doctor")
    assert ended.code == 0
    assert "highspy" in ended.out
    assert "known optimum" in ended.out
    assert "everything works" in ended.out
    found = run("doctor", "--json").json
    assert found["ok"] is True
    assert {check["check"] for check in found["checks"]} >= {"solver", "geographic files", "temporary folder"}


def test_doctor_says_what_to_do_when_the_solver_is_broken(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "highspy", None)
    ended = run("doctor")
    assert ended.code == 1
    assert "FAIL" in ended.out
    assert 'pip install --upgrade "highspy>=1.15.1"' in ended.out


def test_schema_is_a_json_schema(run):
    schema = run("schema").json
    assert "resources" in schema["properties"]


def test_a_gap_in_percent_is_refused(run, tmp_path):
    """--gap 2 would be 200 %: any plan at all."""
    ended = run("solve", tmp_path, "--gap", "2")
    assert ended.code == 2
    assert "0.5" in ended.err
