"""Checks of stores: the content through the year, passed through here hour after hour of charging and drawing.

Of a content s that loses a share of itself an hour, with r = -ln(1 - share), and takes in net evenly over h hours,

    s(h) = s(0) exp(-r h) + net (1 - exp(-r h)) / (r h).

Each pass of each group of periods is gone through with what the tables say is charged and drawn, from the content that
they have at new year; in every pass it must lie within its limits, and at the end of the year be what it was.
"""

import math
from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

from planner.audit.checks import ABSOLUTE, RELATIVE, Checks
from planner.audit.facts import HOURS_OF_YEAR, Facts
from planner.audit.flows import Run
from planner.audit.links import text
from planner.audit.network import number, word
from planner.audit.reading import Row, rows_of
from planner.case import units
from planner.case.stores import Store, known

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

#: Period, pass -> content at the beginning and at the end of the period.
Levels = dict[tuple[str, str], tuple[float, float]]
#: The one period of a case without periods.
YEAR = "year"


def check_stores(
    facts: Facts, tables: "Tables", prefix: str, run: Run, periods: Mapping[str, tuple[Facts, Run]], checks: Checks
) -> None:
    """Check the stores of a run; nothing where the case has none."""
    if not any(facility.stores for facility in facts.case.facilities.values()):
        return
    check = f"{'baseline' if prefix else 'plan'}: stores keep what is charged, and no more than they hold"
    checks.start(check)
    rows = {word(row, "store"): row for row in rows_of(tables, prefix + "stores")}
    told: dict[str, list[Row]] = defaultdict(list)
    for row in rows_of(tables, prefix + "store_levels"):
        told[word(row, "store")].append(row)
    built = {name for name in run.activity if name in facts.case.facilities and facts.case.facilities[name].stores}
    for name in sorted({*rows, *told} ^ built | (built - rows.keys())):
        checks.fail(check, f"{name}: is not in all of the tables facilities, stores and store_levels")
    for name in sorted(built & rows.keys() & told.keys()):
        _size(facts, rows[name], checks, check)
        _rates(facts, name, run, periods, checks, check)
        levels = _course(facts, name, run, periods, _first(told[name]))
        _levels(facts, (name, rows[name]), told[name], levels, checks, check)
        _row(facts, rows[name], told[name], checks, check)
        _moved(rows[name], run, checks, check)


def _first(rows: list[Row]) -> float:
    """Content at the beginning of the year, as the table says."""
    return number(rows[0], "content_start")


def _size(facts: Facts, row: Row, checks: Checks, check: str) -> None:
    """Content within the sizes of the case; rates within what content and case allow, and as large as that if free."""
    name = word(row, "store")
    facility = facts.case.facilities[name]
    store, points, content = facility.stores, facility.curve(), number(row, "content")
    assert store is not None
    checks.at_most(check, f"{name}: content", content, points[-1].capacity.value)
    checks.at_most(check, f"{name}: least content", points[0].capacity.value, content)
    fastest = fastest_of(store, content)
    for column, most, price in (
        ("rated_in_per_h", fastest[0], store.rate_cost_in),
        ("rated_out_per_h", fastest[1], store.rate_cost_out),
    ):
        if price is None:
            checks.equal(check, f"{name}: {column}", number(row, column), most)
        else:
            checks.at_most(check, f"{name}: {column}", number(row, column), most)


def fastest_of(store: Store, content: float) -> tuple[float, float]:
    """Largest rates in and out of a store of a content: by the hours that it takes, and by those that are stated."""
    into = out = math.inf
    if store.hours_to_fill is not None:
        into = content / store.gained / store.hours_to_fill.value
    if store.hours_to_empty is not None:
        out = content * store.drawn / store.hours_to_empty.value
    if store.rate_in is not None:
        into = min(into, store.rate_in.value)
    if store.rate_out is not None:
        out = min(out, store.rate_out.value)
    return into, out


def _rates(
    facts: Facts, name: str, run: Run, periods: Mapping[str, tuple[Facts, Run]], checks: Checks, check: str
) -> None:
    """Check that what is charged and drawn in a period is no more than the rates of its hours."""
    for t, (known_, one) in (periods or {"": (facts, run)}).items():
        found = checks.of(t) if t else checks
        hours = known_.stream_hours(name, "sink", "")
        for what, amount, rate in (
            ("charged", one.activity[name], run.capacity[name]),
            ("drawn", one.drawn[name], run.rated_out[name]),
        ):
            found.at_most(check, f"{name}: {what}", amount, rate * hours)
            if not amount >= -ABSOLUTE:
                found.fail(check, f"{name}: {what} is {amount:g}")


def _course(
    facts: Facts, name: str, run: Run, periods: Mapping[str, tuple[Facts, Run]], start: float
) -> tuple[Levels, list[float]]:
    """Content at the ends of the periods in first and last passes, and all contents of the year in their order."""
    store = facts.case.facilities[name].stores
    assert store is not None
    rate = 0.0 if store.loss is None else -math.log1p(-store.loss.value)
    found: Levels = {}
    content, every = start, [start]
    groups = _groups(facts)
    passed: dict[str, int] = defaultdict(int)
    for group, _, times in groups:
        passed[group] += times
    for n, (group, steps, times) in enumerate(groups, 1):
        passes, words = passed[group], {"first": "first", "last": "last"}
        if facts.case.turns:
            words = {"first": f"turn {n}, pass 1", "last": f"turn {n}, pass {times}"}
        for turn in range(times):
            for t, hours in steps:
                one = periods[t][1] if periods else run
                net = store.gained * one.activity[name] - one.drawn[name] / store.drawn
                gone = rate * hours / passes
                spread = -math.expm1(-gone) / gone if gone > 0 else 1.0
                before, content = content, content * math.exp(-gone) + spread * net / passes
                every.append(content)
                for turned, word_ in ((0, "first"), (times - 1, "last")):
                    if turn == turned and (word_ == "first" or times > 1):
                        found[t, words[word_]] = before, content
    return found, every


def _groups(facts: Facts) -> list[tuple[str, list[tuple[str, float]], int]]:
    """Groups, their periods with their hours that are passed in turn, and how often in a row; in order of the year."""
    periods = facts.case.periods
    if not periods:
        return [(YEAR, [(YEAR, HOURS_OF_YEAR)], 1)]
    found: dict[str, list[tuple[str, float]]] = {}
    cycles: dict[str, float | None] = {}
    for name, period in periods.items():
        group = period.of or f"\0{name}"
        found.setdefault(group, []).append((name, period.hours.value))
        cycles[group] = None if period.of is None else period.cycle.value
    whole = {group: sum(hours for _, hours in steps) for group, steps in found.items()}
    times = {group: 1 if cycle is None else max(1, round(whole[group] / cycle)) for group, cycle in cycles.items()}
    if facts.case.turns:
        return [(turn.of, found.get(turn.of) or found[f"\0{turn.of}"], turn.times) for turn in facts.case.turns]
    return [(group, steps, times[group]) for group, steps in found.items()]


def _levels(
    facts: Facts,
    one: tuple[str, Row],
    told: list[Row],
    course: tuple[Levels, list[float]],
    checks: Checks,
    check: str,
) -> None:
    """Compare the contents of the table with those passed through, and both with what the store holds."""
    (name, row), (levels, every) = one, course
    content = number(row, "content")
    slack = ABSOLUTE + RELATIVE * max(content, abs(every[0]))
    checks.equal(check, f"{name}: content at the end of the year", every[-1], every[0], content)
    if not min(every) >= -slack:
        checks.fail(check, f"{name}: its content falls to {min(every):.8g}")
    if not max(every) <= content + slack:
        checks.fail(check, f"{name}: its content rises to {max(every):.8g}, it holds {content:.8g}")
    listed = {(word(x, "period"), word(x, "pass")): x for x in told}
    for key in sorted(levels.keys() ^ listed.keys()):
        checks.fail(check, f"{name}: {' of '.join(key[::-1])} pass is in only one of the table and the year")
    for key in levels.keys() & listed.keys():
        for column, expected in zip(("content_start", "content_end"), levels[key], strict=True):
            label = f"{name}: {column} of {key[0]}, {key[1]} pass"
            checks.equal(check, label, number(listed[key], column), expected, content)
        unit = facts.case.facilities[name].unit
        if word(listed[key], "unit") != unit:
            checks.fail(check, f"{name}: unit is {word(listed[key], 'unit')!r}, {unit!r} by the case")


def _row(facts: Facts, row: Row, told: list[Row], checks: Checks, check: str) -> None:
    """Check losses, cycles, words and ends of the content of a row of the table of stores."""
    name = word(row, "store")
    facility = facts.case.facilities[name]
    store, content = facility.stores, number(row, "content")
    assert store is not None
    charged, drawn = number(row, "charged_per_yr"), number(row, "drawn_per_yr")
    gained = store.gained * charged
    levels = [number(x, column) for x in told for column in ("content_start", "content_end")]
    expected = {
        "lost_standing_per_yr": gained - drawn / store.drawn,
        "lost_converting_per_yr": _converting(facts, facility.unit, store, charged, drawn),
        "cycles_per_yr": gained / content if content > 0 else float("nan"),
        "least_content": min(levels),
        "largest_content": max(levels),
    }
    for column, amount in expected.items():
        found = number(row, column)
        if amount == amount or found == found:
            checks.equal(check, f"{name}: {column}", found, amount, 0.0 if column == "cycles_per_yr" else gained)
    checks.at_most(check, f"{name}: drawn, of what is gained", drawn / store.drawn, gained)
    resources = facts.case.resources
    words = {
        "takes": store.taken,
        "gives": store.given,
        "unit": facility.unit,
        "charged_unit": resources[store.taken].unit,
        "drawn_unit": resources[store.given].unit,
    }
    for column, expected_word in words.items():
        if text(row[column]) != expected_word:
            checks.fail(check, f"{name}: {column} is {row[column]!r}, {expected_word!r} by the case")


def _converting(facts: Facts, unit: str, store: Store, charged: float, drawn: float) -> float:
    """What goes in less what the content gains, and what it loses less what is given, in its unit."""
    ends = [facts.case.resources[name].unit for name in (store.taken, store.given)]
    told = [end == unit or (known(end) and known(unit) and units.converts(end, unit)) for end in ends]
    if store.taken != store.given or not all(told):
        return float("nan")
    sizes = [1.0 if end == unit else units.factor(end, unit) for end in ends]
    return charged * sizes[0] - charged * store.gained + drawn / store.drawn - drawn * sizes[1]


def _moved(row: Row, run: Run, checks: Checks, check: str) -> None:
    """Compare the table of stores with that of facilities."""
    name = word(row, "store")
    checks.equal(check, f"{name}: charged_per_yr", number(row, "charged_per_yr"), run.activity[name])
    checks.equal(check, f"{name}: rated_in_per_h", number(row, "rated_in_per_h"), run.capacity[name])
