"""The equations at the top of each file are those of the model."""

import importlib
import pkgutil
import re
from pathlib import Path
from types import ModuleType

import pyomo.environ as pyo
import pytest
from random_parks import random_park

import models
from models import (
    around,
    balances,
    cascade,
    credits,
    equipment,
    exchange,
    facilities,
    filling,
    goal,
    hours,
    insist,
    limits,
    links,
    mains,
    mend,
    mixing,
    operations,
    paths,
    power,
    products,
    proportions,
    resting,
    siting,
    stars,
    storage,
    trenches,
    unknown,
    unmixed,
)
from models.instance import Instance
from models.park import build
from models.run import cut_stars

CONCERNS = {
    "S": siting, "F": facilities, "E": exchange, "L": links, "T": stars, "B": balances, "K": limits, "G": goal,
    "M": mains, "P": filling, "W": paths, "D": trenches, "H": mend,
    "O": operations, "Q": mixing, "R": products, "N": proportions, "U": unmixed, "V": power,
    "A": around, "Y": unknown, "C": cascade, "J": storage, "Z": resting, "I": credits,
    "X": equipment, "h": hours, "i": insist,
}  # fmt: skip


def _tags(letter: str) -> set[str]:
    """Tags of the constraints and objectives of a park, whether or not they have rows in it."""
    model = build(random_park(0))
    found = {c.doc for c in model.component_objects([pyo.Constraint, pyo.Objective], active=None)}
    assert None not in found, "every constraint has a tag"
    return {tag for tag in found if tag.startswith(letter)}


@pytest.mark.parametrize("letter", list(CONCERNS))
def test_every_tag_of_the_text_is_in_the_model_and_back(letter):
    text = CONCERNS[letter].__doc__.split("\n\n")[1]  # the equations, not the remarks that refer to them
    assert _tags(letter) == set(re.findall(r"\((\w\d+)\)", text))


def test_every_symbol_of_the_readme_exists():
    # Each row of the notation table names a component of a built model, a field of the instance or a field of its data.
    table = (Path(siting.__file__).parent / "README.md").read_text(encoding="utf-8")
    names = re.findall(r"^\|[^|]*\| `([\w.]+)` \|", table, flags=re.MULTILINE)
    assert len(names) > 40
    model = build(random_park(0))
    missing = [name for name in names if not _exists(model, name)]
    assert missing == []


def _exists(model, name: str) -> bool:
    if "." in name:
        owner, field = name.split(".")
        records = [record for record in (getattr(module, owner, None) for module in _modules()) if record is not None]
        return any(field in record.__dataclass_fields__ for record in records)
    if any(name in module.__dict__ for module in _modules()):
        return True
    return hasattr(model, name) or name in Instance.__dataclass_fields__


def _modules() -> list[ModuleType]:
    return [importlib.import_module(f"models.{found.name}") for found in pkgutil.iter_modules(models.__path__)]


def test_every_family_of_effects_is_in_the_model():
    from models.families import FAMILIES

    assert set(build(random_park(0)).families) == set(FAMILIES)


def test_cuts_go_into_declared_sets_that_start_empty():
    model = build(random_park(102))
    assert len(model.STARS) == 0
    assert len(model.star) == 0
    cut_stars(model, "all")
    assert len(model.star) == len(model.STARS) == len(model.stars_of) == 1
