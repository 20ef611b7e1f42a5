"""Makes proposals of two streams: how well each is founded, its limits, its ratio and what data is missing."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, TypeVar

from planner.case.case import Case
from planner.library.synergies import Library, Ratio, Synergy
from planner.match.ends import End
from planner.match.heat import Fit, heat_ratio
from planner.match.limits import Checked, case_limits, library_limits
from planner.match.proposals import Proposal, ProposedRatio
from planner.match.ratios import in_units, row_ratio
from planner.match.safety import contradiction
from planner.match.words import phrase_of

#: Points of a proposal. A giver is named, coded, or loosely named in a fitting industry; a taker named, or of a fitting
#: industry with a need that nothing is known of. Both industries that fit add to it, a limit broken takes off.
_NAMED, _CODED, _LOOSE, _INDUSTRY_ALONE = 45, 42, 30, 15
_WHOLE, _AND_CODE, _FITS, _STRANGE, _ELSEWHERE, _BROKEN = 2, 3, 4, -6, -30, -30
_SYNONYM, _SAME_NAME, _LEVEL, _LIFT, _STEAM_BY_NAME, _WATER, _TIGHT = 80, 90, 84, 62, 55, 75, -14
_HEAT_BY_NAME = 40


@dataclass(frozen=True)
class Evidence:
    """How well a row is founded on two streams, and why."""

    score: int
    reasons: tuple[str, ...]
    missing: tuple[str, ...] = ()


T = TypeVar("T")


@dataclass
class Context:
    """A case and the library, and what was found of single streams, so that it is found once for all pairs.

    The streams must live as long as it does.
    """

    case: Case
    lib: Library
    _memo: dict[tuple[str, str, int], Any] = field(default_factory=dict)

    def once(self, what: str, row: Synergy, end: End, make: Callable[[], T]) -> T:
        """What ``make`` finds of a row and a stream."""
        key = (what, row.id, id(end))
        if key not in self._memo:
            self._memo[key] = make()
        found: T = self._memo[key]
        return found


@lru_cache(maxsize=65536)
def industry_fits(code: str | None, wanted: tuple[str, ...]) -> bool | None:
    """Whether an industry is one of those of a row; None where it is not stated or too coarse to tell.

    Parameters
    ----------
    code
        Of the plant, as "24.43".
    wanted
        Of the row; "24.4" stands for all of that group.
    """
    if code is None:
        return None
    if any(code.startswith(one) for one in wanted):
        return True
    return None if any(one.startswith(code) for one in wanted) else False


def evidence(context: Context, row: Synergy, giver: End, taker: End) -> Evidence | None:
    """How well a row is founded on two streams; None where it is not."""
    first = context.once("giver", row, giver, lambda: _of_giver(context.lib, row, giver))
    second = context.once("taker", row, taker, lambda: _of_taker(context.lib, row, taker))
    if first is None or second is None:
        return None
    return Evidence(first.score + second.score, (*first.reasons, *second.reasons), (*first.missing, *second.missing))


def _with_industry(lib: Library, told: Evidence, end: End, wanted: tuple[str, ...]) -> Evidence:
    """What the name or the code of a stream says, with what the industry of its owner says."""
    fits = industry_fits(end.nace, wanted)
    score = told.score + {True: _FITS, False: _STRANGE if end.gives else _ELSEWHERE, None: 0}[fits]
    if fits:
        word = "gives" if end.gives else "takes"
        reason = f"{end.unit} is of an industry that {word} it ({lib.industry(end.nace or '')}, {end.nace})"
        return Evidence(score, (*told.reasons, reason), told.missing)
    if fits is False and not end.gives:
        doubt = f"whether {end.unit} can use it: {lib.industry(end.nace or '')} are not known to"
        return Evidence(score, told.reasons, (*told.missing, doubt))
    if fits is None and not end.stands_for:
        return Evidence(score, told.reasons, (*told.missing, f"industry (nace) of {end.unit}"))
    return Evidence(score, told.reasons, told.missing)


def _of_giver(lib: Library, row: Synergy, giver: End) -> Evidence | None:
    told = _giver_by_name(lib, row, giver)
    return None if told is None else _with_industry(lib, told, giver, row.from_nace)


def _of_taker(lib: Library, row: Synergy, taker: End) -> Evidence | None:
    told = _taker_by_name(lib, row, taker)
    return None if told is None else _with_industry(lib, told, taker, row.to_nace)


def _giver_by_name(lib: Library, row: Synergy, giver: End) -> Evidence | None:
    """By name, by code, or by a loose name in an industry that fits; a code that says another thing is told."""
    name = row.byproduct
    codes = ", ".join(
        code for code in giver.ewc if code.rstrip("*") in [c.rstrip("*") for c in lib.substances[name].ewc]
    )
    if name in giver.known:
        reasons = [f'{giver.said} is called what the library calls "{name}"']
        score = _NAMED + (_WHOLE if giver.whole else 0)
        if codes:
            return Evidence(score + _AND_CODE, (*reasons, f"waste code {codes} is that of {name}"))
        if giver.ewc:
            return Evidence(score, tuple(reasons))
        return Evidence(score, tuple(reasons), () if not lib.substances[name].ewc else (f"waste code of {name}",))
    if name in giver.coded and not (giver.known and lib.substances[giver.known[0]].ewc):
        return Evidence(_CODED, (f"waste code {codes} of {giver.said} is that of {name}",))
    if name in giver.loosely and industry_fits(giver.nace, row.from_nace):
        reason = f'{giver.said} may be "{name}", which {lib.industry(giver.nace or "")} give'
        return Evidence(_LOOSE, (reason,), (f"what {giver.stream.name} is: {name}?",))
    return None


def _taker_by_name(lib: Library, row: Synergy, taker: End) -> Evidence | None:
    """By name, or by an industry that fits where the name says nothing known."""
    named = [name for name in row.replaces if name in taker.known]
    if named:
        reason = f'{taker.said} is called what the library calls "{named[0]}"'
        return Evidence(_NAMED + (_WHOLE if taker.whole else 0), (reason,))
    kinds = {lib.substances[name].kind for name in row.replaces}
    flowing = {"material", "gas"}
    alike = taker.kind in kinds or (taker.kind in flowing and bool(kinds & flowing))
    alike &= not (lib.substances[row.byproduct].kind == "gas" and taker.kind == "material" and "material" not in kinds)
    if alike and not taker.known and industry_fits(taker.nace, row.to_nace):
        wanted = " or ".join(row.replaces)
        reason = f"{taker.unit} is of an industry that uses it for {row.use}; {taker.stream.name} could be {wanted}"
        return Evidence(_INDUSTRY_ALONE, (reason,), (f"whether {taker.stream.name} is {wanted}",))
    return None


def by_row(context: Context, row: Synergy, ends: tuple[End, End], told: Evidence) -> Proposal:
    """A proposal that rests on a row of the library."""
    giver, taker = ends
    case, lib = context.case, context.lib
    own = context.once("limits", row, giver, lambda: tuple(library_limits(case, lib, row, giver)))
    limits = (*_contradicted(lib, row.byproduct, giver), *case_limits(case, giver, taker), *own)
    known = row_ratio(row, taker)
    ratio, lacking = (None, known) if isinstance(known, str) else in_units(case, lib, known, giver, taker)
    missing = [*told.missing, *_missing(limits), *row.asks]
    if row.pretreatment is not None:
        missing.append(f"cost of {row.pretreatment}")
    if lacking is not None:
        missing.append(lacking)
    return Proposal(
        *ends,
        rule="library",
        row=row.id,
        score=_bounded(told.score + (_BROKEN if _broken(limits) else 0)),
        reasons=told.reasons,
        limits=limits,
        missing=tuple(dict.fromkeys(missing)),
        ratio=ratio,
        max_share=None if row.max_share is None else row.max_share.value,
        use=row.use,
        pretreatment=row.pretreatment,
        conversion=None if _is_itself(lib, row, taker) else row.conversion,
        conditions=(*row.conditions, *context.once("general", row, giver, lambda: general(lib, giver))),
        law=row.law,
        example=row.example,
        grade=row.grade,
        source=f"planner library {row.id}",
    )


def _is_itself(lib: Library, row: Synergy, taker: End) -> bool:
    """Whether the taker is itself what must stand between: a digester."""
    told = phrase_of(row.conversion or "")
    return any(phrase_of(word) in told and code == taker.nace for word, code in lib.facilities.items())


def general(lib: Library, giver: End) -> tuple[str, ...]:
    """What holds of every exchange of a kind: how far it was carried where it was built, and a backup (R4, R5, R8)."""
    if giver.kind == "heat":
        low, high = lib.rules["R4"].km or (0.0, 0.0)
        far = (f"steam lines that were built are {low:g} to {high:g} km long (R4)",)
        return (*(far if giver.heat is not None and giver.heat.medium == "steam" else ()), _BACKUP)
    if giver.kind == "material":
        mean, most = lib.rules["R5"].km or (0.0, 0.0)
        return (f"solids travel {mean:g} km in the mean of a waste exchange, 70 % under {most:g} km (R5)",)
    return (_BACKUP,)


_BACKUP = "a backup for what one giver supplies (R8)"


def _contradicted(lib: Library, substance: str, giver: End) -> tuple[Checked, ...]:
    found = contradiction(lib, substance, giver)
    return () if found is None else (found,)


def by_synonym(context: Context, giver: End, taker: End, substance: str | None) -> Proposal:
    """A proposal that rests on two names of one thing."""
    case = context.case
    own = () if substance is None else _contradicted(context.lib, substance, giver)
    limits = (*own, *case_limits(case, giver, taker))
    names = f'"{giver.stream.resource}" and "{taker.stream.resource}"'
    reason = f"{names} are one name in two spellings, or synonyms in the case"
    if substance is not None:
        reason = f'{names} are both what the library calls "{substance}"'
    fuel = substance is not None and context.lib.is_fuel(substance)
    same = Ratio(value=1.0, basis="energy" if fuel else _BASES.get(giver.kind, "t/t"), note="the same thing")
    ratio, lacking = in_units(case, context.lib, same, giver, taker)
    missing = _missing(limits) or ([] if giver.kind == "power" else ["whether both are of one quality"])
    score = _SAME_NAME if substance is None else _SYNONYM
    return Proposal(
        giver,
        taker,
        rule="synonym",
        row=None,
        score=_bounded(score + (_BROKEN if _broken(limits) else 0)),
        reasons=(reason,),
        limits=limits,
        missing=(*missing, *([] if lacking is None else [lacking])),
        ratio=ratio,
        max_share=None,
        use="the same use",
        pretreatment=None,
        conversion=None,
        conditions=(),
        law="electricity law (direct line, or grid)" if giver.kind == "power" else "that of the by-product",
        example="",
        grade="C",
        source="planner match, synonym",
    )


_BASES = {"water": "m3/m3", "heat": "heat", "power": "energy"}


def by_water(context: Context, giver: End, taker: End) -> Proposal | None:
    """A proposal that rests on water quality: the taker states limits, and all are known to be met (R6)."""
    limits = tuple(case_limits(context.case, giver, taker))
    if not limits or any(one.verdict != "met" for one in limits) or giver.resource.fresh_water:
        return None
    return replace(
        by_synonym(context, giver, taker, None),
        rule="R6",
        score=_WATER,
        reasons=(f"every quality that {taker.unit} limits is met (R6)",),
        missing=("qualities that nobody limits yet",),
        use="water cascade",
        law="discharge permit of the giver; water reuse rules",
        source="planner match, rule R6",
    )


def by_heat(case: Case, lib: Library, ends: tuple[End, End], how: Fit) -> Proposal:
    """A proposal that rests on levels of heat, with the row of the library that comes closest as its example."""
    giver, taker = ends
    row = _nearest(lib, giver, taker)
    base = _LIFT if how.rule == "R2" else _LEVEL
    if not how.certain:
        base = _STEAM_BY_NAME if how.rule == "R3" else _HEAT_BY_NAME
    base += _TIGHT if how.tight else 0
    fits = [] if row is None else [industry_fits(giver.nace, row.from_nace), industry_fits(taker.nace, row.to_nace)]
    alike = sum(_FITS for one in fits if one) + (_WHOLE if giver.known and taker.known else 0)
    ratio = None if how.rule == "R2" else heat_ratio(giver, taker)
    limits = tuple(case_limits(case, giver, taker))
    units = f"{taker.resource.unit}/{giver.resource.unit}"
    rule = lib.rules[how.rule]
    return Proposal(
        *ends,
        rule=how.rule,
        row=None if row is None else row.id,
        score=_bounded(base + alike + (_BROKEN if _broken(limits) else 0)),
        reasons=(f"{how.rule}: {how.reason}", *(() if row is None else (f"as in {row.id}, {row.use}",))),
        limits=limits,
        missing=tuple(
            [
                *how.missing,
                *_missing(limits),
                *([] if ratio is not None or how.conversion else ["heat in a unit of both"]),
            ]
        ),
        ratio=None if ratio is None else ProposedRatio(ratio, units, "C", "as much heat, by the levels of the case"),
        max_share=None,
        use="heat" if row is None else row.use,
        pretreatment=None,
        conversion=how.conversion,
        conditions=(*(() if row is None else row.conditions), *general(lib, giver)),
        law="none" if row is None else row.law,
        example="" if row is None else row.example,
        grade=rule.grade if row is None else row.grade,
        source=f"planner match, rule {how.rule}" + ("" if row is None else f" and library {row.id}"),
    )


def _nearest(lib: Library, giver: End, taker: End) -> Synergy | None:
    """The row on heat whose names and industries fit both ends best; None where none fits at both."""
    best: tuple[int, Synergy] | None = None
    for row in lib.synergies:
        if row.ratio.basis != "heat":
            continue
        fits = [industry_fits(giver.nace, row.from_nace), industry_fits(taker.nace, row.to_nace)]
        named = [row.byproduct in (*giver.known, *giver.loosely), bool(set(row.replaces) & set(taker.known))]
        if not named[0] or not (named[1] or fits[1]) or False in fits:
            continue
        points = sum(map(bool, fits)) * 2 + sum(named)
        if best is None or points > best[0]:
            best = points, row
    return None if best is None else best[1]


def _missing(limits: tuple[Checked, ...]) -> list[str]:
    return [one.missing for one in limits if one.missing is not None]


def _broken(limits: tuple[Checked, ...]) -> bool:
    return any(one.verdict == "broken" for one in limits)


def _bounded(score: int) -> int:
    return max(0, min(100, score))
