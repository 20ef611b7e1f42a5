"""What the user should know was assumed or left out."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from models.instance import ExchangeData
from planner.assemble.assembly import Evidence
from planner.assemble.exchanges import Deal
from planner.assemble.findings import Findings
from planner.assemble.idle import note_idle
from planner.assemble.lines import Ledger
from planner.assemble.losses import loses
from planner.assemble.streams import Flow
from planner.case.archetype_notes import notes as notes_on_archetypes
from planner.case.archetype_numbers import BASIS
from planner.case.case import Case
from planner.case.coinciding import coinciding_hours
from planner.case.periods import facility_hours, spread_evenly, taken_in
from planner.heat.in_pipes import longest_way

#: Fields named before "and n more".
_NAMED = 5
#: Share of hours that is rounding.
_SAME = 1e-9


def note_assumptions(
    case: Case,
    deals: Mapping[str, Deal],
    kept: Mapping[str, ExchangeData],
    ledger: Ledger,
    findings: Findings,
    sources: Mapping[str, Flow] | None = None,
) -> None:
    """Note every default the plan rests on, and every exchange that is left out."""
    hours = [e for e in kept if deals[e].assumed_hours]
    if hours:
        findings.note(
            f"shared hours of {len(hours)} exchange(s) are not stated: taken as the smaller of both streams' hours"
        )
    behind = {id(line.evidence): line.evidence for line in ledger.lines}  # lines share it
    defaults = {e.field: e for evidence in behind.values() for e in evidence if e.basis == "assumption"}
    for field, evidence in sorted(defaults.items()):
        if field.startswith("economics.lifetime."):
            findings.note(f"{field} is not stated: taken as {evidence.value:g} years")
        if field.endswith(".hours"):
            findings.note(f"{field} is not stated: taken as {evidence.value:g} h/yr")
    _note_hours_of_use(case, findings)
    _note_forced(case, deals, findings)
    _note_spread(case, findings)
    _note_profiles(case, findings)
    _note_ungraded(behind.values(), findings)
    _note_archetypes(case, behind.values(), findings)
    for name, plant in case.plants.items():
        if plant.area is None and plant.plot in case.plots and case.plots[plant.plot].several_tenants:
            findings.note(f"plants.{name}.area is not stated: it takes no land of {plant.plot}, which others may share")
    if "exchanges.paid_by" in defaults:
        findings.note("who pays for a link is not stated everywhere: seller and buyer then pay half each")
    _note_left_out(case, deals, kept, findings)
    _note_uncarried(case, deals, kept, findings)
    note_idle(case, kept, findings, sources)


def _note_left_out(case: Case, deals: Mapping[str, Deal], kept: Collection[str], findings: Findings) -> None:
    """Say why exchanges are left out; of those on one plot for one tenant, once for the plot."""
    crowded: dict[str, list[str]] = {}
    for e, deal in deals.items():
        if e in kept or any(e in note for note in findings.notes):
            continue
        plot = _shared_plot(case, deal)
        if plot is not None:
            crowded.setdefault(plot, []).append(e)
        else:
            findings.note(f"{e} is left out: {_why(case, deal)}")
    for plot, names in crowded.items():
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        findings.note(
            f"{'; '.join(names[:_NAMED])}{more}: left out, since both ends are to stand on {plot}, which has room for "
            f"one tenant only; see plots.{plot}.several_tenants"
        )


def _note_hours_of_use(case: Case, findings: Findings) -> None:
    """Say which facilities count fewer hours than they have, since others of their exchanges run no longer."""
    for name, hours in coinciding_hours(case).items():
        stated, used = sum(facility_hours(case, case.facilities[name]).values()), sum(hours.values())
        if used < stated * (1.0 - _SAME):
            findings.note(
                f"facilities.{name}: counts as running {used:,.6g} of {stated:,.6g} h/yr, the longest that those run "
                "who alone bring what it cannot buy, or take what it can neither sell nor dispose of"
            )


def _note_forced(case: Case, deals: Mapping[str, Deal], findings: Findings) -> None:
    """Say which forced exchanges hang on a facility that need not be built."""
    for e, deal in deals.items():
        names = [end.member.name for end in (deal.source, deal.sink) if end.member.name in case.facilities]
        free = [name for name in names if not case.facilities[name].forced]
        if deal.terms.get("forced", False) and free:
            place = deal.terms.paths["forced"]
            findings.note(f"{place}: {e} is there where {' and '.join(free)} is built, which is free")


def _note_spread(case: Case, findings: Findings) -> None:
    """Say which hours of the year are spread over the periods."""
    spread = list(spread_evenly(case))
    if spread:
        more = f" and {len(spread) - _NAMED} more" if len(spread) > _NAMED else ""
        findings.note(
            f"hours stated for the year are spread evenly over the periods: {', '.join(spread[:_NAMED])}{more}"
        )
    for place, unit in taken_in(case):
        findings.note(f"{place}: numbers of periods without a unit are taken in {unit}, the unit of its value")


def _note_profiles(case: Case, findings: Findings) -> None:
    """Say what was made of the files of profiles."""
    courses = case.courses
    for file in sorted({course.file for course in courses.values() if course.leap}):
        findings.note(f"{file} has 366 days: 29 February is left out")
    if courses and case.reduction is not None:
        steps = max(len(course.values) for course in courses.values())
        findings.note(
            f"{len(case.periods)} periods stand for the {steps} steps of the profiles: the mean over the year is kept, "
            "how far peaks and duration curves are off is in tables/profiles.csv"
        )


def _note_ungraded(behind: Iterable[tuple[Evidence, ...]], findings: Findings) -> None:
    """Say how many numbers state no grade: a share on weak data of 0 % means little where nobody graded anything."""
    stated = {e.field: e for evidence in behind for e in evidence if e.basis != "assumption"}
    numbers = [e for e in stated.values() if not e.field.startswith("geography.")]
    silent = sum(e.grade is None and e.basis != "estimate" for e in numbers)
    if silent:
        findings.note(f"{silent} of the {len(numbers)} numbers in use state no grade: how good they are is not known")


def _note_archetypes(case: Case, behind: Iterable[tuple[Evidence, ...]], findings: Findings) -> None:
    """Say how many of the numbers in use are those of archetypes, at which grade, and of which plants."""
    stated = {e.field: e for evidence in behind for e in evidence if e.basis != "assumption"}
    numbers = [e for e in stated.values() if not e.field.startswith("geography.")]
    theirs = Counter(e.grade or "none" for e in numbers if e.basis == BASIS)
    if theirs:
        grades = ", ".join(f"{count} of {'grade ' * (not n)}{g}" for n, (g, count) in enumerate(sorted(theirs.items())))
        tenants = {**case.plants, **case.partners}
        named = [
            f"{name} ({x.archetype.name}, {x.archetype.size.value:,.10g} {x.archetype.size.unit})"
            for name, x in tenants.items()
            if x.archetype is not None
        ]
        findings.note(
            f"{theirs.total()} of the {len(numbers)} numbers in use ({theirs.total() / len(numbers):.0%}) are those of "
            f"archetypes, not of the plants themselves: {grades}; {', '.join(named)}"
        )
    for note in notes_on_archetypes(case):
        findings.note(note)


def _why(case: Case, deal: Deal) -> str:
    if not deal.at_source or not deal.at_sink:
        return "nothing can flow"
    if deal.own:
        return "it cannot meet the whole demand, which is met by one exchange or by none"
    if not (deal.terms.get("links") or case.resources[deal.source.resource].carried_by):
        return f"no link carries {deal.source.resource}"
    end = "no link reaches from any plot of its giver to any plot of its taker with enough left on arrival"
    return "; look at ".join((end, *_in_the_way(case, deal)))


def _in_the_way(case: Case, deal: Deal) -> Iterator[str]:
    """What may keep links from reaching: what is lost, the pressure of steam, how far they may go."""
    resource = deal.source.resource
    for name in deal.terms.get("links") or case.resources[resource].carried_by:
        link = case.links.get(name)
        if link is None:
            continue
        if loses(case, link, resource):
            yield f"what {name} loses"
        if longest_way(case.resources[resource], link) < math.inf:
            yield f"max_pressure_drop of {name} beside resources.{resource}.heat.arrives"
        if link.max_length is not None:
            yield f"max_length of {name}"


def _shared_plot(case: Case, deal: Deal) -> str | None:
    """Plot for one tenant only on which both ends of an exchange are fixed."""
    plot = _fixed_plot(case, deal.source)
    if deal.own or plot is None or plot != _fixed_plot(case, deal.sink) or case.plots[plot].several_tenants:
        return None
    carried = deal.terms.get("links") or case.resources[deal.source.resource].carried_by
    return plot if carried and deal.at_source and deal.at_sink else None


def _fixed_plot(case: Case, flow: Flow) -> str | None:
    """Plot on which the unit of a stream stands in any plan; None where that is open, or outside the park."""
    site = case.plants.get(flow.member.site) or case.facilities.get(flow.member.site)
    return site.plot if site is not None and site.plot in case.plots else None


def _note_uncarried(case: Case, deals: Mapping[str, Deal], kept: Collection[str], findings: Findings) -> None:
    """One note a resource instead of one an exchange where nothing carries it."""
    lonely: dict[str, int] = {}
    for e, deal in deals.items():
        note = f"{e} is left out: no link carries {deal.source.resource}"
        if note in findings.notes:
            findings.notes.remove(note)
            lonely[deal.source.resource] = lonely.get(deal.source.resource, 0) + 1
    for resource, count in lonely.items():
        findings.note(
            f"resources.{resource}.carried_by is empty: {resource} stays with its owner "
            f"({count} possible exchange(s) left out)"
        )
