"""Terms of an exchange: what the case says of the exchange goes before its substitution, and that before the resource.

Several entries of ``exchanges`` may speak of one exchange; the one that names more of its ends goes first, field by
field. Two entries that name equally much and say different things are a fault.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from planner.assemble.findings import Findings
from planner.assemble.streams import Flow
from planner.case.case import Case
from planner.case.exchanges import Exchange, Substitution, Terms

#: Fields that say which exchange is meant, or only comment on it.
_ENDS = ("from_", "to", "stream", "into", "note")


@dataclass(frozen=True)
class Agreed:
    """Terms of one exchange with their places in the case.

    Attributes
    ----------
    values
        Field -> value, for the fields that the case states.
    paths
        Field -> where it stands: "exchanges[3].treatment", counted from 1 as in the faults of a case.
    """

    values: Mapping[str, Any]
    paths: Mapping[str, str]

    def get(self, field: str, default: Any = None) -> Any:
        """The value of a field, or the default where the case does not state it."""
        return self.values.get(field, default)


def entries_for(case: Case, source: Flow, sink: Flow) -> list[int]:
    """Numbers of the entries of ``exchanges`` that speak of a pair of streams, the most specific first."""
    found = [n for n, entry in enumerate(case.exchanges) if _speaks_of(entry, source, sink)]
    return sorted(found, key=lambda n: -specificity(case.exchanges[n]))


def _speaks_of(entry: Exchange, source: Flow, sink: Flow) -> bool:
    wanted = (entry.from_, entry.to, entry.stream, entry.into)
    given = (source.member.name, sink.member.name, source.meant, sink.meant)
    return all(want is None or want == have for want, have in zip(wanted, given, strict=True))


def specificity(entry: Exchange) -> int:
    """How many of giver, taker and both streams an entry names."""
    return sum(end is not None for end in (entry.from_, entry.to, entry.stream, entry.into))


def substitution_for(case: Case, source: Flow, sink: Flow) -> tuple[int, Substitution] | None:
    """The substitution by which a source may replace what a sink takes, with its number."""
    for number, substitution in enumerate(case.substitutions):
        if (substitution.from_, substitution.to) == (source.resource, sink.resource):
            return number, substitution
    return None


def agree(
    case: Case, entries: list[int], substitution: tuple[int, Substitution] | None, findings: Findings, *, own: bool
) -> Agreed:
    """Merge the terms of entries (the most specific first) and of a substitution.

    What stays on its ``own`` site is declared only where an entry says so, not by its substitution.
    """
    values: dict[str, Any] = {}
    paths: dict[str, str] = {}
    rank: dict[str, int] = {}
    for number in entries:
        entry = case.exchanges[number]
        for name in entry.model_fields_set - set(_ENDS):
            value = getattr(entry, name)
            if value is None or value is False:
                continue  # forbidden by one entry, or forced by one, is forbidden or forced
            if name not in values:
                values[name], paths[name], rank[name] = value, f"exchanges[{number + 1}].{name}", specificity(entry)
            elif rank[name] == specificity(entry) and values[name] != value:
                findings.fault(
                    f"exchanges[{number + 1}].{name}",
                    f"says something else than {paths[name]}, of the same exchange; name its ends more closely in one",
                )
    if substitution is not None:
        number, terms = substitution
        for name in (*Terms.model_fields, "ratio"):
            value = getattr(terms, name)
            if value is not None and name not in values and not (own and name == "declaration"):
                values[name], paths[name] = value, f"substitutions[{number + 1}].{name}"
    return Agreed(values, paths)
