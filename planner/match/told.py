"""Words and rows of what ``match`` found, for a terminal and for tables."""

import csv
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from planner.errors import UsageError
from planner.library.synergies import Exclusion, Library, Synergy
from planner.match.proposals import Matches, Proposal

WIDTH = 116
#: Columns of the CSV file, in its order.
COLUMNS = (
    *("number", "score", "strength", "from", "stream", "resource", "to", "into", "replaces", "use", "rule", "row"),
    *("reasons", "limits_met", "limits_broken", "limits_not_known", "missing", "ratio", "ratio_low", "ratio_high"),
    *("ratio_unit", "ratio_grade", "max_share", "pretreatment", "conversion", "conditions", "law", "example", "grade"),
    *("source", "not_acceptable"),
)
#: What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_row(one: Proposal) -> dict[str, Any]:
    """A proposal as a row of the CSV file."""
    plain = one.as_json()
    by_verdict = {
        f"limits_{verdict.replace(' ', '_')}": [limit.text for limit in one.limits if limit.verdict == verdict]
        for verdict in ("met", "broken", "not known")
    }
    ratio = one.ratio
    numbers = {
        "ratio": None if ratio is None else ratio.value,
        "ratio_low": None if ratio is None else ratio.low,
        "ratio_high": None if ratio is None else ratio.high,
        "ratio_unit": None if ratio is None else ratio.unit,
        "ratio_grade": None if ratio is None else ratio.grade,
    }
    row = {**plain, **by_verdict, **numbers}
    return {name: _cell(row[name]) for name in COLUMNS}


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        value = "; ".join(value)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value


def write_csv(file: Path, proposals: Iterable[Proposal]) -> None:
    """Write proposals as a CSV file.

    Raises
    ------
    UsageError
        If it cannot be written.
    """
    try:
        with file.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, COLUMNS)
            writer.writeheader()
            writer.writerows(csv_row(one) for one in proposals)
    except OSError as error:
        raise UsageError(f"cannot write {file}: {error.strerror or error}") from error


def told(one: Proposal) -> Iterator[str]:
    """A proposal in words, a block of lines."""
    row = f", library {one.row}" if one.row else ""
    yield f"{one.number:>3}  {one.score:>3} {one.strength}  {one.giver.said} -> {one.taker.said}"
    yield from _wrapped("for", f"{one.use} (rule: {one.rule}{row})")
    yield from _wrapped("why", "; ".join(one.reasons))
    for verdict in ("broken", "met", "not known"):
        texts = [limit.text for limit in one.limits if limit.verdict == verdict]
        if texts:
            yield from _wrapped(f"limits {verdict}", "; ".join(texts))
    if one.conditions:
        yield from _wrapped("conditions", "; ".join(one.conditions))
    if one.missing:
        yield from _wrapped("missing", "; ".join(one.missing))
    yield from _wrapped("ratio", _ratio(one))
    if one.pretreatment:
        yield from _wrapped("before use", one.pretreatment)
    if one.law != "none":
        yield from _wrapped("law", one.law)
    if one.example:
        yield from _wrapped("example", f"{one.example} (grade {one.grade})")
    if (why := one.refused()) is not None:
        yield from _wrapped("to accept", why)


def _ratio(one: Proposal) -> str:
    ratio = one.ratio
    if ratio is None:
        return "not known"
    span = "" if ratio.low is None or ratio.high is None else f" ({ratio.low:.4g} to {ratio.high:.4g})"
    note = f": {ratio.note}" if ratio.note else ""
    share = "" if one.max_share is None else f"; at most {one.max_share:.0%} of the demand"
    return f"{ratio.value:.4g}{span} {ratio.unit}, grade {ratio.grade}{note}{share}"


def _wrapped(title: str, text: str) -> Iterator[str]:
    first = f"       {title:<16} "
    yield from textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=" " * len(first)) or [first]


def summary_rows(proposals: Iterable[Proposal]) -> list[tuple[str, ...]]:
    """Number, score, ends, rule and ratio of each proposal."""
    return [
        (
            str(one.number),
            str(one.score),
            one.giver.said,
            one.taker.said,
            one.row or one.rule,
            "-" if one.ratio is None else f"{one.ratio.value:.4g} {one.ratio.unit}",
            str(sum(limit.verdict == "broken" for limit in one.limits)),
            str(len(one.missing)),
        )
        for one in proposals
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
    ratio = row.ratio
    span = "" if ratio.low is None or ratio.high is None else f" ({ratio.low:g} to {ratio.high:g})"
    number = "not known" if ratio.value is None else f"{ratio.value:g}{span} {ratio.basis}, grade {ratio.grade}"
    if ratio.basis == "heat":
        number = "by heat"
    yield from _wrapped("ratio", number + (f": {ratio.note}" if ratio.note else ""))
    if row.limits:
        yield from _wrapped("limits", "; ".join(f"{one.said} (grade {one.grade})" for one in row.limits))
    if row.conditions:
        yield from _wrapped("conditions", "; ".join(row.conditions))
    if row.pretreatment or row.conversion:
        yield from _wrapped("before use", "; ".join(part for part in (row.pretreatment, row.conversion) if part))
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
