"""Checks the periods of a case: that they make up the year, and that groups of them can be passed in turn."""

from planner.case.case import Case
from planner.case.findings import Findings
from planner.case.numbers import did_you_mean
from planner.case.periods import HOURS_PER_YEAR, TOLERANCE_H, states_of, tenant_hours


def check_periods(case: Case, found: Findings) -> None:
    """Hours, order and cycles of the periods, and streams of which it is not said when they run."""
    if not case.periods:
        if case.turns:
            found.say(("turns",), "are turns of periods, of which the case has none")
        return
    _check_hours(case, found)
    _check_groups(case, found)
    _check_turns(case, found)
    _check_streams(case, found)


def _check_hours(case: Case, found: Findings) -> None:
    for name, period in case.periods.items():
        if period.hours.value <= 0:
            found.say(("periods", name, "hours"), f"found {period.hours.given}; expected more than 0 h/yr")
    total = sum(period.hours.value for period in case.periods.values())
    off = total - HOURS_PER_YEAR
    if abs(off) > TOLERANCE_H:
        word = "more" if off > 0 else "less"
        message = f"add up to {total:.10g} h, {abs(off):.6g} h {word} than the {HOURS_PER_YEAR:g} h of a year"
        found.say(("periods",), message)


def _check_groups(case: Case, found: Findings) -> None:
    """Periods of a group stand together, and say the same of its cycle."""
    last, closed = None, set()
    first: dict[str, str] = {}
    hours = {state.group: 0.0 for state in states_of(case).values()}
    for name, period in case.periods.items():
        hours[period.of or name] = hours.get(period.of or name, 0.0) + period.hours.value
        group = period.of
        if group != last and last is not None:
            closed.add(last)
        last = group
        if group is None:
            if "cycle" in period.model_fields_set and period.cycle.value != 24.0:
                found.say(("periods", name, "cycle"), "repeats nothing; name the group of the period in `of`")
            continue
        if group in closed:
            found.say(("periods", name, "of"), f"the periods of {group} do not stand together; put them in a row")
        if group in case.periods:
            found.say(("periods", name, "of"), f"{group} is the name of a period; give the group another")
        head = first.setdefault(group, name)
        if period.cycle.value != case.periods[head].cycle.value:
            message = f"found {period.cycle.given}; {head}, of the same group, has {case.periods[head].cycle.given}"
            found.say(("periods", name, "cycle"), message)
    for group, name in first.items():
        cycle = case.periods[name].cycle
        if not 0 < cycle.value <= hours[group] + TOLERANCE_H:
            message = f"found {cycle.given}; expected more than 0 h and at most the {hours[group]:g} h of {group}"
            found.say(("periods", name, "cycle"), message)


def _check_turns(case: Case, found: Findings) -> None:
    """Every group has its turns, as many times as its hours hold its cycle."""
    if not case.turns:
        return
    repeats = {state.group: state.repeats for state in states_of(case).values()}
    passed = dict.fromkeys(repeats, 0)
    for index, turn in enumerate(case.turns):
        if turn.of not in passed:
            message = f'no such group of periods: "{turn.of}"{did_you_mean(turn.of, list(passed))}'
            found.say(("turns", index, "of"), message)
        else:
            passed[turn.of] += turn.times
    for group, times in passed.items():
        if times != repeats[group]:
            found.say(("turns",), f"pass {group} {times} times; its hours hold its cycle {repeats[group]} times")


def _check_streams(case: Case, found: Findings) -> None:
    """Streams with yearly hours of their own at a plant whose hours are not spread evenly."""
    states = states_of(case)
    for kind in ("plants", "partners"):
        for name, tenant in getattr(case, kind).items():
            running = tenant_hours(case, tenant)
            total = sum(running.values())
            if all(abs(running[t] - total * state.share) <= TOLERANCE_H for t, state in states.items()):
                continue
            for direction in ("sources", "sinks"):
                for stream_name, stream in getattr(tenant, direction).items():
                    if stream.hours is not None and not stream.hours.periods:
                        path = (kind, name, direction, stream_name, "hours")
                        found.say(path, f"{name} does not run evenly over the periods; state these hours by period")
