"""Contents that nobody knows, followed through the units that pass them on (see ``models.unknown``)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from models.qualities import Unknown
from planner.assemble.barred import Reach, accepted, accepts, is_unknown, strict
from planner.assemble.contents import Subject
from planner.assemble.exchanges import Deal

if TYPE_CHECKING:
    from planner.assemble.quality import Qualities

Key = tuple[str, str]
_NAMED = 3


def unknowns_of(found: "Qualities") -> dict[Key, Unknown]:
    """(Inlet, quality) -> what may make it unknown there, and where what then leaves its unit may not go.

    Only of outlets whose content matters. To accept it where it comes in is for the limit there: it stays unknown.
    """
    made: dict[Key, Unknown] = {}
    for subject in found.subjects.values():
        made |= {(j, subject.name): unknown for j, unknown in _of(found, subject).items()}
    return made


def _of(found: "Qualities", subject: Subject) -> dict[str, Unknown]:
    reach = found.reaches[subject.name]
    outlets: dict[str, list[str]] = {}
    for i in sorted(reach.told):
        if subject.passed[i].kept:
            outlets.setdefault(subject.passed[i].inlet, []).append(i)
    entering = [d for d in found.deals.values() if d.sink.id in outlets]
    direct = {
        j: tuple(d.id for d in entering if d.sink.id == j and is_unknown(subject, reach, d.source.id)) for j in outlets
    }
    inlet_of = {i: j for j, members in outlets.items() for i in members}
    blind = {j for j, members in direct.items() if members}
    while more := {d.sink.id for d in entering if inlet_of.get(d.source.id) in blind} - blind:
        blind |= more
    return {
        j: Unknown(
            direct[j],
            tuple(
                (d.id, inlet_of[d.source.id]) for d in entering if d.sink.id == j and inlet_of.get(d.source.id) in blind
            ),
            tuple(d.id for d in _leaving(found, outlets[j]) if _barred(subject, reach, d)),
            tuple(d.id for d in _leaving(found, outlets[j]) if d.sink.id in subject.admitted and accepts(subject, d)),
            tuple(_shut(subject, outlets[j])),
        )
        for j in sorted(blind)
    }


def _leaving(found: "Qualities", outlets: list[str]) -> list[Deal]:
    return [d for d in found.deals.values() if d.source.id in outlets]


def _barred(subject: Subject, reach: Reach, deal: Deal) -> bool:
    return strict(subject, reach, deal.sink.id) and not accepted(subject, reach, deal)


def _shut(subject: Subject, outlets: list[str]) -> Iterator[tuple[str, str]]:
    """Ways out that ask for what a stream holds."""
    for i in outlets:
        permit = subject.discharged.get(i)
        if i in subject.fees or (permit is not None and not permit.accept_unknown):
            yield "discharged", i
        if i in subject.sold and not subject.sold[i].accept_unknown:
            yield "sold", i


def note_unknowns(found: "Qualities", unknowns: dict[Key, Unknown]) -> None:
    """Say of each what it bars."""
    for (j, quality), unknown in unknowns.items():
        unit = found.sinks[j].member.name
        givers = sorted({found.deals[e].source.id for e in (*unknown.direct, *(e for e, _ in unknown.passed_on))})
        kinds = {"discharged": "may not be disposed of", "sold": "may not be sold"}
        closed = [f"{i} {kinds[kind]}" for kind, i in unknown.shut]
        closed += [f"{found.deals[e].source.id} may not go to {found.deals[e].sink.id}" for e in unknown.barred]
        if closed:
            more = f", and {len(closed) - _NAMED} more" if len(closed) > _NAMED else ""
            found.findings.note(
                f"{quality} is unknown in {', '.join(givers[:_NAMED])}: where {unit} takes it, {quality} is unknown in "
                f"what leaves {unit}, too, so that {'; '.join(closed[:_NAMED])}{more}"
            )
