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
_MORE = "see also plan.exchanges, plan.ledger, plan.siting, plan.tables, plan.map(), plan.sankey(), plan.why()"
_CELL = "padding:2px 10px 2px 0;vertical-align:top;"
_RED = "background:#fdeaea;color:#8a1c1c;font-weight:bold;padding:2px 6px"


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
        style = "max-width:100%;height:auto;background:#fff"  # readable on a dark page, too
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
        ("plant", "plants", case.plants),
        ("partner", "partners", case.partners),
        ("facility", "facilities", case.facilities),
        ("plot", "plots", case.plots),
        ("resource", "resources", case.resources),
        ("link", "links", case.links),
    )
    told = ", ".join(f"{len(of)} {one if len(of) == 1 else several}" for one, several, of in counts if of)
    rows = [
        (name, _place(plant), _streams(plant, "sources", "gives"), _streams(plant, "sinks", "takes"))
        for name, plant in (*case.plants.items(), *case.partners.items())
    ]
    rows += [(name, "may be built", *_through(works)) for name, works in case.facilities.items()]
    about = [told, f"prices in {case.currency} of {case.price_year}"]
    if case.description:
        about.insert(0, case.description)
    return _block(f"Case: {case.case}", about, [_table(("", "where", "gives", "needs"), rows)])


def _place(tenant: Any) -> str:
    if not hasattr(tenant, "plot"):
        return "partner outside"
    return (f"plot {tenant.plot}" if tenant.plot else "to be sited") + (", optional" if tenant.optional else "")


def _streams(plant: Any, side: str, heat: str) -> str:
    """Names of what a plant gives or takes: streams, water-using operations and media of process heat."""
    media = [] if plant.process_heat is None else getattr(plant.process_heat, heat)
    return ", ".join(dict.fromkeys([*getattr(plant, side), *plant.operations, *media])) or "-"


def _through(works: Any) -> tuple[str, str]:
    """What a facility gives and takes; a store the same, what it keeps."""
    if works.stores is not None:
        return works.stores.resource, works.stores.resource
    return ", ".join(works.outputs) or "-", ", ".join(works.inputs) or "-"


def html_of_plan(plan: "Plan") -> str:
    """Headlines of a plan, how far it is proven, and whether it passed its audit."""
    from planner.report.terminal import summary_of

    summary = summary_of(plan)
    if not plan.audit.get("passed"):
        failed = f"this plan failed its audit and must not be used: {failed_checks(plan.audit)}"
        return _block(summary.title, [summary.status], (), failed)
    built = len(plan.exchanges)
    about = [summary.status, *summary.headlines, f"{built} exchange{'' if built == 1 else 's'} built"]
    return _block(summary.title, about, [_indicators(plan), _exchanges(plan), _div(_MORE)], summary.warning)


def _indicators(plan: "Plan") -> str:
    from planner.report.terminal import TITLES, is_gain

    known = plan.indicators[plan.indicators["indicator"].isin(HEADLINES)].to_dict("records")
    rows = []
    for row in known:
        name, gains = row["indicator"], is_gain(row["indicator"])
        saved = ("", "") if gains else (amount(row["reduction"]), percent(row["reduction_pct"]))
        rows.append((TITLES.get(name, name), amount(row["baseline"]), amount(row["plan"]), *saved, row["unit"]))
    head = ("", "baseline", "plan", "reduction", "", "unit")
    return _table(head, rows, right=frozenset({1, 2, 3, 4}))


def _exchanges(plan: "Plan") -> str:
    rows = [
        (r["exchange"], r["option"], amount(r["length_km"]), amount(r["flow_per_yr"]), f"{r['unit']}/yr")
        for r in plan.exchanges.to_dict("records")
    ]
    return _table(("exchange", "link", "km", "flow", "unit"), rows, right=frozenset({2, 3}))


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
    lines = "".join(map(_div, about))
    red = f'<div style="{_RED}">{escape(warning)}</div>' if warning else ""
    return f'<div><div style="font-weight:bold">{escape(title)}</div>{red}{lines}{"".join(tables)}</div>'


def _div(line: str) -> str:
    return f"<div>{escape(line)}</div>"


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
