"""Commands on a finished run. Each one imports what it needs when it is called."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

Out = Annotated[Path, typer.Argument(metavar="OUT", help="Folder of a finished run.")]
TimeLimit = Annotated[
    float, typer.Option(metavar="S", min=0.001, max=1e9, help="Most seconds for each solve; what is left open is said.")
]
XlsxOut = Annotated[
    Path | None, typer.Option("--xlsx", metavar="FILE.xlsx", help="Write it as a workbook, with what its columns mean.")
]
HtmlOut = Annotated[Path | None, typer.Option("--html", metavar="FILE.html", help="Write it as one page.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON to standard output.")]
Gap = Annotated[float, typer.Option(min=0.0, max=0.5, help="Each solve stops at this distance to its bound.")]


class Siting(StrEnum):
    """Where the plants of a group of firms stand."""

    plan = "plan"
    free = "free"


class LcaForm(StrEnum):
    """Forms in which flows are written for life cycle assessment."""

    csv = "csv"
    stan = "stan"
    simapro = "simapro"
    jsonld = "jsonld"


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this file to the command line."""
    for command in (report, audit, why, workbook, document, compare, share, exits, lca):
        app.command()(command)


def share(
    out: Out,
    siting: Annotated[
        Siting, typer.Option(help="Plants of a group stay on the plots of the plan, or may take any.")
    ] = Siting.plan,
    exact_up_to: Annotated[
        int, typer.Option(metavar="N", min=0, max=16, help="Solve every group of firms up to so many firms.")
    ] = 10,
    samples: Annotated[
        int, typer.Option(metavar="N", min=50, max=100_000, help="Orders of firms to sample where there are more.")
    ] = 100,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Seed of that sample.")] = 0,
    workers: Annotated[
        int | None, typer.Option(metavar="N", min=1, max=1024, help="Processes; by default one a processor.")
    ] = None,
    time_limit: TimeLimit = 60.0,
    gap: Gap = 1e-6,
    as_json: AsJson = False,
) -> int:
    """Share the gain of a finished run among its firms.

    Values of all groups of firms, Shapley value, nucleolus, core, and who would rather leave under which rule, beside
    what prices and who-pays shares give today. Writes OUT/sharing and the report;
    a second call goes on where the first one ended.
    """
    from planner.cli.share import Asked, share_run

    asked = Asked(siting.value, exact_up_to, samples, seed, workers, time_limit, gap)
    return share_run(out, asked, as_json=as_json, stream=sys.stdout)


def exits(
    out: Out,
    firm: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this firm leaves; may be repeated.")
    ] = None,
    time_limit: TimeLimit = 60.0,
    gap: Gap = 1e-6,
    as_json: AsJson = False,
) -> int:
    """Say what it costs the others if a firm leaves a finished park.

    With what is built already: flows are sent anew at least cost, and whoever is left without a partner goes back to
    his own supply. Also on how many suppliers each demand rests. Writes OUT/resilience
    and the report.
    """
    from planner.cli.exits import exits_of_run

    return exits_of_run(out, firm or (), time_limit=time_limit, gap=gap, as_json=as_json, stream=sys.stdout)


def report(
    out: Out,
    firm: Annotated[
        str | None,
        typer.Option("--for", metavar="FIRM", help="A confidential edition: its own figures, and sums."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE.html", help="By default OUT/report.html, of an edition OUT/editions/FIRM.html."
        ),
    ] = None,
    lang: Annotated[str, typer.Option(metavar="CODE", help="Language of the page.")] = "en",
    as_json: AsJson = False,
) -> int:
    """Write the report of a finished run as one page.

    ``solve`` writes it too. The run is audited anew; exit code 1 where it fails, and the page then says only that.
    """
    from planner.cli.report import write_report

    return write_report(out, firm=firm, file=file, lang=lang, as_json=as_json, stream=sys.stdout)


def audit(out: Out, as_json: AsJson = False) -> int:
    """Recompute a finished run without the model.

    From its own copy of the case and its tables. Exit code 1 where a figure does not stand up.
    """
    from planner.cli.finished import audit_run

    return audit_run(out, as_json=as_json, stream=sys.stdout)


def workbook(
    out: Out,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE.xlsx]", help="Workbook; by default OUT/results.xlsx.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the workbook of a finished run anew.

    Formatted sheets with units and sources, live totals, and a cash flow whose prices, investment, rate, ramp-up and
    years may be changed.
    """
    from planner.cli.finished import write_workbook_of

    write_workbook_of(out, file, as_json=as_json, stream=sys.stdout)


def document(
    out: Out,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE.docx]", help="Document; by default OUT/report.docx.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a finished run as a document for a word processor.

    Captioned tables and figures; the figures also stand in OUT/figures, as PNG and SVG.
    """
    from planner.cli.finished import write_document_of

    write_document_of(out, file, as_json=as_json, stream=sys.stdout)


def compare(
    runs: Annotated[list[Path], typer.Argument(metavar="OUT OUT...", help="Folders of finished runs.")],
    html: HtmlOut = None,
    xlsx: XlsxOut = None,
    as_json: AsJson = False,
) -> None:
    """Show finished runs side by side.

    Of two runs of one park it also says why cost and CO2e moved: by which inputs, and by the plan.
    """
    from planner.cli.compare import compare_runs

    compare_runs(runs, html=html, xlsx=xlsx, as_json=as_json, stream=sys.stdout)


def lca(
    out: Out,
    form: Annotated[
        LcaForm,
        typer.Option("--format", help="CSV with your identifiers, CSV by process, SimaPro CSV, openLCA JSON-LD."),
    ] = LcaForm.csv,
    identifiers: Annotated[
        Path | None,
        typer.Option(metavar="FILE.csv", help="Columns name, openLCA (a UUID), SimaPro, Umberto, STAN."),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Write the flows of a run for programs of life cycle assessment, into OUT/lca."""
    from planner.cli.lca import write_lca

    return write_lca(out, form.value, identifiers, as_json=as_json, stream=sys.stdout)


def why(
    out: Out,
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
    time_limit: Annotated[float, typer.Option(metavar="S", min=0.001, help="For all planning again.")] = 120.0,
    threads: Annotated[int, typer.Option(min=1, max=1024, help="Threads of the solver.")] = 1,
    as_json: AsJson = False,
) -> int:
    """Say why possible exchanges are not in a plan.

    For each the cause, and by how much the park gets worse with it: at once by the plan's prices, and by planning the
    park again for a few. Writes OUT/why and the report.
    """
    from planner.cli.why import Asked, explain_run

    asked = Asked(tuple(exchanges or ()), force, resolve, carrying, time_limit, threads)
    return explain_run(out, asked, as_json=as_json, stream=sys.stdout)
