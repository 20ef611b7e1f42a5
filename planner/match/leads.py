"""Leads: firms and industries that are known to use, or to give, what a stream is."""

from collections.abc import Iterable, Iterator, Sequence

from planner.case.case import Case
from planner.library.synergies import Exclusion, Library, Synergy
from planner.match.ends import End, lexicon
from planner.match.exclude import Exclusions
from planner.match.proposals import Lead, Proposal
from planner.match.ratios import ratio_said, row_ratios
from planner.match.rows import industry_fits
from planner.match.safety import Purposes, hides_hazard, unbound
from planner.match.words import words_of


def leads_of(
    lib: Library,
    giving: Sequence[End],
    taking: Sequence[End],
    found: Sequence[Proposal],
    declared: Iterable[tuple[str, str, str, str]],
) -> tuple[Lead, ...]:
    """Firms of the case whose industry uses a by-product of another, but that state no such need.

    Parameters
    ----------
    lib
        The library.
    giving, taking
        Streams of the case.
    found
        Proposals: what they say is no lead any more.
    declared
        Owner and stream of both ends of what takes place anyway.
    """
    taken = {(unit, stream, to) for unit, stream, to, _ in declared}
    taken |= {(one.giver.unit, one.giver.stream.name, one.taker.unit) for one in found}
    firms: dict[str, dict[str, End]] = {}
    for end in (*giving, *taking):
        if end.nace is not None and not end.stands_for:  # a facility states all that it takes
            firms.setdefault(end.nace, {}).setdefault(end.unit, end)
    exclusions = Exclusions(lib)
    leads: dict[tuple[str, str, str], Lead] = {}
    of_byproduct = _by_name(lib)
    for giver in giving:
        meant = exclusions.of_giver(giver)
        barred = tuple(code for one in meant for code in one.taker.nace)
        rows = [row for name in meanings(giver) for row in of_byproduct.get(name, ()) if _leads(lib, row, giver)]
        for row in rows if not any(one.taker.anything for one in meant) else ():
            for code, units in firms.items():
                if not industry_fits(code, row.to_nace) or (barred and code.startswith(barred)):
                    continue
                text = f" could use it for {row.use}; the case states no need there for {_list(row.replaces)}"
                for firm, end in units.items():
                    key = (giver.unit, giver.stream.name, firm)
                    if end.site != giver.site and key not in taken and key not in leads:
                        industry = lib.industry(code)
                        leads[key] = Lead(row.id, giver.said, True, industry, code, firm, f"{firm}{text}")
    return tuple(leads.values())


def _leads(lib: Library, row: Synergy, giver: End) -> bool:
    """Whether a row may lead from a giver to firms that state no need; heat goes by its level."""
    return row.ratio.basis != "heat" and not name_is_loose(row, giver) and not hides_hazard(lib, row.byproduct, giver)


def heat_leads(case: Case, lib: Library, giving: Sequence[End]) -> tuple[Lead, ...]:
    """Process streams that a medium of another plant could heat (R1), where their plant does not take that medium."""
    least = lib.rules["R1"].dt_min_K
    leads: dict[tuple[str, str, str], Lead] = {}
    for unit, tenant in (*case.plants.items(), *case.partners.items()):
        heat = tenant.process_heat
        known = set() if heat is None else {take.resource or name for name, take in heat.takes.items()}
        for name, stream in () if heat is None else heat.streams.items():
            starts, ends = stream.from_ or stream.at, stream.to or stream.at
            cold = stream.kind == "cold" or (starts is not None and ends is not None and starts.value < ends.value)
            if not cold or ends is None:
                continue
            for giver in giving:
                comes = None if giver.heat is None or giver.heat.cooling else giver.heat.temperature
                if comes is None or giver.site == unit or giver.stream.resource in known:
                    continue
                if giver.heat is not None and comes >= ends.value + least.get(giver.heat.medium, max(least.values())):
                    text = f"{unit} could heat {name} to {ends.value:g} degC with it; its process_heat does not take it"
                    lead = Lead("R1", giver.said, True, lib.industry(tenant.nace or ""), tenant.nace or "", unit, text)
                    leads.setdefault((giver.said, unit, name), lead)
    return tuple(leads.values())


def name_is_loose(row: Synergy, giver: End) -> bool:
    """Whether a row rests on a loose name in an industry that does not fit."""
    return row.byproduct in giver.loosely and not industry_fits(giver.nace, row.from_nace)


def meanings(end: End) -> list[str]:
    """Substances that a stream may be, the certain ones first."""
    return list(dict.fromkeys((*end.known, *end.coded, *end.loosely)))


def users_of_firm(lib: Library, firm: str, giving: Iterable[End], taking: Iterable[End]) -> list[Lead]:
    """Who could use what a firm gives and who could give what it takes, in the case or not, by industry."""
    giving, taking = list(giving), list(taking)
    here = {end.nace: end.unit for end in (*giving, *taking) if end.nace is not None and end.unit != firm}
    leads: list[Lead] = []
    exclusions, purposes = Exclusions(lib), Purposes(lib)
    for end in (one for one in (*giving, *taking) if one.unit == firm):
        for row in _rows_of(lib, end):
            if not end.gives and exclusions.bars_source(end, row.byproduct, lib.substances[row.byproduct].ewc):
                continue
            if (end.gives and hides_hazard(lib, row.byproduct, end)) or (
                not end.gives and (purposes.unserved(row, end) or unbound(lib, row, end)) is not None
            ):
                continue
            for code in row.to_nace if end.gives else row.from_nace:
                if end.gives and exclusions.bars_use(end, (row.use, *row.replaces), code):
                    continue
                known = next((unit for nace, unit in here.items() if nace.startswith(code)), None)
                leads.append(
                    Lead(row.id, end.said, end.gives, lib.industry(code), code, known, said(lib, row, end.gives))
                )
    return leads


def untold(lib: Library, firm: str, giving: Iterable[End], taking: Iterable[End]) -> list[Synergy]:
    """What firms of that industry are known to give and this one does not state."""
    ends = [end for end in (*giving, *taking) if end.unit == firm]
    codes = {end.nace for end in ends if end.nace is not None}
    stated = {name for end in ends if end.gives for name in meanings(end)}
    return [
        row
        for row in lib.synergies
        if row.byproduct not in stated and any(industry_fits(code, row.from_nace) for code in codes)
    ]


def _rows_of(lib: Library, end: End) -> Iterator[Synergy]:
    names = meanings(end)
    for row in lib.synergies:
        if end.gives and row.byproduct in names and not name_is_loose(row, end):
            yield row
        if not end.gives and set(row.replaces) & set(end.known):
            yield row


def said(lib: Library, row: Synergy, gives: bool) -> str:
    """A row in words, from the side of who gives or who takes."""
    stated = [(names, ratio) for names, ratio in row_ratios(row) if ratio.value is not None]
    parts = (ratio_said(ratio) + (f" ({names})" if names else "") for names, ratio in stated)
    ratio = f", ratio {', '.join(parts)}" if stated else ""
    how = f" after {row.pretreatment}" if row.pretreatment else ""
    how += f" by way of: {row.conversion}" if row.conversion else ""
    if gives:
        return f"{row.use}, in place of {_list(row.replaces)}{ratio}{how}"
    givers = ", ".join(lib.industry(code) for code in row.from_nace)
    return f"{row.byproduct} ({givers}) for {row.use}{ratio}{how}"


def look_up(
    lib: Library, *, byproducts: Sequence[str] = (), needs: Sequence[str] = (), industries: Sequence[str] = ()
) -> list[Synergy]:
    """Rows of the library by by-product, by what is needed and by industry; all that fit every kind stated.

    Parameters
    ----------
    byproducts, needs
        Names as anybody writes them; recognised as in a case. A waste code stands for a by-product.
    industries
        Codes of NACE: rows that such a firm gives or takes by.
    """
    known = lexicon(lib)
    given = {name for text in byproducts for name in known.recognise(text)[0]} | {
        name
        for text in byproducts
        for name, one in lib.substances.items()
        if text.strip().rstrip("*") in [code.rstrip("*") for code in one.ewc]
        or words_of(text) in [words_of(loose) for loose in one.loosely]
    }
    taken = {name for text in needs for name in known.recognise(text)[0]}
    return [
        row
        for row in lib.synergies
        if (not byproducts or row.byproduct in given)
        and (not needs or taken & set(row.replaces))
        and (
            not industries
            or any(industry_fits(code, (*row.from_nace, *row.to_nace)) is not False for code in industries)
        )
    ]


def never_of(lib: Library, byproducts: Sequence[str]) -> list[Exclusion]:
    """Exclusions that speak of by-products, by the words of their names or by their codes."""
    from planner.match.words import holds_any, phrase_of

    found = []
    for one in lib.exclusions:
        codes = [code.rstrip("*") for code in one.giver.ewc]
        words = [phrase_of(word) for word in one.giver.words]
        if any(text.strip().rstrip("*") in codes or holds_any(phrase_of(text), words) for text in byproducts):
            found.append(one)
    return found


def _by_name(lib: Library) -> dict[str, list[Synergy]]:
    found: dict[str, list[Synergy]] = {}
    for row in lib.synergies:
        found.setdefault(row.byproduct, []).append(row)
    return found


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
