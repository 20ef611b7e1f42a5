"""Words of what ``match`` found, for a terminal, and JSON."""

import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from planner.library.synergies import Exclusion, Library, Synergy
from planner.match.proposals import Matches, Proposal, shown
from planner.match.ratios import ratio_said, row_ratios

WIDTH = 116


def told(one: Proposal) -> Iterator[str]:
    """A proposal in words, a block of lines."""
    yield f"{one.number:>3}  {one.score:>3} {one.strength}  {one.giver.said} -> {one.taker.said}"
    for title, text in facts(one):
        yield from _wrapped(title, text)


def facts(one: Proposal) -> Iterator[tuple[str, str]]:
    """What there is to say of a proposal: heading and words."""
    by = [f"rule {one.rule}"] if one.rule != "library" else []
    by += [f"library {one.row}"] if one.row else []
    yield "for", f"{one.use} ({', '.join(by)})"
    yield "why", "; ".join(one.reasons)
    for verdict in ("broken", "met", "not known"):
        texts = [limit.text for limit in one.limits if limit.verdict == verdict]
        if texts:
            yield f"limits {verdict}", "; ".join(texts)
    if one.conditions:
        yield "conditions", "; ".join(one.conditions)
    if one.missing:
        yield "missing", "; ".join(one.missing)
    yield "ratio", _ratio(one)
    if one.pretreatment:
        yield "required first", one.pretreatment
    if one.law != "none":
        yield "law", one.law
    if one.example:
        yield "example", f"{one.example} (grade {one.grade})"
    if (why := one.refused()) is not None:
        yield "to accept", why


def _ratio(one: Proposal) -> str:
    ratio = one.ratio
    if ratio is None:
        return "not known" if one.conversion is None or one.row else f"by what the {one.conversion} makes of it"
    span = "" if ratio.low is None or ratio.high is None else f" ({shown(ratio.low)} to {shown(ratio.high)})"
    note = f": {ratio.note}" if ratio.note else ""
    share = "" if one.max_share is None else f"; at most {one.max_share:.0%} of the demand"
    return f"{shown(ratio.value)}{span} {ratio.unit}, grade {ratio.grade}{note}{share}"


def _wrapped(title: str, text: str) -> Iterator[str]:
    first = f"       {title:<16} "
    yield from textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=" " * len(first)) or [first]


#: Columns of ``summary_rows``.
SUMMARY = ("no", "score", "from", "to", "by", "ratio", "limits broken", "data missing")


def summary_rows(proposals: Iterable[Proposal]) -> list[tuple[str, ...]]:
    """Number, score, ends, rule and ratio of each proposal."""
    return [
        (
            str(one.number),
            str(one.score),
            one.giver.said,
            one.taker.said,
            one.row or one.rule,
            "-" if one.ratio is None else f"{shown(one.ratio.value)} {one.ratio.unit}",
            str(sum(limit.verdict == "broken" for limit in one.limits)),
            str(len(one.missing)),
        )
        for one in proposals
    ]


def sections(found: Matches) -> list[tuple[str, list[str]]]:
    """What was found beside proposals: heading and lines."""
    return [
        (
            "Exchange anyway, no entry needed",
            [f"{one.giver.said} -> {one.taker.said}: {one.why}" for one in found.anyway],
        ),
        ("Barred", [f"{one.giver.said} -> {one.taker.said}: {one.reason} [{one.law}]" for one in found.barred]),
        (
            "Leads to ask about; the case states no such need or source",
            [f"{one.about}: {one.text}" for one in found.leads],
        ),
        ("Not known to the library; state synonyms or waste_code of the resource", list(found.unrecognised)),
    ]


def said_row(lib: Library, row: Synergy) -> Iterator[str]:
    """A row of the library in words, a block of lines."""
    yield f"{row.id}  {row.byproduct} -> {row.use}, in place of {', '.join(row.replaces)}"
    yield from _wrapped("given by", ", ".join(f"{lib.industry(code)} ({code})" for code in row.from_nace))
    yield from _wrapped("used by", ", ".join(f"{lib.industry(code)} ({code})" for code in row.to_nace))
    substance = lib.substances[row.byproduct]
    if substance.synonyms:
        yield from _wrapped("also called", ", ".join(substance.synonyms))
    yield from _wrapped("waste code", ", ".join(substance.ewc) or "none: no waste, or no code of its own")
    for names, ratio in row_ratios(row):
        grade = "" if ratio.value is None else f", grade {ratio.grade}"
        number = (f"{names}: " if names else "") + ratio_said(ratio) + grade
        yield from _wrapped("ratio", number + (f": {ratio.note}" if ratio.note else ""))
    if row.limits:
        yield from _wrapped("limits", "; ".join(f"{one.said} (grade {one.grade})" for one in row.limits))
    if row.conditions:
        yield from _wrapped("conditions", "; ".join(row.conditions))
    if row.pretreatment or row.conversion:
        yield from _wrapped("required first", "; ".join(part for part in (row.pretreatment, row.conversion) if part))
    if row.asks:
        yield from _wrapped("ask for", "; ".join(row.asks))
    if row.bound is not None:
        named = ", ".join(f"{lib.industry(code)} ({code})" for code in row.bound.nace)
        yield from _wrapped("only for", f"{named}: {row.bound.why}")
    yield from _wrapped("law", row.law)
    source = lib.sources[row.source]
    yield from _wrapped("example", f"{row.example} (grade {row.grade}; {source.title})")


def said_exclusion(one: Exclusion) -> str:
    """An exclusion in a line."""
    return f"never ({one.id}): {one.what}. {one.reason} [{one.law}; grade {one.grade}]"


def as_json(found: Matches) -> dict[str, Any]:
    """Everything that was found, for a program to read."""
    return {
        "proposals": [one.as_json() for one in found.proposals],
        "anyway": [
            {**_ends(one.giver, one.taker), "resource": one.giver.stream.resource, "why": one.why}
            for one in found.anyway
        ],
        "barred": [
            {**_ends(one.giver, one.taker), "exclusion": one.exclusion, "what": one.what, "reason": one.reason}
            | {"law": one.law}
            for one in found.barred
        ],
        "leads": [one.as_json() for one in found.leads],
        "unrecognised": list(found.unrecognised),
    }


def _ends(giver: Any, taker: Any) -> dict[str, str]:
    return {"from": giver.unit, "stream": giver.stream.name, "to": taker.unit, "into": taker.stream.name}
