"""The examples of the guide's chapter on quality are one case that can be read."""

import re
import textwrap
from pathlib import Path
from typing import Any

import yaml
from case_texts import write

from planner.case.read import read_case

GUIDE = Path(__file__).parents[2] / "docs" / "guide.md"
#: Where the blocks that are no whole sections stand, by the first word in them.
WITHIN = {"sinks": ("plants", "dye works"), "operations": ("plants", "dye works"), "wastewater": ("resources",)}
#: What the examples leave out.
REST = {
    "case": "guide",
    "currency": "EUR",
    "price_year": 2025,
    "economics": {"discount_rate": 0.08},
    "plots": {"P1": {"area": 10}, "P2": {"area": 1}},
    "resources": {
        "power": {"kind": "power", "unit": "MWh", "price": 90},
        "process water": {"kind": "water", "unit": "m3", "price": 2},
        "sludge": {"kind": "material", "unit": "t", "water": 0.7, "discharge": {"route": "landfill", "cost": 90}},
        "clay": {"kind": "material", "unit": "t", "price": 30},
        "fly ash": {"discharge": {"route": "landfill", "cost": 60}},
    },
    "plants": {"dye works": {"plot": "P1", "hours": 6000}},
}


def lay(under: dict[str, Any], over: dict[str, Any]) -> None:
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(under.get(key), dict):
            lay(under[key], value)
        else:
            under[key] = value


def test_the_examples_of_the_guide_can_be_read(tmp_path):
    chapter = GUIDE.read_text(encoding="utf-8").split("## 8. Quality, water and treatment")[1].split("\n## ")[0]
    blocks = re.findall(r"```yaml\n(.*?)```", chapter, re.DOTALL)
    assert len(blocks) == 7
    tree: dict[str, Any] = {}
    for block in blocks:
        part = yaml.safe_load(textwrap.dedent(block))
        for step in reversed(WITHIN.get(next(iter(part)), ())):
            part = {step: part}
        lay(tree, part)
    lay(tree, REST)
    case = read_case(write(tmp_path, yaml.safe_dump(tree, sort_keys=False, allow_unicode=True)))
    operation = case.plants["dye works"].operations["scouring"]
    assert operation.load["COD"].value == 9
    assert case.facilities["treatment"].treats.removes["COD"].value == 0.95
    assert case.resources["fly ash"].not_into == ("food", "feed")
    assert case.substitutions[0].declaration.delay.value == 0.5
