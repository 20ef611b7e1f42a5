"""What is found while a case is assembled: notes for the user, faults of the case, and what cannot be."""

from dataclasses import dataclass, field

from planner.errors import CaseError, Fault, Infeasible


@dataclass
class Findings:
    """Gathers everything there is to say, so that the user hears it at once.

    Attributes
    ----------
    notes
        Assumptions made and things left out.
    faults
        What is wrong with the case.
    impossible
        What no plan can satisfy, in the user's words.
    """

    notes: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    impossible: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Keep a note, once."""
        if text not in self.notes:
            self.notes.append(text)

    def fault(self, path: str, message: str) -> None:
        """Keep a fault of the case at the field ``path``, once."""
        fault = Fault("case.yaml", 0, 0, path, message)
        if fault not in self.faults:
            self.faults.append(fault)

    def raise_faults(self) -> None:
        """Raise all faults found.

        Raises
        ------
        CaseError
            If there are any.
        """
        if self.faults:
            raise CaseError(self.faults)

    def raise_impossible(self) -> None:
        """Raise everything that cannot be.

        Raises
        ------
        Infeasible
            If there is anything.
        """
        if self.impossible:
            raise Infeasible("no plan can satisfy the case:\n" + "\n".join(f"- {text}" for text in self.impossible))
