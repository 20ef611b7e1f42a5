"""The result of a planning run: tidy tables in the user's names, with units in the column names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from models.solution import Solution
    from planner.case.case import Case
    from planner.report.notebook import Drawing
    from planner.why.why import Why


@dataclass(frozen=True, repr=False)
class Plan:
    """A planned park and its baseline.

    Attributes
    ----------
    tables
        Name -> DataFrame with the columns of ``COLUMNS``; also the baseline's own purchases, discharges, sales,
        supplies, siting, facilities, exchanges, mains, trenches, pipe_runs, and what ``WHERE_ANY_IN_BASELINE`` names
        under ``"baseline_" + name``.
    layers
        Name -> GeoDataFrame in the case's projected CRS: plots, siting, corridors, links, partners; for a case with
        mains or trenches also stretches, mains and trenches. Empty without coordinates.
    header
        What ``results.json`` says besides the tables: case, solver, versions, objective, currency, price_year, notes.
    audit
        Result of the audit: passed, checks.
    case
        The case it was made for, so that a written plan holds its case; None for a plan made by hand.
    solutions
        Values of the model, of the plan and of its baseline, that ``solution.json`` keeps; None where it was read back.
    """

    tables: "Mapping[str, pd.DataFrame]"
    layers: "Mapping[str, gpd.GeoDataFrame]"
    header: Mapping[str, Any]
    audit: Mapping[str, Any]
    case: "Case | None" = None
    solutions: "tuple[Solution, Solution] | None" = field(default=None, repr=False, compare=False)

    @property
    def indicators(self) -> "pd.DataFrame":
        """Baseline, plan and reduction of every indicator; reduction in the unit of the indicator and in percent."""
        return self.tables["indicators"]

    @property
    def exchanges(self) -> "pd.DataFrame":
        """Exchanges built, a row each: flow [``unit``/yr], length [km], investment, gain a year and payback [yr]."""
        return self.tables["exchanges"]

    @property
    def siting(self) -> "pd.DataFrame":
        """Plants and facilities and the plot each stands on."""
        return self.tables["siting"]

    @property
    def mains(self) -> "pd.DataFrame":
        """Pipes of mains, one row a stretch and size: flow, peak rate, capacity, cost; 0 pipes if out of service."""
        return self.tables["mains"]

    @property
    def trenches(self) -> "pd.DataFrame":
        """Trenches dug or used, one row a stretch: metres, surfaces, pipes, crossings, cost."""
        return self.tables["trenches"]

    @property
    def ledger(self) -> "pd.DataFrame":
        """What each party pays, earns (negative) and saves, by head: baseline, plan and gain, in money a year.

        Money is ``header["currency"]`` of ``header["price_year"]``; the gains of all rows add up to that of the park.
        """
        return self.tables["ledger"]

    def map(self) -> "Drawing":
        """The map of the park: a drawing that a notebook shows, and that can be saved as SVG.

        Raises
        ------
        AuditFailed
            If the plan failed its audit.
        """
        from planner.report.notebook import map_of

        return map_of(self)

    def sankey(self, case: "Case | None" = None) -> "Drawing":
        """Sankey diagrams of energy, material and water before and after, as a drawing.

        Parameters
        ----------
        case
            Of a plan that does not hold its own.

        Raises
        ------
        AuditFailed
            If the plan failed its audit.
        UsageError
            If the case is needed and was not given.
        """
        from planner.errors import UsageError
        from planner.report.notebook import sankey_of

        known = case or self.case
        if known is None:
            raise UsageError("this plan does not hold its case; name it: plan.sankey(planner.read_case(...))")
        return sankey_of(self, known)

    def why(
        self,
        *exchanges: str,
        force: bool = False,
        resolve: int = 3,
        carrying: float = 0.0,
        time_limit: float | None = 120.0,
        threads: int = 1,
    ) -> "Why":
        """Why exchanges are not in the plan, and by how much the park gets worse with them.

        Parameters
        ----------
        exchanges
            Names of exchanges to look at; all if none is given.
        force
            Plan the park again with each of them forced.
        resolve
            Otherwise, plan it again for so many of the most promising.
        carrying
            What a forced exchange has to carry at least, as a share of the most that it could.
        time_limit
            For all planning again [s]; None for no limit.
        threads
            Of the solver.

        Returns
        -------
        Why
            ``table`` has the losses, in the unit of the plan's goal a year.
        """
        from planner.why.why import why

        return why(
            self, exchanges, force=force, resolve=resolve, carrying=carrying, time_limit=time_limit, threads=threads
        )

    def __repr__(self) -> str:
        """Name, how far it is proven, and whether it passed its audit: in one line."""
        from planner.errors import failed_checks
        from planner.report.terminal import status

        name = (self.header.get("case") or {}).get("name")
        if not self.audit.get("passed"):
            return f"Plan({name}: FAILED ITS AUDIT ({failed_checks(self.audit)}) and must not be used)"
        return f"Plan({name}: {status(self.header['solver'])}; passed its audit)"

    def _repr_html_(self) -> str:
        """For a notebook: headlines, how far it is proven, baseline, plan and reduction."""
        from planner.report.notebook import html_of_plan

        return html_of_plan(self)

    def save(self, out: "str | Path") -> Path:
        """Write the plan into a folder and return it; see ``planner.report.write``."""
        from planner.report.write import write

        return write(self, Path(out))
