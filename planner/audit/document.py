"""Checks of ``results.json`` of a finished run against its tables: every row, column, number and word."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from planner.audit.checks import Checks
from planner.audit.reading import Row, rows_of

if TYPE_CHECKING:
    import pandas as pd

    Tables = Mapping[str, pd.DataFrame]

FILE = "results.json"
CHECK = "results.json: its tables are those of the CSV files"
#: Tables that always stand in the file.
ALWAYS = (
    *("siting", "exchanges", "mains", "trenches", "pipe_runs", "quantities", "trench_shares", "hydraulics"),
    *("facilities", "purchases", "discharges", "sales", "supplies", "costs", "emissions", "parties", "intensities"),
    *("limits", "ledger", "assets", "cash_flows", "finance", "bank", "prices", "economic"),
)
#: Tables that stand there where they have rows.
WHERE_ANY = (
    *("operations", "compositions", "quality_limits", "load_balances", "water_balances", "verdicts", "barred"),
    "credits",
    *("periods", "profiles", "flows_by_period", "stores", "store_levels"),
    *("heat", "heat_recovery", "heat_targets", "exergy", "converters", "equipment", "heat_pipes"),
    *("impacts", "impact_flows", "impact_coverage", "impact_exchanges", "impacts_by_party", "impacts_indirect"),
    "anchor_exit",
    "shared_costs",
)
#: Columns that tell the rows of a table apart; those of a name that a table lacks are left out.
KEYS = (
    *("indicator", "per", "party", "limit_of", "account", "main", "carrier", "stretch", "operation", "part", "of"),
    *("state", "at", "by", "for", "exchange", "option", "facility", "plant", "stream", "resource", "quality", "kind"),
    *("item", "what", "size", "surface", "name", "profile", "store", "period", "pass", "role"),
    *("category", "stage", "run", "head", "how", "variable", "owner"),
)
#: Column of the CSV -> its name in the file.
RENAMED = {"siting": {"unit": "plant"}}
#: Numbers are written with 12 digits.
ROUNDING = 1e-9


def check_document(document: Mapping[str, Any], tables: "Tables", checks: Checks) -> None:
    """Check that the file says what the tables say; ``document`` is what was read from it."""
    checks.start(CHECK)
    indicators = document.get("indicators")
    if isinstance(indicators, Mapping):
        told = [{"indicator": name, **_mapping(row)} for name, row in indicators.items()]
        _table("indicators", told, rows_of(tables, "indicators"), checks)
    else:
        checks.fail(CHECK, f"{FILE}: indicators is missing")
    solver = _mapping(document.get("solver"))
    stopped = any(str(row.get("how")) == "not computed: interrupted" for row in rows_of(tables, "quality_limits"))
    if stopped and solver.get("interrupted") is not True:
        checks.fail(CHECK, f"{FILE}: solver.interrupted is {solver.get('interrupted')!r}, quality_limits says it was")
    for name in (*ALWAYS, *WHERE_ANY):
        rows, found = rows_of(tables, name), document.get(name)
        if not isinstance(found, list):
            if name in ALWAYS or rows:
                checks.fail(CHECK, f"{FILE}: table {name} is missing")
            continue
        renamed = RENAMED.get(name, {})
        told = [_mapping(row) for row in found]
        expected = [{renamed.get(column, column): value for column, value in row.items()} for row in rows]
        _table(name, told, expected, checks)


def _mapping(row: Any) -> Row:
    return dict(row) if isinstance(row, Mapping) else {}


def _table(name: str, told: list[Row], expected: list[Row], checks: Checks) -> None:
    """Compare the rows of a table, those with the same key in their order."""
    mine, theirs = ([_key(row) for row in rows] for rows in (expected, told))
    for key, count in (Counter(mine) - Counter(theirs)).items():
        times = f" {count} times" if count > 1 else ""
        checks.fail(CHECK, f"{FILE}: {name} lacks the row {key}{times} of tables/{name}.csv")
    for key in Counter(theirs) - Counter(mine):
        checks.fail(CHECK, f"{FILE}: {name} has a row {key}, which tables/{name}.csv has not")
    waiting: dict[str, list[Row]] = defaultdict(list)
    for key, row in zip(theirs, told, strict=True):
        waiting[key].append(row)
    for key, row in zip(mine, expected, strict=True):
        if waiting[key]:
            _row(f"{FILE}: {name}, row {key}", waiting[key].pop(0), row, checks)


def _key(row: Row) -> str:
    found = (row.get(column) for column in KEYS)
    return " / ".join(str(x) for x in found if isinstance(x, str) and x) or "1"


def _row(where: str, told: Row, expected: Row, checks: Checks) -> None:
    for column in dict.fromkeys((*expected, *told)):
        if column not in told:
            checks.fail(CHECK, f"{where}: column {column} is missing")
        elif column not in expected:
            checks.fail(CHECK, f"{where}: the table has no column {column}")
        elif not _same(told[column], expected[column]):
            checks.fail(CHECK, f"{where}: {column} is {told[column]!r}, {_plain(expected[column])!r} in the table")


def _plain(value: Any) -> Any:
    """A cell without the types of numpy; None where it is empty or not finite."""
    if hasattr(value, "item"):
        value = value.item()
    empty = value is None or value != value or value == "" or (isinstance(value, float) and abs(value) == float("inf"))
    return None if empty else value


def _same(told: Any, expected: Any) -> bool:
    """Whether two cells say the same: words exactly, numbers but for rounding."""
    told, expected = _plain(told), _plain(expected)
    numbers = [isinstance(x, int | float) and not isinstance(x, bool) for x in (told, expected)]
    if all(numbers):
        return bool(abs(told - expected) <= ROUNDING * max(abs(told), abs(expected)))
    return type(told) is type(expected) and bool(told == expected)
