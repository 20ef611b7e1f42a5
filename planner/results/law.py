"""What the law asks of an exchange, and the sentence that counts it over a plan."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.results.books import Books

if TYPE_CHECKING:
    import pandas as pd

CLEAR, DECLARATION, PERMIT = "clear", "declaration", "permit needed"
UNSTATED, FORBIDDEN, UNKNOWN = "permit needed, none stated", "forbidden", "unknown"
#: Parts of a legal status that need no permit.
FREE_STATUS = ("product", "by-product", "end-of-waste")
#: Exchanges that a note names of each kind.
_NAMED = 12


@dataclass(frozen=True)
class Verdict:
    """A verdict in a word, and why."""

    word: str
    why: str


@dataclass(frozen=True)
class Asked:
    """What a case says of an exchange before the law.

    Attributes
    ----------
    source
        Stream of the giver.
    permit
        Its name; None where none is stated.
    own
        Both ends stand on one site.
    delay_yr
        All of it: the exchange's own, of its permit, of its declaration.
    """

    giver: str
    source: str
    status: str | None
    waste_code: str | None
    permit: str | None
    declaration: bool
    own: bool
    delay_yr: float = 0.0


def compliance(books: Books, exchange: str) -> Verdict:
    """What the law asks of an exchange of the plan, as far as the case says."""
    facts = books.assembly.exchanges[exchange]
    own = books.assembly.instance.exchanges[exchange].own
    stated = (facts.giver, facts.source, facts.status, facts.waste_code, facts.permit, facts.declaration)
    return asked_of(Asked(*stated, own))


def asked_of(asked: Asked) -> Verdict:
    """What the law asks, from what the case says."""
    code = f" (waste code {asked.waste_code})" if asked.waste_code else ""
    if asked.permit is not None:
        also = ", and a by-product declaration" if asked.declaration else ""
        return Verdict(PERMIT, f"{asked.permit}{code}{also}")
    if asked.status == "waste" and not asked.own:
        also = ", besides a by-product declaration" if asked.declaration else ""
        return Verdict(UNSTATED, f"{asked.source} is a waste{code}, and no permit is stated{also}")
    if asked.declaration:
        return Verdict(DECLARATION, f"by-product declaration of {asked.giver}{code}")
    if asked.status in FREE_STATUS:
        return Verdict(CLEAR, f"{asked.source} is stated as {asked.status}{code}")
    if asked.own:
        return Verdict(CLEAR, f"own site: it never leaves the site of {asked.giver}{code}")
    return Verdict(UNKNOWN, f"no status of {asked.source} is stated{code}")


def counts(verdicts: "pd.DataFrame", *, named: bool = True) -> str:
    """How many exchanges of the plan need a permit, a declaration, or a permit that the case does not state.

    "" where the law asks for nothing; an exchange of two kinds of links counts once.
    """
    if not len(verdicts):
        return ""
    built = verdicts[verdicts["built"].astype(bool)].drop_duplicates("exchange")
    told: list[str] = []
    for chosen, one, more in (
        (built["compliance"] == PERMIT, "needs a permit", "need a permit"),
        (built["declaration"].eq(True), "needs a by-product declaration", "need a by-product declaration"),
        (
            built["compliance"] == UNSTATED,
            "is a waste for which the case states no permit",
            "are wastes for which the case states no permit",
        ),
    ):
        names = [str(name) for name in built.loc[chosen, "exchange"]]
        if names:
            words = one if len(names) == 1 else more
            if told:
                words = words.removeprefix("needs ").removeprefix("need ")
            else:
                words = f"exchange{'' if len(names) == 1 else 's'} of the plan {words}"
            told.append(f"{len(names)} {words}" + (f" ({_listed(names)})" if named else ""))
    return ", ".join(told)


def _listed(names: list[str]) -> str:
    rest = len(names) - _NAMED
    return "; ".join(names[:_NAMED]) + (f" and {rest} more: see tables/verdicts.csv" if rest > 0 else "")


def notes_on_law(verdicts: "pd.DataFrame") -> Iterator[str]:
    """The count of what the law asks, as a note of the plan."""
    told = counts(verdicts)
    if told:
        yield told
