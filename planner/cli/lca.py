"""``planner lca``: the flows of a finished run for programs of life cycle assessment."""

from pathlib import Path
from typing import IO, Any

FILES = {"csv": "flows.csv", "stan": "flows-stan.csv", "simapro": "simapro.csv", "jsonld": "openlca.zip"}


def write_lca(out: Path, form: str, identifiers: Path | None, *, as_json: bool, stream: IO[str]) -> int:
    """Write the flows of a run into its folder ``lca``, and return the exit code; faults are raised."""
    from planner.cli.app import dumps
    from planner.cli.finished import finished_folder
    from planner.lifecycle.identifiers import Identifiers, read_identifiers
    from planner.lifecycle.jsonld import write_jsonld
    from planner.lifecycle.simapro import write_simapro
    from planner.lifecycle.write import flows_of, names_of, write_flows, write_stan
    from planner.pipeline import sound

    plan = sound(finished_folder(out), "no flows are written of it")
    case = plan.case
    assert case is not None, "a run that was audited has its case"
    ids = Identifiers() if identifiers is None else read_identifiers(identifiers, names_of(case))
    flows, file = flows_of(case, plan.tables), out / "lca" / FILES[form]
    told: dict[str, Any] = {"file": str(file), "format": form, "flows": len(flows)}
    if form == "jsonld":
        told |= write_jsonld(case, flows, ids, file, str(plan.header["created"]))
    elif form == "simapro":
        told |= write_simapro(case, flows, ids, file, str(plan.header["created"]))
    else:
        (write_flows if form == "csv" else write_stan)(flows, ids, file)
    if as_json:
        stream.write(dumps(told) + "\n")
        return 0
    counted = [f"{told[key]} {key.replace('_', ' ')}" for key in told if key not in ("file", "format")]
    stream.write(f"{file}: {', '.join(counted)}\n")
    return 0
