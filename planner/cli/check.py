"""``planner check``: what is in a case, what could be exchanged, and what does not close."""

from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.case.case import Case


def check_case(path: Path, *, as_json: bool, stream: IO[str]) -> None:
    """Read a case and say what is in it; its faults are raised."""
    from planner.case.read import read_case
    from planner.case.summary import summary
    from planner.cli.app import dumps

    case = read_case(path)
    stream.write((dumps(contents(case)) if as_json else summary(case)) + "\n")


def contents(case: "Case") -> dict[str, Any]:
    """Return what ``summary`` says, for a program to read."""
    from planner.case.closure import closure
    from planner.case.pairs import pairs

    return {
        "case": {"name": case.case, "path": str(case.folder), "sha256": case.sha256},
        "faults": [],
        "currency": case.currency,
        "price_year": case.price_year,
        "baseline": case.baseline,
        "plants": {name: {"plot": p.plot, "optional": p.optional is not None} for name, p in case.plants.items()},
        "partners": list(case.partners),
        "facilities": {name: {"scope": facility.scope} for name, facility in case.facilities.items()},
        "plots": list(case.plots),
        "resources": {name: {"kind": r.kind, "unit": r.unit} for name, r in case.resources.items()},
        "pairs": [
            {
                "from": pair.outlet.unit,
                "source": pair.outlet.name,
                "to": pair.inlet.unit,
                "sink": pair.inlet.name,
                "resource": pair.outlet.resource,
                "replaces": pair.inlet.resource,
                "own": pair.own,
            }
            for pair in pairs(case)
        ],
        "closure": [row._asdict() | {"closes": row.closes} for row in closure(case)],
    }
