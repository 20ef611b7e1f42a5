"""Sheets of what was asked of a plan after it was made: sharing its gain, losing a partner, exchanges not built."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from planner.report.workbook.sheet import Column, Sheet, Styles
from planner.report.workbook.tables import money_of
from planner.results.plan import Plan

C = Column


@dataclass(frozen=True)
class Answer:
    """What a command left in the folder of a run.

    Attributes
    ----------
    file, schema
        Its JSON, and what that says it is.
    tables
        (Heading, key of its rows, columns), one beneath the other.
    """

    sheet: str
    title: str
    about: str
    file: str
    schema: str
    tables: tuple[tuple[str, str, tuple[Column, ...]], ...]


_SHARING, _EXITS, _WHY = (
    ("sharing/sharing.json", "planner-sharing/1"),
    ("resilience/resilience.json", "planner-resilience/1"),
    ("why/why.json", "planner-why/1"),
)
ANSWERS = (
    Answer(
        "Sharing the gain",
        "Sharing the park's gain among the firms",
        "By planner share. In the core: no group of firms would do better by itself.",
        *_SHARING,
        (
            (
                "Rules",
                "sharing_rules",
                (
                    C("rule", "Rule"),
                    C("what", "What it does"),
                    C("in_core", "In the core"),
                    C("largest_excess_per_yr", "Most that a group gains by leaving [{m}/yr]", "money"),
                    C("would_leave", "Who would leave"),
                    C("groups_that_would_leave", "Groups that would leave", "count"),
                    C("shared_per_yr", "Shared [{m}/yr]", "money"),
                    C("note", "Note"),
                ),
            ),
            (
                "What each party gets",
                "sharing",
                (
                    C("rule", "Rule"),
                    C("party", "Party"),
                    C("kind", "Kind"),
                    C("gain_per_yr", "Gain after sharing [{m}/yr]", "money"),
                    C("observed_gain_per_yr", "Gain before sharing [{m}/yr]", "money"),
                    C("side_payment_per_yr", "Side payment received [{m}/yr]", "money"),
                    C("standard_error_per_yr", "Standard error [{m}/yr]", "money"),
                    C("gain_low_per_yr", "Gain, at least [{m}/yr]", "money"),
                    C("gain_high_per_yr", "Gain, at most [{m}/yr]", "money"),
                ),
            ),
            (
                "What each group of firms is worth by itself",
                "coalitions",
                (
                    C("members", "Members"),
                    C("size", "Firms", "count"),
                    C("proven", "Proven"),
                    C("cost_alone_per_yr", "Cost of each alone [{m}/yr]", "money"),
                    C("cost_together_per_yr", "Cost together [{m}/yr]", "money"),
                    C("value_per_yr", "Worth [{m}/yr]", "money"),
                    C("value_high_per_yr", "Worth, at most [{m}/yr]", "money"),
                    C("note", "Note"),
                ),
            ),
        ),
    ),
    Answer(
        "Losing a partner",
        "What the exit of each firm costs those who stay",
        "By planner exits: pipes stay as they are built, what flows is settled anew.",
        *_EXITS,
        (
            (
                "The park in a few indices",
                "resilience",
                (
                    C("index", "Index"),
                    C("of", "Of"),
                    C("value", "Value", "amount"),
                    C("unit", "Unit"),
                    C("meaning", "Meaning"),
                ),
            ),
            (
                "Exits",
                "exits",
                (
                    C("firm", "Who leaves"),
                    C("how", "How sure"),
                    C("loss_per_yr", "Loss of all who stay [{m}/yr]", "money"),
                    C("extra_cost_per_yr", "of it, extra cost [{m}/yr]", "money"),
                    C("lost_transfers_per_yr", "of it, payments lost [{m}/yr]", "money"),
                    C("hurt_most", "Hurt most"),
                    C("hurt_most_loss_per_yr", "Its loss [{m}/yr]", "money"),
                    C("saving_lost_share", "Share of the park's saving lost", "percent"),
                    C("idle_capital_per_yr", "Capital left idle [{m}/yr]", "money"),
                    C("lost_capital_per_yr", "Capital of the leaver lost [{m}/yr]", "money"),
                    C("co2e_change_t_per_yr", "CO2e of those who stay [t/yr more]", "amount"),
                    C("waste_change_t_per_yr", "Waste of those who stay [t/yr more]", "amount"),
                    C("fresh_water_change_m3_per_yr", "Fresh water of those who stay [m3/yr more]", "amount"),
                    C("streams_unmet", "Demands not met", "count"),
                    C("streams_stranded", "Streams that go nowhere", "count"),
                    C("limits_exceeded", "Limits exceeded", "count"),
                ),
            ),
            (
                "Who loses what",
                "exit_losses",
                (
                    C("firm", "Who leaves"),
                    C("party", "Who loses"),
                    C("loss_per_yr", "Loss [{m}/yr]", "money"),
                ),
            ),
            (
                "What is not supplied, or goes nowhere",
                "exit_streams",
                (
                    C("firm", "Who leaves"),
                    C("what", "What happens"),
                    C("by", "Of"),
                    C("stream", "Stream"),
                    C("resource", "Resource"),
                    C("amount_per_yr", "Amount [unit/yr]", "amount"),
                    C("unit", "Unit"),
                    C("share", "Share", "percent"),
                ),
            ),
            (
                "Limits that are then exceeded",
                "exit_limits",
                (C("firm", "Who leaves"), C("limit", "Limit"), C("exceeded_by", "Exceeded by", "amount")),
            ),
            (
                "Suppliers of each demand",
                "suppliers",
                (
                    C("by", "Plant or facility"),
                    C("stream", "Stream"),
                    C("resource", "Resource"),
                    C("demand_per_yr", "Demand [unit/yr]", "amount"),
                    C("unit", "Unit"),
                    C("suppliers", "Suppliers", "count"),
                    C("exchanged_share", "Supplied by partners", "percent"),
                    C("largest_supplier", "Largest supplier"),
                    C("largest_share", "Its share", "percent"),
                    C("single_source", "One source only"),
                    C("could_buy", "Could buy outside"),
                ),
            ),
        ),
    ),
    Answer(
        "Why not built",
        "Possible exchanges that are not in the plan, and why",
        "By planner why. The loss: by how much the park gets worse with it.",
        *_WHY,
        (
            (
                "Exchanges",
                "exchanges",
                (
                    C("exchange", "Exchange"),
                    C("verdict", "Verdict"),
                    C("why", "Why"),
                    C("by", "By what"),
                    C("basis", "Rests on"),
                    C("loss_per_yr", "Loss [unit of the loss]", "amount"),
                    C("loss_unit", "Unit of the loss"),
                    C("proof", "Proof"),
                    C("flow_per_yr", "Flow [unit/yr]", "amount"),
                    C("unit", "Unit"),
                    C("alone_per_yr", "Saving by itself [{m}/yr]", "money"),
                    C("length_km", "Length [km]", "amount"),
                    C("breakeven_km", "Pays by itself up to [km]", "amount"),
                ),
            ),
            (
                "What a unit more of a source, or less of a demand, saves",
                "streams",
                (
                    C("stream", "Stream"),
                    C("end", "End"),
                    C("resource", "Resource"),
                    C("worth_per_unit", "Worth [unit of the goal/unit]", "price"),
                    C("unit", "Unit"),
                    C("rest_per_yr", "Left over, or from outside [unit/yr]", "amount"),
                ),
            ),
        ),
    ),
)


def write_after(book: Any, styles: Styles, plan: Plan, out: Path) -> None:
    """Write a sheet for each answer that is there and is about this plan.

    Parameters
    ----------
    out
        Folder of the run.
    """
    for answer in ANSWERS:
        told = told_of(plan, out, answer)
        if told is not None:
            _sheet(book, styles, plan, answer, told)


def told_of(plan: Plan, out: Path, answer: Answer) -> Mapping[str, Any] | None:
    """What a command left in the folder of a run; None where it left nothing, or what is about another case."""
    try:
        told = json.loads((out / answer.file).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(told, dict) or told.get("schema") != answer.schema:
        return None
    of, mine = (part if isinstance(part, dict) else {} for part in (told.get("case"), plan.header.get("case")))
    same = all(of.get(key) == mine.get(key) for key in ("name", "resolved_sha256") if key in of and key in mine)
    return told if same else None


def _sheet(book: Any, styles: Styles, plan: Plan, answer: Answer, told: Mapping[str, Any]) -> None:
    money = money_of(plan.header)
    sheet = Sheet(book, styles, answer.sheet, answer.title, f"{answer.about} Money in {money}.").begin()
    for title, key, columns in answer.tables:
        rows = told.get(key)
        if isinstance(rows, list) and rows:
            _table(sheet, str(plan.header.get("currency")), title, columns, rows)
    sheet.freeze(1, 3)
    notes = told.get("notes")
    if isinstance(notes, list) and notes:
        sheet.part("Notes")
        for note in notes:
            sheet.paragraph(str(note), 6)
    sheet.done()


def _table(
    sheet: Sheet, currency: str, title: str, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Write the columns that the rows have and that say something."""
    known = [c for c in columns if any(row.get(c.name) not in (None, "") for row in rows)]
    sheet.part(title)
    heads = [replace(column, head=column.head.replace("{m}", currency)) for column in known]
    sheet.table(heads, [dict(row) for row in rows], filtered=False)
