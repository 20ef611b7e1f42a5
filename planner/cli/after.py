"""Commands on what a finished run means for its firms. Each one imports what it needs when it is called."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

Out = Annotated[Path, typer.Argument(metavar="OUT", help="Folder of a finished run.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON to standard output.")]
TimeLimit = Annotated[
    float, typer.Option(metavar="S", min=0.001, max=1e9, help="Most seconds for each solve; what is left open is said.")
]
Gap = Annotated[float, typer.Option(min=0.0, max=0.5, help="Each solve stops at this distance to its bound.")]


class Siting(StrEnum):
    """Where the plants of a group of firms stand."""

    plan = "plan"
    free = "free"


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this file to the command line."""
    app.command()(share)
    app.command()(exits)


def share(
    out: Out,
    siting: Annotated[
        Siting, typer.Option(help="Plants of a group stay on the plots of the plan, or may take any.")
    ] = Siting.plan,
    exact_up_to: Annotated[
        int, typer.Option(metavar="N", min=0, max=16, help="Solve every group of firms up to so many firms.")
    ] = 10,
    samples: Annotated[
        int, typer.Option(metavar="N", min=4, max=100_000, help="Orders of firms to sample where there are more.")
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
    what prices and who-pays shares give today. Writes OUT/sharing; a second call goes on where the first one ended.
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
    his own supply. Also on how many suppliers each demand rests. Writes OUT/resilience.
    """
    from planner.cli.exits import exits_of_run

    return exits_of_run(out, firm or (), time_limit=time_limit, gap=gap, as_json=as_json, stream=sys.stdout)
