"""Checks of temperatures and losses along insulated pipes, from lengths, sizes, levels, ground and flows alone."""

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.flows import Run
from planner.audit.links import main_of, resource_of, shared_hours, size_of, text
from planner.audit.network import number, word
from planner.audit.periods import Slices
from planner.audit.pipe_heat import arriving, counted_watts, ends, ground, lets_through
from planner.audit.reading import Row, rows_of
from planner.case.heat import HeatLevel
from planner.geography.distances import Distances
from planner.heat.properties import OutOfRange, saturation_temperature

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

TABLE = "heat_pipes"
YEAR = "year"
#: Flows below this are rounding.
NEGLIGIBLE = 1e-6
#: By so much a temperature may differ from what is recomputed [K], and be beyond what it must be at least.
TOLERANCE_K, OWN_K, MAIN_K = 1e-4, 1e-3, 0.05
TOLD = "plan: what arrives too cold is told"
COLD, OK, NOT_ASKED, NOT_KNOWN = "too cold", "ok", "not asked", "not known"


def check_heat_pipes(
    facts: Facts, distances: Distances, tables: "Tables", prefix: str, run: Run, slices: Slices, checks: Checks
) -> None:
    """Check the table of a run; ``prefix`` is "" or "baseline_"."""
    check = f"{'baseline' if prefix else 'plan'}: temperatures and losses along pipes"
    if not any(lets_through(size) is not None for link in facts.case.links.values() for size in link.sizes):
        return
    checks.start(check)
    parts = {t: (one.facts, one.run) for t, one in slices.items()} or {YEAR: (facts, run)}
    listed: dict[str, list[Row]] = defaultdict(list)
    for row in rows_of(tables, prefix + TABLE):
        listed[word(row, "state")].append(row)
    for state in sorted(listed.keys() - parts.keys()):
        checks.fail(check, f"{state} is no period of the case")
    for state, (known, one) in parts.items():
        where = checks if state == YEAR else checks.of(state)
        own = [row for row in listed[state] if not word(row, "main")]
        _own(known, one, own, where, check)
        for row in own:
            _pipe(known, row, where, check)
        over = [row for row in listed[state] if word(row, "main")]
        for main in dict.fromkeys(word(row, "main") for row in over):
            _main(known, distances, one, [row for row in over if word(row, "main") == main], where, check)
        _all_mains(known, one, over, where, check)


def check_cold_is_told(tables: "Tables", notes: Sequence[str], checks: Checks) -> None:
    """Check that a warning names each exchange over a main of the plan that arrives too cold, or counts it."""
    cold = [row for row in rows_of(tables, TABLE) if word(row, "main") and word(row, "verdict") == COLD]
    cold = [row for row in cold if word(row, "exchange")]
    if not cold:
        return
    checks.start(TOLD)
    warnings = [note for note in notes if note.startswith("WARNING") and "too cold" in note]
    more = sum(int(count) for note in warnings for count in re.findall(r" and (\d+) more: too cold", note))
    untold = [row for row in cold if not any(word(row, "exchange") in note for note in warnings)]
    if len(untold) > more:
        names = ", ".join(dict.fromkeys(word(row, "exchange") for row in untold))
        checks.fail(TOLD, f"{names} arrives too cold over a main, and no WARNING of the notes says so")


def _own(facts: Facts, run: Run, rows: list[Row], checks: Checks, check: str) -> None:
    """Check that every exchange by an insulated pipe of its own is there, with what flows and is lost."""
    told: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        told[word(row, "exchange"), _first(word(row, "option"))].append(row)
    due = {(word(row, "exchange"), _first(word(row, "option"))): row for row in _insulated(facts, run)}
    for key in sorted(told.keys() ^ due.keys()):
        checks.fail(check, f"{' by '.join(key)} is in only one of {TABLE} and exchanges")
    for key in told.keys() & due.keys():
        found, row, label = told[key], due[key], key[0]
        hours = shared_hours(facts, row)
        flow = sum(number(x, "flow_per_h") for x in found) * hours
        checks.equal(check, f"{label}: flow", flow, float(row["flow_per_yr"]))
        size = facts.size(facts.case.links[str(row["link"])], size_of(row))
        loss = counted_watts(facts, size, resource_of(facts, row), str(row["from"]))
        for one in found:
            _equal(one, "loss_w_per_m", loss, checks, check)
            lost = loss * number(one, "length_km") * 1000 * hours / 1e6
            checks.equal(check, f"{label}: lost", number(one, "lost_mwh_per_yr"), lost)
            checks.equal(check, f"{label}: length", number(one, "length_km"), float(row["length_km"]))
            for column, expected in (
                ("resource", resource_of(facts, row)),
                ("link", row["link"]),
                ("size", size_of(row)),
                ("unit", facts.case.resources[resource_of(facts, row)].unit),
            ):
                if word(one, column) != str(expected):
                    checks.fail(check, f"{label}: {column} is {word(one, column)!r}, {expected!r} by the exchanges")


def _first(option: str) -> str:
    """The option of the first of several twins."""
    name, _, twin = option.rpartition(" #")
    return name if name and twin.isdigit() else option


def _insulated(facts: Facts, run: Run) -> Iterator[Row]:
    """Exchanges in service by an insulated pipe of their own."""
    for row in run.exchanges:
        if text(row["link"]) is None or main_of(row) is not None or str(row["link"]) not in facts.case.links:
            continue
        size = facts.size(facts.case.links[str(row["link"])], size_of(row))
        moves = max(float(row["flow_per_yr"]), abs(float(row["lost_per_yr"]))) > NEGLIGIBLE
        if moves and lets_through(size) is not None and facts.case.resources[resource_of(facts, row)].heat is not None:
            yield row


def _pipe(facts: Facts, row: Row, checks: Checks, check: str) -> None:
    """Check the temperatures of a pipe from its length and flow."""
    label, case = word(row, "exchange"), facts.case
    link, data = case.links.get(word(row, "link")), case.resources.get(word(row, "resource"))
    size = None if link is None else facts.size(link, text(row["size"]))
    through = lets_through(size)
    if link is None or data is None or data.heat is None or through is None:
        checks.fail(check, f"{label}: {word(row, 'link')} {word(row, 'size')} is no insulated pipe of the case")
        return
    level, around, metres = data.heat, ground(facts), number(row, "length_km") * 1000
    energy = facts.content(word(row, "resource"), "MWh") or math.nan
    start, back = ends(level)
    if level.steam is None:
        arrives = arriving(level, through, around, metres, number(row, "flow_per_h") * energy * 1e6)
    else:
        arrives = _condenses(level, link.max_pressure_drop.value * metres if link.max_pressure_drop else math.nan)
    _equal(row, "ground_degc", around, checks, check)
    least = _least_flow(level, through, around) / 1e6 / energy * metres
    least /= 1 - (link.volume_loss.value * metres / 1000 if link.volume_loss else 0.0)
    _equal(row, "least_flow_per_h", least, checks, check)
    checks.at_most(check, f"{label}: least flow", least, number(row, "flow_per_h"))
    _level(row, level, arrives, OWN_K, checks, check)
    if word(row, "verdict") == COLD:
        checks.fail(check, f"{label}: its own pipe is built though it arrives too cold")


def _least_flow(level: HeatLevel, through: tuple[float, float], around: float) -> float:
    """Heat that must leave for each metre, to arrive as it must [W/m]."""
    if level.steam is not None or level.arrives is None or level.arrives.supply is None:
        return 0.0
    start, back = ends(level)
    far, near = start - around, level.arrives.supply.value - around
    towards = 1 if start > back else -1
    if far * towards <= 0 or near * towards <= 0:
        return 0.0
    flow = through[0] / (math.log(abs(far)) - math.log(abs(near)))
    returned = around + (back - around) * (near / far) ** (through[1] / through[0])
    return float(flow * max(abs(start - back), abs(start - returned)))


def _condenses(level: HeatLevel, drop: float) -> float:
    """Temperature at which steam condenses after a pressure drop [Pa]; not a number where nothing is left."""
    assert level.steam is not None
    try:
        return saturation_temperature(level.steam.value - drop / 1e5) if drop == drop else math.nan
    except OutOfRange:
        return math.nan


def _level(row: Row, level: HeatLevel, arrives: float, allowed: float, checks: Checks, check: str) -> None:
    """Check the temperatures of a row and its verdict."""
    start, back = ends(level)
    stated = level.arrives
    least = math.nan
    if stated is not None and stated.steam is not None:
        least = saturation_temperature(stated.steam.value)
    elif stated is not None and stated.supply is not None:
        least = stated.supply.value
    cold = start > back or level.steam is not None
    drop = start - arrives if cold else arrives - start
    for column, expected in (
        ("supply_degc", start),
        ("least_degc", least),
        ("arrives_degc", arrives),
        ("drop_k", drop),
    ):
        _equal(row, column, expected, checks, check)
    short = least - arrives if cold else arrives - least
    due = NOT_ASKED if least != least else NOT_KNOWN if arrives != arrives else COLD if short > allowed else OK
    edge = abs(short - allowed) <= 2 * TOLERANCE_K
    if word(row, "exchange") and word(row, "verdict") != due and not edge:
        checks.fail(check, f"{word(row, 'exchange')}: verdict is {word(row, 'verdict')!r}, {due!r} recomputed")


def _equal(row: Row, column: str, expected: float, checks: Checks, check: str) -> None:
    found = number(row, column)
    if found != found and expected != expected:
        return
    if not abs(found - expected) <= TOLERANCE_K + 1e-5 * abs(expected):
        label = word(row, "exchange") or f"{word(row, 'main')} in {word(row, 'stretch')}"
        checks.fail(check, f"{label}: {column} is {found:.8g} in the tables, {expected:.8g} recomputed")


def _all_mains(facts: Facts, run: Run, rows: list[Row], checks: Checks, check: str) -> None:
    """Check that every exchange over a main of insulated pipes, and every stretch of it, has a row."""
    insulated = {
        main
        for main, (link, _) in facts.case.mains().items()
        if any(lets_through(size) is not None for size in facts.case.links[link].sizes)
    }
    users = [row for row in run.exchanges if main_of(row) in insulated and float(row["flow_per_yr"]) > NEGLIGIBLE]
    moving = {str(main_of(row)) for row in users}
    laid = {(word(x, "main"), word(x, "stretch")) for x in run.network.mains if word(x, "main") in insulated}
    pipes = {word(x, "main") for x in run.network.mains}
    due = {("", word(row, "exchange"), _first(word(row, "option"))) for row in users if str(main_of(row)) in pipes}
    due |= {(stretch, "", "") for main, stretch in laid if main in moving}
    told = {(word(row, "stretch"), word(row, "exchange"), _first(word(row, "option"))) for row in rows}
    for key in sorted(told ^ due):
        checks.fail(check, f"{' '.join(part for part in key if part)} is in only one of {TABLE} and the plan")


def _main(facts: Facts, distances: Distances, run: Run, rows: list[Row], checks: Checks, check: str) -> None:
    """Check a main by its nodes, if there is one."""
    from planner.audit.heat_mains import check_main

    main = word(rows[0], "main")
    link, resource = facts.case.mains().get(main, ("", ""))
    if not link or distances.graph is None:
        checks.fail(check, f"{main!r} is no main of the case")
        return
    if not all([_named(facts, run, row, (link, resource), checks, check) for row in rows]):
        return
    users = check_main(facts, distances.graph, run, rows, (checks, check))
    level = facts.case.resources[resource].heat
    for row in rows if level is not None else ():
        assert level is not None
        if level.steam is not None and row in users:
            drop = facts.case.links[link].max_pressure_drop
            metres = number(row, "length_km") * 1000
            _level(row, level, _condenses(level, drop.value * metres if drop else math.nan), MAIN_K, checks, check)
        else:
            _level(row, level, number(row, "arrives_degc"), MAIN_K, checks, check)


def _named(facts: Facts, run: Run, row: Row, of: tuple[str, str], checks: Checks, check: str) -> bool:
    """Check the words of a row of a main; whether its link and what it carries are those of the case."""
    main, stretch = word(row, "main"), word(row, "stretch")
    laid = [x for x in run.network.mains if (word(x, "main"), word(x, "stretch")) == (main, stretch)]
    sizes = " + ".join(f"{number(x, 'pipes'):g} x {word(x, 'size')}" for x in laid)
    due = {"link": of[0], "resource": of[1], "unit": facts.case.resources[of[1]].unit, "size": sizes}
    if stretch:
        due["verdict"] = NOT_ASKED
    wrong = [column for column, expected in due.items() if word(row, column) != expected]
    for column in wrong:
        label = word(row, "exchange") or f"{main} in {stretch}"
        checks.fail(check, f"{label}: {column} is {word(row, column)!r}, {due[column]!r} by the case and the plan")
    return not {"link", "resource"} & set(wrong)
