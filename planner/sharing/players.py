"""Who shares: the firms of a park, each with its plants, partners, own measures and the facilities it owns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.results.saved import Finished


@dataclass(frozen=True)
class Members:
    """Players and what belongs to each.

    Attributes
    ----------
    units
        Player -> its plants, partners, own measures and facilities, as far as they may be there.
    common
        Shared facilities that belong to no player: open to every coalition.
    """

    units: Mapping[str, tuple[str, ...]]
    common: tuple[str, ...]

    @property
    def players(self) -> tuple[str, ...]:
        """Names of the players, in the order of the case."""
        return tuple(self.units)

    def present(self, coalition: frozenset[str]) -> list[str]:
        """Units of a coalition, and what is open to all."""
        return [*(k for player, units in self.units.items() if player in coalition for k in units), *self.common]


def members_of(run: "Finished") -> Members:
    """Players of a finished run.

    A player is a firm with a plant in the plan, or a partner outside; plants and partners of one firm are one player,
    and so is what it owns. Optional plants that did not settle are not there, for nobody. The park company and other
    parties that only own or pay are players only where they have a plant.
    """
    books = run.books()
    there = set(books.places())
    found: dict[str, list[str]] = {}
    for k in (*run.case.plants, *run.case.partners):
        if k in there:
            found.setdefault(books.party(k), []).append(k)
    common: list[str] = []
    for k, unit in run.assembly.instance.units.items():
        if unit.kind in ("facility", "measure"):
            owner = books.party(unit.host if unit.host is not None else k)
            if unit.kind == "facility" or unit.host in there:
                found.get(owner, common).append(k)
    return Members({player: tuple(units) for player, units in found.items()}, tuple(common))
