"""Proposes exchanges and substitutions that a case does not declare, from its plants alone."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

from planner.case.case import Case
from planner.case.pairs import pairs
from planner.library.synergies import Library, Synergy, library
from planner.match.ends import End, givers_and_takers
from planner.match.exclude import Exclusions, barred_by_case
from planner.match.heat import fit
from planner.match.leads import heat_leads, leads_of
from planner.match.proposals import Anyway, Barred, Matches, Proposal
from planner.match.rows import Context, by_heat, by_row, by_synonym, by_water, evidence
from planner.match.safety import Purposes, hides_hazard, rather, unbound

HAZARD_LAW = "Directive 2008/98/EC Articles 17 to 20; Commission Decision 2000/532/EC"
_Key = tuple[str, str, str, str]
#: Giver, taker, the score that it can have at most, and what makes the proposal.
_Offer = tuple[End, End, int, Callable[[], Proposal]]


def match(case: Case) -> Matches:
    """Proposals for a case, ranked, with what takes place anyway and what is barred.

    Every proposal joins a source of one site to a sink of another whose resources differ and that no substitution or
    exchange of the case joins. It is founded on synonyms, on a row of the library (by name, waste code, industry), on
    levels of heat (R1 to R3) or on water quality (R6).

    Parameters
    ----------
    case
        A case that was read.
    """
    return _Matcher(case, library()).run()


class _Matcher:
    def __init__(self, case: Case, lib: Library) -> None:
        self.case, self.lib = case, lib
        self.giving, self.taking = givers_and_takers(case, lib)
        self.exclusions = Exclusions(lib)
        self.context = Context(case, lib)
        self.declared = {(pair.outlet.unit, pair.outlet.name, pair.inlet.unit, pair.inlet.name) for pair in pairs(case)}
        self.found: dict[_Key, Proposal] = {}
        self.barred: dict[_Key, Barred] = {}
        self.unsafe: dict[_Key, Barred] = {}
        self.purposes = Purposes(lib)

    def run(self) -> Matches:
        """Go through every way in which two streams may belong together."""
        for way in (self.synonyms, self.rows, self.levels, self.waters):
            for giver, taker, score, make in way():
                self.take(giver, taker, score, make)
        anyway = tuple(self.anyway())
        ranked = sorted(self.found.values(), key=lambda one: (one.broken, -one.score, one.key))
        numbered = tuple(replace(one, number=number) for number, one in enumerate(ranked, start=1))
        unknown = dict.fromkeys(
            end.said for end in self.giving if not (end.known or end.coded or end.loosely) and end.kind != "power"
        )
        leads = leads_of(self.lib, self.giving, self.taking, numbered, self.declared)
        leads += heat_leads(self.case, self.lib, self.giving)
        barred = self.barred | {key: one for key, one in self.unsafe.items() if key not in {*self.found, *self.barred}}
        return Matches(numbered, anyway, tuple(barred.values()), leads, tuple(unknown))

    def take(self, giver: End, taker: End, score: int, make: Callable[[], Proposal]) -> None:
        """Make and keep a proposal where nothing bars it and none of the pair is better founded.

        Parameters
        ----------
        giver, taker
            The pair.
        score
            That the proposal can have at most.
        make
            Makes it.
        """
        key = (giver.unit, giver.stream.name, taker.unit, taker.stream.name)
        if key in self.barred or (key in self.found and self.found[key].score >= score):
            return
        if (why := barred_by_case(self.case, giver, taker)) is not None:
            self.barred[key] = Barred(giver, taker, "barred by the case", why, "the case")
        elif (exclusion := self.exclusions.between(giver, taker)) is not None:
            self.barred[key] = Barred.by(exclusion, giver, taker)
        else:
            proposal = make()
            if key not in self.found or proposal.score > self.found[key].score:
                self.found[key] = proposal

    def safe(self, row: Synergy | None, substances: Iterable[str], giver: End, taker: End) -> bool:
        """Whether a hazard or a purpose speaks against a row, or against names of one thing; it is told at the end."""
        hidden = next((name for name in substances if hides_hazard(self.lib, name, giver)), None)
        if hidden is not None:
            why = f"{giver.said} is hazardous, and {hidden} is not: what makes it hazardous is not known"
            found = Barred(giver, taker, "hazardous waste by the name of what is not", why, HAZARD_LAW)
        elif (purpose := self.purposes.unserved(row, taker)) is not None and row is not None:
            why = f"{taker.said} is for {purpose}; {row.use} ({row.id}) is not known to be admitted there"
            found = Barred(giver, taker, f"not admitted for {purpose}", why, "law on that use")
        elif row is not None and (unfit := unbound(self.lib, row, taker)) is not None:
            found = Barred(giver, taker, f"{row.byproduct} for {row.use}", unfit, row.law)
        elif row is None and (likely := rather(self.lib, giver)) is not None:
            gives = self.lib.industry(giver.nace or "")
            why = f"{giver.said} is likely {likely} ({gives} give it), and not what its name says"
            found = Barred(giver, taker, f"{likely} by the name of another thing", why, "that of the by-product")
        else:
            return True
        if (exclusion := self.exclusions.between(giver, taker)) is not None:
            found = Barred.by(exclusion, giver, taker)
        self.unsafe.setdefault((giver.unit, giver.stream.name, taker.unit, taker.stream.name), found)
        return False

    def open(self, giver: End, taker: End) -> bool:
        """Whether a pair may be proposed at all: two sites, two resources, nothing that joins them yet."""
        key = (giver.unit, giver.stream.name, taker.unit, taker.stream.name)
        return giver.site != taker.site and giver.stream.resource != taker.stream.resource and key not in self.declared

    def anyway(self) -> Iterator[Anyway]:
        """Pairs that need no entry."""
        ends = {(end.unit, end.stream.name, end.gives): end for end in (*self.giving, *self.taking)}
        for unit, stream, to, into in sorted(self.declared):
            giver, taker = ends.get((unit, stream, True)), ends.get((to, into, False))
            if giver is None or taker is None or giver.site == taker.site:
                continue
            same = giver.stream.resource == taker.stream.resource
            if (exclusion := self.exclusions.between(giver, taker)) is not None:
                self.barred[(unit, stream, to, into)] = Barred.by(exclusion, giver, taker)
            yield Anyway(giver, taker, "the same resource" if same else "declared")

    def synonyms(self) -> Iterator[_Offer]:
        """Two resources that are called the same, or are the same substance of the library."""
        by_words: dict[tuple[str, ...], list[End]] = {}
        by_substance: dict[str, list[End]] = {}
        for taker in self.taking:
            for words in taker.spellings:
                by_words.setdefault(words, []).append(taker)
            for name in taker.known:
                if not self.lib.substances[name].group:
                    by_substance.setdefault(name, []).append(taker)
        for giver in self.giving:
            same = {id(t): (t, None) for words in giver.spellings for t in by_words.get(words, ())}
            alike = {id(t): (t, name) for name in giver.known for t in by_substance.get(name, ())}
            for taker, substance in (alike | same).values():
                if substance is not None and not (giver.whole and taker.whole):
                    continue
                if not self.open(giver, taker) or giver.kind != taker.kind or giver.kind == "heat":
                    continue
                if self.safe(None, giver.known, giver, taker):
                    yield giver, taker, 100, partial(by_synonym, self.context, giver, taker, substance)

    def rows(self) -> Iterator[_Offer]:
        """What the library knows of a by-product, by name or code, against needs by name or industry."""
        of_byproduct: dict[str, list[Synergy]] = {}
        for row in self.lib.synergies:
            of_byproduct.setdefault(row.byproduct, []).append(row)
        named: dict[str, list[End]] = {}
        for taker in self.taking:
            for name in taker.known:
                named.setdefault(name, []).append(taker)
        nameless = [taker for taker in self.taking if not taker.known and taker.nace and taker.kind != "heat"]
        for giver in self.giving:
            meant = dict.fromkeys((*giver.known, *giver.coded, *giver.loosely))
            for row in (row for name in meant for row in of_byproduct.get(name, ()) if row.ratio.basis != "heat"):
                wanted = {id(t): t for name in row.replaces for t in named.get(name, ())}
                wanted |= {id(t): t for t in nameless if any((t.nace or "").startswith(c) for c in row.to_nace)}
                for taker in wanted.values():
                    if not self.open(giver, taker):
                        continue
                    told = evidence(self.context, row, giver, taker)
                    if told is not None and self.safe(row, (row.byproduct,), giver, taker):
                        made = partial(by_row, self.context, row, (giver, taker), told)
                        yield giver, taker, min(told.score, 100), made

    def levels(self) -> Iterator[_Offer]:
        """Heat for heat, by its levels."""
        taking = [taker for taker in self.taking if taker.kind == "heat" and not self.converted(taker)]
        for giver in self.giving:
            for taker in taking if giver.kind == "heat" and not self.own(giver) else ():
                how = fit(self.lib, giver, taker) if self.open(giver, taker) else None
                if how is not None and not (how.conversion and self.converted(giver)):
                    yield giver, taker, 100, partial(by_heat, self.case, self.lib, (giver, taker), how)

    def converted(self, end: End) -> bool:
        """Whether heat is only taken, or given, to be changed: by a heat pump, or by a measure for its owner's heat."""
        facility = self.case.facilities.get(end.unit)
        if facility is None:
            return False
        lifts = "heat pump" in f"{facility.kind or ''} {end.unit}".casefold()
        return lifts or facility.converts is not None or self.own(end)

    def own(self, end: End) -> bool:
        """Whether a stream is that of a plant's own measure."""
        facility = self.case.facilities.get(end.unit)
        return facility is not None and facility.scope == "own"

    def waters(self) -> Iterator[_Offer]:
        """Water for water, where every limit of the taker is known to be met."""
        taking = [taker for taker in self.taking if taker.kind == "water"]
        for giver in self.giving:
            for taker in taking if giver.kind == "water" else ():
                if self.open(giver, taker) and (found := by_water(self.context, giver, taker)) is not None:
                    yield giver, taker, found.score, partial(replace, found)
