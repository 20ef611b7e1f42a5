"""Checks of the words of the bill of quantities: what lies there, of which size, for what, under which surface."""

from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.flows import Run
from planner.audit.links import main_of, resource_of
from planner.audit.network import word
from planner.audit.reading import Row
from planner.geography.distances import CorridorGraph

EXTRA, CROSSING = "extra length of crossings", "crossing of "
CIVIL = "civil works"


def check_bill_words(facts: Facts, graph: CorridorGraph | None, run: Run, checks: Checks) -> None:
    """Check each row by its carrier: a main, an exchange (" #2" for a second link), or none for shared trenches."""
    check = "plan: words of the bill of quantities"
    checks.start(check)
    stretches = graph.stretches.values() if graph is not None else ()
    surfaces = {"", *(name for stretch in stretches for name in stretch.surfaces)}
    for row in run.network.quantities:
        label = " ".join(x for x in (word(row, k) for k in ("item", "what", "carrier", "size", "surface")) if x)
        for column, known in _expected(facts, run, row).items():
            if word(row, column) not in known:
                told = " or ".join(map(repr, sorted(known))) or "nothing"
                checks.fail(check, f"{label}: {column} is {word(row, column)!r}, {told} by its carrier")
        if word(row, "surface") not in surfaces:
            checks.fail(check, f"{label}: surface {word(row, 'surface')!r} lies nowhere")


def _expected(facts: Facts, run: Run, row: Row) -> dict[str, set[str]]:
    """Column -> words it may have."""
    item, what, carrier = word(row, "item"), word(row, "what"), word(row, "carrier")
    units = {item} if item == "station" or what.startswith(CROSSING) else {"m"}
    links, sizes, resources = _carried(facts, run, carrier)
    if item == "trench":
        return {"what": {CIVIL}, "unit": {"m", item}, "size": {""}, "resource": resources}
    if item == "crossing":
        layers = {f"{CROSSING}{one.layer}" for one in facts.case.geography.crossings}
        return {"what": {EXTRA, *layers}, "unit": units, "resource": resources}
    return {"what": links, "unit": units | {item}, "size": sizes, "resource": resources}


def _carried(facts: Facts, run: Run, carrier: str) -> tuple[set[str], set[str], set[str]]:
    """Links, sizes and resources of a carrier."""
    mains = facts.case.mains()
    if carrier in mains:
        name, resource = mains[carrier]
        sizes = {str(size.size) for size in facts.case.links[name].sizes if size.size is not None}
        return {name}, {"", *sizes}, {resource}
    exchange, _, twin = carrier.rpartition(" #")
    rows = [row for row in run.exchanges if main_of(row) is None and word(row, "exchange") == carrier]
    if not rows and twin.isdigit():
        rows = [row for row in run.exchanges if main_of(row) is None and word(row, "exchange") == exchange]
    found = {word(row, "link") for row in rows}, {word(row, "size") for row in rows}
    return *found, {resource_of(facts, row) for row in rows} or {""}
