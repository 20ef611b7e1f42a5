"""Why the headlines moved from one run to the next: data change apart from plan change.

The numbers that differ are put into the old case group by group, in the order of the new case, with the old plan kept:

    part of a group = headline of the old plan with this group and those before - with those before alone
    plan change     = headline of the new run - headline of the old plan with all changed numbers
    sum of parts    = headline of the new run - headline of the old run

A number that one of the cases does not state (a tax on carbon, a price of what was free) is counted at what the old
plan has of it. What is no number (another plant, link, rule or file), and what acts through what flows and is built
(demands, hours, limits, capacities), moves nothing while the plan is kept: it is in the plan change.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner.case.rewrite import as_yaml
from planner.compare.inputs import RESOLVED, Change, applied, changes, resolved_case, told
from planner.compare.reprice import HEADLINES, Repricer, Totals
from planner.errors import PlannerError
from planner.report.waterfalls import Part, Waterfall
from planner.results.plan import Plan

#: More groups of changed numbers than this are put in together by section: each asks for an assembly.
MOST_GROUPS = 24
PLAN_CHANGE = "what is built and what flows (plan change)"
_NOISE = 1e-9
#: Changes of a group that its name tells.
_FEW = 2


@dataclass(frozen=True)
class Moved:
    """Why headlines moved.

    Attributes
    ----------
    waterfalls
        Cost and CO2e of the plan, and what it saves of them against its baseline.
    changes
        Inputs that differ.
    notes
        What moves nothing by itself, and what could not be told.
    """

    waterfalls: tuple[Waterfall, ...]
    changes: tuple[Change, ...]
    notes: tuple[str, ...]


def moved(old: tuple[Plan, Path], new: tuple[Plan, Path]) -> Moved:
    """Tell why the headlines moved from one finished run to another.

    Parameters
    ----------
    old, new
        The runs as they were read back, and their folders.

    Raises
    ------
    UsageError
        If the case of one cannot be read.
    """
    before, after = resolved_case(old[1]), resolved_case(new[1])
    found = changes(before, after)
    money = _money(old[0]) == _money(new[0])
    # numbers of the new case come with their sources, which the old one may not know
    kept = {**before, "sources": {**(before.get("sources") or {}), **(after.get("sources") or {})}}
    steps, notes = _steps(Repricer(*old), kept, [change for change in found if change.number and not change.idle])
    ends = {key: _headline(new[0], *key) for key in steps[0][1]}
    starts = {key: _headline(old[0], *key) for key in steps[0][1]}
    units = {"cost": f"{new[0].header.get('currency')}/yr", "co2e": "tCO2e/yr"}
    made = []
    for headline, words in (("cost", "total annual cost"), ("co2e", "CO2e")):
        if headline == "cost" and not money:
            continue
        for of, title in (
            ({"plan": 1.0}, "of the plan"),
            ({"plan": -1.0, "baseline": 1.0}, "saved against the baseline"),
        ):
            at_steps = [(name, _weighed(totals, headline, of)) for name, totals in steps]
            bounds = _weighed(starts, headline, of), _weighed(ends, headline, of)
            made.append(Waterfall(f"{words} {title}", units[headline], *bounds, tuple(_parts(at_steps, *bounds))))
    if not money:
        notes = [*notes, f"cost is not compared: {_money(old[0])} in one run, {_money(new[0])} in the other"]
    return Moved(tuple(made), tuple(found), tuple([*notes, *_notes(found, made, old[1], new[1])]))


def _money(plan: Plan) -> str:
    return f"{plan.header.get('currency')} of {plan.header.get('price_year')}"


def _headline(plan: Plan, run: str, headline: str) -> float:
    table = plan.indicators
    return float(table.loc[table["indicator"] == HEADLINES[headline], run].iloc[0])


def _weighed(totals: Totals, headline: str, of: Mapping[str, float]) -> float:
    return sum(weight * totals[run, headline] for run, weight in of.items())


def _parts(steps: Sequence[tuple[str, float]], before: float, after: float) -> Iterator[Part]:
    """Steps of a waterfall: differences of what the old plan comes to, then the rest."""
    last = steps[0][1]
    for name, value in steps[1:]:
        yield Part(name, value - last)
        last = value
    # what rounds between the table of lines and the indicators is in the rest, so that the parts add up
    yield Part(PLAN_CHANGE, after - before - (last - steps[0][1]), data=False)


def _steps(
    repricer: Repricer, tree: Mapping[str, Any], found: Sequence[Change]
) -> tuple[list[tuple[str, Totals]], list[str]]:
    """Headlines of the old plan as it was, then with one group of changed numbers more each time.

    A group with which no case can be made (a lower end above a higher one) is put in with a later one.
    """
    steps: list[tuple[str, Totals]] = [("", repricer.totals())]
    chosen, waiting, notes, why = list[Change](), dict[str, list[Change]](), list[str](), ""
    for name, members in _groups(found).items():
        tried = [[*waiting, name], [name]] if waiting else [[name]]
        for names in tried:
            more = [change for one in names for change in {**waiting, name: members}[one]]
            try:
                totals = repricer.totals(as_yaml(applied(tree, [*chosen, *more])))
            except PlannerError as error:
                why = str(error).splitlines()[0]
                continue
            steps.append((" + ".join(names), totals))
            chosen += more
            waiting = {one: changed for one, changed in waiting.items() if one not in names}
            break
        else:
            waiting[name] = members
    if waiting:
        notes.append(f"{', '.join(waiting)}: in the plan change, for the old case cannot be made with them ({why})")
    lost = repricer.unmatched()
    if lost > _NOISE:
        notes.append(
            f"{lost:.2%} of the old plan's cost rests on lines that were not found again: they keep their amount"
        )
    return steps, notes


def _groups(found: Sequence[Change]) -> dict[str, list[Change]]:
    """Changes by what they belong to, under a name that says what they are."""
    groups = _by(found, lambda change: change.group)
    if len(groups) <= MOST_GROUPS:
        return {_name(group, members): members for group, members in groups.items()}
    return _by(found, lambda change: str(change.path[0]))


def _by(found: Sequence[Change], of: Callable[[Change], str]) -> dict[str, list[Change]]:
    groups: dict[str, list[Change]] = {}
    for change in found:
        groups.setdefault(of(change), []).append(change)
    return groups


def _name(group: str, members: Sequence[Change]) -> str:
    """Name of a group with what of it changed: "resources: slag, discharge cost"."""
    section, _, name = group.partition(": ")
    words = list(dict.fromkeys(change.words for change in members))
    if section == "economics":
        return f"{section}: {_few(words)}"
    return f"{section}: {name}, {_few(words)}" if name else f"{section}: {_few(words)}"


def _few(words: Sequence[str]) -> str:
    return ", ".join(words[:_FEW]) + (f" and {len(words) - _FEW} more" if len(words) > _FEW else "")


def _notes(found: Sequence[Change], made: Sequence[Waterfall], old: Path, new: Path) -> Iterator[str]:
    """What is in the plan change, in words."""
    moving = {part.name for waterfall in made for part in waterfall.shown if part.data}
    still = [name for name in _groups([c for c in found if c.number and not c.idle]) if not _named(name, moving)]
    if still:
        yield f"changed, but moving nothing while the plan is kept (they act through the plan change): {_some(still)}"
    other = [f"{c.field} ({told(c.before)} -> {told(c.after)})" for c in found if not c.number]
    if other:
        yield f"changed, but no number that can be changed by itself, so in the plan change: {_some(other)}"
    idle = [c.field for c in found if c.number and c.idle]
    if idle:
        yield f"changed, but in no headline: {_some(idle)}"
    files = _files_that_differ(old / "case", new / "case")
    if files:
        yield f"files of the case that differ, in the plan change: {_some(files)}"
    if not found and not files:
        yield "the inputs are the same: all of it is the plan (another goal, gap, time limit or version)"
    else:
        yield "numbers were put into the old case one group after the other; another order parts them otherwise"


def _named(name: str, moving: set[str]) -> bool:
    return any(name == one or name in one.split(" + ") for one in moving)


def _some(names: Sequence[str], most: int = 8) -> str:
    return "; ".join(names[:most]) + (f"; and {len(names) - most} more" if len(names) > most else "")


def _files_that_differ(old: Path, new: Path) -> list[str]:
    """Files beside the cases that are in one run only, or not alike."""
    names = {str(p.relative_to(f)) for f in (old, new) for p in f.rglob("*") if p.is_file() and p.name != RESOLVED}
    return [
        name
        for name in sorted(names)
        if not (old / name).is_file()
        or not (new / name).is_file()
        or (old / name).read_bytes() != (new / name).read_bytes()
    ]
