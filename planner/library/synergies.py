"""Exchanges that are known to work, and those that are never proposed: what ``synergies.yaml`` holds."""

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from planner.case.codes import ewc_fault, nace_fault

FILE = Path(__file__).with_suffix(".yaml")
Grade = Literal["A", "B", "C"]
Kind = Literal["material", "gas", "water", "heat", "power"]
Purpose = Literal["feed", "food", "drinking", "medical", "growing", "fish", "vehicle"]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Reference(_Row):
    """Where rows come from; ``seen`` is False for what was recalled without opening it."""

    title: str
    url: str | None = None
    seen: bool


class Substance(_Row):
    """What flows, by one name.

    Attributes
    ----------
    synonyms
        Its other names, trade names too.
    loosely
        Names that mean it only where the giver's industry is one that gives it.
    alone
        Names that mean it only without a word before: "feed", not "reactor feed".
    group
        True where its names are kin and not one thing: to share it makes no two names synonyms.
    ewc
        Codes of the list of waste (recalled: grade C).
    """

    synonyms: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    loosely: tuple[str, ...] = ()
    ewc: tuple[str, ...] = ()
    kind: Kind = "material"
    group: bool = False


class Ratio(_Row):
    """Units of what is replaced per unit of the by-product.

    Attributes
    ----------
    value
        The number; None where the row does not know one.
    basis
        Units on both sides: t/t, m3/m3; "energy" where as much energy is replaced as comes, "heat" the same of heat.
    dry
        Per tonne of dry matter of the by-product: a wet tonne replaces less, by its moisture.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    basis: Literal["t/t", "m3/m3", "energy", "heat", "none"]
    dry: bool = False
    grade: Grade = "C"
    note: str | None = None


class Limit(_Row):
    """What the use admits of a quality of the by-product.

    Attributes
    ----------
    of
        "content" of the by-product, "share" it may have in the use, or its "temperature".
    """

    quality: str
    of: Literal["content", "share", "temperature"] = "content"
    min: float | None = None
    max: float | None = None
    unit: str
    grade: Grade
    note: str | None = None

    @property
    def said(self) -> str:
        """In words: "chloride at most 100 ppm"."""
        ends = [f"at least {self.min:g}"] if self.min is not None else []
        ends += [f"at most {self.max:g}"] if self.max is not None else []
        unit = "" if self.unit == "-" else f" {self.unit}"
        return f"{self.quality} {' and '.join(ends)}{unit}"


class Share(_Row):
    """Largest share of the demand that the by-product may meet."""

    value: float
    high: float | None = None
    grade: Grade
    note: str | None = None


class Bound(_Row):
    """The only takers of a row, where law or safety admits no other.

    Attributes
    ----------
    nace
        Their industries.
    words
        Of a stream or its owner, which stand for them where no industry is stated.
    why
        The reason, without a full stop.
    """

    nace: tuple[str, ...]
    words: tuple[str, ...] = ()
    why: str


class Synergy(_Row):
    """A by-product, what it is used for and what it replaces there; uses that differ in treatment or law are two rows.

    Attributes
    ----------
    ratio, ratios
        What a unit of it replaces, and the same by name of what is replaced where that differs.
    bound
        Takers that alone may have it; None where any may.
    asks
        Data that law or safety wants to be known before it is used, and that no quality of a case holds.
    conditions
        What must hold besides the limits and is no number.
    pretreatment
        What must be done to the by-product first.
    serves
        Purposes that ask for more, and that the use is known to be admitted for.
    conversion
        What must stand between giver and taker: a digester, a heat pump; it is no plain substitution then.
    example, grade, source
        A real park or practice, the grade of that, and where it was read.
    """

    id: str
    byproduct: str
    use: str
    replaces: tuple[str, ...] = Field(min_length=1)
    from_nace: tuple[str, ...]
    to_nace: tuple[str, ...]
    serves: tuple[Purpose, ...] = ()
    ratio: Ratio
    ratios: dict[str, Ratio] = Field(default_factory=dict)
    limits: tuple[Limit, ...] = ()
    conditions: tuple[str, ...] = ()
    bound: Bound | None = None
    asks: tuple[str, ...] = ()
    max_share: Share | None = None
    pretreatment: str | None = None
    conversion: str | None = None
    law: str
    example: str
    grade: Grade
    source: str

    def ratio_for(self, replaced: str) -> Ratio:
        """The ratio for one of what it replaces."""
        return self.ratios.get(replaced, self.ratio)


class Side(_Row):
    """How an exclusion knows a giver or a taker.

    Attributes
    ----------
    ewc
        Codes of the list of waste; "*" stands for every hazardous one.
    hazardous
        True: also what the case calls hazardous waste.
    every_stream
        True: the industry counts for whatever comes to it or from it, recognised as something else or not.
    apart
        True: but not for fuels and what else stands apart (:attr:`Library.apart`).
    anything
        True: whoever takes, whatever it is.
    also
        Words of which one must stand beside the words, or the industry; the name of the owner counts, too.
    but
        Phrases that hold one of the words and mean something else.
    unless
        Words that say it is not meant at all.
    """

    uses: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    substances: tuple[str, ...] = ()
    ewc: tuple[str, ...] = ()
    nace: tuple[str, ...] = ()
    hazardous: bool = False
    every_stream: bool = False
    apart: bool = False
    anything: bool = False
    also: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


class Exclusion(_Row):
    """What is never proposed, with reason and law; ``kinds`` of resources it speaks of (all where empty)."""

    id: str
    what: str
    kinds: tuple[Kind, ...] = ()
    giver: Side
    taker: Side
    reason: str
    law: str
    grade: Grade


class Apart(_Row):
    """Streams of a food plant, or the like, that touch no food: by words and by what they are recognised as."""

    words: tuple[str, ...]
    substances: tuple[str, ...]


class Sensitive(_Row):
    """A purpose for which only rows that serve it are proposed, and how a taker is known to have it.

    Attributes
    ----------
    uses, words, units
        Words of the use that the case states, of the names of a stream, and of its owner.
    nace
        Industries that stand for it, except for what stands apart and for rows that name the industry.
    kinds
        Of resources that it speaks of; where empty any where it is said, materials and gases by the industry alone.
    apart
        False: fuels and what else stands apart count, too.
    unless
        Words of a stream that say it is not meant.
    """

    purpose: Purpose
    uses: tuple[str, ...]
    words: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    nace: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    apart: bool = True
    unless: tuple[str, ...] = ()


class Rule(_Row):
    """A rule of physics, with its numbers."""

    rule: str
    grade: Grade
    source: str
    law: str | None = None
    note: str | None = None
    dt_min_K: dict[str, float] = Field(default_factory=dict)  # noqa: N815  (the unit)
    eta: tuple[float, float] | None = None
    lift_K: tuple[float, float] | None = None  # noqa: N815  (the unit)
    loss_bar_per_km: tuple[float, float] | None = None
    km: tuple[float, float] | None = None


class Library(_Row):
    """The whole library; every name that a row uses is there, by validation."""

    schema_: Literal["planner-synergies/1"] = Field(alias="schema")
    compiled: object
    note: str
    sources: dict[str, Reference]
    rules: dict[str, Rule]
    industries: dict[str, str]
    facilities: dict[str, str]
    properties: dict[str, tuple[str, ...]]
    substances: dict[str, Substance]
    synergies: tuple[Synergy, ...]
    exclusions: tuple[Exclusion, ...]
    apart: Apart
    purposes: tuple[Sensitive, ...]
    _industries: dict[str, str] = PrivateAttr(default_factory=dict)
    _fuels: frozenset[str] | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _hangs_together(self) -> "Library":
        faults = [*self._names(), *self._codes()]
        ids = [*(row.id for row in self.synergies), *(one.id for one in self.exclusions)]
        faults += [f"{one} is there twice" for one in dict.fromkeys(ids) if ids.count(one) > 1]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _names(self) -> list[str]:
        found = []
        for row in self.synergies:
            known = {*self.substances, *self.industries, *self.sources}
            used = (row.byproduct, *row.replaces, *row.from_nace, *row.to_nace, row.source)
            found += [f"{row.id}: {name} is not defined" for name in used if name not in known]
            limited = [one.quality for one in row.limits if one.of == "content"]
            found += [f"{row.id}: {name} is no property" for name in limited if name not in self.properties]
            found += [
                f"{row.id}: ratios: it does not replace {name}" for name in row.ratios if name not in row.replaces
            ]
            found += [
                f"{row.id}: only a ratio in t/t may be dry"
                for one in (row.ratio, *row.ratios.values())
                if one.dry and one.basis != "t/t"
            ]
        for exclusion in self.exclusions:
            named = (*exclusion.giver.substances, *exclusion.taker.substances)
            found += [f"{exclusion.id}: {name} is not defined" for name in named if name not in self.substances]
        found += [f"apart: {name} is not defined" for name in self.apart.substances if name not in self.substances]
        return found

    def _codes(self) -> list[str]:
        waste = [code for substance in self.substances.values() for code in substance.ewc]
        waste += [code for one in self.exclusions for code in (*one.giver.ewc, *one.taker.ewc) if code != "*"]
        industries = [*self.industries, *self.facilities.values()]
        industries += [code for one in self.exclusions for code in (*one.giver.nace, *one.taker.nace)]
        industries += [code for one in self.purposes for code in one.nace]
        industries += [code for row in self.synergies if row.bound is not None for code in row.bound.nace]
        return [fault for code in waste if (fault := ewc_fault(code))] + [
            fault for code in industries if (fault := nace_fault(code))
        ]

    def is_fuel(self, substance: str) -> bool:
        """Whether a row replaces a substance by energy."""
        if self._fuels is None:
            self._fuels = frozenset(
                name for row in self.synergies for name in row.replaces if row.ratio_for(name).basis == "energy"
            )
        return substance in self._fuels

    def industry(self, code: str) -> str:
        """An industry in words, by the longest code that the library names; the code itself where it names none."""
        if code not in self._industries:
            named = [one for one in self.industries if code.startswith(one)]
            self._industries[code] = self.industries[max(named, key=len)] if named else f"NACE {code}"
        return self._industries[code]


@cache
def library() -> Library:
    """The library that is shipped.

    Raises
    ------
    pydantic.ValidationError
        If the file was spoilt.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C is ten times as fast
    return Library.model_validate(yaml.load(FILE.read_text(encoding="utf-8"), Loader=loader))
