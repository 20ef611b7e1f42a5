"""The guard before the recomputation: tables and columns are there, numbers are numbers, and names are the case's."""

import math
import re
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from planner.audit.checks import Checks
from planner.audit.facts import Facts
from planner.audit.links import text
from planner.audit.reading import Row, rows_of
from planner.results.columns import COLUMNS

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

CHECK = "tables: their words are names of the case, their numbers numbers"
BASELINE = "baseline_"
#: Tables without which nothing can be recomputed, in the plan and in the baseline.
NEEDED = ("siting", "exchanges", "facilities", "purchases", "discharges", "sales", "supplies")
#: Columns of text; all others but the flags hold numbers. Where a table is named with it, in that table alone.
TEXT = frozenset(
    (
        *("account", "amount_unit", "at", "basis", "buyer", "by", "carrier", "compliance", "compliance_why"),
        *("corridors", "direction", "effort", "exchange", "facility", "factor_unit", "fields", "for", "from"),
        *("from_node", "from_place", "grade", "how", "indicator", "item", "key", "kind", "limits.limit", "link"),
        *("load_unit", "main", "of", "operation", "option", "owner", "part", "party", "payback", "payback_why"),
        *("per", "permit", "plant", "plot", "quality", "quantity_unit", "replaced_unit", "replaces", "resource"),
        *("resources", "route", "run", "scope", "seller", "sink", "size", "source", "sources", "state", "status"),
        *("stream", "stretch", "surface", "surfaces", "technical", "technical_why", "to", "to_node", "to_place"),
        *("transfer_basis", "trench", "unit", "unknown", "verdict", "waste_class", "waste_code", "what", "why"),
        *("role", "heat_targets.pinch_degc", "store", "pass", "store_levels.period"),
        *("activity_unit", "stores.takes", "stores.gives", "stores.charged_unit", "stores.drawn_unit"),
        *("periods.period", "periods.group", "periods.note", "profile", "profiles.file"),
        *("flows_by_period.name", "flows_by_period.period"),
        *(
            "head",
            "finance.note",
            "bank.note",
            "outlasts_contract",
            "variable",
            "switching",
            "remedy",
            "payer",
            "payee",
        ),
        *("category", "stage", "impacts.shifted", "unknown_change", "impact_flows.name", "without", "allocation"),
        *("purchases",),
    )
)
FLAGS = frozenset(
    ("also_process_based", "own", "hours_assumed", "exchanges.existing", "known", "binding", "declaration", "built")
)
#: Flags in some tables, numbers of pipes or empty in others: not looked at here.
EITHER = frozenset({"existing"})
#: Columns of numbers of which none may be empty.
FILLED = {
    "exchanges": ("flow_per_yr", "lost_per_yr", "replaced_per_yr"),
    "facilities": ("activity_per_yr", "capacity_per_h"),
    "stores": ("content", "rated_in_per_h", "charged_per_yr", "rated_out_per_h", "drawn_per_yr"),
    "store_levels": ("content_start", "content_end"),
    "equipment": ("peak_mw", "existing_mw", "new_mw"),
    "converters": ("per_activity", "amount_per_yr"),
    "purchases": ("amount_per_yr",),
    "discharges": ("amount_per_yr",),
    "sales": ("amount_per_yr",),
    "supplies": ("supplied_per_yr",),
    "operations": ("taken_per_yr", "given_per_yr", "load_share"),
    "lines": ("amount",),
    "credits": ("delivered_per_yr", "credited_per_yr"),
}
_SPLIT = re.compile(r"split \S+( \(assumption\))?")


def check_words(facts: Facts, tables: "Tables", checks: Checks) -> bool:
    """Check what every other check reads as a name or a number; False where nothing further can be recomputed."""
    checks.start(CHECK)
    before = len(checks.problems[CHECK])
    for name in (prefix + table for prefix in ("", BASELINE) for table in NEEDED):
        if name not in tables:
            checks.fail(CHECK, f"table {name} is missing")
    for name in tables:
        columns = COLUMNS.get(name.removeprefix(BASELINE))
        if columns is not None:
            _cells(name, columns, tables, checks)
    if len(checks.problems[CHECK]) == before:
        for name in tables:
            for n, row in enumerate(rows_of(tables, name)):
                for column, told in _names(facts, name.removeprefix(BASELINE), row):
                    checks.fail(CHECK, f"{name}, {label(row, n)}: {column} {told}")
    return len(checks.problems[CHECK]) == before


def label(row: Row, n: int) -> str:
    """A row in words: what it is about, else its place in the table."""
    known = (text(row.get(k)) for k in ("exchange", "facility", "by", "unit", "stream", "account", "indicator"))
    return " / ".join([f"row {n + 1}", *[word for word in known if word]][:3])


def _cells(name: str, columns: tuple[str, ...], tables: "Tables", checks: Checks) -> None:
    """Check that each column is there and holds what it should."""
    frame, table = tables[name], name.removeprefix(BASELINE)
    if not len(frame):
        return
    for column in columns:
        if column not in frame.columns:
            checks.fail(CHECK, f"table {name}: column {column} is missing")
            continue
        kind = _flag if column in FLAGS or f"{table}.{column}" in FLAGS else _number
        if column in TEXT or f"{table}.{column}" in TEXT or (kind is _number and column in EITHER):
            continue
        for n, value in enumerate(frame[column].tolist()):
            empty = value is None or value != value
            if not kind(value) or (empty and column in FILLED.get(table, ())):
                row = {str(key): frame[key].iloc[n] for key in frame.columns}
                wanted = "a number" if kind is _number else "True or False"
                checks.fail(CHECK, f"{name}, {label(row, n)}: {column} is {value!r}, not {wanted}")


def _number(value: Any) -> bool:
    """Whether a cell is a number or empty."""
    if value is None:
        return True
    try:
        number = float(value)
        return not math.isinf(number) and not (isinstance(value, str) and math.isnan(number))  # "nan" is a word
    except (TypeError, ValueError):
        return False


def _flag(value: Any) -> bool:
    """Whether a cell is True or False."""
    return value is not None and value == value and type(value).__name__ in ("bool", "bool_")


def _names(facts: Facts, table: str, row: Row) -> Iterator[tuple[str, str]]:
    """Columns of a row whose word is no name of the case, with what is wrong."""
    case = facts.case
    if table == "exchanges":
        yield from _ends(facts, row)
        yield from _way(facts, row)
    elif table in ("discharges", "sales", "supplies"):
        yield from _stream(facts, row, ("by", "stream"), "sink" if table == "supplies" else "source")
    elif table == "facilities" and row["facility"] not in case.facilities:
        yield "facility", f"{row['facility']!r} is no facility of the case"
    elif table == "converters" and not facts.converts(str(row["facility"])):
        yield "facility", f"{row['facility']!r} is no converter of the case"
    elif table in ("stores", "store_levels") and facts.store(str(row["store"])) is None:
        yield "store", f"{row['store']!r} is no store of the case"
    elif table in ("heat", "heat_recovery", "operations", "equipment") and row["plant"] not in facts.tenants:
        yield "plant", f"{row['plant']!r} is no plant or partner of the case"
    elif table == "purchases" and row["resource"] not in case.resources:
        yield "resource", f"{row['resource']!r} is no resource of the case"
    elif table == "lines" and row["run"] not in ("plan", "baseline"):
        yield "run", f"{row['run']!r} is neither plan nor baseline"
    if table in ("lines", "credits"):
        yield from _known(row, {"by": _units(facts), "resource": case.resources}, empty=table == "lines")


def _known(row: Row, names: Mapping[str, Collection[str]], *, empty: bool) -> Iterator[tuple[str, str]]:
    """Columns whose word is none of the names; they may be ``empty``, or not."""
    for column, known in names.items():
        if row[column] not in known and not (empty and text(row[column]) is None):
            yield column, f"{row[column]!r} is not in the case"


def _ends(facts: Facts, row: Row) -> Iterator[tuple[str, str]]:
    yield from _stream(facts, row, ("from", "source"), "source")
    yield from _stream(facts, row, ("to", "sink"), "sink")


def _stream(facts: Facts, row: Row, columns: tuple[str, str], direction: str) -> Iterator[tuple[str, str]]:
    unit, stream = (row[column] for column in columns)
    if unit not in facts.tenants and unit not in facts.case.facilities:
        yield columns[0], f"{unit!r} is no plant, partner or facility of the case"
    elif stream not in facts.streams(str(unit), direction):
        yield columns[1], f"{stream!r} is no {direction} of {unit}"


def _way(facts: Facts, row: Row) -> Iterator[tuple[str, str]]:
    case, option, main, link = facts.case, str(row["option"]), text(row["main"]), text(row["link"])
    if link is not None and link not in case.links:
        yield "link", f"{link!r} is no link of the case"
    if main is not None and main not in case.mains():
        yield "main", f"{main!r} is no main of the case"
    if option.startswith("pipe:") and option.removeprefix("pipe:") not in case.existing_pipes:
        yield "option", f"{option!r} is no existing pipe of the case"
    if option.startswith("existing "):
        ends = [str(row[column]) for column in ("from", "to", "source", "sink")]
        streams = ends[2] in facts.streams(ends[0], "source") if ends[0] in _units(facts) else False
        known = streams and ends[1] in _units(facts)
        if known and not any(entry.existing is not None for entry in facts.declared(*ends)):
            yield "option", f"{option!r}: the case knows no link that is there for it"
    basis = str(row["transfer_basis"])
    if basis not in ("one party", "given", "at cost") and not (_SPLIT.fullmatch(basis) and _number(basis.split()[1])):
        yield "transfer_basis", f"{basis!r} is none of one party, given, at cost, split SHARE"


def _units(facts: Facts) -> tuple[str, ...]:
    return (*facts.tenants, *facts.case.facilities)
