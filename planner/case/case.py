"""The case: everything a user says of a park, validated and frozen, as the user wrote it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, PrivateAttr

from planner.case.economics import Economics, Gate, Party, Tenants
from planner.case.exchanges import Exchange, Substitution
from planner.case.facilities import Facility
from planner.case.land import Geography, Plot, Rules
from planner.case.links import ExistingPipe, Link
from planner.case.plants import Partner, Plant
from planner.case.resources import Resource

if TYPE_CHECKING:
    import geopandas as gpd

from planner.case.values import Name, Section, Whole


class Tables(Section):
    """CSV files beside the case file that hold parts of it, a row each."""

    streams: Name | None = None
    """Columns: plant, direction (source or sink), stream, and the fields of a stream."""
    prices: Name | None = None
    """Columns: resource, price, and optionally low, high, source, grade, basis, year, note."""
    plots: Name | None = None
    """Columns: plot, and the fields of a plot."""


class SourceNote(Section):
    """Where numbers come from; values name it by its key."""

    title: str
    url: str | None = None
    year: Whole | None = None
    licence: str | None = None
    note: str | None = None


class Case(Section):
    """An eco-industrial park to be planned."""

    case: Name
    """Name of the case."""
    description: str | None = None
    currency: Name
    price_year: Whole = Field(ge=1900, le=2200)
    crs: Name | None = None
    """Coordinate reference system, such as EPSG:25832; needed where anything has coordinates."""
    economics: Economics
    baseline: Literal["stand_alone", "as_is"] = "stand_alone"
    tenants: Tenants = Field(default_factory=Tenants)
    park_gate: dict[Name, Gate] = Field(default_factory=dict)
    parties: dict[Name, Party] = Field(default_factory=dict)
    geography: Geography = Field(default_factory=Geography)
    plots: dict[Name, Plot] = Field(default_factory=dict)
    rules: Rules = Field(default_factory=Rules)
    resources: dict[Name, Resource]
    plants: dict[Name, Plant]
    partners: dict[Name, Partner] = Field(default_factory=dict)
    facilities: dict[Name, Facility] = Field(default_factory=dict)
    substitutions: tuple[Substitution, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    links: dict[Name, Link] = Field(default_factory=dict)
    existing_pipes: dict[Name, ExistingPipe] = Field(default_factory=dict)
    sources: dict[Name, SourceNote] = Field(default_factory=dict)
    tables: Tables = Field(default_factory=Tables)

    _folder: Path = PrivateAttr(default=Path())
    _sha256: str = PrivateAttr(default="")
    _layers: Any = PrivateAttr(default=None)

    @property
    def folder(self) -> Path:
        """Folder the case was read from."""
        return self._folder

    @property
    def sha256(self) -> str:
        """Hash of every file the case was read from."""
        return self._sha256

    def layer(self, name: str) -> "gpd.GeoDataFrame | None":
        """Features of a geographic file, by the name of its field in ``Geography``; None if the case has none."""
        return None if self._layers is None else self._layers.get(name)

    def resolved(self) -> str:
        """The case as YAML again, every number converted and with its source; it reads back as an equal case."""
        from planner.case.rewrite import rewrite

        return rewrite(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Case) and all(getattr(self, f) == getattr(other, f) for f in Case.model_fields)

    __hash__ = None  # type: ignore[assignment]
