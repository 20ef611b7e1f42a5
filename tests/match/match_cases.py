"""Small cases of givers and takers, for tests of what is proposed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from planner.case.case import Case
from planner.case.read import read_case


@dataclass(frozen=True)
class Given:
    """A stream of a plant of its own: resource, industry, and fields of resource and stream."""

    name: str
    nace: str | None = None
    plant: str | None = None
    resource: dict[str, Any] = field(default_factory=dict)
    stream: dict[str, Any] = field(default_factory=dict)


def text_of(givers: Sequence[Given], takers: Sequence[Given], **sections: Any) -> str:
    """A case as JSON, which is YAML: every giver and taker on a plot of its own."""
    tree: dict[str, Any] = {
        "case": "givers and takers",
        "currency": "EUR",
        "price_year": 2025,
        "economics": {"discount_rate": 0.08},
        "plots": {f"P{n}": {"area": 1} for n in range(len(givers) + len(takers) or 1)},
        "geography": {"distances": "distances.csv"},
        "resources": {},
        "plants": {},
        **sections,
    }
    for n, one in enumerate((*givers, *takers)):
        gives = n < len(givers)
        made = {"kind": "material", "unit": "t", "price": 20, "discharge": {"route": "landfill"}, **one.resource}
        tree["resources"].setdefault(one.name, made)
        plant = one.plant or f"{'giver' if gives else 'taker'} {n}"
        known = tree["plants"].setdefault(plant, {"plot": f"P{n}"})
        if one.nace is not None:
            known["nace"] = one.nace
        known.setdefault("sources" if gives else "sinks", {})[one.name] = {"rate": "1 t/h", **one.stream}
        if made["unit"] != "t":
            known["sources" if gives else "sinks"][one.name]["rate"] = 1
    if not tree["plants"]:
        tree["plants"]["empty"] = {"plot": "P0"}
    return json.dumps(tree, ensure_ascii=False, indent=1)


def make(folder: Path, givers: Sequence[Given], takers: Sequence[Given], **sections: Any) -> Case:
    """Write and read such a case."""
    count = len(givers) + len(takers)
    rows = [f"P{a},P{b},1000" for a in range(count) for b in range(count) if a != b and count <= 12]
    (folder / "distances.csv").write_text("\n".join(["from,to,length", *rows]) + "\n", encoding="utf-8")
    (folder / "case.yaml").write_text(text_of(givers, takers, **sections), encoding="utf-8")
    return read_case(folder)
