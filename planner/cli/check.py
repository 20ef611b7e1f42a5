"""``planner check``: what is in a case, what could be exchanged, and what does not close."""

import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from planner.case.case import Case


class _Seen(NamedTuple):
    """What shows before any solve: notes on assumptions, and why there can be no plan (None if nothing is seen)."""

    notes: tuple[str, ...]
    infeasible: str | None


def check_case(path: Path, *, numbers: bool, as_json: bool, stream: IO[str]) -> int:
    """Read a case, measure its ways, say what is in it and return the exit code; its faults are raised.

    With ``numbers`` every number that archetypes filled in is listed; JSON has them always.

    Returns
    -------
    int
        0, or 3 where it can be seen that no plan satisfies the case.
    """
    from planner.case.read import read_case
    from planner.case.summary import summary
    from planner.cli.app import dumps
    from planner.errors import Infeasible

    case = read_case(path)
    seen = look(case)
    if as_json:
        content = contents(case) | {"notes": list(seen.notes), "infeasible": seen.infeasible}
        stream.write(dumps(content) + "\n")
    else:
        told = summary(case, numbers=numbers)
        said = {line.strip() for line in told.splitlines()}
        further = [note for note in seen.notes if note.removeprefix("resources.") not in said]
        notes = ["", "notes and assumptions:", *(f"  {note}" for note in further)] if further else []
        stream.write("\n".join([told, *notes]) + "\n")
    if seen.infeasible is None:
        return 0
    print(f"planner: {seen.infeasible}", file=sys.stderr)
    return Infeasible.exit_code


def look(case: "Case") -> _Seen:
    """Go the way of a solve as far as its model, so that check finds every fault that solve would.

    Raises
    ------
    CaseError
        With every fault that shows on that way.
    """
    from planner.assemble.assemble import assemble
    from planner.case import daily
    from planner.case.late_faults import placed
    from planner.errors import Infeasible
    from planner.geography.measure import measure

    with placed(case):
        distances = measure(case)
        try:
            return _Seen((*daily.told(case), *distances.notes, *assemble(case, distances).notes), None)
        except Infeasible as error:
            return _Seen((*daily.told(case), *distances.notes), str(error))


def contents(case: "Case") -> dict[str, Any]:
    """Return what ``summary`` says, for a program to read."""
    from planner.case.archetype_notes import contents as archetypes
    from planner.case.closure import closure
    from planner.case.pairs import pairs

    return {
        "case": {"name": case.case, "path": case.folder.name, "sha256": case.sha256},
        "faults": [],
        "currency": case.currency,
        "price_year": case.price_year,
        "baseline": case.baseline,
        "plants": {name: {"plot": p.plot, "optional": p.optional is not None} for name, p in case.plants.items()},
        "partners": list(case.partners),
        "facilities": {name: {"scope": facility.scope} for name, facility in case.facilities.items()},
        "plots": list(case.plots),
        "resources": {name: {"kind": r.kind, "unit": r.unit, "basis": r.basis} for name, r in case.resources.items()},
        "parties": {name: {"kind": party.kind} for name, party in case.parties.items()},
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
        **(_of_quality(case) if case.qualities else {}),
        **archetypes(case),
    }


def _of_quality(case: "Case") -> dict[str, Any]:
    """Qualities of a case, what picks them up or takes them out, and pairs that cannot be for them."""
    from planner.case.contents import Contents
    from planner.case.mixing_units import load_unit, weight_of

    contents = Contents(case)
    tenants = {**case.plants, **case.partners}
    return {
        "qualities": {
            name: {
                "unit": quality.unit,
                "weight": weight_of(case, name),
                "load_unit": load_unit(case, name)[0],
                "by_index": quality.mixing != "mean",
            }
            for name, quality in case.qualities.items()
        },
        "operations": [
            {
                "plant": unit,
                "operation": name,
                "takes": operation.takes,
                "gives": operation.gives,
                "load_per_h": {quality: load.value for quality, load in operation.load.items()},
            }
            for unit, tenant in tenants.items()
            for name, operation in tenant.operations.items()
        ],
        "treatments": [name for name, facility in case.facilities.items() if facility.treats],
        "barred_pairs": [
            {
                "from": pair.outlet.unit,
                "source": pair.outlet.name,
                "to": pair.inlet.unit,
                "sink": pair.inlet.name,
                "unknown": unknown,
                "use": contents.forbidden_use(pair),
            }
            for pair in contents.pairs
            if (unknown := contents.unknown(pair)) or contents.forbidden_use(pair) is not None
        ],
    }
