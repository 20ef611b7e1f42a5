"""Qualities: properties of what flows, limits on them, and the units that change them."""

import re
from typing import Any, Literal

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from planner.case.values import Fraction, Name, Number, Rate, Section, Value, Whole

#: A word, and no number: neither nan nor infinity, which are said to be none.
_A_WORD = re.compile(r"(?!\.?(nan|inf|infinity)$)[^\W\d_][\w ./-]{0,40}|[?-]", re.IGNORECASE)
Weight = Literal["amount", "t", "m3", "MWh"]
Index = Literal["mean", "log", "reciprocal", "pH"]


class QualityValue(Value):
    """A value of the quality that the mapping key names, in the unit of that quality."""

    template = "{quality}"
    minimum = None


class LoadRate(Rate):
    """A load per operating hour: kg/h of a contaminant, or quality times weight where that is no mass."""

    template = "{load}/h"


class LoadPrice(Value):
    """Money per unit of load of the quality that the mapping key names (kg of a contaminant)."""

    template = "{currency}/{load}"


class IndexPoint(Section):
    """A point of a blending index."""

    value: Number
    """In the unit of the quality."""
    index: Number
    """What mixes in proportion."""


class Quality(Section):
    """A property of what flows: a contaminant, moisture, ash, purity, heating value ..."""

    unit: Name
    """Unit of its values: mg/L, ppm, %, MJ/kg ..., or a word of your own (index, degree)."""
    weight: Weight | None = None
    """What a mixture is weighted by: tonnes (``mass`` of the resources), cubic metres (``water``), MWh (``enthalpy``),
    or the amount in the resource's own unit. By default m3 where the unit is a mass per volume, t where it is a share
    or something per mass, else the amount."""
    mixing: Index | tuple[IndexPoint, ...] = "mean"
    """How it mixes: "mean" (weighted mean), or by an index that mixes so: the logarithm ("log"), the reciprocal, that
    of a pH (hydrogen less hydroxide ions, at 25 degC and without buffering), or a table of points, strictly rising or
    falling in both columns."""
    note: str | None = None
    """In words."""

    @property
    def said(self) -> str:
        """Its unit behind a number, with the space before it; nothing for a bare number."""
        return "" if self.unit in ("-", "1") else f" {self.unit}"


class Content(Section):
    """What a stream holds of a quality: a number, ``{mean, worst}``, or the word unknown."""

    mean: QualityValue | None = None
    """In balances and loads; absent where it is unknown."""
    worst: QualityValue | None = None
    """For limits; the mean if absent. Above the mean it counts against upper limits, below it against lower ones."""

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, raw: Any) -> Any:
        if isinstance(raw, str) and raw.strip() == "unknown":
            return {}
        if isinstance(raw, str) and _A_WORD.fullmatch(raw.strip()):
            raise ValueError(f'found "{raw.strip()}"; expected a number, or the word unknown')
        if isinstance(raw, dict) and any(str(raw.get(field)).strip() == "unknown" for field in ("mean", "worst")):
            raise ValueError("is unknown in part; write the word unknown for the whole of it")
        if isinstance(raw, Content) or (isinstance(raw, dict) and ("mean" in raw or "worst" in raw or not raw)):
            return raw
        return {"mean": raw}

    @property
    def known(self) -> bool:
        """False for a content that is not known."""
        return self.mean is not None

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        described = handler(core)
        return {"anyOf": [{"const": "unknown"}, {"type": "number"}, {"type": "string"}, described, {"type": "object"}]}


class QualityLimit(Section):
    """What is admitted of a quality: a number (at most), or ``{max, min, accept_unknown}``."""

    max_: QualityValue | None = Field(default=None, alias="max")
    """At most."""
    min_: QualityValue | None = Field(default=None, alias="min")
    """At least."""
    accept_unknown: bool = False
    """True: a stream whose content is not known may come; it is listed, and counts for nothing in the limit. What it
    comes into is then unknown, and so is all that comes of it: limits further on ask for it again."""

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, raw: Any) -> Any:
        if isinstance(raw, QualityLimit) or (isinstance(raw, dict) and "value" not in raw):
            return raw
        return {"max": raw}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"type": "number"}, {"type": "string"}, handler(core), {"type": "object"}]}


class Treats(Section):
    """How a facility changes the quality of what it takes in."""

    inlet: Name
    """Input of the facility whose qualities it changes."""
    outlet: Name
    """Output that it leaves by."""
    removes: dict[Name, Fraction] = Field(default_factory=dict)
    """Share of the load that is removed, by quality; all others leave with the outlet."""
    leaves: dict[Name, QualityValue] = Field(default_factory=dict)
    """Content of the outlet, by quality, whatever comes in: a fixed outlet quality. Where what comes in holds less,
    plans count it all the same, and say how much never came in."""
    residue: Name | None = None
    """Output that holds what is removed, or what an outlet of fixed content does not hold (sludge, brine); without it,
    that is destroyed. Where ``quality`` states what it holds of a quality, it holds that, and the rest is destroyed."""
    recycling: bool = True
    """False: water that has been here may go only where no water from there comes here (regeneration reuse)."""


class Operation(Section):
    """A water-using operation of fixed load: it takes a flow that the program chooses, and picks up a load."""

    takes: Name
    """Resource it takes."""
    gives: Name
    """Resource it gives."""
    load: dict[Name, LoadRate] = Field(min_length=1)
    """Load it picks up per operating hour, by quality."""
    max_inlet: dict[Name, QualityValue] = Field(default_factory=dict)
    """Largest content of what it takes, by quality."""
    max_outlet: dict[Name, QualityValue] = Field(default_factory=dict)
    """Largest content of what it gives, by quality."""
    min_flow: Rate | None = None
    """It takes at least this much."""
    max_flow: Rate | None = None
    """It takes at most this much; by default the limiting flow, which is load / (max_outlet - max_inlet) of the quality
    for which that is largest (an assumption)."""
    loss: Rate | None = None
    """Taken but not given, as pure water: evaporation, water in the product."""
    gain: Rate | None = None
    """Given besides what is taken; what it holds is part of ``load``."""
    parts: Whole = Field(default=1, ge=1, le=6)
    """It may be split into so many parts, at most 6, that share its load and its flow as the program likes."""
    max_links: Whole | None = None
    """Largest number of exchanges that feed it."""
