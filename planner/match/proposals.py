"""What ``match`` finds: proposals, exchanges that take place anyway, what is barred, and leads."""

from dataclasses import dataclass
from typing import Any

from planner.library.synergies import Exclusion
from planner.match.ends import End
from planner.match.limits import Checked

#: Digits of a ratio that mean something.
_DIGITS = 3


def rounded(number: float) -> float:
    """A ratio with the digits that mean something: three, as no substitution is known better."""
    return float(f"{number:.{_DIGITS}g}")


def shown(number: float) -> str:
    """The same in words: "0.0333", "1,230"."""
    return f"{rounded(number):,.10g}"


#: Scores from which a proposal is strong, and fair.
STRONG, FAIR = 80, 60


@dataclass(frozen=True)
class ProposedRatio:
    """Units of the taker's resource replaced per unit of the giver's, in the units of the case."""

    value: float
    unit: str
    grade: str
    note: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Proposal:
    """An exchange that the case does not declare.

    Attributes
    ----------
    rule
        What found it: synonym, library, R1, R2, R3, R6.
    row
        Row of the library, if one speaks of it.
    score
        0 to 100: how well it is founded, not how much it is worth.
    reasons, missing
        Why it is proposed, and what data would tell more.
    ratio
        None where neither library nor case know it.
    conversion
        What must stand between both: a digester, a heat pump.
    source
        Where it comes from, for the case.
    """

    giver: End
    taker: End
    rule: str
    row: str | None
    score: int
    reasons: tuple[str, ...]
    limits: tuple[Checked, ...]
    missing: tuple[str, ...]
    ratio: ProposedRatio | None
    max_share: float | None
    use: str
    pretreatment: str | None
    conversion: str | None
    conditions: tuple[str, ...]
    law: str
    example: str
    grade: str
    source: str
    number: int = 0

    @property
    def resources(self) -> tuple[str, str]:
        """Resource that is given, and that which it replaces."""
        return self.giver.stream.resource, self.taker.stream.resource

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Owner and stream of both ends."""
        return self.giver.unit, self.giver.stream.name, self.taker.unit, self.taker.stream.name

    @property
    def strength(self) -> str:
        """strong, fair or weak."""
        return "strong" if self.score >= STRONG else "fair" if self.score >= FAIR else "weak"

    @property
    def broken(self) -> bool:
        """Whether the giver breaks a limit."""
        return any(one.verdict == "broken" for one in self.limits)

    def refused(self, *, with_ratio: bool = False) -> str | None:
        """Why it cannot be written into the case as it is; None if it can."""
        if self.conversion is not None:
            return f"needs a facility between both ({self.conversion}); declare it under facilities"
        if self.ratio is None and not with_ratio:
            return f"the ratio is not known; state it as --ratio {self.number}=VALUE"
        return None

    def as_json(self) -> dict[str, Any]:
        """For a program to read."""
        return {
            "number": self.number,
            "from": self.giver.unit,
            "stream": self.giver.stream.name,
            "resource": self.giver.stream.resource,
            "to": self.taker.unit,
            "into": self.taker.stream.name,
            "replaces": self.taker.stream.resource,
            "use": self.use,
            "score": self.score,
            "strength": self.strength,
            "rule": self.rule,
            "row": self.row,
            "reasons": list(self.reasons),
            "limits": [{"limit": one.text, "verdict": one.verdict, "of": one.of} for one in self.limits],
            "missing": list(self.missing),
            "ratio": None if self.ratio is None else vars(self.ratio),
            "max_share": self.max_share,
            "pretreatment": self.pretreatment,
            "conversion": self.conversion,
            "conditions": list(self.conditions),
            "law": self.law,
            "example": self.example,
            "grade": self.grade,
            "source": self.source,
            "not_acceptable": self.refused(),
        }


@dataclass(frozen=True)
class Anyway:
    """An exchange that takes place without any entry: the same resource, or one that the case declares."""

    giver: End
    taker: End
    why: str


@dataclass(frozen=True)
class Barred:
    """What would have been proposed, had not an exclusion or the case itself forbidden it."""

    giver: End
    taker: End
    what: str
    reason: str
    law: str
    exclusion: str | None = None

    @classmethod
    def by(cls, exclusion: Exclusion, giver: End, taker: End) -> "Barred":
        """Barred by the library."""
        return cls(giver, taker, exclusion.what, exclusion.reason, exclusion.law, exclusion.id)


@dataclass(frozen=True)
class Lead:
    """A question rather than a proposal: who is known to use, or to give, what one stream is.

    Attributes
    ----------
    firm
        Plant of the case it would concern; None where the case has none of that industry.
    about
        Unit and stream, or the word, that it starts from.
    gives
        True where a user of what ``about`` gives is meant, False where a giver of what it takes.
    """

    row: str
    about: str
    gives: bool
    industry: str
    nace: str
    firm: str | None
    text: str

    def as_json(self) -> dict[str, Any]:
        """For a program to read."""
        return dict(vars(self))


@dataclass(frozen=True)
class Matches:
    """Everything that was found for a case, proposals ranked and numbered from 1."""

    proposals: tuple[Proposal, ...]
    anyway: tuple[Anyway, ...]
    barred: tuple[Barred, ...]
    leads: tuple[Lead, ...]
    unrecognised: tuple[str, ...]
