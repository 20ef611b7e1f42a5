"""What the tables of a run say of mains, trenches and the pipes in them, row by row."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.pipe_heat import lost_per_metre
from planner.audit.reading import Row, rows_of
from planner.case.links import Link, Size
from planner.geography.distances import CorridorGraph, Stretch

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("mains", "trenches", "pipe_runs", "quantities", "trench_shares", "hydraulics")
OF_BASELINE = ("mains", "trenches", "pipe_runs")
PARK_COMPANY = "park company"
EXISTING = "existing "


def number(row: Row, column: str) -> float:
    """Number in a cell; not a number where it is empty or text."""
    value: Any = row.get(column)
    try:
        return float("nan") if value is None else float(value)
    except (TypeError, ValueError):
        return float("nan")


def word(row: Row, column: str) -> str:
    """Text in a cell; empty where there is none."""
    value = row.get(column)
    return "" if value is None or value != value else str(value)


@dataclass
class Network:
    """Rows of the tables of a run.

    Attributes
    ----------
    mains, runs, trenches, quantities, shares, hydraulics
        Rows of the tables mains, pipe_runs, trenches, quantities, trench_shares and hydraulics.
    idle
        Rows of the table mains of existing pipes out of service.
    missing
        Tables that are not there.
    """

    mains: list[Row] = field(default_factory=list)
    runs: list[Row] = field(default_factory=list)
    trenches: list[Row] = field(default_factory=list)
    quantities: list[Row] = field(default_factory=list)
    shares: list[Row] = field(default_factory=list)
    hydraulics: list[Row] = field(default_factory=list)
    missing: tuple[str, ...] = ()
    idle: list[Row] = field(default_factory=list)

    def by_main(self) -> dict[str, list[Row]]:
        """Rows of each main."""
        return grouped(self.mains, "main")

    def carriers(self, exchange: str) -> dict[str, list[Row]]:
        """Rows of the pipes of an exchange's own: its id, or that of a twin, -> rows."""
        twin = re.compile(re.escape(exchange) + r"( #\d+)?")
        return {name: rows for name, rows in grouped(self.runs, "carrier").items() if twin.fullmatch(name)}


def grouped(rows: Iterable[Row], *columns: str) -> dict[str, list[Row]]:
    """Rows by what stands in some columns, a bar between where there are several."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found["|".join(word(row, column) for column in columns)].append(row)
    return dict(found)


def read_network(tables: "Mapping[str, pd.DataFrame]", prefix: str) -> Network:
    """Read the network of a run; ``prefix`` is "" or "baseline_"."""
    mains, trenches, runs, quantities, shares, hydraulics = (rows_of(tables, prefix + name) for name in TABLES)
    asked = TABLES if not prefix else OF_BASELINE
    missing = tuple(name for name in asked if prefix + name not in tables)
    idle = [row for row in mains if is_existing(row) and number(row, "pipes") == 0]
    laid = [row for row in mains if not (is_existing(row) and number(row, "pipes") == 0)]
    return Network(laid, runs, trenches, quantities, shares, hydraulics, missing, idle)


def surveyed(facts: Facts, graph: CorridorGraph | None, network: Network, checks: Checks, check: str) -> Network:
    """Return the network without rows whose main, link or stretch is unknown, each of which is a difference."""
    stretches = {} if graph is None else graph.stretches

    def lies(row: Row) -> bool:
        if word(row, "stretch") in stretches:
            return True
        checks.fail(check, f"{word(row, 'stretch')!r} is no stretch of the corridors")
        return False

    def known(row: Row) -> bool:
        if not lies(row):
            return False
        link, resource = facts.case.mains().get(word(row, "main"), ("", ""))
        if not link or (word(row, "link"), word(row, "resource")) != (link, resource):
            checks.fail(check, f"{word(row, 'main')!r} is no main of the case for {row['resource']} by {row['link']}")
            return False
        if is_existing(row) or sized(facts, row) is not None or not facts.case.links[link].sizes:
            return True
        checks.fail(check, f"{word(row, 'main')}: {link} has no size {word(row, 'size')!r}")
        return False

    return Network(
        mains=[row for row in network.mains if known(row)],
        runs=[row for row in network.runs if lies(row)],
        trenches=[row for row in network.trenches if lies(row)],
        quantities=network.quantities,
        shares=[row for row in network.shares if lies(row)],
        hydraulics=network.hydraulics,
        missing=network.missing,
        idle=[row for row in network.idle if known(row)],
    )


def is_existing(row: Row) -> bool:
    """Tell whether a row is of a pipe that is in the ground already."""
    return bool(row.get("existing"))


def in_ground(facts: Facts, stretch: Stretch, row: Row) -> list[str]:
    """Names of the existing mains that a row of an existing pipe can mean, of those that lie in its stretch."""
    link, resource, called = word(row, "link"), word(row, "resource"), word(row, "size")
    found = []
    for name in stretch.existing:
        pipe = facts.case.existing_mains[name]
        size = facts.size(facts.case.links[pipe.link], pipe.size)
        if (pipe.link, pipe.resource) != (link, resource):
            continue
        if called in ("", name, EXISTING + name) or (size is not None and called == size.size):
            found.append(name)
    return found


def sized(facts: Facts, row: Row) -> Size | None:
    """Size of a row of the mains table; of an existing pipe, the size whose running costs and losses apply."""
    link: Link = facts.case.links[word(row, "link")]
    called = word(row, "size")
    if is_existing(row):
        named = facts.case.existing_mains.get(called.removeprefix(EXISTING))
        return facts.size(link, named.size if named is not None else called or None)
    return next((size for size in link.sizes if size.size == called), None)


def sign(row: Row, stretch: Stretch) -> int:
    """Direction of a row of the mains table: 1 from tail to head, -1 back, 0 neither."""
    ends = word(row, "from_node"), word(row, "to_node")
    return 1 if ends == (stretch.tail, stretch.head) else -1 if ends == (stretch.head, stretch.tail) else 0


def kept(link: Link, stretch: Stretch) -> float:
    """Share of what enters a stretch that comes out of it: (1 - v)^km, the same however it is cut."""
    share = link.volume_loss.value if link.volume_loss else 0.0
    return float((1.0 - share) ** (stretch.length_m / 1000.0))


def owed_per_hour(facts: Facts, row: Row, stretch: Stretch) -> float:
    """Heat that the pipes of a row lose in an hour of service, whatever flows [unit/h]."""
    return lost_per_metre(facts, sized(facts, row), word(row, "resource")) * stretch.length_m * number(row, "pipes")


def may_be_buried(facts: Facts, row: Row) -> bool:
    """Tell whether a row of the pipe runs is of a pipe that lies in a trench, or would if it were new."""
    link, _ = facts.case.mains().get(word(row, "carrier"), ("", ""))
    return not link or facts.case.in_trench(link)


def in_trench(facts: Facts, row: Row) -> bool:
    """Tell whether a row of the pipe runs is of a new pipe that lies in a trench."""
    return not is_existing(row) and may_be_buried(facts, row)
