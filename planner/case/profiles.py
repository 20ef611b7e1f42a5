"""Profiles through the year, how they become periods, and the order in which groups of periods pass."""

from typing import Annotated, Literal

from pydantic import Field

from planner.case.values import Factor, Name, Number, Section, Whole

#: Days of the year that the planner counts.
DAYS = 365


class Profile(Section):
    """A course through the year: an hourly load, a spot price, what a roof gives per unit of its capacity.

    A number of the case names it: ``{value: 10 MW, profile: load}`` is 10 MW times the profile, ``{profile: spot, unit:
    EUR/MWh}`` the profile itself.
    """

    file: Name | None = None
    """CSV file beside the case file: a row for each step from 1 January 00:00, as many every day, in standard time.
    8760 rows are hours, 35040 quarter-hours; a year of 366 days loses its 29 February. Dates in a first column called
    time, date, datetime or timestamp are checked for gaps."""
    column: Name | None = None
    """Column of the file; by default that of the profile's name."""
    relative_to: Literal["mean", "peak"] | None = None
    """Divides it by its mean or its peak, where the file has amounts and only their shape is meant."""
    periods: dict[Name, Number] = Field(default_factory=dict)
    """Its number in each period; made by the program where there is a file, else stated here."""
    note: str | None = None
    """In words."""


class Reduction(Section):
    """How the steps of the profiles become the periods of the case: typical days, or the calendar."""

    typical_days: Annotated[Whole, Field(ge=1, le=DAYS)] | None = None
    """Number of typical days, found by tsam; 365 keeps every day. Days of ``peaks`` and ``lows`` come on top."""
    segments: Annotated[Whole, Field(ge=1)] | None = None
    """Periods of a typical day, steps alike joined by tsam; by default every step of the files."""
    method: Literal["hierarchical", "contiguous", "kmeans"] = "hierarchical"
    """How days are grouped: by likeness (Ward), only days in a row, or around means."""
    representation: Literal["medoid", "mean", "distribution"] = "medoid"
    """What stands for a group: its most central day, the mean of its days, or one with the duration curve of all."""
    peaks: tuple[Name, ...] = ()
    """Profiles whose day with the highest value is a typical day of its own. With ``segments`` its steps are joined to
    means like those of any day, so that the highest value itself may be lost."""
    lows: tuple[Name, ...] = ()
    """Profiles whose day with the lowest mean is a typical day of its own; ``segments`` join its steps, too."""
    weights: dict[Name, Factor] = Field(default_factory=dict)
    """How much a profile counts when days are compared; 1 if absent."""
    calendar: Literal["month", "season"] | None = None
    """In place of typical days: means of the months, or of winter (December to February), spring, summer and autumn."""
    daytime: tuple[Number, Number] | None = None
    """With ``calendar``: from and to which hour it is day; day and night are then periods of their own."""


class Turn(Section):
    """A stretch of the year: a group of periods, passed several times in a row."""

    of: Name
    """The group."""
    times: Annotated[Whole, Field(ge=1)] = 1
