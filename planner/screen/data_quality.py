"""How well the numbers behind a row are known: their basis and grade, and those that state none."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from planner.assemble.assembly import Evidence
from planner.assemble.streams import Flow

#: How numbers were come by, from best to worst; what states no basis is the worst.
BASES = ("metered", "invoiced", "design", "literature", "estimate", "archetype", "not stated")
GRADES = ("A", "B", "C", "not stated")


class Quality(NamedTuple):
    """How well numbers are known: places of the worst basis and grade, all bases, and the numbers that state none.

    ``bases`` is a sum of powers of two by the places in ``BASES``; ``unmarked`` has the fields of the case.
    """

    basis: int = 0
    grade: int = 0
    bases: int = 0
    unmarked: frozenset[str] = frozenset()


def worst(evidence: Iterable[Evidence]) -> Quality:
    """Quality of the numbers behind some lines.

    Of what tells exchanges apart: not of the economics, which all share, nor of who pays, and not of the defaults of
    the planner, which have columns of their own.
    """
    own = [e for e in evidence if e.basis != "assumption" and not _is_common(e.field)]
    found = [(_place(BASES, e.basis), _place(GRADES, e.grade)) for e in own]
    bases = {b for b, _ in found}
    unmarked = frozenset(e.field for e, (b, _) in zip(own, found, strict=True) if b == len(BASES) - 1)
    return Quality(max(bases, default=0), max((g for _, g in found), default=0), sum(1 << b for b in bases), unmarked)


def _is_common(field: str) -> bool:
    return field.startswith("economics.") or ".paid_by" in field


def _place(known: Sequence[str], word: str | None) -> int:
    return known.index(word) if word in known else len(known) - 1


def worse(*qualities: Quality) -> Quality:
    """The worst basis and grade, and the bases and unmarked numbers of all."""
    bases = 0
    for quality in qualities:
        bases |= quality.bases
    unmarked = frozenset[str]().union(*(quality.unmarked for quality in qualities))
    basis = max((quality.basis for quality in qualities), default=0)
    return Quality(basis, max((quality.grade for quality in qualities), default=0), bases, unmarked)


def rate_basis(flow: Flow) -> str:
    """Basis of the rate of a stream; empty where a plan decides it."""
    rate = getattr(flow.data, "rate", None)
    return "" if rate is None else rate.basis or BASES[-1]


def data_columns(rates: Iterable[str], quality: Quality) -> dict[str, Any]:
    """Columns of the data quality of a row.

    Parameters
    ----------
    rates
        Basis of the rates of both ends, as of ``rate_basis``.
    quality
        That of all numbers of the row. Where some are of archetypes all stated bases are told, the worst first: an
        archetype must not hide behind a metered rate.
    """
    every = every_basis(quality.bases)
    stated = [_place(BASES, basis) for basis in rates if basis in BASES[:-1]]
    told = BASES[max(stated)] if stated else BASES[-1]
    if "archetype" in every:
        told = every.removeprefix(f"{BASES[-1]}, ")
    return {"data_quality": told, "not_stated": len(quality.unmarked), "bases": every, "grade": GRADES[quality.grade]}


def every_basis(bases: int) -> str:
    """All bases in words, the worst first."""
    return ", ".join(name for n, name in reversed(list(enumerate(BASES))) if bases >> n & 1)


def data_in_words(row: Mapping[Any, Any]) -> str:
    """Data quality of a row, and how many numbers state no basis: metered + 3 not stated."""
    told, missing = str(row["data_quality"]), row["not_stated"]
    return f"{told} + {missing} {BASES[-1]}" if missing and told and told != BASES[-1] else told
