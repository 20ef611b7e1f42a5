"""Heat by temperature in the summary of a plan, and its diagrams as files."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from planner.report.heat_sources import write_heat_by_source
from planner.report.numbers import amount
from planner.report.runs import number, text
from planner.report.water import Rows, records
from planner.results.heat import ALONE, MEDIA, POOLED
from planner.results.heat_run import PARK
from planner.results.plan import Plan

if TYPE_CHECKING:
    from planner.heat.streams import HeatStream

FOLDER = "heat"
_RUNS = ("baseline_", "")
#: Column of the targets of the park -> words.
_USED = {
    "hot_mwh_per_yr": "hot utilities of process heat",
    "cold_mwh_per_yr": "cold utilities of process heat",
    "recovered_mwh_per_yr": "recovered inside plants",
}
_LEAST = {
    ALONE: "least hot utility, each plant alone",
    MEDIA: "least hot utility, plants joined by their media",
    POOLED: "least hot utility, all streams pooled (no pipe delivers that)",
}


def heat_rows(plan: Plan) -> Rows:
    """Utilities of process heat in baseline and plan, the least that physics allow, and exergy of the park."""
    park = {prefix: _park(plan, prefix) for prefix in _RUNS}
    rows = []
    for column, words in _USED.items() if park[""] else ():
        figures = [by[ALONE].get(column, 0.0) if ALONE in by else 0.0 for by in park.values()]
        rows.append((words, "MWh/yr", *map(amount, figures)))
    for how, words in _LEAST.items():
        if all(how in by for by in park.values()):
            figures = [by[how]["least_hot_mwh_per_yr"] for by in park.values()]
            rows.append((words, "MWh/yr", *map(amount, figures)))
    exergy = [_efficiency(plan, prefix) for prefix in _RUNS]
    if all(figure == figure for figure in exergy):
        ambient = number(records(plan, "exergy")[0]["surroundings_degc"], 0.0)
        rows.append(
            (f"exergy efficiency of the park, surroundings {ambient:g} degC", "%", *(amount(100 * x) for x in exergy))
        )
    return tuple(rows)


def _park(plan: Plan, prefix: str) -> dict[str, dict[str, float]]:
    """How the targets of the park are meant -> column -> sum over the periods; only what all periods have."""
    found: dict[str, dict[str, float]] = {}
    counts: dict[str, int] = {}
    for row in records(plan, f"{prefix}heat_targets"):
        if row["of"] == PARK:
            how = text(row["how"])
            counts[how] = counts.get(how, 0) + 1
            sums = found.setdefault(how, {})
            for column, value in row.items():
                if str(column).endswith("_mwh_per_yr"):
                    sums[str(column)] = sums.get(str(column), 0.0) + number(value, 0.0)
    return {how: sums for how, sums in found.items() if counts[how] == max(counts.values())}


def _efficiency(plan: Plan, prefix: str) -> float:
    return next(
        (number(row["efficiency"]) for row in records(plan, f"{prefix}exergy") if row["kind"] == PARK), float("nan")
    )


def write_diagrams(plan: Plan, folder: Path) -> None:
    """Write heat by source and period, and composite, grand composite and total site curves of process heat.

    Nothing where nobody needs heat. Loads of the curves are means over the hours of each plant [MW].
    """
    from planner.heat.of_case import TAKES, process_heat_of
    from planner.heat.pinch import problem_table
    from planner.heat.plots import composite_curves, grand_composite_curve, total_site_profiles

    taken: set[str] = set()
    tenants = () if plan.case is None else (*plan.case.plants, *plan.case.partners)
    stems = {name: _file_name(name, taken) for name in tenants}
    write_heat_by_source(plan, folder, stems)
    there = {text(row["plant"]) for row in records(plan, "heat")}
    plants = {} if plan.case is None else {n: x for n, x in process_heat_of(plan.case).items() if n in there}
    if not plants:
        return
    folder.mkdir(exist_ok=True)
    for name, heat in plants.items():
        streams, stem = list(heat.mean_streams().values()), stems[name]
        if len({stream.hot for stream in streams}) == 2:
            curves = composite_curves(streams, "MW", f"{name}: composite curves")
            (folder / f"{stem} composite.svg").write_text(curves, encoding="utf-8")
        curve = grand_composite_curve(problem_table(streams), "MW", f"{name}: grand composite curve")
        (folder / f"{stem} grand composite.svg").write_text(curve, encoding="utf-8")
    levels: dict[str, HeatStream] = {}
    for heat in plants.values():
        for medium in heat.media.values():
            if medium.role == TAKES:
                levels.setdefault(medium.resource, max(medium.parts, key=lambda part: part.load))
    by_plant = {name: list(heat.mean_streams().values()) for name, heat in plants.items()}
    site = total_site_profiles(by_plant, "MW", "Total site profiles", levels.values())
    (folder / "total site.svg").write_text(site, encoding="utf-8")


def _file_name(name: str, taken: set[str]) -> str:
    """A name that any file system takes, another one for each plant."""
    plain = re.sub(r"[^\w .()+-]+", "_", name).strip(" .")[:80] or "plant"
    found, count = plain, 1
    while found.casefold() in taken or found.casefold() == "total site":
        count += 1
        found = f"{plain} {count}"
    taken.add(found.casefold())
    return found
