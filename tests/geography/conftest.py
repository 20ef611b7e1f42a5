"""A small park from shapes given in a test: written to files, read back and measured like any case."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from park_shapes import Layer, document, frame

from planner.case.case import Case


@pytest.fixture
def park(tmp_path: Path) -> Callable[..., Case]:
    """Write layers into a GeoPackage, a table of distances, and make the case that names them."""

    def make(
        layers: Mapping[str, Layer] | None = None, geography: Mapping[str, Any] | None = None, **changes: Any
    ) -> Case:
        named: dict[str, Any] = {}
        for name, layer in (layers or {}).items():
            frame(layer).to_file(tmp_path / "park.gpkg", layer=name)
            named[name] = f"park.gpkg:{name}"
        if "river" in named:
            named["crossings"] = [{"layer": named.pop("river"), "extra_length": 500}]
        case = Case.model_validate(document(geography=named | dict(geography or {}), **changes))
        case._folder = tmp_path
        return case

    return make
