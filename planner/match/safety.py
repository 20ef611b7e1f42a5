"""What a hazardous giver, a code that contradicts a name, and a purpose that asks for more mean for a proposal."""

from planner.library.synergies import Library, Purpose, Synergy
from planner.match.ends import End
from planner.match.limits import Checked
from planner.match.words import holds_any, phrase_of


class Standing:
    """Tells what stands apart from what is eaten or drunk in a plant: fuels, boilers, cooling.

    Parameters
    ----------
    lib
        The library.
    """

    def __init__(self, lib: Library) -> None:
        self.words = [phrase_of(word) for word in lib.apart.words]
        self.substances = frozenset(lib.apart.substances)

    def holds(self, end: End) -> bool:
        """Whether a stream stands apart; one that is stated to be eaten or drunk never does."""
        return end.use is None and (
            bool(self.substances & set(end.known)) or holds_any(end.text, self.words) is not None
        )


class Purposes:
    """Tells the purposes of takers for which only rows that serve them are proposed.

    Parameters
    ----------
    lib
        The library.
    """

    def __init__(self, lib: Library) -> None:
        self._apart = Standing(lib)
        self._ready = [
            (
                one,
                [phrase_of(x) for x in one.uses],
                [phrase_of(x) for x in one.words],
                [phrase_of(x) for x in one.units],
            )
            for one in lib.purposes
        ]
        self._found: dict[int, tuple[End, frozenset[Purpose], frozenset[Purpose]]] = {}  # with the end, for its id

    def unserved(self, row: Synergy | None, taker: End) -> str | None:
        """The purpose of a taker that a row does not serve; None where it serves it, or there is none."""
        if taker.kind in ("heat", "power"):
            return None
        stated, inferred = self._of(taker)
        serves = set() if row is None else set(row.serves)
        if stated:
            return None if stated & serves else min(stated)
        named = row is not None and taker.nace is not None and taker.nace.startswith(row.to_nace)
        return None if not inferred or named or inferred & serves else min(inferred)

    def _of(self, taker: End) -> tuple[frozenset[Purpose], frozenset[Purpose]]:
        """Purposes that are stated or named, and those that the owner of the stream stands for."""
        if id(taker) not in self._found:
            use = "" if taker.use is None else phrase_of(taker.use)
            for phrase in _NO_FEED:
                use = use.replace(phrase, "  ")
            stated = frozenset(
                one.purpose
                for one, uses, words, _ in self._ready
                if holds_any(use, uses) or holds_any(taker.text, words)
            )
            owner = phrase_of(taker.unit)
            inferred = frozenset(
                one.purpose
                for one, _, _, units in self._ready
                if taker.kind != "water"
                and not self._apart.holds(taker)
                and (holds_any(owner, units) or (bool(one.nace) and (taker.nace or "").startswith(one.nace)))
            )
            self._found[id(taker)] = taker, stated, inferred
        return self._found[id(taker)][1:]


_NO_FEED = tuple(phrase_of(text) for text in ("boiler feed", "feed water", "feed stock", "feedstock", "digester feed"))


def is_hazardous(end: End) -> bool:
    """Whether a case says that a stream is hazardous: by its discharge or by a code with an asterisk."""
    discharge = getattr(end.stream.stream, "discharge", None) or end.resource.discharge
    return (discharge is not None and discharge.waste == "hazardous") or any(code.endswith("*") for code in end.ewc)


def hides_hazard(lib: Library, substance: str, giver: End) -> bool:
    """Whether a giver is hazardous and a substance of the library is not: the hazard must come from something else."""
    if not giver.gives or giver.kind in ("heat", "power") or not is_hazardous(giver):
        return False
    return not any(code.endswith("*") for code in lib.substances[substance].ewc)


def contradiction(lib: Library, substance: str, giver: End) -> Checked | None:
    """A code of the list of waste that is not one of a substance's, as a limit that is broken; None where it fits."""
    own = lib.substances[substance].ewc
    fits = {code.rstrip("*") for code in giver.ewc} & {code.rstrip("*") for code in own}
    if not giver.ewc or fits or not (own or giver.coded):
        return None
    codes = ", ".join(giver.ewc)
    other = f"that of {giver.coded[0]}" if giver.coded else f"expected {' or '.join(own)}"
    return Checked(f"waste code {codes} is not one of {substance}: {other}", "broken", "C")
