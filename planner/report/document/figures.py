"""Figures of a plan as files: map, what flows before and after, and what moves cost and CO2e."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from planner.report.document.raster import save_png
from planner.report.plan_flows import OTHER, pairs_of
from planner.report.sankey import sankey
from planner.report.waterfalls import Part, Waterfall, in_words, svg
from planner.results.plan import Plan

FOLDER = "figures"
#: What is called how: names of a pair of diagrams, and of its runs.
_SHOWN = {"energy": "Energy", "material": "Materials", "water": "Water", "other": "Other"}
_RUNS = {"baseline": ("before", "in the baseline"), "plan": ("after", "in the plan")}


@dataclass(frozen=True)
class Picture:
    """A figure that was written, as PNG and SVG.

    Attributes
    ----------
    alt
        What it shows, in words, for those who do not see it.
    """

    name: str
    caption: str
    alt: str
    png: Path
    svg: Path


def write_figures(plan: Plan, out: Path, folder: Path) -> list[Picture]:
    """Write the figures of a plan.

    Parameters
    ----------
    out
        Folder of the run, whose map is taken as it is.
    folder
        For the figures; made anew.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    found = [_map(plan, out, folder)]
    for name, caption, alt, drawing in (*_flows(plan), *_moves(plan)):
        files = folder / f"{name}.png", folder / f"{name}.svg"
        files[1].write_text(drawing + "\n", encoding="utf-8")
        save_png(drawing, files[0])
        found.append(Picture(name, caption, alt, *files))
    return found


def _map(plan: Plan, out: Path, folder: Path) -> Picture:
    files = folder / "map.png", folder / "map.svg"
    if all((out / file.name).is_file() for file in files):
        for file in files:
            shutil.copyfile(out / file.name, file)
    else:
        from planner.report.map import save_map

        save_map(plan, folder)
    names = ", ".join(str(name) for name in plan.exchanges["exchange"][:12])
    more = len(plan.exchanges) - 12
    alt = f"Map of the plan with {len(plan.exchanges)} exchanges: {names}" + (f" and {more} more" if more > 0 else "")
    return Picture("map", "Map of the plan", alt, *files)


def _flows(plan: Plan) -> Iterator[tuple[str, str, str, str]]:
    """What flows of each kind before and after, as (name of the file, caption, words, drawing)."""
    if plan.case is None:
        return
    for pair in pairs_of(plan, plan.case):
        name = _SHOWN[pair.name].lower() + (f"-{_safe(pair.unit)}" if pair.name == OTHER else "")
        for run, (file, when) in _RUNS.items():
            if pair.flows[run]:
                data = pair.diagram(run, f"{_SHOWN[pair.name]} {when}, {pair.unit} a year")
                largest = sorted(data.used, key=lambda flow: -flow[2])[:5]
                told = "; ".join(f"{a} to {b} {x:,.0f} {pair.unit}" for a, b, x in largest)
                alt = f"{data.title}: flows from suppliers by resource to users. Largest: {told}"
                yield f"flows-{name}-{file}", data.title, alt, sankey(data)


def _safe(unit: str) -> str:
    """A unit as a part of the name of a file."""
    return "".join(letter if letter.isalnum() else "_" for letter in unit)


def _moves(plan: Plan) -> Iterator[tuple[str, str, str, str]]:
    """What moves cost and CO2e from the baseline to the plan, account by account."""
    for table, total, words, name in (
        ("costs", "total_annual_cost", "Total annual cost", "waterfall-cost"),
        ("emissions", "co2e", "CO2e", "waterfall-co2e"),
    ):
        made = waterfall_of(plan, table, total, words)
        yield name, f"{words} from baseline to plan, {made.unit}", in_words(made), svg(made)


def waterfall_of(plan: Plan, table: str, total: str, words: str) -> Waterfall:
    """A total of the plan beside that of the baseline, and the accounts that moved it."""
    row = next(row for row in plan.indicators.to_dict("records") if row["indicator"] == total)
    unit = str(row["unit"])
    rows = plan.tables[table].to_dict("records")
    mine = [r for r in rows if r["unit"] == unit and r["account"] != total and _counts(r["account"])]
    parts = [Part(str(r["account"]).replace("_", " "), r["plan"] - r["baseline"]) for r in mine]
    before, after = float(row["baseline"]), float(row["plan"])
    left = after - before - sum(part.amount for part in parts)
    if abs(left) > 1e-6 * max(abs(before), abs(after), 1.0):
        parts.append(Part("other", left))
    return Waterfall(f"{words} from baseline to plan", unit, before, after, tuple(parts), ("baseline", "plan"))


def _counts(account: str) -> bool:
    """Whether an account is in the total of its table: memos and what only steers are not."""
    return not account.startswith(("memo", "margin", "shadow"))
