import json
import re
import subprocess
from pathlib import Path

import pytest

from planner.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_the_readme_opens_with_two_commands_of_one_line_each():
    plan, test = BLOCKS
    assert [block.count("\n") for block in BLOCKS] == [1, 1]
    for block in BLOCKS:
        assert block.startswith("python3 -m venv .venv && .venv/bin/python -m pip install -q ")
    assert plan.rstrip().endswith(".venv/bin/planner solve cases/ulsan --out out/ulsan")
    assert '".[test]"' in test
    assert ".venv/bin/python -m pytest" in test


def test_the_gate_runs_the_commands_of_the_readme():
    """The function of ``.ci/run`` that takes them out of the README, run by itself."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    function = re.search(r"^readme_command\(\) \{.*?^\}$", script, re.MULTILINE | re.DOTALL)
    assert function
    for number, block in enumerate(BLOCKS, start=1):
        assert f'"$(readme_command {number})"' in script
        line = f"{function[0]}\nreadme_command {number}"
        found = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        assert found == block.replace(".venv", ".ci-venv")


def test_the_example_of_the_readme(solved):
    """Each figure of the table for ``tiny`` is that of a run, rounded as written."""
    rows = re.findall(r"^\| (total annual cost|CO2e|waste discharged|fresh water) \| (.+?) \|$", README, re.MULTILINE)
    assert len(rows) == 4
    names = {"total annual cost": "total_annual_cost", "CO2e": "co2e", "waste discharged": "waste"}
    indicators = json.loads((solved / "results.json").read_text(encoding="utf-8"))["indicators"]
    for name, cells in rows:
        unit, *figures = (cell.strip() for cell in cells.split("|"))
        found = indicators[names.get(name, "fresh_water")]
        assert found["unit"] == unit
        for figure, key in zip(figures, ("baseline", "plan", "reduction"), strict=True):
            assert float(figure.replace(",", "")) == pytest.approx(found[key], abs=0.5)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/guide.md", "docs/results.md"])
def test_links_between_pages_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", text):
        assert (ROOT / page).parent.joinpath(target).exists(), target


def test_commands_stand_in_the_order_in_which_a_user_meets_them():
    """In the README as in ``planner --help``."""
    listed = re.findall(r"^\| `planner (\w+)", README, re.MULTILINE)
    assert listed[:6] == ["init", "template", "import", "export", "archetypes", "check"]
    assert listed == [command.name or command.callback.__name__ for command in app.registered_commands]
