"""The plan's layers as one GeoPackage."""

import warnings
from pathlib import Path

from planner.results.plan import Plan

#: Date written into the file, so that the same plan gives the same bytes.
_DATE = "2000-01-01T00:00:00Z"

LAYERS = ("plots", "siting", "corridors", "links", "partners")


def write_layers(plan: Plan, path: Path) -> bool:
    """Write the layers of a plan; returns False where the case has no coordinates and nothing was written."""
    present = [name for name in LAYERS if name in plan.layers]
    if not present:
        return False
    import pyogrio

    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _DATE})
    try:
        for name in present:
            layer = plan.layers[name]
            with warnings.catch_warnings():
                # an empty layer is a right answer: no link was built
                warnings.filterwarnings("ignore", message=".*geometry.*", category=UserWarning)
                pyogrio.write_dataframe(layer, path, layer=name, driver="GPKG", geometry_type="Unknown", append=False)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
    return True
