"""What a notebook shows of a case, a plan and its drawings: short HTML in which every name is inert text."""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.errors import failed_checks, refuse_failed
from planner.report.numbers import amount, percent

if TYPE_CHECKING:
    from planner.case.case import Case
    from planner.results.plan import Plan
    from planner.why.why import Why

#: Rows of a table that are shown, and indicators of a plan.
ROWS = 20
HEADLINES = ("total_annual_cost", "co2e", "waste", "fresh_water", "investment", "payback_yr")
_CELL = "padding:2px 10px 2px 0;vertical-align:top;"
_RED = "color:#8a1c1c;font-weight:bold"


@dataclass(frozen=True)
class Drawing:
    """A drawing that a notebook shows and that can be saved.

    Attributes
    ----------
    svg
        The drawing as SVG text.
    alt
        What it shows, in words.
    """

    svg: str
    alt: str

    def _repr_html_(self) -> str:
        """As an image: nothing in it can run, and its names clash with no other drawing's."""
        coded = base64.b64encode(self.svg.encode("utf-8")).decode("ascii")
        style = "max-width:100%;height:auto"
        return f'<img alt="{escape(self.alt)}" style="{style}" src="data:image/svg+xml;base64,{coded}">'

    def _repr_svg_(self) -> str:
        return self.svg

    def save(self, file: str | Path) -> Path:
        """Write it as an SVG file and return where.

        Raises
        ------
        UsageError
            If the name does not end in .svg, or the file cannot be written.
        """
        from planner.report.targets import check_targets, writing

        file = Path(file)
        check_targets([(file, ".svg")])
        with writing(file):
            file.write_text(self.svg + "\n", encoding="utf-8")
        return file


def map_of(plan: "Plan") -> Drawing:
    """The map of a plan, as ``map.svg`` of its folder has it."""
    from planner.report.map import map_svg

    refuse_failed(plan.audit, "the plan", "no map is drawn of it")
    built = len(plan.exchanges)
    return Drawing(map_svg(plan), f"Map of {plan.header['case']['name']}: {built} exchanges; see plan.exchanges")


def sankey_of(plan: "Plan", case: "Case") -> Drawing:
    """What flows in the park, before (the baseline) and after (the plan)."""
    from planner.report.plan_flows import diagrams_of
    from planner.report.sankey import sankey, stacked

    refuse_failed(plan.audit, "the plan", "no diagram is drawn of it")
    diagrams = [sankey(one) for one in diagrams_of(plan, case)]
    name = plan.header["case"]["name"]
    return Drawing(stacked(diagrams), f"Sankey diagrams of {name}: each of energy, material and water before and after")


def html_of_case(case: "Case") -> str:
    """What is in a case."""
    counts = (
        ("plants", case.plants),
        ("partners", case.partners),
        ("facilities", case.facilities),
        ("plots", case.plots),
        ("resources", case.resources),
        ("links", case.links),
    )
    told = ", ".join(f"{len(things)} {name}" for name, things in counts if things)
    rows = [
        (name, _place(plant), _streams(plant.sources), _streams(plant.sinks))
        for name, plant in (*case.plants.items(), *case.partners.items())
    ]
    about = [told, f"prices in {case.currency} of {case.price_year}"]
    if case.description:
        about.insert(0, case.description)
    return _block(f"Case: {case.case}", about, [_table(("plant", "where", "gives", "needs"), rows)])


def _place(tenant: Any) -> str:
    if not hasattr(tenant, "plot"):
        return "partner outside"
    return (f"plot {tenant.plot}" if tenant.plot else "to be sited") + (", optional" if tenant.optional else "")


def _streams(streams: Iterable[str]) -> str:
    return ", ".join(streams) or "-"


def html_of_plan(plan: "Plan") -> str:
    """Headlines of a plan, how far it is proven, and whether it passed its audit."""
    from planner.report.terminal import summary_of

    summary = summary_of(plan)
    if not plan.audit.get("passed"):
        failed = f"this plan failed its audit and must not be used: {failed_checks(plan.audit)}"
        return _block(summary.title, [summary.status], (), failed)
    about = [summary.status, *summary.headlines]
    known = plan.indicators[plan.indicators["indicator"].isin(HEADLINES)].to_dict("records")
    figures = [[amount(r[c]) for c in ("baseline", "plan", "reduction")] for r in known]
    rows = [
        (r["indicator"], *three, percent(r["reduction_pct"]), r["unit"])
        for r, three in zip(known, figures, strict=True)
    ]
    built = len(plan.exchanges)
    about.append(f"{built} exchange{'' if built == 1 else 's'} built: plan.exchanges; also plan.map(), plan.sankey()")
    head = ("indicator", "baseline", "plan", "reduction", "", "unit")
    return _block(summary.title, about, [_table(head, rows, right=frozenset({1, 2, 3, 4}))], summary.warning)


def html_of_why(found: "Why") -> str:
    """Why exchanges are not in a plan."""
    table = found.table[found.table["exchange"].isin(found.named)] if found.named else found.table
    rows = [
        (r["exchange"], r["verdict"], amount(r["loss_per_yr"]), r["loss_unit"] or "-", r["proof"] or "-", r["why"])
        for r in table.to_dict("records")
    ]
    head = ("exchange", "verdict", "loss", "unit", "proof", "why")
    title = f"{found.case}: why exchanges are not in the plan"
    return _block(title, found.notes, [_table(head, rows, right=frozenset({2}))])


def _block(title: str, about: Iterable[str], tables: Iterable[str], warning: str | None = None) -> str:
    lines = "".join(f"<div>{escape(line)}</div>" for line in about)
    red = f'<div style="{_RED}">{escape(warning)}</div>' if warning else ""
    return f'<div><div style="font-weight:bold">{escape(title)}</div>{red}{lines}{"".join(tables)}</div>'


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]], right: frozenset[int] = frozenset()) -> str:
    """A table of text; what is beyond ``ROWS`` is counted."""

    def cells(row: Sequence[Any], tag: str) -> str:
        made = []
        for n, value in enumerate(row):
            style = f"{_CELL}text-align:{'right' if n in right else 'left'}"
            made.append(f'<{tag} style="{style}">{escape(str(value))}</{tag}>')
        return f"<tr>{''.join(made)}</tr>"

    body = "".join(cells(row, "td") for row in rows[:ROWS])
    more = f"<div>and {len(rows) - ROWS} more</div>" if len(rows) > ROWS else ""
    return f"<table><thead>{cells(head, 'th')}</thead><tbody>{body}</tbody></table>{more}" if rows else ""
