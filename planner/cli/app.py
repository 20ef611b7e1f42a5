"""The commands. Each one imports what it needs when it is called."""

import json
import math
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from planner.cli.start import about, shipped_cases, start_case

app = typer.Typer(
    name="planner",
    help="Plan an eco-industrial park: which plant on which plot, which by-product to whom, against a baseline.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Objective(StrEnum):
    """Goals of a plan."""

    cost = "cost"
    co2 = "co2"
    waste = "waste"
    water = "water"


class Order(StrEnum):
    """Orders of a screening."""

    net = "net"
    gain = "gain"
    payback = "payback"
    co2e = "co2e"
    tonne = "tonne"
    waste = "waste"
    flow = "flow"
    distance = "distance"
    capex = "capex"


class Mixing(StrEnum):
    """What solves mixtures whose contents are open."""

    auto = "auto"
    highs = "highs"
    scip = "scip"


def _finite(value: float | None) -> float | None:
    if value is not None and not math.isfinite(value):
        raise typer.BadParameter(f"{value} is not a number of its kind")
    return value


def _positive(value: float | None) -> float | None:
    if value is not None and not (math.isfinite(value) and value > 0):
        raise typer.BadParameter(f"{value} is not above zero")
    return value


CaseFolder = Annotated[Path, typer.Argument(metavar="CASE", help="Folder with case.yaml, or a case file.")]
CsvOut = Annotated[Path | None, typer.Option("--csv", metavar="FILE.csv", help="Write the rows as CSV.")]
XlsxOut = Annotated[
    Path | None, typer.Option("--xlsx", metavar="FILE.xlsx", help="Write it as a workbook, with what its columns mean.")
]
HtmlOut = Annotated[Path | None, typer.Option("--html", metavar="FILE.html", help="Write it as one page.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON to standard output.")]


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"planner {version('ecopark-planner')}")
        except PackageNotFoundError:
            print("planner, run from its sources without an installation")
        raise typer.Exit


def _names(wanted: bool) -> None:
    if wanted:
        cases = shipped_cases()
        wide = max(map(len, cases), default=0)
        print("\n".join(f"{name:{wide}}  {about(folder)}" for name, folder in cases.items()))
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Plan an eco-industrial park: which plant on which plot, which by-product to whom, against a baseline."""


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="New or empty folder.")],
    source: Annotated[str, typer.Option("--from", metavar="NAME", help="Shipped case to start from.")] = "tiny",
    names: Annotated[
        bool, typer.Option("--list", callback=_names, is_eager=True, help="List the shipped cases and exit.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Start a case folder from a shipped case."""
    start_case(folder, source)
    if as_json:
        print(dumps({"case": str(folder), "from": source}))
        return
    print(f"{folder} is a copy of {source}; edit {folder / 'case.yaml'}, then: planner check {folder}")


@app.command()
def template(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="New workbook.")],
    questionnaire: Annotated[
        bool, typer.Option("--questionnaire", help="One page for a single tenant, in place of the whole case.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write a workbook to fill in, with one example."""
    from planner.cli.excel import write_template

    write_template(file, questionnaire=questionnaire, as_json=as_json, stream=sys.stdout)


@app.command(name="import")
def import_(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="FILE.xlsx [QUESTIONNAIRE.xlsx ...] CASE", help="Workbooks, then the folder."),
    ],
    as_json: AsJson = False,
) -> None:
    """Make or update a case from workbooks.

    Values of the workbooks win; what they do not speak of stays. Exit code 2, and nothing is written, where one has
    faults: all are listed, by sheet and cell.
    """
    from planner.cli.excel import import_books

    import_books(paths, as_json=as_json, stream=sys.stdout)


@app.command()
def export(
    case: CaseFolder,
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="Workbook to be written.")],
    force: Annotated[bool, typer.Option("--force", help="Write over a workbook that is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write a case as a workbook that imports as the same case."""
    from planner.cli.excel import export_case

    export_case(case, file, force=force, as_json=as_json, stream=sys.stdout)


@app.command()
def archetypes(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Archetype to show; by default all.")] = None,
    size: Annotated[
        str | None, typer.Option(metavar="SIZE", help='Show amounts for a size, as "200000 hl/yr".')
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List plants as they usually are, or show one.

    What it takes and gives, for a size or per unit of it, each number with its range, source and grade. A case uses one
    with ``archetype: {name: brewery, size: 200000 hl/yr}`` under a plant.
    """
    from planner.cli.archetypes import show_archetypes

    show_archetypes(name, size, as_json=as_json, stream=sys.stdout)


@app.command()
def check(
    case: CaseFolder,
    numbers: Annotated[
        bool, typer.Option("--numbers", help="Also list every number that archetypes filled in, with its source.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """List every fault of a case, or what is in it.

    Also says what could be exchanged, what does not close and what is assumed. Exit code 2 where it has faults, 3 where
    it can be seen that no plan satisfies it.
    """
    from planner.cli.check import check_case

    return check_case(case, numbers=numbers, as_json=as_json, stream=sys.stdout)


@app.command()
def flows(
    case: CaseFolder,
    csv: CsvOut = None,
    xlsx: XlsxOut = None,
    html: HtmlOut = None,
    svg: Annotated[Path | None, typer.Option(metavar="FILE.svg", help="Write the Sankey diagrams.")] = None,
    totals: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Write the totals by resource as CSV.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Show the park before any exchange.

    Every stream in and out of each plant, what it costs today, totals by resource, and what does not close.
    """
    from planner.cli.flows import Files, show_flows

    return show_flows(case, Files(csv, totals, xlsx, svg, html), as_json=as_json, stream=sys.stdout)


@app.command()
def match(
    arguments: Annotated[
        list[str] | None, typer.Argument(metavar="[CASE]", help="Folder with case.yaml, or a case file.")
    ] = None,
    firm: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only what concerns one plant, and who else might take or give.")
    ] = None,
    by_product: Annotated[
        list[str] | None, typer.Option("--by-product", metavar="NAME", help="Who uses it? Without a case; or a code.")
    ] = None,
    need: Annotated[list[str] | None, typer.Option(metavar="NAME", help="What can replace it? Without a case.")] = None,
    nace: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="What such firms give and take. Without a case.")
    ] = None,
    accept: Annotated[
        list[str] | None, typer.Option(metavar="N [N...]", help="Write these proposals into the case.")
    ] = None,
    accept_all: Annotated[
        bool, typer.Option("--accept-all", help="Write all that can be declared and break no limit.")
    ] = False,
    ratio: Annotated[
        list[str] | None, typer.Option(metavar="N=VALUE", help="Ratio of an accepted proposal, in the case's units.")
    ] = None,
    least_score: Annotated[
        int, typer.Option("--min-score", min=0, max=100, help="Show and accept none below this score.")
    ] = 50,
    csv: CsvOut = None,
    xlsx: XlsxOut = None,
    html: HtmlOut = None,
    as_json: AsJson = False,
) -> None:
    """Propose exchanges that a case does not declare.

    By the same substance under another name, by a library of known synergies (name, waste code, industry), by levels of
    heat and by water quality, each with its reason, limits and missing data. Without a case, asks the library.
    """
    from planner.cli.match import Asked, asked, run_match

    rest = Asked(
        firm=firm,
        byproducts=tuple(by_product or ()),
        needs=tuple(need or ()),
        industries=tuple(nace or ()),
        least_score=least_score,
        csv=csv,
        xlsx=xlsx,
        html=html,
    )
    case, made = asked(arguments or (), accept=accept or (), accept_all=accept_all, ratios=ratio or (), rest=rest)
    run_match(case, made, as_json=as_json, stream=sys.stdout)


@app.command()
def screen(
    case: CaseFolder,
    distance: Annotated[
        float | None,
        typer.Option(metavar="KM", callback=_positive, help="Distance where the case says nothing; by default 1 km."),
    ] = None,
    payback: Annotated[
        float, typer.Option(metavar="YEARS", callback=_positive, help="Payback up to which an exchange pays.")
    ] = 5.0,
    resource: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only what gives or replaces it; may be repeated.")
    ] = None,
    giver: Annotated[list[str] | None, typer.Option("--from", metavar="NAME", help="Only of this giver.")] = None,
    taker: Annotated[list[str] | None, typer.Option("--to", metavar="NAME", help="Only of this taker.")] = None,
    fits: Annotated[bool, typer.Option("--fits", help="Only what fits, is not barred, and pays.")] = False,
    sort: Annotated[Order, typer.Option(help="What goes first; by default the net yearly saving.")] = Order.net,
    top: Annotated[int | None, typer.Option(metavar="N", min=1, help="Only the first so many.")] = None,
    csv: CsvOut = None,
    xlsx: XlsxOut = None,
    html: HtmlOut = None,
    as_json: AsJson = False,
) -> int:
    """Rank every possible exchange, each by itself.

    Before any optimisation, and even before plots and corridors are drawn. No solver is used.
    """
    from planner.cli.screen import Asked, screen_case

    names = (tuple(resource or ()), tuple(giver or ()), tuple(taker or ()))
    asked = Asked(distance, payback, *names, fits, sort.value, top, csv, xlsx, html)
    return screen_case(case, asked, as_json=as_json, stream=sys.stdout)


@app.command()
def solve(
    case: CaseFolder,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the plan; by default CASE/out, for a variant V.yaml CASE/out-V.")
    ] = None,
    objective: Annotated[Objective, typer.Option(help="What the plan is best at.")] = Objective.cost,
    time_limit: Annotated[
        float | None, typer.Option(metavar="S", callback=_positive, help="Stop after this many seconds.")
    ] = None,
    gap: Annotated[
        float, typer.Option(min=0.0, max=0.5, callback=_finite, help="Stop at this distance to the bound; 0.01 is 1 %.")
    ] = 1e-6,
    threads: Annotated[int, typer.Option(min=1, max=1024, help="Threads of the solver.")] = 1,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Random seed of the solver.")] = 0,
    shadow_values: Annotated[
        bool, typer.Option("--shadow-values", help="Say what limits of quality that bind cost: up to 5 more solves.")
    ] = False,
    mixing: Annotated[
        Mixing, typer.Option(help="What solves open mixtures: HiGHS with a gap, SCIP to the optimum, or both in turn.")
    ] = Mixing.auto,
    as_json: AsJson = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say what is done, also into a pipe.")] = False,
) -> int:
    """Plan a case and write the plan.

    Exit codes: 0 a plan was written, 1 our fault, 2 usage or a faulty case, 3 infeasible, 4 a limit was reached with
    no plan, 130 interrupted (the best plan so far is written).
    """
    from planner.cli.solve import Options, solve_case

    options = Options(
        objective=objective.value,
        time_limit=time_limit,
        gap=gap,
        threads=threads,
        seed=seed,
        verbose=verbose,
        shadow_values=shadow_values,
        mixing=mixing.value,
    )
    return solve_case(case, out, options, as_json=as_json)


@app.command()
def audit(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder of a finished run.")], as_json: AsJson = False
) -> int:
    """Recompute a finished run without the model.

    From its own copy of the case and its tables. Exit code 1 where a figure does not stand up.
    """
    from planner.cli.finished import audit_run

    return audit_run(out, as_json=as_json, stream=sys.stdout)


@app.command()
def why(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder of a finished run.")],
    exchanges: Annotated[
        list[str] | None, typer.Argument(metavar="[EXCHANGE...]", help="Only these, as planner screen names them.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Plan the park again with each named exchange forced.")
    ] = False,
    resolve: Annotated[
        int, typer.Option(metavar="N", min=0, help="Else plan it again for so many of the most promising.")
    ] = 3,
    carrying: Annotated[
        float, typer.Option(metavar="SHARE", min=0.0, max=1.0, help="Least use of what is forced; it may lie idle.")
    ] = 0.0,
    time_limit: Annotated[float, typer.Option(metavar="S", callback=_positive, help="For all planning again.")] = 120.0,
    threads: Annotated[int, typer.Option(min=1, max=1024, help="Threads of the solver.")] = 1,
    as_json: AsJson = False,
) -> int:
    """Say why possible exchanges are not in a plan.

    For each the cause, and by how much the park gets worse with it: at once by the plan's prices, and by planning the
    park again for a few. Writes OUT/why.
    """
    from planner.cli.why import Asked, explain_run

    asked = Asked(tuple(exchanges or ()), force, resolve, carrying, time_limit, threads)
    return explain_run(out, asked, as_json=as_json, stream=sys.stdout)


@app.command()
def compare(
    runs: Annotated[list[Path], typer.Argument(metavar="OUT OUT...", help="Folders of finished runs.")],
    as_json: AsJson = False,
) -> None:
    """Show finished runs side by side."""
    from planner.cli.finished import compare_runs

    compare_runs(runs, as_json=as_json, stream=sys.stdout)


@app.command()
def schema() -> None:
    """Print the JSON Schema of the case file."""
    from planner.case.schema import schema as case_schema

    print(case_schema(), end="")


@app.command()
def doctor(as_json: AsJson = False) -> int:
    """Say versions and smoke-test the solver.

    Says what to do if something is broken.
    """
    from planner import doctor as examination

    findings = examination.examine()
    print(dumps(examination.as_json(findings)) if as_json else examination.as_text(findings))
    return 0 if all(finding.passed for finding in findings) else 1


def dumps(content: Any) -> str:
    """Return JSON as this command line writes it."""
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
