"""What a hazardous giver, a code that contradicts a name, and a purpose that asks for more mean for a proposal."""

from planner.library.synergies import Library, Purpose, Sensitive, Synergy
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
        self._ready = [_Ready(one) for one in lib.purposes]
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
            meant = [one for one in self._ready if not holds_any(taker.text, one.unless)]
            stated = frozenset(one.purpose for one in meant if one.stated(taker, use))
            apart = self._apart.holds(taker)
            inferred = frozenset(one.purpose for one in meant if one.inferred(taker) and not (apart and one.of.apart))
            self._found[id(taker)] = taker, stated, inferred
        return self._found[id(taker)][1:]


class _Ready:
    """A purpose with its phrases in one spelling."""

    def __init__(self, one: Sensitive) -> None:
        self.of, self.purpose = one, one.purpose
        self.uses, self.words, self.units, self.unless = (
            [phrase_of(text) for text in texts] for texts in (one.uses, one.words, one.units, one.unless)
        )

    def stated(self, taker: End, use: str) -> bool:
        """Whether the use of a taker, or a name of it, says so."""
        spoken = not self.of.kinds or taker.kind in self.of.kinds
        return spoken and (holds_any(use, self.uses) or holds_any(taker.text, self.words)) is not None

    def inferred(self, taker: End) -> bool:
        """Whether the owner of a taker stands for it."""
        if taker.kind not in (self.of.kinds or ("material", "gas")):
            return False
        by_code = bool(self.of.nace) and (taker.nace or "").startswith(self.of.nace)
        return by_code or holds_any(phrase_of(taker.unit), self.units) is not None


def unbound(lib: Library, row: Synergy, taker: End) -> str | None:
    """Why a row that only some takers may use is not for this one; None where it is, or any may use it."""
    bound = row.bound
    if bound is None:
        return None
    code = taker.nace
    if code is not None and (code.startswith(bound.nace) or any(one.startswith(code) for one in bound.nace)):
        return None
    if code is not None:
        return f"{bound.why}; {taker.unit} is none ({lib.industry(code)}, {code})"
    if holds_any(taker.text + phrase_of(taker.unit), (phrase_of(word) for word in bound.words)):
        return None
    return f"{bound.why}; whether {taker.unit} is one is not known, state its industry (nace)"


def rather(lib: Library, giver: End) -> str | None:
    """The by-product that a giver is likely to be by its loose name and its industry; None where there is none."""
    return next(
        (
            row.byproduct
            for row in lib.synergies
            if row.byproduct in giver.loosely and giver.nace is not None and giver.nace.startswith(row.from_nace)
        ),
        None,
    )


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
