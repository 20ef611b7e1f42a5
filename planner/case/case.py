"""The case: everything a user says of a park, validated and frozen, as the user wrote it."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, PrivateAttr, field_validator

from planner.case.economics import PARK_COMPANY, Economics, Gate, Party, Tenants
from planner.case.exchanges import Exchange, Substitution
from planner.case.facilities import Facility
from planner.case.heat_values import AmbientTemperature, GroundTemperature
from planner.case.impacts import Impacts
from planner.case.land import Geography, Plot, Rules, Trenches
from planner.case.links import ExistingMain, ExistingPipe, Link
from planner.case.periods import Period
from planner.case.plants import Partner, Plant
from planner.case.profiles import Profile, Reduction, Turn
from planner.case.qualities import Quality
from planner.case.resources import Resource

if TYPE_CHECKING:
    import geopandas as gpd

    from planner.profiles.columns import Course

from planner.case.values import Name, Section, Whole


class Tables(Section):
    """CSV files beside the case file that hold parts of it, a row each."""

    streams: Name | None = None
    """Columns: plant, direction (source or sink), stream, and the fields of a stream."""
    operations: Name | None = None
    """Columns: plant, operation, takes, gives, and the other fields of an operation, as load.COD."""
    prices: Name | None = None
    """Columns: resource, price, and optionally low, high, source, grade, basis, year, note."""
    plots: Name | None = None
    """Columns: plot, and the fields of a plot."""
    impacts: Name | None = None
    """Columns: category, resource or link or facility, stage (use, supply, discharge, transport, construction,
    operation), factor, unit, and optionally low, high, source, grade, basis, note."""
    indirect: Name | None = None
    """Columns: category, purchases (name of a group in ``impacts.indirect``), factor, unit, and optionally year (of the
    money), low, high, source, grade, basis, note."""


class SourceNote(Section):
    """Where numbers come from; values name it by its key."""

    title: str
    """Author, title, publisher."""
    url: str | None = None
    """Where it can be read."""
    year: Whole | None = None
    """Year of publication."""
    licence: str | None = None
    """Licence of the data."""
    note: str | None = None
    """What else should be known of it."""


class Case(Section):
    """An eco-industrial park to be planned."""

    based_on: Name | None = None
    """Another case file of the same folder: this one is laid over it and says only what differs."""
    case: Name
    """Name of the case; a variant that says none has that of its base."""
    description: str | None = None
    """In words, for the report."""
    currency: Name
    """Any code or word; every price without a unit of its own is in it."""
    price_year: Whole = Field(ge=1900, le=2200)
    """Year of the money of all results; prices of other years are brought to it."""
    crs: Name | None = None
    """Coordinate reference system, such as EPSG:25832; needed where anything has coordinates."""
    economics: Economics
    """Interest, lifetimes, contingency, carbon price, caps."""
    surroundings: AmbientTemperature = Field(default_factory=lambda: AmbientTemperature.model_validate("15 degC"))
    """Temperature of the surroundings, beside which exergy is counted."""
    ground: GroundTemperature | None = None
    """Temperature of the ground or air around pipes; that of the ``surroundings`` if absent."""
    baseline: Literal["stand_alone", "as_is"] = "stand_alone"
    """What the plan is compared with: each plant alone at least cost, or today's supply with the existing exchanges."""
    periods: dict[Name, Period] = Field(default_factory=dict)
    """Slices of the year, in its order; without them the year is one."""
    turns: tuple[Turn, ...] = ()
    """Order in which groups of periods pass through the year, where it is not that of ``periods``: typical days that
    come back. Stores see the year so."""
    profiles: dict[Name, Profile] = Field(default_factory=dict)
    """Courses through the year that numbers may follow."""
    reduction: Reduction | None = None
    """How the periods are made from the files of the profiles; the case then states none of its own."""
    tenants: Tenants = Field(default_factory=Tenants)
    """Which optional plants must settle when the goal is not cost."""
    park_gate: dict[Name, Gate] = Field(default_factory=dict)
    """Limits on what comes from or goes to outside."""
    parties: dict[Name, Party] = Field(default_factory=dict)
    """Firms, park company, utility, municipality; plants and partners are parties of their own name. The one party of
    kind "park company", unless another has that name, owns and pays what is shared where no owner is stated."""
    geography: Geography = Field(default_factory=Geography)
    """Geographic files, and how they are read."""
    plots: dict[Name, Plot] = Field(default_factory=dict)
    """What the case says of plots beside, or instead of, the plots layer."""
    rules: Rules = Field(default_factory=Rules)
    """Separation rules and largest numbers of facilities."""
    resources: dict[Name, Resource]
    """What flows."""
    qualities: dict[Name, Quality] = Field(default_factory=dict)
    """Properties of what flows that limits, permits and treatment speak of."""
    plants: dict[Name, Plant]
    """The tenants."""
    partners: dict[Name, Partner] = Field(default_factory=dict)
    """Partners outside the park."""
    facilities: dict[Name, Facility] = Field(default_factory=dict)
    """Shared facilities the program may build, and own measures of plants."""
    substitutions: tuple[Substitution, ...] = ()
    """By-products that can replace another resource."""
    exchanges: tuple[Exchange, ...] = ()
    """Terms of exchanges; without an entry each source may feed each sink of the same resource."""
    links: dict[Name, Link] = Field(default_factory=dict)
    """Pipes, trucks, cables and other ways to carry a resource."""
    existing_pipes: dict[Name, ExistingPipe] = Field(default_factory=dict)
    """Pipes already in the ground, each for one exchange at a time."""
    existing_mains: dict[Name, ExistingMain] = Field(default_factory=dict)
    """Pipes of mains already in the ground."""
    trenches: Trenches | None = None
    """Civil works that pipes share; without it the price of a pipe holds its own."""
    impacts: Impacts | None = None
    """Impact categories beyond CO2e, and how firms share them; nothing of it steers the plan."""
    sources: dict[Name, SourceNote] = Field(default_factory=dict)
    """Where numbers come from, by the key that values name."""
    tables: Tables = Field(default_factory=Tables)
    """CSV files that hold parts of the case."""

    @field_validator("based_on")
    @classmethod
    def _only_in_files(cls, name: str | None) -> None:
        if name is not None:
            raise ValueError("stands in case files only; read_case reads both and makes one case of them")

    _folder: Path = PrivateAttr(default=Path())
    _sha256: str = PrivateAttr(default="")
    _layers: Any = PrivateAttr(default=None)
    _marks: Any = PrivateAttr(default=None)
    _courses: Any = PrivateAttr(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Folder the case was read from."""
        return self._folder

    @property
    def sha256(self) -> str:
        """Hash of every file the case was read from."""
        return self._sha256

    @property
    def park_company(self) -> str:
        """Who owns what is shared and has no stated owner: the one party of that kind, else "park company"."""
        named = [name for name, party in self.parties.items() if party.kind == PARK_COMPANY]
        return named[0] if len(named) == 1 and PARK_COMPANY not in self.parties else PARK_COMPANY

    def mains(self) -> "dict[str, tuple[str, str]]":
        """Mains that may be laid: id -> (name of the link, resource)."""
        return {
            f"{link}: {resource}": (link, resource)
            for resource, data in self.resources.items()
            for link in data.carried_by
            if link in self.links and self.links[link].main
        }

    def in_trench(self, name: str) -> bool:
        """Whether a link lies in the case's trenches and leaves its civil works to them."""
        link = self.links[name]
        if self.trenches is None or link.along != "corridors":
            return False
        return link.kind in ("pipe", "cable") if link.in_trench is None else link.in_trench

    def layer(self, name: str) -> "gpd.GeoDataFrame | None":
        """Features of a geographic file, by the name of its field in ``Geography``; None if the case has none."""
        return None if self._layers is None else self._layers.get(name)

    @property
    def courses(self) -> "Mapping[str, Course]":
        """Profiles as their files have them, by name; none of those that have no file."""
        found: Mapping[str, Course] = self._courses
        return found

    def resolved(self) -> str:
        """The case as YAML again, every number converted and with its source; it reads back as an equal case."""
        from planner.case.rewrite import rewrite

        return rewrite(self)

    def _repr_html_(self) -> str:
        """For a notebook: what is in the case."""
        from planner.report.notebook import html_of_case

        return html_of_case(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Case) and all(getattr(self, f) == getattr(other, f) for f in Case.model_fields)

    __hash__ = None  # type: ignore[assignment]
