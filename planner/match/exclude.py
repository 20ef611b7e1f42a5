"""What is never proposed: the exclusions of the library, and those that the case states itself."""

from collections.abc import Iterable

from planner.case.case import Case
from planner.case.exchanges import Exchange
from planner.library.synergies import Exclusion, Library, Side
from planner.match.ends import End
from planner.match.safety import Standing, is_hazardous
from planner.match.words import holds_any, phrase_of


class Exclusions:
    """The exclusions of the library, made ready for many streams.

    Parameters
    ----------
    lib
        The library.
    """

    def __init__(self, lib: Library) -> None:
        self._sides = [(one, _Ready(lib, one.giver), _Ready(lib, one.taker, one.giver.words)) for one in lib.exclusions]
        self._found: dict[tuple[int, bool], tuple[End, frozenset[int]]] = {}  # with the end, which keeps its id

    def between(self, giver: End, taker: End) -> Exclusion | None:
        """The exclusion that bars a pair, if any."""
        both = self._of(giver, gives=True)
        if both:
            both &= self._of(taker, gives=False)
        return self._sides[min(both)][0] if both else None

    def of_giver(self, giver: End) -> list[Exclusion]:
        """Exclusions that speak of a giver, whoever takes."""
        return [self._sides[place][0] for place in sorted(self._of(giver, gives=True))]

    def bars_source(self, taker: End, byproduct: str, codes: Iterable[str]) -> bool:
        """Whether a by-product that nobody of the case gives may not come to a taker.

        Parameters
        ----------
        taker
            Who would take it.
        byproduct, codes
            Its name and its codes of the list of waste in the library.
        """
        meant = [self._sides[place] for place in self._of(taker, gives=False)]
        return any(giver.names(phrase_of(byproduct), codes) for _, giver, _ in meant)

    def bars_use(self, giver: End, uses: Iterable[str], code: str) -> bool:
        """Whether what a giver has may not come to uses, or to an industry, that the case does not have."""
        told = "".join(phrase_of(use) for use in uses)
        meant = [self._sides[place] for place in self._of(giver, gives=True)]
        return any(
            taker.names(told, ()) or (bool(taker.side.nace) and code.startswith(taker.side.nace))
            for _, _, taker in meant
        )

    def _of(self, end: End, *, gives: bool) -> frozenset[int]:
        key = (id(end), gives)
        if key not in self._found:
            meant = frozenset(
                place
                for place, (one, giver, taker) in enumerate(self._sides)
                if (not one.kinds or end.kind in one.kinds) and (giver if gives else taker).holds(end)
            )
            self._found[key] = end, meant
        return self._found[key][1]


class _Ready:
    """A side of an exclusion with its phrases in one spelling; ``others`` are the words of the other side."""

    def __init__(self, lib: Library, side: Side, others: Iterable[str] = ()) -> None:
        self.side = side
        self.apart = Standing(lib)
        self.others = [phrase_of(word) for word in others]
        self.words = [phrase_of(word) for word in side.words]
        self.also = [phrase_of(word) for word in side.also]
        self.uses = [phrase_of(word) for word in side.uses]
        self.but = sorted((phrase_of(word) for word in side.but), key=len, reverse=True)
        self.codes = frozenset(code.rstrip("*") for code in side.ewc if code != "*")
        self.unless = [phrase_of(word) for word in side.unless]
        self.hazardous = side.hazardous or "*" in side.ewc

    def names(self, text: str, codes: Iterable[str]) -> bool:
        """Whether a name, in one spelling, or codes of the list of waste are meant."""
        if self.side.anything:
            return True
        if self.unless and holds_any(text, self.unless):
            return False
        return self.told(self.without(text)) or any(code.rstrip("*") in self.codes for code in codes)

    def without(self, text: str) -> str:
        """A text without the phrases that hold one of the words and mean something else."""
        for phrase in self.but:
            text = text.replace(phrase, "  ")
        return text

    def told(self, text: str) -> bool:
        """Whether one of the words stands in a text, and beside it one of ``also``."""
        return holds_any(text, self.words) is not None and (not self.also or holds_any(text, self.also) is not None)

    def holds(self, end: End) -> bool:
        """Whether a stream is meant."""
        if self.side.anything:
            return True
        if end.use is not None and holds_any(self.without(phrase_of(end.use)), self.uses):
            return True
        if end.use is not None and self.uses and self.told(self.without(phrase_of(end.use))):
            return True
        if self.unless and holds_any(end.text, self.unless):
            return False
        if any(code.rstrip("*") in self.codes or (self.hazardous and code.endswith("*")) for code in end.ewc):
            return True
        if self.side.hazardous and is_hazardous(end):
            return True
        if set(end.known) & set(self.side.substances):
            return True
        names = self.without(end.text if end.gives and not self.also else end.text + phrase_of(end.unit))
        return self.told(names) or self.of_industry(end, names)

    def of_industry(self, end: End, names: str) -> bool:
        """Whether a stream is meant for the industry of its owner."""
        if end.nace is None or not end.nace.startswith(self.side.nace):
            return False
        if self.also and not holds_any(names, self.also):
            return False
        if self.side.every_stream:
            return not (self.side.apart and self.apart.holds(end))
        elsewhere = bool(end.known or end.coded) or end.kind != "material"
        return not elsewhere or holds_any(names, self.others) is not None


def barred_by_case(case: Case, giver: End, taker: End) -> str | None:
    """Why the case itself bars a pair: an exchange it forbids, or a use that a resource may not come into."""
    own = getattr(giver.stream.stream, "not_into", None)
    barred = own if own is not None else giver.resource.not_into
    if taker.use is not None and taker.use in barred:
        return f"{giver.stream.resource} may not come into {taker.use} (not_into)"
    if any(one.forbidden and _speaks_of(one, giver, taker) for one in case.exchanges):
        return "the case forbids it (exchanges, forbidden: true)"
    return None


def _speaks_of(exchange: Exchange, giver: End, taker: End) -> bool:
    stated = (exchange.from_, exchange.stream, exchange.to, exchange.into)
    ends = (giver.unit, giver.stream.name, taker.unit, taker.stream.name)
    return all(one is None or one == end for one, end in zip(stated, ends, strict=True))
