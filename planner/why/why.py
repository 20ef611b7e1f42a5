"""``why``: for each possible exchange that a plan does not build, the cause, and by how much the park gets worse.

First all of them at once: by what the case bars, by the exchange alone, and by the plan's prices. Then the park is
planned again with each of a few forced, with the options of the plan, and where that contradicts prices it wins.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.errors import LimitReached, PlannerError, UsageError, refuse_failed

if TYPE_CHECKING:
    import pandas as pd

    from models.unbuilt import Unbuilt
    from planner.assemble.assembly import Assembly
    from planner.case.case import Case
    from planner.results.plan import Plan
    from planner.screen.screen import Screening
    from planner.why.again import Again
    from planner.why.causes import Cause, Causes

#: Exchanges for which the park is planned again unless told otherwise, and seconds for all of them.
RESOLVE, TIME_LIMIT = 3, 120.0
#: What is told of a plan that failed its audit.
_NOTHING = "nothing is explained of it"
#: Share of a goal that is rounding.
ROUNDING = 1e-6
#: Names that are proposed for one that is not known.
_HINTS = 3
#: What of an exchange by itself depends on where its ends stand.
_BY_PLACE = ("net_saving_per_yr", "length_km", "breakeven_km")


@dataclass(frozen=True)
class Why:
    """Why exchanges are not in a plan.

    Attributes
    ----------
    case
        Name of the case.
    unit
        Of the plan's goal: "EUR/yr", "tCO2e/yr" ...
    table
        A row for each possible exchange that is not built; columns in ``planner.why.words.COLUMNS``, the
        smallest loss first.
    streams
        What a unit of each source and demand is worth in the plan as built; empty where prices say nothing.
    notes
        What a reader must know of the figures.
    header
        Case, goal, currency, price year and solver of the plan.
    named
        The exchanges asked for; empty for all.
    interrupted
        The user stopped it; what is there is right, but not all that was asked for.
    """

    case: str
    unit: str
    table: "pd.DataFrame"
    streams: "pd.DataFrame"
    notes: tuple[str, ...]
    header: Mapping[str, Any]
    named: tuple[str, ...] = ()
    interrupted: bool = False

    def _repr_html_(self) -> str:
        """For a notebook."""
        from planner.report.notebook import html_of_why

        return html_of_why(self)


@dataclass(frozen=True)
class _Asked:
    names: tuple[str, ...]
    force: bool
    resolve: int
    carrying: float
    time_limit: float | None
    threads: int
    interrupt: Callable[[], bool] | None


def why(
    plan: "Plan | str | Path",
    exchanges: Sequence[str] = (),
    *,
    force: bool = False,
    resolve: int = RESOLVE,
    carrying: float = 0.0,
    time_limit: float | None = TIME_LIMIT,
    threads: int = 1,
    interrupt: Callable[[], bool] | None = None,
) -> Why:
    """Say why possible exchanges are not in a plan.

    Parameters
    ----------
    plan
        A plan that was solved here, or the folder of a finished run.
    exchanges
        Plan again only for these, as ``planner screen`` names them, and show these; all if empty. The table always has
        all that the plan does not build.
    force
        Plan the park again with each of ``exchanges`` forced.
    resolve
        Otherwise, plan it again for so many of the most promising.
    carrying
        What a forced exchange has to carry at least, as a share of the most that it could; by default it may lie idle.
    time_limit
        For all planning again [s]; each exchange has an even share of what is left. None for no limit.
    threads
        Of the solver; gap and seed are those of the plan.
    interrupt
        Asked now and then; once it returns true, what is known so far is the result.

    Raises
    ------
    UsageError
        If an exchange is not possible, or is in the plan.
    LimitReached
        If it was interrupted before anything was known.
    """
    from planner.assemble.assemble import assemble
    from planner.geography.measure import measure

    plan, case = _read(plan)
    if force and not exchanges:
        raise UsageError("--force plans the park again for exchanges that you name; name them, or ask for --resolve N")
    if not 0.0 <= carrying <= 1.0:
        raise UsageError(f"{carrying:g} is no share of what an exchange could carry: it is between 0 and 1")
    asked = _Asked(tuple(exchanges), force, resolve, carrying, time_limit, threads, interrupt)
    return _Search(plan, case, assemble(case, measure(case)), asked).answer()


def _read(plan: "Plan | str | Path") -> "tuple[Plan, Case]":
    from planner.pipeline import sound
    from planner.results.plan import Plan

    if not isinstance(plan, Plan):
        plan = sound(plan, _NOTHING)
    refuse_failed(plan.audit, "the plan", _NOTHING)
    if plan.case is None:
        raise UsageError("the plan does not hold its case; name the folder of the run")
    return plan, plan.case


def _as_sited(case: "Case", plan: "Plan") -> "Case":
    """The case with everybody of the plan where the plan has them, so that ways are those of the plan."""
    at = {str(row["unit"]): str(row["plot"]) for row in plan.siting.to_dict("records")}
    plants = {k: x.model_copy(update={"plot": at[k]}) if k in at else x for k, x in case.plants.items()}
    return case.model_copy(update={"plants": plants})


def _reach(case: "Case") -> dict[str, float]:
    """Resource -> the longest way of any link that carries it [km], where each has a longest."""
    found: dict[str, float] = {}
    for name, resource in case.resources.items():
        longest = [case.links[link].max_length for link in resource.carried_by if link in case.links]
        stated = [length.value for length in longest if length is not None]
        if stated and len(stated) == len(longest):
            found[name] = max(stated) / 1000.0
    return found


def _is_chain(exchange: str) -> bool:
    """Whether a row of a screening is of two exchanges over a facility; no name of a case holds " > "."""
    return exchange.count(" > ") > 1


class _Search:
    """Answers for one plan."""

    def __init__(self, plan: "Plan", case: "Case", assembly: "Assembly", asked: _Asked) -> None:
        from planner.pipeline import GOALS
        from planner.screen.screen import screen
        from planner.why.words import GOAL_UNITS

        self.plan, self.case, self.assembly, self.asked = plan, case, assembly, asked
        self.goal = GOALS[str(plan.header.get("objective", "cost"))]
        self.money = f"{case.currency}/yr"
        self.unit = GOAL_UNITS[self.goal].replace("money", case.currency)
        self.notes: list[str] = []
        self.screening = screen(case)  # chains over a facility are told by their exchanges
        sited = self._sited().table.set_index("exchange")
        built = set(plan.exchanges["exchange"])
        possible = self.screening.table.copy()
        for column in _BY_PLACE:
            possible[column] = possible["exchange"].map(sited[column])
        chains = possible["exchange"].map(_is_chain).astype(bool)
        self.singles, self.chains = possible[~chains], possible[chains]
        self.rows = self.singles[~self.singles["exchange"].isin(built)]
        self.named = tuple(dict.fromkeys(e for name in asked.names for e in self._known(name, built)))

    def _sited(self) -> "Screening":
        """Each exchange by itself on the plots of the plan; over all plots where some have no way there."""
        from planner.screen.screen import screen

        try:
            return screen(_as_sited(self.case, self.plan))
        except PlannerError as error:
            first = str(error).splitlines()[0]
            self.notes.append(f"by itself is over the mean of all plots, not on those of the plan ({first})")
            return self.screening

    def _known(self, name: str, built: set[str]) -> list[str]:
        """An exchange by its name, however its letters are written; of a chain, the exchanges that the plan lacks."""
        every = {str(x).casefold(): str(x) for x in self.screening.table["exchange"]}
        found = every.get(name.strip().casefold())
        if found is None:
            near = [key for key in every if name.strip().casefold() in key][:_HINTS]
            near = near or get_close_matches(name.casefold(), every, n=1, cutoff=0.5)
            meant = " or ".join(f'"{every[key]}"' for key in near)
            hint = f"; did you mean {meant}?" if near else "; planner screen lists those that are"
            raise UsageError(f'"{name}" is not a possible exchange of this case{hint}')
        missing = [e for e in (self._legs(found) if _is_chain(found) else [found]) if e not in built]
        if not missing:
            raise UsageError(f'"{found}" is in the plan: there is nothing to explain')
        if missing != [found]:
            self.notes.append(f"{found} is a chain: see each exchange of it that is not in the plan")
        return missing

    def _legs(self, chain: str) -> list[str]:
        """Exchanges of a chain over a facility."""
        (row,) = self.chains[self.chains["exchange"] == chain].to_dict("records")
        t, via = self.singles, row["via"]
        into = t[(t["from"] == row["from"]) & (t["source"] == row["source"]) & (t["to"] == via)]
        out = t[(t["from"] == via) & (t["to"] == row["to"]) & (t["sink"] == row["sink"])]
        named = [e for e in out["exchange"] if chain.endswith(str(e).partition(": ")[2])]
        return [*map(str, into["exchange"]), *(named or map(str, out["exchange"]))]

    def answer(self) -> Why:
        """All of it."""
        from planner.why.causes import Causes
        from planner.why.tables import streams_table, why_table

        unbuilt = self._put_back()
        tolerance = ROUNDING * max(abs(unbuilt.reference), 1e-3)
        units = {name: resource.unit for name, resource in self.case.resources.items()}
        means = {name: quality.unit for name, quality in self.case.qualities.items() if quality.mixing == "mean"}
        causes = Causes(self.assembly, unbuilt, self.unit, self.goal, tolerance, units, _reach(self.case), means)
        found = {str(row["exchange"]): causes.of(row) for row in self.rows.to_dict("records")}
        again, interrupted = self._planned_again(causes, found)
        table = why_table(self.rows, found, again, causes)
        if self.singles.empty:
            self.notes.append("no exchange is possible in this case: nobody needs what another gives")
        self.notes += _notes(causes, table, self.screening.notes)
        header = {key: self.plan.header.get(key) for key in ("case", "objective", "currency", "price_year", "solver")}
        streams = streams_table(causes)
        return Why(self.case.case, self.unit, table, streams, tuple(self.notes), header, self.named, interrupted)

    def _solver(self) -> Mapping[str, Any]:
        told: Mapping[str, Any] = self.plan.header.get("solver") or {}
        return told

    def _put_back(self) -> "Unbuilt":
        """The model of the plan; says so where it is not quite the plan of the tables."""
        from models.solution import NoSolution
        from models.unbuilt import Unbuilt
        from planner.why.back import kept_of

        asked = self._solver().get("asked") or {}
        mixing, stars = asked.get("mixing") or "auto", asked.get("stars") or "cuts"
        kept = kept_of(self.plan, self.assembly)
        bound = self._solver()["stages"][0].get("bound")
        options: dict[str, Any] = {"mixing": mixing, "stars": stars, "interrupt": self.asked.interrupt}
        options["bound"] = -math.inf if bound is None else float(bound)
        try:
            unbuilt = Unbuilt(self.assembly.instance, self.goal, kept, **options)
        except NoSolution as end:
            if end.reason == "interrupted":
                raise LimitReached("interrupted before anything was known") from end
            raise UsageError(f"the plan cannot be put back into the model of its case ({end}); plan it again") from end
        stated = float(self._solver()["stages"][0]["objective"])
        apart = unbuilt.reference - stated
        if abs(apart) > 10 * ROUNDING * max(abs(stated), 1e-3):
            self.notes.append(
                f"put back into the model, the plan's goal is {unbuilt.reference:,.6g} {self.unit}, in its results "
                f"{stated:,.6g}: what it builds could be used better, or was changed after the search; losses are "
                "against the first"
            )
        return unbuilt

    def _planned_again(self, causes: "Causes", found: "Mapping[str, Cause]") -> "tuple[dict[str, Again], bool]":
        """Exchange -> what came of planning again with it, as far as time and patience reach."""
        from models.clock import Clock
        from models.solve import asked as pressed
        from planner.why.again import worth_trying

        order = worth_trying({e: found[e] for e in self.named or found}, causes.unbuilt)
        chosen = order if self.asked.force else order[: max(0, self.asked.resolve)]
        self._say_what_is_barred(causes.unbuilt)
        limit, again = Clock(self.asked.time_limit), dict[str, Any]()
        for done, name in enumerate(chosen):
            left = limit.left(1.0 / (len(chosen) - done))
            if pressed(self.asked.interrupt):
                return again, True
            if left is not None and left <= 0.0:
                self.notes.append(f"not planned again for want of time: {', '.join(chosen[done:])}")
                break
            again[name] = self._again(causes, name, found[name], left)
        return again, bool(pressed(self.asked.interrupt))

    def _say_what_is_barred(self, unbuilt: "Unbuilt") -> None:
        barred = [e for e in self.named if e not in unbuilt.instance.exchanges] if self.asked.force else []
        if barred:
            self.notes.append(f"cannot be forced, as the case does not admit them: {', '.join(barred)}")

    def _again(self, causes: "Causes", name: str, cause: "Cause", left: float | None) -> "Again":
        from models.solution import NoSolution
        from models.solve import Options
        from planner.why.again import impossible, judged, unfinished

        solver = self._solver()
        asked_gap = (solver.get("asked") or {}).get("gap")
        gap = asked_gap if asked_gap is not None else max(1e-6, float(solver.get("gap") or 0.0))
        options = Options(gap=gap, seed=int(solver.get("seed") or 0), threads=self.asked.threads, time_limit=left)
        try:
            found = causes.unbuilt.forced(name, options, self._least(causes, name))
        except NoSolution as end:
            if end.reason == "infeasible":
                return impossible(cause, self.unit)
            ended = {"limit": "the time limit came", "interrupted": "it was interrupted"}.get(end.reason, end.reason)
            least = end.bound * causes.unbuilt.money.factor(self.goal) - causes.unbuilt.reference
            return unfinished(cause, self.unit, ended, least)
        return judged(causes, name, cause, found, self.unit if found.goal == self.goal else self.money)

    def _least(self, causes: "Causes", name: str) -> float:
        """What a forced exchange has to carry [unit/yr]."""
        if not self.asked.carrying:
            return 0.0
        data = causes.instance.exchanges[name]
        most = max(
            sum(x.weight * option.max_flow[t] for t, x in causes.instance.states.items())
            for option in data.options.values()
        )
        return self.asked.carrying * min(most, data.max_flow)


def _notes(causes: "Causes", table: "pd.DataFrame", screening: Sequence[str]) -> Iterator[str]:
    """What a reader must know of the figures."""
    from planner.why.words import BASES, FIGURELESS

    for basis, meaning in BASES.items():
        if basis not in FIGURELESS and (table["basis"] == basis).any():
            yield f"{basis}: {meaning}"
    unbuilt = causes.unbuilt
    if unbuilt.searched:
        yield "outlets mix in this case: prices of the plan say nothing; verdicts are by itself or planned again"
    if len(unbuilt.model.LAWS):
        yield "scale laws of facilities are taken by straight lines between their sizes in prices"
    if unbuilt.instance.mains:
        yield "mains of parks planned again are not looked at for loops that fail and for what arrives too cold"
    if (table["basis"] == "by itself").any():
        yield from screening


def proof_of(cause: "Cause", again: "Again | None") -> tuple[float, float, str]:
    """Least and most of a loss, and how far it is proven."""
    if again is not None and again.proof:
        return again.least, again.most, again.proof
    if math.isnan(cause.loss):
        return math.nan, math.nan, ""
    if cause.basis == "by price":
        return math.nan, cause.loss, "at most"
    return math.nan, math.nan, "estimate"


def settled(cause: "Cause", again: "Again | None") -> "Cause":
    """The cause that stands in the end."""
    return cause if again is None else replace(again.cause, added=cause.added, reduced=cause.reduced)
