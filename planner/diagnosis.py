"""Why a case has no plan: which named requirements clash, in the user's words, and the least that would mend it."""

from collections.abc import Mapping

from planner.case.case import Case
from planner.geography.distances import Distances

#: Seconds the search for an explanation may take.
TIME_LIMIT = 120.0

#: Kind of requirement -> unit of the amount by which it would have to give; others are kept or dropped.
UNITS = {"area": "ha", "separation": "m"}


def explain(case: Case, distances: Distances, *, threads: int = 1, time_limit: float = TIME_LIMIT) -> str:
    """Say why no plan can satisfy a case.

    Parameters
    ----------
    case, distances
        The case and its geography.
    threads, time_limit
        For the solver; the limit holds for the whole search [s].

    Returns
    -------
    str
        Lines that name an irreducible set of requirements that clash, each with its place in the case file, and the
        smallest changes that would make a plan possible.
    """
    from models.diagnose import clash
    from planner.assemble.assemble import assemble

    assembly = assemble(case, distances, relaxed=True)
    instance = assembly.instance
    found = clash(instance, threads=threads, time_limit=time_limit)
    words = dict(instance.requirements)
    if not found.requirements and not found.relaxations:
        return (
            "No plan can satisfy the case, and no requirement of the case explains it: the streams do not balance. "
            "Run 'planner check' and see that every source can be disposed of and every sink supplied."
        )
    alone = len(found.requirements) == 1
    lines = [f"No plan can satisfy the case. {'One requirement' if alone else 'These requirements'} cannot hold"]
    lines[0] += ":" if alone else " together:"
    lines += [f"  - {words.get(name, name)}" for name in found.requirements]
    if not found.proven:
        lines.append("  (time ran out: fewer of them may already clash)")
    if found.relaxations:
        lines.append("The smallest changes that would make a plan possible:")
        lines += [f"  - {_change(name, amount, words, case)}" for name, amount in sorted(found.relaxations.items())]
    return "\n".join(lines)


def _change(requirement: str, amount: float, words: Mapping[str, str], case: Case) -> str:
    kind, _, name = requirement.partition(":")
    text = words.get(requirement, requirement)
    if kind == "limit":
        return f"{text}: raise it by {amount:,.6g}{_limit_unit(name, case)}"
    if kind in UNITS:
        return f"{text}: give way by {amount:.4g} {UNITS[kind]}"
    if kind == "at_most":
        return f"{text}: allow {round(amount)} more"
    return f"{text}: drop it"


def _limit_unit(name: str, case: Case) -> str:
    units = {"co2e": "tCO2e/yr", "waste": "t/yr", "fresh_water": "m3/yr", "budget": case.currency}
    if name in units:
        return f" {units[name]}"
    gate = case.park_gate.get(name.rpartition(":")[2])
    if gate is None:
        return ""
    return f" {case.resources[gate.resource].unit}/{'h' if 'peak' in name else 'yr'}"
