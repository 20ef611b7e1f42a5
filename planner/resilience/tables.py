"""Exits as tables, as files and on a terminal."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from planner.report.numbers import amount, percent
from planner.resilience.exits import FOLDER, FOLLOWED, NOISE, UNASSIGNED, Exit, Exits
from planner.resilience.suppliers import COLUMNS as OF_DEMANDS
from planner.resilience.suppliers import OF_RESOURCES, resources_table, suppliers_table

if TYPE_CHECKING:
    import pandas as pd

SCHEMA = "planner-resilience/1"
UNITS: Mapping[str, str] = {"co2e": "t_per_yr", "waste": "t_per_yr", "fresh_water": "m3_per_yr"}
#: What a table is called in its folder, and its columns; money is in the currency of the case.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "exits": (
        *("firm", "how", "loss_per_yr", "extra_cost_per_yr", "lost_transfers_per_yr", "hurt_most"),
        *("hurt_most_loss_per_yr", "own_gain_per_yr", "saving_lost_share", "idle_capital_per_yr"),
        *("lost_capital_per_yr", *(f"{name}_change_{UNITS[name]}" for name in FOLLOWED)),
        *("streams_unmet", "streams_stranded", "limits_exceeded"),
    ),
    "exit_losses": ("firm", "party", "loss_per_yr"),
    "exit_streams": ("firm", "what", "by", "stream", "resource", "unit", "amount_per_yr", "share"),
    "exit_limits": ("firm", "limit", "exceeded_by"),
    "resilience": ("index", "of", "value", "unit", "meaning"),
    "suppliers": OF_DEMANDS,
    "supplied_resources": OF_RESOURCES,
}
HYDRAULICS = "whether pipes still work by hydraulics with the new flows is not checked"
NOTES = (
    "a firm leaves with its plants, its own measures and the facilities it owns; pipes, mains, trenches and shared "
    "facilities stay as they are built",
    "those who stay go on paying for what they have invested, in use or not; what the leaver has invested is lost to "
    "the park and shown apart",
    "nobody invests, but in what he has in the baseline, alone; trucks and existing pipes, which need no investment, "
    "may be used",
    "payments are at the prices of the plan, for what still flows or must be taken or paid; caps, budget and gate of "
    "the park do not bind, by how much they are exceeded is shown",
    HYDRAULICS,
)


def tables(made: Exits) -> "dict[str, pd.DataFrame]":
    """The tables of exits and suppliers by name."""
    import pandas as pd

    suppliers = suppliers_table(made.run)
    rows: dict[str, list[dict[str, Any]]] = {
        "exits": [_row(x) for x in made.exits],
        "exit_losses": [
            {"firm": x.firm, "party": party, "loss_per_yr": loss}
            for x in made.exits
            for party, loss in x.losses.items()
        ],
        "exit_streams": [
            dict(zip(COLUMNS["exit_streams"], (x.firm, what, *row), strict=True))
            for x in made.exits
            for what, streams in (("not supplied", x.unmet), ("goes nowhere", x.stranded))
            for row in streams
        ],
        "exit_limits": [
            {"firm": x.firm, "limit": name, "exceeded_by": excess}
            for x in made.exits
            for name, excess in x.exceeded.items()
        ],
    }
    found = {name: pd.DataFrame(of, columns=list(COLUMNS[name])) for name, of in rows.items()}
    found["resilience"] = pd.DataFrame(_indices(made, suppliers), columns=list(COLUMNS["resilience"]))
    return found | {"suppliers": suppliers, "supplied_resources": resources_table(suppliers)}


def _indices(made: Exits, suppliers: "pd.DataFrame") -> list[dict[str, Any]]:
    """The park in a few indices; demands count alike, whatever their unit."""
    last = worst(made)
    lost = math.nan if last is None or last.saving_lost is None else last.saving_lost
    fed, single = suppliers["partners"] > 0, suppliers["single_partner"].astype(bool)
    stuck = single & ~suppliers["could_buy"].astype(bool)
    mean = float(suppliers.loc[fed, "inverse_simpson"].mean()) if fed.any() else math.nan
    whole = set(made.members.players) <= {x.firm for x in made.exits}
    rows = (
        ("saving lost with the worst partner", "" if last is None else last.firm, lost, "share", ""),
        ("demands", "", len(suppliers), "demands", "streams that take something in the plan"),
        ("demands that partners supply", "", int(fed.sum()), "demands", "at least in part"),
        ("single-source demands", "", int(suppliers["single_source"].sum()), "demands", "own supply is one source"),
        ("demands that rest on one partner", "", int(single.sum()), "demands", "nobody else supplies them in the plan"),
        ("... and have nothing to fall back on", "", int(stuck.sum()), "demands", "no conventional supply is stated"),
        ("mean number of equal suppliers", "", mean, "suppliers", "inverse Simpson, of demands that partners supply"),
    )
    told = [dict(zip(COLUMNS["resilience"], row, strict=True)) for row in rows]
    told[0]["meaning"] = "of the yearly saving, its own gain among it" + ("" if whole else "; not all firms looked at")
    return told


def _row(x: Exit) -> dict[str, Any]:
    return {
        "firm": x.firm,
        "how": x.how,
        "loss_per_yr": x.loss,
        "extra_cost_per_yr": x.extra_cost,
        "lost_transfers_per_yr": x.lost_transfers,
        "hurt_most": x.hurt_most,
        "hurt_most_loss_per_yr": x.losses.get(x.hurt_most, math.nan),
        "own_gain_per_yr": x.own_gain,
        "saving_lost_share": x.saving_lost,
        "idle_capital_per_yr": x.idle_capital,
        "lost_capital_per_yr": x.lost_capital,
        **{f"{name}_change_{UNITS[name]}": x.changes.get(name, math.nan) for name in FOLLOWED},
        "streams_unmet": len(x.unmet),
        "streams_stranded": len(x.stranded),
        "limits_exceeded": len(x.exceeded),
    }


def worst(made: Exits) -> Exit | None:
    """The exit with which most of the saving is lost."""
    known = [x for x in made.exits if x.saving_lost is not None]
    return max(known, key=lambda x: (x.saving_lost, x.firm), default=None)


def document(made: Exits) -> dict[str, Any]:
    """Exits as ``resilience.json`` has them."""
    run, last = made.run, worst(made)
    return {
        "schema": SCHEMA,
        "case": {"name": run.case.case, "resolved_sha256": run.sha256},
        "currency": run.case.currency,
        "price_year": run.case.price_year,
        "saving_per_yr": made.worth,
        "worst_partner": None if last is None else last.firm,
        "saving_lost_with_worst_partner": None if last is None else last.saving_lost,
        "notes": list(NOTES),
        **{name: _records(table) for name, table in tables(made).items()},
    }


def _records(table: "pd.DataFrame") -> list[dict[str, Any]]:
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return [{str(key): value.item() if hasattr(value, "item") else value for key, value in row.items()} for row in rows]


def write(made: Exits) -> Path:
    """Write tables and ``resilience.json`` into the folder ``resilience`` of the run, and return it."""
    from planner.report.tables import write_csv
    from planner.report.targets import writing

    folder = made.run.folder / FOLDER
    money = f"{made.run.case.currency} of {made.run.case.price_year}"
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name, table in tables(made).items():
            write_csv(table, folder / f"{name}.csv", money if name in ("exits", "exit_losses") else None)
        text = json.dumps(document(made), ensure_ascii=False, indent=1, allow_nan=False)
        (folder / "resilience.json").write_text(text + "\n", encoding="utf-8")
    return folder


def print_exits(made: Exits, folder: Path, stream: IO[str]) -> None:
    """Print what each exit costs, who is hurt, and on how many suppliers the park rests."""
    from planner.report.terminal import Summary, show

    case, last = made.run.case, worst(made)
    money = f"{case.currency}/yr of {case.price_year}"
    open_exits = [x.firm for x in made.exits if x.how != "proven"]
    headlines = [] if last is None else [f"worst to lose: {last.firm}, and {_share(last.saving_lost)} of the saving"]
    headlines += [f"{x.firm} leaves: {_lacks(x)}; that has no price here" for x in made.exits if x.unmet or x.stranded]
    headlines += [f"{x.firm} leaves: the others are better off by {amount(-x.loss)} {money}" for x in _costly(made)]
    headlines += [f"{x.firm} leaves: beyond {_exceeds(x)}" for x in made.exits if x.exceeded]
    summary = Summary(
        title=f"{case.case}: what it costs the others if a firm leaves; the park saves {amount(made.worth)} {money}",
        status="proven" if not open_exits else f"not proven for {', '.join(open_exits)}",
        headlines=tuple(headlines),
        tables=tuple(table for table in (_exits(made, money), _suppliers(made)) if table.rows),
        notes=NOTES,
        files=(f"{folder}  tables as CSV, and resilience.json",),
    )
    show(summary, stream)


def _share(share: float | None) -> str:
    return "-" if share is None else percent(100.0 * share)


def _costly(made: Exits) -> list[Exit]:
    """Exits by which the others gain: the plan pays more for that firm than it brings them."""
    return [x for x in made.exits if x.loss < -NOISE * max(1.0, abs(made.worth))]


def _exceeds(x: Exit) -> str:
    return "; ".join(f"the limit {name} by {amount(excess)}" for name, excess in x.exceeded.items())


def _lacks(x: Exit) -> str:
    rows = [(row, "has no supply of") for row in x.unmet] + [(row, "cannot get rid of") for row in x.stranded]
    return "; ".join(f"{row[0]} {words} {amount(row[4])} {row[3]}/yr of {row[2]}" for row, words in rows)


def _exits(made: Exits, money: str) -> Any:
    from planner.report.terminal import Table

    head = (
        "leaves",
        "others lose",
        "hurt most",
        "loses",
        "saving lost",
        "tCO2e/yr",
        "waste t/yr",
        "water m3/yr",
        "how",
    )
    rows = tuple(
        (
            x.firm,
            amount(x.loss),
            x.hurt_most or "-",
            amount(x.losses.get(x.hurt_most)),
            _share(x.saving_lost),
            *(amount(x.changes.get(name)) for name in FOLLOWED),
            x.how,
        )
        for x in made.exits
    )
    notes = "" if not any(UNASSIGNED in x.losses for x in made.exits) else "; some of it is what the leaver paid"
    return Table(f"If a firm leaves [{money}{notes}]", head, rows, frozenset({1, 3, 4, 5, 6, 7}))


def _suppliers(made: Exits) -> Any:
    from planner.report.terminal import Table

    head = ("demand", "of", "a year", "unit", "suppliers", "largest", "share", "inverse Simpson", "could buy")
    rows = tuple(
        (
            str(row["stream"]),
            str(row["by"]),
            amount(row["demand_per_yr"]),
            str(row["unit"]),
            str(row["suppliers"]),
            str(row["largest_supplier"]),
            _share(row["largest_share"]),
            amount(row["inverse_simpson"]),
            "yes" if row["could_buy"] else "no",
        )
        for row in suppliers_table(made.run).to_dict("records")
        if row["partners"] > 0
    )
    return Table("Demands that rest on partners", head, rows, frozenset({2, 4, 6, 7}))
