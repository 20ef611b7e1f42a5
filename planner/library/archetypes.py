"""Archetypes: plants as they usually are, per unit of their size, as ``archetypes.yaml`` states them."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

FILE = Path(__file__).with_name("archetypes.yaml")
Grade = Literal["A", "B", "C"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True)


class Reference(_Part):
    """Where a number comes from; ``read`` says whether the document was opened for it."""

    title: str
    url: str | None = None
    year: int
    read: bool


class Amount(_Part):
    """A number of an archetype with its range.

    Attributes
    ----------
    low, typical, high
        In ``unit``; low or high is None where the source states a single figure.
    per
        Size it belongs to, in the unit of the size of its archetype.
    source, grade
        Key of the library's sources; A published and read, B secondary or arithmetic on A, C an estimate.
    """

    low: float | None = Field(default=None, ge=0)
    typical: float = Field(ge=0)
    high: float | None = Field(default=None, ge=0)
    unit: str
    per: float = Field(default=1.0, gt=0)
    source: str
    grade: Grade
    note: str | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "Amount":
        low, high = (self.typical if end is None else end for end in (self.low, self.high))
        if not low <= self.typical <= high:
            raise ValueError(f"{low:g}, {self.typical:g} and {high:g} are not in order")
        return self

    @property
    def parts(self) -> Mapping[str, float]:
        """Its numbers by the names they have in a case: value, low, high; those that are stated."""
        stated = {"value": self.typical, "low": self.low, "high": self.high}
        return {part: number for part, number in stated.items() if number is not None}


class StreamAmount(Amount):
    """What an archetype takes or gives of a resource a year, per unit of its size.

    Attributes
    ----------
    hours
        Hours a year in which it flows, where they are not those of the plant.
    max_exchanged_share
        Largest share that others' by-products may meet.
    from_
        Lowest and highest temperature of waste heat before it is put into the medium [degC].
    holds
        What it holds, by quality: mean, and the upper end as worst value.
    """

    hours: Amount | None = None
    max_exchanged_share: Amount | None = None
    from_: tuple[float, float] | None = Field(default=None, alias="from")
    holds: dict[str, Amount] = Field(default_factory=dict)


class Figure(_Part):
    """What else is known of an archetype; shown, and filled in nowhere."""

    low: float | None = None
    typical: float | None = None
    high: float | None = None
    unit: str = ""
    source: str
    grade: Grade
    text: str = ""


class Size(_Part):
    """What the size of an archetype counts: ``unit``, ``of`` what, and a usual size."""

    unit: str
    of: str
    typical: float = Field(gt=0)


class Made(_Part):
    """The main product: so much of it per unit of the size; absent where the size counts the product itself."""

    name: str
    unit: str
    per_size: Amount | None = None

    @property
    def amount(self) -> Amount:
        """Product per unit of the size, 1 where the size counts it."""
        return self.per_size or Amount(typical=1.0, unit="1", source="assumption", grade="A")


class NamedResource(_Part):
    """A resource as archetypes name it.

    Attributes
    ----------
    needs_price
        A plan without its price means nothing: the case has to state one.
    boiler
        Made by plants in a boiler of their own where the case does not price it.
    discharge
        ``route``, and the class of ``waste`` if it is waste, as is usual.
    water
        Volume in a unit of it, filled in where a case mixes what it holds by volume.
    synonyms
        Other names under which a case may have it.
    """

    kind: Literal["material", "water", "heat", "power", "gas"]
    unit: str
    basis: str | None = None
    fresh_water: bool = False
    heat: dict[str, Any] | None = None
    needs_price: bool = False
    boiler: bool = False
    discharge: dict[str, str] | None = None
    waste_code: str | None = None
    water: Amount | None = None
    synonyms: tuple[str, ...] = ()


class Boiler(_Part):
    """How plants make their heat by themselves."""

    fuel: str
    efficiency: Amount


class PlantType(_Part):
    """An archetype: what a plant of its kind takes, gives and needs, per unit of its size.

    Attributes
    ----------
    not_known
        What such a plant takes or gives without a number here: none is filled in, and it is said.
    """

    about: str
    nace: str
    synonyms: tuple[str, ...] = ()
    size: Size
    product: Made | None = None
    hours: Amount
    area: Amount
    jobs: Amount
    sinks: dict[str, StreamAmount] = Field(default_factory=dict)
    sources: dict[str, StreamAmount] = Field(default_factory=dict)
    figures: dict[str, Figure] = Field(default_factory=dict)
    not_known: tuple[str, ...] = ()

    @property
    def fields(self) -> Mapping[str, Amount]:
        """Hours, area and jobs, by the names they have in a case."""
        return {"hours": self.hours, "area": self.area, "jobs": self.jobs}

    def amounts(self) -> Iterator[tuple[str, Amount]]:
        """Every number that may be filled in, by its place: "sinks.fresh water", "sources.whey.COD", "area"."""
        for side in ("sinks", "sources"):
            for name, stream in getattr(self, side).items():
                yield f"{side}.{name}", stream
                if stream.hours is not None:
                    yield f"{side}.{name}.hours", stream.hours
                if stream.max_exchanged_share is not None:
                    yield f"{side}.{name}.max_exchanged_share", stream.max_exchanged_share
                for quality, content in stream.holds.items():
                    yield f"{side}.{name}.{quality}", content
        yield from self.fields.items()
        if self.product is not None and self.product.per_size is not None:
            yield "product", self.product.per_size


class Library(_Part):
    """All archetypes, what they call things, and where their numbers come from."""

    version: Literal["planner-archetypes/1"] = Field(alias="schema")
    sources: dict[str, Reference]
    resources: dict[str, NamedResource]
    boiler: Boiler
    archetypes: dict[str, PlantType]

    @model_validator(mode="after")
    def _known(self) -> "Library":
        """Every source and resource that is named is there, and no name is taken twice."""
        for name, plant in self.archetypes.items():
            named = {amount.source for _, amount in plant.amounts()} | {x.source for x in plant.figures.values()}
            unknown = sorted(named - self.sources.keys()) + sorted(
                {*plant.sinks, *plant.sources} - self.resources.keys()
            )
            if unknown:
                raise ValueError(f"{name}: not in the library: {', '.join(unknown)}")
        names = [plain(name) for key, plant in self.archetypes.items() for name in (key, *plant.synonyms)]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"names of two archetypes: {', '.join(twice)}")
        return self

    def find(self, name: str) -> str | None:
        """Name of the archetype that is called so, under whichever of its names; None where there is none."""
        wanted = plain(name)
        for key, plant in self.archetypes.items():
            if wanted in (plain(one) for one in (key, *plant.synonyms)):
                return key
        return None

    def names(self) -> list[str]:
        """All names of archetypes, their synonyms too."""
        return [name for key, plant in self.archetypes.items() for name in (key, *plant.synonyms)]


def plain(name: str) -> str:
    """A name without what people write differently: capitals, hyphens, underscores and doubled blanks."""
    return re.sub(r"[\s_-]+", " ", name).strip().lower()


@lru_cache(maxsize=1)
def library() -> Library:
    """Return the archetypes that come with the planner.

    Raises
    ------
    pydantic.ValidationError
        If the shipped file is broken.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with FILE.open(encoding="utf-8") as file:
        return Library.model_validate(yaml.load(file, loader))  # noqa: S506  (a safe loader)
