"""``results.json``, the stable contract of a finished run, and a finished run read back from its folder."""

import hashlib
import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.errors import UsageError
from planner.results.columns import COLUMNS
from planner.results.optional_tables import WHERE_ANY, WHERE_ANY_IN_BASELINE
from planner.results.plan import Plan

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

SCHEMA = "planner-results/1"

#: Tables that stand in ``results.json``, in this order; the others (lines, tables of the baseline) are CSV only. After
#: them come those of ``WHERE_ANY`` that have rows.
IN_JSON = (
    "siting",
    "exchanges",
    "mains",
    "trenches",
    "pipe_runs",
    "quantities",
    "trench_shares",
    "hydraulics",
    "facilities",
    "purchases",
    "discharges",
    "sales",
    "supplies",
    "costs",
    "emissions",
    "parties",
    "ledger",
    "assets",
    "cash_flows",
    "finance",
    "bank",
    "prices",
    "economic",
    "intensities",
    "limits",
)
HEADER = ("case", "created", "versions", "solver", "objective", "currency", "price_year", "sources")

#: Text that a spreadsheet would take for a formula stands behind an apostrophe in the CSV tables.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def results_json(plan: Plan) -> dict[str, Any]:
    """Return a plan as ``results.json`` has it: numbers that are not finite become null."""
    indicators = {row.pop("indicator"): row for row in _records(plan.indicators)}
    content: dict[str, Any] = {"schema": SCHEMA}
    content |= {key: plan.header.get(key) for key in HEADER}
    if plan.case is not None and isinstance(content["case"], dict):
        resolved = plan.case.resolved().encode("utf-8")  # as it stands in the folder of the run
        content["case"] = {**content["case"], "resolved_sha256": hashlib.sha256(resolved).hexdigest()}
    content["indicators"] = indicators
    for name in IN_JSON:
        content[name] = _records(plan.tables[name])
    for name in WHERE_ANY:
        if name in plan.tables and len(plan.tables[name]):
            content[name] = _records(plan.tables[name])
    content["siting"] = [{"plant": row.pop("unit"), **row} for row in content["siting"]]
    content["notes"] = list(plan.header.get("notes", ()))
    content["audit"] = dict(plan.audit)
    return {key: _plain(value) for key, value in content.items()}


def document(out: str | Path) -> dict[str, Any]:
    """What ``results.json`` of a finished run says.

    Raises
    ------
    UsageError
        If the folder holds no finished run, or one that cannot be read.
    """
    try:
        content = json.loads((Path(out) / "results.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{out} holds no finished run that can be read: {error}") from error
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise UsageError(f"{out} holds no finished run (no results.json of schema {SCHEMA})")
    return content


def _records(table: "pd.DataFrame") -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def _plain(value: Any) -> Any:
    """A value as JSON has it: no number of numpy, nothing that is not finite."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, str | int | None) else str(value)


def load(out: str | Path) -> Plan:
    """Read a finished run back from its folder: tables, layers, header and audit; the case stays in its folder.

    Raises
    ------
    UsageError
        If the folder holds no finished run, or one that cannot be read.
    """
    out = Path(out)
    try:
        content = document(out)
        header = {key: content.get(key) for key in (*HEADER, "notes")} | {"folder": out.name}
        tables = {path.stem: read_table(path) for path in sorted((out / "tables").glob("*.csv"))}
    except (OSError, ValueError) as error:
        raise UsageError(f"{out} holds no finished run that can be read: {error}") from error
    tables = _empty() | {name: _whole(name, table) for name, table in tables.items()}
    missing = [name for name in COLUMNS if name not in tables]
    if missing:
        raise UsageError(f"{out} is not whole: no table {', '.join(missing)}")
    return Plan(tables, _layers(out / "park.gpkg"), header, content.get("audit") or {"passed": False, "checks": []})


def _empty() -> "dict[str, pd.DataFrame]":
    """Tables that are not written where they have no rows."""
    import pandas as pd

    names = (*WHERE_ANY, *(f"baseline_{name}" for name in WHERE_ANY_IN_BASELINE))
    return {name: pd.DataFrame(columns=list(COLUMNS[name.removeprefix("baseline_")])) for name in names}


def _whole(name: str, table: "pd.DataFrame") -> "pd.DataFrame":
    """A table; one without rows with its columns, of which nothing is lost where the file has fewer."""
    columns = COLUMNS.get(name.removeprefix("baseline_"), ())
    if len(table) or set(columns) <= set(table.columns):
        return table
    return table.reindex(columns=[*columns, *(one for one in table.columns if one not in columns)])


def read_table(path: Path) -> "pd.DataFrame":
    """Read a CSV table as it was before it was written: text without its guard, no column of the money's unit."""
    import pandas as pd

    # Only an empty cell is missing: a plant may be called "NA".
    table = pd.read_csv(path, keep_default_na=False, na_values=[""], dtype=_text_columns(path))
    table = table.drop(columns=[column for column in table.columns if column == "money_unit"])
    for column in table.columns.intersection(_EMPTY_NAMES):
        table[column] = table[column].fillna("")
    for column in table.columns:
        if not pd.api.types.is_numeric_dtype(table[column]) and not pd.api.types.is_bool_dtype(table[column]):
            table[column] = table[column].map(_unguarded)
    return table


#: Columns that hold text even where every cell could be read as a number: plots may be called 1, 2, 3.
_TEXT = (
    *("indicator", "unit", "kind", "plot", "exchange", "from", "to", "source", "sink", "resource", "replaces"),
    *("link", "size", "from_place", "to_place", "replaced_unit", "permit", "effort", "transfer_basis", "seller"),
    *("buyer", "facility", "scope", "owner", "state", "by", "for", "stream", "route", "waste_class", "account"),
    *(
        "main",
        "stretch",
        "from_node",
        "to_node",
        "corridors",
        "surfaces",
        "trench",
        "resources",
        "carrier",
        "direction",
    ),
    *(
        "what",
        "surface",
        "part",
        "key",
        "verdict",
        "why",
        "party",
        "per",
        "limit",
        "run",
        "item",
        "quantity_unit",
        "factor_unit",
        "grade",
        "basis",
        "sources",
        "fields",
    ),
    *("period", "profile", "file", "group", "name", "note", "role", "pinch_degc"),
    *("store", "takes", "gives", "charged_unit", "drawn_unit", "pass"),
    *("at", "quality", "amount_unit", "load_unit", "how", "of", "operation", "plant", "part"),
    *("head", "outlasts_contract", "variable", "switching", "remedy", "payer", "payee"),
    *("category", "stage", "shifted", "unknown_change", "without", "allocation", "purchases"),
    *("technical", "technical_why", "compliance", "compliance_why", "payback", "payback_why", "waste_code", "status"),
)

#: Tables in which the limit is a number; in the table ``limits`` it is a name.
_NUMERIC_LIMITS = ("quality_limits", "barred")


#: Columns in which an empty name is a name: no class of surface is stated, a link of its own lies in no stretch.
_EMPTY_NAMES = ["surface", "stretch"]


def _text_columns(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8") as file:
        names = file.readline().rstrip("\r\n").split(",")
    return {name: "object" for name in names if name in _TEXT and (name != "limit" or path.stem not in _NUMERIC_LIMITS)}


def _unguarded(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("'") and value.lstrip("'").startswith(_FORMULAS):
        return value[1:]
    return value


def _layers(path: Path) -> "dict[str, gpd.GeoDataFrame]":
    if not path.is_file():
        return {}
    import geopandas as gpd
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    try:
        # tables without shapes travel in the file, too; they are read from their CSV
        names: Iterable[str] = [str(name) for name, shapes in pyogrio.list_layers(path) if shapes is not None]
        return {name: gpd.read_file(path, layer=name) for name in names}
    except (OSError, ValueError, DataLayerError, DataSourceError) as error:
        raise UsageError(f"{path} cannot be read ({error}); solve the case again to have it") from error
