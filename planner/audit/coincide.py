"""Check that facilities which keep nothing can do in the hours of their exchanges what the tables say of them."""

from dataclasses import dataclass

from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.flows import Run
from planner.audit.links import Row, main_of, peak_of, resource_of, shared_hours

#: Share of what an exchange moves that is rounding.
ROUNDING = 1e-5
_SAME = 1e-9


@dataclass(frozen=True)
class Moved:
    """What an exchange brings a facility or takes of it.

    Attributes
    ----------
    side, stream
        "source" where the facility gives it, else "sink"; which stream.
    activity
        Activity that it stands for [activity/yr].
    hours, most
        Hours that both ends share [h/yr], and the most activity in one of them that it can stand for [activity/h].
    """

    side: str
    stream: str
    activity: float
    hours: float
    most: float


def check_hours(facts: Facts, run: Run, checks: Checks, name: str) -> None:
    """Check the facilities of a run, or of a period of it, that neither store nor even out.

    The hours that the two ends of an exchange share are nested: fewer lie within more. What falls into each stretch of
    them is a linear program for each facility by itself; its least violation is to be nothing.
    """
    check = f"{name}: facilities do in shared hours what they do"
    checks.start(check)
    for unit, activity in run.activity.items():
        facility = facts.case.facilities.get(unit)
        if facility is None or facility.stores is not None or facility.evens_out or not activity > ROUNDING:
            continue
        moved = [one for row in run.exchanges for one in _moved(facts, run, row, unit)]
        running = facts.unit_hours(unit) * facility.availability.value
        hourly = run.capacity[unit] * facility.capacity_factor.value / facility.peak_factor.value
        if any(one.hours < running * (1.0 - _SAME) for one in moved):
            missed = _missed(moved, activity, running, hourly)
            if missed > 2.0 * ROUNDING * activity + 1e-4:
                told = f"{missed:.6g} of {activity:.6g} {facility.unit}/yr"
                checks.fail(check, f"{unit}: {told} fall into hours in which other ends of its exchanges stand still")


def _moved(facts: Facts, run: Run, row: Row, unit: str) -> list[Moved]:
    """What a row of the exchanges table is to a facility; a material lies until it is wanted."""
    found = []
    giver, taker, source, sink = (str(row[k]) for k in ("from", "to", "source", "sink"))
    hours, flow, replaced = shared_hours(facts, row), float(row["flow_per_yr"]), float(row["replaced_per_yr"])
    ratio = replaced / flow if flow > 0 else 0.0
    capacity = float(row["capacity_per_h"])
    carried = capacity / peak_of(facts, row) if capacity == capacity and main_of(row) is None else float("inf")
    ends = {"source": (giver, source, flow, 1.0), "sink": (taker, sink, replaced, ratio)}
    for side, (one, stream, amount, per_flow) in ends.items():
        if one != unit or not amount > 0:
            continue
        resource = resource_of(facts, row) if side == "source" else facts.stream_resource(taker, "sink", sink)
        each = facts.coefficient(facts.case.facilities[unit], side, stream)
        if facts.case.resources[resource].kind == "material" or not each > 0:
            continue
        other = _rate(facts, run, *((taker, "sink", sink) if side == "source" else (giver, "source", source)))
        if side == "source":
            other = other / ratio if ratio > 0 else 0.0
        most = min(carried * per_flow, other * (per_flow if side == "sink" else 1.0))
        found.append(Moved(side, stream, amount / each, hours, max(most, amount / hours if hours else 0.0) / each))
    return found


def _rate(facts: Facts, run: Run, unit: str, direction: str, stream: str) -> float:
    """Most that a plant gives or takes in an hour; infinite of a facility, whose capacity is looked at by itself."""
    if unit in facts.case.facilities or facts.is_medium(unit, direction, stream):
        return float("inf")
    return run.hourly(facts, unit, direction, stream)


def _missed(moved: list[Moved], activity: float, running: float, hourly: float) -> float:
    """Least activity that the exchanges of some streams stand for beyond what is done in the same hours."""
    import numpy as np
    from scipy.optimize import linprog

    ends = [0.0]
    for hours in sorted({one.hours for one in moved} | {running}):
        if hours > ends[-1] * (1.0 + _SAME) and hours <= running * (1.0 + _SAME):
            ends.append(hours)
    lengths = np.diff(ends)
    count, streams = len(lengths), sorted({(one.side, one.stream) for one in moved})
    paces, parts = count, count * len(moved)
    total = paces + parts + count * len(streams)  # last what is missed, by stream and stretch
    cost, upper = np.zeros(total), np.full(total, np.inf)
    cost[paces + parts :] = 1.0
    upper[:count] = lengths * hourly * (1.0 + ROUNDING)
    for at, one in enumerate(moved):
        inside = np.array(ends[1:]) <= one.hours * (1.0 + _SAME)
        upper[paces + at * count : paces + (at + 1) * count] = np.where(
            inside, lengths * one.most * (1.0 + ROUNDING), 0.0
        )
    whole = np.zeros((1 + len(moved), total))
    whole[0, :count] = 1.0
    for at in range(len(moved)):
        whole[1 + at, paces + at * count : paces + (at + 1) * count] = 1.0
    most = np.zeros((len(streams) * count, total))
    for at, stream in enumerate(streams):
        for n in range(count):
            row = most[at * count + n]
            row[n], row[paces + parts + at * count + n] = -1.0, -1.0
            for k, one in enumerate(moved):
                if (one.side, one.stream) == stream:
                    row[paces + k * count + n] = 1.0
    equal = np.array([min(activity, float(upper[:count].sum())), *(one.activity for one in moved)])
    found = linprog(cost, most, np.zeros(len(most)), whole, equal, [(0.0, float(u)) for u in upper])
    return activity if found.fun is None else float(found.fun)
