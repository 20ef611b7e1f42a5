"""``planner doctor``: does this installation work, and if not, what to do."""

import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata

PACKAGES = (
    "ecopark-planner",
    "pyomo",
    "highspy",
    "numpy",
    "scipy",
    "pandas",
    "geopandas",
    "shapely",
    "pyogrio",
    "pyproj",
    "pydantic",
    "pyyaml",
    "pint",
    "typer",
    "rich",
    "matplotlib",
    "fluids",
    "wntr",
    "iapws",
)


@dataclass(frozen=True)
class Finding:
    """One thing looked at.

    Attributes
    ----------
    detail
        What was found; for a failure also what to do.
    """

    check: str
    passed: bool
    detail: str


def versions() -> dict[str, str]:
    """Return the version of Python, of the system and of every package the planner stands on."""
    found = {"python": platform.python_version(), "system": f"{platform.system()} {platform.machine()}"}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def examine() -> list[Finding]:
    """Try everything a run needs and return what was found."""
    checks: Sequence[tuple[str, Callable[[], str], str]] = (
        ("Python", _python, "install Python 3.11 or newer, and the planner into it"),
        ("solver", _solver, 'pip install --upgrade "highspy>=1.15.1"; older releases can return wrong optima'),
        ("geographic files", _drivers, "pip install --force-reinstall pyogrio"),
        ("projections", _projections, "pip install --force-reinstall pyproj; unset PROJ_DATA and PROJ_LIB"),
        ("temporary folder", _temporary, "set TMPDIR to a folder that may be written into"),
    )
    return [_try(name, check, remedy) for name, check, remedy in checks]


def _try(name: str, check: Callable[[], str], remedy: str) -> Finding:
    try:
        return Finding(name, True, check())
    except Exception as error:  # whatever is broken, the doctor names it and goes on
        return Finding(name, False, f"{type(error).__name__}: {error}. What to do: {remedy}")


def _python() -> str:
    return f"{platform.python_version()} at {sys.executable}"


def _solver() -> str:
    """Min 2x + 3z, x + z >= 4.5, 0 <= x, z <= 10, z integer: z = 0 and x = 4.5 cost 9; a unit of z costs 1 more."""
    import highspy
    import numpy as np

    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    infinity = solver.getInfinity()
    solver.addVar(0.0, 10.0)
    solver.addVar(0.0, 10.0)
    solver.changeColCost(0, 2.0)
    solver.changeColCost(1, 3.0)
    solver.changeColIntegrality(1, highspy.HighsVarType.kInteger)
    solver.addRow(4.5, infinity, 2, np.array([0, 1], dtype=np.int32), np.array([1.0, 1.0]))
    solver.run()
    status, value = solver.getModelStatus(), solver.getObjectiveValue()
    if status != highspy.HighsModelStatus.kOptimal or abs(value - 9.0) > 1e-6:
        raise RuntimeError(f"HiGHS {solver.version()} ends with {status.name} and {value} instead of the optimum 9")
    return f"HiGHS {solver.version()} finds the known optimum of a small mixed-integer program"


def _drivers() -> str:
    import pyogrio

    known = pyogrio.list_drivers()
    needed = {"GPKG": "rw", "GeoJSON": "r", "ESRI Shapefile": "r"}
    missing = [name for name, modes in needed.items() if not set(modes) <= set(known.get(name, ""))]
    if missing:
        raise RuntimeError(f"GDAL cannot handle {', '.join(missing)}")
    return f"GDAL {pyogrio.__gdal_version_string__} handles {', '.join(needed)}"


def _projections() -> str:
    from pyproj import Transformer

    # 9 degrees east is the central meridian of UTM zone 32: easting 500 km by definition
    easting, _ = Transformer.from_crs("EPSG:4326", "EPSG:25832", always_xy=True).transform(9.0, 50.0)
    if abs(easting - 500_000.0) > 0.01:
        raise RuntimeError(f"a known point is projected to {easting} m east instead of 500000 m")
    return "a known point is projected right"


def _temporary() -> str:
    with tempfile.TemporaryFile() as file:
        file.write(b"planner")
    return f"{tempfile.gettempdir()} can be written into"


def as_json(findings: Sequence[Finding]) -> dict[str, object]:
    """Return versions and findings for a program to read."""
    return {
        "ok": all(finding.passed for finding in findings),
        "versions": versions(),
        "checks": [asdict(finding) for finding in findings],
    }


def as_text(findings: Sequence[Finding]) -> str:
    """Return versions and findings for a person to read."""
    installed = versions()
    width = max(map(len, installed))
    lines = [f"{name.ljust(width)}  {version}" for name, version in installed.items()]
    lines.append("")
    lines += [f"{'ok  ' if finding.passed else 'FAIL'}  {finding.check}: {finding.detail}" for finding in findings]
    bad = sum(not finding.passed for finding in findings)
    lines += ["", "everything works" if not bad else f"{bad} of {len(findings)} checks failed; see what to do above"]
    return "\n".join(lines)
