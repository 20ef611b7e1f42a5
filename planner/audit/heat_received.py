"""Checks that nobody is heated by more than others and the ground put into a cooling loop, less what that loses.

From temperatures, lengths and hours alone: whoever gives a medium that cools takes up the heat of those who took it.
"""

from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.flows import Run
from planner.audit.links import main_of, resource_of, shared_hours, size_of, text
from planner.audit.network import number, sized, word
from planner.audit.periods import Slices
from planner.audit.pipe_heat import to_ground
from planner.audit.reading import Row
from planner.case.cooling import heated_by

YEAR = "year"


def check_heat_received(facts: Facts, prefix: str, run: Run, slices: Slices, checks: Checks) -> None:
    """Check the exchanges of a run; ``prefix`` is "" or "baseline_"."""
    if not any(heated_by(facts.case, name) for name in facts.case.resources):
        return
    check = f"{'baseline' if prefix else 'plan'}: nobody takes more heat from a cooling loop than goes in"
    checks.start(check)
    for state, (known, one) in ({t: (x.facts, x.run) for t, x in slices.items()} or {YEAR: (facts, run)}).items():
        where = checks if state == YEAR else checks.of(state)
        rows = [row for row in one.exchanges if str(row["from"]) in heated_by(known.case, resource_of(known, row))]
        for row in rows:
            if text(row["link"]) in known.case.links and main_of(row) is None and float(row["flow_per_yr"]) > 0:
                link = known.case.links[str(row["link"])]
                metres = float(row["length_km"]) * 1000 * float(row["copies"])
                level = known.case.resources[resource_of(known, row)].heat
                lost = 0.0 if level is None else to_ground(known, known.size(link, size_of(row)), level) * metres
                _compare(known, str(row["exchange"]), [row], lost * shared_hours(known, row) / 1e6, where, check)
        for main in sorted({str(main_of(row)) for row in rows if main_of(row) is not None}):
            mine = [row for row in rows if main_of(row) == main and float(row["flow_per_yr"]) > 0]
            hours = max((shared_hours(known, row) for row in mine), default=0.0)
            _compare(known, main, mine, _lost_in_main(known, one, main) * hours / 1e6, where, check)


def _compare(facts: Facts, label: str, rows: list[Row], lost: float, checks: Checks, check: str) -> None:
    """Compare what is received with what goes in less the heat lost, or with what the ground adds [MWh/yr]."""
    received = put_in = 0.0
    for row in rows:
        energy = facts.content(resource_of(facts, row), "MWh") or 0.0
        received += float(row["flow_per_yr"]) * energy
        put_in += (float(row["flow_per_yr"]) - float(row["lost_per_yr"])) * energy
    if rows:
        checks.at_most(check, f"{label}: heat received [MWh/yr]", received, put_in - lost)


def _lost_in_main(facts: Facts, run: Run, main: str) -> float:
    """Heat that the pipes of a main pass on to the ground; negative where it heats them [W]."""
    found = 0.0
    for row in run.network.mains:
        level = facts.case.resources[facts.case.mains()[main][1]].heat
        if word(row, "main") == main and level is not None:
            found += to_ground(facts, sized(facts, row), level) * number(row, "length_m") * number(row, "pipes")
    return found
